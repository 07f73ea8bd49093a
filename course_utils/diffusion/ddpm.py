"""Mô hình khuếch tán rời rạc: chuỗi thêm nhiễu cố định, chuỗi khử nhiễu học được.

Chiều xuôi q thêm nhiễu dần, từ dữ liệu x_0 đến x_T gần như N(0, I). Chiều ngược p_θ bắt đầu ở
N(0, I), mỗi bước đoán x_0 rồi lùi theo q(x_{k−1} | x_k, x̂_0). Đây là một VAE phân cấp có T tầng mà
chiều suy luận không học gì.

Nguồn: Sohl-Dickstein et al. (2015); Ho et al. (2020) (DDPM); Song et al. (2021) (DDIM).
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..base import check_batch, check_count, check_device, check_levels
from ..errors import InputError
from ..flow_matching import stratified_times
from ..flows.fields import Field, VelocityMLP, check_velocity
from ..flows.linear import ActNorm
from ..likelihoods import check_level_count, gaussian_log_prob
from .parameterizations import check_kind, target, to_eps, to_x0
from .sampling import ReverseChain
from .schedules import NoiseSchedule, get_schedule


class FlatNet(nn.Module):
    """Mạng trên vector (n, D), dùng cho ảnh (n, C, H, W): trải phẳng rồi xếp lại."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, s: Tensor | float, x: Tensor) -> Tensor:
        """Đầu ra (n, C, H, W) của mạng ở thời gian nhiễu s."""
        return self.net(s, x.flatten(1)).view_as(x)


