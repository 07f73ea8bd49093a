"""Chấm một lớp có đủ kiểu bản nộp lạ và gian: không ai mất điểm oan, không ai được điểm khống."""

import csv
import shutil

import assignments
import nbformat
import pytest
from grading.course import Course
from grading.marks import FAILED, GRADED, MANUAL
from grading.submission import REVIEW, CourseError, grade_id
from grading.trial import submit
from nbgrader.api import Gradebook

from tests.assignments.strange_class import AUTOMATIC, SLUG, WRONG, submissions

# Cả lớp được chấm một lần, nên mọi phép thử của nó ở cùng một tiến trình.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Cả lớp, chấm một lần: (lớp, bảng điểm theo mã sinh viên)."""
    root = tmp_path_factory.mktemp("course")
    course = Course(root, timeout=20)
    course.student_version(SLUG)
    for student, notebook in submissions(course).items():
        submit(course, SLUG, student, notebook)
    for student, text in (("hong", '{"cells": [{'), ("rong", ""), ("khong_phai_so", "[1, 2]")):
        path = root / "submitted" / student / SLUG / f"{SLUG}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    (root / "submitted" / "quen_nop" / SLUG).mkdir(parents=True)
    rows, _ = course.grade(SLUG)
    return course, {row.student: row for row in rows}


@pytest.mark.parametrize(
    "student",
    ["dung", "xoa_o_kiem_tra", "mat_sieu_du_lieu", "in_nhieu", "Nguyễn Văn Ánh.K66"],
)
def test_right_answers_keep_their_points(graded, student):
    row = graded[1][student]
    assert row.total == AUTOMATIC, row
    assert row.state == MANUAL


CHEATS = [
    "vat_gia",
    "chan_bo_dich",
    "chan_mot_lan",
    "va_torch",
    "va_math",
    "diem_tung_phan",
    "doc_de_goc",
]


@pytest.mark.parametrize("student", [*CHEATS, "sua_o_kiem_tra", "de_ten"])
def test_cheating_earns_nothing(graded, student):
    assert graded[1][student].total == 0, graded[1][student]


@pytest.mark.parametrize("student", CHEATS)
def test_tampering_is_reported(graded, student):
    assert graded[1][student].state == REVIEW, graded[1][student]


def test_proof_written_in_another_cell_reaches_the_grader(graded):
    course, _ = graded
    path = course.root / "autograded" / "Nguyễn Văn Ánh.K66" / SLUG / f"{SLUG}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    proof = next(cell for cell in cells if grade_id(cell) == "entropy_proof")
    assert "lấy kỳ vọng hai vế" in proof.source


def test_spoiled_answers_unmask_the_impostor(graded):
    assert any("làm hỏng" in note for note in graded[1]["vat_gia"].notes)


def test_endless_loop_costs_only_its_question(graded):
    row = graded[1]["lap_vo_han"]
    assert row.points["test_two_branches"] == 0
    assert row.total == AUTOMATIC - 2
    assert any("two_branches" in note and "quá thời gian" in note for note in row.notes)


def test_dead_kernel_costs_only_its_questions(graded):
    row = graded[1]["sap_nhan"]
    assert row.points["test_negative_slope"] == row.points["test_fit_affine"] == 0
    assert row.total == AUTOMATIC - 2 - 3
    assert sum("sập nhân" in note for note in row.notes) == 2, row.notes


@pytest.mark.parametrize(
    ("student", "word"),
    [
        ("lop[1]", "đổi tên"),
        ("hong", "hỏng"),
        ("rong", "hỏng"),
        ("khong_phai_so", "hỏng"),
        ("quen_nop", "không có tệp"),
    ],
)
def test_broken_submission_is_reported_and_stops_nobody(graded, student, word):
    row = graded[1][student]
    assert row.state == FAILED
    assert row.total == 0
    assert word in "; ".join(row.notes)


def test_csv_has_one_row_a_student(graded):
    course, rows = graded
    path = course.root / f"{SLUG}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert {line["Mã sinh viên"] for line in table} == set(rows)
    assert all(line["Tối đa"] == "20" for line in table)
    order = [f"test_{question}" for question in WRONG] + ["entropy_proof"]
    assert list(table[0])[3:-2] == order
    right = next(line for line in table if line["Mã sinh viên"] == "dung")
    assert (right["Tổng"], right["Trạng thái"]) == ("18", "cần chấm tay")


def test_feedback_is_written(graded):
    course, _ = graded
    page = course.root / "feedback" / "dung" / SLUG / f"{SLUG}.html"
    assert "negative_slope" in page.read_text("utf-8")


def test_grading_again_keeps_what_was_given(graded):
    """Điểm tay và điểm cũ còn nguyên, kể cả khi bản nộp lại bị hỏng hay bị rút."""
    course, before = graded
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        grade = gradebook.find_grade("entropy_proof", SLUG, SLUG, "dung")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    submitted = course.root / "submitted"
    (submitted / "xoa_o_kiem_tra" / SLUG / f"{SLUG}.ipynb").write_text("hỏng", "utf-8")
    shutil.rmtree(submitted / "in_nhieu")
    after = {row.student: row for row in course.grade(SLUG)[0]}
    assert after["dung"].total == AUTOMATIC + 1.5
    assert after["dung"].state == GRADED
    assert after["xoa_o_kiem_tra"].total == AUTOMATIC
    assert "hỏng" in "; ".join(after["xoa_o_kiem_tra"].notes)
    assert after["in_nhieu"].total == AUTOMATIC
    assert {s: r.total for s, r in after.items() if s != "dung"} == {
        s: r.total for s, r in before.items() if s != "dung"
    }


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["student", "khong_co"], "Không có bài tập"),
        (["grade", "khong_co"], "Không có bài tập"),
        (["grade", "../source"], "Không có bài tập"),
        (["variants", "gan", "khong_co"], "Không có bài tập"),
        (["student"], "Cách dùng"),
        ([], "Cách dùng"),
    ],
)
def test_wrong_command_gets_a_sentence(arguments, word, capsys):
    assert assignments.main(arguments) == 1
    assert word in capsys.readouterr().err


def test_no_submission_gets_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="Chưa có bản nộp"):
        Course(tmp_path).grade(SLUG)
