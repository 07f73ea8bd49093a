"""WaveNet: trường nhìn đọc từ đạo hàm bằng công thức; sinh có nhớ và không nhớ cho cùng kết quả."""

import pytest
import torch

from course_utils.autoregressive import WaveNet, receptive_field
from course_utils.errors import InputError


@pytest.mark.equation("eq-receptive-field")
@pytest.mark.parametrize(
    ("kernel", "dilations", "expected"),
    [
        (2, (1, 2, 4, 8), 16),
        (2, (1, 1, 1, 1), 5),
        (3, (1, 2, 4), 15),
        (3, (1, 3, 9), 27),
        (4, (2,), 7),
    ],
)
def test_receptive_field_read_off_gradients(randomize, kernel, dilations, expected):
    """Đầu ra t nhìn thấy đầu vào xa nhất là t − R + 1, và mọi đầu vào mà các bước giãn chạm tới."""
    model = randomize(WaveNet(40, 4, channels=6, kernel=kernel, dilations=dilations))
    assert model.receptive_field == receptive_field(kernel, dilations) == expected
    reach = {0}  # những bước lùi mà tổng các độ giãn tạo được
    for d in dilations:
        reach = {a + d * j for a in reach for j in range(kernel)}
    assert max(reach) == expected - 1
    generator = torch.Generator().manual_seed(0)
    h = torch.randn(3, 6, 40, generator=generator, dtype=torch.float64, requires_grad=True)
    logits, _ = model.network(h)
    for t in (39, 30, 7, 0):  # đầu vào t là x_{t−1}: thấy nó không phải là thấy x_t
        gradient = torch.autograd.grad(logits[:, t].pow(2).sum(), h, retain_graph=True)[0]
        seen = gradient.abs().amax((0, 1)).nonzero()[:, 0].tolist()
        assert seen == sorted(t - a for a in reach if a <= t)


@pytest.mark.equation("eq-receptive-field")
def test_field_of_the_book(randomize):
    """Nhân 2, độ giãn 1, 2, ..., 512: trường nhìn 1024 (bài E3.3)."""
    assert receptive_field(2, [2**k for k in range(10)]) == 1024


@pytest.mark.equation("eq-receptive-field")
def test_samples_beyond_the_field_do_not_matter(randomize):
    model = randomize(WaveNet(30, 3, channels=6, dilations=(1, 2, 4)))
    x = torch.randint(3, (8, 30), generator=torch.Generator().manual_seed(0))
    before, t = model.logits(x)[:, 29], 29
    changed = x.clone()
    changed[:, : t - 8] = (changed[:, : t - 8] + 1) % 3
    torch.testing.assert_close(model.logits(changed)[:, 29], before, rtol=0, atol=1e-14)
    changed[:, t - 8] = (x[:, t - 8] + 1) % 3
    assert (model.logits(changed)[:, 29] - before).abs().max() > 1e-6


@pytest.mark.parametrize("kernel", [2, 3])
def test_reading_in_pieces_equals_reading_at_once(randomize, kernel):
    model = randomize(WaveNet(20, 5, channels=6, kernel=kernel, dilations=(1, 2, 4)))
    inputs = torch.randint(5, (3, 20), generator=torch.Generator().manual_seed(0))
    whole, _ = model.advance(inputs)
    parts, state = [], None
    for piece in inputs.split([1, 5, 2, 1, 11], dim=1):
        logits, state = model.advance(piece, state)
        parts.append(logits)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-12, atol=1e-12)
    assert [m.shape[2] for m in state] == [(kernel - 1) * d for d in model.dilations]


def test_cached_and_uncached_generation_agree(randomize):
    model = randomize(WaveNet(10, 4, channels=6, dilations=(1, 2, 4)), gain=1.5)
    prompt = torch.tensor([[0, 1, 2], [3, 3, 0]])
    cached = model.generate(prompt, 60, seed=1)  # dài hơn đoạn huấn luyện nhiều lần
    assert torch.equal(cached, model.generate(prompt, 60, seed=1, cache=False))
    assert torch.equal(cached[:, :3], prompt)
    assert cached.unique().tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: WaveNet(8, 4, kernel=1), "kernel = 1.*không nhìn về quá khứ"),
        (lambda: WaveNet(8, 4, dilations=()), "ít nhất một số nguyên dương"),
        (lambda: WaveNet(8, 4, dilations=(1, 0)), r"\(1, 0\)"),
        (lambda: WaveNet(0, 4), "`length` = 0"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
