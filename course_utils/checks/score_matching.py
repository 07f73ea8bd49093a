"""Bộ chấm về hàm điểm số: tính bằng tay, và khớp điểm số khử nhiễu.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, numbers

# Bài 1: ᾱ = 0.64, một ảnh x₀ = 1 thành x_s = 0.5, dữ liệu N(0, 4).
A, SIGMA, CLEAN, NOISY, DATA_VARIANCE = 0.8, 0.6, 1.0, 0.5, 4.0


def score_by_hand(answer: Any) -> Report:
    """(ε, điểm số có điều kiện, điểm số biên, E[x₀ | x_s]) của bài 1.

    Sách: (eq-score), (eq-tweedie)
    """
    eps = (NOISY - A * CLEAN) / SIGMA
    conditional = -eps / SIGMA
    variance = A**2 * DATA_VARIANCE + SIGMA**2
    marginal = -NOISY / variance
    clean = (NOISY + SIGMA**2 * marginal) / A
    return numbers(
        answer,
        (eps, conditional, marginal, clean),
        tol=1e-3,
        name="bộ bốn số",
        hints=[
            (
                (-eps, None, None, None),
                "Ngược dấu của ε: x_s = a·x₀ + σε, nên ε = (x_s − a·x₀)/σ.",
            ),
            (
                ((NOISY - A**2 * CLEAN) / SIGMA, None, None, None),
                "a = √ᾱ = 0.8; bạn đã nhân x₀ với ᾱ = 0.64.",
            ),
            (
                ((NOISY - A * CLEAN) / SIGMA**2, None, None, None),
                "ε = (x_s − a·x₀)/σ với σ = 0.6; bạn đã chia cho σ² = 0.36.",
            ),
            (
                (eps, -conditional, None, None),
                "Điểm số có điều kiện là −ε/σ: bạn sai dấu.",
            ),
            ((eps, -eps, None, None), "Điểm số là −ε/σ; bạn quên chia cho σ = 0.6."),
            ((eps, eps, None, None), "Đó là ε. Điểm số có điều kiện là −ε/σ."),
            (
                (eps, -eps / SIGMA**2, None, None),
                "Điểm số có điều kiện là −ε/σ, tức −(x_s − a·x₀)/σ²: đừng chia σ hai lần.",
            ),
            (
                (eps, conditional, conditional, None),
                "Điểm số biên không biết x₀: lấy −x/Var x_s, với Var x_s = a²·4 + σ².",
            ),
            (
                (eps, conditional, -NOISY / DATA_VARIANCE, None),
                "Đó là điểm số của dữ liệu sạch. Ở đây x_s có phương sai a²·4 + σ².",
            ),
            (
                (eps, conditional, -NOISY / math.sqrt(variance), None),
                "Điểm số của Gauss là −x chia cho phương sai, không phải cho độ lệch chuẩn.",
            ),
            (
                (eps, conditional, -NOISY / (A * DATA_VARIANCE + SIGMA), None),
                "Phương sai cộng theo bình phương: a²·4 + σ².",
            ),
            ((eps, conditional, -NOISY, None), "−x là điểm số của N(0, 1); ở đây Var x_s ≠ 1."),
            ((eps, conditional, -marginal, None), "Sai dấu: điểm số chỉ về phía đông, tức về 0."),
            (
                (eps, conditional, marginal, NOISY + SIGMA**2 * marginal),
                "Còn phải chia cho a: E[x₀ | x] = (x + σ²∇log p)/a.",
            ),
            (
                (eps, conditional, marginal, (NOISY - SIGMA**2 * marginal) / A),
                "Sai dấu trong Tweedie: cộng σ²∇log p, đi về phía đông hơn.",
            ),
            (
                (eps, conditional, marginal, (NOISY + SIGMA * marginal) / A),
                "Bước của Tweedie dài σ², không phải σ.",
            ),
            (
                (eps, conditional, marginal, (NOISY + SIGMA**2 * conditional) / A),
                "Dùng điểm số biên: điểm số có điều kiện thì chỉ trả lại đúng x₀ đã biết.",
            ),
        ],
    )


def sample_points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def _net(s: Tensor, x: Tensor) -> Tensor:
    """Mạng của bài tập: không đối xứng giữa s và x, tọa độ đọc tọa độ."""
    return torch.sin(x.flip(-1)) + 0.5 * x + s**2


def denoising(
    place: Callable = lambda x0, eps, a, sigma: a * x0 + sigma * eps,
    target: Callable = lambda x0, eps, a, sigma: eps,
    call: Callable = lambda net, s, x: net(s, x),
    reduce: Callable = lambda e: e.square().sum(1).mean(),
) -> Callable:
    """Mất mát khử nhiễu với từng mảnh thay được; mặc định là đáp án."""

    def loss(net: Callable, x0: Tensor, eps: Tensor, s: Tensor, a: Tensor, sigma: Tensor) -> Tensor:
        x = place(x0, eps, a, sigma)
        return reduce(call(net, s, x) - target(x0, eps, a, sigma))

    return loss


def dsm_loss(answer: Any) -> Report:
    """Hàm dsm_loss(net, x0, eps, s, a, sigma): trung bình của ‖net(s, a·x₀ + σε) − ε‖².

    x0, eps (n, d); s, a, sigma (n, 1); cộng các tọa độ, trung bình các điểm. Sách: (eq-dsm)
    """
    inputs = []
    for n, d in ((1, 1), (4, 2), (7, 3)):
        s, angle = sample_points(n, 1, 3).sigmoid(), 1.5 * sample_points(n, 1, 4).sigmoid()
        x0, eps = 2 + sample_points(n, d, 1), sample_points(n, d, 2)
        inputs.append((_net, x0, eps, s, angle.cos(), angle.sin()))
    return function(
        answer,
        denoising(),
        inputs,
        tol=1e-5,
        name="dsm_loss",
        hints=[
            (
                denoising(place=lambda x0, eps, a, sigma: x0 + sigma * eps),
                "Quên thừa số a: x_s = a·x₀ + σ·ε.",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: a * x0 + sigma**2 * eps),
                "σ là độ lệch chuẩn của nhiễu: nhân ε với σ, không phải σ².",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: a**2 * x0 + sigma * eps),
                "x₀ nhân với a, không phải a² (a = √ᾱ).",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: sigma * x0 + a * eps),
                "Đổi chỗ a và σ: a đi với dữ liệu, σ đi với nhiễu.",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: a * x0 - sigma * eps),
                "x_s = a·x₀ + σ·ε: cộng nhiễu, không trừ.",
            ),
            (denoising(place=lambda x0, eps, a, sigma: x0), "Mạng phải nhìn x_s, không phải x₀."),
            (
                denoising(place=lambda x0, eps, a, sigma: eps),
                "Mạng phải nhìn x_s; cho nó nhìn ε là cho đáp án.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: -eps / sigma),
                "Đó là mục tiêu của điểm số. Đề cho mạng đoán nhiễu ε.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: -eps),
                "Ngược dấu: mạng đoán chính ε đã thêm vào.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: x0),
                "Mục tiêu là ε, không phải ảnh sạch x₀.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: sigma * eps),
                "Mục tiêu là ε có phương sai 1, không phải σε.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: eps / sigma),
                "Mục tiêu là ε; chia cho σ là của điểm số, và còn thiếu dấu trừ.",
            ),
            (
                denoising(call=lambda net, s, x: net(x, s)),
                "Mã gọi net(s, x): thời gian đứng trước.",
            ),
            (
                denoising(call=lambda net, s, x: net(1 - s, x)),
                "Mạng nhận thời gian nhiễu s, không phải t = 1 − s.",
            ),
            (
                lambda net, x0, eps, s, a, sigma: denoising()(net, x0, eps, sigma, a, sigma),
                "Bạn đưa σ cho mạng. Mạng nhận thời gian nhiễu s; σ chỉ để làm nhiễu x₀.",
            ),
            (
                lambda net, x0, eps, s, a, sigma: denoising()(net, x0, eps, s, a, s),
                "Bạn làm nhiễu bằng s. Nhiễu ε nhân với σ, không phải với thời gian s.",
            ),
            (
                denoising(reduce=lambda e: e.square().mean()),
                "Bạn lấy trung bình cả trên các tọa độ. ‖·‖² cộng các tọa độ; chỉ trung bình các "
                "điểm.",
            ),
            (
                denoising(reduce=lambda e: e.square().sum()),
                "Bạn cộng cả các điểm. Cộng các tọa độ, rồi lấy trung bình các điểm.",
            ),
            (
                denoising(reduce=lambda e: e.square().sum(1)),
                "Bạn trả một số cho mỗi điểm; còn phải lấy trung bình của lô.",
            ),
            (
                denoising(reduce=lambda e: e.square().sum(1).sqrt().mean()),
                "Đó là trung bình của ‖·‖; đề cần ‖·‖², không lấy căn.",
            ),
            (
                denoising(reduce=lambda e: 0.5 * e.square().sum(1).mean()),
                "Thừa hệ số ½. (Nghiệm tốt nhất không đổi, nhưng đề cần trung bình của ‖·‖².)",
            ),
        ],
    )
