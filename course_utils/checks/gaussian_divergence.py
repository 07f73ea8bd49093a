"""Bộ chấm về phân kỳ KL giữa hai Gauss.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from ..likelihoods import LOG_2PI
from ..likelihoods import gaussian_kl as reference_kl
from .report import Report, function, number, numbers

_SIGN = (
    "Dấu ngược: phân kỳ KL không bao giờ âm. KL = −½Σ(1 + log σ² − μ² − σ²), "
    "và dấu trừ ấy áp dụng cho cả tổng."
)


def kl_by_hand(answer: Any) -> Report:
    """KL(N(1, 2) ‖ N(0, 1)), nat; 2 là phương sai. Sách: (eq-gaussian-kl)"""
    mean, variance = 1.0, 2.0
    kl = 0.5 * (mean**2 + variance - 1 - math.log(variance))
    std = math.sqrt(variance)
    reverse = 0.5 * (math.log(variance) + (1 + mean**2) / variance - 1)
    return number(
        answer,
        kl,
        tol=1e-3,
        name="phân kỳ KL",
        hints=[
            (-kl, _SIGN),
            (  # hai lỗi khác nhau tình cờ cho cùng một số
                2 * kl,
                "Bạn quên thừa số ½, hoặc đã bình phương số 2: 2 đã là phương sai.",
            ),
            (
                0.5 * (mean**2 + std - 1 - math.log(std)),
                "2 đã là phương sai: thay σ² = 2, đừng thay √2.",
            ),
            (reverse, "Đó là KL(N(0, 1) ‖ N(1, 2)): bạn đã đổi chỗ hai phân phối."),
            (kl / math.log(2), "Đó là bit; đề hỏi nat (logarit tự nhiên)."),
            (0.5 * (mean**2 + variance - math.log(variance)), "Bạn quên số hạng −1."),
            (0.5 * (variance - 1 - math.log(variance)), "Bạn quên μ²: q có trung bình 1."),
            (0.5 * (mean**2 + variance - 1), "Bạn quên số hạng −log σ²."),
            (
                0.5 * (mean**2 + variance - 1 + math.log(variance)),
                "Dấu của log σ² ngược: phương sai nhỏ thì KL phải lớn, nên là −log σ².",
            ),
        ],
    )


def gaussian_kl(answer: Any) -> Report:
    """Hàm gaussian_kl(mean, log_var) -> (n,): KL với N(0, I). Sách: (eq-gaussian-kl)"""

    def variant(
        scale=0.5,
        reduce=lambda each: each.sum(1),
        variance=torch.exp,
        log=lambda log_var: log_var,
        square=torch.square,
        one=1.0,
    ):
        def kl(mean: Tensor, log_var: Tensor) -> Tensor:
            return scale * reduce(square(mean) + variance(log_var) - one - log(log_var))

        return kl

    return function(
        answer,
        reference_kl,
        [(_points(n, 3, seed), 0.7 * _points(n, 3, 10 + seed)) for seed, n in enumerate((1, 4))],
        tol=1e-5,
        name="gaussian_kl",
        hints=[
            (variant(scale=-0.5), _SIGN),
            (variant(scale=1.0), "Bạn quên thừa số ½."),
            (
                variant(variance=lambda v: v),
                "`log_var` là log phương sai: số hạng σ² là exp(log_var).",
            ),
            (
                variant(variance=lambda v: torch.exp(0.5 * v)),
                "exp(0.5·log_var) là độ lệch chuẩn σ; công thức cần σ².",
            ),
            (
                variant(variance=lambda v: torch.exp(2 * v), log=lambda v: 2 * v),
                "Bạn coi `log_var` là log độ lệch chuẩn; nó đã là log phương sai.",
            ),
            (
                variant(variance=lambda v: torch.exp(0.5 * v), log=lambda v: 0.5 * v),
                "Bạn thay σ vào chỗ σ²: `log_var` là log phương sai, đừng chia đôi nó.",
            ),
            (variant(one=0.0), "Bạn quên số hạng −1."),
            (variant(square=torch.zeros_like), "Bạn quên số hạng μ²."),
            (variant(square=torch.abs), "Bạn quên bình phương μ."),
            (variant(square=lambda m: -m.square()), "Dấu của μ² ngược: μ rời 0 thì KL tăng."),
            (variant(log=lambda v: -v), "Dấu của log σ² ngược: σ² nhỏ thì KL phải lớn."),
            (
                variant(reduce=lambda each: each.sum(0)),
                "Bạn cộng nhầm chiều: cộng trên các chiều tiềm ẩn (chiều 1), giữ lại n điểm.",
            ),
            (
                variant(reduce=lambda each: each.sum(1, keepdim=True)),
                "Kết quả phải là (n,), không phải (n, 1): bỏ keepdim.",
            ),
            (
                variant(reduce=lambda each: each.mean(1)),
                "Cộng trên các chiều tiềm ẩn, đừng lấy trung bình: trung bình là âm thầm đổi β.",
            ),
            (
                variant(reduce=lambda each: each),
                "Kết quả phải là (n,): còn phải cộng trên các chiều tiềm ẩn.",
            ),
            (
                variant(reduce=lambda each: each.sum()),
                "Giữ riêng từng điểm: cộng trên chiều 1, không cộng cả lô.",
            ),
            (
                variant(reduce=lambda each: each.sum(1).mean()),
                "Giữ riêng từng điểm: hàm trả (n,), việc lấy trung bình để dành cho mất mát.",
            ),
        ],
    )


def gaussian_nats(answer: Any) -> Report:
    """(−log p tại s = 1, tại s = 0.1) của 784 điểm ảnh có tổng sai số bình phương 20, nat."""
    pixels, sse = 784, 20.0

    def nats(s: float, power=2, constant=True, size=pixels) -> float:
        value = sse / (2 * s**power)
        return value + size / 2 * (LOG_2PI + 2 * math.log(s)) if constant else value

    return numbers(
        answer,
        (nats(1.0), nats(0.1)),
        tol=0.1,
        name="cặp số nat",
        hints=[
            ((nats(1.0, constant=False), None), "Bạn bỏ mất hằng số (D/2)·log(2πs²)."),
            ((None, nats(0.1, constant=False)), "Bạn bỏ mất hằng số (D/2)·log(2πs²)."),
            (
                (None, sse / 0.02 + pixels / 2 * LOG_2PI),
                "Hằng số cũng chứa s: (D/2)·log(2πs²) đổi từ s = 1 sang s = 0.1.",
            ),
            ((None, nats(0.1) + sse / 0.02), "Mẫu số là 2s², không phải s²."),
            ((nats(1.0) + sse / 2, None), "Mẫu số là 2s², không phải s²."),
            (
                (None, nats(0.1) - sse / 0.02 + sse / 0.2),
                "Mẫu số là 2s² = 0.02, không phải 2s = 0.2.",
            ),
            ((-nats(1.0), None), "Đề hỏi ĐỐI log hợp lý: dương khi mật độ nhỏ hơn 1."),
            ((None, -nats(0.1)), "Số thứ hai âm, và như thế là đúng: mật độ có thể lớn hơn 1."),
            ((nats(0.1), nats(1.0)), "Hai số đúng, nhưng ngược thứ tự: s = 1 trước."),
            ((nats(1.0, size=1), None), "Hằng số ½·log(2πs²) phải nhân với D = 784."),
            ((nats(1.0) / pixels, None), "Hợp lý của cả ảnh là TỔNG trên 784 điểm."),
            ((nats(1.0) / math.log(2), None), "Đó là bit; đề hỏi nat."),
            (
                (None, sse / 0.02 + pixels / 2 * (LOG_2PI + math.log(0.1))),
                "Trong hằng số là log(2πs²), với s² = 0.01.",
            ),
            ((sse, sse), "Tổng sai số bình phương chưa phải log hợp lý: còn s và hằng số."),
        ],
    )


def _points(n: int, dim: int, seed: int) -> Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed))
