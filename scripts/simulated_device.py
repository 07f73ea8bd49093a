"""Một thiết bị giả để thử, trên máy không có GPU, mã sẽ chạy trên GPU.

Tensor ở thiết bị giả mang tên thiết bị «meta» mà bên trong là một tensor thật của CPU, nên phép
tính cho ra số thật. Luật thì như CUDA: trộn hai thiết bị trong một phép tính, đưa bộ sinh số của
CPU cho thiết bị kia, hay lấy thẳng .numpy() đều là lỗi. Ra khỏi `with simulated():` thì thôi.

    python scripts/simulated_device.py notebooks/gan.ipynb ...

chạy trọn mã của các phòng thực hành như thế: `setup` trả về thiết bị giả, mỗi lần `fit` chỉ hai
bước, các lời khẳng định về con số (assert) được bỏ qua. Có ô nào lỗi thì lệnh thoát với mã 1.
"""

import argparse
import contextlib
import io
import sys
import time
import traceback
import warnings
from pathlib import Path

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map

DEVICE = torch.device("meta")
aten = torch.ops.aten
# Những phép mà CUDA nhận cả tensor CPU: chép sang, và chỉ số của phép lấy phần tử.
CROSSING = {aten.copy_.default, aten._to_copy.default, aten.set_.source_Tensor}
INDEXING = {aten.index.Tensor, aten.index_put_.default, aten.index_put.default}
INDEXING |= {aten._unsafe_index.Tensor, aten._index_put_impl_.default}


class Elsewhere(torch.Tensor):
    """Tensor thật `inner`, khai rằng nó ở thiết bị giả."""

    @staticmethod
    def __new__(cls, inner, requires_grad=None):
        if isinstance(inner, Elsewhere):
            inner = inner.inner
        return torch.Tensor._make_wrapper_subclass(
            cls,
            inner.size(),
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            device=DEVICE,
            requires_grad=bool(requires_grad),
        )

    def __init__(self, inner, requires_grad=None):
        self.inner = (inner.inner if isinstance(inner, Elsewhere) else inner).detach()

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return dispatch(func, args, kwargs or {})

    def __repr__(self, *, tensor_contents=None):
        return f"Elsewhere({self.inner})"

    def __format__(self, spec):
        return format(self.item() if self.dim() == 0 else repr(self), spec)

    def tolist(self):
        return self.inner.tolist()

    def numpy(self, *_, **__):
        raise TypeError("can't convert simulated device type tensor to numpy. Use Tensor.cpu().")

    def __array__(self, *_, **__):
        return self.numpy()

    def __reduce_ex__(self, protocol):
        return self.inner.__reduce_ex__(protocol)  # ghi ra tệp rồi đọc lại với map_location="cpu"

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            copied = Elsewhere(self.inner.clone()).requires_grad_(self.requires_grad)
            copied.__class__ = type(self)
            if getattr(self, "_is_param", False):
                copied._is_param = True
            if self.grad is not None:
                copied.grad = self.grad.__deepcopy__(memo)
            memo[id(self)] = copied
        return memo[id(self)]


class Literals(TorchFunctionMode):
    """torch.tensor([...], device=...) không đi qua dispatch: tạo ở CPU rồi chép sang."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func is torch.Tensor.new_tensor and isinstance(args[0], Elsewhere):
            kwargs = {"dtype": args[0].dtype, "device": DEVICE} | kwargs
            func, args = torch.tensor, args[1:]
        device = kwargs.get("device")
        if func in (torch.tensor, torch.as_tensor, torch.asarray) and device is not None:
            del kwargs["device"]
            return func(*args, **kwargs).to(device)
        if func in (torch.Tensor.__getitem__, torch.Tensor.__setitem__):
            index = args[1] if isinstance(args[1], tuple) else (args[1],)
            index = tuple(torch.tensor(i) if isinstance(i, list | range) else i for i in index)
            args = (args[0], index, *args[2:])
        return func(*args, **kwargs)


class Simulation(TorchDispatchMode):
    """Đón những phép không có tensor nào ở thiết bị giả: tạo mới, và chép từ CPU sang."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return dispatch(func, args, kwargs or {})


