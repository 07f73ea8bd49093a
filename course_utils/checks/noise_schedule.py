"""Bộ chấm về chuỗi thuận: lịch nhiễu và phép nhảy một lần đến bước k.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number, numbers


def linear_betas(steps: int = 1000) -> Tensor:
    """β tăng đều từ 10⁻⁴ đến 0.02."""
    return torch.linspace(1e-4, 0.02, steps, dtype=torch.float64)


def schedule_end(answer: Any) -> Report:
    """(10⁵·ᾱ_T, 10³·√ᾱ_T, 10⁵·KL mỗi chiều) của lịch tuyến tính T = 1000, |x₀| = 1.

    Sách: (eq-linear-schedule), (eq-ddpm-closed-form)
    """
    betas = linear_betas()
    end = (1 - betas).prod().item()
    kl = -0.5 * math.log1p(-end)
    right = (1e5 * end, 1e3 * math.sqrt(end), 1e5 * kl)
    mean = (1 - betas.mean().item()) ** 1000
    total = math.exp(-betas.sum().item())
    return numbers(
        answer,
        right,
        tol=0.02,
        name="bộ ba của lịch nhiễu",
        hints=[
            (
                (0.0, None, None),
                "Số đầu gần 0: hoặc bạn nhân các β (cần nhân các α = 1 − β), hoặc quên nhân 10⁵.",
            ),
            (
                (None, math.sqrt(end), None),
                "Số thứ hai quên nhân 10³: hãy đưa 10³·√ᾱ_T.",
            ),
            ((None, None, 1e3 * kl), "Số cuối nhân 10⁵, không phải 10³."),
            ((1e5 * mean, None, None), "Đó là (1 − β trung bình)^T; hãy nhân từng 1 − β_k."),
            ((1e5 * total, None, None), "Đó là e mũ −Σβ, chỉ gần đúng; hãy nhân từng 1 − β_k."),
            (
                (1e5 * math.sqrt(end), None, None),
                "Đó là √ᾱ_T, hệ số của x₀; số đầu hỏi ᾱ_T, phần phương sai của nó.",
            ),
            (
                (1e5 * (1 - betas[-1].item()), None, None),
                "Đó là α_T = 1 − β_T của một bước cuối; cần tích của mọi bước.",
            ),
            ((None, 1e3 * end, None), "Số thứ hai là hệ số của x₀, có dấu căn: √ᾱ_T."),
            (
                (None, 1e3 * math.sqrt(1 - end), None),
                "Đó là √(1 − ᾱ_T), hệ số của nhiễu; số thứ hai hỏi hệ số của x₀.",
            ),
            ((None, None, 2e5 * kl), "Bạn quên thừa số ½ của KL giữa hai Gauss."),
            (
                (None, None, 1e5 * (kl - 0.5 * end)),
                "Bạn quên số hạng ½ᾱ_T·x₀²: trung bình của x_T là √ᾱ_T·x₀, không phải 0.",
            ),
            ((None, None, -1e5 * kl), "KL không âm: log(1 − ᾱ_T) âm, đứng trước nó là dấu trừ."),
            (
                (None, None, 1e5 * kl / math.log(2)),
                "Đơn vị là nat: logarit tự nhiên, không phải log₂.",
            ),
        ],
    )


def terminal_snr(answer: Any) -> Report:
    """SNR_T của lịch √β tuyến tính từ √0.00085 đến √0.012, T = 1000.

    Sách: (eq-snr)
    """
    low, high = 0.00085, 0.012
    root = torch.linspace(low**0.5, high**0.5, 1000, dtype=torch.float64)
    end = (1 - root.square()).prod().item()
    straight = (1 - torch.linspace(low, high, 1000, dtype=torch.float64)).prod().item()
    no_square = (1 - root).prod().item()
    right = end / (1 - end)
    return number(
        answer,
        right,
        tol=1e-5,
        name="SNR ở cuối chuỗi",
        hints=[
            (0.0, "Không bằng 0: đó là cả vấn đề. Hãy nhân từng 1 − β_k rồi chia."),
            (end, "Đó là ᾱ_T; SNR còn chia cho phần nhiễu 1 − ᾱ_T."),
            (
                straight / (1 - straight),
                "Bạn cho β tăng đều; ở lịch này √β tăng đều, rồi mới bình phương.",
            ),
            (no_square / (1 - no_square), "Bạn quên bình phương √β trước khi lấy 1 − β."),
            (math.sqrt(end), "Đó là √ᾱ_T, hệ số của x₀; SNR là ᾱ_T/(1 − ᾱ_T)."),
            (1 - end, "Đó là phần nhiễu 1 − ᾱ_T; SNR lấy ᾱ_T chia cho nó."),
            (10 * math.log10(right), "Đó là đêxiben; đề hỏi chính tỉ số, ᾱ_T/(1 − ᾱ_T)."),
            (math.sqrt(right), "Đó là a_T/σ_T; SNR là tỉ số các phương sai, ᾱ/(1 − ᾱ)."),
            (1 / right, "Ngược tỉ số: tín hiệu trên nhiễu."),
            (math.log(right), "Đó là log SNR; đề hỏi SNR."),
            ((1 - high) / high, "Đó là SNR của riêng bước cuối; cần tích của mọi bước."),
        ],
    )


def diffuse(answer: Any) -> Report:
    """Hàm diffuse(x0, k, eps, beta): nhảy một lần đến x_k.

    x0, eps (n, d); k (n,) nguyên từ 1 đến T; beta (T,) với beta[0] là β₁.
    Sách: (eq-ddpm-closed-form)
    """
    inputs = []
    for n, d, steps in ((1, 1, 4), (5, 2, 10), (6, 3, 30)):
        beta = torch.linspace(0.02, 0.3, steps, dtype=torch.float64)
        k = torch.randint(1, steps + 1, (n,), generator=torch.Generator().manual_seed(n))
        k[-1] = steps
        inputs.append((points(n, d, 1), k, points(n, d, 2), beta))
    report = function(
        answer,
        jump(),
        inputs,
        tol=1e-5,
        name="diffuse",
        hints=[
            (
                jump(level=lambda b, k: (1 - b).prod().expand(len(k))),
                "Đó là ᾱ_T cho mọi điểm; mỗi điểm có bước k riêng: lấy phần tử k − 1 của tích dồn.",
            ),
            (
                jump(level=lambda b, k: torch.exp(-b.cumsum(0))[k - 1]),
                "e mũ −Σβ chỉ gần đúng; hãy nhân từng 1 − β.",
            ),
            (
                jump(level=lambda b, k: (1 - b)[k - 1]),
                "Bạn dùng α_k của một bước. Nhảy k bước thì cần tích ᾱ_k = α_1⋯α_k.",
            ),
            (
                jump(level=lambda b, k: b[k - 1]),
                "Bạn dùng β_k. Nhảy k bước thì cần ᾱ_k, tích của các 1 − β.",
            ),
            (
                jump(level=lambda b, k: b.cumprod(0)[k - 1]),
                "Bạn nhân các β; phải nhân các α = 1 − β.",
            ),
            (
                jump(level=lambda b, k: (1 - b).cumprod(0)[(k % len(b))]),
                "Lệch một bước: beta[0] là β₁, nên ᾱ_k ở vị trí k − 1 của tích dồn.",
            ),
            (
                jump(level=before),
                "Lệch một bước: đây là ᾱ_{k−1}. Hết bước k thì đã nhân đủ k thừa số.",
            ),
            (
                jump(signal=lambda a: a, noise=lambda a: 1 - a),
                "Bạn quên cả hai dấu căn: phương sai mới cộng lại bằng 1, không phải hệ số.",
            ),
            (
                jump(signal=lambda a: a),
                "Bạn quên dấu căn ở hệ số của x₀: √ᾱ_k.",
            ),
            (
                jump(noise=lambda a: 1 - a),
                "Bạn quên dấu căn ở hệ số của nhiễu: phương sai 1 − ᾱ_k, hệ số là căn của nó.",
            ),
            (
                jump(signal=lambda a: (1 - a).sqrt(), noise=lambda a: a.sqrt()),
                "Hai hệ số bị đổi chỗ: ᾱ_k đi với dữ liệu, 1 − ᾱ_k đi với nhiễu.",
            ),
            (
                jump(noise=lambda a: 1 - a.sqrt()),
                "Hệ số của nhiễu là √(1 − ᾱ), không phải 1 − √ᾱ.",
            ),
            (
                jump(noise=torch.ones_like),
                "Nhiễu cũng phải có hệ số, √(1 − ᾱ_k); nếu không phương sai phình ra.",
            ),
            (
                jump(noise=lambda a: -(1 - a).sqrt()),
                "Ngược dấu của nhiễu. (Cùng luật, nhưng ε mà mạng phải đoán đổi dấu.)",
            ),
        ],
    )
    return explained(
        report,
        IndexError="Lệch một bước: beta[0] là β₁, nên ᾱ_k ở vị trí k − 1 của tích dồn.",
        RuntimeError="Mỗi điểm một hệ số: đưa ᾱ_k từ (n,) về (n, 1), ví dụ bằng [:, None].",
    )


def explained(report: Report, **advice: str) -> Report:
    """Khi hàm dừng giữa chừng, thêm lời khuyên theo tên của lỗi."""
    for error, text in advice.items():
        if not report.ok and f"dừng vì {error}" in report.message:
            return Report(False, f"{report.message}. {text}")
    return report


def before(beta: Tensor, k: Tensor) -> Tensor:
    """ᾱ_{k−1}."""
    return torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])[k - 1]


def jump(
    level: Callable = lambda b, k: (1 - b).cumprod(0)[k - 1],
    signal: Callable = torch.sqrt,
    noise: Callable = lambda a: (1 - a).sqrt(),
) -> Callable:
    """x_k = signal(ᾱ)·x₀ + noise(ᾱ)·ε với từng mảnh thay được; mặc định là đáp án."""

    def value(x0: Tensor, k: Tensor, eps: Tensor, beta: Tensor) -> Tensor:
        a = level(beta, k).unsqueeze(1)
        return signal(a) * x0 + noise(a) * eps

    return value


def points(n: int, d: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)
