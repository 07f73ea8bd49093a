"""Mỗi bộ chấm của sổ «Hàm điểm số và SDE»: đáp án đúng được nhận, lỗi được gợi ý."""

import math
import re
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import torch

from course_utils.checks import score_and_sde as checks
from course_utils.checks import score_matching

PAGE = Path(__file__).resolve().parents[2] / "book" / "score_and_sde.md"
DOUBLE = torch.float64


@pytest.mark.parametrize(
    "check",
    [
        checks.score_by_hand,
        checks.dsm_loss,
        checks.langevin_step,
        checks.ula_variance,
        checks.reverse_drifts,
        checks.ode_log_prob,
        checks.whose_likelihood,
        checks.wrong_score_variances,
        checks.straight_diffusion,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


def posterior(a, sigma, x, variance):
    """Điểm số biên và E[x₀ | x_s = x] bằng tích phân hậu nghiệm trên lưới."""
    grid = torch.linspace(-30, 30, 200_001, dtype=DOUBLE)
    noise = (x - a * grid) / sigma
    weight = (-0.5 * grid.square() / variance - 0.5 * noise.square()).softmax(0)
    return (weight * -noise / sigma).sum().item(), (weight * grid).sum().item()


@pytest.mark.equation("eq-score")
@pytest.mark.equation("eq-tweedie")
def test_score_by_hand_by_integrating_the_posterior():
    marginal, clean = posterior(0.8, 0.6, 0.5, 4.0)
    assert checks.score_by_hand((-0.5, 0.5 / 0.6, marginal, clean))
    assert checks.score_by_hand(np.float32([-0.5, 0.8333, -0.1712, 0.5479]))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.5, 0, 0, 0), "Ngược dấu"),
        ((-0.2333, 0, 0, 0), "ᾱ = 0.64"),
        ((-0.8333, 0, 0, 0), "chia cho σ²"),
        ((-0.5, -0.8333, 0, 0), "sai dấu"),
        ((-0.5, 0.5, 0, 0), "quên chia"),
        ((-0.5, -0.5, 0, 0), "Đó là ε"),
        ((-0.5, 1.38889, 0, 0), "hai lần"),
        ((-0.5, 0.83333, 0.83333, 0), "không biết x₀"),
        ((-0.5, 0.83333, -0.125, 0), "dữ liệu sạch"),
        ((-0.5, 0.83333, -0.5 / 2.92**0.5, 0), "cho độ lệch chuẩn"),
        ((-0.5, 0.83333, -0.5 / 3.8, 0), "theo bình phương"),
        ((-0.5, 0.83333, -0.5, 0), "N(0, 1)"),
        ((-0.5, 0.83333, 0.17123, 0), "phía đông"),
        ((-0.5, 0.83333, -0.17123, 0.43836), "chia cho a"),
        ((-0.5, 0.83333, -0.17123, 0.70205), "cộng σ²"),
        ((-0.5, 0.83333, -0.17123, 0.49658), "không phải σ"),
        ((-0.5, 0.83333, -0.17123, 1.0), "đã biết"),
    ],
)
def test_score_by_hand_hints(answer, hint):
    report = checks.score_by_hand(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-dsm")
def test_dsm_loss_accepts_right_answers():
    def loop(net, x0, eps, s, a, sigma):
        total = 0.0
        for i in range(len(x0)):
            x = a[i : i + 1] * x0[i : i + 1] + sigma[i : i + 1] * eps[i : i + 1]
            total = total + (eps[i] - net(s[i : i + 1], x)[0]).pow(2).sum()
        return total / len(x0)

    assert checks.dsm_loss(loop)
    assert checks.dsm_loss(score_matching.denoising())


@pytest.mark.parametrize(
    ("pieces", "hint"),
    [
        ({"place": lambda x0, e, a, sigma: x0 + sigma * e}, "thừa số a"),
        ({"place": lambda x0, e, a, sigma: a * x0 + sigma**2 * e}, "không phải σ²"),
        ({"place": lambda x0, e, a, sigma: a**2 * x0 + sigma * e}, "không phải a²"),
        ({"place": lambda x0, e, a, sigma: sigma * x0 + a * e}, "Đổi chỗ"),
        ({"place": lambda x0, e, a, sigma: a * x0 - sigma * e}, "không trừ"),
        ({"place": lambda x0, e, a, sigma: x0}, "không phải x₀"),
        ({"place": lambda x0, e, a, sigma: e}, "cho đáp án"),
        ({"target": lambda x0, e, a, sigma: -e / sigma}, "của điểm số"),
        ({"target": lambda x0, e, a, sigma: -e}, "Ngược dấu"),
        ({"target": lambda x0, e, a, sigma: x0}, "ảnh sạch"),
        ({"target": lambda x0, e, a, sigma: sigma * e}, "không phải σε"),
        ({"target": lambda x0, e, a, sigma: e / sigma}, "thiếu dấu trừ"),
        ({"call": lambda net, s, x: net(x, s)}, "đứng trước"),
        ({"call": lambda net, s, x: net(1 - s, x)}, "thời gian nhiễu"),
        ({"reduce": lambda e: e.square().mean()}, "trên các tọa độ"),
        ({"reduce": lambda e: e.square().sum()}, "cộng cả các điểm"),
        ({"reduce": lambda e: e.square().sum(1)}, "mỗi điểm"),
        ({"reduce": lambda e: e.square().sum(1).sqrt().mean()}, "không lấy căn"),
        ({"reduce": lambda e: 0.5 * e.square().sum(1).mean()}, "½"),
    ],
)
def test_dsm_loss_hints(pieces, hint):
    report = checks.dsm_loss(score_matching.denoising(**pieces))
    assert not report
    assert hint in report.message


def test_dsm_loss_tells_the_time_from_the_noise_scale():
    """s và σ là hai số khác nhau; lẫn chúng ở chỗ nào cũng phải lộ."""
    right = score_matching.denoising()
    asked = checks.dsm_loss(lambda net, x0, e, s, a, sigma: right(net, x0, e, sigma, a, sigma))
    assert not asked
    assert "đưa σ cho mạng" in asked.message
    noised = checks.dsm_loss(lambda net, x0, e, s, a, sigma: right(net, x0, e, s, a, s))
    assert not noised
    assert "làm nhiễu bằng s" in noised.message


@pytest.mark.equation("eq-langevin")
def test_langevin_step_agrees_with_the_package():
    from course_utils.diffusion.langevin import langevin

    def step(score, x, h, eps):
        return x + h * score(x) + (2 * h) ** 0.5 * eps

    assert checks.langevin_step(step)
    x = torch.zeros(5, 2, dtype=DOUBLE)
    eps = torch.randn(5, 2, generator=torch.Generator().manual_seed(3), dtype=DOUBLE)
    torch.testing.assert_close(langevin(torch.neg, x, 0.1, 1, seed=3), step(torch.neg, x, 0.1, eps))


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        (lambda f, x, h, e: x + h * f(x) + h**0.5 * e, "Thiếu căn hai"),
        (lambda f, x, h, e: x + h * f(x) + 2 * h * e, "không phải 2h"),
        (lambda f, x, h, e: x + h * f(x) + h * e, "không phải h"),
        (lambda f, x, h, e: x + h * f(x) + 2 * h**0.5 * e, "số 2 nằm trong căn"),
        (lambda f, x, h, e: x + h * f(x) + 2**0.5 * h * e, "h cũng nằm trong căn"),
        (lambda f, x, h, e: x + f(x) + (2 * h) ** 0.5 * e, "độ dài bước h"),
        (lambda f, x, h, e: x - h * f(x) + (2 * h) ** 0.5 * e, "Ngược dấu"),
        (lambda f, x, h, e: x + h * f(x), "Không có nhiễu"),
        (lambda f, x, h, e: x + h / 2 * f(x) + (2 * h) ** 0.5 * e, "không phải h/2"),
        (lambda f, x, h, e: x + h / 2 * f(x) + h**0.5 * e, "đồng hồ chậm"),
        (lambda f, x, h, e: h * f(x) + (2 * h) ** 0.5 * e, "độ dời"),
        (
            lambda f, x, h, e: x + (2 * h) ** 0.5 * e + h * f(x + (2 * h) ** 0.5 * e),
            "trước khi xô",
        ),
    ],
)
def test_langevin_step_hints(step, hint):
    report = checks.langevin_step(step)
    assert not report
    assert hint in report.message


