"""Mọi phép biến đổi và mọi luồng: nghịch đảo, log định thức, sự phụ thuộc, kiểu số."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.flows import (
    IAF,
    MAF,
    NICE,
    ActNorm,
    AdditiveCoupling,
    Affine,
    AffineCoupling,
    Compose,
    Flatten,
    Flow,
    Glow,
    Inverse,
    InvertibleConv1x1,
    InvertibleLinear,
    Logit,
    MaskedAutoregressive,
    NeuralSplineFlow,
    Permutation,
    RealNVP,
    SplineCoupling,
    SplineTransformer,
    Squeeze,
    StandardNormal,
)
from tests.flows.conditioning import inverse_gain

VECTOR = {
    "affine": Affine,
    "actnorm": ActNorm,
    "reverse": Permutation,
    "shuffle": lambda dim: Permutation(dim, "random", seed=3),
    "linear": InvertibleLinear,
    "additive": lambda dim: AdditiveCoupling(dim, (32, 32)),
    "affine_coupling": lambda dim: AffineCoupling(dim, (32, 32)),
    "spline_coupling": lambda dim: SplineCoupling(dim, (32, 32)),
    "maf_layer": lambda dim: MaskedAutoregressive(dim, (32, 32)),
    "iaf_layer": lambda dim: Inverse(MaskedAutoregressive(dim, (32, 32))),
    "spline_maf_layer": lambda dim: MaskedAutoregressive(dim, (32, 32), "spline"),
    "compose": lambda dim: Compose([AffineCoupling(dim, (32,)), Permutation(dim), Affine(dim)]),
}
FLOWS = {
    "nice": NICE,
    "realnvp": RealNVP,
    "spline_flow": NeuralSplineFlow,
    "maf": lambda dim: MAF(dim, 3, (32, 32)),
    "iaf": lambda dim: IAF(dim, 3, (32, 32)),
    "spline_maf": lambda dim: MAF(dim, 2, (32, 32), SplineTransformer(bins=6)),
}
TOLERANCE = {torch.float32: (1e-5, 1e-4), torch.float64: (1e-10, 1e-9)}
DTYPES = [torch.float32, torch.float64]


def points(n, *shape, seed, dtype, reach=10.0):
    """Phần lớn là N(0, 1); vài điểm ra tới `reach` độ lệch chuẩn."""
    g = torch.Generator().manual_seed(seed)
    z = torch.randn(n, *shape, generator=g, dtype=dtype)
    z[0], z[1] = reach, -reach
    z[2] = reach * torch.sign(z[2])
    return z


def assert_round_trip(f, z, tolerance):
    with torch.no_grad():
        x, log_det = f.forward(z)
        back, log_det_inverse = f.inverse(x)
    assert x.dtype == z.dtype
    assert log_det.dtype == z.dtype
    assert log_det.shape == log_det_inverse.shape == (len(z),)
    assert (back - z).abs().max() <= tolerance * z.abs().max()
    # Hai chiều cùng một thể tích: dung sai là của một tổng D số hạng, mỗi số cỡ 1 đến 10.
    assert (log_det + log_det_inverse).abs().max() <= 100 * tolerance


def assert_log_det_is_autograd(f, z):
    """log|det| của từng điểm bằng slogdet của Jacobian mà autograd tính (float64)."""
    for direction in (f.forward, f.inverse):
        with torch.no_grad():
            image, log_det = direction(z)
        for i in range(len(z)):
            jacobian = torch.autograd.functional.jacobian(
                lambda v, direction=direction: direction(v[None])[0][0].flatten(), z[i]
            ).reshape(image[0].numel(), -1)
            expected = torch.linalg.slogdet(jacobian).logabsdet
            torch.testing.assert_close(log_det[i], expected, rtol=1e-8, atol=1e-8)
        z = image


@pytest.mark.equation("eq-affine-coupling")
@pytest.mark.equation("eq-additive-coupling")
@pytest.mark.equation("eq-cov-linear")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", VECTOR)
@settings(max_examples=15, deadline=None)
@given(dim=st.integers(2, 17), seed=st.integers(0, 2**20))
def test_round_trip(name, dtype, randomize, dim, seed):
    f = randomize(VECTOR[name](dim), seed, gain=1.0).to(dtype)
    z = points(64, dim, seed=seed, dtype=dtype)
    gain = inverse_gain(f.forward, z) if "spline" in name else 1
    assert_round_trip(f, z, TOLERANCE[dtype][0] * gain)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FLOWS)
@settings(max_examples=15, deadline=None)
@given(dim=st.integers(2, 17), seed=st.integers(0, 2**20))
def test_whole_flow_round_trip(name, dtype, randomize, dim, seed):
    f = randomize(FLOWS[name](dim), seed, gain=0.5).to(dtype)
    z = points(64, dim, seed=seed, dtype=dtype)
    gain = inverse_gain(f.forward, z) if "spline" in name else 1
    assert_round_trip(f, z, TOLERANCE[dtype][1] * gain)


@pytest.mark.equation("eq-coupling-jacobian")
@pytest.mark.equation("eq-rqs")
@pytest.mark.parametrize("name", VECTOR | FLOWS)
@settings(max_examples=10, deadline=None)
@given(dim=st.integers(2, 9), seed=st.integers(0, 2**20))
def test_log_det_is_autograd(name, randomize, dim, seed):
    f = randomize((VECTOR | FLOWS)[name](dim), seed, gain=0.7).double()
    assert_log_det_is_autograd(f, torch.randn(3, dim, dtype=torch.float64))


@pytest.mark.equation("eq-conv1x1")
@settings(max_examples=10, deadline=None)
@given(
    channels=st.integers(1, 3),
    height=st.integers(1, 2),
    width=st.integers(1, 2),
    seed=st.integers(0, 2**20),
)
def test_glow_in_random_shapes(randomize, channels, height, width, seed):
    shape = (channels, 4 * height, 4 * width)
    for dtype in DTYPES:
        f = randomize(Glow(shape, steps=2, hidden=8, alpha=None), seed, gain=0.5).to(dtype)
        dim = channels * 16 * height * width
        assert_round_trip(f, points(8, dim, seed=seed, dtype=dtype), TOLERANCE[dtype][1])
    z = torch.randn(1, dim, dtype=torch.float64)
    assert_log_det_is_autograd(f, z)


@pytest.mark.equation("eq-conv1x1")
def test_conv1x1_log_det_is_area_times_slogdet():
    # det W = −2: logdet cho NaN, slogdet cho ln 2; ảnh 4×4 có 16 điểm.
    f = InvertibleConv1x1(3)
    with torch.no_grad():
        f.transform.weight.copy_(torch.diag(torch.tensor([-2.0, 1.0, 1.0])))
    _, log_det = f.forward(torch.randn(5, 3, 4, 4))
    torch.testing.assert_close(log_det, torch.full((5,), 16 * torch.tensor(2.0).log().item()))


@pytest.mark.equation("eq-dequantization")
@pytest.mark.parametrize("dtype", DTYPES)
def test_logit(dtype):
    # Miền của Logit là ảnh của [0, 1]: gần 1, float32 không còn chữ số để phân biệt z > 5.
    f = Logit(0.01)
    limit = torch.logit(torch.tensor(0.99)).item()
    z = torch.empty(64, 1, 4, 4, dtype=dtype).uniform_(-limit, limit)
    assert_round_trip(f, z, TOLERANCE[dtype][0])
    assert_log_det_is_autograd(f, z[:2, :, :2, :2].double())


def test_squeeze_and_flatten_only_move_numbers():
    x = torch.arange(2 * 3 * 4 * 6, dtype=torch.float32).view(2, 3, 4, 6)
    for f in (Squeeze(), Flatten((3, 4, 6))):
        z, log_det = f.inverse(x)
        assert torch.equal(z.flatten().sort().values, x.flatten())
        assert torch.equal(f.forward(z)[0], x)
        assert torch.equal(log_det, torch.zeros(2))


@pytest.mark.parametrize("name", FLOWS)
@settings(max_examples=10, deadline=None)
@given(dim=st.integers(2, 12), seed=st.integers(0, 2**20))
def test_every_output_depends_on_two_inputs_and_none_is_copied(name, randomize, dim, seed):
    f = randomize(FLOWS[name](dim), seed, gain=1.0).double()
    jacobian = torch.autograd.functional.jacobian(
        lambda v: f.forward(v[None])[0][0], torch.randn(dim, dtype=torch.float64)
    )
    assert ((jacobian.abs() > 1e-12).sum(1) >= 2).all()
    assert ((jacobian.abs() > 1e-12).sum(0) >= 2).all()


@pytest.mark.parametrize("name", FLOWS)
def test_every_parameter_gets_a_gradient(name):
    f = FLOWS[name](5)
    f.train()
    x = torch.randn(64, 5)
    f.loss(x).backward()  # bước đầu: tầng cuối nào bằng 0 thì chỉ mình nó có gradient
    with torch.no_grad():
        for p in f.parameters():
            p.sub_(0.1 * p.grad)
            p.grad = None
    f.loss(x).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in f.parameters())


@pytest.mark.equation("eq-cov")
@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("seed", range(3))
def test_mass_is_one(name, seed, randomize):
    f = randomize(FLOWS[name](2), seed, gain=0.5).double()
    x = f.sample(20_000, seed=seed)
    # Lưới phủ các mẫu với lề rộng; phần đuôi ngoài lưới nhỏ hơn 1e-3 rất nhiều.
    low, high = x.amin(0), x.amax(0)
    margin = 0.5 * (high - low)
    size = 400
    xs = torch.linspace(low[0] - margin[0], high[0] + margin[0], size, dtype=torch.float64)
    ys = torch.linspace(low[1] - margin[1], high[1] + margin[1], size, dtype=torch.float64)
    grid = torch.cartesian_prod(xs, ys)
    with torch.no_grad():
        p = torch.cat([f.log_prob(part).exp() for part in grid.split(100_000)])
    mass = p.sum() * (xs[1] - xs[0]) * (ys[1] - ys[0])
    assert abs(mass.item() - 1) < 0.01


@pytest.mark.parametrize("name", FLOWS)
def test_batch_size_and_grad_mode_do_not_change_log_prob(name, randomize):
    f = randomize(FLOWS[name](4), 0, gain=0.7).double()
    x = torch.randn(33, 4, dtype=torch.float64)
    whole = f.log_prob(x)
    torch.testing.assert_close(torch.cat([f.log_prob(v) for v in x.split(1)]), whole)
    with torch.no_grad():
        torch.testing.assert_close(f.log_prob(x), whole.detach())
    with torch.inference_mode():
        torch.testing.assert_close(f.log_prob(x).clone(), whole.detach().clone())
        assert f.sample(3).shape == (3, 4)


def test_models_follow_the_device():
    # Thiết bị `meta` đóng vai GPU: mọi tensor phải được sinh ra đúng nơi mô hình ở.
    for f in (RealNVP(4), NeuralSplineFlow(4), NICE(4), MAF(4), IAF(4)):
        assert f.to("meta").sample(3).device.type == "meta"


@pytest.mark.equation("eq-bounded-scale")
@pytest.mark.parametrize("name", FLOWS)
def test_no_overflow_far_from_the_data(name, randomize):
    f = randomize(FLOWS[name](4), 0, gain=1.0)
    for size in (1e2, 1e4, 1e8):
        x = size * torch.randn(100, 4)
        assert torch.isfinite(f.log_prob(x)).all()
        assert torch.isfinite(f.forward(x)[0]).all()


@pytest.mark.parametrize("hidden", [(), (1,), (7,), (5, 9), (32, 32)])
@pytest.mark.parametrize("coupling", [AdditiveCoupling, AffineCoupling, SplineCoupling])
def test_coupling_starts_at_the_identity(coupling, hidden):
    x = 3 * torch.randn(200, 6, dtype=torch.float64)
    z, log_det = coupling(6, hidden).double().inverse(x)
    torch.testing.assert_close(z, x, atol=1e-12, rtol=0)
    torch.testing.assert_close(log_det, torch.zeros_like(log_det), atol=1e-12, rtol=0)


def test_hidden_units_of_an_affine_coupling_learn_from_the_first_step_and_pairs_part():
    f = AffineCoupling(6, (5, 9))
    z, log_det = f.inverse(torch.randn(200, 6))
    (z.square().sum() / 2 - log_det.sum()).backward()
    assert all(p.grad.abs().sum() > 0 for p in f.net.parameters())
    hidden = f.net[2].weight.grad  # 9 nút: bốn đôi và một nút lẻ
    torch.testing.assert_close(hidden[:4], -hidden[4:8])
    assert hidden[:4].abs().sum() > 0


def test_every_coordinate_is_transformed_in_two_layers():
    for dim in range(2, 20):
        f = RealNVP(dim, layers=2)
        with torch.no_grad():
            for layer in f.transform.transforms:
                if isinstance(layer, AffineCoupling):
                    layer.net[-1].bias.fill_(1.0)
            z = torch.zeros(1, dim)
            assert (f.forward(z)[0] != 0).all()


@pytest.mark.equation("eq-actnorm")
def test_actnorm_standardizes_its_first_batch():
    f = ActNorm(3).train()
    x = 5 + 100 * torch.randn(1000, 3)
    z, _ = f.inverse(x)
    torch.testing.assert_close(z.mean(0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(z.std(0), torch.ones(3), atol=1e-5, rtol=0)
    scale = f.log_scale.clone()
    f.inverse(torch.randn(1000, 3))  # lô thứ hai không đặt lại
    assert torch.equal(f.log_scale, scale)
    restored = ActNorm(3).train()
    restored.load_state_dict(f.state_dict())
    restored.inverse(torch.randn(1000, 3))  # cờ đã khởi tạo đi theo trọng số
    assert torch.equal(restored.log_scale, scale)


@pytest.mark.equation("eq-temperature")
def test_temperature_scales_the_base():
    f = Flow(Affine(2), StandardNormal((2,)))
    x = f.sample(200_000, temperature=0.5, seed=0)
    # Sai số chuẩn của độ lệch chuẩn mẫu: σ/√(2n).
    assert (x.std(0) - 0.5).abs().max() < 6 * 0.5 / (2 * 200_000) ** 0.5
    assert torch.equal(f.sample(5, temperature=0.0), torch.zeros(5, 2))
