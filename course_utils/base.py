"""Giao ước chung của mọi mô hình trong giáo trình, và phép kiểm tra đầu vào."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .errors import InputError


def describe_shape(shape) -> str:
    """(n, 1, 8, 8) viết cho người đọc."""
    return "(" + ", ".join(str(s) for s in shape) + ("," if len(shape) == 1 else "") + ")"


def short_dtype(dtype: torch.dtype) -> str:
    """float32, viết cho người đọc."""
    return str(dtype).removeprefix("torch.")


def check_device(x: Tensor, like: Tensor | None, name: str = "x") -> None:
    """x phải ở cùng thiết bị với `like`, một tensor của mô hình.

    `data` được tha: đó là cả bộ dữ liệu, và `fit` sẽ tự chép nó sang thiết bị của mô hình.
    """
    if name == "data" or like is None or x.device == like.device:
        return
    raise InputError(
        f"`{name}` ở thiết bị {x.device}, còn mô hình ở {like.device}; hai bên phải cùng một nơi. "
        f'Hãy dùng {name}.to("{like.device}"), hoặc chuyển mô hình: model.to("{x.device}").'
    )


_trusted = False


@contextmanager
def trusted_values(trust: bool = True) -> Iterator[None]:
    """Trong khối này chỉ soát hình dạng, kiểu số, thiết bị; giá trị của dữ liệu không bị đọc.

    Đọc một giá trị là bắt CPU đợi GPU làm xong mọi việc đã giao. `fit` soát giá trị một lần, rồi
    để các bước sau chạy liền nhau; mất mát thành NaN thì nó vẫn báo.
    """
    global _trusted
    before, _trusted = _trusted, trust
    try:
        yield
    finally:
        _trusted = before


def check_batch(
    x: Tensor, event_shape: tuple[int, ...], name: str = "x", like: Tensor | None = None
) -> None:
    """Kiểm tra một lô dữ liệu (n, *event_shape): số thực, hữu hạn, không rỗng.

    `like`: một tensor của mô hình, thường là tham số đầu tiên; có nó thì x phải cùng kiểu số và
    cùng thiết bị.

    Lỗi
    ---
    InputError: câu tiếng Việt nói cái gì đã đến, cái gì được chờ đợi, phải làm gì.
    """
    if not isinstance(x, Tensor):
        raise InputError(
            f"`{name}` có kiểu {type(x).__name__}; ở đây cần một torch.Tensor. "
            f"Hãy dùng torch.as_tensor(...)."
        )
    expected = ("n", *event_shape)
    if x.ndim != len(expected) or tuple(x.shape[1:]) != tuple(event_shape):
        raise InputError(
            f"`{name}` có hình dạng {describe_shape(x.shape)}; mô hình này cần "
            f"{describe_shape(expected)}, với n là số điểm trong lô. "
            f"Hãy xem lại số chiều cuối của dữ liệu hoặc số chiều khi dựng mô hình."
        )
    if not x.is_floating_point():
        raise InputError(
            f"`{name}` là tensor kiểu {x.dtype}; mật độ chỉ có nghĩa với số thực. "
            f"Hãy dùng x.float(); nếu là ảnh nguyên 8 bit, hãy khử lượng tử hóa bằng dequantize."
        )
    if like is not None and x.dtype != like.dtype:
        came, expected = short_dtype(x.dtype), short_dtype(like.dtype)
        raise InputError(
            f"`{name}` là tensor kiểu {came}, còn tham số của mô hình có kiểu {expected}; hai bên "
            f"phải cùng một kiểu. Hãy dùng {name}.to(torch.{expected}), hoặc đổi cả mô hình: "
            f"model.to(torch.{came})."
        )
    check_device(x, like, name)
    if x.shape[0] == 0:
        raise InputError(f"`{name}` là một lô rỗng (n = 0); cần ít nhất một điểm dữ liệu.")
    # Rẽ nhánh theo giá trị còn cắt đôi đồ thị của torch.compile.
    if torch.compiler.is_compiling() or _trusted:
        return
    if not torch.isfinite(x).all():
        bad = int((~torch.isfinite(x)).flatten(1).any(1).sum())
        raise InputError(
            f"`{name}` có NaN hoặc vô cực ở {bad} trên {x.shape[0]} điểm. "
            f"Hãy làm sạch dữ liệu trước, ví dụ x[torch.isfinite(x).flatten(1).all(1)]."
        )


def check_levels(x: Tensor, event_shape: tuple[int, ...], levels: int, name: str = "x") -> None:
    """Kiểm tra một lô dữ liệu rời rạc (n, *event_shape): số nguyên từ 0 đến levels − 1.

    Kiểu nguyên hay kiểu thực đều được, miễn giá trị nguyên.

    Lỗi
    ---
    InputError: câu tiếng Việt nói cái gì đã đến, cái gì được chờ đợi, phải làm gì.
    """
    check_batch(x.float() if isinstance(x, Tensor) else x, event_shape, name)
    if torch.compiler.is_compiling() or _trusted:
        return
    if x.is_floating_point() and (x != x.round()).any():
        raise InputError(
            f"`{name}` có giá trị lẻ; mô hình này cần số nguyên từ 0 đến {levels - 1}. "
            f"Nếu dữ liệu đã chia cho {levels - 1} hay đã khử lượng tử hóa, hãy dùng bản gốc."
        )
    low, high = int(x.min()), int(x.max())
    if low < 0 or high >= levels:
        raise InputError(
            f"`{name}` có giá trị từ {low} đến {high}; mô hình này có {levels} mức, "
            f"từ 0 đến {levels - 1}. Hãy xem lại dữ liệu hoặc số mức khi dựng mô hình."
        )


@dataclass(frozen=True)
class Objective:
    """Một mục tiêu của huấn luyện: một nhóm tham số và mất mát mà nhóm ấy hạ.

    `repeats` : số bước của mục tiêu này trong một bước huấn luyện, mỗi bước một lô mới
    `betas`   : hai hệ số quán tính của Adam
    """

    name: str
    parameters: list[nn.Parameter]
    loss: Callable[[Tensor], Tensor]
    repeats: int = 1
    betas: tuple[float, float] = (0.9, 0.999)


class GenerativeModel(nn.Module):
    """Mọi mô hình sinh: `loss(x)` để huấn luyện, `sample(n)` để sinh mẫu.

    `event_shape` là hình dạng của một điểm dữ liệu, không kể chiều lô.
    """

    event_shape: tuple[int, ...]

    @property
    def like(self) -> Tensor | None:
        """Tham số đầu tiên: dữ liệu phải cùng kiểu số với nó. None khi không có tham số nào."""
        return next(self.parameters(), None)

    def check(self, x: Tensor, name: str = "x") -> None:
        """Kiểm tra một lô dữ liệu trước khi dùng; ném InputError bằng tiếng Việt."""
        check_batch(x, self.event_shape, name, self.like)

    def loss(self, x: Tensor) -> Tensor:
        """Mất mát trung bình của lô x (n, *event_shape); một số vô hướng."""
        raise NotImplementedError

    def sample(self, n: int) -> Tensor:
        """n mẫu, hình dạng (n, *event_shape)."""
        raise NotImplementedError

    def objectives(self) -> list[Objective]:
        """Các mục tiêu mà `fit` hạ luân phiên; mặc định một mục tiêu, mọi tham số cùng hạ `loss`.

        Mục tiêu cuối cùng là `loss`: con số mà thanh tiến độ hiện ra.
        """
        return [Objective("loss", list(self.parameters()), self.loss)]


class DensityModel(GenerativeModel):
    """Mô hình có mật độ tính được: huấn luyện bằng hợp lý cực đại.

    Sách: (eq-mle)
    """

    def log_prob(self, x: Tensor) -> Tensor:
        """Log mật độ chính xác, đơn vị nat; x (n, *event_shape) cho ra (n,)."""
        raise NotImplementedError

    def loss(self, x: Tensor) -> Tensor:
        """Đối log hợp lý trung bình, nat trên một điểm."""
        return -self.log_prob(x).mean()


class DiscreteModel(GenerativeModel):
    """Mô hình trên dữ liệu rời rạc: mỗi thành phần là một số nguyên từ 0 đến `levels` − 1."""

    levels: int

    def check(self, x: Tensor, name: str = "x") -> None:
        check_levels(x, self.event_shape, self.levels, name)
        check_device(x, self.like, name)

    def log_prob(self, x: Tensor) -> Tensor:
        """Log xác suất chính xác, đơn vị nat; x (n, *event_shape) cho ra (n,)."""
        raise NotImplementedError

    def loss(self, x: Tensor) -> Tensor:
        """Đối log hợp lý trung bình, nat trên một điểm."""
        return -self.log_prob(x).mean()


def check_count(n: int, name: str = "n") -> None:
    """Số mẫu phải là số nguyên dương."""
    if not isinstance(n, int) or n < 1:
        raise InputError(f"`{name}` = {n!r}; số mẫu phải là một số nguyên dương.")
