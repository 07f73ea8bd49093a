"""Lời tả chữ số: ký hiệu đi và về, mốc mực, bộ mã hóa lời."""

import pytest
import torch

from course_utils.data import digits
from course_utils.diffusion import Captioned, TextEncoder, UNet
from course_utils.diffusion.captions import (
    BLANK,
    VOCABULARY,
    captions,
    describe,
    ink,
    ink_medians,
    tokenize,
)
from course_utils.errors import InputError


def test_every_caption_goes_there_and_back():
    texts = [describe(k, bold) for k in range(10) for bold in (True, False, None)]
    assert len(set(texts)) == 30
    tokens = tokenize(texts)
    assert tokens.shape == (30, 4)
    assert tokens.dtype == torch.long
    for text, row in zip(texts, tokens, strict=True):
        assert " ".join(VOCABULARY[t] for t in row if t != BLANK) == text.replace(",", "")
    assert len({tuple(row.tolist()) for row in tokens}) == 30
    assert torch.equal(tokenize("Số BA, nét đậm"), tokenize(["số ba nét đậm"]))
    assert tokenize("").tolist() == [[BLANK] * 4]


def test_each_digit_is_half_bold_half_thin():
    """Mốc là trung vị của chính chữ số ấy: trên mốc nhiều nhất một nửa số ảnh."""
    data = digits()
    medians = ink_medians(data.train, data.train_labels)
    assert medians.shape == (10,)
    texts = captions(data.train, data.train_labels, medians)
    bold = torch.tensor(["đậm" in text for text in texts])
    for digit in range(10):
        mine = data.train_labels == digit
        amounts = ink(data.train[mine])
        assert (amounts > medians[digit]).sum() <= mine.sum() / 2
        assert bold[mine].double().mean() == pytest.approx(0.5, abs=1 / 20)
        assert amounts[bold[mine]].min() > amounts[~bold[mine]].max()
    assert texts[0] == describe(int(data.train_labels[0]), bool(bold[0]))


def test_ink_is_the_mean_level_of_any_kind_of_image():
    x = torch.tensor([[[[0, 255], [255, 0]]]], dtype=torch.uint8)
    assert ink(x).tolist() == [127.5]


def test_the_encoder_knows_the_order_and_reads_each_caption_alone():
    torch.manual_seed(0)
    encoder = TextEncoder(8).double()
    tokens = tokenize(["số ba, nét đậm", "số ba", ""])
    e = encoder(tokens)
    assert e.shape == (3, 4, 8)
    torch.testing.assert_close(encoder(tokens[1:2])[0], e[1])
    assert not torch.allclose(e[0, 1], e[1, 1])  # «ba» biết quanh nó có gì
    assert not torch.allclose(encoder(tokens.flip(1)).flip(1), e)
    assert torch.equal(encoder.null, tokens[2])


def test_a_captioned_net_hears_the_empty_caption_when_told_nothing():
    torch.manual_seed(0)
    net = Captioned(UNet((1, 4, 4), 4, context_dim=8), TextEncoder(8)).double()
    for p in net.parameters():
        torch.nn.init.normal_(p, std=0.3)
    x = torch.randn(2, 1, 4, 4, dtype=torch.float64)
    torch.testing.assert_close(net(0.5, x), net(0.5, x, tokenize(["", ""])))
    assert not torch.allclose(net(0.5, x), net(0.5, x, tokenize(["số ba", ""])))
    assert net.symbols == len(VOCABULARY)
    assert torch.equal(net.null, net.encoder.null)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: describe(10), "digit = 10"),
        (lambda: tokenize("số ba, nét mảng"), "«mảng» không có trong vốn từ; có phải.*«mảnh»"),
        (lambda: tokenize("con mèo"), "«con».*Các từ dùng được: số, không"),
        (lambda: tokenize("số ba nét rất đậm"), "5 từ"),
        (
            lambda: captions(torch.zeros(2, 1, 8, 8), torch.zeros(3).long(), torch.zeros(10)),
            "2 ảnh",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
