"""Hình đoạn thẳng và quỹ đạo của khớp luồng trong sách: bấm, kéo, và con số so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import StraightPaths
from course_utils.widgets.straight_paths import PRESETS

pytestmark = pytest.mark.browser

FIGURE = ".lf-straight"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""
COUPLINGS = [("independent", 2), ("ot", 2), ("ot", 16), ("reflow", 2)]


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "flow_matching.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-own[d]")
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
    return float(node.get_attribute("textContent").replace("−", "-").replace("±", ""))


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def test_segments_cross_and_trajectories_never_do(page):
    assert number(page, "segment-count") > 100
    assert number(page, "curve-count") == 0
    assert number(page, "straightness") > 0.5
    counts = [number(page, "segment-count")]
    click(page, "ot", "Cách ghép đôi")
    for block in ("2", "16"):
        click(page, block, "Số điểm của một lô")
        counts.append(number(page, "segment-count"))
        assert number(page, "curve-count") == 0
    assert counts == sorted(counts, reverse=True)
    click(page, "reflow", "Cách ghép đôi")
    for row in ("segment-count", "curve-count", "straightness", "loss", "euler-error", "spread"):
        assert number(page, row) == 0


def test_one_euler_step_lands_on_the_mean_of_the_data(page):
    assert number(page, "euler-end") == 0  # hai đỉnh đối xứng: trung bình là 0
    error = number(page, "euler-error")
    assert error == pytest.approx(StraightPaths().measures()["euler_error"], abs=1e-3)
    click(page, "8", "Số bước Euler")
    assert number(page, "euler-error") < 0.5 * error
    click(page, "gauss", "Phân phối của dữ liệu")
    click(page, "1", "Số bước Euler")
    assert number(page, "euler-end") == pytest.approx(1)
    assert number(page, "end") == pytest.approx(1 + 0.5 * 0.5, abs=1e-3)  # m + s·x₀


def test_the_particle_and_the_time_can_be_moved(page):
    lines = "return document.querySelector('.lf-straight path.lf-own').getAttribute('d')"
    drawn, place = page.run(lines), number(page, "place")
    x, y = page.run(CENTRE, f"{FIGURE} .lf-handle .lf-dot")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x, y + 40).pointer_up()
    chain.perform()
    press(page, ".lf-handle", Keys.ARROW_DOWN)
    assert page.run(lines) != drawn
    assert number(page, "place") < place
    press(page, "input[type=range]", Keys.END)
    assert number(page, "place") == number(page, "end")
    press(page, ".lf-handle", Keys.ARROW_UP)
    scrolled = page.run("return scrollY")
    press(page, ".lf-handle", Keys.END)
    assert page.run("return scrollY") == scrolled  # phím Home, End là của chấm, không của trang
    press(page, "input[type=range]", Keys.HOME)
    assert number(page, "place") == 3


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    click(browser, "ot", "Cách ghép đôi")
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
    assert browser.console_errors() == []
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}


@pytest.mark.equation("eq-marginal-field")
@pytest.mark.parametrize("preset", PRESETS)
def test_page_computes_the_numbers_of_torch(blank, preset):
    figures = [StraightPaths(preset, block, coupling=name, steps=4) for name, block in COUPLINGS]
    target = next(e for e in figures[0].presets if e["name"] == preset)
    times = [0.0, 0.3, 0.7, 1.0]
    points = [figures[0].noise[0] * (1 - t) + target["samples"][0] * t for t in times]
    body = """const {target, noise, times, points} = input;
      return input.couplings.map(([coupling, block]) => {
        const {from, euler} = m.flow(target, coupling, block);
        const u = m.fieldOf(target, coupling === "ot" ? block : 1);
        return {
          field: times.map((t, k) => u(points[k], t)),
          path: noise.map(x0 => from(x0).path),
          euler: noise.map(x0 => euler(x0, 4)[4]),
          pairs: m.partners(noise, target.samples, coupling, block, from),
          measures: m.measures(target, coupling, block, 4),
        };
      });"""
    value = {
        "target": target,
        "noise": figures[0].noise,
        "times": times,
        "points": points,
        "couplings": COUPLINGS,
    }
    value = json.loads(json.dumps(value))
    result = blank.call(StraightPaths._esm, body, value)
    assert not isinstance(result, str), result
    # Trang nội suy Φ trên bảng bước 10⁻³ (sai 3·10⁻⁸, ở đuôi 3·10⁻⁶ tương đối, lũy thừa tới 15), và
    # dùng công thức đóng khi ghép độc lập, nơi torch cầu phương; mọi chỗ lệch dưới 10⁻⁴.
    near = {"rtol": 0, "atol": 1e-4}
    for figure, found in zip(figures, result, strict=True):
        x0, pairs = figure.pairs()

        def close(key, exact, found=found):
            values = torch.tensor(found[key], dtype=torch.float64)
            torch.testing.assert_close(values, exact, **near)

        close("path", figure.path(x0)[0].T)
        close("euler", figure.euler(x0))
        close("pairs", pairs)
        if figure.coupling != "reflow":
            at = zip(torch.tensor(points, dtype=torch.float64).split(1), times, strict=True)
            close("field", torch.cat([figure.field(p, t) for p, t in at]))
        for key, reference in figure.measures().items():
            assert found["measures"][key] == pytest.approx(reference, abs=2e-4)
