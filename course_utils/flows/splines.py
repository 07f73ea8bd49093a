"""Spline hữu tỉ bậc hai đơn điệu (rational-quadratic spline), Durkan et al. (2019).

Trên mỗi đoạn [x_k, x_{k+1}] hàm là thương của hai đa thức bậc hai, tăng chặt, đi qua hai
nút (x_k, y_k), (x_{k+1}, y_{k+1}) với độ dốc d_k, d_{k+1}. Ngoài [−bound, bound] là phép
đồng nhất, và độ dốc ở hai nút biên bằng 1 nên hàm khả vi liên tục trên cả trục số.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..nets import soft_bound

# Logit của mỗi đoạn và log độ dốc tại mỗi nút bị chặn mềm ở đây: spline không bao giờ dốc hay phẳng
# đến mức một trong hai chiều mất hết chữ số trong float32.
MAX_LOG = 2.0


def segments(logits: Tensor, bound: float) -> tuple[Tensor, Tensor]:
    """K logit (..., K) -> đầu trái và độ dài của K đoạn lấp đầy [−bound, bound]."""
    size = 2 * bound * F.softmax(logits, dim=-1)
    return F.pad(size[..., :-1].cumsum(-1), (1, 0)) - bound, size


def knots(raw: Tensor, bound: float) -> Tensor:
    """K số thực bất kỳ (..., K) -> K+1 nút tăng dần từ −bound đến bound."""
    return F.pad(segments(soft_bound(raw, MAX_LOG), bound)[0], (0, 1), value=bound)


def rational_quadratic_spline(
    inputs: Tensor, raw: Tensor, bound: float, inverse: bool = False
) -> tuple[Tensor, Tensor]:
    """Áp dụng spline từng phần tử.

    Tham số
    -------
    inputs : (...) điểm cần biến đổi
    raw : (..., 3K−1) số thực bất kỳ: K bề rộng, K chiều cao, K−1 log độ dốc bên trong; những
        chiều đầu bằng của `inputs`, hoặc bằng 1 (một spline chung)
    bound : nửa bề rộng của hộp
    inverse : True để giải phương trình y = spline(x) theo x

    Trả về (outputs, log|d outputs / d inputs|), cùng hình dạng với `inputs`.
    Sách: (eq-rqs); Durkan et al. (2019), ct. (4)–(8)
    """
    bins = (raw.shape[-1] + 1) // 3
    log_size, log_slope = soft_bound(raw, MAX_LOG).split([2 * bins, bins - 1], dim=-1)
    left, size = segments(log_size.unflatten(-1, (2, bins)), bound)
    log_slope = F.pad(log_slope, (1, 1))

    # Kẹp trước khi tính: điểm ngoài hộp không được làm hỏng đạo hàm của nhánh không dùng.
    inside = inputs.abs() < bound
    u = inputs.clamp(-bound, bound)

    # Tìm đoạn k chứa u, rồi chỉ lấy sáu con số của đoạn ấy. Không rẽ nhánh bằng mặt nạ Boole:
    # chọn hàng rồi chép về chỗ cũ tốn hơn là tính cho mọi điểm.
    searched = left[..., 1 if inverse else 0, 1:]
    k = (u.unsqueeze(-1) >= searched).sum(-1, keepdim=True)
    shape = k.shape[:-1]
    both = k.unsqueeze(-2).expand(*shape, 2, 1)
    x0, y0 = left.expand(*shape, -1, -1).gather(-1, both).squeeze(-1).unbind(-1)
    width, height = size.expand(*shape, -1, -1).gather(-1, both).squeeze(-1).unbind(-1)
    d0, d1 = log_slope.expand(*shape, -1).gather(-1, torch.cat([k, k + 1], -1)).exp().unbind(-1)
    s = height / width
    curvature = d0 + d1 - 2 * s

    if inverse:
        # a ξ² + b ξ + c = 0; dạng 2c/(−b − √Δ) của nghiệm không chia cho a, thường gần 0.
        dy = u - y0
        a = height * (s - d0) + dy * curvature
        b = height * d0 - dy * curvature
        c = -s * dy
        xi = 2 * c / (-b - (b * b - 4 * a * c).clamp_min(0).sqrt())
    else:
        xi = (u - x0) / width
    between = xi * (1 - xi)
    denominator = s + curvature * between
    if inverse:
        outputs = x0 + xi * width
    else:
        outputs = y0 + height * (s * xi * xi + d0 * between) / denominator

    numerator = d1 * xi * xi + 2 * s * between + d0 * (1 - xi) * (1 - xi)
    log_slope = ((s / denominator).square() * numerator).log()
    log_derivative = -log_slope if inverse else log_slope
    return torch.where(inside, outputs, inputs), log_derivative.masked_fill(~inside, 0.0)
