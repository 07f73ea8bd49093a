"""Luồng tự hồi quy trước những đáp án biết chính xác.

Nghịch đảo, log định thức, khối lượng, lô và kiểu số của MAF, IAF được thử cùng mọi luồng khác ở
test_transforms.py; ở đây là những gì riêng của chúng.
"""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy
from course_utils.flows import (
    IAF,
    MAF,
    AdditiveTransformer,
    AffineCoupling,
    AffineTransformer,
    Inverse,
    MaskedAutoregressive,
    SplineTransformer,
)
from course_utils.training import fit
from tests.flows.conditioning import inverse_gain

TRANSFORMERS = [AdditiveTransformer(), AffineTransformer(), SplineTransformer(bins=5)]
HIDDEN = [(), (12,), (17, 12)]


@st.composite
def layers(draw):
    """Một tầng ngẫu nhiên: số chiều, thứ tự, mạng, phép biến đổi, có hay không ngữ cảnh."""
    dim = draw(st.integers(1, 9))
    layer = MaskedAutoregressive(
        dim,
        draw(st.sampled_from(HIDDEN)),
        draw(st.sampled_from(TRANSFORMERS)),
        draw(st.permutations(range(dim))),
        context_dim=draw(st.sampled_from([0, 3])),
    )
    return layer, draw(st.integers(0, 2**20))


def batch(layer, n, seed, dtype=torch.float64):
    """Một lô điểm và ngữ cảnh (None nếu tầng không có)."""
    g = torch.Generator().manual_seed(seed)
    z = torch.randn(n, layer.dim, generator=g, dtype=dtype)
    context = torch.randn(n, layer.net.context_dim, generator=g, dtype=dtype)
    return z, context if layer.net.context_dim else None


def count_passes(layer, call):
    """Số lượt qua mạng điều kiện trong khi gọi `call`."""
    passes = []
    handle = layer.net.register_forward_hook(lambda *_: passes.append(1))
    call()
    handle.remove()
    return len(passes)


# --- Một lượt chiều này, D bước chiều kia ---------------------------------------------------------


@pytest.mark.equation("eq-maf")
@pytest.mark.equation("eq-iaf")
def test_one_pass_one_way_and_d_passes_the_other():
    maf = MaskedAutoregressive(7)
    iaf = Inverse(maf)
    x = torch.randn(5, 7)
    assert count_passes(maf, lambda: maf.inverse(x)) == 1
    assert count_passes(maf, lambda: iaf.forward(x)) == 1
    assert count_passes(maf, lambda: maf.forward_by_passes(x)) == 7


@pytest.mark.equation("eq-autoregressive-flow")
@settings(deadline=None, max_examples=40)
@given(case=layers())
def test_sequential_steps_agree_with_d_passes(randomize, case):
    """Cùng x, cùng log|det|, cùng gradient theo z, theo ngữ cảnh và theo mọi tham số."""
    layer, seed = case
    randomize(layer, seed, gain=0.7).double()
    z, context = batch(layer, 4, seed)
    inputs = [v.requires_grad_() for v in (z, context) if v is not None] + list(layer.parameters())
    results = []
    for forward in (layer.forward, layer.forward_by_passes):
        x, log_det = forward(z, context)
        gradients = torch.autograd.grad(x.sin().sum() + log_det.sum(), inputs, allow_unused=True)
        results.append([x, log_det, *(torch.zeros(()) if g is None else g for g in gradients)])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other.expand_as(one), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("context_dim", [0, 3])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_sequential_steps_multiply_once_for_each_one_of_the_masks(hidden, context_dim):
    """D bước cộng lại: mỗi số 1 của mặt nạ đúng một phép nhân. D lượt: D lần cả ma trận."""
    n, dim = 10, 8
    layer = MaskedAutoregressive(dim, hidden, order=torch.randperm(dim), context_dim=context_dim)
    z, context = batch(layer, n, 0, torch.float32)
    ones = sum(int(mask.sum()) for mask in layer.net.masks)
    entries = sum(mask.numel() for mask in layer.net.masks)
    for call, multiplications in [
        (layer.forward, ones),
        (layer.inverse, entries),
        (layer.forward_by_passes, dim * entries),
    ]:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            call(z, context)
        assert counter.get_total_flops() == 2 * n * multiplications  # nhân và cộng
    assert ones < entries


@pytest.mark.equation("eq-autoregressive-flow")
def test_after_k_passes_the_first_k_coordinates_are_exact(randomize):
    order = [3, 0, 4, 1, 2]
    layer = randomize(MaskedAutoregressive(5, (20,), order=order), 1, gain=1.0).double()
    z, _ = batch(layer, 50, 0)
    x, _ = layer.forward(z)
    for k in range(6):
        partial, _ = layer.forward_by_passes(z, passes=k)
        error = (partial - x).abs().amax(0)[order]
        assert (error[:k] < 1e-12).all()
        assert (error[k:] > 1e-6).all()


