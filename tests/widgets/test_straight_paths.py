"""StraightPaths: trường biên so với công thức đóng, mọi cách ghép cùng đưa p₀ về p₁."""

import base64
import json
import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import StraightPaths
from course_utils.widgets.straight_paths import BLOCKS, PRESETS, STEPS, normal_cdf

X = torch.linspace(-3, 3, 25, dtype=torch.float64)


def target_cdf(figure, x):
    weights, means, stds = figure.target
    return (weights * normal_cdf((x[..., None] - means) / stds)).sum(-1)


@pytest.mark.equation("eq-marginal-field")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("t", [0.0, 0.2, 0.49, 0.5, 0.8, 1.0])
def test_average_velocity_is_the_closed_form(preset, t):
    figure = StraightPaths(preset)
    x0, x1 = figure.pairs()
    x = (1 - t) * x0 + t * x1  # những chỗ có đường đi qua
    # Hình thang trên hàm trơn, độ rộng hậu nghiệm gấp trên ba lần bước lưới: sai cỡ exp(−2π²·3²).
    # Lưới dừng ở ±8, cách tâm hậu nghiệm của x₀ (|·| < 3, độ lệch < 1) năm độ lệch: đuôi ~ 10⁻⁶.
    exact = figure.closed_field(x, t)
    torch.testing.assert_close(figure.field(x, t), exact, rtol=0, atol=1e-5)


@pytest.mark.equation("eq-marginal-field")
def test_a_gaussian_target_has_straightforward_answers():
    """N(0, 1) -> N(m, s²): x_t = tm + σ_t x₀, mất mát nhỏ nhất πs/2, chi phí 1 + m² + s²."""
    figure, (m, s) = StraightPaths("gauss"), (1.0, 0.5)
    path, _ = figure.path(X)
    t = torch.linspace(0, 1, STEPS + 1, dtype=torch.float64)[:, None]
    exact = t * m + ((1 - t) ** 2 + (t * s) ** 2).sqrt() * X
    # Runge–Kutta bậc bốn: sai số cỡ h⁴ với h = 1/24, nhân độ lớn của x và của trường.
    torch.testing.assert_close(path, exact, rtol=0, atol=10 / STEPS**4)
    measures = figure.measures()
    # Lưới x₀ dừng ở ±4.4: phần đuôi bỏ đi góp chừng 4.4²·P(|x₀| > 4.4) ≈ 2·10⁻⁴.
    assert measures["pair_cost"] == pytest.approx(1 + m**2 + s**2, abs=1e-3)
    assert measures["flow_cost"] == pytest.approx(m**2 + (1 - s) ** 2, abs=1e-3)
    assert measures["loss"] == pytest.approx(math.pi * s / 2, abs=1e-3)
    assert measures["straightness"] == pytest.approx(2 * s - math.pi * s / 2, abs=1e-3)


@pytest.mark.equation("eq-marginal-field")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("coupling", ["independent", "ot", "reflow"])
def test_every_coupling_carries_the_base_to_the_data(preset, coupling):
    """Một chiều, quỹ đạo không cắt nhau nên ψ₁ tăng: phải là F₁⁻¹(Φ(x₀)), dù ghép cách nào."""
    figure = StraightPaths(preset, coupling=coupling, block=4)
    end = figure.path(X)[0][-1]
    assert (end.diff() > 0).all()
    # Sai số của Runge–Kutta 24 bước, đo theo xác suất.
    assert (target_cdf(figure, end) - normal_cdf(X)).abs().max() < 2e-3


@pytest.mark.equation("eq-ot-coupling")
@pytest.mark.parametrize("block", BLOCKS)
def test_cost_of_batched_pairs_is_that_of_sorted_samples(block):
    figure = StraightPaths("three", coupling="ot", block=block)
    weights, means, stds = figure.target
    generator = torch.Generator().manual_seed(0)
    shape, draw = (20_000, block), {"generator": generator, "dtype": torch.float64}
    k = torch.multinomial(weights, math.prod(shape), True, generator=generator).view(shape)
    x1 = (means[k] + stds[k] * torch.randn(shape, **draw)).sort(1).values
    costs = (x1 - torch.randn(shape, **draw).sort(1).values).square().mean(1)
    error = 6 * float(costs.std()) / len(costs) ** 0.5
    assert figure.measures()["pair_cost"] == pytest.approx(float(costs.mean()), abs=error)


@pytest.mark.equation("eq-straightness")
@pytest.mark.parametrize("preset", PRESETS)
def test_larger_batches_straighten_the_flow(preset):
    rows = [StraightPaths(preset).measures()]
    rows += [StraightPaths(preset, coupling="ot", block=b).measures() for b in (2, 8)]
    for key in ("pair_cost", "straightness", "loss", "euler_error"):
        values = [row[key] for row in rows]
        assert values == sorted(values, reverse=True)
        assert values[-1] > 0
    for row in rows:
        assert row["pair_cost"] > row["flow_cost"]


@pytest.mark.equation("eq-reflow")
def test_after_reflow_one_step_is_enough():
    figure = StraightPaths("two", coupling="reflow")
    measures = figure.measures()
    for key in ("straightness", "loss", "euler_error"):
        assert measures[key] == pytest.approx(0, abs=1e-12)
    x0, x1 = figure.pairs()
    torch.testing.assert_close(x1, figure.independent().path(x0)[0][-1])
    torch.testing.assert_close(figure.euler(x0), x1)


def test_one_euler_step_lands_on_the_conditional_mean():
    figure = StraightPaths("three")
    weights, means, _ = figure.target
    torch.testing.assert_close(figure.euler(X), (weights @ means).expand(len(X)))


@pytest.mark.equation("eq-ot-coupling")
@pytest.mark.parametrize("block", BLOCKS)
def test_no_two_segments_of_a_batch_cross(block):
    figure = StraightPaths("two", coupling="ot", block=block)
    x0, x1 = (v.view(-1, block) for v in figure.pairs())
    order = x0.argsort(1)
    assert (x1.gather(1, order).diff(dim=1) >= 0).all()
    before = StraightPaths("two").pairs()[1].view(-1, block)
    torch.testing.assert_close(x1.sort(1).values, before.sort(1).values)  # chỉ xếp lại


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "moons"}, "hãy chọn một trong two"),
        ({"block": 3}, "hãy chọn một trong 2, 4"),
        ({"steps": 5}, "hãy chọn một trong 1, 2"),
        ({"time": 1.5}, "time từ 0 đến 1"),
        ({"start": float("nan")}, "từ −3 đến 3"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        StraightPaths(**options)


def test_the_field_after_reflow_is_explained():
    with pytest.raises(InputError, match="đi thẳng đều"):
        StraightPaths(coupling="reflow").field(X, 0.5)


def test_a_picture_goes_with_the_figure():
    figure = StraightPaths()
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
