"""Sách đã dựng: đủ trang, không chứa địa chỉ tải ngoài, công thức nào được dẫn cũng có thật."""

import re
from pathlib import Path

import yaml
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]


def test_every_page_of_the_table_of_contents_is_built(book_html, toc_pages):
    assert len(toc_pages) > 5
    for page in toc_pages:
        assert (book_html / f"{page}.html").exists(), page


def test_no_page_of_an_earlier_build_is_left(book_html, toc_pages):
    for folder in ("book", "notebooks"):
        for path in book_html.glob(f"{folder}/**/*.html"):
            assert str(path.relative_to(book_html).with_suffix("")) in toc_pages
    for path in book_html.glob("_modules/course_utils/**/*.html"):
        module = ROOT / path.relative_to(book_html / "_modules").with_suffix("")
        assert module.with_suffix(".py").exists() or (module / "__init__.py").exists(), path


def test_every_page_is_reached_from_the_table_of_contents(toc_pages):
    written = [
        *ROOT.glob("book/*.md"),
        *ROOT.glob("book/appendix/*.md"),
        *ROOT.glob("notebooks/*.ipynb"),
    ]
    assert {str(path.relative_to(ROOT).with_suffix("")) for path in written} == set(toc_pages)


def test_every_exercise_is_in_the_map_once():
    """Bản đồ bài tập của giảng viên: mỗi bài một hàng, không thừa không thiếu."""
    exercise = re.compile(r"\{exercise\}.*\n:label: (\S+)")
    chapters = "\n".join(path.read_text("utf-8") for path in ROOT.glob("book/*.md"))
    labels = exercise.findall(chapters)
    table = (ROOT / "book/appendix/exercise_map.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| \{ref\}`.* <(\S+)>`", table, re.M)) == sorted(labels)


def test_every_mistake_of_a_chapter_is_in_the_appendix():
    anchors = re.compile(r"^\((sai-[a-z0-9-]+)\)=", re.MULTILINE)
    chapters = "\n".join(path.read_text("utf-8") for path in ROOT.glob("book/*.md"))
    listed = (ROOT / "book/appendix/common_mistakes.md").read_text("utf-8")
    assert set(anchors.findall(chapters)) == set(re.findall(r"[`<](sai-[a-z0-9-]+)>?`", listed))


def test_every_public_module_is_in_the_reference():
    """Tệp chỉ gom tên cho gói (`__init__`) không có gì riêng để tra."""
    files = [path for path in (ROOT / "course_utils").rglob("*.py") if path.stem != "__init__"]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    pages = ROOT.glob("book/appendix/api*.md")
    reference = "\n".join(page.read_text("utf-8") for page in pages)
    assert modules == set(re.findall(r"automodule:: (\S+)", reference))


def test_every_lab_opens_in_colab_and_binder(book_html):
    """Hai nút đi từ địa chỉ kho mã, ghi một nơi duy nhất trong _config.yml."""
    repository = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]
    place, branch = repository["url"].removeprefix("https://github.com/"), repository["branch"]
    colab = f"https://colab.research.google.com/github/{place}/blob/{branch}"
    binder = f"https://mybinder.org/v2/gh/{place}/{branch}?urlpath=lab/tree"
    labs = list(ROOT.glob("notebooks/*.ipynb"))
    assert labs
    for lab in labs:
        page = (book_html / "notebooks" / f"{lab.stem}.html").read_text("utf-8")
        assert f'href="{colab}/notebooks/{lab.name}"' in page
        assert f'href="{binder}/notebooks/{lab.name}"' in page


def test_pages_load_nothing_from_another_host(book_html):
    """Liên kết để bấm thì được; thứ trang tự tải thì phải nằm trong sách."""
    loaded = re.compile(
        r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\ssrc="(https?:)?//|"""
        r"""<link\b(?=[^>]*rel="(?:stylesheet|preload|icon)")[^>]*href="(https?:)?//"""
    )
    for page in book_html.rglob("*.html"):
        found = loaded.search(page.read_text("utf-8"))
        assert found is None, f"{page.name}: {found and found.group()}"


def test_styles_load_nothing_from_another_host(book_html):
    for style in book_html.rglob("*.css"):
        outside = re.findall(
            r"""(?:url\(|@import\s)['"]?(?:https?:)?//[^)'"]+""", style.read_text("utf-8")
        )
        assert outside == [], style.name


def test_every_icon_of_the_styles_is_in_a_font(book_html):
    """Phông biểu tượng được cắt; hình nào bảng kiểu gọi mà phông không có thì hiện ô trống."""
    css = "".join(path.read_text("utf-8") for path in book_html.glob("_static/styles/*.css"))
    called = {chr(int(code, 16)) for code in re.findall(r'"\\([ef][0-9a-f]{3})"', css)}
    called |= set(re.findall("[\ue000-\uf8ff]", css))
    drawn = set()
    for font in book_html.glob("_static/vendor/fontawesome/webfonts/*.woff"):
        drawn |= {chr(code) for code in TTFont(font).getBestCmap()}
    assert len(called) > 10
    assert sorted(called - drawn) == []


def test_every_mistake_shows_its_counter_example():
    """Mỗi mục «sai» có con số đã đo, mã, một ô của phòng phản ví dụ, hay ít nhất một nguồn."""
    evidence = re.compile(r"\{glue|```python|notebooks/common_mistakes`|\{cite\}|\{ref\}`sai-")
    for path in ROOT.glob("book/*.md"):
        sections = re.split(r"^\((sai-[a-z0-9-]+)\)=\n", path.read_text("utf-8"), flags=re.M)
        for name, text in zip(sections[1::2], sections[2::2], strict=True):
            section = re.split(r"^(?:#{1,3} |\([a-z0-9-]+\)=)", text[4:], maxsplit=1, flags=re.M)[0]
            assert evidence.search(section), f"{path.name}: {name} chỉ có lời"
