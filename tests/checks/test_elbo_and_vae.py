"""Mỗi bộ chấm của sổ «ELBO và VAE»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Laplace, Normal, kl_divergence

from course_utils.checks import elbo_and_vae as checks

LOG_2PI = math.log(2 * math.pi)
FUNCTIONS = [checks.gaussian_kl, checks.reparameterized, checks.negative_elbo, checks.iwae]
VALUES = [
    checks.kl_by_hand,
    checks.elbo_by_hand,
    checks.law_after_the_bar,
    checks.gaussian_nats,
    checks.new_image,
]


@pytest.mark.parametrize("check", [*FUNCTIONS, *VALUES])
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.parametrize("check", FUNCTIONS)
def test_unwritten_function_is_blank(check):
    assert check(lambda *arguments: ...).blank


@pytest.mark.parametrize("check", FUNCTIONS)
@pytest.mark.parametrize("answer", [3.0, "x", lambda *arguments: 1 / 0, lambda *arguments: "x"])
def test_strange_functions_get_an_answer(check, answer):
    report = check(answer)
    assert not report
    assert not report.blank


# ---- KL


@pytest.mark.equation("eq-gaussian-kl")
def test_kl_by_hand_against_torch():
    q, p = Normal(1.0, math.sqrt(2.0)), Normal(0.0, 1.0)
    assert checks.kl_by_hand(kl_divergence(q, p))
    assert checks.kl_by_hand(np.float64(0.6534))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (-0.6534, "Dấu ngược"),
        (1.3069, "thừa số ½"),
        (0.5338, "đã là phương sai"),
        (1.3069, "bình phương số 2"),
        (0.3466, "đổi chỗ"),
        (0.9427, "bit"),
        (1.1534, "−1"),
        (0.1534, "quên μ²"),
        (1.0, "−log σ²"),
        (1.3466, "Dấu của log"),
    ],
)
def test_kl_by_hand_hints(answer, hint):
    report = checks.kl_by_hand(answer)
    assert not report
    assert hint in report.message


def kl_formula(mean, log_var):
    return -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(1)


def test_gaussian_kl_accepts_other_styles():
    assert checks.gaussian_kl(kl_formula)

    def with_torch(mean, log_var):
        q = Normal(mean, torch.exp(log_var / 2))
        return kl_divergence(q, Normal(torch.zeros_like(mean), 1.0)).sum(-1)

    assert checks.gaussian_kl(with_torch)
    assert checks.gaussian_kl(lambda m, v: kl_formula(m, v).numpy())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda m, v: -kl_formula(m, v), "Dấu ngược"),
        (lambda m, v: 2 * kl_formula(m, v), "½"),
        (lambda m, v: -0.5 * (1 + v - m**2 - v).sum(1), "exp(log_var)"),
        (lambda m, v: -0.5 * (1 + v - m**2 - (v / 2).exp()).sum(1), "độ lệch chuẩn"),
        (lambda m, v: -0.5 * (1 + 2 * v - m**2 - (2 * v).exp()).sum(1), "log độ lệch chuẩn"),
        (lambda m, v: -0.5 * (1 + v / 2 - m**2 - (v / 2).exp()).sum(1), "đừng chia đôi"),
        (lambda m, v: -0.5 * (v - m**2 - v.exp()).sum(1), "số hạng −1"),
        (lambda m, v: -0.5 * (1 + v - v.exp()).sum(1), "quên số hạng μ²"),
        (lambda m, v: -0.5 * (1 + v - m.abs() - v.exp()).sum(1), "bình phương μ"),
        (lambda m, v: -0.5 * (1 + v + m**2 - v.exp()).sum(1), "Dấu của μ²"),
        (lambda m, v: -0.5 * (1 - v - m**2 - v.exp()).sum(1), "Dấu của log"),
        (lambda m, v: -0.5 * (1 + v - m**2 - v.exp()).sum(0), "nhầm chiều"),
        (lambda m, v: kl_formula(m, v)[:, None], "(n, 1)"),
        (lambda m, v: -0.5 * (1 + v - m**2 - v.exp()).mean(1), "trung bình"),
        (lambda m, v: -0.5 * (1 + v - m**2 - v.exp()), "còn phải cộng"),
        (lambda m, v: kl_formula(m, v).sum(), "riêng từng điểm"),
        (lambda m, v: kl_formula(m, v).mean(), "riêng từng điểm"),
    ],
)
def test_gaussian_kl_hints(answer, hint):
    report = checks.gaussian_kl(answer)
    assert not report
    assert hint in report.message


# ---- Tái tham số hóa


@pytest.mark.equation("eq-reparameterization")
def test_reparameterized_accepts_both_styles():
    assert checks.reparameterized(lambda m, v: m + (v / 2).exp() * torch.randn_like(m))
    assert checks.reparameterized(lambda m, v: Normal(m, v.exp().sqrt()).rsample())
    # Nhiễu numpy kiểu float64 làm z thành float64: vẫn là một câu trả lời đúng.
    rng = np.random.default_rng(0)
    noise = lambda m: torch.as_tensor(rng.standard_normal(m.shape))  # noqa: E731
    assert checks.reparameterized(lambda m, v: m + (v / 2).exp() * noise(m))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda m, v: m + v.exp() * torch.randn_like(m), "phương sai"),
        (lambda m, v: Normal(m, (v / 2).exp()).sample(), "gradient không qua"),
        (lambda m, v: (m + (v / 2).exp() * torch.randn_like(m)).detach(), "gradient không qua"),
        (lambda m, v: m + (v / 2).exp().detach() * torch.randn_like(m), "gradient theo log_var"),
        (lambda m, v: m.detach() + (v / 2).exp() * torch.randn_like(m), "gradient theo mean"),
        (lambda m, v: m + (v / 2).exp() * torch.randn(1, 3), "dùng chung một ε"),
        (lambda m, v: m + (v / 2).exp() * torch.randn(len(m), 1), "Mọi chiều"),
        (lambda m, v: m + torch.randn_like(m), "quên nhân ε"),
        (lambda m, v: m + 0 * v, "thiếu nhiễu"),
        (lambda m, v: m + (v / 2).exp() * torch.rand_like(m), "torch.rand"),
        (
            lambda m, v: m + (v / 2).exp() * math.sqrt(12) * (torch.rand_like(m) - 0.5),
            "torch.rand",
        ),
        (
            lambda m, v: m + (v / 2).exp() * Laplace(0.0, math.sqrt(0.5)).sample(m.shape),
            "chưa phải Gauss",
        ),
        (lambda m, v: m + v * torch.randn_like(m), "nhân ε với log_var"),
        (lambda m, v: (m + (v / 2).exp() * torch.randn_like(m)).sum(1), "cùng kích thước"),
        (lambda m, v: 0.5 * m + (v / 2).exp() * torch.randn_like(m), "chưa khớp"),
    ],
)
def test_reparameterized_hints(answer, hint):
    report = checks.reparameterized(answer)
    assert not report
    assert hint in report.message


def test_the_checker_leaves_the_random_state_alone():
    torch.manual_seed(5)
    state = torch.get_rng_state()
    checks.reparameterized(lambda m, v: m + (v / 2).exp() * torch.randn_like(m))
    assert torch.equal(torch.get_rng_state(), state)


# ---- ELBO


@pytest.mark.equation("eq-elbo-split")
def test_elbo_by_hand_against_integrals():
    z = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
    prior, q = Normal(0.0, 1.0), Normal(0.5, 0.5)
    likelihood = Normal(2 * z, 1.0).log_prob(torch.tensor(1.0))
    weight = q.log_prob(z).exp()
    reconstruction = torch.trapezoid(weight * likelihood, z)
    kl = torch.trapezoid(weight * (q.log_prob(z) - prior.log_prob(z)), z)
    log_p = torch.trapezoid((prior.log_prob(z) + likelihood).exp(), z).log()
    assert checks.elbo_by_hand((reconstruction, kl, reconstruction - kl, log_p))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((-0.9189, 0.4431, -1.3621, -1.8237), "thay z = m"),
        ((-1.0439, 0.4431, -1.4871, -1.8237), "không phải s²"),
        ((-1.1689, 0.4431, -1.6121, -1.8237), "không phải 2s²"),
        ((-0.5, 0.4431, -0.9431, -1.8237), "½log 2π"),
        ((-1.4189, -0.4431, -1.8621, -1.8237), "Dấu ngược"),
        ((-1.4189, 0.4431, -0.9758, -1.8237), "TRỪ"),
        ((-1.4189, 0.4431, 1.8621, -1.8237), "mất mát"),
        ((-1.4189, 0.2216, -1.6405, -1.8237), "¼ đã là phương sai"),
        ((1.4189, 0.4431, 0.9758, -1.8237), "ở đây nó âm"),
        ((-1.4189, 0.4431, -1.8621, -0.0384), "không phải khe hở"),
        ((-1.4189, 0.4431, -1.8621, -1.8621), "không phải ELBO"),
        ((-1.4189, 0.4431, -1.8621, -1.6349), "phương sai 2² + 1"),
    ],
)
def test_elbo_by_hand_hints(answer, hint):
    report = checks.elbo_by_hand(answer)
    assert not report
    assert hint in report.message


@pytest.mark.parametrize(
    "answer",
    [
        "p(z|x)",
        " P(z | x) ",
        "p(z ∣ x)",
        "$p(z\\mid x)$",
        "p_theta(z|x)",
        "p_\\theta(z\\mid x)",
        "'p(z|x)'.",
        "hậu nghiệm",
    ],
)
def test_law_after_the_bar(answer):
    assert checks.law_after_the_bar(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("p(x,z)", "−ELBO"),
        ("p(z)", "TRONG"),
        ("p(x|z)", "luật của x"),
        ("q(z|x)", "luôn bằng 0"),
        ("q_phi(z|x)", "luôn bằng 0"),
        ("tiên nghiệm", "TRONG"),
        ("p(x)", "con số"),
        ("mọi thứ", "một trong"),
        (7, "một trong"),
    ],
)
def test_law_after_the_bar_hints(answer, hint):
    report = checks.law_after_the_bar(answer)
    assert not report
    assert hint in report.message


def test_gaussian_nats_against_torch():
    error = torch.full((784,), math.sqrt(20 / 784), dtype=torch.float64)
    nats = [-Normal(0.0, s).log_prob(error).sum().item() for s in (1.0, 0.1)]
    assert checks.gaussian_nats(nats)
    assert nats[1] == pytest.approx(-84.7789, abs=1e-3)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((10.0, 1000.0), "hằng số"),
        ((730.4, 1000.0), "hằng số"),
        ((730.4, 1720.4), "cũng chứa s"),
        ((730.4, 915.2), "2s²"),
        ((740.4, -84.8), "2s²"),
        ((730.4, -984.8), "0.02"),
        ((-730.4, 84.8), "ĐỐI"),
        ((20.0, 20.0), "chưa phải log"),
        ((730.4, 84.8), "có thể lớn hơn 1"),
        ((-84.8, 730.4), "thứ tự"),
        ((10.9, 998.6), "D = 784"),
        ((0.93, -0.11), "TỔNG"),
        ((1053.8, -122.3), "bit"),
        ((730.4, 817.8), "s² = 0.01"),
    ],
)
def test_gaussian_nats_hints(answer, hint):
    report = checks.gaussian_nats(answer)
    assert not report
    assert hint in report.message


def loss(x, x_hat, scale, mean, log_var, reduce=torch.sum):
    square = reduce((x - x_hat) ** 2, 1) / (2 * scale**2)
    return square + x.shape[1] * (math.log(scale) + LOG_2PI / 2) + kl_formula(mean, log_var)


def test_negative_elbo_accepts_other_styles():
    assert checks.negative_elbo(loss)

    def with_torch(x, x_hat, scale, mean, log_var):
        return kl_formula(mean, log_var) - Normal(x_hat, scale).log_prob(x).sum(1)

    assert checks.negative_elbo(with_torch)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda *a: -loss(*a), "+ELBO"),
        (lambda *a: loss(*a) - 2 * kl_formula(*a[3:]), "Dấu của KL"),
        (lambda *a: loss(*a) - kl_formula(*a[3:]), "Thiếu số hạng KL"),
        (lambda *a: loss(*a, reduce=torch.mean), "CỘNG"),
        (lambda x, y, s, m, v: ((x - y) ** 2).sum(1) + kl_formula(m, v), "MSE trần"),
        (
            lambda x, y, s, m, v: loss(x, y, s, m, v) + ((x - y) ** 2).sum(1) / (2 * s**2),
            "không phải s²",
        ),
        (lambda x, y, s, m, v: loss(x, y, s, m, v) - 5 * math.log(s), "s = ∞"),
        (lambda x, y, s, m, v: loss(x, y, s, m, v) - 2.5 * LOG_2PI, "log 2π"),
        (
            lambda x, y, s, m, v: ((x - y) ** 2).sum(1) / (2 * s**2) + kl_formula(m, v),
            "phần chuẩn hóa",
        ),
        (lambda *a: loss(*a).mean(), "riêng từng điểm"),
        (lambda x, y, s, m, v: ((x - y) ** 2).mean(1) + kl_formula(m, v), "MSE + KL"),
        (lambda x, y, s, m, v: ((x - y) ** 2).sum(1) / 2 + kl_formula(m, v), "ngầm chọn s = 1"),
        (lambda x, y, s, m, v: loss(x, y, s**0.5, m, v), "không phải phương sai"),
        (
            lambda x, y, s, m, v: loss(x, y, s, m, v) - 4 * (math.log(s) + LOG_2PI / 2),
            "nhân với D",
        ),
        (lambda *a: loss(*a) - kl_formula(*a[3:]) / 2, "KL phải CỘNG"),
    ],
)
def test_negative_elbo_hints(answer, hint):
    report = checks.negative_elbo(answer)
    assert not report
    assert hint in report.message


# ---- IWAE và sinh mẫu


@pytest.mark.equation("eq-iwae")
def test_iwae_accepts_other_styles():
    assert checks.iwae(lambda w: torch.logsumexp(w, 0) - math.log(len(w)))

    def shifted(w):
        top = w.max(0).values
        return top + (w - top).exp().mean(0).log()

    assert checks.iwae(shifted)
    assert checks.iwae(lambda w: np.logaddexp.reduce(w.numpy(), 0) - np.log(w.shape[0]))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda w: w.exp().mean(0).log(), "logsumexp"),
        (lambda w: w.mean(0), "trung bình của log"),
        (lambda w: torch.logsumexp(w, 0), "Thiếu − log k"),
        (lambda w: torch.logsumexp(w, 0) - math.log(w.shape[1]), "Chiều đầu"),
        (lambda w: torch.logsumexp(w, 1) - math.log(w.shape[1]), "gộp nhầm"),
        (lambda w: (torch.logsumexp(w, 0) - math.log(len(w))).mean(), "riêng từng điểm"),
        (lambda w: torch.logsumexp(w, 0) / len(w), "phép trừ"),
        (lambda w: w.max(0).values, "lớn nhất"),
        (lambda w: torch.logsumexp(w, 0) + math.log(len(w)), "TRỪ log k"),
        (lambda w: math.log(len(w)) - torch.logsumexp(w, 0), "không đổi dấu"),
        (lambda w: w.exp().mean(0), "quên lấy log"),
        (lambda w: w.exp().sum(0).log(), "Thiếu − log k"),
        (lambda w: torch.logsumexp(w, 0) - len(w), "không phải trừ k"),
    ],
)
def test_iwae_hints(answer, hint):
    report = checks.iwae(answer)
    assert not report
    assert hint in report.message


def test_new_image():
    assert checks.new_image("b")
    assert checks.new_image("(B)")
    assert checks.new_image("b).")
    assert "tái tạo" in checks.new_image("a").message
    assert "nhiễu" in checks.new_image("c").message
    assert not checks.new_image(5)
