"""Mỗi bộ chấm của sổ «Luồng chuẩn hóa liên tục»: đáp án đúng được nhận, lỗi điển hình được gợi ý.

Các ví dụ tính tay và bài tập của trang lý thuyết cũng được tính lại ở đây.
"""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import continuous_flows as checks
from course_utils.checks import instantaneous_change

PAGE = Path(__file__).resolve().parents[2] / "book" / "continuous_flows.md"
DOUBLE = torch.float64


@pytest.mark.parametrize(
    "check",
    [
        checks.blow_up,
        checks.best_increasing,
        checks.midpoint_step,
        checks.linear_log_prob,
        checks.log_prob,
        checks.mlp_divergence,
        checks.evaluations,
        checks.adjoint,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


def refused(report, hint):
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-picard-lindelof")
def test_blow_up_by_integration_and_by_counting():
    """1/x giảm đều với tốc độ 1; tỉ lệ lấy từ phân vị của luật chuẩn."""
    standard = torch.distributions.Normal(0.0, 1.0)
    assert checks.blow_up((1 / 4, 1 - standard.cdf(torch.tensor(1.0))))
    assert checks.blow_up(np.array([0.25, 0.1587]))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((4, 0.1587), "1/x₀"),
        ((0.5, 0.1587), "x₀ = 2"),
        ((math.inf, 0.1587), "không Lipschitz"),
        ((0.25, 0.8413), "phần còn lại"),
        ((0.25, 0.3173), "một phía"),
        ((0.25, 0.5), "chỉ x₀ > 1"),
        ((0.25, 15.866), "phần trăm"),
        ((0.25, 0.242), "mật độ φ(1)"),
        ((0.25, 0.0), "P(Z > 4)"),
        ((1.0, 0.1587), "x₀ = 1"),
        ((0.1587, 0.25), "ngược chỗ"),
    ],
)
def test_blow_up_hints(answer, hint):
    refused(checks.blow_up(answer), hint)


@pytest.mark.equation("eq-gronwall")
def test_best_increasing_by_pooling_adjacent_violators():
    """Hồi quy đẳng cấu của −x trên lưới mịn: gộp các khối vi phạm cho đến khi không giảm."""
    x = np.linspace(-2, 2, 801)
    blocks = []
    for value in -x:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (b, m), (a, n) = blocks.pop(), blocks.pop()
            blocks.append([(a * n + b * m) / (n + m), n + m])
    fitted = np.concatenate([np.full(n, value) for value, n in blocks])
    # Lưới 801 điểm: E[x²] lớn hơn tích phân đúng (1/3)·4·(1 + 2/800) một lượng 0.0033.
    assert checks.best_increasing(np.mean((fitted + x) ** 2))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0, "luôn tăng chặt"),
        (1 / 3, "[−1, 1]"),
        (2 / 3, "gấp bốn"),
        (16 / 3, "đồng nhất"),
        (4, "lớn nhất"),
        (1.1547, "căn"),
        (1, "E|X|"),
    ],
)
def test_best_increasing_hints(answer, hint):
    refused(checks.best_increasing(answer), hint)


def test_midpoint_step_accepts_right_answers():
    def right(field, t, x, h):
        return x + h * field(t + 0.5 * h, x + 0.5 * h * field(t, x))

    def in_double(field, t, x, h):
        x = x.double()
        return right(field, t, x, h)

    assert checks.midpoint_step(right)
    assert checks.midpoint_step(in_double)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda f, t, x, h: x + h * f(t, x), "bước Euler"),
        (lambda f, t, x, h: x + h / 2 * (f(t, x) + f(t + h, x + h * f(t, x))), "Heun"),
        (lambda f, t, x, h: x + h * f(t, x + h / 2 * f(t, x)), "Đồng hồ phải đi cùng"),
        (lambda f, t, x, h: x + h * f(t + h, x + h / 2 * f(t, x)), "không phải t + h"),
        (lambda f, t, x, h: x + h * f(t + h, x + h * f(t, x)), "cuối bước"),
        (lambda f, t, x, h: x + h * f(t + h / 2, x + h * f(t, x)), "nửa bước thôi"),
        (lambda f, t, x, h: x + h * f(t + h / 2, x), "vẫn tại x"),
        (
            lambda f, t, x, h: (m := x + h / 2 * f(t, x)) + h * f(t + h / 2, m),
            "không phải từ điểm giữa",
        ),
        (lambda f, t, x, h: x + h / 2 * f(t + h / 2, x + h / 2 * f(t, x)), "cả bước h"),
        (lambda f, t, x, h: f(t + h / 2, x + h / 2 * f(t, x)), "vận tốc ở giữa"),
        (lambda f, t, x, h: x + f(t + h / 2, x + h / 2 * f(t, x)), "Thiếu h"),
        (
            lambda f, t, x, h: (m := x + h / 2 * f(t, x)) + h / 2 * f(t + h / 2, m),
            "hai bước Euler",
        ),
    ],
)
def test_midpoint_step_hints(wrong, hint):
    refused(checks.midpoint_step(wrong), hint)


