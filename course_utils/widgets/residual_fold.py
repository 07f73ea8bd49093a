"""Phép cộng phần dư x + δ·u(x): tăng δ tới lúc lưới gấp lại và một điểm có ba nghiệm."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

# Mạng hai chiều nhỏ: u(x) = A·tanh(W·x + b), bốn nơ-ron; đã chia để Lip(u) = 1 (đo trên lưới dày).
NETWORK = {
    "inner": [[0.99, 0.3], [-0.49, -1.13], [-1.71, 0.02], [-0.73, -0.78]],
    "bias": [-0.16, -0.04, -1.59, 0.65],
    "outer": [[-0.5246, 0.4816, 0.1529, -0.1219], [0.3477, 0.005, 0.1789, 0.028]],
}
PINCH = np.array([0.8, 0.6])
# Hàm một chiều: u, u′. Hằng số Lipschitz của ba trường hai chiều là 1.
LINES = {
    "contract": (lambda x: -3 * np.tanh(x), lambda x: -3 / np.cosh(x) ** 2),
    "expand": (lambda x: 3 * np.tanh(x), lambda x: 3 / np.cosh(x) ** 2),
    "sine": (np.sin, np.cos),
}
PRESETS = [
    {"name": "contract", "view": "line", "label": "$−3 tanh x$", "lip": 3.0, "range": [4, 3]},
    {"name": "expand", "view": "line", "label": "$+3 tanh x$", "lip": 3.0, "range": [4, 5]},
    {"name": "sine", "view": "line", "label": "$sin x$", "lip": 1.0, "range": [5.2, 5.2]},
    {"name": "pinch", "view": "plane", "label": "bóp vào một chỗ", "lip": 1.0},
    {"name": "swirl", "view": "plane", "label": "xoáy", "lip": 1.0},
    {"name": "network", "view": "plane", "label": "mạng nhỏ", "lip": 1.0, **NETWORK},
]
LARGEST = 3.0  # của δ·Lip(u)


def residual_line(name: str, delta: float, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """φ(x) = x + δ·u(x) một chiều và đạo hàm φ′(x)."""
    u, slope = LINES[name]
    return x + delta * u(x), 1 + delta * slope(x)


def residual_plane(name: str, delta: float, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """φ(x) = x + δ·u(x) trên mặt phẳng và ma trận Jacobi: (..., 2) -> (..., 2), (..., 2, 2)."""
    if name == "network":
        inner, outer = np.array(NETWORK["inner"]), np.array(NETWORK["outer"])
        hidden = np.tanh(x @ inner.T + NETWORK["bias"])
        u = hidden @ outer.T
        jacobian = np.einsum("ik,...k,kj->...ij", outer, 1 - hidden**2, inner)
    else:
        bell = np.exp(-0.5 * (x**2).sum(-1))
        linear = -np.outer(PINCH, PINCH) if name == "pinch" else np.array([[0.0, -1.0], [1.0, 0.0]])
        u = bell[..., None] * (x @ linear.T)
        jacobian = bell[..., None, None] * linear - u[..., :, None] * x[..., None, :]
    return x + delta * u, np.eye(2) + delta * jacobian


class ResidualFold(LiveFigure):
    """Tăng δ, xem φ(x) = x + δ·u(x) gấp lại, đếm nghiệm của φ(x) = y và đo khối lượng bị bỏ sót.

    Sách: (eq-lipschitz-condition)

    Tham số
    -------
    preset : một chiều "contract" (−3 tanh x), "expand" (+3 tanh x), "sine" (sin x); hai chiều
             "pinch", "swirl", "network"
    delta  : δ lúc đầu, từ 0 đến 3/Lip(u); mặc định 0.6/Lip(u), chưa tới ngưỡng
    y      : mức y lúc đầu của hình một chiều
    point  : điểm y lúc đầu của hình hai chiều

    Sau khi kéo, trong sổ, Python đọc lại được `figure.delta`, `figure.y`, `figure.point`;
    `figure.roots()` là mọi nghiệm của φ(x) = y (hình một chiều), tính bằng NumPy.
    """

    _esm = module_source("residual_maps", "residual_fold")

    preset = traitlets.Unicode("contract").tag(sync=True)
    delta = traitlets.Float(0.2).tag(sync=True)
    y = traitlets.Float(0.05).tag(sync=True)
    point = traitlets.List([0.1, -0.1]).tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset="contract", delta=None, y=0.05, point=(0.1, -0.1), **options):
        known = {entry["name"]: entry for entry in PRESETS}
        if preset not in known:
            raise InputError(
                f"Không có hàm u tên {preset!r}; hãy chọn một trong {', '.join(known)}."
            )
        top = LARGEST / known[preset]["lip"]
        delta = 0.2 * top if delta is None else delta
        if not 0 <= delta <= top:
            raise InputError(
                f"delta = {delta}; với {preset!r}, hình này cần delta từ 0 đến {top:g}."
            )
        if not abs(y) <= known[preset].get("range", [0, 3])[1]:
            raise InputError(f"y = {y} nằm ngoài khung của hình; hãy chọn y gần 0 hơn.")
        point = [float(v) for v in point]
        if len(point) != 2 or not all(abs(v) <= 3 for v in point):
            raise InputError(f"point = {point}; cần hai số trong khoảng từ −3 đến 3.")
        options.setdefault(
            "alt",
            "Hình tương tác: tăng δ thì hàm x + δ·u(x) gấp lại; kéo mức y để đếm nghiệm, và so "
            "mật độ cộng mọi nghiệm với mật độ chỉ lấy một nghiệm.",
        )
        super().__init__(
            preset=preset, delta=float(delta), y=float(y), point=point, presets=PRESETS, **options
        )

    def roots(self) -> np.ndarray:
        """Mọi nghiệm x của φ(x) = y ở hình một chiều, tăng dần; dò dấu rồi chia đôi."""
        if self.preset not in LINES:
            raise InputError(
                f"roots() chỉ tính cho hình một chiều; preset ở đây là {self.preset!r}."
            )
        x = np.linspace(-10, 10, 4001)
        side = residual_line(self.preset, self.delta, x)[0] >= self.y
        crossing = np.flatnonzero(side[1:] != side[:-1])
        low, high = x[crossing], x[crossing + 1]
        for _ in range(60):
            middle = (low + high) / 2
            same = (residual_line(self.preset, self.delta, middle)[0] >= self.y) == side[crossing]
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        return (low + high) / 2

    def still(self) -> Figure:
        return self._still_line() if self.preset in LINES else self._still_plane()

    def _still_line(self) -> Figure:
        x = np.linspace(-8, 8, 6401)
        phi, slope = residual_line(self.preset, self.delta, x)
        p = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
        reach, top = next(e["range"] for e in PRESETS if e["name"] == self.preset)
        y = np.linspace(-top, top, 801)
        density = np.zeros_like(y)
        for piece in np.split(np.arange(len(x)), np.flatnonzero(np.diff(slope > 0)) + 1):
            order = piece[np.argsort(phi[piece])]
            height = p[order] / np.maximum(np.abs(slope[order]), 1e-6)
            density += np.interp(y, phi[order], height, left=0, right=0)

        figure = still_figure(6.0, 3.4)
        plane, beside = figure.subplots(1, 2, sharey=True, width_ratios=[2, 1])
        plane.plot(x, phi, color="#1b1f24")
        plane.plot(x, np.where(slope < 0, phi, np.nan), color="#900018", linewidth=2.5)
        plane.axhline(self.y, color="#0067a5", linestyle="--", linewidth=1)
        roots = self.roots()
        plane.plot(roots, np.full_like(roots, self.y), "o", color="#0067a5")
        plane.set(xlim=(-reach, reach), ylim=(-top, top), xlabel="$x$", ylabel=r"$y = \varphi(x)$")
        plane.grid(alpha=0.3)
        beside.fill_betweenx(y, density, color="#b84a00", alpha=0.3)
        beside.axhline(self.y, color="#0067a5", linestyle="--", linewidth=1)
        beside.set(xlim=(0, min(1.6, 1.1 * density.max())), xlabel="mật độ của $Y$")
        return figure

    def _still_plane(self) -> Figure:
        ticks = np.linspace(-3, 3, 49)
        x = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), -1)
        y, jacobian = residual_plane(self.preset, self.delta, x)
        folded = np.linalg.det(jacobian) < 0
        figure = still_figure(6.4, 3.3)
        for axis, grid, name in zip(figure.subplots(1, 2), (x, y), ("x", "y"), strict=True):
            for line in (*grid[::3], *grid.swapaxes(0, 1)[::3]):
                axis.plot(*line.T, color="#5a6472", linewidth=0.6)
            axis.plot(*grid[folded].T, "s", color="#900018", markersize=2)
            axis.set(aspect="equal", xlabel=f"${name}_1$", ylabel=f"${name}_2$")
        return figure
