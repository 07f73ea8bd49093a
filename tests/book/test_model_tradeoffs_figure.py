"""Bảng so sống trong sách: bấm, chạm, phím, và con số so với Python."""

import json
from math import inf, isfinite

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import ModelTradeoffs
from course_utils.widgets.model_tradeoffs import RULES
from course_utils.widgets.tradeoff_table import METRICS, dominates, interval, span

pytestmark = pytest.mark.browser

FIGURE = ".lf-tradeoffs"
POINTS = """return Object.fromEntries(
  [...document.querySelectorAll('.lf-tradeoffs .lf-model')].map(g => {
    const {fill, stroke} = getComputedStyle(g.querySelector('path'));
    return [g.dataset.family, fill === stroke];
  }))"""
DATA = [table["name"] for table in ModelTradeoffs().tables]
CHOSEN = "return document.querySelector('.lf-tradeoffs [aria-checked=true]').dataset.value"


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "model_comparison.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-model")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def show(browser, data, x, y, rule="mean"):
    """Bộ dữ liệu, hai trục và phép trội."""
    click(browser, f'[aria-label="Dữ liệu"] [data-value="{data}"]')
    for label, value in (("Trục dọc", y), ("Trục ngang", x)):
        browser.run(
            """const select = document.querySelector(arguments[0]);
            select.value = arguments[1];
            select.dispatchEvent(new Event('change'));""",
            f'{FIGURE} select[aria-label="{label}"]',
            value,
        )
    click(browser, f'[aria-label="Thế nào là trội"] [data-value="{rule}"]')


def press(browser, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f'{FIGURE} .lf-families [tabindex="0"]')
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def text(browser, selector):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    return node.get_attribute("textContent")


@pytest.mark.equation("eq-pareto")
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("y", ["gap", "mmd2", "coverage"])
def test_filled_points_are_those_nobody_dominates(page, y, rule):
    figure = ModelTradeoffs(DATA[0], "training_seconds", y, rule)
    show(page, DATA[0], "training_seconds", y, rule)
    drawn = page.run(POINTS)
    assert sorted(drawn) == sorted(p["name"] for p in figure.points())
    assert sorted(name for name, filled in drawn.items() if filled) == sorted(figure.front())
    front = page.driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-front")
    assert len(front) == (rule == "mean")
    absent = [f["label"] for f in figure.table()["families"] if f["name"] not in drawn]
    assert ("thiếu số" in text(page, ".lf-note")) == bool(absent)
    assert ", ".join(absent) in text(page, ".lf-note")


@pytest.mark.equation("eq-seed-interval")
def test_keys_walk_the_list_and_the_row_has_the_interval(page):
    figure = ModelTradeoffs(DATA[0], "training_seconds", "mmd2")
    show(page, DATA[0], "training_seconds", "mmd2")
    ranked = sorted(figure.points(), key=lambda p: p["at"][1][0])
    order = "return [...document.querySelectorAll('.lf-families button')].map(b => b.dataset.value)"
    assert page.run(order)[: len(ranked)] == [p["name"] for p in ranked]
    click(page, f'.lf-families [data-value="{ranked[0]["name"]}"]')
    press(page, Keys.ARROW_RIGHT)
    press(page, Keys.ARROW_DOWN)
    assert page.run(CHOSEN) == ranked[2]["name"]
    assert page.run("return document.activeElement.dataset.value") == ranked[2]["name"]
    press(page, *[Keys.ARROW_LEFT] * 3)
    assert page.run(CHOSEN) == page.run(order)[-1]
    click(page, f'.lf-families [data-value="{ranked[1]["name"]}"]')
    for name in ("training_seconds", "coverage"):
        mean, half = interval(ranked[1]["values"][name])
        shown = text(page, f".lf-metric-{name} output").replace("−", "-")
        if not half or not isfinite(half):
            continue
        value, error = (float(v) for v in shown.split(" ± "))
        assert error == pytest.approx(half, rel=0.06)  # hai chữ số có nghĩa
        assert value == pytest.approx(mean, abs=half / 18)


def test_a_tap_chooses_the_model_and_a_pointer_shows_its_name(page):
    show(page, DATA[0], "training_seconds", "mmd2")
    before = page.run(CHOSEN)
    marks = page.driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} .lf-model")
    node = next(mark for mark in marks if mark.get_attribute("data-family") != before)
    name = node.get_attribute("data-family")
    label = text(page, f'.lf-families [data-value="{name}"] span')
    bold = """return [...document.querySelectorAll('.lf-tradeoffs .lf-model-name')]
      .filter(t => t.style.fontWeight === '600').map(t => t.textContent)"""
    page.run("arguments[0].scrollIntoView({block: 'center'})", node)
    pointer = ActionChains(page.driver).move_to_element(node)
    pointer.perform()
    assert label in page.run(bold)
    assert page.run(CHOSEN) == before
    pointer = ActionChains(page.driver).click()
    pointer.perform()
    assert page.run(CHOSEN) == name
    assert text(page, ".lf-caption b") == label


