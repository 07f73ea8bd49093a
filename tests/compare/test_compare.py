"""Phép so các họ: phép đo gặp mô hình biết trước đáp án, và bảng không đánh mất hàng nào."""

import json
import math

import pytest
import torch
from torch import nn

from course_utils import compare
from course_utils.compare import measure, problems, runner, summary
from course_utils.compare.families import DIGITS, PLANE
from course_utils.compare.problems import VIEWS, get_problem
from course_utils.compare.recipe import Recipe, build, describe
from course_utils.compare.rows import REAL
from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import coverage, mmd2
from course_utils.flows import LipschitzLinear, ResidualFlow
from course_utils.nets import count_parameters

CPU = torch.device("cpu")


class Known(nn.Module):
    """Một mô hình có mật độ cho sẵn."""

    def __init__(self, log_prob, event_shape):
        super().__init__()
        self.like = nn.Parameter(torch.zeros(()))
        self.log_density, self.event_shape = log_prob, event_shape

    def log_prob(self, x):
        return self.log_density(x)


# --- Các phép đo --------------------------------------------------------------------------------


def test_the_true_density_has_no_gap():
    problem = get_problem("two_moons")
    row = measure.plane_density(Known(problem.density.log_prob, (2,)), problem, 500, CPU)
    # hai lần tính log p, một bằng float32: sai số làm tròn của một tổng cỡ trăm số hạng
    assert abs(row["gap"]) < 1e-4
    assert row["nll"] == pytest.approx(row["entropy"], abs=1e-4)
    assert row["gap_se"] < 1e-4


def test_a_shifted_log_density_has_that_gap():
    """log p − c không phải một mật độ, nhưng khoảng hở của nó phải đúng bằng c."""
    problem = get_problem("eight_gaussians")
    shifted = Known(lambda x: problem.density.log_prob(x) - 0.25, (2,))
    assert measure.plane_density(shifted, problem, 500, CPU)["gap"] == pytest.approx(0.25, abs=1e-4)


@pytest.mark.equation("eq-dequantization")
def test_the_uniform_model_pays_log_levels_a_pixel():
    """Mật độ đều trên [0, 1)⁶⁴: mỗi ảnh nguyên có xác suất 17⁻⁶⁴, tức log₂ 17 bit mỗi chiều."""
    uniform = Known(lambda x: x.new_zeros(len(x)), (64,))
    row = measure.digit_density(uniform, get_problem("digits"), "vector", CPU)
    assert row["nll"] == pytest.approx(64 * math.log(17), rel=1e-6)
    assert row["bits_per_dim"] == pytest.approx(math.log2(17), rel=1e-6)
    assert row["nll_se"] < 1e-6


def test_kinds_follow_what_a_model_can_answer():
    kinds = {}
    for name in ("realnvp", "vae", "gan", "ddpm"):
        kinds[name] = measure.kind_of(build(PLANE[name].model), discrete=False)
    assert kinds == {"realnvp": "exact", "vae": "bound", "gan": "none", "ddpm": "bound"}
    assert measure.kind_of(build(DIGITS["realnvp"].model), discrete=True) == "bound"
    assert measure.kind_of(build(DIGITS["pixelcnn"].model), discrete=False) == "exact"


@pytest.mark.parametrize(("recipes", "dim"), [(PLANE, 2), (DIGITS, 64)])
def test_autoregressive_flows_pay_on_one_side_only(recipes, dim):
    def calls(name):
        model = build(recipes[name].model)
        return measure.calls_of(model, sampling=True), measure.calls_of(model, sampling=False)

    assert calls("maf") == (dim, 1)
    assert calls("iaf") == (1, dim)
    assert calls("realnvp") == (1, 1)


@pytest.mark.parametrize("dim", [2, 6])  # Newton; lặp điểm bất động
def test_every_call_of_a_residual_net_is_counted(dim):
    flow = ResidualFlow(dim, 3, (4,)).eval()
    for layer in flow.modules():  # g hằng: lần gọi đầu tới nghiệm, lần sau thấy mình đứng yên
        if isinstance(layer, LipschitzLinear):
            nn.init.zeros_(layer.weight)
            nn.init.ones_(layer.bias)
    for _ in range(2):
        assert measure.sample_timed(flow, 50, CPU)[2] == 2


