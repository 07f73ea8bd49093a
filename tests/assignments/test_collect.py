"""Thu bài từ gói tải về của Moodle, Canvas, Google Classroom: không sót tệp nào, không nhầm ai."""

import io
import json
import shutil
import unicodedata
import zipfile
from pathlib import Path

import assignments
import nbformat
import pytest
from grading import collect
from grading.submission import CourseError, find_notebook, rebuild
from nbgrader.api import Gradebook

from tests.assignments.small_course import SLUG, answered, open_course

pytestmark = pytest.mark.xdist_group("collect")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return open_course(tmp_path_factory.mktemp("class"))


@pytest.fixture
def course(released):
    for name in ("submitted", "downloaded"):
        shutil.rmtree(released.root / name, ignore_errors=True)
    return released


@pytest.fixture
def notebook(released):
    return nbformat.writes(answered(released))


def archive(path, files, day=1):
    """Tệp zip với nội dung cho sẵn; (nội dung, ngày) thì tệp ấy mang ngày riêng."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            content, when = content if isinstance(content, tuple) else (content, day)
            info = zipfile.ZipInfo(name, (2026, 3, when, 12, 0, 0))
            opened.writestr(info, content)
    return path


def packed(files):
    buffer = io.BytesIO()
    archive(buffer, files)
    return buffer.getvalue()


def submitted(course):
    return {
        path.parent.parent.name: path.read_text("utf-8")
        for path in (course.root / "submitted").glob(f"*/{SLUG}/{SLUG}.ipynb")
    }


def roster_file(tmp_path, text, encoding="utf-8-sig"):
    path = tmp_path / "lop.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


LIST = "Mã sinh viên;Họ tên;Email\n20201;Nguyễn Văn An;an@e.vn\n20202;Trần Đức Ánh;\n"
LIST += "20203;Lê Thị Bé;\n"


def test_moodle_folders(course, notebook, tmp_path):
    source = archive(
        tmp_path / "K66-Bai 1-77.zip",
        {
            "Nguyễn Văn An_1234567_assignsubmission_file_/bai.ipynb": notebook,
            "Trần Đức Ánh_1234568_assignsubmission_file/con/bai (1).ipynb": notebook,
            "Trần Đức Ánh_1234568_assignsubmission_onlinetext/onlinetext.html": "<p>Em nộp</p>",
            "Lê Thị Bé_1234569_assignsubmission_file/hinh.png": b"\x89PNG",
        },
    )
    before = source.read_bytes()
    report = collect.collect(course, SLUG, source, listing=roster_file(tmp_path, LIST))
    assert report.system == "moodle"
    assert set(submitted(course)) == {"20201", "20202"}
    assert report.absent == ["20203"]
    assert [why for _, why in report.aside] == ["không phải sổ .ipynb"] * 2
    assert source.read_bytes() == before
    stamp = (course.root / "submitted" / "20201" / SLUG / "timestamp.txt").read_text()
    assert stamp.startswith("2026-03-01")
    with Gradebook(course.api.coursedir.db_url) as gradebook:
        student = gradebook.find_student("20202")
        assert (student.last_name, student.first_name) == ("Trần Đức", "Ánh")


def test_moodle_flat_without_a_list(course, notebook, tmp_path):
    names = ["Nguyễn Văn An_11", "Nguyễn Văn An_12"]  # hai người cùng tên
    files = {f"{name}_assignsubmission_file_bài tập.ipynb": notebook for name in names}
    report = collect.collect(course, SLUG, archive(tmp_path / "a.zip", files))
    assert set(submitted(course)) == {"nguyen_van_an_11", "nguyen_van_an_12"}
    assert report.notes == {}


def test_names_from_macos_match_the_list(course, notebook, tmp_path):
    """Tên ở dạng NFD; zip do macOS nén lại còn thiếu cờ UTF-8 và có thư mục __MACOSX."""
    folder = unicodedata.normalize("NFD", "Trần Đức Ánh_9_assignsubmission_file_")
    path = archive(tmp_path / "a.zip", {f"{folder}/bai.ipynb": notebook, f"__MACOSX/{folder}": "x"})
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        assert all(entry.flag_bits & 0x800 for entry in opened.infolist())
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = raw.split(marker)
        raw = marker.join(
            [parts[0], *(p[: offset - 4] + b"\0\0" + p[offset - 2 :] for p in parts[1:])]
        )
    path.write_bytes(raw)
    report = collect.collect(course, SLUG, path, listing=roster_file(tmp_path, LIST))
    assert set(submitted(course)) == {"20202"}
    assert report.aside == []


def test_canvas_takes_the_last_attachment(course, notebook, tmp_path):
    files = {
        "nguyễnvănan_55_999_bai.ipynb": notebook,
        "nguyễnvănan_55_1000_bai-1.ipynb": notebook.replace("tong = 7", "tong = 8"),
        "ánhtrầnđức_LATE_56_1001_bai.ipynb": notebook,  # «Ánh, Trần Đức» viết liền
        "anon_x1y2Z_1002_bai.ipynb": notebook,
    }
    source = archive(tmp_path / "submissions.zip", files)
    report = collect.collect(course, SLUG, source, listing=roster_file(tmp_path, LIST))
    assert report.system == "canvas"
    found = submitted(course)
    assert set(found) == {"20201", "20202", "anon_x1y2z"}
    assert "tong = 8" in found["20201"]
    assert report.replaced == [
        ("submissions/nguyễnvănan_55_999_bai.ipynb", report.replaced[0][1]),
    ]
    assert report.notes["20202"] == ["nộp muộn (theo Canvas)"]
    assert "không có trong danh sách" in report.notes["anon_x1y2z"][0]


def test_classroom_folder(course, notebook, tmp_path):
    folder = tmp_path / "Bài tập 1"
    folder.mkdir()
    for name in (
        "Nguyễn Văn An - nho.ipynb",
        "nho.ipynb - Trần Đức Ánh.ipynb",
        "Bản sao của Lê Thị Bé - nho (1).ipynb",
        "Copy of Untitled.ipynb",
    ):
        (folder / name).write_text(notebook, "utf-8")
    before = sorted(folder.iterdir())
    report = collect.collect(course, SLUG, folder, listing=roster_file(tmp_path, LIST))
    assert report.system == "classroom"
    assert set(submitted(course)) == {"20201", "20202", "20203", "untitled"}
    assert sorted(folder.iterdir()) == before


def test_the_newest_copy_wins_even_when_collected_again(course, notebook, tmp_path):
    person = "An_1_assignsubmission_file_"
    later = notebook.replace("tong = 7", "tong = 9")
    files = {f"{person}/bai.ipynb": (later, 9), f"{person}/bai (1).ipynb": (notebook, 2)}
    report = collect.collect(course, SLUG, archive(tmp_path / "b.zip", files))
    assert "tong = 9" in submitted(course)["an_1"]
    assert len(report.replaced) == 1
    older = archive(tmp_path / "a.zip", {f"{person}/bai.ipynb": (notebook, 5)})
    report = collect.collect(course, SLUG, older)
    assert "tong = 9" in submitted(course)["an_1"]
    assert report.replaced == [
        ("a/An_1_assignsubmission_file_/bai.ipynb", "bản thu lần trước mới hơn")
    ]
    newest = archive(tmp_path / "c.zip", {f"{person}/bai.ipynb": (notebook, 11)})
    collect.collect(course, SLUG, newest)
    assert "tong = 7" in submitted(course)["an_1"]


def test_the_right_notebook_among_several(course, notebook, tmp_path):
    lab = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
    person = "An_1_assignsubmission_file_"
    files = {
        f"{person}/lab.ipynb": (lab, 9),
        f"{person}/hong.ipynb": ("{", 10),
        f"{person}/bai.ipynb": (notebook, 2),
    }
    report = collect.collect(course, SLUG, archive(tmp_path / "a.zip", files))
    assert submitted(course)["an_1"] == notebook
    assert sorted(why.split(";")[0] for _, why in report.aside) == [
        "không phải bài «nho»",
        "sổ hỏng, không đọc được",
    ]
    assert "bị hỏng, đã thu bản trước nó" in report.notes["an_1"][0]


def test_a_broken_notebook_is_still_collected(course, tmp_path):
    source = archive(tmp_path / "a.zip", {"An_1_assignsubmission_file_/bai.ipynb": "{"})
    report = collect.collect(course, SLUG, source)
    assert submitted(course) == {"an_1": "{"}
    assert report.notes["an_1"] == ["sổ hỏng, không đọc được"]


def test_notebooks_changed_by_colab(course, tmp_path):
    changed = answered(course)
    for cell in changed.cells:
        cell.metadata = {"id": "xYz", "colab": {"base_uri": "https://localhost/"}}
    changed.metadata = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    content = nbformat.writes(changed)
    files = {
        "An_1_assignsubmission_file_/bai.ipynb.json": content,
        "Bé_2_assignsubmission_file_/bai.ipynb.txt": content,
        "Cư_3_assignsubmission_file_/Bản sao của bai.ipynb (1)": content,
        "Dư_4_assignsubmission_file_/bai.json": content,
        "Em_5_assignsubmission_file_/khac.json": json.dumps({"a": 1}),
    }
    collect.collect(course, SLUG, archive(tmp_path / "a.zip", files))
    assert set(submitted(course)) == {"an_1", "be_2", "cu_3", "du_4"}
    master = nbformat.read(course.root / "release" / SLUG / f"{SLUG}.ipynb", as_version=4)
    for student in submitted(course):
        read, _ = find_notebook(course.root / "submitted" / student / SLUG, SLUG)
        rebuilt, notes = rebuild(read, master)
        assert any("tong = 7" in cell.source for cell in rebuilt.cells)
        assert any("khôi phục" in note for note in notes)


def test_zips_in_zips_and_dangerous_ones(course, notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "NESTED_BYTES", 10**6)
    deep = notebook.encode()
    for level in range(4):
        deep = packed({f"{level}.zip" if level else "bai.ipynb": deep})
    files = {
        "An_1_assignsubmission_file_/nop.ZIP": packed({"bai.ipynb": notebook}),
        "Bé_2_assignsubmission_file_/bom.zip": packed({"bai.ipynb": b"0" * 2 * 10**6}),
        "Cư_3_assignsubmission_file_/ra_ngoai.zip": packed({"../../../../x.ipynb": notebook}),
        "Dư_4_assignsubmission_file_/sau.zip": deep,
        "Em_5_assignsubmission_file_/hong.zip": b"PK nothing",
        "Gia_6_assignsubmission_file_/bai.rar": b"Rar!",
    }
    report = collect.collect(course, SLUG, archive(tmp_path / "a.zip", files))
    assert set(submitted(course)) == {"an_1"}
    reasons = {Path(name).name: why for name, why in report.aside}
    assert "quá lớn" in reasons["bom.zip"]
    assert "ra ngoài" in reasons["ra_ngoai.zip"]
    assert "lồng nhau" in reasons["2.zip"]
    assert "hỏng" in reasons["hong.zip"]
    assert "giải nén tay" in reasons["bai.rar"]
    assert not list(tmp_path.rglob("x.ipynb"))


def test_names_that_the_list_cannot_settle(course, notebook, tmp_path):
    listing = roster_file(tmp_path, LIST + "20204;Nguyễn Văn An;\n20205;Phạm Văn Cường;\n")
    files = {
        "Nguyễn Văn An_1_assignsubmission_file_/a.ipynb": notebook,
        "Nguyễn Văn An_2_assignsubmission_file_/20204_bai.ipynb": notebook,
        "Phạm Văn Cường_3_assignsubmission_file_/a.ipynb": notebook,
        "Phạm Văn Cường_4_assignsubmission_file_/a.ipynb": notebook,
        "Le Thi Be_5_assignsubmission_file_/a.ipynb": notebook,
        "Ai Đó [1]*_6_assignsubmission_file_/a.ipynb": notebook,
    }
    report = collect.collect(course, SLUG, archive(tmp_path / "a.zip", files), listing=listing)
    assert set(submitted(course)) == {
        *("nguyen_van_an_1", "20204", "pham_van_cuong_3", "pham_van_cuong_4", "20203", "ai_do_1_6")
    }
    assert "có thể là 20201 hoặc 20204" in report.notes["nguyen_van_an_1"][0]
    assert "nhiều người nộp cùng mang tên" in report.notes["pham_van_cuong_3"][0]
    assert "không có trong danh sách" in report.notes["ai_do_1_6"][0]


def test_every_file_is_in_the_report_once(course, notebook, tmp_path):
    files = {
        "An_1_assignsubmission_file_/a.ipynb": (notebook, 1),
        "An_1_assignsubmission_file_/b.ipynb": (notebook, 2),
        "An_1_assignsubmission_file_/c.py": "x",
        "doc_them.ipynb": notebook,
        "readme": "x",
    }
    report = collect.collect(course, SLUG, archive(tmp_path / "a.zip", files))
    listed = [*report.collected.values(), *(n for n, _ in report.replaced + report.aside)]
    assert sorted(listed) == sorted(f"a/{name}" for name in files)
    assert (course.root / "downloaded" / SLUG / "report.txt").read_text("utf-8").startswith("Nguồn")


def test_wrong_calls_get_a_sentence(course, tmp_path):
    with pytest.raises(CourseError, match="chưa phát bài"):
        collect.collect(course, "khac", tmp_path)
    with pytest.raises(CourseError, match="Không biết hệ thống"):
        collect.collect(course, SLUG, tmp_path, "blackboard")
    with pytest.raises(CourseError, match="FROM="):
        collect.collect(course, SLUG, tmp_path / "khong_co.zip")
    with pytest.raises(CourseError, match="ở nơi khác"):
        collect.collect(course, SLUG, course.root)
    with pytest.raises(CourseError, match="LIST="):
        collect.collect(course, SLUG, tmp_path, listing=str(tmp_path / "x.csv"))
    assert assignments.main(["collect", SLUG]) == 1
