"""Đo khóa học như người học gặp nó: từng phòng thực hành, lúc nạp gói, lúc dựng sách.

    make profile                                 mọi thứ, từng việc một
    make profile SLUG=gan                        một phòng
    make profile SLUG="course imports book"      cả khóa một lượt, lúc nạp gói, `make book`
    make profile PROFILE_FLAGS=--store           lưu luôn kết quả vừa chạy vào các sổ

Mỗi phòng một nhân Python mới, lần lượt từng phòng; sau đó cả khóa chạy lại một lượt, mỗi nhân của
máy một phòng, như `make test`. Số nào đo xong được ghi ngay vào `book/appendix/performance.json`,
nên bỏ dở rồi đo tiếp phần còn lại được. Trang «Hiệu năng» đọc tệp ấy. Bảng các phòng thuộc về một
máy: đo một phòng ở máy khác thì bảng ấy bắt đầu lại từ trống. Ba việc kia mỗi việc ghi máy của nó.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import timeit
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import nbformat
import normalize_notebooks
import psutil
from nbclient import NotebookClient
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from watch import Watch

from course_utils.runtime import processor

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "book" / "appendix" / "performance.json"
SLOWEST = 3  # mỗi phòng kể mấy ô lâu nhất
IMPORTS = {
    "course_utils": "import course_utils",
    "models": "import course_utils as c; [getattr(c, name) for name in c.__all__]\n"
    "from course_utils import data, diffusion, evaluation, flows, runtime, training",
    "figures": "from course_utils import plotting, widgets as w\n"
    "[getattr(w, name) for name in w.__all__]",
}
SHOWN = ("torch", *IMPORTS)
LOOP = "for i in range(2_000_000): i + i"  # in đúng như thế ở trang «Hiệu năng»
CLOCK = "import time\n{}\nstart = time.perf_counter()\n{}\nprint(time.perf_counter() - start)"


def machine() -> dict:
    """Máy đang đo: đổi một trong các điều này là một máy khác."""
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": version("torch"),
    }


def summary(watch: Watch) -> dict:
    return {
        "date": date.today().isoformat(),
        "seconds": round(watch.seconds, 1),
        "cpu_seconds": round(watch.cpu, 1),
        "peak_mb": round(watch.peak / 2**20),
        "others": round(watch.others, 2),
        "loop": loop_seconds(),
    }


def loop_seconds() -> float:
    """Giây của một vòng lặp trên máy này, lúc này: cùng một máy ảo có lúc nhanh, có lúc chậm."""
    return round(statistics.median(timeit.repeat(LOOP, number=1, repeat=5)), 3)


def slowest_cells(notebook) -> list[dict]:
    """Những ô chạy lâu nhất, gọi theo tiêu đề đứng ngay trước."""
    cells, heading = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ (.+)$", cell.source, re.M) or [heading])[-1]
        elif times := cell.metadata.get("execution"):
            start, end = (
                datetime.fromisoformat(times[key].replace("Z", "+00:00"))
                for key in ("iopub.execute_input", "shell.execute_reply")
            )
            seconds = round((end - start).total_seconds(), 1)
            cells.append({"heading": heading, "seconds": seconds})
    return sorted(cells, key=lambda cell: -cell["seconds"])[:SLOWEST]


def execute(path: Path):
    """Sổ đã chạy từ đầu đến cuối bằng một nhân Python mới."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=None, kernel_name="python3", resources=folder).execute()
    return notebook


def profile_lab(path: Path, store: bool = False) -> dict:
    """Chạy một sổ; `store` thì ghi kết quả vào sổ, như `make notebooks`."""
    with Watch() as watch:
        notebook = execute(path)
    row = summary(watch) | {"slowest": slowest_cells(notebook)}
    if store:
        CoalesceStreamsPreprocessor(enabled=True).preprocess(notebook, {})
        nbformat.write(notebook, path)
        normalize_notebooks.normalize(path)
    return row


