"""Hạt đi ngược từ nhiễu về dữ liệu, với bộ khử nhiễu chính xác: DDPM, DDIM, và số bước."""

import math
from itertools import pairwise

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..diffusion.ddpm import DDPM
from ..diffusion.schedules import cosine_schedule
from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

STEPS = 100  # T của chuỗi
COUNT = 256  # số hạt
CHOICES = (1, 2, 5, 10, 20, 50, 100)


def ring(count: int, radius: float) -> list[list[float]]:
    """Các tâm rải đều trên đường tròn."""
    angles = (2 * math.pi * i / count for i in range(count))
    return [[round(radius * f(t), 4) for f in (math.cos, math.sin)] for t in angles]


# Phương sai mỗi tọa độ xấp xỉ 1, nên x_T gần N(0, I) như chuỗi cần.
PRESETS = {
    "eight": {"label": "tám cụm", "std": 0.15, "weights": [1 / 8] * 8, "means": ring(8, 1.4)},
    "lopsided": {
        "label": "ba cụm lệch",
        "std": 0.3,
        "weights": [0.6, 0.3, 0.1],
        "means": [[-0.95, -0.2], [1.2, 0.8], [1.4, -1.4]],
    },
    "gauss": {"label": "N(0, I)", "std": 1.0, "weights": [1.0], "means": [[0.0, 0.0]]},
}
SAMPLERS = {
    "ddim": "DDIM, η = 0",
    "half": "DDIM, η = 0.5",
    "tilde": "DDPM, β̃ (η = 1)",
    "beta": "DDPM, β",
}


class DenoisingSteps(LiveFigure):
    """Hạt trong mặt phẳng đi từ x_T ~ N(0, I) về hỗn hợp Gauss, trong một số bước chọn được.

    E[x_0 | x_k] có công thức đóng, nên không mạng nào được huấn luyện: mọi sai lệch thấy trên hình
    là của cách lùi và của số bước. Chuỗi có T = 100 bước, lịch cosin.

    Bên phải: độ rộng trung bình của cụm so với thật, theo số bước, cho bốn cách lùi.

    Sách: (eq-ancestral), (eq-ddim)

    Tham số
    -------
    preset : "eight", "lopsided" hoặc "gauss"
    sampler : "ddim", "half" (η = 0.5), "tilde" (η = 1) hoặc "beta"
    steps : 1, 2, 5, 10, 20, 50 hoặc 100
    stage : đã lùi bao nhiêu bước, từ 0 đến `steps`
    seed : hạt giống của nhiễu

    `figure.trajectory(z, noises)` tính lại bằng DDPM, float64.
    """

    _esm = module_source("controls", "diffusion_chain", "denoising_steps")

    preset = traitlets.Unicode("eight").tag(sync=True)
    sampler = traitlets.Enum(list(SAMPLERS), "ddim").tag(sync=True)
    steps = traitlets.Int(10).tag(sync=True)
    stage = traitlets.Int(10).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    count = traitlets.Int(COUNT).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    samplers = traitlets.Dict().tag(sync=True)

    def __init__(self, preset="eight", sampler="ddim", steps=10, stage=None, seed=1, **options):
        for name, value, allowed in (
            ("preset", preset, PRESETS),
            ("sampler", sampler, SAMPLERS),
            ("steps", steps, CHOICES),
        ):
            if value not in allowed:
                raise InputError(
                    f"{name} = {value!r}; hãy chọn một trong {', '.join(map(str, allowed))}."
                )
        stage = steps if stage is None else stage
        if not (isinstance(stage, int) and 0 <= stage <= steps):
            raise InputError(f"stage = {stage!r}; cần một số nguyên từ 0 đến steps = {steps}.")
        options.setdefault(
            "alt",
            "Hình tương tác: các hạt đi ngược từ nhiễu về những cụm dữ liệu; ít bước thì cụm "
            "sai độ rộng, nhiều bước thì DDIM và DDPM đều tới đúng.",
        )
        super().__init__(
            preset=preset,
            sampler=sampler,
            steps=steps,
            stage=stage,
            seed=seed,
            presets=[{"name": name, **spec} for name, spec in PRESETS.items()],
            samplers=SAMPLERS,
            **options,
        )

    @property
    def target(self) -> tuple[Tensor, Tensor, float]:
        """Trọng số (K,), tâm (K, 2), độ lệch chuẩn chung của các cụm."""
        spec = PRESETS[self.preset]
        parts = (torch.tensor(spec[key], dtype=torch.float64) for key in ("weights", "means"))
        return (*parts, spec["std"])

    def model(self) -> DDPM:
        """DDPM có mạng là E[x_0 | x_k] của hỗn hợp, và phương sai của cách lùi đang chọn."""
        variance = "beta" if self.sampler == "beta" else "posterior"
        schedule = cosine_schedule(STEPS)

        def net(s, x):
            return self.denoised(schedule, round(float(s) * STEPS), x)

        settings = {"schedule": schedule, "prediction": "x0", "variance": variance}
        return DDPM(2, net=net, **settings).double().eval()

    def denoised(self, schedule, k: int, x: Tensor) -> Tensor:
        """E[x_0 | x_k = x]: trung bình, theo trách nhiệm, của hồi quy trong từng cụm."""
        weights, means, std = self.target
        a, noise = float(schedule.a[k]), float(schedule.sigma[k]) ** 2
        total = (a * std) ** 2 + noise
        away = x[:, None] - a * means
        share = (weights.log() - 0.5 * away.square().sum(2) / total).softmax(1)
        inside = means + a * std**2 * away / total
        return (share[..., None] * inside).sum(1)

    def trajectory(self, z: Tensor, noises: Tensor) -> Tensor:
        """Mọi chặng (steps + 1, n, 2) từ z (n, 2); chặng i cộng `noises[i]` (n, 2) nhân độ lệch."""
        model = self.model()
        eta = {"half": 0.5, "tilde": 1.0}.get(self.sampler, 0.0)
        name = "ancestral" if self.sampler == "beta" else "ddim"
        times, path = model.schedule.timetable(self.steps), [z]
        for i, (k, j) in enumerate(pairwise(times)):
            x = path[-1]
            mean, scale = model.reverse_step(x, k, j, model.denoise(k, x), name, eta)
            path.append(mean + scale * noises[i])
        return torch.stack(path)

    def width(self, x: Tensor) -> float:
        """√(E min‖x − μ‖²/2): độ rộng của cụm quanh tâm gần nhất; thật là `std` của cụm."""
        _, means, _ = self.target
        return float((torch.cdist(x, means).min(1).values.square().mean() / 2).sqrt())

    def still(self) -> Figure:
        figure = still_figure(7.2, 2.6)
        axes = figure.subplots(1, 4, sharex=True, sharey=True)
        generator = torch.Generator().manual_seed(self.seed)
        shape = (self.steps + 1, COUNT, 2)
        noises = torch.randn(shape, generator=generator, dtype=torch.float64)
        path, times = (
            self.trajectory(noises[-1], noises),
            cosine_schedule(STEPS).timetable(self.steps),
        )
        for axis, share in zip(axes, (0, 0.7, 0.9, 1), strict=True):
            i = int(share * self.steps)
            axis.plot(*path[i].T.numpy(), ".", markersize=2, color="#0067a5")
            axis.set_title(f"$k$ = {times[i]}", fontsize=9)
            axis.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xlabel="$x_1$")
        axes[0].set_ylabel("$x_2$")
        return figure
