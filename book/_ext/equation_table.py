"""Bảng nối công thức của sách với mã tính nó và phép kiểm giữ nó đúng.

Docstring của `course_utils` ghi «Sách: (eq-…)»; phép kiểm mang `@pytest.mark.equation("eq-…")`.
Bảng đọc cả hai từ mã nguồn nên không bao giờ lệch với mã.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]
LABEL = re.compile(r"\((eq-[a-z0-9-]+)\)")
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
    """Nhãn công thức → các hàm và lớp mà docstring dẫn nhãn ấy."""
    code = defaultdict(list)
    for path, tree in source_files("course_utils"):
        module = ".".join(path.with_suffix("").parts)
        for name, node in definitions(tree):
            for label in LABEL.findall(ast.get_docstring(node) or ""):
                code[label].append((name, f"{module}.{name}"))
    return code


def held_by_tests():
    """Nhãn công thức → các phép kiểm mang nhãn ấy."""
    tests = defaultdict(list)
    for path, tree in source_files("tests"):
        for name, node in definitions(tree):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.equation":
                    for label in mark.args:
                        tests[label.value].append((name, f"{path}::{name.replace('.', '::')}"))
    return tests


def labels_in_reading_order():
    written = re.compile(r"^\$\$ " + LABEL.pattern, re.MULTILINE)
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    for page in re.findall(r"file: (book/\S+)", toc):
        yield from written.findall((ROOT / f"{page}.md").read_text("utf-8"))


class EquationTable(SphinxDirective):
    """Những công thức có nhãn mà mã hay phép kiểm dẫn, theo thứ tự đọc; Sphinx điền số."""

    def run(self):
        code, tests = cited_in_code(), held_by_tests()
        rows = [self.row("Công thức", "Mã tính nó", "Phép kiểm giữ nó")]
        for label in labels_in_reading_order():
            if label not in code | tests:
                continue
            rows.append(
                self.row(
                    f"{{eq}}`{label}`",
                    ", ".join(f"{{py:obj}}`{name} <{full}>`" for name, full in code[label]) or "—",
                    ", ".join(f"`{name}`" for name, _ in tests[label]) or "—",
                )
            )
        rows.insert(1, self.row("---", "---", "---"))
        container = nodes.container(classes=["equation-table"])
        self.state.nested_parse(rows, self.content_offset, container)
        return container.children

    def row(self, *cells):
        return "| " + " | ".join(cells) + " |"


def setup(app):
    app.add_directive("equation-table", EquationTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
