"""Bộ chấm ba bài về log det(I + A): chuỗi lũy thừa, roulette Nga, và khi định thức âm."""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, blank, function, numbers


def log_det_series(answer: Any) -> Report:
    """(log det(I + A), tổng 1 số hạng, tổng 2 số hạng) với A = diag(0.5, −0.3).

    Sách: (eq-log-det-series)
    """
    a, b = 0.5, -0.3
    exact = math.log((1 + a) * (1 + b))
    trace, square = a + b, a * a + b * b
    return numbers(
        answer,
        (exact, trace, trace - square / 2),
        tol=1e-3,
        name="bộ ba",
        hints=[
            (
                (None, None, trace + square / 2),
                "Chuỗi đan dấu: số hạng thứ hai là −tr(A²)/2.",
            ),
            ((None, None, -square / 2), "Đó là riêng số hạng thứ hai; đề hỏi tổng hai số hạng."),
            ((None, a * b, None), "Đó là det A. Một số hạng của chuỗi là tr A, tổng đường chéo."),
            ((None, None, trace), "Tổng hai số hạng phải có thêm −tr(A²)/2."),
            ((None, None, trace - square), "Bạn quên chia cho k: số hạng thứ hai là −tr(A²)/2."),
            (
                (None, None, trace - trace**2 / 2),
                "tr(A²) không phải (tr A)²: bình phương ma trận trước, lấy vết sau.",
            ),
            ((math.nan, None, None), "log det A là log của −0.15. Đề hỏi det(I + A)."),
            (
                (math.log(abs(a * b)), None, None),
                "Đó là log|det A|. Đề hỏi log det(I + A): cộng 1 vào đường chéo trước.",
            ),
            (((1 + a) * (1 + b), None, None), "Đó là định thức; đề hỏi log của nó."),
            (
                (math.log(1 + trace), None, None),
                "det(I + A) là tích (1 + a)(1 + b), không phải 1 + tr A.",
            ),
            (
                (exact / math.log(10), None, None),
                "Đó là log cơ số 10; giáo trình dùng log tự nhiên (nat).",
            ),
        ],
    )


def roulette(answer: Any) -> Report:
    """Hàm roulette(a, n, q): giá trị của ước lượng Russian roulette khi rút được N = n.

    a (M,) là các số hạng a₁..a_M; đi tiếp với xác suất q sau mỗi số hạng, nên
    P(N ≥ k) = q^{k−1}.
    Sách: (eq-roulette)
    """
    noise = torch.randn(8, generator=torch.Generator().manual_seed(5))
    terms = [torch.tensor([0.9, -0.4, 0.25, -0.1, 0.06]), noise]
    inputs = [(terms[0], 3, 0.5), (terms[1], 1, 0.8), (terms[0], 5, 0.6), (terms[1], 8, 0.9)]
    return function(
        answer,
        _weighted(lambda k, q: q ** (k - 1)),
        inputs,
        tol=1e-5,
        name="roulette",
        hints=[
            (
                _weighted(lambda k, q: torch.ones_like(k)),
                "Bạn quên trọng số 1/P(N ≥ k): số hạng k chỉ được cộng trong một phần số lần "
                "rút, nên phải bù lại.",
            ),
            (
                _weighted(lambda k, q: (1 - q) * q ** (k - 1)),
                "Bạn chia cho P(N = k). Số hạng k có mặt mỗi khi N ≥ k, nên chia cho P(N ≥ k).",
            ),
            (
                _weighted(lambda k, q: q**k),
                "Lệch một bậc: số hạng đầu luôn có mặt, P(N ≥ 1) = 1, nên P(N ≥ k) = q^{k−1}.",
            ),
            (
                _weighted(lambda k, q: 1 / q ** (k - 1)),
                "Bạn nhân với P(N ≥ k). Phải chia: số hạng càng hiếm gặp càng phải nặng.",
            ),
            (
                _weighted(lambda k, q: (1 - q) ** (k - 1)),
                "q là xác suất đi tiếp, không phải xác suất dừng.",
            ),
            (
                lambda a, n, q: (a / q ** torch.arange(len(a))).sum(),
                "Bạn cộng mọi số hạng, kể cả những số hạng sau N = n.",
            ),
            (lambda a, n, q: a.sum(), "Đó là tổng cần ước lượng; ta chỉ được xem n số hạng đầu."),
            (
                lambda a, n, q: _weighted(lambda k, q: q ** (k - 1))(a, n - 1, q),
                "Thiếu một số hạng: N = n nghĩa là số hạng thứ n cũng được cộng, a[:n].",
            ),
            (
                lambda a, n, q: _weighted(lambda k, q: q ** (k - 1))(a, min(n + 1, len(a)), q),
                "Thừa một số hạng: N = n nghĩa là dừng sau số hạng thứ n, a[:n].",
            ),
            (
                lambda a, n, q: a[:n] / q ** torch.arange(n),
                "Các số hạng đã có đúng trọng số; còn phải cộng chúng lại thành một số.",
            ),
            (
                _weighted(lambda k, q: k * q ** (k - 1)),
                "Các a_k đã chứa 1/k rồi; chỉ chia cho P(N ≥ k).",
            ),
            (
                _weighted(lambda k, q: (-1) ** (k - 1) * q ** (k - 1)),
                "Các a_k đã mang dấu (−1)^{k+1} rồi; chỉ chia cho P(N ≥ k).",
            ),
            (
                lambda a, n, q: a[:n].sum() / q ** (n - 1),
                "Mỗi số hạng có trọng số riêng 1/P(N ≥ k); bạn dùng một trọng số chung.",
            ),
            (
                lambda a, n, q: a[n - 1] / ((1 - q) * q ** (n - 1)),
                "Chỉ lấy số hạng thứ n, chia P(N = n), cũng không chệch nhưng là một ước lượng "
                "khác. Ở đây cộng mọi số hạng k ≤ n với trọng số 1/P(N ≥ k).",
            ),
        ],
    )


