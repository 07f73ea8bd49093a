"""Các mạng nhỏ dùng chung cho mọi mô hình."""

from collections.abc import Sequence

from torch import nn


def mlp(in_features: int, hidden: Sequence[int], out_features: int) -> nn.Sequential:
    """Perceptron nhiều tầng với ReLU: (n, in_features) -> (n, out_features).

    Tầng cuối khởi tạo bằng 0. Trong một luồng, nhờ vậy mà mỗi tầng ghép cặp bắt đầu từ
    phép đồng nhất, và huấn luyện không bùng nổ ở bước đầu.
    """
    layers: list[nn.Module] = []
    width = in_features
    for h in hidden:
        layers += [nn.Linear(width, h), nn.ReLU(inplace=True)]  # đỡ một tensor (n, h) mỗi tầng
        width = h
    layers.append(zero_init(nn.Linear(width, out_features)))
    return nn.Sequential(*layers)


def silu_mlp(in_features: int, hidden: Sequence[int], out_features: int) -> nn.Sequential:
    """Perceptron nhiều tầng với SiLU, trơn: (n, in_features) -> (n, out_features).

    `hidden=()` là một ánh xạ affine. Khác `mlp`, tầng cuối không bắt đầu từ 0: bộ mã hóa và bộ
    giải mã cùng bằng 0 là một điểm yên ngựa, nơi z không mang tin nào về x và gradient cũng
    bằng 0.
    """
    layers: list[nn.Module] = []
    width = in_features
    for h in hidden:
        layers += [nn.Linear(width, h), nn.SiLU()]
        width = h
    return nn.Sequential(*layers, nn.Linear(width, out_features))


def conv_net(in_channels: int, hidden: int, out_channels: int) -> nn.Sequential:
    """Mạng tích chập 3×3, 1×1, 3×3 của Glow: (n, C, H, W) -> (n, C', H, W)."""
    return nn.Sequential(
        nn.Conv2d(in_channels, hidden, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(hidden, hidden, 1),
        nn.ReLU(),
        zero_init(nn.Conv2d(hidden, out_channels, 3, padding=1)),
    )


def zero_init(layer: nn.Linear | nn.Conv2d) -> nn.Linear | nn.Conv2d:
    """Đặt trọng số và độ lệch của một tầng bằng 0."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def count_parameters(module: nn.Module) -> int:
    """Số tham số huấn luyện được."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)
