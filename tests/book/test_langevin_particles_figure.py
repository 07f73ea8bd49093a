"""Hình hạt Langevin trong sách: bấm, kéo, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import LangevinParticles
from course_utils.widgets.langevin_particles import PRESETS

pytestmark = pytest.mark.browser

FIGURE = ".lf-langevin"


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "score_and_sde.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-particles[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def click(browser, value, group):
    """Nút mang giá trị ấy trong nhóm có nhãn ấy."""
    browser.run(
        "document.querySelector(arguments[0]).click()",
        f'{FIGURE} [aria-label="{group}"] [data-value="{value}"]',
    )


def slide(browser, key, value):
    browser.run(
        """const input = document.querySelector(arguments[0]);
        input.value = arguments[1];
        input.dispatchEvent(new Event("input", {bubbles: true}));""",
        f'{FIGURE} input[data-key="{key}"]',
        value,
    )


def number(browser, row):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} .lf-{row} output")
    return float(node.get_attribute("textContent").replace("−", "-").replace("+∞", "inf"))


def test_the_valley_holds_the_particles_and_annealing_frees_them(page):
    figure = LangevinParticles()
    assert number(page, "weight") == pytest.approx(figure.right(200), abs=1e-3)
    assert number(page, "right") < 0.05
    click(page, "true", "Mức nhiễu")
    # 240 hạt: 6 sai số chuẩn của tỉ lệ 0.7 là 0.18.
    assert abs(number(page, "right") - 0.7) < 0.25
    click(page, "false", "Mức nhiễu")
    slide(page, "sigma", 2)
    assert abs(number(page, "right") - number(page, "weight")) < 0.2
    assert number(page, "truth") == pytest.approx(0.4**2 + 2**2)


@pytest.mark.equation("eq-ula-bias")
def test_long_steps_widen_and_then_burst(page):
    click(page, "gauss", "Mật độ")
    for ratio in (0.2, 1.0):
        slide(page, "ratio", ratio)
        figure = LangevinParticles("gauss", ratio)
        assert number(page, "step") == pytest.approx(ratio, abs=1e-3)
        assert number(page, "limit") == pytest.approx(figure.limit(), abs=1e-3)
        # Trung bình của x₂² trên 240 hạt: sai số chuẩn tương đối √(2/240) = 0.091.
        assert number(page, "variance") == pytest.approx(figure.limit(), rel=6 * 0.0913)
    slide(page, "ratio", 2.1)
    assert number(page, "limit") == float("inf")
    assert number(page, "variance") == float("inf")


def test_the_run_can_be_stepped_and_drawn_again(page):
    dots = "return document.querySelector('.lf-langevin path.lf-particles').getAttribute('d')"
    end = page.run(dots)
    node = page.driver.find_element(By.CSS_SELECTOR, f'{FIGURE} input[data-key="stage"]')
    page.run("arguments[0].focus()", node)
    ActionChains(page.driver).send_keys(Keys.HOME).perform()
    start = page.run(dots)
    assert start != end
    ActionChains(page.driver).send_keys(Keys.ARROW_RIGHT).perform()
    assert page.run(dots) not in (start, end)
    ActionChains(page.driver).send_keys(Keys.END).perform()
    assert page.run(dots) == end
    page.run("document.querySelector('.lf-langevin .lf-again').click()")
    assert page.run(dots) != end
    page.run("document.querySelector('.lf-langevin .lf-play').click()")
    WebDriverWait(page.driver, 10).until(lambda _: page.run(dots) not in (start, end))
    page.run("document.querySelector('.lf-langevin .lf-play').click()")


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


@pytest.mark.equation("eq-ula")
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("anneal", [False, True])
def test_page_walks_as_torch_does(blank, preset, anneal):
    figure = LangevinParticles(preset, ratio=0.7, sigma=0.3, anneal=anneal)
    g = torch.Generator().manual_seed(0)
    noises = torch.randn(201, 4, 2, generator=g, dtype=torch.float64)
    starts = figure.begin(noises[-1])
    exact = figure.trajectory(starts, noises[:-1])
    body = """const {target, settings, starts, noises} = input;
      const flat = noises.flat(2);
      let place = 0;
      const path = m.simulate(target, settings, starts, () => flat[place++]);
      return {path, right: m.rightMass(target, input.variance), found: m.measures(path.at(-1))};"""
    value = {
        "target": {"name": preset, **PRESETS[preset]},
        "settings": {"ratio": 0.7, "sigma": 0.3, "anneal": anneal, "steps": 200},
        "starts": starts.tolist(),
        "noises": noises[:-1].tolist(),
        "variance": figure.variance(200),
    }
    value = json.loads(json.dumps(value))
    result = blank.call(LangevinParticles._esm, body, value)
    assert not isinstance(result, str), result
    path = torch.tensor(result["path"], dtype=torch.float64)
    # Giữa hai giếng mỗi bước nhân sai số làm tròn với dưới 10, trong giếng thì co còn |1 − r| lần.
    torch.testing.assert_close(path, exact, rtol=0, atol=1e-9)
    # Hình thang bước 0.01: sai số h²|p′(0)|/12 < 1e-5.
    assert result["right"] == pytest.approx(figure.right(200), abs=1e-5)
    for key, reference in figure.measures(exact[-1]).items():
        assert result["found"][key] == pytest.approx(reference, abs=1e-5)
