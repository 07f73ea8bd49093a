"""Lịch nhiễu: ở mỗi bước, bao nhiêu tín hiệu còn lại và bao nhiêu nhiễu đã vào.

Bước k = 0…T, k = 0 là dữ liệu, k = T là nhiễu. Mỗi bước x_k = √α_k x_{k−1} + √β_k ε, với
α_k = 1 − β_k; gộp k bước lại, x_k = a_k x_0 + σ_k ε với a_k = √ᾱ_k, σ_k = √(1 − ᾱ_k), ᾱ_k = ∏α.

Nguồn: Ho et al. (2020), mục 2; Nichol & Dhariwal (2021), mục 3.2 (lịch cosin).
"""

import math

import torch
from torch import Tensor

from ..errors import InputError

MAX_BETA = 0.999  # β_k = 1 xóa sạch x_{k−1}: không bước ngược nào còn nghĩa


class NoiseSchedule:
    """Các bảng số của một lịch nhiễu T bước, float64 trên CPU; mọi bảng có T + 1 giá trị.

    Chỉ số của bảng là bước k: `beta[k]` là β_k, và `beta[0]` = 0, `alpha_bar[0]` = 1 vì ở k = 0
    chưa có nhiễu nào. `at` lấy một bảng ra theo kiểu số và thiết bị của dữ liệu.

    Bảng
    ----
    beta, alpha, alpha_bar : β_k, α_k = 1 − β_k, ᾱ_k = α_1⋯α_k
    a, sigma : √ᾱ_k và √(1 − ᾱ_k), hệ số của tín hiệu và của nhiễu
    snr : ᾱ_k/(1 − ᾱ_k), tỉ số tín hiệu trên nhiễu; vô cực ở k = 0
    posterior_variance : β̃_k = (1 − ᾱ_{k−1})/(1 − ᾱ_k)·β_k; bằng 0 ở k = 1

    Sách: (eq-ddpm-step), (eq-ddpm-closed-form), (eq-snr), (eq-ddpm-posterior)
    """

    def __init__(self, betas: Tensor):
        betas = torch.as_tensor(betas, dtype=torch.float64, device="cpu").detach()
        if betas.ndim != 1 or len(betas) < 1 or not ((betas > 0) & (betas < 1)).all():
            raise InputError(
                "Lịch nhiễu cần một dãy β_1, …, β_T, mỗi số trong khoảng (0, 1); ở đây có dãy hình "
                f"dạng {tuple(betas.shape)}. Ví dụ: torch.linspace(1e-4, 0.02, 1000)."
            )
        self.beta = torch.cat([betas.new_zeros(1), betas])
        self.alpha = 1 - self.beta
        # 1 − ᾱ cộng dồn bằng expm1, log1p: đúng cả khi β rất nhỏ.
        log_alpha_bar = torch.log1p(-self.beta).cumsum(0)
        self.alpha_bar = log_alpha_bar.exp()
        noise = 0 - torch.expm1(log_alpha_bar)  # không phải −0: SNR ở k = 0 là +∞
        self.a, self.sigma = self.alpha_bar.sqrt(), noise.sqrt()
        self.snr = self.alpha_bar / noise
        before = torch.cat([noise[:1], noise[:-1]])
        self.posterior_variance = torch.where(noise > 0, before * self.beta / noise, 0.0)
        self.ready: dict[tuple, Tensor] = {}

    @property
    def steps(self) -> int:
        """Số bước T."""
        return len(self.beta) - 1

    def at(self, table: str, k: Tensor | int, like: Tensor) -> Tensor:
        """Giá trị của bảng ở bước k, phát tán được theo `like` (n, ...): k là một số hay (n,).

        k là một số thì phải ở trong 0…T; `posterior_mean` cần k ≥ 1.
        """
        key = table, like.dtype, like.device  # mỗi bảng chỉ đổi kiểu và chép sang thiết bị một lần
        if key not in self.ready:
            with torch.inference_mode(False):  # bảng để dành còn dùng khi huấn luyện
                self.ready[key] = getattr(self, table).to(like.dtype).to(like.device)
        values = self.ready[key]
        if isinstance(k, int):
            if not 0 <= k <= self.steps:
                raise InputError(f"k = {k}; lịch này có các bước từ 0 đến T = {self.steps}.")
            return values[k]
        return values[k].reshape(-1, *[1] * (like.ndim - 1))

    def step(self, x: Tensor, k: Tensor | int, eps: Tensor) -> Tensor:
        """x_k = √(1 − β_k) x_{k−1} + √β_k ε: một bước thêm nhiễu. Sách: (eq-ddpm-step)"""
        return self.at("alpha", k, x).sqrt() * x + self.at("beta", k, x).sqrt() * eps

    def diffuse(self, x0: Tensor, k: Tensor | int, eps: Tensor) -> Tensor:
        """x_k = √ᾱ_k x_0 + √(1 − ᾱ_k) ε: k bước gộp làm một. Sách: (eq-ddpm-closed-form)"""
        return self.at("a", k, x0) * x0 + self.at("sigma", k, x0) * eps

    def posterior_mean(self, x0: Tensor, xk: Tensor, k: Tensor | int) -> Tensor:
        """μ̃_k(x_k, x_0), trung bình của q(x_{k−1} | x_k, x_0); phương sai là β̃_k.

        Sách: (eq-ddpm-posterior); Ho et al. (2020), phương trình (7)
        """
        before = k - 1
        noise = self.at("sigma", k, xk).square()
        of_x0 = self.at("a", before, xk) * self.at("beta", k, xk) / noise
        of_xk = self.at("alpha", k, xk).sqrt() * self.at("sigma", before, xk).square() / noise
        return of_x0 * x0 + of_xk * xk

    def jump(self, j: int, k: int) -> "Jump":
        """Bước ngược dài, từ x_k về thẳng x_j, j < k; j = k − 1 là bước ngược thường."""
        return Jump(self, j, k)

    def terminal_kl(self, second_moment: float = 1.0) -> float:
        """KL(q(x_T | x_0) ‖ N(0, I)) trên mỗi chiều, nat, với E x_0² = `second_moment`.

        Không bao giờ bằng 0: x_T còn mang ᾱ_T của tín hiệu. Sách: (eq-snr), (eq-ddpm-elbo)
        """
        left = float(self.alpha_bar[-1])
        return 0.5 * (left * second_moment - left - math.log1p(-left))

    def timetable(self, steps: int | None = None) -> list[int]:
        """Các bước dừng T = τ_K > … > τ_0 = 0, rải đều; không nói gì thì dừng ở mọi bước."""
        total = self.steps
        steps = total if steps is None else steps
        if not isinstance(steps, int) or not 1 <= steps <= total:
            raise InputError(
                f"steps = {steps!r}; mô hình này có T = {total} bước, nên cần một số nguyên từ 1 "
                f"đến {total}."
            )
        return [round(total * i / steps) for i in range(steps, -1, -1)]


