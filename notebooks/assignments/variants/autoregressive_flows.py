"""Số liệu của bài tập «Luồng tự hồi quy» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "offset": 1,  # câu 1: τ(z) = a z³ + b z + offset, in số nghiệm của τ(z) = y
    "a": 0.5,
    "b": -2,
    "y": 0.3,
    "temperature": 0.8,  # câu 2
    "hops": [1, 2, 3],  # câu 3: c_i đọc các tọa độ đứng trước i ngần ấy bước
    "near": 1,
    "D": 4,
    "noise": 2,  # câu 4: phương sai của z, in kết quả với x và w
    "x": [3, -1, 1, 1, 1, 3],
    "w": 0.6,
    "bound": 1.5,  # câu 5: log của hệ số co giãn bị chặn trong (-bound, bound)
    "z0": 1,  # câu 6, in kết quả với z, alpha, beta
    "z": [1, 0.4, 0.4, 0.7],
    "alpha": 0.3,
    "beta": 0.2,
}


CLOSE = {"offset": 1e-4, "noise": 1e-4, "z0": 3e-5}


def draw(rng):
    near = rng.choice([2, 3, 4])
    return {
        "offset": rng.choice([-1, 1]) * decimal(rng, 1.3, 2.4, 5),
        "a": rng.choice([0.5, 1, 2]),
        "b": rng.choice([-3, -2]),
        "y": rng.choice([0.3, 0.7, 1.7, 2.5]),
        "temperature": decimal(rng, 0.45, 0.7, 5),
        "hops": [near, *sorted(rng.sample(range(near + 1, 17), rng.choice([2, 3, 4])))],
        "near": near,
        "D": near + rng.choice([2, 3]),
        "noise": decimal(rng, 2.4, 4, 5),
        "x": [rng.randint(-2, 3) for _ in range(6)],
        "w": rng.choice([-0.7, -0.5, 0.4, 0.5, 0.6]),
        "bound": decimal(rng, *rng.choice([(0.53, 0.84), (1.16, 1.6)]), 5),
        "z0": rng.choice([-1, 1]) * decimal(rng, 1.3, 2.5, 5),
        "z": [rng.choice([-0.6, 0.4, 0.7, 1, 1.5, 2]) for _ in range(4)],
        "alpha": rng.choice([0.2, 0.3, 0.4]),
        "beta": rng.choice([0.2, 0.3]),
    }


def answers(_values):  # mọi câu đều là viết hàm
    return {}
