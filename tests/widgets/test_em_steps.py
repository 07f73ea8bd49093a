"""EMSteps: điểm xuất phát, đầu vào sai, và những gì hình mang theo khi hiển thị."""

import base64
import json

import numpy as np
import pytest
import torch

from course_utils.em import e_step, m_step
from course_utils.errors import InputError
from course_utils.widgets import EMSteps
from course_utils.widgets.em_steps import BOX, PRESETS, three_clusters

NAMES = [p["name"] for p in PRESETS]


@pytest.mark.equation("eq-em")
@pytest.mark.parametrize("name", NAMES)
def test_history_begins_with_the_log_likelihood(name):
    figure = EMSteps(start=name)
    assert figure.preset == name
    value = e_step(torch.tensor(figure.points, dtype=torch.float64), *figure.state())[1]
    assert figure.history == [value]


def run(name, steps, ridge=0.0):
    x = torch.tensor(three_clusters(), dtype=torch.float64)
    state = EMSteps(start=name).state()
    for _ in range(steps):
        state = m_step(x, e_step(x, *state)[0], ridge)
    return state, e_step(x, *state)[1]


def test_the_presets_do_what_the_page_says():
    """Rải đều thì tốt; chụm một chỗ thì kẹt thấp hơn; ngồi lên điểm lẻ thì suy biến."""
    assert run("spread", 200)[1] > run("stuck", 200)[1] + 0.05
    with pytest.raises(InputError, match="suy biến"):
        run("lonely", 200)
    (_, _, covariances), value = run("lonely", 200, ridge=EMSteps().ridge)
    assert np.isfinite(value)
    assert torch.linalg.eigvalsh(covariances).min() >= EMSteps().ridge - 1e-12


def test_points_stay_in_the_picture():
    points = np.array(EMSteps().points)
    assert (points >= np.array(BOX[::2])).all()
    assert (points <= np.array(BOX[1::2])).all()
    own = EMSteps(points=torch.rand(20, 2))
    assert len(own.points) == 20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": "best"}, "hãy chọn một trong spread"),
        ({"ridge": 0.0}, "số dương"),
        ({"points": np.zeros((5, 2))}, "từ 10 đến 300"),
        ({"points": torch.zeros(20, 3)}, r"\(20, 3\)"),
        ({"points": np.full((20, 2), 9.0)}, "ngoài khung"),
        ({"points": np.full((20, 2), np.nan)}, "ngoài khung"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        EMSteps(**options)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_goes_with_the_figure(name):
    figure = EMSteps(start=name)
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80_000
    assert png == figure.still_png()


def test_state_is_json_and_the_module_imports_nothing():
    state = EMSteps().get_state()
    json.dumps(state)
    assert "export default" in state["_esm"]
    assert not any(line.startswith("import ") for line in state["_esm"].splitlines())
    assert "http" not in state["_esm"].replace("http://www.w3.org/2000/svg", "")
