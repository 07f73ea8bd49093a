"""Luồng phần dư: mỗi tầng là phép đồng nhất cộng một mạng có hằng số Lipschitz nhỏ hơn 1.

Chiều chuẩn hóa có công thức: z = x + g(x). Chiều sinh là nghiệm của phương trình ấy, tìm bằng lặp
điểm bất động. Mạng g là bất kỳ: không chia nửa, không che, không thứ tự.

Nguồn: Behrmann et al. (2019); Chen et al. (2019).
"""

import inspect
import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from ..base import check_count
from ..errors import InputError
from .glow import PerPixel
from .images import Logit
from .linear import ActNorm
from .lipschitz import weights_held
from .lipschitz_nets import lipschitz_conv_net, lipschitz_mlp
from .log_det import (
    fixed_point_inverse,
    log_det_exact,
    log_det_identity_plus,
    log_det_roulette,
    log_det_series,
    newton_inverse,
    newton_step,
    value_and_jacobian,
)
from .transform import Compose, Flow, StandardNormal, Transform

LogDet = Callable[[nn.Module, Tensor], Tensor]
ESTIMATORS: dict[str, LogDet] = {
    "exact": log_det_exact,
    "series": log_det_series,
    "roulette": log_det_roulette,
}
EXACT_DIM = 64  # tới đây, D lần lan truyền ngược và một định thức D×D còn làm được
SMALL_DIM = 4  # tới đây, log det chính xác rẻ hơn mọi ước lượng


class ResidualLayer(Transform):
    """z = x + g(x) với Lip(g) < 1, theo chiều chuẩn hóa x -> z.

    `inverse(x)` là chiều có công thức, và là chiều của huấn luyện. `forward(z)` (chiều sinh) giải
    x + g(x) = z: khi D ≤ 4 bằng Newton, đến sai số làm tròn, và nghiệm có gradient (định lý hàm
    ẩn); khi D > 4 bằng lặp điểm bất động, và nghiệm không có gradient.

    Tham số
    -------
    net : mạng g, (n, ...) -> (n, ...), hằng số Lipschitz nhỏ hơn 1
    log_det : hàm (g, x) -> log det(I + J_g(x)), mặc định chính xác; xem `log_det.py`
    tol : bước đi của lặp điểm bất động khi dừng

    Sách: (eq-residual-layer), (eq-lipschitz-condition), (eq-fixed-point)
    """

    def __init__(self, net: nn.Module, log_det: LogDet = log_det_exact, tol: float = 1e-6):
        super().__init__()
        self.net, self.log_det, self.tol = net, log_det, tol

    def inverse(self, x: Tensor, log_det: LogDet | None = None) -> tuple[Tensor, Tensor]:
        """x -> z = x + g(x), log det(I + J_g(x)); `log_det` thay cách tính của tầng."""
        log_det = log_det or self.log_det
        with weights_held(self.net):
            if log_det is log_det_exact:
                value, jacobian = value_and_jacobian(self.net, x)
                return x + value, log_det_identity_plus(jacobian)
            return x + self.net(x), log_det(self.net, x)

    def solve(self, z: Tensor) -> Tensor:
        """Nghiệm x của x + g(x) = z, cùng hình dạng z."""
        with weights_held(self.net):
            if z[0].numel() > SMALL_DIM:
                return fixed_point_inverse(self.net, z, self.tol)[0]
            x = newton_inverse(self.net, z, self.tol)
            return newton_step(self.net, z, x) if torch.is_grad_enabled() else x

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """z -> nghiệm x của x + g(x) = z, −log det(I + J_g(x))."""
        x = self.solve(z)
        with weights_held(self.net):
            return x, -self.log_det(self.net, x)


