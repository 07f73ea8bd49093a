"""Tải một tệp cho chắc: tải tiếp chỗ dở, so mã, và chỉ bản đúng mới được mang tên thật.

Tệp đang tải mang đuôi .part. Đường truyền đứt, hay cả tiến trình bị giết, thì lần sau chỉ xin máy
chủ phần còn thiếu (tiêu đề Range, RFC 9110 mục 14). Đủ và đúng mã SHA-256 rồi mới đổi tên. Máy chủ
bận hay đứt thì hỏi lại vài lần, mỗi lần chờ lâu gấp đôi; không có tệp thì hỏi máy chủ kế.
"""

import hashlib
import http.client
import io
import os
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from tqdm.auto import tqdm

from ..files import locked
from .cache import write_atomically

LIMIT = 100_000_000  # byte; tệp lớn nhất của giáo trình là 26 MB
CHUNK = 1 << 16  # byte mỗi lần đọc
BIG = 1_000_000  # byte; từ cỡ này trở lên mới vẽ thanh tiến độ
ATTEMPTS = 3  # số lần liền nhau không thêm được gì thì bỏ máy chủ ấy
PAUSE = 1.0  # giây chờ trước lần hỏi lại thứ nhất
LONGEST_PAUSE = 10.0
BUSY = (408, 425, 429, 500, 502, 503, 504)


class DownloadError(RuntimeError):
    """Không tải được dữ liệu; lời báo nói vì sao và phải làm gì."""


class Broken(Exception):
    """Đứt giữa chừng hoặc máy chủ bận: hỏi lại cũng nơi ấy có thể được, sau `wait` giây."""

    def __init__(self, reason: str, wait: float | None = None):
        super().__init__(reason)
        self.wait = wait


class Refused(Exception):
    """Nơi ấy không cho tệp này: chỉ còn cách hỏi nơi khác."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_verified(path: Path, sha: str) -> bytes | None:
    """Nội dung của tệp nếu đọc được và đúng mã, không thì None."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if digest(content) == sha else None


def download(
    urls: Sequence[str], path: Path, sha: str, *, timeout: float = 30.0, progress: bool = True
) -> bytes:
    """Nội dung đúng mã `sha`, từ địa chỉ đầu tiên cho được nó; cất lại ở `path`.

    Hai tiến trình cùng gọi thì một bên tải, bên kia chờ rồi đọc bản vừa cất. Đĩa không ghi được
    thì tải thẳng vào bộ nhớ, lần sau tải lại.

    Lỗi
    ---
    DownloadError : không địa chỉ nào cho bản đúng; mỗi dòng của lời báo là một nơi đã hỏi.
    """
    part = path.with_name(path.name + ".part")
    try:
        with locked(path.parent / ".lock"):
            content = read_verified(path, sha)  # tiến trình khác vừa tải xong?
            if content is None:
                try:
                    with open(part, "a+b") as file:
                        content = gather(urls, file, sha, path.name, timeout, progress)
                    os.replace(part, path)
                finally:
                    if part.exists() and part.stat().st_size == 0:
                        part.unlink()
    except OSError:  # lỗi của mạng đã thành Broken hay Refused: đây là lỗi của đĩa
        content = gather(urls, io.BytesIO(), sha, path.name, timeout, progress)
        write_atomically(path, content)
    return content


def gather(
    urls: Sequence[str], file: BinaryIO, sha: str, name: str, timeout: float, progress: bool
) -> bytes:
    """Gom đủ tệp vào `file` (đang có sẵn đoạn đầu cũng được) và trả về nội dung đúng mã."""
    if digest(whole(file)) == sha:
        return whole(file)  # lần trước bị giết ngay trước khi đổi tên
    troubles = []
    for url in urls:
        try:
            insist(url, file, sha, name, timeout, progress)
            return whole(file)
        except Refused as error:
            troubles.append(f"- {url}: {error}")
    raise DownloadError("\n".join(troubles))


