"""Chính tả tiếng Việt: từ điển hunspell-vi, chỗ đặt dấu thanh, và những từ riêng của giáo trình.

Từ điển của Debian là một danh sách âm tiết, không có luật biến đổi, nên tra từ là tra một tập hợp.
Nó đặt dấu theo hai lối lẫn lộn; ở đây âm tiết được so bằng (chữ cái, thanh), còn chỗ đặt dấu là một
luật riêng.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from language.texts import LETTER, VIETNAMESE

ROOT = Path(__file__).resolve().parents[2]
#: Nơi tìm từ điển: của hệ thống, hay bản mà scripts/install_dictionary.sh trải vào .venv.
DICTIONARIES = [
    Path("/usr/share/hunspell/vi_VN.dic"),
    ROOT / ".venv/hunspell-vi/usr/share/hunspell/vi_VN.dic",
]
WORDS = Path(__file__).with_name("words.txt")
REFERENCES = ROOT / "book" / "references.bib"
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
WORD = re.compile(rf"(?<!\w)[{LETTER}]{{2,}}(?![\w\u0300-\u036f])")
# Vần mở: dấu ở chữ trước (hóa); vần đóng: dấu ở chữ sau (hoàn). «quý» không thuộc hai luật này.
OPEN = re.compile(r"(?i)\w*(?<!q)(?:o[áàảãạéèẻẽẹ]|u[ýỳỷỹỵ])(?!\w)")
CLOSED = re.compile(r"(?i)\w*(?:[óòỏõọ][ae]|(?<!q)[úùủũụ]y)\w+")
DOUBLED = re.compile(
    r"(?i)(?<!\w)(bị|các|cho|cũng|của|để|được|là|mà|nếu|những|thì|trong|và|với) +\1(?!\w)"
)


def split_tone(word):
    """(chữ cái không thanh, thanh) của một âm tiết viết thường."""
    letters = unicodedata.normalize("NFD", word.lower())
    tone = "".join(letter for letter in letters if letter in TONES)
    rest = "".join(letter for letter in letters if letter not in TONES)
    return unicodedata.normalize("NFC", rest), tone


def move_tone(word):
    """Đặt lại dấu thanh của «oa», «oe», «uy»: vần mở thì ở chữ trước, vần đóng thì ở chữ sau."""
    letters, tone = unicodedata.normalize("NFD", word), ""
    for mark in TONES:
        if mark in letters:
            letters, tone = letters.replace(mark, ""), mark
    letters = unicodedata.normalize("NFC", letters)
    cluster = re.search(r"(?i)(o[ae]|uy)(\w*)$", letters)
    place = cluster.start() + (2 if cluster[2] else 1)
    return unicodedata.normalize("NFC", letters[:place] + tone + letters[place:])


@cache
def syllables():
    """Mọi âm tiết của từ điển; None khi máy không có từ điển."""
    found = next((path for path in DICTIONARIES if path.exists()), None)
    if found is None:
        return None
    return {split_tone(line.strip()) for line in found.read_text("utf-8").splitlines()[1:]}


@cache
def project_words():
    return WORDS.read_text("utf-8").split()


@cache
def author_names():
    """Tên các tác giả trong danh mục tài liệu."""
    authors = re.findall(r"author\s*=\s*\{(.*?)\},?\n", REFERENCES.read_text("utf-8"), re.DOTALL)
    return set(re.findall(rf"[{LETTER}]{{2,}}", " ".join(authors)))


def misplaced_tones(text):
    for rule in (OPEN, CLOSED):
        for match in rule.finditer(text):
            if move_tone(match[0]) != match[0]:
                yield match.start(), match[0], move_tone(match[0])


def unknown_words(text, used):
    """Những từ không có ở đâu; `used` gom các từ riêng của giáo trình đã gặp.

    Tiếng Anh in nghiêng không phải soát; trong mã chỉ soát từ có dấu, vì tên trong mã không có dấu.
    Đoạn không có chữ Việt nào là tiếng Anh.
    """
    own = set(project_words())
    english = not VIETNAMESE.search(text.text) and len(text.text.split()) > 1
    for match in WORD.finditer(text.text):
        word = match[0]
        if word in own or word.lower() in own:
            used.add(word if word in own else word.lower())
        elif split_tone(word) not in syllables() and word not in author_names():
            italic = any(start <= match.start() < end for start, end in text.emphasis)
            if not (word.isascii() and (english or italic or text.kind.startswith("mã"))):
                yield match.start(), word
