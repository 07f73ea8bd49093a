"""GPT: Transformer chỉ có bộ giải mã, đoán ký hiệu kế tiếp từ mọi ký hiệu đứng trước."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from .chain import SequenceModel, check_dim


class CausalAttention(nn.Module):
    """Cơ chế tập trung nhân quả nhiều đầu, có bộ nhớ khóa–giá trị.

        Attention(Q, K, V) = softmax(QKᵀ / √d + M) V,   M_ij = 0 khi j ≤ i, −∞ khi j > i

    Sách: (eq-attention); Vaswani et al. (2017)
    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, past=None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (n, t, width), past = (khóa, giá trị) đã nhớ -> (kết quả, past mới)."""
        n, t, width = x.shape
        # (3, n, heads, t, width / heads)
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        before = k.shape[2] - t
        if before == 0 or t == 1:  # một vị trí mới duy nhất thấy mọi khóa: không cần che
            y = F.scaled_dot_product_attention(q, k, v, is_causal=before == 0)
        else:  # vị trí mới thứ i thấy mọi vị trí cũ và các vị trí mới 0..i
            mask = torch.ones(t, before + t, dtype=torch.bool, device=x.device).tril(before)
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out(y.transpose(1, 2).reshape(n, t, width)), (k, v)


class Block(nn.Module):
    """Một khối: chuẩn hóa rồi tập trung, chuẩn hóa rồi perceptron; mỗi bước cộng vào dòng chính."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = CausalAttention(width, heads)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, h: Tensor, past=None):
        """h (n, t, width) và bộ nhớ của khối -> (h mới, bộ nhớ mới)."""
        attended, past = self.attention(self.norm1(h), past)
        h = h + self.dropout(attended)
        return h + self.dropout(self.mlp(self.norm2(h))), past


class GPT(SequenceModel):
    """GPT (Radford et al., 2018, 2019) cỡ nhỏ trên dãy ký hiệu rời rạc (n, context).

    Tham số
    -------
    context : độ dài cửa sổ; log_prob nhận các đoạn dài đúng bằng nó
    levels : số ký hiệu của bảng chữ (`len(vocabulary)`)
    width, layers, heads : bề rộng dòng chính, số khối, số đầu tập trung (width chia hết cho heads)
    dropout : tỉ lệ tắt ngẫu nhiên khi huấn luyện

        vocabulary = Vocabulary(text)
        model = GPT(64, len(vocabulary))
        fit(model, windows(vocabulary.encode(text), 64), steps=300, batch_size=32, lr=3e-3)
        tokens = model.generate(vocabulary.encode("Mô hình "), 200, temperature=0.8, seed=0)
        print(vocabulary.decode(tokens))

    Sách: (eq-chain-rule), (eq-attention)
    """

    def __init__(
        self,
        context: int,
        levels: int,
        width: int = 64,
        layers: int = 2,
        heads: int = 4,
        dropout: float = 0.0,
    ):
        check_dim(context, "context")
        check_dim(layers, "layers")
        check_dim(width, "width")
        super().__init__((context,), levels)
        if not isinstance(heads, int) or heads < 1 or width % heads:
            raise InputError(f"width = {width} không chia hết cho heads = {heads!r}.")
        self.context = context
        self.token = nn.Embedding(levels + 1, width)  # thêm một cho ký hiệu mở đầu
        self.position = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, levels)
        self.initialize(0.5 / math.sqrt(width), layers)

    def initialize(self, scale: float, layers: int) -> None:
        """Độ lệch chuẩn `scale`; tầng cộng vào dòng chính nhỏ hơn √(2·layers) lần (GPT-2)."""
        for name, parameter in self.named_parameters():
            if parameter.ndim > 1:
                into_stream = name.endswith(("attention.out.weight", "mlp.2.weight"))
                nn.init.normal_(parameter, std=scale / math.sqrt(2 * layers if into_stream else 1))
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def advance(self, inputs: Tensor, state=None):
        """Đọc tiếp `inputs`; `state` là khóa và giá trị của mọi khối ở những vị trí đã đọc."""
        before = 0 if state is None else state[0][0].shape[2]
        if before + inputs.shape[1] > self.context:
            raise InputError(
                f"Dãy dài {before + inputs.shape[1]} (kể cả ký hiệu mở đầu) vượt cửa sổ "
                f"{self.context} của mô hình. Hãy cắt ngắn, hoặc dựng GPT với context lớn hơn."
            )
        position = torch.arange(before, before + inputs.shape[1], device=inputs.device)
        return self.network(self.token(inputs) + self.position(position), state)

    def network(self, h: Tensor, state=None):
        """Từ vector nhúng (n, t, width) đến logit (n, t, levels), và bộ nhớ mới."""
        memory = []
        for block, past in zip(self.blocks, state or [None] * len(self.blocks), strict=True):
            h, past = block(h, past)
            memory.append(past)
        return self.head(self.norm(h)), memory
