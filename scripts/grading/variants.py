"""Đề bài theo mã lớp: mỗi mã cho một bộ số liệu, và đề, phép thử, lời giải cùng đổi theo.

Đề gốc trong kho là một khuôn: chỗ nào viết ⟦tên⟧ thì điền số liệu tên ấy. Số liệu nằm ở
`variants/<bài>.py`: `OPEN` là bản mở, in sẵn trong kho; `draw(rng)` rút bộ số liệu của một mã lớp;
`answers(values)` cho đáp số của các câu trả lời bằng số, tính độc lập với lời giải trong đề.
"""

import itertools
import random
from importlib.util import module_from_spec, spec_from_file_location
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import nbformat
from nbformat import NotebookNode

from .submission import CourseError

# Câu trả lời bằng số được chấm với sai số tương đối 3e-6 (đủ rộng cho float32); hai đáp số cách
# nhau không quá hai lần như thế thì coi là một.
SAME = 6e-6


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


def shared_answers(home: Path, slug: str, one: str, other: str) -> list[str]:
    """Các câu mà hai mã lớp có cùng đáp số."""
    first, second = answers(home, slug, one), answers(home, slug, other)
    return [q for q in first if all(map(_same, first[q], second[q]))]


def clashes(home: Path, slug: str, codes: list[str]) -> list[str]:
    """Mọi cặp mã lớp (và bản mở) có chung một đáp số."""
    drawn = {code: answers(home, slug, code) for code in ["", *codes]}
    return [
        f"{question}: «{one or 'bản mở'}» và «{other}»"
        for one, other in itertools.combinations(drawn, 2)
        for question in drawn[one]
        if all(map(_same, drawn[one][question], drawn[other][question]))
    ]


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= SAME * max(abs(a), abs(b))
