"""Chữ số viết tay 8×8 của scikit-learn: dữ liệu thật, có sẵn, không cần mạng."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Digits:
    """Ảnh (n, 1, 8, 8) float32 nguyên trong 0..16 và nhãn (n,), chia ba phần cố định."""

    train: Tensor
    validation: Tensor
    test: Tensor
    train_labels: Tensor
    validation_labels: Tensor
    test_labels: Tensor
    levels: int = 17


def digits(seed: int = 0) -> Digits:
    """1797 chữ số: 1297 huấn luyện, 200 kiểm định, 300 kiểm tra.

    Nguồn: bộ «Optical Recognition of Handwritten Digits» (UCI), bản đi kèm scikit-learn.
    """
    from sklearn.datasets import load_digits  # import chậm, chỉ khi cần

    data = load_digits()
    order = torch.randperm(len(data.target), generator=torch.Generator().manual_seed(seed))
    images = torch.as_tensor(data.images, dtype=torch.float32).unsqueeze(1)[order]
    labels = torch.as_tensor(data.target)[order]
    parts = [1297, 200, 300]
    return Digits(*images.split(parts), *labels.split(parts))
