"""Hình tương tác trong trang sách: chỉ thị `live-figure`, và ảnh tĩnh đi kèm mỗi hình.

    ```{live-figure} course_utils.widgets.Map1D
    :name: fig-map1d
    :args: {"preset": "exp"}
    :caption: Kéo các nút của $f$.
    ```

dựng lớp ấy lúc dựng sách và ghi trạng thái của nó vào trang. Hình cần mô hình đã huấn luyện
thì lấy trạng thái đã lưu trong sổ, theo trait `name` của hình:

    ```{live-figure} notebooks/coupling_flows.ipynb#luoi_realnvp
    ```

Mỗi hình kèm một ảnh tĩnh cho bản in và cho trang không có JavaScript. Hình nằm trong đầu ra
của sổ cũng vậy: ảnh tĩnh là `image/png` mà widget ghi cạnh nó.

Trạng thái (mã của hình và trọng số mô hình) nặng hơn cả trang chữ, nên khi dựng xong mỗi hình được
tách thành một tệp trong `_static/figures`; trình duyệt chỉ tải tệp ấy khi người đọc cuộn tới gần.
Tệp là JavaScript chứ không phải JSON: trang mở từ ổ đĩa không được đọc JSON.
"""

import base64
import hashlib
import importlib
import json
import os
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def script(mime_type, content):
    """Thẻ script chứa JSON; không để chuỗi nào trong đó đóng thẻ sớm."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
    return f'<script type="{mime_type}">{body}</script>'


def from_class(path, arguments):
    """Dựng `gói.Lớp(**arguments)`; trả (trạng thái, ảnh PNG)."""
    module, _, name = path.rpartition(".")
    figure = getattr(importlib.import_module(module), name)(**arguments)
    state = figure.get_state()
    del state["layout"]  # mã ngẫu nhiên của một bố cục mà trang không dùng
    return state, figure.still_png()


def from_notebook(path, name):
    """Hình tên `name` đã lưu trong sổ; trả (trạng thái, ảnh PNG)."""
    notebook = json.loads(path.read_text("utf-8"))
    states = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    outputs = [o.get("data", {}) for c in notebook["cells"] for o in c.get("outputs", [])]
    names = []
    for data in outputs:
        if VIEW not in data:
            continue
        state = states.get(data[VIEW]["model_id"], {}).get("state", {})
        names.append(state.get("name"))
        if name and state.get("name") == name:
            return state, base64.b64decode("".join(data["image/png"]))
    raise LookupError(f"{path.name} có các hình {names}, không có {name!r}")


class LiveFigureDirective(SphinxDirective):
    """`{live-figure} gói.Lớp` hoặc `{live-figure} đường/dẫn.ipynb#tên`."""

    required_arguments = 1
    has_content = True
    option_spec = {
        "name": directives.unchanged,
        "alt": directives.unchanged,
        "caption": directives.unchanged,
        "args": directives.unchanged,
    }

    def run(self):
        source = self.arguments[0]
        try:
            state, png = self.load(source)
        except (ImportError, AttributeError, LookupError, OSError, ValueError) as error:
            raise self.error(f"live-figure {source!r}: {error}") from error
        # Tên cố định theo trang và thứ tự: dựng lại sách cho ra cùng một trang.
        model_id = f"{self.env.docname.replace('/', '-')}-{self.env.new_serialno('live-figure')}"
        if "alt" in self.options:
            state["alt"] = self.options["alt"]
        version = {"version_major": 2, "version_minor": 0}
        view = nodes.raw(
            "",
            '<div class="live-figure-view">'
            + script(STATE, version | {"state": {model_id: {"state": state}}})
            + script(VIEW, version | {"model_id": model_id})
            + "</div>",
            format="html",
        )
        still = nodes.image(
            uri=self.write_still(png), alt=state["alt"], classes=["live-figure-still"]
        )
        figure = nodes.figure("", still, view, classes=["live-figure"])
        self.set_source_info(figure)
        caption = self.options.get("caption") or " ".join(self.content)
        if caption:
            figure += nodes.caption(caption, "", *self.parse_inline(caption)[0])
        self.add_name(figure)
        return [figure]

    def load(self, source):
        if ".ipynb#" not in source:
            return from_class(source, json.loads(self.options.get("args", "{}")))
        path, _, name = source.partition("#")
        self.env.note_dependency(path)
        return from_notebook(Path(self.env.srcdir) / path, name)

    def write_still(self, png):
        """Ghi ảnh cạnh các doctree; Sphinx chép nó vào _images. Trả đường dẫn từ trang."""
        folder = Path(self.env.doctreedir) / "live_figures"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{hashlib.sha256(png).hexdigest()[:16]}.png"
        path.write_bytes(png)
        page = Path(self.env.doc2path(self.env.docname)).parent
        return Path(os.path.relpath(path, page)).as_posix()


class KeepStill(SphinxPostTransform):
    """Trong đầu ra của sổ, giữ ảnh tĩnh bên hình tương tác; myst-nb chỉ chọn một trong hai."""

    default_priority = 3  # ngay trước khi myst-nb chọn
    formats = ("html",)

    def run(self, **kwargs):
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            kinds = {child["mime_type"]: child for child in bundle.children}
            if VIEW not in kinds:
                continue
            view = kinds[VIEW]
            self.check_state(view)
            wrapper = nodes.container(classes=["live-figure"], is_div=True)
            if "image/png" in kinds:
                still = kinds["image/png"].children[0]
                still["classes"].append("live-figure-still")
                still.setdefault("alt", kinds["text/plain"].astext().strip("<>"))
                wrapper += still
            box = nodes.container(classes=["live-figure-view"], is_div=True)
            box += view.children
            wrapper += box
            view.children = []
            view += wrapper

    def check_state(self, view):
        """Lưu sổ từ JupyterLab có thể để lại trạng thái cũ: khi đó hình trắng, nên phải báo."""
        scripts = self.env.nb_metadata[self.env.docname].get("js_files", {})
        body = scripts.get("ipywidgets_state", (None, {"body": "{}"}))[1]["body"]
        text = view.astext()
        model_id = json.loads(text[text.index("{") : text.rindex("}") + 1])["model_id"]
        if model_id not in json.loads(body).get("state", {}):
            LOGGER.warning(
                "hình tương tác không có trạng thái đã lưu; hãy chạy lại sổ bằng `make notebooks`",
                location=self.env.docname,
            )


def state_files(state, folder):
    """Ghi mỗi hình một tệp; trả tên tệp theo mã của hình."""
    files = {}
    for model_id, model in state.items():
        if "_esm" in model["state"]:  # chỉ hình; bố cục của ipywidgets thì trang không dùng
            body = json.dumps(model["state"], ensure_ascii=False, sort_keys=True)
            name = hashlib.sha256(body.encode()).hexdigest()[:16] + ".js"
            (folder / name).write_text(f"liveFigureState({body});\n", "utf-8")
            files[model_id] = name
    return files


def split_states(app, exception):
    """Thay trạng thái nằm trong trang bằng tên tệp chứa nó."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "figures"
    folder.mkdir(exist_ok=True)
    for page in Path(app.outdir).rglob("*.html"):
        root = os.path.relpath(folder, page.parent)

        def replace(match, root=root):
            content = json.loads(match[1])
            if "state" not in content:
                return match[0]
            files = state_files(content["state"], folder)
            return script(STATE, {"files": {key: f"{root}/{files[key]}" for key in files}})

        text = page.read_text("utf-8")
        lighter = re.sub(
            rf'<script type="{re.escape(STATE)}">(.*?)</script>', replace, text, flags=re.S
        )
        if lighter != text:
            page.write_text(lighter, "utf-8")


def setup(app):
    app.add_directive("live-figure", LiveFigureDirective)
    app.add_post_transform(KeepStill)
    app.connect("build-finished", split_states)
    app.add_js_file("live_figures.js", loading_method="defer")
    app.add_css_file("live_figures.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
