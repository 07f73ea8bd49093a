"""Luồng liên tục của zuko, torchdyn (mạng của torchcfm), torchdiffeq, bên cạnh của giáo trình.

"cnf": phân kỳ chính xác; của bạn là D lần lan truyền ngược mỗi lần gọi trường. "ffjord": phân kỳ
Hutchinson, một vector dò cho mỗi điểm, cả khi huấn luyện lẫn khi đánh giá. Của bạn dùng bước thích
nghi cả khi huấn luyện. nflows và normflows không có luồng liên tục.
"""

import torch
import zuko
from torch import Tensor, nn
from torchcfm.models.models import MLP
from torchdiffeq import odeint, odeint_adjoint
from torchdyn.core import NeuralODE
from torchdyn.models.cnf import autograd_trace, hutch_trace

from course_utils.flows import CNF, FFJORD
from course_utils.flows.ffjord import FreeField
from course_utils.flows.transform import StandardNormal

from .family import Family
from .peers import Ours, Zuko


class OursContinuous(Ours):
    @property
    def nfe(self) -> int:
        return self.flow.nfe

    def round_trip(self, x: Tensor) -> Tensor:
        """Chỉ đường đi, không phân kỳ, như các gói bạn."""
        y = self.flow.transform.transforms[1].inverse(x)[0]
        return self.flow.generate(self.flow.ode.path(y, (1.0, 0.0))[-1])


class OursFFJORD(OursContinuous):
    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow.log_prob_estimate(x)


class SeluField(nn.Module):
    """Mạng ba tầng ẩn SELU trong ví dụ của torchcfm, gọi theo thứ tự (t, x)."""

    def __init__(self, dim, width):
        super().__init__()
        self.net = MLP(dim, w=width, time_varying=True)

    def forward(self, t, x):
        t = torch.as_tensor(t, dtype=x.dtype).reshape(-1, 1).expand(len(x), 1)
        return self.net(torch.cat([x, t], 1))


class ZukoContinuous(Zuko):
    """Tầng của zuko, đếm thêm số lần mạng bị gọi."""

    def __init__(self, dim, hidden, exact):
        layer = zuko.flows.continuous.FFJTransform(dim, hidden_features=hidden, exact=exact)
        super().__init__(dim, [layer])
        self.nfe = 0
        layer.ode.register_forward_hook(self.count)

    def count(self, *call) -> None:
        self.nfe += 1

    def log_prob(self, x: Tensor) -> Tensor:
        self.nfe = 0
        return super().log_prob(x)

    def sample(self, n: int) -> Tensor:
        self.nfe = 0
        return super().sample(n)


class WithDivergence(nn.Module):
    """Trạng thái của torchdyn: cột đầu là tích phân của phân kỳ, còn lại là x."""

    def __init__(self, net):
        super().__init__()
        self.net, self.calls, self.probe = net, 0, None

    def velocity(self, t: Tensor, x: Tensor) -> Tensor:
        self.calls += 1
        return self.net(torch.cat([x, t.expand(len(x), 1)], 1))

    def forward(self, t, x, args=None):
        with torch.enable_grad():
            x_in = x[:, 1:].requires_grad_()
            u = self.velocity(t, x_in)
            trace = autograd_trace if self.probe is None else hutch_trace
            divergence = trace(u, x_in, noise=self.probe)
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

    def __init__(self, dim, width, exact):
        super().__init__()
        self.exact, self.nfe, self.base = exact, 0, StandardNormal((dim,))
        options = {"solver": "dopri5", "sensitivity": "autograd"}
        self.field = WithDivergence(MLP(dim, w=width, time_varying=True))
        self.density = NeuralODE(self.field, atol=1e-4, rtol=1e-4, **options)
        self.motion = NeuralODE(Velocity(self.field), atol=1e-5, rtol=1e-5, **options)

    def train(self, mode: bool = True):
        self.density.atol = self.density.rtol = 1e-4 if mode else 1e-5
        return super().train(mode)

    def solve(self, ode: NeuralODE, state: Tensor, times: list[float]) -> Tensor:
        self.field.calls = 0
        end = ode(state, torch.tensor(times))[1][-1]
        self.nfe = self.field.calls
        return end

    def log_prob(self, x: Tensor) -> Tensor:
        self.field.probe = None if self.exact else torch.randn_like(x)
        end = self.solve(self.density, torch.cat([torch.zeros_like(x[:, :1]), x], 1), [1.0, 0.0])
        return self.base.log_prob(end[:, 1:]) + end[:, 0]

    def sample(self, n: int) -> Tensor:
        return self.solve(self.motion, torch.randn(n, self.base.dim), [0.0, 1.0])

    def round_trip(self, x: Tensor) -> Tensor:
        z = self.solve(self.motion, x, [1.0, 0.0])
        return self.solve(self.motion, z, [0.0, 1.0])


