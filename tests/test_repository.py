"""Ngôi nhà chung: một địa chỉ kho mã, đủ các phòng của mỗi chương, mọi gói đều được ghim."""

import re
import subprocess
import sys
from pathlib import Path

import check_text
import pytest
import set_repo
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = "https://github.com/nguoi-khac/kho.sach"
# Những tệp chỉ được nhắc đến kho mã của chính giáo trình.
OWN_ADDRESS_ONLY = ("_config.yml", "README.md", "CONTRIBUTING.md", "CITATION.cff", "pyproject.toml")


def chapters():
    """Tên các chương, theo `_toc.yml`."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [Path(file).name for file in files if not file.startswith("book/appendix/")]


def contents(folder):
    """Nội dung mọi tệp trong thư mục, trừ `.git`."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def move_repo(url, folder):
    command = [sys.executable, ROOT / "scripts" / "set_repo.py", url, folder]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def copy(snapshot, tmp_path):
    subprocess.run(["git", "clone", "--quiet", snapshot, tmp_path / "copy"], check=True)
    return tmp_path / "copy"


def test_set_repo_moves_every_mention_and_back(copy):
    before = contents(copy)
    owner, repo = set_repo.configured(copy)
    assert move_repo(ELSEWHERE, copy).returncode == 0
    assert set_repo.configured(copy) == ("nguoi-khac", "kho.sach")
    strays = [path for path, text in contents(copy).items() if f"{owner}/{repo}".encode() in text]
    assert strays == []

    assert move_repo(f"https://github.com/{owner}/{repo}", copy).returncode == 0
    assert contents(copy) == before


def test_set_repo_leaves_longer_names_alone(copy):
    owner, repo = set_repo.configured(copy)
    other = f"https://github.com/{owner}/{repo}-khac và https://github.com/{owner}/{repo}.\n"
    (copy / "CONTRIBUTING.md").write_text(other, encoding="utf-8")
    move_repo(ELSEWHERE, copy)
    moved = (copy / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert moved == f"https://github.com/{owner}/{repo}-khac và {ELSEWHERE}.\n"


@pytest.mark.parametrize("url", ["", "abc", "http://github.com/a/b", "https://github.com/a"])
def test_set_repo_refuses_a_bad_address(copy, url):
    before = contents(copy)
    answer = move_repo(url, copy)
    assert answer.returncode != 0
    assert f"Địa chỉ kho mã không hợp lệ: «{url}»" in answer.stderr
    assert contents(copy) == before


def test_no_stray_repository_address():
    own = set_repo.configured()
    for name in OWN_ADDRESS_ONLY:
        text = (ROOT / name).read_text(encoding="utf-8")
        for owner, repo in re.findall(r"github\.com/([\w-]+)/([\w-]+)", text):
            assert (owner, repo) == own, f"{name} nhắc đến {owner}/{repo}"
    for path in set_repo.places():
        text = path.read_text(encoding="utf-8")
        for owner, repo in re.findall(r"/github/([\w-]+)/([\w.-]+?)/blob/", text):
            assert (owner, repo) == own, f"{path} mở {owner}/{repo} trong Colab"


@pytest.mark.parametrize("slug", chapters())
@pytest.mark.parametrize(
    "room",
    [
        "book/{}.md",
        "notebooks/{}.ipynb",
        "notebooks/assignments/source/{0}/{0}.ipynb",
        "notebooks/assignments/mutants/{}",
        "notebooks/assignments/alternatives/{}",
        "course_utils/checks/{}.py",
    ],
)
def test_each_chapter_has_its_rooms(slug, room):
    assert (ROOT / room.format(slug)).exists(), f"chương {slug} thiếu {room.format(slug)}"


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_every_package_is_pinned():
    pins = {
        r.name.lower().replace("_", "-"): str(r.specifier) for r in requirements("requirements.txt")
    }
    assert all(re.fullmatch(r"==[\w.]+", pin) for pin in pins.values())
    for direct in requirements("requirements.in"):
        assert pins[direct.name] == str(direct.specifier)


def test_text_is_composed_unicode_and_files_stay_small(snapshot):
    for path, content in contents(snapshot).items():
        assert list(check_text.faults(content)) == [], path
