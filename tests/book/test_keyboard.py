"""Bàn phím làm được mọi điều con trỏ làm được, ở mọi hình tương tác của các chương."""

import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.book.english import english

pytestmark = pytest.mark.browser

PROBE = (Path(__file__).parent / "keyboard.js").read_text("utf-8")
RING = 3  # tương phản của nét báo tiêu điểm với nền: WCAG 1.4.11


class Figure:
    """Một hình tương tác, hỏi bằng bàn phím thật."""

    def __init__(self, browser, element):
        self.browser, self.element = browser, element
        self.controls = self.ask("controls")
        self.kinds = [self.ask("kind", node, figure=False) for node in self.controls]

    def ask(self, name, *arguments, figure=True):
        script = f"return keyboard.{name}(...arguments)"
        return self.browser.run(script, *([self.element] if figure else []), *arguments)

    def press(self, key, code=0, text=""):
        event = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
        down = "keyDown" if text else "rawKeyDown"
        self.browser.command("Input.dispatchKeyEvent", type=down, text=text, **event)
        self.browser.command("Input.dispatchKeyEvent", type="keyUp", **event)

    def focus(self, node):
        """Đưa tiêu điểm vào một chỗ; False nếu chỗ ấy đã bị hình vẽ lại mà bỏ đi."""
        script = "arguments[0].focus(); return document.activeElement === arguments[0]"
        return self.browser.run(script, node)

    def faults_of_slider(self, node, kind):
        """End, Home rồi một bước: giá trị đọc ra phải đổi, và hình phải vẽ lại theo."""
        said, drawn = {}, {}
        for key, code in [("End", 35), ("Home", 36), ("ArrowRight", 39)]:
            self.press(key, code)
            said[key] = self.ask("value", node, figure=False)
            drawn[key] = self.ask("drawn", node)
        if said["End"] == said["Home"] or drawn["End"] == drawn["Home"]:
            yield f"Home và End không đi tới hai đầu ({said})"
        if said["ArrowRight"] == said["Home"] or drawn["ArrowRight"] == drawn["Home"]:
            yield f"phím mũi tên không đổi gì ({said})"
        if kind == "handle" and "hai chiều" in (node.get_attribute("aria-roledescription") or ""):
            self.press("ArrowUp", 38)
            if self.ask("value", node, figure=False) == said["ArrowRight"]:
                yield "phím mũi tên lên không đổi gì"

    def faults_of_button(self, node, kind):
        """Enter và phím cách là bấm: một cú bấm thật, hay một phím mà hình nhận lấy."""
        for name, key, code, text in [("Enter", "Enter", 13, "\r"), ("phím cách", " ", 32, " ")]:
            if (kind, key) == ("checkbox", "Enter") or not self.focus(node):
                continue
            self.browser.run("keyboard.seen.clicks = 0; keyboard.seen.handled = false")
            self.press(key, code, text)
            seen = self.browser.run("return keyboard.seen")
            if not seen["clicks"] and not seen["handled"]:
                yield f"{name} không phải là bấm"

    def faults(self):
        yield from (f"chỉ con trỏ tới được: {node}" for node in self.ask("pointerOnly"))
        self.ask("watch")
        yield from self.faults_of_names()
        yield from self.faults_of_rings()
        yield from self.faults_of_tab()
        for sliders in (True, False):  # thanh trượt trước: một cú bấm có thể vẽ lại cả hình
            for node, kind in zip(self.controls, self.kinds, strict=True):
                if sliders == (kind in {"range", "handle"}):
                    with suppress(StaleElementReferenceException):  # nút đã được hình vẽ lại
                        name = node.accessible_name
                        yield from (f"«{name}»: {f}" for f in self.faults_of_keys(node, kind))

    def faults_of_keys(self, node, kind):
        if kind in {"range", "handle"} and self.focus(node):
            yield from self.faults_of_slider(node, kind)
        elif kind in {"button", "checkbox"}:
            yield from self.faults_of_button(node, kind)

    def faults_of_names(self):
        for node in self.controls:
            name = node.accessible_name
            if not name.strip():
                yield "không có tên: " + node.get_attribute("outerHTML")[:120]
            if english([name]) or not unicodedata.is_normalized("NFC", name):
                yield f"tên không phải tiếng Việt: {name}"

    def faults_of_rings(self):
        for theme in ("dark", "light"):
            self.browser.set_theme(theme)
            self.browser.settle()
            rings = self.ask("rings", self.controls)
            for node, ring in zip(self.controls, rings, strict=True):
                if ring < RING:
                    yield f"{theme}: tiêu điểm mờ ({ring:.1f}) ở " + node.accessible_name

    def faults_of_tab(self):
        """Tab đi qua hình rồi ra khỏi hình."""
        script = "const [f] = arguments; f.tabIndex = -1; f.focus(); f.removeAttribute('tabindex')"
        self.browser.run(script, self.element)
        inside = "return arguments[0].contains(document.activeElement)"
        for reached in range(len(self.controls) + 2):  # noqa: B007 (đọc sau vòng lặp)
            ActionChains(self.browser.driver).send_keys(Keys.TAB).perform()
            if not self.browser.run(inside, self.element):
                break
        else:
            yield "Tab không ra khỏi hình"
        if self.controls and not reached:
            yield "Tab không tới nút nào"


def test_keys_do_what_the_pointer_does(browser, site, chapter):
    script = browser.command("Page.addScriptToEvaluateOnNewDocument", source=PROBE)
    browser.open(f"{site}/{chapter}.html")
    browser.command("Page.removeScriptToEvaluateOnNewDocument", **script)
    figures = browser.driver.find_elements("css selector", ".lf")
    assert figures
    assert [
        f"hình {number}: {fault}"
        for number, figure in enumerate(figures, 1)
        for fault in Figure(browser, figure).faults()
    ] == []
    assert browser.console_errors() == []
