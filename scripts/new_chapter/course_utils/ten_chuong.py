"""Chương «TÊN_CHƯƠNG»: cài đặt tham chiếu.

Khung để bắt đầu: log mật độ của phân phối chuẩn. Hãy thay bằng mô hình của chương.
"""

import math

from torch import Tensor

from .errors import InputError


def log_density(x: Tensor, mean: float, variance: float) -> Tensor:
    """log p(x) của N(mean, variance), từng phần tử của x.

    Sách: (eq-ten-chuong)
    """
    if not variance > 0:
        raise InputError(
            f"log_density cần phương sai dương, nhưng nhận được {variance}. "
            "Hãy kiểm tra lại đối số variance."
        )
    return -0.5 * math.log(2 * math.pi * variance) - 0.5 * (x - mean).square() / variance
