"""Mô hình điểm số: so với đáp án đóng của dữ liệu Gauss, và với từng điều mà lý thuyết hứa."""

import math

import pytest
import torch
from torch import nn

from course_utils import FlowMatching, ScoreSDE
from course_utils.data import toy
from course_utils.diffusion import VE, VP, DiffusedMixture
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy
from course_utils.flows import Solver
from course_utils.training import fit

# Sai số mỗi bước 1e-9; vài trăm bước và hệ số khuếch đại dưới 10 cho sai số toàn cục dưới 1e-6.
SHARP, SHARP_ERROR = Solver("dopri5", rtol=1e-9, atol=1e-9), 1e-6
MEAN = torch.tensor([2.0, -1.0], dtype=torch.float64)
STD = torch.tensor([0.5, 1.5], dtype=torch.float64)
SDES = {"vp": VP(), "ve": VE(0.01, 20.0)}


def gaussian(sde, mean=MEAN, std=STD):
    return DiffusedMixture([1.0], mean[None], torch.diag(std**2)[None], sde)


class VelocityNet(nn.Module):
    """Mạng v tốt nhất cho dữ liệu Gauss: nhìn (2/π)·θ và y = x/r, trả E[cos θ·ε − sin θ·x₀ | y]."""

    def forward(self, clock, y):
        angle = torch.as_tensor(clock, dtype=y.dtype).reshape(-1, 1) * math.pi / 2
        cos, sin = angle.cos(), angle.sin()
        variance = cos**2 * STD**2 + sin**2
        return -sin * MEAN + sin * cos * (1 - STD**2) / variance * (y - cos * MEAN)


def gaussian_model(name, prediction="eps", **settings):
    """Mô hình với mạng đúng; ActNorm còn nguyên là phép đồng nhất."""
    sde = SDES[name]
    net = gaussian(sde).net if prediction == "eps" else VelocityNet()
    model = ScoreSDE(2, sde=sde, net=net, prediction=prediction, solver=SHARP, **settings)
    return model.double().eval()


def law(sde, s):
    """Trung bình và phương sai của x_s, dữ liệu N(MEAN, STD²)."""
    a, sigma = sde.marginal(s)
    return a * MEAN, a**2 * STD**2 + sigma**2


def ode_law(model):
    """Luật cuối của ODE đúng khi xuất phát từ N(0, r(1)²): ánh xạ là affine."""
    (m1, v1), (m0, v0) = law(model.sde, 1.0), law(model.sde, model.s_min)
    ratio = (v0 / v1).sqrt()
    return m0 - ratio * m1, ratio * model.sde.prior_scale


def data(n, seed):
    g = torch.Generator().manual_seed(10**6 + seed)
    return MEAN + STD * torch.randn(n, 2, generator=g, dtype=torch.float64)


