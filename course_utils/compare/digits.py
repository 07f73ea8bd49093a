"""Công thức của từng họ trên chữ số 8×8 (1297 ảnh, 17 mức)."""

from .recipe import Recipe

DIGITS: dict[str, Recipe] = {}
