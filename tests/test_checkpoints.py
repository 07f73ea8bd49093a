"""Checkpoint: giết ở đâu cũng đi tiếp được, đúng đến từng bit; tệp lạ thì bị từ chối."""

import os
import pickle
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils import IWAE, VAE, checkpoints, runtime
from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.flows import RealNVP
from course_utils.training import fit

MODELS = runpy.run_path(str(Path(__file__).with_name("test_devices.py")))["MODELS"]


class Stopped(Exception):
    """Người học bấm nút dừng."""


def stop_at(step):
    def on_step(k):
        if k == step:
            raise Stopped

    return on_step


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_goes_on_as_if_never_stopped(name, tmp_path):
    """Dừng giữa chừng, dựng mô hình khác, đi tiếp: cùng trọng số, buffer, nhật ký, bộ sinh.

    Mô hình nào giữ trạng thái ngoài state_dict (chuẩn tắc hóa, đếm bước, lặp lũy thừa…) sẽ lệch.
    """
    make, x = MODELS[name]
    model = make()
    settings = {"steps": 4, "batch_size": 3, "progress": False, "validate_every": 2}
    if len(model.objectives()) == 1:
        settings["validation"] = x

    def train(seed, **more):
        runtime.set_seed(seed)
        model = make().train()
        return model, lambda: fit(model, x, **settings, **more)

    whole, run = train(0)
    history = run()
    state_after = torch.get_rng_state()

    file = tmp_path / "run.pt"
    _, run = train(0, checkpoint=file, checkpoint_every=2, on_step=stop_at(3))
    with pytest.raises(Stopped):
        run()
    resumed, run = train(1, checkpoint=file)
    for _ in range(2):  # lần hai: đã xong từ trước, trả kết quả ngay
        again = run()
        assert same(whole.state_dict(), resumed.state_dict())
        assert again.losses == history.losses
        assert again.validation == history.validation
        assert again.best_step == history.best_step
        assert torch.equal(torch.get_rng_state(), state_after)
        assert not resumed.training


def test_checkpoint_changes_nothing(tmp_path):
    """Có ghi checkpoint hay không: cùng trọng số, đúng đến từng bit."""
    states = []
    for checkpoint in (None, tmp_path / "new folder" / "run.pt"):
        runtime.set_seed(0)
        model = RealNVP(2, layers=2, hidden=(8,))
        fit(model, toy.get("rings"), steps=6, batch_size=16, progress=False, checkpoint=checkpoint)
        states.append(model.state_dict())
    assert same(*states)
    assert [f.name for f in (tmp_path / "new folder").iterdir()] == ["run.pt"]


SCRIPT = """
import os, signal, sys
import torch
from course_utils import files, runtime
from course_utils.data import toy
from course_utils.flows import NeuralSplineFlow
from course_utils.training import fit

folder, save = sys.argv[1], torch.save
files.STALE = 0  # tệp tạm của tiến trình bị giết được dọn ngay

def train(out, checkpoint=None, dies_after=0, dies_writing=0, seed=0):
    runtime.setup(seed=seed, threads=1)
    model = NeuralSplineFlow(2, 2, (8,))
    die = lambda: os.kill(os.getpid(), signal.SIGKILL)

    def half(state, file):
        save(state, file)
        if state["step"] == dies_writing:
            file.truncate(file.tell() // 2)
            file.flush()
            die()

    torch.save = half
    history = fit(
        model, toy.get("checkerboard"), steps=12, batch_size=32, progress=False,
        transform=lambda x: x + 0.01 * torch.randn_like(x),
        on_step=lambda k: k == dies_after and die(),
        validation=toy.get("checkerboard").sample(50, 9), validate_every=4,
        checkpoint=checkpoint, checkpoint_every=3,
    )
    save({"model": model.state_dict(), "loss": history.loss, "validation": history.validation,
          "next": torch.rand(3)}, f"{folder}/{out}")

def in_a_child(*args, **settings):  # một tiến trình con cho mỗi lần chạy, để có cái mà giết
    child = os.fork()
    if child == 0:
        train(*args, **settings)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

file = f"{folder}/run.pt"
assert in_a_child("whole.pt") == 0
assert in_a_child("never.pt", file, dies_after=5) == -signal.SIGKILL
assert torch.load(file)["step"] == 3
assert in_a_child("never.pt", file, dies_writing=9, seed=1) == -signal.SIGKILL
assert torch.load(file)["step"] == 6  # tệp dở mang tên khác
assert in_a_child("resumed.pt", file, seed=2) == 0
"""


