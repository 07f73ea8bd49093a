"""ModelTradeoffs: khoảng t, phép trội và biên Pareto so với định nghĩa, các hàng được gộp đúng."""

import base64
import json
from itertools import product
from math import inf, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.compare import PROBLEMS, load_results
from course_utils.errors import InputError
from course_utils.widgets import ModelTradeoffs
from course_utils.widgets.tradeoff_table import METRICS, dominates, interval, span, tables_of

T2 = (2 * 0.95**2 / (1 - 0.95**2)) ** 0.5  # phân vị 0.975 của luật t hai bậc tự do, 4.3027
ABOUT = {"budget": "full", "examples": 1000, "machine": "CPU, một luồng", "note": ""}
FAMILIES = {  # họ: loại, khoảng hở, MMD², giây huấn luyện của ba hạt giống
    "realnvp": ("exact", [0.10, 0.11, 0.12], [1e-3, 2e-3, 3e-3], [10, 11, 12]),
    "maf": ("exact", [0.20, 0.21, 0.22], [5e-4, 6e-4, 7e-4], [20, 21, 22]),
    "vae": ("bound", [0.50, 0.60, 0.70], [0.01, 0.02, 0.03], [1, 1.1, 1.2]),
    "gan": ("none", [None] * 3, [0.04, 0.05, 0.06], [30, 31, 32]),
}


def rows(families=FAMILIES, data="two_moons"):
    found = [
        {"family": family, "data": data, "seed": seed, "kind": kind, "few": [], **ABOUT}
        | {"gap": gaps[seed], "mmd2": mmds[seed], "training_seconds": times[seed]}
        | {"sample_nfe": 1, "parameters": 10_000}
        for family, (kind, gaps, mmds, times) in families.items()
        for seed in range(3)
    ]
    real = [{"family": "real", "data": data, "mmd2": 1e-4 * s, **ABOUT} for s in range(3)]
    return found + real


def figure(x="training_seconds", y="mmd2", **options):
    return ModelTradeoffs(x=x, y=y, results=rows(), **options)


@pytest.mark.equation("eq-seed-interval")
def test_three_seeds_take_the_student_quantile():
    mean, half = interval([1.0, 2.0, 3.0])
    assert (mean, half) == (2.0, pytest.approx(T2 / 3**0.5, rel=1e-9))
    assert figure().quantiles[2] == pytest.approx(T2, abs=1e-9)
    assert interval([5.0]) == (5.0, inf)
    assert interval([7, 7, 7]) == (7.0, 0.0)


number = st.floats(-10, 10).map(lambda v: round(v, 1))
measured = st.tuples(number, st.sampled_from([0.0, 0.5, 2.0, inf]))


@pytest.mark.equation("eq-pareto")
@given(
    st.lists(st.tuples(measured, measured), min_size=1, max_size=12),
    st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1])),
)
def test_domination_orders_the_points(points, signs):
    def front(sure):
        return [p for p in points if not any(dominates(q, p, signs, sure) for q in points)]

    assert front(False)
    for p, q in product(points, points):
        assert not dominates(p, p, signs)
        assert not (dominates(p, q, signs) and dominates(q, p, signs))
        if dominates(p, q, signs, sure=True):  # chắc chắn thì trung bình cũng phải hơn
            assert dominates(p, q, signs)
            assert all(isfinite(half) for point in (p, q) for _, half in point)
    for p in points:
        assert p in front(False) or any(dominates(q, p, signs) for q in front(False))
    assert all(p in front(True) for p in front(False))


@pytest.mark.equation("eq-pareto")
def test_the_front_of_four_models():
    assert figure().front() == ["realnvp", "maf", "vae"]
    assert figure(y="gap").front() == ["realnvp", "vae"]
    # RealNVP: 0.002 ± 0.0025, MAF: 0.0006 ± 0.0002; MAF học lâu hơn. GAN: 0.05 ± 0.025.
    assert figure(rule="sure").front() == ["realnvp", "maf", "vae"]
    # Ngang nhau ở cả hai trục thì không ai trội ai.
    assert len(figure(x="sample_nfe", y="parameters").front()) == 4


def test_models_without_a_density_leave_the_plot():
    assert [p["name"] for p in figure(y="gap").points()] == ["realnvp", "maf", "vae"]
    assert [p["name"] for p in figure().points()] == ["realnvp", "maf", "vae", "gan"]
    assert figure(y="gap").chosen == "realnvp"
    assert figure().chosen == "maf"