def _weighted(probability):
    def estimate(a: Tensor, n: int, q: float) -> Tensor:
        k = torch.arange(1, n + 1, dtype=a.dtype)
        return (a[:n] / probability(k, q)).sum()

    return estimate


def negative_determinant(matrix: Any, step: Any) -> Report:
    """Phản ví dụ: J và δ > 0 mà det(I + δJ) < 0.

    Định lý nói rằng khi đó δ‖J‖ ≥ 1; bộ chấm tính lại cả hai con số.
    Sách: (eq-lipschitz-condition)
    """
    if (empty := blank(matrix, step, name="ma trận và δ")) is not None:
        return empty
    try:
        jacobian = torch.as_tensor(matrix, dtype=torch.float64).detach().cpu()
        delta = float(step)
    except Exception:
        return Report(False, "Cần một ma trận vuông, ví dụ [[1, 0], [0, 1]], và một số δ dương.")
    if jacobian.ndim != 2 or jacobian.shape[0] != jacobian.shape[1]:
        return Report(False, f"Cần một ma trận vuông, nhưng kích thước là {tuple(jacobian.shape)}.")
    if not (torch.isfinite(jacobian).all() and math.isfinite(delta) and delta > 0):
        return Report(False, "Các phần tử phải hữu hạn và δ phải dương.")
    det = float(torch.linalg.det(torch.eye(len(jacobian), dtype=torch.float64) + delta * jacobian))
    size = delta * float(torch.linalg.matrix_norm(jacobian, 2))
    if det < -1e-9:
        return Report(
            True, f"Đúng rồi: det(I + δJ) = {det:.4g} < 0, và δ‖J‖ = {size:.4g} không nhỏ hơn 1."
        )
    if abs(det) <= 1e-9:
        return Report(False, "det(I + δJ) = 0: φ suy biến ở đây, nhưng định thức chưa âm.")
    if size < 1:
        return Report(
            False,
            f"δ‖J‖ = {size:.4g} < 1 nên định thức phải dương (ở đây {det:.4g}). Hãy để điều kiện "
            "bị vi phạm: một hướng bị đẩy ngược quá xa.",
        )
    return Report(
        False,
        f"δ‖J‖ = {size:.4g} không nhỏ hơn 1, nhưng det(I + δJ) = {det:.4g} vẫn dương. Cần số lẻ "
        "trị riêng thực của δJ nhỏ hơn −1; hai hướng cùng lật thì dấu trở lại dương.",
    )
