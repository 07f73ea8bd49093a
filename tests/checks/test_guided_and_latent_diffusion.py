"""Mỗi bộ chấm của sổ «Dẫn hướng và khuếch tán tiềm ẩn»: đáp án được nhận, lỗi được gợi ý."""

import itertools
import math

import numpy as np
import pytest
import torch

from course_utils.checks import guidance
from course_utils.checks import guided_and_latent_diffusion as checks

DOUBLE = torch.float64
V, M = guidance.VARIANCE, guidance.MEAN


@pytest.mark.parametrize(
    "check",
    [
        checks.guide,
        checks.three_laws,
        checks.classifier_step,
        checks.drop_labels,
        checks.cross_attention,
        checks.pca_error,
        checks.latent_bound,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.equation("eq-cfg")
@pytest.mark.equation("eq-class-score")
def test_guide_accepts_right_answers_and_is_the_score_of_a_tempered_law():
    assert checks.guide(lambda u, c, w: (1 - w) * u + w * c)
    assert checks.guide(lambda u, c, w: torch.lerp(u, c, w))

    # ∇log[p(x)·p(c | x)^w] bằng tự động vi phân, hai loại Gauss.
    x = torch.linspace(-3, 3, 13, dtype=DOUBLE, requires_grad=True)

    def log_normal(m, v):
        return -0.5 * (x - m).square() / v - 0.5 * math.log(v)

    def score(log_density):
        return torch.autograd.grad(log_density.sum(), x, retain_graph=True)[0]

    one, both = log_normal(1.0, 0.5), torch.logaddexp(log_normal(1.0, 0.5), log_normal(-2.0, 0.3))
    posterior = one - both
    torch.testing.assert_close(score(one), score(both) + score(posterior))
    w = 2.5
    guided = score(both) + w * (score(one) - score(both))
    torch.testing.assert_close(guided, score(both + w * posterior))


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda u, c, w: c + w * (c - u) + 0 * u, "xuất phát là ε_∅"),
        (lambda u, c, w: c * (1 + w) - u * w, "Lệch một"),
        (lambda u, c, w: w * c + (1 - w) * u - (c - u), "Lệch một theo chiều kia"),
        (lambda u, c, w: w * u + (1 - w) * c, "đổi vai"),
        (lambda u, c, w: u + w * (u - c), "Ngược chiều"),
        (lambda u, c, w: u + w * c, "HIỆU"),
        (lambda u, c, w: w * c, "Thiếu mô hình"),
        (lambda u, c, w: w * (c - u), "Thiếu điểm xuất phát"),
        (lambda u, c, w: (u + w * (c - u)) / (1 + w), "Không chia"),
        (lambda u, c, w: u + w * w * (c - u), "không bình phương"),
    ],
)
def test_guide_hints(wrong, hint):
    report = checks.guide(wrong)
    assert not report
    # c + w(c − u) và (1 + w)c − wu là một: cả hai đều là quy ước lệch một.
    assert hint in report.message or (hint == "xuất phát là ε_∅" and "Lệch một" in report.message)


def integrate(w, v, m, noisy, steps=20_000, start=1e-3):
    """(trung bình, phương sai) của luật cuối, bằng cách giải phương trình của hai mô-men.

    Hệ số lấy từ điểm số viết thẳng theo mật độ Gauss, không qua công thức của trang sách.
    """

    def rates(a, mean, variance):
        conditional = a * a * v + 1 - a * a
        # Ŝ = −x + w(x − (x − am)/v_a) = hệ số·x + hằng số.
        slope, constant = -1 + w * (1 - 1 / conditional), w * a * m / conditional
        factor = 2.0 if noisy else 1.0
        drift, shift = (1 + factor * slope) / a, factor * constant / a
        return drift * mean + shift, 2 * drift * variance + (2 / a if noisy else 0.0)

    def tick(a, mean, variance, h):
        one = rates(a, mean, variance)
        two = rates(a + h / 2, mean + h / 2 * one[0], variance + h / 2 * one[1])
        three = rates(a + h / 2, mean + h / 2 * two[0], variance + h / 2 * two[1])
        four = rates(a + h, mean + h * three[0], variance + h * three[1])
        total = [one[i] + 2 * two[i] + 2 * three[i] + four[i] for i in range(2)]
        return mean + h / 6 * total[0], variance + h / 6 * total[1]

    mean, variance = 0.0, 1.0
    clock = np.geomspace(start, 1, steps + 1).tolist()
    for a, b in itertools.pairwise(clock):
        mean, variance = tick(a, mean, variance, b - a)
    return mean, variance


