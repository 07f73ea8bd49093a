"""Các phép biến đổi tuyến tính: tầng đơn giản nhất, và chất keo giữa các tầng ghép cặp.

Mọi lớp làm việc trên vector (n, D); các bản cho ảnh (n, C, H, W) nằm ở `glow.py`.
"""

import torch
from torch import Tensor, nn

from ..errors import InputError
from .transform import Transform


class Affine(Transform):
    """x = e^s ⊙ z + m, với s, m là tham số; log|det ∂x/∂z| = Σ s.

    `Affine.fit_to(data)` đặt sẵn m và s theo trung bình và độ lệch chuẩn: chuẩn tắc hóa.
    """

    def __init__(self, dim: int):
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(dim))
        self.shift = nn.Parameter(torch.zeros(dim))

    @classmethod
    def fit_to(cls, data: Tensor) -> "Affine":
        """Tầng chuẩn tắc hóa theo dữ liệu (N, D)."""
        layer = cls(data.shape[1])
        with torch.no_grad():
            layer.shift.copy_(data.mean(0))
            layer.log_scale.copy_(data.std(0).clamp_min(1e-6).log())
        return layer

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return z * self.log_scale.exp() + self.shift, self.log_scale.sum().expand(len(z))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return (x - self.shift) * (-self.log_scale).exp(), -self.log_scale.sum().expand(len(x))


class Permutation(Transform):
    """x_i = z_{order[i]}: đổi chỗ các tọa độ, log|det| = 0.

    `order`: "reverse", "random" (theo `seed`), hoặc một hoán vị của 0..dim−1.
    """

    def __init__(self, dim: int, order: str | Tensor = "reverse", seed: int = 0):
        super().__init__()
        if isinstance(order, str):
            if order not in ("reverse", "random"):
                raise InputError(
                    f"Không có hoán vị tên {order!r}; hãy chọn 'reverse', 'random' "
                    f"hoặc đưa thẳng một tensor chỉ số."
                )
            generator = torch.Generator().manual_seed(seed)
            order = (
                torch.arange(dim).flip(0)
                if order == "reverse"
                else torch.randperm(dim, generator=generator)
            )
        order = torch.as_tensor(order)
        if not torch.equal(order.sort().values, torch.arange(dim)):
            raise InputError(
                f"{order.tolist()} không phải một hoán vị của 0..{dim - 1}; "
                f"mỗi chỉ số phải có mặt đúng một lần."
            )
        self.register_buffer("order", order)
        self.register_buffer("inverse_order", order.argsort())

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return z.index_select(1, self.order), z.new_zeros(len(z))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.index_select(1, self.inverse_order), x.new_zeros(len(x))


class ActNorm(Affine):
    """Tầng affine từng tọa độ, khởi tạo theo lô đầu tiên mà `inverse` thấy khi huấn luyện.

    Sau khởi tạo, lô ấy ra khỏi tầng với trung bình 0 và độ lệch chuẩn 1.
    Sách: (eq-actnorm); Kingma & Dhariwal (2018), mục 3.1
    """

    def __init__(self, dim: int):
        super().__init__(dim)
        self.register_buffer("initialized", torch.tensor(False))
        # Đọc `initialized` là đợi thiết bị: biết nó đúng rồi thì thôi đọc, tới khi nạp trạng thái.
        self.known = False
        self.register_load_state_dict_post_hook(ActNorm.forget)

    def forget(self, _keys) -> None:
        """Trạng thái vừa được nạp: tầng có thể lại chưa khởi tạo."""
        self.known = False

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if self.training and not self.known and len(x) > 1:
            if not self.initialized:
                with torch.no_grad():
                    self.shift.copy_(x.mean(0))
                    self.log_scale.copy_(x.std(0).clamp_min(1e-6).log())
                    self.initialized.fill_(True)
            self.known = True
        return super().inverse(x)


class InvertibleLinear(Transform):
    """x = W z + m với W vuông; log|det ∂x/∂z| = log|det W| bằng slogdet.

    W khởi tạo là ma trận trực giao ngẫu nhiên. `slogdet` đúng cả khi det W < 0;
    `logdet` thì trả NaN. Sách: (eq-cov-linear)
    """

    def __init__(self, dim: int, seed: int = 0):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.weight = nn.Parameter(torch.linalg.qr(torch.randn(dim, dim, generator=generator))[0])
        self.shift = nn.Parameter(torch.zeros(dim))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        log_det = torch.linalg.slogdet(self.weight).logabsdet
        return z @ self.weight.T + self.shift, log_det.expand(len(z))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        log_det = torch.linalg.slogdet(self.weight).logabsdet
        return torch.linalg.solve(self.weight, (x - self.shift).T).T, -log_det.expand(len(x))
