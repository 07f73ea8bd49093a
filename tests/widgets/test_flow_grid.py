"""FlowGrid: các tầng được xuất đúng, và những luồng nó không vẽ được thì nói rõ."""

import base64
import json

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.errors import InputError
from course_utils.flows import (
    NICE,
    Affine,
    Compose,
    Flow,
    InvertibleLinear,
    NeuralSplineFlow,
    RealNVP,
)
from course_utils.widgets import FlowGrid, export_layers


def unpack(packed):
    values = np.frombuffer(base64.b64decode(packed["data"]), "<f4")
    return torch.tensor(values.reshape(packed["shape"]))


def test_layers_come_in_generative_order():
    layers = export_layers(RealNVP(2, layers=4, hidden=(8, 5)))
    assert [layer["kind"] for layer in layers] == [
        *["affine_coupling", "permutation"] * 4,
        "affine",
    ]
    assert [part["weight"]["shape"] for part in layers[0]["net"]] == [[8, 1], [5, 8], [2, 5]]
    json.dumps(layers)


def test_weights_survive_the_trip():
    flow = RealNVP(2, layers=2, hidden=(8,))
    first = flow.transform.transforms[0]
    nn.init.normal_(first.net[-1].weight)
    layers = export_layers(flow)
    assert torch.equal(unpack(layers[0]["net"][-1]["weight"]), first.net[-1].weight)
    assert torch.equal(unpack(layers[0]["net"][0]["bias"]), first.net[0].bias)
    assert layers[0]["max_log_scale"] == first.max_log_scale


def test_every_known_layer():
    nested = Compose([Affine(2), Compose([InvertibleLinear(2), NICE(2).transform])])
    kinds = {layer["kind"] for layer in export_layers(Flow(nested, event_shape=2))}
    assert kinds == {"affine", "linear", "additive_coupling", "permutation"}


def test_double_precision_and_small_flow():
    figure = FlowGrid(RealNVP(2, layers=2, hidden=(4,)).double())
    assert figure.still_png().startswith(b"\x89PNG")


class Uniform(nn.Module):
    pass


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (RealNVP(3), "luồng hai chiều"),
        (NeuralSplineFlow(2), "chưa biết tính tầng SplineCoupling"),
        (nn.Linear(2, 2), "ở đây là Linear"),
        (Flow(Affine(2), Uniform(), 2), "chỉ biết N"),
    ],
)
def test_flows_that_cannot_be_drawn_are_explained(flow, words):
    with pytest.raises(InputError, match=words):
        FlowGrid(flow)


def test_other_activations_are_refused():
    flow = RealNVP(2, layers=2)
    flow.transform.transforms[0].net[1] = nn.Tanh()
    with pytest.raises(InputError, match="Linear xen kẽ ReLU"):
        export_layers(flow)


def test_broken_weights_are_refused():
    flow = RealNVP(2, layers=2)
    nn.init.constant_(flow.transform.transforms[0].net[-1].bias, float("nan"))
    with pytest.raises(InputError, match="NaN hoặc vô cực"):
        export_layers(flow)


def test_data_must_be_points_of_the_plane():
    with pytest.raises(InputError, match=r"cần \(n, 2\)"):
        FlowGrid(RealNVP(2, layers=2), data=torch.zeros(5, 3))


def test_a_picture_goes_with_the_figure():
    figure = FlowGrid(RealNVP(2, layers=4), data=torch.randn(900, 2), name="luoi")
    data, _ = figure._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 120_000
    assert len(figure.data) == 600
    json.dumps(figure.get_state())
