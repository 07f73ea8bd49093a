"""Xóa khỏi sổ tay vừa chạy những gì đổi theo từng lần chạy, để hai lần chạy cho cùng một tệp.

Mã ngẫu nhiên của các widget được đánh lại theo thứ tự xuất hiện (cả trong kết quả lẫn trong trạng
thái đã lưu, nên chúng vẫn khớp nhau); mốc thời gian, địa chỉ của đối tượng và phiên bản Python bị
bỏ đi.

    python scripts/normalize_notebooks.py notebooks/*.ipynb
"""

import json
import re
import sys
import uuid
from pathlib import Path

import nbformat

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
REFERENCE = re.compile(r"IPY_MODEL_(\w+)")
ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]+(?=>)")


def view_ids(notebook):
    """Mã của mọi widget được hiện trong kết quả, theo thứ tự từ trên xuống."""
    return [
        output["data"][VIEW]["model_id"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {})
    ]


def stored_models(notebook):
    """Trạng thái đã lưu của các widget: từ điển mã → mô hình."""
    return notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})


def ordered_ids(notebook):
    """Mọi mã, theo thứ tự không phụ thuộc vào chính các mã ấy.

    Bắt đầu từ các widget được hiện, đi theo tham chiếu; phần còn lại xếp theo nội dung.
    """
    models = stored_models(notebook)

    def content(identity):
        return REFERENCE.sub("", json.dumps(models[identity], sort_keys=True))

    order = {}

    def visit(identity):
        if identity in order:
            return
        order[identity] = None
        for reference in REFERENCE.findall(json.dumps(models.get(identity, {}), sort_keys=True)):
            visit(reference)

    for identity in view_ids(notebook) + sorted(models, key=content):
        visit(identity)
    return list(order)


def joined(outputs):
    """Các kết quả của một ô, những lần in liền nhau ra cùng một luồng thì nối thành một."""
    kept = []
    for output in outputs:
        if kept and output.get("name") and kept[-1].get("name") == output.name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def normalize(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = joined(cell.outputs)
    notebook.metadata.get("language_info", {}).pop("version", None)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    new_ids = {
        old: uuid.uuid5(uuid.NAMESPACE_URL, f"{path.stem}/{number}").hex
        for number, old in enumerate(ordered_ids(notebook))
    }
    text = ADDRESS.sub("0x0", nbformat.writes(notebook))
    for old, new in new_ids.items():
        text = text.replace(old, new)
    # Đọc rồi viết lại: các khóa được xếp theo mã mới.
    path.write_text(nbformat.writes(nbformat.reads(text, as_version=4)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        normalize(Path(name))
