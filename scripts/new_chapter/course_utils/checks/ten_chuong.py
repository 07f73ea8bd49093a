"""Chương «TÊN_CHƯƠNG»: bộ chấm các bài «Thử ngay».

Đáp án được tính tại đây từ đề bài. Mỗi câu trả lời sai điển hình có một gợi ý riêng.
"""

import math

import torch

from ..ten_chuong import log_density as reference
from .report import Report, function, number


def _value(x: float, mean: float, variance: float) -> float:
    return float(reference(torch.tensor(x, dtype=torch.float64), mean, variance))


def one_point(answer) -> Report:
    """log p(3) của N(1, 4).

    Sách: (eq-ten-chuong)
    """
    hints = [
        (_value(3, 1, 16), "Bạn đưa phương sai vào chỗ của độ lệch chuẩn."),
        (_value(3, 1, 2), "Bạn đưa độ lệch chuẩn vào chỗ của phương sai."),
        (math.exp(_value(3, 1, 4)), "Đây là mật độ; đề bài hỏi log mật độ."),
    ]
    return number(answer, _value(3, 1, 4), tol=1e-3, hints=hints, name="log mật độ")


def widest_gap(answer) -> Report:
    """Log mật độ giảm bao nhiêu từ đỉnh ra đến cách đỉnh hai độ lệch chuẩn.

    Sách: (eq-ten-chuong)
    """
    hints = [
        (-2, "Độ giảm là một số dương: log mật độ ở đỉnh trừ log mật độ ở xa."),
        (4, "Bạn quên thừa số một nửa trước bình phương."),
        (1, "Bạn quên bình phương khoảng cách."),
    ]
    return number(answer, 2, tol=1e-3, hints=hints, name="độ giảm")


def log_density(answer) -> Report:
    """Hàm log_density(x, mean, variance).

    Sách: (eq-ten-chuong)
    """
    x = torch.linspace(-3, 3, 5, dtype=torch.float64)
    inputs = [(x, 0.0, 1.0), (x, 1.0, 4.0), (x, -2.0, 0.25)]

    def standard_deviation(x, mean, variance):
        return reference(x, mean, variance**2)

    def no_constant(x, mean, variance):
        return -0.5 * (x - mean) ** 2 / variance

    hints = [
        (standard_deviation, "Đối số thứ ba là phương sai, không phải độ lệch chuẩn."),
        (no_constant, "Bạn quên hằng số chuẩn hóa: tích phân của mật độ phải bằng 1."),
    ]
    return function(answer, reference, inputs, tol=1e-6, hints=hints, name="hàm log_density")
