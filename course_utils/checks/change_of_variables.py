"""Bộ chấm các bài «Thử ngay» của chương Phép đổi biến.

Đáp án được tính tại đây từ đề bài, không chép từ đâu. Mỗi bộ chấm kèm những câu trả lời
sai điển hình và lời gợi ý cho từng câu.
"""

import math

import torch
from torch import Tensor

from .report import Report, function, number

LOG_2PI = math.log(2 * math.pi)


def log_normal(z: float) -> float:
    """log φ(z), log mật độ của N(0, 1)."""
    return -0.5 * (z * z + LOG_2PI)


def decreasing(answer, a: float = -3.0, b: float = 2.0, x: float = 1.0) -> Report:
    """log p_X(x) với X = aZ + b, Z ~ N(0, 1); a có thể âm. Sách: (eq-cov-1d)"""
    z = (x - b) / a
    slope = math.log(abs(a))
    wrong = [
        (math.nan, "log(a) không có nghĩa khi a < 0: thừa số là |a|, độ dài không có dấu."),
        (log_normal(z) + slope, "Bạn đã cộng log|a|. Đất bị kéo giãn thì mật độ phải giảm."),
        (log_normal(z), "Bạn quên thừa số giãn: đây mới là log mật độ của z."),
        (log_normal(z) - 2 * slope, "Bạn dùng phương sai a². Thừa số giãn là |a|."),
        (log_normal(x) - slope, "Hãy tính mật độ cơ sở tại z = (x − b)/a, không phải tại x."),
        (math.exp(log_normal(z) - slope), "Đây là mật độ; đề bài hỏi log mật độ (nat)."),
    ]
    return number(answer, log_normal(z) - slope, tol=1e-3, hints=wrong, name="log mật độ")


def affine_flow(answer) -> Report:
    """Hàm affine_flow(z, A, b) -> (x, log|det A| cho từng điểm). Sách: (eq-cov-linear)"""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(5, 2, generator=generator, dtype=torch.float64)
    matrices = [
        [[1.0, 2.0], [0.0, 3.0]],  # det = 3
        [[0.0, 1.0], [3.0, 1.0]],  # det = −3: lật gương
        [[2.0, 0.5], [0.0, 1.0]],  # không đối xứng: phân biệt A và A chuyển vị
        [[1.0, 1.0], [1.0, 1.0 - 1e-6]],  # det = −1e−6: gần suy biến
    ]
    b = torch.tensor([1.0, -0.5], dtype=z.dtype)
    inputs = [(z, torch.tensor(A, dtype=z.dtype), b) for A in matrices]

    def push(z: Tensor, A: Tensor, b: Tensor) -> Tensor:
        return z @ A.T + b

    def reference(z, A, b):
        return push(z, A, b), torch.linalg.slogdet(A).logabsdet.expand(len(z))

    def with_logdet(z, A, b):
        return push(z, A, b), torch.logdet(A).expand(len(z))

    def with_logdet_scalar(z, A, b):
        return push(z, A, b), torch.logdet(A)

    def scalar(z, A, b):
        return push(z, A, b), torch.linalg.slogdet(A).logabsdet

    def softened(z, A, b):
        return push(z, A, b), (torch.linalg.det(A).abs() + 1e-3).log().expand(len(z))

    def inverse_sign(z, A, b):
        return push(z, A, b), -torch.linalg.slogdet(A).logabsdet.expand(len(z))

    def no_log(z, A, b):
        return push(z, A, b), torch.linalg.det(A).abs().expand(len(z))

    def no_shift(z, A, b):
        return z @ A.T, torch.linalg.slogdet(A).logabsdet.expand(len(z))

    def not_transposed(z, A, b):
        return z @ A + b, torch.linalg.slogdet(A).logabsdet.expand(len(z))

    one_per_point = "Log định thức phải có hình dạng (n,), mỗi điểm một số: dùng .expand(len(z))."
    mirror = "log(det A) là NaN khi det A < 0; cần log|det A|, ví dụ torch.linalg.slogdet."
    hints = [
        (with_logdet, mirror),
        (with_logdet_scalar, mirror + " " + one_per_point),
        (scalar, one_per_point),
        (softened, "Cộng thêm một số nhỏ vào |det A| làm sai log khi A gần suy biến."),
        (inverse_sign, "Bạn trả về log|det| của chiều ngược; hàm này đi chiều z → x."),
        (no_log, "Bạn trả về |det A|; cần logarit của nó."),
        (no_shift, "Bạn quên cộng b vào x."),
        (not_transposed, "Mỗi hàng của z là một điểm, nên x = z @ A.T + b, không phải z @ A."),
    ]
    # 1e-6: nhận cả log định thức tính trong float32, vẫn loại log(|det| + 1e-3).
    return function(answer, reference, inputs, tol=1e-6, hints=hints, name="affine_flow")


