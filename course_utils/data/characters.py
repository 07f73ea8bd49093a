"""Từ chữ đến số: bảng chữ, chia tập, cắt cửa sổ, và nat mỗi chữ của mô hình hay của bảng đếm."""

import unicodedata
from collections.abc import Iterable

import torch
from torch import Tensor

from ..errors import InputError


class Vocabulary:
    """Bảng chữ: mỗi ký tự một số, theo thứ tự Unicode. Chữ luôn được đưa về NFC trước.

    vocabulary = Vocabulary(text)
    tokens = vocabulary.encode("Trăm năm")      # tensor số nguyên
    vocabulary.decode(tokens)                   # "Trăm năm"
    """

    def __init__(self, text: str | Iterable[str]):
        if not isinstance(text, str):
            text = "".join(text)
        self.symbols = sorted(set(unicodedata.normalize("NFC", text)))
        if len(self.symbols) < 2:
            raise InputError("Văn bản có ít hơn hai ký tự khác nhau; không lập được bảng chữ.")
        self.index = {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str) -> Tensor:
        """Chuỗi -> tensor (độ dài,), số nguyên.

        Lỗi
        ---
        InputError: có ký tự ngoài bảng chữ.
        """
        text = unicodedata.normalize("NFC", text)
        unknown = sorted(set(text) - self.index.keys())
        if unknown:
            shown = ", ".join(repr(symbol) for symbol in unknown[:8])
            raise InputError(
                f"Có {len(unknown)} ký tự không nằm trong bảng chữ {len(self)} ký tự: {shown}. Hãy "
                f"lập Vocabulary từ toàn bộ văn bản, hoặc bỏ các ký tự ấy."
            )
        return torch.tensor([self.index[symbol] for symbol in text], dtype=torch.long)

    def decode(self, tokens: Tensor | Iterable[int]) -> str:
        """Dãy số -> chuỗi."""
        tokens = tokens.tolist() if isinstance(tokens, Tensor) else list(tokens)
        bad = [t for t in tokens if not (isinstance(t, int) and 0 <= t < len(self))]
        if bad:
            raise InputError(
                f"Ký hiệu {bad[0]!r} không có trong bảng chữ; cần dãy số nguyên từ 0 đến "
                f"{len(self) - 1}."
            )
        return "".join(self.symbols[t] for t in tokens)


def split(text: str, every: int = 10, block: int = 1) -> tuple[str, str]:
    """Chia (huấn luyện, kiểm tra): cứ `every` khối liền nhau thì khối cuối để kiểm tra.

    Một khối là `block` dòng liền nhau. Rải đều như vậy, hai phần nói về cùng những chuyện.
    """
    lines = text.splitlines(keepends=True)
    if every < 2 or block < 1 or len(lines) < every * block:
        raise InputError(
            f"Văn bản có {len(lines)} dòng, không chia được với every = {every}, block = {block}; "
            f"cần every ≥ 2 và ít nhất every · block dòng."
        )
    parts = ([], [])
    for k, line in enumerate(lines):
        parts[(k // block) % every == every - 1].append(line)
    return "".join(parts[0]), "".join(parts[1])


def windows(tokens: Tensor, length: int, stride: int = 1) -> Tensor:
    """Mọi đoạn dài `length` của một dãy, cách nhau `stride`: (t,) -> (số đoạn, length)."""
    if tokens.ndim != 1 or len(tokens) < length or length < 1 or stride < 1:
        raise InputError(
            f"Dãy có hình dạng {tuple(tokens.shape)}, length = {length}, stride = {stride}; cần "
            f"dãy một chiều dài ít nhất {length}."
        )
    return tokens.unfold(0, length, stride)


@torch.no_grad()
def nats_per_symbol(model, tokens: Tensor, fresh: int | None = None) -> float:
    """Đối log hợp lý trung bình của một dãy dài (t,), nat mỗi ký hiệu.

    Cửa sổ của mô hình trượt mỗi lần `fresh` ký hiệu (mặc định nửa cửa sổ) và chỉ tính `fresh`
    ký hiệu cuối. Vậy ký hiệu nào cũng được đoán một lần, với ít nhất nửa cửa sổ đứng trước nó,
    trừ đoạn đầu. Phần lẻ ở cuối dãy, ngắn hơn `fresh`, không tính.
    """
    length = model.event_shape[0]
    fresh = length // 2 if fresh is None else fresh
    parts = windows(tokens, length, fresh)
    nats = [-model.log_conditionals(part) for part in parts.split(256)]
    nats = torch.cat(nats).double()
    total = nats[0].sum() + nats[1:, length - fresh :].sum()
    return float(total) / (length + (len(nats) - 1) * fresh)


def ngram_nats(
    train: Tensor, test: Tensor, levels: int, order: int = 2, prior: float = 1.0
) -> float:
    """Mốc so sánh: đối log hợp lý (nat mỗi ký hiệu) của mô hình đếm n ký hiệu liền nhau.

        p_n(c | trước) = (đếm(trước, c) + α p_{n−1}(c | trước ngắn hơn)) / (đếm(trước) + α)

    order = 1 là tần suất từng chữ, 2 là từng đôi chữ; p_0 là phân phối đều, α = `prior`.
    """
    if order < 1 or len(test) < order:
        raise InputError(f"order = {order}; cần từ 1 trở lên và không dài hơn văn bản kiểm tra.")
    if levels**order > 2**63:  # mỗi bộ được đánh một số nguyên 64 bit
        raise InputError(f"order = {order} quá lớn cho {levels} ký hiệu; hãy giảm order.")
    p = torch.full((len(test) - order + 1,), 1 / levels, dtype=torch.float64)
    target = test[order - 1 :]
    for n in range(1, order + 1):
        base = levels ** torch.arange(n - 1, -1, -1)
        seen, count = (train.unfold(0, n, 1) @ base).unique(return_counts=True)
        before, total = (seen // levels).unique(return_inverse=True)
        total = torch.zeros(len(before), dtype=torch.long).index_add(0, total, count)
        here = test.unfold(0, n, 1)[order - n :] @ base
        p = (lookup(seen, count, here) + prior * p) / (
            lookup(before, total, (here - target) // levels) + prior
        )
    return -float(p.log().mean())


def lookup(keys: Tensor, values: Tensor, wanted: Tensor) -> Tensor:
    """Giá trị ứng với từng khóa (`keys` tăng dần); khóa không có thì 0."""
    place = torch.searchsorted(keys, wanted).clamp_max(len(keys) - 1)
    return torch.where(keys[place] == wanted, values[place], 0).double()
