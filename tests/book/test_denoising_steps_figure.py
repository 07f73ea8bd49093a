"""Hình khử nhiễu từng bước của sách: bấm, kéo, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import DenoisingSteps
from course_utils.widgets.denoising_steps import PRESETS, SAMPLERS

pytestmark = pytest.mark.browser

FIGURE = ".lf-denoising"
DRAWN = "return document.querySelector('.lf-denoising path.lf-particles').getAttribute('d')"


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "diffusion.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-particles[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def click(browser, group, value):
    selector = f'{FIGURE} [aria-label="{group}"] [data-value="{value}"]'
    browser.run("document.querySelector(arguments[0]).click()", selector)


def output(browser, row):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} .lf-{row} output")
    return node.get_attribute("textContent")


def press(browser, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} input[type=range]")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def test_more_steps_bring_the_right_width(page):
    truth = float(output(page, "truth"))
    widths = []
    for steps in ("1", "2", "5", "20", "100"):
        click(page, "Số bước", steps)
        assert output(page, "calls") == steps
        assert output(page, "level") == "0 / 100"
        widths.append(float(output(page, "width")))
    assert widths[0] > widths[1] > widths[2] > truth
    # 512 bình phương: độ rộng dao động quãng 1/√(2·512) ≈ 3 %, sáu lần là 19 %.
    assert widths[-1] == pytest.approx(truth, rel=0.2)


def test_the_slider_walks_the_chain_and_the_samplers_differ(page):
    ends = set()
    for name in SAMPLERS:
        click(page, "Cách lùi", name)
        ends.add(page.run(DRAWN))
        press(page, Keys.HOME)
        assert output(page, "level") == "100 / 100"
        starts = page.run(DRAWN)
        press(page, Keys.ARROW_RIGHT)
        assert output(page, "level") == "90 / 100"
        assert page.run(DRAWN) != starts
        press(page, Keys.END)
    assert len(ends) == len(SAMPLERS)
    press(page, Keys.HOME)
    page.run(f"document.querySelector('{FIGURE} .lf-again').click()")
    assert page.run(DRAWN) != starts
    click(page, "Dữ liệu", "gauss")
    assert float(output(page, "truth")) == 1


def test_play_goes_to_the_data(page):
    click(page, "Số bước", "2")
    page.run(f"document.querySelector('{FIGURE} .lf-play').click()")
    assert output(page, "level") == "100 / 100"
    WebDriverWait(page.driver, 10).until(lambda _: output(page, "level") == "0 / 100")


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


@pytest.mark.equation("eq-ddim")
@pytest.mark.equation("eq-ancestral")
def test_page_computes_the_trajectories_of_torch(blank):
    """Cùng x_T, cùng nhiễu: mọi chặng của trang phải là của DDPM, cho mọi cách lùi."""
    g = torch.Generator().manual_seed(0)
    starts = torch.randn(6, 2, generator=g, dtype=torch.float64)
    noises = torch.randn(20, 6, 2, generator=g, dtype=torch.float64)
    body = """const table = m.cosineSchedule(100);
      return input.cases.map(([target, sampler, steps]) => {
        let i = 0;
        const stages = m.run(target, table, sampler, steps, input.starts, () => input.noises[i++]);
        return {stages, width: m.width(stages.at(-1), target)};
      });"""
    figures = [
        DenoisingSteps(preset, sampler, steps)
        for preset in PRESETS
        for sampler in SAMPLERS
        for steps in (1, 5, 20)
    ]
    cases = [
        [next(p for p in f.presets if p["name"] == f.preset), f.sampler, f.steps] for f in figures
    ]
    value = {"cases": cases, "starts": starts.tolist(), "noises": noises.flatten().tolist()}
    source = DenoisingSteps._esm
    found = blank.call(source, body, json.loads(json.dumps(value)))
    assert not isinstance(found, str), found
    for figure, result in zip(figures, found, strict=True):
        exact = figure.trajectory(starts, noises)
        stages = torch.tensor(result["stages"], dtype=torch.float64)
        # Cùng các phép float64, thứ tự khác; ở k = T, ε̂ và x̂_0 không bị chia cho số nhỏ.
        torch.testing.assert_close(stages, exact, rtol=1e-7, atol=1e-9)
        assert result["width"] == pytest.approx(figure.width(exact[-1]), rel=1e-7)
