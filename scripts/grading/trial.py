"""Kiểm tra chính đề: bài mẫu đủ điểm, bài trống và bài sai không điểm, cách viết khác vẫn đúng."""

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_grade, is_solution
from sqlalchemy import Engine, event

from . import variants
from .course import HOME, Course
from .guarded_execute import TEST_PREFIX
from .incidents import MESSAGES, TAMPERED
from .marks import FAILED, Row
from .submission import grade_id


@dataclass
class Answer:
    """Một câu trả lời thử: tên tệp là <câu>__<tên>.py, nội dung thay cho ô bài làm của câu."""

    question: str
    name: str
    source: str
    right: bool


def trial_answers(slug: str, code: str = "") -> list[Answer]:
    """Mọi câu trả lời thử của một bài: mutants/ phải bị bác, alternatives/ phải được nhận.

    Với đề theo mã lớp, lời giải của bản mở (ai cũng đọc được) và của những lớp gần nhất còn được
    coi là khác là những câu trả lời sai của mỗi câu.
    """
    chosen = variants.values(HOME, slug, code)
    answers = []
    for kind, right in (("mutants", False), ("alternatives", True)):
        for path in sorted((HOME / kind / slug).glob("*.py")):
            question, name = path.stem.split("__")
            source = variants.render(path.read_text("utf-8"), chosen)
            answers.append(Answer(question, name, source, right))
    if code:
        solved = reference_sources(variants.render_notebook(HOME, slug))
        questions = dict.fromkeys(answer.question for answer in answers)
        answers += [Answer(q, "ban_mo", solved[q], right=False) for q in questions]
        answers += [
            Answer(question, f"lech_{name}", source, right=False)
            for question, near in variants.neighbours(HOME, slug, code).items()
            for name, source in near.items()
        ]
    return answers


# Quanh mỗi câu trả lời thử: nhớ các tên đang có, rồi trả lại đúng như thế. Nhờ vậy một câu trả lời
# không dùng nhờ được tên mà câu trước nó để lại.
REMEMBER = "_names = dict(globals())"
FORGET = """for _name in set(globals()) - set(_names) - {"_names"}:
    del globals()[_name]
globals().update(_names)
"""


def sheet(source: NotebookNode, answers: list[Answer]) -> NotebookNode:
    """Đề bài trong đó mỗi câu được hỏi lại một lần cho mỗi câu trả lời thử, rồi mới tới bài mẫu.

    Tên các ô của lần hỏi lại là <câu>__<tên>. Một bản nộp của đề này thử được mọi câu trả lời
    trong một nhân Python, thay vì mỗi câu trả lời một nhân.
    """
    cells, solution = [], None
    for cell in source.cells:
        if is_solution(cell) and not is_grade(cell):
            solution = cell  # ô kiểm tra của nó đứng ngay sau
            continue
        if solution is not None:
            for answer in (a for a in answers if a.question == grade_id(solution)):
                cells.append(new_code_cell(REMEMBER))
                for original in (solution, cell):
                    again = nbformat.from_dict(original)
                    again.id = f"t{len(cells)}"
                    again.metadata.nbgrader.grade_id += f"__{answer.name}"
                    cells.append(again)
                cells.append(new_code_cell(FORGET))
            cells.append(solution)
            solution = None
        cells.append(cell)
    return NotebookNode(source | {"cells": cells})


def submit(course: Course, slug: str, student: str, notebook: NotebookNode) -> None:
    path = course.root / "submitted" / student / slug / f"{slug}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def fill(notebook: NotebookNode, sources: dict[str, str]) -> NotebookNode:
    """Bản nộp với các ô bài làm được thay bằng sources (theo tên câu)."""
    filled = nbformat.from_dict(notebook)
    for cell in filled.cells:
        if is_solution(cell) and grade_id(cell) in sources:
            cell.source = sources[grade_id(cell)]
    return filled


def reference_sources(source: NotebookNode) -> dict[str, str]:
    return {grade_id(cell): cell.source for cell in source.cells if is_solution(cell)}


def check(slug: str, code: str = "") -> list[str]:
    """Chấm bài mẫu, bài trống, bài sai và bài đúng viết khác; trả về các điều không như ý."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder) / "lop", code)
        with _hasty_gradebook():
            return _check_reference(course, slug) + _check_sheet(
                course, slug, trial_answers(slug, code)
            )


@contextlib.contextmanager
def _hasty_gradebook():
    """Sổ điểm của lớp thử sắp bị xóa: không chờ đĩa. nbgrader ghi từng ô một, cả nghìn lần."""

    def connected(connection, _record):
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(Engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(Engine, "connect", connected)


def _check_reference(course: Course, slug: str) -> list[str]:
    """Bài mẫu nộp trên bản phát cho sinh viên: đủ điểm mọi câu."""
    release = course.student_version(slug)
    source = nbformat.read(course.source(slug), as_version=4)
    student = nbformat.read(release, as_version=4)
    submit(course, slug, "mau", fill(student, reference_sources(source)))
    (row,) = course.grade(slug, feedback=False, release=release)[0]
    return _disturbed(row) + _differences(row, _tests(student))


def _check_sheet(course: Course, slug: str, answers: list[Answer]) -> list[str]:
    """Mọi câu trả lời thử trong một bản nộp: câu trống và câu sai không điểm, câu đúng đủ điểm."""
    source = nbformat.read(course.source(slug), as_version=4)
    blank = [Answer(q, "trong", "", right=False) for q in {a.question for a in answers}]
    trial = f"{slug}__thu"
    path = course.root / "source" / trial / f"{trial}.ipynb"
    path.parent.mkdir()
    nbformat.write(sheet(source, blank + answers), path)
    release = course.release(trial)
    student = nbformat.read(release, as_version=4)
    sources = {f"{a.question}__{a.name}": a.source for a in answers}  # câu trống: để như bản phát
    submit(course, trial, "thu", fill(student, reference_sources(source) | sources))

    (row,) = course.grade(trial, feedback=False, release=release)[0]
    wrong = {f"{TEST_PREFIX}{a.question}__{a.name}" for a in blank + answers if not a.right}
    expected = {test: 0.0 if test in wrong else most for test, most in _tests(student).items()}
    return _disturbed(row) + _differences(row, expected)


def _tests(notebook: NotebookNode) -> dict[str, float]:
    """Các câu chấm tự động và số điểm của chúng."""
    cells = [cell for cell in notebook.cells if is_grade(cell) and not is_solution(cell)]
    return {grade_id(cell): cell.metadata.nbgrader.points for cell in cells}


def _differences(row: Row, expected: dict[str, float]) -> list[str]:
    return [
        f"{test.removeprefix(TEST_PREFIX)}: được {row.points[test]:g}, cần {points:g}"
        for test, points in expected.items()
        if row.points[test] != points
    ]


def _disturbed(row: Row) -> list[str]:
    tampered = any(MESSAGES[TAMPERED] in note for note in row.notes)
    return [f"bản nộp {row.student}: {row.notes}"] if row.state == FAILED or tampered else []
