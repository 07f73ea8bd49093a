"""Chỗ cất dữ liệu: nơi nào được chọn, và một tệp dở dang không bao giờ mang tên thật."""

import os
from pathlib import Path

from course_utils.data.cache import cache_folder, write_atomically


def test_your_folder_comes_before_the_environment_and_home(monkeypatch):
    monkeypatch.setenv("COURSE_UTILS_CACHE", "~/cho-cat")
    assert cache_folder("day") == Path("day")
    assert cache_folder() == Path.home() / "cho-cat"
    monkeypatch.delenv("COURSE_UTILS_CACHE")
    assert cache_folder() == Path.home() / ".cache" / "course_utils"


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch):
    path = tmp_path / "bo" / "tep.gz"
    write_atomically(path, b"cu")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("đĩa đầy")))
    write_atomically(path, b"moi")
    assert path.read_bytes() == b"cu"
    assert list(path.parent.iterdir()) == [path]
