"""Bộ chấm về cách ghép đôi hai lô điểm: vận chuyển tối ưu và nắn thẳng.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .matching_loss import MEAN, STD, points
from .report import Report, function, numbers


def couple(answer: Any) -> Report:
    """Hàm couple(x0, x1): x₀ xếp lại để Σ‖x₁ − x₀‖² nhỏ nhất; x0, x1 (n, d).

    Sách: (eq-ot-coupling)
    """
    from scipy.optimize import linear_sum_assignment  # nạp chậm, chỉ khi chấm

    # d ≥ 2: trên trục số, |x₁ − x₀| chưa bình phương có nhiều cách ghép tốt nhất bằng nhau.
    inputs = [(points(n, d, n), 1 + points(n, d, n + 50)) for n, d in ((1, 2), (6, 3), (9, 2))]

    def assignment(cost: Callable, turn: bool = False, **how) -> Callable:
        def pair(x0: Tensor, x1: Tensor) -> Tensor:
            matrix = cost(x1.double(), x0.double())
            _, columns = linear_sum_assignment((matrix.T if turn else matrix).numpy(), **how)
            return x0[torch.as_tensor(columns)]

        return pair

    def squares(a: Tensor, b: Tensor) -> Tensor:
        return torch.cdist(a, b).square()

    def greedy(x0: Tensor, x1: Tensor) -> Tensor:
        cost, order = squares(x1, x0), []
        for row in cost:
            order.append(int(row.argmin()))
            cost[:, order[-1]] = math.inf
        return x0[order]

    right = assignment(squares)
    return function(
        answer,
        right,
        inputs,
        tol=1e-5,
        name="couple",
        hints=[
            (lambda x0, x1: x0, "Bạn trả x₀ như đã rút: đó là cặp độc lập."),
            (
                assignment(squares, turn=True),
                "Ngược chỉ số: nếu hàng của ma trận phí là x₀ thì cột nói x₁ nào nhận nó. Đặt x₁ ở "
                "hàng, hoặc lấy hoán vị ngược (argsort của columns).",
            ),
            (
                assignment(squares, maximize=True),
                "Bạn được tổng lớn nhất. Kiểm lại dấu của ma trận phí.",
            ),
            (
                assignment(torch.cdist),
                "Bạn dùng khoảng cách, chưa bình phương: cách ghép tốt nhất khác đi.",
            ),
            (
                lambda x0, x1: x0[torch.cdist(x1, x0).argmin(1)],
                "Bạn cho mỗi x₁ điểm x₀ gần nó nhất: một x₀ có thể nhận nhiều x₁, và biên hỏng. "
                "Cần một hoán vị.",
            ),
            (
                lambda x0, x1: x0[x0[:, 0].argsort()],
                "Sắp thứ tự riêng x₀ là chưa đủ: phải theo thứ tự của x₁ tương ứng.",
            ),
            (
                lambda x0, x1: x0[x0[:, 0].argsort()[x1[:, 0].argsort().argsort()]],
                "Sắp thứ tự theo một tọa độ chỉ tối ưu khi d = 1. Với d > 1 hãy dùng phân công.",
            ),
            (
                lambda x0, x1: x1,
                "Bạn trả x₁. Đề cần x₀ xếp lại, x₁ giữ nguyên thứ tự.",
            ),
            (
                greedy,
                "Bạn cho từng x₁ chọn lần lượt x₀ gần nhất còn lại: người đến sau chịu thiệt, tổng "
                "chưa nhỏ nhất. Hãy giải bài toán phân công cho cả lô.",
            ),
            (
                lambda x0, x1: x0.sort(0).values,
                "sort trên tensor sắp riêng từng tọa độ: các điểm bị xé ra. Phải xếp lại cả hàng.",
            ),
            (
                lambda x0, x1: x1[
                    torch.as_tensor(linear_sum_assignment(squares(x0, x1).numpy())[1])
                ],
                "Bạn xếp lại x₁. Đề cần x₀ xếp lại, x₁ giữ nguyên thứ tự.",
            ),
        ],
    )


def reflow_costs(answer: Any) -> Report:
    """(trước, sau, V + 𝒮) của N(0, 1) → N(2, ¼), cặp độc lập, phí bình phương.

    Sách: (eq-reflow), (eq-straightness)
    """
    before, after = MEAN**2 + 1 + STD**2, MEAN**2 + (1 - STD) ** 2
    drop = before - after
    return numbers(
        answer,
        (before, after, drop),
        tol=1e-3,
        name="bộ ba phí",
        hints=[
            (
                (1 + STD**2, None, None),
                "Đó là phương sai của x₁ − x₀; phí là E(x₁ − x₀)², còn m² nữa.",
            ),
            (
                (MEAN**2, None, None),
                "Bạn mới tính bình phương của trung bình; còn phương sai 1 + s².",
            ),
            (
                (MEAN**2 + 1 + STD, None, None),
                "s² = ¼ là phương sai của x₁; bạn đã cộng s.",
            ),
            (
                (MEAN**2 + 1 - STD**2, None, None),
                "Phương sai của hiệu hai biến độc lập là tổng hai phương sai.",
            ),
            (
                (before, MEAN**2, None),
                "Sau khi nắn, ψ(x₀) − x₀ = m + (s − 1)x₀: vẫn còn phương sai (1 − s)².",
            ),
            (
                (before, MEAN**2 + (1 - STD**2) ** 2, None),
                "ψ(x₀) = m + s·x₀ với s = ½ là độ lệch chuẩn; bạn đã dùng phương sai s² = ¼.",
            ),
            ((before, 0.0, None), "Nắn lại làm quỹ đạo thẳng, không làm quãng đường về 0."),
            (
                (before, before, None),
                "Phí giảm: cặp mới là x₁ = ψ(x₀) = m + s·x₀, không còn độc lập.",
            ),
            (
                (before, MEAN**2 + (1 + STD) ** 2, None),
                "ψ tăng dần: ψ(x₀) = m + s·x₀, nên ψ(x₀) − x₀ = m + (s − 1)x₀.",
            ),
            (
                (before, after, math.pi * STD / 2),
                "Đó là riêng V. Còn 𝒮 = (2 − π/2)s: quỹ đạo của luồng đầu cong.",
            ),
            (
                (before, after, (2 - math.pi / 2) * STD),
                "Đó là riêng 𝒮. Còn V = πs/2: các lịch trình cắt nhau.",
            ),
            ((before, after, -drop), "V và 𝒮 không âm: phí trước trừ phí sau."),
            ((after, before, None), "Ngược chỗ: trước khi nắn phí lớn hơn."),
        ],
    )
