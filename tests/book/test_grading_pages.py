"""Trang phản hồi và sách lời giải trong Chromium thật: gọn ở mọi bề rộng, không gọi máy nào."""

import re

import nbformat
import pytest
from grading import variants
from grading.course import HOME
from grading.pages import FeedbackCells, PageExporter, describe, solution_page
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.v4 import new_code_cell, new_output
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

pytestmark = pytest.mark.browser
SLUG = "change_of_variables"
HOSTILE = "<img src=x onerror='document.title=1'><script>document.title = 2</script>"
SIZES = "return [document.documentElement.scrollWidth, innerWidth]"
FORMULAS = """return [...document.querySelectorAll("math")].map(
  m => m.getBoundingClientRect().width)"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Sách lời giải của một chương, và trang phản hồi của một bài được chấm một nửa."""
    folder = tmp_path_factory.mktemp("pages")
    notebook = variants.render_notebook(HOME, SLUG)
    nbformat.write(notebook, folder / f"{SLUG}.ipynb")
    (folder / "solutions.html").write_text(solution_page(folder / f"{SLUG}.ipynb", "K66"), "utf-8")
    for number, cell in enumerate(c for c in notebook.cells if is_grade(c)):
        info = cell.metadata.nbgrader
        info.score, info.waiting = number % 2 * info.points, is_solution(cell)
        if number % 2 == 0 and cell.cell_type == "code":
            cell.outputs = [new_output("error", ename="AssertionError", evalue=HOSTILE)]
    data = {"text/html": HOSTILE, "application/javascript": "document.title = 3"}
    extra = new_code_cell("x = 1  # " + "rất dài " * 40)
    extra.outputs = [new_output("display_data", data), new_output("stream", text="a\n" * 90)]
    notebook.cells.insert(5, extra)
    notebook.cells[-1].source += f"\n\n{HOSTILE} ![](https://example.org/a.png)"
    resources = {"nbgrader": {"notebook": SLUG, "late_penalty": 0}}
    describe(notebook, resources)
    resources["page"] |= {"student": "20201", "name": "Nguyễn Văn Án"}
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.preprocessors = [FeedbackCells, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
    page, _ = PageExporter(config=config).from_notebook_node(notebook, resources)
    (folder / "feedback.html").write_text(page, "utf-8")
    return folder


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["solutions", "feedback"])
def test_the_page_fits_and_draws_its_formulas(pages, browser, name, width):
    browser.open((pages / f"{name}.html").as_uri(), width=width)
    assert browser.run(SIZES) == [width, width]
    widths = browser.run(FORMULAS)
    assert len(widths) > 40
    assert min(widths) > 3
    assert "Bài tập: Phép đổi biến" in browser.run("return document.title")
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("name", ["solutions", "feedback"])
def test_the_page_reads_in_light_and_dark(pages, browser, axe, name):
    """Trang theo chế độ màu của thiết bị, và axe không thấy chỗ nào mờ hay thiếu tên."""
    shades = {}
    # Trang không có mã lệnh để biết khung nào cuộn được; Chromium và Firefox tự cho Tab dừng ở đó.
    rules = {"rules": {"scrollable-region-focusable": {"enabled": False}}}
    rules["runOnly"] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    for theme in ("light", "dark"):
        browser.open((pages / f"{name}.html").as_uri(), theme=theme)
        back = browser.run("return getComputedStyle(document.body).backgroundColor")
        shades[theme] = [int(value) for value in re.findall(r"\d+", back)[:3]]
        assert axe(rules) == []
    assert min(shades["light"]) > 192
    assert max(shades["dark"]) < 64


def test_the_solution_page_is_quiet(pages, browser):
    browser.open((pages / "solutions.html").as_uri())
    browser.assert_quiet()
    assert "Thang điểm" in browser.run("return document.body.innerText")


def test_the_feedback_page_shows_what_a_student_wrote_as_text(pages, browser):
    browser.open((pages / "feedback.html").as_uri())
    text = browser.run("return document.body.innerText")
    assert "onerror" in text
    assert browser.run("return document.querySelectorAll('script, [onerror]').length") == 0
    assert "expected" not in text  # tên biến chỉ có trong phép thử ẩn
