"""Bộ giải: nghiệm đúng, bậc hội tụ, gradient hai cách, bộ nhớ, và những lần phải dừng."""

import itertools
import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.flows import Solver
from course_utils.flows.ode import ADAPTIVE, FIXED_STEP

A = torch.tensor([[0.3, -1.0], [1.5, -0.4]], dtype=torch.float64)
X = torch.tensor([[1.0, 0.5], [-0.2, 2.0], [0.0, -1.0]], dtype=torch.float64)
ORDERS = {"euler": 1, "midpoint": 2, "rk4": 4}


def linear(t, state):
    """ẋ = Ax, và ∫ tr A."""
    x, _ = state
    return x @ A.T, A.trace().expand(len(x))


def solve(solver, times=(0.0, 1.0), x=X, rates=linear):
    (path, log_det), nfe = solver(rates, (x, x.new_zeros(len(x))), times)
    return path, log_det, nfe


# --- Nghiệm đúng ----------------------------------------------------------------------------------


@pytest.mark.equation("eq-linear-cnf")
@pytest.mark.parametrize("method", FIXED_STEP)
@pytest.mark.parametrize("steps", [1, 3, 8])
def test_a_fixed_step_on_a_linear_field_is_the_taylor_polynomial(method, steps):
    # Bậc p với p hay 4 lần gọi: một bước nhân x với Σ_{k≤p} (hA)^k/k!.
    h = A / steps
    terms = [torch.linalg.matrix_power(h, k) / math.factorial(k) for k in range(ORDERS[method] + 1)]
    expected = X @ torch.linalg.matrix_power(sum(terms), steps).T
    path, log_det, nfe = solve(Solver(method, steps))
    torch.testing.assert_close(path[-1], expected)
    torch.testing.assert_close(log_det[-1], A.trace().expand(3))
    assert nfe == steps * FIXED_STEP[method]


@pytest.mark.equation("eq-linear-cnf")
@pytest.mark.parametrize("times", [(0.0, 1.0), (1.0, 0.0), (0.2, 0.9)])
@pytest.mark.parametrize("method", ADAPTIVE)
def test_an_adaptive_solver_on_a_linear_field_is_the_matrix_exponential(method, times):
    tol = 1e-6
    path, log_det, nfe = solve(Solver(method, rtol=tol, atol=tol), times)
    span = times[1] - times[0]
    expected = X @ torch.linalg.matrix_exp(span * A).T
    # Mỗi bước sai không quá tol(1 + |x|) theo căn bậc hai trung bình trên 6 tọa độ, rồi được
    # khuếch đại nhiều nhất e^{‖A‖}; số bước không quá số lần gọi.
    stretch = math.exp(abs(span) * torch.linalg.matrix_norm(A, 2).item())
    bound = nfe * tol * (1 + stretch * X.abs().max()) * 6**0.5 * stretch
    assert (path[-1] - expected).abs().max() <= bound
    assert (path[-1] - expected).abs().max() <= 1e-3
    torch.testing.assert_close(log_det[-1], (span * A.trace()).expand(3))


@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("times", [(0.0, 1.0), (1.0, 0.0), (0.0, 0.3, 0.35, 1.0)])
def test_dopri8_keeps_its_tolerance_at_every_time(times, adjoint):
    # Phép quay giữ nguyên độ dài, nên sai số các bước chỉ cộng lại: mỗi bước không quá
    # tol(1 + |x|) theo căn bậc hai trung bình trên 6 tọa độ, số bước không quá số lần gọi. Nội suy
    # giữa hai mốc của torchdiffeq vượt chặn rộng rãi này sáu lần.
    tol = 1e-10
    turn = 2 * math.pi * torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
    solver = Solver("dopri8", rtol=tol, atol=tol, adjoint=adjoint)
    x = X.clone().requires_grad_()
    (path,), nfe = solver(lambda t, s: (s[0] @ turn.T,), (x,), times)
    bound = nfe * tol * (1 + X.norm(dim=1).max()) * 6**0.5
    for t, state in zip(times, path, strict=True):
        expected = X @ torch.linalg.matrix_exp((t - times[0]) * turn).T
        assert (state - expected).abs().max() <= bound
    gradient = torch.autograd.grad(path[-1].square().sum() / 2, x)[0]  # = x, vì |x(1)| = |x(0)|
    assert (gradient - X).abs().max() <= 4 * bound  # lượt về: quỹ đạo và biến liên hợp


@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("method", ["rk4", "dopri5"])
def test_a_state_of_one_part_takes_the_same_steps_alone(method, adjoint):
    """Một thành phần đi đường tắt, không ghép trạng thái; thêm một thành phần bằng 0 thì không."""
    solver = Solver(method, adjoint=adjoint)
    (alone,), nfe = solver(lambda t, state: (state[0] @ A.T,), (X,), (0.0, 1.0))
    (both, _), same = solver(
        lambda t, state: (state[0] @ A.T, 0 * state[1]), (X, X.new_zeros(3)), (0.0, 1.0)
    )
    assert torch.equal(alone, both)
    assert nfe == same


