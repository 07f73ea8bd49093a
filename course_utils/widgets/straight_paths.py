"""Khớp luồng một chiều: đoạn nối các cặp cắt nhau, quỹ đạo của trường biên thì không."""

import math

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

PRESETS = {
    "two": {
        "label": "hai đỉnh",
        "weights": [0.5, 0.5],
        "means": [-1.6, 1.6],
        "stds": [0.45, 0.45],
    },
    "three": {
        "label": "ba đỉnh lệch",
        "weights": [0.45, 0.2, 0.35],
        "means": [-2.0, 0.1, 1.7],
        "stds": [0.45, 0.4, 0.5],
    },
    "gauss": {"label": "một Gauss N(1, 0.5²)", "weights": [1.0], "means": [1.0], "stds": [0.5]},
}
BLOCKS = (2, 4, 8, 16)
EULER = (1, 2, 4, 8)
COUNT = 32  # số cặp
STEPS = 24  # số bước Runge–Kutta của một quỹ đạo
REACH, NODES = 8.0, 201  # lưới cầu phương của kỳ vọng có điều kiện
BASE = torch.linspace(-4.4, 4.4, 45, dtype=torch.float64)  # lưới của x₀, để lấy kỳ vọng
BASE_WEIGHTS = torch.softmax(-0.5 * BASE**2, 0)


