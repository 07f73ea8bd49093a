"""Thuật toán EM cho hỗn hợp Gauss: hai hàm thuần túy, `e_step` và `m_step`.

    khởi tạo (π, μ, Σ)
    lặp:   r = e_step(x, π, μ, Σ)      mỗi điểm thuộc về ai, bao nhiêu phần
           π, μ, Σ = m_step(x, r)      mỗi thành phần ước lượng lại từ phần của mình

Không bước nào làm giảm log hợp lý. Sách: (eq-em); Dempster, Laird & Rubin (1977).
"""

import math

import torch
from torch import Tensor

from .errors import InputError


def e_step(x: Tensor, weights: Tensor, means: Tensor, covariances: Tensor) -> tuple[Tensor, float]:
    """Bước E: trách nhiệm (n, K) và log hợp lý trung bình (nat). Sách: (eq-em)"""
    log_joint = weights.log() + log_normals(x, means, torch.linalg.cholesky(covariances))
    log_prob = torch.logsumexp(log_joint, 1, keepdim=True)
    return (log_joint - log_prob).exp(), log_prob.mean().item()


def m_step(
    x: Tensor, responsibilities: Tensor, ridge: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Bước M: trọng số (K,), tâm (K, D), hiệp phương sai (K, D, D) từ trách nhiệm (n, K).

    Sách: (eq-em)
    """
    counts = responsibilities.sum(0)
    if counts.min() < 1e-8:
        refuse(int(counts.argmin()), "không còn điểm nào thuộc về nó")
    means = (responsibilities.mT @ x) / counts[:, None]
    centred = x - means[:, None]  # (K, n, D)
    weighted = responsibilities.mT[..., None] * centred
    covariances = (weighted.mT @ centred) / counts[:, None, None]
    covariances = covariances + ridge * torch.eye(x.shape[1]).to(x)
    smallest = torch.linalg.eigvalsh(covariances)[:, 0]
    size = x.var(0, correction=0).mean().clamp_min(torch.finfo(x.dtype).tiny)
    if smallest.min() < 1e-10 * size:
        why = f"phương sai nhỏ nhất của nó là {smallest.min():.1e}"
        refuse(int(smallest.argmin()), why)
    return counts / len(x), means, covariances


def refuse(component: int, why: str) -> None:
    """Ngừng EM khi một thành phần không còn là một phân phối Gauss đàng hoàng."""
    raise InputError(
        f"Thành phần số {component} (đếm từ 0) đã suy biến: {why}. Nó đang co lại quanh một điểm "
        f"(hoặc một mặt phẳng) và log hợp lý tăng ra vô cùng. Hãy giảm số thành phần, khởi tạo "
        f"bằng `seed` khác, hoặc cộng `ridge` (ví dụ một phần nghìn phương sai của dữ liệu)."
    )


def initialize(
    x: Tensor, components: int, generator: torch.Generator, ridge: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Điểm xuất phát của EM: tâm là K điểm dữ liệu xa nhau (k-means++), mọi Σ như nhau.

    Tâm kế tiếp được bốc với xác suất tỉ lệ với bình phương khoảng cách tới tâm gần nhất
    (Arthur & Vassilvitskii, 2007).
    """
    index = torch.randint(len(x), (1,), generator=generator)
    means = x[index]
    for _ in range(components - 1):
        distance = torch.cdist(x, means).min(1).values.square()
        chance = distance if distance.sum() > 0 else torch.ones_like(distance)
        means = torch.cat([means, x[torch.multinomial(chance, 1, generator=generator)]])
    _, _, covariance = m_step(x, x.new_ones(len(x), 1), ridge)
    shrunk = covariance / components ** (2 / x.shape[1])  # K quả bóng lấp vừa thể tích cũ
    uniform = x.new_full((components,), 1 / components)
    return uniform, means, shrunk.expand(components, -1, -1).clone()


def log_normals(x: Tensor, means: Tensor, scales: Tensor) -> Tensor:
    """log N(x; μ_k, L_k L_kᵀ) của mọi điểm và mọi thành phần: (n, D) -> (n, K)."""
    centred = (x - means[:, None]).mT  # (K, D, n)
    white = torch.linalg.solve_triangular(scales, centred, upper=False)
    log_det = scales.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    log_volume = log_det + 0.5 * x.shape[1] * math.log(2 * math.pi)
    return -0.5 * white.square().sum(1).mT - log_volume
