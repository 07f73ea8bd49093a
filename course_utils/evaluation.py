"""Đo một mô hình.

Có mật độ: đối log hợp lý, bit trên một chiều, khoảng hở đến entropy.
Chỉ có mẫu: so hai tập mẫu (MMD, độ phủ, độ chính xác, khoảng cách Fréchet, đếm mode).
Mỗi phép so hai mẫu nhìn thấy một phần của khác biệt và mù với phần còn lại; chương
«Hợp lý cực đại, entropy và KL» có phản ví dụ cho từng phép.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .base import DensityModel, check_batch
from .data.toy import ToyDensity
from .errors import InputError


@torch.no_grad()
def log_probs(model: DensityModel, x: Tensor, batch_size: int = 10_000) -> Tensor:
    """log p_θ của từng điểm, tính theo lô để không tốn bộ nhớ: (n, ...) -> (n,).

    x ở thiết bị nào cũng được: từng lô được chép sang thiết bị của mô hình, kết quả ở lại đó.
    """
    like = next(model.parameters(), x) if isinstance(model, torch.nn.Module) else x
    return torch.cat([model.log_prob(part.to(like.device)) for part in x.split(batch_size)])


def nll(model: DensityModel, x: Tensor) -> float:
    """Đối log hợp lý trung bình (nat trên một điểm)."""
    return -log_probs(model, x).mean().item()


def bits_per_dim(nll_nats: float, dim: int, levels: int) -> float:
    """Bit trên một chiều của dữ liệu nguyên `levels` mức.

    `nll_nats` là đối log hợp lý trung bình của dữ liệu đã khử lượng tử hóa trong [0, 1).
    bit/chiều = nll/(D ln 2) + log₂(levels). Sách: (eq-bpd)
    """
    if dim < 1 or levels < 2:
        raise InputError(f"dim = {dim}, levels = {levels}: cần dim ≥ 1 và levels ≥ 2.")
    return nll_nats / (dim * math.log(2)) + math.log2(levels)


def gap_to_entropy(
    model: DensityModel, density: ToyDensity, n: int = 20_000, seed: int = 12345
) -> tuple[float, float]:
    """Ước lượng KL(p‖p_θ) = E[log p(x) − log p_θ(x)] (nat) và sai số chuẩn của ước lượng.

    Lấy hiệu trên cùng một mẫu: phần dao động chung của hai log mật độ triệt tiêu, sai số
    chuẩn nhỏ hơn nhiều so với lấy NLL trừ entropy. Sách: (eq-mle), (eq-mle-kl), (eq-entropy-gap)
    """
    like = next(model.parameters())
    x = density.sample(n, seed)
    difference = density.log_prob(x.double()) - log_probs(model, x.to(like)).cpu().double()
    return difference.mean().item(), difference.std().item() / math.sqrt(n)


# --- So hai tập mẫu -------------------------------------------------------------------------------
# Mọi phép dưới đây nhận hai tensor (n, ...) và (m, ...), trải phẳng mỗi điểm thành vector D chiều
# rồi tính trên CPU với float64.


def check_samples(*samples: Tensor, at_least: int = 2) -> list[Tensor]:
    """Kiểm tra vài tập mẫu cùng hình dạng điểm; trả các ma trận (n, D) float64 trên CPU."""
    for x in samples:
        event_shape = tuple(samples[0].shape[1:]) if isinstance(samples[0], Tensor) else ()
        check_batch(x, event_shape, "mẫu")
        if len(x) < at_least:
            raise InputError(f"Tập mẫu có {len(x)} điểm; phép đo này cần ít nhất {at_least} điểm.")
    return [x.detach().cpu().double().flatten(1) for x in samples]


def distances(x: Tensor, y: Tensor) -> Tensor:
    """Khoảng cách Euclid giữa mọi cặp: (n, D), (m, D) -> (n, m). Chính xác cả khi rất gần nhau."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")


@dataclass(frozen=True)
class MMD:
    """Kết quả của `mmd2`: ước lượng, sai số chuẩn của nó, và bề rộng nhân đã dùng."""

    value: float
    se: float
    bandwidth: float


