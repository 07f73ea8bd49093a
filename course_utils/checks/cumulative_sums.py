"""Bộ chấm về luồng tổng tích lũy: bộ điều kiện tuyến tính và mật độ AR(1).

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Sequence
from typing import Any

from .report import Report, number, numbers
from .triangular import log_det, sequential_inverse  # noqa: F401 - sổ gọi mọi bài qua tệp của chương

LOG_2PI = math.log(2 * math.pi)


# --- Mật độ của ba luồng tính tay -----------------------------------------------------------------


def cumulative_sum(
    answer: Any, x: Sequence[float] = (1, 2, 0, 1, 1, 3), pair: tuple[int, int] = (2, 5)
) -> Report:
    """(log p_X(x), Cov(X_i, X_j)) của luồng cộng dồn trên cơ sở N(0, I); pair = (i, j).

    Sách: (eq-cumsum-flow)
    """
    z = _differences(x)
    log_p, covariance = _log_normal(z), float(min(pair))
    return numbers(
        answer,
        (log_p, covariance),
        tol=1e-3,
        name="cặp (log p, hiệp phương sai)",
        hints=[
            *_unless(
                log_p,
                [
                    (_log_normal(x), "Bạn thay z bằng x. Phải gỡ trước: z_i = x_i − x_{i−1}."),
                    (_log_normal(z) + 0.5 * len(z) * LOG_2PI, "Bạn quên −(D/2)·log 2π."),
                    (-log_p, "Đó là đối log mật độ; đề hỏi log mật độ."),
                    (
                        _log_normal(z) + 0.5 * sum(v * v for v in z),
                        "Bạn quên số hạng −‖z‖²/2.",
                    ),
                    (
                        _log_normal(z) - 0.5 * sum(v * v for v in z),
                        "Trong log N(z; 0, 1) có −z²/2, bạn quên chia 2.",
                    ),
                    (math.exp(log_p), "Đó là mật độ; đề hỏi log của nó."),
                    (log_p + len(z) * LOG_2PI, "Sai dấu: log N(z; 0, 1) chứa −½·log 2π."),
                    (log_p - 0.5 * len(z) * LOG_2PI, "Mỗi tọa độ góp ½·log 2π, bạn quên chia 2."),
                ],
            ),
            *[
                ((None, wrong), text)
                for wrong, text in (
                    (float(max(pair)), "X_j chứa X_i: chỉ phần chung, i số hạng đầu, tương quan."),
                    (1.0, "Cov(Z_i, Z_i) = 1 cho mỗi số hạng chung; đếm số số hạng chung."),
                    (0.0, "X không độc lập: X_i và X_j có chung z_1, …, z_i."),
                    (
                        min(pair) / math.sqrt(pair[0] * pair[1]),
                        "Đó là hệ số tương quan; hiệp phương sai không chia cho độ lệch chuẩn.",
                    ),
                )
                if abs(wrong - covariance) > 2e-3
            ],
        ],
    )


def ar1_density(answer: Any, w: float = 0.5, x: Sequence[float] = (1, 2, 0, 1)) -> Report:
    """log p_X(x) khi h_i = Σ_{j<i} w^{i−j} z_j, τ = z_i + h_i: x_i = w·x_{i−1} + z_i.

    Sách: (eq-cumsum-flow)
    """
    right = _log_normal(_differences(x, w))
    short, z = [], 0.0
    for value in x:  # chỉ đọc tọa độ ngay trước: h_i = w z_{i−1}
        z = value - w * z
        short.append(z)
    wrong = [
        (_log_normal(_differences(x)), "Đó là w = 1, bài cộng dồn. Ở đây z_i = x_i − w·x_{i−1}."),
        (
            _log_normal(short),
            "Bạn lấy h_i = w·z_{i−1}. Tổng gồm mọi z_j đứng trước, với w^{i−j}; "
            "hãy viết nó qua x_{i−1}.",
        ),
        (
            right + len(x) * math.log(abs(w)) if w else right,
            "Định thức không chứa w: ∂τ/∂z_i = 1, nên log|det J| = 0.",
        ),
        (
            right - len(x) * math.log(abs(w)) if w else right,
            "Định thức không chứa w: ∂τ/∂z_i = 1, nên log|det J| = 0.",
        ),
        (_log_normal(x), "Bạn thay z bằng x. Phải gỡ trước: z_i = x_i − w·x_{i−1}."),
        (right + 0.5 * len(x) * LOG_2PI, "Bạn quên −(D/2)·log 2π."),
        (
            2 * right + 0.5 * len(x) * LOG_2PI,
            "Trong log N(z; 0, 1) có −z²/2, bạn quên chia 2.",
        ),
        (math.exp(right), "Đó là mật độ; đề hỏi log của nó."),
        (
            _log_normal([b + w * a for a, b in zip((0, *x), x, strict=False)]),
            "Sai dấu: x_i = w·x_{i−1} + z_i nên z_i = x_i − w·x_{i−1}.",
        ),
        (-right, "Đó là đối log mật độ; đề hỏi log mật độ."),
    ]
    return number(answer, right, tol=1e-3, name="log mật độ", hints=_far(wrong, right))


# --- Phần dùng chung ------------------------------------------------------------------------------


def _differences(x: Sequence[float], w: float = 1.0) -> list[float]:
    return [b - w * a for a, b in zip((0, *x), x, strict=False)]


def _log_normal(z: Sequence[float]) -> float:
    return -0.5 * (sum(v * v for v in z) + len(z) * LOG_2PI)


def _far(wrong: list[tuple[float, str]], right: float, tol: float = 1e-3) -> list:
    """Bỏ những giá trị sai mà với số liệu đang dùng lại trùng đáp án."""
    return [(value, text) for value, text in wrong if abs(value - right) > 2 * tol]


def _unless(right: float, wrong: list[tuple[float, str]]) -> list:
    return [((value, None), text) for value, text in _far(wrong, right)]
