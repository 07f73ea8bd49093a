"""Ghi tệp: tên thật luôn là một bản trọn vẹn, dù có lỗi, có người giết, hay hai bên cùng ghi."""

import os
import signal
import time

import pytest

from course_utils import files
from course_utils.files import locked, replacing

NAME = "bản ghi [1] của lớp.pt"  # dấu cách, dấu tiếng Việt, và ký tự đặc biệt của glob


@pytest.fixture
def path(tmp_path):
    return tmp_path / "thư mục mới" / NAME


def names(path):
    return [p.name for p in path.parent.iterdir()]


def write(path, content):
    with replacing(path) as file:
        file.write(content)


def test_a_failure_leaves_the_old_file_and_no_draft(path):

    def fail_writing(error):
        with replacing(path) as file:
            file.write(b"moi, dang do")
            raise error

    write(path, b"cu")
    for error in (OSError("đĩa đầy"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            fail_writing(error)
        assert path.read_bytes() == b"cu"
        assert names(path) == [NAME]


def test_the_draft_of_a_killed_process_is_swept_when_it_is_old(path, in_a_child):
    def die_writing():
        with replacing(path) as file:
            file.write(b"dang do")
            os.kill(os.getpid(), signal.SIGKILL)

    os.waitpid(in_a_child(die_writing), 0)
    (draft,) = path.parent.iterdir()
    assert draft != path
    write(path, b"tron ven")
    assert draft.exists()  # còn mới: biết đâu có người đang viết
    long_ago = time.time() - files.STALE
    os.utime(draft, (long_ago, long_ago))
    write(path, b"tron ven")
    assert names(path) == [NAME]


def test_two_writers_never_mix(path, in_a_child):
    """Hai tiến trình ghi cùng một tên, mỗi bên một chữ; ai đọc cũng thấy chỉ một chữ."""

    def write_often(letter):
        for _ in range(30):
            with replacing(path) as file:
                for _ in range(20):
                    file.write(letter * 1000)
                    file.flush()

    write(path, b"a" * 20_000)
    children = [in_a_child(lambda letter=letter: write_often(letter)) for letter in (b"a", b"b")]
    while children:
        content = path.read_bytes()
        assert content in (b"a" * 20_000, b"b" * 20_000)
        ended = {child: os.waitpid(child, os.WNOHANG) for child in children}
        assert {status for _, status in ended.values()} == {0}  # không bên nào vấp
        children = [child for child, (pid, _) in ended.items() if pid == 0]
    assert names(path) == [NAME]


def test_a_lock_held_too_long_is_not_waited_for(tmp_path):
    with locked(tmp_path / ".lock"), pytest.raises(TimeoutError, match="quá 0 giây"):
        with locked(tmp_path / ".lock", patience=0):
            pass
    with locked(tmp_path / ".lock", patience=0):
        pass
    assert list(tmp_path.iterdir()) == []  # khóa không để lại gì


def test_a_lock_that_comes_and_goes_never_holds_two(tmp_path, in_a_child):
    """Tệp khóa bị xóa rồi tạo lại liên tục: ba tiến trình cộng vào một số, không mất lần nào."""
    count = tmp_path / "count"
    count.write_text("0")

    def add():
        for _ in range(100):
            with locked(tmp_path / ".lock"):
                count.write_text(str(int(count.read_text()) + 1))

    children = [in_a_child(add) for _ in range(3)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert count.read_text() == "300"
