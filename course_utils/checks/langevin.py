"""Bộ chấm về động lực học Langevin: một bước, và độ chệch của bước dài.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, numbers
from .score_matching import sample_points


def _pull(x: Tensor) -> Tensor:
    """Điểm số của bài tập: không phải Gauss, để dấu và chỗ tính đều lộ ra."""
    return -x - torch.sin(x)


def langevin_step(answer: Any) -> Report:
    """Hàm langevin_step(score, x, h, eps): một bước x + h·score(x) + √(2h)·ε.

    Sách: (eq-langevin)
    """
    inputs = [
        (_pull, sample_points(n, 2, n), h, sample_points(n, 2, 50 + n))
        for n, h in ((1, 0.1), (4, 0.02), (3, 0.5))
    ]
    return function(
        answer,
        lambda score, x, h, eps: x + h * score(x) + math.sqrt(2 * h) * eps,
        inputs,
        tol=1e-5,
        name="langevin_step",
        hints=[
            (
                lambda score, x, h, eps: x + h * score(x) + math.sqrt(h) * eps,
                "Thiếu căn hai: nhiễu là √(2h)·ε. Với √h, luật dừng là p² chứ không phải p.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + 2 * h * eps,
                "Nhiễu nhân với √(2h), không phải 2h: phương sai của cú xô mới tỉ lệ với h.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + h * eps,
                "Nhiễu nhân với √(2h), không phải h.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + 2 * math.sqrt(h) * eps,
                "Nhiễu là √(2h)·ε: số 2 nằm trong căn.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + math.sqrt(2) * h * eps,
                "Nhiễu là √(2h)·ε: h cũng nằm trong căn.",
            ),
            (
                lambda score, x, h, eps: x + score(x) + math.sqrt(2 * h) * eps,
                "Điểm số phải nhân với độ dài bước h.",
            ),
            (
                lambda score, x, h, eps: x - h * score(x) + math.sqrt(2 * h) * eps,
                "Ngược dấu: đi theo điểm số, về phía đông hơn.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x),
                "Không có nhiễu thì chỉ leo lên đỉnh, không lấy được mẫu.",
            ),
            (
                lambda score, x, h, eps: x + h / 2 * score(x) + math.sqrt(2 * h) * eps,
                "Bước trôi là h, không phải h/2 (h/2 đi với nhiễu √h, một cách chọn đồng hồ khác).",
            ),
            (
                lambda score, x, h, eps: x + h / 2 * score(x) + math.sqrt(h) * eps,
                "Đó là cùng phương trình với đồng hồ chậm một nửa. Đề dùng trôi h và nhiễu √(2h).",
            ),
            (
                lambda score, x, h, eps: h * score(x) + math.sqrt(2 * h) * eps,
                "Đó là độ dời. Còn phải cộng vào chỗ đang đứng x.",
            ),
            (
                lambda score, x, h, eps: (
                    x + math.sqrt(2 * h) * eps + h * score(x + math.sqrt(2 * h) * eps)
                ),
                "Tính điểm số ở chỗ đang đứng, trước khi xô.",
            ),
        ],
    )


def ula_variance(answer: Any) -> Report:
    """(phương sai dừng khi h = 0.1, bước lớn nhất không phát nổ) của ULA trên N(0, ¼).

    Sách: (eq-langevin)
    """
    c2, h = 0.25, 0.1
    right = c2 / (1 - h / (2 * c2))
    return numbers(
        answer,
        (right, 2 * c2),
        tol=1e-3,
        name="cặp (phương sai, bước)",
        hints=[
            ((c2, None), "¼ là của p. Với bước h, ULA dừng ở một phương sai lớn hơn."),
            (
                (1 / (1 - h / 2), None),
                "Đó là công thức cho N(0, 1). Ở đây c² = ¼: giải v = (1 − h/c²)²v + 2h.",
            ),
            (
                (c2 / (1 - h / 2), None),
                "Hệ số co của một bước là 1 − h/c² = 0.6, không phải 1 − h.",
            ),
            ((math.sqrt(right), None), "Đề hỏi phương sai; bạn trả độ lệch chuẩn."),
            (
                (c2 / (1 + h / (2 * c2)), None),
                "Sai dấu: bước dài làm phương sai phình ra, không co lại.",
            ),
            (
                (c2 / (2 - h / c2), None),
                "Nhiễu mỗi bước có phương sai 2h; bạn đã dùng h.",
            ),
            (
                (right, 2.0),
                "h < 2 là của N(0, 1). Cần |1 − h/c²| < 1.",
            ),
            (
                (c2 / (1 - h / c2), None),
                "Giải v = (1 − h/c²)²v + 2h: ở mẫu là h/(2c²), bạn quên số 2.",
            ),
            ((right, c2), "Ở h = c² một bước xóa sạch quá khứ, chưa nổ. Cần |1 − h/c²| < 1."),
            (
                (right, 2 * math.sqrt(c2)),
                "Bước so với phương sai c² = ¼, không phải với độ lệch chuẩn ½.",
            ),
        ],
    )
