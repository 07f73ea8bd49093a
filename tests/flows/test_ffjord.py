"""FFJORD: mật độ đúng, ước lượng không chệch với phương sai đã biết, một vector dò mỗi lần giải."""

import math

import pytest
import torch
from torch import nn

from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.flows import (
    CNF,
    FFJORD,
    ActNorm,
    Flatten,
    FreeField,
    Logit,
    OdeFlow,
    Solver,
    StandardNormal,
    VelocityMLP,
    draw_probes,
    ffjord,
    hutchinson_divergence,
)
from course_utils.flows.transform import Compose
from course_utils.training import fit

FINE = Solver(rtol=1e-9, atol=1e-9)
MATRIX = torch.tensor([[0.2, 0.1, -0.1], [0.3, -0.1, 0.05], [0.0, 0.2, 0.1]], dtype=torch.float64)


class LinearField(nn.Module):
    """u(x, t) = Ax: nghiệm là e^{tA}z, phân kỳ là tr A ở mọi nơi."""

    def __init__(self, matrix):
        super().__init__()
        self.weight = nn.Parameter(torch.as_tensor(matrix, dtype=torch.float64))

    def forward(self, t, x):
        return x @ self.weight.T


def linear(matrix=MATRIX, **settings):
    """FFJORD với trường tuyến tính, float64, bộ giải thật chính xác."""
    size = len(matrix) - settings.get("augment", 0)
    return FFJORD(size, field=LinearField(matrix), solver=FINE, **settings).double().eval()


def shaken(flow, seed=0, gain=1.0):
    """Tham số ngẫu nhiên, trường cỡ vài đơn vị, ActNorm khác đồng nhất."""
    g = torch.Generator().manual_seed(seed)

    def normal(like):
        return torch.randn(like.shape, generator=g, dtype=torch.float64).to(like)

    with torch.no_grad():
        for layer in flow.modules():
            if isinstance(layer, nn.Linear):
                layer.weight.copy_(gain * 1.5 * normal(layer.weight) / layer.in_features**0.5)
                if layer.bias is not None:
                    layer.bias.copy_(0.5 * gain * normal(layer.bias))
            elif isinstance(layer, ActNorm):
                layer.log_scale.copy_(0.2 * normal(layer.log_scale))
                layer.shift.copy_(0.5 * normal(layer.shift))
    return flow.eval()


IMAGE = (1, 2, 2)
CASES = {
    "plane": lambda **s: FFJORD(2, (16, 16, 16), **s),
    "five": lambda **s: FFJORD(5, (12, 12), **s),
    "short cut": lambda **s: FFJORD(3, field=VelocityMLP(3, (16, 16)), **s),
    "image": lambda **s: FFJORD(
        4, (12, 12), data_transform=Compose([Flatten(IMAGE), Logit()]), event_shape=IMAGE, **s
    ),
}


def points(flow, n=4):
    return torch.rand(n, *flow.event_shape, dtype=flow._like.dtype)


# --- Mật độ chính xác -----------------------------------------------------------------------------


@pytest.mark.equation("eq-cnf-log-prob")
@pytest.mark.parametrize("name", CASES)
def test_log_prob_is_the_change_of_variables(name):
    flow = shaken(CASES[name](solver=FINE)).double()
    x = points(flow, 2)

    def noise(v):  # x -> z, không tính phân kỳ
        y = flow.transform.transforms[1].inverse(flow.data_transform.inverse(v[None])[0])[0]
        return flow.ode.path(y, (1.0, 0.0))[-1][0]

    with torch.no_grad():
        log_prob = flow.log_prob(x)
    for i in range(len(x)):
        z = noise(x[i])[None]
        jacobian = torch.autograd.functional.jacobian(noise, x[i]).reshape(flow.base.dim, -1)
        sign, log_det = torch.linalg.slogdet(jacobian)
        assert sign == 1
        # Sai số mỗi bước 1e-9, vài chục bước.
        expected = flow.base.log_prob(z)[0] + log_det
        torch.testing.assert_close(log_prob[i], expected.detach(), rtol=0, atol=1e-6)