class Torchdiffeq(nn.Module):
    """torchdiffeq gọi thẳng, như mã của bài báo FFJORD: dopri5 1e-5, gradient liên hợp."""

    def __init__(self, dim, hidden, exact):
        super().__init__()
        self.field, self.base = FreeField(dim, hidden), StandardNormal((dim,))
        self.exact, self.nfe, self.probe = exact, 0, None

    def forward(self, t: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Vế phải của (x, tích phân của phân kỳ)."""
        self.nfe += 1
        keep = torch.is_grad_enabled()
        with torch.enable_grad():
            x = state[0].requires_grad_()
            u = self.field(t, x)
            if self.exact:
                rows = [
                    torch.autograd.grad(u[:, i].sum(), x, create_graph=keep, retain_graph=True)[0]
                    for i in range(x.shape[1])
                ]
                divergence = sum(row[:, i] for i, row in enumerate(rows))
            else:
                product = torch.autograd.grad(u, x, self.probe, create_graph=keep)[0]
                divergence = (product * self.probe).sum(1)
        return (u, divergence) if keep else (u.detach(), divergence)

    def log_prob(self, x: Tensor) -> Tensor:
        self.nfe, self.probe = 0, torch.randn_like(x)
        state, times = (x, x.new_zeros(len(x))), torch.tensor([1.0, 0.0])
        z, log_det = odeint_adjoint(self, state, times, rtol=1e-5, atol=1e-5)
        return self.base.log_prob(z[-1]) + log_det[-1]

    def move(self, x: Tensor, times: list[float]) -> Tensor:
        def velocity(t: Tensor, x: Tensor) -> Tensor:
            self.nfe += 1
            return self.field(t, x)

        self.nfe = 0
        return odeint(velocity, x, torch.tensor(times), rtol=1e-5, atol=1e-5)[-1]

    def sample(self, n: int) -> Tensor:
        return self.move(torch.randn(n, self.base.dim), [0.0, 1.0])

    def round_trip(self, x: Tensor) -> Tensor:
        return self.move(self.move(x, [1.0, 0.0]), [0.0, 1.0])


def family(depth: int, ours, exact: bool, others: dict, **settings) -> Family:
    return Family(
        {
            "course_utils": lambda dim, layers, width: ours(dim, (width,) * depth),
            "zuko": lambda dim, layers, width: ZukoContinuous(dim, (width,) * depth, exact),
            "torchdyn": lambda dim, layers, width: Torchdyn(dim, width, exact),
            "torchdiffeq": lambda dim, layers, width: Torchdiffeq(dim, (width,) * depth, exact),
        }
        | others,
        layers=1,
        **settings,
    )


# Một bước của bạn tốn một phần tư giây, nên ít bước và một dữ liệu cho mỗi họ. Ở 64 chiều phân kỳ
# chính xác của bạn cần 64 lần lan truyền ngược mỗi lần gọi trường: chữ số chỉ có "ffjord".
FAMILIES = {
    "cnf": family(
        2,
        lambda dim, hidden: OursContinuous(CNF(dim, hidden)),
        exact=True,
        others={},
        steps={"two_moons": 100},
        lr=1e-2,
        points=5_000,
    ),
    "ffjord": family(
        3,
        lambda dim, hidden: OursFFJORD(FFJORD(dim, hidden)),
        exact=False,
        # Cùng mạng mà khác gói: khoảng hở là của mạng hay của gói?
        others={
            "course_utils, mạng của torchdyn": lambda dim, layers, width: OursFFJORD(
                FFJORD(dim, field=SeluField(dim, width))
            )
        },
        steps={"digits": 150},
        # Với 2e-3, 150 bước chưa đủ cho gói nào, và cột khoảng hở chỉ so ai học nhanh hơn.
        digits_lr=1e-2,
    ),
}
