"""DDPM và DDIM của denoising-diffusion-pytorch bên cạnh của giáo trình.

Cùng một mạng, cùng lịch cosin, cùng đoán v, T = 100. Gói ấy không tính mật độ (thảo luận #210), nên
chuỗi nó học được đọc bằng cùng cận dưới của ta, với phương sai β_k, vì β̃_k mà nó dùng khi sinh mẫu
cho cận lỏng hơn nhiều: so được chất lượng, còn thời gian của log p thì không nói gì về gói.
"""

import importlib
import importlib.util
import math
import sys
from types import ModuleType

from torch import Tensor, nn

from course_utils.diffusion import DDPM, NoiseSchedule
from course_utils.flows.fields import VelocityMLP
from course_utils.flows.linear import Affine

from .family import Family

STEPS = 100
SCALE = 2.5  # gói ấy cắt x̂₀ về [−1, 1] khi sinh mẫu: dữ liệu phải nằm gọn trong đó


def load(package: str, module: str) -> ModuleType:
    """Một module của gói mà không chạy `__init__` của nó, nơi đòi torchvision."""
    spec = importlib.util.find_spec(package)
    shell = ModuleType(package)
    shell.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = shell
    return importlib.import_module(f"{package}.{module}")


lucidrains = load("denoising_diffusion_pytorch", "denoising_diffusion_pytorch_1d")
lucidrains.tqdm = lambda steps, **settings: steps  # chỉ đo phép tính, không đo thanh tiến độ


class Diffusion(nn.Module):
    """`log_prob` là cận dưới, mỗi số hạng một mẫu; không nghịch đảo được."""

    bound, round_trip = True, None

    def __init__(self, chain: DDPM, sampling: int):
        super().__init__()
        self.chain, self.sampling, self.nfe = chain, sampling, 0

    def log_prob(self, x: Tensor) -> Tensor:
        self.nfe = STEPS
        return self.chain.elbo(x)

    def sample(self, n: int) -> Tensor:
        self.nfe = self.sampling
        return self.draw(n)


class Ours(Diffusion):
    def __init__(self, dim, width, sampling):
        super().__init__(DDPM(dim, (width, width), steps=STEPS), sampling)

    def loss(self, x: Tensor) -> Tensor:
        return self.chain.loss(x)

    def draw(self, n: int) -> Tensor:
        sampler = "ancestral" if self.sampling == STEPS else "ddim"
        return self.chain.sample(n, sampler, self.sampling)


class Called(nn.Module):
    """Mạng của ta, gọi theo cách của gói: (x (n, 1, D), bước đếm từ 0)."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return self.net((t + 1) / STEPS, x[:, 0])[:, None]


class Lucidrains(Diffusion):
    def __init__(self, dim, width, sampling):
        net = VelocityMLP(dim, (width, width), 3, "tanh")
        diffusion = lucidrains.GaussianDiffusion1D(
            Called(net),
            seq_length=dim,
            channels=1,
            timesteps=STEPS,
            sampling_timesteps=sampling,
            objective="pred_v",
            self_condition=False,
            auto_normalize=False,
        )
        schedule = NoiseSchedule(diffusion.betas)
        chain = DDPM(dim, net=net, schedule=schedule)
        chain.norm = Affine(dim).requires_grad_(False)  # thang cố định, không theo lô đầu
        nn.init.constant_(chain.norm.log_scale, math.log(SCALE))
        super().__init__(chain, sampling)
        self.diffusion = diffusion

    def loss(self, x: Tensor) -> Tensor:
        return self.diffusion(x[:, None] / SCALE)

    def draw(self, n: int) -> Tensor:
        return SCALE * self.diffusion.sample(n)[:, 0]


def family(sampling: int, *targets: str) -> Family:
    return Family(
        {
            "course_utils": lambda dim, layers, width: Ours(dim, width, sampling),
            "denoising-diffusion-pytorch": lambda dim, layers, width: Lucidrains(
                dim, width, sampling
            ),
        },
        layers=2,
        steps=dict.fromkeys(targets, 2000),
        lr=1e-2,
        width=128,
        points=5_000,
    )


FAMILIES = {
    "ddpm": family(STEPS, "two_moons", "checkerboard"),
    "ddim": family(20, "two_moons"),
}
