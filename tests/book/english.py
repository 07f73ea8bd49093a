"""Chữ tiếng Anh mà Sphinx và các giao diện để lại trên nút bấm, nhãn và lời nhắc."""

import re

ENGLISH = re.compile(
    r"\b(the|and|of|search|searching|results|next|previous|page|pages|toggle|copy|copied|download|"
    r"contents|show|hide|click|source|link|permalink|proof|theorem|lemma|definition|exercise|"
    r"solution|figure|table|equation|note|warning|hint|see also|code|cell|output|copyright|"
    r"last updated|light|dark|system|settings|sidebar|navigation|skip|back to top|open|close|"
    r"print|edit|issue|launch|bases|returns?|parameters|raises|module|repository|fullscreen|"
    r"loading|error|et al|editors?|volume|home|index|by(?!-SA)|on this)\b",
    re.IGNORECASE,
)


def english(texts):
    return sorted({text for text in texts if ENGLISH.search(text)})
