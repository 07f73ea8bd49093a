"""Hỗn hợp Gauss khuếch tán: mật độ và hàm điểm số đúng ở mọi mức nhiễu, không cần huấn luyện.

Thêm nhiễu Gauss vào hỗn hợp Gauss lại được hỗn hợp Gauss: tâm nhân a, hiệp phương sai thành
a²Σ + σ²I. Đây là thước đo của cả phần khuếch tán.
"""

import math

import torch
from torch import Tensor

from ..errors import InputError
from .sde import SDE, Time, as_time


class DiffusedMixture:
    """p_s của x_s = a·x_0 + σ·ε khi x_0 ~ Σ_k π_k N(μ_k, Σ_k).

    Tham số
    -------
    weights (K,), means (K, D), covariances (K, D, D) của dữ liệu, float64 bên trong
    sde : cho a(s), σ(s)

    K = 1 là dữ liệu Gauss: mọi thứ đều tuyến tính. `net` là mạng nhiễu tốt nhất có thể có.
    """

    def __init__(self, weights: Tensor, means: Tensor, covariances: Tensor, sde: SDE):
        weights, means, covariances = (
            torch.as_tensor(part, dtype=torch.float64) for part in (weights, means, covariances)
        )
        k, dim = means.shape if means.ndim == 2 else (0, 0)
        if weights.shape != (k,) or covariances.shape != (k, dim, dim) or k == 0:
            raise InputError(
                f"weights {tuple(weights.shape)}, means {tuple(means.shape)}, covariances "
                f"{tuple(covariances.shape)}; cần (K,), (K, D) và (K, D, D)."
            )
        self.log_weights = (weights / weights.sum()).log()
        self.means, self.sde = means, sde
        # Hệ trục riêng của từng Σ_k không đổi khi thêm nhiễu; chỉ trị riêng đổi.
        self.variances, self.axes = torch.linalg.eigh(covariances)

    @classmethod
    def of(cls, density, sde: SDE) -> "DiffusedMixture":
        """Từ một `toy.Mixture`, ví dụ toy.get("eight_gaussians")."""
        scales = density.scales
        return cls(density.weights, density.means, scales @ scales.mT, sde)

    def parts(self, s: Time, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """log π_k N(x; …) (n, K); x − aμ_k trong trục riêng (n, K, D); phương sai; các trục."""
        if x.ndim != 2 or x.shape[1] != self.means.shape[1]:
            raise InputError(f"x {tuple(x.shape)}; hỗn hợp này cần (n, {self.means.shape[1]}).")
        a, sigma = (v.to(x).reshape(-1, 1, 1) for v in self.sde.marginal(as_time(s)))
        means, axes = self.means.to(x), self.axes.to(x)
        centred = torch.einsum("nkd,kdj->nkj", x[:, None] - a * means, axes)
        variance = a.square() * self.variances.to(x) + sigma.square()
        log_normal = -0.5 * (
            centred.square() / variance + variance.log() + math.log(2 * math.pi)
        ).sum(2)
        return self.log_weights.to(x) + log_normal, centred, variance, axes

    def log_prob(self, s: Time, x: Tensor) -> Tensor:
        """log p_s(x), nat; x (n, D) -> (n,)."""
        return self.parts(s, x)[0].logsumexp(1)

    def score(self, s: Time, x: Tensor) -> Tensor:
        """∇log p_s(x) (n, D): trung bình, theo xác suất hậu nghiệm, của điểm số từng thành phần.

        Sách: (eq-score)
        """
        log_parts, centred, variance, axes = self.parts(s, x)
        pull = torch.einsum("nkj,kdj->nkd", centred / variance, axes)
        return -(log_parts.softmax(1).unsqueeze(2) * pull).sum(1)

    def net(self, s: Time, x: Tensor) -> Tensor:
        """E[ε | x_s = x] = −σ·∇log p_s(x): điều mà một mạng nhiễu hoàn hảo trả về."""
        return -self.sde.marginal(as_time(s))[1].to(x).reshape(-1, 1) * self.score(s, x)

    def denoised(self, s: Time, x: Tensor) -> Tensor:
        """E[x_0 | x_s = x] = (x + σ²·∇log p_s(x))/a. Sách: (eq-tweedie)"""
        a, sigma = (v.to(x).reshape(-1, 1) for v in self.sde.marginal(as_time(s)))
        return (x + sigma.square() * self.score(s, x)) / a
