"""Chương «TÊN_CHƯƠNG».

Bộ chấm nhận mọi cách viết đúng, gợi ý đúng cho lỗi điển hình.
"""

import math

import pytest
import torch
from torch.distributions import Normal

from course_utils.checks import ten_chuong as check


def test_blank_answers_are_not_wrong_answers():
    for task in (check.one_point, check.widest_gap, check.log_density):
        assert task(...).blank


@pytest.mark.equation("eq-ten-chuong")
def test_right_answers_pass():
    assert check.one_point(Normal(1.0, 2.0).log_prob(torch.tensor(3.0)))
    assert check.widest_gap(2)
    assert check.log_density(lambda x, m, v: Normal(m, math.sqrt(v)).log_prob(x))


@pytest.mark.parametrize(
    ("report", "hint"),
    [
        (check.one_point(Normal(1.0, 4.0).log_prob(torch.tensor(3.0))), "chỗ của độ lệch chuẩn"),
        (check.one_point(Normal(1.0, 2.0).log_prob(torch.tensor(3.0)).exp()), "Đây là mật độ"),
        (check.widest_gap(4), "thừa số một nửa"),
        (check.log_density(lambda x, m, v: -0.5 * (x - m) ** 2 / v), "hằng số chuẩn hóa"),
    ],
)
def test_typical_mistakes_get_their_hint(report, hint):
    assert not report.ok
    assert hint in report.message
