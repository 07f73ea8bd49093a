"""Huấn luyện và đo một họ trên một dữ liệu: mỗi mô hình một hàng của results.json.

Thời gian được đo xen kẽ: mỗi vòng mỗi mô hình một lượt, và cái được giữ là tỉ số với lượt của ta
trong cùng vòng, để một phút máy bận không rơi vào riêng ai. Giây là giây CPU của tiến trình: lúc
máy chạy việc khác thì không tính.
"""

import datetime
import importlib.metadata
import math
import statistics
import time
from bisect import bisect_left

import torch

from course_utils.base import trusted_values
from course_utils.data import digits, toy
from course_utils.evaluation import gap_to_entropy, nll
from course_utils.flows import Affine, Logit, dequantize
from course_utils.nets import count_parameters
from course_utils.runtime import processor
from course_utils.training import fit

from .family import Family, Peer

OURS = "course_utils"
BATCH = {"digits": 128}
TOY_BATCH = 512
#: Ít mẫu hơn ở 64 chiều: có thư viện cần cả phút để lần lượt sinh 10.000 mẫu tự hồi quy.
SAMPLES = {"digits": 1_000}
TOLERANCE = 0.1  # số tham số lệch nhau nhiều nhất


def match_width(build, dim: int, layers: int, target: int) -> int:
    """Bề rộng mạng cho số tham số gần `target` nhất."""

    def parameters(width: int) -> int:
        return count_parameters(build(dim, layers, width))

    widths = range(8, 300)
    above = widths[min(bisect_left(widths, target, key=parameters), len(widths) - 1)]
    return min((above, max(above - 1, 8)), key=lambda width: abs(parameters(width) - target))


def build_all(family: Family, dim: int, preprocessing: list, seed: int) -> dict[str, Peer]:
    """Mọi mô hình của họ, số tham số bằng nhau đến 10 %."""
    target = count_parameters(family.builders[OURS](dim, family.layers, family.width))
    models = {}
    for name, build in family.builders.items():
        width = family.width if name == OURS else match_width(build, dim, family.layers, target)
        torch.manual_seed(seed)
        models[name] = Peer(build(dim, family.layers, width), preprocessing, dim)
        count = count_parameters(models[name])
        if abs(count / target - 1) > TOLERANCE:
            raise ValueError(
                f"{name} có {count} tham số, của ta có {target}: lệch quá {TOLERANCE:.0%}. Hãy đổi "
                f"`width` của họ, hay cách dựng mạng của {name}."
            )
    return models


def interleaved(tasks: dict, seconds: float, least: int = 5) -> dict[str, list[float]]:
    """Giây của từng việc ở từng vòng; số vòng vừa `seconds`, ít nhất `least`."""
    for task in tasks.values():
        task()  # lượt đầu nóng máy, không tính
    times = {name: [] for name in tasks}
    names, start = list(tasks), time.perf_counter()
    while len(times[names[0]]) < least or time.perf_counter() - start < seconds:
        for name in names:
            before = time.process_time()
            tasks[name]()
            times[name].append(time.process_time() - before)
        names.append(names.pop(0))  # vòng nào cũng bắt đầu từ một mô hình khác
    return times


