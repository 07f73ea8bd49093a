"""Map1D: ánh xạ đơn điệu, đạo hàm của nó, và những gì hình mang theo khi hiển thị."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from course_utils.errors import InputError
from course_utils.widgets import Map1D
from course_utils.widgets.map1d import KNOTS_Z, PRESETS, monotone_cubic

steps = st.lists(st.floats(0.05, 4.0), min_size=12, max_size=12)
signs = st.sampled_from([-1, 1])


def random_knots(gaps, sign):
    """Bảy nút: sáu khoảng cách của z, rồi sáu khoảng cách của x."""
    z = np.concatenate([[0], np.cumsum(gaps[:6])]) - 3
    x = sign * (np.concatenate([[0], np.cumsum(gaps[6:])]) - 2)
    return np.stack([z, x], 1)


@given(steps, signs)
def test_monotone_cubic_passes_through_knots_and_never_turns(gaps, sign):
    knots = random_knots(gaps, sign)
    np.testing.assert_allclose(monotone_cubic(knots, knots[:, 0])[0], knots[:, 1], atol=1e-9)
    z = np.linspace(knots[0, 0] - 2, knots[-1, 0] + 2, 2001)
    x, slope = monotone_cubic(knots, z)
    assert (sign * slope > 0).all()
    assert (sign * np.diff(x) > 0).all()


@given(steps, signs)
def test_slope_is_the_derivative(gaps, sign):
    knots = random_knots(gaps, sign)
    z = np.linspace(knots[0, 0] - 1, knots[-1, 0] + 1, 301)
    h = 1e-6
    difference = (monotone_cubic(knots, z + h)[0] - monotone_cubic(knots, z - h)[0]) / (2 * h)
    slope = monotone_cubic(knots, z)[1]
    np.testing.assert_allclose(difference, slope, rtol=1e-3, atol=1e-3 * np.abs(slope).max())


@given(steps, signs)
def test_inner_slopes_are_those_of_pchip(gaps, sign):
    knots = random_knots(gaps, sign)
    inner = knots[1:-1, 0]
    expected = PchipInterpolator(*knots.T).derivative()(inner)
    np.testing.assert_allclose(monotone_cubic(knots, inner)[1], expected, rtol=1e-6)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_know_their_derivative_and_knots(name):
    figure = Map1D(preset=name)
    z, h = np.linspace(-2, 2, 101), 1e-6
    difference = (figure.f(z + h) - figure.f(z - h)) / (2 * h)
    np.testing.assert_allclose(figure.slope(z), difference, rtol=1e-5, atol=1e-5)
    assert [knot[0] for knot in figure.knots] == list(KNOTS_Z)
    np.testing.assert_allclose([k[1] for k in figure.knots], figure.f(KNOTS_Z), atol=1e-4)


@pytest.mark.equation("eq-cov-1d")
@pytest.mark.parametrize("name", ["affine", "decreasing", "exp", "two_modes"])
def test_pushed_density_has_mass_one(name):
    figure = Map1D(preset=name)
    z = np.linspace(-8, 8, 20001)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) / np.abs(figure.slope(z))
    assert abs(np.trapezoid(density, figure.f(z))) == pytest.approx(1, abs=1e-4)


def test_a_map_of_your_own():
    figure = Map1D(knots=[[-2, 3], [0, 1], [2, -4]])
    assert figure.preset == "custom"
    np.testing.assert_allclose(figure.f([-2, 0, 2]), [3, 1, -4])
    assert (figure.slope(np.linspace(-5, 5, 101)) < 0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "log"}, "hãy chọn một trong affine"),
        ({"knots": [[0, 1], [1, 2]]}, "ít nhất ba nút"),
        ({"knots": [0, 1, 2]}, "ít nhất ba nút"),
        ({"knots": [[0, 1], [1, float("nan")], [2, 3]]}, "hữu hạn"),
        ({"knots": [[0, 1], [0, 2], [1, 3]]}, "sắp các nút theo z"),
        ({"knots": [[0, 1], [1, 2], [2, 1.5]]}, "không có hàm ngược"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        Map1D(**options)


@pytest.mark.parametrize("name", PRESETS)
def test_a_picture_goes_with_the_figure(name):
    figure = Map1D(preset=name)
    data, _ = figure._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == figure.model_id
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80_000
    assert png == figure.still_png()  # cùng một hình, cùng một tệp
    assert data["text/plain"] == repr(Map1D(preset=name))  # không có địa chỉ bộ nhớ


def test_state_is_json_and_the_module_imports_nothing():
    state = Map1D().get_state()
    json.dumps(state)
    assert "export default" in state["_esm"]
    assert not any(line.startswith("import ") for line in state["_esm"].splitlines())
    assert "http" not in state["_esm"].replace("http://www.w3.org/2000/svg", "")
    assert "http" not in state["_css"]
