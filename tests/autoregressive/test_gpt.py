"""GPT: cơ chế tập trung đúng công thức, bộ nhớ khóa–giá trị không đổi kết quả."""

import math

import pytest
import torch

from course_utils.autoregressive import GPT, CausalAttention, sample_logits
from course_utils.errors import InputError


@pytest.fixture(scope="module")
def model(randomize):
    return randomize(GPT(16, 5, width=8, layers=2, heads=2), gain=1.5)


@pytest.mark.equation("eq-attention")
@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attention_is_the_formula(randomize, heads):
    """softmax(QKᵀ/√d + M) V, từng đầu một, viết bằng vòng lặp."""
    attention = randomize(CausalAttention(8, heads))
    x = torch.randn(3, 6, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    q, k, v = attention.qkv(x).chunk(3, dim=-1)
    d, outputs = 8 // heads, []
    future = torch.full((6, 6), -math.inf, dtype=torch.float64).triu(1)
    for part in range(heads):
        own = slice(part * d, (part + 1) * d)
        scores = q[..., own] @ k[..., own].transpose(1, 2) / math.sqrt(d) + future
        outputs.append(scores.softmax(-1) @ v[..., own])
    expected = attention.out(torch.cat(outputs, -1))
    torch.testing.assert_close(attention(x)[0], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.equation("eq-attention")
def test_gradients_reach_every_earlier_position_and_no_later_one(model):
    h = torch.randn(2, 16, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    h.requires_grad_()
    logits, _ = model.network(h)
    for t in range(16):
        gradient = torch.autograd.grad(logits[:, t].pow(2).sum(), h, retain_graph=True)[0]
        seen = gradient.abs().amax((0, 2)) > 0
        assert seen.tolist() == [j <= t for j in range(16)]


def test_reading_in_pieces_equals_reading_at_once(model):
    inputs = torch.randint(5, (3, 16), generator=torch.Generator().manual_seed(0))
    whole, _ = model.advance(inputs)
    parts, state = [], None
    for piece in inputs.split([1, 4, 1, 2, 8], dim=1):
        logits, state = model.advance(piece, state)
        parts.append(logits)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sampling", [(1.0, 1.0), (0.7, 0.9), (0.0, 1.0)])
def test_cached_and_uncached_generation_agree(model, sampling):
    """Cùng bộ sinh, cùng ký hiệu; kể cả khi cửa sổ đầy và phải trượt nhiều lần."""
    prompt = torch.tensor([[0, 1, 2], [4, 3, 0]])
    cached = model.generate(prompt, 60, *sampling, seed=1)
    assert torch.equal(cached, model.generate(prompt, 60, *sampling, seed=1, cache=False))
    assert torch.equal(cached[:, :3], prompt)
    assert cached.shape == (2, 63)


def test_generation_is_the_chain_rule(model):
    """Trong một cửa sổ, từng ký hiệu được rút từ đúng logit của dãy trước nó."""
    x = model.generate(torch.zeros(4, 0), 16, seed=5)
    generator, logits = torch.Generator().manual_seed(5), model.logits(x)
    again = [sample_logits(logits[:, t], generator=generator) for t in range(16)]
    assert torch.equal(torch.stack(again, 1), x)


def test_a_single_prompt_and_a_long_one(model):
    long = torch.randint(5, (40,), generator=torch.Generator().manual_seed(0))
    out = model.generate(long, 3, seed=0)
    assert out.shape == (43,)
    # Lời mở đầu dài hơn cửa sổ: chỉ nửa cửa sổ cuối được nhớ.
    assert torch.equal(out[-3:], model.generate(long[-8:], 3, seed=0)[-3:])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: GPT(8, 5, width=10, heads=4), "width = 10 không chia hết cho heads = 4"),
        (lambda m: GPT(0, 5), "`context` = 0"),
        (lambda m: m.log_prob(torch.zeros(2, 9)), r"\(2, 9\).*\(n, 16\)"),
        (lambda m: m.logits(torch.zeros(2, 17)), "vượt cửa sổ 16"),
        (lambda m: m.generate("abc", 3), r"vocabulary.encode"),
        (lambda m: m.generate(torch.tensor([7]), 3), "từ 0 đến 4"),
        (lambda m: m.generate(torch.tensor([1]), 0), "số nguyên dương"),
        (lambda m: m.generate(torch.tensor([1]), 3, temperature=-1), "Nhiệt độ"),
    ],
)
def test_bad_arguments(model, call, message):
    with pytest.raises(InputError, match=message):
        call(model)
