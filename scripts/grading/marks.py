"""Bảng điểm của một bài tập và báo cáo của cả lớp."""

import csv
import re
import statistics
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .guarded_execute import TEST_PREFIX
from .incidents import MESSAGES, TAMPERED
from .submission import REVIEW

GRADED, MANUAL, FAILED = "đã chấm", "cần chấm tay", "không chấm được"
ABSENT = "chưa nộp"
BONUS = "bonus_"  # câu thưởng: tên ô là bonus_… hoặc test_bonus_…; điểm cộng thêm vào tổng
BARS = 10
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
FORMULA = re.compile(r"((?:^|[;,\t\r\n])[\s\"]*)(?=[=+@-])")


def is_bonus(question: str) -> bool:
    return question.removeprefix(TEST_PREFIX).startswith(BONUS)


@dataclass
class Row:
    """Một dòng của bảng điểm."""

    student: str
    points: dict[str, float] = field(default_factory=dict)
    maximum: float = 0.0  # không kể câu thưởng
    state: str = FAILED
    notes: list[str] = field(default_factory=list)
    name: str = ""
    when: datetime | None = None

    @property
    def total(self) -> float:
        return sum(self.points.values())


def read_scores(row: Row, submission) -> None:
    row.when = submission.timestamp
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
    """Cột họ tên và giờ nộp chỉ có khi lớp biết chúng (nhờ danh sách lớp, gói tải về)."""
    questions = list(rows[0].points) if rows else []
    named, timed = any(row.name for row in rows), any(row.when for row in rows)
    header = ["Mã sinh viên", *["Họ và tên"] * named, "Tổng", "Tối đa", *questions]
    header += [*["Nộp lúc (UTC)"] * timed, "Trạng thái", "Ghi chú"]
    # utf-8-sig: Excel đọc đúng tiếng Việt nhờ BOM.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            cells = [row.student, *[row.name] * named, f"{row.total:g}", f"{row.maximum:g}"]
            cells += [f"{row.points[q]:g}" for q in questions]
            cells += [f"{row.when:%Y-%m-%d %H:%M}" if row.when else ""] * timed
            writer.writerow(_harmless(cell) for cell in [*cells, row.state, "; ".join(row.notes)])


def _harmless(cell: str) -> str:
    """Excel chạy ô bắt đầu bằng =, +, -, @ như công thức; tên tệp do sinh viên đặt có thể thế.

    Excel tiếng Việt còn tách ô ở dấu chấm phẩy, nên phần sau mỗi dấu ngăn cũng được xét.
    """
    return cell if NUMBER.fullmatch(cell) else FORMULA.sub(r"\1'", cell)


def class_report(title: str, rows: list[Row], limits: dict[str, float]) -> str:
    """Báo cáo Markdown của lớp; `limits` là số điểm của từng câu."""
    handed_in = [row for row in rows if row.state not in (ABSENT, FAILED)]
    lines = [f"# {title}", "", *_counts(rows)]
    if handed_in:
        lines += ["", "## Phổ điểm", "", *_summary(handed_in), "", *_histogram(handed_in)]
        lines += ["", "## Từng câu", "", *_questions(handed_in, limits)]
    attention = [row for row in rows if row.notes and row.state in (REVIEW, FAILED)]
    waiting = sum("cần chấm tay" in note for row in rows for note in row.notes)
    lines += ["", "## Cần người xem", ""]
    if waiting:
        lines.append(
            f"- {waiting} bản nộp có câu đợi chấm tay; mở JupyterLab trong thư mục của lớp, "
            "thực đơn *Nbgrader*, mục *Formgrader*."
        )
    lines += [f"- **{_who(row)}** ({row.state}): {'; '.join(row.notes)}" for row in attention]
    if not waiting and not attention:
        lines.append("Không có bản nộp nào.")
    if absent := [_who(row) for row in rows if row.state == ABSENT]:
        lines += ["", "## Chưa nộp", "", *(f"- {who}" for who in absent)]
    return "\n".join(lines) + "\n"


def _who(row: Row) -> str:
    return f"{row.name} · {row.student}" if row.name else row.student


def _counts(rows: list[Row]) -> list[str]:
    states = [row.state for row in rows]
    counted = {state: states.count(state) for state in (GRADED, MANUAL, REVIEW, FAILED, ABSENT)}
    said = ", ".join(f"{count} {state}" for state, count in counted.items() if count)
    return [f"{len(rows)} sinh viên: {said}."]


def _summary(rows: list[Row]) -> list[str]:
    totals = sorted(row.total for row in rows)
    spread = statistics.pstdev(totals)
    return [
        f"Trung bình {statistics.mean(totals):.2f} trên {rows[0].maximum:g}, trung vị "
        f"{statistics.median(totals):.2f}, độ lệch chuẩn {spread:.2f}, thấp nhất {totals[0]:g}, "
        f"cao nhất {totals[-1]:g}. Câu đợi chấm tay tạm tính 0 điểm."
    ]


def _histogram(rows: list[Row]) -> list[str]:
    """Mỗi hàng một khoảng điểm; điểm thưởng vượt tối đa nằm ở hàng cuối."""
    width = rows[0].maximum / BARS
    bins = [min(BARS - 1, int(row.total / width)) for row in rows]
    counts = [bins.count(i) for i in range(BARS)]
    scale = max(1.0, max(counts) / 40)
    tops = [f"đến dưới {(i + 1) * width:4.1f}" for i in range(BARS - 1)] + ["trở lên      "]
    lines = [
        f"{i * width:4.1f} {top} │{'█' * round(count / scale):40s} {count}"
        for i, (top, count) in enumerate(zip(tops, counts, strict=True))
    ]
    return ["```text", *lines, "```"]


def _questions(rows: list[Row], limits: dict[str, float]) -> list[str]:
    lines = [
        "| Câu | Điểm tối đa | Trung bình | Đủ điểm | Không điểm |",
        "|---|---:|---:|---:|---:|",
    ]
    for question, limit in limits.items():
        points = [row.points.get(question, 0.0) for row in rows]
        full = sum(value >= limit for value in points) / len(points)
        none = sum(value == 0 for value in points) / len(points)
        name = question.removeprefix(TEST_PREFIX) + " (thưởng)" * is_bonus(question)
        mean = statistics.mean(points)
        lines.append(f"| {name} | {limit:g} | {mean:.2f} | {full:.0%} | {none:.0%} |")
    return lines
