"""Bộ tự mã hóa biến phân: VAE, IWAE, và trọng tài của chúng là PCA xác suất.

Mô hình: z ~ N(0, I), x ~ p_θ(x | z). Mạng giải mã (θ) cho ra tham số của p_θ(x | z); mạng mã
hóa (φ) cho ra trung bình và log phương sai của q_φ(z | x). log p_θ(x) = log ∫ p_θ(x | z) p(z) dz
không tính được; ta nâng một cận dưới của nó.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .base import DensityModel, check_batch, check_count
from .errors import InputError
from .latent import LatentVariableModel
from .likelihoods import LOG_2PI, Likelihood, gaussian_kl, gaussian_log_prob, reparameterize
from .nets import silu_mlp


class VAE(LatentVariableModel):
    """Bộ tự mã hóa biến phân (Kingma & Welling 2014; Rezende et al. 2014).

    Tham số
    -------
    event_shape : hình dạng một điểm dữ liệu, hoặc số chiều của nó
    latent_dim : số chiều d_z của biến tiềm ẩn; không buộc phải nhỏ hơn số chiều của x
    hidden : bề rộng các tầng ẩn của hai mạng (bộ giải mã dùng thứ tự ngược lại); () cho VAE
        tuyến tính, khi ấy mô hình là PCA xác suất
    likelihood : họ phân phối p(x | z); mặc định là Gauss với một độ lệch chuẩn học được. Nên
        chuẩn tắc hóa dữ liệu liên tục trước
    beta : trọng số của số hạng KL trong `loss`. `elbo` luôn là cận dưới thật, với trọng số 1
    encoder, decoder : mạng của riêng bạn, nếu muốn: (n, *event_shape) -> (n, 2 d_z) và
        (n, d_z) -> (n, D · likelihood.parameters_per_value)

    Sách: (eq-elbo), (eq-elbo-split)
    """

    def __init__(
        self,
        event_shape: int | Sequence[int],
        latent_dim: int = 2,
        hidden: Sequence[int] = (64, 64),
        *,
        likelihood: Likelihood | None = None,
        beta: float = 1.0,
        encoder: nn.Module | None = None,
        decoder: nn.Module | None = None,
    ):
        super().__init__(event_shape, likelihood)
        check_count(latent_dim, "latent_dim")
        if not beta >= 0:
            raise InputError(f"beta = {beta}; trọng số của KL phải không âm (1 là ELBO).")
        self.latent_dim, self.beta = latent_dim, beta
        size = math.prod(self.event_shape)
        outputs = size * self.likelihood.parameters_per_value
        self.encoder = encoder or nn.Sequential(
            nn.Flatten(), *silu_mlp(size, hidden, 2 * latent_dim)
        )
        self.decoder = decoder or silu_mlp(latent_dim, tuple(hidden)[::-1], outputs)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(μ_φ(x), log σ_φ²(x)) của q_φ(z | x), mỗi thứ (n, latent_dim)."""
        self.check(x)
        mean, log_var = self.encoder(self.likelihood.prepare(x)).chunk(2, 1)
        return mean, log_var

    def decode(self, z: Tensor) -> Tensor:
        """Tham số của p_θ(x | z): (n, latent_dim) -> (n, *event_shape, parameters_per_value)."""
        return self.decoder(z).view(len(z), *self.event_shape, -1)

    def center(self, x: Tensor) -> Tensor:
        """Một điểm z tiêu biểu của q_φ(z | x), (n, latent_dim); ở đây là trung bình μ_φ(x)."""
        return self.encode(x)[0]

    def posterior_sample(self, x: Tensor, k: int = 1) -> tuple[Tensor, Tensor]:
        """k mẫu z ~ q_φ(z | x) của mỗi điểm, và log q_φ(z | x) của chúng, nat.

        z (k·n, latent_dim), log q (k·n,): k lượt nối nhau, mỗi lượt n điểm của lô theo thứ tự.
        """
        mean, log_var = (a.expand(k, *a.shape).flatten(0, 1) for a in self.encode(x))
        z = reparameterize(mean, log_var)
        return z, gaussian_log_prob(z, mean, log_var)

    def terms(self, x: Tensor, samples: int = 1) -> tuple[Tensor, Tensor]:
        """Hai số hạng của ELBO, mỗi thứ (n,): E_q[log p(x | z)] và KL(q(z | x) ‖ p(z)).

        Số hạng tái tạo là trung bình trên `samples` mẫu z, không chệch. KL là công thức đóng.
        """
        check_count(samples, "samples")
        mean, log_var = self.encode(x)
        reconstruction = sum(
            self.likelihood.log_prob(x, self.decode(reparameterize(mean, log_var)))
            for _ in range(samples)
        )
        return reconstruction / samples, gaussian_kl(mean, log_var)

    def elbo(self, x: Tensor, samples: int = 1) -> Tensor:
        """Cận dưới bằng chứng của từng điểm, nat: (n, *event_shape) -> (n,).

        Ước lượng không chệch (trên `samples` mẫu z) của
        E_q[log p(x | z)] − KL(q ‖ p(z)) = log p(x) − KL(q ‖ p(z | x)) ≤ log p(x).
        Sách: (eq-elbo), (eq-elbo-gap), (eq-elbo-split)
        """
        reconstruction, kl = self.terms(x, samples)
        return reconstruction - kl

    def loss(self, x: Tensor) -> Tensor:
        """−E_q[log p(x | z)] + β·KL, trung bình của lô; β = 1 là −ELBO. Sách: (eq-beta-vae)"""
        reconstruction, kl = self.terms(x)
        return (self.beta * kl - reconstruction).mean()

    def log_weights(self, x: Tensor, k: int = 1) -> Tensor:
        check_count(k, "k")
        z, log_q = self.posterior_sample(x, k)
        repeated = x.expand(k, *x.shape).flatten(0, 1)
        joint = gaussian_log_prob(z) + self.likelihood.log_prob(repeated, self.decode(z))
        return (joint - log_q).view(k, len(x))

    def sample(self, n: int, noise: bool = True) -> Tensor:
        """n mẫu (n, *event_shape): z ~ p(z), rồi x ~ p_θ(x | z). Không đụng đến bộ mã hóa.

        `noise=False` trả E[x | z] thay cho mẫu: mượt hơn, nhưng không phải mẫu của mô hình.
        """
        check_count(n)
        with torch.no_grad():
            like = next(self.parameters())
            z = torch.randn(n, self.latent_dim, device=like.device, dtype=like.dtype)
            parameters = self.decode(z)
            return (self.likelihood.sample if noise else self.likelihood.mean)(parameters)

    @torch.no_grad()
    def reconstruct(self, x: Tensor) -> Tensor:
        """E[x | z] tại z = `center(x)`, hình dạng như x. Đây là tái tạo, không phải sinh mẫu."""
        return self.likelihood.mean(self.decode(self.center(x)))

    @torch.no_grad()
    def kl_per_dimension(self, x: Tensor) -> Tensor:
        """KL của từng chiều tiềm ẩn với tiên nghiệm, nat, trung bình trên x: (latent_dim,).

        Chiều nào gần 0 là chiều đã sụp đổ về tiên nghiệm. Sách: (eq-collapse)
        """
        return gaussian_kl(*self.encode(x), per_dimension=True).mean(0)

    @torch.no_grad()
    def active_units(self, x: Tensor, threshold: float = 0.01) -> int:
        """Số chiều tiềm ẩn có Var_x[μ_φ(x)] > threshold: số chiều còn mang tin về x.

        Nguồn: Burda et al. 2016, mục 5.
        """
        return int((self.center(x).var(0) > threshold).sum())


