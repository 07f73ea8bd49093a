"""Đầu ra của bộ giải mã: mỗi họ là một phân phối thật (tổng bằng 1), và ba công thức Gauss."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from course_utils.errors import InputError
from course_utils.likelihoods import (
    BernoulliLikelihood,
    CategoricalLikelihood,
    GaussianLikelihood,
    LogisticMixtureLikelihood,
    gaussian_kl,
    gaussian_log_prob,
    reparameterize,
)

EVENT = (1, 2, 3)
DISCRETE = [
    (BernoulliLikelihood(), 2),
    (CategoricalLikelihood(5), 5),
    (LogisticMixtureLikelihood(5, 1), 5),
    (LogisticMixtureLikelihood(17, 3), 17),
]
CONTINUOUS = [
    GaussianLikelihood(0.3),
    GaussianLikelihood("shared"),
    GaussianLikelihood("predicted"),
]


def draw(*shape, seed=0, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(*shape, generator=generator, dtype=torch.float64)


def parameters_of(likelihood, n=4, seed=0, scale=1.0):
    return draw(n, *EVENT, likelihood.parameters_per_value, seed=seed, scale=scale)


@pytest.mark.equation("eq-gaussian-kl")
def test_gaussian_kl_against_torch():
    mean_q, log_var_q, mean_p, log_var_p = (draw(7, 3, seed=s) for s in range(4))
    q = Normal(mean_q, (0.5 * log_var_q).exp())
    p = Normal(mean_p, (0.5 * log_var_p).exp())
    expected = kl_divergence(q, p)
    assert torch.allclose(gaussian_kl(mean_q, log_var_q, mean_p, log_var_p), expected.sum(1))
    each = gaussian_kl(mean_q, log_var_q, mean_p, log_var_p, per_dimension=True)
    assert torch.allclose(each, expected)
    prior = kl_divergence(q, Normal(torch.zeros_like(mean_q), torch.ones_like(mean_q)))
    assert torch.allclose(gaussian_kl(mean_q, log_var_q), prior.sum(1))


@pytest.mark.equation("eq-gaussian-kl")
def test_gaussian_kl_by_hand_and_its_sign():
    """μ = 1, σ² = 2: ½(1 + 2 − 1 − ln 2). Không âm ở mọi nơi, bằng 0 khi hai luật trùng nhau."""
    one = torch.ones(1, 1, dtype=torch.float64)
    assert gaussian_kl(one, (2 * one).log()).item() == pytest.approx(1 - 0.5 * math.log(2))
    mean, log_var = draw(1000, 4, seed=1, scale=3.0), draw(1000, 4, seed=2, scale=3.0)
    assert (gaussian_kl(mean, log_var) > 0).all()
    assert torch.equal(gaussian_kl(mean, log_var, mean, log_var), torch.zeros(1000).double())


def test_gaussian_kl_keeps_the_leading_dimension_of_images():
    mean, log_var = draw(3, 2, 4, 4, seed=1), draw(3, 2, 4, 4, seed=2)
    assert gaussian_kl(mean, log_var).shape == (3,)
    flat = gaussian_kl(mean.flatten(1), log_var.flatten(1))
    assert torch.allclose(gaussian_kl(mean, log_var), flat)


def test_gaussian_log_prob_against_torch():
    x, mean, log_var = (draw(5, 3, seed=s) for s in range(3))
    expected = Normal(mean, (0.5 * log_var).exp()).log_prob(x).sum(1)
    assert torch.allclose(gaussian_log_prob(x, mean, log_var), expected)
    standard = Normal(0.0, 1.0).log_prob(x).sum(1)
    assert torch.allclose(gaussian_log_prob(x), standard)


@pytest.mark.equation("eq-reparameterization")
def test_reparameterized_sample_has_the_law_and_the_gradient():
    n = 100_000
    mean = torch.full((n, 1), 1.5, dtype=torch.float64, requires_grad=True)
    log_var = torch.full((n, 1), math.log(4), dtype=torch.float64, requires_grad=True)
    torch.manual_seed(0)
    z = reparameterize(mean, log_var)
    # Sai số chuẩn: trung bình 2/√n, phương sai 4·√(2/n).
    assert abs(z.mean().item() - 1.5) < 6 * 2 / math.sqrt(n)
    assert abs(z.var().item() - 4) < 6 * 4 * math.sqrt(2 / n)
    z.sum().backward()
    assert torch.equal(mean.grad, torch.ones_like(mean))
    assert torch.allclose(log_var.grad, 0.5 * (z - mean).detach())


@pytest.mark.parametrize(("likelihood", "levels"), DISCRETE)
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_probabilities_of_all_levels_sum_to_one(likelihood, levels, scale):
    """Mọi thành phần cùng nhận mức k, rồi cộng theo k từng thành phần một."""
    likelihood = likelihood.double()
    parameters = draw(50, 1, 1, 1, likelihood.parameters_per_value, seed=3, scale=scale)
    every = [
        likelihood.log_prob(torch.full((50, 1, 1, 1), float(k), dtype=torch.float64), parameters)
        for k in range(levels)
    ]
    assert torch.stack(every).logsumexp(0).abs().max() < 1e-12


@pytest.mark.parametrize(("likelihood", "levels"), DISCRETE)
def test_mean_and_samples_of_discrete_heads(likelihood, levels):
    likelihood = likelihood.double()
    parameters = parameters_of(likelihood, 1, seed=4)
    levels_x = torch.arange(levels, dtype=torch.float64).view(-1, 1, 1, 1, 1)
    shape = (levels, *EVENT)
    p = torch.stack(
        [
            likelihood.log_prob(
                levels_x.expand(levels, 1, 1, 1, 1)[:, 0],
                parameters[:, :1, i : i + 1, j : j + 1].expand(levels, 1, 1, 1, -1),
            ).exp()
            for i in range(EVENT[1])
            for j in range(EVENT[2])
        ],
        1,
    )  # (levels, số điểm ảnh)
    values = levels_x.view(-1, 1)
    mean, variance = (p * values).sum(0), (p * values**2).sum(0) - (p * values).sum(0) ** 2
    assert torch.allclose(likelihood.mean(parameters).flatten(), mean)

    n = 20_000
    torch.manual_seed(0)
    x = likelihood.sample(parameters.expand(n, *parameters.shape[1:]))
    likelihood.check(x, EVENT)
    error = (variance / n).sqrt()
    assert ((x.flatten(1).mean(0) - mean).abs() < 6 * error).all()
    assert x.shape == (n, *shape[1:])


@pytest.mark.equation("eq-gaussian-decoder")
@pytest.mark.parametrize("likelihood", CONTINUOUS)
def test_gaussian_heads_against_torch(likelihood):
    likelihood = likelihood.double()
    parameters, x = parameters_of(likelihood, seed=5), draw(4, *EVENT, seed=6)
    scale = likelihood.scale(parameters)
    normal = Normal(parameters[..., 0], scale * torch.ones_like(x))
    expected = normal.log_prob(x).flatten(1).sum(1)
    assert torch.allclose(likelihood.log_prob(x, parameters), expected)
    assert torch.equal(likelihood.mean(parameters), parameters[..., 0])
    assert likelihood.sample(parameters).shape == x.shape


def test_only_the_learned_scales_are_learned():
    assert [len(list(c.parameters())) for c in CONTINUOUS] == [0, 1, 0]
    assert CONTINUOUS[0].scale(None).item() == pytest.approx(0.3)
    assert [c.parameters_per_value for c in CONTINUOUS] == [1, 1, 2]


def test_discretised_logistic_knows_the_order_of_the_levels():
    """Một tâm ở mức 8, hẹp dần: khối lượng dồn vào mức 8, rồi các mức kề, đối xứng."""
    likelihood = LogisticMixtureLikelihood(17, 1).double()
    for log_scale in (-1.0, 0.0, 1.0):
        parameters = torch.tensor([0.0, 0.0, log_scale], dtype=torch.float64)
        log_p = likelihood.log_levels(parameters)
        assert torch.allclose(log_p, log_p.flip(0))
        assert (log_p[1:9].diff() > 0).all()  # mức đầu còn nhận cả đuôi trái


@pytest.mark.parametrize(
    ("likelihood", "x", "words"),
    [
        (BernoulliLikelihood(), torch.full((2, *EVENT), 0.5), "giá trị lẻ"),
        (BernoulliLikelihood(), torch.full((2, *EVENT), 2.0), "từ 0 đến 1"),
        (CategoricalLikelihood(17), torch.full((2, *EVENT), 17.0), "từ 0 đến 16"),
        (GaussianLikelihood(1.0), torch.full((2, *EVENT), float("nan")), "NaN"),
    ],
)
def test_data_that_does_not_fit_is_explained(likelihood, x, words):
    with pytest.raises(InputError, match=words):
        likelihood.check(x, EVENT)


@pytest.mark.parametrize("scale", [0.0, -1.0, "learned", True, None])
def test_bad_scales_are_refused(scale):
    with pytest.raises(InputError, match="scale"):
        GaussianLikelihood(scale)


@pytest.mark.parametrize(
    "build",
    [
        lambda: CategoricalLikelihood(1),
        lambda: CategoricalLikelihood(2.0),
        lambda: LogisticMixtureLikelihood(17, 0),
    ],
)
def test_bad_counts_are_refused(build):
    with pytest.raises(InputError):
        build()
