"""Mỗi bộ chấm của sổ «Khớp luồng và luồng nắn thẳng»: đáp án đúng được nhận, lỗi được gợi ý."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import flow_matching as checks
from course_utils.checks import matching_loss

PAGE = Path(__file__).resolve().parents[2] / "book" / "flow_matching.md"
DOUBLE = torch.float64


@pytest.mark.parametrize(
    "check",
    [
        checks.marginal_velocity,
        checks.cfm_loss,
        checks.smallest_loss,
        checks.euler_spread,
        checks.path_velocity,
        checks.couple,
        checks.reflow_costs,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


def quadrature():
    """Nút và trọng số Gauss–Hermite cho kỳ vọng theo N(0, 1)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    return torch.from_numpy(nodes), torch.from_numpy(weights / weights.sum())


def velocity_by_bayes(x, t):
    """E[x₁ − x₀ | x_t = x] bằng tích phân hậu nghiệm của x₁ trên lưới."""
    x1 = torch.linspace(-8, 12, 40_001, dtype=DOUBLE)
    x0 = (x - t * x1) / (1 - t)
    log_weight = -0.5 * ((x1 - matching_loss.MEAN) / matching_loss.STD).square() - 0.5 * x0.square()
    return (log_weight.softmax(0) * (x1 - x0)).sum().item()


@pytest.mark.equation("eq-marginal-field")
def test_marginal_velocity_by_integrating_the_posterior():
    assert velocity_by_bayes(0.0, 0.5) == pytest.approx(3.2, abs=1e-9)
    assert checks.marginal_velocity(velocity_by_bayes(0.0, 0.5))
    assert checks.marginal_velocity(np.float32(3.2))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (2.0, "của mọi người"),
        (0.8, "Ngược dấu"),
        (1.2, "cộng vận tốc trung bình"),
        (4.4, "quanh tm = 1"),
        (-1.2, "hệ số góc"),
        (2.6, "phải bình phương"),
        (2.375, "chia cho Var"),
        (0.0, "dấu trừ"),
        (4.0, "không phải m"),
        (-3.2, "chiều thời gian"),
        (2.6667, "phương sai"),
    ],
)
def test_marginal_velocity_hints(answer, hint):
    report = checks.marginal_velocity(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-cfm-loss")
def test_cfm_loss_accepts_right_answers():
    def by_hand(field, x0, x1, t):
        total = 0.0
        for a, b, s in zip(x0, x1, t, strict=True):
            place = ((1 - s) * a + s * b)[None]
            total = total + ((field(s[None], place) - (b - a)) ** 2).sum()
        return total / len(x0)

    def einsum(field, x0, x1, t):
        error = x1 - x0 - field(t, torch.lerp(x0, x1, t))
        return torch.einsum("nd,nd->", error, error) / error.shape[0]

    assert checks.cfm_loss(by_hand)
    assert checks.cfm_loss(einsum)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"target": lambda a, b: a - b}, "từ nhiễu đến dữ liệu"),
        ({"place": lambda a, b, t: t * a + (1 - t) * b}, "Thời gian ngược"),
        (
            {"place": lambda a, b, t: t * a + (1 - t) * b, "target": lambda a, b: a - b},
            "quy ước ngược",
        ),
        ({"call": lambda f, t, x: f(torch.zeros_like(t), x)}, "đúng lúc t"),
        ({"call": lambda f, t, x: f(1 - t, x)}, "không phải 1 − t"),
        ({"target": lambda a, b: a}, "không phải nhiễu"),
        ({"target": lambda a, b: a + b}, "không phải tổng"),
        ({"reduce": lambda e: (e**2).sum(0).mean()}, "Ngược trục"),
        ({"reduce": lambda e: -(e**2).sum(1).mean()}, "không thể âm"),
        ({"reduce": lambda e: e.sum(1).mean()}, "quên bình phương"),
        ({"place": lambda a, b, t: b}, "tại x₁"),
        ({"place": lambda a, b, t: a}, "tại x₀"),
        ({"target": lambda a, b: b}, "không phải điểm đến x₁"),
        ({"reduce": lambda e: (e**2).mean()}, "cả trên các tọa độ"),
        ({"reduce": lambda e: (e**2).sum()}, "cộng cả các điểm"),
        ({"reduce": lambda e: e.norm(dim=1).mean()}, "không lấy căn"),
        ({"reduce": lambda e: e.abs().sum(1).mean()}, "không phải |·|"),
        ({"reduce": lambda e: (e**2).sum(1)}, "trung bình của lô"),
        ({"reduce": lambda e: (e**2).sum(1).mean() / 2}, "hệ số ½"),
    ],
)
def test_cfm_loss_hints(changes, hint):
    report = checks.cfm_loss(matching_loss.matching(**changes))
    assert not report
    assert hint in report.message


