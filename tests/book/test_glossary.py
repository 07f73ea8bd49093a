"""Thuật ngữ trong trang sách: rê chuột, bàn phím hay chạm vào thì hiện lời giải nghĩa."""

from pathlib import Path

import pytest
import yaml
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser

TABLE = Path(__file__).resolve().parents[2] / "book" / "terms.yml"
PAGE = "book/flow_matching.html"
BOX = """const box = document.querySelector('.term-box');
if (!box || box.hidden) return null;
const place = box.getBoundingClientRect(), style = getComputedStyle(box);
return {text: box.innerText, left: place.left, right: place.right, top: place.top,
  bottom: place.bottom, color: style.color, background: style.backgroundColor,
  math: box.querySelectorAll('mjx-container').length, raw: box.innerText.includes('\\\\(')};"""


@pytest.fixture
def page(browser, site):
    def open_page(width=1280, theme="light", path=PAGE, math=False):
        browser.open(f"{site}/{path}", width, theme, math=math)
        return browser.driver.find_elements(By.CSS_SELECTOR, "a.term-link")

    yield open_page
    browser.command("Emulation.setTouchEmulationEnabled", enabled=False)


def wait_for(browser, condition):
    return WebDriverWait(browser.driver, 5, 0.05).until(lambda _: condition(browser.run(BOX)))


def to_middle(browser, link):
    browser.run("arguments[0].scrollIntoView({block: 'center'})", link)


def test_hover_shows_the_gloss_and_leaving_hides_it(browser, page):
    link = page()[0]
    to_middle(browser, link)
    ActionChains(browser.driver).move_to_element(link).perform()
    box = wait_for(browser, lambda box: box)
    assert link.get_attribute("aria-describedby") == "term-box"
    assert box["text"].lower().startswith(link.text.lower())
    ActionChains(browser.driver).move_by_offset(0, 200).perform()
    wait_for(browser, lambda box: box is None)
    assert link.get_attribute("aria-describedby") is None


def test_pointer_may_move_into_the_box(browser, page):
    link = page()[0]
    to_middle(browser, link)
    ActionChains(browser.driver).move_to_element(link).perform()
    wait_for(browser, lambda box: box)
    inside = browser.driver.find_element(By.CSS_SELECTOR, ".term-box")
    ActionChains(browser.driver).move_to_element(inside).pause(0.5).perform()
    assert browser.run(BOX)


def test_keyboard_shows_and_escape_hides(browser, page):
    link = page()[0]
    browser.run("arguments[0].focus()", link)
    wait_for(browser, lambda box: box)
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
    wait_for(browser, lambda box: box is None)
    assert browser.driver.switch_to.active_element == link


def test_tap_shows_and_a_second_tap_follows_the_link(browser, page):
    browser.command("Emulation.setTouchEmulationEnabled", enabled=True)
    link = page(width=360)[0]
    to_middle(browser, link)
    place = browser.run(
        "const r = arguments[0].getClientRects()[0]; return [r.x + 3, r.y + 3]", link
    )

    def tap(x, y):
        point = [{"x": x, "y": y}]
        browser.command("Input.dispatchTouchEvent", type="touchStart", touchPoints=point)
        browser.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    tap(*place)
    box = wait_for(browser, lambda box: box)
    assert 0 <= box["left"] < box["right"] <= 360
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    assert browser.driver.current_url.endswith(PAGE)
    tap(2, 200)
    wait_for(browser, lambda box: box is None)
    tap(*place)
    wait_for(browser, lambda box: box)
    tap(*place)
    WebDriverWait(browser.driver, 5).until(lambda driver: "glossary.html#" in driver.current_url)


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_every_gloss_fits_the_screen_with_its_formulas(browser, page, width, theme):
    links = page(width, theme, math=True)
    assert len(links) >= 10
    backgrounds = set()
    for link in links:
        to_middle(browser, link)
        browser.run("document.activeElement.blur(); arguments[0].focus()", link)
        box = wait_for(browser, lambda box: box and not box["raw"] and box)
        assert 0 <= box["left"] < box["right"] <= width, box
        assert 0 <= box["top"] < box["bottom"] <= 900, box
        backgrounds.add(box["background"])
        assert box["color"] != box["background"]
    dark = sum(map(int, backgrounds.pop()[4:-1].split(",")[:3])) < 300
    assert dark == (theme == "dark")
    assert not backgrounds
    assert browser.console_errors() == []


def test_box_works_from_a_folder(browser, book_html):
    browser.open(f"{book_html.as_uri()}/{PAGE}")
    browser.run("document.querySelector('a.term-link').focus()")
    wait_for(browser, lambda box: box)
    browser.assert_quiet()


def test_each_term_is_marked_once_and_never_crowded(browser, page):
    for path in ["book/gan", "book/diffusion", "notebooks/coupling_flows"]:
        links = page(path=f"{path}.html")
        places = [link.get_attribute("href") for link in links]
        assert places
        assert len(places) == len(set(places))
        crowd = """return Math.max(...[...document.querySelectorAll('p')].map(
          (p) => p.querySelectorAll('a.term-link').length));"""
        assert browser.run(crowd) <= 2
        wrong = "return document.querySelectorAll(':is(h1, h2, h3, h4, code) a.term-link').length"
        assert browser.run(wrong) == 0


def test_every_link_leads_to_an_entry(browser, page, site):
    browser.open(f"{site}/book/appendix/glossary.html")
    found = "return [...document.querySelectorAll('dl.glossary dt')].map((term) => term.id);"
    entries = set(browser.run(found))
    table = yaml.safe_load(TABLE.read_text("utf-8"))["terms"]
    assert len(entries) == len(table)
    links = page()
    assert {link.get_attribute("href").split("#")[1] for link in links} <= entries
    glosses = browser.driver.execute_async_script(
        """const done = arguments[0], script = document.createElement('script');
        script.src = '../_static/glosses.js';
        script.onload = () => done(Object.keys(window.glosses));
        document.head.append(script);"""
    )
    assert set(glosses) == entries
