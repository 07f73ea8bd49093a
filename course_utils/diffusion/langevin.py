"""Động lực học Langevin: lấy mẫu từ một mật độ chỉ nhờ hàm điểm số của nó.

Nguồn: Roberts & Tweedie (1996); Welling & Teh (2011); Song & Ermon (2019).
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from ..base import check_batch, check_count
from ..errors import InputError
from .sde import SDE

Score = Callable[[Tensor], Tensor]


def check_step(step_size: float) -> None:
    """Bước phải là một số dương."""
    if not 0 < step_size < float("inf"):
        raise InputError(f"step_size = {step_size}; cần một số dương, ví dụ 0.01.")


def checked(score: Tensor, x: Tensor) -> Tensor:
    """Điểm số cùng hình dạng với x; nếu không, (n,) cộng (n, 1) sẽ nở thành (n, n)."""
    shape = tuple(score.shape) if isinstance(score, Tensor) else type(score).__name__
    if shape != tuple(x.shape):
        raise InputError(
            f"Điểm số trả về {shape} từ x {tuple(x.shape)}; nó phải là một tensor cùng hình dạng "
            f"với x. Hãy xem lại hàm score."
        )
    return score


@torch.no_grad()
def langevin(
    score: Score,
    x: Tensor,
    step_size: float,
    steps: int,
    *,
    seed: int | None = None,
    path: bool = False,
) -> Tensor:
    """Langevin không hiệu chỉnh: x ← x + h·∇log p(x) + √(2h)·ξ, lặp `steps` lần.

    Tham số
    -------
    score : hàm x (n, ...) -> ∇log p(x) (n, ...)
    x : điểm xuất phát (n, ...), không bị sửa; step_size : h, bình phương đơn vị của x
    seed : cho một lần chạy lặp lại được, không động đến bộ sinh ngẫu nhiên toàn cục
    path : trả cả quỹ đạo (steps + 1, n, ...) thay vì điểm cuối

    Bước dài thì phân phối dừng lệch khỏi p; `stationary_variance` cho độ lệch khi p là Gauss.
    Sách: (eq-langevin), (eq-ula)
    """
    check_batch(x, tuple(x.shape[1:]) if isinstance(x, Tensor) else ())
    check_step(step_size)
    check_count(steps, "steps")
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    visited = [x]
    for _ in range(steps):
        xi = torch.randn(x.shape, generator=generator, dtype=x.dtype, device="cpu").to(x.device)
        x = x + step_size * checked(score(x), x) + (2 * step_size) ** 0.5 * xi
        if path:
            visited.append(x)
    return torch.stack(visited) if path else x


def stationary_variance(step_size: float, variance: float = 1.0) -> float:
    """Phương sai dừng của `langevin` khi p = N(0, variance), dọc một tọa độ.

    Một bước là x ← (1 − h/c²)x + √(2h)ξ với c² = `variance`; giải v = (1 − h/c²)²v + 2h được
    v = c²/(1 − h/(2c²)): luôn lớn hơn c², và không còn hữu hạn khi h ≥ 2c². Sách: (eq-ula-bias)
    """
    check_step(step_size)
    if step_size >= 2 * variance:
        raise InputError(
            f"step_size = {step_size}, phương sai {variance}: từ h = 2c² = {2 * variance:g} trở đi "
            f"chuỗi văng ra vô cực. Hãy giảm bước."
        )
    return variance / (1 - step_size / (2 * variance))


@torch.no_grad()
def annealed_langevin(
    score: Callable[[float, Tensor], Tensor],
    x: Tensor,
    sde: SDE,
    times: Iterable[float],
    *,
    steps: int = 20,
    relative_step: float = 0.1,
    seed: int | None = None,
) -> Tensor:
    """Langevin ủ: chạy `steps` bước ở từng mức nhiễu, từ nhiễu lớn tới nhiễu nhỏ.

    Ở mức nhiễu lớn các mode dính liền nên điểm đi lại dễ; nhiễu nhỏ dần thì mỗi điểm đứng yên ở
    mode nó đã chọn. Bước ở thời điểm s là `relative_step`·σ(s)²: độ cong của log p_s không vượt
    1/σ², nên relative_step < 2 là ổn định ở mọi mức.

    Tham số
    -------
    score : hàm (s, x) -> ∇log p_s(x), chẳng hạn `ScoreSDE.score`
    x : điểm xuất phát (n, ...), thường là nhiễu cỡ `sde.prior_scale`
    times : các thời điểm s giảm dần, ví dụ torch.linspace(1, 0.001, 20).tolist()

    Sách: (eq-ula); Song & Ermon (2019), thuật toán 1
    """
    if not 0 < relative_step < 2:
        raise InputError(f"relative_step = {relative_step}; cần một số giữa 0 và 2, ví dụ 0.1.")
    times = [float(s) for s in times]
    if not times or sorted(times, reverse=True) != times or not 0 <= times[-1] <= times[0] <= 1:
        raise InputError(
            f"times = {times}: cần các thời điểm trong [0, 1], giảm dần, từ nhiễu lớn tới nhỏ."
        )
    for level, s in enumerate(times):
        step_size = relative_step * float(sde.marginal(s)[1]) ** 2
        level_seed = None if seed is None else 1000 * seed + level
        x = langevin(lambda y, s=s: score(s, y), x, step_size, steps, seed=level_seed)
    return x