@pytest.mark.equation("eq-cnf-log-prob")
@pytest.mark.parametrize("name", ["plane", "image"])
def test_the_two_directions_agree(name):
    flow = shaken(CASES[name](solver=FINE)).double()
    z = torch.randn(16, flow.dim, dtype=torch.float64)
    with torch.no_grad():
        x, log_det = flow(z)
        back, back_log_det = flow.inverse(x)
        torch.testing.assert_close(flow.generate(z), x, rtol=0, atol=1e-7)
    torch.testing.assert_close(back, z, rtol=0, atol=1e-6)
    torch.testing.assert_close(back_log_det, -log_det, rtol=0, atol=1e-6)


def test_same_model_as_a_cnf_with_the_same_field():
    field = VelocityMLP(2, (16, 16))
    one, two = FFJORD(2, field=field), CNF(2, field=field)
    shaken(two, seed=3)
    one.transform.load_state_dict(two.transform.state_dict())
    x = torch.randn(32, 2)
    with torch.no_grad():
        torch.testing.assert_close(one.eval().log_prob(x), two.log_prob(x))


def test_the_short_cut_of_a_field_gives_the_exact_divergence():
    flow = shaken(CASES["short cut"](solver=FINE)).double()

    class Plain(nn.Module):  # cùng trường, giấu đường tắt
        def forward(self, t, x):
            return flow.ode.field(t, x)

    plain = FFJORD(3, field=Plain(), solver=FINE).double().eval()
    plain.transform.transforms[1].load_state_dict(flow.transform.transforms[1].state_dict())
    x = points(flow)
    with torch.no_grad():
        torch.testing.assert_close(plain.log_prob(x), flow.log_prob(x), rtol=0, atol=1e-7)


# --- Ước lượng ------------------------------------------------------------------------------------


def probe_variance(matrix, kind):
    """Phương sai của vᵀAv."""
    s = (matrix + matrix.T) / 2
    return 2 * (s.square().sum() - (kind == "rademacher") * s.diagonal().square().sum()).item()


@pytest.mark.equation("eq-hutchinson-variance")
@pytest.mark.parametrize("kind", ["rademacher", "gaussian"])
def test_estimate_of_a_linear_field(kind):
    # Phân kỳ không đổi dọc đường đi: sai lệch của log p̂ là tr A − vᵀAv.
    torch.manual_seed(0)
    flow, n = linear(probe=kind), 40_000
    x = torch.tensor([[0.5, -1.0, 0.3]], dtype=torch.float64)
    with torch.no_grad():
        exact, draws = flow.log_prob(x), flow.log_prob_estimate(x.expand(n, 3))
    variance = probe_variance(MATRIX, kind)
    assert abs(draws.mean() - exact).item() < 6 * math.sqrt(variance / n)
    deviation = (draws - exact).square()
    assert abs(deviation.mean() - variance) < 6 * deviation.std() / math.sqrt(n)
    with torch.no_grad():
        four = flow.log_prob_estimate(x.expand(n, 3), probes=4)
    deviation = (four - exact).square()
    assert abs(deviation.mean() - variance / 4) < 6 * deviation.std() / math.sqrt(n)


@pytest.mark.equation("eq-hutchinson-divergence")
@pytest.mark.parametrize("kind", ["rademacher", "gaussian"])
@pytest.mark.parametrize("name", ["plane", "five", "image"])
def test_estimate_is_unbiased(name, kind):
    torch.manual_seed(1)
    n = 4000
    flow = shaken(CASES[name](probe=kind, solver=Solver("rk4", steps=8))).double()
    x = points(flow, 1)
    with torch.no_grad():
        exact = flow.log_prob(x)
        draws = flow.log_prob_estimate(x.expand(n, *flow.event_shape))
    # Cùng bộ giải bước cố định: sai số của nó giống nhau ở hai vế.
    assert draws.std() > 0.01
    assert abs(draws.mean() - exact).item() < 6 * draws.std().item() / math.sqrt(n)


