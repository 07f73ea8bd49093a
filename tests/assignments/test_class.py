"""Chấm một lớp nhỏ: song song như tuần tự, bị ngắt thì chấm tiếp, bảng điểm và báo cáo đủ điều."""

import csv
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from grading.course import Course
from grading.marks import ABSENT, FAILED, GRADED, MANUAL, Row, class_report, write_csv
from grading.submission import CourseError
from grading.trial import submit
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from tests.assignments.small_course import BONUS, MAXIMUM, SLUG, answered, open_course

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("small_class")]
LEAK = """print("assert tong" + " == 7, 'Tổng chưa đúng.'")"""
MATH = r"Ta có $\mathcal N(0,1)$ <script>alert(1)</script> và ![](http://a.example/x.png)"


def secretive(course):
    """Bài in ra một dòng của phép thử ẩn, và chèn mã lệnh vào lời giải."""
    notebook = answered(course, loi_giai=f"<!-- Bài làm: loi_giai -->\n{MATH}")
    last = next(i for i, c in enumerate(notebook.cells) if c.source.startswith("## Câu bonus"))
    notebook.cells.insert(last, new_code_cell(LEAK))
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """(lớp chấm bằng hai tiến trình, bảng điểm theo mã sinh viên, hai tệp của lần chấm ấy)."""
    course = open_course(tmp_path_factory.mktemp("small") / "K66")
    submit(course, SLUG, "dung", answered(course))
    submit(course, SLUG, "sai", answered(course, gap_doi="# Bài làm: gap_doi\ngap_doi = 0"))
    submit(course, SLUG, "chep", secretive(course))
    folder = course.root / "submitted" / "hong" / SLUG
    folder.mkdir(parents=True)
    (folder / f"{SLUG}.ipynb").write_text("{", "utf-8")
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        gradebook.add_student("dung", first_name="Ánh", last_name="Nguyễn Thị")
        gradebook.add_student("vang", first_name="Bé", last_name="Lê")
    rows, path = course.grade(SLUG, jobs=2)
    texts = path.read_text("utf-8-sig"), path.with_suffix(".md").read_text("utf-8")
    return course, {row.student: row for row in rows}, texts


def test_points_and_states(graded):
    rows = graded[1]
    assert {student: (row.total, row.state) for student, row in rows.items()} == {
        "dung": (4 + BONUS, MANUAL),
        "sai": (2 + BONUS, MANUAL),
        "chep": (4 + BONUS, MANUAL),
        "hong": (0, FAILED),
        "vang": (0, ABSENT),
    }
    assert all(row.maximum == MAXIMUM for row in rows.values())


def test_one_process_gives_the_same_rows(graded, tmp_path):
    course, rows, _ = graded
    again = Course(tmp_path / "K66")
    for name in ("source", "submitted"):
        shutil.copytree(course.root / name, again.root / name)
    again.release(SLUG)
    with Gradebook(again.api.coursedir.db_url) as gradebook:
        gradebook.add_student("dung", first_name="Ánh", last_name="Nguyễn Thị")
        gradebook.add_student("vang", first_name="Bé", last_name="Lê")
    alone = {row.student: row for row in again.grade(SLUG, jobs=1, feedback=False)[0]}
    assert alone == rows


