"""Bộ chấm các bài «Thử ngay» của sổ «Hàm điểm số và phương trình vi phân ngẫu nhiên».

Mỗi hàm tự tính đáp án từ đề bài; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

# Sổ gọi mọi bài qua tệp của chương.
from .langevin import langevin_step, ula_variance  # noqa: F401
from .report import Report, blank, function, number, numbers
from .score_matching import DATA_VARIANCE, dsm_loss, sample_points, score_by_hand  # noqa: F401

# Bài 6: dữ liệu N(0, 4), x₀ = 1.5, đường VP với β từ 0.1 đến 20.
POINT, TOTAL_BETA = 1.5, 0.1 + (20 - 0.1) / 2


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
