"""So với các thư viện bạn: `make bench`, hay `python -m tests.benchmarks.run --quick`.

Cùng số tham số (±10 %), cùng lô, số bước, bộ tối ưu, lịch tốc độ học, một luồng tính, trong
một tiến trình. Thời gian được đo xen kẽ: mỗi vòng mỗi mô hình một lượt, rồi lấy trung vị,
để một phút máy bận không rơi vào riêng ai. Kết quả là tỉ số, không bao giờ là một phép assert.
"""

import argparse
import json
import math
import statistics
import time
from pathlib import Path

import torch

from course_utils import runtime
from course_utils.data import digits, toy
from course_utils.evaluation import gap_to_entropy, nll
from course_utils.flows import Affine, Logit, dequantize
from course_utils.nets import count_parameters
from course_utils.training import fit

from . import autoregressive_peers, continuous_peers, matching_peers, peers, residual_peers
from .peers import Peer

FAMILIES = peers.FAMILIES | autoregressive_peers.FAMILIES | residual_peers.FAMILIES
FAMILIES |= continuous_peers.FAMILIES | matching_peers.FAMILIES
LAYERS = {"realnvp": 8, "spline": 4, "maf": 8, "spline autoregressive": 4, "residual": 16}
LAYERS |= {"cnf": 1, "flow matching": 2, "flow matching, ot": 2}
LR = 5e-3
#: Cả hai thư viện đều khớp tốt hơn ở tốc độ này.
LEARNING_RATES = {"flow matching": 2e-2, "flow matching, ot": 2e-2}
WIDTH = 64
#: (số bước trên mật độ đồ chơi, các mật độ)
TOYS = {
    "realnvp": (1500, ("eight_gaussians", "two_moons")),
    "spline": (1000, ("eight_gaussians", "two_moons")),
    "maf": (1500, ("two_moons", "pinwheel")),
    "spline autoregressive": (1000, ("two_moons", "pinwheel")),
    "residual": (500, ("two_moons", "checkerboard")),
    "cnf": (300, ("two_moons", "checkerboard")),
    "flow matching": (3000, ("two_moons", "checkerboard")),
    "flow matching, ot": (3000, ("two_moons", "checkerboard")),
}
#: Số bước trên chữ số, nếu khác 400. Hồi quy một mục tiêu nhiễu cần nhiều bước, mỗi bước rẻ.
DIGITS_STEPS = {"flow matching": 2000, "flow matching, ot": 2000}
#: Ở 64 chiều các luồng phần dư chỉ có ước lượng của log p, mỗi thư viện một phương sai; phân kỳ
#: chính xác của các luồng liên tục khác cần 64 lần lan truyền ngược ở mỗi lần gọi trường.
WITHOUT_DIGITS = {"residual", "cnf"}


def match_width(build, dim: int, layers: int, target: int) -> int:
    """Bề rộng mạng cho số tham số gần `target` nhất."""
    return min(
        range(8, 200, 2),
        key=lambda width: abs(count_parameters(build(dim, layers, width)) - target),
    )


def build_all(family: str, dim: int, preprocessing, seed: int) -> dict[str, Peer]:
    builders, layers = FAMILIES[family], LAYERS[family]
    target = count_parameters(builders["course_utils"](dim, layers, WIDTH))
    models = {}
    for name, build in builders.items():
        width = WIDTH if name == "course_utils" else match_width(build, dim, layers, target)
        runtime.set_seed(seed)
        models[name] = Peer(build(dim, layers, width), preprocessing(), dim)
    return models


