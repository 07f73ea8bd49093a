"""Lượng tin, entropy, entropy chéo, phân kỳ KL: đơn vị nat.

Các hàm nhận vector xác suất (..., K) và trả về (...). Quy ước 0·log 0 = 0: điều không bao giờ
xảy ra không đóng góp gì. Đổi ra bit bằng `bits`.
"""

import math

import torch
from torch import Tensor

from .errors import InputError


def as_numbers(values, name: str) -> Tensor:
    """Đọc một tensor, mảng NumPy, list hay số."""
    try:
        return torch.as_tensor(values)
    except (TypeError, ValueError, RuntimeError):
        raise InputError(
            f"`{name}` là một đối tượng kiểu {type(values).__name__}; cần các số thực."
        ) from None


def as_probabilities(p, name: str = "p") -> Tensor:
    """Đọc một vector xác suất (..., K): không âm, tổng theo chiều cuối bằng 1."""
    p = as_numbers(p, name)
    if p.ndim == 0 or p.numel() == 0 or not p.is_floating_point():
        raise InputError(
            f"`{name}` có kiểu {p.dtype}, hình dạng {tuple(p.shape)}; cần các số thực (..., K), "
            f"tổng theo chiều cuối bằng 1. Nếu là số đếm, hãy chia cho tổng của chúng."
        )
    if not torch.isfinite(p).all() or (p < 0).any():
        raise InputError(f"`{name}` có phần tử âm, NaN hoặc vô cực; xác suất nằm từ 0 đến 1.")
    total = p.sum(-1)
    tolerance = 1e-3 if p.dtype in (torch.float16, torch.bfloat16) else 1e-5
    if (total - 1).abs().max() > tolerance * p.shape[-1] ** 0.5:
        raise InputError(
            f"`{name}` có tổng {float(total.flatten()[0]):.6g}; các xác suất phải có tổng bằng 1. "
            f"Nếu là số đếm hay log xác suất, hãy chuẩn hóa trước."
        )
    return p


def information(p: Tensor) -> Tensor:
    """Lượng tin −log p của một biến cố có xác suất p (nat); p = 0 cho vô cực.

    Sách: (eq-information)
    """
    p = as_numbers(p, "p")
    if not p.is_floating_point() or not ((p >= 0) & (p <= 1)).all():
        raise InputError("Lượng tin cần xác suất, là số thực từ 0 đến 1; mật độ thì không được.")
    return -p.log()


def entropy(p: Tensor) -> Tensor:
    """H(p) = −Σ p log p: lượng tin trung bình, nat. (..., K) -> (...). Sách: (eq-entropy)"""
    p = as_probabilities(p)
    return -torch.xlogy(p, p).sum(-1)


def cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """H(p, q) = −Σ p log q: giá trung bình khi dữ liệu theo p mà đặt mã theo q, nat.

    Bằng vô cực khi q = 0 ở chỗ p > 0. Sách: (eq-cross-entropy)
    """
    p, q = as_probabilities(p), as_probabilities(q, "q")
    if p.shape[-1] != q.shape[-1]:
        raise InputError(
            f"`p` có {p.shape[-1]} kết cục, `q` có {q.shape[-1]}; hai phân phối phải ở trên cùng "
            f"một tập kết cục."
        )
    return -torch.xlogy(p, q).sum(-1)


def kl(p: Tensor, q: Tensor) -> Tensor:
    """D_KL(p‖q) = Σ p log(p/q): cái giá phải trả thêm vì dùng q thay cho p, nat.

    Không âm (nhờ bất đẳng thức Jensen), bằng 0 khi và chỉ khi p = q; không đối xứng.
    Sách: (eq-kl), (eq-jensen)
    """
    return cross_entropy(p, q) - entropy(p)


def bits(nats):
    """Đổi nat ra bit: chia cho ln 2."""
    return nats / math.log(2)


def gaussian_entropy(covariance: Tensor) -> Tensor:
    """Entropy vi phân của N(μ, Σ): ½ log det(2πe Σ), nat; có thể âm. (..., D, D) -> (...).

    Sách: (eq-gaussian-entropy)
    """
    covariance = as_numbers(covariance, "covariance")
    shape = tuple(covariance.shape)
    if len(shape) < 2 or shape[-1] != shape[-2] or not covariance.is_floating_point():
        raise InputError(
            f"Hiệp phương sai có hình dạng {shape}, kiểu {covariance.dtype}; cần ma trận số thực "
            f"(..., D, D). Một chiều thì viết phương sai thành [[v]]."
        )
    # Định thức dương chưa đủ (−I hai chiều cũng có định thức 1): phân tích Cholesky mới biết.
    factor, failed = torch.linalg.cholesky_ex(covariance)
    if failed.any() or not torch.isfinite(factor).all():
        raise InputError("Hiệp phương sai phải xác định dương; ma trận này thì không.")
    log_det = 2 * factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    return 0.5 * (shape[-1] * math.log(2 * math.pi * math.e) + log_det)
