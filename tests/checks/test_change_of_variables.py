"""Bộ chấm của chương Phép đổi biến: nhận mọi cách viết đúng, gợi ý đúng cho lỗi điển hình."""

import math
from pathlib import Path

import pytest
import torch
from torch.distributions import AffineTransform, Chi2, ExpTransform, Normal, TransformedDistribution

from course_utils.checks import change_of_variables as check

PAGE = Path(__file__).resolve().parents[2] / "book" / "change_of_variables.md"


def test_blank_answers_are_not_wrong_answers():
    for task in (check.decreasing, check.affine_flow, check.three_layers, check.square):
        report = task(None)
        assert report.blank
        assert not report.ok


@pytest.mark.equation("eq-cov-1d")
@pytest.mark.parametrize(("a", "b", "x"), [(-3.0, 2.0, 1.0), (2.0, 1.0, 3.0), (-0.5, 0.0, 0.7)])
def test_decreasing_agrees_with_torch(a, b, x):
    law = Normal(torch.tensor(b, dtype=torch.float64), abs(a))
    assert check.decreasing(law.log_prob(torch.tensor(x, dtype=torch.float64)), a, b, x)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (math.nan, "|a|"),
        (check.log_normal(1 / 3) + math.log(3), "cộng log|a|"),
        (check.log_normal(1 / 3), "quên thừa số giãn"),
        (check.log_normal(1 / 3) - 2 * math.log(3), "phương sai"),
        (check.log_normal(1.0) - math.log(3), "không phải tại x"),
        (math.exp(check.log_normal(1 / 3)) / 3, "đề bài hỏi log"),
    ],
)
def test_decreasing_hints(answer, hint):
    report = check.decreasing(answer)
    assert not report.ok
    assert hint in report.message


def by_svd(z, A, b):
    return torch.einsum("ij,nj->ni", A, z) + b, torch.linalg.svdvals(A).log().sum().repeat(len(z))


def by_explicit_determinant(z, A, b):
    determinant = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    return (A @ z.T).T + b, torch.full((len(z),), math.log(abs(float(determinant))))


def test_affine_flow_accepts_other_right_ways():
    def by_slogdet(z, A, b):
        return z @ A.T + b, torch.slogdet(A)[1] * torch.ones(len(z))

    def in_a_list(z, A, b):
        return [z @ A.T + b, torch.linalg.slogdet(A)[1].expand(z.shape[0])]

    for answer in (by_svd, by_explicit_determinant, by_slogdet, in_a_list):
        assert check.affine_flow(answer), check.affine_flow(answer).message


@pytest.mark.parametrize(
    ("log_det", "hint"),
    [
        (lambda z, A: torch.logdet(A).expand(len(z)), "NaN"),
        (lambda z, A: torch.logdet(A), "NaN"),
        (lambda z, A: torch.linalg.slogdet(A).logabsdet, "(n,)"),
        (lambda z, A: torch.log(torch.linalg.det(A).abs() + 1e-3).expand(len(z)), "suy biến"),
        (lambda z, A: -torch.linalg.slogdet(A).logabsdet.expand(len(z)), "chiều ngược"),
        (lambda z, A: torch.linalg.det(A).abs().expand(len(z)), "logarit"),
    ],
)
def test_affine_flow_hints(log_det, hint):
    report = check.affine_flow(lambda z, A, b: (z @ A.T + b, log_det(z, A)))
    assert not report.ok
    assert hint in report.message


def test_affine_flow_wants_the_shift():
    report = check.affine_flow(
        lambda z, A, b: (z @ A.T, torch.linalg.slogdet(A).logabsdet.expand(len(z)))
    )
    assert "quên cộng b" in report.message


def test_affine_flow_wants_points_in_rows():
    report = check.affine_flow(
        lambda z, A, b: (z @ A + b, torch.linalg.slogdet(A).logabsdet.expand(len(z)))
    )
    assert "A.T" in report.message


