"""Mã đưa vào nhân trước bài nộp (thư mục in_kernel) và các lời nhắn gửi cho nó."""

import ast
import hashlib
import json
from pathlib import Path

IN_KERNEL = Path(__file__).resolve().parent / "in_kernel"
FENCE = (IN_KERNEL / "fence.py").read_text("utf-8")
EXAMINER = (IN_KERNEL / "examiner.py").read_text("utf-8")
CALL = "_coi_thi"  # tên của người coi thi trong nhân


def guards(secret: str, roots: list[str], modules: list[str]) -> str:
    """Mã dựng hàng rào quanh `roots` và đặt người coi thi vào nhân."""
    raise_them = f"{CALL} = _examiner({secret!r}, {modules!r}, _fence({roots!r}))"
    return f"{FENCE}\n{EXAMINER}\n{raise_them}\ndel _examiner, _fence\n"


def request(
    secret: str, riddle: str, source: str, names: list[str], spoil: bool, given: str = ""
) -> str:
    """Lời gọi người coi thi chạy một ô kiểm tra; phép thử được mã hóa và niêm phong.

    `names` : các câu trả lời mà ô ấy kiểm; `spoil`: có làm hỏng chúng trước không;
    `given` : các hằng số của đề, chạy lại trước ô kiểm tra.
    """
    text = repr({"source": source, "names": names, "spoil": spoil, "given": given}).encode()
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


def constants(sources: list[str]) -> str:
    """Các phép gán hằng số trong những ô của đề: mã nộp gán đè chúng cũng không ích gì."""
    kept = []
    for source in sources:
        try:
            found = ast.parse(source).body
        except SyntaxError:
            continue
        for node in found:
            if isinstance(node, ast.Assign):
                try:
                    ast.literal_eval(node.value)
                except (ValueError, TypeError):
                    continue
                kept.append(ast.unparse(node))
    return "\n".join(kept)


def imported_modules(sources: list[str]) -> list[str]:
    """Các mô-đun mà những ô của đề nạp: chúng được nạp sẵn để trả lại nguyên trạng được."""
    names: set[str] = set()
    for source in sources:
        try:
            nodes = list(ast.walk(ast.parse(source)))
        except SyntaxError:  # ô có lệnh % hay !
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return sorted(names)
