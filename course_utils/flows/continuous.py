"""Luồng chuẩn hóa liên tục: vi phôi x = ψ₁(z) là nghiệm lúc t = 1 của dx/dt = u_θ(x, t), x(0) = z.

Nguồn: Chen et al. (2018), định lý 1.
"""

from collections.abc import Callable, Iterable, Sequence

from torch import Tensor, nn

from ..errors import InputError
from .divergence import exact_divergence
from .fields import Field, VelocityMLP, check_velocity
from .linear import ActNorm
from .ode import Rates, Solver, State
from .transform import Compose, Flow, StandardNormal, Transform

Divergence = Callable[[Field, Tensor, Tensor], tuple[Tensor, Tensor]]


class OdeFlow(Transform):
    """x = ψ₁(z), và log|det ∂x/∂z| = ∫₀¹ ∇·u(x_t, t) dt cộng dồn cùng lúc với đường đi.

    Tham số
    -------
    field : trường u, gọi bằng field(t, x); một nn.Module, hay một hàm không có tham số
    solver : bộ giải ở chế độ đánh giá, sau `.eval()`; mặc định dopri5 với dung sai 1e-5
    training_solver : bộ giải ở chế độ huấn luyện, `.train()`; mặc định cũng là `solver`
    divergence : hàm (field, t, x) -> (u, ∇·u); mặc định chính xác

    `nfe` là số lần gọi trường của lần giải gần nhất, không kể lượt về của phương pháp liên hợp.
    Sách: (eq-instantaneous-cov), (eq-augmented-ode)
    """

    def __init__(
        self,
        field: Field,
        solver: Solver | None = None,
        training_solver: Solver | None = None,
        divergence: Divergence = exact_divergence,
    ):
        super().__init__()
        for one in (solver, training_solver):
            if one is not None and not callable(one):
                raise InputError(
                    f"Bộ giải là {one!r}; hãy đưa một Solver, ví dụ Solver('rk4', steps=8)."
                )
        self.field = field
        self.solver = solver or Solver()
        self.training_solver = training_solver or self.solver
        self.divergence = divergence
        self.nfe = 0

    def solve(self, rates: Rates, state: State, times: Iterable[float]) -> State:
        """Giải bằng bộ giải của chế độ hiện tại, ghi lại `nfe`; mỗi thành phần (T, n, ...)."""
        solver = self.training_solver if self.training else self.solver
        parameters = self.field.parameters() if isinstance(self.field, nn.Module) else ()
        path, self.nfe = solver(rates, state, times, parameters)
        return path

    def move(self, x: Tensor, start: float, end: float) -> tuple[Tensor, Tensor]:
        """x (n, ...) ở thời điểm `start` -> x ở `end`, và ∫ ∇·u dt từ `start` tới `end` (n,).

        Với start > end, tích phân tự mang dấu trừ; không đổi dấu trường.
        Sách: (eq-augmented-ode), (eq-liouville)
        """

        def rates(t: Tensor, state: State) -> State:
            return self.divergence(self.field, t, state[0])

        path, log_det = self.solve(rates, (x, x.new_zeros(len(x))), (start, end))
        return path[-1], log_det[-1]

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """z -> x = ψ₁(z), ∫₀¹ ∇·u dt."""
        return self.move(z, 0.0, 1.0)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x -> z = ψ₁⁻¹(x), ∫₁⁰ ∇·u dt: cùng phương trình, thời gian chạy ngược."""
        return self.move(x, 1.0, 0.0)

    def path(self, z: Tensor, times: Sequence[float] = (0.0, 1.0)) -> Tensor:
        """Vị trí (T, n, ...) ở các `times` của những điểm có mặt ở z lúc times[0].

        Không tính phân kỳ: một lần gọi trường là một lần gọi mạng.
        """
        return self.solve(lambda t, s: (check_velocity(self.field(t, s[0]), z),), (z,), times)[0]


class CNF(Flow):
    """Luồng chuẩn hóa liên tục cho vector (n, dim): ODE với phân kỳ chính xác, rồi ActNorm.

    ActNorm ở phía dữ liệu đưa dữ liệu về trung bình 0, độ lệch chuẩn 1; phần còn lại do ODE lo.

    Tham số
    -------
    dim, hidden : số tọa độ; bề rộng các tầng ẩn của trường `VelocityMLP` mặc định, hai tầng thì
        phân kỳ rẻ nhất
    field : trường khác, gọi bằng field(t, x)
    solver : bộ giải khi đánh giá (sau `.eval()`, và sau `fit`); mặc định dopri5, dung sai 1e-5
    training_solver : bộ giải khi huấn luyện; mặc định rk4 với 4 bước, tức 16 lần gọi trường. Bước
        cố định cho mỗi bước huấn luyện một giá biết trước; sai số của nó được đo lại khi đánh giá

    `nfe` là số lần gọi trường của lần giải gần nhất. Mô hình mới dựng ở chế độ huấn luyện, như mọi
    nn.Module. Sách: (eq-cnf-ode), (eq-cnf-log-prob); Chen et al. (2018)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        field: Field | None = None,
        solver: Solver | None = None,
        training_solver: Solver | None = None,
    ):
        ode = OdeFlow(
            VelocityMLP(dim, hidden) if field is None else field,
            solver,
            training_solver or Solver("rk4", steps=4),
        )
        super().__init__(Compose([ode, ActNorm(dim)]), StandardNormal((dim,)))

    @property
    def ode(self) -> OdeFlow:
        """Phần ODE, không có ActNorm."""
        return self.transform.transforms[0]

    @property
    def nfe(self) -> int:
        """Số lần gọi trường của lần giải gần nhất."""
        return self.ode.nfe

    def path(self, z: Tensor, times: Sequence[float] = (0.0, 1.0)) -> Tensor:
        """Vị trí (T, n, dim) ở các `times` của những điểm có mặt ở z lúc times[0].

        Mọi vị trí đã qua ActNorm, tức trong hệ tọa độ của dữ liệu, kể cả lúc t = 0.
        """
        self.check(z, "z")
        path = self.ode.path(z, times)
        return self.transform.transforms[1](path.flatten(0, 1))[0].view_as(path)

    def generate(self, z: Tensor) -> Tensor:
        """x = f_θ(z): đi theo trường, không tính phân kỳ."""
        return self.path(z)[-1]
