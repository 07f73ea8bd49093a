"""Khớp luồng và luồng nắn thẳng: học trường vận tốc bằng hồi quy, khi học không giải ODE nào.

Nối điểm nhiễu x₀ với điểm dữ liệu x₁ bằng một đường biết trước x_t = a(t)x₁ + b(t)x₀; ai đi trên
đường ấy có vận tốc a′(t)x₁ + b′(t)x₀. Nhiều đường cùng qua một chỗ; bình phương tối thiểu cho ra
vận tốc trung bình ở chỗ ấy, và trường trung bình mang nhiễu thành dữ liệu.

Nguồn: Lipman et al. (2023); Liu et al. (2023); Albergo & Vanden-Eijnden (2023).
"""

import copy
import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from .base import check_batch, check_count
from .couplings import Coupling, independent, optimal_transport
from .errors import InputError
from .flows.continuous import OdeFlow
from .flows.fields import Field, VelocityMLP
from .flows.images import data_side, event_shape_of
from .flows.ode import FIXED_STEP, Solver
from .flows.transform import Compose, Flow, StandardNormal, Transform

# t (n, 1) -> a, b, a′, b′, mỗi cái (n, 1), với a(0) = 0, b(0) = 1, a(1) = 1.
Path = Callable[[Tensor], tuple[Tensor, Tensor, Tensor, Tensor]]


