"""Phòng nào có huấn luyện thì dùng thiết bị mà ô chuẩn bị đã chọn, và chạy được ở thiết bị khác."""

import ast
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from simulated_device import main, run_lab

ROOT = Path(__file__).resolve().parent.parent.parent
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def code(path):
    cells = nbformat.read(path, as_version=4).cells
    plain = TransformerManager().transform_cell
    return ast.parse("\n".join(plain(cell.source) for cell in cells if cell.cell_type == "code"))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_the_device_of_the_setup_cell_is_used(path):
    nodes = list(ast.walk(code(path)))
    calls = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    names = [node for node in nodes if isinstance(node, ast.Name) and node.id == "device"]
    assert calls.count("setup") == 1
    assert any(isinstance(name.ctx, ast.Store) for name in names), "device = setup(seed=...)"
    if "fit" in calls:
        assert any(isinstance(name.ctx, ast.Load) for name in names), "mô hình được .to(device)"
    assert not any(call.endswith((".cuda", ".mps")) for call in calls), "device, không phải tên máy"


@pytest.mark.parametrize(("last", "status"), [("moved.cpu().numpy()", 0), ("moved.numpy()", 1)])
def test_the_command_says_when_a_cell_fails(last, status, tmp_path, capsys):
    """Mã thoát là điều CI đọc; ô sau ô lỗi vẫn được chạy."""
    cells = [
        "import torch\nfrom course_utils.runtime import setup\ndevice = setup(seed=0)",
        f"moved = torch.ones(2).to(device)\n{last}",
        "assert moved.sum() == 3\nafter = moved + 1",
    ]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    path = tmp_path / "mot_so.ipynb"
    nbformat.write(notebook, path)
    assert main([str(path)]) == status
    printed = capsys.readouterr().out
    assert f"mot_so: {status} lỗi" in printed
    assert ("--- mot_so, ô 1" in printed) == bool(status)


@pytest.mark.slow
def test_a_whole_lab_runs_on_another_device():
    """Mọi ô chạy trên thiết bị giả, mỗi lần huấn luyện hai bước.

    Một phòng thay cho cả bọn; chạy hết: `python scripts/simulated_device.py notebooks/*.ipynb`.
    """
    assert list(run_lab(ROOT / "notebooks" / "gan.ipynb")) == []
