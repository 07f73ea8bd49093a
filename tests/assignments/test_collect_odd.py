"""Thu bài: gói nguy hiểm, tên không rõ của ai, tệp lạ, lời gọi sai."""

from pathlib import Path

import assignments
import pytest
from grading import collect
from grading.submission import CourseError

from tests.assignments.parcels import LIST, archive, packed, roster_file, submitted
from tests.assignments.small_course import SLUG

pytestmark = pytest.mark.xdist_group("collect")


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
