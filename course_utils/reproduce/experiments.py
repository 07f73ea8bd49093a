"""Những con số đã được công bố, và cấu hình mà ta đem ra để gặp chúng.

Mỗi `Experiment` tự nói hết: dựng mô hình nào, học trên gì, bao nhiêu bước, đo ra sao, và ai đã công
bố con số nào trên cùng dữ liệu. Chỉ giữ những con số đọc được ở chính kho mã của tác giả.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from ..autoregressive import PixelCNN
from ..base import GenerativeModel
from ..errors import InputError
from ..flows.dequantization import DequantizedGlow
from ..likelihoods import BernoulliLikelihood
from ..vae import IWAE, VAE


@dataclass(frozen=True)
class Published:
    """Một con số của người khác, cùng đơn vị với ta. None: nguồn không nói.

    `value` : đối log hợp lý của tập kiểm tra (nat mỗi ảnh hoặc bit mỗi chiều), nhỏ hơn là tốt hơn
    `seconds` : thời gian huấn luyện, giây, trên máy `machine`
    """

    model: str
    value: float
    parameters: int | None
    source: str
    epochs: int | None = None
    seconds: float | None = None
    machine: str | None = None


@dataclass(frozen=True)
class Experiment:
    """Một lần tái lập: mô hình, dữ liệu, ngân sách, cách đo.

    model, arguments : lớp và tham số dựng nó, gồm cả những gì mặc định của lớp có thể đổi về sau
    binary : ảnh nhị phân hóa động trải phẳng, hay ảnh 8 bit
    train_images : số ảnh huấn luyện được dùng, đúng như nguồn
    kind : "exact" (log xác suất chính xác) hay "bound" (cận dưới của nó, nên đối log là cận trên)
    clip : chuẩn lớn nhất của gradient (mất mát tính trên cả ảnh, nên lớn)
    checkpoint_every : số bước giữa hai checkpoint
    samples : số mẫu của ước lượng nhiều mẫu khi đánh giá; 1 với mô hình chính xác
    block : số ảnh chấm trong một lượt
    """

    name: str
    title: str
    model: Callable[..., GenerativeModel]
    arguments: dict
    binary: bool
    train_images: int
    steps: int
    batch_size: int
    lr: float
    clip: float
    checkpoint_every: int
    kind: str
    samples: int
    block: int
    published: tuple[Published, ...] = field(default_factory=tuple)

    @property
    def unit(self) -> str:
        return "nat/ảnh" if self.binary else "bit/chiều"

    def build(self) -> GenerativeModel:
        extra = {"likelihood": BernoulliLikelihood()} if self.binary else {}
        return self.model(**self.arguments, **extra)

    def configuration(self) -> dict:
        """Mọi điều quyết định kết quả, viết được thành JSON."""
        whole = asdict(self) | {"model": self.model.__name__}
        return {key: whole[key] for key in whole if key not in RESULT_FREE}


# Những mục không ảnh hưởng đến kết quả.
RESULT_FREE = ("name", "title", "published", "checkpoint_every")

XQDING = "github.com/xqding/Importance_Weighted_Autoencoders, README"
UVADLC = "uvadlc-notebooks.readthedocs.io, "
FLOWS, PIXELS = UVADLC + "bài 11", UVADLC + "bài 12"
# Cùng kiến trúc 784-200-200-50 với nguồn. Số tham số của nguồn đếm từ mã của họ.
DENSE = {"event_shape": 784, "latent_dim": 50, "hidden": (200, 200)}
DENSE_PARAMETERS = 425_284
# Cách học và chấm chung của hai loại ảnh: nhị phân, và 8 bit.
ON_BINARY = {
    "binary": True,
    "train_images": 60_000,
    "batch_size": 100,
    "lr": 2e-3,
    "clip": 1000.0,
    "kind": "bound",
    "samples": 5000,
    "block": 20,
}
ON_LEVELS = {
    "binary": False,
    "train_images": 50_000,
    "batch_size": 128,
    "lr": 1e-3,
    "clip": 500.0,
    "block": 100,
}

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for experiment in (
        Experiment(
            name="binarized-vae",
            title="VAE, MNIST nhị phân hóa động",
            model=VAE,
            arguments=DENSE,
            **ON_BINARY,
            steps=90_000,
            checkpoint_every=2000,
            published=(Published("VAE, k = 1", 87.78, DENSE_PARAMETERS, XQDING, epochs=10_000),),
        ),
        Experiment(
            name="binarized-iwae",
            title="IWAE k = 5, MNIST nhị phân hóa động",
            model=IWAE,
            arguments=DENSE | {"k": 5},
            **ON_BINARY,
            steps=48_000,
            checkpoint_every=1000,
            published=(
                Published("IWAE, k = 5", 85.46, DENSE_PARAMETERS, XQDING, epochs=10_000),
                Published("IWAE, k = 50", 84.59, DENSE_PARAMETERS, XQDING, epochs=10_000),
            ),
        ),
        Experiment(
            name="mnist-flow",
            title="Luồng đa tỉ lệ, MNIST 8 bit, khử lượng tử hóa biến phân",
            model=DequantizedGlow,
            arguments={
                "event_shape": (1, 28, 28),
                "quantization_levels": 256,
                "levels": 2,
                "steps": 12,
                "hidden": 96,
                "alpha": 1e-4,
                "noise_steps": 4,
                "noise_hidden": 32,
            },
            **ON_LEVELS,
            steps=78_000,
            checkpoint_every=100,
            kind="bound",
            samples=8,
            published=(
                Published(
                    "luồng một tỉ lệ, nhiễu đều", 1.078, 556_312, FLOWS, 200, 9449, "RTX 3090"
                ),
                Published(
                    "luồng một tỉ lệ, nhiễu học", 1.043, 628_388, FLOWS, 200, 12_310, "RTX 3090"
                ),
                Published(
                    "luồng đa tỉ lệ, nhiễu học", 1.020, 1_711_818, FLOWS, 200, 8230, "RTX 3090"
                ),
            ),
        ),
        Experiment(
            name="mnist-pixelcnn",
            title="PixelCNN cổng, MNIST 8 bit",
            model=PixelCNN,
            arguments={
                "event_shape": (1, 28, 28),
                "levels": 256,
                "channels": 64,
                "layers": 8,
                "kernel": 3,
                "dilations": (1, 2, 4, 8, 1, 2, 4, 1),
            },
            **ON_LEVELS,
            steps=58_500,
            checkpoint_every=20,
            kind="exact",
            samples=1,
            published=(Published("PixelCNN cổng", 0.808, 852_160, PIXELS, epochs=150),),
        ),
    )
}


def find(name: str) -> Experiment:
    """Cấu hình mang tên `name`; tên lạ thì InputError kể các tên có sẵn."""
    if name not in EXPERIMENTS:
        raise InputError(
            f"Không có phép tái lập tên {name!r}; hãy chọn một trong: {', '.join(EXPERIMENTS)}."
        )
    return EXPERIMENTS[name]
