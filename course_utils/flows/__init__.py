"""Các luồng chuẩn hóa và những viên gạch của chúng."""

from ..autoregressive.made import MADE
from .autoregressive import IAF, MAF, Inverse, MaskedAutoregressive
from .coupling import AdditiveCoupling, AffineCoupling, SplineCoupling
from .glow import Glow, InvertibleConv1x1
from .images import Flatten, Logit, Squeeze, dequantize
from .linear import ActNorm, Affine, InvertibleLinear, Permutation
from .models import NICE, NeuralSplineFlow, RealNVP
from .splines import rational_quadratic_spline
from .transform import Compose, Flow, StandardNormal, Transform
from .transformers import AdditiveTransformer, AffineTransformer, SplineTransformer

__all__ = [
    "IAF",
    "MADE",
    "MAF",
    "NICE",
    "ActNorm",
    "AdditiveCoupling",
    "AdditiveTransformer",
    "Affine",
    "AffineCoupling",
    "AffineTransformer",
    "Compose",
    "Flatten",
    "Flow",
    "Glow",
    "Inverse",
    "InvertibleConv1x1",
    "InvertibleLinear",
    "Logit",
    "MaskedAutoregressive",
    "NeuralSplineFlow",
    "Permutation",
    "RealNVP",
    "SplineCoupling",
    "SplineTransformer",
    "Squeeze",
    "StandardNormal",
    "Transform",
    "dequantize",
    "rational_quadratic_spline",
]