def test_cfm_loss_with_what_is_left_of_the_way():
    def remaining(field, x0, x1, t):
        xt = x0 + t * (x1 - x0)
        return (field(t, xt) - (x1 - xt)).pow(2).sum(dim=1).mean()

    assert "phần còn lại" in checks.cfm_loss(remaining).message


def test_cfm_loss_swapped_arguments_and_other_answers():
    report = checks.cfm_loss(matching_loss.matching(call=lambda f, t, x: f(x, t)))
    assert not report
    assert "thời gian đứng trước" in report.message
    for answer in (3.0, "mất mát", [1.0]):
        assert "Cần một hàm" in checks.cfm_loss(answer).message
    assert "NaN" in checks.cfm_loss(lambda f, a, b, t: torch.tensor(math.nan)).message


@pytest.mark.equation("eq-cfm-gradient")
def test_smallest_loss_by_integrating_the_conditional_variance():
    """V = ∫ Var(x₁ − x₀ | x_t) dt, phương sai có điều kiện qua phần bù Schur của ma trận 2×2."""
    t = torch.linspace(0, 1, 20_001, dtype=DOUBLE)

    def floor(s):
        covariance = t * s**2 - (1 - t)
        variance = t**2 * s**2 + (1 - t) ** 2
        return torch.trapezoid((1 + s**2) - covariance**2 / variance, t).item()

    assert checks.smallest_loss((floor(0.5), 2 * floor(1.0)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0, 0), "còn ngẫu nhiên"),
        ((0, 3.1416), "độ tản"),
        ((0.3927, 3.1416), "không phải phương sai"),
        ((1.5708, 3.1416), "s = 1"),
        ((0.7854, 1.5708), "hai tọa độ"),
        ((0.7854, 6.2832), "không phải π"),
        ((0.7854, 0.0), "vẫn cắt nhau"),
        ((1.25, 3.1416), "chưa biết gì"),
        ((0.2146, 3.1416), "độ thẳng"),
        ((1.0, 3.1416), "V + 𝒮"),
        ((3.1416, 0.7854), "ngược chỗ"),
        ((math.nan, 1.0), "NaN"),
    ],
)
def test_smallest_loss_hints(answer, hint):
    report = checks.smallest_loss(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-rectified-flow")
def test_euler_spread_by_walking():
    """Đi Euler từ hai điểm cách nhau 1; trường lấy từ tích phân hậu nghiệm, không từ công thức."""
    spread = {}
    for steps in (1, 2):
        x = [0.0, 1.0]
        for j in range(steps):
            x = [p + velocity_by_bayes(p, j / steps) / steps for p in x]
        spread[steps] = abs(x[1] - x[0])
    assert checks.euler_spread((spread[1], spread[2]))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.5, 0.5), "dòng chính xác"),
        ((0.0, 0.5), "chưa đến đó"),
        ((0.0, 0.0), "co một nửa"),
        ((1.0, 0.2), "Còn lại gì"),
        ((2.0, 0.2), "độ tản quanh nó"),
        ((0.0, -0.1), "h = ½"),
        ((0.0, 0.25), "không phải −1"),
        ((0.0, -0.2), "không âm"),
        ((0.0, 0.04), "phương sai"),
        ((0.0, 0.4), "nửa bước đầu"),
        ((0.2, 0.0), "ngược chỗ"),
    ],
)
def test_euler_spread_hints(answer, hint):
    report = checks.euler_spread(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-gaussian-path")
def test_path_velocity_by_differences():
    def place(t):
        return math.sin(math.pi * t / 2) * 3 + math.cos(math.pi * t / 2) * 1

    slope = (place(0.5 + 1e-6) - place(0.5 - 1e-6)) / 2e-6
    assert checks.path_velocity([place(0.5), slope])


@pytest.mark.equation("eq-gaussian-field")
def test_path_velocity_from_the_conditional_field():
    a = b = math.sqrt(0.5)
    rate = math.pi / 2
    x = a * 3 + b * 1
    assert checks.path_velocity((x, rate * b * 3 + (-rate * a / b) * (x - a * 3)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((2.0, 2.2214), "đường thẳng"),
        ((2.8284, 2.0), "vận tốc của đường thẳng"),
        ((2.1213, 3.3322), "số hạng của x₀"),
        ((2.8284, 3.3322), "số hạng của x₀"),
        ((2.8284, 1.4142), "dây chuyền"),
        ((2.8284, 4.4429), "dấu trừ"),
        ((2.8284, 4.4429), "không phải π"),
        ((2.8284, -2.2214), "Ngược dấu"),
        ((1.0, 2.2214), "π/4"),
        ((3.0, 2.2214), "π/4"),
        ((1.0410, 0.0), "radian"),
        ((2.2214, 2.8284), "ngược chỗ"),
    ],
)
def test_path_velocity_hints(answer, hint):
    report = checks.path_velocity(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-ot-coupling")
def test_couple_accepts_right_answers():
    def brute(x0, x1):
        """Thử mọi hoán vị (lô nhỏ), hay chuyển sang phân công của lời giải khác (lô lớn)."""
        n = len(x0)
        if n > 6:
            from scipy.optimize import linear_sum_assignment

            gain = (x0.double() @ x1.double().T).numpy()  # hàng là x₀
            rows, columns = linear_sum_assignment(gain, maximize=True)
            order = torch.empty(n, dtype=torch.long)
            order[torch.as_tensor(columns)] = torch.as_tensor(rows)
            return x0[order]
        best = min(
            itertools.permutations(range(n)),
            key=lambda order: (x1 - x0[list(order)]).square().sum().item(),
        )
        return x0[list(best)]

    assert checks.couple(brute)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda x0, x1: x0.clone(), "cặp độc lập"),
        (lambda x0, x1: x0[torch.cdist(x1, x0).argmin(dim=1)], "một hoán vị"),
        (lambda x0, x1: x0[x0[:, 0].argsort()], "riêng x₀"),
        (lambda x0, x1: x0.sort(dim=0).values, "bị xé ra"),
        (lambda x0, x1: x1.clone(), "Bạn trả x₁"),
    ],
)
def test_couple_hints(wrong, hint):
    report = checks.couple(wrong)
    assert not report
    assert hint in report.message


