"""log det(I + J): chuỗi bị cắt, Hutchinson, roulette, gradient Neumann."""

import itertools
import math
import weakref

import pytest
import torch
from torch import nn

from course_utils.errors import InputError
from course_utils.flows import (
    draw_probes,
    lipschitz_mlp,
    log_det_exact,
    log_det_roulette,
    log_det_series,
)
from course_utils.flows.log_det import log_det_identity_plus, value_and_jacobian

ESTIMATORS = {"exact": log_det_exact, "series": log_det_series, "roulette": log_det_roulette}


def matrix(dim, norm, seed=0):
    """Ma trận không đối xứng có chuẩn phổ `norm`."""
    a = torch.randn(dim, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return norm * a / torch.linalg.matrix_norm(a, 2)


def linear(a):
    return lambda x: x @ a.T


def sign_vectors(dim, n):
    """Mọi vector ±1 của ℝ^dim, cho lô n điểm: (2^dim, n, dim). Trung bình của vᵀBv là đúng tr B."""
    signs = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=dim)), dtype=torch.float64)
    return signs[:, None].expand(-1, n, -1)


def small_net(dim=2, bound=0.6, seed=0):
    torch.manual_seed(seed)
    return lipschitz_mlp(dim, (3,), dim, bound).double().eval()


# --- Tính đúng ------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [1.0, 1e-2, 1e-4])
def test_two_dimensions_by_formula_agree_with_lapack(gap):
    """Cả hai cách sai det không quá vài ε·‖I + J‖², nên sai log det không quá số ấy chia |det|."""
    noise = torch.randn(500, 2, 2, generator=torch.Generator().manual_seed(0)).double()
    singular = torch.tensor([[0.3, 0.6], [0.7, 1.4]], dtype=torch.float64)
    jacobian = (singular - torch.eye(2) + gap * noise).requires_grad_()
    whole = torch.eye(2) + jacobian
    reference = torch.linalg.slogdet(whole)
    value = log_det_identity_plus(jacobian)
    size, det = torch.linalg.matrix_norm(whole).square(), reference.logabsdet.exp()
    bound = 8 * torch.finfo(torch.float64).eps * size / det
    assert ((value - reference.logabsdet).abs() <= bound + 4 * torch.finfo(torch.float64).eps).all()
    # gradient là (I + J)⁻ᵀ = cof/det: sai tương đối như của det
    ours, exact = (
        torch.autograd.grad(v.sum(), jacobian, retain_graph=True)[0]
        for v in (value, reference.logabsdet)
    )
    error = torch.linalg.matrix_norm(ours - exact) / torch.linalg.matrix_norm(exact)
    assert (error <= 2 * bound + 16 * torch.finfo(torch.float64).eps).all()


@pytest.mark.equation("eq-residual-layer")
@pytest.mark.parametrize("path", ["pushed forward", "pulled back"])
@pytest.mark.parametrize("activation", ["sine", "lipswish"])
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_exact_is_slogdet_of_the_autograd_jacobian(dim, activation, path):
    torch.manual_seed(0)
    mlp, x = lipschitz_mlp(dim, (7, 6), dim, 0.9, activation), torch.randn(6, dim).double()
    net = mlp.double().eval() if path == "pushed forward" else mlp.double().eval().forward
    value, jacobian = value_and_jacobian(net, x)
    torch.testing.assert_close(value, net(x))
    for i in range(len(x)):
        expected = torch.autograd.functional.jacobian(lambda v: net(v[None])[0], x[i])
        torch.testing.assert_close(jacobian[i], expected)
        sign, log_det = torch.linalg.slogdet(torch.eye(dim) + expected)
        assert sign == 1
        torch.testing.assert_close(log_det_exact(net, x)[i], log_det)


@pytest.mark.equation("eq-lipschitz-condition")
def test_determinant_is_positive_below_one_and_not_above():
    for seed in range(200):
        j = matrix(2 + seed % 6, 0.999, seed)
        assert torch.linalg.det(torch.eye(len(j)) + j) > 0
    # u(x) = (−3x₁, 0), δ = ½: δ·Lip(u) = 1.5 và det(I + δJ) = −½.
    j = 0.5 * torch.tensor([[-3.0, 0.0], [0.0, 0.0]])
    assert torch.linalg.det(torch.eye(2) + j).item() == -0.5


# --- Chuỗi bị cắt ---------------------------------------------------------------------------------


@pytest.mark.equation("eq-log-det-series")
@pytest.mark.parametrize("terms", [1, 2, 5, 40])
def test_series_by_its_closed_form(terms):
    a, x = matrix(4, 0.7), torch.zeros(3, 4, dtype=torch.float64)
    value = log_det_series(linear(a), x, terms, sign_vectors(4, 3))
    powers = [torch.linalg.matrix_power(a, k).trace() for k in range(1, terms + 1)]
    expected = sum((-1) ** (k + 1) * p / k for k, p in enumerate(powers, start=1))
    torch.testing.assert_close(value, expected.expand(3), rtol=1e-12, atol=1e-12)


