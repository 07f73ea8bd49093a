"""Hình phép lặp điểm bất động trong sách: bước, kéo; các số của JavaScript so với torch."""

import json
import math

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.flows.log_det import fixed_point_inverse
from course_utils.widgets import FixedPoint

pytestmark = pytest.mark.browser

FIGURE = ".lf-fixed"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""
KEYS = ("step", "x", "root", "error", "ratio", "bound", "count", "promised")
SHAPES = {
    "plus": lambda x: x,
    "minus": lambda x: -x,
    "tanh": torch.tanh,
    "sine": torch.sin,
}


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "residual_flows.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-thread[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def rows(browser):
    texts = browser.run(
        "return [...document.querySelectorAll(arguments[0] + ' .lf-row output')]"
        ".map(e => e.textContent.replaceAll('−', '-'))",
        FIGURE,
    )
    return dict(zip(KEYS, texts, strict=True))


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def note(browser):
    return browser.run(f"return document.querySelector('{FIGURE} .lf-note').textContent")


def test_stepping_shrinks_the_error_and_past_one_it_grows(page):
    before = rows(page)
    assert float(before["ratio"]) == pytest.approx(0.8**6, abs=1e-4)
    assert before["count"] == before["promised"] == str(math.ceil(math.log(1e-6) / math.log(0.8)))
    click(page, ".lf-next")
    assert rows(page)["step"] == "7"
    press(page, ".lf-step", Keys.HOME)
    assert (rows(page)["step"], float(rows(page)["ratio"])) == ("0", 1)
    press(page, ".lf-lip", Keys.END)
    assert rows(page)["count"] == "không tới"
    assert "vẫn khả nghịch" in note(page)
    click(page, "[data-value=tanh]")
    assert "tăng chặt" in note(page)


def test_dragging_moves_y_and_the_start(page):
    thread = f"return document.querySelector('{FIGURE} .lf-thread').getAttribute('d')"
    before, start = page.run(thread), rows(page)
    x, y = page.run(CENTRE, f"{FIGURE} .lf-y")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x, y + 40).pointer_up()
    chain.perform()
    assert float(rows(page)["root"]) < float(start["root"]) - 0.3
    moved = page.run(thread)
    press(page, ".lf-start", *[Keys.ARROW_RIGHT] * 4)
    assert len({before, moved, page.run(thread)}) == 3


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector(arguments[0]);
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, svg text, button, input, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button, input')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }""",
        FIGURE,
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


def javascript(browser, body, value):
    value = json.loads(json.dumps(value))
    result = browser.call(FixedPoint._esm, body, value)
    assert not isinstance(result, str), result
    return result


@pytest.mark.equation("eq-fixed-point")
@pytest.mark.parametrize("preset", SHAPES)
def test_page_computes_the_iteration_of_torch(blank, preset):
    lips = [0.2, 0.55, 0.9, 0.97]
    body = """return input.lips.map(lip => {
      const {path, root, outcome, count} = m.follow(input.preset, lip, 1.1, -2.7);
      return [path.slice(0, 60), root, outcome, count, m.promised(lip)]; })"""
    for lip, (path, root, outcome, count, promised) in zip(
        lips, javascript(blank, body, {"preset": preset, "lips": lips}), strict=True
    ):
        x = torch.tensor(-2.7, dtype=torch.float64)
        track = [x]
        for _ in range(3000):
            track.append(1.1 - lip * SHAPES[preset](track[-1]))
        track = torch.stack(track)
        torch.testing.assert_close(torch.tensor(path, dtype=torch.float64), track[:60])
        y = torch.tensor([[1.1]], dtype=torch.float64)
        inverse, _ = fixed_point_inverse(lambda x, lip=lip: lip * SHAPES[preset](x), y, 1e-13)
        close = 1e-13 * (1 + abs(root)) * lip / (1 - lip)  # cận hậu nghiệm của phép lặp co
        assert root == pytest.approx(inverse.item(), abs=close + 1e-12)
        assert root == pytest.approx(track[-1].item(), abs=1e-9)
        assert outcome == "converges"
        error = (track - track[-1]).abs()
        assert count == int((error <= 1e-6 * error[0]).nonzero()[0])
        assert promised == math.ceil(math.log(1e-6) / math.log(lip))
        assert count == promised if preset in ("plus", "minus") else count <= promised


def test_outcomes_past_the_threshold(blank):
    cases = {
        ("plus", 1.0, 1.0, 0.0): "cycle",
        ("plus", 1.2, 1.0, 0.0): "diverges",
        ("minus", 1.4, 1.0, 0.0): "diverges",
        ("tanh", 1.5, 0.0, 1.0): "cycle",
        ("tanh", 1.5, 2.0, 1.0): "converges",  # gần nghiệm, tanh đã bão hòa
        ("tanh", 1.0, 0.0, 1.0): "slow",
    }
    body = "return input.map(c => { const f = m.follow(...c); return [f.outcome, f.root]; })"
    result = javascript(blank, body, list(cases))
    for ((name, lip, y, _), expected), (outcome, root) in zip(cases.items(), result, strict=True):
        assert outcome == expected
        x = torch.tensor(root, dtype=torch.float64)
        assert (x + lip * SHAPES[name](x)).item() == pytest.approx(y, abs=1e-12)
    [degenerate] = javascript(blank, "return [m.follow('minus', 1, 0.5, 0).root]", [])
    assert degenerate is None
