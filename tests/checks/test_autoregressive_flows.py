"""Mỗi bộ chấm của sổ «Luồng tự hồi quy»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import autoregressive_flows as checks
from course_utils.checks.triangular import _generate, _signed_conditioner, _smooth_conditioner

PAGE = Path(__file__).resolve().parents[2] / "book" / "autoregressive_flows.md"
LOG_2PI = math.log(2 * math.pi)
ALL = [
    checks.transformers,
    checks.edges,
    checks.cumulative_sum,
    checks.ar1_density,
    checks.exponential_conditioner,
    checks.log_det,
    checks.sequential_inverse,
    checks.passes,
]


@pytest.mark.parametrize("check", ALL)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.parametrize("check", ALL)
@pytest.mark.parametrize("strange", ["abc", 3 + 1j, {}, object(), [[1]], lambda *_: "x"])
def test_strange_answers_get_a_sentence(check, strange):
    report = check(strange)
    assert not report
    assert report.message


# --- Cơ chế biến đổi ------------------------------------------------------------------------------


def test_transformers_key_holds_numerically():
    """Đáp án ("bcd", "cd", "c", 3) suy lại từ lưới: đơn ánh, 1/|τ'| bị chặn, dấu, số nghiệm."""
    z = torch.linspace(-6, 6, 24_001, dtype=torch.float64)
    curves = {"a": z**3 - z, "b": z**3, "c": -z, "d": torch.nn.functional.softplus(z)}
    one_to_one = "".join(
        k for k, v in curves.items() if (v.diff() > 0).all() or (v.diff() < 0).all()
    )
    base = torch.exp(-0.5 * z**2)
    slope = {"a": 3 * z**2 - 1, "b": 3 * z**2, "c": -torch.ones_like(z), "d": torch.sigmoid(z)}
    finite = "".join(k for k in one_to_one if (base / slope[k].abs()).max() < 1e3)
    falling = "".join(k for k in one_to_one if slope[k].min() < 0)
    roots = sum(abs(v**3 - v) < 1e-12 for v in (-1.0, 0.0, 1.0))
    assert checks.transformers((one_to_one, finite, falling, roots))
    assert checks.transformers(("d, c, b", "D C", "c", Fraction(3)))
    assert checks.transformers([["b", "c", "d"], {"c", "d"}, ("c",), 3])
    assert checks.transformers(("bcd", None, "c", 3)).blank


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (("abcd", "cd", "c", 3), "lên, xuống"),
        (("bd", "d", "", 3), "Giảm chặt cũng được"),
        (("bc", "c", "c", 3), "softplus tăng chặt"),
        (("cd", "cd", "c", 3), "vẫn tăng chặt"),
        (("bcd", "bcd", "c", 3), "vô cùng tại x = 0"),
        (("bcd", "acd", "c", 3), "gấp trục số"),
        (("bcd", "c", "c", 3), "xét cả −z và softplus"),
        (("bcd", "cd", "", 3), "đạo hàm âm"),
        (("bcd", "cd", "ac", 3), "không phải luồng"),
        (("bcd", "cd", "c", 1), "Liên tục chưa đủ"),
        (("bcd", "cd", "c", 2), "đếm lại"),
        (("bcd", "cd", "c"), "ba chuỗi"),
        (("xyz", "cd", "c", 3), "a, b, c, d"),
        (5, "ba chuỗi"),
    ],
)
def test_transformers_hints(answer, hint):
    report = checks.transformers(answer)
    assert not report
    assert hint in report.message


# --- Danh sách cạnh -------------------------------------------------------------------------------


def right_edges(dim=3):
    own = [(f"{kind}{i}", f"z{i}") for kind in "xh" for i in range(1, dim + 1)]
    return own + [(f"z{j}", f"h{i}") for i in range(1, dim + 1) for j in range(1, i)]


def test_edges_accepts_either_view_of_the_constant():
    assert checks.edges(right_edges())
    assert checks.edges([e for e in right_edges() if e != ("h1", "z1")])
    assert checks.edges(set(right_edges(5)), dim=5)
    assert checks.edges([[f"{a[0].upper()}_{a[1]}", b] for a, b in right_edges()])


