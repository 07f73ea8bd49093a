"""Tìm kiếm trong sách đã dựng, bằng một Chromium thật, qua http và mở từ đĩa."""

import re
import unicodedata
from urllib.parse import quote

import pytest
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser


def search(browser, root, words):
    """Tiêu đề, lời báo và các trang mà trang tìm kiếm trả về."""
    browser.open(f"{root}/search.html?q={quote(words)}")
    wait = WebDriverWait(browser.driver, 10)
    wait.until(
        lambda driver: browser.run("return document.querySelector('.search-summary')?.innerText")
    )
    links = browser.run(
        "return [...document.querySelectorAll('ul.search > li > a')].map(a => a.href)"
    )
    heading = browser.run("return document.querySelector('#search-results h2').innerText")
    summary = browser.run("return document.querySelector('.search-summary').innerText")
    return heading, summary, [re.sub(r"[?#].*", "", link) for link in links]


QUERIES = {
    "có dấu": "định thức",
    "không dấu": "dinh thuc",
    "tổ hợp": unicodedata.normalize("NFD", "định thức"),
    "chữ hoa": "ĐỊNH THỨC",
    "đặt dấu kiểu cũ": "luồng chuẩn hoá",
}


@pytest.mark.parametrize("words", QUERIES.values(), ids=QUERIES.keys())
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_the_chapter(browser, site, book_html, scheme, words):
    root = site if scheme == "http" else book_html.as_uri()
    heading, summary, links = search(browser, root, words)
    assert heading == "Kết quả tìm kiếm"
    assert re.fullmatch(r"Tìm thấy \d+ trang\.", summary)
    assert f"{root}/book/change_of_variables.html" in links
    assert browser.console_errors() == []


def test_search_says_in_vietnamese_that_nothing_was_found(browser, site):
    _, summary, links = search(browser, site, "xyzzyx")
    assert links == []
    assert summary.startswith("Không tìm thấy trang nào.")
