"""Các mật độ đồ chơi trên mặt phẳng: lấy mẫu được, có log mật độ và entropy chính xác.

Nhờ entropy chính xác, ta biết giới hạn mà không mô hình nào vượt qua được: đối log hợp lý
trung bình của mọi mô hình ít nhất bằng entropy, và hiệu của hai số là phân kỳ KL.
"""

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError


def as_generator(seed: int | torch.Generator) -> torch.Generator:
    """Hạt giống nguyên, hay chính bộ sinh đã có."""
    if isinstance(seed, torch.Generator):
        return seed
    return torch.Generator().manual_seed(seed)


class ToyDensity:
    """Mật độ trên ℝ²: `sample`, `log_prob` (nat) và `entropy` (nat)."""

    dim = 2
    #: Hộp (x_min, x_max, y_min, y_max) chứa gần hết khối lượng, để vẽ và để tích phân.
    box: tuple[float, float, float, float]
    #: Bước lưới đủ mịn để quy tắc hình thang cho entropy chính xác.
    grid_step: float

    def sample(self, n: int, seed: int | torch.Generator = 0) -> Tensor:
        """n mẫu (n, 2), float32."""
        return self.draw(n, as_generator(seed)).float()

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        raise NotImplementedError

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x) chính xác, nat: (n, 2) -> (n,)."""
        raise NotImplementedError

    @cached_property
    def entropy(self) -> float:
        """Entropy vi phân −∫ p ln p (nat), bằng quy tắc hình thang trên lưới mịn."""
        x_min, x_max, y_min, y_max = self.box
        xs = torch.arange(x_min, x_max + self.grid_step, self.grid_step, dtype=torch.float64)
        ys = torch.arange(y_min, y_max + self.grid_step, self.grid_step, dtype=torch.float64)
        total = 0.0
        for row in ys:  # từng hàng một, để bộ nhớ nhỏ
            points = torch.stack([xs, row.expand_as(xs)], 1)
            log_p = self.log_prob(points)
            total -= float((log_p.exp() * log_p).nan_to_num().sum())
        return total * self.grid_step**2


class Mixture(ToyDensity):
    """Hỗn hợp Gauss: trọng số (K,), tâm (K, 2), căn bậc hai của hiệp phương sai (K, 2, 2)."""

    def __init__(self, weights: Tensor, means: Tensor, scales: Tensor):
        self.weights, self.means, self.scales = weights.double(), means.double(), scales.double()
        reach = 8 * torch.linalg.matrix_norm(self.scales, 2).max()
        low, high = means.amin(0) - reach, means.amax(0) + reach
        self.box = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
        self.grid_step = float(torch.linalg.svdvals(self.scales).min()) / 5

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        k = torch.multinomial(self.weights, n, replacement=True, generator=generator)
        noise = torch.randn(n, 2, 1, generator=generator, dtype=torch.float64)
        return self.means[k] + (self.scales[k] @ noise).squeeze(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        means, scales = self.means.to(x), self.scales.to(x)
        noise = torch.linalg.solve(scales, (x[:, None] - means).unsqueeze(-1)).squeeze(-1)
        log_det = torch.linalg.slogdet(scales).logabsdet
        log_normal = -0.5 * noise.square().sum(-1) - math.log(2 * math.pi) - log_det
        return torch.logsumexp(self.weights.to(x).log() + log_normal, dim=1)


class EightGaussians(Mixture):
    """Tám đỉnh Gauss trên đường tròn bán kính 4/√2, độ lệch chuẩn 0.5/√2."""

    def __init__(self, radius: float = 4 / math.sqrt(2), std: float = 0.5 / math.sqrt(2)):
        angle = torch.arange(8) * (math.pi / 4)
        means = radius * torch.stack([angle.cos(), angle.sin()], 1)
        super().__init__(torch.full((8,), 1 / 8), means, std * torch.eye(2).expand(8, 2, 2))


class NoisyCurve(ToyDensity):
    """Điểm đều theo tham số u trên vài đường cong, cộng nhiễu Gauss đẳng hướng.

    Mật độ là tích phân của nhân Gauss dọc đường cong; cầu phương Gauss–Legendre với các nút
    thưa hơn độ rộng của nhiễu vài lần đã chính xác tới sai số máy.
    """

    noise: float
    length: float
    arms = 2

    def curve(self, u: Tensor, arm: int) -> Tensor:
        """u (n,) trong [0, 1] -> điểm (n, 2) trên nhánh thứ `arm`."""
        raise NotImplementedError

    def setup(self) -> None:
        nodes, weights = np.polynomial.legendre.leggauss(math.ceil(5 * self.length / self.noise))
        u = torch.from_numpy(nodes) / 2 + 0.5
        self.nodes = torch.cat([self.curve(u, arm) for arm in range(self.arms)])
        self.log_weights = (torch.from_numpy(weights) / (2 * self.arms)).log().repeat(self.arms)
        low = self.nodes.amin(0) - 8 * self.noise
        high = self.nodes.amax(0) + 8 * self.noise
        self.box = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
        self.grid_step = self.noise / 3

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        u = torch.rand(n, generator=generator, dtype=torch.float64)
        arm = torch.randint(self.arms, (n, 1), generator=generator)
        points = self.curve(u, 0)
        for other in range(1, self.arms):
            points = torch.where(arm == other, self.curve(u, other), points)
        return points + self.noise * torch.randn(n, 2, generator=generator, dtype=torch.float64)

    def log_prob(self, x: Tensor) -> Tensor:
        nodes, log_weights = self.nodes.to(x), self.log_weights.to(x)
        constant = math.log(2 * math.pi * self.noise**2)
        parts = []
        for chunk in x.split(4096):  # (4096, số nút) vừa bộ nhớ đệm
            square = torch.cdist(chunk, nodes, compute_mode="donot_use_mm_for_euclid_dist") ** 2
            parts.append(torch.logsumexp(log_weights - square / (2 * self.noise**2), dim=1))
        return torch.cat(parts) - constant


class TwoMoons(NoisyCurve):
    """Hai vành trăng: hai nửa đường tròn bán kính 1 lồng vào nhau, nhiễu `noise`."""

    def __init__(self, noise: float = 0.1):
        self.noise, self.length = noise, math.pi
        self.setup()

    def curve(self, u: Tensor, arm: int) -> Tensor:
        angle = math.pi * u
        if arm == 0:
            return torch.stack([angle.cos(), angle.sin()], 1)
        return torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)


class Spirals(NoisyCurve):
    """Hai nhánh xoắn ốc quay một vòng rưỡi, nhiễu 0.1."""

    def __init__(self, noise: float = 0.1):
        self.noise, self.length = noise, 16.0
        self.setup()

    def curve(self, u: Tensor, arm: int) -> Tensor:
        # Căn bậc hai: các điểm rải đều theo diện tích, không dồn vào tâm. Đặt u = v² trong
        # cầu phương là không cần: gần u = 0 đường cong ngắn hơn nhiều so với nhiễu.
        angle = 3 * math.pi * u.sqrt()
        points = torch.stack([-angle.cos(), angle.sin()], 1) * (angle / 3).unsqueeze(1)
        return points if arm == 0 else -points


class Checkerboard(ToyDensity):
    """Bàn cờ: đều trên tám ô 2×2 của hình vuông [−4, 4]²; entropy đúng bằng ln 32."""

    box = (-4.0, 4.0, -4.0, 4.0)
    entropy = math.log(32)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        column = torch.randint(4, (n,), generator=generator)
        row = 2 * torch.randint(2, (n,), generator=generator) + column % 2
        corner = 2 * torch.stack([column, row], 1) - 4
        return corner + 2 * torch.rand(n, 2, generator=generator, dtype=torch.float64)

    def log_prob(self, x: Tensor) -> Tensor:
        cell = torch.floor(x / 2 + 2)
        on_board = ((cell >= 0) & (cell < 4)).all(1)
        dark = (cell.sum(1) % 2) == 0
        minus_infinity = x.new_full((len(x),), -math.inf)
        return torch.where(on_board & dark, x.new_tensor(-math.log(32)), minus_infinity)


class Rings(ToyDensity):
    """Bốn vòng tròn đồng tâm bán kính 0.75, 1.5, 2.25, 3; bán kính có nhiễu Gauss 0.08."""

    radii = (0.75, 1.5, 2.25, 3.0)
    noise = 0.08
    box = (-3.7, 3.7, -3.7, 3.7)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        k = torch.randint(len(self.radii), (n,), generator=generator)
        noise = torch.randn(n, generator=generator, dtype=torch.float64)
        radius = torch.tensor(self.radii, dtype=torch.float64)[k] + self.noise * noise
        angle = 2 * math.pi * torch.rand(n, generator=generator, dtype=torch.float64)
        return radius.unsqueeze(1) * torch.stack([angle.cos(), angle.sin()], 1)

    def log_prob_radius(self, r: Tensor) -> Tensor:
        normal = torch.distributions.Normal(r.new_tensor(self.radii), self.noise)
        return torch.logsumexp(normal.log_prob(r.unsqueeze(-1)), -1) - math.log(len(self.radii))

    def log_prob(self, x: Tensor) -> Tensor:
        # Tọa độ cực là một phép đổi biến: p(x) = p(r) / (2πr).
        r = x.norm(dim=1)
        return self.log_prob_radius(r) - torch.log(2 * math.pi * r)

    @cached_property
    def entropy(self) -> float:
        """Tích phân một chiều: −∫ p(r) ln p(x) dr."""
        r = torch.linspace(1e-3, 4, 40_001, dtype=torch.float64)
        log_p = self.log_prob_radius(r)
        return -float(torch.trapezoid(log_p.exp() * (log_p - torch.log(2 * math.pi * r)), r))


class Pinwheel(ToyDensity):
    """Chong chóng năm cánh: hỗn hợp Gauss bị xoắn một góc tăng theo khoảng cách tới tâm.

    Phép xoắn x = R(angle(‖y‖)) y giữ nguyên diện tích, nên log|det| = 0: mật độ và entropy
    chính xác là của hỗn hợp Gauss chưa xoắn.
    """

    blades = 5
    box = (-5.0, 5.0, -5.0, 5.0)

    def __init__(self):
        angle = torch.arange(self.blades) * (2 * math.pi / self.blades)
        cos, sin = angle.cos(), angle.sin()
        rotation = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
        means = 2 * rotation[:, :, 0]
        scales = rotation @ torch.diag(torch.tensor([0.6, 0.2]))
        self.straight = Mixture(torch.full((self.blades,), 1 / self.blades), means, scales)

    def twist(self, y: Tensor, direction: float) -> Tensor:
        angle = direction * 0.25 * torch.exp(y.norm(dim=1) / 2)
        cos, sin = angle.cos(), angle.sin()
        return torch.stack([cos * y[:, 0] - sin * y[:, 1], sin * y[:, 0] + cos * y[:, 1]], 1)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        return self.twist(self.straight.draw(n, generator), 1.0)

    def log_prob(self, x: Tensor) -> Tensor:
        return self.straight.log_prob(self.twist(x, -1.0))

    @property
    def entropy(self) -> float:
        return self.straight.entropy


DENSITIES = {
    "eight_gaussians": EightGaussians,
    "two_moons": TwoMoons,
    "checkerboard": Checkerboard,
    "pinwheel": Pinwheel,
    "rings": Rings,
    "spirals": Spirals,
}


def get(name: str) -> ToyDensity:
    """Mật độ đồ chơi theo tên."""
    if name not in DENSITIES:
        raise InputError(
            f"Không có bộ dữ liệu tên {name!r}; các tên đang có: {', '.join(DENSITIES)}."
        )
    return DENSITIES[name]()
