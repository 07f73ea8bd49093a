"""Bước chạy sổ của nbgrader, được làm cho chắc để không ai mất điểm oan hay được điểm khống.

So với `nbgrader.preprocessors.Execute`:

- Ô làm sập nhân hoặc chạy quá giờ chỉ hỏng câu của nó: nhân được khởi động lại, các ô trước
  được chạy lại, phần còn lại của sổ vẫn được chấm.
- Cảnh báo in ra stderr trong ô kiểm tra không bị coi là sai.
- Trước mỗi ô kiểm tra, các hàm của math, torch và nhân IPython được trả lại nguyên trạng.
- Mã của sinh viên không mở được thư mục lớp học (đề gốc, bài bạn, sổ điểm), không gọi được
  chương trình ngoài.
- Mỗi ô kiểm tra đã qua được chạy lại với câu trả lời cố ý làm hỏng. Nếu nó vẫn qua thì phép
  kiểm tra đã bị vô hiệu và câu ấy không có điểm.

Đây không phải là hộp cát: mã nộp vẫn chạy bằng tài khoản của người chấm. Với lớp học lạ, hãy chấm
trong một máy ảo hay một tài khoản riêng.
"""

import ast
import hashlib
import secrets
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from .kernel_guards import FENCE, PRISTINE, RESTORE, SPOIL

TEST_PREFIX = "test_"
TIMEOUT, DEAD, TAMPERED = "CellTimeoutError", "DeadKernelError", "TamperedTestError"

MESSAGES = {
    TIMEOUT: "ô chạy quá thời gian cho phép",
    DEAD: "ô làm sập nhân Python",
    TAMPERED: (
        "phép kiểm tra bị vô hiệu (nó vẫn qua khi câu trả lời đã bị làm hỏng, "
        "hoặc nhân không trở lại nguyên trạng được)"
    ),
}


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
        problem = self._test(cell, index) if _is_test(cell) else self._try(cell, index)
        if problem is not None:
            cell.outputs = [new_output("error", ename=problem, evalue=MESSAGES[problem])]
            cell.outputs[0].traceback = [f"{problem}: {MESSAGES[problem]}"]
            self._broken.add(index)
            if problem in (TIMEOUT, DEAD):
                self._restart(index)
        return cell, resources

    def _test(self, cell: NotebookNode, index: int) -> str | None:
        """Chạy một ô kiểm tra trong nhân đã được trả lại nguyên trạng."""
        problem = self._restore_libraries(index) or self._try(cell, index)
        # nbgrader coi stderr là sai và coi một số được in ra là điểm từng phần: bỏ cả hai.
        cell.outputs = [
            out for out in cell.outputs if out.output_type == "error" or out.get("name") == "stdout"
        ]
        if problem is None and not _failed(cell) and self._accepts_spoiled(cell, index):
            return TAMPERED
        return problem

    def _restore_libraries(self, index: int) -> str | None:
        riddle = secrets.token_hex(16)
        answer = hashlib.sha256((self._secret + riddle).encode()).hexdigest()
        aside, problem = self._run_aside(f"_pristine({riddle!r})", index)
        said = "".join(out.get("text", "") for out in aside.outputs if out.get("name") == "stdout")
        return problem or (None if answer in said else TAMPERED)

    def _try(self, cell: NotebookNode, index: int) -> str | None:
        """Chạy một ô; trả về tên sự cố (quá giờ, sập nhân) nếu có."""
        try:
            self.execute_cell(cell, index, store_history=False)
        except CellTimeoutError:
            return TIMEOUT
        except DeadKernelError:
            return DEAD
        return TIMEOUT if any(o.get("ename") == TIMEOUT for o in cell.outputs) else None

    def _run_aside(self, source: str, index: int) -> tuple[NotebookNode, str | None]:
        """Chạy một đoạn mã phụ mà không để lại gì trong sổ: (ô đã chạy, sự cố)."""
        shown = self.nb.cells[index]
        aside = new_code_cell(source)
        problem = self._try(aside, index)
        self.nb.cells[index] = shown
        return aside, problem

    def _raise_fence(self, index: int) -> None:
        self._secret = secrets.token_hex(16)
        fence = FENCE.replace("CLASSROOM", repr(self.classroom))
        for source in (PRISTINE.replace("SECRET", repr(self._secret)), fence):
            aside, problem = self._run_aside(source, index)
            if problem or _failed(aside):
                raise RuntimeError(f"Không dựng được hàng rào trong nhân Python: {aside.outputs}")
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
        aside, problem = self._run_aside(SPOIL.replace("NAMES", repr(names)), index)
        if problem is None and not _failed(aside):
            aside, problem = self._run_aside(cell.source, index)
            passed = not _failed(aside)
        else:
            passed = True  # không làm hỏng được câu trả lời thì không tin kết quả
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


def _is_test(cell: NotebookNode) -> bool:
    return is_grade(cell) and not is_solution(cell)


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
