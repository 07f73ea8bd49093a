"""Bảng «bên cạnh các thư viện bạn»: đọc tests/benchmarks/results.json do `make bench` ghi.

Mỗi họ mô hình một bảng, hàng của ta in đậm, kết luận (✓: không thua bạn nào) tính từ chính các
con số:

    :::{bench-table}
    :::

Viết tên một họ sau dấu ngoặc để chỉ có bảng của họ ấy, không có tiêu đề.
"""

import json
import math
import statistics
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
RESULTS = Path(__file__).parents[2] / "tests/benchmarks/results.json"
OURS = "course_utils"
TASKS = {"step": "một bước học", "log_prob": "log p", "sample": "sinh mẫu"}
#: Hai gói không tính mật độ: log p là mã của ta chạy trên mạng của chúng, nên không xếp hạng.
NO_DENSITY = {"torchcfm", "denoising-diffusion-pytorch"}
MEASURES = {"gap": "", "nll": " (NLL)", "bound": " (cận trên)"}
FAMILIES = {
    "realnvp": "RealNVP",
    "spline": "Ghép cặp spline",
    "maf": "MAF",
    "spline autoregressive": "Tự hồi quy spline",
    "residual": "Luồng phần dư",
    "cnf": "Luồng liên tục (CNF)",
    "ffjord": "FFJORD",
    "flow matching": "Khớp luồng",
    "flow matching, ot": "Khớp luồng, ghép đôi tối ưu",
    "ddpm": "DDPM",
    "ddim": "DDIM, 20 trong 100 bước",
}


def load(path=RESULTS):
    """Các hàng, theo họ: {họ: [[hàng cùng dữ liệu]]}."""
    families = {}
    for (family, _), rows in groupby(
        json.loads(path.read_text("utf-8")), key=lambda row: (row["family"], row["target"])
    ):
        families.setdefault(family, []).append(list(rows))
    return families


def split(rows):
    """(hàng của ta, các hàng khác)."""
    ours = next(row for row in rows if row["peer"] == OURS)
    return ours, [row for row in rows if row is not ours]


def rivals(rows):
    """Các hàng của thư viện bạn; "course_utils, kiểu" là ta với mạng khác, không phải đối thủ."""
    return [row for row in rows if row["peer"].split(",")[0] != OURS]


def mean_and_spread(values):
    """Trung bình và độ lệch chuẩn trên các hạt giống; một hạt giống thì không biết độ lệch: 0.

    Một gói có thể cho log p = −∞ ở vài điểm kiểm tra: trung bình là ∞, kém mọi số hữu hạn.
    """
    if not all(map(math.isfinite, values)):
        return math.inf, 0.0
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def speed_verdict(rows, task):
    """(−1 | 0 | 1, bạn, tỉ số): ta chậm hơn một bạn nào đó, ngang bạn nhanh nhất, hay nhanh hơn cả.

    Ngang: 1 nằm giữa hai tứ phân vị của tỉ số «bạn chia ta» trong từng vòng đo. Một bạn dao động
    nhiều không che được một bạn rõ ràng nhanh hơn ta. None: không có bạn nào để so.
    """
    verdicts = []
    for peer in rivals(rows):
        if task == "log_prob" and peer["peer"] in NO_DENSITY:
            continue
        low, median, high = peer["ratio"][task]
        verdicts.append(((low > 1) - (high < 1), median, peer["peer"]))
    if not verdicts:
        return None
    sign, median, peer = min(verdicts)
    return sign, peer, median


def quality_verdict(rows):
    """(−1 | 0 | 1, bạn, hiệu): ta kém hơn một bạn nào đó, ngang bạn tốt nhất, hay tốt hơn cả.

    Ngang: hai trung bình cách nhau không quá độ lệch chuẩn của hiệu hai lần chạy.
    """
    mean, spread = mean_and_spread(split(rows)[0]["quality"])
    verdicts = []
    for peer in rivals(rows):
        other, other_spread = mean_and_spread(peer["quality"])
        difference, either = mean - other, math.hypot(spread, other_spread)
        sign = (difference < -either) - (difference > either)
        verdicts.append((sign, -difference, peer["peer"]))
    sign, difference, best = min(verdicts)
    return sign, best, -difference


