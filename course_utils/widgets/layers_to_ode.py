"""K tầng phần dư x + δ·u(x) thành một phương trình vi phân: chồng tầng bên cạnh nghiệm."""

import math

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

VIEW = 2.4  # khung nhìn: từ −2.4 đến 2.4
DEPTHS = tuple(2**k for k in range(7))  # 1, 2, ..., 64
FIXED_STEP, FIXED_DEPTH = 0.25, 4
RING = 8  # chùm điểm: tám điểm trên đường tròn bán kính 1.6, và điểm kéo được
NOTHING = {"W": [], "b": [], "c": [], "B": [[], []]}
# Trường u(x, t) = A x + B tanh(W x + b + c t).
PRESETS = {
    "spiral": {
        "label": "xoáy và co",
        "A": [[-0.6, -2.4], [2.4, -0.6]],
        **NOTHING,
        "note": "Trường tuyến tính: nghiệm là $e^A x$, và $∫ div u dt$ = vết của $A$ = −1.2.",
    },
    "squeeze": {
        "label": "ép ngang",
        "A": [[-5.0, 0.0], [0.0, 0.3]],
        **NOTHING,
        "note": "Mỗi tầng nhân $x_1$ với 1 − 5δ. Nghiệm thật không bao giờ vượt qua trục đứng; "
        "tầng có δ lớn thì nhảy qua nó.",
    },
    "network": {
        "label": "mạng tanh, đổi theo $t$",
        "A": [[0.3, 0.0], [0.0, 0.3]],
        "W": [[1.6, 0.5], [-0.6, 1.7], [1.1, -1.3], [0.4, 1.2]],
        "b": [0.2, -0.4, 0.1, 0.6],
        "c": [-0.8, 1.0, 0.5, -1.2],
        "B": [[-0.5, -1.1, -1.3, -0.9], [1.1, -1.5, 0.4, 0.2]],
        "note": "Một tầng phần dư thật: $u$ là mạng tanh bốn nút ẩn. Không có công thức cho "
        "nghiệm; trang tính nó bằng Runge–Kutta bậc bốn bước mịn.",
    },
}