@pytest.mark.equation("eq-autoregressive-flow")
def test_edges_are_the_dependencies_of_a_real_layer():
    """Cạnh z_j → h_i: đọc từ gradient của cơ chế điều kiện của một tầng IAF."""
    from course_utils.flows import MaskedAutoregressive

    layer = MaskedAutoregressive(3, hidden=(16,))
    torch.manual_seed(0)
    for p in layer.parameters():
        torch.nn.init.normal_(p)
    jacobian = torch.func.jacrev(lambda z: layer.net(z[None])[0])(torch.randn(3))
    seen = jacobian.abs().amax(1) > 0
    answer = [(f"{kind}{i}", f"z{i}") for kind in "xh" for i in (1, 2, 3)]
    for i, j in itertools.product(range(3), repeat=2):
        if seen[i, j]:
            answer.append((f"z{j + 1}", f"h{i + 1}"))
    assert checks.edges(answer)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda e: [*e, ("z2", "h2")], "vòng"),
        (lambda e: [*e, ("z1", "h1")], "vòng"),
        (lambda e: [(a.replace("z", "x"), b) if b[0] == "h" else (a, b) for a, b in e], "kiểu MAF"),
        (lambda e: [*e, ("z3", "h2")], "đứng trước"),
        (lambda e: [*e, ("x1", "z2")], "z2 chỉ giải từ x2"),
        (lambda e: [(b, a) for a, b in e], "chiều x → z"),
        (lambda e: [(a, b) for a, b in e if b[0] != "h"], "phải đi từng bước"),
        (lambda e: [(a, b) for a, b in e if a[0] != "h"], "cần cả h_i"),
        (lambda e: [(a, b) for a, b in e if a[0] != "x"], "giải từ x_i"),
        (lambda e: [*e, ("h2", "h3")], "Thừa cạnh"),
        (lambda e: [*e, ("z1", "z2")], "chỉ ảnh hưởng qua h2"),
        (lambda e: [*e, ("z3", "z2")], "chỉ cần x2 và h2"),
        (lambda e: ["x1", "z1"], "danh sách các cặp"),
        (lambda e: dict(e), "danh sách các cặp"),
        (lambda e: [*e, ("y1", "h3")], "Không có nút"),
        (lambda e: [], "Thiếu cạnh"),
        (lambda e: 3, "danh sách"),
    ],
)
def test_edges_hints(change, hint):
    report = checks.edges(change(right_edges()))
    assert not report
    assert hint in report.message


# --- Các con số tính tay --------------------------------------------------------------------------


def gaussian(x, covariance):
    x = torch.tensor(x, dtype=torch.float64)
    law = torch.distributions.MultivariateNormal(torch.zeros_like(x), covariance)
    return law.log_prob(x).item()


@pytest.mark.equation("eq-cumsum-flow")
@pytest.mark.parametrize(
    ("x", "pair"), [((1, 2, 0, 1, 1, 3), (2, 5)), ((2, 1, 1), (3, 1)), ((0.5, -1.0), (1, 2))]
)
def test_cumulative_sum_is_the_full_gaussian(x, pair):
    index = torch.arange(1, len(x) + 1, dtype=torch.float64)
    covariance = torch.minimum(index[:, None], index)
    i, j = pair
    answer = (gaussian(x, covariance), covariance[i - 1, j - 1])
    assert checks.cumulative_sum(answer, x=x, pair=pair)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((-13.5136, 2), "thay z bằng x"),
        ((-5.5, 2), "log 2π"),
        ((11.0136, 2), "đối log"),
        ((-16.5136, 2), "chia 2"),
        ((-5.5136, 2), "‖z‖²"),
        ((math.exp(-11.013631), 2), "đó là mật độ"),
        ((-5.5 + 3 * LOG_2PI, 2), "chứa −½·log 2π"),
        ((-5.5 - 6 * LOG_2PI, 2), "góp ½·log 2π"),
        ((-11.0136, 2 / math.sqrt(10)), "hệ số tương quan"),
        ((-11.0136, 5), "phần chung"),
        ((-11.0136, 1), "số số hạng chung"),
        ((-11.0136, 0), "không độc lập"),
    ],
)
def test_cumulative_sum_hints(answer, hint):
    report = checks.cumulative_sum(answer)
    assert not report
    assert hint.lower() in report.message.lower()


