"""Mã đưa vào nhân trước bài nộp (thư mục in_kernel) và các lời nhắn gửi cho nó."""

import hashlib
import json
from pathlib import Path
from typing import Any

from .sources import compiled

IN_KERNEL = Path(__file__).resolve().parent / "in_kernel"
PARTS = ("fence", "libraries", "spoiling", "answers", "examiner")
FENCE, *OTHERS = [(IN_KERNEL / f"{part}.py").read_text("utf-8") for part in PARTS]
CALL = "_coi_thi"  # tên của người coi thi trong nhân
HELPERS = ("_libraries", "_behind", "_spoiler", "_watcher")


def guards(secret: str, roots: list[str], modules: list[str]) -> str:
    """Mã dựng hàng rào quanh `roots` và đặt người coi thi vào nhân."""
    helpers = ", ".join(HELPERS)
    raise_them = f"{CALL} = _examiner({secret!r}, {modules!r}, _fence({roots!r}), {helpers})"
    return "\n".join([FENCE, *OTHERS, raise_them, f"del _examiner, _fence, {helpers}\n"])


def request(secret: str, riddle: str, source: str, **task: Any) -> str:
    """Lời gọi người coi thi chạy một ô kiểm tra; phép thử được dịch, mã hóa và niêm phong.

    `names`, `classes` : các câu trả lời mà ô ấy kiểm, và những câu nào là một lớp;
    `spoil` : có làm hỏng câu trả lời trước không; `given`: các hằng số của đề, chạy lại trước.
    """
    text = repr({"code": compiled(source, riddle), **task}).encode()
    key = hashlib.shake_256((secret + riddle).encode()).digest(len(text))
    cipher = bytes(a ^ b for a, b in zip(text, key, strict=True)).hex()
    seal = hashlib.sha256((secret + riddle + cipher + secret).encode()).hexdigest()
    return f"{CALL}(({riddle!r}, {cipher!r}, {seal!r}))"


def verdict(riddle: str, said: str) -> tuple[dict, str]:
    """(kết quả, phần in ra còn lại) từ những gì nhân đã in."""
    before, found, after = said.rpartition("\n" + riddle)
    if not found:
        return {}, said
    line, _, rest = after.partition("\n")
    try:
        result = json.loads(line)
    except ValueError:
        result = {}
    return result if isinstance(result, dict) else {}, before + rest


def passed(secret: str, riddle: str, result: dict) -> bool:
    return result.get("pass") == hashlib.sha256((secret + riddle + "pass").encode()).hexdigest()
