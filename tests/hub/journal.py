"""Nhật ký của kiểm thử: đã làm gì, mỗi việc mất bao lâu."""

import contextlib
import time

LINES: list[str] = []


@contextlib.contextmanager
def step(what: str):
    start = time.monotonic()
    yield
    LINES.append(f"{time.monotonic() - start:6.1f} s  {what}")
