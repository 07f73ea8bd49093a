"""Chữ do sinh viên viết không thành công thức Excel, không thành thẻ HTML."""

import re

import pytest
from grading.formulas import mathml
from grading.marks import Row, write_csv
from grading.submission import suspicious
from nbformat.v4 import new_code_cell, new_notebook


@pytest.mark.parametrize("tex", [r"\text{<meta/http-equiv=refresh>}", r"\tag{<b>}x"])
def test_formula_holds_no_tag(tex):
    assert "<code" in mathml(tex, "inline")
    assert "<m" not in mathml(tex, "inline")


def test_link_in_formula_is_not_made():
    assert mathml(r"\href{javascript:alert(1)}{x}", "inline").startswith("<code")


@pytest.mark.parametrize("text", ["=1+1", "-2+cmd", "@a", "a;=1+1", "a; +1"])
def test_no_cell_is_a_formula(tmp_path, text):
    write_csv(tmp_path / "a.csv", [Row(text, notes=[text])])
    written = (tmp_path / "a.csv").read_text("utf-8-sig")
    assert not re.search(r"(?m)(?:^|[,;\"])\s*[=+@-]", written)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("from dataclasses import inspect as look", True),
        ("run('_coi_thi')", True),
        ("%matplotlib inline\nglobals()", True),
        ("%matplotlib inline\nx = 1", False),
        ("import os, sys\nprint(sys.version, os.getcwd())", False),
        ("import os as o", True),
    ],
)
def test_suspicion(source, seen):
    assert bool(suspicious([new_code_cell(source)], new_notebook())) == seen
