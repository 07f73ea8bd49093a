"""Khuếch tán có điều kiện, và dẫn hướng: nghe lời, rồi nghe quá lời.

Một mạng học cả hai việc, đoán nhiễu khi biết điều kiện và khi không: lúc huấn luyện, thỉnh thoảng
thay điều kiện bằng chỗ trống. Lúc sinh mẫu, đi xa thêm theo hướng mà điều kiện đã kéo.

Nguồn: Ho & Salimans (2022). Cách có từ trước, dùng một bộ phân loại: `classifier_guidance`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..base import check_count
from ..errors import InputError
from ..flows.fields import ACTIVATIONS, Field, VelocityMLP, timed
from .ddpm import DDPM

#: một lô dữ liệu, hay một lô kèm điều kiện của từng điểm
Batch = Tensor | tuple[Tensor, Tensor]


def guided(unconditional: Tensor, conditional: Tensor, weight: float) -> Tensor:
    """u + w(c − u): w = 0 không nghe điều kiện, w = 1 nghe đúng mức, w > 1 nghe quá lời.

    Áp dụng cho ε, x₀, v hay điểm số đều như nhau, vì chúng là hàm bậc nhất của nhau.
    Ho & Salimans (2022) viết w cho cái mà ở đây là w − 1. Sách: (eq-cfg)
    """
    return unconditional + weight * (conditional - unconditional)


class ConditionalMLP(nn.Module):
    """`VelocityMLP` nghe thêm một nhãn: mỗi nhãn một vector cộng vào từng tầng ẩn.

    Tham số
    -------
    dim, hidden, frequencies, activation : của `VelocityMLP`
    classes : số lớp; nhãn 0…classes − 1, còn nhãn `classes` (cũng là `null`) nghĩa là «không nói»

    Gọi bằng net(s, x, condition): s một số hay (n,), x (n, dim), nhãn (n,) int64; không đưa nhãn là
    «không nói». Đầu ra (n, dim).
    """

    null: Tensor

    def __init__(
        self,
        dim: int,
        classes: int,
        hidden: Sequence[int] = (128, 128),
        frequencies: int = 3,
        activation: str = "tanh",
    ):
        super().__init__()
        check_count(classes, "classes")
        self.net = VelocityMLP(dim, hidden, frequencies, activation)
        self.symbols = classes + 1
        self.labels = nn.ModuleList(nn.Embedding(self.symbols, size) for size in hidden)
        self.register_buffer("null", torch.tensor(classes))

    def forward(self, s: Tensor | float, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Đầu ra (n, dim) của mạng ở thời điểm nhiễu s, khi biết nhãn."""
        net, condition = self.net, self.null if condition is None else condition
        clock, activate = net.clock(s, x), ACTIVATIONS[net.activation][0]
        h = x
        for linear, time, label in zip(net.linear, net.time, self.labels, strict=False):
            h = activate(timed(linear, time, h, clock) + label(condition))
        return timed(net.linear[-1], net.time[-1], h, clock)


class Conditioned(nn.Module):
    """Mạng của p(x | c) với c đã biết, (n, ...): gọi net(s, x) không cần nói lại điều kiện.

    `guidance` khác 1 thì mỗi lần gọi là hai lần gọi mạng gốc, có và không có điều kiện.
    Sách: (eq-cfg)
    """

    def __init__(self, net: nn.Module, condition: Tensor, guidance: float = 1.0):
        super().__init__()
        self.net, self.guidance = net, guidance
        self.register_buffer("condition", condition, persistent=False)

    def forward(self, s: Tensor | float, x: Tensor) -> Tensor:
        """Đầu ra của mạng gốc, đã nghe điều kiện và đã dẫn hướng; cùng hình dạng x (n, ...)."""
        if len(self.condition) not in (1, len(x)):
            raise InputError(
                f"Có {len(self.condition)} điều kiện cho {len(x)} điểm; cần một điều kiện chung "
                f"hoặc mỗi điểm một điều kiện."
            )
        condition = self.condition.expand(len(x), *self.condition.shape[1:])
        heard = self.net(s, x, condition)
        if self.guidance == 1:
            return heard
        return guided(self.net(s, x, self.net.null.expand_as(condition)), heard, self.guidance)