class ResidualFlow(Flow):
    """Luồng phần dư cho vector (n, dim) hay ảnh (n, C, H, W).

    Theo chiều chuẩn hóa: ActNorm, rồi `layers` lần (tầng phần dư, ActNorm). Với ảnh, mạng g là
    mạng tích chập và ActNorm làm việc theo kênh.

    Tham số
    -------
    dim : số tọa độ, hoặc hình dạng (C, H, W) của ảnh
    layers, hidden : số tầng phần dư; bề rộng (hay số kênh) các tầng ẩn của mỗi mạng g
    lipschitz : cận L < 1 của mọi g. Một tầng kéo dài nhất 1 + L lần và co nhất 1 − L lần, nên muốn
        nắn mạnh thì phải xếp nhiều tầng
    estimator : cách tính log det khi huấn luyện: "exact", "series" (chệch) hay "roulette" (không
        chệch). Mặc định "exact" khi D ≤ 4, còn lại "roulette"
    activation : "sine" hoặc "lipswish"
    alpha : tham số của Logit đặt ở phía dữ liệu, cho ảnh trong [0, 1); None khi dữ liệu ở trên ℝ
    settings : các tham số khác của hàm ước lượng, ví dụ terms=20, probes=2, stop=0.1

    Sách: (eq-residual-layer); Chen et al. (2019)
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        layers: int = 16,
        hidden: Sequence[int] = (32,),
        lipschitz: float = 0.97,
        estimator: str | None = None,
        *,
        activation: str = "sine",
        alpha: float | None = None,
        **settings,
    ):
        event_shape = tuple(dim) if isinstance(dim, tuple | list) else (dim,)
        counts = (*event_shape, layers)
        if len(event_shape) not in (1, 3) or not all(isinstance(n, int) and n > 0 for n in counts):
            raise InputError(
                f"dim = {dim!r}, layers = {layers!r}: cần một số chiều dương hoặc một hình dạng "
                f"(C, H, W), và ít nhất một tầng."
            )
        if not 0 < lipschitz < 1:
            raise InputError(
                f"lipschitz = {lipschitz}; cận phải nằm giữa 0 và 1, ví dụ 0.97. Từ 1 trở lên, "
                f"x + g(x) có thể không khả nghịch."
            )
        size = math.prod(event_shape)
        estimator = estimator or ("exact" if size <= SMALL_DIM else "roulette")
        if estimator not in ESTIMATORS:
            raise InputError(
                f"Không có cách ước lượng tên {estimator!r}; hãy chọn 'exact', 'series' "
                f"hoặc 'roulette'."
            )
        if unknown := set(settings) - set(inspect.signature(ESTIMATORS[estimator]).parameters):
            raise InputError(
                f"Cách ước lượng {estimator!r} không có tham số {', '.join(sorted(unknown))}. Hãy "
                f"bỏ đi, hoặc chọn `estimator` khác: 'series' có `terms`, 'roulette' có `stop`."
            )
        log_det = partial(ESTIMATORS[estimator], **settings) if settings else ESTIMATORS[estimator]
        transforms: list[Transform] = [actnorm(event_shape)]
        for _ in range(layers):
            net = (
                lipschitz_mlp(size, hidden, size, lipschitz, activation)
                if len(event_shape) == 1
                else lipschitz_conv_net(event_shape, hidden, lipschitz, activation)
            )
            transforms += [ResidualLayer(net, log_det), actnorm(event_shape)]
        if alpha is not None:
            transforms.append(Logit(alpha))
        super().__init__(Compose(transforms), StandardNormal(event_shape))

    def normalize(self, x: Tensor, log_det: LogDet | None) -> Tensor:
        """log p(x) với log det của mỗi tầng phần dư tính bằng `log_det`; (n, ...) -> (n,).

        Sách: (eq-residual-log-prob)
        """
        self.check(x)
        total = x.new_zeros(len(x))
        for f in reversed(self.transform.transforms):
            x, change = f.inverse(x, log_det) if isinstance(f, ResidualLayer) else f.inverse(x)
            total = total + change
        return self.base.log_prob(x) + total

    def log_prob(self, x: Tensor) -> Tensor:
        """log p_θ(x) chính xác, nat; (n, ...) -> (n,), cho tới 64 chiều.

        Sách: (eq-residual-log-prob)

        Lỗi
        ---
        InputError : dữ liệu nhiều chiều hơn; khi ấy dùng `log_prob_estimate`.
        """
        if self.base.dim > EXACT_DIM:
            raise InputError(
                f"log_prob chính xác của luồng phần dư cần mọi cột của Jacobian; ở đây có "
                f"{self.base.dim} chiều, nhiều hơn {EXACT_DIM}. Hãy dùng log_prob_estimate."
            )
        return self.normalize(x, log_det_exact)

    def log_prob_estimate(self, x: Tensor, draws: int = 1) -> Tensor:
        """Ước lượng log p_θ(x) bằng `estimator` của mô hình, trung bình trên `draws` lần rút; (n,).

        Độ chệch: "exact" và "roulette" không chệch; "series" chệch bằng phần đuôi bị cắt, cộng
        qua các tầng. Phương sai: cộng qua các tầng, giảm như 1/draws; với "roulette" chỉ hữu hạn
        khi bình phương bán kính phổ của Jacobian dưới 1 − stop. exp của nó **không** là ước lượng
        không chệch của mật độ (bất đẳng thức Jensen).
        """
        check_count(draws, "draws")
        return sum(self.normalize(x, None) for _ in range(draws)) / draws

    def generate(self, z: Tensor) -> Tensor:
        """x = f_θ(z), không cần log det: mỗi tầng phần dư chỉ giải phương trình của nó."""
        for f in self.transform.transforms:
            z = f.solve(z) if isinstance(f, ResidualLayer) else f(z)[0]
        return z

    def loss(self, x: Tensor) -> Tensor:
        """Đối log hợp lý trung bình (nat trên một điểm), log det theo `estimator`."""
        return -self.log_prob_estimate(x).mean()


def actnorm(event_shape: tuple[int, ...]) -> Transform:
    """ActNorm theo tọa độ của vector, theo kênh của ảnh."""
    layer = ActNorm(event_shape[0])
    return layer if len(event_shape) == 1 else PerPixel(layer)
