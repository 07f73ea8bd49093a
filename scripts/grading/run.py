"""Chấm cả lớp: song song trên các nhân máy; bị ngắt giữa chừng thì chạy lại là chấm tiếp.

Mỗi tiến trình chấm có NbGraderAPI của riêng nó, cả lớp chung một sổ điểm. Bài nào chấm xong thì có
một tờ phiếu trong `progress/<bài>/`, ghi dấu vân tay của bản nộp và của đề. Lần chạy sau chỉ chấm
những bài chưa có phiếu hay phiếu không còn khớp: bị dừng giữa chừng, nộp lại, đề đã sửa.
"""

import contextlib
import functools
import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import Engine, event, text
from tqdm.auto import tqdm

from . import workers
from .plain_outputs import clean
from .submission import CourseError, find_notebook, incidents, rebuild

# nbgrader đặt cạnh bản nộp: giờ nộp (ghi vào sổ điểm), khóa để trả phản hồi cho đúng người nộp.
BESIDE = ("timestamp.txt", "submission_secret.txt")
COLLECTED = "collected.json"  # cạnh bản nộp: make collect ghi tệp gốc và điều cần biết
BUSY_WAIT = 60  # giây chờ một tiến trình khác ghi xong sổ điểm


@event.listens_for(Engine, "connect")
def _share_gradebook(connection_, _record) -> None:
    """Chờ nhau thay vì báo «database is locked»; WAL giữ cho sổ điểm nguyên vẹn khi bị ngắt."""
    if isinstance(connection_, sqlite3.Connection):
        connection_.execute(f"PRAGMA busy_timeout={BUSY_WAIT * 1000}")
        connection_.execute("PRAGMA synchronous=NORMAL")


@dataclass
class Job:
    """Việc chung của một lần chấm; gửi được sang tiến trình khác."""

    slug: str
    release: Path
    feedback: bool = True


@dataclass
class Outcome:
    """Kết quả chấm một bản nộp; `fresh` là vừa chấm trong lần chạy này."""

    student: str
    notes: list[str] = field(default_factory=list)
    fresh: bool = False
    seconds: float = 0.0


def grade_class(course, job: Job, jobs: int = 1, progress: bool = False) -> list[Outcome]:
    """Chấm mọi bản nộp của một bài bằng `jobs` tiến trình."""
    students = submitters(course.root, job.slug)
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        gradebook.db.execute(text("PRAGMA journal_mode=WAL"))  # được nhớ trong chính tệp
    jobs = min(jobs, len(students))
    if jobs > 1:
        steps = workers.each(_grader, (course.settings, job), students, jobs, _lost)
    else:
        steps = (grade_one(course, job, student) for student in students)
    bar = tqdm(steps, f"Chấm {job.slug}", len(students), unit="bài", disable=not progress)
    with contextlib.closing(steps):  # bị ngắt thì các tiến trình chấm cũng dừng
        return list(bar)


def _grader(settings: dict, job: Job):
    """Trong một tiến trình chấm: mở lớp một lần, rồi chấm từng bản nộp được giao."""
    from .course import Course

    return functools.partial(grade_one, Course(**settings), job)


def _lost(student: str, reason: str) -> Outcome:
    return Outcome(student, [f"{reason}, hãy chạy lại make grade"])


