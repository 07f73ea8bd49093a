"""Glow (Kingma & Dhariwal, 2018): actnorm, tích chập 1×1 khả nghịch, ghép cặp, đa tỉ lệ.

Ảnh (n, C, H, W). Một bước: ActNorm → tích chập 1×1 → ghép cặp theo kênh. Sau mỗi mức, một
nửa số kênh rời luồng (tách ra làm biến tiềm ẩn), nửa còn lại đi tiếp ở độ phân giải thấp hơn.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..nets import conv_net, soft_bound
from .images import Logit, Squeeze
from .linear import ActNorm, InvertibleLinear
from .transform import Compose, Flow, StandardNormal, Transform


class PerPixel(Transform):
    """Áp dụng một phép biến đổi trên vector kênh tại từng điểm ảnh.

    log|det| của cả ảnh là tổng trên H·W điểm ảnh. Nhờ nó, ActNorm và tích chập 1×1 của
    Glow chính là ActNorm và InvertibleLinear của vector.
    """

    def __init__(self, transform: Transform):
        super().__init__()
        self.transform = transform

    def apply_to_pixels(self, function, x: Tensor) -> tuple[Tensor, Tensor]:
        n, c, h, w = x.shape
        pixels = x.permute(0, 2, 3, 1).reshape(-1, c)  # (n·H·W, C)
        pixels, log_det = function(pixels)
        return pixels.view(n, h, w, c).permute(0, 3, 1, 2), log_det.view(n, h * w).sum(1)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return self.apply_to_pixels(self.transform, z)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.apply_to_pixels(self.transform.inverse, x)


class InvertibleConv1x1(PerPixel):
    """Tích chập 1×1: cùng một ma trận W (C×C) trộn kênh ở mọi điểm ảnh.

    log|det ∂x/∂z| = H·W·log|det W|. Sách: (eq-conv1x1); Glow, mục 3.2
    """

    def __init__(self, channels: int, seed: int = 0):
        super().__init__(InvertibleLinear(channels, seed))


class ConvCoupling(Transform):
    """Ghép cặp affine theo kênh: nửa kênh đầu điều kiện cho nửa kênh sau.

    Sách: (eq-affine-coupling)
    """

    def __init__(self, channels: int, hidden: int, max_log_scale: float = 1.0):
        super().__init__()
        if channels < 2:
            raise InputError(
                f"Ghép cặp theo kênh cần ít nhất 2 kênh, ở đây có {channels}; "
                f"hãy cho ảnh qua Squeeze trước."
            )
        self.split = channels // 2
        self.net = conv_net(self.split, hidden, 2 * (channels - self.split))
        self.max_log_scale = max_log_scale

    def scale_and_shift(self, a: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = self.net(a).chunk(2, dim=1)
        return soft_bound(raw, self.max_log_scale), shift

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        a, b = z[:, : self.split], z[:, self.split :]
        log_scale, shift = self.scale_and_shift(a)
        b = b * log_scale.exp() + shift
        return torch.cat([a, b], 1), log_scale.flatten(1).sum(1)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        a, b = x[:, : self.split], x[:, self.split :]
        log_scale, shift = self.scale_and_shift(a)
        b = (b - shift) * (-log_scale).exp()
        return torch.cat([a, b], 1), -log_scale.flatten(1).sum(1)


def glow_step(channels: int, hidden: int, seed: int) -> Compose:
    """Một bước Glow. Theo chiều chuẩn hóa: ActNorm, tích chập 1×1, rồi ghép cặp."""
    return Compose(
        [
            ConvCoupling(channels, hidden),
            InvertibleConv1x1(channels, seed),
            PerPixel(ActNorm(channels)),
        ]
    )


class MultiScale(Transform):
    """Kiến trúc đa tỉ lệ: vector z (n, C·H·W) ↔ ảnh x (n, C, H, W).

    Theo chiều chuẩn hóa, mỗi mức: Squeeze, `steps` bước Glow, rồi (trừ mức cuối) tách nửa
    số kênh. Nửa rời đi được chuẩn hóa bởi một mạng đọc nửa ở lại: đó lại là một tầng ghép
    cặp, và là «tiên nghiệm của nhánh tách» trong Glow.
    """

    def __init__(self, event_shape: Sequence[int], levels: int, steps: int, hidden: int):
        super().__init__()
        channels, height, width = event_shape
        if height % 2**levels or width % 2**levels:
            raise InputError(
                f"Ảnh {height}×{width} không chia đôi được {levels} lần; "
                f"hãy giảm `levels` hoặc chèn lề cho cạnh chia hết cho {2**levels}."
            )
        self.levels, self.split_priors = nn.ModuleList(), nn.ModuleList()
        self.latent_shapes: list[tuple[int, int, int]] = []
        for level in range(levels):
            channels, height, width = 4 * channels, height // 2, width // 2
            flow_steps = [glow_step(channels, hidden, 100 * level + k) for k in range(steps)]
            self.levels.append(Compose([*flow_steps, Squeeze()]))
            if level < levels - 1:
                self.split_priors.append(ConvCoupling(channels, hidden))
                self.latent_shapes.append((channels - channels // 2, height, width))
                channels //= 2
        self.latent_shapes.append((channels, height, width))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        total, latents = x.new_zeros(len(x)), []
        for level, f in enumerate(self.levels):
            x, log_det = f.inverse(x)
            total = total + log_det
            if level < len(self.split_priors):
                prior = self.split_priors[level]
                x, log_det = prior.inverse(x)
                total = total + log_det
                x, latent = x[:, : prior.split], x[:, prior.split :]
                latents.append(latent.flatten(1))
        return torch.cat([*latents, x.flatten(1)], 1), total

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        total = z.new_zeros(len(z))
        sizes = [math.prod(shape) for shape in self.latent_shapes]
        latents = [
            part.view(len(z), *shape)
            for part, shape in zip(z.split(sizes, 1), self.latent_shapes, strict=True)
        ]
        x = latents.pop()
        for level in reversed(range(len(self.levels))):
            if level < len(self.split_priors):
                x, log_det = self.split_priors[level](torch.cat([x, latents.pop()], 1))
                total = total + log_det
            x, log_det = self.levels[level](x)
            total = total + log_det
        return x, total


class Glow(Flow):
    """Glow cho ảnh trong [0, 1): `levels` mức, mỗi mức `steps` bước.

    Tham số
    -------
    event_shape : (C, H, W), H và W chia hết cho 2^levels
    alpha : tham số của Logit đặt trước luồng; None khi dữ liệu đã ở trên ℝ

    `log_prob` là log mật độ của ảnh đã khử lượng tử hóa, nat; xem `bits_per_dim`.
    Sách: (eq-conv1x1); Kingma & Dhariwal (2018)
    """

    def __init__(
        self,
        event_shape: Sequence[int],
        levels: int = 2,
        steps: int = 4,
        hidden: int = 64,
        alpha: float | None = 0.01,
    ):
        multi_scale = MultiScale(event_shape, levels, steps, hidden)
        transform = multi_scale if alpha is None else Compose([multi_scale, Logit(alpha)])
        super().__init__(transform, StandardNormal((math.prod(event_shape),)), event_shape)
