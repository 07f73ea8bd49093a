"""Hai hình của chương ELBO và VAE trong sách: kéo, leo dốc, giải mã; JavaScript so với torch."""

import json
import re

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.likelihoods import CategoricalLikelihood, LogisticMixtureLikelihood
from course_utils.vae import VAE
from course_utils.widgets import ElboGap, LatentPlane, export_decoder
from course_utils.widgets.elbo_gap import MODELS

pytestmark = pytest.mark.browser

GAP, PLANE = ".lf-elbo", ".lf-latent"
CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""
KEYS = ("mean", "std", "reconstruction", "kl_prior", "elbo", "gap", "log_p")


def open_at(browser, path, width=1280, theme="light", shared=False):
    browser.open(path.as_uri(), width, theme, shared)
    WebDriverWait(browser.driver, 20).until(
        lambda driver: (
            driver.find_elements(By.CSS_SELECTOR, f"{GAP} path.lf-q[d]")
            and driver.find_elements(By.CSS_SELECTOR, f"{PLANE} .lf-handle[aria-valuetext]")
        )
    )


@pytest.fixture(params=["book/elbo_and_vae", "notebooks/elbo_and_vae"])
def page(browser, book_html, request):
    open_at(browser, book_html / f"{request.param}.html")
    yield browser
    browser.assert_quiet()


def texts(browser, selector):
    return browser.run(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector
    )


def rows(browser):
    """Các con số trong bảng của hình ELBO."""
    values = [float(t.replace("−", "-")) for t in texts(browser, f"{GAP} .lf-row output")]
    return dict(zip(KEYS, values, strict=True))


def press(browser, selector, *keys):
    browser.run("arguments[0].focus()", browser.driver.find_element(By.CSS_SELECTOR, selector))
    ActionChains(browser.driver).send_keys(*keys).perform()


def click(browser, selector):
    browser.run("document.querySelector(arguments[0]).click()", selector)


def drag(browser, selector, dx, dy):
    x, y = browser.run(CENTRE, selector)
    chain = ActionChains(browser.driver, duration=30)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y).pointer_down()
    pointer.move_to_location(x + dx, y + dy).pointer_up()
    chain.perform()


def test_moving_q_leaves_log_p_alone(page):
    before = rows(page)
    drag(page, f"{GAP} .lf-mean", 50, 0)
    press(page, f"{GAP} .lf-std", Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    after = rows(page)
    assert after["mean"] > before["mean"] + 0.2
    assert after["std"] == pytest.approx(before["std"] - 0.1)
    assert after["log_p"] == before["log_p"]
    assert after["elbo"] != before["elbo"]
    for value in (before, after):  # mỗi số tròn đến ba chữ số
        assert value["elbo"] + value["gap"] == pytest.approx(value["log_p"], abs=2e-3)
        assert value["reconstruction"] + value["kl_prior"] == pytest.approx(value["elbo"], abs=2e-3)


def test_climbing_reaches_the_posterior_or_flees_with_the_wrong_sign(page):
    click(page, f"{GAP} [data-value=linear]")
    click(page, f"{GAP} .lf-up")
    best = rows(page)
    assert best["gap"] == pytest.approx(0, abs=2e-3)
    assert best["mean"] == pytest.approx(2 / 3, abs=0.01)
    assert best["std"] == pytest.approx(3**-0.5, abs=0.01)
    click(page, f"{GAP} [data-value=square]")
    click(page, f"{GAP} .lf-up")
    assert rows(page)["gap"] > 0.4, "một Gauss không phủ được hậu nghiệm hai đỉnh"
    click(page, f"{GAP} [data-value=linear]")
    click(page, f"{GAP} [data-value=plus]")
    click(page, f"{GAP} .lf-up")
    fled = rows(page)
    assert fled["reconstruction"] - fled["kl_prior"] > fled["log_p"]
    assert "Sai dấu" in "".join(texts(page, f"{GAP} .lf-note"))


def test_the_plane_decodes_where_the_point_is(page):
    picture = f"return document.querySelector('{PLANE} canvas.lf-image').toDataURL()"
    seen = {page.run(picture)}
    drag(page, f"{PLANE} .lf-handle", 60, -60)
    seen.add(page.run(picture))
    press(page, f"{PLANE} .lf-handle", *[Keys.ARROW_LEFT] * 12)
    mean = page.run(picture)
    seen.add(mean)
    click(page, f"{PLANE} .lf-roll")
    seen.add(page.run(picture))
    assert len(seen) == 4
    click(page, f"{PLANE} .lf-mean")
    assert page.run(picture) == mean
    click(page, f"{PLANE} [data-value=tiles]")
    assert page.run(f"return document.querySelector('{PLANE} .lf-panel canvas').offsetWidth") > 200


def test_the_stored_decoder_gives_the_numbers_of_its_weights(browser, book_html):
    """Tổng mực mà trang in ra, so với chính các trọng số lưu trong sổ, tính lại bằng torch."""
    open_at(browser, book_html / "book" / "elbo_and_vae.html")
    press(browser, f"{PLANE} .lf-handle", Keys.ARROW_UP, Keys.ARROW_RIGHT)
    label = browser.run(
        f"return document.querySelector('{PLANE} .lf-handle').getAttribute('aria-valuetext')"
    )
    z = [float(v) for v in re.findall(r"-?\d+\.\d+", label.replace("−", "-"))][:2]
    ink = float(texts(browser, f"{PLANE} .lf-row-ink output")[0])
    state = next(
        state
        for script in texts(browser, "script[type='application/vnd.jupyter.widget-state+json']")
        for file in json.loads(script)["files"].values()
        if "decoder" in (state := stored_state(book_html / "book" / file))
    )
    vae = rebuild(state["decoder"])
    with torch.no_grad():
        expected = vae.likelihood.mean(vae.decode(torch.tensor([z]))).sum().item()
    assert ink == pytest.approx(expected, abs=0.06)  # trang in một chữ số thập phân


def stored_state(path):
    """Trạng thái trong tệp của một hình: liveFigureState({…});"""
    return json.loads(path.read_text("utf-8").partition("(")[2].rpartition(")")[0])


def rebuild(spec):
    """VAE có bộ giải mã đúng như hình đã lưu."""
    import base64

    import numpy as np

    shapes = [layer["weight"]["shape"] for layer in spec["layers"]]
    components = len(spec["centers"])
    vae = VAE(
        (1, *spec["size"]),
        2,
        hidden=[rows for rows, _ in shapes[:-1]][::-1],
        likelihood=LogisticMixtureLikelihood(spec["levels"], components),
    )
    linear = [m for m in vae.decoder if isinstance(m, torch.nn.Linear)]
    for module, layer in zip(linear, spec["layers"], strict=True):
        for name, parameter in module.named_parameters():
            values = np.frombuffer(base64.b64decode(layer[name]["data"]), "<f4")
            parameter.data = torch.tensor(values.reshape(layer[name]["shape"]))
    return vae


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 1280])
def test_fits_and_follows_the_theme(browser, book_html, width, theme):
    open_at(browser, book_html / "book" / "elbo_and_vae.html", width, theme, shared=True)
    look = browser.run(
        """const figures = [...document.querySelectorAll('.lf')];
        return {
          inside: figures.every(f => [...f.querySelectorAll('svg, canvas, button, .lf-row, input')]
            .every(e => e.getBoundingClientRect().right <= f.getBoundingClientRect().right + 1)),
          surface: [...new Set(figures.map(f => getComputedStyle(f).backgroundColor))],
          names: figures.every(f => [...f.querySelectorAll('[tabindex], button, input')]
            .every(e => (e.getAttribute('aria-label') ?? e.textContent).trim())),
          small: [...document.querySelectorAll('.lf svg text, .lf button, .lf-row')]
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length,
          overflow: document.documentElement.scrollWidth - innerWidth,
        }"""
    )
    surface = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]
    assert look == {"inside": True, "surface": [surface], "names": True, "small": 0, "overflow": 0}


