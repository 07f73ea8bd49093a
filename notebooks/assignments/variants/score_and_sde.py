"""Số liệu của bài tập «Hàm điểm số và phương trình vi phân ngẫu nhiên» theo mã lớp."""

import math

from grading.variants import decimal

OPEN = {
    "weight": 0.2,  # NUMBERS: các con số để tính tay
    "right": 3,
    "wide": 0.5,
    "a": 0.28,
    "x": 1,
    "x0": -1.2,
    "eps": 1.5,
    "m": -1,
    "c": 2,
    "beta": [0.2, 10],
    "s": 0.4,
    "h": 0.02,
    "heat": 2,  # câu 1: điểm số của p^(1/heat)
    "width": 0.5,  # câu 2: trọng số σ²(1 + σ²/width²)
    "span": 2,  # câu 3: thời gian của khớp luồng là span·(1 - s)
    "kappa": 0.5,  # câu 4: hệ số trôi -kappa·β(s)·x
    "nu": 1.5,  # câu 5, 6: g² = nu·β(s)
}

CLOSE = {"span": 1e-4}


def draw(rng):
    return {
        "weight": decimal(rng, 0.2, 0.7),
        "right": decimal(rng, 1, 3),
        "wide": decimal(rng, 0.5, 1.5),
        "a": decimal(rng, 0.3, 0.9),
        "x": rng.choice([-1, 1]) * decimal(rng, 0.4, 1.2),
        "x0": rng.choice([-1, 1]) * decimal(rng, 0.8, 2),
        "eps": rng.choice([-1, 1]) * decimal(rng, 0.5, 1.6),
        "m": rng.choice([-1, 1]) * decimal(rng, 0.5, 2),
        "c": decimal(rng, 1.3, 3),
        "beta": [decimal(rng, 0.1, 0.5), decimal(rng, 6, 15)],
        "s": decimal(rng, 0.2, 0.5),
        "h": decimal(rng, 0.01, 0.03),
        "heat": decimal(rng, 1.3, 4, 5),
        "width": decimal(rng, 0.55, 1.5, 5),
        "span": decimal(rng, 2.2, 6, 5),
        "kappa": decimal(rng, 1.2, 3, 5),
        "nu": decimal(rng, 1.6, 3.5, 5),
    }


def answers(v):
    """Các số mà ô kiểm tra in ra với số liệu của lớp."""
    a, x, c, m, nu = v["a"], v["x"], v["c"], v["m"], v["nu"]
    sigma = math.sqrt(1 - a**2)

    total = slope = 0.0
    parts = ((v["weight"], -2, 1), (1 - v["weight"], v["right"], v["wide"]))
    for share, center, std in parts:
        var = (a * std) ** 2 + sigma**2
        mass = share * math.exp(-((x - a * center) ** 2) / (2 * var)) / math.sqrt(var)
        total += mass
        slope -= mass * (x - a * center) / var

    known = (a * c) ** 2 / ((a * c) ** 2 + sigma**2)  # phần nhiễu còn bí ẩn
    clean = m + a * c**2 / ((a * c) ** 2 + sigma**2) * (x - a * m)
    noise = (x - a * clean) / sigma

    low, high = v["beta"]
    rate = v["s"] * low + v["s"] ** 2 * (high - low) / 2
    kept = math.exp(-v["kappa"] * rate)

    beta, h = low + v["s"] * (high - low), v["h"]
    step = 1 + h * (beta / 2 - nu * beta / c**2) + math.sqrt(nu * beta * h)

    end = math.exp(-(low + high) / 2)  # a² lúc s = 1
    after = math.sqrt(end * c**2 + nu * (1 - end))
    there = math.sqrt(end) * m + (1.5 - m) * after / c
    likelihood = -(there**2) / (2 * nu) - math.log(2 * math.pi * nu) / 2 + math.log(after / c)
    return {
        "mixture_score": slope / total / v["heat"],
        "denoising_target": known * (1 + sigma**2 / v["width"] ** 2),
        "score_velocity": (sigma * clean - a * noise) / v["span"],
        "vp_marginal": [kept, math.sqrt((1 - kept**2) / (2 * v["kappa"]))],
        "reverse_steps": step,
        "flow_likelihood": likelihood,
    }