@pytest.mark.equation("eq-linear-cnf")
@pytest.mark.equation("eq-cnf-log-prob")
def test_linear_log_prob_is_the_gaussian():
    b = torch.diag(torch.tensor([0.8, -0.3], dtype=DOUBLE))
    scale = torch.linalg.matrix_exp(b)
    gaussian = torch.distributions.MultivariateNormal(torch.zeros(2, dtype=DOUBLE), scale @ scale.T)
    value = gaussian.log_prob(torch.tensor([1.0, -2.0], dtype=DOUBLE))
    assert checks.linear_log_prob((-torch.linalg.slogdet(scale).logabsdet, value))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.5, -5.0831), "Dấu của cả hai"),
        ((0.5, -6.0831), "chiều sinh"),
        ((-0.5, -5.0831), "giãn thể tích"),
        ((-0.5, -5.5831), "log p_Z(z)"),
        ((-0.5, -4.8379), "p_Z tại x"),
        ((0.6065, -6.0831), "Đó là định thức"),
        ((-0.5, 0.00228), "Đó là mật độ"),
        ((-0.5, -6.5831), "trừ hai lần"),
        ((-0.5, -4.2452), "hằng số −log 2π"),
        ((-0.5, -5.1642), "nửa số ấy"),
        ((-6.0831, -0.5), "ngược chỗ"),
    ],
)
def test_linear_log_prob_hints(answer, hint):
    refused(checks.linear_log_prob(answer), hint)


def normal(z):
    return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)


def reverse_euler(rates, x, steps, start=1.0, end=0.0):
    """Euler, khác với bộ giải mẫu: lời giải đúng không bị buộc vào một phương pháp."""
    h, total = (end - start) / steps, torch.zeros(len(x))
    for k in range(steps):
        u, divergence = rates(start + k * h, x)
        x, total = x + h * u, total + h * divergence
    return x, total


@pytest.mark.equation("eq-augmented-ode")
@pytest.mark.equation("eq-cnf-log-prob")
def test_log_prob_accepts_every_solver_and_style():
    def by_euler(rates, x, steps):
        z, total = reverse_euler(rates, x, steps)
        return normal(z) + total

    def by_clock_reversal(rates, x, steps):
        """Đổi dấu trường, đồng hồ 1 − t, rồi trừ: cùng một phép tính, viết cách khác."""
        h, total = 1 / steps, 0
        for k in range(steps):
            u, divergence = rates(1 - k * h, x)
            x, total = x - h * u, total + h * divergence
        return normal(x) - total

    assert checks.log_prob(by_euler)
    assert checks.log_prob(by_clock_reversal)


