"""Phép biến đổi từng tọa độ x_i = τ(z_i; h_i) của luồng tự hồi quy (*transformer*).

τ tăng chặt theo z_i với mọi h_i, nên luôn nghịch đảo được. Ở đây h_i là những con số bất kỳ mà
mạng điều kiện (*conditioner*) cho ra: mỗi τ có `parameters_per_coordinate` số cho một tọa độ.

    forward(z, h) -> (x, log dx/dz)        inverse(x, h) -> (z, log dz/dx)

với z, x, log đạo hàm (n, k), và h (n, k, parameters_per_coordinate). Với h = 0, τ là phép đồng
nhất. Sách: (eq-autoregressive-flow)
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ..errors import InputError
from ..nets import soft_bound
from .splines import rational_quadratic_spline


@dataclass(frozen=True)
class AdditiveTransformer:
    """x_i = z_i + h_i: bảo toàn thể tích, log đạo hàm bằng 0. Sách: (eq-cumsum-flow)"""

    parameters_per_coordinate: ClassVar[int] = 1

    def forward(self, z: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return z + h[..., 0], torch.zeros_like(z)

    def inverse(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return x - h[..., 0], torch.zeros_like(x)


@dataclass(frozen=True)
class AffineTransformer:
    """x_i = e^{s_i} z_i + m_i, h_i = (s_i trước khi chặn, m_i), log đạo hàm bằng s_i.

    s_i bị chặn trong (−max_log_scale, max_log_scale), như ở tầng ghép cặp affine.
    Sách: (eq-maf), (eq-bounded-scale); Papamakarios et al. (2017)
    """

    max_log_scale: float = 1.0
    parameters_per_coordinate: ClassVar[int] = 2

    def scale_and_shift(self, h: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = h.unbind(-1)
        return soft_bound(raw, self.max_log_scale), shift

    def forward(self, z: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.scale_and_shift(h)
        return z * log_scale.exp() + shift, log_scale

    def inverse(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.scale_and_shift(h)
        return (x - shift) * (-log_scale).exp(), -log_scale


@dataclass(frozen=True)
class SplineTransformer:
    """Spline hữu tỉ bậc hai đơn điệu, `bins` đoạn trên [−bound, bound]; ngoài đó là đồng nhất.

    h_i gồm `bins` bề rộng, `bins` chiều cao và `bins` − 1 độ dốc, đều trước khi chặn.
    Spline là τ⁻¹: `inverse` tính thẳng, `forward` giải phương trình bậc hai.
    Sách: (eq-rqs); Durkan et al. (2019)
    """

    bins: int = 16
    bound: float = 4.0

    @property
    def parameters_per_coordinate(self) -> int:
        return 3 * self.bins - 1

    def forward(self, z: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return rational_quadratic_spline(z, h, self.bound, inverse=True)

    def inverse(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return rational_quadratic_spline(x, h, self.bound)


Transformer = AdditiveTransformer | AffineTransformer | SplineTransformer
TRANSFORMERS = {
    "additive": AdditiveTransformer,
    "affine": AffineTransformer,
    "spline": SplineTransformer,
}


def as_transformer(transformer: str | Transformer) -> Transformer:
    """Tên trong TRANSFORMERS thành phép biến đổi mặc định của tên ấy; vật có sẵn thì giữ nguyên."""
    if not isinstance(transformer, str):
        if isinstance(transformer, type) or not hasattr(transformer, "parameters_per_coordinate"):
            raise InputError(
                f"transformer = {transformer!r}; cần một tên như 'affine', hoặc một vật đã dựng "
                f"như AffineTransformer() (có cặp ngoặc)."
            )
        return transformer
    if transformer not in TRANSFORMERS:
        raise InputError(
            f"Không có phép biến đổi tên {transformer!r}; hãy chọn một trong "
            f"{', '.join(map(repr, TRANSFORMERS))}, hoặc đưa thẳng một vật như "
            f"SplineTransformer(bins=8)."
        )
    return TRANSFORMERS[transformer]()
