"""Những việc của một buổi học trên Hub, qua đúng các nút và lệnh mà người dùng có."""

from datetime import UTC, datetime, timedelta

import nbformat
import psutil
from nbgrader.api import Gradebook
from visitor import Visitor

SLUG = "change_of_variables"


def grader(school, path: str) -> str:
    return f"/services/{school.code}/{path}"


def in_grader(school, command: str) -> str:
    """Giảng viên gõ lệnh vào cửa sổ lệnh của máy chủ chấm."""
    code, printed = school.lan.shell(command, where=grader(school, ""), seconds=300)
    assert code == 0, printed
    return printed


def formgrader(school, action: str) -> dict:
    """Một nút của Formgrader."""
    answer = school.lan.post(grader(school, f"formgrader/api/assignment/{SLUG}/{action}"))
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert result["success"], result
    return result


def reference(school) -> dict[str, str]:
    """Lời giải theo mã lớp; chỉ kiểm thử (root) đọc được từ ngoài."""
    source = nbformat.read(school.course / "source" / SLUG / f"{SLUG}.ipynb", as_version=4)
    cells = {c.metadata.nbgrader.grade_id: c for c in source.cells if "nbgrader" in c.metadata}
    return {name: c.source for name, c in cells.items() if c.metadata.nbgrader.solution}


def answer(student: Visitor, code: str, answers: dict[str, str]) -> None:
    path = f"{code}/{SLUG}/{SLUG}.ipynb"
    notebook = student.read(path, "notebook")
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    student.write(path, notebook)


def grade(school) -> dict[str, float]:
    """Chấm bằng lệnh của giáo trình; trả về điểm của từng người trong sổ điểm."""
    printed = in_grader(
        school, f"cd mo-hinh-sinh && python scripts/assignments.py grade {SLUG} {school.code}"
    )
    with gradebook(school) as book:
        points = {s.student.id: s.score for s in book.assignment_submissions(SLUG)}
    assert points, printed
    return points


def late_seconds(school, student: Visitor) -> float:
    with gradebook(school) as book:
        return book.find_submission(SLUG, student.name).total_seconds_late


def gradebook(school) -> Gradebook:
    return Gradebook(f"sqlite:///{school.course / 'gradebook.db'}")


def set_due_date(school, due: datetime) -> None:
    body = {
        "duedate_notimezone": due.strftime("%Y-%m-%dT%H:%M:%S"),
        "duedate_timezone": "+0000",
    }
    path = grader(school, f"formgrader/api/assignment/{SLUG}")
    assert school.lan.ask("PUT", path, json=body).ok


def refused(visitor: Visitor, command: str, where: str = "") -> None:
    code, printed = visitor.shell(command, where)
    assert code != 0, f"«{command}» lẽ ra bị từ chối: {printed}"
    assert "denied" in printed or "not permitted" in printed, printed


def ports_of(account: str) -> set[int]:
    ports = set()
    for process in psutil.process_iter(["username"]):
        if process.info["username"] == account:
            connections = process.net_connections("tcp4")
            ports |= {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}
    return ports


def play_tricks(school) -> None:
    """An nộp thay binh, nộp liên kết tới đề gốc, nộp từ tương lai, nộp với tên vô nghĩa."""
    inbound, an = school.machine.exchange / school.code / "inbound", school.an
    now, later = (
        (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        for hours in (0, 1)
    )
    fake = f"'{inbound}/{school.binh.name}+{SLUG}+{now}+gia-danh'"
    early = f"'{inbound}/{an.name}+{SLUG}+{later}+tuong-lai'"
    linked = f"'{inbound}/{an.name}+{SLUG}+{now}+lien-ket'"
    code, printed = an.shell(
        f"umask 022 && mkdir {fake} {early} {linked} && "
        f"mkdir '{inbound}/{an.name}+{SLUG}+khong-phai-gio' && "
        f"ln -s {school.course}/source/{SLUG}/{SLUG}.ipynb {linked}/ && "
        f"ln -s {school.course}/gradebook.db {linked}/timestamp.txt && "
        f"ln -s {school.home} '{inbound}/{an.name}+{SLUG}+{now}+ca-nha'"
    )
    assert code == 0, printed
