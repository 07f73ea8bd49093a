"""Hai tiến trình gloo thật, mở như torchrun: cùng kết quả, và không mất gì khi một bên chết."""

import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from course_utils import distributed, runtime
from course_utils.errors import InputError
from course_utils.flows import RealNVP
from course_utils.training import fit

# Cùng một kịch bản cho một và cho hai tiến trình: không có dòng nào nói về số tiến trình.
# Hai hạng thì chạy hai lần: lần đầu hạng 1 bị giết giữa chừng, lần sau đi tiếp rồi làm hết.
TRAIN = """
import os, signal, sys, time
import torch
from course_utils import GAN, MADE, DDPM, FlowMatching, HierarchicalVAE, LatentDiffusion, VAE
from course_utils import distributed, runtime
from course_utils.data import toy
from course_utils.flows import RealNVP, ResidualFlow
from course_utils.training import fit

out = sys.argv[1]
died = os.path.exists(f"{out}.killed")
runtime.setup(seed=0, threads=1)
rings, moons = toy.get("rings"), toy.get("two_moons").sample(201, 4)
bits = (torch.rand(101, 9, generator=torch.Generator().manual_seed(0)) < 0.3).float()

class QuietGAN(GAN):  # bộ sinh nhận một z cố định: hai mục tiêu, không có nhiễu
    def fake(self, n):
        return self.generate(torch.ones(n, self.latent_dim))

class Spoken(VAE):  # ghi lại nhiễu đã rút
    noises = []

    def loss(self, x):
        self.noises.append(torch.randn(2).tolist())
        return super().loss(x)

def run(name, make, data, dtype=torch.float32, steps=20, batch_size=63, **settings):
    runtime.set_seed(0)
    model = make().to(dtype)
    data = data.to(dtype) if isinstance(data, torch.Tensor) else data
    history = fit(model, data, steps=steps, batch_size=batch_size, progress=False, **settings)
    return {
        "state": model.state_dict(), "losses": history.losses, "best": history.best_step,
        "validation": history.validation, "next": torch.rand(2), "mode": model.training,
    }

def die(k):
    if k == 7 and distributed.rank() == 1:
        torch.save(time.time(), f"{out}.killed")
        os.kill(os.getpid(), signal.SIGKILL)

short = dict(steps=12, checkpoint=f"{out}.pt", checkpoint_every=5)
small = lambda: VAE(2, hidden=(16,))
if distributed.size() > 1 and not died:
    run("killed", small, rings, on_step=die, **short)

stop = dict(validation=moons[:33].double(), validate_every=5)
jitter = dict(transform=lambda x: 2 * x + 1)
double = torch.float64
results = {
    "RealNVP": run("RealNVP", lambda: RealNVP(2), moons, double, **stop, **jitter),
    "ResidualFlow": run("ResidualFlow", lambda: ResidualFlow(2, 3), moons, double),
    "MADE": run("MADE", lambda: MADE(9), bits),
    "QuietGAN": run("QuietGAN", lambda: QuietGAN(2, penalty=1.0, critic_steps=2), rings),
    "HierarchicalVAE": run("HVAE", lambda: HierarchicalVAE(2, (2, 2), warmup=10), rings),
    "LatentDiffusion": run("Latent", lambda: LatentDiffusion(VAE(2), DDPM(2, steps=5)), moons),
    "FlowMatching": run("FM", lambda: FlowMatching(2), rings, steps=150, batch_size=256),
    "spoken": run("spoken", lambda: Spoken(2), rings, steps=3),
}
results["noises"] = Spoken.noises
if died:
    results["saved"] = torch.load(f"{out}.pt", weights_only=True)["step"]
    results["whole"] = run("whole", small, rings, steps=12)
    results["resumed"] = run("resumed", small, rings, **short)
torch.save(results, f"{out}.{distributed.rank()}")
"""


# Bên trong `torchrun` là elastic_launch. Gọi thẳng nó thì hai hạng được tách (fork) ra sau khi các
# gói đã nạp: cùng bộ máy mở, canh và dừng các hạng, mà chỉ nạp gói một lần.
FORKED = """
import runpy, sys, uuid
import torch._dynamo, torch.nn.parallel
from torch.distributed.launcher.api import LaunchConfig, elastic_launch
import course_utils.flows, course_utils.training
from course_utils import distributed

def work(*argv):
    sys.argv = list(argv)
    runpy.run_path(argv[0])
    distributed.leave()  # tiến trình tách ra kết thúc mà không qua atexit

one_machine = dict(rdzv_backend="c10d", rdzv_endpoint="localhost:0", run_id=str(uuid.uuid4()))
config = LaunchConfig(1, 1, 2, start_method="fork", max_restarts=0, **one_machine)
elastic_launch(config, work)(*sys.argv[1:])
"""


