"""Nhiệt độ và top-p: công thức, hai đầu mút, và mẫu rút ra đúng phân phối."""

import math

import pytest
import torch

from course_utils.autoregressive import sample_logits, sampling_probabilities
from course_utils.errors import InputError

LOGITS = torch.tensor([0.5, 2.0, -1.0, 1.0, 1.9], dtype=torch.float64)


@pytest.mark.equation("eq-sampling-temperature")
@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.0])
def test_temperature_raises_probabilities_to_a_power(temperature):
    p = LOGITS.softmax(0) ** (1 / temperature)
    torch.testing.assert_close(sampling_probabilities(LOGITS, temperature), p / p.sum())


@pytest.mark.equation("eq-sampling-temperature")
def test_temperature_zero_is_the_argmax_and_the_limit():
    at_zero = sampling_probabilities(LOGITS, 0.0)
    assert at_zero.tolist() == [0, 1, 0, 0, 0]
    # Logit đứng nhì kém 0.1: ở T = 0.001 nó còn e^{-100}.
    torch.testing.assert_close(sampling_probabilities(LOGITS, 1e-3), at_zero, rtol=0, atol=1e-40)
    assert torch.isfinite(sampling_probabilities(1e4 * LOGITS, 1e-30)).all()
    assert sample_logits(LOGITS.expand(50, -1), temperature=0).tolist() == [1] * 50
    assert sample_logits(LOGITS.expand(50, -1), temperature=1e-30).tolist() == [1] * 50


@pytest.mark.equation("eq-top-p")
@pytest.mark.parametrize("top_p", [0.05, 0.3, 0.42, 0.5, 0.8, 0.95, 0.999, 1.0])
def test_top_p_keeps_the_smallest_set(top_p):
    p = LOGITS.softmax(0)
    kept = sampling_probabilities(LOGITS, top_p=top_p) > 0
    inside, outside = p[kept], p[~kept]
    assert inside.sum() >= top_p - 1e-15  # đủ khối lượng
    assert inside.sum() - inside.min() < top_p  # bớt giá trị nhỏ nhất đi thì không còn đủ
    assert not len(outside) or inside.min() >= outside.max()  # gồm những giá trị dễ xảy ra nhất
    torch.testing.assert_close(sampling_probabilities(LOGITS, top_p=top_p), p * kept / inside.sum())


@pytest.mark.equation("eq-top-p")
def test_top_p_with_equal_probabilities_keeps_as_few_as_needed():
    kept = sampling_probabilities(torch.zeros(3, 10, dtype=torch.float64), top_p=0.35) > 0
    assert kept.sum(1).tolist() == [4, 4, 4]


def test_impossible_values_are_never_drawn():
    logits = torch.tensor([-math.inf, 0.0, -math.inf, 0.0, -math.inf])
    assert set(sample_logits(logits.expand(2000, -1)).tolist()) == {1, 3}


def test_draws_follow_the_probabilities():
    n = 20_000
    generator = torch.Generator().manual_seed(0)
    for temperature, top_p in [(1.0, 1.0), (0.5, 1.0), (2.0, 0.9)]:
        p = sampling_probabilities(LOGITS, temperature, top_p)
        x = sample_logits(LOGITS.expand(n, -1), temperature, top_p, generator)
        share = torch.bincount(x, minlength=5) / n
        assert ((share - p).abs() <= 6 * (p * (1 - p) / n).sqrt()).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": -0.1}, "Nhiệt độ -0.1.*không âm"),
        ({"temperature": math.nan}, "Nhiệt độ nan"),
        ({"temperature": math.inf}, "Nhiệt độ inf"),
        ({"top_p": 0.0}, r"top_p = 0.0.*\(0, 1\]"),
        ({"top_p": 1.2}, "top_p = 1.2"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        sample_logits(LOGITS, **arguments)
