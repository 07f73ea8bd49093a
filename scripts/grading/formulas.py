"""Công thức LaTeX thành MathML, để trang HTML có công thức mà không cần mã lệnh."""

import functools
import html
import re
import unicodedata

from latex2mathml.converter import convert

STRETCHED = re.compile(r"\\[bB]igg?[lrm]?\s*(?=\\(?:\||[lr]angle|[lr]Vert))")
VARIANT = re.compile(r'<m([in]) mathvariant="([a-z-]+)">(?:&#x([0-9A-F]+);|(\w))</m\1>')
FUNCTION = re.compile(
    r"(<m[io][^>]*>(?:log|exp|det|sin|cos|tan|min|max|tr|sup|inf)</m[io]>)(?=<m[isn])"
)
TAG = re.compile(r"</?m[a-z]+(?: [a-z:]+=\"[^\"<>]*\")* ?/?>")
UNSAFE = re.compile(r" (?:on\w+|href|src|style|class|id)=")
LONGEST = 5000  # ký tự LaTeX; dài hơn thì bộ đổi công thức chạy rất lâu
LEADING = re.compile(r"(<mrow>|<mo>&#x0003D;</mo>|<mo[^>]*>&#x00028;</mo>)<mo>(&#x02212;</mo>)")


@functools.lru_cache(maxsize=4096)
def mathml(tex: str, display: str) -> str:
    """Công thức thành MathML; công thức không đọc được thì để nguyên LaTeX."""
    try:
        if len(tex) > LONGEST:
            raise ValueError
        written = convert(STRETCHED.sub("", tex.strip()), display=display)
    except Exception:  # sinh viên viết gì cũng có thể
        written = "\\"
    if "\\" in written:
        return f'<code class="tex">{html.escape(tex)}</code>'
    # latex2mathml giải mã &lt; trong \\text: chỉ còn thẻ MathML thường mới được lên trang.
    if "<" in TAG.sub("", written) or UNSAFE.search(written):
        return f'<code class="tex">{html.escape(tex)}</code>'
    # Trình duyệt chỉ hiểu một phần MathML: kiểu chữ phải là ký tự Unicode, khoảng cách phải ghi ra.
    written = VARIANT.sub(_lettered, written).replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>")
    written = FUNCTION.sub(r'\1<mspace width="0.17em"/>', written)
    return LEADING.sub(r'\1<mo form="prefix">\2', written)


def _lettered(found: re.Match) -> str:
    """«N kiểu script» thành ký tự 𝒩; không có ký tự ấy thì giữ chữ thường."""
    tag, variant, code, plain = found.groups()
    letter = chr(int(code, 16)) if code else plain
    style = variant.replace("-", " ").upper().replace("DOUBLE STRUCK", "DOUBLE-STRUCK")
    what = re.sub(r"(LATIN|GREEK) | LETTER", "", unicodedata.name(letter, "")).strip()
    for name in (f"MATHEMATICAL {style} {what}", f"{style} {what}", f"BLACK-LETTER {what}"):
        try:
            return f"<m{tag}>{unicodedata.lookup(name)}</m{tag}>"
        except KeyError:
            continue
    return f"<m{tag}>{letter}</m{tag}>"
