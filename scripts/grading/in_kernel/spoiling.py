"""Câu trả lời cố ý làm hỏng: ô kiểm tra nào vẫn qua với nó là ô đã bị vô hiệu."""

# Các tên của builtins được lấy riêng, vì bản dùng chung thì mã nộp vá được.
# ruff: noqa: UP029


def _spoiler():
    """Bản hỏng của một câu trả lời: số và tensor cộng thêm, hàm và lớp trả kết quả hỏng."""
    import functools
    import sys
    import types
    from builtins import (
        Exception,
        bool,
        callable,
        dict,
        float,
        getattr,
        isinstance,
        list,
        str,
        tuple,
        type,
        vars,
    )

    import torch

    kept = {"__init__", "__new__", "__post_init__", "__init_subclass__", "__del__", "__setattr__"}
    kept |= {"__getattr__", "__getattribute__", "__repr__", "__hash__"}
    torch_names = ("forward", "inverse", "log_prob", "sample")

    def spoil_class(kind):
        own = [n for n, v in vars(kind).items() if type(v) is types.FunctionType and n not in kept]
        names = {*own, *(n for n in torch_names if callable(getattr(kind, n, None)))}
        return type(kind.__name__, (kind,), {n: spoil(getattr(kind, n)) for n in names})

    def spoil(value, returned=False):
        kind = type(value)
        if isinstance(value, type):
            return spoil_class(value)
        if isinstance(value, list | tuple):
            return [spoil(v, returned) for v in value]
        if value is None or kind in (bool, str, dict):
            return None
        if returned and isinstance(value, torch.nn.Module):
            value.__class__ = spoil(kind)
            return value
        home = sys.modules.get(kind.__module__)
        if kind.__module__ != "__main__" and getattr(home, kind.__qualname__, None) is kind:
            try:
                return value + 1000
            except Exception:
                pass
        if returned:
            return None
        if callable(value) and not isinstance(value, torch.Tensor):
            return functools.wraps(value)(lambda *a, **k: spoil(value(*a, **k), True))
        try:
            return float(value) + 1000
        except Exception:
            return None

    return spoil
