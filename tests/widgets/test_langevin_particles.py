"""LangevinParticles: điểm số, phương sai và tỉ lệ so với đáp án đóng; ủ và khe vắng."""

import base64
import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import LangevinParticles
from course_utils.widgets.langevin_particles import PRESETS, STEPS, WIDEST


def travel(figure, n=2000, seed=0):
    g = torch.Generator().manual_seed(seed)
    normals, *noises = torch.randn(STEPS + 1, n, 2, generator=g, dtype=torch.float64)
    return figure.trajectory(figure.begin(normals), torch.stack(noises))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("sigma", [0.0, 1.0])
def test_score_is_the_gradient_of_the_blurred_mixture(preset, sigma):
    figure = LangevinParticles(preset, sigma=sigma)
    weights, means, std = figure.target
    variance = std**2 + sigma**2
    assert figure.variance(0) == figure.variance(STEPS) == pytest.approx(variance)
    x = torch.randn(20, 2, dtype=torch.float64, requires_grad=True)
    log_p = (weights.log() - torch.cdist(x, means).square() / (2 * variance)).logsumexp(1)
    (gradient,) = torch.autograd.grad(log_p.sum(), x)
    torch.testing.assert_close(figure.score(x.detach(), variance), gradient)


@pytest.mark.equation("eq-ula-bias")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("ratio", [0.2, 1.0, 1.6])
def test_second_coordinate_settles_at_the_known_variance(preset, ratio):
    """Các tâm ở x₂ = 0, nên x₂ là Langevin của một Gauss, dù x₁ có mấy giếng."""
    figure = LangevinParticles(preset, ratio, sigma=0.5)
    found = figure.measures(travel(figure)[-1])["variance"]
    expected = figure.variance(0) * figure.limit()
    # Trung bình của x₂² của 2000 hạt độc lập: sai số chuẩn tương đối √(2/2000).
    assert found == pytest.approx(expected, rel=6 * math.sqrt(2 / 2000))
    assert figure.limit() == pytest.approx(1 / (1 - ratio / 2))


def test_long_steps_burst():
    figure = LangevinParticles("gauss", 2.1)
    assert figure.limit() == math.inf
    assert figure.measures(travel(figure, 50)[-1])["variance"] > 1e6


def test_only_annealing_crosses_the_valley():
    stuck, annealed = (LangevinParticles("wells", 0.2, anneal=flag) for flag in (False, True))
    assert stuck.right(STEPS) == annealed.right(STEPS) == pytest.approx(0.7, abs=1e-4)
    # Khe sâu exp(−1.8²/(2·0.16)) = 4e-5 lần đỉnh: 200 bước chỉ đủ cho vài hạt trong 2000 đi qua.
    assert stuck.measures(travel(stuck)[-1])["right"] < 0.02
    share = annealed.measures(travel(annealed)[-1])["right"]
    # 6 sai số chuẩn của tỉ lệ là 0.061; cộng 0.1 vì mỗi mức nhiễu chỉ được một bước.
    assert abs(share - 0.7) < 0.161


def test_annealing_goes_from_the_widest_noise_to_the_chosen_one():
    figure = LangevinParticles("gauss", sigma=0.5, anneal=True)
    values = [figure.variance(k) for k in range(STEPS + 1)]
    assert values[0] == pytest.approx(1 + WIDEST**2)
    assert values[160] == pytest.approx(1.25) == values[-1]
    assert values == sorted(values, reverse=True)


def test_both_starts_are_as_said():
    normals = torch.randn(5, 2, dtype=torch.float64)
    well = LangevinParticles("wells").begin(normals)
    torch.testing.assert_close(well, torch.tensor([-1.8, 0.0]) + 0.4 * normals)
    torch.testing.assert_close(LangevinParticles(start="noise").begin(normals), 3 * normals)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "ring"}, "preset = 'ring'.*wells, gauss, three"),
        ({"ratio": 0.0}, "ratio = 0.0"),
        ({"ratio": 3.0}, "từ 0.02 đến 2.1"),
        ({"sigma": -1.0}, "sigma = -1.0"),
        ({"start": "data"}, "start = 'data'.*well, noise"),
        ({"stage": 201}, "từ 0 đến 200"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        LangevinParticles(**options)


def test_a_picture_goes_with_the_figure():
    figure = LangevinParticles()
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
