"""GanTraining và Snapshots: trọng số xuất đúng, chụp đúng bước, lời từ chối rõ ràng."""

import base64
import json

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.gan import GAN, WGAN
from course_utils.training import fit
from course_utils.widgets import GanTraining, Snapshots
from course_utils.widgets.gan_training import export_network


def unpack(packed):
    values = np.frombuffer(base64.b64decode(packed["data"]), "<f2").astype(np.float32)
    return torch.tensor(values.reshape(packed["shape"]))


def run(model, at=(0, 2, 3)):
    shots = Snapshots(model, at)
    fit(model, toy.EightGaussians(), steps=3, batch_size=16, progress=False, on_step=shots)
    return shots


def figure(**options):
    density = toy.EightGaussians()
    shots = {"GAN": run(GAN(2, hidden=(8,))), "WGAN": run(WGAN(2, hidden=(8,)))}
    return GanTraining(shots, density.means, 0.35, density.sample(700), **options)


def test_snapshots_are_taken_at_their_steps():
    model = GAN(2, hidden=(8,))
    before = model.generator[0].weight.detach().clone()
    shots = run(model)
    assert shots.steps == [0, 2, 3]
    assert torch.equal(unpack(shots.generator[0][0]["weight"]), before.half().float())
    now = model.generator[0].weight.detach()
    assert torch.equal(unpack(shots.generator[-1][0]["weight"]), now.half().float())
    assert not torch.equal(before, now)


def test_spectral_weights_are_exported_as_they_act():
    model = WGAN(2, constraint="spectral", hidden=(8,)).eval()
    weight = unpack(export_network(model.discriminator)[0]["weight"])
    torch.testing.assert_close(weight, model.discriminator[0].weight.detach(), atol=1e-3, rtol=0)


def test_state_is_small_and_tells_the_kind():
    shown = figure(name="tam_cum")
    assert [(r["name"], r["kind"]) for r in shown.runs] == [("GAN", "gan"), ("WGAN", "wgan")]
    assert len(shown.data) == 500
    assert shown.run == "GAN"
    assert len(json.dumps(shown.runs)) < 20_000
    data, _ = shown._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 150_000


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Snapshots(GAN(3), (1,)), r"event_shape = \(3,\)"),
        (lambda: Snapshots(GAN(2, latent_dim=5), (1,)), "latent_dim = 5"),
        (lambda: GanTraining({}, torch.zeros(1, 2), 1.0, torch.zeros(3, 2)), "ít nhất một"),
        (
            lambda: GanTraining(
                {"a": Snapshots(GAN(2), (5,))}, torch.zeros(1, 2), 1.0, torch.zeros(3, 2)
            ),
            "ít nhất một ảnh chụp",
        ),
        (
            lambda: GanTraining(
                {"a": run(GAN(2, hidden=(4,)))}, torch.zeros(1, 2), 1.0, torch.zeros(3, 3)
            ),
            r"\(3, 3\)",
        ),
    ],
)
def test_refusals(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_broken_weights_are_refused():
    model = GAN(2, hidden=(4,))
    nn.init.constant_(model.generator[0].bias, float("nan"))
    with pytest.raises(InputError, match="NaN"):
        Snapshots(model, (0,))
