"""Số liệu của bài tập «Luồng ghép cặp» theo mã lớp."""

import math

from grading.variants import decimal

OPEN = {
    "z1": -0.5,  # câu 1: Jacobian tại điểm (z1, z2)
    "z2": 3.0,
    "bound": 2,  # câu 2: log của hệ số co giãn bị chặn trong (-bound, bound)
    "mean": 1,  # câu 3: dữ liệu N(mean, variance)
    "variance": 9,
    "base_variance": 2,  # câu 4: cơ sở N(0, base_variance I)
    "gain": 0.5,  # câu 5: hệ số của actnorm
    "half_range": 1,  # câu 6: thang [-half_range, half_range)
    "heat": 2,  # câu thưởng: trọng số của hỗn hợp là softmax(a / heat)
}

CLOSE = {"base_variance": 1e-4, "heat": 5e-5}


def draw(rng):
    side = rng.choice([-1, 1])  # z1 và z2 cùng dấu: hai số hạng của đạo hàm không khử nhau
    return {
        "z1": side * decimal(rng, 0.3, 0.9),
        "z2": side * decimal(rng, 1.5, 4),
        "bound": decimal(rng, 1.2, 1.8, 5),
        "mean": decimal(rng, 1.2, 2.5),
        "variance": decimal(rng, 4, 8),
        "base_variance": decimal(rng, 2.4, 3.5, 5),
        "gain": decimal(rng, 1.3, 2.5, 5),
        "half_range": decimal(rng, 1.3, 2.9, 5),
        "heat": decimal(rng, 1.2, 1.8, 5),
    }


def answers(v):
    t = math.tanh(v["z1"])
    slope = v["z2"] * math.exp(t) / math.cosh(v["z1"]) ** 2 + 2 * v["z1"]
    constant = math.log(2 * math.pi) / 2
    return {
        "coupling_jacobian": [slope, math.exp(t), t],
        "unpermuted_floor": [
            constant + (v["mean"] ** 2 + v["variance"]) / 2,
            constant + (1 + math.log(v["variance"])) / 2,
        ],
    }
