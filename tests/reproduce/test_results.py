"""Không nhiều tham số hơn nguồn; kết quả đi kèm gói khớp cấu hình; bảng nói đúng loại số."""

import json
import math

import pytest

from course_utils.data.download import DownloadError
from course_utils.errors import InputError
from course_utils.nets import count_parameters
from course_utils.reproduce import EXPERIMENTS, load_results, table
from course_utils.reproduce.__main__ import main
from course_utils.reproduce.results import STORED, duration, load_rows, store


def row(steps=10, value=1.0, finished=True, name="vae", planned=10, seed=0, images=100):
    return {
        "name": name,
        "title": "VAE",
        "kind": "bound",
        "unit": "nat/ảnh",
        "value": value,
        "standard_error": 0.1,
        "test_images": images,
        "parameters": 1234,
        "finished": finished,
        "steps_done": steps,
        "epochs": 1.0,
        "training_seconds": 95.0,
        "cpu_seconds": None,
        "seed": seed,
        "configuration": {"steps": planned, "samples": 1, "hidden": (8, 8)},
        "machine": "CPU, một luồng",
        "published": [
            {
                "model": "của họ",
                "value": 0.5,
                "parameters": None,
                "source": "nguồn",
                "epochs": None,
                "seconds": None,
                "machine": None,
            }
        ],
    }


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=list(EXPERIMENTS))
def test_no_more_parameters_than_the_source(experiment):
    parameters = count_parameters(experiment.build())
    assert experiment.published
    assert parameters <= max(other.parameters for other in experiment.published)
    assert json.loads(json.dumps(experiment.configuration()))["steps"] == experiment.steps
    assert experiment.steps % experiment.checkpoint_every == 0


def test_stored_results_belong_to_the_named_configurations():
    for stored in load_rows(STORED):
        experiment = EXPERIMENTS[stored["name"]]
        assert stored["parameters"] == count_parameters(experiment.build())
        assert stored["kind"] == experiment.kind
        assert stored["unit"] == experiment.unit
        assert stored["finished"] == (stored["steps_done"] == stored["configuration"]["steps"])
        assert math.isfinite(stored["value"])
        assert stored["standard_error"] > 0
        arguments = json.loads(json.dumps(experiment.arguments))
        assert stored["configuration"]["arguments"] == arguments
        # Số mẫu nhiều hơn không cho cận tệ hơn, quá sai số.
        if stored["negative_elbo"] is not None:
            assert stored["value"] <= stored["negative_elbo"] + 6 * stored["standard_error"]


def test_rows_are_replaced_only_by_the_same_configuration(tmp_path):
    path = tmp_path / "deep" / "results.json"
    for one in (row(), row(steps=4, finished=False, planned=20), row(seed=1), row(value=2.0)):
        store(path, one)
    assert [(r["configuration"]["steps"], r["seed"], r["value"]) for r in load_rows(path)] == [
        (10, 0, 2.0),
        (10, 1, 1.0),
        (20, 0, 1.0),
    ]
    store(path, row(steps=15, finished=False, planned=20))
    assert load_results(path)["vae"]["steps_done"] == 15
    assert list(path.parent.iterdir()) == [path]
    # Chỉ chấm lại thì giây CPU của lần học được giữ.
    store(path, row() | {"cpu_seconds": 7.0})
    store(path, row(value=3.0))
    kept = next(r for r in load_rows(path) if r["value"] == 3.0)
    assert kept["cpu_seconds"] == 7.0


def test_a_missing_file_is_explained(tmp_path):
    with pytest.raises(InputError, match=r"Không có tệp.*course_utils\.reproduce"):
        load_results(tmp_path / "results.json")


def test_table_says_bound_unfinished_and_unknown():
    text = table({"vae": row(steps=4, finished=False)})
    assert "≤ 1.000 ± 0.100 nat/ảnh" in text
    assert "dở dang, 4 trên 10 bước" in text
    assert "của ta**, cận 1 mẫu" in text
    assert "1 phút 35 giây" in text
    assert text.splitlines()[-1].count("không nói") == 4
    short = row(steps=3000, planned=3000, name="mnist-flow")
    assert "lịch ngắn, 3 000 trên 78 000 bước" in table({"mnist-flow": short})
    assert "bước" not in table({"vae": row()})
    assert "≤" not in table({"vae": row() | {"kind": "exact"}})


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 giây"), (60, "1 phút 0 giây"), (8230, "2 giờ 17 phút"), (None, "không nói")],
)
def test_duration(seconds, words):
    assert duration(seconds) == words


def test_command_explains_an_unknown_name(capsys, tmp_path):
    assert main(["mnist-gan", "--output", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "mnist-gan" in error
    assert all(name in error for name in EXPERIMENTS)


def test_command_without_a_network_says_what_to_do(capsys, monkeypatch):
    def unreachable(*_, **__):
        raise DownloadError("Không có bản nguyên vẹn nào của ảnh")

    monkeypatch.setattr("course_utils.reproduce.__main__.run", unreachable)
    assert main(["binarized-vae"]) == 2
    assert capsys.readouterr().err == "Không có bản nguyên vẹn nào của ảnh\n"


def test_command_without_a_name_prints_what_was_reached(capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out
    for stored in load_results().values():
        assert stored["title"] in printed
