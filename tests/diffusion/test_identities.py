"""Những đẳng thức của chương về hàm điểm số, thử trên hỗn hợp Gauss một chiều bằng cầu phương.

Cầu phương hình thang trên một hàm trơn, tắt nhanh ở hai đầu, đúng đến gần độ phân giải float64;
sai số còn lại là của sai phân trung tâm, bậc hai theo bước.
"""

import itertools
import math

import pytest
import torch

from course_utils.diffusion import VP, DiffusedMixture

GRID = torch.linspace(-14, 14, 20_001, dtype=torch.float64)
SDE = VP()
#: Hai cụm lệch nhau, một rộng một hẹp: không đối xứng để lỗi dấu lộ ra.
LAW = DiffusedMixture(
    torch.tensor([0.3, 0.7]),
    torch.tensor([[-1.5], [1.0]]),
    torch.tensor([[[0.4**2]], [[0.8**2]]]),
    SDE,
)
LEVEL = 0.25  # thời điểm nhiễu s: hai cụm đã nhòe mà chưa dính hẳn


def integral(values):
    return torch.trapezoid(values, GRID).item()


def log_density(s):
    return LAW.log_prob(s, GRID[:, None])


def score(s):
    return LAW.score(s, GRID[:, None])[:, 0]


def field(x):
    """Một trường trơn, bị chặn, và đạo hàm của nó."""
    return torch.sin(x) - 0.3 * x, torch.cos(x) - 0.3


@pytest.mark.equation("eq-stein")
def test_stein():
    p = log_density(LEVEL).exp()
    values, derivative = field(GRID)
    assert integral(p) == pytest.approx(1, abs=1e-12)
    assert integral(p * values * score(LEVEL)) == pytest.approx(
        -integral(p * derivative), abs=1e-10
    )


@pytest.mark.equation("eq-fisher-divergence")
@pytest.mark.equation("eq-implicit-score-matching")
def test_score_matching_without_the_score():
    """Hai vế của khớp điểm số ngầm; và phân kỳ Fisher bằng 0 đúng tại điểm số."""
    p = log_density(LEVEL).exp()
    values, derivative = field(GRID)
    fisher = integral(p * (values - score(LEVEL)) ** 2)
    implicit = integral(p * (values**2 + 2 * derivative)) + integral(p * score(LEVEL) ** 2)
    assert fisher == pytest.approx(implicit, abs=1e-10)
    # Tại chính điểm số: ∇·S bằng đạo hàm của nó, lấy bằng autograd.
    x = GRID[:, None].clone().requires_grad_()
    (slope,) = torch.autograd.grad(LAW.score(LEVEL, x).sum(), x)
    at_score = integral(p * (score(LEVEL) ** 2 + 2 * slope[:, 0]))
    assert at_score == pytest.approx(-integral(p * score(LEVEL) ** 2), abs=1e-10)


@pytest.mark.equation("eq-tweedie-covariance")
@pytest.mark.parametrize("x", [-1.2, 0.0, 0.9])
def test_curvature_of_the_density_is_the_doubt_about_the_data(x):
    """Phương sai hậu nghiệm của x₀ bằng cầu phương, so với độ cong của log p_s bằng autograd."""
    a, sigma = (value.item() for value in SDE.marginal(torch.tensor(LEVEL, dtype=torch.float64)))
    weight = LAW.log_prob(0.0, GRID[:, None]).exp() * torch.exp(
        -((x - a * GRID) ** 2) / (2 * sigma**2)
    )
    mean = integral(weight * GRID) / integral(weight)
    variance = integral(weight * (GRID - mean) ** 2) / integral(weight)
    point = torch.tensor([[x]], dtype=torch.float64, requires_grad=True)
    (curvature,) = torch.autograd.grad(LAW.score(LEVEL, point).sum(), point)
    assert variance == pytest.approx((sigma / a) ** 2 * (1 + sigma**2 * curvature.item()), rel=1e-9)
    assert mean == pytest.approx(LAW.denoised(LEVEL, point.detach()).item(), rel=1e-9)


@pytest.mark.equation("eq-free-energy")
@pytest.mark.equation("eq-free-energy-decay")
@pytest.mark.parametrize("s", [0.15, 0.4])
def test_free_energy_falls_as_fast_as_the_fisher_divergence_says(s):
    """VP là Langevin hướng về N(0, 1), đồng hồ chạy nhanh gấp ½β(s)."""

    def kl(s):
        log_q = log_density(s)
        return integral(log_q.exp() * (log_q + GRID**2 / 2 + math.log(2 * math.pi) / 2))

    log_q = log_density(s)
    q = log_q.exp()
    # U = x²/2, Z = √(2π): năng lượng trung bình trừ entropy.
    free_energy = integral(q * GRID**2 / 2) + integral(q * log_q)
    assert free_energy == pytest.approx(kl(s) - math.log(2 * math.pi) / 2, abs=1e-10)

    h = 1e-4
    clock = SDE.diffusion(torch.tensor(s, dtype=torch.float64)).item() ** 2 / 2
    slope = (kl(s + h) - kl(s - h)) / (2 * h) / clock
    # Sai phân trung tâm lệch cỡ h²·|đạo hàm bậc ba|/6; so hai bước cho biết cỡ ấy.
    coarse = (kl(s + 2 * h) - kl(s - 2 * h)) / (4 * h) / clock
    relative = (score(s) + GRID).square()
    assert slope == pytest.approx(-integral(q * relative), abs=2 * abs(slope - coarse) + 1e-8)


