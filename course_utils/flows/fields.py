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
from ..nets import zero_init

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


def tanh_slope(a: Tensor, y: Tensor) -> Tensor:
    """Đạo hàm của y = tanh(a)."""
    return 1 - y.square()


def silu_slope(a: Tensor, y: Tensor) -> Tensor:
    """Đạo hàm của y = a·σ(a)."""
    gate = a.sigmoid()
    return gate + y * (1 - gate)


# Mỗi hàm kích hoạt và đạo hàm của nó. Chúng phải trơn: bộ giải bậc cao đặt cược vào các đạo hàm
# bậc cao của trường.
ACTIVATIONS = {"tanh": (torch.tanh, tanh_slope), "silu": (F.silu, silu_slope)}


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
        angles = math.pi * t * torch.arange(1, self.frequencies + 1, dtype=x.dtype, device=x.device)
        return torch.cat([t - 0.5, angles.sin(), angles.cos()], 1)

    def layers(self, t: Tensor | float, x: Tensor) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """u (n, dim), và ở mỗi tầng ẩn: đầu vào a, đầu ra y = σ(a) của hàm kích hoạt."""
        clock, activation = self.clock(t, x), ACTIVATIONS[self.activation][0]
        y, hidden = x, []
        for linear, time in zip(self.linear[:2], self.time[:2], strict=True):
            a = linear(y) + time(clock)
            y = activation(a)
            hidden.append((a, y))
        return self.linear[2](y) + self.time[2](clock), hidden

    def forward(self, t: Tensor | float, x: Tensor) -> Tensor:
        """u(x, t) (n, dim)."""
        return self.layers(t, x)[0]

    def with_divergence(self, t: Tensor | float, x: Tensor) -> tuple[Tensor, Tensor]:
        """u (n, dim) và ∇·u (n,), chính xác.

        J = W₃ diag(d₂) W₂ diag(d₁) W₁ với d = σ′(a), nên tr J = Σ_kj d₂ₖ (W₂)ₖⱼ d₁ⱼ (W₁W₃)ⱼₖ.
        Sách: (eq-mlp-divergence)
        """
        u, hidden = self.layers(t, x)
        slope = ACTIVATIONS[self.activation][1]
        d1, d2 = (slope(a, y) for a, y in hidden)
        w1, w2, w3 = (layer.weight for layer in self.linear)
        return u, ((d1 @ (w2.T * (w1 @ w3))) * d2).sum(1)