def submitters(root: Path, slug: str) -> list[str]:
    """Mã của những sinh viên có nộp bài."""
    folders = (root / "submitted").glob(f"*/{slug}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir())


def refuse_empty(root: Path, slug: str) -> None:
    if not submitters(root, slug):
        raise CourseError(
            f"Chưa có bản nộp nào. Hãy đặt mỗi bài vào {root}/submitted/<mã sinh viên>/{slug}/"
            f"{slug}.ipynb, hoặc thu bằng make collect, rồi chạy lại."
        )


@contextlib.contextmanager
def only_one_run(root: Path) -> Iterator[None]:
    try:
        with FileLock(root / ".grading", blocking=False):
            yield
    except Timeout:
        raise CourseError(
            f"Lớp «{root.name}» đang được chấm ở một cửa sổ khác; hãy chờ lần ấy xong rồi chạy lại."
        ) from None


def grade_one(course, job: Job, student: str) -> Outcome:
    """Chấm một bản nộp, trừ khi phiếu của nó còn khớp; lỗi gì cũng thành một ghi chú."""
    outcome, started = Outcome(student), time.monotonic()
    try:
        _grade(course, job, outcome)
    except Exception as error:  # bản nộp của một người không được chặn những người khác
        outcome.notes.append(str(error).strip().split("\n")[0] or type(error).__name__)
    # Tên tệp do sinh viên đặt có thể chứa lệnh của cửa sổ dòng lệnh, hay dài vô cùng.
    outcome.notes = [" ".join(clean(note).split())[:500] for note in outcome.notes]
    outcome.seconds = time.monotonic() - started
    return outcome


def _grade(course, job: Job, outcome: Outcome) -> None:
    student, slug = outcome.student, job.slug
    if set(student) & set("[]*?+"):  # nbgrader hiểu các ký tự này là mẫu tìm tệp
        raise CourseError("tên thư mục có một trong các ký tự []*?+, hãy đổi tên rồi chấm lại")
    place = course.root / "submitted" / student / slug
    outcome.notes += _read_json(place / COLLECTED).get("notes", [])
    submitted, notes = find_notebook(place, slug)
    outcome.notes += notes
    notebook, notes = rebuild(submitted, nbformat.read(job.release, as_version=4))
    outcome.notes += notes
    written = nbformat.writes(notebook)
    beside = {name: (place / name).read_bytes() for name in BESIDE if (place / name).is_file()}
    mark = _digest(written, course.source(slug).read_text("utf-8"), repr(sorted(beside.items())))
    graded = course.root / "autograded" / student / slug / f"{slug}.ipynb"
    stamp = course.root / "progress" / slug / f"{student}.json"
    known = _read_json(stamp)
    kept = known.get("graded") == mark and graded.exists()
    if not (kept and _standing(course, slug, student)[0]):
        stamp.unlink(missing_ok=True)
        collected = course.root / "collected" / student / slug
        collected.mkdir(parents=True, exist_ok=True)
        (collected / f"{slug}.ipynb").write_text(written, "utf-8")
        for name in BESIDE:
            (collected / name).unlink(missing_ok=True)
            if name in beside:
                (collected / name).write_bytes(beside[name])
        result = course.api.autograde(slug, student)
        if not result["success"]:
            raise CourseError(f"nbgrader không chạy được bài này: {_cause(result)}")
        known, outcome.fresh = {"graded": mark}, True
        _write_stamp(stamp, known)
    outcome.notes += incidents(nbformat.read(graded, as_version=4))
    _, marks = _standing(course, slug, student)
    page = course.root / "feedback" / student / slug / f"{slug}.html"
    if job.feedback and not (known.get("feedback") == marks and page.exists()):
        result = course.api.generate_feedback(slug, student)
        if result["success"]:
            _write_stamp(stamp, {**known, "feedback": marks})
        else:
            outcome.notes.append(f"không viết được trang phản hồi: {_cause(result)}")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write_stamp(path: Path, content: dict[str, str]) -> None:
    """Ghi trọn hoặc không ghi gì: bị ngắt giữa chừng thì bài ấy coi như chưa chấm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(content), "utf-8")
    draft.replace(path)


def _standing(course, slug: str, student: str) -> tuple[bool, str]:
    """Trong sổ điểm: (câu nào cũng có điểm máy hay đợi chấm tay, dấu vân tay điểm và nhận xét).

    Điểm có thể thiếu khi mất điện; điểm hay nhận xét đổi thì trang phản hồi phải viết lại.
    """
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        try:
            notebooks = gradebook.find_submission(slug, student).notebooks
        except MissingEntry:
            return False, ""
        grades = [grade for notebook in notebooks for grade in notebook.grades]
        comments = [comment for notebook in notebooks for comment in notebook.comments]
        whole = all(
            g.needs_manual_grade or g.auto_score is not None or g.manual_score is not None
            for g in grades
        )
        said = [f"{g.name} {g.score}" for g in grades]
        said += [f"{c.name} {c.comment}" for c in comments if c.comment]
        return bool(grades) and whole, _digest(*sorted(said))


def _cause(result: dict) -> str:
    """Lỗi đầu tiên trong nhật ký của nbgrader, không phải lời chung chung ở cuối."""
    said = f"{result.get('log', '')}\n{result.get('error', '')}"
    found = re.findall(r"^\s*([\w.]+(?:Error|Exception): .+)$", said, re.MULTILINE)
    return found[0] if found else last_lines(result, 1)


def last_lines(result: dict, lines: int = 15) -> str:
    """Những dòng cuối trong lời nbgrader để lại."""
    said = (result.get("error") or result.get("log") or "").strip()
    return "\n".join(said.split("\n")[-lines:])
