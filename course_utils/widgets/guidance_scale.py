"""Trọng số dẫn hướng trên một trục: mẫu dẫn hướng, luật có điều kiện, và luật nguội."""

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..diffusion.conditional import GuidedDDPM
from ..diffusion.ddpm import DDPM
from ..diffusion.schedules import cosine_schedule
from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

STEPS = 100  # T của chuỗi
COUNT = 400  # số hạt
LARGEST = 8.0  # w lớn nhất
GRID = torch.linspace(-6, 6, 2401, dtype=torch.float64)  # lưới cầu phương của luật nguội

# `all` là luật chung, phương sai chừng 1; `mine` là luật của điều kiện. Đều là hỗn hợp Gauss.
PRESETS = {
    "gauss": {
        "label": "hai Gauss",
        "all": {"weights": [1.0], "means": [0.0], "stds": [1.0]},
        "mine": {"weights": [1.0], "means": [1.0], "stds": [0.5]},
    },
    "clusters": {
        "label": "hai loại, mỗi loại hai cụm",
        "all": {
            "weights": [0.25] * 4,
            "means": [-1.35, -0.3, 0.3, 1.35],
            "stds": [0.25] * 4,
        },
        "mine": {"weights": [0.5, 0.5], "means": [0.3, 1.35], "stds": [0.25, 0.25]},
    },
}
SAMPLERS = {"ddim": "ODE (DDIM)", "beta": "SDE (DDPM)"}


