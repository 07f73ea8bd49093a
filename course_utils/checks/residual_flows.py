"""Bộ chấm các bài «Thử ngay» của sổ «Luồng phần dư».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import itertools
import math
import re
import unicodedata
from typing import Any

import torch
from torch import Tensor

from .report import Report, blank, function, number, numbers


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


def fixed_point_inverse(answer: Any) -> Report:
    """Hàm invert(residual, y, steps): `steps` bước lặp điểm bất động từ x₀ = y.

    residual là hàm (n, d) -> (n, d), co; φ(x) = x + residual(x) = y.
    Sách: (eq-fixed-point)
    """
    inputs = [(_residual, _points(n, d, n + d), steps) for n, d, steps in _FIXED_POINT_SIZES]
    return function(
        answer,
        _iterate(lambda residual, x, y: y - residual(x)),
        inputs,
        tol=1e-5,
        name="invert",
        hints=[
            (
                lambda residual, y, steps: y - residual(y),
                "Đó mới là một bước. Lặp lại: đặt x mới vào residual, giữ nguyên y.",
            ),
            (
                lambda residual, y, steps: y + residual(y),
                "Đó là φ(y), tức đi xuôi thêm một lần. Phép ngược lặp x ← y − residual(x).",
            ),
            (
                _iterate(lambda residual, x, y: y + residual(x)),
                "Sai dấu: từ x + residual(x) = y suy ra x = y − residual(x).",
            ),
            (
                _iterate(lambda residual, x, y: x - residual(x)),
                "Số hạng đầu phải là y ở mọi bước, không phải x của bước trước: bạn đang tìm "
                "nghiệm của residual(x) = 0.",
            ),
            (
                _iterate(lambda residual, x, y: x + residual(x)),
                "Đó là áp φ nhiều lần. Phép ngược lặp x ← y − residual(x).",
            ),
            (
                lambda residual, y, steps: _iterate(lambda r, x, y: y - r(x))(
                    residual, y, steps + 1
                ),
                "Thừa một bước: x₀ = y, và residual được gọi đúng `steps` lần.",
            ),
            (
                lambda residual, y, steps: _iterate(lambda r, x, y: y - r(x))(
                    residual, y, steps - 1
                ),
                "Thiếu một bước: x₀ = y chưa tính là một bước, residual được gọi đúng `steps` lần.",
            ),
            (
                lambda residual, y, steps: _iterate(lambda r, x, y: y - r(x))(residual, y, 100),
                "Bạn lặp đến hội tụ. Đề bảo dừng sau đúng `steps` bước, dù chưa hội tụ.",
            ),
            (
                lambda residual, y, steps: _iterate(
                    lambda r, x, y: y - r(x), start=torch.zeros_like
                )(residual, y, steps),
                "Bạn xuất phát từ 0. Cũng hội tụ, nhưng đề bảo xuất phát từ x₀ = y.",
            ),
            (
                lambda residual, y, steps: residual(
                    _iterate(lambda r, x, y: y - r(x))(residual, y, steps)
                ),
                "Bạn trả về residual(x); đề hỏi chính x.",
            ),
        ],
    )


_FIXED_POINT_SIZES = ((1, 1, 3), (4, 2, 2), (8, 3, 12))


def _iterate(step, start=lambda y: y):
    def invert(residual, y: Tensor, steps: int) -> Tensor:
        x = start(y)
        for _ in range(steps):
            x = step(residual, x, y)
        return x

    return invert


def _residual(x: Tensor) -> Tensor:
    """Một nhánh phần dư co: hằng số Lipschitz không quá 0.7."""
    return 0.7 * torch.sin(x.flip(-1) + 0.4)


def worst_case_steps(answer: Any) -> Report:
    """Số bước nhỏ nhất để Lⁿ ≤ 10⁻⁶ với L = 0.9: trường hợp xấu nhất của lặp điểm bất động.

    Sách: (eq-fixed-point)
    """
    contraction, tol = 0.9, 1e-6
    exact = math.log(tol) / math.log(contraction)
    return number(
        answer,
        math.ceil(exact),
        tol=0.05,
        name="số bước",
        hints=[
            (6, "6 là số chữ số. Mỗi bước chỉ bớt 10% sai số, không phải 90%."),
            (7, "Mỗi bước chỉ bớt 10% sai số (L = 0.9), không phải 90%."),
            (math.floor(exact), "Suýt: 0.9¹³¹ vẫn lớn hơn 10⁻⁶ một chút. Phải làm tròn lên."),
            (exact, "Đúng phép tính; nhưng số bước là số nguyên. Làm tròn về phía nào thì chắc?"),
            (-exact, "Hai log đều âm nên thương của chúng dương. Số bước là số nguyên dương."),
            (math.ceil(exact) + 1, "Thừa một bước: x₀ là bước số 0, và 0.9¹³² đã nhỏ hơn 10⁻⁶."),
            (14, "Đó là ln 10⁶. Hãy chia nó cho −ln 0.9."),
            (-math.log(tol), "Đó là ln 10⁶. Hãy chia nó cho −ln 0.9."),
            (10, "1/(1 − L) = 10 là số bước để sai số giảm cỡ e lần, chưa phải 10⁶ lần."),
            (
                math.ceil(math.log(tol * (1 - contraction)) / math.log(contraction)),
                "Bạn dùng cận có 1/(1 − L), so với ‖x₁ − x₀‖. Đề so với sai số ban đầu: "
                "chỉ cần Lⁿ ≤ 10⁻⁶.",
            ),
            (
                math.ceil(math.log(tol) / math.log(contraction) / math.log(10)),
                "Lẫn log cơ số 10 với log tự nhiên: tử và mẫu phải cùng cơ số.",
            ),
        ],
    )


def log_det_series(answer: Any) -> Report:
    """(log det(I + A), tổng 1 số hạng, tổng 2 số hạng) với A = diag(0.5, −0.3).

    Sách: (eq-log-det-series)
    """
    a, b = 0.5, -0.3
    exact = math.log((1 + a) * (1 + b))
    trace, square = a + b, a * a + b * b
    return numbers(
        answer,
        (exact, trace, trace - square / 2),
        tol=1e-3,
        name="bộ ba",
        hints=[
            (
                (None, None, trace + square / 2),
                "Chuỗi đan dấu: số hạng thứ hai là −tr(A²)/2.",
            ),
            ((None, None, -square / 2), "Đó là riêng số hạng thứ hai; đề hỏi tổng hai số hạng."),
            ((None, a * b, None), "Đó là det A. Một số hạng của chuỗi là tr A, tổng đường chéo."),
            ((None, None, trace), "Tổng hai số hạng phải có thêm −tr(A²)/2."),
            ((None, None, trace - square), "Bạn quên chia cho k: số hạng thứ hai là −tr(A²)/2."),
            (
                (None, None, trace - trace**2 / 2),
                "tr(A²) không phải (tr A)²: bình phương ma trận trước, lấy vết sau.",
            ),
            ((math.nan, None, None), "log det A là log của −0.15. Đề hỏi det(I + A)."),
            (
                (math.log(abs(a * b)), None, None),
                "Đó là log|det A|. Đề hỏi log det(I + A): cộng 1 vào đường chéo trước.",
            ),
            (((1 + a) * (1 + b), None, None), "Đó là định thức; đề hỏi log của nó."),
            (
                (math.log(1 + trace), None, None),
                "det(I + A) là tích (1 + a)(1 + b), không phải 1 + tr A.",
            ),
            (
                (exact / math.log(10), None, None),
                "Đó là log cơ số 10; giáo trình dùng log tự nhiên (nat).",
            ),
        ],
    )


def roulette(answer: Any) -> Report:
    """Hàm roulette(a, n, q): giá trị của ước lượng Russian roulette khi rút được N = n.

    a (M,) là các số hạng a₁..a_M; đi tiếp với xác suất q sau mỗi số hạng, nên
    P(N ≥ k) = q^{k−1}.
    Sách: (eq-roulette)
    """
    terms = [torch.tensor([0.9, -0.4, 0.25, -0.1, 0.06]), _points(8, 1, 5).flatten()]
    inputs = [(terms[0], 3, 0.5), (terms[1], 1, 0.8), (terms[0], 5, 0.6), (terms[1], 8, 0.9)]
    return function(
        answer,
        _weighted(lambda k, q: q ** (k - 1)),
        inputs,
        tol=1e-5,
        name="roulette",
        hints=[
            (
                _weighted(lambda k, q: torch.ones_like(k)),
                "Bạn quên trọng số 1/P(N ≥ k): số hạng k chỉ được cộng trong một phần số lần "
                "rút, nên phải bù lại.",
            ),
            (
                _weighted(lambda k, q: (1 - q) * q ** (k - 1)),
                "Bạn chia cho P(N = k). Số hạng k có mặt mỗi khi N ≥ k, nên chia cho P(N ≥ k).",
            ),
            (
                _weighted(lambda k, q: q**k),
                "Lệch một bậc: số hạng đầu luôn có mặt, P(N ≥ 1) = 1, nên P(N ≥ k) = q^{k−1}.",
            ),
            (
                _weighted(lambda k, q: 1 / q ** (k - 1)),
                "Bạn nhân với P(N ≥ k). Phải chia: số hạng càng hiếm gặp càng phải nặng.",
            ),
            (
                _weighted(lambda k, q: (1 - q) ** (k - 1)),
                "q là xác suất đi tiếp, không phải xác suất dừng.",
            ),
            (
                lambda a, n, q: (a / q ** torch.arange(len(a))).sum(),
                "Bạn cộng mọi số hạng, kể cả những số hạng sau N = n.",
            ),
            (lambda a, n, q: a.sum(), "Đó là tổng cần ước lượng; ta chỉ được xem n số hạng đầu."),
            (
                lambda a, n, q: _weighted(lambda k, q: q ** (k - 1))(a, n - 1, q),
                "Thiếu một số hạng: N = n nghĩa là số hạng thứ n cũng được cộng, a[:n].",
            ),
            (
                lambda a, n, q: _weighted(lambda k, q: q ** (k - 1))(a, min(n + 1, len(a)), q),
                "Thừa một số hạng: N = n nghĩa là dừng sau số hạng thứ n, a[:n].",
            ),
            (
                lambda a, n, q: a[:n] / q ** torch.arange(n),
                "Các số hạng đã có đúng trọng số; còn phải cộng chúng lại thành một số.",
            ),
            (
                _weighted(lambda k, q: k * q ** (k - 1)),
                "Các a_k đã chứa 1/k rồi; chỉ chia cho P(N ≥ k).",
            ),
            (
                _weighted(lambda k, q: (-1) ** (k - 1) * q ** (k - 1)),
                "Các a_k đã mang dấu (−1)^{k+1} rồi; chỉ chia cho P(N ≥ k).",
            ),
            (
                lambda a, n, q: a[:n].sum() / q ** (n - 1),
                "Mỗi số hạng có trọng số riêng 1/P(N ≥ k); bạn dùng một trọng số chung.",
            ),
            (
                lambda a, n, q: a[n - 1] / ((1 - q) * q ** (n - 1)),
                "Chỉ lấy số hạng thứ n, chia P(N = n), cũng không chệch nhưng là một ước lượng "
                "khác. Ở đây cộng mọi số hạng k ≤ n với trọng số 1/P(N ≥ k).",
            ),
        ],
    )


def _weighted(probability):
    def estimate(a: Tensor, n: int, q: float) -> Tensor:
        k = torch.arange(1, n + 1, dtype=a.dtype)
        return (a[:n] / probability(k, q)).sum()

    return estimate


def negative_determinant(matrix: Any, step: Any) -> Report:
    """Phản ví dụ: J và δ > 0 mà det(I + δJ) < 0.

    Định lý nói rằng khi đó δ‖J‖ ≥ 1; bộ chấm tính lại cả hai con số.
    Sách: (eq-lipschitz-condition)
    """
    if (empty := blank(matrix, step, name="ma trận và δ")) is not None:
        return empty
    try:
        jacobian = torch.as_tensor(matrix, dtype=torch.float64).detach().cpu()
        delta = float(step)
    except Exception:
        return Report(False, "Cần một ma trận vuông, ví dụ [[1, 0], [0, 1]], và một số δ dương.")
    if jacobian.ndim != 2 or jacobian.shape[0] != jacobian.shape[1]:
        return Report(False, f"Cần một ma trận vuông, nhưng kích thước là {tuple(jacobian.shape)}.")
    if not (torch.isfinite(jacobian).all() and math.isfinite(delta) and delta > 0):
        return Report(False, "Các phần tử phải hữu hạn và δ phải dương.")
    det = float(torch.linalg.det(torch.eye(len(jacobian), dtype=torch.float64) + delta * jacobian))
    size = delta * float(torch.linalg.matrix_norm(jacobian, 2))
    if det < -1e-9:
        return Report(
            True, f"Đúng rồi: det(I + δJ) = {det:.4g} < 0, và δ‖J‖ = {size:.4g} không nhỏ hơn 1."
        )
    if abs(det) <= 1e-9:
        return Report(False, "det(I + δJ) = 0: φ suy biến ở đây, nhưng định thức chưa âm.")
    if size < 1:
        return Report(
            False,
            f"δ‖J‖ = {size:.4g} < 1 nên định thức phải dương (ở đây {det:.4g}). Hãy để điều kiện "
            "bị vi phạm: một hướng bị đẩy ngược quá xa.",
        )
    return Report(
        False,
        f"δ‖J‖ = {size:.4g} không nhỏ hơn 1, nhưng det(I + δJ) = {det:.4g} vẫn dương. Cần số lẻ "
        "trị riêng thực của δJ nhỏ hơn −1; hai hướng cùng lật thì dấu trở lại dương.",
    )


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


def _points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))
