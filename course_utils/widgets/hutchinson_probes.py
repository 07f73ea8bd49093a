"""Ước lượng vết bằng vector dò: thêm từng vector, xem trung bình tiến về vết và phương sai."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from ..errors import InputError
from .live_figure import LiveFigure, module_source, still_figure

PRESETS = {
    "general": {
        "label": "bất kỳ",
        "matrix": [[2.0, 1.0, -1.0], [3.0, -1.0, 0.5], [0.0, 2.0, 1.0]],
    },
    "symmetric": {
        "label": "đối xứng",
        "matrix": [[1.0, 1.5, -0.5], [1.5, 2.0, 1.0], [-0.5, 1.0, -1.5]],
    },
    "diagonal": {
        "label": "đường chéo",
        "matrix": [[3.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.5]],
    },
    "rotation": {"label": "phép quay", "matrix": [[0.0, -2.0], [2.0, 0.0]]},
}
LARGEST = 9.0  # của |a_ij|
MOST = 5000  # số vector dò nhiều nhất


def uniforms(seed: int) -> Iterator[float]:
    """Bộ sinh mulberry32 của trang: các số trong [0, 1), lặp lại được theo hạt giống."""
    state, mask = seed & 0xFFFFFFFF, 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ (state >> 15)) * (state | 1)) & mask
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & mask)) & mask
        yield (t ^ (t >> 14)) / 2**32


class HutchinsonProbes(LiveFigure):
    """Thêm từng vector dò v: trung bình của vᵀAv so với vết của A, Rademacher cạnh Gauss.

    Sách: (eq-hutchinson), (eq-hutchinson-divergence), (eq-hutchinson-variance)

    Tham số
    -------
    matrix : ma trận vuông từ 2×2 tới 4×4, mỗi phần tử từ −9 tới 9, hoặc tên một ma trận có sẵn:
             "general", "symmetric", "diagonal", "rotation". Nó đóng vai ∂u/∂x ở một điểm; vết của
             nó là độ phân kỳ ∇·u
    count  : số vector dò đã rút, từ 0 tới 5000
    seed   : hạt giống của bộ sinh trong trang

    Vector Gauss rút trước; vector Rademacher là dấu của chính nó. Trong sổ, sau khi bấm, Python đọc
    lại được `figure.matrix`, `figure.count`, `figure.seed`; `figure.estimates()` rút lại đúng
    những vector dò của trang.
    """

    _esm = module_source("hutchinson_probes")

    matrix = traitlets.List().tag(sync=True)
    count = traitlets.Int(100).tag(sync=True)
    seed = traitlets.Int(2).tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, matrix="general", count=100, seed=2, **options):
        if isinstance(matrix, str):
            if matrix not in PRESETS:
                raise InputError(
                    f"Không có ma trận tên {matrix!r}; hãy chọn một trong {', '.join(PRESETS)}, "
                    f"hoặc đưa thẳng các hàng của ma trận."
                )
            matrix = PRESETS[matrix]["matrix"]
        rows = [[float(v) for v in row] for row in matrix]
        if len(rows) not in (2, 3, 4) or any(len(row) != len(rows) for row in rows):
            shape = f"{len(rows)} hàng, độ dài các hàng {[len(row) for row in rows]}"
            raise InputError(f"matrix có {shape}; cần ma trận vuông 2×2, 3×3 hoặc 4×4.")
        if not all(abs(v) <= LARGEST for row in rows for v in row):
            raise InputError(f"matrix = {rows}; mỗi phần tử phải từ −9 tới 9.")
        if not 0 <= count <= MOST:
            raise InputError(f"count = {count}; số vector dò phải từ 0 tới {MOST}.")
        if not 0 <= seed < 2**31:
            raise InputError(f"seed = {seed}; hạt giống phải là số nguyên từ 0 tới 2³¹ − 1.")
        options.setdefault(
            "alt",
            "Hình tương tác: thêm từng vector dò v và xem trung bình của vᵀAv tiến về vết của A. "
            "Rademacher và Gauss cạnh nhau, với biểu đồ tần số, sai số chuẩn, và phương sai đo "
            "được bên phương sai theo công thức. Phần phản đối xứng của A không đổi gì cả; với "
            "ma trận đường chéo, Rademacher đúng ngay từ vector đầu.",
        )
        super().__init__(
            matrix=rows,
            count=int(count),
            seed=int(seed),
            presets=[{"name": name} | entry for name, entry in PRESETS.items()],
            **options,
        )

    def probes(self) -> tuple[Tensor, Tensor]:
        """Các vector dò Rademacher và Gauss của trang: hai tensor (count, d), float64."""
        stream, d = uniforms(self.seed), len(self.matrix)
        pairs = ((1 - next(stream), next(stream)) for _ in range(self.count * d))
        normal = [math.sqrt(-2 * math.log(a)) * math.cos(2 * math.pi * b) for a, b in pairs]
        gauss = torch.tensor(normal, dtype=torch.float64).view(self.count, d)
        return torch.where(gauss > 0, 1.0, -1.0).to(gauss), gauss

    def estimates(self) -> dict[str, Tensor]:
        """vᵀAv (count,) của từng vector dò, cho hai loại."""
        A = torch.tensor(self.matrix, dtype=torch.float64)
        names = ("rademacher", "gaussian")
        return {k: ((v @ A) * v).sum(1) for k, v in zip(names, self.probes(), strict=True)}

    def variances(self) -> dict[str, float]:
        """Phương sai của một lần ước lượng, S = (A + Aᵀ)/2.

        Rademacher: 2(‖S‖²_F − Σᵢ S²ᵢᵢ); Gauss: 2‖S‖²_F. Sách: (eq-hutchinson-variance)
        """
        A = torch.tensor(self.matrix, dtype=torch.float64)
        S = (A + A.T) / 2
        total, diagonal = float((S**2).sum()), float((S.diagonal() ** 2).sum())
        return {"rademacher": 2 * (total - diagonal), "gaussian": 2 * total}

    def all_signs(self) -> tuple[Tensor, Tensor]:
        """Cả 2^d vector dấu (2^d, d), và vᵀAv của từng vector (2^d,)."""
        A = torch.tensor(self.matrix, dtype=torch.float64)
        v = torch.tensor(list(itertools.product([1, -1], repeat=len(A))), dtype=torch.float64)
        return v, ((v @ A) * v).sum(1)

    def still(self) -> Figure:
        trace = sum(row[i] for i, row in enumerate(self.matrix))
        spread = math.sqrt(self.variances()["gaussian"]) or 1.0
        figure = still_figure(7.2, 3.2)
        running, shares = figure.subplots(1, 2)
        n = np.arange(1, self.count + 1)
        edges = np.linspace(trace - 4 * spread, trace + 4 * spread, 41)
        names = {"rademacher": ("Rademacher", "#0067a5"), "gaussian": ("Gauss", "#b84a00")}
        for kind, values in self.estimates().items():
            values, (label, color) = values.numpy(), names[kind]
            if not self.count:
                continue
            mean = values.cumsum() / n
            second = (values**2).cumsum() / n - mean**2
            error = np.sqrt(np.maximum(second, 0) / np.maximum(n - 1, 1))  # độ lệch chuẩn mẫu / √n
            running.semilogx(n, mean, color=color, label=label)
            running.fill_between(n, mean - error, mean + error, color=color, alpha=0.15)
            inside = values.clip(edges[0], edges[-1])
            weight = np.full(self.count, 1 / self.count)
            shares.hist(inside, edges, weights=weight, color=color, alpha=0.55, label=label)
        running.axhline(trace, color="#1b1f24", linestyle="--", linewidth=1)
        running.set(ylim=(trace - 1.6 * spread, trace + 1.6 * spread))
        running.set(xlabel="số vector dò $n$", ylabel="trung bình ± sai số chuẩn")
        shares.axvline(trace, color="#1b1f24", linestyle="--", linewidth=1)
        shares.set(xlabel=r"một lần ước lượng $v^\top A v$", ylabel="tỉ lệ")
        if self.count:
            shares.legend(frameon=False, fontsize=8)
        return figure
