"""Tìm những con số đo được mà gõ tay vào lời văn, thay vì dán (`glue`) từ ô đã chạy.

    python scripts/typed_numbers.py [trang …]

Một con số trong lời được tin khi: nó được dán; hoặc nó đứng cạnh phép tính cho ra nó và máy tính
lại thấy khớp (`book_arithmetic`); hoặc nó có trong tests/book_numbers/worked.py, nơi tính lại nó
theo đường khác hay nói vì sao nó được cho trước; hoặc câu chứa nó dẫn tài liệu.

Những số phải qua cửa này:
- mọi số có từ ba chữ số sau dấu chấm;
- mọi số thập phân ngoài công thức;
- trong câu nói về phép đo («đo được», «mô phỏng», «sổ thực hành cho», …): mọi số thập phân, mọi
  phần trăm, mọi số đi với nat, bit, giây, lần.
"""

import json
import re
import sys
from functools import lru_cache
from pathlib import Path

from book_arithmetic import derived

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests/book_numbers"))

CODE = re.compile(
    r"^(`{3,})(?:\{(?:code|code-block|prf:algorithm|live-figure)[^\n]*|\w+)\n.*?^\1$", re.M | re.S
)
HIDDEN = re.compile(
    r"\{[a-z:]+\}`[^`]*`|`[^`\n]*`|\]\([^)\n]*\)|^\(\S+\)=$|^:\w+:.*$|<!--.*?-->|^% .*$", re.M
)
MATH = re.compile(r"^\$\$.*?^\$\$[^\n]*$|(?<!\\)\$(?:[^$\n\\]|\\.)+\$", re.M | re.S)
CITED = re.compile(r"\{cite(?::\w+)?\}`")
MEASURED = re.compile(
    r"đo được|\*Đo|[Đđ]o (?:trên|bằng|với|lại|thấy)|đo thấy|mô phỏng|[Tt]hí nghiệm|huấn luyện xong|"
    r"[Ss]ổ (?:thực hành |của [^.]*?)?(?:cho|ra|in|được|thấy|tính|đo|kiểm|thử|chạy)"
)
FINE = re.compile(r"(?<![\w.])\d+\.\d{3,}(?!\w|\.\d)")
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?!\w|\.\d)")
QUANTITY = re.compile(
    r"(?<![\w.])(\d[\d ]*(?:\.\d+)?)\s?(?:\\?%|(?:mili |micro )?(?:nat|bit|giây|phút|lần)\b)"
)


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def sentences(text):
    """(vị trí, câu): cắt ở cuối câu và ở hết dòng."""
    for match in re.finditer(r"[^\n]+?(?:[.?!](?=\s)|$)", text, re.M):
        yield match.start(), match[0]


def candidates(text):
    """(dòng, số) của những con số phải có gốc gác."""
    text = CODE.sub(blank, text)
    cited = [m.start() for m in CITED.finditer(text)]
    plain = HIDDEN.sub(blank, text)
    prose = MATH.sub(blank, plain)
    for start, sentence in sentences(text):
        end = start + len(sentence)
        if any(start <= at < end for at in cited):
            continue
        found = {m[0] for m in FINE.finditer(plain[start:end])}
        found |= {m[0] for m in DECIMAL.finditer(prose[start:end])}
        if MEASURED.search(sentence):
            found |= {m[0] for m in DECIMAL.finditer(plain[start:end])}
            found |= {m[1].strip() for m in QUANTITY.finditer(plain[start:end])}
        line = text[:start].count("\n") + 1
        yield from ((line, number) for number in sorted(found))


def trusted(text, name):
    """Những con số mà trang tính ra được, hay tests/book_numbers/worked.py giải thích."""
    return set(derived(text)) | explained(name)


@lru_cache
def explained(name):
    import given
    import worked

    recomputed = getattr(worked, name)() if hasattr(worked, name) else ()
    numbers = {printed for printed, _ in recomputed}
    return numbers.union(*(listed.split() for listed in given.GIVEN.get(name, {}).values()))


def typed(path):
    """(dòng, số) gõ tay mà không rõ gốc gác, trong một trang hay trong lời của một sổ."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    known = trusted(text, path.stem)
    return [(line, number) for line, number in candidates(text) if number not in known]


def pages():
    """Các chương, các sổ, và trang lỗi hay gặp (đề thi có tests/test_exam_papers.py giữ)."""
    mistakes = ROOT / "book/appendix/common_mistakes.md"
    return sorted([*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/*.ipynb"), mistakes])


def complaint(path, line, number):
    return (
        f"{path.relative_to(ROOT)}:{line}: số {number} gõ tay mà không rõ từ đâu ra. Số đo được "
        f"thì dán bằng glue từ ô đã chạy; số tính tay thì viết phép tính cạnh nó, hay tính lại nó "
        f"trong tests/book_numbers/worked.py; số cho trước thì ghi vào given.py cạnh đó, kèm lý do."
    )


def main(names):
    found = 0
    for path in map(Path, names) if names else pages():
        for line, number in typed(path.resolve()):
            found += 1
            print(complaint(path.resolve(), line, number))
    return found > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