def test_rows_are_grouped_in_the_order_of_the_book():
    shuffled = rows(data="two_moons")[::-1] + rows(data="eight_gaussians")
    tables = tables_of(shuffled)
    assert [t["name"] for t in tables] == ["eight_gaussians", "two_moons"]
    assert tables[1]["label"] == PROBLEMS["two_moons"].title
    assert [f["name"] for f in tables[1]["families"]] == ["realnvp", "maf", "vae", "gan"]
    assert sorted(tables[1]["families"][0]["values"]["gap"]) == [0.10, 0.11, 0.12]
    assert "gap" not in tables[1]["families"][3]["values"]
    assert "1\u00a0000 điểm dữ liệu, 3 hạt giống" in tables[1]["budget"]
    assert sorted(tables[1]["floor"]["mmd2"]) == [0, 1e-4, 2e-4]


def test_a_cheaper_way_of_sampling_is_a_point_of_its_own():
    own = rows({"vae": FAMILIES["vae"]})
    for row in own[:3]:
        fast = {"sampler": "một bước", "nfe": 1, "mmd2": row["mmd2"] * 2, "sampling_seconds": 0.1}
        row |= {"few": [fast], "sample_nfe": 50}
    slow, fast = tables_of(own)[0]["families"]
    assert (slow["name"], fast["name"]) == ("vae", "vae, một bước")
    assert fast["label"] == "VAE (một bước)"
    assert fast["values"]["mmd2"] == [2 * v for v in slow["values"]["mmd2"]]
    assert (slow["values"]["sample_nfe"], fast["values"]["sample_nfe"]) == ([50] * 3, [1] * 3)
    assert fast["values"]["training_seconds"] == slow["values"]["training_seconds"]
    assert "gap" not in fast["values"]


def test_the_floor_is_the_good_end_of_real_against_real():
    """Trung bình 10⁻⁴, độ lệch chuẩn 10⁻⁴ của ba lần so mẫu thật với mẫu thật."""
    assert figure().floor("mmd2") == pytest.approx(1e-4 * (1 + T2 / 3**0.5), rel=1e-9)
    assert figure().floor("gap") is None
    assert (
        figure().ranges()[1][0] > 1e-4
    )  # trục log dừng ở một phần ba của mức ấy, hoặc ở số bé nhất


@given(st.lists(st.floats(-1e3, 1e3).map(lambda v: round(v, 9)), max_size=8), st.booleans())
def test_the_axis_holds_every_value_it_can_show(values, log):
    low, high = span(values, log)
    assert low < high
    assert low > 0 or not log
    assert all(low < v < high for v in values if v > 0 or not log)


def test_the_log_axis_stops_in_the_noise():
    low, high = span([1e-9, 0.5, -1.0], log=True, floor=0.03)
    assert 0.005 < low < 0.01
    assert high > 0.5
    assert span([1e-9, 0.5], log=True)[0] < 1e-9


def test_the_packaged_table_has_every_data_set():
    packaged = ModelTradeoffs()
    assert [t["name"] for t in packaged.tables] == [
        name for name in PROBLEMS if any(r["data"] == name for r in load_results())
    ]
    assert packaged.front()
    assert len(json.dumps(packaged.tables)) < 120_000
    for table in packaged.tables:
        assert set(table["floor"]) >= {"mmd2", "coverage", "precision"}
        for family in table["families"]:
            assert set(family["values"]) >= {"mmd2", "training_seconds", "parameters"}
            assert (family["kind"] == "none") <= ("gap" not in family["values"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"data": "spirals"}, "data = 'spirals'; hãy chọn một trong two_moons"),
        ({"x": "giây"}, "x = 'giây'; hãy chọn một trong gap, mmd2"),
        ({"y": "bits_per_dim"}, "y = 'bits_per_dim'; hãy chọn"),
        ({"rule": "luôn"}, "mean, sure"),
        ({"chosen": "glow"}, "realnvp, maf, vae, gan"),
    ],
)
def test_bad_input_is_explained(options, words):
    with pytest.raises(InputError, match=words):
        figure(**options)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"budget": "quick"}, "nhiều ngân sách"),
        ({"data": "spirals"}, "data = 'spirals'; hãy chọn một trong eight_gaussians"),
        ({"family": "glow"}, "family = 'glow'; hãy chọn"),
    ],
)
def test_rows_that_cannot_be_compared_are_explained(changes, words):
    strange = rows()
    strange[1] |= changes
    with pytest.raises(InputError, match=words):
        ModelTradeoffs(results=strange)


def test_an_empty_table_is_explained():
    with pytest.raises(InputError, match=r"python -m course_utils\.compare"):
        ModelTradeoffs(results=[])


@pytest.mark.parametrize("options", [{}, {"y": "gap", "rule": "sure"}, {"x": "sample_nfe"}])
def test_a_picture_goes_with_the_figure(options):
    own = figure(**options)
    png = base64.b64decode(own._repr_mimebundle_()[0]["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 110_000
    json.dumps(own.get_state(), allow_nan=False)
    assert not any(line.startswith("import ") for line in own._esm.splitlines())
    assert {m["name"] for m in own.metrics} == set(METRICS)
