"""Thu bài từ gói tải về của Moodle, Canvas, Google Classroom, bằng zip_collect của nbgrader.

nbgrader giải nén, chép tệp vào submitted/ và ghi giờ nộp. Ở đây thêm ba điều mà nó để người dùng
lo: không giải nén tệp nguy hiểm, đọc tên tệp của từng hệ thống, và mỗi người chỉ một bản mới nhất.
Gói gốc không bị đụng đến: một bản chép nằm ở downloaded/<bài>/archive, mọi tệp đã giải nén nằm ở
downloaded/<bài>/extracted, kể cả những tệp không thu.
"""

import json
import logging
import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import is_solution, parse_utc, unzip

from . import choosing
from .choosing import Choice, Report
from .exports import SYSTEMS, guess_system, inner_path
from .roster import Roster, read_roster
from .run import COLLECTED, submitters
from .submission import CourseError, grade_id

TOTAL_BYTES, NESTED_BYTES = 4 * 2**30, 256 * 2**20  # gói của trường, và zip do sinh viên nộp
MAX_ENTRIES, MAX_DEPTH = 50_000, 3


class SafeExtractor(ExtractorPlugin):
    """Giải nén bằng nbgrader, sau khi xem trước từng gói; zip lồng nhau được mở tới ba tầng."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        self.refused: dict[Path, str] = {}
        root = Path(extracted_path)
        for source in sorted(p for p in Path(archive_path).rglob("*") if p.is_file()):
            place = root / source.parent.relative_to(archive_path)
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
        limit = TOTAL_BYTES
        for depth in range(MAX_DEPTH + 1):
            for archive in sorted(p for p in root.rglob("*") if p.suffix.lower() == ".zip"):
                if archive not in self.refused:
                    reason = f"quá {MAX_DEPTH} tầng zip lồng nhau" if depth == MAX_DEPTH else None
                    self._open(archive, limit, reason)
            limit = NESTED_BYTES

    def _open(self, archive: Path, limit: int, reason: str | None) -> None:
        reason = reason or refusal(archive, limit)
        if reason is None:
            plain = archive.rename(archive.with_suffix(".zip"))  # nbgrader chỉ biết đuôi chữ thường
            try:
                unzip(str(plain), str(plain.parent), zip_ext=[".zip"], create_own_folder=True)
            except Exception as error:
                reason, archive = f"không giải nén được ({type(error).__name__})", plain
            else:
                _keep_times(plain)
                plain.unlink()
                return
        self.refused[archive] = reason


def refusal(archive: Path, limit: int) -> str | None:
    """Vì sao không được giải nén gói này; None là giải nén được."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        return "tệp zip hỏng"
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > limit:
        return f"giải nén ra quá lớn (hơn {limit // 2**20} MB hoặc {MAX_ENTRIES} tệp)"
    if any(entry.flag_bits & 1 for entry in entries):
        return "tệp zip có mật khẩu, hãy giải nén tay"
    names = [entry.filename.replace("\\", "/") for entry in entries]
    if any(name.startswith("/") or ".." in name.split("/") or ":" in name[:3] for name in names):
        return "tệp zip có đường dẫn ra ngoài thư mục của nó"
    return None


def _keep_times(archive: Path) -> None:
    """Giờ của từng tệp trong zip, mà nbgrader bỏ qua khi giải nén; và quyền đọc bình thường."""
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = archive.with_suffix("") / entry.filename
            if path.is_file() and not path.is_symlink():
                path.chmod(0o644)
                if entry.date_time[0] > 1980:  # 1980 là «không ghi giờ»
                    then = datetime(*entry.date_time).timestamp()
                    os.utime(path, (then, then))


class PlannedCollector(FileNameCollectorPlugin):
    """Đọc tên tệp bằng biểu thức có nhóm tên của hệ thống; mỗi người chỉ trả về một tệp."""

    plan: dict[Path, Choice] = {}

    def collect(self, submitted_file: str) -> dict | None:
        chosen = self.plan.get(Path(submitted_file))
        return chosen and chosen.info


