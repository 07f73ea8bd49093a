"""Hình gấp của luồng phần dư trong sách: kéo, đổi δ; các số của JavaScript so với torch."""

import json

import numpy as np
import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.widgets import ResidualFold
from course_utils.widgets.residual_fold import LINES, PINCH, PRESETS, residual_line, residual_plane

pytestmark = pytest.mark.browser

FIGURE = ".lf-fold"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""
ROWS = """return Object.fromEntries(
  [...document.querySelectorAll(arguments[0] + ' .lf-row')].filter(e => e.offsetHeight)
    .map(e => [e.firstChild.textContent, e.lastChild.textContent.replaceAll('−', '-')]))"""


def open_at(browser, book_html, width=1280, theme="light", shared=False):
    browser.open((book_html / "book" / "residual_flows.html").as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, f"{FIGURE} path.lf-edge-x[d]")
    )


@pytest.fixture
def page(browser, book_html):
    open_at(browser, book_html)
    yield browser
    browser.assert_quiet()


def rows(browser):
    return browser.run(ROWS, FIGURE)


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", f"{FIGURE} {selector}")


def press(browser, selector, *keys):
    node = browser.driver.find_element(By.CSS_SELECTOR, f"{FIGURE} {selector}")
    browser.run("arguments[0].focus()", node)
    ActionChains(browser.driver).send_keys(*keys).perform()


def drag(browser, selector, dx, dy):
    x, y = browser.run(CENTRE, f"{FIGURE} {selector}")
    chain = ActionChains(browser.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x + dx, y + dy).pointer_up()
    chain.perform()


def test_line_folds_and_unfolds(page):
    count, one = "số nghiệm của φ(x) = y", "khối lượng, một nghiệm"
    assert (rows(page)[count], rows(page)["δ · Lip(u)"]) == ("1", "0.60")
    press(page, "input", *[Keys.ARROW_RIGHT] * 30)
    start = rows(page)
    assert (start[count], start["δ · Lip(u)"], start["y"]) == ("3", "1.50", "0.05")
    assert float(start["khối lượng, mọi nghiệm"]) == pytest.approx(1, abs=2e-3)
    assert float(start[one]) == pytest.approx(0.198, abs=2e-3)
    drag(page, "svg .lf-handle", 0, -60)
    assert float(rows(page)["y"]) > 0.3
    assert rows(page)[count] == "1"
    press(page, "input", Keys.HOME)
    calm = rows(page)
    assert (calm["δ · Lip(u)"], calm[one]) == ("0.00", "1.000")
    sign = "return document.querySelector('.lf-fold .lf-verdict').textContent"
    assert page.run(sign) == "< 1: chắc chắn khả nghịch"
    press(page, "input", *[Keys.ARROW_RIGHT] * 34)
    assert page.run(sign) == "≥ 1: không còn bảo đảm"
    click(page, "[data-value=expand]")  # đủ, không cần: vẫn một nghiệm
    press(page, "svg .lf-handle", *[Keys.ARROW_DOWN] * 4)
    assert rows(page)[count] == "1"
    assert float(rows(page)[one]) < 1


def test_plane_folds(page):
    press(page, "input", *[Keys.ARROW_RIGHT] * 30)
    click(page, "[data-value=plane]")
    assert (rows(page)["số nghiệm của φ(x) = y"], rows(page)["δ · Lip(u)"]) == ("3", "1.50")
    shapes = f"{FIGURE} .lf-cells"
    assert page.driver.find_element(By.CSS_SELECTOR, shapes).get_attribute("d").count("Z") > 100
    drag(page, ".lf-panel:last-child .lf-handle", 70, 0)
    assert rows(page)["số nghiệm của φ(x) = y"] == "1"
    click(page, "[data-value=swirl]")
    assert page.driver.find_element(By.CSS_SELECTOR, shapes).get_attribute("d") == "M0 0"
    press(page, "input", Keys.END)
    assert float(rows(page)["det nhỏ nhất trên lưới"]) < 0
    click(page, "[data-value=line]")
    assert rows(page)["δ · Lip(u)"] == "3.00"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html, width, theme, shared=True)
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    for view in ("line", "plane"):
        click(browser, f"[data-value={view}]")
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
        assert look == {"inside": True, "surface": surface, "names": True, "overflow": 0}, view


def javascript(browser, body, value):
    value = json.loads(json.dumps(value))
    result = browser.call(ResidualFold._esm, body, value)
    assert not isinstance(result, str), result
    return result


def outer_root(delta):
    """Nghiệm dương của x = 3δ·tanh x; x ← 3δ·tanh x từ x = 3δ đi xuống đúng nó."""
    x = torch.tensor(3 * delta, dtype=torch.float64)
    for _ in range(2000):
        x = 3 * delta * torch.tanh(x)
    return x


