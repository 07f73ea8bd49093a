"""Khuếch tán trong không gian tiềm ẩn: VAE lo vẽ, khuếch tán lo chọn điều cần vẽ.

Một VAE đã huấn luyện rút ảnh thành z ngắn; mô hình khuếch tán học phân phối của z thay cho tiên
nghiệm N(0, I). VAE đứng yên, nên hai giai đoạn không tranh nhau.

Nguồn: Rombach et al. (2022); cận dưới như Vahdat et al. (2021).
"""

import math

import torch
from torch import Tensor

from ..base import GenerativeModel
from ..errors import InputError
from ..likelihoods import LOG_2PI, reparameterize
from ..vae import VAE
from .conditional import Batch
from .ddpm import DDPM


class LatentDiffusion(GenerativeModel):
    """z ~ p_ψ(z) là một mô hình khuếch tán, x ~ p_θ(x | z) là bộ giải mã của một VAE đã học.

        vae = VAE((1, 8, 8), 16, likelihood=...)
        fit(vae, x, steps=1000)
        model = LatentDiffusion(vae, DDPM(16))
        fit(model, x, steps=1000)

    Tham số
    -------
    vae : VAE đã huấn luyện; bị đóng băng ở đây
    ddpm : DDPM hay GuidedDDPM trên z, với số chiều `vae.latent_dim`; hình dạng ảnh (C, H, W) có
        C·H·W = latent_dim cũng được, khi mạng là U-Net. Với GuidedDDPM, dữ liệu là cặp (x, điều
        kiện)

    z được chuẩn tắc hóa theo lô đầu tiên, ở phía dữ liệu của `ddpm`: lịch nhiễu giả định dữ liệu có
    độ lệch chuẩn 1. z không cần nhỏ hơn x; nó cần dễ học hơn. Sách: (eq-latent-bound)
    """

    def __init__(self, vae: VAE, ddpm: DDPM):
        super().__init__()
        size = math.prod(ddpm.event_shape)
        if not isinstance(vae, VAE) or size != vae.latent_dim or ddpm.levels is not None:
            raise InputError(
                f"vae là {type(vae).__name__}, ddpm có hình dạng {ddpm.event_shape}, levels = "
                f"{ddpm.levels}; cần một VAE và một DDPM không có `levels` trên đúng latent_dim = "
                f"{getattr(vae, 'latent_dim', '?')} tọa độ."
            )
        self.event_shape = vae.event_shape
        self.vae, self.ddpm = vae.requires_grad_(False), ddpm

    def check(self, x: Batch, name: str = "x") -> None:
        self.vae.check(x[0] if isinstance(x, tuple) else x, name)

    def train(self, mode: bool = True) -> "LatentDiffusion":
        """VAE luôn ở chế độ đánh giá: nó không học nữa."""
        super().train(mode)
        self.vae.eval()
        return self

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Một mẫu z ~ q_φ(z | x) (n, *ddpm.event_shape), và entropy của q_φ(z | x) (n,), nat."""
        mean, log_var = self.vae.encode(x)
        entropy = 0.5 * (1 + LOG_2PI + log_var).sum(1)
        return reparameterize(mean, log_var).view(-1, *self.ddpm.event_shape), entropy

    def decode(self, z: Tensor) -> Tensor:
        """Tham số của p_θ(x | z), z (n, ...) theo hình dạng của `ddpm`."""
        return self.vae.decode(z.flatten(1))

    def loss(self, x: Batch) -> Tensor:
        """L_simple của khuếch tán trên z ~ q_φ(z | x), mỗi lần một mẫu z mới."""
        self.check(x)
        if isinstance(x, tuple):
            return self.ddpm.loss((self.posterior(x[0])[0], *x[1:]))
        return self.ddpm.loss(self.posterior(x)[0])

    def elbo(self, x: Batch, terms: int | None = None) -> Tensor:
        """Ước lượng không chệch của một cận dưới của log p(x), nat: (n, *event_shape) -> (n,).

        E_q[log p_θ(x | z) + elbo_ψ(z)] + H(q_φ(z | x)); hai lần thay bằng cận dưới, một của VAE,
        một của khuếch tán, nên vẫn là cận dưới. `terms` như `DDPM.elbo`. Lô (x, điều kiện) cho cận
        của log p(x | c). Sách: (eq-latent-bound)
        """
        self.check(x)
        x, condition = (x[0], x[1:]) if isinstance(x, tuple) else (x, ())
        z, entropy = self.posterior(x)
        prior = self.ddpm.elbo((z, *condition) if condition else z, terms)
        return self.vae.likelihood.log_prob(x, self.decode(z)) + prior + entropy

    @torch.no_grad()
    def sample(self, n: int, *condition, noise: bool = True, **settings) -> Tensor:
        """n mẫu (n, *event_shape): khuếch tán ra z, rồi giải mã một lần.

        `condition` và `settings` như `sample` của `ddpm`: điều kiện, guidance, sampler, steps,
        seed. `noise=False` trả E[x | z] thay cho mẫu; khi ấy `seed` quyết định trọn kết quả.
        """
        parameters = self.decode(self.ddpm.sample(n, *condition, **settings))
        draw = self.vae.likelihood.sample if noise else self.vae.likelihood.mean
        return draw(parameters)
