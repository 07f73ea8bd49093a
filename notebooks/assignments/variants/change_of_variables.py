"""Số liệu của bài tập «Phép đổi biến» theo mã lớp."""

import math

from grading.variants import decimal

OPEN = {
    "slope": -4,  # câu 1: X = slope Z + shift, mật độ tại point
    "shift": 1,
    "point": 3,
    "center": 0.5,  # câu 2: X = (Z - center)², mật độ tại square
    "square": 2.25,
    "temperature": 0.5,  # câu 3: z được nhân với nhiệt độ trước khi vào luồng
    "chain_variance": 1,  # câu 4: Z ~ N(0, chain_variance)
    "alpha": 2,  # câu 5: J = alpha I + u vᵀ
    "fit_variance": 1,  # câu 6: Z ~ N(0, fit_variance)
}


CLOSE = {"slope": 1e-4, "shift": 1e-4, "center": 1e-4, "fit_variance": 4e-4}


def draw(rng):
    return {
        "slope": -decimal(rng, 2, 6),
        "shift": decimal(rng, 0.5, 2),
        "point": decimal(rng, 3, 9),
        "center": decimal(rng, 0.3, 0.9),
        "square": decimal(rng, 1.2, 3.5),
        "temperature": decimal(rng, 0.55, 0.9, 5),
        "chain_variance": decimal(rng, 1.5, 4, 5),
        "alpha": decimal(rng, 1.2, 3, 5),
        "fit_variance": decimal(rng, 1.5, 4, 5),
    }


def answers(v):
    z = (v["point"] - v["shift"]) / v["slope"]
    root = math.sqrt(v["square"])
    both = _normal(v["center"] + root) + _normal(v["center"] - root)
    return {
        "negative_slope": math.log(_normal(z) / abs(v["slope"])),
        "two_branches": both / (2 * root),
    }


def _normal(z):
    return math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
