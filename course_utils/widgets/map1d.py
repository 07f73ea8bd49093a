"""Ánh xạ một chiều do người đọc vẽ, và mật độ mà nó sinh ra từ N(0, 1)."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

# Vị trí z của bảy nút, và các ánh xạ có sẵn: hàm, đạo hàm, khung nhìn của x, lời dẫn.
KNOTS_Z = (-2.4, -1.6, -0.8, 0.0, 0.8, 1.6, 2.4)
PRESETS = {
    "affine": {
        "label": "$x = 2z + 1$",
        "range": [-7, 9],
        "note": "Dốc đều $f′ = 2$: đoạn nào cũng dài gấp đôi, nên mật độ thấp đi một nửa.",
        "f": lambda z: 2 * z + 1,
        "slope": lambda z: np.full_like(z, 2.0),
    },
    "decreasing": {
        "label": "$x = −3z + 2$",
        "range": [-9, 13],
        "note": "Hàm giảm, $f′ = −3$. Mật độ vẫn dương vì công thức dùng $|f′|$: "
        "độ dài không có dấu.",
        "f": lambda z: -3 * z + 2,
        "slope": lambda z: np.full_like(z, -3.0),
    },
    "exp": {
        "label": "$x = e^z$",
        "range": [-0.5, 6.5],
        "note": "Độ dốc đổi theo điểm: bên trái thoải nên khối lượng dồn lại, "
        "bên phải dốc nên dàn mỏng. Đó là phân phối log chuẩn.",
        "f": np.exp,
        "slope": np.exp,
    },
    "cubic": {
        "label": "$x = z^3$",
        "range": [-5, 5],
        "note": "Song ánh, nhưng $f′(0) = 0$: hàm ngược không khả vi tại $x = 0$, "
        "và mật độ tăng vô hạn ở đó. Giả thiết vi phôi không thừa.",
        "f": lambda z: z**3,
        "slope": lambda z: 3 * z**2,
    },
    "two_modes": {
        "label": "hai đỉnh",
        "range": [-5, 5],
        "note": "$x = z/2 + 2 tanh(2z)$: dốc ở giữa nên giữa loãng, thoải ở hai bên nên hai bên "
        "đặc. Một đỉnh Gauss thành hai đỉnh.",
        "f": lambda z: z / 2 + 2 * np.tanh(2 * z),
        "slope": lambda z: 0.5 + 4 / np.cosh(2 * z) ** 2,
    },
}


class Map1D(LiveFigure):
    """Kéo các nút của x = f(z), xem mật độ p_X(x) = p_Z(g(x))·|g′(x)| đổi theo.

    Sách: (eq-cov-1d)

    Tham số
    -------
    preset : "affine", "decreasing", "exp", "cubic" hoặc "two_modes"
    knots  : các nút [[z, x], ...] của ánh xạ của riêng bạn (thay cho `preset`);
             z tăng chặt, x tăng chặt hoặc giảm chặt
    probe  : điểm dò z, nơi đo độ dốc và mật độ

    Trong sổ, sau khi kéo, Python đọc lại được: `figure.knots`, `figure.preset`
    (bằng "custom" khi bạn đã kéo một nút), `figure.probe`; và `figure.f(z)`,
    `figure.slope(z)` là ánh xạ đang vẽ cùng đạo hàm của nó.

        figure = Map1D(preset="exp")
        figure                      # dòng cuối của ô
        figure.f(0.5), figure.slope(0.5)

    Trong trang lý thuyết: ```{live-figure} course_utils.widgets.Map1D.
    """

    _esm = module_source("map1d")

    preset = traitlets.Unicode("two_modes").tag(sync=True)
    knots = traitlets.List().tag(sync=True)
    probe = traitlets.Float(0.4).tag(sync=True)
    rule = traitlets.Enum(["exact", "no_factor", "no_sign"], "exact").tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset: str = "two_modes", knots=None, probe: float = 0.4, **options):
        if knots is not None:
            preset = "custom"
            knots = check_knots(knots)
            low, high = sorted((knots[0][1], knots[-1][1]))
            x_range = [low - 0.15 * (high - low), high + 0.15 * (high - low)]
        elif preset in PRESETS:
            knots = preset_knots(preset)
            x_range = PRESETS[preset]["range"]
        else:
            raise InputError(
                f"Không có ánh xạ tên {preset!r}; hãy chọn một trong {', '.join(PRESETS)}, "
                f"hoặc đưa `knots`."
            )
        options.setdefault(
            "alt",
            "Hình tương tác: kéo các nút của ánh xạ x = f(z); mật độ của z nằm dưới, "
            "mật độ của x nằm bên trái, hai vùng tô có cùng khối lượng.",
        )
        super().__init__(
            preset=preset,
            knots=knots,
            probe=float(probe),
            x_range=[float(v) for v in x_range],
            presets=[
                {"name": name, "knots": preset_knots(name)}
                | {key: entry[key] for key in ("label", "range", "note")}
                for name, entry in PRESETS.items()
            ],
            **options,
        )

    def f(self, z):
        """Ánh xạ đang vẽ, tại z (số hay mảng)."""
        return self._evaluate(z)[0]

    def slope(self, z):
        """Đạo hàm f′(z) của ánh xạ đang vẽ."""
        return self._evaluate(z)[1]

    def _evaluate(self, z):
        z = np.asarray(z, dtype=float)
        if self.preset in PRESETS:
            entry = PRESETS[self.preset]
            return entry["f"](z), entry["slope"](z)
        return monotone_cubic(np.asarray(self.knots, dtype=float), z)

    def still(self) -> Figure:
        z = np.linspace(-6, 6, 4001)
        x, slope = self._evaluate(z)
        p_z = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
        with np.errstate(divide="ignore"):
            p_x = p_z / np.abs(slope)
        strip = np.abs(z - self.probe) <= 0.25

        figure = still_figure(5.6, 4.4)
        grid = figure.add_gridspec(2, 2, width_ratios=[1, 2.4], height_ratios=[2.4, 1])
        plane = figure.add_subplot(grid[0, 1], xlim=(-3.6, 3.6), ylim=self.x_range)
        plane.plot(z, x, color="#1b1f24")
        knots = np.asarray(self.knots)
        plane.plot(knots[:, 0], knots[:, 1], "o", color="#1b1f24", markersize=5)
        plane.grid(alpha=0.3)
        plane.tick_params(labelbottom=False, labelleft=False)
        plane.set_title("ánh xạ $x = f(z)$", fontsize=10)

        below = figure.add_subplot(grid[1, 1], sharex=plane, xlabel="$z$", ylabel="$p_Z(z)$")
        below.fill_between(z, p_z, color="#0067a5", alpha=0.2)
        below.fill_between(z, p_z, where=strip, color="#0067a5", alpha=0.7)
        below.set_ylim(0, 0.47)

        beside = figure.add_subplot(grid[0, 0], sharey=plane, xlabel="$p_X(x)$", ylabel="$x$")
        visible = (x >= self.x_range[0]) & (x <= self.x_range[1]) & (np.abs(z) > 0.05)
        beside.fill_betweenx(x, np.minimum(p_x, 10), color="#b84a00", alpha=0.22)
        beside.fill_betweenx(x, np.minimum(p_x, 10), where=strip, color="#b84a00", alpha=0.75)
        beside.set_xlim(0, min(1.5, 1.15 * p_x[visible].max()))
        return figure


def preset_knots(name: str) -> list[list[float]]:
    """Bảy nút nằm trên ánh xạ có sẵn."""
    x = PRESETS[name]["f"](np.array(KNOTS_Z))
    return [[z, round(float(v), 4)] for z, v in zip(KNOTS_Z, x, strict=True)]


def check_knots(knots) -> list[list[float]]:
    """Ít nhất ba nút [z, x], z tăng chặt, x đơn điệu chặt."""
    points = np.asarray(knots, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
        raise InputError(
            f"`knots` có hình dạng {points.shape}; cần ít nhất ba nút, viết [[z, x], [z, x], ...]."
        )
    if not np.isfinite(points).all():
        raise InputError("`knots` có NaN hoặc vô cực; mọi tọa độ của nút phải hữu hạn.")
    dz, dx = np.diff(points, axis=0).T
    if not (dz > 0).all():
        raise InputError("Các z của `knots` phải tăng chặt; hãy sắp các nút theo z.")
    if not ((dx > 0).all() or (dx < 0).all()):
        raise InputError(
            "Các x của `knots` phải tăng chặt hoặc giảm chặt: ánh xạ không đơn điệu thì "
            "không có hàm ngược, và công thức đổi biến không áp dụng được."
        )
    return points.tolist()


def monotone_cubic(knots: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nội suy Hermite bậc ba đơn điệu qua các nút; ngoài các nút là đường thẳng.

    Độ dốc tại nút trong là trung bình điều hòa có trọng số của hai dây cung (Fritsch &
    Butland, 1984), tại nút biên là độ dốc của dây cung. Trả (f(z), f′(z)).
    """
    zk, xk = knots.T
    width = np.diff(zk)
    chord = np.diff(xk) / width
    left, right = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    inner = (left + right) / (left / chord[:-1] + right / chord[1:])
    slopes = np.concatenate([chord[:1], inner, chord[-1:]])

    inside = np.clip(z, zk[0], zk[-1])
    i = np.clip(np.searchsorted(zk, inside, side="right") - 1, 0, len(width) - 1)
    h, t = width[i], (inside - zk[i]) / width[i]
    # Dạng lũy thừa của đa thức Hermite trên đoạn i.
    c = 3 * chord[i] - 2 * slopes[i] - slopes[i + 1]
    d = slopes[i] + slopes[i + 1] - 2 * chord[i]
    slope = slopes[i] + 2 * c * t + 3 * d * t**2
    return xk[i] + h * t * (slopes[i] + c * t + d * t**2) + slope * (z - inside), slope
