"""Giao ước chung của các mô hình biến tiềm ẩn: cận dưới và ước lượng thay cho mật độ chính xác."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from .base import GenerativeModel, check_count, check_device
from .likelihoods import GaussianLikelihood, Likelihood


class LatentVariableModel(GenerativeModel):
    """p_θ(x) = ∫ p_θ(x, z) dz không tính được; bộ mã hóa q_φ(z | x) cho một cận dưới của nó.

    Mô hình con viết `elbo`, `log_weights`, `loss` và `sample`; phép kiểm tra đầu vào và ước lượng
    nhiều mẫu của log p_θ(x) nằm ở đây. Không có `log_prob`: tên ấy dành cho mật độ chính xác.

    Tham số
    -------
    event_shape : hình dạng một điểm dữ liệu; số nguyên D nghĩa là (D,)
    likelihood : họ phân phối p(x | z); mặc định Gauss với một độ lệch chuẩn chung, học được
    """

    def __init__(self, event_shape: int | Sequence[int], likelihood: Likelihood | None = None):
        super().__init__()
        self.event_shape = (event_shape,) if isinstance(event_shape, int) else tuple(event_shape)
        self.likelihood = GaussianLikelihood("shared") if likelihood is None else likelihood

    def check(self, x: Tensor, name: str = "x") -> None:
        self.likelihood.check(x, self.event_shape, name)
        check_device(x, self.like, name)

    def elbo(self, x: Tensor) -> Tensor:
        """Cận dưới bằng chứng của từng điểm, nat: (n,), một ước lượng không chệch."""
        raise NotImplementedError

    def log_weights(self, x: Tensor, k: int = 1) -> Tensor:
        """log w = log p_θ(x, z) − log q_φ(z | x) tại k mẫu z ~ q_φ(z | x): (k, n), nat."""
        raise NotImplementedError

    def log_prob_estimate(self, x: Tensor, k: int = 100, chunk: int = 20_000) -> Tensor:
        """log (1/k) Σ w_i, nat: (n, *event_shape) -> (n,). Một ước lượng, không phải log_prob.

        Kỳ vọng của nó không vượt quá log p(x), tăng theo k và tiến tới log p(x); độ chệch cỡ
        −Var(w)/(2k p(x)²). Với k = 1 kỳ vọng ấy là ELBO. `chunk`: số cặp (z, x) tính trong một
        lượt. Nguồn: Burda et al. 2016. Sách: (eq-iwae)
        """
        self.check(x)
        check_count(k, "k")
        at_once = max(1, chunk // len(x))
        sizes = [min(at_once, k - start) for start in range(0, k, at_once)]
        parts = [torch.logsumexp(self.log_weights(x, size), 0) for size in sizes]
        return torch.logsumexp(torch.stack(parts), 0) - math.log(k)
