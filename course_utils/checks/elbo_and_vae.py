"""Bộ chấm các bài «Thử ngay» của sổ «ELBO và VAE».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

# Sổ gọi mọi bài qua tệp của chương.
from .evidence_bounds import elbo_by_hand, iwae, negative_elbo  # noqa: F401
from .gaussian_divergence import gaussian_kl, gaussian_nats, kl_by_hand  # noqa: F401
from .report import Report, blank


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


def law_after_the_bar(answer: Any) -> Report:
    """Phân phối đứng sau dấu ‖ trong log p(x) = ELBO + KL(q ‖ ?). Sách: (eq-elbo-gap)"""
    if (empty := blank(answer, name="lựa chọn")) is not None:
        return empty
    text = "".join(str(answer).lower().split())
    for written, plain in {"∣": "|", "\\mid": "|", "\\theta": "", "\\phi": ""}.items():
        text = text.replace(written, plain)
    text = text.replace("_theta", "").replace("_phi", "").replace("_", "").strip("$.\"'")
    # lời văn: giữ «hậunghiệm», «tiênnghiệm» vì câu trả lời đã bỏ mọi dấu cách
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