def test_the_divergence_of_the_exercise_is_the_trace():
    x = torch.randn(20, 2, dtype=DOUBLE, generator=torch.Generator().manual_seed(0))
    for t in (0.0, 0.4, 1.0):
        jacobian = torch.func.vmap(
            torch.func.jacrev(lambda one, t=t: instantaneous_change._rates(t, one[None])[0][0])
        )(x)
        trace = jacobian.diagonal(dim1=1, dim2=2).sum(1)
        torch.testing.assert_close(instantaneous_change._rates(t, x)[1], trace)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda z, total, x: normal(z), "chưa phải log mật độ"),
        (lambda z, total, x: normal(z) - total, "đã mang dấu"),
        (lambda z, total, x: normal(x) + total, "không phải tại x"),
        (lambda z, total, x: total, "còn phải cộng"),
        (lambda z, total, x: -0.5 * z.square().sum(1) + total, "quên hằng số"),
        (lambda z, total, x: (normal(z) + total).exp(), "đề hỏi log"),
        (lambda z, total, x: normal(z) + total + math.log(2 * math.pi) / 2, "nhân với d"),
        (lambda z, total, x: (normal(z) + total).mean(), "trung bình cả lô"),
        (lambda z, total, x: -(normal(z) + total), "đối log hợp lý"),
    ],
)
def test_log_prob_hints(wrong, hint):
    def answer(rates, x, steps):
        return wrong(*reverse_euler(rates, x, steps), x)

    refused(checks.log_prob(answer), hint)


def test_log_prob_hints_about_time():
    def forward(sign):
        def answer(rates, x, steps):
            z, total = reverse_euler(rates, x, steps, 0.0, 1.0)
            return normal(z) + sign * total

        return answer

    refused(checks.log_prob(forward(-1)), "từ 0 đến 1")
    refused(checks.log_prob(forward(1)), "từ 0 đến 1")

    def both_flipped(rates, x, steps):
        flipped = lambda t, x: (-rates(t, x)[0], rates(t, x)[1])  # noqa: E731
        z, total = reverse_euler(flipped, x, steps)
        return normal(z) + total

    refused(checks.log_prob(both_flipped), "đổi dấu cả trường")

    def wrong_clock(rates, x, steps):
        z, total = reverse_euler(lambda t, x: rates(1 - t, x), x, steps)
        return normal(z) + total

    refused(checks.log_prob(wrong_clock), "Đồng hồ sai")

    def minus_field(rates, x, steps):
        flipped = lambda t, x: (-rates(t, x)[0], rates(t, x)[1])  # noqa: E731
        z, total = reverse_euler(flipped, x, steps, 0.0, 1.0)
        return normal(z) - total

    refused(checks.log_prob(minus_field), "Đồng hồ sai")


def network(w1, c1, w2, c2, w3, x):
    return torch.tanh(torch.tanh(x @ w1.T + c1) @ w2.T + c2) @ w3.T


def trace_by_autograd(*weights_and_x):
    *weights, x = weights_and_x
    jacobian = torch.func.vmap(torch.func.jacrev(lambda one: network(*weights, one)))(x)
    return jacobian.diagonal(dim1=1, dim2=2).sum(1)


@pytest.mark.equation("eq-mlp-divergence")
def test_mlp_divergence_accepts_autograd_and_einsum():
    def einsum(w1, c1, w2, c2, w3, x):
        y1 = torch.tanh(x @ w1.T + c1)
        y2 = torch.tanh(y1 @ w2.T + c2)
        return torch.einsum("nk,kj,ji,ik,nj->n", 1 - y2**2, w2, w1, w3, 1 - y1**2)

    assert checks.mlp_divergence(trace_by_autograd)
    assert checks.mlp_divergence(einsum)


