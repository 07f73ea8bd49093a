"""Bộ chấm các bài «Thử ngay» của sổ «Mô hình khuếch tán (DDPM, DDIM)».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number, numbers

# Chuỗi hai bước của cả chương: β = (0.1, 0.2), x₀ = 1, x₂ = 0.5.
BETAS, X0, X2 = (0.1, 0.2), 1.0, 0.5
# Mức nhiễu của câu «nhiễu và điểm số»: ᾱ = 0.25, x₀ = 0.8, x_k = 1.
SIGNAL, CLEAN, NOISY = 0.25, 0.8, 1.0


def linear_betas(steps: int = 1000) -> Tensor:
    """β tăng đều từ 10⁻⁴ đến 0.02."""
    return torch.linspace(1e-4, 0.02, steps, dtype=torch.float64)


def schedule_end(answer: Any) -> Report:
    """(10⁵·ᾱ_T, 10³·√ᾱ_T, 10⁵·KL mỗi chiều) của lịch tuyến tính T = 1000, |x₀| = 1.

    Sách: (eq-linear-schedule), (eq-ddpm-closed-form)
    """
    betas = linear_betas()
    end = (1 - betas).prod().item()
    kl = -0.5 * math.log1p(-end)
    right = (1e5 * end, 1e3 * math.sqrt(end), 1e5 * kl)
    mean = (1 - betas.mean().item()) ** 1000
    total = math.exp(-betas.sum().item())
    return numbers(
        answer,
        right,
        tol=0.02,
        name="bộ ba của lịch nhiễu",
        hints=[
            (
                (0.0, None, None),
                "Số đầu gần 0: hoặc bạn nhân các β (cần nhân các α = 1 − β), hoặc quên nhân 10⁵.",
            ),
            (
                (None, math.sqrt(end), None),
                "Số thứ hai quên nhân 10³: hãy đưa 10³·√ᾱ_T.",
            ),
            ((None, None, 1e3 * kl), "Số cuối nhân 10⁵, không phải 10³."),
            ((1e5 * mean, None, None), "Đó là (1 − β trung bình)^T; hãy nhân từng 1 − β_k."),
            ((1e5 * total, None, None), "Đó là e mũ −Σβ, chỉ gần đúng; hãy nhân từng 1 − β_k."),
            (
                (1e5 * math.sqrt(end), None, None),
                "Đó là √ᾱ_T, hệ số của x₀; số đầu hỏi ᾱ_T, phần phương sai của nó.",
            ),
            (
                (1e5 * (1 - betas[-1].item()), None, None),
                "Đó là α_T = 1 − β_T của một bước cuối; cần tích của mọi bước.",
            ),
            ((None, 1e3 * end, None), "Số thứ hai là hệ số của x₀, có dấu căn: √ᾱ_T."),
            (
                (None, 1e3 * math.sqrt(1 - end), None),
                "Đó là √(1 − ᾱ_T), hệ số của nhiễu; số thứ hai hỏi hệ số của x₀.",
            ),
            ((None, None, 2e5 * kl), "Bạn quên thừa số ½ của KL giữa hai Gauss."),
            (
                (None, None, 1e5 * (kl - 0.5 * end)),
                "Bạn quên số hạng ½ᾱ_T·x₀²: trung bình của x_T là √ᾱ_T·x₀, không phải 0.",
            ),
            ((None, None, -1e5 * kl), "KL không âm: log(1 − ᾱ_T) âm, đứng trước nó là dấu trừ."),
            (
                (None, None, 1e5 * kl / math.log(2)),
                "Đơn vị là nat: logarit tự nhiên, không phải log₂.",
            ),
        ],
    )


def terminal_snr(answer: Any) -> Report:
    """SNR_T của lịch √β tuyến tính từ √0.00085 đến √0.012, T = 1000.

    Sách: (eq-snr)
    """
    low, high = 0.00085, 0.012
    root = torch.linspace(low**0.5, high**0.5, 1000, dtype=torch.float64)
    end = (1 - root.square()).prod().item()
    straight = (1 - torch.linspace(low, high, 1000, dtype=torch.float64)).prod().item()
    no_square = (1 - root).prod().item()
    right = end / (1 - end)
    return number(
        answer,
        right,
        tol=1e-5,
        name="SNR ở cuối chuỗi",
        hints=[
            (0.0, "Không bằng 0: đó là cả vấn đề. Hãy nhân từng 1 − β_k rồi chia."),
            (end, "Đó là ᾱ_T; SNR còn chia cho phần nhiễu 1 − ᾱ_T."),
            (
                straight / (1 - straight),
                "Bạn cho β tăng đều; ở lịch này √β tăng đều, rồi mới bình phương.",
            ),
            (no_square / (1 - no_square), "Bạn quên bình phương √β trước khi lấy 1 − β."),
            (math.sqrt(end), "Đó là √ᾱ_T, hệ số của x₀; SNR là ᾱ_T/(1 − ᾱ_T)."),
            (1 - end, "Đó là phần nhiễu 1 − ᾱ_T; SNR lấy ᾱ_T chia cho nó."),
            (10 * math.log10(right), "Đó là đêxiben; đề hỏi chính tỉ số, ᾱ_T/(1 − ᾱ_T)."),
            (math.sqrt(right), "Đó là a_T/σ_T; SNR là tỉ số các phương sai, ᾱ/(1 − ᾱ)."),
            (1 / right, "Ngược tỉ số: tín hiệu trên nhiễu."),
            (math.log(right), "Đó là log SNR; đề hỏi SNR."),
            ((1 - high) / high, "Đó là SNR của riêng bước cuối; cần tích của mọi bước."),
        ],
    )


def diffuse(answer: Any) -> Report:
    """Hàm diffuse(x0, k, eps, beta): nhảy một lần đến x_k.

    x0, eps (n, d); k (n,) nguyên từ 1 đến T; beta (T,) với beta[0] là β₁.
    Sách: (eq-ddpm-closed-form)
    """
    inputs = []
    for n, d, steps in ((1, 1, 4), (5, 2, 10), (6, 3, 30)):
        beta = torch.linspace(0.02, 0.3, steps, dtype=torch.float64)
        k = torch.randint(1, steps + 1, (n,), generator=torch.Generator().manual_seed(n))
        k[-1] = steps
        inputs.append((points(n, d, 1), k, points(n, d, 2), beta))
    report = function(
        answer,
        jump(),
        inputs,
        tol=1e-5,
        name="diffuse",
        hints=[
            (
                jump(level=lambda b, k: (1 - b).prod().expand(len(k))),
                "Đó là ᾱ_T cho mọi điểm; mỗi điểm có bước k riêng: lấy phần tử k − 1 của tích dồn.",
            ),
            (
                jump(level=lambda b, k: torch.exp(-b.cumsum(0))[k - 1]),
                "e mũ −Σβ chỉ gần đúng; hãy nhân từng 1 − β.",
            ),
            (
                jump(level=lambda b, k: (1 - b)[k - 1]),
                "Bạn dùng α_k của một bước. Nhảy k bước thì cần tích ᾱ_k = α_1⋯α_k.",
            ),
            (
                jump(level=lambda b, k: b[k - 1]),
                "Bạn dùng β_k. Nhảy k bước thì cần ᾱ_k, tích của các 1 − β.",
            ),
            (
                jump(level=lambda b, k: b.cumprod(0)[k - 1]),
                "Bạn nhân các β; phải nhân các α = 1 − β.",
            ),
            (
                jump(level=lambda b, k: (1 - b).cumprod(0)[(k % len(b))]),
                "Lệch một bước: beta[0] là β₁, nên ᾱ_k ở vị trí k − 1 của tích dồn.",
            ),
            (
                jump(level=before),
                "Lệch một bước: đây là ᾱ_{k−1}. Hết bước k thì đã nhân đủ k thừa số.",
            ),
            (
                jump(signal=lambda a: a, noise=lambda a: 1 - a),
                "Bạn quên cả hai dấu căn: phương sai mới cộng lại bằng 1, không phải hệ số.",
            ),
            (
                jump(signal=lambda a: a),
                "Bạn quên dấu căn ở hệ số của x₀: √ᾱ_k.",
            ),
            (
                jump(noise=lambda a: 1 - a),
                "Bạn quên dấu căn ở hệ số của nhiễu: phương sai 1 − ᾱ_k, hệ số là căn của nó.",
            ),
            (
                jump(signal=lambda a: (1 - a).sqrt(), noise=lambda a: a.sqrt()),
                "Hai hệ số bị đổi chỗ: ᾱ_k đi với dữ liệu, 1 − ᾱ_k đi với nhiễu.",
            ),
            (
                jump(noise=lambda a: 1 - a.sqrt()),
                "Hệ số của nhiễu là √(1 − ᾱ), không phải 1 − √ᾱ.",
            ),
            (
                jump(noise=torch.ones_like),
                "Nhiễu cũng phải có hệ số, √(1 − ᾱ_k); nếu không phương sai phình ra.",
            ),
            (
                jump(noise=lambda a: -(1 - a).sqrt()),
                "Ngược dấu của nhiễu. (Cùng luật, nhưng ε mà mạng phải đoán đổi dấu.)",
            ),
        ],
    )
    return explained(
        report,
        IndexError="Lệch một bước: beta[0] là β₁, nên ᾱ_k ở vị trí k − 1 của tích dồn.",
        RuntimeError="Mỗi điểm một hệ số: đưa ᾱ_k từ (n,) về (n, 1), ví dụ bằng [:, None].",
    )


def explained(report: Report, **advice: str) -> Report:
    """Khi hàm dừng giữa chừng, thêm lời khuyên theo tên của lỗi."""
    for error, text in advice.items():
        if not report.ok and f"dừng vì {error}" in report.message:
            return Report(False, f"{report.message}. {text}")
    return report


def before(beta: Tensor, k: Tensor) -> Tensor:
    """ᾱ_{k−1}."""
    return torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])[k - 1]


def jump(
    level: Callable = lambda b, k: (1 - b).cumprod(0)[k - 1],
    signal: Callable = torch.sqrt,
    noise: Callable = lambda a: (1 - a).sqrt(),
) -> Callable:
    """x_k = signal(ᾱ)·x₀ + noise(ᾱ)·ε với từng mảnh thay được; mặc định là đáp án."""

    def value(x0: Tensor, k: Tensor, eps: Tensor, beta: Tensor) -> Tensor:
        a = level(beta, k).unsqueeze(1)
        return signal(a) * x0 + noise(a) * eps

    return value


def two_steps() -> tuple[float, float, float, float]:
    """(α₂, ᾱ₁, ᾱ₂, β₂) của chuỗi hai bước."""
    first, second = (1 - b for b in BETAS)
    return second, first, first * second, BETAS[1]


def posterior(answer: Any) -> Report:
    """(trung bình, phương sai) của q(x₁ | x₂, x₀) trong chuỗi hai bước.

    Sách: (eq-ddpm-posterior)
    """
    alpha, bar1, bar2, beta = two_steps()

    def mean(of_x0: float, of_x2: float) -> float:
        return of_x0 * X0 + of_x2 * X2

    of_x0 = math.sqrt(bar1) * beta / (1 - bar2)
    of_x2 = math.sqrt(alpha) * (1 - bar1) / (1 - bar2)
    right = (mean(of_x0, of_x2), (1 - bar1) / (1 - bar2) * beta)
    return numbers(
        answer,
        right,
        tol=1e-3,
        name="cặp (trung bình, phương sai)",
        hints=[
            (
                (mean(of_x2, of_x0), None),
                "Hai hệ số bị đổi chỗ: x₀ đi với √ᾱ₁·β₂, x₂ đi với √α₂·(1 − ᾱ₁).",
            ),
            (
                (mean(math.sqrt(bar2) * beta / (1 - bar2), of_x2), None),
                "Hệ số của x₀ dùng √ᾱ₁ (chặng từ x₀ đến x₁), không phải √ᾱ₂.",
            ),
            (
                (mean(bar1 * beta / (1 - bar2), of_x2), None),
                "Bạn quên dấu căn của ᾱ₁ ở hệ số của x₀.",
            ),
            (
                (mean(of_x0, alpha * (1 - bar1) / (1 - bar2)), None),
                "Bạn quên dấu căn của α₂ ở hệ số của x₂.",
            ),
            (
                (X2 / math.sqrt(alpha), None),
                "Đó là x₂/√α₂: mới phóng lại, chưa dùng x₀.",
            ),
            (
                (math.sqrt(bar1) * X0, None),
                "Đó là trung bình của x₁ khi chỉ biết x₀; ở đây còn biết x₂.",
            ),
            ((of_x0 * X0, None), "Bạn mới có phần của x₀; còn phần của x₂."),
            ((of_x2 * X2, None), "Bạn mới có phần của x₂; còn phần của x₀."),
            (
                (right[0] * (1 - bar2), None),
                "Bạn quên chia cho 1 − ᾱ₂.",
            ),
            (
                (None, beta),
                "β₂ là phương sai của bước thuận. Biết x₀ thì bớt phân vân: β̃₂ < β₂.",
            ),
            ((None, 1 / right[1]), "Đó là độ chính xác, 1/β̃₂; đề hỏi phương sai."),
            ((None, 1 - bar1), "Đó là phương sai của x₁ khi chưa biết x₂."),
            ((None, math.sqrt(right[1])), "Đó là độ lệch chuẩn; đề hỏi phương sai."),
            (
                (None, (1 - bar2) / (1 - bar1) * beta),
                "Ngược tỉ số: (1 − ᾱ₁)/(1 − ᾱ₂)·β₂, nhỏ hơn β₂.",
            ),
            (
                (None, BETAS[0] * (1 - bar1) / (1 - bar2)),
                "Bước lùi từ 2 về 1 dùng β₂, không phải β₁.",
            ),
            ((right[1], right[0]), "Hai số đúng nhưng ngược chỗ: trung bình đứng trước."),
        ],
    )


def noise_and_score(answer: Any) -> Report:
    """(ε, điểm số có điều kiện) khi ᾱ = 0.25, x₀ = 0.8, x_k = 1.

    Điểm số: ∇ log q(x_k | x₀) theo x_k. Sách: (eq-parameterizations)
    """
    a, sigma = math.sqrt(SIGNAL), math.sqrt(1 - SIGNAL)
    eps = (NOISY - a * CLEAN) / sigma
    score = -eps / sigma
    return numbers(
        answer,
        (eps, score),
        tol=1e-3,
        name="cặp (ε, điểm số)",
        hints=[
            ((NOISY - CLEAN, None), "x_k − x₀ còn lẫn phần co của tín hiệu: trừ √ᾱ·x₀."),
            ((NOISY - a * CLEAN, None), "Bạn quên chia cho σ = √(1 − ᾱ)."),
            (
                ((NOISY - a * CLEAN) / (1 - SIGNAL), None),
                "Chia cho độ lệch chuẩn √(1 − ᾱ), không phải phương sai.",
            ),
            (
                ((NOISY - SIGNAL * CLEAN) / sigma, None),
                "Hệ số của x₀ là √ᾱ = 0.5, không phải ᾱ.",
            ),
            (
                (a * NOISY - sigma * CLEAN, None),
                "Công thức ấy không ra ε. Giải x_k = √ᾱ·x₀ + √(1 − ᾱ)·ε theo ε.",
            ),
            ((-eps, None), "Ngược dấu: x_k = √ᾱ·x₀ + σ·ε, nên ε = (x_k − √ᾱ·x₀)/σ."),
            ((eps, -score), "Điểm số kéo về phía √ᾱ·x₀, tức ngược dấu với ε."),
            ((eps, eps), "Điểm số là −ε/σ, không phải ε."),
            ((eps, -eps), "Còn phải chia cho σ: điểm số là −ε/σ."),
            (
                (eps, -eps / SIGNAL),
                "Chia cho σ = √(1 − ᾱ), không phải ᾱ.",
            ),
            (
                (eps, -eps / (1 - SIGNAL)),
                "Chia cho σ một lần thôi: ε đã chia một lần, nên điểm số là −ε/σ.",
            ),
            ((score, eps), "Hai số đúng nhưng ngược chỗ: ε đứng trước."),
        ],
    )


def bound_terms(answer: Any) -> Report:
    """T = 3: (số hạng có tham số, số hạng khử nhiễu, số hạng của cả cận).

    Sách: (eq-ddpm-elbo)
    """
    return numbers(
        answer,
        (3, 2, 4),
        tol=1e-9,
        name="bộ ba số đếm",
        hints=[
            ((4, None, None), "KL ở đỉnh so hai luật không có tham số nào: đừng đếm nó."),
            ((2, None, None), "Bạn quên tái tạo: p(x₀ | x₁) cũng là mạng."),
            ((1, None, None), "Mỗi bước lùi có một số hạng, dù chung một mạng."),
            ((3, 3, None), "Khử nhiễu có k = 2 và 3; k = 1 là tái tạo, không phải KL."),
            ((3, 2, 3), "Đừng quên đỉnh, KL giữa q(x_T | x₀) và N(0, I)."),
            ((3, 2, 5), "Bốn: tái tạo, hai khử nhiễu, đỉnh."),
            ((2, 3, 4), "Hai số đầu ngược chỗ."),
        ],
    )


def ancestral_step(answer: Any) -> Report:
    """Hàm ancestral_step(x, k, eps, noise, beta): một bước lấy mẫu từ x_k về x_{k−1}, phương sai β.

    x, eps, noise (n, d); k một số nguyên từ 1 đến T; beta (T,) với beta[0] là β₁. eps là nhiễu mà
    mạng đoán, noise là nhiễu mới; ở k = 1 không rắc nhiễu. Sách: (eq-ancestral)
    """
    beta = torch.linspace(0.05, 0.4, 6, dtype=torch.float64)
    inputs = [
        (points(n, d, 3), k, points(n, d, 4), points(n, d, 5), beta)
        for n, d, k in ((1, 1, 6), (4, 2, 3), (3, 2, 2), (4, 2, 1))
    ]
    report = function(
        answer,
        reverse(),
        inputs,
        tol=1e-5,
        name="ancestral_step",
        hints=[
            (
                reverse(until=lambda k: None),
                "Bạn nhân mọi 1 − β của chuỗi; ᾱ_k chỉ nhân k thừa số đầu, [:k].",
            ),
            (
                reverse(until=lambda k: k - 1),
                "Lệch một bước: ᾱ_k là tích k thừa số đầu, [:k], không phải [:k − 1].",
            ),
            (reverse(scale=lambda b, bar: -b.sqrt()), "Ngược dấu của nhiễu mới: cộng √β_k·noise."),
            (reverse(last=True), "Ở k = 1 đừng rắc nhiễu: bước cuối trả về trung bình."),
            (
                reverse(scale=lambda b, bar: b),
                "Nhiễu mới nhân với √β_k, độ lệch chuẩn, không phải β_k.",
            ),
            (
                reverse(scale=lambda b, bar: (1 - bar).sqrt()),
                "√(1 − ᾱ_k) là nhiễu của cả đường đi. Một bước chỉ rắc √β_k.",
            ),
            (reverse(scale=lambda b, bar: 0 * b), "Bạn quên rắc nhiễu mới √β_k·noise."),
            (
                reverse(shrink=lambda b, bar: b),
                "Hệ số của ε là β_k/√(1 − ᾱ_k); bạn quên chia.",
            ),
            (
                reverse(shrink=lambda b, bar: b / (1 - bar)),
                "Hệ số của ε là β_k/√(1 − ᾱ_k); bạn quên dấu căn ở mẫu.",
            ),
            (
                reverse(shrink=lambda b, bar: b.sqrt()),
                "Hệ số của ε là β_k/√(1 − ᾱ_k). √β_k·ε chỉ đúng nếu cả nhiễu nằm trong một bước.",
            ),
            (
                reverse(shrink=lambda b, bar: (1 - bar).sqrt()),
                "√(1 − ᾱ_k)·ε gỡ hết nhiễu một lúc; ở đây chỉ lùi một bước.",
            ),
            (
                reverse(shrink=lambda b, bar: -b / (1 - bar).sqrt()),
                "Ngược dấu: phải bớt nhiễu đi, x trừ hệ số nhân ε.",
            ),
            (
                reverse(grow=lambda b, bar: 1 / bar.sqrt()),
                "Phóng lại bằng 1/√α_k của một bước, không phải 1/√ᾱ_k của cả đường.",
            ),
            (
                reverse(grow=lambda b, bar: 1 / (1 - b)),
                "Phóng lại bằng 1/√α_k: bạn quên dấu căn.",
            ),
            (
                reverse(grow=lambda b, bar: torch.ones_like(b)),
                "Bạn quên phóng lại bằng 1/√α_k.",
            ),
            (
                reverse(grow=lambda b, bar: (1 - b).sqrt()),
                "Chiều thuận co bằng √α_k; chiều ngược phải chia, 1/√α_k.",
            ),
            (
                reverse(scale=lambda b, bar: tilde(b, bar).sqrt()),
                "Đó là phương sai β̃_k, cũng là một lựa chọn hay; đề này dùng β_k.",
            ),
            (
                reverse(inside=True),
                "Nhiễu mới cộng sau khi phóng lại, không nằm trong ngoặc.",
            ),
        ],
    )
    return explained(report, IndexError="Lệch một bước: beta[0] là β₁, nên β_k là beta[k − 1].")


def tilde(beta: Tensor, bar: Tensor) -> Tensor:
    """β̃_k từ β_k và ᾱ_k."""
    return (1 - bar / (1 - beta)) / (1 - bar) * beta


def reverse(
    grow: Callable = lambda b, bar: 1 / (1 - b).sqrt(),
    shrink: Callable = lambda b, bar: b / (1 - bar).sqrt(),
    scale: Callable = lambda b, bar: b.sqrt(),
    last: bool = False,
    inside: bool = False,
    until: Callable = lambda k: k,
) -> Callable:
    """Bước lấy mẫu tổ tiên với từng mảnh thay được; mặc định là đáp án."""

    def value(x: Tensor, k: int, eps: Tensor, noise: Tensor, beta: Tensor) -> Tensor:
        b, bar = beta[k - 1], (1 - beta)[: until(k)].prod()
        fresh = scale(b, bar) * noise if k > 1 or last else 0 * noise
        kept = x - shrink(b, bar) * eps
        return grow(b, bar) * (kept + fresh) if inside else grow(b, bar) * kept + fresh

    return value


def ddim_step(answer: Any) -> Report:
    """Hàm ddim_step(x, k, j, eps, alpha_bar): bước DDIM tất định từ x_k về x_j.

    x, eps (n, d); 0 ≤ j < k; alpha_bar (T + 1,) với alpha_bar[0] = 1. Sách: (eq-ddim)
    """
    bar = (1 - torch.linspace(0.05, 0.4, 6, dtype=torch.float64)).cumprod(0)
    bar = torch.cat([bar.new_ones(1), bar])
    inputs = [
        (points(n, d, 6), k, j, points(n, d, 7), bar)
        for n, d, k, j in ((1, 1, 6, 4), (4, 2, 3, 2), (3, 2, 5, 1), (4, 2, 2, 0))
    ]
    return function(
        answer,
        implicit(),
        inputs,
        tol=1e-5,
        name="ddim_step",
        hints=[
            (
                lambda x, k, j, e, bar: implicit()(x, k, k - 1, e, bar),
                "Bạn đi về bước k − 1; hàm này phải nhảy thẳng tới j.",
            ),
            (
                lambda x, k, j, e, bar: implicit()(x, j, k, e, bar),
                "j và k bị đổi chỗ: gỡ ở mức của k, trộn lại ở mức của j.",
            ),
            (
                lambda x, k, j, e, bar: implicit()(x, k, j + 1, e, bar),
                "Lệch một bước: alpha_bar[0] = 1, nên ᾱ_j là alpha_bar[j].",
            ),
            (
                lambda x, k, j, e, bar: bar[j] * (x - (1 - bar[k]) * e) / bar[k] + (1 - bar[j]) * e,
                "Bạn quên mọi dấu căn: hệ số là √ᾱ và √(1 − ᾱ).",
            ),
            (
                implicit(noise=lambda bj, bk: -(1 - bj).sqrt()),
                "Ngược dấu khi trộn lại: cộng √(1 − ᾱ_j)·ε.",
            ),
            (
                implicit(clean=lambda x, e, bk: x, noise=lambda bj, bk: 0 * bj),
                "Bạn chưa dùng ε: trước hết đoán x̂₀ = (x − √(1 − ᾱ_k)·ε)/√ᾱ_k.",
            ),
            (
                implicit(noise=lambda bj, bk: (1 - bk).sqrt()),
                "Trộn lại ở mức của bước j: √(1 − ᾱ_j)·ε, không phải √(1 − ᾱ_k).",
            ),
            (
                implicit(noise=lambda bj, bk: 1 - bj),
                "Bạn quên dấu căn: √(1 − ᾱ_j)·ε.",
            ),
            (
                implicit(signal=lambda bj, bk: bj),
                "Bạn quên dấu căn ở hệ số của x̂₀: √ᾱ_j.",
            ),
            (
                implicit(signal=lambda bj, bk: bk.sqrt()),
                "Trộn lại ở mức của bước j: √ᾱ_j·x̂₀, không phải √ᾱ_k.",
            ),
            (
                implicit(noise=lambda bj, bk: 0 * bj),
                "Bạn bỏ phần nhiễu đã đoán. Tất định là không rắc nhiễu mới; nhiễu cũ vẫn còn.",
            ),
            (
                implicit(clean=lambda x, e, bk: x - (1 - bk).sqrt() * e),
                "x̂₀ còn phải chia cho √ᾱ_k.",
            ),
            (
                implicit(clean=lambda x, e, bk: (x - (1 - bk) * e) / bk.sqrt()),
                "Trong x̂₀, hệ số của ε là √(1 − ᾱ_k).",
            ),
            (
                implicit(clean=lambda x, e, bk: (x - (1 - bk).sqrt() * e) / bk),
                "Trong x̂₀, chia cho √ᾱ_k, không phải ᾱ_k.",
            ),
            (
                implicit(clean=lambda x, e, bk: (x + (1 - bk).sqrt() * e) / bk.sqrt()),
                "Trong x̂₀ phải trừ nhiễu đi.",
            ),
            (
                lambda x, k, j, e, bar: (x - (1 - bar[k]).sqrt() * e) / bar[k].sqrt(),
                "Đó là x̂₀, ảnh sạch đoán được; còn phải trộn lại ở mức nhiễu của bước j.",
            ),
            (
                lambda x, k, j, e, bar: (
                    (x - (1 - bar[k] / bar[j]) / (1 - bar[k]).sqrt() * e) / (bar[k] / bar[j]).sqrt()
                ),
                "Đó là trung bình của bước ngẫu nhiên. DDIM không chỉ xóa số hạng nhiễu của nó.",
            ),
        ],
    )


def implicit(
    clean: Callable = lambda x, e, bk: (x - (1 - bk).sqrt() * e) / bk.sqrt(),
    signal: Callable = lambda bj, bk: bj.sqrt(),
    noise: Callable = lambda bj, bk: (1 - bj).sqrt(),
) -> Callable:
    """Bước DDIM tất định với từng mảnh thay được; mặc định là đáp án."""

    def value(x: Tensor, k: int, j: int, eps: Tensor, alpha_bar: Tensor) -> Tensor:
        bj, bk = alpha_bar[j], alpha_bar[k]
        return signal(bj, bk) * clean(x, eps, bk) + noise(bj, bk) * eps

    return value


def points(n: int, d: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64)
