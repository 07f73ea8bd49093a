"""Điều mọi mô hình tự hồi quy phải giữ: không rò rỉ, tổng bằng 1, lấy mẫu đúng phân phối."""

import itertools

import pytest
import torch

from course_utils.autoregressive import GPT, MADE, PixelCNN, WaveNet
from course_utils.errors import InputError

#: Không gian nhỏ, liệt kê được mọi trạng thái.
MODELS = {
    "MADE": lambda: MADE(6, levels=2, hidden=(12, 12)),
    "MADE, thứ tự khác": lambda: MADE(6, levels=2, hidden=(12,), order=(3, 5, 0, 1, 4, 2)),
    "MADE, ba giá trị": lambda: MADE(4, levels=3, hidden=(12, 12)),
    "PixelCNN": lambda: PixelCNN((1, 2, 3), levels=2, channels=4, layers=2),
    "PixelCNN ba mức": lambda: PixelCNN((1, 2, 2), levels=3, channels=4, layers=3),
    "PixelCNN ngây thơ": lambda: PixelCNN((1, 2, 3), levels=2, channels=4, layers=3, naive=True),
    "WaveNet": lambda: WaveNet(6, 2, channels=4, dilations=(1, 2, 4)),
    "WaveNet nhân 3": lambda: WaveNet(4, 3, channels=4, kernel=3, dilations=(1, 2)),
    "GPT": lambda: GPT(6, 2, width=8, layers=2, heads=2),
    "GPT ba ký hiệu": lambda: GPT(4, 3, width=8, layers=1, heads=4),
}


@pytest.fixture(params=MODELS)
def model(request, randomize):
    return randomize(MODELS[request.param](), gain=1.5)


def all_states(model):
    size = len(model.order)
    states = torch.tensor(list(itertools.product(range(model.levels), repeat=size)))
    return states.view(-1, *model.event_shape)


@pytest.mark.equation("eq-chain-rule")
def test_probabilities_sum_to_one(model):
    p = model.log_prob(all_states(model)).exp()
    torch.testing.assert_close(p.sum(), torch.ones((), dtype=torch.float64), rtol=0, atol=1e-12)
    assert p.max() / p.min() > 10  # không phải phân phối đều


@pytest.mark.equation("eq-chain-rule")
def test_the_future_never_changes_the_past(model):
    """Đổi thành phần sinh thứ k: mọi điều kiện sinh đến k giữ nguyên từng bit của logit."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(model.levels, (16, *model.event_shape), generator=generator)
    before = model.logits(x).flatten(1, -2)
    for k, i in enumerate(model.order):
        changed = x.clone()
        flat = changed.view(16, -1)
        flat[:, i] = (flat[:, i] + 1) % model.levels
        after = model.logits(changed).flatten(1, -2)
        past, future = model.order[: k + 1], model.order[k + 1 :]
        torch.testing.assert_close(after[:, past], before[:, past], rtol=0, atol=1e-13)
        if future:
            assert (after[:, future] - before[:, future]).abs().max() > 1e-6


def test_samples_follow_log_prob(model):
    """Tần suất của từng trạng thái cách xác suất chính xác không quá 6 sai số chuẩn."""
    n, states = 4000, all_states(model)
    p = model.log_prob(states).exp()
    x = model.sample(n, seed=0)
    assert x.shape == (n, *model.event_shape)
    base = model.levels ** torch.arange(len(model.order) - 1, -1, -1)
    share = torch.bincount((x.flatten(1).long() * base).sum(1), minlength=len(states)) / n
    assert ((share - p).abs() <= 6 * (p * (1 - p) / n).sqrt() + 6 / n).all()


def test_temperature_zero_takes_the_likeliest_value_at_each_step(model):
    x = model.sample(3, temperature=0.0)
    likeliest = model.logits(x).argmax(-1)
    assert torch.equal(x.long(), likeliest)
    assert torch.equal(x[0], x[1])


def test_complete_takes_a_view(model):
    """Dữ liệu đã lật hay chuyển vị không nằm liền trong bộ nhớ; kết quả vẫn vậy."""
    x = torch.randint(model.levels, (8, *model.event_shape), generator=torch.manual_seed(0))
    view = x.transpose(0, -1).contiguous().transpose(0, -1)
    assert not view.is_contiguous()
    assert torch.equal(model.complete(view, 1, seed=0), model.complete(x, 1, seed=0))


def test_complete_keeps_what_is_known(model):
    size = len(model.order)
    x = torch.randint(model.levels, (64, *model.event_shape), generator=torch.manual_seed(0))
    y = model.complete(x, known=2, seed=2)
    kept, redrawn = model.order[:2], model.order[2:]
    assert torch.equal(y.view(64, -1)[:, kept].long(), x.view(64, -1)[:, kept])
    assert not torch.equal(y.view(64, -1)[:, redrawn].long(), x.view(64, -1)[:, redrawn])
    assert torch.equal(model.complete(x, known=size).long(), x)
    with pytest.raises(InputError, match=f"known = {size + 1}"):
        model.complete(x, known=size + 1)


def test_same_seed_same_sample(model):
    assert torch.equal(model.sample(4, seed=3), model.sample(4, seed=3))
    state = torch.random.get_rng_state()
    model.sample(4, seed=3)
    assert torch.equal(state, torch.random.get_rng_state())  # bộ sinh toàn cục để yên


def test_batches_types_and_modes_agree(model):
    x = model.sample(7, seed=0)
    whole = model.log_prob(x)
    torch.testing.assert_close(torch.cat([model.log_prob(row[None]) for row in x]), whole)
    with torch.no_grad():
        torch.testing.assert_close(model.log_prob(x), whole)
    with torch.inference_mode():
        torch.testing.assert_close(model.log_prob(x), whole)
        assert model.sample(2, seed=0).shape == (2, *model.event_shape)
    for dtype in (torch.uint8, torch.int64, torch.float32):
        torch.testing.assert_close(model.log_prob(x.to(dtype)), whole)
    single = model.float().log_prob(x)
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), whole, rtol=1e-4, atol=1e-5)
    model.double()


def test_loss_is_the_mean_and_reaches_every_parameter(model):
    x = model.sample(8, seed=0)
    torch.testing.assert_close(model.loss(x), -model.log_prob(x).mean())
    model.zero_grad()
    model.loss(x).backward()
    assert all(p.grad is not None for p in model.parameters())


def test_bad_batches_are_explained(model):
    shape = (3, *model.event_shape)
    with pytest.raises(InputError, match="giá trị lẻ"):
        model.log_prob(torch.full(shape, 0.5))
    with pytest.raises(InputError, match=f"{model.levels} mức"):
        model.log_prob(torch.full(shape, float(model.levels)))
    with pytest.raises(InputError, match="hình dạng"):
        model.log_prob(torch.zeros(3, 99))
    with pytest.raises(InputError, match="số nguyên dương"):
        model.sample(0)
    with pytest.raises(InputError, match="Nhiệt độ"):
        model.sample(1, temperature=-1)
    with pytest.raises(InputError, match=r"Nhiệt độ '0\.5'"):
        model.sample(1, temperature="0.5")
    with pytest.raises(InputError, match="top_p = None"):
        model.sample(1, top_p=None)
    with pytest.raises(InputError, match="top_p"):
        model.sample(1, top_p=0)
