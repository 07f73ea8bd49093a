"""Mật độ đồ chơi: log_prob, mẫu và entropy phải nói cùng một điều."""

import math

import pytest
import torch

from course_utils.data import toy
from course_utils.errors import InputError

NAMES = list(toy.DENSITIES)


@pytest.mark.parametrize("name", NAMES)
def test_entropy_is_minus_mean_log_prob_of_samples(name):
    d = toy.get(name)
    log_p = d.log_prob(d.sample(20_000, seed=1).double())
    error = log_p.std().item() / math.sqrt(len(log_p))
    # 6 sai số chuẩn; mẫu float32 đổi log p không quá 1e-6.
    assert abs(-log_p.mean().item() - d.entropy) < 6 * error + 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_mass_is_one(name):
    d = toy.get(name)
    x_min, x_max, y_min, y_max = d.box
    size = 1600
    xs = torch.linspace(x_min, x_max, size, dtype=torch.float64)
    ys = torch.linspace(y_min, y_max, size, dtype=torch.float64)
    step = (xs[1] - xs[0]) * (ys[1] - ys[0])
    if name in ("two_moons", "spirals"):  # trơn, rộng 0.1: lưới thưa đã chính xác
        xs, ys, step = xs[::8], ys[::8], step * 64
    mass = sum(d.log_prob(torch.stack([xs, y.expand_as(xs)], 1)).exp().sum() for y in ys) * step
    # Bàn cờ có bờ gián đoạn dài 64 đơn vị: lưới bước h sai không quá 64 h / 32.
    tolerance = 2 * (8 / size) if name == "checkerboard" else 1e-3
    assert abs(mass.item() - 1) < tolerance


@pytest.mark.parametrize("name", ["two_moons", "eight_gaussians", "pinwheel"])
def test_entropy_does_not_depend_on_the_grid(name):
    d, fine = toy.get(name), toy.get(name)
    target = fine.straight if name == "pinwheel" else fine
    target.grid_step *= 0.5
    assert d.entropy == pytest.approx(fine.entropy, abs=1e-6)


def test_known_entropies():
    assert toy.Checkerboard().entropy == math.log(32)
    # Một đỉnh Gauss đơn: ½ ln det(2πeΣ).
    scale = torch.tensor([[[0.5, 0.0], [0.3, 0.2]]])
    one = toy.Mixture(torch.ones(1), torch.zeros(1, 2), scale)
    expected = math.log(2 * math.pi * math.e) + math.log(0.5 * 0.2)
    assert one.entropy == pytest.approx(expected, abs=1e-5)
    # Tám đỉnh cách nhau xa: entropy của một đỉnh cộng ln 8.
    far = toy.EightGaussians(radius=20.0, std=0.5)
    expected = math.log(8) + math.log(2 * math.pi * math.e * 0.25)
    assert far.entropy == pytest.approx(expected, abs=1e-5)


def test_two_moons_density_is_the_convolution_along_the_arcs():
    """Cầu phương Gauss–Legendre trước một tổng trung điểm rất mịn."""
    d = toy.TwoMoons(noise=0.1)
    x = torch.tensor([[0.0, 1.0], [1.0, 0.25], [2.05, 0.4]], dtype=torch.float64)
    u = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
    p = torch.zeros(3, dtype=torch.float64)
    for arm in range(2):
        square = (x[:, None] - d.curve(u, arm)).square().sum(-1)
        p += 0.5 * torch.exp(-square / 0.02).mean(1) / (2 * math.pi * 0.01)
    torch.testing.assert_close(d.log_prob(x), p.log(), atol=1e-8, rtol=0)


def test_samples_repeat_with_the_seed_and_leave_the_global_generator_alone():
    state = torch.get_rng_state()
    for name in NAMES:
        d = toy.get(name)
        assert torch.equal(d.sample(7, seed=3), d.sample(7, seed=3))
        assert not torch.equal(d.sample(7, seed=3), d.sample(7, seed=4))
        assert d.sample(7).dtype == torch.float32
    assert torch.equal(torch.get_rng_state(), state)


def test_unknown_name():
    with pytest.raises(InputError, match=r"Không có bộ dữ liệu tên 'moons'.*two_moons"):
        toy.get("moons")
