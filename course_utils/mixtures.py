"""Ba mô hình mật độ cổ điển: một Gauss, hỗn hợp Gauss học bằng EM, và ước lượng nhân.

Chúng không cần mạng nơ-ron, có mật độ chính xác và lấy mẫu trong một dòng; vì thế là thước đo
đầu tiên để biết một mô hình sâu có đáng công huấn luyện hay không.
"""

import math

import torch
from torch import Tensor, nn

from .base import DensityModel, check_count
from .data.toy import as_generator
from .em import e_step, initialize, log_normals, m_step
from .errors import InputError


class Gaussian(DensityModel):
    """Một phân phối Gauss D chiều, N(μ, LLᵀ), với L tam giác dưới có đường chéo dương.

    `fit_mle` cho nghiệm hợp lý cực đại dạng đóng; `training.fit` cũng dùng được.
    """

    def __init__(self, dim: int):
        super().__init__()
        check_positive(dim=dim)
        self.event_shape = (dim,)
        self.mean = nn.Parameter(torch.zeros(dim))
        self.raw_scale = nn.Parameter(torch.zeros(dim, dim))

    @property
    def scale(self) -> Tensor:
        """L (D, D), căn bậc hai tam giác dưới của hiệp phương sai."""
        return lower_triangular(self.raw_scale)

    @property
    def covariance(self) -> Tensor:
        """Hiệp phương sai LLᵀ (D, D)."""
        return self.scale @ self.scale.mT

    @torch.no_grad()
    def fit_mle(self, x: Tensor, ridge: float = 0.0) -> "Gaussian":
        """Đặt μ là trung bình mẫu và LLᵀ là hiệp phương sai mẫu (chia N) cộng `ridge`·I."""
        self.check(x, "x")
        points = x.detach().cpu().double()
        weights = torch.ones(1, dtype=points.dtype)
        _, means, covariances = m_step(points, weights.expand(len(points), 1), ridge)
        self.mean.copy_(means[0])
        self.raw_scale.copy_(raw_cholesky(covariances[0]))
        return self

    def log_prob(self, x: Tensor) -> Tensor:
        self.check(x)
        return log_normals(x, self.mean[None], self.scale[None])[:, 0]

    @torch.no_grad()
    def sample(self, n: int, seed: int | torch.Generator | None = None) -> Tensor:
        """n mẫu x = μ + Lε, ε ~ N(0, I): (n, D)."""
        check_count(n)
        return self.mean + noise((n, *self.event_shape), seed, self.mean) @ self.scale.mT


