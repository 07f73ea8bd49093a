"""GAN và WGAN so với đáp số: bộ phân biệt tối ưu, gradient, Lipschitz, mode."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

from course_utils import runtime
from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import mode_coverage
from course_utils.gan import (
    GAN,
    WGAN,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    input_gradient,
)
from course_utils.gan_theory import game_value
from course_utils.training import fit

MODELS = {
    "gan": GAN,
    "saturating": lambda dim, **k: GAN(dim, loss="saturating", **k),
    "r1": lambda dim, **k: GAN(dim, penalty=1.0, **k),
    "wgan": WGAN,
    "spectral": lambda dim, **k: WGAN(dim, constraint="spectral", **k),
}


class Shift(nn.Module):
    """Bộ sinh cố định x = z + 2: luật của nó là N(2, 1)."""

    def forward(self, z):
        return z + 2


def linear(weight, bias=0.0):
    """Mạng một tầng c(x) = w·x + b, float64."""
    layer = nn.Linear(len(weight), 1).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([weight], dtype=torch.float64))
        layer.bias.fill_(bias)
    return layer


@pytest.mark.equation("eq-optimal-discriminator")
def test_trained_discriminator_estimates_the_log_density_ratio():
    """p = N(0, 1), q = N(2, 1): r*(x) = 2 − 2x.

    V(D*) − V(D) = E_p KL-Bernoulli có trọng số, nên bằng 0 chỉ khi D = D*. Với k tham số và N
    điểm mới, phần dư vì mẫu hữu hạn vào cỡ k/N = 49/(400·1024) ≈ 1e-4; cho phép mười lần.
    """
    runtime.set_seed(0)
    model = GAN(1, latent_dim=1, hidden=(16,))
    model.generator = Shift()
    optimizer = torch.optim.Adam(model.discriminator.parameters(), lr=2e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 400)
    for _ in range(400):
        real, fake = torch.randn(1024, 1), 2 + torch.randn(1024, 1)
        optimizer.zero_grad()
        discriminator_loss(model.score(real), model.score(fake)).backward()
        optimizer.step()
        schedule.step()
    x = torch.linspace(-8, 10, 3601, dtype=torch.float64)
    log_p, log_q = Normal(0.0, 1.0).log_prob(x), Normal(2.0, 1.0).log_prob(x)
    with torch.no_grad():
        logit = model.log_ratio(x[:, None].float()).double()
    excess = game_value(log_p - log_q, log_p, log_q, 0.005) - game_value(logit, log_p, log_q, 0.005)
    assert 0 <= excess < 1e-3
    # Bất đẳng thức Pinsker cho Bernoulli: V(D*) − V(D) ≥ 2 ∫ (p + q)(D* − D)².
    gap = (log_p - log_q).sigmoid() - logit.sigmoid()
    assert 2 * ((log_p.exp() + log_q.exp()) * gap**2).sum() * 0.005 <= excess + 1e-12
    assert (gap.abs()[(x > -2) & (x < 4)]).max() < 0.05


@pytest.mark.equation("eq-optimal-discriminator")
def test_best_linear_logit_is_the_exact_ratio():
    """Hai Gauss cùng phương sai: tỉ số log là bậc nhất, và Newton trên lưới tìm đúng nó."""
    x = torch.linspace(-10, 12, 4401, dtype=torch.float64)
    p, q = Normal(0.0, 1.0).log_prob(x).exp(), Normal(2.0, 1.0).log_prob(x).exp()
    features = torch.stack([torch.ones_like(x), x], 1)
    weight = torch.zeros(2, dtype=torch.float64)
    for _ in range(20):
        d = (features @ weight).sigmoid()
        gradient = features.T @ (p * (1 - d) - q * d)
        hessian = features.T @ (((p + q) * d * (1 - d))[:, None] * features)
        weight = weight + torch.linalg.solve(hessian, gradient)
    torch.testing.assert_close(weight, torch.tensor([2.0, -2.0]).double(), atol=1e-9, rtol=0)


@pytest.mark.equation("eq-gan-game")
def test_discriminator_loss_is_binary_cross_entropy():
    g = torch.Generator().manual_seed(0)
    real, fake = (5 * torch.randn(50, generator=g, dtype=torch.float64) for _ in range(2))
    expected = F.binary_cross_entropy_with_logits(
        real, torch.ones_like(real)
    ) + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))
    torch.testing.assert_close(discriminator_loss(real, fake), expected)
    # Bộ phân biệt hoàn hảo hạ mất mát về 0; bộ phân biệt nói ngược thì bị phạt.
    sure = torch.full((3,), 30.0)
    assert discriminator_loss(sure, -sure) < 1e-12
    assert discriminator_loss(-sure, sure) == pytest.approx(60)


@pytest.mark.equation("eq-non-saturating")
@pytest.mark.parametrize("logit", [-10.0, -1.0, 0.0, 3.0])
def test_generator_gradients_in_closed_form(logit):
    d = 1 / (1 + math.exp(-logit))
    for kind, slope in (("saturating", -d), ("non_saturating", -(1 - d))):
        r = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
        generator_loss(r, kind).backward()
        assert r.grad.item() == pytest.approx(slope, rel=1e-12)


@pytest.mark.equation("eq-non-saturating")
@pytest.mark.parametrize("kind", ["saturating", "non_saturating"])
@pytest.mark.parametrize("logit", [-1e4, -100.0, 100.0, 1e4])
def test_generator_loss_survives_extreme_logits(kind, logit):
    r = torch.tensor([logit], requires_grad=True)
    value = generator_loss(r, kind)
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(r.grad).all()
    exact = {"non_saturating": max(-logit, 0.0), "saturating": -max(logit, 0.0)}[kind]
    assert value.item() == pytest.approx(exact, abs=1e-6)


@pytest.mark.equation("eq-gradient-penalty")
@pytest.mark.parametrize("weight", [[3.0, 4.0], [0.6, -0.8], [0.3, 0.0]])
def test_penalty_of_a_linear_critic_is_exact(weight):
    critic = linear(weight, 0.7)
    g = torch.Generator().manual_seed(1)
    real, fake = (torch.randn(20, 2, generator=g, dtype=torch.float64) for _ in range(2))
    value = gradient_penalty(lambda x: critic(x).squeeze(1), real, fake)
    norm = math.hypot(*weight)
    assert value.item() == pytest.approx((norm - 1) ** 2, abs=1e-14)
    value.backward()
    expected = 2 * (norm - 1) * torch.tensor([weight], dtype=torch.float64) / norm
    torch.testing.assert_close(critic.weight.grad, expected)


@pytest.mark.equation("eq-gradient-penalty")
def test_penalty_looks_between_the_points_and_not_elsewhere():
    """c(x) = ½‖x‖²: nối (2, 0) với (4, 0) thì phạt là E (u − 1)², u đều trên [2, 4]."""
    real = torch.tensor([[2.0, 0.0]], dtype=torch.float64).expand(200_000, 2)
    fake = torch.tensor([[4.0, 0.0]], dtype=torch.float64).expand(200_000, 2)
    value = gradient_penalty(lambda x: 0.5 * x.square().sum(1), real, fake)
    exact = (3**3 - 1**3) / (3 * 2)  # ∫₂⁴ (u − 1)² du / 2
    variance = (3**5 - 1) / (5 * 2) - exact**2
    assert abs(value.item() - exact) < 6 * math.sqrt(variance / 200_000)
    same = gradient_penalty(lambda x: 0.5 * x.square().sum(1), real[:5], real[:5])
    assert same.item() == pytest.approx(1.0)


def test_r1_is_half_gamma_times_the_squared_gradient_on_real_points():
    model = GAN(2, penalty=3.0).double()
    plain = GAN(2).double()
    model.discriminator = plain.discriminator = linear([3.0, 4.0])
    plain.generator = model.generator
    x = torch.randn(8, 2, dtype=torch.float64)
    values = []
    for m in (model, plain):
        torch.manual_seed(0)
        values.append(m.discriminator_loss(x).item())
    assert values[0] - values[1] == pytest.approx(0.5 * 3 * 25)
    gradient = input_gradient(model.score, x)
    assert torch.equal(gradient, torch.tensor([[3.0, 4.0]], dtype=torch.float64).expand(8, 2))


@pytest.mark.equation("eq-spectral-norm")
def test_spectral_normalisation_divides_by_the_largest_singular_value():
    torch.manual_seed(0)
    model = WGAN(2, constraint="spectral", hidden=(16, 16)).double()
    x = torch.randn(64, 2, dtype=torch.float64)
    for _ in range(500):  # mỗi lượt huấn luyện là một bước lặp lũy thừa
        model.score(x)
    for layer in model.discriminator:
        if isinstance(layer, nn.Linear):
            raw = layer.parametrizations.weight.original
            expected = raw / torch.linalg.svdvals(raw)[0]
            torch.testing.assert_close(layer.weight, expected, atol=1e-6, rtol=0)
    # Tích của các tầng 1-Lipschitz là 1-Lipschitz.
    y = x + torch.randn(64, 2, dtype=torch.float64)
    ratio = (model.score(x) - model.score(y)).abs() / (x - y).norm(dim=1)
    assert ratio.max() <= 1 + 1e-6
    assert input_gradient(model.score, x).norm(dim=1).max() <= 1 + 1e-6


@pytest.mark.equation("eq-wasserstein")
def test_critic_distance_of_a_linear_critic_is_the_shift():
    """c(x) = x là hàm phê bình tối ưu giữa một luật và chính nó dời đi 3: khoảng cách 3."""
    model = WGAN(1, latent_dim=1).double()
    model.discriminator = linear([1.0])
    x = torch.randn(100, 1, dtype=torch.float64)
    assert model.distance(x + 3, x).item() == pytest.approx(3)


def test_default_wgan_finds_every_mode():
    runtime.set_seed(0)
    density = toy.EightGaussians()
    model = WGAN(2, hidden=(32, 32))
    fit(model, density, steps=400, batch_size=256, lr=5e-3, progress=False)
    result = mode_coverage(model.sample(4000), density.means, 0.5 / math.sqrt(2))
    assert result.found == 8
    assert result.high_quality > 0.75


# ---- Hợp đồng


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dim", [1, 3, (1, 4, 4)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shapes_and_losses(name, dim, dtype):
    model = MODELS[name](dim, latent_dim=5, hidden=(8,)).to(dtype)
    for n in (1, 7):
        x = torch.randn(n, *model.event_shape, dtype=dtype)
        assert model.sample(n).shape == x.shape
        assert model.sample(n).dtype == dtype
        assert model.score(x).shape == (n,)
        for objective in model.objectives():
            value = objective.loss(x)
            assert value.shape == ()
            value.backward(inputs=objective.parameters)
            assert all(torch.isfinite(p.grad).all() for p in objective.parameters)
    for context in (torch.no_grad, torch.inference_mode):
        with context():
            assert model.sample(2).shape == (2, *model.event_shape)
            assert torch.isfinite(model.discriminator_loss(x))
            assert torch.isfinite(model.loss(x))
    assert not model.sample(2).requires_grad


@pytest.mark.parametrize("name", MODELS)
def test_each_objective_moves_its_own_network(name):
    model = MODELS[name](2, hidden=(8,))
    x = torch.randn(16, 2)
    first, second = model.objectives()
    assert (first.name, second.name) == ("discriminator", "generator")
    assert first.repeats == model.critic_steps
    names = {n for n, _ in model.named_parameters()}
    own = {id(p) for o in (first, second) for p in o.parameters}
    assert len(own) == len(names)
    # Mất mát của bộ phân biệt không có đường nào về bộ sinh.
    model.zero_grad()
    first.loss(x).backward()
    assert all(p.grad is None for p in second.parameters)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GAN(2, loss="hinge"), "mất mát tên 'hinge'"),
        (lambda: GAN(2, penalty=-1.0), "không được âm"),
        (lambda: WGAN(2, constraint="clip"), "ràng buộc tên 'clip'"),
        (lambda: WGAN(2, penalty=0.0), "phải dương"),
        (lambda: WGAN(2, critic_steps=0), "số nguyên dương"),
        (lambda: GAN(0), "số nguyên dương"),
        (lambda: GAN(2).sample(0), "số nguyên dương"),
        (lambda: GAN(2).log_ratio(torch.randn(5, 3)), r"\(5, 3\).*\(n, 2\)"),
        (lambda: GAN(2).discriminator_loss(torch.ones(5, 2, dtype=torch.long)), "int64.*float"),
        (lambda: WGAN(2).score(torch.tensor([[0.0, math.nan]])), "NaN"),
        (
            lambda: fit(GAN(2), torch.randn(9, 2), steps=1, validation=torch.randn(9, 2)),
            "không đo chất lượng mẫu",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
