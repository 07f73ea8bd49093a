"""Số liệu của bài tập «ELBO và VAE» theo mã lớp."""

import math

from grading.variants import decimal

OPEN = {
    "prior_variance": 2,  # câu 1: tiên nghiệm N(0, prior_variance · I)
    "floor": 0.01,  # câu 2: phương sai sàn cộng vào phương sai của q
    "offset": 0.5,  # câu 3: x | z ~ N(az + offset, s²)
    "alpha": 0.6,  # câu 4: bậc của cận Rényi
    "pixels": 784,  # câu 5: số điểm ảnh, và tổng sai số bình phương trên chúng
    "error": 7.84,
    "beta": 2,  # câu 6: hệ số của KL trong β-VAE
}

CLOSE = {"beta": 1e-4}


def draw(rng):
    pixels = rng.randrange(20, 41) ** 2
    return {
        "prior_variance": decimal(rng, 2.5, 6, 5),
        "floor": decimal(rng, 0.05, 0.3, 5),
        "offset": decimal(rng, 1, 3, 5),
        "alpha": decimal(rng, 0.15, 0.4, 5),
        "pixels": pixels,
        "error": decimal(rng, 0.013 * pixels, 0.022 * pixels),  # không NLL nào gần 0
        "beta": decimal(rng, 2.5, 5, 5),
    }


def answers(v):
    def nll(scale):
        per_pixel = 0.5 * math.log(2 * math.pi * scale**2)
        return v["pixels"] * per_pixel + v["error"] / (2 * scale**2)

    return {"decoder_scale": [nll(1), nll(0.1), math.sqrt(v["error"] / v["pixels"]), nll(0.3)]}
