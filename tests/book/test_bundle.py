"""Gói zip đọc được từ đĩa; và khi in hay đóng gói thiếu điều kiện thì nói rõ thiếu gì."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bundle_site import bundle
from printing.outline import pages, slug
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(book_html, tmp_path_factory):
    """Gói zip, và thư mục đã giải nén từ nó."""
    folder = tmp_path_factory.mktemp("bundle")
    pdf = folder / "sach.pdf"
    pdf.write_bytes(b"%PDF-1.4\n")
    archive = folder / "sach.zip"
    bundle(book_html, archive, pdf)
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    return archive, folder / slug()


def test_the_bundle_holds_the_book_the_pdf_and_a_word_first(unpacked, book_html):
    archive, folder = unpacked
    assert {path.name for path in folder.iterdir()} >= {"index.html", "book", "notebooks"}
    assert (folder / f"{slug()}.pdf").read_bytes().startswith(b"%PDF")
    words = (folder / "DOC-TRUOC.txt").read_text("utf-8-sig")
    assert "index.html" in words
    assert f"{slug()}.pdf" in words
    for page in pages():
        assert (folder / f"{page.name}.html").read_bytes() == (
            book_html / f"{page.name}.html"
        ).read_bytes()
    assert archive.stat().st_size < 60e6


def test_the_same_book_gives_the_same_bundle(tmp_path):
    for number, stamp in enumerate([1_000_000_000, 1_700_000_000]):
        folder = tmp_path / str(number)
        names = ["b/hai.html", "một.html"] if number else ["một.html", "b/hai.html"]
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"<p>{name}</p>", "utf-8")
            os.utime(folder / name, (stamp, stamp))
        bundle(folder, tmp_path / f"{number}.zip")
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()


@pytest.mark.browser
def test_the_bundle_works_from_disk(unpacked, browser):
    root = unpacked[1].as_uri()
    browser.open(f"{root}/index.html", math=True)
    WebDriverWait(browser.driver, 10).until(lambda d: d.current_url.endswith("book/index.html"))
    browser.open(f"{root}/book/change_of_variables.html", math=True)
    assert browser.run("return document.querySelectorAll('article mjx-container').length") > 100
    browser.run("document.querySelector('.live-figure').scrollIntoView()")  # hình ở xa chưa dựng
    drawn = "return document.querySelector('.lf-map1d svg')?.outerHTML"
    before = WebDriverWait(browser.driver, 10).until(lambda driver: browser.run(drawn))
    browser.run("document.querySelector('.lf-map1d [aria-label=\"Nút 3\"]').focus()")
    ActionChains(browser.driver).send_keys(Keys.ARROW_UP, Keys.ARROW_UP).perform()
    assert browser.run(drawn) != before
    browser.assert_quiet()
    browser.open(f"{root}/search.html?q=luong%20chuan%20hoa")
    found = "return document.querySelectorAll('#search-found a').length"
    WebDriverWait(browser.driver, 10).until(lambda driver: browser.run(found))
    browser.assert_quiet()


def command(script, *arguments, **environment):
    """Gọi một chương trình của make, như người dùng gọi; trả (mã thoát, lời báo)."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("script", ["print_book.py", "bundle_site.py"])
def test_a_book_that_is_not_built_is_named(script, tmp_path):
    output = tmp_path / "x"
    code, said = command(script, "--html", tmp_path, "--output", output)
    assert code == 1
    assert not output.exists()
    assert said.startswith("Chưa có sách đã dựng xong")
    assert "make book" in said
    assert "Traceback" not in said


def test_a_missing_chromium_is_named(book_html, tmp_path):
    output = tmp_path / "x.pdf"
    code, said = command(
        "print_book.py",
        "--html",
        book_html,
        "--output",
        output,
        "book/appendix/notation",
        PATH=str(tmp_path),
    )
    assert code == 1
    assert not output.exists()
    assert "thiếu Chromium và chromedriver" in said
    assert "apt-get install" in said
    assert "Traceback" not in said


def test_an_unknown_page_is_named(tmp_path):
    code, said = command("print_book.py", "--output", tmp_path / "x.pdf", "book/khong-co")
    assert code == 1
    assert "book/khong-co" in said


def test_a_full_disk_is_named_and_leaves_no_half_file(book_html, tmp_path):
    output = tmp_path / "x.zip"
    (tmp_path / "x.zip.half").symlink_to("/dev/full")  # thiết bị luôn trả lời «hết chỗ»
    code, said = command("bundle_site.py", "--html", book_html, "--output", output)
    assert code == 1
    assert list(tmp_path.iterdir()) == []
    assert said.startswith("Đĩa đã đầy")
    assert "Traceback" not in said
