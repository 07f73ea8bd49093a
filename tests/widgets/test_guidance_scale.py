"""GuidanceScale: mẫu so với đáp án đóng của hai Gauss, luật nguội so với công thức."""

import base64
import json

import pytest
import torch

from course_utils.checks.guidance import ode_variance, sde_variance
from course_utils.errors import InputError
from course_utils.widgets import GuidanceScale
from course_utils.widgets.guidance_scale import COUNT, PRESETS, SAMPLERS, STEPS


def ends(figure, noises=None):
    z = torch.tensor(figure.starts, dtype=torch.float64)
    noises = torch.zeros(STEPS, COUNT).double() if noises is None else noises
    return figure.trajectory(z, noises)[-1]


@pytest.mark.equation("eq-tempered")
@pytest.mark.parametrize("w", [0.0, 1.0, 2.0, 5.0])
def test_the_tempered_law_of_two_gaussians(w):
    """Độ chính xác 1 + 3w, trung bình 4w/(1 + 3w)."""
    density, mean, variance = GuidanceScale(weight=w).tempered()
    assert variance == pytest.approx(1 / (1 + 3 * w), abs=1e-6)  # lưới dừng ở ±6
    assert mean == pytest.approx(4 * w / (1 + 3 * w), abs=1e-6)
    assert float(density.sum() * 0.005) == pytest.approx(1)


@pytest.mark.equation("eq-guided-gaussian")
@pytest.mark.parametrize("w", [1.0, 2.0, 4.0])
def test_the_ode_narrows_more_than_the_tempered_law(w):
    """Phương sai (1/4)^w, tới sai số bậc 1 của 100 bước DDIM: vài phần trăm nhân w."""
    found = float(ends(GuidanceScale(weight=w)).var(correction=0))
    start = float(torch.tensor(GuidanceScale().starts).var(correction=0))  # phân vị: hơi dưới 1
    assert found == pytest.approx(start * ode_variance(w), rel=0.04 * w)
    if w > 1:
        assert found < sde_variance(w) < GuidanceScale(weight=w).tempered()[2]


@pytest.mark.equation("eq-guided-gaussian")
def test_the_sde_lies_between():
    g = torch.Generator().manual_seed(0)
    runs = [
        float(
            ends(
                GuidanceScale(weight=2.0, sampler="beta"),
                torch.randn(STEPS, COUNT, generator=g, dtype=torch.float64),
            ).var()
        )
        for _ in range(10)
    ]
    mean, error = torch.tensor(runs).mean(), torch.tensor(runs).std() / len(runs) ** 0.5
    # Chuỗi β 100 bước lệch khỏi SDE một lượng bậc 1/T so với phương sai.
    assert abs(mean - sde_variance(2.0)) < 6 * error + 2 * sde_variance(2.0) / STEPS * 4


def test_the_inner_cluster_is_left_behind():
    shares = []
    for w in (1.0, 2.0, 4.0):
        figure = GuidanceScale("clusters", weight=w)
        shares.append(float((ends(figure) < 0.825).double().mean()))
    assert shares[0] == pytest.approx(0.5, abs=0.02)
    assert shares[0] > shares[1] > shares[2]
    density = GuidanceScale("clusters", weight=4.0).tempered()[0]
    assert shares[2] < float(density[:1365].sum() * 0.005)


@pytest.mark.equation("eq-cfg")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_weight_zero_is_the_whole_law_and_one_the_condition(preset, sampler):
    z = torch.randn(6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    noises = torch.zeros(STEPS, 6).double()
    for weight, which in ((0.0, "all"), (1.0, "mine")):
        figure = GuidanceScale(preset, sampler, weight)
        model = figure.model()
        for k in (1, 50, STEPS):
            expected = figure.denoised(which, k, z[:, None])
            torch.testing.assert_close(model.denoise(k, z[:, None])[0], expected)
        assert figure.trajectory(z, noises).shape == (STEPS + 1, 6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "moons"}, "hãy chọn một trong gauss"),
        ({"sampler": "heun"}, "hãy chọn một trong ddim"),
        ({"weight": 9}, "từ 0 đến 8"),
        ({"weight": float("nan")}, "từ 0 đến 8"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        GuidanceScale(**options)


def test_a_picture_goes_with_the_figure():
    figure = GuidanceScale()
    png = base64.b64decode(figure._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
