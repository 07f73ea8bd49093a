"""Bộ chấm các bài «Thử ngay» của sổ «Mạng đối sinh».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from ..gan_theory import dirac_step_matrix, wasserstein_1d

# Sổ gọi mọi bài qua tệp của chương.
from .adversarial_losses import generator_gradients, generator_loss  # noqa: F401
from .report import Report, function, number, numbers


def optimal_discriminator(answer: Any) -> Report:
    """D*(0) khi dữ liệu theo N(0, 1) và mẫu theo N(2, 1).

    Sách: (eq-optimal-discriminator)
    """
    p, q = 1.0, math.exp(-2.0)  # hai mật độ tại 0, bỏ hằng số chung
    return number(
        answer,
        p / (p + q),
        tol=1e-3,
        name="D*(0)",
        hints=[
            (q / (p + q), "Đó là phần của mẫu giả. D là xác suất «thật», nên tử số là p_data."),
            (p / q, "Đó là tỉ số mật độ p/p_θ. D* = p/(p + p_θ) luôn nằm giữa 0 và 1."),
            (math.log(p / q), "Đó là logit log(p/p_θ). Hãy cho nó qua sigmoid."),
            (
                0.5,
                "D* = ½ chỉ ở nơi hai mật độ bằng nhau, ở đây là x = 1. "
                "Tại x = 0 dữ liệu dày hơn mẫu.",
            ),
            (
                1 / (1 + math.exp(-4.0)),
                "Bạn quên thừa số ½ trong số mũ: log N(x; 2, 1) chứa −(x − 2)²/2.",
            ),
            (
                math.exp(-0.0) / math.sqrt(2 * math.pi),
                "Đó là mật độ p(0). D* so p(0) với tổng của hai mật độ tại 0.",
            ),
        ],
    )


def game_values(answer: Any) -> Report:
    """(V khi p_θ = p_data, V khi hai giá rời nhau), với bộ phân biệt tối ưu.

    Sách: (eq-gan-jsd)
    """
    ln2 = math.log(2)
    return numbers(
        answer,
        (2 * 0.0 - 2 * ln2, 2 * ln2 - 2 * ln2),
        tol=1e-3,
        name="cặp (V khi trùng nhau, V khi rời nhau)",
        hints=[
            (
                (2 * ln2, None),
                "Sai dấu: log D và log(1 − D) đều âm, nên V không bao giờ dương.",
            ),
            ((0, -2 * ln2), "Ngược chỗ: rời nhau thì D* đúng tuyệt đối, log 1 + log 1 = 0."),
            ((0, None), "V = 0 khi D* không bao giờ nhầm, tức hai giá rời nhau. Ở đây D* = ½."),
            ((-ln2, None), "V có hai số hạng, mỗi số hạng là log ½."),
            ((-2 * ln2, ln2), "ln 2 là JSD; V = 2·JSD − log 4."),
            ((-2 * ln2, 2 * ln2), "Bạn còn phải trừ log 4: V = 2·JSD − log 4."),
            ((-2.0, None), "Log ở đây là log tự nhiên: log 4 ≈ 1.386, không phải 2 bit."),
            ((-2 * ln2, -ln2), "V = 2·JSD − log 4; bạn quên thừa số 2 trước JSD."),
            (
                (-2 * ln2, -2 * ln2),
                "Rời nhau thì JSD lớn nhất, bằng ln 2; V không còn ở đáy −log 4.",
            ),
            (
                (-2 * ln2, -math.inf),
                "Nơi D* = 0 không có mẫu thật nào, nên E log D không bao giờ gặp log 0.",
            ),
        ],
    )


def dirac_growth(answer: Any) -> Report:
    """Môđun trị riêng của một bước Dirac-GAN đồng thời, h = 0.6, không điều chuẩn.

    Sách: (eq-dirac-step)
    """
    h = 0.6
    if isinstance(answer, complex):
        return Report(False, "Chưa đúng. Đó là một trị riêng; hãy lấy môđun, abs(...).")
    modulus = torch.linalg.eigvals(dirac_step_matrix(h)).abs().max().item()
    return number(
        answer,
        modulus,
        tol=1e-3,
        name="môđun",
        hints=[
            (
                math.sqrt(1 + h * h),
                "Bạn quên σ(0) = ½: phần ảo của trị riêng là h/2, không phải h.",
            ),
            (1 + h * h / 4, "Đó là bình phương của môđun; hãy lấy căn."),
            (h / 2, "Đó là phần ảo của trị riêng; phần thực là 1."),
            (1 + h / 2, "Trị riêng là 1 ± ih/2; môđun là căn của 1 + (h/2)², không phải 1 + h/2."),
            (
                1.0,
                "Đó là khi hai bên đi luân phiên, hoặc khi thời gian liên tục. "
                "Đi cùng lúc thì mỗi bước lệch ra ngoài một chút.",
            ),
            (
                math.sqrt(1 - h * h / 4),
                "Sai dấu: hai số ngoài đường chéo trái dấu nhau, nên định thức là 1 + h²/4.",
            ),
        ],
    )


def wasserstein_points(answer: Any) -> Report:
    """(W₁, JSD nat) giữa hai mẫu {0, 1, 3} và {5, 6, 8}, mỗi điểm khối lượng 1/3.

    Sách: (eq-wasserstein), (eq-gan-jsd)
    """
    x, y = (torch.tensor(v, dtype=torch.float64) for v in ([0, 1, 3], [5, 6, 8]))
    w, ln2 = wasserstein_1d(x, y).item(), math.log(2)
    return numbers(
        answer,
        (w, ln2),
        tol=1e-3,
        name="cặp (W₁, JSD)",
        hints=[
            ((3 * w, None), "Mỗi điểm chỉ mang khối lượng 1/3: lấy trung bình, không lấy tổng."),
            (
                (2.0, None),
                "2 là khe hở giữa hai mẫu (từ 3 đến 5); W₁ là quãng đường trung bình phải chở.",
            ),
            ((w * w, None), "W₁ dùng |x − y|, không bình phương."),
            ((w, 1.0), "JSD bằng 1 bit, tức ln 2 nat; đề hỏi nat."),
            ((w, 0.0), "Hai giá rời nhau nên JSD lớn nhất có thể, không phải 0."),
            (
                (w, math.inf),
                "Phân kỳ KL mới vô cùng ở đây. JSD so với hỗn hợp của hai luật nên không quá ln 2.",
            ),
            ((w, 2 * ln2), "Đó là log 4. JSD là trung bình của hai phân kỳ KL, mỗi cái ln 2."),
            ((w, ln2 / 2), "JSD = ½·KL(p‖m) + ½·KL(q‖m), và ở đây cả hai KL đều bằng ln 2."),
            (
                (-w, None),
                "W₁ là công chở, không bao giờ âm: dùng |x − y|.",
            ),
            ((ln2, w), "Hai số đúng nhưng ngược chỗ: W₁ đứng trước."),
        ],
    )


def count_modes(answer: Any) -> Report:
    """Hàm count_modes(samples, centers, std) -> số mode tìm thấy.

    Mẫu (n, 2) thuộc về tâm gần nó nhất, nếu cách tâm không quá 3·std; mode được tìm thấy khi giữ
    ít nhất 1 % số mẫu.
    """
    centers = torch.tensor([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0], [6.0, 6.0]])
    return function(
        answer,
        _modes(),
        [(samples, centers, 0.5) for samples in _mode_cases(centers)],
        tol=0,
        name="count_modes",
        hints=[
            (
                _modes(min_share=0.0),
                "Một hai mẫu lạc vào không đủ: mode được tìm thấy khi giữ ít nhất 1 % số mẫu.",
            ),
            (
                _modes(radius=math.inf),
                "Điểm nằm giữa hai cụm không thuộc cụm nào: cần cách tâm không quá 3·std.",
            ),
            (
                _modes(radius=math.inf, min_share=0.0),
                "Thiếu cả hai điều kiện: trong bán kính 3·std, và ít nhất 1 % số mẫu.",
            ),
            (
                _modes(radius=2.0),
                "Mẫu cách tâm 2.8·std vẫn thuộc mode: bán kính là 3·std, đo bằng khoảng cách "
                "Euclid, không bình phương.",
            ),
            (
                _modes(radius=4.0),
                "Mẫu cách tâm 3.4·std không thuộc mode nữa: bán kính là 3·std, đo bằng khoảng "
                "cách Euclid.",
            ),
            (
                _modes(of_near=True),
                "1 % tính trên mọi mẫu, không phải chỉ trên những mẫu rơi gần một tâm.",
            ),
            (_modes(min_share=0.0101), "«Ít nhất 1 %»: đúng 1 % cũng được tính, dùng >=."),
            (_modes(min_share=0.1), "1 % là 0.01, không phải 0.1."),
            (
                lambda x, c, s: _modes(min_share=10 / len(x))(x, c, s),
                "Ngưỡng là 1 % số mẫu, và số mẫu không phải lúc nào cũng là 1000.",
            ),
        ],
    )


def _modes(min_share: float = 0.01, radius: float = 3.0, of_near: bool = False):
    """Bộ đếm mode; mỗi tham số là một chỗ mà người học hay viết khác đi."""

    def count(samples: Tensor, centers: Tensor, std: float) -> int:
        distance, mode = torch.cdist(samples, centers).min(1)
        near = mode[distance <= radius * std]
        held = torch.bincount(near, minlength=len(centers))
        needed = max(min_share * (len(near) if of_near else len(samples)), 1)
        return int((held >= needed).sum())

    return count


def _mode_cases(centers: Tensor) -> list[Tensor]:
    """Những bộ mẫu quanh bốn tâm, std = 0.5; mỗi bộ làm lộ một cách đếm sai."""
    g = torch.Generator().manual_seed(0)

    def at(place: Tensor, n: int, spread: float = 0.2) -> Tensor:
        return place + spread * torch.randn(n, 2, generator=g).clamp(-2, 2)

    def away(k: int, distance: float) -> Tensor:
        """Chỗ cách tâm thứ k đúng `distance`, theo đường chéo ra ngoài."""
        return centers[k] + distance / math.sqrt(2)

    middle, sizes = centers.mean(0), (600, 385, 10, 5)
    return [
        torch.cat([at(c, 250) for c in centers]),  # cả bốn
        torch.cat([at(c, n) for c, n in zip(centers, sizes, strict=True)]),  # 1 % và 0.5 %
        torch.cat([at(centers[0], 500), at(middle + torch.tensor([0.0, 0.5]), 500)]),  # lơ lửng
        torch.cat([at(away(3, 1.4), 300, 0.02), at(centers[0], 700)]),  # cách tâm 2.8·std
        torch.cat([at(away(3, 1.7), 300, 0.02), at(centers[0], 700)]),  # cách tâm 3.4·std
        torch.cat([at(middle, 600), at(centers[0], 392), at(centers[1], 8)]),  # 8 trên 1000
        torch.cat([at(centers[0], 384), at(centers[1], 12), at(centers[2], 4)]),  # 4 trên 400
    ]
