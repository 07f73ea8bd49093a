"""Bộ chấm các bài «Thử ngay» của sổ «FFJORD».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .probed_divergence import divergence_estimate, probe_variances  # noqa: F401
from .report import Report, number, numbers


def exp_bias(answer: Any) -> Report:
    """E[e^{log p̂}]/p khi nhiễu của log p̂ là Gauss với độ lệch chuẩn 1.2 nat.

    Sách: (eq-path-variance)
    """
    s = 1.2
    return number(
        answer,
        math.exp(s**2 / 2),
        tol=0.01,
        name="hệ số chệch",
        hints=[
            (
                1.0,
                "Không chệch cho log p không có nghĩa là không chệch cho p: hàm mũ lồi, nên "
                "trung bình của e^{log p̂} lớn hơn p.",
            ),
            (math.exp(s), "Đó là e^s. Trung bình của e^ε với ε ~ N(0, s²) là e^{s²/2}."),
            (math.exp(s**2), "Quên chia đôi: trung bình của e^ε là e^{s²/2}."),
            (math.exp(s / 2), "Số mũ là s²/2, bình phương độ lệch chuẩn rồi mới chia đôi."),
            (math.exp(-(s**2) / 2), "Dấu ngược: hàm mũ lồi nên chệch lên, hệ số lớn hơn 1."),
            (s**2 / 2, "Đó là log của hệ số; đề hỏi hệ số."),
            (s, "Đó là độ lệch chuẩn của log p̂. Đề hỏi trung bình của e^ε với ε ~ N(0, s²)."),
            (s**2, "Đó là phương sai của log p̂. Đề hỏi trung bình của e^ε với ε ~ N(0, s²)."),
            (1 + s**2 / 2, "Khai triển bậc hai chưa đủ: s = 1.2 không nhỏ. Lấy đúng e^{s²/2}."),
            (math.cosh(s), "cosh là khi nhiễu chỉ nhận ±s; ở đây nhiễu là Gauss."),
        ],
    )


def redrawn_gain(answer: Any) -> Report:
    """Độ lệch chuẩn giữ nguyên chia cho rút lại: rk4 quy tắc 3/8, bốn bước, J không đổi.

    Sách: (eq-redrawn-variance)
    """
    squares, steps = sum((c / 8) ** 2 for c in (1, 3, 3, 1)), 4
    variance_ratio = steps / squares
    return number(
        answer,
        math.sqrt(variance_ratio),
        tol=0.01,
        name="tỉ số độ lệch chuẩn",
        hints=[
            (variance_ratio, "Đó là tỉ số phương sai; đề hỏi độ lệch chuẩn. Lấy căn."),
            (
                math.sqrt(16),
                "16 lần gọi nhưng trọng số không đều: phương sai nhân Σb²/K, với Σb² = 20/64.",
            ),
            (16.0, "16 lần gọi không đều trọng số, và còn phải lấy căn: phương sai nhân Σb²/K."),
            (math.sqrt(steps), "Trong mỗi bước còn bốn lần gọi với trọng số b: nhân thêm Σb²."),
            (
                math.sqrt(1 / squares),
                "Đó là cho một bước. Bốn bước, mỗi bước dài 1/4: phương sai chia thêm cho 4.",
            ),
            (1 / math.sqrt(variance_ratio), "Ngược: đề hỏi giữ nguyên lớn gấp mấy lần rút lại."),
            (1 / variance_ratio, "Đó là tỉ số phương sai, lại ngược: rút lại chia giữ nguyên."),
            (
                1.0,
                "Cả hai không chệch, nhưng không cùng phương sai: nhiễu độc lập được trung bình.",
            ),
            (
                math.sqrt(steps / sum((c / 6) ** 2 for c in (1, 2, 2, 1))),
                "Đó là trọng số của RK4 cổ điển (1, 2, 2, 1)/6; đề cho quy tắc 3/8.",
            ),
        ],
    )


def kinetic_energy(answer: Any) -> Report:
    """(∫‖ẋ‖² của x(t) = t³·(2, 1), của đường thẳng đi đều cùng hai đầu), t từ 0 tới 1.

    Sách: (eq-kinetic)
    """
    length = 2.0**2 + 1.0**2
    curved, straight = 9 * length / 5, length
    return numbers(
        answer,
        (curved, straight),
        tol=0.01,
        name="cặp động năng",
        hints=[
            ((straight, straight), "Cùng quỹ đạo nhưng không đều: ẋ = 3t²·(2, 1) không hằng."),
            ((straight, curved), "Hai số đúng nhưng ngược chỗ: đường t³ đứng trước."),
            ((curved / 2, straight / 2), "Giáo trình không nhân ½ vào động năng."),
            ((curved / 2, None), "Giáo trình không nhân ½ vào động năng."),
            (
                (math.sqrt(length), math.sqrt(length)),
                "Đó là độ dài ∫‖ẋ‖ dt, bằng nhau ở hai đường. Động năng là ∫‖ẋ‖² dt.",
            ),
            ((None, math.sqrt(length)), "Đó là khoảng cách; động năng là bình phương của nó."),
            (
                (None, length**2),
                "‖ẋ‖² = 2² + 1² = 5 ở mọi thời điểm; đừng bình phương thêm lần nữa.",
            ),
            (
                (curved / length, 1.0),
                "Thiếu thừa số ‖(2, 1)‖² = 5: ẋ là một vector, không phải một số.",
            ),
            ((9 * length, None), "Đó là ‖ẋ‖² lúc t = 1. Còn phải lấy tích phân 9t⁴ theo t."),
            ((9 * length / 3, None), "‖ẋ‖² = 9t⁴·5: bình phương cả t², rồi ∫t⁴ dt = 1/5."),
            ((length / 7, None), "Bạn lấy ∫‖x‖² dt. Động năng là của vận tốc ẋ = 3t²·(2, 1)."),
        ],
    )


def augmented_gap(answer: Any) -> Report:
    """(E log p(x), cận trung bình, khoảng cách): Gauss hai chiều, tương quan 0.5, q(e) = N(0, 1).

    Sách: (eq-augmented-bound)
    """
    rho = 0.5
    entropy = 0.5 * math.log(2 * math.pi * math.e)
    gap = rho**2 / (1 - rho**2) + 0.5 * math.log(1 - rho**2)
    truth, bound = -entropy, -entropy - gap
    joint = bound - entropy  # E_q log p(x, e)
    return numbers(
        answer,
        (truth, bound, gap),
        tol=1e-3,
        name="bộ ba",
        hints=[
            (
                (truth, truth, 0.0),
                "Khoảng cách chỉ bằng 0 khi e độc lập với x trong mô hình; ở đây tương quan 0.5.",
            ),
            (
                (truth, joint, None),
                "Đó là E log p(x, e). Cận còn cộng entropy H(q) = ½·log 2πe.",
            ),
            ((truth, None, -gap), "Khoảng cách là một phân kỳ KL, không âm: đúng trừ cận."),
            (
                (None, None, rho**2 / (1 - rho**2) - 0.5 * math.log(1 - rho**2)),
                "Dấu của log: ½·log(1 − ρ²) âm, và nó được cộng vào.",
            ),
            (
                (None, None, -0.5 * math.log(1 - rho**2)),
                "Đó là thông tin tương hỗ của x và e. Khoảng cách là D_KL(q(e) ‖ p(e|x)), "
                "phân kỳ theo chiều kia.",
            ),
            (
                (truth, truth + gap, gap),
                "Cận nằm dưới: cận = E log p(x) − khoảng cách.",
            ),
            (
                (None, None, 0.5 * rho**2 / (1 - rho**2)),
                "Đó là khoảng cách khi q có phương sai 1 − ρ². Ở đây q = N(0, 1).",
            ),
            (
                (entropy, None, None),
                "Đó là entropy; E log p(x) là trừ entropy.",
            ),
        ],
    )
