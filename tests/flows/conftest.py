"""Tham số ngẫu nhiên xa phép đồng nhất, dùng cho mọi phép thử về luồng."""

import pytest
import torch
from torch import nn

from course_utils.flows import Affine, InvertibleLinear


def randomize_(module: nn.Module, seed: int, gain: float) -> nn.Module:
    """Thay mọi tham số bằng số ngẫu nhiên; `gain` = 1 cho mạng có đầu ra cỡ đầu vào."""
    g = torch.Generator().manual_seed(seed)

    def normal(like):
        return torch.randn(like.shape, generator=g, dtype=torch.float64).to(like)

    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d):
                fan_in = layer.weight[0].numel()
                layer.weight.copy_(gain * normal(layer.weight) / fan_in**0.5)
                if layer.bias is not None:
                    layer.bias.copy_(0.5 * gain * normal(layer.bias))
            elif isinstance(layer, Affine):
                layer.log_scale.copy_(0.5 * gain * normal(layer.log_scale))
                layer.shift.copy_(gain * normal(layer.shift))
            elif isinstance(layer, InvertibleLinear):
                layer.weight.add_(0.1 * gain * normal(layer.weight))
                layer.shift.copy_(gain * normal(layer.shift))
    return module.eval()


@pytest.fixture(scope="session")
def randomize():
    return randomize_
