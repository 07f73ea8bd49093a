"""Bộ chấm về KL của từng tầng trong VAE phân cấp, và cách gộp hai nguồn tin.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch

from .report import Report, function


def level_kl(answer: Any) -> Report:
    """Hàm level_kl(m, s2, a, b, v, w, u): số hạng tầng 1 của ELBO hai tầng, mọi thứ vô hướng.

    q(z₂|x) = N(m, s2), q(z₁|z₂, x) = N(a z₂ + b, v), p(z₁|z₂) = N(w z₂, u).
    Sách: (eq-hvae-telescoped)
    """

    def variant(mean=True, spread=True, law=None, half=0.5, one=1.0, log=1.0, swap=False, own=1):
        def value(m, s2, a, b, v, w, u):
            if law == "prior":
                m, s2 = 0.0, 1.0
            if law == "std":
                s2 = s2**2
            difference = ((a - w) * m + b) if mean else 0.0
            square = difference**2 + ((a - w) ** 2 * s2 if spread else 0.0)
            if swap:
                return half * (math.log(v / u) + (u + square) / v - one)
            return half * (log * math.log(u / v) + (own * v + square) / u - one)

        return value

    def marginal(m, s2, a, b, v, w, u):
        mean_q, mean_p = a * m + b, w * m
        var_q, var_p = v + a * a * s2, u + w * w * s2
        return 0.5 * (math.log(var_p / var_q) + (var_q + (mean_q - mean_p) ** 2) / var_p - 1)

    inputs = [
        (0.25, 0.625, 0.4, 0.4, 0.4, 1.0, 1.0),
        (-1.0, 0.3, 0.5, 0.2, 0.7, 0.8, 1.5),
        (2.0, 1.2, -0.3, 1.0, 0.2, 0.5, 0.6),
    ]
    return function(
        answer,
        variant(),
        inputs,
        tol=1e-6,
        name="level_kl",
        hints=[
            (
                variant(spread=False),
                "Bạn thay z₂ bằng trung bình m. KL là hàm bậc hai của z₂: kỳ vọng của bình phương "
                "còn thêm (a − w)²·s2.",
            ),
            (
                variant(law="prior"),
                "Bạn lấy kỳ vọng theo tiên nghiệm N(0, 1). Luật đúng là q(z₂|x) = N(m, s2).",
            ),
            (variant(law="std"), "s2 đã là phương sai: đừng bình phương nữa."),
            (
                lambda m, s2, a, b, v, w, u: variant()(m, s2, a, b, v**2, w, u**2),
                "v và u đã là phương sai: đừng bình phương nữa.",
            ),
            (
                lambda m, s2, a, b, v, w, u: (
                    variant(spread=False)(m, s2, a, b, v, w, u) + (a * a + w * w) * s2 / (2 * u)
                ),
                "Hai trung bình a z₂ + b và w z₂ dùng chung một z₂: hệ số của s2 là (a − w)².",
            ),
            (variant(own=0), "Bạn quên phương sai v của q trong tử: (v + bình phương)/u."),
            (
                lambda m, s2, a, b, v, w, u: variant()(m, s2, a, 0.0, v, w, u),
                "Bạn bỏ rơi b: trung bình của q là a z₂ + b.",
            ),
            (variant(mean=False), "Bạn quên bình phương của hiệu hai trung bình."),
            (variant(half=1.0), "Thiếu thừa số ½."),
            (variant(one=0.0), "Thiếu −1: khi q = p thì KL phải bằng 0."),
            (variant(log=-1.0), "Dấu của logarit ngược: số hạng ấy là log(u/v)."),
            (
                variant(swap=True),
                "Bạn tính KL(p ‖ q). ELBO cần KL(q ‖ p): phương sai của p ở dưới mẫu.",
            ),
            (
                marginal,
                "Bạn lấy KL của hai luật biên của z₁. Ở đây là trung bình theo z₂ của KL giữa hai "
                "luật có điều kiện, và nó lớn hơn hoặc bằng.",
            ),
            (lambda *a: -variant()(*a), "Hàm cần trả về KL, không âm; dấu trừ nằm ở ELBO."),
        ],
    )


def merge(answer: Any) -> Report:
    """Hàm merge(mean_p, var_p, mean_d, var_d) -> (mean, var): tích của hai Gauss, chuẩn hóa.

    Sách: (eq-precision-merge)
    """

    def reference(mean_p, var_p, mean_d, var_d):
        var = 1 / (1 / var_p + 1 / var_d)
        return var * (mean_p / var_p + mean_d / var_d), var

    def by_variance(mean_p, var_p, mean_d, var_d):
        total = var_p + var_d
        return (var_p * mean_p + var_d * mean_d) / total, var_p * var_d / total

    def by_std(mean_p, var_p, mean_d, var_d):
        a, b = 1 / var_p**0.5, 1 / var_d**0.5
        return (a * mean_p + b * mean_d) / (a + b), 1 / (a + b) ** 2

    def vectors(seed):
        g = torch.Generator().manual_seed(seed)
        draw = [torch.randn(3, 2, generator=g, dtype=torch.float64) for _ in range(4)]
        return draw[0], draw[1].exp(), draw[2], draw[3].exp()

    return function(
        answer,
        reference,
        [(1.0, 2.0, -1.0, 0.5), vectors(0), vectors(1)],
        tol=1e-6,
        name="merge",
        hints=[
            (
                lambda *given: reference(*given)[::-1],
                "Hai số đúng nhưng ngược chỗ: trung bình trước.",
            ),
            (
                by_variance,
                "Trọng số ngược: nguồn nào **chắc** hơn (phương sai nhỏ hơn) phải nặng hơn.",
            ),
            (by_std, "Độ chính xác là 1/phương sai, không phải 1/độ lệch chuẩn."),
            (
                lambda mp, vp, md, vd: (reference(mp, vp, md, vd)[0], vp + vd),
                "Trung bình đúng. Phương sai: cộng **độ chính xác** 1/var, rồi nghịch đảo.",
            ),
            (
                lambda mp, vp, md, vd: (reference(mp, vp, md, vd)[0], 1 / vp + 1 / vd),
                "1/var_p + 1/var_d là độ chính xác; phương sai là nghịch đảo của nó.",
            ),
            (
                lambda mp, vp, md, vd: ((mp + md) / 2, reference(mp, vp, md, vd)[1]),
                "Phương sai đúng. Trung bình phải có trọng số theo độ chính xác.",
            ),
            (
                lambda mp, vp, md, vd: ((mp + md) / 2, (vp + vd) / 2),
                "Đây không phải trung bình cộng: cộng các độ chính xác 1/var.",
            ),
            (
                lambda mp, vp, md, vd: (
                    reference(mp, vp, md, vd)[0],
                    reference(mp, vp, md, vd)[1] ** 0.5,
                ),
                "Bạn trả về độ lệch chuẩn; hàm cần phương sai.",
            ),
            (
                lambda mp, vp, md, vd: (mp / vp + md / vd, reference(mp, vp, md, vd)[1]),
                "Trung bình còn phải nhân với phương sai chung.",
            ),
        ],
    )


def residual_kl(answer: Any) -> Report:
    """Hàm residual_kl(shift, log_ratio): KL một chiều khi q = N(μ + σ·shift, σ²·e^{log_ratio}).

    p = N(μ, σ²). Sách: (eq-residual-normal)
    """

    def reference(shift, log_ratio):
        return 0.5 * (shift**2 + torch.exp(log_ratio) - log_ratio - 1)

    grid = torch.tensor([-1.5, 0.0, 0.3, 2.0], dtype=torch.float64)
    return function(
        answer,
        reference,
        [(grid, grid.flip(0)), (grid, grid / 2), (torch.zeros(1).double(), grid[:1])],
        tol=1e-6,
        name="residual_kl",
        hints=[
            (
                lambda s, r: 0.5 * (s**2 + torch.exp(2 * r) - 2 * r - 1),
                "log_ratio là log tỉ số **phương sai**, không phải của độ lệch chuẩn.",
            ),
            (
                lambda s, r: 0.5 * (s**2 + torch.exp(r) + r - 1),
                "Dấu của logarit ngược: q càng hẹp thì KL càng lớn.",
            ),
            (lambda s, r: 0.5 * (s**2 + torch.exp(r) - r), "Thiếu −1: q = p phải cho KL = 0."),
            (lambda s, r: s**2 + torch.exp(r) - r - 1, "Thiếu thừa số ½."),
            (
                lambda s, r: 0.5 * (s**2 * torch.exp(-r) + torch.exp(-r) + r - 1),
                "Bạn tính KL(p ‖ q).",
            ),
            (
                lambda s, r: 0.5 * (s**2 * torch.exp(r) + torch.exp(r) - r - 1),
                "Độ dời đo bằng σ của p: bình phương của nó không nhân với tỉ số phương sai.",
            ),
            (
                lambda s, r: 0.5 * (s.abs() + torch.exp(r) - r - 1),
                "Độ dời vào KL qua bình phương.",
            ),
            (
                lambda s, r: 0.5 * (s + torch.exp(r) - r - 1),
                "Độ dời vào KL qua bình phương.",
            ),
            (lambda s, r: -reference(s, r), "KL không âm; dấu trừ nằm ở ELBO."),
        ],
    )
