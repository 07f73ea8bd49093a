"""Chạy cả bảng: bỏ qua hàng đã có, ghi tệp sau mỗi hàng, dừng lúc nào cũng không mất gì."""

import json
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import torch
from tqdm.auto import tqdm

from ..errors import InputError
from .families import FAMILIES, get_family
from .problems import PROBLEMS, get_problem
from .rows import REAL, get_budget, run_row
from .summary import FILE

Task = tuple[str, str, int, str, str]  # họ, dữ liệu, hạt giống, ngân sách, thiết bị

#: Những hàng của `--quick`: mỗi nhóm một họ rẻ, hai bộ dữ liệu.
QUICK_FAMILIES = ("gaussian_mixture", "realnvp", "flow_matching", "vae", "gan")
QUICK_DATA = ("eight_gaussians", "two_moons")


def plan(
    families: Sequence[str] | None = None,
    data: Sequence[str] | None = None,
    seeds: int = 3,
    budget: str = "full",
    device: str = "cpu",
) -> list[Task]:
    """Danh sách các hàng phải đo: trọn từng bộ dữ liệu, trong đó trọn từng họ, rồi mẫu thật."""
    quick = budget == "quick"
    if not isinstance(seeds, int) or seeds < 1:
        raise InputError(f"seeds = {seeds!r}; cần ít nhất một hạt giống.")
    get_budget(budget)
    families = families or (QUICK_FAMILIES if quick else tuple(FAMILIES)) + (REAL,)
    tasks = []
    for name in data or (QUICK_DATA if quick else tuple(PROBLEMS)):
        get_problem(name)
        for family in families:
            if family == REAL or get_family(family).covers(name):
                tasks += [(family, name, seed, budget, device) for seed in range(seeds)]
    if not tasks:
        raise InputError("Không có hàng nào: các họ đã chọn không chạy trên dữ liệu đã chọn.")
    return tasks


def key_of(row: dict) -> tuple:
    return row["family"], row["data"], row["seed"], row["budget"]


def is_current(row: dict, task: Task) -> bool:
    """Hàng đã đo có cùng công thức với công thức hiện nay không."""
    family, data, _, budget, device = task
    if family == REAL:
        return True
    if row.get("machine", "").startswith("GPU") != device.startswith("cuda"):
        return False
    examples = get_budget(budget).examples(data)
    config = json.loads(json.dumps(get_family(family).recipe(data).config(examples)))
    return row.get("config") == config and row.get("examples") == examples


def in_order(rows: Iterable[dict]) -> list[dict]:
    """Các hàng theo thứ tự của bảng."""
    budgets, data, order = ("full", "quick"), list(PROBLEMS), [*FAMILIES, REAL]
    return sorted(
        rows,
        key=lambda r: (budgets.index(r["budget"]), data.index(r["data"]),
                       order.index(r["family"]), r["seed"]),
    )  # fmt: skip


def store(row: dict, path: Path) -> list[dict]:
    """Thêm một hàng, thay hàng cũ cùng tên; trả mọi hàng của tệp, kể cả của tiến trình khác."""
    return FILE.update(
        path, lambda rows: in_order(({key_of(r): r for r in rows} | {key_of(row): row}).values())
    )


def work(task: Task) -> dict:
    """Một hàng, trong tiến trình con một luồng."""
    torch.set_num_threads(1)
    family, data, seed, budget, device = task
    return run_row(family, data, seed, budget, device)


def run_table(
    path: str | Path,
    families: Sequence[str] | None = None,
    data: Sequence[str] | None = None,
    *,
    seeds: int = 3,
    budget: str = "full",
    jobs: int = 1,
    device: str = "cpu",
    progress: bool = True,
) -> list[dict]:
    """Đo mọi hàng còn thiếu và ghi vào `path`; trả mọi hàng của tệp.

    Hàng đã có với cùng công thức được giữ, hàng có công thức khác được đo lại. Tệp được ghi sau mỗi
    hàng; dừng bằng Ctrl-C rồi chạy lại thì đi tiếp. Vài lần chạy ghi chung một tệp được.

    Lỗi
    ---
    InputError : tên hay số không hợp lệ, hay `path` không ghi được, nói ngay lúc đầu; hoặc, sau khi
        đã đo xong mọi hàng khác, có hàng hỏng (mất mát thành NaN chẳng hạn).
    """
    path, tasks = Path(path), plan(families, data, seeds, budget, device)
    if not isinstance(jobs, int) or jobs < 1:
        raise InputError(f"jobs = {jobs!r}; cần ít nhất một tiến trình.")
    rows = FILE.check_place(path)
    done = {key_of(row): row for row in rows}
    missing = [t for t in tasks if t[:4] not in done or not is_current(done[t[:4]], t)]
    bar = tqdm(total=len(tasks), initial=len(tasks) - len(missing), disable=not progress,
               desc="Đo các hàng", unit="hàng")  # fmt: skip

    def keep(row: dict) -> None:
        nonlocal rows
        rows = store(row, path)
        bar.update()
        bar.set_postfix_str(f"{row['family']} trên {row['data']}")

    failed: list[str] = []

    def attempt(task: Task, measure: Callable[[], dict]) -> None:
        try:
            row = measure()
        except InputError as error:  # một hàng hỏng không kéo theo các hàng khác
            failed.append(f"{task[0]} trên {task[1]}, hạt giống {task[2]}: {error}")
        else:
            keep(row)  # còn không ghi được tệp thì dừng: đo nữa cũng mất

    if jobs == 1:
        for task in missing:
            attempt(task, partial(work, task))
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            futures = {pool.submit(work, task): task for task in missing}
            try:
                for future in as_completed(futures):
                    attempt(futures[future], future.result)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    bar.close()
    if failed:
        raise InputError("Có hàng không đo được; các hàng khác đã ghi. " + " ".join(failed))
    return rows