def test_ula_variance_by_iterating_the_step():
    v = 0.0
    for _ in range(200):
        v = (1 - 0.1 / 0.25) ** 2 * v + 2 * 0.1
    assert checks.ula_variance((v, 0.5))
    assert abs(1 - 0.499 / 0.25) < 1 < abs(1 - 0.501 / 0.25)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.25, 0.5), "¼ là của p"),
        ((1.05263, 0.5), "cho N(0, 1)"),
        ((0.26316, 0.5), "Hệ số co"),
        ((0.55902, 0.5), "độ lệch chuẩn"),
        ((0.208333, 0.5), "Sai dấu"),
        ((0.15625, 0.5), "phương sai 2h"),
        ((0.416667, 0.5), "quên số 2"),
        ((0.3125, 2.0), "h < 2"),
        ((0.3125, 0.25), "chưa nổ"),
        ((0.3125, 1.0), "phương sai c²"),
    ],
)
def test_ula_variance_hints(answer, hint):
    report = checks.ula_variance(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-reverse-sde")
@pytest.mark.equation("eq-probability-flow")
def test_reverse_drifts_keep_the_variance_of_a_stationary_gaussian():
    """N(0, 1) đứng yên dưới VP: theo t, SDE ngược và ODE cũng phải giữ nó đứng yên."""
    g = 1.3

    def drifts(f, g, score):
        return -f + g**2 * score, g**2 * score / 2 - f

    assert checks.reverse_drifts(drifts)
    x = torch.ones(1, 1)
    sde, ode = drifts(-0.5 * g**2 * x, g, -x)
    # Var′ = 2·(độ dốc)·Var + nhiễu²
    assert float(2 * sde + g**2) == pytest.approx(0, abs=1e-6)
    assert float(ode) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("pair", "hint"),
    [
        (lambda f, g, q: (-f + g**2 * q / 2, -f + g**2 * q / 2), "nhiễu mới"),
        (lambda f, g, q: (-f + g**2 * q, -f + g**2 * q), "ODE không thêm nhiễu"),
        (lambda f, g, q: (-f + g**2 * q / 2, -f + g**2 * q), "đổi chỗ"),
        (lambda f, g, q: (-f - g**2 * q, -f - g**2 * q / 2), "Sai dấu của điểm số"),
        (lambda f, g, q: (f + g**2 * q, f + g**2 * q / 2), "f đổi dấu"),
        (lambda f, g, q: (f - g**2 * q, f - g**2 * q / 2), "chiều s"),
        (lambda f, g, q: (-f + g**2 * q, f - g**2 * q / 2), "Trường ODE"),
        (lambda f, g, q: (-f + g * q, -f + g * q / 2), "nhân với g²"),
        (lambda f, g, q: (-f + g**2 * q, -f + g * q / 2), "½g²"),
        (lambda f, g, q: (-f, -f), "Chỉ đổi dấu f"),
    ],
)
def test_reverse_drifts_hints(pair, hint):
    report = checks.reverse_drifts(pair)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-probability-flow")
