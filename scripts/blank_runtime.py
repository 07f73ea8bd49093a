"""Chạy phòng thực hành như bấm «Run all» trên một máy Colab trống.

Mỗi phòng một venv mới chỉ thấy những gói Colab có sẵn, có mô-đun `google.colab` như trên Colab, và
một thư mục chỉ có chính sổ ấy. Ô chuẩn bị của sổ tự cài `course_utils` bằng pip và git thật; git
chỉ được dặn rằng kho trên GitHub nằm ở bản chụp của cây thư mục này.

    python scripts/blank_runtime.py [--python python3.12] [--jobs 2] [notebooks/gan.ipynb …]

Không có --python thì dùng Python của môi trường này và chung torch với nó; có thì cài gói từ đầu.
"""

import argparse
import importlib.metadata
import os
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import nbformat
import set_repo
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
# Những gói của Colab mà course_utils hay việc chạy sổ cần đến. Colab không có torchdiffeq và
# myst_nb, và không phải đời nào cũng có anywidget.
COLAB = tuple(
    "torch numpy scipy matplotlib scikit-learn tqdm ipywidgets ipykernel nbconvert pip".split()
)


def snapshot(folder):
    """Kho git mới ở `folder`, giữ đúng những gì git theo dõi ở đây, kể cả điều chưa commit."""

    def git(*arguments):
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        subprocess.run(
            ["git", *identity, *arguments],
            check=True,
            env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull},
        )

    git("init", "--quiet", str(folder))
    git(f"--git-dir={folder / '.git'}", f"--work-tree={ROOT}", "add", "--all")
    git("-C", str(folder), "commit", "--quiet", "--message=snapshot")
    git("-C", str(folder), "reset", "--quiet", "--hard")
    return folder


def closure(names):
    """Các gói đã cài ở đây mang những tên ấy, và mọi gói chúng cần."""
    found, waiting = {}, [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        package = importlib.metadata.distribution(wanted.name)
        for extra in {"", *wanted.extras} - found.setdefault(package.name, set()):
            found[package.name].add(extra)
            needed = map(Requirement, package.requires or ())
            waiting += [
                n for n in needed if n.marker is None or n.marker.evaluate({"extra": extra})
            ]
    return map(importlib.metadata.distribution, found)


def shared_packages(folder, names=COLAB):
    """Thư mục gồm liên kết đến các gói đã cài ở đây: chung torch, khỏi cài lại."""
    folder.mkdir()
    for package in closure(names):
        for top in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(package.locate_file(top))
    return folder


def installed_packages(folder, python):
    """Thư mục gói của một venv mới trên Python khác, cài những bản đã ghim."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    pins = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    # torch chọn các gói CUDA của nó; bản nào đã ghim thì giữ.
    constraints = folder / "pins.txt"
    constraints.write_text("\n".join(line for line in pins if not line.startswith("#")), "utf-8")
    wanted = [name for name in COLAB if name != "pip"]
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-qq", "-c", constraints]
    subprocess.run([*pip, *wanted], check=True)
    return next(folder.glob("lib/python*/site-packages"))


def fresh_environment(folder, shared, python=sys.executable):
    """Venv mới thấy các gói trong `shared`; trả về thư mục gói của nó."""
    if python == sys.executable:
        venv.create(folder / "venv", symlinks=True)
    else:
        subprocess.run([python, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    (packages / "shared.pth").write_text(str(shared))
    return packages


def add_colab(packages):
    """Thêm `google.colab` và nạp nó ngay khi Python khởi động."""
    colab = packages / "colab_runtime" / "google" / "colab"
    colab.mkdir(parents=True)
    (colab / "__init__.py").touch()
    (packages / "colab.pth").write_text(f"{colab.parent.parent}\nimport google.colab\n")


def github_is(repository):
    """Biến môi trường dặn git: địa chỉ kho trên GitHub nằm ở `repository`."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/{}/{}".format(*set_repo.configured()),
    }


def execute(notebook, packages, folder, **environment):
    """Chạy sổ tay bằng Python của venv ấy, ngoài cây thư mục của giáo trình."""
    work = folder / "content"
    work.mkdir()
    nbformat.write(notebook, work / "lab.ipynb")
    python = packages.parents[2] / "bin" / "python"
    command = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [*command, "--output", "done.ipynb", "lab.ipynb"],
        cwd=work,
        env=clean | {"OMP_NUM_THREADS": "1", "JUPYTER_PATH": str(work)} | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"nbconvert không chạy được sổ này:\n{done.stderr}")
    return nbformat.read(work / "done.ipynb", as_version=4)


def errors(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output for output in outputs if output.output_type == "error"]


def seconds(cell):
    """Ô mã ấy chạy bao lâu, theo giờ mà nhân ghi lại."""
    clock = cell.metadata.execution
    start, end = clock["iopub.status.busy"], clock["iopub.status.idle"]
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def run_lab(path, shared, repository, python=sys.executable):
    """Chạy trọn một phòng; trả về (giây của ô chuẩn bị, giây của cả phòng, các lỗi)."""
    with tempfile.TemporaryDirectory() as name:
        packages = fresh_environment(Path(name), shared, python)
        add_colab(packages)
        source = nbformat.read(path, as_version=4)
        done = execute(source, packages, Path(name), **github_is(repository))
    times = [seconds(cell) for cell in done.cells if "execution" in cell.metadata]
    return times[0], sum(times), [f"{error.ename}: {error.evalue}" for error in errors(done)]


def main(arguments):
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("labs", nargs="*", type=Path)
    parser.add_argument("--python", default="")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    labs = options.labs or sorted((ROOT / "notebooks").glob("*.ipynb"))
    start, failed = time.monotonic(), []
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(options.jobs) as pool:
        folder, python = Path(name), options.python or sys.executable
        repository = snapshot(folder / "repository")
        shared = (
            installed_packages(folder / "base", python)
            if options.python
            else shared_packages(folder / "shared")
        )
        version = subprocess.check_output([python, "--version"], text=True).strip()
        print(f"| Phòng ({version}) | Ô chuẩn bị (giây) | Cả phòng (giây) | Kết quả |")
        print("|---|---|---|---|")
        for path, (setup, whole, problems) in zip(
            labs, pool.map(lambda lab: run_lab(lab, shared, repository, python), labs), strict=True
        ):
            verdict = "đạt" if not problems else f"{len(problems)} ô lỗi"
            print(f"| {path.stem} | {setup:.0f} | {whole:.0f} | {verdict} |", flush=True)
            failed += [f"{path.stem}: {problem}" for problem in problems]
    print(f"\n{len(labs)} phòng trong {time.monotonic() - start:.0f} giây.")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
