"""Bộ chấm về dẫn hướng: phép cộng, ba luật của mẫu, và gradient của bộ phân loại.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, numbers

# Ví dụ tính tay của cả chương: p = N(0, 1), p(· | c) = N(1, ¼).
MEAN, VARIANCE = 1.0, 0.25


def values(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def tempered_variance(w: float, v: float = VARIANCE) -> float:
    """Phương sai của luật nguội ∝ p(x)·p(c | x)^w. Sách: (eq-tempered), (eq-guided-gaussian)"""
    return v / (v + w * (1 - v))


def sde_variance(w: float, v: float = VARIANCE) -> float:
    """Phương sai mẫu của SDE nghịch có dẫn hướng, w > ½. Sách: (eq-guided-gaussian)"""
    return v * (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v))


def ode_variance(w: float, v: float = VARIANCE) -> float:
    """Phương sai mẫu của ODE có dẫn hướng. Sách: (eq-guided-gaussian)"""
    return v**w


def guide(answer: Any) -> Report:
    """Hàm guide(eps_u, eps_c, w): dự đoán nhiễu có dẫn hướng; w = 1 là không dẫn hướng.

    eps_u, eps_c cùng hình dạng; w một số. Sách: (eq-cfg)
    """
    inputs = [
        (values(3, 2, seed=1), values(3, 2, seed=2), 2.0),
        (values(1, 1, seed=3), values(1, 1, seed=4), 0.0),
        (values(2, 1, 4, 4, seed=5), values(2, 1, 4, 4, seed=6), 7.5),
    ]
    return function(
        answer,
        lambda u, c, w: u + w * (c - u),
        inputs,
        tol=1e-5,
        name="guide",
        hints=[
            (
                lambda u, c, w: (1 + w) * c - w * u,
                "Lệch một: đó là quy ước (1 + w)ε_c − w·ε_∅, nơi 0 mới là không dẫn hướng. Ở đây "
                "w = 1 phải trả đúng ε_c.",
            ),
            (
                lambda u, c, w: u + (w - 1) * (c - u),
                "Lệch một theo chiều kia: với w = 1 phải ra ε_c, không phải ε_∅.",
            ),
            (
                lambda u, c, w: c + w * (u - c),
                "Hai dự đoán đổi vai: xuất phát từ ε_∅ (không nghe) rồi đi về phía ε_c.",
            ),
            (
                lambda u, c, w: u - w * (c - u),
                "Ngược chiều: đi từ ε_∅ VỀ PHÍA ε_c, nên cộng w(ε_c − ε_∅).",
            ),
            (
                lambda u, c, w: c + w * (c - u),
                "Điểm xuất phát là ε_∅, không phải ε_c: với w = 0 phải ra ε_∅.",
            ),
            (
                lambda u, c, w: u + w * c,
                "Phần nhân với w là HIỆU ε_c − ε_∅. Cộng cả ε_c thì nhiễu đoán ra phình to.",
            ),
            (lambda u, c, w: w * c, "Thiếu mô hình không điều kiện: cần cả ε_∅."),
            (lambda u, c, w: w * (c - u), "Thiếu điểm xuất phát ε_∅: ε_∅ + w(ε_c − ε_∅)."),
            (
                lambda u, c, w: (u + w * (c - u)) / (1 + w),
                "Không chia gì cả: hệ số (1 − w) và w đã cộng lại bằng 1.",
            ),
            (lambda u, c, w: u + w**2 * (c - u), "w vào một lần, không bình phương."),
        ],
    )


def three_laws(answer: Any) -> Report:
    """(luật nguội, SDE, ODE): phương sai với w = 3, p = N(0, 1), p(· | c) = N(1, ¼).

    Sách: (eq-guided-gaussian), (eq-tempered)
    """
    w, v = 3.0, VARIANCE
    right = (tempered_variance(w), sde_variance(w), ode_variance(w))
    cold, noisy, smooth = right
    return numbers(
        answer,
        right,
        tol=2e-4,
        name="ba phương sai",
        hints=[
            (
                (1.2, None, None),
                "1.2 là trung bình của luật nguội; đề hỏi phương sai.",
            ),
            ((v, v, v), "¼ là của luật có điều kiện, tức w = 1. Ở đây w = 3."),
            (
                (cold, cold, cold),
                "Luật nguội thì đúng. Nhưng SDE và ODE KHÔNG lấy mẫu luật nguội: đó là điều "
                "chương này bác bỏ.",
            ),
            (
                (cold, cold, None),
                "SDE không lấy mẫu luật nguội: phương sai của nó là v(1 − v^{2w−1})/((2w − 1)κ).",
            ),
            (
                (v / w, None, None),
                "v/w là của N(m, v) lấy lũy thừa w, quên mất p(x)^{1−w}: độ chính xác là "
                "1 + w(1/v − 1).",
            ),
            (
                (1 / (1 + w / v), None, None),
                "Độ chính xác của luật nguội là 1 + w(1/v − 1) = 10: p(c | x) có độ chính xác "
                "1/v − 1 = 3, không phải 1/v = 4.",
            ),
            ((tempered_variance(2.0), None, None), "Bạn dùng w = 2; ở đây w = 3."),
            ((1 / cold, None, None), "Đó là độ chính xác; phương sai là nghịch đảo."),
            ((math.sqrt(cold), None, None), "Đó là độ lệch chuẩn; đề hỏi phương sai."),
            (
                (cold, sde_variance(w + 1), None),
                "Số mũ của SDE là 2w − 1, không phải 2w + 1.",
            ),
            (
                (cold, v * (1 - v ** (w - 1)) / ((w - 1) * (1 - v)), None),
                "Số mũ của SDE là 2w − 1, không phải w − 1.",
            ),
            (
                (cold, v * (1 - v**w) / (w * (1 - v)), None),
                "Số mũ của SDE là 2w − 1, không phải w.",
            ),
            (
                (cold, (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v)), None),
                "SDE: bạn quên nhân với v.",
            ),
            (
                (cold, v * (1 - v ** (2 * w - 1)) / (2 * w - 1), None),
                "SDE: bạn quên chia cho κ = 1 − v.",
            ),
            ((cold, smooth, noisy), "SDE và ODE đổi chỗ: SDE rộng hơn ODE."),
            ((smooth, noisy, cold), "Ngược thứ tự: đề hỏi luật nguội, SDE, ODE."),
            (
                (cold, noisy, v ** (w / 2)),
                "v^{w/2} là hệ số giãn của ODE; phương sai là bình phương của nó.",
            ),
            ((cold, noisy, v ** (2 * w)), "Phương sai của ODE là v^w, không phải v^{2w}."),
            ((cold, noisy, w * v), "Lũy thừa, không phải nhân: v^w."),
            ((cold, noisy, v / w), "ODE: v^w, không phải v/w."),
        ],
    )


def classifier_step(answer: Any) -> Report:
    """Hàm classifier_step(eps, grad, sigma, w): nhiễu có dẫn hướng bằng bộ phân loại.

    eps, grad (n, d): ε_θ(x, s) và ∇log p(c | x_s); sigma là σ(s). Sách: (eq-classifier-guidance)
    """
    inputs = [
        (values(4, 2, seed=1), values(4, 2, seed=2), 0.6, 1.0),
        (values(1, 3, seed=3), values(1, 3, seed=4), 0.95, 2.5),
        (values(2, 1, seed=5), values(2, 1, seed=6), 0.1, 0.0),
    ]

    def step(scale: Callable, sign: float = -1.0) -> Callable:
        return lambda eps, grad, sigma, w: eps + sign * w * scale(sigma) * grad

    return function(
        answer,
        step(lambda sigma: sigma),
        inputs,
        tol=1e-5,
        name="classifier_step",
        hints=[
            (
                step(lambda sigma: sigma, 1.0),
                "Ngược dấu: ε = −σ∇log p, nên cộng vào điểm số là TRỪ vào ε.",
            ),
            (
                step(lambda sigma: 1.0),
                "Thiếu σ: gradient là một điểm số, đổi ra nhiễu phải nhân với σ.",
            ),
            (
                step(lambda sigma: 1.0, 1.0),
                "Gradient là một điểm số: đổi ra nhiễu phải nhân với −σ.",
            ),
            (step(lambda sigma: sigma**2), "σ vào một lần: ε = −σ∇log p. σ² là phương sai."),
            (step(lambda sigma: 1 / sigma), "Nhân với σ, không chia: ε = −σ∇log p."),
            (
                step(math.sqrt),
                "Nhân với σ, không phải √σ. (Nếu đề cho phương sai σ² thì mới lấy căn.)",
            ),
            (
                step(lambda sigma: math.sqrt(1 - sigma**2)),
                "Đó là a = √(1 − σ²), hệ số của dữ liệu; cần σ, hệ số của nhiễu.",
            ),
            (
                lambda eps, grad, sigma, w: -w * sigma * grad,
                "Thiếu ε_θ: gradient được CỘNG THÊM vào dự đoán của mạng, không thay nó.",
            ),
            (
                lambda eps, grad, sigma, w: w * grad - eps / sigma,
                "Đó là điểm số đã dẫn hướng; đề hỏi nhiễu. Nhân với −σ.",
            ),
            (
                step(lambda sigma: math.sqrt(1 - sigma**2) / sigma),
                "Chỉ nhân với σ: ε = −σ∇log p, không có a.",
            ),
            (
                lambda eps, grad, sigma, w: eps - sigma * grad,
                "Bạn quên trọng số w.",
            ),
            (
                lambda eps, grad, sigma, w: eps - (1 + w) * sigma * grad,
                "Lệch một: với w = 0 phải trả đúng ε_θ.",
            ),
            (
                lambda eps, grad, sigma, w: (1 - w) * eps - w * sigma * grad,
                "ε_θ giữ nguyên hệ số 1. Chỉ trộn theo (1 − w, w) khi có hai mô hình, (eq-cfg).",
            ),
        ],
    )
