"""Gói cả cuốn sách đã dựng vào một tệp zip đọc được từ đĩa: `make bundle`.

Cùng một bản dựng luôn cho cùng một tệp, từng byte: tên xếp thứ tự, giờ và quyền của tệp cố định.
"""

import argparse
import sys
import zipfile
from pathlib import Path

from printing.files import whole_file
from printing.outline import HTML, CannotPrint, built, config, slug

# Đã nén sẵn: nén nữa chỉ tốn thì giờ.
PACKED = {".png", ".jpg", ".gif", ".woff", ".woff2", ".gz", ".pdf", ".zip"}
LEFT_OUT = {".buildinfo", ".doctrees"}
READ_FIRST = """{title}
{author}

Đọc sách: mở tệp index.html bằng trình duyệt (Firefox, Chrome, Edge, Safari). Không cần mạng,
không cần cài gì. Công thức, hình tương tác và ô tìm kiếm đều chạy ngay từ đĩa.
Hãy giải nén cả thư mục trước khi mở: trình duyệt không đọc được trang nằm trong tệp zip.
{pdf}
Phòng thực hành chạy được, đề bài và mã nguồn: {url}
{licence}
"""
WITH_PDF = """
Bản để in: {name}.pdf, nằm cạnh tệp này.
"""


def contents(html, pdf):
    """(tên trong gói, nội dung) của mọi tệp, xếp theo tên."""
    files = {path.relative_to(html).as_posix(): path for path in html.rglob("*") if path.is_file()}
    files = {
        name: path for name, path in files.items() if not LEFT_OUT.intersection(name.split("/"))
    }
    about = config()
    text = READ_FIRST.format(
        title=about["title"],
        author=about["author"],
        pdf=WITH_PDF.format(name=slug()) if pdf else "",
        url=about["repository"]["url"],
        licence=about["html"]["extra_footer"].strip(),
    )
    # Xuống dòng kiểu Windows và dấu BOM: Notepad bản cũ cũng đọc đúng tiếng Việt.
    yield "DOC-TRUOC.txt", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    if pdf:
        yield f"{slug()}.pdf", pdf.read_bytes()
    for name in sorted(files):
        yield name, files[name].read_bytes()


def bundle(html, output, pdf=None):
    """Viết gói zip; trả số tệp trong gói."""
    count = 0
    with (
        whole_file(output) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        for name, data in contents(html, pdf):
            entry = zipfile.ZipInfo(f"{slug()}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            packed = Path(name).suffix in PACKED
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
            count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description="Gói sách đã dựng vào một tệp zip.")
    parser.add_argument("--html", type=Path, default=HTML, help="thư mục sách đã dựng")
    parser.add_argument("--output", type=Path, default=HTML.parent / f"{slug()}.zip")
    parser.add_argument("--pdf", type=Path, default=HTML.parent / f"{slug()}.pdf")
    options = parser.parse_args()
    pdf = options.pdf if options.pdf.is_file() else None
    try:
        count = bundle(built(options.html), options.output, pdf)
    except CannotPrint as error:
        sys.exit(str(error))
    size = options.output.stat().st_size / 1e6
    print(f"{options.output}: {count} tệp, {size:.1f} MB" + (", có bản PDF." if pdf else "."))
    if not pdf:
        print("Chưa có bản PDF trong gói; muốn có, chạy «make pdf» rồi «make bundle».")


if __name__ == "__main__":
    main()
