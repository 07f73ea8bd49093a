"""Entropy và entropy chéo là diện tích: bốn kết cục, hai phân phối kéo được."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

OUTCOMES = ("bình", "bát", "ấm", "trâu")
SMALLEST = 0.01  # xác suất nhỏ nhất kéo tới được: số câu hỏi không quá log₂ 100


class CodeArea(LiveFigure):
    """Kéo các cột p và q; diện tích phía dưới là entropy, entropy chéo, KL.

    Mỗi kết cục là một chữ nhật rộng p, cao −log q: tổng diện tích là entropy chéo H(p, q).
    Sách: (eq-cross-entropy)

    Tham số
    -------
    p, q : bốn xác suất từ 0.01 trở lên, tổng bằng 1
    unit : "bit" hoặc "nat"

    Sau khi kéo, trong sổ, Python đọc lại được `figure.p`, `figure.q`; `figure.measures()` tính
    lại các con số bằng NumPy.
    """

    _esm = module_source("code_area")

    p = traitlets.List().tag(sync=True)
    q = traitlets.List().tag(sync=True)
    unit = traitlets.Enum(["bit", "nat"], "bit").tag(sync=True)
    outcomes = traitlets.List().tag(sync=True)

    def __init__(self, p=(0.5, 0.25, 0.125, 0.125), q=(0.1, 0.2, 0.2, 0.5), **options):
        options.setdefault(
            "alt",
            "Hình tương tác: kéo xác suất p và q của bốn kết cục; diện tích các chữ nhật rộng p, "
            "cao −log q là entropy chéo.",
        )
        super().__init__(
            p=check_law(p, "p"), q=check_law(q, "q"), outcomes=list(OUTCOMES), **options
        )

    def measures(self) -> dict[str, float]:
        """H(p), H(p, q), KL(p‖q), KL(q‖p) theo đơn vị đang chọn."""
        p, q = np.asarray(self.p), np.asarray(self.q)
        scale = np.log(2) if self.unit == "bit" else 1.0
        return {
            "entropy": float(-(p * np.log(p)).sum() / scale),
            "cross": float(-(p * np.log(q)).sum() / scale),
            "kl": float((p * np.log(p / q)).sum() / scale),
            "kl_reverse": float((q * np.log(q / p)).sum() / scale),
        }

    def still(self) -> Figure:
        p, q = np.asarray(self.p), np.asarray(self.q)
        scale = np.log(2) if self.unit == "bit" else 1.0
        figure = still_figure(5.6, 4.4)
        above, below = figure.subplots(2, 1, gridspec_kw={"height_ratios": [1, 1.5]})
        place = np.arange(4)
        above.bar(place - 0.19, p, 0.36, color="#0067a5", label="p")
        above.bar(place + 0.19, q, 0.36, color="#b84a00", label="q")
        above.set(ylabel="xác suất", ylim=(0, 1))
        above.set_xticks(place, OUTCOMES)
        above.legend(frameon=False)
        left = np.concatenate([[0], np.cumsum(p)[:-1]])
        below.bar(left, -np.log(q) / scale, p, align="edge", color="#b84a00", alpha=0.3)
        below.bar(left, -np.log(p) / scale, p, align="edge", facecolor="none", edgecolor="#0067a5")
        below.set(xlim=(0, 1), xlabel="bề rộng p", ylabel=f"−log q; viền xanh −log p ({self.unit})")
        return figure


def check_law(values, name: str) -> list[float]:
    """Bốn xác suất từ 0.01 trở lên, tổng bằng 1."""
    law = np.asarray(values, dtype=float)
    if law.shape != (4,) or not (law >= SMALLEST - 1e-9).all() or abs(law.sum() - 1) > 1e-6:
        raise InputError(
            f"`{name}` = {list(values)}; cần bốn xác suất từ {SMALLEST} trở lên, tổng bằng 1."
        )
    return law.tolist()
