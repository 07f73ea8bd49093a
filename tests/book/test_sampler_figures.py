"""PixelSampler và TextSampler trong Chromium: bấm thật, và so với torch trên cùng trọng số.

Hình được gọi thẳng với một mô hình trạng thái nhỏ, nên phép kiểm không cần cả cuốn sách.
"""

import json

import pytest
import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from course_utils.autoregressive import GPT, PixelCNN, sampling_probabilities
from course_utils.data.characters import Vocabulary
from course_utils.widgets import PixelSampler, TextSampler, export_gpt, export_pixelcnn

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html data-theme="{theme}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<style>body {{ margin: 8px; font-family: sans-serif }} {css}</style><main></main>
<script type="application/json" id="state">{state}</script>
<script type="text/plain" id="source">{source}</script>
<script type="module">
const state = JSON.parse(document.querySelector("#state").textContent);
const listeners = [];
const model = {{
  get: (key) => state[key],
  set(key, value) {{
    state[key] = value;
    listeners.filter(([keys]) => keys.includes(`change:${{key}}`)).forEach(([, f]) => f());
  }},
  on: (keys, f) => listeners.push([keys.split(" "), f]),
  off() {{}},
  save_changes() {{}},
}};
window.state = state;
const source = document.querySelector("#source").textContent;
const url = URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }}));
window.figure = await import(url);
window.figure.default.render({{ model, el: document.querySelector("main") }});
</script></html>"""
VOCABULARY = Vocabulary("Mô hình sinh từng chữ một, rồi dừng.\nXem thử nhé!")


def trained_looking(model):
    """Trọng số ngẫu nhiên cỡ vừa, đã làm tròn về 16 bit: torch và trang dùng đúng cùng các số."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            fan_in = max(1, parameter[0].numel()) if parameter.ndim > 1 else 4
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise / fan_in**0.5)
    return model.half().double().eval()


@pytest.fixture(scope="module")
def pixelcnn():
    return trained_looking(PixelCNN((1, 8, 8), 17, channels=6, layers=3, kernel=5))


@pytest.fixture(scope="module")
def gpt():
    return trained_looking(GPT(10, len(VOCABULARY), width=16, layers=2, heads=4))


@pytest.fixture
def show(browser, tmp_path):
    def open_figure(figure, width=1280, theme="light"):
        state = {key: value for key, value in figure.get_state().items() if key[0] != "_"}
        page = PAGE.format(
            theme=theme,
            css=figure._css,
            state=json.dumps(state).replace("</", "<\\/"),
            source=figure._esm,
        )
        (tmp_path / "page.html").write_text(page, "utf-8")
        browser.open((tmp_path / "page.html").as_uri(), width, theme)
        WebDriverWait(browser.driver, 20).until(
            lambda driver: driver.find_elements(By.CSS_SELECTOR, ".lf .lf-row output:not(:empty)")
        )
        return browser

    yield open_figure
    assert browser.console_errors() == []


def click(browser, text):
    browser.run(
        """[...document.querySelectorAll('button')]
          .find(b => b.textContent === arguments[0]).click()""",
        text,
    )


def state(browser, key):
    return browser.run("return state[arguments[0]]", key)


def numbers(browser):
    """Các số trong bảng, theo thứ tự."""
    return browser.run("return [...document.querySelectorAll('.lf-row output')].map(o => o.value)")


# ---- Những con số của JavaScript, so với torch trên cùng trọng số 16 bit


@pytest.mark.equation("eq-chain-rule")
@pytest.mark.equation("eq-pixelcnn-mask")
def test_page_computes_the_pixelcnn_of_torch(show, pixelcnn):
    browser = show(PixelSampler(pixelcnn))
    x = torch.randint(17, (3, 64), generator=torch.Generator().manual_seed(1))
    places = [0, 1, 7, 8, 9, 20, 35, 63]
    found = browser.run(
        """const net = figure.buildPixelCNN(arguments[0]);
        return arguments[1].map(x => arguments[2].map(i => [...net.logits(x.slice(0, i), i)]));""",
        json.loads(json.dumps(export_pixelcnn(pixelcnn))),
        x.tolist(),
        places,
    )
    with torch.no_grad():
        expected = pixelcnn.logits(x.view(3, 1, 8, 8)).flatten(1, -2)[:, places]
    torch.testing.assert_close(
        torch.tensor(found, dtype=torch.float64), expected, rtol=1e-9, atol=1e-9
    )


