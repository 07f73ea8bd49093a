"""Đọc và viết lại mã của đề: tên các câu trả lời, hằng số, mô-đun được nạp, ô kiểm tra đem dịch."""

import ast
import marshal
from collections.abc import Iterator

TEST_FILE = "<ô kiểm tra>"
# Các thư viện làm ra số: bài nộp nào dùng thì chúng được nạp trước bài ấy, nên tin được.
NUMERIC = {"torch", "numpy", "scipy", "sympy", "mpmath", "pandas", "course_utils", "statistics"}


def answer_names(source: str) -> list[str]:
    """Các tên được gán hay định nghĩa ở mức ngoài cùng của một ô."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return names


def class_names(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def constants(sources: list[str]) -> str:
    """Các phép gán hằng số trong những ô của đề: mã nộp gán đè chúng cũng không ích gì."""
    kept = []
    for node in (node for tree in _readable(sources) for node in tree.body):
        if isinstance(node, ast.Assign):
            try:
                ast.literal_eval(node.value)
            except (ValueError, TypeError):
                continue
            kept.append(ast.unparse(node))
    return "\n".join(kept)


def imported_modules(sources: list[str]) -> set[str]:
    """Các mô-đun mà những ô này nạp."""
    names: set[str] = set()
    for node in (node for tree in _readable(sources) for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def numeric_modules(sources: list[str]) -> set[str]:
    return {name for name in imported_modules(sources) if name.split(".")[0] in NUMERIC}


def _readable(sources: list[str]) -> Iterator[ast.Module]:
    for source in sources:
        try:
            yield ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # ô có lệnh % hay !
            continue


def compiled(source: str, desk: str) -> bytes:
    """Mã đã dịch của một ô kiểm tra, trong đó mọi vật lấy ra đều qua tay người coi thi.

    f(x) thành desk.ask(f, x); a.b và a[b] thành desk.see(a.b), desk.see(a[b]). Chuỗi `desk` nằm
    trong hằng số của mã, nhân thay nó bằng người coi thi (in_kernel/answers.py).
    """
    tree = Rewriting(desk).visit(ast.parse(source))
    return marshal.dumps(compile(tree, TEST_FILE, "exec", dont_inherit=True))


class Rewriting(ast.NodeTransformer):
    """Mỗi lời gọi, mỗi thuộc tính và phần tử được đọc trở thành một lời gọi tới `desk`."""

    # Những hàm có sẵn phải được gọi thẳng: chúng xem khung chạy đang gọi mình.
    direct = {"globals", "locals", "vars", "dir", "super", "eval", "exec"}

    def __init__(self, desk: str):
        self.desk = desk

    def _through(self, name: str, node: ast.expr, given: list, keywords: list) -> ast.Call:
        place = ast.Attribute(ast.Constant(self.desk), name, ast.Load())
        call = ast.copy_location(ast.Call(place, given, keywords), node)
        return ast.fix_missing_locations(call)

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        else:
            node.func = self.visit(node.func)
        node.args = [self.visit(argument) for argument in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        if isinstance(node.func, ast.Name) and node.func.id in self.direct:
            return node
        return self._through("ask", node, [node.func, *node.args], node.keywords)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return self._through("see", node, [node], []) if isinstance(node.ctx, ast.Load) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self.visit_Attribute(node)
