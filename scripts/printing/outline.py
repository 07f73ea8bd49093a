"""Sách gồm những gì, theo thứ tự nào: đọc từ `_toc.yml` và `_config.yml`."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"

# Bỏ cùng các trang con. Tra cứu mã chỉ hợp với màn hình: hàng nghìn liên kết tới mã nguồn.
LEFT_OUT = {
    f"book/appendix/{name}"
    for name in ("api", "api_flows", "api_latent", "api_figures", "api_checks")
}


class CannotPrint(Exception):
    """Vì sao không in được, và người dùng làm gì tiếp; hiện nguyên văn, không kèm vết lỗi."""


@dataclass(frozen=True)
class Page:
    """Một trang của sách; `part` là tên phần, `depth` là độ sâu trong mục lục, kể từ 0."""

    name: str
    part: str
    depth: int


def config():
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def pages():
    """Mọi trang được in, đúng thứ tự của `_toc.yml`."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))

    def walk(entries, part, depth):
        for entry in entries:
            if entry["file"] in LEFT_OUT:
                continue
            yield Page(entry["file"], part, depth)
            yield from walk(entry.get("sections", []), part, depth + 1)

    found = [Page(toc["root"], "", 0)]
    for part in toc["parts"]:
        found += walk(part["chapters"], part["caption"], 0)
    return found


def slug():
    """Tên của tệp làm ra, lấy theo tên kho mã."""
    return config()["repository"]["url"].rstrip("/").rpartition("/")[2]


def date():
    """Ngày ghi trên sách; SOURCE_DATE_EPOCH (giây) giữ nó cố định khi cần dựng lại y nguyên."""
    return time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))


def built(html, chosen=()):
    """Thư mục HTML, sau khi chắc rằng nó có đủ các trang `chosen` (trống: mọi trang)."""
    html = Path(html)
    wanted = [
        "index.html",
        "searchindex.js",
        *(f"{name}.html" for name in chosen or [page.name for page in pages()]),
    ]
    missing = [name for name in wanted if not (html / name).is_file()]
    if missing:
        raise CannotPrint(
            f"Chưa có sách đã dựng xong trong {html}: thiếu {missing[0]}"
            f"{f' và {len(missing) - 1} tệp nữa' if len(missing) > 1 else ''}. "
            "Hãy chạy «make book» trước."
        )
    return html