class GuidedDDPM(DDPM):
    """Mô hình khuếch tán có điều kiện, một mạng cho cả p(x | c) lẫn p(x).

        model = GuidedDDPM(2, classes=3)
        fit(model, (x, labels), steps=1000)
        model.sample(500, 2, guidance=3.0)              # 500 điểm của lớp 2, dẫn hướng w = 3
        model.given(2).elbo(x)                          # p(x | c = 2) là một DDPM như mọi DDPM

    Tham số
    -------
    dim : như `DDPM`
    classes, hidden, frequencies, activation : của `ConditionalMLP`, khi không đưa `net`
    net : mạng của riêng bạn, gọi bằng net(s, x, condition), có `net.null`: điều kiện «không nói»,
        ví dụ UNet(..., classes=10) hay Captioned(UNet(..., context_dim=32), TextEncoder(32))
    drop : xác suất thay điều kiện bằng «không nói» khi huấn luyện. 0 thì mạng không bao giờ học
        p(x), và dẫn hướng vô nghĩa
    settings : steps, schedule, prediction, variance, levels, như `DDPM`

    Dữ liệu là cặp (x, condition): nhãn (n,), hay ký hiệu (n, L). Gọi như một DDPM thường, không đưa
    điều kiện, thì được mô hình của p(x). Sách: (eq-cfg)
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        classes: int | None = None,
        hidden: Sequence[int] = (128, 128),
        *,
        net: nn.Module | None = None,
        drop: float = 0.1,
        frequencies: int = 3,
        activation: str = "tanh",
        **settings,
    ):
        if net is None:
            if classes is None or not isinstance(dim, int):
                raise InputError(
                    f"dim = {dim}, classes = {classes}: cần một số chiều và số lớp, hoặc một mạng "
                    f"`net` nhận điều kiện, ví dụ UNet((1, 8, 8), classes=10)."
                )
            net = ConditionalMLP(dim, classes, hidden, frequencies, activation)
        if not isinstance(getattr(net, "null", None), Tensor):
            raise InputError(
                f"{type(net).__name__} không có `null`, điều kiện «không nói»; dẫn hướng cần nó. "
                f"Hãy dùng ConditionalMLP, UNet(classes=...) hay Captioned(...)."
            )
        if not 0 <= drop < 1:
            raise InputError(f"drop = {drop}; cần một xác suất từ 0 đến dưới 1, ví dụ 0.1.")
        super().__init__(dim, net=net, **settings)
        self.drop = drop

    def check(self, x: Batch, name: str = "x") -> None:
        """Một lô dữ liệu, hay một cặp (dữ liệu, điều kiện) cùng số điểm."""
        if not isinstance(x, tuple):
            return super().check(x, name)
        if len(x) != 2:
            raise InputError(f"`{name}` có {len(x)} phần; cần cặp (dữ liệu, điều kiện).")
        super().check(x[0], name)
        if len(self.check_condition(x[1])) != len(x[0]):
            raise InputError(
                f"`{name}` có {len(x[0])} điểm mà {len(x[1])} điều kiện; hãy đưa mỗi điểm một cái."
            )

    def check_condition(self, condition: Tensor | int) -> Tensor:
        """Điều kiện (n, ...) hay một điều kiện chung, thành tensor (n hay 1, ...) cùng thiết bị."""
        null = self.net.null
        condition = torch.as_tensor(condition, device=null.device)
        if condition.ndim == null.ndim:
            condition = condition[None]
        if condition.shape[1:] != null.shape or condition.dtype != null.dtype:
            raise InputError(
                f"Điều kiện có hình dạng {tuple(condition.shape)}, kiểu {condition.dtype}; cần "
                f"{('n', *null.shape)}, kiểu {null.dtype}."
            )
        symbols = getattr(self.net, "symbols", None)
        if symbols is not None and not ((condition >= 0) & (condition < symbols)).all():
            raise InputError(
                f"Điều kiện có giá trị từ {int(condition.min())} đến {int(condition.max())}; mạng "
                f"này biết các giá trị từ 0 đến {symbols - 1}."
            )
        return condition

    def given(self, condition: Tensor | int, guidance: float = 1.0) -> DDPM:
        """p(x | c) là một DDPM: cùng lịch, cùng trọng số, đã nghe điều kiện, có dẫn hướng.

        Điều kiện chung, hay mỗi điểm một điều kiện (n, ...); khi ấy chỉ dùng được với lô n điểm.
        """
        return with_net(self, Conditioned(self.net, self.check_condition(condition), guidance))

    def loss(self, x: Batch) -> Tensor:
        """L_simple của lô (x, condition), mỗi điều kiện bị bỏ với xác suất `drop`.

        Sách: (eq-simple-loss), (eq-cfg); Ho & Salimans (2022), thuật toán 1
        """
        if not isinstance(x, tuple):
            return super().loss(x)
        self.check(x)
        x, condition = x
        dropped = torch.rand(len(x), device=condition.device) < self.drop
        dropped = dropped.view(-1, *[1] * (condition.ndim - 1))
        return self.given(torch.where(dropped, self.net.null, condition)).loss(x)

    def elbo(self, x: Batch, terms: int | None = None) -> Tensor:
        """Cận dưới của log p(x | c) với lô (x, condition), hay của log p(x) với lô x; (n,), nat."""
        if not isinstance(x, tuple):
            return super().elbo(x, terms)
        self.check(x)
        return self.given(x[1]).elbo(x[0], terms)

    def sample(
        self,
        n: int,
        condition: Tensor | int | None = None,
        guidance: float = 1.0,
        **settings,
    ) -> Tensor:
        """n mẫu (n, *event_shape) của điều kiện ấy, dẫn hướng với trọng số `guidance`.

        Một điều kiện chung hay mỗi mẫu một điều kiện; không đưa thì là mẫu của p(x). `settings` như
        `DDPM.sample`: sampler, steps, eta, seed.

        guidance > 1 không lấy mẫu từ p(x | c), cũng không từ mật độ tỉ lệ với p(x) p(c | x)^w: ở
        mỗi mức nhiễu điểm số là của mật độ ấy, nhưng các mức không khớp nhau thành một quá trình.
        Sách: (eq-cfg), (eq-tempered)
        """
        if condition is None:
            if guidance not in (0, 1):
                raise InputError(f"guidance = {guidance} mà không có `condition` nào để nghe theo.")
            return super().sample(n, **settings)
        return self.given(condition, guidance).sample(n, **settings)


def with_net(model: DDPM, net: Field) -> DDPM:
    """Một DDPM cùng lịch nhiễu, cùng phía dữ liệu với `model`, chỉ khác mạng."""
    other = DDPM(
        model.event_shape,
        schedule=model.schedule,
        prediction=model.prediction,
        variance=model.variance,
        net=net,
        levels=model.levels,
    )
    if model.levels is None:
        other.norm = model.norm
    other._like = model._like
    return other.train(model.training)
