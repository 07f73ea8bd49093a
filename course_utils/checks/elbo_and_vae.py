"""Bộ chấm các bài «Thử ngay» của sổ «ELBO và VAE».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from ..likelihoods import LOG_2PI
from ..likelihoods import gaussian_kl as reference_kl
from .report import Report, blank, function, number, numbers

_SIGN = (
    "Dấu ngược: phân kỳ KL không bao giờ âm. KL = −½Σ(1 + log σ² − μ² − σ²), "
    "và dấu trừ ấy áp dụng cho cả tổng."
)


def kl_by_hand(answer: Any) -> Report:
    """KL(N(1, 2) ‖ N(0, 1)), nat; 2 là phương sai. Sách: (eq-gaussian-kl)"""
    mean, variance = 1.0, 2.0
    kl = 0.5 * (mean**2 + variance - 1 - math.log(variance))
    std = math.sqrt(variance)
    reverse = 0.5 * (math.log(variance) + (1 + mean**2) / variance - 1)
    return number(
        answer,
        kl,
        tol=1e-3,
        name="phân kỳ KL",
        hints=[
            (-kl, _SIGN),
            (  # hai lỗi khác nhau tình cờ cho cùng một số
                2 * kl,
                "Bạn quên thừa số ½, hoặc đã bình phương số 2: 2 đã là phương sai.",
            ),
            (
                0.5 * (mean**2 + std - 1 - math.log(std)),
                "2 đã là phương sai: thay σ² = 2, đừng thay √2.",
            ),
            (reverse, "Đó là KL(N(0, 1) ‖ N(1, 2)): bạn đã đổi chỗ hai phân phối."),
            (kl / math.log(2), "Đó là bit; đề hỏi nat (logarit tự nhiên)."),
            (0.5 * (mean**2 + variance - math.log(variance)), "Bạn quên số hạng −1."),
            (0.5 * (variance - 1 - math.log(variance)), "Bạn quên μ²: q có trung bình 1."),
            (0.5 * (mean**2 + variance - 1), "Bạn quên số hạng −log σ²."),
            (
                0.5 * (mean**2 + variance - 1 + math.log(variance)),
                "Dấu của log σ² ngược: phương sai nhỏ thì KL phải lớn, nên là −log σ².",
            ),
        ],
    )


def gaussian_kl(answer: Any) -> Report:
    """Hàm gaussian_kl(mean, log_var) -> (n,): KL với N(0, I). Sách: (eq-gaussian-kl)"""

    def variant(
        scale=0.5,
        reduce=lambda each: each.sum(1),
        variance=torch.exp,
        log=lambda log_var: log_var,
        square=torch.square,
        one=1.0,
    ):
        def kl(mean: Tensor, log_var: Tensor) -> Tensor:
            return scale * reduce(square(mean) + variance(log_var) - one - log(log_var))

        return kl

    return function(
        answer,
        reference_kl,
        [(_points(n, 3, seed), 0.7 * _points(n, 3, 10 + seed)) for seed, n in enumerate((1, 4))],
        tol=1e-5,
        name="gaussian_kl",
        hints=[
            (variant(scale=-0.5), _SIGN),
            (variant(scale=1.0), "Bạn quên thừa số ½."),
            (
                variant(variance=lambda v: v),
                "`log_var` là log phương sai: số hạng σ² là exp(log_var).",
            ),
            (
                variant(variance=lambda v: torch.exp(0.5 * v)),
                "exp(0.5·log_var) là độ lệch chuẩn σ; công thức cần σ².",
            ),
            (
                variant(variance=lambda v: torch.exp(2 * v), log=lambda v: 2 * v),
                "Bạn coi `log_var` là log độ lệch chuẩn; nó đã là log phương sai.",
            ),
            (
                variant(variance=lambda v: torch.exp(0.5 * v), log=lambda v: 0.5 * v),
                "Bạn thay σ vào chỗ σ²: `log_var` là log phương sai, đừng chia đôi nó.",
            ),
            (variant(one=0.0), "Bạn quên số hạng −1."),
            (variant(square=torch.zeros_like), "Bạn quên số hạng μ²."),
            (variant(square=torch.abs), "Bạn quên bình phương μ."),
            (variant(square=lambda m: -m.square()), "Dấu của μ² ngược: μ rời 0 thì KL tăng."),
            (variant(log=lambda v: -v), "Dấu của log σ² ngược: σ² nhỏ thì KL phải lớn."),
            (
                variant(reduce=lambda each: each.sum(0)),
                "Bạn cộng nhầm chiều: cộng trên các chiều tiềm ẩn (chiều 1), giữ lại n điểm.",
            ),
            (
                variant(reduce=lambda each: each.sum(1, keepdim=True)),
                "Kết quả phải là (n,), không phải (n, 1): bỏ keepdim.",
            ),
            (
                variant(reduce=lambda each: each.mean(1)),
                "Cộng trên các chiều tiềm ẩn, đừng lấy trung bình: trung bình là âm thầm đổi β.",
            ),
            (
                variant(reduce=lambda each: each),
                "Kết quả phải là (n,): còn phải cộng trên các chiều tiềm ẩn.",
            ),
            (
                variant(reduce=lambda each: each.sum()),
                "Giữ riêng từng điểm: cộng trên chiều 1, không cộng cả lô.",
            ),
            (
                variant(reduce=lambda each: each.sum(1).mean()),
                "Giữ riêng từng điểm: hàm trả (n,), việc lấy trung bình để dành cho mất mát.",
            ),
        ],
    )


def reparameterized(answer: Any) -> Report:
    """Hàm sample(mean, log_var) -> z: đúng luật, và gradient qua được mean, log_var.

    Sách: (eq-reparameterization)
    """
    if (empty := blank(answer, name="hàm")) is not None:
        return empty
    if not callable(answer):
        return Report(False, "Cần một hàm nhận (mean, log_var).")
    n = 20_000
    mean = torch.tensor([1.5, -2.0, 0.0]).expand(n, 3).clone().requires_grad_()
    log_var = torch.tensor([math.log(4.0), math.log(0.25), 0.0]).expand(n, 3).clone()
    log_var.requires_grad_()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        try:
            z = answer(mean, log_var)
        except NotImplementedError:
            return blank(None, name="hàm")
        except (Exception, SystemExit) as error:
            text = " ".join(str(error).split())[:160]
            return Report(False, f"Hàm dừng vì {type(error).__name__}: {text}")
    if (empty := blank(z, name="giá trị trả về")) is not None:
        return empty
    if not isinstance(z, Tensor) or z.shape != mean.shape:
        shape = tuple(z.shape) if isinstance(z, Tensor) else type(z).__name__
        return Report(False, f"Kết quả là {shape}; cần một tensor cùng kích thước với mean.")
    return _judge_sample(z, mean, log_var)


def _judge_sample(z: Tensor, mean: Tensor, log_var: Tensor) -> Report:
    n = len(z)
    noise = ((z - mean) / torch.exp(0.5 * log_var)).detach()
    center, spread = noise.mean(0), noise.std(0)
    if not torch.isfinite(noise).all():
        return Report(False, "Mẫu có NaN hay vô cực.")
    if torch.allclose(noise, torch.zeros_like(noise)):
        return Report(False, "Mẫu luôn bằng mean: thiếu nhiễu ε ~ N(0, I).")
    if float(noise[:, 0].std()) < 1e-3 * float(noise[:, 0].abs().max()):
        return Report(False, "Cả lô dùng chung một ε: mỗi điểm cần một ε riêng.")
    if torch.allclose(noise[:, 0], noise[:, 1], atol=1e-4):
        return Report(False, "Mọi chiều dùng chung một ε: dùng torch.randn_like(mean).")
    scale = torch.exp(0.5 * log_var[0]).detach()
    tolerance = 8 / math.sqrt(n)
    if (spread * scale - log_var[0].detach().abs()).abs().max() < tolerance * scale.max():
        return Report(False, "Bạn nhân ε với log_var; σ = exp(0.5·log_var).")
    if (spread - scale).abs().max() < tolerance * scale.max():
        return Report(False, "Bạn nhân ε với exp(log_var), tức phương sai; cần exp(0.5·log_var).")
    if (spread - 1 / scale).abs().max() < tolerance / scale.min():
        return Report(False, "Độ lệch chuẩn luôn là 1: bạn quên nhân ε với σ = exp(0.5·log_var).")
    if float(noise.abs().max()) < 2:
        return Report(False, "Nhiễu trông như torch.rand (đều); cần torch.randn (Gauss).")
    if (spread - 1).abs().max() > tolerance or center.abs().max() > tolerance:
        return Report(False, "Trung bình hay độ lệch chuẩn của mẫu chưa khớp N(μ, σ²).")
    # Nhiễu Gauss có E ε⁴ = 3 và Var ε⁴ = 96.
    if (noise.pow(4).mean(0) - 3).abs().max() > tolerance * math.sqrt(96):
        return Report(False, "Trung bình và độ lệch chuẩn đúng, nhưng nhiễu chưa phải Gauss.")
    if not z.requires_grad:
        return Report(
            False,
            "Mẫu đúng luật, nhưng gradient không qua được: `sample()`, `detach()` và `no_grad` "
            "đều cắt đồ thị. Viết z = mean + σ·ε bằng phép tính thường.",
        )
    gradients = torch.autograd.grad(z.sum(), (mean, log_var), allow_unused=True)
    expected = (torch.ones_like(mean), (0.5 * (z - mean)).detach().to(mean.dtype))
    for name, gradient, target in zip(("mean", "log_var"), gradients, expected, strict=True):
        if gradient is None or not torch.allclose(gradient, target, atol=1e-3):
            return Report(False, f"Mẫu đúng luật, nhưng gradient theo {name} bị cắt hoặc sai.")
    return Report(True, "Đúng luật N(μ, σ²), và gradient qua được cả μ lẫn log σ².")


def elbo_by_hand(answer: Any) -> Report:
    """(tái tạo, KL, ELBO, log p(x)) của z ~ N(0,1), x|z ~ N(2z, 1), q = N(½, ¼), x = 1.

    Sách: (eq-elbo-split)
    """
    x, slope, mean, variance = 1.0, 2.0, 0.5, 0.25
    error = (x - slope * mean) ** 2 + slope**2 * variance
    reconstruction = -0.5 * (LOG_2PI + error)
    kl = 0.5 * (mean**2 + variance - 1 - math.log(variance))
    log_p = -0.5 * (LOG_2PI + math.log(1 + slope**2) + x**2 / (1 + slope**2))
    at_mean = -0.5 * (LOG_2PI + (x - slope * mean) ** 2)
    with_std = 0.5 * (mean**2 + math.sqrt(variance) - 1 - math.log(math.sqrt(variance)))
    return numbers(
        answer,
        (reconstruction, kl, reconstruction - kl, log_p),
        tol=1e-3,
        name="bộ bốn số",
        hints=[
            (
                (at_mean, None, None, None),
                "Bạn mới thay z = m vào log p(x|z). Kỳ vọng còn có phương sai của z: "
                "E(1 − 2z)² = (1 − 2m)² + 4s².",
            ),
            (
                (-0.5 * (LOG_2PI + (x - slope * mean) ** 2 + variance), None, None, None),
                "Phương sai của 2z là 4s², không phải s².",
            ),
            (
                (-0.5 * (LOG_2PI + (x - slope * mean) ** 2 + slope * variance), None, None, None),
                "Phương sai của 2z là 4s², không phải 2s².",
            ),
            (
                (-0.5 * error, None, None, None),
                "Thiếu −½log 2π: cần log mật độ.",
            ),
            ((None, -kl, None, None), _SIGN),
            ((None, None, reconstruction + kl, None), "ELBO là tái tạo TRỪ KL."),
            (
                (None, None, kl - reconstruction, None),
                "Đó là −ELBO, mất mát; đề hỏi ELBO = tái tạo − KL.",
            ),
            (
                (None, with_std, None, None),
                "¼ đã là phương sai: trong KL thay σ² = ¼, đừng thay ½.",
            ),
            (
                (-reconstruction, None, None, None),
                "Số hạng tái tạo là +E log p(x|z): ở đây nó âm.",
            ),
            (
                (None, None, None, reconstruction - kl - log_p),
                "Số cuối là log p(x), không phải khe hở.",
            ),
            (
                (None, None, None, reconstruction - kl),
                "Số cuối là log p(x) chính xác, không phải ELBO: x có luật biên N(0, 1 + 4).",
            ),
            (
                (None, None, None, -0.5 * (LOG_2PI + math.log(3) + 1 / 3)),
                "Luật biên của x = 2z + nhiễu có phương sai 2² + 1 = 5.",
            ),
        ],
    )


def law_after_the_bar(answer: Any) -> Report:
    """Phân phối đứng sau dấu ‖ trong log p(x) = ELBO + KL(q ‖ ?). Sách: (eq-elbo-gap)"""
    if (empty := blank(answer, name="lựa chọn")) is not None:
        return empty
    text = "".join(str(answer).lower().split())
    for written, plain in {"∣": "|", "\\mid": "|", "\\theta": "", "\\phi": ""}.items():
        text = text.replace(written, plain)
    text = text.replace("_theta", "").replace("_phi", "").replace("_", "").strip("$.\"'")
    text = {"hậunghiệm": "p(z|x)", "posterior": "p(z|x)", "tiênnghiệm": "p(z)"}.get(text, text)
    text = {"prior": "p(z)", "q": "q(z|x)", "q(z)": "q(z|x)"}.get(text, text)
    hints = {
        "p(x,z)": "p(x, z) không phải một luật của z: tích phân theo z ra p(x), không ra 1. "
        "∫ q log q/p(x, z) chính là −ELBO, và nó không về 0 khi q tối ưu.",
        "p(z,x)": "p(z, x) không phải một luật của z: tích phân theo z ra p(x), không ra 1.",
        "p(z)": "KL với tiên nghiệm nằm bên TRONG ELBO. Khe hở là chuyện khác: thử q = hậu nghiệm.",
        "p(x|z)": "p(x | z) là một luật của x, còn q là một luật của z.",
        "q(z|x)": "Đó chính là q; KL(q ‖ q) luôn bằng 0.",
        "p(x)": "p(x) là một con số khi x cho trước, không phải một luật của z.",
    }
    if text == "p(z|x)":
        return Report(True, "Đúng rồi: khe hở là KL từ q đến hậu nghiệm, bằng 0 khi q là nó.")
    if text in hints:
        return Report(False, f"Chưa đúng. {hints[text]}")
    return Report(False, 'Hãy chọn một trong "p(z|x)", "p(z)", "p(x,z)", "p(x|z)".')


def gaussian_nats(answer: Any) -> Report:
    """(−log p tại s = 1, tại s = 0.1) của 784 điểm ảnh có tổng sai số bình phương 20, nat."""
    pixels, sse = 784, 20.0

    def nats(s: float, power=2, constant=True, size=pixels) -> float:
        value = sse / (2 * s**power)
        return value + size / 2 * (LOG_2PI + 2 * math.log(s)) if constant else value

    return numbers(
        answer,
        (nats(1.0), nats(0.1)),
        tol=0.1,
        name="cặp số nat",
        hints=[
            ((nats(1.0, constant=False), None), "Bạn bỏ mất hằng số (D/2)·log(2πs²)."),
            ((None, nats(0.1, constant=False)), "Bạn bỏ mất hằng số (D/2)·log(2πs²)."),
            (
                (None, sse / 0.02 + pixels / 2 * LOG_2PI),
                "Hằng số cũng chứa s: (D/2)·log(2πs²) đổi từ s = 1 sang s = 0.1.",
            ),
            ((None, nats(0.1) + sse / 0.02), "Mẫu số là 2s², không phải s²."),
            ((nats(1.0) + sse / 2, None), "Mẫu số là 2s², không phải s²."),
            (
                (None, nats(0.1) - sse / 0.02 + sse / 0.2),
                "Mẫu số là 2s² = 0.02, không phải 2s = 0.2.",
            ),
            ((-nats(1.0), None), "Đề hỏi ĐỐI log hợp lý: dương khi mật độ nhỏ hơn 1."),
            ((None, -nats(0.1)), "Số thứ hai âm, và như thế là đúng: mật độ có thể lớn hơn 1."),
            ((nats(0.1), nats(1.0)), "Hai số đúng, nhưng ngược thứ tự: s = 1 trước."),
            ((nats(1.0, size=1), None), "Hằng số ½·log(2πs²) phải nhân với D = 784."),
            ((nats(1.0) / pixels, None), "Hợp lý của cả ảnh là TỔNG trên 784 điểm."),
            ((nats(1.0) / math.log(2), None), "Đó là bit; đề hỏi nat."),
            (
                (None, sse / 0.02 + pixels / 2 * (LOG_2PI + math.log(0.1))),
                "Trong hằng số là log(2πs²), với s² = 0.01.",
            ),
            ((sse, sse), "Tổng sai số bình phương chưa phải log hợp lý: còn s và hằng số."),
        ],
    )


def negative_elbo(answer: Any) -> Report:
    """Hàm negative_elbo(x, x_hat, scale, mean, log_var) -> (n,), bộ giải mã Gauss.

    x, x_hat (n, D); scale là độ lệch chuẩn s của p(x | z); mean, log_var (n, d) của q.
    Sách: (eq-elbo-split)
    """

    def variant(
        error=lambda e: e.sum(1), factor=2.0, power=2, log_scale=1.0, pi=1.0, kl=1.0, sign=1.0
    ):
        def value(x, x_hat, scale, mean, log_var):
            size = x.shape[1]
            square = error((x - x_hat).square()) / (factor * scale**power)
            constant = size * (log_scale * math.log(scale) + pi * 0.5 * LOG_2PI)
            return sign * (square + constant + kl * reference_kl(mean, log_var))

        return value

    inputs = [
        (
            _points(n, 5, n),
            _points(n, 5, n + 1),
            s,
            _points(n, 2, n + 2),
            0.5 * _points(n, 2, n + 3),
        )
        for n, s in ((1, 0.5), (6, 1.7))
    ]
    return function(
        answer,
        variant(),
        inputs,
        tol=1e-4,
        name="negative_elbo",
        hints=[
            (variant(sign=-1.0), "Đó là +ELBO. Mất mát là số đối của nó: ta hạ mất mát."),
            (variant(kl=-1.0), "Dấu của KL ngược: −ELBO = −tái tạo + KL."),
            (variant(kl=0.0), "Thiếu số hạng KL."),
            (
                variant(error=lambda e: e.mean(1)),
                "Sai số bình phương phải CỘNG trên các thành phần của x; lấy trung bình là âm "
                "thầm nhân β với số thành phần.",
            ),
            (
                variant(error=lambda e: e.mean(1), factor=1.0, power=0, log_scale=0.0, pi=0.0),
                "Đó là MSE + KL: trung bình trên điểm ảnh ngầm chọn s² = D/2. Cộng, chia 2s², rồi "
                "thêm D·log s + (D/2)·log 2π.",
            ),
            (
                variant(power=0, log_scale=0.0, pi=0.0),
                "½‖x − x̂‖² ngầm chọn s = 1: chia cho 2s² với s là `scale`, và thêm hằng số.",
            ),
            (
                lambda x, x_hat, s, m, v: variant()(x, x_hat, math.sqrt(s), m, v),
                "`scale` là độ lệch chuẩn s, không phải phương sai.",
            ),
            (
                variant(log_scale=0.2, pi=0.2),  # D = 5 trong các đầu vào thử
                "Hằng số log s + ½·log 2π phải nhân với D, số thành phần của x.",
            ),
            (
                lambda *a: variant(kl=0.0)(*a) + reference_kl(*a[3:]) / a[3].shape[1],
                "KL phải CỘNG trên các chiều tiềm ẩn, đừng lấy trung bình.",
            ),
            (
                variant(factor=1.0, power=0, log_scale=0.0, pi=0.0),
                "MSE trần không phải log hợp lý: còn chia 2s² và cộng D·log s + (D/2)·log 2π.",
            ),
            (variant(factor=1.0), "Mẫu số là 2s², không phải s²."),
            (variant(power=1), "Mẫu số là 2s² (bình phương của s)."),
            (variant(log_scale=0.0), "Thiếu D·log s: không có nó thì s = ∞ là tốt nhất."),
            (variant(pi=0.0), "Thiếu hằng số (D/2)·log 2π: số ra không còn là nat của một mật độ."),
            (
                variant(log_scale=0.0, pi=0.0),
                "Thiếu D·log s + (D/2)·log 2π, phần chuẩn hóa của mật độ Gauss.",
            ),
            (
                lambda *a: variant()(*a).mean(),
                "Giữ riêng từng điểm: hàm trả (n,), chưa lấy trung bình của lô.",
            ),
        ],
    )


def iwae(answer: Any) -> Report:
    """Hàm iwae(log_w) -> (n,): cận k mẫu từ log trọng số (k, n). Sách: (eq-iwae)"""

    def bound(log_w: Tensor) -> Tensor:
        return torch.logsumexp(log_w, 0) - math.log(log_w.shape[0])

    def naive(log_w: Tensor) -> Tensor:
        return log_w.exp().mean(0).log()

    inputs = [
        (_points(4, 3, 0),),
        (3 * _points(7, 7, 1),),
        (_points(5, 2, 2) - 800,),
    ]
    return function(
        answer,
        bound,
        inputs,
        tol=1e-5,
        name="iwae",
        hints=[
            (
                naive,
                "Công thức đúng, nhưng exp(−800) bằng 0 và log 0 là −∞: dùng torch.logsumexp.",
            ),
            (
                lambda w: w.mean(0),
                "Đó là trung bình của log: nó là ELBO, không đổi theo k. Cần log của trung bình.",
            ),
            (lambda w: torch.logsumexp(w, 0), "Thiếu − log k: trung bình, không phải tổng."),
            (
                lambda w: torch.logsumexp(w, 0) + math.log(w.shape[0]),
                "Dấu của log k ngược: chia cho k là TRỪ log k.",
            ),
            (lambda w: -bound(w), "Đó là mất mát; đề hỏi chính cận dưới, không đổi dấu."),
            (lambda w: w.exp().mean(0), "Bạn quên lấy log của trung bình."),
            (
                lambda w: w.exp().sum(0).log(),
                "Thiếu − log k; và exp(−800) bằng 0, nên dùng torch.logsumexp.",
            ),
            (
                lambda w: torch.logsumexp(w, 0) - w.shape[0],
                "Chia cho k trong log là trừ log k, không phải trừ k.",
            ),
            (
                lambda w: torch.logsumexp(w, 0) - math.log(w.shape[-1]),
                "Chiều đầu là k mẫu, chiều sau là n điểm: trừ log của số mẫu.",
            ),
            (
                lambda w: torch.logsumexp(w, 1) - math.log(w.shape[1]),
                "Bạn gộp nhầm chiều: gộp k mẫu của cùng một điểm (chiều 0), giữ lại n điểm.",
            ),
            (
                lambda w: (torch.logsumexp(w, 0) - math.log(w.shape[0])).mean(),
                "Giữ riêng từng điểm: kết quả là (n,).",
            ),
            (
                lambda w: torch.logsumexp(w, 0) / w.shape[0],
                "Chia cho k nằm trong log: thành phép trừ log k ở ngoài.",
            ),
            (lambda w: w.amax(0), "Đó là trọng số lớn nhất; cần log của trung bình mọi trọng số."),
        ],
    )


def new_image(answer: Any) -> Report:
    """Chương trình nào sinh ra một ảnh mới: "a", "b" hay "c"?"""
    if (empty := blank(answer, name="lựa chọn")) is not None:
        return empty
    text = str(answer).lower().strip(" ().'\"")
    if text == "b":
        return Report(True, "Đúng rồi: z từ tiên nghiệm, rồi x từ p(x | z).")
    if text == "a":
        return Report(
            False, "Chưa đúng. Mã hóa rồi giải mã một ảnh có sẵn là tái tạo, không phải sinh mới."
        )
    if text == "c":
        return Report(
            False,
            "Chưa đúng. z đã lấy từ tiên nghiệm, nhưng E[x | z] là trung bình của p(x | z), không "
            "phải mẫu: nó thiếu hẳn phần nhiễu mà mô hình đã học.",
        )
    return Report(False, 'Hãy chọn "a", "b" hoặc "c".')


def _points(n: int, dim: int, seed: int) -> Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed))
