"""Luồng phẳng và luồng xuyên tâm: định thức, ràng buộc ở sát mép, nghịch đảo tới chữ số cuối."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.errors import InputError
from course_utils.flows import Compose, Flow, Planar, Radial

KINDS = {"planar": Planar, "radial": Radial}


def strong(layer, seed, gain=3.0):
    """Tham số ngẫu nhiên lớn: nếp gấp gắt, chỗ phồng mạnh."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(gain * torch.randn(p.shape, generator=g, dtype=torch.float64))
    return layer


def with_direction(w, u_hat, b):
    """Tầng phẳng có đúng û đã cho: đảo lại phép ràng buộc."""
    layer = Planar(len(w)).double()
    w, u_hat = torch.tensor(w).double(), torch.tensor(u_hat).double()
    free = torch.expm1(w @ u_hat + 1).log()  # m(free) = wᵀû
    with torch.no_grad():
        layer.w.copy_(w)
        layer.u.copy_(u_hat + (free - w @ u_hat) * w / w.square().sum())
        layer.b.fill_(b)
    return layer


def jacobian(layer, z):
    return torch.autograd.functional.jacobian(lambda v: layer(v[None])[0][0], z)


@pytest.mark.equation("eq-planar")
@pytest.mark.equation("eq-det-lemma")
@pytest.mark.equation("eq-radial")
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(dim=st.integers(1, 17), seed=st.integers(0, 2**20))
def test_log_det_is_autograd_and_positive(kind, dim, seed):
    layer = strong(KINDS[kind](dim), seed).double()
    z = torch.randn(4, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    x, log_det = layer(z)
    for i in range(len(z)):
        sign, expected = torch.linalg.slogdet(jacobian(layer, z[i]))
        # slogdet của một ma trận chuẩn M cho sai số tuyệt đối cỡ D·eps·M/det.
        scale = 1 + jacobian(layer, z[i]).norm()
        assert sign == 1
        slack = 100 * dim * torch.finfo(z.dtype).eps * scale / log_det[i].exp().clamp_max(1)
        assert abs(log_det[i] - expected) <= slack
    torch.testing.assert_close(layer.inverse(x)[1], -log_det, rtol=1e-6, atol=1e-6)


@pytest.mark.equation("eq-det-lemma")
def test_determinant_lemma_by_hand():
    # w = (1, 2), û = (½, ½), b = 0.1 tại (0.3, −0.2): wᵀz + b = 0, tanh′ = 1, det = 1 + 1.5.
    layer = with_direction([1.0, 2.0], [0.5, 0.5], 0.1)
    _, log_det = layer(torch.tensor([[0.3, -0.2]], dtype=torch.float64))
    assert log_det.item() == pytest.approx(math.log(2.5), abs=1e-14)


@pytest.mark.equation("eq-planar")
def test_bending_too_hard_is_bent_back_to_the_edge():
    # wᵀu = −80: tự do thì 1 + tanh′·wᵀu âm. Ràng buộc cho wᵀû = −1 + softplus(−80), sát mép.
    layer = Planar(2).double()
    with torch.no_grad():
        layer.w.copy_(torch.tensor([1.0, 0.0]))
        layer.u.copy_(torch.tensor([-80.0, 7.0]))
    u_hat, margin = layer.constrained()
    assert u_hat[1] == 7  # thành phần vuông góc với w được giữ nguyên
    assert margin.item() == pytest.approx(math.exp(-80), rel=1e-12)
    z = torch.tensor([[0.0, 0.0], [1e-3, 1.0], [-2.0, 0.0]], dtype=torch.float64)
    x, log_det = layer(z)
    # det = tanh² + tanh′·margin; tại α = 0 chính là margin, số mà 1 + (−1) đã làm tròn mất.
    expected = (z[:, 0].tanh() ** 2 + margin / z[:, 0].cosh() ** 2).log()
    torch.testing.assert_close(log_det, expected, rtol=1e-12, atol=1e-12)
    assert log_det[0].item() == pytest.approx(-80, rel=1e-12)
    back, _ = layer.inverse(x)
    assert torch.isfinite(back).all()
    torch.testing.assert_close(layer(back)[0], x, rtol=1e-14, atol=1e-14)


@pytest.mark.equation("eq-radial")
@pytest.mark.parametrize("dim", [1, 2, 7])
def test_radial_by_its_published_formula(dim):
    layer = strong(Radial(dim), dim).double()
    z = torch.randn(50, dim, dtype=torch.float64)
    alpha = layer.log_alpha.exp()
    beta = -alpha + F.softplus(layer.beta)
    assert beta > -alpha
    r = (z - layer.center).norm(dim=1)
    h, h_slope = 1 / (alpha + r), -1 / (alpha + r) ** 2
    expected = (1 + beta * h) ** (dim - 1) * (1 + beta * h + beta * h_slope * r)
    torch.testing.assert_close(layer(z)[1].exp(), expected, rtol=1e-10, atol=1e-12)


def test_radial_at_its_center():
    layer = strong(Radial(3), 1).double()
    z = layer.center.detach()[None].clone().requires_grad_()
    x, log_det = layer(z)
    back, _ = layer.inverse(x)
    assert torch.equal(x, z)
    gradients = torch.autograd.grad(log_det.sum() + back.sum(), [z, *layer.parameters()])
    assert all(torch.isfinite(g).all() for g in gradients)


@pytest.mark.equation("eq-planar")
@pytest.mark.equation("eq-radial")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(dim=st.integers(1, 64), seed=st.integers(0, 2**20), gain=st.floats(0.1, 30))
def test_inverse_to_the_last_digit(kind, dtype, dim, seed, gain):
    layer = strong(KINDS[kind](dim), seed, gain).to(dtype)
    x = 5 * torch.randn(64, dim, generator=torch.Generator().manual_seed(seed), dtype=dtype)
    with torch.no_grad():
        z, _ = layer.inverse(x)
        again, _ = layer(z)
    # z làm tròn ở eps·(cỡ các số trung gian); chiều sinh kéo sai số ấy ra nhiều nhất Lip(f) lần.
    eps, sizes = torch.finfo(dtype).eps, [x.abs().max(), z.abs().max()]
    if kind == "planar":
        u_hat, margin = layer.constrained()
        stretch = 1 + u_hat.norm() * layer.w.norm()
        sizes += [u_hat.norm(), margin, (1 + layer.b.abs()) / layer.w.norm()]
    else:
        alpha, s = layer.scales()
        stretch = 1 + s / alpha
        sizes += [layer.center.norm(), s, alpha]
    assert (again - x).abs().max() <= 4 * (dim + 8) * eps * stretch * sum(sizes)


@pytest.mark.equation("eq-planar")
@pytest.mark.parametrize("kind", KINDS)
def test_gradient_of_the_inverse_is_the_implicit_one(kind):
    layer = strong(KINDS[kind](3), 0, gain=1.0).double()
    names = [name for name, _ in layer.named_parameters()]
    x = torch.randn(5, 3, dtype=torch.float64)

    def inverse(x, *values):
        state = dict(zip(names, values, strict=True))
        return torch.func.functional_call(Inverted(layer), prefixed(state), (x,))

    inputs = [x, *(p.detach() for p in layer.parameters())]
    assert torch.autograd.gradcheck(inverse, [v.clone().requires_grad_() for v in inputs])


class Inverted(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer.inverse(x)


def prefixed(state):
    return {f"layer.{name}": value for name, value in state.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_starts_as_the_identity_and_learns(kind):
    flow = Flow(Compose([KINDS[kind](2) for _ in range(4)]), event_shape=2)
    z = torch.randn(64, 2)
    x, log_det = flow(z)
    torch.testing.assert_close(x, z, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(log_det, torch.zeros(64), rtol=0, atol=1e-5)
    data = torch.randn(256, 2) * torch.tensor([0.3, 2.0])
    optimizer = torch.optim.Adam(flow.parameters(), lr=0.05)
    before = flow.loss(data).item()
    for step in range(40):
        loss = flow.loss(data)
        optimizer.zero_grad()
        loss.backward()
        if step == 1:
            assert all(p.grad.abs().sum() > 0 for p in flow.parameters())
        optimizer.step()
    assert flow.loss(data).item() < before - 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_modes_and_batch_of_one(kind):
    layer = strong(KINDS[kind](4), 0, gain=1.0)
    x = torch.randn(9, 4)
    z, log_det = layer.inverse(x)
    with torch.inference_mode():
        torch.testing.assert_close(layer.inverse(x)[0].clone(), z.detach())
    with torch.no_grad():
        alone = torch.cat([layer.inverse(v)[1] for v in x.split(1)])
    torch.testing.assert_close(alone, log_det.detach())
    with pytest.raises(InputError, match="số chiều"):
        KINDS[kind](0)
