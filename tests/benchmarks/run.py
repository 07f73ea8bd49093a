"""So với các thư viện bạn: `make bench`, hay `python -m tests.benchmarks.run --quick`.

Cùng số tham số (±10 %), cùng lô, số bước, bộ tối ưu, lịch tốc độ học, một luồng tính, trong
một tiến trình, đo xen kẽ (`measure.py`). Kết quả là tỉ số, không bao giờ là một phép assert.
Mỗi (họ, dữ liệu) đo xong thì thay đúng các hàng của nó trong results.json; phụ lục «Tốc độ» của
sách đọc tệp ấy (`book/_ext/bench_table.py`).
"""

import argparse
import json
import statistics
from pathlib import Path

import torch

from . import (
    autoregressive_peers,
    continuous_peers,
    diffusion_peers,
    matching_peers,
    peers,
    residual_peers,
)
from .measure import OURS, bench

RESULTS = Path(__file__).with_name("results.json")
MODULES = (
    peers,
    autoregressive_peers,
    residual_peers,
    continuous_peers,
    matching_peers,
    diffusion_peers,
)
FAMILIES = {name: family for module in MODULES for name, family in module.FAMILIES.items()}
#: Thời gian không tùy trọng số: chỉ những họ này được đo lại mà không huấn luyện (`--train`).
SAME_COST = ("realnvp", "spline", "maf", "spline autoregressive")


def load(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def merge(path: Path, rows: list[dict]) -> None:
    """Ghi `rows` vào tệp, thay mọi hàng cũ cùng họ và cùng dữ liệu; xếp theo thứ tự của họ."""
    path.parent.mkdir(parents=True, exist_ok=True)
    old = load(path)
    fresh = {(row["family"], row["target"]) for row in rows}
    rows = [row for row in old if (row["family"], row["target"]) not in fresh] + rows
    families = list(FAMILIES)
    rows.sort(key=lambda row: (families.index(row["family"]), row["target"] == "digits"))
    text = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)  # mỗi hàng một dòng
    path.write_text(f"[\n{text}\n]\n", encoding="utf-8")


def table(rows: list[dict]) -> str:
    """Các hàng của một dữ liệu, để xem khi chạy; tỉ số > 1 là gói ấy chậm hơn của ta."""
    lines = []
    for r in rows:
        mean, ratio = statistics.mean(r["quality"]), r["ratio"]
        times = "  ".join(
            f"{task} ×{ratio[task][1]:.2f} [{ratio[task][0]:.2f}; {ratio[task][2]:.2f}]"
            if r["peer"] != OURS
            else f"{task} {1e3 * r['seconds'][task]:.2f} ms"
            for task in ratio
        )
        error = "–" if r["inverse_error"] is None else f"{r['inverse_error']:.1e}"
        lines.append(
            f"{r['family']}, {r['target']}: {r['peer']} ({r['parameters']} tham số)  "
            f"{r['measure']} {mean:.3f} {r['quality']}  {times}  NFE {r['nfe']}  nghịch đảo {error}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="So course_utils với các thư viện bạn")
    parser.add_argument("--quick", action="store_true", help="một hạt giống, 1/5 số bước")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--targets", nargs="+", help="chỉ những dữ liệu này")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="giây đo mỗi việc mỗi hạt giống")
    parser.add_argument(
        "--train",
        nargs="*",
        help="chỉ huấn luyện lại những gói này; gói khác giữ khoảng hở đã ghi, đo lại thời gian; "
        "luồng phải giải phương trình hay lặp thì vẫn huấn luyện lại hết",
    )
    parser.add_argument("--output", type=Path, help=f"mặc định {RESULTS.name} bên cạnh tệp này")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    seeds, scale = (1, 0.2) if arguments.quick else (arguments.seeds, 1.0)
    output = arguments.output or (Path("_build/bench.json") if arguments.quick else RESULTS)
    for name in arguments.families:
        family = FAMILIES[name]
        for target in family.steps:
            if arguments.targets and target not in arguments.targets:
                continue
            kept = {
                row["peer"]: row
                for row in (load(output) if arguments.train is not None else [])
                if (row["family"], row["target"], row["seeds"]) == (name, target, seeds)
                and row["steps"] == round(scale * family.steps[target])
                and row["peer"] not in arguments.train
                and name in SAME_COST
            }
            rows = bench(name, family, target, seeds, scale, arguments.seconds, kept)
            print(table(rows), flush=True)
            merge(output, rows)
    print(f"Ghi ở {output}")


if __name__ == "__main__":
    main()
