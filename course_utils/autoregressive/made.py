"""MADE: một perceptron mà mặt nạ trên trọng số biến thành mô hình tự hồi quy.

Mỗi nút mang một bậc. Nút vào ứng với biến sinh thứ k có bậc k; nút ẩn có bậc từ 1 đến D − 1; nút
ra của biến sinh thứ k có bậc k. Nút ẩn bậc m chỉ nhận từ nút có bậc ≤ m; nút ra bậc k chỉ nhận từ
nút có bậc < k. Vì vậy đầu ra thứ k chỉ thấy các biến được sinh trước nó.

Khi mạng còn nhận một ngữ cảnh (*context*), mỗi số của ngữ cảnh là một nút vào bậc 0: mọi nút ẩn đều
được nhìn nó, và có thêm những nút ẩn bậc 0 chỉ nhìn nó, để biến sinh đầu tiên cũng biết ngữ cảnh.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..base import describe_shape
from ..errors import InputError
from ..nets import zero_init
from .chain import AutoregressiveModel, check_dim


def hidden_degrees(dim: int, width: int, context_dim: int = 0) -> list[int]:
    """Bậc của `width` nút ẩn, xếp không giảm: rải đều từ 1 (có ngữ cảnh: từ 0) đến dim − 1."""
    first = 0 if context_dim else 1
    return [first + j * max(dim - first, 1) // width for j in range(width)]


def made_masks(
    dim: int,
    hidden: Sequence[int],
    outputs: int = 1,
    order: Sequence[int] | None = None,
    context_dim: int = 0,
) -> list[Tensor]:
    """Mặt nạ 0/1 của từng tầng, mỗi cái (số nút ra, số nút vào), theo thứ tự.

        tầng ẩn:  M[j, i] = 1 khi bậc(j) ≥ bậc(i)
        tầng ra:  M[k, j] = 1 khi bậc(k) > bậc(j)

    Tham số
    -------
    order : các biến theo thứ tự sinh; mặc định 0, 1, ..., dim − 1
    outputs : số đầu ra của mỗi biến; hàng i·outputs + c của mặt nạ cuối là đầu ra c của biến i
    context_dim : số nút vào bậc 0 của ngữ cảnh; chúng chiếm các cột đầu của mặt nạ thứ nhất

    Sách: (eq-made-mask); Germain et al. (2015)
    """
    check_dim(dim, "dim")
    order = list(range(dim)) if order is None else [int(i) for i in order]
    if sorted(order) != list(range(dim)):
        raise InputError(
            f"`order` = {order} không phải một thứ tự của {dim} biến; cần mỗi số 0..{dim - 1} "
            f"đúng một lần."
        )
    first = 0 if context_dim else 1
    for width in hidden:
        if width < dim - first:
            raise InputError(
                f"Tầng ẩn rộng {width} không đủ cho {dim} biến: cần ít nhất {dim - first} nút để "
                f"mỗi bậc {first}..{dim - 1} có một nút, kẻo có biến bị bỏ quên."
            )
    degree = torch.empty(dim, dtype=torch.long)
    degree[order] = torch.arange(1, dim + 1)
    last = degree.repeat_interleave(outputs)
    degree = torch.cat([degree.new_zeros(context_dim), degree])
    masks = []
    for width in hidden:
        below, degree = degree, torch.tensor(hidden_degrees(dim, width, context_dim))
        masks.append((degree[:, None] >= below).float())
    masks.append((last[:, None] > degree).float())
    return masks


def append(known: Tensor, new: Tensor) -> Tensor:
    """Thêm các cột mới; chưa biết cột nào thì không chép gì."""
    return torch.cat([known, new], 1) if known.shape[1] else new


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
    (dim, dim) 0/1: hàng i đánh dấu những biến mà đầu ra i nhìn thấy. `context_dim` > 0 thì mạng
    nhận thêm một ngữ cảnh (n, context_dim), mà mọi đầu ra đều thấy.
    Sách: (eq-made-mask)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        outputs: int = 1,
        order: Sequence[int] | None = None,
        context_dim: int = 0,
    ):
        super().__init__()
        masks = made_masks(dim, hidden, outputs, order, context_dim)
        layers: list[nn.Module] = []
        for mask in masks[:-1]:
            layers += [MaskedLinear(mask), nn.ReLU(inplace=True)]
        self.net = nn.Sequential(*layers, zero_init(MaskedLinear(masks[-1])))
        self.dim, self.outputs, self.context_dim = dim, outputs, context_dim
        self.order = list(range(dim)) if order is None else [int(i) for i in order]
        # ends[t][k]: số nút có bậc ≤ k của tầng ẩn t
        degrees = [hidden_degrees(dim, width, context_dim) for width in hidden]
        self.ends = [[bisect_right(d, k) for k in range(dim)] for d in degrees]

    @property
    def linears(self) -> list[MaskedLinear]:
        return [layer for layer in self.net if isinstance(layer, MaskedLinear)]

    @property
    def masks(self) -> list[Tensor]:
        return [layer.mask for layer in self.linears]

    def dependencies(self) -> Tensor:
        """Tích các mặt nạ: số đường đi lớn hơn 0 nghĩa là có phụ thuộc."""
        product = torch.eye(self.context_dim + self.dim)
        for mask in self.masks:
            product = ((mask.cpu().float() @ product) > 0).float()
        product = product[:, self.context_dim :]
        return product.view(self.dim, self.outputs, self.dim).amax(1)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """(n, dim), ngữ cảnh (n, context_dim) nếu có -> (n, dim, outputs)."""
        self.check_context(len(x), context)
        inputs = x if context is None else torch.cat([context, x], 1)
        return self.net(inputs).view(len(x), self.dim, self.outputs)

    def unroll(
        self, step: Callable[[int, Tensor], Tensor], n: int, context: Tensor | None = None
    ) -> None:
        """Đi lần lượt từng biến theo thứ tự sinh: x_i = step(i, h_i).

        h_i là (n, 1, outputs), x_i là (n, 1); h của biến đầu, khi không có ngữ cảnh, chung cho mọi
        điểm: (1, 1, outputs).

        Bậc của nút ẩn xếp không giảm, nên khi biết thêm biến thứ k chỉ phải tính các nút ẩn bậc k,
        từ những nút đã tính: D bước cộng lại chưa hết số phép nhân của một lượt `forward`.
        """
        self.check_context(n, context)
        *hidden, last = self.linears
        weights = [layer.weight for layer in self.linears]
        columns = [*range(self.context_dim), *(self.context_dim + i for i in self.order)]
        weights[0] = weights[0][:, columns]  # cột theo thứ tự sinh
        nothing = last.bias.new_zeros(1, 0)
        # Những gì đã biết: đầu vào, rồi từng tầng ẩn; mỗi bước mỗi cái dài thêm một đoạn.
        values = [nothing if context is None else context, *(nothing for _ in hidden)]
        for k, i in enumerate(self.order):
            for below, layer in enumerate(hidden):
                rows = slice(values[below + 1].shape[1], self.ends[below][k])
                weight = weights[below][rows, : values[below].shape[1]]
                new = F.linear(values[below], weight, layer.bias[rows]).relu_()
                values[below + 1] = append(values[below + 1], new)
            rows = slice(i * self.outputs, (i + 1) * self.outputs)
            h = F.linear(values[-1], weights[-1][rows, : values[-1].shape[1]], last.bias[rows])
            values[0] = append(values[0], step(i, h.unsqueeze(1)))

    def check_context(self, n: int, context: Tensor | None) -> None:
        if context is None and self.context_dim:
            raise InputError(
                f"Mạng này dựng với context_dim = {self.context_dim} nhưng không nhận được ngữ "
                f"cảnh; hãy đưa `context` hình dạng ({n}, {self.context_dim})."
            )
        if context is not None and tuple(context.shape) != (n, self.context_dim):
            raise InputError(
                f"`context` có hình dạng {describe_shape(context.shape)}; ở đây cần "
                f"({n}, {self.context_dim}): mỗi điểm của lô một hàng, và bề rộng là `context_dim` "
                f"lúc dựng mạng (0 là không có ngữ cảnh)."
            )


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
