"""Công thức có nhãn nào cũng có mã tính và phép kiểm giữ; thiếu thì sách báo, gọi đúng tên nhãn."""

import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book/_ext"))

import equation_table  # noqa: E402

PAGE = ROOT / "book/appendix/equations.md"
EXCEPTIONS = yaml.safe_load(
    re.search(r"^::::\{equation-table\}\n(.*?)^::::$", PAGE.read_text("utf-8"), re.M | re.S)[1]
)
EXCUSED = [equation_table.excused(EXCEPTIONS[key]) for key in ("no code", "no test")]


def labels():
    return [label for *_, written in equation_table.chapters() for label, _ in written]


def test_no_equation_lacks_code_or_test():
    code, tests = equation_table.cited_in_code(), equation_table.held_by_tests()
    assert list(equation_table.problems(labels(), code, tests, *EXCUSED)) == []


def test_every_cited_equation_exists_in_the_book():
    cited = equation_table.cited_in_code() | equation_table.held_by_tests()
    assert cited.keys() <= set(labels())


def test_labels_are_written_once():
    assert len(labels()) == len(set(labels()))


def test_the_mark_stands_on_real_tests():
    for label, places in equation_table.held_by_tests().items():
        for name, path, _ in places:
            assert name.split(".")[-1].startswith("test_"), f"{label}: {path}::{name}"


@pytest.mark.parametrize(
    ("code", "tests", "no_code", "no_test", "words"),
    [
        ({}, {"eq-a": 1}, {}, {}, "(eq-a) không được hàm nào dẫn"),
        ({"eq-a": 1}, {}, {}, {}, "(eq-a) không được phép kiểm nào giữ"),
        ({"eq-a": 1}, {"eq-a": 1}, {"eq-a": "lý do"}, {}, "(eq-a) thừa: công thức đã có"),
        ({"eq-a": 1}, {"eq-a": 1}, {}, {"eq-b": "lý do"}, "(eq-b) thừa: công thức không còn"),
    ],
)
def test_what_is_missing_is_named(code, tests, no_code, no_test, words):
    (problem,) = equation_table.problems(["eq-a"], code, tests, no_code, no_test)
    assert words in problem


def test_the_page_says_how_many_and_links_to_the_source(book_html):
    page = (book_html / "book/appendix/equations.html").read_text("utf-8")
    assert f"{len(labels())} công thức có nhãn" in page
    where = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]
    source = f'href="{where["url"]}/blob/{where["branch"]}/tests/'
    assert page.count(source) == sum(map(len, equation_table.held_by_tests().values()))
    assert page.count('href="api.html#course_utils.') > len(labels())
