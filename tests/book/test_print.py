"""Bản in: PDF đọc được, tìm được, bấm được."""

import re
import unicodedata

import pytest
from print_book import PREFACE, print_book
from printing.outline import config, pages
from pypdf import PdfReader

# Một phụ lục trỏ tới một chương, và cả hai trỏ tới những trang không được in.
CHAPTER, APPENDIX = "book/generative_models", "book/appendix/common_mistakes"


class Printed:
    """Một tệp PDF đã in, và những gì đọc ra từ nó."""

    def __init__(self, path, warnings):
        self.warnings = warnings
        self.reader = PdfReader(path)
        self.lines = []  # mỗi tờ: (độ cao, chữ)
        self.texts = [self.read(page) for page in self.reader.pages]
        self.text = "\n".join(self.texts)

    def read(self, page):
        lines = []

        def visit(text, matrix, place, font, size):
            if text.strip():
                lines.append((place[5] * matrix[3] + matrix[5], text))

        text = page.extract_text(visitor_text=visit)
        self.lines.append(lines)
        return text

    def links(self):
        """Mọi liên kết: (tờ chứa nó, liên kết)."""
        for number, page in enumerate(self.reader.pages):
            for link in page.get("/Annots", []):
                yield number, link.get_object()

    def outline(self, items=None, depth=0):
        """Mọi dòng ở mục lục bên: (độ sâu, dòng)."""
        for item in self.reader.outline if items is None else items:
            if isinstance(item, list):
                yield from self.outline(item, depth + 1)
            else:
                yield depth, item

    def not_embedded(self):
        """Tên các phông mà tệp chỉ nhắc đến chứ không mang theo."""
        missing = set()
        for page in self.reader.pages:
            for font in page["/Resources"].get("/Font", {}).values():
                font = font.get_object()
                if font["/Subtype"] == "/Type3":
                    continue  # hình chữ nằm ngay trong tệp
                inner = font.get("/DescendantFonts", [font])[0].get_object()
                described = inner.get("/FontDescriptor", {}).get_object()
                if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
                    missing.add(str(font["/BaseFont"]))
        return missing

    def sheet_of(self, name):
        """Số thứ tự của tờ đầu tiên mang dòng mục lục bên `name`."""
        return next(
            self.reader.get_destination_page_number(item)
            for _, item in self.outline()
            if item.title == name
        )


WORD = re.compile(r"[^\W\d_]{2,}")


def letters(text):
    return re.sub(r"[\W_]+", "", text)


def check(printed, names):
    """Những điều một tệp PDF của sách phải giữ, dù in vài trang hay cả sách."""
    assert printed.warnings == []
    check_text(printed)
    check_numbers(printed)
    check_links(printed)
    check_tags(printed, names)
    check_bookmarks(printed)


def check_text(printed):
    about, root = config(), printed.reader.root_object
    assert printed.not_embedded() == set()
    assert unicodedata.is_normalized("NFC", printed.text)
    assert root["/Lang"] == "vi"
    assert printed.reader.metadata.title == about["title"]
    assert printed.reader.metadata.author == about["author"]
    assert printed.reader.metadata.creation_date is not None
    assert "Mục lục" in printed.texts[1]
    assert about["author"] in printed.texts[0]


def check_numbers(printed):
    """Bìa và mục lục mang số La Mã; trang đầu tiên của sách là trang 1, rồi đếm liền."""
    labels = printed.reader.page_labels
    front = labels.index("1")
    assert labels[:2] == ["i", "ii"]
    assert labels[front:] == [str(n) for n in range(1, len(labels) - front + 1)]
    for label, lines in zip(labels[front:], printed.lines[front:], strict=True):
        assert label in [text.strip() for height, text in lines if height < 50]


