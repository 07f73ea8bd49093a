"""Bộ chấm của hai bài «Thử ngay» về giá: biên Pareto và điểm hòa vốn.

Sổ «Một bài toán, mọi mô hình» gọi chúng qua `checks.model_comparison`.
"""

from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number


def _front(points: Tensor) -> Tensor:
    """(n, J) -> (n,): hàng nào không bị ai trội; mọi cột càng nhỏ càng tốt."""
    a, b = points[:, None], points[None]
    return ~((b <= a).all(-1) & (b < a).any(-1)).any(1)


def _beaten_everywhere(points: Tensor) -> Tensor:
    a, b = points[:, None], points[None]
    return ~(b < a).all(-1).any(1)


def _beaten_somewhere(points: Tensor) -> Tensor:
    a, b = points[:, None], points[None]
    return ~(b < a).any(-1).any(1)


def _weakly_beaten(points: Tensor) -> Tensor:
    a, b = points[:, None], points[None]
    others = ~torch.eye(len(points), dtype=torch.bool)
    return ~((b <= a).all(-1) & others).any(1)


def _cheapest_sum(points: Tensor) -> Tensor:
    total = points.sum(1)
    return total == total.min()


def _best_of_a_column(points: Tensor) -> Tensor:
    return (points == points.min(0).values).any(1)


def pareto(answer: Any) -> Report:
    """Hàm pareto(points) -> mặt nạ bool của biên; mọi cột là giá, càng nhỏ càng tốt.

    Sách: (eq-pareto)
    """
    generator = torch.Generator().manual_seed(0)
    inputs = [
        (torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.6, 0.6], [0.7, 0.7]]),),
        (torch.tensor([[1.0, 2.0], [1.0, 3.0], [2.0, 2.0], [0.5, 4.0]]),),  # bằng nhau một cột
        (torch.tensor([[1.0, 1.0], [1.0, 1.0], [2.0, 0.5]]),),  # hai hàng trùng nhau
        (torch.rand(12, 2, generator=generator),),
        (
            torch.tensor([[1.0, 2.0, 9.0], [2.0, 3.0, 1.0], [3.0, 1.0, 5.0]]),
        ),  # cột thứ ba quyết định
        (torch.rand(15, 3, generator=generator),),
        (torch.rand(1, 2, generator=generator),),
        (-torch.rand(10, 2, generator=generator),),  # giá âm: đừng nhân các cột
    ]

    hints = [
        (
            lambda p: _front(-p),
            "Ngược chiều: ở đây mọi cột là giá, càng NHỎ càng tốt.",
        ),
        (lambda p: ~_front(p), "Đây là những hàng BỊ trội; đề hỏi những hàng không bị ai trội."),
        (
            _beaten_everywhere,
            "Trội không cần hơn ở MỌI cột: không thua cột nào và hơn ở ít nhất một cột là đủ.",
        ),
        (
            _beaten_somewhere,
            "Hơn ở một cột mà thua ở cột khác thì chưa phải là trội.",
        ),
        (
            _weakly_beaten,
            "Hai hàng trùng nhau không trội nhau: cần hơn THẬT SỰ ở ít nhất một cột.",
        ),
        (
            _cheapest_sum,
            "Cực tiểu của tổng chỉ là một điểm của biên. Biên giữ mọi hàng không bị ai trội.",
        ),
        (
            _best_of_a_column,
            "Biên không chỉ gồm hàng tốt nhất ở một cột: điểm trung dung cũng ở trên biên.",
        ),
        (
            lambda p: _front(p[:, :2]),
            "Bạn chỉ so hai cột đầu; bảng có thể có nhiều cột hơn.",
        ),
    ]
    return function(
        answer,
        _front,
        inputs,
        tol=0.0,
        name="pareto",
        hints=hints,
    )


def break_even(
    answer: Any,
    fit_a: float = 12.0,
    fit_b: float = 40.0,
    draw_a: float = 1.5e-3,
    draw_b: float = 1e-4,
) -> Report:
    """Số mẫu mà từ đó B (học đắt, lấy mẫu rẻ) rẻ hơn A; giây. Sách: (eq-total-cost)"""
    exact = (fit_b - fit_a) / (draw_a - draw_b)
    wrong = [
        (
            exact / 1000,
            "Bạn để mili giây cạnh giây: 1.5 mili giây là 0.0015 giây.",
        ),
        (
            exact * 1000,
            "1.5 mili giây là 0.0015 giây: bạn đã chia cho 1000 hai lần.",
        ),
        (fit_b / (draw_a - draw_b), "A cũng tốn công học: tử số là HIỆU hai lần học."),
        ((fit_b - fit_a) / draw_a, "B cũng tốn mỗi mẫu: mẫu số là HIỆU hai giá lấy mẫu."),
        ((fit_b - fit_a) / draw_b, "Mẫu số là hiệu hai giá lấy mẫu, không phải giá của B."),
        ((fit_b + fit_a) / (draw_a - draw_b), "Tử số là hiệu, không phải tổng, hai lần học."),
        ((fit_b - fit_a) / (draw_a + draw_b), "Mẫu số là hiệu, không phải tổng, hai giá."),
        (-exact, "Sai dấu: B học đắt hơn, mỗi mẫu rẻ hơn, nên số mẫu hòa vốn dương."),
        (fit_b / draw_b, "Đó là số mẫu mà tiền mẫu của B bằng tiền học của B; đề so A với B."),
        (1 / exact, "Ngược rồi: hiệu tiền học chia cho hiệu tiền mỗi mẫu."),
    ]
    return number(answer, exact, tol=1.0, hints=wrong, name="số mẫu")
