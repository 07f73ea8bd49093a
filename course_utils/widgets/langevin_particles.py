"""Hạt Langevin trong trường điểm số: bước dài thì chệch, khe vắng thì kẹt, ủ thì qua."""

import math

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..diffusion.exact import DiffusedMixture
from ..diffusion.langevin import stationary_variance
from ..diffusion.sde import VP
from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

STEPS = 200  # số bước của một lần chạy
COUNT = 240  # số hạt
WIDEST = 3.0  # mức nhiễu lúc bắt đầu ủ
SETTLE = 0.8  # phần đầu của lần chạy để ủ; phần sau đứng ở mức nhiễu đã chọn

# Mọi tâm ở x₂ = 0: tọa độ x₂ của chuỗi là Langevin của một Gauss, phương sai biết trước.
PRESETS = {
    "wells": {
        "label": "hai giếng",
        "std": 0.4,
        "weights": [0.3, 0.7],
        "means": [[-1.8, 0.0], [1.8, 0.0]],
    },
    "gauss": {"label": "một giếng", "std": 1.0, "weights": [1.0], "means": [[0.0, 0.0]]},
    "three": {
        "label": "ba giếng",
        "std": 0.3,
        "weights": [0.2, 0.5, 0.3],
        "means": [[-2.4, 0.0], [0.0, 0.0], [2.4, 0.0]],
    },
}
STARTS = {"well": "giếng bên trái", "noise": "nhiễu N(0, 9I)"}


