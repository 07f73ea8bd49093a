"""Bộ chấm các bài «Thử ngay» của sổ «Khớp luồng và luồng nắn thẳng».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from .report import Report, function, number, numbers

# Ví dụ tính tay của cả chương: N(0, 1) → N(m, s²), cặp độc lập, đường thẳng.
MEAN, STD = 2.0, 0.5


def slope(t: float, s: float = STD) -> float:
    """Cov(x₁ − x₀, x_t)/Var x_t."""
    return (t * s**2 - (1 - t)) / (t**2 * s**2 + (1 - t) ** 2)


def marginal_velocity(answer: Any) -> Report:
    """u(0, ½) của trường biên từ N(0, 1) đến N(2, ¼).

    Sách: (eq-marginal-field)
    """
    k = slope(0.5)
    return number(
        answer,
        MEAN + k * (0 - 0.5 * MEAN),
        tol=1e-3,
        name="vận tốc u(0, ½)",
        hints=[
            (MEAN, "Đó là vận tốc trung bình của mọi người. Câu hỏi: của những ai đang ở x = 0?"),
            (
                MEAN - k * (0 - 0.5 * MEAN),
                "Ngược dấu: Cov(ẋ, x_t) = ts² − (1 − t) âm ở đây, và x = 0 nằm dưới trung bình 1: "
                "hai dấu trừ thành cộng. Ai đi chậm thì phải nhanh lên.",
            ),
            (k * (0 - 0.5 * MEAN), "Bạn quên cộng vận tốc trung bình m = 2."),
            (
                MEAN + k * (0 - MEAN),
                "Đám đông lúc t = ½ ở quanh tm = 1, không phải quanh m = 2.",
            ),
            (
                k,
                "Đó là hệ số góc. Còn phải đi từ điểm trung bình (1, 2) của đường thẳng đến x = 0.",
            ),
            (
                MEAN - slope_with(variance=STD) * 1.0,
                "s² = ¼ là phương sai; bạn đã dùng s = ½ ở chỗ của s².",
            ),
            (
                MEAN + 0.375 / (0.125 + 0.5),
                "Phương sai của x_t có t² và (1 − t)²: hệ số phải bình phương.",
            ),
            (
                MEAN + 0.375,
                "Bạn mới nhân với hiệp phương sai; còn phải chia cho Var x_t = 0.3125.",
            ),
            (
                MEAN + (STD**2 * 0.5 + 0.5) / 0.3125 * (0 - 1),
                "Cov(x₁ − x₀, x_t) = ts² − (1 − t): x₀ vào vận tốc với dấu trừ.",
            ),
            (
                (2 * 0 - MEAN) / -1.0 * 2,
                "Đó là (x₁ − x)/(1 − t) với x₁ = m: phải dùng trung bình của x₁ khi biết x_t = 0, "
                "không phải m.",
            ),
            (
                -(MEAN + k * (0 - 0.5 * MEAN)),
                "Ngược chiều thời gian: ở đây t = 0 là nhiễu, vận tốc là x₁ − x₀.",
            ),
        ],
    )


def slope_with(variance: float, t: float = 0.5) -> float:
    """Hệ số góc khi phương sai của x₁ là `variance`."""
    return (t * variance - (1 - t)) / (t**2 * variance + (1 - t) ** 2)


def cfm_loss(answer: Any) -> Report:
    """Hàm cfm_loss(field, x0, x1, t): trung bình của ‖field(t, x_t) − (x₁ − x₀)‖².

    x0, x1 (n, d), t (n, 1); x_t = (1 − t)x₀ + t x₁; cộng các tọa độ, trung bình các điểm.
    Sách: (eq-cfm-loss)
    """
    inputs = [
        (_field, points(n, d, 1), 2 + points(n, d, 2), points(n, 1, 3).sigmoid())
        for n, d in ((1, 1), (4, 2), (7, 3))
    ]
    return function(
        answer,
        matching(),
        inputs,
        tol=1e-5,
        name="cfm_loss",
        hints=[
            (matching(target=lambda a, b: a - b), "Mục tiêu là x₁ − x₀: từ nhiễu đến dữ liệu."),
            (
                matching(place=lambda a, b, t: t * a + (1 - t) * b),
                "Thời gian ngược: lúc t = 0 phải ở x₀, nên x_t = (1 − t)x₀ + t x₁.",
            ),
            (
                matching(place=lambda a, b, t: t * a + (1 - t) * b, target=lambda a, b: a - b),
                "Cả vị trí lẫn mục tiêu đều theo quy ước ngược (t = 0 là dữ liệu). Ở đây t = 0 là "
                "nhiễu.",
            ),
            (matching(call=lambda f, t, x: f(x, t)), "Mã gọi field(t, x): thời gian đứng trước."),
            (
                matching(call=lambda f, t, x: f(torch.zeros_like(t), x)),
                "Trường phải được gọi ở đúng lúc t, không phải ở t = 0.",
            ),
            (
                matching(call=lambda f, t, x: f(1 - t, x)),
                "Trường phải được gọi ở lúc t, không phải 1 − t.",
            ),
            (matching(place=lambda a, b, t: b), "Trường phải được gọi tại x_t, không phải tại x₁."),
            (matching(place=lambda a, b, t: a), "Trường phải được gọi tại x_t, không phải tại x₀."),
            (
                matching(target=lambda a, b: b),
                "Mục tiêu là vận tốc x₁ − x₀, không phải điểm đến x₁.",
            ),
            (
                lambda f, a, b, t: matching(target=lambda c, d: d - (1 - t) * c - t * d)(
                    f, a, b, t
                ),
                "Mục tiêu là cả quãng x₁ − x₀; x₁ − x_t chỉ là phần còn lại của đường.",
            ),
            (matching(target=lambda a, b: a), "Mục tiêu là vận tốc x₁ − x₀, không phải nhiễu x₀."),
            (
                matching(target=lambda a, b: a + b),
                "Đạo hàm của (1 − t)x₀ theo t là −x₀: mục tiêu là hiệu x₁ − x₀, không phải tổng.",
            ),
            (
                matching(reduce=lambda e: e.square().mean()),
                "Bạn lấy trung bình cả trên các tọa độ. ‖·‖² cộng các tọa độ; chỉ trung bình các "
                "điểm.",
            ),
            (
                matching(reduce=lambda e: e.square().sum()),
                "Bạn cộng cả các điểm. Cộng các tọa độ, rồi lấy trung bình các điểm.",
            ),
            (
                matching(reduce=lambda e: e.square().sum(1).sqrt().mean()),
                "Đó là trung bình của ‖·‖; đề cần ‖·‖², không lấy căn.",
            ),
            (
                matching(reduce=lambda e: e.square().sum(0).mean()),
                "Ngược trục: cộng theo tọa độ (trục 1), rồi trung bình theo điểm (trục 0).",
            ),
            (
                matching(reduce=lambda e: -e.square().sum(1).mean()),
                "Ngược dấu: một bình phương không thể âm.",
            ),
            (matching(reduce=lambda e: e.sum(1).mean()), "Bạn quên bình phương."),
            (matching(reduce=lambda e: e.abs().sum(1).mean()), "Cần bình phương, không phải |·|."),
            (
                matching(reduce=lambda e: e.square().sum(1)),
                "Bạn trả một số cho mỗi điểm; còn phải lấy trung bình của lô.",
            ),
            (
                matching(reduce=lambda e: 0.5 * e.square().sum(1).mean()),
                "Thừa hệ số ½. (Nghiệm tốt nhất không đổi, nhưng đề cần trung bình của ‖·‖².)",
            ),
        ],
    )


def matching(
    place: Callable = lambda a, b, t: (1 - t) * a + t * b,
    target: Callable = lambda a, b: b - a,
    call: Callable = lambda f, t, x: f(t, x),
    reduce: Callable = lambda e: e.square().sum(1).mean(),
) -> Callable:
    """Mất mát khớp luồng với từng mảnh thay được; mặc định là đáp án."""

    def loss(field: Callable, x0: Tensor, x1: Tensor, t: Tensor) -> Tensor:
        return reduce(call(field, t, place(x0, x1, t)) - target(x0, x1))

    return loss


def _field(t: Tensor, x: Tensor) -> Tensor:
    """Trường của bài tập: không đối xứng giữa t và x, tọa độ đọc tọa độ."""
    return torch.sin(x.flip(-1)) + 0.5 * x + t**2


def points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def smallest_loss(answer: Any) -> Report:
    """(N(0, 1) → N(2, ¼), N(0, I₂) → N(m, I₂)): giá trị nhỏ nhất của mất mát, cặp độc lập.

    Sách: (eq-cfm-gradient)
    """
    line, plane = math.pi * STD / 2, math.pi
    return numbers(
        answer,
        (line, plane),
        tol=2e-3,
        name="cặp giá trị nhỏ nhất",
        hints=[
            (
                (0.0, 0.0),
                "0 là giá trị nhỏ nhất của mất mát biên. Ở đây mục tiêu còn ngẫu nhiên.",
            ),
            ((0.0, None), "Không mạng nào đoán được ai đang qua chỗ ấy: còn lại độ tản V > 0."),
            ((math.pi * STD**2 / 2, None), "πs/2 với s là độ lệch chuẩn ½, không phải phương sai."),
            ((math.pi / 2, None), "Đó là πs/2 với s = 1; ở đây s = ½."),
            (
                (line, math.pi / 2),
                "Mặt phẳng có hai tọa độ, mỗi tọa độ góp π/2; ‖·‖² cộng chúng lại.",
            ),
            (
                (line, 2 * math.pi),
                "Mỗi tọa độ của mặt phẳng góp πs/2 = π/2, không phải π.",
            ),
            (
                (None, 0.0),
                "Hai Gauss cùng dạng cũng vậy: cặp độc lập thì các lịch trình vẫn cắt nhau, V > 0.",
            ),
            ((math.pi * STD, None), "Bạn quên chia đôi: ∫ s²/(t²s² + (1−t)²) dt = πs/2."),
            (
                (1 + STD**2, None),
                "1 + s² là phương sai của x₁ − x₀ khi chưa biết gì. Biết x_t thì nó nhỏ đi.",
            ),
            (((2 - math.pi / 2) * STD, None), "Đó là độ thẳng 𝒮 của dòng, không phải V."),
            ((2 * STD, None), "2s là V + 𝒮. Đề chỉ hỏi V, giá trị nhỏ nhất của mất mát."),
            ((plane, line), "Hai số đúng nhưng ngược chỗ: một chiều đứng trước."),
        ],
    )


def euler_spread(answer: Any) -> Report:
    """(một bước, hai bước): độ lệch chuẩn của mẫu Euler, N(0, 1) → N(2, ¼), trường chính xác.

    Sách: (eq-rectified-flow)
    """
    one, half = 1 + slope(0.0), 1 + 0.5 * slope(0.0)
    two = half * (1 + 0.5 * slope(0.5))
    return numbers(
        answer,
        (one, two),
        tol=1e-3,
        name="cặp độ lệch chuẩn",
        hints=[
            ((STD, STD), "0.5 là của dòng chính xác. Euler vài bước chưa đến đó."),
            (
                (one, 0.0),
                "Sau bước đầu, dài ½, đám đông mới co một nửa; chưa ai đứng trùng ai.",
            ),
            ((None, STD), "0.5 là của dòng chính xác. Hai bước Euler chưa đến đó."),
            ((1.0, None), "Một bước: x₀ + u(x₀, 0) = x₀ + (2 − x₀). Còn lại gì của x₀?"),
            ((2.0, None), "2 là chỗ mọi điểm đến; độ lệch chuẩn là độ tản quanh nó."),
            ((one, half), "Đó là độ tản sau nửa đường; còn bước thứ hai, từ t = ½ đến 1."),
            (
                (one, half * (1 + slope(0.5))),
                "Mỗi bước dài ½: nhân vận tốc với h = ½ trước khi cộng.",
            ),
            (
                (one, half * half),
                "Bước hai dùng vận tốc ở t = ½, hệ số góc −1.2, không phải −1 của t = 0.",
            ),
            ((one, -two), "Độ lệch chuẩn không âm."),
            ((one, two**2), "Đó là phương sai; đề hỏi độ lệch chuẩn."),
            ((one, 1 + 0.5 * slope(0.5)), "Bạn quên nửa bước đầu, đã để lại x₀/2."),
            ((two, one), "Hai số đúng nhưng ngược chỗ: một bước đứng trước."),
        ],
    )


def path_velocity(answer: Any) -> Report:
    """(x_t, ẋ_t) trên đường lượng giác, t = ½, x₀ = 1, x₁ = 3.

    Sách: (eq-gaussian-path)
    """
    root, rate = math.sqrt(0.5), math.pi / 2
    place, velocity = root * (3 + 1), rate * root * (3 - 1)
    return numbers(
        answer,
        (place, velocity),
        tol=2e-3,
        name="cặp (vị trí, vận tốc)",
        hints=[
            ((2.0, None), "Đó là đường thẳng. Đường lượng giác: sin(π/4)·x₁ + cos(π/4)·x₀."),
            ((place, 2.0), "x₁ − x₀ là vận tốc của đường thẳng. Hãy đạo hàm sin(πt/2), cos(πt/2)."),
            ((root * 3, None), "Bạn quên số hạng của x₀: cos(π/4)·1."),
            (
                (place, rate * root * 3),
                "Bạn quên số hạng của x₀: đạo hàm của cos(πt/2) không bằng 0.",
            ),
            ((place, root * 2), "Quy tắc dây chuyền: đạo hàm của sin(πt/2) có thừa số π/2."),
            (
                (place, rate * root * 4),
                "Đạo hàm của cos là −sin, nên x₀ vào vận tốc với dấu trừ; còn nếu dấu đã đúng thì "
                "thừa số là π/2 chứ không phải π, vì góc là πt/2.",
            ),
            ((place, -velocity), "Ngược dấu: lúc t tăng, x_t đi từ x₀ = 1 về x₁ = 3."),
            (
                (
                    math.sin(math.pi / 4 * math.pi / 180) * 3
                    + math.cos(math.pi / 4 * math.pi / 180),
                    None,
                ),
                "Máy tính đang ở đơn vị độ; góc ở đây là radian.",
            ),
            ((1.0, None), "sin và cos lấy ở πt/2 = π/4, không phải ở 0."),
            ((3.0, None), "sin và cos lấy ở πt/2 = π/4, không phải ở πt = π/2."),
            ((velocity, place), "Hai số đúng nhưng ngược chỗ: vị trí đứng trước."),
        ],
    )


def couple(answer: Any) -> Report:
    """Hàm couple(x0, x1): x₀ xếp lại để Σ‖x₁ − x₀‖² nhỏ nhất; x0, x1 (n, d).

    Sách: (eq-ot-coupling)
    """
    # d ≥ 2: trên trục số, |x₁ − x₀| chưa bình phương có nhiều cách ghép tốt nhất bằng nhau.
    inputs = [(points(n, d, n), 1 + points(n, d, n + 50)) for n, d in ((1, 2), (6, 3), (9, 2))]

    def assignment(cost: Callable, turn: bool = False, **how) -> Callable:
        def pair(x0: Tensor, x1: Tensor) -> Tensor:
            matrix = cost(x1.double(), x0.double())
            _, columns = linear_sum_assignment((matrix.T if turn else matrix).numpy(), **how)
            return x0[torch.as_tensor(columns)]

        return pair

    def squares(a: Tensor, b: Tensor) -> Tensor:
        return torch.cdist(a, b).square()

    def greedy(x0: Tensor, x1: Tensor) -> Tensor:
        cost, order = squares(x1, x0), []
        for row in cost:
            order.append(int(row.argmin()))
            cost[:, order[-1]] = math.inf
        return x0[order]

    right = assignment(squares)
    return function(
        answer,
        right,
        inputs,
        tol=1e-5,
        name="couple",
        hints=[
            (lambda x0, x1: x0, "Bạn trả x₀ như đã rút: đó là cặp độc lập."),
            (
                assignment(squares, turn=True),
                "Ngược chỉ số: nếu hàng của ma trận phí là x₀ thì cột nói x₁ nào nhận nó. Đặt x₁ ở "
                "hàng, hoặc lấy hoán vị ngược (argsort của columns).",
            ),
            (
                assignment(squares, maximize=True),
                "Bạn được tổng lớn nhất. Kiểm lại dấu của ma trận phí.",
            ),
            (
                assignment(torch.cdist),
                "Bạn dùng khoảng cách, chưa bình phương: cách ghép tốt nhất khác đi.",
            ),
            (
                lambda x0, x1: x0[torch.cdist(x1, x0).argmin(1)],
                "Bạn cho mỗi x₁ điểm x₀ gần nó nhất: một x₀ có thể nhận nhiều x₁, và biên hỏng. "
                "Cần một hoán vị.",
            ),
            (
                lambda x0, x1: x0[x0[:, 0].argsort()],
                "Sắp thứ tự riêng x₀ là chưa đủ: phải theo thứ tự của x₁ tương ứng.",
            ),
            (
                lambda x0, x1: x0[x0[:, 0].argsort()[x1[:, 0].argsort().argsort()]],
                "Sắp thứ tự theo một tọa độ chỉ tối ưu khi d = 1. Với d > 1 hãy dùng phân công.",
            ),
            (
                lambda x0, x1: x1,
                "Bạn trả x₁. Đề cần x₀ xếp lại, x₁ giữ nguyên thứ tự.",
            ),
            (
                greedy,
                "Bạn cho từng x₁ chọn lần lượt x₀ gần nhất còn lại: người đến sau chịu thiệt, tổng "
                "chưa nhỏ nhất. Hãy giải bài toán phân công cho cả lô.",
            ),
            (
                lambda x0, x1: x0.sort(0).values,
                "sort trên tensor sắp riêng từng tọa độ: các điểm bị xé ra. Phải xếp lại cả hàng.",
            ),
            (
                lambda x0, x1: x1[
                    torch.as_tensor(linear_sum_assignment(squares(x0, x1).numpy())[1])
                ],
                "Bạn xếp lại x₁. Đề cần x₀ xếp lại, x₁ giữ nguyên thứ tự.",
            ),
        ],
    )


def reflow_costs(answer: Any) -> Report:
    """(trước, sau, V + 𝒮) của N(0, 1) → N(2, ¼), cặp độc lập, phí bình phương.

    Sách: (eq-reflow), (eq-straightness)
    """
    before, after = MEAN**2 + 1 + STD**2, MEAN**2 + (1 - STD) ** 2
    drop = before - after
    return numbers(
        answer,
        (before, after, drop),
        tol=1e-3,
        name="bộ ba phí",
        hints=[
            (
                (1 + STD**2, None, None),
                "Đó là phương sai của x₁ − x₀; phí là E(x₁ − x₀)², còn m² nữa.",
            ),
            (
                (MEAN**2, None, None),
                "Bạn mới tính bình phương của trung bình; còn phương sai 1 + s².",
            ),
            (
                (MEAN**2 + 1 + STD, None, None),
                "s² = ¼ là phương sai của x₁; bạn đã cộng s.",
            ),
            (
                (MEAN**2 + 1 - STD**2, None, None),
                "Phương sai của hiệu hai biến độc lập là tổng hai phương sai.",
            ),
            (
                (before, MEAN**2, None),
                "Sau khi nắn, ψ(x₀) − x₀ = m + (s − 1)x₀: vẫn còn phương sai (1 − s)².",
            ),
            (
                (before, MEAN**2 + (1 - STD**2) ** 2, None),
                "ψ(x₀) = m + s·x₀ với s = ½ là độ lệch chuẩn; bạn đã dùng phương sai s² = ¼.",
            ),
            ((before, 0.0, None), "Nắn lại làm quỹ đạo thẳng, không làm quãng đường về 0."),
            (
                (before, before, None),
                "Phí giảm: cặp mới là x₁ = ψ(x₀) = m + s·x₀, không còn độc lập.",
            ),
            (
                (before, MEAN**2 + (1 + STD) ** 2, None),
                "ψ tăng dần: ψ(x₀) = m + s·x₀, nên ψ(x₀) − x₀ = m + (s − 1)x₀.",
            ),
            (
                (before, after, math.pi * STD / 2),
                "Đó là riêng V. Còn 𝒮 = (2 − π/2)s: quỹ đạo của luồng đầu cong.",
            ),
            (
                (before, after, (2 - math.pi / 2) * STD),
                "Đó là riêng 𝒮. Còn V = πs/2: các lịch trình cắt nhau.",
            ),
            ((before, after, -drop), "V và 𝒮 không âm: phí trước trừ phí sau."),
            ((after, before, None), "Ngược chỗ: trước khi nắn phí lớn hơn."),
        ],
    )