@pytest.mark.equation("eq-guided-gaussian")
@pytest.mark.parametrize("w", [1.0, 2.0, 3.0])
def test_guided_laws_by_integrating_the_moments(w):
    """Xuất phát ở a = 10⁻³ thay vì 0: sai số cỡ 10⁻³ ở trung bình, 10⁻⁶ ở phương sai."""
    mean, variance = integrate(w, V, M, noisy=True)
    assert variance == pytest.approx(guidance.sde_variance(w), abs=1e-5)
    assert mean == pytest.approx(M * (1 - V**w) / (1 - V), abs=5e-3)
    mean, variance = integrate(w, V, M, noisy=False)
    assert variance == pytest.approx(guidance.ode_variance(w), abs=1e-5)
    grid = torch.linspace(0, 1, 20_001, dtype=DOUBLE)
    integral = torch.trapezoid((1 - (1 - V) * grid**2) ** (-1 - w / 2), grid).item()
    assert mean == pytest.approx(w * M * V ** (w / 2) * integral, abs=5e-3)


@pytest.mark.equation("eq-tempered")
@pytest.mark.parametrize("w", [1.0, 2.0, 4.0])
def test_tempered_law_by_quadrature_and_the_order_of_the_three(w):
    x = torch.linspace(-12, 12, 200_001, dtype=DOUBLE)
    log_p = -0.5 * x.square()
    log_c = -0.5 * (x - M).square() / V
    weight = (w * log_c + (1 - w) * log_p).softmax(0)
    mean = (weight * x).sum()
    variance = (weight * (x - mean).square()).sum().item()
    assert variance == pytest.approx(guidance.tempered_variance(w), rel=1e-6)
    assert mean.item() == pytest.approx(w * M / (V + w * (1 - V)), rel=1e-6)
    for v in (0.05, 0.25, 0.9):
        laws = (guidance.ode_variance(w, v), guidance.sde_variance(w, v))
        assert laws[0] <= laws[1] + 1e-12
        assert laws[1] <= guidance.tempered_variance(w, v) + 1e-12


@pytest.mark.equation("eq-guided-gaussian")
def test_three_laws_accepts_the_right_answer():
    assert checks.three_laws((0.1, 0.0666, 0.0156))
    by_moments = (1 / (1 + 3 * 3), *(integrate(3.0, V, M, noisy)[1] for noisy in (True, False)))
    assert checks.three_laws(by_moments)


