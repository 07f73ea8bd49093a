"""Bộ chấm các bài «Thử ngay» của sổ «Luồng chuẩn hóa liên tục».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

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


def linear_log_prob(answer: Any) -> Report:
    """(log|det ∂z/∂x|, log p(x)) của u = Bx, B = diag(0.8, −0.3), cơ sở N(0, I), x = (1, −2).

    Sách: (eq-linear-cnf), (eq-cnf-log-prob)
    """
    rates, x = (0.8, -0.3), (1.0, -2.0)

    def base(*z):
        return -math.log(2 * math.pi) - sum(a * a for a in z) / 2

    back = base(*(a * math.exp(-r) for a, r in zip(x, rates, strict=True)))
    ahead = base(*(a * math.exp(r) for a, r in zip(x, rates, strict=True)))
    trace = sum(rates)
    return numbers(
        answer,
        (-trace, back - trace),
        tol=2e-3,
        name="cặp (log|det ∂z/∂x|, log p(x))",
        hints=[
            (
                (trace, back + trace),
                "Dấu của cả hai ngược: chiều x → z lấy tích phân từ 1 về 0, được −tr B.",
            ),
            (
                (trace, None),
                "Đó là log|det ∂x/∂z|, của chiều sinh. Chiều x → z có dấu ngược lại.",
            ),
            (
                (math.exp(-trace), None),
                "Đó là định thức. Đề hỏi log của nó, tức chính tích phân của độ phân kỳ.",
            ),
            ((None, math.exp(back - trace)), "Đó là mật độ; đề hỏi log mật độ."),
            (
                (None, back + trace),
                "Dấu ngược: trường này giãn thể tích (tr B > 0) nên mật độ phải giảm. "
                "log p(x) = log p_Z(z) + log|det ∂z/∂x|.",
            ),
            ((None, back), "Đó mới là log p_Z(z). Còn tích phân của độ phân kỳ."),
            (
                (None, base(*x) - trace),
                "Bạn tính p_Z tại x. Phải tính tại z = e^{−B}x, nơi quỹ đạo xuất phát.",
            ),
            (
                (None, ahead - trace),
                "Bạn đi xuôi thêm một lần: từ x về z phải nhân với e^{−B}.",
            ),
            ((None, back - 2 * trace), "Tích phân bị trừ hai lần: nó đã mang dấu rồi."),
            (
                (None, back + math.log(2 * math.pi) - trace),
                "Bạn quên hằng số −log 2π của N(0, I) hai chiều.",
            ),
            (
                (None, back + math.log(2 * math.pi) / 2 - trace),
                "Hằng số chuẩn hóa của N(0, I) trong hai chiều là −log 2π, không phải nửa số ấy.",
            ),
            ((back - trace, -trace), "Hai số đúng nhưng ngược chỗ: log định thức đứng trước."),
        ],
    )


def log_prob(answer: Any) -> Report:
    """Hàm log_prob(rates, x, steps): log mật độ (n,) của CNF với cơ sở N(0, I).

    rates(t, x) -> (u (n, d), ∇·u (n,)). Bộ giải nào cũng được, với `steps` bước đủ nhỏ.
    Sách: (eq-augmented-ode), (eq-cnf-log-prob)
    """

    def solve(rates, x, steps, start=1.0, end=0.0, sign=1.0, clock=lambda t: t):
        h, total = (end - start) / steps, x.new_zeros(len(x))
        for k in range(steps):
            t = start + k * h
            middle = x + sign * h / 2 * rates(clock(t), x)[0]
            u, divergence = rates(clock(t + h / 2), middle)
            x, total = x + sign * h * u, total + h * divergence
        return x, total

    def normal(z: Tensor, constant: float = 1.0) -> Tensor:
        d = z.shape[1]
        return -0.5 * (z.square().sum(1) + constant * d * math.log(2 * math.pi))

    def right(rates, x, steps):
        z, log_det = solve(rates, x, steps)
        return normal(z) + log_det

    def wrong(combine: Callable, **how) -> Callable:
        return lambda rates, x, steps: combine(*solve(rates, x, steps, **how), x)

    inputs = [(_rates, _points(n, n), 100) for n in (6, 3)]
    return function(
        answer,
        right,
        inputs,
        tol=0.02,  # Euler 100 bước sai chừng 0.01 ở đây
        name="log_prob",
        hints=[
            (
                wrong(lambda z, total, x: normal(z)),
                "Đó là log p_Z(z), chưa phải log mật độ. Còn tích phân của độ phân kỳ.",
            ),
            (
                wrong(lambda z, total, x: normal(z) - total),
                "Dấu ngược: đi từ t = 1 về 0 thì bước h âm, tích phân đã mang dấu. Cộng nó vào.",
            ),
            (
                wrong(lambda z, total, x: normal(z) - total, start=0.0, end=1.0),
                "Bạn đi từ 0 đến 1. Điểm dữ liệu ở t = 1: xuất phát từ 1, về 0.",
            ),
            (
                wrong(lambda z, total, x: normal(z) + total, start=0.0, end=1.0),
                "Bạn đi từ 0 đến 1. Điểm dữ liệu ở t = 1: xuất phát từ 1, về 0, rồi cộng.",
            ),
            (
                wrong(lambda z, total, x: normal(z) + total, sign=-1.0),
                "Bước h đã âm; đổi dấu cả trường nữa thì điểm đi tiếp về phía trước.",
            ),
            (
                wrong(lambda z, total, x: normal(z) + total, clock=lambda t: 1 - t),
                "Đồng hồ sai: lúc xuất phát, điểm đang ở t = 1 nên phải gọi rates(1, x), kể cả "
                "khi bạn đi ngược bằng −u.",
            ),
            (
                wrong(lambda z, total, x: normal(x) + total),
                "Tính p_Z tại z, điểm cuối của chặng ngược, không phải tại x.",
            ),
            (wrong(lambda z, total, x: total), "Đó là log|det ∂z/∂x|; còn phải cộng log p_Z(z)."),
            (
                wrong(lambda z, total, x: normal(z, 0.0) + total),
                "Bạn quên hằng số −(d/2)·log 2π của N(0, I).",
            ),
            (
                wrong(lambda z, total, x: normal(z, 1 / z.shape[1]) + total),
                "Hằng số chuẩn hóa của N(0, I) trong d chiều là −(d/2)·log 2π, nhân với d.",
            ),
            (
                wrong(lambda z, total, x: (normal(z) + total).mean()),
                "Bạn lấy trung bình cả lô. Cần một số cho mỗi điểm: (n,).",
            ),
            (
                wrong(lambda z, total, x: -(normal(z) + total)),
                "Đó là đối log hợp lý; đề hỏi log mật độ.",
            ),
            (
                lambda rates, x, steps: right(rates, x, 1),
                "Bạn chỉ đi một bước. Chia đoạn từ 1 về 0 thành `steps` bước.",
            ),
            (
                wrong(lambda z, total, x: (normal(z) + total).exp()),
                "Đó là mật độ; đề hỏi log mật độ.",
            ),
        ],
    )


def mlp_divergence(answer: Any) -> Report:
    """Hàm divergence(W1, c1, W2, c2, W3, x): ∇·u (n,) của u = W₃ tanh(W₂ tanh(W₁x + c₁) + c₂).

    W1 (h₁, d), W2 (h₂, h₁), W3 (d, h₂), x (n, d). Sách: (eq-mlp-divergence)
    """

    def slopes(W1, c1, W2, c2, x):
        y1 = torch.tanh(x @ W1.T + c1)
        y2 = torch.tanh(y1 @ W2.T + c2)
        return y1, y2, 1 - y1**2, 1 - y2**2

    def bilinear(W1, W2, W3, left, right):
        return ((right @ (W2.T * (W1 @ W3))) * left).sum(1)

    def right(W1, c1, W2, c2, W3, x):
        _, _, d1, d2 = slopes(W1, c1, W2, c2, x)
        return bilinear(W1, W2, W3, d2, d1)

    def using(choose: Callable) -> Callable:
        return lambda W1, c1, W2, c2, W3, x: bilinear(
            W1, W2, W3, *choose(*slopes(W1, c1, W2, c2, x))
        )

    generator = torch.Generator().manual_seed(0)
    inputs = []
    for n, d, h1, h2 in ((1, 2, 3, 4), (6, 3, 5, 5), (4, 1, 2, 3)):
        shapes = ((h1, d), (h1,), (h2, h1), (h2,), (d, h2), (n, d))
        inputs.append(tuple(torch.randn(shape, generator=generator) for shape in shapes))
    return function(
        answer,
        right,
        inputs,
        tol=1e-4,
        name="divergence",
        hints=[
            (
                using(lambda y1, y2, d1, d2: (d2, torch.ones_like(d1))),
                "Thiếu đạo hàm d₁ của tầng ẩn thứ nhất.",
            ),
            (
                using(lambda y1, y2, d1, d2: (torch.ones_like(d2), d1)),
                "Thiếu đạo hàm d₂ của tầng ẩn thứ hai.",
            ),
            (
                using(lambda y1, y2, d1, d2: (y2, y1)),
                "Bạn dùng giá trị tanh. Ma trận Jacobi chứa đạo hàm: d = 1 − tanh².",
            ),
            (
                lambda W1, c1, W2, c2, W3, x: right(W1, 0 * c1, W2, 0 * c2, W3, x),
                "Bạn quên độ lệch c₁, c₂: chúng không có trong J, nhưng quyết định d₁, d₂ ở đâu.",
            ),
            (
                lambda W1, c1, W2, c2, W3, x: (
                    (slopes(W1, c1, W2, c2, x)[2] @ W2.T) * slopes(W1, c1, W2, c2, x)[3]
                ).sum(1),
                "Thiếu W₁W₃: ma trận G là W₂ nhân từng phần tử với chuyển vị của W₁W₃.",
            ),
            (
                using(lambda y1, y2, d1, d2: (d2**2, d1**2)),
                "Mỗi đạo hàm chỉ xuất hiện một lần trong J = W₃ diag(d₂) W₂ diag(d₁) W₁.",
            ),
            (
                lambda *a: right(*a)[..., None].squeeze(-1).sum(),
                "Bạn cộng cả lô. Cần một số cho mỗi điểm: kết quả có hình (n,).",
            ),
            (
                lambda *a: right(*a).mean(),
                "Bạn lấy trung bình cả lô. Cần một số cho mỗi điểm: (n,).",
            ),
            (lambda *a: right(*a)[:, None], "Kết quả cần hình (n,), không phải (n, 1)."),
            (lambda *a: -right(*a), "Dấu ngược: vết là tổng các phần tử chéo, không có dấu trừ."),
            (
                lambda W1, c1, W2, c2, W3, x: (
                    torch.linalg.slogdet(
                        torch.eye(len(W3)) + _jacobian(W1, c1, W2, c2, W3, x)
                    ).logabsdet
                ),
                "Đó là log det(I + J), của một tầng phần dư. Luồng liên tục chỉ cần vết của J.",
            ),
            (
                lambda *a: torch.linalg.det(_jacobian(*a)),
                "Đó là định thức của J. Độ phân kỳ là vết.",
            ),
            (
                lambda *a: _jacobian(*a).sum((1, 2)),
                "Bạn cộng mọi phần tử của J. Vết chỉ cộng đường chéo.",
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


def _points(n: int, seed: int) -> Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


def _field(t: float, x: Tensor) -> Tensor:
    """Một trường phụ thuộc thời gian, không bảo toàn thể tích."""
    return torch.sin(x.flip(-1) + 3 * t) + (0.5 - t) * x


def _rates(t: float, x: Tensor) -> tuple[Tensor, Tensor]:
    """Một trường trong mặt phẳng và độ phân kỳ của nó; đổi theo t không đối xứng quanh 1/2."""
    t = float(t)
    u = torch.stack([0.6 * torch.tanh(x[:, 0]) - x[:, 1] + 3 * t**2, x[:, 0] + t * x[:, 1]], 1)
    return u, 0.6 * (1 - torch.tanh(x[:, 0]).square()) + t


def _jacobian(W1, c1, W2, c2, W3, x: Tensor) -> Tensor:
    """J (n, d, d) của mạng trong `mlp_divergence`."""
    y1 = torch.tanh(x @ W1.T + c1)
    y2 = torch.tanh(y1 @ W2.T + c2)
    inner = (1 - y2**2)[:, :, None] * W2 * (1 - y1**2)[:, None, :]
    return W3 @ inner @ W1
