"""Cách ghép đôi: trong một lô nhiễu x₀ và dữ liệu x₁, điểm nào đi tới điểm nào.

Mọi cách ghép giữ nguyên hai phân phối biên (x₀ vẫn là nhiễu, x₁ vẫn là dữ liệu); chúng chỉ khác
nhau ở phân phối đồng thời của cặp. Thứ tự của x₁ không đổi, nên nhãn đi kèm vẫn đúng chỗ.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .base import check_batch
from .errors import InputError

Coupling = Callable[[Tensor, Tensor], Tensor]


def independent(x0: Tensor, x1: Tensor) -> Tensor:
    """x₀ như đã rút: cặp độc lập."""
    return x0


@torch.no_grad()
def optimal_transport(x0: Tensor, x1: Tensor, block: int = 32) -> Tensor:
    """x₀ xếp lại trong từng khối `block` điểm, để tổng ‖x₁ − x₀‖² của khối nhỏ nhất.

    x₀, x₁ (n, ...) -> x₀ đã xếp lại (n, ...). Bài toán phân công tốn O(block³) một khối; lô chia
    khối thì tốn O(n·block²), đổi lấy một cách ghép chỉ tối ưu trong khối.

    Nguồn: Tong et al. (2024); Pooladian et al. (2023). Sách: (eq-ot-coupling)
    """
    from scipy.optimize import linear_sum_assignment  # nạp chậm, chỉ khi cần

    if not isinstance(block, int) or block < 1:
        raise InputError(f"block = {block!r}; cần một số nguyên dương, ví dụ 32.")
    if x0.shape != x1.shape:
        raise InputError(
            f"x0 có hình dạng {tuple(x0.shape)}, x1 {tuple(x1.shape)}; ghép đôi cần hai lô cùng cỡ."
        )
    for name, x in (("x0", x0), ("x1", x1)):
        check_batch(x, x.shape[1:], name)
    # ‖x₁ − x₀‖² = ‖x₁‖² + ‖x₀‖² − 2x₁·x₀, và hai số hạng đầu như nhau với mọi hoán vị.
    a, b = (x.flatten(1).double().cpu() for x in (x0, x1))
    order = []
    for start in range(0, len(x0), block):
        part = slice(start, start + block)
        _, chosen = linear_sum_assignment((b[part] @ a[part].T).numpy(), maximize=True)
        order.append(torch.from_numpy(chosen) + start)
    return x0[torch.cat(order).to(x0.device)]
