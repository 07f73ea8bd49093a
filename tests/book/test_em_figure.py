"""Hình EM từng bước trong sách đã dựng: JavaScript tính đúng như `course_utils.em`."""

import re

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.em import e_step, m_step
from course_utils.widgets import EMSteps

pytestmark = pytest.mark.browser

EM = ".lf-em"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


class Page:
    """Trang lý thuyết, và những cử chỉ của người đọc trên hình EM."""

    def __init__(self, browser, url, *view, shared=False):
        self.browser, self.driver = browser, browser.driver
        self.browser.open(url, *view, shared=shared)
        ready = f"{EM} path.lf-history"
        WebDriverWait(self.driver, 20).until(
            lambda driver: driver.find_elements(By.CSS_SELECTOR, ready)
        )

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, f"{EM} {selector}")

    def click(self, selector):
        self.browser.run("arguments[0].click()", self.find(selector))

    def number(self, selector):
        text = self.find(f"{selector} output").get_attribute("textContent").replace("−", "-")
        return float(re.findall(r"-?\d+\.?\d*", text)[0])

    def means(self):
        texts = [
            self.find(f'[aria-label="Tâm của thành phần {k}"]').get_attribute("aria-valuetext")
            for k in (1, 2, 3)
        ]
        return [
            [float(v) for v in re.findall(r"-?\d+\.\d+", t.replace("−", "-"))[:2]] for t in texts
        ]

    def drag(self, selector, dx, dy):
        x, y = self.browser.run(CENTRE, f"{EM} {selector}")
        chain = ActionChains(self.driver, duration=30)
        pointer = chain.w3c_actions.pointer_action
        pointer.move_to_location(x, y).pointer_down()
        pointer.move_to_location(x + dx, y + dy).pointer_up()
        chain.perform()


@pytest.fixture
def url(book_html):
    return f"{book_html.as_uri()}/book/generative_models.html"


@pytest.fixture
def page(browser, url):
    yield Page(browser, url)
    assert browser.console_errors() == []


def expected(name, steps, ridge=0.0):
    """(log hợp lý, tâm) sau `steps` bước của `course_utils.em`."""
    figure = EMSteps(start=name)
    x, state = torch.tensor(figure.points, dtype=torch.float64), figure.state()
    for _ in range(steps):
        state = m_step(x, e_step(x, *state)[0], ridge)
    return e_step(x, *state)[1], state[1].tolist()


@pytest.mark.equation("eq-em")
@pytest.mark.parametrize("name", ["spread", "stuck"])
def test_steps_are_those_of_the_package(page, name):
    page.click(f"[data-value={name}]")
    for clicks, steps in (([], 0), (["one"], 1), (["one"], 2), (["ten", "ten"], 22)):
        for button in clicks:
            page.click(f"[data-value={button}]")
        value, means = expected(name, steps)
        # Trang viết bốn chữ số cho log hợp lý, hai chữ số cho tâm.
        assert page.number(".lf-value") == pytest.approx(value, abs=6e-5)
        for mine, other in zip(page.means(), means, strict=True):
            assert mine == pytest.approx(other, abs=6e-3)


def test_collapse_stops_with_a_word_and_the_ridge_prevents_it(page):
    page.click("[data-value=lonely]")
    for _ in range(3):
        page.click("[data-value=ten]")
    assert "co lại quanh một điểm" in page.find(".lf-hint").text
    assert not page.find("[data-value=one]").is_enabled()
    page.click("[data-value=lonely]")
    page.click("input[type=checkbox]")
    for _ in range(3):
        page.click("[data-value=ten]")
    assert page.find("[data-value=one]").is_enabled()
    value, _ = expected("lonely", 30, EMSteps().ridge)
    assert page.number(".lf-value") == pytest.approx(value, abs=6e-5)


def test_centres_follow_pointer_and_keys(page):
    page.click("[data-value=spread]")
    page.click("[data-value=one]")
    before, value = page.means(), page.number(".lf-value")
    page.drag('[aria-label="Tâm của thành phần 2"]', -40, 30)
    after = page.means()
    assert after[1][0] < before[1][0]
    assert after[1][1] < before[1][1]
    assert after[0] == before[0]
    assert page.number(".lf-value") != value
    assert page.number(".lf-row") == 0  # nhật ký bắt đầu lại
    handle = page.find('[aria-label="Tâm của thành phần 1"]')
    page.browser.run("arguments[0].focus()", handle)
    ActionChains(page.driver).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_UP).perform()
    moved = page.means()[0]
    assert moved == pytest.approx([after[0][0] + 0.1, after[0][1] + 0.1], abs=0.011)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_fits_every_width_and_both_themes(browser, url, width, theme):
    Page(browser, url, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector('.lf-em');
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          overflow: document.documentElement.scrollWidth - innerWidth,
          inside: [...figure.querySelectorAll('svg, button, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          sharp: [...figure.querySelectorAll('svg text, button, .lf-row')]
            .every(e => parseFloat(getComputedStyle(e).fontSize) >= 11),
          named: [...figure.querySelectorAll('[tabindex], button, input')]
            .every(e => (e.getAttribute('aria-label') ?? e.closest('label')?.textContent
              ?? e.textContent).trim()),
          surface: getComputedStyle(figure).backgroundColor,
        }"""
    )
    assert look["overflow"] <= 0
    assert look["inside"]
    assert look["sharp"]
    assert look["named"]
    assert look["surface"] == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert browser.console_errors() == []