def test_couple_one_after_another():
    def wrong(x0, x1):
        left = list(range(len(x0)))
        order = []
        for point in x1:
            order.append(min(left, key=lambda j: float((point - x0[j]).square().sum())))
            left.remove(order[-1])
        return x0[order]

    assert "lần lượt" in checks.couple(wrong).message


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_couple_hint_about_the_plain_distance_in_any_precision(dtype):
    """Một chiều thì |x₁ − x₀| có nhiều cách ghép tốt nhất; đầu vào của bài phải tránh chuyện ấy."""
    from scipy.optimize import linear_sum_assignment

    def wrong(x0, x1):
        cost = torch.cdist(x1.to(dtype), x0.to(dtype)).numpy()
        return x0[torch.as_tensor(linear_sum_assignment(cost)[1])]

    assert "chưa bình phương" in checks.couple(wrong).message


@pytest.mark.parametrize(
    ("build", "hint"),
    [
        (lambda solve, c: solve(c.T.square()), "Ngược chỉ số"),
        (lambda solve, c: solve(c.square(), maximize=True), "lớn nhất"),
        (lambda solve, c: solve(c), "chưa bình phương"),
    ],
)
def test_couple_hints_about_the_cost(build, hint):
    from scipy.optimize import linear_sum_assignment

    def wrong(x0, x1):
        cost = torch.cdist(x1.double(), x0.double())
        columns = build(lambda m, **k: linear_sum_assignment(m.numpy(), **k)[1], cost)
        return x0[torch.as_tensor(columns)]

    report = checks.couple(wrong)
    assert not report
    assert hint in report.message


def test_couple_of_the_other_side():
    from scipy.optimize import linear_sum_assignment

    def wrong(x0, x1):
        columns = linear_sum_assignment(torch.cdist(x0.double(), x1.double()).square().numpy())[1]
        return x1[torch.as_tensor(columns)]

    report = checks.couple(wrong)
    assert not report
    assert "Bạn xếp lại x₁" in report.message