def collect(course, slug: str, source: str, system: str = "", listing: str = "") -> Report:
    """Thu bài của một gói (tệp zip hay thư mục đã giải nén) vào lớp."""
    if not course.source(slug).exists():
        raise CourseError(
            f"Lớp này chưa phát bài «{slug}». Hãy chạy make assignment SLUG={slug} trước, với cùng "
            "SEED của lớp."
        )
    if system and system not in SYSTEMS:
        raise CourseError(f"Không biết hệ thống «{system}»; hãy chọn {', '.join(SYSTEMS)}.")
    roster = read_roster(Path(listing)) if listing else Roster()
    place = course.root / "downloaded" / slug
    _copy_archive(Path(source), place / "archive")

    app = ZipCollectApp(config=course.api.config)
    app.coursedir = CourseDirectory(config=course.api.config)
    app.coursedir.assignment_id, app.coursedir.submitted_directory = slug, "submitted"
    app.force, app.log = True, logging.getLogger("zip_collect")
    app.log.setLevel(logging.CRITICAL)  # báo cáo dưới đây nói đủ hơn
    app.extractor_plugin, app.collector_plugin = SafeExtractor, PlannedCollector
    app.init_plugins()
    app.extract_archive_files()
    report = Report()
    app.collector_plugin_inst.plan = plan = _plan(app, course, slug, system, roster, report)
    if plan:
        app.process_extracted_files()
    for chosen in plan.values():
        note = {"file": chosen.file, "notes": chosen.notes}
        folder = course.root / "submitted" / chosen.info["student_id"] / slug
        (folder / COLLECTED).write_text(json.dumps(note, ensure_ascii=False, indent=1), "utf-8")
    _register(course, roster)
    report.absent = sorted(set(roster.people) - set(submitters(course.root, slug)))
    (place / "report.txt").write_text(report.text() + "\n", "utf-8")
    return report


def _copy_archive(source: Path, place: Path) -> None:
    if not source.exists():
        raise CourseError(f"Không có {source}; hãy đặt FROM= là tệp zip hay thư mục vừa tải về.")
    if source.resolve().is_relative_to(place.parent) or place.is_relative_to(source.resolve()):
        raise CourseError(f"{source} nằm trong thư mục của lớp; hãy để gói tải về ở nơi khác.")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    if source.is_file():
        shutil.copy2(source, place)
    else:
        shutil.copytree(source, place, dirs_exist_ok=True, ignore=_links)


def _links(folder: str, names: list[str]) -> list[str]:
    """Liên kết không được đi theo: nó có thể chỉ ra ngoài gói."""
    return [name for name in names if (Path(folder) / name).is_symlink()]


def _plan(
    app: ZipCollectApp, course, slug: str, system: str, roster: Roster, report: Report
) -> dict[Path, Choice]:
    root = course.root / "downloaded" / slug / "extracted"
    paths = choosing.notebooks(root, app.extractor_plugin_inst.refused, report)
    report.system = system or guess_system([inner_path(path, root) for path in paths])
    collector = app.collector_plugin_inst
    collector.named_regexp = SYSTEMS[report.system] + "$"
    found = choosing.describe(paths, root, report.system, slug, collector._match)
    release = nbformat.read(course.root / "release" / slug / f"{slug}.ipynb", as_version=4)
    wanted = {grade_id(cell) for cell in release.cells if is_solution(cell)}
    plan = choosing.choose(found, roster, slug, wanted, report, root)
    for path, chosen in list(plan.items()):  # bản đã thu lần trước có thể mới hơn
        student, when = chosen.info["student_id"], chosen.info.get("timestamp")
        kept = course.root / "submitted" / student / slug / "timestamp.txt"
        if when and kept.exists() and parse_utc(kept.read_text()) > parse_utc(when):
            del plan[path], report.collected[student]
            report.notes.pop(student, None)
            report.replaced.append((chosen.file, "bản thu lần trước mới hơn"))
    return plan


def _register(course, roster: Roster) -> None:
    """Họ tên và thư điện tử vào sổ điểm của nbgrader."""
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        for person in roster.people.values():
            family, _, given = person.name.rpartition(" ")
            gradebook.update_or_create_student(
                person.student, first_name=given, last_name=family, email=person.email
            )
