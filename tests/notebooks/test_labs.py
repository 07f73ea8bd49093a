"""Điều mà mỗi phòng thực hành phải giữ, đọc từ tệp đã lưu; và bước chuẩn hóa sau khi chạy."""

import json
import re
import unicodedata
from pathlib import Path

import nbformat
import normalize_notebooks
import pytest
import set_repo

ROOT = Path(__file__).resolve().parent.parent.parent
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SETUP = """\
import sys

if "google.colab" in sys.modules:
    %pip install -q "course_utils @ git+https://github.com/{}/{}"
try:
    import course_utils
except ModuleNotFoundError:
    raise SystemExit(
        "Chưa có gói course_utils. Trên Colab: chạy lại ô này khi có mạng. "
        "Trên máy của bạn: mở thư mục gốc của giáo trình rồi chạy `make lab` "
        "(hoặc `python -m pip install .`)."
    ) from None"""

pytestmark = pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def test_starts_with_the_setup_cell_and_opens_in_colab(path):
    notebook = nbformat.read(path, as_version=4)
    owner, repo = set_repo.configured()
    assert code_cells(notebook)[0].source == SETUP.format(owner, repo)
    colab = f"https://colab.research.google.com/github/{owner}/{repo}/blob/main/notebooks/"
    assert f"{colab}{path.name}" in notebook.cells[0].source


def test_is_stored_executed_without_errors(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for number, cell in enumerate(code_cells(notebook), start=1):
        assert cell.execution_count == number, "chạy từ đầu đến cuối, đúng một lần mỗi ô"
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", f"ô {number} ghi ra stderr"


def test_every_widget_shown_has_its_state(path):
    notebook = nbformat.read(path, as_version=4)
    models = normalize_notebooks.stored_models(notebook)
    needed = normalize_notebooks.view_ids(notebook)
    needed += normalize_notebooks.REFERENCE.findall(json.dumps(models))
    assert set(needed) <= set(models)


def test_every_widget_shown_is_a_live_figure(path):
    """Trang sách tĩnh chỉ dựng được anywidget; thanh trượt của ipywidgets sẽ là một ô chết."""
    notebook = nbformat.read(path, as_version=4)
    models = normalize_notebooks.stored_models(notebook)
    for identity in normalize_notebooks.view_ids(notebook):
        assert models[identity]["model_module"] == "anywidget"


def test_is_small_and_composed(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_500_000
    assert unicodedata.is_normalized("NFC", text)


def test_normalizing_does_not_depend_on_the_run(path, tmp_path):
    """Cùng một sổ tay với mã widget và mốc thời gian khác đi cho lại đúng tệp đã lưu."""
    notebook = nbformat.read(path, as_version=4)
    text = path.read_text(encoding="utf-8")
    for number, identity in enumerate(sorted(normalize_notebooks.stored_models(notebook))):
        text = text.replace(identity, f"{9999 - number:032x}")
    rerun = nbformat.reads(text, as_version=4)
    for cell in code_cells(rerun):
        cell.metadata["execution"] = {"iopub.execute_input": "2000-01-01T00:00:00Z"}
    copy = tmp_path / path.name
    nbformat.write(rerun, copy)
    normalize_notebooks.normalize(copy)
    assert copy.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_carries_no_trace_of_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(/(home|root|Users)/|C:\\\\Users|site-packages)", text)
