"""DDPM: so với đáp án đóng của dữ liệu Gauss, và với từng điều mà lý thuyết hứa."""

import itertools
import math

import pytest
import torch
from torch import nn

from course_utils import DDPM
from course_utils.data import toy
from course_utils.diffusion import NoiseSchedule, cosine_schedule, linear_schedule
from course_utils.diffusion.parameterizations import KINDS, target, x0_weight
from course_utils.errors import InputError
from course_utils.training import fit

VARIANCES = torch.tensor([0.09, 1.0, 4.0], dtype=torch.float64)


class GaussianNet(nn.Module):
    """Mạng tốt nhất khi x_0 ~ N(0, diag VARIANCES): E[đích | x_k], theo công thức hồi quy.

    x = a·x_0 + σ·ε có phương sai V = a²c² + σ², nên E[x_0 | x] = a c² x/V và E[ε | x] = σ x/V.
    """

    def __init__(self, schedule, kind="eps", variances=VARIANCES):
        super().__init__()
        self.schedule, self.kind, self.variances = schedule, kind, variances

    def forward(self, s, x):
        k = (torch.as_tensor(s).double() * self.schedule.steps).round().long().reshape(-1)
        a, sigma = self.schedule.a[k][:, None], self.schedule.sigma[k][:, None]
        total = a**2 * self.variances + sigma**2
        x0, eps = a * self.variances * x.double() / total, sigma * x.double() / total
        return target(self.kind, x0, eps, a, sigma).to(x)


def gaussian_model(steps=20, kind="eps", variance="beta", variances=VARIANCES, schedule=None):
    """DDPM với mạng chính xác; phép chuẩn tắc còn nguyên là phép đồng nhất."""
    schedule = schedule or cosine_schedule(steps)
    net = GaussianNet(schedule, kind, variances)
    settings = {"schedule": schedule, "prediction": kind, "variance": variance}
    return DDPM(len(variances), net=net, **settings).double().eval()


def data(n, seed, variances=VARIANCES):
    g = torch.Generator().manual_seed(10**6 + seed)
    noise = torch.randn(n, len(variances), generator=g, dtype=torch.float64)
    return variances.sqrt() * noise


def log_normal(x, variances=VARIANCES):
    return torch.distributions.Normal(0.0, variances.sqrt()).log_prob(x).sum(1)


def assert_zero(values):
    """Trung bình của các giá trị độc lập (n, ...) bằng 0 trong vòng 6 sai số chuẩn."""
    z = values.mean(0) / (values.std(0) / math.sqrt(len(values)))
    assert (z.abs() < 6).all(), z


def mmse(schedule, variances):
    """E‖x_0 − E[x_0 | x_k]‖² theo bước (T + 1, D): phương sai hậu nghiệm c²σ²/(a²c² + σ²)."""
    a2, noise = schedule.alpha_bar[:, None], schedule.sigma[:, None] ** 2
    return variances * noise / (a2 * variances + noise)


def expected_terms(model, variances=VARIANCES):
    """Kỳ vọng theo dữ liệu của L_0, …, L_T với mạng chính xác, không qua mã của mô hình."""
    s, left = model.schedule, model.schedule.alpha_bar[-1]
    error, terms = mmse(s, variances), []
    beta = s.beta[1]
    terms.append(0.5 * ((2 * math.pi * beta).log() + error[1] / beta).sum())
    for k in range(2, s.steps + 1):
        true = s.posterior_variance[k]
        ours = true if model.variance == "posterior" else s.beta[k]
        slope = s.a[k - 1] * s.beta[k] / s.sigma[k] ** 2
        each = (ours / true).log() + true / ours - 1 + slope**2 * error[k] / ours
        terms.append(0.5 * each.sum())
    terms.append(0.5 * (left * variances - left - torch.log1p(-left)).sum())
    return torch.stack(terms)


# --- Mất mát --------------------------------------------------------------------------------------


@pytest.mark.equation("eq-simple-loss")
@pytest.mark.parametrize("kind", KINDS)
def test_smallest_loss_on_gaussian_data(kind):
    """Sàn của mất mát ε là a²c²/(a²c² + σ²); của cách khác là mmse nhân trọng số."""
    model = gaussian_model(kind=kind)
    s = model.schedule
    a, sigma = s.a[1:, None], s.sigma[1:, None]
    floor = (x0_weight(kind, a, sigma) * mmse(s, VARIANCES)[1:]).sum(1).mean()
    if kind == "eps":
        by_hand = a**2 * VARIANCES / (a**2 * VARIANCES + sigma**2)
        torch.testing.assert_close(floor, by_hand.sum(1).mean())
    torch.manual_seed(0)
    assert_zero(torch.stack([model.loss(data(1000, k)) - floor for k in range(100)]))


