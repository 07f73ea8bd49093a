"""PixelCNN: điểm mù của bản ngây thơ đúng 6 trên 40, bản cổng không có điểm mù nào."""

import pytest
import torch

from course_utils.autoregressive import AutoregressiveModel, MaskedConv2d, PixelCNN
from course_utils.cost import multiplications
from course_utils.errors import InputError


def visible(model, row, column):
    """Những điểm ảnh mà logit của điểm (row, column) có đạo hàm khác 0."""
    _, height, width = model.event_shape
    seen = torch.zeros(height, width, dtype=torch.bool)
    generator = torch.Generator().manual_seed(1)
    x = model.levels * torch.rand(8, 1, height, width, generator=generator, dtype=torch.float64)
    x.requires_grad_()
    logits = model.logits(x)[:, 0, row, column]
    weights = torch.randn(logits.shape, generator=generator, dtype=torch.float64)
    gradient = torch.autograd.grad((weights * logits).sum(), x)[0]
    seen |= gradient[:, 0].abs().amax(0) > 0
    return seen


def earlier(height, width, row, column):
    """Mọi điểm đứng trước theo thứ tự đọc."""
    return (torch.arange(height * width) < row * width + column).view(height, width)


@pytest.mark.equation("eq-pixelcnn-mask")
@pytest.mark.parametrize("kernel", [3, 5])
def test_masks_stop_at_the_centre(kernel):
    r = kernel // 2
    for see_centre in (False, True):
        mask = MaskedConv2d(1, 1, kernel, see_centre).mask
        for i in range(kernel):
            for j in range(kernel):
                before = i < r or (i == r and j < r)
                assert mask[i, j] == float(before or (see_centre and i == r and j == r))


@pytest.mark.equation("eq-pixelcnn-mask")
@pytest.mark.parametrize("layers", [4, 6])
def test_naive_stack_is_blind_to_six_of_forty_pixels(randomize, layers):
    """9×9, tâm ở giữa: góc trên bên phải bị khuất, thêm tầng cũng không thấy (bài E3.4).

    Mỗi bước lùi của nhân 3×3 che là sang trái một cột, hoặc lên một hàng và sang nhiều nhất một
    cột. Muốn sang phải k cột thì phải lên ít nhất k hàng: điểm cao a hàng, lệch phải b > a thì
    khuất. Trong khung 9×9 quanh tâm, có 3 + 2 + 1 = 6 điểm như thế.
    """
    model = randomize(PixelCNN((1, 9, 9), 4, channels=8, layers=layers, naive=True))
    seen, before = visible(model, 4, 4), earlier(9, 9, 4, 4)
    assert before.sum() == 40
    blind = {(4 - a, 4 + b) for a in range(1, 5) for b in range(1, 5) if b > a}
    assert len(blind) == 6
    assert {tuple(p) for p in (before & ~seen).nonzero().tolist()} == blind
    assert not (seen & ~before).any()


@pytest.mark.parametrize(("kernel", "layers"), [(3, 4), (5, 2)])
def test_gated_stacks_see_every_earlier_pixel_from_the_centre(randomize, kernel, layers):
    model = randomize(PixelCNN((1, 9, 9), 4, channels=8, layers=layers, kernel=kernel))
    assert torch.equal(visible(model, 4, 4), earlier(9, 9, 4, 4))


def test_seven_layers_see_everything_before_on_digits(randomize):
    """8×8: từ cột cuối về cột đầu là bảy bước, nên bảy tầng 3×3 là đủ cho mọi điểm."""
    model = randomize(PixelCNN((1, 8, 8), 4, channels=6, layers=7))
    for row in range(8):
        for column in range(8):
            assert torch.equal(visible(model, row, column), earlier(8, 8, row, column))


@pytest.mark.parametrize("naive", [True, False])
@pytest.mark.parametrize("kernel", [3, 5])
def test_no_pixel_sees_itself_or_the_future(randomize, naive, kernel):
    model = randomize(PixelCNN((1, 5, 6), 3, channels=8, layers=6, kernel=kernel, naive=naive))
    for row in range(5):
        for column in range(6):
            seen = visible(model, row, column)
            assert not (seen & ~earlier(5, 6, row, column)).any()