class IWAE(VAE):
    """VAE huấn luyện bằng cận k mẫu thay cho ELBO (Burda et al. 2016). Sách: (eq-iwae)

    Tham số như `VAE` (trừ beta), thêm k: số mẫu z cho mỗi x trong mất mát.
    """

    def __init__(self, event_shape, latent_dim: int = 2, hidden=(64, 64), *, k: int = 5, **options):
        if "beta" in options:
            raise InputError("IWAE không có `beta`: cận k mẫu không tách thành hai số hạng.")
        super().__init__(event_shape, latent_dim, hidden, **options)
        check_count(k, "k")
        self.k = k

    def loss(self, x: Tensor) -> Tensor:
        return -self.log_prob_estimate(x, self.k).mean()


class ProbabilisticPCA(DensityModel):
    """PCA xác suất: z ~ N(0, I_q), x | z ~ N(Wz + μ, s² I). Hợp lý cực đại có công thức đóng.

    Đây là VAE tuyến tính giải được bằng tay, nên là đáp án để kiểm VAE.
    Nguồn: Tipping & Bishop 1999. Sách: (eq-ppca)
    """

    def __init__(self, dim: int, latent_dim: int):
        super().__init__()
        if not 0 < latent_dim < dim:
            raise InputError(
                f"latent_dim = {latent_dim}, dim = {dim}: PCA xác suất cần "
                f"0 < latent_dim < dim, để còn chiều mà đo nhiễu."
            )
        self.event_shape = (dim,)
        self.mean = nn.Parameter(torch.zeros(dim))
        self.weight = nn.Parameter(torch.eye(dim, latent_dim))
        self.log_scale = nn.Parameter(torch.zeros(()))

    @torch.no_grad()
    def solve(self, x: Tensor) -> "ProbabilisticPCA":
        """Đặt tham số ở hợp lý cực đại của x (n, dim); trả về chính mô hình."""
        check_batch(x, self.event_shape)  # kiểu số nào cũng được: ngay sau đây nó theo mô hình
        q = self.weight.shape[1]
        x = x.to(self.mean)
        values, vectors = torch.linalg.eigh((x - x.mean(0)).T @ (x - x.mean(0)) / len(x))
        values, vectors = values.flip(0), vectors.flip(1)  # trị riêng giảm dần
        noise = values[q:].mean()
        if not noise > 0:
            raise InputError(
                "Dữ liệu nằm trọn trong một không gian con: phương sai nhiễu bằng 0, hợp lý "
                "vô hạn. Cần nhiều điểm hơn hoặc latent_dim nhỏ hơn."
            )
        self.mean.copy_(x.mean(0))
        self.weight.copy_(vectors[:, :q] * (values[:q] - noise).clamp_min(0).sqrt())
        self.log_scale.copy_(0.5 * noise.log())
        return self

    def log_prob(self, x: Tensor) -> Tensor:
        """log N(x; μ, WWᵀ + s²I), nat: (n, dim) -> (n,). Sách: (eq-latent-marginal), (eq-ppca)"""
        self.check(x)
        dim = self.event_shape[0]
        eye = torch.eye(dim, dtype=x.dtype, device=x.device)
        factor = torch.linalg.cholesky(
            self.weight @ self.weight.T + torch.exp(2 * self.log_scale) * eye
        )
        white = torch.linalg.solve_triangular(factor, (x - self.mean).T, upper=False)
        log_det = 2 * factor.diagonal().log().sum()
        return -0.5 * (dim * LOG_2PI + log_det + white.square().sum(0))

    def sample(self, n: int) -> Tensor:
        check_count(n)
        with torch.no_grad():
            z = torch.randn(n, self.weight.shape[1]).to(self.weight)
            x = z @ self.weight.T + self.mean
            return x + self.log_scale.exp() * torch.randn_like(x)
