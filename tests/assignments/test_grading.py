"""Chấm một lớp có đủ kiểu bản nộp lạ và gian: không ai mất điểm oan, không ai được điểm khống."""

import csv
import shutil
import subprocess
import sys

import nbformat
import pytest
from grading.course import HOME, Course
from grading.marks import FAILED, GRADED, MANUAL
from grading.submission import REVIEW, CourseError, grade_id
from grading.trial import fill, reference_sources, submit
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

# Cả lớp được chấm một lần, nên mọi phép thử của nó ở cùng một tiến trình.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("class")]
SLUG = "change_of_variables"
AUTOMATIC = 18  # điểm của sáu câu chấm tự động
WRONG = {
    "negative_slope": "log_p = 0.0",
    "two_branches": "p_x = 0.5",
    "affine_flow": "def affine_flow(z, A, b):\n    return z, z.sum(1)",
    "chain_log_prob": "def chain_log_prob(x, maps):\n    return x",
    "rank_one_log_det": "def rank_one_log_det(u, v):\n    return u.sum(1)",
    "fit_affine": "def fit_affine(x):\n    return x[0], x[1], x[0]",
}

HIJACK = """
def swallow(lines):
    return ["pass\\n"] if any("assert" in line for line in lines) else lines

get_ipython().input_transformers_cleanup.append(swallow)
"""
PATCH = """
torch.Tensor.__le__ = torch.Tensor.__lt__ = lambda self, other: torch.tensor(True)
torch.Tensor.__sub__ = lambda self, other: torch.zeros(())
"""
SHADOW = """
def abs(x): return 0
def float(x): return 0.0
def all(x): return True
"""
# Chỉ nuốt lần chạy đầu của mỗi ô kiểm tra, để phép thử «làm hỏng» vẫn trượt.
HIJACK_ONCE = """
seen = set()

def swallow(lines):
    text = "".join(lines)
    if "assert" not in text or text in seen:
        return lines
    seen.add(text)
    return ["pass\\n"]

get_ipython().input_transformers_cleanup.append(swallow)
"""
PATCH_MATH = """
math.log = lambda x: 0.0
math.pi = 0.0
import sys, types
fake = types.ModuleType("math")
vars(fake).update(vars(math))
sys.modules["math"] = fake
"""
# Vật giả: mọi phép so sánh với nó đều đúng.
IMPOSTOR = """
class Yes:
    shape = (3,)

    def __getattr__(self, name):
        return lambda *a, **k: self

    def __iter__(self):
        return iter((self, self))

    def __sub__(self, other):
        return self

    def __eq__(self, other):
        return True

    __add__ = __radd__ = __le__ = __lt__ = __ge__ = __gt__ = __ne__ = __rsub__ = __sub__

    def __abs__(self):
        return self

    def __bool__(self):
        return True

    def __float__(self):
        return 0.0


Yes.shape = Yes()


def rank_one_log_det(u, v):
    return Yes()
"""
PARTIAL = """
def affine_flow(z, A, b):
    get_ipython().displayhook(4)
    raise KeyboardInterrupt
"""
STUBBORN_LOOP = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
READ_MASTER = """
import pathlib
text = pathlib.Path(ROOT + "/source/change_of_variables/change_of_variables.ipynb").read_text()
log_p = -2.43023
"""


def set_answer(notebook, question, source):
    return fill(notebook, {question: source})


def with_extra(notebook, source):
    """Thêm một ô của sinh viên trước bài làm đầu tiên."""
    copy = nbformat.from_dict(notebook)
    copy.cells.insert(3, new_code_cell(source))
    return copy


def is_test(cell):
    return grade_id(cell) in {f"test_{question}" for question in WRONG}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Cả lớp, chấm một lần: (lớp, bảng điểm theo mã sinh viên)."""
    root = tmp_path_factory.mktemp("course")
    course = Course(root, timeout=30)
    release = nbformat.read(course.student_version(SLUG), as_version=4)
    source = nbformat.read(course.source(SLUG), as_version=4)
    right = fill(release, reference_sources(source))
    wrong = fill(release, WRONG)

    deleted = nbformat.from_dict(right)
    deleted.cells = [cell for cell in deleted.cells if not is_test(cell)]
    edited = nbformat.from_dict(wrong)
    for cell in edited.cells:
        if is_test(cell):
            cell.source = "pass"
    stripped = nbformat.from_dict(right)
    for cell in stripped.cells:
        cell.metadata = {}
    noisy = with_extra(right, "import warnings\nfor i in range(20_000):\n    print('dòng', i)")
    noisy = set_answer(
        noisy,
        "fit_affine",
        "def fit_affine(x):\n    warnings.warn('chú ý')\n    print('x' * 1000)\n"
        "    return x.std(correction=0), x.mean(), "
        "0.5 * math.log(2 * math.pi) + 0.5 + x.std(correction=0).log()",
    )
    overflowing = nbformat.from_dict(right)  # lời giải viết ở ô mới dưới ô dành sẵn
    overflowing.cells.append(nbformat.v4.new_markdown_cell("Chứng minh: lấy kỳ vọng hai vế."))
    dying = set_answer(right, "negative_slope", "import os\nos._exit(1)")
    dying = set_answer(
        dying,
        "fit_affine",
        "def fit_affine(x):\n    import os\n    os._exit(0)\n    return 1, 2, 3",
    )
    submissions = {
        "dung": right,
        "xoa_o_kiem_tra": deleted,
        "sua_o_kiem_tra": edited,
        "mat_sieu_du_lieu": stripped,
        "in_nhieu": noisy,
        "lap_vo_han": set_answer(right, "two_branches", STUBBORN_LOOP),
        "sap_nhan": dying,
        "chan_bo_dich": with_extra(wrong, HIJACK),
        "va_torch": with_extra(wrong, PATCH),
        "chan_mot_lan": with_extra(wrong, HIJACK_ONCE),
        "va_math": set_answer(
            with_extra(wrong, PATCH_MATH), "negative_slope", "log_p = -0.5 * 0.5**2"
        ),
        "vat_gia": set_answer(wrong, "rank_one_log_det", IMPOSTOR),
        "diem_tung_phan": set_answer(wrong, "affine_flow", PARTIAL),
        "de_ten": with_extra(wrong, SHADOW),
        "doc_de_goc": set_answer(
            wrong, "negative_slope", READ_MASTER.replace("ROOT", repr(str(root)))
        ),
        "Nguyễn Văn Ánh.K66": overflowing,
        "lop[1]": right,
    }
    for student, notebook in submissions.items():
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
        (["student"], "Cách dùng"),
        ([], "Cách dùng"),
    ],
)
def test_wrong_command_gets_a_sentence(arguments, word):
    script = HOME.parents[1] / "scripts" / "assignments.py"
    run = subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert word in run.stderr
    assert "Traceback" not in run.stderr


def test_no_submission_gets_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="Chưa có bản nộp"):
        Course(tmp_path).grade(SLUG)
