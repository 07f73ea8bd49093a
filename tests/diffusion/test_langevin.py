"""Langevin: luật của chuỗi trên Gauss tính đúng được, và ủ đi qua được chỗ vắng."""

import math

import pytest
import torch

from course_utils.diffusion import (
    VP,
    DiffusedMixture,
    annealed_langevin,
    langevin,
    stationary_variance,
)
from course_utils.errors import InputError

N = 20_000


def assert_variance(x, expected):
    """Phương sai mẫu của Gauss (N,) trong vòng 6 sai số chuẩn, √(2/N) của chính nó."""
    assert abs(x.var() / expected - 1) < 6 * math.sqrt(2 / len(x))


@pytest.mark.equation("eq-langevin")
@pytest.mark.equation("eq-ula")
@pytest.mark.parametrize("h", [0.01, 0.3])
@pytest.mark.parametrize("steps", [1, 7])
def test_each_step_moves_the_mean_and_the_variance_as_computed(h, steps):
    """p = N(1, 4): trung bình và phương sai đi theo truy hồi (1 − h/4) và 2h."""
    variance, mean, spread = 4.0, 3.0, 0.25
    x = mean + math.sqrt(spread) * torch.randn(
        N, 1, generator=torch.Generator().manual_seed(1), dtype=torch.float64
    )
    out = langevin(lambda y: (1 - y) / variance, x, h, steps, seed=2)[:, 0]
    for _ in range(steps):
        mean = 1 + (1 - h / variance) * (mean - 1)
        spread = (1 - h / variance) ** 2 * spread + 2 * h
    assert abs(out.mean() - mean) < 6 * math.sqrt(spread / N)
    assert_variance(out, spread)


@pytest.mark.equation("eq-ula-bias")
@pytest.mark.parametrize(("h", "variance"), [(0.1, 1.0), (1.0, 1.0), (1.5, 1.0), (1.0, 3.0)])
def test_stationary_variance_is_left_unchanged_by_a_step(h, variance):
    v = stationary_variance(h, variance)
    assert (1 - h / variance) ** 2 * v + 2 * h == pytest.approx(v)
    assert v > variance
    start = math.sqrt(v) * torch.randn(
        N, 1, generator=torch.Generator().manual_seed(3), dtype=torch.float64
    )
    out = langevin(lambda y: -y / variance, start, h, 5, seed=4)
    assert_variance(out[:, 0], v)


@pytest.mark.equation("eq-ula-bias")
def test_by_hand():
    """h = 1 trên N(0, 1): phương sai 2, gấp đôi."""
    assert stationary_variance(1.0) == pytest.approx(2)
    assert stationary_variance(0.1) == pytest.approx(1 / 0.95)
    assert stationary_variance(1e-9) == pytest.approx(1)


WELLS = ([0.25, 0.75], [[-3.0], [3.0]], [[[0.25]], [[0.25]]])


def test_annealing_crosses_the_valley_and_plain_langevin_does_not():
    """Hai giếng cách nhau 12 độ lệch chuẩn, mọi hạt bắt đầu ở giếng nhẹ."""
    sde = VP()
    mixture = DiffusedMixture(*WELLS, sde)
    start = torch.full((2000, 1), -3.0)
    # Cùng 800 lần gọi điểm số.
    plain = langevin(lambda x: mixture.score(0.0, x), start, 0.02, 800, seed=0)
    assert (plain > 0).float().mean() < 0.01
    times = torch.linspace(1, 0.001, 40).tolist()
    annealed = annealed_langevin(mixture.score, start, sde, times, steps=20, seed=0)
    share = (annealed > 0).float().mean().item()
    # 6 sai số chuẩn của tỉ lệ, cộng 0.05 vì chuỗi chỉ đi 20 bước ở mỗi mức.
    assert abs(share - 0.75) < 6 * math.sqrt(0.75 * 0.25 / 2000) + 0.05
    assert annealed[annealed > 0].std().item() == pytest.approx(0.5, rel=0.15)


def test_path_seed_and_inputs_are_respected():
    x = torch.randn(5, 2)
    before = x.clone()
    state = torch.get_rng_state()
    one = langevin(lambda y: -y, x, 0.1, 3, seed=7)
    path = langevin(lambda y: -y, x, 0.1, 3, seed=7, path=True)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(x, before)
    assert path.shape == (4, 5, 2)
    assert torch.equal(path[0], x)
    assert torch.equal(path[-1], one)
    assert not torch.equal(langevin(lambda y: -y, x, 0.1, 3, seed=8), one)
    assert langevin(lambda y: -y, x[:1].double(), 0.1, 3).dtype == torch.float64


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: langevin(torch.neg, x, 0.0, 3), "step_size = 0.0"),
        (lambda x: langevin(torch.neg, x, 0.1, 0), "`steps` = 0"),
        (lambda x: langevin(torch.neg, x / 0, 0.1, 3), "vô cực"),
        (lambda x: langevin(torch.neg, [0.0], 0.1, 3), "kiểu list"),
        (lambda x: langevin(lambda y: -y[:, 0], x, 0.1, 3), "cùng hình dạng"),
        (lambda x: langevin(lambda y: None, x, 0.1, 3), "NoneType"),
        (lambda x: stationary_variance(2.0), "văng ra vô cực"),
        (lambda x: stationary_variance(-1.0), "step_size = -1.0"),
        (lambda x: annealed_langevin(None, x, VP(), [0.1, 0.5]), "giảm dần"),
        (lambda x: annealed_langevin(None, x, VP(), []), "giảm dần"),
        (lambda x: annealed_langevin(None, x, VP(), [1.0], relative_step=2.0), "relative_step"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call(torch.ones(3, 1))
