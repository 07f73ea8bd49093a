"""ResidualFold: hằng số Lipschitz của các hàm u, chỗ gấp đầu tiên, số nghiệm; ảnh đi kèm."""

import base64
import json
import math

import numpy as np
import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import ResidualFold
from course_utils.widgets.residual_fold import (
    LINES,
    NETWORK,
    PINCH,
    PRESETS,
    residual_line,
    residual_plane,
)

PLANES = [entry["name"] for entry in PRESETS if entry["view"] == "plane"]
TICKS = np.linspace(-5, 5, 401)
PLANE = np.stack(np.meshgrid(TICKS, TICKS), -1)


@pytest.mark.equation("eq-lipschitz-condition")
@pytest.mark.parametrize("preset", LINES)
def test_stated_lipschitz_constants_of_lines(preset):
    x = np.linspace(-6, 6, 24_001)
    lip = next(entry["lip"] for entry in PRESETS if entry["name"] == preset)
    assert np.abs(LINES[preset][1](x)).max() == pytest.approx(lip, abs=1e-6)
    assert residual_line(preset, 0.999 / lip, x)[1].min() > 0


@pytest.mark.equation("eq-lipschitz-condition")
@pytest.mark.parametrize("preset", PLANES)
def test_stated_lipschitz_constants_of_planes(preset):
    jacobian = residual_plane(preset, 1.0, PLANE)[1] - np.eye(2)
    norm = np.linalg.norm(jacobian, 2, axis=(-2, -1)).max()
    assert norm == pytest.approx(1, abs=1e-3)  # lưới bước 0.025: cực đại sai bậc hai theo bước
    assert np.linalg.det(residual_plane(preset, 0.99, PLANE)[1]).min() > 0


@pytest.mark.parametrize(
    ("preset", "first"), [("pinch", 1.0), ("swirl", math.e), ("network", None)]
)
def test_the_first_fold_comes_at_the_threshold_or_later(preset, first):
    def least(delta):
        return np.linalg.det(residual_plane(preset, delta, PLANE)[1]).min()

    if first is None:  # mạng bất kỳ: gấp muộn hơn ngưỡng
        assert least(1.2) > 0 > least(1.3)
    else:  # công thức đóng: det nhỏ nhất là 1 − δ, và 1 − (δ/e)²
        exact = (lambda d: 1 - d) if preset == "pinch" else (lambda d: 1 - (d / first) ** 2)
        for delta in (0.999 * first, 1.01 * first):
            assert least(delta) == pytest.approx(exact(delta), abs=2e-3)


@pytest.mark.parametrize("preset", PLANES)
def test_jacobian_is_the_derivative_of_the_map(preset):
    def phi(x):
        if preset == "network":
            inner, bias, outer = (torch.tensor(NETWORK[k]).double() for k in NETWORK)
            return x + 1.7 * outer @ torch.tanh(inner @ x + bias)
        a, bell = torch.tensor(PINCH), torch.exp(-0.5 * x @ x)
        turned = torch.stack([-x[1], x[0]])
        return x + 1.7 * bell * (turned if preset == "swirl" else -a * (a @ x))

    for point in torch.tensor([[0.3, -1.1], [-2.0, 0.4]], dtype=torch.float64):
        y, jacobian = residual_plane(preset, 1.7, point.numpy())
        np.testing.assert_allclose(y, phi(point), rtol=1e-7, atol=1e-7)
        exact = torch.autograd.functional.jacobian(phi, point)
        np.testing.assert_allclose(jacobian, exact, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("preset", "delta", "count"),
    [("contract", 0.3, 1), ("contract", 0.5, 3), ("expand", 0.5, 1), ("sine", 1.5, 1)],
)
def test_roots_solve_the_equation(preset, delta, count):
    figure = ResidualFold(preset, delta, y=0.05)
    roots = figure.roots()
    assert len(roots) == count
    np.testing.assert_allclose(residual_line(preset, delta, roots)[0], 0.05, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "cube"}, "hãy chọn một trong contract"),
        ({"delta": 1.5}, "từ 0 đến 1"),
        ({"y": float("nan")}, "ngoài khung"),
        ({"point": (4, 0)}, "từ −3 đến 3"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        ResidualFold(**options)


def test_roots_are_for_the_line_only():
    with pytest.raises(InputError, match="một chiều"):
        ResidualFold("swirl").roots()


@pytest.mark.parametrize("preset", ["contract", "network"])
def test_a_picture_goes_with_the_figure(preset):
    figure = ResidualFold(preset, 0.8)
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 150_000
    assert png == figure.still_png()
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
