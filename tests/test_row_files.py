"""Tệp kết quả: hai tiến trình cùng thêm không mất hàng nào; chỗ ghi hỏng thì nói trước khi đo."""

import json
import os
import tempfile
from pathlib import Path

import pytest

from course_utils.compare import runner
from course_utils.compare.summary import FILE as TABLE
from course_utils.errors import InputError
from course_utils.reproduce import results
from course_utils.reproduce.results import FILE as REACHED
from course_utils.row_files import RowFile

FILE = RowFile("lệnh", lambda stored: stored["rows"], lambda rows: json.dumps({"rows": rows}))


def compared(seed):
    row = {"family": "realnvp", "data": "two_moons", "seed": seed, "budget": "full"}
    return row | {"note": "", "config": {"lr": 1}}


def reached(seed):
    row = {"name": "vae", "seed": seed, "cpu_seconds": None}
    return row | {"configuration": {"steps": 10}}


KINDS = {
    "compare": (TABLE, compared, lambda path, row: runner.store(row, path)),
    "reproduce": (REACHED, reached, results.store),
}


@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_lose_no_row(kind, tmp_path, in_a_child):
    file, make, store = KINDS[kind]
    path = tmp_path / "thư mục mới" / "results.json"

    def write(seeds):
        for seed in seeds:
            store(path, make(seed))

    children = [in_a_child(lambda part=part: write(range(part, 40, 2))) for part in (0, 1)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    rows = file.read(path)
    assert [row["seed"] for row in rows] == list(range(40))
    assert rows[3] == make(3)
    assert list(path.parent.iterdir()) == [path]  # không sót khóa hay tệp tạm


@pytest.mark.parametrize("act", [FILE.check_place, lambda path: FILE.update(path, list)])
def test_a_place_that_cannot_be_written_is_explained(act, tmp_path):
    (tmp_path / "tep").write_text("không phải thư mục", "utf-8")
    for path in (tmp_path / "tep" / "results.json", tmp_path / "tep" / "sau" / "results.json"):
        with pytest.raises(InputError, match=r"Không ghi được tệp kết quả .*--output"):
            act(path)
    with pytest.raises(InputError, match=r"Không đọc được.*cần một tệp"):
        act(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["tep"]


def test_a_read_only_folder_is_explained(in_a_child):
    """Kiểm thử chạy bằng root thì tiến trình con thôi làm root: root ghi đâu cũng được."""

    def look():
        if os.geteuid() == 0:
            os.setuid(65534)
        with pytest.raises(InputError, match=r"Không ghi được.*PermissionError"):
            FILE.check_place(Path(folder) / "results.json")

    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        assert os.waitpid(in_a_child(look), 0)[1] == 0
        assert os.listdir(folder) == []
        os.chmod(folder, 0o755)


def test_a_failed_change_leaves_the_file_and_frees_the_lock(tmp_path):
    path = tmp_path / "results.json"
    FILE.update(path, lambda rows: [{"a": 1}])
    with pytest.raises(TypeError, match="serializable"):
        FILE.update(path, lambda rows: [{"a": object()}])
    assert FILE.check_place(path) == [{"a": 1}]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"rows"', '{"hang": []}'])
def test_a_file_of_something_else_is_left_alone(content, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(content, "utf-8")
    for act in (FILE.read, FILE.check_place, lambda path: FILE.update(path, list)):
        with pytest.raises(InputError, match=r"results\.json không phải tệp kết quả.*`lệnh`"):
            act(path)
    assert path.read_text("utf-8") == content