def launch(*command):
    """Chạy một lệnh Python mở hai hạng; trả tiến trình đã xong, với stderr."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, *map(str, command)]
    return subprocess.run(command, env=environment, timeout=180, capture_output=True, text=True)


def largest(a, b):
    return max((a[name].double() - b[name].double()).abs().max().item() for name in a)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Kết quả của một tiến trình và của hai hạng; lần chạy dưới torchrun có hạng bị giết."""
    folder = tmp_path_factory.mktemp("distributed")
    (folder / "train.py").write_text(TRAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["train.py", str(folder / "alone")])
        runpy.run_path(str(folder / "train.py"))
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")
    died = launch(*torchrun, folder / "train.py", folder / "both")
    died.waited = time.time() - torch.load(folder / "both.killed")
    (folder / "forked.py").write_text(FORKED)
    both = launch(folder / "forked.py", folder / "train.py", folder / "both")
    assert both.returncode == 0, both.stderr
    assert "reducer" not in both.stderr  # DDP không phàn nàn gì
    return *(torch.load(folder / name) for name in ("alone.0", "both.0", "both.1")), died


@pytest.mark.parametrize("name", ["RealNVP", "ResidualFlow", "MADE", "QuietGAN"])
def test_deterministic_losses_equal_the_single_process(runs, name):
    """Lô 63 chia 32 và 31; lô chung như nhau nên khác biệt chỉ là thứ tự cộng.

    20 bước Adam dời mỗi trọng số không quá 20·lr = 0.02, mỗi bước với sai số tương đối của gradient
    cỡ 1e3·ε (tổng vài trăm số hạng bù trừ nhau): 2e-2·1e3·6e-8 ≈ 1e-6 trong float32, dưới 1e-5.
    Hai luồng có ActNorm bắt đầu ở gradient đúng bằng 0, nơi Adam khuếch đại sai số làm tròn: chúng
    so bằng float64, g/(|g| + 1e-8) với |g| ~ 1e-16 cho bước lệch 1e-8·lr = 1e-11; sau 20 bước,
    dưới 1e-9.
    """
    alone, *ranks = (run[name] for run in runs[:3])
    double = next(iter(alone["state"].values())).dtype == torch.float64
    tolerance = 1e-9 if double else 1e-5
    for one in ranks:
        assert largest(alone["state"], one["state"]) < tolerance
        for key, values in alone["losses"].items():
            assert one["losses"][key] == pytest.approx(values, abs=tolerance)
        assert one["best"] == alone["best"]
        assert [v for _, v in one["validation"]] == pytest.approx(
            [v for _, v in alone["validation"]], abs=tolerance
        )


def test_all_ranks_end_equal(runs):
    """Mọi mô hình, kể cả có nhiễu: cùng trọng số, nhật ký và bộ sinh ở hai hạng, đúng từng bit."""
    _, first, second, _ = runs
    for name in first.keys() - {"noises", "saved"}:
        a, b = first[name], second[name]
        assert largest(a["state"], b["state"]) == 0
        assert (a["losses"], a["validation"], a["best"]) == (
            b["losses"],
            b["validation"],
            b["best"],
        )
        assert torch.equal(a["next"], b["next"])
        assert not a["mode"]
    assert int(first["HierarchicalVAE"]["state"]["updates"]) == 20  # tổng duyệt không bị đếm


def test_noise_differs_between_ranks(runs):
    first, second = (run["noises"][-3:] for run in runs[1:3])
    drawn = [tuple(noise) for noise in first + second]
    assert len(set(drawn)) == len(drawn)


def test_flow_matching_agrees_in_law(runs):
    """Có nhiễu thì chỉ bằng nhau theo phân phối: mất mát trung bình của 50 bước cuối.

    Hai lần chạy cùng lô, khác nhiễu; sai số chuẩn của hiệu từ độ tản của từng bước.
    """
    alone, both = (torch.tensor(run["FlowMatching"]["losses"]["loss"][-50:]) for run in runs[:2])
    error = ((alone.var() + both.var()) / 50).sqrt()
    assert abs(alone.mean() - both.mean()) < 6 * error
    assert largest(runs[0]["FlowMatching"]["state"], runs[1]["FlowMatching"]["state"]) > 0


