"""Bộ chấm về mất mát khớp luồng có điều kiện và giá trị nhỏ nhất của nó.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, numbers

# Ví dụ tính tay của cả chương: N(0, 1) → N(m, s²), cặp độc lập, đường thẳng.
MEAN, STD = 2.0, 0.5


def cfm_loss(answer: Any) -> Report:
    """Hàm cfm_loss(field, x0, x1, t): trung bình của ‖field(t, x_t) − (x₁ − x₀)‖².

    x0, x1 (n, d), t (n, 1); x_t = (1 − t)x₀ + t x₁; cộng các tọa độ, trung bình các điểm.
    Sách: (eq-cfm-loss)
    """
    inputs = [
        (_field, points(n, d, 1), 2 + points(n, d, 2), points(n, 1, 3).sigmoid())
        for n, d in ((1, 1), (4, 2), (7, 3))
    ]
    return function(
        answer,
        matching(),
        inputs,
        tol=1e-5,
        name="cfm_loss",
        hints=[
            (matching(target=lambda a, b: a - b), "Mục tiêu là x₁ − x₀: từ nhiễu đến dữ liệu."),
            (
                matching(place=lambda a, b, t: t * a + (1 - t) * b),
                "Thời gian ngược: lúc t = 0 phải ở x₀, nên x_t = (1 − t)x₀ + t x₁.",
            ),
            (
                matching(place=lambda a, b, t: t * a + (1 - t) * b, target=lambda a, b: a - b),
                "Cả vị trí lẫn mục tiêu đều theo quy ước ngược (t = 0 là dữ liệu). Ở đây t = 0 là "
                "nhiễu.",
            ),
            (matching(call=lambda f, t, x: f(x, t)), "Mã gọi field(t, x): thời gian đứng trước."),
            (
                matching(call=lambda f, t, x: f(torch.zeros_like(t), x)),
                "Trường phải được gọi ở đúng lúc t, không phải ở t = 0.",
            ),
            (
                matching(call=lambda f, t, x: f(1 - t, x)),
                "Trường phải được gọi ở lúc t, không phải 1 − t.",
            ),
            (matching(place=lambda a, b, t: b), "Trường phải được gọi tại x_t, không phải tại x₁."),
            (matching(place=lambda a, b, t: a), "Trường phải được gọi tại x_t, không phải tại x₀."),
            (
                matching(target=lambda a, b: b),
                "Mục tiêu là vận tốc x₁ − x₀, không phải điểm đến x₁.",
            ),
            (
                lambda f, a, b, t: matching(target=lambda c, d: d - (1 - t) * c - t * d)(
                    f, a, b, t
                ),
                "Mục tiêu là cả quãng x₁ − x₀; x₁ − x_t chỉ là phần còn lại của đường.",
            ),
            (matching(target=lambda a, b: a), "Mục tiêu là vận tốc x₁ − x₀, không phải nhiễu x₀."),
            (
                matching(target=lambda a, b: a + b),
                "Đạo hàm của (1 − t)x₀ theo t là −x₀: mục tiêu là hiệu x₁ − x₀, không phải tổng.",
            ),
            (
                matching(reduce=lambda e: e.square().mean()),
                "Bạn lấy trung bình cả trên các tọa độ. ‖·‖² cộng các tọa độ; chỉ trung bình các "
                "điểm.",
            ),
            (
                matching(reduce=lambda e: e.square().sum()),
                "Bạn cộng cả các điểm. Cộng các tọa độ, rồi lấy trung bình các điểm.",
            ),
            (
                matching(reduce=lambda e: e.square().sum(1).sqrt().mean()),
                "Đó là trung bình của ‖·‖; đề cần ‖·‖², không lấy căn.",
            ),
            (
                matching(reduce=lambda e: e.square().sum(0).mean()),
                "Ngược trục: cộng theo tọa độ (trục 1), rồi trung bình theo điểm (trục 0).",
            ),
            (
                matching(reduce=lambda e: -e.square().sum(1).mean()),
                "Ngược dấu: một bình phương không thể âm.",
            ),
            (matching(reduce=lambda e: e.sum(1).mean()), "Bạn quên bình phương."),
            (matching(reduce=lambda e: e.abs().sum(1).mean()), "Cần bình phương, không phải |·|."),
            (
                matching(reduce=lambda e: e.square().sum(1)),
                "Bạn trả một số cho mỗi điểm; còn phải lấy trung bình của lô.",
            ),
            (
                matching(reduce=lambda e: 0.5 * e.square().sum(1).mean()),
                "Thừa hệ số ½. (Nghiệm tốt nhất không đổi, nhưng đề cần trung bình của ‖·‖².)",
            ),
        ],
    )


def matching(
    place: Callable = lambda a, b, t: (1 - t) * a + t * b,
    target: Callable = lambda a, b: b - a,
    call: Callable = lambda f, t, x: f(t, x),
    reduce: Callable = lambda e: e.square().sum(1).mean(),
) -> Callable:
    """Mất mát khớp luồng với từng mảnh thay được; mặc định là đáp án."""

    def loss(field: Callable, x0: Tensor, x1: Tensor, t: Tensor) -> Tensor:
        return reduce(call(field, t, place(x0, x1, t)) - target(x0, x1))

    return loss


def _field(t: Tensor, x: Tensor) -> Tensor:
    """Trường của bài tập: không đối xứng giữa t và x, tọa độ đọc tọa độ."""
    return torch.sin(x.flip(-1)) + 0.5 * x + t**2


def points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def smallest_loss(answer: Any) -> Report:
    """(N(0, 1) → N(2, ¼), N(0, I₂) → N(m, I₂)): giá trị nhỏ nhất của mất mát, cặp độc lập.

    Sách: (eq-cfm-gradient)
    """
    line, plane = math.pi * STD / 2, math.pi
    return numbers(
        answer,
        (line, plane),
        tol=2e-3,
        name="cặp giá trị nhỏ nhất",
        hints=[
            (
                (0.0, 0.0),
                "0 là giá trị nhỏ nhất của mất mát biên. Ở đây mục tiêu còn ngẫu nhiên.",
            ),
            ((0.0, None), "Không mạng nào đoán được ai đang qua chỗ ấy: còn lại độ tản V > 0."),
            ((math.pi * STD**2 / 2, None), "πs/2 với s là độ lệch chuẩn ½, không phải phương sai."),
            ((math.pi / 2, None), "Đó là πs/2 với s = 1; ở đây s = ½."),
            (
                (line, math.pi / 2),
                "Mặt phẳng có hai tọa độ, mỗi tọa độ góp π/2; ‖·‖² cộng chúng lại.",
            ),
            (
                (line, 2 * math.pi),
                "Mỗi tọa độ của mặt phẳng góp πs/2 = π/2, không phải π.",
            ),
            (
                (None, 0.0),
                "Hai Gauss cùng dạng cũng vậy: cặp độc lập thì các lịch trình vẫn cắt nhau, V > 0.",
            ),
            ((math.pi * STD, None), "Bạn quên chia đôi: ∫ s²/(t²s² + (1−t)²) dt = πs/2."),
            (
                (1 + STD**2, None),
                "1 + s² là phương sai của x₁ − x₀ khi chưa biết gì. Biết x_t thì nó nhỏ đi.",
            ),
            (((2 - math.pi / 2) * STD, None), "Đó là độ thẳng 𝒮 của dòng, không phải V."),
            ((2 * STD, None), "2s là V + 𝒮. Đề chỉ hỏi V, giá trị nhỏ nhất của mất mát."),
            ((plane, line), "Hai số đúng nhưng ngược chỗ: một chiều đứng trước."),
        ],
    )
