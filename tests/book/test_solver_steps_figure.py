"""Hình bộ giải trong sách: chọn, kéo; các số của JavaScript so với torchdiffeq."""

import json
import math

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.errors import InputError
from course_utils.widgets import SolverSteps
from course_utils.widgets.solver_steps import PRESETS, STEPS

pytestmark = pytest.mark.browser

FIGURE = ".lf-solver"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "continuous_flows.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-steps-drawn[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def click(browser, *values):
    for value in values:
        browser.run(
            "document.querySelector(arguments[0]).click()", f"{FIGURE} [data-value={value}]"
        )


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def text(browser, selector):
    script = "return document.querySelector(arguments[0]).textContent.replaceAll('−', '-')"
    return browser.run(script, f"{FIGURE} {selector}")


def row(browser, name):
    return text(browser, f".lf-{name} output")


def test_the_slider_shows_error_and_calls(page):
    error, calls = SolverSteps().error()
    assert row(page, "nfe") == str(calls)
    assert float(row(page, "error")) == pytest.approx(error, abs=6e-5)
    press(page, ".lf-effort", Keys.ARROW_RIGHT)
    error, calls = SolverSteps(steps=STEPS[STEPS.index(12) + 1]).error()
    assert row(page, "nfe") == str(calls)
    assert float(row(page, "error")) == pytest.approx(error, abs=6e-5)
    click(page, "rk4")
    assert row(page, "nfe") == str(4 * calls)
    click(page, "dopri5")
    assert row(page, "nfe") == str(SolverSteps(solver="dopri5").error()[1])
    press(page, ".lf-effort", Keys.END)
    assert row(page, "nfe") == str(SolverSteps(solver="dopri5", digits=10).error()[1])


def test_euler_oscillates_past_two_over_lambda(page):
    click(page, "stiff")
    assert "tắt dần" in text(page, ".lf-note")
    assert float(row(page, "special")) == pytest.approx(1 - 30 * 2 / 32, abs=1e-4)
    press(page, ".lf-effort", Keys.ARROW_LEFT)
    assert "nổ tung" in text(page, ".lf-note")
    press(page, ".lf-effort", Keys.END)
    assert "không dao động" in text(page, ".lf-note")
    press(page, ".lf-knob", Keys.END)
    assert float(row(page, "special")) == pytest.approx(1 - 100 * 2 / 512, abs=1e-4)


def test_blow_up_loss_and_crossings_are_said(page):
    click(page, "blowup")
    assert row(page, "error") == "–"
    assert float(row(page, "special")) == 0.5
    assert "không hay biết" in text(page, ".lf-note")
    click(page, "dopri5")
    assert "nó dừng ở t = 0.5000" in text(page, ".lf-note")
    press(page, ".lf-handle", *[Keys.ARROW_DOWN] * 21)
    assert "sống qua" in text(page, ".lf-note")
    click(page, "reversal", "euler")
    assert float(row(page, "special")) == pytest.approx((1 - 0.5**2) ** 16, abs=1e-4)
    click(page, "wells")
    assert int(row(page, "special")) > 0
    assert "cắt nhau" in text(page, ".lf-note")
    click(page, "dopri5")
    assert row(page, "special") == "0"


def test_the_starting_value_can_be_dragged(page):
    drawn = "return document.querySelector('.lf-solver path.lf-exact').getAttribute('d')"
    before = page.run(drawn)
    x, y = page.run(CENTRE, f"{FIGURE} .lf-handle .lf-dot")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x, y + 40).pointer_up()
    chain.perform()
    assert page.run(drawn) != before
    click(page, "rotation")
    press(page, ".lf-handle", Keys.ARROW_RIGHT)
    assert "(1.05; 0)" in text(page, ".lf-caption")
    press(page, ".lf-handle", Keys.HOME)
    assert "(-2.00; 0)" in text(page, ".lf-caption")
    length = (1 + (2 * math.pi / 24) ** 2) ** 12  # mỗi bước Euler nhân √(1 + h²)
    assert float(row(page, "special")) == pytest.approx(length, abs=1e-4)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    click(browser, "stiff", "dopri5")
    look = browser.run(
        """const figure = document.querySelector(arguments[0]);
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          inside: [...figure.querySelectorAll('svg, svg text, button, input, .lf-row, output')]
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
    result = browser.call(SolverSteps._esm, body, value)
    assert not isinstance(result, str), result
    return result


@pytest.mark.equation("eq-rk-order")
@pytest.mark.parametrize("preset", PRESETS)
def test_page_computes_the_numbers_of_torchdiffeq(blank, preset):
    # λ và giá trị đầu vừa phải: chuyến về phóng sai số làm tròn lên e² lần.
    setting = {"start": 0.4} | ({"parameter": 2.0} if "parameter" in PRESETS[preset] else {})
    effort = [("euler", 24), ("midpoint", 16), ("rk4", 24), *(("dopri5", k) for k in (2, 5, 8))]
    figure = SolverSteps(preset, **setting)
    times = torch.linspace(0, figure.span, 5, dtype=torch.float64)
    body = """const {spec, start, parameter, effort, times} = input;
      const task = m.problem(spec, start, parameter);
      return {
        exact: times.map(task.exact),
        found: effort.map(([solver, n]) => m.solve(task, {solver, steps: n, digits: n})),
      };"""
    value = {
        "spec": {"name": preset, "span": figure.span},
        "start": 0.4,
        "parameter": figure.parameter,
        "effort": effort,
        "times": times.tolist(),
    }
    result = javascript(blank, body, value)
    exact = torch.tensor(result["exact"], dtype=torch.float64)
    torch.testing.assert_close(exact, figure.exact(times), rtol=1e-12, atol=1e-12)
    for (solver, n), found in zip(effort, result["found"], strict=True):
        how = {"solver": solver, "digits" if solver == "dopri5" else "steps": n}
        path, calls = figure.solve(**how)
        assert found["nfe"] == calls
        end = torch.tensor(found["end"], dtype=torch.float64)
        torch.testing.assert_close(end, path[-1], rtol=1e-11, atol=1e-11)
        assert found["error"] == pytest.approx(figure.error(**how)[0], rel=1e-6, abs=1e-11)


@pytest.mark.equation("eq-picard-lindelof")
def test_the_page_stops_where_torchdiffeq_stops(blank):
    body = """const task = m.problem(input, 2, 0);
      const found = m.solve(task, {solver: "dopri5", digits: 4});
      return [found.stopped, found.legs[0].at(-1).t];"""
    stopped, time = javascript(blank, body, {"name": "blowup", "span": 1})
    assert stopped == "underflow"
    assert time == pytest.approx(0.5, abs=1e-4)
    with pytest.raises(InputError, match="underflow"):
        SolverSteps("blowup", "dopri5").solve()


def test_amplification_is_the_stability_polynomial(blank):
    body = """const step = s => m.fixedSteps(s, (t, x) => [-0.7 * x[0]], [1], [0, 1], 1);
      const names = ["euler", "midpoint", "rk4"];
      return names.map(s => [m.amplification(s, -0.7), step(s).path[1].x[0]]);"""
    for polynomial, step in javascript(blank, body, {}):
        assert polynomial == pytest.approx(step, abs=1e-14)
