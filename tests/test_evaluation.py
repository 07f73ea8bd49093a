"""So hai tập mẫu: đáp số dạng đóng, kỳ vọng tổ hợp, và những chỗ mù của từng phép."""

import math

import pytest
import torch
from scipy.linalg import sqrtm

from course_utils.data.toy import EightGaussians
from course_utils.errors import InputError
from course_utils.evaluation import (
    coverage,
    frechet_distance,
    gap_to_entropy,
    gaussian_frechet,
    gaussian_mmd2,
    mmd2,
    mode_coverage,
    precision,
)
from course_utils.flows import Flow, InvertibleLinear
from course_utils.information import gaussian_entropy


def rng(seed):
    return torch.Generator().manual_seed(seed)


def normal(n, dim, seed, **options):
    return torch.randn(n, dim, generator=rng(seed), dtype=torch.float64, **options)


def random_law(dim, seed):
    factor = normal(dim, dim, seed)
    return normal(1, dim, seed + 100)[0], factor @ factor.T + 0.1 * torch.eye(dim)


# ---- MMD


@pytest.mark.equation("eq-mmd")
def test_gaussian_mmd2_is_the_integral_of_the_witness():
    # MMD² = ∫∫ k(a, b) (p − q)(a) (p − q)(b) da db, cầu phương trên lưới một chiều.
    a = torch.linspace(-12, 12, 1201, dtype=torch.float64)
    law = torch.distributions.Normal
    difference = law(0.5, 1.0).log_prob(a).exp() - law(-1.0, 2.0).log_prob(a).exp()
    kernel = torch.exp(-((a[:, None] - a[None]) ** 2) / (2 * 0.7**2))
    expected = float(difference @ kernel @ difference) * (24 / 1200) ** 2
    one, four = torch.eye(1), 4 * torch.eye(1)
    value = gaussian_mmd2(torch.tensor([0.5]), one, torch.tensor([-1.0]), four, 0.7)
    # Quy tắc hình thang trên hàm giải tích tắt dần ở hai đầu: sai số cỡ làm tròn.
    assert value == pytest.approx(expected, abs=1e-7)


@pytest.mark.equation("eq-mmd")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sizes", [(1500, 1500), (2000, 700)])
def test_mmd2_agrees_with_the_closed_form(seed, sizes):
    (m1, c1), (m2, c2) = random_law(3, seed), random_law(3, seed + 50)
    x = normal(sizes[0], 3, seed + 1) @ torch.linalg.cholesky(c1).T + m1
    y = normal(sizes[1], 3, seed + 2) @ torch.linalg.cholesky(c2).T + m2
    result = mmd2(x, y, bandwidth=2.0)
    exact = gaussian_mmd2(m1, c1, m2, c2, 2.0)
    assert abs(result.value - exact) < 6 * result.se
    assert result.se < 0.02


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_mmd2_is_unbiased_and_its_standard_error_is_honest(shift):
    repeats = 300
    results = [
        mmd2(normal(60, 2, 2 * i), normal(90, 2, 2 * i + 1) + shift, bandwidth=1.0)
        for i in range(repeats)
    ]
    values = torch.tensor([r.value for r in results])
    exact = gaussian_mmd2(
        torch.zeros(2), torch.eye(2), torch.full((2,), shift), torch.eye(2), bandwidth=1.0
    )
    assert abs(values.mean() - exact) < 6 * values.std() / math.sqrt(repeats)
    # Độ lệch chuẩn của 300 lần: sai số tương đối 1/√600 (Gauss); khi shift = 0 đuôi dày hơn,
    # phương sai của s² tăng theo độ nhọn, cho phép gấp đôi.
    se = torch.tensor([r.se for r in results]).square().mean().sqrt()
    assert abs(se / values.std() - 1) < 6 * 2 / math.sqrt(2 * repeats)
    if shift == 0:
        assert (values < 0).any()  # không chệch thì phải có lúc âm


def test_mmd2_chooses_the_median_distance():
    x, y = normal(100, 2, 0), normal(150, 2, 1) + 3
    pooled = torch.pdist(torch.cat([x, y]))
    assert mmd2(x, y).bandwidth == pytest.approx(float(pooled.median()), rel=1e-12)


# ---- Độ phủ và độ chính xác


