"""Mọi chữ quanh bài viết (nút bấm, nhãn, lời nhắc) đều là tiếng Việt.

Phần lớn lấy từ các tệp `.po` trong `book/_locale`, được biên dịch ở đây trước khi các phần mở rộng
khác đọc chúng. Vài chuỗi nằm cứng trong mã của giao diện thì sửa ở cuối tệp này.
"""

import json
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from docutils import nodes
from sphinx_proof.directive import ProofDirective

LOCALE = Path(__file__).parents[1] / "_locale"
MESSAGES = LOCALE / "vi" / "LC_MESSAGES"

# Chuỗi nằm cứng trong mẫu HTML và mã JavaScript của giao diện.
HARD_CODED = {
    'title="Toggle primary sidebar"': 'title="Đóng hoặc mở mục lục" aria-label="Mục lục"',
    'title="Toggle secondary sidebar"': (
        'title="Đóng hoặc mở mục lục của trang" aria-label="Mục lục của trang"'
    ),
    'aria-label="Main"': 'aria-label="Mục lục của sách"',
    'aria-label="Page"': 'aria-label="Mục lục của trang"',
    "Toggle hidden content": "Mở hoặc đóng phần ẩn",
}


def compile_catalogs():
    """Biên dịch mọi tệp `.po`; các chuỗi của Sphinx còn cần một bản cho JavaScript."""
    for po in MESSAGES.glob("*.po"):
        with po.open("rb") as file:
            catalog = read_po(file, locale="vi")
        with po.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        if po.stem == "sphinx":
            translations = {
                "locale": "vi",
                "messages": {message.id: message.string for message in catalog if message.id},
                "plural_expr": "0",
            }
            script = json.dumps(translations, ensure_ascii=False, indent=1)
            po.with_suffix(".js").write_text(f"Documentation.addTranslations({script});\n", "utf-8")


class VietnameseProof(ProofDirective):
    """Chứng minh mở đầu bằng «Chứng minh.» và không mang mã định danh trùng nhau."""

    def run(self):
        self.assert_has_content()
        content = nodes.admonition(classes=["proof", *self.options.get("class", [])])
        self.state.nested_parse(self.content, self.content_offset, content)
        label = nodes.strong(text="Chứng minh.")
        if content.children and isinstance(content[0], nodes.paragraph):
            content[0][:0] = [label, nodes.Text(" ")]
        else:
            content[:0] = [nodes.paragraph("", "", label)]
        return [content]


def number_shared_ids(app, doctree):
    """Các hộp định lý và bài tập dùng chung một mã định danh; HTML đòi mỗi hộp một mã."""
    shared = {"proof-content", "exercise-content", "solution-content"}
    for number, section in enumerate(doctree.findall(nodes.section), start=1):
        section["ids"] = [f"{i}-{number}" if i in shared else i for i in section["ids"]]


def translate_hard_coded(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for file in [*out.rglob("*.html"), out / "_static" / "togglebutton.js"]:
        text = file.read_text("utf-8")
        translated = text
        for english, vietnamese in HARD_CODED.items():
            translated = translated.replace(english, vietnamese)
        if translated != text:
            file.write_text(translated, "utf-8")


def use_catalogs(app, config):
    # Sphinx tìm bản JavaScript theo thư mục đang đứng, nên cần đường dẫn tuyệt đối.
    config.locale_dirs = [str(LOCALE)]


def setup(app):
    compile_catalogs()
    for catalog in ("booktheme", "togglebutton", "proof"):
        app.add_message_catalog(catalog, str(LOCALE))
    app.setup_extension("sphinx_proof")
    app.add_directive_to_domain("prf", "proof", VietnameseProof, override=True)
    app.connect("config-inited", use_catalogs)
    app.connect("doctree-read", number_shared_ids)
    app.connect("build-finished", translate_hard_coded)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
