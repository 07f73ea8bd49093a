"""Phần chung của các phép thử về chấm bài."""

import functools
import shutil
import sys
from pathlib import Path

import nbformat
import nbgrader.api
import pytest

# scripts/ không phải là gói: thêm vào đường tìm để các phép thử nạp được assignments.py.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
# Mỗi sổ điểm mới, nbgrader gọi chương trình alembic hỏi cùng một điều: hỏi một lần là đủ.
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


@pytest.fixture(scope="session")
def open_class(tmp_path_factory):
    from tests.assignments.small_course import open_course

    return open_course(tmp_path_factory.mktemp("class"))


@pytest.fixture
def course(open_class):
    """Lớp đã phát đề nhỏ, chưa ai nộp."""
    for name in ("submitted", "downloaded"):
        shutil.rmtree(open_class.root / name, ignore_errors=True)
    return open_class


@pytest.fixture
def notebook(open_class):
    from tests.assignments.small_course import answered

    return nbformat.writes(answered(open_class))
