"""Danh sách lớp và tên người: đọc tệp Excel ghi ra, tên tiếng Việt ở mọi dạng."""

import pytest
from grading import choosing
from grading.exports import drive_names, guess_system, readable
from grading.roster import Person, Roster, read_roster, safe_id
from grading.submission import CourseError

SLUG = "nho"


def roster_file(tmp_path, text, encoding):
    path = tmp_path / "lop.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_list_is_read_as_excel_writes_it(tmp_path, encoding, delimiter):
    text = "STT;MSSV;Họ đệm;Tên\n1;0020;Nguyễn Thị;Ánh\n;;;\n".replace(";", delimiter)
    roster = read_roster(roster_file(tmp_path, text, encoding))
    assert roster.people == {"0020": Person("0020", "Nguyễn Thị Ánh")}


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("Tên;Điểm\nAn;9\n", "utf-8", "cần dòng đầu"),
        ("", "utf-8", "tệp trống"),
        ("Mã sinh viên;Họ tên\n1;Ánh\n", "utf-16-be", "cần dòng đầu|không phải UTF-8"),
        ("mssv;họ tên\n1;café\n", "cp1258", "không phải UTF-8"),
    ],
)
def test_a_list_that_cannot_be_read_gets_a_sentence(tmp_path, text, encoding, words):
    text = text if encoding != "cp1258" else text.replace("ọ", "o")
    with pytest.raises(CourseError, match=words):
        read_roster(roster_file(tmp_path, text, encoding))


def test_names_and_codes():
    assert safe_id("Nguyễn Đức  Ánh [2]*?+") == "nguyen_duc_anh_2"
    assert safe_id("[]") == "sinh_vien"
    assert readable("Tên.ipynb".encode().decode("cp437")) == "Tên.ipynb"
    assert guess_system([]) == "classroom"
    roster = Roster([Person("1", "Lê Hà"), Person("2", "Lê Hạ")])
    assert roster.find("lêhà") == ["1"]
    assert roster.find("Le Ha") == ["1", "2"]
    assert drive_names([("", "An - Bài"), ("", "Bé - Bài")], SLUG) == [("An", "Bài"), ("Bé", "Bài")]
    assert choosing.Report(system="moodle").text() == "Nguồn: moodle. Thu được bài của 0 người."


def test_a_file_name_does_not_take_another_students_id():
    """Tên tệp do người nộp đặt; họ tên do hệ thống của trường ghi thì mới tin được."""
    roster = Roster([Person("SV001", "Nguyễn Văn An"), Person("SV002", "Trần Bình")])
    assert roster.find("Nguyễn Văn An", "SV002.ipynb") == ["SV001"]
    assert roster.find("", "SV002.ipynb") == ["SV002"]