def test_ode_log_prob_by_solving_the_ode():
    """Runge–Kutta trên ODE dòng xác suất của N(0, 4), từ s = 0 đến 1, cùng độ phân kỳ."""

    def rate(s):
        beta = 0.1 + 19.9 * s
        a2 = math.exp(-(0.1 * s + 9.95 * s * s))
        v = 1 + 3 * a2
        return -0.5 * beta * (1 - 1 / v)

    x, volume, n = 1.5, 0.0, 400
    for k in range(n):
        s, h = k / n, 1 / n
        slopes = [rate(s), rate(s + h / 2), rate(s + h)]
        gain = h * (slopes[0] + 4 * slopes[1] + slopes[2]) / 6
        x, volume = x * math.exp(gain), volume + gain
    v1 = 1 + 3 * math.exp(-10.05)
    end = -0.5 * math.log(2 * math.pi * v1) - 0.5 * x * x / v1
    truth = -0.5 * math.log(8 * math.pi) - 1.5**2 / 8
    assert end + volume == pytest.approx(truth, abs=1e-6)
    assert checks.ode_log_prob((end, volume, truth))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((-2.0439, 0, 0), "chính x₀"),
        ((-0.98925, 0, 0), "không phải cho phương sai"),
        ((-1.2002, 0.6931, 0), "co lại"),
        ((-1.2002, -1.3862, 0), "quên ½"),
        ((-1.2002, 0.0, 0), "không bằng 0"),
        ((-1.2002, -0.6931, -1.2002), "quên cộng"),
        ((-1.2002, -0.6931, -0.5071), "Sai dấu"),
        ((-1.2002, -0.6931, 0.15057), "log mật độ"),
    ],
)
def test_ode_log_prob_hints(answer, hint):
    report = checks.ode_log_prob(answer)
    assert not report
    assert hint in report.message


