"""Hình tương tác trong trang tĩnh, từ ổ đĩa, không mạng, không nhân Python: kéo thật."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from torch import nn

from course_utils.flows import (
    NICE,
    ActNorm,
    AffineCoupling,
    Compose,
    Flow,
    InvertibleLinear,
    Permutation,
    RealNVP,
)
from course_utils.widgets import FlowGrid, Map1D, export_layers
from course_utils.widgets.map1d import PRESETS, monotone_cubic

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
MAP, FLOW = ".lf-map1d", ".lf-flow"
CONFIGURATION = f"""
import sys
sys.path.insert(0, {str(ROOT / "book/_ext")!r})
extensions = ["myst_nb", "live_figure"]
html_theme = "sphinx_book_theme"
html_static_path = [{str(ROOT / "book/_static")!r}]
html_context = {{"default_mode": "auto"}}
nb_execution_mode = "off"
nb_ipywidgets_js = {{}}
numfig = True
numfig_format = {{"figure": "Hình %s"}}
language = "vi"
"""
PAGE = """# Trang thử

```{live-figure} course_utils.widgets.Map1D
:name: fig-map
:args: {"preset": "affine"}
:caption: Kéo các nút của ánh xạ.
```

{numref}`fig-map` và {numref}`fig-flow`.

```{live-figure} lab.ipynb#luoi
:name: fig-flow
:alt: Lưới của một luồng

Lưới bị uốn từng *tầng*.
```

```{toctree}
lab
```
"""


def randomized(flow, scale=0.6, seed=0):
    """Luồng với trọng số xa phép đồng nhất."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in flow.parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        nn.init.zeros_(parameter).add_(scale * noise / max(1, parameter.shape[-1]) ** 0.5)
    return flow.eval()


@pytest.fixture(scope="module")
def flow():
    with torch.no_grad():
        return randomized(RealNVP(2, layers=6, hidden=(16, 16)))


@pytest.fixture(scope="module")
def figures(flow, tmp_path_factory):
    """Một trang lý thuyết và một sổ, dựng bằng đúng phần mở rộng của sách; trả thư mục HTML."""
    folder = tmp_path_factory.mktemp("figures")
    data = torch.randn(200, 2, generator=torch.Generator().manual_seed(1))
    cells, states = [], {}
    for figure in (FlowGrid(flow, data=data, name="luoi"), Map1D(preset="two_modes")):
        output, _ = figure._repr_mimebundle_()
        states[figure.model_id] = {"state": figure.get_state()}
        cell = nbformat.v4.new_code_cell("figure")
        cell.outputs = [nbformat.v4.new_output("display_data", output)]
        cells.append(cell)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Sổ"), *cells])
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "version_major": 2,
            "version_minor": 0,
            "state": states,
        }
    }
    nbformat.write(notebook, folder / "lab.ipynb")
    (folder / "conf.py").write_text(CONFIGURATION, "utf-8")
    (folder / "index.md").write_text(PAGE, "utf-8")
    html = tmp_path_factory.mktemp("html") / "html"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q"]
    subprocess.run([*command, str(folder), str(html)], check=True)
    return html


CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


class Page:
    """Một trang có hình tương tác, và những cử chỉ của người đọc."""

    def __init__(self, browser, url, *view, shared=False):
        self.browser, self.driver, self.url = browser, browser.driver, url
        self.browser.open(url, *view, shared=shared)
        WebDriverWait(self.driver, 20).until(
            lambda driver: (
                len(driver.find_elements(By.CSS_SELECTOR, f"{MAP} path.lf-curve[d]")) == 1
                and len(driver.find_elements(By.CSS_SELECTOR, f"{FLOW} path.lf-mesh[d]")) == 2
            )
        )

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def path(self, selector):
        return self.find(selector).get_attribute("d")

    def click(self, selector):
        self.browser.run(
            "const e = document.querySelector(arguments[0]);"
            "e.scrollIntoView({block: 'center'}); e.click()",
            selector,
        )

    def drag(self, selector, dx, dy):
        """Con trỏ thật: bấm vào giữa điểm kéo được, dời đi, thả."""
        x, y = self.browser.run(CENTRE, selector)
        chain = ActionChains(self.driver, duration=30)
        pointer = chain.w3c_actions.pointer_action
        pointer.move_to_location(x, y).pointer_down()
        pointer.move_to_location(x + dx // 2, y + dy // 2)
        pointer.move_to_location(x + dx, y + dy).pointer_up()
        chain.perform()

    def press(self, selector, *keys):
        self.browser.run("arguments[0].focus()", self.find(selector))
        ActionChains(self.driver).send_keys(*keys).perform()

    def row(self, selector):
        """Số trong một dòng của bảng số."""
        return self.numbers(f"{selector} output")[0]

    def numbers(self, selector):
        """Các số trong chữ của một phần tử."""
        text = self.find(selector).get_attribute("textContent").replace("−", "-")
        return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]

    def values(self, selector):
        """Các số mà trình đọc màn hình đọc ở một điểm kéo được."""
        text = self.find(selector).get_attribute("aria-valuetext").replace("−", "-")
        return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


