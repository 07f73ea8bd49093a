r"""Đọc những đẳng thức số trong công thức của sách: chuỗi «vế = vế ≈ vế», mỗi vế được tính lại."""

import itertools
import re
from functools import lru_cache

from tex_number import evaluate

DISPLAY = re.compile(r"^\$\$\n(.*?)^\$\$", re.M | re.S)
INLINE = re.compile(r"(?<![\\$])\$(?!\$)((?:[^$\n\\]|\\.)+)\$")
SEPARATORS = {
    ",",
    ";",
    "<",
    ">",
    *(rf"\{w}" for w in r"\ quad qquad le ge ll gg to Rightarrow".split()),
}


def sides_of(formula):
    """Các chuỗi đẳng thức ở tầng ngoài cùng của một công thức, mỗi chuỗi là danh sách các vế."""
    depth, piece, chain = 0, "", []
    for token in re.findall(r"\\[a-zA-Z]+|\\.|\s+|.", formula, re.S):
        depth += (token in "([{") - (token in ")]}") if len(token) == 1 else 0
        if depth <= 0 and token in ("=", r"\approx"):
            chain.append(piece)
            piece = ""
        elif depth <= 0 and token in SEPARATORS:
            yield [*chain, piece]
            chain, piece = [], ""
        else:
            piece += token
    yield [*chain, piece]


def formulas(text):
    """(dòng, công thức); các công thức $…$ nối nhau bằng dấu bằng được ghép lại."""
    plain = re.sub(r"`[^`\n]*`", lambda m: " " * len(m[0]), text)
    for match in DISPLAY.finditer(plain):
        body = re.sub(r"\\\\(?:\[[^\]]*\])?(?=\s*&?\s*(?:=|\\approx|[-+]))", " ", match[1])
        yield plain[: match.start(1)].count("\n") + 1, body
    plain = DISPLAY.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), plain)
    for number, line in enumerate(plain.splitlines(), 1):
        joined, end = "", None
        for match in INLINE.finditer(line):
            follows = end is not None and not line[end : match.start()].strip()
            if follows and re.match(r"\s*(=|\\approx|\\cdot|\+|-)", match[1]):
                joined += " " + match[1]
            else:
                if joined:
                    yield number, joined
                joined = match[1]
            end = match.end()
        if joined:
            yield number, joined


@lru_cache
def chains(text):
    """[(dòng, [Value hay None, …])] của mọi chuỗi có từ hai vế."""
    return [
        (number, [evaluate(side) for side in chain])
        for number, formula in formulas(text)
        for chain in sides_of(formula)
        if len(chain) > 1
    ]


def disagreements(text):
    """(dòng, hai vế) mà giá trị tính lại không khớp."""
    for number, values in chains(text):
        known = [value for value in values if value is not None]
        for a, b in itertools.pairwise(known):
            tolerance = a.error + b.error + 1e-9 * (1 + abs(a.value))
            if abs(a.value - b.value) > tolerance * 1.02:
                yield number, a, b


def derived(text):
    """Những con số (viết như trong sách) là kết quả của một vế khác đã tính lại khớp."""
    for _, values in chains(text):
        known = [value for value in values if value is not None]
        if any(not value.bare for value in known):
            for value in known:
                yield from re.findall(r"\d+\.\d+", value.text)
