"""VAE phân cấp: L tầng biến tiềm ẩn, tầng L trên đỉnh, tầng 1 sát dữ liệu.

Chiều sinh đi xuống:   z_L ~ N(0, I),   z_l ~ p_θ(z_l | z_{l+1}),   x ~ p_θ(x | z_1).

Chiều suy luận có hai cách. "bottom_up": q(z_1 | x), rồi q(z_l | z_{l−1}), đi ngược chiều sinh.
"top_down": bộ mã hóa đọc x một lượt từ dưới lên, rồi đi xuống **cùng** bộ giải mã; ở mỗi tầng nó
chỉ sửa lại phân phối mà bộ giải mã vừa cho.

Nguồn: Sønderby et al. 2016 (Ladder VAE); Vahdat & Kautz 2020 (NVAE).
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .base import check_count
from .errors import InputError
from .latent import LatentVariableModel
from .likelihoods import (
    GaussianLikelihood,
    Likelihood,
    gaussian_kl,
    gaussian_log_prob,
    reparameterize,
)
from .nets import silu_mlp


class ConditionalGaussian(nn.Module):
    """h (n, in_features) -> (trung bình, log phương sai), mỗi thứ (n, dim), của một Gauss chéo.

    `linear`: trung bình là hàm affine của h, phương sai là hằng số học được. Khi ấy mọi phân phối
    của chuỗi là Gauss, và log p(x) có dạng đóng.
    """

    def __init__(self, in_features: int, dim: int, hidden: Sequence[int], linear: bool):
        super().__init__()
        self.linear = linear
        self.net = silu_mlp(in_features, hidden, dim if linear else 2 * dim)
        if linear:
            self.log_var = nn.Parameter(torch.zeros(dim))

    def forward(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """(trung bình, log phương sai) tại h."""
        if self.linear:
            mean = self.net(h)
            return mean, self.log_var.expand_as(mean)
        mean, raw = self.net(h).chunk(2, 1)
        return mean, 6 * torch.tanh(raw / 6)  # σ trong (e⁻³, e³): không tràn số


class ResidualCell(nn.Module):
    """d ← chuẩn hóa(d + SiLU(Ad + b)): đặc trưng của x đi lên từng tầng mà không nhỏ dần."""

    def __init__(self, in_features: int, out_features: int):
        super().__init__()
        self.layer = nn.Linear(in_features, out_features)
        self.norm = nn.LayerNorm(out_features)
        self.skip = in_features == out_features

    def forward(self, d: Tensor) -> Tensor:
        """Đặc trưng của tầng kế, (n, out_features)."""
        h = nn.functional.silu(self.layer(d))
        return self.norm(h + d if self.skip else h)


class HierarchicalVAE(LatentVariableModel):
    """VAE phân cấp với L = len(latent_dims) tầng.

    Tham số
    -------
    event_shape : hình dạng một điểm dữ liệu; số nguyên D nghĩa là (D,)
    latent_dims : số chiều của z_1, …, z_L, từ sát dữ liệu lên đỉnh
    hidden : bề rộng các tầng ẩn của mọi mạng
    likelihood : p(x | ·), một `Likelihood`; mặc định Gauss với độ lệch chuẩn chung, học được
    inference : "top_down" hoặc "bottom_up"
    skip : False là chuỗi Markov: mỗi tầng chỉ đọc tầng ngay trên. True: mỗi tầng, và cả x, đọc
        **mọi** tầng ở trên nó, p(z_l | z_{l+1}, …, z_L), như NVAE
    linear : mọi mạng là affine, mọi phương sai là hằng: chuỗi tuyến tính Gauss giải được
    free_bits : trong `loss`, KL của mỗi tầng (trung bình trên lô) không được tính nhỏ hơn mức này
    warmup : trong bấy nhiêu bước huấn luyện đầu, KL nhân với một hệ số tăng dần từ 0 đến 1

    `elbo` và `kl_per_level` là ước lượng không chệch bằng một mẫu z; trung bình trên nhiều điểm
    hay nhiều lần gọi mới là con số để báo cáo.
    Sách: (eq-hvae-joint), (eq-hvae-skip), (eq-bottom-up), (eq-top-down)
    """

    def __init__(
        self,
        event_shape: Sequence[int] | int,
        latent_dims: Sequence[int] = (8, 4, 2),
        *,
        hidden: Sequence[int] = (64,),
        likelihood: Likelihood | None = None,
        inference: str = "top_down",
        skip: bool = True,
        linear: bool = False,
        free_bits: float = 0.0,
        warmup: int = 0,
    ):
        super().__init__(event_shape, likelihood)
        self.latent_dims = dims = tuple(latent_dims) if isinstance(latent_dims, Sequence) else ()
        if not dims or any(not isinstance(d, int) or d < 1 for d in dims):
            raise InputError(
                f"latent_dims = {latent_dims!r}; cần số chiều của từng tầng, từ z_1 lên z_L, "
                f"ví dụ (8, 4, 2)."
            )
        if inference not in ("top_down", "bottom_up"):
            raise InputError(f'inference = {inference!r}; cần "top_down" hoặc "bottom_up".')
        if not (free_bits >= 0 and warmup >= 0):
            raise InputError(f"free_bits = {free_bits}, warmup = {warmup}; cần hai số không âm.")
        self.inference, self.skip, self.linear = inference, skip, linear
        self.free_bits, self.warmup = float(free_bits), int(warmup)
        self.register_buffer("updates", torch.zeros((), dtype=torch.long))
        dim, levels = math.prod(self.event_shape), len(dims)
        # reads[l]: số chiều của thứ mà tầng l đọc từ phía trên; tầng 0 là dữ liệu
        reads = [sum(dims[i:] if skip else dims[i : i + 1]) for i in range(levels)] + [0]

        hidden = () if linear else tuple(hidden)
        self.decoder = silu_mlp(reads[0], hidden, dim * self.likelihood.parameters_per_value)
        #: priors[l − 1] là p_θ(z_l | phía trên), l = 1, …, L − 1
        self.priors = nn.ModuleList(
            ConditionalGaussian(reads[i + 1], dims[i], hidden, linear) for i in range(levels - 1)
        )
        if inference == "bottom_up":
            self.features = nn.ModuleList()
            sources = (dim, *dims[:-1])
        else:  # tầng l đọc đặc trưng d_l của x, và phía trên
            widths = [hidden[-1] if hidden else dim] * levels
            self.features = nn.ModuleList(
                nn.Identity() if linear else ResidualCell(a, b)
                for a, b in zip([dim, *widths[:-1]], widths, strict=True)
            )
            sources = [width + above for width, above in zip(widths, reads[1:], strict=True)]
        #: encoders[l − 1] là q_φ của tầng l
        self.encoders = nn.ModuleList(
            ConditionalGaussian(source, d, hidden, linear)
            for source, d in zip(sources, dims, strict=True)
        )

    @property
    def levels(self) -> int:
        """Số tầng tiềm ẩn L."""
        return len(self.latent_dims)

    # ---------------------------------------------------------------- chiều sinh

    def read(self, above: Sequence[Tensor]) -> Tensor:
        """Thứ mà một tầng đọc từ các tầng [z_{l+1}, …, z_L] ở trên nó."""
        return torch.cat(list(above), 1) if self.skip else above[0]

    def prior(self, level: int, above: Sequence[Tensor], n: int) -> tuple[Tensor, Tensor]:
        """(trung bình, log phương sai) của p_θ(z_l | above), (n, d_l); ở đỉnh là N(0, I)."""
        if level < self.levels:
            return self.priors[level - 1](self.read(above))
        zeros = next(self.parameters()).new_zeros(n, self.latent_dims[-1])
        return zeros, zeros

    def decode(self, latents: Sequence[Tensor]) -> Tensor:
        """[z_1, …, z_L] -> tham số của p_θ(x | ·): (n, *event_shape, parameters_per_value)."""
        return self.decoder(self.read(latents)).view(len(latents[0]), *self.event_shape, -1)

    def sample_latents(self, n: int, above: Sequence[Tensor] = ()) -> list[Tensor]:
        """n bộ tiềm ẩn [z_1, …, z_L] từ tiên nghiệm; z_l có hình dạng (n, d_l).

        `above` = [z_m, …, z_L] giữ nguyên các tầng trên cùng; chỉ những tầng dưới được lấy mới.
        Sách: (eq-hvae-joint)
        """
        check_count(n)
        shapes = [tuple(z.shape) for z in above]
        if shapes != [(n, d) for d in self.latent_dims[self.levels - len(above) :]]:
            raise InputError(
                f"`above` có các hình dạng {shapes}; với n = {n} và latent_dims = "
                f"{self.latent_dims}, cần các tầng trên cùng [z_m, …, z_L] theo đúng thứ tự ấy."
            )
        latents = list(above)
        for level in range(self.levels - len(above), 0, -1):
            latents.insert(0, reparameterize(*self.prior(level, latents, n)))
        return latents

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """n mẫu (n, *event_shape): đi từ đỉnh xuống dữ liệu."""
        return self.likelihood.sample(self.decode(self.sample_latents(n)))

    # ---------------------------------------------------------------- chiều suy luận

    def infer(self, x: Tensor) -> tuple[list[Tensor], list[tuple], list[tuple]]:
        """Một mẫu z_1, …, z_L ~ q_φ(· | x), kèm (trung bình, log phương sai) của q và của p.

        Ba danh sách xếp theo tầng 1, …, L; q và p của mỗi tầng được tính tại chính mẫu ấy.
        Sách: (eq-bottom-up), (eq-top-down), (eq-residual-normal)
        """
        levels = range(self.levels)
        z, q, p = ([None] * self.levels for _ in range(3))
        h = self.likelihood.prepare(x).flatten(1)
        if self.inference == "bottom_up":
            for i in levels:
                q[i] = self.encoders[i](h)
                z[i] = h = reparameterize(*q[i])
            return z, q, [self.prior(i + 1, z[i + 1 :], len(x)) for i in levels]
        features = []
        for cell in self.features:
            h = cell(h)
            features.append(h)
        for i in reversed(levels):
            p[i] = mean, log_var = self.prior(i + 1, z[i + 1 :], len(x))
            inputs = [features[i]] + ([self.read(z[i + 1 :])] if i + 1 < self.levels else [])
            shift, log_ratio = self.encoders[i](torch.cat(inputs, 1))
            # q nói bằng đơn vị của p: dời `shift` lần σ_p, nhân phương sai với e^{log_ratio}.
            q[i] = mean + (0.5 * log_var).exp() * shift, log_var + log_ratio
            z[i] = reparameterize(*q[i])
        return z, q, p

    def terms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(tái tạo (n,), KL từng tầng (n, L)): ELBO là số đầu trừ tổng hàng của số sau, nat.

        top_down: cột l − 1 là KL(q(z_l | z_{>l}, x) ‖ p(z_l | z_{>l})), dạng đóng, không âm.
        bottom_up: cột cuối là KL(q(z_L | z_{L−1}) ‖ N(0, I)); mỗi cột khác là log tỉ số
        log q(z_l | z_{l−1}) − log p(z_l | z_{l+1}) tại mẫu, có thể âm: z_{l+1} sinh ra từ z_l,
        nên kỳ vọng của log tỉ số là một KL **trừ** một thông tin tương hỗ.
        Sách: (eq-hvae-telescoped), (eq-hvae-consistency), (eq-consistency-split)
        """
        self.check(x)
        z, q, p = self.infer(x)
        kl = [
            gaussian_kl(*qi, *pi)
            if self.inference == "top_down" or zi is z[-1]
            else gaussian_log_prob(zi, *qi) - gaussian_log_prob(zi, *pi)
            for zi, qi, pi in zip(z, q, p, strict=True)
        ]
        return self.likelihood.log_prob(x, self.decode(z)), torch.stack(kl, 1)

    def elbo(self, x: Tensor) -> Tensor:
        """Cận dưới của log p_θ(x), nat, ước lượng không chệch bằng một mẫu z: (n,).

        Sách: (eq-hvae-elbo)
        """
        reconstruction, kl = self.terms(x)
        return reconstruction - kl.sum(1)

    def kl_per_level(self, x: Tensor) -> Tensor:
        """Các số hạng KL của từng điểm, cột l − 1 cho tầng l: (n, L), nat. Xem `terms`."""
        return self.terms(x)[1]

    def loss(self, x: Tensor) -> Tensor:
        """−ELBO trung bình; khi huấn luyện có thêm `free_bits` và `warmup`."""
        reconstruction, kl = self.terms(x)
        per_level, weight = kl.mean(0), 1.0
        if self.training:
            if self.free_bits:
                per_level = per_level.clamp_min(self.free_bits)
            if self.warmup:
                self.updates += 1
                weight = (self.updates / self.warmup).clamp_max(1.0)
        return weight * per_level.sum() - reconstruction.mean()

    def log_weights(self, x: Tensor, k: int = 1) -> Tensor:
        self.check(x)
        check_count(k, "k")
        many = x.expand(k, *x.shape).flatten(0, 1)
        z, q, p = self.infer(many)
        total = self.likelihood.log_prob(many, self.decode(z))
        for zi, qi, pi in zip(z, q, p, strict=True):
            total = total + gaussian_log_prob(zi, *pi) - gaussian_log_prob(zi, *qi)
        return total.view(k, len(x))

    # ---------------------------------------------------------------- chuỗi tuyến tính Gauss

    def linear_marginal(self) -> tuple[Tensor, Tensor]:
        """(trung bình (D,), hiệp phương sai (D, D)) của p_θ(x) khi `linear` và x | z là Gauss.

        Đi từ đỉnh xuống, mỗi tầng C ← W C Wᵀ + S, bắt đầu từ C = I. Sách: (eq-hvae-linear)
        """
        gaussian = isinstance(self.likelihood, GaussianLikelihood)
        if not (self.linear and gaussian and not self.likelihood.predicted) or self.skip:
            raise InputError(
                "log p(x) chỉ có dạng đóng ở đây khi linear=True, skip=False và x | z_1 là Gauss "
                "với độ lệch chuẩn chung."
            )
        like = next(self.parameters())
        mean, cov = like.new_zeros(self.latent_dims[-1]), torch.eye(self.latent_dims[-1]).to(like)
        scale = self.likelihood.scale(like.new_zeros(1, 1))
        noises = [prior.log_var.exp() for prior in self.priors]
        noises.insert(0, (scale**2).expand(math.prod(self.event_shape)))
        maps = [self.decoder[-1], *(prior.net[-1] for prior in self.priors)]
        for layer, noise in zip(reversed(maps), reversed(noises), strict=True):
            mean = layer(mean)
            cov = layer.weight @ cov @ layer.weight.T + noise.diag()
        return mean, cov

    def linear_log_prob(self, x: Tensor) -> Tensor:
        """log p_θ(x) chính xác của chuỗi tuyến tính Gauss: (n,), nat. Sách: (eq-hvae-linear)"""
        self.check(x)
        mean, cov = self.linear_marginal()
        return torch.distributions.MultivariateNormal(mean, cov).log_prob(x.flatten(1))
