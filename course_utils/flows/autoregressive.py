"""Luồng tự hồi quy: x_i = τ(z_i; h_i), với h_i chỉ đọc từ những tọa độ đứng trước.

h_i đọc từ đâu thì chiều ấy chạy một lượt, chiều kia phải đi lần lượt từng tọa độ:

    MAF:  h_i = c_i(x_{<i})    mật độ một lượt, sinh mẫu D bước
    IAF:  h_i = c_i(z_{<i})    sinh mẫu một lượt, mật độ của một x cho trước D bước

Hai dạng là một: cùng một tầng, đổi chỗ hai chiều.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..autoregressive.chain import check_dim
from ..autoregressive.made import MaskedMLP
from ..errors import InputError
from .linear import ActNorm
from .transform import Compose, Flow, StandardNormal, Transform
from .transformers import Transformer, as_transformer


class MaskedAutoregressive(Transform):
    """Một tầng MAF: x_i = τ(z_i; c_i(x_{<i})), mạng điều kiện là một `MaskedMLP`.

    Jacobian của cả hai chiều là ma trận tam giác (theo `order`), nên log|det| là tổng các log
    đạo hàm trên đường chéo.

    Tham số
    -------
    dim : số tọa độ, từ 1 trở lên
    hidden : bề rộng các tầng ẩn; () là mạng điều kiện tuyến tính
    transformer : "affine", "spline", "additive", hoặc một vật của `transformers.py`
    order : các tọa độ theo thứ tự sinh; mặc định 0, 1, ..., dim − 1
    context_dim : bề rộng của ngữ cảnh (n, context_dim) mà mọi h_i được đọc thêm; 0 là không có

    Sách: (eq-autoregressive-flow), (eq-af-jacobian), (eq-maf); Papamakarios et al. (2017)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        transformer: str | Transformer = "affine",
        order: Sequence[int] | None = None,
        context_dim: int = 0,
    ):
        super().__init__()
        check_dim(dim, "dim")
        self.transformer = as_transformer(transformer)
        outputs = self.transformer.parameters_per_coordinate
        self.net = MaskedMLP(dim, hidden, outputs, order, context_dim)
        self.dim = dim

    def inverse(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x -> z, log|det ∂z/∂x|: mọi h_i đọc từ x trong một lượt qua mạng."""
        z, log_derivative = self.transformer.inverse(x, self.net(x, context))
        return z, log_derivative.sum(1)

    def forward(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """z -> x, log|det ∂x/∂z|: x_i xong mới đến x_{i+1}.

        Mỗi bước chỉ tính những nút ẩn vừa đủ đầu vào (`MaskedMLP.unroll`), nên D bước nối tiếp
        tốn ít phép nhân hơn một lượt qua cả mạng. Cùng kết quả với `forward_by_passes`.
        """
        columns = {}

        def step(i: int, h: Tensor) -> Tensor:
            x_i, log_derivative = self.transformer.forward(z[:, i : i + 1], h)
            columns[i] = x_i, log_derivative.expand_as(x_i)
            return x_i

        self.net.unroll(step, len(z), context)
        x, log_derivative = zip(*(columns[i] for i in range(self.dim)), strict=True)
        return torch.cat(x, 1), torch.cat(log_derivative, 1).sum(1)

    def forward_by_passes(
        self, z: Tensor, context: Tensor | None = None, passes: int | None = None
    ) -> tuple[Tensor, Tensor]:
        """Như `forward`, bằng `passes` lượt (mặc định dim) qua cả mạng.

        Mỗi lượt tính lại mọi tọa độ từ x của lượt trước. Sau k lượt, k tọa độ đầu theo thứ tự
        sinh đã đúng, vì chúng chỉ đọc k − 1 tọa độ đã đúng từ trước; sau dim lượt thì đúng hết.
        """
        x, log_derivative = torch.zeros_like(z), torch.zeros_like(z)
        for _ in range(self.dim if passes is None else passes):
            x, log_derivative = self.transformer.forward(z, self.net(x, context))
        return x, log_derivative.sum(1)


class Inverse(Transform):
    """Đổi chỗ hai chiều của một phép biến đổi. Inverse(MaskedAutoregressive(...)) là một tầng IAF.

    x = f⁻¹(z). Với tầng MAF: x_i = τ⁻¹(z_i; c_i(z_{<i})), sinh x trong một lượt qua mạng.
    Sách: (eq-iaf); Kingma et al. (2016)
    """

    def __init__(self, transform: Transform):
        super().__init__()
        self.transform = transform

    def forward(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self.transform.inverse(z, **({} if context is None else {"context": context}))

    def inverse(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self.transform(x, **({} if context is None else {"context": context}))


def stack(
    dim: int, layers: int, hidden: Sequence[int], transformer: str | Transformer
) -> list[MaskedAutoregressive]:
    """`layers` tầng MAF theo chiều sinh, thứ tự xuôi và ngược xen kẽ; tầng sát dữ liệu là xuôi."""
    if layers < 1:
        raise InputError(f"layers = {layers}; luồng tự hồi quy cần ít nhất một tầng.")
    check_dim(dim, "dim")
    orders = [list(range(dim)), list(range(dim))[::-1]]
    return [
        MaskedAutoregressive(dim, hidden, transformer, orders[k % 2])
        for k in reversed(range(layers))
    ]


class MAF(Flow):
    """Luồng tự hồi quy có mặt nạ (Papamakarios et al., 2017) cho dữ liệu vector (n, dim).

    Theo chiều chuẩn hóa: ActNorm đưa dữ liệu về trung bình 0, độ lệch chuẩn 1, rồi `layers` tầng
    MAF, thứ tự các tọa độ đảo lại sau mỗi tầng. `log_prob` là một lượt qua mỗi mạng, `sample` đi
    lần lượt từng tọa độ. MAF(dim, layers=1) là MADE với điều kiện Gauss.

    Spline bẻ mật độ đồ chơi hai chiều nhanh nhất: 4 tầng (32, 32) và vài trăm bước đưa khoảng hở
    đến entropy xuống dưới 0.05 nat, cả với chong chóng năm cánh. Tầng affine cũng đến được đó,
    nhưng cần nhiều tầng, giới hạn của s rộng hơn, và chừng 2000 bước:

        model = MAF(2, layers=12, hidden=(32, 32), transformer=AffineTransformer(3.0))
        fit(model, toy.get("pinwheel"), steps=2000, lr=1e-2)

    Sách: (eq-maf)
    """

    def __init__(
        self,
        dim: int,
        layers: int = 8,
        hidden: Sequence[int] = (64, 64),
        transformer: str | Transformer = "affine",
    ):
        flows = stack(dim, layers, hidden, transformer)
        super().__init__(Compose([*flows, ActNorm(dim)]), StandardNormal((dim,)))


class IAF(Flow):
    """Luồng tự hồi quy nghịch đảo (Kingma et al., 2016) cho dữ liệu vector (n, dim).

    Như MAF, nhưng mỗi tầng đổi chỗ hai chiều: `sample` là một lượt qua mỗi mạng, còn `log_prob`
    của một x cho trước phải đi lần lượt từng tọa độ. Vì vậy nó hợp với những chỗ chỉ cần mật độ
    của mẫu do chính nó sinh ra, như hậu nghiệm xấp xỉ của VAE.
    Sách: (eq-iaf)
    """

    def __init__(
        self,
        dim: int,
        layers: int = 8,
        hidden: Sequence[int] = (64, 64),
        transformer: str | Transformer = "affine",
    ):
        flows = [Inverse(layer) for layer in stack(dim, layers, hidden, transformer)]
        super().__init__(Compose([*flows, ActNorm(dim)]), StandardNormal((dim,)))
