"""Một chữ số tan dần trong nhiễu, theo ba lịch; tỉ số tín hiệu trên nhiễu còn lại bao nhiêu."""

import math
from functools import cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from ..data.digits import digits
from ..diffusion.schedules import NoiseSchedule, cosine_schedule, linear_schedule
from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

STEPS = 100
SCHEDULES = {
    "linear": "tuyến tính",
    "cosine": "cosin",
    "short": "tuyến tính, quên nhân 1000/T",
}


@cache
def examples() -> tuple[tuple[int, list[float]], ...]:
    """Mỗi chữ số một ảnh của tập huấn luyện, trải phẳng, trên thang [−1, 1]."""
    data = digits()
    found = []
    for digit in range(10):
        index = int((data.train_labels == digit).nonzero()[0])
        found.append((digit, (data.train[index].flatten() / 8 - 1).tolist()))
    return tuple(found)


class NoisingDigit(LiveFigure):
    """x_k = √ᾱ_k x_0 + √(1 − ᾱ_k) ε của một chữ số, với một ε giữ nguyên khi kéo k.

    Bên phải: ᾱ_k hay log₁₀ SNR_k của ba lịch. Lịch thứ ba lấy dải β của T = 1000 cho T = 100 mà
    quên nhân lên: hết chuỗi rồi mà chữ số vẫn còn.

    Sách: (eq-ddpm-closed-form), (eq-snr)

    Tham số
    -------
    schedule : "linear", "cosine" hoặc "short"
    step : k, từ 0 đến 100
    digit : chữ số, từ 0 đến 9
    seed : hạt giống của ε

    `figure.measures()` tính lại các con số bằng torch, float64.
    """

    _esm = module_source("controls", "diffusion_chain", "noising_digit")

    schedule = traitlets.Enum(list(SCHEDULES), "linear").tag(sync=True)
    view = traitlets.Enum(["alpha", "snr"], "alpha").tag(sync=True)
    step = traitlets.Int(15).tag(sync=True)
    digit = traitlets.Int(3).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    images = traitlets.List().tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)

    def __init__(self, schedule="linear", step=15, digit=3, seed=1, **options):
        if schedule not in SCHEDULES:
            raise InputError(
                f"Không có lịch tên {schedule!r}; hãy chọn một trong {', '.join(SCHEDULES)}."
            )
        if not (isinstance(step, int) and 0 <= step <= STEPS and digit in range(10)):
            raise InputError(
                f"step = {step!r}, digit = {digit!r}; cần step từ 0 đến {STEPS}, digit từ 0 đến 9."
            )
        options.setdefault(
            "alt",
            "Hình tương tác: một chữ số tan dần trong nhiễu khi k tăng; bên cạnh là phần tín hiệu "
            "còn lại theo ba lịch nhiễu, và con số ở bước cuối.",
        )
        super().__init__(
            schedule=schedule,
            step=step,
            digit=digit,
            seed=seed,
            images=[[round(v, 3) for v in image] for _, image in examples()],
            labels=SCHEDULES,
            **options,
        )

    def table(self, name: str | None = None) -> NoiseSchedule:
        """Lịch nhiễu đang chọn, hay lịch có tên."""
        name = name or self.schedule
        if name == "short":
            return NoiseSchedule(torch.linspace(1e-4, 0.02, STEPS, dtype=torch.float64))
        return {"linear": linear_schedule, "cosine": cosine_schedule}[name](STEPS)

    def measures(self) -> dict[str, float]:
        """Các con số của bước đang chọn, và của bước cuối; KL tính trên mỗi chiều, nat."""
        s, k = self.table(), self.step
        moment = float(np.square(self.images[self.digit]).mean())
        noise = float(s.sigma[k] ** 2)
        left = float(s.alpha_bar[k])
        return {
            "beta": float(s.beta[k]),
            "signal": float(s.a[k]),
            "noise": float(s.sigma[k]),
            "snr": float(s.snr[k]),
            "kl": 0.5 * (left * moment - left - math.log(noise)) if k else float("inf"),
            "last_snr": float(s.snr[-1]),
            "last_kl": s.terminal_kl(moment),
        }

    def still(self) -> Figure:
        figure = still_figure(7.2, 2.6)
        axes = figure.subplots(1, 6, width_ratios=[1, 1, 1, 1, 1, 2.6])
        s, generator = self.table(), torch.Generator().manual_seed(self.seed)
        x0 = torch.tensor(self.images[self.digit], dtype=torch.float64)
        eps = torch.randn(64, generator=generator, dtype=torch.float64)
        for axis, k in zip(axes, (0, 10, 30, 60, 100), strict=False):
            x = s.a[k] * x0 + s.sigma[k] * eps
            axis.imshow(x.view(8, 8).numpy(), cmap="gray_r", vmin=-1.5, vmax=1.5)
            axis.set_axis_off()
            axis.set_title(f"$k$ = {k}", fontsize=9)
        for name, label in SCHEDULES.items():
            axes[5].plot(self.table(name).alpha_bar.numpy(), label=label, linewidth=1.2)
        axes[5].set_xlabel("bước $k$")
        axes[5].set_ylabel(r"$\bar\alpha_k$")
        axes[5].legend(fontsize=6)
        return figure
