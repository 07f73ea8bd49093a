"""Lặp điểm bất động: số vòng, hệ số co, và hai cách nó hỏng khi thiếu điều kiện Lipschitz."""

import itertools
import math

import pytest
import torch

from course_utils.errors import InputError
from course_utils.flows import fixed_point_inverse, lipschitz_mlp
from course_utils.flows.log_det import newton_inverse, newton_step


@pytest.mark.equation("eq-fixed-point")
@pytest.mark.parametrize("contraction", [0.3, 0.9, -0.9])
def test_iterations_of_a_linear_contraction(contraction):
    # g(x) = Lx, x₀ = y: bước thứ k dài |L|ᵏ|y|; dừng ở k đầu tiên mà bước ≤ tol·(1 + |x|).
    y = torch.ones(1, 1, dtype=torch.float64)
    x, iterations = fixed_point_inverse(lambda x: contraction * x, y, tol=1e-6)
    root = 1 / (1 + contraction)
    predicted = math.log(1e-6 * (1 + root)) / math.log(abs(contraction))
    assert abs(iterations - predicted) <= 1
    size = abs(contraction)
    assert abs(x.item() - root) <= size / (1 - size) * 1e-6 * (1 + root) * (1 + 1e-6)


@pytest.mark.equation("eq-fixed-point")
def test_steps_contract_at_the_lipschitz_rate():
    net = lipschitz_mlp(3, (3,), 3, 0.9).double().eval()
    y = 3 * torch.randn(500, 3, dtype=torch.float64)
    x, steps = y, []
    for _ in range(30):
        new = y - net(x)
        steps.append((new - x).norm(dim=1))
        x = new
    for a, b in itertools.pairwise(steps):
        assert (b <= 0.9 * a + 1e-14).all()
    root, _ = fixed_point_inverse(net, y, tol=1e-13)
    torch.testing.assert_close(root + net(root), y, rtol=0, atol=1e-11)


@pytest.mark.equation("eq-fixed-point")
@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("hidden", [(8,), (8, 8)])
def test_newton_finds_what_the_fixed_point_finds(dim, hidden):
    torch.manual_seed(dim)
    net = lipschitz_mlp(dim, hidden, dim, 0.97).double().eval()
    with torch.no_grad():  # vượt cận, nên mỗi tầng đúng bằng cận
        for p in net.parameters():
            p.add_(torch.randn_like(p))
    y = 3 * torch.randn(500, dim, dtype=torch.float64)
    root, _ = fixed_point_inverse(net, y, tol=1e-14)
    # Mạng biết Jacobian của mình, và một hàm bất kỳ.
    for g in (net, lambda x: net(x)):
        torch.testing.assert_close(newton_inverse(g, y), root, rtol=0, atol=1e-11)


@pytest.mark.equation("eq-fixed-point")
def test_newton_that_wanders_starts_again_from_the_fixed_point():
    def g(x):
        return 5 - 0.97 * x + 1.94 * torch.tanh(x)

    # x + g(x) dốc 1.97 quanh nghiệm, 0.03 ở xa: Newton xuất phát từ y nhảy giữa −65 và 65 mãi.
    y = torch.linspace(4, 6, 101, dtype=torch.float64)[:, None]
    x = y
    with torch.no_grad():
        for _ in range(8):
            x = newton_step(g, y, x)
    assert (x + g(x) - y).abs().max() > 1
    x = newton_inverse(g, y)
    assert (x + g(x) - y).abs().max() < 1e-13 * (1 + x.abs().max())
    with pytest.raises(InputError, match="còn 1 trên 1 điểm"):
        newton_inverse(g, torch.tensor([[1.0], [math.nan]]))


def test_without_contraction_the_iteration_says_so():
    # x + 3tanh x đơn điệu nên khả nghịch, nhưng phép lặp x ← y − 3tanh x nhảy qua lại mãi.
    with pytest.raises(InputError, match="chưa hội tụ"):
        fixed_point_inverse(lambda x: 3 * torch.tanh(x), torch.full((4, 1), 0.05), max_iter=200)
    with pytest.raises(InputError, match="còn 1 trên 2 điểm"):
        fixed_point_inverse(lambda x: 0.5 * x, torch.tensor([[1.0], [math.nan]]), max_iter=100)


@pytest.mark.equation("eq-fixed-point")
def test_without_the_condition_one_of_three_roots_comes_back():
    # x − 1.5·tanh x = 0.05 có ba nghiệm; phép lặp trả một nghiệm tùy chỗ xuất phát, không báo gì.
    xs = torch.linspace(-3, 3, 60_001, dtype=torch.float64)
    y = xs - 1.5 * torch.tanh(xs) - 0.05
    assert (y[:-1] * y[1:] < 0).sum() == 3
    y = torch.full((1, 1), 0.05, dtype=torch.float64)
    x, _ = fixed_point_inverse(lambda x: -1.5 * torch.tanh(x), y)
    assert (x - 1.5 * torch.tanh(x) - y).abs() < 1e-5
