"""Hai hình của chương GAN trong sách: bấm, kéo, và những con số của JavaScript so với torch."""

import json
import re

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from torch.nn.functional import logsigmoid

from course_utils.evaluation import mode_coverage
from course_utils.gan import GAN
from course_utils.gan_theory import dirac_gan, dirac_step_matrix
from course_utils.widgets import DiracGan, GanTraining
from course_utils.widgets.gan_training import export_network

pytestmark = pytest.mark.browser

GAN_FIGURE, DIRAC = ".lf-gan", ".lf-dirac"


def open_at(browser, path, width=1280, theme="light", shared=False):
    browser.open(path.as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: all(
            driver.find_elements(By.CSS_SELECTOR, f"{figure} .lf-panel path[d]")
            for figure in (GAN_FIGURE, DIRAC)
        )
    )


@pytest.fixture(params=["book/gan", "notebooks/gan"])
def page(browser, book_html, request):
    open_at(browser, book_html / f"{request.param}.html")
    yield browser
    browser.assert_quiet()


def values(browser, figure):
    """Các con số trong bảng của một hình."""
    texts = browser.run(
        "return [...document.querySelector(arguments[0]).querySelectorAll('.lf-row output')]"
        ".map(e => e.textContent.replace('−', '-'))",
        figure,
    )
    return [[float(n) for n in re.findall(r"-?\d+\.?\d*", t)] for t in texts]


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", selector)


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, selector)
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def test_slider_walks_through_training_and_models_can_be_chosen(page):
    canvas = f"return document.querySelector('{GAN_FIGURE} canvas').toDataURL()"
    slider = f"{GAN_FIGURE} input[type=range]"
    (last,), (found, total), *_ = values(page, GAN_FIGURE)
    assert (total, found) == (8, 8)
    seen = {page.run(canvas)}
    press(page, slider, Keys.HOME)
    (first,), *_ = values(page, GAN_FIGURE)
    assert first == 0 < last
    seen.add(page.run(canvas))
    press(page, slider, Keys.ARROW_RIGHT)
    seen.add(page.run(canvas))
    arrows = f"{GAN_FIGURE} .lf-panel path.lf-curve + path"
    before = page.driver.find_element(By.CSS_SELECTOR, arrows).get_attribute("d")
    click(page, f"{GAN_FIGURE} .lf-options label:nth-child(2) input")
    after = page.driver.find_element(By.CSS_SELECTOR, arrows).get_attribute("d")
    assert before == "M0 0"
    assert after.count("M") > 50
    page.run(
        "document.querySelectorAll(arguments[0])[1].click()", f"{GAN_FIGURE} .lf-choice button"
    )
    press(page, slider, Keys.END)
    _, (found, total), *_ = values(page, GAN_FIGURE)
    assert found <= 4  # bộ sinh tham: sụp đổ
    seen.add(page.run(canvas))
    assert len(seen) == 4


def test_dirac_game_answers_to_its_controls(page):
    line = f"return document.querySelector('{DIRAC} .lf-edge-x').getAttribute('d')"
    seen = {page.run(line)}
    (growth,), *_ = values(page, DIRAC)
    assert growth == pytest.approx(dirac_step_matrix(0.2).logdet().div(2).exp().item(), abs=1e-4)
    click(page, f"{DIRAC} [data-value=alternating]")
    assert values(page, DIRAC)[0] == [1.0]
    seen.add(page.run(line))
    click(page, f"{DIRAC} [data-value=simultaneous]")
    press(page, f'{DIRAC} [aria-label="Hệ số phạt gamma"]', *[Keys.ARROW_RIGHT] * 10)
    assert values(page, DIRAC)[0][0] < 1
    seen.add(page.run(line))
    click(page, f"{DIRAC} [data-value=non_saturating]")
    press(page, f"{DIRAC} .lf-handle", Keys.ARROW_UP, Keys.ARROW_RIGHT)
    _, start, *_ = values(page, DIRAC)
    assert start[0] == pytest.approx(2**0.5 * 0.55, abs=1e-3)
    seen.add(page.run(line))
    assert len(seen) == 4


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html / "book" / "gan.html", width, theme, shared=True)
    for figure in (GAN_FIGURE, DIRAC):
        look = browser.run(
            """const figure = document.querySelector(arguments[0]);
            const edge = figure.getBoundingClientRect().right + 1;
            return {
              inside: [...figure.querySelectorAll('svg, canvas, button, input, .lf-row')]
                .every(e => e.getBoundingClientRect().right <= edge),
              surface: getComputedStyle(figure).backgroundColor,
              names: [...figure.querySelectorAll('[tabindex], button, input')].every(e =>
                (e.getAttribute('aria-label') ?? e.closest('label')?.textContent
                  ?? e.textContent).trim()),
              overflow: document.documentElement.scrollWidth - innerWidth,
            }""",
            figure,
        )
        surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
        assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}, figure


