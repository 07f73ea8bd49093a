"""Xích Markov: phân phối dừng, entropy mỗi bước, và mô hình học được đúng giới hạn ấy."""

import itertools
import math

import pytest
import torch

from course_utils.autoregressive import GPT, MADE, PixelCNN, WaveNet
from course_utils.data.markov import MarkovChain
from course_utils.errors import InputError
from course_utils.training import fit

CHAIN = MarkovChain([[0.8, 0.15, 0.05], [0.1, 0.2, 0.7], [0.45, 0.5, 0.05]])
LENGTH = 12


def test_stationary_and_entropy_rate_of_two_states():
    """π ∝ (b, a) với p(0→1) = a, p(1→0) = b; entropy mỗi bước là trung bình của hai hàng."""
    a, b = 0.3, 0.1
    chain = MarkovChain([[1 - a, a], [b, 1 - b]])
    torch.testing.assert_close(chain.stationary, torch.tensor([0.25, 0.75], dtype=torch.float64))
    h = lambda p: -p * math.log(p) - (1 - p) * math.log(1 - p)  # noqa: E731
    assert chain.entropy_rate == pytest.approx(0.25 * h(a) + 0.75 * h(b), rel=1e-12)
    assert MarkovChain(torch.eye(2)[[1, 0]]).entropy_rate == 0


def test_log_prob_sums_to_one_and_entropy_grows_by_the_rate():
    x = torch.tensor(list(itertools.product(range(3), repeat=4)))
    log_p = CHAIN.log_prob(x)
    assert float(log_p.exp().sum()) == pytest.approx(1, abs=1e-12)
    entropy = -float((log_p.exp() * log_p).sum())
    assert entropy == pytest.approx(CHAIN.entropy + 3 * CHAIN.entropy_rate, rel=1e-12)


def test_samples_have_the_transitions():
    x = CHAIN.sample(2000, 20, seed=0)
    for i in range(3):
        following = x[:, 1:][x[:, :-1] == i]
        share = torch.bincount(following, minlength=3) / len(following)
        p = CHAIN.transition[i]
        assert ((share - p).abs() <= 6 * (p * (1 - p) / len(following)).sqrt()).all()


@pytest.mark.equation("eq-chain-rule")
@pytest.mark.parametrize("family", ["MADE", "PixelCNN", "WaveNet", "GPT"])
def test_a_trained_model_reaches_the_entropy_of_the_source(family):
    """Trên dữ liệu mới, hiệu log hợp lý so với nguồn thật là KL: không âm, và nhỏ.

    Hiệu ghép cặp từng dãy khử hết dao động chung. Sàn: −6 sai số chuẩn, không ai vượt được nguồn.
    Trần: mô hình bỏ qua x_{t−1} mất thêm thông tin tương hỗ H(π) − h mỗi bước; ta đòi mất không
    quá 2 % của số ấy, cộng 6 sai số chuẩn.
    """
    torch.manual_seed(0)
    models = {
        "MADE": lambda: MADE(LENGTH, 3, hidden=(96,)),
        "PixelCNN": lambda: PixelCNN((1, 1, LENGTH), 3, channels=12, layers=1),
        "WaveNet": lambda: WaveNet(LENGTH, 3, channels=12, dilations=(1,)),
        "GPT": lambda: GPT(LENGTH, 3, width=16, layers=1, heads=2),
    }
    model = models[family]()
    shape = (-1, *model.event_shape)
    train = CHAIN.sample(20_000, LENGTH, seed=1).float().view(shape)
    steps = 2000 if family == "MADE" else 300
    fit(model, train, steps=steps, batch_size=128, lr=1e-2, progress=False)
    test = CHAIN.sample(4000, LENGTH, seed=2)
    with torch.no_grad():
        excess = (CHAIN.log_prob(test) - model.log_prob(test.view(shape)).double()) / LENGTH
    mean, error = float(excess.mean()), float(excess.std()) / math.sqrt(len(test))
    without_memory = CHAIN.entropy - CHAIN.entropy_rate
    assert -6 * error <= mean <= 0.02 * without_memory + 6 * error


@pytest.mark.parametrize("bad", [[[0.5, 0.4], [0.5, 0.5]], [[1.0, 0.0]], [[1.5, -0.5], [0.5, 0.5]]])
def test_bad_transitions_are_explained(bad):
    with pytest.raises(InputError, match="Ma trận chuyển"):
        MarkovChain(bad)
