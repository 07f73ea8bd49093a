"""Checkpoint (tệp lưu giữa đường): dừng huấn luyện ở bất kỳ đâu, đi tiếp như chưa hề dừng.

«Như chưa hề dừng» nghĩa là đúng đến từng bit: cùng trọng số, cùng nhật ký. Muốn vậy, tệp phải giữ
**mọi thứ còn ảnh hưởng đến bước sau**: trọng số và buffer của mô hình, quán tính của Adam, chỗ đang
đứng của lịch tốc độ học, trạng thái của các bộ sinh ngẫu nhiên, nhật ký, và trạng thái tốt nhất đã
gặp. Quên một thứ thì huấn luyện vẫn chạy, chỉ là đi sang một con đường khác mà không ai hay.

Ba quy tắc nữa:

- ghi nguyên tử (`files.replacing`): tên chính luôn là một tệp trọn vẹn;
- đọc an toàn: `torch.load(weights_only=True)` chỉ dựng lại tensor và số, không chạy mã nào;
- nhận đúng tệp: cấu hình nằm trong tệp, khác cấu hình thì dừng lại và nói khác ở đâu.
"""

import math
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .errors import InputError
from .files import replacing

FORMAT = "course_utils.checkpoint.1"
SHOWN = 4  # số chỗ khác nhau kể ra trong một câu báo lỗi


