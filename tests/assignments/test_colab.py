"""Bản phát chạy được khi chỉ có course_utils: thư mục trống, không kho mã, không nbgrader.

Ô chuẩn bị của bản phát giống ô của phòng thực hành (test_sources), còn việc cài course_utils trên
Colab đã được thử ở tests/notebooks/test_colab.py.
"""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from blank_runtime import COLAB, errors, execute, fresh_environment, shared_packages
from grading import variants
from grading.course import HOME, Course, slugs
from grading.trial import fill, reference_sources

ROOT = Path(__file__).resolve().parents[2]
SLUG = "change_of_variables"
REPOSITORY = re.compile(rf"nbgrader|notebooks/|scripts/|\.\./|{re.escape(str(ROOT))}|assignments")


@pytest.mark.slow
def test_a_released_assignment_needs_only_the_package(tmp_path):
    course = Course(tmp_path / "lop", "2026A")
    release = nbformat.read(course.student_version(SLUG), as_version=4)
    source = nbformat.read(course.source(SLUG), as_version=4)
    shared = shared_packages(tmp_path / "shared", (*COLAB, "torchdiffeq", "anywidget"))
    packages = fresh_environment(tmp_path, shared)
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "course_utils", packages / "course_utils", ignore=skipped)
    done = execute(fill(release, reference_sources(source)), packages, tmp_path)
    assert errors(done) == []
    assert sum("test_" in cell.source for cell in done.cells if cell.cell_type == "code") == 6


@pytest.mark.parametrize("slug", slugs())
def test_no_cell_reads_the_repository(slug):
    for cell in variants.render_notebook(HOME, slug).cells:
        if cell.cell_type == "code" and cell.metadata.nbgrader.grade_id != "setup":
            assert not REPOSITORY.search(cell.source), cell.source
