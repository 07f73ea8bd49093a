"""Một lớp học: đề bài theo mã lớp, bản phát, bản nộp, sổ điểm; mọi việc qua nbgrader."""

import logging
import os
import re
import sys
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from . import run, variants
from .marks import ABSENT, Row, class_report, is_bonus, read_scores, write_csv
from .pages import solution_page
from .submission import CourseError

HOME = Path(__file__).resolve().parents[2] / "notebooks" / "assignments"
OPEN_CLASS = "mo"  # lớp dùng bản mở của đề, khi không có mã lớp
CLASS_CONFIG = """c = get_config()
load_subconfig({shared!r})
c.CourseDirectory.root = c.GuardedExecute.classroom = {root!r}
"""
CLASS_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")


def class_folder(code: str = "") -> Path:
    """Thư mục của lớp mang mã `code`; không có mã thì là lớp dùng bản mở."""
    if code and not CLASS_CODE.fullmatch(code):
        raise CourseError(
            f"Mã lớp «{code}» không dùng được. Hãy chọn tối đa 32 chữ cái không dấu, chữ số, "
            "dấu - hoặc _, chẳng hạn SEED=2026A."
        )
    return HOME / "classes" / (code or OPEN_CLASS)


class Course:
    """Một thư mục lớp học: source/, release/, submitted/, …, gradebook.db.

    `code` : mã lớp, chọn số liệu của đề; để trống là bản mở.
    `timeout` : giây cho mỗi ô; `deadline`: giây cho cả bản nộp; `memory`: byte cho mỗi nhân.
    """

    def __init__(
        self,
        root: Path,
        code: str = "",
        timeout: int | None = None,
        deadline: float | None = None,
        memory: int | None = None,
    ):
        self.root, self.code = Path(root).resolve(), code
        self.settings = {  # đủ để một tiến trình chấm mở lại chính lớp này
            "root": self.root,
            "code": code,
            "timeout": timeout,
            "deadline": deadline,
            "memory": memory,
        }
        config: Config = PyFileConfigLoader("nbgrader_config.py", str(HOME)).load_config()
        config.CourseDirectory.root = str(self.root)
        config.GuardedExecute.classroom = str(self.root)
        if timeout is not None:
            config.ExecutePreprocessor.timeout = timeout
        if deadline is not None:
            config.GuardedExecute.deadline = deadline
        if memory is not None:
            config.GuardedExecute.memory = memory
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        # nbgrader gọi `alembic`, nằm cạnh python của môi trường.
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.api = NbGraderAPI(CourseDirectory(config=config), config=config)

    @classmethod
    def of_class(cls, code: str = "", **limits: float | None) -> "Course":
        return cls(class_folder(code), code, **limits)

    def source(self, slug: str) -> Path:
        """Đề gốc của lớp, có lời giải và các phép thử ẩn."""
        return self.root / "source" / slug / f"{slug}.ipynb"

    def student_version(self, slug: str) -> Path:
        """Viết đề gốc theo mã lớp rồi tạo bản phát cho sinh viên."""
        refuse_unknown(slug)
        self._refuse_shared_answers(slug)
        path, notebook = self.source(slug), variants.render_notebook(HOME, slug, self.code)
        self._refuse_changed_source(slug, notebook)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        # Để mở Formgrader từ thư mục của lớp.
        config = CLASS_CONFIG.format(shared=str(HOME / "nbgrader_config.py"), root=str(self.root))
        (self.root / "nbgrader_config.py").write_text(config, "utf-8")
        return self.release(slug)

    def release(self, slug: str) -> Path:
        """Bản phát của đề gốc đã có trong lớp; đề bài được ghi vào sổ điểm."""
        result = self.api.generate_assignment(slug)
        if not result["success"]:
            raise CourseError(f"nbgrader không tạo được bài «{slug}»:\n{run.last_lines(result)}")
        return self.root / "release" / slug / f"{slug}.ipynb"

    def _refuse_changed_source(self, slug: str, notebook: NotebookNode) -> None:
        """Đã có bài nộp thì không đổi đề: người nộp trước và người nộp sau làm cùng một đề."""
        path = self.source(slug)
        if not (path.exists() and run.submitters(self.root, slug)):
            return
        handed_out = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        if handed_out != [cell.source for cell in notebook.cells]:
            raise CourseError(
                f"Lớp đã có bài nộp cho «{slug}», mà đề trong kho nay khác đề đã phát ({path}). "
                "Cứ chấm tiếp bằng make grade. Nếu thật muốn phát đề mới, hãy đổi tên tệp ấy trước."
            )

    def _refuse_shared_answers(self, slug: str) -> None:
        """Hai lớp của cùng một giảng viên không được có chung đáp án ở câu nào.

        Lớp mới được so trên mọi bài, để giữa học kỳ không phải đổi mã.
        """
        names = [slug] if (self.root / "source").is_dir() else slugs()
        others = {p.name for p in self.root.parent.glob("*") if (p / "source").is_dir()}
        codes = sorted("" if other == OPEN_CLASS else other for other in others)
        if not self.code or not (shared := _shared(names, self.code, codes)):
            return
        free = (f"{self.code}{number}" for number in range(1, 100))
        better = next((code for code in free if not _shared(slugs(), code, codes)), "")
        raise CourseError(
            f"Lớp «{self.code}» trùng đáp án với lớp {shared}. Hãy chọn mã lớp khác"
            f"{better and f', chẳng hạn {better}'}."
        )

    def grade(
        self,
        slug: str,
        progress: bool = False,
        feedback: bool = True,
        release: Path | None = None,
        jobs: int = 1,
    ) -> tuple[list[Row], Path]:
        """Chấm mọi bản nộp của một bài; trả về bảng điểm và đường dẫn tệp CSV.

        `release` : bản phát vừa tạo của chính đề này; không có thì tạo lại từ đề.
        `jobs` : số tiến trình cùng chấm.
        """
        known = self.source(slug).exists()
        if not known:
            refuse_unknown(slug)
        run.refuse_empty(self.root, slug)
        with run.only_one_run(self.root):
            # Đề đã phát thì giữ nguyên, kể cả khi kho mã đã đổi từ đó.
            release = release or (self.release(slug) if known else self.student_version(slug))
            outcomes = run.grade_class(self, run.Job(slug, release, feedback), jobs, progress)
        rows, limits = self._rows(slug, {outcome.student: outcome.notes for outcome in outcomes})
        path = self.root / f"{slug}.csv"
        write_csv(path, rows)
        title = f"Bài tập «{slug}», lớp {self.code or self.root.name}"
        path.with_suffix(".md").write_text(class_report(title, rows, limits), "utf-8")
        return rows, path

    def solutions(self, slug: str) -> Path:
        """Lời giải của lớp kèm thang điểm, thành một trang HTML."""
        if not self.source(slug).exists():
            self.student_version(slug)
        path = self.root / "solutions" / f"{slug}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(solution_page(self.source(slug), self.code), "utf-8")
        return path

    def _rows(self, slug: str, notes: dict[str, list[str]]) -> tuple[list[Row], dict[str, float]]:
        """Bảng điểm đọc từ sổ điểm, và số điểm của từng câu.

        Sinh viên có tên trong danh sách lớp mà không nộp thì vẫn có một dòng.
        """
        with Gradebook(self.api.coursedir.db_url) as gradebook:
            assignment = gradebook.find_assignment(slug)
            limits = {c.name: c.max_score for nb in assignment.notebooks for c in nb.grade_cells}
            most = sum(points for question, points in limits.items() if not is_bonus(question))
            known = {submission.student.id: submission for submission in assignment.submissions}
            people = {
                student.id: f"{student.last_name} {student.first_name or ''}".strip()
                for student in gradebook.students
                if student.last_name is not None
            }
            rows = []
            for student in sorted({*known, *notes, *people}):
                row = Row(student, dict.fromkeys(limits, 0.0), most, name=people.get(student, ""))
                if student not in known and student not in notes:
                    row.state = ABSENT
                else:
                    kept = ["không còn bản nộp, giữ điểm lần trước"]
                    row.notes = list(notes.get(student, kept))
                if student in known:
                    read_scores(row, known[student])
                rows.append(row)
        return rows, limits


def _shared(names: list[str], code: str, others: list[str]) -> str:
    """Những lớp trùng đáp án với lớp mang mã `code`, và câu của bài nào."""
    found = {}
    for other in others:
        if other.casefold() != code.casefold():
            for name in names:
                for question in variants.shared_answers(HOME, name, code, other):
                    found.setdefault(other or OPEN_CLASS, []).append(f"{question} ({name})")
    return "; ".join(f"«{other}» ở câu {', '.join(where)}" for other, where in found.items())


def refuse_unknown(slug: str) -> None:
    if slug not in slugs():
        raise CourseError(f"Không có bài tập «{slug}». Hãy chọn một trong: {', '.join(slugs())}.")


def slugs() -> list[str]:
    """Các chương có bài tập."""
    return sorted(path.stem for path in (HOME / "source").glob("*/*.ipynb"))
