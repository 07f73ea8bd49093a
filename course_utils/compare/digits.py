"""Công thức của từng họ trên chữ số 8×8 (1297 ảnh để học, 17 mức).

Luồng đọc ảnh đã khử lượng tử hóa, qua Logit; VAE, DDPM và mô hình tự hồi quy đọc thẳng số nguyên,
nên cho xác suất (hay cận) của ảnh nguyên mà không cần nhiễu. Mạng đối sinh đọc ảnh trong [−1, 1].
"""

import math
from collections.abc import Callable
from functools import partial

import torch

from ..autoregressive import GPT, MADE, PixelCNN
from ..diffusion import DDPM, ScoreSDE
from ..diffusion.schedules import NoiseSchedule
from ..diffusion.unet import UNet
from ..flow_matching import FlowMatching, RectifiedFlow
from ..flows import (
    CNF,
    FFJORD,
    ActNorm,
    AffineCoupling,
    Compose,
    Flow,
    Inverse,
    Logit,
    MaskedAutoregressive,
    Permutation,
    ResidualFlow,
    Solver,
    SplineCoupling,
    StandardNormal,
    VelocityMLP,
)
from ..gan import GAN, WGAN
from ..hierarchical_vae import HierarchicalVAE
from ..likelihoods import LogisticMixtureLikelihood
from ..mixtures import GaussianMixture
from ..vae import IWAE, VAE
from .recipe import Recipe
from .trainers import train_em, train_rectified

D, LEVELS, SHAPE = 64, 17, (1, 8, 8)


def on_pixels(parts: list, alpha: float = 0.01) -> Flow:
    """Luồng trên vector 64 điểm ảnh trong [0, 1): các tầng, ActNorm, Logit."""
    return Flow(Compose([*parts, ActNorm(D), Logit(alpha)]), StandardNormal((D,)))


def coupled(coupling: Callable, layers: int) -> Flow:
    """Tầng ghép cặp xen phép hoán vị: đảo thứ tự rồi ngẫu nhiên, lần lượt."""
    parts = []
    for k in range(layers):
        parts += [coupling(), Permutation(D, "reverse" if k % 2 == 0 else "random", seed=k)]
    return on_pixels(parts)


def pixel_realnvp(layers: int, hidden: tuple[int, ...]) -> Flow:
    """RealNVP trên 64 điểm ảnh."""
    return coupled(lambda: AffineCoupling(D, hidden), layers)


def pixel_spline(layers: int, hidden: tuple[int, ...], bins: int) -> Flow:
    """Luồng spline ghép cặp trên 64 điểm ảnh."""
    return coupled(lambda: SplineCoupling(D, hidden, bins, 4.0), layers)


def masked(layers: int, hidden: tuple[int, ...]) -> list[MaskedAutoregressive]:
    orders = [list(range(D)), list(range(D))[::-1]]
    return [MaskedAutoregressive(D, hidden, order=orders[k % 2]) for k in range(layers)]


def pixel_maf(layers: int, hidden: tuple[int, ...]) -> Flow:
    """MAF trên 64 điểm ảnh, thứ tự xuôi và ngược xen kẽ."""
    return on_pixels(masked(layers, hidden))


def pixel_iaf(layers: int, hidden: tuple[int, ...]) -> Flow:
    """IAF trên 64 điểm ảnh: MAF đổi chỗ hai chiều."""
    return on_pixels([Inverse(layer) for layer in masked(layers, hidden)])


class PixelCNF(Flow):
    """CNF trên 64 điểm ảnh, có Logit ở phía dữ liệu."""

    def __init__(self, hidden: tuple[int, int], steps: int):
        cnf = CNF(
            D,
            field=VelocityMLP(D, hidden, activation="silu"),
            training_solver=Solver("rk4", steps=steps),
        )
        super().__init__(Compose([*cnf.transform.transforms, Logit(0.01)]), StandardNormal((D,)))

    @property
    def nfe(self) -> int:
        """Số lần gọi trường của lần giải gần nhất."""
        return self.transform.transforms[0].nfe


def even_snr(steps: int, first: float, last: float) -> NoiseSchedule:
    """Lịch nhiễu có log SNR giảm đều, từ ln `first` ở k = 1 tới ln `last` ở k = T."""
    log_snr = torch.linspace(math.log(first), math.log(last), steps, dtype=torch.float64)
    levels = torch.cat([torch.ones(1, dtype=torch.float64), log_snr.sigmoid()])
    return NoiseSchedule(1 - levels[1:] / levels[:-1])


def logistic(components: int) -> partial:
    """p(x | z) của ảnh nguyên: trộn logistic rời rạc."""
    return partial(LogisticMixtureLikelihood, LEVELS, components)


