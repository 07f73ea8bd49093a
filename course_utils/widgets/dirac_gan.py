"""Mặt phẳng pha của Dirac-GAN: hai số đuổi nhau, bật ra, đi vòng hay co về."""

import traitlets
from matplotlib.figure import Figure

from ..errors import InputError
from ..gan_theory import dirac_gan
from .live_figure import LiveFigure, module_source, still_figure


class DiracGan(LiveFigure):
    """Chọn độ dài bước, hệ số phạt, cách đi; kéo điểm xuất phát và xem quỹ đạo (θ, ω).

    Sách: (eq-dirac-step)

    Tham số
    -------
    step_size : độ dài bước h
    penalty : hệ số γ của điều chuẩn R1
    order : "simultaneous" (cùng lúc) hay "alternating" (luân phiên)
    loss : "saturating" (trò chơi tổng không) hay "non_saturating"
    start : điểm xuất phát (θ, ω)
    steps : số bước của quỹ đạo
    """

    _esm = module_source("dirac_gan")

    step_size = traitlets.Float(0.2).tag(sync=True)
    penalty = traitlets.Float(0.0).tag(sync=True)
    order = traitlets.Enum(["simultaneous", "alternating"], "simultaneous").tag(sync=True)
    loss = traitlets.Enum(["saturating", "non_saturating"], "saturating").tag(sync=True)
    start = traitlets.List([0.5, 0.5]).tag(sync=True)
    steps = traitlets.Int(150).tag(sync=True)

    def __init__(self, start=(0.5, 0.5), **options):
        start = [float(v) for v in start]
        if len(start) != 2 or not all(abs(v) <= 2.2 for v in start):
            raise InputError(f"start = {start}; cần hai số (θ, ω) trong khoảng từ −2.2 đến 2.2.")
        options.setdefault(
            "alt",
            "Mặt phẳng pha của Dirac-GAN: trục ngang là vị trí θ của mẫu, trục dọc là độ dốc ω "
            "của bộ phân biệt, cân bằng ở gốc. So đi cùng lúc với đi luân phiên, có phạt với "
            "không phạt R1: không phạt thì quỹ đạo quay quanh gốc, cùng lúc còn xoáy ra xa; có "
            "phạt đủ thì quỹ đạo xoáy về gốc.",
        )
        super().__init__(start=start, **options)

    def path(self):
        """Quỹ đạo đang vẽ, tensor (steps + 1, 2)."""
        alternating = self.order == "alternating"
        start = tuple(self.start)
        return dirac_gan(start, self.steps, self.step_size, self.penalty, alternating, self.loss)

    def still(self) -> Figure:
        figure = still_figure(7.2, 2.7)
        cases = {
            "cùng lúc": (0.0, False),
            "luân phiên": (0.0, True),
            "cùng lúc, có phạt R1": (0.5, False),
        }
        axes = figure.subplots(1, 3, sharey=True)
        for axis, (title, (penalty, alternating)) in zip(axes, cases.items(), strict=True):
            path = dirac_gan((0.5, 0.5), self.steps, self.step_size, penalty, alternating)
            axis.plot(*path.numpy().T, ".-", color="#b84a00", linewidth=0.8, markersize=2.5)
            axis.plot(0, 0, "+", color="#0067a5", markersize=10)
            axis.set(aspect="equal", xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), xlabel="$\\theta$")
            axis.set_title(title, fontsize=10)
        axes[0].set_ylabel("$\\omega$")
        return figure
