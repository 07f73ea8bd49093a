"""Vẽ một ảnh từng điểm bằng một PixelCNN tính ngay trong trang."""

import torch
import traitlets
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..autoregressive import PixelCNN, sampling_probabilities
from ..autoregressive.chain import check_sampling
from ..autoregressive.pixelcnn import GatedStack
from ..errors import InputError
from .live_figure import LiveFigure, still_figure
from .sampling import pack_half, pack_layer, source, style


def export_pixelcnn(model: PixelCNN) -> dict:
    """PixelCNN cổng dưới dạng ghi được ra JSON; trọng số là số thực 16 bit."""
    if not isinstance(model, PixelCNN):
        raise InputError(
            f"PixelSampler nhận một PixelCNN đã huấn luyện, ở đây là {type(model).__name__}."
        )
    if not isinstance(model.stack, GatedStack):
        raise InputError(
            "PixelSampler chỉ tính được bản cổng trong trang; hãy dựng PixelCNN với naive=False."
        )
    _, height, width = model.event_shape
    if height * width > 144:
        raise InputError(
            f"Ảnh {height}×{width} quá lớn để vẽ từng điểm trong trang; cần nhiều nhất 144 điểm, "
            f"ví dụ 8×8."
        )
    parts = ("vertical", "horizontal", "link", "out")
    return {
        "height": height,
        "width": width,
        "levels": model.levels,
        "reach": model.stack.layers[0].reach,
        "position": pack_half(model.position),
        "enter_v": pack_layer(model.stack.enter_v),
        "enter_h": pack_layer(model.stack.enter_h),
        "layers": [
            {part: pack_layer(getattr(layer, part)) for part in parts}
            for layer in model.stack.layers
        ],
        "head": [pack_layer(model.head[2]), pack_layer(model.head[4])],
    }


class PixelSampler(LiveFigure):
    """Một chữ số hiện ra từng điểm; ghim một điểm, đổi nhiệt độ, hay tự chọn mức của điểm kế.

    Sách: (eq-chain-rule), (eq-pixelcnn-mask), (eq-sampling-temperature)

    Tham số
    -------
    model : PixelCNN cổng đã huấn luyện, ảnh xám nhiều nhất 144 điểm
    temperature : nhiệt độ lúc đầu
    seed : hạt giống của các số ngẫu nhiên; cùng hạt giống thì chỉ nhiệt độ và điểm ghim đổi ảnh
    drawn : các mức đã vẽ sẵn, theo thứ tự đọc
    name : tên, để trang lý thuyết gọi lại: ```{live-figure} notebooks/<slug>.ipynb#<name>

    Trong sổ, Python đọc lại được `figure.drawn` (các mức đã vẽ) và `figure.pins` ([[điểm, mức]]).

        figure = PixelSampler(model, name="ve_tung_diem")
        figure                      # dòng cuối của ô

    Trọng số đi theo hình: mô hình mặc định (35 nghìn tham số) là khoảng 95 kB.
    """

    _esm = source("pixel_sampler")
    _css = style()

    network = traitlets.Dict().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    drawn = traitlets.List().tag(sync=True)
    pins = traitlets.List().tag(sync=True)

    def __init__(
        self, model: PixelCNN, temperature: float = 1.0, seed: int = 0, drawn=(), **options
    ):
        network = export_pixelcnn(model)
        check_sampling(temperature, 1.0)
        total = network["height"] * network["width"]
        drawn = [int(v) for v in drawn]
        if len(drawn) > total or any(not 0 <= v < model.levels for v in drawn):
            raise InputError(
                f"`drawn` có {len(drawn)} mức; cần nhiều nhất {total} số nguyên từ 0 đến "
                f"{model.levels - 1}."
            )
        options.setdefault(
            "alt",
            "Hình tương tác: một mô hình tự hồi quy vẽ chữ số từng điểm ảnh; bên cạnh là phân phối "
            "xác suất của điểm kế tiếp, thay đổi theo nhiệt độ.",
        )
        super().__init__(
            network=network, temperature=float(temperature), seed=seed, drawn=drawn, **options
        )
        self._model = model

    @torch.no_grad()
    def still(self) -> Figure:
        model = self._model
        _, height, width = model.event_shape
        known = len(self.drawn) or (height * width * 5) // 8 + width // 2
        generator = torch.Generator().manual_seed(self.seed)
        x = model.sample(1, self.temperature, seed=generator)
        if self.drawn:
            x.view(-1)[:known] = torch.tensor(self.drawn).to(x)
        known = min(known, height * width - 1)
        image = x.view(-1).cpu().float()
        image[known:] = float("nan")
        p = sampling_probabilities(model.logits_at(x, known)[0], self.temperature).cpu()

        figure = still_figure(6.4, 2.9)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.4])
        left.set_facecolor("#e9ecf0")
        left.imshow(image.view(height, width).numpy(), cmap="Greys", vmin=0, vmax=model.levels - 1)
        row, column = divmod(known, width)
        corner = (column - 0.5, row - 0.5)
        left.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor="#b84a00", linewidth=2))
        left.set(xticks=[], yticks=[])
        left.set_title("đang vẽ", fontsize=10)
        right.bar(range(model.levels), p.numpy(), color="#b84a00", alpha=0.8)
        right.set(xlabel="mức mực của điểm kế", ylabel="xác suất")
        return figure
