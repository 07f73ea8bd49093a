"""Nhiều tiến trình cùng huấn luyện một mô hình: `torchrun` mở chúng, `fit` lo phần còn lại.

    torchrun --standalone --nproc_per_node=2 bai_cua_toi.py

Mã không phải sửa dòng nào; sổ thì đổi thành kịch bản bằng `jupyter nbconvert --to script`. Nhiều
máy: bỏ `--standalone`, thêm `--nnodes` và `--rdzv-endpoint` của torchrun. Mọi hạng chạy cả kịch
bản; việc chỉ nên làm một lần, như in hay ghi tệp, thì hỏi `distributed.is_main()`.

Mỗi tiến trình (hạng 0, 1, …) giữ một bản của mô hình và của dữ liệu. Mỗi bước, mọi hạng rút **cùng
một** lô chung từ cùng hạt giống, rồi mỗi hạng chỉ tính phần của mình; DistributedDataParallel (DDP)
lấy trung bình các gradient, nên mọi bản bước cùng một bước. `batch_size` là cỡ của lô chung: thêm
tiến trình thì nhanh hơn, chứ bài toán không đổi.

Bốn chỗ dễ sai, và cách làm ở đây:

- phần không đều (lô 63 cho hai hạng): mỗi hạng nhân mất mát với cỡ phần của mình, kẻo phần nhỏ
  được cân nặng bằng phần lớn;
- khởi tạo theo dữ liệu (ActNorm): lấy từ cả lô chung, không từ phần của từng hạng;
- nhiễu (VAE, khuếch tán): các hạng phải rút nhiễu **khác** nhau, kẻo hai nửa của lô dùng chung
  nhiễu. Hạng 0 giữ dòng ngẫu nhiên của mình; hạng khác đặt lại hạt giống ở mỗi bước, theo
  (seed, bước, hạng). Sau `fit`, mọi hạng nhận trạng thái ngẫu nhiên của hạng 0;
- checkpoint: hạng 0 ghi và đọc, mọi hạng đi tiếp từ cái hạng 0 đọc được.

Mất mát là trung bình theo điểm, không có nhiễu, thì kết quả bằng lần chạy một tiến trình, tới sai
số làm tròn. Adam chia gradient cho cỡ của nó, nên chỗ nào gradient đúng ra bằng 0 (như ở ActNorm
ngay sau khi khởi tạo) thì sai số làm tròn của float32 thành một bước thật, cỡ lr. Thứ gì nhìn cả lô
(ghép đôi tối ưu, thời gian phân tầng, `free_bits`) thì ở đây nhìn phần của từng hạng.

Nguồn: Li et al. (2020), PyTorch Distributed.
"""

import atexit
import functools
import hashlib
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from .base import GenerativeModel, Objective
from .checkpoints import random_state, set_random_state
from .errors import InputError

Batch = Tensor | tuple[Tensor, ...]
#: một hạng im lặng quá lâu thì các hạng khác thôi chờ; hạng bị giết thì biết ngay, không phải chờ
PATIENCE = timedelta(minutes=5)


# ------------------------------------------------------------------------------- nhóm


def join() -> None:
    """Vào nhóm khi chương trình chạy dưới `torchrun` với từ hai tiến trình; không thì thôi."""
    names = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    launched = all(name in os.environ for name in names) and int(os.environ["WORLD_SIZE"]) > 1
    if not launched or dist.is_initialized():
        return
    backend = "gloo"
    if torch.cuda.is_available():
        local, count = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
        if local >= count:
            raise InputError(
                f"Máy này có {count} GPU mà torchrun mở tiến trình thứ {local + 1}; mỗi tiến trình "
                f"cần một GPU. Hãy chạy lại với --nproc_per_node={count}."
            )
        torch.cuda.set_device(local)
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=PATIENCE)
    atexit.register(leave)


def leave() -> None:
    """Rời nhóm; tự chạy khi chương trình kết thúc."""
    if dist.is_initialized():
        dist.destroy_process_group()


