"""Bảng màu của hình tĩnh và của hình tương tác, nhìn qua mắt người mù màu.

Ma trận mô phỏng, mức nặng nhất: Machado, Oliveira và Fernandes, «A physiologically-based model for
simulation of color vision deficiency», IEEE TVCG 15(6), 2009. Chúng nhân với RGB tuyến tính.
Tương phản: WCAG 2.2, mục 1.4.11 (hình cần 3:1). Khoảng cách màu: ΔE của CIE 1976.
"""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from course_utils import plotting
from course_utils.widgets.latent_plane import COLORS

ROOT = Path(__file__).resolve().parents[1]
WIDGETS = ROOT / "course_utils" / "widgets"
CSS = WIDGETS / "live_figure.css"
EYES = {
    "thường": np.eye(3),
    "mù đỏ": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "mù lục": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "mù lam": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Hai mảng lớn đặt sát nhau thì ΔE ≈ 2.3 vừa đủ thấy khác. Nét mảnh đặt xa nhau cần nhiều hơn: gấp
# bốn lần, làm tròn lên.
APART = 10
WHITE = "#ffffff"
SERIES = ("z", "x", "third", "warn", "ink", "muted")
DRAWN = sorted((ROOT / "book" / "_static").glob("*/*.svg"))


def linear(color):
    c = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def seen(color, eye):
    """Màu trong CIELAB (trắng D65) như con mắt ấy thấy."""
    rgb = np.clip(np.array(EYES[eye]) @ linear(color), 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    t = np.array(to_xyz) @ rgb / [0.9505, 1, 1.089]
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    dark, light = sorted(np.dot([0.2126, 0.7152, 0.0722], linear(c)) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def live_palettes():
    """Các khối biến màu của CSS: nền sáng, nền tối, rồi nền tối theo hệ máy."""
    blocks = re.findall(r"\{([^{}]*--lf-surface:[^{}]*)\}", CSS.read_text("utf-8"))
    return [dict(re.findall(r"--lf-(\w+): *(#[0-9a-f]{6});", block)) for block in blocks]


def palette(name):
    """(các màu dùng cạnh nhau, các nền)."""
    if name == "still":
        names = ("BLUE", "ORANGE", "GREEN", "RED", "PURPLE")
        return {n: getattr(plotting, n) for n in names}, [WHITE]
    colors = live_palettes()[name == "dark"]
    return {n: colors[n] for n in SERIES}, [colors["surface"], colors["raised"]]


def too_close(colors):
    """{(mắt, a, b): ΔE} của các cặp gần nhau hơn mức cần."""
    gaps = {
        (eye, a, b): round(float(np.linalg.norm(seen(colors[a], eye) - seen(colors[b], eye))), 1)
        for eye in EYES
        for a, b in combinations(colors, 2)
    }
    return {pair: gap for pair, gap in gaps.items() if gap < APART}


def colorful(colors):
    """Các màu có sắc, bỏ màu xám và màu nền nhạt."""
    return {c for c in colors if np.hypot(*seen(c, "thường")[1:]) > 15 and contrast(c, WHITE) > 1.5}


@pytest.mark.parametrize("name", ["still", "light", "dark"])
def test_series_stay_apart(name):
    close = too_close(palette(name)[0])
    assert not close, f"Các cặp màu gần nhau hơn ΔE {APART}: {close}"


@pytest.mark.parametrize("name", ["still", "light", "dark"])
def test_series_stand_out_from_the_page(name):
    colors, grounds = palette(name)
    weakest = {n: round(min(contrast(c, g) for g in grounds), 2) for n, c in colors.items()}
    faint = {n: ratio for n, ratio in weakest.items() if ratio < 3}
    assert not faint, f"Các màu có tương phản dưới 3:1 với nền: {faint}"


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_drawn_stills(path):
    """Hình vẽ tay của sách: nền trắng, các màu có sắc phân biệt được và đủ rõ."""
    colors = colorful(re.findall(r"#[0-9a-f]{6}\b", path.read_text("utf-8")))
    close = too_close({c: c for c in sorted(colors)})
    faint = [c for c in colors if contrast(c, WHITE) < 3]
    assert not close, f"Các cặp màu gần nhau hơn ΔE {APART}: {close}"
    assert not faint, f"Các màu có tương phản dưới 3:1 với nền trắng: {faint}"


def test_stills_of_live_figures_use_the_light_palette():
    """Màu gõ trong tệp Python là màu của CSS, để hình tĩnh và hình trong trang cùng một màu."""
    light = set(live_palettes()[0].values())
    for path in sorted(WIDGETS.glob("*.py")):
        if path.stem != "latent_plane":  # mười nhãn, mỗi nhãn có chữ số của nó
            strange = colorful(re.findall(r"#[0-9a-f]{6}\b", path.read_text("utf-8"))) - light
            assert not strange, f"{path.name}: {sorted(strange)} không có trong {CSS.name}"


def test_ten_labels_stand_out_from_the_page():
    light, dark, _ = live_palettes()
    faint = [c for c in COLORS for g in (light, dark) if contrast(c, g["surface"]) < 3]
    assert not faint, f"Màu nhãn có tương phản dưới 3:1 với nền: {faint}"


def test_both_dark_blocks_agree():
    light, dark, by_system = live_palettes()
    assert dark == by_system != light


def test_the_measure_itself():
    """Đen–trắng 21:1 và ΔE 100; đỏ và lục thuần gần nhau hẳn với mắt mù lục."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    black, white = seen("#000000", "thường"), seen("#ffffff", "thường")
    assert np.linalg.norm(white - black) == pytest.approx(100, abs=0.1)
    gap = {e: np.linalg.norm(seen("#b00000", e) - seen("#007000", e)) for e in ("thường", "mù lục")}
    assert gap["mù lục"] < gap["thường"] / 2