@pytest.mark.parametrize(("w", "x"), [(0.5, (1, 2, 0, 1)), (0.8, (1, 0, 1)), (-0.6, (1.0, 2.0))])
def test_ar1_density_is_the_full_gaussian(w, x):
    i = torch.arange(len(x))
    lower = torch.tril(w ** (i[:, None] - i).double())
    assert checks.ar1_density(gaussian(x, lower @ lower.T), w=w, x=x)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (-7.1758, "w = 1"),
        (-6.5273, "mọi z_j đứng trước"),
        (-9.0733, "Định thức không chứa w"),
        (-3.5282, "Định thức không chứa w"),
        (-2.625, "log 2π"),
        (6.3008, "đối log"),
        (-6.6758, "thay z bằng x"),
        (-8.3008, "Sai dấu"),
        (-5.25 - 2 * LOG_2PI, "quên chia 2"),
        (math.exp(-6.300754), "Đó là mật độ"),
    ],
)
def test_ar1_density_hints(answer, hint):
    report = checks.ar1_density(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-af-jacobian")
@pytest.mark.parametrize(
    ("alpha", "z"), [(0.3, (1, -0.5, 2, 0.7)), (0.5, (1, 2, 3)), (-1.0, (0.2, 0.1))]
)
def test_exponential_conditioner_against_autograd(alpha, z):
    z = torch.tensor(z, dtype=torch.float64)

    def f(z):
        return z * torch.exp(alpha * torch.cat([z.new_zeros(1), z[:-1]]))

    log_det = torch.linalg.slogdet(torch.func.jacrev(f)(z)).logabsdet
    assert checks.exponential_conditioner(log_det, alpha=alpha, z=z.tolist())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.96, "z_D"),
        (0.66, "Lệch một chỉ số"),
        (0, "cộng dồn"),
        (-0.027, "tổng"),
        (-0.3, "tổng"),
        (math.exp(0.75), "đề hỏi log"),
        (-0.75, "Sai dấu"),
        (2.5, "hệ số α"),
        (0.75 + math.log(0.7), "log|z_i|"),
    ],
)
def test_exponential_conditioner_hints(answer, hint):
    report = checks.exponential_conditioner(answer)
    assert not report
    assert hint in report.message


def test_other_numbers_never_make_a_hint_hit_the_key():
    """Với mọi bộ số, đáp án đúng vẫn được nhận: gợi ý trùng đáp án bị bỏ qua."""
    for x in itertools.product((0, 1, -1), repeat=3):
        z = [b - a for a, b in itertools.pairwise((0, *x))]
        log_p = -0.5 * (sum(v * v for v in z) + 3 * LOG_2PI)
        assert checks.cumulative_sum((log_p, 1), x=x, pair=(1, 3))
        assert checks.exponential_conditioner(0.3 * sum(x[:-1]), z=x)
        for w in (0.0, 1.0, -1.0):
            z = [b - w * a for a, b in itertools.pairwise((0, *x))]
            log_p = -0.5 * (sum(v * v for v in z) + 3 * LOG_2PI)
            assert checks.ar1_density(log_p, w=w, x=x)


# --- Mã -------------------------------------------------------------------------------------------


def test_conditioners_of_the_checkers_are_strictly_causal():
    z = torch.randn(7, dtype=torch.float64)
    for conditioner in (_signed_conditioner, _smooth_conditioner):
        for part in (0, 1):
            jacobian = torch.func.jacrev(lambda one, c=conditioner, p=part: c(one[None])[p][0])(z)
            assert (jacobian.triu() == 0).all()
            assert (jacobian.tril(-1) != 0).any()


@pytest.mark.parametrize(
    "right",
    [
        lambda z, c: c(z)[0].abs().log().sum(1),
        lambda z, c: torch.log(torch.abs(c(z)[0])).sum(dim=-1),
        lambda z, c: torch.stack([0.5 * torch.log(a * a).sum() for a in c(z)[0]]),
        lambda z, c: np.log(np.abs(c(z)[0].numpy())).sum(1),
        lambda z, c: [float(a.abs().log().sum()) for a in c(z)[0]],
    ],
)
def test_log_det_accepts_right_answers(right):
    assert checks.log_det(right)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda z, c: c(z)[0].log().sum(1), "NaN"),
        (lambda z, c: -c(z)[0].abs().log().sum(1), "Sai dấu"),
        (lambda z, c: c(z)[0].abs().log().mean(1), "trung bình"),
        (lambda z, c: c(z)[0].abs().prod(1).log(), "Hãy lấy log trước"),
        (lambda z, c: c(z)[0].abs().prod(1), "thiếu bước lấy log"),
        (lambda z, c: c(z)[0].prod(1), "có dấu"),
        (lambda z, c: c(z)[0].sum(1), "hệ số giãn"),
        (lambda z, c: c(z)[0].abs().log().sum(), "Kích thước"),
        (lambda z, c: c(z)[0].abs().log().sum().expand(len(z)), "trong lô"),
        (lambda z, c: c(z)[0].abs().log2().sum(1), "cơ số 2"),
        (lambda z, c: (z * c(z)[0]).abs().log().sum(1), "không có z_i"),
        (lambda z, c: c(z)[0].to(torch.complex64).log().sum(1), "số phức"),
        (lambda z, c: 1.0, "Kích thước"),
        (lambda z, c: {}, "tensor"),
        (lambda z, c: 1 / 0, "ZeroDivisionError"),
        (3, "Cần một hàm"),
    ],
)
def test_log_det_hints(wrong, hint):
    report = checks.log_det(wrong)
    assert not report
    assert hint in report.message


