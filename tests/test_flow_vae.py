"""FlowVAE bên cạnh một mô hình tuyến tính–Gauss có hậu nghiệm nghiêng, tính được bằng công thức."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal

from course_utils.errors import InputError
from course_utils.flow_vae import FlowVAE
from course_utils.likelihoods import (
    BernoulliLikelihood,
    GaussianLikelihood,
    LogisticMixtureLikelihood,
    gaussian_kl,
    gaussian_log_prob,
)
from course_utils.training import fit
from course_utils.vae import VAE

DIM, LATENT, SCALE = 4, 3, 0.7


class Linear:
    """z ~ N(0, I), x | z ~ N(Wz, s²I): hậu nghiệm N(A x, Σ) với Σ không đường chéo."""

    def __init__(self):
        generator = torch.Generator().manual_seed(0)
        self.weight = torch.randn(DIM, LATENT, generator=generator, dtype=torch.float64)
        eye = torch.eye(LATENT, dtype=torch.float64)
        self.precision = eye + self.weight.T @ self.weight / SCALE**2
        self.covariance = torch.linalg.inv(self.precision)
        self.gain = self.covariance @ self.weight.T / SCALE**2  # A
        self.factor = torch.linalg.cholesky(self.covariance)

    def data(self, n, seed=0):
        generator = torch.Generator().manual_seed(seed)
        z = torch.randn(n, LATENT, generator=generator, dtype=torch.float64)
        noise = torch.randn(n, DIM, generator=generator, dtype=torch.float64)
        return z @ self.weight.T + SCALE * noise

    def log_prob(self, x):
        eye = torch.eye(DIM, dtype=torch.float64)
        covariance = self.weight @ self.weight.T + SCALE**2 * eye
        return MultivariateNormal(x.new_zeros(DIM), covariance).log_prob(x)

    def posterior_log_prob(self, z, x):
        return MultivariateNormal(x @ self.gain.T, self.covariance).log_prob(z)

    @torch.no_grad()
    def decoder_of(self, model):
        """Bộ giải mã của `model` thành W, nhiễu thành s."""
        model = model.double()
        model.decoder[-1].weight.copy_(self.weight)
        model.decoder[-1].bias.zero_()
        model.likelihood.log_scale.fill_(math.log(SCALE))
        return model

    def vae(self, build=VAE, seed=0, **options):
        torch.manual_seed(seed)
        return self.decoder_of(
            build(DIM, LATENT, hidden=(), likelihood=GaussianLikelihood(SCALE), **options)
        )


LINEAR = Linear()


@torch.no_grad()
def perturbed(model, seed=0, size=0.3):
    """Xô mọi tham số của bộ mã hóa và của luồng khỏi chỗ khởi tạo."""
    generator = torch.Generator().manual_seed(seed)
    for p in [*model.encoder.parameters(), *model.flow.parameters()]:
        p += size * torch.randn(p.shape, generator=generator, dtype=p.dtype)
    return model


@torch.no_grad()
def exact_flow(with_context):
    """Một tầng IAF tuyến tính đặt bằng tay cho q(z | x) = N(A x, C Cᵀ), C tam giác dưới.

    Viết C = L·diag(d), L có đường chéo 1. Tầng IAF làm z_i = z_{0,i} − m_i, nên m = −(L − I) z_0
    cho z = L z_0. Trung bình A x đi vào qua μ(x) = L⁻¹ A x, hoặc qua ngữ cảnh h(x) = A x, μ = 0.
    """
    context_dim = LATENT if with_context else 0
    model = LINEAR.vae(FlowVAE, layers=1, flow_hidden=(), context_dim=context_dim)
    diagonal = LINEAR.factor.diagonal()
    lower = LINEAR.factor / diagonal
    encoder, conditioner = model.encoder[-1], model.flow[0].transform.net.linears[-1]
    for p in (encoder.weight, encoder.bias, conditioner.weight, conditioner.bias):
        p.zero_()
    encoder.bias[LATENT : 2 * LATENT] = 2 * diagonal.log()
    shift = conditioner.weight[1::2]  # mỗi tọa độ hai số: log hệ số giãn, rồi phép dời
    shift[:, context_dim:] = torch.eye(LATENT, dtype=torch.float64) - lower
    if with_context:
        encoder.weight[2 * LATENT :] = LINEAR.gain
        shift[:, :context_dim] = -torch.eye(LATENT, dtype=torch.float64)
    else:
        encoder.weight[:LATENT] = torch.linalg.solve(lower, LINEAR.gain)
    return model


# ---- hậu nghiệm nghiêng


@pytest.mark.equation("eq-iaf-posterior")
@pytest.mark.parametrize("with_context", [False, True])
def test_one_linear_layer_is_a_full_gaussian_posterior(with_context):
    """q = hậu nghiệm thật: mọi trọng số đúng bằng p(x), ELBO đúng bằng log p(x), không nhiễu."""
    model, x = exact_flow(with_context), LINEAR.data(10)
    log_p = LINEAR.log_prob(x)
    assert torch.allclose(model.log_weights(x, 6), log_p.expand(6, -1), atol=1e-11, rtol=0)
    assert torch.allclose(model.elbo(x), log_p, atol=1e-11, rtol=0)
    assert torch.allclose(model.log_prob_estimate(x, 3), log_p, atol=1e-11, rtol=0)
    z, log_q = model.posterior_sample(x)
    assert torch.allclose(log_q, LINEAR.posterior_log_prob(z, x), atol=1e-11, rtol=0)


@pytest.mark.equation("eq-elbo-gap")
def test_the_best_diagonal_gaussian_leaves_a_gap():
    """Với q Gauss đường chéo tốt nhất, khe hở là ½(Σ log Λ_ii − log det Λ) > 0, Λ = Σ⁻¹."""
    model, x, n = LINEAR.vae(), LINEAR.data(4, seed=1), 20_000
    with torch.no_grad():
        encoder = model.encoder[-1]
        encoder.weight.zero_()
        encoder.weight[:LATENT] = LINEAR.gain
        encoder.bias.zero_()
        encoder.bias[LATENT:] = -LINEAR.precision.diagonal().log()
    gap = 0.5 * (LINEAR.precision.diagonal().log().sum() - torch.logdet(LINEAR.precision))
    torch.manual_seed(0)
    log_w = model.log_weights(x, n).detach()
    error = log_w.std(0) / math.sqrt(n)
    assert ((LINEAR.log_prob(x) - log_w.mean(0) - gap).abs() < 6 * error).all()
    assert gap > 20 * error.max(), "khe hở phải đo được"


def test_training_finds_the_full_gaussian():
    """Học từ đầu: FlowVAE tuyến tính đóng khe hở mà VAE không thể đóng."""
    model = LINEAR.vae(FlowVAE, layers=1, flow_hidden=(), context_dim=0)
    model.decoder.requires_grad_(False)
    model.likelihood.requires_grad_(False)
    x = LINEAR.data(2000, seed=2)
    fit(model, x, steps=600, batch_size=256, lr=2e-2, progress=False)
    with torch.no_grad():
        gap = (LINEAR.log_prob(x) - model.elbo(x, samples=5)).mean().item()
    diagonal = 0.5 * (LINEAR.precision.diagonal().log().sum() - torch.logdet(LINEAR.precision))
    assert gap < 0.05 * diagonal.item()


# ---- log q là mật độ thật


@pytest.mark.equation("eq-cov-forward")
@pytest.mark.equation("eq-iaf-posterior")
@pytest.mark.parametrize("transformer", ["affine", "spline"])
def test_log_q_is_the_change_of_variables(transformer):
    """log q(z | x) = log N(ε) − log|det ∂z/∂ε| với Jacobian đầy đủ của autograd."""
    torch.manual_seed(0)
    model = FlowVAE(DIM, LATENT, (8,), layers=3, context_dim=2, transformer=transformer)
    model, x = perturbed(model.double()), LINEAR.data(5, seed=3)
    torch.manual_seed(0)
    z, log_q = model.posterior_sample(x)
    torch.manual_seed(0)
    eps = torch.randn(5, LATENT, dtype=torch.float64)

    def from_noise(eps, row):
        mean, log_var, context = model.encode_with_context(row)
        return model.push(mean + torch.exp(0.5 * log_var) * eps, context)[0]

    for i in range(5):
        row, noise = x[i : i + 1], eps[i : i + 1]
        assert torch.allclose(from_noise(noise, row), z[i : i + 1], atol=1e-12)
        jacobian = torch.autograd.functional.jacobian(lambda e, r=row: from_noise(e, r)[0], noise)
        expected = gaussian_log_prob(noise) - torch.linalg.slogdet(jacobian[:, 0])[1]
        assert log_q[i].item() == pytest.approx(expected.item(), abs=1e-10)
    assert torch.allclose(model.posterior_log_prob(z, x), log_q, atol=1e-9)


def plane(size=401, bound=12.0):
    axis = torch.linspace(-bound, bound, size, dtype=torch.float64)
    return torch.cartesian_prod(axis, axis), (2 * bound / (size - 1)) ** 2


def smooth_flow(context_dim, seed=0):
    """Luồng hai chiều có mạng điều kiện tuyến tính: trơn, nên tổng trên lưới hội tụ rất nhanh."""
    torch.manual_seed(seed)
    model = FlowVAE(2, 2, (6,), layers=2, flow_hidden=(), context_dim=context_dim).double()
    model = perturbed(model, seed, size=0.15).requires_grad_(False)
    model.encoder[-1].bias[2:4] -= 1.5  # z_0 hẹp lại: không còn khối lượng nào ngoài lưới
    return model


def test_the_posterior_integrates_to_one():
    model, (z, area) = smooth_flow(3), plane()
    for x in torch.tensor([[0.5, -1.0], [2.0, 1.0]], dtype=torch.float64):
        q = model.posterior_log_prob(z, x.expand(len(z), 2)).exp()
        assert (q.sum() * area).item() == pytest.approx(1, abs=1e-8)


@pytest.mark.equation("eq-iaf-posterior")
def test_weights_compare_the_two_posteriors_pointwise():
    """log w = log p(x) + log p(z | x) − log q(z | x), tại từng z: không có chỗ cho một sai lệch."""
    for seed in range(3):
        model = perturbed(LINEAR.vae(FlowVAE, layers=2, context_dim=4), seed)
        x = LINEAR.data(50, seed=4)
        torch.manual_seed(seed)
        z, log_q = model.posterior_sample(x)
        torch.manual_seed(seed)
        log_w = model.log_weights(x)[0]
        expected = LINEAR.log_prob(x) + LINEAR.posterior_log_prob(z, x) - log_q
        assert torch.allclose(log_w, expected, atol=1e-9)


@pytest.mark.equation("eq-elbo")
@pytest.mark.parametrize("seed", range(3))
def test_the_bound_never_passes_log_p(seed):
    n = 4000
    model = perturbed(LINEAR.vae(FlowVAE, layers=2, context_dim=4), seed, size=0.2)
    x, log_p = LINEAR.data(6, seed=5), LINEAR.log_prob(LINEAR.data(6, seed=5))
    torch.manual_seed(seed)
    log_w = model.log_weights(x, n).detach()
    elbo, error = log_w.mean(0), log_w.std(0) / math.sqrt(n)
    assert (elbo < log_p + 6 * error).all()
    torch.manual_seed(seed)
    averaged = model.elbo(x, samples=n)  # cùng nhiễu, nên cùng số
    assert torch.allclose(averaged, elbo, atol=1e-9)
    iwae = torch.logsumexp(log_w.view(8, n // 8, -1), 0) - math.log(8)
    assert (iwae.mean(0) > elbo - 6 * error).all()
    assert (iwae.mean(0) < log_p + 6 * iwae.std(0) / math.sqrt(n // 8)).all()


# ---- ngữ cảnh


@pytest.mark.equation("eq-iaf-posterior")
def test_a_flow_without_context_only_moves_the_prior():
    """KL(T#q₀ ‖ p) = KL(q₀ ‖ T⁻¹#p): hai tích phân trên hai lưới khác nhau, cùng một số."""
    model, (points, area) = smooth_flow(0), plane()
    for x in torch.tensor([[0.5, -1.0], [-1.5, 0.3]], dtype=torch.float64):
        rows = x.expand(len(points), 2)
        log_q = model.posterior_log_prob(points, rows)
        left = (log_q.exp() * (log_q - gaussian_log_prob(points))).sum() * area
        mean, log_var, context = model.encode_with_context(rows)
        log_q0 = gaussian_log_prob(points, mean, log_var)
        z, log_det = model.push(points, context)
        log_moved_prior = gaussian_log_prob(z) + log_det  # mật độ của T⁻¹#p
        right = (log_q0.exp() * (log_q0 - log_moved_prior)).sum() * area
        assert left.item() == pytest.approx(right.item(), abs=1e-8)
        assert left > 0.01
        assert (log_moved_prior.exp().sum() * area).item() == pytest.approx(1, abs=1e-6)


def test_only_a_context_lets_the_map_depend_on_x():
    """Không ngữ cảnh: cùng z_0 thì cùng z và cùng log-det với mọi x. Có ngữ cảnh: không."""
    start = torch.tensor([[0.3, -0.8]], dtype=torch.float64).expand(2, 2)
    x = torch.tensor([[0.5, -1.0], [2.0, 1.0]], dtype=torch.float64)
    for context_dim, same in ((0, True), (3, False)):
        model = smooth_flow(context_dim)
        z, log_det = model.push(start, model.encode_with_context(x)[2])
        assert torch.equal(z[0], z[1]) is same
        assert torch.equal(log_det[0], log_det[1]) is same


# ---- bắt đầu từ một VAE


@pytest.mark.parametrize("context_dim", [0, 3])
def test_a_new_model_is_a_plain_vae(context_dim):
    """Cùng trọng số, cùng nhiễu: cùng trọng số w, cùng tái tạo, từng bit; KL cùng kỳ vọng."""
    torch.manual_seed(0)
    flow = FlowVAE(DIM, LATENT, (8,), layers=3, context_dim=context_dim).double()
    plain = VAE(DIM, LATENT, (8,)).double()
    with torch.no_grad():
        plain.decoder.load_state_dict(flow.decoder.state_dict())
        for mine, theirs in zip(plain.encoder.parameters(), flow.encoder.parameters(), strict=True):
            mine.copy_(theirs[: len(mine)])
    x = LINEAR.data(6, seed=6)

    def same_noise(function):
        torch.manual_seed(1)
        return function()

    assert torch.equal(
        same_noise(lambda: flow.log_weights(x, 4)), same_noise(lambda: plain.log_weights(x, 4))
    )
    reconstruction = same_noise(lambda: flow.terms(x))[0]
    assert torch.equal(reconstruction, same_noise(lambda: plain.terms(x))[0])
    one_sample = same_noise(lambda: plain.log_weights(x)[0])
    assert torch.allclose(same_noise(lambda: flow.elbo(x)), one_sample, atol=1e-12)
    assert torch.equal(flow.reconstruct(x), plain.reconstruct(x))
    assert flow.active_units(x) == plain.active_units(x)
    n = 20_000
    kl = flow.terms(x.repeat(n, 1))[1].detach().view(n, len(x))
    expected = gaussian_kl(*plain.encode(x))
    assert ((kl.mean(0) - expected).abs() < 6 * kl.std(0) / math.sqrt(n)).all()


def test_sampling_runs_each_conditioner_once():
    """Rút z và tính log q của nó: một lượt mỗi mạng. Mật độ tại z bất kỳ mới phải đi lần lượt."""
    model, passes = FlowVAE(DIM, LATENT, layers=3), []
    for layer in model.flow:
        layer.transform.net.register_forward_hook(lambda *_: passes.append(1))
    model.log_weights(LINEAR.data(2).float(), 5)
    assert len(passes) == 3


# ---- sử dụng


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("build", "draw"),
    [
        (lambda: FlowVAE(DIM, 2, (8,)), lambda n: torch.randn(n, DIM)),
        (lambda: FlowVAE(DIM, 1, (8,), layers=1), lambda n: torch.randn(n, DIM)),
        (lambda: FlowVAE((DIM,), 6, (8,), context_dim=0), lambda n: torch.randn(n, DIM)),
        (
            lambda: FlowVAE((1, 2, 2), 3, (8,), beta=2.0, likelihood=BernoulliLikelihood()),
            lambda n: torch.randint(2, (n, 1, 2, 2)).float(),
        ),
        (
            lambda: FlowVAE(
                (1, 2, 2), 3, transformer="spline", likelihood=LogisticMixtureLikelihood(17)
            ),
            lambda n: torch.randint(17, (n, 1, 2, 2)).float(),
        ),
    ],
)
def test_contract(build, draw, n, dtype):
    model, x = build().to(dtype), draw(n).to(dtype)
    model.check(x)
    torch.manual_seed(0)
    reconstruction, kl = model.terms(x)
    torch.manual_seed(0)
    loss = model.loss(x)
    assert torch.allclose(loss, (model.beta * kl - reconstruction).mean())
    loss.backward()
    assert loss.dtype == dtype
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())
    with torch.inference_mode():
        assert model.elbo(x, samples=2).shape == (n,)
        assert model.log_prob_estimate(x, 4).shape == (n,)
        z, log_q = model.posterior_sample(x)
        assert z.shape == (n, model.latent_dim)
        assert model.posterior_log_prob(z, x).shape == log_q.shape == (n,)
        assert model.sample(n).shape == model.reconstruct(x).shape == x.shape
        assert 0 <= model.active_units(torch.cat([x, x])) <= model.latent_dim