def test_loss_is_unbiased_and_so_is_its_gradient():
    torch.manual_seed(2)
    flow = shaken(FFJORD(2, (8, 8), training_solver=Solver("rk4", steps=2))).double().train()
    flow.transform.transforms[1].initialized.fill_(True)
    flow.ode.solver = flow.ode.training_solver
    x = torch.randn(3, 2, dtype=torch.float64)
    weight = flow.ode.field.linear[1].weight
    exact = torch.autograd.grad(-flow.log_prob(x).mean(), weight)[0]
    n = 200
    draws = torch.stack(
        [torch.autograd.grad(flow.loss(x.repeat(20, 1)), weight)[0] for _ in range(n)]
    )
    z = (draws.mean(0) - exact) / (draws.std(0) / math.sqrt(n))
    assert z.abs().max() < 6


# --- Một vector dò mỗi lần giải -------------------------------------------------------------------


def test_one_probe_per_solve(monkeypatch):
    seen = []

    def record(field, t, x, probe):
        seen.append(probe)
        return vector_jacobian(field, t, x, probe)

    vector_jacobian = ffjord.vector_jacobian
    monkeypatch.setattr(ffjord, "vector_jacobian", record)
    flow = shaken(CASES["five"]())
    x = torch.randn(8, 5)
    with torch.no_grad():
        first = flow.log_prob_estimate(x)
    assert len(seen) == flow.nfe > 7  # mỗi lần gọi trường đúng một tích vector–Jacobi
    assert all(v is seen[0] for v in seen)
    assert set(seen[0].unique().tolist()) == {-1.0, 1.0}
    assert len(seen[0].unique(dim=0)) > 1  # mỗi điểm một vector dò
    with torch.no_grad():
        second = flow.log_prob_estimate(x)
    assert not torch.equal(seen[-1], seen[0])
    assert not torch.equal(first, second)


@pytest.mark.equation("eq-ffjord")
def test_the_probe_hardly_changes_the_number_of_evaluations():
    def evaluations(flow, x):
        with torch.no_grad():
            flow.log_prob(x)
            exact = flow.nfe
            flow.log_prob_estimate(x)
        return exact, flow.nfe

    torch.manual_seed(0)
    x = torch.randn(256, 2)
    counts = [evaluations(shaken(FFJORD(2, (32, 32, 32)), seed), x) for seed in range(8)]
    exact, probed = (sum(column) for column in zip(*counts, strict=True))
    assert exact > 8 * 30
    assert exact / 1.3 <= probed <= 1.3 * exact

    density = toy.get("eight_gaussians")
    flow = FFJORD(2, (32, 32, 32))
    fit(flow, density, steps=40, lr=1e-2, batch_size=256, progress=False)
    exact, probed = evaluations(flow, density.sample(256, 1))
    assert exact > 30
    assert exact / 1.3 <= probed <= 1.3 * exact


@pytest.mark.equation("eq-ffjord")
def test_a_redrawn_probe_stalls_an_adaptive_solver_but_not_a_fixed_one():
    def redrawn(field, t, x):
        return hutchinson_divergence(field, t, x, draw_probes(x, 1)[0])

    torch.manual_seed(0)
    flow = shaken(FFJORD(2, (32, 32, 32)))
    x = torch.randn(64, 2)
    with torch.no_grad():
        flow.log_prob_estimate(x)
        assert flow.nfe < 200
        slow = OdeFlow(flow.ode.field, Solver(max_nfe=1000), divergence=redrawn).eval()
        with pytest.raises(InputError, match="vector dò"):
            slow.inverse(x)

        # Bước cố định: cả hai không chệch; rút lại thì các lần rút trung bình hóa nhau.
        n, solver = 4000, Solver("rk4", steps=8)
        one = x[:1].expand(n, 2)
        exact = OdeFlow(flow.ode.field, solver).eval().inverse(x[:1])[1]
        wobbly = OdeFlow(flow.ode.field, solver, divergence=redrawn).eval().inverse(one)[1]
        v = draw_probes(one, 1)[0]
        steady = OdeFlow(
            flow.ode.field,
            solver,
            divergence=lambda f, t, x: hutchinson_divergence(f, t, x, v),
        )
        steady = steady.eval().inverse(one)[1]
    for draws in (wobbly, steady):
        assert abs(draws.mean() - exact).item() < 6 * draws.std().item() / math.sqrt(n)
    assert wobbly.std() < 0.7 * steady.std()


