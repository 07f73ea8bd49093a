"""Số liệu của bài tập «Khớp luồng và luồng nắn thẳng» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "source_std": 2,  # câu 1: x₀ ~ N(0, source_std²)
    "scale": 0.5,  # câu 2: dữ liệu nhân với scale
    "weight": 2,  # câu 3: điểm đầu có xác suất gấp weight lần
    "power": 2,  # câu 4: chi phí là quãng đường lũy thừa power
    "bend": 2,  # câu 5: mốc thứ k là (k / K) ** bend
    "end": 2,  # câu 6: dữ liệu ở t = end
    # Số liệu cho các dòng in ra sau mỗi câu.
    "M": -3,
    "S": 0.5,
    "T": 0.75,
    "X": 0.4,
    "PAIR": [-1, 3],
    "SIGMA": 0.1,
    "POINTS": [-1, 2, 3],
    "NOISE": [0, 3, 0.5, 4],
    "DATA": [4, 1, 6, -1],
    "RATE": 0.5,
    "STEPS": 4,
    "TURN": 1,
}


def draw(rng):
    return {
        "source_std": decimal(rng, 0.5, 0.9, 5),
        "scale": decimal(rng, 0.55, 0.9, 5),
        "weight": decimal(rng, 2.5, 5, 5),
        "power": decimal(rng, 1.4, 1.8, 5),
        "bend": decimal(rng, 1.3, 1.8, 5),
        "end": decimal(rng, 0.5, 0.9, 5),
        "M": decimal(rng, -3, 2, 2),
        "S": decimal(rng, 0.3, 2, 2),
        "T": decimal(rng, 0.25, 0.8, 2),
        "X": decimal(rng, -0.5, 0.5, 2),
        "PAIR": [decimal(rng, -1, 0.5, 2), decimal(rng, 2, 3, 2)],
        "SIGMA": decimal(rng, 0.1, 0.2, 2),
        "POINTS": [decimal(rng, -2, -1, 2), decimal(rng, 1, 2, 2), 3],
        "NOISE": [decimal(rng, -1, 0, 2), decimal(rng, 2, 3, 2), 0.5, 4],
        "DATA": [decimal(rng, 4, 5, 2), 1, decimal(rng, 6, 7, 2), -1],
        "RATE": decimal(rng, 0.5, 2, 2),
        "STEPS": rng.choice([2, 4, 5]),
        "TURN": decimal(rng, 1, 1.5, 2),
    }


def answers(_values):
    return {}  # mọi câu đều viết hàm
