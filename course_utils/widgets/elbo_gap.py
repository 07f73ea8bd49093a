"""ELBO và khe hở: kéo q(z | x) của một mô hình một chiều, log p(x) đứng yên."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

# z ~ N(0, 1), x | z ~ N(h(z), ½). Hàm h, giá trị x lúc đầu, lời dẫn.
VARIANCE = 0.5
MODELS = {
    "linear": {
        "label": "$h(z) = z$",
        "x": 1.0,
        "note": "Mô hình tuyến tính: hậu nghiệm là Gauss, nên q khớp được hẳn và khe hở về 0.",
        "h": lambda z: z,
    },
    "square": {
        "label": "$h(z) = z^2$",
        "x": 2.0,
        "note": "Hai giá trị z giải thích x tốt như nhau: hậu nghiệm hai đỉnh. Một Gauss không "
        "phủ được cả hai, nên khe hở không bao giờ về 0. Leo dốc từ giữa thì kẹt ở giữa; "
        "kéo q sang một đỉnh rồi leo thì cao hơn.",
        "h": lambda z: z**2,
    },
    "tanh": {
        "label": "$h(z) = 2 tanh(2z)$",
        "x": 1.6,
        "note": "Hàm bão hòa: mọi z lớn cho gần như cùng một x, hậu nghiệm lệch. Khe hở còn lại "
        "nhỏ, nhưng không bằng 0.",
        "h": lambda z: 2 * np.tanh(2 * z),
    },
}
GRID = np.linspace(-12, 12, 2401)  # sáu độ lệch chuẩn của q rộng nhất đặt ở mép
MEAN_RANGE, STD_RANGE, X_RANGE = (-3.0, 3.0), (0.1, 1.5), (-3.0, 3.0)


def log_normal(x: np.ndarray, mean=0.0, variance=1.0) -> np.ndarray:
    return -0.5 * (np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)


class ElboGap(LiveFigure):
    """Kéo trung bình và độ lệch chuẩn của q(z | x), xem ELBO và KL(q ‖ p(z | x)) bù cho nhau.

    Sách: (eq-elbo-gap), (eq-elbo-split)

    Tham số
    -------
    preset    : "linear", "square" hoặc "tanh": hàm h của x | z ~ N(h(z), ½)
    x         : điểm dữ liệu, từ −3 đến 3; mặc định theo `preset`
    mean, std : q lúc đầu; mean từ −3 đến 3, std từ 0.1 đến 1.5
    rule      : "exact" là tái tạo − KL; "plus" là mục tiêu sai dấu, tái tạo + KL

    Sau khi kéo, trong sổ, Python đọc lại được `figure.mean`, `figure.std`; `figure.measures()`
    tính lại mọi con số bằng NumPy.
    """

    _esm = module_source("elbo_gap")

    preset = traitlets.Unicode("linear").tag(sync=True)
    x = traitlets.Float(1.0).tag(sync=True)
    mean = traitlets.Float(-0.4).tag(sync=True)
    std = traitlets.Float(0.9).tag(sync=True)
    rule = traitlets.Enum(["exact", "plus"], "exact").tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset="linear", x=None, mean=-0.4, std=0.9, **options):
        if preset not in MODELS:
            raise InputError(
                f"Không có mô hình tên {preset!r}; hãy chọn một trong {', '.join(MODELS)}."
            )
        x = MODELS[preset]["x"] if x is None else x
        for name, value, (low, high) in (
            ("x", x, X_RANGE),
            ("mean", mean, MEAN_RANGE),
            ("std", std, STD_RANGE),
        ):
            if not low <= value <= high:
                raise InputError(f"{name} = {value}; hình này cần {name} từ {low:g} đến {high:g}.")
        options.setdefault(
            "alt",
            "Hình tương tác: kéo trung bình và bề rộng của q(z | x) đến gần hậu nghiệm; "
            "ELBO dài ra, phân kỳ KL ngắn lại, tổng của chúng luôn là log p(x).",
        )
        super().__init__(
            preset=preset,
            x=float(x),
            mean=float(mean),
            std=float(std),
            presets=[
                {"name": name} | {key: entry[key] for key in ("label", "x", "note")}
                for name, entry in MODELS.items()
            ],
            **options,
        )

    def posterior(self, z: np.ndarray) -> np.ndarray:
        """Mật độ hậu nghiệm p(z | x) = p(x, z)/p(x). Sách: (eq-bayes-loop)"""
        return np.exp(self._log_joint(z) - self.measures()["log_p"])

    def measures(self) -> dict[str, float]:
        """log p(x), ELBO, hai số hạng của nó và khe hở, nat; tích phân bằng quy tắc hình thang.

        Sách: (eq-latent-marginal), (eq-elbo-split), (eq-elbo-gap)
        """
        log_joint = self._log_joint(GRID)
        log_p = float(np.log(np.trapezoid(np.exp(log_joint), GRID)))
        log_q = log_normal(GRID, self.mean, self.std**2)
        q = np.exp(log_q)
        reconstruction = float(np.trapezoid(q * (log_joint - log_normal(GRID)), GRID))
        kl_prior = 0.5 * (self.mean**2 + self.std**2 - 1) - np.log(self.std)
        return {
            "log_p": log_p,
            "reconstruction": reconstruction,
            "kl_prior": float(kl_prior),
            "elbo": float(reconstruction - kl_prior),
            "gap": float(np.trapezoid(q * (log_q - log_joint + log_p), GRID)),
        }

    def _log_joint(self, z: np.ndarray) -> np.ndarray:
        return log_normal(z) + log_normal(self.x, MODELS[self.preset]["h"](z), VARIANCE)

    def still(self) -> Figure:
        z = np.linspace(-4, 4, 801)
        value = self.measures()
        figure = still_figure(5.6, 3.9)
        top, below = figure.subplots(2, 1, gridspec_kw={"height_ratios": [3, 1]})
        top.plot(z, np.exp(log_normal(z)), color="#5a6472", linestyle=":", label="tiên nghiệm p(z)")
        top.fill_between(z, self.posterior(z), color="#0067a5", alpha=0.25)
        top.plot(z, self.posterior(z), color="#0067a5", label="hậu nghiệm p(z | x)")
        q = np.exp(log_normal(z, self.mean, self.std**2))
        top.fill_between(z, q, color="#b84a00", alpha=0.2)
        top.plot(z, q, color="#b84a00", label="q(z | x)")
        top.set(xlim=(-4, 4), ylim=(0, None), xlabel="$z$", ylabel="mật độ")
        top.legend(frameon=False, fontsize=8)
        low = min(-6.0, value["elbo"] - 0.5)
        below.barh(0, value["elbo"] - low, left=low, color="#007a5a")
        below.barh(0, value["gap"], left=value["elbo"], color="#b84a00")
        below.axvline(value["log_p"], color="#1b1f24")
        below.set(xlim=(low, 0), yticks=[], xlabel="nat: ELBO (lục) + KL (cam) = log p(x) (vạch)")
        return figure
