"""Dẫn hướng: so với đáp án đóng của hai Gauss, và với từng điều mà lý thuyết hứa."""

import itertools
import math

import pytest
import torch
from torch import nn

from course_utils import DDPM, GuidedDDPM
from course_utils.diffusion import (
    Captioned,
    ConditionalMLP,
    NoiseSchedule,
    TextEncoder,
    UNet,
    classifier_guided,
    cosine_schedule,
    guided,
    linear_schedule,
)
from course_utils.diffusion.parameterizations import KINDS, target
from course_utils.errors import InputError
from course_utils.training import fit

# Hai lớp N(m_c, v_c) với trọng số π_c, rồi mục «không nói».
MEANS = torch.tensor([1.0, -2.0], dtype=torch.float64)
VARIANCES = torch.tensor([0.25, 0.5], dtype=torch.float64)
WEIGHTS = torch.tensor([0.3, 0.7], dtype=torch.float64)
M, V = 1.0, 0.25  # ví dụ tính tay: p = N(0, 1), p(x | c) = N(M, V)


class Exact(nn.Module):
    """E[đích | x_k, c] của hỗn hợp một chiều; điều kiện 2 là «không nói».

    `prior` cho luật chung là N(0, 1) thay cho hỗn hợp.
    """

    def __init__(self, schedule, kind="eps", prior=False):
        super().__init__()
        self.schedule, self.kind, self.prior = schedule, kind, prior
        self.register_buffer("null", torch.tensor(2))

    def level(self, s):
        k = (torch.as_tensor(s).double() * self.schedule.steps).round().long().reshape(-1, 1)
        return self.schedule.a[k], self.schedule.sigma[k]

    def logits(self, s, x):
        """log π_c p_s(x | c), (n, 2)."""
        a, sigma = self.level(s)
        normal = torch.distributions.Normal(a * MEANS, (a**2 * VARIANCES + sigma**2).sqrt())
        return WEIGHTS.log() + normal.log_prob(x)

    def forward(self, s, x, condition=None):
        a, sigma = self.level(s)
        each = sigma * (x - a * MEANS) / (a**2 * VARIANCES + sigma**2)  # −σ∇log p_s(x | c)
        overall = (self.logits(s, x).softmax(1) * each).sum(1, keepdim=True)
        if self.prior:
            overall = sigma * x
        condition = self.null if condition is None else condition
        rows = torch.cat([each, overall], 1)
        eps = rows.gather(1, condition.expand(len(x))[:, None])
        return target(self.kind, (x - sigma * eps) / a, eps, a, sigma)


def exact_model(schedule=None, kind="eps", prior=False, **settings):
    schedule = schedule or cosine_schedule(40)
    net = Exact(schedule, kind, prior)
    return GuidedDDPM(1, net=net, schedule=schedule, prediction=kind, **settings).double().eval()


POINTS = torch.linspace(-3, 3, 13, dtype=torch.float64)[:, None]


# ---- Một công thức, ba cách viết


@pytest.mark.equation("eq-cfg")
@pytest.mark.equation("eq-class-score")
@pytest.mark.parametrize("w", [0.0, 0.5, 1.0, 3.0])
def test_guidance_adds_the_gradient_of_the_classifier(w):
    """s_u + w(s_c − s_u) = s_u + w∇log p(c | x), với gradient lấy bằng autograd."""
    net, x = exact_model().net, POINTS.clone().requires_grad_()
    for s in (0.1, 0.5, 0.9):
        sigma = net.level(s)[1]
        unconditional, conditional = (-net(s, x, torch.tensor(c)) / sigma for c in (2, 0))
        posterior = net.logits(s, x).log_softmax(1)[:, 0]
        (slope,) = torch.autograd.grad(posterior.sum(), x)
        expected = unconditional + w * slope
        torch.testing.assert_close(guided(unconditional, conditional, w), expected)


@pytest.mark.equation("eq-classifier-guidance")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("w", [0.0, 1.0, 2.5])
def test_classifier_guidance_and_guidance_without_classifier_agree(kind, w):
    """Với điểm số và bộ phân loại chính xác, hai cách là một, ở mọi tham số hóa."""
    model = exact_model(kind=kind)
    plain = model.given(2)
    other = classifier_guided(
        plain, lambda s, x: model.net.logits(s, x).log_softmax(1)[:, 1], guidance=w
    )
    z = POINTS
    torch.testing.assert_close(other.path(z), model.given(1, w).path(z))
    k = torch.arange(1, 14)
    with torch.inference_mode():
        found = other.denoise(k, z)
        torch.testing.assert_close(found, model.given(1, w).denoise(k, z))
        assert torch.equal(other.sample(4, seed=1), other.sample(4, seed=1))


