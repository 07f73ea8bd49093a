"""Phần chung của mọi kiểm thử: trình duyệt cho những kiểm thử đánh dấu `browser`."""

import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser():
    """(trình duyệt, chromedriver) có trên máy; thiếu một trong hai thì None."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") and find_browser() is None:
        reason = "Không có Chromium và chromedriver: kiểm thử trình duyệt KHÔNG được chạy."
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
