"""Nhị phân hóa động đúng xác suất, lặp lại được; nguồn lô theo bộ sinh của fit."""

import math

import pytest
import torch

from course_utils.data.images import Images
from course_utils.errors import InputError
from course_utils.reproduce import ImageBatches, binarize
from course_utils.reproduce.data import split


def gray(n, seed=0, size=4):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (n, 1, size, size), generator=generator, dtype=torch.uint8)


def test_pixels_are_one_with_their_brightness():
    levels = torch.tensor([0, 1, 64, 200, 255], dtype=torch.uint8)
    n = 50_000
    x = binarize(levels.expand(n, 5), torch.Generator().manual_seed(0))
    assert x.dtype == torch.float32
    assert ((x == 0) | (x == 1)).all()
    p = levels.double() / 255
    error = 6 * (p * (1 - p) / n).sqrt()  # bằng 0 ở hai đầu: đen luôn đen, trắng luôn trắng
    assert ((x.double().mean(0) - p).abs() <= error + 1e-12).all()


def test_real_brightness_keeps_its_dtype_and_matches_bytes():
    x = gray(20)
    draw = [binarize(a, torch.Generator().manual_seed(3)) for a in (x, x.float() / 255)]
    assert torch.equal(*draw)
    assert binarize(x.double() / 255).dtype == torch.float64
    assert not torch.equal(draw[0], binarize(x, torch.Generator().manual_seed(4)))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.tensor([[0, 255]]), "int64.*uint8"),
        (torch.tensor([[0.0, 17.0]]), "từ 0 đến 17.*chia cho 255"),
        (torch.tensor([[-0.5, 1.0]]), "từ -0.5"),
        (torch.tensor([[math.nan, 1.0]]), r"\[0, 1\]"),
    ],
)
def test_bad_brightness(images, message):
    with pytest.raises(InputError, match=message):
        binarize(images)


@pytest.mark.parametrize("binary", [True, False])
def test_batches_follow_the_generator(binary):
    source = ImageBatches(gray(30), binary)
    one, two, other = (source.sample(8, torch.Generator().manual_seed(s)) for s in (0, 0, 1))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert one.shape == ((8, 16) if binary else (8, 1, 4, 4))
    if not binary:
        rows = {tuple(row) for row in source.images.flatten(1).tolist()}
        assert all(tuple(row) in rows for row in one.flatten(1).tolist())


def test_training_part_is_a_prefix_and_the_test_part_is_fixed():
    labels = torch.zeros(30, dtype=torch.long)
    data = Images(gray(30), gray(30, 1), labels, labels, ("0",))
    train, test = split(data, 20, binary=True)
    assert torch.equal(train.images, data.train[:20])
    assert torch.equal(test, split(data, 30, binary=True)[1])
    assert torch.equal(split(data, 30, binary=False)[1], data.test.float())
