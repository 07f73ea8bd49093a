"""`make profile`: đọc đúng ô, đúng bộ nhớ, giữ bảng của một máy; trang nói thật khi không đạt."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import profile_course
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "book/_ext"))

import profile_table  # noqa: E402

LAB = new_notebook(
    cells=[
        new_markdown_cell("# Phòng thử"),
        new_code_cell("import time"),
        new_markdown_cell("Lời.\n\n## Ô nặng\n\nLời."),
        new_code_cell("data = bytearray(300 * 2**20)\ntime.sleep(1)\nprint(len(data))"),
        new_markdown_cell("## Ô nhẹ"),
        new_code_cell("1 + 1"),
    ]
)


@pytest.fixture(scope="module")
def profiled(tmp_path_factory):
    """(hàng đã đo, sổ đã lưu)."""
    path = tmp_path_factory.mktemp("lab") / "thu.ipynb"
    nbformat.write(LAB, path)
    return profile_course.profile_lab(path, store=True), nbformat.read(path, as_version=4)


def test_the_heavy_cell_is_named_by_its_heading(profiled):
    row, _ = profiled
    assert row["slowest"][0]["heading"] == "Ô nặng"
    assert len(row["slowest"]) == profile_course.SLOWEST
    assert row["slowest"][0]["seconds"] <= row["seconds"]


def test_memory_is_the_kernels(profiled):
    """300 MiB của ô nặng, thêm một nhân Python; không kể tiến trình đang kiểm."""
    row, _ = profiled
    assert 300 < row["peak_mb"] < 600


def test_stored_outputs_are_those_of_a_normalized_run(profiled):
    _, notebook = profiled
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert outputs[1][0].text == f"{300 * 2**20}\n"
    assert outputs[2][0].data["text/plain"] == "2"
    assert all("execution" not in cell.metadata for cell in notebook.cells)


def test_labs_of_another_machine_are_dropped():
    here = {"machine": profile_course.machine(), "labs": {"gan": {}}, "book": {}}
    profile_course.add_lab(here, "ffjord", {})
    assert list(here["labs"]) == ["ffjord", "gan"]
    elsewhere = here | {"machine": {"cpu": "khác"}}
    profile_course.add_lab(elsewhere, "ffjord", {})
    assert elsewhere == here | {"labs": {"ffjord": {}}}


def test_what_is_not_a_lab_keeps_its_own_machine(tmp_path, monkeypatch):
    """Đo lại `make book` ở máy khác: bảng các phòng của máy cũ còn nguyên."""
    table = tmp_path / "performance.json"
    old = {"machine": {"cpu": "khác"}, "labs": {"gan": lab(30)}}
    table.write_text(json.dumps(old), "utf-8")
    monkeypatch.setattr(profile_course, "profile_book", lambda: lab(50))
    profile_course.profile(["book"], table=table)
    book = lab(50) | {"machine": profile_course.machine()}
    assert json.loads(table.read_text("utf-8")) == old | {"book": book}


def test_the_clock_counts_only_what_follows():
    code = profile_course.CLOCK.format("time.sleep(2)", "pass")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert float(run.stdout) < 1


def lab(seconds, peak=500):
    slowest = [{"heading": "Ô | nặng", "seconds": seconds / 2}]
    row = {"date": "2026-01-02", "seconds": seconds, "cpu_seconds": seconds, "peak_mb": peak}
    return row | {"others": 0.1, "slowest": slowest}


def test_the_page_says_which_goal_is_missed():
    stored = {"machine": profile_course.machine(), "labs": {"gan": lab(30), "ffjord": lab(61)}}
    text = "\n".join(profile_table.labs(stored))
    assert text.index("ffjord") < text.index("notebooks/gan`")  # chậm nhất đứng đầu
    assert "- ✓ cả khóa học dưới 10 phút: 1.5 phút (1.5 phút CPU) khi chạy lần lượt" in text
    assert "- ✗ không phòng nào quá 60 giây; còn {doc}`/notebooks/ffjord` (61 giây CPU)" in text
    assert "- ✓ mỗi phòng dưới 2 GiB" in text
    assert "Ô \\| nặng" in text
    partial = "\n".join(profile_table.labs(stored, ["vae"]))
    assert "- chưa đo: {doc}`/notebooks/vae`" in partial
    assert "cả khóa học" not in partial


def test_the_page_tells_how_fast_the_machine_was():
    """Đúng vòng lặp đã bấm giờ, và khoảng của nó; hàng cũ không có số ấy thì thôi."""
    assert profile_table.LOOP == profile_course.LOOP
    assert profile_course.loop_seconds() > 0
    old = {"machine": profile_course.machine(), "labs": {"gan": lab(30)}}
    assert profile_table.LOOP not in "\n".join(profile_table.labs(old))
    new = old | {"labs": {"gan": lab(30) | {"loop": 0.1}, "ffjord": lab(30) | {"loop": 0.25}}}
    text = "\n".join(profile_table.labs(new))
    assert f"`{profile_table.LOOP}` mất từ 0.10 đến 0.25 giây" in text


def test_the_whole_course_uses_every_core():
    """Hai phòng một lúc thì mục tiêu được xét theo giờ phải chờ, không theo tổng."""
    stored = {"machine": profile_course.machine(), "labs": {"gan": lab(400), "ffjord": lab(400)}}
    assert "- ✗ cả khóa học dưới 10 phút: 13.3 phút" in "\n".join(profile_table.labs(stored))
    course = lab(420) | {"jobs": 2, "machine": {"cores": 2, "cpu": "thử"}}
    text = "\n".join(profile_table.labs(stored | {"course": course}))
    assert (
        "- ✓ cả khóa học dưới 10 phút: 7.0 phút khi chạy 2 phòng một lúc trên 2 nhân thử; " in text
    )
    assert "; 13.3 phút (13.3 phút CPU) khi chạy lần lượt từng phòng" in text


def test_labs_run_side_by_side_and_an_error_is_seen(tmp_path, monkeypatch):
    """Hai sổ chạy bằng hai luồng Python; phòng hỏng thì cả lượt báo lỗi của nó."""
    (tmp_path / "notebooks").mkdir()
    for number in range(2):
        small = new_notebook(cells=[new_code_cell("1 + 1")])
        nbformat.write(small, tmp_path / f"notebooks/{number}.ipynb")
    monkeypatch.setattr(profile_course, "ROOT", tmp_path)
    monkeypatch.setattr(profile_course.os, "cpu_count", lambda: 2)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # lượt đo đặt rồi bỏ biến này: trả lại khi xong
    row = profile_course.profile_course({})
    assert (row["labs"], row["jobs"]) == (2, 2)
    broken = new_notebook(cells=[new_code_cell("1 / 0")])
    nbformat.write(broken, tmp_path / "notebooks/broken.ipynb")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        profile_course.profile_course({"broken": {"seconds": 1}})


def test_imports_and_the_book_are_told_when_measured():
    where = {"machine": {"cores": 2, "cpu": "thử"}, "date": "2026-01-02"}
    imports = where | {"torch": 1.5, "course_utils": 0.001, "models": 0.2, "figures": 0.9}
    book = where | {"seconds": 61.0, "cpu_seconds": 50.0, "peak_mb": 900}
    text = "\n".join(profile_table.start({"imports": imports, "book": book}))
    assert "- ✓ nạp cả gói dưới 0.3 giây, không kể torch: 0.20 giây" in text
    assert "- ✗ `make book` dưới 60 giây: 61 giây" in text
    assert "| `make book`, mọi gói đã cài | 61.0 | 2 nhân thử, 2026-01-02 |" in text
    assert "make book" not in "\n".join(profile_table.start({"imports": imports}))


def test_the_stored_table_names_only_labs_of_the_course():
    stored = json.loads(profile_table.TABLE.read_text("utf-8"))
    written = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert stored["labs"].keys() <= written
