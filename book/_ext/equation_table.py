"""Bảng nối công thức của sách với mã tính nó và phép kiểm giữ nó đúng.

Docstring của `course_utils` ghi «Sách: (eq-…)»; phép kiểm mang `@pytest.mark.equation("eq-…")`.
Bảng đọc cả hai từ mã nguồn nên không bao giờ lệch với mã.

Mọi công thức có nhãn đều là công thức chính: thiếu mã hay thiếu phép kiểm là một cảnh báo, và
`make book` dừng lại. Ngoại lệ ghi ngay trong trang, dưới chỉ thị, mỗi nhóm một lý do:

    :::{equation-table}
    no code:
      đẳng thức nào, vì sao không hàm nào tính: [eq-…, eq-…]
    no test:
      vì sao không có gì để kiểm: [eq-…]
    :::
"""

import ast
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]
LABEL = re.compile(r"\((eq-[a-z0-9-]+)\)")
WRITTEN = re.compile(r"^\$\$ " + LABEL.pattern + r"|^(#+ .+)", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


def definitions(tree, prefix=""):
    """Mọi hàm và lớp, kèm tên đầy đủ trong tệp."""
    for node in tree.body:
        if isinstance(node, DEFINITIONS):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node, f"{prefix}{node.name}.")


def source_files(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def cited_in_code():
    """Nhãn công thức → các hàm và lớp mà docstring dẫn nhãn ấy: (tên, tên đầy đủ).

    Cài đặt tham chiếu đứng trước, rồi hình tương tác, rồi bộ chấm.
    """
    code = defaultdict(list)
    for path, tree in source_files("course_utils"):
        module = ".".join(path.with_suffix("").parts)
        for name, node in definitions(tree):
            for label in LABEL.findall(ast.get_docstring(node) or ""):
                code[label].append((name, f"{module}.{name}"))
    for places in code.values():
        places.sort(key=lambda place: (".checks." in place[1], ".widgets." in place[1]))
    return code


def held_by_tests():
    """Nhãn công thức → các phép kiểm mang nhãn ấy: (tên, tệp, dòng)."""
    tests = defaultdict(list)
    for path, tree in source_files("tests"):
        for name, node in definitions(tree):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.equation":
                    for label in mark.args:
                        tests[label.value].append((name, path.as_posix(), node.lineno))
    return tests


def chapters():
    """(trang, tên chương, [(nhãn, tên mục chứa nó)]), theo thứ tự đọc."""
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    for page in re.findall(r"file: (book/\S+)", toc):
        labels, headings = [], []
        for label, heading in WRITTEN.findall((ROOT / f"{page}.md").read_text("utf-8")):
            if heading:
                headings.append(heading.lstrip("# "))
            else:
                labels.append((label, headings[-1]))
        if labels:
            yield page, headings[0], labels


def excused(exceptions):
    """{lý do: [nhãn]} → {nhãn: lý do}."""
    return {label: reason for reason, labels in (exceptions or {}).items() for label in labels}


def problems(labels, code, tests, no_code, no_test):
    """Những câu nói còn thiếu gì; rỗng khi công thức nào cũng có mã và phép kiểm."""
    for label in labels:
        if label not in code and label not in no_code:
            yield (
                f"Công thức ({label}) không được hàm nào dẫn. Hãy ghi «Sách: ({label})» vào "
                f"docstring của hàm tính nó trong course_utils, hoặc nêu lý do ở mục «no code» "
                f"của chỉ thị equation-table."
            )
        if label not in tests and label not in no_test:
            yield (
                f"Công thức ({label}) không được phép kiểm nào giữ. Hãy viết phép kiểm so nó với "
                f'một đáp số độc lập và đặt @pytest.mark.equation("{label}") lên trên, hoặc nêu '
                f"lý do ở mục «no test» của chỉ thị equation-table."
            )
    for name, exceptions, found in (("no code", no_code, code), ("no test", no_test, tests)):
        for label in exceptions:
            if label not in labels or label in found:
                what = "đã có" if label in labels else "không còn trong sách"
                yield f"Ngoại lệ «{name}» của ({label}) thừa: công thức {what}. Hãy xóa nó đi."


class EquationTable(SphinxDirective):
    """Mọi công thức có nhãn, chia theo chương; Sphinx điền số và dẫn đến mã."""

    has_content = True

    def run(self):
        exceptions = yaml.safe_load("\n".join(self.content)) or {}
        no_code, no_test = (excused(exceptions.get(key)) for key in ("no code", "no test"))
        code, tests, book = cited_in_code(), held_by_tests(), list(chapters())
        labels = [label for *_, written in book for label, _ in written]
        for problem in problems(labels, code, tests, no_code, no_test):
            LOGGER.warning("%s", problem, location=self.get_location(), type="equation")

        held = {place[:2] for label in labels for place in tests[label]}
        computed = sum(label in code for label in labels)
        found = [
            *self.parse(
                f"Sách có **{len(labels)} công thức có nhãn** trong {len(book)} chương: {computed} "
                f"được mã của gói tính, {len(labels) - computed} không có hàm riêng (bảng nói vì "
                f"sao). Giữ chúng là **{len(held)} phép kiểm**."
            )
        ]
        for page, title, written in book:
            section = nodes.section(ids=["cong-thuc-" + page.split("/")[-1].replace("_", "-")])
            section += nodes.title(title, f"{title} ({len(written)})")
            rows = ["| Công thức | Mã tính nó | Phép kiểm giữ nó |", "| --- | --- | --- |"]
            for label, heading in written:
                cells = (
                    f"{{eq}}`{label}` {heading}",
                    ", ".join(f"{{py:obj}}`{name} <{full}>`" for name, full in code[label])
                    or no_code.get(label, "—"),
                    ", ".join(self.link(*place) for place in tests[label])
                    or no_test.get(label, "—"),
                )
                rows.append("| " + " | ".join(cells) + " |")
            section += self.parse(*rows)
            found.append(section)
        return found

    def parse(self, *lines):
        container = nodes.container(classes=["equation-table"])
        self.state.nested_parse(list(lines), self.content_offset, container)
        return [container]

    def link(self, name, path, line):
        return f"[`{name}`]({self.repository}/{path}#L{line})"

    @cached_property
    def repository(self):
        """Địa chỉ mã nguồn, ghi một nơi duy nhất trong _config.yml."""
        where = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]
        return f"{where['url']}/blob/{where['branch']}"


def setup(app):
    app.add_directive("equation-table", EquationTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