def test_sigkill_then_resume_is_bit_equal(tmp_path):
    """Giết thật bằng SIGKILL, một lần giữa hai bước, một lần giữa lúc đang ghi tệp."""
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, script, tmp_path], env=environment, timeout=120, check=True)
    whole, resumed = (torch.load(tmp_path / f"{name}.pt") for name in ("whole", "resumed"))
    assert same(whole.pop("model"), resumed.pop("model"))
    assert torch.equal(whole.pop("next"), resumed.pop("next"))
    assert whole == resumed
    assert sorted(p.name for p in tmp_path.glob("*.p*t")) == ["resumed.pt", "run.pt", "whole.pt"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Một checkpoint lành lặn, và các thiết lập đã sinh ra nó."""
    file = tmp_path_factory.mktemp("checkpoint") / "iwae.pt"
    train(file)
    return file.read_bytes()


def train(file, make=lambda: IWAE(2, k=3, hidden=(8,)), **changes):
    runtime.set_seed(0)
    settings = {"steps": 3, "batch_size": 8, "lr": 1e-3, "seed": 0} | changes
    data = settings.pop("data", toy.get("rings"))
    return fit(make(), data, **settings, progress=False, checkpoint=file)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": 4}, "steps: trong tệp là 3, lần này là 4"),
        ({"batch_size": 9}, "batch_size: trong tệp là 8, lần này là 9"),
        ({"lr": 0.01}, "lr: trong tệp là 0.001, lần này là 0.01"),
        ({"seed": 5}, "seed: trong tệp là 0, lần này là 5"),
        ({"make": lambda: IWAE(2, k=4, hidden=(8,))}, "k: trong tệp là 3, lần này là 4"),
        ({"make": lambda: VAE(2, hidden=(8,))}, "mô hình: trong tệp là IWAE, lần này là VAE"),
        (
            {"make": lambda: IWAE(2, k=3, hidden=(9,))},
            "trong tệp là 8, lần này là 9",
        ),
        ({"data": toy.get("two_moons")}, r"dữ liệu: .*Rings.*TwoMoons"),
        ({"data": torch.zeros(30, 2)}, "dữ liệu: .*Rings.*float32"),
        ({"precision": "bf16"}, "precision: trong tệp là None, lần này là bf16"),
    ],
)
def test_another_configuration_is_refused(finished, tmp_path, changes, told):
    file = tmp_path / "run.pt"
    file.write_bytes(finished)
    with pytest.raises(InputError, match=f"(?s){told}.*Tệp được để nguyên.*tên khác.*xóa"):
        train(file, **changes)
    assert file.read_bytes() == finished


def test_other_values_of_the_same_data_are_noticed(tmp_path):
    file = tmp_path / "run.pt"
    train(file, data=torch.zeros(30, 2))
    train(file, data=torch.zeros(30, 2))
    with pytest.raises(InputError, match="dữ liệu"):
        train(file, data=torch.ones(30, 2))


class Bomb:
    """Tệp pickle chạy mã khi được mở."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


def test_damaged_foreign_and_malicious_files_are_refused(finished, tmp_path):
    file, trace = tmp_path / "run.pt", tmp_path / "trace"
    torch.save(VAE(2).state_dict(), tmp_path / "weights.pt")
    torch.save({"format": checkpoints.FORMAT, "step": Bomb(trace)}, tmp_path / "bomb.pt")
    files = {
        "cut short": finished[: len(finished) // 2],
        "almost whole": finished[:-1],
        "empty": b"",
        "text": "Xin chào".encode(),
        "weights only": (tmp_path / "weights.pt").read_bytes(),
        "bomb": (tmp_path / "bomb.pt").read_bytes(),
        "plain pickle": pickle.dumps(Bomb(trace)),
    }
    for content in files.values():
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"run\.pt.*Tệp được để nguyên"):
            train(file)
        assert file.read_bytes() == content
    assert not trace.exists()


def test_a_flipped_byte_never_passes_silently(finished, tmp_path):
    """Đổi một byte ở 200 chỗ: hoặc bị từ chối, hoặc byte ấy không mang tin gì."""
    file = tmp_path / "run.pt"
    file.write_bytes(finished)
    settings = {"steps": 3, "batch_size": 8, "lr": 1e-3, "seed": 0, "clip": 10.0}
    settings |= {"validate_every": 50, "compile": False, "precision": None}
    settings |= {"validation": None, "transform": None}
    expected = checkpoints.configuration(IWAE(2, k=3, hidden=(8,)), toy.get("rings"), **settings)
    whole = checkpoints.load(file, expected)
    refused = 0
    generator = torch.Generator().manual_seed(0)
    for place in torch.randint(len(finished), (200,), generator=generator).tolist():
        damaged = bytearray(finished)
        damaged[place] ^= 0x10
        file.write_bytes(damaged)
        try:
            state = checkpoints.load(file, expected)
        except InputError:
            refused += 1
        else:
            assert same(state["model"], whole["model"])
            assert state["optimizers"][0]["state"].keys() == whole["optimizers"][0]["state"].keys()
            assert torch.equal(state["losses"]["loss"], whole["losses"]["loss"])
            assert torch.equal(state["random"]["cpu"], whole["random"]["cpu"])
    assert refused > 20


def test_bad_settings_are_refused(tmp_path):
    with pytest.raises(InputError, match="checkpoint_every = 0; cần một số nguyên dương"):
        train(tmp_path / "run.pt", checkpoint_every=0)
    with pytest.raises(InputError, match="thư mục"):
        train(tmp_path)


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    train("~/bài tập/run.pt")
    assert (tmp_path / "bài tập" / "run.pt").is_file()
    assert len(train("~/bài tập/run.pt").loss) == 3


def test_a_place_that_cannot_be_written_is_told_before_the_first_step(tmp_path):
    (tmp_path / "tệp thường").write_text("")
    with pytest.raises(InputError, match=r"Không ghi được checkpoint .*tên ở thư mục khác"):
        fit(
            RealNVP(2),
            torch.zeros(9, 2),
            steps=1,
            progress=False,
            checkpoint=tmp_path / "tệp thường" / "run.pt",
            on_step=lambda k: pytest.fail("đã học một bước"),
        )


def test_a_full_disk_spares_the_last_checkpoint(tmp_path):
    """Đĩa đầy giả bằng giới hạn cỡ tệp của hệ điều hành: ghi tới đó thì bị từ chối."""
    resource = pytest.importorskip("resource")
    file = tmp_path / "lần chạy của Hằng.pt"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    x = toy.get("rings").sample(50)
    settings = {"steps": 4, "batch_size": 9, "progress": False}

    def fill_the_disk(k):
        if k == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))

    runtime.set_seed(0)
    try:
        with pytest.raises(InputError, match=r"Hằng\.pt.*Đĩa có thể đã đầy.*còn nguyên"):
            fit(VAE(2), x, **settings, checkpoint=file, checkpoint_every=2, on_step=fill_the_disk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == [file]
    states = []
    for checkpoint in (file, None):
        runtime.set_seed(0)
        model = VAE(2)
        fit(model, x, **settings, checkpoint=checkpoint)
        states.append(model.state_dict())
    assert same(*states)


@pytest.mark.gpu
@pytest.mark.parametrize("precision", [None, "bf16"])
def test_resume_is_bit_equal_on_a_gpu(tmp_path, precision):
    """Như trên CPU, kể cả bộ sinh ngẫu nhiên của CUDA: nhiễu của VAE rút ở đó."""
    x = toy.get("rings").sample(200)
    settings = {"steps": 6, "batch_size": 50, "progress": False, "precision": precision}
    states = []
    for stops in (False, True):
        runtime.set_seed(0)
        file = tmp_path / "run.pt" if stops else None
        model = VAE(2).cuda()
        if stops:
            with pytest.raises(Stopped):
                fit(model, x, **settings, checkpoint=file, checkpoint_every=2, on_step=stop_at(5))
            runtime.set_seed(1)
            model = VAE(2).cuda()
        fit(model, x, **settings, checkpoint=file)
        states.append(model.state_dict())
    assert same(*states)