@pytest.mark.parametrize("data", ["eight_gaussians", "two_moons", "checkerboard"])
def test_real_samples_fill_every_mode(data):
    problem, n = get_problem(data), 4000
    shares, outside = problem.modes(problem.real(n, seed=7))
    K = problem.modes_total
    assert len(shares) == K
    # tỉ lệ ngoài vùng: e^(−4.5) trong hai chiều cho Gauss; vành trăng ít hơn; bàn cờ bằng 0
    chance = {"eight_gaussians": math.exp(-4.5), "checkerboard": 0.0}.get(data)
    if chance is not None:
        assert abs(outside - chance) <= 6 * math.sqrt(chance * (1 - chance) / n) + 1e-12
    share = (1 - outside) / K
    assert (shares - share).abs().max() < 6 * math.sqrt(share * (1 - share) / n)


@pytest.mark.parametrize("data", compare.PROBLEMS)
@pytest.mark.parametrize("kept", [0, 5, 300])
def test_broken_samples_are_said_and_never_measured(data, kept):
    """Hỏng cả, hay còn vài mẫu: ô trống chứ không phải lỗi; còn nhiều thì đo trên chỗ còn lại."""
    problem = get_problem(data)
    samples = problem.real(400).clone()
    samples[kept::2], samples[kept + 1 :: 2] = math.nan, math.inf
    quality = measure.sample_quality(samples, problem)
    assert quality["broken_samples"] == pytest.approx(1 - kept / 400)
    assert quality["modes_total"] == problem.modes_total
    if kept < 300:
        assert quality["mmd2"] is quality["coverage"] is quality["mode_tv"] is None
        assert quality["modes"] == 0
    else:
        clean, real = samples[:kept], problem.real(400)
        assert quality["mmd2"] == mmd2(clean, real, problem.bandwidth).value
        assert quality["coverage"] == coverage(real, clean)
        assert quality["modes"] > 0
    row = fake_row(data=data, **quality)
    assert "–" in compare.table([row], data, columns=("mmd2",)) or kept == 300


@pytest.mark.parametrize("data", ["eight_gaussians", "two_moons", "checkerboard"])
def test_one_point_is_one_mode(data):
    problem = get_problem(data)
    inside = problem.real(1, seed=0)
    shares, outside = problem.modes(inside.expand(50, 2))
    assert (shares > 0).sum() == 1
    assert outside == 0
    far = torch.full((50, 2), 100.0)
    assert problem.modes(far)[1] == 1


def test_the_classifier_names_digits_and_leaves_the_global_seed_alone():
    problem = get_problem("digits")
    torch.manual_seed(3)
    before = torch.get_rng_state()
    accuracy = problem.classifier[1]
    assert torch.equal(before, torch.get_rng_state())
    assert accuracy > 0.9
    shares, outside = problem.modes(problem.data.test)
    assert outside is None
    truth = torch.bincount(problem.data.test_labels, minlength=10) / 300
    # mỗi ảnh đọc sai đổi chỗ nhiều nhất hai tỉ lệ đi 1/300
    assert (shares - truth).abs().sum() <= 2 * (1 - accuracy) + 1e-6


def test_modes_are_named_even_if_nothing_was_learned_before():
    problems.train_classifier.cache_clear()
    images = problems.digits().test
    assert problems.DigitProblem().modes(images)[0].sum() == pytest.approx(1)


@pytest.mark.parametrize("name", [name for name, view in VIEWS.items() if view is not None])
def test_views_bring_images_back(name):
    view, images = VIEWS[name], get_problem("digits").data.validation[:20]
    x = view.encode(images)
    if view.dequantized:
        x = (x + 0.5) / 17
    assert torch.equal(view.decode(x), images)


