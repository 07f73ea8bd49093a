"""Khuếch tán tiềm ẩn: cận dưới trên VAE tuyến tính, nơi mọi thứ có công thức đóng."""

import math

import pytest
import torch
from torch import nn

from course_utils import DDPM, IWAE, VAE, GuidedDDPM, LatentDiffusion
from course_utils.diffusion import UNet, cosine_schedule
from course_utils.errors import InputError
from course_utils.likelihoods import CategoricalLikelihood, GaussianLikelihood
from course_utils.training import fit

G = torch.Generator().manual_seed(0)
WEIGHT = torch.randn(3, 2, generator=G, dtype=torch.float64)
SHIFT = torch.randn(3, generator=G, dtype=torch.float64)
NOISE = 0.6  # độ lệch chuẩn của x | z


class ExactPrior(nn.Module):
    """E[ε | x_k] khi z ~ N(0, diag `variances`)."""

    def __init__(self, schedule, variances):
        super().__init__()
        self.schedule, self.variances = schedule, torch.tensor(variances, dtype=torch.float64)

    def forward(self, s, x):
        k = (torch.as_tensor(s).double() * self.schedule.steps).round().long().reshape(-1)
        a, sigma = self.schedule.a[k][:, None], self.schedule.sigma[k][:, None]
        return sigma * x / (a**2 * self.variances + sigma**2)


def linear_model(variances=(1.0, 1.0), spoil=0.0, steps=15, scale=NOISE):
    """VAE tuyến tính với hậu nghiệm đúng của z ~ N(0, diag variances), rồi làm sai đi `spoil`."""
    prior = torch.diag(torch.tensor(variances, dtype=torch.float64))
    vae = VAE(3, 2, (), likelihood=GaussianLikelihood(scale)).double()
    precision = torch.linalg.inv(prior) + WEIGHT.T @ WEIGHT / NOISE**2
    covariance = torch.linalg.inv(precision)
    with torch.no_grad():
        vae.decoder[-1].weight.copy_(WEIGHT)
        vae.decoder[-1].bias.copy_(SHIFT)
        gain = covariance @ WEIGHT.T / NOISE**2
        layer = vae.encoder[-1]
        layer.weight.zero_()
        layer.weight[:2] = gain
        layer.bias[:2] = -gain @ SHIFT + spoil
        layer.bias[2:] = covariance.diagonal().log()
    schedule = cosine_schedule(steps)
    net = ExactPrior(schedule, variances)
    ddpm = DDPM(2, net=net, schedule=schedule, prediction="eps").double()
    return LatentDiffusion(vae, ddpm).eval(), covariance


def log_density(x, variances):
    prior = torch.diag(torch.tensor(variances, dtype=torch.float64))
    total = WEIGHT @ prior @ WEIGHT.T + NOISE**2 * torch.eye(3, dtype=torch.float64)
    return torch.distributions.MultivariateNormal(SHIFT, total).log_prob(x)


POINTS = SHIFT + 2 * torch.randn(4, 3, generator=G, dtype=torch.float64)


def bound(model, x, repeats=4000):
    """Trung bình và sai số chuẩn của elbo tại từng điểm."""
    torch.manual_seed(0)
    values = model.elbo(x.repeat_interleave(repeats, 0)).view(len(x), repeats)
    return values.mean(1), values.std(1) / math.sqrt(repeats)


@pytest.mark.equation("eq-latent-bound")
def test_the_bound_falls_short_by_the_kl_of_the_posterior():
    """z ~ N(0, I), mạng chính xác: chuỗi β là chuỗi thật, nên cận của nó là log p(z).

    Cận của cả mô hình khi ấy là ELBO của VAE: log p(x) − KL(q ‖ p(z | x)). Hậu nghiệm thật không
    đường chéo, nên q đường chéo luôn hụt; KL của hai Gauss có công thức.
    """
    for spoil in (0.0, 0.5):
        model, covariance = linear_model(spoil=spoil)
        with torch.no_grad():
            mean, error = bound(model, POINTS)
        exact = log_density(POINTS, (1.0, 1.0))
        q = torch.diag(covariance.diagonal())
        kl = 0.5 * (torch.linalg.inv(covariance) @ q).trace() - 1
        kl = kl + 0.5 * (torch.logdet(covariance) - torch.logdet(q))
        off = torch.full((2,), spoil, dtype=torch.float64)
        kl = kl + 0.5 * off @ torch.linalg.solve(covariance, off)
        assert ((mean - (exact - kl)).abs() < 6 * error).all()
        assert (mean < exact + 6 * error).all()
        assert kl > 0


@pytest.mark.equation("eq-latent-bound")
def test_the_bound_stays_below_with_any_prior_and_tightens_with_more_steps():
    """Tiên nghiệm N(0, diag(0.2, 3)): bước ngược β không còn đúng, cận hụt thêm, T lớn thì bớt."""
    variances, gaps = (0.2, 3.0), []
    for steps in (4, 40):
        model, _ = linear_model(variances, steps=steps)
        with torch.no_grad():
            mean, error = bound(model, POINTS, 1500)
        gap = log_density(POINTS, variances) - mean
        assert (gap > -6 * error).all()
        gaps.append(gap.mean())
    assert gaps[1] < gaps[0]


@pytest.mark.equation("eq-latent-bound")
def test_fewer_terms_leave_the_bound_where_it_is():
    model, _ = linear_model((0.2, 3.0))
    x = POINTS[:1].expand(20_000, 3)
    torch.manual_seed(1)
    with torch.no_grad():
        full, part = model.elbo(x), model.elbo(x, terms=3)
    error = math.sqrt(float(full.var() + part.var()) / len(x))
    assert abs(full.mean() - part.mean()) < 6 * error


