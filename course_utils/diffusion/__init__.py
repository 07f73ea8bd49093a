"""Các mô hình khuếch tán: chuỗi rời rạc, hàm điểm số, dẫn hướng và không gian tiềm ẩn."""

from .ddpm import DDPM
from .schedules import NoiseSchedule, cosine_schedule, linear_schedule

__all__ = ["DDPM", "NoiseSchedule", "cosine_schedule", "linear_schedule"]
