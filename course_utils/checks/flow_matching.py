"""Bộ chấm các bài «Thử ngay» của sổ «Khớp luồng và luồng nắn thẳng».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .matching_loss import MEAN, STD, cfm_loss, smallest_loss  # noqa: F401
from .point_couplings import couple, reflow_costs  # noqa: F401
from .report import Report, number, numbers


def slope(t: float, s: float = STD) -> float:
    """Cov(x₁ − x₀, x_t)/Var x_t."""
    return (t * s**2 - (1 - t)) / (t**2 * s**2 + (1 - t) ** 2)


def marginal_velocity(answer: Any) -> Report:
    """u(0, ½) của trường biên từ N(0, 1) đến N(2, ¼).

    Sách: (eq-marginal-field)
    """
    k = slope(0.5)
    return number(
        answer,
        MEAN + k * (0 - 0.5 * MEAN),
        tol=1e-3,
        name="vận tốc u(0, ½)",
        hints=[
            (MEAN, "Đó là vận tốc trung bình của mọi người. Câu hỏi: của những ai đang ở x = 0?"),
            (
                MEAN - k * (0 - 0.5 * MEAN),
                "Ngược dấu: Cov(ẋ, x_t) = ts² − (1 − t) âm ở đây, và x = 0 nằm dưới trung bình 1: "
                "hai dấu trừ thành cộng. Ai đi chậm thì phải nhanh lên.",
            ),
            (k * (0 - 0.5 * MEAN), "Bạn quên cộng vận tốc trung bình m = 2."),
            (
                MEAN + k * (0 - MEAN),
                "Đám đông lúc t = ½ ở quanh tm = 1, không phải quanh m = 2.",
            ),
            (
                k,
                "Đó là hệ số góc. Còn phải đi từ điểm trung bình (1, 2) của đường thẳng đến x = 0.",
            ),
            (
                MEAN - slope_with(variance=STD) * 1.0,
                "s² = ¼ là phương sai; bạn đã dùng s = ½ ở chỗ của s².",
            ),
            (
                MEAN + 0.375 / (0.125 + 0.5),
                "Phương sai của x_t có t² và (1 − t)²: hệ số phải bình phương.",
            ),
            (
                MEAN + 0.375,
                "Bạn mới nhân với hiệp phương sai; còn phải chia cho Var x_t = 0.3125.",
            ),
            (
                MEAN + (STD**2 * 0.5 + 0.5) / 0.3125 * (0 - 1),
                "Cov(x₁ − x₀, x_t) = ts² − (1 − t): x₀ vào vận tốc với dấu trừ.",
            ),
            (
                (2 * 0 - MEAN) / -1.0 * 2,
                "Đó là (x₁ − x)/(1 − t) với x₁ = m: phải dùng trung bình của x₁ khi biết x_t = 0, "
                "không phải m.",
            ),
            (
                -(MEAN + k * (0 - 0.5 * MEAN)),
                "Ngược chiều thời gian: ở đây t = 0 là nhiễu, vận tốc là x₁ − x₀.",
            ),
        ],
    )


def slope_with(variance: float, t: float = 0.5) -> float:
    """Hệ số góc khi phương sai của x₁ là `variance`."""
    return (t * variance - (1 - t)) / (t**2 * variance + (1 - t) ** 2)


def euler_spread(answer: Any) -> Report:
    """(một bước, hai bước): độ lệch chuẩn của mẫu Euler, N(0, 1) → N(2, ¼), trường chính xác.

    Sách: (eq-rectified-flow)
    """
    one, half = 1 + slope(0.0), 1 + 0.5 * slope(0.0)
    two = half * (1 + 0.5 * slope(0.5))
    return numbers(
        answer,
        (one, two),
        tol=1e-3,
        name="cặp độ lệch chuẩn",
        hints=[
            ((STD, STD), "0.5 là của dòng chính xác. Euler vài bước chưa đến đó."),
            (
                (one, 0.0),
                "Sau bước đầu, dài ½, đám đông mới co một nửa; chưa ai đứng trùng ai.",
            ),
            ((None, STD), "0.5 là của dòng chính xác. Hai bước Euler chưa đến đó."),
            ((1.0, None), "Một bước: x₀ + u(x₀, 0) = x₀ + (2 − x₀). Còn lại gì của x₀?"),
            ((2.0, None), "2 là chỗ mọi điểm đến; độ lệch chuẩn là độ tản quanh nó."),
            ((one, half), "Đó là độ tản sau nửa đường; còn bước thứ hai, từ t = ½ đến 1."),
            (
                (one, half * (1 + slope(0.5))),
                "Mỗi bước dài ½: nhân vận tốc với h = ½ trước khi cộng.",
            ),
            (
                (one, half * half),
                "Bước hai dùng vận tốc ở t = ½, hệ số góc −1.2, không phải −1 của t = 0.",
            ),
            ((one, -two), "Độ lệch chuẩn không âm."),
            ((one, two**2), "Đó là phương sai; đề hỏi độ lệch chuẩn."),
            ((one, 1 + 0.5 * slope(0.5)), "Bạn quên nửa bước đầu, đã để lại x₀/2."),
            ((two, one), "Hai số đúng nhưng ngược chỗ: một bước đứng trước."),
        ],
    )


def path_velocity(answer: Any) -> Report:
    """(x_t, ẋ_t) trên đường lượng giác, t = ½, x₀ = 1, x₁ = 3.

    Sách: (eq-gaussian-path)
    """
    root, rate = math.sqrt(0.5), math.pi / 2
    place, velocity = root * (3 + 1), rate * root * (3 - 1)
    return numbers(
        answer,
        (place, velocity),
        tol=2e-3,
        name="cặp (vị trí, vận tốc)",
        hints=[
            ((2.0, None), "Đó là đường thẳng. Đường lượng giác: sin(π/4)·x₁ + cos(π/4)·x₀."),
            ((place, 2.0), "x₁ − x₀ là vận tốc của đường thẳng. Hãy đạo hàm sin(πt/2), cos(πt/2)."),
            ((root * 3, None), "Bạn quên số hạng của x₀: cos(π/4)·1."),
            (
                (place, rate * root * 3),
                "Bạn quên số hạng của x₀: đạo hàm của cos(πt/2) không bằng 0.",
            ),
            ((place, root * 2), "Quy tắc dây chuyền: đạo hàm của sin(πt/2) có thừa số π/2."),
            (
                (place, rate * root * 4),
                "Đạo hàm của cos là −sin, nên x₀ vào vận tốc với dấu trừ; còn nếu dấu đã đúng thì "
                "thừa số là π/2 chứ không phải π, vì góc là πt/2.",
            ),
            ((place, -velocity), "Ngược dấu: lúc t tăng, x_t đi từ x₀ = 1 về x₁ = 3."),
            (
                (
                    math.sin(math.pi / 4 * math.pi / 180) * 3
                    + math.cos(math.pi / 4 * math.pi / 180),
                    None,
                ),
                "Máy tính đang ở đơn vị độ; góc ở đây là radian.",
            ),
            ((1.0, None), "sin và cos lấy ở πt/2 = π/4, không phải ở 0."),
            ((3.0, None), "sin và cos lấy ở πt/2 = π/4, không phải ở πt = π/2."),
            ((velocity, place), "Hai số đúng nhưng ngược chỗ: vị trí đứng trước."),
        ],
    )
