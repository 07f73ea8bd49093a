"""Trang phản hồi cho sinh viên và sách lời giải: một tệp HTML, không mã lệnh, không gọi mạng.

Công thức thành MathML, trình duyệt tự vẽ. HTML mà sinh viên viết thẳng trong sổ hiện ra như chữ.
Phép thử ẩn không lên trang phản hồi: sinh viên chỉ thấy điểm và lời báo của nó.
"""

import copy
import html
import re
from pathlib import Path

import nbformat
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from .formulas import mathml
from .guarded_execute import TEST_PREFIX
from .incidents import MESSAGES
from .marks import is_bonus

TEMPLATES = Path(__file__).resolve().parents[2] / "notebooks" / "assignments" / "templates"
HIDDEN = re.compile(r"BEGIN HIDDEN TESTS(.*?)END HIDDEN TESTS", re.DOTALL)
DELIMITER = re.compile(r"^\s*#* ?(BEGIN|END) SOLUTION\s*$\n?", re.MULTILINE)
MARKER_LINE = re.compile(r"^(<!-- Bài làm: .*?-->|# Bài làm: .*)\n?")
WITHHELD = "[kết quả này bị ẩn vì có chứa phép thử ẩn]"
LONG_FORMULA = 30  # ký tự LaTeX
LONGEST = 400  # ký tự của một lời báo lỗi
MOST_TEXT = 100_000  # ký tự của cả bài làm trên trang


class Renderer(IPythonRenderer):
    """Markdown thành HTML, với công thức là MathML."""

    def block_math(self, body: str) -> str:
        return f'<div class="formula">{mathml(body, "block")}</div>'

    def inline_math(self, body: str) -> str:
        written = mathml(body, "inline")
        # Trình duyệt không xuống dòng giữa công thức: công thức dài cuộn được trên điện thoại.
        return f'<span class="long">{written}</span>' if len(body) > LONG_FORMULA else written

    def latex_environment(self, name: str, body: str) -> str:
        name = name.replace("align", "aligned").rstrip("*")
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if not url.startswith(("data:image/", "attachment:")):
            return html.escape(f"[ảnh {text}: {url}]")  # trang không gọi máy nào
        return super().image(text, url, title)

    def _embed_image_or_attachment(self, src: str) -> str:
        try:
            return super()._embed_image_or_attachment(src)
        except Exception:  # ảnh đính kèm đã mất
            return ""


class PageExporter(HTMLExporter):
    """HTMLExporter của nbconvert với khuôn tiếng Việt và không có mã lệnh."""

    def __init__(self, config: Config | None = None, **options):
        config = copy.deepcopy(config) if config else Config()
        config.PageExporter.extra_template_basedirs = [str(TEMPLATES)]
        config.PageExporter.sanitize_html = True  # HTML trong kết quả của ô
        super().__init__(config=config, **options)

    @pass_context
    def markdown2html(self, context, source):
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = Renderer(
            escape=True,
            allow_harmful_protocols=False,
            attachments=attachments,
            exclude_anchor_links=True,
        )
        return MarkdownWithMath(renderer=renderer).render(MARKER_LINE.sub("", source))


class FeedbackGrades(GetGrades):
    """Điểm và nhận xét từ sổ điểm, thêm: tên sinh viên, câu còn đợi chấm tay, tên các câu."""

    def preprocess(self, nb: NotebookNode, resources) -> tuple:
        nb, resources = super().preprocess(nb, resources)
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            student = gradebook.find_student(where["student"])
            name = " ".join(filter(None, (student.last_name, student.first_name)))
        describe(nb, resources)
        resources["page"] |= {"student": where["student"], "name": name}
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        cell.metadata.nbgrader["waiting"] = grade.needs_manual_grade


