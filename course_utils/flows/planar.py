"""Luồng phẳng và luồng xuyên tâm: một nếp gấp, một chỗ phồng, định thức có công thức kín.

Cả hai là x = z + (một hướng) × (một hàm của một số). Nhờ thế log|det| tốn O(D), và nghịch đảo
chỉ là tìm một số: α = wᵀz với luồng phẳng, r = ‖z − z₀‖ với luồng xuyên tâm.

Nguồn: Rezende & Mohamed (2015), mục 4.1 và phụ lục A.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from .transform import Transform

IDENTITY = math.log(math.e - 1)  # softplus(IDENTITY) = 1: tầng bắt đầu từ phép đồng nhất


def bisect(increasing: Callable[[Tensor], Tensor], low: Tensor, high: Tensor) -> Tensor:
    """Nghiệm của increasing(t) = 0 trên [low, high], từng phần tử, tới số chữ số của kiểu số.

    `increasing` tăng chặt, không dương ở `low` và không âm ở `high`. Khoảng ngắn lại một nửa mỗi
    bước; thêm 24 bước so với số chữ số nhị phân, để một khoảng rộng cỡ 10⁷ vẫn về tới chữ số cuối.
    """
    for _ in range(24 - int(math.log2(torch.finfo(low.dtype).eps))):
        middle = (low + high) / 2
        above = increasing(middle) > 0
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    return (low + high) / 2


class Planar(Transform):
    """x = z + û·tanh(wᵀz + b): đẩy không gian dọc hướng û, mạnh yếu tùy phía của một mặt phẳng.

    log|det ∂x/∂z| = log(1 + tanh′(wᵀz + b)·wᵀû). Tầng khả nghịch khi wᵀû > −1; điều kiện ấy luôn
    đúng vì chỉ u là tham số, còn û = u + (m(wᵀu) − wᵀu)·w/‖w‖² với m(a) = −1 + softplus(a).

    Khởi tạo: û = 0, phép đồng nhất. `inverse` tìm α = wᵀz rồi suy ra z; gradient của nó (bậc
    nhất) lấy theo định lý hàm ẩn.
    Sách: (eq-planar), (eq-det-lemma); Rezende & Mohamed (2015), mục 4.1
    """

    def __init__(self, dim: int):
        super().__init__()
        check_dim(dim)
        w = torch.randn(dim) / dim**0.5
        self.w = nn.Parameter(w)
        self.u = nn.Parameter(IDENTITY * w / w.square().sum())
        self.b = nn.Parameter(torch.zeros(()))

    def constrained(self) -> tuple[Tensor, Tensor]:
        """û (D,) và s = 1 + wᵀû > 0, một số."""
        dot = self.w @ self.u
        margin = F.softplus(dot).clamp_min(torch.finfo(dot.dtype).tiny)
        return self.u + (margin - 1 - dot) * self.w / self.w.square().sum(), margin

    def bend(self, alpha: Tensor, margin: Tensor) -> tuple[Tensor, Tensor]:
        """tanh(α + b) và log(1 + tanh′·wᵀû), đều (n,).

        Viết 1 + tanh′·(s − 1) = tanh² + tanh′·s: tổng hai số dương, không mất chữ số nào.
        """
        a = alpha + self.b
        slope = 4 * torch.sigmoid(2 * a) * torch.sigmoid(-2 * a)  # tanh′, đúng cả khi |a| lớn
        return a.tanh(), (a.tanh().square() + slope * margin).log()

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        u, margin = self.constrained()
        h, log_det = self.bend(z @ self.w, margin)
        return z + h[:, None] * u, log_det

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        u, margin = self.constrained()
        alpha = self.solve(x @ self.w, margin)
        h, log_det = self.bend(alpha, margin)
        return x - h[:, None] * u, -log_det

    def solve(self, target: Tensor, margin: Tensor) -> Tensor:
        """Nghiệm α của α + wᵀû·tanh(α + b) = target, (n,): hàm này tăng chặt theo α."""

        def excess(alpha: Tensor) -> Tensor:
            return alpha - target + (margin - 1) * torch.tanh(alpha + self.b)

        with torch.no_grad():
            reach = (margin - 1).abs()
            alpha = bisect(excess, target - reach, target + reach)
            slope = self.bend(alpha, margin)[1].exp()
        # Một bước Newton: giá trị gần như không đổi, đạo hàm là của định lý hàm ẩn.
        error = excess(alpha)
        return alpha - (error - error.detach()) / slope


class Radial(Transform):
    """x = z + β̂·(z − z₀)/(α + r), r = ‖z − z₀‖: thổi phồng hay bóp lại quanh tâm z₀.

    log|det ∂x/∂z| = (D−1)·log(1 + β̂h) + log(1 + β̂h + β̂h′r), h(r) = 1/(α + r). Tầng khả nghịch
    khi β̂ > −α; điều kiện ấy luôn đúng vì β̂ = −α + softplus(β), và α > 0 lưu qua log của nó.

    Khởi tạo: β̂ = 0, phép đồng nhất. Nghịch đảo có công thức kín: ‖x − z₀‖ = r(r + s)/(r + α) với
    s = α + β̂ là một phương trình bậc hai của r.
    Sách: (eq-radial); Rezende & Mohamed (2015), mục 4.1
    """

    def __init__(self, dim: int):
        super().__init__()
        check_dim(dim)
        self.center = nn.Parameter(torch.randn(dim))
        self.log_alpha = nn.Parameter(torch.zeros(()))
        self.beta = nn.Parameter(torch.tensor(IDENTITY))

    def scales(self) -> tuple[Tensor, Tensor]:
        """α > 0 và s = α + β̂ > 0, hai số."""
        s = F.softplus(self.beta)
        return self.log_alpha.exp(), s.clamp_min(torch.finfo(s.dtype).tiny)

    def log_det(self, r: Tensor, dim: int) -> Tensor:
        """log|det ∂x/∂z| tại bán kính r, (n,); mọi tổng dưới đây là tổng các số dương."""
        alpha, s = self.scales()
        tangential = (r + s).log() - (r + alpha).log()
        radial = (r.square() + 2 * alpha * r + alpha * s).log() - 2 * (r + alpha).log()
        return (dim - 1) * tangential + radial

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        alpha, s = self.scales()
        offset = z - self.center
        r = offset.norm(dim=1)
        ratio = (r + s) / (r + alpha)
        return self.center + ratio[:, None] * offset, self.log_det(r, z.shape[1])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        alpha, s = self.scales()
        offset = x - self.center
        y = offset.norm(dim=1)
        # r² + (s − y)r − αy = 0. Nghiệm dương, viết theo dạng không trừ hai số gần nhau.
        half = (s - y) / 2
        root = (half.square() + alpha * y).sqrt()
        size = root + torch.where(half > 0, half, -half)
        r = torch.where(half > 0, alpha * y / size, size)
        ratio = (r + alpha) / (r + s)
        return self.center + ratio[:, None] * offset, -self.log_det(r, x.shape[1])


def check_dim(dim: int) -> None:
    if not isinstance(dim, int) or dim < 1:
        raise InputError(f"dim = {dim!r}; số chiều phải là một số nguyên dương, ví dụ 2.")
