"""Khử lượng tử hóa biến phân: để mô hình tự học nhiễu u của từng ảnh, thay cho nhiễu đều.

Một luồng có mật độ p_y trên y = x + u ∈ ℝ^D, với x nguyên. Xác suất của ảnh nguyên là tích phân của
p_y trên ô [x, x + 1)^D; coi u là biến tiềm ẩn và q(u | x) là bộ mã hóa, ta có một cận dưới:

    log P(x) = log ∫_{[0,1)^D} p_y(x + u) du ≥ E_{q(u|x)}[log p_y(x + u) − log q(u | x)]

q đều trên [0, 1)^D thì log q = 0: đó là phép khử lượng tử hóa quen thuộc (eq-dequantization). q học
được thì cận chỉ chặt hơn. Nguồn: Ho et al. (2019), Flow++, mục 3.1.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..base import check_count, check_device, check_levels
from ..errors import InputError
from ..latent import LatentVariableModel
from ..likelihoods import gaussian_log_prob
from ..nets import conv_net
from .glow import ConvCoupling, Glow
from .transform import Flow


class ConditionalCoupling(ConvCoupling):
    """Ghép cặp affine theo kênh, mạng đọc thêm `context` kênh của ảnh đang xét."""

    def __init__(self, channels: int, hidden: int, context: int):
        super().__init__(channels, hidden)
        self.net = conv_net(self.split + context, hidden, 2 * (channels - self.split))

    def forward(self, z: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """z (n, C, H, W) và đặc trưng của ảnh -> (x, log|det ∂x/∂z|); log det có dạng (n,)."""
        a, b = z[:, : self.split], z[:, self.split :]
        log_scale, shift = self.scale_and_shift(torch.cat([a, context], 1))
        return torch.cat([a, b * log_scale.exp() + shift], 1), log_scale.flatten(1).sum(1)


class UniformNoise(nn.Module):
    """q(u | x) đều trên [0, 1)^D: log q = 0."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Ảnh x (n, C, H, W) -> (u cùng hình dạng, log q(u | x) = 0, dạng (n,))."""
        return torch.rand_like(x), x.new_zeros(len(x))