@pytest.mark.equation("eq-coverage")
@pytest.mark.parametrize(("n", "m", "k", "dim"), [(20, 20, 1, 2), (30, 15, 3, 5), (12, 40, 2, 1)])
def test_coverage_of_the_same_law_is_combinatorial(n, m, k, dim):
    missed = math.prod((n - i) / (n + m - i) for i in range(1, k + 1))
    repeats = 800
    values = torch.tensor(
        [coverage(normal(n, dim, 2 * i), normal(m, dim, 2 * i + 1), k) for i in range(repeats)]
    )
    assert abs(values.mean() - (1 - missed)) < 6 * values.std() / math.sqrt(repeats)


def test_coverage_and_precision_on_points_counted_by_hand():
    real = torch.tensor([[0.0], [1.0], [3.0], [10.0]])
    # Bán kính k = 1: 1, 1, 2, 7. Mẫu 2.5 ở trong quả cầu của 3; mẫu 20 không ở đâu cả.
    fake = torch.tensor([[2.5], [20.0]])
    assert coverage(real, fake, k=1) == 0.25
    assert precision(real, fake, k=1) == 0.5
    assert coverage(real, torch.tensor([[4.0]]), k=1) == 0.5  # cách 3 một đơn vị, cách 10 sáu
    assert precision(real, torch.tensor([[4.0]]), k=1) == 1.0


def test_memorised_data_is_perfectly_covered():
    real = normal(50, 2, 0)
    assert coverage(real, real, k=1) == 1
    assert precision(real, real, k=1) == 1


def test_dropping_a_mode_shows_in_coverage_not_in_precision():
    centre = torch.tensor([[8.0, 0.0]])
    real = torch.cat([normal(200, 2, 0), normal(200, 2, 1) + centre])
    one_mode = normal(400, 2, 2)
    assert coverage(real, one_mode) <= 0.5
    assert precision(real, one_mode) > 0.9
    everywhere = 40 * (torch.rand(400, 2, generator=rng(3), dtype=torch.float64) - 0.5)
    assert precision(real, everywhere) < 0.3


# ---- Fréchet


@pytest.mark.equation("eq-frechet")
@pytest.mark.parametrize("seed", range(4))
def test_gaussian_frechet_agrees_with_the_matrix_square_root(seed):
    (m1, c1), (m2, c2) = random_law(5, seed), random_law(5, seed + 50)
    cross = sqrtm((c1 @ c2).numpy()).real.trace()
    expected = (m1 - m2).square().sum() + c1.trace() + c2.trace() - 2 * cross
    assert gaussian_frechet(m1, c1, m2, c2) == pytest.approx(float(expected), rel=1e-9)
    assert gaussian_frechet(m2, c2, m1, c1) == pytest.approx(float(expected), rel=1e-9)
    assert gaussian_frechet(m1, c1, m1, c1) == pytest.approx(0, abs=1e-9)


@pytest.mark.equation("eq-frechet")
def test_gaussian_frechet_of_commuting_covariances():
    m1, m2 = torch.tensor([1.0, 2.0]), torch.tensor([-1.0, 2.0])
    s1, s2 = torch.tensor([1.0, 0.5]), torch.tensor([3.0, 0.5])
    value = gaussian_frechet(m1, s1.square().diag(), m2, s2.square().diag())
    assert value == pytest.approx(4 + 4, abs=1e-9)  # hiệu trung bình và hiệu độ lệch chuẩn
    flat = torch.diag(torch.tensor([1.0, 0.0]))  # hiệp phương sai suy biến vẫn được
    assert gaussian_frechet(m1, flat, m1, torch.eye(2)) == pytest.approx(1, abs=1e-9)


@pytest.mark.equation("eq-frechet")
def test_frechet_distance_of_exact_moments():
    # Các đỉnh ±1 của hình vuông: trung bình 0; torch.cov chia cho n − 1 nên hiệp phương sai 4/3.
    square = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    double = 2 * square + 5
    expected = 2 * 25 + 2 * (math.sqrt(16 / 3) - math.sqrt(4 / 3)) ** 2
    assert frechet_distance(square, double) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(square[:, :1], double[:, :1]) == pytest.approx(expected / 2, rel=1e-9)


def test_frechet_is_blind_beyond_two_moments():
    x = normal(100_000, 2, 0)
    signs = torch.randint(2, (100_000, 2), generator=rng(1)).double() * 2 - 1  # bốn điểm
    # Cùng trung bình 0 và hiệp phương sai I. Sai số của ước lượng: mỗi trung bình đóng góp
    # 2/n, mỗi hiệp phương sai cỡ 1/n; cả thảy dưới 20/n.
    assert frechet_distance(x, signs) < 20 / 100_000
    seen = mmd2(x[:2000], signs[:2000], bandwidth=0.5)
    assert seen.value > 6 * seen.se


