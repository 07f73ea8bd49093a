"""Khớp luồng của torchcfm bên cạnh của giáo trình; zuko, nflows, normflows không có.

torchcfm không tính mật độ: trường của nó được đưa vào cùng một `OdeFlow` như của ta, cùng bộ giải
và cùng dung sai; phân kỳ chính xác bằng D lần lan truyền ngược, vì mạng của nó không có đường tắt.
"""

import torch
import torchcfm
from torch import Tensor, nn
from torchcfm.models import MLP

from course_utils import FlowMatching
from course_utils.flows import OdeFlow
from course_utils.flows.transform import StandardNormal

from .family import Family
from .peers import Ours


class OursMatching(Ours):
    def loss(self, x: Tensor) -> Tensor:
        return self.flow.loss(x)

    @property
    def nfe(self) -> int:
        return self.flow.nfe


class TorchcfmField(nn.Module):
    """Mạng ba tầng ẩn SELU trong ví dụ của thư viện, gọi theo thứ tự (t, x)."""

    def __init__(self, dim, width):
        super().__init__()
        self.net = MLP(dim, w=width, time_varying=True)

    def forward(self, t, x):
        t = torch.as_tensor(t, dtype=x.dtype).reshape(-1, 1).expand(len(x), 1)
        return self.net(torch.cat([x, t], 1))


class Torchcfm(nn.Module):
    def __init__(self, dim, width, matcher):
        super().__init__()
        self.field, self.matcher = TorchcfmField(dim, width), matcher
        self.ode, self.base = OdeFlow(self.field), StandardNormal((dim,))

    @property
    def nfe(self) -> int:
        return self.ode.nfe

    def loss(self, x: Tensor) -> Tensor:
        t, x_t, u_t = self.matcher.sample_location_and_conditional_flow(torch.randn_like(x), x)
        return (self.field(t, x_t) - u_t).square().mean()

    def log_prob(self, x: Tensor) -> Tensor:
        z, log_det = self.ode.inverse(x)
        return self.base.log_prob(z) + log_det

    def sample(self, n: int) -> Tensor:
        return self.ode.path(torch.randn(n, self.base.dim))[-1]

    def round_trip(self, x: Tensor) -> Tensor:
        return self.ode.path(self.ode.path(x, (1.0, 0.0))[-1])[-1]


def family(coupling: str, matcher: type) -> Family:
    builders = {
        "course_utils": lambda dim, layers, width: OursMatching(
            FlowMatching(dim, (width, width), coupling=coupling)
        ),
        "torchcfm": lambda dim, layers, width: Torchcfm(dim, width, matcher(sigma=0.0)),
    }
    # Hồi quy một mục tiêu nhiễu cần nhiều bước, mỗi bước rẻ; cả hai khớp tốt hơn ở tốc độ này.
    steps = {"two_moons": 3000, "checkerboard": 3000, "digits": 2000}
    return Family(builders, layers=2, steps=steps, lr=2e-2)


FAMILIES = {
    "flow matching": family("independent", torchcfm.ConditionalFlowMatcher),
    "flow matching, ot": family("ot", torchcfm.ExactOptimalTransportConditionalFlowMatcher),
}
