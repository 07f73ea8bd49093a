"""Bộ chấm của chương Hợp lý cực đại, entropy và KL: nhận cách đúng, gợi ý đúng cho chỗ sai."""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import entropy as scipy_entropy
from scipy.stats import norm
from torch.distributions import Categorical, kl_divergence
from torch.nn import functional as F

from course_utils import evaluation
from course_utils.checks import likelihood_and_information as check

PAGE = Path(__file__).resolve().parents[2] / "book" / "likelihood_and_information.md"
P, Q = (0.6, 0.3, 0.1), (0.2, 0.2, 0.6)  # đề bài «ba con số»
H, CE = check.entropy(P), check.cross_entropy(P, Q)
REVERSE = check.cross_entropy(Q, P) - check.entropy(Q)


def test_blank_answers_are_not_wrong_answers():
    tasks = (check.coin, check.three_numbers, check.density, check.rescale, check.noise)
    for task in (*tasks, check.kl_function):
        for empty in (None, ...):
            report = task(empty)
            assert report.blank
            assert not report.ok
    assert check.density((39.89, ...)).blank


@pytest.mark.equation("eq-entropy")
@pytest.mark.parametrize("p", [0.9, 0.5, 0.25])
def test_coin_agrees_with_scipy(p):
    assert check.coin(scipy_entropy([p, 1 - p], base=2), p)
    assert check.coin(torch.tensor(scipy_entropy([p, 1 - p], base=2)), p)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (check.entropy((0.9, 0.1)), "nat; đề hỏi bit"),
        (math.log2(10), "mặt hiếm"),
        (math.log2(10 / 9), "mặt hay gặp"),
        ((math.log2(10) + math.log2(10 / 9)) / 2, "theo xác suất"),
        (1, "đồng xu cân"),
        (-check.entropy((0.9, 0.1)) / math.log(2), "dấu trừ"),
        (0.1 * math.log2(10), "thiếu số hạng của mặt hay gặp"),
        (math.log2(10) + math.log2(10 / 9), "nhân với xác suất"),
        (check.entropy((0.9, 0.1)) / math.log(10), "log₁₀"),
    ],
)
def test_coin_hints(answer, hint):
    report = check.coin(answer)
    assert not report.ok
    assert hint in report.message


@pytest.mark.equation("eq-cross-entropy")
@pytest.mark.equation("eq-kl")
def test_three_numbers_agree_with_torch():
    p, q = (Categorical(torch.tensor(law, dtype=torch.float64)) for law in (P, Q))
    kl = kl_divergence(p, q)
    assert check.three_numbers((p.entropy(), p.entropy() + kl, kl))
    assert check.three_numbers(np.array([H, CE, CE - H]).round(4))
    assert check.three_numbers([p.entropy(), float(p.entropy() + kl), np.float32(kl)])


def test_no_two_quantities_of_the_exercise_coincide():
    # Nếu H(q) trùng H(p, q) thì nhầm hai đại lượng vẫn được chấm đúng.
    values = [H, CE, CE - H, check.entropy(Q), check.cross_entropy(Q, P), REVERSE]
    values += [check.entropy(Q) - H]
    gaps = [abs(a - b) for i, a in enumerate(values) for b in values[:i]]
    assert min(gaps) > 100 * 2e-4  # dung sai của bộ chấm là 2e-4


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((H / math.log(2), CE / math.log(2), (CE - H) / math.log(2)), "bit; đề hỏi nat"),
        ((H, CE, REVERSE), "chiều kia"),
        ((H, check.cross_entropy(Q, P), 0.03), "đổi vai"),
        ((H, CE, CE), "vẫn là entropy chéo"),
        ((H, CE - H, 0.5), "Số thứ hai là KL"),
        ((H, CE, H - CE), "KL không âm"),
        ((check.entropy(Q), CE, CE - H), "Số thứ nhất là entropy của q"),
        ((H, check.entropy(Q), CE - H), "Số thứ hai là entropy của q"),
        ((H, CE, check.entropy(Q) - H), "hiệu của hai entropy"),
        ((CE, H, CE - H), "đổi chỗ"),
        ((H, CE, CE + H), "TRỪ"),
        ((H, CE, (CE - H) / math.log(2)), "thứ ba là bit"),
        ((H, CE, sum(math.log(a / b) for a, b in zip(P, Q, strict=True))), "nhân với p"),
        ((H, CE, sum(a * abs(math.log(a / b)) for a, b in zip(P, Q, strict=True))), "tuyệt đối"),
        ({"H": H, "CE": CE, "KL": CE - H}, "theo thứ tự"),
    ],
)
def test_three_numbers_hints(answer, hint):
    report = check.three_numbers(answer)
    assert not report.ok
    assert hint in report.message


