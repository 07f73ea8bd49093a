"""Phân kỳ ∇·u = tr(∂u/∂x) của một trường vận tốc: tính đúng, và ước lượng bằng vector dò.

Mỗi hàm trả cả u lẫn phân kỳ từ một lần gọi trường; chạy được dưới no_grad và inference_mode, và
không động đến tensor của người gọi. Gradient theo tham số của trường đi qua cả hai.

Nguồn: Chen et al. (2018); Hutchinson (1990); Grathwohl et al. (2019).
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .fields import Field, check_velocity
from .log_det import differentiable, dot, value_and_jacobian


def at_time(field: Field, t: Tensor | float) -> Callable[[Tensor], Tensor]:
    """x -> u(x, t), sẵn sàng cho một lần lan truyền ngược về x."""

    def velocity(x: Tensor) -> Tensor:
        # Bản sao của t: tensor sinh ra dưới inference_mode không được lưu lại để lấy đạo hàm.
        u = field(t.clone() if isinstance(t, Tensor) else t, x)
        check_velocity(u, x)
        return u if u.requires_grad else u + 0 * x  # trường hằng cũng nối với x, đạo hàm 0

    return velocity


def exact_divergence(field: Field, t: Tensor | float, x: Tensor) -> tuple[Tensor, Tensor]:
    """u (n, ...) và ∇·u (n,), chính xác: D lần lan truyền ngược.

    Trường tự biết đường rẻ hơn (`VelocityMLP`) thì dùng đường ấy.
    """
    if hasattr(field, "with_divergence"):
        return field.with_divergence(t, x)
    u, jacobian = value_and_jacobian(at_time(field, t), x)
    return u, jacobian.diagonal(dim1=1, dim2=2).sum(1)


def vector_jacobian(
    field: Field, t: Tensor | float, x: Tensor, probe: Tensor
) -> tuple[Tensor, Tensor]:
    """u (n, ...) và vᵀ∂u/∂x (n, ...): một lần lan truyền ngược. `probe` là v (n, ...)."""
    with differentiable(x) as (x, keep):
        u = at_time(field, t)(x)
        product = torch.autograd.grad(u, x, probe, create_graph=keep, materialize_grads=True)[0]
    return (u if keep else u.detach()), product


def hutchinson_divergence(
    field: Field, t: Tensor | float, x: Tensor, probe: Tensor
) -> tuple[Tensor, Tensor]:
    """u (n, ...) và vᵀ(∂u/∂x)v (n,): một lần lan truyền ngược dù x có bao nhiêu chiều.

    Không chệch khi E[vvᵀ] = I; xem `draw_probes`. Trong một lần giải ODE, v phải giữ nguyên.
    Sách: (eq-hutchinson)
    """
    u, product = vector_jacobian(field, t, x, probe)
    return u, dot(product, probe)
