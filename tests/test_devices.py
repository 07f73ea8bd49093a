"""Mọi mô hình chạy ở thiết bị và kiểu số của nó, và cho cùng những con số như trên CPU.

Không có GPU vẫn thử được: thiết bị giả của `simulated_device` giữ tensor thật mà theo luật của
CUDA. Trộn hai thiết bị, quên chuyển một tensor, đưa bộ sinh số của CPU cho thiết bị kia đều là lỗi.
Những kiểm thử mang dấu `gpu` làm lại đúng những việc ấy trên CUDA, khi máy có nó.
"""

import copy
import inspect
import math

import matplotlib.pyplot as plt
import pytest
import torch
from simulated_device import simulated

import course_utils
from course_utils import (
    DDPM,
    GAN,
    GPT,
    IWAE,
    MADE,
    VAE,
    WGAN,
    FlowMatching,
    FlowVAE,
    GuidedDDPM,
    HierarchicalVAE,
    LatentDiffusion,
    PixelCNN,
    RectifiedFlow,
    ScoreSDE,
    WaveNet,
    autoregressive,
    diffusion,
    evaluation,
    flows,
    mixtures,
    plotting,
)
from course_utils.base import DensityModel, DiscreteModel, GenerativeModel
from course_utils.data import toy
from course_utils.diffusion import Captioned, TextEncoder, UNet
from course_utils.errors import InputError
from course_utils.flows import (
    CNF,
    FFJORD,
    IAF,
    MAF,
    NICE,
    Compose,
    DequantizedGlow,
    Flow,
    Glow,
    InvertibleLinear,
    NeuralSplineFlow,
    OdeFlow,
    Planar,
    Radial,
    RealNVP,
    ResidualFlow,
    Solver,
    VelocityMLP,
)
from course_utils.likelihoods import BernoulliLikelihood, LogisticMixtureLikelihood
from course_utils.mixtures import Gaussian, GaussianMixture, KernelDensity
from course_utils.training import fit

