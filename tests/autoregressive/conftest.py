"""Những gì mọi mô hình tự hồi quy phải giữ: bốn mô hình nhỏ, trọng số ngẫu nhiên, float64."""

import pytest
import torch
from torch import nn


def randomize_(model: nn.Module, seed: int = 0, gain: float = 1.0) -> nn.Module:
    """Mọi tham số thành số ngẫu nhiên: không đầu ra nào còn bằng 0 nhờ khởi tạo."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            fan_in = max(1, parameter[0].numel()) if parameter.ndim > 1 else 1
            noise = torch.randn(parameter.shape, generator=g, dtype=torch.float64)
            parameter.copy_(gain * noise / fan_in**0.5)
    return model.double().eval()


@pytest.fixture(scope="session")
def randomize():
    return randomize_
