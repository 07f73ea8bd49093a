"""Bộ chấm các bài «Thử ngay» của chương Hợp lý cực đại, entropy và KL.

Đáp án được tính tại đây từ đề bài. Mỗi bộ chấm kèm những câu trả lời sai điển hình và lời
gợi ý cho từng câu.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from .report import Report, function, number, numbers

LN2 = math.log(2)


def entropy(p: Sequence[float]) -> float:
    """−Σ p log p, nat."""
    return -sum(a * math.log(a) for a in p if a > 0)


def cross_entropy(p: Sequence[float], q: Sequence[float]) -> float:
    """−Σ p log q, nat."""
    return -sum(a * math.log(b) for a, b in zip(p, q, strict=True) if a > 0)


def far(hints: list, exact: float, tol: float) -> list:
    """Bỏ những câu sai tình cờ trùng đáp án với tham số này."""
    return [(value, text) for value, text in hints if not abs(value - exact) <= 2 * tol]


def coin(answer, p: float = 0.9) -> Report:
    """Entropy (bit) của đồng xu có xác suất ngửa p. Sách: (eq-entropy)"""
    exact = entropy([p, 1 - p]) / LN2
    rare, common = -math.log2(min(p, 1 - p)), -math.log2(max(p, 1 - p))
    wrong = [
        (exact * LN2, "Đây là entropy tính bằng nat; đề hỏi bit. Chia cho ln 2 (hoặc dùng log₂)."),
        (exact * LN2**2, "Bạn đổi đơn vị ngược chiều: từ nat sang bit thì chia cho ln 2."),
        (rare, "Đây là lượng tin của mặt hiếm. Entropy là trung bình lượng tin của cả hai mặt."),
        (common, "Đây là lượng tin của mặt hay gặp. Entropy là trung bình của cả hai mặt."),
        (rare + common, "Mỗi mặt phải nhân với xác suất của nó rồi mới cộng."),
        (exact / math.log2(10), "Bạn dùng log₁₀; đơn vị bit cần log₂."),
        ((rare + common) / 2, "Trung bình phải lấy theo xác suất của từng mặt, không phải ½, ½."),
        (1.0, "1 bit là entropy của đồng xu cân. Đồng xu này dễ đoán hơn."),
        (-exact, "Entropy không âm: log của số nhỏ hơn 1 thì âm, nên phải có dấu trừ phía trước."),
        (max(p, 1 - p) * common, "Còn thiếu số hạng của mặt hiếm."),
        (min(p, 1 - p) * rare, "Còn thiếu số hạng của mặt hay gặp."),
    ]
    return number(answer, exact, tol=1e-3, hints=far(wrong, exact, 1e-3), name="entropy")


def three_numbers(
    answer, p: Sequence[float] = (0.6, 0.3, 0.1), q: Sequence[float] = (0.2, 0.2, 0.6)
) -> Report:
    """Bộ ba H(p), H(p, q), D_KL(p‖q) tính bằng nat. Sách: (eq-cross-entropy), (eq-kl)"""
    h, h_q, ce, reverse_ce = entropy(p), entropy(q), cross_entropy(p, q), cross_entropy(q, p)
    kl, reverse = ce - h, reverse_ce - h_q
    wrong = [
        (
            (h / LN2, ce / LN2, kl / LN2),
            "Ba số này là bit; đề hỏi nat. Dùng logarit tự nhiên.",
        ),
        (
            (h, ce, reverse),
            "Số thứ ba là KL theo chiều kia, D(q‖p). Trong D(p‖q), trung bình lấy theo p.",
        ),
        (
            (h, reverse_ce, reverse_ce - h),
            "Entropy chéo H(p, q) lấy trung bình theo p và log của q; bạn đã đổi vai hai luật.",
        ),
        (
            (h, reverse_ce, None),
            "Entropy chéo H(p, q) lấy trung bình theo p và log của q; bạn đã đổi vai hai luật.",
        ),
        ((h, ce, ce), "Số thứ ba vẫn là entropy chéo. KL bằng entropy chéo trừ entropy."),
        ((h, kl, None), "Số thứ hai là KL. Entropy chéo còn chứa cả H(p)."),
        ((h, ce, -kl), "KL không âm: lấy entropy chéo trừ entropy, không phải ngược lại."),
        ((h, ce, kl / LN2), "Hai số đầu là nat mà số thứ ba là bit; dùng một logarit cho cả ba."),
        ((h, ce, ce + h), "KL là phần trả thừa: entropy chéo TRỪ entropy."),
        (
            (h, ce, sum(math.log(a / b) for a, b in zip(p, q, strict=True))),
            "Trong KL, mỗi log p/q còn phải nhân với p.",
        ),
        (
            (h, ce, sum(a * abs(math.log(a / b)) for a, b in zip(p, q, strict=True))),
            "Đừng lấy trị tuyệt đối: trong KL có số hạng âm, chỉ tổng mới không âm.",
        ),
        ((h, ce, h_q - h), "Số thứ ba là hiệu của hai entropy. KL bằng H(p, q) trừ H(p)."),
        (
            (h, h_q, None),
            "Số thứ hai là entropy của q. Trong H(p, q), log của q nhưng trung bình theo p.",
        ),
        ((ce, h, None), "Hai số đầu đổi chỗ cho nhau: đề hỏi H(p) trước, H(p, q) sau."),
        ((h_q, None, None), "Số thứ nhất là entropy của q; đề hỏi H(p)."),
        ((-h, None, None), "Entropy của phân phối rời rạc không âm: thiếu dấu trừ."),
        ((h / LN2, None, None), "Số thứ nhất tính bằng bit; đề hỏi nat."),
    ]
    return numbers(answer, (h, ce, kl), tol=2e-4, hints=wrong, name="bộ ba")


def kl_function(answer) -> Report:
    """Hàm kl(p, q) cho tensor (..., K): nat, tổng theo chiều cuối, 0·log 0 = 0. Sách: (eq-kl)"""
    generator = torch.Generator().manual_seed(0)

    def law(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, dtype=torch.float64).softmax(-1)

    with_zero = torch.tensor([0.5, 0.0, 0.5], dtype=torch.float64)
    inputs = [(law(4), law(4)), (law(5, 3), law(5, 3)), (with_zero, law(3))]

    def reference(p, q):
        return terms(p, q).sum(-1)

    every = "Lấy tổng theo chiều cuối: .sum(-1), để mỗi hàng là một phân phối."
    mean = (
        "F.kl_div lấy trung bình trên các phần tử hay trên lô. Dùng reduction='none' rồi .sum(-1)."
    )
    sign = "Sai dấu: KL không âm."
    bit = "Kết quả là bit; đề hỏi nat."

    def terms(p, q):  # p log(p/q), và 0 ở chỗ p = 0
        return torch.xlogy(p, p) - torch.xlogy(p, q)

    hints = [
        (
            lambda p, q: terms(q, p).sum(-1),
            "Đây là D(q‖p). Trong D(p‖q), trung bình lấy theo p.",
        ),
        (
            lambda p, q: (p * (p / q).log()).sum(-1),
            "Ở chỗ p = 0, 0·log 0 phải bằng 0 chứ không phải NaN. Dùng torch.xlogy, "
            "hoặc torch.where.",
        ),
        (lambda p, q: terms(p, q).sum(-1) / LN2, bit),
        (lambda p, q: (p * (p / q).log2()).sum(-1), bit),
        (lambda p, q: -torch.xlogy(p, q).sum(-1), "Đây là entropy chéo. Còn phải trừ H(p)."),
        (lambda p, q: -terms(p, q).sum(-1), sign),
        (lambda p, q: (p * (q / p).log()).sum(-1), sign),
        (
            lambda p, q: terms(p, q).abs().sum(-1),
            "Đừng lấy trị tuyệt đối từng số hạng: có số hạng âm, chỉ tổng mới không âm.",
        ),
        (
            lambda p, q: torch.special.entr(q).sum(-1) - torch.special.entr(p).sum(-1),
            "Đây là hiệu của hai entropy. Trong entropy chéo, log của q nhưng trung bình theo p.",
        ),
        (
            lambda p, q: terms(p, q).mean(-1),
            "KL là tổng theo các kết cục; trọng số p đã nằm trong tổng. Đừng chia cho K.",
        ),
        (lambda p, q: terms(p, q).sum(), every),
        (lambda p, q: terms(p, q).mean(), mean),
        (lambda p, q: terms(p, q).sum() / len(p), mean),
        (lambda p, q: (p * (p / q).log()).sum(), every),
        (
            lambda p, q: (p.log() - q.log()).sum(-1),
            "Thiếu trọng số p trước mỗi log p/q.",
        ),
        (
            lambda p, q: torch.nn.functional.kl_div(p, q, reduction="none").sum(-1),
            "F.kl_div(input, target) cần input là LOG xác suất của q và target là p.",
        ),
        (
            lambda p, q: torch.nn.functional.kl_div(p.log(), q, reduction="none").sum(-1),
            "F.kl_div(log p, q) tính D(q‖p): đối số đầu là log của luật đứng SAU.",
        ),
    ]
    return function(answer, reference, inputs, tol=1e-6, hints=hints, name="kl")


def density(answer, std: float = 0.01, half_width: float = 0.001) -> Report:
    """Với X ~ N(0, std²): cặp (mật độ tại 0, P(|X| < half_width)). Mật độ không là xác suất."""
    peak = 1 / (std * math.sqrt(2 * math.pi))
    probability = math.erf(half_width / std / math.sqrt(2))
    wrong = [
        ((None, peak), "Số thứ hai là mật độ; xác suất là diện tích dưới đường mật độ."),
        (
            (1.0, None),
            "Mật độ không bị chặn bởi 1: chỉ diện tích mới bằng 1. Đừng cắt nó về 1.",
        ),
        (
            (peak, peak * half_width),
            "Khoảng |X| < r dài 2r, từ −r đến r; bạn mới lấy một nửa.",
        ),
        ((peak, probability / 2), "Mới có một nửa khoảng: từ 0 đến r. Còn nửa từ −r đến 0."),
        (
            (1 / math.sqrt(2 * math.pi), None),
            "Đây là mật độ của N(0, 1). Thu hẹp lại thì đỉnh cao lên: chia cho σ.",
        ),
        ((peak, 1 - probability), "Đây là xác suất ở NGOÀI khoảng; đề hỏi |X| < r."),
        ((peak, (1 + probability) / 2), "Đây là P(X < r), kể cả mọi số âm; đề hỏi |X| < r."),
        (
            (peak, math.erf(half_width / std)),
            "Trong erf phải chia cho √2: P(|X| < r) = erf(r/(σ√2)).",
        ),
        (
            (peak / std, None),
            "Mẫu số của mật độ là σ√(2π): một σ, không phải σ².",
        ),
        ((math.log(peak), None), "Đây là log mật độ; đề hỏi mật độ."),
        (
            (1 / math.sqrt(2 * math.pi * std), None),
            "Bạn đặt σ vào chỗ của σ²: mật độ tại 0 là 1/(σ√(2π)).",
        ),
    ]

    # Một dung sai chung cho hai số cỡ rất khác nhau: so tương đối.
    def relative(pair):
        return tuple(
            value if value is None or value is ... or isinstance(value, bool) else value / unit
            for value, unit in zip(pair, (peak, probability), strict=True)
        )

    if not isinstance(answer, str | bytes | dict | set | frozenset):
        try:
            answer = list(answer)
            answer = relative(answer)
        except Exception:
            pass  # để `numbers` giải thích cái gì không đọc được
    hints = [(relative(pair), text) for pair, text in wrong]
    report = numbers(answer, (1.0, 1.0), tol=5e-3, hints=hints, name="cặp số")
    if report.ok or report.blank or "thành phần [" not in report.message:
        return report
    which = "mật độ tại 0" if "thành phần [0]" in report.message else "xác suất"
    return Report(False, f"Chưa đúng: xem lại {which}.")


def rescale(answer, dim: int = 784, scale: float = 255.0) -> Report:
    """Dữ liệu đổi thang x → scale·x trong `dim` chiều: log mật độ được cộng thêm bao nhiêu nat?"""
    exact = -dim * math.log(scale)
    wrong = [
        (-exact, "Sai dấu: kéo giãn không gian thì mật độ loãng đi, log mật độ giảm."),
        (-math.log(scale), "Mới tính một chiều; mỗi chiều đều bị kéo giãn."),
        (math.log(scale), "Mới tính một chiều, và sai dấu: kéo giãn thì mật độ loãng đi."),
        (exact / LN2, "Đây là bit; đề hỏi nat."),
        (-exact / LN2, "Đây là bit, và sai dấu: kéo giãn không gian thì log mật độ giảm."),
        (exact / math.log(10), "Bạn dùng log₁₀; nat cần logarit tự nhiên."),
        (-dim * math.log(scale + 1), f"Thang đo giãn {scale:g} lần; đừng cộng thêm 1."),
        (math.sqrt(dim) * -math.log(scale), f"Cần đủ mọi chiều: ảnh có {dim} điểm ảnh."),
        (-dim * scale, "Mật độ chia cho thể tích scale^D; log của nó là D·log(scale)."),
        (0.0, "Log xác suất thì không đổi, nhưng đây là log mật độ: nó đổi theo đơn vị đo."),
    ]
    return number(answer, exact, tol=0.5, hints=far(wrong, exact, 0.5), name="lượng cộng thêm")


def noise(answer, share: float = 0.99) -> Report:
    """Trộn `share` nhiễu vào một mô hình: log hợp lý trung bình giảm nhiều nhất bao nhiêu nat?"""
    exact = -math.log(1 - share)
    wrong = [
        (
            -math.log(share),
            "Đây là −log của phần nhiễu. Phần tốt chỉ còn trọng số 1 trừ tỉ lệ nhiễu.",
        ),
        (exact / LN2, "Đây là bit; đề hỏi nat."),
        (-exact, "Đề hỏi giảm bao nhiêu, nên đáp số dương."),
        (
            math.inf,
            "Không vô hạn: q(x) không nhỏ hơn phần tốt (trọng số nhân p(x)); lấy log hai vế.",
        ),
        (math.log(share), "Đây là log của phần nhiễu. Hãy lấy trọng số của phần tốt."),
        (
            math.log(share / (1 - share)),
            "Đây là log của tỉ số nhiễu trên tốt. Chỉ cần trọng số của phần tốt.",
        ),
        (share * exact, "Đừng nhân thêm với tỉ lệ nhiễu: chặn trên đúng cho từng điểm x."),
        (exact / math.log(10), "Bạn dùng log₁₀; nat cần logarit tự nhiên."),
        (-exact / LN2, "Đây là bit, và đề hỏi giảm bao nhiêu, nên đáp số dương."),
        (0.0, "Có mất: phần tốt chỉ còn một trọng số nhỏ, log của nó khác 0."),
        (share, "Log hợp lý không nhân với phần trăm: lấy log của trọng số còn lại."),
        (share * 100, "Log hợp lý không mất theo phần trăm: lấy log của trọng số còn lại."),
        (1 / (1 - share), "Đó là số lần mật độ bị chia nhỏ; log của nó mới là số nat."),
    ]
    return number(answer, exact, tol=2e-3, hints=far(wrong, exact, 2e-3), name="số nat")