def test_a_killed_process_stops_the_run_and_nothing_is_lost(runs):
    """Hạng 1 chết (SIGKILL) ở bước 7, checkpoint ở bước 5; chạy lại thì như chưa hề đứt."""
    *_, died = runs
    assert died.returncode != 0
    assert died.waited < 60  # hạng 0 không chờ hết kiên nhẫn của nhóm (5 phút)
    assert "Một tiến trình khác đã dừng, nên tiến trình hạng 0 cũng dừng." in died.stderr
    assert "both.pt còn nguyên" in died.stderr
    for run in runs[1:3]:
        assert run["saved"] == 5
        whole, resumed = run["whole"], run["resumed"]
        assert largest(whole["state"], resumed["state"]) == 0  # đúng từng bit
        assert whole["losses"] == resumed["losses"]
        assert torch.equal(whole["next"], resumed["next"])


# ------------------------------------------------------------------ không cần hai tiến trình


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(distributed, "size", lambda: 2)
    monkeypatch.setattr(distributed, "rank", lambda: 1)


def test_weights_of_uneven_shares(two, monkeypatch):
    """Trung bình theo hạng của weight·(trung bình phần) là trung bình của cả lô."""
    x = torch.randn(7, dtype=torch.float64)
    total = 0
    for rank, length in ((0, 4), (1, 3)):
        monkeypatch.setattr(distributed, "rank", lambda rank=rank: rank)
        part = distributed.share(x)
        assert len(part) == length
        total += distributed.weight(7) * part.mean() / 2
    assert torch.isclose(total, x.mean(), rtol=1e-14)


@pytest.mark.parametrize("few", [{"batch_size": 1}, {"validation": torch.zeros(1, 2)}])
def test_too_few_rows_are_refused_before_training(two, monkeypatch, few):
    """Cả khi thiếu là dữ liệu kiểm định: nói ngay, không đợi tới lần đo đầu tiên."""
    monkeypatch.setattr(distributed, "parallel", lambda *_: pytest.fail("đã bắt đầu"))
    with pytest.raises(InputError, match=r"1 điểm mà có 2 tiến trình.*batch_size"):
        fit(RealNVP(2), torch.zeros(9, 2), steps=1, progress=False, **few)


def test_lost_peers_are_reported_and_other_errors_pass(two):
    def fails(error):
        raise error

    act = distributed.together(lambda error, checkpoint=None: fails(error))
    gone = RuntimeError("[/pytorch/third_party/gloo/...] Connection closed by peer")
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(InputError, match=r"hạng 1 cũng dừng.*không có checkpoint"):
            act(gone)
        with pytest.raises(InputError, match=r"checkpoint run\.pt còn nguyên|run\.pt còn nguyên"):
            act(gone, checkpoint="run.pt")
        with pytest.raises(RuntimeError, match="shapes"):
            act(RuntimeError("shapes do not match"))
        wait = distributed.together(lambda: os.kill(os.getpid(), signal.SIGTERM))
        with pytest.raises(InputError, match="Một tiến trình khác đã dừng"):
            wait()
    finally:
        signal.signal(signal.SIGTERM, handler)


def test_one_process_is_left_alone(monkeypatch):
    """Không dưới torchrun: không nhóm, không bọc, không đổi bộ sinh; WORLD_SIZE = 1 cũng thế."""
    for name, value in {
        "RANK": "0",
        "WORLD_SIZE": "1",
        "MASTER_ADDR": "x",
        "MASTER_PORT": "1",
    }.items():
        monkeypatch.setenv(name, value)
    runtime.setup(0)
    assert (distributed.size(), distributed.rank(), distributed.is_main()) == (1, 0, True)
    state = torch.get_rng_state()
    distributed.own_noise(0, 3)
    distributed.agree_on_randomness(torch.device("cpu"))
    assert torch.equal(torch.get_rng_state(), state)
    losses = {"loss": print}
    assert distributed.parallel(RealNVP(2), [], losses, 1, None) is losses
    value = torch.ones(())
    assert distributed.mean(value) is value
    fit(RealNVP(2, 2, (4,)), torch.randn(9, 2), steps=1, progress=False)
    assert not torch.distributed.is_initialized()