# --- Chính quy hóa --------------------------------------------------------------------------------


@pytest.mark.equation("eq-kinetic")
def test_kinetic_energy_of_a_linear_field():
    # Quay: ‖u‖ = ω‖x‖ suốt đường đi. Co giãn u = ax: ∫₀¹ a²e^{2at}‖z‖² dt = a(‖x‖² − ‖z‖²)/2.
    x = torch.tensor([[3.0, 4.0], [0.3, -0.2]], dtype=torch.float64)
    omega, a = 2.0, 0.7
    turn = linear(torch.tensor([[0.0, -omega], [omega, 0.0]]))
    stretch = linear(a * torch.eye(2))
    square = x.square().sum(1)
    with torch.no_grad():
        torch.testing.assert_close(turn.penalties(x)[0], omega**2 * square, rtol=1e-7, atol=0)
        expected = a * square * (1 - math.exp(-2 * a)) / 2
        torch.testing.assert_close(stretch.penalties(x)[0], expected, rtol=1e-7, atol=0)


@pytest.mark.equation("eq-jacobian-penalty")
@pytest.mark.parametrize("kind", ["rademacher", "gaussian"])
def test_jacobian_penalty_of_a_linear_field(kind):
    torch.manual_seed(0)
    flow, n = linear(probe=kind), 20_000
    with torch.no_grad():
        draws = flow.penalties(torch.randn(n, 3, dtype=torch.float64))[1]
    assert abs(draws.mean() - MATRIX.square().sum()) < 6 * draws.std() / math.sqrt(n)


@pytest.mark.equation("eq-kinetic")
@pytest.mark.equation("eq-jacobian-penalty")
def test_loss_adds_the_penalties():
    torch.manual_seed(0)
    x = torch.randn(64, 3, dtype=torch.float64)
    plain, both = linear(), linear(kinetic=0.3, jacobian=0.2)
    with torch.no_grad():
        torch.manual_seed(5)
        energy, roughness = both.penalties(x)
        torch.manual_seed(5)
        loss = both.loss(x)
        torch.manual_seed(5)
        expected = plain.loss(x) + 0.3 * energy.mean() + 0.2 * roughness.mean()
    assert energy.min() > 0
    torch.testing.assert_close(loss, expected, rtol=0, atol=1e-7)


def test_a_straight_path_at_constant_speed_has_the_least_energy():
    # x(t) = t²·(3, 4) và x(t) = t·(3, 4) cùng hai đầu: động năng 100/3 và 25.
    class Push(nn.Module):
        def __init__(self, speed):
            super().__init__()
            self.speed, self.push = speed, nn.Parameter(torch.tensor([3.0, 4.0]))

        def forward(self, t, x):
            return self.speed(t) * self.push.expand_as(x)

    energies = [
        FFJORD(2, field=Push(speed), solver=FINE)
        .double()
        .eval()
        .penalties(torch.tensor([[3.0, 4.0]], dtype=torch.float64))[0]
        for speed in (lambda t: 2 * t, lambda t: 1.0)
    ]
    assert [e.item() for e in energies] == pytest.approx([100 / 3, 25], abs=1e-6)


def test_every_parameter_learns():
    torch.manual_seed(0)
    for settings in ({}, {"kinetic": 0.1, "jacobian": 0.1}, {"augment": 1}):
        flow = shaken(FFJORD(2, (8, 8), **settings)).train()
        flow.loss(torch.randn(64, 2)).backward()
        for name, p in flow.named_parameters():
            assert p.grad is not None, name
            assert torch.isfinite(p.grad).all(), name
            assert p.grad.abs().sum() > 0, name


# --- Tọa độ thêm ----------------------------------------------------------------------------------


RHO = 0.6
STRETCH = math.log(math.sqrt(1 - RHO**2))
# e^A = [[1, 0], [ρ, √(1 − ρ²)]], nên (x, e) có hiệp phương sai [[1, ρ], [ρ, 1]].
CORRELATED = torch.tensor([[0.0, 0.0], [RHO * STRETCH / (math.exp(STRETCH) - 1), STRETCH]])