def test_kl_function_accepts_other_right_ways():
    def safe(p, q):
        return torch.where(p > 0, p * (p.clamp_min(1e-300) / q).log(), 0.0).sum(-1)

    def by_functional(p, q):
        return F.kl_div(q.log(), p, reduction="none").sum(-1)

    def entropies(p, q):
        return -torch.special.entr(p).sum(-1) - torch.xlogy(p, q).sum(-1)

    def by_numpy(p, q):
        return scipy_entropy(p.numpy(), q.numpy(), axis=-1)

    for answer in (safe, by_functional, entropies, by_numpy):
        assert check.kl_function(answer), check.kl_function(answer).message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p, q: (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1), "D(q‖p)"),
        (lambda p, q: (p * torch.log(p / q)).sum(-1), "xlogy"),
        (lambda p, q: (p * (p.log() - q.log())).sum(dim=-1), "xlogy"),
        (lambda p, q: (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1) / math.log(2), "nat"),
        (lambda p, q: -torch.xlogy(p, q).sum(-1), "entropy chéo"),
        (lambda p, q: torch.special.entr(p).sum(-1) + torch.xlogy(p, q).sum(-1), "không âm"),
        (lambda p, q: (torch.xlogy(p, p) - torch.xlogy(p, q)).mean(-1), "chia cho K"),
        (lambda p, q: (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(), "chiều cuối"),
        (lambda p, q: F.kl_div(p, q, reduction="none").sum(-1), "LOG xác suất"),
        (lambda p, q: F.kl_div(q.log(), p, reduction="none").mean(), "lấy trung bình"),
        (lambda p, q: F.kl_div(q.log(), p, reduction="batchmean"), "lấy trung bình"),
        (lambda p, q: (p * torch.log2(p / q)).sum(-1), "bit"),
        (lambda p, q: (p * (q / p).log()).sum(-1), "Sai dấu"),
        (lambda p, q: (torch.xlogy(p, p) - torch.xlogy(p, q)).abs().sum(-1), "tuyệt đối"),
        (lambda p, q: torch.special.entr(q).sum(-1) - torch.special.entr(p).sum(-1), "hai entropy"),
        (lambda p, q: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_kl_function_hints(answer, hint):
    report = check.kl_function(answer)
    assert not report.ok
    assert hint in report.message


@pytest.mark.parametrize("std", [0.01, 0.02, 0.005])
def test_density_agrees_with_scipy(std):
    pair = (norm.pdf(0, scale=std), norm.cdf(0.001, scale=std) - norm.cdf(-0.001, scale=std))
    assert check.density(pair, std)
    assert check.density(np.array(pair), std)
    assert check.density(torch.tensor(pair), std)
    assert check.density([Fraction(pair[0]), torch.tensor([pair[1]])], std)
    assert check.density((value for value in pair), std)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((39.8942, 39.8942), "diện tích"),
        ((1, 0.0797), "cắt"),
        ((39.8942, 0.0398942), "một nửa"),
        ((0.3989, 0.0797), "N(0, 1)"),
        ((math.log(39.8942), 0.0797), "log mật độ"),
        ((3.98942, 0.0797), "σ²"),
        ((39.8942, 0.5), "xem lại xác suất"),
        ((12.0, 0.0797), "xem lại mật độ"),
        (39.8942, "Cần 2 số"),
        (torch.tensor(39.8942), "Cần 2 số"),
        (("a", "b"), "chuỗi"),
        (("39.8942", "0.0797"), "chuỗi"),
        ({39.8942, 0.0797}, "theo thứ tự"),
        ({39.8942: 0.0797, 1: 2}, "theo thứ tự"),
        ((True, 0.0797), "giá trị logic"),
        ((math.nan, 0.0797), "NaN"),
        ((39.8942, 1 - math.erf(0.1 / math.sqrt(2))), "NGOÀI"),
        ((39.8942, norm.cdf(0.1)), "P(X < r)"),
        ((39.8942, math.erf(0.1)), "√2"),
        ((3989.42, 0.0797), "không phải σ²"),
    ],
)
def test_density_hints(answer, hint):
    report = check.density(answer)
    assert not report.ok
    assert hint in report.message


def test_rescale_is_the_change_of_variables():
    assert check.rescale(-784 * math.log(255))
    assert check.rescale(Fraction(-434435, 100))
    law = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), 1.0)
    wide = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), 3.0)
    x = torch.tensor(0.3, dtype=torch.float64)
    assert check.rescale(10 * (wide.log_prob(3 * x) - law.log_prob(x)), dim=10, scale=3.0)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (784 * math.log(255), "Sai dấu"),
        (-math.log(255), "một chiều"),
        (-784 * math.log2(255), "bit"),
        (0, "log mật độ"),
        (784 * math.log2(255), "sai dấu"),
        (-784 * math.log10(255), "log₁₀"),
        (-784 * math.log(256), "255 lần"),
        (-28 * math.log(255), "784 điểm ảnh"),
        ([-784 * math.log(255)], "list"),
    ],
)
def test_rescale_hints(answer, hint):
    report = check.rescale(answer)
    assert not report.ok
    assert hint in report.message


