"""Hình ma trận Jacobi tam giác trong sách: đi từng bước, kéo, và con số của trang so với torch."""

import itertools
import json
import re

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import TriangularJacobian
from course_utils.widgets.triangular_jacobian import DIM, PRESETS

pytestmark = pytest.mark.browser

FIGURE = ".lf-triangle"
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
    browser.open((book_html / "book" / "autoregressive_flows.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-cell")
    )


def click(browser, *values):
    for value in values:
        browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {value}")


def text(browser, selector):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    return node.get_attribute("textContent").replace("−", "-")


def number(browser, selector):
    return float(text(browser, f"{selector} output"))


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def cells(browser):
    """Các số đã hiện trong ma trận, theo hàng."""
    label = browser.run(
        "return document.querySelector(arguments[0]).getAttribute('aria-label')",
        f"{FIGURE} svg[role=img]",
    )
    return [float(v) for v in re.findall(r"-?\d+(?:\.\d+)?", label.partition(": ")[2])]


def test_rows_fill_and_passes_are_counted(page):
    click(page, "[data-value=x_to_z]")  # kiểu IAF: lần lượt
    slider = "input[type=range]"
    for step in range(1, DIM + 1):
        press(page, slider, Keys.ARROW_RIGHT)
        assert len(cells(page)) == DIM * step
        assert text(page, ".lf-passes output") == f"{step} / {DIM}"
    assert number(page, ".lf-sum-diagonal") == number(page, ".lf-log-det")
    click(page, "[data-value=maf]")  # cùng chiều, kiểu MAF: một lượt
    press(page, slider, *[Keys.ARROW_RIGHT] * (DIM + 1))
    assert len(cells(page)) == DIM**2
    assert text(page, ".lf-passes output") == "1 / 1"
    assert number(page, ".lf-sum-diagonal") == number(page, ".lf-log-det")


def test_dragging_an_input_changes_the_numbers_of_its_column(page):
    press(page, "input[type=range]", Keys.END)
    before = torch.tensor(cells(page)).view(DIM, DIM)
    x, y = page.run(CENTRE, f"{FIGURE} [aria-label='Giá trị z 2'] rect")
    chain = ActionChains(page.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x, y - 36).pointer_up()
    chain.perform()
    press(page, "[aria-label='Giá trị z 2']", Keys.ARROW_UP, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    value = page.run(
        "return document.querySelector(arguments[0]).getAttribute('aria-valuenow')",
        f"{FIGURE} [aria-label='Giá trị z 2']",
    )
    assert float(value) == pytest.approx(-0.9 + 36 / 30 - 0.1, abs=0.04)
    after = torch.tensor(cells(page)).view(DIM, DIM)
    assert (after[0] == before[0]).all(), "x_1 không đọc z_2"
    assert (after[2:] != before[2:]).any()
    assert (after.triu(1) == 0).all()


def test_broken_maps_light_up_and_get_stuck(page):
    click(page, "[data-value=later]")
    press(page, "input[type=range]", Keys.END)
    wrong = page.driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-wrong-cell")
    assert len(wrong) == 1
    assert torch.tensor(cells(page)).view(DIM, DIM)[1, 3] != 0
    difference = number(page, ".lf-sum-diagonal") - number(page, ".lf-log-det")
    assert abs(difference) > 0.05
    assert number(page, ".lf-gap-row") == pytest.approx(difference, abs=2e-4)
    click(page, "[data-value=x_to_z]")
    press(page, "input[type=range]", Keys.END)
    assert "Kẹt" in text(page, ".lf-caption")
    assert text(page, ".lf-log-det output") == "không tính được"
    click(page, "[data-value=self]")
    assert "Kẹt" in text(page, ".lf-caption")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    look = browser.run(
        """const figure = document.querySelector('.lf-triangle');
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


@pytest.mark.equation("eq-af-jacobian")
@pytest.mark.parametrize("preset", PRESETS)
def test_page_computes_the_jacobian_of_autograd(blank, preset):
    generator = torch.Generator().manual_seed(0)
    values = (6 * torch.rand(4, DIM, generator=generator, dtype=torch.float64) - 3).tolist()
    cases = [
        {"form": form, "direction": direction, "values": v}
        for form, direction in itertools.product(("iaf", "maf"), ("z_to_x", "x_to_z"))
        for v in values
    ]
    body = """return input.cases.map(c =>
      m.compute(input.spec, c.form, c.direction, c.values));"""
    value = json.loads(json.dumps({"spec": PRESETS[preset], "cases": cases}))
    results = blank.call(TriangularJacobian._esm, body, value)
    assert not isinstance(results, str), results
    for case, result in zip(cases, results, strict=True):
        figure = TriangularJacobian(preset, **case)
        assert (result["done"] == DIM) == figure.computable
        if not figure.computable:
            continue
        jacobian = figure.jacobian()
        expected = {
            "out": figure.forward(),
            "J": jacobian,
            "logDet": torch.linalg.slogdet(jacobian)[1],
        }
        for key, reference in expected.items():
            got = torch.tensor(result[key], dtype=torch.float64)
            torch.testing.assert_close(got, reference, rtol=1e-10, atol=1e-10)
        assert sum(result["logs"]) == pytest.approx(figure.diagonal_sum(), abs=1e-10)
