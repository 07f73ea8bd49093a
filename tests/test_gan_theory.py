"""Đáp số của lý thuyết GAN: JSD, Wasserstein một chiều, trị riêng của Dirac-GAN."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch.distributions import Normal

from course_utils.errors import InputError
from course_utils.gan_theory import (
    dirac_gan,
    dirac_step_matrix,
    game_value,
    jensen_shannon,
    wasserstein_1d,
)

LN4 = math.log(4)
CELL = 1e-3
GRID = torch.arange(-20, 22, CELL, dtype=torch.float64)


def normal(mean, std=1.0):
    """log N(mean, std²) trên lưới, đủ 16 chữ số (torch.distributions giữ tham số ở float32)."""
    return Normal(*(torch.tensor(float(v), dtype=torch.float64) for v in (mean, std))).log_prob(
        GRID
    )


def jsd_by_quad(mean, std):
    """JSD(N(0, 1), N(mean, std²)) bằng một bộ cầu phương khác (scipy)."""
    p, q = stats.norm(0, 1), stats.norm(mean, std)

    def integrand(x):
        a, b = p.logpdf(x), q.logpdf(x)
        m = np.logaddexp(a, b) - math.log(2)
        return 0.5 * (math.exp(a) * (a - m) + math.exp(b) * (b - m))

    return integrate.quad(integrand, -14, 24, points=[0, mean], limit=200, epsabs=1e-12)[0]


@pytest.mark.equation("eq-gan-jsd")
@pytest.mark.parametrize(("mean", "std"), [(0, 1), (2, 1), (8, 1), (1, 0.5), (-1, 2)])
def test_value_of_the_game_is_twice_jsd_minus_ln4(mean, std):
    log_p, log_q = normal(0), normal(mean, std)
    value = game_value(log_p - log_q, log_p, log_q, CELL)
    jsd = jensen_shannon(log_p, log_q, CELL)
    assert jsd.item() == pytest.approx(jsd_by_quad(mean, std), abs=1e-8)
    assert value.item() == pytest.approx(2 * jsd.item() - LN4, abs=1e-12)
    assert -1e-12 <= jsd <= math.log(2)


@pytest.mark.equation("eq-gan-jsd")
def test_disjoint_supports_reach_the_ceiling():
    """Mật độ đúng bằng 0 ở một bên: JSD = ln 2 và V = 0, không NaN."""
    log_p, log_q = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]], dtype=torch.float64).log()
    assert jensen_shannon(log_p, log_q, 1.0).item() == pytest.approx(math.log(2))
    assert game_value(log_p - log_q, log_p, log_q, 1.0).item() == 0


@pytest.mark.equation("eq-optimal-discriminator")
def test_no_other_discriminator_does_better():
    log_p, log_q = normal(0), normal(2)
    best = game_value(log_p - log_q, log_p, log_q, CELL)
    for bend in (
        lambda r: r + 0.1,
        lambda r: 0.9 * r,
        lambda r: r + 0.2 * GRID.sin(),
        lambda r: -r,
    ):
        assert game_value(bend(log_p - log_q), log_p, log_q, CELL) < best
    assert torch.sigmoid(log_p - log_q)[(GRID.abs()).argmin()].item() == pytest.approx(
        1 / (1 + math.exp(-2)), abs=1e-3
    )


@pytest.mark.equation("eq-wasserstein")
def test_wasserstein_of_samples_on_a_line():
    g = torch.Generator().manual_seed(0)
    x, y = (torch.randn(400, generator=g, dtype=torch.float64) for _ in range(2))
    expected = stats.wasserstein_distance(x.numpy(), (2 * y + 1).numpy())
    assert wasserstein_1d(x, 2 * y + 1).item() == pytest.approx(expected, abs=1e-12)
    assert wasserstein_1d(torch.zeros(1), torch.tensor([3.5])).item() == 3.5


@pytest.mark.equation("eq-wasserstein")
def test_dual_is_reached_by_a_one_lipschitz_function_and_never_beaten():
    x = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64)
    y = torch.tensor([5.0, 6.0, 8.0], dtype=torch.float64)
    primal = wasserstein_1d(x, y).item()
    assert ((-x).mean() - (-y).mean()).item() == pytest.approx(primal)  # c(u) = −u
    for c in (torch.sin, torch.tanh, torch.abs, lambda u: (u - 4).abs()):
        assert (c(x).mean() - c(y).mean()).item() <= primal


@pytest.mark.equation("eq-dirac-step")
@pytest.mark.parametrize("alternating", [False, True])
@pytest.mark.parametrize(("h", "gamma"), [(0.1, 0.0), (0.5, 0.3), (1.0, 1.0)])
def test_step_matrix_is_the_jacobian_of_one_step(h, gamma, alternating):
    eps = 1e-5
    columns = []
    for e in ((eps, 0.0), (0.0, eps)):
        plus = dirac_gan(e, 1, h, gamma, alternating)[1]
        minus = dirac_gan((-e[0], -e[1]), 1, h, gamma, alternating)[1]
        columns.append((plus - minus) / (2 * eps))
    matrix = dirac_step_matrix(h, gamma, alternating)
    torch.testing.assert_close(torch.stack(columns, 1), matrix, atol=1e-9, rtol=0)


@pytest.mark.equation("eq-dirac-step")
@pytest.mark.parametrize("h", [0.01, 0.1, 0.5, 1.0, 2.0])
def test_eigenvalues_of_the_three_games(h):
    modulus = lambda *a: torch.linalg.eigvals(dirac_step_matrix(h, *a)).abs()  # noqa: E731
    # Đồng thời: √(1 + h²f′²), f′(0) = ½. Luân phiên: đúng 1. R1 với γ < 1: √(1 − hγ + h²/4).
    assert modulus().tolist() == pytest.approx([math.sqrt(1 + h * h / 4)] * 2)
    assert modulus(0.0, True).tolist() == pytest.approx([1.0, 1.0])
    assert modulus(0.9).tolist() == pytest.approx([math.sqrt(1 - 0.9 * h + h * h / 4)] * 2)


@pytest.mark.equation("eq-dirac-step")
def test_paths_near_equilibrium_follow_the_eigenvalues():
    h, start = 0.2, (1e-4, 0.0)
    radius = dirac_gan(start, 100, h).norm(dim=1)
    assert (radius[-1] / radius[0]).item() == pytest.approx((1 + h * h / 4) ** 50, rel=1e-6)
    radius = dirac_gan(start, 400, h, penalty=0.5).norm(dim=1)
    assert radius[-1] / radius[0] < 2 * (1 - 0.5 * h + h * h / 4) ** 200


def test_simultaneous_steps_always_move_outward():
    """Trò chơi tổng không: r² nhân với đúng 1 + h²σ(ωθ)² ở mỗi bước, ở mọi nơi."""
    h = 0.3
    path = dirac_gan((0.7, -1.1), 300, h)
    growth = path[1:].square().sum(1) / path[:-1].square().sum(1)
    factor = 1 + h * h * path[:-1].prod(1).sigmoid().square()
    torch.testing.assert_close(growth, factor)


def test_non_saturating_steps_end_on_a_circle():
    """Mất mát không bão hòa hãm lại ở xa: bán kính dừng quanh √(2h), không về 0.

    Cân bằng trung bình một vòng giữa h²r²/4 (bật ra) và h·r⁴/8 (hãm), đúng đến bậc h.
    """
    h = 0.05
    for start in ((0.1, 0.0), (1.0, 1.0)):
        radius = dirac_gan(start, 8000, h, loss="non_saturating").norm(dim=1)[-1000:]
        assert radius.mean().item() == pytest.approx(math.sqrt(2 * h), rel=2 * h)


def test_the_penalty_settles_from_far_away():
    for alternating in (False, True):
        radius = dirac_gan((1.0, 1.0), 800, 0.2, 0.5, alternating).norm(dim=1)
        assert radius[-1] < 1e-6


@pytest.mark.parametrize(
    "call",
    [
        lambda: dirac_gan((0, 1), 10, 0.0),
        lambda: dirac_gan((0, 1), 10, 0.1, penalty=-1),
        lambda: dirac_gan((0, 1), 0, 0.1),
        lambda: dirac_gan((0, 1), 1, 0.1, loss="hinge"),
        lambda: wasserstein_1d(torch.zeros(3), torch.zeros(4)),
        lambda: wasserstein_1d(torch.zeros(3, 1), torch.zeros(3, 1)),
    ],
)
def test_bad_arguments(call):
    with pytest.raises(InputError, match="cần"):
        call()