def noise(n, seed, dtype=torch.float64):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def shaken(model, seed=0):
    """Tham số ngẫu nhiên, xa phép đồng nhất; ActNorm cũng vậy, phân phối đầu thì không."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for part in (model.field, model.data_side):
            for p in part.parameters():
                fan_in = p[0].numel() if p.ndim > 1 else 4
                p.copy_(0.7 * torch.randn(p.shape, generator=g).to(p) / fan_in**0.5)
    return model.eval()


def assert_zero(values):
    """Trung bình của các giá trị độc lập (n, ...) bằng 0 trong vòng 6 sai số chuẩn."""
    z = values.mean(0) / (values.std(0) / math.sqrt(len(values)))
    assert (z.abs() < 6).all(), z


def assert_law(x, mean, variance):
    """Mẫu Gauss (n, D) có đúng trung bình và phương sai, 6 sai số chuẩn."""
    n = len(x)
    assert ((x.mean(0) - mean).abs() < 6 * (variance / n).sqrt()).all(), (x.mean(0), mean)
    assert ((x.var(0) / variance - 1).abs() < 6 * math.sqrt(2 / n)).all(), (x.var(0), variance)


CASES = [(name, prediction) for name in SDES for prediction in ("eps", "v")]


# --- Dữ liệu Gauss: mọi thứ đều có đáp án ---------------------------------------------------------


@pytest.mark.equation("eq-score")
@pytest.mark.parametrize(("name", "prediction"), CASES)
def test_score_of_the_best_net_is_the_score_of_the_gaussian(name, prediction):
    model = gaussian_model(name, prediction)
    x = torch.randn(30, 2, dtype=torch.float64)
    for s in (model.s_min, 0.3, 1.0, torch.linspace(0.001, 1, 30, dtype=torch.float64)):
        mean, variance = law(model.sde, torch.as_tensor(s, dtype=torch.float64).reshape(-1, 1))
        torch.testing.assert_close(model.score(s, x), (mean - x) / variance, rtol=1e-7, atol=1e-6)


@pytest.mark.equation("eq-probability-flow")
@pytest.mark.equation("eq-pf-eps")
@pytest.mark.parametrize(("name", "prediction"), CASES)
def test_ode_scales_by_the_standard_deviation(name, prediction):
    """x_s = m_s + √(v_s/v_1)·(x_1 − m_1): ODE dòng xác suất của Gauss là phép phóng to."""
    model = gaussian_model(name, prediction)
    z = noise(50, 0)
    m1, v1 = law(model.sde, 1.0)
    times = (0.0, 0.6, 1.0)
    for t, x in zip(times, model.path(z, times), strict=True):
        m, v = law(model.sde, 1 - (1 - model.s_min) * t)
        expected = m + (v / v1).sqrt() * (model.sde.prior_scale * z - m1)
        assert (x - expected).abs().max() < 10 * SHARP_ERROR  # x_1 của VE cỡ 20
    torch.testing.assert_close(model.sample(50, seed=0), x)


@pytest.mark.equation("eq-pf-likelihood")
@pytest.mark.parametrize(("name", "prediction"), CASES)
def test_ode_likelihood_is_exact(name, prediction):
    model = gaussian_model(name, prediction)
    mean, std = ode_law(model)
    x = data(50, 0)
    exact = torch.distributions.Normal(mean, std).log_prob(x).sum(1)
    assert (model.log_prob(x) - exact).abs().max() < 10 * SHARP_ERROR  # |z| < 5 nhân sai số của z
    # Luật ấy chỉ khác dữ liệu ở nhiễu lúc s_min và ở phân phối đầu: với VP, cả hai dưới 1e-3.
    if name == "vp":
        truth = torch.distributions.Normal(MEAN, STD).log_prob(x).sum(1)
        assert (exact - truth).mean().abs() < 0.02


@pytest.mark.equation("eq-pf-likelihood")
def test_worked_example_of_the_book():
    """N(0, 4), log p(1.5) = −½ln(8π) − 1.5²/8 = −1.89334, tính tay."""
    mean, std = torch.zeros(1, dtype=torch.float64), torch.full((1,), 2.0, dtype=torch.float64)
    net = gaussian(VP(), mean, std).net
    model = ScoreSDE(1, net=net, prediction="eps", s_min=1e-5, solver=SHARP).double().eval()
    value = model.log_prob(torch.tensor([[1.5]], dtype=torch.float64)).item()
    by_hand = -0.5 * math.log(8 * math.pi) - 1.5**2 / 8
    assert by_hand == pytest.approx(-1.89334, abs=1e-5)
    # Phương sai lúc đầu là 1 + 3a(1)² chứ không phải 1: lệch cỡ 3a(1)² = 1.3e-4.
    assert value == pytest.approx(by_hand, abs=2e-4)


def chain_law(model, steps, level):
    """Trung bình và phương sai đúng của chuỗi Euler–Maruyama ngược với điểm số Gauss."""
    sde, h = model.sde, (1 - model.s_min) / steps
    mean, variance = torch.zeros_like(MEAN), torch.full_like(MEAN, sde.prior_scale**2)
    for k in range(steps):
        s = 1 - k * h
        (m, v), g2 = law(sde, s), sde.diffusion(s) ** 2
        pull = h * (1 + level**2) / 2 * g2 / v
        growth = 1 - h * sde.rate(s) - pull
        mean, variance = growth * mean + pull * m, growth**2 * variance
        if k < steps - 1:
            variance = variance + level**2 * g2 * h
    return mean, variance


@pytest.mark.equation("eq-reverse-sde")
@pytest.mark.equation("eq-euler-maruyama")
@pytest.mark.parametrize("level", [1.0, 0.5])
def test_samples_of_the_reverse_sde_have_the_law_of_the_chain(level):
    model = gaussian_model("vp")
    x = model.sample(20_000, "euler_maruyama", steps=60, noise=level, seed=1)
    assert_law(x, *chain_law(model, 60, level))
    assert model.nfe == 60


@pytest.mark.equation("eq-reverse-sde")
@pytest.mark.equation("eq-reverse-family")
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0, 2.0])
def test_every_reverse_sde_tends_to_the_law_of_the_data(level):
    """Sai số của luật cuối nhỏ dần theo số bước, tới phần còn lại của s_min và phân phối đầu."""
    model = gaussian_model("vp", s_min=1e-4)
    errors = []
    for steps in (500, 2000):
        mean, variance = chain_law(model, steps, level)
        errors.append(max((mean - MEAN).abs().max(), (variance / STD**2 - 1).abs().max()))
    assert errors[1] < 0.4 * errors[0] + 1e-2
    assert errors[1] < 0.05


def test_without_noise_the_reverse_sde_is_euler():
    model = shaken(ScoreSDE(2, (8, 8))).double()
    x = noise(6, 0)
    torch.testing.assert_close(model.reverse(x, 7, 0.0), model.follow(x, 7, heun=False))
    assert model.nfe == 7


@pytest.mark.parametrize(("sampler", "order"), [("euler", 1), ("heun", 2)])
def test_order_of_the_fixed_steps(sampler, order):
    """Chiều ngược của VP, độ lệch so với ánh xạ đúng; gấp đôi số bước thì chia 2^bậc."""
    model = gaussian_model("vp", "v")
    mean, std = ode_law(model)
    truth = mean + std * noise(20, 0)
    errors = [
        (model.sample(20, sampler, steps=steps, seed=0) - truth).abs().max() for steps in (200, 400)
    ]
    # Số hạng tiếp theo nhỏ hơn cỡ β(1)/steps: vài phần trăm.
    assert (errors[0] / errors[1]).item() == pytest.approx(2**order, rel=0.1)
    assert model.nfe == order * 400


@pytest.mark.equation("eq-reverse-sde")
def test_a_wrong_net_gives_two_different_models():
    """Dữ liệu N(0, 1), điểm số sai 10%: ODE co phương sai còn e^(−0.1·∫β), SDE dừng ở 1/1.2."""
    sde = VP()

    def net(s, x):
        return 1.1 * sde.marginal(s)[1] * x

    model = ScoreSDE(1, net=net, prediction="eps", s_min=1e-4, solver=SHARP).double().eval()
    z = noise(10_000, 0)[:, :1]
    total = float(sde.total(1.0) - sde.total(1e-4))
    torch.testing.assert_close(model.generate(z), z * math.exp(-0.05 * total), rtol=1e-6, atol=1e-6)
    chain = model.reverse(z, 400, generator=torch.Generator().manual_seed(1))
    growth, variance, h = 1.0, 1.0, (1 - 1e-4) / 400
    for k in range(400):
        beta = float(sde.beta(1 - k * h))
        growth = 1 + h * beta / 2 - 1.1 * h * beta
        variance = growth**2 * variance + beta * h * (k < 399)
    assert variance == pytest.approx(1 / 1.2, rel=0.02)
    assert_law(chain, torch.zeros(1), torch.tensor([variance]))


# --- Mất mát --------------------------------------------------------------------------------------


def floor(model):
    """Mất mát nhỏ nhất, bằng tích phân theo biến mà `times` rải đều; N(MEAN, STD²)."""
    sde, m = model.sde, 20_001
    u = torch.linspace(0, 1, m, dtype=torch.float64)
    a, sigma = (part[:, None] for part in sde.marginal(model.times(u)))
    spread = a**2 * STD**2 / (a**2 * STD**2 + sigma**2)  # Var(ε | x_s), từng tọa độ
    if model.weighting == "velocity":
        spread = spread * (a**2 + sigma**2) / a**2
    value = torch.trapezoid(spread.sum(1), u)
    if model.weighting == "likelihood":
        value = value * (sde.log_ratio(1.0) - sde.log_ratio(model.s_min)) / 2
    return value


@pytest.mark.equation("eq-dsm")
@pytest.mark.parametrize("weighting", ["simple", "likelihood", "velocity"])
@pytest.mark.parametrize("name", SDES)
def test_smallest_loss_is_the_spread_of_the_noise(name, weighting):
    """Var(ε | x_s) = a²c²/(a²c² + σ²); lấy trung bình theo s mà mất mát rút."""
    model = gaussian_model(name, "v", weighting=weighting)
    torch.manual_seed(0)
    assert_zero(torch.stack([model.loss(data(2000, k)) - floor(model) for k in range(40)]))


def test_floors_by_hand():
    """Theo góc: ∫ c²/(c²cos² + sin²) dθ trên [0, π/2], chia π/2, là c; theo ln SNR thì là ln."""
    model = gaussian_model("ve", "v")
    assert floor(model).item() == pytest.approx(STD.sum().item(), rel=0.05)  # góc bỏ hai đầu 0.05
    likelihood = gaussian_model("vp", weighting="likelihood")
    low, high = (likelihood.sde.log_ratio(s).exp() for s in (likelihood.s_min, 1.0))
    by_hand = 0.5 * (torch.log(high / (STD**2 + high)) - torch.log(low / (STD**2 + low))).sum()
    assert floor(likelihood).item() == pytest.approx(by_hand.item(), rel=1e-5)


@pytest.mark.equation("eq-dsm")
def test_any_other_net_costs_its_mean_square_distance_more():
    delta = torch.tensor([0.3, -0.2], dtype=torch.float64)
    exact = gaussian(SDES["vp"]).net
    excess = []
    for k in range(40):
        losses = []
        for net in (exact, lambda s, x: exact(s, x) + delta):
            model = ScoreSDE(2, net=net, prediction="eps").double().eval()
            torch.manual_seed(k)
            losses.append(model.loss(data(500, k)))
        excess.append(losses[1] - losses[0] - delta.square().sum())
    assert_zero(torch.stack(excess))


@pytest.mark.equation("eq-sde-kl")
@pytest.mark.parametrize("name", SDES)
def test_likelihood_loss_is_the_integral_of_the_score_error(name):
    """½∫ g²·E‖S_θ − S‖² ds bằng cầu phương theo s, so với phần mất mát vượt đáy."""
    sde, delta = SDES[name], torch.tensor([0.3, -0.2], dtype=torch.float64)
    exact = gaussian(sde).net
    model = ScoreSDE(
        2, sde=sde, net=lambda s, x: exact(s, x) + delta, prediction="eps", weighting="likelihood"
    )
    s = torch.linspace(model.s_min, 1, 200_001, dtype=torch.float64)
    g, sigma = sde.diffusion(s), sde.marginal(s)[1]
    bound = 0.5 * torch.trapezoid(g**2 * delta.square().sum() / sigma**2, s)
    model = model.double().eval()
    torch.manual_seed(0)
    losses = torch.stack([model.loss(data(1000, k)) for k in range(40)])
    assert_zero(losses - floor(model) - bound)


# --- Cầu sang khớp luồng --------------------------------------------------------------------------


@pytest.mark.equation("eq-matching-weight")
@pytest.mark.parametrize(("name", "prediction"), CASES)
def test_matching_error_is_the_weighted_noise_error_pair_by_pair(name, prediction):
    net = gaussian(SDES[name]).net if prediction == "eps" else VelocityNet()
    model = ScoreSDE(2, sde=SDES[name], net=net, prediction=prediction).double()
    sde, t = model.sde, torch.linspace(0, 1, 40, dtype=torch.float64)
    s = model.field.time(t)
    x0, eps = data(40, 0), noise(40, 1) + 0.5
    x = sde.diffuse(x0, s, eps)
    speed = 1 - model.s_min  # dx/dt của trường chạy từ s = 1 tới s_min, không phải tới 0
    _, _, slope_a, slope_b = (c[:, None] for c in sde.path(1 - s))
    error = model.field(t, x) / speed - (slope_a * x0 + slope_b * eps)
    weight = sde.diffusion(s)[:, None] ** 2 / (2 * sde.marginal(s)[1][:, None])
    torch.testing.assert_close(error, -weight * (model.field.noise(s, x) - eps))


@pytest.mark.equation("eq-score-velocity")
def test_flow_matching_on_the_same_path_learns_the_same_field():
    """Trường ODE đúng là nghiệm của khớp luồng: mất mát khớp luồng của nó chạm đáy của đường VP."""
    sde, exact = VP(), gaussian_model("vp")
    cut = exact.s_min

    def path(t):  # cùng đường, dừng ở s_min như ScoreSDE
        a, b, da, db = sde.path((1 - cut) * t)
        return a, b, (1 - cut) * da, (1 - cut) * db

    flow = FlowMatching(2, path=path, field=exact.field).double().eval()
    t = torch.linspace(0, 1, 100_001, dtype=torch.float64)[:, None]
    a, b, da, db = path(t)
    variance = a**2 * STD**2 + b**2
    spread = da**2 * STD**2 + db**2 - (a * da * STD**2 + b * db) ** 2 / variance
    smallest = torch.trapezoid(spread.sum(1), dx=1e-5)
    torch.manual_seed(0)
    assert_zero(torch.stack([flow.loss(data(2000, k)) - smallest for k in range(40)]))


@pytest.mark.equation("eq-score-velocity")
@pytest.mark.parametrize("name", SDES)
def test_velocity_loss_is_flow_matching_on_the_trigonometric_path(name):
    """Cùng một mạng: u = −(π/2)·v, và mất mát khớp luồng là (π/2)² lần mất mát của v."""
    model = ScoreSDE(2, (8, 8), sde=SDES[name], s_min=0.2).double()
    shaken(model)
    field = model.field
    # Nhìn từ góc: clock = 1 − t, y = cos θ·x₁ + sin θ·ε.
    t = torch.linspace(0.1, 0.9, 20, dtype=torch.float64)
    flow = FlowMatching(
        2, field=lambda t, y: -math.pi / 2 * field.net(1 - t, y), path="trigonometric"
    ).double()
    x1, eps = data(20, 0), noise(20, 1)
    a, b, da, db = (c[:, None] for c in flow.interpolant(t))
    matching = flow.field(t, a * x1 + b * eps) - (da * x1 + db * eps)
    s = model.sde.time_at(2 * (b / a).log()[:, 0])
    angle = model.sde.angle(s)[:, None]
    v = angle.cos() * eps - angle.sin() * x1
    error = field.output(s, model.sde.diffuse(x1, s, eps)) - v
    torch.testing.assert_close(matching, -math.pi / 2 * error)


# --- Mô hình --------------------------------------------------------------------------------------


class ConvNet(nn.Module):
    """Một mạng ảnh bất kỳ, nhận net(s, x) với x (n, C, H, W), không có đường tắt cho phân kỳ."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 1, 3, padding=1)

    def forward(self, s, x):
        s = torch.as_tensor(s, dtype=x.dtype, device=x.device).reshape(-1, 1, 1, 1)
        return self.b(self.a(torch.cat([x, s.expand_as(x)], 1)).tanh())


