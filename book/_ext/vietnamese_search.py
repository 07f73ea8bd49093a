"""Tìm kiếm tiếng Việt, tới tận mục: có dấu, không dấu, NFD, kiểu đặt dấu nào cũng tìm được.

Sphinx chỉ ghi từ nào ở trang nào: không có vị trí nên không biết ba âm tiết có đứng liền nhau
không, và muốn trích đoạn thì phải tải trang khác, điều trình duyệt cấm khi sách mở từ đĩa. Các
thư viện nhỏ (lunr, MiniSearch) cũng không xếp hạng theo cụm từ; pagefind không chạy từ đĩa. Muốn
trích đoạn khi không có mạng thì lời văn phải nằm trong chỉ mục; đã có lời văn thì quét thẳng nó là
đủ nhanh, ngắn hơn và biết cả cụm từ. Nên chỉ mục ở đây là lời văn của từng mục, lấy từ chính các
trang HTML vừa dựng; gấp dấu, xếp hạng, trích đoạn và tô chữ nằm ở `_static/search_*.js`.
Chỉ trang tìm kiếm tải chỉ mục, và chỉ khi có câu hỏi.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from docutils.utils.math import tex2unichar

# Tên khác mà người đọc có thể gõ → cách gọi trong sách. Cặp Việt–Anh thì lấy từ bảng thuật ngữ.
OTHER_NAMES = {
    "véc tơ": "vector",
    "jacobian": "Jacobi",
    "xác xuất": "xác suất",
    "khuyếch tán": "khuếch tán",
    "mạng đối kháng": "mạng đối sinh",
    "mạng sinh đối kháng": "mạng đối sinh",
    "bộ tự mã hóa biến phân": "VAE",
    "normalising flow": "normalizing flow",
    "neural ode": "luồng chuẩn hóa liên tục",
    "phân bố": "phân phối",
    "chú ý": "tập trung",
    "khoảng cách kl": "phân kỳ KL",
    "gradient biến mất": "gradient tắt",
    "mã hóa vị trí": "vị trí",
    "bộ giải ode": "bộ giải",
    "kv cache": "bộ nhớ đệm khóa–giá trị",
}

LETTERS = ("alpha", "close", "fence", "open", "ord", "punct")
SYMBOLS = {
    name: sign if table in LETTERS else f" {sign} "
    for table in (*LETTERS, "bin", "op", "rel")
    for name, sign in getattr(tex2unichar, f"math{table}").items()
} | dict.fromkeys(("dots", "ldots", "cdots"), "…")
SYMBOLS["sqrt"] = "√"
# Lệnh chỉ đổi dáng chữ hay đặt dấu lên chữ: bỏ lệnh, giữ chữ.
SILENT = re.compile(r"left|right|middle|[bB]igg?[lrm]?|display.*|text.*|math.*|operatorname|bold.*")
FRACTION = re.compile(r"\\[dt]?frac *(?:\{([^{}]*)\}|(\w)) *(?:\{([^{}]*)\}|(\w))")


def plain_math(tex):
    r"""Công thức trong dòng thành chữ đọc được: \(p_\theta(x)\) thành p_θ(x)."""
    tex = FRACTION.sub(r"\1\2/\3\4", tex)
    tex = re.sub(r"\\[^A-Za-z]", " ", tex.replace(r"\|", "‖"))
    return re.sub(r"\\([A-Za-z]+)|[{}]", plain_command, tex)


def plain_command(match):
    name = match[1]
    if not name or name in tex2unichar.mathaccent or SILENT.fullmatch(name):
        return ""
    return SYMBOLS.get(name, f" {name} ")


def tidy(pieces):
    text = unicodedata.normalize("NFC", "".join(pieces))
    return re.sub(r" (?=[.,;:)])|(?<=[(\[]) ", "", re.sub(r"\s+", " ", text)).strip()


@dataclass
class Section:
    anchor: str
    kind: str
    inside: "Section | None"
    title: list = field(default_factory=list)
    text: list = field(default_factory=list)

    def row(self):
        """Neo, loại, tiêu đề, tiêu đề của mục chứa nó, lời văn."""
        if self.kind == "object":  # course_utils.flows.coupling.RealNVP.log_prob
            module, name = re.fullmatch(r"([a-z_.\d]*)\.(.+)", self.anchor).groups()
            return [self.anchor, self.kind, name, module, tidy(self.text)]
        above = self.inside
        while above and above.kind != "section":
            above = above.inside
        return [
            self.anchor,
            self.kind,
            tidy(self.title),
            tidy(above.title) if above else "",
            tidy(self.text),
        ]


CODE = re.compile(r"(?<=<pre>).*?(?=</pre>)", re.S)
TAG = re.compile(r"<[^>]*>")


class Reader(HTMLParser):
    """Cắt một trang thành mục. Định lý, bài tập, lời giải, hình, thuật ngữ, hàm là mục riêng."""

    VOID = {"img", "br", "hr", "input", "meta", "link", "wbr", "col", "source"}
    INLINE = {"a", "em", "strong", "span", "code", "sub", "sup", "b", "i", "kbd", "q"}
    HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
    DROPPED = {"script", "style", "noscript", "button", "svg", "summary"}
    DROPPED_CLASSES = {"headerlink", "cell_output", "eqno", "sig"}

    def __init__(self, html):
        super().__init__()
        self.stack = []  # mỗi thẻ đang mở: (tên, lớp, mục và nơi nhận chữ lúc trước)
        self.sections = []
        self.section = None
        self.target = []  # nơi nhận chữ: tiêu đề hay lời của mục; None thì bỏ chữ
        start = html.find("<article")
        article = html[start : html.rfind("</article>")] if start >= 0 else ""
        # Màu của mã là hàng trăm nghìn thẻ <span> không mang chữ nào: bỏ trước, đọc nhanh hơn hẳn.
        self.feed(CODE.sub(lambda code: TAG.sub("", code[0]), article))

    def kind(self, tag, classes, anchor):
        """Loại của mục mà thẻ này mở ra, hay None."""
        if not anchor:
            return None
        if tag == "section" and not re.search(r"-content-\d+$", anchor):
            return "section" if self.sections else "page"
        if tag == "div" and "admonition" in classes:
            return next((name for name in ("solution", "exercise") if name in classes), "statement")
        if tag == "dt":
            return "object" if "sig" in classes else "term"
        return "figure" if tag == "figure" else None

    def handle_starttag(self, tag, attributes):
        if tag in self.VOID:
            return
        attributes = dict(attributes)
        classes = set((attributes.get("class") or "").split())
        self.stack.append((tag, classes, self.section, self.target))
        if self.target is None:
            return
        if kind := self.kind(tag, classes, attributes.get("id")):
            self.section = Section(attributes["id"], kind, self.section)
            self.sections.append(self.section)
            self.target = self.section.text
        if tag in self.DROPPED or classes & self.DROPPED_CLASSES:
            self.target = None
        elif self.section and self.is_title(tag, classes):
            self.target = self.section.title
        elif tag not in self.INLINE:
            self.target.append(" ")

    def is_title(self, tag, classes):
        kind = self.section.kind
        return (
            (kind in ("page", "section") and tag in self.HEADINGS)
            or (kind == "term" and tag == "dt")
            or (kind == "figure" and "caption-number" in classes)
            # Gợi ý trong bài tập cũng có nhan đề: chỉ nhan đề đầu là của mục.
            or ("admonition-title" in classes and not self.section.title)
        )

    def handle_endtag(self, tag):
        while self.stack and tag not in self.VOID:
            name, _, section, target = self.stack.pop()
            if name == "dt" and self.section and self.section.kind in ("term", "object"):
                self.target = self.section.text  # lời của thuật ngữ nằm ở <dd>, sau <dt>
            else:
                self.section, self.target = section, target
            if self.target is not None and name not in self.INLINE:
                self.target.append(" ")
            if name == tag:
                break

    def handle_data(self, data):
        if self.target is None or not self.stack:
            return
        tag, classes, *_ = self.stack[-1]
        if "math" in classes:
            data = plain_math(data) if tag == "span" else " … "
        self.target.append(data)


def index_of(folder, names):
    """Chỉ mục của những trang ấy: trang, mục và tên khác."""
    pages, sections = [], []
    for name in names:
        found = Reader(Path(folder, f"{name}.html").read_text("utf-8")).sections
        rows = [row for row in (section.row() for section in found) if row[2]]
        if rows:
            sections += [[len(pages), *row] for row in rows]
            pages.append([f"{name}.html", rows[0][2]])
    return {"pages": pages, "sections": sections, "names": OTHER_NAMES}


def write_index(app, exception):
    if exception is None and app.builder.format == "html":
        index = index_of(app.outdir, sorted(app.env.found_docs))
        text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
        Path(app.outdir, "searchindex.js").write_text(f"const SEARCH_INDEX = {text};\n", "utf-8")
        for unused in ("searchtools.js", "language_data.js"):
            Path(app.outdir, "_static", unused).unlink(missing_ok=True)


def without_sphinx_search(app):
    """Sphinx khỏi lập chỉ mục của nó; trang tìm kiếm là một trang thêm, theo mẫu của sách."""
    if app.builder.format == "html":
        app.builder.search = False


def add_scripts(app, pagename, templatename, context, doctree):
    if pagename == "search":
        for script in ("search_typos.js", "search_rank.js", "search_page.js"):
            app.add_js_file(script, loading_method="defer")


def setup(app):
    app.config.templates_path.append(str(Path(__file__).parents[1] / "_templates"))
    app.config.html_additional_pages["search"] = "search.html"
    app.add_css_file("search.css")
    app.add_js_file("search_words.js", loading_method="defer")
    app.connect("builder-inited", without_sphinx_search)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
