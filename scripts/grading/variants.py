"""Đề bài theo mã lớp: mỗi mã cho một bộ số liệu, và đề, phép thử, lời giải cùng đổi theo.

Đề gốc trong kho là một khuôn: chỗ nào viết ⟦tên⟧ thì điền số liệu tên ấy. Số liệu nằm ở
`variants/<bài>.py`: `OPEN` là bản mở, in sẵn trong kho; `draw(rng)` rút bộ số liệu của một mã lớp;
`answers(values)` cho đáp số của các câu trả lời bằng số, tính độc lập với lời giải trong đề.

Hai lớp chung đáp án ở một câu khi đáp số của chúng là một, hay khi mọi số liệu có mặt trong lời
giải của câu ấy là một. Hai hằng số cách nhau không quá `CLOSE` (tương đối) thì coi là một; hằng số
nào được chấm thô hơn thì tệp số liệu ghi `CLOSE = {tên: khoảng cách}`. Lệnh check chấm thử lời giải
với từng hằng số lệch quá mức ấy một chút, và đòi nó mất điểm.
"""

import itertools
import random
from collections.abc import Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import jinja2.meta
import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from .submission import CourseError

# Câu trả lời bằng số được chấm với sai số tương đối 3e-6 (đủ rộng cho float32); hai đáp số cách
# nhau không quá hai lần như thế thì coi là một. Hằng số của một hàm: xem CLOSE ở trên.
SAME = 6e-6
CLOSE = 1e-5
RARE = 1 / 200  # phần số cặp mã lớp được trùng đáp án ở một câu; gặp thì make assignment từ chối


def decimal(rng: random.Random, low: float, high: float, digits: int = 3) -> float:
    """Một số thập phân trong [low, high]; chữ số cuối khác 0 để đề không có số tròn."""
    while (value := round(rng.uniform(low, high), digits)) == round(value, digits - 1):
        pass
    return value


def matrix(rows: list[list[float]]) -> str:
    r"""Ma trận viết bằng LaTeX."""
    body = r"\\".join("&".join(map(str, row)) for row in rows)
    return rf"\begin{{pmatrix}}{body}\end{{pmatrix}}"


def signed(value: float) -> str:
    """Một số hạng cộng thêm: «+ 1.5» hoặc «- 1.5»."""
    return f"{'+' if value >= 0 else '-'} {abs(value)}"


TEMPLATES = jinja2.Environment(
    block_start_string="⟦%",
    block_end_string="%⟧",
    variable_start_string="⟦",
    variable_end_string="⟧",
    comment_start_string="⟦#",
    comment_end_string="#⟧",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)
TEMPLATES.filters |= {"signed": signed, "matrix": matrix}


@cache
def _module(home: Path, slug: str) -> ModuleType | None:
    path = home / "variants" / f"{slug}.py"
    if not path.exists():
        return None
    spec = spec_from_file_location(f"variants_{slug}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def values(home: Path, slug: str, code: str = "") -> dict[str, Any]:
    """Bộ số liệu của một mã lớp; không có mã thì là bản mở."""
    module = _module(home, slug)
    if module is None:
        if code:
            raise CourseError(f"Bài tập «{slug}» chưa có đề theo mã lớp; hãy bỏ SEED={code}.")
        return {}
    if not code:
        return dict(module.OPEN)
    return module.draw(random.Random(f"{code.casefold()}/{slug}"))


def render(text: str, chosen: dict[str, Any]) -> str:
    return TEMPLATES.from_string(text).render(chosen)


def render_notebook(home: Path, slug: str, code: str = "") -> NotebookNode:
    """Đề gốc của một mã lớp: mọi ⟦…⟧ đã điền số liệu."""
    notebook = nbformat.read(home / "source" / slug / f"{slug}.ipynb", as_version=4)
    chosen = values(home, slug, code)
    for cell in notebook.cells:
        cell.source = render(cell.source, chosen)
    return notebook


def answers(home: Path, slug: str, code: str = "") -> dict[str, list[float]]:
    """Đáp số (một hay nhiều số) của từng câu trả lời bằng số."""
    module = _module(home, slug)
    found = module.answers(values(home, slug, code)) if module else {}
    return {q: [float(a)] if isinstance(a, Real) else [*map(float, a)] for q, a in found.items()}


def solutions(home: Path, slug: str) -> dict[str, str]:
    """Khuôn lời giải của từng câu chấm tự động."""
    cells = nbformat.read(home / "source" / slug / f"{slug}.ipynb", as_version=4).cells
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in cells
        if is_solution(cell) and not is_grade(cell)
    }