class LangevinParticles(LiveFigure):
    """Hạt đi theo x ← x + h·∇log p_σ(x) + √(2h)·ξ, điểm số đúng của một hỗn hợp Gauss.

    p_σ là hỗn hợp cộng nhiễu N(0, σ²I): giếng rộng ra, phương sai c² + σ². Bước chọn theo giếng,
    h = r·(c² + σ²), nên phương sai dừng của x₂ là (c² + σ²)/(1 − r/2), và từ r = 2 thì hạt văng
    ra. Bật «ủ»: mức nhiễu đi từ 3 xuống σ trong 80% số bước đầu.

    Sách: (eq-langevin), (eq-ula), (eq-ula-bias)

    Tham số
    -------
    preset : "wells", "gauss" hoặc "three"
    ratio : r, độ dài bước tính theo giếng, từ 0.02 đến 2.1
    sigma : mức nhiễu σ, từ 0 đến 3
    anneal : ủ từ mức nhiễu 3 xuống σ
    start : "well" (mọi hạt ở giếng bên trái) hoặc "noise"
    stage : đã đi bao nhiêu bước, từ 0 đến 200
    seed : hạt giống của nhiễu

    `figure.trajectory(starts, noises)` tính lại bằng torch, float64.
    """

    _esm = module_source("controls", "diffusion_chain", "langevin_particles")

    preset = traitlets.Enum(list(PRESETS), "wells").tag(sync=True)
    ratio = traitlets.Float(0.2).tag(sync=True)
    sigma = traitlets.Float(0.0).tag(sync=True)
    anneal = traitlets.Bool(False).tag(sync=True)
    start = traitlets.Enum(list(STARTS), "well").tag(sync=True)
    stage = traitlets.Int(STEPS).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    steps = traitlets.Int(STEPS).tag(sync=True)
    count = traitlets.Int(COUNT).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    starts = traitlets.Dict().tag(sync=True)

    def __init__(self, preset="wells", ratio=0.2, sigma=0.0, start="well", **options):
        for name, value, allowed in (("preset", preset, PRESETS), ("start", start, STARTS)):
            if value not in allowed:
                raise InputError(f"{name} = {value!r}; hãy chọn {', '.join(allowed)}.")
        if not 0.02 <= ratio <= 2.1 or not 0 <= sigma <= WIDEST:
            raise InputError(
                f"ratio = {ratio}, sigma = {sigma}: cần ratio từ 0.02 đến 2.1 và sigma từ 0 đến 3."
            )
        stage = options.get("stage", STEPS)
        if not (isinstance(stage, int) and 0 <= stage <= STEPS):
            raise InputError(f"stage = {stage!r}; cần một số nguyên từ 0 đến {STEPS}.")
        options.setdefault(
            "alt",
            "Hình tương tác: các hạt Langevin trong trường điểm số của hai giếng. Bước dài làm đám "
            "đông phình ra; khe vắng giữa hai giếng giữ hạt lại; bật ủ thì hạt chia đúng tỉ lệ.",
        )
        super().__init__(
            preset=preset,
            ratio=float(ratio),
            sigma=float(sigma),
            start=start,
            presets=[{"name": name, **spec} for name, spec in PRESETS.items()],
            starts=STARTS,
            **options,
        )

    @property
    def target(self) -> tuple[Tensor, Tensor, float]:
        """Trọng số (K,), tâm (K, 2), độ lệch chuẩn chung của các giếng."""
        spec = PRESETS[self.preset]
        weights, means = (
            torch.tensor(spec[key], dtype=torch.float64) for key in ("weights", "means")
        )
        return weights, means, spec["std"]

    def variance(self, k: int) -> float:
        """Phương sai c² + σ² của giếng ở bước k; khi ủ thì giảm theo cấp số nhân rồi đứng yên."""
        floor = self.target[2] ** 2 + self.sigma**2
        if not self.anneal:
            return floor
        share = min(1.0, k / (SETTLE * STEPS))
        return (self.target[2] ** 2 + WIDEST**2) ** (1 - share) * floor**share

    def score(self, x: Tensor, variance: float) -> Tensor:
        """∇log p_σ(x) (n, 2), phương sai của giếng là `variance`."""
        weights, means, _ = self.target
        covariances = variance * torch.eye(2, dtype=torch.float64).expand(len(means), 2, 2)
        return DiffusedMixture(weights, means, covariances, VP()).score(0.0, x)

    def trajectory(self, starts: Tensor, noises: Tensor) -> Tensor:
        """Mọi chặng (m + 1, n, 2) từ `starts` (n, 2), với `noises` (m, n, 2) là các ξ."""
        path = [starts]
        for k, xi in enumerate(noises):
            variance = self.variance(k)
            h = self.ratio * variance
            path.append(path[-1] + h * self.score(path[-1], variance) + math.sqrt(2 * h) * xi)
        return torch.stack(path)

    def begin(self, normals: Tensor) -> Tensor:
        """Nơi xuất phát của các hạt từ các số ngẫu nhiên chuẩn (n, 2)."""
        if self.start == "noise":
            return WIDEST * normals
        _, means, std = self.target
        return means[means[:, 0].argmin()] + std * normals

    def limit(self) -> float:
        """Phương sai dừng của x₂, chia cho c² + σ²; vô cực khi r ≥ 2. Sách: (eq-ula-bias)"""
        return stationary_variance(self.ratio) if self.ratio < 2 else math.inf

    def right(self, k: int) -> float:
        """Xác suất đúng của x₁ > 0 dưới p_σ của bước k."""
        weights, means, _ = self.target
        z = means[:, 0] / math.sqrt(self.variance(k))
        return float((weights * torch.special.ndtr(z)).sum())

    def measures(self, x: Tensor) -> dict[str, float]:
        """Phần hạt ở bên phải (x₁ > 0), và trung bình của x₂²."""
        return {
            "right": float((x[:, 0] > 0).double().mean()),
            "variance": float(x[:, 1].square().mean()),
        }

    def still(self) -> Figure:
        """Ba lần chạy: bước ngắn, bước dài, và ủ."""
        figure = still_figure(7.2, 2.6)
        g = torch.Generator().manual_seed(self.seed)
        normals, *noises = torch.randn(STEPS + 1, COUNT, 2, generator=g, dtype=torch.float64)
        cases = {"bước ngắn": (0.2, False), "bước dài": (1.4, False), "ủ": (0.2, True)}
        _, means, _ = self.target
        shown = self.ratio, self.sigma, self.anneal, self.start
        with self.hold_sync():  # mượn chính hình này; hình mới sẽ nằm lại trong sổ
            for axis, (title, (ratio, anneal)) in zip(
                figure.subplots(1, 3, sharey=True), cases.items(), strict=True
            ):
                self.ratio, self.sigma, self.anneal, self.start = ratio, 0.0, anneal, "well"
                end = self.trajectory(self.begin(normals), torch.stack(noises))[-1]
                axis.plot(*end.T.numpy(), ".", markersize=2.5, color="#0067a5")
                axis.plot(*means.T.numpy(), "+", markersize=9, color="#b84a00")
                axis.set_title(title, fontsize=10)
                axis.set(xlim=(-4, 4), ylim=(-3, 3), aspect="equal", xlabel="$x_1$")
            self.ratio, self.sigma, self.anneal, self.start = shown
        figure.axes[0].set_ylabel("$x_2$")
        return figure
