"""SolverSteps: nghiệm đúng thỏa phương trình, bậc của bộ giải, ngưỡng ổn định; ảnh, đầu vào sai."""

import base64
import json
import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.widgets import SolverSteps
from course_utils.widgets.solver_steps import PRESETS

SMOOTH = ["forced", "rotation", "wells"]


@pytest.mark.equation("eq-cnf-ode")
@pytest.mark.parametrize("preset", PRESETS)
def test_the_exact_solution_solves_the_equation(preset):
    figure = SolverSteps(preset, start=0.4)
    torch.testing.assert_close(figure.exact(0.0), figure.initial())
    for t in torch.linspace(0, figure.span, 7, dtype=torch.float64):
        _, speed = torch.func.jvp(figure.exact, (t,), (torch.ones_like(t),))
        torch.testing.assert_close(speed, figure.field(t, figure.exact(t)), rtol=1e-9, atol=1e-9)


@pytest.mark.equation("eq-rk-order")
@pytest.mark.parametrize("preset", SMOOTH)
@pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4)])
def test_halving_the_step_divides_the_error_by_two_to_the_order(preset, solver, order):
    coarse, fine = (SolverSteps(preset, solver, n).error()[0] for n in (128, 256))
    # log₂ của tỉ số là p + O(h), ở đây h ≤ 1/20.
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.1)


@pytest.mark.equation("eq-rk-order")
def test_calls_are_counted():
    for solver, calls in (("euler", 1), ("midpoint", 2), ("rk4", 4)):
        assert SolverSteps(solver=solver, steps=12).error()[1] == 12 * calls
        assert SolverSteps("reversal", solver, steps=12).error()[1] == 24 * calls
    rows = [SolverSteps(solver="dopri5", digits=k).error() for k in (3, 6)]
    errors, calls = zip(*rows, strict=True)
    assert errors[1] < errors[0] / 100
    assert calls[1] > calls[0]


def test_euler_on_the_stiff_problem_needs_a_step_under_two_over_lambda():
    """Độ lệch khỏi nghiệm nhân (1 − λh) mỗi bước: tắt dần khi h < 2/λ, nổ khi h > 2/λ."""
    limit = 2 * 30 / 2  # số bước ở ngưỡng: T λ/2
    assert SolverSteps("stiff", steps=24, parameter=30).error()[0] > 10
    assert SolverSteps("stiff", steps=40, parameter=30).error()[0] < 0.01
    assert 24 < limit < 40


def test_going_back_loses_what_going_forth_contracted():
    """|z(1)| = e^{−20} nhỏ hơn dung sai 10⁻⁵: z(0) tìm lại được không còn dính gì tới 1."""
    assert SolverSteps("reversal", "dopri5", digits=5, parameter=20).error()[0] > 0.5
    assert SolverSteps("reversal", "dopri5", digits=5, parameter=1).error()[0] < 1e-3
    # Euler: mỗi cặp bước đi và về nhân (1 − λh)(1 + λh).
    path, _ = SolverSteps("reversal", "euler", 16, parameter=8).solve()
    assert path[-1].item() == pytest.approx((1 - 0.5**2) ** 16)


@pytest.mark.equation("eq-picard-lindelof")
def test_a_solution_that_blows_up_stops_the_adaptive_solver_only():
    figure = SolverSteps("blowup", "dopri5")
    assert figure.exact(0.49).item() == pytest.approx(2 / 0.02)
    assert figure.exact(figure.span).isnan().all()
    with pytest.raises(InputError, match="dừng giữa đường"):
        figure.solve()
    path, _ = SolverSteps("blowup", "euler").solve()
    assert path[-1].isfinite().all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "cube"}, "hãy chọn một trong forced"),
        ({"solver": "heun"}, "hãy chọn một trong euler"),
        ({"steps": 7}, "hãy chọn một trong 1, 2"),
        ({"digits": 0}, "từ 1 đến 10"),
        ({"start": float("nan")}, "từ −2 đến 2"),
        ({"preset": "stiff", "parameter": 1000}, "từ 1 đến 100"),
        ({"parameter": 3}, "để trống"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        SolverSteps(**options)


@pytest.mark.parametrize("preset", ["forced", "rotation", "blowup"])
def test_a_picture_goes_with_the_figure(preset):
    figure = SolverSteps(preset, "dopri5" if preset == "blowup" else "euler")
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 100_000
    assert png == figure.still_png()
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
