"""Quy tắc nhân thành mô hình: phần chung của MADE, PixelCNN, WaveNet và GPT.

    p(x) = p(x_1) p(x_2 | x_1) ... p(x_D | x_1, ..., x_{D−1})

Mô hình con chỉ phải viết `logits`: một lượt tính cho ra mọi phân phối có điều kiện cùng lúc.
Tính log xác suất là một lượt; lấy mẫu là D lượt, thành phần này xong mới đến thành phần kia.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base import DiscreteModel, check_count, describe_shape
from ..errors import InputError


def sampling_probabilities(logits: Tensor, temperature: float = 1.0, top_p: float = 1.0) -> Tensor:
    """Xác suất sau khi chỉnh nhiệt độ rồi cắt đuôi: (..., levels) -> (..., levels), tổng bằng 1.

    Nhiệt độ T chia mọi logit cho T: p_i tỉ lệ với exp(l_i / T). T = 1 giữ nguyên, T < 1 dồn xác
    suất về giá trị dễ xảy ra, T = 0 chỉ giữ giá trị dễ xảy ra nhất. `top_p` giữ tập nhỏ nhất gồm
    các giá trị dễ xảy ra nhất có tổng xác suất ít nhất `top_p`, rồi chuẩn hóa lại.

    Sách: (eq-sampling-temperature), (eq-top-p); Holtzman et al. (2020)
    """
    check_sampling(temperature, top_p)
    if temperature == 0:
        return F.one_hot(logits.argmax(-1), logits.shape[-1]).to(logits.dtype)
    # Trừ giá trị lớn nhất trước khi chia: nhiệt độ rất nhỏ cũng không làm tràn số.
    p = ((logits - logits.amax(-1, keepdim=True)) / temperature).softmax(-1)
    if top_p < 1:
        sorted_p, index = p.sort(dim=-1, descending=True, stable=True)
        before = sorted_p.cumsum(-1) - sorted_p  # tổng của những giá trị dễ xảy ra hơn
        kept = torch.zeros_like(p).scatter(-1, index, (before < top_p).to(p.dtype))
        p = p * kept
        p = p / p.sum(-1, keepdim=True)
    return p


def sample_logits(
    logits: Tensor,
    temperature: float = 1.0,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Rút một giá trị từ mỗi hàng logit: (..., levels) -> (...), số nguyên.

    Mỗi hàng dùng đúng một số u đều trên [0, 1): giá trị được chọn là giá trị đầu tiên có xác suất
    dồn vượt u. Số u sinh trên CPU, để cùng hạt giống cho cùng mẫu trên mọi thiết bị.
    Sách: (eq-sampling-temperature), (eq-top-p)
    """
    cdf = sampling_probabilities(logits.detach().cpu().double(), temperature, top_p).cumsum(-1)
    u = torch.rand(cdf.shape[:-1], generator=generator, dtype=torch.float64)
    index = (cdf <= (u.unsqueeze(-1) * cdf[..., -1:])).sum(-1)
    last = (cdf < cdf[..., -1:]).sum(-1)  # giá trị cuối cùng có xác suất dương
    return torch.minimum(index, last).to(logits.device)


def check_sampling(temperature: float, top_p: float) -> None:
    if not is_between(temperature, lambda t: 0 <= t < math.inf):
        raise InputError(
            f"Nhiệt độ {temperature!r} không hợp lệ; cần một số không âm. T = 1 là đúng phân phối "
            f"của mô hình, T = 0 là luôn chọn giá trị dễ xảy ra nhất."
        )
    if not is_between(top_p, lambda p: 0 < p <= 1):
        raise InputError(
            f"top_p = {top_p!r} không hợp lệ; cần một số trong (0, 1]. top_p = 1 là không cắt gì."
        )


def is_between(value, test) -> bool:
    """`test(value)`; giá trị không so sánh được với số (chuỗi, None) thì False."""
    try:
        return bool(test(value))
    except (TypeError, ValueError, RuntimeError):
        return False


def check_dim(dim: int, name: str) -> None:
    if not isinstance(dim, int) or dim < 1:
        raise InputError(f"`{name}` = {dim!r}; cần một số nguyên dương.")


