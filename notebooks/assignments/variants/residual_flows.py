"""Số liệu của bài tập «Luồng phần dư» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "kappa": 0.8,  # câu 1: u(x) = c tanh(kappa x)
    "planar_step": 0.5,  # câu 2: x + planar_step · u tanh(wᵀx + b)
    "inverse_step": 0.5,  # câu 3: y = x + inverse_step · u(x)
    "series_step": 0.5,  # câu 4: log det(I + series_step · A)
    "gain": 1.1,  # câu 5: hằng số Lipschitz của hàm kích hoạt
    "center": 0.5,  # câu 6: u(x) = a (x − center)
    # Số liệu cho các dòng in ra sau mỗi câu.
    "C": -3,
    "DELTA": 0.6,
    "Y": 0.02,
    "U": [0.7, 0.7],
    "W": [1, 2],
    "B": -0.2,
    "X": [0.3, 0.3],
    "L": 0.9,
    "TOL": 1e-07,
    "DIAGONAL": [0.6, -0.3],
    "MATRIX": [[2, -3, 2], [0, 2, 1]],
    "RATE": 0.8,
    "K": 4,
}

CLOSE = {"gain": 1e-4, "center": 1e-4}


def draw(rng):
    return {
        "kappa": decimal(rng, 1.2, 1.7, 5),
        "planar_step": decimal(rng, 0.55, 0.9, 5),
        "inverse_step": decimal(rng, 0.55, 0.9, 5),
        "series_step": decimal(rng, 0.55, 0.85, 5),
        "gain": decimal(rng, 1.2, 1.9, 5),
        "center": decimal(rng, 1.1, 1.9, 5),
        "C": -decimal(rng, 2.5, 4, 2),
        "DELTA": decimal(rng, 0.5, 0.8, 2),
        "Y": decimal(rng, 0.01, 0.05, 3),
        "U": [decimal(rng, 0.3, 0.8, 2), decimal(rng, -0.4, 0.6, 2)],
        "W": [decimal(rng, 0.5, 1.5, 2), decimal(rng, 1, 2, 2)],
        "B": decimal(rng, -0.3, 0.3, 2),
        "X": [decimal(rng, -0.3, 0.6, 2), decimal(rng, 0.2, 0.6, 2)],
        "L": decimal(rng, 0.82, 0.95, 3),
        "TOL": 10.0 ** -rng.choice([5, 6, 7]),
        "DIAGONAL": [decimal(rng, 0.4, 0.7, 2), -decimal(rng, 0.2, 0.4, 2)],
        "MATRIX": [[rng.randint(1, 4), rng.randint(-4, 0), 2], [0, rng.randint(1, 3), 1]],
        "RATE": decimal(rng, 0.5, 1, 2),
        "K": rng.choice([4, 8, 10]),
    }


def answers(_values):
    return {}  # mọi câu đều viết hàm
