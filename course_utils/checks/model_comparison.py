"""Bộ chấm của sổ «Một bài toán, mọi mô hình».

Các phép đo và khoảng tin cậy nằm ở đây; giá cả và biên Pareto ở `trade_offs`.
"""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .report import Report, blank, function, number, numbers
from .trade_offs import break_even, pareto

__all__ = ["bits", "break_even", "paired_gap", "pareto", "seed_interval", "verdicts"]

GAPS = (0.085, 0.060, 0.070, 0.066, 0.074)


def paired_gap(answer: Any) -> Report:
    """Hàm paired_gap(log_p, log_q) -> (khoảng hở, sai số chuẩn) trên cùng các điểm.

    Sách: (eq-paired-gap)
    """
    generator = torch.Generator().manual_seed(0)

    def case(n: int, noise: float, dtype=torch.float64) -> tuple[Tensor, Tensor]:
        log_p = -2 + torch.randn(n, generator=generator, dtype=dtype)
        return log_p, log_p - 0.3 + noise * torch.randn(n, generator=generator, dtype=dtype)

    inputs = [case(7, 0.5), case(40, 0.1), case(12, 2.0)]

    def se(values: Tensor, correction: int = 1) -> Tensor:
        return values.std(correction=correction) / math.sqrt(len(values))

    def told(text: str, gap=None, error=None):
        gap = gap or (lambda p, q: (p - q).mean())
        error = error or (lambda p, q: se(p - q))
        return lambda p, q: (gap(p, q), error(p, q)), text

    divide = "Chia độ lệch chuẩn cho căn của số điểm: {}."
    return function(
        answer,
        lambda p, q: ((p - q).mean(), se(p - q)),
        inputs,
        tol=1e-5,
        name="paired_gap",
        hints=[
            told(
                "Ngược dấu: khoảng hở là E[log p − log q], không âm về trung bình.",
                gap=lambda p, q: (q - p).mean(),
            ),
            told(
                "Đó là sai số chuẩn của riêng log q. Hãy trừ TẠI TỪNG ĐIỂM trước, rồi mới lấy "
                "độ lệch chuẩn của hiệu.",
                error=lambda p, q: se(q),
            ),
            told(
                "Cộng hai phương sai là coi hai log mật độ đo trên hai tập điểm độc lập. Ở đây "
                "cùng điểm: lấy độ lệch chuẩn của hiệu.",
                error=lambda p, q: torch.sqrt(se(p) ** 2 + se(q) ** 2),
            ),
            told(
                "Số thứ hai là độ lệch chuẩn của một hiệu, chưa phải của trung bình. "
                + divide.format("s/√n"),
                error=lambda p, q: (p - q).std(),
            ),
            told(
                divide.format("s/√n, không phải s/n"),
                error=lambda p, q: (p - q).std() / len(p),
            ),
            told(
                "Đó là phương sai chia n, tức bình phương của sai số chuẩn: còn thiếu căn.",
                error=lambda p, q: (p - q).var() / len(p),
            ),
            told(
                "Độ lệch chuẩn mẫu chia cho n − 1 (mặc định của torch), không phải n.",
                error=lambda p, q: se(p - q, correction=0),
            ),
            told(
                "Đừng nhân 1.96: đề hỏi một sai số chuẩn.",
                error=lambda p, q: 1.96 * se(p - q),
            ),
            told(
                "Đừng lấy trị tuyệt đối từng hiệu: có điểm mô hình hơn luật thật, chỉ trung bình "
                "mới không âm.",
                gap=lambda p, q: (p - q).abs().mean(),
            ),
            told("Lấy trung bình, không phải tổng.", gap=lambda p, q: (p - q).sum()),
            told(
                "Trung bình có trọng số p là thừa: các điểm đã được bốc theo p rồi.",
                gap=lambda p, q: (p.exp() * (p - q)).mean(),
            ),
            told("Đó mới là NLL của mô hình; còn trừ entropy.", gap=lambda p, q: -q.mean()),
        ],
    )


def seed_interval(answer: Any) -> Report:
    """Hai đầu của khoảng tin cậy 95% cho trung bình của năm hạt giống. Sách: (eq-seed-interval)"""
    values = torch.tensor(GAPS, dtype=torch.float64)
    mean, std = values.mean().item(), values.std().item()
    biased, n = values.std(correction=0).item(), len(GAPS)

    def around(half: float) -> tuple[float, float]:
        return mean - half, mean + half

    t = 2.776445
    exact = around(t * std / math.sqrt(n))
    wrong = [
        (
            around(1.959964 * std / math.sqrt(n)),
            "Với năm số, hệ số là t của 4 bậc tự do, 2.776, không phải 1.96.",
        ),
        (
            around(2 * std / math.sqrt(n)),
            "Với năm số, hệ số là t của 4 bậc tự do, 2.776, không phải 2.",
        ),
        (around(2.570582 * std / math.sqrt(n)), "Bậc tự do là S − 1 = 4, không phải 5."),
        (around(4.302653 * std / math.sqrt(n)), "4.303 là của ba hạt giống; ở đây có năm."),
        (around(2.131847 * std / math.sqrt(n)), "Khoảng 95% hai phía cần phân vị 97.5%."),
        (around(t * std), "Còn chia cho √S: đó là khoảng của trung bình."),
        (
            around(t * std * math.sqrt(1 + 1 / n)),
            "Đó là khoảng dự đoán cho một lần chạy MỚI. Khoảng của trung bình hẹp hơn.",
        ),
        (around(t * biased / math.sqrt(n)), "Độ lệch chuẩn mẫu chia cho S − 1, không phải S."),
        (around(t * std / n), "Chia cho √S, không phải S."),
        (around(std / math.sqrt(n)), "Mới là một sai số chuẩn; còn nhân với t = 2.776."),
        (
            (round(exact[0], 3), round(exact[1], 3)),
            "Rất gần rồi: hãy giữ bốn chữ số sau dấu phẩy.",
        ),
        (
            around(1.959964 * biased / math.sqrt(n)),
            "Hai lỗi: hệ số là 2.776 chứ không phải 1.96, và s chia cho S − 1 chứ không phải S.",
        ),
        ((1000 * exact[0], 1000 * exact[1]), "Đơn vị là nat, không phải phần nghìn của nat."),
        ((min(GAPS), max(GAPS)), "Nhỏ nhất và lớn nhất không phải khoảng tin cậy."),
        ((mean, t * std / math.sqrt(n)), "Đề hỏi hai ĐẦU của khoảng: trung bình trừ, cộng."),
        (exact[::-1], "Đúng hai số, ngược thứ tự: đề hỏi (thấp, cao)."),
    ]
    return numbers(answer, exact, tol=1e-4, hints=wrong, name="khoảng tin cậy")


