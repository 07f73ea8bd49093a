"""Mỗi bộ chấm của sổ «Một bài toán, mọi mô hình»: đáp án đúng được nhận, lỗi được gợi ý."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from course_utils.checks import model_comparison as checks
from course_utils.evaluation import bits_per_dim

PAGE = Path(__file__).resolve().parents[2] / "book" / "model_comparison.md"
DOUBLE = torch.float64


@pytest.mark.parametrize(
    ("check", "empty"),
    [
        (checks.paired_gap, ...),
        (checks.paired_gap, lambda log_p, log_q: None),
        (checks.seed_interval, ...),
        (checks.seed_interval, (..., ...)),
        (checks.bits, ...),
        (checks.verdicts, ...),
        (checks.verdicts, [..., "?", "?", "B"]),
        (checks.pareto, ...),
        (checks.pareto, lambda points: None),
        (checks.break_even, None),
    ],
)
def test_blank_answer_is_not_wrong(check, empty):
    report = check(empty)
    assert report.blank
    assert "chưa điền" in report.message


def rejected(report, hint):
    assert not report
    assert not report.blank
    assert hint in report.message


# --- Khoảng hở ------------------------------------------------------------------------------------


@pytest.mark.equation("eq-paired-gap")
def test_paired_gap_is_the_known_divergence_between_two_gaussians():
    """N(0, 1) và N(0, v): KL = ½(log v + 1/v − 1), Var d = ½(1 − 1/v)²."""
    n, v = 200_000, 1.5
    x = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=DOUBLE)
    log_p = -0.5 * x**2 - 0.5 * math.log(2 * math.pi)
    log_q = -0.5 * x**2 / v - 0.5 * math.log(2 * math.pi * v)
    gap, se = right_gap(log_p, log_q)
    assert se.item() == pytest.approx((1 - 1 / v) * math.sqrt(0.5 / n), rel=0.05)
    assert abs(gap.item() - 0.5 * (math.log(v) + 1 / v - 1)) < 6 * se.item()


def right_gap(log_p, log_q):
    d = log_p - log_q
    return d.mean(), d.std() / math.sqrt(len(d))


@pytest.mark.parametrize(
    "answer",
    [
        right_gap,
        lambda p, q: ((p - q).mean().item(), torch.std(p - q).item() / len(p) ** 0.5),
        lambda p, q: [np.mean((p - q).numpy()), stats.sem((p - q).numpy())],
    ],
)
def test_paired_gap_accepts_any_style(answer):
    assert checks.paired_gap(answer)


def error(values):
    return values.std() / math.sqrt(len(values))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p, q: ((q - p).mean(), error(p - q)), "Ngược dấu"),
        (lambda p, q: ((p - q).mean(), error(q)), "TẠI TỪNG ĐIỂM"),
        (lambda p, q: ((p - q).mean(), (error(p) ** 2 + error(q) ** 2) ** 0.5), "hai tập điểm"),
        (lambda p, q: ((p - q).mean(), (p - q).std()), "chưa phải của trung bình"),
        (lambda p, q: ((p - q).mean(), (p - q).std() / len(p)), "không phải s/n"),
        (lambda p, q: ((p - q).mean(), (p - q).var() / len(p)), "còn thiếu căn"),
        (
            lambda p, q: ((p - q).mean(), (p - q).std(correction=0) / math.sqrt(len(p))),
            "n − 1",
        ),
        (lambda p, q: ((p - q).mean(), 1.96 * error(p - q)), "1.96"),
        (lambda p, q: ((p - q).abs().mean(), error(p - q)), "trị tuyệt đối"),
        (lambda p, q: ((p - q).sum(), error(p - q)), "không phải tổng"),
        (lambda p, q: (-q.mean(), error(p - q)), "trừ entropy"),
        (lambda p, q: (p - q).mean(), "2 giá trị"),
        (3.0, "Cần một hàm"),
    ],
)
def test_paired_gap_hints(answer, hint):
    rejected(checks.paired_gap(answer), hint)


# --- Khoảng tin cậy -------------------------------------------------------------------------------


@pytest.mark.equation("eq-seed-interval")
def test_seed_interval_is_scipys():
    values = np.array(checks.GAPS)
    low, high = stats.t.interval(0.95, 4, loc=values.mean(), scale=stats.sem(values))
    assert checks.seed_interval((low, high))
    assert checks.seed_interval(torch.tensor([low, high]))
    assert checks.seed_interval([round(low, 4), round(high, 4)])
    rejected(checks.seed_interval((high, low)), "ngược thứ tự")
    rejected(checks.seed_interval((round(low, 3), round(high, 3))), "bốn chữ số")
    rejected(checks.seed_interval((1000 * low, 1000 * high)), "phần nghìn")


def test_seed_interval_numbers_tell_mean_from_median():
    assert abs(np.mean(checks.GAPS) - np.median(checks.GAPS)) > 5e-4


@pytest.mark.parametrize(
    ("factor", "hint"),
    [
        (1.96 / math.sqrt(5), "không phải 1.96"),
        (2.776, "khoảng của trung bình"),
        (2.776 * math.sqrt(1.2), "lần chạy MỚI"),
        (2.776 / 5, "Chia cho √S, không phải S"),
        (1 / math.sqrt(5), "một sai số chuẩn"),
        (4.303 / math.sqrt(5), "của ba hạt giống"),
        (2.776 / math.sqrt(5) * math.sqrt(0.8), "S − 1, không phải S"),
        (1.96 / math.sqrt(5) * math.sqrt(0.8), "Hai lỗi"),
    ],
)
def test_seed_interval_hints(factor, hint):
    values = np.array(checks.GAPS)
    half = factor * values.std(ddof=1)
    rejected(checks.seed_interval((values.mean() - half, values.mean() + half)), hint)


@pytest.mark.equation("eq-prediction-interval")
def test_prediction_interval_holds_a_new_run():
    """Mô phỏng: khoảng dự đoán chứa lần chạy thứ tư 95 % số lần, khoảng tin cậy thì ít hơn hẳn."""
    runs = np.random.default_rng(0).standard_normal((50_000, 4))
    mean, std = runs[:, :3].mean(1), runs[:, :3].std(1, ddof=1)
    t = stats.t.ppf(0.975, 2)
    miss = abs(runs[:, 3] - mean)
    inside = (miss <= t * std * math.sqrt(1 + 1 / 3)).mean()
    assert abs(inside - 0.95) < 6 * math.sqrt(0.95 * 0.05 / len(runs))
    assert (miss <= t * std / math.sqrt(3)).mean() < 0.9


@pytest.mark.equation("eq-welch")
def test_welch_is_scipys():
    """Công thức của trang với hai nhóm cùng cỡ, so với scipy."""
    a, b = np.array([0.10, 0.12, 0.11]), np.array([0.13, 0.19, 0.16])
    va, vb, S = a.var(ddof=1), b.var(ddof=1), 3
    dof = (S - 1) * (va + vb) ** 2 / (va**2 + vb**2)
    half = stats.t.ppf(0.975, dof) * math.sqrt((va + vb) / S)
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert dof == pytest.approx(200 / 82)
    assert a.mean() - b.mean() - half == pytest.approx(expected.low)
    assert a.mean() - b.mean() + half == pytest.approx(expected.high)


@pytest.mark.equation("eq-two-noises")
def test_two_noises_by_simulation():
    """Ba số hạng của phương sai của trung bình, trên điểm thật chứ không thay bằng một Gauss."""
    rng = np.random.default_rng(1)
    omega, sigma_c, sigma_r, S, n, repeats = 0.2, 0.8, 0.5, 3, 10, 20_000
    a = omega * rng.standard_normal((repeats, S, 1))
    c = sigma_c * rng.standard_normal((repeats, 1, n))
    r = sigma_r * rng.standard_normal((repeats, S, n))
    gaps = (a + c + r).mean(-1)
    theory = omega**2 / S + sigma_c**2 / n + sigma_r**2 / (n * S)
    within = omega**2 + sigma_r**2 / n
    assert gaps.mean(1).var() == pytest.approx(theory, rel=6 * math.sqrt(2 / repeats))
    assert gaps.var(1, ddof=1).mean() == pytest.approx(within, rel=6 / math.sqrt(repeats))


# --- Đơn vị và cận --------------------------------------------------------------------------------


@pytest.mark.equation("eq-bpd")
def test_bits_agree_with_the_library():
    right = bits_per_dim(-92.0, 64, 17)
    assert right == pytest.approx((-92 / 64 + math.log(17)) / math.log(2))
    assert checks.bits(right)
    assert checks.bits(np.float64(right))
    assert checks.bits(torch.tensor(right))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (-92 / (64 * math.log(2)), "log₂(17)"),
        ((92 + 64 * math.log(17)) / (64 * math.log(2)), "ÂM"),
        ((64 * math.log(17) - 92) / 64, "chia thêm cho log 2"),
        (64 * math.log(17) - 92, "nat một ảnh"),
        ((64 * math.log(17) - 92) / math.log(2), "một ẢNH"),
        (-92 / (64 * math.log(2)) + 8, "ảnh 8 bit"),
        (-92 / (64 * math.log(2)) + 4, "16"),
        (math.log2(17) - 92 / 64, "92 là nat"),
        (math.log2(17), "đoán đều"),
        (2.0, "Rất gần"),
        (7.0, "của bạn là 7"),
    ],
)
def test_bits_hints(answer, hint):
    rejected(checks.bits(answer), hint)


@pytest.mark.parametrize(
    "answer",
    [["B", "?", "?", "B"], ("b", "?", "?", " B "), "B??B", "b??b", np.array(list("B??B"))],
)
def test_verdicts_accept(answer):
    assert checks.verdicts(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (["A", "?", "?", "B"], "Câu 1"),
        (["B", "A", "?", "B"], "Câu 2"),
        (["B", "?", "A", "B"], "Câu 3"),
        (["B", "?", "?", "A"], "Câu 4"),
        (["B", "?", "?"], "bốn kết luận"),
        (["B", "C", "?", "B"], "Câu 2: chỉ nhận"),
        ([1, 2, 3, 4], "Câu 1: chỉ nhận"),
        (7, "danh sách"),
    ],
)
def test_verdicts_hints(answer, hint):
    rejected(checks.verdicts(answer), hint)


@pytest.mark.equation("eq-bound-order")
def test_a_lazy_encoder_hides_a_perfect_model():
    """Ví dụ của trang: −ELBO > NLL của một Gauss sai > NLL thật của mô hình trùng dữ liệu."""
    tau2 = 0.25
    x, z = (stats.norm(scale=s) for s in (math.sqrt(1 + tau2), 1.0))
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    points = math.sqrt(1 + tau2) * nodes
    elbo = sum(
        w * (weights * stats.norm.logpdf(p, nodes, math.sqrt(tau2))).sum()
        for p, w in zip(points, weights, strict=True)
    )
    bound = 0.5 * math.log(2 * math.pi * tau2) + (2 + tau2) / (2 * tau2)
    rival = -(weights * stats.norm.logpdf(points, scale=4.0)).sum()
    assert -elbo == pytest.approx(bound)
    assert rival == pytest.approx(0.5 * math.log(2 * math.pi * 16) + (1 + tau2) / 32)
    assert bound > rival > x.entropy() > z.entropy()


# --- Giá ------------------------------------------------------------------------------------------


def by_definition(points):
    """Biên Pareto, viết bằng hai vòng lặp theo định nghĩa."""
    rows = points.tolist()

    def dominates(a, b):
        pairs = list(zip(a, b, strict=True))
        return all(p <= q for p, q in pairs) and any(p < q for p, q in pairs)

    return [not any(dominates(other, row) for other in rows) for row in rows]


@pytest.mark.equation("eq-pareto")
@pytest.mark.parametrize("seed", range(5))
def test_a_positive_weighting_chooses_from_the_front(seed):
    generator = torch.Generator().manual_seed(seed)
    points = torch.rand(20, 3, generator=generator, dtype=DOUBLE)
    front = by_definition(points)
    for _ in range(50):
        weights = torch.rand(3, generator=generator, dtype=DOUBLE) + 1e-3
        assert front[int((points @ weights).argmin())]
    assert by_definition(points.log()) == front, "hàm tăng chặt không đổi biên"
    middle = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.6, 0.6]])
    assert by_definition(middle) == [True, True, True]


def front_with_numpy(points):
    x = points.numpy()
    worse = (x[None] <= x[:, None]).all(-1) & (x[None] < x[:, None]).any(-1)
    return ~worse.any(1)


@pytest.mark.parametrize(
    "answer",
    [
        lambda points: torch.tensor(by_definition(points)),
        by_definition,
        front_with_numpy,
        lambda points: torch.tensor(by_definition(points)).float(),
    ],
)
def test_pareto_accepts_any_style(answer):
    assert checks.pareto(answer)


def pairwise(points):
    return points[:, None], points[None]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p: torch.tensor(by_definition(-p)), "càng NHỎ"),
        (lambda p: ~torch.tensor(by_definition(p)), "BỊ trội"),
        (lambda p: ~(p[None] < p[:, None]).all(-1).any(1), "MỌI cột"),
        (
            lambda p: ~((p[None] <= p[:, None]).all(-1) & ~torch.eye(len(p)).bool()).any(1),
            "trùng nhau",
        ),
        (lambda p: ~(p[None] < p[:, None]).any(-1).any(1), "thua ở cột khác"),
        (lambda p: p.sum(1) == p.sum(1).min(), "Cực tiểu của tổng"),
        (lambda p: (p == p.amin(0)).any(1), "trung dung"),
        (lambda p: torch.tensor(by_definition(p[:, :2])), "hai cột đầu"),
        (lambda p: torch.tensor(by_definition(p)).nonzero(), "kích thước"),
        (5, "Cần một hàm"),
    ],
)
def test_pareto_hints(answer, hint):
    rejected(checks.pareto(answer), hint)


@pytest.mark.equation("eq-total-cost")
def test_break_even_is_where_both_cost_the_same():
    m = (40 - 12) / (1.5e-3 - 1e-4)
    assert 12 + m * 1.5e-3 == pytest.approx(40 + m * 1e-4)
    for answer in (m, round(m), torch.tensor(m), np.int64(20_000)):
        assert checks.break_even(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (20.0, "mili giây"),
        (40 / 1.4e-3, "HIỆU hai lần học"),
        (28 / 1.5e-3, "HIỆU hai giá"),
        (28 / 1e-4, "giá của B"),
        (52 / 1.4e-3, "không phải tổng, hai lần học"),
        (28 / 1.6e-3, "không phải tổng, hai giá"),
        (-20_000, "Sai dấu"),
        (19_000, "của bạn là 19000"),
    ],
)
def test_break_even_hints(answer, hint):
    rejected(checks.break_even(answer), hint)


# --- Con số trong trang ---------------------------------------------------------------------------


def test_the_pages_t_table_is_scipys():
    text = PAGE.read_text("utf-8")
    row = re.search(r"^\| \$t_\{S-1\}\$ \|(.+)\|$", text, re.MULTILINE)[1]
    printed = [float(cell) for cell in row.split("|")]
    seeds = (2, 3, 4, 5, 10, 30, math.inf)
    for value, S in zip(printed, seeds, strict=True):
        exact = stats.norm.ppf(0.975) if S == math.inf else stats.t.ppf(0.975, S - 1)
        assert abs(value - exact) <= 5e-4


@pytest.mark.equation("eq-noise-floor")
def test_the_pages_detection_limit():
    """1.96 + 0.84: ở đó một phép kiểm mức 5 % có khả năng 80 %."""
    limit = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert limit == pytest.approx(2.80, abs=5e-3)
    power = stats.norm.sf(1.96 - 2.80) + stats.norm.cdf(-1.96 - 2.80)
    assert power == pytest.approx(0.8, abs=5e-3)


def test_every_hint_of_a_number_differs_from_the_answer():
    """Hai câu sai khác nhau không được cùng một số: gợi ý sau sẽ không bao giờ hiện ra."""
    m = (40 - 12) / (1.5e-3 - 1e-4)
    wrong = [m / 1000, 40 / 1.4e-3, 28 / 1.5e-3, 28 / 1e-4, 52 / 1.4e-3, 28 / 1.6e-3, -m, 40 / 1e-4]
    assert all(abs(a - b) > 2 for a, b in itertools.combinations([m, *wrong], 2))