@pytest.mark.equation("eq-rk-order")
@pytest.mark.parametrize("method", ORDERS)
def test_orders(method):
    # ẋ = x·cos 2t + sin x·t không có dạng tuyến tính: bậc phải đúng cả theo t lẫn theo x.
    def rates(t, state):
        return (state[0] * torch.cos(2 * t) + torch.sin(state[0]) * t,)

    x = torch.tensor([[0.7], [-1.2]], dtype=torch.float64)
    reference = Solver("rk4", 1024)(rates, (x,), (0.0, 1.0))[0][0][-1]
    errors = [
        (Solver(method, k)(rates, (x,), (0.0, 1.0))[0][0][-1] - reference).norm().item()
        for k in (16, 32, 64)
    ]
    coarse, fine = (math.log2(a / b) for a, b in itertools.pairwise(errors))
    # Độ dốc là p + O(h): đoạn còn thiếu sau khi chia đôi h bằng đúng đoạn vừa đi được.
    assert abs(fine - ORDERS[method]) <= 2 * abs(coarse - fine)
    assert abs(coarse - fine) < 0.1


def test_a_nonlinear_time_dependent_solution():
    # ẋ = x·cos 2t có nghiệm x(0)·exp(½ sin 2t).
    times = [0.0, 0.25, 0.5, 1.0]
    state, _ = Solver(rtol=1e-9, atol=1e-9)(
        lambda t, s: (s[0] * torch.cos(2 * t),), (X,), torch.tensor(times)
    )
    for t, x in zip(times, state[0], strict=True):
        torch.testing.assert_close(x, X * math.exp(math.sin(2 * t) / 2), rtol=1e-6, atol=1e-6)


# --- Lưới thời gian và cách đếm -------------------------------------------------------------------