def check_links(printed):
    """Liên kết trong sách trỏ tới một tờ của chính tệp này; liên kết ra ngoài còn nguyên."""
    sheets = {page.indirect_reference.idnum for page in printed.reader.pages}
    inside = [link for _, link in printed.links() if "/Dest" in link]
    outside = [str(link["/A"]["/URI"]) for _, link in printed.links() if "/A" in link]
    assert len(inside) + len(outside) == len(list(printed.links()))
    assert {list.__getitem__(link["/Dest"], 0).idnum for link in inside} <= sheets
    assert [url for url in outside if not url.startswith(("https://", "http://"))] == []
    assert any("arxiv.org" in url for url in outside)


def check_tags(printed, names):
    """Cây thẻ cho máy đọc màn hình: mỗi trang sách một phần, mỗi tờ tìm được thẻ của nó."""
    tags = printed.reader.root_object["/StructTreeRoot"]
    assert [part.get_object()["/S"] for part in tags["/K"]["/K"]] == ["/Part"] * (len(names) + 1)
    keys = [int(key) for key in tags["/ParentTree"]["/Nums"][::2]]
    assert keys == sorted(set(keys))
    blank = [i for i, page in enumerate(printed.reader.pages) if "/StructParents" not in page]
    assert blank == []
    owned = [int(page["/StructParents"]) for page in printed.reader.pages]
    owned += [int(link["/StructParent"]) for _, link in printed.links()]
    assert len(owned) == len(set(owned))
    assert set(owned) <= set(keys)


def check_bookmarks(printed):
    """Mỗi dòng ở mục lục bên đưa tới ngay trên tiêu đề của nó."""
    items = [item for _, item in printed.outline() if item.get("/Top") is not None]
    assert len(items) > 20
    for item in items:
        sheet = printed.reader.get_destination_page_number(item)
        top = float(item["/Top"])
        near = "".join(text for y, text in printed.lines[sheet] if top - 60 < y < top)
        word = WORD.search(item.title)[0]  # chữ trong công thức nằm rải ở nơi khác của tờ
        assert item.title == PREFACE or word in letters(near), (item.title, near)


@pytest.fixture(scope="module")
def printed(book_html, tmp_path_factory):
    path = tmp_path_factory.mktemp("print") / "two.pdf"
    _, warnings = print_book(book_html, path, [CHAPTER, APPENDIX], tell=lambda text: None)
    return Printed(path, warnings)


@pytest.mark.browser
def test_a_chapter_and_an_appendix_print_well(printed):
    check(printed, [CHAPTER, APPENDIX])


@pytest.mark.browser
def test_words_and_equation_numbers_can_be_searched(printed, book_html):
    for words in ["Mô hình sinh là gì", "phân phối", "Lời giải cho", "Gợi ý", "Hình 1.1"]:
        assert letters(words) in letters(printed.text), words
    html = (book_html / f"{CHAPTER}.html").read_text("utf-8")
    numbers = re.findall(r'class="eqno">(\(1\.\d+\))', html)
    assert numbers
    assert [number for number in numbers if number not in printed.text] == []


@pytest.mark.browser
def test_links_go_from_one_page_of_the_book_to_another(printed):
    chapter, appendix = (
        printed.sheet_of("1. Mô hình sinh là gì"),
        printed.sheet_of("Những lỗi hay gặp"),
    )
    assert 1 < chapter < appendix
    sheets = {page.indirect_reference.idnum: i for i, page in enumerate(printed.reader.pages)}
    jumps = [
        sheets[list.__getitem__(link["/Dest"], 0).idnum]
        for sheet, link in printed.links()
        if "/Dest" in link and sheet >= appendix
    ]
    assert [sheet for sheet in jumps if chapter < sheet < appendix]


@pytest.mark.browser
def test_nothing_but_the_article_is_printed(printed):
    for button in ["Trong trang này", "Trang trước", "Trang sau", "Hiện phần ẩn", "Ẩn bớt", "Ctrl"]:
        assert button not in printed.text


@pytest.mark.long
@pytest.mark.browser
def test_the_whole_book_prints_well(book_html, tmp_path):
    path = tmp_path / "book.pdf"
    count, warnings = print_book(book_html, path)
    names = [page.name for page in pages()]
    check(Printed(path, warnings), names)
    assert count > 20 * len(names) / 2
    assert path.stat().st_size < 60e6