@pytest.mark.parametrize("naive", [True, False])
def test_cropped_image_gives_the_same_logits(randomize, naive):
    """`sample` chỉ tính những hàng đã vẽ; kết quả phải như tính cả ảnh."""
    model = randomize(PixelCNN((1, 6, 5), 3, channels=8, layers=3, naive=naive))
    x = torch.randint(3, (4, 1, 6, 5), generator=torch.Generator().manual_seed(0)).double()
    full = model.logits(x).flatten(1, -2)
    for i in (0, 4, 5, 13, 29):
        torch.testing.assert_close(model.logits_at(x, i), full[:, i], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "options",
    [{}, {"kernel": 5}, {"dilations": (1, 2, 1)}, {"naive": True}],
    ids=["3×3", "5×5", "giãn", "ngây thơ"],
)
def test_remembering_changes_no_logit_and_no_sample(randomize, options):
    """`sample` nhớ chồng dọc của hàng đang vẽ; kết quả như tính lại từ đầu ở mỗi điểm ảnh."""

    class Forgetful(PixelCNN):
        reader = AutoregressiveModel.reader  # gọi logits_at ở mỗi điểm

    shape = (1, 5, 4)
    model = randomize(PixelCNN(shape, 3, channels=8, layers=3, **options), gain=1.5).eval()
    plain = Forgetful(shape, 3, channels=8, layers=3, **options).double().eval()
    plain.load_state_dict(model.state_dict())
    x = model.sample(20, temperature=0.9, seed=0)
    assert torch.equal(x, plain.sample(20, temperature=0.9, seed=0))
    assert len(x.flatten(1).unique(dim=0)) > 10, "mẫu phải khác nhau thì phép so mới có nghĩa"
    known = 7  # bắt đầu giữa một hàng
    again = model.complete(x, known, seed=1)
    assert torch.equal(again, plain.complete(x, known, seed=1))
    assert torch.equal(again.flatten(1)[:, :known], x.flatten(1)[:, :known])
    # Ảnh vẽ dần: lúc đọc điểm i, mọi điểm từ i trở đi còn trống.
    drawn, full = torch.zeros_like(x), model.logits(x).flatten(1, -2)
    read = model.reader(drawn)
    for i in range(20):
        torch.testing.assert_close(read(i), full[:, i], rtol=1e-12, atol=1e-12)
        drawn.view(20, -1)[:, i] = x.flatten(1)[:, i]


def test_remembering_multiplies_less():
    """Số hàng phải tính khi vẽ ảnh H × W, cho chồng dọc và cho chồng ngang.

    Không nhớ: mỗi điểm ảnh tính lại mọi hàng trên nó, W·H(H+1)/2 hàng mỗi chồng. Có nhớ: H(H+1)/2
    hàng của chồng dọc và W·H hàng của chồng ngang, ít hơn W lần và (H+1)/2 lần; ở đây 8 và 3.5.
    """
    model = PixelCNN((1, 6, 8), 3, channels=4, layers=2).requires_grad_(False)
    x = torch.zeros(1, 1, 6, 8)
    once, again = (
        multiplications(lambda read=read: [read(i) for i in range(48)])
        for read in (model.reader(x), AutoregressiveModel.reader(model, x))
    )
    assert again / once >= 3.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PixelCNN((3, 8, 8)), r"\(3, 8, 8\).*ảnh xám.*\(1, H, W\)"),
        (lambda: PixelCNN((8, 8)), "ảnh xám"),
        (lambda: PixelCNN(kernel=4), "phải lẻ"),
        (lambda: PixelCNN(layers=0), "`layers` = 0"),
        (lambda: PixelCNN().log_prob(torch.full((1, 1, 8, 8), 0.5)), "giá trị lẻ"),
        (lambda: PixelCNN().log_prob(torch.full((1, 1, 8, 8), 17.0)), "17 mức"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_dilated_layers_see_farther_with_the_same_parameters(randomize):
    """Hai tầng 3×3 với độ giãn 1 và 3: nhìn xa hơn, và vẫn không nhìn tương lai."""
    plain = randomize(PixelCNN((1, 9, 9), 4, channels=8, layers=2))
    wide = randomize(PixelCNN((1, 9, 9), 4, channels=8, layers=2, dilations=(1, 3)))
    assert sum(p.numel() for p in plain.parameters()) == sum(p.numel() for p in wide.parameters())
    assert not (visible(wide, 4, 4) & ~earlier(9, 9, 4, 4)).any()
    rows = visible(wide, 8, 4).any(1).nonzero().flatten().tolist()
    # Chồng dọc lùi sẵn một hàng; hai tầng lùi thêm 0, 1, 3 hay 1 + 3 = 4 hàng.
    assert rows == [8 - 1 - 4, 8 - 1 - 3, 8 - 1 - 1, 8 - 1, 8]
    assert visible(plain, 8, 4).any(1).nonzero().min().item() == 8 - 1 - 2


def test_unit_dilations_change_nothing():
    torch.manual_seed(0)
    plain = PixelCNN((1, 6, 5), 3, channels=4, layers=3)
    torch.manual_seed(0)
    unit = PixelCNN((1, 6, 5), 3, channels=4, layers=3, dilations=(1, 1, 1))
    x = torch.randint(3, (4, 1, 6, 5), generator=torch.Generator().manual_seed(0)).float()
    assert torch.equal(plain.log_prob(x), unit.log_prob(x))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PixelCNN(layers=3, dilations=(1, 2)), "dilations có 2 số.*3 tầng"),
        (lambda: PixelCNN(layers=2, dilations=(1, 0)), "`dilations` = 0"),
        (lambda: PixelCNN(naive=True, dilations=(1,) * 6), "không có nhân giãn"),
    ],
)
def test_bad_dilations(call, message):
    with pytest.raises(InputError, match=message):
        call()
