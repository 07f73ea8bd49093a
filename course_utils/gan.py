"""Mạng đối sinh: GAN và WGAN.

Bộ sinh x = G(z), z ~ N(0, I), không cần khả nghịch và không có mật độ tính được. Bộ phân biệt
cho mỗi điểm một số thực: với GAN là logit r(x), D(x) = σ(r(x)) là xác suất «x là dữ liệu thật»;
với WGAN là điểm c(x) của hàm phê bình, không qua sigmoid.

Nguồn: Goodfellow et al. (2014); Arjovsky et al. (2017); Gulrajani et al. (2017);
Miyato et al. (2018); Mescheder et al. (2018).
"""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from .base import GenerativeModel, Objective, check_batch, check_count
from .errors import InputError


def network(
    in_features: int, hidden: Sequence[int], out_features: int, spectral: bool = False
) -> nn.Sequential:
    """Perceptron LeakyReLU(0.2): (n, in_features) -> (n, out_features).

    `spectral` : mỗi ma trận trọng số được chia cho giá trị kỳ dị lớn nhất của nó. LeakyReLU có
    hằng số Lipschitz 1, nên cả mạng có hằng số Lipschitz không quá 1. Sách: (eq-spectral-norm)
    """
    layers: list[nn.Module] = []
    width = in_features
    for h in (*hidden, out_features):
        linear = nn.Linear(width, h)
        layers += [spectral_norm(linear) if spectral else linear, nn.LeakyReLU(0.2)]
        width = h
    return nn.Sequential(*layers[:-1])


class AdversarialModel(GenerativeModel):
    """Phần chung của GAN và WGAN: hai mạng, lấy mẫu, hai mục tiêu luân phiên.

    Tham số
    -------
    dim : số tọa độ D của dữ liệu, hay hình dạng của một điểm, ví dụ (1, 8, 8)
    latent_dim : số chiều của z; không cần bằng D
    hidden : bề rộng các tầng ẩn của bộ sinh và của bộ phân biệt
    critic_steps : số bước của bộ phân biệt trong mỗi bước của bộ sinh
    betas : hai hệ số quán tính của Adam; quán tính lớn (0.9) làm trò chơi dao động
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        *,
        latent_dim: int,
        hidden: Sequence[int],
        critic_steps: int,
        betas: tuple[float, float],
        spectral: bool = False,
    ):
        super().__init__()
        self.event_shape = (dim,) if isinstance(dim, int) else tuple(dim)
        size = math.prod(self.event_shape)
        if size < 1 or latent_dim < 1 or critic_steps < 1:
            raise InputError(
                f"dim = {dim}, latent_dim = {latent_dim}, critic_steps = {critic_steps}: "
                f"cả ba phải là số nguyên dương."
            )
        self.latent_dim, self.critic_steps, self.betas = latent_dim, critic_steps, betas
        self.generator = network(latent_dim, hidden, size)
        self.discriminator = network(size, hidden, 1, spectral=spectral)

    def generate(self, z: Tensor) -> Tensor:
        """Bộ sinh G: (n, latent_dim) -> (n, *event_shape)."""
        return self.generator(z).unflatten(1, self.event_shape)

    def score(self, x: Tensor) -> Tensor:
        """Đầu ra của bộ phân biệt, chưa qua sigmoid: (n, *event_shape) -> (n,)."""
        check_batch(x, self.event_shape)
        return self.discriminator(x.flatten(1)).squeeze(1)

    def fake(self, n: int) -> Tensor:
        """n mẫu còn giữ đồ thị tính toán, để gradient đi về bộ sinh."""
        like = next(self.generator.parameters())
        z = torch.randn(n, self.latent_dim, device=like.device, dtype=like.dtype)
        return self.generate(z)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """n mẫu (n, *event_shape): một lượt truyền xuôi qua bộ sinh."""
        check_count(n)
        return self.fake(n)

    def discriminator_loss(self, x: Tensor) -> Tensor:
        """Mất mát của bộ phân biệt trên một lô thật x và một lô giả cùng cỡ."""
        raise NotImplementedError

    def objectives(self) -> list[Objective]:
        """Bộ phân biệt đi `critic_steps` bước, rồi bộ sinh đi một bước."""
        critic, generator = (list(n.parameters()) for n in (self.discriminator, self.generator))
        steps = self.critic_steps
        return [
            Objective("discriminator", critic, self.discriminator_loss, steps, self.betas),
            Objective("generator", generator, self.loss, 1, self.betas),
        ]


class GAN(AdversarialModel):
    """Mạng đối sinh với bộ phân biệt logistic. Sách: (eq-gan-game), (eq-non-saturating)

    Tham số
    -------
    loss : mất mát của bộ sinh, "non_saturating" (−log D) hay "saturating" (log(1 − D))
    penalty : γ của điều chuẩn R1, (γ/2)·E‖∇r(x)‖² trên dữ liệu thật; 0 là không có

    Các tham số khác: xem `AdversarialModel`.
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        *,
        latent_dim: int = 2,
        loss: str = "non_saturating",
        penalty: float = 0.0,
        hidden: Sequence[int] = (64, 64),
        critic_steps: int = 1,
        betas: tuple[float, float] = (0.5, 0.9),
    ):
        if loss not in ("non_saturating", "saturating"):
            raise InputError(
                f"Không có mất mát tên {loss!r}; hãy chọn 'non_saturating' hoặc 'saturating'."
            )
        if penalty < 0:
            raise InputError(f"penalty = {penalty}; hệ số của điều chuẩn R1 không được âm.")
        super().__init__(
            dim, latent_dim=latent_dim, hidden=hidden, critic_steps=critic_steps, betas=betas
        )
        self.kind, self.penalty = loss, penalty

    def log_ratio(self, x: Tensor) -> Tensor:
        """Logit r(x), ước lượng của log p_data(x) − log p_θ(x), nat: -> (n,).

        Là ước lượng vì bộ phân biệt chỉ gần tối ưu. Sách: (eq-optimal-discriminator)
        """
        return self.score(x)

    def discriminator_loss(self, x: Tensor) -> Tensor:
        """−V(D, G) trên hai lô, cộng điều chuẩn R1 nếu có. Sách: (eq-gan-game)"""
        with torch.no_grad():
            fake = self.fake(len(x))
        loss = discriminator_loss(self.score(x), self.score(fake))
        if self.penalty:
            loss = loss + 0.5 * self.penalty * input_gradient(self.score, x).square().sum(1).mean()
        return loss

    def loss(self, x: Tensor) -> Tensor:
        """Mất mát của bộ sinh trên một lô giả cùng cỡ với x; x chỉ cho biết cỡ lô."""
        return generator_loss(self.score(self.fake(len(x))), self.kind)


