"""Mạng có hằng số Lipschitz không quá một cận cho trước.

‖g(a) − g(b)‖ ≤ L·‖a − b‖ với mọi a, b. Hằng số của hàm hợp không vượt quá tích các hằng số, nên ta
giữ từng tầng tuyến tính dưới cận bằng cách chia cho chuẩn phổ, và dùng hàm kích hoạt có độ dốc
không quá 1. Chuẩn phổ của từng tầng: xem `spectral.py`.

Nguồn: Behrmann et al. (2019), mục 2; Chen et al. (2019), mục 3.3; Gouk et al. (2021).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InputError
from .spectral import krylov_direction, power_iteration

WARM_UP = 30  # số bước lặp lũy thừa khi dựng tầng
SLACK = 1e-3  # phần dự phòng của tầng tích chập, vì ước lượng tiến đến σ từ phía dưới


class Lipschitz(nn.Module):
    """Khung chung: trọng số `weight`, và phép tuyến tính A mà trọng số ấy biểu diễn.

    Trọng số được dùng là weight·min(1, bound/σ(A)). Vector `v` của lặp lũy thừa là một buffer: nó
    được lưu cùng trọng số, và mỗi lượt huấn luyện chỉ cần đi thêm một bước từ chỗ cũ.
    """

    weight: nn.Parameter

    def __init__(self, bound: float):
        super().__init__()
        if not 0 < bound:
            raise InputError(f"bound = {bound!r}; cận Lipschitz phải là một số dương.")
        self.bound = bound
        self.held: Tensor | None = None

    def apply_weight(self, x: Tensor, weight: Tensor) -> Tensor:
        """Ax, không có độ lệch."""
        raise NotImplementedError

    def adjoint(self, y: Tensor) -> Tensor:
        """Aᵀy."""
        raise NotImplementedError

    def start(self, shape: Sequence[int]) -> None:
        """Dựng buffer `v` rồi đi WARM_UP bước."""
        v = torch.randn(shape)
        self.register_buffer("v", v / v.norm())
        self.v = power_iteration(self.apply_detached, self.adjoint, self.v, WARM_UP)

    def apply_detached(self, x: Tensor) -> Tensor:
        return self.apply_weight(x, self.weight.detach())

    def direction(self) -> Tensor:
        """Hướng bị kéo dài nhất: đến hội tụ khi đánh giá, thêm một bước khi huấn luyện."""
        if self.training:
            self.v.copy_(power_iteration(self.apply_detached, self.adjoint, self.v))
            return self.v.clone()
        return self.converged()

    def converged(self) -> Tensor:
        raise NotImplementedError

    def sigma(self) -> Tensor:
        """σ(A) = ‖Av‖, một số; gradient theo trọng số là của uᵀAv với v và u = Av/‖Av‖ cố định."""
        return self.apply_weight(self.direction(), self.weight).norm()

    def bounded_weight(self) -> Tensor:
        """Trọng số sau khi chia: chuẩn phổ không quá `bound`."""
        if self.held is not None:
            return self.held
        return self.weight * (self.bound / self.sigma().clamp_min(self.bound))


class LipschitzLinear(Lipschitz):
    """y = Wx + b với chuẩn phổ của W không quá `bound`: (n, in) -> (n, out).

    Huấn luyện: σ là ước lượng của lặp lũy thừa, mỗi lượt một bước, nên có thể thấp hơn σ thật một
    chút. Đánh giá (`eval`): σ lấy từ phân tích giá trị kỳ dị, nên cận đúng tới sai số làm tròn.
    Sách: (eq-lipschitz-condition), (eq-power-iteration)
    """

    def __init__(self, in_features: int, out_features: int, bound: float = 1.0):
        super().__init__(bound)
        linear = nn.Linear(in_features, out_features)
        self.weight, self.bias = linear.weight, linear.bias
        self.start((in_features,))

    def apply_weight(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.linear(x, weight)

    def adjoint(self, y: Tensor) -> Tensor:
        return F.linear(y, self.weight.detach().T)

    @torch.no_grad()
    def converged(self) -> Tensor:
        return torch.linalg.svd(self.weight, full_matrices=False).Vh[0]

    def forward(self, x: Tensor) -> Tensor:
        """(n, in) -> (n, out), với trọng số đã chia."""
        return F.linear(x, self.bounded_weight(), self.bias)


class LipschitzConv2d(Lipschitz):
    """Tích chập k×k giữ nguyên cỡ ảnh (k lẻ, đệm 0), chuẩn phổ của **phép tích chập** ≤ `bound`.

    (n, C, H, W) -> (n, C', H, W), với (H, W) = `size`. Chuẩn phổ của ma trận C'×(C·k·k) là một số
    khác, không chặn được phép tích chập; ở đây A là phép tích chập trên ảnh cỡ `size` và Aᵀ là
    `conv_transpose2d`.

    Huấn luyện: một bước lặp lũy thừa mỗi lượt. Đánh giá: `krylov_direction`. Cả hai tiến đến σ từ
    phía dưới, nên cận dùng khi chia thấp hơn `bound` 0.1 %. Đó là một sai số đo được, không phải
    một chứng minh.
    Sách: (eq-power-iteration)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        size: Sequence[int],
        bound: float = 1.0,
    ):
        super().__init__(bound * (1 - SLACK))
        if kernel_size % 2 == 0:
            raise InputError(
                f"kernel_size = {kernel_size}: chỉ nhân có cạnh lẻ mới giữ nguyên cỡ ảnh. "
                f"Hãy dùng 1, 3 hoặc 5."
            )
        conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.weight, self.bias = conv.weight, conv.bias
        self.padding = kernel_size // 2
        self.start((1, in_channels, *size))

    def apply_weight(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.conv2d(x, weight, padding=self.padding)

    def adjoint(self, y: Tensor) -> Tensor:
        return F.conv_transpose2d(y, self.weight.detach(), padding=self.padding)

    def converged(self) -> Tensor:
        return krylov_direction(self.apply_detached, self.adjoint, self.v)

    def forward(self, x: Tensor) -> Tensor:
        """(n, C, H, W) -> (n, C', H, W), với trọng số đã chia."""
        if x.shape[1:] != self.v.shape[1:]:
            raise InputError(
                f"Tầng này giữ cận Lipschitz trên ảnh {tuple(self.v.shape[1:])}, mà dữ liệu vào là "
                f"{tuple(x.shape[1:])}. Hãy dựng tầng với `size` đúng cỡ ảnh."
            )
        return F.conv2d(x, self.bounded_weight(), self.bias, padding=self.padding)


@contextmanager
def weights_held(function) -> Iterator[None]:
    """Trong khối này, mỗi tầng Lipschitz của `function` chỉ chia trọng số một lần.

    Dùng khi gọi một mạng nhiều lần liền với cùng trọng số, như trong lặp điểm bất động.
    """
    modules = function.modules() if isinstance(function, nn.Module) else ()
    layers = [m for m in modules if isinstance(m, Lipschitz) and m.held is None]
    grad = torch.is_grad_enabled()
    try:
        # Không phải tensor của inference_mode: trọng số giữ lại còn dùng để tính vᵀJ.
        with torch.inference_mode(False), torch.set_grad_enabled(grad):
            for layer in layers:
                layer.held = layer.bounded_weight()
        yield
    finally:
        for layer in layers:
            layer.held = None


def lipschitz_lower_bound(
    function: Callable[[Tensor], Tensor],
    x: Tensor,
    steps: int = 100,
    lr: float = 0.05,
    seed: int = 0,
) -> float:
    """Độ kéo dài lớn nhất mà một kẻ tấn công tìm được: một cận dưới của hằng số Lipschitz.

    Từ mỗi điểm a của lô x (n, ...) và một độ lệch d, leo gradient (Adam) trên cả a lẫn d để tăng
    hai tỉ số ‖f(a + d) − f(a)‖/‖d‖ và ‖J(a)d‖/‖d‖. Trả giá trị lớn nhất đã gặp. Con số này không
    chứng minh được một cận trên; nó chỉ có thể bác bỏ một cận trên sai.
    Sách: (eq-lipschitz-condition)
    """
    generator = torch.Generator().manual_seed(seed)
    best = 0.0
    with torch.inference_mode(False), torch.enable_grad(), weights_held(function):
        a = x.detach().clone().requires_grad_()
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype, device="cpu")
        d = (0.1 * noise).to(x.device).requires_grad_()
        optimizer = torch.optim.Adam([a, d], lr=lr)
        for _ in range(steps):
            value = function(a)
            # Jd bằng hai lần lan truyền ngược: uᵀJ tuyến tính theo u, đạo hàm của nó theo u là Jᵀ.
            u = torch.zeros_like(value, requires_grad=True)
            (pulled,) = torch.autograd.grad(value, a, u, create_graph=True)
            (pushed,) = torch.autograd.grad(pulled, u, d, create_graph=True)
            changes = torch.stack([pushed, function(a + d) - value])  # (2, n, ...)
            ratios = changes.flatten(2).norm(dim=2) / d.flatten(1).norm(dim=1)
            best = max(best, ratios.max().item())
            a.grad, d.grad = torch.autograd.grad(-ratios.log().sum(), [a, d])
            optimizer.step()
    return best
