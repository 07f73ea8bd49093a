"""Mỗi bộ chấm của sổ «Mô hình tự hồi quy»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import itertools
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils.checks import autoregressive_models as checks
from course_utils.checks import causal_masks, sampling

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "autoregressive_models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "check",
    [
        checks.chain_rule_nll,
        checks.masks,
        checks.causal_attention,
        checks.receptive_field,
        checks.top_p,
        checks.temperature,
        checks.temperature_two_ways,
        checks.perplexity,
        checks.blind_spot,
    ],
)
def test_blank_answer_is_not_wrong(check):
    for answer in (..., None):
        report = check(answer)
        assert report.blank
        assert "chưa điền" in report.message


@pytest.mark.parametrize(
    "check",
    [
        checks.masks,
        checks.causal_attention,
        checks.receptive_field,
        checks.top_p,
        checks.temperature,
    ],
)
def test_a_function_that_returns_nothing_is_blank(check):
    assert check(lambda *arguments: ...).blank


# --- Ba bit ----------------------------------------------------------------------------------


@pytest.mark.equation("eq-chain-rule")
def test_three_bits_sum_to_one_and_match_the_page():
    table = checks.three_bit_table()
    assert math.isclose(sum(table.values()), 1, rel_tol=1e-12)
    printed = re.search(r"\| \$P\(x\)\$ \|(.*)\|", PAGE).group(1)
    values = [float(cell) for cell in printed.split("|")]
    assert values == pytest.approx(list(table.values()), abs=1e-12)
    # Điều kiện đọc lại từ bảng đồng thời.
    first = sum(p for x, p in table.items() if x[0])
    assert first == pytest.approx(checks.FIRST)
    second = sum(p for x, p in table.items() if x[:2] == (1, 1)) / first
    assert second == pytest.approx(checks.SECOND[1])


@pytest.mark.equation("eq-chain-rule")
def test_chain_rule_nll():
    p = checks.three_bit_table()[1, 0, 1]
    assert checks.chain_rule_nll((p, -math.log2(p)))
    assert checks.chain_rule_nll(torch.tensor([0.09, 3.47393]))
    assert checks.chain_rule_nll((0.09, 3.47))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.09, 2.4079), "nat"),
        ((0.09, 1.0458), "cơ số 10"),
        ((0.09, -3.4739), "dương"),
        ((0.21, 2.2515), "0.7"),
        ((0.12215, 3.0333), "biên"),
        ((1.4, 0.0), "tích"),
        ((0.036, 4.7959), "P(0, 0, 1)"),
        ((3.4739, 0.09), "ngược chỗ"),
    ],
)
def test_chain_rule_hints(answer, hint):
    report = checks.chain_rule_nll(answer)
    assert not report
    assert hint in report.message


# --- Mặt nạ của MADE -------------------------------------------------------------------------


@pytest.mark.equation("eq-made-mask")
def test_masks_accepts_other_styles():
    def loops(dim, degrees):
        hidden = [[int(m >= j) for j in range(1, dim + 1)] for m in degrees]
        output = [[int(i > m) for m in degrees] for i in range(1, dim + 1)]
        return torch.tensor(hidden), torch.tensor(output)

    def numpy(dim, degrees):
        d, m = np.arange(1, dim + 1), np.array(degrees)
        return np.greater_equal.outer(m, d), np.greater.outer(d, m)

    assert checks.masks(loops)
    assert checks.masks(numpy)


@pytest.mark.equation("eq-made-mask")
def test_masks_of_the_reference_model_agree():
    from course_utils.autoregressive import made_masks

    hidden, output = made_masks(4, [6])
    degrees = hidden.sum(1).long().tolist()  # nút bậc m nhận từ đúng m biến
    mine = causal_masks._masks(4, degrees)
    assert torch.equal(mine[0], hidden)
    assert torch.equal(mine[1], output)


@pytest.mark.equation("eq-made-mask")
def test_path_counts_printed_on_the_page():
    for dim, degrees, expected in [
        (3, [1, 2, 1], [[0, 0, 0], [2, 0, 0], [3, 1, 0]]),
        (4, [1, 2, 2, 3], [[0, 0, 0, 0], [1, 0, 0, 0], [3, 2, 0, 0], [4, 3, 1, 0]]),
    ]:
        hidden, output = causal_masks._masks(dim, degrees)
        assert (output @ hidden).tolist() == expected
    hidden, output = causal_masks._masks(4, [1, 1, 3, 3])
    paths = output @ hidden
    assert paths[2].tolist() == [2, 0, 0, 0], "đầu ra 3 mất x₂"
    assert (paths[3, :3] > 0).all()


@pytest.mark.parametrize(
    ("hidden", "output", "hint"),
    [
        (torch.ge, torch.ge, "Rò rỉ"),
        (torch.gt, torch.gt, "gần nhất"),
        (torch.gt, torch.ge, "đổi chỗ"),
        (torch.le, torch.lt, "SAU"),
    ],
)
def test_masks_hints(hidden, output, hint):
    def wrong(dim, degrees):
        d, m = torch.arange(1, dim + 1), torch.tensor(degrees)
        return hidden(m[:, None], d), output(d[:, None], m)

    report = checks.masks(wrong)
    assert not report
    assert hint in report.message


def test_masks_hints_of_shape_and_counting():
    right = causal_masks._masks
    assert "chuyển vị" in checks.masks(lambda d, m: tuple(x.T for x in right(d, m))).message
    assert "ngược chỗ" in checks.masks(lambda d, m: right(d, m)[::-1]).message
    assert "đếm từ 0" in checks.masks(lambda d, m: right(d, m, start=0)).message


# --- Cơ chế tập trung ------------------------------------------------------------------------


@pytest.mark.equation("eq-attention")
def test_causal_attention_accepts_other_styles():
    def builtin(q, k, v):
        return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]

    def loops(q, k, v):
        rows = []
        for i in range(len(q)):
            a = (k[: i + 1] @ q[i] / math.sqrt(q.shape[1])).softmax(0)
            rows.append(a @ v[: i + 1])
        return torch.stack(rows)

    def renormalised(q, k, v):  # che sau softmax rồi chuẩn hóa lại: đúng
        a = (q @ k.T / q.shape[1] ** 0.5).softmax(1).tril()
        return a / a.sum(1, keepdim=True) @ v

    for answer in (builtin, loops, renormalised):
        report = checks.causal_attention(answer)
        assert report, report.message


def _variant(**options):
    return lambda q, k, v: causal_masks._attention(q, k, v, **options)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (_variant(mask="none"), "Chưa có mặt nạ"),
        (lambda q, k, v: (q @ k.T / q.shape[1] ** 0.5).softmax(1).tril() @ v, "SAU softmax"),
        (_variant(mask="zero"), "e⁰ = 1"),
        (_variant(mask="reversed"), "ngược"),
        (_variant(mask="strict"), "đường chéo"),
        (_variant(scale=lambda d: 1.0), "quên chia"),
        (_variant(scale=float), "không phải cho d"),
        (
            lambda q, k, v: causal_masks._attention(q, k, v, scale=lambda d: math.sqrt(len(q))),
            "số vị trí T",
        ),
        (_variant(axis=0), "sai chiều"),
        (lambda q, k, v: causal_masks._attention(k, q, v), "đổi chỗ"),
        (lambda q, k, v: causal_masks._attention(q, k, k), "giá trị v"),
    ],
)
def test_causal_attention_hints(wrong, hint):
    report = checks.causal_attention(wrong)
    assert not report
    assert hint in report.message


def test_causal_attention_catches_an_unforeseen_leak_by_autograd():
    def smeared(q, k, v):
        return causal_masks._attention(q, k + 0.1 * k.roll(-1, 0), v)

    report = checks.causal_attention(smeared)
    assert not report
    assert "Rò rỉ" in report.message
    assert "còn phụ thuộc khóa k ở vị trí" in report.message


def test_a_wrong_shape_is_not_called_a_leak():
    batched = checks.causal_attention(lambda q, k, v: causal_masks._attention(q, k, v)[None])
    assert not batched
    assert "kích thước là (1, 1, 3), cần (1, 3)" in batched.message


def test_an_honest_but_different_attention_is_not_called_a_leak():
    report = checks.causal_attention(lambda q, k, v: causal_masks._attention(q, k, 2 * v))
    assert not report
    assert "Rò rỉ" not in report.message


@pytest.mark.equation("eq-attention")
def test_attention_exercise_of_the_page():
    q = torch.tensor([[0.0], [0.0], [math.log(2)]])
    k = torch.tensor([[0.0], [1.0], [2.0]])
    v = torch.tensor([[3.0], [6.0], [9.0]])
    out = causal_masks._attention(q, k, v).flatten()
    torch.testing.assert_close(out, torch.tensor([3.0, 4.5, 51 / 7]))
    assert causal_masks._attention(q, k, v, mask="after")[0].item() == pytest.approx(1.0)
    assert f"{51 / 7:.4f}" in PAGE


# --- Vùng tiếp nhận --------------------------------------------------------------------------


@pytest.mark.equation("eq-receptive-field")
def test_receptive_field():
    assert checks.receptive_field(lambda k, d: 1 + sum((k - 1) * step for step in d))

    def by_gradient(kernel, dilations):
        """Đọc từ autograd: chồng tích chập nhân quả trọng số dương."""
        length = 1 + (kernel - 1) * sum(dilations) + 5
        x = torch.zeros(1, 1, length, dtype=torch.float64, requires_grad=True)
        h = x
        for step in dilations:
            h = F.conv1d(
                F.pad(h, ((kernel - 1) * step, 0)), torch.ones(1, 1, kernel).double(), dilation=step
            )
        h[0, 0, -1].backward()
        return length - int(x.grad[0, 0].nonzero()[0])

    assert checks.receptive_field(by_gradient)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda k, d: (k - 1) * sum(d), "Thiếu 1"),
        (lambda k, d: 1 + (k - 1) * len(d), "không giãn"),
        (lambda k, d: 1 + sum(d), "nhân 2"),
        (lambda k, d: 1 + k * sum(d), "khoảng cách"),
        (lambda k, d: k ** len(d), "số đường đi"),
        (lambda k, d: 1 + (k - 1) * max(d), "cộng dồn"),
    ],
)
def test_receptive_field_hints(wrong, hint):
    report = checks.receptive_field(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-receptive-field")
def test_delays_of_the_exercise():
    delays = {a + 4 * b + 16 * c for a, b, c in itertools.product((0, 1), repeat=3)}
    assert sorted(delays) == [0, 1, 4, 5, 16, 17, 20, 21]
    base3 = {a + 3 * b + 9 * c for a, b, c in itertools.product(range(3), repeat=3)}
    assert base3 == set(range(27))
    assert 2**13 < 16_000 <= 2**14


# --- Nhiệt độ và top-p -----------------------------------------------------------------------


@pytest.mark.equation("eq-top-p")
def test_top_p_accepts_the_reference_and_numpy():
    from course_utils.autoregressive import sampling_probabilities

    assert checks.top_p(lambda probs, p: sampling_probabilities(probs.log(), top_p=p - 1e-6))

    def numpy(probs, p):
        probs = probs.numpy().astype(np.float64)
        order = np.argsort(-probs)
        count = np.searchsorted(probs[order].cumsum(), p - 1e-6) + 1
        kept = np.zeros_like(probs)
        kept[order[:count]] = probs[order[:count]]
        return kept / kept.sum()

    assert checks.top_p(numpy)


def _top_p_by_total(probs, p):
    """Cắt theo tổng dồn ≤ p, viết bằng vòng lặp."""
    kept, total = torch.zeros_like(probs), torch.tensor(0.0)
    for i in probs.argsort(descending=True):
        total = total + probs[i]
        if total <= p:
            kept[i] = probs[i]
    return kept / kept.sum()


def _top_p_unscattered(probs, p):
    """Quên trả mặt nạ về thứ tự cũ."""
    ordered = probs.sort(descending=True).values
    kept = probs * (ordered.cumsum(0) - ordered < p - 1e-6)
    return kept / kept.sum()


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda probs, p: sampling._top_p(probs, p, normalise=False), "chuẩn hóa lại"),
        (lambda probs, p: sampling._top_p(probs, p, extra=-1), "giữ lại"),
        (lambda probs, p: sampling._top_p(probs, p, extra=-1, least=1), "giữ lại"),
        (_top_p_by_total, "còn ≤ p"),
        (_top_p_unscattered, "ĐÃ XẾP"),
        (lambda probs, p: sampling._top_p(probs, p, descending=False), "cái đuôi"),
        (lambda probs, p: sampling._top_p(probs, p, extra=1), "giữ thừa"),
        (lambda probs, p: sampling._top_p(probs, p).sort(descending=True).values, "chỗ cũ"),
        (lambda probs, p: sampling._keep(probs, probs >= p), "TỔNG"),
        (lambda probs, p: sampling._keep(probs, probs >= 1 - p), "TỔNG"),
        (lambda probs, p: sampling._keep(probs, sampling._before(probs) < p), "giảm dần"),
    ],
)
def test_top_p_hints(wrong, hint):
    report = checks.top_p(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-sampling-temperature")
def test_temperature_accepts_the_reference_and_powers():
    from course_utils.autoregressive import sampling_probabilities

    def powers(logits, T):
        p = logits.softmax(-1) ** (1 / T)
        return p / p.sum(-1, keepdim=True)

    assert checks.temperature(lambda logits, T: sampling_probabilities(logits, temperature=T))
    assert checks.temperature(powers)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda x, T: (x * T).softmax(-1), "nhân với T"),
        (lambda x, T: x.softmax(-1) / T, "chia logit"),
        (lambda x, T: x.softmax(-1) ** (1 / T), "chưa chuẩn hóa"),
        (lambda x, T: x.softmax(-1), "không có tác dụng"),
        (lambda x, T: (x / T).softmax(0), "chiều cuối"),
        (lambda x, T: (x / T).log_softmax(-1), "log xác suất"),
        (lambda x, T: x / T, "còn softmax"),
        (lambda x, T: torch.exp(x / T), "chưa chuẩn hóa"),
        (lambda x, T: torch.exp(x / T) / torch.exp(x / T).sum(), "từng hàng"),
    ],
)
def test_temperature_hints(wrong, hint):
    report = checks.temperature(wrong)
    assert not report
    assert hint in report.message


def _two_temperatures(T):
    """(từng bước, cả dãy) bằng liệt kê tám trạng thái."""
    table = checks.three_bit_table()
    weights = {x: p ** (1 / T) for x, p in table.items()}
    joint = sum(w for x, w in weights.items() if x[0]) / sum(weights.values())
    step = checks.FIRST ** (1 / T)
    return step / (step + (1 - checks.FIRST) ** (1 / T)), joint


@pytest.mark.equation("eq-sampling-temperature")
def test_temperature_two_ways():
    assert checks.temperature_two_ways(_two_temperatures(0.5))
    step, joint = _two_temperatures(0.25)
    assert f"{step:.3f}" in PAGE
    assert f"{joint:.3f}" in PAGE
    assert step > 0.5 > joint, "hai cách nghiêng về hai phía"


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.4958, 0.6923), "ngược chỗ"),
        ((0.6923, 0.6923), "khác nhau"),
        ((0.5505, 0.5505), "căn bậc hai"),
        ((0.6, 0.4958), "Số đầu là xác suất ở T = 1"),
        ((0.6923, 0.6), "Số thứ hai là xác suất ở T = 1"),
        ((0.36, 0.4958), "chuẩn hóa"),
        ((0.6923, 0.1053), "tổng bình phương"),
    ],
)
def test_temperature_two_ways_hints(answer, hint):
    report = checks.temperature_two_ways(answer)
    assert not report
    assert hint in report.message


def test_greedy_misses_the_mode_of_the_table():
    table = checks.three_bit_table()
    assert max(table, key=table.get) == (0, 0, 0)
    greedy = (int(checks.FIRST > 0.5),)
    greedy += (int(checks.SECOND[greedy[0]] > 0.5),)
    greedy += (int(checks.THIRD[greedy] > 0.5),)
    assert greedy == (1, 1, 1)
    assert table[greedy] < table[0, 0, 0]


# --- Perplexity, điểm mù ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((3.0314, 2.3083), "hai đơn vị"),
        ((0.2019, 2.3083), "nghịch đảo"),
        ((2.3083, 4.9530), "ngược chỗ"),
        ((4.9530, 1.1090), "chia cho ln 2"),
        ((10.057, 2.3083), "số mũ"),
        ((4.9530, 1.6), "nat"),
        ((4.9530, 0.6949), "ln 10"),
    ],
)
def test_perplexity_hints(answer, hint):
    report = checks.perplexity(answer)
    assert not report
    assert hint in report.message


def test_perplexity():
    assert checks.perplexity((math.exp(1.6), 1.6 / math.log(2)))


def _seen(size, layers, kernel=3):
    """Những điểm mà tâm thấy, đọc từ gradient của một A rồi các B."""
    order = torch.arange(kernel * kernel).view(1, 1, kernel, kernel)
    x = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    h = x
    for k in range(layers):
        weight = (order < kernel * kernel // 2 + (k > 0)).double()
        h = F.conv2d(h, weight, padding=kernel // 2)
    h[0, 0, size // 2, size // 2].backward()
    return x.grad[0, 0] != 0


@pytest.mark.equation("eq-pixelcnn-mask")
@pytest.mark.parametrize("size", [5, 9, 11, 13])
def test_blind_spot_counted_by_autograd(size):
    m = size // 2
    before = 2 * m * (m + 1)
    unseen = before - int(_seen(size, layers=size).sum())
    assert unseen == m * (m - 1) // 2
    if size == 11:
        assert checks.blind_spot((unseen, before))


@pytest.mark.equation("eq-pixelcnn-mask")
def test_blind_spot_of_the_page():
    assert [40 - int(_seen(9, n).sum()) for n in range(1, 7)] == [36, 29, 19, 6, 6, 6]
    assert 40 - int(_seen(9, 4, kernel=5).sum()) == 2


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0, 60), "phía trên bên phải"),
        ((6, 40), "9×9"),
        ((15, 60), "b > a"),
        ((20, 60), "bên trái không khuất"),
        ((60, 10), "ngược chỗ"),
        ((10, 121), "cả lưới"),
        ((10, 61), "chính nó"),
        ((10, 55), "cùng hàng"),
        ((10, 50), "ĐƯỢC thấy"),
    ],
)
def test_blind_spot_hints(answer, hint):
    report = checks.blind_spot(answer)
    assert not report
    assert hint in report.message


# --- Những con số viết trong trang -----------------------------------------------------------


def gauss(x, mean=0.0, variance=1.0):
    return -0.5 * math.log(2 * math.pi * variance) - (x - mean) ** 2 / (2 * variance)


@pytest.mark.equation("eq-chain-rule")
def test_two_orders_of_a_gaussian():
    rho = 0.6
    covariance = torch.tensor([[1, rho], [rho, 1]], dtype=torch.float64)
    joint = torch.distributions.MultivariateNormal(torch.zeros(2).double(), covariance)
    for x1, x2 in ((2.0, 1.0), (1.0, -1.0)):
        exact = joint.log_prob(torch.tensor([x1, x2], dtype=torch.float64)).item()
        one = gauss(x1) + gauss(x2, rho * x1, 1 - rho**2)
        other = gauss(x2) + gauss(x1, rho * x2, 1 - rho**2)
        assert one == pytest.approx(exact)
        assert other == pytest.approx(exact)
        assert f"{-exact:.4f}" in PAGE


@pytest.mark.parametrize(
    "printed",
    [
        f"{-math.log(0.09):.4f}",
        f"{-math.log2(0.09):.4f}",
        f"{gauss(2):.4f}",
        f"{gauss(1, 1.2, 0.64):.4f}",
        f"{gauss(2, 0.6, 0.64):.4f}",
        f"{gauss(1) + gauss(-1, 0.6, 1.0):.4f}",
        f"{2 * gauss(1):.4f}",
        f"{-math.log(0.02):.4f}",
        f"{-math.log2(0.02):.4f}",
        f"{0.231 / 0.251:.4f}",
        f"{8 * math.log(2):.4f}",
        f"{math.exp(2.3):.3f}",
        f"{2.3 / math.log(2):.3f}",
        f"{0.99**100:.3f}",
        f"{1 - 0.9999**1000:.4f}",
        f"{math.exp(1.5):.3f}",
        f"{1.5 / math.log(2):.3f}",
        f"{math.exp(6.75):.1f}",
        f"{2 * math.log(2):.3f}",
        f"{0.36 / 0.52:.4f}",
        f"có {len(str(17**64))} chữ số",
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE


def test_budgets_of_the_flows_in_the_table():
    """Bảng chữ số ghi số bước của hai luồng: đọc lại từ sổ đã huấn luyện chúng."""
    lab = (ROOT / "notebooks" / "coupling_flows.ipynb").read_text(encoding="utf-8")
    for name, row in {"RealNVP (vector)": "RealNVP trên vector", "Glow": "Glow"}.items():
        trained = re.search(re.escape(f'\\"{name}\\": dict(steps=') + r"(\d+),", lab)[1]
        (printed,) = re.findall(rf"^\| {row} \|.*\| (\d+) \| \|$", PAGE, re.M)
        assert printed == trained, name


def glued(lab):
    """Những con số mà một sổ đã ghi lại cho trang sách."""
    cells = json.loads((ROOT / "notebooks" / f"{lab}.ipynb").read_text(encoding="utf-8"))["cells"]
    numbers = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            text = "".join(output.get("data", {}).get(RECORD + "text/plain", ""))
            if name and re.fullmatch(r"-?[\d.]+(e-?\d+)?", text):
                numbers[name] = float(text)
    return numbers


RECORD = "application/papermill.record/"


def test_what_the_page_says_of_the_table_of_digits():
    """Một đơn vị, và lời bình dưới bảng: ba con số sát nhau, hai luồng ở xa, mốc ở xa hơn nữa."""
    mine, flows = glued("autoregressive_models"), glued("coupling_flows")
    vae, hierarchical = glued("elbo_and_vae"), glued("hierarchical_vae")
    close = [mine["digits_nats"], vae["digits_nats"], hierarchical["digits_nats"]]
    far = [flows["cf_digits_nll"], flows["cf_digits_realnvp"]]
    simple = [mine["ar_digits_independent"], mine["ar_digits_gaussian"], mine["ar_digits_uniform"]]
    assert max(close) - min(close) < 5
    assert min(far) > max(close) + 5
    assert min(simple) > max(far) + 5
    # Cùng đơn vị: hai sổ cùng tính hai mốc này, mỗi sổ một cách.
    assert mine["ar_digits_uniform"] == pytest.approx(flows["cf_digits_uniform"], abs=1e-6)
    assert mine["ar_digits_independent"] == pytest.approx(flows["cf_digits_hist"], abs=1e-3)
    # Cận IWAE không lỏng hơn ELBO của cùng mô hình.
    for lab in (vae, hierarchical):
        assert lab["digits_nats"] <= lab["digits_elbo"]


def test_exposure_counterexample():
    """Nguồn hai bit x₂ = x₁: tập trên tiền tố tự viết thì tốt nhất là hai đồng xu độc lập."""
    # Mất mát kỳ vọng của q = q(x₂=1 | x̃₁), với x̃₁ độc lập với x₂.
    grid = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    loss = -0.5 * (grid.log() + (1 - grid).log())
    assert grid[loss.argmin()].item() == pytest.approx(0.5)
    assert loss.min().item() == pytest.approx(math.log(2))
