"""Luồng phần dư: mật độ đúng, nghịch đảo đúng, ước lượng không chệch qua nhiều tầng."""

import itertools
import math

import pytest
import torch
from torch import nn

from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy
from course_utils.flows import (
    Affine,
    ResidualFlow,
    ResidualLayer,
    lipschitz_lower_bound,
    lipschitz_mlp,
)
from course_utils.flows.lipschitz import Lipschitz
from course_utils.training import fit


def shaken(flow, seed=0, gain=1.0):
    """Tham số ngẫu nhiên, trọng số vượt cận, ActNorm khác đồng nhất."""
    g = torch.Generator().manual_seed(seed)

    def normal(like):
        return gain * torch.randn(like.shape, generator=g, dtype=torch.float64).to(like)

    with torch.no_grad():
        for layer in flow.modules():
            if isinstance(layer, Lipschitz):
                layer.weight.add_(normal(layer.weight))
                layer.bias.add_(normal(layer.bias))
            elif isinstance(layer, Affine):
                layer.log_scale.copy_(0.2 * normal(layer.log_scale))
                layer.shift.copy_(0.5 * normal(layer.shift))
    return flow.eval()


def residual_layers(flow):
    return [f for f in flow.transform.transforms if isinstance(f, ResidualLayer)]


CASES = {
    "plane": lambda: ResidualFlow(2, 3, (8,)),
    "lipswish": lambda: ResidualFlow(2, 3, (8, 8), activation="lipswish"),
    "five": lambda: ResidualFlow(5, 2, (8,)),
    "image": lambda: ResidualFlow((2, 3, 2), 2, (4,)),
}


# --- Mật độ và nghịch đảo -------------------------------------------------------------------------


@pytest.mark.equation("eq-residual-layer")
@pytest.mark.equation("eq-residual-log-prob")
@pytest.mark.parametrize("name", CASES)
def test_log_prob_is_the_change_of_variables(name):
    flow = shaken(CASES[name]()).double()
    x = torch.randn(4, *flow.event_shape, dtype=torch.float64)
    z, log_det = flow.inverse(x)
    for i in range(len(x)):
        jacobian = torch.autograd.functional.jacobian(
            lambda v: flow.inverse(v[None])[0].flatten(), x[i]
        ).reshape(flow.base.dim, -1)
        sign, expected = torch.linalg.slogdet(jacobian)
        assert sign == 1
        torch.testing.assert_close(flow.log_prob(x)[i], flow.base.log_prob(z)[i] + expected)
        if flow.base.dim <= 4:  # nhiều chiều hơn thì đây chỉ là một ước lượng
            torch.testing.assert_close(log_det[i], expected)


@pytest.mark.equation("eq-residual-layer")
@pytest.mark.parametrize("seed", range(2))
def test_mass_is_one(seed):
    flow = shaken(ResidualFlow(2, 4, (16,)), seed)
    samples = flow.sample(5000, seed=seed)
    low, high = samples.amin(0), samples.amax(0)
    margin = 0.5 * (high - low)
    axes = [torch.linspace(low[k] - margin[k], high[k] + margin[k], 250) for k in range(2)]
    with torch.no_grad():
        p = flow.log_prob(torch.cartesian_prod(*axes)).double().exp()
    mass = p.sum() * (axes[0][1] - axes[0][0]) * (axes[1][1] - axes[1][0])
    assert abs(mass.item() - 1) < 0.01


@pytest.mark.equation("eq-fixed-point")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", CASES)
def test_inverse(name, dtype):
    flow = shaken(CASES[name]()).to(dtype)
    z = 2 * torch.randn(256, *flow.event_shape, dtype=dtype)
    with torch.no_grad():
        x, log_det = flow.forward(z)
        back, log_det_inverse = flow.inverse(x)
    assert x.dtype == log_det.dtype == dtype
    assert log_det.shape == (256,)
    assert (back - z).abs().max() <= 1e-5 * (1 + z.abs().max())
    if flow.base.dim <= 4:
        torch.testing.assert_close(
            log_det, -log_det_inverse, rtol=0, atol=1e4 * torch.finfo(dtype).eps
        )
        # D ≤ 4: sau hai bước Newton chỉ còn sai số làm tròn của x, mà chiều chuẩn hóa kéo dài
        # nhiều nhất tích các (1 + L) và các hệ số của ActNorm.
        stretch = 1.97 ** len(residual_layers(flow))
        for f in flow.transform.transforms:
            if isinstance(f, Affine):
                stretch = stretch * (-f.log_scale).exp().max().item()
        rounding = 30 * torch.finfo(dtype).eps * stretch * (1 + x.abs().max())
        assert (back - z).abs().max() <= rounding
    state = torch.get_rng_state()
    assert torch.equal(flow.sample(3, seed=1), flow.sample(3, seed=1))
    assert torch.equal(torch.get_rng_state(), state)  # lấy mẫu không động đến bộ sinh toàn cục


