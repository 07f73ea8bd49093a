"""FFJORD: luồng liên tục mà trường là mạng bất kỳ, nhờ phân kỳ ước lượng bằng một vector dò.

Mỗi lần gọi trường chỉ tốn thêm một lần lan truyền ngược, dù x có bao nhiêu chiều. Cùng tích
vᵀ∂u/∂x ấy cho luôn phạt Jacobi, giữ cho trường êm và bộ giải đi ít bước.

Nguồn: Grathwohl et al. (2019); Finlay et al. (2020); Huang et al. (2020).
"""

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..base import check_batch, check_count
from ..errors import InputError
from ..nets import tanh, zero_init
from .continuous import OdeFlow
from .divergence import exact_divergence, vector_jacobian
from .linear import ActNorm
from .log_det import dot, draw_probes
from .ode import Solver
from .transform import Compose, Flow, StandardNormal, Transform

EXACT_DIM = 64  # tới đây, D lần lan truyền ngược mỗi lần gọi trường còn làm được


class FreeField(nn.Module):
    """Trường vận tốc không ràng buộc gì: perceptron tanh, t nối vào đầu vào của mọi tầng.

    Không có đường tắt cho phân kỳ như `VelocityMLP` hai tầng ẩn. Tầng cuối bắt đầu từ 0, nên luồng
    bắt đầu từ phép đồng nhất.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64, 64)):
        super().__init__()
        widths = (dim, *hidden, dim)
        self.linear = nn.ModuleList(nn.Linear(a + 1, b) for a, b in itertools.pairwise(widths))
        zero_init(self.linear[-1])

    def forward(self, t: Tensor | float, x: Tensor) -> Tensor:
        """t một số hay (n,), x (n, dim) -> u (n, dim)."""
        t = torch.as_tensor(t, dtype=x.dtype, device=x.device).reshape(-1, 1).expand(len(x), 1)
        *hidden, last = self.linear
        for layer in hidden:
            x = tanh(layer(torch.cat([x, t], 1)))
        return last(torch.cat([x, t], 1))


class FFJORD(Flow):
    """Luồng liên tục với phân kỳ Hutchinson, phạt động năng, và tọa độ thêm.

    Theo chiều sinh: z ~ N(0, I), ODE từ t = 0 tới t = 1, ActNorm, rồi `data_transform` nếu có.
    Mỗi lần giải rút **một** vector dò cho mỗi điểm và giữ nó từ đầu tới cuối: có vậy vế phải mới là
    một hàm của (t, x), và bộ giải thích nghi mới tìm được bước đi.

    Tham số
    -------
    dim, hidden : số tọa độ của vector; bề rộng các tầng ẩn của trường mặc định `FreeField`
    kinetic : hệ số của động năng ∫‖u‖² dt trong mất mát. Sách: (eq-kinetic)
    jacobian : hệ số của ∫‖vᵀ∂u/∂x‖² dt, trung bình là ∫‖∂u/∂x‖²_F dt. Sách: (eq-jacobian-penalty)
    augment : số tọa độ thêm e ~ N(0, I). Khi ấy chỉ còn cận dưới `elbo`. Sách: (eq-augmented-flow)
    probe : "rademacher" hoặc "gaussian"
    field : trường khác, gọi bằng field(t, x), trên dim + augment tọa độ
    solver, training_solver : mặc định dopri5 ở 1e-5, và rk4 với 4 bước
    data_transform : phép biến đổi cố định ở phía dữ liệu, ví dụ Logit() cho ảnh trong [0, 1)
    event_shape : hình dạng của một điểm dữ liệu sau `data_transform`; mặc định (dim,)

    Sách: (eq-ffjord)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64, 64),
        *,
        kinetic: float = 0.0,
        jacobian: float = 0.0,
        augment: int = 0,
        probe: str = "rademacher",
        field: nn.Module | None = None,
        solver: Solver | None = None,
        training_solver: Solver | None = None,
        data_transform: Transform | None = None,
        event_shape: Sequence[int] | None = None,
    ):
        if dim < 1 or augment < 0:
            raise InputError(
                f"dim = {dim}, augment = {augment}: cần ít nhất một tọa độ, và số tọa độ thêm "
                f"không âm."
            )
        if not (kinetic >= 0 and jacobian >= 0):
            raise InputError(
                f"kinetic = {kinetic}, jacobian = {jacobian}: hệ số phạt phải là số không âm; "
                f"hệ số âm thưởng cho trường gồ ghề."
            )
        draw_probes(torch.zeros(1, 1), 1, probe)  # loại vector dò không có thì báo ngay
        size = dim + augment
        ode = OdeFlow(
            FreeField(size, hidden) if field is None else field,
            solver,
            training_solver or Solver("rk4", steps=4),
        )
        super().__init__(
            Compose([ode, ActNorm(size)]), StandardNormal((size,)), event_shape or (dim,)
        )
        self.data_transform = data_transform or Compose([])
        self.dim, self.augment, self.probe = dim, augment, probe
        self.kinetic, self.jacobian = kinetic, jacobian

    @property
    def ode(self) -> OdeFlow:
        return self.transform.transforms[0]

    @property
    def nfe(self) -> int:
        """Số lần gọi trường của lần giải gần nhất."""
        return self.ode.nfe

    # --- Hai chiều của vi phôi --------------------------------------------------------------------

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """z (n, dim + augment) -> điểm và log|det|, phân kỳ chính xác.

        augment > 0: vi phôi là của cặp (x, e), nên trả (n, dim + augment) trước `data_transform`.
        """
        joint, log_det = super().forward(z)
        if self.augment:
            return joint, log_det
        x, change = self.data_transform(joint)
        return x, log_det + change

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Chiều ngược của `forward`; augment > 0 thì nhận cặp (x, e) (n, dim + augment)."""
        if self.augment:
            check_batch(x, self.base.event_shape, "(x, e)", self.like)
            return self.transform.inverse(x)
        self.check(x)
        joint, change = self.data_transform.inverse(x)
        z, log_det = self.transform.inverse(joint)
        return z, log_det + change

    def generate(self, z: Tensor) -> Tensor:
        """z -> x, không tính phân kỳ; các tọa độ thêm bị bỏ."""
        joint = self.transform.transforms[1](self.ode.path(z, (0.0, 1.0))[-1])[0]
        return self.data_transform(joint[:, : self.dim])[0]

    def integrate(self, y: Tensor, exact: bool, penalties: bool = False) -> list[Tensor]:
        """y ở t = 1 -> z ở t = 0, ∫₁⁰ ∇·u dt, và nếu cần ∫₁⁰ của hai phạt, trong một lần giải.

        exact=False: phân kỳ là vᵀ(∂u/∂x)v, với v rút một lần ở đây, giữ suốt lần giải.
        """
        field = self.ode.field
        v = None if exact else draw_probes(y, 1, self.probe)[0]

        def rates(t: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            if exact:
                return exact_divergence(field, t, state[0])
            u, product = vector_jacobian(field, t, state[0], v)
            slopes = u, dot(product, v)
            return (*slopes, dot(u, u), dot(product, product)) if penalties else slopes

        state = (y, *[y.new_zeros(len(y))] * (3 if penalties else 1))
        return [part[-1] for part in self.ode.solve(rates, state, (1.0, 0.0))]

    def normalize(
        self, x: Tensor, exact: bool = False, penalties: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """log p(x) (hay một mẫu của cận dưới khi augment > 0), và hai phạt nếu cần; đều (n,)."""
        self.check(x)
        y, log_p = self.data_transform.inverse(x)
        if self.augment:
            q = StandardNormal((self.augment,))
            extra = q.sample(len(y), y)
            y, log_p = torch.cat([y, extra], 1), log_p - q.log_prob(extra)
        y, log_det = self.transform.transforms[1].inverse(y)
        z, change, *backward = self.integrate(y, exact, penalties)
        # Đi ngược thời gian, nên ∫₀¹ của hai phạt là trừ của tích phân vừa tính.
        return log_p + log_det + change + self.base.log_prob(z), [-part for part in backward]

    # --- Mật độ -----------------------------------------------------------------------------------

    def refuse_augmented(self, name: str) -> None:
        if self.augment:
            raise InputError(
                f"{name} không tính được khi augment = {self.augment}: luồng cho mật độ của cả x "
                f"lẫn tọa độ thêm e, còn log p(x) đòi tích phân theo e. Chỉ còn một cận dưới: hãy "
                f"dùng elbo."
            )

    def log_prob(self, x: Tensor) -> Tensor:
        """log p_θ(x), nat; (n, dim) -> (n,). Phân kỳ chính xác: mỗi lần gọi trường thêm D lần lan
        truyền ngược, hoặc đường tắt của trường nếu nó có. Sai số chỉ là của bộ giải.

        Lỗi
        ---
        InputError : nhiều hơn 64 chiều (hãy dùng `log_prob_estimate`), hoặc augment > 0.

        Sách: (eq-cnf-log-prob)
        """
        self.refuse_augmented("log_prob")
        if self.dim > EXACT_DIM:
            raise InputError(
                f"log_prob chính xác cần {self.dim} lần lan truyền ngược ở mỗi lần gọi trường, "
                f"nhiều hơn {EXACT_DIM}. Hãy dùng log_prob_estimate."
            )
        return self.normalize(x, exact=True)[0]

    def log_prob_estimate(self, x: Tensor, probes: int = 1) -> Tensor:
        """Ước lượng log p_θ(x), trung bình trên `probes` lần giải, mỗi lần một vector dò; (n,).

        Độ chệch: 0, ngoài sai số của bộ giải. Phương sai: giảm như 1/probes. Gọi S̄ là phần đối xứng
        của J̄ = ∫₀¹ ∂u/∂x dt, ma trận Jacobi trung bình dọc đường đi của x; một vector dò cho
        2(‖S̄‖²_F − ΣS̄ᵢᵢ²) với Rademacher, 2‖S̄‖²_F với Gauss.
        exp của nó **không** là ước lượng không chệch của mật độ (bất đẳng thức Jensen).

        Sách: (eq-ffjord), (eq-path-variance)
        """
        self.refuse_augmented("log_prob_estimate")
        check_count(probes, "probes")
        return sum(self.normalize(x, exact=False)[0] for _ in range(probes)) / probes

    def elbo(self, x: Tensor, draws: int = 1) -> Tensor:
        """log p_θ(x, e) − log q(e), trung bình trên `draws` lần rút e ~ q = N(0, I); (n,).

        Kỳ vọng là cận dưới của log p_θ(x); hiệu là KL(q(e) ‖ p_θ(e|x)). augment = 0 thì là chính
        log p_θ(x). Phân kỳ chính xác khi dim + augment ≤ 64, nhiều hơn thì ước lượng; kỳ vọng vẫn
        là cận ấy.

        Sách: (eq-augmented-bound)
        """
        check_count(draws, "draws")
        exact = self.dim + self.augment <= EXACT_DIM
        return sum(self.normalize(x, exact)[0] for _ in range(draws)) / draws

    def penalties(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """∫₀¹‖u‖² dt và ∫₀¹‖vᵀ∂u/∂x‖² dt dọc đường đi của từng điểm, mỗi thứ (n,).

        Tính trong không gian mà ODE làm việc, tức sau khi ActNorm đã chuẩn tắc hóa dữ liệu.
        Sách: (eq-kinetic), (eq-jacobian-penalty)
        """
        return tuple(self.normalize(x, penalties=True)[1])

    def loss(self, x: Tensor) -> Tensor:
        """−(log p_θ(x), hay cận dưới) ước lượng, cộng kinetic·∫‖u‖² + jacobian·∫‖vᵀ∂u/∂x‖²."""
        if self.kinetic == self.jacobian == 0:
            return -self.normalize(x)[0].mean()
        log_p, (energy, roughness) = self.normalize(x, penalties=True)
        return (self.kinetic * energy + self.jacobian * roughness - log_p).mean()
