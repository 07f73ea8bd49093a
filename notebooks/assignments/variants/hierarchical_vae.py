"""Số liệu của bài tập «VAE phân cấp» theo mã lớp."""

import math
from itertools import combinations

from grading.variants import decimal

OPEN = {
    "levels": 4,  # câu 1: số tầng, và số bậc giữa hai đầu của một cạnh có đường tắt
    "skips": [1, 2, 3],
    "point": 2,  # câu 2: ELBO của hai tầng tại x = point
    "step_variance": 2,
    "q1_slope": 0.5,
    "q1_variance": 0.5,
    "q2_slope": 0.25,
    "q2_variance": 0.5,
    "temperature": 0.5,  # câu 3: nhiệt độ ở đỉnh
    "drift": 0.5,  # câu 4: độ dời của mỗi bước sinh
    "trust": 0.5,  # câu 5: số mũ của lời dữ liệu
    "start": 0.1,  # câu 6: hệ số KL ở bước 0
}


CLOSE = dict.fromkeys(("step_variance", "q1_slope", "q1_variance", "q2_slope", "q2_variance"), 1e-3)

GRAPHS = [  # (số tầng, các số bậc): luôn có cạnh tới tầng kề, và luôn thiếu cạnh nào đó
    (levels, [1, *others])
    for levels in range(7, 13)
    for size in (2, 3, 4)
    for others in combinations(range(2, levels), size)
]


def draw(rng):
    levels, skips = rng.choice(GRAPHS)
    return {
        "levels": levels,
        "skips": skips,
        "point": decimal(rng, 1.5, 3),
        "step_variance": decimal(rng, 1.5, 3),
        "q1_slope": decimal(rng, 0.3, 0.7),
        "q1_variance": decimal(rng, 0.3, 0.7),
        "q2_slope": decimal(rng, 0.15, 0.4),
        "q2_variance": decimal(rng, 0.3, 0.7),
        "temperature": decimal(rng, 0.6, 0.9, 5),
        "drift": decimal(rng, 0.8, 2, 5),
        "trust": decimal(rng, 0.6, 0.9, 5),
        "start": decimal(rng, 0.15, 0.4, 5),
    }


def answers(v):
    """ELBO tách theo chiều mã hóa: log đồng thời trung bình cộng entropy của q."""
    x, u = v["point"], v["step_variance"]
    m1, v1 = v["q1_slope"] * x, v["q1_variance"]
    slope, noise = v["q2_slope"], v["q2_variance"]
    squares = [  # kỳ vọng của bình phương chuẩn hóa: x theo z1, z1 theo z2, z2
        (x - m1) ** 2 + v1,
        ((1 - slope) ** 2 * (m1**2 + v1) + noise) / u,
        slope**2 * (m1**2 + v1) + noise,
    ]
    joint = -0.5 * (3 * math.log(2 * math.pi) + math.log(u) + sum(squares))
    entropy = 0.5 * (2 * math.log(2 * math.pi) + 2 + math.log(v1 * noise))
    elbo = joint + entropy
    log_p = -0.5 * (math.log(2 * math.pi * (u + 2)) + x**2 / (u + 2))
    return {"two_levels": [elbo, log_p - elbo]}
