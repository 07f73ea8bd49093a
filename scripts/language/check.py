"""Soát một tệp hay cả giáo trình; mỗi chỗ sai là một dòng `tệp:dòng: «từ»: nên viết gì, vì sao`."""

import re
import subprocess
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from language import spelling, terms, texts

ROOT = Path(__file__).resolve().parents[2]
#: Những tệp có lời văn cho người đọc, theo mẫu của git.
READ = ["*.md", "book/*.py", "course_utils/*.py", "course_utils/*.js", "scripts/*.py", "hub/*.py"]
READ += ["notebooks/*.ipynb", "notebooks/assignments/source/*.ipynb"]
READ += ["notebooks/assignments/variants/*.py", "book/_static/*.js", "book/terms.yml", "Makefile"]
#: Chỗ được phép, kèm lý do: <!-- lời văn: giữ … --> trong trang, # lời văn: giữ … trong mã.
KEEP = re.compile(r"lời văn: giữ ((?:«[^»]+»(?:, )?)+) vì \w")
#: Những tệp chứa bảng các cách viết sai mà người đọc có thể gõ vào ô tìm kiếm.
MISSPELT = {"vietnamese_search.py", "search_words.js"}


@dataclass
class Finding:
    path: Path
    line: int
    kind: str
    word: str
    advice: str

    def __str__(self):
        shown = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{shown}:{self.line}: {self.kind}: «{self.word}»: {self.advice}"


@dataclass
class Report:
    """Mọi chỗ sai, và những gì chỉ cả lượt soát mới biết: từ riêng đã gặp, thuật ngữ đã nêu."""

    findings: list = field(default_factory=list)
    used: set = field(default_factory=set)
    introduced: dict = field(default_factory=dict)

    def add(self, *details):
        self.findings.append(Finding(*details))


def prose_files():
    """Mọi tệp phải soát; tệp không còn trên đĩa thì thôi."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *READ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in sorted(set(listed.split("\0")))]
    return [path for path in paths if path.is_file() and path.name not in MISSPELT]


def check_file(path, report):
    source = path.read_text("utf-8")
    for number, line in enumerate(source.splitlines(), 1):
        if not unicodedata.is_normalized("NFC", line):
            report.add(path, number, "Unicode", line.strip()[:30], "ghép dấu lại thành dạng NFC")
    kept = {}
    for number, line in enumerate(source.splitlines(), 1):
        for listed in KEEP.findall(line):
            kept |= {word.lower(): number for word in re.findall("«([^»]+)»", listed)}
    needed = set()
    first = len(report.findings)
    for text in texts.read(path):
        check_text(path, text, report)
    for finding in report.findings[first:]:
        if finding.word.lower() in kept:
            needed.add(finding.word.lower())
            report.findings.remove(finding)
    for word in kept.keys() - needed:
        report.add(
            path, kept[word], "ngoại lệ thừa", word, "không còn chỗ nào cần; hãy bỏ dòng này"
        )


def check_text(path, text, report):
    def add(position, kind, word, advice):
        report.add(path, text.line_at(position), kind, word, advice)

    for position, word, better, why in terms.unwanted_words(text):
        add(position, "thuật ngữ", word, f"hãy viết «{better}»" + (f" ({why})" if why else ""))
    for position, word, better in spelling.misplaced_tones(text.text):
        add(position, "chỗ đặt dấu", word, f"hãy viết «{better}»")
    for match in spelling.DOUBLED.finditer(text.text):
        add(match.start(), "từ lặp", match[0], f"hãy viết một lần «{match[1]}»")
    if spelling.syllables() is not None:
        for position, word in spelling.unknown_words(text, report.used):
            advice = "không có trong từ điển; sửa, đặt trong `…`, hoặc thêm vào words.txt"
            add(position, "chính tả", word, advice)
    for name in terms.introductions(text):
        report.introduced.setdefault(name, set()).add(path)


def homes():
    """Thuật ngữ → chương định nghĩa nó: nơi có nhãn đầu tiên trong `see`."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    labelled = {}
    for path in (ROOT / f"{chapter}.md" for chapter in chapters):
        for line in path.read_text("utf-8").splitlines():
            if label := re.match(r"(?:\$\$ )?\(([\w-]+)\)(?:=|$)|:label: (\S+)", line):
                labelled[label[1] or label[2]] = path
    for term in terms.table()["terms"]:
        if "en" in term and term.get("see"):
            yield term, labelled.get(term["see"][0])


def check_whole(report):
    """Những luật của cả giáo trình."""
    for term, home in homes():
        if home is None:
            report.add(
                terms.TABLE, 1, "bảng thuật ngữ", term["see"][0], "không trang nào có nhãn ấy"
            )
        elif home not in report.introduced.get(term["vi"], ()):
            advice = f"chương định nghĩa nó phải nêu tiếng Anh một lần: (*{term['en']}*)"
            report.add(home, 1, "lần dùng đầu", term["vi"], advice)
    words = spelling.project_words()
    if words != sorted(set(words)):
        report.add(
            spelling.WORDS, 1, "danh sách từ", "words.txt", "xếp theo thứ tự, mỗi từ một lần"
        )
    for word in sorted(set(words) - report.used) if spelling.syllables() else []:
        line = words.index(word) + 1
        report.add(spelling.WORDS, line, "từ thừa", word, "không còn dùng; hãy bỏ khỏi danh sách")
