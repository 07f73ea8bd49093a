"""Đo một mô hình: đối log hợp lý, bit trên một chiều, khoảng cách tới entropy."""

import math

import torch
from torch import Tensor

from .base import DensityModel
from .data.toy import ToyDensity
from .errors import InputError


@torch.no_grad()
def log_probs(model: DensityModel, x: Tensor, batch_size: int = 10_000) -> Tensor:
    """log p_θ của từng điểm, tính theo lô để không tốn bộ nhớ: (n, ...) -> (n,)."""
    return torch.cat([model.log_prob(part) for part in x.split(batch_size)])


def nll(model: DensityModel, x: Tensor) -> float:
    """Đối log hợp lý trung bình (nat trên một điểm)."""
    return -log_probs(model, x).mean().item()


def bits_per_dim(nll_nats: float, dim: int, levels: int) -> float:
    """Bit trên một chiều của dữ liệu nguyên `levels` mức.

    `nll_nats` là đối log hợp lý trung bình của dữ liệu đã khử lượng tử hóa trong [0, 1).
    bit/chiều = nll/(D ln 2) + log₂(levels). Sách: (eq-bpd)
    """
    if dim < 1 or levels < 2:
        raise InputError(f"dim = {dim}, levels = {levels}: cần dim ≥ 1 và levels ≥ 2.")
    return nll_nats / (dim * math.log(2)) + math.log2(levels)


def gap_to_entropy(
    model: DensityModel, density: ToyDensity, n: int = 20_000, seed: int = 12345
) -> tuple[float, float]:
    """Ước lượng KL(p‖p_θ) = E[log p(x) − log p_θ(x)] (nat) và sai số chuẩn của ước lượng.

    Lấy hiệu trên cùng một mẫu: phần dao động chung của hai log mật độ triệt tiêu, sai số
    chuẩn nhỏ hơn nhiều so với lấy NLL trừ entropy. Sách: (eq-mle)
    """
    like = next(model.parameters())
    x = density.sample(n, seed)
    difference = density.log_prob(x.double()) - log_probs(model, x.to(like)).cpu().double()
    return difference.mean().item(), difference.std().item() / math.sqrt(n)
