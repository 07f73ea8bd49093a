"""Sách đã dựng, một máy chủ tại chỗ và một Chromium thật bị cắt khỏi mọi máy khác."""

import itertools
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

from tests.book.browser import Browser

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


def has_live_figure(page):
    source = ROOT / f"{page}.md"
    return source.exists() and "{live-figure}" in source.read_text("utf-8")


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
    if "chapter" in metafunc.fixturenames:  # mọi chương có hình tương tác
        metafunc.parametrize("chapter", [page for page in TOC_PAGES if has_live_figure(page)])


@pytest.hookimpl(tryfirst=True)  # pytest-xdist đọc dấu trong cùng một hook: phải có dấu trước
def pytest_collection_modifyitems(items):
    """Chia việc cho các tiến trình theo trang, mỗi trang một việc; phép thử khác chia theo tệp."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            params = item.callspec.params if hasattr(item, "callspec") else {}
            page = params.get("any_page") or params.get("chapter")
            page = page or params.get("view", [None])[0] or params.get("part", item.path.stem)
            item.add_marker(pytest.mark.xdist_group(str(page)))


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
    network = {"enableNetwork": True, "enablePage": False}  # chỉ ghi những lần gọi mạng
    options.add_experimental_option("perfLoggingPrefs", network)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    driver.set_script_timeout(60)
    yield Browser(driver)
    driver.quit()


@pytest.fixture
def blank(browser):
    """Trình duyệt ở một trang trống: đủ để gọi các hàm trong mô-đun JavaScript của một hình."""
    browser.driver.get("about:blank")
    browser.log("browser")
    yield browser
    assert browser.console_errors() == []


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