@pytest.mark.equation("eq-composition")
def test_three_layers_agrees_with_torch():
    layers = [AffineTransform(0.0, 2.0), ExpTransform(), AffineTransform(-1.0, 3.0)]
    zero = torch.tensor(0.0, dtype=torch.float64)
    law = TransformedDistribution(Normal(zero, 1.0), layers)
    x = 3 * math.exp(1.0) - 1
    assert check.three_layers(law.log_prob(torch.tensor(x, dtype=torch.float64)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (check.log_normal(0.5) + math.log(6) + 1.0, "phải được trừ"),
        (check.log_normal(0.5) - math.log(6) - 0.5, "h₁"),
        (check.log_normal(0.5), "quên trừ"),
        (check.log_normal(0.5) - math.log(6) - math.e, "không phải e"),
        (sum(map(check.log_normal, (0.5, 1.0, math.e))), "log hợp lý riêng"),
        (sum(map(check.log_normal, (0.5, 1.0, math.e))) - math.log(6) - 1.0, "log hợp lý riêng"),
        (check.log_normal(0.5) - math.log(2) - 1.0, "thiếu tầng f₃"),
        (math.exp(check.log_normal(0.5) - 1.0) / 6, "đề bài hỏi log"),
    ],
)
def test_three_layers_hints(answer, hint):
    report = check.three_layers(answer)
    assert not report.ok
    assert hint in report.message


def test_square_agrees_with_chi_squared():
    law = Chi2(torch.tensor(1.0, dtype=torch.float64))

    def density(x):
        return torch.where(x > 0, law.log_prob(x.clamp_min(1e-9)).exp(), 0.0)

    assert check.square(density)
    assert "bằng 0" in check.square(lambda x: law.log_prob(x.abs()).exp()).message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda z: torch.exp(-z / 2) / torch.sqrt(2 * math.pi * z) / 2, "một nhánh"),
        (lambda x: 2 * torch.exp(-x / 2) / math.sqrt(2 * math.pi), "thừa số 1/|f′(z)|"),
        (lambda x: torch.exp(-x / 2) / math.sqrt(2 * math.pi), "Thiếu một nhánh"),
        (lambda x: torch.exp(-x * x / 2) / math.sqrt(2 * math.pi), "không phải tại x"),
        (lambda x: 4 * torch.sqrt(x / (2 * math.pi)) * torch.exp(-x / 2), "phải chia"),
        (lambda x: -x / 2 - 0.5 * torch.log(2 * math.pi * x), "log mật độ"),
    ],
)
def test_square_hints(answer, hint):
    report = check.square(answer)
    assert not report.ok
    assert hint in report.message


@pytest.mark.parametrize(("factor", "dim"), [(2.0, 3), (2.0, 2), (1.5, 4), (3.0, 1)])
def test_stretch_is_the_volume(factor, dim):
    assert check.stretch(math.prod([factor] * dim), factor, dim)


@pytest.mark.parametrize(
    ("answer", "hint"), [(2, "chỉ kéo theo một hướng"), (4, "bỏ sót"), (6, "tích"), (1 / 8, "CHIA")]
)
def test_stretch_hints(answer, hint):
    report = check.stretch(answer)
    assert not report.ok
    assert hint in report.message


def phi(z):
    return math.exp(check.log_normal(z))


@pytest.mark.parametrize(
    "printed",
    [
        # Các con số viết trong lời giải bài tập và ví dụ tính tay của trang sách.
        f"{phi(math.log(2)) / 2:.5f}",  # log-chuẩn tại 2
        f"{check.log_normal(1 / 3) - math.log(3):.4f}",  # hàm giảm
        f"{check.log_normal(1 / 3) + math.log(3):.4f}",  # hàm giảm, sai dấu
        f"{math.exp(-0.5):.4f}",  # Rayleigh tại 1
        f"{1 - 2 * math.exp(1.2):.4f}",  # ba tầng: ảnh của 0.4
        f"{math.log(6) + 1.2:.4f}",
        f"{check.log_normal(0.4) - math.log(6) - 1.2:.4f}",
        f"{check.log_normal(0.4) - math.log(6) - 0.4:.4f}",  # đạo hàm lấy nhầm tại z
        f"{phi(2) / 12:.7f}",  # z³ tại 8
        f"{784 * math.log(255):.2f}",
        f"{1500 - 784 * math.log(255):.2f}",
        f"{phi(0) / 3 + phi(math.sqrt(3)) / 3:.6f}",  # chỗ gấp
        f"{-math.log(2 * math.pi) - 4.5:.4f}",  # quả chuối
        f"{-math.log(2 * math.pi) - 4.5 - math.log(2):.4f}",
        f"{-3072 * math.log(2):.0f}",
        f"{2 / 3 * 12288**3 / 1e12:.3f}",  # hóa đơn
        f"{2 / 3 * 12288**3 * 32 * 128 * 1e5 / 1e20:.2f}",
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE.read_text(encoding="utf-8")
