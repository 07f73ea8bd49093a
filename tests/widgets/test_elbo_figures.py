"""ElboGap và LatentPlane: con số của Python đúng, và đầu vào lạ được giải thích."""

import base64
import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.errors import InputError
from course_utils.likelihoods import CategoricalLikelihood, LogisticMixtureLikelihood
from course_utils.vae import VAE
from course_utils.widgets import ElboGap, LatentPlane, export_decoder
from course_utils.widgets.elbo_gap import MODELS

SHAPE = (1, 4, 4)


def vae(latent=2, likelihood=None, shape=SHAPE):
    torch.manual_seed(0)
    likelihood = likelihood or LogisticMixtureLikelihood(17, 1)
    return VAE(shape, latent, hidden=(8,), likelihood=likelihood)


@pytest.mark.equation("eq-elbo-gap")
@pytest.mark.parametrize("preset", MODELS)
@pytest.mark.parametrize(("mean", "std"), [(-0.4, 0.9), (1.2, 0.2), (3.0, 1.5)])
def test_elbo_and_gap_add_up(preset, mean, std):
    value = ElboGap(preset, mean=mean, std=std).measures()
    # Lưới cắt đuôi của q ở sáu độ lệch chuẩn trở lên: khối lượng 1e-9 nhân log cỡ trăm nat.
    assert value["elbo"] + value["gap"] == pytest.approx(value["log_p"], abs=1e-6)
    assert value["gap"] > 0


@pytest.mark.equation("eq-latent-marginal")
@pytest.mark.equation("eq-bayes-loop")
def test_linear_model_has_the_numbers_of_the_worked_example():
    """p(x) = N(0, 3/2), p(z | x) = N(2x/3, 1/3): tính tay, không qua lưới."""
    figure = ElboGap("linear", x=1.0, mean=2 / 3, std=math.sqrt(1 / 3))
    value = figure.measures()
    assert value["log_p"] == pytest.approx(-0.5 * math.log(3 * math.pi) - 1 / 3, abs=1e-9)
    assert value["gap"] == pytest.approx(0, abs=1e-9)
    z = np.linspace(-8, 8, 4001)
    exact = np.exp(-1.5 * (z - 2 / 3) ** 2) / math.sqrt(2 * math.pi / 3)
    np.testing.assert_allclose(figure.posterior(z), exact, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "options", [{"preset": "cubic"}, {"mean": 5}, {"std": 0}, {"x": 9}, {"std": float("nan")}]
)
def test_strange_settings_are_explained(options):
    with pytest.raises(InputError):
        ElboGap(**options)


def test_pictures_and_state():
    data, labels = torch.randint(17, (500, *SHAPE)).float(), torch.arange(500) % 10
    for figure in (ElboGap("square"), LatentPlane(vae(), data, labels, name="mat_phang")):
        output, _ = figure._repr_mimebundle_()
        assert base64.b64decode(output["image/png"]).startswith(b"\x89PNG")
        json.dumps(figure.get_state())
    assert len(figure.data) == len(figure.labels) == 400


def test_weights_survive_the_trip():
    model = vae()
    spec = export_decoder(model)
    packed = spec["layers"][-1]["bias"]
    values = np.frombuffer(base64.b64decode(packed["data"]), "<f4")
    assert np.array_equal(values, model.decoder[-1].bias.detach().numpy())
    assert (spec["kind"], spec["levels"], spec["size"]) == ("logistic", 17, [4, 4])
    assert export_decoder(vae(likelihood=CategoricalLikelihood(17)))["kind"] == "categorical"


def broken():
    model = vae()
    nn.init.constant_(model.decoder[-1].bias, float("nan"))
    return model


def other_activation():
    model = vae()
    model.decoder[2] = nn.Tanh()
    return model


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: nn.Linear(2, 2), "ở đây là Linear"),
        (lambda: vae(latent=3), "latent_dim = 3"),
        (lambda: vae(shape=(16,)), "ảnh xám"),
        (lambda: VAE(SHAPE, 2), "GaussianLikelihood"),
        (broken, "NaN"),
        (other_activation, "SiLU"),
    ],
)
def test_models_that_cannot_be_drawn_are_explained(build, words):
    with pytest.raises(InputError, match=words):
        export_decoder(build())


def test_labels_must_match_the_images():
    with pytest.raises(InputError, match="mỗi ảnh một nhãn"):
        LatentPlane(vae(), torch.zeros(3, *SHAPE), torch.zeros(2))
