"""WCAG 2 A và AA trên mọi trang, sáng và tối, do axe-core soát trong Chromium thật."""

from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
PHONE = 360


# Màu là phần lâu nhất của axe, mà chữ cùng một kiểu thì cùng màu. Lượt soát màu chỉ giữ hai chỗ có
# chữ cho mỗi kiểu: cùng phần tử, cùng lớp, cùng trạng thái, từ nó lên tới gốc. Các luật khác soát
# cả trang.
THIN = """const STATES = ["style", "role", "type", "disabled", "open",
  "aria-pressed", "aria-checked", "aria-current", "aria-selected"];
const kinds = new Map([[document.body, ""]]);
const kind = (e) => {
  if (!kinds.has(e)) {
    const states = STATES.map((name) => e.getAttribute(name));
    const row = e.matches("tr") ? [...e.parentElement.children].indexOf(e) % 2 : "";
    kinds.set(e, [kind(e.parentElement), e.localName, e.className, row, ...states].join(" "));
  }
  return kinds.get(e);
};
const count = new Map();
const all = [...document.body.querySelectorAll("*:not(svg *, script, style)")];
const kept = new Set(all.filter((e) => {
  if (e.matches("svg, canvas, img, input, select, textarea")) return true;
  const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!text || !e.checkVisibility({visibilityProperty: true})) return false;
  const seen = (count.get(kind(e)) ?? 0) + 1;
  count.set(kind(e), seen);
  return seen <= 2;
}));
for (const e of [...kept]) for (let up = e.parentElement; up; up = up.parentElement) kept.add(up);
for (const e of all) if (!kept.has(e)) e.remove();"""
COLOUR = ["color-contrast", "link-in-text-block"]
ALL_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {rule: {"enabled": False} for rule in COLOUR},
}
COLOUR_RULES = {"runOnly": {"type": "rule", "values": COLOUR}}


# WCAG 1.4.12: người đọc tự giãn chữ và dòng đến mức này thì không chữ nào bị cắt.
SPACING = """const style = document.createElement("style");
style.id = "spacing";
style.textContent = `*:not(mjx-container, mjx-container *, svg *) {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
  } p { margin-block-end: 2em !important; }`;
document.head.append(style);"""
ZOOMED = 640  # màn hình 1280 điểm ảnh, phóng to 200 %


def test_axe_finds_nothing_and_enlarged_text_is_whole(browser, site, axe, any_page):
    """Phóng to 200 %, hay giãn chữ và dòng: không cuộn ngang, không chữ nào bị cắt. Rồi tới axe."""
    browser.open(f"{site}/{any_page}.html", width=PHONE)
    browser.run(SPACING)
    browser.settle()
    spaced = browser.run(AUDIT)
    browser.run("document.getElementById('spacing').remove()")
    browser.set_width(ZOOMED)
    browser.settle()
    zoomed = browser.run(AUDIT)
    assert spaced["clipped"] + zoomed["clipped"] == []
    assert max(spaced["overflow"], zoomed["overflow"]) <= 0
    browser.set_width(1280)
    browser.settle()
    assert axe(ALL_RULES) == []
    browser.run(THIN)
    assert axe(COLOUR_RULES) == []
    browser.set_theme("dark")
    browser.settle()
    assert browser.run("return document.documentElement.dataset.theme") == "dark"
    assert axe(COLOUR_RULES) == []


@pytest.mark.parametrize("page", ["book/generative_models", "notebooks/gan", "book/appendix/hub"])
def test_axe_finds_nothing_on_a_phone_with_formulas(browser, site, axe, page):
    browser.open(f"{site}/{page}.html", width=360, math=True)
    # axe không đọc MathML nên coi ô đầu cột chỉ có công thức là trống; lượt trên đã soát.
    rules = ALL_RULES["rules"] | {"empty-table-header": {"enabled": False}}
    assert axe(ALL_RULES | {"rules": rules}) == []
    browser.run(THIN)
    assert axe(COLOUR_RULES) == []


# ---- Đi thẳng tới bài, và bớt chuyển động

KINDS_OF_PAGE = ["book/index", "book/likelihood_and_information", "notebooks/gan", "search"]


@pytest.mark.parametrize("page", KINDS_OF_PAGE[:-1])  # ở trang tìm kiếm đã đứng sẵn trong ô gõ
def test_the_first_tab_stop_goes_straight_to_the_text(browser, site, page):
    browser.open(f"{site}/{page}.html")
    press = lambda key: ActionChains(browser.driver).send_keys(key).perform()  # noqa: E731
    press(Keys.TAB)
    link = browser.driver.switch_to.active_element
    assert link.text == "Đến thẳng nội dung chính"
    box = browser.run("return arguments[0].getBoundingClientRect().toJSON()", link)
    assert min(box["x"], box["y"]) >= 0
    assert min(box["width"], box["height"]) > 10
    press(Keys.ENTER)
    press(Keys.TAB)
    main = "return document.querySelector('#main-content').contains(document.activeElement)"
    assert browser.run(main)


MOVING = """const long = (times) => Math.max(...times.split(",").map(parseFloat)) > 0.001;
return [...document.querySelectorAll("*")].filter((e) => {
  const style = getComputedStyle(e);
  return long(style.transitionDuration) || long(style.animationDuration)
    || style.scrollBehavior !== "auto";
}).map((e) => e.outerHTML.slice(0, 80)).concat(document.getAnimations().map(String))"""


@pytest.mark.parametrize("page", KINDS_OF_PAGE)
def test_nothing_moves_for_those_who_ask_for_stillness(browser, site, page):
    browser.open(f"{site}/{page}.html")  # trình duyệt thử luôn xin bớt chuyển động
    assert browser.run(MOVING) == []


# ---- Không có JavaScript


@pytest.fixture
def no_script(browser):
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    yield browser
    browser.command("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_reads_without_javascript(no_script, site, theme):
    driver = no_script.driver
    no_script.set_theme(theme)
    driver.get(f"{site}/book/diffusion.html")
    assert len(driver.find_element("css selector", "article").text) > 20000
    assert r"\mathcal N" in driver.find_element("css selector", "div.math").text
    stills = driver.find_elements("css selector", "img.live-figure-still")
    assert stills
    assert all(still.is_displayed() and still.get_attribute("alt") for still in stills)
    back = driver.find_element("css selector", "html").value_of_css_property("background-color")
    body = driver.find_element("css selector", "body").value_of_css_property("background-color")
    shade = [int(v) for v in (body if "0)" not in body else back).split("(")[1].split(",")[:3]]
    assert max(shade) < 64 if theme == "dark" else min(shade) > 192
