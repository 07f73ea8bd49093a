"""Phần chung của hai hình sinh từng bước: trọng số thành số thực 16 bit, mã và kiểu."""

import base64

import torch
from torch import Tensor, nn

from ..errors import InputError
from .live_figure import HERE


def source(name: str) -> str:
    """Mã của một hình: đồ nghề chung, phần rút mẫu chung, rồi `<name>.js`."""
    return "\n".join((HERE / f).read_text("utf-8") for f in ("kit.js", "sampling.js", f"{name}.js"))


def style() -> str:
    """Kiểu chung của mọi hình, thêm kiểu của hai hình sinh từng bước."""
    return "\n".join((HERE / f).read_text("utf-8") for f in ("live_figure.css", "sampling.css"))


def pack_half(tensor: Tensor) -> dict:
    """Tensor thành {"shape", "half"}: các số thực 16 bit viết bằng base64."""
    values = tensor.detach().cpu().to(torch.float16)
    if not torch.isfinite(values).all():
        raise InputError(
            "Mô hình có tham số NaN, vô cực hoặc vượt tầm số thực 16 bit; hãy xem lại quá trình "
            "huấn luyện."
        )
    data = values.contiguous().numpy().astype("<f2").tobytes()
    return {"shape": list(values.shape), "half": base64.b64encode(data).decode()}


def pack_layer(layer: nn.Module) -> dict:
    """Trọng số và độ lệch của một tầng tuyến tính, tích chập hay LayerNorm."""
    return {"weight": pack_half(layer.weight), "bias": pack_half(layer.bias)}
