"""PixelCNN: sinh ảnh từng điểm một, từ trái sang phải, từ trên xuống dưới.

Bản cổng (*gated*) có hai chồng tầng. Chồng dọc đọc mọi hàng phía trên; chồng ngang đọc phần bên
trái của hàng đang vẽ và nghe chồng dọc. Nhờ hai chồng mà không điểm nào bị khuất. Bản ngây thơ
chỉ che nhân tích chập, và có điểm mù.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from ..nets import zero_init
from .chain import AutoregressiveModel, check_dim


class MaskedConv2d(nn.Conv2d):
    """Tích chập k×k chỉ nhìn những điểm đứng trước theo thứ tự đọc.

    `see_centre` = False (loại A): không nhìn điểm đang đoán, dùng ở tầng đầu, nơi đầu vào là chính
    ảnh. True (loại B): nhìn cả vị trí giữa, dùng ở các tầng sau, nơi vị trí giữa chỉ mang tin
    về những điểm đứng trước.
    Sách: (eq-pixelcnn-mask); van den Oord et al. (2016)
    """

    mask: Tensor

    def __init__(self, in_channels: int, out_channels: int, kernel: int, see_centre: bool):
        super().__init__(in_channels, out_channels, kernel, padding=kernel // 2)
        reading_order = torch.arange(kernel * kernel).view(kernel, kernel)
        centre = kernel * kernel // 2
        limit = centre + 1 if see_centre else centre
        self.register_buffer("mask", (reading_order < limit).float())

    def forward(self, x: Tensor) -> Tensor:
        """(n, in_channels, H, W) -> (n, out_channels, H, W)."""
        return F.conv2d(x, self.mask * self.weight, self.bias, padding=self.padding)


class NaiveStack(nn.Module):
    """Chồng tầng ngây thơ: một tầng loại A rồi các tầng loại B. Có điểm mù phía trên bên phải."""

    def __init__(self, in_channels: int, channels: int, layers: int, kernel: int):
        super().__init__()
        self.layers = nn.ModuleList(
            MaskedConv2d(channels if k else in_channels, channels, kernel, see_centre=k > 0)
            for k in range(layers)
        )

    def forward(self, x: Tensor, position: Tensor) -> Tensor:
        """Ảnh (n, in_channels, H, W), phần theo vị trí (channels, H, W) -> (n, channels, H, W)."""
        first, *rest = self.layers
        h = first(x) + position
        for layer in rest:
            h = h + layer(h.relu())
        return h


def gate(a: Tensor) -> Tensor:
    """Nửa số kênh là nội dung, nửa kia là cổng: tanh(u) σ(v)."""
    u, v = a.chunk(2, dim=1)
    return u.tanh() * v.sigmoid()


class GatedLayer(nn.Module):
    """Một tầng của hai chồng: chồng dọc v, chồng ngang h, cùng hình dạng (n, C, H, W).

    v nhìn k//2 hàng ở trên và hàng của nó; h nhìn k//2 cột bên trái và cột của nó, rồi nhận thêm
    từ v. Đầu vào đã dịch (xem GatedStack) nên nhìn «hàng của nó» không làm lộ điểm đang đoán.
    Nhân giãn (`dilation` > 1) đặt các ô cách nhau `dilation` điểm: nhìn xa hơn, cùng số tham số.
    """

    def __init__(self, channels: int, kernel: int, dilation: int = 1):
        super().__init__()
        half = kernel // 2
        self.reach = half * dilation
        wide, options = 2 * channels, {"dilation": dilation}
        self.vertical = nn.Conv2d(channels, wide, (half + 1, kernel), **options)
        self.horizontal = nn.Conv2d(channels, wide, (1, half + 1), **options)
        self.link = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)

    def down(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """v -> (v mới, lời nhắn (n, 2C, H, W) cho chồng ngang); không đọc h."""
        r = self.reach
        a = self.vertical(F.pad(v, (r, r, r, 0)))  # thêm lề trái, phải, trên
        return v + gate(a), self.link(a)

    def across(self, h: Tensor, message: Tensor) -> Tensor:
        """h và lời nhắn -> h mới; mỗi hàng của h chỉ đọc chính hàng ấy."""
        b = self.horizontal(F.pad(h, (self.reach, 0))) + message  # thêm lề trái
        return h + self.out(gate(b))


class GatedStack(nn.Module):
    """Hai chồng tầng của PixelCNN cổng (van den Oord et al., 2016b).

    Dịch ảnh xuống một hàng cho chồng dọc, sang phải một cột cho chồng ngang. Từ đó vị trí (r, c)
    của v chỉ mang tin về các hàng < r, của h chỉ về các cột < c của hàng r: mọi tầng sau không
    cần che nữa.
    """

    def __init__(self, in_channels: int, channels: int, kernel: int, dilations: Sequence[int]):
        super().__init__()
        self.enter_v = nn.Conv2d(in_channels, channels, 1)
        self.enter_h = nn.Conv2d(in_channels, channels, 1)
        self.layers = nn.ModuleList(GatedLayer(channels, kernel, d) for d in dilations)

    def above(self, x: Tensor, position: Tensor) -> list[Tensor]:
        """Chồng dọc: lời nhắn của từng tầng; hàng r chỉ mang tin về các hàng < r."""
        v, messages = self.enter_v(F.pad(x, (0, 0, 1, 0))[:, :, :-1]) + position, []
        for layer in self.layers:
            v, message = layer.down(v)
            messages.append(message)
        return messages

    def along(self, x: Tensor, position: Tensor, messages: list[Tensor]) -> Tensor:
        """Chồng ngang, trên cả ảnh hay trên một dải hàng của ảnh."""
        h = self.enter_h(F.pad(x, (1, 0))[:, :, :, :-1]) + position
        for layer, message in zip(self.layers, messages, strict=True):
            h = layer.across(h, message)
        return h

    def forward(self, x: Tensor, position: Tensor) -> Tensor:
        """Ảnh (n, in_channels, H, W), phần theo vị trí (channels, H, W) -> (n, channels, H, W)."""
        return self.along(x, position, self.above(x, position))


class PixelCNN(AutoregressiveModel):
    """PixelCNN cho ảnh xám rời rạc (n, 1, H, W), mỗi điểm ảnh có `levels` mức.

    Tham số
    -------
    event_shape : (1, H, W)
    levels : số mức xám
    channels, layers, kernel : số kênh, số tầng, cạnh (lẻ) của nhân tích chập
    dilations : độ giãn của nhân ở mỗi tầng cổng, dài bằng `layers`; mặc định toàn 1. Ảnh lớn thì
        giãn dần để nhìn xa mà không thêm tham số
    dropout : phần kênh bị tắt ngẫu nhiên khi huấn luyện; dữ liệu ít thì nên có
    naive : dùng chồng tầng ngây thơ, có điểm mù, để so

    `log_prob` là một lượt qua mạng; `sample` là H·W lượt, mỗi lượt chỉ tính hàng đang vẽ.

        model = PixelCNN((1, 8, 8), levels=17)
        fit(model, digits().train, steps=600, batch_size=16, lr=1.3e-2)
        model.sample(16, temperature=0.9, seed=0)       # (16, 1, 8, 8)
        model.complete(x, known=32)                     # giữ nửa trên, vẽ tiếp nửa dưới

    Sách: (eq-chain-rule), (eq-pixelcnn-mask); van den Oord et al. (2016, 2016b)
    """

    def __init__(
        self,
        event_shape: tuple[int, int, int] = (1, 8, 8),
        levels: int = 17,
        channels: int = 16,
        layers: int = 6,
        kernel: int = 3,
        dropout: float = 0.0,
        naive: bool = False,
        dilations: Sequence[int] | None = None,
    ):
        super().__init__(event_shape, levels)
        if len(self.event_shape) != 3 or self.event_shape[0] != 1:
            raise InputError(
                f"event_shape = {self.event_shape}; PixelCNN ở đây vẽ ảnh xám, cần (1, H, W)."
            )
        if not isinstance(kernel, int) or kernel % 2 == 0 or kernel < 3:
            raise InputError(f"kernel = {kernel!r}; cạnh của nhân tích chập phải lẻ, từ 3 trở lên.")
        check_dim(layers, "layers")
        check_dim(channels, "channels")
        _, height, width = self.event_shape
        if naive:
            if dilations is not None:
                raise InputError("Chồng ngây thơ không có nhân giãn; hãy bỏ `dilations`.")
            self.stack = NaiveStack(2, channels, layers, kernel)
        else:
            dilations = (1,) * layers if dilations is None else tuple(dilations)
            if len(dilations) != layers:
                raise InputError(
                    f"dilations có {len(dilations)} số, mà mạng có {layers} tầng; mỗi tầng một số."
                )
            for dilation in dilations:
                check_dim(dilation, "dilations")
            self.stack = GatedStack(2, channels, kernel, dilations)
        # Ảnh chữ số được căn giữa: cùng một điểm ảnh, đứng ở đâu cũng là điều đáng biết.
        self.position = nn.Parameter(torch.zeros(channels, height, width))
        self.head = nn.Sequential(
            nn.ReLU(),
            nn.Dropout2d(dropout),
            nn.Conv2d(channels, 2 * channels, 1),
            nn.ReLU(),
            zero_init(nn.Conv2d(2 * channels, levels, 1)),
        )

    def planes(self, x: Tensor) -> Tensor:
        """(n, 1, H, W) -> (n, 2, H, W): mức xám đưa về [−1, 1], và một kênh toàn số 1.

        Ở lề kênh thứ hai bằng 0, nên mạng phân biệt lề với điểm đen.
        """
        x = x.to(self.position.dtype)
        return torch.cat([2 * x / (self.levels - 1) - 1, torch.ones_like(x)], 1)

    def logits(self, x: Tensor) -> Tensor:
        """(n, 1, H, W) -> (n, 1, H, W, levels); ảnh cụt (n, 1, h, W) với h < H cũng được."""
        h = self.head(self.stack(self.planes(x), self.position[:, : x.shape[2]]))
        return h.permute(0, 2, 3, 1).unsqueeze(1)

    def logits_at(self, x: Tensor, i: int) -> Tensor:
        row, column = divmod(i, self.event_shape[2])
        # Những hàng dưới chưa vẽ, và không hàng nào ở trên nhìn xuống: không cần tính chúng.
        return self.logits(x[:, :, : row + 1])[:, 0, row, column]

    def reader(self, x: Tensor) -> Callable[[int], Tensor]:
        """Như `logits_at`, nhưng nhớ: chồng dọc tính một lần mỗi hàng, chồng ngang một hàng.

        Chồng dọc chỉ đọc các hàng đã vẽ xong, nên lời nhắn của nó không đổi trong lúc vẽ một hàng.
        """
        if isinstance(self.stack, NaiveStack):
            return super().reader(x)
        drawing, messages = -1, []

        def read(i: int) -> Tensor:
            nonlocal drawing, messages
            row, column = divmod(i, self.event_shape[2])
            if row != drawing:
                seen, place = self.planes(x[:, :, : row + 1]), self.position[:, : row + 1]
                drawing, messages = row, [m[:, :, row:] for m in self.stack.above(seen, place)]
            here = slice(row, row + 1)
            h = self.stack.along(self.planes(x[:, :, here]), self.position[:, here], messages)
            return self.head(h[..., column : column + 1]).flatten(1)

        return read