def javascript(browser, widget, body, value):
    value = json.loads(json.dumps(value))
    result = browser.call(widget._esm, body, value)
    assert not isinstance(result, str), result
    return result


@pytest.mark.equation("eq-non-saturating")
def test_page_computes_the_networks_of_torch(blank):
    torch.manual_seed(0)
    model = GAN(2, hidden=(16, 16)).half().double()  # trọng số đúng bằng bản float16 của trang
    z = torch.randn(60, 2, dtype=torch.float64)
    with torch.no_grad():
        samples, score = model.generate(z), model.score(z)
    x = z.clone().requires_grad_(True)
    (-logsigmoid(model.score(x))).sum().backward()
    centers = torch.tensor([[0.0, 0.0], [0.3, 0.2], [5.0, 5.0]], dtype=torch.float64)
    coverage = mode_coverage(samples, centers, 0.05)
    result = javascript(
        blank,
        GanTraining,
        """const g = m.network(input.generator), d = m.network(input.discriminator);
        const samples = input.z.map(z => [...g(z)]);
        return {samples, score: input.z.map(z => d(z)[0]),
          push: input.z.map(z => m.push(d, "gan", z)),
          modes: m.modes(samples, input.centers, 0.05),
          half: [0x3c00, 0xc000, 0x0001, 0x7bff].map(m.half)};""",
        {
            "generator": export_network(model.generator),
            "discriminator": export_network(model.discriminator),
            "z": z.tolist(),
            "centers": centers.tolist(),
        },
    )
    got = {key: torch.tensor(value, dtype=torch.float64) for key, value in result.items()}
    torch.testing.assert_close(got["samples"], samples, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(got["score"], score, rtol=1e-12, atol=1e-12)
    assert got["half"].tolist() == [1.0, -2.0, 2.0**-24, 65504.0]
    assert got["modes"].tolist() == pytest.approx([coverage.found, coverage.high_quality])
    # Sai phân giữa của mạng tuyến tính từng mảnh: chính xác trừ nơi đoạn đo vắt qua một nếp gấp.
    exact = (got["push"] - -x.grad).abs().amax(1) < 1e-6
    assert exact.double().mean() > 0.8


@pytest.mark.equation("eq-dirac-step")
@pytest.mark.parametrize("alternating", [False, True])
@pytest.mark.parametrize("loss", ["saturating", "non_saturating"])
def test_page_computes_the_game_of_torch(blank, alternating, loss):
    cases = [(0.1, 0.0), (0.7, 0.4), (1.0, 1.3)]
    body = """return input.cases.map(([h, g]) => [
      m.diracPath([0.8, -0.3], 60, h, g, input.alternating, input.loss),
      m.growth(h, g, input.alternating)]);"""
    value = {"cases": cases, "alternating": alternating, "loss": loss}
    for (h, gamma), (path, growth) in zip(
        cases, javascript(blank, DiracGan, body, value), strict=True
    ):
        expected = dirac_gan((0.8, -0.3), 60, h, gamma, alternating, loss)
        torch.testing.assert_close(torch.tensor(path, dtype=torch.float64), expected)
        matrix = dirac_step_matrix(h, gamma, alternating)
        assert growth == pytest.approx(torch.linalg.eigvals(matrix).abs().max().item())