MODELS = {
    "plane": lambda: ScoreSDE(2, (8, 8)),
    "ve": lambda: ScoreSDE(3, (8, 8), sde=VE(0.05, 5.0), activation="tanh"),
    "noise": lambda: ScoreSDE(2, (8, 8), prediction="eps", s_min=0.05),
    "likelihood": lambda: ScoreSDE(2, (8, 8), weighting="likelihood", frequencies=0, gain=3.0),
    "image": lambda: ScoreSDE((1, 2, 2), (8, 8), alpha=0.05),
    "image net": lambda: ScoreSDE((1, 2, 3), net=ConvNet()),
}


@pytest.mark.parametrize("name", MODELS)
def test_log_prob_is_the_change_of_variables(name):
    model = shaken(MODELS[name]()).double()
    model.ode.solver = Solver("dopri5", rtol=1e-6, atol=1e-6)
    x = torch.rand(1, *model.event_shape, dtype=torch.float64)
    z = model.inverse(x)[0]
    jacobian = torch.autograd.functional.jacobian(lambda v: model.inverse(v)[0], x)
    sign, log_det = torch.linalg.slogdet(jacobian.reshape(model.base.dim, -1))
    assert sign == 1
    # Sai số toàn cục dưới 1e-4 (vài trăm bước, mỗi bước 1e-6), nhân |∂log N/∂z| < 10.
    assert abs(model.log_prob(x)[0] - model.base.log_prob(z)[0] - log_det) < 1e-3
    assert (model.generate(z) - x).abs().max() < 1e-3


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_point_any_dtype_no_grad_and_inference_mode(name, dtype):
    model = shaken(MODELS[name]()).to(dtype)
    x = torch.rand(1, *model.event_shape, dtype=dtype)
    z = torch.randn(1, model.base.dim, dtype=dtype)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert model.loss(x).isfinite()
            assert model.log_prob(x).shape == (1,)
            assert model.path(z, (0.0, 0.5, 1.0)).shape == (3, 1, *model.event_shape)
            assert model.score(0.5, z).dtype == dtype
    assert model.loss(x).requires_grad
    for sampler in ("ode", "euler", "heun", "euler_maruyama"):
        steps = None if sampler == "ode" else 3
        sample = model.sample(2, sampler, steps, seed=0)
        assert sample.dtype == dtype
        assert sample.shape == (2, *model.event_shape)
        assert torch.equal(sample, model.sample(2, sampler, steps, seed=0))


