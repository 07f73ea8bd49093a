"""Xích Markov: nguồn ký hiệu đơn giản nhất có trí nhớ, entropy mỗi bước biết chính xác."""

import torch
from torch import Tensor

from ..errors import InputError
from .toy import as_generator


class MarkovChain:
    """Xích Markov dừng trên các ký hiệu 0..K−1 với ma trận chuyển `transition` (K, K).

    `transition[i, j]` = p(x_{t+1} = j | x_t = i). Dãy bắt đầu từ phân phối dừng π.
    `entropy_rate` = −Σ π_i P_ij ln P_ij, nat mỗi bước: không mô hình nào đoán ký hiệu kế tiếp
    với đối log hợp lý trung bình thấp hơn số ấy.
    """

    def __init__(self, transition):
        p = torch.as_tensor(transition, dtype=torch.float64)
        good = p.ndim == 2 and p.shape[0] == p.shape[1] and bool((p >= 0).all())
        if not good or not torch.allclose(p.sum(1), torch.ones(len(p), dtype=p.dtype)):
            raise InputError(
                f"Ma trận chuyển hình dạng {tuple(p.shape)} không hợp lệ; cần ma trận vuông, số "
                f"không âm, mỗi hàng có tổng bằng 1."
            )
        self.transition = p
        # π(P − I) = 0 và tổng bằng 1.
        system = torch.cat([(p.T - torch.eye(len(p), dtype=p.dtype)), torch.ones_like(p[:1])])
        target = torch.zeros(len(p) + 1, 1, dtype=p.dtype)
        target[-1] = 1.0
        self.stationary = torch.linalg.lstsq(system, target).solution[:, 0]

    @property
    def levels(self) -> int:
        return len(self.transition)

    @property
    def entropy_rate(self) -> float:
        """−Σ π_i P_ij ln P_ij, nat mỗi bước."""
        return -float((self.stationary @ torch.xlogy(self.transition, self.transition)).sum())

    @property
    def entropy(self) -> float:
        """Entropy của ký hiệu đầu tiên, −Σ π_i ln π_i, nat."""
        return -float(torch.xlogy(self.stationary, self.stationary).sum())

    def sample(self, n: int, length: int, seed: int | torch.Generator = 0) -> Tensor:
        """n dãy dài `length`: (n, length), số nguyên."""
        generator = as_generator(seed)
        x = torch.empty(n, length, dtype=torch.long)
        p = self.stationary.expand(n, -1)
        for t in range(length):
            x[:, t] = torch.multinomial(p, 1, generator=generator)[:, 0]
            p = self.transition[x[:, t]]
        return x

    def log_prob(self, x: Tensor) -> Tensor:
        """log xác suất chính xác, nat: (n, length) -> (n,)."""
        x = x.long()
        steps = self.transition.log()[x[:, :-1], x[:, 1:]].sum(1)
        return self.stationary.log()[x[:, 0]] + steps