COLD, NOISY, SMOOTH = 0.1, 0.0666016, 0.015625


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.25, 0.25, 0.25), "w = 1"),
        ((1.2, 1.3125, 1.5), "trung bình của luật nguội"),
        ((COLD, COLD, SMOOTH), "SDE không lấy mẫu luật nguội"),
        ((COLD, 0.25 * (1 - 4.0**-7) / (7 * 0.75), SMOOTH), "không phải 2w + 1"),
        ((COLD, COLD, COLD), "KHÔNG lấy mẫu luật nguội"),
        ((0.25 / 3, NOISY, SMOOTH), "quên mất p(x)"),
        ((1 / 13, NOISY, SMOOTH), "không phải 1/v"),
        ((1 / 7, NOISY, SMOOTH), "w = 2"),
        ((10.0, NOISY, SMOOTH), "nghịch đảo"),
        ((math.sqrt(0.1), NOISY, SMOOTH), "độ lệch chuẩn"),
        ((COLD, 0.25 * (1 - 1 / 16) / (2 * 0.75), SMOOTH), "không phải w − 1"),
        ((COLD, 0.25 * (1 - 1 / 64) / (3 * 0.75), SMOOTH), "không phải w."),
        ((COLD, (1 - 4.0**-5) / (5 * 0.75), SMOOTH), "quên nhân"),
        ((COLD, 0.25 * (1 - 4.0**-5) / 5, SMOOTH), "quên chia"),
        ((COLD, SMOOTH, NOISY), "đổi chỗ"),
        ((SMOOTH, NOISY, COLD), "Ngược thứ tự"),
        ((COLD, NOISY, 0.125), "hệ số giãn"),
        ((COLD, NOISY, 4.0**-6), "v^{2w}"),
        ((COLD, NOISY, 0.75), "Lũy thừa"),
        ((COLD, NOISY, 0.25 / 3), "không phải v/w"),
    ],
)
def test_three_laws_hints(answer, hint):
    report = checks.three_laws(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-classifier-guidance")
def test_classifier_step_turns_the_score_into_the_conditional_score():
    """N(0, 1) và N(1, ¼) ở σ = 0.6: w = 1 phải cho nhiễu của luật có điều kiện."""

    def right(eps, grad, sigma, w):
        return eps - w * sigma * grad

    assert checks.classifier_step(right)
    a, sigma = 0.8, 0.6
    x = torch.linspace(-2, 2, 9, dtype=DOUBLE)[:, None]
    conditional = a * a * V + sigma**2
    classifier = x - (x - a * M) / conditional
    torch.testing.assert_close(
        right(sigma * x, classifier, sigma, 1.0), sigma * (x - a * M) / conditional
    )


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda e, g, s, w: e + w * s * g, "Ngược dấu"),
        (lambda e, g, s, w: e - w * g, "Thiếu σ"),
        (lambda e, g, s, w: e + w * g, "nhân với −σ"),
        (lambda e, g, s, w: e - w * s**2 * g, "σ² là phương sai"),
        (lambda e, g, s, w: e - w * g / s, "không chia"),
        (lambda e, g, s, w: e - w * s**0.5 * g, "không phải √σ"),
        (lambda e, g, s, w: e - w * (1 - s**2) ** 0.5 * g, "hệ số của dữ liệu"),
        (lambda e, g, s, w: -w * s * g, "Thiếu ε_θ"),
        (lambda e, g, s, w: w * g - e / s, "đề hỏi nhiễu"),
        (lambda e, g, s, w: e - w * (1 - s**2) ** 0.5 / s * g, "không có a"),
        (lambda e, g, s, w: e - s * g, "quên trọng số"),
        (lambda e, g, s, w: e - (w + 1) * s * g, "Lệch một"),
        (lambda e, g, s, w: (1 - w) * e - w * s * g, "hệ số 1"),
    ],
)
def test_classifier_step_hints(wrong, hint):
    report = checks.classifier_step(wrong)
    assert not report
    assert hint in report.message


