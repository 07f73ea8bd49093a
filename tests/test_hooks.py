"""`make hooks` trên một bản sao thật: mỗi lần commit được soát, sổ tay được so bằng nbdime."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import normalize_notebooks
import pytest

ROOT = Path(__file__).resolve().parent.parent
LAB = "notebooks/coupling_flows.ipynb"


@pytest.fixture(scope="module")
def copy(snapshot, tmp_path_factory):
    """Bản sao có `.venv` và đã chạy `make hooks`."""
    folder = tmp_path_factory.mktemp("hooks") / "copy"
    subprocess.run(["git", "clone", "--quiet", snapshot, folder], check=True)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".git/info/exclude").write_text(".venv\n")
    # -o: coi môi trường là đã cài xong; không có nó make sẽ cài chính bản sao này vào đó.
    command = ["make", "-o", ".venv/.installed", "hooks"]
    subprocess.run(command, cwd=folder, check=True, env=environment(folder))
    return folder


def environment(folder):
    """Không đụng đến cấu hình git và bộ nhớ đệm của người đang chạy kiểm thử."""
    return os.environ | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
        "PATH": os.defpath,
    }


def git(folder, *arguments):
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def commit(folder, path, text):
    """Thử commit một tệp với nội dung ấy; trả về (được hay không, lời của các bước soát)."""
    (folder / path).write_text(text, "utf-8")
    git(folder, "add", path)
    done = git(folder, "commit", "--message=trial")
    git(folder, "reset", "--quiet", "--hard", "origin/HEAD")
    return done.returncode == 0, done.stdout + done.stderr


def spoiled_lab(folder):
    notebook = nbformat.read(folder / LAB, as_version=4)
    next(c for c in notebook.cells if c.cell_type == "code").execution_count = 7
    return nbformat.writes(notebook) + "\n"


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("scripts/trial.py", "import os\n", "F401"),
        ("scripts/trial.py", "x = {  'a':1 }\n", "files were modified by this hook"),
        ("book/trial.md", "# Ho\u0323c\n", "không ở dạng NFC"),
        ("book/trial.md", "# Thử\n\nMột luồng chuẩn hoá.\n", "chuẩn hóa"),
        (LAB, None, "ô mã 1 chưa chạy"),
    ],
)
def test_a_commit_that_breaks_a_rule_is_stopped(copy, path, text, sentence):
    passed, said = commit(copy, path, text or spoiled_lab(copy))
    assert not passed
    assert sentence in said


def test_a_clean_commit_passes(copy):
    passed, said = commit(copy, "scripts/trial.py", '"""Một tệp thử."""\n')
    assert passed, said


def test_a_difference_of_a_lab_shows_cells_not_json(copy):
    """Lời văn, mã và kết quả hiện ra theo ô; trạng thái của widget và số thứ tự thì không."""
    path = copy / LAB
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\n\nMột câu mới."
    notebook.cells[-1].metadata["execution"] = {"at": "2000"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.execution_count:
            cell.execution_count += 1
    for model in normalize_notebooks.stored_models(notebook).values():
        model["state"]["trial"] = "trạng thái khác"
    nbformat.write(notebook, path)
    shown = re.sub(r"\x1b\[[\d;]*m", "", git(copy, "diff", "--", LAB).stdout)
    git(copy, "checkout", "--quiet", LAB)
    assert "\n+Một câu mới." in shown
    assert "modified /cells/0/source" in shown
    for noise in ("trạng thái khác", "execution_count", "2000"):
        assert noise not in shown


def test_two_people_may_change_two_cells_of_a_lab(copy):
    """Trộn hai nhánh sửa hai ô khác nhau, và cả số thứ tự: không xung đột, sổ vẫn đọc được."""
    path = copy / LAB

    def branch(name, change):
        git(copy, "checkout", "--quiet", "-b", name, "origin/HEAD")
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)
        git(copy, "commit", "--quiet", "--no-verify", "--all", f"--message={name}")

    branch("one", lambda nb: nb.cells[0].update(source=nb.cells[0].source + "\n\nCâu một."))
    branch("two", lambda nb: nb.cells[-1].update(source=nb.cells[-1].source + "\n\n# câu hai"))
    merged = git(copy, "merge", "--no-edit", "--no-verify", "one")
    assert merged.returncode == 0, merged.stdout + merged.stderr
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].source.endswith("Câu một.")
    assert cells[-1].source.endswith("câu hai")