def test_other_data_and_linear_axes_move_the_points(page):
    places = """return Object.fromEntries([...document.querySelectorAll('.lf-tradeoffs .lf-model')]
      .map(g => [g.dataset.family, g.getAttribute('transform')]))"""
    show(page, DATA[0], "training_seconds", "gap")
    seen = [page.run(places)]
    click(page, 'input[aria-label="Trục dọc: thang log"]')
    seen.append(page.run(places))
    click(page, f'[aria-label="Dữ liệu"] [data-value="{DATA[1]}"]')
    seen.append(page.run(places))
    assert seen[0] != seen[1] != seen[2]
    click(page, f'[aria-label="Dữ liệu"] [data-value="{DATA[-1]}"]')
    # Chữ số không có entropy đã biết: trục dọc đổi sang bit mỗi chiều.
    axis = "bits_per_dim" if DATA[-1] == "digits" else "gap"
    assert METRICS[axis]["label"] in text(page, ".lf-name-y")
    assert page.run(places)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    show(browser, DATA[-1], "sampling_seconds", "coverage")
    look = browser.run(
        """const figure = document.querySelector(arguments[0]);
        const edge = figure.getBoundingClientRect().right + 1;
        return {
          outside: [...figure.querySelectorAll('svg, svg text, button, input, select, .lf-row')]
            .filter(e => e.getBoundingClientRect().right > edge).map(e => e.textContent),
          surface: getComputedStyle(figure).backgroundColor,
          names: [...figure.querySelectorAll('[tabindex], button, input, select')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim()),
          overflow: document.documentElement.scrollWidth - innerWidth,
        }""",
        FIGURE,
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"outside": [], "surface": surface, "names": True, "overflow": 0}


@pytest.mark.equation("eq-seed-interval")
@pytest.mark.equation("eq-pareto")
def test_page_computes_the_intervals_and_the_front_of_python(blank):
    """Mọi bộ dữ liệu, nhiều cặp trục, hai phép trội: khoảng, miền, ai trội ai."""
    figure, cases = ModelTradeoffs(), []
    for t, table in enumerate(figure.tables):
        known = [m for m in METRICS if any(m in f["values"] for f in table["families"])]
        cases += [[t, x, y] for x in known for y in (known[0], "coverage") if x != y]
    body = """return input.cases.map(([t, x, y]) => {
      const table = input.tables[t];
      const axes = [x, y].map(name => input.metrics.find(m => m.name === name));
      const points = m.pointsOf(table, [x, y], input.quantiles);
      const signs = axes.map(a => -a.better);
      return {
        at: points.map(p => [p.name, ...p.at.flatMap(a => [a.mean, a.half])]),
        beaten: [false, true].map(sure =>
          points.map(p => m.dominators(points, p, signs, sure).map(q => q.name))),
        ranges: axes.map((a, i) => m.domain(points.map(p => p.at[i].mean), a.log,
          a.better < 0 ? m.noiseFloor(table.floor[a.name], a.better, input.quantiles) : null)),
        corners: m.staircase(points, signs, [1e9, 1e9]).length,
      };
    });"""
    traits = ("tables", "metrics", "quantiles")
    value = {name: getattr(figure, name) for name in traits} | {"cases": cases}
    source = ModelTradeoffs._esm
    found = blank.call(source, body, json.loads(json.dumps(value)))
    assert not isinstance(found, str), found
    for (t, x, y), result in zip(cases, found, strict=True):
        figure.data, figure.x, figure.y = figure.tables[t]["name"], x, y
        figure.x_log, figure.y_log = METRICS[x]["log"], METRICS[y]["log"]
        points, signs = figure.points(), [-METRICS[name]["better"] for name in (x, y)]
        exact = {p["name"]: [v for pair in p["at"] for v in pair] for p in points}
        for name, *own in result["at"]:
            own = [inf if v is None else v for v in own]  # JSON viết vô cực thành null
            # Phân vị t gửi sang trang có chín chữ số lẻ.
            assert own == pytest.approx(exact[name], rel=1e-8, abs=1e-15)
        for sure, beaten in zip((False, True), result["beaten"], strict=True):
            for p, names in zip(points, beaten, strict=True):
                winners = [q["name"] for q in points if dominates(q["at"], p["at"], signs, sure)]
                assert names == winners
        for own, expected in zip(result["ranges"], figure.ranges(), strict=True):
            assert own == pytest.approx(expected, rel=1e-8)
        figure.rule = "mean"
        distinct = {tuple(exact[name][::2]) for name in figure.front()}
        assert result["corners"] >= 2 * len(distinct) + (1 if distinct else 0)


@pytest.mark.parametrize("log", [True, False])
def test_page_knows_the_axis_of_python(blank, log):
    cases = [[[3.0, 5.0], None], [[-1.0, 2e-5, 7.0], 0.03], [[4.0], None], [[], None], [[0.0], 1.0]]
    body = """return input.map(([values, floor]) => {
      const range = m.domain(values, LOG, floor);
      const scale = m.axisScale(range, [0, 100], LOG);
      return {range, ends: range.map(scale), ticks: m.axisTicks(range, LOG, 5)};
    });""".replace("LOG", str(log).lower())
    found = blank.call(ModelTradeoffs._esm, body, cases)
    assert not isinstance(found, str), found
    for (values, floor), result in zip(cases, found, strict=True):
        low, high = span(values, log, floor)
        assert result["range"] == pytest.approx([low, high], rel=1e-12)
        assert result["ends"] == pytest.approx([0, 100], abs=1e-9)
        assert 2 <= len(result["ticks"]) <= 12
        assert all(low <= v <= high for v in result["ticks"])