def test_grading_again_grades_nothing_and_renews_changed_feedback(graded):
    course, _, _ = graded
    page = course.root / "feedback" / "sai" / SLUG / f"{SLUG}.html"
    other = course.root / "feedback" / "dung" / SLUG / f"{SLUG}.html"
    notebook = course.root / "autograded" / "sai" / SLUG / f"{SLUG}.ipynb"
    before = [path.stat().st_mtime_ns for path in (notebook, page, other)]
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        grade = gradebook.find_grade("loi_giai", SLUG, SLUG, "sai")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.0, 0.5, False
        gradebook.find_comment("loi_giai", SLUG, SLUG, "sai").manual_comment = "Viết $x$ rõ hơn."
        gradebook.db.commit()
    rows = {row.student: row for row in course.grade(SLUG, jobs=1)[0]}
    after = [path.stat().st_mtime_ns for path in (notebook, page, other)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert (rows["sai"].total, rows["sai"].state) == (3.5 + BONUS, GRADED)
    text = page.read_text("utf-8")
    assert "Nhận xét của giảng viên" in text
    assert "rõ hơn" in text


def test_a_changed_hidden_test_is_graded_anew(graded):
    course, _, _ = graded
    source = course.source(SLUG)
    kept = source.read_text("utf-8")
    folder = course.root / "submitted"
    aside = course.root / "aside"
    folder.rename(aside)
    shutil.copytree(aside / "sai", folder / "sai")
    try:
        source.write_text(kept.replace("gap_doi(4.0) == 8.0", "gap_doi == 0"), "utf-8")
        rows = {row.student: row for row in course.grade(SLUG, jobs=1, feedback=False)[0]}
        assert rows["sai"].points["test_gap_doi"] == 2
        assert "không còn bản nộp" in rows["dung"].notes[0]
    finally:
        source.write_text(kept, "utf-8")
        shutil.rmtree(folder)
        aside.rename(folder)


def test_feedback_hides_tests_and_runs_nothing(graded):
    course, _, _ = graded
    pages = {
        student: (course.root / "feedback" / student / SLUG / f"{SLUG}.html").read_text("utf-8")
        for student in ("dung", "sai", "chep")
    }
    assert "Nguyễn Thị Ánh" in pages["dung"]
    assert "Điểm: 6 / 5" in pages["dung"]
    assert "đợi giảng viên chấm" in pages["dung"]
    for page in pages.values():
        assert "== 8.0" not in page
        assert "BEGIN HIDDEN" not in page
        assert "<script" not in page
        assert "Content-Security-Policy" in page
    assert "phép thử ẩn" in pages["chep"]
    assert "𝒩" in pages["chep"]
    assert "Lỗi khi chạy: TypeError" in pages["sai"]


def test_csv_and_report(graded):
    _, _, (text, report) = graded
    table = {line["Mã sinh viên"]: line for line in csv.DictReader(text.splitlines())}
    assert table["dung"]["Họ và tên"] == "Nguyễn Thị Ánh"
    assert table["vang"]["Trạng thái"] == ABSENT
    assert table["dung"]["Tối đa"] == "5"
    for words in ("lớp K66", "| gap_doi | 2 |", "bonus_tich (thưởng)", "**hong**", "Lê Bé · vang"):
        assert words in report


INTERRUPTED = """
import sys
sys.path[:0] = [{root!r}, {scripts!r}]
from grading.course import Course
if __name__ == "__main__":
    Course({course!r}).grade("nho", jobs=2, feedback=False)
"""
SLOW = "# Bài làm: tong (giữ nguyên dòng này)\nimport time\ntime.sleep({seconds})\ntong = 7"


def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    course = open_course(tmp_path / "lop")
    submit(course, SLUG, "a", answered(course))
    submit(course, SLUG, "b", answered(course, tong=SLOW.format(seconds=100)))
    script = tmp_path / "cham.py"
    where = {"root": str(ROOT), "scripts": str(ROOT / "scripts"), "course": str(course.root)}
    script.write_text(INTERRUPTED.format(**where), "utf-8")
    main = subprocess.Popen([sys.executable, script])
    stamps = course.root / "progress" / SLUG
    half = course.root / "autograded" / "b" / SLUG / f"{SLUG}.ipynb"
    limit = time.monotonic() + 120
    while not ((stamps / "a.json").exists() and half.exists()) and time.monotonic() < limit:
        assert main.poll() is None
        time.sleep(0.1)
    with pytest.raises(CourseError, match="ở một cửa sổ khác"):
        course.grade(SLUG)
    started = psutil.Process(main.pid).children(recursive=True)
    main.kill()
    main.wait()
    assert psutil.wait_procs(started, timeout=30)[1] == []
    assert [path.name for path in stamps.iterdir()] == ["a.json"]
    done = course.root / "autograded" / "a" / SLUG / f"{SLUG}.ipynb"
    before = done.stat().st_mtime_ns
    text = json.loads((course.root / "submitted" / "b" / SLUG / f"{SLUG}.ipynb").read_text())
    for cell in text["cells"]:
        cell["source"] = "".join(cell["source"]).replace("sleep(100)", "sleep(0)")
    submit(course, SLUG, "b", nbformat.from_dict(text))
    rows = {row.student: row.total for row in course.grade(SLUG, feedback=False)[0]}
    assert rows == {"a": 4 + BONUS, "b": 4 + BONUS}
    assert done.stat().st_mtime_ns == before


def test_solutions_are_one_page(graded):
    course, _, _ = graded
    page = course.solutions(SLUG).read_text("utf-8")
    for words in ("Lời giải", "Thang điểm", "(câu thưởng)", "giảng viên chấm", "<math"):
        assert words in page
    assert "BEGIN SOLUTION" not in page
    assert "assert" not in page
    assert "://" not in page.replace("http://www.w3.org/1998/Math/MathML", "")


def test_a_report_without_submissions_and_a_cell_that_excel_would_run(tmp_path):
    row = Row("=1+1", {"test_a": 0.0}, 2, ABSENT)
    assert "Không có bản nộp nào." in class_report("Bài", [row], {"test_a": 2})
    write_csv(tmp_path / "a.csv", [row])
    assert "'=1+1" in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_the_markdown_of_a_student_is_only_text():
    from grading.pages import PageExporter

    cell = new_markdown_cell("[x](javascript:alert(1)) <b>a</b> $\\khong{$ ![](attachment:mat.png)")
    exporter = PageExporter()
    page = exporter.markdown2html({"cell": cell, "resources": {}}, cell.source)
    assert "<b>" not in page
    assert "javascript:" not in page
    assert '<code class="tex">\\khong{</code>' in page
