"""Hạt trôi theo một trường vận tốc đã huấn luyện: chọn bộ giải, số bước, chiều của thời gian."""

import base64
import json

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..errors import InputError
from ..flows.fields import VelocityMLP
from ..flows.ode import FIXED_STEP, Solver
from .gan_training import pack
from .live_figure import HERE, LiveFigure, module_source, still_figure

STEPS = (1, 2, 4, 8, 16, 32)
FINE = 64  # số bước rk4 của nghiệm mà trang coi là đúng
COUNT, SAMPLE = 240, 60  # số hạt được vẽ, và số hạt để đo sai số
VIEW = 3.2  # khung nhìn: từ −3.2 đến 3.2
TIMES = {"generate": (0.0, 1.0), "normalize": (1.0, 0.0)}


@torch.no_grad()
def export_field(field: VelocityMLP) -> dict:
    """Trọng số của một `VelocityMLP` hai chiều, số float16 viết bằng base64, ghi được ra JSON.

    Trang tính u và ∇·u từ đó. hidden=(32, 32) là khoảng 4 kB, (40, 40, 40, 40) khoảng 17 kB.
    """
    if not isinstance(field, VelocityMLP):
        raise InputError(
            f"Trang sách chỉ tính được trường VelocityMLP, ở đây là {type(field).__name__}. Hãy "
            f"đưa một VelocityMLP, hoặc một mô hình có `ode.field` là VelocityMLP (CNF, "
            f"FlowMatching)."
        )
    if field.dim != 2:
        raise InputError(
            f"Trường có {field.dim} chiều; hình này vẽ mặt phẳng nên cần VelocityMLP(2)."
        )
    return {
        "activation": field.activation,
        "frequencies": field.frequencies,
        "linear": [{"weight": pack(m.weight), "bias": pack(m.bias)} for m in field.linear],
        "time": [pack(m.weight) for m in field.time],
    }


@torch.no_grad()
def import_field(spec: dict) -> VelocityMLP:
    """Trường float64 với đúng các trọng số mà trang dùng: ngược của `export_field`."""

    def values(packed: dict) -> Tensor:
        raw = np.frombuffer(base64.b64decode(packed["data"]), "<f2")
        return torch.tensor(raw.astype(np.float64)).view(packed["shape"])

    hidden = [layer["bias"]["shape"][0] for layer in spec["linear"][:-1]]
    field = VelocityMLP(2, hidden, spec["frequencies"], spec["activation"]).double()
    for layer, packed in zip(field.linear, spec["linear"], strict=True):
        layer.weight.copy_(values(packed["weight"]))
        layer.bias.copy_(values(packed["bias"]))
    for layer, packed in zip(field.time, spec["time"], strict=True):
        layer.weight.copy_(values(packed))
    return field.requires_grad_(False)


@torch.no_grad()
def export_entry(label: str, model: nn.Module, data: Tensor | None) -> dict:
    """Một trường của hình: nhãn, trọng số, và dữ liệu trong tọa độ của ODE."""
    field = model.ode.field if hasattr(model, "ode") else model
    entry = {"label": label, **export_field(field), "data": []}
    if data is not None:
        if data.ndim != 2 or data.shape[1] != 2:
            raise InputError(f"`data` có hình dạng {tuple(data.shape)}; cần (n, 2).")
        points = data[:COUNT].to(next(model.parameters()))
        if hasattr(model, "ode"):  # phía dữ liệu của CNF, FlowMatching: một phép affine
            points = model.transform.transforms[1].inverse(points)[0]
        entry["data"] = points.cpu().double().numpy().round(3).tolist()
    return entry


def stored_fields() -> list[dict]:
    """Hai trường mặc định, do `scripts/train_carried_fields.py` huấn luyện trên hai vành trăng."""
    return json.loads((HERE / "carried_fields.json").read_text("utf-8"))


