"""Điều mà mỗi phòng thực hành phải giữ, đọc từ tệp đã lưu. Kiểm thử và pre-commit cùng gọi tệp này.

python scripts/check_notebooks.py notebooks/gan.ipynb …
"""

import json
import re
import sys
import tempfile
from pathlib import Path

import check_text
import nbformat
import normalize_notebooks
import set_repo

SETUP = """\
import sys

if "google.colab" in sys.modules:
    %pip install -q "course_utils @ git+https://github.com/{}/{}"
try:
    import course_utils
except ModuleNotFoundError:
    raise SystemExit(
        "Chưa có gói course_utils. Trên Colab: chạy lại ô này khi có mạng. "
        "Trên máy của bạn: mở thư mục gốc của giáo trình rồi chạy `make lab` "
        "(hoặc `python -m pip install .`)."
    ) from None"""
RERUN = "hãy chạy make notebooks SLUG=… rồi lưu"


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def first_cells(path, notebook):
    """Ô đầu có liên kết mở trong Colab, ô mã đầu tiên là ô chuẩn bị chung."""
    owner, repo = set_repo.configured()
    colab = f"https://colab.research.google.com/github/{owner}/{repo}/blob/main/notebooks/"
    if f"{colab}{path.name}" not in notebook.cells[0].source:
        yield f"ô đầu tiên thiếu liên kết «Mở trong Colab»: {colab}{path.name}"
    if code_cells(notebook)[0].source != SETUP.format(owner, repo):
        yield "ô mã đầu tiên khác ô chuẩn bị chung; hãy chép nguyên ô ấy từ một phòng khác"


def executed(path, notebook):
    """Chạy từ đầu đến cuối, đúng một lần mỗi ô, không lỗi, không gì ghi ra stderr."""
    nbformat.validate(notebook)
    for number, cell in enumerate(code_cells(notebook), start=1):
        if cell.execution_count != number:
            yield f"ô mã {number} chưa chạy, hay chạy không đúng thứ tự: {RERUN}"
            return
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"ô mã {number} dừng vì {output.ename}: sửa ô ấy rồi chạy lại"
            if output.get("name") == "stderr":
                yield f"ô mã {number} ghi ra stderr; hãy tắt cảnh báo ấy ở nguồn"


def figures(path, notebook):
    """Widget nào hiện ra cũng có trạng thái đã lưu và dựng được ở trang tĩnh (anywidget)."""
    models = normalize_notebooks.stored_models(notebook)
    shown = normalize_notebooks.view_ids(notebook)
    needed = shown + normalize_notebooks.REFERENCE.findall(json.dumps(models))
    if not set(needed) <= set(models):
        yield f"hình tương tác không có trạng thái đã lưu: đừng lưu từ JupyterLab, {RERUN}"
    elif any(models[identity]["model_module"] != "anywidget" for identity in shown):
        yield "có widget không phải anywidget: ở trang sách nó là một ô chết"


def normalized(path, notebook):
    """Tệp đúng như `make notebooks` để lại."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(path.read_bytes())
        normalize_notebooks.normalize(copy)
        if copy.read_bytes() != path.read_bytes():
            yield f"còn thứ đổi theo từng lần chạy (mã widget, mốc thời gian…): {RERUN}"


def small_and_clean(path, notebook):
    content = path.read_bytes()
    yield from check_text.faults(content)
    text = content.decode("utf-8")
    if found := re.search(r"(/(home|root|Users)/|C:\\\\Users|site-packages)", text):
        yield f"còn đường dẫn của một máy («{found[0]}»); hãy sửa ô in ra nó"


RULES = (first_cells, executed, figures, normalized, small_and_clean)


def main(names):
    faults = []
    for path in map(Path, names):
        notebook = nbformat.read(path, as_version=4)
        faults += [f"{path}: {fault}" for rule in RULES for fault in rule(path, notebook)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