class GaussianMixture(DensityModel):
    """Hỗn hợp K phân phối Gauss: bốc một thành phần k theo trọng số π, rồi bốc x từ nó.

        p_θ(x) = Σ_k π_k N(x; μ_k, Σ_k)

    Tham số π, μ, Σ được giữ dưới dạng không ràng buộc (logit, tâm, thừa số Cholesky), nên mô
    hình huấn luyện được bằng EM (`fit_em`) lẫn bằng gradient (`training.fit`).

    Sách: (eq-mixture); Dempster, Laird & Rubin (1977)
    """

    def __init__(self, dim: int, components: int):
        super().__init__()
        check_positive(dim=dim, components=components)
        self.event_shape = (dim,)
        self.components = components
        self.logits = nn.Parameter(torch.zeros(components))
        # Các tâm phải khác nhau, kẻo gradient của mọi thành phần giống hệt nhau.
        generator = torch.Generator().manual_seed(0)
        self.means = nn.Parameter(torch.randn(components, dim, generator=generator))
        self.raw_scales = nn.Parameter(torch.zeros(components, dim, dim))

    @property
    def weights(self) -> Tensor:
        """Trọng số π (K,), dương, tổng bằng 1."""
        return self.logits.softmax(0)

    @property
    def covariances(self) -> Tensor:
        """Các hiệp phương sai Σ (K, D, D)."""
        scales = lower_triangular(self.raw_scales)
        return scales @ scales.mT

    def log_joint(self, x: Tensor) -> Tensor:
        """log π_k + log N(x; μ_k, Σ_k), nat: (n, D) -> (n, K)."""
        self.check(x)
        scales = lower_triangular(self.raw_scales)
        return self.logits.log_softmax(0) + log_normals(x, self.means, scales)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p_θ(x) chính xác, nat: (n, D) -> (n,). Sách: (eq-mixture)"""
        return torch.logsumexp(self.log_joint(x), 1)

    def responsibilities(self, x: Tensor) -> Tensor:
        """Trách nhiệm r_k(x) = p(k | x): (n, D) -> (n, K), mỗi hàng có tổng 1. Sách: (eq-em)"""
        return self.log_joint(x).softmax(1)

    @torch.no_grad()
    def sample(self, n: int, seed: int | torch.Generator | None = None) -> Tensor:
        """n mẫu (n, D): bốc k ~ π, rồi x = μ_k + L_k ε."""
        check_count(n)
        generator = None if seed is None else as_generator(seed)
        weights = self.weights.cpu()
        k = torch.multinomial(weights, n, replacement=True, generator=generator)
        k = k.to(self.means.device)
        epsilon = noise((n, *self.event_shape), generator, self.means)
        scales = lower_triangular(self.raw_scales)
        return self.means[k] + (scales[k] @ epsilon.unsqueeze(-1)).squeeze(-1)

    @torch.no_grad()
    def fit_em(
        self,
        x: Tensor,
        steps: int = 100,
        *,
        ridge: float = 0.0,
        tol: float = 0.0,
        seed: int | torch.Generator = 0,
        restart: bool = True,
    ) -> list[float]:
        """Học bằng EM trên x (n, D); trả log hợp lý trung bình (nat) trước mỗi bước và sau cùng.

        Tham số
        -------
        ridge : cộng ridge·I vào mỗi hiệp phương sai, để không thành phần nào suy biến; với
            ridge > 0, log hợp lý không còn được bảo đảm không giảm
        tol : dừng khi một bước thêm được ít hơn `tol` nat mỗi điểm
        restart : khởi tạo lại từ dữ liệu với hạt giống `seed`; False thì đi tiếp từ tham số
            hiện có

        Tính bằng float64 trên CPU rồi chép về kiểu số và thiết bị của mô hình.

        Lỗi
        ---
        InputError : ít điểm hơn thành phần, hoặc một thành phần suy biến.

        Sách: (eq-em)
        """
        self.check(x, "x")
        if steps < 1:
            raise InputError(f"steps = {steps}; cần ít nhất một bước EM.")
        if ridge < 0:
            raise InputError(f"ridge = {ridge:g}; phần cộng vào hiệp phương sai phải không âm.")
        if len(x) < self.components:
            raise InputError(
                f"Có {len(x)} điểm cho {self.components} thành phần; hãy đưa thêm dữ liệu "
                f"hoặc giảm số thành phần."
            )
        points = x.detach().cpu().double()
        if restart:
            state = initialize(points, self.components, as_generator(seed), ridge)
        else:
            own = (self.weights, self.means, self.covariances)
            state = tuple(p.detach().cpu().double() for p in own)
        history = []
        for _ in range(steps):
            responsibilities, log_likelihood = e_step(points, *state)
            history.append(log_likelihood)
            if len(history) > 1 and history[-1] - history[-2] < tol:
                break
            state = m_step(points, responsibilities, ridge)
        else:
            history.append(e_step(points, *state)[1])
        weights, means, covariances = state
        self.logits.copy_(weights.log())
        self.means.copy_(means)
        self.raw_scales.copy_(raw_cholesky(covariances))
        return history


class KernelDensity(DensityModel):
    """Ước lượng mật độ nhân: đặt một Gauss đẳng hướng cỡ h lên mỗi điểm dữ liệu.

        p(x) = (1/N) Σ_n N(x; x_n, h² I)

    Đó là một hỗn hợp Gauss có N thành phần, không học gì ngoài `bandwidth` h. Khi h → 0, mô
    hình thành một người chép lại dữ liệu: log hợp lý huấn luyện ra vô cùng.

    Sách: (eq-mixture); Parzen (1962)

    Tham số
    -------
    points : (N, D), dữ liệu được giữ lại
    bandwidth : h, đơn vị của dữ liệu; mặc định theo Scott: N^(−1/(D+4)) nhân độ lệch chuẩn
        trung bình của các tọa độ
    """

    def __init__(self, points: Tensor, bandwidth: float | None = None):
        super().__init__()
        if not isinstance(points, Tensor) or points.ndim != 2:
            raise InputError("`points` phải là tensor (N, D): mỗi hàng một điểm dữ liệu.")
        self.event_shape = (points.shape[1],)
        self.check(points, "points")
        if bandwidth is None:
            spread = points.var(0, correction=0).mean().sqrt().item()
            bandwidth = spread * len(points) ** (-1 / (points.shape[1] + 4))
        if not (bandwidth > 0 and math.isfinite(bandwidth)):
            raise InputError(
                f"Bề rộng nhân là {bandwidth:g}; cần một số dương. Bề rộng 0 nghĩa là chép lại "
                f"dữ liệu, và khi ấy không có mật độ."
            )
        self.register_buffer("points", points.detach().clone())
        self.log_bandwidth = nn.Parameter(torch.tensor(math.log(bandwidth), dtype=points.dtype))
        self.to(points.device)

    def log_prob(self, x: Tensor) -> Tensor:
        self.check(x)
        parts = [self._log_kernels(chunk).logsumexp(1) for chunk in x.split(2048)]
        return torch.cat(parts) - math.log(len(self.points))

    def leave_one_out(self) -> Tensor:
        """log mật độ của từng điểm đã giữ, theo ước lượng dựng từ N − 1 điểm còn lại: (N,)."""
        if len(self.points) < 2:
            raise InputError("Bỏ một điểm ra thì không còn điểm nào; cần ít nhất hai điểm.")
        log_kernels = self._log_kernels(self.points)
        log_kernels.fill_diagonal_(-math.inf)
        return log_kernels.logsumexp(1) - math.log(len(self.points) - 1)

    @torch.no_grad()
    def sample(self, n: int, seed: int | torch.Generator | None = None) -> Tensor:
        """n mẫu (n, D): bốc một điểm dữ liệu rồi cộng nhiễu h·ε."""
        check_count(n)
        generator = None if seed is None else as_generator(seed)
        index = torch.randint(len(self.points), (n,), generator=generator)
        shift = noise((n, *self.event_shape), generator, self.points)
        return self.points[index.to(self.points.device)] + self.log_bandwidth.exp() * shift

    def _log_kernels(self, x: Tensor) -> Tensor:
        """log N(x; x_n, h² I): (n, D) -> (n, N)."""
        square = torch.cdist(x, self.points, compute_mode="donot_use_mm_for_euclid_dist") ** 2
        log_volume = self.event_shape[0] * (self.log_bandwidth + 0.5 * math.log(2 * math.pi))
        return -0.5 * square * torch.exp(-2 * self.log_bandwidth) - log_volume


def check_positive(**sizes: int) -> None:
    """Số chiều, số thành phần phải là số nguyên dương."""
    for name, value in sizes.items():
        if not isinstance(value, int) or value < 1:
            raise InputError(f"`{name}` = {value!r}; cần một số nguyên dương.")


def lower_triangular(raw: Tensor) -> Tensor:
    """Ma trận bất kỳ thành tam giác dưới có đường chéo dương: (..., D, D)."""
    return raw.tril(-1) + torch.diag_embed(raw.diagonal(dim1=-2, dim2=-1).exp())


def raw_cholesky(covariance: Tensor) -> Tensor:
    """Ma trận `raw` sao cho `lower_triangular(raw)` là thừa số Cholesky của `covariance`."""
    scale = torch.linalg.cholesky(covariance)
    return scale.tril(-1) + torch.diag_embed(scale.diagonal(dim1=-2, dim2=-1).log())


def noise(shape: tuple[int, ...], seed: int | torch.Generator | None, like: Tensor) -> Tensor:
    """Nhiễu N(0, I) sinh trên CPU, để một hạt giống cho cùng mẫu trên mọi thiết bị."""
    generator = None if seed is None else as_generator(seed)
    return torch.randn(shape, generator=generator, dtype=like.dtype).to(like.device)
