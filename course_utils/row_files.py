"""Tệp kết quả: một JSON gồm nhiều hàng đã đo; nhiều tiến trình cùng thêm mà không mất hàng nào.

Đo một hàng có khi mất hàng giờ, nên ba điều phải chắc. Chỗ ghi được thử *trước* khi đo. Tên thật
luôn là một tệp trọn vẹn (`files.replacing`). Thêm hàng nào cũng là đọc lại tệp rồi mới ghi, trong
lúc giữ khóa, nên hàng mà tiến trình khác vừa ghi còn nguyên.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError
from .files import locked, replacing

Rows = list[dict]


@dataclass(frozen=True)
class RowFile:
    """Một loại tệp kết quả.

    command : lệnh ghi ra tệp, để lời báo lỗi chỉ đường
    unpack : nội dung JSON -> các hàng
    dump : các hàng -> chữ của tệp
    """

    command: str
    unpack: Callable[[dict], Rows]
    dump: Callable[[Rows], str]

    def read(self, path: str | os.PathLike) -> Rows:
        """Mọi hàng của tệp; không có, không đọc được hay không phải tệp kết quả thì InputError."""
        try:
            return self.unpack(json.loads(Path(path).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise InputError(
                f"Không có tệp {path}. Hãy chạy `{self.command}` trước, rồi đưa tệp mà lệnh ấy ghi."
            ) from None
        except OSError as error:
            raise InputError(
                f"Không đọc được {path} ({type(error).__name__}: {error.strerror}); cần một tệp "
                f"kết quả JSON mà bạn có quyền đọc."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{path} không phải tệp kết quả ({type(error).__name__}). Hãy dời nó đi rồi chạy "
                f"lại `{self.command}`, hoặc đưa đúng tệp mà lệnh ấy đã ghi."
            ) from error

    def check_place(self, path: str | os.PathLike) -> Rows:
        """Thử chỗ ghi trước khi đo: các hàng đã có ở đó, chưa có tệp thì [].

        Lỗi
        ---
        InputError : thư mục không tạo được hay không cho ghi, `path` là một thư mục, hay tệp đang
            có ở đó không phải tệp kết quả.
        """
        path = Path(path)
        with writing(path), locked(lock_of(path)):
            return self.stored(path)

    def update(self, path: str | os.PathLike, change: Callable[[Rows], Rows]) -> Rows:
        """Thay các hàng của tệp bằng change(các hàng đang có), trong lúc giữ khóa; trả hàng mới.

        Lỗi
        ---
        InputError : không ghi được, hay tệp đang có không phải tệp kết quả. Tệp cũ còn nguyên.
        """
        path = Path(path)
        with writing(path), locked(lock_of(path)):
            rows = change(self.stored(path))
            with replacing(path) as file:
                file.write(self.dump(rows).encode())
        return rows

    def stored(self, path: Path) -> Rows:
        return self.read(path) if path.exists() else []


def lock_of(path: Path) -> Path:
    """Tệp khóa đứng cạnh tệp kết quả, chỉ có trong lúc đang ghi."""
    return path.with_name(f".{path.name}.lock")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Lỗi của đĩa trong khối `with` thành một InputError nói phải làm gì."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"Không ghi được tệp kết quả {path} ({type(error).__name__}: {error}). Thư mục có thể "
            f"không cho ghi, hoặc đĩa đã đầy. Hãy chọn nơi khác bằng --output (hay tham số đường "
            f"dẫn), hoặc dọn chỗ rồi chạy lại; những hàng đã ghi còn nguyên."
        ) from error