METHODS = [
    "encode", "center", "posterior_sample", "terms", "elbo", "loss", "log_weights",
    "log_prob_estimate", "reconstruct", "kl_per_dimension", "active_units",
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("x", "words"),
    [
        (None, "kiểu NoneType"),
        (torch.zeros(4, 3), "hình dạng"),
        (torch.zeros(0, 2), "rỗng"),
        (torch.full((4, 2), math.nan), "NaN"),
    ],
)
def test_bad_data_is_explained_by_every_method(method, x, words):
    with pytest.raises(InputError, match=words):
        getattr(FlowVAE(2), method)(x)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: FlowVAE(2, 0), "latent_dim"),
        (lambda: FlowVAE(2, layers=0), "layers"),
        (lambda: FlowVAE(2, context_dim=-1), "context_dim"),
        (lambda: FlowVAE(2, context_dim=1.5), "context_dim"),
        (lambda: FlowVAE(2, latent_dim=9, flow_hidden=(4,)), "Tầng ẩn rộng 4"),
        (lambda: FlowVAE(2, transformer="cubic"), "phép biến đổi"),
        (lambda: FlowVAE(2, beta=-1.0), "beta"),
        (
            lambda: FlowVAE(2, encoder=torch.nn.Linear(2, 4)).elbo(torch.zeros(4, 2)),
            r"Bộ mã hóa trả về hình dạng \(4, 4\).*\(4, 12\)",
        ),
        (lambda: FlowVAE(2).elbo(torch.zeros(4, 2), samples=0), "samples"),
        (lambda: FlowVAE(2).log_weights(torch.zeros(4, 2), 0), "`k`"),
        (lambda: FlowVAE(2).kl_per_dimension(torch.zeros(4, 2)), "không tách"),
        (lambda: FlowVAE(2).posterior_log_prob(torch.zeros(4, 3), torch.zeros(4, 2)), "hình dạng"),
        (lambda: FlowVAE(2).posterior_log_prob(torch.zeros(5, 2), torch.zeros(4, 2)), "5 hàng"),
    ],
)
def test_bad_input_is_explained(build, words):
    with pytest.raises(InputError, match=words):
        build()
