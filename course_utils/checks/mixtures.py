"""Bộ chấm về hỗn hợp Gauss: trách nhiệm, một bước EM, số tham số.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number, numbers


def responsibility(answer: Any) -> Report:
    """Trách nhiệm của N(0, 1) (trọng số 0.8) bên cạnh N(4, 1) (trọng số 0.2), tại x = 1 và x = 2.

    Sách: (eq-em)
    """

    def normal(x: float) -> float:
        return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)

    def share(prior_odds: float, slope: float = 1.0) -> tuple[float, float]:
        """p(1 | x) khi log tỉ lệ mật độ là slope·(8 − 4x)."""
        odds = [prior_odds * math.exp(slope * (8 - 4 * x)) for x in (1, 2)]
        return tuple(o / (1 + o) for o in odds)

    exact = share(4.0)
    joint = tuple(0.8 * normal(x) for x in (1, 2))
    odds = tuple(v / (1 - v) for v in exact)
    return numbers(
        answer,
        exact,
        tol=1e-3,
        name="cặp trách nhiệm",
        hints=[
            (share(1.0), "Bạn quên trọng số: nhân mỗi mật độ với π_k trước khi chia."),
            (tuple(1 - v for v in exact), "Đó là trách nhiệm của thành phần thứ hai."),
            (exact[::-1], "Hai số đúng nhưng ngược chỗ: x = 1 đứng trước."),
            (joint, "Đó là π₁N(x; 0, 1); còn phải chia cho tổng của cả hai thành phần."),
            ((normal(1), normal(2)), "Đó là mật độ của N(0, 1); trách nhiệm là một tỉ lệ."),
            (odds, "Đó là tỉ số r₁/r₂; trách nhiệm là r₁/(r₁ + r₂)."),
            ((1, 1), "Đó là giao hẳn; trách nhiệm chia mềm, nằm hẳn trong khoảng từ 0 đến 1."),
            (share(0.25), "Hai trọng số bị đổi chỗ: thành phần thứ nhất, N(0, 1), có 0.8."),
            (
                share(4.0, slope=2.0),
                "Bạn quên thừa số ½ trong số mũ: log N(x; μ, 1) chứa −(x − μ)²/2.",
            ),
            (
                tuple(100 * v for v in exact),
                "Viết dưới dạng số từ 0 đến 1, không phải phần trăm.",
            ),
        ],
    )


def em_step_1d(answer: Any) -> Report:
    """Hàm em_1d(x, weights, means, variances) -> bộ ba sau một bước EM. Sách: (eq-em)"""
    inputs = []
    for seed, (n, k) in enumerate([(4, 2), (30, 3), (50, 2)]):
        generator = torch.Generator().manual_seed(seed)
        x = 2 * torch.randn(n, generator=generator, dtype=torch.float64)
        weights = torch.rand(k, generator=generator, dtype=torch.float64) + 0.2
        means = torch.randn(k, generator=generator, dtype=torch.float64)
        variances = torch.rand(k, generator=generator, dtype=torch.float64) + 0.5
        inputs.append((x, weights / weights.sum(), means, variances))
    return function(
        answer,
        em_variant(),
        inputs,
        tol=1e-5,  # nhận cả lời giải tính bằng float32
        name="em_1d",
        hints=[
            (
                em_variant(centre="old"),
                "Phương sai mới phải tính quanh tâm MỚI; bạn đang dùng tâm cũ.",
            ),
            (
                em_variant(hard=True),
                "Bạn giao hẳn mỗi điểm cho thành phần gần nhất. EM chia mềm: mỗi điểm thuộc về "
                "mọi thành phần, mỗi nơi một phần.",
            ),
            (
                em_variant(prior=False),
                "Trách nhiệm thiếu trọng số: nhân mật độ với π_k trước khi chia.",
            ),
            (
                em_variant(axis=0),
                "Trách nhiệm đang có tổng 1 theo các điểm; phải có tổng 1 theo các thành phần.",
            ),
            (
                em_variant(volume=False),
                "Mật độ N(x; μ, v) có thừa số 1/√v; thành phần rộng thì thấp. Bạn quên nó.",
            ),
            (
                em_variant(width="std"),
                "Tham số thứ tư là phương sai v; bạn dùng nó như độ lệch chuẩn. Với "
                "torch.distributions.Normal, hãy đưa √v.",
            ),
            (
                em_variant(width="double"),
                "Thiếu thừa số ½ trong số mũ: log N(x; μ, v) chứa −(x − μ)²/(2v).",
            ),
            (
                em_variant(root=True),
                "Giá trị thứ ba là độ lệch chuẩn; đề hỏi phương sai.",
            ),
            (
                em_variant(counts_only=True),
                "Trọng số mới phải có tổng 1: chia N_k cho số điểm.",
            ),
            (
                em_variant(over_n=True),
                "Tâm và phương sai chia cho N_k (tổng trách nhiệm), không chia cho số điểm.",
            ),
            (
                em_variant(unbiased=True),
                "Hợp lý cực đại chia cho N_k, không phải N_k − 1.",
            ),
        ],
    )


def em_variant(
    centre: str = "new",
    hard: bool = False,
    prior: bool = True,
    axis: int = 1,
    volume: bool = True,
    width: str = "variance",
    root: bool = False,
    counts_only: bool = False,
    over_n: bool = False,
    unbiased: bool = False,
):
    """Một bước EM một chiều; mỗi tham số là một chỗ mà người học hay viết khác đi."""

    def step(x: Tensor, weights: Tensor, means: Tensor, variances: Tensor):
        square = (x[:, None] - means) ** 2
        wide = variances**2 if width == "std" else variances
        log_joint = -(1.0 if width == "double" else 0.5) * square / wide
        if volume:
            log_joint = log_joint - 0.5 * wide.log()
        if prior:
            log_joint = log_joint + weights.log()
        r = log_joint.softmax(axis)
        if hard:
            r = torch.nn.functional.one_hot(log_joint.argmax(1), len(means)).to(x)
        counts = r.sum(0)
        total = torch.full_like(counts, len(x)) if over_n else counts
        new = (r * x[:, None]).sum(0) / total
        spread = (r * (x[:, None] - (new if centre == "new" else means)) ** 2).sum(0)
        spread = spread / (counts - 1 if unbiased else total)
        share = counts if counts_only else counts / len(x)
        return share, new, spread.sqrt() if root else spread

    return step


def mixture_parameters(answer: Any, components: int = 10, dim: int = 64) -> Report:
    """Số tham số tự do của hỗn hợp Gauss với hiệp phương sai đầy. Sách: (eq-mixture)"""
    k, d = components, dim
    triangle = d * (d + 1) // 2
    wrong = [
        (k + k * d + k * triangle, "Các trọng số có tổng 1: chỉ K − 1 số được chọn tự do."),
        (k - 1 + k * d + k * d * d, "Ma trận hiệp phương sai đối xứng: chỉ D(D + 1)/2 số tự do."),
        (k + k * d + k * d * d, "Hiệp phương sai đối xứng, và các trọng số có tổng 1."),
        (k - 1 + 2 * k * d, "Đó là hiệp phương sai đường chéo; đề hỏi hiệp phương sai đầy."),
        (k * d + k * triangle, "Bạn quên các trọng số."),
        (k * d + k * d * d, "Hiệp phương sai đối xứng, và bạn quên các trọng số."),
        (
            k - 1 + k * triangle,
            "Thiếu đúng KD số: bạn quên các tâm, hoặc quên đường chéo của các hiệp phương sai.",
        ),
        (k - 1 + k * d, "Bạn quên các hiệp phương sai."),
        (k - 1 + k * d + triangle, "Mỗi thành phần có hiệp phương sai riêng: nhân với K."),
        (d + triangle, "Đó là một Gauss; hỗn hợp có K thành phần và các trọng số."),
    ]
    return number(answer, k - 1 + k * d + k * triangle, tol=0.4, hints=wrong, name="số tham số")
