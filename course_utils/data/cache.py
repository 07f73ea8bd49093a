"""Dữ liệu nằm ở đâu trên máy, và ghi, giữ chỗ thế nào để hai tiến trình không phá nhau.

Hai biến môi trường: COURSE_DATA_DIR là thư mục mà giáo viên đã chép sẵn, chỉ đọc, cho phòng học
không có mạng; COURSE_UTILS_CACHE là chỗ cất của riêng bạn. Hai nơi xếp tệp như nhau, nên một chỗ
cất đã đầy chép sang máy khác là thành thư mục của lớp.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def cache_folder(cache: str | os.PathLike | None = None) -> Path:
    """Thư mục cất: `cache` nếu có, không thì COURSE_UTILS_CACHE, hoặc ~/.cache/course_utils."""
    cache = cache or os.environ.get("COURSE_UTILS_CACHE") or "~/.cache/course_utils"
    return Path(cache).expanduser()


def class_folder() -> Path | None:
    """Thư mục dữ liệu của lớp, COURSE_DATA_DIR; không đặt hoặc để trống thì None."""
    folder = os.environ.get("COURSE_DATA_DIR")
    return Path(folder).expanduser() if folder else None


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


@contextlib.contextmanager
def locked(path: Path, patience: float = 600.0) -> Iterator[None]:
    """Giữ khóa trên tệp `path`: mỗi lúc một tiến trình ở trong khối `with`.

    Khóa thuộc về hệ điều hành, nên tiến trình bị giết thì khóa tự mở. Tệp khóa rỗng và ở lại đó:
    xóa nó đi thì hai tiến trình có thể cùng khóa hai tệp khác nhau mang một tên.

    Lỗi
    ---
    OSError : ổ đĩa không cho ghi hay không biết khóa; TimeoutError (một OSError) khi chờ quá
        `patience` giây.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with open(path, "ab") as file:
        while not try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} bị tiến trình khác giữ quá {patience:g} giây")
            time.sleep(0.05)
        yield  # đóng tệp là mở khóa


def try_lock(descriptor: int) -> bool:
    """Xin khóa mà không chờ; tiến trình khác đang giữ thì False."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
