"""NoisingDigit: các con số của hình so với phân phối chuẩn, và ảnh tĩnh đi kèm."""

import base64
import json
import math

import pytest
import torch

from course_utils.data.digits import digits
from course_utils.errors import InputError
from course_utils.widgets import NoisingDigit
from course_utils.widgets.noising_digit import SCHEDULES


@pytest.mark.equation("eq-snr")
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("step", [1, 40, 100])
def test_numbers_are_those_of_the_noised_digit(schedule, step):
    figure = NoisingDigit(schedule, step=step)
    numbers, s = figure.measures(), figure.table()
    assert numbers["signal"] ** 2 + numbers["noise"] ** 2 == pytest.approx(1)
    assert numbers["snr"] == pytest.approx((numbers["signal"] / numbers["noise"]) ** 2)
    x0 = torch.tensor(figure.images[3], dtype=torch.float64)
    for k, key in ((step, "kl"), (100, "last_kl")):
        q = torch.distributions.Normal(s.a[k] * x0, s.sigma[k].expand(64))
        unit = torch.distributions.Normal(torch.zeros(64).double(), torch.ones(64).double())
        exact = torch.distributions.kl_divergence(q, unit).mean()
        # Ở lịch cosin KL cuối cỡ 1e-9, là hiệu của những số cỡ 1e-7.
        assert numbers[key] == pytest.approx(float(exact), rel=1e-6, abs=1e-14)


def test_nothing_is_noised_at_step_zero():
    numbers = NoisingDigit(step=0).measures()
    assert (numbers["signal"], numbers["noise"], numbers["beta"]) == (1, 0, 0)
    assert numbers["snr"] == numbers["kl"] == math.inf


@pytest.mark.equation("eq-linear-schedule")
def test_the_short_schedule_forgets_to_scale():
    short, linear = (NoisingDigit(name).measures() for name in ("short", "linear"))
    assert short["last_snr"] > 0.5
    assert short["last_kl"] > 1e3 * linear["last_kl"]


def test_images_are_digits_on_the_unit_scale():
    figure, data = NoisingDigit(), digits()
    for digit, image in enumerate(figure.images):
        levels = (torch.tensor(image) * 8 + 8).round()
        same = (data.train.flatten(1) == levels).all(1)
        assert same.any()
        assert digit in data.train_labels[same]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"schedule": "tròn"}, "hãy chọn một trong linear, cosine"),
        ({"step": 101}, "step từ 0 đến 100"),
        ({"digit": 10}, "digit từ 0 đến 9"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        NoisingDigit(**options)


def test_a_picture_goes_with_the_figure():
    figure = NoisingDigit()
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
