"""Số liệu của bài tập «TÊN_CHƯƠNG» theo mã lớp."""

from grading.variants import decimal

QUESTIONS = range(1, 7)
# Câu k: x ↦ ak x + bk.
OPEN = {f"a{k}": 2 for k in QUESTIONS} | {f"b{k}": 5 for k in QUESTIONS}


def draw(rng):
    slopes = {f"a{k}": decimal(rng, 1.1, 2.9) for k in QUESTIONS}
    return slopes | {f"b{k}": decimal(rng, 3.1, 4.9) for k in QUESTIONS}


def answers(v):
    return {}
