"""Mỗi bộ chấm của sổ «FFJORD»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import itertools
import math

import pytest
import torch

from course_utils.checks import ffjord as checks
from course_utils.flows import FFJORD, Solver
from course_utils.flows.divergence import hutchinson_divergence

DOUBLE = torch.float64


@pytest.mark.parametrize(
    "check",
    [
        checks.probe_variances,
        checks.divergence_estimate,
        checks.exp_bias,
        checks.redrawn_gain,
        checks.kinetic_energy,
        checks.augmented_gap,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.equation("eq-hutchinson-variance")
def test_probe_variances_by_enumeration_and_by_moments():
    """Rademacher: cả bốn vector dấu. Gauss: tích phân vᵀJv, (vᵀJv)² bằng cầu phương Hermite."""
    J = torch.tensor([[1.0, 4.0], [2.0, -3.0]], dtype=DOUBLE)
    signs = torch.tensor(list(itertools.product((-1, 1), repeat=2)), dtype=DOUBLE)
    values = torch.einsum("ni,ij,nj->n", signs, J, signs)
    # Moment bậc 4 của N(0, 1) đúng với ba nút: 0 và ±√3, trọng số 2/3, 1/6, 1/6.
    nodes = torch.tensor([0.0, math.sqrt(3), -math.sqrt(3)], dtype=DOUBLE)
    weights = torch.tensor([2 / 3, 1 / 6, 1 / 6], dtype=DOUBLE)
    v, w = torch.cartesian_prod(nodes, nodes), torch.cartesian_prod(weights, weights).prod(1)
    gauss = torch.einsum("ni,ij,nj->n", v, J, v)
    gauss_variance = (w * gauss.square()).sum() - (w * gauss).sum() ** 2
    assert checks.probe_variances((values.var(correction=0), gauss_variance))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((56, 36), "ngược chỗ"),
        ((36, 36), "trả thêm"),
        ((56, 56), "không góp phương sai"),
        ((40, 60), "Chỉ phần đối xứng"),
        ((36, 60), "Rademacher đúng"),
        ((18, 28), "Thiếu thừa số 2"),
        ((9, 56), "4·S₁₂²"),
        ((6, 7.48), "độ lệch chuẩn"),
        ((36, 20), "đường chéo lẫn phần ngoài"),
        ((4, 56), "bình phương của vết"),
        ((36, 46), "κ = E[v⁴] = 3"),
        ((144, 56), "nửa tổng"),
    ],
)
def test_probe_variances_hints(answer, hint):
    report = checks.probe_variances(answer)
    assert not report
    assert hint in report.message


def reference(field, x, v):
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        u = field(x)
        product = torch.autograd.grad(u, x, v)[0]
    return u.detach(), (product * v).sum(1)


def with_func(field, x, v):
    u, pull = torch.func.vjp(field, x)
    return u, torch.einsum("ni,ni->n", pull(v)[0], v)


def with_the_package(field, x, v):
    return hutchinson_divergence(lambda t, x: field(x), 0.0, x, v)


def in_single_precision(field, x, v):
    u, value = reference(field, x, v)
    return [u.float(), value.float()]


def forward_mode(field, x, v):
    u, moved = torch.func.jvp(field, (x,), (v,))
    return u, (moved * v).sum(1)


@pytest.mark.equation("eq-hutchinson-divergence")
@pytest.mark.parametrize(
    "answer", [reference, with_func, with_the_package, forward_mode, in_single_precision]
)
def test_right_estimates_in_any_style(answer):
    assert checks.divergence_estimate(answer)


def without_enable_grad(field, x, v):
    x = x.detach().requires_grad_()
    u = field(x)
    return u, (torch.autograd.grad(u, x, v)[0] * v).sum(1)


def mutating(field, x, v):
    with torch.enable_grad():
        x.requires_grad_(True)
        u = field(x)
        product = torch.autograd.grad(u, x, v)[0]
    return u.detach(), (product * v).sum(1)


def calling_twice(field, x, v):
    return field(x), reference(field, x, v)[1]


def exact_trace(field, x, v):
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        u = field(x)
        total = sum(
            torch.autograd.grad(u[:, i].sum(), x, retain_graph=True)[0][:, i]
            for i in range(x.shape[1])
        )
    return u.detach(), total


def ones_as_probe(field, x, v):
    return reference(field, x, torch.ones_like(v))


def forgets_the_dot(field, x, v):
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        u = field(x)
        return u.detach(), torch.autograd.grad(u, x, v)[0].sum(1)


def penalty_instead(field, x, v):
    u, pull = torch.func.vjp(field, x)
    return u, pull(v)[0].square().sum(1)


def keeps_the_graph(field, x, v):
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        u = field(x)
        product = torch.autograd.grad(u, x, v, create_graph=True)[0]
        return u, (product * v).sum(1)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (without_enable_grad, "torch.enable_grad()"),
        (mutating, "người gọi đã bị sửa"),
        (calling_twice, "gọi 2 lần"),
        (exact_trace, "vết chính xác"),
        (ones_as_probe, "tổng mọi phần tử"),
        (forgets_the_dot, "chưa nhân với v"),
        (keeps_the_graph, "giữ đồ thị"),
        (lambda f, x, v: reference(f, x, v)[::-1], "ngược chỗ"),
        (lambda f, x, v: reference(f, x, v)[1], "cặp"),
        (lambda f, x, v: (reference(f, x, v)[0], reference(f, x, v)[1].mean()), "từng điểm"),
        (lambda f, x, v: (x, reference(f, x, v)[1]), "giá trị của trường"),
        (lambda f, x, v: (f(x), -reference(f, x, v)[1]), "Dấu ngược"),
        (lambda f, x, v: reference(f, x, torch.full_like(v, 0.5)), "vector v được đưa cho"),
        (penalty_instead, "phạt Jacobi"),
        (lambda f, x, v: (f(x), 1.0), "đều phải là tensor"),
        (lambda f, x: x, "TypeError"),
        (3.0, "Cần một hàm"),
    ],
)
def test_divergence_estimate_hints(answer, hint):
    report = checks.divergence_estimate(answer)
    assert not report
    assert hint in report.message


def test_unfinished_estimate_is_blank():
    assert checks.divergence_estimate(lambda field, x, v: ...).blank


def test_exp_bias_by_quadrature():
    e = torch.linspace(-14, 14, 200_001, dtype=DOUBLE)
    density = torch.exp(-0.5 * (e / 1.2) ** 2) / (1.2 * math.sqrt(2 * math.pi))
    assert checks.exp_bias(torch.trapezoid(e.exp() * density, e))


class Stretch(torch.nn.Module):
    """u(x, t) = a(t)·Bx với ∫a = 1: ma trận Jacobi trung bình dọc đường đi đúng bằng B."""

    def __init__(self):
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.tensor([[0.3, 0.9], [-0.1, -0.5]], dtype=DOUBLE))

    def forward(self, t, x):
        return (0.5 + t) * x @ self.matrix.T


@pytest.mark.equation("eq-path-variance")
def test_one_kept_probe_sees_the_mean_jacobian_of_the_path():
    """Hai chiều, Rademacher: log p̂ − log p = tr B − vᵀBv = ∓2S₁₂, đúng hai giá trị, đến sai số bộ
    giải (dung sai 1e-10 trên cả đường, nên 1e-7 là rộng)."""
    torch.manual_seed(0)
    tight = Solver(rtol=1e-10, atol=1e-10)
    flow = FFJORD(2, field=Stretch(), solver=tight).double().eval()
    x = torch.randn(64, 2, dtype=DOUBLE)
    with torch.no_grad():
        noise = flow.log_prob_estimate(x) - flow.log_prob(x)
    assert torch.allclose(noise.abs(), torch.full((64,), 2 * 0.4, dtype=DOUBLE), atol=1e-7)
    assert noise.min() < 0 < noise.max()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (1, "hàm mũ lồi"),
        (math.exp(1.2), "e^s"),
        (math.exp(1.44), "chia đôi"),
        (math.exp(0.6), "bình phương độ lệch chuẩn"),
        (math.exp(-0.72), "chệch lên"),
        (0.72, "log của hệ số"),
        (1.72, "Khai triển"),
        (math.cosh(1.2), "cosh"),
        (1.2, "độ lệch chuẩn của log p̂"),
        (1.44, "phương sai của log p̂"),
    ],
)
def test_exp_bias_hints(answer, hint):
    report = checks.exp_bias(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-redrawn-variance")
def test_redrawn_gain_by_enumeration():
    """J = [[0, 1], [1, 0]]: vᵀJv = ±2. Phương sai của Σ h·b·(±2) cộng đúng từng trọng số."""
    kept = 4.0
    redrawn = sum((0.25 * b) ** 2 * 4 for _ in range(4) for b in (1 / 8, 3 / 8, 3 / 8, 1 / 8))
    assert checks.redrawn_gain(math.sqrt(kept / redrawn))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (12.8, "tỉ số phương sai"),
        (4, "không đều"),
        (16, "không đều"),
        (2, "trong mỗi bước"),
        (math.sqrt(3.2), "một bước"),
        (1 / math.sqrt(12.8), "Ngược"),
        (1 / 12.8, "lại ngược"),
        (1, "không cùng phương sai"),
        (math.sqrt(14.4), "RK4 cổ điển"),
    ],
)
def test_redrawn_gain_hints(answer, hint):
    report = checks.redrawn_gain(answer)
    assert not report
    assert hint.lower() in report.message.lower()


@pytest.mark.equation("eq-kinetic")
def test_kinetic_energy_by_quadrature():
    t = torch.linspace(0, 1, 100_001, dtype=DOUBLE)
    assert checks.kinetic_energy((torch.trapezoid(5 * (3 * t**2) ** 2, t), 5))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((5, 5), "không đều"),
        ((5, 9), "ngược chỗ"),
        ((4.5, 2.5), "không nhân ½"),
        ((4.5, 5), "không nhân ½"),
        ((9, 25), "đừng bình phương thêm"),
        ((1.8, 1), "‖(2, 1)‖²"),
        ((math.sqrt(5), math.sqrt(5)), "độ dài"),
        ((9, math.sqrt(5)), "khoảng cách"),
        ((45, 5), "tích phân"),
        ((15, 5), "bình phương cả"),
        ((5 / 7, 5), "vận tốc"),
    ],
)
def test_kinetic_energy_hints(answer, hint):
    report = checks.kinetic_energy(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-augmented-bound")
def test_augmented_gap_by_quadrature():
    """Tích phân hai chiều của q(e)·log p(x, e) với x ~ N(0, 1), trên lưới."""
    axis = torch.linspace(-9, 9, 1201, dtype=DOUBLE)
    x, e = torch.meshgrid(axis, axis, indexing="ij")

    def normal(a):
        return torch.exp(-0.5 * a**2) / math.sqrt(2 * math.pi)

    rho = 0.5
    log_joint = -(x**2 - 2 * rho * x * e + e**2) / (2 * (1 - rho**2))
    log_joint = log_joint - math.log(2 * math.pi) - 0.5 * math.log(1 - rho**2)
    cell = (axis[1] - axis[0]) ** 2
    inner = (normal(x) * normal(e) * log_joint).sum() * cell
    entropy = 0.5 * math.log(2 * math.pi * math.e)
    bound = inner + entropy
    assert checks.augmented_gap((-entropy, bound, -entropy - bound))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((-1.4189, -1.4189, 0), "độc lập"),
        ((-1.4189, -3.0274, 0.1895), "E log p(x, e)"),
        ((-1.4189, -1.6084, -0.1895), "không âm"),
        ((-1.4189, -1.6084, 0.4772), "Dấu của log"),
        ((-1.4189, -1.6084, 0.1438), "thông tin tương hỗ"),
        ((-1.4189, -1.2294, 0.1895), "nằm dưới"),
        ((-1.4189, -1.6084, 0.1667), "1 − ρ²"),
        ((1.4189, -1.6084, 0.1895), "trừ entropy"),
    ],
)
def test_augmented_gap_hints(answer, hint):
    report = checks.augmented_gap(answer)
    assert not report
    assert hint in report.message
