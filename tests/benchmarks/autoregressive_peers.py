"""Luồng tự hồi quy của giáo trình và của ba thư viện bạn.

Tất cả là MAF: mật độ một lượt, sinh mẫu lần lượt; sau mỗi tầng các tọa độ
đổi thứ tự.
"""

import normflows
import torch
from nflows.transforms.autoregressive import (
    MaskedAffineAutoregressiveTransform,
    MaskedPiecewiseRationalQuadraticAutoregressiveTransform,
)
from nflows.transforms.permutations import ReversePermutation
from zuko.flows.autoregressive import MaskedAutoregressiveTransform
from zuko.transforms import MonotonicRQSTransform

from course_utils.flows import MAF, SplineTransformer

from .family import Family
from .peers import BINS, BOUND, Nflows, Normflows, Ours, Zuko


def ours(dim, layers, width, spline):
    transformer = SplineTransformer(BINS, BOUND) if spline else "affine"
    return Ours(MAF(dim, layers, (width, width), transformer))


def zuko_(dim, layers, width, spline):
    shapes = {"univariate": MonotonicRQSTransform, "shapes": [(BINS,), (BINS,), (BINS - 1,)]}
    orders = [torch.arange(dim), torch.arange(dim).flip(0)]
    transforms = [
        MaskedAutoregressiveTransform(
            dim, order=orders[k % 2], hidden_features=(width, width), **(shapes if spline else {})
        )
        for k in range(layers)
    ]
    return Zuko(dim, transforms)


def nflows_(dim, layers, width, spline):
    net = {"hidden_features": width, "num_blocks": 1, "use_residual_blocks": False}
    transforms = []
    for _ in range(layers):
        transforms.append(
            MaskedPiecewiseRationalQuadraticAutoregressiveTransform(
                dim, num_bins=BINS, tails="linear", tail_bound=BOUND, **net
            )
            if spline
            else MaskedAffineAutoregressiveTransform(dim, **net)
        )
        transforms.append(ReversePermutation(dim))
    return Nflows(dim, transforms)


def normflows_(dim, layers, width, spline):
    flows = []
    for _ in range(layers):
        if spline:
            flows.append(
                normflows.flows.AutoregressiveRationalQuadraticSpline(
                    dim, 1, width, num_bins=BINS, tail_bound=BOUND
                )
            )
        else:
            # Của normflows, chiều sinh mới là chiều một lượt (tức IAF); đảo lại để thành MAF.
            flows.append(
                normflows.flows.Reverse(
                    normflows.flows.MaskedAffineAutoregressive(
                        dim, width, num_blocks=1, use_residual_blocks=False
                    )
                )
            )
        flows.append(normflows.flows.Permute(dim, mode="swap"))  # đổi chỗ hai nửa
    return Normflows(dim, flows)


def builders(spline: bool) -> dict:
    peers = {"course_utils": ours, "zuko": zuko_, "nflows": nflows_, "normflows": normflows_}
    return {
        peer: lambda dim, layers, width, build=build: build(dim, layers, width, spline)
        for peer, build in peers.items()
    }


FAMILIES = {
    "maf": Family(
        builders(spline=False),
        layers=8,
        steps={"two_moons": 1500, "pinwheel": 1500, "digits": 400},
    ),
    "spline autoregressive": Family(
        builders(spline=True),
        layers=4,
        steps={"two_moons": 1000, "pinwheel": 1000, "digits": 400},
    ),
}
