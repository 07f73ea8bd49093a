"""Bốn thư viện bạn trong cùng một giao ước với mô hình của giáo trình.

Mỗi hàm `..._realnvp`, `..._spline` dựng lõi của một luồng trên ℝ^dim với bề rộng `width` cho
mạng; `family.Peer` thêm chuẩn tắc hóa (và logit, với ảnh) ở phía dữ liệu, giống nhau cho tất cả.
"""

import normflows
import torch
import zuko
from FrEIA.framework import SequenceINN
from FrEIA.modules import GLOWCouplingBlock, PermuteRandom
from nflows.distributions.normal import StandardNormal as NflowsNormal
from nflows.flows.base import Flow as NflowsFlow
from nflows.nn.nets import MLP
from nflows.transforms import CompositeTransform
from nflows.transforms.coupling import (
    AffineCouplingTransform,
    PiecewiseRationalQuadraticCouplingTransform,
)
from nflows.transforms.normalization import ActNorm
from nflows.transforms.permutations import ReversePermutation
from torch import Tensor, nn
from zuko.flows.coupling import GeneralCouplingTransform
from zuko.lazy import UnconditionalDistribution
from zuko.transforms import MonotonicRQSTransform

from course_utils.flows import NeuralSplineFlow, RealNVP
from course_utils.flows.transform import StandardNormal

from .family import Family

BINS, BOUND = 16, 4.0


class Ours(nn.Module):
    """Lõi của giáo trình."""

    def __init__(self, flow):
        super().__init__()
        self.flow = flow

    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow.log_prob(x)

    def sample(self, n: int) -> Tensor:
        return self.flow.sample(n)

    def round_trip(self, x: Tensor) -> Tensor:
        return self.flow.forward(self.flow.inverse(x)[0])[0]


def ours_realnvp(dim, layers, width):
    return Ours(RealNVP(dim, layers, (width, width)))


def ours_spline(dim, layers, width):
    return Ours(NeuralSplineFlow(dim, layers, (width, width), BINS, BOUND))


class Zuko(nn.Module):
    """Các tầng của zuko, theo chiều chuẩn hóa."""

    def __init__(self, dim, transforms):
        super().__init__()
        base = UnconditionalDistribution(
            zuko.distributions.DiagNormal, torch.zeros(dim), torch.ones(dim), buffer=True
        )
        self.flow = zuko.lazy.Flow(transforms, base)

    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow().log_prob(x)

    def sample(self, n: int) -> Tensor:
        return self.flow().sample((n,))

    def round_trip(self, x: Tensor) -> Tensor:
        transform = self.flow().transform
        return transform.inv(transform(x))


def zuko_coupling(dim, layers, width, spline):
    shapes = {"univariate": MonotonicRQSTransform, "shapes": [(BINS,), (BINS,), (BINS - 1,)]}
    transforms = []
    for k in range(layers):
        mask = (torch.arange(dim) % 2 == k % 2) if dim > 2 else torch.arange(dim) == k % 2
        options = shapes if spline else {}
        transforms.append(
            GeneralCouplingTransform(dim, mask=mask, hidden_features=(width, width), **options)
        )
    return Zuko(dim, transforms)


def zuko_realnvp(dim, layers, width):
    return zuko_coupling(dim, layers, width, spline=False)


def zuko_spline(dim, layers, width):
    return zuko_coupling(dim, layers, width, spline=True)


class Nflows(nn.Module):
    """Các tầng của nflows, theo chiều chuẩn hóa."""

    def __init__(self, dim, transforms):
        super().__init__()
        self.flow = NflowsFlow(CompositeTransform(transforms), NflowsNormal([dim]))

    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow.log_prob(x)

    def sample(self, n: int) -> Tensor:
        return self.flow.sample(n)

    def round_trip(self, x: Tensor) -> Tensor:
        transform = self.flow._transform
        return transform.inverse(transform(x)[0])[0]


class NetWithContext(nn.Module):
    """nflows gọi mạng với một ngữ cảnh; ở đây không có ngữ cảnh."""

    def __init__(self, inputs, outputs, width):
        super().__init__()
        self.net = MLP([inputs], [outputs], [width, width])
        self.hidden_features = width  # nflows chia logit của spline cho căn của số này

    def forward(self, x, context=None):
        return self.net(x)


