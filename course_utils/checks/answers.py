"""Đọc một câu trả lời, dù nó là gì, và so nó với đáp án.

Người học viết số, chuỗi, list lồng nhau, tensor, hay một hàm dừng vì lỗi; ở đây mọi thứ ấy thành
số, hoặc thành một câu nói vì sao không đọc được. Lời đáp thì do `report` viết.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch


class Unreadable(Exception):
    """Câu trả lời không đọc được thành số. `blank`: vì người học chưa điền."""

    def __init__(self, message: str, blank: bool = False):
        super().__init__(message)
        self.blank = blank


def plain(value: Any) -> Any:
    """Đổi tensor và mảng (cả khi nằm trong list) thành list và số của Python."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def read(answer: Any, shape: tuple[int, ...], name: str) -> Any:
    """Đọc câu trả lời thành số (shape rỗng) hay list lồng nhau đúng kích thước shape."""
    if answer is None or answer is Ellipsis:
        raise Unreadable(f"Bạn chưa điền hết {name}. Hãy thay dấu ... rồi chạy lại ô.", True)
    if shape == ():
        return read_one(answer, name)
    if isinstance(answer, str | bytes | dict | set | frozenset):
        raise Unreadable(f"Cần {shape[0]} số theo thứ tự, nhưng {name} là {kind(answer)}.")
    try:
        items = list(answer)
    except Exception:
        raise Unreadable(f"Cần {shape[0]} số, nhưng {name} là {kind(answer)}.") from None
    if len(items) != shape[0]:
        raise Unreadable(f"Cần {shape[0]} thành phần, nhưng {name} có {len(items)}.")
    return [read(item, shape[1:], name) for item in items]


def read_one(answer: Any, name: str) -> float:
    if isinstance(answer, torch.Tensor | np.ndarray):
        size = answer.numel() if isinstance(answer, torch.Tensor) else answer.size
        if size != 1:
            raise Unreadable(f"Cần một số, nhưng {name} có {size} phần tử.")
        answer = answer.detach() if isinstance(answer, torch.Tensor) else answer
        answer = answer.reshape(-1)[0].item()
    if isinstance(answer, bool | np.bool_):
        raise Unreadable(f"Cần một số, nhưng {name} là giá trị logic {bool(answer)}.")
    if isinstance(answer, complex | np.complexfloating):
        raise Unreadable(f"Cần một số thực, nhưng {name} là số phức. Có log của số âm không?")
    if isinstance(answer, str | bytes):
        raise Unreadable(f"Cần một số, nhưng {name} là chuỗi ký tự. Hãy bỏ dấu nháy.")
    try:
        return float(answer)
    except OverflowError:
        return math.inf
    except Exception:
        raise Unreadable(f"Cần một số, nhưng {name} là {kind(answer)}.") from None


def matches(value: np.ndarray, wrong: np.ndarray, tol: float) -> bool:
    """value có trùng bộ sai wrong không (None khớp với mọi số, nan khớp với nan)?"""
    pairs = zip(value.reshape(-1).tolist(), wrong.reshape(-1).tolist(), strict=True)
    return all(w is None or close(v, float(w), tol) for v, w in pairs)


def close(a: float, b: float, tol: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tol


def difference(got: Any, expected: Any, tol: float) -> str | None:
    """Câu mô tả chỗ khác nhau giữa hai kết quả; None nếu chúng khớp."""
    if isinstance(expected, tuple):
        if not isinstance(got, tuple | list):
            return f"cần trả về {len(expected)} giá trị, nhưng nhận được {kind(got)}."
        if len(got) != len(expected):
            return f"cần trả về {len(expected)} giá trị, nhưng nhận được {len(got)}."
        for place, (one, other) in enumerate(zip(got, expected, strict=True), start=1):
            text = difference(one, other, tol)
            if text is not None:
                return f"ở giá trị trả về thứ {place}, {text}"
        return None
    try:
        value = as_tensor(got)
    except Exception:
        return f"cần số hay tensor, nhưng nhận được {kind(got)}."
    target = as_tensor(expected)
    if value.is_complex():
        return "kết quả là số phức. Có log hay căn của số âm không?"
    if value.shape != target.shape:
        return f"kích thước là {tuple(value.shape)}, cần {tuple(target.shape)}."
    value, target = value.double(), target.double()
    bad = ~torch.isclose(value, target, rtol=tol, atol=tol, equal_nan=True)
    if not bad.any():
        return None
    if (nan := bad & value.isnan()).any():
        return f"kết quả là NaN (không phải số), cần {float(target[nan][0]):.6g}."
    return f"kết quả là {float(value[bad][0]):.6g}, cần {float(target[bad][0]):.6g}."


def as_tensor(value: Any) -> torch.Tensor:
    """Tensor trên CPU; số thực của Python giữ đủ chữ số thay vì thành float32."""
    dtype = torch.float64 if isinstance(value, float) else None
    return torch.as_tensor(value, dtype=dtype).detach().cpu()


def behaves_like(answer: Callable, wrong: Callable, inputs: Sequence[tuple], tol: float) -> bool:
    try:
        return all(
            difference(answer(*copies(arguments)), wrong(*copies(arguments)), tol) is None
            for arguments in inputs
        )
    except (Exception, SystemExit):
        return False


def copies(arguments: tuple) -> list:
    """Bản sao của các đối số, để hàm sửa tại chỗ không làm hỏng lần gọi sau."""
    return [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]


def describe(arguments: tuple) -> str:
    parts = []
    for a in arguments:
        if isinstance(a, torch.Tensor) and a.numel() > 6:
            parts.append(f"tensor kích thước {tuple(a.shape)}")
        elif isinstance(a, torch.Tensor):
            parts.append(str(np.round(np.asarray(plain(a)), 4).tolist()))
        elif callable(a):
            parts.append(f"hàm {getattr(a, '__name__', type(a).__name__)}")
        else:
            parts.append(f"{a:.6g}" if isinstance(a, float) else str(a))
    return "đầu vào " + ", ".join(parts)


def kind(value: Any) -> str:
    return f"một đối tượng kiểu {type(value).__name__}"


def shorten(error: BaseException, limit: int = 160) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return text if len(text) <= limit else text[: limit - 1] + "…"
