"""Số liệu của bài tập «Luồng chuẩn hóa liên tục» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "variance": 2,  # câu 1: nhiễu N(0, variance I)
    "min_slope": 0.5,  # câu 2: f dốc ít nhất min_slope
    "floor": 2,  # câu 3: sàn làm tròn floor · 10⁻⁶
    "end": 2,  # câu 4: dữ liệu ở t = end
    "decay": 0.1,  # câu 5: phạt ½ decay θ²
    "coarse_end": 2,  # câu 6: Euler chạy tới t = coarse_end
    # Số liệu cho các dòng in ra sau mỗi câu.
    "B": [1, -1],
    "X": [2, 1],
    "C": 2,
    "P": 1.5,
    "X0": 4,
    "ERRORS": [0.00032, 3e-05],
    "RATE": 0.4,
    "SLOPE": 1,
    "THETA": 0.8,
    "Z0": 1.5,
    "Y": 3,
    "STRETCH": -2,
    "K": 4,
}


CLOSE = {"end": 1e-4, "decay": 1e-4}


def draw(rng):
    return {
        "variance": decimal(rng, 0.3, 0.8, 5),
        "min_slope": decimal(rng, 0.15, 0.45, 5),
        "floor": decimal(rng, 3, 9, 5),
        "end": decimal(rng, 0.6, 0.9, 5),
        "decay": decimal(rng, 0.2, 0.9, 5),
        "coarse_end": decimal(rng, 0.5, 0.9, 5),
        "B": [decimal(rng, 0.5, 1.5, 2), -decimal(rng, 0.4, 1.2, 2)],
        "X": [decimal(rng, 1, 2, 2), decimal(rng, 0.5, 1.5, 2)],
        "C": decimal(rng, 0.5, 2, 2),
        "P": decimal(rng, 1.4, 3, 2),
        "X0": decimal(rng, 0.5, 4, 2),
        "ERRORS": [rng.randint(310, 550) / 1e6, rng.randint(24, 35) / 1e6],
        "RATE": decimal(rng, 0.3, 0.9, 2),
        "SLOPE": decimal(rng, -1, 2, 2),
        "THETA": decimal(rng, 0.3, 0.9, 2),
        "Z0": decimal(rng, 1, 2, 2),
        "Y": decimal(rng, 1, 3, 2),
        "STRETCH": decimal(rng, 1.2, 2, 2),
        "K": rng.choice([4, 8, 10]),
    }


def answers(_values):
    return {}  # mọi câu đều viết hàm
