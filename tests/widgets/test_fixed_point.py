"""FixedPoint: dãy của phép lặp, tốc độ Lⁿ; ảnh đi kèm và đầu vào sai."""

import base64
import json

import numpy as np
import pytest

from course_utils.errors import InputError
from course_utils.widgets import FixedPoint
from course_utils.widgets.fixed_point import FUNCTIONS


@pytest.mark.equation("eq-fixed-point")
@pytest.mark.parametrize("preset", FUNCTIONS)
@pytest.mark.parametrize("lip", [0.3, 0.95])
def test_a_contraction_converges_at_least_as_fast_as_promised(preset, lip):
    figure = FixedPoint(preset, lip, y=1.2, start=-2.4)
    path = figure.path(900)
    root = path[-1]
    assert root + FUNCTIONS[preset][0](root, lip) == pytest.approx(1.2, abs=1e-12)
    error = np.abs(path - root)
    bound = lip ** np.arange(len(path)) * error[0]
    assert (error <= bound + 1e-12).all()
    if preset in ("plus", "minus"):  # trường hợp xấu nhất: dấu bằng ở mọi bước
        np.testing.assert_allclose(error, bound, atol=1e-11)


def test_past_the_threshold_the_linear_map_is_invertible_and_the_path_flees():
    figure = FixedPoint("plus", 1.3, y=1.0, start=0.0)
    error = np.abs(figure.path(20) - 1 / 2.3)
    np.testing.assert_allclose(error[1:] / error[:-1], 1.3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "cube"}, "hãy chọn một trong plus"),
        ({"lipschitz": 2.0}, r"từ 0\.2 đến 1\.6"),
        ({"y": float("nan")}, r"từ -2\.5 đến 2\.5"),
        ({"start": 9}, r"từ -3\.5 đến 3\.5"),
        ({"step": -1}, "từ 0 trở lên"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        FixedPoint(**options)


def test_a_picture_goes_with_the_figure():
    figure = FixedPoint()
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 100_000
    assert png == figure.still_png()
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
