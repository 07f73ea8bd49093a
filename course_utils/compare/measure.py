"""Đo một mô hình đã học: mật độ của điểm thử, mẫu so với điểm thật, và giá phải trả.

Mô hình tự cho biết nó trả lời được câu hỏi nào: có `log_prob` thì số chính xác, có `elbo` thì một
cận, không có gì thì chỉ so mẫu.
"""

import math
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..diffusion import DDPM
from ..evaluation import coverage, frechet_distance, log_probs, mmd2, precision
from ..flows import Inverse, MaskedAutoregressive, dequantize
from ..flows.residual import ResidualLayer
from ..latent import LatentVariableModel
from .problems import VIEWS, Plane, Problem

K = 100  # số mẫu z của cận nhiều mẫu, cho các mô hình biến tiềm ẩn
MIN_SHARE = 0.01  # một mode được coi là tìm thấy khi giữ ít nhất chừng này số mẫu
FEWEST = 10  # ít mẫu hữu hạn hơn thế thì không so hai tập mẫu nữa


def clock(device: torch.device) -> float:
    """Giây CPU của tiến trình này; trên GPU là giây đồng hồ, sau khi thiết bị đã làm xong."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        return time.perf_counter()
    return time.process_time()


def timed(action: Callable, device: torch.device) -> tuple:
    """(kết quả, số giây)."""
    start = clock(device)
    result = action()
    return result, clock(device) - start


def kind_of(model: nn.Module, discrete: bool) -> str:
    """ "exact": log mật độ (hay log xác suất) đúng; "bound": một cận dưới; "none": không có.

    Luồng trên ảnh nguyên đã khử lượng tử hóa có mật độ đúng của dữ liệu liên tục, nên chỉ cho một
    cận dưới của log xác suất ảnh nguyên. Sách: (eq-dequantization)
    """
    if hasattr(model, "log_prob"):
        return "bound" if discrete else "exact"
    return "bound" if hasattr(model, "elbo") else "none"


def calls_of(model: nn.Module, sampling: bool, default: int = 1) -> int:
    """Số lượt gọi mạng *nối tiếp nhau* của lần lấy mẫu hay tính mật độ gần nhất.

    Luồng ghép cặp, VAE, GAN: một lượt qua cả mô hình. Tự hồi quy: một tọa độ một lượt, ở chiều
    khó. ODE và khuếch tán: số lần gọi trường. Luồng phần dư đếm riêng, xem `sample_timed`.
    """
    if hasattr(model, "nfe"):
        return int(model.nfe)
    if isinstance(model, DDPM):
        return model.steps
    flipped = [m.transform for m in model.modules() if isinstance(m, Inverse)]
    if any(isinstance(m, MaskedAutoregressive) for m in model.modules()):
        hard = sampling != any(isinstance(m, MaskedAutoregressive) for m in flipped)
        return math.prod(model.event_shape) if hard else 1
    if hasattr(model, "logits_at"):
        return math.prod(model.event_shape) if sampling else 1
    return default


def counted(function: Callable, calls: list) -> Callable:
    """`function`, mỗi lần gọi thêm một phần tử vào `calls`."""

    def call(*arguments):
        calls.append(1)
        return function(*arguments)

    return call


def sample_timed(
    model: nn.Module, n: int, device: torch.device, **how
) -> tuple[Tensor, float, int]:
    """n mẫu trên CPU, số giây, và số lượt gọi mạng nối tiếp."""
    nets = [m.net for m in model.modules() if isinstance(m, ResidualLayer)]
    # Lặp điểm bất động gọi `forward`, Newton gọi `value_and_jacobian`.
    ways = [(net, w) for net in nets for w in ("forward", "value_and_jacobian") if hasattr(net, w)]
    calls = []
    for net, way in ways:
        setattr(net, way, counted(getattr(net, way), calls))
    with torch.no_grad():
        x, seconds = timed(lambda: model.sample(n, **how), device)
    for net, way in ways:
        delattr(net, way)
    nfe = round(len(calls) / len(nets)) if nets else calls_of(model, True)
    return x.cpu(), seconds, how.get("steps", nfe) if not hasattr(model, "nfe") else nfe


def point_densities(model: nn.Module, x: Tensor) -> tuple[Tensor, Tensor | None]:
    """Log mật độ (hay cận tốt nhất tính được) của từng điểm, và ELBO nếu nó là một số khác."""
    if hasattr(model, "log_prob"):
        return log_probs(model, x), None
    if isinstance(model, LatentVariableModel):
        return model.log_prob_estimate(x, K), model.elbo(x)
    return model.elbo(x), None


@torch.no_grad()
def plane_density(model: nn.Module, problem: Plane, n: int, device: torch.device) -> dict:
    """NLL, khoảng hở đến entropy trên n điểm thử chung, và giá của một lần tính."""
    like = next(model.parameters())
    x = problem.test(n)
    (value, elbo), seconds = timed(lambda: point_densities(model, x.to(like)), device)
    truth = problem.density.log_prob(x.double())
    gap = truth - value.cpu().double()
    entropy = problem.density.entropy
    return {
        "nll": entropy + float(gap.mean()),
        "entropy": entropy,
        "gap": float(gap.mean()),
        "gap_se": float(gap.std()) / math.sqrt(n),
        "elbo_gap": None if elbo is None else float((truth - elbo.cpu().double()).mean()),
        "density_seconds": seconds * 10_000 / n,
        "density_nfe": calls_of(model, False),
    }


@torch.no_grad()
def digit_density(
    model: nn.Module, problem: Problem, view: str, device: torch.device, noises: int = 3
) -> dict:
    """−log xác suất (hay cận) của ảnh nguyên, nat mỗi ảnh và bit mỗi chiều, trên tập thử.

    Ảnh đã khử lượng tử hóa: trung bình trên `noises` lần rút nhiễu của từng ảnh.
    """
    like = next(model.parameters())
    images = VIEWS[view].encode(problem.test())
    values, seconds, elbo = [], 0.0, None
    for k in range(noises if VIEWS[view].dequantized else 1):
        x, shift = images.to(like.device), 0.0
        if VIEWS[view].dequantized:
            x, shift = dequantize(images, 17, seed=k).to(like), problem.dim * math.log(17)
        (value, elbo), spent = timed(lambda x=x: point_densities(model, x), device)
        values.append(value.cpu().double() - shift)
        seconds += spent
    nats = -torch.stack(values).mean(0)
    return {
        "nll": float(nats.mean()),
        "nll_se": float(nats.std()) / math.sqrt(len(nats)),
        "bits_per_dim": float(nats.mean()) / (problem.dim * math.log(2)),
        "elbo_nll": None if elbo is None else -float(elbo.mean()),
        "density_seconds": seconds * 10_000 / (len(values) * len(images)),
        "density_nfe": calls_of(model, False),
    }


def sample_quality(samples: Tensor, problem: Problem) -> dict:
    """So mẫu với điểm thật: MMD², độ phủ, độ chính xác, Fréchet, mode.

    Mẫu có NaN hay vô cực thì bỏ ra, và cột `broken_samples` nói tỉ lệ của chúng. Còn lại quá ít để
    đo thì các phép đo để trống (None): không có con số nào nói thay cho một mô hình đã hỏng.
    """
    n = min(len(samples), 2500)
    finite = samples[torch.isfinite(samples).flatten(1).all(1)]
    broken = {}
    if len(finite) < len(samples):
        broken = {"broken_samples": 1 - len(finite) / len(samples)}
        samples = finite[:n]
    if len(samples) < FEWEST:
        empty = dict.fromkeys(("mmd2", "mmd2_se", "frechet", "coverage", "precision", "mode_tv"))
        modes = {"modes": 0, "modes_total": problem.modes_total, "off_support": None}
        return empty | modes | broken
    real = problem.real(n)
    mmd = mmd2(samples[:n], real, problem.bandwidth)
    few = min(n, 2000)
    shares, outside = problem.modes(samples)
    inside = float(shares.sum())
    balance = shares / max(inside, 1e-12) - 1 / problem.modes_total
    return {
        "mmd2": mmd.value,
        "mmd2_se": mmd.se,
        "frechet": frechet_distance(samples[:n], real),
        "coverage": coverage(real[:few], samples[:few]),
        "precision": precision(real[:few], samples[:few]),
        "modes": int((shares >= MIN_SHARE).sum()),
        "modes_total": problem.modes_total,
        "mode_tv": 0.5 * float(balance.abs().sum()),
        "off_support": outside,
    } | broken
