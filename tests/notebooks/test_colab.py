"""Phòng thực hành chạy trên Colab: một môi trường sạch có torch mà chưa có `course_utils`.

Chạy trọn mọi phòng là việc của `make test-colab`; ở đây một phòng thay cho cả bọn.
"""

import ast
import subprocess
from pathlib import Path

import blank_runtime
import nbformat
import pytest
from blank_runtime import add_colab, errors, execute, fresh_environment, github_is, shared_packages
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parent.parent.parent
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WHOLE_LAB = ROOT / "notebooks" / "change_of_variables.ipynb"
INSTALLED_FILES = """\
from pathlib import Path

root = Path(course_utils.__file__).parents[1]
print(root)
for path in (root / "course_utils").rglob("*"):
    if path.is_file() and path.suffix != ".pyc":
        print(path.relative_to(root).as_posix())"""


def setup_cell():
    notebook = nbformat.read(LABS[0], as_version=4)
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def imports(path):
    """Mọi dòng import của một sổ tay."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    plain = TransformerManager().transform_cell  # `%pip` thành lời gọi hàm Python
    nodes = [node for cell in cells for node in ast.walk(ast.parse(plain(cell.source)))]
    found = [ast.unparse(node) for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    return "\n".join(sorted(set(found) - {"import course_utils"}))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return shared_packages(tmp_path_factory.mktemp("colab") / "shared")


@pytest.mark.slow
def test_labs_run_on_colab(shared, snapshot, tmp_path):
    """Một phòng chạy trọn; ở các phòng khác, mọi import; và gói cài bằng git có đủ tệp.

    Các ô còn lại của những phòng ấy đã được nbval chạy.
    """
    packages = fresh_environment(tmp_path, shared)
    add_colab(packages)
    notebook = nbformat.read(WHOLE_LAB, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(imports(path)) for path in LABS]
    notebook.cells.append(nbformat.v4.new_code_cell(INSTALLED_FILES))
    done = execute(notebook, packages, tmp_path, **github_is(snapshot))
    assert errors(done) == []
    where, *files = done.cells[-1].outputs[0].text.split()
    assert where == str(packages)
    tracked = subprocess.run(
        ["git", "-C", snapshot, "ls-files", "course_utils"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(files) == set(tracked.stdout.split())


def test_without_the_package_the_setup_cell_says_what_to_do(shared, tmp_path):
    packages = fresh_environment(tmp_path, shared)
    notebook = nbformat.v4.new_notebook(cells=[setup_cell()])
    (error,) = errors(execute(notebook, packages, tmp_path))
    assert error.ename == "SystemExit"
    assert "Chưa có gói course_utils" in error.evalue
    assert "make lab" in error.evalue


def test_the_blank_runtime_lacks_what_colab_lacks(shared):
    """Có torch; không có gói nào của sách, của bài tập hay của trang dựng sách."""
    names = {entry.name for entry in shared.iterdir()}
    assert {"torch", "matplotlib", "pip"} <= names
    assert not names & {"course_utils", "torchdiffeq", "anywidget", "myst_nb", "nbgrader", "sphinx"}


def test_the_command_says_which_lab_fails(snapshot, tmp_path, monkeypatch, capsys):
    cells = ["1 + 1", "from pathlib import Path\nassert Path('_config.yml').exists(), 'trống'"]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    nbformat.write(notebook, tmp_path / "can_kho.ipynb")
    monkeypatch.setattr(blank_runtime, "snapshot", lambda folder: snapshot)
    assert blank_runtime.main([str(tmp_path / "can_kho.ipynb")]) == 1
    printed = capsys.readouterr().out
    assert "can_kho | 0 | 0 | 1 ô lỗi |" in printed
    assert "can_kho: AssertionError: trống" in printed
