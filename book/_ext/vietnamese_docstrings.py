"""Docstring của `course_utils` viết bằng chữ thường, đọc được ngay trong Python; ở đây thành trang.

- «Sách: (eq-cov)» thành liên kết đến công thức trong sách;
- đoạn thụt vào sau một dòng trống là công thức, giữ nguyên từng chữ;
- mục «Tham số» hay «Lỗi» gạch chân bằng dấu trừ thành danh sách;
- các dấu |, *, _ là toán, không phải định dạng.
"""

import re

EQUATION = re.compile(r"\((eq-[a-z0-9-]+)\)")
CODE_OR_MARK = re.compile(r"`+([^`]+)`+|([`|*_\\])")
ENTRY = re.compile(r"^(\S.*?) : (.*)$")


def inline(text):
    text = CODE_OR_MARK.sub(lambda m: f"``{m[1]}``" if m[1] else "\\" + m[2], text)
    return EQUATION.sub(r":eq:`\1`", text)


def to_rst(lines):
    """Dịch một docstring sang reStructuredText."""
    section = formula = False
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        indented = line.startswith("    ")
        if re.fullmatch("-{3,}", line):
            continue
        if re.fullmatch("-{3,}", following):
            section = True
            yield from [f".. rubric:: {line}", ""]
        elif section and (entry := ENTRY.match(line)):
            name = entry[1].strip(" `")
            yield from [f"``{name}``", f"    {inline(entry[2])}"]
        elif section and indented:
            yield f"    {inline(line.strip())}"
        elif indented:
            if not formula:
                yield from ["::", ""]
            formula = True
            yield line
        else:
            section = section and not line
            formula = formula and not line
            yield inline(line)


def process(app, what, name, obj, options, lines):
    lines[:] = list(to_rst(list(lines)))


def setup(app):
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
