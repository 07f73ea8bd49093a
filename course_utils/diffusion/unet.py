"""U-Net nhỏ cho ảnh: thu ảnh lại để nhìn toàn cục, rồi nở ra để trả lời từng điểm ảnh.

Đường xuống nhớ lại ảnh ở mỗi cỡ; đường lên ghép phần đã nhớ vào, nên chi tiết không mất khi đi qua
chỗ hẹp. Ở cỡ nhỏ nhất, cơ chế tập trung cho mỗi vùng của ảnh hỏi mọi vùng khác, và hỏi lời tả.

Nguồn: Ronneberger et al. (2015); Ho et al. (2020); tập trung chéo theo Rombach et al. (2022).
"""

import itertools
import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from ..nets import zero_init

TIME_FEATURES = 32


def time_features(s: Tensor) -> Tensor:
    """sin và cos của s ở 16 tần số, từ 1 đến 1000 rad, cách nhau theo cấp số nhân: (n,) -> (n, 32).

    Tần số thấp nói s ở khoảng nào, tần số cao phân biệt hai bước k liền nhau. Đây là mã hóa
    vị trí của Transformer, với s ở chỗ của vị trí.
    """
    frequencies = torch.logspace(0, 3, TIME_FEATURES // 2, dtype=s.dtype, device=s.device)
    angles = s[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


def group_norm(channels: int) -> nn.GroupNorm:
    """Chuẩn hóa theo nhóm, chừng bốn kênh một nhóm; không phụ thuộc các ảnh khác trong lô."""
    return nn.GroupNorm(math.gcd(channels, max(1, channels // 4)), channels)


class ResidualBlock(nn.Module):
    """x + conv(SiLU(co giãn theo e · chuẩn hóa(conv(...)))): (n, C, H, W) -> (n, C', H, W).

    e (n, E) là lời nhắn chung của thời điểm và nhãn; nó đặt lại độ lớn và mức nền của từng kênh.
    Tích chập cuối bắt đầu từ 0, nên khối bắt đầu từ phép đồng nhất (hay một phép chiếu 1×1).
    """

    def __init__(self, before: int, after: int, embedding: int, dropout: float):
        super().__init__()
        self.first = nn.Sequential(
            group_norm(before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1)
        )
        self.norm = group_norm(after)
        self.film = nn.Linear(embedding, 2 * after)
        self.second = nn.Sequential(
            nn.SiLU(), nn.Dropout(dropout), zero_init(nn.Conv2d(after, after, 3, padding=1))
        )
        self.skip = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x: Tensor, e: Tensor) -> Tensor:
        """Đặc trưng mới (n, C', H, W) khi nghe lời nhắn e."""
        scale, shift = self.film(e)[:, :, None, None].chunk(2, 1)
        return self.skip(x) + self.second(self.norm(self.first(x)) * (1 + scale) + shift)


class Attention(nn.Module):
    """Mỗi vùng ảnh hỏi mọi ký hiệu của ngữ cảnh: x + W_o softmax(QKᵀ/√d) V.

    Truy vấn Q lấy từ ảnh (n, C, H, W). Khóa K và giá trị V lấy từ `context` (n, L, context_dim),
    đó là tập trung chéo; không có `context` thì lấy từ chính ảnh, đó là tự tập trung. Ngữ cảnh
    không có thứ tự: đổi chỗ các ký hiệu không đổi kết quả, nên vị trí phải được mã hóa từ trước.
    Sách: (eq-cross-attention)
    """

    def __init__(self, channels: int, context_dim: int = 0, heads: int = 4):
        super().__init__()
        self.heads = math.gcd(heads, channels)
        self.norm = group_norm(channels)
        self.query = nn.Linear(channels, channels, bias=False)
        self.key_value = nn.Linear(context_dim or channels, 2 * channels, bias=False)
        self.out = zero_init(nn.Linear(channels, channels))

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """x cộng câu trả lời mà từng vùng nhận được; cùng hình dạng x."""
        pixels = self.norm(x).flatten(2).transpose(1, 2)  # (n, H·W, C)
        q = self.query(pixels)
        k, v = self.key_value(pixels if context is None else context).chunk(2, 2)
        q, k, v = (a.unflatten(2, (self.heads, -1)).transpose(1, 2) for a in (q, k, v))
        answer = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        return x + self.out(answer).transpose(1, 2).view_as(x)


class UNet(nn.Module):
    """U-Net cho ảnh (n, C, H, W), gọi bằng net(s, x) hay net(s, x, condition); cùng hình dạng x.

    Tham số
    -------
    event_shape : (C, H, W)
    channels : số kênh ở cỡ lớn nhất
    widths : bội số kênh ở mỗi cỡ; (1, 2) là hai cỡ, cỡ sau có cạnh bằng nửa. Ảnh 28×28 nên dùng
        (1, 2, 2): 28, 14, 7
    classes : số lớp; khi ấy `condition` là nhãn (n,), và nhãn bằng `classes` nghĩa là «không nói»
    context_dim : số chiều d của mỗi ký hiệu lời tả; khi ấy `condition` là ngữ cảnh (n, L, d), và
        không có nó thì khối tập trung chéo đứng yên
    dropout : phần giá trị bị tắt ngẫu nhiên khi huấn luyện

    s là một số hay (n,) trong [0, 1]: 0 là dữ liệu, 1 là nhiễu. x trải phẳng (n, C·H·W) cũng được
    và cho ra dạng phẳng, nên mạng này cũng làm trường của `FlowMatching`. Tầng cuối bắt đầu từ 0.
    """

    null: Tensor

    def __init__(
        self,
        event_shape: Sequence[int],
        channels: int = 32,
        widths: Sequence[int] = (1, 2),
        *,
        classes: int = 0,
        context_dim: int = 0,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.event_shape = tuple(event_shape)
        shrink = 2 ** (len(widths) - 1)
        if len(self.event_shape) != 3 or any(side % shrink for side in self.event_shape[1:]):
            raise InputError(
                f"event_shape = {self.event_shape}; cần (C, H, W) với H, W chia hết cho {shrink}, "
                f"vì ảnh được thu nhỏ một nửa {len(widths) - 1} lần."
            )
        if min(channels, *widths) < 1 or min(classes, context_dim) < 0 or classes * context_dim:
            raise InputError(
                f"channels = {channels}, widths = {tuple(widths)}, classes = {classes}, "
                f"context_dim = {context_dim}: cần số kênh dương, và nhiều nhất một trong hai thứ "
                f"`classes`, `context_dim` khác 0."
            )
        self.classes, self.context_dim = classes, context_dim
        size, embedding = [channels * w for w in widths], 4 * channels
        self.clock = nn.Sequential(
            nn.Linear(TIME_FEATURES, embedding), nn.SiLU(), nn.Linear(embedding, embedding)
        )
        if classes:
            self.symbols = classes + 1
            self.label = nn.Embedding(self.symbols, embedding)
            self.register_buffer("null", torch.tensor(classes))
        self.enter = nn.Conv2d(self.event_shape[0], channels, 3, padding=1)
        # Ảnh được căn giữa: đứng ở đâu trong khung cũng là điều đáng biết.
        self.position = nn.Parameter(torch.zeros(channels, *self.event_shape[1:]))

        def block(before: int, after: int) -> ResidualBlock:
            return ResidualBlock(before, after, embedding, dropout)

        pairs = list(itertools.pairwise(size))
        self.down = nn.ModuleList(block(c, c) for c in size[:-1])
        self.shrink = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairs)
        self.middle = nn.ModuleList(block(size[-1], size[-1]) for _ in range(2))
        self.attend = Attention(size[-1])
        self.listen = Attention(size[-1], context_dim) if context_dim else None
        self.grow = nn.ModuleList(nn.Conv2d(b, a, 3, padding=1) for a, b in reversed(pairs))
        self.up = nn.ModuleList(block(2 * c, c) for c in reversed(size[:-1]))
        self.leave = nn.Sequential(
            group_norm(channels),
            nn.SiLU(),
            zero_init(nn.Conv2d(channels, self.event_shape[0], 3, padding=1)),
        )

    def forward(self, s: Tensor | float, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Đầu ra cùng hình dạng với x; `condition` là nhãn hay ngữ cảnh, tùy mạng."""
        s = torch.as_tensor(s, dtype=x.dtype, device=x.device).reshape(-1)
        if math.prod(x.shape[1:]) != math.prod(self.event_shape) or len(s) not in (1, len(x)):
            shape = ", ".join(map(str, self.event_shape))
            raise InputError(
                f"Mạng nhận {len(s)} thời điểm và x có hình dạng {tuple(x.shape)}; cần x (n, "
                f"{shape}) và một thời điểm chung hoặc n thời điểm. Thứ tự gọi là net(s, x)."
            )
        e = self.clock(time_features(s))
        if self.classes:
            e = e + self.label(self.null if condition is None else condition)
        h = self.enter(x.reshape(len(x), *self.event_shape)) + self.position
        memory = []
        for block, shrink in zip(self.down, self.shrink, strict=True):
            h = block(h, e)
            memory.append(h)
            h = shrink(h)
        h = self.attend(self.middle[0](h, e))
        if self.listen is not None and condition is not None:
            h = self.listen(h, condition)
        h = self.middle[1](h, e)
        for block, grow in zip(self.up, self.grow, strict=True):
            h = grow(F.interpolate(h, scale_factor=2.0, mode="nearest"))
            h = block(torch.cat([h, memory.pop()], 1), e)
        return self.leave(h).view_as(x)
