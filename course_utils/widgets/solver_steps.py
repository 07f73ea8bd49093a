"""Một phương trình vi phân, bốn bộ giải: từng bước trên nghiệm đúng, sai số và NFE."""

import itertools
import math

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..errors import InputError
from ..flows.ode import FIXED_STEP, Solver
from .live_figure import LiveFigure, module_source, still_figure

CROWD = [-1.8, -1.2, -0.6, -0.2, 0.2, 0.6, 1.2, 1.8]  # chùm nghiệm đi cùng điểm xuất phát
STEPS = "1 2 3 4 5 6 8 10 12 16 20 24 32 40 48 64 80 96 128 160 192 256 384 512"
STEPS = tuple(int(n) for n in STEPS.split())
SOLVERS = {"euler": "Euler", "midpoint": "điểm giữa", "rk4": "RK4", "dopri5": "dopri5"}
COLORS = {"euler": "#b84a00", "midpoint": "#900018", "rk4": "#0067a5", "dopri5": "#007a5a"}
PRESETS = {
    "forced": {
        "label": "$−x + sin t$",
        "equation": "$dx/dt = −x + sin t$",
        "span": 6.0,
        "start": 1.5,
        "steps": 12,
    },
    "rotation": {
        "label": "phép quay",
        "equation": "$dx_1/dt = −x_2$, $dx_2/dt = x_1$, đúng một vòng",
        "span": 2 * math.pi,
        "start": 1.0,
        "steps": 24,
    },
    "stiff": {
        "label": "cứng",
        "equation": "$dx/dt = −λ (x − cos t)$",
        "span": 2.0,
        "start": -0.5,
        "steps": 32,
        "parameter": {"symbol": "λ", "min": 1, "max": 100, "step": 1, "value": 30},
    },
    "reversal": {
        "label": "đi rồi về",
        "equation": "$dz/dt = −λ z$, đi từ $t = 0$ tới 1 rồi về lại 0",
        "span": 1.0,
        "start": 1.0,
        "steps": 16,
        "parameter": {"symbol": "λ", "min": 1, "max": 20, "step": 1, "value": 8},
    },
    "blowup": {
        "label": "nổ: $x^2$",
        "equation": "$dx/dt = x^2$",
        "span": 1.0,
        "start": 2.0,
        "steps": 16,
    },
    "wells": {
        "label": "không cắt nhau",
        "equation": "$dx/dt = λ x (1 − x^2)$, chín điểm xuất phát",
        "span": 2.0,
        "start": 1.5,
        "steps": 6,
        "parameter": {"symbol": "λ", "min": 1, "max": 6, "step": 0.5, "value": 2},
    },
}
VIEWS = {"blowup": (-2.4, 9.0)}
VIEW = (-2.4, 2.4)


