"""Viết một tệp lớn: hoặc xong cả tệp, hoặc không để lại gì và nói rõ vì sao."""

import errno
import os
from contextlib import contextmanager

from .outline import CannotPrint


@contextmanager
def whole_file(path):
    """Tệp để ghi; nó chỉ mang tên `path` khi đã ghi xong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.half")
    try:
        with half.open("wb") as file:
            yield file
        os.replace(half, path)
    except OSError as error:
        half.unlink(missing_ok=True)
        if error.errno != errno.ENOSPC:
            raise
        raise CannotPrint(
            f"Đĩa đã đầy khi đang viết {path}. Hãy dành ra khoảng 200 MB rồi chạy lại."
        ) from error
