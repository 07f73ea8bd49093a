"""Cây thẻ của PDF, để máy đọc màn hình biết đâu là tiêu đề, đoạn, bảng: ghép lại thành một."""

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)


def name(text):
    return NameObject(f"/{text}")


def number_tree(node):
    """Mọi cặp (khóa, giá trị) của một cây số trong PDF."""
    node = node.get_object()
    values = node.get("/Nums", [])
    yield from zip(values[::2], values[1::2], strict=True)
    for child in node.get("/Kids", []):
        yield from number_tree(child)


class Tags:
    """Cây thẻ của cả sách, mọc thêm một phần sau mỗi trang sách."""

    def __init__(self, writer):
        self.writer = writer
        self.parts, self.owners = [], []
        self.next_key = 0  # khóa cho tờ và liên kết kế tiếp

    def add(self, reader):
        """Ghép cây thẻ của một trang sách; các tờ của trang ấy đã được chép vào `writer`."""
        tree = reader.root_object["/StructTreeRoot"].clone(self.writer)
        self.parts.append(tree["/K"])
        for key, value in number_tree(tree["/ParentTree"]):
            self.owners += [NumberObject(key + self.next_key), value]
        self.next_key += int(tree["/ParentTreeNextKey"])

    def finish(self):
        """Một gốc cho cả sách: mỗi trang sách là một phần."""
        kinds = {NameObject("/Type"): name("StructTreeRoot")}
        root = self.writer._add_object(DictionaryObject(kinds))
        book = self.writer._add_object(
            DictionaryObject(
                {
                    NameObject("/Type"): name("StructElem"),
                    NameObject("/S"): name("Document"),
                    NameObject("/Lang"): TextStringObject("vi"),
                    NameObject("/P"): root,
                    NameObject("/K"): ArrayObject(part.indirect_reference for part in self.parts),
                }
            )
        )
        for part in self.parts:
            part[NameObject("/S")], part[NameObject("/P")] = name("Part"), book
        tree = root.get_object()
        numbers = DictionaryObject({NameObject("/Nums"): ArrayObject(self.owners)})
        tree[NameObject("/K")] = book
        tree[NameObject("/ParentTree")] = self.writer._add_object(numbers)
        tree[NameObject("/ParentTreeNextKey")] = NumberObject(self.next_key)
        catalog = self.writer.root_object
        catalog[NameObject("/StructTreeRoot")] = root
        catalog[NameObject("/MarkInfo")] = DictionaryObject(
            {NameObject("/Marked"): BooleanObject(True)}
        )