# --- Công thức ------------------------------------------------------------------------------------


def test_recipes_say_what_they_build():
    from functools import partial

    from course_utils.flows import RealNVP, Solver

    spec = partial(RealNVP, 2, layers=4, hidden=(8, 8))
    first, second = build(spec), build(spec)
    assert first is not second
    assert describe(spec) == {"call": "RealNVP", "dim": 2, "layers": 4, "hidden": [8, 8]}
    nested = partial(dict, solver=partial(Solver, "rk4", steps=2))
    assert build(nested)["solver"] == Solver("rk4", steps=2)
    json.dumps([recipe.config(1000) for recipe in (*PLANE.values(), *DIGITS.values())])


@pytest.mark.parametrize(
    ("data", "recipes", "budget"), [("plane", PLANE, 256_000), ("digits", DIGITS, 48_000)]
)
def test_every_family_sees_the_same_number_of_examples(data, recipes, budget):
    for name, recipe in recipes.items():
        seen = recipe.steps(budget) * recipe.batch * recipe.looks
        # phần lẻ của phép chia số bước, chưa tới một bước
        assert budget - recipe.batch * recipe.looks < seen <= budget, name


@pytest.mark.parametrize(("recipes", "target"), [(PLANE, 10_000), (DIGITS, 80_000)])
def test_networks_have_the_same_size(recipes, target):
    for name, recipe in recipes.items():
        size = count_parameters(build(recipe.model))
        if "không có mạng" in recipe.note:
            continue
        assert abs(size / target - 1) <= 0.1, (name, size)


def test_a_row_repeats_bit_for_bit_and_seeds_differ():
    rows = [compare.run_row("gaussian_mixture", "checkerboard", s, "quick") for s in (0, 0, 1)]
    clocks = ("training_seconds", "sampling_seconds", "density_seconds")
    same, again, other = ({k: v for k, v in r.items() if k not in clocks} for r in rows)
    assert same == again
    assert same["gap"] != other["gap"]


# --- Gộp theo hạt giống ---------------------------------------------------------------------------


@pytest.mark.equation("eq-seed-interval")
def test_interval_of_three_seeds():
    """1, 2, 3: trung bình 2, s = 1, và t_{0.975} với hai bậc tự do là 4.302653 (tra bảng)."""
    interval = compare.mean_and_interval([1.0, 2.0, 3.0])
    assert interval["mean"] == 2
    assert interval["std"] == 1
    assert interval["high"] - 2 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert 2 - interval["low"] == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert compare.mean_and_interval([5.0])["low"] is None


@pytest.mark.equation("eq-seed-interval")
def test_the_interval_covers_nineteen_times_in_twenty():
    generator = torch.Generator().manual_seed(0)
    trials = 2000
    draws = torch.randn(trials, 3, generator=generator, dtype=torch.float64)
    hits = 0
    for values in draws.tolist():
        interval = compare.mean_and_interval(values)
        hits += interval["low"] < 0 < interval["high"]
    assert abs(hits / trials - 0.95) < 6 * math.sqrt(0.95 * 0.05 / trials)


def fake_row(family="realnvp", data="two_moons", seed=0, budget="full", **columns):
    row = {"family": family, "data": data, "seed": seed, "budget": budget, "kind": "exact"}
    return row | {"gap": 0.1 * (seed + 1), "mmd2": 0.0, "note": "", "config": {"lr": 1}} | columns


def test_summaries_and_table():
    rows = [fake_row(seed=s) for s in range(3)]
    rows += [fake_row("gan", seed=s, kind="none", gap=None) for s in range(3)]
    rows += [fake_row(data="eight_gaussians")]
    one, two, three = compare.summarize(rows)
    assert [s["data"] for s in (one, two, three)] == ["eight_gaussians", "two_moons", "two_moons"]
    assert two["gap"]["mean"] == pytest.approx(0.2)
    assert "gap" not in three
    text = compare.table(rows, "two_moons", columns=("gap", "mmd2"))
    lines = text.splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    assert "0.2 ± 0.2" in lines[2]  # 4.30·0.1/√3 = 0.248
    rows[0]["mmd2"] = None
    text = compare.table(rows, "two_moons", columns=("mmd2",))
    assert "0 (2/3 hạt giống)" in text.splitlines()[2]
    with pytest.raises(InputError, match="hai ngân sách"):
        compare.summarize([fake_row(), fake_row(budget="quick")])
    with pytest.raises(InputError, match="Không có hàng nào"):
        compare.table(rows, "checkerboard")


