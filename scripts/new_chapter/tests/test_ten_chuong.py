"""Chương «TÊN_CHƯƠNG».

Đáp số đã biết, và đầu vào sai được một câu tiếng Việt.
"""

import pytest
import torch
from torch.distributions import Normal

from course_utils.ten_chuong import InputError, log_density


@pytest.mark.equation("eq-ten-chuong")
@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (1.0, 2.0), (-3.0, 0.1)])
def test_log_density_agrees_with_torch(mean, deviation):
    x = torch.linspace(-4, 4, 9, dtype=torch.float64)
    found = log_density(x, mean, deviation**2)
    torch.testing.assert_close(found, Normal(mean, deviation).log_prob(x))


def test_a_variance_that_is_not_positive_gets_a_sentence():
    with pytest.raises(InputError, match="cần phương sai dương"):
        log_density(torch.zeros(1), 0.0, 0.0)
