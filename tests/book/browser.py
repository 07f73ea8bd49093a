"""Chromium không màn hình, hỏi trang như người đọc thấy nó."""

import json

from printing.browser import PAPER, PREPARE

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

    def open(self, url, width=1280, theme="light", shared=False, math=False):
        """Mở trang. Hình không cần công thức, mà vẽ công thức là phần lâu nhất của việc mở một
        trang: chỉ `math=True` mới vẽ, và đợi vẽ xong; nếu không thì cuộn qua mọi hình tương tác.

        `shared`: phép thử chỉ xem hình nằm ra sao. Phép thử như thế vừa mở trang này ở bề rộng này
        thì không mở lại, chỉ đổi chế độ màu."""
        if shared and self.run("return window.shared") == [url, width]:
            self.set_theme(theme)
            return self.settle()
        self.driver.get("about:blank")  # trang trước thôi gọi mạng đã, rồi mới ghi
        self.log("performance"), self.log("browser")
        self.set_width(width)
        self.set_theme(theme)
        script = {} if math else self.command("Page.addScriptToEvaluateOnNewDocument", source=PLAIN)
        self.driver.get(url)
        self.wait_for_math()
        if script:
            self.command("Page.removeScriptToEvaluateOnNewDocument", **script)
            self.driver.execute_async_script(WAKE)
        if shared:
            self.run("window.shared = arguments[0]", [url, width])

    def set_width(self, width):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **size)

    def settle(self):
        """Đợi trang bày lại xong, sau khi đổi bề rộng, chế độ màu hay kiểu chữ."""
        self.driver.execute_async_script(
            "const [done] = arguments;"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));"
        )

    def set_theme(self, theme):
        """Thiết bị đổi chế độ màu; trang ở chế độ tự động phải đổi theo."""
        preferences = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in preferences.items()]
        self.command("Emulation.setEmulatedMedia", features=features)

    def print_faults(self, pages):
        """Chỗ tràn lề hay liên kết hỏng khi in trang đang mở. Trang bị sửa đi, nên hỏi sau cùng;
        hỏi xong thì bỏ nó, kẻo nó lại bày lại cho màn hình."""
        light = [{"name": "prefers-color-scheme", "value": "light"}]
        self.command("Emulation.setEmulatedMedia", media="print", features=light)
        self.command("Emulation.setDeviceMetricsOverride", **PAPER)
        seen = self.run(PREPARE, pages, 0, "")
        self.driver.get("about:blank")
        self.command("Emulation.setEmulatedMedia", media="")
        return seen["overflowing"] + seen["missing"]

    def wait_for_math(self):
        self.driver.execute_async_script(
            """const done = arguments[0];
            if (!window.MathJax) return done();
            const wait = () => MathJax.startup?.promise
              ? MathJax.startup.promise.then(() => document.fonts.ready)
                .then(() => setTimeout(done, 50))
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