def train_step(model: Peer, batch):
    optimizer = torch.optim.Adam(model.core.parameters(), lr=0.0, fused=True)  # như `fit`

    def step():
        with trusted_values():  # như `fit` từ bước thứ hai
            loss = model.loss(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def measure_speed(models: dict[str, Peer], batch, points, samples: int, seconds: float):
    """(việc -> mô hình -> giây từng vòng, mô hình -> NFE của log p và của một lô mẫu)."""
    for model in models.values():
        model.eval()
    with torch.no_grad():
        density = {n: (lambda m=m: m.log_prob(points)) for n, m in models.items()}
        draw = {n: (lambda m=m: m.sample(samples)) for n, m in models.items()}
        times = {"log_prob": interleaved(density, seconds)}
        nfe = {n: {"log_prob": getattr(m.core, "nfe", None)} for n, m in models.items()}
        times["sample"] = interleaved(draw, seconds)
        for n, m in models.items():
            nfe[n]["sample"] = getattr(m.core, "nfe", None)
    for model in models.values():
        model.train()  # có mô hình chỉ có gradient, hay dùng bộ giải khác, ở chế độ huấn luyện
    times["step"] = interleaved({n: train_step(m, batch) for n, m in models.items()}, seconds)
    for model in models.values():
        model.eval()
    return times, nfe


@torch.no_grad()
def inverse_error(model: Peer, x) -> float | None:
    """max |f(f⁻¹(u)) − u| trên dữ liệu đã chuẩn tắc hóa."""
    if getattr(model.core, "round_trip", None) is None:
        return None
    u, _ = model.to_core(x)
    return (model.core.round_trip(u) - u).abs().max().item()


class Toy:
    """Mật độ đồ chơi: biết entropy, nên chất lượng là khoảng hở đến nó."""

    measure, dim = "gap", 2

    def __init__(self, name: str, points: int):
        self.density = toy.get(name)
        self.preprocessing = [Affine.fit_to(self.density.sample(10_000, seed=999))]
        self.batch, self.points = self.density.sample(TOY_BATCH), self.density.sample(points)

    def fit(self, model: Peer, family: Family, steps: int, seed: int) -> float:
        fit(model, self.density, steps=steps, lr=family.lr, seed=seed, progress=False)
        return gap_to_entropy(model, self.density, 2 * len(self.points))[0]


class Digits:
    """Chữ số 8×8 khử lượng tử hóa: chất lượng là nat trên một ảnh nguyên."""

    measure, dim = "nll", 64

    def __init__(self):
        data = digits()
        self.train, self.validation, test = (
            x.flatten(1) for x in (data.train, data.validation, data.test)
        )
        logit = Logit(0.01)
        standardize = Affine.fit_to(logit.inverse(dequantize(self.train, 17, seed=0))[0])
        self.preprocessing = [logit, standardize]
        self.points = dequantize(test, 17, seed=1)
        self.batch = self.points[: BATCH["digits"]]

    def fit(self, model: Peer, family: Family, steps: int, seed: int) -> float:
        fit(
            model,
            self.train,
            steps=steps,
            batch_size=len(self.batch),
            lr=family.digits_lr,
            seed=seed,
            progress=False,
            validation=self.validation,
            validate_every=25,
            transform=lambda x: dequantize(x, 17),
        )
        return nll(model, self.points) + 64 * math.log(17)


def bench(
    name: str,
    family: Family,
    target: str,
    seeds: int,
    scale: float,
    seconds: float,
    kept: dict[str, dict],
) -> list[dict]:
    """Các hàng của một họ trên một dữ liệu.

    seconds : giây đo mỗi việc, mỗi hạt giống
    kept : gói -> hàng đã có; gói ấy không huấn luyện lại, chỉ đo lại thời gian
    """
    data = Digits() if target == "digits" else Toy(target, family.points)
    steps, samples = round(scale * family.steps[target]), SAMPLES.get(target, 10_000)
    quality, errors = {n: [] for n in family.builders}, {n: [] for n in family.builders}
    times = {task: {n: [] for n in family.builders} for task in ("step", "log_prob", "sample")}
    for seed in range(seeds):
        models = build_all(family, data.dim, data.preprocessing, seed)
        for peer, model in models.items():
            if peer in kept:
                continue
            quality[peer].append(data.fit(model, family, steps, seed))
            errors[peer].append(inverse_error(model, data.points))
        measured, nfe = measure_speed(models, data.batch, data.points, samples, seconds)
        for task, lists in measured.items():
            for peer, values in lists.items():
                times[task][peer] += values
    conditions = {
        "seeds": seeds,
        "steps": steps,
        "batch": len(data.batch),
        "points": len(data.points),
        "samples": samples,
        **machine(),
    }
    return [
        {
            "family": name,
            "target": target,
            "peer": peer,
            "version": version(peer),
            "parameters": count_parameters(model),
            "measure": "bound" if getattr(model.core, "bound", False) else data.measure,
            "quality": [round(value, 4) for value in quality[peer]],
            "seconds": {k: significant(statistics.median(t[peer])) for k, t in times.items()},
            "ratio": {k: ratio(t[peer], t[OURS]) for k, t in times.items()},
            "nfe": nfe[peer],
            "inverse_error": worst(errors[peer]),
            **conditions,
        }
        | {key: kept[peer][key] for key in ("quality", "inverse_error", "nfe") if peer in kept}
        for peer, model in models.items()
    ]


def ratio(peer: list[float], ours: list[float]) -> list[float]:
    """[tứ phân vị dưới, trung vị, tứ phân vị trên] của tỉ số trong từng vòng."""
    values = [a / b for a, b in zip(peer, ours, strict=True)]
    return [round(q, 3) for q in statistics.quantiles(values, n=4, method="inclusive")]


def worst(errors: list) -> float | None:
    return None if None in errors or not errors else significant(max(errors))


def significant(value: float) -> float:
    return float(f"{value:.3g}")


def version(peer: str) -> str:
    """Tên và bản của gói; "gói, kiểu" là một kiểu của gói."""
    package = peer.split(",")[0]
    return f"{package} {importlib.metadata.version(package)}"


def machine() -> dict:
    """Số liệu có nghĩa cùng với máy đã đo nó."""
    return {
        "cpu": processor(),
        "threads": torch.get_num_threads(),
        "torch": importlib.metadata.version("torch"),
        "date": datetime.date.today().isoformat(),
    }
