"""Hỗn hợp Gauss, EM và ước lượng nhân, so với đáp số chính xác và với scikit-learn."""

import math
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from course_utils.data import toy
from course_utils.em import e_step, initialize, m_step
from course_utils.errors import InputError
from course_utils.evaluation import gap_to_entropy
from course_utils.mixtures import Gaussian, GaussianMixture, KernelDensity
from course_utils.plotting import grid
from course_utils.training import fit

EPS = torch.finfo(torch.float64).eps


def random_mixture(dim=2, components=3, seed=0):
    """Hỗn hợp bất kỳ, float64."""
    model = GaussianMixture(dim, components).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.5 * torch.randn(
                parameter.shape, generator=generator, dtype=torch.float64
            )
    return model


def clusters(n=300, seed=0):
    return toy.EightGaussians().sample(n, seed).double()


@pytest.mark.equation("eq-mixture")
def test_density_is_that_of_torch_distributions():
    model, x = random_mixture(3, 4), torch.randn(50, 3, dtype=torch.float64)
    parts = MultivariateNormal(model.means, model.covariances)
    expected = MixtureSameFamily(Categorical(model.weights), parts).log_prob(x)
    torch.testing.assert_close(model.log_prob(x), expected, rtol=1e-11, atol=1e-11)
    assert torch.equal(model.covariances, model.covariances.mT)


@pytest.mark.parametrize(
    "model",
    [
        random_mixture(),
        Gaussian(2).double().fit_mle(clusters()),
        KernelDensity(clusters(40), bandwidth=0.3),
    ],
    ids=lambda model: type(model).__name__,
)
def test_density_integrates_to_one(model):
    """Quy tắc hình thang trên lưới mịn gần như chính xác với hàm trơn, đuôi Gauss."""
    box, size = (-25.0, 25.0, -25.0, 25.0), 700
    points = grid(box, size)[2].double()
    with torch.no_grad():
        total = model.log_prob(points).exp().sum() * (50 / (size - 1)) ** 2
    assert total.item() == pytest.approx(1, abs=1e-6)


@pytest.mark.equation("eq-em")
def test_one_step_worked_by_hand():
    """Bốn điểm 0, 1, 2, 5; hai thành phần N(1, 1) và N(3, 1), trọng số bằng nhau."""
    x = torch.tensor([0.0, 1.0, 2.0, 5.0], dtype=torch.float64)
    start = (x.new_tensor([0.5, 0.5]), x.new_tensor([[1.0], [3.0]]), x.new_ones(2, 1, 1))
    responsibilities, _ = e_step(x[:, None], *start)
    # log tỉ lệ của hai mật độ là ((x − 3)² − (x − 1)²)/2 = 4 − 2x.
    r = [1 / (1 + math.exp(2 * v - 4)) for v in x.tolist()]
    torch.testing.assert_close(responsibilities[:, 0], x.new_tensor(r), rtol=1e-14, atol=0)

    weights, means, covariances = m_step(x[:, None], responsibilities)
    for k, share in enumerate([r, [1 - p for p in r]]):
        count = sum(share)
        mean = sum(p * v for p, v in zip(share, x.tolist(), strict=True)) / count
        square = sum(p * (v - mean) ** 2 for p, v in zip(share, x.tolist(), strict=True))
        assert weights[k].item() == pytest.approx(count / 4, rel=1e-13)
        assert means[k].item() == pytest.approx(mean, rel=1e-13)
        assert covariances[k].item() == pytest.approx(square / count, rel=1e-13)


@pytest.mark.equation("eq-em")
@settings(deadline=None, max_examples=25)
@given(
    components=st.integers(1, 6),
    dim=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    heavy=st.booleans(),
)
def test_em_never_decreases_the_likelihood(components, dim, seed, heavy):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(80, dim, generator=generator, dtype=torch.float64)
    x = x**3 if heavy else x
    state = initialize(x, components, generator)
    before = -math.inf
    for _ in range(15):
        responsibilities, value = e_step(x, *state)
        # Sai số làm tròn của một trung bình 80 số cỡ |value|.
        assert value >= before - 100 * EPS * (1 + abs(value))
        before = value
        try:
            state = m_step(x, responsibilities)
        except InputError:  # một thành phần co lại: EM dừng, chưa bước nào làm giảm
            break


