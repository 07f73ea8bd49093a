"""MADE: một perceptron mà mặt nạ trên trọng số biến thành mô hình tự hồi quy.

Mỗi nút mang một bậc. Nút vào ứng với biến sinh thứ k có bậc k; nút ẩn có bậc từ 1 đến D − 1; nút
ra của biến sinh thứ k có bậc k. Nút ẩn bậc m chỉ nhận từ nút có bậc ≤ m; nút ra bậc k chỉ nhận từ
nút có bậc < k. Vì vậy đầu ra thứ k chỉ thấy các biến được sinh trước nó.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from ..nets import zero_init
from .chain import AutoregressiveModel, check_dim


def made_masks(
    dim: int, hidden: Sequence[int], outputs: int = 1, order: Sequence[int] | None = None
) -> list[Tensor]:
    """Mặt nạ 0/1 của từng tầng, mỗi cái (số nút ra, số nút vào), theo thứ tự.

        tầng ẩn:  M[j, i] = 1 khi bậc(j) ≥ bậc(i)
        tầng ra:  M[k, j] = 1 khi bậc(k) > bậc(j)

    Tham số
    -------
    order : các biến theo thứ tự sinh; mặc định 0, 1, ..., dim − 1
    outputs : số đầu ra của mỗi biến; hàng i·outputs + c của mặt nạ cuối là đầu ra c của biến i

    Sách: (eq-made-mask); Germain et al. (2015)
    """
    check_dim(dim, "dim")
    order = list(range(dim)) if order is None else [int(i) for i in order]
    if sorted(order) != list(range(dim)):
        raise InputError(
            f"`order` = {order} không phải một thứ tự của {dim} biến; cần mỗi số 0..{dim - 1} "
            f"đúng một lần."
        )
    for width in hidden:
        if width < dim - 1:
            raise InputError(
                f"Tầng ẩn rộng {width} không đủ cho {dim} biến: cần ít nhất {dim - 1} nút để mỗi "
                f"bậc 1..{dim - 1} có một nút, kẻo có biến bị bỏ quên."
            )
    degree = torch.empty(dim, dtype=torch.long)
    degree[order] = torch.arange(1, dim + 1)
    last = degree.repeat_interleave(outputs)
    masks = []
    for width in hidden:
        # Bậc rải đều từ 1 đến dim − 1: mỗi bậc có gần bằng nhau số nút.
        below, degree = degree, 1 + torch.arange(width) * max(dim - 1, 1) // width
        masks.append((degree[:, None] >= below).float())
    masks.append((last[:, None] > degree).float())
    return masks


class MaskedLinear(nn.Linear):
    """Tầng tuyến tính mà trọng số bị nhân với mặt nạ (số nút ra, số nút vào)."""

    mask: Tensor

    def __init__(self, mask: Tensor):
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        """(n, số nút vào) -> (n, số nút ra)."""
        return F.linear(x, self.mask * self.weight, self.bias)


class MaskedMLP(nn.Module):
    """Perceptron có mặt nạ: (n, dim) -> (n, dim, outputs), đầu ra i chỉ thấy biến sinh trước i.

    Tầng cuối khởi tạo bằng 0, như `nets.mlp`. `masks` là các mặt nạ; `dependencies()` là ma trận
    (dim, dim) 0/1: hàng i đánh dấu những biến mà đầu ra i nhìn thấy.
    Sách: (eq-made-mask)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        outputs: int = 1,
        order: Sequence[int] | None = None,
    ):
        super().__init__()
        masks = made_masks(dim, hidden, outputs, order)
        layers: list[nn.Module] = []
        for mask in masks[:-1]:
            layers += [MaskedLinear(mask), nn.ReLU()]
        self.net = nn.Sequential(*layers, zero_init(MaskedLinear(masks[-1])))
        self.dim, self.outputs = dim, outputs

    @property
    def masks(self) -> list[Tensor]:
        return [layer.mask for layer in self.net if isinstance(layer, MaskedLinear)]

    def dependencies(self) -> Tensor:
        """Tích các mặt nạ: số đường đi lớn hơn 0 nghĩa là có phụ thuộc."""
        product = torch.eye(self.dim)
        for mask in self.masks:
            product = ((mask.cpu() @ product) > 0).float()
        return product.view(self.dim, self.outputs, self.dim).amax(1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, dim) -> (n, dim, outputs)."""
        return self.net(x).view(len(x), self.dim, self.outputs)


class MADE(AutoregressiveModel):
    """MADE (Germain et al., 2015) cho dữ liệu rời rạc (n, dim), mỗi biến có `levels` giá trị.

    Tham số
    -------
    dim, levels : số biến và số giá trị của mỗi biến (2: nhị phân)
    hidden : bề rộng các tầng ẩn, mỗi tầng ít nhất dim − 1
    order : các biến theo thứ tự sinh; mặc định từ trái sang phải

    `log_prob` là một lượt qua mạng; `sample` là dim lượt. Mẫu là số thực có giá trị nguyên.

        model = MADE(9, levels=2)
        fit(model, data, steps=500)
        model.masks                     # các mặt nạ, để xem
        model.log_prob(data), model.sample(16, seed=0)

    Sách: (eq-chain-rule), (eq-made-mask)
    """

    def __init__(
        self,
        dim: int,
        levels: int = 2,
        hidden: Sequence[int] = (64, 64),
        order: Sequence[int] | None = None,
    ):
        check_dim(dim, "dim")
        super().__init__((dim,), levels)
        self.net = MaskedMLP(dim, hidden, levels, order)
        self._order = list(range(dim)) if order is None else [int(i) for i in order]

    @property
    def order(self) -> list[int]:
        return self._order

    @property
    def masks(self) -> list[Tensor]:
        """Mặt nạ từng tầng, (số nút ra, số nút vào). Sách: (eq-made-mask)"""
        return self.net.masks

    def logits(self, x: Tensor) -> Tensor:
        """(n, dim) -> (n, dim, levels). Giá trị 0..levels−1 được đưa về [−1, 1] trước."""
        x = x.to(next(self.parameters()).dtype)
        return self.net(2 * x / (self.levels - 1) - 1)
