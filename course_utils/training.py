"""Một hàm `fit` cho mọi mô hình: Adam, tốc độ học giảm theo cosin, gọt gradient, dừng sớm.

Mô hình có nhiều mục tiêu (GAN) thì các mục tiêu được hạ luân phiên, mỗi nhóm tham số một Adam.
Dừng rồi đi tiếp: xem `checkpoints`. Nhiều tiến trình, nhiều máy: xem `distributed`.
"""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path

import torch
from torch import Tensor
from tqdm.auto import tqdm

from . import checkpoints, distributed
from .acceleration import faster
from .base import GenerativeModel, trusted_values
from .checkpoints import Run
from .data.toy import ToyDensity
from .errors import InputError

Batch = Tensor | tuple[Tensor, ...]


@dataclass
class History:
    """Nhật ký của một lần huấn luyện."""

    loss: list[float] = field(default_factory=list)
    #: mất mát của từng mục tiêu, theo tên; mô hình một mục tiêu chỉ có {"loss": loss}
    losses: dict[str, list[float]] = field(default_factory=dict)
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


@distributed.together
def fit(
    model: GenerativeModel,
    data: Batch | ToyDensity,
    *,
    steps: int,
    batch_size: int = 512,
    lr: float = 1e-3,
    seed: int = 0,
    device: torch.device | str | None = None,
    progress: bool = True,
    validation: Batch | None = None,
    validate_every: int = 50,
    transform=None,
    clip: float = 10.0,
    on_step: Callable[[int], None] | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_every: int = 500,
    compile: bool = False,
    precision: str | None = None,
) -> History:
    """Huấn luyện `model` bằng cách hạ `model.loss`, hay lần lượt từng mục tiêu của nó.

    Mỗi bước đi qua mọi mục tiêu của `model.objectives()`. Một mô hình thường chỉ có một mục
    tiêu; một mạng đối sinh có hai, và mỗi mục tiêu chỉ sửa tham số của chính nó.

    Tham số
    -------
    data : tensor (N, *event_shape), hoặc một mật độ đồ chơi (mỗi bước một lô mới), hoặc một bộ
        tensor cùng N hàng, ví dụ (ảnh, nhãn): mỗi lô là một bộ như thế
    steps, batch_size, lr, seed : số bước, cỡ lô, tốc độ học lớn nhất, hạt giống của các lô
    device : mặc định là thiết bị mà mô hình đang ở
    validation : tensor, hay bộ tensor như `data`; có nó thì cứ `validate_every` bước lại đo mất
        mát trên tập này, và cuối cùng mô hình trở về trạng thái tốt nhất đã gặp (dừng sớm)
    transform : hàm áp dụng lên mỗi lô, ví dụ khử lượng tử hóa; lô là bộ thì nhận cả bộ
    clip : chuẩn lớn nhất của gradient
    on_step : gọi on_step(k) sau bước thứ k (đếm từ 1), để chụp lại mô hình giữa đường
    checkpoint : tên một tệp, ghi sau mỗi `checkpoint_every` bước và ở bước cuối. Tệp đã
        có thì huấn luyện **đi tiếp** từ đó, đúng đến từng bit như chưa hề dừng (trên cùng một máy;
        `transform` chỉ lấy ngẫu nhiên từ torch); đã xong thì trả kết quả ngay. Xem `checkpoints`
    compile : dịch mất mát bằng `torch.compile`; chỉ đáng khi huấn luyện lâu. Xem `acceleration`
    precision : "bf16" để nhân ma trận của mất mát bằng bfloat16; trọng số và Adam vẫn float32.
        Tắt cả hai thì không đổi một bit nào của kết quả. Xem `acceleration`

    Lỗi
    ---
    InputError : dữ liệu không hợp lệ, mất mát thành NaN hay vô cực, đòi dừng sớm theo mất mát của
        một mô hình nhiều mục tiêu, hoặc tệp `checkpoint` hỏng hay của một cấu hình khác.
    """
    counts = {"steps": steps, "batch_size": batch_size, "validate_every": validate_every}
    for name, count in (counts | {"checkpoint_every": checkpoint_every}).items():
        if not isinstance(count, Integral) or count < 1:
            raise InputError(f"{name} = {count!r}; cần một số nguyên dương.")
    if device is not None:
        model.to(device)
    objectives = model.objectives()
    if validation is not None and len(objectives) > 1:
        raise InputError(
            f"{type(model).__name__} huấn luyện bằng {len(objectives)} mục tiêu đối nghịch: "
            f"mất mát của bộ sinh không đo chất lượng mẫu, nên không dừng sớm theo nó được. "
            f"Hãy bỏ `validation` và đo mẫu bằng course_utils.evaluation."
        )
    parameter = next(model.parameters())
    loss_of = {o.name: faster(o.loss, parameter.device, compile, precision) for o in objectives}
    generator = torch.Generator().manual_seed(seed)

    def each(batch: Batch, action: Callable[[Tensor], Tensor]) -> Batch:
        return tuple(map(action, batch)) if isinstance(batch, tuple) else action(batch)

    def prepare(batch: Batch) -> Batch:
        batch = each(batch, lambda part: part.to(parameter.device))
        return batch if transform is None else transform(batch)

    stored = isinstance(data, Tensor | tuple)
    if not stored and not hasattr(data, "sample"):
        raise InputError(
            f"`data` có kiểu {type(data).__name__}; cần một torch.Tensor (hãy dùng "
            f"torch.as_tensor(...)), một bộ tensor, hay một mật độ đồ chơi."
        )
    if stored:
        model.check(data, "data")
        data = each(data, lambda part: part.to(parameter.device))  # chép một lần, không từng lô
    total = rows_of(data) if stored else batch_size
    rows = min(batch_size, total)  # cỡ của mỗi lô
    distributed.check_rows(rows if validation is None else min(rows, rows_of(validation)))

    def next_batch(share: Callable[[Tensor], Tensor] = distributed.share) -> Batch:
        if stored:
            index = share(torch.randint(total, (rows,), generator=generator))
            index = index.to(parameter.device)
            return prepare(each(data, lambda part: part[index]))
        return prepare(share(data.sample(rows, generator)).to(parameter.dtype))

    def whole_batch() -> Batch:
        """Lô chung sắp tới, trước khi chia cho các tiến trình; chưa lấy nó ra khỏi bộ sinh."""
        state = generator.get_state()
        batch = next_batch(lambda part: part)
        generator.set_state(state)
        return batch

    # Bản gộp (fused) đi qua mọi tham số trong một lần gọi: với mạng nhỏ, nhanh hơn nhiều lần.
    fused = parameter.device.type in ("cpu", "cuda")
    optimizers = [
        torch.optim.Adam(o.parameters, lr=lr, betas=o.betas, fused=fused) for o in objectives
    ]
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: learning_rate(s, steps))
        for optimizer in optimizers
    ]
    # Một tensor dài sẵn, không phải hàng vạn tensor tí hon: những tensor sống mãi ấy nằm xen giữa
    # các vùng nhớ lớn của từng bước, làm bộ nhớ vỡ vụn và phình thêm gần 100 kB mỗi bước.
    losses = {o.name: parameter.detach().new_zeros(steps) for o in objectives}
    run = Run(model, optimizers, schedules, generator, losses, parameter.device)
    if checkpoint is not None:
        settings = {"steps": steps, "batch_size": batch_size, "lr": lr, "seed": seed, "clip": clip}
        settings |= {"validate_every": validate_every, "compile": compile, "precision": precision}
        settings |= {"validation": validation, "transform": transform}
        configuration = checkpoints.configuration(model, data, **settings)
        state = distributed.from_main(lambda: checkpoints.load(checkpoint, configuration))
        if state is not None:
            run.load_state_dict(state)

    start = time.perf_counter() - run.seconds
    model.train()
    loss_of = distributed.parallel(model, objectives, loss_of, rows, whole_batch)
    first = run.step  # bước duy nhất soát cả giá trị của lô: soát là đợi thiết bị
    bar = tqdm(
        range(first, steps),
        initial=first,
        total=steps,
        disable=not (progress and distributed.is_main()),
        desc="Huấn luyện",
        unit="bước",
        leave=False,
    )
    for step in bar:
        distributed.own_noise(seed, step)
        for objective, optimizer, schedule in zip(objectives, optimizers, schedules, strict=True):
            for _ in range(objective.repeats):
                batch = next_batch()
                with trusted_values(step > first):
                    loss = loss_of[objective.name](batch)
                optimizer.zero_grad(set_to_none=True)
                # Nhiều mục tiêu: gradient chỉ đi về tham số của mục tiêu đang xét.
                loss.backward(inputs=objective.parameters if len(objectives) > 1 else None)
                torch.nn.utils.clip_grad_norm_(objective.parameters, clip)
                optimizer.step()
            schedule.step()
            run.losses[objective.name][step] = distributed.mean(loss.detach())
        run.step = step + 1
        if on_step is not None:
            on_step(run.step)

        last = run.step == steps
        saving = checkpoint is not None and (run.step % checkpoint_every == 0 or last)
        if step % 50 == 0 or last or saving:  # chỉ lúc này mới chờ thiết bị trả số về
            latest = [values[step].item() for values in run.losses.values()]
            for value in latest:
                if not math.isfinite(value):
                    raise InputError(
                        f"Mất mát thành {value} ở quanh bước {step}. Hãy giảm lr (đang là {lr:g}), "
                        f"chuẩn tắc hóa dữ liệu, hoặc xem lại mô hình có chặn hệ số giãn không."
                    )
            bar.set_postfix_str(f"mất mát {latest[-1]:.3f}")
        if validation is not None and (run.step % validate_every == 0 or last):
            value = evaluate(model, prepare(each(validation, distributed.share)))
            value = distributed.mean_of_shares(value, rows_of(validation))
            run.validation.append((run.step, value))
            if value < run.best:
                run.best, run.best_step = value, run.step
                run.best_state = copy.deepcopy(model.state_dict())
        run.seconds = time.perf_counter() - start
        if saving and distributed.is_main():
            checkpoints.save(checkpoint, run, configuration)
    if run.best_state is not None:
        model.load_state_dict(run.best_state)
    model.eval()
    distributed.agree_on_randomness(parameter.device)
    values = {name: values.tolist() for name, values in run.losses.items()}
    loss = values[objectives[-1].name]
    return History(loss, values, run.validation, run.best_step, run.seconds)


def rows_of(data: Batch) -> int:
    """Số hàng chung của mọi phần dữ liệu."""
    sizes = {len(part) for part in (data if isinstance(data, tuple) else (data,))}
    if len(sizes) > 1:
        raise InputError(f"Các phần của dữ liệu có {sorted(sizes)} hàng; chúng phải bằng nhau.")
    return sizes.pop()


@torch.no_grad()
def evaluate(model: GenerativeModel, x: Batch) -> float:
    """Mất mát của mô hình trên x ở chế độ đánh giá; chế độ huấn luyện được trả lại như cũ."""
    training = model.training
    model.eval()
    value = model.loss(x).item()
    model.train(training)
    return value
