"""Luồng chuẩn hóa liên tục: vi phôi x = ψ₁(z) là nghiệm lúc t = 1 của dx/dt = u_θ(x, t), x(0) = z.

Nguồn: Chen et al. (2018), định lý 1.
"""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from .divergence import exact_divergence
from .fields import VelocityMLP
from .linear import ActNorm
from .ode import Solver
from .transform import Compose, Flow, StandardNormal, Transform

Divergence = Callable[[nn.Module, Tensor, Tensor], tuple[Tensor, Tensor]]


class OdeFlow(Transform):
    """x = ψ₁(z), và log|det ∂x/∂z| = ∫₀¹ ∇·u(x_t, t) dt cộng dồn cùng lúc với đường đi.

    Tham số
    -------
    field : trường u, gọi bằng field(t, x)
    solver : bộ giải khi đánh giá; training_solver : khi huấn luyện, mặc định cũng là nó
    divergence : hàm (field, t, x) -> (u, ∇·u)

    `nfe` là số lần gọi trường của lần giải gần nhất (không kể lượt về của phương pháp liên hợp).
    Sách: (eq-instantaneous-cov), (eq-augmented-ode)
    """

    def __init__(self, field, solver=None, training_solver=None, divergence=exact_divergence):
        super().__init__()
        self.field = field
        self.solver = solver or Solver()
        self.training_solver = training_solver or self.solver
        self.divergence = divergence
        self.nfe = 0

    def solve(self, rates, state, times):
        solver = self.training_solver if self.training else self.solver
        path, self.nfe = solver(rates, state, times, self.field.parameters())
        return path

    def move(self, x: Tensor, start: float, end: float) -> tuple[Tensor, Tensor]:
        """x ở thời điểm `start` -> x ở `end`, và ∫ ∇·u dt từ `start` tới `end` (n,)."""

        def rates(t, state):
            return self.divergence(self.field, t, state[0])

        path, log_det = self.solve(rates, (x, x.new_zeros(len(x))), (start, end))
        return path[-1], log_det[-1]

    def forward(self, z):
        return self.move(z, 0.0, 1.0)

    def inverse(self, x):
        """Đi ngược thời gian: ∫₁⁰ tự mang dấu trừ, không phải đổi dấu trường."""
        return self.move(x, 1.0, 0.0)

    def path(self, z: Tensor, times: Sequence[float]) -> Tensor:
        """Vị trí (T, n, ...) của các điểm xuất phát từ z ở times[0], không tính phân kỳ."""
        return self.solve(lambda t, s: (self.field(t, s[0]),), (z,), times)[0]


class CNF(Flow):
    """CNF cho vector (n, dim): ODE với phân kỳ chính xác, rồi ActNorm ở phía dữ liệu."""

    def __init__(self, dim, hidden=(64, 64), field=None, solver=None, training_solver=None):
        self_ode = OdeFlow(
            field or VelocityMLP(dim, hidden), solver, training_solver or Solver("rk4", steps=4)
        )
        super().__init__(Compose([self_ode, ActNorm(dim)]), StandardNormal((dim,)))
        self.ode = self_ode

    def generate(self, z: Tensor) -> Tensor:
        return self.transform.transforms[1](self.ode.path(z, (0.0, 1.0))[-1])[0]
