"""Liên kết trong sách đã dựng: trang được trỏ tới có thật, neo trong trang ấy cũng có thật."""

import re
from html import unescape
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]


class Page:
    """Những nơi một trang trỏ tới, và những neo mà trang khác trỏ vào được."""

    def __init__(self, path):
        text = re.sub(r"<script.*?</script>", "", path.read_text("utf-8"), flags=re.DOTALL)
        self.targets = [unescape(target) for target in re.findall(r'<a\b[^>]*? href="(.+?)"', text)]
        self.anchors = {"", "top", *map(unescape, re.findall(r'<[^>]*? id="(.+?)"', text))}


def test_internal_links_lead_somewhere(book_html):
    pages = {path: Page(path) for path in book_html.rglob("*.html")}
    assert sum(len(page.targets) for page in pages.values()) > 10_000
    broken = []
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = Path(normpath(path.parent / unquote(parts.path))) if parts.path else path
            anchor = unquote(parts.fragment)
            anchors = pages[file].anchors if file in pages else {anchor} if file.exists() else ()
            if anchor not in anchors:
                broken.append(f"{path.relative_to(book_html)} → {target}")
    assert broken == []


def test_links_to_the_repository_name_its_files(book_html):
    """Địa chỉ nguồn (`blob/…#L12`) và Colab đi từ _config.yml; tệp và dòng phải có trong kho."""
    url = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]["url"]
    address = re.compile(
        rf"(?:{url}|colab.*/github/{url.removeprefix('https://github.com/')})"
        r"/(?:blob|tree|edit)/main/([^#?]+)(?:#L(\d+))?"
    )
    found = set()
    for path in book_html.rglob("*.html"):
        found |= {match.groups() for match in map(address.match, Page(path).targets) if match}
    assert len(found) > 50
    for name, line in sorted(found, key=str):
        file = ROOT / unquote(name)
        assert file.exists(), name
        assert not line or int(line) <= len(file.read_text("utf-8").splitlines()), (name, line)


def test_links_of_the_repository_pages_lead_somewhere():
    """README và những trang mà GitHub hiển thị."""
    for path in [*ROOT.glob("*.md"), *ROOT.glob("hub/*.md")]:
        text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
            assert (path.parent / target).exists(), f"{path.name} → {target}"


def test_links_of_the_labs_lead_somewhere():
    """Trên GitHub và trong JupyterLab, liên kết của sổ đi đến tệp nguồn."""
    for lab in ROOT.glob("notebooks/*.ipynb"):
        text = lab.read_text("utf-8")
        for target in re.findall(r"\]\((\.\.?/[^)#\s\\]+)", text):
            assert (lab.parent / target).exists(), f"{lab.name} → {target}"
