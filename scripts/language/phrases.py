"""Tìm nhiều cụm từ cùng lúc trong một đoạn: cụm dài nhất thắng, không phân biệt chữ hoa."""

import re
from itertools import pairwise

TOKEN = re.compile(r"\w+(?:[-–×]\w+)*")


class Phrases:
    """`meanings`: cụm từ → bất cứ gì. Giữa các từ chỉ được là dấu cách hay xuống dòng."""

    def __init__(self, meanings):
        self.meanings = {self.key(phrase): value for phrase, value in meanings.items()}
        self.lengths = {}
        for key in self.meanings:
            self.lengths.setdefault(key[0], set()).add(len(key))

    @staticmethod
    def key(phrase):
        return tuple(TOKEN.findall(phrase.lower()))

    def find(self, text):
        """(đầu, cuối, ý nghĩa) của mọi cụm từ, không cụm nào chồng lên cụm nào."""
        tokens = list(TOKEN.finditer(text))
        words = [token[0].lower() for token in tokens]
        apart = [bool(text[a.end() : b.start()].strip()) for a, b in pairwise(tokens)]
        place = 0
        while place < len(tokens):
            step = 1
            for length in sorted(self.lengths.get(words[place], ()), reverse=True):
                last = place + length - 1
                key = tuple(words[place : last + 1])
                if last < len(words) and key in self.meanings and not any(apart[place:last]):
                    yield tokens[place].start(), tokens[last].end(), self.meanings[key]
                    step = length
                    break
            place += step