# --- Chạy cả bảng ---------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """Thay phép đo thật bằng một phép đo giả tức thì, và đếm số lần gọi."""
    calls = []

    def work(task):
        family, data, seed, budget, _ = task
        calls.append(task)
        if family == REAL:
            return fake_row(family, data, seed, budget)
        examples = compare.BUDGETS[budget].examples(data)
        config = compare.FAMILIES[family].recipe(data).config(examples)
        shared = {"examples": examples, "config": config, "machine": "CPU, một luồng"}
        return fake_row(family, data, seed, budget) | shared

    monkeypatch.setattr(runner, "work", work)
    return calls


def test_finished_rows_are_kept(counted, tmp_path):
    path = tmp_path / "rows.json"
    first = runner.run_table(path, ["realnvp", "gan"], ["two_moons"], seeds=2, progress=False)
    assert len(first) == len(counted) == 4
    assert len(runner.run_table(path, ["realnvp"], ["two_moons"], seeds=3, progress=False)) == 5
    assert len(counted) == 5
    assert list(tmp_path.iterdir()) == [path]  # không còn tệp tạm
    stored = summary.load_results(path)
    assert [r["seed"] for r in stored if r["family"] == "realnvp"] == [0, 1, 2]


def test_a_changed_recipe_is_measured_again(counted, tmp_path, monkeypatch):
    path = tmp_path / "rows.json"
    runner.run_table(path, ["realnvp", "gan"], ["two_moons"], seeds=1, progress=False)
    old = PLANE["realnvp"]
    monkeypatch.setitem(PLANE, "realnvp", Recipe(old.model, old.batch, lr=0.123))
    rows = runner.run_table(path, ["realnvp", "gan"], ["two_moons"], seeds=1, progress=False)
    assert len(counted) == 3
    assert {r["config"]["lr"] for r in rows if r["family"] == "realnvp"} == {0.123}


def test_an_interrupted_run_keeps_its_rows(counted, tmp_path, monkeypatch):
    path, real = tmp_path / "rows.json", runner.work

    def stop(task):
        if len(counted) == 2:
            raise KeyboardInterrupt
        return real(task)

    monkeypatch.setattr(runner, "work", stop)
    with pytest.raises(KeyboardInterrupt):
        runner.run_table(path, ["realnvp"], ["two_moons"], seeds=5, progress=False)
    assert len(summary.load_results(path)) == 2
    monkeypatch.setattr(runner, "work", real)
    assert len(runner.run_table(path, ["realnvp"], ["two_moons"], seeds=5, progress=False)) == 5
    assert len(counted) == 5


def test_a_failing_row_does_not_stop_the_others(counted, tmp_path, monkeypatch):
    path, real = tmp_path / "rows.json", runner.work

    def fragile(task):
        if task[2] == 1:
            raise InputError("mất mát thành NaN")
        return real(task)

    monkeypatch.setattr(runner, "work", fragile)
    with pytest.raises(InputError, match="realnvp trên two_moons, hạt giống 1: mất mát thành NaN"):
        runner.run_table(path, ["realnvp"], ["two_moons"], seeds=3, progress=False)
    assert [row["seed"] for row in summary.load_results(path)] == [0, 2]


