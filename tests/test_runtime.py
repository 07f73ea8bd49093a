"""Tên của máy đang chạy, đi cùng mọi con số đo bằng giây."""

import platform
import subprocess
from pathlib import Path

import pytest
import torch

from course_utils import runtime


@pytest.mark.skipif(platform.system() != "Linux", reason="`lscpu` chỉ có ở Linux")
def test_the_processor_is_the_one_the_system_names():
    told = subprocess.run(["lscpu"], capture_output=True, text=True, env={"LC_ALL": "C"}).stdout
    assert runtime.processor() in told


@pytest.mark.parametrize("content", [None, "processor : 0\nFeatures : fp asimd\n"])
def test_without_a_model_name_the_platform_tells(content, tmp_path, monkeypatch):
    file = tmp_path / "cpuinfo"
    if content is not None:  # ARM: có tệp mà không có dòng ấy
        file.write_text(content)
    monkeypatch.setattr(runtime, "Path", lambda _: Path(file))
    assert runtime.processor() == (platform.processor() or platform.machine()) != ""


@pytest.mark.parametrize(("threads", "words"), [(1, "một luồng"), (2, "2 luồng")])
def test_a_measurement_names_the_processor_and_the_threads(threads, words):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        told = runtime.machine(torch.device("cpu"))
    finally:
        torch.set_num_threads(before)
    assert told == f"CPU {runtime.processor()}, {words}"