@pytest.mark.parametrize("times", [(0.0, 1.0), (1.0, 0.0), (0.0, 0.7), (0.9, 0.2)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_steps_are_counted_exactly(times, dtype):
    for method, steps in itertools.product(FIXED_STEP, (1, 3, 7)):
        path, log_det, nfe = solve(
            Solver(method, steps), times, X.to(dtype), lambda t, s: (s[0], s[1])
        )
        assert nfe == steps * FIXED_STEP[method]
        assert path.dtype == log_det.dtype == dtype


def test_asking_for_more_times_changes_nothing():
    euler = Solver("euler", 4)
    path, _, nfe = solve(euler, (0.0, 0.125, 0.5, 1.0))
    one = X + X @ A.T / 4
    torch.testing.assert_close(path[1], (X + one) / 2)  # giữa hai mốc: nội suy tuyến tính
    torch.testing.assert_close(path[2], one + one @ A.T / 4)  # đúng mốc thứ hai
    torch.testing.assert_close(path[3], solve(euler)[0][-1])
    assert torch.equal(path[0], X)
    assert nfe == 4


@pytest.mark.parametrize("method", [*FIXED_STEP, *ADAPTIVE])
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradient(method, mode):
    solver = Solver(method, rtol=1e-4, atol=1e-4)
    expected = solve(solver)[0]
    with mode():
        path = solve(solver)[0]
    assert not path.requires_grad
    torch.testing.assert_close(path.clone(), expected)


# --- Hai cách lấy gradient ------------------------------------------------------------------------


def gradients(solver, x, a):
    """Gradient của Σ sin x(1) + log det theo x(0) và theo A, với ẋ = tanh(Ax)."""

    def rates(t, state):
        y = torch.tanh(state[0] @ a.T)
        return y, (1 - y.square()) @ a.diagonal()

    (path, log_det), nfe = solver(rates, (x, x.new_zeros(len(x))), (0.0, 1.0), [a])
    loss = path[-1].sin().sum() + log_det[-1].sum()
    return torch.autograd.grad(loss, [x, a]), nfe


@pytest.mark.equation("eq-adjoint")
@pytest.mark.equation("eq-adjoint-parameters")
@pytest.mark.parametrize("method", ["dopri5", "rk4"])
def test_adjoint_gradient_is_the_backpropagated_one(method):
    # Hai lời giải rời rạc khác nhau của cùng một gradient: sai khác cỡ dung sai (dopri5), hay
    # (1/64)⁴ ≈ 6e-8 (rk4).
    x, a = X.clone().requires_grad_(), A.clone().requires_grad_()
    settings = {"method": method, "steps": 64, "rtol": 1e-9, "atol": 1e-9}
    backprop, nfe = gradients(Solver(**settings), x, a)
    adjoint, nfe_adjoint = gradients(Solver(**settings, adjoint=True), x, a)
    assert nfe == nfe_adjoint  # lượt về không được đếm
    gradients(Solver("rk4", 4, adjoint=True, max_nfe=16), x, a)  # và có ngân sách riêng
    for one, other in zip(backprop, adjoint, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)


@pytest.mark.equation("eq-adjoint")
def test_adjoint_of_a_linear_field():
    # L = wᵀx(1): dL/dx(0) = e^{Aᵀ}w, và a(t) = e^{Aᵀ(1−t)}w.
    w = torch.tensor([1.0, -2.0], dtype=torch.float64)
    x = X.clone().requires_grad_()
    path, _ = Solver(rtol=1e-10, atol=1e-10, adjoint=True)(
        lambda t, s: (s[0] @ A.T,), (x,), (0.0, 1.0)
    )
    gradient = torch.autograd.grad((path[0][-1] @ w).sum(), x)[0]
    expected = torch.linalg.matrix_exp(A.T) @ w
    torch.testing.assert_close(gradient, expected.expand(3, 2), rtol=1e-7, atol=1e-7)


def saved_bytes(steps, adjoint):
    """Số byte mà đồ thị giữ lại cho lượt về."""
    total = 0

    def pack(tensor):
        nonlocal total
        total += tensor.numel() * tensor.element_size()
        return tensor

    x, a = X.clone().requires_grad_(), A.clone().requires_grad_()

    def rates(t, state):
        return (torch.tanh(state[0] @ a.T),)

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        Solver("rk4", steps, adjoint=adjoint)(rates, (x,), (0.0, 1.0), [a])
    return total


@pytest.mark.equation("eq-adjoint")
def test_memory_of_the_graph():
    sizes = [saved_bytes(k, adjoint=False) for k in (8, 16, 32, 64)]
    growth = [b - a for a, b in itertools.pairwise(sizes)]
    assert growth[0] > 8 * X.numel() * 8  # ít nhất một trạng thái mỗi bước
    assert growth[1:] == [2 * growth[0], 4 * growth[0]]  # tuyến tính đúng đến từng byte
    assert len({saved_bytes(k, adjoint=True) for k in (8, 16, 32, 64)}) == 1


# --- Những lần phải dừng --------------------------------------------------------------------------


def test_stops_after_max_nfe():
    calls = 0

    def noisy(t, state):  # vế phải rút lại ngẫu nhiên ở mỗi lần gọi
        nonlocal calls
        calls += 1
        return (torch.randn_like(state[0]),)

    with pytest.raises(InputError, match=r"gọi trường 300 lần.*max_nfe"):
        Solver(max_nfe=300)(noisy, (X,), (0.0, 1.0))
    assert calls == 300
    _, nfe = Solver("rk4", 4, max_nfe=16)(noisy, (X,), (0.0, 1.0))
    assert nfe == 16
    with pytest.raises(InputError, match="gọi trường 15 lần"):
        Solver("rk4", 4, max_nfe=15)(noisy, (X,), (0.0, 1.0))


def test_stops_where_the_solution_ends():
    # ẋ = x², x(0) = 2: nghiệm 1/(½ − t) ra vô cực ở t = ½.
    start = torch.full((1, 1), 2.0, dtype=torch.float64)
    with pytest.raises(InputError, match=r"gọi trường|dừng giữa đường"):
        Solver()(lambda t, s: (s[0].square(),), (start,), (0.0, 1.0))
    path, _ = Solver(rtol=1e-9, atol=1e-9)(lambda t, s: (s[0].square(),), (start,), (0.0, 0.4))
    assert path[0][-1].item() == pytest.approx(10, rel=1e-5)


def test_stops_at_nan():
    with pytest.raises(InputError, match="vô cực hay NaN"):
        Solver()(lambda t, s: (s[0] * float("nan"),), (X,), (0.0, 1.0))


@pytest.mark.equation("eq-gronwall")
@pytest.mark.parametrize(("rate", "recovered"), [(1.0, True), (5.0, True), (20.0, False)])
def test_a_contraction_cannot_be_run_backwards(rate, recovered):
    # ż = −λz co lại e^λ lần; đi ngược, mọi sai số được khuếch đại e^λ lần.
    solver = Solver()
    z = torch.ones(1, 1)

    def rates(t, state):
        return (-rate * state[0],)

    x = solver(rates, (z,), (0.0, 1.0))[0][0][-1]
    (back,), nfe = solver(rates, (x,), (1.0, 0.0))
    error = (back[-1] - z).abs().item()
    # dung sai tuyệt đối 1e-5 ở mỗi bước xuôi, khuếch đại e^λ khi đi ngược; λ = 20 thì e^λ ≈ 5e8
    assert (error <= nfe * 1e-5 * math.exp(rate)) if recovered else (error > 0.1)


# --- Đầu vào --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Solver("rk45"), "bộ giải tên 'rk45'.*dopri5"),
        (lambda: Solver("euler", 0), "steps ≥ 1"),
        (lambda: Solver("rk4", 4.5), "nguyên"),
        (lambda: Solver(rtol=0.0), "rtol > 0"),
        (lambda: Solver(atol=-1.0), "atol ≥ 0"),
        (lambda: Solver(max_nfe=0), "max_nfe ≥ 1"),
        (lambda: solve(Solver(), (0.0,)), "hai thời điểm trở lên"),
        (lambda: solve(Solver(), (0.0, 0.0)), "luôn tăng hoặc luôn giảm"),
        (lambda: solve(Solver("rk4"), (0.0, 1.0, 0.5)), "luôn tăng hoặc luôn giảm"),
    ],
)
def test_bad_input_is_refused_in_vietnamese(call, message):
    with pytest.raises(InputError, match=message):
        call()
