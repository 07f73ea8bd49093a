"""WCAG 2 A và AA trên mọi trang, sáng và tối, do axe-core soát trong Chromium thật."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser


# Hai thứ lặp lại hàng nghìn lần chỉ làm axe chậm đi: công thức trong dòng (giữ ba), và các từ cùng
# màu trong một đoạn mã (mỗi màu giữ một từ).
THIN = """for (const pre of document.querySelectorAll("div.highlight pre")) {
  const seen = new Set();
  for (const token of [...pre.querySelectorAll("span")]) {
    if (seen.has(token.className)) token.remove();
    else seen.add(token.className);
  }
}
for (const math of [...document.querySelectorAll("span.math")].slice(3)) {
  if (math.parentElement.textContent !== math.textContent) math.remove();
}"""
ALL_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# Đổi sáng tối chỉ đổi màu, nên lượt sau chỉ soát màu.
COLOUR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def test_axe_finds_nothing(browser, site, axe, any_page):
    browser.open(f"{site}/{any_page}.html")
    browser.run(THIN)
    assert axe(ALL_RULES) == []
    browser.set_theme("dark")
    browser.driver.execute_async_script("setTimeout(arguments[0], 200)")
    assert browser.run("return document.documentElement.dataset.theme") == "dark"
    assert axe(COLOUR_RULES) == []


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


# ---- Bàn phím


CONTROLS = """return [...arguments[0].querySelectorAll(
    'button, input, select, summary, a[href], [tabindex="0"]')]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled).length"""
FOCUSED = """const figure = arguments[0], now = document.activeElement;
if (!figure.contains(now)) return null;
now.dataset.reached = "";
const style = getComputedStyle(now);
const around = now.matches(":focus-visible") ? style.outlineStyle + style.boxShadow : "";
return around !== "nonenone" || now.closest("svg") !== null;"""


def test_every_live_figure_is_reached_and_left_by_tab(browser, site, toc_pages):
    """Tab đi qua mọi nút của mỗi hình, nút nào cũng thấy được tiêu điểm, rồi Tab ra khỏi hình."""
    faults = []
    for page in [page for page in toc_pages if page.startswith("book/")]:
        browser.open(f"{site}/{page}.html")
        for number, figure in enumerate(browser.driver.find_elements("css selector", ".lf")):
            where = f"{page} hình {number + 1}"
            controls = browser.run(CONTROLS, figure)
            browser.run(
                "const [f] = arguments; f.tabIndex = -1; f.focus(); f.removeAttribute('tabindex')",
                figure,
            )
            for _ in range(controls + 2):
                ActionChains(browser.driver).send_keys(Keys.TAB).perform()
                seen = browser.run(FOCUSED, figure)
                if seen is None:
                    break
                if not seen:
                    faults.append(f"{where}: không thấy tiêu điểm")
            else:
                faults.append(f"{where}: Tab không ra khỏi hình")
            reached = len(figure.find_elements("css selector", "[data-reached]"))
            if controls and not reached:
                faults.append(f"{where}: Tab không tới nút nào trong {controls}")
    assert faults == []
