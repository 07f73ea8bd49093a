"""Bảng của trang «Hiệu năng»: đọc book/appendix/performance.json do `make profile` ghi.

    :::{profile-table} labs
    :::

`labs` là các phòng thực hành, `start` là lúc nạp gói và lúc dựng sách. Mục tiêu ghi ở đây, và chỗ
nào không đạt thì câu kết luận nêu tên.
"""

import json
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "book" / "appendix" / "performance.json"
LAB_SECONDS, LAB_MB, COURSE_MINUTES, IMPORT_SECONDS, BOOK_SECONDS = 60, 2048, 10, 0.3, 60
LOOP = "for i in range(2_000_000): i + i"  # vòng mà `make profile` bấm giờ
BUSY = 0.25  # nhân: hơn mức này thì đồng hồ treo tường đo cả việc của người khác
IMPORTS = {
    "course_utils": "`import course_utils`: tên của mọi mô hình, chưa nạp mô hình nào",
    "models": "mọi mô hình, mọi luồng, dữ liệu, huấn luyện, đánh giá",
    "figures": "thêm phần vẽ: `plotting` và mọi hình tương tác (kéo theo matplotlib, ipywidgets)",
}


def place(machine):
    return f"{machine['cores']} nhân {machine['cpu']}"


def where(machine, rows):
    """Máy nào, ngày nào, bận hay rảnh, nhanh hay chậm; vài câu."""
    dates = sorted({row["date"] for row in rows})
    when = f"ngày {dates[0]}" if len(dates) == 1 else f"từ {dates[0]} đến {dates[-1]}"
    others = max(row["others"] for row in rows)
    busy = (
        f"Trong lúc đo, việc khác của máy chiếm tới {others:.1f} nhân, nên cột «giây» có phần của "
        "việc ấy; cột «giây CPU» thì ít hơn."
        if others > BUSY
        else f"Trong lúc đo, việc khác của máy chiếm không quá {others:.2f} nhân."
    )
    speed = ""
    if loops := [row["loop"] for row in rows if "loop" in row]:
        speed = (
            f" Ngay sau mỗi phòng, `{LOOP}` mất từ {min(loops):.2f} đến {max(loops):.2f} giây: "
            "bấm giờ vòng này trên máy của bạn thì quy đổi được phần nào."
        )
    return (
        f"Đo {when} trên {place(machine)}, {machine['memory_gb']} GB bộ nhớ, {machine['system']}, "
        f"Python {machine['python']}, torch {machine['torch']}. {busy}{speed}"
    )


def goal(met, words, missed=""):
    return f"- {'✓' if met else '✗'} {words}{'' if met else missed}"


def labs(stored, unmeasured=()):
    """Bảng các phòng, chậm nhất đứng đầu, rồi từng mục tiêu một dòng."""
    rows = sorted(stored["labs"].items(), key=lambda item: -item[1]["seconds"])
    yield from (where(stored["machine"], stored["labs"].values()), "")
    yield "| Phòng thực hành | giây | giây CPU | bộ nhớ (MB) | ô lâu nhất (giây) |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for slug, row in rows:
        cell = max(row["slowest"], key=lambda cell: cell["seconds"])
        yield (
            f"| {{doc}}`/notebooks/{slug}` | {row['seconds']:.1f} | {row['cpu_seconds']:.1f} "
            f"| {row['peak_mb']} | {cell['heading'].replace('|', chr(92) + '|')} "
            f"({cell['seconds']:.1f}) |"
        )
    total, cpu = (sum(row[key] for _, row in rows) for key in ("seconds", "cpu_seconds"))
    peak = max(row["peak_mb"] for _, row in rows)
    yield f"| **Cả {len(rows)} phòng** | **{total:.0f}** | **{cpu:.0f}** | **{peak}** | |"
    slow = [
        f"{{doc}}`/notebooks/{slug}` ({row['cpu_seconds']:.0f} giây CPU)"
        for slug, row in rows
        if row["seconds"] > LAB_SECONDS
    ]
    yield ""
    if unmeasured:
        yield f"- chưa đo: {', '.join(f'{{doc}}`/notebooks/{slug}`' for slug in unmeasured)}"
    else:
        words = f"{total / 60:.1f} phút ({cpu / 60:.1f} phút CPU) khi chạy lần lượt từng phòng"
        if course := stored.get("course"):
            total = course["seconds"]
            together = f"{course['jobs']} phòng một lúc trên {place(course['machine'])}"
            words = f"{total / 60:.1f} phút khi chạy {together}; {words}"
        met = total <= 60 * COURSE_MINUTES
        yield goal(met, f"cả khóa học dưới {COURSE_MINUTES} phút: {words}")
    yield goal(not slow, f"không phòng nào quá {LAB_SECONDS} giây", f"; còn {', '.join(slow)}")
    yield goal(peak < LAB_MB, f"mỗi phòng dưới {LAB_MB // 1024} GiB bộ nhớ: nhiều nhất {peak} MB")


def start(stored):
    """Lúc nạp gói và lúc dựng sách; việc nào chưa đo thì thôi."""
    rows, goals = [], []

    def add(words, seconds, row):
        rows.append(f"| {words} | {seconds} | {place(row['machine'])}, {row['date']} |")

    if imports := stored.get("imports"):
        add("`import torch`", f"{imports['torch']:.2f}", imports)
        for name, words in IMPORTS.items():
            add(f"sau đó, {words}", f"{imports[name]:.3f}", imports)
        seconds = imports["models"]
        words = f"nạp cả gói dưới {IMPORT_SECONDS} giây, không kể torch: {seconds:.2f} giây"
        goals.append(goal(seconds < IMPORT_SECONDS, words))
    if book := stored.get("book"):
        seconds = book["seconds"]
        add("`make book`, mọi gói đã cài", f"{seconds:.1f}", book)
        words = (
            f"`make book` dưới {BOOK_SECONDS} giây: {seconds:.0f} giây, trong đó "
            f"{book['cpu_seconds']:.0f} giây CPU; nhiều nhất {book['peak_mb']} MB"
        )
        goals.append(goal(seconds < BOOK_SECONDS, words))
    if rows:
        yield from ("| Việc | giây | máy, ngày |", "| --- | ---: | --- |", *rows, "", *goals)


class ProfileTable(SphinxDirective):
    """`labs` hoặc `start`."""

    required_arguments = 1

    def run(self):
        self.env.note_dependency(str(TABLE))
        stored = json.loads(TABLE.read_text("utf-8"))
        written = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
        if self.arguments[0] == "labs":
            lines = labs(stored, sorted(written - set(stored["labs"])))
        else:
            lines = start(stored)
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app):
    app.add_directive("profile-table", ProfileTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
