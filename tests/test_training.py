"""`fit`: đạt đáp án dạng đóng, lặp lại được, dừng sớm, và nói khi số hỏng."""

import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from course_utils import DDPM, GAN, VAE, FlowMatching, runtime
from course_utils.base import GenerativeModel, Objective
from course_utils.data import toy
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy, nll
from course_utils.flows import Flow, InvertibleLinear, RealNVP, ResidualFlow, StandardNormal
from course_utils.training import fit, learning_rate


def linear_flow():
    return Flow(InvertibleLinear(3), StandardNormal((3,))).double()


@pytest.mark.equation("eq-mle")
@pytest.mark.equation("eq-cov-linear")
def test_linear_flow_on_gaussian_data_reaches_the_closed_form():
    """NLL nhỏ nhất trên chính mẫu: ½ ln det(2πe Σ̂), Σ̂ là hiệp phương sai mẫu (chia cho N)."""
    g = torch.Generator().manual_seed(0)
    mixing = torch.randn(3, 3, generator=g, dtype=torch.float64)
    x = torch.randn(2000, 3, generator=g, dtype=torch.float64) @ mixing.T + 2
    flow = linear_flow()
    fit(flow, x, steps=1500, batch_size=2000, lr=3e-2, progress=False)
    covariance = torch.cov(x.T, correction=0)
    best = 0.5 * torch.linalg.slogdet(2 * math.pi * math.e * covariance).logabsdet.item()
    # Lô là N điểm lấy có hoàn lại: nhiễu gradient để lại một khoảng dư bậc D²/N.
    assert 0 <= nll(flow, x) - best < 9 / 2000


def test_same_seed_same_weights():
    runs = []
    for _ in range(2):
        runtime.set_seed(0)
        model = RealNVP(2, layers=2, hidden=(8,))
        fit(model, toy.get("two_moons"), steps=20, batch_size=64, seed=5, progress=False)
        runs.append(torch.cat([p.flatten() for p in model.parameters()]))
    assert torch.equal(*runs)


class Waits(TorchDispatchMode):
    """Đếm những phép bắt CPU đợi thiết bị: đọc một số, hay một hình dạng tùy giá trị."""

    NAMES = ("aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select", "aten::equal")

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, operation, types, arguments=(), keywords=None):
        self.count += operation.name().split(".")[0] in self.NAMES
        return operation(*arguments, **(keywords or {}))


@pytest.mark.parametrize("family", [RealNVP, ResidualFlow, FlowMatching, DDPM, VAE, GAN])
def test_no_step_waits_for_the_device(family):
    """Thêm bước không thêm lần đợi nào: chỉ bước đầu, và mỗi 50 bước, mới đọc một giá trị."""
    counts = []
    for steps in (3, 7):
        with Waits() as waits:
            fit(family(2), toy.get("two_moons"), steps=steps, batch_size=16, progress=False)
        counts.append(waits.count)
    assert counts[0] == counts[1] > 0


def test_a_reloaded_actnorm_is_initialized_again():
    """Trạng thái của một mô hình chưa huấn luyện trả tầng chuẩn hóa về lúc đầu."""
    torch.manual_seed(0)
    flow, x = RealNVP(2, layers=2, hidden=(8,)), torch.randn(50, 2)
    fresh = {name: value.clone() for name, value in flow.state_dict().items()}
    flow.train()
    flow.log_prob(3 + x)
    flow.load_state_dict(fresh)
    flow.log_prob(9 + x)
    norm = flow.transform.transforms[-1]
    assert torch.allclose(norm.inverse(9 + x)[0].mean(0), torch.zeros(2), atol=1e-5)


def test_early_stopping_returns_the_best_state():
    runtime.set_seed(0)
    x = torch.randn(20, 2)  # quá ít điểm: mô hình sẽ quá khớp
    validation = torch.randn(500, 2)
    model = RealNVP(2, layers=6, hidden=(64, 64))
    history = fit(
        model, x, steps=300, lr=5e-3, progress=False, validation=validation, validate_every=10
    )
    values = dict(history.validation)
    assert history.best_step == min(values, key=values.get)
    assert history.best_step < 300
    assert nll(model, validation) == pytest.approx(values[history.best_step], abs=1e-5)
    assert history.steps == 300
    assert not model.training


