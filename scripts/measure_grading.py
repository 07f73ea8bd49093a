"""Đo việc chấm một lớp: số bản nộp mỗi giờ, bộ nhớ, đĩa.

    make measure-grading SLUG=change_of_variables STUDENTS=200 JOBS=2

Lớp gồm bài mẫu, các bài đúng viết khác, các bài có một câu sai, và bài trống, theo vòng; mỗi bản
nộp thêm một ô ghi chú riêng. Lớp nằm trong một thư mục tạm và được xóa khi đo xong.
"""

import os
import platform
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_markdown_cell

sys.path.insert(0, str(Path(__file__).resolve().parent))
from grading.course import Course
from grading.marks import FAILED
from grading.trial import fill, reference_sources, submit, trial_answers


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


class Watch(threading.Thread):
    """Theo dõi bộ nhớ, giờ CPU của tiến trình này cùng mọi tiến trình con, và tải của máy."""

    EVERY = 0.25  # giây; một nhân sống vài giây nên phần cuối bị bỏ sót là nhỏ

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.load, self.over = 0, [], threading.Event()
        self.used: dict[tuple[int, float], float] = {}  # (mã, lúc sinh) của tiến trình → giây CPU

    def run(self) -> None:
        while not self.over.wait(self.EVERY):
            whole = psutil.Process()
            memory = 0
            for process in [whole, *whole.children(recursive=True)]:
                try:
                    memory += process.memory_info().rss
                    spent = process.cpu_times()
                    key = process.pid, process.create_time()
                    self.used[key] = spent.user + spent.system
                except psutil.Error:  # tiến trình vừa kết thúc
                    continue
            self.peak = max(self.peak, memory)
            self.load.append(os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(slug: str, students: int, jobs: int, code: str = "") -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder) / (code or "lop"), code)
        fill_class(course, slug, students)
        handed_in = size_of(course.root)
        watch, before = Watch(), time.process_time()
        watch.start()
        started = time.monotonic()
        rows, _ = course.grade(slug, progress=True, jobs=jobs)
        took = time.monotonic() - started
        watch.over.set()
        watch.join()
        again = time.monotonic()
        course.grade(slug, jobs=jobs)
        again = time.monotonic() - again
        grown, feedback = size_of(course.root) - handed_in, size_of(course.root / "feedback")
    cpu = sum(watch.used.values()) - before  # việc dựng lớp không tính
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
    slug, students, jobs, code = (*arguments, "", "", "", "")[:4]
    table = measure(slug or "change_of_variables", int(students or 200), int(jobs or 2), code)
    print("\n| Đại lượng | Đo được |\n|---|---:|")
    print("\n".join(f"| {what} | {value} |" for what, value in table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