@pytest.mark.equation("eq-chain-rule")
@pytest.mark.equation("eq-attention")
def test_page_computes_the_gpt_of_torch(show, gpt):
    """Trong cửa sổ, và cả sau khi cửa sổ trượt: như `generate` của Python tính từng bước."""
    browser = show(TextSampler(gpt, VOCABULARY))
    tokens = torch.randint(gpt.levels, (33,), generator=torch.Generator().manual_seed(1))
    found, nats = browser.run(
        """const follow = figure.buildGPT(arguments[0]).follower();
        const logits = [];
        for (let n = 0; n <= arguments[1].length; n++) {
          logits.push([...follow(arguments[1].slice(0, n)).logits]);
        }
        return [logits, follow(arguments[1]).nats];""",
        json.loads(json.dumps(export_gpt(gpt))),
        tokens.tolist(),
    )
    first, expected = 0, []
    with torch.no_grad():
        for n in range(len(tokens) + 1):
            if n - first >= gpt.context:
                first = n - gpt.context // 2
            expected.append(gpt.advance(gpt.with_start(tokens[None, first:n]))[0][0, -1])
    expected = torch.stack(expected)
    # GELU xấp xỉ bằng tanh ở cả hai bên; chỉ còn sai số làm tròn của float64.
    torch.testing.assert_close(
        torch.tensor(found, dtype=torch.float64), expected, rtol=1e-8, atol=1e-8
    )
    log_p = expected[:-1].log_softmax(1).gather(1, tokens[:, None])[:, 0]
    torch.testing.assert_close(
        torch.tensor(nats, dtype=torch.float64), -log_p, rtol=1e-8, atol=1e-8
    )


@pytest.mark.equation("eq-sampling-temperature")
@pytest.mark.equation("eq-top-p")
def test_page_adjusts_probabilities_like_python(show, gpt):
    browser = show(TextSampler(gpt, VOCABULARY))
    logits = 3 * torch.randn(
        20, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    for temperature, top_p in [(1, 1), (0, 1), (0.3, 0.9), (2, 0.5), (1, 0.05)]:
        found = browser.run(
            "return arguments[0].map(l => figure.probabilities(l, arguments[1], arguments[2]))",
            logits.tolist(),
            temperature,
            top_p,
        )
        expected = sampling_probabilities(logits, temperature, top_p)
        torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), expected)


def test_half_floats_are_decoded_exactly(show, gpt):
    browser = show(TextSampler(gpt, VOCABULARY))
    from course_utils.widgets.sampling import pack_half

    values = torch.tensor([0.0, 1.0, -2.5, 6e-8, 3e-6, 65504.0, 0.1, -1 / 3])
    found = browser.run("return [...figure.unpackHalf(arguments[0]).values]", pack_half(values))
    assert found == values.half().double().tolist()


def test_random_numbers_of_the_page_are_uniform(show, gpt):
    """Trung bình và phương sai của 20 000 số đầu, trong 6 sai số chuẩn; hai hạt giống khác nhau."""
    browser = show(TextSampler(gpt, VOCABULARY))
    u = torch.tensor(
        browser.run(
            """return [0, 1].map(seed =>
              Array.from({length: 20000}, (_, i) => figure.uniform(seed, i)));"""
        ),
        dtype=torch.float64,
    )
    n = u.shape[1]
    assert ((u.mean(1) - 0.5).abs() <= 6 * (1 / 12 / n) ** 0.5).all()
    assert ((u.var(1) - 1 / 12).abs() <= 6 * (1 / 180 / n) ** 0.5).all()
    assert abs(float(torch.corrcoef(u)[0, 1])) <= 6 / n**0.5
    assert abs(float(torch.corrcoef(torch.stack([u[0, 1:], u[0, :-1]]))[0, 1])) <= 6 / n**0.5


