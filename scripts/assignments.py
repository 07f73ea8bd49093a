"""Bài tập chấm tự động của mỗi chương, qua nbgrader.

    python scripts/assignments.py student SLUG   bản phát cho sinh viên
    python scripts/assignments.py grade SLUG     chấm notebooks/assignments/submitted/*/SLUG/
    python scripts/assignments.py check [SLUG]   kiểm tra chính đề bài (bài mẫu, bài sai, bài khác)

Bản nộp được dựng lại theo bản gốc trước khi chấm: chỉ bài làm và các ô thêm của sinh viên được
giữ, mọi ô kiểm tra lấy từ bản gốc. Một bản nộp hỏng không ảnh hưởng đến các bản khác.
"""

import ast
import contextlib
import csv
import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_solution
from sqlalchemy import Engine, event
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

sys.path.insert(0, str(Path(__file__).resolve().parent))
from guarded_execute import DEAD, MESSAGES, TAMPERED, TEST_PREFIX, TIMEOUT

HOME = Path(__file__).resolve().parents[1] / "notebooks" / "assignments"
# Dòng đầu của mỗi ô bài làm; nhờ nó mà bài nộp mất siêu dữ liệu vẫn được nhận ra.
MARKER = re.compile(r"Bài làm: (\w+)")

GRADED, MANUAL, FAILED = "đã chấm", "cần chấm tay", "không chấm được"
REVIEW = "cần xem lại"  # có dấu hiệu can thiệp vào việc chấm

# Những thứ không câu nào cần đến: thấy chúng thì giảng viên nên đọc lại bài.
SUSPECT_NAMES = {
    *("get_ipython", "open", "exec", "eval", "compile", "globals", "locals", "vars", "setattr"),
    *("__import__", "__builtins__", "builtins", "ctypes", "gc", "importlib", "inspect", "nbformat"),
    *("os", "pathlib", "shutil", "signal", "socket", "subprocess", "sys", "threading", "IPython"),
    *("nbgrader", "course_utils", "In", "Out", "_ih", "_oh", "getattr", "operator", "pickle"),
}
SUSPECT_ATTRIBUTES = {
    *("settrace", "setprofile", "_exit", "_getframe", "f_locals", "f_globals", "tb_frame"),
}
COMMON_DUNDERS = {"__init__", "__name__", "__doc__", "__call__"}
MODULE_ATTRIBUTES = {"os", "sys", "modules", "subprocess", "builtins", "inspect", "importlib", "_C"}
READING_ATTRIBUTES = {"from_file", "fromfile", "memmap", "load", "load_library", "read_text"}


class CourseError(Exception):
    """Lỗi mà người dùng lệnh sửa được; thông báo là một câu tiếng Việt."""


@dataclass
class Row:
    """Một dòng của bảng điểm."""

    student: str
    points: dict[str, float] = field(default_factory=dict)
    maximum: float = 0.0
    state: str = FAILED
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> float:
        return sum(self.points.values())