def conclusion(rows):
    """Kết luận của một dữ liệu, một câu."""
    parts = []
    what = "cận" if rows[0]["measure"] == "bound" else "khớp"  # cận hơn chưa chắc đã khớp hơn
    sign, best, difference = quality_verdict(rows)
    parts.append(
        {
            1: f"✓ {what} tốt nhất",
            0: f"✓ {what} ngang {best}",
            -1: f"✗ {what} kém {best} {difference:.3f} nat",
        }[sign]
    )
    for task, words in TASKS.items():
        verdict = speed_verdict(rows, task)
        if verdict is None:
            continue
        sign, fastest, ratio = verdict
        parts.append(
            {
                1: f"✓ {words} nhanh nhất",
                0: f"✓ {words} ngang {fastest}",
                -1: f"✗ {words} chậm hơn {fastest} {1 / ratio:.2f} lần",
            }[sign]
        )
    return "; ".join(parts)


def milliseconds(seconds):
    """Ba chữ số có nghĩa, đơn vị theo độ lớn."""
    value, unit = (seconds, "s") if seconds >= 1 else (1e3 * seconds, "ms")
    return f"{float(f'{value:.3g}'):g} {unit}"


def cells(row):
    """Các ô của một hàng, không kể dữ liệu."""
    mean, spread = mean_and_spread(row["quality"])
    several = len(row["quality"]) > 1 and math.isfinite(mean)
    fit = (f"{mean:.3f}" if math.isfinite(mean) else "∞") + (f" ± {spread:.3f}" if several else "")
    times = [
        milliseconds(row["seconds"][task])
        if row["peer"] == OURS
        else "×{1:.2f} [{0:.2f}; {2:.2f}]".format(*row["ratio"][task])
        + (" †" if task == "log_prob" and row["peer"] in NO_DENSITY else "")
        for task in TASKS
    ]
    calls = [row["nfe"][task] for task in ("log_prob", "sample")]
    nfe = "–" if calls == [None, None] else " / ".join(str(n or "–") for n in calls)
    error = row["inverse_error"]
    return [
        row["peer"],
        str(row["parameters"]),
        fit + MEASURES[row["measure"]],
        *times,
        nfe,
        "–" if error is None else f"{error:.0e}",
    ]


def our_cells(rows):
    """Hàng của ta: in đậm, và sau khoảng hở, mỗi thời gian là kết luận ✓ hay ✗."""
    verdicts = [quality_verdict(rows), *(speed_verdict(rows, task) for task in TASKS)]
    values = cells(split(rows)[0])
    for place, verdict in enumerate(verdicts, start=2):
        if verdict is not None:
            values[place] += " ✓" if verdict[0] >= 0 else " ✗"
    return [f"**{value}**" for value in values]


HEADER = ["dữ liệu", "gói", "tham số", "khoảng hở (nat)", *TASKS.values(), "NFE", "lỗi nghịch đảo"]


def markdown(targets):
    """Bảng của một họ, các kết luận, rồi điều kiện đo; `targets`: mỗi dữ liệu một danh sách."""
    lines = [f"| {' | '.join(HEADER)} |", "| --- " * len(HEADER) + "|"]
    for rows in targets:
        ours, peers = split(rows)
        first = [f"`{ours['target']}`", *our_cells(rows)]
        for line in (first, *(["", *cells(row)] for row in peers)):
            lines.append(f"| {' | '.join(line)} |")
    lines += ["", *(f"- `{rows[0]['target']}`: {conclusion(rows)}." for rows in targets), ""]
    for rows in targets:
        ours = split(rows)[0]
        versions = dict.fromkeys(row["version"] for row in rivals(rows))
        lines.append(
            f"`{ours['target']}`: {ours['seeds']} hạt giống, {ours['steps']} bước, lô "
            f"{ours['batch']}, log p của {ours['points']} điểm, {ours['samples']} mẫu; "
            f"{ours['threads']} luồng tính trên {ours['cpu']}, torch {ours['torch']}, "
            f"{', '.join(versions)}; đo ngày {ours['date']}.\n"
        )
    return lines


class BenchTable(SphinxDirective):
    """Mọi họ, mỗi họ một mục; hay chỉ họ ghi sau tên chỉ thị."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = False

    def run(self):
        self.env.note_dependency(str(RESULTS))
        families = load()
        if self.arguments:
            return self.parse(families[self.arguments[0]])
        found = []
        for family, targets in families.items():
            section = nodes.section(ids=["ben-canh-" + family.replace(",", "").replace(" ", "-")])
            section += nodes.title("", FAMILIES.get(family, family))
            section += self.parse(targets)
            found.append(section)
        return found

    def parse(self, targets):
        container = nodes.container(classes=["bench-table"])
        self.state.nested_parse(markdown(targets), self.content_offset, container)
        return [container]


def setup(app):
    app.add_directive("bench-table", BenchTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
