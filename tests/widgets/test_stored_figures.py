"""Hình lưu trong các sổ mang theo mã JavaScript của nó: mã ấy phải là mã hiện tại."""

import json
from pathlib import Path

import pytest

from course_utils import widgets

LABS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-{}+json"


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_every_figure_has_its_state_and_the_current_code(lab):
    notebook = json.loads(lab.read_text("utf-8"))
    stored = notebook["metadata"].get("widgets", {}).get(WIDGET.format("state"), {})
    outputs = [o.get("data", {}) for cell in notebook["cells"] for o in cell.get("outputs", [])]
    for data in outputs:
        view = data.get(WIDGET.format("view"))
        if view is None:
            continue
        state = stored["state"][view["model_id"]]["state"]
        figure = getattr(widgets, state["_anywidget_id"].rpartition(".")[2])
        assert state["_esm"] == figure._esm, "mã của hình đã đổi: hãy chạy `make notebooks`"
        assert state["_css"] == figure._css, "kiểu của hình đã đổi: hãy chạy `make notebooks`"
        assert data["image/png"]