@pytest.mark.equation("eq-em")
def test_any_responsibilities_give_a_bound_tight_at_the_posterior():
    """Σ r (log p(x, k) − log r) ≤ log p(x), hiệu đúng bằng KL(r ‖ p(k|x))."""
    model, x = random_mixture(2, 4), torch.randn(30, 2, dtype=torch.float64)
    joint, posterior = model.log_joint(x), model.responsibilities(x)
    r = torch.randn(30, 4, dtype=torch.float64).softmax(1)
    bound = (r * (joint - r.log())).sum(1)
    divergence = (r * (r.log() - posterior.log())).sum(1)
    torch.testing.assert_close(bound + divergence, model.log_prob(x))
    assert (divergence > 0).all()
    tight = (posterior * (joint - posterior.log())).sum(1)
    torch.testing.assert_close(tight, model.log_prob(x))


@pytest.mark.equation("eq-em")
@pytest.mark.parametrize("ridge", [0.0, 1e-3])
def test_em_is_that_of_scikit_learn(ridge):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture as Reference

    x = clusters()
    weights, means, covariances = initialize(x, 5, torch.Generator().manual_seed(3))
    reference = Reference(
        5,
        weights_init=weights.numpy(),
        means_init=means.numpy(),
        precisions_init=torch.linalg.inv(covariances).numpy(),
        max_iter=30,
        tol=0,
        reg_covar=ridge,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        reference.fit(x.numpy())
    model = GaussianMixture(2, 5).double()
    history = model.fit_em(x, 30, ridge=ridge, seed=3, tol=-math.inf)
    assert len(history) == 31
    # Hai cách tính khác thứ tự phép cộng; sai số làm tròn được nhân dần qua 30 bước.
    for mine, other in [
        (model.weights, reference.weights_),
        (model.means, reference.means_),
        (model.covariances, reference.covariances_),
        (model.log_prob(x), reference.score_samples(x.numpy())),
    ]:
        torch.testing.assert_close(mine.detach(), torch.as_tensor(other), rtol=1e-6, atol=1e-8)
    assert history[-1] == pytest.approx(reference.score(x.numpy()), rel=1e-8)


def test_em_stops_where_the_gradient_vanishes():
    x = clusters(400)
    model = GaussianMixture(2, 4).double()
    model.fit_em(x, 2000, tol=1e-15)
    model.loss(x).backward()
    for parameter in model.parameters():
        assert parameter.grad.abs().max() < 1e-4


def test_one_component_is_the_closed_form():
    x = clusters()
    mixture, gaussian = GaussianMixture(2, 1).double(), Gaussian(2).double().fit_mle(x)
    mixture.fit_em(x, 1)
    torch.testing.assert_close(mixture.means[0], gaussian.mean)
    torch.testing.assert_close(mixture.covariances[0], gaussian.covariance)
    torch.testing.assert_close(gaussian.covariance.detach(), x.T.cov(correction=0))
    torch.testing.assert_close(mixture.log_prob(x), gaussian.log_prob(x))


def test_maximum_likelihood_beats_its_neighbours():
    x = clusters()
    model = Gaussian(2).double().fit_mle(x)
    best = model.loss(x).item()
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        other = Gaussian(2).double().fit_mle(x)
        with torch.no_grad():
            for parameter in other.parameters():
                step = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
                parameter += 0.05 * step
        assert other.loss(x).item() > best


def test_going_on_from_where_it_was():
    x = clusters()
    once, twice = GaussianMixture(2, 3).double(), GaussianMixture(2, 3).double()
    whole = once.fit_em(x, 12)
    parts = twice.fit_em(x, 5)[:-1] + twice.fit_em(x, 7, restart=False)
    assert parts == pytest.approx(whole, rel=1e-10)


def test_mixture_recovers_the_law_it_comes_from():
    """Với đúng họ và nhiều dữ liệu, KL cỡ (số tham số)/(2N) = 47/20000 = 0.0024 nat."""
    data = toy.EightGaussians()
    x = data.sample(10_000, 0)
    models = []
    for seed in range(6):
        model = GaussianMixture(2, 8)
        models.append((model.fit_em(x, 100, seed=seed, tol=1e-8)[-1], model))
    gap, error = gap_to_entropy(max(models, key=lambda pair: pair[0])[1], data)
    # 2N·KL ~ χ² với 47 bậc tự do: trung bình 47, độ lệch chuẩn √94; cộng sai số của phép đo.
    assert gap < (47 + 6 * math.sqrt(94)) / 20_000 + 6 * error


def test_gradient_training_works_too():
    data = toy.EightGaussians()
    torch.manual_seed(0)
    model = GaussianMixture(2, 8)
    with torch.no_grad():
        model.means.copy_(data.sample(8, 1))
    before = model.loss(data.sample(2000, 2)).item()
    fit(model, data.sample(2000, 3), steps=100, lr=0.05, progress=False)
    assert model.loss(data.sample(2000, 2)).item() < before - 0.5


@pytest.mark.parametrize(
    ("x", "components"),
    [
        (torch.zeros(20, 2), 1),  # mọi điểm trùng nhau
        (torch.stack([torch.arange(20.0), torch.arange(20.0)], 1), 1),  # nằm trên một đường
        (torch.cat([torch.randn(60, 2), torch.full((1, 2), 30.0)]), 4),  # một điểm lẻ
    ],
)
def test_singular_component_is_explained(x, components):
    with pytest.raises(InputError, match=r"suy biến.*ridge"):
        GaussianMixture(2, components).fit_em(x, 200)
    history = GaussianMixture(2, components).fit_em(x, 50, ridge=1e-3)
    assert all(map(math.isfinite, history))


def test_a_component_without_points_is_explained():
    x = torch.randn(20, 2, dtype=torch.float64)
    with pytest.raises(InputError, match="không còn điểm nào"):
        m_step(x, torch.stack([torch.ones(20), torch.zeros(20)], 1).double())


@pytest.mark.parametrize("make", [lambda: random_mixture(2, 3), lambda: Gaussian(2)])
def test_samples_follow_the_density(make):
    """E[log p(x)] trên mẫu, so với tích phân trên lưới; và trung bình của mẫu."""
    model, n = make().double(), 40_000
    x = model.sample(n, seed=0)
    assert x.shape == (n, 2)
    points = grid((-30.0, 30.0, -30.0, 30.0), 800)[2].double()
    with torch.no_grad():
        log_p, area = model.log_prob(points), (60 / 799) ** 2
        mean = (log_p.exp()[:, None] * points).sum(0) * area
        negative_entropy = (log_p.exp() * log_p).sum() * area
        values = model.log_prob(x)
    assert abs(values.mean() - negative_entropy) < 6 * values.std() / math.sqrt(n)
    assert ((x.mean(0) - mean).abs() < 6 * x.std(0) / math.sqrt(n)).all()
    assert torch.equal(model.sample(5, seed=1), model.sample(5, seed=1))
    assert not torch.equal(model.sample(5), model.sample(5))


def test_kernel_density_is_a_mixture_with_one_part_for_each_point():
    points, x = torch.randn(6, 2, dtype=torch.float64), torch.randn(9, 2, dtype=torch.float64)
    model = KernelDensity(points, bandwidth=0.4)
    mixture = GaussianMixture(2, 6).double()
    with torch.no_grad():
        mixture.means.copy_(points)
        diagonal = mixture.raw_scales.diagonal(dim1=1, dim2=2)
        diagonal.fill_(math.log(0.4))
    torch.testing.assert_close(model.log_prob(x), mixture.log_prob(x))


def test_leaving_one_out_is_what_it_says():
    points = torch.randn(12, 3, dtype=torch.float64)
    model = KernelDensity(points, bandwidth=0.7)
    for i, value in enumerate(model.leave_one_out()):
        others = torch.cat([points[:i], points[i + 1 :]])
        expected = KernelDensity(others, bandwidth=0.7).log_prob(points[i : i + 1])
        torch.testing.assert_close(value, expected[0])


def test_scott_bandwidth_and_sample_spread():
    points = 3 * torch.randn(500, 2, dtype=torch.float64)
    model = KernelDensity(points)
    h = model.log_bandwidth.exp().item()
    spread = points.var(0, correction=0).mean().sqrt().item()
    assert h == pytest.approx(spread * 500 ** (-1 / 6), rel=1e-12)
    n = 40_000
    x = model.sample(n, seed=0)
    # Phương sai của mẫu = phương sai của các điểm + h²; sai số chuẩn tương đối không quá √(2/n).
    expected = points.var(0, correction=0) + h**2
    assert ((x.var(0) / expected - 1).abs() < 6 * math.sqrt(2 / n)).all()


def test_shrinking_the_kernels_memorises():
    """h → 0: log hợp lý trên chính dữ liệu tăng −D log h, còn bỏ một điểm thì sụp đổ."""
    points = torch.randn(50, 2, dtype=torch.float64)
    train, held_out = [], []
    for h in (1e-2, 1e-3, 1e-4):
        model = KernelDensity(points, bandwidth=h)
        train.append(model.log_prob(points).mean().item())
        held_out.append(model.leave_one_out().mean().item())
    ideal = [-math.log(50) - math.log(2 * math.pi) - 2 * math.log(h) for h in (1e-3, 1e-4)]
    assert train[1:] == pytest.approx(ideal, abs=1e-6)
    assert held_out[0] > held_out[1] > held_out[2]


MODELS = {
    "gaussian": lambda: Gaussian(2),
    "mixture": lambda: GaussianMixture(2, 3),
    "kernel": lambda: KernelDensity(torch.randn(20, 2)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_batch_of_one_and_inference_mode(name, dtype):
    model = MODELS[name]().to(dtype)
    x = torch.randn(7, 2, dtype=dtype)
    with torch.inference_mode():
        values = model.log_prob(x)
        assert model.sample(3).shape == (3, 2)
    assert values.dtype == dtype
    assert values.shape == (7,)
    tol = {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(model.log_prob(x[:1]).detach(), values[:1], **tol)
    assert model.loss(x).requires_grad
    assert model.sample(2).dtype == dtype
    copy = MODELS[name]().to(dtype)
    copy.load_state_dict(model.state_dict())
    torch.testing.assert_close(copy.log_prob(x), model.log_prob(x))


@pytest.mark.parametrize("name", MODELS)
def test_bad_batches(name):
    with pytest.raises(InputError, match=r"\(5, 3\).*\(n, 2\)"):
        MODELS[name]().log_prob(torch.randn(5, 3))
    with pytest.raises(InputError, match="NaN"):
        MODELS[name]().loss(torch.full((1, 2), math.nan))
    with pytest.raises(InputError, match="số nguyên dương"):
        MODELS[name]().sample(0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Gaussian(0), "`dim` = 0"),
        (lambda: GaussianMixture(2, 2.5), "`components` = 2.5"),
        (lambda: Gaussian(2).fit_mle(torch.randn(5, 3)), r"\(5, 3\)"),
        (lambda: GaussianMixture(2, 8).fit_em(torch.randn(5, 2)), "5 điểm cho 8 thành phần"),
        (lambda: GaussianMixture(2, 2).fit_em(torch.randn(5, 2), 0), "ít nhất một bước"),
        (lambda: GaussianMixture(2, 2).fit_em(torch.randn(5, 2), ridge=-1.0), "không âm"),
        (lambda: GaussianMixture(2, 2).fit_em(torch.randn(5, 3)), r"\(5, 3\)"),
        (lambda: KernelDensity(torch.randn(5)), r"\(N, D\)"),
        (lambda: KernelDensity(torch.randn(5, 2), bandwidth=0.0), "chép lại dữ liệu"),
        (lambda: KernelDensity(torch.randn(1, 2), 1.0).leave_one_out(), "ít nhất hai điểm"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