def dispatch(func, args, kwargs):
    """Tính trên CPU; kết quả ở thiết bị mà CUDA sẽ đặt nó."""
    tensors = [t for t in tree_flatten((args, kwargs))[0] if isinstance(t, torch.Tensor)]
    away = [t for t in tensors if isinstance(t, Elsewhere)]
    assert all(t.device != DEVICE for t in tensors if not isinstance(t, Elsewhere)), func
    target = kwargs.get("device")
    there = bool(away) if target is None else torch.device(target) == DEVICE
    local = [t for t in tensors if not isinstance(t, Elsewhere) and t.dim() > 0]
    if func in INDEXING and isinstance(args[0], Elsewhere):
        indices = [t for t in args[1] if t is not None]
        local = [t for t in local if not any(t is index for index in indices)]
    if func is aten.copy_.default:
        there = isinstance(args[0], Elsewhere)
    elif away and local and func not in CROSSING:
        raise RuntimeError(f"Expected all tensors to be on the same device: {func}")
    generator = kwargs.get("generator")
    if there and generator is not None and generator.device != DEVICE:
        raise RuntimeError(f"Expected a generator of the simulated device in {func}")

    if target is not None:
        kwargs = kwargs | {"device": torch.device("cpu")}
    inner_args, inner_kwargs = tree_map(unwrap, (args, kwargs))
    result = func(*inner_args, **inner_kwargs)
    if func is aten._local_scalar_dense.default or not there:
        return result
    with torch.inference_mode(False):  # vỏ của một lát cắt phải nhận được số phiên bản của gốc
        result = tree_map(lambda r: Elsewhere(r) if type(r) is torch.Tensor else r, result)
        return return_and_correct_aliasing(func, args, kwargs, result) if away else result


def unwrap(value):
    return value.inner if isinstance(value, Elsewhere) else value


@contextlib.contextmanager
def simulated():
    """Trong khối này torch.device("meta") là một thiết bị tính được."""
    swap = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        with warnings.catch_warnings(), Literals(), Simulation():
            # Nạp checkpoint vào một mô-đun «meta» thật thì mất trắng; ở đây thì không.
            warnings.filterwarnings("ignore", "for .*: copying from a non-meta parameter")
            yield DEVICE
    finally:
        torch.__future__.set_swap_module_params_on_conversion(swap)


def run_lab(path, steps=2):
    """Chạy mọi ô mã của một phòng trên thiết bị giả; phát ra từng (số của ô, lỗi)."""
    import matplotlib.pyplot as plt
    import nbformat
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.display import display

    from course_utils import runtime, training

    real_fit, real_device = training.fit, runtime.get_device

    def short_fit(*args, on_step=None, **kwargs):
        history = real_fit(*args, **kwargs | {"steps": min(steps, kwargs["steps"])})
        for step in range(kwargs["steps"] if on_step else 0):
            on_step(step + 1)
        return history

    training.fit, runtime.get_device = short_fit, lambda: DEVICE
    space = {"__name__": "__main__", "display": display}
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    try:
        for number, cell in enumerate(cells):
            source = TransformerManager().transform_cell(cell.source)
            wrong = None
            with simulated(), contextlib.redirect_stdout(io.StringIO()):
                try:
                    code = compile(source, f"{path.stem} {cell.id}", "exec", optimize=1)
                    exec(code, space)
                except Exception as error:
                    wrong = error
            plt.close("all")
            if wrong is not None:
                yield number, wrong
    finally:
        training.fit, runtime.get_device = real_fit, real_device


def main(arguments: list[str] | None = None) -> int:
    """Chạy dòng lệnh; trả 1 khi có ô lỗi, 0 khi không."""
    parser = argparse.ArgumentParser(description="Chạy trọn các phòng thực hành trên thiết bị giả.")
    parser.add_argument("labs", nargs="+", metavar="SỔ", help="ví dụ notebooks/gan.ipynb")
    paths = parser.parse_args(arguments).labs
    if missing := [path for path in paths if not Path(path).is_file()]:
        parser.error(f"không có tệp {', '.join(missing)}")
    import matplotlib

    matplotlib.use("Agg")
    torch.set_num_threads(1)
    total = 0
    for path in map(Path, paths):
        start, count = time.perf_counter(), 0
        for number, error in run_lab(path):
            count += 1
            print(f"--- {path.stem}, ô {number}", flush=True)
            traceback.print_exception(error, limit=-5, file=sys.stdout)
        total += count
        print(f"{path.stem}: {count} lỗi, {time.perf_counter() - start:.0f} giây", flush=True)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
