"""TwoKL: những con số của hình, và những gì nó mang theo khi hiển thị."""

import base64
import json
import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from course_utils.errors import InputError
from course_utils.widgets import TwoKL
from course_utils.widgets.two_kl import PRESETS, log_mixture


@pytest.mark.equation("eq-kl")
@pytest.mark.parametrize(("mean", "std"), [(1.0, 1.0), (-2.0, 0.5), (5.0, 3.5)])
def test_measures_of_two_gaussians_are_in_closed_form(mean, std):
    figure = TwoKL(preset="gauss", mean=mean, std=std)
    value = figure.measures()
    p = Normal(torch.tensor(1.0, dtype=torch.float64), 1.0)
    q = Normal(torch.tensor(mean, dtype=torch.float64), std)
    exact = {
        "entropy_p": p.entropy(),
        "entropy_q": q.entropy(),
        "kl_pq": kl_divergence(p, q),
        "kl_qp": kl_divergence(q, p),
        "cross_pq": p.entropy() + kl_divergence(p, q),
        "cross_qp": q.entropy() + kl_divergence(q, p),
    }
    for name, expected in exact.items():  # ngoài lưới chỉ còn chưa tới 1e-10 khối lượng
        assert value[name] == pytest.approx(float(expected), abs=1e-7)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_densities_with_their_entropy_on_the_grid(preset):
    parts = PRESETS[preset]["parts"]
    assert sum(weight for weight, _, _ in parts) == pytest.approx(1)
    x = np.linspace(-12, 12, 24_001)
    log_p = log_mixture(parts, x)
    assert np.trapezoid(np.exp(log_p), x) == pytest.approx(1, abs=1e-10)
    entropy = -np.trapezoid(np.exp(log_p) * log_p, x)
    assert TwoKL(preset=preset).measures()["entropy_p"] == pytest.approx(entropy, abs=1e-9)


@pytest.mark.parametrize("preset", PRESETS)
def test_cross_entropy_splits_both_ways(preset):
    value = TwoKL(preset=preset, mean=-1.3, std=0.8).measures()
    assert value["cross_pq"] == pytest.approx(value["entropy_p"] + value["kl_pq"], abs=1e-9)
    assert value["cross_qp"] == pytest.approx(value["entropy_q"] + value["kl_qp"], abs=1e-9)
    assert min(value["kl_pq"], value["kl_qp"]) >= 0


def test_moment_matching_is_where_the_forward_kl_is_smallest():
    # Gauss khớp trung bình 0 và phương sai 0.36 + 4 của «hai đỉnh».
    best = TwoKL(mean=0.0, std=math.sqrt(4.36)).measures()["kl_pq"]
    for mean, std in [(0.05, math.sqrt(4.36)), (0.0, 2.0), (0.0, 2.2)]:
        assert TwoKL(mean=mean, std=std).measures()["kl_pq"] > best


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "three"}, "hãy chọn một trong two_modes"),
        ({"mean": 9.0}, "từ −5 đến 5"),
        ({"std": 0.0}, "từ 0.25 đến 3.5"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        TwoKL(**options)


def test_a_picture_goes_with_the_figure():
    figure = TwoKL(direction="reverse")
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80_000
    assert png == figure.still_png()
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