class Course:
    """Một thư mục lớp học: source/, release/, submitted/, …, gradebook.db."""

    def __init__(self, root: Path = HOME, timeout: int | None = None):
        self.root = Path(root).resolve()
        config: Config = PyFileConfigLoader("nbgrader_config.py", str(HOME)).load_config()
        config.CourseDirectory.root = str(self.root)
        config.GuardedExecute.classroom = str(self.root)
        if timeout is not None:
            config.ExecutePreprocessor.timeout = timeout
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        # nbgrader gọi `alembic`, nằm cạnh python của môi trường.
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.api = NbGraderAPI(CourseDirectory(config=config), config=config)

    def slugs(self) -> list[str]:
        return sorted(path.stem for path in (self.root / "source").glob("*/*.ipynb"))

    def source(self, slug: str) -> Path:
        path = self.root / "source" / slug / f"{slug}.ipynb"
        if slug not in self.slugs():
            raise CourseError(
                f"Không có bài tập «{slug}». Hãy chọn một trong: {', '.join(self.slugs())}."
            )
        return path

    def student_version(self, slug: str) -> Path:
        """Tạo bản phát cho sinh viên và ghi đề bài vào sổ điểm."""
        self.source(slug)
        result = self.api.generate_assignment(slug)
        if not result["success"]:
            raise CourseError(f"nbgrader không tạo được bài «{slug}»:\n{_tail(result)}")
        return self.root / "release" / slug / f"{slug}.ipynb"

    def grade(
        self, slug: str, progress: bool = False, feedback: bool = True, release: Path | None = None
    ) -> tuple[list[Row], Path]:
        """Chấm mọi bản nộp của một bài; trả về bảng điểm và đường dẫn tệp CSV.

        `release` : bản phát vừa tạo của chính đề này; không có thì tạo lại từ đề.
        """
        self.source(slug)
        folders = sorted(p for p in (self.root / "submitted").glob(f"*/{slug}") if p.is_dir())
        if not folders:
            raise CourseError(
                f"Chưa có bản nộp nào. Hãy đặt mỗi bài vào "
                f"{self.root}/submitted/<mã sinh viên>/{slug}/{slug}.ipynb rồi chạy lại."
            )
        master = nbformat.read(release or self.student_version(slug), as_version=4)
        notes = {}
        for number, folder in enumerate(folders, start=1):
            student = folder.parent.name
            if progress:
                print(f"[{number}/{len(folders)}] {student}", flush=True)
            try:
                notes[student] = self._grade_one(folder, student, slug, master, feedback)
            except Exception as error:  # bản nộp của một người không được chặn những người khác
                notes[student] = [_first_line(error)]
        rows = self._rows(slug, notes)
        path = self.root / f"{slug}.csv"
        _write_csv(path, rows)
        return rows, path

    def _grade_one(
        self, folder: Path, student: str, slug: str, master: NotebookNode, feedback: bool
    ) -> list[str]:
        if set(student) & set("[]*?+"):  # nbgrader hiểu các ký tự này là mẫu tìm tệp
            raise CourseError("tên thư mục có một trong các ký tự []*?+, hãy đổi tên rồi chấm lại")
        submitted, notes = _find_notebook(folder, slug)
        notebook, more = rebuild(submitted, master)
        notes += more
        text = nbformat.writes(notebook)
        collected = self.root / "collected" / student / slug / f"{slug}.ipynb"
        graded = self.root / "autograded" / student / slug / f"{slug}.ipynb"
        if not (graded.exists() and collected.exists() and collected.read_text("utf-8") == text):
            collected.parent.mkdir(parents=True, exist_ok=True)
            collected.write_text(text, "utf-8")
            result = self.api.autograde(slug, student)
            if not result["success"]:
                return [*notes, f"nbgrader không chạy được bài này: {_tail(result, 1)}"]
            if feedback:
                self.api.generate_feedback(slug, student)
        return notes + incidents(nbformat.read(graded, as_version=4))

    def _rows(self, slug: str, notes: dict[str, list[str]]) -> list[Row]:
        with Gradebook(self.api.coursedir.db_url) as gradebook:
            assignment = gradebook.find_assignment(slug)
            known = {submission.student.id for submission in assignment.submissions}
            rows = []
            for student in sorted(known | set(notes)):
                row = Row(student, maximum=assignment.max_score)
                row.points = {
                    cell.name: 0.0 for nb in assignment.notebooks for cell in nb.grade_cells
                }
                row.notes = list(notes.get(student, ["không còn bản nộp, giữ điểm lần trước"]))
                if student in known:
                    _read_scores(row, gradebook.find_submission(slug, student))
                rows.append(row)
        return rows


def _read_scores(row: Row, submission) -> None:
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    scored = [g for g in grades if g.auto_score is not None or g.manual_score is not None]
    if not scored:
        return
    row.points.update({grade.name: grade.score for grade in grades})
    waiting = [grade.name for grade in grades if grade.needs_manual_grade]
    doubtful = any(note.startswith(REVIEW) or MESSAGES[TAMPERED] in note for note in row.notes)
    row.state = REVIEW if doubtful else MANUAL if waiting else GRADED
    if waiting:
        row.notes.append(f"cần chấm tay: {', '.join(waiting)}")


def _write_csv(path: Path, rows: list[Row]) -> None:
    questions = list(rows[0].points) if rows else []
    header = ["Mã sinh viên", "Tổng", "Tối đa", *questions, "Trạng thái", "Ghi chú"]
    # utf-8-sig: Excel đọc đúng tiếng Việt nhờ BOM.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            points = [f"{row.points[q]:g}" for q in questions]
            total, maximum, notes = f"{row.total:g}", f"{row.maximum:g}", "; ".join(row.notes)
            writer.writerow([row.student, total, maximum, *points, row.state, notes])


# ---------------------------------------------------------------- bản nộp


