"""Mạng Lipschitz: lặp lũy thừa, chuẩn của phép tích chập, cận giữ được trước kẻ tấn công."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.errors import InputError
from course_utils.flows import (
    LipschitzConv2d,
    LipschitzLinear,
    LipSwish,
    Sine,
    lipschitz_conv_net,
    lipschitz_lower_bound,
    lipschitz_mlp,
    power_iteration,
    weights_held,
)
from course_utils.flows.lipschitz import SLACK, Lipschitz

EPS = torch.finfo(torch.float64).eps


def grow(net, factor, seed=0):
    """Nhân trọng số lên cho mọi tầng đều vượt cận, rồi về chế độ đánh giá."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, Lipschitz):
                noise = torch.randn(layer.weight.shape, generator=g, dtype=torch.float64)
                layer.weight.add_(noise).mul_(factor)
                layer.bias.add_(torch.randn(layer.bias.shape, generator=g, dtype=torch.float64))
    return net.eval()


def dense(linear, shape):
    """Ma trận của một phép tuyến tính trên ảnh, dựng từng cột từ các vector đơn vị."""
    size = shape[0] * shape[1] * shape[2]
    columns = linear(torch.eye(size, dtype=torch.float64).view(size, *shape))
    return columns.flatten(1).T


@pytest.mark.equation("eq-power-iteration")
def test_power_iteration_by_its_closed_form():
    # A = diag(2, 1), v = (1, 1)/√2: sau k bước v ∝ (4ᵏ, 1), ‖Av‖² = (4·16ᵏ + 1)/(16ᵏ + 1).
    a = torch.diag(torch.tensor([2.0, 1.0], dtype=torch.float64))
    v = torch.ones(2, dtype=torch.float64) / 2**0.5
    for k in range(12):
        estimate = (a @ power_iteration(a.mv, a.T.mv, v, k)).norm().item()
        assert estimate == pytest.approx(((4 * 16**k + 1) / (16**k + 1)) ** 0.5, abs=20 * EPS)


@pytest.mark.equation("eq-power-iteration")
@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 12), columns=st.integers(1, 12), seed=st.integers(0, 2**20))
def test_power_iteration_rises_to_the_largest_singular_value(rows, columns, seed):
    g = torch.Generator().manual_seed(seed)
    a = torch.randn(rows, columns, generator=g, dtype=torch.float64)
    v = torch.randn(columns, generator=g, dtype=torch.float64)
    v /= v.norm()
    values, right = torch.linalg.svd(a)[1:]
    sigma, overlap = values[0], (right[0] @ v).abs()
    sizes = [(a @ power_iteration(a.mv, a.T.mv, v, k)).norm() for k in range(40)]
    for k, size in enumerate(sizes):
        assert size <= sigma * (1 + 100 * EPS)
        # v sau k bước: thành phần dọc hướng đầu ít nhất là overlap lần, các thành phần khác co
        # lại (σ₂/σ₁)^{2k} lần; thay vào thương Rayleigh ‖Av‖².
        ratio = values[1] / sigma if len(values) > 1 else 0.0
        missing = (ratio ** (2 * k) / overlap) ** 2
        assert size**2 >= sigma**2 * (1 - missing) - 1e-12
    assert all(b >= a_ - 1e-12 for a_, b in itertools.pairwise(sizes))


def test_a_zero_matrix_keeps_the_old_vector():
    layer = LipschitzLinear(3, 2)
    with torch.no_grad():
        layer.weight.zero_()
    for mode in (True, False):
        y = layer.train(mode)(torch.randn(4, 3))
        y.sum().backward()
        assert torch.equal(y, layer.bias.expand(4, 2))
        assert torch.isfinite(layer.weight.grad).all()
    assert layer.v.norm().item() == pytest.approx(1, abs=1e-6)


@pytest.mark.equation("eq-power-iteration")
@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_convolution_norm_is_that_of_its_dense_matrix(kernel):
    shape = (2, 5, 4)
    conv = LipschitzConv2d(2, 3, kernel, shape[1:], bound=0.5).double().eval()
    matrix = dense(lambda x: conv.apply_weight(x, conv.weight), shape)
    adjoint = torch.stack(
        [
            conv.adjoint(e[None])[0].flatten()
            for e in torch.eye(len(matrix), dtype=torch.float64).view(-1, 3, 5, 4)
        ]
    )
    torch.testing.assert_close(adjoint, matrix)  # hàng i của Aᵀ-ảnh là hàng i của A
    sigma = torch.linalg.matrix_norm(matrix, 2).item()
    assert conv.sigma().item() == pytest.approx(sigma, rel=1e-12)  # 40 chiều: hết cả không gian
    with torch.no_grad():
        conv.weight.mul_(10)
        bounded = dense(lambda x: conv.apply_weight(x, conv.bounded_weight()), shape)
    norm = torch.linalg.matrix_norm(bounded, 2).item()
    assert norm == pytest.approx(0.5 * (1 - SLACK), rel=1e-12)


