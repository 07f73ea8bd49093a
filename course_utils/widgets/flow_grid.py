"""Lưới hai chiều bị một luồng đã huấn luyện uốn dần, từng tầng một."""

import base64

import numpy as np
import torch
import traitlets
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..errors import InputError
from ..flows import (
    AdditiveCoupling,
    Affine,
    AffineCoupling,
    Compose,
    Flow,
    InvertibleLinear,
    Permutation,
    StandardNormal,
    Transform,
)
from .live_figure import LiveFigure, module_source, still_figure


def export_layers(flow: Flow) -> list[dict]:
    """Các tầng của một luồng hai chiều, theo chiều sinh, dưới dạng ghi được ra JSON.

    Mỗi tầng là một dict có khóa "kind"; trang sách tính xuôi và ngược từng tầng từ đó.
    """
    if not isinstance(flow, Flow):
        raise InputError(
            f"FlowGrid nhận một Flow đã huấn luyện (ví dụ RealNVP(2)), ở đây là "
            f"{type(flow).__name__}."
        )
    if flow.event_shape != (2,):
        raise InputError(
            f"Luồng này có event_shape = {flow.event_shape}; FlowGrid vẽ mặt phẳng nên chỉ nhận "
            f"luồng hai chiều, event_shape = (2,)."
        )
    if not isinstance(flow.base, StandardNormal):
        raise InputError(
            f"Phân phối cơ sở là {type(flow.base).__name__}; FlowGrid chỉ biết N(0, I), "
            f"tức StandardNormal."
        )
    layers = [export_layer(transform) for transform in flatten(flow.transform)]
    if not all_finite(flow):
        raise InputError("Luồng có tham số NaN hoặc vô cực; hãy xem lại quá trình huấn luyện.")
    return layers


def flatten(transform: Transform) -> list[Transform]:
    """Mở các Compose lồng nhau."""
    if isinstance(transform, Compose):
        return [leaf for part in transform.transforms for leaf in flatten(part)]
    return [transform]


def export_layer(transform: Transform) -> dict:
    if isinstance(transform, AffineCoupling):
        return {
            "kind": "affine_coupling",
            "max_log_scale": float(transform.max_log_scale),
            "net": export_net(transform.net),
        }
    if isinstance(transform, AdditiveCoupling):
        return {"kind": "additive_coupling", "net": export_net(transform.net)}
    if isinstance(transform, Permutation):
        return {"kind": "permutation", "order": transform.order.tolist()}
    if isinstance(transform, Affine):  # ActNorm là một Affine
        return {
            "kind": "affine",
            "log_scale": transform.log_scale.tolist(),
            "shift": transform.shift.tolist(),
        }
    if isinstance(transform, InvertibleLinear):
        return {
            "kind": "linear",
            "weight": transform.weight.tolist(),
            "shift": transform.shift.tolist(),
        }
    raise InputError(
        f"FlowGrid chưa biết tính tầng {type(transform).__name__} trong trang. Các tầng nhận được: "
        f"AffineCoupling, AdditiveCoupling, Permutation, ActNorm, Affine, InvertibleLinear; "
        f"hãy dùng RealNVP hoặc NICE."
    )


def export_net(net: nn.Sequential) -> list[dict]:
    """Các tầng tuyến tính của một perceptron ReLU, theo thứ tự."""
    *_, last = net
    hidden = [m for m in net if not isinstance(m, nn.Linear)]
    if not isinstance(last, nn.Linear) or not all(isinstance(m, nn.ReLU) for m in hidden):
        raise InputError(
            f"Mạng của tầng ghép cặp là {net}; trang sách chỉ tính được Linear xen kẽ ReLU."
        )
    return [
        {"weight": pack(m.weight), "bias": pack(m.bias)} for m in net if isinstance(m, nn.Linear)
    ]


def pack(tensor: Tensor) -> dict:
    """Tensor thành {"shape", "data"}: các số float32 viết bằng base64, gọn hơn dãy thập phân."""
    values = tensor.detach().cpu().to(torch.float32).numpy().astype("<f4")
    return {"shape": list(values.shape), "data": base64.b64encode(values.tobytes()).decode()}


def all_finite(flow: Flow) -> bool:
    return all(bool(torch.isfinite(p).all()) for p in flow.parameters())


