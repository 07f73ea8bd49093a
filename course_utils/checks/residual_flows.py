"""Bộ chấm các bài «Thử ngay» của sổ «Luồng phần dư».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import itertools
import math
import re
import unicodedata
from typing import Any

import torch

# Sổ gọi mọi bài qua tệp của chương.
from .fixed_point import fixed_point_inverse, worst_case_steps  # noqa: F401
from .log_det import log_det_series, negative_determinant, roulette  # noqa: F401
from .report import Report, blank, number, numbers


def planar_log_det(answer: Any) -> Report:
    """(log|det J|, cận dưới của wᵀu) của φ(x) = x + u·tanh(wᵀx + b).

    w = (1, 2), u = (0.5, 0.5), b = 0.1, tại x = (0.3, −0.2); số thứ hai là giá trị nhỏ nhất của
    wᵀu mà φ còn là song ánh.
    Sách: (eq-planar)
    """
    dot, height = 1.5, 0.3 - 0.4 + 0.1
    log_det, least = math.log(1 + (1 - math.tanh(height) ** 2) * dot), -1.0
    return numbers(
        answer,
        (log_det, least),
        tol=1e-3,
        name="cặp (log|det J|, cận dưới của wᵀu)",
        hints=[
            (
                (math.log(dot), None),
                "Bạn quên số 1: det(I + h′·u wᵀ) = 1 + h′·wᵀu, vì D − 1 trị riêng kia bằng 1.",
            ),
            (
                (math.log(1 + math.tanh(height) * dot), None),
                "Bạn nhân wᵀu với tanh. Ma trận Jacobi chứa đạo hàm tanh′ = 1 − tanh², "
                "và tanh′(0) = 1.",
            ),
            ((1 + dot, None), "Đó là det J; đề hỏi log|det J|."),
            ((dot, None), "Đó là h′·wᵀu. det J = 1 + h′·wᵀu, rồi còn phải lấy log."),
            (
                (log_det / math.log(10), None),
                "Đó là log cơ số 10; giáo trình dùng log tự nhiên (nat).",
            ),
            ((-log_det, None), "Dấu ngược: det J = 2.5 > 1 nên log của nó dương."),
            (
                (log_det, 0.0),
                "wᵀu > 0 là đòi quá nhiều: F(a) = a + wᵀu·tanh(a + b) có F′ ≥ 1 + wᵀu "
                "khi wᵀu âm, chỉ cần số ấy không âm.",
            ),
            (
                (log_det, 1.0),
                "Dấu ngược: wᵀu dương thì luôn khả nghịch; cận nằm ở phía âm.",
            ),
            ((least, log_det), "Hai số đúng nhưng ngược chỗ: log|det J| đứng trước."),
        ],
    )


def largest_step(step: Any, kind: Any) -> Report:
    """δ lớn nhất để x − 3δ·tanh x là song ánh; và δ·Lip(u) < 1 là điều kiện "đủ" hay gì khác.

    kind: "đủ", "cần" hay "cần và đủ"; «đủ, không cần» cũng đọc được.
    Sách: (eq-lipschitz-condition)
    """
    if (empty := blank(step, kind, name="δ và loại điều kiện")) is not None:
        return empty
    report = number(
        step,
        1 / 3,
        tol=1e-3,
        name="bước δ lớn nhất",
        hints=[
            (3.0, "3 là Lip(u). Điều kiện là δ·Lip(u) không quá 1."),
            (1.0, "δ = 1 cho độ dốc 1 − 3 = −2 tại 0: φ đi xuống ở giữa, đã gấp."),
            (0.3, "δ = 0.3 dùng được, nhưng chưa phải δ lớn nhất: độ dốc nhỏ nhất còn là 0.1."),
            (0.5, "δ = 0.5 cho độ dốc 1 − 1.5 = −0.5 tại 0: φ đã gấp."),
            (2 / 3, "δ = 2/3 cho độ dốc 1 − 2 = −1 tại 0. Hãy giải 1 − 3δ ≥ 0."),
            (-1 / 3, "δ là cỡ bước, một số dương. Hãy giải 1 − 3δ ≥ 0."),
            (math.inf, "Với u = +3·tanh thì mọi δ đều được; câu này hỏi u = −3·tanh."),
        ],
    )
    if not report:
        return report
    if not isinstance(kind, str):
        return Report(False, 'Loại điều kiện cần là chuỗi: "đủ", "cần" hay "cần và đủ".')
    words = re.findall(r"\w+", unicodedata.normalize("NFC", kind).lower())
    denied = {b for a, b in itertools.pairwise(words) if a in ("không", "chưa")}
    claimed = {"cần", "đủ"} & set(words) - denied
    if claimed == {"đủ"}:
        return Report(True, "Đúng rồi: đủ, không cần. u = +3·tanh khả nghịch với mọi δ > 0.")
    if "cần" in claimed:
        return Report(
            False,
            "δ đúng. Nhưng thử u = +3·tanh với δ = 1: δ·Lip(u) = 3, mà x + 3·tanh x vẫn tăng "
            "chặt. Điều kiện ấy có thật sự cần không?",
        )
    return Report(False, f'Không hiểu "{kind}"; hãy điền "đủ", "cần" hay "cần và đủ".')


def fold(answer: Any) -> Report:
    """(số nghiệm của φ(x) = 0.05, tổng khối lượng của mật độ một nghiệm), φ(x) = x − 1.5·tanh x.

    Sách: (eq-lipschitz-condition)
    """
    edge = root = 1.3  # các nghiệm dương của φ(x) = 0 và φ(x) = 0.05
    for _ in range(200):
        edge, root = 1.5 * math.tanh(edge), 0.05 + 1.5 * math.tanh(root)
    mass = math.erfc(edge / math.sqrt(2))
    middle = _mass_of_middle(0.05)
    return numbers(
        answer,
        (3, mass),
        tol=0.005,
        name="cặp (số nghiệm, khối lượng)",
        hints=[
            ((1, None), "Lặp điểm bất động chỉ dừng ở một nghiệm. Hãy vẽ φ và đếm các giao điểm."),
            ((2, None), "Đường nằm ngang y = 0.05 cắt cả nhánh giữa, nơi φ đi xuống."),
            ((3, 1.0), "Nếu tổng là 1 thì mật độ đã đúng. Hãy lấy tích phân bằng số."),
            (
                (3, 1 - mass),
                "Đó là khối lượng bị bỏ sót: phần của những x không phải là nghiệm tìm được.",
            ),
            (
                (3, mass / 2),
                "Bạn mới lấy một phía. Mật độ một nghiệm có cả nhánh y > 0 và nhánh y < 0.",
            ),
            ((3, middle), "Đó là P(|y| < 0.05) đúng; đề hỏi tổng khối lượng trên cả trục."),
            (
                (3, mass - math.erfc(root / math.sqrt(2))),
                "Đó mới là phần |y| < 0.05 của mật độ một nghiệm; đề hỏi tổng trên cả trục.",
            ),
            (
                (3, round(100 * mass, 1)),
                "Khối lượng là một tỉ lệ từ 0 đến 1, không phải phần trăm.",
            ),
            ((mass, 3), "Hai số đúng nhưng ngược chỗ: số nghiệm đứng trước."),
        ],
    )


def _mass_of_middle(width: float) -> float:
    """P(|x − 1.5·tanh x| < width) với x ~ N(0, 1), bằng lưới mịn."""
    x = torch.linspace(-8, 8, 400_001, dtype=torch.float64)
    inside = (x - 1.5 * torch.tanh(x)).abs() < width
    density = torch.exp(-0.5 * x.square()) / math.sqrt(2 * math.pi)
    return float((density * inside).sum() * (x[1] - x[0]))


def many_small_steps(answer: Any) -> Report:
    """(φ(1), Σ log|det|) sau K = 10 tầng x ← x + x/K.

    Sách: (eq-residual-limit)
    """
    layers = 10
    value, log_det = (1 + 1 / layers) ** layers, layers * math.log(1 + 1 / layers)
    return numbers(
        answer,
        (value, log_det),
        tol=1e-3,
        name="cặp (φ(1), Σ log|det|)",
        hints=[
            ((math.e, None), "e là giới hạn khi K → ∞; với K = 10 thì chưa tới."),
            ((value, 1.0), "1 là giới hạn của tổng log định thức; với K = 10 thì chưa tới."),
            ((1 + 1 / layers, None), "Đó là một tầng; cả chồng có mười tầng."),
            ((2.0, None), "Mười tầng không cộng lại thành x + x: tầng sau đẩy cả phần vừa thêm."),
            (
                (value, math.log(1 + 1 / layers)),
                "Đó là log định thức của một tầng; các tầng cộng lại.",
            ),
            ((value, -log_det), "Dấu ngược: mỗi tầng giãn 1.1 lần, log định thức dương."),
            ((value, value), "Đó là định thức; đề hỏi tổng các log."),
            (
                (value, log_det / math.log(10)),
                "Đó là log cơ số 10; giáo trình dùng log tự nhiên (nat).",
            ),
            ((log_det, value), "Hai số đúng nhưng ngược chỗ: φ(1) đứng trước."),
        ],
    )
