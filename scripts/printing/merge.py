"""Ghép các PDF của từng trang: đánh số, mục lục bên, liên kết trong sách, cây thẻ, siêu dữ liệu."""

import time
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote, urlsplit

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    Fit,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

from .tags import Tags, name

MARGIN = 20 * 72 / 25.4  # lề trên của print.css, mà Chromium quên cộng vào các đích
AIR = 8  # điểm; đích đứng hơi thấp hơn mép cửa sổ


class Sheet:
    """PDF của một trang sách: các tờ của nó, và chỗ của từng mã định danh trên các tờ ấy."""

    def __init__(self, name, pdf):
        self.name = name
        self.reader = PdfReader(BytesIO(pdf))
        self.count = len(self.reader.pages)
        self.places = {
            key.lstrip("/"): (
                self.reader.get_destination_page_number(target),
                float(target["/Top"]) - MARGIN + AIR,
            )
            for key, target in self.reader.named_destinations.items()
        }


@dataclass
class Entry:
    """Một dòng của mục lục, in ra giấy và ở mục lục bên."""

    target: str  # book/gan.html#muc
    text: str
    html: str
    part: str
    depth: int
    number: int  # số trang in trên giấy


class Volume:
    """Tệp PDF đang ghép. `base` là địa chỉ tại chỗ mà các liên kết trong sách mang lúc in."""

    def __init__(self, base, front, sheets):
        self.base, self.sheets = base, [front, *sheets]
        self.writer = PdfWriter()
        self.tags = Tags(self.writer)
        self.starts, self.unresolved = {}, []
        for sheet in self.sheets:
            self.starts[sheet.name] = len(self.writer.pages)
            self.add(sheet)
        for sheet in self.sheets:
            self.link(sheet)
        self.tags.finish()
        self.writer.set_page_label(0, front.count - 1, "/r")
        self.writer.set_page_label(front.count, len(self.writer.pages) - 1, "/D", start=1)

    def add(self, sheet):
        """Chép các tờ và cây thẻ; khóa của cây thẻ tính tiếp sau các trang trước."""
        for page in sheet.reader.pages:
            copy = self.writer.add_page(page)
            if "/StructParents" in page:  # pypdf bỏ khóa này khi chép; tờ trống thì không có
                copy[NameObject("/StructParents")] = page["/StructParents"]
            links = [link.get_object() for link in copy.get("/Annots", [])]
            for holder in [copy, *links]:
                for key in {"/StructParents", "/StructParent"} & set(holder):
                    holder[NameObject(key)] = NumberObject(holder[key] + self.tags.next_key)
        self.tags.add(sheet.reader)

    def place(self, name, fragment):
        """(số thứ tự của tờ, độ cao) của một chỗ trong sách; None khi sách không có chỗ ấy."""
        sheet = next((sheet for sheet in self.sheets if sheet.name == name), None)
        if sheet is None or (fragment and fragment not in sheet.places):
            return None
        index, top = sheet.places.get(fragment, (0, 842))
        return self.starts[name] + index, top

    def link(self, sheet):
        """Liên kết trong sách trỏ thẳng tới tờ và độ cao, không qua tên hay địa chỉ nào."""
        start = self.starts[sheet.name]
        for page in self.writer.pages[start : start + sheet.count]:
            for link in page.get("/Annots", []):
                link = link.get_object()
                target = self.target(sheet.name, link)
                if target is None:
                    continue
                place = self.place(*target)
                if place is None:
                    self.unresolved.append(f"{sheet.name} → {target[0]}#{target[1]}")
                    place = self.place(target[0], "") or (start, 842)
                link.pop("/A", None)
                link[NameObject("/Dest")] = self.destination(*place)

    def target(self, name, link):
        """(trang, mã định danh) mà liên kết trỏ tới; None khi nó ra ngoài sách."""
        if "/Dest" in link:
            return name, unquote(str(link["/Dest"]).lstrip("/"))
        address = str(link.get("/A", {}).get("/URI", ""))
        if not address.startswith(self.base):
            return None
        parts = urlsplit(address.removeprefix(self.base))
        return unquote(parts.path).removesuffix(".html"), unquote(parts.fragment)

    def destination(self, index, top):
        page = self.writer.pages[index].indirect_reference
        height = NumberObject(min(842, round(top)))
        return ArrayObject([page, NameObject("/XYZ"), NullObject(), height, NullObject()])

    def bookmarks(self, entries):
        """Mục lục bên: phần, chương, mục; `entries` theo thứ tự đọc."""
        self.writer.add_outline_item(title="Mục lục", page_number=1)
        part, parents = "", []
        for entry in entries:
            if entry.part != part:
                part = entry.part
                index, _ = self.place(*split(entry.target))
                item = self.writer.add_outline_item(
                    title=part, page_number=index, bold=True, is_open=False
                )
                parents = [item]
            depth = entry.depth + bool(part)
            del parents[depth:]
            index, top = self.place(*split(entry.target))
            fit = Fit.xyz(left=None, top=min(842, round(top)), zoom=None)
            parent = parents[-1] if parents else None
            item = self.writer.add_outline_item(
                title=entry.text, page_number=index, parent=parent, fit=fit, is_open=False
            )
            parents.append(item)

    def write(self, file, config, date):
        stamp = time.strftime("D:%Y%m%d%H%M%SZ", date)
        self.writer.add_metadata(
            {
                "/Title": config["title"],
                "/Author": config["author"],
                "/Subject": config["html"]["extra_footer"].strip(),
                "/Creator": "make pdf",
                "/CreationDate": stamp,
                "/ModDate": stamp,
            }
        )
        catalog = self.writer.root_object
        catalog[NameObject("/Lang")] = TextStringObject("vi")
        catalog[NameObject("/PageMode")] = name("UseOutlines")
        catalog[NameObject("/ViewerPreferences")] = DictionaryObject(
            {NameObject("/DisplayDocTitle"): BooleanObject(True)}
        )
        self.writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
        self.writer.write(file)


def split(target):
    path, _, fragment = target.partition("#")
    return path.removesuffix(".html"), fragment
