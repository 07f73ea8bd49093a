"""Hai chiều của phân kỳ KL: kéo một Gauss q trên một mật độ p hai đỉnh."""

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

# Các mật độ p có sẵn: hỗn hợp Gauss [trọng số, trung bình, độ lệch chuẩn], và lời dẫn.
PRESETS = {
    "two_modes": {
        "label": "hai đỉnh",
        "parts": [[0.5, -2.0, 0.6], [0.5, 2.0, 0.6]],
        "note": "Hai đỉnh bằng nhau, cách xa. $KL(p‖q)$ bắt $q$ phủ cả hai; $KL(q‖p)$ để "
        "$q$ chui vào một đỉnh, trừ khi bắt đầu ở giữa và đủ rộng.",
    },
    "uneven": {
        "label": "đỉnh lớn, đỉnh nhỏ",
        "parts": [[0.8, -1.0, 1.0], [0.2, 3.0, 0.45]],
        "note": "Một đỉnh giữ bốn phần năm khối lượng. Thử hạ $KL(q‖p)$ từ bên phải, "
        "rồi từ bên trái.",
    },
    "close": {
        "label": "hai đỉnh sát nhau",
        "parts": [[0.5, -0.9, 0.8], [0.5, 0.9, 0.8]],
        "note": "Hai đỉnh gần nhau: hai chiều của KL gần như đồng ý với nhau.",
    },
    "gauss": {
        "label": "một Gauss",
        "parts": [[1.0, 1.0, 1.0]],
        "note": "$p$ cũng là Gauss: cả hai KL về 0 tại cùng một chỗ, khi $q = p$.",
    },
}
GRID = np.linspace(-30, 30, 6001)  # rộng tới bảy độ lệch chuẩn của q rộng nhất đặt ở mép
MEAN_RANGE, STD_RANGE = (-5.0, 5.0), (0.25, 3.5)


def log_mixture(parts, x: np.ndarray) -> np.ndarray:
    """log p(x) của hỗn hợp Gauss một chiều."""
    weight, mean, std = np.asarray(parts, dtype=float).T[:, :, None]
    log_parts = np.log(weight / (std * np.sqrt(2 * np.pi))) - 0.5 * ((x - mean) / std) ** 2
    return np.logaddexp.reduce(log_parts, axis=0)


class TwoKL(LiveFigure):
    """Kéo trung bình và độ lệch chuẩn của q, xem hai phân kỳ KL, entropy và entropy chéo (nat).

    Sách: (eq-kl)

    Tham số
    -------
    preset    : "two_modes", "uneven", "close" hoặc "gauss"
    mean, std : Gauss q lúc đầu; độ lệch chuẩn từ 0.25 đến 3.5
    direction : "forward" vẽ và hạ KL(p‖q), "reverse" vẽ và hạ KL(q‖p)

    Sau khi kéo, trong sổ, Python đọc lại được `figure.mean`, `figure.std`; `figure.measures()`
    tính lại các con số bằng NumPy.
    """

    _esm = module_source("two_kl")

    preset = traitlets.Unicode("two_modes").tag(sync=True)
    mean = traitlets.Float(0.0).tag(sync=True)
    std = traitlets.Float(1.0).tag(sync=True)
    direction = traitlets.Enum(["forward", "reverse"], "forward").tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset: str = "two_modes", mean: float = 0.7, std: float = 1.0, **options):
        if preset not in PRESETS:
            raise InputError(
                f"Không có mật độ tên {preset!r}; hãy chọn một trong {', '.join(PRESETS)}."
            )
        if not (MEAN_RANGE[0] <= mean <= MEAN_RANGE[1] and STD_RANGE[0] <= std <= STD_RANGE[1]):
            raise InputError(
                f"mean = {mean}, std = {std}; hình này cần mean từ −5 đến 5, std từ 0.25 đến 3.5."
            )
        options.setdefault(
            "alt",
            "Khung trên: mật độ p và Gauss q trên cùng một trục x. Khung dưới: phần đóng góp của "
            "từng điểm vào phân kỳ KL đang chọn, diện tích là KL. Hai thanh, đơn vị nat, tách "
            "entropy chéo thành entropy và KL. Hạ KL(p‖q) thì q phủ cả hai đỉnh của p; hạ KL(q‖p) "
            "thì q thường co vào một đỉnh.",
        )
        super().__init__(
            preset=preset,
            mean=float(mean),
            std=float(std),
            presets=[{"name": name} | entry for name, entry in PRESETS.items()],
            **options,
        )

    def measures(self) -> dict[str, float]:
        """Entropy, entropy chéo và KL theo cả hai chiều, nat; quy tắc hình thang."""
        log_p = log_mixture(PRESETS[self.preset]["parts"], GRID)
        log_q = log_mixture([[1.0, self.mean, self.std]], GRID)
        p, q = np.exp(log_p), np.exp(log_q)

        def integral(values):
            return float(np.trapezoid(values, GRID))

        return {
            "entropy_p": -integral(p * log_p),
            "entropy_q": -integral(q * log_q),
            "cross_pq": -integral(p * log_q),
            "cross_qp": -integral(q * log_p),
            "kl_pq": integral(p * (log_p - log_q)),
            "kl_qp": integral(q * (log_q - log_p)),
        }

    def still(self) -> Figure:
        x = np.linspace(-6, 6, 1201)
        log_p = log_mixture(PRESETS[self.preset]["parts"], x)
        log_q = log_mixture([[1.0, self.mean, self.std]], x)
        p, q = np.exp(log_p), np.exp(log_q)
        forward = self.direction == "forward"
        share = p * (log_p - log_q) if forward else q * (log_q - log_p)
        value = self.measures()

        figure = still_figure(5.6, 4.6)
        top, below, bars = figure.subplots(3, 1, gridspec_kw={"height_ratios": [2.2, 1.3, 0.9]})
        top.fill_between(x, p, color="#0067a5", alpha=0.2)
        top.plot(x, p, color="#0067a5", label="p")
        top.fill_between(x, q, color="#b84a00", alpha=0.2)
        top.plot(x, q, color="#b84a00", label="q")
        top.set(xlim=(-6, 6), ylim=(0, None), ylabel="mật độ")
        top.legend(frameon=False)
        below.fill_between(x, share, color="#007a5a", alpha=0.4)
        below.axhline(0, color="#5a6472", linewidth=0.8)
        name = "p log(p/q)" if forward else "q log(q/p)"
        below.set(xlim=(-6, 6), xlabel="x", ylabel=name)
        rows = [("H(q, p)", "entropy_q", "kl_qp"), ("H(p, q)", "entropy_p", "kl_pq")]
        for label, entropy, kl in rows:
            bars.barh(label, value[entropy], color="#8a94a0")
            bars.barh(label, value[kl], left=value[entropy], color="#007a5a")
        bars.set(xlim=(0, 6), xlabel="nat: entropy (xám) + KL (lục) = entropy chéo")
        return figure
