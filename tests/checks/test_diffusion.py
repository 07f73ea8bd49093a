"""Mỗi bộ chấm của sổ «Mô hình khuếch tán»: đáp án đúng được nhận, lỗi được gợi ý."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import diffusion as checks
from course_utils.checks import implicit_steps, noise_schedule, reverse_steps

PAGE = Path(__file__).resolve().parents[2] / "book" / "diffusion.md"
DOUBLE = torch.float64


@pytest.mark.parametrize(
    "check",
    [
        checks.schedule_end,
        checks.terminal_snr,
        checks.diffuse,
        checks.posterior,
        checks.noise_and_score,
        checks.bound_terms,
        checks.ancestral_step,
        checks.ddim_step,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


def marginal_by_walking(betas, x0=1.0):
    """Trung bình và phương sai của x_k, đi từng bước một."""
    mean, variance = x0, 0.0
    for beta in betas:
        mean, variance = math.sqrt(1 - beta) * mean, (1 - beta) * variance + beta
    return mean, variance


def gaussian_kl(mean, variance):
    """KL(N(mean, variance) ‖ N(0, 1)) bằng tích phân số trên lưới."""
    x = torch.linspace(-12, 12, 200_001, dtype=DOUBLE)
    log_p = -0.5 * (x - mean).square() / variance - 0.5 * math.log(2 * math.pi * variance)
    log_q = -0.5 * x.square() - 0.5 * math.log(2 * math.pi)
    return torch.trapezoid(log_p.exp() * (log_p - log_q), x).item()


@pytest.mark.equation("eq-ddpm-closed-form")
@pytest.mark.equation("eq-linear-schedule")
def test_schedule_end_by_walking_the_chain():
    mean, variance = marginal_by_walking(np.linspace(1e-4, 0.02, 1000))
    kl = gaussian_kl(mean, variance)
    assert checks.schedule_end((1e5 * mean**2, 1e3 * mean, 1e5 * kl))
    assert checks.schedule_end(np.array([4.036, 6.353, 2.018]))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.0, 6.353, 2.018), "nhân các β"),
        ((4.1045, 6.353, 2.018), "β trung bình"),
        ((4.3186, 6.353, 2.018), "chỉ gần đúng"),
        ((635.28, 6.353, 2.018), "số đầu hỏi ᾱ_T"),
        ((4.036e-5, 6.353, 2.018), "nhân 10⁵"),
        ((98000.0, 6.353, 2.018), "một bước cuối"),
        ((4.036, 0.04036, 2.018), "có dấu căn"),
        ((4.036, 999.98, 2.018), "hệ số của nhiễu"),
        ((4.036, 6.353e-3, 2.018), "quên nhân 10³"),
        ((4.036, 6.353, 2.018e-2), "không phải 10³"),
        ((4.036, 6.353, 4.036), "thừa số ½"),
        ((4.036, 6.353, 0.0), "½ᾱ_T"),
        ((4.036, 6.353, -2.018), "không âm"),
        ((4.036, 6.353, 2.911), "log₂"),
        ((math.nan, 1.0, 1.0), "NaN"),
    ],
)
def test_schedule_end_hints(answer, hint):
    report = checks.schedule_end(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-snr")
def test_terminal_snr_by_walking_the_chain():
    betas = np.linspace(math.sqrt(0.00085), math.sqrt(0.012), 1000) ** 2
    mean, variance = marginal_by_walking(betas)
    assert checks.terminal_snr(mean**2 / variance)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.0, "cả vấn đề"),
        (0.0046601, "còn chia"),
        (0.0015815, "√β tăng đều"),
        (0.068425, "phương sai"),
        (213.58, "Ngược tỉ số"),
        (-5.364, "log SNR"),
        (82.3333, "riêng bước cuối"),
        (0.068265, "hệ số của x₀"),
        (0.9953399, "phần nhiễu"),
        (-23.2957, "đêxiben"),
    ],
)
def test_terminal_snr_hints(answer, hint):
    # Những số lớn được viết gọn ở trên: lấy lại cho đủ chữ số.
    mean, variance = marginal_by_walking(
        np.linspace(math.sqrt(0.00085), math.sqrt(0.012), 1000) ** 2
    )
    right = mean**2 / variance
    exact = {0.068425: math.sqrt(right), 213.58: 1 / right, -5.364: math.log(right)}
    exact |= {0.068265: mean, 0.9953399: variance, -23.2957: 10 * math.log10(right)}
    exact |= {82.3333: (1 - 0.012) / 0.012, 0.0015815: snr_of_straight_betas()}
    report = checks.terminal_snr(exact.get(answer, answer))
    assert not report
    assert hint in report.message


def snr_of_straight_betas():
    mean, variance = marginal_by_walking(np.linspace(0.00085, 0.012, 1000))
    return mean**2 / variance


@pytest.mark.equation("eq-ddpm-closed-form")
@pytest.mark.equation("eq-ddpm-step")
def test_diffuse_accepts_right_answers():
    def walk(x0, k, eps, beta):
        """Trung bình và phương sai cộng dồn qua từng bước, cho từng điểm."""
        out = []
        for point, last, noise in zip(x0, k.tolist(), eps, strict=True):
            mean, variance = marginal_by_walking(beta[:last].tolist())
            out.append(mean * point + math.sqrt(variance) * noise)
        return torch.stack(out)

    def logs(x0, k, eps, beta):
        total = torch.cumsum(torch.log1p(-beta), 0)[k - 1, None]
        return (total / 2).exp() * x0 + torch.sqrt(-torch.expm1(total)) * eps

    assert checks.diffuse(walk)
    assert checks.diffuse(logs)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"level": lambda b, k: 1 - b[k - 1]}, "α_k của một bước"),
        ({"level": lambda b, k: b[k - 1]}, "Bạn dùng β_k"),
        ({"level": lambda b, k: torch.cumprod(b, 0)[k - 1]}, "nhân các β"),
        ({"level": noise_schedule.before}, "ᾱ_{k−1}"),
        ({"level": lambda b, k: (1 - b).prod() + 0 * k}, "bước k riêng"),
        ({"level": lambda b, k: torch.exp(-b.cumsum(0))[k - 1]}, "nhân từng 1 − β"),
        ({"signal": lambda a: a, "noise": lambda a: 1 - a}, "cả hai dấu căn"),
        ({"signal": lambda a: a}, "hệ số của x₀: √ᾱ_k"),
        ({"noise": lambda a: 1 - a}, "hệ số của nhiễu: phương sai"),
        ({"signal": lambda a: (1 - a) ** 0.5, "noise": lambda a: a**0.5}, "đổi chỗ"),
        ({"noise": lambda a: 1 - a**0.5}, "không phải 1 − √ᾱ"),
        ({"noise": lambda a: 1 + 0 * a}, "phình ra"),
        ({"noise": lambda a: -((1 - a) ** 0.5)}, "Ngược dấu"),
    ],
)
def test_diffuse_hints(changes, hint):
    report = checks.diffuse(noise_schedule.jump(**changes))
    assert not report
    assert hint in report.message


def test_diffuse_off_by_one_that_stays_in_range():
    def late(x0, k, eps, beta):
        bar = (1 - beta).cumprod(0)[k % len(beta)].unsqueeze(1)
        return bar.sqrt() * x0 + (1 - bar).sqrt() * eps

    assert "Lệch một bước" in checks.diffuse(late).message


def test_a_function_that_stops_gets_advice_beside_the_error():
    def late(x0, k, eps, beta):
        return x0 * (1 - beta).cumprod(0)[k].unsqueeze(1)

    def flat(x0, k, eps, beta):
        bar = (1 - beta).cumprod(0)[k - 1]
        return bar.sqrt() * x0 + (1 - bar).sqrt() * eps

    def late_step(x, k, eps, noise, beta):
        return x - beta[k] * eps

    for report, error, advice in (
        (checks.diffuse(late), "IndexError", "vị trí k − 1"),
        (checks.diffuse(flat), "RuntimeError", "(n, 1)"),
        (checks.ancestral_step(late_step), "IndexError", "beta[k − 1]"),
    ):
        assert not report
        assert error in report.message
        assert advice in report.message


def posterior_by_grid():
    """Trung bình, phương sai của q(x₁ | x₂, x₀): nhân hai mật độ trên lưới rồi chuẩn hóa."""
    x1 = torch.linspace(-4, 4, 400_001, dtype=DOUBLE)
    (b1, b2), x0, x2 = reverse_steps.BETAS, reverse_steps.X0, reverse_steps.X2
    log_p = -0.5 * (x1 - math.sqrt(1 - b1) * x0).square() / b1
    log_p = log_p - 0.5 * (x2 - math.sqrt(1 - b2) * x1).square() / b2
    weight = log_p.softmax(0)
    mean = (weight * x1).sum()
    return mean.item(), (weight * (x1 - mean).square()).sum().item()


@pytest.mark.equation("eq-ddpm-posterior")
def test_posterior_by_integrating():
    assert checks.posterior(posterior_by_grid())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.65825, 0.0714), "đổi chỗ: x₀"),
        ((0.76581, 0.0714), "không phải √ᾱ₂"),
        ((0.80258, 0.0714), "dấu căn của ᾱ₁"),
        ((0.82049, 0.0714), "dấu căn của α₂"),
        ((0.55902, 0.0714), "chưa dùng x₀"),
        ((0.94868, 0.0714), "còn biết x₂"),
        ((0.67763, 0.0714), "phần của x₂"),
        ((0.15972, 0.0714), "phần của x₀"),
        ((0.23446, 0.0714), "chia cho 1 − ᾱ₂"),
        ((0.83735, 0.2), "bước thuận"),
        ((0.83735, 0.1), "chưa biết x₂"),
        ((0.83735, 0.26726), "độ lệch chuẩn"),
        ((0.83735, 14.0), "độ chính xác"),
        ((0.83735, 0.56), "Ngược tỉ số"),
        ((0.83735, 0.035714), "không phải β₁"),
        ((0.0714, 0.83735), "ngược chỗ"),
    ],
)
def test_posterior_hints(answer, hint):
    report = checks.posterior(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-parameterizations")
def test_noise_and_score_by_differentiating():
    a, sigma = math.sqrt(checks.SIGNAL), math.sqrt(1 - checks.SIGNAL)
    x = torch.tensor(checks.NOISY, dtype=DOUBLE, requires_grad=True)
    log_q = -0.5 * ((x - a * checks.CLEAN) / sigma).square()
    score = torch.autograd.grad(log_q, x)[0].item()
    assert checks.noise_and_score((-sigma * score, score))
    assert score == pytest.approx(-0.8, abs=1e-12)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.2, -0.8), "phần co"),
        ((0.6, -0.8), "quên chia"),
        ((0.8, -0.8), "không phải phương sai"),
        ((0.92376, -0.8), "không phải ᾱ"),
        ((-0.69282, -0.8), "Ngược dấu"),
        ((0.69282, 0.8), "kéo về phía"),
        ((0.69282, 0.69282), "không phải ε"),
        ((0.69282, -0.69282), "chia cho σ"),
        ((0.69282, -2.77128), "không phải ᾱ"),
        ((0.69282, -0.92376), "một lần thôi"),
        ((-0.8, 0.69282), "ngược chỗ"),
    ],
)
def test_noise_and_score_hints(answer, hint):
    report = checks.noise_and_score(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-ddpm-elbo")
def test_bound_terms():
    """Đếm trên chính bảng các số hạng của DDPM: T + 1 cột, cột cuối không tùy mạng."""
    from course_utils.diffusion import DDPM

    torch.manual_seed(0)
    model = DDPM(2, (8, 8), steps=3).double()
    x = torch.randn(4, 2, dtype=DOUBLE)
    model.loss(x)  # lô đầu tiên định phép chuẩn tắc
    learned = 0
    columns = model.bound_terms(x).shape[1]
    for column in range(columns):
        value = model.bound_terms(x)[:, column].sum()
        parameters = [p for p in model.parameters() if p.requires_grad]
        grads = (
            torch.autograd.grad(value, parameters, allow_unused=True)
            if value.requires_grad
            else [None]
        )
        learned += any(g is not None and g.abs().sum() > 0 for g in grads)
    assert checks.bound_terms((learned, learned - 1, columns))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((4, 2, 4), "đừng đếm"),
        ((2, 2, 4), "quên tái tạo"),
        ((1, 2, 4), "chung một mạng"),
        ((3, 3, 4), "k = 1 là tái tạo"),
        ((3, 2, 3), "Đừng quên đỉnh"),
        ((3, 2, 5), "Bốn"),
    ],
)
def test_bound_terms_hints(answer, hint):
    report = checks.bound_terms(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-ancestral")
def test_ancestral_step_accepts_the_posterior_of_the_guess():
    """Trung bình μ̃_k(x_k, x̂₀) với x̂₀ = (x_k − σ ε)/a là cùng một bước."""

    def by_posterior(x, k, eps, noise, beta):
        bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
        clean = (x - (1 - bar[k]).sqrt() * eps) / bar[k].sqrt()
        first = bar[k - 1].sqrt() * beta[k - 1] * clean
        second = (1 - beta[k - 1]).sqrt() * (1 - bar[k - 1]) * x
        mean = (first + second) / (1 - bar[k])
        return mean if k == 1 else mean + beta[k - 1].sqrt() * noise

    assert checks.ancestral_step(by_posterior)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"last": True}, "đừng rắc nhiễu"),
        ({"scale": lambda b, bar: b}, "độ lệch chuẩn, không phải β_k"),
        ({"scale": lambda b, bar: (1 - bar) ** 0.5}, "cả đường đi"),
        ({"scale": lambda b, bar: 0.0}, "quên rắc nhiễu"),
        ({"shrink": lambda b, bar: b}, "bạn quên chia"),
        ({"shrink": lambda b, bar: b / (1 - bar)}, "dấu căn ở mẫu"),
        ({"shrink": lambda b, bar: b**0.5}, "nằm trong một bước"),
        ({"shrink": lambda b, bar: (1 - bar) ** 0.5}, "gỡ hết"),
        ({"shrink": lambda b, bar: -b / (1 - bar) ** 0.5}, "bớt nhiễu đi"),
        ({"grow": lambda b, bar: bar**-0.5}, "của cả đường"),
        ({"grow": lambda b, bar: 1 / (1 - b)}, "quên dấu căn"),
        ({"grow": lambda b, bar: 1.0}, "quên phóng lại"),
        ({"grow": lambda b, bar: (1 - b) ** 0.5}, "phải chia"),
        ({"scale": lambda b, bar: reverse_steps.tilde(b, bar) ** 0.5}, "β̃_k"),
        ({"inside": True}, "trong ngoặc"),
        ({"until": lambda k: 6}, "k thừa số đầu"),
        ({"until": lambda k: k - 1}, "không phải [:k − 1]"),
        ({"scale": lambda b, bar: -(b**0.5)}, "cộng √β_k"),
    ],
)
def test_ancestral_step_hints(changes, hint):
    report = checks.ancestral_step(reverse_steps.reverse(**changes))
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-ddim")
def test_ddim_step_accepts_the_euler_step():
    def euler(x, k, j, eps, alpha_bar):
        """y = x/a, r = σ/a: y_j = y_k + (r_j − r_k) ε."""
        r = ((1 - alpha_bar) / alpha_bar).sqrt()
        a = alpha_bar.sqrt()
        return a[j] * (x / a[k] + (r[j] - r[k]) * eps)

    assert checks.ddim_step(euler)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"noise": lambda bj, bk: (1 - bk) ** 0.5}, "không phải √(1 − ᾱ_k)"),
        ({"noise": lambda bj, bk: 1 - bj}, "quên dấu căn: √(1 − ᾱ_j)"),
        ({"signal": lambda bj, bk: bj}, "hệ số của x̂₀: √ᾱ_j"),
        ({"signal": lambda bj, bk: bk**0.5}, "không phải √ᾱ_k"),
        ({"noise": lambda bj, bk: 0.0}, "nhiễu cũ vẫn còn"),
        ({"noise": lambda bj, bk: -((1 - bj) ** 0.5)}, "Ngược dấu khi trộn"),
        ({"clean": lambda x, e, bk: x - (1 - bk) ** 0.5 * e}, "còn phải chia"),
        ({"clean": lambda x, e, bk: (x - (1 - bk) * e) / bk**0.5}, "hệ số của ε"),
        ({"clean": lambda x, e, bk: (x - (1 - bk) ** 0.5 * e) / bk}, "không phải ᾱ_k"),
        ({"clean": lambda x, e, bk: (x + (1 - bk) ** 0.5 * e) / bk**0.5}, "trừ nhiễu"),
    ],
)
def test_ddim_step_hints(changes, hint):
    report = checks.ddim_step(implicit_steps.implicit(**changes))
    assert not report
    assert hint in report.message


def test_ddim_step_half_way_answers():
    def clean(x, k, j, eps, bar):
        return (x - (1 - bar[k]).sqrt() * eps) / bar[k].sqrt()

    def mean_only(x, k, j, eps, bar):
        alpha = bar[k] / bar[j]
        return (x - (1 - alpha) / (1 - bar[k]).sqrt() * eps) / alpha.sqrt()

    def step(x, k, j, eps, bar):
        return bar[j].sqrt() * clean(x, k, j, eps, bar) + (1 - bar[j]).sqrt() * eps

    def no_roots(x, k, j, eps, bar):
        return bar[j] * (x - (1 - bar[k]) * eps) / bar[k] + (1 - bar[j]) * eps

    for wrong, hint in (
        (lambda x, k, j, eps, bar: step(x, k, k - 1, eps, bar), "về bước k − 1"),
        (lambda x, k, j, eps, bar: step(x, j, k, eps, bar), "bị đổi chỗ"),
        (lambda x, k, j, eps, bar: step(x, k, j + 1, eps, bar), "alpha_bar[j]"),
        (lambda x, k, j, eps, bar: bar[j].sqrt() * x, "chưa dùng ε"),
        (no_roots, "mọi dấu căn"),
    ):
        assert hint in checks.ddim_step(wrong).message
    assert checks.ddim_step(step)
    assert "còn phải trộn lại" in checks.ddim_step(clean).message
    assert "không chỉ xóa" in checks.ddim_step(mean_only).message


def test_the_page_and_the_checkers_ask_the_same_numbers():
    """Những con số tính tay của trang lý thuyết, tính lại bằng máy."""
    text = PAGE.read_text("utf-8")
    mean, variance = posterior_by_grid()
    alpha, bar1, bar2, beta = reverse_steps.two_steps()
    eps, x2 = -0.6, reverse_steps.X2
    clean = (x2 - math.sqrt(1 - bar2) * eps) / math.sqrt(bar2)
    snr1, snr2 = bar1 / (1 - bar1), bar2 / (1 - bar2)
    ancestral = (x2 - beta / math.sqrt(1 - bar2) * eps) / math.sqrt(alpha)
    ddim = math.sqrt(bar1) * clean + math.sqrt(1 - bar1) * eps
    for value, digits in (
        (math.sqrt(bar2), 4),
        (mean, 4),
        (variance, 4),
        (snr2, 4),
        (0.5 * (snr1 - snr2) * 0.2**2, 4),
        (clean, 4),
        (ancestral, 4),
        (ddim, 4),
        ((1.0 - 0.5 * 0.8) / math.sqrt(0.75), 4),
        (64 * math.log(2), 2),
    ):
        assert re.search(re.escape(f"{value:.{digits}f}"), text), value
