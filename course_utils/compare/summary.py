"""Đọc các hàng đã đo, gộp theo hạt giống, viết bảng."""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import InputError
from ..row_files import RowFile
from .families import FAMILIES
from .problems import PROBLEMS
from .rows import REAL

RESULTS = Path(__file__).with_name("results.json")

#: Những cột giống nhau ở mọi hạt giống; tệp JSON ghi chúng một lần cho cả nhóm hàng.
SHARED = ("examples", "config", "note", "versions", "machine")

#: Các cột số mà `summarize` gộp.
COLUMNS = (
    "nll", "gap", "elbo_gap", "elbo_nll", "bits_per_dim", "mmd2", "frechet", "coverage",
    "precision", "modes", "mode_tv", "off_support", "training_seconds", "sampling_seconds",
    "sample_nfe", "density_seconds", "density_nfe", "parameters",
)  # fmt: skip


def load_results(path: str | Path | None = None, budget: str | None = "full") -> list[dict]:
    """Các hàng đã đo, đọc từ JSON của gói (hay `path`); `budget=None` lấy mọi ngân sách."""
    rows = FILE.read(RESULTS if path is None else path)
    return [row for row in rows if budget is None or row["budget"] == budget]


def pack(rows: Iterable[dict]) -> dict:
    """Các hàng thành nội dung tệp JSON: {"recipes": {tên: cột chung}, "rows": [cột riêng]}."""
    recipes: dict[str, dict] = {}
    own = []
    for row in rows:
        shared = {key: row[key] for key in SHARED if key in row}
        base = name = f"{row['budget']}/{row['data']}/{row['family']}"
        copy = 1
        while recipes.get(name, shared) != shared:  # nhóm hàng đo ở hai nơi, hay hai công thức
            copy += 1
            name = f"{base}#{copy}"
        recipes[name] = shared
        own.append({k: v for k, v in row.items() if k not in SHARED} | {"recipe": name})
    return {"recipes": recipes, "rows": own}


def unpack(stored: dict) -> list[dict]:
    """Ngược của `pack`: mỗi hàng lại có đủ mọi cột."""
    rows = []
    for row in stored["rows"]:
        row = dict(row)
        rows.append(row | stored["recipes"][row.pop("recipe")])
    return rows


def dump(rows: Iterable[dict]) -> str:
    """Chữ của tệp JSON."""
    return json.dumps(pack(rows), ensure_ascii=False, indent=1) + "\n"


FILE = RowFile("python -m course_utils.compare", unpack, dump)


def mean_and_interval(values: Sequence[float], level: float = 0.95) -> dict:
    """Trung bình trên các hạt giống, độ lệch chuẩn, và khoảng tin cậy t.

    x̄ ± t_{n−1} s/√n. Với ba hạt giống, t = 4.30 chứ không phải 1.96. Một giá trị thì không có
    khoảng: `low` và `high` là None. Sách: (eq-seed-interval)
    """
    from scipy import stats  # nạp chậm, chỉ khi cần

    n = len(values)
    if n == 0:
        raise InputError("Không có giá trị nào để lấy trung bình; hãy kiểm tra tên họ và dữ liệu.")
    mean = math.fsum(values) / n
    if n == 1:
        return {"n": 1, "mean": mean, "std": None, "low": None, "high": None}
    std = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = float(stats.t.ppf(0.5 + level / 2, n - 1)) * std / math.sqrt(n)
    return {"n": n, "mean": mean, "std": std, "low": mean - half, "high": mean + half}


def summarize(rows: Iterable[dict], level: float = 0.95) -> list[dict]:
    """Gộp theo (họ, dữ liệu): mỗi cột số thành {n, mean, std, low, high}.

    Thứ tự: theo `PROBLEMS`, rồi theo `FAMILIES`, hàng «mẫu thật» đứng cuối. Mỗi phần tử có thêm
    title, kind, budget. Cột mà hàng không có thì vắng mặt. Trộn hai ngân sách thì báo lỗi.
    """
    groups: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        groups.setdefault((row["data"], row["family"]), []).append(row)
    order = [*FAMILIES, REAL]
    keys = sorted(groups, key=lambda k: (list(PROBLEMS).index(k[0]), order.index(k[1])))
    return [one_summary(groups[key], level) for key in keys]


def one_summary(rows: list[dict], level: float) -> dict:
    first = rows[0]
    if len({row["budget"] for row in rows}) > 1:
        raise InputError(
            f"{first['family']} trên {first['data']} có hàng của hai ngân sách khác nhau; hãy lọc "
            f"theo cột «budget» trước khi gộp."
        )
    family = FAMILIES.get(first["family"])
    summary = {key: first[key] for key in ("family", "data", "kind", "budget")}
    summary |= {"title": family.title if family else "Mẫu thật", "seeds": len(rows)}
    summary |= {"group": family.group if family else "", "note": first.get("note", "")}
    for column in COLUMNS:
        values = [row[column] for row in rows if row.get(column) is not None]
        if values:
            summary[column] = mean_and_interval(values, level)
    return summary


def table(
    rows: Iterable[dict],
    data: str | None = None,
    columns: Sequence[str] | None = None,
) -> str:
    """Bảng Markdown: mỗi họ một dòng, mỗi ô là trung bình ± nửa bề rộng của khoảng t 95 %.

    `data` : chỉ lấy bộ dữ liệu này. `columns` : các cột số, mặc định những cột chính.
    """
    summaries = [s for s in summarize(rows) if data in (None, s["data"])]
    if not summaries:
        raise InputError(f"Không có hàng nào cho dữ liệu {data!r}.")
    if columns is None:
        digits = all(s["data"] == "digits" for s in summaries)
        main = ("nll", "bits_per_dim") if digits else ("gap",)
        columns = (*main, "mmd2", "coverage", "precision", "modes", "training_seconds",
                   "sampling_seconds", "sample_nfe", "parameters")  # fmt: skip
    kinds = {"exact": "đúng", "bound": "cận", "none": "–"}
    head = ["dữ liệu", "họ", "mật độ", *(HEADINGS.get(c, c) for c in columns)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * 3 + "---:|" * len(columns)]
    for s in summaries:
        cells = [PROBLEMS[s["data"]].title, s["title"], kinds[s["kind"]]]
        cells += [cell(s.get(column), s["seeds"]) for column in columns]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


HEADINGS = {
    "nll": "NLL (nat)",
    "gap": "khoảng hở (nat)",
    "bits_per_dim": "bit/chiều",
    "mmd2": "MMD²",
    "frechet": "Fréchet",
    "coverage": "độ phủ",
    "precision": "độ chính xác",
    "modes": "mode",
    "off_support": "ra ngoài",
    "training_seconds": "giây học",
    "sampling_seconds": "giây/10⁴ mẫu",
    "density_seconds": "giây/10⁴ mật độ",
    "sample_nfe": "NFE",
    "parameters": "tham số",
}


def cell(value: dict | None, seeds: int) -> str:
    """Một ô: trung bình với ba chữ số có nghĩa, ± nửa bề rộng của khoảng t.

    Hạt giống nào không đo được thì ô nói rõ trung bình ấy chỉ trên bao nhiêu hạt giống.
    """
    if value is None:
        return "–"
    text = f"{value['mean']:.0f}" if abs(value["mean"]) >= 1000 else f"{value['mean']:.3g}"
    if value["low"] is not None and value["high"] - value["low"] >= 1e-12:
        text += f" ± {(value['high'] - value['low']) / 2:.1g}"
    return text if value["n"] == seeds else f"{text} ({value['n']}/{seeds} hạt giống)"
