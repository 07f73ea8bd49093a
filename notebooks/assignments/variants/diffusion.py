"""Số liệu của bài tập «Mô hình khuếch tán (DDPM, DDIM)» theo mã lớp."""

import itertools
import math

from grading.variants import decimal

OPEN = {
    "beta": [0.1, 0.25, 0.4],  # NUMBERS: chuỗi ba bước và các điểm để tính tay
    "x0": 2,
    "eps": 1.5,
    "xk": 0.3,
    "m": 3,
    "c": 3,
    "a": 0.8,
    "stops": [3, 1, 0],
    "spreads": [2, 1],
    "start": 0.8,  # câu 1: chiều ngược xuất phát từ N(0, start)
    "rho": 1.5,  # câu 2: nhiễu của chuỗi có phương sai rho
    "gamma": 5,  # câu 3: trọng số bị chặn bởi gamma
    "tau": 0.9,  # câu 4: nhiệt độ lấy mẫu
    "clock": 1000,  # câu 5: đồng hồ của mạng chạy từ 0 đến clock
    "kappa": 2,  # câu 6: bộ giải mã có phương sai kappa·β_1
}


def draw(rng):
    return {
        "beta": [decimal(rng, 0.05, 0.15), decimal(rng, 0.18, 0.3), decimal(rng, 0.35, 0.5)],
        "x0": rng.choice([-1, 1]) * decimal(rng, 0.6, 2.2),
        "eps": rng.choice([-1, 1]) * decimal(rng, 0.5, 1.7),
        "xk": rng.choice([-1, 1]) * decimal(rng, 0.2, 0.9),
        "m": rng.choice([-1, 1]) * decimal(rng, 0.8, 3),
        "c": decimal(rng, 1.5, 3),
        "a": decimal(rng, 0.3, 0.9),
        "stops": rng.choice([[3, 1, 0], [3, 2, 0]]),
        "spreads": [decimal(rng, 1.3, 2.5), decimal(rng, 0.3, 0.8)],
        "start": decimal(rng, 0.5, 0.95, 5),
        "rho": decimal(rng, 1.2, 3, 5),
        "gamma": decimal(rng, 2.5, 8, 5),
        "tau": decimal(rng, 0.5, 0.95, 5),
        "clock": rng.randrange(101, 1000),
        "kappa": decimal(rng, 1.2, 3.5, 5),
    }


def answers(v):
    """Các số mà ô kiểm tra in ra với số liệu của lớp."""
    signal, noise = [1.0], [0.0]  # hệ số của x_0 và phương sai của nhiễu, đi bộ từng bước
    for b in v["beta"]:
        signal.append(signal[-1] * math.sqrt(1 - b))
        noise.append((1 - b) * noise[-1] + b)
    mean2 = (signal[3] * v["x0"]) ** 2 + noise[3]
    kl = 0.5 * (mean2 / v["start"] - 1 - math.log(noise[3] / v["start"]))

    # Gauss hai chiều (x_2, x_3) khi nhiễu có phương sai rho.
    before = (signal[2] * v["c"]) ** 2 + v["rho"] * noise[2]
    after = (signal[3] * v["c"]) ** 2 + v["rho"] * noise[3]
    gain = math.sqrt(1 - v["beta"][2]) * before / after
    back = signal[2] * v["m"] + gain * (v["xk"] - signal[3] * v["m"])
    unsure = before - gain**2 * after

    a2, c2 = v["a"] ** 2, v["c"] ** 2
    least = c2 / (a2 * c2 + 1 - a2)  # sai số nhỏ nhất của v

    power = signal[2] ** 2 * c2 + noise[2]
    eps = math.sqrt(noise[2]) / power * (v["xk"] - signal[2] * v["m"])
    clean = (v["xk"] - math.sqrt(noise[2]) * eps) / signal[2]
    b = v["beta"][1]
    step = signal[1] * b * clean + math.sqrt(1 - b) * noise[1] * v["xk"]
    step = step / noise[2] + v["tau"] * math.sqrt(b)

    factor = 1.0
    for k, j in itertools.pairwise(v["stops"]):
        cross = signal[k] * signal[j] * c2 + math.sqrt(noise[k] * noise[j])
        factor *= cross / (signal[k] ** 2 * c2 + noise[k])

    first = 0.0
    decoder = v["kappa"] * v["beta"][0]
    for s in v["spreads"]:
        left = 1 / (1 / s**2 + signal[1] ** 2 / noise[1])
        first += 0.5 * math.log(2 * math.pi * decoder) + left / (2 * decoder)
    return {
        "forward_chain": kl,
        "posterior": [back, unsure],
        "parameterizations": [v["gamma"], least],
        "ancestral": step,
        "ddim": [v["clock"], factor],
        "bound": first,
    }
