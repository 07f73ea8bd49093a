"""Tìm kiếm trong sách đã dựng, bằng một Chromium thật, qua http và mở từ đĩa."""

import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser

AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
PHONE = 360

RESULTS = """return {
  status: document.getElementById("search-status").innerText,
  advice: !document.getElementById("search-advice").hidden,
  found: [...document.querySelectorAll("#search-found > li")].map((item) => ({
    url: item.querySelector("a").href.replace(/[?][^#]*/, ""),
    title: item.querySelector("a").innerText,
    path: item.querySelector("small")?.innerText ?? "",
    excerpt: item.querySelector("p").innerText,
    marks: [...item.querySelectorAll("p mark")].map((mark) => mark.innerText),
  })),
}"""
HIGHLIGHTED = "return [...(CSS.highlights.get('found') ?? [])].map((range) => range.toString())"


def wait_until(browser, script):
    return WebDriverWait(browser.driver, 15).until(lambda _: browser.run(script))


def shown(browser):
    """Kết quả trên trang tìm kiếm đang mở, khi đã tìm xong."""
    wait_until(
        browser, "return !/^Đang tìm/.test(document.getElementById('search-status').innerText)"
    )
    return browser.run(RESULTS)


def search(browser, root, words, **view):
    browser.open(f"{root}/search.html?q={quote(words)}", **view)
    return shown(browser)


def root_of(scheme, site, book_html):
    return site if scheme == "http" else book_html.as_uri()


def test_index_loads_only_for_a_question(browser, site):
    for page in ("book/change_of_variables.html", "search.html"):
        browser.open(f"{site}/{page}")
        assert not [url for url in browser.requests() if "searchindex" in url], page
    search(browser, site, "định thức")
    assert [url for url in browser.requests() if "searchindex" in url]


# --- Trang kết quả ---------------------------------------------------------------------------

FORMS = {
    "có dấu": "định thức",
    "không dấu": "dinh thuc",
    "tổ hợp": unicodedata.normalize("NFD", "định thức"),
    "chữ hoa": "ĐỊNH THỨC",
}


