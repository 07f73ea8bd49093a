"""Bảng thuật ngữ `book/terms.yml`, và hai luật từ đó: từ không dùng, tiếng Anh ở lần dùng đầu."""

import re
from functools import cache
from pathlib import Path

import yaml

from language.phrases import Phrases

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "book" / "terms.yml"
NEAR = 50  # giữa thuật ngữ và tiếng Anh có thể có vài chữ: «số lần đánh giá hàm, viết tắt NFE (…)»


@cache
def table():
    return yaml.safe_load(TABLE.read_text("utf-8"))


def names(term):
    """Các cách gọi của một thuật ngữ, kể cả chữ viết tắt."""
    short = [name for name in term.get("en", "").split(", ") if name.isupper()]
    return [*term["vi"].split(", "), *short]


@cache
def wanted():
    """Mọi cách gọi → thuật ngữ."""
    return Phrases({name: term for term in table()["terms"] for name in names(term)})


@cache
def unwanted():
    """Từ không dùng → (từ nên dùng, lý do); cụm từ mà nó được phép đứng trong đó → None."""
    meanings = {}
    for entry in [*table()["terms"], *table()["wording"]]:
        better = entry.get("write") or entry["vi"], entry.get("why", "")
        meanings |= dict.fromkeys(entry.get("avoid", []), better)
    for entry in [*table()["terms"], *table()["wording"]]:
        meanings |= dict.fromkeys(entry.get("except", []), None)
    return Phrases(meanings)


def unwanted_words(text):
    """(chỗ, từ không dùng, từ nên dùng, lý do); tiếng Anh in nghiêng thì được."""
    for start, end, better in unwanted().find(text.text):
        word = " ".join(text.text[start:end].split())
        italic = word.isascii() and any(a <= start < b for a, b in text.emphasis)
        if better and not italic:
            yield start, word, *better


def introductions(text):
    """Những thuật ngữ mà đoạn này nêu kèm tiếng Anh in nghiêng, ngay sau đó, trong cùng một câu."""
    for _, end, term in wanted().find(text.text) if text.emphasis else ():
        english = [name.lower() for name in term.get("en", "").split(", ")]
        for start, stop in text.emphasis:
            between = text.text[end:start]
            near = start > end and len(between) <= NEAR and not re.search(r"[.;:!?]\s", between)
            if near and any(name in text.text[start:stop].lower() for name in english):
                yield term["vi"]
