"""Phân kỳ ∇·u = tr(∂u/∂x) của một trường vận tốc: tính đúng, và ước lượng bằng vector dò.

Mỗi hàm trả cả u lẫn phân kỳ từ một lần gọi trường; chạy được dưới no_grad và inference_mode, và
không động đến tensor của người gọi.

Nguồn: Chen et al. (2018); Hutchinson (1990); Grathwohl et al. (2019).
"""

from functools import partial

import torch
from torch import Tensor, nn

from .log_det import differentiable, dot, value_and_jacobian


def exact_divergence(field: nn.Module, t: Tensor | float, x: Tensor) -> tuple[Tensor, Tensor]:
    """u (n, ...) và ∇·u (n,), chính xác: D lần lan truyền ngược.

    Trường tự biết đường rẻ hơn (`VelocityMLP`) thì dùng đường ấy.
    """
    if hasattr(field, "with_divergence"):
        return field.with_divergence(t, x)
    u, jacobian = value_and_jacobian(partial(field, t), x)
    return u, jacobian.diagonal(dim1=1, dim2=2).sum(1)


def vector_jacobian(
    field: nn.Module, t: Tensor | float, x: Tensor, probe: Tensor
) -> tuple[Tensor, Tensor]:
    """u (n, ...) và vᵀ∂u/∂x (n, ...): một lần lan truyền ngược."""
    with differentiable(x) as (x, keep):
        u = field(t, x)
        product = torch.autograd.grad(u, x, probe, create_graph=keep)[0]
    return (u if keep else u.detach()), product


def hutchinson_divergence(
    field: nn.Module, t: Tensor | float, x: Tensor, probe: Tensor
) -> tuple[Tensor, Tensor]:
    """u (n, ...) và vᵀ(∂u/∂x)v (n,), không chệch khi E[vvᵀ] = I. Sách: (eq-hutchinson)"""
    u, product = vector_jacobian(field, t, x, probe)
    return u, dot(product, probe)
