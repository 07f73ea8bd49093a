"""Phân kỳ: chính xác bằng lan truyền ngược, ước lượng bằng vector dò, ở mọi chế độ gradient."""

import itertools

import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian

from course_utils.errors import InputError
from course_utils.flows import (
    VelocityMLP,
    exact_divergence,
    hutchinson_divergence,
    vector_jacobian,
)


class ConvField(nn.Module):
    """Một trường trên ảnh, không có đường tắt; thời gian nhân vào nên phải được lưu lại."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 1, 3, padding=1)

    def forward(self, t, x):
        return self.b((self.a(x) * t).sin())


def plain(field):
    """Trường ấy, giấu đường tắt đi."""
    return lambda t, x: field(t, x)


def conv_case():
    torch.manual_seed(0)
    return ConvField().double(), torch.randn(3, 1, 2, 3).double()


def mlp_case():
    torch.manual_seed(0)
    field = VelocityMLP(3, (6, 5), frequencies=1).double()
    for p in field.parameters():
        nn.init.normal_(p, std=0.5)
    return field, torch.randn(4, 3).double()


CASES = {"mlp": mlp_case, "conv": conv_case}
T = torch.tensor(0.3, dtype=torch.float64)


def jacobians(field, x):
    """Jacobian từng điểm (n, D, D), bằng autograd."""
    size = x[0].numel()
    return torch.stack(
        [jacobian(lambda v: field(T, v[None])[0], v).reshape(size, size) for v in x]
    ).detach()


@pytest.mark.parametrize("case", CASES)
def test_exact_divergence_is_the_trace(case):
    field, x = CASES[case]()
    expected = jacobians(field, x).diagonal(dim1=1, dim2=2).sum(1)
    for f in (field, plain(field)):
        u, divergence = exact_divergence(f, T, x)
        torch.testing.assert_close(u, field(T, x))
        torch.testing.assert_close(divergence, expected)


def test_the_short_cut_has_the_gradient_of_the_long_way():
    field, x = mlp_case()
    gradients = []
    for f in (field, plain(field)):
        u, divergence = exact_divergence(f, T, x)
        loss = (divergence.square() + u.sum(1)).sum()
        gradients.append(torch.autograd.grad(loss, list(field.parameters())))
    torch.testing.assert_close(*gradients)


def test_known_divergences():
    x = torch.randn(5, 2).double()
    a = torch.tensor([[0.3, -1.0], [2.0, 0.1]], dtype=torch.float64)
    assert exact_divergence(lambda t, x: torch.ones_like(x), T, x)[1].tolist() == [0.0] * 5
    torch.testing.assert_close(
        exact_divergence(lambda t, x: x @ a.T, T, x)[1], torch.full((5,), 0.4).double()
    )
    # u = (x₁², x₁x₂): ∇·u = 3x₁.
    u = exact_divergence(lambda t, x: x[:, :1] * x, T, x)[1]
    torch.testing.assert_close(u, 3 * x[:, 0])


@pytest.mark.parametrize("case", CASES)
def test_vector_jacobian(case):
    field, x = CASES[case]()
    v = torch.randn_like(x)
    u, product = vector_jacobian(field, T, x, v)
    torch.testing.assert_close(u, field(T, x))
    expected = torch.einsum("ni,nij->nj", v.flatten(1), jacobians(field, x))
    torch.testing.assert_close(product.flatten(1), expected)


@pytest.mark.equation("eq-hutchinson")
@pytest.mark.parametrize("case", CASES)
def test_hutchinson_averaged_over_every_sign_vector_is_exact(case):
    field, x = CASES[case]()
    signs = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=x[0].numel()))).double()
    values = [
        hutchinson_divergence(field, T, x, v.reshape(x[:1].shape).expand_as(x).contiguous())[1]
        for v in signs
    ]
    torch.testing.assert_close(torch.stack(values).mean(0), exact_divergence(field, T, x)[1])
    # Oracle của phương sai với Rademacher: 2(‖A_s‖²_F − Σ aᵢᵢ²), A_s phần đối xứng.
    j = jacobians(field, x)
    s = (j + j.mT) / 2
    variance = 2 * (s.square().sum((1, 2)) - s.diagonal(dim1=1, dim2=2).square().sum(1))
    torch.testing.assert_close(torch.stack(values).var(0, unbiased=False), variance)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradient(case, mode):
    field, x = CASES[case]()
    v = torch.ones_like(x)
    whole = [f(field, T, x, v) for f in (vector_jacobian, hutchinson_divergence)]
    whole += [exact_divergence(f, T, x) for f in (field, plain(field))]
    with mode():
        x2, v2, t2 = x.clone(), v.clone(), T.clone()
        parts = [f(field, t2, x2, v2) for f in (vector_jacobian, hutchinson_divergence)]
        parts += [exact_divergence(f, t2, x2) for f in (field, plain(field))]
    for (u, value), (expected_u, expected) in zip(parts, whole, strict=True):
        assert not u.requires_grad
        assert not value.requires_grad
        torch.testing.assert_close(u.clone(), expected_u.detach())
        torch.testing.assert_close(value.clone(), expected.detach())
    assert not x.requires_grad
    assert x.grad is None
    assert all(p.grad is None for p in field.parameters())


@pytest.mark.parametrize("divergence", [exact_divergence, hutchinson_divergence])
def test_gradient_of_the_divergence(divergence):
    field, x = mlp_case()
    extra = () if divergence is exact_divergence else (torch.randn_like(x),)
    x.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: divergence(plain(field), T, x, *extra)[1], x)


def test_a_field_of_the_wrong_shape_is_refused():
    x = torch.randn(4, 2)
    with pytest.raises(InputError, match="cùng hình dạng"):
        exact_divergence(lambda t, x: x[:, :1], 0.0, x)
    with pytest.raises(InputError, match="cùng hình dạng"):
        hutchinson_divergence(lambda t, x: x.sum(1), 0.0, x, torch.ones_like(x))
