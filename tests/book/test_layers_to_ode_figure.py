"""Hình chồng tầng và phương trình vi phân trong sách: bấm, kéo, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import LayersToOde
from course_utils.widgets.layers_to_ode import DEPTHS, PRESETS

pytestmark = pytest.mark.browser

FIGURE = ".lf-layers"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "residual_flows.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-stack[d]")
    )


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def text(browser, selector):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    return node.get_attribute("textContent").replace("−", "-")


def number(browser, selector):
    return float(text(browser, f"{selector} output"))


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def test_more_layers_come_nearer_only_when_the_step_shrinks_too(page):
    slider, errors = "input[type=range]", []
    press(page, slider, Keys.HOME)
    for _ in DEPTHS:
        errors.append(number(page, ".lf-error"))
        press(page, slider, Keys.ARROW_RIGHT)
    assert errors[-1] == pytest.approx(LayersToOde(depth=64).measures()["error"], abs=1e-4)
    assert errors[-1] == pytest.approx(errors[-2] / 2, rel=0.1)
    for mode in ("fixed_step", "fixed_depth"):
        click(page, f"[data-value={mode}]")
        assert number(page, ".lf-error") > 10 * errors[-1]


def test_folding_is_said_in_words(page):
    click(page, "[data-value=network]")
    assert "khả nghịch" in text(page, ".lf-caption")
    press(page, "input[type=range]", Keys.HOME)
    assert "gấp mặt phẳng" in text(page, ".lf-caption")
    assert number(page, ".lf-lip") > 1
    click(page, "[data-value=squeeze]")
    assert "lật mặt phẳng" in text(page, ".lf-caption")
    click(page, "[data-value=spiral]")
    assert "đủ chứ không cần" in text(page, ".lf-caption")


def test_the_starting_point_can_be_dragged(page):
    click(page, "[data-value=network]")
    lines = "return document.querySelector('.lf-layers path.lf-stack').getAttribute('d')"
    before, drawn = number(page, ".lf-stack-log-det"), page.run(lines)
    x, y = page.run(CENTRE, f"{FIGURE} .lf-handle .lf-dot")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x - 50, y + 30).pointer_up()
    chain.perform()
    press(page, ".lf-handle", Keys.ARROW_LEFT)
    assert page.run(lines) != drawn
    assert number(page, ".lf-stack-log-det") != before
    gap = number(page, ".lf-stack-log-det") - number(page, ".lf-exact-log-det")
    assert number(page, ".lf-log-det-gap") == pytest.approx(gap, abs=2e-4)
    drawn = page.run(lines)
    click(page, "[data-value=grid]")
    assert page.run(lines) != drawn


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector('.lf-layers');
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, button, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button, input')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }"""
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


@pytest.mark.equation("eq-residual-limit")
@pytest.mark.parametrize("preset", PRESETS)
def test_page_computes_the_numbers_of_torch(blank, preset):
    modes = ("joint", "fixed_step", "fixed_depth")
    figures = [LayersToOde(preset, 16, mode=mode) for mode in modes]
    starts = figures[0].points()
    body = """const u = m.field(input.spec);
      const exact = input.starts.map(x => m.solution(u, x));
      return {
        exact: exact.map(s => [...s.end, s.logDet]),
        layers: input.modes.map(mode => input.starts.map(x => {
          const s = m.layers(u, x, ...m.schedule(mode, 16));
          return [...s.end, s.logDet];
        })),
        measures: input.modes.map(mode =>
          m.measures(u, input.starts, exact, ...m.schedule(mode, 16))),
        sizes: m.sizes(u, 16, 1 / 16),
      };"""
    value = {"spec": PRESETS[preset], "starts": starts.tolist(), "modes": modes}
    value = json.loads(json.dumps(value))
    result = blank.call(LayersToOde._esm, body, value)
    assert not isinstance(result, str), result
    # Trang đi 200 bước Runge–Kutta: sai số dưới (h‖A‖)⁴‖A‖ với ‖A‖ = 5; torch đi 400 bước.
    near = 5 * (5 / 200) ** 4
    path, log_det = figures[0].solution()
    exact = torch.tensor(result["exact"], dtype=torch.float64)
    torch.testing.assert_close(exact[:, :2], path[-1], rtol=0, atol=near)
    torch.testing.assert_close(exact[:, 2], log_det, rtol=0, atol=near)
    for figure, found, numbers in zip(figures, result["layers"], result["measures"], strict=True):
        path, log_det = figure.layers()
        found = torch.tensor(found, dtype=torch.float64)
        torch.testing.assert_close(found[:, :2], path[-1], rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(found[:, 2], log_det, rtol=1e-10, atol=1e-10)
        for key, reference in figure.measures().items():
            assert numbers[key] == pytest.approx(reference, abs=near)
    axis = torch.linspace(-2.4, 2.4, 23, dtype=torch.float64)
    plane = torch.cartesian_prod(axis, axis)
    jacobian = torch.cat([figures[0].field(plane, k / 8)[1] for k in range(8)])
    dets = torch.linalg.det(torch.eye(2) + jacobian / 16)
    norms = torch.linalg.matrix_norm(jacobian, 2)
    expected = {"lip": norms.max(), "low": dets.min(), "high": dets.max()}
    for key, reference in expected.items():
        assert result["sizes"][key] == pytest.approx(float(reference), abs=1e-9)