@pytest.mark.parametrize("words", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_excerpts_show_the_words_in_their_place(browser, site, book_html, scheme, words):
    results = search(browser, root_of(scheme, site, book_html), words)
    assert re.fullmatch(r"Tìm thấy \d+ mục trong \d+ trang\.", results["status"])
    assert len(results["found"]) == 15
    for row in results["found"]:
        assert "#" in row["url"]
        assert row["path"], f"{row['title']}: không nói thuộc chương nào"
        marks = {mark.lower() for mark in row["marks"]}
        assert marks <= {"định thức"}
        assert marks or "định thức" in row["title"].lower()
    assert browser.console_errors() == []


TARGETS = {
    "định thức là thể tích có dấu": "book/change_of_variables.html#dinh-thuc-la-the-tich-co-dau",
    "MADE TU CON SO KHONG": "notebooks/autoregressive_models.html#"
    "made-tu-con-so-khong-va-may-do-ro-ri",
    "anh xa co": "book/appendix/glossary.html#term-anh-xa-co-contraction",
}


@pytest.mark.parametrize(
    ("scheme", "words"), [*(("http", words) for words in TARGETS), ("file", "anh xa co")]
)
def test_a_click_lands_on_the_heading_and_highlights(browser, site, book_html, scheme, words):
    root = root_of(scheme, site, book_html)
    search(browser, root, words)
    browser.run(
        "[...document.querySelectorAll('#search-found a')]"
        ".find((link) => link.href.endsWith(arguments[0])).click()",
        "#" + TARGETS[words].split("#")[1],
    )
    wait_until(browser, "return !!document.querySelector('.found-bar')")
    assert browser.run("return location.href") == f"{root}/{TARGETS[words]}"
    wait_until(
        browser,
        "const {top} = document.querySelector(':target').getBoundingClientRect();"
        "return top > -5 && top < innerHeight / 2",
    )
    plain = unicodedata.normalize("NFD", words.lower()).replace("đ", "d")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    highlighted = browser.run(HIGHLIGHTED)
    assert highlighted
    for text in highlighted:
        folded = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
        folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
        assert " ".join(folded.split()) == plain
    assert browser.console_errors() == []


def test_highlight_can_be_followed_and_removed(browser, site):
    """«Chỗ sau» đi từng chỗ, mở cả lời giải đang gập; Esc thì thôi tô."""
    page = f"{site}/book/change_of_variables.html?tim=dinh%20thuc#bai-tap"
    browser.open(page, PHONE)
    wait_until(browser, "return !!document.querySelector('.found-bar')")
    assert browser.run("return location.search") == ""
    count = len(browser.run(HIGHLIGHTED))
    for step in range(3):
        browser.run("document.querySelector('.found-bar button').click()")
        said = browser.run("return document.querySelector('.found-bar [role=status]').innerText")
        assert said.endswith(f"trên {count} chỗ")
        number = int(re.search(r"(\d+) trên", said)[1])
        wait_until(
            browser,
            "const box = [...CSS.highlights.get('found')][arguments[0]].getBoundingClientRect();"
            "return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight".replace(
                "arguments[0]", str(number - 1)
            ),
        )
        assert step or number > 1  # bắt đầu từ mục Bài tập, không phải từ đầu trang
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.run(HIGHLIGHTED) == []
    assert not browser.run("return !!document.querySelector('.found-bar')")


def test_colours_of_the_highlight_have_contrast(browser, site):
    for theme in ("light", "dark"):
        browser.open(f"{site}/book/gan.html?tim=mode", theme=theme)
        colours = browser.run(
            """const page = document.querySelector("article");
            const style = getComputedStyle(page, "::highlight(found)");
            return [style.backgroundColor, style.color].map((c) => c.match(/\\d+/g).map(Number))"""
        )
        light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, theme


def luminance(colour):
    parts = [part / 255 for part in colour[:3]]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(("width", "theme"), [(PHONE, "dark"), (1280, "light")])
def test_result_list_reads_well(browser, site, axe, width, theme):
    search(browser, site, "lấy mẫu", width=width, theme=theme)
    found = browser.run(AUDIT)
    assert found["overflow"] <= 0
    assert axe({"runOnly": ["wcag2a", "wcag2aa"]}) == []
    assert found["sharedIds"] == []


def test_more_results_on_demand(browser, site):
    before = search(browser, site, "mật độ")
    total = int(re.search(r"\d+", before["status"])[0])
    browser.run("document.getElementById('search-more').click()")
    after = browser.run(RESULTS)
    assert len(after["found"]) == min(total, 30) > 15
    focused = browser.run("return document.activeElement.innerText")
    assert focused == after["found"][15]["title"]


# --- Câu hỏi khác thường ---------------------------------------------------------------------


def test_nothing_found_says_so_with_advice(browser, site):
    results = search(browser, site, "xyzzyx")
    assert results["status"] == "Không tìm thấy mục nào có «xyzzyx»."
    assert results["found"] == []
    assert results["advice"]


def test_half_found_says_so(browser, site):
    results = search(browser, site, "định thức xyzzyx")
    assert results["status"].startswith("Không mục nào có đủ các từ của «định thức xyzzyx».")
    assert results["found"]
    assert results["advice"]


def test_a_mended_question_says_so(browser, site):
    results = search(browser, site, "định thứcc")
    said = "Không thấy «thứcc», đã tìm «định thức». Tìm thấy "
    assert results["status"].startswith(said)
    assert {mark.lower() for row in results["found"] for mark in row["marks"]} == {"định thức"}


@pytest.mark.parametrize("words", ["", "   ", "?!", '"'])
def test_empty_question(browser, site, words):
    browser.open(f"{site}/search.html?q={quote(words)}")
    results = shown(browser)
    assert re.match(r"Gõ vài từ|Không tìm thấy", results["status"])
    assert results["found"] == []
    assert browser.console_errors() == []


def test_very_long_question(browser, site):
    results = search(browser, site, "mô hình sinh học phân phối của dữ liệu " * 40, width=PHONE)
    assert results["found"]
    assert "Chỉ 12 từ đầu của câu hỏi được dùng." in results["status"]
    assert browser.run(AUDIT)["overflow"] <= 0


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_markup_in_the_question_stays_text(browser, site, book_html, scheme):
    words = "định thức \"' <img src=x onerror='window.broken=1'> </title><script>broken=1</script>"
    root = root_of(scheme, site, book_html)
    results = search(browser, root, words)
    assert "<img src=x" in results["status"]
    assert browser.run("return document.querySelectorAll('article img, main img').length") == 0
    assert not browser.run("return 'broken' in window")
    browser.open(f"{root}/book/gan.html?tim={quote('<b onclick=broken=1>mode</b>')}")
    assert not browser.run("return !!document.querySelector('.found-bar b')")
    assert browser.console_errors() == []


# --- Bàn phím, điện thoại, trình đọc màn hình ------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_keyboard_alone_is_enough(browser, site, book_html, scheme):
    browser.open(f"{root_of(scheme, site, book_html)}/book/gan.html")
    body = browser.driver.find_element("css selector", "body")
    body.send_keys(Keys.CONTROL, "k")
    typed = browser.driver.switch_to.active_element
    typed.send_keys("dinh thuc", Keys.ENTER)
    wait_until(browser, "return location.pathname.endsWith('/search.html')")
    results = shown(browser)
    assert browser.run("return document.activeElement.value") == "dinh thuc"
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    first = browser.driver.switch_to.active_element
    assert first.text == results["found"][0]["title"]
    first.send_keys(Keys.ENTER)
    wait_until(browser, "return !!document.querySelector('.found-bar')")
    assert "định thức" in [text.lower() for text in browser.run(HIGHLIGHTED)]


def test_phone_finds_by_the_button(browser, site):
    browser.open(f"{site}/notebooks/gan.html", PHONE)
    browser.run("document.querySelector('.bd-header-article .search-button').click()")
    browser.driver.switch_to.active_element.send_keys("sup do mode", Keys.ENTER)
    wait_until(browser, "return location.pathname.endsWith('/search.html')")
    assert shown(browser)["found"]
    assert browser.run(AUDIT)["overflow"] <= 0


def test_screen_reader_hears_the_count(book_html):
    """Vùng báo phải có sẵn trong trang thì trình đọc màn hình mới nghe thấy chữ mới viết vào."""
    page = (book_html / "search.html").read_text("utf-8")
    assert re.search(r'id="search-status" role="status" aria-live="polite"', page)


def test_without_javascript_a_sentence_says_so(book_html):
    page = (book_html / "search.html").read_text("utf-8")
    sentence = re.search(r"<noscript>\s*<p>(.*?)</p>", page, re.DOTALL)[1]
    assert "Tìm kiếm cần JavaScript" in sentence
    for link in re.findall(r'href="([^"]+)"', sentence):
        assert (book_html / link).exists()
