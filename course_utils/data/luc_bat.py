"""Thể lục bát thành một thước đo: số tiếng, vần và thanh của từng cặp câu sáu – tám.

Tiếng Việt viết rời từng tiếng, nên một mô hình đoán từng chữ cái có học được luật thơ hay không là
điều đếm được. Tiếng tách thành: phụ âm đầu, âm đệm, âm chính, âm cuối, thanh.

    người  ->  ng + ươ + i, thanh huyền           hoa  ->  h + (o) + a, thanh ngang
"""

import re
import unicodedata
from dataclasses import dataclass

from ..errors import InputError

TONES = {
    "\u0300": "huyền",
    "\u0301": "sắc",
    "\u0303": "ngã",
    "\u0309": "hỏi",
    "\u0323": "nặng",
}
#: Phụ âm đầu, dài trước ngắn sau.
ONSETS = "ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p r s t v x".split()
CODAS = {"", "c", "ch", "m", "n", "ng", "nh", "p", "t"}
VOWELS = "aăâeêioôơuưy"
#: Viết k, gh, ngh trước e, ê, i, y; viết c, g, ng trước các nguyên âm khác.
FRONT, BACK = {"k", "gh", "ngh"}, {"c", "g", "ng"}
#: Cách viết phải có âm cuối, và cách viết không được có âm cuối.
CLOSED, OPEN = {"iê", "yê", "uô", "ươ", "ă", "â"}, {"ia", "ya", "ua", "ưa"}
#: Hai cách viết của cùng một nguyên âm đôi (có hoặc không có âm cuối).
DIPHTHONGS = {"iê": "iê", "yê": "iê", "ia": "iê", "ya": "iê"} | {
    "uô": "uô",
    "ua": "uô",
    "ươ": "ươ",
    "ưa": "ươ",
}
#: Những âm chính gần nhau, thông vần được khi cùng âm cuối.
FAMILY = {
    v: k for k, vs in enumerate(["a ă â", "e ê i iê", "o ô u uô", "ơ ư ươ"]) for v in vs.split()
}
NEAR = {(0, 3), (2, 3)}  # ang – ương, ân – ơn; ôi – ơi
NEAR_BEFORE = {"i": {(0, 2)}, "nh": {(0, 1)}, "ch": {(0, 1)}}  # ai – ôi; anh – inh; ách – ích


@dataclass(frozen=True)
class Syllable:
    """Một tiếng đã tách; `tone` là tên thanh."""

    onset: str
    medial: str
    nucleus: str
    coda: str
    tone: str

    @property
    def level(self) -> bool:
        """Thanh bằng (ngang, huyền) hay trắc."""
        return self.tone in ("ngang", "huyền")


def words(line: str) -> list[str]:
    """Các tiếng của một câu, bỏ dấu câu và chữ số."""
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", line))


def parse(word: str) -> Syllable | None:
    """Tách một tiếng; None nếu nó không thể là một tiếng Việt (ví dụ «flow», «xyz»)."""
    tone, letters = "ngang", []
    for letter in unicodedata.normalize("NFD", word.lower()):
        if letter in TONES:
            if tone != "ngang":
                return None  # hai dấu thanh
            tone = TONES[letter]
        else:
            letters.append(letter)
    text = unicodedata.normalize("NFC", "".join(letters))
    onset = next((o for o in ONSETS if text.startswith(o)), "")
    rest = text[len(onset) :]
    if onset == "gi" and (not rest or rest[0] not in VOWELS or (rest[0] == "ê" and rest[1:])):
        rest = "i" + rest  # gì, gìn, giếng: chữ i cũng là âm chính
    if onset == "qu" and not rest:
        return None
    if onset in FRONT | BACK and rest and (rest[0] in "eêiy") != (onset in FRONT):
        return None  # kê nhưng ca, nghe nhưng nga
    match = re.fullmatch(rf"([{VOWELS}]+)([a-z]*)", rest)
    if not match or match[2] not in CODAS:
        return None
    vowels, coda = match.groups()
    medial = "u" if onset == "qu" else ""
    if not medial and re.match(r"o[aăe]|u[âêơy]", vowels):
        medial, vowels = vowels[0], vowels[1:]
    nucleus = DIPHTHONGS.get(vowels[:2]) if medial == "" or vowels[:2] in ("yê", "ya") else None
    if onset == "qu" and vowels[:2] in ("yê", "ya", "iê"):
        nucleus = "iê"
    glide = vowels[2:] if nucleus else vowels[1:]
    nucleus = nucleus or vowels[0].replace("y", "i")
    if glide not in ("", "i", "y", "o", "u") or (glide and coda):
        return None
    written = vowels[: 2 if nucleus in DIPHTHONGS.values() else 1]
    ends = bool(glide or coda)
    if (written in CLOSED and not ends) or (written in OPEN and ends):
        return None  # mua nhưng muôn, ia nhưng iên
    if coda in ("c", "ch", "p", "t") and tone not in ("sắc", "nặng"):
        return None  # tiếng khép chỉ mang thanh sắc hay nặng
    coda = coda or glide.replace("y", "i").replace("o", "u")
    return Syllable(onset, medial, nucleus, coda, tone)


