"""Các luồng chuẩn hóa và những viên gạch của chúng."""

from ..autoregressive.made import MADE
from .autoregressive import IAF, MAF, Inverse, MaskedAutoregressive
from .continuous import CNF, OdeFlow
from .coupling import AdditiveCoupling, AffineCoupling, SplineCoupling
from .dequantization import DequantizedGlow
from .divergence import exact_divergence, hutchinson_divergence, vector_jacobian
from .ffjord import FFJORD, FreeField
from .fields import VelocityMLP
from .glow import Glow, InvertibleConv1x1
from .images import Flatten, Logit, Squeeze, dequantize
from .linear import ActNorm, Affine, InvertibleLinear, Permutation
from .lipschitz import (
    LipschitzConv2d,
    LipschitzLinear,
    lipschitz_lower_bound,
    weights_held,
)
from .lipschitz_nets import LipSwish, Sine, lipschitz_conv_net, lipschitz_mlp
from .log_det import (
    draw_probes,
    fixed_point_inverse,
    log_det_exact,
    log_det_roulette,
    log_det_series,
)
from .models import NICE, NeuralSplineFlow, RealNVP
from .ode import Solver
from .planar import Planar, Radial
from .residual import ResidualFlow, ResidualLayer
from .spectral import power_iteration
from .splines import rational_quadratic_spline
from .transform import Compose, Flow, StandardNormal, Transform
from .transformers import AdditiveTransformer, AffineTransformer, SplineTransformer

__all__ = [
    "CNF",
    "FFJORD",
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
    "DequantizedGlow",
    "Flatten",
    "Flow",
    "FreeField",
    "Glow",
    "Inverse",
    "InvertibleConv1x1",
    "InvertibleLinear",
    "LipSwish",
    "LipschitzConv2d",
    "LipschitzLinear",
    "Logit",
    "MaskedAutoregressive",
    "NeuralSplineFlow",
    "OdeFlow",
    "Permutation",
    "Planar",
    "Radial",
    "RealNVP",
    "ResidualFlow",
    "ResidualLayer",
    "Sine",
    "Solver",
    "SplineCoupling",
    "SplineTransformer",
    "Squeeze",
    "StandardNormal",
    "Transform",
    "VelocityMLP",
    "dequantize",
    "draw_probes",
    "exact_divergence",
    "fixed_point_inverse",
    "hutchinson_divergence",
    "lipschitz_conv_net",
    "lipschitz_lower_bound",
    "lipschitz_mlp",
    "log_det_exact",
    "log_det_roulette",
    "log_det_series",
    "power_iteration",
    "rational_quadratic_spline",
    "vector_jacobian",
    "weights_held",
]