def check_levels_count(levels: int) -> None:
    if not isinstance(levels, int) or levels < 2:
        raise InputError(
            f"levels = {levels!r}; mỗi thành phần cần ít nhất 2 giá trị, nên levels là số nguyên "
            f"từ 2 trở lên."
        )


def make_generator(seed: int | torch.Generator | None) -> torch.Generator | None:
    """Hạt giống nguyên, chính bộ sinh đã có, hay None: bộ sinh toàn cục."""
    if seed is None or isinstance(seed, torch.Generator):
        return seed
    return torch.Generator().manual_seed(seed)


class AutoregressiveModel(DiscreteModel):
    """Mô hình tự hồi quy rời rạc: log p(x) = Σ_i log p(x_i | x_{<i}), chính xác.

    Mô hình con cần `event_shape`, `levels` và `logits`. Thứ tự sinh mặc định là thứ tự đọc:
    từ trái sang phải, từ trên xuống dưới.

    Sách: (eq-chain-rule)
    """

    def __init__(self, event_shape: tuple[int, ...], levels: int):
        super().__init__()
        check_levels_count(levels)
        self.event_shape, self.levels = tuple(event_shape), levels

    @property
    def order(self) -> list[int]:
        """Chỉ số phẳng của các thành phần, theo thứ tự sinh."""
        return list(range(math.prod(self.event_shape)))

    def logits(self, x: Tensor) -> Tensor:
        """Logit của mọi p(x_i | x_{<i}): (n, *event_shape) -> (n, *event_shape, levels)."""
        raise NotImplementedError

    def logits_at(self, x: Tensor, i: int) -> Tensor:
        """Logit của riêng thành phần phẳng i: (n, *event_shape) -> (n, levels)."""
        return self.logits(x).flatten(1, -2)[:, i]

    def reader(self, x: Tensor) -> Callable[[int], Tensor]:
        """Hàm i -> `logits_at(x, i)`, được gọi lần lượt theo `order` trong lúc x điền dần.

        Mô hình con nhớ được gì giữa hai lần gọi thì nhớ ở đây.
        """
        return lambda i: self.logits_at(x, i)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x) chính xác, nat: (n, *event_shape) -> (n,). Sách: (eq-chain-rule)"""
        return self.log_conditionals(x).flatten(1).sum(1)

    def log_conditionals(self, x: Tensor) -> Tensor:
        """Từng số hạng log p(x_i | x_{<i}), nat: (n, *event_shape) -> (n, *event_shape)."""
        self.check(x)
        logits = self.logits(x)
        nats = -F.cross_entropy(logits.flatten(0, -2), x.flatten().long(), reduction="none")
        return nats.view(x.shape)

    def sample(
        self,
        n: int,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | torch.Generator | None = None,
    ) -> Tensor:
        """n mẫu (n, *event_shape): lần lượt từng thành phần theo `order`."""
        check_count(n)
        parameter = next(self.parameters())
        blank = parameter.new_zeros(n, *self.event_shape)
        return self.complete(blank, 0, temperature, top_p, seed)

    @torch.no_grad()
    def complete(
        self,
        x: Tensor,
        known: int,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | torch.Generator | None = None,
    ) -> Tensor:
        """Giữ `known` thành phần đầu (theo `order`) của mỗi điểm, sinh các thành phần còn lại.

        Với T = 1, top_p = 1, đó là mẫu chính xác của p(phần sau | phần đầu).
        """
        self.check(x)
        if not 0 <= known <= len(self.order):
            raise InputError(
                f"known = {known}; mỗi điểm có {len(self.order)} thành phần, nên known nằm trong "
                f"0..{len(self.order)}."
            )
        check_sampling(temperature, top_p)
        generator = make_generator(seed)
        x = x.to(next(self.parameters())).clone(memory_format=torch.contiguous_format)
        flat = x.view(len(x), -1)
        read = self.reader(x)
        for i in self.order[known:]:
            value = sample_logits(read(i), temperature, top_p, generator)
            flat[:, i] = value.to(x.dtype)
        return x


class SequenceModel(AutoregressiveModel):
    """Mô hình tự hồi quy trên dãy ký hiệu: dịch dãy đi một bước, nối dài một lời mở đầu.

    Đầu vào của mạng là dãy lùi một bước, đứng đầu là ký hiệu mở đầu (số `levels`): vị trí t đọc
    x_1..x_{t−1} và đoán x_t. Khi huấn luyện, mọi vị trí được đoán trong một lượt từ dãy thật
    (*teacher forcing*). Mô hình con viết `advance`.
    """

    #: Số ký hiệu nhiều nhất mà một lượt tính đọc được, kể cả ký hiệu mở đầu.
    context: float = math.inf

    def advance(self, inputs: Tensor, state=None):
        """Đọc tiếp `inputs` (n, t) sau những gì `state` đã nhớ: logit (n, t, levels), state mới."""
        raise NotImplementedError

    def with_start(self, x: Tensor) -> Tensor:
        """Thêm ký hiệu mở đầu: (n, t) -> (n, t + 1)."""
        start = torch.full((len(x), 1), self.levels, dtype=torch.long, device=x.device)
        return torch.cat([start, x.long()], 1)

    def logits(self, x: Tensor) -> Tensor:
        return self.advance(self.with_start(x)[:, :-1])[0]

    def sample(self, n, temperature=1.0, top_p=1.0, seed=None) -> Tensor:
        """n dãy (n, length), số nguyên kiểu long."""
        check_count(n)
        device = next(self.parameters()).device
        empty = torch.zeros(n, 0, dtype=torch.long, device=device)
        return self.generate(empty, self.event_shape[0], temperature, top_p, seed)

    @torch.no_grad()
    def generate(
        self,
        prompt: Tensor,
        n: int,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | torch.Generator | None = None,
        cache: bool = True,
    ) -> Tensor:
        """Viết tiếp n ký hiệu sau mỗi lời mở đầu: (b, t) -> (b, t + n); (t,) -> (t + n,).

        `cache` : nhớ những gì đã tính về phần đã đọc, mỗi bước chỉ tính ký hiệu mới. Tắt đi thì
        mỗi bước đọc lại từ đầu: cùng kết quả, chậm hơn nhiều.

        Dãy dài hơn cửa sổ của mô hình thì bỏ bớt phần đầu: mỗi khi cửa sổ đầy, giữ lại nửa sau.
        """
        check_count(n)
        check_sampling(temperature, top_p)
        if not isinstance(prompt, Tensor) or prompt.ndim not in (1, 2):
            shape = describe_shape(prompt.shape) if isinstance(prompt, Tensor) else ""
            raise InputError(
                f"Lời mở đầu là {type(prompt).__name__} {shape}; cần tensor số nguyên hình dạng "
                f"(t,) hoặc (b, t). Từ một chuỗi chữ, hãy dùng vocabulary.encode(...)."
            )
        single = prompt.ndim == 1
        tokens = prompt.reshape(1, -1) if single else prompt
        self.check_tokens(tokens)
        tokens = tokens.long().to(next(self.parameters()).device)
        generator = make_generator(seed)
        first, state = 0, None
        for _ in range(n):
            if tokens.shape[1] - first >= self.context:
                first, state = tokens.shape[1] - int(self.context) // 2, None
            if state is None or not cache:
                logits, state = self.advance(self.with_start(tokens[:, first:]))
            else:
                logits, state = self.advance(tokens[:, -1:], state)
            value = sample_logits(logits[:, -1], temperature, top_p, generator)
            tokens = torch.cat([tokens, value.unsqueeze(1)], 1)
        return tokens[0] if single else tokens

    def complete(self, x, known, temperature=1.0, top_p=1.0, seed=None) -> Tensor:
        """Giữ `known` ký hiệu đầu của mỗi dãy, sinh phần còn lại bằng `generate`."""
        self.check(x)
        length = self.event_shape[0]
        if not 0 <= known <= length:
            raise InputError(f"known = {known}; dãy dài {length}, nên known nằm trong 0..{length}.")
        if known == length:
            return x.long()
        return self.generate(x[:, :known].long(), length - known, temperature, top_p, seed)

    def check_tokens(self, tokens: Tensor) -> None:
        if tokens.numel() and (
            tokens.is_complex()
            or bool((tokens < 0).any())
            or bool((tokens >= self.levels).any())
            or (tokens.is_floating_point() and bool((tokens != tokens.round()).any()))
        ):
            raise InputError(
                f"Dãy ký hiệu có giá trị từ {float(tokens.min()):g} đến {float(tokens.max()):g}; "
                f"mô hình này cần số nguyên từ 0 đến {self.levels - 1}."
            )
