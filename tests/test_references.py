"""Danh mục tài liệu: mục nào cũng tra lại được và có người nhắc; chương nào cũng kể nguồn."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from pybtex.backends.plaintext import Backend
from pybtex.database import parse_file

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "book" / "_ext"))

ENTRIES = parse_file(ROOT / "book" / "references.bib").entries
PAGES = sorted([*ROOT.glob("book/*.md"), *ROOT.glob("book/appendix/*.md")])
CHAPTERS = [page for page in PAGES if page.parent.name == "book" and page.name != "index.md"]
HISTORY = "## Lịch sử và tài liệu\n"


def isbn_13(text):
    """Chữ số kiểm tra của ISBN 13 số: tổng có trọng số 1, 3, 1, 3… chia hết cho 10."""
    digits = [int(digit) for digit in text.replace("-", "") if digit.isdigit()]
    weighted = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return bool(re.fullmatch(r"97[89](-?\d){10}", text)) and weighted % 10 == 0


FORMS = {
    # Tiền tố 10.5555 là DOI thử: doi.org không dẫn đi đâu.
    "doi": re.compile(r"10\.(?!5555/)\d{4,5}/[^\s{}]+").fullmatch,
    "eprint": re.compile(r"\d\d(0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}").fullmatch,
    "url": re.compile(r"https?://[\w.-]+\.[a-z]{2,}(/[^\s{}]*)?").fullmatch,
    "isbn": isbn_13,
}


def problem(fields):
    """Vì sao không tra lại được mục này; None khi tra được."""
    present = [kind for kind in FORMS if kind in fields]
    wrong = [f"{kind} = {fields[kind]}" for kind in present if not FORMS[kind](fields[kind])]
    if wrong:
        return "sai dạng: " + ", ".join(wrong)
    if not present and not re.search("(không có|chưa tra được) {DOI}", fields.get("note", "")):
        return "không có doi, eprint, url, isbn, cũng không có ghi chú nói vì sao"
    return None


def cited(text):
    keys = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
    return [re.sub(r".*<(.+)>", r"\1", key).strip() for keys in keys for key in keys.split(",")]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, True),
        ({"note": "Bài hay"}, True),
        ({"note": "Sách in năm 1955, không có {DOI}"}, False),
        ({"doi": "10.1162/NECO_a_00142"}, False),
        ({"doi": "https://doi.org/10.1162/NECO_a_00142"}, True),
        ({"doi": "10.5555/1283383.1283494"}, True),
        ({"eprint": "1312.6114"}, False),
        ({"eprint": "cs/0412108"}, False),
        ({"eprint": "1313.6114"}, True),
        ({"eprint": "arXiv:1312.6114"}, True),
        ({"url": "jmlr.org/papers"}, True),
        ({"isbn": "978-1-4214-0794-4"}, False),
        ({"isbn": "978-1-4214-0794-5"}, True),
        ({"doi": "10.1162/NECO_a_00142", "eprint": "1313.6114"}, True),
    ],
)
def test_the_checker_sees_what_cannot_be_looked_up(fields, found):
    assert (problem(fields) is not None) == found


def test_every_entry_can_be_looked_up():
    wrong = {key: problem(entry.fields) for key, entry in ENTRIES.items()}
    assert {key: why for key, why in wrong.items() if why} == {}


def test_no_two_entries_share_an_identifier():
    names = Counter(
        (kind, entry.fields[kind].lower().rstrip("/"))
        for entry in ENTRIES.values()
        for kind in FORMS
        if kind in entry.fields
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_no_preprint_is_much_younger_than_its_entry():
    # Số arXiv mở đầu bằng năm và tháng: nhầm bài thì năm thường lệch.
    late = [
        key
        for key, entry in ENTRIES.items()
        if re.match(r"\d{4}\.", number := entry.fields.get("eprint", ""))
        and 2000 + int(number[:2]) > int(entry.fields["year"]) + 1
    ]
    assert late == []


def test_the_printed_list_shows_the_identifier():
    from vietnamese_bibliography import VietnameseStyle

    printed = {
        item.key: item.text.render(Backend())
        for item in VietnameseStyle().format_entries(ENTRIES.values())
    }
    hidden = [
        key
        for key, entry in ENTRIES.items()
        if (first := next((kind for kind in FORMS if kind in entry.fields), None))
        and entry.fields[first] not in printed[key]
    ]
    assert hidden == []
    assert "ISBN 978-1-4214-0794-4" in printed["golub2013"]


def test_citations_and_entries_match():
    names = {key for page in PAGES for key in cited(page.read_text("utf-8"))}
    assert sorted(names - set(ENTRIES)) == []
    assert sorted(set(ENTRIES) - names) == []


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.stem)
def test_each_chapter_closes_by_naming_its_sources(page):
    text = page.read_text("utf-8")
    assert text.count(HISTORY) == 1
    section = text.partition(HISTORY)[2]
    assert "\n## " not in section, "mục này phải đứng cuối chương"
    assert len(set(cited(section))) >= 3
    assert "```{bibliography}" in section
