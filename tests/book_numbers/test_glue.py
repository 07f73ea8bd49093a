"""Số dán vào lời: có thật trong sổ, in ra đọc được, và đúng chiều mà câu chứa nó khẳng định."""

import ast
import functools
import json
import math
import re
from pathlib import Path

import myst_nb
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course_utils.runtime import glue

ROOT = Path(__file__).resolve().parents[2]
GLUE = r"\{glue:text\}`(?:\.\./)+notebooks/(\w+)\.ipynb::(\w+)(?::([^`]*))?`"
PAGES = sorted([*ROOT.glob("book/*.md"), *ROOT.glob("book/appendix/*.md")])
#: ⟦n⟧ thay cho số dán thứ n của trang; giữa hai số chỉ còn lời.
NUMBER = r"\$?[^⟦⟧.;|\n]{0,12}⟦(\d+)⟧"
FALLS = re.compile(
    rf"từ {NUMBER}[^⟦⟧.;|\n]{{0,60}}?(?:xuống|giảm|còn|tụt)[^⟦⟧.;|\n]{{0,40}}⟦(\d+)⟧"
)
RISES = re.compile(rf"từ {NUMBER}[^⟦⟧.;|\n]{{0,60}}?(?:lên|tăng)[^⟦⟧.;|\n]{{0,40}}⟦(\d+)⟧")
TIMES = re.compile(
    r"(?:nhanh|chậm|đắt|rẻ|lớn|nhỏ|nhiều|ít|dài|rộng|nặng) hơn[^⟦⟧.;|\n]{0,40}⟦(\d+)⟧ lần|"
    r"gấp[^⟦⟧.;|\n]{0,20}⟦(\d+)⟧ lần"
)
ERROR = re.compile(r"±\s*⟦(\d+)⟧")
BETWEEN = r"⟦(\d+)⟧[^⟦⟧.;|\n]{0,40}%s[^⟦⟧.;|\n]{0,40}⟦(\d+)⟧"
ABOVE = re.compile(
    BETWEEN % r"(?:(?<!không )\*{0,2}vượt\*{0,2}|(?:lớn|cao|nhiều|dài|rộng|đắt) hơn)"
)
BELOW = re.compile(BETWEEN % r"(?:nhỏ|thấp|ít|ngắn|hẹp|rẻ) hơn")
ONLY = re.compile(r"chỉ[^⟦⟧.;|\n]{0,30}" + BETWEEN % r"(?:so với|thay vì|thay cho)")
MORE = re.compile(r"(?:hơn|kém|hụt|tốn thêm)[^⟦⟧.;|\n]{0,30}⟦(\d+)⟧ (?:nat|bit|giây)")


@functools.cache
def glued(slug):
    """Tên → giá trị đã lưu trong sổ."""
    cells = json.loads((ROOT / f"notebooks/{slug}.ipynb").read_text("utf-8"))["cells"]
    values = {}
    for output in (o for cell in cells for o in cell.get("outputs", [])):
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        if name:
            text = next(v for k, v in output["data"].items() if k.endswith("text/plain"))
            values[name] = ast.literal_eval("".join(text))
    return values


def numbered(page):
    """Lời của trang với mỗi số dán thay bằng ⟦n⟧, và danh sách (tên, giá trị, định dạng)."""
    found = []

    def number(match):
        slug, name, form = match.groups()
        found.append((f"{slug}::{name}", glued(slug).get(name), form or ""))
        return f"⟦{len(found) - 1}⟧"

    return re.sub(GLUE, number, page.read_text("utf-8")), found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_glued_number_is_stored_and_readable(page):
    for name, value, form in numbered(page)[1]:
        assert value is not None, f"{page.name}: sổ không có {name}"
        if isinstance(value, str):
            continue
        assert math.isfinite(value), f"{page.name}: {name} = {value}"
        printed = format(value, form)
        assert not re.fullmatch(r"-0(\.0*)?%?", printed), f"{page.name}: {name} in ra {printed}"


def claims(page):
    """(điều câu nói, tên các số, có đúng không)."""
    text, found = numbered(page)
    for pattern, words, holds in (
        (FALLS, "giảm từ {} xuống {}", lambda a, b: a > b),
        (RISES, "tăng từ {} lên {}", lambda a, b: a < b),
        (TIMES, "hơn {} lần", lambda a: a > 1),
        (ERROR, "± {}", lambda a: a > 0),
        (ABOVE, "{} lớn hơn {}", lambda a, b: a > b),
        (BELOW, "{} nhỏ hơn {}", lambda a, b: a < b),
        (ONLY, "chỉ {} so với {}", lambda a, b: a < b),
        (MORE, "hơn kém nhau {}", lambda a: a > 0),
    ):
        for match in pattern.finditer(text):
            chosen = [found[int(n)] for n in match.groups() if n]
            yield words.format(*(c[0] for c in chosen)), chosen, holds(*(c[1] for c in chosen))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_comparisons_hold_for_the_glued_numbers(page):
    for words, chosen, holds in claims(page):
        assert holds, f"{page.name}: câu nói «{words}» mà sổ cho {[c[1] for c in chosen]}"


def test_the_comparisons_are_really_read():
    assert sum(1 for page in PAGES for _ in claims(page)) > 100


def test_glue_writes_what_myst_nb_writes():
    InteractiveShell.instance()
    for value in (0.25, "8, 8, 8", 3):
        with capture_output() as ours:
            glue("tên", value)
        with capture_output() as theirs:
            myst_nb.glue("tên", value, display=False)
        (mine,), (other,) = ours.outputs, theirs.outputs
        assert (mine.data, mine.metadata) == (other.data, other.metadata)
