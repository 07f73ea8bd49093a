"""VAE có hậu nghiệm là một luồng: Gauss đường chéo, rồi vài tầng tự hồi quy uốn nó lại.

Mô hình p_θ(x, z) không đổi so với VAE; chỉ họ q_φ(z | x) rộng ra, nên khe hở của ELBO hẹp lại:

    z_0 = μ(x) + σ(x) ⊙ ε,    z_t = T_t(z_{t−1}; h(x)),    z = z_T
    log q_φ(z | x) = log N(z_0; μ(x), diag σ²(x)) − Σ_t log|det ∂z_t/∂z_{t−1}|

Mỗi T_t ở dạng IAF, c_i(z_{t−1,<i}, h): rút z và tính log q của chính z ấy là một lượt qua mạng.
"""

import math
from collections.abc import Sequence

from torch import Tensor, nn

from .base import check_batch, check_count, describe_shape
from .errors import InputError
from .flows.autoregressive import Inverse, MaskedAutoregressive
from .flows.transformers import Transformer
from .likelihoods import gaussian_log_prob, reparameterize
from .nets import silu_mlp
from .vae import VAE


class FlowVAE(VAE):
    """VAE với hậu nghiệm IAF (Kingma et al. 2016; ý tưởng luồng: Rezende & Mohamed 2015).

    Mọi tầng của luồng bắt đầu từ phép đồng nhất: mô hình mới dựng là một VAE thường.

    Tham số
    -------
    event_shape, latent_dim, hidden, và trong `options` likelihood, beta, decoder : như `VAE`
    layers : số tầng IAF; thứ tự các tọa độ xuôi và ngược xen kẽ, tầng đầu là xuôi
    flow_hidden : bề rộng các tầng ẩn của mỗi mạng điều kiện, ít nhất latent_dim; () là tuyến tính
    context_dim : bề rộng của ngữ cảnh h(x) mà mọi tầng cùng đọc. 0: một luồng chung cho mọi x,
        tương đương với một VAE thường có tiên nghiệm đổi đi
    transformer : "affine", "spline", "additive", hoặc một vật của `flows.transformers`
    encoder : mạng của riêng bạn: (n, *event_shape) -> (n, 2·latent_dim + context_dim)

    Sách: (eq-iaf-posterior), (eq-elbo)
    """

    def __init__(
        self,
        event_shape: int | Sequence[int],
        latent_dim: int = 2,
        hidden: Sequence[int] = (64, 64),
        *,
        layers: int = 2,
        flow_hidden: Sequence[int] = (32,),
        context_dim: int = 8,
        transformer: str | Transformer = "affine",
        encoder: nn.Module | None = None,
        **options,
    ):
        check_count(latent_dim, "latent_dim")
        check_count(layers, "layers")
        if not isinstance(context_dim, int) or context_dim < 0:
            raise InputError(
                f"context_dim = {context_dim!r}; bề rộng của ngữ cảnh phải là một số nguyên không "
                f"âm (0: luồng không biết x)."
            )
        if encoder is None:
            size = event_shape if isinstance(event_shape, int) else math.prod(event_shape)
            outputs = 2 * latent_dim + context_dim
            encoder = nn.Sequential(nn.Flatten(), *silu_mlp(size, hidden, outputs))
        super().__init__(event_shape, latent_dim, hidden, encoder=encoder, **options)
        self.context_dim = context_dim
        orders = [list(range(latent_dim)), list(range(latent_dim))[::-1]]
        self.flow = nn.ModuleList(
            Inverse(MaskedAutoregressive(latent_dim, flow_hidden, transformer, order, context_dim))
            for order in (orders[t % 2] for t in range(layers))
        )

    def encode_with_context(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(μ(x), log σ²(x)) của z_0, mỗi thứ (n, latent_dim), và h(x) (n, context_dim)."""
        self.check(x)
        parts = [self.latent_dim, self.latent_dim, self.context_dim]
        outputs = self.encoder(self.likelihood.prepare(x))
        if outputs.shape[1:] != (sum(parts),):
            raise InputError(
                f"Bộ mã hóa trả về hình dạng {describe_shape(outputs.shape)}; ở đây cần "
                f"({len(x)}, {sum(parts)}): 2·latent_dim số cho μ và log σ², rồi context_dim số "
                f"cho ngữ cảnh."
            )
        return outputs.split(parts, 1)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(μ(x), log σ²(x)) của z_0, điểm xuất phát của luồng; không phải moment của q(z | x)."""
        return self.encode_with_context(x)[:2]

    def push(self, z: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """z_0 -> (z_T, Σ_t log|det ∂z_t/∂z_{t−1}|), một lượt qua mạng mỗi tầng."""
        total = z.new_zeros(len(z))
        for layer in self.flow:
            z, log_det = layer(z, context)
            total = total + log_det
        return z, total

    def center(self, x: Tensor) -> Tensor:
        """Ảnh của μ(x) qua luồng: một điểm tiêu biểu của q(z | x), không phải trung bình của nó."""
        mean, _, context = self.encode_with_context(x)
        return self.push(mean, context)[0]

    def posterior_sample(self, x: Tensor, k: int = 1) -> tuple[Tensor, Tensor]:
        """k mẫu z ~ q(z | x) của mỗi điểm (k·n, latent_dim), và log q(z | x) (k·n,), nat.

        Bộ mã hóa chạy một lần cho mỗi điểm. Sách: (eq-iaf-posterior), (eq-cov-forward)
        """
        mean, log_var, context = (
            a.expand(k, *a.shape).flatten(0, 1) for a in self.encode_with_context(x)
        )
        start = reparameterize(mean, log_var)
        z, log_det = self.push(start, context)
        return z, gaussian_log_prob(start, mean, log_var) - log_det

    def posterior_log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        """log q(z | x) tại z (n, latent_dim) bất kỳ, cùng số hàng với x: (n,), nat.

        Chiều này phải đi lần lượt từng tọa độ; huấn luyện không bao giờ cần đến nó.
        """
        mean, log_var, context = self.encode_with_context(x)
        check_batch(z, (self.latent_dim,), "z")
        if len(z) != len(x):
            raise InputError(
                f"`z` có {len(z)} hàng, `x` có {len(x)}; mỗi hàng của z đi với một hàng của x. "
                f"Hãy dùng x.expand hoặc x.repeat_interleave cho đủ số hàng."
            )
        total = z.new_zeros(len(z))
        for layer in reversed(self.flow):
            z, log_det = layer.inverse(z, context)
            total = total + log_det
        return gaussian_log_prob(z, mean, log_var) + total

    def terms(self, x: Tensor, samples: int = 1) -> tuple[Tensor, Tensor]:
        """E_q[log p(x | z)] và KL(q(z | x) ‖ p(z)), mỗi thứ (n,), nat, trên cùng `samples` mẫu.

        KL không còn công thức đóng: nó là trung bình của log q(z | x) − log p(z), không chệch, và
        từng ước lượng một có thể âm.
        """
        check_count(samples, "samples")
        z, log_q = self.posterior_sample(x, samples)
        repeated = x.expand(samples, *x.shape).flatten(0, 1)
        reconstruction = self.likelihood.log_prob(repeated, self.decode(z))
        kl = log_q - gaussian_log_prob(z)
        return tuple(a.view(samples, len(x)).mean(0) for a in (reconstruction, kl))

    def kl_per_dimension(self, x: Tensor) -> Tensor:
        """Không có: các chiều của q(z | x) phụ thuộc nhau, KL không tách thành tổng theo chiều."""
        self.check(x)
        raise InputError(
            "Hậu nghiệm qua luồng có các chiều phụ thuộc nhau, nên KL không tách ra từng chiều. "
            "Hãy dùng terms(x)[1] cho cả KL, hoặc active_units(x) để đếm chiều còn mang tin."
        )
