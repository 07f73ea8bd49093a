"""PixelSampler và TextSampler: trọng số được xuất đúng, và những gì không vẽ được thì nói rõ."""

import base64
import json

import numpy as np
import pytest
import torch

from course_utils.autoregressive import GPT, MADE, PixelCNN
from course_utils.data.characters import Vocabulary
from course_utils.errors import InputError
from course_utils.widgets import PixelSampler, TextSampler, export_gpt, export_pixelcnn
from course_utils.widgets.sampling import pack_half

VOCABULARY = Vocabulary("Mô hình sinh từng chữ.\n")


def gpt(**options):
    torch.manual_seed(0)
    return GPT(12, len(VOCABULARY), width=8, layers=2, heads=2, **options)


def pixelcnn(**options):
    torch.manual_seed(0)
    return PixelCNN((1, 8, 8), 17, channels=4, layers=2, **options)


def test_half_precision_survives_the_trip():
    values = torch.tensor([[0.0, -1.5, 3.14159], [6e-8, 65504.0, -1e-3]])
    packed = pack_half(values)
    raw = np.frombuffer(base64.b64decode(packed["half"]), "<f2").reshape(packed["shape"])
    np.testing.assert_array_equal(raw, values.numpy().astype(np.float16))


def test_every_weight_is_exported_once():
    def numbers(part):
        if isinstance(part, dict) and "half" in part:
            return int(np.prod(part["shape"]))
        children = part.values() if isinstance(part, dict) else part
        return sum(numbers(c) for c in children if isinstance(c, dict | list))

    for model, exported in [(gpt(), export_gpt), (pixelcnn(), export_pixelcnn)]:
        assert numbers(exported(model)) == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_pictures_go_with_the_figures(dtype):
    for figure in (
        PixelSampler(pixelcnn().to(dtype), name="ve"),
        PixelSampler(pixelcnn().to(dtype), temperature=0.0, drawn=[3] * 20),
        TextSampler(gpt().to(dtype), VOCABULARY, prompt="Mô ", name="viet"),
        TextSampler(gpt().to(dtype), VOCABULARY, text="hình\nsinh từng chữ.", seed=3),
    ):
        data, _ = figure._repr_mimebundle_()
        png = base64.b64decode(data["image/png"])
        assert png.startswith(b"\x89PNG")
        assert len(png) < 120_000
        json.dumps(figure.get_state())


def test_weights_of_the_recommended_sizes_stay_small():
    """Không quá 350 kB mỗi hình, để sổ dưới 1.5 MB."""
    vocabulary = Vocabulary("".join(chr(0x20 + i) for i in range(180)))
    figures = [
        PixelSampler(PixelCNN((1, 8, 8), 17)),
        TextSampler(GPT(32, 180, width=64, layers=2), vocabulary),
    ]
    for figure in figures:
        assert len(json.dumps(figure.network)) < 350_000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PixelSampler(MADE(4)), "nhận một PixelCNN.*là MADE"),
        (lambda: PixelSampler(pixelcnn(naive=True)), "naive=False"),
        (lambda: PixelSampler(PixelCNN((1, 28, 28))), "28×28 quá lớn"),
        (lambda: PixelSampler(pixelcnn(), drawn=[17]), "từ 0 đến 16"),
        (lambda: PixelSampler(pixelcnn(), drawn=[0] * 65), "65 mức"),
        (lambda: PixelSampler(pixelcnn(), temperature=-1), "Nhiệt độ"),
        (lambda: TextSampler(pixelcnn(), VOCABULARY), "nhận một GPT.*là PixelCNN"),
        (lambda: TextSampler(gpt(), Vocabulary("abc")), "Bảng chữ có 3 ký tự"),
        (lambda: TextSampler(gpt(), VOCABULARY, prompt="x"), "không nằm trong bảng chữ"),
        (lambda: TextSampler(gpt(), VOCABULARY, top_p=0), "top_p"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_broken_weights_are_refused():
    model = gpt()
    torch.nn.init.constant_(model.head.bias, float("nan"))
    with pytest.raises(InputError, match="NaN, vô cực"):
        TextSampler(model, VOCABULARY)
