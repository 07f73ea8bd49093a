"""Bước chạy sổ của nbgrader, được làm cho chắc để không ai mất điểm oan hay được điểm khống.

So với `nbgrader.preprocessors.Execute`:

- Nhân chạy trong hộp cát (sandbox), có hạn thời gian mỗi ô và hạn cho cả bài nộp.
- Ô làm sập nhân, chạy quá giờ, in quá nhiều hay dùng quá bộ nhớ chỉ hỏng câu của nó: nhân được
  khởi động lại, các ô trước được chạy lại, phần còn lại của sổ vẫn được chấm.
- Mỗi ô kiểm tra do người coi thi trong nhân chạy (in_kernel/examiner.py): thư viện được trả lại
  nguyên trạng, phép thử đến nơi còn mã hóa, và kết quả «qua» phải có chữ ký.
- Mỗi ô kiểm tra đã qua được chạy lại với câu trả lời cố ý làm hỏng. Nếu nó vẫn qua thì phép
  kiểm tra đã bị vô hiệu và câu ấy không có điểm.
"""

import ast
import secrets
from time import monotonic
from typing import Any

from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Float, Integer, Unicode

from . import kernel_guards
from .sandbox import SandboxedKernelManager

TEST_PREFIX = "test_"
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


class GuardedExecute(Execute):
    """Chạy từng ô; sự cố của một ô không lan sang câu khác."""

    classroom = Unicode(
        help="Thư mục lớp học (đề gốc, bài nộp, sổ điểm) mà mã nộp không được mở."
    ).tag(config=True)
    sources = Unicode(help="Thư mục đề gốc của kho mã, có lời giải, mà mã nộp không được mở.").tag(
        config=True
    )
    deadline = Float(600.0, help="Số giây tối đa cho cả một bài nộp.").tag(config=True)
    memory = Integer(3 * 2**30, help="Số byte bộ nhớ tối đa của nhân.").tag(config=True)
    output_limit = Integer(2**23, help="Số ký tự tối đa một ô được in ra.").tag(config=True)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("kernel_manager_class", SandboxedKernelManager)
        super().__init__(*args, **kwargs)
        self.interrupt_on_timeout = False  # mã nộp nuốt được ngắt; nhân quá giờ thì bị bỏ
        self.store_widget_state = False
        self.timeout_func = lambda _cell: max(1, min(self.timeout, self._remaining()))

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple:
        self._broken: set[int] = set()
        self._fenced = False
        self._printed, self._flooded, self._said = 0, False, 0
        self._end = monotonic() + self.deadline
        locked = [cell.source for cell in nb.cells if cell.cell_type == "code" and _is_locked(cell)]
        self._modules = kernel_guards.imported_modules(locked)
        given = [cell.source for cell in nb.cells if _is_locked(cell) and not is_grade(cell)]
        self._given = kernel_guards.constants(given)
        return super().preprocess(nb, resources, km)

    def create_kernel_manager(self) -> SandboxedKernelManager:
        manager = super().create_kernel_manager()
        manager.memory = self.memory
        manager.processor_seconds = int(2 * self.deadline) + 60
        return manager

    def _remaining(self) -> float:
        return self._end - monotonic()

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple:
        self._check_assign_resources(resources)
        if cell.cell_type != "code":
            return cell, resources
        if not self._fenced:
            self._raise_fence(index)
        problem = self._test(cell, index) if _is_test(cell) else self._try(cell, index)
        if problem is not None:
            cell.outputs = [_error(problem, MESSAGES[problem])]
            self._broken.add(index)
            if problem in FATAL:
                self._restart(index)
        return cell, resources

    def _test(self, cell: NotebookNode, index: int) -> str | None:
        """Nhờ người coi thi chạy một ô kiểm tra, rồi chạy lại với câu trả lời bị làm hỏng."""
        names = self._answers(cell.metadata.nbgrader["grade_id"].removeprefix(TEST_PREFIX))
        problem, passed, cell.outputs = self._examine(cell.source, names, False, index)
        if problem is None and passed:
            problem, passed, _ = self._examine(cell.source, names, True, index)
            if problem in FATAL:  # ô kiểm tra chết với câu trả lời hỏng: nó không chấp nhận
                self._restart(index)
                return None
            return TAMPERED if passed else problem
        return problem

    def _examine(self, source: str, names: list[str], spoil: bool, index: int) -> tuple:
        """(sự cố, có qua không, những gì ô in ra)."""
        riddle = secrets.token_hex(16)
        call = kernel_guards.request(self._secret, riddle, source, names, spoil, self._given)
        aside, problem = self._run_aside(call, index)
        # nbgrader coi stderr là sai và coi một số được in ra là điểm từng phần: bỏ cả hai.
        said = "".join(out.text for out in aside.outputs if out.get("name") == "stdout")
        result, printed = kernel_guards.verdict(riddle, said)
        outputs = [new_output("stream", name="stdout", text=printed)] if printed.strip() else []
        passed = kernel_guards.passed(self._secret, riddle, result)
        if problem is None and not passed:
            name, text = str(result.get("error", TAMPERED)), str(result.get("text", ""))
            if name in MESSAGES:
                return name, False, []
            outputs.append(_error(name, text, source, result.get("lines", [])))
        return problem, passed, outputs

    def _try(self, cell: NotebookNode, index: int) -> str | None:
        """Chạy một ô; trả về tên sự cố (quá giờ, sập nhân, …) nếu có."""
        if self._remaining() <= 0:
            return OVERTIME
        self._printed, self._flooded = 0, False
        problem = None
        try:
            self.execute_cell(cell, index, store_history=False)
        except CellTimeoutError:
            problem = TIMEOUT
        except DeadKernelError:
            problem = DEAD
        except Exception as error:  # mã nộp gửi cho nbgrader một thông điệp hỏng
            self.log.warning("Thông điệp hỏng từ nhân: %s", type(error).__name__)
            problem = DEAD
        if self._flooded:
            return FLOOD
        if problem == TIMEOUT and self._remaining() <= 0.5:
            return OVERTIME
        return problem or next(filter(None, map(_incident, cell.get("outputs", []))), None)

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> Any:
        """Đếm lượng in ra khi nó đến; quá hạn thì bỏ nhân ngay."""
        if self._flooded:
            return None
        size = _length(msg.get("content"))
        self._printed, self._said = self._printed + size, self._said + size
        if self._said > 8 * self.output_limit:  # nhiều ô, mỗi ô in gần hết phần của mình
            self._end = monotonic()
        if self._printed > self.output_limit or self._said > 8 * self.output_limit:
            self._flooded = True
            cell.outputs = []
            self.km.kill_now()
            return None
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception:  # thông điệp thiếu trường, do mã nộp tự gửi
            return None

    def _run_aside(self, source: str, index: int) -> tuple[NotebookNode, str | None]:
        """Chạy một đoạn mã phụ mà không để lại gì trong sổ: (ô đã chạy, sự cố)."""
        shown = self.nb.cells[index]
        aside = new_code_cell(source)
        problem = self._try(aside, index)
        self.nb.cells[index] = shown
        return aside, problem

    def _raise_fence(self, index: int) -> None:
        self.km.seal()
        self._secret = secrets.token_hex(16)
        roots = [path for path in (self.classroom, self.sources) if path]
        guards = kernel_guards.guards(self._secret, roots, self._modules)
        for source in (guards, "pass"):  # ô thứ hai thế chỗ ô có bí mật trong trí nhớ của IPython
            aside, problem = self._run_aside(source, index)
            if problem == OVERTIME:
                return
            if problem or any(out.output_type == "error" for out in aside.outputs):
                raise RuntimeError(f"Không dựng được hàng rào trong nhân Python: {aside.outputs}")
        self._fenced = True

    def _restart(self, index: int) -> None:
        """Nhân mới, chạy lại các ô trước (trừ ô hỏng và ô kiểm tra) để phần sau còn chấm được."""
        if self._remaining() <= 0:
            return None
        self._cleanup_kernel()
        self.km = self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()
        self._raise_fence(index)
        for i, cell in enumerate(self.nb.cells[:index]):
            replay = cell.cell_type == "code" and not is_grade(cell) and i not in self._broken
            if replay and self._run_aside(cell.source, index)[1] in FATAL:
                self._broken.add(i)
                return self._restart(index)
        return None

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


