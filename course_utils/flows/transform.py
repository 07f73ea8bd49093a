"""Phép biến đổi khả nghịch, hàm hợp, và luồng chuẩn hóa dựng từ chúng.

Chiều sinh là z → x. `forward(z)` trả (x, log|det ∂x/∂z|); `inverse(x)` trả
(z, log|det ∂z/∂x|). Log định thức luôn là của phép vừa áp dụng, hình dạng (n,).
"""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from ..base import DensityModel, check_batch, check_count
from ..errors import InputError


class Transform(nn.Module):
    """Một vi phôi x = f(z) cùng log|det| của nó theo cả hai chiều."""

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """z (n, ...) -> x (n, ...), log|det ∂x/∂z| (n,)."""
        raise NotImplementedError

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (n, ...) -> z (n, ...), log|det ∂z/∂x| (n,)."""
        raise NotImplementedError


class Compose(Transform):
    """Hàm hợp x = (f_K ∘ … ∘ f_1)(z); log|det| cộng dọc theo các điểm trung gian.

    Tham số: `transforms` theo chiều sinh, phần tử đầu gần phân phối cơ sở nhất.
    Sách: (eq-composition)
    """

    def __init__(self, transforms: Iterable[Transform]):
        super().__init__()
        self.transforms = nn.ModuleList(transforms)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        total = z.new_zeros(z.shape[0])
        for f in self.transforms:
            z, log_det = f(z)
            total = total + log_det
        return z, total

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        total = x.new_zeros(x.shape[0])
        for f in reversed(self.transforms):
            x, log_det = f.inverse(x)
            total = total + log_det
        return x, total


class StandardNormal(nn.Module):
    """Phân phối cơ sở N(0, I) trên ℝ^event_shape."""

    def __init__(self, event_shape: Sequence[int]):
        super().__init__()
        self.event_shape = tuple(event_shape)
        self.dim = math.prod(self.event_shape)

    def log_prob(self, z: Tensor) -> Tensor:
        """log N(z; 0, I), nat; (n, *event_shape) -> (n,)."""
        return -0.5 * (z.flatten(1).square().sum(1) + self.dim * math.log(2 * math.pi))

    def sample(self, n: int, like: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """n mẫu (n, *event_shape), cùng kiểu số và thiết bị với `like`."""
        shape = (n, *self.event_shape)
        # Sinh trên CPU để cùng một hạt giống cho cùng một mẫu trên mọi thiết bị.
        return torch.randn(shape, generator=generator, dtype=like.dtype).to(like.device)


class Flow(DensityModel):
    """Luồng chuẩn hóa: x = f_θ(z) với z ~ p_Z, mật độ chính xác nhờ công thức đổi biến.

        log p_θ(x) = log p_Z(g_θ(x)) + log|det ∂g_θ/∂x|,   g_θ = f_θ⁻¹

    Tham số
    -------
    transform : phép biến đổi theo chiều sinh
    base : phân phối cơ sở; mặc định N(0, I) có hình dạng `event_shape`
    event_shape : hình dạng của một điểm dữ liệu x; mặc định là hình dạng của cơ sở

    Sách: (eq-cov); Rezende & Mohamed (2015)
    """

    def __init__(
        self,
        transform: Transform,
        base: StandardNormal | None = None,
        event_shape: Sequence[int] | int | None = None,
    ):
        super().__init__()
        if base is None and event_shape is None:
            raise InputError("Flow cần biết hình dạng dữ liệu: hãy đưa `base` hoặc `event_shape`.")
        if event_shape is None:
            event_shape = base.event_shape
        self.event_shape = (event_shape,) if isinstance(event_shape, int) else tuple(event_shape)
        self.transform = transform
        self.base = base or StandardNormal(self.event_shape)
        # Biết kiểu số và thiết bị của mô hình, cả khi phép biến đổi không có tham số.
        self.register_buffer("_like", torch.zeros(()), persistent=False)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Chiều sinh: z -> (x, log|det ∂x/∂z|)."""
        check_batch(z, self.base.event_shape, "z", self.like)
        return self.transform(z)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Chiều chuẩn hóa: x -> (z, log|det ∂z/∂x|)."""
        check_batch(x, self.event_shape, "x", self.like)
        return self.transform.inverse(x)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p_θ(x) chính xác, nat; (n, *event_shape) -> (n,). Sách: (eq-cov)"""
        z, log_det = self.inverse(x)
        return self.base.log_prob(z) + log_det

    def generate(self, z: Tensor) -> Tensor:
        """x = f_θ(z), không cần log|det|."""
        return self.transform(z)[0]

    @torch.no_grad()
    def sample(self, n: int, temperature: float = 1.0, seed: int | None = None) -> Tensor:
        """n mẫu x = f_θ(Tz), z ~ p_Z; nhiệt độ T < 1 co cơ sở về tâm. Sách: (eq-temperature)

        `seed` cho một lô mẫu lặp lại được, không động đến bộ sinh ngẫu nhiên toàn cục.
        """
        check_count(n)
        if not temperature >= 0:
            raise InputError(f"Nhiệt độ {temperature!r} không hợp lệ; cần một số không âm.")
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        z = self.base.sample(n, self._like, generator)
        return self.generate(temperature * z)