class LayersToOde(LiveFigure):
    """Chồng K tầng x + δ·u(x, t) đi bên cạnh nghiệm của dx/dt = u(x, t) tới t = 1.

    Sách: (eq-residual-limit)

    Tham số
    -------
    preset : "spiral", "squeeze" hoặc "network": trường u
    mode   : "joint" (δ = 1/K), "fixed_step" (δ = 1/4, K tăng), "fixed_depth" (K = 4, δ giảm)
    depth  : số n = 1, 2, 4, ..., 64: K ở hai chế độ đầu, 1/δ ở chế độ thứ ba
    start  : điểm kéo được (x₁, x₂), mỗi tọa độ từ −2 đến 2
    view   : "paths" vẽ đường đi của chùm điểm, "grid" vẽ ảnh của một lưới

    Trong sổ, sau khi kéo, Python đọc lại được các trait ấy; `figure.layers()` và
    `figure.solution()` tính lại bằng torch, float64.
    """

    _esm = module_source("layers_to_ode")

    preset = traitlets.Unicode("spiral").tag(sync=True)
    mode = traitlets.Enum(["joint", "fixed_step", "fixed_depth"], "joint").tag(sync=True)
    depth = traitlets.Int(8).tag(sync=True)
    start = traitlets.List().tag(sync=True)
    view = traitlets.Enum(["paths", "grid"], "paths").tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset="spiral", depth=8, start=(0.9, 0.6), **options):
        if preset not in PRESETS:
            raise InputError(
                f"Không có trường tên {preset!r}; hãy chọn một trong {', '.join(PRESETS)}."
            )
        if depth not in DEPTHS:
            raise InputError(f"depth = {depth}; hãy chọn một trong {', '.join(map(str, DEPTHS))}.")
        start = [float(v) for v in start]
        if len(start) != 2 or not all(abs(v) <= 2 for v in start):
            raise InputError(f"start = {start}; cần hai số, mỗi số từ −2 đến 2.")
        options.setdefault(
            "alt",
            "Hình tương tác: đường gấp khúc của K tầng phần dư bên cạnh nghiệm trơn của phương "
            "trình vi phân. Tăng K với δ = 1/K, hai đường nhập làm một; sai số giảm theo 1/K. "
            "Giữ δ mà tăng K, hay giữ K mà giảm δ, thì không.",
        )
        super().__init__(
            preset=preset,
            depth=depth,
            start=start,
            presets=[{"name": name} | entry for name, entry in PRESETS.items()],
            **options,
        )

    @property
    def schedule(self) -> tuple[int, float]:
        """(K, δ) của chế độ và độ sâu đang chọn."""
        return self.schedule_at(self.depth)

    def schedule_at(self, depth: int) -> tuple[int, float]:
        """(K, δ) của chế độ đang chọn, ở một độ sâu khác."""
        return {
            "joint": (depth, 1 / depth),
            "fixed_step": (depth, FIXED_STEP),
            "fixed_depth": (FIXED_DEPTH, 1 / depth),
        }[self.mode]

    def points(self) -> Tensor:
        """Chùm điểm (9, 2): điểm kéo được, rồi tám điểm trên đường tròn."""
        angle = torch.arange(RING, dtype=torch.float64) * (2 * math.pi / RING)
        ring = 1.6 * torch.stack([angle.cos(), angle.sin()], 1)
        return torch.cat([torch.tensor([self.start], dtype=torch.float64), ring])

    def field(self, x: Tensor, t: float) -> tuple[Tensor, Tensor]:
        """x (n, 2), t -> u (n, 2), ma trận Jacobi (n, 2, 2)."""
        spec = PRESETS[self.preset]
        A, W, b, c, B = (torch.tensor(spec[k], dtype=torch.float64) for k in ("A", *"WbcB"))
        W = W.view(-1, 2)
        h = torch.tanh(x @ W.T + b + c * t)
        return x @ A.T + h @ B.T, A + torch.einsum("ih,nh,hj->nij", B, 1 - h**2, W)

    def layers(self, x: Tensor | None = None, depth: int | None = None) -> tuple[Tensor, Tensor]:
        """Đường đi (K + 1, n, 2) qua các tầng, và Σ log|det(I + δJ)| (n,)."""
        x = self.points() if x is None else x
        depth, delta = self.schedule_at(depth or self.depth)
        path, log_det = [x], torch.zeros(len(x), dtype=x.dtype)
        for k in range(depth):
            u, jacobian = self.field(path[-1], k * delta)
            log_det = log_det + torch.linalg.slogdet(torch.eye(2) + delta * jacobian)[1]
            path.append(path[-1] + delta * u)
        return torch.stack(path), log_det

    def solution(self, x: Tensor | None = None, steps: int = 400) -> tuple[Tensor, Tensor]:
        """Nghiệm (steps + 1, n, 2) trên [0, 1], và ∫ div u dt (n,): Runge–Kutta bậc bốn."""
        x = self.points() if x is None else x
        h, path, log_det = 1 / steps, [x], torch.zeros(len(x), dtype=x.dtype)

        def slope(point, t):
            u, jacobian = self.field(point, t)
            return u, jacobian.diagonal(dim1=1, dim2=2).sum(1)

        for k in range(steps):
            x, t = path[-1], k * h
            u1, d1 = slope(x, t)
            u2, d2 = slope(x + h / 2 * u1, t + h / 2)
            u3, d3 = slope(x + h / 2 * u2, t + h / 2)
            u4, d4 = slope(x + h * u3, t + h)
            path.append(x + h / 6 * (u1 + 2 * u2 + 2 * u3 + u4))
            log_det = log_det + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
        return torch.stack(path), log_det

    def measures(
        self, depth: int | None = None, solution: tuple[Tensor, Tensor] | None = None
    ) -> dict[str, float]:
        """Trung bình trên chùm: sai số ở t = 1, lệch của tổng log det (nat), độ dời.

        `solution` : nghiệm đã giải, để khỏi giải lại ở mỗi độ sâu
        """
        path, log_det = self.layers(depth=depth)
        exact, integral = solution or self.solution()
        return {
            "error": float((path[-1] - exact[-1]).norm(dim=1).mean()),
            "log_det_error": float((log_det - integral).abs().mean()),
            "displacement": float((path[-1] - path[0]).norm(dim=1).mean()),
        }

    def still(self) -> Figure:
        figure = still_figure(7.2, 3.4)
        plane, plot = figure.subplots(1, 2)
        solution = self.solution()
        exact, path = solution[0].numpy(), self.layers()[0].numpy()
        for i in range(path.shape[1]):
            plane.plot(*exact[:, i].T, color="#0067a5", linewidth=1.2)
            plane.plot(*path[:, i].T, ".-", color="#b84a00", linewidth=1, markersize=3)
        depth, delta = self.schedule
        plane.set(aspect="equal", xlim=(-VIEW, VIEW), ylim=(-VIEW, VIEW))
        plane.set(xlabel="$x_1$", ylabel="$x_2$")
        plane.set_title(f"K = {depth}, δ = {delta:g}: tầng (cam), nghiệm (xanh)", fontsize=9)
        rows = [self.measures(n, solution) for n in DEPTHS]  # một hình mới sẽ bị lưu vào sổ
        labels = {"error": "sai số ở t = 1", "log_det_error": "lệch log det (nat)"}
        for (key, label), color in zip(labels.items(), ("#b84a00", "#007a5a"), strict=True):
            values = np.array([row[key] for row in rows])
            plot.loglog(DEPTHS, values, ".-", color=color, label=label)
        guide = rows[-1]["error"] * DEPTHS[-1] / np.array(DEPTHS)
        plot.loglog(DEPTHS, guide, ":", color="#5a6472", label="độ dốc −1")
        plot.set_xticks(DEPTHS, [str(n) for n in DEPTHS])
        plot.minorticks_off()
        plot.set_xlabel("1/δ" if self.mode == "fixed_depth" else "K")
        plot.legend(frameon=False, fontsize=8)
        return figure
