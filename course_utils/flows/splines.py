"""Spline hữu tỉ bậc hai đơn điệu (rational-quadratic spline), Durkan et al. (2019).

Trên mỗi đoạn [x_k, x_{k+1}] hàm là thương của hai đa thức bậc hai, tăng chặt, đi qua hai
nút (x_k, y_k), (x_{k+1}, y_{k+1}) với độ dốc d_k, d_{k+1}. Ngoài [−bound, bound] là phép
đồng nhất, và độ dốc ở hai nút biên bằng 1 nên hàm khả vi liên tục trên cả trục số.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

# Log của tỉ số giữa hai đoạn, và log độ dốc tại nút, bị chặn mềm ở đây: spline không bao
# giờ dốc đến mức phép ngược mất chữ số trong float32.
MAX_LOG = 1.0


def knots(raw: Tensor, bound: float) -> Tensor:
    """K số thực bất kỳ (..., K) -> K+1 nút tăng dần từ −bound đến bound."""
    widths = F.softmax(MAX_LOG * torch.tanh(raw / MAX_LOG), dim=-1)
    inner = 2 * bound * widths.cumsum(-1)[..., :-1] - bound
    edge = inner.new_full((*inner.shape[:-1], 1), bound)
    return torch.cat([-edge, inner, edge], -1)


def rational_quadratic_spline(
    inputs: Tensor, raw: Tensor, bound: float, inverse: bool = False
) -> tuple[Tensor, Tensor]:
    """Áp dụng spline từng phần tử.

    Tham số
    -------
    inputs : (...) điểm cần biến đổi
    raw : (..., 3K−1) số thực bất kỳ: K bề rộng, K chiều cao, K−1 log độ dốc bên trong
    bound : nửa bề rộng của hộp
    inverse : True để giải phương trình y = spline(x) theo x

    Trả về (outputs, log|d outputs / d inputs|), cùng hình dạng với `inputs`.
    Sách: (eq-rqs); Durkan et al. (2019), ct. (4)–(8)
    """
    bins = (raw.shape[-1] + 1) // 3
    raw_width, raw_height, raw_slope = raw.split([bins, bins, bins - 1], dim=-1)
    x_knots, y_knots = knots(raw_width, bound), knots(raw_height, bound)
    slope = F.pad((MAX_LOG * torch.tanh(raw_slope / MAX_LOG)).exp(), (1, 1), value=1.0)

    # Kẹp trước khi tính: điểm ngoài hộp không được làm hỏng đạo hàm của nhánh không dùng.
    inside = inputs.abs() < bound
    u = inputs.clamp(-bound, bound)

    # Tìm đoạn chứa u, rồi lấy sáu con số của đoạn ấy bằng một lần gather.
    searched = y_knots if inverse else x_knots
    k = (u.unsqueeze(-1) >= searched[..., 1:-1]).sum(-1)
    table = torch.stack(
        [
            x_knots[..., :-1],
            x_knots.diff(dim=-1),
            y_knots[..., :-1],
            y_knots.diff(dim=-1),
            slope[..., :-1],
            slope[..., 1:],
        ],
        dim=-2,
    )  # (..., 6, K)
    index = k[..., None, None].expand(*k.shape, 6, 1)
    x0, width, y0, height, d0, d1 = table.gather(-1, index).squeeze(-1).unbind(-1)
    s = height / width
    curvature = d0 + d1 - 2 * s

    if inverse:
        # a ξ² + b ξ + c = 0; viết nghiệm dưới dạng 2c/(−b − √Δ) để không trừ hai số gần nhau.
        dy = u - y0
        a = height * (s - d0) + dy * curvature
        b = height * d0 - dy * curvature
        c = -s * dy
        xi = 2 * c / (-b - (b * b - 4 * a * c).clamp_min(0).sqrt())
        outputs = x0 + xi * width
    else:
        xi = (u - x0) / width
        outputs = y0 + height * (s * xi * xi + d0 * xi * (1 - xi)) / (s + curvature * xi * (1 - xi))

    numerator = d1 * xi * xi + 2 * s * xi * (1 - xi) + d0 * (1 - xi) * (1 - xi)
    log_slope = 2 * s.log() + numerator.log() - 2 * (s + curvature * xi * (1 - xi)).log()
    log_derivative = -log_slope if inverse else log_slope
    return torch.where(inside, outputs, inputs), log_derivative.masked_fill(~inside, 0.0)
