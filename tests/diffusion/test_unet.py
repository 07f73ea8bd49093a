"""U-Net: hình dạng, lời nhắn của thời điểm và điều kiện, cơ chế tập trung so với công thức."""

import math

import pytest
import torch
from torch import nn

from course_utils import FlowMatching
from course_utils.diffusion import UNet
from course_utils.diffusion.unet import Attention, time_features
from course_utils.errors import InputError


def shaken(module, seed=0):
    """Tham số ngẫu nhiên, xa điểm xuất phát."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            scale = p[0].numel() if p.ndim > 1 else 4
            p.copy_(torch.randn(p.shape, generator=g, dtype=torch.float64).to(p) / scale**0.5)
    return module.double().eval()


CASES = {
    "digits": {"event_shape": (1, 8, 8), "channels": 4},
    "labels": {"event_shape": (1, 8, 8), "channels": 4, "classes": 10},
    "words": {"event_shape": (1, 8, 8), "channels": 4, "context_dim": 6},
    "colour, three sizes": {"event_shape": (3, 12, 8), "channels": 6, "widths": (1, 2, 2)},
    "one size": {"event_shape": (2, 5, 3), "channels": 4, "widths": (1,)},
}


def condition(net, n):
    if net.classes:
        return torch.arange(n) % net.classes
    return torch.randn(n, 3, net.context_dim, dtype=torch.float64) if net.context_dim else None


@pytest.mark.parametrize("name", CASES)
def test_each_image_is_answered_alone(name):
    """Một ảnh trong lô cho cùng kết quả như khi đứng một mình; s một số hay (n,); dạng phẳng."""
    net = shaken(UNet(**CASES[name]))
    x, s = torch.randn(3, *net.event_shape, dtype=torch.float64), torch.tensor([0.0, 0.4, 1.0])
    c = condition(net, 3)
    y = net(s, x, c)
    assert y.shape == x.shape
    for i in range(3):
        alone = net(float(s[i]), x[i : i + 1], None if c is None else c[i : i + 1])
        torch.testing.assert_close(alone, y[i : i + 1], rtol=1e-6, atol=1e-6)  # s là float32
    torch.testing.assert_close(net(s, x.flatten(1), c), y.flatten(1))
    assert y.std() > 0.01
    assert not torch.allclose(net(s.flip(0), x, c)[0], y[0])


@pytest.mark.parametrize("name", CASES)
def test_starts_at_zero_and_every_parameter_learns(name):
    net = UNet(**CASES[name])
    x = torch.randn(2, *net.event_shape)
    c = condition(net, 2)
    c = c.float() if net.context_dim else c
    assert (net(0.5, x, c) == 0).all()
    net = shaken(net)
    net(
        0.5, x.double(), None if c is None else (c.double() if net.context_dim else c)
    ).sum().backward()
    still = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.abs().max() > 0]
    assert still == []


def test_labels_speak_and_no_label_is_the_null_label():
    net, x = shaken(UNet((1, 8, 8), 4, classes=3)), torch.randn(4, 1, 8, 8, dtype=torch.float64)
    assert net.null == 3
    torch.testing.assert_close(net(0.5, x), net(0.5, x, torch.full((4,), 3)))
    assert not torch.allclose(net(0.5, x, torch.zeros(4).long()), net(0.5, x))


@pytest.mark.equation("eq-cross-attention")
@pytest.mark.parametrize("context_dim", [0, 5])
def test_attention_is_the_formula(context_dim):
    """Một vòng lặp viết tay trên từng đầu, từng vùng, từng ký hiệu."""
    block = shaken(Attention(8, context_dim, heads=2))
    x = torch.randn(2, 8, 3, 2, dtype=torch.float64)
    context = torch.randn(2, 4, context_dim, dtype=torch.float64) if context_dim else None
    found = block(x, context)
    pixels = block.norm(x).flatten(2).mT
    tokens = pixels if context is None else context
    wq, (wk, wv) = block.query.weight, block.key_value.weight.chunk(2)
    for i in range(2):
        for p in range(6):
            answer = []
            for head in (slice(0, 4), slice(4, 8)):
                q = wq[head] @ pixels[i, p]
                scores = torch.stack([q @ (wk[head] @ t) / math.sqrt(4) for t in tokens[i]])
                weights = scores.exp() / scores.exp().sum()
                assert float(weights.sum().detach()) == pytest.approx(1)
                answer.append(
                    sum(w * (wv[head] @ t) for w, t in zip(weights, tokens[i], strict=True))
                )
            expected = x[i].flatten(1)[:, p] + block.out(torch.cat(answer))
            torch.testing.assert_close(found[i].flatten(1)[:, p], expected)


@pytest.mark.equation("eq-cross-attention")
def test_the_order_of_the_context_does_not_matter_but_its_content_does():
    net = shaken(UNet((1, 8, 8), 4, context_dim=6))
    x, words = torch.randn(1, 1, 8, 8, dtype=torch.float64), torch.randn(1, 4, 6).double()
    y = net(0.3, x, words)
    torch.testing.assert_close(net(0.3, x, words[:, [2, 0, 3, 1]]), y)
    assert not torch.allclose(net(0.3, x, words + 1), y)
    assert not torch.allclose(net(0.3, x), y)
    # Độ dài tùy ý: lặp lại cả câu thì mọi trọng số chia đôi, câu trả lời giữ nguyên.
    torch.testing.assert_close(net(0.3, x, words.repeat(1, 2, 1)), y)


def test_time_features_tell_neighbouring_steps_apart():
    """Hai bước k liền nhau của T = 1000 cách nhau rõ; mọi đặc trưng trong [−1, 1]."""
    features = time_features(torch.linspace(0, 1, 1001, dtype=torch.float64))
    assert features.abs().max() <= 1
    assert features.diff(dim=0).norm(dim=1).min() > 0.5
    assert torch.linalg.matrix_rank(features) == 32  # không đặc trưng nào thừa


def test_it_serves_flow_matching_too():
    torch.manual_seed(0)
    model = FlowMatching((1, 4, 4), field=UNet((1, 4, 4), 4))
    x = torch.rand(6, 1, 4, 4)
    loss = model.loss(x)
    loss.backward()
    assert loss.isfinite()
    assert model.sample(2, steps=2).shape == (2, 1, 4, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: UNet((8, 8)), r"\(8, 8\).*\(C, H, W\)"),
        (lambda: UNet((1, 7, 8)), "chia hết cho 2"),
        (lambda: UNet((1, 28, 28), widths=(1, 2, 2, 2)), "chia hết cho 8"),
        (lambda: UNet((1, 8, 8), 0), "channels = 0"),
        (lambda: UNet((1, 8, 8), classes=3, context_dim=4), "nhiều nhất một"),
        (
            lambda: UNet((1, 8, 8), 4)(0.5, torch.zeros(2, 1, 4, 4)),
            r"\(2, 1, 4, 4\).*\(n, 1, 8, 8\)",
        ),
        (
            lambda: UNet((1, 8, 8), 4)(torch.rand(3), torch.zeros(2, 1, 8, 8)),
            "3 thời điểm.*n thời điểm",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_no_word_moves_between_images():
    """Chuẩn hóa theo nhóm và tập trung chỉ nhìn trong một ảnh."""
    net = shaken(UNet((1, 8, 8), 4))
    x = torch.randn(2, 1, 8, 8, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(net(0.5, x)[0].sum(), x)
    assert (slope[1] == 0).all()
    assert isinstance(net.middle, nn.ModuleList)
