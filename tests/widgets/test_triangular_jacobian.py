"""TriangularJacobian: ma trận của autograd, các ánh xạ đúng và sai, và những gì hình mang theo."""

import base64
import json

import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import TriangularJacobian
from course_utils.widgets.triangular_jacobian import DIM, WEIGHT

FORMS, DIRECTIONS = ("iaf", "maf"), ("z_to_x", "x_to_z")
OTHER = {"z_to_x": "x_to_z", "x_to_z": "z_to_x"}


def log_det(figure):
    return float(torch.linalg.slogdet(figure.jacobian())[1])


@pytest.mark.equation("eq-af-jacobian")
@pytest.mark.parametrize("preset", ["network", "cumsum", "ar1"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_jacobian_is_triangular_and_its_diagonal_gives_the_log_det(preset, form, direction):
    figure = TriangularJacobian(preset, form=form, direction=direction)
    jacobian = figure.jacobian()
    assert (jacobian.triu(1) == 0).all()
    assert figure.diagonal_sum() == pytest.approx(log_det(figure), abs=1e-12)


@pytest.mark.parametrize("preset", ["network", "cumsum", "ar1"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_one_direction_undoes_the_other(preset, form, direction):
    there = TriangularJacobian(preset, form=form, direction=direction)
    back = TriangularJacobian(preset, form=form, direction=OTHER[direction])
    start = torch.tensor(there.values, dtype=torch.float64)
    torch.testing.assert_close(back.forward(there.forward()), start)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(("preset", "weight"), [("cumsum", 1.0), ("ar1", WEIGHT)])
def test_linear_maps_are_one_map_in_two_forms(preset, weight, direction):
    one, two = (TriangularJacobian(preset, form=form, direction=direction) for form in FORMS)
    torch.testing.assert_close(one.jacobian(), two.jacobian())
    z_to_x = TriangularJacobian(preset).jacobian()
    powers = torch.arange(DIM)[:, None] - torch.arange(DIM)
    exact = torch.where(powers >= 0, weight ** powers.clamp(min=0), 0.0).double()
    torch.testing.assert_close(z_to_x, exact)


def test_form_decides_which_direction_takes_one_pass():
    passes = {
        (form, direction): TriangularJacobian(form=form, direction=direction).one_pass
        for form in FORMS
        for direction in DIRECTIONS
    }
    assert passes == {
        ("iaf", "z_to_x"): True,
        ("iaf", "x_to_z"): False,
        ("maf", "z_to_x"): False,
        ("maf", "x_to_z"): True,
    }


@pytest.mark.parametrize(("form", "direction"), [("iaf", "z_to_x"), ("maf", "x_to_z")])
def test_broken_maps_break_what_the_figure_says(form, direction):
    later = TriangularJacobian("later", form=form, direction=direction)
    above = later.jacobian().triu(1).nonzero().tolist()
    assert above == [[1, 3]]
    own = TriangularJacobian("self", form=form, direction=direction)
    assert (own.jacobian().triu(1) == 0).all()
    for figure in (later, own):
        assert abs(figure.diagonal_sum() - log_det(figure)) > 0.05
        stuck = TriangularJacobian(figure.preset, form=form, direction=OTHER[direction])
        with pytest.raises(InputError, match="không có thứ tự tính"):
            stuck.forward()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "none"}, "hãy chọn một trong network"),
        ({"values": (1.0, 2.0)}, "cần 5 số"),
        ({"values": (0, 0, 0, 0, 9)}, "từ −3 đến 3"),
        ({"values": (0, 0, 0, 0, float("nan"))}, "từ −3 đến 3"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        TriangularJacobian(**options)


@pytest.mark.parametrize(
    ("preset", "direction"), [("network", "z_to_x"), ("self", "z_to_x"), ("later", "x_to_z")]
)
def test_a_picture_goes_with_the_figure(preset, direction):
    figure = TriangularJacobian(preset, direction=direction)
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80_000
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
