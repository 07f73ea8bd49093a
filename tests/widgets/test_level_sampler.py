"""LevelSampler: mạng được xuất đúng, và những mô hình nó không vẽ được thì nói rõ."""

import base64
import json

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.errors import InputError
from course_utils.hierarchical_vae import HierarchicalVAE
from course_utils.likelihoods import CategoricalLikelihood, LogisticMixtureLikelihood
from course_utils.widgets import LevelSampler, export_hierarchy


def small(dims=(3, 2, 2), **options):
    torch.manual_seed(0)
    options.setdefault("likelihood", LogisticMixtureLikelihood(17, components=1))
    return HierarchicalVAE((1, 4, 4), dims, hidden=(6,), **options)


def images(n=4):
    torch.manual_seed(1)
    return torch.randint(17, (n, 1, 4, 4)).float()


def unpack(packed):
    values = np.frombuffer(base64.b64decode(packed["data"]), "<f4")
    return torch.tensor(values.reshape(packed["shape"]))


@pytest.mark.parametrize("skip", [True, False])
def test_weights_survive_the_trip(skip):
    model = small(skip=skip)
    network = export_hierarchy(model)
    assert network["dims"] == [3, 2, 2]
    assert network["skip"] == skip
    assert [len(prior) for prior in network["priors"]] == [2, 2]
    assert torch.equal(unpack(network["decoder"][-1]["weight"]), model.decoder[-1].weight)
    assert torch.equal(unpack(network["priors"][0][0]["bias"]), model.priors[0].net[0].bias)
    json.dumps(network)


def test_roots_are_samples_of_the_encoder():
    model, x = small(), images(12)
    torch.manual_seed(3)
    figure = LevelSampler(model, x, torch.arange(12) % 10, held=2)
    torch.manual_seed(3)
    latents = model.infer(x[:10])[0]
    assert len(figure.roots) == 10
    assert [root["label"] for root in figure.roots] == [str(d) for d in range(10)]
    for i, root in enumerate(figure.roots):
        for z, expected in zip(root["z"], latents, strict=True):
            torch.testing.assert_close(torch.tensor(z), expected[i], atol=1e-4, rtol=0)
    assert figure.root == figure.roots[0]["z"]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (lambda: nn.Linear(2, 2), "ở đây là Linear"),
        (lambda: HierarchicalVAE(4), "vẽ ảnh xám"),
        (lambda: small((3,)), "ít nhất hai tầng"),
        (lambda: small(likelihood=CategoricalLikelihood(17)), "LogisticMixtureLikelihood"),
    ],
)
def test_models_that_cannot_be_drawn_are_explained(model, words):
    with pytest.raises(InputError, match=words):
        export_hierarchy(model())


def test_broken_weights_and_bad_arguments():
    with pytest.raises(InputError, match="cần mỗi ảnh một nhãn"):
        LevelSampler(small(), images(3), torch.arange(2))
    with pytest.raises(InputError, match="held = 4"):
        LevelSampler(small(), images(3), torch.arange(3), held=4)
    model = small()
    nn.init.constant_(model.decoder[-1].bias, float("nan"))
    with pytest.raises(InputError, match="NaN hoặc vô cực"):
        export_hierarchy(model)


def test_a_picture_goes_with_the_figure():
    figure = LevelSampler(small().double(), images(), torch.arange(4), name="giu")
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80_000
    assert png == figure.still_png()
    json.dumps(figure.get_state())
    assert not any(line.startswith("import ") for line in figure._esm.splitlines())
