"""Bộ giải phương trình vi phân: torchdiffeq với một lời gọi, một cách đếm, và lỗi đọc được.

Nguồn: Chen et al. (2018), thư viện torchdiffeq.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchdiffeq import odeint, odeint_adjoint

from ..errors import InputError

State = tuple[Tensor, ...]
# Số lần gọi trường trong một bước.
FIXED_STEP = {"euler": 1, "midpoint": 2, "rk4": 4}
ADAPTIVE = ("dopri5", "adaptive_heun", "bosh3", "dopri8")


class CountedField(nn.Module):
    """Vế phải của phương trình, đếm số lần bị gọi (NFE) và biết dừng."""

    def __init__(self, rates: Callable[[Tensor, State], State], limit: int):
        super().__init__()
        self.rates, self.limit, self.calls = rates, limit, 0

    def forward(self, t: Tensor, state: State) -> State:
        self.calls += 1
        if self.calls > self.limit:
            raise InputError(
                f"Bộ giải đã gọi trường {self.limit} lần mà mới tới t = {float(t):.4f}. Trường quá "
                f"dốc, hoặc vế phải không phải một hàm của (t, x) (ví dụ vector dò bị rút lại ở mỗi lần "
                f"gọi). Hãy nới rtol và atol, dùng bước cố định, hoặc tăng `max_nfe`."
            )
        return self.rates(t, state)


@dataclass(frozen=True)
class Solver:
    """Một cách giải: phương pháp, cùng số bước (bước cố định) hay dung sai (bước thích nghi).

    method : "euler", "midpoint", "rk4" (bước cố định; "rk4" của torchdiffeq là quy tắc 3/8);
        "dopri5", "adaptive_heun", "bosh3", "dopri8" (bước thích nghi)
    steps : số bước trên cả khoảng thời gian, cho bước cố định
    rtol, atol : dung sai của sai số *mỗi bước*, cho bước thích nghi; không phải của nghiệm cuối
    adjoint : gradient bằng phương pháp liên hợp (bộ nhớ không tăng theo số bước) thay vì lan truyền
        ngược qua từng bước. Sách: (eq-adjoint)
    max_nfe : bỏ cuộc sau ngần ấy lần gọi trường
    """

    method: str = "dopri5"
    steps: int = 8
    rtol: float = 1e-5
    atol: float = 1e-5
    adjoint: bool = False
    max_nfe: int = 20_000

    def __post_init__(self):
        if self.method not in (*FIXED_STEP, *ADAPTIVE):
            raise InputError(
                f"Không có bộ giải tên {self.method!r}; hãy chọn "
                f"{', '.join((*FIXED_STEP, *ADAPTIVE))}."
            )
        if self.steps < 1 or not (self.rtol > 0 and self.atol >= 0):
            raise InputError(
                f"steps = {self.steps}, rtol = {self.rtol}, atol = {self.atol}: cần steps ≥ 1, "
                f"rtol > 0, atol ≥ 0."
            )

    def __call__(
        self,
        rates: Callable[[Tensor, State], State],
        state: State,
        times: Iterable[float],
        parameters: Iterable[nn.Parameter] = (),
    ) -> tuple[State, int]:
        """Giải d(state)/dt = rates(t, state) qua các `times`, tăng hay giảm đều được.

        Trả trạng thái ở mọi thời điểm (mỗi thành phần (T, n, ...)), và số lần gọi `rates`.
        `parameters`: tham số của trường, chỉ `adjoint` cần.
        """
        counted = CountedField(rates, self.max_nfe)
        times = torch.tensor(list(times), dtype=state[0].dtype, device=state[0].device)
        if self.method in FIXED_STEP:
            span = float((times[-1] - times[0]).abs())
            how = {"options": {"step_size": span / self.steps}}
        else:
            how = {"rtol": self.rtol, "atol": self.atol}
        gradient = {"adjoint_params": tuple(parameters)} if self.adjoint else {}
        integrate = odeint_adjoint if self.adjoint else odeint
        try:
            path = integrate(counted, state, times, method=self.method, **how, **gradient)
        except AssertionError as error:  # torchdiffeq báo bằng assert khi bước co về 0
            raise InputError(
                f"Bộ giải {self.method} dừng giữa đường ({error}). Trường có giá trị vô cực hay "
                f"NaN, hoặc quá dốc ở dung sai này. Hãy nới rtol, atol hoặc xem lại dữ liệu và tham số."
            ) from None
        return path, counted.calls
