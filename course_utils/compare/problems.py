"""Bốn bộ dữ liệu của phép so: ba mật độ phẳng có entropy chính xác, và chữ số 8×8.

Mỗi bài toán biết cho mô hình đọc dữ liệu thế nào, và biết nhìn một tập mẫu: phủ bao nhiêu mode,
rơi ra ngoài bao nhiêu.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache, partial

import torch
from torch import Tensor, nn

from ..data import digits, toy
from ..errors import InputError
from ..evaluation import distances, mode_coverage
from ..flows import dequantize


class Problem:
    """Một bộ dữ liệu: điểm để học, điểm để thử, điểm thật để so mẫu.

    bandwidth : bề rộng nhân của MMD, cố định cho mọi họ, để số của các hàng so được với nhau
    """

    name: str
    title: str
    dim: int
    bandwidth: float
    modes_total: int

    def training(self, view: str) -> tuple:
        """Đối số dữ liệu của `fit`, theo cách đọc `view`."""
        raise NotImplementedError

    def options(self, view: str, early_stopping: bool) -> dict:
        """Các đối số khác của `fit`: khử lượng tử hóa, tập kiểm định."""
        return {}

    def modes(self, samples: Tensor) -> tuple[Tensor, float | None]:
        """Tỉ lệ mẫu ở mỗi mode (K,), và tỉ lệ mẫu rơi ra ngoài vùng có dữ liệu (None: không đo)."""
        raise NotImplementedError


class Plane(Problem):
    """Mật độ phẳng đã biết; điểm thử chung cho mọi họ và mọi hạt giống."""

    dim = 2

    def __init__(self, name: str, title: str, bandwidth: float, modes: Callable, total: int):
        self.name, self.title, self.bandwidth = name, title, bandwidth
        self.modes, self.modes_total = partial(modes, self), total

    @cached_property
    def density(self) -> toy.ToyDensity:
        return toy.get(self.name)

    def training(self, view: str) -> tuple:
        return (self.density,)

    def test(self, n: int) -> Tensor:
        return self.density.sample(n, seed=12345)

    def real(self, n: int, seed: int = 54321) -> Tensor:
        """n điểm thật để so với mẫu, rút riêng với điểm thử."""
        return self.density.sample(n, seed=seed)


def gaussian_modes(problem: Plane, samples: Tensor) -> tuple[Tensor, float]:
    """Tám đỉnh; ra ngoài là cách tâm gần nhất quá ba độ lệch chuẩn (mẫu thật: 1.1 %)."""
    density = problem.density
    found = mode_coverage(samples, density.means, float(density.scales[0, 0, 0]))
    return found.shares, 1 - found.high_quality


def moon_modes(problem: Plane, samples: Tensor) -> tuple[Tensor, float]:
    """Hai vành trăng; ra ngoài là cách đường cong gần nhất quá ba lần nhiễu."""
    density = problem.density
    distance, node = distances(samples.double(), density.nodes).min(1)
    arm = node // (len(density.nodes) // density.arms)
    near = arm[distance <= 3 * density.noise]
    return torch.bincount(near, minlength=2).double() / len(samples), 1 - len(near) / len(samples)


def board_modes(problem: Plane, samples: Tensor) -> tuple[Tensor, float]:
    """Tám ô đen; ra ngoài là mọi chỗ khác (mẫu thật: 0)."""
    cell = torch.floor(samples / 2 + 2).long()
    on_board = ((cell >= 0) & (cell < 4)).all(1) & (cell.sum(1) % 2 == 0)
    square = cell[on_board] @ torch.tensor([4, 1])
    names = torch.tensor([4 * i + j for i in range(4) for j in range(4) if (i + j) % 2 == 0])
    shares = (square[:, None] == names).double().sum(0) / len(samples)
    return shares, 1 - float(shares.sum())


class DigitProblem(Problem):
    """Chữ số 8×8, 17 mức: học trên 1297 ảnh, thử trên 300 ảnh, so mẫu với 500 ảnh chưa dùng học."""

    name, title, dim, bandwidth, modes_total = "digits", "chữ số 8×8", 64, 25.0, 10
    levels = 17

    @cached_property
    def data(self):
        return digits()

    def test(self, n: int | None = None) -> Tensor:
        return self.data.test

    def real(self, n: int = 500, seed: int = 0) -> Tensor:
        return torch.cat([self.data.validation, self.data.test])[:n]

    def training(self, view: str) -> tuple:
        return (VIEWS[view].encode(self.data.train),)

    def options(self, view: str, early_stopping: bool) -> dict:
        options = {}
        if VIEWS[view].dequantized:
            options["transform"] = lambda x: dequantize(x, self.levels)
        if early_stopping:
            options |= {
                "validation": VIEWS[view].encode(self.data.validation),
                "validate_every": 50,
            }
        return options

    def modes(self, samples: Tensor) -> tuple[Tensor, None]:
        """Tỉ lệ mẫu mà bộ phân loại gọi là 0, 1, …, 9."""
        classifier, _ = self.classifier  # lần đầu thì học nó: trước khi tắt gradient
        with torch.no_grad():
            named = classifier(samples.float() / 8 - 1).argmax(1)
        return torch.bincount(named, minlength=10).double() / len(samples), None

    @cached_property
    def classifier(self) -> tuple[nn.Module, float]:
        """Bộ phân loại độc lập với mọi mô hình sinh, và tỉ lệ đoán đúng của nó trên tập thử."""
        return train_classifier()


@lru_cache
def train_classifier(steps: int = 600) -> tuple[nn.Module, float]:
    """Perceptron 64–128–10 học với hạt giống cố định; không đụng tới bộ sinh số toàn cục."""
    data = digits()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
        optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
        x, y = data.train / 8 - 1, data.train_labels
        for _ in range(steps):
            index = torch.randint(len(x), (128,))
            loss = nn.functional.cross_entropy(net(x[index]), y[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        right = net(data.test / 8 - 1).argmax(1) == data.test_labels
    return net.eval(), float(right.double().mean())


class View:
    """Cách một mô hình đọc ảnh nguyên 0…16, và cách đổi mẫu của nó về ảnh nguyên."""

    def __init__(self, shape: tuple[int, ...], scale: str, dtype: torch.dtype = torch.float32):
        self.shape, self.scale, self.dtype = shape, scale, dtype

    @property
    def dequantized(self) -> bool:
        """Đọc (x + u)/17 trong [0, 1), với u đều: khi ấy log hợp lý là một cận dưới."""
        return self.scale == "unit"

    def encode(self, images: Tensor) -> Tensor:
        """(n, 1, 8, 8) -> dữ liệu cho `fit`; khử lượng tử hóa để `fit` làm mới ở mỗi lô."""
        x = images.reshape(len(images), *self.shape).to(self.dtype)
        return x / 8 - 1 if self.scale == "symmetric" else x

    def decode(self, samples: Tensor) -> Tensor:
        """Mẫu của mô hình -> ảnh nguyên (n, 1, 8, 8)."""
        x = samples.reshape(-1, 1, 8, 8).float()
        if self.scale == "symmetric":
            x = ((x + 1) * 8).round()
        elif self.scale == "unit":
            x = (x * 17).floor()
        return x.clamp(0, 16)


VIEWS = {
    "plain": None,  # mật độ phẳng: đọc thẳng
    "vector": View((64,), "unit"),
    "image": View((1, 8, 8), "unit"),
    "levels": View((1, 8, 8), "integer"),
    "flat_levels": View((64,), "integer"),
    "tokens": View((64,), "integer", torch.long),
    "adversarial": View((1, 8, 8), "symmetric"),
}

PROBLEMS: dict[str, Problem] = {
    "eight_gaussians": Plane("eight_gaussians", "tám Gauss", 0.5, gaussian_modes, 8),
    "two_moons": Plane("two_moons", "hai vành trăng", 0.3, moon_modes, 2),
    "checkerboard": Plane("checkerboard", "bàn cờ", 0.5, board_modes, 8),
    "digits": DigitProblem(),
}


def get_problem(name: str) -> Problem:
    """Bài toán theo tên."""
    if name not in PROBLEMS:
        raise InputError(
            f"Không có bộ dữ liệu tên {name!r} trong phép so; hãy chọn {', '.join(PROBLEMS)}."
        )
    return PROBLEMS[name]
