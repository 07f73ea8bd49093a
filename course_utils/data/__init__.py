"""Dữ liệu của giáo trình: mật độ đồ chơi và ảnh chữ số."""

from . import toy
from .digits import Digits, digits

__all__ = ["Digits", "digits", "toy"]
