"""Bộ chấm về mặt nạ nhân quả, của MADE và của chú ý.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, function
from .sampling import temperature, top_p  # noqa: F401 - sổ gọi mọi bài qua tệp của chương


def masks(answer: Any) -> Report:
    """Hàm masks(dim, degrees) -> (hidden, output) của một MADE có một tầng ẩn.

    degrees: bậc của từng nút ẩn. hidden (H, dim), output (dim, H), gồm 0 và 1.
    Sách: (eq-made-mask)
    """
    inputs = [(3, [1, 2, 1]), (4, [1, 2, 3, 3, 2]), (5, [4, 1, 3, 2]), (2, [1])]
    return function(
        answer,
        _masks,
        inputs,
        tol=1e-9,
        name="masks",
        hints=[
            (
                lambda dim, degrees: _masks(dim, degrees, output=torch.ge),
                "Rò rỉ: tầng ra phải dùng dấu > chặt, kẻo đầu ra i thấy chính x_i.",
            ),
            (
                lambda dim, degrees: _masks(dim, degrees, hidden=torch.gt),
                "Tầng ẩn dùng ≥: nút bậc m được biết cả x_m. Dùng > là mất thành phần gần nhất.",
            ),
            (
                lambda dim, degrees: _masks(dim, degrees, hidden=torch.gt, output=torch.ge),
                "Hai dấu bị đổi chỗ cho nhau: ≥ ở tầng ẩn, > ở tầng ra. "
                "(Một tầng ẩn thì tích vẫn tam giác, thêm tầng thì mất thành phần gần nhất.)",
            ),
            (
                lambda dim, degrees: tuple(m.T for m in _masks(dim, degrees)),
                "Hai mặt nạ bị chuyển vị: hàng là nút ra của tầng, cột là nút vào.",
            ),
            (
                lambda dim, degrees: _masks(dim, degrees, start=0),
                "Đầu vào và đầu ra mang bậc 1, 2, …, dim; bạn đang đếm từ 0.",
            ),
            (
                lambda dim, degrees: _masks(dim, degrees, hidden=torch.le, output=torch.lt),
                "Chiều bị ngược: đây là mô hình đoán mỗi thành phần từ các thành phần đứng SAU.",
            ),
            (
                lambda dim, degrees: _masks(dim, degrees)[::-1],
                "Hai mặt nạ đúng nhưng ngược chỗ: mặt nạ tầng ẩn đứng trước.",
            ),
        ],
    )


def causal_attention(answer: Any) -> Report:
    """Hàm attention(q, k, v) -> o; cả bốn (T, d). Vị trí i đọc các vị trí j ≤ i.

    Phép thử rò rỉ bằng tự động vi phân: đầu ra i không được phụ thuộc khóa hay giá trị j > i.
    Sách: (eq-attention)
    """
    report = function(
        answer,
        _attention,
        [_triple(length, dim, seed) for seed, (length, dim) in enumerate([(1, 3), (4, 2), (6, 5)])],
        tol=1e-5,
        name="my_attention",
        hints=[
            (
                lambda q, k, v: _attention(q, k, v, mask="none"),
                "Chưa có mặt nạ: mỗi vị trí đang đọc cả tương lai.",
            ),
            (
                lambda q, k, v: _attention(q, k, v, mask="after"),
                "Bạn che SAU softmax: mẫu số đã cộng cả tương lai, nên vẫn rò rỉ. "
                "Hãy đặt điểm của j > i bằng −∞ trước softmax.",
            ),
            (
                lambda q, k, v: _attention(q, k, v, mask="zero"),
                "Bạn đặt điểm bị che bằng 0; e⁰ = 1 nên chúng vẫn có trọng số. Hãy dùng −∞.",
            ),
            (
                lambda q, k, v: _attention(q, k, v, mask="reversed"),
                "Mặt nạ bị ngược: vị trí i phải đọc j ≤ i, không phải j ≥ i.",
            ),
            (
                lambda q, k, v: _attention(q, k, v, mask="strict"),
                "Bạn che cả đường chéo nên hàng đầu không đọc được gì (softmax cho NaN): "
                "ở đây vị trí i được đọc chính nó. Phép dời một bước đã lo phần «chặt».",
            ),
            (
                lambda q, k, v: _attention(q, k, v, scale=lambda d: 1.0),
                "Bạn quên chia điểm cho √d.",
            ),
            (
                lambda q, k, v: _attention(q, k, v, scale=lambda d: float(d)),
                "Chia cho √d, không phải cho d.",
            ),
            (
                lambda q, k, v: _attention(q * (q.shape[1] / len(q)) ** 0.5, k, v),
                "Bạn chia cho căn của số vị trí T; d là số chiều của mỗi truy vấn, q.shape[-1].",
            ),
            (
                lambda q, k, v: _attention(q, k, v, axis=0),
                "Softmax sai chiều: với mỗi truy vấn i, trọng số cộng theo khóa j phải bằng 1.",
            ),
            (
                lambda q, k, v: _attention(k, q, v),
                "Truy vấn và khóa đổi chỗ: hàng i của bảng điểm là qᵢ·kⱼ.",
            ),
            (
                lambda q, k, v: _attention(q, k, k),
                "Bạn đang trộn các khóa; cần trộn các giá trị v.",
            ),
        ],
    )
    if report.ok or report.blank or report.message.startswith("Chưa đúng."):
        return report
    leak = _leak(answer, *_triple(5, 3, seed=7))
    return report if leak is None else Report(False, leak)


def _masks(dim, degrees, hidden=torch.ge, output=torch.gt, start=1):
    inputs = torch.arange(start, dim + start)
    middle = torch.as_tensor(degrees)
    return (
        hidden(middle[:, None], inputs[None]).float(),
        output(inputs[:, None], middle[None]).float(),
    )


def _triple(length: int, dim: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(2 * torch.randn(length, dim, generator=generator) for _ in range(3))


def _attention(q, k, v, mask="before", scale=math.sqrt, axis=-1):
    scores = q @ k.T / scale(q.shape[-1])
    past = torch.ones_like(scores).tril().bool()
    if mask == "before":
        scores = scores.masked_fill(~past, -math.inf)
    elif mask == "strict":
        scores = scores.masked_fill(~past.tril(-1), -math.inf)
    elif mask == "reversed":
        scores = scores.masked_fill(past.tril(-1), -math.inf)
    elif mask == "zero":
        scores = scores.masked_fill(~past, 0.0)
    weights = scores.softmax(axis)
    return (weights * past if mask == "after" else weights) @ v


def _leak(answer, q: Tensor, k: Tensor, v: Tensor) -> str | None:
    """Câu báo rò rỉ đầu tiên tìm thấy: đầu ra i phụ thuộc khóa hay giá trị j > i."""
    for name in ("khóa k", "giá trị v"):
        moved = (k if name == "khóa k" else v).clone().requires_grad_()
        try:
            out = answer(q, moved, v) if name == "khóa k" else answer(q, k, moved)
            if out.shape != q.shape:
                return None  # sai kích thước: lời báo kia nói rõ hơn
            for i in range(len(q) - 1):
                gradient = torch.autograd.grad(
                    out[i].sum(), moved, retain_graph=True, allow_unused=True
                )[0]
                if gradient is None:
                    continue
                future = gradient[i + 1 :].abs().amax(1)
                if future.max() > 0:
                    j = i + 1 + int(future.argmax())
                    return (
                        f"Rò rỉ: đầu ra ở vị trí {i} còn phụ thuộc {name} ở vị trí {j} "
                        f"(gradient {float(future.max()):.2g}, phải bằng 0 tuyệt đối)."
                    )
        except Exception:
            return None
    return None