def javascript(browser, widget, body, value):
    return browser.call(widget._esm, body, value)


@pytest.mark.equation("eq-elbo-gap")
@pytest.mark.parametrize("preset", MODELS)
def test_elbo_numbers_are_those_of_python(blank, preset):
    figure = ElboGap(preset, mean=0.7, std=0.4)
    got = javascript(
        blank,
        figure,
        "return m.measures(m.tabulate(input.preset, input.x), 0.7, 0.4)",
        {"preset": preset, "x": figure.x},
    )
    assert got == pytest.approx(figure.measures(), abs=1e-9)


@pytest.mark.parametrize("start", [(0.0, 0.9), (-0.4, 0.9), (1.2, 0.9), (0.1, 1.4)])
def test_the_climb_stops_on_a_peak(blank, start):
    """Hậu nghiệm hai đỉnh: leo từ đâu cũng dừng, và quanh chỗ dừng mọi phía đều thấp hơn."""
    m, s, steps = javascript(
        blank,
        ElboGap("square"),
        """const table = m.tabulate("square", 2); let [a, s, moved] = [...input, 1], steps = 0;
        while (moved > 1e-4 && steps++ < 600) [a, s, moved] = m.climb(table, a, s, "exact");
        return [a, s, steps];""",
        start,
    )
    assert steps < 200, "bước leo không được dao động mãi quanh đỉnh"
    top = ElboGap("square", mean=m, std=s).measures()["elbo"]
    for dm, ds in ((0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02)):
        assert ElboGap("square", mean=m + dm, std=s + ds).measures()["elbo"] < top


@pytest.mark.parametrize(
    "likelihood",
    [LogisticMixtureLikelihood(17, 1), LogisticMixtureLikelihood(5, 3), CategoricalLikelihood(4)],
)
def test_decoder_is_that_of_torch(blank, likelihood):
    torch.manual_seed(0)
    vae = VAE((1, 3, 2), 2, hidden=(16, 8), likelihood=likelihood)
    with torch.no_grad():
        vae.decoder[-1].weight.mul_(5)
    z = torch.tensor([[0.3, -1.2], [2.5, 2.9], [0.0, 0.0]])
    got = javascript(
        blank,
        LatentPlane(vae, torch.zeros(2, 1, 3, 2), torch.zeros(2)),
        "const f = m.buildDecoder(input.spec); return input.z.map(z => m.meanImage(f(z)))",
        {"spec": export_decoder(vae), "z": z.tolist()},
    )
    with torch.no_grad():
        expected = likelihood.mean(vae.decode(z)).flatten(1)
    assert torch.allclose(torch.tensor(got), expected, atol=1e-4)
