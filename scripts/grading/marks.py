"""Bảng điểm của một bài tập: điểm từng câu, trạng thái và ghi chú của mỗi sinh viên."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from .guarded_execute import MESSAGES, TAMPERED
from .submission import REVIEW

GRADED, MANUAL, FAILED = "đã chấm", "cần chấm tay", "không chấm được"


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


def read_scores(row: Row, submission) -> None:
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


def write_csv(path: Path, rows: list[Row]) -> None:
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
