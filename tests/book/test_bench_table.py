"""Bảng «bên cạnh các thư viện bạn»: kết luận tính đúng từ các hàng, và các hàng đo đủ điều."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book/_ext"))

import bench_table  # noqa: E402


def row(peer, quality=(0.1,), ratio=(1.0, 1.0, 1.0)):
    return {"peer": peer, "quality": quality, "ratio": dict.fromkeys(bench_table.TASKS, ratio)}


@pytest.mark.parametrize(
    ("ratio", "sign"), [((1.1, 1.2, 1.3), 1), ((0.9, 1.1, 1.2), 0), ((0.7, 0.8, 0.9), -1)]
)
def test_speed_is_judged_against_the_fastest_peer(ratio, sign):
    rows = [row("course_utils"), row("slow", ratio=(2.0, 3.0, 4.0)), row("fast", ratio=ratio)]
    assert bench_table.speed_verdict(rows, "step") == (sign, "fast", ratio[1])


def test_a_noisy_peer_does_not_hide_a_faster_one():
    rows = [row("course_utils"), row("noisy", ratio=(0.5, 0.8, 1.2))]
    rows.append(row("steady", ratio=(0.9, 0.95, 0.97)))
    assert bench_table.speed_verdict(rows, "step") == (-1, "steady", 0.95)


def test_a_peer_without_a_density_is_not_ranked_by_it():
    rows = [row("course_utils"), row("torchcfm", ratio=(0.1, 0.2, 0.3))]
    assert bench_table.speed_verdict(rows, "log_prob") is None
    assert bench_table.speed_verdict(rows, "sample")[0] == -1


def test_a_scattered_peer_does_not_hide_a_better_one():
    rows = [row("course_utils", (0.30, 0.31)), row("scattered", (0.0, 0.4))]
    rows.append(row("steady", (0.25, 0.26)))
    assert bench_table.quality_verdict(rows)[:2] == (-1, "steady")


def test_an_infinite_nll_is_worse_than_any_other():
    rows = [row("course_utils", (0.3, 0.3)), row("diverged", (0.1, float("inf")))]
    assert bench_table.quality_verdict(rows)[:2] == (1, "diverged")


@pytest.mark.parametrize(
    ("ours", "sign"), [((0.10, 0.12), 1), ((0.21, 0.25), 0), ((0.40, 0.42), -1), ((0.2,), 0)]
)
def test_fit_is_judged_against_the_best_peer_and_the_seeds(ours, sign):
    rows = [row("course_utils", ours), row("bad", (0.9, 0.9)), row("good", (0.18, 0.22))]
    assert bench_table.quality_verdict(rows)[:2] == (sign, "good")


def test_our_own_variant_is_not_a_rival():
    rows = [row("course_utils", (0.30, 0.31)), row("peer", (0.50, 0.51), (2.0, 2.1, 2.2))]
    rows.append(row("course_utils, another net", (0.10, 0.11), (0.5, 0.6, 0.7)))
    assert bench_table.quality_verdict(rows)[:2] == (1, "peer")
    assert bench_table.speed_verdict(rows, "step")[:2] == (1, "peer")


FAMILIES = bench_table.load()


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_compare_like_with_like(family):
    for rows in FAMILIES[family]:
        ours, peers = bench_table.split(rows)
        assert bench_table.rivals(rows)
        for peer in peers:
            assert abs(peer["parameters"] / ours["parameters"] - 1) <= 0.1, peer["peer"]
            for key in ("seeds", "steps", "batch", "samples", "cpu", "threads", "torch", "date"):
                assert peer[key] == ours[key] != "", key
            assert len(peer["quality"]) == peer["seeds"]
            for low, median, high in peer["ratio"].values():
                assert 0 < low <= median <= high


@pytest.mark.parametrize("family", FAMILIES)
def test_every_row_of_the_table_has_every_column(family):
    table = [line for line in bench_table.markdown(FAMILIES[family]) if line.startswith("|")]
    assert {line.count("|") for line in table} == {len(bench_table.HEADER) + 1}