def bits(answer: Any, log_density: float = 92.0, dim: int = 64, levels: int = 17) -> Report:
    """Bit mỗi chiều từ log mật độ trung bình trên thang [0, 1). Sách: (eq-bpd)"""
    ln2, scale = math.log(2), dim * math.log(levels)
    exact = (scale - log_density) / (dim * ln2)
    wrong = [
        (-log_density / (dim * ln2), "Còn thiếu log₂(17): mật độ trên thang [0, 1) chưa là nat."),
        (
            (log_density + scale) / (dim * ln2),
            "NLL là ÂM của log mật độ: lấy 64·log 17 trừ 92, không phải cộng.",
        ),
        ((scale - log_density) / dim, "Đó là nat một chiều; chia thêm cho log 2."),
        (scale - log_density, "Đó là nat một ảnh; chia cho 64·log 2."),
        ((scale - log_density) / ln2, "Đó là bit một ẢNH; chia thêm cho 64."),
        (
            -log_density / (dim * ln2) + 8,
            "Số 8 là log₂(256) của ảnh 8 bit. Ảnh này có 17 mức: log₂(17).",
        ),
        (-log_density / (dim * ln2) + 4, "log₂(17) là 4.087, không phải 4 (16 mức)."),
        (
            (dim * math.log(levels - 1) - log_density) / (dim * ln2),
            "Có 17 mức, từ 0 đến 16: dùng log 17, không phải log 16.",
        ),
        (
            (math.log(levels) - log_density) / (dim * ln2),
            "Mỗi chiều đều bị chia cho 17: cần 64 lần log 17.",
        ),
        (log_density / (dim * ln2), "Sai dấu, và còn thiếu log₂(17)."),
        (
            (scale - log_density) * ln2 / dim,
            "Đổi nat sang bit thì CHIA cho log 2.",
        ),
        (
            math.log2(levels) - log_density / dim,
            "92 là nat: đổi sang bit (chia cho log 2) rồi mới trừ.",
        ),
        (math.log2(levels), "Đó là số bit của đoán đều; mô hình đã biết thêm điều gì đó."),
    ]
    near = [(value, text) for value, text in wrong if abs(value - exact) > 2e-3]
    return number(answer, exact, tol=1e-3, hints=near, name="số bit mỗi chiều")


VERDICTS = ("B", "?", "?", "B")
WHY = (
    "Câu 1: NLL thật của B không quá 2.05, nhỏ hơn 2.10.",
    "Câu 2: cận lớn hơn không nói gì; NLL thật của B có thể nhỏ hơn 2.10.",
    "Câu 3: hai cận; không biết khe hở của ai rộng hơn.",
    "Câu 4: đổi về cùng đơn vị. Trên mét, NLL của B là 1.90 − 9.21.",
)


def verdicts(answer: Any) -> Report:
    """Bốn kết luận "A", "B" hay "?" từ số chính xác và cận. Sách: (eq-bound-order)"""
    name = "bốn kết luận"
    if (empty := blank(answer, name=name)) is not None:
        return empty
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if isinstance(answer, str) and len(answer) == 4:
        answer = list(answer)
    if not isinstance(answer, list | tuple):
        return Report(False, 'Cần một danh sách bốn phần tử "A", "B" hay "?", theo thứ tự.')
    if (empty := blank(*answer, name=name)) is not None:
        return empty
    if len(answer) != 4:
        return Report(False, f"Cần bốn kết luận, nhưng bạn đưa {len(answer)}.")
    given = [str(one).strip().upper() for one in answer]
    for place, one in enumerate(given, start=1):
        if one not in ("A", "B", "?"):
            return Report(
                False, f'Câu {place}: chỉ nhận "A", "B" hay "?", bạn viết {answer[place - 1]!r}.'
            )
    for one, right, why in zip(given, VERDICTS, WHY, strict=True):
        if one != right:
            return Report(False, f"Chưa đúng. {why}")
    return Report(True, "Đúng cả bốn: cận nhỏ hơn thì thắng chắc, cận lớn hơn thì chưa biết gì.")
