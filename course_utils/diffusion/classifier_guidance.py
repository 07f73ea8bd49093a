"""Dẫn hướng bằng bộ phân loại: cộng gradient của log p(c | x_s) vào điểm số của một mô hình có sẵn.

Mô hình không cần học lại, nhưng bộ phân loại phải học trên ảnh nhiễu ở mọi mức.

Nguồn: Dhariwal & Nichol (2021), mục 4.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from .conditional import with_net
from .ddpm import DDPM
from .parameterizations import target


class ClassifierNet(nn.Module):
    """Mạng của một DDPM, cộng thêm gradient của một bộ phân loại; xem `classifier_guided`."""

    def __init__(self, model: DDPM, log_prob: Callable, guidance: float):
        super().__init__()
        self.net, self.log_prob, self.guidance = model.net, log_prob, guidance
        self.schedule, self.prediction = model.schedule, model.prediction

    def forward(self, s: Tensor | float, x: Tensor) -> Tensor:
        """Đầu ra đã dẫn hướng, cùng loại (ε, x₀ hay v) và cùng hình dạng với của mạng gốc."""
        k = torch.as_tensor(s * self.schedule.steps, device=x.device).round().long()
        a, sigma = (self.schedule.at(table, k, x) for table in ("a", "sigma"))
        # ε đổi đi −wσ∇log p(c|x); x₀ = (x − σε)/a đổi theo.
        slope = self.guidance * gradient(self.log_prob, s, x)
        shift = target(self.prediction, sigma**2 / a * slope, -sigma * slope, a, sigma)
        return self.net(s, x) + shift


def classifier_guided(
    model: DDPM, log_prob: Callable[[Tensor | float, Tensor], Tensor], guidance: float = 1.0
) -> DDPM:
    """Dẫn hướng bằng bộ phân loại: mô hình mới có ε̃ = ε − wσ∇log p(c | x_s).

    Tham số
    -------
    model : mô hình khuếch tán không điều kiện
    log_prob : log p(c | x_s) của điều kiện muốn có, gọi bằng log_prob(s, x) -> (n,), khả vi theo x.
        x ở trong tọa độ đã chuẩn tắc và mang nhiễu của mức s: bộ phân loại phải học trên ảnh nhiễu
    guidance : w; 1 là đúng công thức Bayes

    Kết quả là một DDPM: sample, path, elbo như thường. Sách: (eq-class-score),
    (eq-classifier-guidance); Dhariwal & Nichol (2021), thuật toán 1, 2
    """
    return with_net(model, ClassifierNet(model, log_prob, guidance))


def gradient(function: Callable, s: Tensor | float, x: Tensor) -> Tensor:
    """∇_x f(s, x) tại từng điểm x (n, ...), với f cho ra (n,); chạy được cả dưới no_grad."""
    with torch.inference_mode(False), torch.enable_grad():
        s = s.clone() if isinstance(s, Tensor) else s
        x = x.clone().detach().requires_grad_()
        return torch.autograd.grad(function(s, x).sum(), x)[0]