def rhyme(a: Syllable | None, b: Syllable | None) -> bool:
    """Hai tiếng có vần với nhau: cùng âm cuối, âm chính giống hay thông nhau. Âm đệm không kể.

    Vần chính: ta – là, phong – lòng. Vần thông: nhau – dâu, tường – sang, hồi – bài.
    """
    if a is None or b is None or a.coda != b.coda:
        return False
    if not a.coda:  # vần mở: nghe rõ nguyên âm nên chặt hơn
        return a.nucleus == b.nucleus or {a.nucleus, b.nucleus} in LOOSE_OPEN
    pair = tuple(sorted((FAMILY[a.nucleus], FAMILY[b.nucleus])))
    return pair[0] == pair[1] or pair in NEAR | NEAR_BEFORE.get(a.coda, set())


LOOSE_OPEN = [
    {"e", "ê"}, {"ê", "i"}, {"e", "i"}, {"ê", "iê"}, {"i", "iê"}, {"e", "iê"},
    {"o", "ô"}, {"ô", "u"}, {"o", "u"}, {"u", "uô"}, {"ô", "uô"}, {"o", "uô"},
    {"ơ", "ư"}, {"ơ", "ươ"}, {"ư", "ươ"}, {"ô", "ơ"}, {"o", "ơ"}, {"u", "ư"}, {"a", "ơ"},
]  # fmt: skip


@dataclass(frozen=True)
class Score:
    """Tỉ lệ luật được giữ, mỗi số từ 0 đến 1."""

    #: số câu đã chấm
    lines: int
    #: tỉ lệ câu có đúng 6 hoặc 8 tiếng theo lượt
    syllables: float
    #: tỉ lệ chỗ phải gieo vần mà có vần
    rhymes: float
    #: tỉ lệ vị trí 2, 4, 6, 8 đúng bằng – trắc – bằng (– bằng)
    tones: float
    #: tỉ lệ câu tám có tiếng 6 và tiếng 8 cùng bằng mà khác thanh (một ngang, một huyền)
    contrast: float
    #: tỉ lệ tiếng có thể là tiếng Việt
    words: float

    def __str__(self) -> str:
        return (
            f"{self.lines} câu: đúng số tiếng {self.syllables:.0%}, vần {self.rhymes:.0%}, "
            f"bằng trắc {self.tones:.0%}, tiếng 6–8 khác thanh {self.contrast:.0%}, "
            f"tiếng Việt {self.words:.0%}"
        )


def score(text: str | list[str], first: int = 6) -> Score:
    """Chấm một đoạn thơ lục bát theo ba luật: số tiếng, vần, thanh.

    Câu lẻ có `first` tiếng (6), câu chẵn có 8, luân phiên. Tiếng thứ 6 của câu sáu vần với tiếng
    thứ 6 của câu tám; tiếng thứ 8 của câu tám vần với tiếng thứ 6 của câu sáu tiếp theo. Tiếng thứ
    2, 4, 6, 8 theo thứ tự bằng, trắc, bằng, bằng. Chỗ thiếu tiếng tính là sai.

    Lỗi
    ---
    InputError: không có câu nào, hoặc `first` khác 6 và 8.
    """
    lines = text.splitlines() if isinstance(text, str) else list(text)
    lines = [line for line in lines if words(line)]
    if not lines:
        raise InputError("Không có câu thơ nào để chấm; cần ít nhất một dòng có chữ.")
    if first not in (6, 8):
        raise InputError(f"first = {first!r}; câu đầu của thể lục bát có 6 hoặc 8 tiếng.")
    parsed = [[parse(word) for word in words(line)] for line in lines]
    sizes = [first if k % 2 == 0 else 14 - first for k in range(len(lines))]

    def at(k: int, position: int) -> Syllable | None:
        return parsed[k][position - 1] if position <= len(parsed[k]) else None

    counts = [len(line) == size for line, size in zip(parsed, sizes, strict=True)]
    rhymes, tones, contrast = [], [], []
    for k, size in enumerate(sizes):
        if k + 1 < len(sizes):
            rhymes.append(rhyme(at(k, size), at(k + 1, 6)))
        for position in range(2, size + 1, 2):
            syllable = at(k, position)
            tones.append(syllable is not None and syllable.level == (position != 4))
        if size == 8:
            six, eight = at(k, 6), at(k, 8)
            both = six is not None and eight is not None and six.level and eight.level
            contrast.append(both and six.tone != eight.tone)
    flat = [syllable for line in parsed for syllable in line]

    def share(marks: list) -> float:
        return sum(map(bool, marks)) / len(marks) if marks else float("nan")

    return Score(
        len(lines),
        share(counts),
        share(rhymes),
        share(tones),
        share(contrast),
        share([syllable is not None for syllable in flat]),
    )