def size() -> int:
    """Số tiến trình; 1 khi không chạy dưới torchrun."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """Hạng của tiến trình này, từ 0."""
    return dist.get_rank() if size() > 1 else 0


def is_main() -> bool:
    """Tiến trình này có phải hạng 0 không: chỉ nó in, vẽ và ghi tệp."""
    return rank() == 0


# ------------------------------------------------------------------------------- chia và gộp


def share(part: Tensor) -> Tensor:
    """Phần của hạng này trong một lô chung, chia theo chiều đầu; một tiến trình thì cả lô."""
    return part if size() == 1 else part.tensor_split(size())[rank()]


def check_rows(rows: int) -> None:
    """Một lô chung `rows` hàng phải đủ cho mọi tiến trình, mỗi bên ít nhất một hàng."""
    if 0 < rows < size():
        raise InputError(
            f"Lô chung (hay dữ liệu kiểm định) có {rows} điểm mà có {size()} tiến trình: có tiến "
            f"trình không có việc. Hãy tăng batch_size, thêm dữ liệu, hoặc giảm --nproc_per_node."
        )


def weight(rows: int) -> float:
    """size·(cỡ phần của hạng này)/rows: trung bình theo hạng của weight·(trung bình của phần) là
    trung bình của cả lô chung, dù các phần không đều.
    """
    return size() * len(share(torch.arange(rows, device="cpu"))) / rows


def mean(value: Tensor) -> Tensor:
    """Trung bình của một số trên các hạng; mọi hạng nhận đúng cùng một số."""
    if size() == 1:
        return value
    total = value.detach().clone()
    dist.all_reduce(total)
    return total / size()


def mean_of_shares(value: float, rows: int) -> float:
    """Trung bình của cả lô chung `rows` hàng, từ trung bình `value` của phần mình."""
    if size() == 1:
        return value
    return mean(torch.tensor(weight(rows) * value, dtype=torch.float64, device="cpu")).item()


def from_main(function: Callable[[], Any]) -> Any:
    """Kết quả của `function()` chạy ở hạng 0, trao cho mọi hạng; InputError cũng đến mọi hạng."""
    if size() == 1:
        return function()
    box: list[Any] = [None, None]
    if is_main():
        try:
            box[0] = function()
        except InputError as error:
            box[1] = str(error)
    dist.broadcast_object_list(box)
    if box[1] is not None:
        raise InputError(box[1])
    return box[0]


def own_noise(seed: int, step: int) -> None:
    """Hạng 1 trở đi: nhiễu riêng của bước này. Hạng 0 đi tiếp dòng ngẫu nhiên của mình."""
    if not is_main():
        digest = hashlib.sha256(f"{seed} {step} {rank()}".encode()).digest()
        torch.manual_seed(int.from_bytes(digest[:7], "big"))


def agree_on_randomness(device: torch.device) -> None:
    """Mọi hạng nhận trạng thái ngẫu nhiên của hạng 0, để phần sau của chương trình giống nhau."""
    if size() > 1:
        set_random_state(from_main(lambda: random_state(device)), device)


# ------------------------------------------------------------------------------- mất mát


class Share(nn.Module):
    """Mất mát của một mục tiêu, như một module mà DDP bọc được: tham số, và `forward`."""

    def __init__(self, parameters: list[nn.Parameter], loss: Callable, weight: float):
        super().__init__()
        self.held = nn.ParameterList(parameters)
        self.loss, self.weight = loss, weight

    def forward(self, batch: Batch) -> Tensor:
        """weight·(mất mát trung bình của phần này), một số."""
        return self.weight * self.loss(batch)


def parallel(
    model: GenerativeModel,
    objectives: list[Objective],
    losses: dict[str, Callable],
    rows: int,
    whole_batch: Callable[[], Batch],
) -> dict[str, Callable]:
    """Mất mát của từng mục tiêu, bọc bằng DDP; một tiến trình thì chính là `losses`.

    `whole_batch()` cho lô chung đầu tiên, `rows` là cỡ của nó.
    """
    if size() == 1:
        return losses
    part = weight(rows)
    unused = {o.name: rehearse(model, o, whole_batch) for o in objectives}
    for value in model.state_dict().values():
        dist.broadcast(value, 0)
    return {
        o.name: nn.parallel.DistributedDataParallel(
            Share(o.parameters, losses[o.name], part), find_unused_parameters=unused[o.name]
        )
        for o in objectives
    }


def rehearse(
    model: GenerativeModel, objective: Objective, whole_batch: Callable[[], Batch]
) -> bool:
    """Tổng duyệt một lượt trên cả lô chung: có tham số nào không góp vào mất mát không?

    DDP cần biết điều ấy. Cũng nhờ lượt này mà ActNorm được khởi tạo từ cả lô chung. Buffer khác và
    bộ sinh ngẫu nhiên trở lại như cũ, nên lượt này không để lại dấu vết nào khác.
    """
    kept = {n: b.clone() for n, b in model.named_buffers() if not n.endswith("initialized")}
    parameters = [p for p in objective.parameters if p.requires_grad]
    device = parameters[0].device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        loss = objective.loss(whole_batch())
        gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            if name in kept:
                buffer.copy_(kept[name])
    return any(gradient is None for gradient in gradients)


# ------------------------------------------------------------------------------- khi có người mất


def together(function: Callable) -> Callable:
    """Vào nhóm rồi gọi hàm; một hạng khác mất thì báo bằng tiếng Việt thay vì lỗi của mạng."""

    @functools.wraps(function)
    def guarded(*args, **settings):
        join()
        if size() == 1:
            return function(*args, **settings)
        message = lost(settings.get("checkpoint"))

        def stop(*_):  # torchrun dừng các tiến trình còn lại bằng SIGTERM
            raise InputError(message)

        main_thread = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGTERM, stop) if main_thread else None
        try:
            result = function(*args, **settings)
        except Exception as error:
            if main_thread:  # để câu báo lỗi kịp in ra trước khi bị dừng
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if isinstance(error, dist.DistError) or "gloo" in str(error):
                raise InputError(message) from None
            raise
        if main_thread:
            signal.signal(signal.SIGTERM, before)
        return result

    return guarded


def lost(checkpoint) -> str:
    """Câu báo rằng một tiến trình khác đã mất, và phải làm gì."""
    what = f"Một tiến trình khác đã dừng, nên tiến trình hạng {rank()} cũng dừng."
    if checkpoint is None:
        return f"{what} Lần này không có checkpoint; hãy chạy lại với fit(..., checkpoint=...)."
    return (
        f"{what} Checkpoint {checkpoint} còn nguyên ở lần ghi gần nhất: hãy xem lỗi của tiến "
        f"trình kia ở phía trên, rồi chạy lại đúng lệnh ấy để đi tiếp từ đó."
    )
