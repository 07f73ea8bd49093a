"""Mô hình điểm số: học ∇log p_s ở mọi mức nhiễu, rồi sinh mẫu bằng SDE ngược hay ODE dòng xác suất.

Một mạng nhiễu net(s, x) cho ε̂; điểm số là −ε̂/σ(s). Cùng một mạng ấy chạy được hai cách: SDE ngược
(có nhiễu), và ODE dòng xác suất (tất định, nên có log hợp lý đúng như mọi luồng liên tục).

Nguồn: Song et al. (2021); Vincent (2011); Anderson (1982).
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ..base import check_batch, check_count
from ..errors import InputError
from ..flow_matching import stratified_times
from ..flows.continuous import OdeFlow
from ..flows.fields import Field, VelocityMLP
from ..flows.images import data_side, event_shape_of
from ..flows.linear import Affine
from ..flows.ode import Solver
from ..flows.transform import Compose, Flow, StandardNormal, Transform
from .probability_flow import PREDICTIONS, ProbabilityFlow
from .sde import SDE, Time, as_time, choose_sde, column

WEIGHTINGS = ("simple", "likelihood", "velocity")
SAMPLERS = ("ode", "euler", "heun", "euler_maruyama")


class ScoreSDE(Flow):
    """Mô hình điểm số với thời gian liên tục, cho vector (n, dim) hay ảnh (n, C, H, W).

    Theo chiều sinh: nhiễu chuẩn nhân `sde.prior_scale`, ODE dòng xác suất từ s = 1 về s_min, rồi
    phía dữ liệu như của `FlowMatching`. `log_prob` là mật độ đúng *của ODE ấy*, tức của dữ liệu
    cộng chút nhiễu còn lại lúc s_min; mẫu của SDE ngược theo một phân phối khác khi mạng chưa hoàn
    hảo. `score`, `field`, `path` sống trong tọa độ đã chuẩn tắc.

    Tham số
    -------
    dim : số tọa độ, hoặc hình dạng (C, H, W) của ảnh
    hidden, frequencies, activation : của `VelocityMLP`
    sde : "vp", "ve", hay một SDE
    net : mạng thay cho `VelocityMLP`, gọi bằng net(s, x), x (n, *event_shape)
    prediction : "v" (mạng đoán phần khó, đầu vào đã co giãn) hay "eps" (net là ε̂ của chính x)
    s_min : dừng ở đây, vì điểm số của dữ liệu sạch có thể vô cực
    weighting : "simple" (sai số của ε, s đều: L_simple của DDPM); "likelihood" (sai số của ε, nhân
        g²/σ² của cận trên KL, s rút sao cho ln SNR đều); "velocity" (sai số của v, s rút sao cho
        góc đều: mất mát khớp luồng trên đường lượng giác). Mặc định "velocity" khi đoán v, "simple"
        khi đoán ε
    gain : nhân trọng số ban đầu của tầng thứ nhất; với cụm rời (tám Gauss), 3 đến 6 cùng "tanh" cho
        mạng vẽ được bờ sắc ngay từ đầu
    solver : bộ giải cho `log_prob` và `sample`; mặc định dopri5, dung sai 1e-5
    alpha : tham số của Logit, cho dữ liệu trong [0, 1); None khi dữ liệu ở trên ℝ

    Sách: (eq-dsm), (eq-reverse-sde), (eq-probability-flow); Song et al. (2021)
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        hidden: Sequence[int] = (128, 128),
        *,
        sde: str | SDE = "vp",
        net: Field | None = None,
        prediction: str = "v",
        s_min: float = 1e-3,
        weighting: str | None = None,
        frequencies: int = 3,
        activation: str = "silu",
        gain: float = 1.0,
        solver: Solver | None = None,
        alpha: float | None = None,
    ):
        event_shape = event_shape_of(dim)
        size = math.prod(event_shape)
        if not 0 < s_min < 1:
            raise InputError(f"s_min = {s_min}; cần một số giữa 0 và 1, ví dụ 0.001.")
        if prediction not in PREDICTIONS:
            raise InputError(f"prediction = {prediction!r}; hãy chọn {', '.join(PREDICTIONS)}.")
        weighting = weighting or ("velocity" if prediction == "v" else "simple")
        if weighting not in WEIGHTINGS:
            raise InputError(f"weighting = {weighting!r}; hãy chọn {', '.join(WEIGHTINGS)}.")
        if weighting == "velocity" and prediction == "eps":
            raise InputError(
                "weighting='velocity' đo sai số của v; đổi từ ε sang v phải chia cho a, mà a gần 0 "
                "ở đầu nhiễu. Hãy dùng prediction='v'."
            )
        sde = choose_sde(sde)
        if net is None:
            net = VelocityMLP(size, hidden, frequencies, activation)
            net.linear[0].weight.data.mul_(gain)
        shape = (size,) if isinstance(net, VelocityMLP) else event_shape
        prior = Affine(size).requires_grad_(False)
        prior.log_scale.fill_(math.log(sde.prior_scale))
        ode = OdeFlow(ProbabilityFlow(net, sde, s_min, prediction, shape), solver)
        super().__init__(
            Compose([prior, ode, data_side(event_shape, alpha)]),
            StandardNormal((size,)),
            event_shape,
        )
        self.weighting = weighting

    @property
    def ode(self) -> OdeFlow:
        """Phần ODE, từ x_1 tới x_{s_min} đã chuẩn tắc."""
        return self.transform.transforms[1]

    @property
    def field(self) -> ProbabilityFlow:
        """Trường của ODE, gọi bằng field(t, x) với t là thời gian luồng."""
        return self.ode.field

    @property
    def sde(self) -> SDE:
        """SDE xuôi."""
        return self.field.sde

    @property
    def s_min(self) -> float:
        """Mức nhiễu nhỏ nhất."""
        return self.field.s_min

    @property
    def data_side(self) -> Transform:
        """Phía dữ liệu: từ tọa độ đã chuẩn tắc (n, D) ra dữ liệu (n, *event_shape)."""
        return self.transform.transforms[2]

    @property
    def nfe(self) -> int:
        """Số lần gọi mạng của lần lấy mẫu hay tính mật độ gần nhất."""
        return self.ode.nfe

    def score(self, s: Time, x: Tensor) -> Tensor:
        """∇log p_s(x) ≈ −ε̂(s, x)/σ(s), x (n, D) trong tọa độ đã chuẩn tắc. Sách: (eq-score)"""
        check_batch(x, self.base.event_shape)
        sigma = self.sde.marginal(s)[1]
        return -self.field.noise(s, x) / column(sigma, x)

    def times(self, u: Tensor) -> Tensor:
        """u (n,) đều trên [0, 1] -> s (n,): đều theo s, theo ln SNR, hay theo góc arctan(σ/a)."""
        if self.weighting == "simple":
            return self.s_min + (1 - self.s_min) * u
        scale = self.sde.log_ratio if self.weighting == "likelihood" else self.sde.angle
        low, high = (scale(s).to(u) for s in (self.s_min, 1.0))
        mark = low + (high - low) * u
        return self.sde.time_at(mark if self.weighting == "likelihood" else 2 * mark.tan().log())

    def loss(self, x: Tensor) -> Tensor:
        """Khớp điểm số khử nhiễu trên lô x, cộng theo tọa độ; một lần gọi mạng. Sách: (eq-dsm)

        "simple": E‖ε − ε̂‖². "likelihood": ½(λ(1) − λ(s_min))·E‖ε − ε̂‖² với λ = −ln SNR, tức
        ½∫ g²·E‖ε − ε̂‖²/σ² ds, nat: một hằng số cộng cận trên của KL, sách: (eq-sde-kl).
        "velocity": E‖v − v̂‖², sách: (eq-matching-weight). Cả ba không về 0.
        """
        self.check(x)
        x0, _ = self.data_side.inverse(x)
        eps = torch.randn_like(x0)
        s = self.times(stratified_times(len(x0), x0).squeeze(1))
        xs = self.sde.diffuse(x0, s, eps)
        if self.weighting == "velocity":
            angle = column(self.sde.angle(s), x0)
            error = angle.cos() * eps - angle.sin() * x0 - self.field.output(s, xs)
        else:
            error = eps - self.field.noise(s, xs)
        loss = error.square().sum(1).mean()
        if self.weighting == "likelihood":
            span = self.sde.log_ratio(1.0) - self.sde.log_ratio(self.s_min)
            loss = float(span) / 2 * loss
        return loss

    def path(self, z: Tensor, times: Sequence[float] = (0.0, 1.0)) -> Tensor:
        """Vị trí (T, n, *event_shape) dọc ODE ở các thời gian luồng `times`, trong tọa độ dữ liệu.

        z (n, D) là nhiễu chuẩn, có mặt lúc times[0] = 0.
        """
        check_batch(z, self.base.event_shape, "z")
        path = self.ode.path(self.transform.transforms[0](z)[0], times)
        return self.data_side(path.flatten(0, 1))[0].unflatten(0, path.shape[:2])

    def generate(self, z: Tensor) -> Tensor:
        """x từ nhiễu chuẩn z (n, D), theo ODE, bằng bộ giải của mô hình."""
        return self.path(z)[-1]

    @torch.no_grad()
    def sample(
        self,
        n: int,
        sampler: str = "ode",
        steps: int | None = None,
        noise: float = 1.0,
        seed: int | None = None,
    ) -> Tensor:
        """n mẫu (n, *event_shape).

        Tham số
        -------
        sampler : "ode" (bộ giải của mô hình); "euler", "heun" (ODE, `steps` bước, bậc 1 và 2);
            "euler_maruyama" (SDE ngược, `steps` bước; bước cuối không cộng nhiễu)
        steps : mặc định 100 (ODE) và 500 (SDE); "ode" tự chọn bước
        noise : λ của họ SDE ngược, cho "euler_maruyama"; 1 là SDE của Anderson

        Sách: (eq-euler-maruyama), (eq-reverse-sde), (eq-probability-flow)
        """
        check_count(n)
        if sampler not in SAMPLERS:
            raise InputError(f"Không có cách lấy mẫu {sampler!r}; hãy chọn {', '.join(SAMPLERS)}.")
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        z = self.base.sample(n, self._like, generator)
        if sampler == "ode":
            if steps is not None:
                raise InputError(
                    f"steps = {steps}: 'ode' tự chọn bước. Muốn bước cố định, hãy dùng "
                    f"sampler='heun' hoặc 'euler'."
                )
            return self.generate(z)
        if steps is None:
            steps = 500 if sampler == "euler_maruyama" else 100
        check_count(steps, "steps")
        x = self.transform.transforms[0](z)[0]
        if sampler == "euler_maruyama":
            x = self.reverse(x, steps, noise, generator)
        else:
            x = self.follow(x, steps, heun=sampler == "heun")
        return self.data_side(x)[0]

    def follow(self, x: Tensor, steps: int, heun: bool) -> Tensor:
        """x_1 -> x_{s_min} theo ODE, lưới đều: Euler, hay Heun (hình thang có dự đoán)."""
        step = 1 / steps
        for k in range(steps):
            u = self.field(k * step, x)
            if heun:
                u = (u + self.field((k + 1) * step, x + step * u)) / 2
            x = x + step * u
        self.ode.nfe = steps * (1 + heun)
        return x

    def reverse(
        self,
        x: Tensor,
        steps: int,
        noise: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """x_1 -> x_{s_min} theo SDE ngược, Euler–Maruyama trên lưới đều; `noise` là λ.

        x ← x − h·(f·x − ½(1 + λ²)·g²·∇log p_s) + λ·g·√h·ξ, mọi thứ tính ở đầu bước s. Mọi λ ≥ 0 cho
        cùng p_s; λ = 0 là Euler của ODE. Sách: (eq-euler-maruyama), (eq-reverse-family)
        """
        h = (1 - self.s_min) / steps
        for k in range(steps):
            s = as_time(1 - k * h)
            g, sigma = self.sde.diffusion(s), self.sde.marginal(s)[1]
            pull = (1 + noise**2) / 2 * g.square() / sigma
            x = x - h * (self.sde.drift(s, x) + pull * self.field.noise(s, x))
            if k < steps - 1:
                xi = torch.randn(x.shape, generator=generator, dtype=x.dtype, device="cpu")
                x = x + noise * g * math.sqrt(h) * xi.to(x.device)
        self.ode.nfe = steps
        return x