def test_an_untrained_vp_flow_is_the_identity():
    model = ScoreSDE(2).eval()
    torch.testing.assert_close(model.sample(5, seed=0), noise(5, 0, torch.float32))


def test_data_side_is_set_by_the_first_batch_and_then_stays():
    torch.manual_seed(0)
    x = 100 + 30 * torch.randn(4000, 2)
    model = ScoreSDE(2, (8, 8))
    fit(model, x, steps=1, batch_size=1000, lr=1e-2, progress=False)
    y = model.data_side.inverse(x)[0]
    # Trung bình và độ lệch chuẩn của một lô 1000 điểm: sai số chuẩn 0.03 và 0.02.
    assert y.mean(0).abs().max() < 6 * 0.032 * 1.2
    assert (y.std(0) - 1).abs().max() < 6 * 0.023 * 1.2
    fit(model, x, steps=5, batch_size=1000, lr=1e-1, progress=False)
    torch.testing.assert_close(model.data_side.inverse(x)[0], y)


@pytest.mark.equation("eq-dsm")
def test_training_finds_the_score_of_the_gaussian():
    """Dữ liệu Gauss tương quan: điểm số học được so với điểm số đúng ở mọi mức nhiễu."""
    mix = torch.tensor([[1.0, 0.0], [0.6, 0.5]], dtype=torch.float64)
    x = (noise(20_000, 0) @ mix.T).float()
    torch.manual_seed(0)
    model = ScoreSDE(2, (32, 32))
    untrained = ScoreSDE(2, (32, 32)).eval()
    fit(model, x, steps=300, lr=2e-2, progress=False)
    norm = model.data_side.transforms[0]
    scale, shift = norm.log_scale.double().exp(), norm.shift.double()
    covariance = mix @ mix.T / (scale[:, None] * scale)
    exact = DiffusedMixture([1.0], -(shift / scale)[None], covariance[None], model.sde)
    for s in (0.02, 0.1, 0.3, 0.6, 1.0):
        y = model.sde.diffuse(model.data_side.inverse(x[:2000])[0], s, noise(2000, 1).float())
        truth = exact.net(s, y)
        errors = [(m.field.noise(s, y) - truth).square().mean() for m in (model, untrained)]
        assert errors[0] < 0.02
        assert s == 1.0 or errors[0] < 0.3 * errors[1]