def test_samples_have_the_marginal_law():
    """z chính xác rồi giải mã: N(SHIFT, WΛWᵀ + s²I), tới sai số của chuỗi β và của mẫu."""
    model, _ = linear_model(steps=15)
    torch.manual_seed(0)
    x = model.sample(20_000, seed=0)
    total = WEIGHT @ WEIGHT.T + NOISE**2 * torch.eye(3, dtype=torch.float64)
    error = (total.diagonal() / len(x)).sqrt()
    assert ((x.mean(0) - SHIFT).abs() < 6 * error).all()
    # z ~ N(0, I) thì chuỗi β chính xác ở mọi bước, trừ bước cuối không thêm nhiễu: thiếu β_1.
    lost = float(model.ddpm.schedule.beta[1])
    slack = 6 * (total.diagonal()[:, None] * total.diagonal() * 2 / len(x)).sqrt()
    assert ((torch.cov(x.T) - total).abs() < slack + lost * WEIGHT.abs() @ WEIGHT.abs().T).all()
    still = model.sample(7, noise=False, seed=3)
    assert torch.equal(still, model.sample(7, noise=False, seed=3))


@pytest.mark.equation("eq-pca-error")
def test_principal_components_lose_the_discarded_eigenvalues():
    """Bộ mã hóa PCA, q rất hẹp: sai số tái tạo là tổng các trị riêng bị bỏ."""
    x = torch.randn(500, 3, generator=G, dtype=torch.float64) @ torch.randn(
        3, 3, generator=G, dtype=torch.float64
    )
    values, vectors = torch.linalg.eigh(torch.cov(x.T, correction=0))
    vae = VAE(3, 2, (), likelihood=GaussianLikelihood(0.1)).double()
    kept = vectors[:, 1:]
    with torch.no_grad():
        vae.encoder[-1].weight.zero_()
        vae.encoder[-1].weight[:2] = kept.T
        vae.encoder[-1].bias.copy_(torch.tensor([0.0, 0.0, -30.0, -30.0]))
        vae.encoder[-1].bias[:2] = -kept.T @ x.mean(0)
        vae.decoder[-1].weight.copy_(kept)
        vae.decoder[-1].bias.copy_(x.mean(0))
    model = LatentDiffusion(vae, DDPM(2).double())
    z, _ = model.posterior(x)
    rebuilt = vae.likelihood.mean(model.decode(z))
    # q có độ lệch chuẩn e^{−15}: phần nó thêm vào nhỏ hơn 10⁻⁵.
    lost = (x - rebuilt).square().sum(1).mean()
    assert lost == pytest.approx(float(values[0]), abs=1e-5)
    torch.testing.assert_close(
        torch.cov(z.T, correction=0), torch.diag(values[1:]), rtol=1e-5, atol=1e-5
    )


# ---- Mô hình


def make(name):
    if name == "points":
        return LatentDiffusion(VAE(3, 2, (8,)), DDPM(2, (8, 8), steps=5)), torch.randn(6, 3)
    vae = VAE((1, 4, 4), 16, (8,), likelihood=CategoricalLikelihood(17))
    x = torch.randint(17, (6, 1, 4, 4)).float()
    if name == "labels":
        return LatentDiffusion(vae, GuidedDDPM(16, 3, (8, 8), steps=5)), (x, torch.arange(6) % 3)
    net = UNet((4, 2, 2), 4, classes=3)
    return LatentDiffusion(vae, GuidedDDPM((4, 2, 2), net=net, steps=5)), (x, torch.arange(6) % 3)


@pytest.mark.parametrize("name", ["points", "labels", "sketches"])
def test_only_the_diffusion_learns(name):
    model, x = make(name)
    before = [p.clone() for p in model.vae.parameters()]
    fit(model, x, steps=3, batch_size=4, lr=1e-2, progress=False)
    assert all(torch.equal(a, b) for a, b in zip(before, model.vae.parameters(), strict=True))
    assert not model.train().vae.training
    condition = () if name == "points" else (1, 2.0)
    assert model.sample(2, *condition, steps=2).shape == (2, *model.event_shape)
    one = tuple(part[:1] for part in x) if isinstance(x, tuple) else x[:1]
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert model.elbo(one).shape == (1,)
            assert model.loss(one).isfinite()


def test_latents_are_standardised_by_the_first_batch():
    torch.manual_seed(0)
    vae = VAE(3, 2, ())
    with torch.no_grad():
        vae.encoder[-1].weight[:2].mul_(50)
    model = LatentDiffusion(vae, DDPM(2, (8, 8)))
    x = 3 + torch.randn(2000, 3)
    fit(model, x, steps=1, batch_size=2000, progress=False)
    z = model.ddpm.standardize(model.posterior(x)[0])[0]
    assert z.mean(0).abs().max() < 6 * math.sqrt(2 / 2000)
    assert (z.std(0) - 1).abs().max() < 6 / math.sqrt(2000)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LatentDiffusion(VAE(3, 2), DDPM(3)), r"\(3,\).*latent_dim = 2"),
        (lambda: LatentDiffusion(DDPM(2), DDPM(2)), r"vae là DDPM.*latent_dim = \?"),
        (lambda: LatentDiffusion(VAE(3, 2), DDPM(2, levels=17)), "levels = 17"),
        (lambda: make("points")[0].loss(torch.randn(2, 5)), r"\(2, 5\).*\(n, 3\)"),
        (lambda: make("labels")[0].elbo(torch.full((1, 1, 4, 4), 0.5)), "giá trị lẻ"),
        (lambda: make("points")[0].sample(0), "số nguyên dương"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_any_vae_will_do():
    assert LatentDiffusion(IWAE(3, 2), DDPM(2)).event_shape == (3,)