def test_drop_labels_accepts_right_answers():
    def masked(labels, u, p, null):
        return labels.masked_fill(u < p, null)

    def one_by_one(labels, u, p, null):
        return torch.tensor([null if toss < p else c for c, toss in zip(labels, u, strict=True)])

    assert checks.drop_labels(masked)
    assert checks.drop_labels(one_by_one)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda c, u, p, null: c.masked_fill(u >= p, null), "Ngược"),
        (lambda c, u, p, null: c.masked_fill(u < p, 0), "một lớp thật"),
        (lambda c, u, p, null: c.masked_fill(u <= p, null), "không phải u ≤ p"),
        (lambda c, u, p, null: c.masked_fill(u < 1 - p, null), "không phải 1 − p"),
        (lambda c, u, p, null: c.masked_fill(u > 1 - p, null), "Đề dùng u < p"),
        (lambda c, u, p, null: c[u >= p], "không bỏ ĐIỂM"),
        (lambda c, u, p, null: c if u[0] >= p else torch.full_like(c, null), "một đồng xu riêng"),
        (lambda c, u, p, null: c, "chưa bỏ nhãn nào"),
        (lambda c, u, p, null: c.masked_fill(u < p, 10), "không luôn là 10"),
        (lambda c, u, p, null: c.masked_fill(u < p, -1), "Số −1"),
        (lambda c, u, p, null: torch.where(u < p, float(null), c), "kiểu nguyên"),
    ],
)
def test_drop_labels_hints(wrong, hint):
    report = checks.drop_labels(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-cross-attention")
def test_cross_attention_accepts_right_answers_and_the_hand_example():
    def loop(q, k, v):
        rows = []
        for one in q:
            weight = torch.exp(k @ one / math.sqrt(len(one)))
            rows.append((weight / weight.sum()) @ v)
        return torch.stack(rows)

    def built_in(q, k, v):
        return torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]

    assert checks.cross_attention(loop)
    assert checks.cross_attention(built_in)
    q = torch.tensor([[2.0, 0, 0, 0]], dtype=DOUBLE)
    k, v = torch.eye(2, 4, dtype=DOUBLE), torch.tensor([[10.0], [-10.0]], dtype=DOUBLE)
    assert checks.attend(q, k, v).item() == pytest.approx(10 * (math.e - 1) / (math.e + 1))
    assert checks.attend(q, k, v, scale=lambda d: 1.0).item() == pytest.approx(10 * math.tanh(1))
    k, v = k[[0, 1, 0]], v[[0, 1, 0]]
    assert checks.attend(q, k, v).item() == pytest.approx(10 * (2 * math.e - 1) / (2 * math.e + 1))
    turned = torch.tensor([2, 0, 1])
    torch.testing.assert_close(checks.attend(q, k[turned], v[turned]), checks.attend(q, k, v))


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda q, k, v: (q @ k.T).softmax(1) @ v, "Thiếu chia"),
        (lambda q, k, v: (q @ k.T / k.shape[1]).softmax(1) @ v, "không phải d."),
        (lambda q, k, v: (q @ k.T * k.shape[1] ** 0.5).softmax(1) @ v, "không nhân"),
        (lambda q, k, v: (q @ k.T / len(k) ** 0.5).softmax(1) @ v, "không phải số chữ"),
        (lambda q, k, v: (q @ k.T / v.shape[1] ** 0.5).softmax(1) @ v, "không phải của giá trị"),
        (lambda q, k, v: (q @ k.T / len(q) ** 0.5).softmax(1) @ v, "số vị trí ảnh"),
        (lambda q, k, v: (q @ k.T / k.shape[1] ** 0.5).exp() @ v, "chưa chia cho tổng"),
        (lambda q, k, v: v[(q @ k.T).argmax(1)], "TRỘN bằng softmax"),
        (lambda q, k, v: (q @ k.T / k.shape[1] ** 0.5).softmax(0) @ v, "nhầm chiều"),
        (lambda q, k, v: checks.attend(q, k, v, causal=True), "Không che"),
        (lambda q, k, v: (q @ k.T / k.shape[1] ** 0.5) @ v, "Thiếu softmax"),
        (lambda q, k, v: (q @ k.T / k.shape[1] ** 0.5).softmax(1), "mới là trọng số"),
        (lambda q, k, v: (q @ k.T).softmax(1) @ v / k.shape[1] ** 0.5, "TRƯỚC softmax"),
        (lambda q, k, v: v.mean(0, keepdim=True).repeat(len(q), 1), "không hỏi gì ảnh"),
    ],
)
def test_cross_attention_hints(wrong, hint):
    report = checks.cross_attention(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-pca-error")
def test_pca_error_by_projecting_a_sample_with_exactly_those_eigenvalues():
    values = torch.tensor(checks.EIGENVALUES, dtype=DOUBLE)
    generator = torch.Generator().manual_seed(0)
    turn = torch.linalg.qr(torch.randn(4, 4, generator=generator, dtype=DOUBLE))[0]
    # Tám điểm ±√(4λ_j)·u_j có hiệp phương sai đúng bằng Σ λ_j u_j u_jᵀ.
    points = torch.cat(
        [(4 * values).sqrt()[:, None] * turn.T, -(4 * values).sqrt()[:, None] * turn.T]
    )
    eigenvalues, axes = torch.linalg.eigh(points.T @ points / len(points))
    torch.testing.assert_close(eigenvalues.flip(0), values)
    kept = axes[:, -checks.KEPT :]
    sketch = points @ kept
    error = (points - sketch @ kept.T).square().sum(1).mean().item()
    variance = sketch.square().sum(1).mean().item()
    assert checks.pca_error((error, variance))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((8, 2), "Ngược chỗ"),
        ((8, 8), "phần được giữ"),
        ((0.2, 8), "tỉ lệ"),
        ((1.0, 8), "không phải trung bình"),
        ((1.5, 8), "cộng cả"),
        ((0.5, 8), "cộng cả"),
        ((0.0, 10), "không lấy lại được"),
        ((2.0, 10), "giải mã tất định"),
        ((math.sqrt(2), 8), "không lấy căn"),
        ((2.0, 4.0), "trung bình theo chiều"),
        ((2.0, 0.8), "chính tổng phương sai"),
        ((4.0, 8), "không bình phương"),
    ],
)
def test_pca_error_hints(answer, hint):
    report = checks.pca_error(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-latent-bound")
def test_latent_bound_is_a_bound_on_a_linear_gaussian_model():
    """z ~ N(0, 1), x | z ~ N(z, ½): cận bằng log p(x) khi q là hậu nghiệm, nhỏ hơn khi không."""
    assert checks.latent_bound(-87)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    nodes, weights = torch.from_numpy(nodes), torch.from_numpy(weights / weights.sum())

    def log_normal(x, m, v):
        return -0.5 * ((x - m) ** 2 / v + math.log(2 * math.pi * v))

    def bound(x, m, v, slack=0.0):
        z = m + math.sqrt(v) * nodes
        terms = log_normal(x, z, 0.5) + (log_normal(z, 0.0, 1.0) - slack) - log_normal(z, m, v)
        return (weights * terms).sum().item()

    x = 0.8
    exact = log_normal(torch.tensor(x, dtype=DOUBLE), 0.0, 1.5).item()
    assert bound(x, x * 2 / 3, 1 / 3) == pytest.approx(exact, abs=1e-10)
    assert bound(x, 0.3, 0.5) < exact
    assert bound(x, x * 2 / 3, 1 / 3, slack=0.2) == pytest.approx(exact - 0.2, abs=1e-10)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (-79, "Trừ log hậu nghiệm"),
        (-83, "Thiếu −E_q"),
        (-45, "CỘNG"),
        (-37, "đều ngược"),
        (-66, "cận của tiên nghiệm"),
        (-25, "tái tạo"),
        (87, "đối của cận"),
        (-62, "một trong ba"),
        (-87 / math.log(2), "đề hỏi nat"),
    ],
)
def test_latent_bound_hints(answer, hint):
    report = checks.latent_bound(answer)
    assert not report
    assert hint in report.message