class StraightPaths(LiveFigure):
    """Trái: đoạn thẳng nối x₀ ~ N(0, 1) với x₁ ~ hỗn hợp Gauss. Phải: quỹ đạo của trường.

    Một chiều, t nằm ngang, nên mọi chỗ cắt nhau trên hình là cắt nhau thật: cùng chỗ, cùng lúc.
    Trường u(x, t) = E[x₁ − x₀ | x_t = x] tính đúng cho mọi cách ghép đôi, không có mạng nào: ghép
    độc lập có công thức đóng; ghép tối ưu trong lô B điểm thì mật độ của cặp có công thức đóng, còn
    kỳ vọng là một tích phân một chiều.

    Sách: (eq-conditional-path), (eq-marginal-field), (eq-ot-coupling), (eq-reflow)

    Tham số
    -------
    preset : "two", "three" hoặc "gauss": phân phối của dữ liệu
    coupling : "independent", "ot" (tối ưu trong lô `block` điểm) hay "reflow" (cặp (x₀, ψ₁(x₀)) của
        luồng ghép độc lập)
    block : 2, 4, 8 hoặc 16
    time, start : thời điểm t và nơi xuất phát x₀ của hạt kéo được
    steps : số bước Euler, 1, 2, 4 hoặc 8

    `figure.field(x, t)`, `figure.path(x0)`, `figure.measures()` tính lại bằng torch, float64.
    """

    _esm = module_source("straight_maps", "straight_paths")

    preset = traitlets.Unicode("two").tag(sync=True)
    coupling = traitlets.Enum(["independent", "ot", "reflow"], "independent").tag(sync=True)
    block = traitlets.Int(8).tag(sync=True)
    time = traitlets.Float(0.5).tag(sync=True)
    start = traitlets.Float(0.5).tag(sync=True)
    steps = traitlets.Int(1).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    noise = traitlets.List().tag(sync=True)

    def __init__(self, preset="two", block=8, time=0.5, start=0.5, steps=1, **options):
        if preset not in PRESETS:
            raise InputError(
                f"Không có phân phối tên {preset!r}; hãy chọn một trong {', '.join(PRESETS)}."
            )
        for name, value, allowed in (("block", block, BLOCKS), ("steps", steps, EULER)):
            if value not in allowed:
                raise InputError(
                    f"{name} = {value}; hãy chọn một trong {', '.join(map(str, allowed))}."
                )
        if not 0 <= time <= 1 or not abs(start) <= 3:
            raise InputError(
                f"time = {time}, start = {start}; cần time từ 0 đến 1, start từ −3 đến 3."
            )
        options.setdefault(
            "alt",
            "Hình tương tác: bên trái, các đoạn thẳng nối nhiễu với dữ liệu cắt nhau; bên phải, "
            "quỹ đạo của trường biên không cắt nhau nhưng cong. Ghép đôi tối ưu trong lô thì "
            "bớt cắt nhau; nắn thẳng thì hết, và quỹ đạo thẳng ra.",
        )
        rng = np.random.default_rng(28)
        noise = rng.standard_normal(COUNT).round(3).tolist()
        entries = []
        for name, spec in PRESETS.items():
            k = rng.choice(len(spec["weights"]), COUNT, p=spec["weights"])
            points = np.take(spec["means"], k) + np.take(spec["stds"], k) * rng.normal(size=COUNT)
            entries.append({"name": name, **spec, "samples": points.round(3).tolist()})
        super().__init__(
            preset=preset,
            block=block,
            time=float(time),
            start=float(start),
            steps=steps,
            noise=noise,
            presets=entries,
            **options,
        )

    @property
    def target(self) -> tuple[Tensor, Tensor, Tensor]:
        """Trọng số, tâm, độ lệch chuẩn của hỗn hợp dữ liệu, mỗi cái (K,)."""
        spec = PRESETS[self.preset]
        return tuple(torch.tensor(spec[k]).double() for k in ("weights", "means", "stds"))

    def closed_field(self, x: Tensor, t: float) -> Tensor:
        """u(x, t) (n,) khi ghép độc lập: trung bình, theo trách nhiệm, của các trường Gauss.

        Thành phần k: x_t ~ N(t m, σ_t²) với σ_t² = (1 − t)² + t²s², và
        E[x₁ − x₀ | x_t] = m + (t s² − (1 − t)) (x_t − t m) / σ_t². Sách: (eq-gaussian-field)
        """
        weights, means, stds = self.target
        variance = (1 - t) ** 2 + (t * stds) ** 2
        away = x[:, None] - t * means
        logs = weights.log() - 0.5 * variance.log() - 0.5 * away**2 / variance
        velocity = means + (t * stds**2 - (1 - t)) * away / variance
        return (logs.softmax(1) * velocity).sum(1)

    def conditional(self, x: Tensor, t: float) -> tuple[Tensor, Tensor]:
        """Phân phối của vận tốc x₁ − x₀ khi biết x_t = x: các giá trị và xác suất (n, NODES).

        Mật độ của cặp là p₀(x₀) p₁(x₁) K(Φ(x₀), F₁(x₁)). Ghép theo thứ tự trong lô B điểm: x₀ đứng
        thứ r với xác suất nhị thức, và x₁ là thống kê thứ tự r, nên
        K(a, b) = B Σ_r C(B−1, r−1)² (ab)^{r−1} ((1−a)(1−b))^{B−r}. B = 1 là ghép độc lập.
        """
        grid = torch.linspace(-REACH, REACH, NODES, dtype=torch.float64).expand(len(x), -1)
        x = x[:, None]
        # Cầu phương theo biến nào mà biến kia đổi chậm theo nó.
        x0, x1 = ((x - t * grid) / (1 - t), grid) if t < 0.5 else (grid, (x - (1 - t) * grid) / t)
        weights, means, stds = self.target
        z = (x1[..., None] - means) / stds
        p1 = (weights / stds * (-0.5 * z**2).exp()).sum(-1)
        density = (-0.5 * x0**2).exp() * p1
        if self.coupling == "ot":
            a, b = normal_cdf(x0), (weights * normal_cdf(z)).sum(-1)
            up, down = a * b, normal_cdf(-x0) * (weights * normal_cdf(-z)).sum(-1)
            r = range(self.block)
            density = density * sum(
                math.comb(self.block - 1, k) ** 2 * up**k * down ** (self.block - 1 - k) for k in r
            )
        return x1 - x0, density / density.sum(1, keepdim=True)

    def field(self, x: Tensor, t: float) -> Tensor:
        """u(x, t) = E[x₁ − x₀ | x_t = x] (n,), cho ghép độc lập hay ghép trong lô."""
        if self.coupling == "reflow":
            raise InputError("Sau khi nắn thẳng, mỗi điểm đi thẳng đều; hãy dùng `path`.")
        velocity, probability = self.conditional(x, t)
        return (velocity * probability).sum(1)

    def path(self, x0: Tensor) -> tuple[Tensor, Tensor]:
        """Vị trí và vận tốc (STEPS + 1, n) dọc quỹ đạo từ x₀: Runge–Kutta bậc bốn."""
        if self.coupling == "reflow":
            x1 = self.independent().path(x0)[0][-1]
            share = torch.linspace(0, 1, STEPS + 1, dtype=torch.float64)[:, None]
            return x0 + share * (x1 - x0), (x1 - x0).expand(STEPS + 1, -1)
        h, path = 1 / STEPS, [x0]
        for k in range(STEPS):
            x, t = path[-1], k * h
            u1 = self.field(x, t)
            u2 = self.field(x + h / 2 * u1, t + h / 2)
            u3 = self.field(x + h / 2 * u2, t + h / 2)
            u4 = self.field(x + h * u3, t + h)
            path.append(x + h / 6 * (u1 + 2 * u2 + 2 * u3 + u4))
        velocity = [self.field(x, k * h) for k, x in enumerate(path)]
        return torch.stack(path), torch.stack(velocity)

    def independent(self) -> "StraightPaths":
        """Cùng hình ấy, ghép độc lập."""
        return StraightPaths(self.preset, coupling="independent")

    def euler(self, x0: Tensor) -> Tensor:
        """Điểm tới (n,) sau `steps` bước Euler; một bước từ t = 0 chính là E[x₁ | x₀]."""
        if self.coupling == "reflow":
            return self.path(x0)[0][-1]
        x = x0
        for k in range(self.steps):
            x = x + self.field(x, k / self.steps) / self.steps
        return x

    def pairs(self) -> tuple[Tensor, Tensor]:
        """Các cặp (x₀, x₁) của hình bên trái, mỗi cái (COUNT,)."""
        x0 = torch.tensor(self.noise, dtype=torch.float64)
        if self.coupling == "reflow":
            return x0, self.path(x0)[0][-1]
        x1 = next(e["samples"] for e in self.presets if e["name"] == self.preset)
        x1 = torch.tensor(x1, dtype=torch.float64)
        if self.coupling == "ot":
            order = x0.view(-1, self.block).argsort(1).argsort(1)
            x1 = x1.view(-1, self.block).sort(1).values.gather(1, order).flatten()
        return x0, x1

    def measures(self) -> dict[str, float]:
        """Chi phí, độ thẳng, mất mát nhỏ nhất và sai số Euler; kỳ vọng theo x₀ là cầu phương."""
        path, velocity = self.path(BASE)
        simpson = torch.ones(STEPS + 1, dtype=torch.float64)
        simpson[1:-1:2], simpson[2:-1:2] = 4, 2
        kinetic = simpson @ velocity.square() @ BASE_WEIGHTS / (3 * STEPS)
        flow_cost = (path[-1] - BASE).square() @ BASE_WEIGHTS
        pair_cost = flow_cost if self.coupling == "reflow" else self.pair_cost()
        euler_error = (self.euler(BASE) - path[-1]).square() @ BASE_WEIGHTS
        return {
            "pair_cost": float(pair_cost),
            "flow_cost": float(flow_cost),
            "straightness": float(kinetic - flow_cost),
            "loss": float(pair_cost - kinetic),
            "euler_error": float(euler_error.sqrt()),
        }

    def pair_cost(self) -> Tensor:
        """E|x₁ − x₀|² của cách ghép: E[x₁ − x₀ | x₀] lấy ở t = 0, cùng phương sai của nó."""
        velocity, probability = self.conditional(BASE, 0.0)
        return (velocity.square() * probability).sum(1) @ BASE_WEIGHTS

    def still(self) -> Figure:
        figure = still_figure(7.2, 2.9)
        left, right = figure.subplots(1, 2, sharey=True)
        x0, x1 = (v.numpy() for v in self.pairs())
        left.plot([0, 1], [x0, x1], color="#5a6472", linewidth=0.8)
        path = self.path(torch.tensor(self.noise, dtype=torch.float64))[0]
        right.plot(np.linspace(0, 1, STEPS + 1), path.numpy(), color="#0067a5", linewidth=0.8)
        end = self.euler(path[0])
        right.plot(np.ones(COUNT), end.numpy(), "o", color="#b84a00", markersize=3)
        left.set(xlabel="$t$", ylabel="$x$", title="đoạn thẳng nối các cặp")
        right.set(xlabel="$t$", title=f"quỹ đạo; chấm cam: Euler {self.steps} bước")
        for axis in (left, right):
            axis.title.set_fontsize(10)
            axis.set_ylim(-3.6, 3.6)
        return figure


def normal_cdf(z: Tensor) -> Tensor:
    """Φ(z), chính xác tương đối cả ở đuôi trái."""
    return 0.5 * torch.special.erfc(-z / math.sqrt(2))
