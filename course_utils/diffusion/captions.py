"""Lời tả của một chữ số: «số ba, nét đậm» thành ký hiệu, rồi thành vector cho mạng đọc.

Một hệ vẽ tranh theo lời có đủ bốn khâu này: lời, ký hiệu, bộ mã hóa lời, và mạng khử nhiễu hỏi lời
bằng tập trung chéo. Ở đây vốn từ chỉ có mười bốn chữ.
"""

import difflib
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError

NUMBERS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BOLD, THIN = "đậm", "mảnh"
#: từ đầu tiên là chỗ trống, dùng cho phần lời không nói
VOCABULARY = ("", "số", *NUMBERS, "nét", BOLD, THIN)
LENGTH = 4  # «số ba nét đậm»
BLANK = 0


def ink(images: Tensor) -> Tensor:
    """Lượng mực: trung bình mức xám của mỗi ảnh, (n, ...) -> (n,)."""
    return images.flatten(1).to(torch.get_default_dtype()).mean(1)


def ink_medians(images: Tensor, labels: Tensor) -> Tensor:
    """Trung vị lượng mực của mỗi chữ số (10,): mốc chia «đậm» với «mảnh».

    Mỗi chữ số một mốc, vì số 1 vốn ít mực hơn số 8: nhờ vậy chữ nào cũng có nửa đậm nửa mảnh, và
    hai phần của lời tả độc lập với nhau.
    """
    amounts = ink(images)
    return torch.stack([amounts[labels == digit].median() for digit in range(10)])


def describe(digit: int, bold: bool | None = None) -> str:
    """Lời tả của một chữ số; `bold` là None thì không nói gì về nét."""
    if digit not in range(10):
        raise InputError(f"digit = {digit!r}; lời tả ở đây chỉ nói về các chữ số từ 0 đến 9.")
    words = f"số {NUMBERS[digit]}"
    return words if bold is None else f"{words}, nét {BOLD if bold else THIN}"


def captions(images: Tensor, labels: Tensor, medians: Tensor) -> list[str]:
    """Lời tả của mỗi ảnh (n, ...) có nhãn (n,): chữ số nào, và mực trên hay dưới mốc của nó."""
    if len(images) != len(labels):
        raise InputError(f"Có {len(images)} ảnh mà {len(labels)} nhãn; hãy đưa mỗi ảnh một nhãn.")
    bold = ink(images) > medians.to(images.device)[labels]
    return [describe(int(k), bool(b)) for k, b in zip(labels, bold, strict=True)]


def tokenize(texts: str | Sequence[str]) -> Tensor:
    """Lời tả thành ký hiệu (n, 4) int64, phần thiếu ở cuối là chỗ trống.

    Lời rỗng «» thành toàn chỗ trống: không có điều kiện nào. Một lời hay nhiều lời đều được; chữ
    hoa và dấu phẩy không kể.

    Lỗi
    ---
    InputError : có từ ngoài vốn từ, hoặc lời dài quá bốn từ; nói từ nào, và từ gần nó nhất.
    """
    texts = [texts] if isinstance(texts, str) else list(texts)
    tokens = torch.full((len(texts), LENGTH), BLANK)
    for row, text in zip(tokens, texts, strict=True):
        words = text.lower().replace(",", " ").split()
        if len(words) > LENGTH:
            raise InputError(f"Lời tả «{text}» có {len(words)} từ; nhiều nhất là {LENGTH} từ.")
        for i, word in enumerate(words):
            if word not in VOCABULARY:
                near = difflib.get_close_matches(word, VOCABULARY, 1, cutoff=0.3)
                raise InputError(
                    f"«{word}» không có trong vốn từ"
                    + (f"; có phải bạn muốn viết «{near[0]}»?" if near else ".")
                    + f" Các từ dùng được: {', '.join(VOCABULARY[1:])}."
                )
            row[i] = VOCABULARY.index(word)
    return tokens


class TextEncoder(nn.Module):
    """Ký hiệu (n, L) -> vector (n, L, width): tra bảng, cộng vị trí, rồi một tầng tự tập trung.

    Nhờ tự tập trung, vector của «ba» biết quanh nó có những từ nào. `null` (L,) là lời rỗng.
    """

    null: Tensor

    def __init__(self, width: int = 32, words: int = len(VOCABULARY), length: int = LENGTH):
        super().__init__()
        self.symbols = words
        self.word = nn.Embedding(words, width)
        self.position = nn.Parameter(0.1 * torch.randn(length, width))
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.register_buffer("null", torch.full((length,), BLANK))

    def forward(self, tokens: Tensor) -> Tensor:
        """Ngữ cảnh (n, L, width) của các lời (n, L)."""
        h = self.word(tokens) + self.position
        return h + F.scaled_dot_product_attention(*self.query_key_value(h).chunk(3, 2))


class Captioned(nn.Module):
    """Mạng nghe lời: net(s, x, tokens) = net(s, x, encoder(tokens)), huấn luyện cả hai cùng lúc.

    Tham số
    -------
    net : mạng nhận ngữ cảnh (n, L, d), ví dụ UNet(..., context_dim=32)
    encoder : bộ mã hóa lời, ví dụ TextEncoder(32)
    """

    def __init__(self, net: nn.Module, encoder: nn.Module):
        super().__init__()
        self.net, self.encoder, self.symbols = net, encoder, encoder.symbols

    @property
    def null(self) -> Tensor:
        """Ký hiệu (L,) của lời rỗng."""
        return self.encoder.null

    def forward(self, s: Tensor | float, x: Tensor, tokens: Tensor | None = None) -> Tensor:
        """Đầu ra của `net` khi nghe lời tokens (n, L); không đưa thì nghe lời rỗng."""
        tokens = self.null.expand(len(x), -1) if tokens is None else tokens
        return self.net(s, x, self.encoder(tokens))
