"""Chuẩn phổ σ(A) = max ‖Av‖/‖v‖ của một phép tuyến tính chỉ biết qua Av và Aᵀw.

Không cần dựng ma trận: A có thể là một phép tích chập trên ảnh.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def unit(v: Tensor, otherwise: Tensor) -> Tensor:
    """v/‖v‖; v bằng 0 thì giữ nguyên vector cũ."""
    norm = v.norm()
    return torch.where(norm > 0, v / norm.clamp_min(torch.finfo(v.dtype).tiny), otherwise)


@torch.no_grad()
def power_iteration(
    apply: Callable[[Tensor], Tensor],
    adjoint: Callable[[Tensor], Tensor],
    v: Tensor,
    steps: int = 1,
) -> Tensor:
    """Hướng v bị A kéo dài nhất, ‖v‖ = 1: lặp v ← AᵀAv/‖AᵀAv‖.

    ‖Av‖ không bao giờ vượt σ(A), và tăng dần đến σ(A) khi v ban đầu không vuông góc với hướng ấy;
    sai số co lại (σ₂/σ₁)² lần mỗi bước.

    Tham số
    -------
    apply, adjoint : v -> Av và w -> Aᵀw; A có thể là một phép tích chập
    v : vector ban đầu, đã có chuẩn 1

    Sách: (eq-power-iteration)
    """
    for _ in range(steps):
        v = unit(adjoint(apply(v)), otherwise=v)
    return v


@torch.no_grad()
def krylov_direction(
    apply: Callable[[Tensor], Tensor],
    adjoint: Callable[[Tensor], Tensor],
    v: Tensor,
    size: int = 60,
) -> Tensor:
    """Như `power_iteration`, nhưng chọn tổ hợp tốt nhất của mọi vector đã đi qua (Rayleigh–Ritz).

    v, AᵀAv, (AᵀA)²v, … trực chuẩn hóa thành nhiều nhất `size` vector; trong không gian ấy hướng bị
    kéo dài nhất là vector riêng của một ma trận nhỏ. Hai giá trị kỳ dị đầu gần nhau làm lặp lũy
    thừa gần như đứng yên; cách này thì không. Hết chiều (A có ít cột) thì kết quả là đúng.
    """
    basis = (v / v.norm()).flatten()[None]
    while len(basis) < min(size, v.numel()):
        image = adjoint(apply(basis[-1].view_as(v))).flatten()
        fresh = image
        for _ in range(2):  # trực giao hóa hai lần, cho khỏi mất chữ số
            fresh = fresh - basis.T @ (basis @ fresh)
        if fresh.norm() <= 100 * torch.finfo(v.dtype).eps * image.norm():
            break
        basis = torch.cat([basis, unit(fresh, otherwise=fresh)[None]])
    images = apply(basis.view(-1, *v.shape[1:])).flatten(1)
    return (torch.linalg.eigh(images @ images.T).eigenvectors[:, -1] @ basis).view_as(v)
