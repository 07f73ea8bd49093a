"""Dựng nhanh hơn, mà mỗi trang vẫn đúng từng byte như cũ.

Thanh bên của mọi trang là mục lục, chỉ gồm tên trang. Sphinx chép cả đề mục của mọi trang rồi mới
bỏ đi, và làm lại việc ấy ở từng trang, kể cả hơn trăm trang mã nguồn. Ở đây đề mục được bỏ một lần.

Bộ gom rác của Python đi qua mọi đối tượng đang sống, mà cây của các trang có hàng triệu: ở đây nó
được gọi thưa hơn.

Jupyter Book không có cờ cho nhiều tiến trình, dù Sphinx đọc và viết các trang song song được: ở đây
mỗi nhân một tiến trình, nhiều nhất bốn vì mỗi tiến trình cần chừng nửa GB. Sphinx chia trang theo
thứ tự chữ cái, nên các trang nặng (tài liệu của mã, hình tương tác) dồn vào một tiến trình; ở đây
chúng được chia đều.
"""

import gc
import os

import sphinx.builders
from sphinx import addnodes
from sphinx.environment.adapters.toctree import global_toctree_for_doc
from sphinx_proof.domain import ProofDomain


def titles_only(toc):
    """Mục lục của một trang, còn tên trang và các trang con."""
    toc = toc.deepcopy()
    for item in toc.children:
        if len(item) > 1:
            if trees := list(item.findall(addnodes.toctree)):
                item[1][:] = trees
            else:
                item.pop(1)
    return toc


class Titles:
    """Môi trường của Sphinx, với mục lục của mỗi trang đã cắt ngắn."""

    def __init__(self, env):
        self.env = env
        self.master_doctree = env.master_doctree
        self.tocs = {page: titles_only(toc) for page, toc in env.tocs.items()}

    def __getattr__(self, name):
        return getattr(self.env, name)


def shorten(app, env):
    app.builder.titles = None  # các trang vừa đọc lại


def use_titles(app, page, template, context, doctree):
    builder, whole = app.builder, context["toctree"]

    def toctree(**options):
        if not options.get("titles_only"):
            return whole(**options)
        if builder.titles is None:
            builder.titles = Titles(builder.env)
        tree = global_toctree_for_doc(builder.titles, page, builder, **options)
        return builder.render_partial(tree)["fragment"]

    context["toctree"] = toctree


def allow_parallel_reading(app):
    """Hai gói đọc song song được mà không khai báo.

    Một gói chỉ đánh lại số mục khi mọi trang đã đọc xong. Gói kia gộp danh sách định lý của nó ở
    `env-merge-info`, nên miền của nó không còn gì để gộp.
    """
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    ProofDomain.merge_domaindata = lambda domain, docnames, other: None


def deal_pages(app):
    """Chia trang như chia bài, để phần nào cũng có đủ loại trang.

    Lúc đọc, mỗi tiến trình một phần: mỗi phần phải tự nạp những gói nặng. Lúc viết, phần nhỏ: tiến
    trình chính chuẩn bị xong phần nào thì phần ấy mới viết được.
    """

    def chunks(pages, processes):
        parts = processes if processes == app.parallel else 8 * processes
        return [pages[start::parts] for start in range(min(parts, len(pages)))]

    sphinx.builders.make_chunks = chunks


def leave_at_once(app, exception):
    """Lúc thoát, Python khỏi đi tìm rác trong các cây của mọi trang: bộ nhớ đằng nào cũng trả."""
    gc.freeze()


def setup(app):
    gc.set_threshold(100_000, 20, 20)
    app.parallel = min(os.cpu_count() or 1, 4)
    app.connect("builder-inited", allow_parallel_reading)
    app.connect("builder-inited", deal_pages)
    app.connect("env-updated", shorten)
    app.connect("html-page-context", use_titles, priority=100)
    app.connect("build-finished", leave_at_once, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
