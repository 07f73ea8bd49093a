"""Khung chung của các hình tương tác.

Một hình tương tác là một anywidget: Python đưa dữ liệu, một mô-đun JavaScript vẽ và tính ngay
trong trang. Nhờ trạng thái lưu sẵn, cùng một đối tượng chạy trong JupyterLab, trong Colab
và trong trang sách không có nhân Python.
"""

import base64
import io
from pathlib import Path

import anywidget
import traitlets
from matplotlib.figure import Figure

HERE = Path(__file__).parent


def module_source(*names: str) -> str:
    """Mã của một hình: đồ nghề chung `kit.js` nối với `<name>.js` theo thứ tự, không import gì."""
    return "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in ("kit", *names))


class LiveFigure(anywidget.AnyWidget):
    """Lớp cha: lớp con khai báo `_esm`, các trait, và vẽ hình tĩnh trong `still()`.

    `name` : tên để trang lý thuyết gọi lại hình này (`{live-figure} notebooks/….ipynb#name`)
    `alt`  : lời tả cho người dùng trình đọc màn hình; lớp con có sẵn một lời mặc định

    Khi hiển thị trong sổ, hình mang kèm ảnh tĩnh: nơi nào không chạy được JavaScript của
    hình (GitHub, sổ chưa được tin cậy, bản in) thì hiện ảnh ấy.
    """

    _css = (HERE / "live_figure.css").read_text("utf-8")
    name = traitlets.Unicode("").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)

    def still(self) -> Figure:
        """Hình tĩnh thay cho hình tương tác: bản in, trang không có JavaScript."""
        raise NotImplementedError

    def still_png(self, dpi: int = 110) -> bytes:
        """`still()` dưới dạng PNG."""
        buffer = io.BytesIO()
        # Không ghi phiên bản phần mềm: cùng một hình phải cho cùng một tệp.
        self.still().savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.alt}>"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["image/png"] = base64.b64encode(self.still_png()).decode()
        return data, metadata


def still_figure(width: float, height: float, **layout) -> Figure:
    """Hình matplotlib không đi qua pyplot, nên không tự hiện thêm lần nữa trong sổ."""
    return Figure(figsize=(width, height), layout="constrained", **layout)
