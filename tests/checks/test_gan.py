"""Mỗi bộ chấm của sổ «Mạng đối sinh»: đáp án đúng được nhận, lỗi điển hình được gợi ý."""

import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from course_utils.checks import gan as checks
from course_utils.evaluation import mode_coverage
from course_utils.gan_theory import dirac_gan, dirac_step_matrix, jensen_shannon, wasserstein_1d

PAGE = Path(__file__).resolve().parents[2] / "book" / "gan.md"


@pytest.mark.parametrize(
    "check",
    [
        checks.optimal_discriminator,
        checks.game_values,
        checks.generator_gradients,
        checks.generator_loss,
        checks.dirac_growth,
        checks.wasserstein_points,
        checks.count_modes,
    ],
)
def test_blank_answer_is_not_wrong(check):
    report = check(...)
    assert report.blank
    assert "chưa điền" in report.message


@pytest.mark.equation("eq-optimal-discriminator")
def test_optimal_discriminator_against_scipy():
    p, q = stats.norm(0, 1).pdf(0), stats.norm(2, 1).pdf(0)
    assert checks.optimal_discriminator(p / (p + q))
    assert checks.optimal_discriminator(torch.tensor(p / (p + q), dtype=torch.float32))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.1192, "tử số là p_data"),
        (7.3891, "tỉ số mật độ"),
        (2, "sigmoid"),
        (0.5, "x = 1"),
        (0.9820, "thừa số ½"),
        (0.3989, "mật độ p(0)"),
    ],
)
def test_optimal_discriminator_hints(answer, hint):
    report = checks.optimal_discriminator(answer)
    assert not report
    assert hint in report.message


def test_game_values():
    assert checks.game_values((-math.log(4), 0))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1.3863, 0), "không bao giờ dương"),
        ((0, -1.3863), "Ngược chỗ"),
        ((0, 0), "D* = ½"),
        ((-0.6931, 0), "hai số hạng"),
        ((-1.3863, 0.6931), "ln 2 là JSD"),
        ((-1.3863, 1.3863), "trừ log 4"),
        ((-2, 0), "log tự nhiên"),
        ((-1.3863, -0.6931), "thừa số 2"),
        ((-1.3863, -1.3863), "đáy"),
        ((-1.3863, -math.inf), "không bao giờ gặp log 0"),
    ],
)
def test_game_values_hints(answer, hint):
    report = checks.game_values(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-non-saturating")
def test_generator_gradients_by_autograd():
    answer = []
    for loss in (lambda r: torch.log(1 - r.sigmoid()), lambda r: -torch.log(r.sigmoid())):
        r = torch.tensor(-4.0, dtype=torch.float64, requires_grad=True)
        loss(r).backward()
        answer.append(abs(r.grad.item()))
    assert checks.generator_gradients(answer)
    assert checks.generator_gradients(tuple(round(v, 4) for v in answer))
    assert checks.generator_gradients(torch.tensor(answer))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.98201, 0.01799), "Ngược chỗ"),
        ((-0.01799, -0.98201), "độ lớn"),
        ((0.01799, -0.98201), "độ lớn"),
        ((0.01799, 0.01799), "Hai đạo hàm khác nhau"),
        ((1.01832, 0.98201), "theo D"),
        ((0.01799, 55.59815), "theo D"),
        ((0.01766, 0.98201), "mới là dD/dr"),
        ((0.01799, 0.01766), "mới là dD/dr"),
        ((0.01832, 0.98168), "e⁻⁴"),
        ((0.5, 0.5), "r = 0"),
        ((0, 1), "giữ chữ số"),
    ],
)
def test_generator_gradients_hints(answer, hint):
    report = checks.generator_gradients(answer)
    assert not report
    assert hint in report.message