@pytest.mark.equation("eq-power-iteration")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("seed", range(5))
def test_convolution_norm_on_a_large_space(seed, dtype):
    # 512 chiều, không gian Krylov 60 chiều: phần dự phòng phải phủ được sai số còn lại.
    torch.manual_seed(seed)
    conv = LipschitzConv2d(8, 8, 3, (8, 8)).to(dtype).eval()
    with torch.no_grad():
        conv.weight.copy_(torch.randn_like(conv.weight))  # v cũ không còn là hướng tốt
        matrix = dense(lambda x: conv.apply_weight(x, conv.weight.double()), (8, 8, 8))
        sigma = torch.linalg.matrix_norm(matrix, 2).item()
        assert sigma * (1 - 0.1 * SLACK) <= conv.sigma().item() <= sigma * (1 + 1e-5)


@pytest.mark.equation("eq-power-iteration")
def test_norm_of_the_kernel_matrix_does_not_bound_the_convolution():
    # Nhân 3×3 toàn số 1: ma trận 1×9 có chuẩn 3. Trên ảnh 8×8, mỗi chiều là ma trận ba đường chéo
    # toàn 1, trị riêng lớn nhất 1 + 2cos(π/9): chuẩn của tích chập là bình phương của nó.
    conv = LipschitzConv2d(1, 1, 3, (8, 8)).double().eval()
    with torch.no_grad():
        conv.weight.fill_(1.0)
        sigma = conv.sigma().item()
    exact = (1 + 2 * torch.cos(torch.tensor(torch.pi / 9, dtype=torch.float64)).item()) ** 2
    assert sigma == pytest.approx(exact, rel=1e-12)
    assert exact > 2.7 * torch.linalg.matrix_norm(conv.weight.view(1, 9), 2).item()


@pytest.mark.equation("eq-lipschitz-condition")
@settings(max_examples=20, deadline=None)
@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 40),
    bound=st.floats(0.1, 2),
    seed=st.integers(0, 2**20),
)
def test_dense_layer_keeps_its_bound_in_evaluation(rows, columns, bound, seed):
    torch.manual_seed(seed)
    layer = LipschitzLinear(columns, rows, bound).double().eval()
    for factor in (1e-3, 1.0, 30.0):
        with torch.no_grad():
            layer.weight.copy_(factor * torch.randn_like(layer.weight))
            norm = torch.linalg.matrix_norm(layer.bounded_weight(), 2).item()
        free = torch.linalg.matrix_norm(layer.weight, 2).item()
        # Dưới cận thì để nguyên, trên cận thì chia xuống đúng cận.
        assert norm == pytest.approx(min(free, bound), rel=1e-12)


def test_gradient_of_the_bounded_weight():
    layer = LipschitzLinear(3, 4, 0.9).double().eval()
    start = torch.randn(4, 3, dtype=torch.float64)

    def bounded(weight):
        return weight * (0.9 / torch.linalg.matrix_norm(weight, 2).clamp_min(0.9))

    with torch.no_grad():
        layer.weight.copy_(start)
    out = torch.randn(4, 3, dtype=torch.float64)
    (layer.bounded_weight() * out).sum().backward()
    start.requires_grad_()
    (bounded(start) * out).sum().backward()
    torch.testing.assert_close(layer.weight.grad, start.grad)


@pytest.mark.equation("eq-lipschitz-condition")
@pytest.mark.parametrize("activation", [Sine, LipSwish])
def test_activation_slopes(activation):
    x = torch.linspace(-40, 40, 200_001, dtype=torch.float64)[:, None].requires_grad_()
    for scale in (0.1, 1.0, 5.0):
        act = activation(1, scale).double()
        (slope,) = torch.autograd.grad(act(x).sum(), x, create_graph=True)
        (curvature,) = torch.autograd.grad(slope.sum(), x)
        assert slope.abs().max() <= 1
        assert slope.abs().max() > 0.999
        assert curvature.abs().max() > 0.4 * scale  # gradient của log det không bị tắt
    act, image = activation(3), torch.randn(2, 3, 4, 4)
    with torch.no_grad():
        act.raw.copy_(torch.tensor([-1.0, 0.0, 2.0]))  # mỗi kênh một hệ số
    torch.testing.assert_close(
        act(image).movedim(1, 3), act(image.movedim(1, 3).reshape(-1, 3)).view(2, 4, 4, 3)
    )


