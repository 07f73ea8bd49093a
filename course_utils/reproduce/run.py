"""Chạy một phép tái lập: huấn luyện có checkpoint, chấm trên cả tập kiểm tra, ghi kết quả.

Ba tệp trong thư mục kết quả: checkpoint của `fit`, các giá trị đã chấm được, và `results.json`.
Cả ba ghi nguyên tử: bị giết ở đâu thì chạy lại cùng lệnh là đi tiếp từ đó, cùng kết quả.
"""

import contextlib
import math
import os
import platform
import time
import zlib
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor
from tqdm.auto import tqdm

from ..base import GenerativeModel
from ..data.images import Images, mnist
from ..errors import InputError
from ..files import replacing
from ..latent import LatentVariableModel
from ..nets import count_parameters
from ..runtime import machine, setup
from ..training import History, fit
from .data import split
from .experiments import Experiment, find
from .results import FILE, store


class TimeIsUp(Exception):
    """Hết số phút đã cho; checkpoint gần nhất nằm trên đĩa."""


def run(
    name: str | Experiment,
    output: str | os.PathLike,
    *,
    data: str | os.PathLike | Images | None = None,
    device: torch.device | str | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    images: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    progress: bool = True,
    **options,
) -> dict:
    """Huấn luyện rồi chấm; trả hàng kết quả, cũng ghi vào `output`/results.json.

    Tham số
    -------
    name : tên trong `EXPERIMENTS`, hoặc một `Experiment` của bạn
    output : thư mục kết quả; có checkpoint của cùng lần chạy ở đó thì đi tiếp
    data : thư mục bốn tệp MNIST (mặc định: tải về, xem `course_utils.data.images`), hoặc chính ảnh
    device : mặc định GPU nếu có
    steps : đổi số bước, để chạy thử ngắn. Lịch tốc độ học co theo, nên đó là một lần chạy khác
    minutes : sau ngần ấy phút của **lần gọi này** thì dừng ở checkpoint kế tiếp, rồi chấm nó;
        kết quả ghi rõ là chưa xong. Gọi lại thì huấn luyện tiếp
    images : chỉ chấm ngần ấy ảnh kiểm tra đầu tiên
    samples : đổi số mẫu của ước lượng nhiều mẫu
    seed : hạt giống của trọng số ban đầu và của các lô
    options : `compile`, `precision` của `fit`

    Lỗi
    ---
    InputError : tên lạ, số không hợp lệ, dữ liệu hay checkpoint hỏng; `output` không ghi được, hay
        results.json ở đó không phải tệp kết quả (nói trước khi học).
    """
    experiment = find(name) if isinstance(name, str) else name
    changes = {"steps": steps, "samples": samples}
    experiment = replace(experiment, **{k: v for k, v in changes.items() if v is not None})
    for label, value in (("steps", experiment.steps), ("samples", experiment.samples)):
        if value < 1:
            raise InputError(f"{label} = {value}; cần một số nguyên dương.")
    if images is not None and images < 2:
        raise InputError(f"images = {images}; cần ít nhất hai ảnh để có sai số chuẩn.")
    found = setup(seed)
    device = found if device is None else checked_device(device)
    folder = Path(output).expanduser()
    results = folder / "results.json"
    FILE.check_place(results)  # trước khi tải ảnh và học
    whole = data if isinstance(data, Images) else mnist(data)
    train, test = split(whole, experiment.train_images, experiment.binary)
    model = experiment.build().to(device)

    stem = f"{experiment.name}-{experiment.steps}-{seed}"
    checkpoint = folder / f"{stem}.pt"
    cost = StepCost(minutes, experiment.checkpoint_every)
    try:
        history = fit(
            model,
            train,
            steps=experiment.steps,
            batch_size=experiment.batch_size,
            lr=experiment.lr,
            clip=experiment.clip,
            seed=seed,
            progress=progress,
            on_step=cost,
            checkpoint=checkpoint,
            checkpoint_every=experiment.checkpoint_every,
            **options,
        )
    except TimeIsUp:
        history = reached(model, checkpoint)
    model.eval()

    test = test[:images]
    start = time.perf_counter()
    values = score(experiment, model, test, folder / f"{stem}.values.pt", progress)
    row = {
        "name": experiment.name,
        "title": experiment.title,
        "kind": experiment.kind,
        "unit": experiment.unit,
        **measured(experiment, model, test, values),
        "parameters": count_parameters(model),
        "finished": history.steps == experiment.steps,
        "steps_done": history.steps,
        "epochs": round(history.steps * experiment.batch_size / len(train.images), 2),
        "training_seconds": round(history.seconds, 1),
        "cpu_seconds": cost.estimate(history.steps, device),
        "evaluation_seconds": round(time.perf_counter() - start, 1),
        "loss_curve": curve(history.loss),
        "seed": seed,
        "configuration": experiment.configuration() | options,
        "machine": machine(device),
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "published": [asdict(one) for one in experiment.published],
    }
    store(results, row)
    return row


def checked_device(device: torch.device | str) -> torch.device:
    """Thiết bị ấy, nếu máy này có."""
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f"Máy này không dùng được thiết bị {str(device)!r}; hãy bỏ `device` để tự chọn, hoặc "
            f"đưa 'cpu', 'cuda', 'mps'."
        ) from error


