"""Mỗi bộ chấm của sổ «Mô hình sinh là gì»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import math
import unicodedata
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from course_utils.checks import generative_models as checks
from course_utils.checks import mixtures
from course_utils.em import e_step, m_step
from course_utils.mixtures import GaussianMixture

PAGE = Path(__file__).resolve().parents[2] / "book" / "generative_models.md"


@pytest.mark.parametrize(
    "check",
    [
        checks.responsibility,
        checks.em_step_1d,
        checks.mixture_parameters,
        checks.synthetic_ratio,
        checks.family_table,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.equation("eq-em")
def test_responsibility_is_the_posterior_of_the_mixture():
    model = GaussianMixture(1, 2).double()
    with torch.no_grad():
        model.logits.copy_(torch.tensor([0.8, 0.2]).log())
        model.means.copy_(torch.tensor([[0.0], [4.0]]))
    x = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    assert checks.responsibility(model.responsibilities(x)[:, 0])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.9820, 0.5), "quên trọng số"),
        ((0.0046, 0.2), "thành phần thứ hai"),
        ((0.8, 0.9954), "ngược chỗ"),
        ((0.1936, 0.0432), "chia cho tổng"),
        ((0.9317, 0.2), "đổi chỗ"),
        ((0.9999, 0.8), "thừa số ½"),
        ((99.5442, 80.0), "phần trăm"),
        ((0.2420, 0.0540), "mật độ của N(0, 1)"),
        ((218.3926, 4.0), "r₁/r₂"),
        ((1, 1), "giao hẳn"),
    ],
)
def test_responsibility_hints(answer, hint):
    report = checks.responsibility(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-em")
def test_em_step_accepts_the_package():
    def right(x, weights, means, variances):
        r, _ = e_step(x[:, None], weights, means[:, None], variances[:, None, None])
        weights, means, covariances = m_step(x[:, None], r)
        return weights, means[:, 0], covariances[:, 0, 0]

    assert checks.em_step_1d(right)


def test_em_step_accepts_float32_and_loops():
    def loops(x, weights, means, variances):
        joint = torch.stack(
            [
                w * Normal(m, v.sqrt()).log_prob(x).exp()
                for w, m, v in zip(weights, means, variances, strict=True)
            ]
        )
        r = (joint / joint.sum(0)).float()
        out = [], [], []
        for k in range(len(weights)):
            m = (r[k] * x).sum() / r[k].sum()
            out[0].append(r[k].mean())
            out[1].append(m)
            out[2].append((r[k] * (x - m) ** 2).sum() / r[k].sum())
        return tuple(torch.stack(column) for column in out)

    assert checks.em_step_1d(loops)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"centre": "old"}, "tâm MỚI"),
        ({"hard": True}, "chia mềm"),
        ({"prior": False}, "thiếu trọng số"),
        ({"axis": 0}, "theo các thành phần"),
        ({"volume": False}, "1/√v"),
        ({"root": True}, "Giá trị thứ ba là độ lệch chuẩn"),
        ({"width": "std"}, "như độ lệch chuẩn"),
        ({"width": "double"}, "thừa số ½"),
        ({"counts_only": True}, "tổng 1"),
        ({"over_n": True}, "N_k"),
        ({"unbiased": True}, "N_k − 1"),
    ],
)
def test_em_step_hints(options, hint):
    report = checks.em_step_1d(mixtures.em_variant(**options))
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-mixture")
def test_parameters_counted_on_a_real_model():
    """Số chiều của không gian tham số: tham số của mô hình, trừ phần thừa trong cách viết."""
    model = GaussianMixture(64, 10)
    upper = 64 * 63 // 2  # nửa trên của mỗi ma trận Cholesky không dùng đến
    free = sum(p.numel() for p in model.parameters()) - 10 * upper - 1  # softmax thừa một hằng số
    assert checks.mixture_parameters(free)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (21450, "K − 1"),
        (9 + 640 + 40960, "đối xứng"),
        (10 + 640 + 40960, "và các trọng số"),
        (9 + 1280, "đường chéo; đề"),
        (21440, "quên các trọng số"),
        (41600, "đối xứng, và bạn quên"),
        (9 + 20800, "quên các tâm"),
        (9 + 640, "quên các hiệp phương sai"),
        (9 + 640 + 2080, "hiệp phương sai riêng"),
        (64 + 2080, "một Gauss"),
    ],
)
def test_mixture_parameters_hints(answer, hint):
    report = checks.mixture_parameters(answer)
    assert not report
    assert hint in report.message


def test_synthetic_ratio_is_the_exact_one():
    """E[s²] = 19/20 với phép chia n; MSE tổng hợp = 1/20 + E[s²]/10 000."""
    exact = (1 / 20 + (19 / 20) / 10_000) / (1 / 20)
    assert checks.synthetic_ratio(exact)
    assert checks.synthetic_ratio(np.float32(1.0))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.002, "không giảm theo số điểm"),
        (0.001996, "không giảm theo số điểm"),
        (0.5, "mẫu thứ hai"),
        (500, "Tệ đến thế"),
        (2.0, "không đáng kể"),
        (1.5, "Chưa đúng"),
    ],
)
def test_synthetic_ratio_hints(answer, hint):
    report = checks.synthetic_ratio(answer)
    assert not report
    assert hint in report.message


RIGHT = dict(checks.FAMILIES)


def test_family_table_accepts_the_right_table_in_any_writing():
    assert checks.family_table(RIGHT)
    assert checks.family_table({k: [f" {a.upper()} ", b] for k, (a, b) in RIGHT.items()})
    # Bộ gõ trên vài máy viết dấu tiếng Việt thành ký tự rời (NFD).
    split = {k: tuple(unicodedata.normalize("NFD", v) for v in pair) for k, pair in RIGHT.items()}
    assert checks.family_table(split)


@pytest.mark.parametrize(
    ("name", "cells", "hint"),
    [
        ("DDPM", ("chính xác", "T lượt"), "cận biến phân"),
        ("MAF", ("chính xác", "1 lượt"), "một lượt, nhưng sinh"),
        ("VAE", ("chính xác", "1 lượt"), "ELBO"),
        ("GAN", ("cận dưới", "1 lượt"), "chỉ cho mẫu"),
        ("luồng phần dư", ("chính xác", "1 lượt"), "2 ô sai"),
        ("CNF", ("chính xác", "bộ giải"), "sai số của bộ giải"),
        ("ODE dòng xác suất", ("cận dưới", "T lượt"), "2 ô sai"),
        ("PixelCNN", ("chính xác", "1 lượt"), "từng điểm ảnh"),
        ("RealNVP", ("chính xác", "nhanh"), "không nằm trong các lựa chọn"),
        ("RealNVP", "chính xác", "một cặp"),
        ("RealNVP", 3, "một cặp"),
        ("RealNVP", {"chính xác", "1 lượt"}, "một cặp"),
        ("RealNVP", ("1 lượt", "chính xác"), "ngược chỗ"),
    ],
)
def test_family_table_hints(name, cells, hint):
    report = checks.family_table(RIGHT | {name: cells})
    assert not report
    assert hint in report.message


def test_every_wrong_cell_has_a_hint():
    for name, (likelihood, sampling) in RIGHT.items():
        for option in checks.LIKELIHOODS:
            if option != likelihood:
                report = checks.family_table(RIGHT | {name: (option, sampling)})
                assert report.message.startswith("1 ô sai")
        for option in checks.SAMPLINGS:
            if option != sampling:
                report = checks.family_table(RIGHT | {name: (likelihood, option)})
                assert report.message.startswith("1 ô sai")


def test_family_table_half_filled():
    empty = {name: (..., ...) for name in RIGHT}
    assert checks.family_table(empty).blank
    assert checks.family_table(dict.fromkeys(RIGHT, ...)).blank
    report = checks.family_table(empty | {"GAN": RIGHT["GAN"]})
    assert report.blank
    assert "còn 16 ô trống" in report.message
    assert "còn thiếu" in checks.family_table({"GAN": RIGHT["GAN"]}).message
    assert "từ điển" in checks.family_table([1, 2]).message


def em_by_hand(x, left, right):
    """Một bước EM với N(left, 1), N(right, 1), trọng số ½, viết bằng số Python."""
    r = [1 / (1 + math.exp(((v - left) ** 2 - (v - right) ** 2) / 2)) for v in x]
    count = sum(r)
    mean = sum(p * v for p, v in zip(r, x, strict=True)) / count
    variance = sum(p * (v - mean) ** 2 for p, v in zip(r, x, strict=True)) / count
    return r, count, mean, variance


HAND = em_by_hand([0, 1, 2, 5], 1, 3)
OTHER = em_by_hand([0, 1, 2, 5], 3, 1)
EXERCISE = em_by_hand([-1, 0, 4], 0, 2)
PHI = NormalDist()


@pytest.mark.parametrize(
    "printed",
    [
        *(f"{r:.4f}" for r in HAND[0] + OTHER[0]),
        f"N_1 = {HAND[1]:.4f}",
        f"N_2 = {OTHER[1]:.4f}",
        f"= {HAND[1] / 4:.4f}",
        f"= {HAND[2]:.4f}",
        f"= {OTHER[2]:.4f}",
        *(f"{abs(v - HAND[2]):.4f}^2" for v in (0, 1, 2, 5)),
        rf"\sigma_1^2 = {HAND[3]:.4f}",
        rf"\sigma_2^2 = {OTHER[3]:.4f}",
        f"N_1 = {EXERCISE[1]:.4f}",
        rf"\pi_1 = {EXERCISE[1] / 3:.4f}",
        f"= {EXERCISE[2]:.4f}",
        f"{0.95**50:.4f}",
        rf"\Phi(0.1) = {PHI.cdf(0.1):.4f}",
        f"= {PHI.cdf(0.1 * math.sqrt(100)):.4f}",
        f"{0.0095 / (0.0095 + 0.99 * 0.02):.3f}",
        f"{2 * math.log(100):.4f}",
        f"{1 / 20 + (10_000 / 10_020) ** 2 * 0.95 / 10_000:.6f}",
        f"{PHI.inv_cdf(0.99):.4f}",
        f"{2 * PHI.inv_cdf(0.99) / 0.1:.2f}",
        f"{math.ceil((2 * PHI.inv_cdf(0.99) / 0.1) ** 2)}",
        f"{5.7 / 14.7:.0%} oan",
        f"{1 / 190:.3%}"[:-1],
        f"10^{{{64 * math.log10(25):.0f}}}",
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE.read_text(encoding="utf-8")


def test_ceiling_of_a_detector_by_quadrature():
    """½ + ½·TV giữa N(0, 1) và N(μ, 1) bằng Φ(μ/2)."""
    x = torch.linspace(-12, 14, 100_001, dtype=torch.float64)
    for mu in (0.2, 2.0):
        p, q = (Normal(m, torch.tensor(1.0).double()).log_prob(x).exp() for m in (0.0, mu))
        ceiling = 0.5 + 0.25 * torch.trapezoid((p - q).abs(), x).item()
        assert ceiling == pytest.approx(PHI.cdf(mu / 2), abs=1e-6)