def interleaved_seconds(tasks: dict, rounds: int) -> dict[str, float]:
    """Trung vị giây của mỗi việc, đo xen kẽ."""
    times = {name: [] for name in tasks}
    for task in tasks.values():
        task()  # lượt đầu nóng máy, không tính
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def train_step(model: Peer, optimizer, batch):
    def step():
        loss = model.loss(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def measure_speed(
    models: dict[str, Peer], batch, points, rounds: int, samples: int = 10_000
) -> dict[str, dict]:
    steps = {
        name: train_step(model, torch.optim.Adam(model.core.parameters(), lr=0.0), batch)
        for name, model in models.items()
    }
    with torch.no_grad():
        density = {n: (lambda m=m: m.log_prob(points)) for n, m in models.items()}
        draw = {n: (lambda m=m: m.sample(samples)) for n, m in models.items()}
        log_prob = interleaved_seconds(density, max(3, rounds // 10))
        nfe = {n: getattr(m.core, "nfe", None) for n, m in models.items()}  # của log_prob
        sample = interleaved_seconds(draw, max(3, rounds // 10))
    for model in models.values():
        model.train()  # có mô hình chỉ có gradient, hay dùng bộ giải khác, ở chế độ huấn luyện
    step = interleaved_seconds(steps, rounds)
    for model in models.values():
        model.eval()
    return {
        n: {"step": step[n], "log_prob": log_prob[n], "sample": sample[n], "nfe": nfe[n]}
        for n in models
    }


@torch.no_grad()
def inverse_error(model: Peer, x) -> float:
    u, _ = model.to_core(x)
    return (model.core.round_trip(u) - u).abs().max().item()


def bench_toy(family: str, name: str, seeds: int, steps: int, rounds: int) -> list[dict]:
    density = toy.get(name)
    runs: dict[str, list] = {}
    for seed in range(seeds):
        standardize = Affine.fit_to(density.sample(10_000, seed=999))
        models = build_all(family, 2, lambda layer=standardize: [layer], seed)
        for peer, model in models.items():
            fit(
                model,
                density,
                steps=steps,
                lr=LEARNING_RATES.get(family, LR),
                seed=seed,
                progress=False,
            )
            gap, _ = gap_to_entropy(model, density)
            runs.setdefault(peer, []).append(gap)
    speed = measure_speed(models, density.sample(512), density.sample(10_000), rounds)
    return [
        row(family, name, peer, models[peer], runs[peer], speed[peer])
        | {"inverse_error": inverse_error(models[peer], density.sample(10_000))}
        for peer in models
    ]


def bench_digits(family: str, seeds: int, steps: int, rounds: int) -> list[dict]:
    data = digits()
    train, validation, test = (x.flatten(1) for x in (data.train, data.validation, data.test))
    logit = Logit(0.01)
    standardize = Affine.fit_to(logit.inverse(dequantize(train, 17, seed=0))[0])
    u_test = dequantize(test, 17, seed=1)
    runs: dict[str, list] = {}
    for seed in range(seeds):
        models = build_all(family, 64, lambda: [logit, standardize], seed)
        for peer, model in models.items():
            fit(
                model,
                train,
                steps=steps,
                batch_size=128,
                lr=2e-3,
                seed=seed,
                progress=False,
                validation=validation,
                validate_every=25,
                transform=lambda x: dequantize(x, 17),
            )
            # nat trên một ảnh nguyên: cận trên của đối log xác suất.
            runs.setdefault(peer, []).append(nll(model, u_test) + 64 * math.log(17))
    # Ít mẫu hơn: với 64 chiều, có thư viện cần cả phút để lần lượt sinh 10.000 mẫu tự hồi quy.
    speed = measure_speed(models, u_test[:128], u_test, rounds, samples=1000)
    return [
        row(family, "digits", peer, models[peer], runs[peer], speed[peer])
        | {"inverse_error": inverse_error(models[peer], u_test)}
        for peer in models
    ]


def row(family: str, target: str, peer: str, model: Peer, values: list[float], speed: dict):
    spread = statistics.stdev(values) if len(values) > 1 else float("nan")
    return {
        "family": family,
        "target": target,
        "peer": peer,
        "parameters": count_parameters(model),
        "quality": statistics.mean(values),
        "quality_sd": spread,
        **speed,
    }


def table(rows: list[dict]) -> str:
    """Bảng Markdown; thời gian là tỉ số so với course_utils trên cùng mục tiêu."""
    lines = [
        "| họ | dữ liệu | thư viện | tham số | gap / NLL (nat) | bước | log p | mẫu | NFE "
        "| sai số nghịch đảo |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        ours = next(
            o
            for o in rows
            if (o["family"], o["target"], o["peer"]) == (r["family"], r["target"], "course_utils")
        )
        ratios = " | ".join(f"×{r[k] / ours[k]:.2f}" for k in ("step", "log_prob", "sample"))
        lines.append(
            f"| {r['family']} | {r['target']} | {r['peer']} | {r['parameters']} "
            f"| {r['quality']:.3f} ± {r['quality_sd']:.3f} | {ratios} | {r['nfe'] or '–'} "
            f"| {r['inverse_error']:.1e} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="So với normflows, nflows, zuko, torchcfm, torchdyn"
    )
    parser.add_argument("--quick", action="store_true", help="một hạt giống, ít bước")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--output", type=Path, default=Path("_build/bench.json"))
    arguments = parser.parse_args()
    runtime.setup()
    seeds, scale, rounds = (1, 0.2, 20) if arguments.quick else (3, 1.0, 100)
    rows = []
    for family in arguments.families:
        steps, names = TOYS[family]
        for name in names:
            rows += bench_toy(family, name, seeds, int(scale * steps), rounds)
            print(table(rows[-len(FAMILIES[family]) :]), flush=True)
        if family not in WITHOUT_DIGITS:
            rows += bench_digits(family, seeds, int(scale * DIGITS_STEPS.get(family, 400)), rounds)
            print(table(rows[-len(FAMILIES[family]) :]), flush=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print(f"\nThời gian tính so với course_utils (×1.00).\n\n{table(rows)}\n")
    print(f"Ghi ở {arguments.output}")


if __name__ == "__main__":
    main()
