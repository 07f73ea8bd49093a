"""Bộ chấm các bài «Thử ngay» của sổ «Dẫn hướng và khuếch tán trong không gian tiềm ẩn».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, function, number, numbers

# Ví dụ tính tay của cả chương: p = N(0, 1), p(· | c) = N(1, ¼).
MEAN, VARIANCE = 1.0, 0.25
# Bốn trị riêng của bài PCA, hai cái đầu được giữ.
EIGENVALUES, KEPT = (5.0, 3.0, 1.5, 0.5), 2
# Ba số hạng của cận khuếch tán tiềm ẩn, nat: tái tạo, cận của tiên nghiệm, log hậu nghiệm.
RECONSTRUCTION, PRIOR, POSTERIOR = -62.0, -21.0, 4.0


def values(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def tempered_variance(w: float, v: float = VARIANCE) -> float:
    """Phương sai của luật nguội ∝ p(x)·p(c | x)^w. Sách: (eq-tempered), (eq-guided-gaussian)"""
    return v / (v + w * (1 - v))


def sde_variance(w: float, v: float = VARIANCE) -> float:
    """Phương sai mẫu của SDE nghịch có dẫn hướng, w > ½. Sách: (eq-guided-gaussian)"""
    return v * (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v))


def ode_variance(w: float, v: float = VARIANCE) -> float:
    """Phương sai mẫu của ODE có dẫn hướng. Sách: (eq-guided-gaussian)"""
    return v**w


def guide(answer: Any) -> Report:
    """Hàm guide(eps_u, eps_c, w): dự đoán nhiễu có dẫn hướng; w = 1 là không dẫn hướng.

    eps_u, eps_c cùng hình dạng; w một số. Sách: (eq-cfg)
    """
    inputs = [
        (values(3, 2, seed=1), values(3, 2, seed=2), 2.0),
        (values(1, 1, seed=3), values(1, 1, seed=4), 0.0),
        (values(2, 1, 4, 4, seed=5), values(2, 1, 4, 4, seed=6), 7.5),
    ]
    return function(
        answer,
        lambda u, c, w: u + w * (c - u),
        inputs,
        tol=1e-5,
        name="guide",
        hints=[
            (
                lambda u, c, w: (1 + w) * c - w * u,
                "Lệch một: đó là quy ước (1 + w)ε_c − w·ε_∅, nơi 0 mới là không dẫn hướng. Ở đây "
                "w = 1 phải trả đúng ε_c.",
            ),
            (
                lambda u, c, w: u + (w - 1) * (c - u),
                "Lệch một theo chiều kia: với w = 1 phải ra ε_c, không phải ε_∅.",
            ),
            (
                lambda u, c, w: c + w * (u - c),
                "Hai dự đoán đổi vai: xuất phát từ ε_∅ (không nghe) rồi đi về phía ε_c.",
            ),
            (
                lambda u, c, w: u - w * (c - u),
                "Ngược chiều: đi từ ε_∅ VỀ PHÍA ε_c, nên cộng w(ε_c − ε_∅).",
            ),
            (
                lambda u, c, w: c + w * (c - u),
                "Điểm xuất phát là ε_∅, không phải ε_c: với w = 0 phải ra ε_∅.",
            ),
            (
                lambda u, c, w: u + w * c,
                "Phần nhân với w là HIỆU ε_c − ε_∅. Cộng cả ε_c thì nhiễu đoán ra phình to.",
            ),
            (lambda u, c, w: w * c, "Thiếu mô hình không điều kiện: cần cả ε_∅."),
            (lambda u, c, w: w * (c - u), "Thiếu điểm xuất phát ε_∅: ε_∅ + w(ε_c − ε_∅)."),
            (
                lambda u, c, w: (u + w * (c - u)) / (1 + w),
                "Không chia gì cả: hệ số (1 − w) và w đã cộng lại bằng 1.",
            ),
            (lambda u, c, w: u + w**2 * (c - u), "w vào một lần, không bình phương."),
        ],
    )


def three_laws(answer: Any) -> Report:
    """(luật nguội, SDE, ODE): phương sai với w = 3, p = N(0, 1), p(· | c) = N(1, ¼).

    Sách: (eq-guided-gaussian), (eq-tempered)
    """
    w, v = 3.0, VARIANCE
    right = (tempered_variance(w), sde_variance(w), ode_variance(w))
    cold, noisy, smooth = right
    return numbers(
        answer,
        right,
        tol=2e-4,
        name="ba phương sai",
        hints=[
            (
                (1.2, None, None),
                "1.2 là trung bình của luật nguội; đề hỏi phương sai.",
            ),
            ((v, v, v), "¼ là của luật có điều kiện, tức w = 1. Ở đây w = 3."),
            (
                (cold, cold, cold),
                "Luật nguội thì đúng. Nhưng SDE và ODE KHÔNG lấy mẫu luật nguội: đó là điều "
                "chương này bác bỏ.",
            ),
            (
                (cold, cold, None),
                "SDE không lấy mẫu luật nguội: phương sai của nó là v(1 − v^{2w−1})/((2w − 1)κ).",
            ),
            (
                (v / w, None, None),
                "v/w là của N(m, v) lấy lũy thừa w, quên mất p(x)^{1−w}: độ chính xác là "
                "1 + w(1/v − 1).",
            ),
            (
                (1 / (1 + w / v), None, None),
                "Độ chính xác của luật nguội là 1 + w(1/v − 1) = 10: p(c | x) có độ chính xác "
                "1/v − 1 = 3, không phải 1/v = 4.",
            ),
            ((tempered_variance(2.0), None, None), "Bạn dùng w = 2; ở đây w = 3."),
            ((1 / cold, None, None), "Đó là độ chính xác; phương sai là nghịch đảo."),
            ((math.sqrt(cold), None, None), "Đó là độ lệch chuẩn; đề hỏi phương sai."),
            (
                (cold, sde_variance(w + 1), None),
                "Số mũ của SDE là 2w − 1, không phải 2w + 1.",
            ),
            (
                (cold, v * (1 - v ** (w - 1)) / ((w - 1) * (1 - v)), None),
                "Số mũ của SDE là 2w − 1, không phải w − 1.",
            ),
            (
                (cold, v * (1 - v**w) / (w * (1 - v)), None),
                "Số mũ của SDE là 2w − 1, không phải w.",
            ),
            (
                (cold, (1 - v ** (2 * w - 1)) / ((2 * w - 1) * (1 - v)), None),
                "SDE: bạn quên nhân với v.",
            ),
            (
                (cold, v * (1 - v ** (2 * w - 1)) / (2 * w - 1), None),
                "SDE: bạn quên chia cho κ = 1 − v.",
            ),
            ((cold, smooth, noisy), "SDE và ODE đổi chỗ: SDE rộng hơn ODE."),
            ((smooth, noisy, cold), "Ngược thứ tự: đề hỏi luật nguội, SDE, ODE."),
            (
                (cold, noisy, v ** (w / 2)),
                "v^{w/2} là hệ số giãn của ODE; phương sai là bình phương của nó.",
            ),
            ((cold, noisy, v ** (2 * w)), "Phương sai của ODE là v^w, không phải v^{2w}."),
            ((cold, noisy, w * v), "Lũy thừa, không phải nhân: v^w."),
            ((cold, noisy, v / w), "ODE: v^w, không phải v/w."),
        ],
    )


def classifier_step(answer: Any) -> Report:
    """Hàm classifier_step(eps, grad, sigma, w): nhiễu có dẫn hướng bằng bộ phân loại.

    eps, grad (n, d): ε_θ(x, s) và ∇log p(c | x_s); sigma là σ(s). Sách: (eq-classifier-guidance)
    """
    inputs = [
        (values(4, 2, seed=1), values(4, 2, seed=2), 0.6, 1.0),
        (values(1, 3, seed=3), values(1, 3, seed=4), 0.95, 2.5),
        (values(2, 1, seed=5), values(2, 1, seed=6), 0.1, 0.0),
    ]

    def step(scale: Callable, sign: float = -1.0) -> Callable:
        return lambda eps, grad, sigma, w: eps + sign * w * scale(sigma) * grad

    return function(
        answer,
        step(lambda sigma: sigma),
        inputs,
        tol=1e-5,
        name="classifier_step",
        hints=[
            (
                step(lambda sigma: sigma, 1.0),
                "Ngược dấu: ε = −σ∇log p, nên cộng vào điểm số là TRỪ vào ε.",
            ),
            (
                step(lambda sigma: 1.0),
                "Thiếu σ: gradient là một điểm số, đổi ra nhiễu phải nhân với σ.",
            ),
            (
                step(lambda sigma: 1.0, 1.0),
                "Gradient là một điểm số: đổi ra nhiễu phải nhân với −σ.",
            ),
            (step(lambda sigma: sigma**2), "σ vào một lần: ε = −σ∇log p. σ² là phương sai."),
            (step(lambda sigma: 1 / sigma), "Nhân với σ, không chia: ε = −σ∇log p."),
            (
                step(math.sqrt),
                "Nhân với σ, không phải √σ. (Nếu đề cho phương sai σ² thì mới lấy căn.)",
            ),
            (
                step(lambda sigma: math.sqrt(1 - sigma**2)),
                "Đó là a = √(1 − σ²), hệ số của dữ liệu; cần σ, hệ số của nhiễu.",
            ),
            (
                lambda eps, grad, sigma, w: -w * sigma * grad,
                "Thiếu ε_θ: gradient được CỘNG THÊM vào dự đoán của mạng, không thay nó.",
            ),
            (
                lambda eps, grad, sigma, w: w * grad - eps / sigma,
                "Đó là điểm số đã dẫn hướng; đề hỏi nhiễu. Nhân với −σ.",
            ),
            (
                step(lambda sigma: math.sqrt(1 - sigma**2) / sigma),
                "Chỉ nhân với σ: ε = −σ∇log p, không có a.",
            ),
            (
                lambda eps, grad, sigma, w: eps - sigma * grad,
                "Bạn quên trọng số w.",
            ),
            (
                lambda eps, grad, sigma, w: eps - (1 + w) * sigma * grad,
                "Lệch một: với w = 0 phải trả đúng ε_θ.",
            ),
            (
                lambda eps, grad, sigma, w: (1 - w) * eps - w * sigma * grad,
                "ε_θ giữ nguyên hệ số 1. Chỉ trộn theo (1 − w, w) khi có hai mô hình, (eq-cfg).",
            ),
        ],
    )


def drop_labels(answer: Any) -> Report:
    """Hàm drop_labels(labels, u, p, null): nhãn sau khi bỏ; u (n,) đều trên [0, 1).

    labels (n,) nguyên; nhãn ở chỗ u < p thành `null`, còn lại giữ nguyên. Kiểu nguyên như cũ.
    Sách: (eq-cfg)
    """
    u = torch.tensor([0.05, 0.5, 0.15, 0.95, 0.0, 0.2])
    labels = torch.tensor([3, 1, 4, 1, 5, 9])
    inputs = [(labels, u, 0.1, 10), (labels, u, 0.3, 10), (labels, u, 0.0, 10), (labels, u, 1.0, 7)]
    report = function(
        answer,
        lambda c, u, p, null: torch.where(u < p, torch.full_like(c, null), c),
        inputs,
        tol=0,
        name="drop_labels",
        hints=[
            (
                lambda c, u, p, null: torch.where(u < p, c, torch.full_like(c, null)),
                "Ngược: u < p là chỗ BỎ nhãn, còn lại giữ.",
            ),
            (
                lambda c, u, p, null: torch.where(u < p, torch.zeros_like(c), c),
                "Nhãn rỗng không phải 0: số 0 là một lớp thật. Hãy dùng `null`.",
            ),
            (
                lambda c, u, p, null: torch.where(u <= p, torch.full_like(c, null), c),
                "Dùng u < p, không phải u ≤ p: với p = 0 không nhãn nào được bỏ, kể cả khi u = 0.",
            ),
            (
                lambda c, u, p, null: torch.where(u < 1 - p, torch.full_like(c, null), c),
                "Xác suất bỏ là p, không phải 1 − p.",
            ),
            (
                lambda c, u, p, null: torch.where(u > 1 - p, torch.full_like(c, null), c),
                "Đề dùng u < p. (u > 1 − p cũng có xác suất p, nhưng bỏ những nhãn khác.)",
            ),
            (
                lambda c, u, p, null: c[u >= p],
                "Bỏ NHÃN, không bỏ ĐIỂM: những điểm ấy vẫn học, với nhãn `null`.",
            ),
            (
                lambda c, u, p, null: torch.full_like(c, null) if bool(u[0] < p) else c,
                "Mỗi điểm một đồng xu riêng, không phải cả lô một đồng xu.",
            ),
            (lambda c, u, p, null: c, "Bạn chưa bỏ nhãn nào."),
            (
                lambda c, u, p, null: torch.where(u < p, torch.full_like(c, 10), c),
                "Nhãn rỗng đến từ đối số `null`; nó không luôn là 10.",
            ),
            (
                lambda c, u, p, null: torch.where(u < p, torch.full_like(c, -1), c),
                "Nhãn rỗng là đối số `null`. Số −1 không có hàng nào trong bảng vector.",
            ),
        ],
    )
    if report and torch.as_tensor(answer(labels.clone(), u.clone(), 0.3, 10)).is_floating_point():
        return Report(
            False,
            "Giá trị đúng, nhưng là số thực. Nhãn dùng để tra bảng nên phải giữ kiểu nguyên; đừng "
            "trộn nó với một số thực.",
        )
    return report


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    scale: Callable = math.sqrt,
    over: int = 1,
    causal: bool = False,
) -> Tensor:
    """Tập trung chéo với từng mảnh thay được; mặc định là đáp án. Sách: (eq-cross-attention)"""
    scores = query @ key.T / scale(key.shape[1])
    if causal:
        hidden = torch.ones_like(scores, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, -math.inf)
    return scores.softmax(over) @ value


def cross_attention(answer: Any) -> Report:
    """Hàm cross_attention(q, k, v): mỗi vị trí ảnh trộn các giá trị của câu.

    q (N, d) của ảnh; k (L, d), v (L, d_v) của câu. Trả (N, d_v). Sách: (eq-cross-attention)
    """
    inputs = [
        (values(5, 4, seed=1), values(3, 4, seed=2), values(3, 2, seed=3)),
        (values(1, 4, seed=4), values(2, 4, seed=5), values(2, 1, seed=6)),
        (3 * values(6, 9, seed=7), values(4, 9, seed=8), values(4, 9, seed=9)),
    ]
    return function(
        answer,
        attend,
        inputs,
        tol=1e-5,
        name="cross_attention",
        hints=[
            (
                lambda q, k, v: attend(q, k, v, scale=lambda d: 1.0),
                "Thiếu chia cho √d trước softmax.",
            ),
            (
                lambda q, k, v: attend(q, k, v, scale=lambda d: d),
                "Chia cho √d, không phải d.",
            ),
            (
                lambda q, k, v: attend(q, k, v, scale=lambda d: 1 / math.sqrt(d)),
                "Chia cho √d, không nhân.",
            ),
            (
                lambda q, k, v: attend(q, k, v, scale=lambda d: math.sqrt(len(k))),
                "d là số chiều của truy vấn và khóa, không phải số chữ L.",
            ),
            (
                lambda q, k, v: attend(q, k, v, scale=lambda d: math.sqrt(v.shape[1])),
                "d là số chiều của truy vấn và khóa, không phải của giá trị.",
            ),
            (
                lambda q, k, v: attend(q, k, v, scale=lambda d: math.sqrt(len(q))),
                "d là số chiều của truy vấn và khóa, không phải số vị trí ảnh N.",
            ),
            (
                lambda q, k, v: (q @ k.T / math.sqrt(k.shape[1])).exp() @ v,
                "Mới lấy mũ, chưa chia cho tổng: các trọng số của một vị trí phải cộng lại bằng 1.",
            ),
            (
                lambda q, k, v: v[(q @ k.T).argmax(1)],
                "Chọn hẳn một chữ thì không học được bằng gradient; hãy TRỘN bằng softmax.",
            ),
            (
                lambda q, k, v: attend(q, k, v, over=0),
                "Softmax nhầm chiều: chạy trên các CHỮ (trục 1), để mỗi vị trí ảnh có tổng trọng "
                "số bằng 1.",
            ),
            (
                lambda q, k, v: attend(q, k, v, causal=True),
                "Không che gì cả: câu đã có sẵn từ đầu. Mặt nạ nhân quả là của GPT.",
            ),
            (
                lambda q, k, v: (q @ k.T / math.sqrt(k.shape[1])) @ v,
                "Thiếu softmax: điểm số chưa phải trọng số.",
            ),
            (
                lambda q, k, v: (q @ k.T / math.sqrt(k.shape[1])).softmax(1),
                "Đó mới là trọng số; còn phải trộn các giá trị v.",
            ),
            (
                lambda q, k, v: (q @ k.T).softmax(1) @ v / math.sqrt(k.shape[1]),
                "Chia cho √d TRƯỚC softmax; chia sau chỉ làm đầu ra nhỏ đi.",
            ),
            (
                lambda q, k, v: v.mean(0).expand(len(q), -1),
                "Trung bình đều các chữ không hỏi gì ảnh cả: trọng số phải tùy q.",
            ),
        ],
    )


def pca_error(answer: Any) -> Report:
    """(sai số tái tạo, tổng phương sai của mẫu): trị riêng 5, 3, 1.5, 0.5, giữ hai.

    Khuếch tán trên bản phác là hoàn hảo, giải mã tất định. Sách: (eq-pca-error)
    """
    kept, lost = sum(EIGENVALUES[:KEPT]), sum(EIGENVALUES[KEPT:])
    return numbers(
        answer,
        (lost, kept),
        tol=1e-6,
        name="cặp (sai số, tổng phương sai)",
        hints=[
            ((kept, lost), "Ngược chỗ: sai số là phần BỊ BỎ, mẫu chỉ còn phần được giữ."),
            ((kept, None), "Đó là phần được giữ. Sai số tái tạo là tổng trị riêng bị bỏ."),
            ((lost / sum(EIGENVALUES), None), "Đó là tỉ lệ; đề hỏi tổng."),
            ((lost / KEPT, None), "Tổng, không phải trung bình, của các trị riêng bị bỏ."),
            ((EIGENVALUES[KEPT], None), "Bỏ hai trị riêng: cộng cả 1.5 và 0.5."),
            ((EIGENVALUES[-1], None), "Bỏ hai trị riêng: cộng cả 1.5 và 0.5."),
            ((0.0, None), "Khuếch tán hoàn hảo không lấy lại được hướng đã bỏ."),
            ((None, sum(EIGENVALUES)), "Mẫu giải mã tất định không có gì ở hai hướng bị bỏ."),
            (
                (None, kept / KEPT),
                "Tổng phương sai của mẫu, không phải trung bình theo chiều.",
            ),
            (
                (None, kept / sum(EIGENVALUES)),
                "Đó là phần phương sai được giữ; đề hỏi chính tổng phương sai.",
            ),
            ((math.sqrt(lost), None), "Đề hỏi E‖x − x̂‖², không lấy căn."),
            ((lost**2, None), "Trị riêng đã là phương sai, không bình phương nữa."),
        ],
    )


def latent_bound(answer: Any) -> Report:
    """Cận của log p(x), nat: tái tạo −62, ELBO_ψ(z) = −21, log q(z | x) = 4 (trung bình theo q).

    Sách: (eq-latent-bound)
    """
    r, p, q = RECONSTRUCTION, PRIOR, POSTERIOR
    return number(
        answer,
        r + p - q,
        tol=1e-6,
        name="cận",
        hints=[
            (r + p + q, "Trừ log hậu nghiệm: cận là E_q log[p(x|z)p(z)/q(z|x)]."),
            (r + p, "Thiếu −E_q log q(z | x), entropy của hậu nghiệm."),
            (r - p - q, "Cận của tiên nghiệm được CỘNG (nó đã âm)."),
            (r - p + q, "Dấu của cả hai số hạng sau đều ngược: + tiên nghiệm, − hậu nghiệm."),
            (r - q, "Thiếu cận của tiên nghiệm."),
            (p - q, "Thiếu số hạng tái tạo."),
            (-(r + p - q), "Đó là đối của cận; cận của log xác suất này âm."),
            (
                (r + p - q) / math.log(2),
                "Đó là bit; đề hỏi nat.",
            ),
            (r, "Tái tạo mới là một trong ba số hạng."),
        ],
    )