def test_whose_likelihood():
    right = ("cận dưới", "chính xác", "cận dưới")
    assert checks.whose_likelihood(right)
    assert checks.whose_likelihood(dict(zip(("DDPM", "ODE", "SDE"), right, strict=True)))
    assert checks.whose_likelihood(["Cận dưới", " chính xác ", "cận  dưới"])
    assert checks.whose_likelihood([normalize("NFD", word) for word in right])
    assert "ELBO" in checks.whose_likelihood(("chính xác",) * 3).message
    assert "vi phôi" in checks.whose_likelihood(("cận dưới",) * 3).message
    assert "mô hình ODE" in checks.whose_likelihood(("cận dưới", "chính xác", "chính xác")).message
    for strange in ("chính xác", 3, ("a", "b"), ("có", "không", "có")):
        report = checks.whose_likelihood(strange)
        assert not report
        assert not report.blank
    assert checks.whose_likelihood(("cận dưới", ..., "cận dưới")).blank
    assert checks.whose_likelihood({"DDPM": "cận dưới"}).blank


def test_wrong_score_variances_by_small_steps():
    kappa, n = 0.9, 200_000
    sde, ode = 1.0, 1.0
    for k in range(n):
        beta, h = 20 - 19.9 * (k + 0.5) / n, 1 / n
        sde += h * beta * ((1 - 2 * kappa) * sde + 1)
        ode += h * beta * (1 - kappa) * ode
    assert checks.wrong_score_variances((ode, sde))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1.0, 1.0), "sai 10 %"),
        ((0.366, 1.25), "Ngược dấu"),
        ((1.6529, 1.25), "độ lệch chuẩn"),
        ((2.732, 2.732), "nhiễu mới"),
        ((2.732, 1.1111), "Điểm bất động"),
        ((2.732, 1.118), "Số sau"),
        ((1.25, 2.732), "ngược chỗ"),
    ],
)
def test_wrong_score_variances_hints(answer, hint):
    report = checks.wrong_score_variances(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-forward-sde")
def test_straight_diffusion_keeps_the_variance():
    """Var′ = 2f·Var + g² với f = a′/a: g² ấy làm σ² lớn đúng theo s²."""
    s = 0.25
    g2 = 2 * s - 2 * (-1 / (1 - s)) * s**2
    assert checks.straight_diffusion(g2)
    assert 2 * (-1 / (1 - s)) * s**2 + g2 == pytest.approx(2 * s)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.5, "riêng dσ²/ds"),
        (1 / 3, "trừ một số âm"),
        (0.8165, "Đó là g"),
        (2 / 9, "2σ²/a²"),
        (5 / 12, "(σ²)′"),
        (7 / 12, "Số hạng sau"),
    ],
)
def test_straight_diffusion_hints(answer, hint):
    report = checks.straight_diffusion(answer)
    assert not report
    assert hint in report.message


def test_every_mistake_of_the_page_has_a_number_behind_it():
    """Mỗi mục «hay sai» dán ít nhất một con số đo được."""
    text = PAGE.read_text(encoding="utf-8")
    mistakes = text.split("(sec-sc-sai)=")[1].split("## Được gì")[0]
    sections = re.split(r"^\(sai-[a-z-]+\)=$", mistakes, flags=re.MULTILINE)[1:]
    assert len(sections) >= 9
    assert all("{glue:text}" in section for section in sections)
