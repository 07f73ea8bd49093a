"""Đề thi mẫu: mọi đáp số được tính lại theo một đường khác với lời giải, rồi tìm trong trang."""

import math
from pathlib import Path

import pytest
import torch
from torch.distributions import Independent, LogNormal, MultivariateNormal, Normal
from torch.distributions import kl_divergence as kl

PAGE = (Path(__file__).parents[1] / "book/appendix/exams.md").read_text("utf-8")
MIDTERM, FINAL = PAGE.split("(exam-final)=")
DOUBLE = torch.float64


def number(value):
    return torch.tensor(float(value), dtype=DOUBLE)


def normal(mean, variance):
    return Normal(number(mean), number(variance).sqrt())


def midterm():
    x = LogNormal(number(1), number(2))
    yield x.log_prob(number(math.e)), 3
    grid = torch.linspace(1e-3, 1, 1_000_000, dtype=DOUBLE)
    yield grid[x.log_prob(grid).argmax()], 4  # mốt
    p, q = torch.tensor([0.5, 0.25, 0.25], dtype=DOUBLE), torch.full((3,), 1 / 3, dtype=DOUBLE)
    divergence = (p * (p / q).log()).sum()
    yield divergence / math.log(2), 3
    yield divergence, 4
    yield -(p * p.log()).sum(), 3
    # Ba số của câu 3: log p(x) từ Gauss hai chiều (z, x), hậu nghiệm từ lưới.
    joint = MultivariateNormal(
        torch.zeros(2, dtype=DOUBLE), torch.tensor([[1, 2], [2, 5]], dtype=DOUBLE)
    )
    z = torch.linspace(-12, 12, 400_001, dtype=DOUBLE)
    log_joint = joint.log_prob(torch.stack([z, torch.ones_like(z)], -1))
    log_evidence = torch.logsumexp(log_joint, 0) + (z[1] - z[0]).log()
    yield log_evidence, 3
    for q in (normal(0.4, 0.4), normal(0, 1)):
        log_q = q.log_prob(z)
        elbo = (log_q.exp() * (log_joint - log_q)).sum() * (z[1] - z[0])
        yield log_evidence - elbo, 3
        if float(q.mean) == pytest.approx(0.4):
            yield elbo, 3
    # Câu 4: Jacobi bằng vi phân tự động.
    point = torch.ones(2, dtype=DOUBLE)
    jacobian = torch.autograd.functional.jacobian(
        lambda z: torch.stack([z[0], z[0].exp() * z[1] + z[0] ** 2]), point
    )
    slope = torch.linalg.slogdet(jacobian).logabsdet
    base = Independent(Normal(torch.zeros(2, dtype=DOUBLE), 1.0), 1).log_prob(point)
    yield base - slope, 3
    real, fake = normal(0, 1), normal(2, 1)
    densities = [law.log_prob(number(0)).exp() for law in (real, fake)]
    yield densities[0] / sum(densities), 3


def final():
    yield (
        MultivariateNormal(
            torch.zeros(3, dtype=DOUBLE), math.exp(-2) * torch.eye(3, dtype=DOUBLE)
        ).log_prob(torch.zeros(3, dtype=DOUBLE)),
        3,
    )
    yield math.exp(-6), 4
    # Câu 3: hồi quy tuyến tính của x₁ - x₀ theo x_t, từ hiệp phương sai của (x₀, x₁).
    cov = torch.diag(torch.tensor([1, 0.25], dtype=DOUBLE))
    path, speed = torch.tensor([[0.5, 0.5], [-1, 1]], dtype=DOUBLE)
    variance, covariance = path @ cov @ path, path @ cov @ speed
    yield variance, 4
    yield covariance, 3
    yield 3 + covariance / variance * (2 - 1.5), 1
    yield speed @ cov @ speed - covariance**2 / variance, 1
    # Câu 4: gộp hai Gauss theo độ chính xác, không dùng công thức của hậu nghiệm.
    precision = 1 / 0.2 + 0.5 / 0.5
    mean = (math.sqrt(0.8) / 0.2 + math.sqrt(0.5) * 0.4 / 0.5) / precision
    yield mean, 3
    yield 1 / precision, 3
    yield math.sqrt(0.8) / 0.2 / precision, 3
    yield math.sqrt(0.5) / 0.5 / precision, 3
    x = number(0.4).requires_grad_()
    normal(math.sqrt(0.4), 0.6).log_prob(x).backward()
    yield x.grad, 3
    yield (0.4 - math.sqrt(0.4)) / math.sqrt(0.6), 3
    # Câu 5: khớp bậc hai của 2 log p(x|c) - log p(x) tại ba điểm.
    x = torch.tensor([-1, 0, 1], dtype=DOUBLE)
    left, middle, right = 2 * normal(1, 0.5).log_prob(x) - normal(0, 1).log_prob(x)
    curvature, slope = left - 2 * middle + right, (right - left) / 2
    yield -1 / curvature, 3
    yield -slope / curvature, 3


@pytest.mark.parametrize(("text", "answers"), [(MIDTERM, midterm), (FINAL, final)])
def test_every_answer_is_in_the_paper(text, answers):
    for value, digits in answers():
        assert f"{float(value):.{digits}f}" in text, f"{float(value):.{digits}f}"


def test_probes():
    """Câu 2 đề cuối kỳ, bằng liệt kê và bằng công thức của Gauss."""
    A = torch.tensor([[1.0, 3.0], [1.0, 2.0]])
    signs = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    values = torch.einsum("ni,ij,nj->n", signs, A, signs)
    assert (values.mean(), values.var(correction=0)) == (3, 16)
    # v ~ N(0, I): vᵀAv = Σ λᵢ wᵢ² với λ là trị riêng của phần đối xứng, Var w² = 2.
    eigenvalues = torch.linalg.eigvalsh((A + A.T) / 2)
    assert 2 * eigenvalues.square().sum() == pytest.approx(26, rel=1e-6)
    assert all(number in FINAL for number in ("1600", "2600"))


def test_collapsed_encoder_gap_has_a_closed_form():
    assert float(kl(normal(0, 1), normal(0.4, 0.2))) == pytest.approx(1.595, abs=5e-4)


def test_points_add_up_to_ten():
    for text in (MIDTERM, FINAL):
        questions = text.split("**Câu ")[1:]
        assert sum(float(part.split("(")[1].split(" điểm")[0]) for part in questions) == 10
        parts = [float(part.split(" điểm.*")[0]) for part in text.split(") *")[1:]]
        assert sum(parts) == 10
