"""Sách không tải gì từ máy khác, và chỉ tải phần được dùng.

MathJax lấy từ gói `sphinx-mathjax-offline`, chép vào `_static/mathjax` lúc dựng sách. Kho mã
không chứa mã của người khác. Chỉ chép những phần trang sách cần: bản gộp `tex-chtml.js` nặng gấp
rưỡi vì mang theo bảng chọn mà sách đã tắt.

Phông biểu tượng có 2000 hình; sách dùng vài chục. Ở đây phông được cắt còn các hình ấy, và
bảng kiểu bỏ những dòng của hình đã cắt.
"""

import re
import shutil
from importlib.metadata import distribution
from pathlib import Path

from fontTools import subset

MATHJAX_PARTS = [
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2",
    "a11y/assistive-mml.js",
]
ICON = re.compile(r'((?:\.(fa-[a-z0-9-]+):before,?)+)\{content:"\\([0-9a-f]{4})"\}')


def copy_mathjax(static):
    package = distribution("sphinx-mathjax-offline")
    source = Path(package.locate_file("sphinx-mathjax-offline/static/mathjax"))
    for part in MATHJAX_PARTS:
        target = static / "mathjax" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source / part, target)


def used_icons(out):
    """Tên mọi biểu tượng có trong các trang và trong mã JavaScript của giao diện."""
    files = [
        *out.rglob("*.html"),
        *(out / "_static").glob("*.js"),
        *out.glob("_static/scripts/*.js"),
    ]
    return {
        name for file in files for name in re.findall(r"\bfa-[a-z0-9-]+", file.read_text("utf-8"))
    }


def keep_icons(static, names):
    """Cắt bảng kiểu và phông biểu tượng còn các hình trong `names`."""
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    css = sheet.read_text("utf-8")

    def rule(match):
        selectors = [s for s in match[1].rstrip(",").split(",") if s[1:-7] in names]
        return f'{",".join(selectors)}{{content:"\\{match[3]}"}}' if selectors else ""

    css = ICON.sub(rule, css)
    for font in re.findall(r"([\w/.-]+/webfonts/[\w-]+)\.woff2", css):
        path = (sheet.parent / font).resolve()
        css = css.replace(
            f'url({font}.woff2) format("woff2"),url({font}.ttf) format("truetype")',
            f'url({font}.woff) format("woff")',
        )
        if path.with_suffix(".ttf").exists():
            cut_font(path, css + (static / "styles" / "sphinx-book-theme.css").read_text("utf-8"))
    sheet.write_text(css, "utf-8")


def cut_font(path, css):
    """Ghi `path`.woff chỉ có những hình mà bảng kiểu gọi tới; bỏ các bản đủ."""
    options = subset.Options(flavor="woff", recalc_timestamp=False, notdef_outline=True)
    font = subset.load_font(path.with_suffix(".ttf"), options)
    cutter = subset.Subsetter(options)
    # Bảng kiểu viết hình bằng mã "\f0eb", hay bằng chính ký tự ấy (biểu tượng của các hộp).
    codes = [int(code, 16) for code in re.findall(r'"\\([ef][0-9a-f]{3})"', css)]
    cutter.populate(unicodes=codes + [ord(sign) for sign in re.findall("[\ue000-\uf8ff]", css)])
    cutter.subset(font)
    subset.save_font(font, path.with_suffix(".woff"), options)
    for suffix in (".ttf", ".woff2"):
        path.with_suffix(suffix).unlink(missing_ok=True)


def drop_unused(static):
    """Biểu tượng vẽ bằng phông chữ, nên bỏ bản JavaScript nặng 1.5 MB và các tệp gỡ lỗi."""
    for unused in [static / "scripts/fontawesome.js", *static.rglob("*.map")]:
        unused.unlink(missing_ok=True)


def finish(app, exception):
    if exception is None and app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        copy_mathjax(static)
        drop_unused(static)
        keep_icons(static, used_icons(Path(app.outdir)))


def setup(app):
    # Jupyter Book luôn đặt giá trị này, dù phần mở rộng bình luận (gọi ra ngoài) đã bị bỏ.
    app.add_config_value("comments_config", {}, "html")
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