def straight_path(t: Tensor, sigma_min: float = 0.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x_t = t x₁ + (1 − (1 − σ_min)t) x₀: đoạn thẳng, tới cách x₁ còn σ_min x₀.

    σ_min = 0: tới đúng x₁, sách: (eq-conditional-path). σ_min > 0: đường đi có điều kiện của Lipman
    et al. (2023); mô hình học mật độ của dữ liệu cộng nhiễu N(0, σ_min²), sách: (eq-ot-path)
    """
    one = torch.ones_like(t)
    return t, 1 - (1 - sigma_min) * t, one, (sigma_min - 1) * one


def trigonometric_path(t: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x_t = sin(πt/2) x₁ + cos(πt/2) x₀: đường cong; hai đầu có phương sai 1 thì x_t cũng vậy.

    Sách: (eq-gaussian-path); Albergo & Vanden-Eijnden (2023)
    """
    c = math.pi / 2
    sin, cos = (c * t).sin(), (c * t).cos()
    return sin, cos, c * cos, -c * sin


def stratified_times(n: int, like: Tensor) -> Tensor:
    """n thời điểm (n, 1), mỗi khoảng [k/n, (k+1)/n) đúng một, thứ tự ngẫu nhiên.

    Mỗi t vẫn đều trên [0, 1], nên gradient không chệch; phương sai nhỏ hơn n lần rút độc lập.
    """
    strata = torch.randperm(n, device=like.device).to(like.dtype)
    return ((strata + torch.rand(n, dtype=like.dtype, device=like.device)) / n).unsqueeze(1)


class FlowMatching(Flow):
    """Luồng liên tục học bằng khớp luồng, cho vector (n, dim) hay ảnh (n, C, H, W).

    Theo chiều sinh: ODE, rồi phía dữ liệu (`data_side`): ActNorm cố định, và với ảnh là xếp lại và
    Logit. Đường đi, ghép đôi và trường sống trong tọa độ đã chuẩn tắc; `log_prob` tính cả phía dữ
    liệu. ActNorm lấy theo lô đầu tiên rồi đứng yên: nếu cho nó học, mất mát sẽ giảm nhờ co dữ liệu
    về một điểm.

    Tham số
    -------
    dim : số tọa độ, hoặc hình dạng (C, H, W) của ảnh
    hidden, frequencies, activation : của `VelocityMLP`; bốn tầng hẹp khớp sát hơn hẳn hai tầng rộng
        cùng số tham số; "silu" cho trường trơn, ít NFE; "tanh" cho trường gấp khúc hơn, nhiều NFE
    path : "straight", "gaussian" (dừng cách dữ liệu `sigma_min`), "trigonometric", hay một hàm
        t (n, 1) -> a, b, a′, b′
    coupling : "independent", "ot" (vận chuyển tối ưu trong từng khối `block` điểm của lô), hay một
        hàm (x₀, x₁) -> x₀ xếp lại
    field : trường thay cho `VelocityMLP`, gọi bằng field(t, x), t là một số hay (n,), x (n, D);
        nhiều chiều mà cần `log_prob` thì hai tầng ẩn cho phân kỳ rẻ hơn hẳn
    solver : bộ giải cho `log_prob` và `sample`; mặc định dopri5, dung sai 1e-5
    alpha : tham số của Logit, cho dữ liệu trong [0, 1); None khi dữ liệu ở trên ℝ

    Sách: (eq-cfm-loss); Lipman et al. (2023), Tong et al. (2024)
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        hidden: Sequence[int] = (40, 40, 40, 40),
        *,
        path: str | Path = "straight",
        sigma_min: float = 0.01,
        coupling: str | Coupling = "independent",
        block: int = 32,
        frequencies: int = 3,
        activation: str = "silu",
        field: Field | None = None,
        solver: Solver | None = None,
        alpha: float | None = None,
    ):
        event_shape = event_shape_of(dim)
        size = math.prod(event_shape)
        if not 0 <= sigma_min < 1:
            raise InputError(f"sigma_min = {sigma_min}; cần một số từ 0 đến dưới 1, ví dụ 0.01.")
        if field is None:
            field = VelocityMLP(size, hidden, frequencies, activation)
        super().__init__(
            Compose([OdeFlow(field, solver), data_side(event_shape, alpha)]),
            StandardNormal((size,)),
            event_shape,
        )
        paths = {
            "straight": straight_path,
            "gaussian": partial(straight_path, sigma_min=sigma_min),
            "trigonometric": trigonometric_path,
        }
        couplings = {"independent": independent, "ot": partial(optimal_transport, block=block)}
        self.interpolant = choose(path, paths, "đường đi")
        self.coupling = choose(coupling, couplings, "cách ghép đôi")

    @property
    def ode(self) -> OdeFlow:
        """Phần ODE, giữa nhiễu và tọa độ đã chuẩn tắc."""
        return self.transform.transforms[0]

    @property
    def field(self) -> Field:
        """Trường u_θ, gọi bằng field(t, x) trong tọa độ đã chuẩn tắc."""
        return self.ode.field

    @property
    def data_side(self) -> Transform:
        """Phía dữ liệu: từ tọa độ đã chuẩn tắc (n, D) ra dữ liệu (n, *event_shape)."""
        return self.transform.transforms[1]

    @property
    def nfe(self) -> int:
        """Số lần gọi trường của lần giải gần nhất."""
        return self.ode.nfe

    def matching_loss(self, x0: Tensor, x1: Tensor) -> Tensor:
        """E‖u_θ(x_t, t) − (a′x₁ + b′x₀)‖² trên các cặp đã ghép (n, D), t phân tầng; một số.

        Sách: (eq-cfm-loss)
        """
        t = stratified_times(len(x1), x1)
        a, b, slope_a, slope_b = self.interpolant(t)
        velocity = self.field(t.squeeze(1), a * x1 + b * x0)
        target = slope_a * x1 + slope_b * x0
        return F.mse_loss(velocity, target, reduction="sum") / len(x1)

    def loss(self, x: Tensor) -> Tensor:
        """Mất mát khớp luồng có điều kiện của lô x; một lần gọi trường. Sách: (eq-cfm-loss)

        Không phải đối log hợp lý, và không về 0: giá trị nhỏ nhất là độ tản của vận tốc quanh trung
        bình. Đừng so hai mô hình khác đường đi hay cách ghép bằng con số này.
        """
        self.check(x)
        x1, _ = self.data_side.inverse(x)
        x0 = self.coupling(torch.randn_like(x1), x1)
        return self.matching_loss(x0, x1)

    def path(self, z: Tensor, times: Sequence[float] = (0.0, 1.0)) -> Tensor:
        """Vị trí (T, n, *event_shape) ở các `times` của những điểm có mặt ở z (n, D) lúc times[0].

        Mọi vị trí đã qua phía dữ liệu, tức trong tọa độ của dữ liệu, kể cả lúc t = 0;
        `ode.path` cho tọa độ đã chuẩn tắc.
        """
        check_batch(z, self.base.event_shape, "z", self.like)
        path = self.ode.path(z, times)
        return self.data_side(path.flatten(0, 1))[0].unflatten(0, path.shape[:2])

    def generate(self, z: Tensor, solver: Solver | None = None) -> Tensor:
        """x = ψ₁(z) trong tọa độ dữ liệu; `solver` thay bộ giải của mô hình."""
        ode = self.ode if solver is None else OdeFlow(self.field, solver)
        x = ode.path(z)[-1]
        self.ode.nfe = ode.nfe
        return self.data_side(x)[0]

    @torch.no_grad()
    def sample(
        self,
        n: int,
        steps: int | None = None,
        method: str | None = None,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Tensor:
        """n mẫu (n, *event_shape).

        Không nói gì thì dùng bộ giải của mô hình. `steps`: bước cố định, mặc định Euler, nên
        `sample(n, steps=1)` là một lần gọi trường: x₀ + u(x₀, 0). Bước cố định không còn là luồng
        của `log_prob`: nó có sai số rời rạc hóa. Sách: (eq-rectified-flow)
        """
        check_count(n)
        if not temperature >= 0:
            raise InputError(f"Nhiệt độ {temperature!r} không hợp lệ; cần một số không âm.")
        if method is not None and (steps is None) == (method in FIXED_STEP):
            raise InputError(
                f"method = {method!r}, steps = {steps}: bước cố định ({', '.join(FIXED_STEP)}) cần "
                f"`steps`, số bước; các bộ giải khác tự chọn bước, hãy bỏ `steps`."
            )
        solver = None
        if steps is not None:
            solver = Solver(method or "euler", steps)
        elif method is not None:
            solver = Solver(method)
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        return self.generate(temperature * self.base.sample(n, self._like, generator), solver)

    @torch.no_grad()
    def straightness(self, n: int = 1000, points: int = 33, seed: int | None = None) -> float:
        """∫₀¹ E‖(ψ₁(x₀) − x₀) − u(x_t, t)‖² dt: 0 khi và chỉ khi mọi điểm đi thẳng đều.

        Bình phương đơn vị của tọa độ đã chuẩn tắc; n quỹ đạo, quy tắc hình thang trên `points` thời
        điểm. Sách: (eq-straightness); Liu et al. (2023)
        """
        check_count(n)
        if points < 2:
            raise InputError(f"points = {points}; quy tắc hình thang cần ít nhất hai thời điểm.")
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        times = torch.linspace(0, 1, points, dtype=torch.float64, device="cpu").tolist()
        path = self.ode.path(self.base.sample(n, self._like, generator), times)
        chord = path[-1] - path[0]
        bend = [
            (chord - self.field(t, x)).square().sum(1).mean().double()
            for t, x in zip(times, path, strict=True)
        ]
        return float(torch.trapezoid(torch.stack(bend), dx=1 / (points - 1)))


def choose(choice: str | Callable, table: dict[str, Callable], what: str) -> Callable:
    """Hàm có tên trong bảng, hay chính hàm được đưa vào."""
    if callable(choice):
        return choice
    if choice not in table:
        raise InputError(f"Không có {what} tên {choice!r}; hãy chọn {', '.join(table)}.")
    return table[choice]


class RectifiedFlow(FlowMatching):
    """Luồng nắn thẳng (Liu et al., 2023): vòng đầu là khớp luồng trên đoạn thẳng, rồi `reflow`.

        second, pairs = first.reflow(20_000)
        fit(second, pairs, steps=1000)

    Sách: (eq-rectified-flow), (eq-reflow)
    """

    def __init__(
        self, dim: int | Sequence[int], hidden: Sequence[int] = (40, 40, 40, 40), **settings
    ):
        if settings.get("path", "straight") != "straight":
            raise InputError(
                "Luồng nắn thẳng chỉ đi theo đoạn thẳng; đường khác thì hãy dùng FlowMatching."
            )
        super().__init__(dim, hidden, **settings)

    def check(self, x: Tensor, name: str = "x") -> None:
        """Một lô dữ liệu (n, *event_shape), hay một lô cặp (n, 2, D) của `reflow`."""
        if isinstance(x, Tensor) and x.ndim == 3:
            check_batch(x, (2, self.base.dim), name, self.like)
        else:
            super().check(x, name)

    def loss(self, x: Tensor) -> Tensor:
        """Như `FlowMatching.loss`; với lô cặp (n, 2, D) thì nối đúng các cặp ấy, không ghép lại."""
        self.check(x)
        return self.matching_loss(x[:, 0], x[:, 1]) if x.ndim == 3 else super().loss(x)

    @torch.no_grad()
    def reflow(
        self, n_pairs: int, solver: Solver | None = None, seed: int | None = None
    ) -> tuple["RectifiedFlow", Tensor]:
        """Luồng của vòng sau, và các cặp (n_pairs, 2, D) để huấn luyện nó.

        Cặp là (x₀, ψ₁(x₀)): nhiễu, và nơi luồng này mang nó tới, trong tọa độ đã chuẩn tắc. Luồng
        mới bắt đầu từ trọng số của luồng này và giữ nguyên phía dữ liệu. Nó bắt chước luồng này chứ
        không nhìn dữ liệu, nên mang theo sai số của luồng này. `solver`: để giải ra các cặp, mặc
        định của mô hình. Sách: (eq-reflow)
        """
        check_count(n_pairs, "n_pairs")
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        ode = self.ode if solver is None else OdeFlow(self.field, solver)
        x0 = self.base.sample(n_pairs, self._like, generator)
        x1 = torch.cat([ode.path(part)[-1] for part in x0.split(10_000)])
        return copy.deepcopy(self), torch.stack([x0, x1], 1)