@pytest.mark.equation("eq-lipschitz-condition")
@pytest.mark.parametrize("activation", ["sine", "lipswish"])
@pytest.mark.parametrize("factor", [0.3, 1.0, 20.0])
def test_no_adversary_breaks_the_bound(activation, factor):
    mlp = grow(lipschitz_mlp(3, (16, 16), 3, 0.97, activation), factor).double()
    conv = grow(lipschitz_conv_net((2, 4, 4), (6,), 0.97, activation), factor).double()
    x = torch.randn(64, 3, dtype=torch.float64)
    assert lipschitz_lower_bound(mlp, x) <= 0.97 * (1 + 1e-9)
    image = torch.randn(16, 2, 4, 4, dtype=torch.float64)
    assert lipschitz_lower_bound(conv, image, steps=60) <= 0.97


@pytest.mark.equation("eq-lipschitz-condition")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_bound_holds_after_training(dtype):
    torch.manual_seed(0)
    net = lipschitz_mlp(2, (32,), 2, 0.9).to(dtype)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    x = torch.randn(256, 2, dtype=dtype)
    for _ in range(100):  # đòi một độ dốc 3, ngoài tầm của mạng
        loss = (net(x) - 3 * x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    measured = lipschitz_lower_bound(net.eval(), x)
    assert measured <= 0.9 * (1 + 100 * torch.finfo(dtype).eps)
    # Trọng số thô đã đòi vượt cận: chính phép chia giữ cận lại.
    assert net[0].sigma() * net[2].sigma() > 0.9


def test_the_adversary_is_strong():
    # Trên ánh xạ tuyến tính nó tìm ra chuẩn phổ; trên tanh(3x) nó tìm ra điểm dốc nhất, x = 0.
    a = torch.randn(5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    sigma = torch.linalg.matrix_norm(a, 2).item()
    x = torch.randn(8, 5, dtype=torch.float64)
    assert (
        0.999 * sigma < lipschitz_lower_bound(lambda x: x @ a.T, x, steps=200) <= sigma * (1 + 1e-9)
    )
    far = torch.full((4, 1), 1.5, dtype=torch.float64)
    assert 2.99 < lipschitz_lower_bound(lambda x: torch.tanh(3 * x), far) <= 3


def test_weights_are_divided_once_inside_the_block(monkeypatch):
    net, calls = lipschitz_mlp(2, (8,), 2), []
    sigma = Lipschitz.sigma
    monkeypatch.setattr(Lipschitz, "sigma", lambda self: calls.append(1) or sigma(self))
    x = torch.randn(5, 2)
    expected = net.eval()(x)
    calls.clear()
    with weights_held(net):
        for _ in range(3):
            assert torch.equal(net(x), expected)
    assert len(calls) == 2
    with pytest.raises(ZeroDivisionError), weights_held(net):
        raise ZeroDivisionError
    assert all(m.held is None for m in net.modules() if isinstance(m, Lipschitz))
    with torch.inference_mode():
        assert lipschitz_lower_bound(net, x, steps=5) <= 1


@pytest.mark.parametrize(
    "make", [lambda: lipschitz_mlp(4, (8,), 4), lambda: lipschitz_conv_net((1, 4, 4), (3,))]
)
def test_state_travels_with_the_weights(make):
    net, twin = make().train(), make().train()
    x = torch.randn(6, *((4,) if isinstance(net[0], LipschitzLinear) else (1, 4, 4)))
    for _ in range(3):
        net(x)
    twin.load_state_dict(net.state_dict())
    torch.testing.assert_close(twin(x), net(x))  # cùng một bước lặp lũy thừa từ cùng một vector
    net.eval()
    torch.testing.assert_close(torch.cat([net(v) for v in x.split(1)]), net(x))
    assert net.double()(x.double()).dtype == torch.float64


def test_bad_input_is_refused_in_vietnamese():
    with pytest.raises(InputError, match="cận Lipschitz"):
        LipschitzLinear(2, 2, bound=0.0)
    with pytest.raises(InputError, match="cạnh lẻ"):
        LipschitzConv2d(1, 1, 2, (4, 4))
    with pytest.raises(InputError, match="cỡ ảnh"):
        LipschitzConv2d(1, 1, 3, (4, 4))(torch.randn(1, 1, 5, 5))
    with pytest.raises(InputError, match="hàm kích hoạt"):
        lipschitz_mlp(2, (4,), 2, activation="relu")


def test_plain_layers_do_break_the_bound():
    # Mạng thường, không chia chuẩn phổ: kẻ tấn công phải bắt được.
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
    with torch.no_grad():
        net[0].weight.mul_(3)
    assert lipschitz_lower_bound(net, F.normalize(torch.randn(16, 2))) > 1
