"""Sách không tải gì từ máy khác: MathJax lấy từ gói đã cài, phần thừa của giao diện bị bỏ.

Lúc dựng sách, MathJax được chép từ gói `sphinx-mathjax-offline` vào `_static/mathjax`.
Chỉ chép những phần trang sách cần, nên kho mã không chứa mã của người khác.
"""

import shutil
from importlib.metadata import distribution
from pathlib import Path

MATHJAX_PARTS = ["tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions"]


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


def drop_unused(static):
    """Các biểu tượng vẽ bằng phông chữ, nên bỏ bản JavaScript nặng 1.5 MB và các tệp gỡ lỗi."""
    (static / "scripts/fontawesome.js").write_text("// Biểu tượng vẽ bằng phông chữ.\n", "utf-8")
    for source_map in static.rglob("*.map"):
        source_map.unlink()


def finish(app, exception):
    if exception is None and app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        copy_mathjax(static)
        drop_unused(static)


def setup(app):
    # Jupyter Book luôn đặt giá trị này, dù phần mở rộng bình luận (gọi ra ngoài) đã bị bỏ.
    app.add_config_value("comments_config", {}, "html")
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