@pytest.mark.equation("eq-fixed-point")
def test_gradient_of_the_generating_direction():
    layer = ResidualLayer(lipschitz_mlp(2, (4,), 2, 0.8).double().eval(), tol=1e-12)
    z = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    parameters = list(layer.parameters())
    assert torch.autograd.gradcheck(lambda z: layer(z)[0], z)
    gradient = torch.autograd.grad(layer(z)[0].sum(), parameters[0])[0]
    step = 1e-6
    with torch.no_grad():
        values = []
        for sign in (1, -1):
            parameters[0][1, 0] += sign * step
            values.append(layer(z)[0].sum())
            parameters[0][1, 0] -= sign * step
    assert gradient[1, 0].item() == pytest.approx(
        ((values[0] - values[1]) / (2 * step)).item(), rel=1e-6, abs=1e-8
    )


# --- Cận Lipschitz --------------------------------------------------------------------------------


@pytest.mark.equation("eq-lipschitz-condition")
def test_training_keeps_every_layer_invertible():
    torch.manual_seed(0)
    density = toy.get("two_moons")
    flow = ResidualFlow(2, 4, (16,), lipschitz=0.9)
    fit(flow, density, steps=60, lr=2e-2, batch_size=128, progress=False)
    x = density.sample(200)
    for f in reversed(flow.transform.transforms):
        if isinstance(f, ResidualLayer):
            assert lipschitz_lower_bound(f.net, x, steps=60) <= 0.9 * (1 + 1e-5)
            j = torch.func.vmap(torch.func.jacrev(lambda v, f=f: f.net(v[None])[0]))(x)
            assert (torch.linalg.det(torch.eye(2) + j) >= (1 - 0.9) ** 2).all()
        with torch.no_grad():
            x, _ = f.inverse(x)


@pytest.mark.equation("eq-residual-limit")
def test_layers_are_euler_steps():
    # g = δA, δ = 1/K: K tầng là (I + A/K)^K, sai số đến e^A giảm một nửa khi K tăng gấp đôi.
    a = torch.tensor([[0.3, -1.0], [1.0, 0.1]], dtype=torch.float64)
    x, errors, log_dets = torch.eye(2, dtype=torch.float64), [], []
    for layers in (16, 32, 64, 128):
        net = nn.Linear(2, 2, bias=False).double()
        with torch.no_grad():
            net.weight.copy_(a / layers)
        layer, z, total = ResidualLayer(net), x, 0.0
        for _ in range(layers):
            z, log_det = layer.inverse(z)
            total = total + log_det[0].item()
        errors.append((z.T - torch.linalg.matrix_exp(a)).norm().item())
        log_dets.append(abs(total - a.trace().item()))
    for error in (errors, log_dets):
        for coarse, fine in itertools.pairwise(error):
            assert coarse / fine == pytest.approx(2, rel=0.05)
    # u(x) = x, K = 10: φ(1) = 1.1¹⁰ và Σ log det = 10·ln 1.1.
    one = torch.ones(1, 1, dtype=torch.float64)
    with torch.no_grad():
        net = nn.Linear(1, 1, bias=False).double()
        net.weight.fill_(0.1)
        z, total = one, 0.0
        for _ in range(10):
            z, log_det = ResidualLayer(net).inverse(z)
            total += log_det.item()
    assert z.item() == pytest.approx(2.59374, abs=1e-5)
    assert total == pytest.approx(10 * math.log(1.1), abs=1e-12)


# --- Ước lượng ------------------------------------------------------------------------------------