class GuidanceScale(LiveFigure):
    """Kéo w và xem mẫu dẫn hướng rời luật có điều kiện thế nào, so với luật nguội.

    Điểm số của mọi mức nhiễu có công thức, nên không mạng nào được huấn luyện: mọi khác biệt thấy
    trên hình là của chính dẫn hướng. Chuỗi T = 100 bước, lịch cosin.

    Sách: (eq-cfg), (eq-tempered), (eq-guided-gaussian)

    Tham số
    -------
    preset : "gauss" (p = N(0, 1), p(x | c) = N(1, 1/4)) hoặc "clusters" (mỗi loại một cụm trong,
        sát loại kia, và một cụm ngoài)
    sampler : "ddim" (đi theo ODE) hoặc "beta" (đi theo SDE)
    weight : w, từ 0 đến 8; 1 là không dẫn hướng
    seed : hạt giống của nhiễu, cho SDE

    `figure.trajectory(z, noises)`, `figure.tempered()` tính lại bằng torch, float64.
    """

    _esm = module_source("controls", "diffusion_chain", "guidance_scale")

    preset = traitlets.Unicode("gauss").tag(sync=True)
    sampler = traitlets.Enum(list(SAMPLERS), "ddim").tag(sync=True)
    weight = traitlets.Float(2.0).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    starts = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    samplers = traitlets.Dict().tag(sync=True)

    def __init__(self, preset="gauss", sampler="ddim", weight=2.0, seed=1, **options):
        for name, value, allowed in (("preset", preset, PRESETS), ("sampler", sampler, SAMPLERS)):
            if value not in allowed:
                raise InputError(f"{name} = {value!r}; hãy chọn một trong {', '.join(allowed)}.")
        if not 0 <= weight <= LARGEST:
            raise InputError(f"weight = {weight}; cần một số từ 0 đến {LARGEST:g}.")
        options.setdefault(
            "alt",
            "Hình tương tác: trọng số dẫn hướng càng lớn, mẫu càng dồn lại và càng xa luật có điều "
            "kiện, hẹp hơn cả luật nguội; cụm nằm sát loại khác bị bỏ rơi.",
        )
        share = (torch.arange(COUNT, dtype=torch.float64) + 0.5) / COUNT
        super().__init__(
            preset=preset,
            sampler=sampler,
            weight=float(weight),
            seed=seed,
            # Phân vị của N(0, 1): trung bình trên chúng là một phép cầu phương, không có may rủi.
            starts=torch.special.ndtri(share).round(decimals=4).tolist(),
            presets=[{"name": name, **spec} for name, spec in PRESETS.items()],
            samplers=SAMPLERS,
            **options,
        )

    def mixture(self, which: str) -> tuple[Tensor, Tensor, Tensor]:
        """Trọng số, tâm, độ lệch chuẩn (K,) của luật "all" hay "mine"."""
        spec = PRESETS[self.preset][which]
        return tuple(
            torch.tensor(spec[key], dtype=torch.float64) for key in ("weights", "means", "stds")
        )

    def log_density(self, which: str, x: Tensor) -> Tensor:
        """log mật độ của luật "all" hay "mine" tại x (n,)."""
        weights, means, stds = self.mixture(which)
        normal = torch.distributions.Normal(means, stds)
        return (weights.log() + normal.log_prob(x[:, None])).logsumexp(1)

    def denoised(self, which: str, k: int, x: Tensor) -> Tensor:
        """E[x_0 | x_k = x] (n, 1) khi dữ liệu theo luật "all" hay "mine"."""
        weights, means, stds = self.mixture(which)
        schedule = cosine_schedule(STEPS)
        a, noise = float(schedule.a[k]), float(schedule.sigma[k]) ** 2
        total = (a * stds) ** 2 + noise
        logs = weights.log() - 0.5 * total.log() - 0.5 * (x - a * means) ** 2 / total
        inside = means + a * stds**2 * (x - a * means) / total
        return (logs.softmax(1) * inside).sum(1, keepdim=True)

    def model(self) -> DDPM:
        """DDPM của điều kiện ấy với mạng chính xác, dẫn hướng với trọng số đang chọn."""
        figure = self

        class Net(torch.nn.Module):
            null = torch.tensor(1)

            def forward(self, s, x, condition):
                which = "all" if int(condition[0]) else "mine"
                return figure.denoised(which, round(float(s) * STEPS), x)

        settings = {"schedule": cosine_schedule(STEPS), "prediction": "x0", "variance": "beta"}
        return GuidedDDPM(1, net=Net(), **settings).double().eval().given(0, self.weight)

    def trajectory(self, z: Tensor, noises: Tensor) -> Tensor:
        """Mọi chặng (T + 1, n) từ z (n,); bước thứ i cộng noises[i] (n,) nhân độ lệch của nó."""
        model, path = self.model(), [z[:, None]]
        name = "ancestral" if self.sampler == "beta" else "ddim"
        for i, k in enumerate(range(STEPS, 0, -1)):
            x = path[-1]
            mean, scale = model.reverse_step(x, k, k - 1, model.denoise(k, x), name, 0.0)
            path.append(mean + scale * noises[i][:, None])
        return torch.stack(path)[..., 0]

    def tempered(self) -> tuple[Tensor, float, float]:
        """Luật nguội ∝ p(x)^{1−w} p(x|c)^w: mật độ trên lưới GRID, trung bình, phương sai."""
        w = self.weight
        logs = (1 - w) * self.log_density("all", GRID) + w * self.log_density("mine", GRID)
        mass = logs.softmax(0)
        mean = float(mass @ GRID)
        return mass / (GRID[1] - GRID[0]), mean, float(mass @ (GRID - mean) ** 2)

    def still(self) -> Figure:
        figure = still_figure(7.2, 2.9)
        left, right = figure.subplots(1, 2)
        generator = torch.Generator().manual_seed(self.seed)
        noises = torch.randn(STEPS, COUNT, generator=generator, dtype=torch.float64)
        path = self.trajectory(torch.tensor(self.starts, dtype=torch.float64), noises)
        left.plot(range(STEPS, -1, -1), path[:, ::13], color="#b84a00", linewidth=0.7)
        left.set(xlim=(STEPS, 0), ylim=(-3, 3), xlabel="bước $k$ (0: dữ liệu)", ylabel="$x_k$")
        right.hist(path[-1], bins=60, range=(-3, 3), density=True, color="#b84a00", alpha=0.45)
        right.plot(GRID, self.log_density("mine", GRID).exp(), color="#0067a5", label="$p(x|c)$")
        right.plot(GRID, self.tempered()[0], "--", color="#1b1f24", label="luật nguội")
        right.set(xlim=(-3, 3), xlabel="$x$", ylabel="mật độ", title=f"$w$ = {self.weight:g}")
        right.legend(fontsize=8)
        return figure
