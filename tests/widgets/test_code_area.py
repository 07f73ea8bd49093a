"""CodeArea: những con số của hình, và những gì nó mang theo khi hiển thị."""

import base64
import json

import numpy as np
import pytest
import torch

from course_utils import information
from course_utils.errors import InputError
from course_utils.widgets import CodeArea


@pytest.mark.equation("eq-cross-entropy")
def test_measures_agree_with_the_package():
    p, q = [0.5, 0.3, 0.15, 0.05], [0.1, 0.2, 0.3, 0.4]
    figure = CodeArea(p, q, unit="nat")
    a, b = torch.tensor(p, dtype=torch.float64), torch.tensor(q, dtype=torch.float64)
    expected = {
        "entropy": information.entropy(a),
        "cross": information.cross_entropy(a, b),
        "kl": information.kl(a, b),
        "kl_reverse": information.kl(b, a),
    }
    assert figure.measures() == pytest.approx({k: float(v) for k, v in expected.items()})
    in_bits = CodeArea(p, q).measures()
    assert in_bits["entropy"] == pytest.approx(float(information.bits(expected["entropy"])))


def test_the_halves_take_one_and_three_quarters_questions():
    value = CodeArea(q=[0.5, 0.25, 0.125, 0.125]).measures()
    assert value == pytest.approx({"entropy": 1.75, "cross": 1.75, "kl": 0, "kl_reverse": 0})


@pytest.mark.parametrize("law", [[0.5, 0.5], [0.7, 0.3, 0.0, 0.0], [0.5, 0.3, 0.1, 0.2]])
def test_bad_input_is_explained(law):
    for options in ({"p": law}, {"q": law}):
        with pytest.raises(InputError, match=r"bốn xác suất từ 0\.01 trở lên"):
            CodeArea(**options)


def test_a_picture_goes_with_the_figure():
    figure = CodeArea()
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80_000
    assert png == figure.still_png()
    assert np.isclose(sum(figure.get_state()["p"]), 1)
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
