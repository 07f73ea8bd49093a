"""Dữ liệu của giáo trình: mật độ đồ chơi, ảnh chữ số, lời văn, âm thanh tổng hợp, xích Markov."""

from . import toy
from .digits import Digits, digits

__all__ = ["Digits", "digits", "toy"]