def roulette_z_score(layers: int, draws: int = 10_000) -> float:
    """Điểm z của trung bình `draws` ước lượng so với log p chính xác, tại một điểm."""
    flow = shaken(ResidualFlow(3, layers, (8,), 0.6, "roulette", always=2, stop=0.5)).double()
    copies = 40  # chung chỗ cắt, riêng vector dò: lấy trung bình từng lô rồi so các lô
    x = torch.full((copies, 3), 0.3, dtype=torch.float64)
    with torch.no_grad():
        exact = flow.log_prob(x[:1]).item()
        means = torch.stack([flow.log_prob_estimate(x).mean() for _ in range(draws // copies)])
    return ((means.mean() - exact) / (means.std() / len(means) ** 0.5)).item()


@pytest.mark.equation("eq-roulette")
@pytest.mark.parametrize("layers", [1, 4, 16])
def test_estimate_is_unbiased_at_every_depth(layers):
    torch.manual_seed(layers)
    assert abs(roulette_z_score(layers)) < 6


@pytest.mark.equation("eq-truncation-bias")
def test_truncated_estimate_is_biased():
    # Chuỗi cắt sau 1 số hạng qua 8 tầng: độ chệch cộng dồn, hơn 6 sai số chuẩn.
    torch.manual_seed(0)
    flow = shaken(ResidualFlow(2, 8, (8,), 0.9, "series", terms=1)).double()
    x = torch.full((20_000, 2), 0.3, dtype=torch.float64)
    with torch.no_grad():
        exact, draws = flow.log_prob(x[:1]).item(), flow.log_prob_estimate(x)
    assert abs(draws.mean() - exact) > 6 * draws.std() / len(draws) ** 0.5
    with torch.no_grad():
        many = flow.log_prob_estimate(x[:100], draws=16)
    assert many.std() < draws.std() / 2


@pytest.mark.parametrize("estimator", ["exact", "roulette", "series"])
def test_every_parameter_learns(estimator):
    torch.manual_seed(0)
    flow = ResidualFlow(2, 2, (8,), estimator=estimator).train()
    x = torch.randn(256, 2)
    flow.loss(x).backward()
    for name, p in flow.named_parameters():
        assert p.grad is not None, name
        assert torch.isfinite(p.grad).all(), name
        assert p.grad.abs().sum() > 0, name


def test_learns_two_moons():
    torch.manual_seed(0)
    density, flow = toy.get("two_moons"), ResidualFlow(2, 8)
    fit(flow, density, steps=80, lr=2e-2, batch_size=256, progress=False)
    gap, error = gap_to_entropy(flow, density, n=5000)
    # Phân phối chuẩn khớp nhất với hai nửa vầng trăng có khoảng hở khoảng 0.9 nat.
    assert -6 * error < gap < 0.5


# --- Giao ước chung -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_batch_size_and_grad_mode_do_not_change_log_prob(name):
    flow = shaken(CASES[name]()).double()
    x = torch.randn(5, *flow.event_shape, dtype=torch.float64)
    whole = flow.log_prob(x)
    torch.testing.assert_close(torch.cat([flow.log_prob(v) for v in x.split(1)]), whole)
    with torch.no_grad():
        torch.testing.assert_close(flow.log_prob(x), whole.detach())
    with torch.inference_mode():
        torch.testing.assert_close(flow.log_prob(x).clone(), whole.detach().clone())
        assert flow.sample(3).shape == (3, *flow.event_shape)
    twin = CASES[name]().double().eval()
    twin.load_state_dict(flow.state_dict())
    torch.testing.assert_close(twin.log_prob(x), whole)


def test_images_in_the_unit_interval():
    flow = ResidualFlow((1, 4, 4), 2, (4,), alpha=0.05)
    x = torch.rand(8, 1, 4, 4)
    flow.loss(x).backward()
    flow.eval()
    assert flow.log_prob(x).shape == (8,)
    samples = flow.sample(5)
    assert samples.shape == (5, 1, 4, 4)
    assert -0.06 < samples.min()
    assert samples.max() < 1.06


def test_bad_input_is_refused_in_vietnamese():
    wide = ResidualFlow(65, 1, (4,))
    x = torch.randn(3, 65)
    with pytest.raises(InputError, match="log_prob_estimate"):
        wide.log_prob(x)
    assert wide.log_prob_estimate(x).shape == (3,)
    with pytest.raises(InputError, match="cận phải nằm giữa 0 và 1"):
        ResidualFlow(2, lipschitz=1.0)
    with pytest.raises(InputError, match="cách ước lượng"):
        ResidualFlow(2, estimator="russian")
    with pytest.raises(InputError, match="ít nhất một tầng"):
        ResidualFlow(2, layers=0)
    with pytest.raises(InputError, match="hình dạng"):
        ResidualFlow((4, 4))
    with pytest.raises(InputError, match="mô hình này cần"):
        ResidualFlow(2, 1).log_prob(torch.randn(3, 3))
    with pytest.raises(InputError, match="draws"):
        ResidualFlow(2, 1).log_prob_estimate(torch.randn(3, 2), draws=0)
    for wrong in (2.5, "2", (1, 8.0, 8)):
        with pytest.raises(InputError, match="hình dạng"):
            ResidualFlow(wrong)
    with pytest.raises(InputError, match="không có tham số terms"):
        ResidualFlow(2, terms=5)  # hai chiều: mặc định là "exact"
