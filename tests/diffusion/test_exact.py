"""Hỗn hợp Gauss khuếch tán: so với vi phân tự động, cầu phương, và phương trình Fokker–Planck."""

import math

import pytest
import torch

from course_utils.data import toy
from course_utils.diffusion import VE, VP, DiffusedMixture
from course_utils.errors import InputError

WEIGHTS = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64)
MEANS = torch.tensor([[-1.0, 0.5], [2.0, 0.0], [0.0, -1.5]], dtype=torch.float64)
ROOTS = torch.tensor(
    [[[0.5, 0.0], [0.3, 0.4]], [[1.0, 0.0], [0.0, 0.2]], [[0.3, 0.0], [-0.2, 0.6]]],
    dtype=torch.float64,
)
SDES = {"vp": VP(), "ve": VE(0.05, 5.0)}


def plane(sde):
    return DiffusedMixture(WEIGHTS, MEANS, ROOTS @ ROOTS.mT, sde)


@pytest.mark.parametrize("name", SDES)
@pytest.mark.parametrize("s", [0.05, 0.5, 1.0])
def test_density_is_the_mixture_with_moved_centres_and_added_variance(name, s):
    sde = SDES[name]
    a, sigma = sde.marginal(s)
    covariance = a**2 * ROOTS @ ROOTS.mT + sigma**2 * torch.eye(2, dtype=torch.float64)
    moved = toy.Mixture(WEIGHTS, a * MEANS, torch.linalg.cholesky(covariance))
    x = torch.randn(20, 2, dtype=torch.float64)
    torch.testing.assert_close(plane(sde).log_prob(s, x), moved.log_prob(x))


@pytest.mark.equation("eq-score")
@pytest.mark.parametrize("name", SDES)
def test_score_is_the_gradient_of_the_log_density(name):
    mixture = plane(SDES[name])
    x = torch.randn(20, 2, dtype=torch.float64, requires_grad=True)
    s = torch.linspace(0.01, 1, 20, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(mixture.log_prob(s, x).sum(), x)
    torch.testing.assert_close(mixture.score(s, x), gradient)


@pytest.mark.equation("eq-tweedie")
@pytest.mark.parametrize("name", SDES)
@pytest.mark.parametrize("s", [0.1, 0.4, 0.9])
def test_best_denoiser_is_the_posterior_mean(name, s):
    """E[x₀ | x_s] và E[ε | x_s] bằng cầu phương theo x₀, không qua điểm số."""
    sde = SDES[name]
    weights, centres, stds = (WEIGHTS[:2], MEANS[:2, :1], ROOTS[:2, 0, :1])
    mixture = DiffusedMixture(weights, centres, stds[:, :, None] ** 2, sde)
    a, sigma = sde.marginal(s)
    x = torch.linspace(-2, 2, 7, dtype=torch.float64)[:, None]
    x0 = torch.linspace(-12, 12, 40_001, dtype=torch.float64)
    prior = (weights[:, None] / stds * torch.exp(-0.5 * ((x0 - centres) / stds) ** 2)).sum(0)
    posterior = prior * torch.exp(-0.5 * ((x - a * x0) / sigma) ** 2)
    posterior = posterior / posterior.sum(1, keepdim=True)
    clean = (posterior * x0).sum(1, keepdim=True)
    torch.testing.assert_close(mixture.denoised(s, x), clean)
    torch.testing.assert_close(mixture.net(s, x), (x - a * clean) / sigma)


@pytest.mark.equation("eq-fokker-planck")
@pytest.mark.parametrize("name", SDES)
def test_density_solves_the_fokker_planck_equation(name):
    """∂p/∂s = −∇·(f p) + ½g²Δp, mọi đạo hàm bằng vi phân tự động."""
    sde, mixture = SDES[name], plane(SDES[name])

    def density(s, x):
        return mixture.log_prob(s, x[None])[0].exp()

    for s in (0.2, 0.7):
        s = torch.tensor(s, dtype=torch.float64)
        for x in torch.randn(4, 2, dtype=torch.float64):
            change = torch.func.jacrev(density)(s, x)
            flux = torch.func.jacrev(lambda x, s=s: sde.rate(s) * x * density(s, x))(x)
            laplacian = torch.func.hessian(density, argnums=1)(s, x).trace()
            expected = -flux.trace() + sde.diffusion(s) ** 2 / 2 * laplacian
            torch.testing.assert_close(change, expected)


def test_one_gaussian_pulls_along_a_straight_line():
    sde, variance = VP(), 4.0
    mixture = DiffusedMixture([1.0], [[3.0]], [[[variance]]], sde)
    x = torch.linspace(-4, 4, 9, dtype=torch.float64)[:, None]
    a, sigma = sde.marginal(0.3)
    torch.testing.assert_close(mixture.score(0.3, x), -(x - 3 * a) / (variance * a**2 + sigma**2))


def test_toy_densities_have_exact_scores():
    density = toy.get("eight_gaussians")
    mixture = DiffusedMixture.of(density, VP())
    x = density.sample(10, 0).double()
    torch.testing.assert_close(mixture.log_prob(0.0, x), density.log_prob(x))
    assert mixture.score(0.5, x.float()).dtype == torch.float32


def test_weights_need_not_sum_to_one():
    x = torch.randn(4, 2, dtype=torch.float64)
    scaled = DiffusedMixture(7 * WEIGHTS, MEANS, ROOTS @ ROOTS.mT, VP())
    torch.testing.assert_close(scaled.log_prob(0.2, x), plane(VP()).log_prob(0.2, x))
    assert math.isfinite(scaled.log_prob(0.2, x).sum())


@pytest.mark.parametrize(
    "arguments",
    [
        ([1.0], [0.0], [[[1.0]]]),
        ([1.0, 1.0], [[0.0]], [[[1.0]]]),
        ([1.0], [[0.0, 1.0]], [[[1.0]]]),
    ],
)
def test_bad_parts(arguments):
    with pytest.raises(InputError, match=r"cần \(K,\), \(K, D\) và \(K, D, D\)"):
        DiffusedMixture(*arguments, VP())


@pytest.mark.parametrize("call", ["log_prob", "score", "net", "denoised"])
@pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 2, 1)])
def test_points_of_another_shape_are_refused(call, shape):
    with pytest.raises(InputError, match=r"cần \(n, 2\)"):
        getattr(plane(VP()), call)(0.5, torch.zeros(shape))