def test_log_det_of_a_dense_matrix_is_too_slow():
    def dense(z, conditioner):
        rows = torch.stack([torch.diag(a) for a in conditioner(z)[0]])
        return torch.linalg.slogdet(rows).logabsdet

    report = checks.log_det(dense)
    assert not report
    assert "D×D" in report.message


def loop(undo):
    """Vòng lặp qua từng tọa độ; `undo` là cách giải một tọa độ."""

    def inverse(x, conditioner):
        z = torch.zeros_like(x)
        for i in range(x.shape[1]):
            s, m = conditioner(z)
            z[:, i] = undo(x, s, m)[:, i]
        return z

    return inverse


loop_inverse = loop(lambda x, s, m: (x - m) * (-s).exp())


@pytest.mark.equation("eq-iaf")
def test_sequential_inverse_accepts_both_ways():
    def jacobi(x, conditioner):
        z = 7 + torch.zeros_like(x)
        for _ in range(x.shape[1]):
            s, m = conditioner(z)
            z = (x - m) / s.exp()
        return z

    assert checks.sequential_inverse(loop_inverse)
    assert checks.sequential_inverse(jacobi)
    assert checks.sequential_inverse(lambda x, c: jacobi(x, c).numpy())


def one_pass(x, conditioner):
    s, m = conditioner(x)
    return (x - m) * (-s).exp()


def half(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(max(x.shape[1] // 2, 1)):
        s, m = conditioner(z)
        z = (x - m) * (-s).exp()
    return z


def too_many(x, conditioner):
    for _ in range(x.shape[1]):
        conditioner(x)
    return loop_inverse(x, conditioner)


def right_to_left(x, conditioner):
    z = torch.zeros_like(x)
    for i in reversed(range(x.shape[1])):
        s, m = conditioner(z)
        z[:, i] = ((x - m) * (-s).exp())[:, i]
    return z


def newton_step(x, conditioner):
    jacobian = torch.func.vmap(
        torch.func.jacrev(
            lambda one: (conditioner(one[None])[0].exp() * one + conditioner(one[None])[1])[0]
        )
    )(x)
    return torch.linalg.solve(jacobian, x[..., None])[..., 0]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (one_pass, "phải đọc z"),
        (half, "nửa đầu"),
        (too_many, "D lượt là đủ"),
        (newton_step, ""),
        (right_to_left, "từ trái sang phải"),
        (lambda x, c: loop_inverse(x.float(), c), "float32"),
        (lambda x, c: loop_inverse(x, c) * math.nan, "NaN"),
        (lambda x, c: loop_inverse(x, lambda z: c(z[:, :1])), "cần cả lô"),
        (loop(lambda x, s, m: (x - m) * s.exp()), "nhân với e^{−s}"),
        (loop(lambda x, s, m: x * (-s).exp() - m), "trừ m trước"),
        (loop(lambda x, s, m: x * s.exp() + m), "chiều z → x"),
        (lambda x, c: loop_inverse(x, c)[:, :1], "Kích thước"),
        (lambda x, c: None, "chưa điền"),
    ],
)  # fmt: skip
def test_sequential_inverse_hints(wrong, hint):
    report = checks.sequential_inverse(wrong)
    assert not report
    assert hint in report.message


def test_sequential_inverse_names_the_first_wrong_coordinate():
    def stops(x, conditioner):
        z = loop_inverse(x, conditioner)
        z[:, 2:] = 0
        return z

    assert "tọa độ 1" in checks.sequential_inverse(stops).message


@pytest.mark.equation("eq-maf", "eq-iaf")
def test_passes_are_what_a_hook_counts():
    from course_utils.flows import Inverse, MaskedAutoregressive

    dim = 12
    layer, calls = MaskedAutoregressive(dim, hidden=(16,)), []
    layer.net.register_forward_hook(lambda *_: calls.append(1))

    def count(call):
        calls.clear()
        with torch.no_grad():
            call(torch.randn(3, dim))
        return len(calls)

    maf_density, maf_sample = count(layer.inverse), count(layer.forward_by_passes)
    iaf = Inverse(layer)
    iaf_sample = count(iaf.forward)
    assert checks.passes((iaf_sample, maf_sample, maf_sample, maf_density), dim=dim)
    assert checks.passes((1, 256, 256, 1))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((256, 1, 1, 256), "đổi chỗ hai kiểu"),
        ((1, 1, 1, 1), "ghép cặp"),
        ((256, 256, 256, 256), "một lượt là đủ"),
        ((256, 256, 256, 1), "không cần thiết"),
        ((256, 1, 256, 1), "không cần thiết"),
        ((1, 1, 256, 1), "cho trước"),
        ((1, 256, 1, 256), "ngược nhau"),
        ((1, 255, 255, 1), "tọa độ đầu"),
    ],
)
def test_passes_hints(answer, hint):
    report = checks.passes(answer)
    assert not report
    assert hint in report.message


