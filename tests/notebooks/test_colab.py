"""Phòng thực hành chạy trên Colab: một môi trường sạch có torch mà chưa có `course_utils`.

Môi trường ấy là một venv mới, dùng chung các gói đã cài trừ những gói Colab không có, và có mô-đun
`google.colab` được nạp sẵn như trên Colab. Ô chuẩn bị chạy pip và git thật; git chỉ được dặn rằng
kho trên GitHub nằm ở bản chụp của cây thư mục này.
"""

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest
import set_repo

ROOT = Path(__file__).resolve().parent.parent.parent
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))
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


@pytest.mark.slow
@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_lab_runs_on_colab(path, snapshot, tmp_path):
    packages = fresh_environment(tmp_path)
    add_colab(packages)
    notebook = nbformat.read(path, as_version=4)
    where = "import course_utils\nprint(course_utils.__file__)"
    notebook.cells.append(nbformat.v4.new_code_cell(where))
    done = execute(
        notebook,
        packages,
        tmp_path,
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0=f"url.{snapshot.as_uri()}.insteadOf",
        GIT_CONFIG_VALUE_0="https://github.com/{}/{}".format(*set_repo.configured()),
    )
    assert errors(done) == []
    assert done.cells[-1].outputs[0].text.startswith(str(packages))


def test_without_the_package_the_setup_cell_says_what_to_do(tmp_path):
    packages = fresh_environment(tmp_path)
    notebook = nbformat.v4.new_notebook(cells=[setup_cell()])
    (error,) = errors(execute(notebook, packages, tmp_path))
    assert error.ename == "SystemExit"
    assert "Chưa có gói course_utils" in error.evalue
    assert "make lab" in error.evalue