class DDPM(ReverseChain):
    """Mô hình khuếch tán T bước, cho vector (n, dim) hay ảnh (n, C, H, W).

    Mọi phép tính của chuỗi sống trong tọa độ đã chuẩn tắc. Dữ liệu thực: trừ trung bình, chia độ
    lệch chuẩn của lô đầu tiên, rồi đứng yên. Dữ liệu `levels` mức: đưa về [−1, 1], và bước cuối của
    chuỗi ngược là một Gauss rời rạc hóa, nên `elbo` là cận dưới của một log **xác suất**.

    Tham số
    -------
    dim : số tọa độ, hoặc hình dạng (C, H, W) của ảnh
    hidden, frequencies, activation : của `VelocityMLP`, khi không đưa `net`
    steps : T, số bước của chuỗi; bỏ qua khi `schedule` là một NoiseSchedule
    schedule : "cosine", "linear", hay một NoiseSchedule
    prediction : mạng đoán "eps", "x0" hay "v"; mặc định "v", vì "eps" chia sai số cho a_k khi tín
        hiệu gần hết, "x0" chia cho σ_k khi nhiễu gần hết, còn "v" không chia cho số nào gần 0
    variance : phương sai của bước ngược, "beta" (β_k) hay "posterior" (β̃_k); bước cuối, từ x_1 về
        x_0, luôn là β_1, vì β̃_1 = 0 không cho mật độ nào
    net : mạng thay cho VelocityMLP, gọi bằng net(s, x): s = k/T là một số hay (n,), x và đầu ra
        (n, *event_shape)
    levels : số mức của dữ liệu nguyên; None khi dữ liệu ở trên ℝ

    Mặc định học tốt trong vài giây trên dữ liệu hai chiều với `fit(model, density, steps=1500,
    lr=2e-2, batch_size=256)`; ảnh 8×8 thì lr = 5e-3. "tanh" bám các cụm rời sát hơn "silu", mà
    chuỗi rời rạc không cần trường trơn như một bộ giải ODE.

    Không có `log_prob`: mật độ của mẫu là một tích phân theo cả chuỗi. Có `elbo`, cận dưới của nó.
    Sách: (eq-simple-loss), (eq-ddpm-elbo), (eq-ancestral), (eq-ddim)
    """

    def __init__(
        self,
        dim: int | Sequence[int],
        hidden: Sequence[int] = (128, 128),
        *,
        steps: int = 100,
        schedule: str | NoiseSchedule = "cosine",
        prediction: str = "v",
        variance: str = "beta",
        frequencies: int = 3,
        activation: str = "tanh",
        net: Field | None = None,
        levels: int | None = None,
    ):
        super().__init__()
        self.event_shape = (dim,) if isinstance(dim, int) else tuple(dim)
        size = math.prod(self.event_shape)
        if len(self.event_shape) not in (1, 3) or size < 1:
            raise InputError(
                f"dim = {dim}; cần một số chiều dương hoặc một hình dạng ảnh, ví dụ (1, 8, 8)."
            )
        if variance not in ("beta", "posterior"):
            raise InputError(f'variance = {variance!r}; cần "beta" hoặc "posterior".')
        self.schedule = get_schedule(schedule, steps)
        self.prediction, self.variance = check_kind(prediction), variance
        self.levels = None if levels is None else check_level_count(levels)
        if levels is None:
            self.norm = ActNorm(size).requires_grad_(False)
        if net is None:
            net = VelocityMLP(size, hidden, frequencies, activation)
            net = net if len(self.event_shape) == 1 else FlatNet(net)
        self.net = net
        self.register_buffer("_like", torch.zeros(()), persistent=False)

    @property
    def steps(self) -> int:
        """Số bước T của chuỗi."""
        return self.schedule.steps

    # ------------------------------------------------------------------ phía dữ liệu

    def check(self, x: Tensor, name: str = "x") -> None:
        if self.levels is None:
            check_batch(x, self.event_shape, name)
        else:
            check_levels(x, self.event_shape, self.levels, name)
        check_device(x, self._like, name)

    def standardize(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Dữ liệu x -> x_0 trong tọa độ đã chuẩn tắc, và log|det| (n,); `levels` mức thì log 1."""
        if self.levels is not None:
            x0 = 2 * x.to(self._like.dtype) / (self.levels - 1) - 1
            return x0, x0.new_zeros(len(x0))
        x0, log_det = self.norm.inverse(x.flatten(1))
        return x0.view_as(x), log_det

    def unstandardize(self, x0: Tensor) -> Tensor:
        """x_0 -> dữ liệu; với `levels` mức thì làm tròn về mức gần nhất."""
        if self.levels is not None:
            return ((x0 + 1) * (self.levels - 1) / 2).round().clamp(0, self.levels - 1)
        return self.norm(x0.flatten(1))[0].view_as(x0)

    # ------------------------------------------------------------------ huấn luyện

    def predict(self, k: Tensor | int, x: Tensor) -> Tensor:
        """Đầu ra của mạng ở bước k (một số hay (n,)), tại x_k (n, *event_shape)."""
        s = k / self.steps if isinstance(k, int) else k.to(x.dtype) / self.steps
        return check_velocity(self.net(s, x), x)

    def interpret(self, k: Tensor | int, x: Tensor, prediction: Tensor) -> tuple[Tensor, Tensor]:
        """(x̂_0, ε̂) mà một đầu ra của mạng ngụ ý.

        Với `levels` mức, x̂_0 được cắt về [−1, 1]: x_0 thật ở trong ấy, nên cắt không bao giờ làm
        sai số tăng; ε̂ tính lại cho khớp. Sách: (eq-parameterizations)
        """
        a, sigma = (self.schedule.at(t, k, x) for t in ("a", "sigma"))
        x0 = to_x0(self.prediction, prediction, x, a, sigma)
        if self.levels is None:
            return x0, to_eps(self.prediction, prediction, x, a, sigma)
        x0 = x0.clamp(-1, 1)
        return x0, (x - a * x0) / sigma

    def denoise(self, k: Tensor | int, x: Tensor) -> tuple[Tensor, Tensor]:
        """(x̂_0, ε̂) mà mạng đoán ở bước k, tại x_k."""
        return self.interpret(k, x, self.predict(k, x))

    def draw_steps(self, n: int) -> Tensor:
        """n bước k (n,) đều trên 1…T, phân tầng. Không chệch, phương sai nhỏ hơn rút độc lập."""
        u = stratified_times(n, self._like).squeeze(1)
        return (1 + (u * self.steps).long()).clamp_max(self.steps)

    def loss(self, x: Tensor) -> Tensor:
        """L_simple = E‖đích − mạng(k/T, x_k)‖², một số; k đều, mỗi điểm một k và một ε.

        Không phải cận của log hợp lý: nó bỏ các trọng số của (eq-ddpm-elbo), và không về 0.
        Sách: (eq-simple-loss); Ho et al. (2020), phương trình (14)
        """
        self.check(x)
        x0, _ = self.standardize(x)
        k, eps = self.draw_steps(len(x0)), torch.randn_like(x0)
        a, sigma = (self.schedule.at(t, k, x0) for t in ("a", "sigma"))
        prediction = self.predict(k, a * x0 + sigma * eps)
        goal = target(self.prediction, x0, eps, a, sigma)
        return F.mse_loss(prediction, goal, reduction="sum") / len(x0)

    # ------------------------------------------------------------------ cận của log hợp lý

    def reconstruction(self, x: Tensor, x0: Tensor, mean: Tensor) -> Tensor:
        """log p_θ(x_0 | x_1) (n,): N(mean, β_1), hay khối lượng của nó trên ô của từng mức.

        Mức đầu nhận cả đuôi trái, mức cuối cả đuôi phải, nên tổng mọi mức là 1.
        Sách: (eq-ddpm-decoder); Ho et al. (2020), phương trình (13)
        """
        variance = self.schedule.at("beta", 1, x0)
        if self.levels is None:
            return gaussian_log_prob(x0, mean, variance.log())
        half, scale = 1 / (self.levels - 1), variance.sqrt()
        low = ((x0 - half - mean) / scale).masked_fill(x <= 0, -math.inf)
        high = ((x0 + half - mean) / scale).masked_fill(x >= self.levels - 1, math.inf)
        # Φ(high) − Φ(low), lấy ở đuôi trái để không trừ hai số gần 1.
        low, high = torch.where(low > 0, -high, low), torch.where(low > 0, -low, high)
        top = torch.special.log_ndtr(high)
        mass = top + torch.log(-torch.expm1(torch.special.log_ndtr(low) - top))
        return mass.flatten(1).sum(1)

    def step_kl(self, x0: Tensor, k: Tensor | int) -> Tensor:
        """KL(q(x_{k−1} | x_k, x_0) ‖ p_θ(x_{k−1} | x_k)) (n,), k ≥ 2, tại một mẫu x_k.

        Hai Gauss cùng dạng, chỉ khác trung bình (và phương sai, khi `variance` là "beta").
        Sách: (eq-ddpm-kl)
        """
        x = self.schedule.diffuse(x0, k, torch.randn_like(x0))
        error = self.schedule.posterior_mean(x0 - self.denoise(k, x)[0], torch.zeros_like(x), k)
        true = self.schedule.at("posterior_variance", k, x)
        ours = true if self.variance == "posterior" else self.schedule.at("beta", k, x)
        each = 0.5 * ((ours / true).log() + true / ours - 1 + error.square() / ours)
        return each.flatten(1).sum(1)

    def first_and_last(self, x: Tensor, x0: Tensor) -> tuple[Tensor, Tensor]:
        """L_0 = −log p_θ(x_0 | x_1) tại một mẫu x_1, và L_T = KL(q(x_T | x_0) ‖ N(0, I)); (n,)."""
        x1 = self.schedule.diffuse(x0, 1, torch.randn_like(x0))
        first = -self.reconstruction(x, x0, self.denoise(1, x1)[0])
        signal = self.schedule.at("alpha_bar", self.steps, x0)
        last = 0.5 * (signal * x0.square() - signal - torch.log1p(-signal)).flatten(1).sum(1)
        return first, last

    def bound_terms(self, x: Tensor) -> Tensor:
        """Các số hạng L_0, L_1, …, L_T của cận, nat: (n, T + 1); tổng theo hàng là −elbo.

        Cột 0 là dựng lại −log p_θ(x_0 | x_1) (đã gồm log|det| của phép chuẩn tắc), cột k − 1 là KL
        của bước k, cột T là KL của x_T. Mỗi số hạng ước lượng bằng một mẫu x_k.
        Sách: (eq-ddpm-elbo)
        """
        self.check(x)
        x0, log_det = self.standardize(x)
        first, last = self.first_and_last(x, x0)
        steps = [self.step_kl(x0, k) for k in range(2, self.steps + 1)]
        return torch.stack([first - log_det, *steps, last], 1)

    def elbo(self, x: Tensor, terms: int | None = None) -> Tensor:
        """Ước lượng không chệch của cận dưới của log p_θ(x), nat: (n, *event_shape) -> (n,).

        `terms`: chỉ tính bấy nhiêu trong T − 1 số hạng giữa, mỗi điểm rút phân tầng các bước của
        mình; nhanh hơn và nhiễu hơn. Trung bình trên nhiều điểm mới là con số để báo cáo.
        Sách: (eq-ddpm-elbo)
        """
        middle = self.steps - 1
        if terms is None or middle == 0:
            return -self.bound_terms(x).sum(1)
        check_count(terms, "terms")
        self.check(x)
        x0, log_det = self.standardize(x)
        total = sum(self.first_and_last(x, x0)) - log_det
        for stratum in range(terms):
            u = torch.rand(len(x0), dtype=x0.dtype, device=x0.device)
            k = (2 + (middle * (stratum + u) / terms).long()).clamp_max(self.steps)
            total = total + self.step_kl(x0, k) * (middle / terms)
        return -total