def three_layers(answer, z: float = 0.5) -> Report:
    """log p_X tại ảnh của z qua f₁(z) = 2z, f₂(y) = e^y, f₃(y) = 3y − 1. Sách: (eq-composition)"""
    h1 = 2 * z
    base, total = log_normal(z), math.log(2) + h1 + math.log(3)
    x = 3 * math.exp(h1) - 1
    log_likelihoods = log_normal(z) + log_normal(h1) + log_normal(math.exp(h1))
    not_likelihoods = (
        "Một tầng không có log hợp lý riêng: chỉ cộng log mật độ cơ sở một lần, "
        "rồi trừ tổng các log định thức."
    )
    wrong = [
        (base + total, "Các log định thức của chiều sinh phải được trừ đi."),
        (
            base - (math.log(2) + z + math.log(3)),
            "Đạo hàm của f₂ phải lấy tại h₁ = f₁(z), điểm đi vào tầng thứ hai, không phải tại z.",
        ),
        (
            base - (math.log(2) + math.exp(h1) + math.log(3)),
            "log f₂′(h₁) = log e^{h₁} = h₁, không phải e^{h₁}.",
        ),
        (base, "Bạn quên trừ tổng các log định thức."),
        (log_normal(x) - total, "Mật độ cơ sở lấy tại z, không phải tại x."),
        (log_likelihoods, not_likelihoods),
        (log_likelihoods - total, not_likelihoods),
        (base - math.log(2) - h1, "Còn thiếu tầng f₃: log|f₃′| = log 3."),
        (math.exp(base - total), "Đây là mật độ; đề bài hỏi log mật độ (nat)."),
    ]
    return number(answer, base - total, tol=1e-3, hints=wrong, name="log mật độ")


def square(answer) -> Report:
    """Hàm p(x): mật độ của X = Z², Z ~ N(0, 1), trên x > 0 và x < 0. Sách: prop-branches"""
    inputs = [(torch.tensor(x, dtype=torch.float64),) for x in ([0.1, 0.5], [1.0, 2.0, 4.0])]
    with_negative = (torch.tensor([-1.0, 1.0], dtype=torch.float64),)

    def phi(z):
        return torch.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)

    def reference(x):
        root = x.clamp_min(1e-12).sqrt()
        return torch.where(x > 0, phi(root) / root, torch.zeros_like(x))

    hints = [
        (
            lambda x: phi(x.sqrt()) / (2 * x.sqrt()),
            "Mới có một nhánh. Cả z = √x và z = −√x cùng đi đến x: cộng đóng góp của chúng.",
        ),
        (lambda x: 2 * phi(x.sqrt()), "Thiếu thừa số 1/|f′(z)| = 1/(2√x) của mỗi nhánh."),
        (lambda x: phi(x.sqrt()), "Thiếu một nhánh và thiếu thừa số 1/|f′(z)|."),
        (
            lambda x: phi(x) / x,
            "Mật độ cơ sở lấy tại z = ±√x, và |f′(z)| = 2|z| = 2√x.",
        ),
        (phi, "Mật độ cơ sở lấy tại z = ±√x, không phải tại x; rồi còn thừa số 1/|f′(z)|."),
        (
            lambda x: 4 * x.sqrt() * phi(x.sqrt()),
            "Bạn nhân với |f′(z)|; phải chia: chỗ f dốc thì mật độ loãng.",
        ),
        (
            lambda x: (phi(x.sqrt()) / x.sqrt()).log(),
            "Đây là log mật độ; đề bài hỏi mật độ.",
        ),
    ]
    report = function(answer, reference, inputs, tol=1e-6, hints=hints, name="p")
    if not report.ok:
        return report
    negative = function(answer, reference, [with_negative], tol=1e-6, name="p")
    if not negative.ok:
        return Report(False, "Gần xong. Với x < 0 không có z nào thỏa z² = x: mật độ ở đó bằng 0.")
    return report


def stretch(answer, factor: float = 2.0, dim: int = 3) -> Report:
    """Kéo giãn `factor` lần theo mọi hướng trong `dim` chiều chia mật độ cho bao nhiêu?"""
    exact = factor**dim
    wrong = [
        (factor, "Đó là khi chỉ kéo theo một hướng. Ở đây kéo theo mọi hướng."),
        (factor ** (dim - 1), "Bạn bỏ sót một hướng: ở đây kéo theo mọi hướng."),
        (factor * dim, "Thể tích là tích các cạnh, không phải tổng."),
        (1 / exact, "Đề hỏi mật độ bị CHIA cho bao nhiêu."),
        (dim**factor, "Mỗi hướng nhân thể tích với hệ số giãn: hệ số giãn lũy thừa số chiều."),
    ]
    hints = [(value, text) for value, text in wrong if abs(value - exact) > 1e-6]
    return number(answer, exact, tol=1e-6, hints=hints, name="số lần")
