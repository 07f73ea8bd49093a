"""Bộ chấm của hai bài «Thử ngay» về lấy mẫu: nhiệt độ và top-p.

Sổ «Mô hình tự hồi quy» gọi chúng qua `checks.autoregressive_models`.
"""

from typing import Any

import torch
from torch import Tensor

from .report import Report, function


def top_p(answer: Any) -> Report:
    """Hàm top_p(probs, p) -> xác suất sau khi cắt đuôi và chuẩn hóa lại, đúng thứ tự cũ.

    Sách: (eq-top-p)
    """
    inputs = [
        (torch.tensor([0.5, 0.3, 0.15, 0.05]), 0.7),
        (torch.tensor([0.1, 0.05, 0.6, 0.25]), 0.8),
        (torch.tensor([0.1, 0.05, 0.6, 0.25]), 0.3),
        (torch.tensor([0.22, 0.28, 0.11, 0.18, 0.21]), 0.75),
        (torch.tensor([0.2, 0.7, 0.1]), 1.0),
    ]
    return function(
        answer,
        _top_p,
        inputs,
        tol=1e-5,
        name="nucleus",
        hints=[
            (
                lambda probs, p: _top_p(probs, p, normalise=False),
                "Phần giữ lại phải được chuẩn hóa lại cho tổng bằng 1.",
            ),
            (
                lambda probs, p: _top_p(probs, p, extra=-1),
                "Giá trị làm tổng chạm ngưỡng p phải được giữ lại, kẻo phần giữ lại chưa đủ p.",
            ),
            (
                lambda probs, p: _top_p(probs, p, extra=-1, least=1),
                "Giá trị làm tổng chạm ngưỡng p phải được giữ lại, kẻo phần giữ lại chưa đủ p.",
            ),
            (
                _top_p_at_most,
                "Bạn chỉ giữ khi tổng dồn còn ≤ p: giá trị làm tổng chạm hay vượt p cũng phải giữ.",
            ),
            (
                lambda probs, p: _top_p(probs, p, extra=1),
                "Bạn giữ thừa một giá trị: dừng ngay khi tổng đã đủ p.",
            ),
            (
                lambda probs, p: _top_p(probs, p).sort(descending=True).values,
                "Xác suất đúng nhưng đã bị xếp lại: hãy trả mỗi giá trị về đúng chỗ cũ.",
            ),
            (
                lambda probs, p: _keep(probs, _top_p(probs, p).sort(descending=True).values > 0),
                "Mặt nạ tính trên dãy ĐÃ XẾP nhưng lại áp vào dãy chưa xếp: hãy đưa nó về chỗ cũ "
                "(scatter, hay chỉ số của sort) trước khi nhân.",
            ),
            (
                lambda probs, p: _top_p(probs, p, descending=False),
                "Bạn xếp tăng dần nên giữ lại cái đuôi: hãy cộng dồn từ giá trị dễ xảy ra nhất.",
            ),
            (
                lambda probs, p: _keep(probs, probs >= p),
                "Ngưỡng p áp cho TỔNG các giá trị dễ xảy ra nhất, không cho từng giá trị.",
            ),
            (
                lambda probs, p: _keep(probs, probs >= 1 - p),
                "Ngưỡng p áp cho TỔNG các giá trị dễ xảy ra nhất, không cho từng giá trị.",
            ),
            (
                lambda probs, p: _keep(probs, _before(probs) < p),
                "Phải xếp giảm dần trước khi cộng dồn: tập giữ lại gồm các giá trị dễ xảy ra nhất.",
            ),
        ],
    )


def temperature(answer: Any) -> Report:
    """Hàm temper(logits, T) -> xác suất ở nhiệt độ T, theo chiều cuối.

    Sách: (eq-sampling-temperature)
    """
    inputs = [
        (torch.tensor([2.0, 1.0, 0.0, -1.0]), 0.5),
        (torch.tensor([[0.3, -0.2, 0.9], [1.5, 1.5, -2.0]]), 2.0),
        (torch.tensor([0.0, 0.7]), 1.0),
    ]
    return function(
        answer,
        lambda logits, T: (logits / T).softmax(-1),
        inputs,
        tol=1e-5,
        name="temper",
        hints=[
            (
                lambda logits, T: (logits * T).softmax(-1),
                "Bạn nhân với T: nhiệt độ thấp phải làm phân phối NHỌN hơn, nên chia cho T.",
            ),
            (
                lambda logits, T: logits.softmax(-1) / T,
                "Chia xác suất cho T thì tổng không còn bằng 1: hãy chia logit trước softmax.",
            ),
            (
                lambda logits, T: logits.softmax(-1) ** (1 / T),
                "p^{1/T} chưa chuẩn hóa: hãy chia cho tổng của nó.",
            ),
            (
                lambda logits, T: logits.softmax(-1),
                "Nhiệt độ không có tác dụng gì: chuẩn hóa lại đã xóa mất nó.",
            ),
            (
                lambda logits, T: (logits / T).softmax(0),
                "Softmax phải đi theo chiều cuối, chiều của các giá trị.",
            ),
            (
                lambda logits, T: logits / T,
                "Đó mới là logit đã chia; còn softmax để chúng thành xác suất.",
            ),
            (
                lambda logits, T: (logits / T).exp(),
                "e mũ logit chưa chuẩn hóa: hãy chia cho tổng theo chiều cuối.",
            ),
            (
                lambda logits, T: (logits / T).flatten().softmax(0).view_as(logits),
                "Tổng phải lấy theo chiều cuối, từng hàng một; bạn đang chia cho tổng của cả bảng.",
            ),
            (
                lambda logits, T: (logits / T).log_softmax(-1),
                "Đó là log xác suất; đề hỏi xác suất.",
            ),
        ],
    )


def _before(probs: Tensor) -> Tensor:
    return probs.cumsum(-1) - probs


def _keep(probs: Tensor, kept: Tensor) -> Tensor:
    left = probs * kept
    return left / left.sum()


def _top_p_at_most(probs: Tensor, p: float) -> Tensor:
    ordered, index = probs.sort(descending=True)
    kept = torch.zeros_like(probs).scatter(0, index, (ordered.cumsum(0) <= p).to(probs.dtype))
    return _keep(probs, kept)


def _top_p(probs, p, normalise=True, extra=0, least=0, descending=True):
    order = probs.argsort(descending=descending)
    # Trừ một chút: tổng dồn bằng float có thể lệch chữ số cuối.
    count = int((_before(probs[order]) < p - 1e-6).sum()) + extra
    kept = torch.zeros_like(probs)
    kept[order[: max(count, least)]] = 1
    return _keep(probs, kept) if normalise else probs * kept