def slip(name):
    def answer(w1, c1, w2, c2, w3, x):
        y1 = torch.tanh(x @ w1.T + c1)
        y2 = torch.tanh(y1 @ w2.T + c2)
        d1, d2 = 1 - y1**2, 1 - y2**2
        if name == "no biases":
            y1 = torch.tanh(x @ w1.T)
            d1, d2 = 1 - y1**2, 1 - torch.tanh(y1 @ w2.T) ** 2
        if name == "no W1W3":
            return torch.einsum("nk,kj,nj->n", d2, w2, d1)
        if name == "no d1":
            d1 = torch.ones_like(d1)
        if name == "no d2":
            d2 = torch.ones_like(d2)
        if name == "values":
            d1, d2 = y1, y2
        if name == "squares":
            d1, d2 = d1**2, d2**2
        return torch.einsum("nk,kj,ji,ik,nj->n", d2, w2, w1, w3, d1)

    return answer


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (slip("no d1"), "d₁"),
        (slip("no d2"), "d₂"),
        (slip("values"), "giá trị tanh"),
        (slip("squares"), "một lần"),
        (slip("no biases"), "độ lệch"),
        (slip("no W1W3"), "Thiếu W₁W₃"),
        (lambda *a: trace_by_autograd(*a).sum(), "cộng cả lô"),
        (lambda *a: trace_by_autograd(*a).mean(), "trung bình cả lô"),
        (lambda *a: trace_by_autograd(*a)[:, None], "(n, 1)"),
        (lambda *a: -trace_by_autograd(*a), "Dấu ngược"),
        (lambda *a: torch.linalg.det(instantaneous_change._jacobian(*a)), "định thức của J"),
        (
            lambda *a: (
                torch.linalg.slogdet(
                    torch.eye(a[4].shape[0]) + instantaneous_change._jacobian(*a)
                ).logabsdet
            ),
            "log det(I + J)",
        ),
        (lambda *a: instantaneous_change._jacobian(*a).sum((1, 2)), "mọi phần tử"),
    ],
)
def test_mlp_divergence_hints(wrong, hint):
    refused(checks.mlp_divergence(wrong), hint)


@pytest.mark.equation("eq-rk-order")
def test_evaluations_by_counting_calls_of_torchdiffeq():
    from torchdiffeq import odeint

    counts = []
    settings = (("euler", {}), ("rk4", {"step_size": 1 / 4}), ("midpoint", {"step_size": 1 / 16}))
    for method, options in settings:
        calls = []

        def field(t, x, calls=calls):
            calls.append(t)
            return -x

        odeint(field, torch.ones(1), torch.tensor([0.0, 1.0]), method=method, options=options)
        counts.append(len(calls))
    assert checks.evaluations(counts)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((2, 16, 32), "Hai thời điểm"),
        ((100, 16, 32), "mặc định"),
        ((0, 16, 32), "hỏi trường một lần"),
        ((1, 4, 32), "bốn lần"),
        ((1, 20, 32), "không phải 5"),
        ((1, 5, 32), "4 bước × 4 lần"),
        ((1, 16, 17), "không dùng lại"),
        ((1, 16, 16), "hai lần"),
        ((1, 16, 64), "không phải bốn"),
        ((1, 16, 48), "không phải ba"),
        ((1, 16, 33), "ở cuối"),
    ],
)
def test_evaluations_hints(answer, hint):
    refused(checks.evaluations(answer), hint)


@pytest.mark.equation("eq-adjoint")
@pytest.mark.equation("eq-adjoint-parameters")
def test_adjoint_against_autograd():
    start, rate = (torch.tensor(v, dtype=DOUBLE, requires_grad=True) for v in (3.0, 0.4))
    (start * rate.exp()).backward()
    assert checks.adjoint((start.grad, rate.grad))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((4.4755, 1.4918), "ngược chỗ"),
        ((1.4918, 1.4918), "không phải 1"),
        ((1.4918, 1.7902), "Thừa một thừa số θ"),
        ((1.4918, 0.5967), "∂u/∂θ = x_t"),
        ((0.6703, 4.4755), "đi lùi từ a(1)"),
        ((1, 4.4755), "Đó là a(1)"),
        ((0.4, 4.4755), "Đó là ∂u/∂x"),
        ((3, 4.4755), "Đó là x₀"),
        ((0.5967, 4.4755), "chỉ là e^θ"),
        ((6.6766, 20.03), "không phải ½x₁²"),
        ((4.4755, 4.4755), "Đó là L"),
        ((1.4918, 3), "e^{θ(1−t)}"),
        ((1.4918, -4.4755), "Dấu ngược"),
        ((1.4918, 3.6887), "quên nhân với a(t)"),
        ((1.4918, 1.2296), "quên nhân với ∂u/∂θ"),
    ],
)
def test_adjoint_hints(answer, hint):
    refused(checks.adjoint(answer), hint)


# --- Ví dụ tính tay và bài tập của trang --------------------------------------------------------


