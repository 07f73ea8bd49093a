"""Một đề nhỏ cho các phép thử về lớp học: hai câu chấm máy, một câu thưởng, một câu chấm tay."""

import nbformat
from grading.course import Course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SLUG = "nho"
MAXIMUM, BONUS = 5, 2
ANSWERS = {
    "tong": "# Bài làm: tong (giữ nguyên dòng này)\ntong = ...\ntong = 7",
    "gap_doi": "# Bài làm: gap_doi (giữ nguyên dòng này)\n"
    "def gap_doi(x):\n    'Hai lần x.'\n    return 2 * x",
    "bonus_tich": "# Bài làm: bonus_tich (giữ nguyên dòng này)\ntich = ...\ntich = 12",
    "loi_giai": "<!-- Bài làm: loi_giai (giữ nguyên dòng này) -->\nVì $3+4=7$.",
}
TESTS = {
    "tong": ("tong", "tong == 7", "Tổng chưa đúng."),
    "gap_doi": ("gap_doi", "gap_doi(4.0) == 8.0", "gap_doi(4) chưa đúng."),
    "bonus_tich": ("tich", "abs(tich - 12) < 1e-9", "Tích chưa đúng."),
}


def cell(make, source, name, **info):
    made = make(source)
    made.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": name,
        "grade": False,
        "solution": False,
        "task": False,
        "locked": True,
        **info,
    }
    return made


def source_notebook():
    cells = [cell(new_markdown_cell, "# Bài tập nhỏ\n\nCho $a=3$ và $b=4$.", "mo_dau")]
    for name, (variable, check, message) in TESTS.items():
        *stub, answer = ANSWERS[name].split("\n")  # bản phát giữ dòng đầu và tên của câu trả lời
        indent = answer[: len(answer) - len(answer.lstrip())]
        solution = [f"{indent}### BEGIN SOLUTION", answer, f"{indent}### END SOLUTION"]
        text = "\n".join([*stub, *solution])
        cells.append(cell(new_markdown_cell, f"## Câu {name} (2 điểm)", f"text_{name}"))
        cells.append(cell(new_code_cell, text, name, solution=True, locked=False))
        test = (
            f"assert '{variable}' in globals(), 'Chưa có {variable}.'\n### BEGIN HIDDEN TESTS\n"
            f"assert {check}, {message!r}\n### END HIDDEN TESTS"
        )
        cells.append(cell(new_code_cell, test, f"test_{name}", grade=True, points=2))
    cells.append(cell(new_markdown_cell, "## Câu chứng minh (1 điểm)", "text_loi_giai"))
    first, _, proof = ANSWERS["loi_giai"].partition("\n")
    text = f"{first}\n\n### BEGIN SOLUTION\n{proof}\n\n**Thang điểm.** 1: đúng.\n### END SOLUTION"
    info = {"grade": True, "solution": True, "locked": False, "points": 1}
    cells.append(cell(new_markdown_cell, text, "loi_giai", **info))
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return notebook


def open_course(root, **limits):
    """Lớp đã phát đề nhỏ."""
    course = Course(root, **limits)
    path = course.source(SLUG)
    path.parent.mkdir(parents=True)
    nbformat.write(source_notebook(), path)
    course.release(SLUG)
    return course


def answered(course, **changed):
    """Bản nộp trên bản phát, đúng mọi câu trừ những câu được thay."""
    notebook = nbformat.read(course.root / "release" / SLUG / f"{SLUG}.ipynb", as_version=4)
    for place in notebook.cells:
        name = place.metadata.nbgrader.grade_id
        if name in ANSWERS:
            place.source = changed.get(name, ANSWERS[name])
    return notebook
