"""Lục bát: tách tiếng đúng, luật giữ ở câu thơ thật, điểm rơi hẳn khi xáo chữ."""

import random

import pytest

from course_utils.data.luc_bat import Syllable, parse, rhyme, score, words
from course_utils.errors import InputError

# Truyện Kiều, tám câu đầu (Nguyễn Du, 1766–1820).
KIEU = """Trăm năm trong cõi người ta,
Chữ tài chữ mệnh khéo là ghét nhau.
Trải qua một cuộc bể dâu,
Những điều trông thấy mà đau đớn lòng.
Lạ gì bỉ sắc tư phong,
Trời xanh quen thói má hồng đánh ghen.
Cảo thơm lần giở trước đèn,
Phong tình cổ lục còn truyền sử xanh."""


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("ta", ("t", "", "a", "", "ngang")),
        ("Người", ("ng", "", "ươ", "i", "huyền")),
        ("hoa", ("h", "o", "a", "", "ngang")),
        ("nguyệt", ("ng", "u", "iê", "t", "nặng")),
        ("khuya", ("kh", "u", "iê", "", "ngang")),
        ("quốc", ("qu", "u", "ô", "c", "sắc")),
        ("quyên", ("qu", "u", "iê", "n", "ngang")),
        ("gì", ("gi", "", "i", "", "huyền")),
        ("giữ", ("gi", "", "ư", "", "ngã")),
        ("giếng", ("gi", "", "iê", "ng", "sắc")),
        ("nghiêng", ("ngh", "", "iê", "ng", "ngang")),
        ("mía", ("m", "", "iê", "", "sắc")),
        ("mua", ("m", "", "uô", "", "ngang")),
        ("chưa", ("ch", "", "ươ", "", "ngang")),
        ("tay", ("t", "", "a", "i", "ngang")),
        ("đau", ("đ", "", "a", "u", "ngang")),
        ("xoay", ("x", "o", "a", "i", "ngang")),
        ("yêu", ("", "", "iê", "u", "ngang")),
        ("hỏi", ("h", "", "o", "i", "hỏi")),
    ],
)
def test_syllables_come_apart(word, parts):
    assert parse(word) == Syllable(*parts)


@pytest.mark.parametrize(
    "word",
    [
        "flow",
        "GPT",
        "xyz",
        "tốp1",
        "nưóc",
        "tac",
        "bt",
        "",
        "aaaa",
        "xuổ",
        "miê",
        "muan",
        "tâ",
        "kà",
        "ngê",
        "cê",
    ],
)
def test_what_cannot_be_a_syllable(word):
    assert parse(word) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ta", "là"),
        ("nhau", "dâu"),
        ("lòng", "phong"),
        ("hồng", "phong"),
        ("đèn", "truyền"),
        ("xanh", "tình"),
        ("tường", "sang"),
        ("mười", "vời"),
        ("hồi", "bài"),
        ("quê", "đi"),
        ("hoa", "nhà"),
    ],
)
def test_words_that_rhyme(a, b):
    assert rhyme(parse(a), parse(b))
    assert rhyme(parse(b), parse(a))


@pytest.mark.parametrize(
    ("a", "b"), [("ta", "tan"), ("lòng", "lan"), ("đi", "đa"), ("tay", "tau"), ("em", "om")]
)
def test_words_that_do_not_rhyme(a, b):
    assert not rhyme(parse(a), parse(b))


def test_the_opening_of_kieu_keeps_every_rule():
    result = score(KIEU)
    assert result.lines == 8
    rules = (result.syllables, result.rhymes, result.tones, result.contrast, result.words)
    assert rules == (1.0,) * 5


def test_shuffled_words_lose_rhyme_and_tone():
    """Xáo tiếng giữa các câu: số tiếng còn nguyên, vần và thanh rơi hẳn (trung bình 200 lần)."""
    lines = [words(line) for line in KIEU.splitlines()]
    every = [word for line in lines for word in line]
    totals = {"rhymes": 0.0, "tones": 0.0, "contrast": 0.0}
    for seed in range(200):
        shuffled = iter(random.Random(seed).sample(every, len(every)))
        result = score([" ".join(next(shuffled) for _ in line) for line in lines])
        assert result.syllables == 1
        for name in totals:
            totals[name] += getattr(result, name) / 200
    assert totals["rhymes"] < 0.3
    assert totals["tones"] < 0.7
    assert totals["contrast"] < 0.5


def test_each_broken_rule_lowers_its_own_number():
    six, eight = KIEU.splitlines()[:2]
    assert score([six, eight]).syllables == 1
    assert score([f"{six} ơi", eight]).syllables == 0.5
    assert score([six, eight.replace("là", "thì")]).rhymes == 0
    # «mệnh» (vị trí 4, trắc) thành «tình» (bằng): sai một trong bảy vị trí.
    assert score([six, eight.replace("mệnh", "tình")]).tones == pytest.approx(6 / 7)
    assert score([six, eight.replace("nhau", "cùng")]).contrast == 0
    assert score([six, eight.replace("khéo", "xyz")]).words == pytest.approx(13 / 14)
    assert score([eight, six], first=8).syllables == 1


def test_missing_words_count_as_broken():
    result = score(["Trăm năm", "Chữ tài chữ"])
    assert result.syllables == 0
    assert result.rhymes == 0
    # Vị trí 2 của hai câu có tiếng và đều bằng; năm vị trí còn lại thiếu tiếng.
    assert result.tones == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("call", "message"),
    [(lambda: score("... \n 123"), "Không có câu thơ"), (lambda: score(KIEU, 7), "first = 7")],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