def constants(home: Path, slug: str) -> dict[str, list[str]]:
    """Tên các số liệu có mặt trong lời giải của từng câu chấm tự động."""
    return {
        question: sorted(jinja2.meta.find_undeclared_variables(TEMPLATES.parse(source)))
        for question, source in solutions(home, slug).items()
    }


def _shared(home: Path, slug: str, drawn: dict[str, tuple]) -> Iterator[tuple[str, str, str]]:
    """Mọi cặp mã lớp có chung đáp án, và câu ấy; `drawn` là số liệu và đáp số của từng mã."""
    used = constants(home, slug)
    for (one, (own, answered)), (other, (its, replied)) in itertools.combinations(drawn.items(), 2):
        for question, names in used.items():
            alike = all(_same(own[name], its[name], close(home, slug, name)) for name in names)
            if alike or (question in answered and _same(answered[question], replied[question])):
                yield one, other, question


def _draw(home: Path, slug: str, code: str) -> tuple:
    return values(home, slug, code), answers(home, slug, code)


def shared_answers(home: Path, slug: str, one: str, other: str) -> list[str]:
    """Các câu mà hai mã lớp có chung đáp án: bài làm chép từ lớp này được điểm ở lớp kia."""
    drawn = {code: _draw(home, slug, code) for code in (one, other)}
    return [question for _, _, question in _shared(home, slug, drawn)]


def clashes(home: Path, slug: str, codes: list[str]) -> dict[str, list[str]]:
    """Với từng câu: các cặp mã lớp (và bản mở) có chung đáp án."""
    drawn = {code: _draw(home, slug, code) for code in ["", *codes]}
    found = {question: [] for question in constants(home, slug)}
    for one, other, question in _shared(home, slug, drawn):
        found[question].append(f"«{one or 'bản mở'}» và «{other}»")
    return found


def too_common(home: Path, slug: str, codes: list[str]) -> list[str]:
    """Những câu mà hai mã lớp hay trùng đáp án: hơn một phần hai trăm số cặp."""
    pairs = len(codes) * (len(codes) + 1) // 2
    return [
        f"{question}: {len(found)} trong {pairs} cặp mã lớp trùng đáp án, chẳng hạn {found[0]}"
        for question, found in clashes(home, slug, codes).items()
        if len(found) > pairs * RARE
    ]


def neighbours(home: Path, slug: str, code: str) -> dict[str, dict[str, str]]:
    """Lời giải của những lớp gần nhất còn được coi là khác: {câu: {hằng số: lời giải}}.

    Mỗi lời giải chỉ có một hằng số lệch quá độ gần một chút.
    """
    chosen, found = values(home, slug, code), {}
    used, templates = constants(home, slug), solutions(home, slug)
    for question, names in used.items():
        for name in names:
            if isinstance(chosen[name], float):
                moved = chosen[name] * (1 + 1.5 * close(home, slug, name))
                found.setdefault(question, {})[name] = render(
                    templates[question], chosen | {name: moved}
                )
    return found


def close(home: Path, slug: str, name: str) -> float:
    return getattr(_module(home, slug), "CLOSE", {}).get(name, CLOSE)


def _same(a: Any, b: Any, near: float | None = None) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same(x, y, near) for x, y in zip(a, b, strict=True))
    if isinstance(a, Real) and isinstance(b, Real):
        return abs(a - b) <= (SAME if near is None else near) * max(abs(a), abs(b))
    return a == b
