"""Hình tương tác: mỗi hình là một widget sống cả trong sổ lẫn trong trang sách tĩnh.

from course_utils.widgets import FlowGrid, Map1D
Map1D(preset="exp")
FlowGrid(flow, name="hai_trang")

Mỗi hình chỉ được nạp khi nhắc đến tên, nên một sổ không phải chờ hình của sổ khác.
"""

from importlib import import_module

_HOMES = {
    "CarriedParticles": "carried_particles",
    "CodeArea": "code_area",
    "DenoisingSteps": "denoising_steps",
    "DiracGan": "dirac_gan",
    "ElboGap": "elbo_gap",
    "EMSteps": "em_steps",
    "FixedPoint": "fixed_point",
    "FlowGrid": "flow_grid",
    "export_layers": "flow_grid",
    "GanTraining": "gan_training",
    "Snapshots": "gan_training",
    "GuidanceScale": "guidance_scale",
    "HutchinsonProbes": "hutchinson_probes",
    "LangevinParticles": "langevin_particles",
    "LatentPlane": "latent_plane",
    "export_decoder": "latent_plane",
    "LayersToOde": "layers_to_ode",
    "LevelSampler": "level_sampler",
    "export_hierarchy": "level_sampler",
    "LiveFigure": "live_figure",
    "Map1D": "map1d",
    "ModelTradeoffs": "model_tradeoffs",
    "NoisingDigit": "noising_digit",
    "PixelSampler": "pixel_sampler",
    "export_pixelcnn": "pixel_sampler",
    "ResidualFold": "residual_fold",
    "SolverSteps": "solver_steps",
    "StraightPaths": "straight_paths",
    "TextSampler": "text_sampler",
    "export_gpt": "text_sampler",
    "TriangularJacobian": "triangular_jacobian",
    "TwoKL": "two_kl",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"course_utils.widgets không có «{name}»; có: {', '.join(_HOMES)}.")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__():
    return sorted({*globals(), *__all__})