def profile_course(measured: dict) -> dict:
    """Mọi sổ, mỗi nhân của máy một sổ một lúc; `measured` là các hàng của từng phòng.

    Phòng lâu nhất bắt đầu trước, để cuối cùng không phải chờ một mình nó.
    """
    labs = sorted(ROOT.glob("notebooks/*.ipynb"))
    labs.sort(key=lambda path: -measured.get(path.stem, {"seconds": 0})["seconds"])
    jobs = os.cpu_count() or 1
    os.environ["OMP_NUM_THREADS"] = "1"
    with Watch() as watch, ThreadPoolExecutor(jobs) as pool:
        list(pool.map(execute, labs))  # list: lỗi của một sổ phải hiện ra
    del os.environ["OMP_NUM_THREADS"]
    return summary(watch) | {"labs": len(labs), "jobs": jobs}


def profile_imports(repeats: int = 7) -> dict:
    """Giây nạp gói khi torch đã nạp xong: trung vị của nhiều tiến trình mới."""

    def seconds(before: str, code: str) -> float:
        command = [sys.executable, "-c", CLOCK.format(before, code)]
        runs = [
            float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
            for _ in range(repeats + 1)
        ]
        return round(statistics.median(runs[1:]), 3)  # lượt đầu còn đọc đĩa

    row = {"date": date.today().isoformat(), "torch": seconds("", "import torch")}
    return row | {name: seconds("import torch", code) for name, code in IMPORTS.items()}


def profile_book() -> dict:
    """`make book` khi mọi gói đã cài xong."""
    with Watch() as watch:
        subprocess.run(["make", "book"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return summary(watch)


def load(table: Path) -> dict:
    return json.loads(table.read_text("utf-8")) if table.exists() else {"machine": {}, "labs": {}}


def add_lab(stored: dict, name: str, row: dict) -> None:
    """Thêm hàng của một phòng; hàng của máy khác thì bỏ."""
    labs = stored["labs"] if stored["machine"] == machine() else {}
    stored |= {"machine": machine(), "labs": dict(sorted((labs | {name: row}).items()))}


def profile(what: list[str], store: bool = False, table: Path = TABLE) -> dict:
    """Đo từng việc trong `what`, ghi bảng sau mỗi việc."""
    stored = load(table)
    whole = {
        "course": lambda: profile_course(stored["labs"]),
        "imports": profile_imports,
        "book": profile_book,
    }
    for name in what:
        if name in whole:
            stored[name] = whole[name]() | {"machine": machine()}
        else:
            add_lab(stored, name, profile_lab(ROOT / f"notebooks/{name}.ipynb", store))
        table.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(told(name, stored["labs"].get(name) or stored[name]), flush=True)
    return stored


def told(name: str, row: dict) -> str:
    """Việc vừa đo, vài dòng cho người chạy lệnh."""
    if name == "imports":
        return "nạp gói: " + ", ".join(f"{k} {v} s" for k, v in row.items() if k in SHOWN)
    line = f"{name}: {row['seconds']} s, {row['cpu_seconds']} s CPU, {row['peak_mb']} MB"
    cells = [
        f"\n    {cell['seconds']:5.1f} s  {cell['heading']}" for cell in row.get("slowest", [])
    ]
    return f"{line} (việc khác của máy chiếm {row['others']} nhân)" + "".join(cells)


def main() -> None:
    labs = sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
    parser = argparse.ArgumentParser(description="Đo khóa học trên máy này.")
    parser.add_argument(
        "what", nargs="*", help="tên các phòng, «course», «imports», «book»; trống là tất cả"
    )
    parser.add_argument("--store", action="store_true", help="lưu kết quả vừa chạy vào các sổ")
    arguments = parser.parse_args()
    choices = [*labs, "course", "imports", "book"]
    if unknown := set(arguments.what) - set(choices):
        parser.error(f"Không có {', '.join(sorted(unknown))}; hãy chọn trong {', '.join(choices)}.")
    os.environ.pop("OMP_NUM_THREADS", None)  # như ở máy người học
    table = profile(arguments.what or choices, arguments.store)
    total = sum(row["seconds"] for row in table["labs"].values())
    print(f"Cả khóa học: {len(table['labs'])} phòng, {total / 60:.1f} phút. Ghi ở {TABLE}")


if __name__ == "__main__":
    main()
