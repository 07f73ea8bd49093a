"""Lời tả thay cho hình: mỗi hình của sách và của sổ thực hành đều có, và là một lời tả thật."""

import ast
import json
import re
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURE = re.compile(r"^(`{3,}|:{3,})\{(figure|image)\}[^\n]*\n(.*?)^\1", re.M | re.S)
VIEW = "application/vnd.jupyter.widget-view+json"
# Trình đọc màn hình đã nói «hình»; tên tệp và những mở đầu ấy không tả gì.
EMPTY = re.compile(r"(hình ảnh|ảnh chụp|(hình|ảnh) (minh họa|này|dưới|trên đây))", re.I)
FILE = re.compile(r"\.(png|svg|jpe?g|gif)\b", re.I)
SHORTEST, LONGEST = 60, 500  # ngắn hơn chỉ là một cái tên; dài hơn thì nghe không nhớ nổi


def book_figures():
    """(chỗ, lời tả, chú thích) của các hình trong trang."""
    for page in sorted((ROOT / "book").rglob("*.md")):
        for _, kind, body in FIGURE.findall(page.read_text("utf-8")):
            options = dict(re.findall(r"^:(\w+): *(.*)$", body, re.M))
            caption = re.sub(r"^:\w+:.*$", "", body, flags=re.M)
            yield f"{page.stem}#{options.get('name', kind)}", options.get("alt"), caption


def lab_figures():
    """(chỗ, lời tả, chú thích) của các ô có hình tĩnh; hình tương tác tự mang lời tả của nó."""
    for lab in LABS:
        for cell in json.loads(lab.read_text("utf-8"))["cells"]:
            kinds = {k for o in cell.get("outputs", []) for k in o.get("data", {})}
            if any(k.startswith("image/") for k in kinds) and VIEW not in kinds:
                settings = cell["metadata"].get("mystnb", {})
                alt = settings.get("image", {}).get("alt")
                yield f"{lab.stem}#{cell['id']}", alt, settings.get("figure", {}).get("caption", "")


def stored_live_figures():
    """(chỗ, lời tả, "") của các hình tương tác đã lưu trong sổ."""
    for lab in LABS:
        widgets = json.loads(lab.read_text("utf-8"))["metadata"].get("widgets", {})
        for models in widgets.values():
            for model in models["state"].values():
                if "alt" in model["state"] and "_esm" in model["state"]:
                    yield f"{lab.stem}#{model['state'].get('name')}", model["state"]["alt"], ""


def default_live_figures():
    """(chỗ, lời tả, "") viết sẵn trong mã của từng lớp hình tương tác."""
    for path in sorted((ROOT / "course_utils" / "widgets").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            call = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setdefault"
            if call and getattr(node.args[0], "value", None) == "alt":
                yield path.stem, ast.literal_eval(node.args[1]), ""


def plain(text):
    return re.sub(r"\W+", " ", text).strip().casefold()


def faults(alt, caption=""):
    """Những điều đáng chê ở một lời tả."""
    if not (alt or "").strip():
        return ["chưa có lời tả"]
    found = []
    if not SHORTEST <= len(alt) <= LONGEST:
        found.append(f"dài {len(alt)} ký tự, cần từ {SHORTEST} đến {LONGEST}")
    if EMPTY.match(alt):
        found.append(f"mở đầu bằng «{EMPTY.match(alt)[0]}»: hãy nói ngay hình cho thấy gì")
    if FILE.search(alt):
        found.append("có tên tệp")
    if plain(alt) == plain(caption):
        found.append("chép lại chú thích")
    if unicodedata.normalize("NFC", alt) != alt:
        found.append("chưa ở dạng Unicode NFC")
    return found


@pytest.mark.parametrize(
    ("figures", "fewest"),
    [(book_figures, 25), (lab_figures, 80), (stored_live_figures, 15), (default_live_figures, 20)],
)
def test_every_figure_has_an_alternative(figures, fewest):
    listed = list(figures())
    assert len(listed) >= fewest, f"chỉ tìm thấy {len(listed)} hình: phép tìm hình đã hỏng?"
    wrong = {place: bad for place, alt, caption in listed if (bad := faults(alt, caption))}
    assert not wrong, "Lời tả cần sửa: " + "; ".join(
        f"{k}: {', '.join(v)}" for k, v in wrong.items()
    )


@pytest.mark.parametrize(
    ("alt", "caption", "fault"),
    [
        (None, "", "chưa có"),
        ("Hai đường.", "", "dài 10"),
        ("Hai đường cắt nhau ở giữa. " * 20, "", "dài 540"),
        (
            "Hình ảnh của hai đường cắt nhau ở giữa, đường xanh nằm trên rồi xuống dưới.",
            "",
            "mở đầu",
        ),
        ("Hai đường cắt nhau ở giữa, như trong tệp hai_duong.png của thư mục ảnh.", "", "tên tệp"),
        ("Hai đường cắt nhau ở giữa, một đường đi lên và một đường đi xuống.", "", None),
        (
            "Hai đường cắt nhau ở giữa, một đường đi lên và một đường đi xuống.",
            "\nHai đường cắt nhau ở giữa: một đường đi lên, và một đường đi xuống.\n",
            "chép lại",
        ),
        (
            unicodedata.normalize(
                "NFD", "Hai đường cắt nhau, một đường đi lên và một đi xuống hẳn."
            ),
            "",
            "NFC",
        ),
    ],
)
def test_a_poor_alternative_is_found(alt, caption, fault):
    found = faults(alt, caption)
    assert len(found) == (fault is not None), found
    assert all(fault in one for one in found), found
