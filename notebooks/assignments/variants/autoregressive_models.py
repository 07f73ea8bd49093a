"""Số liệu của bài tập «Mô hình tự hồi quy» theo mã lớp."""

from grading.variants import decimal


def _order(ascending, lag):
    """Thứ tự sinh và khoảng cách s; beyond và step là dấu so sánh và bước trong lời giải."""
    beyond, step = (">", lag) if ascending else ("<", -lag)
    return {"ascending": ascending, "lag": lag, "beyond": beyond, "step": step}


OPEN = {
    "temperature": 0.8,  # câu 1
    **_order(ascending=True, lag=1),  # câu 2
    "rest": 0.5,  # câu 3: tín hiệu trước khi thu
    "decay": 0.5,  # câu 4: độ dốc theo khoảng cách
    "blend": 0.1,  # câu 5: phần của phân phối gốc
    "characters": 4,  # câu 6: số ký tự mỗi ký hiệu
}


def draw(rng):
    return {
        "temperature": decimal(rng, 0.5, 0.75),
        **_order(ascending=rng.random() < 0.5, lag=rng.choice([2, 3, 4])),
        "rest": rng.choice([-1, 1]) * decimal(rng, 0.6, 1.6),
        "decay": decimal(rng, 0.15, 0.4),
        "blend": decimal(rng, 0.15, 0.35),
        "characters": decimal(rng, 2.5, 3.8),
    }


def answers(_values):  # mọi câu đều là viết hàm
    return {}