class StepCost:
    """Đếm giây CPU của một bước, và ném TimeIsUp khi quá giờ, ngay sau một checkpoint.

    Máy đang bận thì giây đồng hồ nói về máy, không nói về mô hình; giây CPU của tiến trình thì
    không kể lúc phải chờ. Bước đầu bỏ ra ngoài: nó gánh cả việc khởi động.
    """

    def __init__(self, minutes: float | None, every: int):
        self.every = every
        self.deadline = math.inf if minutes is None else time.perf_counter() + 60 * minutes
        self.calls, self.first, self.last = 0, 0.0, 0.0

    def __call__(self, step: int) -> None:
        self.last = time.process_time()
        if self.calls == 0:
            self.first = self.last
        self.calls += 1
        just_saved = step > 1 and (step - 1) % self.every == 0
        if just_saved and time.perf_counter() > self.deadline:
            raise TimeIsUp

    def estimate(self, steps: int, device: torch.device) -> float | None:
        """Giây CPU của `steps` bước; None trên GPU, hay khi lần gọi này không học bước nào."""
        if device.type != "cpu" or self.calls < 2:
            return None
        return round(steps * (self.last - self.first) / (self.calls - 1), 1)


def reached(model: GenerativeModel, checkpoint: Path) -> History:
    """Đưa mô hình về đúng checkpoint trên đĩa, trả nhật ký đến đó."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    losses = {name: values.tolist() for name, values in state["losses"].items()}
    return History(loss=losses["loss"], losses=losses, seconds=state["seconds"])


@torch.no_grad()
def score(
    experiment: Experiment, model: GenerativeModel, test: Tensor, path: Path, progress: bool
) -> Tensor:
    """log P(x), hay cận `samples` mẫu của nó, của từng ảnh kiểm tra: (n,) float64, nat.

    Mỗi lượt `block` ảnh có hạt giống riêng, nên chấm liền một mạch hay chấm dở rồi tiếp đều cho
    cùng số. Các lượt đã xong nằm ở `path`, kèm mã của trọng số: trọng số khác thì chấm lại từ đầu.
    Chấm ít ảnh hơn những gì đã có thì lấy ngay từ đó.
    """
    like = next(model.parameters())
    weights = b"".join(p.detach().cpu().numpy().tobytes() for p in model.parameters())
    mark = f"{zlib.crc32(weights):08x}/{experiment.samples}/{experiment.block}"
    done = finished_blocks(path, mark)
    starts = range(0, len(test), experiment.block)
    saved = time.perf_counter()
    bar = tqdm(starts, disable=not progress, desc="Chấm", unit="lượt", leave=False)
    for index, start in enumerate(bar):
        x = test[start : start + experiment.block]
        if index < len(done) and len(done[index]) >= len(x):
            continue
        del done[index:]
        with torch.random.fork_rng(devices=[like.device] if like.is_cuda else []):
            torch.manual_seed(10_000 + index)
            x = x.to(like.device)
            if isinstance(model, LatentVariableModel):
                chunk = 2000 if experiment.binary else 10 * experiment.block
                values = model.log_prob_estimate(x, experiment.samples, chunk=chunk)
            else:
                values = model.log_prob(x)
        done.append(values.cpu().double())
        if time.perf_counter() - saved > 30 or start == starts[-1]:
            save_blocks(path, mark, done)
            saved = time.perf_counter()
    return torch.cat(done)[: len(test)]


def finished_blocks(path: Path, mark: str) -> list[Tensor]:
    """Các lượt đã chấm của đúng trọng số ấy; tệp lạ hay hỏng thì coi như chưa có."""
    try:
        saved = torch.load(path, weights_only=True)
        return list(saved["blocks"]) if saved["mark"] == mark else []
    except Exception:  # tệp này dựng lại được: hỏng kiểu gì cũng chỉ mất công chấm lại
        return []


def save_blocks(path: Path, mark: str, blocks: list[Tensor]) -> None:
    """Cất các lượt đã chấm. Đĩa đầy (torch ném RuntimeError) thì thôi: chỉ mất công chấm lại."""
    with contextlib.suppress(OSError, RuntimeError), replacing(path) as file:
        torch.save({"mark": mark, "blocks": blocks}, file)


@torch.no_grad()
def measured(
    experiment: Experiment, model: GenerativeModel, test: Tensor, values: Tensor
) -> dict[str, float | int | None]:
    """Đối log hợp lý trung bình và sai số chuẩn trên các ảnh; với mô hình tiềm ẩn, cả −ELBO."""
    dims = test[0].numel()
    scale = 1.0 if experiment.binary else 1 / (dims * math.log(2))
    elbo = None
    if isinstance(model, LatentVariableModel):
        device = next(model.parameters()).device
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(1)
            parts = [model.elbo(x.to(device)).double().cpu() for x in test.split(500)]
        elbo = -scale * torch.cat(parts).mean().item()
    return {
        "value": -scale * values.mean().item(),
        "standard_error": scale * values.std().item() / math.sqrt(len(values)),
        "negative_elbo": elbo,
        "test_images": len(values),
    }


def curve(loss: list[float], points: int = 40) -> list[list[float]]:
    """[bước, mất mát trung bình của đoạn] ở nhiều nhất `points` đoạn bằng nhau."""
    size = max(1, math.ceil(len(loss) / points))
    parts = [loss[i : i + size] for i in range(0, len(loss), size)]
    ends = [min(i + size, len(loss)) for i in range(0, len(loss), size)]
    return [[end, round(sum(part) / len(part), 4)] for end, part in zip(ends, parts, strict=True)]