@pytest.mark.equation("eq-cfg")
@pytest.mark.parametrize("kind", KINDS)
def test_guidance_means_the_same_in_every_parameterization(kind):
    reference = exact_model().given(0, 3.0).path(POINTS)
    torch.testing.assert_close(exact_model(kind=kind).given(0, 3.0).path(POINTS), reference)


def test_weight_zero_ignores_and_weight_one_obeys():
    model = exact_model()
    torch.testing.assert_close(model.given(0, 0.0).path(POINTS), model.path(POINTS))
    both = model.given(torch.tensor([0, 1] * 6 + [0])).path(POINTS)
    for c in (0, 1):
        torch.testing.assert_close(both[:, c::2], model.given(c).path(POINTS)[:, c::2])


# ---- Luật của mẫu dẫn hướng, khi luật chung là N(0, 1) và luật có điều kiện là N(M, V)


def ode_law(w, start):
    """Trung bình và độ lệch chuẩn khi đi theo ODE từ N(0, 1) ở a = start tới a = 1.

    v_a = 1 − (1 − V)a²; x_a = v_a^{w/2}(x_start v_start^{−w/2} + wM∫ v_r^{−1−w/2} dr).
    """
    a = torch.linspace(start, 1, 100_001, dtype=torch.float64)
    v = 1 - (1 - V) * a**2
    integral = torch.trapezoid(v ** (-1 - w / 2), a)
    return w * M * V ** (w / 2) * integral, (V / v[0]) ** (w / 2)


@pytest.mark.equation("eq-guided-gaussian")
@pytest.mark.parametrize("w", [1.0, 2.0, 4.0])
def test_deterministic_samples_of_a_gaussian_have_the_closed_form_law(w):
    """DDIM với điểm số dẫn hướng là ánh xạ affine; nó hội tụ bậc 1 tới nghiệm đóng của ODE."""
    schedule = linear_schedule(800)
    model = exact_model(schedule, prior=True).given(0, w)
    ends = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    exact = torch.stack(ode_law(w, float(schedule.a[-1])))
    laws = []
    for steps in (200, 400, 800):
        shift, one = model.generate(ends, steps)[:, 0]
        laws.append(torch.stack([shift, one - shift]))
    errors = [(law - exact).abs() for law in laws]
    for coarse, fine in itertools.pairwise(errors):
        assert ((fine / coarse - 0.5).abs() < 0.12).all()  # bậc 1: nửa bước, nửa sai số
    # Ngoại suy khử sai số bậc 1: phần còn lại phải nhỏ hơn hẳn.
    assert ((2 * laws[2] - laws[1] - exact).abs() < 0.15 * errors[2]).all()
    if w > 1:
        tempered = math.sqrt(V / (V + w * (1 - V)))
        assert laws[2][1] + 10 * errors[2][1] < tempered


@pytest.mark.equation("eq-guided-gaussian")
@pytest.mark.equation("eq-tempered")
@pytest.mark.parametrize("w", [1.0, 2.0, 4.0])
def test_stochastic_samples_of_a_gaussian_have_another_law(w):
    """Phương sai của mẫu "ancestral" cộng dồn đúng từng bước; giới hạn là công thức của SDE.

    Cùng một điểm số, ba luật: ODE < SDE < luật nguội khi w > 1.
    """
    kappa, found, errors = 1 - V, [], []
    sde = torch.tensor(
        [M * (1 - V**w) / kappa, V * (1 - V ** (2 * w - 1)) / ((2 * w - 1) * kappa)],
        dtype=torch.float64,
    )
    for steps in (250, 500):
        model = exact_model(linear_schedule(steps), prior=True, variance="posterior").given(0, w)
        ends, variance = torch.tensor([[0.0], [1.0]], dtype=torch.float64), 1.0
        mean = torch.zeros((), dtype=torch.float64)
        for k in range(steps, 0, -1):
            x, scale = model.reverse_step(ends, k, k - 1, model.denoise(k, ends), "ancestral", 0)
            shift, slope = x[0, 0], x[1, 0] - x[0, 0]
            mean, variance = shift + slope * mean, slope**2 * variance + scale**2
        found.append(torch.stack([mean, variance]))
        errors.append((found[-1] - sde).abs())
    # Xuất phát từ N(0, 1) chứ không từ luật đúng ở a_T: lệch a_T, còn lại a_T·a_T ở cuối đường.
    start = w * float(model.schedule.alpha_bar[-1])
    assert (errors[1] < 0.65 * errors[0] + start).all()
    assert ((2 * found[1] - found[0] - sde).abs() < 0.01).all()
    variance = 2 * found[1][1] - found[0][1]
    tempered = V / (V + w * kappa)
    assert variance == pytest.approx(float(sde[1]), abs=0.01)
    if w > 1:
        assert V**w < variance < tempered


