"""Tài liệu tham khảo theo lối tiếng Việt: «A và B», «A và cộng sự», «Trong *Tên kỷ yếu*»."""

from dataclasses import dataclass, field

import pybtex.plugin
from pybtex.backends.plaintext import Backend as PlainText
from pybtex.richtext import Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting import BaseStyle, toplevel
from pybtex.style.formatting.unsrt import pages
from pybtex.style.template import field as entry
from pybtex.style.template import (
    first_of,
    href,
    join,
    names,
    optional,
    optional_field,
    sentence,
    tag,
    words,
)
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def template(kind):
    """Tác giả. Tên bài. Nơi đăng, tập, số, trang, năm. Ghi chú. Liên kết."""
    title = entry("title")
    venue = first_of[
        optional[words["Trong", tag("em")[entry("booktitle")]]],
        optional[tag("em")[entry("journal")]],
        optional_field("publisher"),
        optional_field("school"),
        optional_field("institution"),
        optional_field("howpublished"),
    ]
    doi, eprint, url, isbn = (entry(name, raw=True) for name in ("doi", "eprint", "url", "isbn"))
    link = first_of[
        optional[href(join["https://doi.org/", doi])[join["doi:", doi]]],
        optional[href(join["https://arxiv.org/abs/", eprint])[join["arXiv:", eprint]]],
        optional[href(url)[url]],
        optional[words["ISBN", isbn]],
    ]
    return toplevel[
        optional[sentence[names("author", sep=", ", sep2=" và ", last_sep=" và ")]],
        sentence[tag("em")[title] if kind == "book" else title],
        sentence[
            venue,
            optional[words["in lần thứ", entry("edition")]],
            optional[words["tập", entry("volume")]],
            optional[words["số", entry("number")]],
            optional[words["trang", pages]],
            optional_field("year"),
        ],
        sentence[optional_field("note")],
        sentence[link],
    ]


TEXTS = {}  # khóa của tài liệu → lời đã xếp, trong một lần dựng


class VietnameseStyle(BaseStyle):
    default_sorting_style = "author_year_title"

    def format_entry(self, label, entry, bib_data=None):
        if entry.key not in TEXTS:  # mỗi tài liệu đứng ở nhiều trang, lời của nó thì một
            context = {"entry": entry, "style": self, "bib_data": bib_data}
            TEXTS[entry.key] = template(entry.type).format_data(context)
        return FormattedEntry(entry.key, TEXTS[entry.key], label)


def vietnamese_names():
    return PersonStyle(sep2=" và ", last_sep=" và ", other=Text(" và cộng sự"))


@dataclass
class VietnameseReferences(AuthorYearReferenceStyle):
    person: PersonStyle = field(default_factory=vietnamese_names)


def setup(app):
    app.connect("builder-inited", lambda app: TEXTS.clear())
    pybtex.plugin.register_plugin("pybtex.style.formatting", "vietnamese", VietnameseStyle)
    # Mỗi lời dẫn lại tìm bộ viết chữ thường trong siêu dữ liệu của mọi gói; ghi sẵn thì thôi tìm.
    pybtex.plugin.register_plugin("pybtex.backends", "plaintext", PlainText, force=True)
    register_plugin(
        "sphinxcontrib.bibtex.style.referencing", "vietnamese", VietnameseReferences, force=True
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
