"""Bộ chấm về chuỗi ngược: hậu nghiệm của một bước, và bước lấy mẫu ngẫu nhiên.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .noise_schedule import explained, points
from .report import Report, function, numbers

# Chuỗi hai bước của cả chương: β = (0.1, 0.2), x₀ = 1, x₂ = 0.5.
BETAS, X0, X2 = (0.1, 0.2), 1.0, 0.5


def two_steps() -> tuple[float, float, float, float]:
    """(α₂, ᾱ₁, ᾱ₂, β₂) của chuỗi hai bước."""
    first, second = (1 - b for b in BETAS)
    return second, first, first * second, BETAS[1]


def posterior(answer: Any) -> Report:
    """(trung bình, phương sai) của q(x₁ | x₂, x₀) trong chuỗi hai bước.

    Sách: (eq-ddpm-posterior)
    """
    alpha, bar1, bar2, beta = two_steps()

    def mean(of_x0: float, of_x2: float) -> float:
        return of_x0 * X0 + of_x2 * X2

    of_x0 = math.sqrt(bar1) * beta / (1 - bar2)
    of_x2 = math.sqrt(alpha) * (1 - bar1) / (1 - bar2)
    right = (mean(of_x0, of_x2), (1 - bar1) / (1 - bar2) * beta)
    return numbers(
        answer,
        right,
        tol=1e-3,
        name="cặp (trung bình, phương sai)",
        hints=[
            (
                (mean(of_x2, of_x0), None),
                "Hai hệ số bị đổi chỗ: x₀ đi với √ᾱ₁·β₂, x₂ đi với √α₂·(1 − ᾱ₁).",
            ),
            (
                (mean(math.sqrt(bar2) * beta / (1 - bar2), of_x2), None),
                "Hệ số của x₀ dùng √ᾱ₁ (chặng từ x₀ đến x₁), không phải √ᾱ₂.",
            ),
            (
                (mean(bar1 * beta / (1 - bar2), of_x2), None),
                "Bạn quên dấu căn của ᾱ₁ ở hệ số của x₀.",
            ),
            (
                (mean(of_x0, alpha * (1 - bar1) / (1 - bar2)), None),
                "Bạn quên dấu căn của α₂ ở hệ số của x₂.",
            ),
            (
                (X2 / math.sqrt(alpha), None),
                "Đó là x₂/√α₂: mới phóng lại, chưa dùng x₀.",
            ),
            (
                (math.sqrt(bar1) * X0, None),
                "Đó là trung bình của x₁ khi chỉ biết x₀; ở đây còn biết x₂.",
            ),
            ((of_x0 * X0, None), "Bạn mới có phần của x₀; còn phần của x₂."),
            ((of_x2 * X2, None), "Bạn mới có phần của x₂; còn phần của x₀."),
            (
                (right[0] * (1 - bar2), None),
                "Bạn quên chia cho 1 − ᾱ₂.",
            ),
            (
                (None, beta),
                "β₂ là phương sai của bước thuận. Biết x₀ thì bớt phân vân: β̃₂ < β₂.",
            ),
            ((None, 1 / right[1]), "Đó là độ chính xác, 1/β̃₂; đề hỏi phương sai."),
            ((None, 1 - bar1), "Đó là phương sai của x₁ khi chưa biết x₂."),
            ((None, math.sqrt(right[1])), "Đó là độ lệch chuẩn; đề hỏi phương sai."),
            (
                (None, (1 - bar2) / (1 - bar1) * beta),
                "Ngược tỉ số: (1 − ᾱ₁)/(1 − ᾱ₂)·β₂, nhỏ hơn β₂.",
            ),
            (
                (None, BETAS[0] * (1 - bar1) / (1 - bar2)),
                "Bước lùi từ 2 về 1 dùng β₂, không phải β₁.",
            ),
            ((right[1], right[0]), "Hai số đúng nhưng ngược chỗ: trung bình đứng trước."),
        ],
    )


def ancestral_step(answer: Any) -> Report:
    """Hàm ancestral_step(x, k, eps, noise, beta): một bước lấy mẫu từ x_k về x_{k−1}, phương sai β.

    x, eps, noise (n, d); k một số nguyên từ 1 đến T; beta (T,) với beta[0] là β₁. eps là nhiễu mà
    mạng đoán, noise là nhiễu mới; ở k = 1 không rắc nhiễu. Sách: (eq-ancestral)
    """
    beta = torch.linspace(0.05, 0.4, 6, dtype=torch.float64)
    inputs = [
        (points(n, d, 3), k, points(n, d, 4), points(n, d, 5), beta)
        for n, d, k in ((1, 1, 6), (4, 2, 3), (3, 2, 2), (4, 2, 1))
    ]
    report = function(
        answer,
        reverse(),
        inputs,
        tol=1e-5,
        name="ancestral_step",
        hints=[
            (
                reverse(until=lambda k: None),
                "Bạn nhân mọi 1 − β của chuỗi; ᾱ_k chỉ nhân k thừa số đầu, [:k].",
            ),
            (
                reverse(until=lambda k: k - 1),
                "Lệch một bước: ᾱ_k là tích k thừa số đầu, [:k], không phải [:k − 1].",
            ),
            (reverse(scale=lambda b, bar: -b.sqrt()), "Ngược dấu của nhiễu mới: cộng √β_k·noise."),
            (reverse(last=True), "Ở k = 1 đừng rắc nhiễu: bước cuối trả về trung bình."),
            (
                reverse(scale=lambda b, bar: b),
                "Nhiễu mới nhân với √β_k, độ lệch chuẩn, không phải β_k.",
            ),
            (
                reverse(scale=lambda b, bar: (1 - bar).sqrt()),
                "√(1 − ᾱ_k) là nhiễu của cả đường đi. Một bước chỉ rắc √β_k.",
            ),
            (reverse(scale=lambda b, bar: 0 * b), "Bạn quên rắc nhiễu mới √β_k·noise."),
            (
                reverse(shrink=lambda b, bar: b),
                "Hệ số của ε là β_k/√(1 − ᾱ_k); bạn quên chia.",
            ),
            (
                reverse(shrink=lambda b, bar: b / (1 - bar)),
                "Hệ số của ε là β_k/√(1 − ᾱ_k); bạn quên dấu căn ở mẫu.",
            ),
            (
                reverse(shrink=lambda b, bar: b.sqrt()),
                "Hệ số của ε là β_k/√(1 − ᾱ_k). √β_k·ε chỉ đúng nếu cả nhiễu nằm trong một bước.",
            ),
            (
                reverse(shrink=lambda b, bar: (1 - bar).sqrt()),
                "√(1 − ᾱ_k)·ε gỡ hết nhiễu một lúc; ở đây chỉ lùi một bước.",
            ),
            (
                reverse(shrink=lambda b, bar: -b / (1 - bar).sqrt()),
                "Ngược dấu: phải bớt nhiễu đi, x trừ hệ số nhân ε.",
            ),
            (
                reverse(grow=lambda b, bar: 1 / bar.sqrt()),
                "Phóng lại bằng 1/√α_k của một bước, không phải 1/√ᾱ_k của cả đường.",
            ),
            (
                reverse(grow=lambda b, bar: 1 / (1 - b)),
                "Phóng lại bằng 1/√α_k: bạn quên dấu căn.",
            ),
            (
                reverse(grow=lambda b, bar: torch.ones_like(b)),
                "Bạn quên phóng lại bằng 1/√α_k.",
            ),
            (
                reverse(grow=lambda b, bar: (1 - b).sqrt()),
                "Chiều thuận co bằng √α_k; chiều ngược phải chia, 1/√α_k.",
            ),
            (
                reverse(scale=lambda b, bar: tilde(b, bar).sqrt()),
                "Đó là phương sai β̃_k, cũng là một lựa chọn hay; đề này dùng β_k.",
            ),
            (
                reverse(inside=True),
                "Nhiễu mới cộng sau khi phóng lại, không nằm trong ngoặc.",
            ),
        ],
    )
    return explained(report, IndexError="Lệch một bước: beta[0] là β₁, nên β_k là beta[k − 1].")


def tilde(beta: Tensor, bar: Tensor) -> Tensor:
    """β̃_k từ β_k và ᾱ_k."""
    return (1 - bar / (1 - beta)) / (1 - bar) * beta


def reverse(
    grow: Callable = lambda b, bar: 1 / (1 - b).sqrt(),
    shrink: Callable = lambda b, bar: b / (1 - bar).sqrt(),
    scale: Callable = lambda b, bar: b.sqrt(),
    last: bool = False,
    inside: bool = False,
    until: Callable = lambda k: k,
) -> Callable:
    """Bước lấy mẫu tổ tiên với từng mảnh thay được; mặc định là đáp án."""

    def value(x: Tensor, k: int, eps: Tensor, noise: Tensor, beta: Tensor) -> Tensor:
        b, bar = beta[k - 1], (1 - beta)[: until(k)].prod()
        fresh = scale(b, bar) * noise if k > 1 or last else 0 * noise
        kept = x - shrink(b, bar) * eps
        return grow(b, bar) * (kept + fresh) if inside else grow(b, bar) * kept + fresh

    return value
