r"""Tính một vế TeX không có ẩn, kèm sai số do những con số đã làm tròn trong vế.

Mỗi số thập phân có từ ba chữ số sau dấu chấm được coi là đã làm tròn: nửa đơn vị cuối của nó đi qua
phép tính (đạo hàm lấy bằng sai phân) thành sai số của cả vế, nên 1.2477 − 1.0297 = 0.2181 không bị
báo oan mà 0.2190 thì bị.
"""

import math
import re
from typing import NamedTuple

SPACING = re.compile(
    r"\\(?:[,;:! ]|quad|qquad|bigl?|bigr|Bigl?|Bigr|left|right|displaystyle|big|Big|biggl|biggr)"
    r"(?![a-zA-Z])|[~&]|\{,\}|\{\}"
)
WORDS = re.compile(r"\\(?:text|mathrm|textbf)\{[^}]*\}|\\ ")
TOKEN = re.compile(r"\d+(?:\.\d+)?|\\[a-zA-Z]+|\\.|[a-zA-Z]|\S")
BARE = re.compile(
    r"[-−]?\s*(?:(?P<digits>\d[\d ]*(?:\.\d+)?)(?:\s*(?:\\cdot|\\times)\s*(?P<power>10\^.+))?"
    r"|(?P<alone>10\^\{?-?\d+\}?))\s*(?:\\%)?"
)
FUNCTIONS = {
    r"\log": math.log,
    r"\ln": math.log,
    r"\exp": math.exp,
    r"\cos": math.cos,
    r"\sin": math.sin,
    r"\tan": math.tan,
    r"\cot": lambda x: 1 / math.tan(x),
    r"\cosh": math.cosh,
    r"\sinh": math.sinh,
    r"\tanh": math.tanh,
    r"\arctan": math.atan,
    r"\arccos": math.acos,
    r"\Phi": lambda x: 0.5 * math.erfc(-x / math.sqrt(2)),
    r"\varphi": lambda x: math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
}
FRACTIONS = {r"\frac", r"\tfrac", r"\dfrac"}
SUMS = {"+": 1, "-": -1, "−": -1}


class Unknown(Exception):
    """Vế có ẩn, hay có ký hiệu mà máy không biết tính."""


