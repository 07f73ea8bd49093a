"""Hình chữ số tan trong nhiễu của sách: bấm, kéo, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import NoisingDigit
from course_utils.widgets.noising_digit import SCHEDULES

pytestmark = pytest.mark.browser

FIGURE = ".lf-noising"
PIXELS = """const canvas = document.querySelector(".lf-noising canvas");
const {data} = canvas.getContext("2d").getImageData(0, 0, 8, 8);
return Array.from(data).filter((_, i) => i % 4 === 0);"""


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "diffusion.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-own[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def text(browser, row):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} .lf-{row} output")
    return node.get_attribute("textContent")


def press(browser, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} input[type=range]")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def test_the_digit_dissolves_and_comes_back_with_the_slider(page):
    press(page, Keys.HOME)
    clean = page.run(PIXELS)
    figure = NoisingDigit()
    expected = [round(255 * (0.5 - v / 3)) for v in figure.images[figure.digit]]
    assert max(abs(a - b) for a, b in zip(clean, expected, strict=True)) <= 1
    assert text(page, "snr") == "+∞"
    press(page, Keys.END)
    noisy = page.run(PIXELS)
    assert sum(abs(a - b) for a, b in zip(noisy, clean, strict=True)) > 64 * 20
    click(page, ".lf-again")
    assert page.run(PIXELS) != noisy
    press(page, Keys.HOME)
    assert page.run(PIXELS) == clean  # nhiễu nào thì k = 0 cũng là dữ liệu
    click(page, '[aria-label="Chữ số"] [data-value="7"]')
    assert page.run(PIXELS) != clean


def test_schedules_and_the_two_plots(page):
    left = {}
    for name in SCHEDULES:
        click(page, f'[aria-label="Lịch nhiễu"] [data-value="{name}"]')
        left[name] = text(page, "last-snr")
    assert float(left["short"]) == pytest.approx(NoisingDigit("short").measures()["last_snr"], 1e-3)
    assert "⁻" in left["linear"]
    line = "return document.querySelector('.lf-noising path.lf-own').getAttribute('d')"
    before = page.run(line)
    click(page, '[aria-label="Vẽ gì theo k"] [data-value="snr"]')
    assert page.run(line) != before


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector(arguments[0]);
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, svg text, canvas, button, input, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button, input, canvas')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }""",
        FIGURE,
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


@pytest.mark.equation("eq-ddpm-closed-form")
@pytest.mark.equation("eq-snr")
def test_page_computes_the_numbers_of_torch(blank):
    image = NoisingDigit().images[3]
    eps = torch.randn(64, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    body = """const tables = m.schedules();
      return Object.fromEntries(input.names.map(name => [name, input.steps.map(k => ({
        numbers: m.measures(tables[name], k, input.image),
        pixels: m.noised(tables[name], k, input.image, input.eps),
      }))]));"""
    steps = [1, 37, 100]
    value = {"names": list(SCHEDULES), "steps": steps, "image": image, "eps": eps.tolist()}
    source = NoisingDigit._esm
    found = blank.call(source, body, json.loads(json.dumps(value)))
    assert not isinstance(found, str), found
    for name in SCHEDULES:
        for k, result in zip(steps, found[name], strict=True):
            figure = NoisingDigit(name, step=k)
            # Cùng các phép float64, cộng theo thứ tự khác; KL ở k = 100 trừ hai số gần nhau.
            for key, exact in figure.measures().items():
                assert result["numbers"][key] == pytest.approx(exact, rel=1e-6, abs=1e-12)
            exact = figure.table().diffuse(torch.tensor([image], dtype=torch.float64), k, eps)
            pixels = torch.tensor([result["pixels"]], dtype=torch.float64)
            torch.testing.assert_close(pixels, exact, rtol=1e-9, atol=1e-9)