def test_the_file_is_tried_before_any_row(counted, tmp_path, capsys):
    from course_utils.compare.__main__ import main

    (tmp_path / "tep").write_text("không phải thư mục", "utf-8")
    chosen = ["--family", "realnvp", "--data", "two_moons", "--output"]
    assert main([*chosen, str(tmp_path / "tep" / "rows.json")]) == 2
    assert "Không ghi được tệp kết quả" in capsys.readouterr().err
    assert main([*chosen, str(tmp_path)]) == 2
    assert "cần một tệp kết quả JSON" in capsys.readouterr().err
    assert counted == []


def test_a_disk_that_fills_up_stops_the_run(counted, tmp_path, monkeypatch):
    def full(row, path):
        raise InputError("đĩa đầy")

    monkeypatch.setattr(runner, "store", full)
    with pytest.raises(InputError, match=r"^đĩa đầy$"):
        runner.run_table(tmp_path / "a", ["realnvp"], ["two_moons"], seeds=3, progress=False)
    assert len(counted) == 1  # không đo thêm những hàng sẽ mất


def test_two_runs_share_a_file(counted, tmp_path, monkeypatch):
    """Trong lúc bên này đo, bên kia ghi hàng của nó vào cùng tệp: còn đủ cả hai."""
    path, real = tmp_path / "rows.json", runner.work

    def together(task):
        runner.store(fake_row("gan", "checkerboard", task[2]), path)
        return real(task)

    monkeypatch.setattr(runner, "work", together)
    rows = runner.run_table(path, ["realnvp"], ["two_moons"], seeds=2, progress=False)
    assert [(r["family"], r["seed"]) for r in rows] == [
        ("realnvp", 0), ("realnvp", 1), ("gan", 0), ("gan", 1),
    ]  # fmt: skip
    assert summary.load_results(path) == rows


def test_rows_of_two_machines_live_in_one_file(tmp_path):
    rows = [fake_row(seed=0, machine="CPU, một luồng"), fake_row(seed=1, machine="GPU X")]
    packed = summary.pack(rows)
    assert len(packed["recipes"]) == 2
    assert summary.unpack(json.loads(json.dumps(packed))) == rows


def test_digits_only_families_skip_the_plane():
    tasks = runner.plan(["pixelcnn", "realnvp"], seeds=1)
    assert {t[1] for t in tasks if t[0] == "pixelcnn"} == {"digits"}
    assert {t[1] for t in tasks if t[0] == "realnvp"} == set(compare.PROBLEMS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(family="transformer", data="two_moons"), "Không có họ mô hình"),
        (dict(family="realnvp", data="rings"), "Không có bộ dữ liệu"),
        (dict(family="realnvp", data="two_moons", budget="huge"), "Không có ngân sách"),
        (dict(family="pixelcnn", data="two_moons"), "không có công thức"),
    ],
)
def test_unknown_names(arguments, message):
    with pytest.raises(InputError, match=message):
        compare.run_row(**arguments)


def test_bad_counts_and_files(tmp_path):
    path = tmp_path / "rows.json"
    with pytest.raises(InputError, match="seeds = 0"):
        runner.run_table(path, seeds=0)
    with pytest.raises(InputError, match="jobs = 0"):
        runner.run_table(path, jobs=0)
    with pytest.raises(InputError, match="Không có tệp"):
        compare.load_results(path)
    for text in ("không phải JSON", "[1, 2]", '{"rows": 3}', '{"rows": [{"a": 1}]}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="không phải tệp kết quả"):
            compare.load_results(path)


def test_command_line(counted, tmp_path, capsys):
    from course_utils.compare.__main__ import main

    path = str(tmp_path / "rows.json")
    arguments = ["--family", "realnvp", "--data", "two_moons", "--seeds", "2", "--output", path]
    assert main(arguments) == 0
    assert "RealNVP" in capsys.readouterr().out
    assert main(["--table", "--output", path]) == 0
    assert "hai vành trăng" in capsys.readouterr().out
    assert main(["--family", "vô danh", "--output", path]) == 2
    assert "Không có họ" in capsys.readouterr().err


def test_toy_names_match():
    assert set(compare.PROBLEMS) - {"digits"} <= set(toy.DENSITIES)
