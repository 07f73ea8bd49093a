"""Bộ chấm các bài «Thử ngay» của sổ «Mô hình tự hồi quy».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import itertools
import math
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .causal_masks import causal_attention, masks  # noqa: F401
from .report import Report, function, numbers
from .sampling import temperature, top_p  # noqa: F401 - sổ gọi mọi bài qua tệp của chương

#: P(x₁=1), P(x₂=1 | x₁), P(x₃=1 | x₁, x₂): bảng ba bit của trang lý thuyết.
FIRST = 0.6


SECOND = {0: 0.1, 1: 0.7}


THIRD = {(0, 0): 0.1, (0, 1): 0.5, (1, 0): 0.5, (1, 1): 0.55}


def three_bit_table() -> dict[tuple[int, int, int], float]:
    """Tám xác suất P(x₁, x₂, x₃) của bảng ba bit. Sách: (eq-chain-rule)"""
    table = {}
    for a, b, c in itertools.product((0, 1), repeat=3):
        p = FIRST if a else 1 - FIRST
        p *= SECOND[a] if b else 1 - SECOND[a]
        p *= THIRD[a, b] if c else 1 - THIRD[a, b]
        table[a, b, c] = p
    return table


def chain_rule_nll(answer: Any) -> Report:
    """(P(1, 0, 1), đối log hợp lý tính bằng bit) theo bảng ba bit.

    Sách: (eq-chain-rule)
    """
    table = three_bit_table()
    p = FIRST * (1 - SECOND[1]) * THIRD[1, 0]
    bits = -math.log2(p)
    second = sum(q for x, q in table.items() if x[1] == 0)
    third = sum(q for x, q in table.items() if x[2] == 1)
    return numbers(
        answer,
        (p, bits),
        tol=5e-3,  # tính tay, hai chữ số sau dấu phẩy là đủ
        name="cặp (P, số bit)",
        hints=[
            ((p, -math.log(p)), "Số thứ hai đang là nat (log tự nhiên); đề hỏi bit."),
            ((p, -math.log10(p)), "Số thứ hai dùng log cơ số 10; bit dùng log cơ số 2."),
            ((p, -bits), "Đối log hợp lý là −log₂ P, một số dương vì P < 1."),
            (
                (FIRST * SECOND[1] * THIRD[1, 0], None),
                "Bạn lấy P(x₂=1 | x₁=1) = 0.7; ở đây x₂ = 0, nên thừa số là 1 − 0.7.",
            ),
            (
                (FIRST * second * third, None),
                "Bạn nhân các xác suất biên. Mỗi thừa số phải có điều kiện trên các bit trước nó.",
            ),
            (
                (FIRST + (1 - SECOND[1]) + THIRD[1, 0], None),
                "Xác suất của cả dãy là tích, không phải tổng, của ba điều kiện.",
            ),
            (
                ((1 - FIRST) * (1 - SECOND[0]) * THIRD[0, 0], None),
                "Đó là P(0, 0, 1): bit đầu của dãy đang hỏi là 1.",
            ),
            ((bits, p), "Hai số đúng nhưng ngược chỗ: xác suất đứng trước."),
        ],
    )


def receptive_field(answer: Any) -> Report:
    """Hàm receptive_field(kernel, dilations) -> số mẫu mà một đầu ra đọc.

    Sách: (eq-receptive-field)
    """
    inputs = [
        (2, [2**i for i in range(10)]),
        (3, [1, 2, 4]),
        (2, [1, 1, 1, 1]),
        (5, [3]),
        (2, [1, 2, 4, 8, 1, 2, 4, 8]),
    ]
    return function(
        answer,
        lambda kernel, dilations: 1 + (kernel - 1) * sum(dilations),
        inputs,
        tol=1e-9,
        name="field",
        hints=[
            (
                lambda kernel, dilations: (kernel - 1) * sum(dilations),
                "Thiếu 1: bạn mới đếm độ trễ xa nhất, còn chính vị trí hiện tại nữa.",
            ),
            (
                lambda kernel, dilations: 1 + (kernel - 1) * len(dilations),
                "Đó là chồng tầng không giãn: mỗi tầng lùi thêm (kernel − 1)·d, không phải "
                "kernel − 1.",
            ),
            (
                lambda kernel, dilations: 1 + sum(dilations),
                "Chỉ đúng với nhân 2: nhân k lùi được (k − 1) lần bước giãn.",
            ),
            (
                lambda kernel, dilations: 1 + kernel * sum(dilations),
                "Nhân k có k điểm nhưng chỉ k − 1 khoảng cách giữa chúng.",
            ),
            (
                lambda kernel, dilations: kernel ** len(dilations),
                "Đó là số đường đi; nó chỉ bằng trường nhìn khi bước giãn là 1, k, k², …",
            ),
            (
                lambda kernel, dilations: 1 + (kernel - 1) * max(dilations),
                "Các tầng cộng dồn: mỗi tầng lùi thêm một đoạn, không chỉ tầng giãn nhất.",
            ),
        ],
    )


def temperature_two_ways(answer: Any) -> Report:
    """(theo từng bước, theo cả dãy): P(x₁ = 1) của bảng ba bit ở nhiệt độ T = 1/2.

    Sách: (eq-sampling-temperature)
    """
    step = FIRST**2 / (FIRST**2 + (1 - FIRST) ** 2)
    weights = {x: p**2 for x, p in three_bit_table().items()}
    joint = sum(w for x, w in weights.items() if x[0]) / sum(weights.values())
    roots = {x: p**0.5 for x, p in three_bit_table().items()}
    root = FIRST**0.5 / (FIRST**0.5 + (1 - FIRST) ** 0.5)
    joint_root = sum(w for x, w in roots.items() if x[0]) / sum(roots.values())
    return numbers(
        answer,
        (step, joint),
        tol=5e-3,
        name="cặp (từng bước, cả dãy)",
        hints=[
            ((joint, step), "Hai số đúng nhưng ngược chỗ: theo từng bước đứng trước."),
            (
                (step, step),
                "Hai cách cho hai số khác nhau: cả dãy phải nâng tám xác suất P(x) lên lũy thừa 2.",
            ),
            (
                (root, joint_root),
                "Bạn lấy căn bậc hai: T = 1/2 nghĩa là lũy thừa 1/T = 2.",
            ),
            ((root, None), "Bạn lấy căn bậc hai: T = 1/2 nghĩa là lũy thừa 1/T = 2."),
            ((FIRST, None), "Số đầu là xác suất ở T = 1, chưa làm nguội."),
            ((None, FIRST), "Số thứ hai là xác suất ở T = 1, chưa làm nguội."),
            ((FIRST**2, None), "Lũy thừa xong phải chuẩn hóa lại: chia cho 0.6² + 0.4²."),
            (
                (step, sum(w for x, w in weights.items() if x[0])),
                "Chưa chuẩn hóa: chia cho tổng bình phương của cả tám xác suất.",
            ),
        ],
    )


def perplexity(answer: Any) -> Report:
    """(perplexity, bit mỗi ký tự) của đối log hợp lý 1.6 nat mỗi ký tự."""
    nats = 1.6
    bits = nats / math.log(2)
    return numbers(
        answer,
        (math.exp(nats), bits),
        tol=1e-2,
        name="cặp (perplexity, số bit)",
        hints=[
            ((2**nats, None), "2^{1.6} trộn hai đơn vị: với nat, cơ số là e."),
            ((math.exp(-nats), None), "Đó là nghịch đảo: perplexity lớn hơn 1."),
            ((bits, math.exp(nats)), "Hai số đúng nhưng ngược chỗ: perplexity đứng trước."),
            ((None, nats * math.log(2)), "Đổi nat sang bit thì chia cho ln 2, không nhân."),
            ((math.exp(bits), None), "Dùng e thì số mũ phải là nat; dùng 2 thì số mũ là bit."),
            ((None, nats), "Số thứ hai vẫn còn là nat."),
            ((None, nats / math.log(10)), "Bit dùng log cơ số 2: chia cho ln 2, không cho ln 10."),
        ],
    )


def blind_spot(answer: Any) -> Report:
    """(số điểm khuất, số điểm đứng trước) của tâm lưới 11×11, tích chập 3×3 có mặt nạ.

    Sách: (eq-pixelcnn-mask)
    """
    m = 5
    unseen, before = m * (m - 1) // 2, 2 * m * (m + 1)
    return numbers(
        answer,
        (unseen, before),
        tol=1e-9,
        name="cặp (số điểm khuất, số điểm đứng trước)",
        hints=[
            ((0, None), "Không phải mọi điểm trước đều được thấy: nhìn về phía trên bên phải."),
            ((6, None), "6 là của lưới 9×9; ở đây từ tâm còn 5 hàng phía trên."),
            (
                (m * (m + 1) // 2, None),
                "Điểm lên a hàng, sang phải a cột vẫn thấy được (đi chéo); chỉ khuất khi b > a.",
            ),
            (
                (2 * unseen, None),
                "Phía bên trái không khuất: ở cùng hàng và hàng trên ta còn bước sang trái được.",
            ),
            ((before, unseen), "Hai số đúng nhưng ngược chỗ: số điểm khuất đứng trước."),
            ((unseen, 121), "121 là cả lưới; chỉ đếm các điểm đứng trước tâm theo thứ tự quét."),
            (
                (unseen, before + 1),
                "Tâm không đứng trước chính nó.",
            ),
            ((unseen, m * 11), "Bạn quên 5 điểm bên trái trong cùng hàng."),
            (
                (before - unseen, None),
                "Số thứ nhất là số điểm ĐƯỢC thấy; đề hỏi số điểm khuất.",
            ),
            ((unseen, before - unseen), "Đó là số điểm ĐƯỢC thấy; đề hỏi tất cả các điểm trước."),
        ],
    )
