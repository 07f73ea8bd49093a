"""Bộ chấm về mất mát của bộ sinh và gradient của nó.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch

from ..gan import generator_loss as reference_loss
from .report import Report, function, numbers


def generator_gradients(answer: Any) -> Report:
    """(|dL/dr| bão hòa, |dL/dr| không bão hòa) tại logit r = −4 của một mẫu giả.

    Sách: (eq-non-saturating)
    """
    d = 1 / (1 + math.exp(4.0))
    only_sigmoid = "D(1 − D) mới là dD/dr; còn phải nhân với đạo hàm của log theo D."
    return numbers(
        answer,
        (d, 1 - d),
        tol=1e-4,
        name="cặp (bão hòa, không bão hòa)",
        hints=[
            ((1 - d, d), "Ngược chỗ: log(1 − D) là mất mát bão hòa, đạo hàm của nó là −D."),
            ((-d, None), "Đề hỏi độ lớn; bỏ dấu trừ đi."),
            ((None, d - 1), "Đề hỏi độ lớn; bỏ dấu trừ đi."),
            ((d, d), "Hai đạo hàm khác nhau: −D của bản bão hòa, −(1 − D) của bản kia."),
            (
                (1 / (1 - d), None),
                "Đó là đạo hàm theo D. Theo logit phải nhân thêm dD/dr = D(1 − D).",
            ),
            ((None, 1 / d), "Đó là đạo hàm theo D. Theo logit phải nhân thêm dD/dr = D(1 − D)."),
            ((d * (1 - d), None), only_sigmoid),
            ((None, d * (1 - d)), only_sigmoid),
            ((math.exp(-4.0), None), "e⁻⁴ chỉ gần bằng σ(−4) = 1/(1 + e⁴)."),
            ((0.5, 0.5), "Đó là tại r = 0, nơi hai mất mát dốc như nhau. Ở đây r = −4."),
            ((0, 1), "Hãy giữ chữ số: σ(−4) là bao nhiêu? (Cặp số trên trang sách là ở r = −10.)"),
        ],
    )


def generator_loss(answer: Any) -> Report:
    """Hàm generator_loss(r) -> mất mát không bão hòa, trung bình trên một lô logit r (n,).

    Giá trị và gradient đều phải đúng và hữu hạn với |r| = 100. Sách: (eq-non-saturating)
    """
    batches = [[0.3], [2.0, -1.0, 0.5], [100.0, -100.0], [-100.0, -120.0, 3.0]]
    report = function(
        answer,
        reference_loss,
        [(torch.tensor(r),) for r in batches],
        tol=1e-5,
        name="generator_loss",
        hints=[
            (
                lambda r: -torch.log(torch.sigmoid(r)).mean(),
                "Công thức đúng nhưng e^100 tràn số: σ(−100) làm tròn thành 0, log 0 = −∞. "
                "Hãy dùng −log σ(r) = softplus(−r).",
            ),
            (
                lambda r: -torch.nn.functional.softplus(r).mean(),
                "Đó là log(1 − D), mất mát bão hòa. Bản không bão hòa là −log D.",
            ),
            (
                lambda r: torch.log(1 - torch.sigmoid(r)).mean(),
                "Đó là log(1 − D), mất mát bão hòa, và nó thành −∞ khi r lớn.",
            ),
            (
                lambda r: torch.nn.functional.softplus(r).mean(),
                "Đó là −log(1 − D): bộ sinh sẽ đi theo hướng bị nhận ra là giả. "
                "Cần −log D = softplus(−r).",
            ),
            (
                lambda r: -torch.nn.functional.softplus(-r).mean(),
                "Sai dấu: hạ log D nghĩa là làm cho bộ phân biệt tin chắc đó là giả.",
            ),
            (
                lambda r: torch.nn.functional.softplus(-r).sum(),
                "Lấy trung bình trên lô, không lấy tổng.",
            ),
            (
                lambda r: torch.nn.functional.softplus(-r),
                "Cần một số: lấy trung bình trên cả lô.",
            ),
            (
                lambda r: -torch.log(torch.sigmoid(r) + 1e-8).mean(),
                "Cộng 1e-8 vào trong log làm mất mát dừng ở 18.4 và gradient tắt hẳn. "
                "Hãy dùng softplus(−r).",
            ),
            (
                lambda r: -torch.sigmoid(r).log().clamp_min(-100).mean(),
                "Chặn log thì giá trị hữu hạn nhưng gradient ở chỗ bị chặn bằng 0. "
                "Hãy dùng softplus(−r).",
            ),
        ],
    )
    if not report:
        return report
    wrong = _gradient(answer, batches)
    return report if wrong is None else wrong


def _gradient(answer: Any, batches: list[list[float]]) -> Report | None:
    """Giá trị đã đúng; gradient có đúng không? None nếu đúng."""
    for batch in batches:
        r = torch.tensor(batch, requires_grad=True)
        try:
            (slope,) = torch.autograd.grad(answer(r.clone()), r)
        except Exception:
            return Report(
                False,
                "Giá trị đúng, nhưng không lan truyền ngược được: hãy dùng các phép toán của "
                "torch trên r, đừng qua .item(), .detach() hay NumPy.",
            )
        expected = -torch.sigmoid(-r.detach()) / len(batch)
        if not torch.allclose(slope, expected, atol=1e-6):
            return Report(
                False,
                f"Giá trị đúng, nhưng với r = {batch} gradient là "
                f"{[round(v, 4) for v in slope.tolist()]}, cần "
                f"{[round(v, 4) for v in expected.tolist()]}. Nhánh không dùng của torch.where "
                f"vẫn để lại NaN trong gradient; hãy dùng softplus(−r).",
            )
    return None