def test_noise_is_a_bound_for_every_density():
    assert check.noise(math.log(100))
    assert check.noise(math.log(4), share=0.75)
    good, bad = torch.rand(100), torch.rand(100)
    assert ((0.01 * good + 0.99 * bad).log() >= good.log() - math.log(100)).all()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (-math.log(0.99), "phần nhiễu"),
        (math.log2(100), "bit"),
        (-math.log(100), "dương"),
        (math.inf, "Không vô hạn"),
        (99, "phần trăm"),
        (100, "số lần"),
        (math.log(0.99), "log của phần nhiễu"),
        (math.log(99), "tỉ số"),
        (0.99 * math.log(100), "Đừng nhân thêm"),
        (2, "log₁₀"),
        (-math.log2(100), "dương"),
        (0, "Có mất"),
    ],
)
def test_noise_hints(answer, hint):
    report = check.noise(answer)
    assert not report.ok
    assert hint in report.message


def kl_of_coins(a, b):
    return a * math.log(a / b) + (1 - a) * math.log((1 - a) / (1 - b))


QUARTER = check.entropy((0.25, 0.75))
EXAMPLE = (0.5, 0.3, 0.2), (0.25, 0.25, 0.5)  # ví dụ tính tay
H3, CE3 = check.entropy(EXAMPLE[0]), check.cross_entropy(*EXAMPLE)


@pytest.mark.parametrize(
    "printed",
    [
        # Các con số viết trong ví dụ tính tay và lời giải bài tập của trang sách.
        f"{1 / math.log(2):.4f}",
        f"{math.log(2):.4f}",
        f"{math.exp(-0.5):.3f}",  # trung bình của sin
        f"{H3:.4f}",
        f"{CE3:.4f}",
        f"{CE3 - H3:.4f}",
        f"{0.5 * math.log(2 * math.pi * math.e * 1e-4):.4f}",
        f"{norm.pdf(0, scale=0.01):.2f}",
        f"{2 * norm.cdf(0.1) - 1:.4f}",
        f"{-784 * math.log(255):.2f}",
        f"{-7000 / (3072 * math.log(2)) + 8:.4f}",
        f"{-7000 / (3072 * math.log(2)):.4f}",
        f"{math.sqrt(4.36):.3f}",
        f"{math.log(100):.3f}",
        f"{QUARTER / math.log(2):.4f}",  # đồng xu một phần tư
        f"{QUARTER:.4f}",
        f"{2 * QUARTER / math.log(2):.4f}",
        f"{math.log2(4 / 3):.4f}",
        f"{0.25 * math.log(2):.4f}",  # ba con số, hai chiều
        f"{kl_of_coins(0.5, 0.1):.4f}",  # tam giác
        f"{kl_of_coins(0.5, 0.25):.4f}",
        f"{kl_of_coins(0.25, 0.1):.4f}",
        f"{kl_of_coins(0.5, 0.25) + kl_of_coins(0.25, 0.1):.4f}",
        f"{math.log(1 / 3) + 2:.4f}",  # hai phân phối mũ
        f"{math.log(3) - 2 / 3:.4f}",
        f"{-math.log(0.01 * math.sqrt(2 * math.pi)):.4f}",  # kim nhọn
        f"{-math.log(4) - math.log(0.01 * math.sqrt(2 * math.pi)):.4f}",
        f"{1200 - 784 * math.log(255):.2f}",
        f"{math.sqrt(0.8 * 2 + 0.2 * (0.45**2 + 9) - 0.04):.4f}",  # khớp mô-men
        f"{math.exp(-2):.4f}",  # MMD âm
        f"{1 - math.exp(-2):.4f}",
        f"{2 / math.sqrt(3) * (1 - math.exp(-1 / 6)):.4f}",  # MMD giữa hai Gauss
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE.read_text(encoding="utf-8")


@pytest.mark.equation("eq-mmd")
def test_the_worked_mmd_and_coverage_of_the_page():
    bag = torch.tensor([[0.0], [2.0], [0.0], [2.0]])
    # `mmd2` đòi ít nhất bốn điểm: hai túi {0, 2} gấp đôi cho cùng ba trung bình, trừ trung bình
    # trong túi, tính thêm một cặp trùng trên ba.
    within = (1 + 2 * math.exp(-2)) / 3
    across = (1 + math.exp(-2)) / 2
    assert evaluation.mmd2(bag, bag, 1.0).value == pytest.approx(2 * (within - across))
    zero, one = torch.zeros(1), torch.eye(1)
    exact = 2 / math.sqrt(3) * (1 - math.exp(-1 / 6))
    assert evaluation.gaussian_mmd2(zero, one, zero + 1, one, 1.0) == pytest.approx(exact)
    assert evaluation.gaussian_frechet(zero, one, zero + 3, 4 * one) == pytest.approx(10)