class FlowGrid(LiveFigure):
    """Lưới của không gian z bị luồng uốn từng tầng; một điểm kéo được ở cả hai phía.

    Sách: (eq-composition), (eq-affine-coupling)

    Tham số
    -------
    flow  : luồng hai chiều đã huấn luyện, gồm các tầng mà `export_layers` biết
    data  : dữ liệu (n, 2) để vẽ chồng lên; chỉ dùng 600 điểm đầu
    point : điểm z lúc đầu
    name  : tên, để trang lý thuyết gọi lại: ```{live-figure} notebooks/<slug>.ipynb#<name>

    Trong sổ, sau khi kéo, Python đọc lại được `figure.point` (z) và `figure.step`.

        figure = FlowGrid(flow, data=data.sample(600), name="luoi_realnvp")
        figure                      # dòng cuối của ô

    Trọng số đi theo hình: hidden=(64, 64), 8 tầng là khoảng 190 kB; hidden=(32, 32) là 60 kB.
    """

    _esm = module_source("flow_grid")

    layers = traitlets.List().tag(sync=True)
    data = traitlets.List().tag(sync=True)
    noise = traitlets.List().tag(sync=True)
    point = traitlets.List().tag(sync=True)
    step = traitlets.Int(-1).tag(sync=True)
    color = traitlets.Enum(["density", "log_det"], "density").tag(sync=True)

    def __init__(self, flow: Flow, data: Tensor | None = None, point=(0.8, 0.6), **options):
        layers = export_layers(flow)
        if data is not None and (data.ndim != 2 or data.shape[1] != 2):
            raise InputError(f"`data` có hình dạng {tuple(data.shape)}; cần (n, 2).")
        options.setdefault(
            "alt",
            "Hình tương tác: lưới vuông của không gian z bị luồng uốn từng tầng thành "
            "không gian x; kéo một điểm ở bên nào thì điểm ứng với nó ở bên kia cũng đi theo.",
        )
        noise = np.random.default_rng(0).standard_normal((400, 2))
        super().__init__(
            layers=layers,
            data=[] if data is None else rounded(data[:600].detach().cpu().numpy()),
            noise=rounded(noise),
            point=[float(v) for v in point],
            **options,
        )
        self._flow = flow

    @torch.no_grad()
    def still(self) -> Figure:
        transforms = flatten(self._flow.transform)
        ticks = torch.linspace(-3, 3, 13)
        fine = torch.linspace(-3, 3, 121)
        # (26 đường, 121 điểm, 2): 13 đường dọc rồi 13 đường ngang.
        vertical = torch.stack(torch.meshgrid(ticks, fine, indexing="ij"), -1)
        lines = torch.cat([vertical, vertical.flip(-1)])
        like = next(self._flow.parameters(), torch.zeros(()))
        h, samples = lines.reshape(-1, 2).to(like), torch.tensor(self.noise).to(like)

        # Hoán vị chỉ đổi tên hai trục: không tính là tầng, và hình giữ nguyên trục của x.
        remaining = [t for t in transforms if isinstance(t, Permutation)]
        total = len(transforms) - len(remaining)
        titles = {
            total // 2: f"sau tầng {total // 2}/{total}",
            0: "cơ sở, $z$",
            total: "sau tầng cuối, $x$",
        }
        figure = still_figure(7.2, 2.7)
        axes = iter(figure.subplots(1, len(titles)))
        draw_still(next(axes), lines, samples, titles[0], "z")
        done = 0
        for transform in transforms:
            h, samples = transform(h)[0], transform(samples)[0]
            if isinstance(transform, Permutation):
                remaining.pop(0)
                continue
            done += 1
            if done in titles:
                grid, points = (Compose(remaining)(p)[0] for p in (h, samples))
                symbol = "x" if done == total else "h"
                draw_still(next(axes), grid.reshape(lines.shape), points, titles[done], symbol)
        return figure


def draw_still(axis, lines: Tensor, samples: Tensor, title: str, symbol: str) -> None:
    axis.add_collection(LineCollection(lines.cpu().numpy(), colors="#8a94a3", linewidths=0.5))
    axis.scatter(*samples.cpu().numpy().T, s=3, color="#b84a00", linewidths=0)
    low, high = samples.amin(0), samples.amax(0)
    centre, half = (low + high) / 2, 0.55 * float((high - low).max())
    axis.set(aspect="equal", xlabel=f"${symbol}_1$", ylabel=f"${symbol}_2$")
    axis.set_xlim(float(centre[0]) - half, float(centre[0]) + half)
    axis.set_ylim(float(centre[1]) - half, float(centre[1]) + half)
    axis.set_title(title, fontsize=10)


def rounded(points: np.ndarray) -> list[list[float]]:
    return np.round(points.astype(float), 3).tolist()
