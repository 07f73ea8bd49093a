"""Từ ảnh nguyên đến số thực: khử lượng tử hóa, logit, và các phép xếp lại điểm ảnh."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import InputError
from .linear import ActNorm
from .transform import Compose, Transform


def dequantize(x: Tensor, levels: int, seed: int | None = None) -> Tensor:
    """Khử lượng tử hóa đều: x nguyên trong 0..levels−1 thành (x + u)/levels ∈ [0, 1).

    log mật độ trung bình của kết quả, cộng −D·ln(levels), là một cận dưới của log xác suất
    của ảnh nguyên. Sách: (eq-dequantization); Theis et al. (2016)
    """
    if x.numel() and not (x.min() >= 0 and x.max() <= levels - 1 and torch.equal(x, x.round())):
        raise InputError(
            f"dequantize cần số nguyên trong 0..{levels - 1}; dữ liệu có giá trị từ "
            f"{float(x.min()):g} đến {float(x.max()):g}. Ảnh đã đưa về [0, 1] thì hãy nhân "
            f"lại với {levels - 1} và làm tròn."
        )
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    x = x if x.is_floating_point() else x.float()
    u = torch.rand(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    # Trong float32, 16 + u có thể làm tròn lên 17: giữ kết quả nằm trong [0, 1).
    return ((x + u) / levels).clamp_max(1 - torch.finfo(x.dtype).eps)


class Logit(Transform):
    """Chiều sinh: x = (σ(z) − α)/(1 − 2α), đưa ℝ vào khoảng chứa [0, 1].

    Chiều chuẩn hóa là logit(α + (1 − 2α)x): mô hình chỉ phải học trên ℝ, mà mẫu sinh ra
    luôn là điểm ảnh hợp lệ (xê dịch không quá α). Làm việc từng phần tử, mọi hình dạng.
    Sách: (eq-dequantization); RealNVP, Dinh et al. (2017), mục 4.1
    """

    def __init__(self, alpha: float = 0.01):
        super().__init__()
        if not 0 < alpha < 0.5:
            raise InputError(f"alpha = {alpha} của Logit phải nằm trong khoảng (0, 0.5).")
        self.alpha = alpha

    def log_slope(self, z: Tensor) -> Tensor:
        """log|dx/dz| cộng trên mọi điểm ảnh: (n, ...) -> (n,)."""
        per_pixel = F.logsigmoid(z) + F.logsigmoid(-z)
        log_width = torch.log1p(torch.tensor(-2 * self.alpha, dtype=z.dtype, device=z.device))
        return (per_pixel - log_width).flatten(1).sum(1)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return (z.sigmoid() - self.alpha) / (1 - 2 * self.alpha), self.log_slope(z)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        p = self.alpha + (1 - 2 * self.alpha) * x
        if not ((p > 0) & (p < 1)).all():
            raise InputError(
                f"Logit cần dữ liệu trong [0, 1]; ở đây có giá trị từ {float(x.min()):g} đến "
                f"{float(x.max()):g}. Ảnh nguyên thì hãy qua dequantize trước."
            )
        z = torch.logit(p)
        return z, -self.log_slope(z)


class Flatten(Transform):
    """Chiều sinh: vector (n, C·H·W) thành ảnh (n, C, H, W); thể tích không đổi."""

    def __init__(self, event_shape: tuple[int, ...]):
        super().__init__()
        self.event_shape = tuple(event_shape)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return z.reshape(len(z), *self.event_shape), z.new_zeros(len(z))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.flatten(1), x.new_zeros(len(x))


class Squeeze(Transform):
    """Chiều sinh: (n, 4C, H/2, W/2) thành (n, C, H, W); mỗi ô 2×2 điểm ảnh là 4 kênh.

    Chỉ xếp lại các số, nên log|det| = 0. Sách: mục kiến trúc đa tỉ lệ; RealNVP, mục 3.6
    """

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return F.pixel_shuffle(z, 2), z.new_zeros(len(z))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if x.shape[-1] % 2 or x.shape[-2] % 2:
            raise InputError(f"Squeeze cần ảnh có cạnh chẵn, ở đây là {x.shape[-2]}×{x.shape[-1]}.")
        return F.pixel_unshuffle(x, 2), x.new_zeros(len(x))


def event_shape_of(dim: int | Sequence[int]) -> tuple[int, ...]:
    """Số chiều hay hình dạng ảnh thành event_shape: 2 -> (2,), (1, 8, 8) -> (1, 8, 8)."""
    event_shape = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(event_shape) not in (1, 3) or math.prod(event_shape) < 1:
        raise InputError(
            f"dim = {dim}; cần một số chiều dương hoặc một hình dạng ảnh, ví dụ (1, 8, 8)."
        )
    return event_shape


def data_side(event_shape: Sequence[int], alpha: float | None = None) -> Compose:
    """Phía dữ liệu: từ tọa độ đã chuẩn tắc (n, D) ra dữ liệu (n, *event_shape).

    ActNorm cố định, lấy theo lô đầu tiên rồi đứng yên; với ảnh thì xếp lại, và Logit khi có
    `alpha`, cho dữ liệu trong [0, 1).
    """
    parts: list[Transform] = [ActNorm(math.prod(event_shape)).requires_grad_(False)]
    if len(event_shape) == 3:
        parts.append(Flatten(event_shape))
    if alpha is not None:
        parts.append(Logit(alpha))
    return Compose(parts)
