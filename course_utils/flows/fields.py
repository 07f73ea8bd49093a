"""Trường vận tốc u_θ(x, t): ở thời điểm t, điểm x đi về đâu và nhanh bao nhiêu.

Mọi trường là một `nn.Module` gọi bằng `field(t, x)`, theo thứ tự của torchdiffeq. t là một số, hay
(n,) khi mỗi điểm có thời điểm riêng; x (n, ...) cho ra u (n, ...).
"""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from ..nets import tanh, zero_init

Field = Callable[[Tensor | float, Tensor], Tensor]


def check_velocity(u: Tensor, x: Tensor) -> Tensor:
    """u, sau khi kiểm tra rằng vận tốc cùng hình dạng với vị trí."""
    shape = tuple(u.shape) if isinstance(u, Tensor) else type(u).__name__
    if shape != tuple(x.shape):
        raise InputError(
            f"Trường cho ra {shape} từ x {tuple(x.shape)}; vận tốc phải cùng hình dạng "
            f"với x. Hãy xem lại tầng cuối của mạng, và thứ tự gọi field(t, x)."
        )
    return u


def tanh_and_slope(a: Tensor) -> tuple[Tensor, Tensor]:
    """tanh(a) và đạo hàm của nó."""
    y = tanh(a)
    return y, 1 - y * y


def silu_and_slope(a: Tensor) -> tuple[Tensor, Tensor]:
    """a·σ(a) và đạo hàm của nó."""
    gate = a.sigmoid()
    y = a * gate
    return y, torch.addcmul(gate, y, 1 - gate)


# Mỗi hàm kích hoạt, và hàm ấy kèm đạo hàm. Chúng phải trơn: bộ giải bậc cao đặt cược vào các đạo
# hàm bậc cao của trường.
ACTIVATIONS = {"tanh": (tanh, tanh_and_slope), "silu": (F.silu, silu_and_slope)}


def timed(linear: nn.Linear, time: nn.Linear, y: Tensor, clock: Tensor) -> Tensor:
    """linear(y) + time(clock), bằng một phép nhân ma trận.

    Một thời điểm chung thì phần của nó là một vector, cộng sẵn vào độ lệch của tầng; mỗi điểm một
    thời điểm thì đặc trưng của thời gian nối vào y.
    """
    if len(clock) == 1:
        return F.linear(y, linear.weight, linear.bias + time(clock)[0])
    weight = torch.cat([linear.weight, time.weight], 1)
    return F.linear(torch.cat([y, clock], 1), weight, linear.bias)


