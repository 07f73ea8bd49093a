"""Bộ chấm các bài «Thử ngay» của sổ «Hàm điểm số và phương trình vi phân ngẫu nhiên».

Mỗi hàm tự tính đáp án từ đề bài; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize

import torch
from torch import Tensor

from .report import Report, blank, function, number, numbers

# Bài 1: ᾱ = 0.64, một ảnh x₀ = 1 thành x_s = 0.5, dữ liệu N(0, 4).
A, SIGMA, CLEAN, NOISY, DATA_VARIANCE = 0.8, 0.6, 1.0, 0.5, 4.0
# Bài 6: dữ liệu N(0, 4), x₀ = 1.5, đường VP với β từ 0.1 đến 20.
POINT, TOTAL_BETA = 1.5, 0.1 + (20 - 0.1) / 2


def score_by_hand(answer: Any) -> Report:
    """(ε, điểm số có điều kiện, điểm số biên, E[x₀ | x_s]) của bài 1.

    Sách: (eq-score), (eq-tweedie)
    """
    eps = (NOISY - A * CLEAN) / SIGMA
    conditional = -eps / SIGMA
    variance = A**2 * DATA_VARIANCE + SIGMA**2
    marginal = -NOISY / variance
    clean = (NOISY + SIGMA**2 * marginal) / A
    return numbers(
        answer,
        (eps, conditional, marginal, clean),
        tol=1e-3,
        name="bộ bốn số",
        hints=[
            (
                (-eps, None, None, None),
                "Ngược dấu của ε: x_s = a·x₀ + σε, nên ε = (x_s − a·x₀)/σ.",
            ),
            (
                ((NOISY - A**2 * CLEAN) / SIGMA, None, None, None),
                "a = √ᾱ = 0.8; bạn đã nhân x₀ với ᾱ = 0.64.",
            ),
            (
                ((NOISY - A * CLEAN) / SIGMA**2, None, None, None),
                "ε = (x_s − a·x₀)/σ với σ = 0.6; bạn đã chia cho σ² = 0.36.",
            ),
            (
                (eps, -conditional, None, None),
                "Điểm số có điều kiện là −ε/σ: bạn sai dấu.",
            ),
            ((eps, -eps, None, None), "Điểm số là −ε/σ; bạn quên chia cho σ = 0.6."),
            ((eps, eps, None, None), "Đó là ε. Điểm số có điều kiện là −ε/σ."),
            (
                (eps, -eps / SIGMA**2, None, None),
                "Điểm số có điều kiện là −ε/σ, tức −(x_s − a·x₀)/σ²: đừng chia σ hai lần.",
            ),
            (
                (eps, conditional, conditional, None),
                "Điểm số biên không biết x₀: lấy −x/Var x_s, với Var x_s = a²·4 + σ².",
            ),
            (
                (eps, conditional, -NOISY / DATA_VARIANCE, None),
                "Đó là điểm số của dữ liệu sạch. Ở đây x_s có phương sai a²·4 + σ².",
            ),
            (
                (eps, conditional, -NOISY / math.sqrt(variance), None),
                "Điểm số của Gauss là −x chia cho phương sai, không phải cho độ lệch chuẩn.",
            ),
            (
                (eps, conditional, -NOISY / (A * DATA_VARIANCE + SIGMA), None),
                "Phương sai cộng theo bình phương: a²·4 + σ².",
            ),
            ((eps, conditional, -NOISY, None), "−x là điểm số của N(0, 1); ở đây Var x_s ≠ 1."),
            ((eps, conditional, -marginal, None), "Sai dấu: điểm số chỉ về phía đông, tức về 0."),
            (
                (eps, conditional, marginal, NOISY + SIGMA**2 * marginal),
                "Còn phải chia cho a: E[x₀ | x] = (x + σ²∇log p)/a.",
            ),
            (
                (eps, conditional, marginal, (NOISY - SIGMA**2 * marginal) / A),
                "Sai dấu trong Tweedie: cộng σ²∇log p, đi về phía đông hơn.",
            ),
            (
                (eps, conditional, marginal, (NOISY + SIGMA * marginal) / A),
                "Bước của Tweedie dài σ², không phải σ.",
            ),
            (
                (eps, conditional, marginal, (NOISY + SIGMA**2 * conditional) / A),
                "Dùng điểm số biên: điểm số có điều kiện thì chỉ trả lại đúng x₀ đã biết.",
            ),
        ],
    )


def sample_points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def _net(s: Tensor, x: Tensor) -> Tensor:
    """Mạng của bài tập: không đối xứng giữa s và x, tọa độ đọc tọa độ."""
    return torch.sin(x.flip(-1)) + 0.5 * x + s**2


def denoising(
    place: Callable = lambda x0, eps, a, sigma: a * x0 + sigma * eps,
    target: Callable = lambda x0, eps, a, sigma: eps,
    call: Callable = lambda net, s, x: net(s, x),
    reduce: Callable = lambda e: e.square().sum(1).mean(),
) -> Callable:
    """Mất mát khử nhiễu với từng mảnh thay được; mặc định là đáp án."""

    def loss(net: Callable, x0: Tensor, eps: Tensor, s: Tensor, a: Tensor, sigma: Tensor) -> Tensor:
        x = place(x0, eps, a, sigma)
        return reduce(call(net, s, x) - target(x0, eps, a, sigma))

    return loss


def dsm_loss(answer: Any) -> Report:
    """Hàm dsm_loss(net, x0, eps, s, a, sigma): trung bình của ‖net(s, a·x₀ + σε) − ε‖².

    x0, eps (n, d); s, a, sigma (n, 1); cộng các tọa độ, trung bình các điểm. Sách: (eq-dsm)
    """
    inputs = []
    for n, d in ((1, 1), (4, 2), (7, 3)):
        s, angle = sample_points(n, 1, 3).sigmoid(), 1.5 * sample_points(n, 1, 4).sigmoid()
        x0, eps = 2 + sample_points(n, d, 1), sample_points(n, d, 2)
        inputs.append((_net, x0, eps, s, angle.cos(), angle.sin()))
    return function(
        answer,
        denoising(),
        inputs,
        tol=1e-5,
        name="dsm_loss",
        hints=[
            (
                denoising(place=lambda x0, eps, a, sigma: x0 + sigma * eps),
                "Quên thừa số a: x_s = a·x₀ + σ·ε.",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: a * x0 + sigma**2 * eps),
                "σ là độ lệch chuẩn của nhiễu: nhân ε với σ, không phải σ².",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: a**2 * x0 + sigma * eps),
                "x₀ nhân với a, không phải a² (a = √ᾱ).",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: sigma * x0 + a * eps),
                "Đổi chỗ a và σ: a đi với dữ liệu, σ đi với nhiễu.",
            ),
            (
                denoising(place=lambda x0, eps, a, sigma: a * x0 - sigma * eps),
                "x_s = a·x₀ + σ·ε: cộng nhiễu, không trừ.",
            ),
            (denoising(place=lambda x0, eps, a, sigma: x0), "Mạng phải nhìn x_s, không phải x₀."),
            (
                denoising(place=lambda x0, eps, a, sigma: eps),
                "Mạng phải nhìn x_s; cho nó nhìn ε là cho đáp án.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: -eps / sigma),
                "Đó là mục tiêu của điểm số. Đề cho mạng đoán nhiễu ε.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: -eps),
                "Ngược dấu: mạng đoán chính ε đã thêm vào.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: x0),
                "Mục tiêu là ε, không phải ảnh sạch x₀.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: sigma * eps),
                "Mục tiêu là ε có phương sai 1, không phải σε.",
            ),
            (
                denoising(target=lambda x0, eps, a, sigma: eps / sigma),
                "Mục tiêu là ε; chia cho σ là của điểm số, và còn thiếu dấu trừ.",
            ),
            (
                denoising(call=lambda net, s, x: net(x, s)),
                "Mã gọi net(s, x): thời gian đứng trước.",
            ),
            (
                denoising(call=lambda net, s, x: net(1 - s, x)),
                "Mạng nhận thời gian nhiễu s, không phải t = 1 − s.",
            ),
            (
                lambda net, x0, eps, s, a, sigma: denoising()(net, x0, eps, sigma, a, sigma),
                "Bạn đưa σ cho mạng. Mạng nhận thời gian nhiễu s; σ chỉ để làm nhiễu x₀.",
            ),
            (
                lambda net, x0, eps, s, a, sigma: denoising()(net, x0, eps, s, a, s),
                "Bạn làm nhiễu bằng s. Nhiễu ε nhân với σ, không phải với thời gian s.",
            ),
            (
                denoising(reduce=lambda e: e.square().mean()),
                "Bạn lấy trung bình cả trên các tọa độ. ‖·‖² cộng các tọa độ; chỉ trung bình các "
                "điểm.",
            ),
            (
                denoising(reduce=lambda e: e.square().sum()),
                "Bạn cộng cả các điểm. Cộng các tọa độ, rồi lấy trung bình các điểm.",
            ),
            (
                denoising(reduce=lambda e: e.square().sum(1)),
                "Bạn trả một số cho mỗi điểm; còn phải lấy trung bình của lô.",
            ),
            (
                denoising(reduce=lambda e: e.square().sum(1).sqrt().mean()),
                "Đó là trung bình của ‖·‖; đề cần ‖·‖², không lấy căn.",
            ),
            (
                denoising(reduce=lambda e: 0.5 * e.square().sum(1).mean()),
                "Thừa hệ số ½. (Nghiệm tốt nhất không đổi, nhưng đề cần trung bình của ‖·‖².)",
            ),
        ],
    )


def _pull(x: Tensor) -> Tensor:
    """Điểm số của bài tập: không phải Gauss, để dấu và chỗ tính đều lộ ra."""
    return -x - torch.sin(x)


def langevin_step(answer: Any) -> Report:
    """Hàm langevin_step(score, x, h, eps): một bước x + h·score(x) + √(2h)·ε.

    Sách: (eq-langevin)
    """
    inputs = [
        (_pull, sample_points(n, 2, n), h, sample_points(n, 2, 50 + n))
        for n, h in ((1, 0.1), (4, 0.02), (3, 0.5))
    ]
    return function(
        answer,
        lambda score, x, h, eps: x + h * score(x) + math.sqrt(2 * h) * eps,
        inputs,
        tol=1e-5,
        name="langevin_step",
        hints=[
            (
                lambda score, x, h, eps: x + h * score(x) + math.sqrt(h) * eps,
                "Thiếu căn hai: nhiễu là √(2h)·ε. Với √h, luật dừng là p² chứ không phải p.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + 2 * h * eps,
                "Nhiễu nhân với √(2h), không phải 2h: phương sai của cú xô mới tỉ lệ với h.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + h * eps,
                "Nhiễu nhân với √(2h), không phải h.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + 2 * math.sqrt(h) * eps,
                "Nhiễu là √(2h)·ε: số 2 nằm trong căn.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x) + math.sqrt(2) * h * eps,
                "Nhiễu là √(2h)·ε: h cũng nằm trong căn.",
            ),
            (
                lambda score, x, h, eps: x + score(x) + math.sqrt(2 * h) * eps,
                "Điểm số phải nhân với độ dài bước h.",
            ),
            (
                lambda score, x, h, eps: x - h * score(x) + math.sqrt(2 * h) * eps,
                "Ngược dấu: đi theo điểm số, về phía đông hơn.",
            ),
            (
                lambda score, x, h, eps: x + h * score(x),
                "Không có nhiễu thì chỉ leo lên đỉnh, không lấy được mẫu.",
            ),
            (
                lambda score, x, h, eps: x + h / 2 * score(x) + math.sqrt(2 * h) * eps,
                "Bước trôi là h, không phải h/2 (h/2 đi với nhiễu √h, một cách chọn đồng hồ khác).",
            ),
            (
                lambda score, x, h, eps: x + h / 2 * score(x) + math.sqrt(h) * eps,
                "Đó là cùng phương trình với đồng hồ chậm một nửa. Đề dùng trôi h và nhiễu √(2h).",
            ),
            (
                lambda score, x, h, eps: h * score(x) + math.sqrt(2 * h) * eps,
                "Đó là độ dời. Còn phải cộng vào chỗ đang đứng x.",
            ),
            (
                lambda score, x, h, eps: (
                    x + math.sqrt(2 * h) * eps + h * score(x + math.sqrt(2 * h) * eps)
                ),
                "Tính điểm số ở chỗ đang đứng, trước khi xô.",
            ),
        ],
    )


def ula_variance(answer: Any) -> Report:
    """(phương sai dừng khi h = 0.1, bước lớn nhất không phát nổ) của ULA trên N(0, ¼).

    Sách: (eq-langevin)
    """
    c2, h = 0.25, 0.1
    right = c2 / (1 - h / (2 * c2))
    return numbers(
        answer,
        (right, 2 * c2),
        tol=1e-3,
        name="cặp (phương sai, bước)",
        hints=[
            ((c2, None), "¼ là của p. Với bước h, ULA dừng ở một phương sai lớn hơn."),
            (
                (1 / (1 - h / 2), None),
                "Đó là công thức cho N(0, 1). Ở đây c² = ¼: giải v = (1 − h/c²)²v + 2h.",
            ),
            (
                (c2 / (1 - h / 2), None),
                "Hệ số co của một bước là 1 − h/c² = 0.6, không phải 1 − h.",
            ),
            ((math.sqrt(right), None), "Đề hỏi phương sai; bạn trả độ lệch chuẩn."),
            (
                (c2 / (1 + h / (2 * c2)), None),
                "Sai dấu: bước dài làm phương sai phình ra, không co lại.",
            ),
            (
                (c2 / (2 - h / c2), None),
                "Nhiễu mỗi bước có phương sai 2h; bạn đã dùng h.",
            ),
            (
                (right, 2.0),
                "h < 2 là của N(0, 1). Cần |1 − h/c²| < 1.",
            ),
            (
                (c2 / (1 - h / c2), None),
                "Giải v = (1 − h/c²)²v + 2h: ở mẫu là h/(2c²), bạn quên số 2.",
            ),
            ((right, c2), "Ở h = c² một bước xóa sạch quá khứ, chưa nổ. Cần |1 − h/c²| < 1."),
            (
                (right, 2 * math.sqrt(c2)),
                "Bước so với phương sai c² = ¼, không phải với độ lệch chuẩn ½.",
            ),
        ],
    )


def reverse_drifts(answer: Any) -> Report:
    """Hàm reverse_drifts(f, g, score) -> (trôi của SDE ngược, trường của ODE), theo t = 1 − s.

    f, score (n, d) là hệ số trôi thuận và điểm số tại cùng chỗ; g là một số.
    Sách: (eq-reverse-sde), (eq-probability-flow)
    """
    inputs = [
        (sample_points(n, 2, n), g, sample_points(n, 2, 90 + n))
        for n, g in ((1, 1.0), (3, 0.7), (4, 2.0))
    ]

    def pair(sde: float, ode: float, sign: float = -1.0, ode_sign: float | None = None):
        other = sign if ode_sign is None else ode_sign
        return lambda f, g, score: (
            sign * f + sde * g**2 * score,
            other * f + ode * g**2 * score,
        )

    return function(
        answer,
        pair(1.0, 0.5),
        inputs,
        tol=1e-5,
        name="reverse_drifts",
        hints=[
            (pair(0.5, 0.5), "SDE ngược có nhiễu mới, nên cần cả g²·score, không phải một nửa."),
            (pair(1.0, 1.0), "ODE không thêm nhiễu, nên chỉ cần ½g²·score."),
            (pair(0.5, 1.0), "Hai hệ số đổi chỗ: SDE cần g², ODE cần ½g²."),
            (pair(-1.0, -0.5), "Sai dấu của điểm số: quay ngược thì đi về phía đông hơn."),
            (pair(1.0, -0.5), "Trong ODE, điểm số cũng phải mang dấu cộng khi đi theo t = 1 − s."),
            (
                pair(1.0, 0.5, sign=1.0),
                "Thời gian đảo chiều thì f đổi dấu: −f.",
            ),
            (
                pair(-1.0, -0.5, sign=1.0),
                "Đó là trường theo chiều s. Đề hỏi theo t = 1 − s: đổi dấu cả hai.",
            ),
            (
                pair(1.0, -0.5, ode_sign=1.0),
                "Trường ODE bạn viết theo chiều s; theo t = 1 − s thì đổi dấu.",
            ),
            (
                lambda f, g, score: (-f + g * score, -f + 0.5 * g * score),
                "Điểm số nhân với g², bình phương của hệ số khuếch tán.",
            ),
            (
                lambda f, g, score: (-f + g**2 * score, -f + 0.5 * g * score),
                "Điểm số nhân với ½g² trong ODE: bình phương của hệ số khuếch tán.",
            ),
            (pair(0.0, 0.0), "Chỉ đổi dấu f thì đám đông tiếp tục tản ra: còn phải có điểm số."),
        ],
    )


def ode_log_prob(answer: Any) -> Report:
    """(log p₁(x₁), ∫₀¹∇·u ds, log p₀(1.5)) của ODE dòng xác suất, dữ liệu N(0, 4), VP.

    Sách: (eq-probability-flow)
    """
    v0 = DATA_VARIANCE
    v1 = 1 + (v0 - 1) * math.exp(-TOTAL_BETA)
    end = -0.5 * math.log(2 * math.pi * v1) - 0.5 * POINT**2 / v0
    volume = 0.5 * math.log(v1 / v0)
    return numbers(
        answer,
        (end, volume, end + volume),
        tol=1e-3,
        name="bộ ba số",
        hints=[
            (
                (-0.5 * math.log(2 * math.pi) - 0.5 * POINT**2, None, None),
                "Bạn chấm chính x₀ = 1.5 bằng N(0, 1). Phải đi đến x₁ = x₀·√(v(1)/v(0)) ≈ 0.75.",
            ),
            (
                (-0.5 * math.log(2 * math.pi) - 0.5 * (POINT / v0) ** 2, None, None),
                "x phóng theo độ lệch chuẩn: chia cho 2, không phải cho phương sai 4.",
            ),
            (
                (end, -volume, None),
                "Sai dấu: đi từ dữ liệu ra nhiễu thì v giảm từ 4 về 1, đám đông co lại, ∇·u âm.",
            ),
            (
                (end, 2 * volume, None),
                "Độ phân kỳ là v̇/(2v): tích phân ra ½·ln(v(1)/v(0)), bạn quên ½.",
            ),
            ((end, 0.0, None), "Trường này co đám đông: độ phân kỳ không bằng 0."),
            (
                (end, volume, end),
                "Bạn quên cộng ∫∇·u ds: log p₀ = log p₁(x₁) + ∫∇·u ds.",
            ),
            (
                (end, volume, end - volume),
                "Sai dấu: theo chiều s, d log p/ds = −∇·u, nên log p₀ = log p₁(x₁) + ∫∇·u ds.",
            ),
            (
                (end, volume, math.exp(end + volume)),
                "Đó là mật độ; đề hỏi log mật độ.",
            ),
        ],
    )


EXACT, BOUND = "chính xác", "cận dưới"


def whose_likelihood(answer: Any) -> Report:
    """Ba chữ theo thứ tự (DDPM, ODE dòng xác suất, bộ lấy mẫu SDE): «chính xác» hay «cận dưới».

    Sách: (eq-probability-flow)
    """
    names = ("DDPM", "ODE", "SDE")
    if (empty := blank(answer, name="ba chữ")) is not None:
        return empty
    if isinstance(answer, Mapping):
        answer = [answer.get(name, ...) for name in names]
    if isinstance(answer, str) or not hasattr(answer, "__iter__"):
        return Report(False, "Cần ba chữ theo thứ tự (DDPM, ODE, SDE).")
    words = list(answer)
    if len(words) != 3:
        return Report(False, f"Cần ba chữ, nhưng nhận được {len(words)}.")
    if (empty := blank(*words, name="đủ ba chữ")) is not None:
        return empty
    # Bàn phím có máy gõ dấu rời (NFD): đưa về một dạng rồi mới so.
    words = [" ".join(normalize("NFC", str(word)).lower().split()) for word in words]
    for name, word in zip(names, words, strict=True):
        if word not in (EXACT, BOUND):
            return Report(False, f"{name}: «{word}» lạ. Hãy viết «{EXACT}» hoặc «{BOUND}».")
    ddpm, ode, sde = words
    if ddpm == EXACT:
        return Report(
            False,
            "Chưa đúng. DDPM là một chuỗi biến tiềm ẩn: log p phải lấy tích phân qua mọi đường đi, "
            "nên chỉ có ELBO.",
        )
    if ode == BOUND:
        return Report(
            False,
            "Chưa đúng. ODE là một vi phôi: công thức đổi biến cho log hợp lý chính xác, đến sai "
            "số của bộ giải.",
        )
    if sde == EXACT:
        return Report(
            False,
            "Chưa đúng. Con số của ODE là của mô hình ODE; mẫu của SDE theo một luật khác khi mạng "
            "chưa hoàn hảo, và luật ấy chỉ có cận.",
        )
    return Report(True, "Đúng rồi. Và «chính xác» ở đây là của mô hình ODE, không của dữ liệu.")


def wrong_score_variances(answer: Any) -> Report:
    """(ODE, SDE): phương sai cuối với S(x) = −0.9x, dữ liệu N(0, 1), VP.

    Sách: (eq-reverse-sde), (eq-probability-flow)
    """
    kappa = 0.9
    ode = math.exp(-(kappa - 1) * TOTAL_BETA)
    limit = 1 / (2 * kappa - 1)
    sde = limit + (1 - limit) * math.exp(-(2 * kappa - 1) * TOTAL_BETA)
    return numbers(
        answer,
        (ode, sde),
        tol=5e-3,
        name="cặp phương sai",
        hints=[
            ((1.0, None), "Mạng sai 10 % thì luật cuối không còn là N(0, 1)."),
            ((1 / ode, None), "Ngược dấu: kéo về yếu hơn thì đám đông phình ra."),
            ((math.sqrt(ode), None), "Đó là độ lệch chuẩn; đề hỏi phương sai."),
            ((ode, ode), "SDE có nhiễu mới xóa dần lỗi cũ: giải v̇ = β((1 − 2κ)v + 1)."),
            ((ode, 1 / kappa), "Điểm bất động của (1 − 2κ)v + 1 = 0 là v = 1/(2κ − 1)."),
            ((ode, math.sqrt(sde)), "Số sau là độ lệch chuẩn; đề hỏi phương sai."),
            ((sde, ode), "Hai số đúng nhưng ngược chỗ: ODE đứng trước."),
        ],
    )


def straight_diffusion(answer: Any) -> Report:
    """g²(¼) của SDE có đường thẳng a = 1 − s, σ = s.

    Sách: (eq-forward-sde)
    """
    s = 0.25
    right = 2 * s / (1 - s)
    return number(
        answer,
        right,
        tol=1e-3,
        name="g²(¼)",
        hints=[
            (2 * s, "Đó là riêng dσ²/ds. Còn phải trừ 2(a′/a)σ²; a′ âm nên thành cộng."),
            (2 * s - 2 * s**2 / (1 - s), "a′ = −1: trừ một số âm là cộng."),
            (math.sqrt(right), "Đó là g; đề hỏi g²."),
            (
                2 * s**2 / (1 - s) ** 2,
                "Đó là 2σ²/a². Công thức: g² = dσ²/ds − 2(a′/a)σ².",
            ),
            (s + 2 * s**2 / (1 - s), "(σ²)′ = 2σσ′; bạn quên một thừa số 2."),
            (2 * s + s**2 / (1 - s), "Số hạng sau là 2(a′/a)σ²; bạn quên một thừa số 2."),
        ],
    )
