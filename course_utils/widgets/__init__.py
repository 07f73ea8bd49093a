"""Hình tương tác: mỗi hình là một widget sống cả trong sổ lẫn trong trang sách tĩnh.

from course_utils.widgets import FlowGrid, Map1D
Map1D(preset="exp")
FlowGrid(flow, name="hai_trang")
"""

from .carried_particles import CarriedParticles
from .code_area import CodeArea
from .denoising_steps import DenoisingSteps
from .dirac_gan import DiracGan
from .elbo_gap import ElboGap
from .em_steps import EMSteps
from .fixed_point import FixedPoint
from .flow_grid import FlowGrid, export_layers
from .gan_training import GanTraining, Snapshots
from .guidance_scale import GuidanceScale
from .hutchinson_probes import HutchinsonProbes
from .langevin_particles import LangevinParticles
from .latent_plane import LatentPlane, export_decoder
from .layers_to_ode import LayersToOde
from .level_sampler import LevelSampler, export_hierarchy
from .live_figure import LiveFigure
from .map1d import Map1D
from .model_tradeoffs import ModelTradeoffs
from .noising_digit import NoisingDigit
from .pixel_sampler import PixelSampler, export_pixelcnn
from .residual_fold import ResidualFold
from .solver_steps import SolverSteps
from .straight_paths import StraightPaths
from .text_sampler import TextSampler, export_gpt
from .triangular_jacobian import TriangularJacobian
from .two_kl import TwoKL

__all__ = [
    "CarriedParticles",
    "CodeArea",
    "DenoisingSteps",
    "DiracGan",
    "EMSteps",
    "ElboGap",
    "FixedPoint",
    "FlowGrid",
    "GanTraining",
    "GuidanceScale",
    "HutchinsonProbes",
    "LangevinParticles",
    "LatentPlane",
    "LayersToOde",
    "LevelSampler",
    "LiveFigure",
    "Map1D",
    "ModelTradeoffs",
    "NoisingDigit",
    "PixelSampler",
    "ResidualFold",
    "Snapshots",
    "SolverSteps",
    "StraightPaths",
    "TextSampler",
    "TriangularJacobian",
    "TwoKL",
    "export_decoder",
    "export_gpt",
    "export_hierarchy",
    "export_layers",
    "export_pixelcnn",
]