# ---- Huấn luyện


class Recorder(nn.Module):
    """Mạng chỉ ghi lại điều kiện mình nghe, cạnh điểm dữ liệu mang cùng nhãn."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.register_buffer("null", torch.tensor(5))
        self.heard = []

    def forward(self, s, x, condition):
        self.heard.append(condition.clone())
        return self.weight * x


@pytest.mark.parametrize("drop", [0.0, 0.1, 0.5])
def test_conditions_are_dropped_at_the_stated_rate_and_stay_with_their_points(drop):
    net = Recorder()
    model = GuidedDDPM(1, net=net, drop=drop)
    labels = torch.arange(4).repeat(2500)
    for _ in range(4):
        model.loss((torch.randn(len(labels), 1), labels))
    heard = torch.stack(net.heard)
    dropped = heard == 5
    assert torch.equal(heard[~dropped], labels.expand(4, -1)[~dropped])
    error = math.sqrt(drop * (1 - drop) / heard.numel())
    assert abs(dropped.double().mean() - drop) <= 6 * error


@pytest.mark.equation("eq-simple-loss")
def test_the_exact_net_has_the_least_loss_given_the_condition():
    """Lớp c là N(m, v): mất mát nhỏ nhất ở bước k là a²v/(a²v + σ²), trung bình trên k."""
    model = exact_model(drop=0.0)
    a, sigma = model.schedule.a[1:], model.schedule.sigma[1:]
    floors = torch.stack([a**2 * v / (a**2 * v + sigma**2) for v in VARIANCES]).mean(1)
    g = torch.Generator().manual_seed(0)
    for c in (0, 1):
        losses = []
        for _ in range(50):
            noise = torch.randn(400, 1, generator=g, dtype=torch.float64)
            x = MEANS[c] + VARIANCES[c].sqrt() * noise
            losses.append(model.loss((x, torch.full((400,), c))))
        losses = torch.stack(losses)
        error = losses.std() / math.sqrt(len(losses))
        assert abs(losses.mean() - floors[c]) < 6 * error


def test_a_short_fit_learns_each_class_and_guidance_narrows_it():
    torch.manual_seed(0)
    centers = torch.tensor([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
    labels = torch.randint(3, (3000,))
    x = centers[labels] + 0.4 * torch.randn(3000, 2)
    model = GuidedDDPM(2, 3, (32, 32), steps=40)
    fit(model, (x, labels), steps=400, lr=1e-2, batch_size=256, progress=False)
    spreads = []
    for w in (1.0, 4.0):
        samples = model.sample(400, torch.arange(3).repeat(200)[:400], w, seed=0)
        near = torch.cdist(samples, centers).argmin(1)
        assert (near == torch.arange(3).repeat(200)[:400]).double().mean() > 0.97
        spreads.append((samples - centers[near]).std())
    assert spreads[1] < 0.8 * spreads[0]
    # Không đưa điều kiện: cả ba lớp. Trung bình mỗi lớp 1/3 của 400 mẫu.
    near = torch.cdist(model.sample(400, seed=1), centers).argmin(1)
    assert (near.bincount(minlength=3) - 400 / 3).abs().max() < 6 * math.sqrt(400 * 2 / 9) * 1.5


@pytest.mark.equation("eq-ddpm-elbo")
def test_the_bound_of_a_pair_is_below_its_log_density():
    """Mạng chính xác: E elbo(x, c) ≤ log p(x | c), và hiệu nhỏ dần khi T tăng."""
    g = torch.Generator().manual_seed(0)
    labels = torch.randint(2, (4000,), generator=g)
    noise = torch.randn(4000, 1, generator=g, dtype=torch.float64)
    x = MEANS[labels, None] + VARIANCES[labels, None].sqrt() * noise
    normal = torch.distributions.Normal(MEANS[labels], VARIANCES[labels].sqrt())
    gaps = []
    for steps in (10, 160):
        model = exact_model(linear_schedule(steps), variance="posterior")
        torch.manual_seed(0)
        gap = normal.log_prob(x[:, 0]) - model.elbo((x, labels), terms=5)
        gaps.append(float(gap.mean()))
        assert gaps[-1] > -6 * float(gap.std()) / math.sqrt(len(gap))
    assert gaps[1] < 0.5 * gaps[0]


# ---- Mô hình


MODELS = {
    "labels": (lambda: GuidedDDPM(2, 3, (8, 8), steps=5), lambda n: torch.arange(n) % 3),
    "images": (
        lambda: GuidedDDPM((1, 4, 4), net=UNet((1, 4, 4), 4, classes=3), steps=5, levels=17),
        lambda n: torch.arange(n) % 3,
    ),
    "words": (
        lambda: GuidedDDPM(
            (1, 4, 4), net=Captioned(UNet((1, 4, 4), 4, context_dim=8), TextEncoder(8)), steps=5
        ),
        lambda n: torch.randint(15, (n, 4)),
    ),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_point_any_dtype_no_grad_and_inference_mode(name, dtype):
    make, conditions = MODELS[name]
    model = make().to(dtype).eval()
    x, c = torch.zeros(1, *model.event_shape, dtype=dtype), conditions(1)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert model.loss((x, c)).isfinite()
            assert model.elbo((x, c)).shape == (1,)
            assert model.elbo(x).shape == (1,)
    assert model.loss((x, c)).requires_grad
    assert model.loss(x).requires_grad
    samples = model.sample(3, conditions(1), 2.0, seed=0)
    assert samples.dtype == dtype


@pytest.mark.parametrize("name", MODELS)
def test_fit_takes_pairs(name):
    make, conditions = MODELS[name]
    model = make()
    x = torch.randint(17, (20, *model.event_shape)).float()
    history = fit(model, (x, conditions(20)), steps=3, batch_size=8, progress=False)
    assert history.steps == 3
    assert not model.training


def test_the_conditional_mlp_hears_only_through_its_label():
    net = ConditionalMLP(2, 3, (8, 8)).double()
    x, s = torch.randn(4, 2, dtype=torch.float64), torch.rand(4, dtype=torch.float64)
    labels = torch.tensor([0, 1, 2, 3])
    assert (net(s, x, labels) == 0).all()  # tầng cuối bắt đầu từ 0
    nn.init.normal_(net.net.linear[-1].weight)
    torch.testing.assert_close(net(s, x), net(s, x, torch.full((4,), 3)))
    one = torch.cat([net(s[i : i + 1], x[i : i + 1], labels[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(net(s, x, labels), one)
    assert not torch.allclose(net(s, x, labels), net(s, x, labels.flip(0)))


SMALL = GuidedDDPM(2, 3, (8, 8), steps=5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GuidedDDPM(2), "dim = 2, classes = None.*UNet"),
        (lambda: GuidedDDPM((1, 8, 8), 10), r"\(1, 8, 8\).*một mạng"),
        (lambda: GuidedDDPM(2, 0), "classes"),
        (lambda: GuidedDDPM(2, net=nn.Linear(2, 2)), "Linear không có `null`"),
        (lambda: GuidedDDPM(2, 3, drop=1.0), "drop = 1.0"),
        (lambda: SMALL.loss((torch.randn(4, 2),)), "1 phần"),
        (lambda: SMALL.loss((torch.randn(4, 3), torch.zeros(4).long())), r"\(4, 3\).*\(n, 2\)"),
        (lambda: SMALL.loss((torch.randn(4, 2), torch.zeros(3).long())), "4 điểm mà 3 điều kiện"),
        (lambda: SMALL.loss((torch.randn(4, 2), torch.zeros(4))), "float32.*int64"),
        (lambda: SMALL.loss((torch.randn(4, 2), torch.full((4,), 4))), "từ 4 đến 4.*từ 0 đến 3"),
        (lambda: SMALL.loss((torch.randn(4, 2), torch.zeros(4, 2).long())), r"\(4, 2\)"),
        (lambda: SMALL.sample(3, -1), "từ -1 đến -1"),
        (lambda: SMALL.sample(3, torch.tensor([0, 1])), "2 điều kiện cho 3 điểm"),
        (lambda: SMALL.sample(0, 1), "số nguyên dương"),
        (lambda: SMALL.sample(3, guidance=2.0), "guidance = 2.0 mà không có"),
        (lambda: fit(SMALL, (torch.randn(4, 2), torch.zeros(3).long()), steps=1), "4 điểm mà 3"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_model_of_one_class_shares_everything_but_the_condition():
    model = MODELS["labels"][0]()
    fit(model, (5 + 3 * torch.randn(50, 2), torch.zeros(50).long()), steps=2, progress=False)
    one = model.given(1)
    assert isinstance(one, DDPM)
    assert one.norm is model.norm
    assert one.schedule is model.schedule
    assert isinstance(one.schedule, NoiseSchedule)
    # Điều kiện đi theo mô hình sang thiết bị khác, mà không vào tệp trọng số.
    assert "net.condition" in dict(one.named_buffers())
    assert "net.condition" not in one.state_dict()
    torch.testing.assert_close(one.sample(5, seed=3), model.sample(5, 1, seed=3))
