"""Mỗi bộ chấm của sổ «Luồng ghép cặp»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import torch

from course_utils.checks import affine_layer
from course_utils.checks import coupling_flows as checks

PAGE = Path(__file__).resolve().parents[2] / "book" / "coupling_flows.md"


@pytest.mark.parametrize(
    "check",
    [
        checks.lower_left_block,
        checks.composite_layer,
        checks.unpermuted_floor,
        checks.affine_inverse,
        checks.overflow,
        checks.conv1x1_log_det,
        checks.bits_per_dim,
        checks.reaches_every_coordinate,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.equation("eq-coupling-jacobian")
def test_lower_left_block_against_autograd():
    def layer(z):
        return torch.stack([z[0], torch.exp(torch.tanh(z[0])) * z[1] + z[0] ** 2])

    jacobian = torch.func.jacrev(layer)(torch.tensor([0.5, 2.0], dtype=torch.float64))
    log_det = torch.linalg.slogdet(jacobian).logabsdet
    assert checks.lower_left_block((jacobian[1, 0], log_det))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1.0, 0.4621), "đạo hàm của m"),
        ((2.5729, 0.4621), "quên nhân e"),
        ((3.4969, 3.9590), "Khối dưới bên trái"),
        ((3.4969, 1.5874), "det J"),
        ((3.4969, -0.4621), "Dấu ngược"),
        ((2.4969, 0.4621), "quên đạo hàm của m"),
        ((2.2484, 0.4621), "thừa số z₂"),
        ((0.4621, 3.4969), "ngược chỗ"),
    ],
)
def test_lower_left_block_hints(answer, hint):
    report = checks.lower_left_block(answer)
    assert not report
    assert hint in report.message


def test_composite_layer_is_what_two_layers_do():
    shift = math.exp(-0.2) * (math.exp(0.5) * 0 + 1) + 2
    scale = (math.exp(-0.2) * (math.exp(0.5) * 1 + 1) + 2) - shift
    assert checks.composite_layer((math.log(scale), shift))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.3, 3.0), "bị giãn"),
        ((0.3, 4.2974), "đổi thứ tự"),
        ((0.3, 3.6487), "tầng sau giãn nó"),
        ((-0.1, 2.8187), "cộng với nhau"),
        ((1.3499, 2.8187), "log của nó"),
    ],
)
def test_composite_layer_hints(answer, hint):
    report = checks.composite_layer(answer)
    assert not report
    assert hint in report.message


def test_unpermuted_floor_by_quadrature():
    x = torch.linspace(-30, 30, 200_001, dtype=torch.float64)
    data = torch.distributions.Normal(0.0, torch.tensor(2.0, dtype=torch.float64)).log_prob(x)
    base = torch.distributions.Normal(0.0, torch.tensor(1.0, dtype=torch.float64)).log_prob(x)
    cross = -torch.trapezoid(data.exp() * base, x)
    entropy = -torch.trapezoid(data.exp() * data, x)
    assert checks.unpermuted_floor((cross, entropy))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((2.1121, 2.1121), "Đó là entropy"),
        ((0.9189, 2.1121), "quên ½E"),
        ((1.9189, 2.1121), "độ lệch chuẩn"),
        ((4.2111, 3.0471), "bit"),
        ((2.1121, 2.9189), "ngược chỗ"),
        ((8.9189, 2.1121), "đừng bình phương"),
        ((2.9189, 1.4189), "entropy của N(0, 1)"),
        ((2.9189, 2.8052), "thay σ² = 4"),
    ],
)
def test_unpermuted_floor_hints(answer, hint):
    report = checks.unpermuted_floor(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-affine-coupling")
def test_affine_inverse_accepts_a_right_answer():
    def right(x, s, m):
        a, b = x.split(2, dim=1)
        return torch.hstack([a, (b - m(a)) / s(a).exp()]), -s(a).sum(-1)

    assert checks.affine_inverse(right)


def test_affine_inverse_undoes_the_layer():
    x = torch.randn(7, 4, dtype=torch.float64)
    z, log_det = affine_layer._affine_inverse(x, affine_layer._scale, affine_layer._shift)
    a, b = z[:, :2], z[:, 2:]
    again = torch.cat([a, b * affine_layer._scale(a).exp() + affine_layer._shift(a)], 1)
    torch.testing.assert_close(again, x)

    def one(point):
        return affine_layer._affine_inverse(point[None], affine_layer._scale, affine_layer._shift)[
            0
        ][0]

    for point, value in zip(x, log_det, strict=True):
        jacobian = torch.func.jacrev(one)(point)
        torch.testing.assert_close(torch.linalg.slogdet(jacobian).logabsdet, value)


@pytest.mark.parametrize(
    ("z_b", "log_det", "hint"),
    [
        (lambda b, s, m: (b - m) * torch.exp(-s), lambda s: s.sum(1), "−Σs"),
        (lambda b, s, m: (b - m) * torch.exp(-s), lambda s: -s.mean(1), "trung bình"),
        (lambda b, s, m: (b - m) * torch.exp(-s), lambda s: -s.sum(), "điểm trong lô"),
        (lambda b, s, m: b * torch.exp(-s) - m, lambda s: -s.sum(1), "trừ m trước"),
        (lambda b, s, m: (b - m) / s, lambda s: -s.sum(1), "chia cho e"),
        (lambda b, s, m: (b - m) * torch.exp(s), lambda s: -s.sum(1), "Gỡ phép nhân"),
        (lambda b, s, m: b * torch.exp(s) + m, lambda s: s.sum(1), "chiều sinh z → x"),
        (lambda b, s, m: b * torch.exp(s) + m, lambda s: -s.sum(1), "như ở chiều sinh"),
    ],
)
def test_affine_inverse_hints(z_b, log_det, hint):
    def wrong(x, s, m):
        a, b = x[:, :2], x[:, 2:]
        return torch.cat([a, z_b(b, s(a), m(a))], 1), log_det(s(a))

    report = checks.affine_inverse(wrong)
    assert not report
    assert hint in report.message


def test_affine_inverse_that_reads_the_wrong_half():
    def wrong(x, s, m):
        a, b = x[:, :2], x[:, 2:]
        return torch.cat([a, (b - m(b)) * torch.exp(-s(b))], 1), -s(b).sum(1)

    assert "nửa A" in checks.affine_inverse(wrong).message


def test_overflow_is_what_torch_does():
    answer = []
    for dtype in (torch.float32, torch.float16):
        s = torch.arange(200).to(dtype)
        answer.append(int(torch.isinf(s.exp()).nonzero()[0]))
    assert checks.overflow(tuple(answer))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((88, 11), "chưa tràn"),
        ((89, 11), "float16"),
        ((127, 12), "cơ số 2"),
        ((89, 16), "cơ số 2"),
        ((12, 89), "ngược chỗ"),
        ((710, 12), "float64"),
    ],
)
def test_overflow_hints(answer, hint):
    report = checks.overflow(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-conv1x1")
def test_conv1x1_against_the_full_jacobian():
    weight = torch.diag(torch.tensor([1.0, -1.0, 2.0], dtype=torch.float64))

    def layer(z):
        return torch.einsum("ij,jhw->ihw", weight, z.view(3, 4, 4)).flatten()

    jacobian = torch.func.jacrev(layer)(torch.zeros(48, dtype=torch.float64))
    assert checks.conv1x1_log_det(torch.linalg.slogdet(jacobian).logabsdet)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (math.log(2), "một điểm ảnh"),
        (math.nan, "âm"),
        (9 * 16 * math.log(2), "phần tử của W"),
        (3 * 16 * math.log(2), "số kênh"),
        (4 * math.log(2), "không phải 4"),
        (16, "log cơ số 2"),
        (-16 * math.log(2), "Dấu ngược"),
    ],
)
def test_conv1x1_hints(answer, hint):
    report = checks.conv1x1_log_det(answer)
    assert not report
    assert hint in report.message


def test_bits_per_dim_accepts_the_reference():
    from course_utils.evaluation import bits_per_dim

    assert checks.bits_per_dim(bits_per_dim)


def test_bits_per_dim_accepts_numpy_and_float32():
    assert checks.bits_per_dim(lambda n, d, k: n / (d * np.log(2)) + np.log2(k))
    assert checks.bits_per_dim(lambda n, d, k: torch.tensor(n / d) / math.log(2) + math.log2(k))


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda n, d, k: n / d / math.log(2), "quên log₂"),
        (lambda n, d, k: n / d / math.log(2) - math.log2(k), "dấu cộng"),
        (lambda n, d, k: n / math.log(2) + math.log2(k), "số chiều"),
        (lambda n, d, k: n / d + math.log(k), "nat mỗi chiều"),
        (lambda n, d, k: n / d + math.log2(k), "còn là nat"),
        (lambda n, d, k: n / d / math.log(2) + 8, "256 mức"),
        (lambda n, d, k: n / d / math.log(2) + math.log(k), "cơ số 2 của levels"),
        (lambda n, d, k: (n / math.log(2) + math.log2(k)) / d, "Mỗi chiều góp"),
        (lambda n, d, k: -n / d / math.log(2) + math.log2(k), "đổi dấu"),
    ],
)
def test_bits_per_dim_hints(wrong, hint):
    report = checks.bits_per_dim(wrong)
    assert not report
    assert hint in report.message


def test_permutations_accepted():
    reverse, regroup = [3, 2, 1, 0], [0, 2, 1, 3]
    assert checks.reaches_every_coordinate([reverse, reverse, reverse])
    assert checks.reaches_every_coordinate([reverse, regroup, reverse, regroup])


@pytest.mark.parametrize(
    ("orders", "hint"),
    [
        ([[0, 1, 2, 3]] * 8, "nửa B"),
        ([[1, 0, 3, 2]] * 8, "nửa B"),
        ([[3, 2, 1, 0], [3, 2, 1, 0]], "chưa phụ thuộc"),
        ([[0, 1, 2, 2]], "không phải hoán vị"),
        ([[3.5, 2, 1, 0]] * 3, "danh sách"),
        ([], "chưa có tầng nào"),
        (5, "danh sách"),
    ],
)
def test_permutations_hints(orders, hint):
    report = checks.reaches_every_coordinate(orders)
    assert not report
    assert hint in report.message


def test_dependencies_agree_with_autograd_of_a_real_flow():
    from course_utils.flows import AffineCoupling, Compose, Permutation

    torch.manual_seed(0)
    for orders in ([[3, 2, 1, 0]] * 2, [[3, 2, 1, 0]] * 3, [[0, 1, 2, 3]] * 3):
        parts = []
        for order in orders:
            layer = AffineCoupling(4, hidden=(16,))
            for p in layer.parameters():
                torch.nn.init.normal_(p)
            parts += [layer, Permutation(4, torch.tensor(order))]
        flow = Compose(parts).double()

        def one(z, flow=flow):
            return flow(z[None])[0][0]

        jacobian = sum(
            torch.func.jacrev(one)(z).abs() for z in torch.randn(5, 4, dtype=torch.float64)
        )
        _, depends = checks._trace(orders, 4)
        expected = torch.tensor([[j in row for j in range(4)] for row in depends])
        assert torch.equal(jacobian > 1e-12, expected)


def bridge_log_slope(width, mass):
    """log(w/ℓ) trong mệnh đề về giá của một khe hở."""
    return math.log(width / (2 * NormalDist().inv_cdf((1 + mass) / 2)))


@pytest.mark.parametrize(
    "printed",
    [
        # Các con số viết trong lời giải bài tập của trang sách.
        f"{math.exp(-0.1) * 2 + 3:.4f}",  # hợp của hai tầng
        f"{math.exp(0.4) * 3 + 2:.4f}",
        f"{0.5 * math.log(2 * math.pi) + 4.5:.4f}",  # sàn với phương sai 9
        f"{0.5 * math.log(2 * math.pi * math.e * 9):.4f}",
        f"{math.log(5):.4f}",  # NICE
        f"{4 / math.exp(bridge_log_slope(4, 1e-3)):.7f}",  # khe hở
        f"{bridge_log_slope(4, 1e-3):.3f}",
        f"{64 * math.log(2):.4f}",  # tích chập 1×1
        f"{-2900 / (784 * math.log(2)):.4f}",  # bit mỗi chiều
        f"{-2900 / (784 * math.log(2)) + 8:.4f}",
        f"{-2900 + 784 * math.log(256):.2f}",
        f"{math.exp(-0.75):.3f}",  # nhiệt độ
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE.read_text(encoding="utf-8")


@pytest.mark.equation("eq-rqs")
def test_spline_worked_by_hand_on_the_page():
    """Hai đoạn tính tay: (w, η, δ₀, δ₁) = (1, 2, 1, 1) và (2, 1, 1, ¼), tại ξ = ½."""
    for width, height, d0, d1, y, slope in [(1, 2, 1, 1, 1, 8 / 3), (2, 1, 1, 0.25, 2 / 3, 4 / 9)]:
        s, xi = height / width, 0.5
        kappa = d0 + d1 - 2 * s

        def curve(t, s=s, d0=d0, kappa=kappa, height=height):
            return height * (s * t * t + d0 * t * (1 - t)) / (s + kappa * t * (1 - t))

        assert curve(xi) == pytest.approx(y)
        t = torch.tensor(xi, dtype=torch.float64)
        assert torch.func.grad(curve)(t).item() / width == pytest.approx(slope)
        a, b, c = height * (s - d0) + kappa * y, height * d0 - kappa * y, -s * y
        assert 2 * c / (-b - math.sqrt(b * b - 4 * a * c)) == pytest.approx(xi)
