"""Phần số của `ModelTradeoffs`: các hàng của bảng so thành bảng gọn, khoảng t, phép trội."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import inf

from ..compare import FAMILIES, PROBLEMS, mean_and_interval
from ..compare.rows import REAL
from ..errors import InputError

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
SHARED = ("training_seconds", "parameters")  # một mô hình, dù lấy mẫu cách nào


def one_of(name: str, value, allowed: Sequence[str]) -> None:
    """Từ chối một lựa chọn lạ."""
    if value not in allowed:
        raise InputError(f"{name} = {value!r}; hãy chọn một trong {', '.join(allowed)}.")


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Trung bình và nửa khoảng t 95 % của các lần chạy; một lần chạy thì nửa khoảng là vô cực.

    Sách: (eq-seed-interval)
    """
    found = mean_and_interval(values)
    half = inf if found["high"] is None else found["high"] - found["mean"]
    return float(f"{found['mean']:.12g}"), half  # như hình: thứ tự cộng không định hơn kém


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
    rows, order, places = list(rows), [*FAMILIES, REAL], list(PROBLEMS)
    for row in rows:
        one_of("data", row["data"], places)
        one_of("family", row["family"], order)
    if len({row["budget"] for row in rows}) > 1:
        raise InputError(
            "Các hàng thuộc nhiều ngân sách, không so được với nhau; hãy lọc theo cột «budget», "
            'chẳng hạn `compare.load_results(budget="full")`.'
        )

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
