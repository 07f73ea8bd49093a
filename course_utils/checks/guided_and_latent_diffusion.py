"""Bộ chấm các bài «Thử ngay» của sổ «Dẫn hướng và khuếch tán trong không gian tiềm ẩn».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

# Sổ gọi mọi bài qua tệp của chương.
from .guidance import (  # noqa: F401
    classifier_step,
    guide,
    ode_variance,
    sde_variance,
    tempered_variance,
    three_laws,
    values,
)
from .report import Report, function, number, numbers

# Bốn trị riêng của bài PCA, hai cái đầu được giữ.
EIGENVALUES, KEPT = (5.0, 3.0, 1.5, 0.5), 2


# Ba số hạng của cận khuếch tán tiềm ẩn, nat: tái tạo, cận của tiên nghiệm, log hậu nghiệm.
RECONSTRUCTION, PRIOR, POSTERIOR = -62.0, -21.0, 4.0


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
