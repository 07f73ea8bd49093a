"""Bộ chấm về bước DDIM: bước tất định, đoán ảnh sạch rồi trộn lại ở một mức nhiễu khác.

Gợi ý nhắm vào những lỗi hay gặp nhất.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .noise_schedule import points
from .report import Report, function


def ddim_step(answer: Any) -> Report:
    """Hàm ddim_step(x, k, j, eps, alpha_bar): bước DDIM tất định từ x_k về x_j.

    x, eps (n, d); 0 ≤ j < k; alpha_bar (T + 1,) với alpha_bar[0] = 1. Sách: (eq-ddim)
    """
    bar = (1 - torch.linspace(0.05, 0.4, 6, dtype=torch.float64)).cumprod(0)
    bar = torch.cat([bar.new_ones(1), bar])
    inputs = [
        (points(n, d, 6), k, j, points(n, d, 7), bar)
        for n, d, k, j in ((1, 1, 6, 4), (4, 2, 3, 2), (3, 2, 5, 1), (4, 2, 2, 0))
    ]
    return function(
        answer,
        implicit(),
        inputs,
        tol=1e-5,
        name="ddim_step",
        hints=[
            (
                lambda x, k, j, e, bar: implicit()(x, k, k - 1, e, bar),
                "Bạn đi về bước k − 1; hàm này phải nhảy thẳng tới j.",
            ),
            (
                lambda x, k, j, e, bar: implicit()(x, j, k, e, bar),
                "j và k bị đổi chỗ: gỡ ở mức của k, trộn lại ở mức của j.",
            ),
            (
                lambda x, k, j, e, bar: implicit()(x, k, j + 1, e, bar),
                "Lệch một bước: alpha_bar[0] = 1, nên ᾱ_j là alpha_bar[j].",
            ),
            (
                lambda x, k, j, e, bar: bar[j] * (x - (1 - bar[k]) * e) / bar[k] + (1 - bar[j]) * e,
                "Bạn quên mọi dấu căn: hệ số là √ᾱ và √(1 − ᾱ).",
            ),
            (
                implicit(noise=lambda bj, bk: -(1 - bj).sqrt()),
                "Ngược dấu khi trộn lại: cộng √(1 − ᾱ_j)·ε.",
            ),
            (
                implicit(clean=lambda x, e, bk: x, noise=lambda bj, bk: 0 * bj),
                "Bạn chưa dùng ε: trước hết đoán x̂₀ = (x − √(1 − ᾱ_k)·ε)/√ᾱ_k.",
            ),
            (
                implicit(noise=lambda bj, bk: (1 - bk).sqrt()),
                "Trộn lại ở mức của bước j: √(1 − ᾱ_j)·ε, không phải √(1 − ᾱ_k).",
            ),
            (
                implicit(noise=lambda bj, bk: 1 - bj),
                "Bạn quên dấu căn: √(1 − ᾱ_j)·ε.",
            ),
            (
                implicit(signal=lambda bj, bk: bj),
                "Bạn quên dấu căn ở hệ số của x̂₀: √ᾱ_j.",
            ),
            (
                implicit(signal=lambda bj, bk: bk.sqrt()),
                "Trộn lại ở mức của bước j: √ᾱ_j·x̂₀, không phải √ᾱ_k.",
            ),
            (
                implicit(noise=lambda bj, bk: 0 * bj),
                "Bạn bỏ phần nhiễu đã đoán. Tất định là không rắc nhiễu mới; nhiễu cũ vẫn còn.",
            ),
            (
                implicit(clean=lambda x, e, bk: x - (1 - bk).sqrt() * e),
                "x̂₀ còn phải chia cho √ᾱ_k.",
            ),
            (
                implicit(clean=lambda x, e, bk: (x - (1 - bk) * e) / bk.sqrt()),
                "Trong x̂₀, hệ số của ε là √(1 − ᾱ_k).",
            ),
            (
                implicit(clean=lambda x, e, bk: (x - (1 - bk).sqrt() * e) / bk),
                "Trong x̂₀, chia cho √ᾱ_k, không phải ᾱ_k.",
            ),
            (
                implicit(clean=lambda x, e, bk: (x + (1 - bk).sqrt() * e) / bk.sqrt()),
                "Trong x̂₀ phải trừ nhiễu đi.",
            ),
            (
                lambda x, k, j, e, bar: (x - (1 - bar[k]).sqrt() * e) / bar[k].sqrt(),
                "Đó là x̂₀, ảnh sạch đoán được; còn phải trộn lại ở mức nhiễu của bước j.",
            ),
            (
                lambda x, k, j, e, bar: (
                    (x - (1 - bar[k] / bar[j]) / (1 - bar[k]).sqrt() * e) / (bar[k] / bar[j]).sqrt()
                ),
                "Đó là trung bình của bước ngẫu nhiên. DDIM không chỉ xóa số hạng nhiễu của nó.",
            ),
        ],
    )


def implicit(
    clean: Callable = lambda x, e, bk: (x - (1 - bk).sqrt() * e) / bk.sqrt(),
    signal: Callable = lambda bj, bk: bj.sqrt(),
    noise: Callable = lambda bj, bk: (1 - bj).sqrt(),
) -> Callable:
    """Bước DDIM tất định với từng mảnh thay được; mặc định là đáp án."""

    def value(x: Tensor, k: int, j: int, eps: Tensor, alpha_bar: Tensor) -> Tensor:
        bj, bk = alpha_bar[j], alpha_bar[k]
        return signal(bj, bk) * clean(x, eps, bk) + noise(bj, bk) * eps

    return value
