"""Số điều kiện của một phép biến đổi: sai số khứ hồi lớn nhất mà số học dấu phẩy động cho phép."""

import torch
from torch import Tensor


def inverse_gain(f, z: Tensor, *context) -> float:
    """max ‖(∂x/∂z)⁻¹‖∞ trên các điểm của z (n, D), ít nhất 1.

    x = f(z) đã làm tròn; phép ngược phóng to sai số ấy ngần này lần. Tầng spline dốc thì số này
    lớn, và không cách tính nào tránh được.
    """
    rows = torch.autograd.functional.jacobian(lambda v: f(v, *context)[0].sum(0), z)  # (D, n, D)
    norms = torch.linalg.inv(rows.movedim(1, 0)).abs().sum(2)
    return max(1.0, norms.max().item())