POINTS = torch.randn(4, 2)
LABELS = torch.arange(4) % 3
BITS = torch.randint(0, 2, (4, 9)).float()
DIGITS = torch.randint(0, 17, (4, 1, 8, 8)).float()
SMALL = torch.randint(0, 17, (4, 1, 3, 3)).float()
TWO_STEPS = Solver("rk4", steps=2)
MODELS = {
    "VAE": (lambda: VAE(2), POINTS),
    "VAE on bits": (lambda: VAE(9, likelihood=BernoulliLikelihood()), BITS),
    "IWAE": (lambda: IWAE(2, k=3), POINTS),
    "FlowVAE": (lambda: FlowVAE(2), POINTS),
    "HierarchicalVAE": (
        lambda: HierarchicalVAE((1, 8, 8), likelihood=LogisticMixtureLikelihood(17)),
        DIGITS,
    ),
    "GAN": (lambda: GAN(2), POINTS),
    "WGAN": (lambda: WGAN(2), POINTS),
    "MADE": (lambda: MADE(9), BITS),
    "PixelCNN": (lambda: PixelCNN((1, 3, 3), 17, channels=4, layers=3), SMALL),
    "WaveNet": (lambda: WaveNet(9, 2, channels=8, dilations=(1, 2, 4)), BITS),
    "GPT": (lambda: GPT(9, 2, width=16), BITS),
    "Gaussian": (lambda: Gaussian(2), POINTS),
    "GaussianMixture": (lambda: GaussianMixture(2, 3), POINTS),
    "InvertibleLinear": (lambda: Flow(InvertibleLinear(2), event_shape=2), POINTS),
    "NICE": (lambda: NICE(2, layers=3), POINTS),
    "KernelDensity": (lambda: KernelDensity(POINTS + 1), POINTS),
    "RealNVP": (lambda: RealNVP(2, layers=3), POINTS),
    "NeuralSplineFlow": (lambda: NeuralSplineFlow(2, layers=2), POINTS),
    "MAF": (lambda: MAF(2, layers=2), POINTS),
    "IAF": (lambda: IAF(2, layers=2), POINTS),
    "ResidualFlow": (lambda: ResidualFlow(2, 2), POINTS),
    "ResidualFlow on images": (
        lambda: ResidualFlow((1, 8, 8), 1, (4,), alpha=0.05),
        torch.rand(4, 1, 8, 8),
    ),
    "CNF": (lambda: CNF(2, training_solver=TWO_STEPS), POINTS),
    "CNF with an adaptive solver": (lambda: CNF(2).eval(), POINTS),
    "OdeFlow": (
        lambda: Flow(OdeFlow(VelocityMLP(2, (8, 8)), TWO_STEPS), event_shape=2),
        POINTS,
    ),
    "FFJORD": (lambda: FFJORD(2, training_solver=TWO_STEPS), POINTS),
    "FFJORD with an extra side": (
        lambda: FFJORD(2, augment=1, training_solver=TWO_STEPS),
        POINTS,
    ),
    "FlowMatching": (
        lambda: FlowMatching(2, coupling="ot", solver=TWO_STEPS),
        POINTS,
    ),
    "RectifiedFlow on images": (
        lambda: RectifiedFlow((1, 8, 8), alpha=0.05, solver=TWO_STEPS),
        torch.rand(4, 1, 8, 8),
    ),
    "DDPM": (lambda: DDPM(2, steps=5), POINTS),
    "DDPM on images": (lambda: DDPM((1, 8, 8), (8, 8), steps=5, levels=17), DIGITS),
    "GuidedDDPM": (lambda: GuidedDDPM(2, 3, steps=5), (POINTS, LABELS)),
    "GuidedDDPM on images": (
        lambda: GuidedDDPM((1, 8, 8), net=UNet((1, 8, 8), 4, classes=3), steps=5, levels=17),
        (DIGITS, LABELS),
    ),
    "GuidedDDPM on words": (
        lambda: GuidedDDPM(
            (1, 8, 8), net=Captioned(UNet((1, 8, 8), 4, context_dim=8), TextEncoder(8)), steps=5
        ),
        (DIGITS, torch.ones(4, 4).long()),
    ),
    "LatentDiffusion": (lambda: LatentDiffusion(VAE(2), DDPM(2, steps=5)), POINTS),
    "ScoreSDE": (lambda: ScoreSDE(2, solver=TWO_STEPS), POINTS),
    "ScoreSDE on images": (
        lambda: ScoreSDE(
            *((1, 8, 8), (8, 8)),
            **{"sde": "ve", "weighting": "likelihood", "alpha": 0.05},
            solver=TWO_STEPS,
        ),
        torch.rand(4, 1, 8, 8),
    ),
    "Planar": (lambda: Flow(Compose([Planar(2), Radial(2)]), event_shape=2), POINTS),
    "Glow": (lambda: Glow((1, 8, 8), steps=2, hidden=16), torch.rand(4, 1, 8, 8)),
    "DequantizedGlow": (
        lambda: DequantizedGlow((1, 8, 8), 17, steps=2, hidden=16, noise_steps=2, noise_hidden=8),
        DIGITS,
    ),
}
PUBLIC = {
    name
    for module in (course_utils, flows, autoregressive, diffusion, mixtures)
    for name in getattr(module, "__all__", dir(module))
    if isinstance(getattr(module, name), type)
    and issubclass(getattr(module, name), GenerativeModel)
}
# Lớp cha và khuôn: mỗi lớp con ở trên đã thử chúng.
PATTERNS = {"AutoregressiveModel", "SequenceModel", "DensityModel"}
MEASURES = ("log_prob", "elbo", "log_prob_estimate")


def test_every_public_model_is_tried():
    tried = {type(make()).__name__ for make, _ in MODELS.values()}
    assert tried >= PUBLIC - PATTERNS


def each(x, action):
    return tuple(map(action, x)) if isinstance(x, tuple) else action(x)