@pytest.mark.equation("eq-simple-loss")
@pytest.mark.parametrize("n", [1, 3, 20, 100])
def test_steps_are_stratified_and_stay_uniform(n):
    model = gaussian_model()
    draws = torch.stack([model.draw_steps(n) for _ in range(600)])
    assert draws.min() >= 1
    assert draws.max() <= 20
    if n % 20 == 0:
        counts = torch.stack([(draws == k).sum(1) for k in range(1, 21)])
        assert (counts == n // 20).all()
    assert_zero(draws.double() - 10.5)


# --- Cận của log hợp lý ---------------------------------------------------------------------------


@pytest.mark.equation("eq-ddpm-elbo")
@pytest.mark.equation("eq-ddpm-kl")
@pytest.mark.parametrize("variance", ["beta", "posterior"])
@pytest.mark.parametrize("kind", KINDS)
def test_terms_agree_with_closed_form(kind, variance):
    model = gaussian_model(kind=kind, variance=variance)
    torch.manual_seed(0)
    expected = expected_terms(model)
    terms = model.bound_terms(data(20_000, 1))
    # β̃ khiến vài số hạng là hằng số tới mức làm tròn: chia cho sai số chuẩn chỉ khi có dao động.
    moving = terms.std(0) > 1e-9
    assert_zero((terms - expected)[:, moving])
    torch.testing.assert_close(terms.mean(0)[~moving], expected[~moving], rtol=1e-9, atol=1e-12)


@pytest.mark.equation("eq-ddpm-elbo")
@pytest.mark.parametrize("variance", ["beta", "posterior"])
@pytest.mark.parametrize("make", [linear_schedule, cosine_schedule])
def test_bound_never_exceeds_the_exact_log_likelihood(make, variance):
    """Khoảng hở không âm ở mọi T và mọi c; với β nó tan theo 1/T, với β̃ thì không."""
    gaps = {}
    for steps, c2 in itertools.product((5, 20, 100, 1000), (0.04, 0.5, 1.0, 3.0)):
        variances = torch.tensor([c2], dtype=torch.float64)
        model = gaussian_model(variance=variance, variances=variances, schedule=make(steps))
        entropy = 0.5 * math.log(2 * math.pi * math.e * c2)
        gaps[steps, c2] = float(expected_terms(model, variances).sum()) - entropy
    assert min(gaps.values()) > -1e-12, gaps
    for c2 in (0.04, 0.5, 3.0):
        if variance == "beta":
            assert gaps[1000, c2] < 0.2 * gaps[100, c2] < 0.1 * gaps[20, c2], gaps
        else:  # β̃_2 chỉ quãng nửa β_2: vài bước cuối thiếu phương sai dù T lớn đến đâu
            assert gaps[1000, c2] > 0.2, gaps


@pytest.mark.equation("eq-ddpm-elbo")
@pytest.mark.equation("eq-ancestral")
def test_on_unit_data_with_beta_the_bound_is_the_log_likelihood_at_every_point():
    """Chuỗi ngược khi ấy là nghịch đảo đúng của chuỗi xuôi: cận không còn hở, kể cả ở điểm xa."""
    unit = torch.ones(2, dtype=torch.float64)
    model = gaussian_model(variances=unit)
    torch.manual_seed(0)
    for x in ([0.0, 0.0], [1.0, -2.0], [4.0, 3.0]):
        x = torch.tensor(x, dtype=torch.float64).expand(20_000, 2)
        assert_zero(model.elbo(x) - log_normal(x, unit))


@pytest.mark.equation("eq-ddpm-elbo")
@pytest.mark.parametrize("terms", [1, 4, 19, 30])
def test_some_terms_estimate_the_same_bound(terms):
    model = gaussian_model()
    torch.manual_seed(terms)
    expected = -expected_terms(model).sum()
    assert_zero(model.elbo(data(40_000, 2), terms=terms) - expected)


@pytest.mark.equation("eq-mmse-integral")
@pytest.mark.equation("eq-ddpm-kl")
@pytest.mark.parametrize("c2", [0.09, 1.0, 4.0])
def test_middle_terms_become_the_integral_of_mmse_over_snr(c2):
    """Σ_{k≥2} KL → ½∫ mmse d(snr) = ½ ln[(1 + snr₁c²)/(1 + snr₀c²)], bậc 1."""
    variances, excess = torch.tensor([c2], dtype=torch.float64), []
    for steps in (500, 1000, 2000):
        # Cùng một hàm ᾱ(s), chỉ lấy từ s = 0.1 để hai đầu không đổi theo T.
        s = torch.linspace(0.1, 0.95, steps, dtype=torch.float64)
        alpha_bar = torch.cos(s * math.pi / 2) ** 2
        schedule = NoiseSchedule(1 - torch.cat([alpha_bar[:1], alpha_bar[1:] / alpha_bar[:-1]]))
        model = gaussian_model(variance="posterior", variances=variances, schedule=schedule)
        total = expected_terms(model, variances)[1:-1].sum()
        high, low = schedule.snr[1], schedule.snr[-1]
        exact = 0.5 * (torch.log1p(high * c2) - torch.log1p(low * c2))
        excess.append(float(total - exact))
    assert excess[0] > excess[1] > excess[2] > 0
    # Tổng bậc thang: sai số C/T + O(1/T²); với C cỡ vài đơn vị, tỉ số lệch khỏi 2 dưới 5 %.
    for coarse, fine in itertools.pairwise(excess):
        assert coarse / fine == pytest.approx(2, rel=0.05)


@pytest.mark.equation("eq-ddpm-elbo")
def test_bound_counts_the_change_of_units():
    """Dữ liệu nhân 10: log mật độ trừ D·ln 10."""
    model = gaussian_model()
    x = data(50, 3)
    torch.manual_seed(0)
    before = model.elbo(x)
    with torch.no_grad():
        model.norm.log_scale.fill_(math.log(10))
        model.norm.shift.fill_(-7)
    torch.manual_seed(0)
    torch.testing.assert_close(model.elbo(10 * x - 7), before - 3 * math.log(10))


# --- Dữ liệu nguyên -------------------------------------------------------------------------------


def discrete_model(levels, size=2, steps=6, seed=0, **settings):
    torch.manual_seed(seed)
    model = DDPM((1, 1, size), (8, 8), steps=steps, levels=levels, **settings).double().eval()
    for p in model.parameters():
        nn.init.normal_(p, std=0.5)
    return model.requires_grad_(False)


@pytest.mark.equation("eq-ddpm-decoder")
@pytest.mark.parametrize("levels", [2, 5, 17])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_decoder_sums_to_one_and_is_the_mass_of_a_cell(levels, dtype):
    model = discrete_model(levels, size=1).to(dtype)
    x = torch.arange(levels, dtype=dtype).reshape(-1, 1, 1, 1)
    x0, _ = model.standardize(x)
    sigma = float(model.schedule.sigma[1])
    for mean in (-1.0, -0.31, 0.0, 0.5, 1.0):
        mass = model.reconstruction(x, x0, torch.full_like(x0, mean))
        # Tổng của không quá 17 số trong [0, 1], mỗi số sai vài lần độ phân giải của kiểu.
        assert float(mass.exp().sum()) == pytest.approx(1, abs=100 * torch.finfo(dtype).eps)
        edges = [-math.inf, *((2 * i + 1) / (levels - 1) - 1 for i in range(levels - 1)), math.inf]
        normal = torch.distributions.Normal(mean, torch.tensor(sigma, dtype=torch.float64))
        cdf = normal.cdf(torch.tensor(edges, dtype=torch.float64))
        if dtype == torch.float64:
            torch.testing.assert_close(mass.exp(), cdf.diff(), rtol=1e-6, atol=1e-12)
    far = model.reconstruction(x, x0, torch.full_like(x0, 1e3))
    assert far.isfinite().all()


@pytest.mark.equation("eq-ddpm-decoder")
@pytest.mark.equation("eq-ddpm-elbo")
def test_bound_is_below_a_probability_on_integers():
    """Với mạng bất kỳ, Σ_x exp(elbo(x)) ≤ Σ_x p(x) = 1, cộng trên cả 9 ảnh có thể."""
    for seed, variance in itertools.product(range(3), ("beta", "posterior")):
        model = discrete_model(3, seed=seed, variance=variance)
        images = torch.cartesian_prod(*[torch.arange(3.0).double()] * 2).reshape(-1, 1, 1, 2)
        draws = model.elbo(images.repeat(500, 1, 1, 1)).view(500, 9)
        mean, se = draws.mean(0), draws.std(0) / math.sqrt(500)
        assert float((mean - 6 * se).exp().sum()) < 1


def test_clipping_never_hurts_the_error():
    model = discrete_model(5)
    x0, _ = model.standardize(torch.randint(0, 5, (100, 1, 1, 2)).double())
    for k in (1, 3, 6):
        x = model.schedule.diffuse(x0, k, torch.randn_like(x0))
        clipped, eps = model.denoise(k, x)
        assert clipped.abs().max() <= 1
        a, sigma = model.schedule.a[k], model.schedule.sigma[k]
        torch.testing.assert_close(a * clipped + sigma * eps, x)
        raw = x0 + 3 * torch.randn_like(x0)
        assert ((raw.clamp(-1, 1) - x0).abs() <= (raw - x0).abs()).all()


def test_samples_on_integers_are_levels():
    x = discrete_model(5).sample(40, seed=0)
    assert x.shape == (40, 1, 1, 2)
    assert set(x.unique().tolist()) <= {0.0, 1.0, 2.0, 3.0, 4.0}


# --- Chuỗi ngược ----------------------------------------------------------------------------------


def reverse(model, k, j, x, sampler="ancestral", eta=0.0):
    return model.reverse_step(x, k, j, model.denoise(k, x), sampler, eta)


@pytest.mark.equation("eq-ancestral")
def test_beta_keeps_unit_data_at_every_step():
    """N(0, I): x_{k−1} = √α_k x_k + √β_k ε; nhân rồi cộng, phương sai vẫn 1 ở mọi k."""
    model = gaussian_model(variances=torch.ones(1, dtype=torch.float64))
    one = torch.ones(1, 1, dtype=torch.float64)
    for k in range(2, 21):
        mean, scale = reverse(model, k, k - 1, one)
        assert float(mean) ** 2 + scale**2 == pytest.approx(1, rel=1e-12)
        assert scale**2 == pytest.approx(float(model.schedule.beta[k]), rel=1e-12)


@pytest.mark.equation("eq-ancestral")
def test_beta_tilde_keeps_a_point_mass_at_every_step_and_beta_does_not():
    """x_0 = 0 chắc chắn: Var x_k = σ_k²; một bước ngược với β̃ phải cho đúng σ_{k−1}²."""
    zero = torch.zeros(1, dtype=torch.float64)
    models = {v: gaussian_model(variance=v, variances=zero) for v in ("posterior", "beta")}
    one, sigma = torch.ones(1, 1, dtype=torch.float64), models["beta"].schedule.sigma
    for k in range(2, 21):
        after = {}
        for name, model in models.items():
            mean, scale = reverse(model, k, k - 1, one)
            after[name] = float(mean) ** 2 * float(sigma[k]) ** 2 + scale**2
        assert after["posterior"] == pytest.approx(float(sigma[k - 1]) ** 2, rel=1e-11)
        assert after["beta"] > after["posterior"]


@pytest.mark.equation("eq-ancestral")
@pytest.mark.parametrize("steps", [5, 20])
def test_samples_of_unit_data_have_the_variance_of_the_chain(steps):
    """Bước cuối không thêm nhiễu: phương sai của mẫu là 1 − β (của bước cuối), không phải 1."""
    unit = torch.ones(2, dtype=torch.float64)
    model = gaussian_model(variances=unit)
    x = model.sample(40_000, steps=steps, seed=0)
    last = model.schedule.jump(0, 20 // steps).beta
    assert_zero(x)
    assert_zero(x.square() - (1 - last))


@pytest.mark.equation("eq-ddim")
@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
def test_ddim_keeps_the_marginals_of_a_point_mass(eta):
    """Biết đúng x_0 thì mọi η cho cùng q(x_j | x_0): trung bình a_j x_0, phương sai σ_j²."""
    model = gaussian_model(variances=torch.zeros(1, dtype=torch.float64))
    one, s = torch.ones(1, 1, dtype=torch.float64), model.schedule
    for k, j in ((20, 19), (20, 5), (7, 3), (2, 1)):
        mean, scale = reverse(model, k, j, one, "ddim", eta)
        variance = (float(mean) * float(s.sigma[k])) ** 2 + scale**2
        assert variance == pytest.approx(float(s.sigma[j]) ** 2, rel=1e-11)
        moved = model.reverse_step(0 * one, k, j, (one, -s.a[k] / s.sigma[k] * one), "ddim", eta)
        # x_k = 0 thì ε̂ = −a_k x_0/σ_k; trung bình của q(x_j | x_k, x_0) với phương sai η²β̃.
        rest = math.sqrt(float(s.sigma[j]) ** 2 - scale**2)
        assert float(moved[0]) == pytest.approx(float(s.a[j] - rest * s.a[k] / s.sigma[k]))


@pytest.mark.equation("eq-ddim")
def test_eta_one_is_ancestral_with_the_posterior_variance():
    model = gaussian_model(variance="posterior")
    x = data(10, 4)
    for k, j in ((20, 19), (20, 5), (7, 3), (2, 1), (3, 0)):
        one, other = (reverse(model, k, j, x, *how) for how in (("ancestral",), ("ddim", 1.0)))
        torch.testing.assert_close(one[0], other[0], rtol=1e-9, atol=1e-12)
        assert one[1] == pytest.approx(other[1], rel=1e-9)
    torch.testing.assert_close(
        model.sample(50, seed=1), model.sample(50, "ddim", eta=1.0, seed=1), rtol=1e-7, atol=1e-9
    )


@pytest.mark.equation("eq-ddim")
def test_ddim_converges_at_order_one_to_the_ode():
    """Luồng xác suất của N(0, c²) kéo giãn theo √(v_0/v_T); gấp đôi bước, nửa sai số."""
    model = gaussian_model(schedule=linear_schedule(5120))
    z, left = data(20, 5), model.schedule.alpha_bar[-1]
    exact = z * (VARIANCES / (left * VARIANCES + 1 - left)).sqrt()
    errors = [float((model.generate(z, steps) - exact).abs().max()) for steps in (160, 320, 640)]
    for coarse, fine in itertools.pairwise(errors):
        # Sai số C/K + O(1/K²): với K ≥ 160, lệch khỏi 2 vài phần trăm.
        assert coarse / fine == pytest.approx(2, rel=0.1)


@pytest.mark.equation("eq-ddim")
def test_encoding_comes_back_at_order_one():
    model = gaussian_model(schedule=linear_schedule(2560))
    x = data(20, 6)
    errors = [
        float((model.generate(model.encode(x, steps), steps) - x).abs().max())
        for steps in (160, 320, 640)
    ]
    for coarse, fine in itertools.pairwise(errors):
        assert coarse / fine == pytest.approx(2, rel=0.15)
    path = model.path(x, steps=10)
    assert path.shape == (11, 20, 3)
    torch.testing.assert_close(path[-1], model.generate(x, steps=10))


# --- Mô hình --------------------------------------------------------------------------------------


MODELS = {
    "plane": (lambda: DDPM(2, (8, 8), steps=5), torch.randn(3, 2)),
    "linear x0": (
        lambda: DDPM(3, (8, 8), steps=5, schedule="linear", prediction="x0"),
        torch.randn(3, 3),
    ),
    "image": (
        lambda: DDPM((1, 2, 2), (8, 8), steps=5, variance="posterior"),
        torch.randn(3, 1, 2, 2),
    ),
    "levels": (
        lambda: DDPM((1, 2, 2), (8, 8), steps=5, levels=17),
        torch.randint(0, 17, (3, 1, 2, 2)).float(),
    ),
    "one step": (lambda: DDPM(2, (8, 8), steps=1), torch.randn(3, 2)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_method_in_every_mode_for_one_point(name, dtype):
    make, x = MODELS[name]
    model, x = make().to(dtype), x[:1].to(dtype)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert model.loss(x).isfinite()
            assert model.elbo(x).shape == model.elbo(x, terms=2).shape == (1,)
            assert model.bound_terms(x).shape == (1, model.steps + 1)
            assert model.encode(x).shape == x.shape
            assert model.path(torch.randn_like(x)).shape == (model.steps + 1, *x.shape)
    for sampler in ("ancestral", "ddim"):
        sample = model.sample(2, sampler)
        assert sample.dtype == dtype
        assert sample.shape == (2, *x.shape[1:])


@pytest.mark.parametrize("name", MODELS)
def test_gradients_reach_every_parameter(name):
    make, x = MODELS[name]
    for objective in (DDPM.loss, lambda m, x: -m.elbo(x).mean()):
        model = make()
        for p in model.parameters():
            if p.requires_grad:
                nn.init.normal_(p, std=0.3)
        objective(model, x).backward()
        for key, p in model.named_parameters():
            assert not p.requires_grad or (p.grad.isfinite().all() and p.grad.any()), key


def test_a_seed_fixes_the_samples_and_leaves_the_global_generator_alone():
    model = gaussian_model()
    state = torch.get_rng_state()
    first = model.sample(5, seed=3)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first, model.sample(5, seed=3))
    assert not torch.equal(first, model.sample(5, seed=4))


def test_the_first_batch_sets_the_units_and_training_leaves_them():
    torch.manual_seed(0)
    model = DDPM(2, (8, 8))
    x = torch.tensor([5.0, -3.0]) + torch.tensor([0.1, 20.0]) * torch.randn(500, 2)
    fit(model, x, steps=5, batch_size=500, progress=False)
    z, log_det = model.standardize(x)
    # Lô đầu rút có hoàn lại từ 500 điểm: trung bình lệch vài lần 1/√500.
    assert z.mean(0).abs().max() < 0.3
    assert (z.std(0) - 1).abs().max() < 0.3
    torch.testing.assert_close(model.unstandardize(z), x, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(log_det[0], -model.norm.log_scale.sum())


def test_a_short_fit_approaches_the_moons_and_never_beats_the_truth():
    torch.manual_seed(0)
    density = toy.get("two_moons")
    model = DDPM(2, (32, 32), steps=50)
    x = density.sample(2000, 1)
    bounds = []
    for steps in (1, 400):
        fit(model, density, steps=steps, lr=2e-2, batch_size=256, progress=False)
        with torch.no_grad():
            bounds.append(model.elbo(x.float()).double())
    gap, gain = density.log_prob(x) - bounds[1], bounds[1] - bounds[0]
    assert gap.mean() > -6 * gap.std() / math.sqrt(len(x))
    assert gain.mean() > 6 * gain.std() / math.sqrt(len(x))


# --- Đầu vào sai ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DDPM(0), "dim = 0"),
        (lambda: DDPM((8, 8)), r"dim = \(8, 8\).*\(1, 8, 8\)"),
        (lambda: DDPM(2, steps=0), "steps = 0"),
        (lambda: DDPM(2, schedule="tròn"), "lịch nhiễu tên 'tròn'.*linear, cosine"),
        (lambda: DDPM(2, prediction="score"), "prediction = 'score'"),
        (lambda: DDPM(2, variance="học"), "variance = 'học'"),
        (lambda: DDPM((1, 2, 2), levels=1), "levels = 1"),
        (lambda: DDPM(2).loss(torch.randn(3, 5)), r"\(3, 5\).*\(n, 2\)"),
        (lambda: DDPM(2).elbo(torch.full((3, 2), math.nan)), "NaN"),
        (lambda: DDPM(2).elbo(torch.randn(3, 2), terms=0), "terms"),
        (lambda: DDPM((1, 2, 2), levels=5).loss(torch.full((2, 1, 2, 2), 9.0)), "5 mức"),
        (lambda: DDPM(2, net=lambda s, x: x[:, :1]).loss(torch.randn(3, 2)), "cùng hình dạng"),
        (lambda: DDPM(2).sample(0), "số nguyên dương"),
        (lambda: DDPM(2).sample(3, steps=101), "steps = 101.*từ 1 đến 100"),
        (lambda: DDPM(2).sample(3, "euler"), "sampler = 'euler'"),
        (lambda: DDPM(2).sample(3, eta=0.5), "eta = 0.5.*ddim"),
        (lambda: DDPM(2).sample(3, "ddim", eta=2.0), "eta = 2.0"),
        (lambda: DDPM(2).path(torch.randn(3, 5)), r"\(3, 5\).*\(n, 2\)"),
        (lambda: DDPM(2).generate(torch.randn(3, 5)), r"\(3, 5\).*\(n, 2\)"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
