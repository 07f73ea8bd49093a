"""Trường của ODE dòng xác suất, dựng từ một mạng nhiễu: A·x + B·net, và phân kỳ chính xác của nó.

Nguồn: Song et al. (2021); Salimans & Ho (2022) cho cách đoán v.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..flows.divergence import exact_divergence
from ..flows.fields import Field, check_velocity
from .sde import SDE, Time, as_time, column

PREDICTIONS = ("eps", "v")


class ProbabilityFlow(nn.Module):
    """Trường của ODE dòng xác suất theo thời gian luồng t: nhiễu ở t = 0, dữ liệu ở t = 1.

    s = 1 − (1 − s_min)·t nên dx/dt = −(1 − s_min)·(f·x + g²/(2σ)·ε̂), với ε̂ = −σ·∇log p_s.
    ε̂ = p·x + q·net(s, c·x), nên trường là A·x + B·net và phân kỳ của nó chỉ cần phân kỳ của mạng:
    A·D + B·c·(∇·net).

    "eps": net đoán thẳng ε̂ (p = 0, q = c = 1). "v": mạng nhìn c·x, có phương sai 1, ở góc
    θ = arctan(σ/a), và đoán v = (a·ε − σ·x_0)/r, với c = 1/r, r = √(a² + σ²); đổi lại
    ε̂ = (σ/r²)·x + (a/r)·v. Theo góc thì dy/dθ = v với y = x/r: v chính là hướng đi của ODE.
    Sách: (eq-probability-flow), (eq-pf-eps)
    """

    def __init__(self, net: Field, sde: SDE, s_min: float, prediction: str, shape: Sequence[int]):
        super().__init__()
        self.net, self.sde, self.s_min = net, sde, s_min
        self.prediction, self.shape = prediction, tuple(shape)

    def time(self, t: Time) -> Tensor:
        """Thời gian nhiễu s của thời gian luồng t; sau t = 1 thì đứng ở s_min.

        Bộ giải thích nghi hay bước quá t = 1 một chút rồi nội suy; ở đó s có thể âm.
        """
        return (1 - (1 - self.s_min) * as_time(t)).clamp_min(self.s_min)

    def conditioning(self, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """p, q, c: ε̂ = p·x + q·net(s, c·x)."""
        one = torch.ones_like(s)
        if self.prediction == "eps":
            return 0 * one, one, one
        (a, sigma), r = self.sde.marginal(s), self.sde.radius(s)
        return sigma / r.square(), a / r, 1 / r

    def clock(self, s: Tensor) -> Tensor:
        """Thời gian mà mạng nhìn thấy: s, hay góc (2/π)·arctan(σ/a) khi đoán v."""
        return s if self.prediction == "eps" else self.sde.angle(s) * (2 / math.pi)

    def output(self, s: Tensor, x: Tensor) -> Tensor:
        """net(đồng hồ, c·x), trải phẳng (n, D)."""
        y = (column(self.conditioning(s)[2], x) * x).unflatten(1, self.shape)
        return check_velocity(self.net(self.clock(s), y), y).flatten(1)

    def noise(self, s: Time, x: Tensor) -> Tensor:
        """ε̂(s, x) (n, D): kỳ vọng của nhiễu ε khi biết x_s = x."""
        s = as_time(s)
        p, q, _ = (column(v, x) for v in self.conditioning(s))
        return p * x + q * self.output(s, x)

    def slopes(self, s: Tensor) -> tuple[Tensor, Tensor]:
        """A, B của dx/dt = A·x + B·net."""
        speed, (a, sigma) = self.s_min - 1, self.sde.marginal(s)
        pull = speed * self.sde.diffusion(s).square() / (2 * sigma)
        if self.prediction == "eps":
            return speed * self.sde.rate(s), pull
        return speed * self.sde.stretch(s), pull * a / self.sde.radius(s)

    def forward(self, t: Time, x: Tensor) -> Tensor:
        """dx/dt (n, D)."""
        s = self.time(t)
        a, b = (column(v, x) for v in self.slopes(s))
        return a * x + b * self.output(s, x)

    def with_divergence(self, t: Time, x: Tensor) -> tuple[Tensor, Tensor]:
        """dx/dt (n, D) và phân kỳ của nó (n,), chính xác. Sách: (eq-pf-likelihood)"""
        s = self.time(t)
        (a, b), c = self.slopes(s), self.conditioning(s)[2]
        y = (column(c, x) * x).unflatten(1, self.shape)
        out, divergence = exact_divergence(self.net, self.clock(s), y)
        u = column(a, x) * x + column(b, x) * out.flatten(1)
        return u, a * x.shape[1] + b * c * divergence
