"""VAE phân cấp bên cạnh chuỗi tuyến tính Gauss giải được, và những đẳng thức đúng với mọi q."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from course_utils import hierarchical_vae
from course_utils.errors import InputError
from course_utils.hierarchical_vae import HierarchicalVAE
from course_utils.likelihoods import CategoricalLikelihood, GaussianLikelihood
from course_utils.training import fit
from course_utils.vae import ProbabilisticPCA

DIM, DIMS, NOISE = 5, (3, 2, 1), 0.7
F64 = torch.float64


def normal(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


def randomized(model, seed=0, gain=0.5):
    """Trọng số ngẫu nhiên, xa mọi điểm đặc biệt; float64."""
    generator = torch.Generator().manual_seed(seed)
    model = model.double().eval()
    with torch.no_grad():
        for p in model.parameters():
            noise = torch.randn(p.shape, generator=generator, dtype=F64)
            p.copy_(gain * noise / max(1, p.shape[-1] if p.ndim > 1 else 1) ** 0.5)
    return model


def linear(dims=DIMS, **options):
    likelihood = GaussianLikelihood(NOISE)
    return HierarchicalVAE(DIM, dims, linear=True, skip=False, likelihood=likelihood, **options)


def orthonormal(rows, columns, seed):
    return torch.linalg.qr(normal(rows, columns, seed=seed))[0]


@torch.no_grad()
def with_exact_posterior(seed=0):
    """Chuỗi tuyến tính top-down mà q đúng bằng hậu nghiệm, dựng từ đại số tuyến tính.

    Trong hệ tọa độ mà Cov(z_l | z_{l+1}) = I và độ chính xác Λ_l của x về z_l là đường chéo, hậu
    nghiệm p(z_l | z_{l+1}, x) có hiệp phương sai (I + Λ_l)⁻¹, đường chéo. Sau đó đổi đơn vị từng
    tọa độ cho σ_p khác 1.
    """
    model = linear().double()
    means = [normal(d, seed=seed + 50 + i) for i, d in enumerate((DIM, *DIMS[:-1]))]
    units = [0.5 + normal(d, seed=seed + 70 + i).abs() for i, d in enumerate(DIMS)]
    units[-1] = torch.ones(1, dtype=F64)  # đỉnh là N(0, I)

    # W_1 có các cột trực giao; x cho ẑ_1 = z_1 + nhiễu với độ chính xác Λ_1.
    weights = [orthonormal(DIM, DIMS[0], seed) * (1 + normal(DIMS[0], seed=seed + 9).abs())]
    readers = [torch.linalg.pinv(weights[0])]  # ẑ_1 = A_1 (x − tâm)
    precisions = [weights[0].square().sum(0) / NOISE**2]
    for i in range(1, len(DIMS)):
        spread = (1 / precisions[-1] + 1).sqrt()  # độ lệch chuẩn của ẑ_i khi biết z_{i+1}
        scales = 1 + normal(DIMS[i], seed=seed + 20 + i).abs()
        whitened = orthonormal(DIMS[i - 1], DIMS[i], seed + 30 + i) * scales
        weights.append(spread[:, None] * whitened)
        precisions.append(whitened.square().sum(0))
        readers.append(torch.linalg.pinv(whitened) @ (readers[-1] / spread[:, None]))

    maps = [model.decoder[-1], *(prior.net[-1] for prior in model.priors)]
    for i, layer in enumerate(maps):
        below = units[i - 1] if i else torch.ones(DIM, dtype=F64)
        layer.weight.copy_(below[:, None] * weights[i] / units[i])
        layer.bias.copy_(means[i])
    for prior, unit in zip(model.priors, units, strict=False):
        prior.log_var.copy_(2 * unit.log())

    # centers[i]: trung bình của tầng i khi mọi nhiễu bằng 0; centers[0] là của x.
    centers = [torch.zeros(1, dtype=F64)]
    for layer in reversed(maps):
        centers.insert(0, layer(centers[0]))
    for i, encoder in enumerate(model.encoders):
        gain = precisions[i] / (1 + precisions[i])
        weight = gain[:, None] * readers[i]
        bias = -weight @ centers[0]
        if i + 1 < len(DIMS):  # trừ phần mà tiên nghiệm đã biết
            prior = gain[:, None] * (maps[i + 1].weight / units[i][:, None])
            weight = torch.cat([weight, -prior], 1)
            bias = bias + prior @ centers[i + 2]
        encoder.net[-1].weight.copy_(weight)
        encoder.net[-1].bias.copy_(bias)
        encoder.log_var.copy_(-(1 + precisions[i]).log())
    return model


def joint_of_q(model, x, monkeypatch):
    """Trung bình và hiệp phương sai của q(z_1..z_L | x): khi tuyến tính, z = a(x) + Bε."""
    size = sum(model.latent_dims)

    def run(noise):
        parts = dict(zip(model.latent_dims, noise.split(model.latent_dims), strict=True))
        monkeypatch.setattr(
            hierarchical_vae,
            "reparameterize",
            lambda mean, log_var: mean + (0.5 * log_var).exp() * parts[mean.shape[1]],
        )
        with torch.no_grad():
            z = torch.cat(model.infer(x)[0], 1)
        monkeypatch.undo()
        return z

    center = run(torch.zeros(size, dtype=F64))
    columns = [run(e)[0] - center[0] for e in torch.eye(size, dtype=F64)]
    factor = torch.stack(columns, 1)
    return center, factor @ factor.T


@torch.no_grad()
def joint_of_p(model):
    """(trung bình, hiệp phương sai) của (x, z_1, …, z_L), dựng bằng ma trận khối."""
    maps = [model.decoder[-1], *(prior.net[-1] for prior in model.priors)]
    noises = [torch.full((DIM,), NOISE**2, dtype=F64)]
    noises += [prior.log_var.exp() for prior in model.priors]
    mean, cov = torch.zeros(1, dtype=F64), torch.eye(1, dtype=F64)
    for layer, noise in zip(reversed(maps), reversed(noises), strict=True):
        d = layer.in_features
        cross = layer.weight @ cov[:d]
        block = cross[:, :d] @ layer.weight.T + noise.diag()
        cov = torch.cat([torch.cat([block, cross], 1), torch.cat([cross.T, cov], 1)])
        mean = torch.cat([layer(mean[:d]), mean])
    return mean, cov


def exact_posterior(model, x):
    """p(z_1..z_L | x) của chuỗi tuyến tính, bằng công thức điều kiện hóa Gauss."""
    mean, cov = joint_of_p(model)
    gain = torch.linalg.solve(cov[:DIM, :DIM], cov[:DIM, DIM:]).T
    return MultivariateNormal(
        mean[DIM:] + (x - mean[:DIM]) @ gain.T, cov[DIM:, DIM:] - gain @ cov[:DIM, DIM:]
    )


# ---- log p(x) của chuỗi tuyến tính Gauss


@pytest.mark.equation("eq-hvae-linear")
def test_marginal_of_two_levels_is_the_closed_form():
    model = randomized(linear((3, 2)))
    w1, w2 = model.decoder[-1].weight, model.priors[0].net[-1].weight
    s1 = model.priors[0].log_var.exp().diag()
    expected = w1 @ (w2 @ w2.T + s1) @ w1.T + NOISE**2 * torch.eye(DIM, dtype=F64)
    mean, cov = model.linear_marginal()
    torch.testing.assert_close(cov, expected)
    torch.testing.assert_close(mean, model.decoder(model.priors[0].net[-1].bias))


@pytest.mark.equation("eq-hvae-linear")
@pytest.mark.equation("eq-hvae-joint")
def test_samples_have_the_marginal_law():
    model, n = randomized(linear()), 40_000
    torch.manual_seed(0)
    x = model.sample(n)
    mean, cov = model.linear_marginal()
    assert ((x.mean(0) - mean).abs() < 6 * (cov.diagonal() / n).sqrt()).all()
    # Phương sai của phần tử (i, j) của hiệp phương sai mẫu: (Σ_ii Σ_jj + Σ_ij²)/n.
    spread = cov.diagonal().outer(cov.diagonal()) + cov**2
    assert ((x.T.cov() - cov).abs() < 6 * (spread / n).sqrt()).all()


def test_joint_of_the_test_agrees_with_the_model():
    model, x = randomized(linear()), normal(4, DIM, seed=1)
    mean, cov = joint_of_p(model)
    exact = MultivariateNormal(mean[:DIM], cov[:DIM, :DIM]).log_prob(x)
    torch.testing.assert_close(model.linear_log_prob(x), exact)


# ---- ELBO


@pytest.mark.equation("eq-top-down")
@pytest.mark.equation("eq-hvae-elbo")
@pytest.mark.parametrize("seed", range(3))
def test_exact_top_down_posterior_gives_constant_weights(seed):
    """q là hậu nghiệm: mỗi mẫu z đều cho log p(x, z) − log q(z | x) = log p(x)."""
    model, x = with_exact_posterior(seed), 3 * normal(20, DIM, seed=seed)
    log_p = model.linear_log_prob(x)
    torch.testing.assert_close(model.log_weights(x, 7), log_p.expand(7, -1))
    torch.testing.assert_close(model.log_prob_estimate(x, 5, chunk=40), log_p)
    n = 4000
    elbo = model.elbo(x.repeat_interleave(n, 0)).view(20, n)
    assert ((elbo.mean(1) - log_p).abs() < 6 * elbo.std(1) / math.sqrt(n)).all()


@pytest.mark.equation("eq-hvae-consistency")
@pytest.mark.equation("eq-bottom-up")
def test_exact_bottom_up_posterior_gives_constant_weights():
    """Chuỗi Markov: hậu nghiệm cũng tách được từ dưới lên, p(z_1|x) p(z_2|z_1) p(z_3|z_2)."""
    model = randomized(linear((1, 1, 1), inference="bottom_up"), seed=3)
    mean, cov = joint_of_p(model)
    x = normal(9, DIM, seed=4)
    parts = [slice(0, DIM), *(slice(DIM + i, DIM + i + 1) for i in range(3))]
    with torch.no_grad():
        for encoder, given, wanted in zip(model.encoders, parts[:-1], parts[1:], strict=True):
            gain = torch.linalg.solve(cov[given, given], cov[given, wanted]).T
            encoder.net[-1].weight.copy_(gain)
            encoder.net[-1].bias.copy_(mean[wanted] - gain @ mean[given])
            encoder.log_var.copy_((cov[wanted, wanted] - gain @ cov[given, wanted]).log()[0])
    log_p = model.linear_log_prob(x)
    torch.testing.assert_close(model.log_weights(x, 5), log_p.expand(5, -1))


@pytest.mark.equation("eq-hvae-elbo")
@pytest.mark.parametrize("inference", ["top_down", "bottom_up"])
@pytest.mark.parametrize("seed", range(3))
def test_gap_is_the_kl_to_the_posterior(inference, seed, monkeypatch):
    """Với mọi q: log p(x) − ELBO = KL(q(z_1..z_L | x) ‖ p(z_1..z_L | x)) ≥ 0."""
    model, x, n = randomized(linear(inference=inference), seed), normal(5, DIM, seed=seed), 20_000
    q_mean, q_cov = joint_of_q(model, x, monkeypatch)
    gap = kl_divergence(MultivariateNormal(q_mean, q_cov), exact_posterior(model, x))
    torch.manual_seed(seed)
    with torch.no_grad():
        elbo = model.elbo(x.repeat_interleave(n, 0)).view(5, n)
        log_p = model.linear_log_prob(x)
    error = elbo.std(1) / math.sqrt(n)
    assert ((elbo.mean(1) + gap - log_p).abs() < 6 * error).all()
    assert (gap > 6 * error).all(), "khe hở phải đo được, nếu không phép thử không nói gì"


@pytest.mark.equation("eq-hvae-telescoped")
@pytest.mark.equation("eq-hvae-consistency")
@pytest.mark.parametrize("inference", ["top_down", "bottom_up"])
@pytest.mark.parametrize("skip", [True, False])
def test_sum_of_level_terms_is_the_plain_elbo(inference, skip):
    """Tái tạo trừ các số hạng từng tầng = E_q[log p(x, z) − log q(z | x)], kể cả khi phi tuyến."""
    model = randomized(
        HierarchicalVAE(DIM, DIMS, hidden=(16,), inference=inference, skip=skip), 1, gain=1.0
    )
    x, n = normal(4, DIM, seed=2), 20_000
    torch.manual_seed(0)
    with torch.no_grad():
        many = x.repeat_interleave(n, 0)
        split, plain = model.elbo(many).view(4, n), model.log_weights(many).view(4, n)
    error = ((split.var(1) + plain.var(1)) / n).sqrt()
    assert ((split.mean(1) - plain.mean(1)).abs() < 6 * error).all()


def test_top_down_terms_are_never_negative():
    model = randomized(HierarchicalVAE(DIM, DIMS, hidden=(16,)), gain=2.0)
    kl = model.kl_per_level(normal(200, DIM, seed=0))
    assert kl.shape == (200, 3)
    assert (kl >= 0).all()


def test_estimate_rises_with_k_and_stays_below():
    model, x = randomized(linear(), 2), normal(3, DIM, seed=5)
    with torch.no_grad():
        log_p, means, errors = model.linear_log_prob(x), [], []
        torch.manual_seed(0)
        for k in (1, 4, 16):
            values = torch.stack([model.log_prob_estimate(x, k) for _ in range(1500)])
            means.append(values.mean(0))
            errors.append(values.std(0) / math.sqrt(1500))
    for i in range(2):
        assert (means[i + 1] > means[i]).all()
    assert all((m < log_p + 6 * e).all() for m, e in zip(means, errors, strict=True))


# ---- những đẳng thức của trang sách, trên luật Gauss đồng thời


def gaussian_divergence(mean_q, cov_q, mean_p, cov_p):
    return kl_divergence(MultivariateNormal(mean_q, cov_q), MultivariateNormal(mean_p, cov_p))


def average_conditional_kl(cov_q, cov_p, i, given):
    """E_q của KL(q(i | given) ‖ p(i | given)) khi cả hai luật đồng thời là Gauss tâm 0."""
    gain_q, gain_p = (torch.linalg.solve(c[given][:, given], c[given, i]) for c in (cov_q, cov_p))
    var_q, var_p = (c[i, i] - g @ c[given, i] for c, g in ((cov_q, gain_q), (cov_p, gain_p)))
    difference = gain_q - gain_p
    square = difference @ cov_q[given][:, given] @ difference
    return 0.5 * ((var_p / var_q).log() + (var_q + square) / var_p - 1)


def chain_covariance(start, gains, noises):
    """Hiệp phương sai của (y_0, y_1, …): y_0 có phương sai `start`, y_i = gain·y_{i−1} + nhiễu."""
    cov = torch.tensor([[start]], dtype=F64)
    for gain, noise in zip(gains, noises, strict=True):
        cross = gain * cov[-1:]
        corner = gain**2 * cov[-1:, -1:] + noise
        cov = torch.cat([torch.cat([cov, cross.T], 1), torch.cat([cross, corner], 1)])
    return cov


@pytest.fixture
def joint_laws():
    """(q, p) của (x, z_1, z_2, z_3): q = dữ liệu N(0, 2) rồi mã hóa; p = chuỗi sinh."""
    cov_q = chain_covariance(2.0, [0.7, 0.6, 0.5], [0.3, 0.6, 0.7])
    cov_p = chain_covariance(1.0, [0.9, 0.8, 1.1], [0.7, 0.5, 0.6]).flip(0, 1)
    return cov_q, cov_p


@pytest.mark.equation("eq-fixed-encoder-gap")
def test_gap_of_a_fixed_encoder_is_top_plus_reverse_steps(joint_laws):
    cov_q, cov_p = joint_laws
    zero = torch.zeros(4, dtype=F64)
    top = gaussian_divergence(zero[:1], cov_q[3:, 3:], zero[:1], cov_p[3:, 3:])
    steps = [average_conditional_kl(cov_q, cov_p, i, [i + 1]) for i in range(3)]
    torch.testing.assert_close(gaussian_divergence(zero, cov_q, zero, cov_p), top + sum(steps))


@pytest.mark.equation("eq-upper-levels")
@pytest.mark.equation("eq-aggregate-split")
def test_upper_levels_are_only_a_prior(joint_laws):
    """ELBO trung bình = tái tạo − I(x; z_1) − KL(q̄(z_1) ‖ p(z_1)) − E KL(q(z_2,z_3|z_1) ‖ p)."""
    cov_q, cov_p = joint_laws
    zero = torch.zeros(4, dtype=F64)
    entropy = MultivariateNormal(zero[:1], cov_q[:1, :1]).entropy()
    elbo = -gaussian_divergence(zero, cov_q, zero, cov_p) - entropy
    gain = cov_p[0, 1] / cov_p[1, 1]
    noise = cov_p[0, 0] - gain * cov_p[0, 1]
    square = cov_q[0, 0] - 2 * gain * cov_q[0, 1] + gain**2 * cov_q[1, 1]
    reconstruction = -0.5 * (math.log(2 * math.pi) + noise.log() + square / noise)
    information = -0.5 * torch.log1p(-(cov_q[0, 1] ** 2) / (cov_q[0, 0] * cov_q[1, 1]))
    prior = gaussian_divergence(zero[:1], cov_q[1:2, 1:2], zero[:1], cov_p[1:2, 1:2])
    above = average_conditional_kl(cov_q, cov_p, 2, [1]) + average_conditional_kl(
        cov_q, cov_p, 3, [1, 2]
    )
    torch.testing.assert_close(elbo, reconstruction - information - prior - above)


@pytest.mark.equation("eq-consistency-split")
def test_middle_term_is_a_kl_minus_a_mutual_information():
    """z_0 → z_1 → z_2 dưới q; p(z_1 | z_2) = N(w z_2, s). Mọi số hạng tính bằng đại số."""
    a, r, w, s = (0.9, 1.0), (1.3, 0.1), 0.9, 0.2
    q = chain_covariance(1.0, a, r)
    square = q[1, 1] - 2 * w * q[1, 2] + w**2 * q[2, 2]
    term = 0.5 * (math.log(s / r[0]) - 1 + square / s)  # E[log q(z_1|z_0) − log p(z_1|z_2)]
    given = q[[0, 2]][:, [0, 2]]  # hiệp phương sai của hai láng giềng
    gain = torch.linalg.solve(given, q[[0, 2], 1])
    rest = q[1, 1] - q[1, [0, 2]] @ gain
    information = 0.5 * (r[0] / rest).log()
    shift = gain - torch.tensor([0.0, w], dtype=F64)
    kl = 0.5 * ((s / rest).log() + (rest + shift @ given @ shift) / s - 1)
    torch.testing.assert_close(term, kl - information)
    assert term < 0 < kl, "một chuỗi mà số hạng giữa âm, dù KL dương"


@pytest.mark.equation("eq-hvae-consistency")
def test_middle_term_written_as_a_kl_is_off_by_a_constant():
    """Luật đúng của z_l khi biết hai láng giềng không phải q(z_l | z_{l−1}): lệch w·a·r/s."""
    w, s, a, r = 0.8, 0.6, 0.5, 0.3
    torch.manual_seed(0)
    n = 400_000
    below = torch.randn(n, dtype=F64)
    middle = 0.9 * below + math.sqrt(r) * torch.randn(n, dtype=F64)
    above = a * middle + math.sqrt(0.5) * torch.randn(n, dtype=F64)
    alone = 0.9 * below + math.sqrt(r) * torch.randn(n, dtype=F64)  # độc lập với `above`

    def term(z):
        return 0.5 * (math.log(s / r) + (z - w * above) ** 2 / s - (z - 0.9 * below) ** 2 / r)

    difference = term(alone) - term(middle)
    error = difference.std() / math.sqrt(n)
    assert abs(difference.mean() - w * a * r / s) < 6 * error
    assert w * a * r / s > 50 * error


# ---- huấn luyện


def plane_data(n=1000):
    x = normal(n, 2, seed=0) @ (normal(2, DIM, seed=1) * 1.5) + 0.5 * normal(n, DIM, seed=2)
    return (x - x.mean(0)) / x.std(0)


@pytest.mark.equation("eq-hvae-linear")
def test_linear_hierarchy_learns_probabilistic_pca():
    """Chuỗi tuyến tính ba tầng chỉ là PCA xác suất viết dài: huấn luyện phải đạt đúng cực đại ấy.

    Không vượt cực đại (khe hở ≥ 0), và thiếu không quá độ phân giải thống kê k/(2N): phần mà chính
    ước lượng hợp lý cực đại của k tham số cũng dao động khi đổi tập dữ liệu.
    """
    x = plane_data()
    best = ProbabilisticPCA(DIM, 2).double().solve(x).log_prob(x).mean()
    torch.manual_seed(0)
    model = HierarchicalVAE(DIM, (2, 2, 1), linear=True, skip=False).double()
    fit(model, x, steps=1500, batch_size=1000, lr=2e-2, progress=False)
    with torch.no_grad():
        log_p = model.linear_log_prob(x).mean()
        elbo = torch.stack([model.elbo(x).mean() for _ in range(400)])
    error = elbo.std() / math.sqrt(len(elbo))
    free = DIM * 2 + 1 - 1 + DIM  # W sai khác một phép quay, s, trung bình
    assert log_p < best + 1e-9
    assert best - elbo.mean() < free / (2 * len(x)) + 6 * error, (best, log_p, elbo.mean(), error)
    assert elbo.mean() < log_p + 6 * error


def test_warmup_and_free_bits_only_touch_training():
    x = normal(8, DIM, seed=0)
    model = randomized(HierarchicalVAE(DIM, DIMS, hidden=(8,), free_bits=50.0, warmup=10))
    torch.manual_seed(1)
    plain = model.loss(x)
    torch.manual_seed(1)
    torch.testing.assert_close(plain, -model.elbo(x).mean())
    model.train()
    torch.manual_seed(1)
    reconstruction = model.terms(x)[0].mean()
    for step in range(1, 13):  # KL mỗi tầng dưới 50 nat: tổng bị tính đúng 150
        torch.manual_seed(1)
        expected = 150 * min(1, step / 10) - reconstruction
        torch.testing.assert_close(model.loss(x), expected)


# ---- lấy mẫu, kiểu số, đầu vào


def test_frozen_levels_stay_and_the_rest_is_drawn_anew():
    model = randomized(HierarchicalVAE(DIM, DIMS, hidden=(8,)))
    first = model.sample_latents(6)
    again = model.sample_latents(6, above=first[1:])
    assert torch.equal(again[1], first[1])
    assert torch.equal(again[2], first[2])
    assert not torch.equal(again[0], first[0])
    assert [z.shape for z in again] == [(6, d) for d in DIMS]
    assert model.decode(again).shape == (6, DIM, 1)


@pytest.mark.equation("eq-hvae-joint")
@pytest.mark.equation("eq-hvae-skip")
def test_markov_levels_read_only_the_level_above():
    """Không skip: z_1 phụ thuộc z_3 chỉ qua z_2, nên gradient của p(z_1 | ·) theo z_3 bằng 0."""
    for skip in (False, True):
        model = randomized(HierarchicalVAE(DIM, DIMS, hidden=(8,), skip=skip))
        z2, z3 = normal(4, 2, seed=0), normal(4, 1, seed=1).requires_grad_()
        mean = model.prior(1, [z2, z3], 4)[0]
        x_mean = model.decode([normal(4, 3, seed=2), z2, z3])
        for output in (mean, x_mean):
            grad = torch.autograd.grad(output.sum(), z3, allow_unused=True)[0]
            assert (grad is not None and bool((grad != 0).any())) == skip


@pytest.mark.parametrize("inference", ["top_down", "bottom_up"])
@pytest.mark.parametrize("dims", [(4,), (8, 4, 2), (3, 3, 3, 3, 3)])
def test_batches_dtypes_and_modes(inference, dims):
    likelihood = CategoricalLikelihood(17)
    model = HierarchicalVAE((1, 4, 4), dims, likelihood=likelihood, inference=inference)
    x = torch.randint(17, (3, 1, 4, 4), generator=torch.Generator().manual_seed(0)).float()
    assert model.sample(2).shape == (2, 1, 4, 4)
    assert model.levels == len(dims)
    for context in (torch.no_grad(), torch.inference_mode()):
        with context:
            assert model.elbo(x[:1]).shape == (1,)
            assert model.kl_per_level(x).shape == (3, len(dims))
            assert model.log_prob_estimate(x, k=3).shape == (3,)
    model.loss(x).backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())
    assert model.double().elbo(x.double()).dtype == F64


@pytest.mark.parametrize("inference", ["top_down", "bottom_up"])
def test_no_hidden_layer_is_a_model_too(inference):
    """hidden=(): mọi mạng là một ánh xạ affine, nhưng phương sai vẫn đổi theo đầu vào."""
    model = HierarchicalVAE(DIM, DIMS, hidden=(), inference=inference).double()
    assert model.elbo(normal(3, DIM, seed=0)).shape == (3,)


def test_features_keep_their_size_however_deep():
    """Không có ô phần dư, tín hiệu của x nhỏ dần theo tầng và tầng trên không thấy gì."""
    torch.manual_seed(0)
    model = HierarchicalVAE(DIM, (2,) * 8, hidden=(32,))
    h = torch.randn(500, DIM)
    for cell in model.features:
        h = cell(h)
        assert h.std(0).mean() > 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: HierarchicalVAE(2, ()), "số chiều của từng tầng"),
        (lambda: HierarchicalVAE(2, (3, 0)), "số chiều của từng tầng"),
        (lambda: HierarchicalVAE(2, 4), "latent_dims = 4"),
        (lambda: HierarchicalVAE(2, (3,), inference="sideways"), '"top_down" hoặc "bottom_up"'),
        (lambda: HierarchicalVAE(2, (3,), free_bits=-1.0), "hai số không âm"),
        (lambda: HierarchicalVAE(2).elbo(torch.zeros(4, 3)), r"\(4, 3\).*\(n, 2\)"),
        (lambda: HierarchicalVAE(2).elbo(torch.full((4, 2), math.nan)), "NaN"),
        (lambda: HierarchicalVAE(2).sample(0), "số nguyên dương"),
        (lambda: HierarchicalVAE(2).log_prob_estimate(torch.zeros(1, 2), 0), "số nguyên dương"),
        (lambda: HierarchicalVAE(2).sample_latents(3, [torch.zeros(3, 5)]), "đúng thứ tự ấy"),
        (lambda: HierarchicalVAE(2).linear_log_prob(torch.zeros(1, 2)), "linear=True"),
    ],
)
def test_bad_input_is_explained(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_discrete_data_are_checked():
    model = HierarchicalVAE((1, 2, 2), likelihood=CategoricalLikelihood(17))
    with pytest.raises(InputError, match="giá trị lẻ"):
        model.loss(torch.full((2, 1, 2, 2), 0.5))
