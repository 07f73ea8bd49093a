"""Dòng lệnh của phép so: python -m course_utils.compare --help."""

import argparse
import sys

import torch

from ..errors import InputError
from .families import FAMILIES
from .problems import PROBLEMS
from .runner import run_table
from .summary import RESULTS, load_results, table


def parser() -> argparse.ArgumentParser:
    """Các lựa chọn của dòng lệnh."""
    p = argparse.ArgumentParser(
        prog="python -m course_utils.compare",
        description="So các họ mô hình sinh trên cùng dữ liệu và cùng ngân sách.",
    )
    add = p.add_argument
    add("--quick", action="store_true", help="vài họ, hai bộ dữ liệu, ngân sách nhỏ: chừng 1 phút")
    add("--family", nargs="+", metavar="F", help=f"các họ: {', '.join(FAMILIES)}, real")
    add("--data", nargs="+", metavar="D", help=f"các bộ dữ liệu: {', '.join(PROBLEMS)}")
    add("--seeds", type=int, default=3, help="số hạt giống, mặc định 3")
    add("--jobs", type=int, default=1, help="số tiến trình, mỗi tiến trình một luồng")
    add("--device", default="cpu", help="thiết bị, ví dụ cuda; khi ấy giây là giây đồng hồ")
    add("--output", metavar="TỆP", help="tệp JSON kết quả, mặc định compare_results.json ở đây")
    add("--table", action="store_true", help="chỉ in bảng của tệp kết quả (mặc định: của gói)")
    return p


def main(arguments: list[str] | None = None) -> int:
    """Chạy dòng lệnh; trả mã thoát."""
    options = parser().parse_args(arguments)
    torch.set_num_threads(1)
    budget = "quick" if options.quick else "full"
    try:
        if options.table:
            rows = load_results(options.output or RESULTS, budget)
        else:
            output = options.output or "compare_results.json"
            rows = run_table(output, options.family, options.data, seeds=options.seeds,
                             budget=budget, jobs=options.jobs, device=options.device)  # fmt: skip
            rows = [row for row in rows if row["budget"] == budget]
        wanted = options.data or [name for name in PROBLEMS if any(r["data"] == name for r in rows)]
        if options.family:
            rows = [row for row in rows if row["family"] in options.family]
        for name in wanted:
            print(table(rows, name), end="\n\n")
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Dừng theo yêu cầu; các hàng đã đo còn trong tệp kết quả.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
