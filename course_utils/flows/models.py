"""Các luồng có tên, mỗi luồng là một cách xếp vài tầng của `coupling.py` và `linear.py`."""

from collections.abc import Callable, Sequence

from ..errors import InputError
from .coupling import AdditiveCoupling, AffineCoupling, SplineCoupling
from .linear import ActNorm, Affine, Permutation
from .transform import Compose, Flow, StandardNormal, Transform


def alternate(dim: int, layers: int, coupling: Callable[[int], Transform]) -> list[Transform]:
    """`layers` tầng ghép cặp, xen giữa là hoán vị; `coupling(split)` dựng một tầng.

    Sau tầng thứ nhất là phép đảo thứ tự: nửa vừa được biến đổi thành nửa điều kiện. Cứ hai
    tầng thì mọi tọa độ được biến đổi đúng một lần. Sau mỗi đôi tầng là một hoán vị ngẫu
    nhiên cố định, để các tọa độ được chia nhóm lại.
    """
    if layers < 2:
        raise InputError(
            f"layers = {layers}: một tầng ghép cặp để yên nửa số tọa độ; cần ít nhất 2 tầng."
        )
    transforms: list[Transform] = []
    for k in range(layers):
        first_of_pair = k % 2 == 0
        split = dim // 2 if first_of_pair else dim - dim // 2
        order = "reverse" if first_of_pair or dim == 2 else "random"
        transforms += [coupling(split), Permutation(dim, order, seed=k)]
    return transforms


class NICE(Flow):
    """NICE (Dinh et al., 2015): các tầng cộng, bảo toàn thể tích, rồi một tầng giãn.

    Sách: (eq-additive-coupling)
    """

    def __init__(self, dim: int, layers: int = 8, hidden: Sequence[int] = (64, 64)):
        couplings = alternate(dim, layers, lambda split: AdditiveCoupling(dim, hidden, split))
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
        couplings = alternate(
            dim, layers, lambda split: AffineCoupling(dim, hidden, max_log_scale, split)
        )
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
        couplings = alternate(
            dim, layers, lambda split: SplineCoupling(dim, hidden, bins, bound, split)
        )
        super().__init__(Compose([*couplings, ActNorm(dim)]), StandardNormal((dim,)))
