"""Đo chi phí: đếm phép nhân và byte (lần nào cũng như nhau), bấm giờ (nhiễu), rồi khớp số mũ.

Chi phí C(n) = c₀ + c₁n + c₂n² + … vẽ trên trục log–log không thẳng: độ dốc tại n là trung bình các
bậc 0, 1, 2, …, trọng số là phần mà mỗi số hạng góp vào C(n). Nó tiến dần tới bậc cao nhất, và n nhỏ
thì thấp hơn.
"""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from .errors import InputError


@dataclass(frozen=True)
class PowerLaw:
    """Kết quả của `fit_exponent`: chi phí ≈ scale · n^exponent, và sai số chuẩn của số mũ."""

    exponent: float
    se: float
    scale: float


def fit_exponent(sizes: Sequence[float], costs: Sequence[float]) -> PowerLaw:
    """Khớp chi phí ≈ a·n^b bằng bình phương tối thiểu trên trục log–log.

    Sai số chuẩn đo các điểm lệch khỏi đường thẳng bao nhiêu. Nó nhỏ mà b còn xa bậc của lý thuyết
    thì không phải do nhiễu: ở những cỡ đã đo, số hạng bậc thấp còn đáng kể.

        fit_exponent([1, 2, 4], [3, 12, 48])     # exponent 2, se 0, scale 3

    Sách: (eq-local-exponent)
    """
    if len(sizes) != len(costs) or len(set(sizes)) < 3:
        raise InputError(
            f"Có {len(sizes)} cỡ ({len(set(sizes))} cỡ khác nhau) và {len(costs)} chi phí; để có "
            f"sai số chuẩn, cần ít nhất ba cỡ khác nhau, mỗi cỡ một chi phí."
        )
    if wrong := [value for value in (*sizes, *costs) if not 0 < value < math.inf]:
        raise InputError(
            f"Có cỡ hay chi phí là {wrong[0]}, không phải số dương hữu hạn; trục log không nhận. "
            f"Bỏ điểm ấy đi, hoặc đo lại ở cỡ lớn hơn."
        )
    x, y = [math.log(n) for n in sizes], [math.log(c) for c in costs]
    line = statistics.linear_regression(x, y)
    spread = statistics.variance(x) * (len(x) - 1)
    rest = sum((b - line.intercept - line.slope * a) ** 2 for a, b in zip(x, y, strict=True))
    se = math.sqrt(rest / (len(x) - 2) / spread)
    return PowerLaw(line.slope, se, math.exp(line.intercept))


def interleaved_seconds(
    calls: Mapping[str, Callable[[], Any]], repeats: int = 5
) -> dict[str, float]:
    """Trung vị số giây CPU của mỗi lời gọi qua `repeats` ≥ 1 vòng, sau một vòng không tính.

    Mỗi vòng chạy mọi lời gọi, lần lượt.
    Giây CPU không kể lúc máy bận việc khác; với một luồng tính toán (xem `runtime.setup`) và máy
    rảnh, nó bằng giây đồng hồ. Máy chậm đi thì mọi lời gọi cùng chịu, nên tỉ số của chúng đáng tin
    hơn từng con số. Không dùng cho GPU.
    """
    if repeats < 1:
        raise InputError(f"repeats = {repeats}; cần ít nhất một vòng được tính.")
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repeats + 1):
        for name, call in calls.items():
            start = time.process_time()
            call()
            if turn:
                times[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in times.items()}


class MultiplicationCounter(TorchDispatchMode):
    """Cộng dồn số phép nhân của các phép tính nằm trong bảng công thức của PyTorch.

    `FlopCounterMode` cũng đọc bảng ấy, nhưng báo lỗi khi lượt ngược gọi `autograd.grad`, như
    phương pháp liên hợp.
    """

    def __init__(self):
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func._overloadpacket)
        if formula:  # bảng tính một nhân và một cộng là hai
            self.total += formula(*args, **(kwargs or {}), out_val=result) // 2
        return result


def multiplications(call: Callable[[], Any]) -> int:
    """Số phép nhân của các phép nhân ma trận và tích chập trong một lần gọi, kể cả lượt ngược.

    Đếm từ hình dạng các tensor, nên chính xác, và chạy được trên thiết bị "meta", nơi không phép
    tính nào được làm. Phép tính từng phần tử không được đếm; phép tập trung của GPT thì chỉ được
    đếm trên "meta".
    """
    with MultiplicationCounter() as counter:
        call()
    return counter.total


def saved_bytes(call: Callable[[], Any]) -> tuple[int, Any]:
    """(số byte mà tự động vi phân giữ lại trong lúc gọi, kết quả của lời gọi).

    Mỗi vùng nhớ đếm một lần và đếm cả vùng, dù tensor giữ lại chỉ nhìn một phần; kể cả trọng số.
    """
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage  # giữ lại, để địa chỉ không bị dùng lại
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = call()
    return sum(storage.nbytes() for storage in kept.values()), result