class Jump:
    """q(x_j | x_k, x_0) với j < k bất kỳ: như (eq-ddpm-posterior), với β thay bằng 1 − ᾱ_k/ᾱ_j.

    Thuộc tính
    ----------
    beta : 1 − ᾱ_k/ᾱ_j, phương sai của bước xuôi từ x_j thẳng tới x_k
    posterior_variance : (1 − ᾱ_j)/(1 − ᾱ_k)·beta
    """

    def __init__(self, schedule: NoiseSchedule, j: int, k: int):
        if not 0 <= j < k <= schedule.steps:
            raise InputError(f"j = {j}, k = {k}; cần 0 ≤ j < k ≤ T = {schedule.steps}.")
        signal, noise = schedule.a, schedule.sigma.square()
        self.ratio = float(signal[k] / signal[j])
        self.beta = float(-torch.expm1(torch.log1p(-schedule.beta[j + 1 : k + 1]).sum()))
        self.posterior_variance = float(noise[j] / noise[k]) * self.beta
        self.of_x0 = float(signal[j] / noise[k]) * self.beta
        self.of_xk = self.ratio * float(noise[j] / noise[k])

    def posterior_mean(self, x0: Tensor, xk: Tensor) -> Tensor:
        """Trung bình của q(x_j | x_k, x_0)."""
        return self.of_x0 * x0 + self.of_xk * xk


def linear_schedule(steps: int, start: float = 1e-4, end: float = 0.02) -> NoiseSchedule:
    """β tăng đều từ `start` đến `end`, hai số nói cho T = 1000; T khác thì nhân với 1000/T.

    Nhờ phép nhân ấy tổng của β không đổi, và ᾱ_T giữ gần nguyên: 4·10⁻⁵ ở T = 1000, 2·10⁻⁵ ở
    T = 100. Từ 20 bước trở xuống, β cuối chạm trần 0.999.
    Sách: (eq-linear-schedule); Ho et al. (2020)
    """
    check_steps(steps)
    if not 0 < start <= end:
        raise InputError(f"start = {start}, end = {end}; cần 0 < start ≤ end.")
    betas = torch.linspace(start, end, steps, dtype=torch.float64, device="cpu") * (1000 / steps)
    return NoiseSchedule(betas.clamp_max(MAX_BETA))


def cosine_schedule(steps: int, offset: float = 0.008) -> NoiseSchedule:
    """ᾱ(s) tỉ lệ với cos²(π/2·(s + c)/(1 + c)), s = k/T, c = `offset`; β không quá 0.999.

    Sách: (eq-cosine-schedule); Nichol & Dhariwal (2021), mục 3.2
    """
    check_steps(steps)
    if not offset >= 0:
        raise InputError(f"offset = {offset}; cần một số không âm, ví dụ 0.008.")
    s = torch.linspace(0, 1, steps + 1, dtype=torch.float64, device="cpu")
    f = torch.cos(math.pi / 2 * (s + offset) / (1 + offset)).square()
    return NoiseSchedule((1 - f[1:] / f[:-1]).clamp_max(MAX_BETA))


SCHEDULES = {"linear": linear_schedule, "cosine": cosine_schedule}


def get_schedule(schedule: str | NoiseSchedule, steps: int) -> NoiseSchedule:
    """Lịch có tên, với T = `steps`; hay chính lịch được đưa vào."""
    if isinstance(schedule, NoiseSchedule):
        return schedule
    if schedule not in SCHEDULES:
        raise InputError(
            f"Không có lịch nhiễu tên {schedule!r}; hãy chọn {', '.join(SCHEDULES)}, hoặc đưa vào "
            f"một NoiseSchedule."
        )
    return SCHEDULES[schedule](steps)


def check_steps(steps: int) -> None:
    """Số bước của một lịch phải là số nguyên dương."""
    if not isinstance(steps, int) or steps < 1:
        raise InputError(f"steps = {steps!r}; số bước T phải là một số nguyên dương.")
