"""HutchinsonProbes: vết, phương sai theo công thức, cả 2^d vector dấu; ảnh và đầu vào sai."""

import base64
import json

import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import HutchinsonProbes
from course_utils.widgets.hutchinson_probes import PRESETS

FOUR = [[1.0, 2.0, 0.0, -1.0], [0.5, -2.0, 3.0, 1.0], [4.0, 0.0, 1.5, 2.0], [0.0, -3.0, 1.0, 2.5]]
MATRICES = [*PRESETS, FOUR]


def parts(figure):
    A = torch.tensor(figure.matrix, dtype=torch.float64)
    return A, (A + A.T) / 2, (A - A.T) / 2


@pytest.mark.equation("eq-hutchinson-divergence")
@pytest.mark.equation("eq-hutchinson-variance")
@pytest.mark.parametrize("matrix", MATRICES, ids=lambda m: m if isinstance(m, str) else "4x4")
def test_all_sign_vectors_give_the_trace_and_the_variance(matrix):
    figure = HutchinsonProbes(matrix, count=0)
    A, _, _ = parts(figure)
    v, values = figure.all_signs()
    assert torch.equal(v.T @ v / len(v), torch.eye(len(A), dtype=torch.float64))
    assert values.mean().item() == pytest.approx(A.trace().item(), abs=1e-12)
    variance = values.var(unbiased=False).item()
    assert variance == pytest.approx(figure.variances()["rademacher"], abs=1e-12)


@pytest.mark.equation("eq-hutchinson-variance")
def test_the_variances_of_the_worked_example():
    assert HutchinsonProbes().variances() == pytest.approx({"rademacher": 23.25, "gaussian": 35.25})


@pytest.mark.equation("eq-hutchinson-variance")
@pytest.mark.parametrize("kind", ["rademacher", "gaussian"])
def test_many_probes_agree_with_the_closed_form(kind):
    figure = HutchinsonProbes(count=5000)
    A, _, _ = parts(figure)
    values = figure.estimates()[kind]
    variance = figure.variances()[kind]
    assert abs(values.mean() - A.trace()) < 6 * (variance / 5000) ** 0.5
    fourth = ((values - values.mean()) ** 4).mean()  # phương sai của phương sai mẫu: (μ₄ − σ⁴)/n
    assert abs(values.var() - variance) < 6 * ((fourth - variance**2) / 5000) ** 0.5


@pytest.mark.parametrize("matrix", MATRICES, ids=lambda m: m if isinstance(m, str) else "4x4")
def test_the_antisymmetric_part_adds_nothing(matrix):
    figure = HutchinsonProbes(matrix)
    _, S, K = parts(figure)
    for twist in (0.0, 2.0):
        changed = HutchinsonProbes((S + twist * K).tolist())
        assert changed.variances() == pytest.approx(figure.variances())
        for kind, values in figure.estimates().items():
            torch.testing.assert_close(values, changed.estimates()[kind], rtol=0, atol=1e-11)


def test_rademacher_is_exact_where_it_should_be():
    for name in ("diagonal", "rotation"):
        figure = HutchinsonProbes(name)
        trace = parts(figure)[0].trace()
        assert (figure.estimates()["rademacher"] == trace).all()
    assert (HutchinsonProbes("rotation").estimates()["gaussian"].abs() < 1e-14).all()
    assert HutchinsonProbes("diagonal").estimates()["gaussian"].std() > 1


def test_the_probes_are_standard_and_repeat_with_the_seed():
    v, g = HutchinsonProbes(count=5000).probes()
    assert set(v.unique().tolist()) == {-1.0, 1.0}
    error = 5000**-0.5  # E[vᵢvⱼ]: phương sai 1 ngoài đường chéo, 2 trên đường chéo
    torch.testing.assert_close(v.T @ v / 5000, torch.eye(3).double(), rtol=0, atol=6 * error)
    torch.testing.assert_close(g.T @ g / 5000, torch.eye(3).double(), rtol=0, atol=6 * 1.42 * error)
    again = HutchinsonProbes(count=10).probes()[1]
    assert torch.equal(g[:10], again)
    assert not torch.equal(again, HutchinsonProbes(count=10, seed=5).probes()[1])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"matrix": "cube"}, "hãy chọn một trong general"),
        ({"matrix": [[1, 2], [3]]}, "cần ma trận vuông"),
        ({"matrix": [[1]]}, "2×2, 3×3 hoặc 4×4"),
        ({"matrix": [[float("nan"), 0], [0, 1]]}, "từ −9 tới 9"),
        ({"count": -1}, "từ 0 tới 5000"),
        ({"seed": -3}, "hạt giống"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        HutchinsonProbes(**options)


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_picture_goes_with_the_figure(count):
    figure = HutchinsonProbes(count=count)
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 100_000
    assert png == figure.still_png()
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
