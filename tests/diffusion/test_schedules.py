"""Lịch nhiễu: so với phép nhân từng bước, và với phân phối có điều kiện của một bộ ba Gauss."""

import math
from itertools import pairwise

import pytest
import torch

from course_utils.diffusion import NoiseSchedule, cosine_schedule, linear_schedule
from course_utils.errors import InputError

# Mỗi bảng là vài trăm phép nhân float64: sai số tương đối dưới 1e-12.
EXACT = {"rtol": 1e-12, "atol": 1e-14}
SCHEDULES = {
    "linear": linear_schedule(1000),
    "cosine": cosine_schedule(100),
    "one step": NoiseSchedule([0.3]),
}


@pytest.fixture(params=SCHEDULES)
def schedule(request):
    return SCHEDULES[request.param]


@pytest.mark.equation("eq-ddpm-step")
@pytest.mark.equation("eq-ddpm-closed-form")
def test_steps_one_by_one_are_one_long_step(schedule):
    """x_k = a x_0 + nhiễu: nhân hệ số từng bước, cộng phương sai từng bước."""
    signal, noise = 1.0, 0.0
    for k in range(1, schedule.steps + 1):
        one, zero = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
        keep, add = float(schedule.step(one, k, zero)), float(schedule.step(zero, k, one))
        signal, noise = keep * signal, keep**2 * noise + add**2
        assert float(schedule.diffuse(one, k, zero)) == pytest.approx(signal, rel=1e-12)
        assert float(schedule.diffuse(zero, k, one)) ** 2 == pytest.approx(noise, rel=1e-11)
        assert signal**2 + noise == pytest.approx(1, rel=1e-12)


@pytest.mark.equation("eq-ddpm-posterior")
@pytest.mark.parametrize("length", [1, 7])
def test_posterior_is_the_conditional_of_a_gaussian_triple(length):
    """(x_j, x_k) cho trước x_0 là Gauss hai chiều; điều kiện hóa bằng công thức hồi quy."""
    schedule = SCHEDULES["cosine"]
    x0, xk = torch.tensor([[0.7]]).double(), torch.tensor([[-1.3]]).double()
    for k in range(length, schedule.steps + 1):
        j = k - length
        mean_j, mean_k = schedule.a[j] * x0, schedule.a[k] * x0
        var_j, var_k = 1 - schedule.alpha_bar[j], 1 - schedule.alpha_bar[k]
        covariance = schedule.a[k] / schedule.a[j] * var_j
        mean = mean_j + covariance / var_k * (xk - mean_k)
        variance = var_j - covariance**2 / var_k
        jump = schedule.jump(j, k)
        torch.testing.assert_close(jump.posterior_mean(x0, xk), mean, rtol=1e-9, atol=1e-12)
        # Hiệu hai số cỡ var_j: mất tối đa 1e-16 tuyệt đối vài lần.
        assert jump.posterior_variance == pytest.approx(float(variance), rel=1e-9, abs=1e-14)
        if length == 1:
            torch.testing.assert_close(schedule.posterior_mean(x0, xk, k), mean, rtol=1e-9, atol=0)
            assert float(schedule.posterior_variance[k]) == pytest.approx(
                jump.posterior_variance, rel=1e-9, abs=1e-14
            )


@pytest.mark.equation("eq-ddpm-posterior")
@pytest.mark.parametrize("variance", [0.0, 0.4, 1.0, 3.0])
def test_true_reverse_variance_is_beta_for_unit_data_and_beta_tilde_for_a_point(schedule, variance):
    """Dữ liệu N(0, c²): Var(x_{k−1} | x_k) = v_{k−1}β_k/v_k, với v_k = ᾱ_k c² + 1 − ᾱ_k."""
    v = schedule.alpha_bar * variance + schedule.sigma**2
    # Điều kiện hóa: hiệp phương sai của (x_{k−1}, x_k) là √α_k v_{k−1}.
    reverse = v[:-1] - schedule.alpha[1:] * v[:-1] ** 2 / v[1:]
    beta, tilde = schedule.beta[1:], schedule.posterior_variance[1:]
    if variance == 1:
        torch.testing.assert_close(reverse, beta, rtol=1e-9, atol=1e-14)
    elif variance == 0:
        torch.testing.assert_close(reverse, tilde, rtol=1e-9, atol=1e-14)
    elif variance < 1:
        assert ((tilde < reverse) & (reverse < beta)).all()
    else:
        assert (reverse > beta).all()


@pytest.mark.equation("eq-snr")
def test_snr_falls_and_is_signal_over_noise(schedule):
    assert schedule.snr[0] == math.inf
    assert (schedule.snr.diff() < 0).all()
    torch.testing.assert_close(schedule.snr[1:], (schedule.a / schedule.sigma)[1:] ** 2, **EXACT)