@pytest.mark.equation("eq-augmented-bound")
def test_the_bound_and_its_gap():
    # p(x) = N(0, 1); hiệu là KL(N(0, 1) ‖ N(ρx, 1 − ρ²)), trung bình ρ²/(1 − ρ²) + ln(1 − ρ²)/2.
    torch.manual_seed(0)
    flow, n = linear(CORRELATED, augment=1), 40_000
    x = torch.randn(n, 1, dtype=torch.float64)
    log_p = StandardNormal((1,)).log_prob(x)
    with torch.no_grad():
        gap = log_p - flow.elbo(x)
    expected = RHO**2 / (1 - RHO**2) + math.log(1 - RHO**2) / 2
    assert expected == pytest.approx(0.339356, abs=1e-6)
    assert abs(gap.mean() - expected) < 6 * gap.std() / math.sqrt(n)
    # Ở từng điểm: KL(N(0, 1) ‖ N(ρx, 1 − ρ²)).
    point = torch.tensor([[1.5]], dtype=torch.float64)
    here = (1 + RHO**2 * 1.5**2) / (2 * (1 - RHO**2)) - 0.5 + math.log(1 - RHO**2) / 2
    with torch.no_grad():
        bound = flow.elbo(point.expand(n, 1))
        again = flow.elbo(point.expand(2000, 1), draws=8)
    log_p = StandardNormal((1,)).log_prob(point)
    assert abs(log_p - here - bound.mean()) < 6 * bound.std() / math.sqrt(n)
    assert again.std() < bound.std() / 2
    # Lấy mẫu theo trọng số từ q cho lại đúng p(x): trung bình của exp, không phải của log.
    weights = (bound - log_p).exp()
    assert abs(weights.mean() - 1) < 6 * weights.std() / math.sqrt(n)


@pytest.mark.equation("eq-augmented-bound")
def test_the_estimated_bound_trains_on_the_same_number():
    torch.manual_seed(1)
    flow = shaken(FFJORD(2, (12, 12), augment=2, solver=Solver("rk4", steps=6))).double()
    n = 4000
    x = torch.full((n, 2), 0.4, dtype=torch.float64)
    with torch.no_grad():
        exact, estimate = flow.elbo(x), torch.stack([-flow.loss(v) for v in x.split(80)])
    error = math.sqrt(exact.var() / n + estimate.var() / len(estimate))
    assert abs(exact.mean() - estimate.mean()) < 6 * error


@pytest.mark.equation("eq-augmented-flow")
def test_one_more_coordinate_turns_the_line_around():
    turn = linear(torch.tensor([[0.0, -math.pi], [math.pi, 0.0]]), augment=1)
    x = torch.linspace(-1, 1, 101, dtype=torch.float64)
    start = torch.stack([x, torch.zeros_like(x)], 1)
    with torch.no_grad():
        torch.testing.assert_close(turn.generate(start)[:, 0], -x, rtol=0, atol=1e-6)
        joint, log_det = turn(start)
        back = turn.inverse(joint)[0]
    torch.testing.assert_close(log_det, torch.zeros_like(log_det), rtol=0, atol=1e-6)
    torch.testing.assert_close(back, start, rtol=0, atol=1e-6)
    # Trên đường thẳng mọi luồng đều tăng: cách −x xa hơn hàm không giảm gần nó nhất, là hằng số 0,
    # với trung bình x² trên [−1, 1] là 1/3 (trên lưới 101 điểm thì nhỉnh hơn).
    for seed in range(3):
        line = shaken(FFJORD(1, (16, 16, 16)), seed).double()
        with torch.no_grad():
            y = line.generate(x[:, None])[:, 0]
        assert (y.diff() > 0).all()
        assert (y + x).square().mean() > x.square().mean() > 1 / 3


def test_augmented_samples_are_the_marginal():
    flow, n = linear(CORRELATED.T, augment=1), 20_000
    x = flow.sample(n, seed=0)
    assert x.shape == (n, 1)
    variance = torch.linalg.matrix_exp(CORRELATED.T.double())[0].square().sum().item()
    assert abs(x.square().mean() - variance) < 6 * variance * math.sqrt(2 / n)