class LearnedNoise(nn.Module):
    """q(u | x) học được: một luồng có điều kiện nhỏ, rồi sigmoid để u rơi vào (0, 1).

    Ảnh được xếp lại thành 4C kênh ở nửa độ phân giải (như Squeeze). Từ ε ~ N(0, I), `steps` tầng
    ghép cặp đổi vai hai nửa kênh, mỗi tầng đọc đặc trưng h(x); cuối cùng u = σ(v):

        log q(u | x) = log N(ε; 0, I) − Σ log|det| − Σ log σ'(v)
    """

    def __init__(
        self, event_shape: Sequence[int], quantization_levels: int, steps: int, hidden: int
    ):
        super().__init__()
        channels = 4 * event_shape[0]
        self.quantization_levels = quantization_levels
        self.features = nn.Sequential(
            nn.Conv2d(channels, hidden, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(hidden, hidden, 3, padding=1),
            nn.SiLU(),
        )
        self.layers = nn.ModuleList(
            ConditionalCoupling(channels, hidden, hidden) for _ in range(steps)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Ảnh nguyên (n, C, H, W) -> u cùng hình dạng trong [0, 1], log q(u | x) (n,)."""
        epsilon = torch.randn_like(x)
        u, log_det = self.transform(epsilon, x)
        return u, gaussian_log_prob(epsilon) - log_det

    def transform(self, epsilon: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """ε (n, C, H, W) -> u cùng hình dạng, log|det ∂u/∂ε| (n,)."""
        context = self.features(2 * F.pixel_unshuffle(x, 2) / (self.quantization_levels - 1) - 1)
        v, total = F.pixel_unshuffle(epsilon, 2), epsilon.new_zeros(len(epsilon))
        for layer in self.layers:
            v, log_det = layer(v.flip(1), context)
            total = total + log_det
        total = total + (F.logsigmoid(v) + F.logsigmoid(-v)).flatten(1).sum(1)
        return F.pixel_shuffle(v.sigmoid(), 2), total


class DequantizedFlow(LatentVariableModel):
    """Mô hình của ảnh nguyên 0..levels − 1: một luồng trên [0, 1)^D và một nhiễu q(u | x).

    Tham số
    -------
    flow : luồng cho dữ liệu (x + u)/levels ∈ [0, 1), ví dụ Glow có Logit
    noise : `UniformNoise()` (mặc định), `LearnedNoise(...)`, hoặc mô-đun x -> (u, log q(u | x))
    levels : số mức của ảnh

    `elbo(x)` và `log_prob_estimate(x, k)` là cận dưới của log P(x) của ảnh **nguyên**, nat; bit mỗi
    chiều là −cận/(D ln 2), không cộng thêm gì. Lấy mẫu: sinh y từ luồng rồi lấy phần nguyên, đúng
    phân phối P, không cần q.

    Sách: (eq-dequantization), (eq-iwae); Ho et al. (2019)
    """

    def __init__(self, flow: Flow, noise: nn.Module | None = None, levels: int = 256):
        super().__init__(flow.event_shape)
        check_count(levels, "levels")
        self.flow, self.levels = flow, levels
        self.noise = UniformNoise() if noise is None else noise
        del self.likelihood  # p(x | u) ở đây tất định: x là phần nguyên của y

    def check(self, x: Tensor, name: str = "x") -> None:
        check_levels(x, self.event_shape, self.levels, name)
        check_device(x, self.like, name)

    def log_weights(self, x: Tensor, k: int = 1) -> Tensor:
        """log w = log p_y(x + u) − log q(u | x), u ~ q(u | x): (k, n), nat."""
        self.check(x)
        check_count(k, "k")
        like = next(self.parameters())
        repeated = x.to(like).expand(k, *x.shape).flatten(0, 1)
        u, log_q = self.noise(repeated)
        # Trong số thực hữu hạn, 255 + u có thể làm tròn lên 256: giữ y/levels dưới 1.
        inside = ((repeated + u) / self.levels).clamp_max(1 - torch.finfo(like.dtype).eps)
        volume = math.prod(self.event_shape) * math.log(self.levels)
        return (self.flow.log_prob(inside) - volume - log_q).view(k, len(x))

    def elbo(self, x: Tensor) -> Tensor:
        return self.log_weights(x)[0]

    def loss(self, x: Tensor) -> Tensor:
        return -self.elbo(x).mean()

    @torch.no_grad()
    def sample(self, n: int, temperature: float = 1.0, seed: int | None = None) -> Tensor:
        """n ảnh nguyên (n, *event_shape), kiểu thực."""
        y = self.flow.sample(n, temperature, seed) * self.levels
        return y.floor().clamp(0, self.levels - 1)


class DequantizedGlow(DequantizedFlow):
    """Glow đa tỉ lệ cho ảnh nguyên, với nhiễu học được.

    Tham số
    -------
    event_shape : (C, H, W), H và W chia hết cho 2^levels
    quantization_levels : số mức xám
    levels, steps, hidden, alpha : như `Glow`
    noise_steps, noise_hidden : số tầng và bề rộng của q(u | x); noise_steps = 0 là nhiễu đều
    """

    def __init__(
        self,
        event_shape: Sequence[int] = (1, 28, 28),
        quantization_levels: int = 256,
        levels: int = 2,
        steps: int = 8,
        hidden: int = 64,
        alpha: float = 1e-4,
        noise_steps: int = 4,
        noise_hidden: int = 32,
    ):
        if not isinstance(noise_steps, int) or noise_steps < 0:
            raise InputError(
                f"noise_steps = {noise_steps!r}; cần một số nguyên không âm (0 là nhiễu đều)."
            )
        glow = Glow(event_shape, levels, steps, hidden, alpha)
        noise = (
            LearnedNoise(event_shape, quantization_levels, noise_steps, noise_hidden)
            if noise_steps
            else UniformNoise()
        )
        super().__init__(glow, noise, quantization_levels)
