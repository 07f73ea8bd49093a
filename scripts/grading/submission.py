"""Bản nộp: đọc tệp, dựng lại trên bản gốc, nêu những chỗ đáng ngờ và các sự cố khi chạy."""

import ast
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import is_grade, is_solution

from .guarded_execute import TEST_PREFIX
from .incidents import MESSAGES

# Dòng đầu của mỗi ô bài làm; nhờ nó mà bài nộp mất siêu dữ liệu vẫn được nhận ra.
MARKER = re.compile(r"Bài làm: (\w+)")
LARGEST = 20 * 2**20  # byte của tệp nộp
REVIEW = "cần xem lại"  # có dấu hiệu can thiệp vào việc chấm

# Những thứ không câu nào cần đến: thấy chúng thì giảng viên nên đọc lại bài.
SUSPECT_NAMES = {
    *("get_ipython", "open", "exec", "eval", "compile", "globals", "locals", "vars", "setattr"),
    *("__import__", "__builtins__", "builtins", "ctypes", "gc", "importlib", "inspect", "nbformat"),
    *("_coi_thi", "unittest", "mock", "runpy"),
    *("os", "pathlib", "shutil", "signal", "socket", "subprocess", "sys", "threading", "IPython"),
    *("nbgrader", "In", "Out", "_ih", "_oh", "getattr", "operator", "pickle"),
}
SUSPECT_ATTRIBUTES = {
    *("settrace", "setprofile", "_exit", "_getframe", "f_locals", "f_globals", "tb_frame"),
    *("f_back", "gi_frame", "cell_contents", "getmembers", "get_type_hints", "timeit"),
    *("stride_tricks", "ctypes", "from_address", "gc"),
}
COMMON_DUNDERS = {"__init__", "__name__", "__doc__", "__call__", "__version__", "__class__"}
# Chữ có những tên này thường là mã được giấu trong một chuỗi.
HIDDEN_CODE = re.compile(r"_coi_thi|(?<!\w)__(?!main__|init__|name__|doc__|version__)[a-z_]+__")
# Vật tự chế có những phép này thì trả lời được mọi phép so.
LYING = {f"__{word}__" for word in "eq ne lt le gt ge sub rsub abs bool float array".split()}
LYING |= {"__getattr__", "__getattribute__", "__torch_function__"}
# Những cách dùng os, sys và lệnh % mà sinh viên hay viết, không đụng gì đến việc chấm.
HARMLESS_USES = {
    "os": {"environ", "getcwd", "cpu_count", "path"},
    "sys": {"version", "version_info", "float_info", "maxsize", "platform", "stdout"},
}
HARMLESS_LINE = re.compile(
    r"(?m)^\s*(%matplotlib( +\w+)?|%(load_ext +)?autoreload( +\d)?|%precision( +\w+)?|[%!]pip +.*"
    r"|%config +InlineBackend\.\w+ *= *[\w'\"]+|!nvidia-smi)[ ;]*$"
)
TIMED = re.compile(r"(?m)^(\s*)%%?time(it)?\b(?: +-[nr] *\d+)* *")
MODULE_ATTRIBUTES = {"os", "sys", "modules", "subprocess", "builtins", "inspect", "importlib", "_C"}
READING_ATTRIBUTES = {"from_file", "fromfile", "memmap", "load", "load_library", "read_text"}


class CourseError(Exception):
    """Lỗi mà người dùng lệnh sửa được; thông báo là một câu tiếng Việt."""


def find_notebook(folder: Path, slug: str) -> tuple[NotebookNode, list[str]]:
    path, notes = folder / f"{slug}.ipynb", []
    if not path.exists():
        others = sorted(folder.glob("*.ipynb"))
        if len(others) != 1:
            raise CourseError(f"không có tệp {slug}.ipynb trong bản nộp")
        path, notes = others[0], [f"tệp nộp tên là {others[0].name}"]
    if path.is_symlink() or folder.is_symlink():
        raise CourseError("tệp nộp là một liên kết đến nơi khác, không phải một sổ")
    if path.stat().st_size > LARGEST:
        raise CourseError(
            f"sổ quá lớn (hơn {LARGEST // 2**20} MB); hãy xin bản đã xóa kết quả chạy"
        )
    try:
        notebook = nbformat.read(path, as_version=4)
        sources = [str(cell.source) for cell in notebook.cells]
    except Exception as error:
        raise CourseError(f"sổ bị hỏng, không đọc được ({type(error).__name__})") from None
    if not sources:
        raise CourseError("sổ trống, không có ô nào")
    return notebook, notes


