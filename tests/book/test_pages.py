"""Mỗi trang của sách, mở trong một Chromium thật: người đọc thấy gì thì kiểm đúng cái đó."""

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from tests.book.english import english

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
PHONE = 360


@pytest.fixture(scope="module")
def loaded():
    """Mọi điều đã thấy ở mỗi trang: trang được tải một lần, rồi đổi bề rộng và chế độ màu."""
    return {}


@pytest.fixture(scope="module")
def view(request, browser, site, loaded, toc_pages, home_files):
    """Một trang ở một bề rộng và một chế độ màu, cùng những gì xem xét được."""
    page, width, theme = request.param
    if page not in loaded:
        loaded[page] = look(browser, f"{site}/{page}.html", toc_pages)
    return loaded[page][width, theme]


def look(browser, url, toc_pages):
    """Những gì xem xét được ở một trang, theo bề rộng và chế độ màu."""
    browser.open(url, PHONE, "light", math=True)
    requests, console = [], []

    def audit(width, theme):
        browser.set_width(width)
        browser.set_theme(theme)
        browser.settle()
        shown = f"return document.documentElement.dataset.theme === '{theme}'"
        WebDriverWait(browser.driver, 5).until(lambda driver: browser.run(shown))
        found = browser.run(AUDIT)
        requests.extend(browser.requests())
        console.extend(browser.console_errors())
        return found | {"requests": [*requests], "console": [*console]}

    views = [(PHONE, "light"), (PHONE, "dark"), (1280, "dark"), (1280, "light")]
    seen = {view: audit(*view) for view in views}
    if "/search." not in url:
        seen[1280, "light"]["printed"] = browser.print_faults(toc_pages)
    return seen


def test_console_has_no_error(view):
    assert view["console"] == []


def test_every_request_goes_to_the_book(view, site):
    assert len(view["requests"]) > 5
    assert [url for url in view["requests"] if not url.startswith((site, "data:", "blob:"))] == []


def test_page_is_light(view, site, book_html, home_files):
    """Kilô-byte nén: lần đầu vào sách dưới 600, trang sau trang bìa dưới 80, chưa kể ảnh của trang.

    Hình tương tác cũng là ảnh của trang: chỉ tải khi cuộn tới gần.
    """
    files = set(carried(view["requests"], site))
    assert weight(files, book_html) < 600
    assert weight(files - home_files, book_html) < 80


def carried(requests, site):
    """Các tệp của sách mà trang đã tải, trừ ảnh của trang."""
    for url in requests:
        path = url.partition("?")[0].partition("#")[0].removeprefix(f"{site}/")
        if not path.startswith(("_images/", "_static/figures/", "data:", "blob:")):
            yield path


@cache
def gzipped(path):
    content = path.read_bytes()
    return min(len(content), len(gzip.compress(content, 6)))


def weight(files, folder):
    return sum(gzipped(folder / file) for file in files) / 1000


@pytest.fixture(scope="session")
def home_files(browser, site):
    """Những gì đã nằm sẵn trong máy sau khi đọc trang bìa."""
    browser.open(f"{site}/book/index.html", math=True)
    return set(carried(browser.requests(), site))


def test_unused_scripts_are_not_loaded(view):
    unused = re.compile(r"thebe|plotly|require(\.min)?\.js|fontawesome\.js|ui/menu|searchtools")
    assert [url for url in view["requests"] if unused.search(url)] == []


def test_every_formula_is_rendered(view):
    assert view["mathErrors"] == []
    assert view["mathMissing"] == []
    assert view["rawMath"] == []


def test_no_markup_is_left_on_the_page(view):
    assert view["leftovers"] == []


def test_page_never_scrolls_sideways(view):
    assert view["overflow"] <= 0
    assert view["clipped"] == []


def test_tab_stops_at_a_formula_only_where_it_scrolls(view):
    assert view["tabStops"] == []


def test_nothing_is_cut_on_paper(view):
    assert view.get("printed", []) == []


def test_images_are_there_and_described(view):
    assert view["brokenImages"] == []
    assert view["imagesWithoutAlt"] == []


def test_no_english_around_the_text(view):
    assert view["language"] == "vi"
    assert len(view["chrome"]) > 20
    assert english(view["chrome"]) == []


def test_identifiers_are_unique(view):
    assert view["sharedIds"] == []


@pytest.mark.parametrize("part", range(4))  # bốn phần, để chia được cho các tiến trình
def test_source_pages_are_vietnamese_and_fit_a_phone(browser, site, book_html, part):
    sources = sorted(book_html.glob("_modules/**/*.html"))[part::4]
    assert sources
    for source in sources:
        browser.open(f"{site}/{source.relative_to(book_html)}", PHONE, "dark")
        found = browser.run(AUDIT)
        assert found["overflow"] <= 0, source
        assert english(found["chrome"]) == [], source
        assert browser.console_errors() == [], source


@pytest.mark.parametrize("page", ["index", "book/change_of_variables", "notebooks/coupling_flows"])
def test_book_reads_from_a_folder(browser, book_html, page):
    browser.open(f"{book_html.as_uri()}/{page}.html", PHONE, math=True)
    # index.html chỉ dẫn sang trang bìa: đợi tới nơi rồi mới soát.
    arrived = "return document.readyState === 'complete' && !!document.querySelector('article')"
    WebDriverWait(browser.driver, 10).until(lambda _: browser.run(arrived))
    browser.wait_for_math()
    found = browser.run(AUDIT)
    assert found["mathErrors"] + found["mathMissing"] + found["rawMath"] == []
    assert found["brokenImages"] == []
    browser.assert_quiet()


def test_menu_opens_on_a_phone(browser, site):
    browser.open(f"{site}/book/change_of_variables.html", PHONE)
    shown = """const box = document.querySelector('.bd-links a[href*=coupling_flows]')
      .getBoundingClientRect();
    return box.width > 0 && box.left >= 0 && box.right <= innerWidth;"""
    assert not browser.run(shown)
    browser.run("document.querySelector('.bd-header-article .primary-toggle').click()")
    WebDriverWait(browser.driver, 5).until(lambda driver: browser.run(shown))


def test_theme_button_switches_to_dark(browser, site):
    browser.open(f"{site}/book/index.html")
    for _ in range(3):
        browser.run("document.querySelector('.theme-switch-button').click()")
        if browser.run("return document.documentElement.dataset.mode") == "dark":
            break
    assert browser.run("return document.documentElement.dataset.theme") == "dark"
    browser.run("localStorage.clear()")
