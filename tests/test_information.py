"""Lượng tin, entropy, phân kỳ KL: so với scipy, với bất đẳng thức, với đáp số tính tay."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr
from scipy.stats import entropy as scipy_entropy
from torch.distributions import MultivariateNormal

from course_utils import information as info
from course_utils.errors import InputError

weights = st.lists(st.integers(0, 100), min_size=5, max_size=5).filter(any)


def law(counts):
    counts = torch.tensor(counts, dtype=torch.float64)
    return counts / counts.sum()


@pytest.mark.equation("eq-entropy")
@given(weights)
def test_entropy_agrees_with_scipy_and_stays_in_its_range(counts):
    p = law(counts)
    value = float(info.entropy(p))
    assert value == pytest.approx(scipy_entropy(p.numpy()), abs=1e-12)
    assert -1e-12 <= value <= math.log(5) + 1e-12


@pytest.mark.equation("eq-kl")
@pytest.mark.equation("eq-jensen")
@given(weights, weights)
def test_kl_agrees_with_scipy_and_is_never_negative(first, second):
    p, q = law(first), law(second)
    value = float(info.kl(p, q))
    assert value == pytest.approx(rel_entr(p.numpy(), q.numpy()).sum(), abs=1e-12)
    assert value >= -1e-12


@pytest.mark.equation("eq-cross-entropy")
@given(weights, st.lists(st.integers(1, 100), min_size=5, max_size=5))
def test_cross_entropy_is_entropy_plus_kl(first, second):
    p, q = law(first), law(second)
    total = float(info.entropy(p) + info.kl(p, q))
    assert float(info.cross_entropy(p, q)) == pytest.approx(total, abs=1e-12)


@pytest.mark.equation("eq-information")
def test_a_biased_coin_by_hand():
    p = torch.tensor([0.9, 0.1], dtype=torch.float64)
    tails = info.bits(info.information(p))
    assert tails.tolist() == pytest.approx([math.log2(10 / 9), math.log2(10)])
    mean = float((p * info.information(p)).sum())
    assert float(info.entropy(p)) == pytest.approx(mean)
    assert float(info.information(torch.tensor(1.0))) == 0


def test_what_never_happens_costs_nothing_but_must_not_be_excluded():
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([1.0, 0.0, 0.0])
    assert float(info.entropy(p)) == pytest.approx(math.log(2))
    assert math.isinf(info.kl(p, q))
    assert float(info.kl(q, p)) == pytest.approx(math.log(2))


def test_batches_lists_and_dtypes():
    p = torch.tensor([[0.5, 0.5], [0.9, 0.1]])
    assert info.entropy(p).shape == (2,)
    assert info.kl(p, p[:1]).shape == (2,)
    assert info.entropy(p.half()).dtype == torch.float16
    with torch.inference_mode():
        assert float(info.kl([0.5, 0.5], [0.5, 0.5])) == 0


@pytest.mark.equation("eq-gaussian-entropy")
def test_gaussian_entropy_agrees_with_torch_and_may_be_negative():
    factor = torch.randn(3, 4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    covariance = factor @ factor.mT + 0.1 * torch.eye(4)
    expected = MultivariateNormal(torch.zeros(3, 4, dtype=torch.float64), covariance).entropy()
    torch.testing.assert_close(info.gaussian_entropy(covariance), expected)
    assert float(info.gaussian_entropy(1e-4 * torch.eye(1))) == pytest.approx(-3.1862, abs=1e-4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: info.entropy(torch.tensor([0.5, 0.4])), "tổng 0.9"),
        (lambda: info.entropy(torch.tensor([1.5, -0.5])), "âm"),
        (lambda: info.entropy(torch.tensor([math.nan, 1.0])), "NaN"),
        (lambda: info.entropy(torch.tensor([3, 1])), "số đếm"),
        (lambda: info.kl(torch.tensor([0.5, 0.5]), torch.ones(3) / 3), "cùng một tập kết cục"),
        (lambda: info.information(torch.tensor(39.9)), "mật độ thì không được"),
        (lambda: info.entropy("0.5"), "kiểu str"),
        (lambda: info.entropy(torch.empty(0, 3)), "hình dạng"),
        (lambda: info.information(None), "kiểu NoneType"),
        (lambda: info.gaussian_entropy(torch.zeros(2, 2)), "xác định dương"),
        (lambda: info.gaussian_entropy(-torch.eye(2)), "xác định dương"),  # định thức bằng 1
        (lambda: info.gaussian_entropy(torch.full((2, 2), math.nan)), "xác định dương"),
        (lambda: info.gaussian_entropy(torch.tensor(4.0)), r"\[\[v\]\]"),
        (lambda: info.gaussian_entropy(torch.ones(2, 3)), "ma trận"),
    ],
)
def test_bad_input_is_explained(call, words):
    with pytest.raises(InputError, match=words):
        call()
