"""Hình hai chiều của KL trong sách: kéo, hạ xuống, và những con số của JavaScript so với torch."""

import math
import re

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from torch.distributions import Categorical, MixtureSameFamily, Normal

from course_utils.widgets import TwoKL
from course_utils.widgets.two_kl import PRESETS

pytestmark = pytest.mark.browser

FIGURE = ".lf-two-kl"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


@pytest.fixture(params=["book/likelihood_and_information", "notebooks/likelihood_and_information"])
def page(browser, book_html, request):
    open_at(browser, book_html / f"{request.param}.html")
    yield browser
    browser.assert_quiet()


def open_at(browser, path, width=1280, theme="light", shared=False):
    browser.open(path.as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-edge-x[d]")
    )


def rows(browser):
    """Các con số trong bảng: mean, std, rồi entropy, KL, entropy chéo của mỗi chiều."""
    texts = browser.run(
        "return [...document.querySelector(arguments[0]).querySelectorAll('.lf-row output')]"
        ".map(e => e.textContent)",
        FIGURE,
    )
    keys = ("mean", "std", "entropy_p", "kl_pq", "cross_pq", "entropy_q", "kl_qp", "cross_qp")
    return dict(zip(keys, (float(t.replace("−", "-")) for t in texts), strict=True))


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def test_dragging_moves_q_and_its_numbers(page):
    before = rows(page)
    x, y = page.run(CENTRE, f"{FIGURE} .lf-mean")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x - 60, y).pointer_up()
    chain.perform()
    moved = rows(page)
    assert moved["mean"] < before["mean"] - 0.3
    assert moved["std"] == before["std"]
    assert moved["entropy_q"] == pytest.approx(before["entropy_q"], abs=2e-3)
    press(page, ".lf-std", Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert rows(page)["std"] == pytest.approx(before["std"] + 0.1)
    assert rows(page)["cross_pq"] == pytest.approx(
        rows(page)["entropy_p"] + rows(page)["kl_pq"], abs=2e-3
    )


def test_forward_covers_and_reverse_seeks(page):
    click(page, "[data-value=two_modes]")
    click(page, "[data-value=forward]")
    click(page, ".lf-down")
    wide = rows(page)
    assert wide["mean"] == pytest.approx(0, abs=0.01)
    assert wide["std"] == pytest.approx(math.sqrt(4.36), abs=0.01)
    press(page, ".lf-mean", *[Keys.ARROW_RIGHT] * 30)
    press(page, ".lf-std", *[Keys.ARROW_LEFT] * 25)
    click(page, "[data-value=reverse]")
    click(page, ".lf-down")
    narrow = rows(page)
    assert narrow["mean"] == pytest.approx(2, abs=0.02)
    assert narrow["std"] == pytest.approx(0.6, abs=0.02)
    assert narrow["kl_qp"] == pytest.approx(math.log(2), abs=0.005)
    assert narrow["kl_pq"] > 5 > wide["kl_pq"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(
        browser, book_html / "book" / "likelihood_and_information.html", width, theme, shared=True
    )
    look = browser.run(
        """const figure = document.querySelector('.lf-two-kl');
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, button, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }"""
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


@pytest.mark.equation("eq-kl")
@pytest.mark.parametrize("preset", PRESETS)
def test_page_computes_the_numbers_of_torch(blank, preset):
    weight, mean, std = torch.tensor(PRESETS[preset]["parts"], dtype=torch.float64).T
    p = MixtureSameFamily(Categorical(weight), Normal(mean, std))
    q = Normal(torch.tensor(-0.4, dtype=torch.float64), 0.9)
    x = torch.linspace(-16, 16, 40_001, dtype=torch.float64)
    log_p, log_q = p.log_prob(x), q.log_prob(x)

    def integral(values):
        return float(torch.trapezoid(values, x))

    expected = {
        "entropy_p": -integral(log_p.exp() * log_p),
        "entropy_q": float(q.entropy()),
        "kl_pq": integral(log_p.exp() * (log_p - log_q)),
        "kl_qp": integral(log_q.exp() * (log_q - log_p)),
    }
    body = "return m.measures(m.tabulate(input), -0.4, 0.9)"
    result = blank.call(TwoKL._esm, body, PRESETS[preset]["parts"])
    assert not isinstance(result, str), re.sub(r"\s+", " ", str(result))
    for name, value in expected.items():
        assert result[name] == pytest.approx(value, abs=1e-9)
