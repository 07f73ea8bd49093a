"""Mỗi bộ chấm của sổ «Luồng phần dư»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import fixed_point, log_det
from course_utils.checks import residual_flows as checks

PAGE = Path(__file__).resolve().parents[2] / "book" / "residual_flows.md"


def double_step(step, kind="đủ"):
    return checks.largest_step(step, kind)


@pytest.mark.parametrize(
    "check",
    [
        checks.planar_log_det,
        double_step,
        checks.fold,
        checks.fixed_point_inverse,
        checks.worst_case_steps,
        checks.log_det_series,
        checks.roulette,
        lambda answer: checks.negative_determinant(answer, 0.5),
        checks.many_small_steps,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.equation("eq-planar")
def test_planar_log_det_against_autograd():
    w, u = (torch.tensor(v, dtype=torch.float64) for v in ([1.0, 2.0], [0.5, 0.5]))
    x = torch.tensor([0.3, -0.2], dtype=torch.float64)
    jacobian = torch.func.jacrev(lambda x: x + u * torch.tanh(w @ x + 0.1))(x)
    assert checks.planar_log_det((torch.linalg.slogdet(jacobian).logabsdet, -1))


@pytest.mark.equation("eq-planar")
def test_planar_bound_is_exact():
    """F(a) = a + c·tanh(a) tăng chặt khi c = −1, đi xuống ở 0 khi c nhỏ hơn −1."""
    a = torch.linspace(-3, 3, 60_001, dtype=torch.float64)
    for c, increasing in ((-1.0, True), (-1.01, False)):
        assert bool(((a + c * torch.tanh(a)).diff() > 0).all()) is increasing


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.40547, -1.0), "quên số 1"),
        ((0.0, -1.0), "tanh′"),
        ((2.5, -1.0), "Đó là det J"),
        ((-0.9163, -1.0), "Dấu ngược"),
        ((0.9163, 0.0), "đòi quá nhiều"),
        ((0.9163, 1.0), "phía âm"),
        ((-1.0, 0.9163), "ngược chỗ"),
        ((1.5, -1.0), "còn phải lấy log"),
        ((0.39794, -1.0), "cơ số 10"),
    ],
)
def test_planar_log_det_hints(answer, hint):
    report = checks.planar_log_det(answer)
    assert not report
    assert hint in report.message


@pytest.mark.parametrize("word", ["đủ", " Đủ ", "đu\u0309", "đủ.", "điều kiện đủ", "đủ, không cần"])
def test_largest_step(word):
    assert checks.largest_step(1 / 3, word)


def test_largest_step_is_where_the_slope_vanishes():
    x = torch.linspace(-3, 3, 60_001, dtype=torch.float64)
    assert ((x - 3 * (1 / 3) * torch.tanh(x)).diff() > 0).all()
    assert not ((x - 3 * 0.335 * torch.tanh(x)).diff() > 0).all()


@pytest.mark.parametrize(
    ("step", "kind", "hint"),
    [
        (3, "đủ", "3 là Lip(u)"),
        (1, "đủ", "đi xuống"),
        (0.3, "đủ", "chưa phải δ lớn nhất"),
        (0.5, "đủ", "đã gấp"),
        (0.6667, "đủ", "1 − 3δ"),
        (math.inf, "đủ", "+3·tanh"),
        (1 / 3, "cần", "thật sự cần không"),
        (1 / 3, "cần và đủ", "thật sự cần không"),
        (1 / 3, "Điều kiện cần & đủ", "thật sự cần không"),
        (1 / 3, "không đủ", "Không hiểu"),
        (-1 / 3, "đủ", "số dương"),
        (1 / 3, "có thể", "Không hiểu"),
        (1 / 3, 1, "chuỗi"),
    ],
)
def test_largest_step_hints(step, kind, hint):
    report = checks.largest_step(step, kind)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-lipschitz-condition")
def test_fold_by_counting_and_by_integration():
    """Đếm đổi dấu trên lưới; tích phân mật độ của nghiệm mà lặp điểm bất động tìm ra."""
    x = torch.linspace(-6, 6, 120_000, dtype=torch.float64)
    value = x - 1.5 * torch.tanh(x) - 0.05
    roots = int((value[1:].sign() != value[:-1].sign()).sum())
    y = torch.linspace(-9, 9, 180_000, dtype=torch.float64)
    root = y.clone()
    for _ in range(500):
        root = y + 1.5 * torch.tanh(root)
    slope = 1 - 1.5 / torch.cosh(root).square()
    density = torch.exp(-0.5 * root.square()) / math.sqrt(2 * math.pi) / slope.abs()
    assert checks.fold((roots, torch.trapezoid(density, y)))
    assert checks.fold((3, 0.198))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1, 0.198), "đếm các giao điểm"),
        ((2, 0.198), "nhánh giữa"),
        ((3, 1.0), "đã đúng"),
        ((3, 0.802), "bỏ sót"),
        ((3, 0.099), "một phía"),
        ((3, 0.139), "P(|y| < 0.05)"),
        ((3, 0.026), "của mật độ một nghiệm"),
        ((3, 19.8), "phần trăm"),
        ((0.198, 3), "ngược chỗ"),
    ],
)
def test_fold_hints(answer, hint):
    report = checks.fold(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-fixed-point")
def test_fixed_point_inverse_accepts_a_right_answer():
    def right(residual, y, steps):
        x = y
        for _ in range(steps):
            x = y - residual(x)
        return x

    assert checks.fixed_point_inverse(right)


@pytest.mark.parametrize(
    ("update", "hint"),
    [
        (lambda r, x, y: y + r(x), "Sai dấu"),
        (lambda r, x, y: x - r(x), "phải là y"),
        (lambda r, x, y: x + r(x), "áp φ nhiều lần"),
    ],
)
def test_fixed_point_inverse_hints(update, hint):
    def wrong(residual, y, steps):
        x = y
        for _ in range(steps):
            x = update(residual, x, y)
        return x

    report = checks.fixed_point_inverse(wrong)
    assert not report
    assert hint in report.message


def test_fixed_point_inverse_one_step_and_other_slips():
    def loop(residual, y, steps, start):
        x = start
        for _ in range(steps):
            x = y - residual(x)
        return x

    cases = {
        "một bước": lambda r, y, n: y - r(y),
        "Thừa một bước": lambda r, y, n: loop(r, y, n + 1, y),
        "Thiếu một bước": lambda r, y, n: loop(r, y, n - 1, y),
        "lặp đến hội tụ": lambda r, y, n: loop(r, y, 500, y),
        "Đó là φ(y)": lambda r, y, n: y + r(y),
        "xuất phát từ 0": lambda r, y, n: loop(r, y, n, 0 * y),
        "Bạn trả về residual": lambda r, y, n: r(loop(r, y, n, y)),
    }
    for hint, wrong in cases.items():
        report = checks.fixed_point_inverse(wrong)
        assert not report
        assert hint in report.message


def test_the_residual_of_the_exercise_contracts():
    x = torch.randn(200, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    jacobian = torch.func.vmap(torch.func.jacrev(lambda x: fixed_point._residual(x)))(x)
    assert torch.linalg.matrix_norm(jacobian, 2).max() <= 0.7 + 1e-12


@pytest.mark.equation("eq-fixed-point")
def test_worst_case_steps_by_counting():
    error, steps = 1.0, 0
    while error > 1e-6:
        error, steps = 0.9 * error, steps + 1
    assert checks.worst_case_steps(steps)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (6, "số chữ số"),
        (7, "10% sai số"),
        (131, "Suýt"),
        (131.127, "số nguyên"),
        (-131.127, "đều âm"),
        (133, "Thừa một bước"),
        (13.8155, "ln 10⁶"),
        (131.6, "Chưa đúng"),
        (14, "ln 10⁶"),
        (10, "cỡ e lần"),
        (153, "sai số ban đầu"),
        (57, "log cơ số 10"),
    ],
)
def test_worst_case_steps_hints(answer, hint):
    report = checks.worst_case_steps(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-log-det-series")
def test_log_det_series_by_matrix_powers():
    a = torch.diag(torch.tensor([0.5, -0.3], dtype=torch.float64))
    exact = torch.linalg.slogdet(torch.eye(2) + a).logabsdet
    assert checks.log_det_series((exact, a.trace(), a.trace() - (a @ a).trace() / 2))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.0488, 0.2, 0.37), "đan dấu"),
        ((0.0488, 0.2, 0.2), "phải có thêm"),
        ((0.0488, 0.2, -0.17), "riêng số hạng thứ hai"),
        ((0.0488, -0.15, 0.03), "Đó là det A"),
        ((0.0488, 0.2, -0.14), "chia cho k"),
        ((0.0488, 0.2, 0.18), "(tr A)²"),
        ((math.nan, 0.2, 0.03), "log của −0.15"),
        ((-1.8971, 0.2, 0.03), "log|det A|"),
        ((1.05, 0.2, 0.03), "Đó là định thức"),
        ((0.1823, 0.2, 0.03), "1 + tr A"),
        ((0.0212, 0.2, 0.03), "cơ số 10"),
    ],
)
def test_log_det_series_hints(answer, hint):
    report = checks.log_det_series(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-roulette")
def test_roulette_accepts_right_answers():
    def vectorised(a, n, q):
        return (a[:n] * q ** -torch.arange(n)).sum()

    def loop(a, n, q):
        total, survive = 0.0, 1.0
        for term in a[:n].tolist():
            total, survive = total + term / survive, survive * q
        return torch.tensor(total)

    assert checks.roulette(vectorised)
    assert checks.roulette(loop)


@pytest.mark.equation("eq-roulette")
def test_roulette_of_the_exercise_is_unbiased():
    """Lấy kỳ vọng bằng cách liệt kê mọi n: đúng bằng tổng các số hạng, không cần rút mẫu."""
    estimate = log_det._weighted(lambda k, q: q ** (k - 1))
    a, q = torch.tensor([0.9, -0.4, 0.25, -0.1, 0.06], dtype=torch.float64), 0.6
    chance = [(1 - q) * q ** (n - 1) for n in range(1, 5)] + [q**4]  # sau số hạng cuối là 0
    mean = sum(p * estimate(a, n, q) for n, p in enumerate(chance, start=1))
    torch.testing.assert_close(mean, a.sum())


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda a, n, q: a[:n].sum(), "quên trọng số"),
        (
            lambda a, n, q: sum(a[k] / ((1 - q) * q**k) for k in range(n)),
            "chia cho P(N = k)",
        ),
        (lambda a, n, q: sum(a[k] / q ** (k + 1) for k in range(n)), "Lệch một bậc"),
        (lambda a, n, q: sum(a[k] * q**k for k in range(n)), "Phải chia"),
        (lambda a, n, q: sum(a[k] / (1 - q) ** k for k in range(n)), "xác suất đi tiếp"),
        (lambda a, n, q: sum(a[k] / q**k for k in range(len(a))), "kể cả những số hạng"),
        (lambda a, n, q: a.sum(), "n số hạng đầu"),
        (lambda a, n, q: sum(a[k] / q**k for k in range(n - 1)), "Thiếu một số hạng"),
        (lambda a, n, q: sum(x / q**k for k, x in enumerate(a[: n + 1])), "Thừa một số hạng"),
        (lambda a, n, q: a[:n] / q ** torch.arange(n), "cộng chúng lại"),
        (lambda a, n, q: sum(a[k] / q**k / (k + 1) for k in range(n)), "đã chứa 1/k"),
        (lambda a, n, q: sum(a[k] / (-q) ** k for k in range(n)), "đã mang dấu"),
        (lambda a, n, q: a[:n].sum() / q ** (n - 1), "trọng số riêng"),
        (lambda a, n, q: a[n - 1] / ((1 - q) * q ** (n - 1)), "một ước lượng"),
    ],
)
def test_roulette_hints(wrong, hint):
    report = checks.roulette(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-lipschitz-condition")
@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_negative_determinant_accepts_counterexamples(kind):
    assert checks.negative_determinant(kind([[-3.0, 0.0], [0.0, 0.0]]), 0.5)
    assert checks.negative_determinant(kind([[-5.0]]), 1)
    assert checks.negative_determinant(kind([[0.0, 9.0], [9.0, 0.0]]), 0.2)


@pytest.mark.parametrize(
    ("matrix", "step", "hint"),
    [
        ([[-2.0, 0.0], [0.0, 0.0]], 0.5, "suy biến"),
        ([[0.3, 0.0], [0.0, -0.9]], 0.5, "phải dương"),
        ([[-5.0, 0.0], [0.0, -5.0]], 1.0, "cùng lật"),
        ([[1.0, 0.0], [0.0, 1.0]], 1.0, "không nhỏ hơn 1"),
        ([[1.0, 2.0]], 0.5, "vuông"),
        ([1.0, 2.0], 0.5, "vuông"),
        ([[-3.0]], -0.5, "dương"),
        ([[math.nan]], 0.5, "hữu hạn"),
        ("không biết", 0.5, "ma trận vuông"),
    ],
)
def test_negative_determinant_hints(matrix, step, hint):
    report = checks.negative_determinant(matrix, step)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-residual-limit")
def test_many_small_steps_by_walking():
    x, log_det = 1.0, 0.0
    for _ in range(10):
        x, log_det = x + x / 10, log_det + math.log1p(1 / 10)
    assert checks.many_small_steps((x, log_det))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((2.71828, 0.9531), "giới hạn khi K"),
        ((2.59374, 1.0), "giới hạn của tổng"),
        ((1.1, 0.9531), "một tầng"),
        ((2.0, 0.9531), "không cộng lại"),
        ((2.59374, 0.09531), "các tầng cộng lại"),
        ((2.59374, -0.9531), "Dấu ngược"),
        ((2.59374, 2.59374), "Đó là định thức"),
        ((2.59374, 0.41393), "cơ số 10"),
        ((0.9531, 2.59374), "ngược chỗ"),
    ],
)
def test_many_small_steps_hints(answer, hint):
    report = checks.many_small_steps(answer)
    assert not report
    assert hint in report.message


def test_the_page_and_the_checkers_ask_the_same_numbers():
    """Những con số tính tay của trang lý thuyết, tính lại bằng máy."""
    text = PAGE.read_text("utf-8")
    for value in (math.log(2.5), 1.1**10, 10 * math.log(1.1), math.log(1.05)):
        assert re.search(rf"{value:.4f}", text), value
