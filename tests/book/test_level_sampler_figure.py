"""Hình giữ tầng của VAE phân cấp trong sách: bấm, và những con số của JavaScript so với torch."""

import itertools
import json
import re

import pytest
import torch
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.hierarchical_vae import HierarchicalVAE
from course_utils.likelihoods import LogisticMixtureLikelihood
from course_utils.widgets import LevelSampler, export_hierarchy

pytestmark = pytest.mark.browser

FIGURE = ".lf-levels"
PIXELS = """return [...document.querySelectorAll(arguments[0] + ' canvas')]
  .map(c => c.toDataURL())"""


@pytest.fixture(params=["book/hierarchical_vae", "notebooks/hierarchical_vae"])
def page(browser, book_html, request):
    open_at(browser, book_html / f"{request.param}.html")
    yield browser
    browser.assert_quiet()


def open_at(browser, path, width=1280, theme="light", shared=False):
    browser.open(path.as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: (
            len(driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-table canvas")) == 12
            and shares(browser)
        )
    )


def shares(browser):
    """Phần trăm phương sai còn lại khi giữ 0, 1, … tầng."""
    texts = browser.run(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)",
        f"{FIGURE} .lf-row output",
    )
    return [float(re.sub(r"[^\d.]", "", text)) for text in texts if text]


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def test_holding_more_levels_leaves_less_to_draw(page):
    percent = shares(page)
    assert percent[0] == 100
    assert percent[-1] == 0
    assert all(b <= a for a, b in itertools.pairwise(percent))
    click(page, f"[data-value='{len(percent) - 1}']")  # giữ cả: mọi ảnh là ảnh gốc
    assert len(set(page.run(PIXELS, FIGURE))) == 1
    click(page, "[data-value='1']")
    before = page.run(PIXELS, FIGURE)
    assert len(set(before)) > 10
    click(page, ".lf-again")
    after = page.run(PIXELS, FIGURE)
    assert after[-1] == before[-1], "ảnh gốc đứng yên"
    assert after[:12] != before[:12]


def test_a_picture_of_the_table_becomes_the_root(page):
    before = page.run(PIXELS, FIGURE)
    button = page.driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-table button")[4]
    page.run("arguments[0].focus()", button)
    button.send_keys(Keys.ENTER)
    assert page.run(PIXELS, FIGURE)[-1] == before[4]
    click(page, "[data-root='3']")
    pressed = page.run(
        "return document.querySelector(arguments[0]).getAttribute('aria-pressed')",
        f"{FIGURE} [data-root='3']",
    )
    assert pressed == "true"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html / "book" / "hierarchical_vae.html", width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector('.lf-levels');
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('canvas, button, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }"""
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


@pytest.mark.equation("eq-hvae-joint")
@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("components", [1, 3])
def test_page_computes_the_model_of_torch(blank, skip, components):
    torch.manual_seed(0)
    likelihood = LogisticMixtureLikelihood(17, components=components)
    model = HierarchicalVAE((1, 4, 4), (3, 2, 2), hidden=(8,), skip=skip, likelihood=likelihood)
    network = json.loads(json.dumps(export_hierarchy(model)))
    model = model.double()
    noise = [2 * torch.randn(5, d, dtype=torch.float64) for d in model.latent_dims]
    with torch.no_grad():
        latents = [noise[2]]
        for level in (2, 1):
            mean, log_var = model.prior(level, latents, 5)
            latents.insert(0, mean + (0.5 * log_var).exp() * noise[level - 1])
        expected = model.likelihood.mean(model.decode(latents)).flatten(1)
    body = """const h = m.buildHierarchy(input.network);
      return input.noise.map(e => {
        const z = h.draw([], 0, e);
        return {z, image: [...h.decode(z)]};
      });"""
    value = {"network": network, "noise": [[n[i].tolist() for n in noise] for i in range(5)]}
    result = blank.call(LevelSampler._esm, body, value)
    assert not isinstance(result, str), result
    for i, item in enumerate(result):
        for z, reference in zip(item["z"], latents, strict=True):
            torch.testing.assert_close(torch.tensor(z, dtype=torch.float64), reference[i])
        image = torch.tensor(item["image"], dtype=torch.float64)
        torch.testing.assert_close(image, expected[i])
