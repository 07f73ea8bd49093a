"""Một hàng của bảng: một họ, một bộ dữ liệu, một hạt giống.

Các cột
-------
family, data, seed, budget : tên hàng; budget là "full" hay "quick"
kind : "exact" (log mật độ đúng), "bound" (cận dưới), "none" (chỉ lấy mẫu được)
nll : −log mật độ trung bình, nat mỗi điểm; chữ số: nat mỗi ảnh *nguyên*, kèm bits_per_dim
gap, gap_se : khoảng hở đến entropy và sai số chuẩn, lấy hiệu trên cùng điểm thử (mật độ phẳng)
elbo_gap, elbo_nll : như gap, nll, tính bằng ELBO một mẫu (mô hình biến tiềm ẩn; cột chính của
    chúng dùng cận 100 mẫu)
mmd2, mmd2_se, frechet, coverage, precision : mẫu so với điểm thật
modes, modes_total, mode_tv : số mode tìm thấy; khoảng cách biến phân toàn phần giữa tỉ lệ các mode
    và phần chia đều
off_support : tỉ lệ mẫu rơi ra ngoài vùng có dữ liệu
broken_samples : tỉ lệ mẫu có NaN hay vô cực, chỉ có khi khác 0; hỏng cả thì các cột mẫu là None
parameters : số tham số học được
training_seconds : giây huấn luyện
sampling_seconds, sample_nfe : giây cho 10 000 mẫu, số lượt gọi mạng nối tiếp
density_seconds, density_nfe : giây cho 10 000 log mật độ (hay cận); đo trên ít điểm hơn thì quy ra
few : vài cách lấy mẫu rẻ hơn của cùng mô hình, mỗi cách có nfe, giây và mmd2
examples, config, note, versions, machine : ngân sách, công thức, lời dặn, nơi đo
"""

import math
import platform
from dataclasses import dataclass

import torch

from ..errors import InputError
from ..nets import count_parameters
from ..runtime import machine, set_seed
from .families import get_family
from .measure import (
    digit_density,
    kind_of,
    plane_density,
    sample_quality,
    sample_timed,
    timed,
)
from .problems import VIEWS, Plane, get_problem
from .recipe import build

REAL = "real"  # hàng đối chứng: mẫu thật so với mẫu thật


@dataclass(frozen=True)
class Budget:
    """Số điểm dữ liệu mỗi mô hình được xem, và số mẫu để đo."""

    plane: int
    digits: int
    test: int = 5_000
    samples: int = 10_000
    digit_samples: int = 1000

    def examples(self, data: str) -> int:
        return self.digits if data == "digits" else self.plane


BUDGETS = {
    "full": Budget(plane=256_000, digits=48_000),
    "quick": Budget(plane=96_000, digits=6_000),
}


def get_budget(name: str) -> Budget:
    """Ngân sách theo tên."""
    if name not in BUDGETS:
        raise InputError(f"Không có ngân sách tên {name!r}; hãy chọn {', '.join(BUDGETS)}.")
    return BUDGETS[name]


def versions() -> str:
    """Phiên bản của torch và Python."""
    return f"torch {torch.__version__.split('+')[0]}, Python {platform.python_version()}"


def real_row(data: str, seed: int, budget: str = "full") -> dict:
    """Hàng đối chứng: một tập điểm thật khác, so như thể nó là mẫu của mô hình.

    Đây là sàn nhiễu của các phép so hai mẫu: không mô hình nào được khen vì tốt hơn hàng này.
    """
    problem, size = get_problem(data), get_budget(budget)
    if isinstance(problem, Plane):
        samples = problem.real(size.samples, seed=900_000 + seed)
    else:  # rút lại từ ảnh học, vì ngoài chúng ra không còn ảnh thật nào khác
        generator = torch.Generator().manual_seed(seed)
        train = problem.data.train
        samples = train[torch.randperm(len(train), generator=generator)[: size.digit_samples]]
    row = {"family": REAL, "data": data, "seed": seed, "budget": budget, "kind": "none"}
    return rounded(row | sample_quality(samples, problem) | {"versions": versions()})


def run_row(
    family: str,
    data: str,
    seed: int = 0,
    budget: str = "full",
    device: torch.device | str = "cpu",
) -> dict:
    """Học và đo một hàng của bảng; trả một dict các cột ở đầu tệp.

    family : tên trong `FAMILIES`, hay "real" (mẫu thật so với mẫu thật)
    data : "eight_gaussians", "two_moons", "checkerboard" hay "digits"
    seed : hạt giống của trọng số, của các lô và của mẫu; điểm thử thì chung cho mọi hạt giống
    """
    if family == REAL:
        return real_row(data, seed, budget)
    problem, size = get_problem(data), get_budget(budget)
    recipe, device = get_family(family).recipe(data), torch.device(device)
    examples = size.examples(data)

    set_seed(seed)
    model = build(recipe.model).to(device)
    model, training = timed(lambda: recipe.fit(model, problem, examples, seed), device)
    model.eval()

    discrete = data == "digits"
    kind = kind_of(model, recipe.view != "plain" and VIEWS[recipe.view].dequantized)
    row = {"family": family, "data": data, "seed": seed, "budget": budget, "kind": kind}
    set_seed(seed + 1)
    if kind != "none" and discrete:
        row |= digit_density(model, problem, recipe.view, device)
    elif kind != "none":
        row |= plane_density(model, problem, size.test, device)

    def drawn(**how):
        n = size.digit_samples if discrete else size.samples
        x, seconds, nfe = sample_timed(model, n, device, **how)
        return VIEWS[recipe.view].decode(x) if discrete else x, seconds * 10_000 / n, nfe

    samples, seconds, nfe = drawn()
    row |= sample_quality(samples, problem)
    row |= {
        "parameters": count_parameters(model),
        "training_seconds": training,
        "sampling_seconds": seconds,
        "sample_nfe": nfe,
    }
    row["few"] = []
    for name, how in recipe.few.items():
        samples, seconds, nfe = drawn(**how)
        quality = sample_quality(samples, problem)
        kept = {key: quality[key] for key in ("mmd2", "mmd2_se", "coverage", "precision")}
        row["few"].append({"sampler": name, "nfe": nfe, "sampling_seconds": seconds} | kept)
    return rounded(row) | {
        "examples": examples,
        "config": recipe.config(examples),
        "note": recipe.note,
        "versions": versions(),
        "machine": machine(device),
    }


def rounded(value, digits: int = 5):
    """Số thực giữ `digits` chữ số có nghĩa: đủ cho mọi bảng, và tệp kết quả đọc được."""
    if isinstance(value, dict):
        return {k: rounded(v, digits) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v, digits) for v in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value
