"""Bộ giải phương trình vi phân: torchdiffeq với một lời gọi, một cách đếm, và lỗi đọc được.

Nguồn: Chen et al. (2018), thư viện torchdiffeq.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import InputError

State = tuple[Tensor, ...]
Rates = Callable[[Tensor, State], State]
# Số lần gọi trường trong một bước.
FIXED_STEP = {"euler": 1, "midpoint": 2, "rk4": 4}
ADAPTIVE = ("dopri5", "adaptive_heun", "bosh3", "dopri8")


class CountedRates(nn.Module):
    """Vế phải của phương trình, đếm số lần bị gọi (NFE) và biết dừng."""

    def __init__(self, rates: Rates, limit: int):
        super().__init__()
        self.rates, self.limit, self.calls = rates, limit, 0

    def forward(self, t: Tensor, state: State | Tensor) -> State | Tensor:
        """Đạo hàm từng thành phần, hay của thành phần duy nhất; InputError khi gọi quá `limit`."""
        if self.calls >= self.limit:
            raise InputError(
                f"Bộ giải đã gọi trường {self.limit} lần mà mới tới t = {float(t):.4f}. Trường quá "
                f"dốc, hoặc vế phải không phải một hàm của (t, x) (ví dụ vector dò bị rút lại ở "
                f"mỗi lần gọi). Hãy nới rtol và atol, dùng bước cố định, hoặc tăng `max_nfe`."
            )
        self.calls += 1
        return self.rates(t, (state,))[0] if isinstance(state, Tensor) else self.rates(t, state)


@dataclass(frozen=True)
class Solver:
    """Một cách giải: phương pháp, cùng số bước (bước cố định) hay dung sai (bước thích nghi).

    Tham số
    -------
    method : "euler", "midpoint", "rk4" (bước cố định, bậc 1, 2, 4; "rk4" của torchdiffeq là quy
        tắc 3/8); "dopri5", "adaptive_heun", "bosh3", "dopri8" (bước thích nghi)
    steps : số bước đều trên cả khoảng thời gian, cho bước cố định
    rtol, atol : dung sai của sai số *mỗi bước* (căn bậc hai trung bình trên cả lô, lấy số lớn nhất
        giữa các thành phần của trạng thái), cho bước thích nghi; không phải sai số của nghiệm cuối
    adjoint : gradient bằng phương pháp liên hợp (bộ nhớ không tăng theo số bước) thay vì lan truyền
        ngược qua từng bước. Sách: (eq-adjoint), (eq-adjoint-parameters)
    max_nfe : bỏ cuộc sau ngần ấy lần gọi vế phải

    Sách: (eq-rk-order)
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
        whole = self.steps % 1 == 0
        if not (
            whole and self.steps >= 1 and self.rtol > 0 and self.atol >= 0 and self.max_nfe >= 1
        ):
            raise InputError(
                f"steps = {self.steps}, rtol = {self.rtol}, atol = {self.atol}, max_nfe = "
                f"{self.max_nfe}: cần steps ≥ 1 và nguyên, rtol > 0, atol ≥ 0, max_nfe ≥ 1."
            )

    def __call__(
        self,
        rates: Rates,
        state: State,
        times: Iterable[float],
        parameters: Iterable[nn.Parameter] = (),
    ) -> tuple[State, int]:
        """Giải d(state)/dt = rates(t, state) qua các `times`, tăng hay giảm đều được.

        Tham số
        -------
        rates : hàm (t, state) -> đạo hàm của từng thành phần; state : bộ các tensor (n, ...)
        times : từ hai thời điểm trở lên. Với bước cố định, thời điểm nằm giữa hai mốc của lưới được
            nội suy tuyến tính
        parameters : các tham số mà `rates` dùng tới; chỉ `adjoint` cần

        Trả về
        ------
        trạng thái ở mọi thời điểm (mỗi thành phần (T, n, ...)), và số lần gọi `rates`, không kể
        lượt về của phương pháp liên hợp.

        Lỗi
        ---
        InputError : các `times` không đơn điệu, gọi quá `max_nfe` lần, hoặc bước co về 0.
        """
        from torchdiffeq import odeint, odeint_adjoint  # kéo theo scipy: chỉ nạp khi giải

        times = check_times(times)
        counted = CountedRates(rates, self.max_nfe)
        # Trạng thái một thành phần: torchdiffeq khỏi ghép rồi tách nó ở mỗi lần gọi.
        alone = len(state) == 1
        start = state[0] if alone else state
        if self.method in FIXED_STEP:
            how = {"options": {"grid_constructor": self.grid(times)}}
        else:
            how = {"rtol": self.rtol, "atol": self.atol}
        stops = torch.tensor(times, dtype=state[0].dtype, device=state[0].device)
        if self.method == "dopri8":
            # torchdiffeq đi quá mốc rồi nội suy bậc 4; với bước dài của bậc 8, nội suy ấy sai hơn
            # dung sai hàng nghìn lần. Vậy phải dừng đúng ở từng mốc; cả −t, vì khi chạy ngược,
            # lượt về của phương pháp liên hợp nhìn thời gian qua gương.
            how["options"] = {"step_t": torch.cat([stops, -stops]).unique()}
        gradient = {"adjoint_params": tuple(parameters)} if self.adjoint else {}
        integrate = odeint_adjoint if self.adjoint else odeint
        try:
            path = integrate(counted, start, stops, method=self.method, **how, **gradient)
        except AssertionError as error:  # torchdiffeq báo bằng assert khi bước co về 0
            raise InputError(
                f"Bộ giải {self.method} dừng giữa đường ({str(error)[:60]}). Trường có giá trị vô "
                f"cực hay NaN, hoặc quá dốc ở dung sai này. Hãy nới rtol, atol hoặc xem lại dữ "
                f"liệu và tham số."
            ) from None
        calls, counted.calls = counted.calls, 0  # lượt về của phương pháp liên hợp đếm từ đầu
        return ((path,) if alone else path), calls

    def grid(self, times: Sequence[float]) -> Callable:
        """Lưới đều `steps` bước từ times[0] tới times[-1], đúng từng bước một.

        Lượt về của phương pháp liên hợp gọi lại hàm này với từng khoảng con.
        """
        span = abs(times[-1] - times[0])

        def uniform(rates, state, t: Tensor) -> Tensor:
            steps = max(1, round(self.steps * abs(float(t[-1] - t[0])) / span))
            grid = torch.arange(steps + 1, dtype=t.dtype, device=t.device) / steps
            grid = t[0] + (t[-1] - t[0]) * grid
            grid[-1] = t[-1]
            return grid

        return uniform


def check_times(times: Iterable[float]) -> list[float]:
    """Các thời điểm thành list, sau khi kiểm tra là tăng thật sự hoặc giảm thật sự."""
    times = [float(t) for t in times]
    signs = {(b > a) - (b < a) for a, b in itertools.pairwise(times)}
    if signs not in ({1}, {-1}):
        raise InputError(
            f"times = {times}: cần từ hai thời điểm trở lên, luôn tăng hoặc luôn giảm, ví dụ "
            f"(0, 1) để đi từ cơ sở tới dữ liệu và (1, 0) để đi ngược lại."
        )
    return times
