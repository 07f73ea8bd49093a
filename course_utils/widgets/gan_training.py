"""Một GAN đang học: mẫu của bộ sinh và trường của bộ phân biệt qua các bước huấn luyện."""

import base64

import numpy as np
import torch
import traitlets
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..errors import InputError
from ..gan import GAN, AdversarialModel
from .live_figure import LiveFigure, module_source, still_figure

# Nền như trong trang: xanh là điểm thấp, cam là điểm cao.
GROUND = LinearSegmentedColormap.from_list("ground", ["#0067a5", "#ffffff", "#b84a00"])


class Snapshots:
    """Chụp hai mạng của một mô hình đối sinh ở những bước cho trước.

        shots = Snapshots(model, at=(1, 100, 400))
        fit(model, data, steps=400, on_step=shots)

    `at` : các bước cần chụp, đếm từ 1; bước 0 là trước khi huấn luyện, chụp ngay khi dựng.
    """

    def __init__(self, model: AdversarialModel, at):
        if model.event_shape != (2,) or model.latent_dim != 2:
            raise InputError(
                f"Mô hình có event_shape = {model.event_shape}, latent_dim = {model.latent_dim}; "
                f"hình này vẽ mặt phẳng nên cần event_shape = (2,) và latent_dim = 2."
            )
        self.model, self.at = model, set(at)
        self.steps: list[int] = []
        self.generator: list[list[dict]] = []
        self.discriminator: list[list[dict]] = []
        if 0 in self.at:
            self(0)

    def __call__(self, step: int) -> None:
        if step in self.at:
            self.steps.append(step)
            self.generator.append(export_network(self.model.generator))
            self.discriminator.append(export_network(self.model.discriminator))


@torch.no_grad()
def export_network(net: nn.Sequential) -> list[dict]:
    """Các tầng tuyến tính của một perceptron LeakyReLU(0.2), số float16 viết bằng base64."""
    return [
        {"weight": pack(m.weight), "bias": pack(m.bias)} for m in net if isinstance(m, nn.Linear)
    ]


def pack(tensor: Tensor) -> dict:
    """Tensor thành {"shape", "data"}: float16 base64; đủ ba chữ số, gọn gấp đôi float32."""
    values = tensor.detach().cpu().to(torch.float16)
    if not torch.isfinite(values).all():
        raise InputError("Mô hình có tham số NaN, vô cực hoặc quá lớn; hãy xem lại huấn luyện.")
    data = base64.b64encode(values.numpy().astype("<f2").tobytes()).decode()
    return {"shape": list(values.shape), "data": data}


class GanTraining(LiveFigure):
    """Kéo thanh trượt qua các bước huấn luyện: mẫu chạy, trường của bộ phân biệt đổi theo.

    Sách: (eq-gan-game), (eq-wasserstein)

    Tham số
    -------
    runs : từ điển tên -> `Snapshots` đã chụp xong
    centers, std : tâm (K, 2) và độ lệch chuẩn của các mode, để đếm mode trong trang
    data : dữ liệu (n, 2) để vẽ; chỉ dùng 500 điểm đầu
    name : tên, để trang lý thuyết gọi lại

    Trong sổ, Python đọc lại được `figure.run` và `figure.place` (số thứ tự của ảnh chụp).
    """

    _esm = module_source("gan_training")

    runs = traitlets.List().tag(sync=True)
    data = traitlets.List().tag(sync=True)
    noise = traitlets.List().tag(sync=True)
    centers = traitlets.List().tag(sync=True)
    std = traitlets.Float().tag(sync=True)
    run = traitlets.Unicode().tag(sync=True)
    place = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self, runs: dict[str, Snapshots], centers: Tensor, std: float, data: Tensor, **options
    ):
        if not runs or not all(shots.steps for shots in runs.values()):
            raise InputError(
                "Cần ít nhất một mô hình, và mỗi mô hình ít nhất một ảnh chụp: hãy đưa `Snapshots` "
                "vào `fit(..., on_step=...)` trước."
            )
        if data.ndim != 2 or data.shape[1] != 2 or centers.ndim != 2 or centers.shape[1] != 2:
            raise InputError(
                f"`data` có hình dạng {tuple(data.shape)}, `centers` có hình dạng "
                f"{tuple(centers.shape)}; cần (n, 2) và (K, 2)."
            )
        options.setdefault(
            "alt",
            "Mặt phẳng dữ liệu, hai trục x₁ và x₂, qua các bước huấn luyện: mẫu của bộ sinh (chấm "
            "đậm) chảy từ đám nhỏ ở giữa về phía dữ liệu (chấm lục). Nền cam là nơi bộ phân biệt "
            "cho là thật, nền xanh là nơi nó cho là giả. So GAN với WGAN: bao nhiêu cụm được phủ.",
        )
        noise = np.random.default_rng(0).standard_normal((400, 2))
        super().__init__(
            runs=[
                {
                    "name": name,
                    "kind": "gan" if isinstance(shots.model, GAN) else "wgan",
                    "steps": shots.steps,
                    "generator": shots.generator,
                    "discriminator": shots.discriminator,
                }
                for name, shots in runs.items()
            ],
            data=rounded(data[:500]),
            noise=noise.round(3).tolist(),
            centers=rounded(centers),
            std=float(std),
            run=next(iter(runs)),
            **options,
        )
        self._models = {name: shots.model for name, shots in runs.items()}

    @torch.no_grad()
    def still(self) -> Figure:
        """Mẫu ở cuối huấn luyện của từng mô hình, trên nền điểm của bộ phân biệt."""
        figure = still_figure(2.5 * len(self._models) + 0.4, 2.7)
        axes = np.atleast_1d(figure.subplots(1, len(self._models)))
        side = torch.linspace(-4.6, 4.6, 60)
        plane = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1).reshape(-1, 2)
        for axis, (name, model) in zip(axes, self._models.items(), strict=True):
            like = next(model.parameters())
            score = model.score(plane.to(like)).reshape(60, 60).cpu()
            score = score.sigmoid() - 0.5 if isinstance(model, GAN) else score - score.mean()
            limit = float(score.abs().max()) + 1e-9
            axis.pcolormesh(
                side.numpy(),
                side.numpy(),
                score.numpy(),
                cmap=GROUND,
                vmin=-limit,
                vmax=limit,
                alpha=0.6,
            )
            samples = model.generate(torch.tensor(self.noise).to(like)).cpu()
            axis.scatter(*np.array(self.data).T, s=2, color="#007a5a", linewidths=0)
            axis.scatter(*samples.numpy().T, s=3, color="#1b1f24", linewidths=0)
            axis.set(aspect="equal", xlim=(-4.6, 4.6), ylim=(-4.6, 4.6))
            axis.set(xlabel="$x_1$", ylabel="$x_2$")
            axis.set_title(name, fontsize=10)
        return figure


def rounded(points: Tensor) -> list[list[float]]:
    return points.detach().cpu().double().numpy().round(3).tolist()
