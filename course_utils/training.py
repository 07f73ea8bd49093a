"""Một hàm `fit` cho mọi mô hình: Adam, tốc độ học giảm theo cosin, gọt gradient, dừng sớm."""

import copy
import math
import time
from dataclasses import dataclass, field

import torch
from torch import Tensor
from tqdm.auto import tqdm

from .base import GenerativeModel
from .data.toy import ToyDensity
from .errors import InputError


@dataclass
class History:
    """Nhật ký của một lần huấn luyện."""

    loss: list[float] = field(default_factory=list)
    #: (bước, mất mát trên tập kiểm định)
    validation: list[tuple[int, float]] = field(default_factory=list)
    best_step: int | None = None
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        return len(self.loss)


def learning_rate(step: int, steps: int) -> float:
    """Hệ số nhân của tốc độ học: tăng dần trong 5 % đầu, rồi giảm về 0 theo cosin."""
    warmup = max(1, steps // 20)
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def fit(
    model: GenerativeModel,
    data: Tensor | ToyDensity,
    *,
    steps: int,
    batch_size: int = 512,
    lr: float = 1e-3,
    seed: int = 0,
    device: torch.device | str | None = None,
    progress: bool = True,
    validation: Tensor | None = None,
    validate_every: int = 50,
    transform=None,
    clip: float = 10.0,
) -> History:
    """Huấn luyện `model` bằng cách hạ `model.loss`.

    Tham số
    -------
    data : tensor (N, *event_shape), hoặc một mật độ đồ chơi (mỗi bước một lô mới)
    steps, batch_size, lr, seed : số bước, cỡ lô, tốc độ học lớn nhất, hạt giống của các lô
    device : mặc định là thiết bị mà mô hình đang ở
    validation : tensor; có nó thì cứ `validate_every` bước lại đo mất mát trên tập này, và
        cuối cùng mô hình trở về trạng thái tốt nhất đã gặp (dừng sớm)
    transform : hàm áp dụng lên mỗi lô, ví dụ khử lượng tử hóa
    clip : chuẩn lớn nhất của gradient

    Lỗi
    ---
    InputError : dữ liệu không hợp lệ, hoặc mất mát thành NaN hay vô cực.
    """
    if steps < 1:
        raise InputError(f"steps = {steps}; cần ít nhất một bước huấn luyện.")
    if device is not None:
        model.to(device)
    parameter = next(model.parameters())
    generator = torch.Generator().manual_seed(seed)

    def prepare(batch: Tensor) -> Tensor:
        batch = batch.to(parameter.device)
        return batch if transform is None else transform(batch)

    if isinstance(data, Tensor):
        model.check(data, "data")
        data = data.to(parameter.device)  # chép một lần, không chép từng lô

    def next_batch() -> Tensor:
        if isinstance(data, Tensor):
            index = torch.randint(len(data), (min(batch_size, len(data)),), generator=generator)
            return prepare(data[index.to(data.device)])
        return prepare(data.sample(batch_size, generator).to(parameter.dtype))

    # Bản gộp (fused) đi qua mọi tham số trong một lần gọi: với mạng nhỏ, nhanh hơn nhiều lần.
    fused = parameter.device.type in ("cpu", "cuda")
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=fused)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: learning_rate(s, steps))
    history, losses, best = History(), [], math.inf
    best_state = None
    start = time.perf_counter()
    model.train()
    bar = tqdm(range(steps), disable=not progress, desc="Huấn luyện", unit="bước", leave=False)
    for step in bar:
        loss = model.loss(next_batch())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        schedule.step()
        losses.append(loss.detach())

        last = step == steps - 1
        if step % 50 == 0 or last:  # chỉ lúc này mới chờ thiết bị trả số về
            value = losses[-1].item()
            if not math.isfinite(value):
                raise InputError(
                    f"Mất mát thành {value} ở quanh bước {step}. Hãy giảm lr (đang là {lr:g}), "
                    f"chuẩn tắc hóa dữ liệu, hoặc xem lại mô hình có chặn hệ số giãn không."
                )
            bar.set_postfix_str(f"mất mát {value:.3f}")
        if validation is not None and (step % validate_every == validate_every - 1 or last):
            value = evaluate(model, prepare(validation))
            history.validation.append((step + 1, value))
            if value < best:
                best, history.best_step = value, step + 1
                best_state = copy.deepcopy(model.state_dict())
    if best_state is not None:
        model.load_state_dict(best_state)
    model.eval()
    history.loss = torch.stack(losses).tolist()
    history.seconds = time.perf_counter() - start
    return history


@torch.no_grad()
def evaluate(model: GenerativeModel, x: Tensor) -> float:
    """Mất mát của mô hình trên x ở chế độ đánh giá; chế độ huấn luyện được trả lại như cũ."""
    training = model.training
    model.eval()
    value = model.loss(x).item()
    model.train(training)
    return value
