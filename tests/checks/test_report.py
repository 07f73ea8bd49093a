"""Bộ chấm chung: nhận mọi cách viết đúng, gợi ý đúng chỗ sai, không bao giờ vỡ."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from course_utils.checks import Report, blank, function, number, numbers


class Hostile:
    """Đối tượng mà mọi phép hỏi đều ném lỗi."""

    def __float__(self):
        raise RuntimeError("không đổi được")

    def __iter__(self):
        raise RuntimeError("không duyệt được")

    def __eq__(self, other):
        raise RuntimeError("không so được")

    def __repr__(self):
        raise RuntimeError("không in được")

    __hash__ = None


ODD = [
    "0.5", b"1", True, np.bool_(False), 1j, np.complex64(1), [], [1, 2], (), {}, {1}, object(),
    Hostile(), torch.zeros(3), torch.tensor(True), torch.tensor(1j), np.array("a"), lambda x: x,
    10**400, float, torch.zeros(0), np.zeros((2, 2)), [[1], [2, 3]], range(3), ["a", 1],
]  # fmt: skip


def test_report_shows_itself():
    assert repr(Report(True, "Đúng rồi.")) == "✓ Đúng rồi."
    assert str(Report(False, "Chưa đúng.")) == "✗ Chưa đúng."
    assert Report(True, "")
    assert not Report(False, "")


@pytest.mark.parametrize("empty", [None, ...])
def test_blank_is_not_an_error(empty):
    assert blank(1.0, empty).blank
    assert "chưa điền" in str(number(empty, 1.0, tol=0.1))
    assert numbers((1.0, empty), (1.0, 2.0), tol=0.1).blank
    assert function(lambda x: empty, lambda x: x, [(1.0,)], tol=0.1).blank
    assert blank(0, "", Hostile()) is None


@pytest.mark.parametrize(
    "right",
    [
        0.5, Fraction(1, 2), Decimal("0.5"), np.float32(0.5), np.array(0.5), np.array([0.5]),
        torch.tensor(0.5), torch.tensor([[0.5]]), torch.tensor(0.5, dtype=torch.float64),
        torch.nn.Parameter(torch.tensor(0.5)), 0.5009,
    ],
)  # fmt: skip
def test_number_accepts_any_style(right):
    assert number(right, 0.5, tol=1e-3)


def test_number_rejects_with_a_reason():
    assert "NaN" in str(number(math.nan, 0.5, tol=1e-3))
    assert "vô cùng" in str(number(-math.inf, 0.5, tol=1e-3))
    assert "nháy" in str(number("0.5", 0.5, tol=1e-3))
    assert "phức" in str(number(0.5 + 0j, 0.5, tol=1e-3))
    assert "logic" in str(number(True, 1.0, tol=1e-3))
    assert not number(0.502, 0.5, tol=1e-3)


@pytest.mark.parametrize("odd", ODD, ids=lambda o: type(o).__name__)
def test_no_odd_answer_breaks_a_checker(odd):
    assert not number(odd, 0.5, tol=1e-3)
    assert not numbers(odd, (0.5, 0.25), tol=1e-3)
    assert not numbers((odd, 0.25), (0.5, 0.25), tol=1e-3)
    assert not function(lambda x: odd, lambda x: 0.5, [(1.0,)], tol=1e-3)
    assert not function(odd, lambda x: 0.5, [(1.0,)], tol=1e-3)


def test_hints_name_the_mistake():
    hints = [(-0.5, "Bạn đã đổi dấu."), (math.nan, "Log của số âm.")]
    assert "đổi dấu" in str(number(-0.5004, 0.5, tol=1e-3, hints=hints))
    assert "Log của" in str(number(math.nan, 0.5, tol=1e-3, hints=hints))
    assert number(0.5, 0.5, tol=1e-3, hints=hints)


def test_a_hint_within_the_tolerance_is_a_bug_of_the_exercise():
    with pytest.raises(AssertionError):
        number(1.0, 0.5, tol=0.1, hints=[(0.45, "quá gần")])
    with pytest.raises(AssertionError):
        numbers((1.0, 1.0), (0.5, 2.0), tol=0.1, hints=[((0.45, None), "quá gần")])


def test_numbers_reads_tuples_and_matrices():
    matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert numbers([[1, 2], (3, Fraction(4))], matrix, tol=1e-6)
    assert numbers(matrix.double().numpy(), matrix, tol=1e-6)
    transposed = [(matrix.T, "Bạn đã chuyển vị.")]
    assert "chuyển vị" in str(numbers(matrix.T, matrix, tol=1e-6, hints=transposed))
    assert "[1, 0]" in str(numbers([[1, 2], [0, 4]], matrix, tol=1e-6))
    pair = [((None, 1.0), "Số thứ hai.")]
    assert "Số thứ hai" in str(numbers((9, 1), (1, 2), tol=1e-6, hints=pair))


INPUTS = [(torch.tensor([1.0, -2.0]),), (torch.randn(7, generator=torch.manual_seed(0)),)]


def test_function_accepts_and_explains():
    assert function(lambda x: 2 * x, lambda x: x + x, INPUTS, tol=1e-6)
    assert function(lambda x: (x.double(), 1), lambda x: (x, 1.0), INPUTS, tol=1e-6)
    wrong = function(lambda x: x.abs(), lambda x: x, INPUTS, tol=1e-6)
    assert "[1.0, -2.0]" in str(wrong)
    assert "cần -2" in str(wrong)
    assert "kích thước" in str(function(lambda x: x.sum(), lambda x: x, INPUTS, tol=1e-6))
    assert "NaN" in str(function(lambda x: x.log(), lambda x: x, INPUTS, tol=1e-6))
    assert "2 giá trị" in str(function(lambda x: x, lambda x: (x, x), INPUTS, tol=1e-6))


def test_function_catches_what_the_student_raises():
    def crash(x):
        raise KeyError("thiếu")

    def leave(x):
        raise SystemExit

    def todo(x):
        raise NotImplementedError

    assert "KeyError" in str(function(crash, lambda x: x, INPUTS, tol=1e-6))
    assert "SystemExit" in str(function(leave, lambda x: x, INPUTS, tol=1e-6))
    assert function(todo, lambda x: x, INPUTS, tol=1e-6).blank


def test_function_gives_the_hint_of_the_matching_mistake():
    hints = [(lambda x: x, "Quên nhân đôi."), (lambda x: -2 * x, "Sai dấu.")]
    report = function(lambda x: -x - x, lambda x: 2 * x, INPUTS, tol=1e-6, hints=hints)
    assert "Sai dấu" in str(report)


def test_function_protects_its_inputs():
    def in_place(x):
        return x.mul_(2)

    inputs = [(torch.ones(3),)]
    assert function(in_place, lambda x: 2 * x, inputs, tol=1e-6)
    assert torch.equal(inputs[0][0], torch.ones(3))


def test_a_near_miss_is_told_to_keep_more_digits():
    assert "giữ thêm" in number(-2.07, -2.07311, tol=1e-3).message
    assert "giữ thêm" not in number(-2.5, -2.07311, tol=1e-3).message


def test_python_floats_keep_their_digits():
    third = function(lambda x: x / 3, lambda x: x / 3, [(1.0,)], tol=1e-12)
    assert third
    assert not function(lambda x: x / 3 + 1e-9, lambda x: x / 3, [(1.0,)], tol=1e-12)


def test_a_function_argument_is_told_by_name():
    def scale(a):
        return a

    message = function(lambda f: f(1.0), lambda f: f(2.0), [(scale,)], tol=1e-6).message
    assert "hàm scale" in message
    assert "0x" not in message
