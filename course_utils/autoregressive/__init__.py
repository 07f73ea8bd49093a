"""Mô hình tự hồi quy: mỗi thành phần được đoán từ những thành phần đứng trước nó."""

from .chain import AutoregressiveModel, SequenceModel, sample_logits, sampling_probabilities
from .made import MADE, MaskedLinear, MaskedMLP, made_masks
from .pixelcnn import MaskedConv2d, PixelCNN

__all__ = [
    "MADE",
    "AutoregressiveModel",
    "MaskedConv2d",
    "MaskedLinear",
    "MaskedMLP",
    "PixelCNN",
    "SequenceModel",
    "made_masks",
    "sample_logits",
    "sampling_probabilities",
]