# --- Những con số in trong trang sách -------------------------------------------------------------


@pytest.mark.parametrize(
    "printed",
    [
        f"{-5.5 - 3 * LOG_2PI:.4f}",  # cộng dồn
        f"{-8 - 3 * LOG_2PI:.4f}",  # quên gỡ
        f"{-2.625 - 2 * LOG_2PI:.4f}",  # trí nhớ phai dần
        f"{-7 - 2 * LOG_2PI:.4f}",  # bài tập cộng dồn
        f"{-1.32 - 1.5 * LOG_2PI:.4f}",  # bài tập AR(1)
        f"{math.log(2) + 2:.4f}",  # bài tập Jacobi
        f"{LOG_2PI + 1 + math.log(2):.4f}",  # entropy của quả chuối
        f"{1 - math.sqrt(0.5):.4f}",  # Knothe–Rosenblatt trên tam giác
        f"{1 - math.sqrt(0.5) + 0.25 * math.sqrt(0.5):.4f}",
        f"{2 * math.exp(-0.15) * math.exp(0.3 * 0.5 * math.exp(0.3)):.4f}",  # mẹo song song
        str(math.comb(10, 5)),  # phần tử lớn nhất của S^k
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE.read_text(encoding="utf-8")


@pytest.mark.equation("eq-knothe-rosenblatt")
def test_knothe_rosenblatt_worked_by_hand_on_the_page():
    """p = x₁ + x₂ trên hình vuông và p = 2 trên tam giác, cả hai thứ tự: 1/det J = p(x)."""

    def square(u):
        x1 = (torch.sqrt(1 + 8 * u[0]) - 1) / 2
        return torch.stack([x1, torch.sqrt(x1**2 + u[1] * (2 * x1 + 1)) - x1])

    def triangle(u):
        return torch.stack([u[0].sqrt(), u[1] * u[0].sqrt()])

    def triangle_swapped(u):
        x2 = 1 - torch.sqrt(1 - u[1])
        return torch.stack([x2 + u[0] * (1 - x2), x2])

    u = torch.tensor([0.375, 0.28], dtype=torch.float64)
    x, jacobian = square(u), torch.func.jacrev(square)(u)
    torch.testing.assert_close(x, torch.tensor([0.5, 0.4], dtype=torch.float64))
    assert (1 / torch.linalg.det(jacobian)).item() == pytest.approx(0.9)
    assert jacobian[1, 0].item() == pytest.approx(-2 / 15)
    for f in (triangle, triangle_swapped):
        jacobian = torch.func.jacrev(f)(u)
        assert (1 / torch.linalg.det(jacobian)).item() == pytest.approx(2)


def test_one_map_written_both_ways():
    """Cùng một ánh xạ kiểu IAF và kiểu MAF; h đọc chính z thì đường chéo không còn là ∂τ/∂z."""
    z = torch.randn(6, dtype=torch.float64)
    J = torch.func.jacrev(lambda one: _generate(one[None])[0])(z)
    assert (J.triu(1) == 0).all()
    assert (torch.linalg.inv(J).triu(1).abs() < 1e-12).all()
    leak = torch.func.grad(lambda t: t - 3 * torch.tanh(t))(torch.tensor(0.0)).item()
    assert leak == pytest.approx(-2)
