"""Một họ mô hình trong `make bench`: ai dựng, mấy tầng, trên dữ liệu nào, bao nhiêu bước."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from course_utils.base import DensityModel
from course_utils.flows import Transform

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


class Peer(DensityModel):
    """Lõi của một thư viện, cùng các tầng cố định ở phía dữ liệu."""

    def __init__(self, core: nn.Module, preprocessing: list[Transform], dim: int):
        super().__init__()
        self.event_shape = (dim,)
        self.core = core
        self.preprocessing = nn.ModuleList(preprocessing).requires_grad_(False)

    def to_core(self, x: Tensor) -> tuple[Tensor, Tensor]:
        total = x.new_zeros(len(x))
        for f in self.preprocessing:
            x, log_det = f.inverse(x)
            total = total + log_det
        return x, total

    def log_prob(self, x: Tensor) -> Tensor:
        x, log_det = self.to_core(x)
        return self.core.log_prob(x) + log_det

    def loss(self, x: Tensor) -> Tensor:
        """Mất mát riêng của lõi nếu có (khớp luồng); không thì đối log hợp lý."""
        return self.core.loss(self.to_core(x)[0]) if hasattr(self.core, "loss") else super().loss(x)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        x = self.core.sample(n)
        for f in reversed(self.preprocessing):
            x, _ = f.forward(x)
        return x
