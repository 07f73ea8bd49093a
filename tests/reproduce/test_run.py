"""Bị giết ở đâu cũng đi tiếp được đến cùng trọng số và cùng con số; dở dang thì nói là dở dang."""

import math
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

sys.path.append(str(Path(__file__).parent))

from tiny import MODELS, pictures, tiny

from course_utils.errors import InputError
from course_utils.reproduce import load_results, run
from course_utils.reproduce.run import score

HERE = Path(__file__).parent
# Những mục nói về lần chạy, không về kết quả.
CLOCK = ("training_seconds", "cpu_seconds", "evaluation_seconds")


def go(experiment, folder, **options):
    return run(experiment, folder, data=pictures(), device="cpu", progress=False, **options)


def result(row):
    return {key: value for key, value in row.items() if key not in CLOCK}


def weights(folder, stem):
    return torch.load(folder / f"{stem}-60-0.pt", weights_only=True)["model"]


@pytest.mark.parametrize("kind", list(MODELS))
def test_each_family_trains_scores_and_tells_everything(kind, tmp_path):
    row = go(tiny(kind), tmp_path)
    assert row["finished"]
    assert row["steps_done"] == 60
    assert math.isfinite(row["value"])
    assert row["standard_error"] > 0
    assert (row["negative_elbo"] is None) == (kind == "pixelcnn")
    if kind != "pixelcnn":  # cận nhiều mẫu không thể tệ hơn ELBO quá sai số của nó
        assert row["value"] <= row["negative_elbo"] + 6 * row["standard_error"]
    assert row["epochs"] == pytest.approx(60 * 16 / 150, abs=0.005)
    assert row["loss_curve"][-1][0] == 60
    assert row["unit"] == ("nat/ảnh" if kind in ("vae", "iwae") else "bit/chiều")
    assert load_results(tmp_path / "results.json")[kind]["value"] == row["value"]
    # Chạy lại: không học thêm bước nào, cùng con số.
    assert result(go(tiny(kind), tmp_path)) == result(row)


def test_bits_per_dimension_of_an_untrained_pixelcnn(tmp_path):
    """Đầu mạng bằng 0: mỗi điểm ảnh đều trên 256 mức, đúng 8 bit; một bước với lr = 0 để yên."""
    row = go(replace(tiny("pixelcnn"), steps=1, lr=0.0), tmp_path)
    assert row["value"] == pytest.approx(8, abs=1e-5)
    assert row["standard_error"] == pytest.approx(0, abs=1e-6)


def test_killed_run_resumes_to_the_same_bits(tmp_path):
    """Luồng có đủ thứ phải nhớ: ActNorm khởi tạo theo lô đầu, nhiễu u từ bộ sinh toàn cục."""
    kind = "flow"
    straight = go(tiny(kind), tmp_path / "straight")
    folder = tmp_path / "killed"
    command = [sys.executable, str(HERE / "tiny.py"), kind, str(folder), "0.05"]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent.parent)}
    process = subprocess.Popen(command, env=environment)
    checkpoint = folder / f"{kind}-60-0.pt"
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()  # SIGKILL
    assert process.wait() == -9
    reached = torch.load(checkpoint, weights_only=True)["step"]
    assert 0 < reached < 60
    assert not (folder / "results.json").exists()

    resumed = go(tiny(kind), folder)
    assert result(resumed) == result(straight)
    for name, value in weights(tmp_path / "straight", kind).items():
        assert torch.equal(value, weights(folder, kind)[name]), name


def test_out_of_time_is_said_and_then_finished(tmp_path):
    straight = go(tiny("vae"), tmp_path / "straight")
    folder = tmp_path / "timed"
    part = go(tiny("vae"), folder, minutes=0)
    assert not part["finished"]
    assert part["steps_done"] == 7  # checkpoint đầu tiên
    assert [step for step, _ in part["loss_curve"]] == list(range(1, 8))
    whole = go(tiny("vae"), folder)
    assert result(whole) == result(straight)
    assert load_results(folder / "results.json")["vae"]["finished"]