# --- Jacobian tam giác ----------------------------------------------------------------------------


@pytest.mark.equation("eq-af-jacobian")
@settings(deadline=None, max_examples=25)
@given(case=layers())
def test_jacobian_is_triangular_in_the_order_of_the_layer(randomize, case):
    layer, seed = case
    randomize(layer, seed, gain=0.7).double()
    z, context = batch(layer, 1, seed)
    order = layer.net.order
    for direction in (layer.forward, layer.inverse):
        with torch.no_grad():
            _, log_det = direction(z, context)
        jacobian = torch.autograd.functional.jacobian(
            lambda v, direction=direction: direction(v[None], context)[0][0], z[0]
        )
        jacobian = jacobian[order][:, order]
        assert not jacobian.triu(1).any()
        assert (jacobian.diagonal() > 0).all()
        torch.testing.assert_close(log_det[0], jacobian.diagonal().log().sum())
        torch.testing.assert_close(log_det[0], torch.linalg.slogdet(jacobian).logabsdet)


@pytest.mark.equation("eq-iaf")
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
@settings(deadline=None, max_examples=25)
@given(case=layers())
def test_iaf_is_the_inverse_of_maf_with_the_same_weights(randomize, dtype, tolerance, case):
    maf, seed = case
    randomize(maf, seed, gain=0.7).to(dtype)
    iaf = Inverse(maf)
    z, context = batch(maf, 20, seed, dtype)
    with torch.no_grad():
        x, log_det = maf.forward(z, context)
        back, log_det_back = iaf.forward(x, context)
        again, log_det_again = iaf.inverse(z, context)
    scale = z.abs().max().clamp_min(1)
    if isinstance(maf.transformer, SplineTransformer):
        tolerance *= inverse_gain(maf.forward, z, context)
    with torch.no_grad():
        assert torch.equal(iaf.forward(x, context=context)[0], back)
    assert (back - z).abs().max() <= tolerance * scale
    assert (log_det + log_det_back).abs().max() <= 100 * tolerance
    assert torch.equal(again, x)
    assert torch.equal(log_det_again, log_det)


# --- Những luồng biết trước đáp án ----------------------------------------------------------------


@pytest.mark.equation("eq-cumsum-flow")
@pytest.mark.equation("eq-cov-linear")
def test_cumulative_sum_is_an_additive_flow():
    """x = cumsum(z) viết hai cách: h_i = x_{i−1} (MAF), hay h_i = Σ_{j<i} z_j (IAF)."""
    dim = 6
    maf = MaskedAutoregressive(dim, (), "additive").double()
    inverse = MaskedAutoregressive(dim, (), "additive").double()
    with torch.no_grad():
        maf.net.linears[0].weight.copy_(torch.eye(dim).roll(1, 0))  # hàng i đọc x_{i−1}
        inverse.net.linears[0].weight.fill_(-1.0)
    z = torch.randn(30, dim, dtype=torch.float64)
    for flow in (maf, Inverse(inverse)):
        x, log_det = flow.forward(z)
        torch.testing.assert_close(x, z.cumsum(1))
        torch.testing.assert_close(flow.inverse(x)[0], z)
        torch.testing.assert_close(flow.inverse(x)[0][:, 1:], x.diff(dim=1))
        assert not log_det.any()
        jacobian = torch.autograd.functional.jacobian(lambda v: flow.forward(v[None])[0][0], z[0])  # noqa: B023
        i = torch.arange(1, dim + 1, dtype=torch.float64)
        torch.testing.assert_close(jacobian @ jacobian.T, torch.minimum(i[:, None], i))
    # Một điểm tính tay: diff(1, 2, 0, 1, 1, 3) = (1, 1, −2, 1, 0, 2), tổng bình phương 11.
    model = MAF(dim, layers=1, hidden=(), transformer="additive").double().eval()
    model.transform.transforms[0].load_state_dict(maf.state_dict())
    log_p = model.log_prob(torch.tensor([[1.0, 2, 0, 1, 1, 3]], dtype=torch.float64))
    assert log_p.item() == pytest.approx(-11 / 2 - 3 * math.log(2 * math.pi), abs=1e-12)


