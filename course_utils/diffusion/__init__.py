"""Các mô hình khuếch tán: chuỗi rời rạc, hàm điểm số, dẫn hướng và không gian tiềm ẩn."""

from .captions import Captioned, TextEncoder
from .classifier_guidance import classifier_guided
from .conditional import ConditionalMLP, GuidedDDPM, guided
from .ddpm import DDPM
from .exact import DiffusedMixture
from .langevin import annealed_langevin, langevin, stationary_variance
from .latent import LatentDiffusion
from .schedules import NoiseSchedule, cosine_schedule, linear_schedule
from .score_sde import ScoreSDE
from .sde import SDE, VE, VP, score_to_velocity, velocity_to_score
from .unet import UNet

__all__ = [
    "DDPM",
    "SDE",
    "VE",
    "VP",
    "Captioned",
    "ConditionalMLP",
    "DiffusedMixture",
    "GuidedDDPM",
    "LatentDiffusion",
    "NoiseSchedule",
    "ScoreSDE",
    "TextEncoder",
    "UNet",
    "annealed_langevin",
    "classifier_guided",
    "cosine_schedule",
    "guided",
    "langevin",
    "linear_schedule",
    "score_to_velocity",
    "stationary_variance",
    "velocity_to_score",
]