class VelocityMLP(nn.Module):
    """u(x, t): perceptron nhiều tầng, y₀ = x, y_k = σ(W_k y_{k−1} + c_k(t)), tầng cuối không σ.

    Thời gian vào ở mọi tầng. `with_divergence` cho phân kỳ chính xác cùng lượt với u: hai tầng ẩn
    thì thêm giá của một tầng giữa, dù x có bao nhiêu chiều; sâu hơn thì thêm D lượt đi qua các tầng
    giữa. Hai tầng rộng dành cho hợp lý cực đại, nơi mỗi bước học cần phân kỳ; bốn tầng hẹp dành cho
    khớp luồng, nơi chỉ `log_prob` cần nó.

    Tham số
    -------
    dim : số tọa độ của x
    hidden : bề rộng các tầng ẩn, ít nhất một tầng
    frequencies : c_k(t) tuyến tính theo 1, t và sin(jπt), cos(jπt) với 1 ≤ j ≤ `frequencies`; số
        càng lớn, trường đổi theo thời gian càng nhanh và bộ giải càng phải đi bước ngắn
    activation : "tanh" hoặc "silu"

    Tầng cuối bắt đầu từ 0, nên luồng bắt đầu từ phép đồng nhất. Sách: (eq-mlp-divergence)
    """

    def __init__(
        self,
        dim: int,
        hidden: Sequence[int] = (64, 64),
        frequencies: int = 0,
        activation: str = "tanh",
    ):
        super().__init__()
        if not hidden or min(dim, *hidden) < 1 or frequencies < 0:
            raise InputError(
                f"dim = {dim}, hidden = {tuple(hidden)}, frequencies = {frequencies}: cần ít nhất "
                f"một tầng ẩn, số chiều và bề rộng từ 1 trở lên, số tần số từ 0 trở lên."
            )
        if activation not in ACTIVATIONS:
            raise InputError(
                f"Không có hàm kích hoạt tên {activation!r}; hãy chọn {', '.join(ACTIVATIONS)}."
            )
        self.dim, self.frequencies = dim, frequencies
        self.activation = activation
        sizes = (*hidden, dim)
        self.linear = nn.ModuleList(
            nn.Linear(a, b) for a, b in zip((dim, *hidden), sizes, strict=True)
        )
        self.time = nn.ModuleList(
            nn.Linear(1 + 2 * frequencies, size, bias=False) for size in sizes
        )
        zero_init(self.linear[-1])
        nn.init.zeros_(self.time[-1].weight)
        self.register_buffer("harmonics", torch.arange(1.0, frequencies + 1), persistent=False)

    def clock(self, t: Tensor | float, x: Tensor) -> Tensor:
        """Đặc trưng của thời gian: số hay (n,) -> (1 hoặc n, 1 + 2·frequencies)."""
        t = torch.as_tensor(t, dtype=x.dtype, device=x.device).reshape(-1, 1)
        if x.shape[1:] != (self.dim,) or len(t) not in (1, len(x)):
            raise InputError(
                f"Trường nhận {len(t)} thời điểm và x có hình dạng {tuple(x.shape)}; cần x (n, "
                f"{self.dim}) và một thời điểm chung hoặc n thời điểm. Thứ tự gọi là field(t, x)."
            )
        if not self.frequencies:
            return t - 0.5
        angles = math.pi * t * self.harmonics
        return torch.cat([t - 0.5, angles.sin(), angles.cos()], 1)

    def forward(self, t: Tensor | float, x: Tensor) -> Tensor:
        """u(x, t) (n, dim)."""
        y, clock, activation = x, self.clock(t, x), ACTIVATIONS[self.activation][0]
        *hidden, last = zip(self.linear, self.time, strict=True)
        for layer in hidden:
            y = activation(timed(*layer, y, clock))
        return timed(*last, y, clock)

    def with_divergence(self, t: Tensor | float, x: Tensor) -> tuple[Tensor, Tensor]:
        """u (n, dim) và ∇·u (n,), chính xác."""
        y, clock, activation = x, self.clock(t, x), ACTIVATIONS[self.activation][1]
        *hidden, last = zip(self.linear, self.time, strict=True)
        slopes = []
        for layer in hidden:
            y, slope = activation(timed(*layer, y, clock))
            slopes.append(slope)
        return timed(*last, y, clock), self.trace(slopes)

    def trace(self, slopes: Sequence[Tensor]) -> Tensor:
        """tr J (n,) của J = W_{L+1} diag(d_L) W_L ⋯ diag(d_1) W_1, d_k (n, h_k) là σ′ ở tầng k.

        Hai tầng ẩn: Σ_kj d₂ₖ (W₂)ₖⱼ d₁ⱼ (W₁W₃)ⱼₖ. Sách: (eq-mlp-divergence)
        """
        weights = [layer.weight for layer in self.linear]
        if len(slopes) == 1:
            (d1,), (w1, w2) = slopes, weights
            return d1 @ (w1 * w2.T).sum(1)
        if len(slopes) == 2:
            (d1, d2), (w1, w2, w3) = slopes, weights
            return ((d1 @ (w2.T * (w1 @ w3))) * d2).sum(1)
        first, *middle, last = weights
        columns = slopes[0].unsqueeze(1) * first.T  # D cột của ∂y₁/∂x, xếp thành D hàng
        for weight, slope in zip(middle, slopes[1:], strict=True):
            columns = F.linear(columns, weight) * slope.unsqueeze(1)
        return (columns * last).sum((1, 2))
