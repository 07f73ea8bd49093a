"""Hình trọng số dẫn hướng trong sách: kéo, bấm, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import GuidanceScale
from course_utils.widgets.guidance_scale import PRESETS, SAMPLERS, STEPS

pytestmark = pytest.mark.browser

FIGURE = ".lf-guidance"


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    page = book_html / "book" / "guided_and_latent_diffusion.html"
    browser.open(page.as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-paths[d]")
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


def number(browser, row):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} .lf-{row} output")
    return float(node.get_attribute("textContent").replace("−", "-").replace("%", ""))


def press(browser, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} input[type=range]")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


@pytest.mark.equation("eq-tempered")
def test_guided_samples_are_narrower_than_the_tempered_law(page):
    assert number(page, "truth") == pytest.approx(0.25, abs=1e-4)
    assert number(page, "cold") == pytest.approx(1 / 7, abs=1e-4)
    variances = [number(page, "variance")]
    click(page, "beta", "Đường đi")
    variances.append(number(page, "variance"))
    assert variances == sorted(variances)
    assert variances[-1] < number(page, "cold")
    click(page, "ddim", "Đường đi")
    press(page, Keys.END)
    assert number(page, "variance") < variances[0] / 100
    press(page, Keys.HOME)
    # w = 0: luật chung, N(0, 1); một trăm bước DDIM và các phân vị đều hụt một chút.
    figure = GuidanceScale(weight=0.0)
    starts = torch.tensor(figure.starts, dtype=torch.float64)
    ends = figure.trajectory(starts, torch.zeros(STEPS, len(starts)).double())[-1]
    assert number(page, "variance") == pytest.approx(float(ends.var(correction=0)), abs=1e-4)
    assert 0.95 < number(page, "variance") < 1
    press(page, *[Keys.ARROW_RIGHT] * 10)
    assert number(page, "share") == pytest.approx(1, abs=0.06)  # w = 1: luật có điều kiện


def test_the_inner_cluster_is_left_behind(page):
    hidden = "return document.querySelector('.lf-guidance .lf-inner').offsetParent === null"
    assert page.run(hidden)
    click(page, "clusters", "Dữ liệu")
    assert not page.run(hidden)
    assert number(page, "inner") < number(page, "cold-inner") < 50
    click(page, "beta", "Đường đi")
    before = number(page, "inner")
    bars = "return document.querySelector('.lf-guidance path.lf-bars').getAttribute('d')"
    drawn = page.run(bars)
    page.run("document.querySelector('.lf-guidance .lf-again').click()")
    assert page.run(bars) != drawn
    assert abs(number(page, "inner") - before) < 20


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    click(browser, "clusters", "Dữ liệu")
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


@pytest.mark.equation("eq-cfg")
def test_page_computes_the_trajectories_of_torch(blank):
    """Cùng x_T, cùng nhiễu: mọi chặng và luật nguội của trang phải là của torch."""
    g = torch.Generator().manual_seed(0)
    starts = torch.randn(5, generator=g, dtype=torch.float64)
    noises = torch.randn(STEPS, 5, generator=g, dtype=torch.float64)
    figures = [
        GuidanceScale(preset, sampler, weight)
        for preset in PRESETS
        for sampler in SAMPLERS
        for weight in (0.0, 1.0, 3.5)
    ]
    body = """const table = m.cosineSchedule(100);
      return input.cases.map(([target, sampler, w]) => {
        let i = 0;
        const stages = m.run(target, table, w, sampler, input.starts, () => input.noises[i++]);
        const {points, mean, variance} = m.tempered(target, w);
        return {stages, density: points.map(p => p[1]), mean, variance};
      });"""
    cases = [
        [next(p for p in f.presets if p["name"] == f.preset), f.sampler, f.weight] for f in figures
    ]
    value = {"cases": cases, "starts": starts.tolist(), "noises": noises.flatten().tolist()}
    source = GuidanceScale._esm
    found = blank.call(source, body, json.loads(json.dumps(value)))
    assert not isinstance(found, str), found
    for figure, result in zip(figures, found, strict=True):
        stages = torch.tensor(result["stages"], dtype=torch.float64)
        # Cùng các phép float64, thứ tự khác.
        torch.testing.assert_close(stages, figure.trajectory(starts, noises), rtol=1e-7, atol=1e-8)
        density, mean, variance = figure.tempered()
        assert result["mean"] == pytest.approx(mean, abs=1e-9)
        assert result["variance"] == pytest.approx(variance, abs=1e-9)
        own = torch.tensor(result["density"], dtype=torch.float64)
        torch.testing.assert_close(own, density, rtol=1e-7, atol=1e-9)
