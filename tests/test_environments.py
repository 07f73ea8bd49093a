"""Binder, devcontainer và các quy trình của GitHub: đọc được, và khớp với phần còn lại của kho."""

import json
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def requirements(path):
    lines = (ROOT / path).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def package():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_binder_installs_the_pinned_versions_and_all_that_the_package_needs():
    pins = {r.name.lower(): str(r.specifier) for r in requirements("requirements.txt")}
    binder = {r.name.lower(): str(r.specifier) for r in requirements("binder/requirements.txt")}
    assert binder.items() <= pins.items()
    needed = {Requirement(line).name for line in package()["dependencies"]}
    assert needed | {"setuptools"} == set(binder)  # setuptools dựng chính gói, không tải gì thêm


def test_binder_has_a_supported_python_and_a_runnable_step():
    name, version = (ROOT / "binder/runtime.txt").read_text("utf-8").strip().split("-")
    assert name == "python"
    assert version in ("3.11", "3.12", "3.13")
    assert os.access(ROOT / "binder/postBuild", os.X_OK)


def test_the_devcontainer_is_plain_json_and_calls_real_targets():
    settings = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert re.search(r"python:3\.1[123]\b", settings["image"])
    make, *targets = settings["postCreateCommand"].split()
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert make == "make"
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)
    assert "ms-toolsai.jupyter" in settings["customizations"]["vscode"]["extensions"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_what_the_repository_has(path):
    """Mục tiêu của make và chương trình được gọi đều có; quyền nào cũng được nói ra."""
    workflow = yaml.safe_load(path.read_text("utf-8"))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "permissions" in workflow
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        for command in (step["run"] for step in job["steps"] if "run" in step):
            for target in re.findall(r"\bmake ([\w-]+)", command):
                assert re.search(rf"^{target}:", makefile, re.M), target
            for program in re.findall(r"(?:^|\s)((?:scripts|\.ci)/[\w./-]+)", command):
                assert (ROOT / program).exists(), program


def test_only_the_report_of_the_weekly_run_may_write():
    weekly = yaml.safe_load((ROOT / ".github/workflows/weekly.yml").read_text("utf-8"))
    assert weekly["permissions"] == {}
    assert weekly["jobs"]["newest"]["permissions"] == {"contents": "read"}
    assert weekly["jobs"]["report"]["permissions"] == {"contents": "read", "issues": "write"}
