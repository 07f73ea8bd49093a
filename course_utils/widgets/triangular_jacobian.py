"""Ma trận Jacobi tam giác của luồng tự hồi quy, đầy dần từng hàng."""

import math

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..autoregressive.made import made_masks
from ..errors import InputError
from .live_figure import HERE, LiveFigure, still_figure

DIM, HIDDEN = 5, 12
VALUE_RANGE = (-3.0, 3.0)
WEIGHT = 0.6  # hệ số của AR(1)


def masked_layers(slip: bool = False) -> list[dict]:
    """Perceptron tanh có mặt nạ MADE, trọng số cố định: (5,) -> (5, 2), hàng là (s thô, m).

    slip : mặt nạ ra dùng «≥» thay cho «>», nên đầu ra i thấy cả tọa độ i
    """
    generator = torch.Generator().manual_seed(12)
    masks = made_masks(DIM, (HIDDEN,), outputs=2)
    if slip:
        # Nút ẩn bậc k đọc các tọa độ 1..k; nhìn thêm một tọa độ nghĩa là nhận thêm bậc i.
        degree = masks[0].sum(1)
        masks[1] = (torch.arange(1, DIM + 1).repeat_interleave(2)[:, None] >= degree).float()
    layers = []
    for mask, gain in zip(masks, (0.9, 0.5), strict=True):
        weight = gain * torch.randn(mask.shape, generator=generator, dtype=torch.float64)
        bias = 0.4 * torch.randn(len(mask), generator=generator, dtype=torch.float64)
        layers.append({"weight": rounded(mask * weight), "bias": rounded(bias)})
    return layers


def rounded(values: Tensor) -> list:
    return (values.double() * 1e4).round().div(1e4).add(0.0).tolist()


def links(entries: dict[tuple[int, int], float]) -> list[list[float]]:
    """Ma trận (5, 5) của các đường nối thẳng từ tọa độ j vào m_i."""
    matrix = torch.zeros(DIM, DIM, dtype=torch.float64)
    for (i, j), value in entries.items():
        matrix[i, j] = value
    return rounded(matrix)


# Các cặp (i, j) mà h_i được đọc; hai ánh xạ sai có thêm những cặp `extra`.
BELOW = [(i, j) for i in range(DIM) for j in range(i)]
# Cơ chế điều kiện: (s, m) = mạng(v) + đường thẳng(v); v là z ở kiểu IAF, là x ở kiểu MAF.
PRESETS = {
    "network": {
        "label": "mạng nhỏ",
        "layers": masked_layers(),
        "links": {form: links({}) for form in ("iaf", "maf")},
        "note": "Một mạng nhỏ có mặt nạ MADE cho mọi $s_i$, $m_i$ cùng lúc.",
    },
    "cumsum": {
        "label": "tổng dồn",
        "layers": [],
        "links": {
            "iaf": links({pair: 1.0 for pair in BELOW}),
            "maf": links({(i, i - 1): 1.0 for i in range(1, DIM)}),
        },
        "note": "Bài tập: $x_i = z_1 + … + z_i$. Mọi ô chéo bằng 1, log định thức bằng 0. Viết "
        "$h_i = x_i − z_i$ theo $z$ hay theo $x$ đều ra cùng một ánh xạ; chỉ số lượt đổi.",
    },
    "ar1": {
        "label": "AR(1)",
        "layers": [],
        "links": {
            "iaf": links({(i, j): WEIGHT ** (i - j) for i, j in BELOW}),
            "maf": links({(i, i - 1): WEIGHT for i in range(1, DIM)}),
        },
        "note": "$x_i$ bằng $z_i$ cộng 0.6 lần $x$ đứng ngay trước: càng xa đường chéo, ô càng "
        "nhạt. Kiểu IAF và kiểu MAF là hai cách viết của cùng một ánh xạ.",
    },
    "self": {
        "label": "sai: $h_i$ đọc tọa độ $i$",
        "layers": masked_layers(slip=True),
        "links": {form: links({}) for form in ("iaf", "maf")},
        "extra": [(i, i) for i in range(DIM - 1)],
        "note": "Mặt nạ ra viết «≥» thay cho «>»: $h_i$ đọc cả tọa độ $i$. Ma trận vẫn tam giác, "
        "nhưng ô chéo không còn là $∂τ_i$, nên tổng log sai mà không báo lỗi gì.",
    },
    "later": {
        "label": "sai: $h_2$ đọc tọa độ 4",
        "layers": masked_layers(),
        "links": {form: links({(1, 3): 0.9}) for form in ("iaf", "maf")},
        "extra": [(1, 3)],
        "note": "Một đường nối thừa, từ tọa độ 4 vào $h_2$: ô (2, 4) phía trên đường chéo sáng "
        "lên. Ma trận hết tam giác, tích đường chéo không còn là định thức.",
    },
}


