"""Bước chạy sổ của nbgrader, được làm cho chắc để không ai mất điểm oan hay được điểm khống.

So với `nbgrader.preprocessors.Execute`:

- Nhân chạy trong hộp cát (sandbox), có hạn thời gian mỗi ô và hạn cho cả bài nộp.
- Ô làm sập nhân, chạy quá giờ, in quá nhiều hay dùng quá bộ nhớ chỉ hỏng câu của nó: nhân được
  khởi động lại, các ô trước được chạy lại, phần còn lại của sổ vẫn được chấm.
- Mỗi ô kiểm tra do người coi thi trong nhân chạy (thư mục in_kernel): thư viện được trả lại nguyên
  trạng, phép thử đến nơi còn mã hóa, và kết quả «qua» phải có chữ ký.
- Mỗi ô kiểm tra đã qua được chạy lại với câu trả lời cố ý làm hỏng. Nếu nó vẫn qua thì phép
  kiểm tra đã bị vô hiệu và câu ấy không có điểm.
"""

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

from . import kernel_guards, sources
from .incidents import (
    DEAD,
    FATAL,
    FLOOD,
    MESSAGES,
    OVERTIME,
    TAMPERED,
    TIMEOUT,
    error,
    incident,
    length,
)
from .sandbox import SandboxedKernelManager

TEST_PREFIX = "test_"
MOST_CELLS = 8  # cả bài được in tối đa bằng chừng này ô in hết phần của mình


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
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        locked = [cell.source for cell in code if _is_locked(cell)]
        numeric = sources.numeric_modules([cell.source for cell in code])
        self._modules = sorted(sources.imported_modules(locked) | numeric)
        given = [cell.source for cell in nb.cells if _is_locked(cell) and not is_grade(cell)]
        self._given = sources.constants(given)
        self._asked = self._source_cells(resources["nbgrader"])
        return super().preprocess(nb, resources, km)

    def _source_cells(self, where: dict) -> dict[str, str]:
        """Mã của các ô trong đề gốc, theo tên ô."""
        with Gradebook(where["db_url"]) as gradebook:
            try:
                notebook = gradebook.find_notebook(where["notebook"], where["assignment"])
            except MissingEntry:
                return {}
            return {cell.name: cell.source for cell in notebook.source_cells}

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
            cell.outputs = [error(problem, MESSAGES[problem])]
            self._broken.add(index)
            if problem in FATAL:
                self._restart(index)
        return cell, resources

    def _test(self, cell: NotebookNode, index: int) -> str | None:
        """Nhờ người coi thi chạy một ô kiểm tra, rồi chạy lại với câu trả lời bị làm hỏng."""
        problem, passed, cell.outputs = self._examine(cell, False, index)
        if problem is None and passed:
            problem, passed, _ = self._examine(cell, True, index)
            if problem in FATAL:  # ô kiểm tra chết với câu trả lời hỏng: nó không chấp nhận
                self._restart(index)
                return None
            return TAMPERED if passed else problem
        return problem

    def _examine(self, cell: NotebookNode, spoil: bool, index: int) -> tuple:
        """(sự cố, có qua không, những gì ô in ra)."""
        riddle = secrets.token_hex(16)
        answer = self._asked.get(cell.metadata.nbgrader["grade_id"].removeprefix(TEST_PREFIX), "")
        call = kernel_guards.request(
            self._secret,
            riddle,
            cell.source,
            names=sources.answer_names(answer),
            classes=sources.class_names(answer),
            spoil=spoil,
            given=self._given,
        )
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
            outputs.append(error(name, text, cell.source, result.get("lines", [])))
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
        except Exception as caught:  # mã nộp gửi cho nbgrader một thông điệp hỏng
            self.log.warning("Thông điệp hỏng từ nhân: %s", type(caught).__name__)
            problem = DEAD
        if self._flooded:
            return FLOOD
        if problem == TIMEOUT and self._remaining() <= 0.5:
            return OVERTIME
        return problem or incident(cell.get("outputs", []))

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> Any:
        """Đếm lượng in ra khi nó đến; quá hạn thì bỏ nhân ngay."""
        if self._flooded:
            return None
        size, most = length(msg.get("content")), MOST_CELLS * self.output_limit
        self._printed, self._said = self._printed + size, self._said + size
        if self._said > most:
            self._end = monotonic()
        if self._printed > self.output_limit or self._said > most:
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
        """Nhân mới, chạy lại các ô trước (trừ ô hỏng và ô kiểm tra) để phần sau còn chấm được.

        Ô nào hỏng trong lúc chạy lại thì cũng bị bỏ, rồi làm lại từ một nhân mới.
        """
        earlier = [(i, c) for i, c in enumerate(self.nb.cells[:index]) if c.cell_type == "code"]
        again = True
        while again and self._remaining() > 0:
            self._cleanup_kernel()
            self.km = self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            self._raise_fence(index)
            again = False
            for i, cell in earlier:
                if is_grade(cell) or i in self._broken:
                    continue
                if self._run_aside(cell.source, index)[1] in FATAL:
                    self._broken.add(i)
                    again = True
                    break


def _is_test(cell: NotebookNode) -> bool:
    return is_grade(cell) and not is_solution(cell)


def _is_locked(cell: NotebookNode) -> bool:
    return "nbgrader" in cell.metadata and not is_solution(cell)