class SolverSteps(LiveFigure):
    """Các bước của một bộ giải trên nghiệm đúng; sai số ở cuối và số lần gọi trường (NFE).

    Sách: (eq-cnf-ode), (eq-rk-order), (eq-picard-lindelof)

    Tham số
    -------
    preset : "forced" (−x + sin t), "rotation" (phép quay trong mặt phẳng), "stiff" (−λ(x − cos t)),
             "reversal" (−λz, đi rồi về), "blowup" (x²), "wells" (λx(1 − x²), chùm nghiệm)
    solver : "euler", "midpoint", "rk4" (bước đều) hoặc "dopri5" (bước thích nghi)
    steps  : số bước đều mỗi chặng, một trong STEPS; None là số bước hợp với preset
    digits : dung sai rtol = atol = 10^−digits của dopri5, từ 1 đến 10
    start  : giá trị đầu, từ −2 đến 2; None là giá trị hợp với preset
    parameter : λ, ở những preset có λ

    Trong sổ, sau khi kéo, Python đọc lại được các trait ấy; `figure.solve()` giải lại đúng bài toán
    ấy bằng torchdiffeq, float64.
    """

    _esm = module_source("ode_solvers", "solver_steps")

    preset = traitlets.Unicode("forced").tag(sync=True)
    solver = traitlets.Enum(list(SOLVERS), "euler").tag(sync=True)
    steps = traitlets.Int(12).tag(sync=True)
    digits = traitlets.Int(4).tag(sync=True)
    start = traitlets.Float(1.5).tag(sync=True)
    parameter = traitlets.Float(0.0).tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(
        self,
        preset="forced",
        solver="euler",
        steps=None,
        digits=4,
        start=None,
        parameter=None,
        **options,
    ):
        if preset not in PRESETS:
            raise InputError(
                f"Không có bài toán tên {preset!r}; hãy chọn một trong {', '.join(PRESETS)}."
            )
        if solver not in SOLVERS:
            raise InputError(
                f"Không có bộ giải tên {solver!r}; hãy chọn một trong {', '.join(SOLVERS)}."
            )
        spec = PRESETS[preset]
        steps = spec["steps"] if steps is None else steps
        start = spec["start"] if start is None else start
        knob = spec.get("parameter", {"min": 0, "max": 0, "value": 0})
        parameter = knob["value"] if parameter is None else parameter
        if steps not in STEPS:
            raise InputError(f"steps = {steps}; hãy chọn một trong {', '.join(map(str, STEPS))}.")
        if digits not in range(1, 11):
            raise InputError(f"digits = {digits}; cần số nguyên từ 1 đến 10 (dung sai 10^−digits).")
        if not abs(start) <= 2:
            raise InputError(f"start = {start}; giá trị đầu phải từ −2 đến 2.")
        if not knob["min"] <= parameter <= knob["max"]:
            need = f"từ {knob['min']} đến {knob['max']}" if knob["max"] else "để trống"
            raise InputError(f"parameter = {parameter}; với {preset!r}, parameter cần {need}.")
        options.setdefault(
            "alt",
            "Hình tương tác: từng bước của một bộ giải vẽ trên nghiệm đúng của phương trình vi "
            "phân, và đồ thị log–log của sai số theo số lần gọi trường cho Euler, điểm giữa, RK4 "
            "và dopri5. Chọn bài toán, bộ giải, số bước hay dung sai; kéo điểm xuất phát.",
        )
        super().__init__(
            preset=preset,
            solver=solver,
            steps=int(steps),
            digits=int(digits),
            start=float(start),
            parameter=float(parameter),
            presets=[{"name": name, "parameter": None} | spec for name, spec in PRESETS.items()],
            **options,
        )

    @property
    def span(self) -> float:
        """Thời điểm cuối (của chặng đi, ở "reversal")."""
        return PRESETS[self.preset]["span"]

    def initial(self) -> Tensor:
        """Trạng thái đầu (d,): một số, một điểm trong mặt phẳng, hay cả chùm."""
        others = {"rotation": [0.0], "wells": CROWD}.get(self.preset, [])
        return torch.tensor([self.start, *others], dtype=torch.float64)

    def field(self, t: Tensor | float, x: Tensor) -> Tensor:
        """Vế phải của phương trình: (t, x (d,)) -> (d,)."""
        t, p = torch.as_tensor(t, dtype=torch.float64), self.parameter
        return {
            "forced": lambda: -x + t.sin(),
            "rotation": lambda: torch.stack([-x[1], x[0]]),
            "stiff": lambda: -p * (x - t.cos()),
            "reversal": lambda: -p * x,
            "blowup": lambda: x**2,
            "wells": lambda: p * x * (1 - x**2),
        }[self.preset]()

    def exact(self, t: Tensor | float) -> Tensor:
        """Nghiệm đúng (..., d) tại t (...); NaN từ giờ nổ trở đi."""
        t, x, p = torch.as_tensor(t, dtype=torch.float64)[..., None], self.initial(), self.parameter

        def steady(s):
            return (p * p * s.cos() + p * s.sin()) / (1 + p * p)

        def rotated():
            return torch.cat([x[0] * t.cos() - x[1] * t.sin(), x[0] * t.sin() + x[1] * t.cos()], -1)

        return {
            "forced": lambda: (x + 0.5) * (-t).exp() + (t.sin() - t.cos()) / 2,
            "rotation": rotated,
            "stiff": lambda: steady(t) + (x - steady(0 * t)) * (-p * t).exp(),
            "reversal": lambda: x * (-p * t).exp(),
            "blowup": lambda: torch.where(x * t < 1, x / (1 - x * t), math.nan),
            "wells": lambda: x * (p * t).exp() / (1 + x**2 * ((2 * p * t).exp() - 1)).sqrt(),
        }[self.preset]()

    def solve(self, times=None, solver=None, steps=None, digits=None) -> tuple[Tensor, int]:
        """Giải bằng torchdiffeq: trạng thái ở các `times` (T, d), và NFE.

        Không đưa `times` thì đi hết bài toán, trả trạng thái ở mỗi đầu chặng.

        Lỗi
        ---
        InputError : bước thích nghi co về 0 (nghiệm nổ trước khi tới cuối).
        """
        tolerance = 10.0 ** -(digits or self.digits)
        how = Solver(solver or self.solver, steps or self.steps, tolerance, tolerance)

        def rates(t, state):
            return (self.field(t, state[0]),)

        if times is not None:
            (path,), nfe = how(rates, (self.initial(),), times)
            return path, nfe
        stops = [0.0, self.span, 0.0] if self.preset == "reversal" else [0.0, self.span]
        path, nfe = [self.initial()], 0
        for leg in itertools.pairwise(stops):
            (found,), calls = how(rates, (path[-1],), leg)
            path.append(found[-1])
            nfe += calls
        return torch.stack(path), nfe

    def error(self, **setting) -> tuple[float, int]:
        """Sai số ở cuối (độ dài vector; chùm nghiệm: phần tử lệch nhất) và NFE."""
        path, nfe = self.solve(**setting)
        gap = path[-1] - self.exact(0.0 if self.preset == "reversal" else self.span)
        return float(gap.norm() if self.preset == "rotation" else gap.abs().max()), nfe

    def still(self) -> Figure:
        figure = still_figure(7.2, 3.3)
        left, right = figure.subplots(1, 2)
        fine, color = torch.linspace(0, self.span, 301, dtype=torch.float64), COLORS[self.solver]
        fixed = self.solver in FIXED_STEP
        count = self.steps + 1 if fixed else 201
        times = torch.linspace(0, self.span, count, dtype=torch.float64)
        left.set_title(f"{SOLVERS[self.solver]} trên nghiệm đúng (xám)", fontsize=9)
        try:
            path, style = self.solve(times)[0], {"color": color, "marker": "." if fixed else ""}
        except InputError:  # nghiệm nổ giữa đường: chỉ vẽ nghiệm đúng
            path, style = torch.full((count, len(self.initial())), math.nan), {}
        if self.preset == "rotation":
            left.plot(*self.exact(fine).T, color="#8a94a3", linewidth=4, alpha=0.5)
            left.plot(*path.T, linewidth=1.2, **style)
            left.set(aspect="equal", xlim=VIEW, ylim=VIEW, xlabel="$x_1$", ylabel="$x_2$")
        else:
            left.plot(fine, self.exact(fine), color="#8a94a3", linewidth=4, alpha=0.5)
            left.plot(times, path, linewidth=1.2, **style)
            left.set(ylim=VIEWS.get(self.preset, VIEW), xlabel="$t$", ylabel="$x$")
        settings = {name: [{"steps": 2**k} for k in range(8)] for name in FIXED_STEP}
        settings["dopri5"] = [{"digits": k} for k in range(1, 9)]
        if self.exact(self.span).isnan().any():
            settings = {}
            right.set_title("không có nghiệm ở cuối", fontsize=9)
        for name, rows in settings.items():
            points = []
            for row in rows:
                try:
                    points.append(self.error(solver=name, **row))
                except InputError:
                    continue
            points = [(nfe, error) for error, nfe in points if 0 < error < 1e3]
            if points:
                x, y = zip(*points, strict=True)
                right.loglog(x, y, ".-", color=COLORS[name], label=SOLVERS[name])
                right.legend(frameon=False, fontsize=8)
        right.set(xlabel="số lần gọi trường (NFE)", ylabel="sai số ở cuối")
        return figure
