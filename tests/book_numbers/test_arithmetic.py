"""Những phép tính in trong sách: vế nào cũng tính lại được, số nào cũng có gốc gác."""

import inspect
import textwrap
from pathlib import Path

import book_arithmetic
import pytest
import tex_number
import typed_numbers
import worked

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*typed_numbers.pages(), ROOT / "book/appendix/exams.md"]
CHAPTERS = {
    name: chapter
    for name, chapter in vars(worked).items()
    if inspect.isgeneratorfunction(chapter)
    and chapter.__module__ == worked.__name__
    and (ROOT / f"book/{name}.md").exists()
}


def name(path):
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_both_sides_of_every_equality_agree(path):
    for line, left, right in book_arithmetic.disagreements(path.read_text("utf-8")):
        pytest.fail(
            f"{path.name}:{line}: {left.text.strip()} tính ra {left.value:.7g}, "
            f"mà trang viết {right.text.strip()}"
        )


def test_the_machine_reads_most_of_the_arithmetic():
    """Bộ đọc mà lặng lẽ bỏ qua thì phép thử trên chẳng thử gì."""
    read = 0
    for path in PAGES:
        for _, values in book_arithmetic.chains(path.read_text("utf-8")):
            read += sum(value is not None for value in values) > 1
    assert read > 350


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_worked_numbers_come_out_again(chapter):
    page = (ROOT / f"book/{chapter}.md").read_text("utf-8")
    for printed, value in CHAPTERS[chapter]():
        places = len(printed.partition(".")[2])
        assert printed in page, f"{printed} không còn trong trang; hãy xóa nó khỏi worked.py"
        # Nửa đơn vị cuối, thêm một phần nghìn cho số nằm đúng giữa hai cách làm tròn.
        assert abs(float(printed) - value) <= 0.501 * 10**-places, f"{printed}, đúng là {value}"


@pytest.mark.parametrize("path", typed_numbers.pages(), ids=name)
def test_no_measured_number_is_typed(path):
    found = [typed_numbers.complaint(path, *each) for each in typed_numbers.typed(path)]
    assert found == []


# --- Bộ đọc và bộ dò ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "value"),
    [
        (r"\tfrac12\log 2\pi e", 1.4189385),
        (r"-\tfrac{11}{2} - \tfrac 62\log 2\pi", -11.0136312),
        (r"3\cdot10^{-4}", 3e-4),
        (r"\bigl(1 - \tfrac14\bigr)^2", 0.5625),
        (r"\sqrt[3]{8} + \binom{5}{2}", 12),
        (r"80\,000 / 2", 40_000),
        (r"39\%", 0.39),
    ],
)
def test_reader(side, value):
    assert tex_number.evaluate(side).value == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("side", ["x + 1", r"\sigma^2", "(1, 2)", "1 2", r"\log p"])
def test_reader_leaves_symbols_alone(side):
    assert tex_number.evaluate(side) is None


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (r"Được $1.2477 - 1.0297 = 0.2180$.", 0),
        (r"Được $1.2477 - 1.0297 = 0.2190$.", 1),
        (r"Được $\log 2 \approx 0.694$ nat.", 1),
        (r"Được $\log 2$ $\approx 0.693$ nat.", 0),
        (r"Có $6\cdot7 = 43$ cách.", 1),
    ],
)
def test_wrong_arithmetic_is_seen(line, wrong):
    assert len(list(book_arithmetic.disagreements(line))) == wrong


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("*Phản ví dụ đo được:* mật độ có tổng 0.198.", ["0.198"]),
        ("*Phản ví dụ đo được:* mật độ có tổng $0.2$.", ["0.2"]),
        ("Sổ thực hành cho khoảng hở 3 nat.", ["3"]),
        ("Mô hình đạt 92.5 điểm.", ["92.5"]),
        ("Mô hình đạt {glue:text}`../notebooks/gan.ipynb::x:.1f` điểm.", []),
        ("Được FID 3.17 trên CIFAR-10 {cite}`ho2020`.", []),
        (r"Vậy $\log 2 \approx 0.6931$ nat, tức 0.6931.", []),
        ("Đặt `lr=0.001` rồi chạy.", []),
    ],
)
def test_finder(tmp_path, line, found):
    page = tmp_path / "page.md"
    page.write_text(textwrap.dedent(line), "utf-8")
    assert [number for _, number in typed_numbers.typed(page)] == found
