"""Thu bài từ gói tải về của Moodle, Canvas, Google Classroom: không sót tệp nào, không nhầm ai."""

import json
import unicodedata
import zipfile

import nbformat
import pytest
from grading import collect
from grading.submission import find_notebook, rebuild
from nbgrader.api import Gradebook

from tests.assignments.parcels import LIST, archive, roster_file, submitted
from tests.assignments.small_course import SLUG, answered

pytestmark = pytest.mark.xdist_group("collect")


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
