"""Hình hạt trôi theo trường vận tốc trong sách: bấm, kéo, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from torch import nn

from course_utils.flows import VelocityMLP
from course_utils.widgets import CarriedParticles
from course_utils.widgets.carried_particles import FINE, TIMES, export_field, import_field

pytestmark = pytest.mark.browser

FIGURE = ".lf-carried"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "continuous_flows.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-coarse[d]")
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
    return float(node.get_attribute("textContent").replace("−", "-"))


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def test_solvers_spend_calls_and_buy_accuracy(page):
    figure = CarriedParticles()
    reference = figure.measures()
    assert number(page, "nfe") == reference["nfe"]
    assert number(page, "error") == pytest.approx(reference["error"], abs=1e-4)
    assert number(page, "round") == pytest.approx(reference["round_trip"], abs=1e-4)
    click(page, "8", "Số bước")
    assert number(page, "nfe") == 8
    assert number(page, "error") < 0.7 * reference["error"]
    click(page, "rk4", "Bộ giải")
    assert number(page, "nfe") == 32
    assert number(page, "error") < 0.01 * reference["error"]
    click(page, "1", "Trường vận tốc")
    figure = CarriedParticles(field=1, method="rk4", steps=8)
    assert number(page, "error") == pytest.approx(figure.measures()["error"], abs=1e-4)


def test_log_density_follows_the_particle_both_ways(page):
    press(page, "input[type=range]", Keys.HOME)
    assert number(page, "integral") == 0
    base = number(page, "base")
    press(page, "input[type=range]", Keys.END)
    assert number(page, "density") == pytest.approx(
        float(CarriedParticles().log_density()[-1]), abs=1e-3
    )
    total = base + number(page, "integral")
    assert number(page, "density") == pytest.approx(total, abs=2e-3)
    click(page, "rk4", "Bộ giải")
    click(page, "32", "Số bước")
    there = number(page, "density")
    click(page, "normalize", "Chiều của thời gian")  # cùng hạt ấy, đi ngược lại
    assert number(page, "density") == pytest.approx(there, abs=0.01)
    press(page, "input[type=range]", Keys.HOME)
    assert number(page, "density") == pytest.approx(base, abs=0.01)


def test_the_particle_can_be_dragged_and_the_grid_carried(page):
    lines = "return document.querySelector('.lf-carried path.lf-coarse').getAttribute('d')"
    before, drawn = number(page, "base"), page.run(lines)
    x, y = page.run(CENTRE, f"{FIGURE} .lf-handle .lf-dot")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x - 50, y + 30).pointer_up()
    chain.perform()
    press(page, ".lf-handle", Keys.ARROW_LEFT)
    assert page.run(lines) != drawn
    assert number(page, "base") != before
    mesh = "return document.querySelector('.lf-carried path.lf-mesh').getAttribute('d')"
    assert page.run(mesh) == "M0 0"
    click(page, "grid", "Vẽ")
    still = page.run(mesh)
    assert len(still) > 1000
    press(page, "input[type=range]", Keys.END)
    assert page.run(mesh) != still
    click(page, "particles", "Vẽ")
    click(page, "density", "Tô màu")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector(arguments[0]);
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, button, input, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= edge),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button, input')]
            .map(e => e.getAttribute('aria-label') ?? e.closest('label, button').textContent)
            .every(name => name.trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }""",
        FIGURE,
    )
    assert browser.console_errors() == []
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


def javascript(browser, body, value):
    value = json.loads(json.dumps(value))
    result = browser.call(CarriedParticles._esm, body, value)
    assert not isinstance(result, str), result
    return result


@pytest.mark.equation("eq-mlp-divergence")
@pytest.mark.parametrize(("activation", "frequencies"), [("tanh", 0), ("silu", 3)])
@pytest.mark.parametrize("hidden", [(7,), (9, 6), (5, 6, 7, 8)])
def test_field_and_divergence_are_those_of_torch(blank, hidden, activation, frequencies):
    torch.manual_seed(0)
    field = VelocityMLP(2, hidden, frequencies, activation)
    for parameter in field.parameters():
        nn.init.normal_(parameter, std=0.7)
    spec, points = export_field(field), torch.randn(8, 2, dtype=torch.float64)
    body = """const u = m.velocity(input.spec), out = [0, 0, 0];
      const at = (t, p, divergence) => (u(t, divergence)(...p, out), [...out]);
      return input.times.map(t => input.points.map(p => [...at(t, p), ...at(t, p, false)]));"""
    times = [0.0, 0.37, 1.0]
    value = {"spec": spec, "points": points.tolist(), "times": times}
    for t, found in zip(times, javascript(blank, body, value), strict=True):
        u, divergence = import_field(spec).with_divergence(t, points)
        exact = torch.cat([u, divergence[:, None], u, 0 * divergence[:, None]], 1)
        found = torch.tensor(found, dtype=torch.float64)
        torch.testing.assert_close(found, exact, rtol=1e-10, atol=1e-10)


@pytest.mark.equation("eq-augmented-ode")
@pytest.mark.parametrize("field", [0, 1])
def test_solvers_are_those_of_torchdiffeq(blank, field):
    figure = CarriedParticles(field=field)
    points = torch.tensor(figure.noise[:6], dtype=torch.float64)
    cases = [
        [method, steps, way]
        for method, steps in (("euler", 4), ("midpoint", 4), ("rk4", 4), ("rk4", FINE))
        for way in TIMES
    ]
    body = """const u = m.velocity(input.spec);
      return input.cases.map(([method, steps, way]) => {
        const states = m.integrate(u, input.points, method, steps, ...input.times[way]);
        return [m.nfe(method, steps), [...states[steps]],
          states.map(s => m.logDensity(states, way, s)[0])];
      });"""
    value = {
        "spec": figure.fields[field],
        "points": points.tolist(),
        "cases": cases,
        "times": TIMES,
    }
    for (method, steps, way), found in zip(cases, javascript(blank, body, value), strict=True):
        path, integral = figure.carry(points, method, steps, way)
        exact = torch.cat([path[-1], integral[-1][:, None]], 1).flatten()
        assert found[0] == steps * {"euler": 1, "midpoint": 2, "rk4": 4}[method]
        torch.testing.assert_close(
            torch.tensor(found[1], dtype=torch.float64), exact, rtol=1e-9, atol=1e-9
        )
        figure.start, figure.direction = points[0].tolist(), way
        logs = torch.tensor(found[2], dtype=torch.float64)
        torch.testing.assert_close(logs, figure.log_density(method, steps), rtol=1e-9, atol=1e-9)