def outputs(model, x):
    """Mọi con số của một mô hình, tính từ cùng những hạt giống: tên -> tensor."""
    calls = {f"loss {o.name}": lambda o=o: o.loss(x) for o in model.objectives()}
    if not getattr(model, "augment", 0):  # luồng thêm chiều không có mật độ của riêng x
        calls |= {m: lambda m=m: getattr(model, m)(x) for m in MEASURES if hasattr(model, m)}
    calls["sample"] = lambda: model.sample(2)
    if "seed" in inspect.signature(model.sample).parameters:
        calls["seeded sample"] = lambda: model.sample(2, seed=1)
    found = {}
    for name, call in calls.items():
        torch.manual_seed(0)
        found[name] = call().detach()
    return found


def train(model, x, device):
    """Hai bước huấn luyện: (mất mát của từng mục tiêu, trạng thái sau đó)."""
    torch.manual_seed(0)
    history = fit(model, x, steps=2, batch_size=3, device=device, progress=False)
    return torch.tensor(list(history.losses.values())), model.state_dict()


def same(a, b):
    """Bằng nhau tới vài nghìn đơn vị cuối: hai thiết bị cộng những số ấy theo thứ tự khác."""
    slack = 4096 * torch.finfo(torch.float32).eps
    torch.testing.assert_close(a, b, rtol=slack, atol=slack)


@pytest.mark.parametrize("name", MODELS)
def test_another_device_gives_the_same_numbers(name):
    make, x = MODELS[name]
    torch.manual_seed(0)
    here = make()
    expected = outputs(here, x)
    with simulated() as device:
        there = copy.deepcopy(here).to(device)
        assert {value.device for value in there.state_dict().values()} == {device}
        found = outputs(there, each(x, lambda part: part.to(device)))
        assert {value.device for value in found.values()} == {device}
        for key, value in expected.items():
            same(found[key].cpu(), value)


@pytest.mark.parametrize("name", [n for n in MODELS if "extra side" not in n])
def test_data_left_on_the_cpu_is_explained(name):
    make, x = MODELS[name]
    with simulated() as device:
        model = make().to(device)
        for measure in filter(lambda m: hasattr(model, m), MEASURES):
            with pytest.raises(InputError, match=r'x` ở thiết bị cpu.*x\.to\("meta"\)'):
                getattr(model, measure)(x)


@pytest.mark.parametrize("name", MODELS)
def test_training_on_another_device_gives_the_same_losses(name):
    make, x = MODELS[name]
    torch.manual_seed(0)
    here = make()
    there = copy.deepcopy(here)
    expected, _ = train(here, x, "cpu")
    with simulated() as device:
        losses, state = train(there, x, device)
        assert {value.device for value in state.values()} == {device}
    same(losses, expected)


@pytest.mark.parametrize("name", MODELS)
def test_the_numbers_keep_the_dtype_of_the_model(name):
    make, x = MODELS[name]
    model = make().double()
    found = outputs(
        model, each(x, lambda part: part.double() if part.is_floating_point() else part)
    )
    for key, value in found.items():
        if isinstance(model, DiscreteModel) and "sample" in key:
            continue  # mẫu là số nguyên
        assert value.dtype == torch.float64, key


def test_measures_and_plots_take_samples_of_any_device():
    ring = toy.EightGaussians()
    real, fake, centers = ring.sample(200, seed=0), torch.randn(200, 2), ring.means
    flow = RealNVP(2)

    def measured(real, fake, centers, flow):
        pairs = ("mmd2", "coverage", "precision", "frechet_distance")
        found = [getattr(evaluation, name)(real, fake) for name in pairs]
        modes = evaluation.mode_coverage(real, centers, 0.5)
        found += [modes.found, modes.shares.tolist(), evaluation.nll(flow, real)]
        plotting.scatter(real)
        plotting.density(flow, (-1, 1, -1, 1), size=5)
        plotting.image_grid(fake.view(-1, 1, 5, 2))
        plt.close("all")
        return [*found, *evaluation.gap_to_entropy(flow, ring, n=100)]

    expected = measured(real, fake, centers, flow)
    with simulated() as device:
        found = measured(*(thing.to(device) for thing in (real, fake, centers, flow)))
    assert found[:-3] == expected[:-3]  # tính trên CPU, cùng một mã
    same(torch.tensor(found[-3:]), torch.tensor(expected[-3:]))