def _find_notebook(folder: Path, slug: str) -> tuple[NotebookNode, list[str]]:
    path, notes = folder / f"{slug}.ipynb", []
    if not path.exists():
        others = sorted(folder.glob("*.ipynb"))
        if len(others) != 1:
            raise CourseError(f"không có tệp {slug}.ipynb trong bản nộp")
        path, notes = others[0], [f"tệp nộp tên là {others[0].name}"]
    try:
        notebook = nbformat.read(path, as_version=4)
        sources = [str(cell.source) for cell in notebook.cells]
    except Exception as error:
        raise CourseError(f"sổ bị hỏng, không đọc được ({type(error).__name__})") from None
    if not sources:
        raise CourseError("sổ trống, không có ô nào")
    return notebook, notes


def rebuild(submitted: NotebookNode, master: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Dựng lại bản nộp trên bản phát: bài làm và ô thêm của sinh viên, còn lại của bản gốc."""
    locked = {_grade_id(cell) for cell in master.cells if not is_solution(cell)} - {None}
    wanted = {_grade_id(cell) for cell in master.cells if is_solution(cell)}
    answers, extras, recovered = {}, {None: []}, False
    current = None  # ô thêm đi sau bài làm nào thì giữ chỗ sau bài làm ấy
    for cell in submitted.cells:
        name = _grade_id(cell)
        if name not in wanted | locked and (found := MARKER.search(cell.source.split("\n")[0])):
            name = found.group(1)
            recovered |= name in wanted
        if name in wanted:
            if name in answers:  # bài làm chép đôi: bản sau cùng được chấm
                extras[current].append(answers[name])
            answers[name], current = cell, name
            extras.setdefault(name, [])
        elif name not in locked and not _is_original(cell, master):
            extras[current].append(cell)

    cells, first = [], True
    for original in master.cells:
        name = _grade_id(original)
        if name not in wanted:
            cells.append(original)
            continue
        if first:
            cells += [_copy(cell) for cell in extras[None]]
            first = False
        answer = NotebookNode(original)
        if name in answers:
            answer.source = answers[name].source
            if "attachments" in answers[name]:
                answer.attachments = answers[name].attachments
        added = extras.get(name, [])
        if is_grade(original):  # câu chấm tay: lời giải viết tràn sang ô khác vẫn là lời giải
            texts = [cell.source for cell in added if cell.cell_type == "markdown"]
            answer.source = "\n\n".join([answer.source, *texts])
            added = [cell for cell in added if cell.cell_type != "markdown"]
        cells += [answer, *map(_copy, added)]

    for index, cell in enumerate(cells):  # mã ô theo vị trí: dựng lại lần nữa ra đúng sổ ấy
        cell["id"] = f"o{index}"
    notebook = NotebookNode(master)
    notebook.cells = cells
    notes = ["sổ mất thông tin chấm, đã khôi phục theo dòng «Bài làm»"] if recovered else []
    if missing := sorted(wanted - set(answers)):
        notes.append(f"thiếu ô bài làm: {', '.join(missing)}")
    if calls := suspicious([c for c in notebook.cells if c.cell_type == "code"], master):
        notes.append(f"{REVIEW}: bài có dùng {', '.join(calls)}")
    return notebook, notes


def _grade_id(cell: NotebookNode) -> str | None:
    info = cell.get("metadata", {}).get("nbgrader", {})
    return info.get("grade_id") if isinstance(info, dict) else None


def _copy(cell: NotebookNode) -> NotebookNode:
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.source)


def _is_original(cell: NotebookNode, master: NotebookNode) -> bool:
    """Ô có nội dung y như một ô của bản phát (ô chuẩn bị, ô kiểm tra mất siêu dữ liệu)."""
    return any(cell.source.strip() == original.source.strip() for original in master.cells)


def suspicious(cells: list[NotebookNode], master: NotebookNode) -> list[str]:
    """Các tên đáng ngờ mà sinh viên dùng: can thiệp nhân, đọc tệp, sửa hàm của thư viện."""
    found: set[str] = set()
    libraries = {"torch", "math", "nn"}  # cùng các tên khác mà sinh viên đặt khi import
    for cell in cells:
        if _is_original(cell, master):
            continue
        if any(line.lstrip().startswith(("!", "%")) for line in cell.source.split("\n")):
            found.add("lệnh ! hoặc %")
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in SUSPECT_NAMES:
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and _suspect_attribute(node.attr):
                found.add(node.attr)
            elif isinstance(node, ast.Import):
                found |= {a.name.split(".")[0] for a in node.names} & SUSPECT_NAMES
                libraries |= {a.asname or a.name.split(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module.split(".")[0]} & SUSPECT_NAMES
            elif isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {
                    f"{ast.unparse(t)} = …" for t in targets if _patches_library(t, libraries)
                }
    return sorted(found)


def _suspect_attribute(name: str) -> bool:
    dunder = name.startswith("__") and name.endswith("__") and name not in COMMON_DUNDERS
    return dunder or name in SUSPECT_ATTRIBUTES | MODULE_ATTRIBUTES | READING_ATTRIBUTES


def _patches_library(target: ast.expr, libraries: set[str]) -> bool:
    while isinstance(target, ast.Attribute):
        target = target.value
        if isinstance(target, ast.Name):
            return target.id in libraries
    return False


def incidents(graded: NotebookNode) -> list[str]:
    """Các sự cố khi chạy (quá giờ, sập nhân, vô hiệu hóa phép kiểm tra), kèm tên câu."""
    notes, question = [], None
    for cell in graded.cells:
        question = (_grade_id(cell) or question or "").removeprefix(TEST_PREFIX)
        for out in cell.get("outputs", []):
            if out.output_type == "error" and out.ename in (TIMEOUT, DEAD, TAMPERED):
                notes.append(f"{question or 'đầu sổ'}: {MESSAGES[out.ename]}")
    return list(dict.fromkeys(notes))


def _tail(result: dict, lines: int = 15) -> str:
    text = (result.get("error") or result.get("log") or "").strip()
    return "\n".join(text.split("\n")[-lines:])


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


# ---------------------------------------------------------------- kiểm tra chính đề bài


@dataclass
class Answer:
    """Một câu trả lời thử: tên tệp là <câu>__<tên>.py, nội dung thay cho ô bài làm của câu."""

    question: str
    name: str
    source: str
    right: bool


def trial_answers(slug: str, root: Path = HOME) -> list[Answer]:
    """Mọi câu trả lời thử của một bài: mutants/ phải bị bác, alternatives/ phải được nhận."""
    answers = []
    for kind, right in (("mutants", False), ("alternatives", True)):
        for path in sorted((root / kind / slug).glob("*.py")):
            question, name = path.stem.split("__")
            answers.append(Answer(question, name, path.read_text("utf-8"), right))
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
            for answer in (a for a in answers if a.question == _grade_id(solution)):
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
        if is_solution(cell) and _grade_id(cell) in sources:
            cell.source = sources[_grade_id(cell)]
    return filled


def reference_sources(source: NotebookNode) -> dict[str, str]:
    return {_grade_id(cell): cell.source for cell in source.cells if is_solution(cell)}


def check(slug: str, root: Path = HOME) -> list[str]:
    """Chấm bài mẫu, bài trống, bài sai và bài đúng viết khác; trả về các điều không như ý."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(root / "source" / slug, copy / "source" / slug)
        course = Course(copy)
        with _hasty_gradebook():
            return _check_reference(course, slug) + _check_sheet(
                course, slug, trial_answers(slug, root)
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
    source = nbformat.read(course.source(slug), as_version=4)
    release = course.student_version(slug)
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
    release = course.student_version(trial)
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
    return {_grade_id(cell): cell.metadata.nbgrader.points for cell in cells}


def _differences(row: Row, expected: dict[str, float]) -> list[str]:
    return [
        f"{test.removeprefix(TEST_PREFIX)}: được {row.points[test]:g}, cần {points:g}"
        for test, points in expected.items()
        if row.points[test] != points
    ]


def _disturbed(row: Row) -> list[str]:
    tampered = any(MESSAGES[TAMPERED] in note for note in row.notes)
    return [f"bản nộp {row.student}: {row.notes}"] if row.state == FAILED or tampered else []


# ---------------------------------------------------------------- dòng lệnh


def main(arguments: list[str]) -> int:
    command, slug = (*arguments, "", "")[:2]
    course = Course()
    try:
        if command == "student" and slug:
            path = course.student_version(slug)
            print(f"Đã tạo bản phát cho sinh viên: {path}")
        elif command == "grade" and slug:
            rows, path = course.grade(slug, progress=True)
            for row in rows:
                print(f"{row.student}: {row.total:g}/{row.maximum:g} · {row.state}", end="")
                print(f" · {'; '.join(row.notes)}" if row.notes else "")
            print(f"Bảng điểm của {len(rows)} sinh viên: {path}")
        elif command == "check":
            for name in [slug] if slug else course.slugs():
                course.source(name)
                problems = check(name)
                print(f"{name}: {'mọi câu như ý' if not problems else ''}")
                print("".join(f"  ✗ {problem}\n" for problem in problems), end="")
                if problems:
                    return 1
        else:
            raise CourseError(
                "Cách dùng: make assignment SLUG=<bài>, make grade SLUG=<bài>; "
                f"<bài> là một trong: {', '.join(course.slugs())}."
            )
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
