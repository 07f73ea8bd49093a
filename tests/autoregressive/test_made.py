"""MADE: mặt nạ đúng, không rò rỉ với mọi thứ tự, và không bỏ sót phụ thuộc nào."""

import itertools

import pytest
import torch

from course_utils.autoregressive import MADE, MaskedMLP, made_masks
from course_utils.errors import InputError

ORDERS = [None, (4, 3, 2, 1, 0), (2, 0, 4, 1, 3), (1, 4, 0, 3, 2)]


@pytest.mark.equation("eq-made-mask")
@pytest.mark.parametrize("order", ORDERS)
def test_masks_follow_the_rule_of_degrees(order):
    """Viết lại quy tắc bằng vòng lặp: tầng ẩn ≥, tầng ra >."""
    masks = made_masks(5, (8, 9), outputs=3, order=order)
    rank = {variable: k + 1 for k, variable in enumerate(order or range(5))}
    degrees = [[rank[i] for i in range(5)]]
    for mask in masks[:-1]:
        # Bậc của nút ẩn đọc được từ mặt nạ: nó nhận từ mọi nút vào bậc ≤ nó.
        reach = [max(d for d, m in zip(degrees[-1], row, strict=True) if m) for row in mask]
        assert set(reach) == {1, 2, 3, 4}
        for m, row in zip(reach, mask, strict=True):
            assert row.tolist() == [float(m >= d) for d in degrees[-1]]
        degrees.append(reach)
    for i, row in enumerate(masks[-1]):
        assert row.tolist() == [float(rank[i // 3] > d) for d in degrees[-1]]


@pytest.mark.equation("eq-made-mask")
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("hidden", [(4,), (16, 16), (7, 4, 9)])
def test_jacobian_is_strictly_triangular_and_full_below(randomize, order, hidden):
    """Đầu ra của biến sinh thứ k phụ thuộc vào mọi biến sinh trước nó, và chỉ vào chúng."""
    rank = torch.empty(5, dtype=torch.long)
    rank[list(order or range(5))] = torch.arange(5)
    expected = rank[:, None] > rank
    net = MaskedMLP(5, hidden, outputs=2, order=order)
    assert torch.equal(net.dependencies() > 0, expected)
    # Trọng số và đầu vào dương: mọi nút ReLU đều mở, mọi đường đi đều góp phần dương.
    for seed, positive in [(0, False), (1, False), (2, True)]:
        randomize(net, seed)
        if positive:
            for parameter in net.parameters():
                parameter.data.abs_()
        x = torch.rand(20, 5, dtype=torch.float64, requires_grad=True)
        for i in range(5):
            gradient = torch.autograd.grad(net(x)[:, i].sum(), x)[0]
            assert not gradient[:, ~expected[i]].any()
            if positive:
                assert (gradient[:, expected[i]] > 0).all()


@pytest.mark.equation("eq-chain-rule")
@pytest.mark.parametrize("order", [None, (2, 0, 3, 1)])
def test_conditionals_multiply_to_the_joint(randomize, order):
    """p(x_k | trước) đọc từ bảng đồng thời bằng đúng điều kiện mà mạng cho ra."""
    model = randomize(MADE(4, levels=3, order=order), gain=2.0)
    states = torch.tensor(list(itertools.product(range(3), repeat=4)))
    joint = model.log_prob(states).exp().view(3, 3, 3, 3).permute(model.order)
    conditionals = model.log_conditionals(states).exp()
    before = torch.ones(())
    for k, variable in enumerate(model.order):
        marginal = joint.flatten(k + 1).sum(-1) if k < 3 else joint
        conditional = marginal / before.unsqueeze(-1)
        picked = conditional[tuple(states[:, v] for v in model.order[: k + 1])]
        torch.testing.assert_close(conditionals[:, variable], picked, rtol=1e-10, atol=1e-12)
        before = marginal


@pytest.mark.equation("eq-made-mask")
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("hidden", [(), (5,), (16, 11)])
def test_context_reaches_every_output_and_leaks_nothing(order, hidden):
    """Ngữ cảnh là những nút vào bậc 0: mọi đầu ra thấy nó; giữa các biến thì như cũ."""
    with_context = MaskedMLP(5, hidden, outputs=2, order=order, context_dim=3)
    assert torch.equal(with_context.dependencies(), MaskedMLP(5, (4,), 2, order).dependencies())
    paths = torch.eye(8)
    for mask in with_context.masks:
        paths = mask @ paths
    assert (paths[:, :3] > 0).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_dependencies_do_not_care_about_the_dtype(dtype):
    net = MaskedMLP(5, (7, 6), outputs=2, context_dim=3)
    expected = net.dependencies()
    assert torch.equal(net.to(dtype).dependencies(), expected)


def test_one_variable_is_a_table(randomize):
    model = randomize(MADE(1, levels=4, hidden=(3,)))
    p = model.log_prob(torch.arange(4).view(4, 1)).exp()
    torch.testing.assert_close(p.sum(), torch.ones((), dtype=torch.float64))
    assert p.std() > 0.01


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MADE(0), "`dim` = 0"),
        (lambda: MADE(4, order=(0, 1, 1, 2)), "không phải một thứ tự của 4 biến"),
        (lambda: MADE(9, hidden=(5,)), "rộng 5 không đủ cho 9 biến.*ít nhất 8"),
        (lambda: MADE(4, levels=1), "ít nhất 2 giá trị"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