def test_training_goes_on_from_a_checkpoint_of_another_device(tmp_path):
    """Dừng ở bước 3, tệp của bước 2: đọc lại trên thiết bị ấy thì như chưa hề dừng."""
    path, settings = tmp_path / "run.pt", {"steps": 5, "batch_size": 3, "progress": False}

    def stop(step):
        if step == 3:
            raise KeyboardInterrupt

    def start(**options):
        torch.manual_seed(0)
        model = VAE(2).to(device)
        return model, fit(model, POINTS.to(device), **settings, **options)

    with simulated() as device:
        straight, expected = start()
        saving = {"checkpoint": path, "checkpoint_every": 2}
        with pytest.raises(KeyboardInterrupt):
            start(on_step=stop, **saving)
        resumed, history = start(**saving)
        assert history.loss == expected.loss
        for name, value in resumed.state_dict().items():
            assert value.device == device
            assert torch.equal(value.cpu(), straight.state_dict()[name].cpu()), name


# ---- Thiết bị giả có bắt lỗi thật không


def test_the_simulated_device_has_the_rules_of_cuda():
    with simulated() as device:
        there = torch.ones(2, 3).to(device)
        assert there.device == device
        assert (there + torch.tensor(1.0)).sum().item() == 12  # số vô hướng của CPU: được
        assert there[torch.tensor([0])].tolist() == [[1.0, 1.0, 1.0]]  # chỉ số của CPU: được
        with pytest.raises(RuntimeError, match="same device"):
            there + torch.ones(2, 3)
        with pytest.raises(RuntimeError, match="generator"):
            torch.randn(2, device=device, generator=torch.Generator())
        with pytest.raises(TypeError, match=r"Use Tensor\.cpu"):
            there.numpy()
        assert there.cpu().numpy().sum() == 6
        with torch.inference_mode():
            assert there[:1].view(3).tolist() == [1.0, 1.0, 1.0]


# ---- Trên GPU thật


@pytest.mark.gpu
@pytest.mark.parametrize("name", MODELS)
def test_cuda_gives_the_numbers_of_the_cpu(name):
    """Những đại lượng không rút thăm trên GPU phải khớp; còn lại phải hữu hạn và đúng chỗ."""
    make, x = MODELS[name]
    torch.manual_seed(0)
    here = make()
    there = copy.deepcopy(here).cuda()
    found = outputs(there, each(x, lambda part: part.cuda()))
    assert {value.device.type for value in found.values()} == {"cuda"}
    assert all(value.isfinite().all() for value in found.values())
    if isinstance(here, DensityModel | DiscreteModel) and not here.training:
        same(found["log_prob"].cpu(), outputs(here, x)["log_prob"])


@pytest.mark.gpu
@pytest.mark.parametrize("name", MODELS)
def test_cuda_trains_every_model(name):
    make, x = MODELS[name]
    torch.manual_seed(0)
    losses, state = train(make(), x, "cuda")
    assert losses.isfinite().all()
    assert {value.device.type for value in state.values()} == {"cuda"}


@pytest.mark.gpu
@pytest.mark.parametrize("options", [{"precision": "bf16"}, {"compile": True}])
def test_cuda_takes_the_options_of_fit(options):
    model = VAE(2)
    history = fit(model, POINTS, steps=3, batch_size=3, device="cuda", progress=False, **options)
    assert all(map(math.isfinite, history.loss))
    assert {value.dtype for value in model.state_dict().values()} == {torch.float32}
