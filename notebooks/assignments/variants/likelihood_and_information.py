"""Số liệu của bài tập «Hợp lý và thông tin» theo mã lớp."""

import math

from grading.variants import decimal

OPEN = {
    "flatten": 2,  # câu 1: nhiệt độ làm phẳng q
    "variance": 0.0004,  # câu 2: X ~ N(0, variance), xác suất trong (-radius, radius)
    "radius": 0.005,
    "gain": 2.5,  # câu 3: y = gain (a ⊙ x + b)
    "share": 0.05,  # câu 4: phần điểm hỏng, luật N(place, broad)
    "place": 10,
    "broad": 4,
    "alpha": 1,  # câu 5: số mũ của nhân rational quadratic
    "temperature": 0.5,  # câu 6: mẫu của mô hình có luật N(m₂, T² C₂)
}

CLOSE = {"share": 1e-4, "place": 1e-4, "broad": 2e-3}


def draw(rng):
    return {
        "flatten": decimal(rng, 1.2, 1.8, 5),
        "variance": decimal(rng, 0.0002, 0.0009, 6),
        "radius": decimal(rng, 0.008, 0.03, 5),
        "gain": decimal(rng, 3, 9, 5),
        "share": decimal(rng, 0.1, 0.25),
        "place": -decimal(rng, 6, 12),
        "broad": decimal(rng, 1.5, 6),
        "alpha": decimal(rng, 1.3, 4, 5),
        "temperature": decimal(rng, 0.6, 0.9, 5),
    }


def answers(v):
    sigma = math.sqrt(v["variance"])
    density = 1 / (sigma * math.sqrt(2 * math.pi))
    probability = math.erf(v["radius"] / (sigma * math.sqrt(2)))
    return {"density_numbers": [density, probability, 0.5 - math.log(density)]}
