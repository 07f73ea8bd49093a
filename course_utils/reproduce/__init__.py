"""Tái lập những con số đã công bố trên MNIST: `python -m course_utils.reproduce TÊN`.

`EXPERIMENTS` kể các phép tái lập; `run` chạy một phép; `load_results` đọc những gì đã đạt được.
"""

from .data import ImageBatches, binarize
from .experiments import EXPERIMENTS, Experiment, Published
from .results import load_results, table
from .run import run

__all__ = [
    "EXPERIMENTS",
    "Experiment",
    "ImageBatches",
    "Published",
    "binarize",
    "load_results",
    "run",
    "table",
]