# ---- Những cử chỉ của người đọc


def test_drawing_pixel_by_pixel(show, pixelcnn):
    browser = show(PixelSampler(pixelcnn, drawn=[3] * 60))
    assert numbers(browser)[0] == "60 / 64"
    for count in (61, 62):
        click(browser, "Vẽ một điểm")
        assert len(state(browser, "drawn")) == count
    click(browser, "Chạy")
    WebDriverWait(browser.driver, 10).until(lambda _: len(state(browser, "drawn")) == 64)
    drawn = state(browser, "drawn")
    with torch.no_grad():
        log_p = pixelcnn.log_conditionals(torch.tensor(drawn).view(1, 1, 8, 8)).flatten()
    shown = numbers(browser)
    assert shown[0] == "64 / 64"
    assert float(shown[2].replace("−", "-")) == pytest.approx(float(log_p[-1]), abs=0.0051)
    assert float(shown[3].replace("−", "-")) == pytest.approx(float(log_p.sum()), abs=0.0051)
    click(browser, "Vẽ lại")
    assert state(browser, "drawn") == []
    for _ in range(3):
        click(browser, "Vẽ một điểm")
    first = state(browser, "drawn")
    click(browser, "Vẽ lại")
    for _ in range(3):
        click(browser, "Vẽ một điểm")
    assert state(browser, "drawn") == first  # cùng các số ngẫu nhiên


def test_pins_hold_and_rewind(show, pixelcnn):
    browser = show(PixelSampler(pixelcnn, drawn=[5] * 10))
    pixel = "document.querySelectorAll('.lf-cell')[arguments[0]]"
    press = f"{pixel}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))"
    browser.run(press, 12)
    assert state(browser, "pins") == [[12, 16]]
    assert len(state(browser, "drawn")) == 10
    assert "chỉ nhìn về trước" in browser.run(
        "return document.querySelector('.lf-hint').textContent"
    )
    for _ in range(3):
        click(browser, "Vẽ một điểm")
    assert state(browser, "drawn")[12] == 16
    browser.run(press, 12)  # đổi điểm ghim thành trắng: phần sau vẽ lại
    assert state(browser, "pins") == [[12, 0]]
    assert len(state(browser, "drawn")) == 12
    browser.run(press, 12)
    assert state(browser, "pins") == []
    browser.run("document.querySelectorAll('.lf-bar')[7].dispatchEvent(new MouseEvent('click'))")
    assert state(browser, "drawn")[12] == 7


def test_keys_reach_pixels_and_bars(show, pixelcnn):
    browser = show(PixelSampler(pixelcnn))
    browser.run("document.querySelector('.lf-cell[tabindex=\"0\"]').focus()")
    keys = [Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER]
    ActionChains(browser.driver).send_keys(*keys).perform()
    assert state(browser, "pins") == [[17, 16]]
    browser.run("document.querySelector('.lf-bar[tabindex=\"0\"]').focus()")
    keys = [Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.SPACE]
    ActionChains(browser.driver).send_keys(*keys).perform()
    assert state(browser, "drawn") == [2]


def test_writing_letter_by_letter(show, gpt):
    browser = show(TextSampler(gpt, VOCABULARY, prompt="Mô hình ", temperature=1.0, top_p=1.0))
    for count in (1, 2, 3):
        click(browser, "Viết một chữ")
        assert len(state(browser, "text")) == count
    first = state(browser, "text")
    click(browser, "Viết lại")
    click(browser, "Chạy")
    WebDriverWait(browser.driver, 10).until(lambda _: len(state(browser, "text")) >= 25)
    click(browser, "Dừng")
    text = state(browser, "text")
    assert text.startswith(first)
    tokens = VOCABULARY.encode("Mô hình " + text)
    first, costs = 0, []
    with torch.no_grad():
        for n in range(len(tokens)):
            if n - first >= gpt.context:
                first = n - gpt.context // 2
            logits = gpt.advance(gpt.with_start(tokens[None, first:n]))[0][0, -1]
            costs.append(-float(logits.log_softmax(0)[tokens[n]]))
    mean = sum(costs[8:]) / len(text)
    assert float(numbers(browser)[3]) == pytest.approx(mean, abs=0.0051)
    assert browser.run("return document.querySelector('.lf-page').textContent").startswith(
        "Mô hình"
    )


