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
    """u(x, t) = W₃ σ(W₂ σ(W₁x + c₁(t)) + c₂(t)) + c₃(t): hai tầng ẩn, thời gian vào ở mọi tầng.

    Đúng hai tầng ẩn, vì khi ấy vết của ma trận Jacobi là một dạng song tuyến tính của đạo hàm hai
    tầng ẩn: `with_divergence` cho phân kỳ chính xác với giá thêm một phép nhân ma trận, dù x có bao
    nhiêu chiều.

    Tham số
    -------
    dim : số tọa độ của x
    hidden : bề rộng hai tầng ẩn
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
        if len(hidden) != 2:
            raise InputError(
                f"hidden = {tuple(hidden)}; VelocityMLP có đúng hai tầng ẩn, ví dụ (64, 64). Muốn "
                f"một mạng khác, hãy viết nn.Module với forward(t, x) và đưa vào `field`."
            )
        if min(dim, *hidden) < 1 or frequencies < 0:
            raise InputError(
                f"dim = {dim}, hidden = {tuple(hidden)}, frequencies = {frequencies}: cần số chiều "
                f"và bề rộng từ 1 trở lên, số tần số từ 0 trở lên."
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
        zero_init(self.linear[2])
        nn.init.zeros_(self.time[2].weight)
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
        clock, activation = self.clock(t, x), ACTIVATIONS[self.activation][0]
        first, second, last = zip(self.linear, self.time, strict=True)
        y = activation(timed(*first, x, clock))
        y = activation(timed(*second, y, clock))
        return timed(*last, y, clock)

    def with_divergence(self, t: Tensor | float, x: Tensor) -> tuple[Tensor, Tensor]:
        """u (n, dim) và ∇·u (n,), chính xác.

        J = W₃ diag(d₂) W₂ diag(d₁) W₁ với d = σ′(a), nên tr J = Σ_kj d₂ₖ (W₂)ₖⱼ d₁ⱼ (W₁W₃)ⱼₖ.
        Sách: (eq-mlp-divergence)
        """
        clock, activation = self.clock(t, x), ACTIVATIONS[self.activation][1]
        first, second, last = zip(self.linear, self.time, strict=True)
        y, d1 = activation(timed(*first, x, clock))
        y, d2 = activation(timed(*second, y, clock))
        w1, w2, w3 = (layer.weight for layer in self.linear)
        divergence = ((d1 @ (w2.T * (w1 @ w3))) * d2).sum(1)
        return timed(*last, y, clock), divergence
