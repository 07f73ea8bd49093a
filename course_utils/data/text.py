"""Văn bản tiếng Việt cho mô hình ngôn ngữ: chữ của chính cuốn sách này, và Truyện Kiều.

`book()` có sẵn trong gói, không cần mạng. `truyen_kieu()` đọc tệp của bạn hoặc tải về một lần.
"""

import gzip
import hashlib
import http.client
import os
import re
import unicodedata
import urllib.request
import warnings
from pathlib import Path

from ..errors import InputError
from . import luc_bat
from .cache import cache_folder, class_folder, write_atomically
from .download import DownloadError

BOOK = Path(__file__).with_name("book_text.txt.gz")

KIEU_URL = (
    "https://raw.githubusercontent.com/HwanNorm/Truyen-Kieu-with-AI-Implementation/"
    "d3537929d842b325760746623490381e3a8470da/data/truyen_kieu.txt"
)
#: sha256 của bản đã bỏ số câu và dòng trống, mỗi câu một dòng, UTF-8 dạng NFC.
KIEU_SHA256 = "0821caaea78c39c3fa87ac3b4bfeb263e5b390603762e077eda2483068caa83d"
KIEU_LINES = 3254


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

    Biến môi trường COURSE_DATA_DIR đã đặt thì truyen_kieu.txt được đọc từ thư mục ấy, thiếu thì từ
    chỗ cất; không lần nào đụng đến mạng.

    Lỗi
    ---
    InputError : tệp không phải thơ lục bát, nói rõ câu nào; hay COURSE_DATA_DIR không có bản đúng.
    DownloadError : không có mạng, tải dở dang hay tải nhầm; lời báo nói cách làm tiếp.
    """
    if path is not None:
        text = clean_verses(read_file(path))
        check_verses(text, f"Tệp {path}")
        return text
    kept, prepared = cache_folder(cache) / "truyen_kieu.txt", class_folder()
    troubles = []
    for found in ([] if prepared is None else [prepared / kept.name]) + [kept]:
        try:
            text = clean_verses(read_file(found))
            check_verses(text, f"Tệp {found}", KIEU_LINES)
            return text
        except InputError as error:  # chưa có, hay đã hỏng
            troubles.append(str(error))
    if prepared is not None:
        raise InputError(
            f"COURSE_DATA_DIR là {prepared}, mà ở đó không có Truyện Kiều dùng được: {troubles[0]} "
            f"Hãy báo giáo viên chép {kept.name} vào thư mục ấy; máy có mạng thì bỏ biến "
            f"COURSE_DATA_DIR đi, tệp sẽ được tải về. {ADVICE}"
        )
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
    write_atomically(kept, text.encode("utf-8"))
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
