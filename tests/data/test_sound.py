"""Âm thanh tổng hợp: quá trình tự hồi quy đúng công thức, cận dưới đúng là cận dưới."""

import math

import pytest
import torch

from course_utils.autoregressive import WaveNet
from course_utils.data.sound import Resonators, inverse_mu_law, mu_law
from course_utils.errors import InputError
from course_utils.training import fit


def test_one_resonator_has_the_textbook_variance():
    """AR(2): Var = (1 − φ₂) σ² / ((1 + φ₂)((1 − φ₂)² − φ₁²)), và σ được chọn để Var = 1."""
    source = Resonators((700.0,), decay=0.9, rate=8000)
    a, b = source.coefficients.tolist()
    assert a == pytest.approx(1.8 * math.cos(2 * math.pi * 700 / 8000), rel=1e-12)
    assert b == pytest.approx(-0.81, rel=1e-12)
    variance = (1 - b) * source.sigma**2 / ((1 + b) * ((1 - b) ** 2 - a**2))
    assert variance == pytest.approx(1, rel=1e-9)
    assert float(source.covariance[0, 1]) == pytest.approx(a / (1 - b), rel=1e-9)
    assert source.entropy_rate == pytest.approx(
        0.5 * math.log(2 * math.pi * math.e * source.sigma**2), rel=1e-12
    )


@pytest.mark.parametrize("frequencies", [(880.0,), (600.0, 1500.0)])
def test_samples_are_stationary_and_obey_the_recursion(frequencies):
    source = Resonators(frequencies, decay=0.9)
    n, p = 4000, source.order
    s = source.sample(n, 40, seed=0)
    # Phương sai mẫu của n số Gauss độc lập: sai số chuẩn √(2/n), ở đầu cũng như ở cuối đoạn.
    variance = s.var(0)
    assert ((variance - 1).abs() <= 6 * math.sqrt(2 / n)).all()
    residual = s[:, p:] - sum(source.coefficients[k] * s[:, p - 1 - k : -1 - k] for k in range(p))
    error = source.sigma**2 * math.sqrt(2 / residual.numel())
    assert float(residual.var()) == pytest.approx(source.sigma**2, abs=6 * error)
    assert torch.equal(source.sample(2, 5, seed=3), source.sample(2, 5, seed=3))


def test_level_rate_is_the_entropy_of_the_next_level_given_the_exact_past():
    """So với trung bình trên mẫu: entropy của mức kế tiếp tính từ phần đoán được thật."""
    source = Resonators(levels=8)
    n, p = 40_000, source.order
    s = source.sample(n, p, seed=0)
    mean = (s.flip(1) * source.coefficients).sum(1)
    normal = torch.distributions.Normal(mean[:, None], source.sigma)
    cdf = normal.cdf(source.edges.expand(n, -1))
    p_level = torch.cat([cdf[:, :1], cdf.diff(dim=1), 1 - cdf[:, -1:]], 1)
    entropy = -torch.xlogy(p_level, p_level).sum(1)
    error = float(entropy.std()) / math.sqrt(n)
    assert source.level_rate == pytest.approx(float(entropy.mean()), abs=6 * error)


def test_fine_levels_approach_the_continuous_rate():
    """Mức càng mịn, cận rời rạc càng gần ½ ln 2πeσ² − ln Δ, và bộ lọc càng gần cận.

    Phần dư của cận: làm tròn như cộng nhiễu đều, phương sai σ² + Δ²/12, nên phần dư gần Δ²/24σ².
    """
    gaps, filtered = [], []
    for levels in (16, 64, 256):
        source = Resonators(levels=levels, clip=6.0)
        fine = source.entropy_rate - math.log(12 / levels)
        gaps.append(abs(source.level_rate - fine))
        filtered.append(source.filtered_rate - source.level_rate)
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] == pytest.approx((12 / 256) ** 2 / (24 * source.sigma**2), rel=0.1)
    assert filtered[0] > filtered[1] > filtered[2] > 0
    assert filtered[2] < 0.01


@pytest.mark.equation("eq-chain-rule")
def test_a_trained_wavenet_stays_above_the_bound_and_near_the_filter():
    """Đối log hợp lý trên âm mới: không dưới cận (−6 sai số chuẩn), hơn bộ lọc không quá 0.05 nat.

    Mô hình chỉ biết biên độ một mẫu mất ít nhất thông tin tương hỗ giữa hai mẫu liền nhau, cỡ một
    nat; 0.05 nat là phần để dành cho 200 bước huấn luyện.
    """
    source = Resonators(levels=16)
    train = source.quantize(source.sample(1000, 64, seed=1))
    torch.manual_seed(0)
    model = WaveNet(64, 16, channels=12, dilations=(1, 2, 4))
    fit(model, train, steps=200, batch_size=16, lr=1e-2, progress=False)
    test = source.quantize(source.sample(1000, 64, seed=2))
    with torch.no_grad():
        nats = -model.log_conditionals(test)[:, 8:].mean(1).double()  # bỏ lúc chưa đủ quá khứ
    mean, error = float(nats.mean()), float(nats.std()) / math.sqrt(len(nats))
    assert source.level_rate - 6 * error <= mean <= source.filtered_rate + 0.05 + 6 * error


def test_levels_go_there_and_back():
    source = Resonators(levels=32, clip=3.0)
    s = torch.linspace(-4, 4, 999, dtype=torch.float64)
    x = source.quantize(s)
    assert x.min() == 0
    assert x.max() == 31
    inside = s.abs() < 3
    assert (source.dequantize(x) - s)[inside].abs().max() <= 3 / 32 + 1e-12
    assert (x.diff() >= 0).all()


@pytest.mark.parametrize("levels", [16, 256])
def test_mu_law_goes_there_and_back(levels):
    y = torch.arange(levels)
    assert torch.equal(mu_law(inverse_mu_law(y, levels), levels), y)
    assert mu_law(torch.tensor([-9.0, -1.0, 1.0, 9.0]), levels).tolist() == [
        *[0, 0],
        *[levels - 1, levels - 1],
    ]
    x = torch.linspace(-1, 1, 2001, dtype=torch.float64)
    error = (inverse_mu_law(mu_law(x, levels), levels) - x).abs()
    # Nửa bậc trên thang nén, nhân độ dốc của phép giãn: (1 + μ|x|) ln(1 + μ) / μ, tại mép xa.
    mu = levels - 1
    far = (x.abs() + error).clamp_max(1)
    assert (error <= (1 + mu * far) * math.log1p(mu) / mu**2 + 1e-9).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Resonators(()), "mỗi tần số phải dương"),
        (lambda: Resonators((5000.0,)), "4000 Hz"),
        (lambda: Resonators(decay=1.0), r"decay = 1.0.*\(0, 1\)"),
        (lambda: Resonators(levels=1), "ít nhất 2 mức"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
