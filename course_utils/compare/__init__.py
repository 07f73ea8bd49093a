"""So mọi họ mô hình của giáo trình trên cùng dữ liệu, cùng ngân sách, vài hạt giống.

    python -m course_utils.compare --table          in bảng đã đo sẵn
    python -m course_utils.compare --quick          đo lại vài hàng (chừng một phút)
    python -m course_utils.compare --jobs 4         đo lại cả bảng

Trong Python:

    rows = compare.load_results()                   các hàng đã đo, mỗi hàng một dict
    compare.summarize(rows)                         trung bình và khoảng t 95 % trên các hạt giống
    compare.run_row("realnvp", "two_moons", seed=0, budget="quick")
    print(compare.table(rows, "two_moons"))         bảng Markdown

`rows.py` nói nghĩa của từng cột. Sách: chương «Nhìn lại».
"""

from .families import FAMILIES, Family
from .problems import PROBLEMS
from .rows import BUDGETS, run_row
from .runner import run_table
from .summary import load_results, mean_and_interval, summarize, table

__all__ = [
    "BUDGETS",
    "FAMILIES",
    "PROBLEMS",
    "Family",
    "load_results",
    "mean_and_interval",
    "run_row",
    "run_table",
    "summarize",
    "table",
]