VECTOR = {"view": "vector", "early_stopping": True}
LEVELED = {"view": "levels", "early_stopping": True}
DIGITS: dict[str, Recipe] = {
    "gaussian_mixture": Recipe(
        partial(GaussianMixture, D, components=10), batch=6_400, view="vector",
        train=train_em, note="không có mạng: 10 thành phần, hiệp phương sai đầy đủ",
    ),
    "made": Recipe(
        partial(MADE, D, LEVELS, hidden=(68,)), 16, 5e-3, view="flat_levels",
        early_stopping=True, note="số tham số kể cả những ô bị mặt nạ che",
    ),
    "pixelcnn": Recipe(
        partial(PixelCNN, SHAPE, LEVELS, channels=24, layers=6), 32, 1e-2, **LEVELED
    ),
    "gpt": Recipe(
        partial(GPT, D, LEVELS, width=56, layers=2), 32, 5e-3, view="tokens",
        early_stopping=True,
    ),
    "realnvp": Recipe(partial(pixel_realnvp, layers=8, hidden=(102,)), 64, 2e-3, **VECTOR),
    "spline_flow": Recipe(
        partial(pixel_spline, layers=4, hidden=(51,), bins=4), 64, 2e-3, **VECTOR
    ),
    "maf": Recipe(
        partial(pixel_maf, layers=6, hidden=(68,)), 64, 2e-3, **VECTOR,
        note="số tham số kể cả những ô bị mặt nạ che",
    ),
    "iaf": Recipe(
        partial(pixel_iaf, layers=6, hidden=(68,)), 128, 2e-3, **VECTOR,
        note="số tham số kể cả những ô bị mặt nạ che",
    ),
    "residual_flow": Recipe(
        partial(ResidualFlow, D, layers=6, hidden=(100,), alpha=0.01), 64, 5e-3, **VECTOR
    ),
    "cnf": Recipe(partial(PixelCNF, hidden=(225, 225), steps=3), 128, 5e-3, **VECTOR),
    "ffjord": Recipe(
        partial(
            FFJORD, D, hidden=(170, 170, 170), data_transform=partial(Logit, 0.01),
            training_solver=partial(Solver, "rk4", steps=2),
            solver=partial(Solver, "dopri5", rtol=1e-4, atol=1e-4),
        ),
        128, 5e-3, **VECTOR,
    ),
    "flow_matching": Recipe(
        partial(FlowMatching, D, (220, 220), alpha=0.01), 64, 1e-2, view="vector",
        few={"Euler, 8 bước": {"steps": 8}},
    ),
    "rectified_flow": Recipe(
        partial(RectifiedFlow, D, (220, 220), alpha=0.01), 64, 1e-2, view="vector",
        train=train_rectified,
        few={"Euler, 1 bước": {"steps": 1}, "Euler, 8 bước": {"steps": 8}},
        note="hai vòng; vòng sau học trên 20 000 cặp do vòng trước sinh ra",
    ),
    "vae": Recipe(
        partial(VAE, SHAPE, 16, hidden=(115,), likelihood=logistic(3)), 32, 3e-3, **LEVELED
    ),
    "iwae": Recipe(
        partial(IWAE, SHAPE, 16, hidden=(115,), k=5, likelihood=logistic(3)), 32, 3e-3, **LEVELED
    ),
    "hierarchical_vae": Recipe(
        partial(HierarchicalVAE, SHAPE, (8, 8, 4), hidden=(92,), warmup=800,
                likelihood=logistic(1)),
        16, 2e-3, **LEVELED,
    ),
    "gan": Recipe(
        partial(GAN, SHAPE, latent_dim=16, hidden=(166, 166), penalty=0.3), 32, 5e-3,
        view="adversarial",
        note="hai mạng, tính cả hai; có điều chuẩn R1",
    ),
    "wgan": Recipe(
        partial(WGAN, SHAPE, latent_dim=16, hidden=(166, 166), critic_steps=1), 16, 2e-3,
        view="adversarial",
        note="hai mạng, tính cả hai; hàm phê bình và bộ sinh lần lượt mỗi bên một bước",
    ),
    "ddpm": Recipe(
        partial(
            DDPM, D,
            net=partial(UNet, SHAPE, channels=16),
            schedule=partial(even_snr, 250, 1 / 0.035**2, 1e-4),
            variance="posterior", levels=LEVELS,
        ),
        64, 1e-2, view="flat_levels",
        few={"DDIM, 25 bước": {"sampler": "ddim", "steps": 25}},
        note="250 bước, U-Net; cận là ELBO",
    ),
    "score_sde": Recipe(
        partial(ScoreSDE, D, (220, 220), alpha=0.01), 128, 1e-2, view="vector",
        few={"Heun, 10 bước": {"sampler": "heun", "steps": 10}},
        note="mật độ và mẫu của ODE dòng xác suất",
    ),
}  # fmt: skip