def test_hand_example_of_the_page():
    """log p(2, ½) của B = diag(½, −1), và bốn con số sai đi kèm."""
    text = PAGE.read_text(encoding="utf-8")
    x, rates = np.array([2.0, 0.5]), np.array([0.5, -1.0])

    def log_normal(z):
        return -math.log(2 * math.pi) - 0.5 * np.sum(z**2)

    z = x * np.exp(-rates)
    values = (*z, log_normal(z), log_normal(z) + 0.5, log_normal(z) - 0.5, log_normal(x) + 0.5)
    for value in values:
        assert f"{value:.4f}" in text
    assert f"{1.6484375**2:.6f}" in text
    assert f"{1.625**2:.6f}" in text
    for value in (2 * math.exp(-0.5), 4 * math.e):
        assert f"{value:.3f}" in text
    for value in (2 * math.exp(0.5), 2 * math.e):
        assert f"{value:.4f}" in text


def test_exercises_of_the_page():
    # ct-bt-slope: s·exp(m²/2s²), và log của nó
    assert math.log(0.5 * math.exp(8)) == pytest.approx(7.31, abs=5e-3)
    # ct-bt-flip: c² + 2c − 1 = 0
    c = math.sqrt(2) - 1
    x = np.linspace(-1, 1, 2_000_001)
    error = np.mean((np.maximum(x, c) - np.abs(x)) ** 2)
    assert error == pytest.approx(0.0572, abs=5e-5)
    for shift in (-0.01, 0.01):
        assert np.mean((np.maximum(x, c + shift) - np.abs(x)) ** 2) > error
    # ct-bt-sign
    assert -0.5 * math.log(2 * math.pi) - 0.5 - 1 == pytest.approx(-2.4189, abs=5e-5)
    assert 1 - 3 / math.e == pytest.approx(-0.104, abs=5e-4)
    # ct-bt-divergence
    w1, w2, w3 = (torch.tensor(v) for v in ([[1.0, 2.0]], [[3.0]], [[0.5], [-1.0]]))
    bias = torch.zeros(1)
    points = torch.tensor([[0.0, 0.0], [1.0, -0.5], [0.3, 0.7]])
    trace = trace_by_autograd(w1, bias, w2, bias, w3, points)
    torch.testing.assert_close(trace[:2], torch.tensor([-4.5, -4.5]))
    solenoidal = trace_by_autograd(w1, bias, w2, bias, torch.tensor([[2.0], [-1.0]]), points)
    torch.testing.assert_close(solenoidal, torch.zeros(3))
    # ct-bt-order
    w = -5.0
    assert 1 + w + w**2 / 2 + w**3 / 6 + w**4 / 24 == pytest.approx(13.7, abs=0.05)
    assert math.log2(3.2e-4 / 2.1e-5) == pytest.approx(3.93, abs=5e-3)
    assert math.ceil(16 * 2100**0.25) == 109
    # ct-bt-euler-mass
    mass = {k: math.exp(2) * (1 + 2 / k) ** -k for k in (199, 200)}
    assert mass[199] > 1.01 > mass[200]


@pytest.mark.equation("eq-continuity")
def test_continuity_exercise():
    """∂p/∂t + ∂(xp)/∂x = 0 cho p_t = N(0, e^{2t}); phương trình vận chuyển có khối lượng e^t."""

    def density(x, t):
        return torch.exp(-0.5 * (x * torch.exp(-t)) ** 2 - t) / math.sqrt(2 * math.pi)

    x = torch.linspace(-4, 4, 101, dtype=DOUBLE).requires_grad_()
    t = torch.full_like(x, 0.6).requires_grad_()
    dt = torch.autograd.grad(density(x, t).sum(), t)[0]
    flux = torch.autograd.grad((x * density(x, t)).sum(), x)[0]
    assert (dt + flux).abs().max() < 1e-14
    grid = torch.linspace(-40, 40, 80_001, dtype=DOUBLE)
    carried = torch.exp(-0.5 * (grid * math.exp(-0.6)) ** 2) / math.sqrt(2 * math.pi)
    assert float(torch.trapezoid(carried, grid)) == pytest.approx(math.exp(0.6), abs=1e-9)
