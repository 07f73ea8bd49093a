"""WaveNet: tích chập nhân quả giãn (*dilated causal convolution*) trên tín hiệu rời rạc.

Mỗi tầng nhìn lùi (k − 1)·d bước. Cho d lớn dần theo lũy thừa của 2, trường nhìn tăng theo hàm mũ
trong khi số tầng chỉ tăng tuyến tính.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..errors import InputError
from ..nets import zero_init
from .chain import SequenceModel, check_dim


def receptive_field(kernel: int, dilations: Sequence[int]) -> int:
    """Số mẫu quá khứ mà một đầu ra nhìn thấy: 1 + (k − 1) Σ d.

    Sách: (eq-receptive-field); van den Oord et al. (2016c)
    """
    return 1 + (kernel - 1) * sum(dilations)


class CausalLayer(nn.Module):
    """Một tầng: tích chập nhân quả giãn có cổng, một nhánh cộng dồn, một nhánh nhảy (*skip*).

    `past` là (n, channels, (k−1)·d): những đầu vào cuối cùng đã đọc; lúc đầu là số 0.
    Tầng cuối chỉ còn nhánh nhảy.
    """

    def __init__(self, channels: int, kernel: int, dilation: int, last: bool):
        super().__init__()
        self.reach = (kernel - 1) * dilation
        self.conv = nn.Conv1d(channels, 2 * channels, kernel, dilation=dilation)
        self.residual = None if last else nn.Conv1d(channels, channels, 1)
        self.skip = nn.Conv1d(channels, channels, 1)

    def forward(self, h: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """h (n, channels, t) -> (h mới, phần nhảy, past mới)."""
        if past is None:
            past = h.new_zeros(h.shape[0], h.shape[1], self.reach)
        seen = torch.cat([past, h], 2)  # chỉ thêm bên trái: không nhìn tương lai
        content, gate = self.conv(seen).chunk(2, dim=1)
        z = content.tanh() * gate.sigmoid()
        h = h if self.residual is None else h + self.residual(z)
        return h, self.skip(z), seen[:, :, seen.shape[2] - self.reach :]


class WaveNet(SequenceModel):
    """WaveNet (van den Oord et al., 2016c) cho dãy rời rạc (n, length), mỗi bước `levels` mức.

    Tham số
    -------
    length : độ dài của một đoạn huấn luyện; `generate` sinh dài bao nhiêu cũng được
    levels : số mức của tín hiệu
    channels : số kênh
    kernel, dilations : cỡ nhân và độ giãn của từng tầng; `receptive_field` = 1 + (k−1) Σ d

    Khi sinh, mỗi tầng chỉ nhớ (k−1)·d đầu vào cuối, nên mỗi mẫu mới tốn cùng một lượng tính toán
    dù đã sinh bao nhiêu (Paine et al., 2016).

        model = WaveNet(256, levels=32)
        fit(model, windows, steps=200)
        model.generate(torch.zeros(1, 0), 8000, seed=0)       # một giây ở 8 kHz

    Sách: (eq-chain-rule), (eq-receptive-field)
    """

    def __init__(
        self,
        length: int,
        levels: int,
        channels: int = 32,
        kernel: int = 2,
        dilations: Sequence[int] = (1, 2, 4, 8, 16, 32),
    ):
        check_dim(length, "length")
        check_dim(channels, "channels")
        super().__init__((length,), levels)
        if not isinstance(kernel, int) or kernel < 2:
            raise InputError(f"kernel = {kernel!r}; nhân rộng 1 không nhìn về quá khứ, cần từ 2.")
        if not dilations or any(not isinstance(d, int) or d < 1 for d in dilations):
            raise InputError(
                f"dilations = {dilations!r}; cần ít nhất một số nguyên dương, ví dụ (1, 2, 4, 8)."
            )
        self.kernel, self.dilations = kernel, tuple(dilations)
        self.embed = nn.Embedding(levels + 1, channels)  # thêm một cho ký hiệu mở đầu
        last = len(dilations) - 1
        self.layers = nn.ModuleList(
            CausalLayer(channels, kernel, d, last=k == last) for k, d in enumerate(dilations)
        )
        self.head = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(channels, channels, 1),
            nn.ReLU(),
            zero_init(nn.Conv1d(channels, levels, 1)),
        )

    @property
    def receptive_field(self) -> int:
        """Số mẫu quá khứ mà p(x_t | ...) nhìn thấy. Sách: (eq-receptive-field)"""
        return receptive_field(self.kernel, self.dilations)

    def advance(self, inputs: Tensor, state=None):
        return self.network(self.embed(inputs).transpose(1, 2), state)

    def network(self, h: Tensor, state=None):
        """Từ vector nhúng (n, channels, t) đến logit (n, t, levels), và trạng thái mới."""
        total, memory = 0.0, []
        for layer, past in zip(self.layers, state or [None] * len(self.layers), strict=True):
            h, skip, past = layer(h, past)
            total = total + skip
            memory.append(past)
        return self.head(total).transpose(1, 2), memory
