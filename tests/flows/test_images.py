"""Ảnh: khử lượng tử hóa, bit trên một chiều, kiến trúc đa tỉ lệ."""

import math

import pytest
import torch
from sklearn.datasets import load_digits

from course_utils.data import digits
from course_utils.evaluation import bits_per_dim
from course_utils.flows import Affine, Flow, Glow, StandardNormal, dequantize


@pytest.mark.equation("eq-dequantization")
def test_dequantize_stays_in_its_cell():
    x = torch.arange(256).float().repeat(1000, 1)
    u = dequantize(x, 256, seed=0)
    assert (u >= 0).all()
    assert (u < 1).all()
    # Trong float32 ô trên cùng có thể chạm mép; làm tròn lệch không quá một ulp của 256.
    assert ((u * 256 - x) >= 0).all()
    assert ((u * 256 - x) <= 1 + 256 * torch.finfo(torch.float32).eps).all()


@pytest.mark.equation("eq-bpd")
def test_uniform_model_costs_exactly_log2_levels():
    # Mật độ đều trên [0, 1)^D: nll = 0 nat, đúng log2(levels) bit mỗi chiều.
    assert bits_per_dim(0.0, 64, 17) == pytest.approx(math.log2(17), abs=1e-12)
    # −7000 nat trên 32×32×3 chiều, 8 bit: (−7000/3072)/ln 2 + 8.
    assert bits_per_dim(-7000.0, 3072, 256) == pytest.approx(-7000 / 3072 / math.log(2) + 8)


@pytest.mark.equation("eq-dequantization")
def test_dequantized_likelihood_is_a_lower_bound():
    """Mô hình chuẩn trên [0, 1): E_u log p(x+u) ≤ log P(x), với P(x) biết chính xác."""
    flow = Flow(Affine(1), StandardNormal((1,))).double()
    with torch.no_grad():
        flow.transform.shift.fill_(0.4)
        flow.transform.log_scale.fill_(math.log(0.3))
    levels = 4
    normal = torch.distributions.Normal(0.4, 0.3)
    for k in range(levels):
        x = torch.full((200_000, 1), float(k), dtype=torch.float64)
        log_p = flow.log_prob(dequantize(x, levels, seed=k)) - math.log(levels)
        error = log_p.std().item() / math.sqrt(len(x))
        mass = normal.cdf(torch.tensor((k + 1) / levels)) - normal.cdf(torch.tensor(k / levels))
        assert log_p.mean().item() <= mass.log().item() + 6 * error


@pytest.mark.equation("eq-conv1x1")
def test_glow_maps_images_to_latents_and_back(randomize):
    glow = randomize(Glow((1, 8, 8), levels=2, steps=2, hidden=8), 0, gain=0.3).double()
    x = dequantize(digits().test[:20].double(), 17, seed=0)
    z, log_det = glow.inverse(x)
    assert z.shape == (20, 64)
    back, log_det_forward = glow.forward(z)
    torch.testing.assert_close(back, x, atol=1e-9, rtol=0)
    torch.testing.assert_close(log_det, -log_det_forward, atol=1e-7, rtol=0)
    jacobian = torch.autograd.functional.jacobian(
        lambda v: glow.inverse(v[None])[0][0], x[0]
    ).reshape(64, 64)
    torch.testing.assert_close(log_det[0], torch.linalg.slogdet(jacobian).logabsdet)
    # Mỗi tọa độ tiềm ẩn đọc nhiều điểm ảnh, mỗi điểm ảnh đi vào nhiều tọa độ.
    used = jacobian.abs() > 1e-12
    assert (used.sum(0) >= 2).all()
    assert (used.sum(1) >= 2).all()


def test_digits_are_fixed_and_disjoint():
    d = digits()
    assert [len(x) for x in (d.train, d.validation, d.test)] == [1297, 200, 300]
    assert d.train.shape[1:] == (1, 8, 8)
    assert d.train.min() == 0
    assert d.train.max() == 16
    assert torch.equal(digits().train, d.train)
    assert len(d.train_labels) == 1297
    # Ba phần là một cách chia đúng bộ 1797 ảnh: ghép lại được cả bộ, không thừa không thiếu.
    parts = torch.cat([d.train, d.validation, d.test]).flatten(1)
    whole = torch.as_tensor(load_digits().data, dtype=torch.float32)
    assert sorted(parts.tolist()) == sorted(whole.tolist())
