"""Đo việc chấm một lớp: số bản nộp mỗi giờ, bộ nhớ, đĩa.

    make measure-grading SLUG=change_of_variables STUDENTS=200 JOBS=2

OUT=book/appendix/grading_time.csv thì bảng còn được ghi vào tệp mà trang dành cho người dạy đọc.
Lớp gồm bài mẫu, các bài đúng viết khác, các bài có một câu sai, và bài trống, theo vòng; mỗi bản
nộp thêm một ô ghi chú riêng. Lớp nằm trong một thư mục tạm và được xóa khi đo xong.
"""

import csv
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

sys.path.insert(0, str(Path(__file__).resolve().parent))
from grading.course import Course
from grading.marks import FAILED
from grading.trial import fill, reference_sources, submit, trial_answers
from watch import Watch


def fill_class(course: Course, slug: str, students: int) -> None:
    """Các bản nộp khác nhau: mỗi câu trả lời thử của đề đi vào một bài mẫu."""
    release = nbformat.read(course.student_version(slug), as_version=4)
    solved = reference_sources(nbformat.read(course.source(slug), as_version=4))
    kinds = [{}, *({answer.question: answer.source} for answer in trial_answers(slug, course.code))]
    for number in range(students):
        kind = number % (len(kinds) + 1)
        blank = kind == len(kinds)
        notebook = release if blank else fill(release, solved | kinds[kind])
        notebook = nbformat.from_dict(notebook)
        notebook.cells.append(new_markdown_cell(f"Ghi chú của sinh viên {number}."))
        submit(course, slug, f"sv{number:03d}", notebook)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(slug: str, students: int, jobs: int, code: str = "") -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder) / (code or "lop"), code)
        fill_class(course, slug, students)
        handed_in = size_of(course.root)
        with Watch(itself=True) as watch:
            rows, _ = course.grade(slug, progress=True, jobs=jobs)
        took, cpu = watch.seconds, watch.cpu
        again = time.monotonic()
        course.grade(slug, jobs=jobs)
        again = time.monotonic() - again
        grown, feedback = size_of(course.root) - handed_in, size_of(course.root / "feedback")
    failed = sum(row.state == FAILED for row in rows)
    load = sum(watch.load) / max(1, len(watch.load))
    return [
        ("Bài", slug),
        ("Số bản nộp", f"{students} ({failed} không chấm được)"),
        ("Số tiến trình chấm", f"{jobs} trên {os.cpu_count()} nhân {platform.machine()}"),
        ("Thời gian", f"{took / 60:.1f} phút"),
        ("Bản nộp mỗi giờ", f"{3600 * students / took:.0f}"),
        ("Giây mỗi bản nộp", f"{took / students:.2f}"),
        ("Giây CPU mỗi bản nộp", f"{cpu / students:.2f}"),
        ("Bộ nhớ lúc cao nhất", f"{watch.peak / 2**20:.0f} MB"),
        ("Đĩa thêm mỗi bản nộp", f"{grown / students / 1024:.0f} KB"),
        ("trong đó trang phản hồi", f"{feedback / students / 1024:.0f} KB"),
        ("Chạy lại khi đã chấm xong", f"{again:.0f} giây"),
        ("Tải trung bình của máy", f"{load:.1f}"),
    ]


def main(arguments: list[str]) -> int:
    slug, students, jobs, code, out = (*arguments, "", "", "", "", "")[:5]
    table = measure(slug or "change_of_variables", int(students or 200), int(jobs or 2), code)
    table.insert(0, ("Đại lượng", "Đo được"))
    print("\n".join(f"{what}: {value}" for what, value in table))
    if out:
        with open(out, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
