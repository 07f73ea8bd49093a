"""Chromium không màn hình in từng trang của sách; không gọi máy nào ngoài máy chủ tại chỗ."""

import base64
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from urllib3.exceptions import HTTPError

from .outline import CannotPrint

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
PREPARE = Path(__file__).with_name("prepare.js").read_text("utf-8")
# Khổ A4 trừ hai lề 18 mm của print.css, tính bằng điểm ảnh CSS.
PAPER = {"width": 657, "height": 971, "deviceScaleFactor": 1, "mobile": False}
PATIENCE = 600  # giây cho một trang, trên một máy đang bận

WAIT_FOR_MATH = """const done = arguments[0];
document.querySelectorAll("img").forEach((image) => (image.loading = "eager"));
const ready = async () => {
  if (window.MathJax) {
    while (!MathJax.startup?.promise) await new Promise((go) => setTimeout(go, 20));
    await MathJax.startup.promise;
  }
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  setTimeout(done, 50);
};
ready();"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Chromium bỏ dở một tệp không cần nữa: không phải lỗi."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Printer:
    """Mở sách trong Chromium và in: dùng với `with`."""

    def __init__(self, html):
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        driver = shutil.which("chromedriver")
        missing = [
            name for name, path in (("Chromium", browser), ("chromedriver", driver)) if not path
        ]
        if missing:
            raise CannotPrint(
                f"Không in được: máy này thiếu {' và '.join(missing)}. "
                "Trên Debian hay Ubuntu, hãy chạy «scripts/install_browser.sh --print» "
                "(hoặc: sudo apt-get install chromium chromium-driver)."
            )
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for flag in FLAGS:
            options.add_argument(flag)
        try:
            self.driver = webdriver.Chrome(options, webdriver.ChromeService(driver))
        except WebDriverException as error:
            raise CannotPrint(
                f"Chromium có trên máy mà không khởi động được: {error.msg}. "
                "Hãy thử cài lại chromium và chromium-driver cùng một phiên bản."
            ) from error
        self.driver.command_executor.client_config.timeout = PATIENCE
        self.driver.set_script_timeout(PATIENCE)
        self.driver.set_page_load_timeout(PATIENCE)
        handler = partial(QuietHandler, directory=str(html))
        self.server = QuietServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.driver.quit()
        self.server.shutdown()
        self.server.server_close()

    def open(self, page):
        """Mở một trang như trên giấy: chế độ in, nền sáng, rộng bằng phần chữ của khổ A4."""
        self.command("Emulation.setDeviceMetricsOverride", **PAPER)
        light = [{"name": "prefers-color-scheme", "value": "light"}]
        self.command("Emulation.setEmulatedMedia", media="print", features=light)
        self.driver.get(f"{self.base}{page}.html")
        self.driver.execute_async_script(WAIT_FOR_MATH)

    def page(self, page, pages, before, name):
        """(PDF của một trang, điều đã thấy ở trang ấy); số trang đếm tiếp sau `before`."""
        try:
            self.open(page)
            seen = self.driver.execute_script(PREPARE, pages, before, name)
            return self.pdf(), seen
        except TimeoutException as error:
            raise CannotPrint(
                f"Trang {page} in quá {PATIENCE // 60} phút chưa xong. Hãy thử lại khi máy rảnh."
            ) from error
        except (WebDriverException, HTTPError) as error:
            raise CannotPrint(
                f"Chromium dừng giữa chừng ở trang {page}: {str(error).splitlines()[0]} "
                "Thường là vì hết bộ nhớ (cần khoảng 2 GB) hoặc hết chỗ trên đĩa."
            ) from error

    def document(self, html):
        """PDF của một tài liệu HTML tự đủ, như trang bìa và mục lục."""
        self.driver.get("about:blank")
        frame = self.command("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.command("Page.setDocumentContent", frameId=frame, html=html)
        return self.pdf()

    def pdf(self):
        answer = self.command(
            "Page.printToPDF", preferCSSPageSize=True, printBackground=True, generateTaggedPDF=True
        )
        return base64.b64decode(answer["data"])

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)
