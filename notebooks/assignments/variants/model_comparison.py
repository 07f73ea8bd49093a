"""Số liệu của bài tập «Một bài toán, mọi mô hình» theo mã lớp."""

import math

from grading.variants import decimal

OPEN = {
    "log_a": [-2, -1, -4, -8],  # NUMBERS: các con số để tính tay
    "log_b": [-3, -2, -7, -9],
    "group": [7, 3, 7, 7],
    "losses": [[2, 5, 7], [4, 8, 9]],
    "seeds": 5,
    "points": 400,
    "differences": [-2, 3, 5, 6],
    "p_values": [0.02, 0.012, 0.2, 0.001],
    "nll": -300,
    "dim": 784,
    "levels": 16,
    "pooled": [0, 2, 5, 7, 6],
    "costs": [[1, 6], [3, 4], [5, 1], [6, 5]],
    "reference": [9, 10],
    "z": 1.96,  # câu 1: nửa bề rộng khoảng tin cậy là z sai số chuẩn
    "bank": 2000,  # câu 2: điểm kiểm tra rút không hoàn lại từ một kho
    "margin": 0.5,  # câu 3: hiệu nhỏ nhất đáng kể
    "half": 2,  # câu 4: z nằm trong [-half, half)
    "rho": 0.5,  # câu 5: nhân k + rho·k²
    "eps": 0.1,  # câu 6: chênh không quá eps là nhiễu
}

CLOSE = {"eps": 2e-3}


def draw(rng):
    return {
        "log_a": [-2, -decimal(rng, 1, 3), -4, -decimal(rng, 6, 8)],
        "log_b": [-decimal(rng, 3, 4), -2, -7, -9],
        "group": rng.choice([[7, 3, 7, 7], [3, 7, 7, 7], [7, 7, 3, 7]]),
        "losses": [[2, decimal(rng, 3, 5), 7], [decimal(rng, 4, 6), 8, 9]],
        "seeds": rng.randrange(3, 9),
        "points": rng.randrange(60, 600),
        "differences": [-decimal(rng, 1, 2), 3, decimal(rng, 4, 5), 6],
        "p_values": [decimal(rng, 0.014, 0.03, 4), 0.012, decimal(rng, 0.2, 0.4), 0.001],
        "nll": -rng.randrange(150, 400),
        "dim": rng.choice([192, 784, 3072]),
        "levels": rng.choice([16, 32, 64, 256]),
        "pooled": [0, decimal(rng, 1, 2), 5, decimal(rng, 3, 7), 6],
        "costs": [
            [1, decimal(rng, 6, 7)],
            [decimal(rng, 2, 3), 4],
            [5, decimal(rng, 1, 2)],
            [6, 5],
        ],
        "reference": [decimal(rng, 8, 9), decimal(rng, 8, 10)],
        "z": decimal(rng, 1.2, 3.3, 5),
        "bank": rng.randrange(2100, 9900),
        "margin": decimal(rng, 0.6, 1.4, 5),
        "half": decimal(rng, 1.1, 1.9, 5),
        "rho": decimal(rng, 0.6, 3, 5),
        # Không bội nào của 1/8: bảng số của phép thử gồm các bội của 1/256.
        "eps": decimal(rng, 0.13, 0.37, 5),
    }


def answers(v):
    """Các số mà ô kiểm tra in ra với số liệu của lớp."""
    d = [a - b for a, b in zip(v["log_a"], v["log_b"], strict=True)]
    points = _variance(d) * (v["z"] / 0.3) ** 2  # trước khi làm tròn lên

    (p, q, r), (s, t, u) = v["losses"]
    row = ((p + q + r) - (s + t + u)) / 3  # hai hạt giống: chỉ cần hiệu của hai hàng
    rest = sum((p - s - row, q - t - row, r - u - row)[k] ** 2 for k in range(3)) / 4
    columns = [(p + s) / 2, (q + t) / 2, (r + u) / 2]
    parts = [row**2 / 2 - rest / 3, _variance(columns) - rest / 2, rest]
    a, b, e = (max(part, 0) for part in parts)
    n, m = v["points"], v["seeds"]
    error = math.sqrt(a / m + b / n * (1 - n / v["bank"]) + e / m / n)

    shifted = [value - v["margin"] for value in v["differences"]]
    bits = v["nll"] / v["dim"] / math.log(2) + math.log2(v["levels"] / (2 * v["half"]))
    return {
        "paired": points,
        "two_sources": error,
        "few_seeds": sum(shifted),
        "bounds": bits,
        "noise_floor": _mmd(v["pooled"], v["rho"]),
        "tradeoffs": [v["eps"], *v["reference"]],
    }


def _variance(values):
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _mmd(points, rho):
    def k(i, j):
        value = math.exp(-abs(points[i] - points[j]) / 4)
        return value + rho * value**2

    within = k(0, 1) + (k(2, 3) + k(2, 4) + k(3, 4)) / 3
    return within - sum(k(i, j) for i in (0, 1) for j in (2, 3, 4)) / 3