@pytest.fixture
def url(figures):
    return f"{figures.as_uri()}/index.html"


@pytest.fixture
def page(browser, url):
    yield Page(browser, url)
    browser.assert_quiet()


def knot(number):
    return f'{MAP} [aria-label="Nút {number}"]'


# ---- Map1D


def test_dragging_a_knot_changes_the_density_and_the_masses(page):
    density, curve = page.path(f"{MAP} .lf-density"), page.path(f"{MAP} .lf-curve")
    before = page.row(f"{MAP} .lf-is-x")
    assert page.values(knot(5)) == pytest.approx([0.8, 2.6])
    page.click(f"{MAP} [data-value=no_factor]")
    wrong = page.row(f"{MAP} .lf-mass")
    assert wrong == pytest.approx(2, abs=2e-3)

    page.drag(knot(5), 0, -20)

    assert page.values(knot(5))[1] > 2.7
    assert page.path(f"{MAP} .lf-curve") != curve
    assert page.path(f"{MAP} .lf-density") != density
    assert page.row(f"{MAP} .lf-mass") != wrong
    page.click(f"{MAP} [data-value=exact]")
    assert page.row(f"{MAP} .lf-mass") == 1.0
    assert page.row(f"{MAP} .lf-is-x") == pytest.approx(before, abs=1e-3)
    assert page.find(f"{MAP} [data-value=affine]").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("preset", ["affine", "decreasing"])
@pytest.mark.parametrize("dy", [-150, 150])
def test_the_map_stays_monotone(page, preset, dy):
    page.click(f"{MAP} [data-value={preset}]")
    page.drag(knot(4), 0, dy)
    x = [page.values(knot(i))[1] for i in range(1, 8)]
    increments = np.diff(x)
    assert (increments > 0).all() or (increments < 0).all()
    assert page.row(f"{MAP} .lf-mass") == pytest.approx(1, abs=2e-3)
    hint = page.find(f"{MAP} .lf-hint")
    assert hint.text.startswith("Ánh xạ phải đơn điệu chặt")


def test_keys_move_knots_and_probe(page):
    start = page.values(knot(3))[1]
    page.press(knot(3), Keys.ARROW_UP, Keys.ARROW_UP)
    assert page.values(knot(3))[1] == pytest.approx(start + 2 * 0.16, abs=0.011)
    keys = ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_DOWN)
    keys.key_up(Keys.SHIFT).perform()
    assert page.values(knot(3))[1] < start
    z, area = page.values(f"{MAP} .lf-probe")[0], page.path(f"{MAP} .lf-mass-x")
    page.press(f"{MAP} .lf-probe", Keys.ARROW_RIGHT)
    assert page.values(f"{MAP} .lf-probe")[0] == pytest.approx(z + 0.05)
    assert page.path(f"{MAP} .lf-mass-x") != area


def test_probe_follows_the_formula(page):
    """log p_X(x) = log p_Z(z) − log|f′(z)| với x = 2z + 1."""
    page.drag(f"{MAP} .lf-probe", 40, 0)
    z, x = page.values(f"{MAP} .lf-probe")
    assert z > 0.8
    assert x == pytest.approx(2 * z + 1, abs=0.02)
    expected = -0.5 * z**2 - 0.5 * np.log(2 * np.pi) - np.log(2)
    assert page.row(f"{MAP} .lf-sum") == pytest.approx(expected, abs=0.01)


def test_a_finger_works_like_a_mouse(browser, url):
    page = Page(browser, url, 360)
    before = page.values(knot(5))
    x, y = page.browser.run(CENTRE, knot(5))
    touch = lambda kind, dy: page.browser.command(  # noqa: E731
        "Input.dispatchTouchEvent",
        type=kind,
        touchPoints=[] if kind == "touchEnd" else [{"x": x, "y": y + dy}],
    )
    scrolled = page.browser.run("return scrollY")
    touch("touchStart", 0), touch("touchMove", -8), touch("touchMove", -14), touch("touchEnd", 0)
    assert page.values(knot(5))[1] > before[1]
    assert page.browser.run("return scrollY") == scrolled
    browser.assert_quiet()


@pytest.mark.parametrize("preset", PRESETS)
def test_exact_formula_has_mass_one_for_every_map(page, preset):
    page.click(f"{MAP} [data-value={preset}]")
    page.click(f"{MAP} [data-value=exact]")
    assert page.row(f"{MAP} .lf-mass") == 1.0
    assert page.row(f"{MAP} .lf-is-x") == page.row(f"{MAP} .lf-is-z")


