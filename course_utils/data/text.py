"""Văn bản tiếng Việt cho mô hình ngôn ngữ: chữ của chính cuốn sách này, và Truyện Kiều.

`book()` có sẵn trong gói, không cần mạng. `truyen_kieu()` đọc tệp của bạn hoặc tải về một lần.
"""

import gzip
import hashlib
import http.client
import os
import re
import tempfile
import unicodedata
import urllib.request
import warnings
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from ..errors import InputError
from . import luc_bat

BOOK = Path(__file__).with_name("book_text.txt.gz")

KIEU_URL = (
    "https://raw.githubusercontent.com/HwanNorm/Truyen-Kieu-with-AI-Implementation/"
    "d3537929d842b325760746623490381e3a8470da/data/truyen_kieu.txt"
)
#: sha256 của bản đã bỏ số câu và dòng trống, mỗi câu một dòng, UTF-8 dạng NFC.
KIEU_SHA256 = "0821caaea78c39c3fa87ac3b4bfeb263e5b390603762e077eda2483068caa83d"
KIEU_LINES = 3254


class DownloadError(RuntimeError):
    """Không tải được dữ liệu; lời báo nói vì sao và phải làm gì."""


def book() -> str:
    """Lời văn của cuốn sách này: mỗi đoạn một dòng, không mã, không công thức. NFC.

    Nguồn: các trang `book/*.md`, đóng gói bằng `make corpus`.
    """
    return gzip.decompress(BOOK.read_bytes()).decode("utf-8")


def truyen_kieu(
    path: str | os.PathLike | None = None,
    *,
    url: str = KIEU_URL,
    cache: str | os.PathLike | None = None,
    timeout: float = 15.0,
) -> str:
    """Truyện Kiều (Nguyễn Du, 1766–1820), mỗi câu một dòng, câu lẻ 6 tiếng, câu chẵn 8 tiếng.

    Tham số
    -------
    path : tệp của bạn, bản in nào cũng được; số câu ở đầu dòng và dòng trống được bỏ đi
    url : nơi tải khi không có `path`; bản mặc định gồm 3254 câu
    cache : thư mục cất bản đã tải; mặc định là COURSE_UTILS_CACHE, hoặc ~/.cache/course_utils

    Lỗi
    ---
    InputError : tệp không phải thơ lục bát, nói rõ câu nào.
    DownloadError : không có mạng, tải dở dang hay tải nhầm; lời báo nói cách làm tiếp.
    """
    if path is not None:
        text = clean_verses(read_file(path))
        check_verses(text, f"Tệp {path}")
        return text
    folder = Path(cache or os.environ.get("COURSE_UTILS_CACHE", "~/.cache/course_utils"))
    kept = folder.expanduser() / "truyen_kieu.txt"
    if kept.exists():
        try:
            text = clean_verses(read_file(kept))
            check_verses(text, "Bản đã cất", KIEU_LINES)
            return text
        except InputError:
            pass  # bản cất đã hỏng: tải lại và ghi đè
    text = clean_verses(download(url, timeout), url)
    try:
        check_verses(text, "bản ấy", KIEU_LINES)
    except InputError as error:
        raise DownloadError(f"Bản tải từ {url} bị hỏng hay dở dang: {error} {ADVICE}") from error
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != KIEU_SHA256:
        warnings.warn(
            "Bản Truyện Kiều vừa tải có đủ câu và đúng số tiếng, nhưng khác vài chữ so với bản "
            "mà giáo trình đã đo; các con số có thể xê dịch chút ít.",
            stacklevel=2,
        )
    write_atomically(kept, text)
    return text


ADVICE = (
    "Bạn có thể đưa tệp của mình: truyen_kieu(path=...), hoặc dùng book(), lời văn của chính "
    "cuốn sách này, không cần mạng."
)


def read_file(path: str | os.PathLike) -> bytes:
    """Đọc cả tệp; không đọc được thì InputError nói vì sao."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"Không có tệp {path}. Hãy xem lại tên tệp và thư mục.") from error
    except (OSError, TypeError, ValueError) as error:
        raise InputError(
            f"Không đọc được {path!r}; cần đường dẫn đến một tệp chữ (không phải thư mục) mà bạn "
            f"có quyền đọc."
        ) from error


def download(url: str, timeout: float, limit: int = 5_000_000) -> bytes:
    """Tải một tệp nhỏ; mọi trục trặc thành DownloadError bằng tiếng Việt."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            content = answer.read(limit + 1)
            expected = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        raise DownloadError(f"Máy chủ trả lời {error.code} cho {url}. {ADVICE}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise DownloadError(
            f"Không tải được {url} ({reason}): máy có thể đang không có mạng. {ADVICE}"
        ) from error
    if len(content) > limit or (expected and len(content) < int(expected)):
        raise DownloadError(
            f"Bản tải từ {url} dở dang hoặc quá lớn ({len(content)} byte). {ADVICE}"
        )
    return content


def write_atomically(path: Path, text: str) -> None:
    """Ghi ra tệp tạm rồi đổi tên: ai đọc giữa chừng cũng không thấy tệp dở dang.

    Không ghi được (đĩa chỉ đọc) thì thôi: chỉ mất công tải lại lần sau.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError:
        return


def clean_verses(content: bytes, source: str = "") -> str:
    """Bỏ số câu ở đầu dòng, dòng trống và khoảng trắng thừa; NFC, mỗi câu một dòng."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = f"không phải chữ UTF-8 (hỏng từ byte {error.start})."
        if source:
            raise DownloadError(f"Nội dung tải từ {source} {wrong} {ADVICE}") from error
        raise InputError(f"Tệp {wrong} Hãy lưu lại tệp ở dạng UTF-8.") from error
    lines = (re.sub(r"^\s*\d+\s*[.:)]?\s*", "", line).strip() for line in text.splitlines())
    return unicodedata.normalize("NFC", "".join(f"{line}\n" for line in lines if line))


def check_verses(text: str, name: str, count: int | None = None) -> None:
    """Câu lẻ phải có 6 tiếng, câu chẵn 8 tiếng; nếu có `count` thì phải đủ chừng ấy câu."""
    lines = text.splitlines()
    if not lines:
        raise InputError(f"{name} không có câu thơ nào.")
    for k, line in enumerate(lines):
        size, expected = len(luc_bat.words(line)), 6 if k % 2 == 0 else 8
        if size != expected:
            raise InputError(
                f"{name} không phải thơ lục bát liền mạch: câu {k + 1}, «{line[:60]}», có {size} "
                f"tiếng, phải là {expected}. Hãy bỏ tiêu đề, chú thích và các dòng không phải thơ, "
                f"và xem tệp có bị cắt cụt ở đó không."
            )
    if count is not None and len(lines) != count:
        raise InputError(f"{name} có {len(lines)} câu, không phải {count}.")


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
