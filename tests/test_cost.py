"""Số mũ của chi phí: đường thẳng đã biết, số hạng bậc thấp, và các phép đếm chính xác."""

import math
import time

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from course_utils import plotting
from course_utils.cost import (
    fit_exponent,
    interleaved_seconds,
    multiplications,
    saved_bytes,
)
from course_utils.errors import InputError

SIZES = [2**k for k in range(3, 10)]


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 3.0])
def test_a_power_law_is_found_exactly(exponent):
    law = fit_exponent(SIZES, [7 * n**exponent for n in SIZES])
    assert law.exponent == pytest.approx(exponent, abs=1e-12)
    assert law.scale == pytest.approx(7, rel=1e-10)
    assert law.se < 1e-12


def test_slope_and_standard_error_are_those_of_the_normal_equations():
    noise = np.random.default_rng(0).normal(0, 0.2, len(SIZES))
    costs = np.exp(1.7 * np.log(SIZES) + noise)
    design = np.stack([np.ones(len(SIZES)), np.log(SIZES)], 1)
    solution, residual, *_ = np.linalg.lstsq(design, np.log(costs), rcond=None)
    covariance = residual[0] / (len(SIZES) - 2) * np.linalg.inv(design.T @ design)
    law = fit_exponent(SIZES, costs.tolist())
    assert law.exponent == pytest.approx(solution[1], rel=1e-12)
    assert law.se == pytest.approx(math.sqrt(covariance[1, 1]), rel=1e-10)


@pytest.mark.equation("eq-local-exponent")
@pytest.mark.parametrize("n", [3.0, 30.0, 3000.0])
def test_the_slope_is_the_mean_degree(n):
    """Trên một khoảng rất hẹp quanh n, số mũ là trung bình các bậc, trọng số là phần góp."""
    terms = {0: 400.0, 1: 30.0, 3: 0.5}
    parts = {degree: c * n**degree for degree, c in terms.items()}
    mean_degree = sum(k * part for k, part in parts.items()) / sum(parts.values())
    near = [n * f for f in (0.999, 1.0, 1.001)]
    costs = [sum(c * m**degree for degree, c in terms.items()) for m in near]
    # Độ dốc đổi theo log n chậm hơn Var(bậc) ≤ 9/4; ba điểm lệch đối xứng cỡ 1e-6.
    assert fit_exponent(near, costs).exponent == pytest.approx(mean_degree, abs=1e-5)


def test_multiplications_of_a_network_and_of_its_backward_pass():
    net = nn.Sequential(nn.Linear(5, 7, bias=False), nn.Tanh(), nn.Linear(7, 3, bias=False))
    x = torch.randn(11, 5)
    forward = 11 * (5 * 7 + 7 * 3)
    assert multiplications(lambda: net(x)) == forward
    # Lượt ngược: gradient theo mỗi ma trận, và theo đầu vào của tầng hai; x không cần gradient.
    backward = 11 * (5 * 7 + 2 * 7 * 3)
    assert multiplications(lambda: net(x).sum().backward()) == forward + backward
    assert multiplications(lambda: net.to("meta")(x.to("meta"))) == forward


def test_saved_bytes_counts_each_storage_once():
    x = torch.randn(1000, requires_grad=True)
    assert saved_bytes(lambda: x.exp())[0] == 4000  # giữ kết quả
    assert saved_bytes(lambda: x * x)[0] == 4000  # giữ x hai lần, một vùng nhớ
    assert saved_bytes(lambda: x + 1)[0] == 0
    size, result = saved_bytes(lambda: x.sin().sum())
    assert size == 4000
    torch.testing.assert_close(result, x.sin().sum())


def test_interleaved_calls_are_medians_without_the_first_turn():
    order = []

    def call(name, *pauses):
        def run():
            stop = time.process_time() + pauses[order.count(name)]
            order.append(name)
            while time.process_time() < stop:
                pass

        return run

    calls = {"a": call("a", 0, 0, 0, 0), "b": call("b", 0.2, 0, 0.1, 0.01)}
    seconds = interleaved_seconds(calls, repeats=3)
    assert order == ["a", "b"] * 4
    assert list(seconds) == ["a", "b"]
    # Tính cả vòng đầu thì trung vị là 0.055; trung bình ba vòng sau là 0.037.
    assert 0.01 <= seconds["b"] < 0.035
    # Ngủ không tốn giây CPU.
    assert interleaved_seconds({"ngủ": lambda: time.sleep(0.05)}, repeats=1)["ngủ"] < 0.05


def test_saved_bytes_include_the_weights_that_the_backward_pass_reads():
    net, x = nn.Linear(10, 20, bias=False), torch.randn(5, 10, requires_grad=True)
    assert saved_bytes(lambda: net(x))[0] == 4 * (5 * 10 + 20 * 10)
    whole = torch.randn(100, requires_grad=True)
    assert saved_bytes(lambda: whole[:3].square())[0] == 4 * 100  # nhìn một phần, giữ cả vùng


def test_no_turn_is_refused():
    with pytest.raises(InputError, match="ít nhất một vòng"):
        interleaved_seconds({"a": int}, repeats=0)


@pytest.mark.parametrize(
    ("sizes", "costs", "message"),
    [
        ([1, 2], [1.0, 2.0], "ít nhất ba cỡ"),
        ([1, 2, 2], [1.0, 2.0, 2.0], "2 cỡ khác nhau"),
        ([1, 2, 3], [1.0, 2.0], "2 chi phí"),
        ([1, 2, 3], [1.0, 0.0, 2.0], "chi phí là 0.0,"),
        ([1, 2, 3], [1.0, math.nan, 2.0], "chi phí là nan,"),
    ],
)
def test_bad_arguments(sizes, costs, message):
    with pytest.raises(InputError, match=message):
        fit_exponent(sizes, costs)


def test_growth_draws_the_costs_and_a_guide_through_the_last_point():
    fig, ax = plt.subplots()
    plotting.growth([1, 2, 4], [3.0, 5.0, 8.0], [1, 4, 16], ax, "đo")
    measured, guide = ax.lines
    plt.close(fig)
    assert measured.get_ydata().tolist() == [3.0, 5.0, 8.0]
    assert guide.get_ydata().tolist() == [0.5, 2.0, 8.0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [text.get_text() for text in ax.legend().get_texts()] == ["đo"]
