"""Số liệu của bài tập «Mô hình tự hồi quy» theo mã lớp."""

from grading.variants import decimal


def _order(ascending, lag, gain):
    """Thứ tự sinh, khoảng cách s, hệ số bù g; beyond, step, times là cách viết trong lời giải."""
    beyond, step = (">", lag) if ascending else ("<", -lag)
    times = "" if gain == 1 else f" * {gain}"
    order = {"ascending": ascending, "lag": lag, "beyond": beyond, "step": step}
    return order | {"gain": gain, "times": times}


OPEN = {
    "temperature": 0.8,  # câu 1
    **_order(ascending=True, lag=1, gain=1),  # câu 2
    "rest": 0.5,  # câu 3: tín hiệu trước khi thu
    "decay": 0.5,  # câu 4: độ dốc theo khoảng cách
    "blend": 0.1,  # câu 5: phần của phân phối gốc
    "characters": 4,  # câu 6: số ký tự mỗi ký hiệu
}


CLOSE = {"blend": 1e-4}


def draw(rng):
    return {
        "temperature": decimal(rng, 0.5, 0.75, 5),
        **_order(rng.random() < 0.5, rng.choice([2, 3, 4]), decimal(rng, 1.1, 1.9, 5)),
        "rest": rng.choice([-1, 1]) * decimal(rng, 0.6, 1.6, 5),
        "decay": decimal(rng, 0.15, 0.4, 5),
        "blend": decimal(rng, 0.15, 0.35, 5),
        "characters": decimal(rng, 2.5, 3.8, 5),
    }


def answers(_values):  # mọi câu đều là viết hàm
    return {}
