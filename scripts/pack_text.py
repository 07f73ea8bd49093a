"""Đóng gói lời văn của sách thành dữ liệu cho chương tự hồi quy: `make corpus`.

Chỉ giữ những câu trọn vẹn bằng chữ: bỏ mã, công thức, bảng, hình, tiêu đề, và mọi câu có công thức,
mã hay con số dán vào. Ký hiệu chỉ là một cái tên ($D$, $x_A$) thì giữ như một chữ. Mỗi đoạn một
dòng; các trang và sổ thực hành theo thứ tự của `_toc.yml`.

    python scripts/pack_text.py [tệp đích]
"""

import gzip
import io
import json
import re
import sys
import unicodedata
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "course_utils" / "data" / "book_text.txt.gz"
# Những chỉ thị mà bên trong là lời văn; chỉ thị khác (mã, hình, bảng, công thức) bị bỏ.
PROSE = re.compile(
    r"\{(note|tip|important|warning|admonition|dropdown|hint|seealso|prf:\w+|exercise|solution)[^}]*\}"
)
FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(.*)$")
SENTENCE_END = re.compile(r"(?<=[.!?…])([»”)*]*)\s+(?=[«“(*]*[A-ZÀ-ỸĐ])")
WHOLE = re.compile(r"^[«“(]*[A-ZÀ-ỸĐ].*[.!?…][»”)]*$", re.S)
#: Những ký tự được phép trong lời văn; câu có ký tự khác bị bỏ.
ALLOWED = re.compile(r"[A-Za-zÀ-ỹĐđ0-9α-ω ,.;:!?…«»“”()\-–%/’'+×]+")
LETTERS = "alpha beta gamma delta epsilon eta theta kappa lambda mu nu xi pi rho sigma tau phi psi"
GREEK = dict(zip(LETTERS.split(), "αβγδεηθκλμνξπρστφψ", strict=True))
NAME = re.compile(r"[A-Za-zα-ω](_?\{?[A-Za-z0-9α-ω]{1,4}\}?)?(\([A-Za-zα-ω]\))?|\d+(\.\d+)?")


def pages(root=ROOT):
    """Nội dung Markdown của các trang và các sổ theo thứ tự đọc, không kể phụ lục."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    names = [toc["root"]]
    for chapter in (chapter for part in toc["parts"] for chapter in part["chapters"]):
        names += [chapter["file"], *(section["file"] for section in chapter.get("sections", []))]
    for name in names:
        page, lab = root / f"{name}.md", root / f"{name}.ipynb"
        if page.exists() and not name.startswith("book/appendix/"):
            yield page.read_text("utf-8")
        elif lab.exists():
            cells = json.loads(lab.read_text("utf-8"))["cells"]
            yield "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def paragraphs(text):
    """Các đoạn lời văn (mỗi đoạn là danh sách dòng), đã bỏ mã, công thức, bảng, tiêu đề."""
    fences, skipping, block, display = [], 0, [], False
    for line in [*text.splitlines(), ""]:
        fence = FENCE.match(line)
        if fence and not display:
            mark, rest = fence.groups()
            if not rest and fences and fences[-1][0] == mark:
                skipping -= fences.pop()[1]
            elif rest or not skipping:
                skip = not PROSE.match(rest)
                fences.append((mark, skip))
                skipping += skip
            line = ""
        if line.strip().startswith("$$"):
            one_line = line.strip().count("$$") == 2
            display = not display if not one_line else display
            block.append("$")  # câu đang dở mang công thức: sẽ bị bỏ
            continue
        if skipping or display:
            continue
        item = re.match(r"^\s*(?:[-*+]|\d+\.)\s+", line)
        heading = re.match(r"^\s*(#|\||:\w+:|\(.*\)=|<|%|---|\[\^)", line)
        if (not line.strip() or item or heading) and block:
            yield block
            block = []
        if line.strip() and not heading:
            block.append(line[item.end() :] if item else line.strip())


def plain_name(match):
    """Ký hiệu chỉ là một cái tên thì thành chữ ($x_A$ thành xA); công thức thì để nguyên."""
    text = re.sub(r"\\([a-z]+) ?", lambda m: GREEK.get(m[1], m[0]), match[1].strip())
    text = text.replace("\\mathrm", "")
    return re.sub(r"[_{}]", "", text) if NAME.fullmatch(text) else match[0]


def sentences(block):
    """Các câu trọn vẹn của một đoạn, không còn đánh dấu."""
    text = " ".join(block)
    text = re.sub(r"\s*\{cite\w*(:\w+)?\}`[^`]*`", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\$([^$]+)\$", plain_name, text)
    for part in SENTENCE_END.sub(r"\1\n", text).split("\n"):
        part = re.sub(r"(\*\*|\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", part)
        part = re.sub(r"(\*\*|\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", part).strip()
        part = re.sub(r"\s+", " ", part).replace("\u00a0", " ")
        if WHOLE.match(part) and ALLOWED.fullmatch(part) and part.count(" ") >= 2:
            yield part


def prose(root=ROOT):
    """Toàn bộ lời văn của sách, NFC, mỗi đoạn một dòng."""
    lines = []
    for page in pages(root):
        text = unicodedata.normalize("NFC", page)
        kept = (" ".join(sentences(block)) for block in paragraphs(text))
        lines += [line for line in kept if line]
    return "".join(f"{line}\n" for line in lines)


def pack(text):
    """Nén gzip; cùng một văn bản luôn cho cùng các byte (không ghi giờ, không ghi tên tệp)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return buffer.getvalue()


def main():
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    text = prose()
    target.write_bytes(pack(text))
    print(f"{target.name}: {len(text)} ký tự, {target.stat().st_size} byte")


if __name__ == "__main__":
    main()
