"""Trường vận tốc: công thức của mạng, phân kỳ chính xác, và thời gian."""

import pytest
import torch
from torch.autograd.functional import jacobian

from course_utils import nets
from course_utils.errors import InputError
from course_utils.flows import VelocityMLP
from course_utils.flows.fields import ACTIVATIONS, tanh_and_slope


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_know_their_derivative(name):
    a = torch.linspace(-6, 6, 101, dtype=torch.float64, requires_grad=True)
    reference = {"tanh": torch.tanh, "silu": torch.nn.functional.silu}[name](a)
    plain, with_slope = ACTIVATIONS[name]
    y, slope = with_slope(a)
    torch.testing.assert_close(plain(a), reference)
    torch.testing.assert_close(y, reference)
    torch.testing.assert_close(slope, torch.autograd.grad(reference.sum(), a)[0])


@pytest.mark.parametrize("by_sigmoid", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tanh_is_right_to_rounding(dtype, by_sigmoid, monkeypatch):
    """2a là đúng, σ ≤ 1 sai ≤ ε (2 ulp): tanh sai ≤ 2ε + ε/2; 1 − y² sai ≤ 2·2.5ε + ε.

    So với torch.tanh ở float64, vốn sai dưới một epsilon của nó.
    """
    monkeypatch.setattr(nets, "SLOW_TANH", by_sigmoid)
    small = torch.logspace(-12, 0, 1001, dtype=torch.float64)
    a = torch.cat([torch.linspace(-40, 40, 8001, dtype=torch.float64), small, -small]).to(dtype)
    a.requires_grad_()
    exact, epsilon = a.detach().double().tanh(), torch.finfo(dtype).eps
    y, slope = tanh_and_slope(a)
    (first,) = torch.autograd.grad(y.sum(), a, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), a)
    assert (y.double() - exact).abs().max() <= 3.5 * epsilon
    assert y.abs().max() <= 1
    for derivative in (slope, first):
        assert (derivative.double() - (1 - exact.square())).abs().max() <= 7 * epsilon
    # y″ = −2yy′: gấp đôi sai số của y′, thêm của y
    assert (second.double() + 2 * exact * (1 - exact.square())).abs().max() <= 21 * epsilon


@pytest.mark.parametrize(
    ("processor", "amd"),
    [("AMD64 Family 25 Model 80 Stepping 0, AuthenticAMD", True), ("arm", False)],
)
def test_the_maker_of_the_processor_is_known(processor, amd, monkeypatch, tmp_path):
    monkeypatch.setattr(nets, "Path", lambda _: tmp_path / "cpuinfo")
    monkeypatch.setattr(nets.platform, "processor", lambda: processor)
    assert nets.made_by_amd() is amd
    (tmp_path / "cpuinfo").write_text("vendor_id : AuthenticAMD")
    assert nets.made_by_amd()


@pytest.mark.equation("eq-mlp-divergence")
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("frequencies", [0, 3])
@pytest.mark.parametrize("hidden", [(7, 6), (6,), (7, 6, 5), (4, 5, 6, 7)])
@pytest.mark.parametrize("dim", [1, 2, 5, 64])
def test_divergence_is_the_trace_of_the_autograd_jacobian(
    randomize, dim, hidden, frequencies, activation
):
    field = VelocityMLP(dim, hidden, frequencies, activation).double()
    randomize(field, seed=dim, gain=1.0)
    x, t = torch.randn(4, dim).double(), torch.rand(4).double()
    u, divergence = field.with_divergence(t, x)
    assert divergence.shape == (4,)
    torch.testing.assert_close(u, field(t, x))
    for i in range(len(x)):
        j = jacobian(lambda v, i=i: field(t[i], v[None])[0], x[i])
        torch.testing.assert_close(divergence[i], j.trace())
    assert divergence.abs().max() > 1e-2  # phép thử không rỗng


@pytest.mark.parametrize("hidden", [(5,), (5, 4), (5, 4, 3)])
def test_the_network_is_what_its_formula_says(randomize, hidden):
    field = randomize(VelocityMLP(2, hidden, frequencies=1, activation="silu"), 0, 1.0).double()
    x, t = torch.randn(3, 2).double(), 0.3
    pi_t = torch.tensor(torch.pi * t, dtype=torch.float64)
    features = torch.stack([torch.tensor(t - 0.5).double(), pi_t.sin(), pi_t.cos()])
    y = x
    for k, (linear, time) in enumerate(zip(field.linear, field.time, strict=True)):
        y = y @ linear.weight.T + linear.bias + time.weight @ features
        y = y * y.sigmoid() if k < len(hidden) else y
    torch.testing.assert_close(field(t, x), y)


def test_one_time_for_all_or_one_each(randomize):
    field = randomize(VelocityMLP(2, (8, 8), frequencies=2), 0, 1.0).double()
    x, t = torch.randn(5, 2).double(), torch.rand(5).double()
    each = field(t, x)
    for i in range(5):
        torch.testing.assert_close(field(t[i].item(), x[i : i + 1])[0], each[i])
    torch.testing.assert_close(field(0.3, x), field(torch.full((5,), 0.3).double(), x))


@pytest.mark.parametrize("hidden", [(8,), (8, 8), (8, 8, 8, 8)])
def test_starts_at_rest(hidden):
    u, divergence = VelocityMLP(3, hidden).with_divergence(0.2, torch.randn(6, 3))
    assert (u == 0).all()
    assert (divergence == 0).all()


@pytest.mark.parametrize("frequencies", [0, 2])
@pytest.mark.parametrize("hidden", [(8,), (8, 8), (8, 8, 8)])
def test_every_parameter_moves_the_divergence(randomize, hidden, frequencies):
    field = randomize(VelocityMLP(2, hidden, frequencies), 0, 1.0)
    u, divergence = field.with_divergence(0.7, torch.randn(16, 2))
    (u.square().sum() + divergence.square().sum()).backward()
    for name, p in field.named_parameters():
        assert p.grad.abs().sum() > 0, name


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: VelocityMLP(2, ()), "ít nhất một tầng ẩn"),
        (lambda: VelocityMLP(0), "từ 1 trở lên"),
        (lambda: VelocityMLP(2, frequencies=-1), "từ 0 trở lên"),
        (lambda: VelocityMLP(2, activation="relu"), "tanh, silu"),
        (lambda: VelocityMLP(2)(torch.rand(3), torch.randn(4, 2)), "một thời điểm chung"),
        (lambda: VelocityMLP(2)(torch.randn(4, 2), torch.tensor(0.5)), r"field\(t, x\)"),
        (lambda: VelocityMLP(2)(0.5, torch.randn(4, 3)), r"x \(n, 2\)"),
    ],
)
def test_bad_input_is_refused_in_vietnamese(call, message):
    with pytest.raises(InputError, match=message):
        call()