def insist(url: str, file: BinaryIO, sha: str, name: str, timeout: float, progress: bool) -> None:
    """Hỏi một nơi cho tới khi `file` đúng mã; hết cách thì Refused."""
    failures, anew, furthest = 0, False, len(whole(file))
    while True:
        try:
            joined = receive(url, file, name, timeout, progress)
        except Broken as error:
            content = whole(file)
            if digest(content) == sha:
                return  # đủ cả rồi, dù máy chủ còn hứa thêm
            # Đường chập chờn mà vẫn nhích được thì cứ tải tiếp, đếm lại từ đầu. So với chỗ xa nhất
            # đã tới: máy chủ cứ đứt rồi bắt tải lại từ đầu thì không được hỏi mãi.
            failures = 0 if len(content) - furthest >= CHUNK else failures + 1
            furthest = max(furthest, len(content))
            if failures == ATTEMPTS:
                raise Refused(f"{error} ({ATTEMPTS} lần)") from error
            wait = PAUSE * 2.0 ** (failures - 1) if error.wait is None else error.wait
            time.sleep(min(wait, LONGEST_PAUSE))
            continue
        content = whole(file)
        if digest(content) == sha:
            return
        empty(file)
        if anew or not joined:
            raise Refused(f"nhận {len(content)} byte, sai mã SHA-256 (dở dang hay bị sửa)")
        anew = True  # bản nối có thể sai vì đoạn cũ: tải lại từ đầu một lần


def whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def empty(file: BinaryIO) -> None:
    file.seek(0)
    file.truncate()


def receive(url: str, file: BinaryIO, name: str, timeout: float, progress: bool) -> bool:
    """Một lần hỏi: ghi tiếp vào cuối `file`. True nếu máy chủ đã nối vào đoạn có sẵn.

    Lỗi: Broken khi đứt hay bận, Refused khi nơi ấy không cho tệp. Đoạn đã ghi được giữ lại.
    """
    start = file.seek(0, os.SEEK_END)
    try:
        request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
        answer = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # đoạn có sẵn dài bằng hay hơn cả tệp của máy chủ
            empty(file)
            raise Broken(f"đoạn {start} byte đã tải không khớp tệp của máy chủ", 0) from error
        if error.code in BUSY:
            raise Broken(f"máy chủ trả lời {error.code}", retry_after(error.headers)) from error
        raise Refused(f"máy chủ trả lời {error.code}") from error
    except (urllib.error.URLError, ValueError, http.client.InvalidURL) as error:
        # chưa nối được máy, hay địa chỉ sai
        raise Refused(str(getattr(error, "reason", error))) from error
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"đường truyền đứt ({error})") from error

    with answer:
        joined = start > 0 and answer.getcode() == 206
        if joined and not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            empty(file)
            raise Broken("máy chủ gửi nhầm đoạn của tệp", 0)
        if not joined:  # máy chủ gửi lại từ đầu
            empty(file)
            start = 0
        promised = getattr(answer, "length", None)
        total = None if promised is None else start + promised
        if (total or 0) > LIMIT:
            raise Refused(f"máy chủ hứa {total:,} byte, quá {LIMIT:,} byte")
        size = start
        with tqdm(
            **{"desc": f"Tải {name}", "total": total, "initial": start, "leave": False},
            **{"unit": "B", "unit_scale": True, "unit_divisor": 1000},
            disable=not progress or (total or 0) < BIG,
        ) as bar:
            while chunk := read(answer, size):
                file.write(chunk)
                file.flush()
                size += len(chunk)
                bar.update(len(chunk))
                if size > LIMIT:
                    empty(file)
                    raise Refused(f"máy chủ gửi quá {LIMIT:,} byte")
    if total is not None and size < total:
        raise Broken(f"đường truyền đứt sau {size} trên {total} byte")
    return joined


def read(answer, size: int) -> bytes:
    """Khối kế tiếp của câu trả lời; rỗng là hết."""
    try:
        return answer.read1(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"đường truyền đứt sau {size} byte ({error})") from error


def retry_after(headers) -> float | None:
    """Số giây máy chủ xin chờ (tiêu đề Retry-After); không có, hay không phải số, thì None."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None
