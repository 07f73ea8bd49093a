"""Nghịch đảo của y = x + g(x) bằng phép lặp điểm bất động: khi nào hội tụ, sau bao nhiêu bước."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

# g(x) với hằng số Lipschitz L.
FUNCTIONS = {
    "plus": (lambda x, lip: lip * x, "$g(x) = L x$"),
    "minus": (lambda x, lip: -lip * x, "$g(x) = −L x$"),
    "tanh": (lambda x, lip: lip * np.tanh(x), "$g(x) = L tanh x$"),
    "sine": (lambda x, lip: lip * np.sin(x), "$g(x) = L sin x$"),
}
RANGES = {"lipschitz": (0.2, 1.6), "y": (-2.5, 2.5), "start": (-3.5, 3.5)}


class FixedPoint(LiveFigure):
    """Đi từng bước x ← y − g(x) trên hình mạng nhện; sai số mỗi bước so với Lⁿ.

    Sách: (eq-fixed-point)

    Tham số
    -------
    preset    : "plus" (g = Lx), "minus" (g = −Lx), "tanh" hoặc "sine"
    lipschitz : hằng số Lipschitz L của g, từ 0.2 đến 1.6
    y         : giá trị cần nghịch đảo, từ −2.5 đến 2.5
    start     : điểm xuất phát x₀, từ −3.5 đến 3.5
    step      : số bước đang vẽ

    Sau khi kéo, trong sổ, Python đọc lại được các tham số ấy; `figure.path(steps)` là dãy
    x₀, x₁, … tính bằng NumPy.
    """

    _esm = module_source("fixed_point")

    preset = traitlets.Unicode("plus").tag(sync=True)
    lipschitz = traitlets.Float(0.8).tag(sync=True)
    y = traitlets.Float(1.5).tag(sync=True)
    start = traitlets.Float(-3.0).tag(sync=True)
    step = traitlets.Int(6).tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset="plus", lipschitz=0.8, y=1.5, start=-3.0, step=6, **options):
        if preset not in FUNCTIONS:
            raise InputError(
                f"Không có hàm g tên {preset!r}; hãy chọn một trong {', '.join(FUNCTIONS)}."
            )
        values = {"lipschitz": lipschitz, "y": y, "start": start}
        for name, value in values.items():
            low, high = RANGES[name]
            if not low <= value <= high:
                raise InputError(f"{name} = {value}; hình này cần {name} từ {low:g} đến {high:g}.")
        if step < 0:
            raise InputError(f"step = {step}; số bước đang vẽ phải từ 0 trở lên.")
        options.setdefault(
            "alt",
            "Hình tương tác: phép lặp x ← y − g(x) vẽ thành mạng nhện, và sai số từng bước trên "
            "thang log bên đường Lⁿ; kéo y, điểm xuất phát và hằng số Lipschitz L.",
        )
        super().__init__(
            preset=preset,
            step=int(step),
            presets=[{"name": name, "label": label} for name, (_, label) in FUNCTIONS.items()],
            **{name: float(value) for name, value in values.items()},
            **options,
        )

    def path(self, steps: int) -> np.ndarray:
        """Dãy x₀, x₁, …, x_steps của phép lặp x ← y − g(x)."""
        g, _ = FUNCTIONS[self.preset]
        path = [self.start]
        for _ in range(steps):
            path.append(float(self.y - g(path[-1], self.lipschitz)))
        return np.array(path)

    def still(self) -> Figure:
        x = np.linspace(-4, 4, 401)
        g, _ = FUNCTIONS[self.preset]
        path = self.path(self.step)
        figure = still_figure(6.4, 3.2)
        web, error = figure.subplots(1, 2)
        web.plot(x, x, color="#8a94a3", linewidth=0.9)
        web.plot(x, self.y - g(x, self.lipschitz), color="#b84a00")
        web.plot(
            np.repeat(path, 2)[:-1], np.r_[-4, np.repeat(path[1:], 2)], color="#1b1f24", linewidth=1
        )
        web.set(aspect="equal", xlim=(-4, 4), ylim=(-4, 4), xlabel="$x$", ylabel="$y - g(x)$")
        n = np.arange(41)
        moves = np.abs(np.diff(self.path(41)))  # sai số của trường hợp tuyến tính tỉ lệ với bước đi
        error.semilogy(n, moves / max(moves[0], 1e-300), ".", color="#b84a00")
        error.semilogy(n, self.lipschitz**n, color="#0067a5")
        error.set(ylim=(1e-8, 1e2), xlabel="số bước $n$", ylabel="độ dài bước, so với bước đầu")
        error.set_title("chấm: đo được; đường: $L^n$", fontsize=10)
        return figure