@pytest.mark.equation("eq-lipschitz-condition")
def test_masses_are_those_of_torch(blank):
    cases = [
        ["contract", 0.5],
        ["contract", 0.8],
        ["contract", 0.3],
        ["expand", 0.3],
        ["sine", 0.9],
    ]
    body = "return input.map(([name, delta]) => m.masses(m.lineMap(name, delta)))"
    for (name, delta), (total, single) in zip(cases, javascript(blank, body, cases), strict=True):
        assert total == pytest.approx(1, abs=1e-4)
        exact = 1.0
        if name == "contract" and 3 * delta > 1:  # phép lặp chỉ tới được |x| > x₀
            exact = torch.special.erfc(outer_root(delta) / 2**0.5).item()
        # Biên của vùng tìm lại được rơi giữa một dải rộng 0.001: sai không quá 2·p(0)·0.001.
        assert single == pytest.approx(exact, abs=8e-4)


@pytest.mark.parametrize("preset", LINES)
def test_densities_are_those_of_torch(blank, preset):
    delta = 0.7 if preset != "sine" else 2.1
    levels = [-2.3, -0.4, 0.05, 0.31, 1.7, 2.9]
    body = """const map = m.lineMap(input.preset, input.delta);
      return input.levels.map(y => [m.roots(map, y), m.densities(map, y)[0]])"""
    value = {"preset": preset, "delta": delta, "levels": levels}
    for y, (found, density) in zip(levels, javascript(blank, body, value), strict=True):
        roots = torch.tensor(ResidualFold(preset, delta, y).roots())
        torch.testing.assert_close(
            torch.tensor(found, dtype=torch.float64), roots, rtol=0, atol=1e-9
        )
        x = roots.clone().requires_grad_(True)
        u = {"contract": -3 * torch.tanh(x), "expand": 3 * torch.tanh(x), "sine": torch.sin(x)}
        (slope,) = torch.autograd.grad((x + delta * u[preset]).sum(), x)
        p = torch.distributions.Normal(0.0, 1.0).log_prob(roots).exp()
        assert density == pytest.approx((p / slope.abs()).sum().item(), rel=1e-6)


def test_planes_and_preimages_are_those_of_numpy(blank):
    points = np.random.default_rng(0).uniform(-2.5, 2.5, (40, 2))
    points[0] = [0.1, -0.1]
    body = """return input.planes.map(p => {
      const map = m.planeMap(p, 1.9), table = m.tabulate(map);
      return [input.points.map(map), input.points.map(y => m.preimages(table, y))];
    })"""
    planes = [entry for entry in PRESETS if entry["view"] == "plane"]
    result = javascript(blank, body, {"planes": planes, "points": points.tolist()})
    for entry, (images, found) in zip(planes, result, strict=True):
        y, jacobian = residual_plane(entry["name"], 1.9, points)
        expected = np.concatenate([y, jacobian.reshape(-1, 4)], 1)
        np.testing.assert_allclose(images, expected, rtol=1e-12, atol=1e-12)
        for target, solutions in zip(points, found, strict=True):
            x = np.array([s["x"] for s in solutions])
            image, jacobian = residual_plane(entry["name"], 1.9, x)
            np.testing.assert_allclose(image, np.broadcast_to(target, image.shape), atol=1e-7)
            dets = np.linalg.det(jacobian)
            np.testing.assert_allclose([s["det"] for s in solutions], dets, atol=1e-7)
            # φ bằng đồng nhất cộng một hàm bị chặn: bậc 1, nên các dấu của det cộng lại bằng 1.
            assert np.sign(dets).sum() == 1
            if entry["name"] == "pinch":
                assert len(x) == pinch_count(target, 1.9)
    assert len(result[0][1][0]) == 3


def pinch_count(y, delta):
    """Số nghiệm của «bóp»: vuông góc với PINCH thì đứng yên, nên chỉ còn một phương trình."""
    along, across = PINCH @ y, np.array([-PINCH[1], PINCH[0]]) @ y
    c = np.linspace(-8, 8, 160_001)
    value = c - delta * c * np.exp(-0.5 * (c**2 + across**2)) - along
    return int((np.diff(np.sign(value)) != 0).sum())


def test_line_map_is_the_map_of_numpy(blank):
    x = np.linspace(-5, 5, 31)
    body = """return input.names.map(name => { const map = m.lineMap(name, 0.7);
      return [input.x.map(map.phi), input.x.map(map.slope)]; })"""
    result = javascript(blank, body, {"names": list(LINES), "x": x.tolist()})
    for name, values in zip(LINES, result, strict=True):
        np.testing.assert_allclose(values, residual_line(name, 0.7, x), rtol=1e-12, atol=1e-12)
