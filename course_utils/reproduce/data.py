"""MNIST cho những phép đo đã được người khác công bố: ảnh 8 bit, và ảnh nhị phân hóa động.

Ảnh được giữ ở uint8; mỗi lô mới thành số thực. `fit` nhận một nguồn như thế ở chỗ một mật độ đồ
chơi: mỗi bước nó gọi `sample(n, generator)`, nên mọi ngẫu nhiên của lô nằm trong một bộ sinh.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..data.images import Images
from ..errors import InputError


def binarize(images: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Nhị phân hóa động: điểm ảnh có độ sáng p ∈ [0, 1] thành 1 với xác suất p, không thì 0.

    Tham số
    -------
    images : hình dạng bất kỳ. uint8 thì hiểu là 0..255 và chia cho 255; số thực thì phải nằm
        trong [0, 1] và giữ nguyên kiểu số
    generator : bộ sinh ngẫu nhiên; None là bộ sinh chung. Số ngẫu nhiên rút trên CPU, nên cùng
        hạt giống cho cùng ảnh trên mọi thiết bị

    Mỗi lần gọi là một lần rút: huấn luyện thì rút lại ở mỗi bước, đánh giá thì rút một lần với hạt
    giống cố định. Nguồn: Salakhutdinov & Murray (2008); Burda et al. (2016), mục 5.

    Lỗi
    ---
    InputError : độ sáng ra ngoài [0, 1], hay kiểu số nguyên khác uint8.
    """
    if images.dtype == torch.uint8:
        brightness = images.float() / 255
    elif images.is_floating_point():
        brightness = images
    else:
        raise InputError(
            f"binarize nhận ảnh kiểu {images.dtype}; cần uint8 trong 0..255 hoặc số thực trong "
            f"[0, 1]. Ảnh {images.dtype} 0..255 thì hãy dùng images.to(torch.uint8)."
        )
    if brightness.numel() and not (brightness.min() >= 0 and brightness.max() <= 1):
        raise InputError(
            f"binarize cần độ sáng trong [0, 1]; ở đây có giá trị từ {float(brightness.min()):g} "
            f"đến {float(brightness.max()):g}. Ảnh 0..255 thì hãy chia cho 255, hoặc để uint8."
        )
    u = torch.rand(brightness.shape, generator=generator, dtype=brightness.dtype)
    return (u.to(brightness.device) < brightness).to(brightness.dtype)


@dataclass(frozen=True)
class ImageBatches:
    """Nguồn lô cho `fit`: mỗi lô rút lại ảnh (và nhị phân hóa lại, nếu cần) từ bộ sinh của fit.

    images : (N, 1, H, W) uint8
    binary : True thì mỗi điểm ảnh là 0/1 rút theo độ sáng và ảnh trải phẳng (n, H·W); False thì
        là mức xám 0..255, (n, 1, H, W). Cả hai đều float32.
    """

    images: Tensor
    binary: bool

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        index = torch.randint(len(self.images), (n,), generator=generator)
        return prepare(self.images[index], self.binary, generator)


def prepare(images: Tensor, binary: bool, generator: torch.Generator | None) -> Tensor:
    """uint8 (n, 1, H, W) -> float32: ảnh 0/1 trải phẳng (n, H·W), hoặc mức xám (n, 1, H, W)."""
    return binarize(images, generator).flatten(1) if binary else images.float()


def split(data: Images, train_images: int, binary: bool) -> tuple[ImageBatches, Tensor]:
    """(nguồn lô của `train_images` ảnh huấn luyện đầu tiên, cả tập kiểm tra đã cố định).

    Tập kiểm tra nhị phân hóa một lần, hạt giống 0: mọi mô hình chấm trên đúng những ảnh ấy.
    """
    generator = torch.Generator().manual_seed(0)
    return (
        ImageBatches(data.train[:train_images], binary),
        prepare(data.test, binary, generator),
    )
