"""Spline hữu tỉ bậc hai trước những đáp án biết chính xác."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.flows import SplineCoupling, SplineTransformer
from course_utils.flows.splines import MAX_LOG, knots, rational_quadratic_spline

BOUND = 4.0


def random_raw(bins, n, seed):
    g = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(n, 3 * bins - 1, generator=g, dtype=torch.float64)


@pytest.mark.equation("eq-rqs")
@settings(deadline=None, max_examples=20)
@given(bins=st.integers(2, 20), seed=st.integers(0, 2**20))
def test_identity_when_heights_equal_widths_and_slopes_are_one(bins, seed):
    widths = random_raw(bins, 1, seed)[:, :bins]
    raw = torch.cat([widths, widths, torch.zeros(1, bins - 1, dtype=torch.float64)], 1)
    x = torch.linspace(-6, 6, 501, dtype=torch.float64)
    for inverse in (False, True):
        y, log_derivative = rational_quadratic_spline(x, raw.expand(501, -1), BOUND, inverse)
        torch.testing.assert_close(y, x, atol=1e-12, rtol=0)
        torch.testing.assert_close(log_derivative, torch.zeros_like(x), atol=1e-12, rtol=0)


@pytest.mark.equation("eq-rqs")
@settings(deadline=None, max_examples=20)
@given(bins=st.integers(2, 20), seed=st.integers(0, 2**20))
def test_knots_and_slopes_are_met_exactly(bins, seed):
    raw = random_raw(bins, 1, seed)
    x_knots = knots(raw[0, :bins], BOUND)
    y_knots = knots(raw[0, bins : 2 * bins], BOUND)
    log_slopes = MAX_LOG * torch.tanh(raw[0, 2 * bins :] / MAX_LOG)
    inner = raw.expand(bins - 1, -1)
    y, log_derivative = rational_quadratic_spline(x_knots[1:-1], inner, BOUND)
    torch.testing.assert_close(y, y_knots[1:-1], atol=1e-12, rtol=0)
    torch.testing.assert_close(log_derivative, log_slopes, atol=1e-10, rtol=0)
    x, log_derivative = rational_quadratic_spline(y_knots[1:-1], inner, BOUND, inverse=True)
    torch.testing.assert_close(x, x_knots[1:-1], atol=1e-12, rtol=0)
    torch.testing.assert_close(log_derivative, -log_slopes, atol=1e-10, rtol=0)


@pytest.mark.equation("eq-rqs")
@settings(deadline=None)
@given(chord=st.floats(-1.5, 1.5), end=st.floats(-1.5, 1.5))
def test_slope_in_the_middle_of_a_segment_placed_in_either_direction(chord, end):
    """Bài tập cf-bt-rqs-side: cùng nút, cùng δ; ở chiều chuẩn hóa không bao giờ lớn hơn."""
    flat = torch.zeros(3, dtype=torch.float64)
    logits, ends = flat.clone(), torch.full((2,), end, dtype=torch.float64)
    logits[1] = chord  # ba đoạn, đoạn giữa đối xứng qua gốc
    sigma = (knots(logits, BOUND).diff() / knots(flat, BOUND).diff())[1].item()
    delta = math.exp(MAX_LOG * math.tanh(end / MAX_LOG))

    origin = torch.zeros(1, dtype=torch.float64)
    direct, root = torch.cat([flat, logits, ends])[None], torch.cat([logits, flat, -ends])[None]
    z, log_slope = rational_quadratic_spline(origin, direct, BOUND)
    z_root, log_slope_root = rational_quadratic_spline(origin, root, BOUND, inverse=True)
    assert max(z.abs(), z_root.abs()).item() < 1e-12
    assert log_slope.exp().item() == pytest.approx(2 * sigma**2 / (sigma + delta), rel=1e-12)
    expected = sigma * (sigma + delta) / (2 * delta)
    assert log_slope_root.exp().item() == pytest.approx(expected, rel=1e-12)
    assert log_slope.item() <= log_slope_root.item() + 1e-12


@settings(deadline=None, max_examples=20)
@given(bins=st.integers(2, 20), seed=st.integers(0, 2**20))
def test_increasing_and_identity_outside(bins, seed):
    raw = random_raw(bins, 1, seed).expand(2001, -1)
    x = torch.linspace(-6, 6, 2001, dtype=torch.float64)
    y, _ = rational_quadratic_spline(x, raw, BOUND)
    assert (y.diff() > 0).all()
    outside = x.abs() >= BOUND
    assert torch.equal(y[outside], x[outside])


def test_gradients_are_finite_everywhere():
    x = torch.tensor([-1e30, -4.0, -3.999, 0.0, 4.0, 1e30], requires_grad=True)
    raw = random_raw(8, 6, 0).float().requires_grad_()
    for inverse in (False, True):
        y, log_derivative = rational_quadratic_spline(x, raw, BOUND, inverse)
        gradients = torch.autograd.grad((y.tanh() + log_derivative).sum(), [x, raw])
        assert all(torch.isfinite(g).all() for g in gradients)


@pytest.mark.parametrize("inverse", [False, True])
def test_one_spline_may_serve_every_point(inverse):
    x = torch.linspace(-6, 6, 101, dtype=torch.float64)[:, None]
    raw = random_raw(8, 1, 0)[None]
    shared = rational_quadratic_spline(x, raw, BOUND, inverse)
    copied = rational_quadratic_spline(x, raw.expand(101, 1, -1), BOUND, inverse)
    torch.testing.assert_close(shared, copied, atol=0, rtol=0)


def test_flows_place_the_spline_in_the_normalising_direction(randomize):
    """Đổi chiều thì mọi phép khứ hồi vẫn đúng, mà khoảng hở lớn hơn và bước học đắt hơn."""
    x, raw = torch.randn(9, 2), random_raw(16, 18, 0).float().view(9, 2, -1)
    direct = rational_quadratic_spline(x, raw, BOUND)
    for out, expected in zip(SplineTransformer().inverse(x, raw), direct, strict=True):
        assert torch.equal(out, expected)
    layer = randomize(SplineCoupling(2, (8,)), 0, gain=1.0)
    with torch.no_grad():
        z, _ = layer.inverse(x)
        expected, _ = rational_quadratic_spline(x[:, 1], layer.net(x[:, :1]), BOUND)
    assert torch.equal(z[:, 1], expected)