@pytest.mark.equation("eq-reflow")
@pytest.mark.equation("eq-straightness")
def test_reflow_costs_by_quadrature():
    """Phí trước: tích phân hai chiều. Phí sau: rk4. V và 𝒮: đo riêng."""
    z, w = quadrature()
    m, s = matching_loss.MEAN, matching_loss.STD
    before = (w[:, None] * w * (m + s * z[:, None] - z).square()).sum().item()

    def u(t, x):
        return m + checks.slope(t) * (x - t * m)

    steps, x = 400, z.clone()
    path = [x]
    for j in range(steps):
        t, h = j / steps, 1 / steps
        k1 = u(t, x)
        k2 = u(t + h / 2, x + h / 2 * k1)
        k3 = u(t + h / 2, x + h / 2 * k2)
        k4 = u(t + h, x + h * k3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path.append(x)
    chord = x - z
    after = (w * chord.square()).sum().item()
    times = torch.linspace(0, 1, steps + 1, dtype=DOUBLE)
    bend = torch.stack(
        [(w * (chord - u(t, p)).square()).sum() for t, p in zip(times.tolist(), path, strict=True)]
    )
    curving = torch.trapezoid(bend, times).item()
    spread = torch.tensor([s**2 / (t**2 * s**2 + (1 - t) ** 2) for t in times.tolist()])
    crossing = torch.trapezoid(spread.double(), times).item()
    assert checks.reflow_costs((before, after, crossing + curving))
    assert curving == pytest.approx((2 - math.pi / 2) * s, abs=1e-4)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1.25, 4.25, 1), "còn m²"),
        ((4.0, 4.25, 1), "bình phương của trung bình"),
        ((5.5, 4.25, 1), "đã cộng s"),
        ((4.75, 4.25, 1), "tổng hai phương sai"),
        ((5.25, 4.0, 1.25), "vẫn còn phương sai"),
        ((5.25, 4.5625, 0.6875), "độ lệch chuẩn"),
        ((5.25, 0.0, 5.25), "không làm quãng đường"),
        ((5.25, 5.25, 0.0), "Phí giảm"),
        ((5.25, 6.25, -1.0), "ψ tăng dần"),
        ((5.25, 4.25, 0.7854), "riêng V"),
        ((5.25, 4.25, 0.2146), "riêng 𝒮"),
        ((5.25, 4.25, -1.0), "không âm"),
        ((4.25, 5.25, 1.0), "Ngược chỗ"),
    ],
)
def test_reflow_costs_hints(answer, hint):
    report = checks.reflow_costs(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-velocity-score")
def test_velocity_from_the_score():
    """Hai Gauss, đường thẳng: u = x/t + (1 − t)/t·∇log p_t, ∇log p_t = −(x − tm)/σ_t²."""
    m, s = matching_loss.MEAN, matching_loss.STD
    x = torch.linspace(-3, 4, 29, dtype=DOUBLE)
    for t in (0.1, 0.5, 0.9):
        score = -(x - t * m) / (t**2 * s**2 + (1 - t) ** 2)
        u = m + checks.slope(t) * (x - t * m)
        torch.testing.assert_close(x / t + (1 - t) / t * score, u)


def test_correlated_pairs_of_the_exercise():
    """V = √(1 − ρ²)·arccos ρ, so với tích phân của phương sai có điều kiện."""
    t = torch.linspace(0, 1, 200_001, dtype=DOUBLE)
    for rho in (-0.5, 0.0, 0.5, 0.9):
        variance = 1 - 2 * t * (1 - t) * (1 - rho)
        covariance = (2 * t - 1) * (1 - rho)
        spread = 2 * (1 - rho) - covariance**2 / variance
        expected = math.sqrt(1 - rho**2) * math.acos(rho)
        assert torch.trapezoid(spread, t).item() == pytest.approx(expected, abs=1e-6)


def test_pairs_of_two_of_the_page():
    """Lô hai người: E của tích đã sắp thứ tự là s/π."""
    z, w = quadrature()
    below = torch.special.ndtr(z)  # số lớn hơn có mật độ 2φ(z)Φ(z), trơn, nên cầu phương rất sát
    larger = (2 * w * z * below).sum().item()
    assert larger == pytest.approx(1 / math.sqrt(math.pi), abs=1e-6)
    assert 5.25 - 1 / math.pi == pytest.approx(4.932, abs=5e-4)


def test_the_page_and_the_checkers_ask_the_same_numbers():
    """Những con số tính tay của trang lý thuyết, tính lại bằng máy."""
    text = PAGE.read_text("utf-8")
    c4 = math.prod(1 + 0.25 * checks.slope(j / 4) for j in range(4))
    sigma = math.sqrt(0.25 * matching_loss.STD**2 + 0.25)
    for value, digits in (
        (velocity_by_bayes(0.0, 0.5), 1),
        (c4, 4),
        (sigma, 3),
        (5.25 - 1 / math.pi, 3),
        (2 - 2 / math.pi, 3),
        ((2 - math.pi / 2) * matching_loss.STD, 4),
        (math.pi / 4, 4),
        (math.sqrt(0.5) * 4, 4),
        (math.pi * math.sqrt(0.5), 4),
        (math.sqrt(4 / math.pi), 3),
    ):
        assert re.search(re.escape(f"{value:.{digits}f}"), text), value
