"""Những sự cố khi chạy một ô: tên, lời báo cho sinh viên và giảng viên, cách nhận ra."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

TIMEOUT, DEAD, TAMPERED = "CellTimeoutError", "DeadKernelError", "TamperedTestError"
FLOOD, MEMORY, OVERTIME = "OutputFloodError", "MemoryError", "SubmissionTimeoutError"
REFUSED = "Refused"  # tên lỗi của hàng rào trong nhân

MESSAGES = {
    TIMEOUT: "ô chạy quá thời gian cho phép",
    DEAD: "ô làm sập nhân Python",
    FLOOD: "ô in ra quá nhiều nên bị dừng",
    MEMORY: "ô dùng quá bộ nhớ cho phép",
    OVERTIME: "cả bài nộp chạy quá thời gian cho phép, các ô còn lại không được chạy",
    REFUSED: "ô làm điều bị cấm khi chấm",
    TAMPERED: (
        "phép kiểm tra bị vô hiệu (nó vẫn qua khi câu trả lời đã bị làm hỏng, "
        "hoặc nhân không trở lại nguyên trạng được)"
    ),
}
FATAL = (TIMEOUT, DEAD, FLOOD, MEMORY)  # nhân phải khởi động lại
EXHAUSTED = ("can't allocate memory", "can't start new thread")


def incident(outputs: list[NotebookNode]) -> str | None:
    """Sự cố mà các lỗi của một ô cho biết: hết bộ nhớ, làm điều bị cấm."""
    for error in (out for out in outputs if out.output_type == "error"):
        if error.ename == REFUSED:
            return REFUSED
        if error.ename == MEMORY or any(words in error.evalue for words in EXHAUSTED):
            return MEMORY
    return None


def error(name: str, text: str, source: str = "", lines: Any = ()) -> NotebookNode:
    """Một lỗi viết theo lối quen thuộc: dòng nào của ô kiểm tra, lỗi gì."""
    rows = source.split("\n")
    shown = [n for n in lines if isinstance(n, int) and 0 < n <= len(rows)]
    trace = [f"dòng {n}: {rows[n - 1].strip()}" for n in shown]
    return new_output("error", ename=name, evalue=text, traceback=[*trace, f"{name}: {text}"])


def length(content: Any) -> int:
    """Số ký tự mà một thông điệp của nhân mang."""
    if isinstance(content, dict):
        return sum(map(length, content.values()))
    if isinstance(content, list):
        return sum(map(length, content))
    return len(content) if isinstance(content, str) else 8