def nflows_coupling(dim, layers, width, spline, actnorm=False):
    half = (torch.arange(dim) >= dim // 2).int()  # 0: điều kiện, 1: được biến đổi

    def network(inputs, outputs):
        return NetWithContext(inputs, outputs, width)

    transforms = []
    for _ in range(layers):
        transforms.append(
            PiecewiseRationalQuadraticCouplingTransform(
                half, network, num_bins=BINS, tails="linear", tail_bound=BOUND
            )
            if spline
            else AffineCouplingTransform(half, network)
        )
        transforms.append(ReversePermutation(dim))
        if actnorm:
            transforms.append(ActNorm(dim))
    return Nflows(dim, transforms)


def nflows_realnvp(dim, layers, width):
    return nflows_coupling(dim, layers, width, spline=False)


def nflows_realnvp_actnorm(dim, layers, width):
    """Hệ số co giãn của gói chỉ co; ActNorm của chính gói bù phần giãn."""
    return nflows_coupling(dim, layers, width, spline=False, actnorm=True)


def nflows_spline(dim, layers, width):
    return nflows_coupling(dim, layers, width, spline=True)


class Normflows(nn.Module):
    """Các tầng của normflows, theo chiều sinh."""

    def __init__(self, dim, flows):
        super().__init__()
        self.flow = normflows.NormalizingFlow(
            normflows.distributions.DiagGaussian(dim, trainable=False), flows
        )

    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow.log_prob(x)

    def sample(self, n: int) -> Tensor:
        return self.flow.sample(n)[0]

    def round_trip(self, x: Tensor) -> Tensor:
        return self.flow.forward(self.flow.inverse(x))


def normflows_coupling(dim, layers, width, spline):
    flows = []
    for k in range(layers):
        if spline:
            flows.append(
                normflows.flows.CoupledRationalQuadraticSpline(
                    dim, 1, width, num_bins=BINS, tail_bound=BOUND, reverse_mask=k % 2 == 1
                )
            )
        else:
            conditioner = dim - dim // 2
            sizes = [conditioner, width, width, 2 * (dim - conditioner)]
            net = normflows.nets.MLP(sizes, init_zeros=True)
            flows += [
                normflows.flows.AffineCouplingBlock(net),
                normflows.flows.Permute(dim, mode="swap"),
            ]
    return Normflows(dim, flows)


def normflows_realnvp(dim, layers, width):
    return normflows_coupling(dim, layers, width, spline=False)


def normflows_spline(dim, layers, width):
    return normflows_coupling(dim, layers, width, spline=True)


class Freia(nn.Module):
    """Các tầng của FrEIA, theo chiều chuẩn hóa; thư viện này không có spline."""

    def __init__(self, dim, blocks):
        super().__init__()
        self.dim, self.net = dim, SequenceINN(dim)
        for block, options in blocks:
            self.net.append(block, **options)

    def log_prob(self, x: Tensor) -> Tensor:
        z, log_det = self.net(x)
        return StandardNormal((self.dim,)).log_prob(z) + log_det

    def sample(self, n: int) -> Tensor:
        return self.net(torch.randn(n, self.dim), rev=True, jac=False)[0]

    def round_trip(self, x: Tensor) -> Tensor:
        return self.net(self.net(x)[0], rev=True, jac=False)[0]


def freia_realnvp(dim, layers, width):
    """Một khối của FrEIA biến đổi cả hai nửa, nên bằng hai tầng ghép cặp."""

    def network(inputs, outputs):
        return MLP([inputs], [outputs], [width, width])

    blocks = []
    for k in range(layers // 2):
        blocks.append((GLOWCouplingBlock, {"subnet_constructor": network}))
        if dim > 2:
            blocks.append((PermuteRandom, {"seed": k}))
    return Freia(dim, blocks)


FAMILIES = {
    "realnvp": Family(
        {
            "course_utils": ours_realnvp,
            "zuko": zuko_realnvp,
            "nflows": nflows_realnvp,
            "nflows, ActNorm": nflows_realnvp_actnorm,
            "normflows": normflows_realnvp,
            "FrEIA": freia_realnvp,
        },
        layers=8,
        steps={"eight_gaussians": 1500, "two_moons": 1500, "digits": 400},
    ),
    "spline": Family(
        {
            "course_utils": ours_spline,
            "zuko": zuko_spline,
            "nflows": nflows_spline,
            "normflows": normflows_spline,
        },
        layers=4,
        steps={"eight_gaussians": 1000, "two_moons": 1000, "digits": 400},
    ),
}
