"""Chỗ cất những bộ dữ liệu đã tải về: ở đâu, và ghi vào thế nào cho an toàn."""

import contextlib
import os
import tempfile
from pathlib import Path


def cache_folder(cache: str | os.PathLike | None = None) -> Path:
    """Thư mục cất: `cache` nếu có, không thì COURSE_UTILS_CACHE, hoặc ~/.cache/course_utils."""
    cache = cache or os.environ.get("COURSE_UTILS_CACHE", "~/.cache/course_utils")
    return Path(cache).expanduser()


def write_atomically(path: Path, content: bytes) -> None:
    """Ghi ra tệp tạm rồi đổi tên: ai đọc giữa chừng cũng không thấy tệp dở dang.

    Không ghi được (đĩa đầy, chỉ đọc) thì thôi: chỉ mất công tải lại lần sau.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
