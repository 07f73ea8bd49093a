"""Phương trình vi phân ngẫu nhiên tuyến tính biến dữ liệu thành nhiễu, và cầu nối sang khớp luồng.

    dx = f(s)·x ds + g(s) dw,   s từ 0 (dữ liệu) tới 1 (nhiễu)

Trôi tuyến tính thì x_s | x_0 là Gauss: x_s = a(s)·x_0 + σ(s)·ε. Cặp (a, σ) quyết định f và g, và
ngược lại: a′ = f·a, (σ²)′ = 2f·σ² + g². Mọi thứ khác của chương chỉ cần cặp ấy.

Nguồn: Song et al. (2021), «Score-Based Generative Modeling through Stochastic Differential
Equations».
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..errors import InputError

Time = Tensor | float


def as_time(s: Time) -> Tensor:
    """Thời gian thành tensor: số thành tensor 0 chiều float64, nên không đổi kiểu số của x."""
    if isinstance(s, Tensor):
        return s
    return torch.tensor(float(s), dtype=torch.float64, device="cpu")


def column(value: Tensor, x: Tensor) -> Tensor:
    """Một giá trị chung (), hay mỗi điểm một giá trị (n,), sẵn sàng nhân với x (n, ...)."""
    return value.reshape(-1, *[1] * (x.ndim - 1)) if value.ndim else value


class SDE:
    """Phần chung: `marginal` và `rate`, `diffusion` do lớp con cho; s là một số hay (n,).

    Sách: (eq-forward-sde), (eq-path-sde)
    """

    def marginal(self, s: Time) -> tuple[Tensor, Tensor]:
        """a(s), σ(s) của x_s = a·x_0 + σ·ε, cùng hình dạng với s."""
        raise NotImplementedError

    def rate(self, s: Time) -> Tensor:
        """f(s) của hệ số trôi f(s)·x; cũng là (ln a)′."""
        raise NotImplementedError

    def diffusion(self, s: Time) -> Tensor:
        """g(s): hệ số khuếch tán, đơn vị của x trên căn bậc hai đơn vị của s."""
        raise NotImplementedError

    def time_at(self, log_ratio: Tensor) -> Tensor:
        """s mà ln(σ²/a²) = `log_ratio`: hàm ngược của −ln SNR."""
        raise NotImplementedError

    def drift(self, s: Time, x: Tensor) -> Tensor:
        """f(s)·x, cùng hình dạng với x (n, ...). Sách: (eq-forward-sde)"""
        return column(self.rate(s), x) * x

    def log_ratio(self, s: Time) -> Tensor:
        """λ(s) = ln(σ²/a²) = −ln SNR; tăng theo s, với λ′ = g²/σ²."""
        a, sigma = self.marginal(s)
        return 2 * (sigma.log() - a.log())

    def angle(self, s: Time) -> Tensor:
        """θ(s) = arctan(σ/a) ∈ [0, π/2]: x_s/√(a² + σ²) = cos θ·x_0 + sin θ·ε."""
        a, sigma = self.marginal(s)
        return torch.atan2(sigma, a)

    def radius(self, s: Time) -> Tensor:
        """r(s) = √(a² + σ²): độ lệch chuẩn của x_s khi dữ liệu có phương sai 1."""
        return torch.hypot(*self.marginal(s))

    def stretch(self, s: Time) -> Tensor:
        """r′/r = f + g²/(2r²): tốc độ phình của đám đông, trong đơn vị 1/s."""
        return self.rate(s) + self.diffusion(s).square() / (2 * self.radius(s).square())

    @property
    def prior_scale(self) -> float:
        """r(1): điểm xuất phát của chiều ngược là N(0, r(1)²·I)."""
        return float(self.radius(1.0))

    def diffuse(self, x0: Tensor, s: Time, eps: Tensor) -> Tensor:
        """x_s = a(s)·x_0 + σ(s)·ε, nhảy thẳng một bước từ dữ liệu tới s."""
        a, sigma = self.marginal(s)
        return column(a, x0) * x0 + column(sigma, x0) * eps

    def path(self, t: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """a, b, a′, b′ theo thời gian luồng t = 1 − s, đúng dạng `FlowMatching(path=...)` đòi.

        Khớp luồng trên đường này học trường của (eq-probability-flow). Sách: (eq-score-velocity)
        """
        s = 1 - t
        a, sigma = self.marginal(s)
        f, g = self.rate(s), self.diffusion(s)
        return a, sigma, -f * a, -(f * sigma + g.square() / (2 * sigma))


class VP(SDE):
    """Giữ phương sai (*variance preserving*): f = −β/2, g = √β, β(s) tuyến tính, a² + σ² = 1.

    Giới hạn của DDPM khi số bước tăng vô hạn; mặc định của Song et al. (2021).
    Sách: (eq-vp-sde)
    """

    def __init__(self, beta_min: float = 0.1, beta_max: float = 20.0):
        if not 0 < beta_min <= beta_max < math.inf:
            raise InputError(
                f"beta_min = {beta_min}, beta_max = {beta_max}: cần 0 < beta_min ≤ beta_max, "
                f"ví dụ VP(0.1, 20.0)."
            )
        self.beta_min, self.beta_max = beta_min, beta_max

    def beta(self, s: Time) -> Tensor:
        """β(s): tốc độ quên, đi thẳng từ beta_min tới beta_max."""
        return self.beta_min + as_time(s) * (self.beta_max - self.beta_min)

    def total(self, s: Time) -> Tensor:
        """∫₀ˢ β."""
        s = as_time(s)
        return s * (self.beta_min + s * (self.beta_max - self.beta_min) / 2)

    def marginal(self, s: Time) -> tuple[Tensor, Tensor]:
        total = self.total(s)
        return (-total / 2).exp(), (-torch.expm1(-total)).sqrt()

    def rate(self, s: Time) -> Tensor:
        return -self.beta(s) / 2

    def diffusion(self, s: Time) -> Tensor:
        return self.beta(s).sqrt()

    # Đúng từng bit, để trường của ODE không mang nhiễu làm tròn của 1 − 1.
    def radius(self, s: Time) -> Tensor:
        return torch.ones_like(as_time(s))

    def stretch(self, s: Time) -> Tensor:
        return torch.zeros_like(as_time(s))

    def time_at(self, log_ratio: Tensor) -> Tensor:
        # σ²/a² = e^∫β − 1, rồi nghiệm dương của (Δ/2)s² + β_min·s = ∫β, viết sao cho không trừ
        # hai số gần nhau.
        total = torch.nn.functional.softplus(log_ratio)
        spread = self.beta_max - self.beta_min
        return 2 * total / (self.beta_min + (self.beta_min**2 + 2 * spread * total).sqrt())


class VE(SDE):
    """Phương sai nổ (*variance exploding*): f = 0, a = 1, σ(s) = σ_min·(σ_max/σ_min)ˢ.

    Không trôi, chỉ thêm nhiễu. Lúc s = 0 đã có nhiễu σ_min, nên «x_0» của quá trình là dữ liệu cộng
    nhiễu ấy. σ_max phải lớn hơn hẳn bề rộng của dữ liệu, nếu không x_1 còn nhớ x_0.
    Sách: (eq-ve-sde)
    """

    def __init__(self, sigma_min: float = 0.01, sigma_max: float = 50.0):
        if not 0 < sigma_min < sigma_max < math.inf:
            raise InputError(
                f"sigma_min = {sigma_min}, sigma_max = {sigma_max}: cần 0 < sigma_min < sigma_max, "
                f"ví dụ VE(0.01, 50.0)."
            )
        self.sigma_min, self.sigma_max = sigma_min, sigma_max

    @property
    def growth(self) -> float:
        """ln(σ_max/σ_min): độ dốc của ln σ theo s."""
        return math.log(self.sigma_max / self.sigma_min)

    def marginal(self, s: Time) -> tuple[Tensor, Tensor]:
        s = as_time(s)
        return torch.ones_like(s), self.sigma_min * (s * self.growth).exp()

    def rate(self, s: Time) -> Tensor:
        return torch.zeros_like(as_time(s))

    def diffusion(self, s: Time) -> Tensor:
        return self.marginal(s)[1] * math.sqrt(2 * self.growth)

    def time_at(self, log_ratio: Tensor) -> Tensor:
        return (log_ratio / 2 - math.log(self.sigma_min)) / self.growth


SDES: dict[str, Callable[[], SDE]] = {"vp": VP, "ve": VE}


def choose_sde(sde: "str | SDE") -> SDE:
    """SDE có tên trong bảng, hay chính SDE được đưa vào."""
    if isinstance(sde, SDE):
        return sde
    if sde not in SDES:
        raise InputError(
            f"Không có SDE tên {sde!r}; hãy chọn {', '.join(SDES)}, hoặc đưa vào một SDE, "
            f"ví dụ VP(beta_max=10.0)."
        )
    return SDES[sde]()


# --- Cầu nối: hàm điểm số và trường vận tốc là hai cách viết của một thứ --------------------------
# Trên đường x = a·x₁ + b·x₀ (x₁ dữ liệu, x₀ nhiễu chuẩn, a′ và b′ theo thời gian luồng t).


def score_to_velocity(
    score: Tensor, x: Tensor, a: Tensor, b: Tensor, slope_a: Tensor, slope_b: Tensor
) -> Tensor:
    """u = (a′/a)·x + b·(a′b/a − b′)·∇log p_t; cần a > 0, tức t > 0.

    Sách: (eq-velocity-score), (eq-score-velocity)
    """
    ratio = slope_a / a
    return ratio * x + b * (ratio * b - slope_b) * score


def velocity_to_score(
    velocity: Tensor, x: Tensor, a: Tensor, b: Tensor, slope_a: Tensor, slope_b: Tensor
) -> Tensor:
    """∇log p_t = (a·u − a′·x) / (b·(a′b − a·b′)); cần b > 0, tức t < 1, nhưng t = 0 thì được.

    Sách: (eq-score-velocity)
    """
    return (a * velocity - slope_a * x) / (b * (slope_a * b - a * slope_b))