@pytest.mark.parametrize(
    "right",
    [
        lambda r: F.softplus(-r).mean(),
        lambda r: -F.logsigmoid(r).mean(),
        lambda r: F.binary_cross_entropy_with_logits(r, torch.ones_like(r)),
        lambda r: torch.logaddexp(torch.zeros_like(r), -r).mean(),
        lambda r: (torch.clamp(-r, min=0) + torch.log1p(torch.exp(-r.abs()))).mean(),
        lambda r: F.softplus(r.neg_()).mean(),  # sửa tại chỗ
    ],
)
def test_generator_loss_accepts_right_answers(right):
    assert checks.generator_loss(right)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda r: -torch.log(torch.sigmoid(r)).mean(), "làm tròn thành 0"),
        (lambda r: torch.log1p(torch.exp(-r)).mean(), "tràn số"),
        (lambda r: -F.softplus(r).mean(), "mất mát bão hòa"),
        (lambda r: torch.log(1 - torch.sigmoid(r)).mean(), "−∞ khi r lớn"),
        (lambda r: F.softplus(r).mean(), "bị nhận ra là giả"),
        (lambda r: F.logsigmoid(r).mean(), "Sai dấu"),
        (lambda r: F.softplus(-r).sum(), "không lấy tổng"),
        (lambda r: F.softplus(-r), "Cần một số"),
        (lambda r: -torch.log(torch.sigmoid(r) + 1e-8).mean(), "1e-8"),
        (lambda r: -torch.sigmoid(r).log().clamp_min(-100).mean(), "Chặn log"),
    ],
)
def test_generator_loss_hints(wrong, hint):
    report = checks.generator_loss(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (
            lambda r: torch.where(r < -50, -r, -torch.log(torch.sigmoid(r))).mean(),
            "torch.where",
        ),
        (lambda r: F.softplus(-r).mean().item(), "lan truyền ngược"),
        (lambda r: F.softplus(-r).mean().detach(), "lan truyền ngược"),
    ],
)
def test_generator_loss_looks_at_the_gradient_too(wrong, hint):
    report = checks.generator_loss(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-dirac-step")
def test_dirac_growth_by_hand():
    assert checks.dirac_growth(abs(complex(1, 0.3)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (1.1662, "σ(0) = ½"),
        (1.09, "lấy căn"),
        (1.3, "không phải 1 + h/2"),
        (0.3, "phần ảo"),
        (1 + 0.3j, "abs"),
        (1, "luân phiên"),
        (0.9539, "Sai dấu"),
    ],
)
def test_dirac_growth_hints(answer, hint):
    report = checks.dirac_growth(answer)
    assert not report
    assert hint in report.message


@pytest.mark.equation("eq-wasserstein")
def test_wasserstein_points_against_scipy():
    w = stats.wasserstein_distance([0, 1, 3], [5, 6, 8])
    assert checks.wasserstein_points((w, math.log(2)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((15, 0.6931), "khối lượng 1/3"),
        ((2, 0.6931), "khe hở"),
        ((25, 0.6931), "không bình phương"),
        ((5, 1), "1 bit"),
        ((5, 0), "rời nhau"),
        ((5, math.inf), "không quá ln 2"),
        ((5, 1.3863), "log 4"),
        ((5, 0.3466), "cả hai KL"),
        ((-5, 0.6931), "không bao giờ âm"),
        ((0.6931, 5), "ngược chỗ"),
    ],
)
def test_wasserstein_points_hints(answer, hint):
    report = checks.wasserstein_points(answer)
    assert not report
    assert hint in report.message


def test_count_modes_accepts_the_package_and_a_loop():
    def loop(samples, centers, std):
        found = 0
        for k in range(len(centers)):
            held = 0
            for x in samples:
                away = (x - centers).norm(dim=1)
                held += bool(away.argmin() == k and away[k] <= 3 * std)
            found += held >= 0.01 * len(samples)
        return found

    assert checks.count_modes(loop)
    assert checks.count_modes(lambda x, c, s: mode_coverage(x, c, s).found)


@pytest.mark.parametrize(
    ("radius", "share", "hint"),
    [
        (3, 0.0, "lạc vào"),
        (math.inf, 0.01, "giữa hai cụm"),
        (math.inf, 0.0, "cả hai điều kiện"),
        (1, 0.01, "2.8·std"),
        (2, 0.01, "2.8·std"),
        (6, 0.01, "3.4·std"),
        (3, 0.0101, ">="),
        (3, 0.1, "không phải 0.1"),
    ],
)
@pytest.mark.parametrize("numpy", [False, True])
def test_count_modes_hints(radius, share, hint, numpy):
    def wrong(samples, centers, std):
        distance, mode = (samples[:, None] - centers).norm(dim=2).min(1)
        if numpy:
            distance, mode = distance.numpy(), mode.numpy()
        held = [int(((mode == k) & (distance <= radius * std)).sum()) for k in range(len(centers))]
        return sum(h > 0 and h >= share * len(samples) for h in held)

    report = checks.count_modes(wrong)
    assert not report
    assert hint in report.message


@pytest.mark.parametrize(
    ("away", "hint"),
    [
        (lambda d: d.square().sum(2), "2.8·std"),
        (lambda d: d.abs().sum(2), "2.8·std"),
        (lambda d: d.abs().amax(2), "3.4·std"),
    ],
)
def test_count_modes_needs_the_euclidean_distance(away, hint):
    def wrong(samples, centers, std):
        distance, mode = away(samples[:, None] - centers).min(1)
        held = torch.bincount(mode[distance <= 3 * std], minlength=len(centers))
        return int((held >= 0.01 * len(samples)).sum())

    assert hint in checks.count_modes(wrong).message


def test_count_modes_needs_a_share_and_not_a_count():
    def wrong(samples, centers, std):
        distance, mode = torch.cdist(samples, centers).min(1)
        return int((torch.bincount(mode[distance <= 3 * std], minlength=4) >= 10).sum())

    assert "1000" in checks.count_modes(wrong).message


def test_count_modes_share_of_every_sample():
    def wrong(samples, centers, std):
        distance, mode = torch.cdist(samples, centers).min(1)
        shares = torch.bincount(mode[distance <= 3 * std], minlength=len(centers)).double()
        return int((shares / shares.sum() >= 0.01).sum())

    assert "mọi mẫu" in checks.count_modes(wrong).message


def three_states():
    p = torch.tensor([1 / 2, 1 / 4, 1 / 4], dtype=torch.float64)
    return p, p.flip(0)


@pytest.mark.equation("eq-gan-jsd")
def test_three_states_worked_by_hand_on_the_page():
    p, q = three_states()
    best = p / (p + q)
    value = (p * best.log() + q * (1 - best).log()).sum().item()
    jsd = jensen_shannon(p.log(), q.log(), 1.0).item()
    assert value == pytest.approx(2 * jsd - math.log(4))
    text = PAGE.read_text(encoding="utf-8")
    assert f"{value:.4f}" in text
    assert f"{jsd:.4f}" in text
    right = (best > 0.5).double() + 0.5 * (best == 0.5)
    assert 0.5 * (p * right + q * (1 - right)).sum().item() == pytest.approx(5 / 8)


@pytest.mark.equation("eq-dirac-step")
def test_two_dirac_steps_worked_by_hand_on_the_page():
    path = dirac_gan((1.0, 0.0), 2, 0.5)
    text = PAGE.read_text(encoding="utf-8")
    assert path[1].tolist() == [1.0, -0.25]
    for number in (*path[2].tolist(), path[1].prod().sigmoid().item()):
        assert f"{number:.5f}" in text
    assert f"{path[2].square().sum().item():.4f}" in text


@pytest.mark.parametrize(
    "printed",
    [
        # Các con số viết trong lời văn và lời giải bài tập của trang sách.
        f"{1 / (1 + math.exp(10)):.3e}"[:5],  # σ(−10)
        f"{math.sqrt(8 / 3 * math.log(2)):.4f}",  # nơi D* = ½
        f"{4 * 0.01**3 * 256:.6f}",  # cận của gọt trọng số
        f"{math.sqrt(2 * 0.2):.3f}",  # bán kính của vòng
        f"{-math.log(1e-8):.1f}",  # nơi mẹo 1e-8 dừng lại
        f"{100 * (1 - math.exp(-4.5)):.1f}",
    ],
)
def test_numbers_of_the_page(printed):
    assert printed in PAGE.read_text(encoding="utf-8")


def test_exercises_of_the_page():
    heavy = torch.linalg.eigvals(dirac_step_matrix(1.0, 1.25)).real.sort().values
    torch.testing.assert_close(heavy, torch.tensor([0.0, 0.75]).double())
    # Trị riêng kép: sai số của phép giải là căn của sai số máy.
    double = torch.linalg.eigvals(dirac_step_matrix(1.0, 1.0)).abs()
    torch.testing.assert_close(double, torch.tensor([0.5, 0.5]).double(), atol=1e-7, rtol=0)
    x, y = torch.tensor([0.0, 4.0]), torch.tensor([1.0, 2.0])
    assert wasserstein_1d(x, y).item() == 1.5
    critic = lambda u: (u - 1.5).abs()  # noqa: E731
    assert (critic(x).mean() - critic(y).mean()).item() == 1.5
