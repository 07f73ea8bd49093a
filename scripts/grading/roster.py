"""Tên người và danh sách lớp: từ tên trong tệp tải về tìm ra mã sinh viên."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from .submission import CourseError

ID_HEADERS = {"ma sinh vien", "ma sv", "mssv", "msv", "ma so sinh vien", "student id", "id"}
NAME_HEADERS = {"ho ten", "ho va ten", "ten sinh vien", "ho ten sinh vien", "full name", "name"}
FAMILY_HEADERS = {"ho", "ho dem", "ho va ten dem", "ho lot", "last name"}
GIVEN_HEADERS = {"ten", "first name"}
EMAIL_HEADERS = {"email", "e-mail", "thu dien tu", "dia chi email", "email address"}


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def bare(text: str) -> str:
    """Chữ thường, không dấu: «Nguyễn Đức  Ánh» thành «nguyen duc anh»."""
    parts = unicodedata.normalize("NFKD", text.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(plain.lower().split())


def safe_id(text: str) -> str:
    """Mã dùng được làm tên thư mục và không bị nbgrader hiểu là mẫu tìm tệp."""
    return re.sub(r"[^a-z0-9.-]+", "_", bare(text)).strip("_.-") or "sinh_vien"


@dataclass(frozen=True)
class Person:
    """Một dòng của danh sách lớp."""

    student: str
    name: str
    email: str = ""


class Roster:
    """Danh sách lớp; không có tệp thì rỗng, mọi tên đều là tên lạ."""

    def __init__(self, people: list[Person] = ()):
        self.people = {person.student: person for person in people}
        self._exact, self._bare = defaultdict(set), defaultdict(set)
        for person in people:
            for key in _keys(nfc(person.name).lower()):
                self._exact[key].add(person.student)
            for key in _keys(bare(person.name)):
                self._bare[key].add(person.student)

    def __bool__(self) -> bool:
        return bool(self.people)

    def find(self, name: str, file: str = "") -> list[str]:
        """Các mã sinh viên mà tên này có thể là: mã viết trong tên, họ tên, mã trong tên tệp.

        Tên tệp do sinh viên đặt, nên nó chỉ có tiếng nói khi tên người chưa đủ rõ.
        """
        people = sorted(
            self._written(name)
            or self._exact[_squeeze(nfc(name).lower())]
            or self._bare[_squeeze(bare(name))]
        )
        if len(people) == 1:
            return people
        written = self._written(file)
        if not people and written:
            return written if len(written) == 1 else []
        return [student for student in people if student in written] or people

    def _written(self, text: str) -> list[str]:
        words = set(re.split(r"[\s_.()-]+", text.lower()))
        return [student for student in self.people if student.lower() in words]


def _squeeze(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum())


def _keys(name: str) -> set[str]:
    """Tên viết liền theo mọi cách xoay: Canvas xếp «Nguyễn Văn An» thành `annguyễnvăn`."""
    words = name.split()
    return {_squeeze("".join(words[i:] + words[:i])) for i in range(len(words))}


def read_roster(path: Path) -> Roster:
    """Đọc danh sách lớp từ CSV: có BOM hay không, ngăn bằng dấu phẩy, chấm phẩy hay tab."""
    try:
        data = path.read_bytes()
    except OSError:
        raise CourseError(f"Không đọc được danh sách lớp {path}; hãy kiểm tra lại LIST=.") from None
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(
            f"{path.name} không phải UTF-8. Trong Excel, hãy lưu lại bằng kiểu «CSV UTF-8»."
        ) from None
    lines = [line for line in text.splitlines() if line.strip(" ,;\t")]
    header = lines[0] if lines else ""
    delimiter = max(",;\t", key=header.count)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    columns = [bare(cell) for cell in rows[0]] if rows else []

    def column(names: set[str]) -> int | None:
        return next((i for i, title in enumerate(columns) if title in names), None)

    student, email = column(ID_HEADERS), column(EMAIL_HEADERS)
    names = [column(NAME_HEADERS)]
    if names == [None]:
        names = [column(FAMILY_HEADERS), column(GIVEN_HEADERS)]
    if student is None or names[-1] is None:
        raise CourseError(
            f"{path.name} cần dòng đầu có hai cột «Mã sinh viên» và «Họ tên» (thêm «Email» nếu "
            f"có); đã thấy: {', '.join(columns) or 'tệp trống'}."
        )
    people = []
    for row in rows[1:]:
        cells = [cell.strip() for cell in row] + [""] * (len(columns) - len(row))
        if cells[student]:
            name = " ".join(cells[i] for i in names if i is not None)
            mail = cells[email] if email is not None else ""
            people.append(Person(_usable(cells[student]), nfc(" ".join(name.split())), mail))
    return Roster(people)


def _usable(student: str) -> str:
    """Mã trong danh sách được giữ nguyên, trừ các ký tự không làm tên thư mục được."""
    return re.sub(r"[\[\]*?+/\\\s:\x00-\x1f]+", "_", student).lstrip(".") or "sinh_vien"
