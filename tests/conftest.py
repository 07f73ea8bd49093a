"""Phần chung của mọi kiểm thử: bản chụp của cây thư mục, và trình duyệt cho dấu `browser`,
GPU cho dấu `gpu`."""

import os
import shutil
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

sys.path.append(str(ROOT / "scripts"))


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
    if item.get_closest_marker("gpu") and not torch.cuda.is_available():
        pytest.skip("Máy này không có GPU CUDA: kiểm thử trên GPU KHÔNG được chạy.")


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory):
    """Kho git mới, giữ đúng những gì git theo dõi ở đây, kể cả điều chưa commit."""
    from blank_runtime import snapshot

    return snapshot(tmp_path_factory.mktemp("snapshot"))


@pytest.fixture(scope="session")
def in_a_child():
    """Hàm chạy một việc trong tiến trình con và trả số của nó; con thoát 1 khi việc ấy vấp."""

    def start(action):
        child = os.fork()
        if child == 0:
            try:
                action()
            except BaseException:
                os._exit(1)
            os._exit(0)
        return child

    return start