@pytest.mark.equation("eq-log-det-series")
@pytest.mark.equation("eq-truncation-bias")
def test_truncation_bias_of_a_linear_map():
    # A = diag(½, −0.3): đúng ln 1.5 + ln 0.7; cắt sau 1, 2 số hạng còn 0.2 và 0.2 − 0.34/2.
    values = torch.tensor([0.5, -0.3], dtype=torch.float64)
    g, x = linear(values.diag()), torch.zeros(1, 2, dtype=torch.float64)
    exact = log_det_exact(g, x).item()
    assert exact == pytest.approx(math.log(1.5 * 0.7), abs=1e-14)
    for terms, by_hand in ((1, 0.2), (2, 0.03)):
        assert log_det_series(g, x, terms, sign_vectors(2, 1)).item() == pytest.approx(by_hand)
    # Độ chệch đúng bằng phần đuôi, và không vượt cận D·L^{n+1}/((n+1)(1−L)).
    for terms in range(1, 12):
        bias = log_det_series(g, x, terms, sign_vectors(2, 1)).item() - exact
        tail = sum((-1) ** (k + 1) * (values**k).sum().item() / k for k in range(terms + 1, 200))
        assert bias == pytest.approx(-tail, abs=1e-14)
        assert abs(bias) <= 2 * 0.5 ** (terms + 1) / ((terms + 1) * 0.5)


# --- Hutchinson -----------------------------------------------------------------------------------


@pytest.mark.equation("eq-hutchinson")
def test_variance_of_rademacher_probes():
    # Trung bình trên cả 2^D vector dấu: vết đúng, phương sai 2(‖A_s‖² − Σ a_ii²).
    a = matrix(6, 0.9)
    probes = sign_vectors(6, 1)
    x = torch.zeros(1, 6, dtype=torch.float64)
    draws = torch.cat([log_det_series(linear(a), x, 1, v[None]) for v in probes])
    symmetric = (a + a.T) / 2
    expected = 2 * (symmetric.square().sum() - a.diag().square().sum())
    assert draws.mean().item() == pytest.approx(a.trace().item(), abs=1e-12)
    assert draws.var(unbiased=False).item() == pytest.approx(expected.item(), abs=1e-12)


@pytest.mark.equation("eq-hutchinson")
@pytest.mark.parametrize("kind", ["rademacher", "gaussian"])
def test_random_probes(kind):
    torch.manual_seed(0)
    a, n = matrix(6, 0.9), 100_000
    draws = log_det_series(linear(a), torch.zeros(n, 6, dtype=torch.float64), 1, kind=kind)
    symmetric = ((a + a.T) / 2).square().sum()
    variance = 2 * (symmetric - (a.diag().square().sum() if kind == "rademacher" else 0))
    assert abs(draws.mean() - a.trace()) < 6 * (variance / n).sqrt()
    squares = (draws - a.trace()).square()
    assert abs(squares.mean() - variance) < 6 * squares.std() / n**0.5
    probes = draw_probes(torch.zeros(2, 3), 5, kind)
    assert probes.shape == (5, 2, 3)
    assert (kind == "gaussian") == (not torch.equal(probes.abs(), torch.ones(5, 2, 3)))


# --- Russian roulette -----------------------------------------------------------------------------


def z_score(draws, exact):
    return ((draws.mean() - exact) / (draws.std() / len(draws) ** 0.5)).item()


@pytest.mark.equation("eq-roulette")
@pytest.mark.parametrize("always", [0, 1, 3])
def test_roulette_is_unbiased(always):
    # 1000 lần rút độc lập; mỗi lần đi qua cả bốn vector dấu, mỗi vector một chỗ cắt.
    a, x = matrix(2, 0.6), torch.zeros(1, 2, dtype=torch.float64)
    exact = log_det_exact(linear(a), x).item()
    draws = torch.cat(
        [
            log_det_roulette(linear(a), x, always, 0.5, sign_vectors(2, 1)[:, :1], seed=seed)
            for seed in range(1000)
        ]
    )
    assert abs(z_score(draws, exact)) < 6


@pytest.mark.equation("eq-roulette")
def test_probability_of_each_term():
    # g = 0·x + hằng thì mọi số hạng bằng 0; đếm số lần gọi vᵀJ để biết chỗ cắt.
    counts = []

    def counted(x):
        y = 0.5 * x
        y.register_hook(lambda _: counts.append(1))
        return y

    lengths = []
    for seed in range(3000):
        counts.clear()
        with torch.no_grad():
            log_det_roulette(counted, torch.zeros(1, 1), 2, 0.25, seed=seed)
        lengths.append(len(counts))
    lengths = torch.tensor(lengths)
    for m in range(8):
        p = 0.75**m
        observed = (lengths >= 2 + m).double().mean().item()
        assert abs(observed - p) <= 6 * (p * (1 - p) / len(lengths)) ** 0.5


# --- Gradient -------------------------------------------------------------------------------------


