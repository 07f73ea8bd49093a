"""SDE tuyến tính: cặp (a, σ) và cặp (f, g) kể cùng một chuyện, và cầu sang khớp luồng."""

import math

import pytest
import torch

from course_utils.diffusion import (
    SDE,
    VE,
    VP,
    DiffusedMixture,
    score_to_velocity,
    velocity_to_score,
)
from course_utils.diffusion.sde import choose_sde
from course_utils.errors import InputError
from course_utils.flow_matching import straight_path, trigonometric_path

SDES = {
    "vp": VP(),
    "short vp": VP(0.5, 3.0),
    "constant vp": VP(2.0, 2.0),
    "ve": VE(),
    "short ve": VE(0.1, 3.0),
}
TIMES = torch.linspace(0.01, 1, 34, dtype=torch.float64)


def slope(function, s):
    """Đạo hàm theo s, bằng vi phân tự động."""
    return torch.func.jvp(function, (s,), (torch.ones_like(s),))[1]


class PathSDE(SDE):
    """Chỉ có (a, σ), lấy từ một đường của khớp luồng; đủ cho mật độ và điểm số."""

    def __init__(self, path):
        self.coefficients = path

    def marginal(self, s):
        a, b, *_ = self.coefficients(1 - torch.as_tensor(s, dtype=torch.float64))
        return a, b


# --- Hai cách kể ----------------------------------------------------------------------------------


@pytest.mark.equation("eq-forward-sde")
@pytest.mark.equation("eq-path-sde")
@pytest.mark.parametrize("name", SDES)
def test_drift_and_diffusion_move_the_mean_and_the_variance(name):
    """a′ = f·a và (σ²)′ = 2fσ² + g²: mô-men của SDE tuyến tính."""
    sde = SDES[name]
    a, sigma = sde.marginal(TIMES)
    f, g = sde.rate(TIMES), sde.diffusion(TIMES)
    torch.testing.assert_close(slope(lambda s: sde.marginal(s)[0], TIMES), f * a)
    variance_slope = slope(lambda s: sde.marginal(s)[1] ** 2, TIMES)
    torch.testing.assert_close(variance_slope, 2 * f * sigma**2 + g**2)


@pytest.mark.equation("eq-vp-sde")
def test_vp_starts_at_the_data_and_keeps_the_variance():
    sde = VP()
    a, sigma = sde.marginal(0.0)
    assert (a.item(), sigma.item()) == (1.0, 0.0)
    a, sigma = sde.marginal(TIMES)
    torch.testing.assert_close(a**2 + sigma**2, torch.ones_like(a))
    # ∫β = 0.1 + 19.9/2 = 10.05, tính tay.
    assert sde.marginal(1.0)[0].item() == pytest.approx(math.exp(-10.05 / 2))
    x = torch.randn(34, 3, dtype=torch.float64)
    torch.testing.assert_close(sde.drift(TIMES, x), -sde.beta(TIMES)[:, None] / 2 * x)


@pytest.mark.equation("eq-ve-sde")
def test_ve_only_adds_noise():
    sde = VE(0.1, 10.0)
    a, sigma = sde.marginal(torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64))
    torch.testing.assert_close(a, torch.ones_like(a))
    torch.testing.assert_close(sigma, torch.tensor([0.1, 1.0, 10.0], dtype=torch.float64))
    assert not sde.drift(0.3, torch.randn(4, 2)).any()
    assert sde.prior_scale == pytest.approx(math.sqrt(101))


@pytest.mark.equation("eq-euler-maruyama")
@pytest.mark.parametrize("name", SDES)
def test_euler_maruyama_tends_to_the_marginal_at_order_one(name):
    """Luật của chuỗi Euler–Maruyama là Gauss; trung bình và phương sai của nó tính đúng được."""
    sde, errors = SDES[name], []
    s0 = 0.0 if isinstance(sde, VP) else 0.2
    for steps in (500, 1000):
        start, h = sde.marginal(s0), (1 - s0) / steps
        mean, variance = start[0], start[1] ** 2
        for k in range(steps):
            s = s0 + k * h
            growth = 1 + h * sde.rate(s)
            mean, variance = growth * mean, growth**2 * variance + h * sde.diffusion(s) ** 2
        a, sigma = sde.marginal(1.0)
        errors.append(torch.stack([mean - a, (variance - sigma**2) / sigma**2]).abs().max())
    # Bậc một: gấp đôi số bước thì sai số còn một nửa, sai khác ở số hạng bậc hai cỡ h·β < 0.04.
    assert errors[0] < 0.08
    assert (errors[0] / errors[1]).item() == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("name", SDES)
def test_log_ratio_is_a_clock(name):
    """λ′ = g²/σ², và `time_at` đọc lại s từ λ."""
    sde = SDES[name]
    ratio = sde.log_ratio(TIMES)
    torch.testing.assert_close(sde.time_at(ratio), TIMES)
    expected = (sde.diffusion(TIMES) / sde.marginal(TIMES)[1]) ** 2
    torch.testing.assert_close(slope(sde.log_ratio, TIMES), expected)
    torch.testing.assert_close(2 * sde.angle(TIMES).tan().log(), ratio)


