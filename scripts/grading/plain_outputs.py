"""Kết quả chạy của bài nộp chỉ còn chữ và ảnh PNG: mở sổ đã chấm không chạy mã của sinh viên."""

import re

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

KEPT = ("text/plain", "image/png")
LONGEST = 20_000  # ký tự chữ của một kết quả
LARGEST_IMAGE = 2_000_000  # ký tự base64 của một ảnh
MOST = 50  # kết quả của một ô
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
# Lệnh của cửa sổ dòng lệnh (đổi tên cửa sổ, chép vào bộ nhớ tạm, di con trỏ…) và ký tự điều khiển.
ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_].*?(?:\x1b\\|$)|\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b.?|[\x00-\x08\x0b-\x1f\x7f-\x9f]",
    re.DOTALL,
)


class PlainOutputs(NbGraderPreprocessor):
    """Chạy ngay sau khi chạy sổ, trước khi sổ điểm và trang phản hồi đọc kết quả."""

    def preprocess(self, nb: NotebookNode, resources) -> tuple:
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = [plain(output) for output in cell.outputs[:MOST]]
            if "attachments" in cell:
                cell.attachments = {
                    name: kept
                    for name, found in cell.attachments.items()
                    if (kept := images(found))
                }
        return nb, resources


def plain(output: NotebookNode) -> NotebookNode:
    output.metadata = NotebookNode()
    if output.output_type == "stream":
        del output["metadata"]
        output.text = clean(output.text)
    elif output.output_type == "error":
        del output["metadata"]
        output.ename, output.evalue = clean(output.ename), clean(output.evalue)
        output.traceback = [clean(line) for line in output.traceback[:100]]
    else:
        data = images(output.data)
        if "text/plain" in output.data:
            data["text/plain"] = clean(output.data["text/plain"])
        output.data = NotebookNode(data)
    return output


def images(data: dict) -> dict:
    """Các ảnh PNG; kiểu nào khác (HTML, SVG, JavaScript, LaTeX, widget…) cũng bị bỏ."""
    image = data.get("image/png")
    fine = isinstance(image, str) and len(image) <= LARGEST_IMAGE and BASE64.fullmatch(image)
    return {"image/png": image} if fine else {}


def clean(text) -> str:
    text = ESCAPES.sub("", str(text))
    return (
        text if len(text) <= LONGEST else f"{text[:LONGEST]}\n[… còn {len(text) - LONGEST} ký tự]"
    )
