"""Bộ chấm về các cận dưới bằng chứng: ELBO và cận nhiều mẫu.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from ..likelihoods import LOG_2PI
from ..likelihoods import gaussian_kl as reference_kl
from .gaussian_divergence import _SIGN, _points
from .report import Report, function, numbers


def elbo_by_hand(answer: Any) -> Report:
    """(tái tạo, KL, ELBO, log p(x)) của z ~ N(0,1), x|z ~ N(2z, 1), q = N(½, ¼), x = 1.

    Sách: (eq-elbo-split)
    """
    x, slope, mean, variance = 1.0, 2.0, 0.5, 0.25
    error = (x - slope * mean) ** 2 + slope**2 * variance
    reconstruction = -0.5 * (LOG_2PI + error)
    kl = 0.5 * (mean**2 + variance - 1 - math.log(variance))
    log_p = -0.5 * (LOG_2PI + math.log(1 + slope**2) + x**2 / (1 + slope**2))
    at_mean = -0.5 * (LOG_2PI + (x - slope * mean) ** 2)
    with_std = 0.5 * (mean**2 + math.sqrt(variance) - 1 - math.log(math.sqrt(variance)))
    return numbers(
        answer,
        (reconstruction, kl, reconstruction - kl, log_p),
        tol=1e-3,
        name="bộ bốn số",
        hints=[
            (
                (at_mean, None, None, None),
                "Bạn mới thay z = m vào log p(x|z). Kỳ vọng còn có phương sai của z: "
                "E(1 − 2z)² = (1 − 2m)² + 4s².",
            ),
            (
                (-0.5 * (LOG_2PI + (x - slope * mean) ** 2 + variance), None, None, None),
                "Phương sai của 2z là 4s², không phải s².",
            ),
            (
                (-0.5 * (LOG_2PI + (x - slope * mean) ** 2 + slope * variance), None, None, None),
                "Phương sai của 2z là 4s², không phải 2s².",
            ),
            (
                (-0.5 * error, None, None, None),
                "Thiếu −½log 2π: cần log mật độ.",
            ),
            ((None, -kl, None, None), _SIGN),
            ((None, None, reconstruction + kl, None), "ELBO là tái tạo TRỪ KL."),
            (
                (None, None, kl - reconstruction, None),
                "Đó là −ELBO, mất mát; đề hỏi ELBO = tái tạo − KL.",
            ),
            (
                (None, with_std, None, None),
                "¼ đã là phương sai: trong KL thay σ² = ¼, đừng thay ½.",
            ),
            (
                (-reconstruction, None, None, None),
                "Số hạng tái tạo là +E log p(x|z): ở đây nó âm.",
            ),
            (
                (None, None, None, reconstruction - kl - log_p),
                "Số cuối là log p(x), không phải khe hở.",
            ),
            (
                (None, None, None, reconstruction - kl),
                "Số cuối là log p(x) chính xác, không phải ELBO: x có luật biên N(0, 1 + 4).",
            ),
            (
                (None, None, None, -0.5 * (LOG_2PI + math.log(3) + 1 / 3)),
                "Luật biên của x = 2z + nhiễu có phương sai 2² + 1 = 5.",
            ),
        ],
    )


def negative_elbo(answer: Any) -> Report:
    """Hàm negative_elbo(x, x_hat, scale, mean, log_var) -> (n,), bộ giải mã Gauss.

    x, x_hat (n, D); scale là độ lệch chuẩn s của p(x | z); mean, log_var (n, d) của q.
    Sách: (eq-elbo-split)
    """

    def variant(
        error=lambda e: e.sum(1), factor=2.0, power=2, log_scale=1.0, pi=1.0, kl=1.0, sign=1.0
    ):
        def value(x, x_hat, scale, mean, log_var):
            size = x.shape[1]
            square = error((x - x_hat).square()) / (factor * scale**power)
            constant = size * (log_scale * math.log(scale) + pi * 0.5 * LOG_2PI)
            return sign * (square + constant + kl * reference_kl(mean, log_var))

        return value

    inputs = [
        (
            _points(n, 5, n),
            _points(n, 5, n + 1),
            s,
            _points(n, 2, n + 2),
            0.5 * _points(n, 2, n + 3),
        )
        for n, s in ((1, 0.5), (6, 1.7))
    ]
    return function(
        answer,
        variant(),
        inputs,
        tol=1e-4,
        name="negative_elbo",
        hints=[
            (variant(sign=-1.0), "Đó là +ELBO. Mất mát là số đối của nó: ta hạ mất mát."),
            (variant(kl=-1.0), "Dấu của KL ngược: −ELBO = −tái tạo + KL."),
            (variant(kl=0.0), "Thiếu số hạng KL."),
            (
                variant(error=lambda e: e.mean(1)),
                "Sai số bình phương phải CỘNG trên các thành phần của x; lấy trung bình là âm "
                "thầm nhân β với số thành phần.",
            ),
            (
                variant(error=lambda e: e.mean(1), factor=1.0, power=0, log_scale=0.0, pi=0.0),
                "Đó là MSE + KL: trung bình trên điểm ảnh ngầm chọn s² = D/2. Cộng, chia 2s², rồi "
                "thêm D·log s + (D/2)·log 2π.",
            ),
            (
                variant(power=0, log_scale=0.0, pi=0.0),
                "½‖x − x̂‖² ngầm chọn s = 1: chia cho 2s² với s là `scale`, và thêm hằng số.",
            ),
            (
                lambda x, x_hat, s, m, v: variant()(x, x_hat, math.sqrt(s), m, v),
                "`scale` là độ lệch chuẩn s, không phải phương sai.",
            ),
            (
                variant(log_scale=0.2, pi=0.2),  # D = 5 trong các đầu vào thử
                "Hằng số log s + ½·log 2π phải nhân với D, số thành phần của x.",
            ),
            (
                lambda *a: variant(kl=0.0)(*a) + reference_kl(*a[3:]) / a[3].shape[1],
                "KL phải CỘNG trên các chiều tiềm ẩn, đừng lấy trung bình.",
            ),
            (
                variant(factor=1.0, power=0, log_scale=0.0, pi=0.0),
                "MSE trần không phải log hợp lý: còn chia 2s² và cộng D·log s + (D/2)·log 2π.",
            ),
            (variant(factor=1.0), "Mẫu số là 2s², không phải s²."),
            (variant(power=1), "Mẫu số là 2s² (bình phương của s)."),
            (variant(log_scale=0.0), "Thiếu D·log s: không có nó thì s = ∞ là tốt nhất."),
            (variant(pi=0.0), "Thiếu hằng số (D/2)·log 2π: số ra không còn là nat của một mật độ."),
            (
                variant(log_scale=0.0, pi=0.0),
                "Thiếu D·log s + (D/2)·log 2π, phần chuẩn hóa của mật độ Gauss.",
            ),
            (
                lambda *a: variant()(*a).mean(),
                "Giữ riêng từng điểm: hàm trả (n,), chưa lấy trung bình của lô.",
            ),
        ],
    )


def iwae(answer: Any) -> Report:
    """Hàm iwae(log_w) -> (n,): cận k mẫu từ log trọng số (k, n). Sách: (eq-iwae)"""

    def bound(log_w: Tensor) -> Tensor:
        return torch.logsumexp(log_w, 0) - math.log(log_w.shape[0])

    def naive(log_w: Tensor) -> Tensor:
        return log_w.exp().mean(0).log()

    inputs = [
        (_points(4, 3, 0),),
        (3 * _points(7, 7, 1),),
        (_points(5, 2, 2) - 800,),
    ]
    return function(
        answer,
        bound,
        inputs,
        tol=1e-5,
        name="iwae",
        hints=[
            (
                naive,
                "Công thức đúng, nhưng exp(−800) bằng 0 và log 0 là −∞: dùng torch.logsumexp.",
            ),
            (
                lambda w: w.mean(0),
                "Đó là trung bình của log: nó là ELBO, không đổi theo k. Cần log của trung bình.",
            ),
            (lambda w: torch.logsumexp(w, 0), "Thiếu − log k: trung bình, không phải tổng."),
            (
                lambda w: torch.logsumexp(w, 0) + math.log(w.shape[0]),
                "Dấu của log k ngược: chia cho k là TRỪ log k.",
            ),
            (lambda w: -bound(w), "Đó là mất mát; đề hỏi chính cận dưới, không đổi dấu."),
            (lambda w: w.exp().mean(0), "Bạn quên lấy log của trung bình."),
            (
                lambda w: w.exp().sum(0).log(),
                "Thiếu − log k; và exp(−800) bằng 0, nên dùng torch.logsumexp.",
            ),
            (
                lambda w: torch.logsumexp(w, 0) - w.shape[0],
                "Chia cho k trong log là trừ log k, không phải trừ k.",
            ),
            (
                lambda w: torch.logsumexp(w, 0) - math.log(w.shape[-1]),
                "Chiều đầu là k mẫu, chiều sau là n điểm: trừ log của số mẫu.",
            ),
            (
                lambda w: torch.logsumexp(w, 1) - math.log(w.shape[1]),
                "Bạn gộp nhầm chiều: gộp k mẫu của cùng một điểm (chiều 0), giữ lại n điểm.",
            ),
            (
                lambda w: (torch.logsumexp(w, 0) - math.log(w.shape[0])).mean(),
                "Giữ riêng từng điểm: kết quả là (n,).",
            ),
            (
                lambda w: torch.logsumexp(w, 0) / w.shape[0],
                "Chia cho k nằm trong log: thành phép trừ log k ở ngoài.",
            ),
            (lambda w: w.amax(0), "Đó là trọng số lớn nhất; cần log của trung bình mọi trọng số."),
        ],
    )
