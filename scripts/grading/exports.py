"""Ba cách đặt tên trong gói bài nộp tải về: Moodle, Canvas, Google Classroom.

- Moodle (mod/assign/classes/downloader.php): thư mục «Họ tên_số_assignsubmission_file/» (bản cũ có
  thêm «_» ở cuối), hoặc một thư mục phẳng «Họ tên_số_assignsubmission_file_bai.ipynb».
- Canvas (lib/content_zipper.rb): «họtênviếtliền_LATE_mãngườidùng_mãtệp_bai-1.ipynb»; LATE chỉ có
  khi nộp muộn, «-1» khi nộp lại, mã tệp lớn hơn là nộp sau; ẩn danh thì «anon_xyz_mãtệp_bai.ipynb».
- Google Classroom: thư mục Drive của bài tập, «Họ tên - bai.ipynb», «bai.ipynb - Họ tên.ipynb», có
  khi thêm «Bản sao của», «Copy of», «(1)»; cũng có khi mỗi người một thư mục mang tên mình.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from .roster import bare, nfc

MOODLE = (
    r"(?:.*/)?(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_file"
    r"(?:[^/]*/(?:.*/)?|_)(?P<file>[^/]+)"
)
CANVAS = (
    r"(?:.*/)?(?:(?P<name>[^/]+?)(?P<late>_LATE)?_(?P<number>\d+)|(?P<late2>LATE_)?"
    r"(?P<anonymous>anon_\w+?))_(?P<attachment>\d+)_(?:[^/]*/(?:.*/)?)?(?P<file>[^/]+)"
)
CLASSROOM = r"(?:.*/)?(?P<file>[^/]+)"
SYSTEMS = {"moodle": MOODLE, "canvas": CANVAS, "classroom": CLASSROOM}
COPY = re.compile(r"^(copy of|bản sao của|ban sao cua)\s+", re.IGNORECASE)
NUMBERED = re.compile(r"[ _-]*(?:\((\d+)\)|-(\d+))$")
ENDINGS = re.compile(r"\.ipynb(\.(json|txt))?$|\.ipynb(?=\s*\(\d+\)$)", re.IGNORECASE)


@dataclass
class Found:
    """Một tệp có thể là bài nộp, cùng những gì tên của nó nói."""

    path: Path
    name: str
    other: str = ""  # khả năng thứ hai của tên, khi tên tệp không nói rõ
    number: str = ""  # số mà hệ thống đặt cho người nộp
    file: str = ""
    late: bool = False
    attachment: int = 0
    when: datetime | None = None

    @property
    def order(self) -> tuple:
        """Bản nộp sau thì lớn hơn."""
        again = NUMBERED.search(ENDINGS.sub("", self.file))
        times = int(next(filter(None, again.groups()))) if again else 0
        return self.attachment, self.when or datetime.min.replace(tzinfo=UTC), times


def guess_system(names: list[str]) -> str:
    """Hệ thống đã xuất ra các tệp này."""
    for system in ("moodle", "canvas"):
        if 2 * sum(bool(re.fullmatch(SYSTEMS[system], name)) for name in names) >= len(names) > 0:
            return system
    return "classroom"


def readable(path: str) -> str:
    """Đường dẫn ở dạng NFC; tên UTF-8 bị giải nén thành cp437 thì được đọc lại cho đúng.

    zip do macOS nén lại ghi tên bằng UTF-8 mà không bật cờ UTF-8.
    """
    try:
        repaired = path.encode("cp437").decode("utf-8")
    except UnicodeError:
        repaired = path
    return nfc(repaired)


def title_of(name: str) -> str:
    """Tên tệp bỏ đuôi .ipynb, «Bản sao của», «(1)»."""
    name = ENDINGS.sub("", name.strip())
    return ENDINGS.sub("", NUMBERED.sub("", COPY.sub("", name)).strip()).strip()


def drive_names(files: list[tuple[str, str]], slug: str) -> list[tuple[str, str]]:
    """Tên người trong mỗi cặp (thư mục, tên tệp) của Drive, kèm khả năng thứ hai.

    Trong «A - B», bên nào là tên bài thì bên kia là tên người. Tên bài là tên đề, bên có đuôi
    .ipynb, hay bên lặp lại ở nhiều tệp hơn; không rõ thì bên trái là tên người.
    """
    halves = [tuple(title_of(file).partition(" - ")[::2]) for _, file in files]
    seen = Counter(bare(title_of(part)) for pair in halves for part in set(pair))
    seen[bare(slug)] += len(files) + 1
    names = []
    for (folder, _), (left, right) in zip(files, halves, strict=True):
        if not right:
            names.append((folder or left, left))
            continue
        titles = [title_of(left), title_of(right)]
        if left.lower().endswith(".ipynb") or seen[bare(titles[0])] > seen[bare(titles[1])]:
            titles.reverse()
        names.append((titles[0], titles[1]))
    return names


def inner_path(path: Path, root: Path) -> str:
    return readable(PurePosixPath(path.relative_to(root)).as_posix())