def test_scoring_goes_on_from_the_blocks_on_disk(tmp_path):
    """Chấm dở: những lượt đã có giữ nguyên, phần còn lại ra đúng như chấm liền một mạch."""
    experiment = tiny("iwae")
    torch.manual_seed(0)
    model = experiment.build().eval()
    test = (torch.rand(45, 16) < 0.5).float()
    before = torch.get_rng_state()
    whole = score(experiment, model, test, tmp_path / "a.pt", progress=False)
    assert torch.equal(torch.get_rng_state(), before)  # không đụng bộ sinh chung
    score(experiment, model, test[:25], tmp_path / "b.pt", progress=False)
    assert torch.equal(score(experiment, model, test, tmp_path / "b.pt", progress=False), whole)
    # Chấm ít ảnh hơn: đọc từ những gì đã có, không mất phần còn lại.
    file, few = tmp_path / "b.pt", test[:25]
    assert torch.equal(score(experiment, model, few, file, progress=False), whole[:25])
    assert torch.equal(torch.cat(torch.load(file, weights_only=True)["blocks"]), whole)
    # Tệp hỏng, hay của trọng số khác: chấm lại từ đầu.
    (tmp_path / "b.pt").write_bytes(b"rac")
    assert torch.equal(score(experiment, model, test, tmp_path / "b.pt", progress=False), whole)
    with torch.no_grad():
        next(model.parameters()).add_(0.1)
    assert not torch.equal(score(experiment, model, test, tmp_path / "b.pt", progress=False), whole)


class Evil:
    """Một tệp chấm giả: đọc nó bằng pickle thường thì mã này chạy."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_a_malicious_score_file_is_not_executed(tmp_path):
    torch.save({"mark": Evil(str(tmp_path / "bitten"))}, tmp_path / "vae-60-0.values.pt")
    go(tiny("vae"), tmp_path)
    assert not (tmp_path / "bitten").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps = 0"),
        ({"samples": 0}, "samples = 0"),
        ({"images": 1}, "images = 1"),
    ],
)
def test_bad_numbers(options, message, tmp_path):
    with pytest.raises(InputError, match=message):
        go(tiny("vae"), tmp_path, **options)


@pytest.mark.parametrize("device", ["cuda:99", "tpu"])
def test_a_missing_device_is_explained(device, tmp_path):
    with pytest.raises(InputError, match=f"thiết bị '{device}'"):
        run(tiny("vae"), tmp_path, data=pictures(), device=device, progress=False)


@pytest.mark.parametrize(
    ("name", "message"),
    [("tep/ket-qua", "Không ghi được tệp kết quả"), (".", r"results\.json không phải tệp kết quả")],
)
def test_results_that_cannot_be_written_are_told_before_learning(name, message, tmp_path):
    (tmp_path / "tep").write_text("không phải thư mục", "utf-8")
    (tmp_path / "results.json").write_text("hỏng", "utf-8")
    untouched = replace(tiny("vae"), model=lambda **_: pytest.fail("đã dựng mô hình"))
    with pytest.raises(InputError, match=message):
        go(untouched, tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["results.json", "tep"]


def test_a_full_disk_while_scoring_costs_only_time(tmp_path, monkeypatch):
    """Tệp các lượt đã chấm chỉ để đi tiếp: không cất được thì con số vẫn ra, và vẫn đúng."""
    expected = go(tiny("vae"), tmp_path / "a")
    writer = sys.modules["course_utils.reproduce.run"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "replacing", full)
    assert result(go(tiny("vae"), tmp_path / "b")) == result(expected)


def test_broken_checkpoint_is_left_alone_and_explained(tmp_path):
    path = tmp_path / "vae-60-0.pt"
    path.write_bytes(b"khong phai diem kiem tra")
    with pytest.raises(InputError, match=r"vae-60-0\.pt"):
        go(tiny("vae"), tmp_path)
    assert path.read_bytes() == b"khong phai diem kiem tra"
