"""Đi ngược chuỗi nhiễu: từng bước ngẫu nhiên (DDPM), tất định (DDIM), hay ở giữa hai cách.

Một bước ngược chỉ cần hai thứ: lịch nhiễu, và một bộ khử nhiễu cho ra (x̂_0, ε̂). Bộ khử nhiễu là
mạng, là công thức đóng, hay mạng có dẫn hướng: ở đây không phân biệt.

Nguồn: Ho et al. (2020), thuật toán 2; Song et al. (2021), DDIM.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from torch import Tensor

from ..base import GenerativeModel, check_batch, check_count
from ..errors import InputError
from .schedules import NoiseSchedule

# (k, x_k) -> (x̂_0, ε̂): những gì một bước ngược cần biết.
Denoiser = Callable[[Tensor | int, Tensor], tuple[Tensor, Tensor]]


class ReverseChain(GenerativeModel):
    """Phần sinh mẫu của `DDPM`. Lớp con cho biết `schedule`, `variance`, `denoise` và hai chiều của
    phía dữ liệu, `standardize` và `unstandardize`.
    """

    schedule: NoiseSchedule
    variance: str
    _like: Tensor

    def denoise(self, k: Tensor | int, x: Tensor) -> tuple[Tensor, Tensor]:
        """(x̂_0, ε̂) ở bước k, tại x_k (n, *event_shape)."""
        raise NotImplementedError

    def standardize(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Dữ liệu x -> x_0 trong tọa độ đã chuẩn tắc, và log|det| (n,)."""
        raise NotImplementedError

    def unstandardize(self, x0: Tensor) -> Tensor:
        """x_0 trong tọa độ đã chuẩn tắc -> dữ liệu."""
        raise NotImplementedError

    def reverse_step(
        self, x: Tensor, k: int, j: int, denoised: tuple[Tensor, Tensor], sampler: str, eta: float
    ) -> tuple[Tensor, float]:
        """Trung bình của x_j và độ lệch chuẩn của nhiễu thêm vào, khi lùi từ x_k về x_j, j < k.

        "ancestral": q(x_j | x_k, x̂_0), phương sai β hay β̃. "ddim": a_j x̂_0 + √(σ_j² − η²β̃) ε̂,
        nhiễu η√β̃; η = 0 là phép lùi tất định, η = 1 là "ancestral" với β̃.
        Ở j = 0 không thêm nhiễu. Sách: (eq-ancestral), (eq-ddim)
        """
        jump, (x0, eps) = self.schedule.jump(j, k), denoised
        if sampler == "ddim":
            noise = eta**2 * jump.posterior_variance
            rest = math.sqrt(max(float(self.schedule.sigma[j]) ** 2 - noise, 0.0))
            return float(self.schedule.a[j]) * x0 + rest * eps, math.sqrt(noise)
        posterior = self.variance == "posterior"
        noise = jump.posterior_variance if posterior else jump.beta * (j > 0)
        return jump.posterior_mean(x0, x), math.sqrt(noise)

    def trajectory(
        self,
        z: Tensor,
        sampler: str = "ancestral",
        steps: int | None = None,
        eta: float = 0.0,
        generator: torch.Generator | None = None,
        denoise: Denoiser | None = None,
    ) -> Iterator[tuple[int, Tensor]]:
        """Lần lượt (k, x_k) trong tọa độ đã chuẩn tắc, từ (T, z) đến (0, x_0).

        `denoise` thay cho mạng của mô hình, ví dụ một bộ khử nhiễu chính xác, hay có dẫn hướng.
        """
        if sampler not in ("ancestral", "ddim"):
            raise InputError(f'sampler = {sampler!r}; hãy chọn "ancestral" hoặc "ddim".')
        if not 0 <= eta <= 1 or (eta and sampler == "ancestral"):
            raise InputError(f'eta = {eta}; cần một số từ 0 đến 1, và chỉ cho sampler="ddim".')
        times, denoise = self.schedule.timetable(steps), denoise or self.denoise
        x = z
        yield times[0], x
        for k, j in pairwise(times):
            x, scale = self.reverse_step(x, k, j, denoise(k, x), sampler, eta)
            if scale > 0:
                noise = torch.randn(x.shape, generator=generator, dtype=x.dtype, device="cpu")
                x = x + scale * noise.to(x.device)
            yield j, x

    @torch.no_grad()
    def sample(
        self,
        n: int,
        sampler: str = "ancestral",
        steps: int | None = None,
        eta: float = 0.0,
        seed: int | None = None,
    ) -> Tensor:
        """n mẫu (n, *event_shape); mỗi bước một lần gọi mạng.

        `steps`: đi qua bấy nhiêu bước rải đều trong T. `seed` cho mẫu lặp lại được trên mọi thiết
        bị. Sách: (eq-ancestral), (eq-ddim)
        """
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        chain = self.trajectory(self.noise(n, generator), sampler, steps, eta, generator)
        return self.unstandardize(last(chain))

    def noise(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n điểm x_T ~ N(0, I), (n, *event_shape); rút trên CPU để hạt giống giữ nghĩa."""
        check_count(n)
        like, shape = self._like, (n, *self.event_shape)
        z = torch.randn(shape, generator=generator, dtype=like.dtype, device="cpu")
        return z.to(like.device)

    def path(self, z: Tensor, steps: int | None = None) -> Tensor:
        """DDIM tất định từ x_T = z: mọi chặng x_T, …, x_0, (K + 1, n, *event_shape).

        Trong tọa độ đã chuẩn tắc. Sách: (eq-ddim)
        """
        check_batch(z, self.event_shape, "z")
        return torch.stack([x for _, x in self.trajectory(z, "ddim", steps)])

    def generate(self, z: Tensor, steps: int | None = None) -> Tensor:
        """Dữ liệu mà DDIM tất định đưa z tới."""
        check_batch(z, self.event_shape, "z")
        return self.unstandardize(last(self.trajectory(z, "ddim", steps)))

    def encode(self, x: Tensor, steps: int | None = None) -> Tensor:
        """x_T mà DDIM đi xuôi từ dữ liệu x tới; `generate` đưa trở lại gần x, càng gần khi càng
        nhiều bước. Sách: (eq-ddim)
        """
        self.check(x)
        x, _ = self.standardize(x)
        times = self.schedule.timetable(steps)[::-1]
        for j, k in pairwise(times):
            # Ở k = 0 mạng chưa hề được học: đọc nó ở bước 1.
            x0, eps = self.denoise(max(j, 1), x)
            x0 = x0 if j else x
            x = float(self.schedule.a[k]) * x0 + float(self.schedule.sigma[k]) * eps
        return x


def last(chain: Iterator[tuple[int, Tensor]]) -> Tensor:
    """Điểm cuối của một quỹ đạo, không giữ lại các chặng giữa."""
    return deque(chain, maxlen=1)[0][1]
