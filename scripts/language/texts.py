"""Lời văn của một tệp, kèm số dòng: Markdown, ô Markdown của sổ, chuỗi và chú thích của mã.

Mã, công thức, vai trò MyST, liên kết và siêu dữ liệu không phải lời văn: mỗi chỗ như thế để lại một
ký tự ␣, nên một cụm từ không bao giờ khớp vắt qua chúng.
"""

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass, field

import yaml
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

GAP = "␣"
EXTENSIONS = "amsmath attrs_block attrs_inline colon_fence deflist dollarmath fieldlist tasklist"
CONFIG = MdParserConfig(enable_extensions=set(EXTENSIONS.split()), dmath_double_inline=True)
PARSER = create_md_parser(CONFIG, RendererHTML)
# Những chỉ thị mà bên trong là lời văn; bên trong chỉ thị khác là mã, hình, bảng.
PROSE = re.compile(
    r"\{(admonition|attention|caution|danger|dropdown|epigraph|error|exercise|figure|glossary|hint|"
    r"important|list-table|margin|note|prf:\w+|seealso|sidebar|solution|tip|warning)\}\s*(.*)"
)
OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")
SPOKEN_OPTIONS = {"alt", "caption"}
# Những vai trò có tên đứng trước đích: {doc}`tên <đích>`.
TITLED_ROLES = {"doc", "ref", "prf:ref", "term", "download", "py:obj"}
LETTER = "A-Za-zÀ-ÖØ-öø-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ"
VIETNAMESE = re.compile(f"[{LETTER[6:]}]")
FILE_NAME = re.compile(r"https?://\S+|[A-Za-z][\w/-]*\.[a-z][\w/-]+|\(eq-[\w-]+\)")
CODE_LIKE = re.compile(
    r"\"[\w-]+\"|'[\w-]+'|https?://\S+|[\w./-]*[_/\\=@<>{}\[\]][\w./-]*|\w+\(|--?\w+|\w+\.\w+|[%$]\w+"
)


@dataclass
class Text:
    """Một đoạn lời văn; `emphasis` là những khoảng in nghiêng."""

    text: str
    line: int
    kind: str = "đoạn"  # đoạn, tiêu đề, mã
    emphasis: list = field(default_factory=list)

    def line_at(self, position):
        return self.line + self.text.count("\n", 0, position)


def inline_text(token, kind):
    """Một khối chữ của Markdown; xuống dòng giữ nguyên để đếm được dòng."""
    parts, emphasis, opened, link = [], [], [], False
    for child in token.children or []:
        position = sum(map(len, parts))
        if child.type == "text":
            parts.append(GAP if link else FILE_NAME.sub(GAP, child.content))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "em_open":
            opened.append(position)
        elif child.type == "em_close":
            emphasis.append((opened.pop(), position))
        elif child.type in ("link_open", "link_close"):
            link = child.type == "link_open" and child.info == "auto"
        elif child.type == "myst_role" and child.meta["name"] in TITLED_ROLES:
            title = re.fullmatch(r"(?s)(.*?)\s*<[^>]*>", child.content)
            parts.append(title[1] if title else GAP)
        elif child.type not in ("strong_open", "strong_close"):
            parts.append(GAP + "\n" * child.content.count("\n"))
    return Text("".join(parts), 0, kind, emphasis)


def markdown_texts(source, first_line=1):
    """Mọi đoạn lời văn của một trang Markdown, kể cả trong các khối có lời văn."""
    kind, line = "đoạn", first_line
    source = re.sub(r"⟦[^⟧\n]*⟧", "0", source)  # số liệu của đề bài, điền theo mã lớp
    for token in PARSER.parse(source, {}):
        if token.map:
            line = first_line + token.map[0]
        if token.type == "heading_open":
            kind = "tiêu đề"
        elif token.type == "inline":
            text = inline_text(token, kind)
            text.line, kind = line, "đoạn"
            yield text
        elif token.type in ("fence", "colon_fence"):
            yield from directive_texts(token, line)


def directive_texts(token, line):
    directive = PROSE.fullmatch(token.info.strip())
    if not directive:
        return
    name, title = directive.groups()
    if title and name not in ("figure", "solution"):
        yield from markdown_texts(title, line)
    body = token.content.split("\n")
    while body and (option := OPTION.match(body[0])):
        line += 1
        if option[1] in SPOKEN_OPTIONS:
            yield Text(option[2], line)
        body.pop(0)
    yield from markdown_texts("\n".join(body), line + 1)


def code_text(text, line, names=frozenset()):
    """Chữ trong mã: tên trong mã và địa chỉ được che, `…` cũng thế."""
    text = re.sub(r"`[^`\n]*`", lambda m: GAP * len(m[0]), text)
    text = CODE_LIKE.sub(lambda m: GAP * len(m[0]), text)
    text = re.sub(r"(?<!\w)[A-Za-z]\w*", lambda m: GAP * len(m[0]) if m[0] in names else m[0], text)
    return Text(text, line, "mã")


def python_texts(source, first_line=1):
    """Docstring, chuỗi có chữ Việt và chú thích của mã Python."""
    source = re.sub(r"(?m)^(\s*)[%!](.*)$", r"\1pass  # \2", source)  # lệnh của sổ
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    names = set()
    for node in ast.walk(tree):
        for name in ("id", "attr", "arg", "name", "asname", "module"):
            names.update(str(getattr(node, name, "") or "").split("."))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if VIETNAMESE.search(node.value):
                yield code_text(node.value, first_line + node.lineno - 1, names)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and VIETNAMESE.search(token.string):
            yield code_text(token.string.lstrip("# "), first_line + token.start[0] - 1, names)


def script_texts(source):
    """Những dòng có chữ Việt của mã JavaScript, mẫu HTML hay lệnh: chỉ giữ các từ có dấu."""
    for line, text in enumerate(source.splitlines(), 1):
        if VIETNAMESE.search(text):
            yield Text(
                re.sub(r"\\u\w{4}|[\w.]*[A-Za-z_]\(|\$\{[^}]*\}", GAP, text), line, "mã lệnh"
            )


def notebook_texts(source):
    """Ô Markdown và ô mã; số dòng là dòng trong tệp `.ipynb`."""
    starts = [n for n, line in enumerate(source.splitlines(), 2) if line.startswith('   "source":')]
    for number, cell in enumerate(json.loads(source)["cells"]):
        line = starts[number] if number < len(starts) else 1
        body = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from markdown_texts(body, line)
        elif cell["cell_type"] == "code":
            yield from python_texts(body, line)


def table_texts(source):
    """Lời giải nghĩa của bảng thuật ngữ."""
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("  gloss: "):
            yield from markdown_texts(yaml.safe_load(line)["gloss"], number)


def read(path):
    """Mọi đoạn lời văn của một tệp, theo đuôi tên của nó."""
    source = path.read_text("utf-8")
    readers = {".md": markdown_texts, ".ipynb": notebook_texts, ".py": python_texts}
    readers[".yml"] = table_texts
    yield from readers.get(path.suffix, script_texts)(source)
