"""Thuật toán EM cho hỗn hợp ba Gauss, từng bước, trên mặt phẳng."""

import math

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..em import e_step, m_step
from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

BOX = (-5.0, 5.0, -4.0, 4.0)
COLORS = ("#0067a5", "#b84a00", "#007a5a")
STYLE = """
.lf-em .lf-point { stroke: var(--lf-surface); stroke-width: 0.6; }
.lf-em .lf-ellipse { fill: none; stroke-width: 2.2; }
.lf-em .lf-ellipse-2 { stroke-width: 1.2; stroke-dasharray: 4 3; }
.lf-em .lf-last { fill: var(--lf-ink); }
.lf-em .lf-side .lf-choice { margin-bottom: 10px; }
.lf-em .lf-part-0 { margin-top: 9px; }
"""
LONELY = (4.2, 3.3)


def three_clusters() -> list[list[float]]:
    """120 điểm trong ba cụm hình dạng khác nhau, và một điểm đứng riêng."""
    generator = np.random.default_rng(4)
    parts = [
        ([-2.4, -1.2], [[0.9, 0.55], [0.55, 0.5]], 45),
        ([1.8, -1.6], [[0.45, -0.1], [-0.1, 0.25]], 40),
        ([0.2, 1.7], [[1.3, -0.25], [-0.25, 0.25]], 35),
    ]
    points = [generator.multivariate_normal(m, s, n) for m, s, n in parts]
    return np.concatenate([*points, [LONELY]]).round(2).tolist()


def preset(name: str, label: str, means: list, widths: tuple = (1.0, 1.0, 1.0)) -> dict:
    return {
        "name": name,
        "label": label,
        "weights": [1 / 3] * 3,
        "means": means,
        "covariances": [[w**2, 0.0, w**2] for w in widths],
    }


PRESETS = [
    preset("spread", "rải đều", [[-3.5, 2.0], [3.0, 0.5], [0.0, -3.0]]),
    preset("stuck", "chụm một chỗ", [[1.4, -1.4], [1.9, -1.8], [2.3, -1.5]], (0.5, 0.5, 0.5)),
    preset("lonely", "ngồi lên điểm lẻ", [[-2.0, -1.0], [1.0, 0.0], list(LONELY)], (1.0, 1.2, 0.6)),
]


