"""Tầng ghép cặp: giữ nguyên nửa A, biến đổi nửa B theo những con số đọc từ nửa A.

Với vector D chiều, A là `split` tọa độ đầu (mặc định D//2), B là phần còn lại. Nghịch đảo
không cần nghịch đảo mạng nào, vì A đi qua tầng mà không đổi.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..errors import InputError
from ..nets import mlp, soft_bound
from .splines import rational_quadratic_spline
from .transform import Transform


class Coupling(Transform):
    """Khung chung: lớp con nói mạng phải cho ra mấy số mỗi tọa độ, và biến đổi B thế nào.

    `paired` : cách cho mạng bắt đầu từ 0, xem `nets.mlp`; affine khớp nhanh hơn với True, spline
    với False
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int],
        per_coordinate: int,
        split: int | None = None,
        paired: bool = False,
    ):
        super().__init__()
        if dim < 2:
            raise InputError(
                f"Luồng ghép cặp cần ít nhất 2 tọa độ để chia đôi, ở đây dim = {dim}. "
                f"Với dữ liệu một chiều, hãy dùng Affine hoặc một luồng tự hồi quy."
            )
        self.split = dim // 2 if split is None else split
        if not 0 < self.split < dim:
            raise InputError(f"split = {split} phải nằm giữa 1 và dim − 1 = {dim - 1}.")
        self.net = mlp(self.split, hidden, per_coordinate * (dim - self.split), paired)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        z_a, z_b = z[:, : self.split], z[:, self.split :]
        x_b, log_det = self.transform(z_b, self.net(z_a))
        return torch.cat([z_a, x_b], 1), log_det

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x_a, x_b = x[:, : self.split], x[:, self.split :]
        z_b, log_det = self.transform_inverse(x_b, self.net(x_a))
        return torch.cat([x_a, z_b], 1), log_det

    def transform(self, z_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """z_B (n, D−D//2), h là đầu ra của mạng -> x_B, log|det| (n,)."""
        raise NotImplementedError

    def transform_inverse(self, x_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Phép ngược của `transform`."""
        raise NotImplementedError


class AdditiveCoupling(Coupling):
    """x_B = z_B + m(z_A): bảo toàn thể tích, log|det| = 0.

    Sách: (eq-additive-coupling); NICE, Dinh et al. (2015)
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), split: int | None = None):
        super().__init__(dim, hidden, per_coordinate=1, split=split)

    def transform(self, z_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return z_b + h, z_b.new_zeros(len(z_b))

    def transform_inverse(self, x_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return x_b - h, x_b.new_zeros(len(x_b))


class AffineCoupling(Coupling):
    """x_B = e^{s(z_A)} ⊙ z_B + m(z_A), log|det ∂x/∂z| = Σ s(z_A).

    s là log hệ số giãn, bị chặn trong (−max_log_scale, max_log_scale).
    Sách: (eq-affine-coupling); RealNVP, Dinh et al. (2017), ct. (4)–(8)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        max_log_scale: float = 1.0,
        split: int | None = None,
    ):
        super().__init__(dim, hidden, per_coordinate=2, split=split, paired=True)
        self.max_log_scale = max_log_scale

    def scale_and_shift(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """Tách đầu ra của mạng thành (s, m)."""
        raw, shift = h.chunk(2, dim=1)
        return soft_bound(raw, self.max_log_scale), shift

    def transform(self, z_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.scale_and_shift(h)
        return z_b * log_scale.exp() + shift, log_scale.sum(1)

    def transform_inverse(self, x_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.scale_and_shift(h)
        return (x_b - shift) * (-log_scale).exp(), -log_scale.sum(1)


class SplineCoupling(Coupling):
    """Mỗi tọa độ của B đi qua một spline hữu tỉ bậc hai đơn điệu, hình dạng do A quyết định.

    `bins` đoạn trên [−bound, bound]; ngoài đó là phép đồng nhất. Spline là x_B ↦ z_B, chiều
    chuẩn hóa: mỗi bước học chỉ cần chiều ấy, và tính thẳng rẻ hơn giải phương trình bậc hai.
    Sách: (eq-rqs); Durkan et al. (2019)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        bins: int = 16,
        bound: float = 4.0,
        split: int | None = None,
    ):
        super().__init__(dim, hidden, per_coordinate=3 * bins - 1, split=split)
        self.bins, self.bound = bins, bound

    def spline(self, inputs: Tensor, h: Tensor, inverse: bool) -> tuple[Tensor, Tensor]:
        h = h.view(*inputs.shape, 3 * self.bins - 1)
        outputs, log_derivative = rational_quadratic_spline(inputs, h, self.bound, inverse)
        return outputs, log_derivative.sum(1)

    def transform(self, z_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return self.spline(z_b, h, inverse=True)

    def transform_inverse(self, x_b: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        return self.spline(x_b, h, inverse=False)