@pytest.mark.equation("eq-rho-ode")
def test_in_the_right_clock_the_flow_moves_at_the_speed_of_the_noise():
    """Dữ liệu N(0, c²): nghiệm ODE là x(s) = z·√(a²c² + σ²), nên y = x/a tính được ở mọi s."""
    c, z, s, h = 0.7, 1.3, 0.3, 1e-4
    law = DiffusedMixture([1.0], [[0.0]], [[[c**2]]], SDE)

    def at(s):
        a, sigma = (v.item() for v in SDE.marginal(torch.tensor(s, dtype=torch.float64)))
        return z * math.sqrt((a * c) ** 2 + sigma**2), a, sigma / a

    def slope(h):
        (x1, a1, rho1), (x0, a0, rho0) = at(s + h), at(s - h)
        return (x1 / a1 - x0 / a0) / (rho1 - rho0)

    noise = law.net(s, torch.tensor([[at(s)[0]]], dtype=torch.float64)).item()
    assert slope(h) == pytest.approx(noise, abs=2 * abs(slope(h) - slope(2 * h)) + 1e-8)


@pytest.mark.equation("eq-jarzynski")
@pytest.mark.parametrize("steps", [1, 3, 40])
def test_work_averages_to_the_free_energy_however_fast_one_turns(steps):
    """Không gian hữu hạn, nhân Metropolis: kỳ vọng của e^(−W) cộng được hết, không cần mẫu."""
    states = torch.arange(9, dtype=torch.float64)
    energies = [(states - 2 - 4 * k / steps) ** 2 / (2 + k / steps) for k in range(steps + 1)]

    def metropolis(energy):
        kernel = torch.zeros(9, 9, dtype=torch.float64)
        for i in range(9):
            for j in (i - 1, i + 1):
                if 0 <= j < 9:
                    kernel[i, j] = 0.5 * min(1.0, math.exp(energy[i] - energy[j]))
        return kernel + torch.diag(1 - kernel.sum(1))

    start = torch.softmax(-energies[0], 0)
    weighted = start  # E[e^(−W) 1{x_k = i}]
    work = 0.0
    law = start
    for before, after in itertools.pairwise(energies):
        kernel = metropolis(after)
        work += (law * (after - before)).sum().item()
        weighted = (weighted * torch.exp(before - after)) @ kernel
        law = law @ kernel
    ratio = (torch.exp(-energies[-1]).sum() / torch.exp(-energies[0]).sum()).item()
    assert weighted.sum().item() == pytest.approx(ratio, rel=1e-12)
    assert work > -math.log(ratio)  # định luật hai: công trung bình không ít hơn ΔF


@pytest.mark.equation("eq-work-bound")
def test_evidence_is_an_average_over_the_work_and_the_bound_its_mean():
    """Chuỗi Gauss hai bước: e^(−W) trung bình trên một lưới hai chiều cho đúng p_θ(x₀)."""
    betas, x0 = (0.3, 0.6), 0.8
    line = torch.linspace(-9, 9, 1201, dtype=torch.float64)

    def normal(x, mean, variance):
        return torch.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)

    x1, x2 = line[:, None], line[None, :]
    forward = normal(x1, math.sqrt(1 - betas[0]) * x0, betas[0]) * normal(
        x2, math.sqrt(1 - betas[1]) * x1, betas[1]
    )
    # Mô hình sinh cố ý không khớp: x₂ ~ N(0, 1), x₁ | x₂ ~ N(0.5x₂, 0.8), x₀ | x₁ ~ N(0.7x₁, 0.5).
    joint = normal(x2, 0, 1) * normal(x1, 0.5 * x2, 0.8) * normal(x0, 0.7 * x1, 0.5)
    work = forward.log() - joint.log()

    def average(values):
        return torch.trapezoid(torch.trapezoid(forward * values, line), line).item()

    # Luật biên của x₀, tính thẳng: x₁ ~ N(0, 0.25 + 0.8), x₀ ~ N(0, 0.49·1.05 + 0.5).
    evidence = normal(torch.tensor(x0, dtype=torch.float64), 0, 0.49 * 1.05 + 0.5).item()
    assert average(torch.exp(-work)) == pytest.approx(evidence, rel=1e-9)
    assert -average(work) < math.log(evidence)
