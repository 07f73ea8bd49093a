"""Các phép so sánh mà mọi bộ chấm dùng chung.

Bộ chấm nhận bất cứ thứ gì người học viết ra và luôn trả về một `Report`; nó không bao
giờ ném lỗi vì câu trả lời lạ. Lỗi chỉ được ném khi chính bài tập viết sai (AssertionError).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Report:
    """Lời đáp của bộ chấm. Ở cuối một ô sổ tay, nó tự hiện ra thành một dòng chữ.

    ok: câu trả lời đúng hay chưa. blank: người học chưa điền (không tính là sai).
    """

    ok: bool
    message: str
    blank: bool = False

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        mark = "✎" if self.blank else "✓" if self.ok else "✗"
        return f"{mark} {self.message}"

    __repr__ = __str__


def blank(*answers: Any, name: str = "câu trả lời") -> Report | None:
    """Trả về lời nhắc nếu có câu trả lời còn để trống (None hay ...), ngược lại trả về None."""
    if any(answer is None or answer is Ellipsis for answer in answers):
        return Report(False, f"Bạn chưa điền {name}. Hãy thay dấu ... rồi chạy lại ô.", blank=True)
    return None


def number(
    answer: Any,
    expected: float,
    *,
    tol: float,
    hints: Sequence[tuple[float, str]] = (),
    name: str = "đáp số",
) -> Report:
    """So một số với đáp án: đúng khi |answer − expected| ≤ tol.

    answer: int, float, phân số, số numpy, tensor một phần tử.
    hints: các cặp (giá trị sai điển hình, lời gợi ý); giá trị sai có thể là nan hay ±inf.
    """
    return numbers(answer, expected, tol=tol, hints=hints, name=name)


def numbers(
    answer: Any,
    expected: Any,
    *,
    tol: float,
    hints: Sequence[tuple[Any, str]] = (),
    name: str = "đáp số",
) -> Report:
    """Như `number`, cho một bộ số hay một ma trận: mọi thành phần đều phải đúng.

    answer: tuple, list, mảng hay tensor cùng kích thước với expected.
    hints: các cặp (bộ sai, lời gợi ý); thành phần None trong bộ sai nghĩa là «bất kỳ».
    """
    target = np.asarray(_plain(expected), dtype=np.float64)
    assert tol >= 0, "bài tập viết sai: tol âm"
    assert np.isfinite(target).all(), "bài tập viết sai: đáp án không hữu hạn"
    patterns = [(np.asarray(_plain(wrong), dtype=object), text) for wrong, text in hints]
    for wrong, text in patterns:
        assert wrong.shape == target.shape, f"bài tập viết sai: kích thước của gợi ý «{text}»"
        assert not _matches(target, wrong, tol), f"bài tập viết sai: gợi ý «{text}» quá gần đáp án"

    if (empty := blank(answer, name=name)) is not None:
        return empty
    try:
        value = np.asarray(_read(answer, target.shape, name), dtype=np.float64)
    except _Unreadable as problem:
        return problem.report
    for wrong, text in patterns:
        if _matches(value, wrong, tol):
            return Report(False, f"Chưa đúng. {text}")
    if np.isnan(value).any():
        return Report(
            False,
            f"{name[:1].upper()}{name[1:]} là NaN (không phải số). Có log của số âm "
            "hay phép chia 0/0 ở đâu đó không?",
        )
    if np.isinf(value).any():
        return Report(
            False,
            f"{name[:1].upper()}{name[1:]} là vô cùng. Có phép chia cho 0 "
            "hay hàm mũ bị tràn số không?",
        )
    wrong_at = np.argwhere(np.abs(value - target) > tol)
    if len(wrong_at) == 0:
        return Report(True, "Đúng rồi.")
    if target.ndim == 0:
        near = abs(value - target) <= 0.01 * abs(target)
        hint = " Rất gần rồi: hãy giữ thêm vài chữ số." if near else ""
        return Report(False, f"Chưa đúng: {name} của bạn là {float(value):.6g}.{hint}")
    index = tuple(int(i) for i in wrong_at[0])
    return Report(
        False,
        f"Chưa đúng: thành phần [{', '.join(map(str, index))}] của {name} là {value[index]:.6g}; "
        f"{len(wrong_at)} trên {target.size} thành phần còn sai.",
    )


def function(
    answer: Any,
    reference: Callable,
    inputs: Sequence[tuple],
    *,
    tol: float,
    hints: Sequence[tuple[Callable, str]] = (),
    name: str = "hàm",
) -> Report:
    """Chạy hàm của người học bên cạnh hàm mẫu và báo đầu vào đầu tiên cho kết quả khác.

    inputs: mỗi phần tử là bộ đối số của một lần gọi. Kết quả là số, tensor hay tuple của chúng.
    tol: sai khác cho phép, tính theo độ lớn của kết quả mẫu (và tuyệt đối khi nó nhỏ hơn 1).
    hints: các cặp (hàm sai điển hình, lời gợi ý).
    """
    if (empty := blank(answer, name=name)) is not None:
        return empty
    if not callable(answer):
        return Report(False, f"Cần một hàm, nhưng {name} là {_kind(answer)}.")
    first = None
    for arguments in inputs:
        try:
            got = answer(*_copies(arguments))
        except NotImplementedError:
            return blank(None, name=name)
        except (Exception, SystemExit) as error:
            return Report(
                False,
                f"Với {_describe(arguments)}, {name} dừng vì {type(error).__name__}: "
                f"{_shorten(error)}",
            )
        if (empty := blank(got, name=f"giá trị trả về của {name}")) is not None:
            return empty
        difference = _difference(got, reference(*_copies(arguments)), tol)
        if difference is not None:
            first = Report(False, f"Với {_describe(arguments)}: {difference}")
            break
    if first is None:
        return Report(True, f"Đúng trên cả {len(inputs)} đầu vào thử.")
    for wrong, text in hints:
        if _behaves_like(answer, wrong, inputs, tol):
            return Report(False, f"Chưa đúng. {text}")
    return first


class _Unreadable(Exception):
    """Câu trả lời không đọc được thành số; mang theo lời đáp."""

    def __init__(self, message: str, is_blank: bool = False):
        super().__init__(message)
        self.report = Report(False, message, blank=is_blank)


def _plain(value: Any) -> Any:
    """Đổi tensor và mảng (cả khi nằm trong list) thành list và số của Python."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _read(answer: Any, shape: tuple[int, ...], name: str) -> Any:
    """Đọc câu trả lời thành số (shape rỗng) hay list lồng nhau đúng kích thước shape."""
    if answer is None or answer is Ellipsis:
        raise _Unreadable(f"Bạn chưa điền hết {name}. Hãy thay dấu ... rồi chạy lại ô.", True)
    if shape == ():
        return _read_one(answer, name)
    if isinstance(answer, str | bytes | dict | set | frozenset):
        raise _Unreadable(f"Cần {shape[0]} số theo thứ tự, nhưng {name} là {_kind(answer)}.")
    try:
        items = list(answer)
    except Exception:
        raise _Unreadable(f"Cần {shape[0]} số, nhưng {name} là {_kind(answer)}.") from None
    if len(items) != shape[0]:
        raise _Unreadable(f"Cần {shape[0]} thành phần, nhưng {name} có {len(items)}.")
    return [_read(item, shape[1:], name) for item in items]