@pytest.mark.equation("eq-snr")
@pytest.mark.parametrize("x0", [0.0, 1.0, 2.5])
def test_terminal_kl_is_that_of_two_normals(schedule, x0):
    a, sigma = schedule.a[-1], schedule.sigma[-1]
    q = torch.distributions.Normal(a * x0, sigma)
    exact = torch.distributions.kl_divergence(q, torch.distributions.Normal(a * 0, sigma * 0 + 1))
    # KL cỡ 1e-9 ở lịch cosin là hiệu của các số cỡ ᾱ_T: sai số tuyệt đối vài lần 1e-16.
    assert schedule.terminal_kl(x0**2) == pytest.approx(float(exact), rel=1e-6, abs=1e-15)


@pytest.mark.equation("eq-linear-schedule")
def test_linear_schedule_keeps_the_sum_of_betas():
    thousand = linear_schedule(1000)
    torch.testing.assert_close(
        thousand.beta[1:], torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    )
    product = math.prod(1 - 1e-4 - i / 999 * (0.02 - 1e-4) for i in range(1000))
    assert float(thousand.alpha_bar[-1]) == pytest.approx(product, rel=1e-10)
    for steps in (50, 100, 400, 4000):
        schedule = linear_schedule(steps)
        assert float(schedule.beta.sum()) == pytest.approx(1000 * (1e-4 + 0.02) / 2)
        # −ln ᾱ_T = Σβ + Σβ²/2 + …: chỉ phần bậc hai trở đi đổi theo T.
        assert 10.05 < -math.log(schedule.alpha_bar[-1]) < 11.8
    assert float(linear_schedule(10).beta.max()) == 0.999
    # Không nhân lại, 100 bước của dải β ấy để nguyên hơn một phần ba phương sai tín hiệu.
    assert float(linear_schedule(1000).alpha_bar[-1]) < 1e-4
    assert float(NoiseSchedule(torch.linspace(1e-4, 0.02, 100)).alpha_bar[-1]) > 0.35


@pytest.mark.equation("eq-cosine-schedule")
def test_cosine_schedule_is_a_squared_cosine_until_the_last_step():
    schedule = cosine_schedule(100)
    angle = [(k / 100 + 0.008) / 1.008 * math.pi / 2 for k in range(101)]
    for k in range(100):
        expected = (math.cos(angle[k]) / math.cos(angle[0])) ** 2
        assert float(schedule.alpha_bar[k]) == pytest.approx(expected, rel=1e-10)
    # cos(π/2) = 0 sẽ cho SNR bằng 0; trần 0,999 giữ lại một phần nghìn của bước trước.
    assert float(schedule.beta[100]) == 0.999
    assert float(schedule.alpha_bar[100] / schedule.alpha_bar[99]) == pytest.approx(0.001)


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 10, 99, 100])
def test_timetable_goes_from_noise_to_data_without_repeats(steps):
    times = SCHEDULES["cosine"].timetable(steps)
    assert (times[0], times[-1], len(times)) == (100, 0, steps + 1)
    gaps = [k - j for k, j in pairwise(times)]
    assert min(gaps) >= 1
    assert max(gaps) - min(gaps) <= 1
    assert SCHEDULES["cosine"].timetable() == list(range(100, -1, -1))


def test_a_table_first_read_while_sampling_still_serves_training():
    """Bảng chỉ đổi kiểu một lần; lần ấy có thể ở dưới inference_mode."""
    schedule, x = linear_schedule(10), torch.ones(2, 1)
    with torch.inference_mode():
        held = schedule.at("a", 3, x)
    weight = torch.ones(1, requires_grad=True)
    (weight * schedule.at("a", torch.tensor([3, 3]), x)).sum().backward()
    assert float(weight.grad) == pytest.approx(2 * float(held))
    assert float(schedule.at("a", 3, x.double())) == float(schedule.a[3])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tables_follow_the_data(dtype):
    x, schedule = torch.randn(3, 1, 2, 2, dtype=dtype), SCHEDULES["cosine"]
    k = torch.tensor([1, 50, 100])
    together = schedule.diffuse(x, k, x)
    assert together.dtype == dtype
    for i in range(3):
        torch.testing.assert_close(together[i], schedule.diffuse(x[i : i + 1], int(k[i]), x)[i])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: NoiseSchedule([0.1, 1.0]), r"khoảng \(0, 1\)"),
        (lambda: NoiseSchedule([[0.1]]), r"\(1, 1\)"),
        (lambda: NoiseSchedule([math.nan]), r"khoảng \(0, 1\)"),
        (lambda: linear_schedule(0), "steps = 0"),
        (lambda: linear_schedule(10, start=0.0), "start = 0.0"),
        (lambda: cosine_schedule(2.5), "steps = 2.5"),
        (lambda: cosine_schedule(10, offset=-1.0), "offset = -1.0"),
        (lambda: cosine_schedule(10).timetable(11), "steps = 11.*từ 1 đến 10"),
        (lambda: cosine_schedule(10).jump(3, 3), "j = 3, k = 3"),
        (lambda: cosine_schedule(10).diffuse(torch.ones(1, 1), -1, torch.ones(1, 1)), "k = -1"),
        (lambda: cosine_schedule(10).step(torch.ones(1, 1), 11, torch.ones(1, 1)), "k = 11"),
        (lambda: cosine_schedule(10).posterior_mean(*torch.ones(2, 1, 1), 0), "k = -1"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
