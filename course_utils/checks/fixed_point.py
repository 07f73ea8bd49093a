"""Bộ chấm hai bài về phép ngược của tầng phần dư: vòng lặp điểm bất động, và số bước của nó."""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number


def fixed_point_inverse(answer: Any) -> Report:
    """Hàm invert(residual, y, steps): `steps` bước lặp điểm bất động từ x₀ = y.

    residual là hàm (n, d) -> (n, d), co; φ(x) = x + residual(x) = y.
    Sách: (eq-fixed-point)
    """
    inputs = [(_residual, _points(n, d, n + d), steps) for n, d, steps in _FIXED_POINT_SIZES]
    return function(
        answer,
        _iterate(lambda residual, x, y: y - residual(x)),
        inputs,
        tol=1e-5,
        name="invert",
        hints=[
            (
                lambda residual, y, steps: y - residual(y),
                "Đó mới là một bước. Lặp lại: đặt x mới vào residual, giữ nguyên y.",
            ),
            (
                lambda residual, y, steps: y + residual(y),
                "Đó là φ(y), tức đi xuôi thêm một lần. Phép ngược lặp x ← y − residual(x).",
            ),
            (
                _iterate(lambda residual, x, y: y + residual(x)),
                "Sai dấu: từ x + residual(x) = y suy ra x = y − residual(x).",
            ),
            (
                _iterate(lambda residual, x, y: x - residual(x)),
                "Số hạng đầu phải là y ở mọi bước, không phải x của bước trước: bạn đang tìm "
                "nghiệm của residual(x) = 0.",
            ),
            (
                _iterate(lambda residual, x, y: x + residual(x)),
                "Đó là áp φ nhiều lần. Phép ngược lặp x ← y − residual(x).",
            ),
            (
                lambda residual, y, steps: _iterate(lambda r, x, y: y - r(x))(
                    residual, y, steps + 1
                ),
                "Thừa một bước: x₀ = y, và residual được gọi đúng `steps` lần.",
            ),
            (
                lambda residual, y, steps: _iterate(lambda r, x, y: y - r(x))(
                    residual, y, steps - 1
                ),
                "Thiếu một bước: x₀ = y chưa tính là một bước, residual được gọi đúng `steps` lần.",
            ),
            (
                lambda residual, y, steps: _iterate(lambda r, x, y: y - r(x))(residual, y, 100),
                "Bạn lặp đến hội tụ. Đề bảo dừng sau đúng `steps` bước, dù chưa hội tụ.",
            ),
            (
                lambda residual, y, steps: _iterate(
                    lambda r, x, y: y - r(x), start=torch.zeros_like
                )(residual, y, steps),
                "Bạn xuất phát từ 0. Cũng hội tụ, nhưng đề bảo xuất phát từ x₀ = y.",
            ),
            (
                lambda residual, y, steps: residual(
                    _iterate(lambda r, x, y: y - r(x))(residual, y, steps)
                ),
                "Bạn trả về residual(x); đề hỏi chính x.",
            ),
        ],
    )


_FIXED_POINT_SIZES = ((1, 1, 3), (4, 2, 2), (8, 3, 12))


def _iterate(step, start=lambda y: y):
    def invert(residual, y: Tensor, steps: int) -> Tensor:
        x = start(y)
        for _ in range(steps):
            x = step(residual, x, y)
        return x

    return invert


def _residual(x: Tensor) -> Tensor:
    """Một nhánh phần dư co: hằng số Lipschitz không quá 0.7."""
    return 0.7 * torch.sin(x.flip(-1) + 0.4)


def worst_case_steps(answer: Any) -> Report:
    """Số bước nhỏ nhất để Lⁿ ≤ 10⁻⁶ với L = 0.9: trường hợp xấu nhất của lặp điểm bất động.

    Sách: (eq-fixed-point)
    """
    contraction, tol = 0.9, 1e-6
    exact = math.log(tol) / math.log(contraction)
    return number(
        answer,
        math.ceil(exact),
        tol=0.05,
        name="số bước",
        hints=[
            (6, "6 là số chữ số. Mỗi bước chỉ bớt 10% sai số, không phải 90%."),
            (7, "Mỗi bước chỉ bớt 10% sai số (L = 0.9), không phải 90%."),
            (math.floor(exact), "Suýt: 0.9¹³¹ vẫn lớn hơn 10⁻⁶ một chút. Phải làm tròn lên."),
            (exact, "Đúng phép tính; nhưng số bước là số nguyên. Làm tròn về phía nào thì chắc?"),
            (-exact, "Hai log đều âm nên thương của chúng dương. Số bước là số nguyên dương."),
            (math.ceil(exact) + 1, "Thừa một bước: x₀ là bước số 0, và 0.9¹³² đã nhỏ hơn 10⁻⁶."),
            (14, "Đó là ln 10⁶. Hãy chia nó cho −ln 0.9."),
            (-math.log(tol), "Đó là ln 10⁶. Hãy chia nó cho −ln 0.9."),
            (10, "1/(1 − L) = 10 là số bước để sai số giảm cỡ e lần, chưa phải 10⁶ lần."),
            (
                math.ceil(math.log(tol * (1 - contraction)) / math.log(contraction)),
                "Bạn dùng cận có 1/(1 − L), so với ‖x₁ − x₀‖. Đề so với sai số ban đầu: "
                "chỉ cần Lⁿ ≤ 10⁻⁶.",
            ),
            (
                math.ceil(math.log(tol) / math.log(contraction) / math.log(10)),
                "Lẫn log cơ số 10 với log tự nhiên: tử và mẫu phải cùng cơ số.",
            ),
        ],
    )


def _points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))
