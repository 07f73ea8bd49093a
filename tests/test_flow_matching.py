"""Khớp luồng: so với đáp án đóng của hai phân phối Gauss, và với từng điều mà lý thuyết hứa."""

import itertools
import math

import pytest
import torch
from torch import nn

from course_utils import FlowMatching, RectifiedFlow
from course_utils.couplings import independent, optimal_transport
from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy, mmd2
from course_utils.flow_matching import straight_path, stratified_times, trigonometric_path
from course_utils.flows import Solver
from course_utils.training import fit

# Sai số mỗi bước 1e-9; vài trăm bước và hệ số khuếch đại dưới 10 cho sai số toàn cục dưới 1e-6.
SHARP, SHARP_ERROR = Solver("dopri5", rtol=1e-9, atol=1e-9), 1e-6
MEAN = torch.tensor([2.0, -1.0], dtype=torch.float64)
STD = torch.tensor([0.5, 1.5], dtype=torch.float64)
PATHS = {
    "straight": straight_path,
    "gaussian": lambda t: straight_path(t, 0.2),
    "trigonometric": trigonometric_path,
}


class GaussianField(nn.Module):
    """E[a′x₁ + b′x₀ | x_t = x] khi x₀ ~ N(0, I), x₁ ~ N(MEAN, STD²) độc lập.

    x_t có trung bình a·m và phương sai V = a²S + b²; hiệp phương sai của vận tốc với x_t là
    a′aS + b′b. Hồi quy tuyến tính là kỳ vọng có điều kiện của một cặp Gauss.
    """

    def __init__(self, path=straight_path):
        super().__init__()
        self.path = path

    def forward(self, t, x):
        t = torch.as_tensor(t, dtype=x.dtype).reshape(-1, 1)
        a, b, da, db = self.path(t)
        slope = (da * a * STD**2 + db * b) / (a**2 * STD**2 + b**2)
        return da * MEAN + slope * (x - a * MEAN)


class StraightField(nn.Module):
    """Trường của luồng thẳng x_t = x₀ + t(m + (s − 1)x₀)."""

    def forward(self, t, x):
        t = torch.as_tensor(t, dtype=x.dtype).reshape(-1, 1)
        return MEAN + (STD - 1) * (x - t * MEAN) / (1 + t * (STD - 1))


def gaussian_model(path="straight", field=None, cls=FlowMatching):
    """Mô hình với trường đóng; ActNorm còn nguyên là phép đồng nhất."""
    settings = {} if cls is RectifiedFlow else {"path": path}
    field = field or GaussianField(PATHS[path])
    return cls(2, field=field, solver=SHARP, **settings).double().eval()


def data(n, seed):
    g = torch.Generator().manual_seed(10**6 + seed)  # khác hạt giống của nhiễu x₀
    return MEAN + STD * torch.randn(n, 2, generator=g, dtype=torch.float64)