def _read_one(answer: Any, name: str) -> float:
    if isinstance(answer, torch.Tensor | np.ndarray):
        size = answer.numel() if isinstance(answer, torch.Tensor) else answer.size
        if size != 1:
            raise _Unreadable(f"Cần một số, nhưng {name} có {size} phần tử.")
        answer = answer.detach() if isinstance(answer, torch.Tensor) else answer
        answer = answer.reshape(-1)[0].item()
    if isinstance(answer, bool | np.bool_):
        raise _Unreadable(f"Cần một số, nhưng {name} là giá trị logic {bool(answer)}.")
    if isinstance(answer, complex | np.complexfloating):
        raise _Unreadable(f"Cần một số thực, nhưng {name} là số phức. Có log của số âm không?")
    if isinstance(answer, str | bytes):
        raise _Unreadable(f"Cần một số, nhưng {name} là chuỗi ký tự. Hãy bỏ dấu nháy.")
    try:
        return float(answer)
    except OverflowError:
        return math.inf
    except Exception:
        raise _Unreadable(f"Cần một số, nhưng {name} là {_kind(answer)}.") from None


def _matches(value: np.ndarray, wrong: np.ndarray, tol: float) -> bool:
    """value có trùng bộ sai wrong không (None khớp với mọi số, nan khớp với nan)?"""
    pairs = zip(value.reshape(-1).tolist(), wrong.reshape(-1).tolist(), strict=True)
    return all(w is None or _close(v, float(w), tol) for v, w in pairs)


def _close(a: float, b: float, tol: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tol


def _difference(got: Any, expected: Any, tol: float) -> str | None:
    """Câu mô tả chỗ khác nhau giữa hai kết quả; None nếu chúng khớp."""
    if isinstance(expected, tuple):
        if not isinstance(got, tuple | list):
            return f"cần trả về {len(expected)} giá trị, nhưng nhận được {_kind(got)}."
        if len(got) != len(expected):
            return f"cần trả về {len(expected)} giá trị, nhưng nhận được {len(got)}."
        for place, (one, other) in enumerate(zip(got, expected, strict=True), start=1):
            text = _difference(one, other, tol)
            if text is not None:
                return f"ở giá trị trả về thứ {place}, {text}"
        return None
    try:
        value = _as_tensor(got)
    except Exception:
        return f"cần số hay tensor, nhưng nhận được {_kind(got)}."
    target = _as_tensor(expected)
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


def _as_tensor(value: Any) -> torch.Tensor:
    """Tensor trên CPU; số thực của Python giữ đủ chữ số thay vì thành float32."""
    dtype = torch.float64 if isinstance(value, float) else None
    return torch.as_tensor(value, dtype=dtype).detach().cpu()


def _behaves_like(answer: Callable, wrong: Callable, inputs: Sequence[tuple], tol: float) -> bool:
    try:
        return all(
            _difference(answer(*_copies(arguments)), wrong(*_copies(arguments)), tol) is None
            for arguments in inputs
        )
    except (Exception, SystemExit):
        return False


def _copies(arguments: tuple) -> list:
    """Bản sao của các đối số, để hàm sửa tại chỗ không làm hỏng lần gọi sau."""
    return [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]


def _describe(arguments: tuple) -> str:
    parts = []
    for a in arguments:
        if isinstance(a, torch.Tensor) and a.numel() > 6:
            parts.append(f"tensor kích thước {tuple(a.shape)}")
        elif isinstance(a, torch.Tensor):
            parts.append(str(np.round(np.asarray(_plain(a)), 4).tolist()))
        elif callable(a):
            parts.append(f"hàm {getattr(a, '__name__', type(a).__name__)}")
        else:
            parts.append(f"{a:.6g}" if isinstance(a, float) else str(a))
    return "đầu vào " + ", ".join(parts)


def _kind(value: Any) -> str:
    return f"một đối tượng kiểu {type(value).__name__}"


def _shorten(error: BaseException, limit: int = 160) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return text if len(text) <= limit else text[: limit - 1] + "…"