@dataclass
class Run:
    """Mọi thứ thay đổi qua từng bước của một lần huấn luyện."""

    model: nn.Module
    optimizers: list[torch.optim.Optimizer]
    schedules: list[torch.optim.lr_scheduler.LRScheduler]
    #: bộ sinh của các lô
    generator: torch.Generator
    #: mất mát của từng mục tiêu: tensor dài bằng số bước định chạy, đã điền đến `step`
    losses: dict[str, Tensor]
    device: torch.device
    #: số bước đã xong
    step: int = 0
    validation: list[tuple[int, float]] = field(default_factory=list)
    best: float = math.inf
    best_step: int | None = None
    best_state: dict[str, Tensor] | None = None
    seconds: float = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Mọi thứ của bước này, chỉ gồm tensor, số, chuỗi, dict và list."""
        return {
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizers": [o.state_dict() for o in self.optimizers],
            "schedules": [s.state_dict() for s in self.schedules],
            "generator": self.generator.get_state(),
            "random": random_state(self.device),
            "losses": {name: values[: self.step].clone() for name, values in self.losses.items()},
            "validation": self.validation,
            "best": self.best,
            "best_step": self.best_step,
            "best_state": self.best_state,
            "seconds": self.seconds,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Trở lại đúng bước đã ghi, kể cả các bộ sinh ngẫu nhiên toàn cục."""
        self.model.load_state_dict(state["model"])
        for part, saved in zip(self.optimizers, state["optimizers"], strict=True):
            part.load_state_dict(saved)
        for part, saved in zip(self.schedules, state["schedules"], strict=True):
            part.load_state_dict(saved)
        self.generator.set_state(state["generator"])
        for name, values in state["losses"].items():
            self.losses[name][: len(values)] = values
        for name in ("step", "validation", "best", "best_step", "best_state", "seconds"):
            setattr(self, name, state[name])
        set_random_state(state["random"], self.device)


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Trạng thái của bộ sinh toàn cục trên CPU, và trên GPU khi mô hình ở đó."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(state: dict[str, Tensor], device: torch.device) -> None:
    """Đặt lại trạng thái mà `random_state` đã cho; phần của thiết bị khác thì bỏ qua."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    elif device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])


# ------------------------------------------------------------------------------- tệp


def save(path: str | Path, run: Run, configuration: dict[str, Any]) -> None:
    """Ghi checkpoint một cách nguyên tử: bị giết giữa chừng thì tệp cũ còn nguyên.

    Lỗi
    ---
    InputError : không ghi được, vì đĩa đầy hay thư mục chỉ đọc.
    """
    state = {"format": FORMAT, "configuration": configuration, **run.state_dict()}
    try:
        with replacing(Path(path).expanduser()) as file:
            torch.save(state, file)
    except (OSError, RuntimeError) as error:  # đĩa đầy thì torch ném RuntimeError
        raise cannot_write(path, error) from error


def cannot_write(path: str | Path, error: Exception) -> InputError:
    """Câu báo rằng checkpoint không ghi được, và phải làm gì."""
    return InputError(
        f"Không ghi được checkpoint {path} ({type(error).__name__}: {error}). Đĩa có thể đã đầy, "
        f"hoặc thư mục không cho ghi. Lần ghi trước, nếu có, còn nguyên: hãy dọn chỗ rồi chạy lại "
        f"để đi tiếp từ đó, hoặc đưa một tên ở thư mục khác cho `checkpoint`."
    )


def load(path: str | Path, configuration: dict[str, Any]) -> dict[str, Any] | None:
    """Trạng thái đã ghi, hay None khi chưa có tệp nào.

    Lỗi
    ---
    InputError : tệp hỏng, không phải checkpoint, hoặc là của một cấu hình khác; chưa có tệp mà chỗ
        ấy không ghi được. Tệp được để nguyên trong mọi trường hợp.
    """
    path = Path(path).expanduser()
    if not os.path.exists(path):  # thư mục cấm vào thì cũng là chưa có
        try:  # thử ngay bây giờ, đừng để học xong mấy trăm bước mới biết
            path.parent.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=path.parent).close()
        except OSError as error:
            raise cannot_write(path, error) from error
        return None
    if path.is_dir():
        raise InputError(
            f"checkpoint = {str(path)!r} là một thư mục; hãy đưa tên một tệp trong đó, ví dụ "
            f"{str(path / 'run.pt')!r}."
        )
    advice = (
        "Tệp được để nguyên. Hãy đưa một tên khác cho `checkpoint`, hoặc xóa tệp ấy để huấn luyện "
        "lại từ đầu."
    )
    try:
        with zipfile.ZipFile(path) as archive:  # torch không tự soát mã CRC của từng phần
            if (name := archive.testzip()) is not None:
                raise zipfile.BadZipFile(name)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch ném nhiều loại lỗi tùy chỗ hỏng
        raise InputError(
            f"Không đọc được checkpoint {path.name}: tệp bị hỏng, bị cắt cụt, hay không phải "
            f"do `fit` ghi ({type(error).__name__}). {advice}"
        ) from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise InputError(f"{path.name} không phải một checkpoint do `fit` ghi. {advice}")
    if different := differences(state.get("configuration"), configuration):
        lines = "".join(f"\n  • {line}" for line in different[:SHOWN])
        more = f"\n  … và {len(different) - SHOWN} chỗ khác nữa" if len(different) > SHOWN else ""
        raise InputError(
            f"Checkpoint {path.name} thuộc về một lần huấn luyện khác:{lines}{more}\n{advice}"
        )
    return state


# ------------------------------------------------------------------------------- cấu hình


def configuration(model: nn.Module, data, **settings) -> dict[str, Any]:
    """Mọi thứ phải giống nhau để hai lần huấn luyện là một: thiết lập, mô hình, dữ liệu.

    Mô hình được tả bằng tên lớp, các con số đã đưa khi dựng (số mẫu k, hệ số β, số bước T…) và
    hình dạng của mọi trọng số; dữ liệu bằng hình dạng và một mã kiểm của các giá trị.
    """
    found = {"mô hình": type(model).__qualname__}
    found |= {name: describe(value) for name, value in settings.items()}
    found["dữ liệu"] = describe(data)
    for path, module in model.named_modules():
        found |= {f"{path}.{name}".lstrip("."): value for name, value in attributes(module).items()}
    for name, value in model.state_dict().items():
        found[f"trọng số {name}"] = f"{value.dtype} {list(value.shape)}"
    return found


def attributes(thing) -> dict[str, Any]:
    """Các thuộc tính công khai của một đối tượng, trừ những số đổi trong lúc chạy."""
    return {
        name: describe(value)
        for name, value in vars(thing).items()
        if not name.startswith("_")
        and name not in ("training", "nfe")
        and not isinstance(getattr(type(thing), name, None), cached_property)
    }


def describe(value) -> Any:
    """Một giá trị viết bằng số, chuỗi, list và dict, đủ để so hai lần chạy."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Tensor):
        raw = value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()
        return f"{value.dtype} {list(value.shape)}, mã {zlib.crc32(raw):08x}"
    if isinstance(value, tuple | list):
        return [describe(part) for part in value]
    if isinstance(value, partial):
        return [describe(value.func), describe(value.args), describe(tuple(value.keywords.items()))]
    if isinstance(value, nn.Module) or not type(value).__module__.startswith("course_utils"):
        return getattr(value, "__qualname__", type(value).__qualname__)
    return {"lớp": type(value).__qualname__, **attributes(value)}


def differences(saved, current: dict[str, Any]) -> list[str]:
    """Những chỗ khác nhau giữa cấu hình trong tệp và cấu hình lần này, mỗi chỗ một dòng."""
    saved = saved if isinstance(saved, dict) else {}
    names = [*current, *(name for name in saved if name not in current)]
    missing = "không có"
    return [
        f"{name}: trong tệp là {saved.get(name, missing)}, lần này là {current.get(name, missing)}"
        for name in names
        if saved.get(name, missing) != current.get(name, missing)
    ]
