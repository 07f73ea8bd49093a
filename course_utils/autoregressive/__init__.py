"""Mô hình tự hồi quy: mỗi thành phần được đoán từ những thành phần đứng trước nó."""

from .chain import AutoregressiveModel, SequenceModel, sample_logits, sampling_probabilities
from .gpt import GPT, CausalAttention
from .made import MADE, MaskedLinear, MaskedMLP, made_masks
from .pixelcnn import MaskedConv2d, PixelCNN
from .wavenet import WaveNet, receptive_field

__all__ = [
    "GPT",
    "MADE",
    "AutoregressiveModel",
    "CausalAttention",
    "MaskedConv2d",
    "MaskedLinear",
    "MaskedMLP",
    "PixelCNN",
    "SequenceModel",
    "WaveNet",
    "made_masks",
    "receptive_field",
    "sample_logits",
    "sampling_probabilities",
]