class Reader:
    """Tính một vế TeX từ trái sang phải; `shift` xê dịch số thứ i một nửa đơn vị cuối."""

    def __init__(self, tokens, shift=None):
        self.tokens, self.shift, self.at, self.seen = tokens, shift, 0, 0
        self.steps = []  # nửa đơn vị cuối của mỗi số đã làm tròn

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None or (expected and token != expected):
            raise Unknown
        self.at += 1
        return token

    def all(self):
        value = self.sum()
        if self.peek() is not None:
            raise Unknown
        return value

    def sum(self):
        sign = SUMS[self.take()] if self.peek() in SUMS else 1
        value = sign * self.product()
        while self.peek() in SUMS:
            sign = SUMS[self.take()]
            value += sign * self.product()
        return value

    def product(self):
        value = self.run()
        while self.peek() in (r"\cdot", r"\times", "/", ":"):
            operator = self.take()
            value = value / self.run() if operator in "/:" else value * self.run()
        return value

    def starts_factor(self):
        token = self.peek()
        return token is not None and (
            token[0].isdigit()
            or token in FUNCTIONS
            or token in FRACTIONS
            or token in ("(", "[", "{", "e", r"\pi", r"\sqrt", r"\binom", r"\lvert")
        )

    def run(self):
        """Các thừa số viết liền nhau, ngầm hiểu là nhân."""
        sign = SUMS[self.take()] if self.peek() in SUMS else 1
        value = sign * self.power()
        while self.starts_factor():
            if self.peek()[0].isdigit() and self.tokens[self.at - 1][-1].isdigit():
                raise Unknown  # hai số đứng cạnh nhau: một danh sách, không phải một tích
            value *= self.power()
        return value

    def power(self):
        value = self.atom()
        while self.peek() == "^":
            self.take()
            value = value ** self.argument()
        if self.peek() == "!":
            self.take()
            value = math.gamma(value + 1)
        if self.peek() == r"\%":
            self.take()
            value /= 100
        if self.peek() in ("°", "%", "_", "'"):
            raise Unknown
        return value

    def argument(self):
        r"""Sau ^, \frac, \sqrt: một nhóm {…}, hay đúng một chữ số."""
        if self.peek() == "{":
            self.take()
            value = self.sum()
            self.take("}")
            return value
        token = self.peek()
        if token and token.isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        return self.atom()

    def atom(self):
        token = self.take()
        if token[0].isdigit():
            return self.number(token)
        if token == "e":
            return math.e
        if token == r"\pi":
            return math.pi
        if token in ("(", "[", "{", r"\lvert"):
            value = self.sum()
            self.take({"(": ")", "[": "]", "{": "}", r"\lvert": r"\rvert"}[token])
            return abs(value) if token == r"\lvert" else value
        if token in FRACTIONS:
            top = self.argument()
            return top / self.argument()
        if token == r"\binom":
            top = self.argument()
            return math.comb(int(top), int(self.argument()))
        if token == r"\sqrt":
            if self.peek() == "[":
                self.take()
                root = self.sum()
                self.take("]")
                return self.argument() ** (1 / root)
            return math.sqrt(self.argument())
        if token in FUNCTIONS:
            return self.function(token)
        raise Unknown

    def function(self, token):
        f, base, exponent = FUNCTIONS[token], None, 1
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                base = self.argument()
            else:
                exponent = self.argument()
        if base is not None and token != r"\log":
            raise Unknown
        if exponent == -1 and token in (r"\Phi",):
            raise Unknown
        inside = self.power() if self.peek() in ("(", "[", "{") else self.run()
        if base is not None:
            return (math.log(inside) / math.log(base)) ** exponent
        return f(inside) ** exponent

    def number(self, token):
        value = float(token)
        digits = len(token.partition(".")[2])
        if digits >= 3:
            self.steps.append(0.5 * 10**-digits)
            if self.shift == self.seen:
                value += self.steps[-1]
            self.seen += 1
        return value


class Value(NamedTuple):
    value: float
    error: float  # sai số do những số đã làm tròn trong vế
    bare: bool  # vế chỉ là một con số
    text: str


def bare_unit(bare):
    """Đơn vị của chữ số cuối, tính theo phần giá trị; «60 000» coi như làm tròn tới nghìn."""
    whole, _, decimals = bare["digits"].replace(" ", "").partition(".")
    unit = 10.0 ** -len(decimals) if decimals else 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return unit / (float(f"{whole}.{decimals or 0}") or 1)


def tokens_of(side):
    return TOKEN.findall(re.sub(r"(?<=\d)\\[,;](?=\d{3})|(?<=\d) (?=\d{3}\b)", "", side))


def evaluate(side):
    """Giá trị của một vế, hay None khi vế có ẩn."""
    side = SPACING.sub(" ", WORDS.sub(" ", side)).strip(" .,;")
    side = re.sub(r"^\\(?:approx|color\{\w+\})", "", side)
    try:
        reader = Reader(tokens_of(side))
        value = reader.all()
        error = 0.0
        for i in range(len(reader.steps)):
            error += abs(Reader(tokens_of(side), i).all() - value)
    except (Unknown, ValueError, ZeroDivisionError, OverflowError, TypeError):
        return None
    if isinstance(value, complex) or not math.isfinite(value):
        return None
    if side == "e":
        return None  # thường là tên một sai số
    bare = BARE.fullmatch(side)
    if bare:
        error = 0.5 * abs(value) * bare_unit(bare) if bare["digits"] else 2.2 * value  # chỉ nói cỡ
    return Value(value, error, bool(bare), side)
