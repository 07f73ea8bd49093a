"""Bảng so mọi mô hình trên hai trục tùy chọn: khoảng tin cậy, ai trội hơn ai, biên Pareto."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import inf, isfinite

import numpy as np
import traitlets
from matplotlib.figure import Figure
from scipy import stats

from ..compare import FAMILIES, PROBLEMS, load_results, mean_and_interval
from ..compare.rows import REAL
from ..errors import InputError
from .live_figure import HERE, LiveFigure, module_source, still_figure

DOWN, UP = -1, 1  # nhỏ thì tốt, lớn thì tốt


def metric(label: str, short: str, better: int = DOWN, log: bool = False, note: str = "") -> dict:
    """Một đại lượng: tên trên trục, tên trong bảng số, chiều tốt, thang log hay không, lời nhắc."""
    return {"label": label, "short": short, "better": better, "log": log, "note": note}


# Tên là tên cột trong bảng của `compare`.
METRICS = {
    "gap": metric(
        "khoảng hở tới entropy (nat)",
        "khoảng hở, nat",
        log=True,
        note="Tam giác là một cận: khoảng hở thật của mô hình không lớn hơn số được vẽ.",
    ),
    "bits_per_dim": metric(
        "bit mỗi chiều",
        "bit mỗi chiều",
        note="Tam giác là một cận: số bit thật của mô hình không lớn hơn số được vẽ.",
    ),
    "mmd2": metric("MMD²", "MMD²", log=True),
    "coverage": metric("độ phủ", "độ phủ", UP),
    "precision": metric(
        "độ chính xác của mẫu",
        "độ chính xác của mẫu",
        UP,
        note="Độ chính xác không thấy những mode bị bỏ: hãy xem cùng độ phủ.",
    ),
    "modes": metric("số mode tìm thấy", "mode tìm thấy", UP),
    "mode_tv": metric("lệch tỉ lệ giữa các mode (TV)", "lệch tỉ lệ các mode", log=True),
    "training_seconds": metric("huấn luyện (giây)", "huấn luyện, giây", log=True),
    "sampling_seconds": metric("rút 10 000 mẫu (giây)", "10 000 mẫu, giây", log=True),
    "sample_nfe": metric("NFE của một mẫu (lần)", "NFE của một mẫu", log=True),
    "density_seconds": metric("tính 10 000 log mật độ (giây)", "10 000 mật độ, giây", log=True),
    "parameters": metric("số tham số", "tham số"),
}
KINDS = {"exact": ("o", "#0067a5"), "bound": ("v", "#b84a00"), "none": ("s", "#007a5a")}
RULES = ("mean", "sure")
SHARED = ("training_seconds", "parameters")  # một mô hình, dù lấy mẫu cách nào


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Trung bình và nửa khoảng t 95 % của các lần chạy; một lần chạy thì nửa khoảng là vô cực.

    Sách: (eq-seed-interval)
    """
    found = mean_and_interval(values)
    return found["mean"], inf if found["high"] is None else found["high"] - found["mean"]


def dominates(a, b, signs: Sequence[int], sure: bool = False) -> bool:
    """a trội hơn b: không kém ở trục nào, hơn ở ít nhất một.

    Mỗi điểm là ((trung bình, nửa khoảng), (trung bình, nửa khoảng)); `signs` là 1 ở trục nhỏ thì
    tốt, −1 ở trục lớn thì tốt. `sure`: so đầu xấu của khoảng bên a với đầu tốt của khoảng bên b.

    Sách: (eq-pareto)
    """
    worst = [s * mean + (half if sure else 0) for s, (mean, half) in zip(signs, a, strict=True)]
    best = [s * mean - (half if sure else 0) for s, (mean, half) in zip(signs, b, strict=True)]
    pairs = list(zip(worst, best, strict=True))
    return all(p <= q for p, q in pairs) and any(p < q for p, q in pairs)


def span(values: Iterable[float], log: bool, floor: float | None = None) -> tuple[float, float]:
    """Miền của một trục, quanh các giá trị.

    Thang log bỏ qua số không dương, và không đi xuống quá một phần ba của `floor`, mức mà dưới đó
    các số chỉ còn là nhiễu.
    """
    kept = [v for v in values if v > 0 or not log]
    if not kept:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(kept), max(kept)
    if not log:
        pad = 0.08 * (high - low) or 0.5 * abs(high) or 0.5
        return low - pad, high + pad
    if floor is not None and 0 < floor < high:
        low = max(low, floor / 3)
    factor = max((high / low) ** 0.08, 1.25)
    return low / factor, high * factor


def collect(rows: Iterable[Mapping]) -> dict[str, list[float]]:
    """Mỗi đại lượng một dãy số, mỗi hạt giống một số; bỏ những số vắng mặt."""
    rows = list(rows)
    found = {name: [row[name] for row in rows if row.get(name) is not None] for name in METRICS}
    return {name: values for name, values in found.items() if values}


def entries(rows: list[Mapping]) -> list[dict]:
    """Một họ trên một bộ dữ liệu: chính nó, rồi các cách lấy mẫu rẻ hơn của nó (cột "few")."""
    first = rows[0]
    name, title = first["family"], FAMILIES[first["family"]].title
    about = {"kind": first["kind"], "note": first.get("note", "")}
    found = [{"name": name, "label": title, **about, "values": collect(rows)}]
    for i, sampler in enumerate(few["sampler"] for few in first.get("few") or []):
        fast = [
            {key: row.get(key) for key in SHARED}
            | row["few"][i]
            | {"sample_nfe": row["few"][i]["nfe"]}
            for row in rows
        ]
        label = f"{title} ({sampler})"
        about = {"kind": first["kind"], "note": "cùng mô hình, lấy mẫu cách khác"}
        found.append(
            {"name": f"{name}, {sampler}", "label": label, **about, "values": collect(fast)}
        )
    return found


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def tables_of(rows: Iterable[Mapping]) -> list[dict]:
    """Các hàng của bảng so, gộp theo bộ dữ liệu rồi theo mô hình, mỗi hạt giống một số.

    Mỗi bảng có "name", "label", "budget" (một câu), "families" ("name", "label", "kind", "note",
    "values") và "floor": các số của mẫu thật so với mẫu thật.
    """
    order = [*FAMILIES, REAL]
    places = list(PROBLEMS)

    def key(row):
        return places.index(row["data"]), order.index(row["family"])

    tables = []
    for data, group in groupby(sorted(rows, key=key), key=lambda row: row["data"]):
        families, floor, budget = [], {}, ""
        for family, found in groupby(group, key=lambda row: row["family"]):
            found = list(found)
            if family == REAL:
                floor = collect(found)
                continue
            families += entries(found)
            first = found[0]
            budget = (
                f"Mỗi mô hình được xem {spaced(first['examples'])} điểm dữ liệu, {len(found)} hạt "
                f"giống; thời gian đo trên {first['machine']}."
            )
        if families:
            table = {"name": data, "label": PROBLEMS[data].title, "budget": budget}
            tables.append(table | {"families": families, "floor": floor})
    return tables


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
            "Hình tương tác: mọi mô hình của sách trên hai trục tùy chọn, với khoảng tin cậy qua "
            "các hạt giống; đường gãy nối những mô hình không bị mô hình nào trội.",
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


def one_of(name: str, value, allowed: Sequence[str]) -> None:
    """Từ chối một lựa chọn lạ."""
    if value not in allowed:
        raise InputError(f"{name} = {value!r}; hãy chọn một trong {', '.join(allowed)}.")
