"""Ba cách nói cùng một điều: mạng đoán nhiễu ε, dữ liệu x₀, hay v = a·ε − σ·x₀.

Biết x = a·x₀ + σ·ε thì từ một trong ba suy ra hai cái kia bằng một phép đổi biến tuyến tính. Chúng
khác nhau ở chỗ: sai số bình phương của mỗi cách đặt một trọng số riêng lên sai số của x₀.

Nguồn: Ho et al. (2020), mục 3.2; Salimans & Ho (2022), mục 4 và phụ lục D (v).
"""

from torch import Tensor

from ..errors import InputError

KINDS = ("eps", "x0", "v")


def check_kind(kind: str) -> str:
    """Tên của cách tham số hóa; ném InputError nếu không có."""
    if kind not in KINDS:
        raise InputError(f"prediction = {kind!r}; mạng đoán một trong: {', '.join(KINDS)}.")
    return kind


def to_x0(kind: str, prediction: Tensor, x: Tensor, a, sigma) -> Tensor:
    """x₀ mà dự đoán ấy ngụ ý, tại x = a·x₀ + σ·ε. Cần a > 0 khi `kind` là "eps".

    a, σ là số hay tensor phát tán được theo x. Sách: (eq-parameterizations)
    """
    if check_kind(kind) == "eps":
        return (x - sigma * prediction) / a
    if kind == "x0":
        return prediction
    return (a * x - sigma * prediction) / (a**2 + sigma**2)


def to_eps(kind: str, prediction: Tensor, x: Tensor, a, sigma) -> Tensor:
    """ε mà dự đoán ấy ngụ ý, tại x = a·x₀ + σ·ε. Cần σ > 0 khi `kind` là "x0".

    Sách: (eq-parameterizations)
    """
    if check_kind(kind) == "eps":
        return prediction
    if kind == "x0":
        return (x - a * prediction) / sigma
    return (sigma * x + a * prediction) / (a**2 + sigma**2)


def target(kind: str, x0: Tensor, eps: Tensor, a, sigma) -> Tensor:
    """Đích của hồi quy: ε, x₀, hay a·ε − σ·x₀. Sách: (eq-parameterizations)"""
    if check_kind(kind) == "eps":
        return eps
    return x0 if kind == "x0" else a * eps - sigma * x0


def x0_weight(kind: str, a, sigma):
    """w trong ‖sai số của đích‖² = w·‖sai số của x₀‖², tại cùng một x.

    "eps": a²/σ² = SNR. "x0": 1. "v": (a² + σ²)²/σ², tức SNR + 1 khi a² + σ² = 1.
    Sách: (eq-loss-weights)
    """
    if check_kind(kind) == "eps":
        return a**2 / sigma**2
    return 1.0 if kind == "x0" else (a**2 + sigma**2) ** 2 / sigma**2
