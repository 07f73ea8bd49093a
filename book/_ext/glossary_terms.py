"""Thuật ngữ: trang thuật ngữ làm từ `book/terms.yml`, và lời giải nghĩa khi chạm vào một từ.

Ở mỗi trang lý thuyết hay thực hành, lần đầu của mỗi thuật ngữ trong một đoạn văn thành liên kết đến
trang thuật ngữ. `terms.js` cho liên kết ấy hiện lời giải nghĩa; không có JavaScript thì nó vẫn là
liên kết. Lời giải nghĩa nằm trong một tệp chung, tải khi người đọc bắt đầu rê chuột, chạm hay bấm
phím.
"""

import html
import json
import re
import sys
import unicodedata
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "scripts"))
from language import terms  # noqa: E402
from language.phrases import Phrases  # noqa: E402

PAGE = "book/appendix/glossary"
# lời văn: giữ «aăâbcdđeêfghijklmnoôơpqrstuưvwxyz» vì đây là bảng chữ cái
LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]  # ngang huyền hỏi ngã sắc nặng
PER_PARAGRAPH = 2  # nhiều gạch chân quá thì khó đọc
WORKED = (exercise_node, exercise_enumerable_node, solution_node)
QUIET = (*WORKED, nodes.footnote, nodes.citation, nodes.table, nodes.figure, nodes.sidebar)


def alphabetical(text):
    """Khóa xếp thứ tự tiếng Việt: từng âm tiết một, so chữ cái rồi mới so thanh."""
    key = []
    for syllable in re.findall(r"[^\W_]+", text.lower()):
        letters = unicodedata.normalize("NFD", syllable)
        tone = max(TONES.index(letter) if letter in TONES else 0 for letter in letters)
        bare = "".join(letter for letter in letters if letter not in TONES)
        places = [LETTERS.find(letter) for letter in unicodedata.normalize("NFC", bare)]
        key.append((places, tone))
    return key


def reference(label):
    """Dẫn đến nơi định nghĩa: công thức, định lý, mục, hay một lỗi hay gặp."""
    if label.startswith("eq-"):
        return f"{{eq}}`{label}`"
    if label.startswith("sec-"):
        return f"mục {{ref}}`{label}`"
    return f"{{ref}}`{label}`" if label.startswith("sai-") else f"{{prf:ref}}`{label}`"


class TermsTable(SphinxDirective):
    """Mọi thuật ngữ của bảng, theo thứ tự chữ cái, mỗi từ một lời giải và nơi định nghĩa."""

    def run(self):
        self.env.note_dependency(str(terms.TABLE))
        terms.table.cache_clear()
        entries = sorted(terms.table()["terms"], key=lambda entry: alphabetical(entry["vi"]))
        lines = ["````{glossary}"]
        for entry in entries:
            english = f" ({self.italic(entry['en'])})" if "en" in entry else ""
            see = ", ".join(map(reference, entry.get("see", [])))
            lines += [f"{entry['vi']}{english}", f"  {entry['gloss']}"]
            lines[-1] += f" Xem {see}." if see else ""
            lines.append("")
        box = nodes.container()
        lines.append("````")
        self.state.nested_parse(StringList(lines, str(terms.TABLE)), self.content_offset, box)
        places = [node["ids"][0] for node in box.findall(nodes.term)]
        self.env.term_places = dict(zip((e["vi"] for e in entries), places, strict=True))
        return box.children

    def italic(self, english):
        return ", ".join(name if name.isupper() else f"*{name}*" for name in english.split(", "))


def merge(app, env, docnames, other):
    """Nhiều tiến trình đọc sách: trang thuật ngữ ở một trong số đó."""
    if PAGE in docnames:
        env.term_places = other.term_places


def shown_names():
    """Cách gọi → tên đầy đủ của thuật ngữ; từ hay dùng theo nghĩa thường ngày thì không."""
    names, hidden = {}, []
    for entry in terms.table()["terms"]:
        hidden += entry.get("except", [])
        if entry.get("hover", True):
            names |= dict.fromkeys(terms.names(entry), entry["vi"])
    return Phrases(names | dict.fromkeys(hidden))


def mark(app, doctree, docname):
    """Lần đầu của mỗi thuật ngữ thành liên kết. Tiêu đề, chữ đậm, liên kết, công thức: không."""
    places = getattr(app.env, "term_places", None)
    read = docname.startswith(("book/", "notebooks/")) and docname != "book/index"
    if app.builder.format != "html" or not places or not read or "/appendix/" in docname:
        return
    glossary, names, seen = app.builder.get_relative_uri(docname, PAGE), shown_names(), set()
    for paragraph in doctree.findall(nodes.paragraph):
        if inside(paragraph, QUIET):
            continue
        left = PER_PARAGRAPH
        for text in [child for child in paragraph.children if isinstance(child, nodes.Text)]:
            pieces, end = [], 0
            for start, stop, name in names.find(text):
                if left and name and name not in seen:
                    seen.add(name)
                    left -= 1
                    link = nodes.reference(
                        "", text[start:stop], internal=True, classes=["term-link"]
                    )
                    link["refuri"] = f"{glossary}#{places[name]}"
                    pieces += [nodes.Text(text[end:start]), link]
                    end = stop
            if pieces:
                text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def inside(node, kinds):
    while node is not None and not isinstance(node, kinds):
        node = node.parent
    return node is not None


def gloss_html(gloss):
    """Lời giải nghĩa thành HTML; công thức để MathJax của trang vẽ."""
    parts = []
    for number, part in enumerate(gloss.split("$")):
        part = html.escape(part, quote=False)
        part = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", part)
        parts.append(f"\\({part}\\)" if number % 2 else part)
    return "".join(parts)


def write_glosses(app, exception):
    places = getattr(app.env, "term_places", None)
    if exception or app.builder.format != "html" or not places:
        return
    glosses = {
        places[entry["vi"]]: [entry["vi"], entry.get("en", ""), gloss_html(entry["gloss"])]
        for entry in terms.table()["terms"]
    }
    script = f"window.glosses = {json.dumps(glosses, ensure_ascii=False)};\n"
    (Path(app.outdir) / "_static" / "glosses.js").write_text(script, "utf-8")


def setup(app):
    app.add_directive("terms-table", TermsTable)
    app.connect("env-merge-info", merge)
    app.connect("doctree-resolved", mark)
    app.connect("build-finished", write_glosses)
    app.add_js_file("terms.js", loading_method="defer")
    app.add_css_file("terms.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
