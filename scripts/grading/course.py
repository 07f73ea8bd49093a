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

from . import variants
from .marks import Row, read_scores, write_csv
from .submission import CourseError, find_notebook, incidents, rebuild

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
    """

    def __init__(self, root: Path, code: str = "", timeout: int | None = None):
        self.root, self.code = Path(root).resolve(), code
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

    @classmethod
    def of_class(cls, code: str = "") -> "Course":
        return cls(class_folder(code), code)

    def source(self, slug: str) -> Path:
        """Đề gốc của lớp, có lời giải và các phép thử ẩn."""
        return self.root / "source" / slug / f"{slug}.ipynb"

    def student_version(self, slug: str) -> Path:
        """Viết đề gốc theo mã lớp rồi tạo bản phát cho sinh viên."""
        _refuse_unknown(slug)
        self._refuse_shared_answers(slug)
        path = self.source(slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(variants.render_notebook(HOME, slug, self.code), path)
        # Để mở Formgrader từ thư mục của lớp.
        config = CLASS_CONFIG.format(shared=str(HOME / "nbgrader_config.py"), root=str(self.root))
        (self.root / "nbgrader_config.py").write_text(config, "utf-8")
        return self.release(slug)

    def release(self, slug: str) -> Path:
        """Bản phát của đề gốc đã có trong lớp; đề bài được ghi vào sổ điểm."""
        result = self.api.generate_assignment(slug)
        if not result["success"]:
            raise CourseError(f"nbgrader không tạo được bài «{slug}»:\n{_tail(result)}")
        return self.root / "release" / slug / f"{slug}.ipynb"

    def _refuse_shared_answers(self, slug: str) -> None:
        """Hai lớp của cùng một giảng viên không được có chung một đáp số."""
        for other in sorted(p.name for p in self.root.parent.glob("*") if (p / "source").is_dir()):
            code = "" if other == OPEN_CLASS else other
            if self.code and code.casefold() != self.code.casefold():
                shared = variants.shared_answers(HOME, slug, self.code, code)
                if shared:
                    raise CourseError(
                        f"Lớp «{self.code}» trùng đáp số với lớp «{other}» ở câu "
                        f"{', '.join(shared)}. Hãy chọn mã lớp khác, chẳng hạn {self.code}1."
                    )

    def grade(
        self, slug: str, progress: bool = False, feedback: bool = True, release: Path | None = None
    ) -> tuple[list[Row], Path]:
        """Chấm mọi bản nộp của một bài; trả về bảng điểm và đường dẫn tệp CSV.

        `release` : bản phát vừa tạo của chính đề này; không có thì tạo lại từ đề.
        """
        if not self.source(slug).exists():
            _refuse_unknown(slug)
        folders = sorted(p for p in (self.root / "submitted").glob(f"*/{slug}") if p.is_dir())
        if not folders:
            raise CourseError(
                f"Chưa có bản nộp nào. Hãy đặt mỗi bài vào "
                f"{self.root}/submitted/<mã sinh viên>/{slug}/{slug}.ipynb rồi chạy lại."
            )
        # Đề đã phát thì giữ nguyên, kể cả khi kho mã đã đổi từ đó.
        known = self.source(slug).exists()
        release = release or (self.release(slug) if known else self.student_version(slug))
        master = nbformat.read(release, as_version=4)
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
        write_csv(path, rows)
        return rows, path

    def _grade_one(
        self, folder: Path, student: str, slug: str, master: NotebookNode, feedback: bool
    ) -> list[str]:
        if set(student) & set("[]*?+"):  # nbgrader hiểu các ký tự này là mẫu tìm tệp
            raise CourseError("tên thư mục có một trong các ký tự []*?+, hãy đổi tên rồi chấm lại")
        submitted, notes = find_notebook(folder, slug)
        notebook, more = rebuild(submitted, master)
        notes += more
        text = nbformat.writes(notebook)
        collected = self.root / "collected" / student / slug / f"{slug}.ipynb"
        graded = self.root / "autograded" / student / slug / f"{slug}.ipynb"
        same = graded.exists() and collected.exists() and collected.read_text("utf-8") == text
        if not (_carry_stamps(folder, collected.parent) and same):
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
                    read_scores(row, gradebook.find_submission(slug, student))
                rows.append(row)
        return rows


def _carry_stamps(folder: Path, collected: Path) -> bool:
    """Chép giờ nộp và khóa trả phản hồi mà nbgrader đặt cạnh bản nộp; True nếu chúng không đổi."""
    collected.mkdir(parents=True, exist_ok=True)
    same = True
    for name in ("timestamp.txt", "submission_secret.txt"):
        given, kept = folder / name, collected / name
        wanted = given.read_bytes() if given.is_file() else None
        if wanted != (kept.read_bytes() if kept.exists() else None):
            same = False
            kept.unlink(missing_ok=True) if wanted is None else kept.write_bytes(wanted)
    return same


def _tail(result: dict, lines: int = 15) -> str:
    text = (result.get("error") or result.get("log") or "").strip()
    return "\n".join(text.split("\n")[-lines:])


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


def _refuse_unknown(slug: str) -> None:
    if slug not in slugs():
        raise CourseError(f"Không có bài tập «{slug}». Hãy chọn một trong: {', '.join(slugs())}.")


def slugs() -> list[str]:
    """Các chương có bài tập."""
    return sorted(path.stem for path in (HOME / "source").glob("*/*.ipynb"))
