"""`make new-chapter`: đủ phòng, qua mọi kiểm thử của ngôi nhà; bị từ chối thì không để lại gì."""

import os
import re
import subprocess
import sys
from pathlib import Path

import new_chapter
import pytest

ROOT = Path(__file__).resolve().parent.parent
SLUG, TITLE = "aa_trial", "Vận chuyển tối ưu: một khung"
ROOMS = """book/{0}.md notebooks/{0}.ipynb course_utils/{0}.py course_utils/checks/{0}.py
tests/test_{0}.py tests/checks/test_{0}.py notebooks/assignments/source/{0}/{0}.ipynb
notebooks/assignments/variants/{0}.py""".split()


@pytest.fixture(scope="module")
def copy(snapshot, tmp_path_factory):
    """Bản sao của giáo trình; phép thử nào cũng phải để nó lại như cũ."""
    folder = tmp_path_factory.mktemp("new_chapter") / "copy"
    subprocess.run(["git", "clone", "--quiet", snapshot, folder], check=True)
    return folder


def status(folder):
    command = ["git", "-C", folder, "status", "--porcelain"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("slug", "title", "sentence"),
    [
        ("", TITLE, "Cần cả tên và tiêu đề"),
        (SLUG, "", "Cần cả tên và tiêu đề"),
        ("Vận-tải", TITLE, "chỉ chữ thường không dấu"),
        ("../gan2", TITLE, "chỉ chữ thường không dấu"),
        ("2d_flows", TITLE, "bắt đầu bằng chữ"),
        ("lambda", TITLE, "không dùng được"),
        ("a" * 41, TITLE, "không quá 40 ký tự"),
        ("gan", TITLE, "Chương «gan» đã có"),
        ("reproduce", TITLE, "Chương «reproduce» đã có: course_utils/reproduce"),
        (SLUG, "Luồng $f$", "không có ký hiệu của Markdown"),
        (SLUG, "Dài " * 20, "không quá 60 ký tự"),
    ],
)
def test_a_bad_name_gets_a_sentence_and_leaves_nothing(slug, title, sentence, copy, capsys):
    assert new_chapter.main([slug, title], copy) == 1
    assert sentence in capsys.readouterr().err
    assert status(copy) == ""


def test_every_room_is_in_the_templates():
    files = new_chapter.new_files(SLUG, TITLE)
    assert {room.format(SLUG) for room in ROOMS} <= set(map(Path.as_posix, files))
    trial = [path for path in files if path.parent.parent.name in ("mutants", "alternatives")]
    assert len(trial) == 6 * 5
    for path, text in files.items():
        rest = re.search(r"ten.chuong|TÊN_CHƯƠNG|question[-_]0|SETUP_CELL|COLAB_LINK|⟦[ab]0", text)
        assert rest is None, f"{path}: {rest}"


@pytest.mark.parametrize("stop", [OSError, KeyboardInterrupt])
def test_an_interrupted_write_puts_everything_back(stop, copy, monkeypatch):
    """Đĩa đầy hay Ctrl-C ở tệp chung cuối cùng: cây thư mục trở lại như cũ."""
    files = new_chapter.new_files(SLUG, TITLE) | new_chapter.changed_files(SLUG, TITLE, copy)
    write_text, last = Path.write_text, copy / list(files)[-1]

    def interrupted(path, text, encoding):
        write_text(path, text[: len(text) // 2] if path == last else text, encoding)
        if path == last:
            raise stop

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(stop):
        new_chapter.write(files, copy)
    assert status(copy) == ""


def test_a_lab_that_does_not_run_leaves_nothing(copy, monkeypatch, capsys):
    """Khung hỏng: báo ô nào, và không một tệp nào được ghi."""
    broken = new_chapter.new_files(SLUG, TITLE)
    broken[Path(f"course_utils/{SLUG}.py")] = "raise RuntimeError('khung hỏng')\n"
    monkeypatch.setattr(new_chapter, "new_files", lambda *_: broken)
    assert new_chapter.main([SLUG, TITLE], copy) == 1
    assert "RuntimeError: khung hỏng" in capsys.readouterr().err
    assert status(copy) == ""


@pytest.fixture(scope="module")
def grown(snapshot, tmp_path_factory):
    """Bản sao của giáo trình đã thêm một chương, và hàm chạy một lệnh ở đó."""
    folder = tmp_path_factory.mktemp("grown") / "course"
    subprocess.run(["git", "clone", "--quiet", snapshot, folder], check=True)

    def run(*command):
        program, *arguments = command
        environment = {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-6000:]

    run("python", "scripts/new_chapter.py", SLUG, TITLE)
    return run


@pytest.mark.long
@pytest.mark.parametrize(
    "command",
    [
        "ruff check",
        "ruff format --check",
        f"python scripts/check_notebooks.py notebooks/{SLUG}.ipynb",
        f"python -m pytest tests/test_{SLUG}.py tests/checks/test_{SLUG}.py",
        "python -m pytest tests/test_repository.py tests/test_package.py",
        f"python -m pytest tests/notebooks -k {SLUG}",
        f"python -m pytest -p no:cacheprovider --nbval notebooks/{SLUG}.ipynb"
        " --nbval-sanitize-with tests/notebooks/sanitize.cfg",
        f"python -m pytest tests/assignments/test_sources.py -k {SLUG}",
        "python -m pytest tests/book_numbers",
        "jupyter-book build . --all --warningiserror --keep-going",
        "python -m pytest tests/book/test_build.py tests/book/test_links.py",
        f"python -m pytest tests/book/test_pages.py -k {SLUG}",
        "python scripts/check_language.py",
    ],
)
def test_a_new_chapter_passes_the_tests_of_the_house(command, grown):
    grown(*command.split())
