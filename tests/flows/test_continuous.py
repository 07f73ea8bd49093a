"""Luồng liên tục: mật độ đúng, hai chiều khớp nhau, và công thức đổi biến tức thời."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian

from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy
from course_utils.flows import CNF, OdeFlow, Solver, VelocityMLP
from course_utils.training import fit

TIGHT = Solver(rtol=1e-9, atol=1e-9)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


class GeneralField(nn.Module):
    """Một trường bất kỳ, không có đường tắt cho phân kỳ."""

    def __init__(self, dim):
        super().__init__()
        self.a, self.b = nn.Linear(dim, 8), nn.Linear(8, dim)

    def forward(self, t, x):
        return self.b((self.a(x) * (1 + t)).tanh())


CASES = {
    "line": lambda: CNF(1, (8, 8)),
    "plane": lambda: CNF(2, (8, 8)),
    "five": lambda: CNF(5, (8, 8), VelocityMLP(5, (8, 8), 2, "silu")),
    "general field": lambda: CNF(2, field=GeneralField(2)),
}


@pytest.fixture
def shaken(randomize):
    """Dựng một CNF xa phép đồng nhất, ở chế độ đánh giá, với bộ giải cho trước."""

    def make(name, solver=None, seed=0, dtype=torch.float64):
        flow = randomize(CASES[name](), seed, 1.0).to(dtype)
        flow.ode.solver = solver or flow.ode.solver
        return flow

    return make


# --- Trường tuyến tính: mọi thứ đều có công thức --------------------------------------------------


@pytest.mark.equation("eq-linear-cnf")
@pytest.mark.equation("eq-cnf-ode")
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_linear_field_is_the_matrix_exponential(dim):
    torch.manual_seed(dim)
    a = torch.randn(dim, dim, dtype=torch.float64)
    ode = OdeFlow(lambda t, x: x @ a.T, TIGHT)
    z = torch.randn(6, dim, dtype=torch.float64)
    x, log_det = ode(z)
    torch.testing.assert_close(x, z @ torch.linalg.matrix_exp(a).T, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(log_det, a.trace().expand(6), rtol=1e-8, atol=1e-8)
    back, log_det = ode.inverse(x)
    torch.testing.assert_close(back, z, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(log_det, -a.trace().expand(6), rtol=1e-8, atol=1e-8)


@pytest.mark.equation("eq-cnf-log-prob")
def test_linear_field_makes_the_gaussian():
    # x = e^A z ~ N(0, e^A e^{Aᵀ}).
    a = torch.tensor([[0.3, -1.0], [1.5, -0.4]], dtype=torch.float64)
    flow = CNF(2, field=lambda t, x: x @ a.T, solver=TIGHT).double().eval()
    m = torch.linalg.matrix_exp(a)
    gaussian = torch.distributions.MultivariateNormal(torch.zeros(2).double(), m @ m.T)
    x = 2 * torch.randn(20, 2, dtype=torch.float64)
    torch.testing.assert_close(flow.log_prob(x), gaussian.log_prob(x), rtol=1e-7, atol=1e-7)


# --- Mật độ ---------------------------------------------------------------------------------------


@pytest.mark.equation("eq-cnf-log-prob")
@pytest.mark.equation("eq-augmented-ode")
@pytest.mark.parametrize("name", CASES)
def test_log_prob_is_the_change_of_variables(shaken, name):
    flow = shaken(name, TIGHT)
    x = torch.randn(3, *flow.event_shape, dtype=torch.float64)
    for v in x:
        j = jacobian(lambda v: flow.inverse(v[None])[0][0], v)
        sign, log_det = torch.linalg.slogdet(j)
        assert sign == 1  # một luồng ODE giữ hướng
        z = flow.inverse(v[None])[0]
        torch.testing.assert_close(
            flow.log_prob(v[None])[0], flow.base.log_prob(z)[0] + log_det, rtol=1e-6, atol=1e-6
        )


@pytest.mark.equation("eq-cnf-log-prob")
@pytest.mark.parametrize("name", ["plane", "general field"])
def test_mass_is_one(shaken, name):
    flow = shaken(name, dtype=torch.float32)
    samples = flow.sample(5000, seed=0)
    low, high = samples.amin(0), samples.amax(0)
    margin = 0.5 * (high - low)
    axes = [torch.linspace(low[k] - margin[k], high[k] + margin[k], 200) for k in range(2)]
    with torch.no_grad():
        p = flow.log_prob(torch.cartesian_prod(*axes)).double().exp()
    mass = p.sum() * (axes[0][1] - axes[0][0]) * (axes[1][1] - axes[1][0])
    assert abs(mass.item() - 1) < 0.01


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_forward_and_inverse_cancel(shaken, name, dtype):
    solver = Solver(rtol=1e-6, atol=1e-6)
    flow = shaken(name, solver, dtype=dtype)
    z = torch.randn(64, *flow.event_shape, dtype=dtype)
    with torch.no_grad():
        u, log_det = flow.ode(z)
        there = flow.ode.nfe
        back, log_det_inverse = flow.ode.inverse(u)
    assert u.dtype == log_det.dtype == dtype
    assert log_det.shape == (64,)
    # Mỗi bước của hai lượt sai không quá dung sai (căn bậc hai trung bình trên z.numel() số), cộng
    # một lần làm tròn; rồi được khuếch đại nhiều nhất e^L, L = cận Lipschitz của trường theo x.
    lipschitz = math.exp(lipschitz_bound(flow.ode.field))
    per_step = (1e-6 + torch.finfo(dtype).eps) * (1 + u.abs().max().item()) * z.numel() ** 0.5
    bound = (there + flow.ode.nfe) * per_step * lipschitz
    assert (back - z).abs().max() <= bound
    assert (back - z).abs().max() <= 1e-3
    torch.testing.assert_close(log_det, -log_det_inverse, rtol=0, atol=1e-3)


def lipschitz_bound(field):
    """Tích các chuẩn phổ: cận Lipschitz theo x khi |σ′| ≤ 1.1 và |1 + t| ≤ 2."""
    layers = field.linear if isinstance(field, VelocityMLP) else (field.a, field.b)
    norms = [torch.linalg.matrix_norm(layer.weight.detach(), 2).item() for layer in layers]
    return math.prod(norms) * (1.1**2 if isinstance(field, VelocityMLP) else 2)


@pytest.mark.equation("eq-gronwall")
@pytest.mark.equation("eq-picard-lindelof")
def test_trajectories_neither_meet_nor_fly_apart(shaken):
    flow = shaken("plane", TIGHT)
    z = torch.randn(50, 2, dtype=torch.float64)
    near = z + 1e-3 * torch.nn.functional.normalize(torch.randn_like(z))
    stretch = math.exp(lipschitz_bound(flow.ode.field))
    with torch.no_grad():
        distance = (flow.ode(z)[0] - flow.ode(near)[0]).norm(dim=1)
    assert (distance <= 1e-3 * stretch).all()
    assert (distance >= 1e-3 / stretch).all()
    line = shaken("line", TIGHT)  # trên đường thẳng: thứ tự không đổi
    with torch.no_grad():
        x = line.ode(torch.linspace(-3, 3, 200, dtype=torch.float64)[:, None])[0]
    assert (x.diff(dim=0) > 0).all()


# --- Đổi biến tức thời ----------------------------------------------------------------------------


def slope(f, t):
    """Sai phân trung tâm của f tại t, khử số hạng h² (Richardson), và cận sai số."""
    coarse, fine = ((f(t + h) - f(t - h)) / (2 * h) for h in (0.02, 0.01))
    best = (4 * fine - coarse) / 3
    return best, (coarse - fine).abs().max().item() + 1e-8 / 0.01


@pytest.mark.equation("eq-instantaneous-cov")
@pytest.mark.equation("eq-liouville")
@pytest.mark.parametrize("name", ["plane", "general field"])
def test_instantaneous_change_of_variables_along_a_path(shaken, name):
    # log p_t(x_t) lấy từ định thức của ∂x_t/∂z, không từ phân kỳ.
    flow = shaken(name, TIGHT)
    ode, z = flow.ode, torch.tensor([0.4, -0.9], dtype=torch.float64)

    def log_density(t):
        j = jacobian(lambda v: ode.path(v[None], (0.0, t))[-1, 0], z)
        return flow.base.log_prob(z[None])[0] - torch.linalg.slogdet(j).logabsdet

    for t in (0.1, 0.5, 0.9):
        x = ode.path(z[None], (0.0, t))[-1]
        expected = -ode.divergence(ode.field, torch.tensor(t), x)[1][0].detach()
        change, error = slope(log_density, t)
        assert abs(change - expected) <= error
        assert error < 0.05 * (1 + expected.abs())


@pytest.mark.equation("eq-continuity")
def test_continuity_equation(shaken):
    # Ở một chỗ đứng yên: ∂_t log p + u·∇log p + ∇·u = 0.
    flow = shaken("plane", TIGHT)
    ode = flow.ode
    x = torch.tensor([[0.3, 0.2], [-0.5, 1.0]], dtype=torch.float64, requires_grad=True)

    def log_density(t):
        z, log_det = ode.move(x.detach(), t, 0.0)
        return (flow.base.log_prob(z) + log_det).detach()

    for t in (0.2, 0.8):
        z, log_det = ode.move(x, t, 0.0)
        total = (flow.base.log_prob(z) + log_det).sum()
        score = torch.autograd.grad(total, x)[0]
        u, divergence = ode.field.with_divergence(t, x)
        change, error = slope(log_density, t)
        residual = change + (u * score).sum(1) + divergence
        assert (residual.abs() <= error).all()
        assert error < 0.05 * (1 + change.abs().max())


# --- Huấn luyện -----------------------------------------------------------------------------------


@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_every_parameter_learns(shaken, name, adjoint):
    flow = shaken(name, dtype=torch.float32).train()
    flow.ode.training_solver = replace(flow.ode.training_solver, adjoint=adjoint)
    flow.loss(torch.randn(64, *flow.event_shape)).backward()
    assert flow.nfe == 16
    for key, p in flow.named_parameters():
        assert p.grad is not None, key
        assert torch.isfinite(p.grad).all(), key
        assert p.grad.abs().sum() > 0, key


@pytest.mark.equation("eq-adjoint-parameters")
@pytest.mark.parametrize("name", ["plane", "general field"])
def test_adjoint_gradient_of_the_likelihood(shaken, name):
    flow = shaken(name, TIGHT)
    x = torch.randn(8, 2, dtype=torch.float64)
    gradients = []
    for adjoint in (False, True):
        flow.ode.solver = replace(TIGHT, adjoint=adjoint)
        gradients.append(torch.autograd.grad(flow.loss(x), list(flow.parameters())))
    torch.testing.assert_close(*gradients, rtol=1e-6, atol=1e-6)


def test_learns_two_moons():
    torch.manual_seed(0)
    density, flow = toy.get("two_moons"), CNF(2, (32, 32))
    fit(flow, density, steps=80, lr=2e-2, batch_size=256, progress=False)
    gap, error = gap_to_entropy(flow, density, n=2000)
    # Phân phối chuẩn khớp nhất với hai nửa vầng trăng có khoảng hở khoảng 0.9 nat.
    assert -6 * error < gap < 0.5


# --- Giao ước chung -------------------------------------------------------------------------------


def test_a_new_flow_is_the_identity_and_the_mode_chooses_the_solver():
    flow = CNF(3)
    x = torch.randn(5, 3)
    torch.testing.assert_close(flow.eval().log_prob(x), flow.base.log_prob(x))
    custom = CNF(2, solver=Solver("euler", 3), training_solver=Solver("midpoint", 5))
    for mode, nfe in ((True, 10), (False, 3)):
        custom.train(mode)(x[:, :2])
        assert custom.nfe == nfe
    ode = OdeFlow(lambda t, x: -x, Solver("euler", 3)).train()
    ode(x)
    assert ode.nfe == 3  # không nói gì thì một bộ giải cho cả hai chế độ


def test_samples_and_paths_never_ask_for_the_divergence(shaken):
    flow = shaken("plane", TIGHT)
    z = torch.randn(7, 2, dtype=torch.float64)
    expected = flow(z)[0]
    flow.ode.divergence = None  # gọi tới là hỏng
    assert flow.sample(4).shape == (4, 2)
    torch.testing.assert_close(flow.generate(z), expected, rtol=1e-6, atol=1e-6)
    path = flow.path(z, (0.0, 0.5, 1.0))
    assert path.shape == (3, 7, 2)
    torch.testing.assert_close(path[-1], flow.generate(z), rtol=1e-6, atol=1e-6)
    assert torch.equal(flow.ode.path(z)[0], z)
    state = torch.get_rng_state()
    assert torch.equal(flow.sample(3, seed=1), flow.sample(3, seed=1))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", CASES)
def test_batch_size_and_grad_mode_do_not_change_log_prob(shaken, name):
    flow = shaken(name, Solver("rk4", 8))  # bước cố định: mỗi điểm một mình một đường
    x = torch.randn(5, *flow.event_shape, dtype=torch.float64)
    whole = flow.log_prob(x)
    torch.testing.assert_close(torch.cat([flow.log_prob(v) for v in x.split(1)]), whole)
    with torch.no_grad():
        torch.testing.assert_close(flow.log_prob(x), whole.detach())
    with torch.inference_mode():
        torch.testing.assert_close(flow.log_prob(x).clone(), whole.detach().clone())
        assert flow.sample(3).shape == (3, *flow.event_shape)
    flow.ode.solver = TIGHT  # bước thích nghi nhìn cả lô: khác nhau cỡ dung sai
    torch.testing.assert_close(
        torch.cat([flow.log_prob(v) for v in x.split(1)]), flow.log_prob(x), rtol=1e-6, atol=1e-6
    )
    twin = CASES[name]().double().eval()
    twin.load_state_dict(flow.state_dict())
    twin.ode.solver = TIGHT
    torch.testing.assert_close(twin.log_prob(x), flow.log_prob(x))


def test_bad_input_is_refused_in_vietnamese():
    with pytest.raises(InputError, match="mô hình này cần"):
        CNF(2).log_prob(torch.randn(3, 3))
    with pytest.raises(InputError, match="mô hình này cần"):
        CNF(2).path(torch.randn(3, 3))
    with pytest.raises(InputError, match="ít nhất một tầng ẩn"):
        CNF(2, hidden=())
    with pytest.raises(InputError, match="NaN"):
        CNF(2).log_prob(torch.full((2, 2), float("nan")))
    narrow = CNF(2, field=lambda t, x: x[:, :1])
    for call in (narrow.log_prob, narrow.path):
        with pytest.raises(InputError, match="cùng hình dạng"):
            call(torch.randn(4, 2))
    with pytest.raises(InputError, match="Trường cho ra NoneType"):
        OdeFlow(lambda t, x: None).inverse(torch.randn(3, 2))
    with pytest.raises(InputError, match="hãy đưa một Solver"):
        CNF(2, solver="dopri5")
    with pytest.raises(InputError, match="luôn tăng hoặc luôn giảm"):
        CNF(2).path(torch.randn(4, 2), (0.0, 0.5, 0.2))
