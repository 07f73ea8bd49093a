"""In sách đã dựng thành một tệp PDF: `make pdf`.

    python scripts/print_book.py [--html _build/html] [--output sach.pdf] [trang …]

Không kể trang nào thì in cả sách. Mỗi trang được Chromium in riêng, nên bộ nhớ không lớn theo sách.
"""

import argparse
import sys
import time
from pathlib import Path

from printing.browser import Printer
from printing.files import whole_file
from printing.front import front
from printing.merge import Entry, Sheet, Volume
from printing.outline import HTML, CannotPrint, built, config, date, pages, slug

PREFACE = "Lời mở đầu"


def entries_of(page, seen, sheet, before):
    """Dòng mục lục của một trang: tên trang, rồi các mục (h2, h3) của nó."""
    for i, item in enumerate(seen["headings"]):
        preface = not page.part and i == 0
        index, _ = sheet.places.get(item["id"], (0, 0))
        yield Entry(
            target=f"{page.name}.html" + (f"#{item['id']}" if i else ""),
            text=PREFACE if preface else item["text"],
            html=PREFACE if preface else item["html"],
            part=page.part,
            depth=page.depth + item["level"] - 1,
            number=before + index + 1,
        )


def printed_contents(page, entries):
    """Trên giấy: tên chương và các mục lớn của chương; phòng thực hành thì chỉ tên."""
    for i, entry in enumerate(entries):
        if i == 0:
            yield Entry(**{**vars(entry), "depth": 2 if page.depth else 0})
        elif page.depth == 0 and page.part and entry.depth == 1:
            yield entry


def print_book(html, output, chosen=(), tell=print):
    """Viết tệp PDF; trả (số tờ, lời cảnh báo)."""
    whole = pages()
    chosen = [page for page in whole if page.name in chosen] if chosen else whole
    names = [page.name for page in chosen]
    sheets, outline, listed, warnings = [], [], [], []
    before = 0
    with Printer(html) as printer:
        for number, page in enumerate(chosen, start=1):
            pdf, seen = printer.page(page.name, names, before, "" if page.part else PREFACE)
            sheet = Sheet(page.name, pdf)
            entries = list(entries_of(page, seen, sheet, before))
            sheets.append(sheet)
            outline += entries
            listed += printed_contents(page, entries)
            before += sheet.count
            warnings += [f"{page.name} tràn lề: {text}" for text in seen["overflowing"]]
            warnings += [f"{page.name} trỏ tới chỗ không có: {link}" for link in seen["missing"]]
            tell(f"[{number}/{len(chosen)}] {entries[0].text}: {sheet.count} trang")
        cover = Sheet("", printer.document(front(config(), date(), printer.base, listed)))
        volume = Volume(printer.base, cover, sheets)
    volume.bookmarks(outline)
    with whole_file(output) as file:
        volume.write(file, config(), date())
    return cover.count + before, warnings + volume.unresolved


def main():
    parser = argparse.ArgumentParser(description="In sách đã dựng thành một tệp PDF.")
    parser.add_argument("pages", nargs="*", help="tên trang, như book/gan; mặc định: cả sách")
    parser.add_argument("--html", type=Path, default=HTML, help="thư mục sách đã dựng")
    parser.add_argument("--output", type=Path, default=HTML.parent / f"{slug()}.pdf")
    options = parser.parse_args()
    unknown = set(options.pages) - {page.name for page in pages()}
    if unknown:
        sys.exit(f"Sách không có trang {', '.join(sorted(unknown))}. Tên trang như trong _toc.yml.")
    started = time.monotonic()
    try:
        count, warnings = print_book(
            built(options.html, options.pages), options.output, options.pages
        )
    except CannotPrint as error:
        sys.exit(str(error))
    for warning in warnings:
        print(f"Cảnh báo: {warning}")
    size = options.output.stat().st_size / 1e6
    minutes = (time.monotonic() - started) / 60
    print(f"\n{options.output}: {count} trang, {size:.1f} MB, {minutes:.1f} phút.")


if __name__ == "__main__":
    main()