# ---- Đếm mode


def test_mode_coverage_of_the_true_mixture():
    density = EightGaussians()
    std = 0.5 / math.sqrt(2)
    n = 40_000
    result = mode_coverage(density.sample(n, seed=0), density.means, std)
    inside = 1 - math.exp(-4.5)  # P(χ²₂ < 9)
    # Tâm kề nhau cách 6.1 độ lệch chuẩn: mẫu lạc sang bên kia ít hơn 1 phần nghìn.
    assert result.found == 8
    assert abs(result.high_quality - inside) < 6 * math.sqrt(inside * (1 - inside) / n) + 1e-3
    assert (result.shares - 1 / 8).abs().max() < 6 * math.sqrt(1 / 8 * 7 / 8 / n) + 2e-3
    assert float(result.shares.sum()) == pytest.approx(result.high_quality)


def test_mode_coverage_counts_by_hand():
    centers = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    samples = torch.zeros(200, 2)
    samples[0] = centers[1]  # 0.5 %: chưa đủ 1 %
    samples[1:5] = torch.tensor([5.0, 5.0])  # giữa đường: không thuộc mode nào
    result = mode_coverage(samples, centers, std=1.0)
    assert result.found == 1
    assert result.shares.tolist() == pytest.approx([195 / 200, 1 / 200, 0])
    assert result.high_quality == pytest.approx(196 / 200)
    assert mode_coverage(samples, centers, std=1.0, min_share=0.005).found == 2


# ---- Đầu vào


def test_any_event_shape_and_dtype():
    x, y = torch.randn(40, 1, 4, 4, generator=rng(0)), torch.randn(30, 1, 4, 4, generator=rng(1))
    for measure in (coverage, precision, frechet_distance):
        assert measure(x, y) == measure(x.flatten(1).double(), y.flatten(1).double())
    assert mmd2(x, y) == mmd2(x.flatten(1).double(), y.flatten(1).double())


@pytest.mark.parametrize("measure", [mmd2, coverage, precision, frechet_distance])
def test_bad_samples_are_explained(measure):
    good = torch.randn(20, 2)
    for other, words in [
        (torch.randn(20, 3), "hình dạng"),
        (torch.full((20, 2), torch.nan), "NaN"),
        (torch.ones(20, 2, dtype=torch.int64), "số thực"),
        ([[1.0, 2.0]], "torch.Tensor"),
    ]:
        with pytest.raises(InputError, match=words):
            measure(good, other)


def test_bad_options_are_explained():
    x = torch.randn(20, 2)
    with pytest.raises(InputError, match="từ 1 đến 19"):
        coverage(x, x, k=20)
    with pytest.raises(InputError, match="từ 1 đến 19"):
        precision(x, x, k=0)
    with pytest.raises(InputError, match="trùng nhau"):
        mmd2(torch.zeros(10, 2), torch.zeros(10, 2))
    with pytest.raises(InputError, match="không quá 5000"):
        mmd2(torch.randn(5001, 1), x[:, :1])
    with pytest.raises(InputError, match="ít nhất 4 điểm"):
        mmd2(x[:3], x)
    with pytest.raises(InputError, match="cùng một D"):
        gaussian_frechet(torch.zeros(2), torch.eye(2), torch.zeros(3), torch.eye(3))
    with pytest.raises(InputError, match="std > 0"):
        mode_coverage(x, x[:2], std=0.0)


# ---- Khoảng hở đến entropy


@pytest.mark.equation("eq-entropy-gap")
@pytest.mark.equation("eq-mle-kl")
def test_the_gap_of_the_moment_matched_gaussian_is_in_closed_form():
    density = EightGaussians()
    # Tám tâm đều trên đường tròn bán kính r: hiệp phương sai (r²/2 + std²) I.
    variance = float(density.means[0].square().sum()) / 2 + 0.125
    flow = Flow(InvertibleLinear(2), event_shape=2).double()
    with torch.no_grad():
        flow.transform.weight.copy_(math.sqrt(variance) * torch.eye(2))
        flow.transform.shift.zero_()
    exact = float(gaussian_entropy(variance * torch.eye(2))) - density.entropy
    gap, error = gap_to_entropy(flow, density)
    assert abs(gap - exact) < 6 * error
    assert 0 < error < 0.02
