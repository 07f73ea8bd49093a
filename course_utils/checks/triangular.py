"""Bộ chấm hai hàm về ánh xạ tam giác: log định thức trong O(D), và chiều tuần tự.

Cả hai nhận `conditioner`, một hàm z (n, D) -> hai tensor (n, D) mà cột i chỉ đọc z_{<i}.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .report import Report, blank


def log_det(answer: Any, dim: int = 3000) -> Report:
    """Hàm log_det(z, conditioner) -> (n,) của x = a ⊙ z + m, với (a, m) = conditioner(z).

    a ≠ 0 có thể âm; a_i, m_i chỉ đọc z_{<i}. Chấm trên D = 1, 6 (so với autograd) và trên D lớn.
    Sách: (eq-af-jacobian)
    """
    if (empty := _not_callable(answer, "my_log_det")) is not None:
        return empty
    for seed, (n, size) in enumerate([(5, 6), (3, 5), (1, 1)]):
        z = torch.randn(n, size, generator=torch.Generator().manual_seed(seed)).double()
        exact = torch.linalg.slogdet(
            torch.func.vmap(torch.func.jacrev(lambda one: _generate(one[None])[0]))(z)
        ).logabsdet
        got = _attempt(answer, z, _signed_conditioner, shape=(n,))
        if isinstance(got, Report):
            return got
        if not torch.allclose(got.double(), exact, atol=1e-6):
            return _log_det_hint(got.double(), exact, z)
    z = torch.randn(2, dim, generator=torch.Generator().manual_seed(9))
    exact = _signed_conditioner(z)[0].abs().log().sum(1)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        got = _attempt(answer, z, _signed_conditioner, shape=(2,))
        seconds.append(time.perf_counter() - start)
        if isinstance(got, Report):
            return got
        if seconds[-1] > 5:
            break
    if not torch.isfinite(got).all():
        return Report(
            False,
            f"Với D = {dim}, kết quả là {float(got[0])}: tích của {dim} số đã tràn về 0 hay vô "
            "cùng trước khi lấy log. Hãy lấy log trước rồi cộng.",
        )
    if not torch.allclose(got, exact.to(got.dtype), rtol=1e-3):
        return Report(False, f"Với D = {dim}: nhận {float(got[0]):.6g}, cần {float(exact[0]):.6g}.")
    if min(seconds) > 0.1:
        return Report(
            False,
            f"Con số đúng, nhưng D = {dim} mất {min(seconds):.1f} giây: bạn đang dựng cả ma trận "
            "D×D. Đường chéo của ma trận tam giác là đủ: tổng của log|a_i|.",
        )
    return Report(True, f"Đúng, và chỉ tốn O(D): D = {dim} vẫn hữu hạn.")


def sequential_inverse(answer: Any) -> Report:
    """Hàm my_inverse(x, conditioner) -> z của x = e^s ⊙ z + m, với (s, m) = conditioner(z).

    s_i, m_i chỉ đọc z_{<i}. Không được gọi conditioner quá D lần; sai số không quá 1e−9.
    Sách: (eq-iaf)
    """
    if (empty := _not_callable(answer, "my_inverse")) is not None:
        return empty
    for seed, (n, dim) in enumerate([(5, 9), (4, 3), (1, 1)]):
        z = torch.randn(n, dim, generator=torch.Generator().manual_seed(seed)).double()
        s, m = _smooth_conditioner(z)
        x = s.exp() * z + m
        counted = _Counter(_smooth_conditioner, x.shape)
        got = _attempt(answer, x, counted, shape=(n, dim))
        if isinstance(got, Report):
            return got
        got = got.double()
        if counted.calls > dim:
            return Report(
                False,
                f"D = {dim} mà cơ chế điều kiện bị gọi {counted.calls} lần. Mỗi lượt gỡ thêm được "
                "ít nhất một tọa độ, nên D lượt là đủ.",
            )
        if torch.allclose(got, z, rtol=0, atol=1e-9):
            continue
        if got.isnan().any():
            return Report(
                False, "Kết quả có NaN. Có log của số âm hay phép chia 0/0 ở đâu đó không?"
            )
        if torch.allclose(got, z, rtol=0, atol=1e-4):
            return Report(
                False,
                "Đúng cách, nhưng sai số còn lớn hơn 1e−9: x là float64, đừng đổi nó sang float32.",
            )
        for wrong, text in _wrong_inverses(x):
            if torch.allclose(got, wrong, rtol=0, atol=1e-6):
                return Report(False, text)
        if torch.allclose(got[:, 0], z[:, 0], rtol=0, atol=1e-9):
            bad = int(((got - z).abs() > 1e-9).any(0).nonzero()[0])
            return Report(
                False,
                f"Đúng đến tọa độ {bad - 1} (đếm từ 0) rồi sai: h của tọa độ {bad} phải tính từ "
                "các z đã gỡ, và chỉ sau khi chúng đã đúng.",
            )
        return Report(False, "Tọa độ đầu tiên đã sai: z_0 = (x_0 − m_0)·e^{−s_0}, với h_0 là hằng.")
    return Report(True, "Đúng đến 1e−9, không quá D lượt gọi cơ chế điều kiện.")


def _not_callable(answer: Any, name: str) -> Report | None:
    if (empty := blank(answer, name=name)) is not None:
        return empty
    if not callable(answer):
        return Report(False, f"Cần một hàm, nhưng {name} là {type(answer).__name__}.")
    return None


def _attempt(answer: Callable, points: Tensor, conditioner: Callable, shape) -> Tensor | Report:
    """Gọi hàm của người học; trả kết quả, hay lời báo nếu hàm dừng hoặc trả sai hình dạng."""
    try:
        got = answer(points.clone(), conditioner)
    except NotImplementedError:
        return blank(None, name="hàm")
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())[:160]
        return Report(False, f"Mã dừng giữa chừng vì {type(error).__name__}: {text}")
    if got is None or got is Ellipsis:
        return blank(None, name="giá trị trả về")
    try:
        got = torch.as_tensor(got)
    except Exception:
        return Report(False, f"Cần trả về một tensor, nhưng nhận được {type(got).__name__}.")
    if got.is_complex():
        return Report(False, "Kết quả là số phức. Có log của số âm không?")
    if tuple(got.shape) != tuple(shape):
        return Report(False, f"Kích thước là {tuple(got.shape)}, cần {tuple(shape)}.")
    return got.detach()


class _Counter:
    """Đếm số lần gọi cơ chế điều kiện, và đòi lô đầy đủ như đề bài hứa."""

    def __init__(self, conditioner: Callable, shape: torch.Size):
        self.conditioner, self.shape, self.calls = conditioner, shape, 0

    def __call__(self, z: Tensor) -> tuple[Tensor, Tensor]:
        if z.shape != self.shape:
            raise ValueError(
                f"conditioner cần cả lô {tuple(self.shape)}, nhưng nhận {tuple(z.shape)}; cột nào "
                "chưa biết thì điền số bất kỳ"
            )
        self.calls += 1
        return self.conditioner(z)


def _before(z: Tensor) -> Tensor:
    """Tổng của mọi tọa độ đứng trước, không kể chính nó, chia cho căn của số tọa độ."""
    return (torch.cumsum(z, 1) - z) / z.shape[1] ** 0.5


def _signed_conditioner(z: Tensor) -> tuple[Tensor, Tensor]:
    """a_i = ±e^{…}: đổi dấu theo chỉ số lẻ; m_i phi tuyến. Cả hai chỉ đọc z_{<i}."""
    before = _before(z)
    sign = 1 - 2 * (torch.arange(z.shape[1], device=z.device) % 2).to(z)
    return sign * torch.exp(0.5 * torch.sin(before) - 1), torch.cos(2 * before)


def _generate(z: Tensor) -> Tensor:
    a, m = _signed_conditioner(z)
    return a * z + m


def _smooth_conditioner(z: Tensor) -> tuple[Tensor, Tensor]:
    before = _before(z)
    return torch.sin(before + 0.3), torch.cos(2 * before)


def _log_det_hint(got: Tensor, exact: Tensor, z: Tensor) -> Report:
    a = _signed_conditioner(z)[0]
    if got.isnan().any():
        return Report(False, "Kết quả là NaN: có a_i âm (τ giảm). Log định thức dùng log|a_i|.")
    wrong = [
        (-exact, "Sai dấu: đây là chiều z → x, log|det J| = Σ log|a_i|."),
        (a.abs().log().mean(1), "Log của định thức là tổng theo tọa độ, không phải trung bình."),
        (a.abs().prod(1), "Đó là |det J|; còn thiếu bước lấy log."),
        (a.prod(1), "Đó là det J (có dấu); đề hỏi log|det J|."),
        (a.sum(1), "a là hệ số giãn, không phải log của nó: cộng log|a_i|."),
        (exact / math.log(2), "Bạn dùng log cơ số 2; ở đây là log tự nhiên."),
        (
            (a * z).abs().log().sum(1),
            "∂τ/∂z_i chỉ là hệ số a_i đứng trước z_i: không có z_i trong định thức.",
        ),
        (a.abs().log().sum().expand_as(exact), "Mỗi điểm trong lô có một log định thức riêng."),
    ]
    for value, text in wrong:
        if torch.allclose(got, value, atol=1e-6):
            return Report(False, text)
    return Report(
        False,
        f"Không khớp định thức tính bằng autograd: nhận {float(got[0]):.6g}, cần "
        f"{float(exact[0]):.6g}.",
    )


def _wrong_inverses(x: Tensor) -> list[tuple[Tensor, str]]:
    """Những phép ngược viết sai hay gặp, và lời gợi ý cho từng cách."""

    def sweep(undo: Callable, sweeps: int) -> Tensor:
        z = torch.zeros_like(x)
        for _ in range(sweeps):
            z = undo(*_smooth_conditioner(z))
        return z

    dim = x.shape[1]
    s, m = _smooth_conditioner(x)
    wrong = [
        (
            (x - m) * (-s).exp(),
            "Bạn đưa x vào cơ chế điều kiện, một lượt là xong. "
            "Nhưng h_i = c_i(z_{<i}): phải đọc z.",
        ),
        (
            sweep(lambda s, m: (x - m) * (-s).exp(), 1),
            "Mọi h_i đều tính khi các z trước nó chưa gỡ (chỉ một lượt, hay đi từ phải sang trái). "
            "Phải đi từ trái sang phải: có z_{<i} rồi mới có h_i.",
        ),
        (
            sweep(lambda s, m: (x - m) * (-s).exp(), dim // 2),
            "Mới gỡ được nửa đầu: sau k lượt chỉ chắc đúng k tọa độ đầu, nên cần D lượt.",
        ),
        (sweep(lambda s, m: (x - m) * s.exp(), dim), "Gỡ e^s thì nhân với e^{−s}."),
        (
            sweep(lambda s, m: x * (-s).exp() - m, dim),
            "Thứ tự gỡ: trừ m trước rồi mới nhân e^{−s}.",
        ),
        (sweep(lambda s, m: x * s.exp() + m, dim), "Đó là chiều z → x. Hãy gỡ: cho x, tìm z."),
    ]
    return wrong if dim > 1 else wrong[3:]