@pytest.mark.parametrize("name", SDES)
def test_radius_is_the_standard_deviation_and_stretch_its_rate(name):
    sde = SDES[name]
    torch.testing.assert_close(sde.radius(TIMES), torch.hypot(*sde.marginal(TIMES)))
    torch.testing.assert_close(sde.stretch(TIMES), SDE.stretch(sde, TIMES), atol=1e-12, rtol=1e-7)
    torch.testing.assert_close(SDE.stretch(sde, TIMES), slope(lambda s: sde.radius(s).log(), TIMES))


def test_a_number_and_a_batch_of_times_agree_and_keep_the_dtype():
    x0, eps = torch.randn(2, 5, 1, 4, 4)
    for sde in SDES.values():
        one = sde.diffuse(x0, 0.3, eps)
        assert one.dtype == torch.float32
        torch.testing.assert_close(sde.diffuse(x0, torch.full((5,), 0.3), eps), one)


# --- Cầu nối --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SDES)
def test_path_for_flow_matching_has_the_right_slopes(name):
    sde, t = SDES[name], 1 - TIMES
    a, b, slope_a, slope_b = sde.path(t)
    torch.testing.assert_close((a, b), sde.marginal(1 - t))
    torch.testing.assert_close(slope_a, slope(lambda t: sde.path(t)[0], t))
    torch.testing.assert_close(slope_b, slope(lambda t: sde.path(t)[1], t))


PATHS = {"straight": straight_path, "trigonometric": trigonometric_path, "vp": VP().path}
WEIGHTS = torch.tensor([0.3, 0.7], dtype=torch.float64)
CENTRES = torch.tensor([[-1.5], [1.0]], dtype=torch.float64)
SPREADS = torch.tensor([[[0.3]], [[0.5]]], dtype=torch.float64)


@pytest.mark.equation("eq-velocity-score")
@pytest.mark.equation("eq-score-velocity")
@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("t", [0.3, 0.8])
def test_score_and_mean_velocity_are_affine_in_each_other(name, t):
    """Vận tốc trung bình E[a′x₁ + b′x₀ | x] bằng cầu phương; điểm số từ mật độ đóng."""
    path = PATHS[name]
    a, b, da, db = coefficients = path(torch.tensor(t, dtype=torch.float64))
    x = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]
    mixture = DiffusedMixture(WEIGHTS, CENTRES, SPREADS, PathSDE(path))
    score = mixture.score(1 - t, x)

    x1 = torch.linspace(-8, 8, 40_001, dtype=torch.float64)
    log_normal = -0.5 * ((x1 - CENTRES) ** 2 / SPREADS[:, 0] + SPREADS[:, 0].log())
    prior = (WEIGHTS[:, None] * log_normal.exp()).sum(0)
    weight = prior * torch.exp(-0.5 * ((x - a * x1) / b) ** 2)
    velocity = da * x1 + db * (x - a * x1) / b
    mean = ((weight * velocity).sum(1) / weight.sum(1))[:, None]

    torch.testing.assert_close(score_to_velocity(score, x, *coefficients), mean)
    torch.testing.assert_close(velocity_to_score(mean, x, *coefficients), score)


@pytest.mark.equation("eq-score-velocity")
@pytest.mark.parametrize("name", SDES)
def test_velocity_is_minus_the_drift_of_the_probability_flow(name):
    """u = −(f·x − ½g²·∇log p_s): thời gian luồng chạy ngược thời gian nhiễu."""
    sde, x = SDES[name], torch.randn(34, 2, dtype=torch.float64)
    score = torch.randn(34, 2, dtype=torch.float64)
    velocity = score_to_velocity(score, x, *(c[:, None] for c in sde.path(1 - TIMES)))
    g = sde.diffusion(TIMES)[:, None]
    torch.testing.assert_close(velocity, -(sde.drift(TIMES, x) - g**2 / 2 * score))


def test_score_at_the_noise_end_of_the_straight_path():
    """Lúc t = 0, x ~ N(0, I) nên điểm số là −x, dù vận tốc ra sao."""
    x, velocity = torch.randn(2, 5, 2, dtype=torch.float64)
    ends = straight_path(torch.zeros((), dtype=torch.float64))
    torch.testing.assert_close(velocity_to_score(velocity, x, *ends), -x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: VP(0.0, 1.0), "beta_min = 0.0"),
        (lambda: VP(3.0, 1.0), "beta_min ≤ beta_max"),
        (lambda: VE(0.0, 1.0), "sigma_min = 0.0"),
        (lambda: VE(1.0, 1.0), "sigma_min < sigma_max"),
        (lambda: choose_sde("vpp"), "SDE tên 'vpp'.*vp, ve"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
