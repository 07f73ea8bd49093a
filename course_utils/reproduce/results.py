"""Kết quả tái lập: ghi vào JSON, đọc lại, và bày cạnh con số đã công bố."""

import json
import os
import re
from pathlib import Path

from ..row_files import RowFile
from .experiments import EXPERIMENTS

STORED = Path(__file__).with_name("results.json")


def unpack(stored: dict) -> list[dict]:
    return stored["rows"]


def dump(rows: list[dict]) -> str:
    """Chữ của tệp JSON. Danh sách toàn số nằm trên một dòng: ngắn, mà chỗ khác nhau vẫn dễ thấy."""
    text = json.dumps({"rows": rows}, ensure_ascii=False, indent=1)
    text = re.sub(r"\[[\s\d.,+e-]+\]", lambda found: " ".join(found[0].split()), text)
    return text + "\n"


FILE = RowFile("python -m course_utils.reproduce TÊN --output THƯ_MỤC", unpack, dump)


def load_rows(path: str | os.PathLike | None = None) -> list[dict]:
    """Mọi hàng của một tệp kết quả; mặc định là tệp đi kèm gói."""
    return FILE.read(STORED if path is None else path)


def load_results(path: str | os.PathLike | None = None) -> dict[str, dict]:
    """Tên phép tái lập -> hàng đi xa nhất: nhiều bước nhất, rồi nhiều ảnh chấm, rồi nhiều mẫu."""

    def reach(row: dict) -> tuple[int, int, int]:
        return row["steps_done"], row["test_images"], row["configuration"]["samples"]

    best: dict[str, dict] = {}
    for row in sorted(load_rows(path), key=reach):
        best[row["name"]] = row
    order = [name for name in EXPERIMENTS if name in best]
    return {name: best[name] for name in [*order, *(n for n in best if n not in order)]}


def store(path: str | os.PathLike, row: dict) -> None:
    """Thêm một hàng, thay hàng cũ của cùng cấu hình và hạt giống."""
    row = json.loads(json.dumps(row))  # tuple thành list, để so được với hàng đọc từ tệp

    def same(other: dict) -> bool:
        return all(other[key] == row[key] for key in ("name", "configuration", "seed"))

    def add(rows: list[dict]) -> list[dict]:
        for old in filter(same, rows):  # lần gọi chỉ chấm lại không đo được giây CPU của việc học
            row["cpu_seconds"] = row["cpu_seconds"] or old["cpu_seconds"]
        rows = [other for other in rows if not same(other)] + [row]
        return sorted(rows, key=lambda r: (r["name"], r["configuration"]["steps"], r["seed"]))

    FILE.update(path, add)


def table(rows: dict[str, dict]) -> str:
    """Bảng Markdown: của ta và của người khác, cùng đơn vị, kèm tham số, số vòng và thời gian."""
    lines = [
        "| phép đo | mô hình | đối log hợp lý | tham số | số vòng | thời gian | máy |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for row in rows.values():
        bound, how = "", ""
        if row["kind"] == "bound":
            bound, how = "≤ ", f", cận {number(row['configuration']['samples'])} mẫu"
        state = shortfall(row)
        unit = row["unit"]
        lines.append(
            f"| {row['title']} | **của ta**{how}{state} | {bound}{row['value']:.3f} ± "
            f"{row['standard_error']:.3f} {unit} | {number(row['parameters'])} | "
            f"{row['epochs']:.1f} | {duration(row['cpu_seconds'] or row['training_seconds'])} | "
            f"{row['machine']} |"
        )
        for other in row["published"]:
            lines.append(
                f"| | {other['model']} ({other['source']}) | {bound}{other['value']:.3f} {unit} | "
                f"{number(other['parameters'])} | {number(other['epochs'])} | "
                f"{duration(other['seconds'])} | {other['machine'] or 'không nói'} |"
            )
    return "\n".join(lines)


def shortfall(row: dict) -> str:
    """Chưa đi hết số bước của cấu hình thì nói: dừng giữa đường, hay trọn một lịch ngắn hơn."""
    planned = row["configuration"]["steps"]
    if row["name"] in EXPERIMENTS:
        planned = max(planned, EXPERIMENTS[row["name"]].steps)
    if row["steps_done"] >= planned:
        return ""
    how = "lịch ngắn" if row["finished"] else "dở dang"
    return f" ({how}, {number(row['steps_done'])} trên {number(planned)} bước)"


def number(value: int | None) -> str:
    """Số nguyên với dấu cách ngăn hàng nghìn: 425284 -> «425 284»."""
    return "không nói" if value is None else f"{value:,}".replace(",", " ")


def duration(seconds: float | None) -> str:
    """Số giây viết cho người đọc: 95 -> «1 phút 35 giây»."""
    if seconds is None:
        return "không nói"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} giờ {minutes} phút"
    return f"{minutes} phút {rest} giây" if minutes else f"{rest} giây"
