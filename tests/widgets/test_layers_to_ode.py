"""LayersToOde: nghiệm so với mũ ma trận, giới hạn của chồng tầng, và những gì hình mang theo."""

import base64
import json
import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import LayersToOde
from course_utils.widgets.layers_to_ode import DEPTHS, PRESETS

LINEAR = ("spiral", "squeeze")


def matrix(preset):
    return torch.tensor(PRESETS[preset]["A"], dtype=torch.float64)


@pytest.mark.equation("eq-residual-limit")
@pytest.mark.parametrize("preset", LINEAR)
def test_solution_of_a_linear_field_is_the_matrix_exponential(preset):
    figure = LayersToOde(preset)
    path, log_det = figure.solution()
    exact = figure.points() @ torch.linalg.matrix_exp(matrix(preset)).T
    # Runge–Kutta bậc bốn: sai số dưới T·(h‖A‖)⁴‖A‖ với h = 1/400, ‖A‖ = 5.
    torch.testing.assert_close(path[-1], exact, rtol=0, atol=5 * (5 / 400) ** 4)
    torch.testing.assert_close(log_det, torch.full_like(log_det, matrix(preset).trace().item()))


@pytest.mark.parametrize("preset", LINEAR)
@pytest.mark.parametrize("mode", ["joint", "fixed_step", "fixed_depth"])
def test_layers_of_a_linear_field_are_a_power(preset, mode):
    figure = LayersToOde(preset, 16, mode=mode)
    depth, delta = figure.schedule
    layer = torch.eye(2) + delta * matrix(preset)
    path, log_det = figure.layers()
    exact = figure.points() @ torch.linalg.matrix_power(layer, depth).T
    torch.testing.assert_close(path[-1], exact)
    expected = depth * torch.linalg.slogdet(layer)[1]
    torch.testing.assert_close(log_det, torch.full_like(log_det, expected.item()))


@pytest.mark.equation("eq-residual-limit")
@pytest.mark.parametrize("preset", PRESETS)
def test_error_and_log_det_error_halve_when_layers_double(preset):
    coarse, fine = (LayersToOde(preset, n).measures() for n in (32, 64))
    for key in ("error", "log_det_error"):
        slope = math.log2(fine[key] / coarse[key])
        # Sai số là c/K + O(1/K²): tới K = 64, độ dốc còn cách −1 cỡ ‖A‖/64 · (vài lần).
        assert slope == pytest.approx(-1, abs=0.25)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_two_other_limits_fail(preset):
    best = LayersToOde(preset, 64).measures()["error"]
    held = LayersToOde(preset, 64, mode="fixed_step").measures()
    assert held["error"] > 10 * best
    still = [LayersToOde(preset, n, mode="fixed_depth").measures() for n in (32, 64)]
    assert still[1]["error"] > 10 * best
    ratio = still[1]["displacement"] / still[0]["displacement"]
    assert ratio == pytest.approx(0.5, abs=0.1)  # 4 tầng δ: độ dời ~ 4δ‖u‖


def test_jacobian_of_the_network_is_that_of_autograd():
    figure = LayersToOde("network")
    for x in figure.points():
        _, jacobian = figure.field(x[None], 0.3)
        exact = torch.autograd.functional.jacobian(lambda p: figure.field(p[None], 0.3)[0][0], x)
        torch.testing.assert_close(jacobian[0], exact)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "none"}, "hãy chọn một trong spiral"),
        ({"depth": 3}, "hãy chọn một trong 1, 2"),
        ({"start": (3.0, 0.0)}, "từ −2 đến 2"),
        ({"start": (float("nan"), 0.0)}, "từ −2 đến 2"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        LayersToOde(**options)


def test_a_picture_goes_with_the_figure():
    figure = LayersToOde("network", DEPTHS[1])
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
