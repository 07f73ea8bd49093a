"""Các phép so sánh mà mọi bộ chấm dùng chung.

Bộ chấm nhận bất cứ thứ gì người học viết ra và luôn trả về một `Report`; nó không bao
giờ ném lỗi vì câu trả lời lạ. Lỗi chỉ được ném khi chính bài tập viết sai (AssertionError).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .answers import (
    Unreadable,
    behaves_like,
    copies,
    describe,
    difference,
    kind,
    matches,
    plain,
    read,
    shorten,
)


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
    target = np.asarray(plain(expected), dtype=np.float64)
    assert tol >= 0, "bài tập viết sai: tol âm"
    assert np.isfinite(target).all(), "bài tập viết sai: đáp án không hữu hạn"
    patterns = [(np.asarray(plain(wrong), dtype=object), text) for wrong, text in hints]
    for wrong, text in patterns:
        assert wrong.shape == target.shape, f"bài tập viết sai: kích thước của gợi ý «{text}»"
        assert not matches(target, wrong, tol), f"bài tập viết sai: gợi ý «{text}» quá gần đáp án"

    if (empty := blank(answer, name=name)) is not None:
        return empty
    try:
        value = np.asarray(read(answer, target.shape, name), dtype=np.float64)
    except Unreadable as problem:
        return Report(False, str(problem), problem.blank)
    for wrong, text in patterns:
        if matches(value, wrong, tol):
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
        return Report(False, f"Cần một hàm, nhưng {name} là {kind(answer)}.")
    first = None
    for arguments in inputs:
        try:
            got = answer(*copies(arguments))
        except NotImplementedError:
            return blank(None, name=name)
        except (Exception, SystemExit) as error:
            return Report(
                False,
                f"Với {describe(arguments)}, {name} dừng vì {type(error).__name__}: "
                f"{shorten(error)}",
            )
        if (empty := blank(got, name=f"giá trị trả về của {name}")) is not None:
            return empty
        found = difference(got, reference(*copies(arguments)), tol)
        if found is not None:
            first = Report(False, f"Với {describe(arguments)}: {found}")
            break
    if first is None:
        return Report(True, f"Đúng trên cả {len(inputs)} đầu vào thử.")
    for wrong, text in hints:
        if behaves_like(answer, wrong, inputs, tol):
            return Report(False, f"Chưa đúng. {text}")
    return first
