"""Các mô hình khuếch tán: chuỗi rời rạc, hàm điểm số, dẫn hướng và không gian tiềm ẩn."""

from .ddpm import DDPM
from .exact import DiffusedMixture
from .langevin import annealed_langevin, langevin, stationary_variance
from .schedules import NoiseSchedule, cosine_schedule, linear_schedule
from .score_sde import ScoreSDE
from .sde import SDE, VE, VP, score_to_velocity, velocity_to_score

__all__ = [
    "DDPM",
    "SDE",
    "VE",
    "VP",
    "DiffusedMixture",
    "NoiseSchedule",
    "ScoreSDE",
    "annealed_langevin",
    "cosine_schedule",
    "langevin",
    "linear_schedule",
    "score_to_velocity",
    "stationary_variance",
    "velocity_to_score",
]