def test_temperature_zero_is_greedy_and_top_p_cuts(show, gpt):
    browser = show(TextSampler(gpt, VOCABULARY, prompt="Mô ", temperature=0.0, top_p=1.0))
    assert numbers(browser)[2] == f"1 / {len(VOCABULARY)}"
    for _ in range(6):
        click(browser, "Viết một chữ")
    expected = gpt.generate(VOCABULARY.encode("Mô "), 6, temperature=0.0)
    assert state(browser, "text") == VOCABULARY.decode(expected[3:])
    browser.run(
        """for (const [name, value] of [["Nhiệt độ", 1], ["Top-p", 0.5]]) {
          const input = document.querySelector(`[aria-label="${name}"]`);
          input.value = value;
          input.dispatchEvent(new Event("input"));
        }"""
    )
    with torch.no_grad():
        logits = gpt.advance(gpt.with_start(expected[None]))[0][0, -1]
    kept = int((sampling_probabilities(logits, 1.0, 0.5) > 0).sum())
    assert numbers(browser)[2] == f"{kept} / {len(VOCABULARY)}"


def test_the_reader_types_an_opening(show, gpt):
    browser = show(TextSampler(gpt, VOCABULARY, prompt="Mô "))
    field = browser.driver.find_element(By.CSS_SELECTOR, ".lf-opening input")
    field.clear()
    field.send_keys("Xem")
    assert state(browser, "prompt") == "Xem"
    field.send_keys("@")
    hint = browser.run("return document.querySelector('.lf-hint').textContent")
    assert "chưa gặp chữ «@»" in hint
    assert state(browser, "prompt") == "Xem"
    browser.run("document.querySelectorAll('.lf-bar')[0].dispatchEvent(new MouseEvent('click'))")
    assert len(state(browser, "text")) == 1


# ---- Cả hai hình


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("kind", ["pixels", "text"])
def test_fits_every_width_and_both_themes(show, pixelcnn, gpt, kind, width, theme):
    figure = (
        PixelSampler(pixelcnn, drawn=[4] * 30)
        if kind == "pixels"
        else TextSampler(gpt, VOCABULARY, text="Mô hình sinh " * 20)
    )
    browser = show(figure, width, theme)
    look = browser.run(
        """const figure = document.querySelector('.lf');
        const right = figure.getBoundingClientRect().right + 1;
        return {
          overflow: document.documentElement.scrollWidth - innerWidth,
          inside: [...figure.querySelectorAll('svg, button, input, .lf-row, .lf-page')]
            .filter(e => e.getBoundingClientRect().right > right).map(e => e.tagName),
          small: [...figure.querySelectorAll('button, .lf-row, .lf-page, label')]
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length,
          svg: [...figure.querySelectorAll('svg text')].map(e => e.getBoundingClientRect().height),
          path: figure.querySelector('svg path[d]') !== null,
          surface: getComputedStyle(figure).backgroundColor,
        }"""
    )
    assert look["overflow"] <= 0
    assert look["inside"] == []
    assert look["small"] == 0
    assert look["path"]
    assert min(h for h in look["svg"] if h) >= 9
    assert look["surface"] == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 31)"}[theme]


@pytest.mark.parametrize("kind", ["pixels", "text"])
def test_everything_has_a_vietnamese_name(show, pixelcnn, gpt, kind):
    figure = PixelSampler(pixelcnn) if kind == "pixels" else TextSampler(gpt, VOCABULARY)
    names = show(figure).run(
        """return [...document.querySelectorAll('.lf [tabindex], .lf button, .lf input, .lf')]
          .filter(e => e.getAttribute('display') !== 'none')
          .map(e => e.getAttribute('aria-label') ?? e.textContent)"""
    )
    assert len(names) > 15
    assert all(name.strip() for name in names)
