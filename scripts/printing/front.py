"""Trang bìa và mục lục có số trang, một tài liệu HTML tự đủ."""

import time
from html import escape

STYLE = """
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page, lower-roman);
  font: 9pt "Gentium Book Plus", "Charis SIL", Georgia, "DejaVu Serif", serif; } }
@page :first { @bottom-center { content: none; } }
body { margin: 0; font: 10.5pt/1.4 "Gentium Book Plus", "Gentium Plus", "Charis SIL", Cambria,
  Georgia, "Times New Roman", "DejaVu Serif", serif; }
.cover { height: 250mm; display: flex; flex-direction: column; justify-content: center;
  break-after: page; }
.cover h1 { margin: 0; font-size: 38pt; line-height: 1.15; color: #1f4e79; }
.cover .subtitle { margin: 4mm 0 14mm; padding-bottom: 8mm; border-bottom: 2pt solid #1f4e79;
  font-size: 21pt; line-height: 1.25; }
.cover .author { font-size: 13pt; }
.cover .colophon { margin-top: 60mm; font-size: 10pt; color: #333; }
.cover p { margin: 0 0 1.5mm; }
h2.contents { font-size: 21pt; margin: 0 0 6mm; border-bottom: 1.5pt solid #1f4e79; }
.part { margin: 5mm 0 1mm; font-weight: 700; color: #1f4e79; break-after: avoid; }
a { color: #000; text-decoration: none; display: flex; align-items: baseline; break-inside: avoid; }
a .dots { flex: 1 1 auto; margin: 0 0.4em; border-bottom: 0.7pt dotted #888; min-width: 1em; }
.depth-0 { font-weight: 700; margin-top: 1.6mm; break-after: avoid; }
.depth-1 { margin-left: 6mm; font-size: 10pt; }
.depth-2 { margin-left: 6mm; font-style: italic; font-size: 10pt; }
"""


def line(base, entry, depth):
    """Một dòng của mục lục, có liên kết tới chỗ của nó."""
    return (
        f'<a class="depth-{depth}" href="{escape(base + entry.target)}"><span>{entry.html}</span>'
        f'<span class="dots"></span><span>{entry.number}</span></a>'
    )


def contents(base, entries):
    """Các dòng của mục lục; tên phần đứng trước chương đầu của phần."""
    part = ""
    for entry in entries:
        if entry.part != part:
            part = entry.part
            yield f'<p class="part">{escape(part)}</p>'
        yield line(base, entry, entry.depth)


def front(config, date, base, entries):
    title, _, subtitle = config["title"].partition(": ")
    address = config["repository"]["url"]
    return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{escape(config["title"])}</title>
<style>{STYLE}</style></head><body>
<section class="cover">
<h1>{escape(title)}</h1>
<p class="subtitle">{escape(subtitle)}</p>
<p class="author">{escape(config["author"])}</p>
<div class="colophon">
<p>Bản in ngày {time.strftime("%d/%m/%Y", date)}.</p>
<p>Bản đọc trên trình duyệt, với hình tương tác và phòng thực hành chạy được:
<a href="{escape(address)}" style="display: inline; color: #0b4a8f">{escape(address)}</a></p>
<p>{escape(config["html"]["extra_footer"].strip())}</p>
</div>
</section>
<h2 class="contents">Mục lục</h2>
{"".join(contents(base, entries))}
</body></html>"""
