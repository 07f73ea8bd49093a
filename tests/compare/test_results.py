"""Bảng đã lưu: đủ hàng, đúng công thức hiện nay, đo lại thì vẫn ra những con số ấy."""

import math

import pytest
from scipy import stats

from course_utils import compare
from course_utils.compare import runner
from course_utils.compare.rows import REAL
from course_utils.compare.summary import RESULTS

ROWS = compare.load_results(budget=None)
BY_KEY = {runner.key_of(row): row for row in ROWS}


@pytest.mark.parametrize("budget", ["full", "quick"])
def test_the_table_is_complete_and_current(budget):
    """Mỗi hàng trong kế hoạch có mặt, và được đo bằng đúng công thức đang viết trong mã."""
    for task in runner.plan(budget=budget):
        assert task[:4] in BY_KEY, f"thiếu hàng {task[:4]}"
        assert runner.is_current(BY_KEY[task[:4]], task), f"công thức đã đổi: {task[:4]}"


def test_the_file_is_small_and_says_where_it_was_measured():
    assert RESULTS.stat().st_size < 300_000
    for row in ROWS:
        assert row["versions"].startswith("torch ")
        assert row["family"] == REAL or row["machine"].startswith(("CPU", "GPU"))


def test_no_model_beats_the_entropy():
    """KL không âm, và một cận chỉ có thể làm khoảng hở rộng thêm: mọi gap ≥ 0, trừ sai số đo."""
    for row in ROWS:
        if row.get("gap") is not None:
            assert row["gap"] > -6 * row["gap_se"], runner.key_of(row)
            assert row["nll"] == pytest.approx(row["entropy"] + row["gap"], abs=1e-3)


def test_a_tighter_bound_is_a_smaller_gap():
    """Cận 100 mẫu không thua ELBO (về trung bình; cùng điểm thử, nhiễu của z lớn hơn hiệu nhỏ)."""
    for row in ROWS:
        if row.get("elbo_gap") is not None:
            assert row["gap"] < row["elbo_gap"] + 6 * row["gap_se"], runner.key_of(row)
        if row.get("elbo_nll") is not None:
            assert row["nll"] < row["elbo_nll"] + 6 * row["nll_se"], runner.key_of(row)


def test_real_samples_are_the_noise_floor():
    for row in ROWS:
        if row["family"] == REAL:
            assert abs(row["mmd2"]) < 6 * row["mmd2_se"]
            assert row["modes"] == row["modes_total"]


def test_digits_are_beyond_chance_and_units_agree():
    for row in ROWS:
        if row["data"] == "digits" and row.get("nll") is not None:
            assert row["nll"] < 64 * math.log(17), "mọi mức đều nhau đã được 64 ln 17 nat"
            assert row["bits_per_dim"] == pytest.approx(row["nll"] / (64 * math.log(2)), rel=1e-3)


@pytest.mark.parametrize(
    ("family", "data"),
    [
        ("flow_matching", "two_moons"),
        ("vae", "eight_gaussians"),
        ("gan", "eight_gaussians"),
        (REAL, "two_moons"),
    ],
)
def test_a_new_seed_falls_where_three_seeds_predict(family, data):
    """Hạt giống thứ tư, đo lại ngay bây giờ, nằm trong khoảng dự báo 99.9 % của ba hạt giống.

    Giá trị mới y và trung bình x̄ của n hạt giống độc lập: (y − x̄)/(s√(1 + 1/n)) theo luật t với
    n − 1 bậc tự do. Với n = 3, khoảng này rộng (t = 31.6): nó bắt được một công thức hỏng hay một
    phép đo đổi nghĩa, không bắt được một thay đổi nhỏ.
    """
    stored = [
        row for row in ROWS if (*runner.key_of(row)[:2], row["budget"]) == (family, data, "quick")
    ]
    new = compare.run_row(family, data, seed=len(stored), budget="quick")
    n = len(stored)
    t = float(stats.t.ppf(0.9995, n - 1))
    for column in ("gap", "mmd2", "coverage"):
        if new.get(column) is None:
            continue
        interval = compare.mean_and_interval([row[column] for row in stored])
        half = t * interval["std"] * math.sqrt(1 + 1 / n)
        # cột đo từ mẫu hữu hạn: sai số của chính hàng mới, sáu lần, phòng khi ba hạt giống tình cờ
        # cho cùng một số
        own = 6 * new.get(f"{column}_se", 0.01)
        assert abs(new[column] - interval["mean"]) < half + own, (column, new[column], interval)
