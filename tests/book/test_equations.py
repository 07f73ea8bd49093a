"""Công thức có nhãn nào cũng có mã tính và phép kiểm giữ; thiếu thì sách báo, gọi đúng tên nhãn."""

import io
import re
import sys
from pathlib import Path

import pytest
import yaml
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book/_ext"))

import equation_table  # noqa: E402

PAGE = ROOT / "book/appendix/equations.md"
EXCEPTIONS = yaml.safe_load(
    re.search(r"^::::\{equation-table\}\n(.*?)^::::$", PAGE.read_text("utf-8"), re.M | re.S)[1]
)
EXCUSED = [equation_table.excused(EXCEPTIONS[key]) for key in ("no code", "no test")]


@pytest.fixture(scope="module")
def cited():
    return equation_table.cited_in_code(), equation_table.held_by_tests()


def labels():
    return [label for *_, written in equation_table.chapters() for label, _ in written]


def test_no_equation_lacks_code_or_test(cited):
    assert list(equation_table.problems(labels(), *cited, *EXCUSED)) == []


def test_every_cited_equation_exists_in_the_book(cited):
    code, tests = cited
    assert code.keys() | tests.keys() <= set(labels())


def test_labels_are_written_once():
    assert len(labels()) == len(set(labels()))


def test_the_mark_stands_on_real_tests(cited):
    for label, places in cited[1].items():
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


SMALL_BOOK = {
    "_toc.yml": "file: book/chapter\n",
    "_config.yml": "repository: {url: https://example.org/kho, branch: main}\n",
    "course_utils/sums.py": 'def add():\n    """Tổng. Sách: (eq-sum)"""\n',
    "tests/test_sums.py": '@pytest.mark.equation("eq-sum")\ndef test_add():\n    pass\n',
    "book/chapter.md": "# Chương\n\n## Phép cộng\n\n$$\n1 + 1 = 2\n$$ (eq-sum)\n",
    "book/index.md": "# Bảng\n\n```{toctree}\nchapter\n```\n\n:::{equation-table}\n:::\n",
}


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_forgotten_equation_stops_the_build(tmp_path, monkeypatch, forgotten):
    """Sphinx thật, một cuốn sách nhỏ; cảnh báo là lỗi, như trong `make book`."""
    for name, text in SMALL_BOOK.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    if forgotten:
        with (tmp_path / "book/chapter.md").open("a", encoding="utf-8") as chapter:
            chapter.write("\n$$\n1 - 1 = 0\n$$ (eq-difference)\n")
    monkeypatch.setattr(equation_table, "ROOT", tmp_path)
    warnings = io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            srcdir=tmp_path / "book",
            confdir=None,
            outdir=tmp_path / "html",
            doctreedir=tmp_path / "doctrees",
            buildername="html",
            confoverrides={
                "extensions": ["myst_parser", "equation_table"],
                "myst_enable_extensions": ["colon_fence", "dollarmath"],
                "nitpick_ignore_regex": [("py:.*", ".*")],
            },
            status=None,
            warning=warnings,
            warningiserror=True,
            keep_going=True,
        )
        app.build()
    assert app.statuscode == forgotten
    for words in ("không được hàm nào dẫn", "không được phép kiểm nào giữ"):
        assert (f"(eq-difference) {words}" in warnings.getvalue()) == forgotten


def test_the_page_says_how_many_and_links_to_the_source(book_html, cited):
    page = (book_html / "book/appendix/equations.html").read_text("utf-8")
    assert f"{len(labels())} công thức có nhãn" in page
    where = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]
    source = f'href="{where["url"]}/blob/{where["branch"]}/tests/'
    assert page.count(source) == sum(map(len, cited[1].values()))
    assert len(re.findall(r'href="[\w/.]+\.html#course_utils\.', page)) > len(labels())
