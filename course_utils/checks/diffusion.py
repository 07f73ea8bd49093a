"""Bộ chấm các bài «Thử ngay» của sổ «Mô hình khuếch tán (DDPM, DDIM)».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .implicit_steps import ddim_step  # noqa: F401
from .noise_schedule import diffuse, schedule_end, terminal_snr  # noqa: F401
from .report import Report, numbers
from .reverse_steps import ancestral_step, posterior  # noqa: F401

# Mức nhiễu của câu «nhiễu và điểm số»: ᾱ = 0.25, x₀ = 0.8, x_k = 1.
SIGNAL, CLEAN, NOISY = 0.25, 0.8, 1.0


def noise_and_score(answer: Any) -> Report:
    """(ε, điểm số có điều kiện) khi ᾱ = 0.25, x₀ = 0.8, x_k = 1.

    Điểm số: ∇ log q(x_k | x₀) theo x_k. Sách: (eq-parameterizations)
    """
    a, sigma = math.sqrt(SIGNAL), math.sqrt(1 - SIGNAL)
    eps = (NOISY - a * CLEAN) / sigma
    score = -eps / sigma
    return numbers(
        answer,
        (eps, score),
        tol=1e-3,
        name="cặp (ε, điểm số)",
        hints=[
            ((NOISY - CLEAN, None), "x_k − x₀ còn lẫn phần co của tín hiệu: trừ √ᾱ·x₀."),
            ((NOISY - a * CLEAN, None), "Bạn quên chia cho σ = √(1 − ᾱ)."),
            (
                ((NOISY - a * CLEAN) / (1 - SIGNAL), None),
                "Chia cho độ lệch chuẩn √(1 − ᾱ), không phải phương sai.",
            ),
            (
                ((NOISY - SIGNAL * CLEAN) / sigma, None),
                "Hệ số của x₀ là √ᾱ = 0.5, không phải ᾱ.",
            ),
            (
                (a * NOISY - sigma * CLEAN, None),
                "Công thức ấy không ra ε. Giải x_k = √ᾱ·x₀ + √(1 − ᾱ)·ε theo ε.",
            ),
            ((-eps, None), "Ngược dấu: x_k = √ᾱ·x₀ + σ·ε, nên ε = (x_k − √ᾱ·x₀)/σ."),
            ((eps, -score), "Điểm số kéo về phía √ᾱ·x₀, tức ngược dấu với ε."),
            ((eps, eps), "Điểm số là −ε/σ, không phải ε."),
            ((eps, -eps), "Còn phải chia cho σ: điểm số là −ε/σ."),
            (
                (eps, -eps / SIGNAL),
                "Chia cho σ = √(1 − ᾱ), không phải ᾱ.",
            ),
            (
                (eps, -eps / (1 - SIGNAL)),
                "Chia cho σ một lần thôi: ε đã chia một lần, nên điểm số là −ε/σ.",
            ),
            ((score, eps), "Hai số đúng nhưng ngược chỗ: ε đứng trước."),
        ],
    )


def bound_terms(answer: Any) -> Report:
    """T = 3: (số hạng có tham số, số hạng khử nhiễu, số hạng của cả cận).

    Sách: (eq-ddpm-elbo)
    """
    return numbers(
        answer,
        (3, 2, 4),
        tol=1e-9,
        name="bộ ba số đếm",
        hints=[
            ((4, None, None), "KL ở đỉnh so hai luật không có tham số nào: đừng đếm nó."),
            ((2, None, None), "Bạn quên tái tạo: p(x₀ | x₁) cũng là mạng."),
            ((1, None, None), "Mỗi bước lùi có một số hạng, dù chung một mạng."),
            ((3, 3, None), "Khử nhiễu có k = 2 và 3; k = 1 là tái tạo, không phải KL."),
            ((3, 2, 3), "Đừng quên đỉnh, KL giữa q(x_T | x₀) và N(0, I)."),
            ((3, 2, 5), "Bốn: tái tạo, hai khử nhiễu, đỉnh."),
            ((2, 3, 4), "Hai số đầu ngược chỗ."),
        ],
    )
