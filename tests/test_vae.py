"""VAE và IWAE bên cạnh những đáp án chính xác: mô hình tuyến tính–Gauss và PCA xác suất."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import MultivariateNormal, Normal

from course_utils.errors import InputError
from course_utils.likelihoods import (
    BernoulliLikelihood,
    CategoricalLikelihood,
    GaussianLikelihood,
    LogisticMixtureLikelihood,
    gaussian_kl,
)
from course_utils.training import fit
from course_utils.vae import IWAE, VAE, ProbabilisticPCA

DIM, LATENT = 5, 2


def data(n=400, seed=0):
    """Dữ liệu quanh một mặt phẳng trong ℝ⁵, đã chuẩn tắc hóa."""
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(DIM, LATENT, generator=generator) * torch.tensor([2.0, 1.0])
    x = torch.randn(n, LATENT, generator=generator) @ weight.T
    x = x + 0.5 * torch.randn(n, DIM, generator=generator)
    return ((x - x.mean(0)) / x.std(0)).double()


@torch.no_grad()
def linear_vae(pca, posterior=True, seed=0):
    """VAE tuyến tính có bộ giải mã của `pca`; bộ mã hóa là hậu nghiệm đúng, hoặc tùy tiện.

    Các cột của W trực giao, nên hậu nghiệm N(M⁻¹Wᵀ(x − μ), s²M⁻¹) với M = WᵀW + s²I có hiệp
    phương sai đường chéo: nó nằm trong họ của bộ mã hóa.
    """
    model = VAE(DIM, LATENT, hidden=(), likelihood=GaussianLikelihood(pca.log_scale.exp().item()))
    model = model.double()
    model.decoder[-1].weight.copy_(pca.weight)
    model.decoder[-1].bias.copy_(pca.mean)
    model.likelihood.log_scale.copy_(pca.log_scale)
    if posterior:
        variance = torch.exp(2 * pca.log_scale)
        precision = pca.weight.square().sum(0) + variance  # đường chéo của M
        model.encoder[-1].weight.zero_()
        model.encoder[-1].weight[:LATENT] = pca.weight.T / precision[:, None]
        model.encoder[-1].bias[:LATENT] = -(pca.weight.T @ pca.mean) / precision
        model.encoder[-1].bias[LATENT:] = (variance / precision).log()
    else:
        generator = torch.Generator().manual_seed(seed)
        for p in model.encoder.parameters():
            p.copy_(0.3 * torch.randn(p.shape, generator=generator, dtype=p.dtype))
    return model


@pytest.fixture(scope="module")
def pca():
    return ProbabilisticPCA(DIM, LATENT).double().solve(data())


def exact_kl_to_posterior(model, pca, x):
    """KL(q(z | x) ‖ p(z | x)) của từng điểm, bằng torch.distributions."""
    variance = torch.exp(2 * pca.log_scale)
    m = pca.weight.T @ pca.weight + variance * torch.eye(LATENT, dtype=torch.float64)
    mean = (x - pca.mean) @ pca.weight @ torch.linalg.inv(m)
    posterior = MultivariateNormal(mean, variance * torch.linalg.inv(m))
    q_mean, q_log_var = model.encode(x)
    q = MultivariateNormal(q_mean, torch.diag_embed(q_log_var.exp()))
    return torch.distributions.kl_divergence(q, posterior)


# ---- PCA xác suất


@pytest.mark.equation("eq-ppca")
def test_ppca_reaches_the_closed_form(pca):
    """log hợp lý tại cực đại = −½[d ln 2π + Σ ln λ_i + (d − q) ln s² + d] trên mỗi điểm."""
    x = data()
    values = torch.linalg.eigvalsh((x.T @ x) / len(x)).flip(0)
    noise = values[LATENT:].mean()
    expected = -0.5 * (
        DIM * math.log(2 * math.pi)
        + values[:LATENT].log().sum()
        + (DIM - LATENT) * noise.log()
        + DIM
    )
    assert pca.log_prob(x).mean().item() == pytest.approx(expected.item(), abs=1e-12)


def test_ppca_is_a_stationary_point_and_a_maximum(pca):
    x = data()
    loss = pca.loss(x)
    gradients = torch.autograd.grad(loss, list(pca.parameters()))
    assert all(g.abs().max() < 1e-10 for g in gradients)
    for seed in range(5):
        other = ProbabilisticPCA(DIM, LATENT).double()
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for p, best in zip(other.parameters(), pca.parameters(), strict=True):
                noise = torch.randn(p.shape, generator=generator, dtype=p.dtype)
                p.copy_(best + 0.1 * noise)
        assert other.loss(x) > loss


def test_ppca_solves_in_its_own_dtype_whatever_the_data_come_in(pca):
    """Dữ liệu float32 được tính bằng float64 của mô hình: chỉ lệch vì làm tròn dữ liệu."""
    other = ProbabilisticPCA(DIM, LATENT).double().solve(data().float())
    rounding = 100 * torch.finfo(torch.float32).eps
    assert (other.log_prob(data()) - pca.log_prob(data())).abs().max() < rounding


def test_ppca_log_prob_against_torch_and_samples(pca):
    covariance = pca.weight @ pca.weight.T
    covariance = covariance + torch.exp(2 * pca.log_scale) * torch.eye(DIM, dtype=torch.float64)
    normal = MultivariateNormal(pca.mean, covariance)
    x = data(7, seed=3)
    assert torch.allclose(pca.log_prob(x), normal.log_prob(x))
    torch.manual_seed(0)
    n = 40_000
    sample = pca.sample(n)
    # Phương sai của phần tử (i, j) của hiệp phương sai mẫu: (Σ_ii Σ_jj + Σ_ij²)/n.
    spread = covariance.diagonal().outer(covariance.diagonal()) + covariance**2
    assert ((sample.T.cov() - covariance).abs() < 6 * (spread / n).sqrt()).all()


# ---- ELBO và khe hở


@pytest.mark.equation("eq-elbo")
def test_exact_posterior_gives_constant_weights(pca):
    """q = hậu nghiệm: mọi trọng số p(x, z)/q(z | x) đều đúng bằng p(x), nên ELBO = log p(x)."""
    model, x = linear_vae(pca), data(20, seed=1)
    log_p = pca.log_prob(x)
    assert torch.allclose(model.log_weights(x, 7), log_p.expand(7, -1), atol=1e-10)
    assert torch.allclose(model.log_prob_estimate(x, 5), log_p, atol=1e-10)


@pytest.mark.equation("eq-elbo-gap")
@pytest.mark.parametrize("seed", range(3))
def test_elbo_plus_kl_to_posterior_is_log_p(pca, seed):
    """Với mọi q: ELBO + KL(q ‖ hậu nghiệm) = log p(x), trong 6 sai số chuẩn."""
    model, x = linear_vae(pca, posterior=False, seed=seed), data(6, seed=2)
    n = 20_000
    torch.manual_seed(seed)
    elbo = model.elbo(x.repeat_interleave(n, 0)).detach().view(6, n)
    total = elbo.mean(1) + exact_kl_to_posterior(model, pca, x)
    error = elbo.std(1) / math.sqrt(n)
    assert ((total - pca.log_prob(x)).abs() < 6 * error).all()
    assert (exact_kl_to_posterior(model, pca, x) > 10 * error).all(), "khe hở phải đo được"


@pytest.mark.equation("eq-elbo-split")
def test_the_two_ways_to_write_the_elbo_agree(pca):
    """E_q[log p(x, z) − log q] và tái tạo − KL: cùng kỳ vọng."""
    model, x = linear_vae(pca, posterior=False, seed=5), data(4, seed=4)
    n = 20_000
    torch.manual_seed(0)
    split = model.elbo(x.repeat_interleave(n, 0)).detach().view(4, n)
    joint = model.log_weights(x, n).detach().T
    error = (split.var(1) / n + joint.var(1) / n).sqrt()
    assert ((split.mean(1) - joint.mean(1)).abs() < 6 * error).all()


def test_more_samples_keep_the_mean_and_shrink_the_noise(pca):
    model, x = linear_vae(pca, posterior=False), data(2, seed=4)[:1]
    torch.manual_seed(0)
    one = model.elbo(x.expand(4000, -1)).detach()
    many = model.elbo(x.expand(4000, -1), samples=16).detach()
    error = math.sqrt((one.var() + many.var()).item() / 4000)
    assert abs((one.mean() - many.mean()).item()) < 6 * error
    # Sai số tương đối của một phương sai mẫu là √((κ − 1)/n), κ là độ nhọn.
    kurtosis = ((one - one.mean()) ** 4).mean() / one.var() ** 2
    error = math.sqrt(2 * (kurtosis.item() - 1) / 4000)
    assert abs((one.var() / many.var()).item() / 16 - 1) < 6 * error < 1


@pytest.mark.equation("eq-ppca")
def test_trained_linear_vae_reaches_ppca(pca):
    """ELBO của VAE tuyến tính, huấn luyện từ đầu, tới log hợp lý của PCA xác suất."""
    x = data().float()
    torch.manual_seed(0)
    model = VAE(DIM, LATENT, hidden=())
    fit(model, x, steps=1500, batch_size=400, lr=3e-2, progress=False)
    with torch.no_grad():
        elbo = model.elbo(x.repeat(100, 1))
    best = pca.log_prob(x.double()).mean().item()
    error = (elbo - elbo.view(100, -1).mean(0).repeat(100)).std().item() / math.sqrt(len(elbo))
    assert elbo.mean().item() < best + 6 * error, "cận dưới không vượt quá cực đại"
    assert elbo.mean().item() > best - 0.02 - 6 * error


# ---- IWAE


@pytest.mark.equation("eq-iwae")
@settings(max_examples=50, deadline=None)
@given(st.integers(2, 8), st.integers(0, 10_000))
def test_leaving_one_weight_out_never_raises_the_bound(k, seed):
    """Chứng minh tính đơn điệu, trên từng bộ trọng số: trung bình của cận k − 1 ≤ cận k."""
    model = VAE(2, 2, hidden=(4,)).double()
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(3, 2, generator=generator, dtype=torch.float64)
    log_w = model.log_weights(x, k).detach()
    full = torch.logsumexp(log_w, 0) - math.log(k)
    left = torch.stack(
        [
            torch.logsumexp(torch.cat([log_w[:i], log_w[i + 1 :]]), 0) - math.log(k - 1)
            for i in range(k)
        ]
    )
    assert (left.mean(0) <= full + 1e-12).all()


@pytest.mark.equation("eq-iwae")
def test_bias_of_the_k_sample_bound():
    """z ~ N(0,1), x | z ~ N(z, ½), q = N(0, 1): moment của w có công thức đóng.

    log trung bình của k trọng số có kỳ vọng
    log μ − m₂/(2k) + m₃/(3k²) − 3m₂²/(4k²) + O(k⁻³), với m_j là moment trung tâm của w/μ.
    """
    x, variance = 1.0, 0.5

    def moment(power):  # E[N(x; z, v)^j] = (2πv)^{(1−j)/2} j^{−1/2} N(x; 0, 1 + v/j)
        total = 1 + variance / power
        normal = math.exp(-(x**2) / (2 * total)) / math.sqrt(2 * math.pi * total)
        return (2 * math.pi * variance) ** ((1 - power) / 2) / math.sqrt(power) * normal

    model = VAE(1, 1, hidden=(), likelihood=GaussianLikelihood(math.sqrt(variance))).double()
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
        model.decoder[-1].weight.fill_(1.0)
        log_p = math.log(moment(1))
        assert log_p == pytest.approx(-1.4550, abs=1e-4)
        r2, r3 = (moment(j) / moment(1) ** j for j in (2, 3))
        m2, m3 = r2 - 1, r3 - 3 * r2 + 2
        torch.manual_seed(0)
        previous = -math.inf
        for k, n in ((1, 20_000), (4, 20_000), (64, 20_000)):
            bound = model.log_prob_estimate(torch.full((n, 1), x, dtype=torch.float64), k)
            error = bound.std().item() / math.sqrt(n)
            mean = bound.mean().item()
            assert mean < log_p
            assert mean > previous + 6 * error, "cận phải tăng theo k"
            previous = mean
        predicted = log_p - m2 / (2 * k) + m3 / (3 * k**2) - 3 * m2**2 / (4 * k**2)
        assert abs(mean - predicted) < 6 * error + 10 * m2**3 / k**3
        assert abs(mean - log_p) > 6 * error, "độ chệch phải đo được"


def test_iwae_with_one_sample_is_the_elbo(pca):
    model, x = linear_vae(pca, posterior=False), data(2, seed=6)
    torch.manual_seed(0)
    many = x.repeat_interleave(20_000, 0)
    one = model.log_prob_estimate(many, 1).detach().view(2, -1)
    elbo = model.elbo(many).detach().view(2, -1)
    error = ((one.var(1) + elbo.var(1)) / 20_000).sqrt()
    assert ((one.mean(1) - elbo.mean(1)).abs() < 6 * error).all()


def test_estimate_does_not_depend_on_the_chunks(pca):
    model, x = linear_vae(pca), data(9, seed=1)  # trọng số hằng: ngẫu nhiên không che lỗi chia lô
    whole = model.log_prob_estimate(x, 10)
    assert torch.allclose(model.log_prob_estimate(x, 10, chunk=25), whole)
    assert torch.allclose(model.log_prob_estimate(x, 10, chunk=1), whole)


def test_weights_average_to_a_distribution():
    """Hai điểm ảnh nhị phân: tổng trên bốn trạng thái của E[w] bằng 1."""
    torch.manual_seed(1)
    model = VAE(2, 1, (8,), likelihood=BernoulliLikelihood()).double()
    states = torch.tensor(list(itertools.product([0.0, 1.0], repeat=2)), dtype=torch.float64)
    w = model.log_weights(states, 40_000).detach().exp()
    error = (w.var(0) / len(w)).sum().sqrt().item()
    assert abs(w.mean(0).sum().item() - 1) < 6 * error
    assert error < 0.01


# ---- mất mát, mẫu, sử dụng


@pytest.mark.equation("eq-aggregate")
@pytest.mark.equation("eq-aggregate-split")
def test_rate_is_information_plus_the_mismatch_of_the_pool():
    """Ba điểm dữ liệu, mã một chiều: KL công thức đóng = I + KL(q̄ ‖ p), vế phải bằng cầu phương.

    Tổng hình thang của hàm trơn tắt nhanh: sai số dưới 1e-12, trừ khối lượng ngoài ±14 (< 1e-20).
    """
    share = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    mean = torch.tensor([-1.5, 0.3, 2.0], dtype=torch.float64)
    log_var = torch.tensor([-1.0, 0.2, -2.0], dtype=torch.float64)
    rate = share @ gaussian_kl(mean[:, None], log_var[:, None])

    z = torch.linspace(-14, 14, 20_001, dtype=torch.float64)
    log_q = Normal(mean[:, None], torch.exp(0.5 * log_var)[:, None]).log_prob(z)
    log_pool = torch.logsumexp(log_q + share.log()[:, None], 0)
    prior = Normal(torch.zeros((), dtype=torch.float64), 1).log_prob(z)
    information = share @ torch.trapezoid(log_q.exp() * (log_q - log_pool), z)
    mismatch = torch.trapezoid(log_pool.exp() * (log_pool - prior), z)
    assert 0 < information < -(share * share.log()).sum()  # không nhiều hơn tin của ba điểm
    assert mismatch > 0
    assert (information + mismatch).item() == pytest.approx(rate.item(), abs=1e-10)


@pytest.mark.equation("eq-beta-vae")
def test_beta_weighs_the_kl_in_the_loss_only():
    x = data(30).float()
    for beta in (0.0, 1.0, 4.0):
        torch.manual_seed(0)
        model = VAE(DIM, LATENT, (8,), beta=beta)
        torch.manual_seed(1)
        reconstruction, kl = model.terms(x)
        torch.manual_seed(1)
        assert torch.allclose(model.loss(x), (beta * kl - reconstruction).mean())
        torch.manual_seed(1)
        assert torch.allclose(model.elbo(x), reconstruction - kl)


def test_samples_have_the_law_of_the_model(pca):
    model = linear_vae(pca, posterior=False)
    covariance = pca.weight @ pca.weight.T
    noiseless = covariance.detach()
    covariance = noiseless + torch.exp(2 * pca.log_scale.detach()) * torch.eye(DIM)
    n = 40_000
    torch.manual_seed(0)
    for expected, noise in ((covariance, True), (noiseless, False)):
        sample = model.sample(n, noise=noise)
        spread = expected.diagonal().outer(expected.diagonal()) + expected**2
        assert ((sample.T.cov() - expected).abs() < 6 * (spread / n).sqrt()).all()


@pytest.mark.equation("eq-collapse")
@pytest.mark.parametrize("scale", [0.5, 1.2])
def test_a_dimension_lives_only_above_the_noise(scale):
    """VAE tuyến tính ở lời giải với s cho trước: KL của chiều i là ½ log max(λ_i/s², 1)."""
    x = data()
    values, vectors = torch.linalg.eigh((x.T @ x) / len(x))
    values, vectors = values.flip(0), vectors.flip(1)
    fixed = ProbabilisticPCA(DIM, LATENT).double()
    with torch.no_grad():
        fixed.log_scale.fill_(math.log(scale))
        length = (values[:LATENT] - scale**2).clamp_min(0).sqrt()
        fixed.weight.copy_(vectors[:, :LATENT] * length)
    model = linear_vae(fixed)
    expected = 0.5 * (values[:LATENT] / scale**2).log().clamp_min(0)
    assert torch.allclose(model.kl_per_dimension(x), expected, atol=1e-10)
    assert model.active_units(x) == int((expected > 0).sum())
    assert torch.allclose(model.log_prob_estimate(x, 3), fixed.log_prob(x), atol=1e-10)


def test_dead_units_are_counted():
    torch.manual_seed(0)
    model = VAE(DIM, 3, (8,))
    with torch.no_grad():
        for row in (0, 3):  # chiều 0: μ = 0, log σ² = 0 với mọi x
            model.encoder[-1].weight[row] = 0
            model.encoder[-1].bias[row] = 0
        model.encoder[-1].weight[1:3] *= 5
    x = data(100).float()
    assert model.active_units(x) == 2
    assert model.kl_per_dimension(x)[0].item() == 0
    torch.manual_seed(0)
    assert model.kl_per_dimension(x).sum().item() == pytest.approx(
        model.terms(x)[1].mean().item(), rel=1e-5
    )


MODELS = {
    "gauss": (lambda: VAE(DIM, LATENT, (8,)), lambda n: torch.randn(n, DIM)),
    "predicted": (
        lambda: VAE((3,), 4, (8,), likelihood=GaussianLikelihood("predicted")),
        lambda n: torch.randn(n, 3),
    ),
    "iwae": (lambda: IWAE(DIM, LATENT, (8,), k=3), lambda n: torch.randn(n, DIM)),
    "bernoulli": (
        lambda: VAE((1, 2, 2), 2, (8,), likelihood=BernoulliLikelihood()),
        lambda n: torch.randint(2, (n, 1, 2, 2)).float(),
    ),
    "categorical": (
        lambda: VAE((1, 2, 2), 2, (8,), likelihood=CategoricalLikelihood(17)),
        lambda n: torch.randint(17, (n, 1, 2, 2)).float(),
    ),
    "logistic": (
        lambda: VAE((1, 2, 2), 2, (8,), likelihood=LogisticMixtureLikelihood(17)),
        lambda n: torch.randint(17, (n, 1, 2, 2)).float(),
    ),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_contract_of_every_model(name, n, dtype):
    build, draw = MODELS[name]
    model, x = build().to(dtype), draw(n).to(dtype)
    model.check(x)
    loss = model.loss(x)
    loss.backward()
    assert loss.shape == ()
    assert loss.dtype == dtype
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())
    with torch.inference_mode():
        assert model.elbo(x, samples=2).shape == (n,)
        assert model.log_prob_estimate(x, 4).shape == (n,)
        assert model.sample(n).shape == model.reconstruct(x).shape == x.shape
        model.check(model.sample(n))


def test_latents_may_be_larger_than_the_data():
    torch.manual_seed(0)
    model = VAE(2, 7, (16,))
    before = model.loss(data(200).float()[:, :2]).item()
    fit(model, data(200).float()[:, :2], steps=200, lr=1e-2, progress=False)
    assert model.loss(data(200).float()[:, :2]).item() < before


@pytest.mark.parametrize(
    "method",
    [
        "check",
        "encode",
        "terms",
        "elbo",
        "loss",
        "log_weights",
        "log_prob_estimate",
        "reconstruct",
        "kl_per_dimension",
        "active_units",
    ],
)
@pytest.mark.parametrize(
    ("x", "words"),
    [
        (None, "kiểu NoneType"),
        ([[0.0, 1.0]], "kiểu list"),
        (torch.zeros(4, 3), "hình dạng"),
        (torch.zeros(2), "hình dạng"),
        (torch.zeros(0, 2), "rỗng"),
        (torch.zeros(4, 2, dtype=torch.long), "kiểu torch.int64"),
        (torch.full((4, 2), math.nan), "NaN"),
    ],
)
def test_bad_data_is_explained_by_every_method(method, x, words):
    for model in (VAE(2, hidden=()), IWAE(2, hidden=())):
        with pytest.raises(InputError, match=words):
            getattr(model, method)(x)


def test_whole_numbers_may_come_as_integers():
    """Ảnh 0/1 hay 0..16 kiểu nguyên cho đúng những số của cùng ảnh kiểu thực."""
    for likelihood, levels in ((BernoulliLikelihood(), 2), (CategoricalLikelihood(17), 17)):
        model = VAE(4, 2, (8,), likelihood=likelihood)
        x = torch.randint(levels, (5, 4))
        for mine, theirs in zip(model.encode(x), model.encode(x.float()), strict=True):
            assert torch.equal(mine, theirs)
        assert model.elbo(x).shape == (5,)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: VAE(2, 0), "latent_dim"),
        (lambda: VAE(2, beta=-1.0), "beta"),
        (lambda: VAE(2, beta=float("nan")), "beta"),
        (lambda: IWAE(2, k=0), "k"),
        (lambda: IWAE(2, beta=2.0), "beta"),
        (lambda: ProbabilisticPCA(3, 3), "latent_dim"),
        (lambda: ProbabilisticPCA(3, 1).solve(torch.ones(9, 3)), "vô hạn"),
        (lambda: ProbabilisticPCA(3, 1).solve(torch.ones(9, 2)), "hình dạng"),
        (lambda: ProbabilisticPCA(3, 1).log_prob(torch.ones(9, 2)), "hình dạng"),
        (lambda: VAE(2).elbo(torch.zeros(4, 2), samples=0), "samples"),
        (lambda: VAE(2).log_weights(torch.zeros(4, 2), 0), "`k`"),
        (lambda: VAE(2).sample(0), "số mẫu"),
        (lambda: VAE(2).log_prob_estimate(torch.zeros(4, 2), 0), "`k`"),
        (
            lambda: VAE(2, likelihood=CategoricalLikelihood(17)).check(torch.full((4, 2), 0.5)),
            "giá trị lẻ",
        ),
    ],
)
def test_bad_input_is_explained(build, words):
    with pytest.raises(InputError, match=words):
        build()
