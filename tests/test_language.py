"""Bộ soát lời văn: mỗi luật bắt câu sai của nó và để yên câu đúng."""

import os
import sys
import unicodedata

import pytest
from check_language import chosen
from language import check, spelling, terms, texts
from language.phrases import Phrases

sys.path.append(str(check.ROOT / "book" / "_ext"))

# Máy chạy kiểm thử tự động (CI) phải có từ điển: ở đó thì không bỏ qua.
needs_dictionary = pytest.mark.skipif(
    spelling.syllables() is None and "CI" not in os.environ,
    reason="Máy này không có từ điển: chạy scripts/install_dictionary.sh.",
)


def kinds(tmp_path, source, name="trang.md"):
    """Các loại lỗi và các từ bị nêu của một tệp có nội dung ấy."""
    path = tmp_path / name
    path.write_text(source, "utf-8")
    report = check.Report()
    check.check_file(path, report)
    return [(finding.kind, finding.word) for finding in report.findings]


WRONG = {
    "Mạng có hai lớp ẩn.": ("thuật ngữ", "lớp ẩn"),
    "Phân bố của dữ liệu.": ("thuật ngữ", "Phân bố"),
    "Ta đào tạo mạng này.": ("thuật ngữ", "đào tạo"),
    "Hạ tổn\nthất.": ("thuật ngữ", "tổn thất"),
    "Phân phối kỳ vọng của luồng.": ("thuật ngữ", "Phân phối kỳ vọng"),
    "Khoảng cách KL giữa hai luật.": ("thuật ngữ", "Khoảng cách KL"),
    "Nhiễu Gaussian.": ("thuật ngữ", "Nhiễu Gaussian"),
    "Lấy kì vọng.": ("thuật ngữ", "kì vọng"),
    "Một véc-tơ.": ("thuật ngữ", "véc-tơ"),
    "Luồng chuẩn hoá.": ("chỗ đặt dấu", "hoá"),
    "Ma trận đơn vị hòan toàn.": ("chỗ đặt dấu", "hòan"),
    "Tầng của của luồng.": ("từ lặp", "của của"),
}
RIGHT = [
    "Mạng có hai tầng ẩn; ảnh thuộc lớp số ba.",
    "Trường có chương trình đào tạo thạc sĩ.",
    "Đường Gauss (*Gaussian path*) là một luồng chuẩn hóa.",
    "Hoàn toàn khóa, tùy ý, quý, thủy, khỏe, hoán vị, toán.",
    "Hàm `phân bố` và công thức $\\text{phân bố}$ không phải lời văn.",
    "Xem {ref}`phan-bo` và [trang](phân_bố.md).",
    "```python\n# lớp ẩn, hoá\n```",
    "$$\n\\text{lớp ẩn}\n$$",
]


@pytest.mark.parametrize(("sentence", "finding"), WRONG.items(), ids=WRONG)
def test_each_rule_catches_its_wrong_sentence(tmp_path, sentence, finding):
    assert finding in kinds(tmp_path, sentence)


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_sentences_are_let_go(tmp_path, sentence):
    assert [found for found in kinds(tmp_path, sentence) if found[0] != "chính tả"] == []


@needs_dictionary
@pytest.mark.parametrize("word", ["nưóc", "thuưt", "khong", "Gaus"])
def test_spelling_catches_what_no_list_has(tmp_path, word):
    assert ("chính tả", word) in kinds(tmp_path, f"Ta viết {word} ở đây.")


@needs_dictionary
def test_spelling_lets_words_names_and_italic_english_go(tmp_path):
    sentence = "Luồng của Kingma và Gauss, dòng xác suất (*probability flow*), `khong`, nơ-ron."
    assert kinds(tmp_path, sentence) == []


def test_decomposed_unicode_is_caught(tmp_path):
    assert kinds(tmp_path, unicodedata.normalize("NFD", "Ta học."))[0][0] == "Unicode"


def test_an_exception_is_kept_and_a_needless_one_is_told(tmp_path):
    keep = "<!-- lời văn: giữ «phân bố» vì câu này nêu nó như một lỗi -->\n"
    assert kinds(tmp_path, f"Đừng viết «phân bố».\n{keep}") == []
    assert kinds(tmp_path, f"Hãy viết phân phối.\n{keep}") == [("ngoại lệ thừa", "phân bố")]


def test_findings_name_file_line_word_and_remedy(tmp_path):
    path = tmp_path / "trang.md"
    path.write_text("# Trang\n\n```{note}\n:class: tip\n\nMột dòng.\nMột véc-tơ.\n```\n", "utf-8")
    report = check.Report()
    check.check_file(path, report)
    assert [str(finding) for finding in report.findings] == [
        f"{path}:7: thuật ngữ: «véc-tơ»: hãy viết «vector»"
    ]


def test_code_gives_its_docstrings_messages_and_comments():
    source = '''"""Hàm `f` của tệp."""
message = f"Cần {count} số."
label = "log_prob"  # chú thích về label
'''
    found = [(text.line, text.text.strip()) for text in texts.python_texts(source)]
    assert found == [
        (1, "Hàm ␣␣␣ của tệp."),
        (2, "Cần"),
        (2, "số."),
        (3, "chú thích về ␣␣␣␣␣"),
    ]


def test_notebook_lines_are_those_of_the_file(tmp_path):
    path = check.ROOT / "notebooks" / "gan.ipynb"
    lines = path.read_text("utf-8").splitlines()
    for text in texts.read(path):
        first = text.text.split("\n")[0].split(texts.GAP)[0].strip()
        if text.kind != "mã" and len(first) > 20 and '"' not in first:
            assert first[:8] in lines[text.line - 1].replace("**", "").replace("*", "")


def test_the_longest_phrase_wins():
    phrases = Phrases({"luồng": 1, "luồng chuẩn hóa": 2, "luồng chuẩn hóa liên tục": 3})
    text = "Luồng chuẩn\nhóa, rồi luồng chuẩn, hóa và luồng chuẩn hóa liên tục."
    assert [value for *_, value in phrases.find(text)] == [2, 1, 3]
    assert [value for *_, value in phrases.find("cuối cùng là luồng")] == [1]


def test_introduction_needs_the_english_of_the_term():
    def introduced(sentence):
        return [name for t in texts.markdown_texts(sentence) for name in terms.introductions(t)]

    assert introduced("Đây là khớp luồng (*flow matching*).") == ["khớp luồng"]
    assert introduced("Đây là khớp luồng.") == []
    assert introduced("Đây là khớp luồng (*score matching*).") == []
    assert introduced("Khớp luồng là gì? Có câu *flow matching* ở đây.") == []


def test_terms_are_in_vietnamese_order():
    from glossary_terms import alphabetical

    words = ["ánh xạ co", "ánh xạ dòng", "ba", "bà", "bả", "bã", "bá", "bạ", "bằng", "bất", "cần"]
    words += ["da", "đa", "entropy", "hạ", "hậu", "tầng", "tham", "tỉ", "tiên", "tọa", "ước", "vẽ"]
    assert sorted(reversed(words), key=alphabetical) == words


def test_only_files_for_readers_are_checked():
    ours = check.ROOT / "book" / "index.md"
    assert list(chosen([ours, check.ROOT / "tests" / "test_language.py"])) == [ours]
