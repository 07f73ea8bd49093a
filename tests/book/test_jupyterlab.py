"""Hai hình tương tác trong JupyterLab thật: chạy sổ, kéo, rồi hỏi lại Python."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIGURES = """from course_utils.flows import RealNVP
from course_utils.widgets import FlowGrid, Map1D

line = Map1D(preset="affine")
grid = FlowGrid(RealNVP(2, layers=2, hidden=(8,)))
display(line, grid)"""
QUESTION = 'print("giá trị", line.knots[4][1], line.preset, grid.point[0], grid.step)'


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Địa chỉ của một JupyterLab trên máy này, với cấu hình trống và một sổ."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (FIGURES, QUESTION)]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "thu.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    homes = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    private = {name: str(tmp_path_factory.mktemp(name)) for name in homes}
    options = [
        "--no-browser",
        "--allow-root",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    log = folder / "server.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=os.environ | private,
            stdout=stream,
            stderr=stream,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(server, f"{address}/api/status?token={token}", log)
        yield f"{address}/doc/tree/thu.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(20)


CENTRE = """const node = document.querySelector(arguments[0]);
node.scrollIntoView({block: "center", behavior: "instant"});
const box = node.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];"""


def wait_for_server(server, url, log):
    for _ in range(240):
        assert server.poll() is None, log.read_text()
        try:
            return json.load(urllib.request.urlopen(url, timeout=5))
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"JupyterLab không trả lời sau 60 giây:\n{log.read_text()}")


def test_figures_live_in_jupyterlab(browser, lab):
    driver = browser.driver
    driver.set_window_size(1400, 1400)
    browser.command("Emulation.clearDeviceMetricsOverride")
    driver.get(lab)

    def wait(condition, seconds=60):
        return WebDriverWait(driver, seconds).until(condition)

    def find(selector):
        return driver.find_element(By.CSS_SELECTOR, selector)

    def command(name):
        browser.run("jupyterapp.commands.execute(arguments[0])", name)

    def answer():
        """Chạy lại ô hỏi; Python trả lời: x của nút 5, tên ánh xạ, z₁ của điểm, bước."""
        count = "return document.querySelectorAll('.jp-InputPrompt')[1].textContent"
        before = browser.run(count)
        # Bấm vào hình làm ô chứa nó thành ô đang chọn: chọn lại ô hỏi.
        browser.run("jupyterapp.shell.currentWidget.content.activeCellIndex = 1")
        command("notebook:run-cell")
        wait(lambda _: re.search(r"\d", browser.run(count)) and browser.run(count) != before)
        texts = [e.text for e in driver.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output pre")]
        words = next(text for text in texts if text.startswith("giá trị")).split()
        return float(words[2]), words[3], float(words[4]), int(words[5])

    def drag(selector, dx, dy):
        x, y = browser.run(CENTRE, selector)
        chain = ActionChains(driver, duration=30)
        pointer = chain.w3c_actions.pointer_action
        pointer.move_to_location(x, y).pointer_down()
        pointer.move_to_location(x + dx, y + dy).pointer_up()
        chain.perform()

    wait(lambda _: browser.run("return Boolean(window.jupyterapp)"))
    # Lệnh chạy đến trước khi nhân nối xong thì bị bỏ qua.
    wait(lambda _: browser.run("return document.body.innerText.includes('| Idle')"))
    command("notebook:run-all-cells")
    wait(
        lambda _: browser.run(
            "return document.querySelectorAll('.lf path.lf-mesh[d]').length === 2"
        )
    )
    wait(lambda _: browser.run("return document.querySelector('.lf path.lf-curve[d]') !== null"))
    assert answer() == (2.6, "affine", 0.8, -1)

    curve = find(".lf-curve").get_attribute("d")
    drag('.lf [aria-label="Nút 5"]', 0, -25)
    assert find(".lf-curve").get_attribute("d") != curve
    drag(".lf-panel-z .lf-handle", -40, 0)
    # Phím mũi tên đến được hình, không làm JupyterLab chuyển ô.
    slider = find('.lf-flow input[type="range"]')
    browser.run("arguments[0].focus()", slider)
    slider.send_keys(Keys.ARROW_LEFT)
    time.sleep(0.5)  # hình lưu giá trị không quá một lần mỗi 0.15 giây

    x, preset, z, step = answer()
    shown = find('.lf [aria-label="Nút 5"]').get_attribute("aria-valuetext")
    assert x > 2.7
    assert x == pytest.approx(float(re.findall(r"\d+\.\d+", shown)[1]), abs=0.006)
    assert preset == "custom"
    assert z < 0.7
    assert step == 2
    assert [m for m in browser.console_errors() if "live" in m or "lf-" in m] == []
