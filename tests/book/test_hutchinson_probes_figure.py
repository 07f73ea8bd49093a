"""Hình vector dò trong sách: thêm, sửa ma trận; các số của JavaScript so với torch."""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import HutchinsonProbes
from course_utils.widgets.hutchinson_probes import PRESETS

pytestmark = pytest.mark.browser

FIGURE = ".lf-probes"
FOUR = [[1.0, 2.0, 0.0, -1.0], [0.5, -2.0, 3.0, 1.0], [4.0, 0.0, 1.5, 2.0], [0.0, -3.0, 1.0, 2.5]]


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "ffjord.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-mean-gaussian[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def click(browser, *selectors):
    for selector in selectors:
        browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def texts(browser, selector):
    script = (
        "return [...document.querySelectorAll(arguments[0])]"
        ".map(e => e.textContent.replaceAll('−', '-'))"
    )
    return browser.run(script, f"{FIGURE} {selector}")


def table(browser):
    """(Rademacher, Gauss) của bốn dòng số."""
    names = ("mean", "error", "variance", "closed")
    cells = texts(browser, "[role=cell]:is(output)")
    return {name: tuple(cells[2 * i : 2 * i + 2]) for i, name in enumerate(names)}


def expected(figure):
    rows = {"mean": [], "error": [], "variance": [], "closed": []}
    for kind, values in figure.estimates().items():
        rows["mean"].append(values.mean())
        rows["error"].append(values.std() / len(values) ** 0.5)
        rows["variance"].append(values.var())
        rows["closed"].append(figure.variances()[kind])
    return rows


def assert_shows(browser, figure):
    shown = table(browser)
    for name, values in expected(figure).items():
        for text, value in zip(shown[name], values, strict=True):
            assert float(text) == pytest.approx(float(value), abs=6e-3 if "v" in name else 6e-4)


@pytest.mark.equation("eq-hutchinson-divergence")
@pytest.mark.equation("eq-hutchinson-variance")
def test_probes_are_added_and_the_numbers_are_those_of_torch(page):
    click(page, ".lf-clear")
    assert texts(page, ".lf-count") == ["n = 0"]
    assert table(page)["mean"] == ("–", "–")
    click(page, ".lf-add-1")
    assert table(page)["error"] == ("–", "–")
    click(page, ".lf-add-1", ".lf-add-10", ".lf-add-100", ".lf-reseed")
    assert texts(page, ".lf-count") == ["n = 112"]
    assert_shows(page, HutchinsonProbes(count=112, seed=3))


def test_the_antisymmetric_part_changes_no_number(page):
    before, norm = table(page), texts(page, ".lf-row output")
    for button in (".lf-twist", ".lf-symmetric"):
        click(page, button)
        assert table(page) == before
        assert texts(page, ".lf-row output") != norm
    click(page, "[data-value=rotation]")
    assert set(table(page)["mean"]) == {"0.000"}
    assert "phản đối xứng" in texts(page, ".lf-note")[0]
    click(page, "[data-value=diagonal]")
    rademacher, gauss = zip(*table(page).values(), strict=True)
    assert rademacher == ("2.500", "0.000", "0.00", "0.00")
    assert float(gauss[1]) > 0
    assert texts(page, ".lf-all output") == ["2.500"]


def test_an_entry_can_be_typed_and_stepped(page):
    matrix = [list(row) for row in PRESETS["general"]["matrix"]]
    node = page.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} .lf-entries input:nth-child(2)")
    page.run("arguments[0].focus(); arguments[0].select()", node)
    ActionChains(page.driver).send_keys("-2.5", Keys.ARROW_UP).perform()
    matrix[0][1] = -2.0
    assert_shows(page, HutchinsonProbes(matrix))
    assert not texts(page, ".lf-choice [aria-pressed=true]")
    page.run("arguments[0].focus(); arguments[0].select()", node)
    ActionChains(page.driver).send_keys("99", Keys.TAB).perform()
    assert node.get_property("value") == "9"


