"""Đầu ra của bộ giải mã: từ những con số của mạng đến một phân phối p(x | z) thật sự.

Mạng giải mã không cho ra ảnh; nó cho ra **tham số** của một phân phối trên ảnh. Mỗi lớp ở đây
là một họ phân phối như thế, các thành phần của x độc lập khi biết z. VAE và VAE phân cấp dùng
chung các lớp này, và ba công thức Gauss ở đầu tệp.

Quy ước hình dạng: x (n, *event_shape), tham số (n, *event_shape, parameters_per_value).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import check_batch, check_levels
from .errors import InputError

LOG_2PI = math.log(2 * math.pi)


def gaussian_log_prob(
    x: Tensor, mean: Tensor | float = 0.0, log_var: Tensor | float = 0.0
) -> Tensor:
    """log N(x; mean, diag exp(log_var)), nat: tổng trên mọi chiều trừ chiều đầu, cho ra (n,).

    `mean` và `log_var` là số, hoặc tensor phát tán được theo x.
    """
    log_var = torch.as_tensor(log_var, dtype=x.dtype, device=x.device)
    each = -0.5 * (LOG_2PI + log_var + (x - mean).square() * torch.exp(-log_var))
    return each.flatten(1).sum(1)


def gaussian_kl(
    mean_q: Tensor,
    log_var_q: Tensor,
    mean_p: Tensor | float = 0.0,
    log_var_p: Tensor | float = 0.0,
    *,
    per_dimension: bool = False,
) -> Tensor:
    """KL(q ‖ p) của hai phân phối Gauss có hiệp phương sai đường chéo, đơn vị nat.

    Mỗi chiều góp ½[log σ_p² − log σ_q² + (σ_q² + (μ_q − μ_p)²)/σ_p² − 1]. Mặc định
    p = N(0, I). VAE dùng với p là tiên nghiệm; VAE phân cấp dùng ở mọi tầng, với p là tiên
    nghiệm có điều kiện.

    Hình dạng: `mean_q`, `log_var_q` (n, ...); `mean_p`, `log_var_p` là số hay tensor phát tán
    được theo chúng. Kết quả (n,): tổng trên mọi chiều trừ chiều đầu. Với `per_dimension`,
    kết quả giữ nguyên hình dạng (n, ...), để đếm xem chiều nào mang thông tin.
    Nguồn: Kingma & Welling 2014, phụ lục B. Sách: (eq-gaussian-kl)
    """
    log_var_p = torch.as_tensor(log_var_p, dtype=mean_q.dtype, device=mean_q.device)
    each = 0.5 * (
        log_var_p
        - log_var_q
        + (log_var_q - log_var_p).exp()
        + (mean_q - mean_p).square() * torch.exp(-log_var_p)
        - 1
    )
    return each if per_dimension else each.flatten(1).sum(1)


def reparameterize(mean: Tensor, log_var: Tensor) -> Tensor:
    """Một mẫu z = μ + σ ⊙ ε với ε ~ N(0, I): ngẫu nhiên, mà gradient vẫn qua được μ và σ.

    Hình dạng của kết quả là hình dạng của `mean`. Sách: (eq-reparameterization)
    """
    return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)


class Likelihood(nn.Module):
    """p(x | z): `parameters_per_value` con số cho mỗi thành phần của x."""

    parameters_per_value: int
    #: x có rời rạc không: quyết định log_prob là log xác suất hay log mật độ
    discrete: bool = False

    def check(self, x: Tensor, event_shape: tuple[int, ...], name: str = "x") -> None:
        """Kiểm tra dữ liệu có hợp với họ phân phối này không; ném InputError bằng tiếng Việt."""
        check_batch(x, event_shape, name)

    def prepare(self, x: Tensor) -> Tensor:
        """x đưa về cỡ vài đơn vị quanh 0, để mạng mã hóa đọc; hình dạng không đổi."""
        return x

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """log p(x | z), nat, tổng trên mọi thành phần của x: (n,)."""
        raise NotImplementedError

    def mean(self, parameters: Tensor) -> Tensor:
        """E[x | z], hình dạng (n, *event_shape)."""
        raise NotImplementedError

    def sample(self, parameters: Tensor) -> Tensor:
        """Một mẫu của p(x | z), hình dạng (n, *event_shape)."""
        raise NotImplementedError


class BernoulliLikelihood(Likelihood):
    """Dữ liệu 0/1: tham số là logit của P(x = 1 | z).

    Chỉ đúng với dữ liệu thật sự nhị phân: cho điểm ảnh xám trong (0, 1) thì công thức vẫn ra
    số, nhưng số ấy không phải log xác suất của một phân phối nào.
    """

    parameters_per_value = 1
    discrete = True

    def check(self, x: Tensor, event_shape: tuple[int, ...], name: str = "x") -> None:
        check_levels(x, event_shape, 2, name)

    def prepare(self, x: Tensor) -> Tensor:
        return 2.0 * x - 1  # 2.0: x kiểu nguyên cũng thành số thực

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        logits = parameters[..., 0]
        each = x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)
        return each.flatten(1).sum(1)

    def mean(self, parameters: Tensor) -> Tensor:
        return torch.sigmoid(parameters[..., 0])

    def sample(self, parameters: Tensor) -> Tensor:
        return torch.bernoulli(self.mean(parameters))


class GaussianLikelihood(Likelihood):
    """x | z ~ N(μ(z), s²): sai số bình phương trở thành log mật độ nhờ có s.

    Tham số
    -------
    scale : số dương: s cố định. "shared": một s chung, học cùng mạng (σ-VAE, Rybkin et al.
        2021). "predicted": mạng cho ra log s riêng cho từng thành phần.
    initial_scale : s lúc đầu, khi s được học.
    minimum_scale : s không xuống dưới mức này. Không có nó, một bộ giải mã đủ mạnh đẩy
        mật độ lên vô hạn trên dữ liệu nằm gọn trong một mặt cong.

    Sách: (eq-gaussian-decoder)
    """

    def __init__(
        self,
        scale: float | str = "shared",
        initial_scale: float = 1.0,
        minimum_scale: float = 1e-3,
    ):
        super().__init__()
        fixed = isinstance(scale, int | float) and not isinstance(scale, bool)
        if not (fixed and scale > 0) and scale not in ("shared", "predicted"):
            raise InputError(
                f"scale = {scale!r}; cần một số dương (s cố định), "
                f'"shared" (một s chung, học được) hoặc "predicted" (s do mạng cho ra).'
            )
        self.predicted = scale == "predicted"
        self.parameters_per_value = 2 if self.predicted else 1
        self.minimum_scale = minimum_scale if not fixed else 0.0
        start = torch.tensor(math.log(scale if fixed else initial_scale))
        if scale == "shared":
            self.log_scale = nn.Parameter(start)
        else:
            self.register_buffer("log_scale", start)

    def scale(self, parameters: Tensor) -> Tensor:
        """Độ lệch chuẩn s, phát tán được theo x."""
        log_scale = self.log_scale
        if self.predicted:
            log_scale = log_scale + parameters[..., 1]
        return log_scale.exp() + self.minimum_scale

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        return gaussian_log_prob(x, self.mean(parameters), 2 * self.scale(parameters).log())

    def mean(self, parameters: Tensor) -> Tensor:
        return parameters[..., 0]

    def sample(self, parameters: Tensor) -> Tensor:
        mean = self.mean(parameters)
        return mean + self.scale(parameters) * torch.randn_like(mean)


class CategoricalLikelihood(Likelihood):
    """Số nguyên 0..levels − 1, mỗi mức một xác suất riêng: tham số là `levels` logit.

    Biểu diễn được mọi phân phối trên các mức, nhưng không biết rằng mức 7 gần mức 8.
    """

    discrete = True

    def __init__(self, levels: int):
        super().__init__()
        self.levels = self.parameters_per_value = check_level_count(levels)

    def check(self, x: Tensor, event_shape: tuple[int, ...], name: str = "x") -> None:
        check_levels(x, event_shape, self.levels, name)

    def prepare(self, x: Tensor) -> Tensor:
        return 2 * x / (self.levels - 1) - 1

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        log_p = torch.log_softmax(parameters, -1)
        return log_p.gather(-1, x.long().unsqueeze(-1)).flatten(1).sum(1)

    def mean(self, parameters: Tensor) -> Tensor:
        values = torch.arange(self.levels, dtype=parameters.dtype, device=parameters.device)
        return torch.softmax(parameters, -1) @ values

    def sample(self, parameters: Tensor) -> Tensor:
        tiny = torch.finfo(parameters.dtype).tiny
        gumbel = -torch.log(torch.empty_like(parameters).exponential_().clamp_min(tiny))
        return (parameters + gumbel).argmax(-1).to(parameters.dtype)


class LogisticMixtureLikelihood(CategoricalLikelihood):
    """Số nguyên 0..levels − 1, xác suất của một mức là khối lượng của một trộn logistic.

    P(x = k | z) = Σ_j π_j [S((k + ½ − μ_j)/s_j) − S((k − ½ − μ_j)/s_j)], S là hàm sigmoid; mức
    đầu nhận cả đuôi trái, mức cuối nhận cả đuôi phải, nên tổng các mức đúng bằng 1. Có thứ tự:
    mức 7 gần mức 8. Tham số của mỗi thành phần x: `components` bộ (logit π, μ, log s), với μ và s
    đo trên thang [−1, 1], cộng tâm xuất phát.
    Nguồn: Salimans et al. 2017 (PixelCNN++).
    """

    def __init__(self, levels: int, components: int = 3):
        super().__init__(levels)
        if not isinstance(components, int) or components < 1:
            raise InputError(f"components = {components!r}; cần một số nguyên dương.")
        self.parameters_per_value = 3 * components
        # Các tâm xuất phát rải đều: nếu trùng nhau, chúng nhận cùng gradient mãi mãi.
        spread = torch.linspace(-1, 1, components) if components > 1 else torch.zeros(1)
        self.register_buffer("centers", spread)

    def log_mass(self, level: Tensor, parameters: Tensor) -> Tensor:
        """log P(x = level | z): level (...,), parameters (..., 3·components), cho ra (...,)."""
        logits, mean, log_scale = parameters.chunk(3, -1)
        half = 1 / (self.levels - 1)  # nửa bề rộng một mức trên thang [−1, 1]
        middle = self.prepare(level).unsqueeze(-1) - mean - self.centers
        precision = torch.exp((1.5 - log_scale).clamp(-7, 7))
        low, high = (middle - half) * precision, (middle + half) * precision
        # log[S(high) − S(low)] = log S(high) + log S(−low) + log(1 − e^{low − high}), không trừ
        # hai số gần nhau. Mức đầu có low = −∞, mức cuối có high = +∞.
        below, above = F.logsigmoid(high), F.logsigmoid(-low)
        inside = below + above + torch.log(-torch.expm1(low - high))
        level = level.unsqueeze(-1)
        each = torch.where(level == 0, below, torch.where(level == self.levels - 1, above, inside))
        return torch.logsumexp(torch.log_softmax(logits, -1) + each, -1)

    def log_levels(self, parameters: Tensor) -> Tensor:
        """log P(x = k | z) của mọi mức k: (n, *event_shape, levels)."""
        levels = torch.arange(self.levels, dtype=parameters.dtype, device=parameters.device)
        return self.log_mass(levels, parameters.unsqueeze(-2))

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        return self.log_mass(x, parameters).flatten(1).sum(1)

    def mean(self, parameters: Tensor) -> Tensor:
        return super().mean(self.log_levels(parameters))

    def sample(self, parameters: Tensor) -> Tensor:
        return super().sample(self.log_levels(parameters))


def check_level_count(levels: int) -> int:
    if not isinstance(levels, int) or levels < 2:
        raise InputError(f"levels = {levels!r}; số mức phải là một số nguyên từ 2 trở lên.")
    return levels
