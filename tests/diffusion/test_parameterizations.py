"""Ba cách tham số hóa: đổi qua đổi lại không mất gì, và trọng số của mỗi cách đo được."""

import math

import pytest
import torch

from course_utils.diffusion.parameterizations import KINDS, target, to_eps, to_x0, x0_weight
from course_utils.errors import InputError

# Cả đường giữ phương sai (a² + σ² = 1) lẫn đường không giữ.
PLACES = [(0.8, 0.6), (0.05, math.sqrt(1 - 0.05**2)), (1.0, 3.0), (0.999, 0.01)]


def draw(a, sigma):
    g = torch.Generator().manual_seed(0)
    x0, eps = torch.randn(2, 200, 3, generator=g, dtype=torch.float64)
    return x0, eps, a * x0 + sigma * eps


@pytest.mark.equation("eq-parameterizations")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("a", "sigma"), PLACES)
def test_the_target_gives_back_the_data_and_the_noise(kind, a, sigma):
    x0, eps, x = draw(a, sigma)
    right = target(kind, x0, eps, a, sigma)
    # Chia cho a hay σ phóng sai số làm tròn 1e-16 lên không quá 100 lần.
    torch.testing.assert_close(to_x0(kind, right, x, a, sigma), x0, rtol=0, atol=1e-12)
    torch.testing.assert_close(to_eps(kind, right, x, a, sigma), eps, rtol=0, atol=1e-12)


@pytest.mark.equation("eq-parameterizations")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("a", "sigma"), PLACES)
def test_any_prediction_names_a_pair_that_meets_at_x(kind, a, sigma):
    """x = a·x̂₀ + σ·ε̂ dù mạng đoán gì: hai đầu ra luôn khớp nhau."""
    _, _, x = draw(a, sigma)
    guess = torch.randn(200, 3, dtype=torch.float64)
    x0, eps = (f(kind, guess, x, a, sigma) for f in (to_x0, to_eps))
    torch.testing.assert_close(a * x0 + sigma * eps, x, rtol=0, atol=1e-11)


@pytest.mark.equation("eq-loss-weights")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("a", "sigma"), PLACES)
def test_weight_is_the_ratio_of_two_square_errors(kind, a, sigma):
    x0, eps, x = draw(a, sigma)
    right = target(kind, x0, eps, a, sigma)
    wrong = right + torch.randn(200, 3, dtype=torch.float64)
    of_target = (wrong - right).square().sum()
    of_x0 = (to_x0(kind, wrong, x, a, sigma) - x0).square().sum()
    assert float(of_target / of_x0) == pytest.approx(x0_weight(kind, a, sigma), rel=1e-9)


@pytest.mark.equation("eq-loss-weights")
def test_weights_in_terms_of_snr():
    for a, sigma in PLACES[:2]:
        snr = (a / sigma) ** 2
        assert x0_weight("eps", a, sigma) == pytest.approx(snr)
        assert x0_weight("x0", a, sigma) == 1
        assert x0_weight("v", a, sigma) == pytest.approx(snr + 1)


@pytest.mark.equation("eq-parameterizations")
def test_v_is_the_speed_of_a_rotation():
    """a = cos φ, σ = sin φ: v = dx/dφ."""
    x0, eps = torch.randn(2, 5, 2, dtype=torch.float64)
    phi = torch.tensor(0.7, dtype=torch.float64)
    _, slope = torch.func.jvp(
        lambda p: p.cos() * x0 + p.sin() * eps, (phi,), (torch.ones_like(phi),)
    )
    torch.testing.assert_close(target("v", x0, eps, phi.cos(), phi.sin()), slope)


@pytest.mark.parametrize("function", [to_x0, to_eps, target])
def test_unknown_kind(function):
    x = torch.zeros(1, 1)
    with pytest.raises(InputError, match=r"prediction = 'score'.*eps, x0, v"):
        function("score", x, x, 0.8, 0.6)
    with pytest.raises(InputError, match="prediction = 'score'"):
        x0_weight("score", 0.8, 0.6)
