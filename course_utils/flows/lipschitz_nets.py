"""Hàm kích hoạt có độ dốc không quá 1, và những mạng nhỏ dựng từ các tầng Lipschitz.

Mất mát của luồng phần dư chứa log|det(I + J)|, nên gradient của nó cần đạo hàm bậc hai của hàm
kích hoạt. ReLU có đạo hàm bậc hai bằng 0: gradient ấy mất một phần. Hai hàm dưới đây trơn.
"""

import itertools
import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from .lipschitz import LipschitzConv2d, LipschitzLinear


def inverse_softplus(y: float) -> float:
    return math.log(math.expm1(y))


class Activation(nn.Module):
    """Khung chung: mỗi đơn vị ẩn có một hệ số dương học được, `scale`."""

    def __init__(self, features: int, scale: float):
        super().__init__()
        self.raw = nn.Parameter(torch.full((features,), inverse_softplus(scale)))

    def scale(self, x: Tensor) -> Tensor:
        """Hệ số dương, xếp theo chiều thứ hai của x: (n, C) hay (n, C, H, W)."""
        return F.softplus(self.raw).view(-1, *[1] * (x.ndim - 2))

    def value_and_slope(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Giá trị và đạo hàm tại x, cùng hình dạng x; phần chung chỉ tính một lần."""
        raise NotImplementedError


class Sine(Activation):
    """x -> sin(ωx)/ω: độ dốc cos(ωx) lấp đầy [−1, 1], đạo hàm bậc hai lớn tới ω.

    Đơn vị nào cũng có thể kéo dài hết mức cho phép ở nhiều nơi, cả hai dấu: cận Lipschitz được
    dùng gần hết, nên ít tầng đã đủ.
    """

    def __init__(self, features: int, scale: float = 2.0):
        super().__init__(features, scale)

    def forward(self, x: Tensor) -> Tensor:
        """sin(ωx)/ω, cùng hình dạng với x."""
        omega = self.scale(x)
        return torch.sin(omega * x) / omega

    def value_and_slope(self, x: Tensor) -> tuple[Tensor, Tensor]:
        omega = self.scale(x)
        angle = omega * x
        return torch.sin(angle) / omega, torch.cos(angle)


class LipSwish(Activation):
    """x -> x·σ(βx)/1.1: Swish chia cho 1.1, vì độ dốc lớn nhất của Swish là 1.0998.

    Nguồn: Chen et al. (2019), mục 3.3
    """

    def __init__(self, features: int, scale: float = 1.0):
        super().__init__(features, scale)

    def forward(self, x: Tensor) -> Tensor:
        """x·σ(βx)/1.1, cùng hình dạng với x."""
        return x * torch.sigmoid(self.scale(x) * x) / 1.1

    def value_and_slope(self, x: Tensor) -> tuple[Tensor, Tensor]:
        a = self.scale(x) * x
        gate = torch.sigmoid(a)
        return x * gate / 1.1, gate * (1 + a * (1 - gate)) / 1.1


ACTIVATIONS = {"sine": Sine, "lipswish": LipSwish}


def activation_named(name: str) -> type[Activation]:
    if name not in ACTIVATIONS:
        raise InputError(
            f"Không có hàm kích hoạt tên {name!r}; hãy chọn "
            f"{' hoặc '.join(repr(a) for a in ACTIVATIONS)}."
        )
    return ACTIVATIONS[name]


class LipschitzMLP(nn.Sequential):
    """Các tầng LipschitzLinear xen kẽ hàm kích hoạt: (n, in) -> (n, out)."""

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """g(x) (n, out) và Jacobian (n, out, in), theo quy tắc dây chuyền từ tầng đầu.

        Đẩy mọi vector đơn vị qua mạng cùng lúc với x: một lượt, rẻ hơn lan truyền ngược từng đầu
        ra. Hàng thứ j của `pushed` là ∂(đầu ra của tầng tuyến tính vừa qua)/∂x_j.
        """
        pushed = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)[None]
        slope = torch.ones_like(x[:1])
        for layer in self:
            if isinstance(layer, LipschitzLinear):
                weight = layer.bounded_weight()
                x, pushed = F.linear(x, weight, layer.bias), chain(pushed, slope, weight)
            else:
                x, slope = layer.value_and_slope(x)
        return x, pushed.expand(len(x), -1, -1).mT


def chain(pushed: Tensor, slope: Tensor, weight: Tensor) -> Tensor:
    """pushed·diag(slope)·Wᵀ của từng điểm: (n hay 1, D, k), (n, k), (out, k) -> (n, D, out).

    `pushed` chung cho mọi điểm (tầng đầu) thì đó là tuyến tính theo `slope`: một phép nhân ma
    trận, khỏi dựng tensor (n, D, k).
    """
    if len(pushed) > 1:
        return (pushed * slope[:, None]) @ weight.T
    both = pushed[0, :, None] * weight
    return (slope @ both.flatten(0, 1).T).unflatten(1, both.shape[:2])


def lipschitz_mlp(
    in_features: int,
    hidden: Sequence[int],
    out_features: int,
    bound: float = 1.0,
    activation: str = "sine",
) -> LipschitzMLP:
    """Perceptron có hằng số Lipschitz không quá `bound`: (n, in) -> (n, out).

    m tầng tuyến tính, mỗi tầng được bound^{1/m}: tích của chúng là `bound`.
    Sách: (eq-lipschitz-condition)
    """
    act, share = activation_named(activation), bound ** (1 / (len(hidden) + 1))
    widths = [in_features, *hidden]
    layers: list[nn.Module] = []
    for a, b in itertools.pairwise(widths):
        layers += [LipschitzLinear(a, b, share), act(b)]
    return LipschitzMLP(*layers, LipschitzLinear(widths[-1], out_features, share))


def lipschitz_conv_net(
    event_shape: Sequence[int],
    hidden: Sequence[int],
    bound: float = 1.0,
    activation: str = "sine",
) -> nn.Sequential:
    """Mạng tích chập có hằng số Lipschitz không quá `bound`: (n, C, H, W) -> (n, C, H, W).

    Tầng đầu và tầng cuối có nhân 3×3, các tầng giữa 1×1.
    """
    act, share = activation_named(activation), bound ** (1 / (len(hidden) + 1))
    channels, *size = event_shape
    widths = [channels, *hidden]
    layers: list[nn.Module] = []
    for k, (a, b) in enumerate(itertools.pairwise(widths)):
        layers += [LipschitzConv2d(a, b, 3 if k == 0 else 1, size, share), act(b)]
    return nn.Sequential(*layers, LipschitzConv2d(widths[-1], channels, 3, size, share))
