"""CarriedParticles: trọng số đi đúng, log mật độ đúng cả hai chiều, trường mặc định còn tốt."""

import base64
import json
import math

import pytest
import torch
from torch import nn

from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.flow_matching import FlowMatching
from course_utils.flows import CNF, VelocityMLP
from course_utils.flows.ode import Solver
from course_utils.widgets import CarriedParticles
from course_utils.widgets.carried_particles import (
    COUNT,
    FINE,
    HERE,
    export_field,
    import_field,
)

MOONS = toy.TwoMoons()


def random_field(**settings):
    torch.manual_seed(0)
    field = VelocityMLP(2, **settings)
    for parameter in field.parameters():
        nn.init.normal_(parameter, std=0.5)
    return field


@pytest.mark.parametrize("activation", ["tanh", "silu"])
@pytest.mark.parametrize("hidden", [(7, 5), (5, 6, 7, 8)])
def test_a_field_survives_the_trip_up_to_half_precision(hidden, activation):
    field = random_field(hidden=hidden, frequencies=2, activation=activation)
    spec = json.loads(json.dumps(export_field(field)))
    copy = import_field(spec)
    assert spec["activation"] == activation
    for name, weight in field.state_dict().items():
        assert torch.equal(copy.state_dict()[name], weight.half().double())
    x = torch.randn(4, 2, dtype=torch.float64)
    exact = field.half().double()(0.3, x)
    torch.testing.assert_close(copy(0.3, x), exact)


@pytest.mark.equation("eq-instantaneous-cov")
@pytest.mark.parametrize("field", [0, 1])
def test_log_density_is_the_change_of_variables_of_the_map(field):
    """log p₁(x₁) = log p_Z(z) − log|det ∂x₁/∂z|, định thức lấy bằng autograd qua bộ giải mịn."""
    figure = CarriedParticles(field=field)
    velocity, solver = figure.velocity(), Solver("rk4", FINE)
    z = torch.tensor(figure.start, dtype=torch.float64)

    def end(z):
        return solver(lambda t, s: (velocity(t, s[0]),), (z[None],), (0, 1))[0][0][-1, 0]

    log_det = torch.linalg.slogdet(torch.autograd.functional.jacobian(end, z)).logabsdet
    log_base = torch.distributions.Normal(0, 1).log_prob(z).sum()
    found = figure.log_density("rk4", FINE)
    assert found[0] == pytest.approx(float(log_base), abs=1e-12)
    # Gấp đôi số bước làm sai số của rk4 giảm 16 lần: phần đổi ấy là thước đo của sai số.
    size = 2 * abs(float(found[-1] - figure.log_density("rk4", FINE // 2)[-1]))
    assert float(found[-1]) == pytest.approx(float(log_base - log_det), abs=size)
    assert size < 1e-3


@pytest.mark.equation("eq-augmented-ode")
def test_both_directions_of_time_tell_the_same_story():
    forward = CarriedParticles()
    path, _ = forward.carry(method="rk4", steps=FINE)
    back = CarriedParticles(direction="normalize")
    back.start = path[-1, 0].tolist()
    returned, _ = back.carry(method="rk4", steps=FINE)
    torch.testing.assert_close(returned.flip(0), path, rtol=0, atol=1e-4)
    there, again = (f.log_density("rk4", FINE) for f in (forward, back))
    torch.testing.assert_close(again.flip(0), there, rtol=0, atol=1e-3)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4)])
def test_measures_fall_with_the_order_of_the_solver(method, order):
    coarse, fine = (CarriedParticles(method=method, steps=n).measures() for n in (8, 16))
    assert fine["nfe"] == 2 * coarse["nfe"]
    for key in ("error", "round_trip"):
        # Trường của mạng chưa vào hẳn vùng tiệm cận: giữ bậc trong nửa đơn vị, hoặc hơn.
        assert math.log2(coarse[key] / fine[key]) > order - 0.5


@pytest.mark.parametrize(("place", "allowed"), [(0, 0.06), (1, 0.12)])
def test_stored_fields_still_model_the_two_moons(place, allowed):
    """Cách entropy bao nhiêu nat, từ trọng số đã lưu; phép affine suy từ dữ liệu đi kèm."""
    figure = CarriedParticles(field=place)
    seen = MOONS.sample(400, seed=1)[:COUNT].double()
    there = torch.tensor(figure.fields[place]["data"], dtype=torch.float64)
    scale = seen.std(0) / there.std(0)
    shift = seen.mean(0) - scale * there.mean(0)
    # Dữ liệu đi kèm giữ ba chữ số thập phân.
    torch.testing.assert_close(shift + scale * there, seen, rtol=0, atol=2e-3)
    x = MOONS.sample(2000, seed=2).double()
    path, integral = figure.carry((x - shift) / scale, "rk4", 20, "normalize")
    log_base = torch.distributions.Normal(0, 1).log_prob(path[-1]).sum(1)
    log_p = log_base + integral[-1] - scale.log().sum()
    gap = MOONS.log_prob(x) - log_p
    assert -6 * gap.std() / len(x) ** 0.5 < gap.mean() < allowed


def test_stored_fields_are_small():
    assert (HERE / "carried_fields.json").stat().st_size < 40_000


@pytest.mark.parametrize("model", [CNF(2, (8, 8)), FlowMatching(2, (8, 8, 8))])
def test_models_of_the_course_can_be_shown(model):
    data = torch.randn(500, 2) * 3 + 5
    model.loss(data)  # ActNorm lấy trung bình và độ lệch chuẩn của lô đầu
    figure = CarriedParticles({"thử": model.eval()}, data, direction="normalize")
    assert figure.particles().shape == (COUNT, 2)
    assert figure.particles().mean().abs() < 0.3
    assert figure.still_png().startswith(b"\x89PNG")


def test_without_data_the_way_back_starts_where_the_way_there_ends():
    figure = CarriedParticles({"thử": random_field(hidden=(5, 5))}, direction="normalize")
    noise = torch.tensor(figure.noise, dtype=torch.float64)
    end = figure.carry(noise, "rk4", FINE, "generate")[0][-1]
    torch.testing.assert_close(figure.particles(), end)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "dopri5"}, "hãy chọn euler, midpoint, rk4"),
        ({"steps": 3}, "hãy chọn một trong 1, 2, 4"),
        ({"start": (0.0, float("nan"))}, "từ −3 đến 3"),
        ({"fields": {}}, "ít nhất một"),
        ({"fields": {"a": VelocityMLP(3)}}, "cần VelocityMLP"),
        ({"fields": {"a": nn.Linear(2, 2)}}, "ở đây là Linear"),
        ({"fields": {"a": VelocityMLP(2)}, "data": torch.zeros(5, 3)}, r"cần \(n, 2\)"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        CarriedParticles(**options)


def test_broken_weights_are_refused():
    field = VelocityMLP(2, (4, 4))
    nn.init.constant_(field.linear[0].bias, float("nan"))
    with pytest.raises(InputError, match="NaN"):
        CarriedParticles({"hỏng": field})


def test_a_picture_goes_with_the_figure():
    figure = CarriedParticles()
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    assert len(json.dumps(figure.get_state())) < 120_000
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
