"""Dữ liệu nằm ở đâu trên máy.

Hai biến môi trường: COURSE_DATA_DIR là thư mục mà giáo viên đã chép sẵn, chỉ đọc, cho phòng học
không có mạng; COURSE_UTILS_CACHE là chỗ cất của riêng bạn. Hai nơi xếp tệp như nhau, nên một chỗ
cất đã đầy chép sang máy khác là thành thư mục của lớp.
"""

import contextlib
import os
from pathlib import Path

from ..files import replacing


def cache_folder(cache: str | os.PathLike | None = None) -> Path:
    """Thư mục cất: `cache` nếu có, không thì COURSE_UTILS_CACHE, hoặc ~/.cache/course_utils."""
    cache = cache or os.environ.get("COURSE_UTILS_CACHE") or "~/.cache/course_utils"
    return Path(cache).expanduser()


def class_folder() -> Path | None:
    """Thư mục dữ liệu của lớp, COURSE_DATA_DIR; không đặt hoặc để trống thì None."""
    folder = os.environ.get("COURSE_DATA_DIR")
    return Path(folder).expanduser() if folder else None


def write_atomically(path: Path, content: bytes) -> None:
    """Cất `content` ở `path`. Không ghi được (đĩa đầy, chỉ đọc) thì thôi: lần sau tải lại."""
    with contextlib.suppress(OSError), replacing(path) as file:
        file.write(content)