class TriangularJacobian(LiveFigure):
    """Đi từng tọa độ của một luồng tự hồi quy 5 chiều; ma trận Jacobi đầy dần từng hàng.

    Sách: (eq-af-jacobian)

    Tham số
    -------
    preset    : "network", "cumsum", "ar1", và hai ánh xạ sai "self", "later"
    form      : "iaf" (h_i đọc z đứng trước) hoặc "maf" (h_i đọc x đứng trước)
    direction : "z_to_x" hoặc "x_to_z": chiều đang tính, và ma trận Jacobi của chiều ấy
    values    : năm số ở phía đã biết, mỗi số từ −3 đến 3
    step      : bước đang xem

    Trong sổ, sau khi kéo, Python đọc lại được các trait ấy; `figure.forward()` và
    `figure.jacobian()` tính lại bằng torch, float64.
    """

    _esm = "\n".join(
        (HERE / f"{name}.js").read_text("utf-8")
        for name in ("kit", "autoregressive_map", "triangular_jacobian")
    )

    preset = traitlets.Unicode("network").tag(sync=True)
    form = traitlets.Enum(["iaf", "maf"], "iaf").tag(sync=True)
    direction = traitlets.Enum(["z_to_x", "x_to_z"], "z_to_x").tag(sync=True)
    values = traitlets.List().tag(sync=True)
    step = traitlets.Int(4).tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, preset="network", values=(0.8, -0.9, 1.2, 0.5, -0.7), **options):
        if preset not in PRESETS:
            raise InputError(
                f"Không có ánh xạ tên {preset!r}; hãy chọn một trong {', '.join(PRESETS)}."
            )
        values = [float(v) for v in values]
        low, high = VALUE_RANGE
        if len(values) != DIM or not all(low <= v <= high for v in values):
            raise InputError(f"values = {values}; cần {DIM} số, mỗi số từ −3 đến 3.")
        options.setdefault(
            "alt",
            "Hình tương tác: đồ thị tính toán của một luồng tự hồi quy năm chiều, bên cạnh ma "
            "trận Jacobi đầy dần từng hàng; phía trên đường chéo là 0, và tổng log của các ô "
            "chéo là log định thức. Đổi chiều, đổi kiểu IAF hay MAF để xem cần mấy lượt qua mạng.",
        )
        super().__init__(
            preset=preset,
            values=values,
            presets=[
                {"name": name} | {key: entry[key] for key in ("label", "layers", "links", "note")}
                for name, entry in PRESETS.items()
            ],
            **options,
        )

    @property
    def one_pass(self) -> bool:
        """Chiều đang chọn có đọc đúng phía đã biết không; nếu có, một lượt qua mạng là đủ."""
        return (self.form == "iaf") == (self.direction == "z_to_x")

    @property
    def computable(self) -> bool:
        """Chiều đang chọn có thứ tự tính không: ánh xạ sai thì chiều lần lượt bị kẹt."""
        return self.one_pass or not PRESETS[self.preset].get("extra")

    def conditioner(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """v (5,) -> s, m, mỗi cái (5,)."""
        spec, h = PRESETS[self.preset], v
        for k, layer in enumerate(spec["layers"]):
            weight, bias = (torch.tensor(layer[key], dtype=v.dtype) for key in ("weight", "bias"))
            h = (h.tanh() if k else h) @ weight.T + bias
        raw, shift = h.view(DIM, 2).T if spec["layers"] else torch.zeros(2, DIM, dtype=v.dtype)
        return raw.tanh(), shift + torch.tensor(spec["links"][self.form], dtype=v.dtype) @ v

    def forward(self, values: Tensor | None = None) -> Tensor:
        """Đầu ra (5,) của chiều đang chọn; không nhận gì thì dùng `values` của hình."""
        v = torch.tensor(self.values, dtype=torch.float64) if values is None else values
        if self.one_pass:
            s, m = self.conditioner(v)
            return s.exp() * v + m if self.form == "iaf" else (v - m) * (-s).exp()
        if not self.computable:
            raise InputError(
                f"Ánh xạ sai {self.preset!r} không có thứ tự tính ở chiều này: h_i chờ chính đầu "
                f"ra mà nó phải giúp tìm. Hãy đổi `direction` hoặc `form`."
            )
        found: list[Tensor] = []
        for i in range(DIM):
            s, m = self.conditioner(torch.stack([*found, *v.new_zeros(DIM - i)]))
            to_z = self.direction == "x_to_z"
            found.append((v[i] - m[i]) * (-s[i]).exp() if to_z else s[i].exp() * v[i] + m[i])
        return torch.stack(found)

    def jacobian(self) -> Tensor:
        """Ma trận Jacobi (5, 5) của `forward` tại `values`, do autograd tính."""
        v = torch.tensor(self.values, dtype=torch.float64)
        return torch.autograd.functional.jacobian(self.forward, v)

    def diagonal_sum(self) -> float:
        """Σ log|∂τ_i| với h_i giữ nguyên: bằng log|det| chỉ khi h_i đúng là tự hồi quy."""
        v = torch.tensor(self.values, dtype=torch.float64)
        s, _ = self.conditioner(v if self.one_pass else self.forward())
        return float(s.sum() if self.direction == "z_to_x" else -s.sum())

    def still(self) -> Figure:
        known, found = ("z", "x") if self.direction == "z_to_x" else ("x", "z")
        read = "z" if self.form == "iaf" else "x"
        height = {"z": 2.0, "x": 0.0}
        figure = still_figure(7.0, 3.4)
        graph, matrix = figure.subplots(1, 2, gridspec_kw={"width_ratios": [1.15, 1]})
        pairs = BELOW + PRESETS[self.preset].get("extra", [])
        arrows = [((j, height[read]), (i - 0.5, 1.0), j >= i) for i, j in pairs]
        for i in range(DIM):
            end = (i, height[found])
            arrows += [((i, height[known]), end, False), ((i - 0.5, 1.0), end, False)]
            for x, y, name, color in (
                (i, height["z"], "z", "#0067a5"),
                (i - 0.5, 1.0, "h", "#007a5a"),
                (i, height["x"], "x", "#b84a00"),
            ):
                graph.text(x, y, f"${name}_{i + 1}$", color=color, ha="center", va="center")
        for start, end, wrong in arrows:
            color = "#900018" if wrong else "#8a94a0"
            style = {"arrowstyle": "->", "color": color, "shrinkA": 12, "shrinkB": 10}
            graph.annotate("", end, start, arrowprops=style)
        graph.set(xlim=(-0.9, DIM - 0.5), ylim=(-0.4, 2.4))
        graph.axis("off")
        jacobian = self.jacobian() if self.computable else torch.zeros(DIM, DIM)
        reach = max(1, math.ceil(float(jacobian.abs().max())))
        matrix.imshow(jacobian.numpy(), cmap="RdBu", vmin=-reach, vmax=reach, alpha=0.6)
        for i in range(DIM):
            for j in range(DIM):
                value = float(jacobian[i, j])
                text = format_cell(value) if self.computable else "?"
                matrix.text(j, i, text, ha="center", va="center")
        matrix.set_xticks(range(DIM), [f"${known}_{j + 1}$" for j in range(DIM)])
        matrix.set_yticks(range(DIM), [f"${found}_{i + 1}$" for i in range(DIM)])
        matrix.xaxis.tick_top()
        matrix.set_title(f"$\\partial {found}_i / \\partial {known}_j$", fontsize=11)
        return figure


def format_cell(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if value else "0"
