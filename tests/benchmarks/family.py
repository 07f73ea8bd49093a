"""Một họ mô hình trong `make bench`: ai dựng, mấy tầng, trên dữ liệu nào, bao nhiêu bước."""

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import nn

Build = Callable[[int, int, int], nn.Module]  # (số chiều, số tầng, bề rộng) -> lõi


@dataclass(frozen=True)
class Family:
    """`builders` theo tên gói, `"gói, kiểu"` khi một gói có hai kiểu; "course_utils" luôn có mặt.

    Lõi có `log_prob(x)`, `sample(n)`, `round_trip(x)`. Không bắt buộc: `loss(x)` thay đối log hợp
    lý; `nfe`, số lần gọi mạng của lần gọi vừa rồi; `bound = True` khi `log_prob` là một cận dưới;
    `round_trip = None` khi không nghịch đảo được.

    `steps` : dữ liệu -> số bước; tên của `toy.NAMES`, hoặc "digits" (8×8, 64 chiều)
    `points` : số điểm đồ chơi để đo thời gian của log p; khoảng hở đo trên gấp đôi
    `lr`, `digits_lr` : tốc độ học của mọi mô hình trong họ, chọn để gói nào cũng khớp tốt
    """

    builders: dict[str, Build]
    layers: int
    steps: dict[str, int] = field(default_factory=dict)
    lr: float = 5e-3
    digits_lr: float = 2e-3
    width: int = 64
    points: int = 10_000
