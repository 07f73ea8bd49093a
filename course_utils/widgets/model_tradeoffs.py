"""Bảng so mọi mô hình trên hai trục tùy chọn: khoảng tin cậy, ai trội hơn ai, biên Pareto."""

from math import isfinite

import numpy as np
import traitlets
from matplotlib.figure import Figure
from scipy import stats

from ..compare import load_results
from ..errors import InputError
from .live_figure import HERE, LiveFigure, module_source, still_figure
from .tradeoff_table import DOWN, METRICS, dominates, interval, one_of, span, tables_of

KINDS = {"exact": ("o", "#0067a5"), "bound": ("v", "#b84a00"), "none": ("s", "#007a5a")}
RULES = ("mean", "sure")


class ModelTradeoffs(LiveFigure):
    """Bảng so mọi mô hình, sống: chọn dữ liệu và hai trục, xem ai trội hơn ai.

    Mỗi điểm là trung bình qua các hạt giống, hai vạch là khoảng t 95 %. Điểm đặc không bị mô hình
    nào trội; hình dạng nói mô hình có mật độ chính xác, chỉ có cận, hay không có mật độ.

    Sách: (eq-seed-interval), (eq-pareto)

    Tham số
    -------
    data : tên bộ dữ liệu trong bảng; bỏ trống thì là bộ đầu tiên
    x, y : tên hai đại lượng (`METRICS`)
    rule : "mean" (trội khi trung bình hơn) hoặc "sure" (trội khi hai khoảng rời nhau)
    chosen : tên mô hình đang xem; bỏ trống thì là mô hình tốt nhất theo trục dọc
    results : các hàng của bảng; bỏ trống thì đọc bảng đóng gói, `compare.load_results()`

    `figure.points()`, `figure.front()` tính lại trong Python.
    """

    _esm = module_source("controls", "pareto", "tradeoff_marks", "model_tradeoffs")
    _css = LiveFigure._css + (HERE / "model_tradeoffs.css").read_text("utf-8")

    data = traitlets.Unicode().tag(sync=True)
    x = traitlets.Unicode().tag(sync=True)
    y = traitlets.Unicode().tag(sync=True)
    x_log = traitlets.Bool().tag(sync=True)
    y_log = traitlets.Bool().tag(sync=True)
    rule = traitlets.Enum(list(RULES), "mean").tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    tables = traitlets.List().tag(sync=True)
    metrics = traitlets.List().tag(sync=True)
    quantiles = traitlets.List().tag(sync=True)

    def __init__(
        self,
        data=None,
        x="training_seconds",
        y="mmd2",
        rule="mean",
        chosen=None,
        results=None,
        **options,
    ):
        tables = tables_of(load_results() if results is None else results)
        if not tables:
            raise InputError(
                "Bảng so không có hàng nào; hãy chạy `python -m course_utils.compare` trước."
            )
        data = tables[0]["name"] if data is None else data
        one_of("data", data, [table["name"] for table in tables])
        families = next(table["families"] for table in tables if table["name"] == data)
        known = [name for name in METRICS if any(name in f["values"] for f in families)]
        one_of("x", x, known)
        one_of("y", y, known)
        one_of("rule", rule, RULES)
        if chosen is not None:
            one_of("chosen", chosen, [family["name"] for family in families])
        options.setdefault(
            "alt",
            "Mỗi mô hình của sách là một dấu giữa hai trục tùy chọn, như chất lượng mẫu và thời "
            "gian lấy mẫu, kèm khoảng tin cậy qua các hạt giống; dạng dấu cho biết mật độ chính "
            "xác, chỉ có cận hay không có. Đường gãy nối những mô hình không bị mô hình nào trội; "
            "dấu rỗng là bị trội.",
        )
        seeds = max(len(v) for t in tables for f in t["families"] for v in f["values"].values())
        super().__init__(
            data=data,
            x=x,
            y=y,
            x_log=METRICS[x]["log"],
            y_log=METRICS[y]["log"],
            rule=rule,
            tables=tables,
            metrics=[{"name": name, **spec} for name, spec in METRICS.items()],
            # Phân vị 0.975 của luật t; phần tử thứ k là của k bậc tự do.
            quantiles=[0.0, *stats.t.ppf(0.975, np.arange(1, max(seeds, 2))).round(9).tolist()],
            **options,
        )
        worth = METRICS[y]["better"]
        best = max(self.points(), key=lambda p: worth * p["at"][1][0], default=families[0])
        self.chosen = chosen or best["name"]

    def table(self) -> dict:
        """Bảng của bộ dữ liệu đang chọn."""
        return next(table for table in self.tables if table["name"] == self.data)

    def points(self) -> list[dict]:
        """Các mô hình có số trên cả hai trục; `at` là hai cặp (trung bình, nửa khoảng)."""
        axes = (self.x, self.y)
        return [
            family | {"at": [interval(family["values"][name]) for name in axes]}
            for family in self.table()["families"]
            if all(name in family["values"] for name in axes)
        ]

    def front(self) -> list[str]:
        """Tên những mô hình không bị mô hình nào trội."""
        points, signs = self.points(), [-METRICS[name]["better"] for name in (self.x, self.y)]
        return [
            p["name"]
            for p in points
            if not any(dominates(q["at"], p["at"], signs, self.rule == "sure") for q in points)
        ]

    def floor(self, name: str) -> float | None:
        """Mức mà mẫu thật so với mẫu thật cũng đạt tới: quá mức ấy, số đo chỉ còn là nhiễu."""
        values = self.table()["floor"].get(name)
        if not values:
            return None
        mean, half = interval(values)
        return mean - METRICS[name]["better"] * (half if isfinite(half) else 0)

    def ranges(self) -> list[tuple[float, float]]:
        """Miền của hai trục, như hình vẽ trong trang."""
        points, found = self.points(), []
        for i, (name, log) in enumerate(((self.x, self.x_log), (self.y, self.y_log))):
            floor = self.floor(name) if METRICS[name]["better"] == DOWN else None
            found.append(span([p["at"][i][0] for p in points], log, floor))
        return found

    def still(self) -> Figure:
        figure = still_figure(7.2, 4.2)
        axis, front, ranges = figure.subplots(), self.front(), self.ranges()
        axis.set(xlim=ranges[0], ylim=ranges[1])
        axis.set(xlabel=METRICS[self.x]["label"], ylabel=METRICS[self.y]["label"])
        axis.set_title(f"{self.table()['label']}; đặc: không bị mô hình nào trội", fontsize=10)
        for log, set_scale in ((self.x_log, axis.set_xscale), (self.y_log, axis.set_yscale)):
            set_scale("log" if log else "linear")
        for point in self.points():
            # Số không dương trên thang log đứng ở mép.
            x, y = (max(v, low) for (v, _), (low, _) in zip(point["at"], ranges, strict=True))
            marker, color = KINDS[point["kind"]]
            face = color if point["name"] in front else "none"
            halves = zip(("xerr", "yerr"), point["at"], strict=True)
            bars = {key: half for key, (_, half) in halves if isfinite(half)}
            style = {"elinewidth": 0.6, "markersize": 5, "markerfacecolor": face}
            axis.errorbar(x, y, **bars, fmt=marker, color=color, clip_on=True, **style)
            text = {"textcoords": "offset points", "fontsize": 7, "annotation_clip": True}
            axis.annotate(point["label"], (x, y), (5, 4), **text)
        return figure