@pytest.mark.equation("eq-knothe-rosenblatt")
@pytest.mark.equation("eq-maf")
@settings(deadline=None, max_examples=20)
@given(dim=st.integers(1, 8), seed=st.integers(0, 2**20))
def test_linear_conditioner_reaches_the_entropy_of_a_gaussian(dim, seed):
    """Σ = L Lᵀ: s_i = ln L_ii, m = (I − diag(L) L⁻¹) x, và luồng là đúng phân phối Gauss ấy."""
    g = torch.Generator().manual_seed(seed)
    root = torch.randn(dim, dim, generator=g, dtype=torch.float64)
    normal = torch.distributions.MultivariateNormal(
        torch.zeros(dim, dtype=torch.float64),
        root @ root.T + 0.1 * torch.eye(dim, dtype=torch.float64),
    )
    factor, bound = normal.scale_tril, 10.0
    model = MAF(dim, layers=1, hidden=(), transformer=AffineTransformer(bound)).double().eval()
    linear = model.transform.transforms[0].net.linears[0]
    with torch.no_grad():
        shift = torch.eye(dim) - factor.diagonal()[:, None] * torch.linalg.inv(factor)
        linear.weight.view(dim, 2, dim)[:, 1].copy_(shift)
        raw = bound * torch.atanh(factor.diagonal().log() / bound)
        linear.bias.view(dim, 2)[:, 0].copy_(raw)
    z = torch.randn(40, dim, generator=g, dtype=torch.float64)
    torch.testing.assert_close(model.forward(z)[0], z @ factor.T)  # Knothe–Rosenblatt: x = L z
    torch.testing.assert_close(model.log_prob(z @ factor.T), normal.log_prob(z @ factor.T))
    # Log mật độ là hàm bậc hai, nên 2D điểm ±√D L e_i cho đúng kỳ vọng của nó.
    points = math.sqrt(dim) * torch.cat([factor.T, -factor.T])
    entropy = 0.5 * torch.linalg.slogdet(2 * math.pi * math.e * normal.covariance_matrix).logabsdet
    torch.testing.assert_close(-model.log_prob(points).mean(), entropy)


@pytest.mark.equation("eq-affine-coupling")
@pytest.mark.equation("eq-autoregressive-flow")
@pytest.mark.parametrize("split", [1, 2, 4])
def test_coupling_is_a_special_case(randomize, split):
    """Chỉ giữ các nút ẩn bậc `split`: chúng thấy đúng A, và chỉ B thấy chúng."""
    dim, width = 5, 8
    coupling = randomize(AffineCoupling(dim, (width, width), split=split), 0, gain=1.0).double()
    layer = MaskedAutoregressive(dim, (width * (dim - 1),) * 2).double()
    first, second, last = layer.net.linears
    theirs = [m for m in coupling.net if isinstance(m, torch.nn.Linear)]
    rows = slice(width * (split - 1), width * split)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        first.weight[rows, :split] = theirs[0].weight
        second.weight[rows, rows] = theirs[1].weight
        first.bias[rows], second.bias[rows] = theirs[0].bias, theirs[1].bias
        # Tầng ghép cặp xếp đầu ra thành (mọi s, mọi m); ở đây mỗi tọa độ một cặp (s, m).
        weight = theirs[2].weight.view(2, dim - split, width).transpose(0, 1)
        last.weight.view(dim, 2, -1)[split:, :, rows] = weight
        last.bias.view(dim, 2)[split:] = theirs[2].bias.view(2, -1).T
    z = torch.randn(30, dim, dtype=torch.float64)
    for ours, expected in [
        (layer.forward(z), coupling.forward(z)),
        (layer.inverse(z), coupling.inverse(z)),
    ]:
        torch.testing.assert_close(ours[0], expected[0], rtol=0, atol=1e-12)
        torch.testing.assert_close(ours[1], expected[1], rtol=0, atol=1e-12)


# --- Ngữ cảnh, khởi tạo, một chiều ----------------------------------------------------------------


def test_context_reaches_every_coordinate_even_the_first(randomize):
    layer = randomize(MaskedAutoregressive(4, (30, 30), context_dim=2), 0, gain=1.0).double()
    z, context = batch(layer, 1, 0)
    for direction in (layer.forward, layer.inverse):
        jacobian = torch.autograd.functional.jacobian(
            lambda c, direction=direction: direction(z, c[None])[0][0], context[0]
        )
        assert (jacobian.abs() > 1e-6).any(1).all()


@pytest.mark.parametrize("transformer", ["additive", "affine", "spline"])
def test_every_layer_starts_as_the_identity(transformer):
    layer = MaskedAutoregressive(5, transformer=transformer)
    z = torch.randn(20, 5)
    for direction in (layer.forward, layer.inverse):
        x, log_det = direction(z)
        torch.testing.assert_close(x, z)
        torch.testing.assert_close(log_det, torch.zeros(20), atol=1e-5, rtol=0)


