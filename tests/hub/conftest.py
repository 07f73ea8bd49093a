"""Một JupyterHub thật: tài khoản thật, máy chủ thật, lớp do hub/add_class.py lập."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from journal import LINES, step
from machine import Machine, why_not
from visitor import Visitor


def pytest_terminal_summary(terminalreporter):
    if LINES:
        terminalreporter.section("Những gì vừa làm trên JupyterHub")
        for line in LINES:
            terminalreporter.write_line(line)


class School:
    """Hai lớp: `code` có giảng viên lan, sinh viên an và binh; `other` có sinh viên cuc."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.code, self.other = f"{machine.tag}A", f"{machine.tag}B"
        self.home = Path(machine.home(f"grader-{self.code}"))
        self.course = self.home / "mo-hinh-sinh/notebooks/assignments/classes" / self.code
        self.lan, self.an, self.binh, self.cuc = (
            Visitor(machine.url, machine.person(name), machine.passwords[machine.person(name)])
            for name in ("lan", "an", "binh", "cuc")
        )


@pytest.fixture(scope="session")
def school():
    if reason := why_not():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with Machine() as machine:
        with step("dựng môi trường Python của người dùng, ngoài kho mã của giảng viên"):
            machine.build_environment()
        with step("tạo tài khoản và lập hai lớp bằng hub/add_class.py"):
            machine.add_class("A", teachers=["lan"], students=["an", "binh"])
            machine.add_class("B", teachers=[], students=["cuc"])
            machine.add_stranger("dung")
        with step("bật JupyterHub, hai máy chủ chấm và dịch vụ tắt máy bỏ không"):
            machine.start_hub()
        yield School(machine)
