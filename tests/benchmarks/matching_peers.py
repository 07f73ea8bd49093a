"""Khớp luồng của torchcfm và flow_matching bên cạnh của giáo trình.

torchcfm không tính mật độ: trường của nó được đưa vào cùng một `OdeFlow` như của ta, cùng bộ giải
và cùng dung sai; phân kỳ chính xác bằng D lần lan truyền ngược, vì mạng của nó không có đường tắt.
flow_matching có giấy phép CC-BY-NC: chỉ để so sánh. Nó không kèm mạng cho vector; mạng ở đây theo
ví dụ hai chiều của nó, và dopri5 1e-5 của `ODESolver` cho cả mẫu lẫn mật độ.
"""

import torch
import torchcfm
from flow_matching.path import CondOTProbPath
from flow_matching.solver import ODESolver
from torch import Tensor, nn

from course_utils import FlowMatching
from course_utils.flows import OdeFlow
from course_utils.flows.transform import StandardNormal

from .continuous_peers import OursContinuous, SeluField
from .family import Family


class OursMatching(OursContinuous):
    def loss(self, x: Tensor) -> Tensor:
        return self.flow.loss(x)


class Torchcfm(nn.Module):
    def __init__(self, dim, width, matcher):
        super().__init__()
        self.field, self.matcher = SeluField(dim, width), matcher
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


class SwishField(nn.Module):
    """Bốn tầng ẩn Swish, thời gian là một tọa độ thêm; gọi theo thứ tự (t, x)."""

    def __init__(self, dim, width):
        super().__init__()
        hidden = [part for _ in range(3) for part in (nn.Linear(width, width), nn.SiLU())]
        self.net = nn.Sequential(
            nn.Linear(dim + 1, width), nn.SiLU(), *hidden, nn.Linear(width, dim)
        )
        self.calls = 0

    def forward(self, t, x):
        self.calls += 1
        t = torch.as_tensor(t, dtype=x.dtype).reshape(-1, 1).expand(len(x), 1)
        return self.net(torch.cat([x, t], 1))


class Facebook(nn.Module):
    def __init__(self, dim, width):
        super().__init__()
        self.field, self.path, self.base = (
            SwishField(dim, width),
            CondOTProbPath(),
            StandardNormal((dim,)),
        )
        self.solver, self.nfe = ODESolver(self.field), 0
        self.how = {"step_size": None, "method": "dopri5", "atol": 1e-5, "rtol": 1e-5}

    def loss(self, x: Tensor) -> Tensor:
        at = self.path.sample(x_0=torch.randn_like(x), x_1=x, t=torch.rand(len(x)))
        return (self.field(at.t, at.x_t) - at.dx_t).square().mean()

    def log_prob(self, x: Tensor) -> Tensor:
        self.field.calls = 0
        # Bộ giải gọi requires_grad_ trên chính tensor được đưa vào.
        log_p = self.solver.compute_likelihood(
            x.clone(), self.base.log_prob, exact_divergence=True, **self.how
        )[1]
        self.nfe = self.field.calls
        return log_p.detach()

    def move(self, x: Tensor, times: list[float]) -> Tensor:
        self.field.calls = 0
        end = self.solver.sample(x, time_grid=torch.tensor(times), **self.how)
        self.nfe = self.field.calls
        return end

    def sample(self, n: int) -> Tensor:
        return self.move(torch.randn(n, self.base.dim), [0.0, 1.0])

    def round_trip(self, x: Tensor) -> Tensor:
        return self.move(self.move(x, [1.0, 0.0]), [0.0, 1.0])


def family(coupling: str, matcher: type, others: dict, **steps: int) -> Family:
    builders = {
        "course_utils": lambda dim, layers, width: OursMatching(
            FlowMatching(dim, (width,) * layers, coupling=coupling)
        ),
        "torchcfm": lambda dim, layers, width: Torchcfm(dim, width, matcher(sigma=0.0)),
    }
    # Hồi quy một mục tiêu nhiễu cần nhiều bước, mỗi bước rẻ; tốc độ học mà cả hai khớp tốt hơn.
    # Trường SELU của torchcfm cần hàng trăm lần gọi cho một mật độ: ít điểm hơn.
    return Family(builders | others, layers=4, width=36, steps=steps, lr=2e-2, points=2_000)


FAMILIES = {
    "flow matching": family(
        "independent",
        torchcfm.ConditionalFlowMatcher,
        {
            "flow_matching": lambda dim, layers, width: Facebook(dim, width),
            # Khác mạng mà cùng gói: khoảng hở là của mạng hay của gói?
            "course_utils, mạng của flow_matching": lambda dim, layers, width: OursMatching(
                FlowMatching(dim, field=SwishField(dim, width))
            ),
            "course_utils, hai tầng rộng": lambda dim, layers, width: OursMatching(
                FlowMatching(dim, (width, width))
            ),
        },
        two_moons=3000,
        checkerboard=3000,
    ),
    "flow matching, ot": family(
        "ot", torchcfm.ExactOptimalTransportConditionalFlowMatcher, {}, two_moons=2000
    ),
}
