"""Sách đã dựng, một máy chủ tại chỗ và một Chromium thật bị cắt khỏi mọi máy khác."""

import itertools
import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from filelock import FileLock
from printing.browser import PAPER, PREPARE

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("_config.yml", "_toc.yml", "book", "hub", "notebooks/*.ipynb", "course_utils")
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

AXE = ROOT / ".venv" / "axe" / "axe.min.js"
RUN_AXE = """const [rules, done] = arguments;
axe.run(document, {...rules, resultTypes: ["violations"]}).then(
  ({violations}) => done(violations.flatMap(({id, nodes}) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`))),
  (error) => done([String(error)]));"""

# Chạy trước mọi mã của trang: MathJax được nạp như thường nhưng không vẽ công thức nào.
PLAIN = """let kept;
Object.defineProperty(window, "MathJax", {
  get: () => kept,
  set: (value) => {
    kept = value;
    if (!value.version) value.startup = {...value.startup, typeset: false};
  },
});"""

# Cuộn qua từng hình tương tác, như người đọc, cho tới khi hình ấy hiện: chưa tới gần thì chưa tải.
WAKE = """const done = arguments[0];
const frame = () => new Promise((next) => requestAnimationFrame(next));
(async () => {
  for (const figure of document.querySelectorAll(".live-figure:has(.live-figure-view)")) {
    figure.scrollIntoView({behavior: "instant"});
    for (let i = 0; i < 200 && !figure.matches(".live-figure-on"); i++) await frame();
  }
  scrollTo({top: 0, behavior: "instant"});
  done();
})();"""


def listed_files(entry):
    """Mọi trang trong mục lục, theo thứ tự."""
    if isinstance(entry, dict):
        yield from [entry["file"]] if "file" in entry else []
        entry = list(entry.values())
    if isinstance(entry, list):
        for child in entry:
            yield from listed_files(child)


TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
TOC_PAGES = [TOC["root"], *listed_files(TOC["parts"])]


@pytest.fixture(scope="session")
def toc_pages():
    return TOC_PAGES


def pytest_generate_tests(metafunc):
    """`view` chạy qua mọi trang của mục lục, hai bề rộng và hai chế độ màu."""
    if "view" in metafunc.fixturenames:
        views = list(itertools.product([*TOC_PAGES, "search"], [360, 1280], ["light", "dark"]))
        ids = ["{}-{}-{}".format(*view) for view in views]
        metafunc.parametrize("view", views, ids=ids, indirect=True, scope="module")
    if "any_page" in metafunc.fixturenames:  # mọi trang, và một trang mã nguồn làm mẫu
        pages = [*TOC_PAGES, "search", "_modules/course_utils/flow_matching"]
        metafunc.parametrize("any_page", pages)


def pytest_collection_modifyitems(items):
    """Chia việc cho các tiến trình theo trang, mỗi trang một việc; phép thử khác chia theo tệp."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            params = item.callspec.params if hasattr(item, "callspec") else {}
            page = params.get("any_page") or params.get("view", [item.path.stem])[0]
            item.add_marker(pytest.mark.xdist_group(page))


def newest_source():
    files = [
        path
        for pattern in SOURCES
        for found in ROOT.glob(pattern)
        for path in (found.rglob("*") if found.is_dir() else [found])
        if path.suffix not in {".mo", ".pyc"}
    ]
    return max(path.stat().st_mtime for path in files if path.is_file())


@pytest.fixture(scope="session")
def book_html():
    """Thư mục HTML của sách; dựng lại khi chưa có hoặc đã cũ hơn nguồn.

    Đặt BOOK_HTML để kiểm một bản đã dựng ở nơi khác.
    """
    if "BOOK_HTML" in os.environ:
        return Path(os.environ["BOOK_HTML"]).resolve()
    html = ROOT / "_build" / "html"
    index = html / "searchindex.js"
    html.parent.mkdir(exist_ok=True)
    with FileLock(html.parent / ".building"):  # nhiều tiến trình kiểm thử, một lần dựng
        if not index.exists() or index.stat().st_mtime < newest_source():
            # `python -m jupyter_book` không có: lệnh nằm cạnh chương trình Python của môi trường.
            jupyter_book = Path(sys.executable).with_name("jupyter-book")
            build = [jupyter_book, "build", ROOT, "--all", "--warningiserror", "--keep-going"]
            subprocess.run(build, check=True)
    return html


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def site(book_html):
    """Địa chỉ của sách trên máy chủ tại chỗ, không có dấu / ở cuối."""
    handler = partial(QuietHandler, directory=book_html)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# Gọi thẳng các hàm của mô-đun JavaScript mà hình đang chạy, để so con số với Python.
CALL = """
const [source, body, input, done] = arguments;
const url = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
import(url).then(module => done(new Function("m", "input", body)(module, input)),
                 error => done(String(error)));
