"""Trang cho mọi người đọc: trình đọc màn hình, bàn phím, trình duyệt tắt JavaScript.

Giao diện để lại vài chỗ hỏng mà không có tùy chọn nào sửa được: nút không tên, vai trò sai, tệp
thừa. Chúng được sửa ở đây, sau khi trang đã dựng. Không có JavaScript thì công thức hiện ở dạng
LaTeX, hình tương tác hiện ảnh tĩnh, và màu sáng tối theo thiết bị nhờ `no_script.css`.
"""

import os
import re
from pathlib import Path

SCRIPT = r'\s*<script [^>]*src="[^"]*{}[^"]*"></script>'
REPAIRS = [
    # Nút mở một chương trong mục lục: gọi theo tên chương.
    (
        r">([^<>]+)</a>(<details[^>]*>)<summary>(?=<span class=\"toctree-toggle\")",
        r'>\1</a>\2<summary aria-label="Các mục của: \1">',
    ),
    # Danh mục tài liệu là một danh sách.
    (r' role="doc-biblioentry"', ' role="listitem"'),
    # Ô góc trống của bảng không phải tiêu đề của cột nào.
    (r'<th class="head([^"]*)">(?:<p></p>)?</th>', r'<td class="head\1"></td>'),
    (
        r'<div class="sidebar-primary-items__start(?! sidebar-primary__section" role)'
        r' sidebar-primary__section">',
        '<div class="sidebar-primary-items__start sidebar-primary__section" role="region" '
        'aria-label="Thanh bên">',
    ),
    # Sáng hay tối phải biết ngay, không đợi mã của giao diện.
    (
        r'localStorage\.getItem\("theme"\) \|\| "auto"',
        'localStorage.getItem("theme") || '
        '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")',
    ),
    # Tệp mà sách không dùng.
    (SCRIPT.format(r"(?:searchtools|language_data|fontawesome|(?<!_)searchindex)\.js"), ""),
]
REPAIRS = [(re.compile(pattern), replacement) for pattern, replacement in REPAIRS]
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
THEMED = re.compile(r"""html\[data-theme=["']?(light|dark)["']?\]""")


# Phông của MathJax mà phần lớn các chương dùng: tải lúc rảnh, để trang sau khỏi đợi.
FONTS = ["AMS", "Calligraphic", "Main-Bold", "Script", "Size1", "Size2", "Size3", "Size4"]


def prefetch(html, root):
    """Thẻ tải trước các phông công thức, nếu trang có công thức."""
    if "mathjax/startup.js" not in html or 'rel="prefetch"' in html:
        return html
    folder = f"{root}/_static/mathjax/output/chtml/fonts/woff-v2"
    names = [name if "-" in name else f"{name}-Regular" for name in FONTS]
    links = [f'<link rel="prefetch" href="{folder}/MathJax_{name}.woff" />' for name in names]
    return html.replace("</head>", "\n".join(links) + "\n</head>", 1)


def repair(html, link):
    for pattern, replacement in REPAIRS:
        html = pattern.sub(replacement, html)
    if "no_script.css" not in html:
        html = html.replace("</noscript>", f"{link}</noscript>", 1)
    return html


def without_script(css):
    """Các quy tắc màu sáng và tối, chọn theo thiết bị thay vì theo nút bấm."""
    rules = {"light": [], "dark": []}
    for selectors, body in RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        for selector in re.split(r",(?![^(]*\))", selectors):
            if theme := THEMED.search(selector):
                rules[theme[1]].append(f"{THEMED.sub('html', selector).strip()}{{{body.strip()}}}")
    return "\n".join(
        f"@media (prefers-color-scheme: {theme}) {{\n{chr(10).join(found)}\n}}"
        for theme, found in rules.items()
    )


def finish(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    sheets = ["styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css", "pygments.css"]
    sheets += ["mystnb*.css", "proof.css", "exercise.css", "book.css"]
    paths = [path for sheet in sheets for path in sorted((out / "_static").glob(sheet))]
    css = without_script("\n".join(path.read_text("utf-8") for path in paths))
    # Công thức chưa được vẽ: chữ đều nét, như mã.
    css += "\n.math { font-family: monospace; white-space: pre-wrap; }\n"
    (out / "_static" / "no_script.css").write_text(css, "utf-8")
    for page in out.rglob("*.html"):
        root = os.path.relpath(out, page.parent)
        html = page.read_text("utf-8")
        link = f'<link rel="stylesheet" href="{root}/_static/no_script.css" />'
        if (repaired := prefetch(repair(html, link), root)) != html:
            page.write_text(repaired, "utf-8")


def setup(app):
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