class WGAN(AdversarialModel):
    """GAN theo khoảng cách Wasserstein. Sách: (eq-wasserstein), (eq-gradient-penalty)

    Tham số
    -------
    constraint : cách giữ hàm phê bình gần 1-Lipschitz, "penalty" (phạt gradient)
        hay "spectral" (chuẩn hóa phổ)
    penalty : λ của phạt gradient

    Các tham số khác: xem `AdversarialModel`. Gulrajani et al. (2017) dùng λ = 10 và năm bước
    phê bình cho ảnh lớn; mặc định ở đây nhẹ hơn, vừa với dữ liệu nhỏ của sổ thực hành.
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        *,
        latent_dim: int = 2,
        constraint: str = "penalty",
        penalty: float = 1.0,
        hidden: Sequence[int] = (64, 64),
        critic_steps: int = 3,
        betas: tuple[float, float] = (0.0, 0.9),
    ):
        if constraint not in ("penalty", "spectral"):
            raise InputError(
                f"Không có ràng buộc tên {constraint!r}; hãy chọn 'penalty' hoặc 'spectral'."
            )
        if penalty <= 0:
            raise InputError(f"penalty = {penalty}; hệ số phạt gradient phải dương.")
        super().__init__(
            dim,
            latent_dim=latent_dim,
            hidden=hidden,
            critic_steps=critic_steps,
            betas=betas,
            spectral=constraint == "spectral",
        )
        self.constraint, self.penalty = constraint, penalty

    def distance(self, real: Tensor, fake: Tensor) -> Tensor:
        """E c(x) − E c(x̃): cận dưới của W₁ khi c là 1-Lipschitz. Sách: (eq-wasserstein)"""
        return self.score(real).mean() - self.score(fake).mean()

    def discriminator_loss(self, x: Tensor) -> Tensor:
        """−(E c(x) − E c(x̃)), cộng phạt gradient nếu ràng buộc là "penalty"."""
        with torch.no_grad():
            fake = self.fake(len(x))
        loss = -self.distance(x, fake)
        if self.constraint == "penalty":
            loss = loss + self.penalty * gradient_penalty(self.score, x, fake)
        return loss

    def loss(self, x: Tensor) -> Tensor:
        """Mất mát của bộ sinh, −E c(G(z)), trên một lô giả cùng cỡ với x."""
        return -self.score(self.fake(len(x))).mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """−E log σ(r(x)) − E log(1 − σ(r(x̃))) từ hai lô logit.

    Dùng softplus, nên hữu hạn với mọi logit. Sách: (eq-gan-game)
    """
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def generator_loss(fake: Tensor, kind: str = "non_saturating") -> Tensor:
    """Mất mát của bộ sinh từ logit r(x̃) của mẫu giả, ổn định với mọi logit.

    "non_saturating" : −E log σ(r), đạo hàm theo r là −(1 − σ(r))
    "saturating"     : E log(1 − σ(r)), đạo hàm theo r là −σ(r)
    Sách: (eq-non-saturating)
    """
    if kind == "saturating":
        return -F.softplus(fake).mean()
    return F.softplus(-fake).mean()


def input_gradient(score: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Gradient của score tại từng điểm, (n, D), còn vi phân tiếp được theo tham số."""
    # Chạy được cả dưới no_grad và inference_mode: ở đây gradient là giá trị, không phải huấn luyện.
    with torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(x).sum(), x, create_graph=True)
    return gradient.flatten(1)


def gradient_penalty(score: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
    """E (‖∇c(x̂)‖ − 1)², x̂ đều trên đoạn nối một điểm thật với một điểm giả.

    Sách: (eq-gradient-penalty)
    """
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device, dtype=real.dtype)
    between = mix * real.detach() + (1 - mix) * fake.detach()
    return (input_gradient(score, between).norm(dim=1) - 1).square().mean()