def test_non_finite_loss_is_reported():
    # Dữ liệu hữu hạn nhưng bình phương của nó tràn float32: mất mát vô cực.
    with pytest.raises(InputError, match=r"Mất mát thành inf.*giảm lr"):
        fit(linear_flow().float(), torch.full((100, 3), 1e30), steps=5, progress=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": 0}, "steps = 0; cần một số nguyên dương"),
        ({"steps": 1e3}, "steps = 1000.0; cần"),
        ({"batch_size": 0}, "batch_size = 0; cần"),
        ({"validate_every": 0}, "validate_every = 0; cần"),
        ({"data": [[0.0, 1.0]]}, "kiểu list; cần một torch.Tensor"),
        ({"data": torch.zeros(9, 2).numpy()}, "kiểu ndarray; .*as_tensor"),
    ],
)
def test_bad_settings_are_told(change, message):
    settings = {"data": torch.zeros(9, 2), "steps": 1, "progress": False} | change
    with pytest.raises(InputError, match=message):
        fit(RealNVP(2, layers=2, hidden=(8,)), **settings)


def test_transform_is_applied_to_every_batch():
    model = RealNVP(2, layers=2, hidden=(8,))
    shapes = []

    def transform(batch):
        shapes.append(tuple(batch.shape))
        return batch + 1

    fit(model, torch.zeros(50, 2), steps=3, batch_size=8, progress=False, transform=transform)
    assert shapes == [(8, 2)] * 3


def test_progress_bar_reads_well(capsys):
    fit(RealNVP(2, layers=2, hidden=(8,)), toy.get("rings"), steps=5, batch_size=16)
    text = capsys.readouterr().err
    assert "Huấn luyện" in text
    assert "mất mát" in text
    assert "bước" in text


@pytest.mark.equation("eq-mle")
def test_gap_of_the_truth_is_zero_and_of_a_wrong_model_its_kl():
    flow = Flow(InvertibleLinear(2), StandardNormal((2,)))  # trực giao: vẫn là N(0, I)
    truth = toy.Mixture(torch.ones(1), torch.zeros(1, 2), torch.eye(2)[None])
    gap, error = gap_to_entropy(flow, truth)
    assert abs(gap) < 6 * error + 1e-6
    shifted = toy.Mixture(torch.ones(1), torch.tensor([[1.0, 0.0]]), torch.eye(2)[None])
    gap, error = gap_to_entropy(flow, shifted)
    assert abs(gap - 0.5) < 6 * error  # KL(N(m, I) ‖ N(0, I)) = ‖m‖²/2


