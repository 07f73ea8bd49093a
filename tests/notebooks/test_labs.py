"""Mọi phòng thực hành giữ các luật của scripts/check_notebooks.py; mỗi luật bắt được chỗ hỏng."""

import re
from pathlib import Path

import check_notebooks
import nbformat
import normalize_notebooks
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_lab = pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)


@each_lab
@pytest.mark.parametrize("rule", check_notebooks.RULES, ids=lambda rule: rule.__name__)
def test_keeps_the_rules(rule, path):
    assert list(rule(path, nbformat.read(path, as_version=4))) == []


def test_where_the_book_points_there_is_exactly_one_heading():
    headings = {}
    for path in LABS:
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        headings[path.stem] = re.findall(r"^#+ (.+)", text, re.MULTILINE)
    pointer = re.compile(r"mục «(.+?)» của \{doc\}`\.\./notebooks/(\w+)`")
    pages = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "book").glob("*.md"))}
    found = [(page, *where) for page, text in pages.items() for where in pointer.findall(text)]
    assert len(found) > 30
    assert [
        (page, lab, words)
        for page, words, lab in found
        if sum(words in heading for heading in headings[lab]) != 1
    ] == []


@each_lab
def test_normalizing_does_not_depend_on_the_run(path, tmp_path):
    """Cùng một sổ tay với mã widget và mốc thời gian khác đi cho lại đúng tệp đã lưu."""
    notebook = nbformat.read(path, as_version=4)
    text = path.read_text(encoding="utf-8")
    for number, identity in enumerate(sorted(normalize_notebooks.stored_models(notebook))):
        text = text.replace(identity, f"{9999 - number:032x}")
    rerun = nbformat.reads(text, as_version=4)
    for cell in check_notebooks.code_cells(rerun):
        cell.metadata["execution"] = {"iopub.execute_input": "2000-01-01T00:00:00Z"}
    copy = tmp_path / path.name
    nbformat.write(rerun, copy)
    normalize_notebooks.normalize(copy)
    assert copy.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_a_busy_machine_leaves_the_same_file(tmp_path):
    """Máy bận gửi một lần in thành hai; chuẩn hóa nối lại, và không nối qua một hình."""
    stdout = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("a", "b\n")]
    error = nbformat.v4.new_output("stream", name="stderr", text="!")
    picture = nbformat.v4.new_output("display_data", data={"text/plain": "hình"})
    cell = nbformat.v4.new_code_cell("", outputs=[*stdout, picture, *stdout, error])
    path = tmp_path / "so.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    normalize_notebooks.normalize(path)
    outputs = nbformat.read(path, as_version=4).cells[0].outputs
    assert [o.get("text") for o in outputs] == ["ab\n", None, "ab\n", "!"]


def add_output(notebook, **fields):
    notebook.cells[-1].outputs.append(nbformat.v4.new_output(**fields))


def decompose(notebook):
    notebook.cells[0].source += "\nho\u0323c"


def forget_states(notebook):
    notebook.metadata.widgets[normalize_notebooks.STATE]["state"] = {}


def slider(notebook):
    for model in normalize_notebooks.stored_models(notebook).values():
        model["model_module"] = "@jupyter-widgets/controls"


SPOILED = {
    "ô đầu tiên thiếu liên kết": lambda nb: nb.cells[0].update(source="# Thực hành"),
    "khác ô chuẩn bị chung": lambda nb: nb.cells[1].update(source="import course_utils"),
    "chưa chạy": lambda nb: check_notebooks.code_cells(nb)[2].update(execution_count=None),
    "dừng vì ValueError": lambda nb: add_output(nb, output_type="error", ename="ValueError"),
    "ghi ra stderr": lambda nb: add_output(nb, output_type="stream", name="stderr", text="!"),
    "không có trạng thái đã lưu": forget_states,
    "không phải anywidget": slider,
    "đổi theo từng lần chạy": lambda nb: nb.cells[1].metadata.update(execution={"at": "2000"}),
    "không ở dạng NFC": decompose,
    "đường dẫn của một máy": lambda nb: nb.cells[0].update(source=nb.cells[0].source + " /home/a"),
    "quá lớn": lambda nb: nb.cells[0].update(source=nb.cells[0].source + "a" * 1_500_000),
}


@pytest.mark.parametrize("fault", SPOILED)
def test_the_command_names_what_is_wrong(fault, tmp_path, capsys):
    """Đúng một chỗ hỏng, đúng một câu; sổ nguyên vẹn thì không có gì để nói."""
    source = ROOT / "notebooks" / "coupling_flows.ipynb"
    path = tmp_path / source.name
    notebook = nbformat.read(source, as_version=4)
    while notebook.cells[-1].cell_type != "code":
        notebook.cells.pop()
    nbformat.write(notebook, path)
    normalize_notebooks.normalize(path)
    assert check_notebooks.main([str(path)]) == 0
    SPOILED[fault](notebook := nbformat.read(path, as_version=4))
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    capsys.readouterr()
    assert check_notebooks.main([str(path)]) == 1
    assert fault in capsys.readouterr().out
