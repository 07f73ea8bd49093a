"""Âm thanh tổng hợp cho WaveNet: bộ cộng hưởng bị nhiễu thổi liên tục, nghe như gió qua ống sáo.

Mỗi mẫu là tổ hợp tuyến tính của các mẫu trước cộng nhiễu Gauss: một quá trình tự hồi quy bậc p,

    s_t = φ_1 s_{t−1} + ... + φ_p s_{t−p} + σ ε_t,      ε_t ~ N(0, 1)

nên entropy mỗi bước biết chính xác, ½ ln 2πeσ². Chia biên độ thành `levels` khoảng thì có tín hiệu
rời rạc cho WaveNet, và một cận dưới mà không mô hình nào vượt qua.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ..errors import InputError
from .toy import as_generator


def mu_law(x: Tensor, levels: int = 256) -> Tensor:
    """Nén theo luật μ rồi làm tròn: biên độ [−1, 1] -> số nguyên 0..levels−1.

    Tai nghe biên độ gần theo thang log, nên chỗ nhỏ được chia mịn hơn chỗ lớn. μ = levels − 1.
    Nguồn: ITU-T G.711; WaveNet, van den Oord et al. (2016c)
    """
    mu = levels - 1
    compressed = x.clamp(-1, 1).sign() * torch.log1p(mu * x.clamp(-1, 1).abs()) / math.log1p(mu)
    return ((compressed + 1) / 2 * mu).round().long()


def inverse_mu_law(y: Tensor, levels: int = 256) -> Tensor:
    """Số nguyên 0..levels−1 -> biên độ trong [−1, 1]; ngược của `mu_law`, sai số một nửa bậc."""
    mu = levels - 1
    compressed = 2 * y / mu - 1
    return compressed.sign() * torch.expm1(compressed.abs() * math.log1p(mu)) / mu


class Resonators:
    """Quá trình tự hồi quy Gauss dừng, gồm các bộ cộng hưởng ở `frequencies` (Hz).

    Mỗi tần số f là một cặp cực r e^{±iω}, ω = 2πf / `rate`; r gần 1 thì âm ngân lâu. Phương sai của
    tín hiệu được chuẩn về 1; `sigma` là độ lệch chuẩn của phần không đoán được ở mỗi bước.

    Tham số
    -------
    frequencies : các tần số, Hz; mỗi tần số thêm hai bậc
    decay : r, trong (0, 1)
    rate : số mẫu mỗi giây
    levels : số mức khi chia biên độ; các mức chia đều [−`clip`, `clip`], hai mức ngoài gom phần dư

    Có `coefficients` φ (p,), `sigma`, `entropy_rate` (nat mỗi bước, tín hiệu liên tục),
    `level_rate` (nat mỗi bước, cận dưới chính xác của tín hiệu rời rạc), `filtered_rate` (nat mỗi
    bước, gần đúng số mà mô hình tốt nhất chỉ thấy các mức đạt được), `edges` (levels − 1,).
    """

    def __init__(
        self,
        frequencies: Sequence[float] = (880.0,),
        decay: float = 0.95,
        rate: int = 8000,
        levels: int = 32,
        clip: float = 3.0,
    ):
        if not frequencies or any(not 0 < f < rate / 2 for f in frequencies):
            raise InputError(
                f"frequencies = {tuple(frequencies)}; mỗi tần số phải dương và dưới nửa số mẫu "
                f"mỗi giây, ở đây là {rate / 2:g} Hz."
            )
        if not 0 < decay < 1:
            raise InputError(f"decay = {decay}; cần một số trong (0, 1), gần 1 thì ngân lâu.")
        if not isinstance(levels, int) or levels < 2:
            raise InputError(f"levels = {levels!r}; cần ít nhất 2 mức.")
        self.frequencies, self.decay, self.rate = tuple(frequencies), decay, rate
        self.levels, self.clip = levels, clip
        # Π_f (1 − 2r cos ω B + r² B²) = 1 − Σ φ_k B^k, với B là phép lùi một bước.
        polynomial = torch.ones(1, dtype=torch.float64)
        for f in frequencies:
            pair = [1.0, -2 * decay * math.cos(2 * math.pi * f / rate), decay**2]
            polynomial = convolve(polynomial, torch.tensor(pair, dtype=torch.float64))
        self.coefficients = -polynomial[1:]
        covariance = stationary_covariance(self.coefficients)
        self.sigma = float(covariance[0, 0] ** -0.5)  # để phương sai của tín hiệu bằng 1
        self.covariance = covariance * self.sigma**2
        step = 2 * clip / levels
        self.edges = -clip + step * torch.arange(1, levels, dtype=torch.float64)

    @property
    def order(self) -> int:
        """Bậc p: số mẫu quá khứ quyết định mẫu kế tiếp."""
        return len(self.coefficients)

    @property
    def entropy_rate(self) -> float:
        """½ ln 2πeσ², nat mỗi bước, của tín hiệu chưa chia mức."""
        return 0.5 * math.log(2 * math.pi * math.e * self.sigma**2)

    @property
    def level_rate(self) -> float:
        """E[H(mức kế tiếp | toàn bộ quá khứ chưa chia mức)], nat mỗi bước.

        Mô hình chỉ thấy các mức, tức thấy ít hơn, nên đối log hợp lý của nó không thể nhỏ hơn số
        này. Khi mức đủ mịn, số này gần bằng ½ ln 2πeσ² − ln(bề rộng một mức).
        """
        spread = math.sqrt(1 - self.sigma**2)  # độ lệch chuẩn của phần đoán được
        m = torch.linspace(-8, 8, 20_001, dtype=torch.float64)
        weight = torch.exp(-0.5 * m**2)
        cdf = torch.special.ndtr((self.edges - spread * m[:, None]) / self.sigma)
        ends = torch.tensor([0.0, 1.0], dtype=torch.float64).expand(len(m), 2)
        p = torch.cat([ends[:, :1], cdf, ends[:, 1:]], 1).diff(dim=1).clamp_min(0)
        entropy = -torch.xlogy(p, p).sum(1)
        return float((weight * entropy).sum() / weight.sum())

    @property
    def filtered_rate(self) -> float:
        """Gần đúng của đối log hợp lý tốt nhất khi chỉ thấy các mức, nat mỗi bước.

        Coi việc làm tròn như cộng nhiễu trắng có phương sai Δ²/12; bộ lọc Kalman cho phương sai
        đoán tốt nhất v, và con số là ½ ln 2πe(v + Δ²/12) − ln Δ, với Δ là bề rộng một mức.
        """
        step = 2 * self.clip / self.levels
        rounding = step**2 / 12
        a, v = companion(self.coefficients), self.covariance.clone()
        for _ in range(2000):
            gain = v[:, 0] / (v[0, 0] + rounding)
            v = a @ (v - torch.outer(gain, v[0])) @ a.T
            v[0, 0] += self.sigma**2
        total = float(v[0, 0]) + rounding
        return 0.5 * math.log(2 * math.pi * math.e * total) - math.log(step)

    def sample(self, n: int, length: int, seed: int | torch.Generator = 0) -> Tensor:
        """n đoạn tín hiệu dừng dài `length`: (n, length), float64, phương sai 1."""
        generator, p = as_generator(seed), self.order
        root = torch.linalg.cholesky(self.covariance)
        noise = torch.randn(n, p + length, generator=generator, dtype=torch.float64)
        s = torch.empty(n, p + length, dtype=torch.float64)
        s[:, :p] = noise[:, :p] @ root.T  # trạng thái dừng
        backwards = self.coefficients.flip(0)
        for t in range(p, p + length):
            s[:, t] = s[:, t - p : t] @ backwards + self.sigma * noise[:, t]
        return s[:, p:]

    def quantize(self, s: Tensor) -> Tensor:
        """Biên độ -> mức 0..levels−1."""
        return torch.bucketize(s.double().contiguous(), self.edges, right=True)

    def dequantize(self, x: Tensor) -> Tensor:
        """Mức -> biên độ ở giữa khoảng, để nghe."""
        step = 2 * self.clip / self.levels
        return -self.clip + step * (x.double() + 0.5)


def convolve(a: Tensor, b: Tensor) -> Tensor:
    """Tích của hai đa thức."""
    product = torch.zeros(len(a) + len(b) - 1, dtype=a.dtype)
    for i, value in enumerate(a):
        product[i : i + len(b)] += value * b
    return product


def companion(coefficients: Tensor) -> Tensor:
    """Ma trận A (p, p): trạng thái (s_t, ..., s_{t−p+1}) sau một bước, chưa kể nhiễu."""
    p = len(coefficients)
    a = torch.zeros(p, p, dtype=coefficients.dtype)
    a[0], a[1:, :-1] = coefficients, torch.eye(p - 1, dtype=a.dtype)
    return a


def stationary_covariance(coefficients: Tensor) -> Tensor:
    """Hiệp phương sai (p, p) của p mẫu liền nhau khi σ = 1: nghiệm của C = A C Aᵀ + e₁e₁ᵀ."""
    p, a = len(coefficients), companion(coefficients)
    noise = torch.zeros(p * p, dtype=a.dtype)
    noise[0] = 1.0
    system = torch.eye(p * p, dtype=a.dtype) - torch.kron(a, a)
    return torch.linalg.solve(system, noise).view(p, p)