# --- Giao ước chung -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_batch_size_and_grad_mode_do_not_change_log_prob(name):
    flow = shaken(CASES[name](solver=Solver("rk4", steps=8))).double()
    x = points(flow, 5)
    whole = flow.log_prob(x)
    torch.testing.assert_close(torch.cat([flow.log_prob(v) for v in x.split(1)]), whole)
    with torch.no_grad():
        torch.testing.assert_close(flow.log_prob(x), whole.detach())
    with torch.inference_mode():
        torch.testing.assert_close(flow.log_prob(x).clone(), whole.detach().clone())
        assert torch.isfinite(flow.log_prob_estimate(x)).all()
        assert flow.log_prob_estimate(x[:1]).shape == (1,)
        assert flow.sample(3).shape == (3, *flow.event_shape)
    assert not x.requires_grad
    twin = CASES[name](solver=Solver("rk4", steps=8)).double().eval()
    twin.load_state_dict(flow.state_dict())
    torch.testing.assert_close(twin.log_prob(x), whole)
    assert torch.equal(flow.sample(3, seed=1), flow.sample(3, seed=1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("settings", [{}, {"augment": 2}, {"kinetic": 0.1}])
def test_dtype_and_single_points(dtype, settings):
    flow = shaken(FFJORD(2, (8, 8), **settings)).to(dtype)
    x = torch.randn(1, 2, dtype=dtype)
    with torch.no_grad():
        assert flow.elbo(x).dtype == flow.sample(2).dtype == flow.loss(x).dtype == dtype
        assert flow.elbo(x).shape == (1,)
        assert all(p.shape == (1,) for p in flow.penalties(x))


def test_the_adjoint_gives_the_same_gradient():
    torch.manual_seed(0)
    gradients = []
    for adjoint in (False, True):
        solver = Solver("rk4", steps=30, adjoint=adjoint)
        flow = shaken(FFJORD(2, (8, 8), kinetic=0.1, jacobian=0.1, training_solver=solver))
        flow = flow.double().train()
        torch.manual_seed(3)
        flow.loss(torch.ones(4, 2, dtype=torch.float64)).backward()
        gradients.append(flow.ode.field.linear[0].weight.grad)
    torch.testing.assert_close(*gradients, rtol=1e-3, atol=1e-5)


def test_the_default_field_starts_from_the_identity():
    flow = FFJORD(3).eval()
    x = torch.randn(5, 3)
    with torch.no_grad():
        z = flow.base.sample(4, flow._like, torch.Generator().manual_seed(0))
        torch.testing.assert_close(flow.sample(4, seed=0), z)
        torch.testing.assert_close(flow.log_prob(x), flow.base.log_prob(x))
    field = FreeField(3, (8, 8))
    shaken(field)
    per_point = field(torch.tensor([0.1, 0.7]), x[:2])
    torch.testing.assert_close(per_point[1:], field(0.7, x[1:2]))


def test_bad_input_is_refused_in_vietnamese():
    wide = FFJORD(65, (4,)).eval()
    x = torch.randn(3, 65)
    with pytest.raises(InputError, match="log_prob_estimate"):
        wide.log_prob(x)
    assert wide.log_prob_estimate(x).shape == (3,)
    augmented = FFJORD(2, augment=1).eval()
    for name in ("log_prob", "log_prob_estimate"):
        with pytest.raises(InputError, match="cận dưới: hãy dùng elbo"):
            getattr(augmented, name)(x[:, :2])
    with pytest.raises(InputError, match=r"\(x, e\)"):
        augmented.inverse(x[:, :2])
    with pytest.raises(InputError, match="vector dò loại"):
        FFJORD(2, probe="uniform")
    with pytest.raises(InputError, match="hệ số phạt"):
        FFJORD(2, kinetic=-1.0)
    with pytest.raises(InputError, match="ít nhất một tọa độ"):
        FFJORD(0)
    with pytest.raises(InputError, match="mô hình này cần"):
        FFJORD(2).log_prob(torch.randn(3, 3))
    with pytest.raises(InputError, match="probes"):
        FFJORD(2).log_prob_estimate(torch.randn(3, 2), probes=0)
