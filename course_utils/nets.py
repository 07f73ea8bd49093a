"""Các mạng nhỏ dùng chung cho mọi mô hình."""

import contextlib
import platform
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn


def made_by_amd() -> bool:
    """Bộ xử lý của máy này là của AMD."""
    processor = platform.processor()
    with contextlib.suppress(OSError):  # chỉ Linux có tệp này; ở đó `processor` thường rỗng
        processor += Path("/proc/cpuinfo").read_text("utf-8")
    return "AuthenticAMD" in processor


# Trên CPU, torch.tanh gọi thư viện MKL của Intel; trên bộ xử lý của AMD, MKL đi đường chậm.
SLOW_TANH = torch.backends.mkl.is_available() and made_by_amd()


def tanh(a: Tensor) -> Tensor:
    """torch.tanh; ở máy mà nó chậm thì tính bằng 2σ(2a) − 1, nhanh gấp mấy lần.

    Sai số tuyệt đối của cách sau là vài epsilon; quanh 0 thì sai số tương đối lớn: 2σ(2a) gần 1.
    """
    if SLOW_TANH and a.device.type == "cpu":
        return (2 * a).sigmoid_().mul(2).sub_(1)  # tại chỗ khi được: ít vùng nhớ tạm
    return a.tanh()


def soft_bound(raw: Tensor, limit: float) -> Tensor:
    """limit·tanh(raw/limit) ∈ (−limit, limit): gần 0 thì như `raw`, xa thì không vượt cận.

    Sách: (eq-bounded-scale)
    """
    if limit == 1:  # cùng kết quả, bớt một phép chia và một phép nhân
        return tanh(raw)
    return limit * tanh(raw / limit)


def mlp(
    in_features: int, hidden: Sequence[int], out_features: int, paired: bool = False
) -> nn.Sequential:
    """Perceptron nhiều tầng với ReLU: (n, in_features) -> (n, out_features).

    Lúc đầu mạng bằng 0. Trong một luồng, nhờ vậy mà mỗi tầng ghép cặp bắt đầu từ phép đồng nhất,
    và huấn luyện không bùng nổ ở bước đầu. Tầng cuối bằng 0; với `paired` và từ hai tầng ẩn trở
    lên thì thay vào đó, các nút ẩn trừ nhau từng đôi (`cancel_pairs`). Một tầng ẩn thì không ghép:
    các đôi làm mất nửa số đặc trưng của chính đầu vào.
    """
    layers: list[nn.Module] = []
    width = in_features
    for h in hidden:
        layers += [nn.Linear(width, h), nn.ReLU(inplace=True)]  # đỡ một tensor (n, h) mỗi tầng
        width = h
    last = nn.Linear(width, out_features)
    last = cancel_pairs(layers[-2], last) if paired and len(hidden) > 1 else zero_init(last)
    return nn.Sequential(*layers, last)


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


@torch.no_grad()
def cancel_pairs(hidden: nn.Linear, last: nn.Linear) -> nn.Linear:
    """Ghép đôi các nút của tầng ẩn cuối để mạng bằng 0, đến sai số làm tròn, mà `last` khác 0.

    Nửa sau của tầng ẩn chép nửa đầu, và tầng cuối lấy nút này trừ nút kia. Khi tầng cuối bằng 0, ở
    bước đầu các tầng ẩn không có gradient; ở đây thì có, và hai nút của một đôi nhận hai gradient
    ngược dấu nên tách nhau ra.
    """
    half = hidden.out_features // 2
    first, second = slice(half), slice(half, 2 * half)
    hidden.weight[second], hidden.bias[second] = hidden.weight[first], hidden.bias[first]
    last.weight[:, second] = -last.weight[:, first]
    last.weight[:, 2 * half :] = 0  # bề rộng lẻ: nút lẻ đôi
    last.bias.zero_()
    return last


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
