"""Những công thức của lý thuyết mạng đối sinh, tính được đến đáp số.

Giá trị của trò chơi và phân kỳ Jensen–Shannon bằng cầu phương; khoảng cách Wasserstein của hai mẫu
một chiều; Dirac-GAN, trò chơi nhỏ nhất còn giữ mọi rắc rối của một GAN thật.

Nguồn: Goodfellow et al. (2014); Arjovsky et al. (2017); Mescheder et al. (2018).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .errors import InputError


def game_value(logit: Tensor, log_p: Tensor, log_q: Tensor, cell: float) -> Tensor:
    """V(D, G) = E_p log D + E_q log(1 − D) bằng cầu phương trên một lưới đều, ô thể tích `cell`.

    `logit`, `log_p`, `log_q` là giá trị trên lưới. Sách: (eq-gan-game)
    """
    return mean(F.logsigmoid(logit), log_p, cell) + mean(F.logsigmoid(-logit), log_q, cell)


def jensen_shannon(log_p: Tensor, log_q: Tensor, cell: float) -> Tensor:
    """JSD(p, q) = ½KL(p‖m) + ½KL(q‖m), m = (p + q)/2, bằng cầu phương; từ 0 đến ln 2 (nat).

    Sách: (eq-gan-jsd)
    """
    log_m = torch.logaddexp(log_p, log_q) - math.log(2)
    return 0.5 * (mean(log_p - log_m, log_p, cell) + mean(log_q - log_m, log_q, cell))


def mean(values: Tensor, log_density: Tensor, cell: float) -> Tensor:
    """E[values] theo mật độ đã cho, bằng cầu phương; chỗ mật độ bằng 0 không góp gì (0·∞ = 0)."""
    density = log_density.exp()
    return torch.where(density > 0, density * values, 0.0).sum() * cell


def dirac_gan(
    start: tuple[float, float],
    steps: int,
    step_size: float,
    penalty: float = 0.0,
    alternating: bool = False,
    loss: str = "saturating",
) -> Tensor:
    """Quỹ đạo (θ, ω) của Dirac-GAN: dữ liệu là điểm 0, mẫu là điểm θ, bộ phân biệt r(x) = ωx.

    Bộ phân biệt: ω ← ω − h·(θ·σ(ωθ) + γω), γ là hệ số R1. Bộ sinh: θ ← θ + h·ω·σ(ωθ) với mất mát
    bão hòa (trò chơi tổng không), θ ← θ + h·ω·σ(−ωθ) với mất mát không bão hòa.
    `alternating` : bộ phân biệt đi trước, bộ sinh dùng ω mới; ngược lại hai bên đi cùng lúc.
    Trả về (steps + 1, 2), float64. Sách: (eq-dirac-step)
    """
    if not (step_size > 0 and penalty >= 0 and steps >= 1):
        raise InputError(
            f"step_size = {step_size}, penalty = {penalty}, steps = {steps}: cần step_size > 0, "
            f"penalty ≥ 0 và steps ≥ 1."
        )
    if loss not in ("saturating", "non_saturating"):
        raise InputError(f"loss = {loss!r}; cần 'saturating' hoặc 'non_saturating'.")
    sign = 1 if loss == "saturating" else -1
    (theta, omega), path = start, [start]
    for _ in range(steps):
        new_omega = omega - step_size * (theta * sigmoid(omega * theta) + penalty * omega)
        used = new_omega if alternating else omega
        theta, omega = theta + step_size * used * sigmoid(sign * used * theta), new_omega
        path.append((theta, omega))
    return torch.tensor(path, dtype=torch.float64)


def dirac_step_matrix(step_size: float, penalty: float = 0.0, alternating: bool = False) -> Tensor:
    """Ma trận Jacobi (2, 2) của một bước Dirac-GAN tại cân bằng (0, 0), float64.

    Bán kính phổ (môđun lớn nhất của trị riêng) nhỏ hơn 1 thì gần cân bằng mỗi bước co lại, lớn
    hơn 1 thì bật ra. Sách: (eq-dirac-step)
    """
    h, slope = step_size, 0.5  # σ(0) = ½
    critic = [-h * slope, 1 - h * penalty]
    if not alternating:
        return torch.tensor([[1, h * slope], critic], dtype=torch.float64)
    generator = [1 + h * slope * critic[0], h * slope * critic[1]]
    return torch.tensor([generator, critic], dtype=torch.float64)


def wasserstein_1d(x: Tensor, y: Tensor) -> Tensor:
    """W₁ của hai mẫu một chiều cùng cỡ n: ghép điểm thứ i của mẫu này với điểm thứ i của mẫu kia.

    Trên trục số, phép ghép theo thứ tự là kế hoạch vận chuyển tốt nhất. Sách: (eq-wasserstein)
    """
    if x.ndim != 1 or x.shape != y.shape:
        raise InputError(
            f"x có hình dạng {tuple(x.shape)}, y có hình dạng {tuple(y.shape)}; cần hai mẫu một "
            f"chiều cùng cỡ, (n,) và (n,)."
        )
    return (x.sort().values - y.sort().values).abs().mean()


def sigmoid(v: float) -> float:
    """σ(v), không tràn với |v| lớn."""
    return 0.5 * (1 + math.tanh(0.5 * v))