def test_forgetting_the_absolute_value_gives_a_negative_density(page):
    page.click(f"{MAP} [data-value=decreasing]")
    page.click(f"{MAP} [data-value=no_sign]")
    assert page.row(f"{MAP} .lf-mass") == -1.0
    assert "không xác định" in page.find(f"{MAP} .lf-sum").text


# ---- FlowGrid

Z_POINT, X_POINT = (f"{FLOW} .lf-panel-{side} .lf-handle" for side in "zx")


def test_the_point_can_be_dragged_on_either_side(page, flow):
    def consistent():
        z, x = page.values(Z_POINT), page.values(X_POINT)
        with torch.no_grad():
            image, log_det = flow.forward(torch.tensor([z]))
            back, _ = flow.inverse(torch.tensor([x]))
        # Trang chỉ cho hai chữ số: so hai chiều, mỗi chiều theo độ giãn của nó tại điểm ấy.
        assert (image - torch.tensor([x])).abs().max() < 0.06
        assert (back - torch.tensor([z])).abs().max() < 0.06
        log_z = -0.5 * (z[0] ** 2 + z[1] ** 2) - np.log(2 * np.pi)
        assert page.row(f"{FLOW} .lf-log-x") == pytest.approx(log_z - log_det.item(), abs=0.1)
        return z, x

    first = consistent()
    page.drag(Z_POINT, -40, 25)
    second = consistent()
    page.drag(X_POINT, 25, 20)
    third = consistent()
    page.press(X_POINT, Keys.ARROW_LEFT, Keys.ARROW_UP)
    fourth = consistent()
    for before, after in [(first, second), (second, third), (third, fourth)]:
        assert before[0] != after[0]
        assert before[1] != after[1]


def test_each_layer_warps_the_grid(page):
    mesh = f"{FLOW} .lf-panel-x .lf-mesh"
    slider = f"{FLOW} input[type=range]"
    assert page.find(slider).get_attribute("value") == "7"
    seen = [page.path(mesh)]
    for step in range(6, -1, -1):
        page.press(slider, Keys.ARROW_LEFT)
        assert page.find(slider).get_attribute("value") == str(step)
        seen.append(page.path(mesh))
    assert len(set(seen)) == 8
    # Trước tầng 1, ảnh của điểm là chính nó, và log|det| bằng 0.
    assert page.values(X_POINT) == page.values(Z_POINT)
    assert "phân phối cơ sở" in page.find(f"{FLOW} .lf-caption").text
    page.click(f'{FLOW} [aria-label="Tiến một tầng"]')
    assert page.path(mesh) == seen[-2]


def test_colours_and_points_can_be_chosen(page):
    picture = "return document.querySelector('.lf-flow .lf-panel-x canvas').toDataURL()"
    seen = {page.browser.run(picture)}
    page.click(f"{FLOW} [data-value=log_det]")
    seen.add(page.browser.run(picture))
    for i in (1, 2):
        page.click(f"{FLOW} .lf-options label:nth-child({i}) input")
        seen.add(page.browser.run(picture))
    assert len(seen) == 4


# ---- Cả hai hình


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_fits_every_width_and_both_themes(browser, url, width, theme):
    Page(browser, url, width, theme, shared=True)
    look = browser.run(
        """const figures = [...document.querySelectorAll('.lf')];
        return {
          overflow: document.documentElement.scrollWidth - innerWidth,
          inside: figures.every(f => [...f.querySelectorAll('svg, canvas, button, .lf-row')]
            .every(e => e.getBoundingClientRect().right <= f.getBoundingClientRect().right + 1)),
          surface: figures.map(f => getComputedStyle(f).backgroundColor),
          sharp: [...document.querySelectorAll('.lf svg text, .lf button, .lf-row')]
            .every(e => parseFloat(getComputedStyle(e).fontSize) >= 11),
        }"""
    )
    assert look["overflow"] <= 0
    assert look["inside"]
    assert look["sharp"]
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look["surface"] == [surface] * 2
    browser.assert_quiet()


def test_everything_has_a_vietnamese_name(page):
    names = page.browser.run(
        """return [...document.querySelectorAll('.lf [tabindex], .lf button, .lf input, .lf')]
          .map(e => e.getAttribute('aria-label') ?? e.closest('label')?.textContent
            ?? e.textContent)"""
    )
    assert len(names) > 20
    assert all(name.strip() for name in names)
    assert page.find(FLOW).get_attribute("aria-label") == "Lưới của một luồng"


