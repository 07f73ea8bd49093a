"""Khử lượng tử hóa biến phân: cận dưới thật, trọng số không chệch, log q đúng là mật độ."""

import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.flows import Affine, Flow, StandardNormal
from course_utils.flows.dequantization import DequantizedFlow, DequantizedGlow, LearnedNoise
from course_utils.training import fit

SHAPE = (1, 4, 4)


def images(n, levels=8, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(levels, (n, *SHAPE), generator=generator).double()


class SlantedNoise(torch.nn.Module):
    """q(u | x) = ½ + u trên (0, 1): một mật độ không đều biết trước, để thử công thức.

    Hàm phân phối là (u + u²)/2, nên u = (√(1 + 8t) − 1)/2 với t đều. q ≥ ½: trọng số bị chặn.
    """

    def forward(self, x):
        u = ((1 + 8 * torch.rand_like(x)).sqrt() - 1) / 2
        return u, (0.5 + u).log().flatten(1).sum(1)


@pytest.mark.equation("eq-dequantization")
@pytest.mark.parametrize("noise", [None, SlantedNoise()])
def test_weights_are_unbiased_and_the_elbo_is_below(noise):
    """Luồng chuẩn một chiều: P(x) là hiệu của hai hàm phân phối. E[w] = P(x), E[log w] ≤ log P."""
    levels, n = 4, 200_000
    flow = Flow(Affine(1), StandardNormal((1,))).double()
    with torch.no_grad():
        flow.transform.shift.fill_(0.4)
        flow.transform.log_scale.fill_(math.log(0.3))
    model = DequantizedFlow(flow, noise, levels)
    normal = torch.distributions.Normal(0.4, 0.3)
    torch.manual_seed(0)
    for k in range(levels):
        mass = (
            normal.cdf(torch.tensor((k + 1) / levels)) - normal.cdf(torch.tensor(k / levels))
        ).item()
        log_w = model.log_weights(torch.full((1, 1), float(k), dtype=torch.float64), n)[:, 0]
        w = log_w.exp()
        assert abs(w.mean().item() - mass) <= 6 * w.std().item() / math.sqrt(n)
        assert log_w.mean().item() <= math.log(mass) + 6 * log_w.std().item() / math.sqrt(n)


def test_learned_noise_reports_its_own_log_density(randomize):
    """log|det ∂u/∂ε| đối chiếu với Jacobi của autograd; u nằm trong ô đơn vị."""
    noise = randomize(LearnedNoise(SHAPE, 8, steps=3, hidden=6), 0, gain=0.7).double()
    x = images(1)
    epsilon = torch.randn(
        1, *SHAPE, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )
    u, log_det = noise.transform(epsilon, x)
    assert ((u > 0) & (u < 1)).all()
    jacobian = torch.autograd.functional.jacobian(lambda e: noise.transform(e, x)[0], epsilon)
    sign_and_log = torch.linalg.slogdet(jacobian.reshape(16, 16))
    torch.testing.assert_close(log_det[0], sign_and_log.logabsdet, atol=1e-10, rtol=0)
    # u đọc ảnh: đổi một điểm ảnh thì nhiễu của điểm khác đổi theo.
    other = x.clone()
    other[0, 0, 0, 0] = (other[0, 0, 0, 0] + 3) % 8
    assert not torch.equal(noise.transform(epsilon, other)[0], u)


def test_learned_noise_starts_as_a_fixed_logistic_like_law():
    """Mạng cuối bằng 0: u = σ(ε), không biết x; mật độ ấy tích phân đúng bằng 1."""
    noise = LearnedNoise(SHAPE, 8, steps=2, hidden=4).double()
    epsilon = torch.randn(2, *SHAPE, dtype=torch.float64)
    torch.testing.assert_close(noise.transform(epsilon, images(2))[0], epsilon.sigmoid())
    # E_q[1/q] là thể tích của ô đơn vị: thử trên một ô 2×2, bốn chiều.
    small = LearnedNoise((1, 2, 2), 8, steps=2, hidden=4).double()
    torch.manual_seed(0)
    inverse = (-small(torch.zeros(100_000, 1, 2, 2, dtype=torch.float64))[1]).exp()
    assert abs(inverse.mean().item() - 1) <= 6 * inverse.std().item() / math.sqrt(100_000)


@pytest.mark.parametrize("noise_steps", [0, 2])
def test_glow_for_integer_images_learns_and_samples_integers(noise_steps):
    torch.manual_seed(0)
    data = images(200).float() // 4  # chỉ hai mức 0 và 1 trên 8
    model = DequantizedGlow(SHAPE, 8, levels=1, steps=2, hidden=8, noise_steps=noise_steps)
    before = model.eval().elbo(data).mean().item()
    fit(model, data, steps=60, batch_size=64, lr=5e-3, clip=1e3, progress=False)
    after = model.elbo(data).mean().item()
    # Đoán đều trên 8 mức là −16 ln 8 = −33.3; biết «chỉ 0 và 1» là −16 ln 2 = −11.1.
    assert before < after
    assert after > -16 * math.log(8)
    assert after < -16 * math.log(2) + 1e-3 * 16
    sample = model.sample(50, seed=0)
    assert sample.shape == (50, *SHAPE)
    assert torch.equal(sample, sample.round())
    assert sample.min() >= 0
    assert sample.max() <= 7
    assert torch.equal(sample, model.sample(50, seed=0))


@pytest.mark.equation("eq-iwae")
def test_more_samples_tighten_the_bound(randomize):
    model = randomize(
        DequantizedGlow(SHAPE, 8, levels=1, steps=2, hidden=6, noise_steps=2), 3, gain=0.3
    ).double()
    x = images(100)
    torch.manual_seed(0)
    one, many = model.elbo(x), model.log_prob_estimate(x, 20)
    gain = many - one
    assert gain.mean().item() >= 6 * gain.std().item() / math.sqrt(len(x))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DequantizedGlow(SHAPE, 8, noise_steps=-1), "noise_steps = -1"),
        (lambda: DequantizedGlow((1, 5, 4), 8), "không chia đôi"),
        (lambda: DequantizedGlow(SHAPE, 8, levels=1).elbo(torch.rand(2, *SHAPE)), "giá trị lẻ"),
        (lambda: DequantizedGlow(SHAPE, 8, levels=1).elbo(torch.full((2, *SHAPE), 8.0)), "8 mức"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
