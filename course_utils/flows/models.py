"""Các luồng có tên, mỗi luồng là một cách xếp vài tầng của `coupling.py` và `linear.py`."""

from collections.abc import Callable, Sequence

from ..errors import InputError
from .coupling import AdditiveCoupling, AffineCoupling, SplineCoupling
from .linear import ActNorm, Affine, Permutation
from .transform import Compose, Flow, StandardNormal, Transform


def alternate(dim: int, layers: int, coupling: Callable[[], Transform]) -> list[Transform]:
    """`layers` tầng ghép cặp, xen giữa là hoán vị.

    Sau tầng lẻ là phép đảo thứ tự: hai nửa đổi vai, nên mọi tọa độ đều được biến đổi sau
    hai tầng. Sau tầng chẵn là một hoán vị ngẫu nhiên cố định: các tọa độ được chia nhóm lại.
    """
    if layers < 2:
        raise InputError(
            f"layers = {layers}: một tầng ghép cặp để yên nửa số tọa độ; cần ít nhất 2 tầng."
        )
    transforms: list[Transform] = []
    for k in range(layers):
        order = "reverse" if k % 2 == 0 or dim == 2 else "random"
        transforms += [coupling(), Permutation(dim, order, seed=k)]
    return transforms


class NICE(Flow):
    """NICE (Dinh et al., 2015): các tầng cộng, bảo toàn thể tích, rồi một tầng giãn.

    Sách: (eq-additive-coupling)
    """

    def __init__(self, dim: int, layers: int = 8, hidden: Sequence[int] = (64, 64)):
        couplings = alternate(dim, layers, lambda: AdditiveCoupling(dim, hidden))
        transform = Compose([Affine(dim), *couplings, ActNorm(dim)])
        super().__init__(transform, StandardNormal((dim,)))


class RealNVP(Flow):
    """RealNVP (Dinh et al., 2017) cho dữ liệu vector (n, dim).

    Theo chiều chuẩn hóa: ActNorm đưa dữ liệu về trung bình 0, độ lệch chuẩn 1, rồi
    `layers` tầng ghép cặp affine xen kẽ hoán vị.
    Sách: (eq-affine-coupling)
    """

    def __init__(
        self,
        dim: int,
        layers: int = 8,
        hidden: Sequence[int] = (64, 64),
        max_log_scale: float = 1.0,
    ):
        couplings = alternate(dim, layers, lambda: AffineCoupling(dim, hidden, max_log_scale))
        super().__init__(Compose([*couplings, ActNorm(dim)]), StandardNormal((dim,)))


class NeuralSplineFlow(Flow):
    """Luồng spline ghép cặp (Durkan et al., 2019) cho dữ liệu vector (n, dim).

    Sách: (eq-rqs)
    """

    def __init__(
        self,
        dim: int,
        layers: int = 4,
        hidden: Sequence[int] = (64, 64),
        bins: int = 16,
        bound: float = 4.0,
    ):
        couplings = alternate(dim, layers, lambda: SplineCoupling(dim, hidden, bins, bound))
        super().__init__(Compose([*couplings, ActNorm(dim)]), StandardNormal((dim,)))
