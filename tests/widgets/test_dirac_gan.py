"""DiracGan: quỹ đạo của hình là quỹ đạo của lý thuyết; điểm xuất phát lạ bị từ chối."""

import base64

import pytest
import torch

from course_utils.errors import InputError
from course_utils.gan_theory import dirac_gan
from course_utils.widgets import DiracGan


def test_path_follows_the_traits():
    figure = DiracGan(start=(1, -0.5), order="alternating", penalty=0.3, loss="non_saturating")
    figure.step_size = 0.4
    expected = dirac_gan((1.0, -0.5), 150, 0.4, 0.3, True, "non_saturating")
    assert torch.equal(figure.path(), expected)


def test_a_picture_goes_with_the_figure():
    data, _ = DiracGan(name="dirac")._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("start", [(1,), (3, 0), (0, float("nan"))])
def test_strange_starts_are_refused(start):
    with pytest.raises(InputError, match=r"từ −2\.2 đến 2\.2"):
        DiracGan(start=start)