def test_captions_are_numbered(page):
    captions = page.driver.find_elements(By.CSS_SELECTOR, "figure.live-figure figcaption")
    assert [c.text.strip("#¶ ") for c in captions] == [
        "Hình 1 Kéo các nút của ánh xạ.",
        "Hình 2 Lưới bị uốn từng tầng.",
    ]


VISIBLE = """return [...document.querySelectorAll(arguments[0])].map(e => e.offsetWidth > 0)"""
STILL = "img.live-figure-still"


@pytest.mark.parametrize("name", ["index", "lab"])
def test_exactly_one_of_figure_and_picture_shows(browser, figures, name):
    page = Page(browser, f"{figures.as_uri()}/{name}.html")
    assert browser.run(VISIBLE, STILL) == [False, False]
    assert browser.run(VISIBLE, ".lf") == [True, True]
    browser.command("Emulation.setEmulatedMedia", media="print")
    assert browser.run(VISIBLE, STILL) == [True, True]
    assert browser.run(VISIBLE, ".lf") == [False, False]
    browser.command("Emulation.setEmulatedMedia", media="")
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.driver.get(page.url)
        stills = page.driver.find_elements(By.CSS_SELECTOR, STILL)
        assert [still.size["width"] > 200 for still in stills] == [True, True]
        assert all(still.get_attribute("alt") for still in stills)
        assert page.driver.find_elements(By.CSS_SELECTOR, ".lf") == []
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


# ---- Những con số của JavaScript, so với Python


def javascript(browser, widget, body, value):
    """Kết quả của `body` với m là mô-đun của hình."""
    return browser.call(widget._esm, body, value)


@pytest.mark.equation("eq-composition")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("family", ["realnvp", "nice", "odd", "linear"])
def test_page_computes_the_flow_of_python(blank, family, seed):
    flows = {
        "realnvp": lambda: RealNVP(2, layers=8, hidden=(32, 32)),
        "nice": lambda: NICE(2, layers=4, hidden=(16,)),
        "odd": lambda: Flow(
            Compose(
                [AffineCoupling(2, (8,)), Permutation(2), AffineCoupling(2, (8, 8)), ActNorm(2)]
            ),
            event_shape=2,
        ),
        "linear": lambda: Flow(
            Compose([InvertibleLinear(2, seed=seed), AffineCoupling(2, (8,))]), event_shape=2
        ),
    }
    with torch.no_grad():
        flow = randomized(flows[family](), seed=seed)
        z = 2 * torch.randn(50, 2, generator=torch.Generator().manual_seed(seed))
        x, log_det = flow.double().forward(z.double())
    result = javascript(
        blank,
        FlowGrid,
        """const layers = m.buildLayers(input.layers);
        const forward = input.z.map(z => m.forward(layers, z));
        return {forward, back: forward.map(x => m.inverse(layers, x))};""",
        {"layers": json.loads(json.dumps(export_layers(flow))), "z": z.tolist()},
    )
    forward, back = (torch.tensor(result[key], dtype=torch.float64) for key in ("forward", "back"))
    torch.testing.assert_close(forward[:, :2], x, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(forward[:, 2], log_det, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(back[:, :2], z.double(), rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(back[:, 2], -log_det, rtol=1e-6, atol=1e-6)


def test_page_draws_the_map_of_python(blank):
    knots = Map1D(knots=[[-2, 4], [-1, 3.5], [0.2, 0], [1, -0.1], [3, -5]]).knots
    z = np.linspace(-4, 4, 201)
    x, slope = javascript(
        blank,
        Map1D,
        "return m.monotoneCubic(input.knots).map(f => input.z.map(f))",
        {"knots": knots, "z": z.tolist()},
    )
    expected = monotone_cubic(np.array(knots), z)
    np.testing.assert_allclose([x, slope], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("preset", PRESETS)
def test_page_knows_the_presets_of_python(blank, preset):
    z = np.linspace(-3, 3, 101)
    x, slope = javascript(
        blank,
        Map1D,
        "return m.mapOf(input.preset, []).map(f => input.z.map(f))",
        {"preset": preset, "z": z.tolist()},
    )
    entry = PRESETS[preset]
    np.testing.assert_allclose(x, entry["f"](z), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(slope, entry["slope"](z), rtol=1e-12, atol=1e-12)


# ---- Sách thật


def test_every_live_figure_of_the_book_comes_alive(browser, book_html):
    pages = [
        p for p in book_html.rglob("*.html") if 'class="live-figure-view' in p.read_text("utf-8")
    ]
    assert pages
    for page in sorted(pages):
        browser.open(page.as_uri(), 360)
        WebDriverWait(browser.driver, 20).until(
            lambda driver: browser.run(
                "return [...document.querySelectorAll('.live-figure-view')]"
                ".every(v => v.querySelector('.lf svg :is(path, rect), .lf canvas'))"
            )
        )
        assert browser.console_errors() == [], page.name
