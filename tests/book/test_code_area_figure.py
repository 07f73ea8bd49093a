"""Hình «entropy là diện tích» trong sách: kéo, và những con số của JavaScript so với Python."""

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import CodeArea

pytestmark = pytest.mark.browser

FIGURE = ".lf-code-area"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    url = (book_html / "book" / "likelihood_and_information.html").as_uri()
    browser.open(url, width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} rect.lf-code")
    )


def numbers(browser):
    """Bốn con số: H(p), KL(p‖q), H(p, q), KL(q‖p)."""
    texts = browser.run(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)",
        f"{FIGURE} .lf-row output",
    )
    return [float(text.split()[0].replace("−", "-")) for text in texts]


def click(browser, text):
    browser.run(
        "[...document.querySelectorAll(arguments[0])].find(b => b.textContent === arguments[1])"
        ".click()",
        f"{FIGURE} button",
        text,
    )


def test_dragging_a_column_changes_the_areas(browser, book_html):
    open_at(browser, book_html)
    start = numbers(browser)
    assert start[0] == pytest.approx(1.75)
    assert start[2] == pytest.approx(start[0] + start[1], abs=2e-3)
    x, y = browser.run(CENTRE, f"{FIGURE} .lf-q-0")
    chain = ActionChains(browser.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x, y - 30).pointer_up()
    chain.perform()
    moved = numbers(browser)
    assert moved[0] == start[0]
    assert moved[1] < start[1]
    browser.run("document.querySelector(arguments[0]).focus()", f"{FIGURE} .lf-p-3")
    ActionChains(browser.driver).send_keys(*[Keys.ARROW_UP] * 5).perform()
    assert numbers(browser)[0] != moved[0]
    click(browser, "q = p")
    same = numbers(browser)
    assert same[1] == same[3] == 0
    assert same[0] == same[2]
    click(browser, "nat")
    assert numbers(browser)[0] == pytest.approx(same[0] * np.log(2), abs=2e-3)
    assert browser.console_errors() == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_has_names(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector('.lf-code-area');
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, button, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          names: [...figure.querySelectorAll('[tabindex], button')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }"""
    )
    assert look == {"inside": True, "names": True, "overflow": 0}


@pytest.mark.equation("eq-cross-entropy")
@pytest.mark.parametrize("unit", ["bit", "nat"])
def test_page_computes_the_numbers_of_python(blank, unit):
    p, q = [0.6, 0.2, 0.15, 0.05], [0.1, 0.1, 0.3, 0.5]
    body = "return [m.measures(input.p, input.q, input.unit), m.withValue(input.p, 1, 0.5)]"
    values = {"p": p, "q": q, "unit": unit}
    result, law = blank.call(CodeArea._esm, body, values)
    assert result == pytest.approx(CodeArea(p, q, unit=unit).measures(), abs=1e-12)
    assert law[1] == 0.5
    assert sum(law) == pytest.approx(1)
    assert min(law) >= 0.01
