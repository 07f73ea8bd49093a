"""Số liệu của bài tập «FFJORD» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "z": 1.96,  # câu 1: nửa bề rộng khoảng tin cậy là z lần sai số chuẩn
    "clock": 2,  # câu 2: bộ giải chạy trên [0, clock]
    "variance": 2,  # câu 3: cơ sở N(0, variance I)
    "beta": 0.5,  # câu 4: mật độ làm bẹt p^beta
    "duration": 2,  # câu 5: đường đi kéo dài tới t = duration
    "noise": 0.5,  # câu 6: q = N(0, noise² I)
    # Số liệu cho các dòng in ra sau mỗi câu.
    "A": [[1, 1, -1], [4, -1, 0.5], [0, 3, 1]],
    "TARGET": 0.17,
    "RATES": [1, -0.5],
    "STD": 1.2,
    "SWIRL": 0.75,
    "WAY": [5, -2],
    "POWER": 2,
    "RHO": 0.6,
}


def draw(rng):
    return {
        "z": decimal(rng, 2.05, 2.9, 5),
        "clock": decimal(rng, 1.2, 1.9, 5),
        "variance": decimal(rng, 0.3, 0.8, 5),
        "beta": decimal(rng, 0.55, 0.9, 5),
        "duration": decimal(rng, 1.2, 1.9, 5),
        "noise": decimal(rng, 0.55, 0.9, 5),
        "A": [
            [rng.randint(1, 3), rng.randint(0, 2), -1],
            [rng.randint(2, 4), -1, decimal(rng, 0.2, 0.8, 2)],
            [0, rng.randint(1, 3), 1],
        ],
        "TARGET": decimal(rng, 0.15, 0.6),
        "RATES": [decimal(rng, 0.5, 1, 2), decimal(rng, -0.6, -0.2, 2)],
        "STD": decimal(rng, 1.2, 2, 2),
        "SWIRL": decimal(rng, 0.5, 1, 2),
        "WAY": [decimal(rng, 3, 5, 2), decimal(rng, -3, 4, 2)],
        "POWER": rng.choice([2, 3]),
        "RHO": decimal(rng, 0.5, 0.8, 2),
    }


def answers(_values):
    return {}  # mọi câu đều viết hàm