def test_a_comma_is_a_decimal_point_and_an_unfinished_number_changes_nothing(page):
    matrix = [list(row) for row in PRESETS["general"]["matrix"]]
    node = page.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} .lf-entries input:nth-child(1)")
    page.run("arguments[0].focus(); arguments[0].select()", node)
    ActionChains(page.driver).send_keys("-1,5").perform()
    matrix[0][0] = -1.5
    assert_shows(page, HutchinsonProbes(matrix))
    page.run("arguments[0].select()", node)
    ActionChains(page.driver).send_keys("-").perform()
    assert_shows(page, HutchinsonProbes(matrix))
    ActionChains(page.driver).send_keys(Keys.TAB).perform()
    assert node.get_property("value") == "-1.5"


def test_taps_and_keys_do_the_same_on_a_phone(browser, book_html):
    open_at(browser, book_html, 360)

    def tap(selector):
        script = """const node = document.querySelector(arguments[0]);
            node.scrollIntoView({block: "center"});
            const box = node.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]"""
        x, y = browser.run(script, f"{FIGURE} {selector}")
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            browser.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def wait(count):
        WebDriverWait(browser.driver, 5).until(
            lambda _: texts(browser, ".lf-count") == [f"n = {count}"]
        )

    tap(".lf-clear")
    wait(0)
    tap(".lf-add-10")
    wait(10)
    browser.run("document.querySelector(arguments[0]).focus()", f"{FIGURE} .lf-add-1")
    ActionChains(browser.driver).send_keys(Keys.ENTER, Keys.SPACE).perform()
    wait(12)
    assert_shows(browser, HutchinsonProbes(count=12))
    tap("[data-value=rotation]")
    WebDriverWait(browser.driver, 5).until(lambda _: set(table(browser)["mean"]) == {"0.000"})


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
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


@pytest.mark.equation("eq-hutchinson-divergence")
@pytest.mark.equation("eq-hutchinson-variance")
@pytest.mark.parametrize(
    "matrix", [*PRESETS, FOUR], ids=lambda m: m if isinstance(m, str) else "4x4"
)
def test_page_computes_the_numbers_of_torch(blank, matrix):
    figure = HutchinsonProbes(matrix, count=400, seed=77)
    body = """const {A, seed, count} = input;
      const found = m.estimates(A, seed, count);
      return {...found, track: m.running(found.gaussian), closed: m.closedForm(A),
              signs: m.signVectors(A)};"""
    value = {"A": figure.matrix, "seed": figure.seed, "count": figure.count}
    source = HutchinsonProbes._esm
    result = blank.call(source, body, json.loads(json.dumps(value)))
    assert not isinstance(result, str), result
    A = torch.tensor(figure.matrix, dtype=torch.float64)
    for kind, values in figure.estimates().items():
        found = torch.tensor(result[kind], dtype=torch.float64)
        torch.testing.assert_close(found, values, rtol=1e-12, atol=1e-11)
        assert result["closed"]["variance"][kind] == pytest.approx(figure.variances()[kind])
    values = figure.estimates()["gaussian"]
    for n in (2, 7, 400):
        here = result["track"][n - 1]
        assert here["mean"] == pytest.approx(values[:n].mean().item(), abs=1e-11)
        assert here["variance"] == pytest.approx(values[:n].var().item(), abs=1e-9)
        assert here["error"] == pytest.approx((values[:n].var() / n).sqrt().item(), abs=1e-9)
    assert result["closed"]["trace"] == pytest.approx(A.trace().item())
    half = torch.tensor([entry["value"] for entry in result["signs"]], dtype=torch.float64)
    assert half.mean().item() == pytest.approx(A.trace().item(), abs=1e-12)
    _, every = figure.all_signs()
    twice = torch.cat([half, half]).sort().values
    torch.testing.assert_close(twice, every.sort().values, rtol=0, atol=1e-12)
