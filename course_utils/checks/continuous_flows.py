"""Bộ chấm các bài «Thử ngay» của sổ «Luồng chuẩn hóa liên tục».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

# Sổ gọi mọi bài qua tệp của chương.
from .instantaneous_change import _points, linear_log_prob, log_prob, mlp_divergence  # noqa: F401
from .report import Report, function, number, numbers


def blow_up(answer: Any) -> Report:
    """(lúc nghiệm của dx/dt = x² từ x₀ = 4 ra vô cực, tỉ lệ của N(0, 1) mất trước t = 1).

    Sách: (eq-picard-lindelof)
    """
    start = 4.0
    lost = math.erfc(1 / math.sqrt(2)) / 2
    peak = math.exp(-1 / 2) / math.sqrt(2 * math.pi)
    return numbers(
        answer,
        (1 / start, lost),
        tol=2e-3,
        name="cặp (thời điểm, tỉ lệ)",
        hints=[
            ((start, None), "Nghiệm là x₀/(1 − x₀t): mẫu số bằng 0 khi t = 1/x₀, không phải x₀."),
            ((0.5, None), "Đó là của x₀ = 2. Ở đây x₀ = 4."),
            ((1.0, None), "Đó là của x₀ = 1. Thời điểm là 1/x₀."),
            (
                (math.inf, None),
                "Trường trơn, nhưng không Lipschitz toàn cục: nghiệm x₀/(1 − x₀t) không sống "
                "mãi. Mẫu số bằng 0 lúc nào?",
            ),
            ((None, 1 - lost), "Đó là phần còn lại. Đề hỏi phần đã mất: những x₀ > 1."),
            (
                (None, 2 * lost),
                "Chỉ phía dương ra vô cực: với x₀ < 0, nghiệm bò về 0. Lấy một phía thôi.",
            ),
            ((None, 0.5), "Mọi x₀ > 0 đều nổ, nhưng chỉ x₀ > 1 nổ trước t = 1."),
            ((None, peak), "Đó là mật độ φ(1). Đề hỏi khối lượng bên phải số 1: P(Z > 1)."),
            (
                (None, 100 * lost),
                "Tỉ lệ là một số từ 0 đến 1, không phải phần trăm.",
            ),
            (
                (None, math.erfc(start / math.sqrt(2)) / 2),
                "Đó là P(Z > 4). Điểm nào có 1/x₀ < 1 thì mất.",
            ),
            ((lost, 1 / start), "Hai số đúng nhưng ngược chỗ: thời điểm đứng trước."),
        ],
    )


def best_increasing(answer: Any) -> Report:
    """min E[(f(X) + X)²] trên các hàm f không giảm, X đều trên [−2, 2].

    Sách: (eq-gronwall)
    """
    return number(
        answer,
        4 / 3,
        tol=5e-3,
        name="sai số nhỏ nhất",
        hints=[
            (0.0, "0 nghĩa là làm được x ↦ −x. Ánh xạ dòng một chiều luôn tăng chặt."),
            (
                1 / 3,
                "Đó là của đoạn [−1, 1]. Ở đây X đều trên [−2, 2], sai số có đơn vị bình phương.",
            ),
            (2 / 3, "Sai số đo bằng bình phương: kéo đoạn dài gấp đôi thì nó gấp bốn."),
            (16 / 3, "Đó là của phép đồng nhất, E[(2X)²]. Có hàm không giảm nào gần −x hơn không?"),
            (4.0, "Đó là bình phương lớn nhất; đề hỏi trung bình của nó, E[X²]."),
            (
                math.sqrt(4 / 3),
                "Đó là căn của sai số bình phương trung bình; đề hỏi chính nó.",
            ),
            (1.0, "Đó là E|X|. Sai số là E[X²]."),
        ],
    )


def midpoint_step(answer: Any) -> Report:
    """Hàm step(field, t, x, h): một bước điểm giữa của dx/dt = field(t, x).

    field(t, x) nhận số t và tensor (n, d), trả (n, d). Sách: (eq-rk-order)
    """

    def euler(field, t, x, h):
        return x + h * field(t, x)

    def heun(field, t, x, h):
        first = field(t, x)
        return x + h / 2 * (first + field(t + h, x + h * first))

    def midpoint(field, t, x, h, clock=0.5, reach=0.5, last=1.0):
        return x + last * h * field(t + clock * h, x + reach * h * field(t, x))

    def variant(**changed):
        return lambda field, t, x, h: midpoint(field, t, x, h, **changed)

    def restarted(field, t, x, h):
        middle = x + h / 2 * field(t, x)
        return middle + h * field(t + h / 2, middle)

    inputs = [(_field, 0.3, _points(n, n), h) for n, h in ((1, 0.5), (4, 0.2), (3, -0.4))]
    return function(
        answer,
        midpoint,
        inputs,
        tol=1e-5,
        name="step",
        hints=[
            (euler, "Đó là một bước Euler. Điểm giữa hỏi trường lần nữa, ở giữa bước."),
            (
                heun,
                "Đó là phương pháp Heun, trung bình hai đầu. Điểm giữa chỉ dùng vận tốc ở giữa.",
            ),
            (variant(clock=0.0), "Đồng hồ phải đi cùng: ở giữa bước, thời gian là t + h/2."),
            (variant(clock=1.0), "Ở giữa bước, thời gian là t + h/2, không phải t + h."),
            (
                variant(clock=1.0, reach=1.0),
                "Bạn hỏi trường ở cuối bước. Điểm giữa hỏi ở giữa: t + h/2, đi thử nửa bước.",
            ),
            (
                variant(reach=0.0),
                "Bạn hỏi trường ở giữa giờ nhưng vẫn tại x. Đi thử nửa bước rồi mới hỏi.",
            ),
            (
                restarted,
                "Vận tốc ở giữa bước dùng để đi cả bước từ x, không phải từ điểm giữa.",
            ),
            (variant(reach=1.0), "Đi thử nửa bước thôi: x + (h/2)·field(t, x)."),
            (
                variant(last=0.5),
                "Nửa bước chỉ để đi thử. Sau khi hỏi lại, đi cả bước h từ x.",
            ),
            (
                lambda field, t, x, h: field(t + h / 2, x + h / 2 * field(t, x)),
                "Bạn trả về vận tốc ở giữa bước; đề hỏi vị trí sau bước.",
            ),
            (
                lambda field, t, x, h: x + field(t + h / 2, x + h / 2 * field(t, x)),
                "Thiếu h: quãng đường là vận tốc nhân thời gian.",
            ),
            (
                lambda field, t, x, h: euler(field, t + h / 2, euler(field, t, x, h / 2), h / 2),
                "Đó là hai bước Euler ngắn. Điểm giữa xuất phát lại từ x, với vận tốc ở giữa.",
            ),
        ],
    )


def evaluations(answer: Any) -> Report:
    """Số lần gọi trường từ t = 0 đến 1 của: euler không step_size; rk4 4 bước; midpoint 16 bước.

    Dòng đầu là odeint(f, z, tensor([0., 1.]), method="euler"). Sách: (eq-rk-order)
    """
    return numbers(
        answer,
        (1, 16, 32),
        tol=0.1,
        name="bộ ba số lần gọi",
        hints=[
            (
                (2, None, None),
                "Hai thời điểm, một khoảng. Bộ giải bước cố định lấy lưới là chính các thời điểm "
                "được yêu cầu: một bước.",
            ),
            (
                (100, None, None),
                "Không có số bước mặc định nào. Lưới là chính hai thời điểm 0 và 1.",
            ),
            ((0, None, None), "Một bước Euler vẫn phải hỏi trường một lần."),
            ((None, 4, None), "Mỗi bước rk4 hỏi trường bốn lần."),
            ((None, 20, None), "4 bước là 4 đoạn, không phải 5; mỗi đoạn bốn lần gọi."),
            ((None, 5, None), "Mỗi bước hỏi bốn lần, không có lần nào dùng lại: 4 bước × 4 lần."),
            ((None, None, 17), "Mỗi bước điểm giữa hỏi trường hai lần, không dùng lại lần nào."),
            ((None, None, 16), "Mỗi bước điểm giữa hỏi trường hai lần: đầu bước và giữa bước."),
            ((None, None, 64), "Điểm giữa hai lần gọi một bước, không phải bốn."),
            ((None, None, 48), "Điểm giữa hai lần gọi một bước, không phải ba."),
            (
                (None, None, 33),
                "Không gọi thêm lần nào ở cuối: điểm giữa chỉ hỏi đầu và giữa bước.",
            ),
        ],
    )


def adjoint(answer: Any) -> Report:
    """(dL/dx₀, dL/dθ) của dx/dt = θx, x₀ = 3, θ = 0.4, L = x(1).

    Sách: (eq-adjoint), (eq-adjoint-parameters)
    """
    start, rate = 3.0, 0.4
    growth = math.exp(rate)
    return numbers(
        answer,
        (growth, start * growth),
        tol=2e-3,
        name="cặp (dL/dx₀, dL/dθ)",
        hints=[
            ((start * growth, growth), "Hai số đúng nhưng ngược chỗ: dL/dx₀ đứng trước."),
            (
                (None, growth),
                "∂u/∂θ = x_t, không phải 1: trong tích phân phải có x_t = x₀e^{θt}.",
            ),
            ((None, start * rate * growth), "Thừa một thừa số θ: ∂(θx)/∂θ = x, không phải θx."),
            ((None, rate * growth), "∂u/∂θ = x_t. Bạn có ∂u/∂x = θ ở chỗ ấy."),
            (
                (math.exp(-rate), None),
                "Dấu của phương trình liên hợp: ȧ = −θa, nên đi lùi từ a(1) = 1 thì a lớn lên.",
            ),
            ((start, None), "Đó là x₀. dL/dx₀ = a(0): x₀ nhích 1 thì x₁ = x₀e^θ nhích bao nhiêu?"),
            (
                (rate * growth, None),
                "Thừa một thừa số θ: x₁ = x₀e^θ, đạo hàm theo x₀ chỉ là e^θ.",
            ),
            (
                (start * growth**2, None),
                "Mất mát là L = x₁, không phải ½x₁²: a(1) = 1.",
            ),
            ((1.0, None), "Đó là a(1). dL/dx₀ là a(0), sau khi đi lùi cả chặng."),
            ((rate, None), "Đó là ∂u/∂x. dL/dx₀ = a(0), nghiệm của ȧ = −θa với a(1) = 1."),
            ((start * growth, None), "Đó là L. Đề hỏi đạo hàm của nó theo x₀."),
            (
                (None, start),
                "Bạn lấy a(t)·x_t với a = 1/e^{θt}. Đi lùi thì a(t) = e^{θ(1−t)}.",
            ),
            (
                (None, -start * growth),
                "Dấu ngược: tích phân đi từ 0 đến 1. Đi lùi từ 1 về 0 thì nhớ thêm dấu trừ.",
            ),
            (
                (None, start * (growth - 1) / rate),
                "Bạn lấy tích phân của x_t mà quên nhân với a(t) = e^{θ(1−t)}.",
            ),
            (
                (None, (growth - 1) / rate),
                "Bạn lấy tích phân của a(t) mà quên nhân với ∂u/∂θ = x_t.",
            ),
        ],
    )


def _field(t: float, x: Tensor) -> Tensor:
    """Một trường phụ thuộc thời gian, không bảo toàn thể tích."""
    return torch.sin(x.flip(-1) + 3 * t) + (0.5 - t) * x
