"""Bộ chấm về tầng ghép cặp affine: chiều ngược, tràn số, định thức của tích chập 1×1.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number, numbers


def affine_inverse(answer: Any) -> Report:
    """Hàm affine_inverse(x, s, m) -> (z, log_det): chiều chuẩn hóa của tầng ghép cặp affine.

    x (n, 4), A là hai tọa độ đầu; s và m là hai hàm (n, 2) -> (n, 2).
    Sách: (eq-affine-coupling)
    """
    inputs = [(_points(n, seed), _scale, _shift) for seed, n in enumerate((1, 5, 16))]
    return function(
        answer,
        _affine_inverse,
        inputs,
        tol=1e-5,
        name="affine_inverse",
        hints=[
            (
                _variant(sign=1),
                "z đúng, nhưng log định thức của chiều x → z là −Σs, không phải Σs.",
            ),
            (
                _variant(reduce=torch.mean),
                "Log định thức là tổng của s theo các tọa độ, không phải trung bình.",
            ),
            (
                _variant(reduce=lambda s, dim: s.sum()),
                "Mỗi điểm trong lô có log định thức riêng: chỉ cộng theo chiều cuối.",
            ),
            (
                _variant(solve=lambda b, s, m: b * torch.exp(-s) - m),
                "Thứ tự gỡ: chiều sinh nhân rồi cộng, nên chiều ngược trừ m trước rồi mới chia.",
            ),
            (
                _variant(solve=lambda b, s, m: (b - m) / s),
                "s là log của hệ số giãn: phải chia cho e^{s}, không chia cho s.",
            ),
            (
                _variant(solve=lambda b, s, m: (b - m) * torch.exp(s)),
                "Gỡ phép nhân với e^{s} thì chia cho e^{s}, tức nhân với e^{−s}.",
            ),
            (
                _variant(sign=1, solve=lambda b, s, m: b * torch.exp(s) + m),
                "Đó là chiều sinh z → x. Đề hỏi phép ngược: cho x, tìm z.",
            ),
            (
                _variant(solve=lambda b, s, m: b * torch.exp(s) + m),
                "z đang được tính như ở chiều sinh. Hãy gỡ: trừ m rồi nhân với e^{−s}.",
            ),
            (
                _variant(read=lambda x: x[:, 2:]),
                "Mạng phải đọc nửa A (hai tọa độ đầu), nửa không đổi khi qua tầng.",
            ),
        ],
    )


def overflow(answer: Any) -> Report:
    """(n₃₂, n₁₆): số nguyên s nhỏ nhất mà e^s tràn trong float32 và trong float16."""
    limits = [math.log(torch.finfo(t).max) for t in (torch.float32, torch.float16)]
    smallest = tuple(math.floor(limit) + 1 for limit in limits)
    largest = tuple(math.floor(limit) for limit in limits)
    return numbers(
        answer,
        smallest,
        tol=1e-9,
        name="cặp số nguyên",
        hints=[
            (largest, "Đó là số lớn nhất còn chưa tràn; đề hỏi số nhỏ nhất đã tràn."),
            ((largest[0], None), "Với float32, e^s tại số này vẫn hữu hạn. Hãy thử số kế tiếp."),
            ((127, None), "127 là số mũ của cơ số 2; ở đây cơ số là e."),
            ((128, None), "128 là số mũ của cơ số 2; ở đây cơ số là e."),
            (
                (smallest[0], largest[1]),
                "Với float16, e^s tại số này vẫn hữu hạn. Hãy thử số kế tiếp.",
            ),
            ((None, 16), "16 là số mũ của cơ số 2; ở đây cơ số là e."),
            ((None, 15), "15 là số mũ của cơ số 2; ở đây cơ số là e."),
            (smallest[::-1], "Hai số đúng nhưng ngược chỗ: float32 đứng trước."),
            ((710, None), "Đó là giới hạn của float64. Hãy tạo tensor với dtype=torch.float32."),
        ],
    )


def conv1x1_log_det(answer: Any) -> Report:
    """log|det J| của tích chập 1×1 có W (3×3), det W = −2, trên ảnh 3 kênh 4×4.

    Sách: (eq-conv1x1)
    """
    channels, pixels, log_det = 3, 16, math.log(2.0)
    return number(
        answer,
        pixels * log_det,
        tol=1e-3,
        name="log định thức",
        hints=[
            (log_det, "Đó là của một điểm ảnh; cả ảnh có 16 điểm ảnh, mỗi điểm một bản sao của W."),
            (math.nan, "NaN: det W âm. Log định thức dùng trị tuyệt đối, log|−2| = log 2."),
            (
                channels * channels * pixels * log_det,
                "Đừng nhân với số phần tử của W: định thức đã tính đủ ma trận.",
            ),
            (channels * pixels * log_det, "Đừng nhân với số kênh: định thức đã tính đủ các kênh."),
            (4 * log_det, "Bản đồ 4×4 có 16 điểm ảnh, không phải 4."),
            (pixels, "Đó là log cơ số 2; giáo trình dùng log tự nhiên (nat)."),
            (-pixels * log_det, "Dấu ngược: |det W| = 2 > 1 nên tầng giãn, log dương."),
        ],
    )


def _points(n: int, seed: int) -> Tensor:
    return torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))


def _scale(a: Tensor) -> Tensor:
    return torch.tanh(a.flip(1)) + 0.3


def _shift(a: Tensor) -> Tensor:
    return a.square() - 1


def _affine_inverse(x: Tensor, s, m) -> tuple[Tensor, Tensor]:
    return _variant()(x, s, m)


def _variant(
    sign: int = -1,
    reduce=torch.sum,
    solve=lambda b, s, m: (b - m) * torch.exp(-s),
    read=lambda x: x[:, :2],
):
    """Phép ngược của tầng affine; mỗi tham số là một chỗ mà người học hay viết khác đi."""

    def inverse(x: Tensor, s, m) -> tuple[Tensor, Tensor]:
        a, b = x[:, :2], x[:, 2:]
        log_scale, shift = s(read(x)), m(read(x))
        z = torch.cat([a, solve(b, log_scale, shift)], 1)
        return z, sign * reduce(log_scale, dim=1)

    return inverse
