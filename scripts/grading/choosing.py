"""Chọn bản nộp trong các tệp đã giải nén: của ai, bản nào mới nhất, tệp nào để riêng."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .exports import ENDINGS, Found, drive_names, inner_path
from .roster import Roster, nfc, safe_id
from .submission import MARKER

IGNORED = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|desktop\.ini$|Thumbs\.db$)")
ARCHIVES = {".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
MAX_NOTEBOOK = 200 * 2**20


@dataclass
class Report:
    """Mỗi tệp trong gói có mặt ở đúng một trong ba danh sách đầu."""

    system: str = ""
    collected: dict[str, str] = field(default_factory=dict)  # mã sinh viên → tệp
    replaced: list[tuple[str, str]] = field(default_factory=list)  # (tệp, lý do)
    aside: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)  # mã sinh viên → điều cần biết
    absent: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [f"Nguồn: {self.system}. Thu được bài của {len(self.collected)} người."]
        lines += [f"  {student} ← {file}" for student, file in sorted(self.collected.items())]
        noted = [(student, "; ".join(notes)) for student, notes in sorted(self.notes.items())]
        for title, items in (
            ("Đã có bản mới hơn", self.replaced),
            ("Để riêng", self.aside),
            ("Cần xem", noted),
        ):
            if items:
                lines += [f"{title} ({len(items)}):", *(f"  {what}: {why}" for what, why in items)]
        if self.absent:
            lines += [f"Chưa nộp ({len(self.absent)}): {', '.join(self.absent)}"]
        return "\n".join(lines)


@dataclass
class Choice:
    """Bản được thu của một người; `info` là điều nbgrader cần biết về nó."""

    info: dict[str, str]
    file: str
    notes: list[str]


def notebooks(root: Path, refused: dict[Path, str], report: Report) -> list[Path]:
    """Các tệp có thể là sổ Jupyter; tệp khác được ghi vào báo cáo cùng lý do."""
    found = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name = inner_path(path, root)
        if IGNORED.search(name):
            continue
        if path in refused:
            reason = refused[path]
        elif path.suffix.lower() in ARCHIVES:
            reason = "chỉ mở được .zip, hãy giải nén tay rồi thu lại"
        elif path.stat().st_size > MAX_NOTEBOOK:
            reason = f"lớn hơn {MAX_NOTEBOOK // 2**20} MB"
        elif ENDINGS.search(path.name) or _looks_like_notebook(path):
            found.append(_named_ipynb(path))
            continue
        else:
            reason = "không phải sổ .ipynb"
        report.aside.append((name, reason))
    return found


def _looks_like_notebook(path: Path) -> bool:
    """Sổ bị đổi đuôi khi tải về: vẫn là JSON có nbformat."""
    if path.suffix.lower() not in {".json", ".txt", ""}:
        return False
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "nbformat" in content


def _named_ipynb(path: Path) -> Path:
    """nbgrader chỉ thu tệp .ipynb: «bai.ipynb.json» trong thư mục đã giải nén được đổi tên."""
    if path.suffix == ".ipynb":
        return path
    named = path.with_name(path.name + ".ipynb")
    while named.exists():
        named = named.with_name("_" + named.name)
    return path.rename(named)


def describe(
    paths: list[Path], root: Path, system: str, slug: str, match: Callable[[str], dict | None]
) -> list[Found]:
    """Đọc tên từng tệp theo kiểu của hệ thống; `match` là biểu thức của nbgrader."""
    names = [inner_path(path, root) for path in paths]
    read = [match(name) or {} for name in names]
    found = []
    for path, name, groups in zip(paths, names, read, strict=True):
        time = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
        found.append(
            Found(
                path=path,
                name=groups.get("name") or groups.get("anonymous") or "",
                number=groups.get("number") or "",
                file=groups.get("file") or name.rpartition("/")[2],
                late=bool(groups.get("late") or groups.get("late2")),
                attachment=int(groups.get("attachment") or 0),
                when=time if time.year > 1980 else None,
            )
        )
    if system == "classroom":
        places = [(_owner_folder(entry.path, root), entry.file) for entry in found]
        for entry, (person, other) in zip(found, drive_names(places, slug), strict=True):
            entry.name, entry.other = person, other
    return found


def _owner_folder(path: Path, root: Path) -> str:
    """Thư mục chứa tệp, trừ thư mục chung của cả gói."""
    folder = path.parent
    shared = folder == root or sum(p.is_file() for p in folder.iterdir()) > 3
    return "" if shared else nfc(folder.name)


def choose(
    found: list[Found], roster: Roster, slug: str, wanted: set[str], report: Report, root: Path
) -> dict[Path, Choice]:
    """Mỗi người một bản: tệp của nbgrader → Choice; mọi tệp khác vào báo cáo."""
    people = defaultdict(list)
    for entry in found:
        if not roster.find(entry.name, entry.file) and roster.find(entry.other, entry.file):
            entry.name = entry.other
        twins = not entry.number and len(roster.find(entry.name, entry.file)) > 1
        people[entry.number or entry.name, entry.path if twins else None].append(entry)
    claims = {key: roster.find(files[0].name, files[0].file) for key, files in people.items()}
    claimed = Counter(claim[0] for claim in claims.values() if len(claim) == 1)
    plan, used = {}, set(roster.people)
    for key, files in people.items():
        best, notes = _best(files, slug, wanted, report, root)
        claim = claims[key]
        if len(claim) == 1 and claimed[claim[0]] == 1:
            student = claim[0]
        else:
            student = _own_id(best, used)
            if len(claim) > 1:
                notes.append(f"«{best.name}» có thể là {' hoặc '.join(claim)}, chấm riêng")
            elif claim:
                notes.append(f"nhiều người nộp cùng mang tên «{best.name}» của {claim[0]}")
            elif roster:
                notes.append(f"«{best.name or best.file}» không có trong danh sách lớp")
        if best.late:
            notes.append("nộp muộn (theo Canvas)")
        info = {"student_id": student, "file_id": f"{slug}.ipynb"}
        if best.when:
            info["timestamp"] = best.when.isoformat(" ")
        file = inner_path(best.path, root)
        plan[best.path] = Choice(info, file, notes)
        report.collected[student] = file
        if notes:
            report.notes[student] = notes
    return plan


def _own_id(entry: Found, used: set[str]) -> str:
    base = safe_id(f"{entry.name or Path(entry.file).stem} {entry.number}")
    student, number = base, 1
    while student in used:
        number += 1
        student = f"{base}_{number}"
    used.add(student)
    return student


def _best(
    files: list[Found], slug: str, wanted: set[str], report: Report, root: Path
) -> tuple[Found, list[str]]:
    """Bản mới nhất trong những sổ đúng là bài này; không có sổ nào đúng thì bản mới nhất."""
    count = {entry.path: answers_in(entry.path, wanted) for entry in files}
    right = [entry for entry in files if (count[entry.path] or 0) > 0]
    best = max(right or files, key=lambda e: (e.order, count[e.path] or 0, e.file))
    winner, notes = inner_path(best.path, root), []
    for entry in files:
        if entry is best:
            continue
        name = inner_path(entry.path, root)
        if count[entry.path] is None and right:
            report.aside.append((name, "sổ hỏng, không đọc được; đã thu bản khác của người này"))
            if entry.order > best.order:
                notes.append(f"bản mới nhất «{name}» bị hỏng, đã thu bản trước nó")
        elif entry in right or not right:
            report.replaced.append((name, f"đã thu «{winner}»"))
        else:
            report.aside.append((name, f"không phải bài «{slug}»"))
    if not right:
        broken = count[best.path] is None
        notes.append(
            "sổ hỏng, không đọc được" if broken else f"không thấy câu nào của bài «{slug}»"
        )
    return best, notes


def answers_in(path: Path, wanted: set[str]) -> int | None:
    """Số câu của bài có mặt trong sổ; None khi tệp không phải là sổ đọc được."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        sources = [
            "".join(c["source"]) if isinstance(c["source"], list) else c["source"] for c in cells
        ]
        ids = {c.get("metadata", {}).get("nbgrader", {}).get("grade_id") for c in cells}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    marked = {m.group(1) for source in sources if (m := MARKER.search(str(source)))}
    return len(wanted & (marked | ids))