def rebuild(submitted: NotebookNode, master: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Dựng lại bản nộp trên bản phát: bài làm và ô thêm của sinh viên, còn lại của bản gốc."""
    locked = {grade_id(cell) for cell in master.cells if not is_solution(cell)} - {None}
    wanted = {grade_id(cell) for cell in master.cells if is_solution(cell)}
    answers, extras, recovered = {}, {None: []}, False
    current = None  # ô thêm đi sau bài làm nào thì giữ chỗ sau bài làm ấy
    for cell in submitted.cells:
        name = grade_id(cell)
        if name not in wanted | locked and (found := MARKER.search(cell.source.split("\n")[0])):
            name = found.group(1)
            recovered |= name in wanted
        if name in wanted:
            if name in answers:  # bài làm chép đôi: bản sau cùng được chấm
                extras[current].append(answers[name])
            answers[name], current = cell, name
            extras.setdefault(name, [])
        elif name not in locked and not _is_original(cell, master):
            extras[current].append(cell)

    cells, first = [], True
    for original in master.cells:
        name = grade_id(original)
        if name not in wanted:
            cells.append(original)
            continue
        if first:
            cells += [_copy(cell) for cell in extras[None]]
            first = False
        answer = NotebookNode(original)
        if name in answers:
            answer.source = answers[name].source
            if "attachments" in answers[name]:
                answer.attachments = answers[name].attachments
        added = extras.get(name, [])
        if is_grade(original):  # câu chấm tay: lời giải viết tràn sang ô khác vẫn là lời giải
            texts = [cell.source for cell in added if cell.cell_type == "markdown"]
            answer.source = "\n\n".join([answer.source, *texts])
            added = [cell for cell in added if cell.cell_type != "markdown"]
        cells += [answer, *map(_copy, added)]

    for index, cell in enumerate(cells):  # mã ô theo vị trí: dựng lại lần nữa ra đúng sổ ấy
        cell["id"] = f"o{index}"
    notebook = NotebookNode(master)
    notebook.cells = cells
    notes = ["sổ mất thông tin chấm, đã khôi phục theo dòng «Bài làm»"] if recovered else []
    if missing := sorted(wanted - set(answers)):
        notes.append(f"thiếu ô bài làm: {', '.join(missing)}")
    if calls := suspicious([c for c in notebook.cells if c.cell_type == "code"], master):
        notes.append(f"{REVIEW}: bài có dùng {', '.join(calls)}")
    return notebook, notes


def grade_id(cell: NotebookNode) -> str | None:
    info = cell.get("metadata", {}).get("nbgrader", {})
    return info.get("grade_id") if isinstance(info, dict) else None


def _copy(cell: NotebookNode) -> NotebookNode:
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.source)


def _is_original(cell: NotebookNode, master: NotebookNode) -> bool:
    """Ô có nội dung y như một ô của bản phát (ô chuẩn bị, ô kiểm tra mất siêu dữ liệu)."""
    return any(cell.source.strip() == original.source.strip() for original in master.cells)


def suspicious(cells: list[NotebookNode], master: NotebookNode) -> list[str]:
    """Các tên đáng ngờ mà sinh viên dùng: can thiệp nhân, đọc tệp, sửa hàm của thư viện."""
    found: set[str] = set()
    libraries = {"torch", "math", "nn"}  # cùng các tên khác mà sinh viên đặt khi import
    for cell in cells:
        if _is_original(cell, master):
            continue
        source = TIMED.sub(r"\1", HARMLESS_LINE.sub("", cell.source))
        if any(line.lstrip().startswith(("!", "%")) for line in source.split("\n")):
            found.add("lệnh ! hoặc %")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        usual = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in HARMLESS_USES.get(node.value.id, ())
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in SUSPECT_NAMES:
                found |= {node.id} if id(node) not in usual else set()
            elif isinstance(node, ast.Attribute) and _suspect_attribute(node.attr):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(HIDDEN_CODE.findall(node.value))
            elif isinstance(node, ast.FunctionDef):
                found |= {node.name} & (LYING | SUSPECT_NAMES)
            elif isinstance(node, ast.Import):
                names = {a.name.split(".")[0] for a in node.names if a.asname or "." in a.name}
                names |= {a.name for a in node.names if a.name not in HARMLESS_USES}
                found |= names & SUSPECT_NAMES
                libraries |= {a.asname or a.name.split(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module.split(".")[0]} & SUSPECT_NAMES
                taken = {a.name for a in node.names}
                found |= {n for n in taken if n in SUSPECT_NAMES or _suspect_attribute(n)}
            elif isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {
                    f"{ast.unparse(t)[:60]} = …" for t in targets if _patches_library(t, libraries)
                }
    return sorted(found)


def _suspect_attribute(name: str) -> bool:
    dunder = name.startswith("__") and name.endswith("__") and name not in COMMON_DUNDERS
    return dunder or name in SUSPECT_ATTRIBUTES | MODULE_ATTRIBUTES | READING_ATTRIBUTES


def _patches_library(target: ast.expr, libraries: set[str]) -> bool:
    while isinstance(target, ast.Attribute):
        target = target.value
        if isinstance(target, ast.Name):
            return target.id in libraries
    return False


def incidents(graded: NotebookNode) -> list[str]:
    """Các sự cố khi chạy (quá giờ, sập nhân, vô hiệu hóa phép kiểm tra, …), kèm tên câu."""
    notes, question = [], None
    for cell in graded.cells:
        question = (grade_id(cell) or question or "").removeprefix(TEST_PREFIX)
        for out in cell.get("outputs", []):
            if out.output_type == "error" and out.ename in MESSAGES:
                notes.append(f"{question or 'đầu sổ'}: {MESSAGES[out.ename]}")
    return list(dict.fromkeys(notes))