"""


class Browser:
    """Chromium không màn hình: mở trang ở một bề rộng và một chế độ màu, rồi hỏi trang."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, url, width=1280, theme="light", math=False):
        """Mở trang. Hình không cần công thức, mà vẽ công thức là phần lâu nhất của việc mở một
        trang: chỉ `math=True` mới vẽ, và đợi vẽ xong; nếu không thì cuộn qua mọi hình tương tác."""
        self.driver.get("about:blank")  # trang trước thôi gọi mạng đã, rồi mới ghi
        self.log("performance"), self.log("browser")
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 700,
        )
        self.set_theme(theme)
        script = {} if math else self.command("Page.addScriptToEvaluateOnNewDocument", source=PLAIN)
        self.driver.get(url)
        self.wait_for_math()
        if script:
            self.command("Page.removeScriptToEvaluateOnNewDocument", **script)
            self.driver.execute_async_script(WAKE)

    def set_theme(self, theme):
        """Thiết bị đổi chế độ màu; trang ở chế độ tự động phải đổi theo."""
        preferences = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in preferences.items()]
        self.command("Emulation.setEmulatedMedia", features=features)

    def print_faults(self, pages):
        """Chỗ tràn lề hay liên kết hỏng khi in trang đang mở. Trang bị sửa đi, nên hỏi sau cùng."""
        light = [{"name": "prefers-color-scheme", "value": "light"}]
        self.command("Emulation.setEmulatedMedia", media="print", features=light)
        self.command("Emulation.setDeviceMetricsOverride", **PAPER)
        seen = self.run(PREPARE, pages, 0, "")
        self.command("Emulation.setEmulatedMedia", media="")
        return seen["overflowing"] + seen["missing"]

    def wait_for_math(self):
        self.driver.execute_async_script(
            """const done = arguments[0];
            if (!window.MathJax) return done();
            const wait = () => MathJax.startup?.promise
              ? MathJax.startup.promise.then(() => setTimeout(done, 50))
              : setTimeout(wait, 20);
            wait();"""
        )

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def log(self, kind):
        return self.driver.get_log(kind)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def call(self, source, body, value):
        """Nạp mô-đun `source` của một hình rồi chạy `body` với m (mô-đun) và input (`value`)."""
        return self.driver.execute_async_script(CALL, source, body, value)

    def assert_quiet(self):
        """Trang đang mở không báo lỗi nào và không đòi tệp nào ngoài sách."""
        assert self.console_errors() == []
        inside = ("file:", "data:", "blob:")
        assert [url for url in self.requests() if not url.startswith(inside)] == []

    def console_errors(self):
        """Lỗi trên bảng điều khiển từ lần mở trang gần nhất."""
        return [entry["message"] for entry in self.log("browser") if entry["level"] == "SEVERE"]

    def requests(self):
        """Mọi địa chỉ mà trang đã đòi tải từ lần mở gần nhất."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="session")
def browser(request):
    from selenium import webdriver

    conftest = request.config.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))
    chromium, chromedriver = conftest.find_browser()
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    driver.set_script_timeout(60)
    yield Browser(driver)
    driver.quit()


@pytest.fixture(scope="session")
def axe_source():
    if not AXE.exists() and not os.environ.get("CI"):
        pytest.skip("Chưa có axe-core; `make test-book` tải nó về .venv/axe.")
    return AXE.read_text("utf-8")


@pytest.fixture
def axe(browser, axe_source):
    """Những chỗ của trang đang mở phạm các luật đã cho của axe-core."""

    def violations(rules):
        if not browser.run("return 'axe' in window"):
            browser.run(axe_source)
        return browser.driver.execute_async_script(RUN_AXE, rules)

    return violations