def shaken(model, seed=0, gain=1.0):
    """Tham số ngẫu nhiên, xa phép đồng nhất; ActNorm cũng vậy."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            fan_in = p.shape[1] if p.ndim == 2 else 4
            noise = torch.randn(p.shape, generator=g, dtype=torch.float64).to(p)
            p.copy_(gain * noise / fan_in**0.5)
    return model.eval()


def assert_zero(values):
    """Trung bình của các giá trị độc lập (n, ...) bằng 0 trong vòng 6 sai số chuẩn."""
    z = values.mean(0) / (values.std(0) / math.sqrt(len(values)))
    assert (z.abs() < 6).all(), z


# --- Đáp án đóng ----------------------------------------------------------------------------------


@pytest.mark.equation("eq-gaussian-field")
@pytest.mark.equation("eq-marginal-field")
@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("t", [0.3, 0.8])
def test_closed_field_is_the_conditional_mean_velocity(name, t):
    """E[u(x, t | x₁) | x_t = x] bằng cầu phương theo x₁, không dùng công thức hồi quy."""
    a, b, da, db = (float(c) for c in PATHS[name](torch.tensor([[t]], dtype=torch.float64)))
    x = torch.tensor([[0.7, -1.3]], dtype=torch.float64)
    grid = torch.linspace(-12, 12, 20_001, dtype=torch.float64)[:, None]
    x1 = MEAN + STD * grid
    weight = torch.exp(-0.5 * (grid**2 + ((x - a * x1) / b) ** 2))
    conditional = da * x1 + db / b * (x - a * x1)
    mean_velocity = (weight * conditional).sum(0) / weight.sum(0)
    torch.testing.assert_close(GaussianField(PATHS[name])(t, x)[0], mean_velocity)


@pytest.mark.equation("eq-conditional-path")
@pytest.mark.equation("eq-ot-path")
@pytest.mark.equation("eq-gaussian-path")
@pytest.mark.parametrize("name", PATHS)
def test_closed_field_carries_noise_to_data_with_the_exact_density(name):
    """ψ_t(x₀) = a·m + √(a²S + b²)·x₀; lúc t = 1 là N(m, S + σ_min²)."""
    model = gaussian_model(name)
    z = torch.randn(50, 2, dtype=torch.float64)
    times = (0.0, 0.4, 1.0)
    for t, x in zip(times, model.path(z, times), strict=True):
        a, b, *_ = PATHS[name](torch.tensor(t, dtype=torch.float64))
        expected = a * MEAN + (a**2 * STD**2 + b**2).sqrt() * z
        assert (x - expected).abs().max() < SHARP_ERROR
    scale = torch.sqrt(STD**2 + b**2)
    exact = torch.distributions.Normal(MEAN, scale).log_prob(x).sum(1)
    assert (model.log_prob(x) - exact).abs().max() < 10 * SHARP_ERROR  # |z| < 5 nhân sai số của z


@pytest.mark.equation("eq-cfm-loss")
def test_smallest_loss_is_half_pi_s_per_coordinate():
    """Var(v | x_t) = S/((1−t)² + t²S); tích phân theo t là πs/2, rồi cộng hai tọa độ."""
    t = torch.linspace(0, 1, 100_001, dtype=torch.float64)[:, None]
    spread = STD**2 / ((1 - t) ** 2 + t**2 * STD**2)
    floor = float(math.pi / 2 * STD.sum())
    assert float(torch.trapezoid(spread, dx=1e-5, dim=0).sum()) == pytest.approx(floor, rel=1e-9)

    model = gaussian_model()
    torch.manual_seed(0)
    assert_zero(torch.stack([model.loss(data(2000, k)) - floor for k in range(100)]))


@pytest.mark.equation("eq-cfm-loss")
def test_any_other_field_costs_its_mean_square_distance_more():
    delta = torch.tensor([0.3, -0.2], dtype=torch.float64)
    closed = GaussianField()
    model = gaussian_model()
    other = gaussian_model(field=ShiftedField(closed, delta))
    excess = []
    for k in range(100):
        losses = []
        for m in (model, other):
            torch.manual_seed(k)
            losses.append(m.loss(data(500, k)))
        excess.append(losses[1] - losses[0] - delta.square().sum())
    assert_zero(torch.stack(excess))


class ShiftedField(nn.Module):
    def __init__(self, field, delta):
        super().__init__()
        self.base, self.delta = field, delta

    def forward(self, t, x):
        return self.base(t, x) + self.delta


def both_losses(model, seed):
    """Mất mát có điều kiện (của mô hình) và mất mát với trường biên, trên cùng t, x₀, x₁."""
    x1 = data(1000, seed)
    torch.manual_seed(seed)
    x0 = torch.randn_like(x1)
    state = torch.get_rng_state()
    conditional = model.matching_loss(x0, x1)
    torch.set_rng_state(state)
    t = stratified_times(len(x1), x1)
    x = t * x1 + (1 - t) * x0
    difference = model.field(t.squeeze(1), x) - GaussianField()(t.squeeze(1), x)
    return conditional, difference.square().sum(1).mean()


@pytest.mark.equation("eq-fm-loss")
@pytest.mark.equation("eq-cfm-gradient")
def test_marginal_and_conditional_losses_differ_by_a_constant():
    """Hiệu hai mất mát là πs/2 cộng theo tọa độ, với mọi θ; gradient bằng nhau."""
    floor = float(math.pi / 2 * STD.sum())
    for theta in range(2):
        model = shaken(FlowMatching(2, (6, 5), frequencies=1), seed=theta).double()
        parameters = list(model.field.parameters())
        constants, gradients = [], []
        for k in range(100):
            conditional, marginal = both_losses(model, seed=1000 * theta + k)
            difference = conditional - marginal
            constants.append(difference.detach() - floor)
            parts = torch.autograd.grad(difference, parameters)
            gradients.append(torch.cat([g.flatten() for g in parts]))
        assert_zero(torch.stack(constants))
        assert_zero(torch.stack(gradients))


@pytest.mark.parametrize("path", [trigonometric_path, lambda t: straight_path(t, 0.3)])
def test_velocity_of_a_path_is_its_derivative(path):
    t = torch.linspace(0, 1, 7, dtype=torch.float64)[:, None]
    (a, b, da, db), (slope_a, slope_b) = (
        path(t),
        torch.func.jvp(lambda t: path(t)[:2], (t,), (torch.ones_like(t),))[1],
    )
    torch.testing.assert_close((da, db), (slope_a, slope_b))
    torch.testing.assert_close((a[0], b[0], a[-1]), (t[0] * 0, t[0] * 0 + 1, t[0] * 0 + 1))


# --- Ghép đôi và thời gian ------------------------------------------------------------------------


def cost(x0, x1):
    return (x1 - x0).square().sum().item()


@pytest.mark.equation("eq-ot-coupling")
@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_assignment_equals_brute_force(n):
    x0, x1 = torch.randn(2, n, 3, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    best = min(cost(x0[list(order)], x1) for order in itertools.permutations(range(n)))
    assert cost(optimal_transport(x0, x1), x1) == pytest.approx(best)


@pytest.mark.equation("eq-ot-coupling")
def test_assignment_on_a_line_sorts():
    x0, x1 = torch.randn(2, 64, 1)
    paired = optimal_transport(x0, x1, block=64)
    assert torch.equal(paired[x1.argsort(0)[:, 0]], x0.sort(0).values)


@pytest.mark.parametrize("block", [1, 7, 32, 100])
def test_assignment_is_a_permutation_inside_each_block_and_never_costs_more(block):
    x0 = torch.randn(45, 2)
    x1 = 3 + torch.randn(45, 2)
    paired = optimal_transport(x0, x1, block)
    for a, b in zip(paired.split(block), x0.split(block), strict=True):
        assert sorted(a.tolist()) == sorted(b.tolist())
    assert cost(paired, x1) <= cost(independent(x0, x1), x1) * (1 + 1e-6)
    if block == 1:
        assert torch.equal(paired, x0)


@pytest.mark.parametrize("n", [1, 2, 100])
def test_times_are_stratified_and_stay_uniform(n):
    draws = torch.stack([stratified_times(n, torch.zeros(()))[:, 0] for _ in range(400)])
    assert torch.equal((draws * n).long().sort(1).values, torch.arange(n).expand(400, n))
    # Mỗi chỗ trong lô vẫn đều trên [0, 1]: không chỗ nào luôn nhận t nhỏ.
    assert_zero(draws.double() - 0.5)


# --- Nắn thẳng ------------------------------------------------------------------------------------


@pytest.mark.equation("eq-straightness")
def test_straightness_of_the_gaussian_field_and_of_a_straight_flow():
    """x_t = tm + √V x₀ nên độ cong là Σ ∫((√V)′)² dt − (s − 1)²."""
    curved, straight = gaussian_model(), gaussian_model(field=StraightField())
    assert straight.straightness(200, seed=0) < SHARP_ERROR**2
    t = torch.linspace(0, 1, 100_001, dtype=torch.float64)[:, None]
    variance = (1 - t) ** 2 + t**2 * STD**2
    root_slope = (t * STD**2 - (1 - t)) / variance.sqrt()
    bend = torch.trapezoid(root_slope**2, dx=1e-5, dim=0) - (STD - 1) ** 2
    values = torch.tensor([curved.straightness(50, 65, seed=k) for k in range(50)])
    assert_zero(values.double() - bend.sum())


@pytest.mark.equation("eq-rectified-flow")
def test_one_euler_step_of_a_straight_flow_is_exact():
    model = gaussian_model(field=StraightField())
    x = model.sample(1000, steps=1, seed=3)
    assert model.nfe == 1
    torch.testing.assert_close(x, MEAN + STD * gaussian_model_noise(1000, 3))
    assert (x - model.sample(1000, seed=3)).abs().max() < SHARP_ERROR


def gaussian_model_noise(n, seed):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_one_euler_step_of_independent_pairs_lands_on_the_mean_of_the_data():
    """u*(x, 0) = E[x₁] − x: một bước từ t = 0 gộp mọi mẫu vào một điểm."""
    x = gaussian_model().sample(50, steps=1, seed=0)
    torch.testing.assert_close(x, MEAN.expand(50, 2))


@pytest.mark.equation("eq-reflow")
def test_reflow_pairs_are_noise_and_where_the_flow_takes_it():
    first = gaussian_model(cls=RectifiedFlow)
    second, pairs = first.reflow(500, seed=0)
    x0, x1 = pairs.unbind(1)
    torch.testing.assert_close(x0, gaussian_model_noise(500, 0))
    assert (x1 - (MEAN + STD * x0)).abs().max() < SHARP_ERROR
    assert isinstance(second, RectifiedFlow)
    # Cặp mới không đắt hơn cặp độc lập: m² + (s − 1)² so với m² + s² + 1, ở đây cộng hai tọa độ.
    assert cost(x0, x1) < cost(x0, data(500, 1))


@pytest.mark.equation("eq-reflow")
def test_on_its_own_pairs_a_straight_flow_has_loss_zero_and_the_first_flow_has_not():
    straight = gaussian_model(field=StraightField(), cls=RectifiedFlow)
    second, pairs = straight.reflow(300, seed=0)
    assert second.loss(pairs) < SHARP_ERROR**2
    # Trường của cặp độc lập, trên cặp đã nắn: (√V)′ khác s − 1.
    first = gaussian_model(cls=RectifiedFlow)
    assert first.loss(first.reflow(300, seed=0)[1]) > 0.01


def test_reflow_starts_from_the_same_weights_and_leaves_the_first_flow_alone():
    first = shaken(RectifiedFlow(2, (8, 8)))
    before = {k: v.clone() for k, v in first.state_dict().items()}
    second, pairs = first.reflow(64, seed=0)
    x = torch.randn(5, 2)
    torch.testing.assert_close(second.log_prob(x), first.log_prob(x))
    fit(second, pairs, steps=3, lr=1e-2, progress=False)
    assert all(torch.equal(v, before[k]) for k, v in first.state_dict().items())
    torch.testing.assert_close(second.data_side(x)[0], first.data_side(x)[0])
    assert not torch.allclose(second.log_prob(x), first.log_prob(x))


@pytest.mark.equation("eq-reflow")
def test_reflow_improves_one_step_samples():
    density = toy.get("two_moons")
    torch.manual_seed(0)
    first = RectifiedFlow(2, (32, 32))
    fit(first, density, steps=400, lr=4e-2, batch_size=256, progress=False)
    second, pairs = first.reflow(4000, seed=0)
    fit(second, pairs, steps=400, lr=1e-2, batch_size=256, progress=False)
    real = density.sample(1500, 1)
    before, after = (
        mmd2(model.sample(1500, steps=1, seed=2), real, bandwidth=0.3) for model in (first, second)
    )
    assert before.value - after.value > 6 * math.hypot(before.se, after.se)
    assert second.straightness(500, seed=0) < 0.3 * first.straightness(500, seed=0)


# --- Mô hình --------------------------------------------------------------------------------------


MODELS = {
    "plane": lambda: FlowMatching(2, (8, 8)),
    "ot": lambda: FlowMatching(3, (8, 8), coupling="ot", activation="tanh", frequencies=0),
    "image": lambda: FlowMatching((1, 2, 2), (8, 8), alpha=0.05),
    "rectified": lambda: RectifiedFlow(2, (8, 8)),
}


@pytest.mark.parametrize("name", MODELS)
def test_log_prob_is_the_change_of_variables(name):
    model = shaken(MODELS[name]()).double()
    model.ode.solver = SHARP
    x = torch.rand(3, *model.event_shape, dtype=torch.float64)
    z = model.inverse(x)[0]
    for i in range(len(x)):
        jacobian = torch.autograd.functional.jacobian(lambda v: model.inverse(v[None])[0], x[i])
        sign, log_det = torch.linalg.slogdet(jacobian.reshape(model.base.dim, -1))
        assert sign == 1
        expected = model.base.log_prob(z[i : i + 1])[0] + log_det
        # Sai số của z nhân |∂log N/∂z| và của log det, cả hai cỡ SHARP_ERROR.
        assert abs(model.log_prob(x[i : i + 1])[0] - expected) < 10 * SHARP_ERROR
    assert (model.generate(z) - x).abs().max() < 10 * SHARP_ERROR


@pytest.mark.parametrize("alpha", [None, 0.05])
def test_mass_is_one(alpha):
    model = shaken(FlowMatching(2, (16, 16), alpha=alpha), seed=1)
    if alpha is None:
        samples = model.sample(5000, seed=0)
        margin = 0.6 * (samples.amax(0) - samples.amin(0))
        low, high = samples.amin(0) - margin, samples.amax(0) + margin
    else:  # σ đưa cả ℝ vào khoảng (−α, 1 + α)/(1 − 2α) quanh [0, 1]
        edge = alpha / (1 - 2 * alpha)
        low, high = torch.full((2,), -edge), torch.full((2,), 1 + edge)
    side = 300
    cell = (high - low) / side
    axes = [low[k] + (torch.arange(side) + 0.5) * cell[k] for k in range(2)]
    grid = torch.cartesian_prod(*axes)
    with torch.no_grad():
        mass = model.log_prob(grid).double().exp().sum() * cell.prod()
    # Quy tắc điểm giữa trên hàm trơn; phần còn lại là sai số 1e-5 mỗi bước của bộ giải.
    assert mass.item() == pytest.approx(1, abs=2e-3)


def test_data_side_is_set_by_the_first_batch_and_then_stays():
    torch.manual_seed(0)
    x = 100 + 30 * torch.randn(4000, 2)
    model = FlowMatching(2, (8, 8), alpha=None)
    fit(model, x, steps=1, batch_size=1000, lr=1e-2, progress=False)
    y = model.data_side.inverse(x)[0]
    # Trung bình và độ lệch chuẩn của một lô 1000 điểm: sai số chuẩn 0.03 và 0.02.
    assert y.mean(0).abs().max() < 6 * 0.032 * 1.2
    assert (y.std(0) - 1).abs().max() < 6 * 0.023 * 1.2
    fit(model, x, steps=20, batch_size=1000, lr=1e-1, progress=False)
    torch.testing.assert_close(model.data_side.inverse(x)[0], y)


def test_few_steps_are_euler_steps():
    model = shaken(FlowMatching(2, (8, 8)), gain=0.5).double()
    z = torch.randn(6, 2, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    x = z
    for k in range(3):
        x = x + model.field(k / 3, x) / 3
    torch.testing.assert_close(model.sample(6, steps=3, seed=7), model.data_side(x)[0])
    assert model.nfe == 3
    model.sample(6, steps=5, method="midpoint")
    assert model.nfe == 10
    model.sample(6, method="bosh3")
    assert model.nfe > 10


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_point_any_dtype_no_grad_and_inference_mode(name, dtype):
    model = shaken(MODELS[name]()).to(dtype)
    x = torch.rand(1, *model.event_shape, dtype=dtype)
    z = torch.randn(1, *model.base.event_shape, dtype=dtype)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert model.loss(x).isfinite()
            assert model.log_prob(x).shape == (1,)
            assert model.path(z, (0.0, 0.5, 1.0)).shape == (3, 1, *model.event_shape)
    assert model.loss(x).requires_grad
    assert model.sample(2).dtype == dtype


def test_log_prob_of_a_field_without_a_short_cut_is_the_same():
    model = shaken(FlowMatching(3, (8, 8))).double()
    field = model.field
    plain = FlowMatching(3, field=lambda t, x: field(t, x)).double().eval()
    plain.data_side.load_state_dict(model.data_side.state_dict())
    x = torch.randn(5, 3, dtype=torch.float64)
    torch.testing.assert_close(plain.log_prob(x), model.log_prob(x))


def test_a_short_fit_approaches_the_moons():
    torch.manual_seed(0)
    density = toy.get("two_moons")
    model = FlowMatching(2)
    untrained, _ = gap_to_entropy(model.eval(), density, n=2000)
    fit(model, density, steps=300, lr=2e-2, progress=False)
    gap, se = gap_to_entropy(model, density, n=2000)
    assert -6 * se < gap < 0.5 * untrained


# --- Đầu vào sai ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FlowMatching(0), "dim = 0"),
        (lambda: FlowMatching((8, 8)), r"dim = \(8, 8\).*\(1, 8, 8\)"),
        (lambda: FlowMatching(2, ()), "ít nhất một tầng ẩn"),
        (lambda: FlowMatching(2, path="cong"), "đường đi tên 'cong'.*straight"),
        (lambda: FlowMatching(2, coupling="sinkhorn"), "cách ghép đôi tên 'sinkhorn'.*ot"),
        (lambda: FlowMatching(2, path="gaussian", sigma_min=-1.0), "sigma_min = -1.0"),
        (lambda: FlowMatching(2).loss(torch.randn(3, 5)), r"\(3, 5\).*\(n, 2\)"),
        (lambda: FlowMatching(2).loss(torch.randn(3, 2, 2)), r"\(3, 2, 2\).*\(n, 2\)"),
        (lambda: FlowMatching(2).log_prob(torch.ones(3, 2, dtype=torch.long)), "int64"),
        (lambda: FlowMatching(2).path(torch.full((3, 2), math.nan)), "NaN"),
        (lambda: FlowMatching((1, 2, 2), alpha=0.05).loss(torch.full((2, 1, 2, 2), 9.0)), "Logit"),
        (lambda: FlowMatching(2).sample(0), "số nguyên dương"),
        (lambda: FlowMatching(2).sample(3, steps=0), "steps"),
        (lambda: FlowMatching(2).sample(3, method="euler"), "'euler', steps = None.*cần `steps`"),
        (lambda: FlowMatching(2).sample(3, 4, "dopri5"), "'dopri5', steps = 4.*hãy bỏ `steps`"),
        (lambda: FlowMatching(2).sample(3, method="heun"), "bộ giải tên 'heun'"),
        (lambda: FlowMatching(2).sample(3, temperature=-1.0), "Nhiệt độ"),
        (lambda: FlowMatching(2).straightness(10, points=1), "hai thời điểm"),
        (lambda: FlowMatching(2, coupling="ot", block=0).loss(torch.randn(4, 2)), "block = 0"),
        (lambda: optimal_transport(torch.randn(3, 2), torch.randn(4, 2)), "cùng cỡ"),
        (lambda: optimal_transport(torch.full((3, 2), math.nan), torch.randn(3, 2)), "`x0`.*NaN"),
        (lambda: optimal_transport(torch.randn(3, 2), torch.randn(3, 2) / 0), "`x1`.*NaN hoặc vô"),
        (lambda: optimal_transport(torch.randn(0, 2), torch.randn(0, 2)), "rỗng"),
        (lambda: RectifiedFlow(2, path="trigonometric"), "đoạn thẳng"),
        (lambda: RectifiedFlow(2).loss(torch.randn(3, 3, 2)), r"\(3, 3, 2\).*\(n, 2, 2\)"),
        (lambda: RectifiedFlow(2).reflow(0), "n_pairs"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