def weighted_gradient(log_det, net, x, weights):
    """Gradient của Σ c_i·log_det_i theo mọi tham số và theo x, dồn thành một vector."""
    inputs = [*net.parameters(), x]
    gradients = torch.autograd.grad((weights * log_det(net, x)).sum(), inputs, allow_unused=True)
    return torch.cat(
        [
            torch.zeros_like(i).flatten() if g is None else g.flatten()
            for g, i in zip(gradients, inputs, strict=True)
        ]
    )


@pytest.mark.equation("eq-neumann-gradient")
@pytest.mark.parametrize("gradient", ["neumann", "graph"])
def test_gradient_of_a_long_series_is_exact_under_any_weights(gradient):
    net = small_net()
    x = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
    probes = sign_vectors(2, 5)

    def long_series(g, x):
        return log_det_series(g, x, 80, probes, gradient=gradient)

    for weights in (torch.ones(5), torch.tensor([3.0, -1.0, 0.0, 0.5, 10.0])):
        # Đuôi bị cắt: L = 0.6, 0.6^80 < 1e-17.
        torch.testing.assert_close(
            weighted_gradient(long_series, net, x, weights.double()),
            weighted_gradient(log_det_exact, net, x, weights.double()),
            rtol=1e-10,
            atol=1e-12,
        )


@pytest.mark.equation("eq-neumann-gradient")
@pytest.mark.parametrize("gradient", ["neumann", "graph"])
def test_roulette_gradient_is_unbiased_under_weights(gradient):
    torch.manual_seed(0)
    net = small_net()
    x = torch.randn(4, 2, dtype=torch.float64, requires_grad=True)
    weights = torch.tensor([3.0, -1.0, 0.5, 10.0], dtype=torch.float64)

    def roulette(g, x):
        return log_det_roulette(g, x, always=1, stop=0.5, gradient=gradient)

    exact = weighted_gradient(log_det_exact, net, x, weights)
    draws = torch.stack([weighted_gradient(roulette, net, x, weights) for _ in range(600)])
    error = draws.std(0) / len(draws) ** 0.5
    assert ((draws.mean(0) - exact).abs() <= 6 * error + 1e-12).all()


@pytest.mark.equation("eq-neumann-gradient")
def test_memory_of_the_two_gradients():
    net, x = small_net(4), torch.randn(64, 4, dtype=torch.float64)

    def kept(terms, gradient):
        """Số phần tử mà đồ thị còn giữ cho lượt ngược, sau khi giá trị đã tính xong."""
        boxes = weakref.WeakSet()

        class Box:
            def __init__(self, tensor):
                self.tensor = tensor
                boxes.add(self)

        with torch.autograd.graph.saved_tensors_hooks(Box, lambda box: box.tensor):
            value = log_det_series(net, x, terms, gradient=gradient)
        storages = {box.tensor.data_ptr(): box.tensor.numel() for box in boxes}
        assert value.requires_grad
        return sum(storages.values())

    assert kept(40, "neumann") == kept(5, "neumann")
    growth = (kept(40, "graph") - kept(20, "graph")) / (kept(20, "graph") - kept(10, "graph"))
    assert growth == pytest.approx(2, rel=0.02)  # tuyến tính theo số số hạng
    assert kept(10, "graph") > kept(10, "neumann")


# --- Giao ước chung -------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_modes_types_and_batch_of_one(name, dtype):
    net, f = small_net(3).to(dtype), ESTIMATORS[name]
    x = torch.randn(7, 3, dtype=dtype)
    options = {
        "exact": {},
        "series": {"probes": sign_vectors(3, 7)},
        "roulette": {"probes": sign_vectors(3, 7), "seed": 0},
    }[name]
    options = {k: v.to(dtype) if isinstance(v, torch.Tensor) else v for k, v in options.items()}
    value = f(net, x, **options)
    assert value.shape == (7,)
    assert value.dtype == dtype
    assert value.requires_grad
    with torch.no_grad():
        silent = f(net, x, **options)
    assert not silent.requires_grad
    torch.testing.assert_close(silent, value.detach())
    with torch.inference_mode():
        torch.testing.assert_close(f(net, x.clone(), **options).clone(), value.detach())
    assert f(net, x[:1]).shape == (1,)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_images(name):
    conv = nn.Conv2d(2, 2, 3, padding=1)
    with torch.no_grad():
        conv.weight.mul_(0.1)
    assert ESTIMATORS[name](conv, torch.randn(3, 2, 4, 4)).shape == (3,)


def test_bad_input_is_refused_in_vietnamese():
    g, x = linear(matrix(2, 0.5)), torch.zeros(1, 2, dtype=torch.float64)
    with pytest.raises(InputError, match="vector dò"):
        log_det_series(g, x, kind="uniform")
    with pytest.raises(InputError, match="ít nhất một số hạng"):
        log_det_series(g, x, terms=0)
    with pytest.raises(InputError, match="stop"):
        log_det_roulette(g, x, stop=1.0)
    with pytest.raises(InputError, match="gradient"):
        log_det_roulette(g, x, gradient="none")
    for estimate in (log_det_series, log_det_roulette):
        with pytest.raises(InputError, match="số vector dò"):
            estimate(g, x, probes=0)
