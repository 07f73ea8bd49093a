"""DenoisingSteps: bộ khử nhiễu so với cầu phương, và điều mỗi cách lùi hứa."""

import base64
import json

import pytest
import torch

from course_utils.diffusion import cosine_schedule
from course_utils.errors import InputError
from course_utils.widgets import DenoisingSteps
from course_utils.widgets.denoising_steps import CHOICES, PRESETS, SAMPLERS, STEPS


def travel(figure, n=4000, seed=0):
    g = torch.Generator().manual_seed(seed)
    draws = torch.randn(figure.steps + 1, n, 2, generator=g, dtype=torch.float64)
    return figure.trajectory(draws[-1], draws)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("k", [1, 30, 70, 100])
def test_denoiser_is_the_posterior_mean_by_quadrature(preset, k):
    """E[x_0 | x_k] bằng tổng trên lưới, không dùng công thức của từng cụm."""
    figure, schedule = DenoisingSteps(preset), cosine_schedule(STEPS)
    weights, means, std = figure.target
    axis = torch.linspace(-6, 6, 601, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    prior = (weights * torch.exp(-0.5 * (torch.cdist(grid, means) / std) ** 2)).sum(1)
    # x_k có thể gặp: một điểm gần một tâm, cộng chút nhiễu.
    x = schedule.a[k] * means[:1] + schedule.sigma[k] * torch.tensor([[0.4, -0.7]]).double()
    noise = (x - schedule.a[k] * grid) / schedule.sigma[k]
    weight = prior * torch.exp(-0.5 * noise.square().sum(1))
    exact = (weight[:, None] * grid).sum(0) / weight.sum()
    # Lưới bước 0.02; ở k = 1 hậu nghiệm rộng 0.025: sai số hình thang exp(−2π²·1.25²) ~ 1e-13.
    torch.testing.assert_close(figure.denoised(schedule, k, x)[0], exact, rtol=0, atol=1e-8)


@pytest.mark.equation("eq-ddim")
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_with_every_step_each_way_reaches_the_clusters(sampler):
    figure = DenoisingSteps("eight", sampler, steps=100)
    x = travel(figure)[-1]
    assert figure.width(x) == pytest.approx(0.15, rel=0.1)
    counts = torch.cdist(x, figure.target[1]).argmin(1).bincount(minlength=8) / len(x)
    # Nhị thức: 6 sai số chuẩn của 1/8 với 4000 hạt là 0.031.
    assert (counts - 1 / 8).abs().max() < 0.032


@pytest.mark.equation("eq-ddim")
def test_ddim_halves_its_error_with_twice_the_steps():
    exact = travel(DenoisingSteps("gauss", steps=100))[0]
    errors = []
    for steps in (5, 10, 20):
        end = DenoisingSteps("gauss", steps=steps).trajectory(exact, torch.zeros(steps, 1, 2))[-1]
        errors.append(float((end - exact).abs().max()))  # N(0, I): luồng xác suất đứng yên
    assert errors[0] > 1.5 * errors[1] > 2.25 * errors[2]


@pytest.mark.equation("eq-ancestral")
def test_one_step_sends_every_particle_to_the_mean():
    for sampler in SAMPLERS:
        figure = DenoisingSteps("lopsided", sampler, steps=1)
        weights, means, _ = figure.target
        end = travel(figure, 200)[-1]
        # Một bước là E[x_0 | x_T]; tín hiệu còn lại ở T cỡ 5e-4 của x_0.
        assert (end - weights @ means).abs().max() < 0.02


@pytest.mark.equation("eq-ancestral")
def test_beta_is_exact_on_unit_data_and_beta_tilde_too_narrow():
    for steps in (10, 20):
        ends = {s: travel(DenoisingSteps("gauss", s, steps))[-1] for s in ("beta", "tilde")}
        jump = cosine_schedule(STEPS).jump(0, STEPS // steps)
        # Phương sai 1 − β của bước cuối không nhiễu; 8000 số: sai số chuẩn √(2/8000).
        error = 6 * (2 / 8000) ** 0.5
        assert float(ends["beta"].square().mean()) == pytest.approx(1 - jump.beta, abs=error)
        assert float(ends["tilde"].square().mean()) < 1 - jump.beta - error


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "moons"}, "hãy chọn một trong eight"),
        ({"sampler": "euler"}, "hãy chọn một trong ddim"),
        ({"steps": 3}, "hãy chọn một trong 1, 2, 5"),
        ({"stage": 11}, "từ 0 đến steps = 10"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        DenoisingSteps(**options)


def test_a_picture_goes_with_the_figure():
    figure = DenoisingSteps()
    assert figure.steps in CHOICES
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