def describe(nb: NotebookNode, resources) -> None:
    """Tên bài, bảng các câu, tổng điểm: phần đầu của trang."""
    title, heading, questions = "", "", []
    for cell in nb.cells:
        first = next((m for m in re.findall(r"^#+ (.+)$", cell.source, re.M)), "")
        if cell.cell_type == "markdown" and first and not is_grade(cell):
            title, heading = title or first, first
        if is_grade(cell):
            info = cell.metadata.nbgrader
            name = info["grade_id"].removeprefix(TEST_PREFIX)
            plain = re.sub(r"\s*\([^()]*điểm[^()]*\)\s*$", "", heading)
            info["title"] = plain or name
            info["bonus"] = is_bonus(info["grade_id"])
            questions.append(info)
    regular = [q for q in questions if not q["bonus"]]
    resources["page"] = {
        "title": title or resources.get("nbgrader", {}).get("notebook", ""),
        "questions": questions,
        "score": sum(q.get("score", 0.0) for q in questions),
        "maximum": sum(q["points"] for q in regular),
        "waiting": any(q.get("waiting") for q in questions),
        "dark_code": HtmlFormatter(style="github-dark").get_style_defs(".highlight"),
    }


class FeedbackCells(NbGraderPreprocessor):
    """Bỏ ô chuẩn bị, thay kết quả của ô kiểm tra bằng một lời báo, giấu phép thử ẩn."""

    def preprocess(self, nb: NotebookNode, resources) -> tuple:
        regions = [found for cell in nb.cells for found in HIDDEN.findall(cell.source)]
        lines = {line.strip() for region in regions for line in region.split("\n")}
        self.secrets = {line for line in lines if len(line) > 12}
        nb.cells = [self._shown(cell) for cell in nb.cells if not _is_preparation(cell)]
        left = MOST_TEXT  # một lời giải dài bất thường làm trang viết rất lâu
        for cell in nb.cells:
            if not cell.metadata.get("nbgrader", {}).get("locked"):
                if len(cell.source) > left:
                    cell.source = f"{cell.source[:left]}\n[… còn {len(cell.source) - left} ký tự]"
                left = max(0, left - len(cell.source))
        return nb, resources

    def _shown(self, cell: NotebookNode) -> NotebookNode:
        if cell.cell_type != "code":
            return cell
        if is_grade(cell) and not is_solution(cell):
            messages = [self._message(out) for out in cell.outputs if out.output_type == "error"]
            cell.metadata.nbgrader["message"] = messages[0] if messages else ""
            cell.outputs = []
        for output in cell.outputs:
            if any(secret in str(output) for secret in self.secrets):
                output.clear()
                output |= nbformat.v4.new_output("stream", text=WITHHELD)
        return cell

    def _message(self, output: NotebookNode) -> str:
        said = output.evalue.strip()
        if output.ename in MESSAGES:  # lời của bộ chấm: quá giờ, sập nhân…
            return f"Không chấm được: {MESSAGES[output.ename]}."
        if any(secret in said for secret in self.secrets):
            return WITHHELD
        said = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
        if output.ename == "AssertionError":
            return said or "Một phép thử chưa qua."
        return f"Lỗi khi chạy: {output.ename}{': ' if said else ''}{said}"


def _is_preparation(cell: NotebookNode) -> bool:
    info = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(info.get("locked")) and not is_grade(cell)


class SolutionCells(NbGraderPreprocessor):
    """Sách lời giải: bỏ ô chuẩn bị, dấu BEGIN/END SOLUTION, và mã của ô kiểm tra."""

    def preprocess(self, nb: NotebookNode, resources) -> tuple:
        nb.cells = [cell for cell in nb.cells if not _is_preparation(cell)]
        describe(nb, resources)
        for cell in nb.cells:
            cell.source = MARKER_LINE.sub("", DELIMITER.sub("", cell.source)).strip()
        return nb, resources


FEEDBACK = [FeedbackGrades, FeedbackCells, ClearHiddenTests, CSSHTMLHeaderPreprocessor]


def solution_page(source: Path, code: str) -> str:
    """Lời giải cả bài của một lớp, kèm thang điểm."""
    config = Config()
    config.HTMLExporter.template_name = "solutions"
    config.HTMLExporter.preprocessors = [SolutionCells, CSSHTMLHeaderPreprocessor]
    notebook = nbformat.read(source, as_version=4)
    page, _ = PageExporter(config=config).from_notebook_node(
        notebook, {"class_code": code, "metadata": {"name": source.stem}}
    )
    return page