class CarriedParticles(LiveFigure):
    """Hạt, hay một lưới, trôi theo trường u(x, t); log mật độ cộng dồn dọc đường đi của một hạt.

    Sách: (eq-cnf-ode), (eq-instantaneous-cov), (eq-augmented-ode)

    Tham số
    -------
    fields : từ điển nhãn -> `VelocityMLP(2)`, hay CNF, FlowMatching hai chiều; bỏ trống thì dùng
        hai trường nhỏ đã huấn luyện sẵn trên hai vành trăng: một CNF và một luồng khớp
    data : dữ liệu (n, 2), nơi xuất phát của chiều chuẩn hóa; chỉ dùng 240 điểm đầu
    method, steps : bộ giải "euler", "midpoint" hay "rk4", và 1, 2, 4, ..., 32 bước
    direction : "generate", t từ 0 tới 1, hay "normalize", t từ 1 về 0
    start : nơi xuất phát của hạt kéo được

    Mọi tọa độ là của ODE: với CNF và FlowMatching, dữ liệu đã đi ngược qua tầng affine cuối.
    Trong sổ, sau khi kéo, Python đọc lại được các trait; `figure.carry()` và `figure.measures()`
    tính lại bằng torch, float64, từ đúng các trọng số mà trang dùng.
    """

    _esm = module_source("velocity_field", "carried_particles")

    fields = traitlets.List().tag(sync=True)
    noise = traitlets.List().tag(sync=True)
    field = traitlets.Int(0).tag(sync=True)
    method = traitlets.Enum(list(FIXED_STEP), "euler").tag(sync=True)
    steps = traitlets.Int(4).tag(sync=True)
    direction = traitlets.Enum(list(TIMES), "generate").tag(sync=True)
    time = traitlets.Float(0.6).tag(sync=True)
    start = traitlets.List().tag(sync=True)
    view = traitlets.Enum(["particles", "grid"], "particles").tag(sync=True)
    color = traitlets.Enum(["origin", "density"], "origin").tag(sync=True)

    def __init__(
        self,
        fields: dict[str, nn.Module] | None = None,
        data: Tensor | None = None,
        method: str = "euler",
        steps: int = 4,
        start=(0.4, -0.3),
        **options,
    ):
        if fields is not None and (not isinstance(fields, dict) or not fields):
            raise InputError(
                "`fields` là một từ điển nhãn -> trường, ví dụ {'CNF': model}; hãy đưa ít nhất một."
            )
        if method not in FIXED_STEP:
            raise InputError(f"Không có bộ giải tên {method!r}; hãy chọn {', '.join(FIXED_STEP)}.")
        if steps not in STEPS:
            raise InputError(f"steps = {steps}; hãy chọn một trong {', '.join(map(str, STEPS))}.")
        start = [float(v) for v in start]
        if len(start) != 2 or not all(abs(v) <= 3 for v in start):
            raise InputError(f"start = {start}; cần hai số, mỗi số từ −3 đến 3.")
        options.setdefault(
            "alt",
            "Các hạt trên mặt phẳng x₁, x₂ trôi theo trường vận tốc, từ nhiễu Gauss thành hai "
            "vành trăng và ngược lại; đồ thị bên cạnh là log mật độ của một hạt theo thời gian t. "
            "So bộ giải đang chọn với nghiệm mịn: ít bước thì hạt lạc chỗ và log mật độ lệch đi, "
            "nhiều bước thì hai đường nhập làm một.",
        )
        if fields is None:
            entries = stored_fields()
        else:
            entries = [export_entry(label, model, data) for label, model in fields.items()]
        noise = np.random.default_rng(0).standard_normal((COUNT, 2))
        super().__init__(
            fields=entries,
            noise=noise.round(3).tolist(),
            method=method,
            steps=steps,
            start=start,
            **options,
        )

    def velocity(self) -> VelocityMLP:
        """Trường đang chọn, float64, với các trọng số float16 của trang."""
        return import_field(self.fields[self.field])

    @torch.no_grad()
    def carry(
        self,
        points: Tensor | None = None,
        method: str | None = None,
        steps: int | None = None,
        direction: str | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Đường đi (steps + 1, n, 2) và ∫∇·u dt tích lũy (steps + 1, n), tính từ nơi xuất phát.

        Bỏ trống thì lấy hạt kéo được, và bộ giải, số bước, chiều đang chọn.
        """
        points = torch.tensor([self.start], dtype=torch.float64) if points is None else points
        begin, end = TIMES[direction or self.direction]
        solver = Solver(method or self.method, steps or self.steps)
        times = np.linspace(begin, end, solver.steps + 1)
        field = self.velocity()
        state = (points.double(), torch.zeros(len(points), dtype=torch.float64))
        (path, integral), _ = solver(lambda t, s: field.with_divergence(t, s[0]), state, times)
        return path, integral

    def particles(self) -> Tensor:
        """Các hạt lúc xuất phát (n, 2): nhiễu, hoặc dữ liệu ở chiều chuẩn hóa."""
        data = self.fields[self.field]["data"]
        if self.direction == "generate":
            return torch.tensor(self.noise, dtype=torch.float64)
        if data:
            return torch.tensor(data, dtype=torch.float64)
        noise = torch.tensor(self.noise, dtype=torch.float64)
        return self.carry(noise, "rk4", FINE, "generate")[0][-1]

    def log_density(self, method: str | None = None, steps: int | None = None) -> Tensor:
        """log p_t(x_t) (nat) của hạt kéo được ở mọi mốc của bộ giải (steps + 1,).

        log p_t(x_t) = log p_Z(x₀) − ∫₀ᵗ ∇·u ds; ở chiều chuẩn hóa, x₀ là điểm cuối. Sách:
        (eq-instantaneous-cov)
        """
        path, integral = self.carry(method=method, steps=steps)
        base = 0 if self.direction == "generate" else -1
        log_base = -0.5 * path[base, 0].square().sum() - np.log(2 * np.pi)
        return log_base + integral[base, 0] - integral[:, 0]

    def measures(self) -> dict[str, float]:
        """NFE; trung bình trên 60 hạt: sai số điểm cuối so với rk4 mịn, độ lệch khi đi rồi về."""
        points = self.particles()[:SAMPLE]
        end = self.carry(points)[0][-1]
        fine = self.carry(points, "rk4", FINE)[0][-1]
        opposite = "normalize" if self.direction == "generate" else "generate"
        back = self.carry(end, direction=opposite)[0][-1]
        return {
            "nfe": FIXED_STEP[self.method] * self.steps,
            "error": float((end - fine).norm(dim=1).mean()),
            "round_trip": float((back - points).norm(dim=1).mean()),
        }

    def still(self) -> Figure:
        """Các hạt ở ba thời điểm, tô theo góc xuất phát."""
        path = self.carry(self.particles(), "rk4", FINE)[0]
        first = path[0].numpy()
        quarter = (first[:, 0] > 0) + 2 * (first[:, 1] > 0)
        colors = np.array(["#0067a5", "#b84a00", "#007a5a", "#900018"])[quarter.astype(int)]
        figure = still_figure(7.2, 2.7)
        begin, end = TIMES[self.direction]
        for axis, share in zip(figure.subplots(1, 3), (0, 0.5, 1), strict=True):
            axis.scatter(*path[round(share * FINE)].numpy().T, s=4, c=colors, linewidths=0)
            axis.set(aspect="equal", xlim=(-VIEW, VIEW), ylim=(-VIEW, VIEW))
            axis.set(xlabel="$x_1$", ylabel="$x_2$")
            axis.set_title(f"t = {begin + share * (end - begin):g}", fontsize=10)
        return figure