def _is_test(cell: NotebookNode) -> bool:
    return is_grade(cell) and not is_solution(cell)


def _is_locked(cell: NotebookNode) -> bool:
    return "nbgrader" in cell.metadata and not is_solution(cell)


def answer_names(source: str) -> list[str]:
    """Các tên được gán hay định nghĩa ở mức ngoài cùng của một ô."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return names


def _incident(output: NotebookNode) -> str | None:
    """Sự cố mà một lỗi của ô cho biết: hết bộ nhớ, làm điều bị cấm."""
    if output.output_type != "error":
        return None
    if output.ename == REFUSED:
        return REFUSED
    exhausted = ("can't allocate memory", "can't start new thread")
    if output.ename == MEMORY or any(words in output.evalue for words in exhausted):
        return MEMORY
    return None


def _error(name: str, text: str, source: str = "", lines: Any = ()) -> NotebookNode:
    """Một lỗi viết theo lối quen thuộc: dòng nào của ô kiểm tra, lỗi gì."""
    rows = source.split("\n")
    shown = [n for n in lines if isinstance(n, int) and 0 < n <= len(rows)]
    trace = [f"dòng {n}: {rows[n - 1].strip()}" for n in shown]
    return new_output("error", ename=name, evalue=text, traceback=[*trace, f"{name}: {text}"])


def _length(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    if isinstance(value, list):
        return sum(map(_length, value))
    return len(value) if isinstance(value, str) else 8