class EMSteps(LiveFigure):
    """Đặt ba tâm, bấm từng bước EM, xem trách nhiệm, elip và log hợp lý đổi theo.

    Sách: (eq-em), (eq-mixture)

    Tham số
    -------
    points : dữ liệu (n, 2), từ 10 đến 300 điểm nằm trong khung [−5, 5] × [−4, 4];
        mặc định là ba cụm và một điểm đứng riêng
    start : "spread", "stuck" hoặc "lonely", điểm xuất phát lúc đầu
    ridge : số cộng vào mỗi phương sai khi người đọc bật ô chọn

    Trong sổ, Python đọc lại được: `figure.means`, `figure.weights`, `figure.covariances`
    (mỗi ma trận viết [s₁₁, s₁₂, s₂₂]), `figure.history` (log hợp lý trung bình theo bước).

        figure = EMSteps()
        figure                      # dòng cuối của ô
        figure.history
    """

    _esm = module_source("em_steps")
    _css = LiveFigure._css + STYLE

    points = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    preset = traitlets.Unicode("spread").tag(sync=True)
    weights = traitlets.List().tag(sync=True)
    means = traitlets.List().tag(sync=True)
    covariances = traitlets.List().tag(sync=True)
    history = traitlets.List().tag(sync=True)
    ridge = traitlets.Float(0.05).tag(sync=True)
    use_ridge = traitlets.Bool(False).tag(sync=True)

    def __init__(self, points=None, start: str = "spread", ridge: float = 0.05, **options):
        points = three_clusters() if points is None else check_points(points)
        names = [p["name"] for p in PRESETS]
        if start not in names:
            raise InputError(
                f"Không có điểm xuất phát tên {start!r}; hãy chọn một trong {', '.join(names)}."
            )
        if not (ridge > 0 and math.isfinite(ridge)):
            raise InputError(f"`ridge` = {ridge}; cần một số dương.")
        begin = PRESETS[names.index(start)]
        options.setdefault(
            "alt",
            "Trên mặt phẳng dữ liệu, ba thành phần Gauss vẽ bằng elip quanh ba cụm điểm; màu mỗi "
            "điểm pha từ ba màu theo trách nhiệm. Bên cạnh là log hợp lý trung bình (trục dọc) "
            "theo bước EM (trục ngang): đường ấy đi lên rồi dừng ở một đỉnh, đỉnh nào là tùy nơi "
            "đặt ba tâm lúc đầu.",
        )
        super().__init__(
            points=points,
            presets=PRESETS,
            preset=start,
            ridge=float(ridge),
            **{key: begin[key] for key in ("weights", "means", "covariances")},
            **options,
        )
        self.history = [e_step(self._data(), *self.state())[1]]

    def _data(self) -> Tensor:
        return torch.tensor(self.points, dtype=torch.float64)

    def state(self) -> tuple[Tensor, Tensor, Tensor]:
        """(π, μ, Σ) đang vẽ, dưới dạng tensor float64 như `course_utils.em` dùng."""
        packed = torch.tensor(self.covariances, dtype=torch.float64)
        covariances = packed[:, [0, 1, 1, 2]].view(-1, 2, 2)
        weights, means = (torch.tensor(v, dtype=torch.float64) for v in (self.weights, self.means))
        return weights, means, covariances

    def still(self) -> Figure:
        x, state, history = self._data(), self.state(), []
        frames = [state]
        for _ in range(25):
            responsibilities, value = e_step(x, *state)
            history.append(value)
            try:
                state = m_step(x, responsibilities, self.ridge if self.use_ridge else 0.0)
            except InputError:
                break
        frames.append(state)
        figure = still_figure(8.4, 2.7)
        axes = figure.subplots(1, 3, width_ratios=[1.25, 1.25, 1])
        palette = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in COLORS])
        titles = ("lúc đầu", f"sau {len(history)} bước EM")
        for axis, frame, title in zip(axes[:2], frames, titles, strict=True):
            shares = e_step(x, *frame)[0].numpy()
            axis.scatter(*x.numpy().T, s=9, c=(shares @ palette).clip(0, 1), linewidths=0)
            for color, mean, covariance in zip(COLORS, *frame[1:], strict=True):
                angle = torch.linspace(0, 2 * math.pi, 80, dtype=torch.float64)
                circle = torch.stack([angle.cos(), angle.sin()])
                root = torch.linalg.cholesky(covariance)
                for size, line in ((1, "-"), (2, "--")):
                    axis.plot(*(mean[:, None] + size * root @ circle), line, color=color, lw=1.3)
            axis.set(xlim=BOX[:2], ylim=BOX[2:], aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
            axis.set_title(title, fontsize=10)
        axes[2].plot(history, color="#1b1f24")
        axes[2].set(xlabel="bước", ylabel="nat")
        axes[2].set_title("log hợp lý trung bình", fontsize=10)
        return figure


def check_points(points) -> list[list[float]]:
    """Dữ liệu (n, 2) vừa khung vẽ."""
    if isinstance(points, Tensor):
        points = points.detach().cpu()
    values = np.asarray(points, dtype=float)
    if values.ndim != 2 or values.shape[1] != 2 or not 10 <= len(values) <= 300:
        raise InputError(f"`points` có hình dạng {values.shape}; cần (n, 2) với n từ 10 đến 300.")
    low, high = np.array(BOX[::2]), np.array(BOX[1::2])
    if not ((values >= low) & (values <= high)).all():
        raise InputError(
            "`points` có điểm nằm ngoài khung [−5, 5] × [−4, 4] (hoặc NaN); hãy chia dữ liệu "
            "cho một hằng số rồi thử lại."
        )
    return values.round(3).tolist()
