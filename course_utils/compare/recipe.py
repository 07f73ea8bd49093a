"""Công thức của một hàng: dựng mô hình gì, mỗi bước bao nhiêu điểm, tốc độ học nào.

Mô hình được viết bằng `functools.partial`: một lời gọi chưa thực hiện. Nhờ vậy cùng một dòng vừa
dựng được mô hình mới cho mỗi hạt giống, vừa đọc ra được cấu hình để ghi vào kết quả.
"""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import nn

from ..base import GenerativeModel
from ..training import fit
from .problems import Problem


def build(spec: Any) -> Any:
    """Thực hiện lời gọi `spec`, kể cả những lời gọi lồng bên trong; thứ khác thì giữ nguyên."""
    if not isinstance(spec, partial):
        return spec
    return spec.func(*map(build, spec.args), **{k: build(v) for k, v in spec.keywords.items()})


def describe(spec: Any) -> Any:
    """`spec` thành thứ ghi được vào JSON: lời gọi thành dict có khóa "call"."""
    if isinstance(spec, partial):
        names = [p for p in inspect.signature(spec.func).parameters if p != "self"]
        given = dict(zip(names, spec.args, strict=False)) | spec.keywords
        return {"call": spec.func.__name__} | {k: describe(v) for k, v in given.items()}
    if isinstance(spec, list | tuple):
        return [describe(value) for value in spec]
    if dataclasses.is_dataclass(spec):
        fields = {f.name: getattr(spec, f.name) for f in dataclasses.fields(spec)}
        return {"call": type(spec).__name__} | fields
    return spec.__name__ if inspect.isfunction(spec) else spec


@dataclass(frozen=True)
class Recipe:
    """Cách một họ mô hình được huấn luyện trên một bộ dữ liệu.

    Tham số
    -------
    model : lời gọi dựng mô hình
    batch, lr : cỡ lô và tốc độ học; số bước = ngân sách / (batch · looks)
    looks : số lô *dữ liệu thật* mà một bước xem; WGAN có hàm phê bình đi ba bước nên là 3
    view : mô hình đọc dữ liệu dưới dạng nào, xem `problems.VIEWS`
    early_stopping : giữ trạng thái tốt nhất trên tập kiểm định (chữ số)
    train : cách huấn luyện thay cho `fit`: (mô hình, bài toán, công thức, số điểm, hạt giống) ->
        mô hình đã học; để None là `fit`
    few : vài cách lấy mẫu rẻ hơn, tên -> tham số của `sample`
    note : điều phải nói thêm về hàng này
    """

    model: partial
    batch: int = 256
    lr: float = 1e-2
    looks: int = 1
    view: str = "plain"
    early_stopping: bool = False
    train: Callable[..., nn.Module] | None = None
    few: dict[str, dict] = dataclasses.field(default_factory=dict)
    note: str = ""

    def steps(self, examples: int) -> int:
        """Số bước huấn luyện để mô hình xem `examples` điểm dữ liệu."""
        return max(1, examples // (self.batch * self.looks))

    def config(self, examples: int) -> dict:
        """Cấu hình ghi vào kết quả; hai hàng cùng cấu hình là cùng một thí nghiệm."""
        how = {"steps": self.steps(examples), "batch_size": self.batch, "lr": self.lr}
        if self.train is not None:
            how["train"] = self.train.__name__
        if self.early_stopping:
            how["early_stopping"] = True
        return {"model": describe(self.model), "view": self.view} | how

    def fit(self, model: GenerativeModel, problem: Problem, examples: int, seed: int) -> nn.Module:
        """Huấn luyện `model` tại chỗ trên `examples` điểm; trả mô hình cuối cùng."""
        if self.train is not None:
            return self.train(model, problem, self, examples, seed)
        how = {"steps": self.steps(examples), "batch_size": self.batch, "lr": self.lr}
        fit(model, *problem.training(self.view), seed=seed, progress=False,
            **problem.options(self.view, self.early_stopping), **how)  # fmt: skip
        return model
