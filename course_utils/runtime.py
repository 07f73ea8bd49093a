"""Thiết bị, hạt giống, số luồng tính toán: đặt một lần ở đầu mỗi sổ; và tên của máy đang chạy."""

import contextlib
import os
import platform
import random
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from . import distributed


def get_device() -> torch.device:
    """GPU nếu có, nếu không thì CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def processor() -> str:
    """Tên bộ xử lý của máy này, như hệ điều hành gọi nó."""
    with contextlib.suppress(OSError, StopIteration):  # Linux
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return platform.processor() or platform.machine()


def machine(device: torch.device) -> str:
    """Nơi một phép đo đã chạy: tên GPU, hay tên bộ xử lý và số luồng."""
    if device.type == "cuda":
        return f"GPU {torch.cuda.get_device_name(device)}"
    if device.type != "cpu":
        return device.type.upper()
    threads = torch.get_num_threads()
    return f"CPU {processor()}, {'một' if threads == 1 else threads} luồng"


def set_seed(seed: int) -> None:
    """Đặt hạt giống cho Python, NumPy và torch."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - thư viện cũ vẫn dùng bộ sinh toàn cục
    torch.manual_seed(seed)


def setup(seed: int = 0, threads: int | None = None) -> torch.device:
    """Chuẩn bị một sổ: hạt giống, số luồng, thiết bị.

    Mạng của giáo trình nhỏ: thêm luồng chỉ thêm chi phí đồng bộ, và trên máy bận thì
    chậm đi nhiều lần. Vì vậy mặc định là một luồng, trừ khi biến môi trường
    OMP_NUM_THREADS hay tham số `threads` nói khác.

    Dưới `torchrun`, tiến trình vào nhóm ở đây, và nhận GPU của riêng mình; xem `distributed`.
    """
    distributed.join()
    set_seed(seed)
    torch.set_num_threads(threads or int(os.environ.get("OMP_NUM_THREADS", "1")))
    return get_device()


def glue(name: str, value) -> None:
    """Ghi một kết quả để trang sách dán vào lời văn; ở Colab (không có myst_nb) thì bỏ qua.

    Viết thẳng điều mà `myst_nb.glue(name, value, display=False)` viết: gọi hàm ấy thì sổ phải nạp
    cả nbformat và jsonschema, vài giây CPU.
    """
    if find_spec("myst_nb") is None:
        return
    from IPython.core.formatters import format_display_data
    from IPython.display import display

    bundle, metadata = format_display_data(value)
    prefix = "application/papermill.record/"
    metadata["scrapbook"] = {"name": name, "mime_prefix": prefix}
    display({prefix + kind: text for kind, text in bundle.items()}, raw=True, metadata=metadata)
