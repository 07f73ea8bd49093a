"""Ghi tệp sao cho không bao giờ dở dang, và giữ chỗ để hai tiến trình không phá nhau.

Một tệp được viết dưới tên tạm, xong xuôi mới đổi sang tên thật. Đổi tên là một việc nguyên tử: ai
mở tên thật cũng thấy bản cũ trọn vẹn hoặc bản mới trọn vẹn, kể cả khi máy mất điện giữa chừng.
"""

import contextlib
import glob
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

STALE = 600.0  # giây; một tệp tạm im lặng lâu hơn thế thì không còn ai viết nó


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Một tệp mới để viết; khối `with` xong êm thì nó thay `path`, có lỗi thì `path` còn nguyên.

    Tên tạm mang số của tiến trình, nên hai tiến trình cùng ghi một tên không viết lẫn vào nhau:
    bên đổi tên sau thắng. Tệp tạm mà một tiến trình bị giết để lại thì một lần ghi sau dọn.

    Lỗi
    ---
    OSError : thư mục không tạo được, không cho ghi, hoặc đĩa đầy.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # nằm trên đĩa rồi mới đổi tên
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def sweep(path: Path) -> None:
    """Xóa những tệp tạm của `path` đã lâu không ai viết thêm: tiến trình viết chúng đã chết."""
    for part in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime >= STALE:
                part.unlink()


@contextlib.contextmanager
def locked(path: Path, patience: float = 600.0) -> Iterator[None]:
    """Giữ khóa trên tệp `path`: mỗi lúc một tiến trình ở trong khối `with`.

    Khóa thuộc về hệ điều hành, nên tiến trình bị giết thì khóa tự mở. Tệp khóa được xóa khi xong
    việc, lúc còn giữ khóa; ai đang chờ trên tệp cũ thì thấy nó mất tên rồi và xin lại tệp mới.

    Lỗi
    ---
    OSError : ổ đĩa không cho ghi hay không biết khóa; TimeoutError (một OSError) khi chờ quá
        `patience` giây.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    while True:
        with open(path, "ab") as file:
            if try_lock(file.fileno()) and still_named(file.fileno(), path):
                try:
                    yield
                finally:
                    with contextlib.suppress(OSError):
                        path.unlink()
                return  # đóng tệp là mở khóa
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} bị tiến trình khác giữ quá {patience:g} giây")
        time.sleep(0.05)


def still_named(descriptor: int, path: Path) -> bool:
    """Tệp đang mở có còn mang tên ấy không, hay đã bị xóa và có tệp khác thay chỗ."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


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
