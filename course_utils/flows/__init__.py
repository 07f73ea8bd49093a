"""Các luồng chuẩn hóa và những viên gạch của chúng."""

from .coupling import AdditiveCoupling, AffineCoupling, SplineCoupling
from .glow import Glow, InvertibleConv1x1
from .images import Flatten, Logit, Squeeze, dequantize
from .linear import ActNorm, Affine, InvertibleLinear, Permutation
from .models import NICE, NeuralSplineFlow, RealNVP
from .splines import rational_quadratic_spline
from .transform import Compose, Flow, StandardNormal, Transform

__all__ = [
    "NICE",
    "ActNorm",
    "AdditiveCoupling",
    "Affine",
    "AffineCoupling",
    "Compose",
    "Flatten",
    "Flow",
    "Glow",
    "InvertibleConv1x1",
    "InvertibleLinear",
    "Logit",
    "NeuralSplineFlow",
    "Permutation",
    "RealNVP",
    "SplineCoupling",
    "Squeeze",
    "StandardNormal",
    "Transform",
    "dequantize",
    "rational_quadratic_spline",
]
