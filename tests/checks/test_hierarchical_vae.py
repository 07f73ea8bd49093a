"""Mỗi bộ chấm của sổ «VAE phân cấp»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from course_utils.checks import hierarchical_vae as checks

CHECKS = [
    checks.two_level_elbo,
    checks.edges,
    checks.level_kl,
    checks.merge,
    checks.residual_kl,
    checks.latent_size,
    checks.diffusion_restrictions,
]


@pytest.mark.parametrize("check", CHECKS)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("answer", [5, "abc", (None, 1), [[]], object(), {"a": 1}])
def test_strange_answers_get_a_sentence(check, answer):
    report = check(answer)
    assert not report.ok
    assert report.message


def joint(x, decoder, gain1, v1, gain2, v2):
    """(q(z₁, z₂|x), hậu nghiệm p(z₁, z₂|x), log p(x)) bằng ma trận, không theo công thức tách."""
    q = MultivariateNormal(
        torch.tensor([gain1 * x, gain2 * gain1 * x], dtype=torch.float64),
        torch.tensor([[v1, gain2 * v1], [gain2 * v1, v2 + gain2**2 * v1]], dtype=torch.float64),
    )
    prior = torch.tensor([[2.0, 1.0], [1.0, 1.0]], dtype=torch.float64)  # z₁ = z₂ + nhiễu
    gain = prior[:, 0] / (2 + decoder)
    posterior = MultivariateNormal(gain * x, prior - torch.outer(gain, prior[0]))
    return q, posterior, checks.log_normal(x, 0.0, 2 + decoder)


@pytest.mark.equation("eq-hvae-telescoped")
@pytest.mark.equation("eq-hvae-consistency")
@pytest.mark.parametrize(
    "numbers", [(1.0, 1.0, 0.5, 0.5, 0.5, 0.5), (2.0, 0.5, 0.6, 0.4, 0.5, 0.5)]
)
def test_two_levels_by_matrices(numbers):
    """Cả hai cách tách đều bằng log p(x) − KL(q ‖ hậu nghiệm); kỳ vọng sai luật thì không."""
    q, posterior, log_p = joint(*numbers)
    exact = log_p - kl_divergence(q, posterior).item()
    t = checks.chain_numbers(*numbers)
    assert t["reconstruction"] - t["top"] - t["one"] == pytest.approx(exact, abs=1e-12)
    covariance = q.covariance_matrix[0, 1].item()
    consistency = t["one_independent"] - covariance  # E(z₁ − z₂)² có thêm −2·Cov, chia 2
    assert t["reconstruction"] - t["top_given_z1"] - consistency == pytest.approx(exact, abs=1e-12)
    assert abs(covariance) > 0.1, "hai cách lấy kỳ vọng phải khác nhau rõ"
    assert t["log_p"] == pytest.approx(log_p)


def test_the_pair_worked_by_hand_on_the_page():
    t = checks.chain_numbers(1.0, 1.0, 0.5, 0.5, 0.5, 0.5)
    elbo = t["reconstruction"] - t["top"] - t["one"]
    assert elbo == pytest.approx(-1.67459, abs=1e-5)
    assert t["log_p"] - elbo == pytest.approx(0.0397, abs=1e-4)


def test_two_level_elbo_accepts_the_exact_pair():
    q, posterior, log_p = joint(2.0, 0.5, 0.6, 0.4, 0.5, 0.5)
    gap = kl_divergence(q, posterior).item()
    assert checks.two_level_elbo((log_p - gap, gap))


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda t, e, g: (g, e), "ngược chỗ"),
        (lambda t, e, g: (t["log_p"], 0.0), "log p(x)"),
        (lambda t, e, g: (t["log_p_standard"], g), "phương sai 2"),
        (lambda t, e, g: (t["reconstruction"], g), "tái tạo"),
        (lambda t, e, g: (-0.5 * math.log(math.pi) - 0.8**2 - t["top"] - t["one"], g), "còn có"),
        (
            lambda t, e, g: (t["reconstruction"] - t["top_given_z1"] - t["one_independent"], g),
            "độc lập",
        ),
        (lambda t, e, g: (t["reconstruction"] - t["top"] - t["one_under_prior"], g), "tiên nghiệm"),
        (lambda t, e, g: (t["reconstruction"] - t["top"] - t["one_at_mean"], g), "phương sai"),
        (lambda t, e, g: (t["reconstruction"] - t["top"] - t["one_to_standard"], g), "chỉ đỉnh"),
        (lambda t, e, g: (t["reconstruction"] - t["top_given_z1"] - t["one"], g), "trộn hai cách"),
        (lambda t, e, g: (t["reconstruction"] + t["top"] + t["one"], g), "trừ đi"),
        (lambda t, e, g: (e, -g), "không âm"),
    ],
)
def test_two_level_elbo_hints(wrong, hint):
    t = checks.chain_numbers(2.0, 0.5, 0.6, 0.4, 0.5, 0.5)
    elbo = t["reconstruction"] - t["top"] - t["one"]
    report = checks.two_level_elbo(wrong(t, elbo, t["log_p"] - elbo))
    assert not report
    assert hint in report.message


DOWN, UP = set(checks.GENERATIVE), set(checks.INFERENCE)


def test_edges_in_any_writing():
    assert checks.edges((DOWN, UP))
    assert checks.edges([sorted(DOWN), [list(e) for e in UP]])
    assert checks.edges(({("Z_3", "z_2"), ("z2", "z1"), ("z1", "X")}, UP))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((UP, DOWN), "ngược chỗ"),
        ((DOWN | {("x", "z3")}, UP), "ngọn cuối"),
        (({("z1", "z2"), ("z2", "z3"), ("z1", "x")}, UP), "z3 là đỉnh"),
        ((DOWN | {("z3", "x")}, UP), "x chỉ đọc z1"),
        ((DOWN | {("z3", "z1")}, UP), "skip"),
        ((DOWN - {("z1", "x")}, UP), "thiếu z1 → x"),
        ((DOWN, set(checks.TOP_DOWN)), "từ trên xuống"),
        ((DOWN, UP | {("x", "z3")}), "chỉ z1 đọc x"),
        ((DOWN, UP | {("z1", "x")}), "cả x → z1 lẫn z1 → x"),
        ((DOWN, (UP - {("x", "z1")}) | {("z3", "x")}), "không cạnh nào đi vào x"),
        ((DOWN, UP - {("z2", "z3")}), "thiếu z2 → z3"),
        ((DOWN, UP | {("z1", "z3")}), "thừa z1 → z3"),
        ((DOWN, UP | {("z2", "z2")}), "chính nó"),
        ((DOWN, UP | {("z4", "z2")}), "nút lạ"),
        ((DOWN, [("z1",)]), "không đọc được"),
        ((DOWN, "x z1"), "tập cạnh"),
    ],
)
def test_edges_hints(answer, hint):
    report = checks.edges(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-hvae-telescoped")
def test_level_kl_by_quadrature():
    def right(m, s2, a, b, v, w, u):
        z = torch.linspace(-12, 12, 4001, dtype=torch.float64)
        weight = Normal(m, math.sqrt(s2)).log_prob(z).exp()
        kl = kl_divergence(Normal(a * z + b, math.sqrt(v)), Normal(w * z, math.sqrt(u)))
        return torch.trapezoid(weight * kl, z).item()

    assert checks.level_kl(right)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["mean"] ** 2) / u - 1), "bậc hai"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["prior"]) / u - 1), "tiên nghiệm"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["squared"]) / u - 1), "đừng bình"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["spread"]) / u - 1), "hiệu hai trung"),
        (lambda q, u, v, w: math.log(u / v) + (v + q["all"]) / u - 1, "½"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["all"]) / u), "Thiếu −1"),
        (lambda q, u, v, w: 0.5 * (math.log(v / u) + (v + q["all"]) / u - 1), "logarit ngược"),
        (lambda q, u, v, w: 0.5 * (math.log(v / u) + (u + q["all"]) / v - 1), "KL(p ‖ q)"),
        (lambda q, u, v, w: -0.5 * (math.log(u / v) + (v + q["all"]) / u - 1), "không âm"),
        (lambda q, u, v, w: math.log(u / v) + (v**2 + q["all"]) / u**2 / 2 - 0.5, "v và u đã là"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["apart"]) / u - 1), "chung một z₂"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + q["all"] / u - 1), "quên phương sai v"),
        (lambda q, u, v, w: 0.5 * (math.log(u / v) + (v + q["no b"]) / u - 1), "bỏ rơi b"),
    ],
)
def test_level_kl_hints(wrong, hint):
    def answer(m, s2, a, b, v, w, u):
        mean = (a - w) * m + b
        q = {
            "mean": mean,
            "prior": b**2 + (a - w) ** 2,
            "squared": mean**2 + (a - w) ** 2 * s2**2,
            "spread": (a - w) ** 2 * s2,
            "all": mean**2 + (a - w) ** 2 * s2,
            "apart": mean**2 + (a**2 + w**2) * s2,
            "no b": (a - w) ** 2 * (m**2 + s2),
        }
        return wrong(q, u, v, w)

    report = checks.level_kl(answer)
    assert not report
    assert hint in report.message


def test_level_kl_of_the_marginals_is_refused():
    def marginals(m, s2, a, b, v, w, u):
        q = Normal(a * m + b, math.sqrt(v + a * a * s2))
        p = Normal(torch.tensor(w * m), math.sqrt(u + w * w * s2))
        return kl_divergence(q, p).item()

    assert "luật biên" in checks.level_kl(marginals).message


@pytest.mark.equation("eq-precision-merge")
def test_merge_is_the_normalised_product():
    def right(mean_p, var_p, mean_d, var_d):
        # Hoàn thành bình phương: đọc trung bình và độ chính xác từ đạo hàm của log tích.
        precision = var_p**-1 + var_d**-1
        return (mean_p / var_p + mean_d / var_d) / precision, 1 / precision

    assert checks.merge(right)
    assert checks.merge(
        lambda mp, vp, md, vd: (mp + vp / (vp + vd) * (md - mp), vp - vp**2 / (vp + vd))
    )


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda a, p, b, d: (p * d / (p + d), (a * d + b * p) / (p + d)), "ngược chỗ"),
        (lambda a, p, b, d: ((p * a + d * b) / (p + d), p * d / (p + d)), "chắc"),
        (
            lambda a, p, b, d: (
                (a * p**-0.5 + b * d**-0.5) / (p**-0.5 + d**-0.5),
                (p**-0.5 + d**-0.5) ** -2,
            ),
            "1/độ lệch chuẩn",
        ),
        (lambda a, p, b, d: ((a * d + b * p) / (p + d), p + d), "nghịch đảo"),
        (lambda a, p, b, d: ((a * d + b * p) / (p + d), 1 / p + 1 / d), "nghịch đảo của nó"),
        (lambda a, p, b, d: ((a + b) / 2, p * d / (p + d)), "trọng số"),
        (lambda a, p, b, d: ((a + b) / 2, (p + d) / 2), "trung bình cộng"),
        (lambda a, p, b, d: ((a * d + b * p) / (p + d), (p * d / (p + d)) ** 0.5), "phương sai"),
        (lambda a, p, b, d: (a / p + b / d, p * d / (p + d)), "nhân với phương sai"),
    ],
)
def test_merge_hints(wrong, hint):
    report = checks.merge(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-residual-normal")
def test_residual_kl_does_not_see_the_prior():
    """Với mọi μ, σ của p, KL chỉ phụ thuộc (shift, log_ratio): so với torch.distributions."""
    for mean, std in ((0.0, 1.0), (3.0, 0.2), (-1.0, 5.0)):

        def right(shift, log_ratio, mean=mean, std=std):
            q = Normal(mean + std * shift, std * torch.exp(0.5 * log_ratio))
            return kl_divergence(q, Normal(torch.tensor(mean).double(), std))

        assert checks.residual_kl(right)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda s, r: 0.5 * (s**2 + (2 * r).exp() - 2 * r - 1), "phương sai"),
        (lambda s, r: 0.5 * (s**2 + r.exp() + r - 1), "Dấu của logarit"),
        (lambda s, r: 0.5 * (s**2 + r.exp() - r), "−1"),
        (lambda s, r: s**2 + r.exp() - r - 1, "½"),
        (lambda s, r: 0.5 * (s**2 / r.exp() + 1 / r.exp() + r - 1), "KL(p ‖ q)"),
        (lambda s, r: 0.5 * (s**2 * r.exp() + r.exp() - r - 1), "σ của p"),
        (lambda s, r: 0.5 * (abs(s) + r.exp() - r - 1), "bình phương"),
        (lambda s, r: 0.5 * (s + r.exp() - r - 1), "bình phương"),
        (lambda s, r: -0.5 * (s**2 + r.exp() - r - 1), "không âm"),
    ],
)
def test_residual_kl_hints(wrong, hint):
    report = checks.residual_kl(wrong)
    assert not report
    assert hint in report.message


def test_latent_size_is_what_tensors_hold():
    groups = [torch.zeros(20, 8, 8)] * 3 + [torch.zeros(20, 16, 16)] * 2
    total = sum(g.numel() for g in groups)
    assert checks.latent_size((total, total / torch.zeros(3, 32, 32).numel()))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((20, 0.0065), "số kênh"),
        ((100, 0.03), "đếm số kênh"),
        ((704, 0.23), "quên số kênh"),
        ((6400, 2.08), "mỗi tỉ lệ một nhóm"),
        ((3840, 1.25), "ba nhóm 8×8"),
        ((10240, 3.33), "hai nhóm 16×16"),
        ((17920, 5.83), "đổi chỗ"),
        ((14080, 0.218), "Tỉ số ngược"),
        ((14080, 13.75), "ba kênh màu"),
    ],
)
def test_latent_size_hints(answer, hint):
    report = checks.latent_size(answer)
    assert not report
    assert hint in report.message


def test_restrictions_accepted():
    for answer in (
        {"a", "c", "e"},
        "ace",
        ["E", "c", " a "],
        "a,c,e",
        ["(a)", "(c)", "(e)"],
        "a; c; e",
    ):
        assert checks.diffusion_restrictions(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("abc", "(b)"),
        ("acd", "không nén"),
        ("ef", "thứ duy nhất được học"),
        ("ac", "thiếu 1"),
        ("", "thiếu 3"),
        ("xyz", "sáu chữ"),
    ],
)
def test_restrictions_hints(answer, hint):
    report = checks.diffusion_restrictions(answer)
    assert not report
    assert hint in report.message
