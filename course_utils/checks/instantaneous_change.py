"""Bộ chấm về log mật độ của một luồng liên tục: dấu, phân kỳ, và cách tính nó.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, numbers


def linear_log_prob(answer: Any) -> Report:
    """(log|det ∂z/∂x|, log p(x)) của u = Bx, B = diag(0.8, −0.3), cơ sở N(0, I), x = (1, −2).

    Sách: (eq-linear-cnf), (eq-cnf-log-prob)
    """
    rates, x = (0.8, -0.3), (1.0, -2.0)

    def base(*z):
        return -math.log(2 * math.pi) - sum(a * a for a in z) / 2

    back = base(*(a * math.exp(-r) for a, r in zip(x, rates, strict=True)))
    ahead = base(*(a * math.exp(r) for a, r in zip(x, rates, strict=True)))
    trace = sum(rates)
    return numbers(
        answer,
        (-trace, back - trace),
        tol=2e-3,
        name="cặp (log|det ∂z/∂x|, log p(x))",
        hints=[
            (
                (trace, back + trace),
                "Dấu của cả hai ngược: chiều x → z lấy tích phân từ 1 về 0, được −tr B.",
            ),
            (
                (trace, None),
                "Đó là log|det ∂x/∂z|, của chiều sinh. Chiều x → z có dấu ngược lại.",
            ),
            (
                (math.exp(-trace), None),
                "Đó là định thức. Đề hỏi log của nó, tức chính tích phân của độ phân kỳ.",
            ),
            ((None, math.exp(back - trace)), "Đó là mật độ; đề hỏi log mật độ."),
            (
                (None, back + trace),
                "Dấu ngược: trường này giãn thể tích (tr B > 0) nên mật độ phải giảm. "
                "log p(x) = log p_Z(z) + log|det ∂z/∂x|.",
            ),
            ((None, back), "Đó mới là log p_Z(z). Còn tích phân của độ phân kỳ."),
            (
                (None, base(*x) - trace),
                "Bạn tính p_Z tại x. Phải tính tại z = e^{−B}x, nơi quỹ đạo xuất phát.",
            ),
            (
                (None, ahead - trace),
                "Bạn đi xuôi thêm một lần: từ x về z phải nhân với e^{−B}.",
            ),
            ((None, back - 2 * trace), "Tích phân bị trừ hai lần: nó đã mang dấu rồi."),
            (
                (None, back + math.log(2 * math.pi) - trace),
                "Bạn quên hằng số −log 2π của N(0, I) hai chiều.",
            ),
            (
                (None, back + math.log(2 * math.pi) / 2 - trace),
                "Hằng số chuẩn hóa của N(0, I) trong hai chiều là −log 2π, không phải nửa số ấy.",
            ),
            ((back - trace, -trace), "Hai số đúng nhưng ngược chỗ: log định thức đứng trước."),
        ],
    )


def log_prob(answer: Any) -> Report:
    """Hàm log_prob(rates, x, steps): log mật độ (n,) của CNF với cơ sở N(0, I).

    rates(t, x) -> (u (n, d), ∇·u (n,)). Bộ giải nào cũng được, với `steps` bước đủ nhỏ.
    Sách: (eq-augmented-ode), (eq-cnf-log-prob)
    """

    def solve(rates, x, steps, start=1.0, end=0.0, sign=1.0, clock=lambda t: t):
        h, total = (end - start) / steps, x.new_zeros(len(x))
        for k in range(steps):
            t = start + k * h
            middle = x + sign * h / 2 * rates(clock(t), x)[0]
            u, divergence = rates(clock(t + h / 2), middle)
            x, total = x + sign * h * u, total + h * divergence
        return x, total

    def normal(z: Tensor, constant: float = 1.0) -> Tensor:
        d = z.shape[1]
        return -0.5 * (z.square().sum(1) + constant * d * math.log(2 * math.pi))

    def right(rates, x, steps):
        z, log_det = solve(rates, x, steps)
        return normal(z) + log_det

    def wrong(combine: Callable, **how) -> Callable:
        return lambda rates, x, steps: combine(*solve(rates, x, steps, **how), x)

    inputs = [(_rates, _points(n, n), 100) for n in (6, 3)]
    return function(
        answer,
        right,
        inputs,
        tol=0.02,  # Euler 100 bước sai chừng 0.01 ở đây
        name="log_prob",
        hints=[
            (
                wrong(lambda z, total, x: normal(z)),
                "Đó là log p_Z(z), chưa phải log mật độ. Còn tích phân của độ phân kỳ.",
            ),
            (
                wrong(lambda z, total, x: normal(z) - total),
                "Dấu ngược: đi từ t = 1 về 0 thì bước h âm, tích phân đã mang dấu. Cộng nó vào.",
            ),
            (
                wrong(lambda z, total, x: normal(z) - total, start=0.0, end=1.0),
                "Bạn đi từ 0 đến 1. Điểm dữ liệu ở t = 1: xuất phát từ 1, về 0.",
            ),
            (
                wrong(lambda z, total, x: normal(z) + total, start=0.0, end=1.0),
                "Bạn đi từ 0 đến 1. Điểm dữ liệu ở t = 1: xuất phát từ 1, về 0, rồi cộng.",
            ),
            (
                wrong(lambda z, total, x: normal(z) + total, sign=-1.0),
                "Bước h đã âm; đổi dấu cả trường nữa thì điểm đi tiếp về phía trước.",
            ),
            (
                wrong(lambda z, total, x: normal(z) + total, clock=lambda t: 1 - t),
                "Đồng hồ sai: lúc xuất phát, điểm đang ở t = 1 nên phải gọi rates(1, x), kể cả "
                "khi bạn đi ngược bằng −u.",
            ),
            (
                wrong(lambda z, total, x: normal(x) + total),
                "Tính p_Z tại z, điểm cuối của chặng ngược, không phải tại x.",
            ),
            (wrong(lambda z, total, x: total), "Đó là log|det ∂z/∂x|; còn phải cộng log p_Z(z)."),
            (
                wrong(lambda z, total, x: normal(z, 0.0) + total),
                "Bạn quên hằng số −(d/2)·log 2π của N(0, I).",
            ),
            (
                wrong(lambda z, total, x: normal(z, 1 / z.shape[1]) + total),
                "Hằng số chuẩn hóa của N(0, I) trong d chiều là −(d/2)·log 2π, nhân với d.",
            ),
            (
                wrong(lambda z, total, x: (normal(z) + total).mean()),
                "Bạn lấy trung bình cả lô. Cần một số cho mỗi điểm: (n,).",
            ),
            (
                wrong(lambda z, total, x: -(normal(z) + total)),
                "Đó là đối log hợp lý; đề hỏi log mật độ.",
            ),
            (
                lambda rates, x, steps: right(rates, x, 1),
                "Bạn chỉ đi một bước. Chia đoạn từ 1 về 0 thành `steps` bước.",
            ),
            (
                wrong(lambda z, total, x: (normal(z) + total).exp()),
                "Đó là mật độ; đề hỏi log mật độ.",
            ),
        ],
    )


def mlp_divergence(answer: Any) -> Report:
    """Hàm divergence(W1, c1, W2, c2, W3, x): ∇·u (n,) của u = W₃ tanh(W₂ tanh(W₁x + c₁) + c₂).

    W1 (h₁, d), W2 (h₂, h₁), W3 (d, h₂), x (n, d). Sách: (eq-mlp-divergence)
    """

    def slopes(W1, c1, W2, c2, x):
        y1 = torch.tanh(x @ W1.T + c1)
        y2 = torch.tanh(y1 @ W2.T + c2)
        return y1, y2, 1 - y1**2, 1 - y2**2

    def bilinear(W1, W2, W3, left, right):
        return ((right @ (W2.T * (W1 @ W3))) * left).sum(1)

    def right(W1, c1, W2, c2, W3, x):
        _, _, d1, d2 = slopes(W1, c1, W2, c2, x)
        return bilinear(W1, W2, W3, d2, d1)

    def using(choose: Callable) -> Callable:
        return lambda W1, c1, W2, c2, W3, x: bilinear(
            W1, W2, W3, *choose(*slopes(W1, c1, W2, c2, x))
        )

    generator = torch.Generator().manual_seed(0)
    inputs = []
    for n, d, h1, h2 in ((1, 2, 3, 4), (6, 3, 5, 5), (4, 1, 2, 3)):
        shapes = ((h1, d), (h1,), (h2, h1), (h2,), (d, h2), (n, d))
        inputs.append(tuple(torch.randn(shape, generator=generator) for shape in shapes))
    return function(
        answer,
        right,
        inputs,
        tol=1e-4,
        name="divergence",
        hints=[
            (
                using(lambda y1, y2, d1, d2: (d2, torch.ones_like(d1))),
                "Thiếu đạo hàm d₁ của tầng ẩn thứ nhất.",
            ),
            (
                using(lambda y1, y2, d1, d2: (torch.ones_like(d2), d1)),
                "Thiếu đạo hàm d₂ của tầng ẩn thứ hai.",
            ),
            (
                using(lambda y1, y2, d1, d2: (y2, y1)),
                "Bạn dùng giá trị tanh. Ma trận Jacobi chứa đạo hàm: d = 1 − tanh².",
            ),
            (
                lambda W1, c1, W2, c2, W3, x: right(W1, 0 * c1, W2, 0 * c2, W3, x),
                "Bạn quên độ lệch c₁, c₂: chúng không có trong J, nhưng quyết định d₁, d₂ ở đâu.",
            ),
            (
                lambda W1, c1, W2, c2, W3, x: (
                    (slopes(W1, c1, W2, c2, x)[2] @ W2.T) * slopes(W1, c1, W2, c2, x)[3]
                ).sum(1),
                "Thiếu W₁W₃: ma trận G là W₂ nhân từng phần tử với chuyển vị của W₁W₃.",
            ),
            (
                using(lambda y1, y2, d1, d2: (d2**2, d1**2)),
                "Mỗi đạo hàm chỉ xuất hiện một lần trong J = W₃ diag(d₂) W₂ diag(d₁) W₁.",
            ),
            (
                lambda *a: right(*a)[..., None].squeeze(-1).sum(),
                "Bạn cộng cả lô. Cần một số cho mỗi điểm: kết quả có hình (n,).",
            ),
            (
                lambda *a: right(*a).mean(),
                "Bạn lấy trung bình cả lô. Cần một số cho mỗi điểm: (n,).",
            ),
            (lambda *a: right(*a)[:, None], "Kết quả cần hình (n,), không phải (n, 1)."),
            (lambda *a: -right(*a), "Dấu ngược: vết là tổng các phần tử chéo, không có dấu trừ."),
            (
                lambda W1, c1, W2, c2, W3, x: (
                    torch.linalg.slogdet(
                        torch.eye(len(W3)) + _jacobian(W1, c1, W2, c2, W3, x)
                    ).logabsdet
                ),
                "Đó là log det(I + J), của một tầng phần dư. Luồng liên tục chỉ cần vết của J.",
            ),
            (
                lambda *a: torch.linalg.det(_jacobian(*a)),
                "Đó là định thức của J. Độ phân kỳ là vết.",
            ),
            (
                lambda *a: _jacobian(*a).sum((1, 2)),
                "Bạn cộng mọi phần tử của J. Vết chỉ cộng đường chéo.",
            ),
        ],
    )


def _points(n: int, seed: int) -> Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


def _rates(t: float, x: Tensor) -> tuple[Tensor, Tensor]:
    """Một trường trong mặt phẳng và độ phân kỳ của nó; đổi theo t không đối xứng quanh 1/2."""
    t = float(t)
    u = torch.stack([0.6 * torch.tanh(x[:, 0]) - x[:, 1] + 3 * t**2, x[:, 0] + t * x[:, 1]], 1)
    return u, 0.6 * (1 - torch.tanh(x[:, 0]).square()) + t


def _jacobian(W1, c1, W2, c2, W3, x: Tensor) -> Tensor:
    """J (n, d, d) của mạng trong `mlp_divergence`."""
    y1 = torch.tanh(x @ W1.T + c1)
    y2 = torch.tanh(y1 @ W2.T + c2)
    inner = (1 - y2**2)[:, :, None] * W2 * (1 - y1**2)[:, None, :]
    return W3 @ inner @ W1
