"""Phòng thực hành chạy trên Colab: một môi trường sạch có torch mà chưa có `course_utils`.

Môi trường ấy là một venv mới, dùng chung các gói đã cài trừ những gói Colab không có, và có mô-đun
`google.colab` được nạp sẵn như trên Colab. Ô chuẩn bị chạy pip và git thật; git chỉ được dặn rằng
kho trên GitHub nằm ở bản chụp của cây thư mục này.
"""

import ast
import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest
import set_repo
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
NOT_ON_COLAB = ("course_utils", "myst_nb", "jupyter_book", "nbgrader")


def fresh_environment(folder):
    """Venv mới thấy các gói của môi trường này, trừ những gói Colab không có."""
    venv.create(folder / "venv", symlinks=True)
    shared = folder / "shared"
    shared.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not any(name in entry.name for name in NOT_ON_COLAB):
            (shared / entry.name).symlink_to(entry)
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    (packages / "shared.pth").write_text(str(shared))
    return packages


def add_colab(packages):
    """Thêm `google.colab` và nạp nó ngay khi Python khởi động."""
    colab = packages / "colab_runtime" / "google" / "colab"
    colab.mkdir(parents=True)
    (colab / "__init__.py").touch()
    (packages / "colab.pth").write_text(f"{colab.parent.parent}\nimport google.colab\n")


def execute(notebook, packages, folder, **environment):
    """Chạy sổ tay bằng Python của venv ấy, ngoài cây thư mục của giáo trình."""
    work = folder / "content"
    work.mkdir()
    nbformat.write(notebook, work / "lab.ipynb")
    python = packages.parents[2] / "bin" / "python"
    command = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run(
        [*command, "--output", "done.ipynb", "lab.ipynb"],
        cwd=work,
        env=clean | {"OMP_NUM_THREADS": "1", "JUPYTER_PATH": str(work)} | environment,
        check=True,
    )
    return nbformat.read(work / "done.ipynb", as_version=4)


def errors(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output for output in outputs if output.output_type == "error"]


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


@pytest.mark.slow
def test_labs_run_on_colab(snapshot, tmp_path):
    """Một phòng chạy trọn; ở các phòng khác, mọi import; và gói cài bằng git có đủ tệp.

    Các ô còn lại của những phòng ấy đã được nbval chạy.
    """
    packages = fresh_environment(tmp_path)
    add_colab(packages)
    notebook = nbformat.read(WHOLE_LAB, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(imports(path)) for path in LABS]
    notebook.cells.append(nbformat.v4.new_code_cell(INSTALLED_FILES))
    done = execute(
        notebook,
        packages,
        tmp_path,
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0=f"url.{snapshot.as_uri()}.insteadOf",
        GIT_CONFIG_VALUE_0="https://github.com/{}/{}".format(*set_repo.configured()),
    )
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


def test_without_the_package_the_setup_cell_says_what_to_do(tmp_path):
    packages = fresh_environment(tmp_path)
    notebook = nbformat.v4.new_notebook(cells=[setup_cell()])
    (error,) = errors(execute(notebook, packages, tmp_path))
    assert error.ename == "SystemExit"
    assert "Chưa có gói course_utils" in error.evalue
    assert "make lab" in error.evalue
