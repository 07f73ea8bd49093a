"""Hai cách làm một bước huấn luyện nhanh hơn mà không đổi mô hình: dịch trước, và ít chữ số hơn.

`torch.compile` đọc mất mát một lần, rồi sinh mã máy gộp nhiều phép tính nhỏ thành một: bớt những
lượt đi về bộ nhớ. Giá phải trả là lúc đầu, từ vài giây tới vài phút, nên chỉ đáng khi huấn luyện
lâu. Mỗi chỗ rẽ nhánh theo *giá trị* (bộ giải thích nghi hỏi «bước này đạt chưa», ActNorm ở lô đầu
hỏi «đã khởi tạo chưa») cắt đồ thị làm đôi; mô hình có nhiều chỗ như thế được lợi ít. Nhiễu cũng rút
theo một thứ tự khác, nên mô hình có nhiễu cho một lần chạy khác, cùng phân phối.

bfloat16 giữ 8 bit ý nghĩa thay vì 24, với cùng tầm giá trị. GPU đời mới nhân ma trận bằng nó nhanh
hơn nhiều lần; CPU thì tùy. `torch.autocast` chọn phép nào được làm bằng bfloat16 (nhân ma trận,
tích chập), phép nào không (logarit, tổng); trọng số, Adam và phép đo kiểm định vẫn là float32.
Đừng dùng cho luồng chuẩn hóa và bộ giải ODE: log|det| cộng qua nhiều tầng, sai số 2⁻⁹ mỗi giá trị
thành sai số của mật độ. VAE, khuếch tán, khớp luồng, mô hình tự hồi quy thì dùng được.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .errors import InputError


def faster(loss: Callable, device: torch.device, compile: bool, precision: str | None) -> Callable:
    """Hàm mất mát chạy nhanh hơn; không đòi gì thì chính là `loss`."""
    if precision not in (None, "bf16"):
        raise InputError(f'precision = {precision!r}; chỉ có None (float32 như thường) và "bf16".')
    if not compile and precision is None:
        return loss
    compiled = torch.compile(loss) if compile else loss

    def fast_loss(batch) -> Tensor:
        try:
            with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
                return compiled(batch)
        except torch._dynamo.exc.TorchDynamoException as error:
            raise InputError(
                f"torch.compile không dịch được mất mát này trên máy này "
                f"({type(error).__name__}); CPU cần một trình dịch C++. Hãy bỏ compile=True."
            ) from error
        except RuntimeError as error:
            if "BFloat16" not in str(error):
                raise
            raise InputError(
                f"Mất mát này có một phép tính không làm được bằng bfloat16 ({error}). Hãy bỏ "
                f"precision."
            ) from error

    return fast_loss
