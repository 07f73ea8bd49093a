"""Bước chạy sổ của nbgrader, được làm cho chắc để không ai mất điểm oan hay được điểm khống.

So với `nbgrader.preprocessors.Execute`:

- Ô làm sập nhân hoặc chạy quá giờ chỉ hỏng câu của nó: nhân được khởi động lại, các ô trước
  được chạy lại, phần còn lại của sổ vẫn được chấm.
- Cảnh báo in ra stderr trong ô kiểm tra không bị coi là sai.
- Mã của sinh viên không mở được thư mục lớp học (đề gốc, bài bạn, sổ điểm), không gọi được
  chương trình ngoài.
- Mỗi ô kiểm tra đã qua được chạy lại với câu trả lời cố ý làm hỏng. Nếu nó vẫn qua thì phép
  kiểm tra đã bị vô hiệu và câu ấy không có điểm.
"""

import ast
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

TEST_PREFIX = "test_"
TIMEOUT, DEAD, TAMPERED = "CellTimeoutError", "DeadKernelError", "TamperedTestError"

MESSAGES = {
    TIMEOUT: "ô chạy quá thời gian cho phép",
    DEAD: "ô làm sập nhân Python",
    TAMPERED: "ô kiểm tra vẫn qua khi câu trả lời đã bị cố ý làm hỏng",
}

# Chạy trong nhân trước mọi ô. Hook kiểm toán không gỡ ra được.
FENCE = """
def _fence(root):
    import os, sys
    blocked = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty",
               "os.posix_spawn", "os.spawn", "pty.spawn", "sys.settrace", "sys.setprofile",
               "socket.connect")
    touching = ("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.rmdir",
                "os.mkdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "shutil.rmtree",
                "os.chdir", "sqlite3.connect", "glob.glob")
    realpath, fspath, me = os.path.realpath, os.fsdecode, os.getpid()
    busy = []
    def hook(event, arguments):
        if busy:
            return
        if event in blocked or (event == "os.kill" and arguments[0] != me):
            raise PermissionError(f"Khi chấm bài, mã nộp không được dùng {event}.")
        if event in touching:
            busy.append(1)
            try:
                paths = [realpath(fspath(a)) for a in arguments[:2] if isinstance(a, (str, bytes))]
            except ValueError:
                paths = []
            finally:
                busy.pop()
            if any((path + os.sep).startswith(root + os.sep) for path in paths):
                raise PermissionError("Khi chấm bài, mã nộp không được mở thư mục lớp học.")
    os.chdir(__import__("tempfile").mkdtemp())
    sys.addaudithook(hook)
_fence(CLASSROOM)
del _fence
"""

# Thay các câu trả lời bằng bản hỏng: số và tensor bị cộng thêm, hàm và lớp trả về kết quả hỏng.
SPOIL = """
def _spoil(value):
    import functools, numbers, numpy, torch
    if isinstance(value, type):
        methods = [n for n in ("forward", "inverse", "log_prob", "sample") if hasattr(value, n)]
        return type(value.__name__, (value,), {n: _spoil(getattr(value, n)) for n in methods})
    if isinstance(value, (list, tuple)):
        return type(value)(_spoil(v) for v in value)
    if isinstance(value, dict):
        return {k: _spoil(v) for k, v in value.items()}
    if isinstance(value, (bool, str)):
        return None
    if callable(value) and not isinstance(value, torch.Tensor):
        return functools.wraps(value)(lambda *a, **k: _spoil(value(*a, **k)))
    try:
        return value + 1000
    except Exception:
        return None
_kept = {n: globals()[n] for n in NAMES if n in globals()}
globals().update({n: _spoil(v) for n, v in _kept.items()})
"""
RESTORE = "globals().update(_kept)\ndel _kept, _spoil\n"


class GuardedExecute(Execute):
    """Chạy từng ô; sự cố của một ô không lan sang câu khác."""

    classroom = Unicode(
        help="Thư mục lớp học (đề gốc, bài nộp, sổ điểm) mà mã nộp không được mở."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple:
        self._broken: set[int] = set()
        self._fenced = False
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple:
        self._check_assign_resources(resources)
        if cell.cell_type != "code":
            return cell, resources
        if not self._fenced:
            self._raise_fence(index)
        problem = self._try(cell, index)
        if problem is None and is_grade(cell) and not is_solution(cell):
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
            if not _failed(cell) and self._accepts_spoiled(cell, index):
                problem = TAMPERED
        if problem is not None:
            cell.outputs = [new_output("error", ename=problem, evalue=MESSAGES[problem])]
            cell.outputs[0].traceback = [f"{problem}: {MESSAGES[problem]}"]
            self._broken.add(index)
            if problem in (TIMEOUT, DEAD):
                self._restart(index)
        return cell, resources

    def _try(self, cell: NotebookNode, index: int) -> str | None:
        """Chạy một ô; trả về tên sự cố (quá giờ, sập nhân) nếu có."""
        try:
            self.execute_cell(cell, index, store_history=False)
        except CellTimeoutError:
            return TIMEOUT
        except DeadKernelError:
            return DEAD
        return TIMEOUT if any(o.get("ename") == TIMEOUT for o in cell.outputs) else None

    def _run_aside(self, source: str, index: int) -> tuple[bool, str | None]:
        """Chạy một đoạn mã phụ mà không để lại gì trong sổ: (chạy trọn vẹn?, sự cố)."""
        shown = self.nb.cells[index]
        aside = new_code_cell(source)
        problem = self._try(aside, index)
        self.nb.cells[index] = shown
        return problem is None and not _failed(aside), problem

    def _raise_fence(self, index: int) -> None:
        ok, _ = self._run_aside(FENCE.replace("CLASSROOM", repr(self.classroom)), index)
        if not ok:
            raise RuntimeError("Không dựng được hàng rào trong nhân Python.")
        self._fenced = True

    def _restart(self, index: int) -> None:
        """Nhân mới, chạy lại các ô trước (trừ ô hỏng và ô kiểm tra) để phần sau còn chấm được."""
        self._cleanup_kernel()
        self.km = self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()
        self._raise_fence(index)
        for i, cell in enumerate(self.nb.cells[:index]):
            replay = cell.cell_type == "code" and not is_grade(cell) and i not in self._broken
            if replay and self._run_aside(cell.source, index)[1] is not None:
                self._broken.add(i)
                return self._restart(index)
        return None

    def _accepts_spoiled(self, cell: NotebookNode, index: int) -> bool:
        """Ô kiểm tra có còn qua khi câu trả lời của nó đã bị làm hỏng không?"""
        names = self._answers(cell.metadata.nbgrader["grade_id"].removeprefix(TEST_PREFIX))
        spoiled, problem = self._run_aside(SPOIL.replace("NAMES", repr(names)), index)
        passed, problem = self._run_aside(cell.source, index) if spoiled else (True, problem)
        if problem is not None:  # ô kiểm tra chết với câu trả lời hỏng: nó không chấp nhận
            self._restart(index)
            return False
        self._run_aside(RESTORE, index)
        return passed

    def _answers(self, question: str) -> list[str]:
        """Tên các biến, hàm, lớp mà câu hỏi yêu cầu, đọc từ ô bài làm của đề gốc."""
        where = self.resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            try:
                source = gradebook.find_source_cell(
                    question, where["notebook"], where["assignment"]
                ).source
            except MissingEntry:
                return []
        return answer_names(source)


def answer_names(source: str) -> list[str]:
    """Các tên được gán hay định nghĩa ở mức ngoài cùng của một ô."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return names


def _failed(cell: NotebookNode) -> bool:
    return any(out.output_type == "error" for out in cell.outputs)