def test_a_short_fit_approaches_the_eight_gaussians():
    torch.manual_seed(0)
    density = toy.get("eight_gaussians")
    model = ScoreSDE(2, (32, 32), activation="tanh", gain=3.0)
    untrained, _ = gap_to_entropy(model.eval(), density, n=1000)
    fit(model, density, steps=300, lr=3e-2, batch_size=256, progress=False)
    gap, se = gap_to_entropy(model, density, n=1000)
    assert -6 * se < gap < 0.5 * untrained


# --- Đầu vào sai ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ScoreSDE(0), "dim = 0"),
        (lambda: ScoreSDE((8, 8)), r"dim = \(8, 8\).*\(1, 8, 8\)"),
        (lambda: ScoreSDE(2, ()), "ít nhất một tầng ẩn"),
        (lambda: ScoreSDE(2, sde="sub-vp"), "SDE tên 'sub-vp'.*vp, ve"),
        (lambda: ScoreSDE(2, s_min=0.0), "s_min = 0.0"),
        (lambda: ScoreSDE(2, prediction="x0"), "prediction = 'x0'.*eps, v"),
        (lambda: ScoreSDE(2, weighting="snr"), "weighting = 'snr'.*likelihood"),
        (lambda: ScoreSDE(2, prediction="eps", weighting="velocity"), "dùng prediction='v'"),
        (lambda: ScoreSDE(2, net=lambda s, x: x[:, :1]).loss(torch.randn(3, 2)), "cùng hình dạng"),
        (lambda: ScoreSDE(2).loss(torch.randn(3, 5)), r"\(3, 5\).*\(n, 2\)"),
        (lambda: ScoreSDE(2).score(0.5, torch.randn(3, 5)), r"\(3, 5\).*\(n, 2\)"),
        (lambda: ScoreSDE(2).log_prob(torch.ones(3, 2, dtype=torch.long)), "int64"),
        (lambda: ScoreSDE(2).path(torch.full((3, 2), math.nan)), "NaN"),
        (lambda: ScoreSDE((1, 2, 2), alpha=0.05).loss(torch.full((2, 1, 2, 2), 9.0)), "Logit"),
        (lambda: ScoreSDE(2).sample(0), "số nguyên dương"),
        (lambda: ScoreSDE(2).sample(3, "sde"), "cách lấy mẫu 'sde'.*euler_maruyama"),
        (lambda: ScoreSDE(2).sample(3, steps=10), "steps = 10.*heun"),
        (lambda: ScoreSDE(2).sample(3, "heun", steps=0), "`steps` = 0"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