def test_setup_sets_threads_and_seed(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    device = runtime.setup(seed=3)
    first = torch.rand(3)
    runtime.setup(seed=3)
    assert torch.equal(torch.rand(3), first)
    assert torch.get_num_threads() == 1
    assert device == runtime.get_device()


class Rivals(GenerativeModel):
    """Hai số, hai mục tiêu: `a` hạ (a + b)², `b` hạ (a − b)²; ghi lại các lần gọi."""

    def __init__(self):
        super().__init__()
        self.event_shape = (2,)
        self.a = torch.nn.Parameter(torch.tensor(3.0))
        self.b = torch.nn.Parameter(torch.tensor(1.0))
        self.calls = []

    def first(self, x):
        self.calls.append(("first", self.a.item(), self.b.item()))
        return (self.a + self.b).square()

    def loss(self, x):
        self.calls.append(("second", self.a.item(), self.b.item()))
        return (self.a - self.b).square()

    def objectives(self):
        return [
            Objective("first", [self.a], self.first, 3),
            Objective("second", [self.b], self.loss),
        ]


def test_objectives_take_turns_and_move_only_their_own_parameters():
    model, seen = Rivals(), []
    history = fit(model, torch.zeros(8, 2), steps=4, lr=1e-2, progress=False, on_step=seen.append)
    assert [name for name, _, _ in model.calls] == ["first", "first", "first", "second"] * 4
    for before, after in zip(model.calls, model.calls[1:], strict=False):
        moved = ("a", "b")[before[0] == "second"]
        assert (before[1] != after[1]) == (moved == "a")
        assert (before[2] != after[2]) == (moved == "b")
    assert seen == [1, 2, 3, 4]
    assert list(history.losses) == ["first", "second"]
    assert history.loss == history.losses["second"]
    assert [len(v) for v in history.losses.values()] == [4, 4]


def test_one_objective_is_the_plain_loop():
    """Mô hình một mục tiêu: đúng đến từng bit như một vòng Adam viết tay."""
    x = torch.randn(100, 2, generator=torch.Generator().manual_seed(0))
    runs = []
    for by_hand in (False, True):
        runtime.set_seed(0)
        model = RealNVP(2, layers=2, hidden=(8,))
        if not by_hand:
            history = fit(model, x, steps=10, batch_size=16, seed=5, progress=False)
            assert history.losses == {"loss": history.loss}
        else:
            generator = torch.Generator().manual_seed(5)
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
            for step in range(10):
                batch = x[torch.randint(100, (16,), generator=generator)]
                optimizer.zero_grad()
                model.loss(batch).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
                optimizer.param_groups[0]["lr"] = 1e-3 * learning_rate(step, 10)
                optimizer.step()
        runs.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    assert torch.equal(*runs)


class Pairs(GenerativeModel):
    """Nhớ mọi cặp (x, nhãn) mình nhận; mất mát là một hằng nhân một tham số."""

    def __init__(self):
        super().__init__()
        self.event_shape = (1,)
        self.a = torch.nn.Parameter(torch.ones(()))
        self.seen = []

    def check(self, x, name="x"):
        pass

    def loss(self, x):
        self.seen.append(x)
        return self.a.square()


def test_pairs_stay_together():
    """Dữ liệu là bộ tensor: mỗi lô lấy cùng những hàng của mọi phần, như khi chỉ có một phần."""
    x, labels = torch.arange(50.0)[:, None], torch.arange(50)
    both, alone = Pairs(), Pairs()
    settings = {"steps": 5, "batch_size": 16, "seed": 3, "progress": False}
    history = fit(both, (x, labels), validation=(x[:3], labels[:3]), **settings)
    fit(alone, x, **settings)
    assert history.validation[-1][0] == 5
    *batches, checked = both.seen
    for (points, tags), single in zip(batches, alone.seen, strict=True):
        assert torch.equal(points[:, 0].long(), tags)
        assert torch.equal(points, single)
    assert torch.equal(checked[1], labels[:3])
    doubled = Pairs()
    fit(doubled, (x, labels), transform=lambda pair: (2 * pair[0], pair[1]), **settings)
    assert torch.equal(doubled.seen[0][0], 2 * batches[0][0])
    with pytest.raises(InputError, match=r"\[49, 50\] hàng"):
        fit(both, (x, labels[:49]), **settings)


class Precise(GenerativeModel):
    """Hồi quy tuyến tính; nhớ kiểu số của phép nhân ma trận ở mỗi lần tính mất mát."""

    def __init__(self):
        super().__init__()
        self.event_shape = (4,)
        self.linear = torch.nn.Linear(4, 4)
        self.seen = []

    def loss(self, x):
        y = self.linear(x)
        self.seen.append(y.dtype)
        return (y.float() - x).square().mean()


def test_bf16_is_for_the_matrices_of_the_loss_only():
    x = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))
    losses = {}
    for precision in (None, "bf16"):
        runtime.set_seed(0)
        model = Precise()
        history = fit(
            model, x, steps=50, lr=1e-2, progress=False, precision=precision, validation=x
        )
        losses[precision] = history.loss
        *training, measured = model.seen
        assert set(training) == {torch.float32 if precision is None else torch.bfloat16}
        assert measured == torch.float32  # phép đo kiểm định không làm tròn
        assert {p.dtype for p in model.parameters()} == {torch.float32}
        assert history.validation[-1][1] == model.loss(x).item()
    # bfloat16 giữ 8 bit: sai số tương đối của một giá trị tới 2⁻⁹, của bình phương tới 2⁻⁸; ba
    # chỗ làm tròn (đầu vào, trọng số, đầu ra).
    assert losses["bf16"] == pytest.approx(losses[None], rel=3 * 2**-8)
    assert losses["bf16"] != losses[None]
    with pytest.raises(InputError, match=r"precision = 'fp8'; chỉ có None.*\"bf16\""):
        fit(Precise(), x, steps=1, progress=False, precision="fp8")
    with pytest.raises(InputError, match=r"không làm được bằng bfloat16.*Hãy bỏ precision"):
        fit(ResidualFlow(4, 2), x, steps=1, progress=False, precision="bf16")


@pytest.mark.parametrize("make", [lambda: RealNVP(2, 2, (8,)), lambda: GAN(2, hidden=(8,))])
def test_compiled_loss_is_the_same_loss(make, monkeypatch):
    """Đồ thị mà torch.compile bắt được, chạy lại bằng đúng các phép tính cũ: cùng từng bit."""
    compiled = []

    def spy(loss, real=torch.compile):
        compiled.append(loss)
        return real(loss, backend="eager")

    monkeypatch.setattr(torch, "compile", spy)
    states = []
    for compile in (False, True):
        runtime.set_seed(0)
        model = make()
        fit(model, toy.get("rings"), steps=4, batch_size=16, progress=False, compile=compile)
        states.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    assert torch.equal(*states)
    assert len(compiled) == len(model.objectives())


def test_a_failed_compilation_is_told(monkeypatch):
    def broken(graph, inputs):
        raise RuntimeError("no C++ compiler")

    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda loss: real(loss, backend=broken))
    with pytest.raises(InputError, match=r"torch\.compile không dịch được.*Hãy bỏ compile=True"):
        fit(RealNVP(2, 2, (8,)), toy.get("rings"), steps=1, progress=False, compile=True)