def mmd2(x: Tensor, y: Tensor, bandwidth: float | None = None) -> MMD:
    """MMD² giữa hai phân phối, ước lượng từ mẫu x (n, ...) và y (m, ...).

    Nhân Gauss k(a, b) = exp(−‖a − b‖²/(2h²)). Với h cho trước, ước lượng không chệch, nên có
    thể âm khi hai phân phối gần nhau. Không cho h thì lấy trung vị của khoảng cách giữa các
    cặp điểm trong hai mẫu gộp lại (median heuristic).

    Sai số chuẩn theo khai triển Hoeffding tới bậc hai, nên dùng được cả khi hai phân phối trùng
    nhau (lúc ấy bậc một triệt tiêu).

    Nguồn: Gretton và cộng sự (2012). Sách: (eq-mmd)
    """
    x, y = check_samples(x, y, at_least=4)
    n, m = len(x), len(y)
    if max(n, m) > 5000:
        raise InputError(
            f"Hai mẫu có {n} và {m} điểm; mmd2 cần mọi cặp điểm, nên mỗi mẫu không quá 5000. "
            f"Hãy lấy bớt, ví dụ x[:5000]."
        )
    if bandwidth is None:
        pooled = torch.cat([x, y])[
            torch.randperm(n + m, generator=torch.Generator().manual_seed(0))
        ]
        bandwidth = float(torch.pdist(pooled[:2000]).median())
    if not (math.isfinite(bandwidth) and bandwidth > 0):
        raise InputError(
            f"Bề rộng nhân h = {bandwidth}; cần một số dương. Nếu không cho h mà gặp lỗi này thì "
            f"quá nửa số cặp điểm trùng nhau: hãy tự chọn h."
        )

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return torch.exp(-distances(a, b).square() / (2 * bandwidth**2))

    kxx, kyy, kxy = kernel(x, x), kernel(y, y), kernel(x, y)
    row_x, row_y = (kxx.sum(1) - 1) / (n - 1), (kyy.sum(1) - 1) / (m - 1)  # k(a, a) = 1: bỏ ra
    value = float(row_x.mean() + row_y.mean() - 2 * kxy.mean())

    # Bậc hai: phương sai của nhân đã trừ trung bình theo hàng và theo cột.
    def centred(k: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        return (k - rows[:, None] - columns[None, :] + rows.mean()).square()

    two_x = centred(kxx, row_x, row_x).fill_diagonal_(0).sum() / (n * (n - 1))
    two_y = centred(kyy, row_y, row_y).fill_diagonal_(0).sum() / (m * (m - 1))
    two_xy = centred(kxy, kxy.mean(1), kxy.mean(0)).mean()
    # Bậc một: mỗi điểm đẩy ước lượng đi bao nhiêu; trừ phần dao động do trung bình hàng là mẫu.
    one_x = (row_x - kxy.mean(1)).var() - two_x / n - two_xy / m
    one_y = (row_y - kxy.mean(0)).var() - two_y / m - two_xy / n
    variance = 4 * (one_x.clamp_min(0) / n + one_y.clamp_min(0) / m)
    variance += 2 * two_x / (n * (n - 1)) + 2 * two_y / (m * (m - 1)) + 4 * two_xy / (n * m)
    return MMD(value, math.sqrt(float(variance)), float(bandwidth))


def gaussian_mmd2(
    mean1: Tensor, cov1: Tensor, mean2: Tensor, cov2: Tensor, bandwidth: float
) -> float:
    """MMD² chính xác giữa N(mean1, cov1) và N(mean2, cov2), nhân Gauss bề rộng h.

    E k(a, b) = det(I + S/h²)^(−1/2) · exp(−½ dᵀ(h²I + S)⁻¹d), với S là tổng hai hiệp phương
    sai và d là hiệu hai trung bình. Sách: (eq-mmd)
    """

    def mean_kernel(m1: Tensor, c1: Tensor, m2: Tensor, c2: Tensor) -> float:
        total = (c1 + c2).double() + bandwidth**2 * torch.eye(len(m1), dtype=torch.float64)
        difference = (m1 - m2).double()
        log_det = torch.linalg.slogdet(total / bandwidth**2).logabsdet
        return float(
            torch.exp(-0.5 * (log_det + difference @ torch.linalg.solve(total, difference)))
        )

    one, two = (mean1, cov1), (mean2, cov2)
    return mean_kernel(*one, *one) + mean_kernel(*two, *two) - 2 * mean_kernel(*one, *two)


def nearest_radius(real: Tensor, k: int) -> Tensor:
    """Khoảng cách từ mỗi điểm thật tới điểm thật thứ k gần nó nhất, không kể chính nó: (n,)."""
    if not isinstance(k, int) or not 1 <= k < len(real):
        raise InputError(
            f"k = {k!r} với {len(real)} điểm thật; cần số nguyên k từ 1 đến {len(real) - 1}."
        )
    return distances(real, real).fill_diagonal_(math.inf).kthvalue(k, dim=1).values


def coverage(real: Tensor, fake: Tensor, k: int = 5) -> float:
    """Độ phủ: tỉ lệ điểm thật mà quả cầu k láng giềng của nó chứa ít nhất một mẫu.

    Quả cầu của một điểm thật có bán kính là khoảng cách tới điểm thật thứ k gần nó nhất.
    real (n, ...), fake (m, ...). Hai mẫu cùng luật thì kỳ vọng là
    1 − (n−1)…(n−k) / ((n+m−1)…(n+m−k)), không phải 1.

    Nguồn: Naeem và cộng sự (2020). Sách: (eq-coverage)
    """
    real, fake = check_samples(real, fake, at_least=1)
    return (distances(real, fake).amin(1) <= nearest_radius(real, k)).double().mean().item()


def precision(real: Tensor, fake: Tensor, k: int = 3) -> float:
    """Độ chính xác: tỉ lệ mẫu rơi vào quả cầu k láng giềng của ít nhất một điểm thật.

    Đổi chỗ hai đối số thì được độ nhớ lại (recall) của cùng bài báo.

    Nguồn: Kynkäänniemi và cộng sự (2019).
    """
    real, fake = check_samples(real, fake, at_least=1)
    inside = distances(fake, real) <= nearest_radius(real, k)
    return inside.any(1).double().mean().item()


def gaussian_frechet(mean1: Tensor, cov1: Tensor, mean2: Tensor, cov2: Tensor) -> float:
    """Bình phương khoảng cách Fréchet giữa N(mean1, cov1) và N(mean2, cov2).

    ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2(C₁^½ C₂ C₁^½)^½); đơn vị là bình phương đơn vị của dữ liệu.

    Nguồn: Dowson và Landau (1982). Sách: (eq-frechet)
    """
    mean1, cov1, mean2, cov2 = (t.detach().cpu().double() for t in (mean1, cov1, mean2, cov2))
    dim = len(mean1)
    if mean2.shape != (dim,) or cov1.shape != (dim, dim) or cov2.shape != (dim, dim):
        raise InputError(
            f"Trung bình có hình dạng {tuple(mean1.shape)}, {tuple(mean2.shape)}, hiệp phương sai "
            f"{tuple(cov1.shape)}, {tuple(cov2.shape)}; cần (D,) và (D, D) với cùng một D."
        )
    values, vectors = torch.linalg.eigh(cov1)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    # vết của căn bậc hai: tổng căn các trị riêng, làm tròn số có thể cho trị riêng âm rất nhỏ
    cross = torch.linalg.eigvalsh(root @ cov2 @ root).clamp_min(0).sqrt().sum()
    return float((mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross)


def frechet_distance(x: Tensor, y: Tensor) -> float:
    """Bình phương khoảng cách Fréchet giữa hai Gauss khớp với hai mẫu x (n, ...) và y (m, ...).

    Chỉ nhìn trung bình và hiệp phương sai của đặc trưng được đưa vào. FID là phép này trên đặc
    trưng của mạng Inception (Heusel và cộng sự, 2017). Ước lượng chệch lên khi mẫu ít: hai mẫu
    cùng luật vẫn cho số dương; chỉ so những số tính với cùng cỡ mẫu. Sách: (eq-frechet)
    """
    x, y = check_samples(x, y)
    dim = x.shape[1]
    covariances = [torch.cov(sample.T).reshape(dim, dim) for sample in (x, y)]
    return gaussian_frechet(x.mean(0), covariances[0], y.mean(0), covariances[1])


@dataclass(frozen=True)
class ModeCoverage:
    """Kết quả của `mode_coverage`.

    found: số mode tìm thấy. shares: tỉ lệ mẫu ở mỗi mode (K,). high_quality: tổng của chúng,
    tức tỉ lệ mẫu nằm gần một mode nào đó.
    """

    found: int
    shares: Tensor
    high_quality: float


def mode_coverage(
    samples: Tensor, centers: Tensor, std: float, min_share: float = 0.01, radius: float = 3.0
) -> ModeCoverage:
    """Đếm mode của một hỗn hợp Gauss đã biết tâm (K, D) và độ lệch chuẩn `std`.

    Một mẫu thuộc về mode gần nó nhất, nếu cách tâm không quá `radius`·std. Một mode được coi là
    tìm thấy khi giữ ít nhất `min_share` số mẫu. Trong hai chiều, chính phân phối thật cũng chỉ
    có 1 − e^(−4.5) ≈ 98.9 % số mẫu trong bán kính 3·std.
    """
    samples, centers = check_samples(samples, centers, at_least=1)
    if not (std > 0 and radius > 0 and 0 <= min_share <= 1):
        raise InputError(
            f"std = {std}, radius = {radius}, min_share = {min_share}: cần std > 0, radius > 0 "
            f"và min_share từ 0 đến 1."
        )
    distance, mode = distances(samples, centers).min(1)
    near = mode[distance <= radius * std]
    shares = torch.bincount(near, minlength=len(centers)).double() / len(samples)
    return ModeCoverage(int((shares >= min_share).sum()), shares, float(shares.sum()))