@pytest.mark.equation("eq-cov")
@pytest.mark.parametrize("model", [MAF, IAF])
def test_one_coordinate(model, randomize):
    """Không có tọa độ nào đứng trước: một spline cố định của N(0, 1), khối lượng vẫn bằng 1."""
    flow = randomize(model(1, layers=2, transformer="spline"), 0, gain=1.0).double()
    x = torch.linspace(-30, 30, 60_001, dtype=torch.float64)[:, None]
    with torch.no_grad():
        mass = torch.trapezoid(flow.log_prob(x).exp(), x[:, 0])
    # Quy tắc hình thang bước 1e-3, hàm trơn trừ các nút: sai số cỡ bình phương bước.
    assert abs(mass.item() - 1) < 1e-5
    assert flow.sample(3).shape == (3, 1)


@pytest.mark.slow
@pytest.mark.equation("eq-maf")
def test_the_long_recipe_of_the_docstring_bends_five_arms():
    """Chong chóng, tầng affine: khoảng hở dưới 0.05 nat, như docstring của MAF nói."""
    torch.manual_seed(0)
    model = MAF(2, layers=12, hidden=(32, 32), transformer=AffineTransformer(3.0))
    target = toy.get("pinwheel")
    fit(model, target, steps=2000, lr=1e-2, progress=False)
    gap, error = gap_to_entropy(model, target)
    assert -3 * error < gap < 0.05 + 3 * error


# --- Phép biến đổi từng tọa độ --------------------------------------------------------------------


@pytest.mark.equation("eq-autoregressive-flow")
@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=lambda t: type(t).__name__)
@settings(deadline=None, max_examples=20)
@given(k=st.integers(1, 4), seed=st.integers(0, 2**20))
def test_transformers_increase_and_invert(transformer, k, seed):
    g = torch.Generator().manual_seed(seed)
    h = torch.randn(k, transformer.parameters_per_coordinate, generator=g, dtype=torch.float64)
    z = torch.linspace(-6, 6, 301, dtype=torch.float64)[:, None].repeat(1, k).requires_grad_()
    h = h.expand(301, k, -1)
    x, log_derivative = transformer.forward(z, h)
    assert (x.diff(dim=0) > 0).all()
    slope = torch.autograd.grad(x.sum(), z)[0]
    torch.testing.assert_close(log_derivative, slope.log())
    back, log_derivative_back = transformer.inverse(x, h)
    torch.testing.assert_close(back, z, atol=1e-10, rtol=0)
    torch.testing.assert_close(log_derivative_back, -log_derivative, atol=1e-8, rtol=0)


# --- Đầu vào sai ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MAF(0), "`dim` = 0"),
        (lambda: IAF(-1), "`dim` = -1"),
        (lambda: MaskedAutoregressive(2.5), r"`dim` = 2\.5"),
        (lambda: MAF(2, layers=0), "layers = 0.*ít nhất một tầng"),
        (lambda: MAF(2, transformer="sigmoid"), "tên 'sigmoid'.*'affine'"),
        (lambda: MAF(2, transformer=AffineTransformer), "có cặp ngoặc"),
        (lambda: MAF(2, transformer=None), "transformer = None.*'affine'"),
        (lambda: MaskedAutoregressive(3, order=[0, 0, 1]), "không phải một thứ tự của 3 biến"),
        (lambda: MaskedAutoregressive(9, (5,)), "rộng 5 không đủ cho 9 biến"),
        (lambda: MaskedAutoregressive(5, (4,), context_dim=1), r"ít nhất 5 nút.*0\.\.4"),
        (lambda: MAF(2).log_prob(torch.randn(4, 3)), r"\(4, 3\).*\(n, 2\)"),
        (lambda: IAF(2).sample(0), "số nguyên dương"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize("direction", ["forward", "inverse", "forward_by_passes"])
@pytest.mark.parametrize(
    ("context_dim", "context", "message"),
    [
        (3, None, r"context_dim = 3 nhưng không.*\(4, 3\)"),
        (3, torch.randn(4, 2), r"\(4, 2\).*\(4, 3\)"),
        (3, torch.randn(1, 3), r"\(1, 3\).*\(4, 3\)"),
        (0, torch.randn(4, 3), r"\(4, 3\).*\(4, 0\)"),
    ],
)
def test_bad_context(direction, context_dim, context, message):
    layer = MaskedAutoregressive(2, (8,), context_dim=context_dim)
    with pytest.raises(InputError, match=message):
        getattr(layer, direction)(torch.randn(4, 2), context)