@pytest.mark.parametrize("check", [checks.guide, checks.drop_labels, checks.cross_attention])
def test_odd_answers_get_a_sentence(check):
    for answer in (3.0, "hàm", [1.0]):
        assert "Cần một hàm" in check(answer).message
    assert "dừng vì" in check(lambda: None).message


def test_numbers_of_the_exercises():
    """Những con số gõ tay trong bài tập của trang sách."""
    a, variance = math.sqrt(0.5), 0.625
    assert 4 * a / variance == pytest.approx(4.525, abs=1e-3)
    assert 2 * a / variance == pytest.approx(2.263, abs=1e-3)
    assert (1 - V**3) / (1 - V) == pytest.approx(1.3125)
    assert 0.00635**3 == pytest.approx(2.56e-7, rel=1e-2)
    assert math.log(0.04) == pytest.approx(-3.22, abs=1e-2)
    assert 1 - 0.02 / 0.52 == pytest.approx(0.962, abs=1e-3)
    # Giữa đường, a² = ½: điểm số dẫn hướng (w = 2) và luật nguội đã nhiễu.
    assert 1 / (1 + 2 * (1 / variance - 1)) == pytest.approx(0.4545, abs=1e-4)
    assert 0.5 * guidance.tempered_variance(2.0) + 0.5 == pytest.approx(0.5714, abs=1e-4)
