"""Luồng liên tục của zuko và của torchdyn (mạng của torchcfm) bên cạnh của giáo trình.

Mọi phân kỳ đều chính xác. Của bạn: bước thích nghi cả khi huấn luyện, phân kỳ bằng D lần lan
truyền ngược. nflows và normflows không có luồng liên tục.
"""

import torch
import zuko
from torch import Tensor, nn
from torchcfm.models.models import MLP
from torchdyn.core import NeuralODE
from torchdyn.models.cnf import autograd_trace

from course_utils.flows import CNF

from .family import Family
from .peers import Ours, Zuko


class OursContinuous(Ours):
    @property
    def nfe(self) -> int:
        return self.flow.nfe


def ours_cnf(dim, layers, width):
    return OursContinuous(CNF(dim, (width, width)))


class ZukoContinuous(Zuko):
    """Tầng của zuko, đếm thêm số lần mạng bị gọi."""

    def __init__(self, dim, width):
        layer = zuko.flows.continuous.FFJTransform(dim, hidden_features=(width, width))
        super().__init__(dim, [layer])
        self.nfe = 0
        layer.ode.register_forward_hook(self.count)

    def count(self, *call) -> None:
        self.nfe += 1

    def log_prob(self, x: Tensor) -> Tensor:
        self.nfe = 0
        return super().log_prob(x)


def zuko_cnf(dim, layers, width):
    return ZukoContinuous(dim, width)


class WithDivergence(nn.Module):
    """Trạng thái của torchdyn: cột đầu là tích phân của phân kỳ, còn lại là x."""

    def __init__(self, net):
        super().__init__()
        self.net, self.calls = net, 0

    def velocity(self, t: Tensor, x: Tensor) -> Tensor:
        self.calls += 1
        return self.net(torch.cat([x, t.expand(len(x), 1)], 1))

    def forward(self, t, x, args=None):
        with torch.enable_grad():
            x_in = x[:, 1:].requires_grad_()
            u = self.velocity(t, x_in)
            divergence = autograd_trace(u, x_in)
        return torch.cat([divergence[:, None], u], 1) + 0 * x


class Velocity(nn.Module):
    """Chỉ vận tốc, để sinh mẫu."""

    def __init__(self, with_divergence):
        super().__init__()
        self.whole = with_divergence

    def forward(self, t, x, args=None):
        return self.whole.velocity(t, x)


class Torchdyn(nn.Module):
    """dopri5, gradient lan truyền ngược qua bộ giải (ở đây nhanh hơn phương pháp liên hợp).

    Dung sai 1e-4 khi huấn luyện như ví dụ của torchcfm, 1e-5 khi đánh giá.
    """

    def __init__(self, dim, width):
        super().__init__()
        self.dim, self.nfe = dim, 0
        options = {"solver": "dopri5", "sensitivity": "autograd"}
        self.field = WithDivergence(MLP(dim, w=width, time_varying=True))
        self.density = NeuralODE(self.field, atol=1e-4, rtol=1e-4, **options)
        self.motion = NeuralODE(Velocity(self.field), atol=1e-5, rtol=1e-5, **options)

    def train(self, mode: bool = True):
        self.density.atol = self.density.rtol = 1e-4 if mode else 1e-5
        return super().train(mode)

    def log_prob(self, x: Tensor) -> Tensor:
        state = torch.cat([torch.zeros_like(x[:, :1]), x], 1)
        before = self.field.calls
        end = self.density(state, torch.tensor([1.0, 0.0]))[1][-1]
        self.nfe = self.field.calls - before
        base = torch.distributions.Normal(0.0, 1.0)
        return base.log_prob(end[:, 1:]).sum(1) + end[:, 0]

    def move(self, x: Tensor, times: list[float]) -> Tensor:
        return self.motion(x, torch.tensor(times))[1][-1]

    def sample(self, n: int) -> Tensor:
        return self.move(torch.randn(n, self.dim), [0.0, 1.0])

    def round_trip(self, x: Tensor) -> Tensor:
        return self.move(self.move(x, [1.0, 0.0]), [0.0, 1.0])


def torchdyn_cnf(dim, layers, width):
    return Torchdyn(dim, width)


FAMILIES = {
    "cnf": Family(
        {"course_utils": ours_cnf, "zuko": zuko_cnf, "torchdyn": torchdyn_cnf},
        layers=1,
        # Không có chữ số: phân kỳ chính xác ở 64 chiều cần 64 lần lan truyền ngược mỗi lần gọi.
        steps={"two_moons": 300, "checkerboard": 300},
    ),
}
