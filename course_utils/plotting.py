"""Các hình mà nhiều chương dùng chung. Mỗi hàm vẽ lên một trục và ghi nhãn tiếng Việt."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import Tensor

from .base import DensityModel
from .data.toy import ToyDensity

# Bảng màu Okabe–Ito với cam và đỏ sẫm hơn: đủ tương phản với nền trắng, mắt nào cũng phân biệt được
# (tests/test_palettes.py đo).
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E07000", "#009E73", "#900018", "#CC79A7"


def grid(box: tuple[float, float, float, float], size: int = 200) -> tuple[Tensor, Tensor, Tensor]:
    """Lưới điểm phủ `box`: (X, Y, points) với X, Y (size, size) và points (size², 2)."""
    x_min, x_max, y_min, y_max = box
    xs, ys = torch.linspace(x_min, x_max, size), torch.linspace(y_min, y_max, size)
    grid_x, grid_y = torch.meshgrid(xs, ys, indexing="xy")
    return grid_x, grid_y, torch.stack([grid_x.flatten(), grid_y.flatten()], 1)


@torch.no_grad()
def density(
    model: DensityModel | ToyDensity,
    box: tuple[float, float, float, float],
    ax: Axes | None = None,
    title: str = "",
    size: int = 200,
) -> Axes:
    """Vẽ mật độ p(x) trên mặt phẳng."""
    ax = ax or plt.gca()
    grid_x, grid_y, points = grid(box, size)
    if isinstance(model, DensityModel):
        points = points.to(next(model.parameters()))
    p = model.log_prob(points).exp().reshape(size, size).cpu()
    ax.pcolormesh(grid_x, grid_y, p, cmap="viridis", shading="auto", rasterized=True)
    return label_plane(ax, title)


def scatter(
    x: Tensor, ax: Axes | None = None, title: str = "", color: str = BLUE, size: float = 2
) -> Axes:
    """Vẽ các mẫu (n, 2)."""
    ax = ax or plt.gca()
    x = x.detach().cpu()
    ax.scatter(x[:, 0], x[:, 1], s=size, alpha=0.5, color=color, linewidths=0, rasterized=True)
    return label_plane(ax, title)


def label_plane(ax: Axes, title: str) -> Axes:
    """Nhãn hai trục của mặt phẳng dữ liệu."""
    ax.set(title=title, xlabel="$x_1$ (đơn vị dữ liệu)", ylabel="$x_2$ (đơn vị dữ liệu)")
    ax.set_aspect("equal")
    return ax


def losses(history, ax: Axes | None = None, entropy: float | None = None) -> Axes:
    """Mất mát theo bước; đường ngang là entropy, giới hạn của mọi mô hình."""
    ax = ax or plt.gca()
    ax.plot(history.loss, color=BLUE, linewidth=0.8, label="lô huấn luyện")
    if history.validation:
        ax.plot(*zip(*history.validation, strict=True), color=ORANGE, label="kiểm định")
    if entropy is not None:
        ax.axhline(entropy, color=RED, linestyle="--", label="entropy của dữ liệu")
    ax.set(xlabel="bước", ylabel="đối log hợp lý (nat)")
    ax.legend()
    return ax


def image_grid(images: Tensor, ax: Axes | None = None, columns: int = 10, title: str = "") -> Axes:
    """Xếp các ảnh xám (n, 1, H, W) thành một bảng; giá trị được đưa về 0..1 theo min, max."""
    ax = ax or plt.gca()
    images = images.detach().cpu()
    rows = -(-len(images) // columns)
    n, _, h, w = images.shape
    canvas = images.new_full((rows * columns, h + 1, w + 1), float(images.max()))
    canvas[:n, :h, :w] = images[:, 0]
    table = canvas.view(rows, columns, h + 1, w + 1).permute(0, 2, 1, 3)
    ax.imshow(table.reshape(rows * (h + 1), columns * (w + 1)), cmap="gray_r")
    ax.set_title(title)
    ax.axis("off")
    return ax


def growth(
    sizes: Sequence[float],
    costs: Sequence[float],
    guide: Sequence[float],
    ax: Axes,
    label: str,
    color: str = BLUE,
    marker: str = "o",
) -> Axes:
    """Chi phí đo được theo cỡ, trục log–log; đường chấm là hình dạng mà phép đếm cho.

    `guide` (cùng độ dài với `costs`) được kéo lên xuống cho đi qua điểm đo cuối cùng: chỉ độ dốc
    của nó có nghĩa.
    """
    ax.loglog(sizes, costs, marker + "-", color=color, label=label, markersize=5)
    ax.loglog(sizes, [g * costs[-1] / guide[-1] for g in guide], ":", color=color, lw=1.2)
    return ax
