"""Bỏ trang của những chương, những mô-đun không còn nữa: Sphinx chỉ viết thêm, không xóa.

`make book` dựng vào đúng thư mục của lần trước, rồi cả thư mục ấy được đưa lên mạng hay gói lại.
"""

from pathlib import Path

FOLDERS = ("book", "notebooks", "_modules")


def prune(app, exception):
    if exception or app.builder.format != "html":
        return
    modules = getattr(app.env, "_viewcode_modules", {})
    pages = {*app.env.found_docs, "_modules/index"}
    pages |= {f"_modules/{name.replace('.', '/')}" for name, code in modules.items() if code}
    for folder in FOLDERS:
        for path in Path(app.outdir, folder).rglob("*.html"):
            if path.relative_to(app.outdir).with_suffix("").as_posix() not in pages:
                path.unlink()


def setup(app):
    app.connect("build-finished", prune)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
