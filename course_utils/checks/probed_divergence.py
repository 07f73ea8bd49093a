"""Bộ chấm về ước lượng phân kỳ bằng vector dò.

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from typing import Any

import torch
from torch import Tensor

from .report import Report, blank, numbers


def probe_variances(answer: Any) -> Report:
    """(phương sai Rademacher, phương sai Gauss) của vᵀJv với J = [[1, 4], [2, −3]].

    Sách: (eq-hutchinson-variance)
    """
    (a, b), (c, d) = (1.0, 4.0), (2.0, -3.0)
    mixed = (b + c) / 2
    diagonal = a**2 + d**2
    rademacher, gauss = 4 * mixed**2, 2 * (diagonal + 2 * mixed**2)
    plain = a**2 + b**2 + c**2 + d**2  # ‖J‖²_F, không đối xứng hóa
    return numbers(
        answer,
        (rademacher, gauss),
        tol=0.01,
        name="cặp phương sai",
        hints=[
            ((gauss, rademacher), "Hai số đúng nhưng ngược chỗ: Rademacher đứng trước."),
            ((rademacher, rademacher), "Gauss còn trả thêm 2ΣSᵢᵢ² cho đường chéo."),
            ((gauss, gauss), "Rademacher có vᵢ² = 1 nên đường chéo không góp phương sai."),
            (
                (2 * (plain - diagonal), 2 * plain),
                "Bạn dùng ‖J‖²_F. Chỉ phần đối xứng S = (J + Jᵀ)/2 có mặt trong vᵀJv.",
            ),
            (
                (rademacher, 2 * plain),
                "Rademacher đúng. Với Gauss bạn dùng ‖J‖²_F; phải là ‖S‖²_F, S = (J + Jᵀ)/2.",
            ),
            (
                (rademacher / 2, gauss / 2),
                "Thiếu thừa số 2: phương sai Gauss là 2‖S‖²_F, và trong ‖S‖²_F số hạng S₁₂² có "
                "mặt hai lần.",
            ),
            (
                (mixed**2, None),
                "Số hạng ngoài đường chéo là 2·S₁₂·v₁v₂, nên phương sai của nó là 4·S₁₂².",
            ),
            (
                (2 * mixed**2, None),
                "‖S‖²_F đếm S₁₂² hai lần (S₁₂ và S₂₁), rồi còn nhân 2.",
            ),
            (
                (math.sqrt(rademacher), None),
                "Đó là độ lệch chuẩn; đề hỏi phương sai.",
            ),
            (
                (None, gauss - 2 * 2 * mixed**2),
                "Với Gauss, cả đường chéo lẫn phần ngoài đường chéo đều góp: 2‖S‖²_F.",
            ),
            (
                (None, rademacher + diagonal),
                "Đường chéo góp (κ − 1)ΣSᵢᵢ² với κ = E[v⁴] = 3, tức 2ΣSᵢᵢ².",
            ),
            (
                ((2 * mixed) ** 2 * 4, None),
                "S là nửa tổng của J và Jᵀ: S₁₂ = (4 + 2)/2.",
            ),
            (
                ((a + d) ** 2, None),
                "Đó là bình phương của vết. Phương sai không phụ thuộc vết.",
            ),
        ],
    )


class _Field:
    """Trường thử; đếm số lần bị gọi và nhớ thứ đã nhận."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x: Tensor) -> Tensor:
        self.calls += 1
        return torch.sin(x.roll(1, -1) * 1.3 + 0.2) * (1 + x.square()) + 0.5 * x


def divergence_estimate(answer: Any) -> Report:
    """Hàm estimate(field, x, v) -> (u (n, D), vᵀJv (n,)): dưới no_grad, một lần gọi, không sửa x.

    field là một hàm (n, D) -> (n, D), xử lý từng điểm riêng.
    Sách: (eq-hutchinson-divergence)
    """
    if (empty := blank(answer, name="estimate")) is not None:
        return empty
    if not callable(answer):
        return Report(False, f"Cần một hàm, nhưng estimate là {type(answer).__name__}.")
    generator = torch.Generator().manual_seed(0)
    for n, dim in ((6, 3), (1, 2), (5, 1)):
        x = torch.randn(n, dim, generator=generator, dtype=torch.float64)
        v = torch.where(torch.rand(n, dim, generator=generator) < 0.5, -1.0, 1.0).to(x.dtype)
        field, given, probe = _Field(), x.clone(), v.clone()
        try:
            with torch.no_grad():
                result = answer(field, given, probe)
        except NotImplementedError:
            return blank(None, name="estimate")
        except Exception as error:
            return _failure(error)
        if (empty := blank(result, name="giá trị trả về của estimate")) is not None:
            return empty
        if (wrong := _inspect(result, field, given, probe, x, v)) is not None:
            return wrong
    return Report(True, "Đúng rồi: chạy dưới no_grad, gọi trường một lần, trả x về nguyên vẹn.")


def _failure(error: Exception) -> Report:
    text = " ".join(str(error).split())[:120]
    if "does not require grad" in str(error):
        return Report(
            False,
            "Dưới no_grad không có đồ thị để đi ngược. Hãy đặt lời gọi trường và autograd.grad "
            "trong `with torch.enable_grad():`, trên x.detach().requires_grad_().",
        )
    return Report(False, f"estimate dừng vì {type(error).__name__}: {text}")


def _inspect(result, field, given: Tensor, probe: Tensor, x: Tensor, v: Tensor) -> Report | None:
    """Lời báo lỗi đầu tiên, hay None nếu kết quả đúng mọi mặt."""
    n, dim = x.shape
    if not (isinstance(result, tuple | list) and len(result) == 2):
        return Report(False, "estimate phải trả về cặp (u, vᵀJv).")
    if not all(isinstance(part, Tensor) for part in result):
        return Report(False, "Cả u lẫn vᵀJv đều phải là tensor.")
    u, value = result
    if u.shape == (n,) and value.shape == (n, dim) and dim != 1:
        return Report(False, "Hai giá trị ngược chỗ: u (n, D) đứng trước, vᵀJv (n,) đứng sau.")
    if u.shape != (n, dim):
        return Report(False, f"u có kích thước {tuple(u.shape)}, cần {(n, dim)}.")
    if value.shape != (n,):
        more = (
            " Đó là tích vᵀJ; còn phải nhân với v và cộng theo tọa độ."
            if value.shape == (n, dim)
            else " Cộng theo tọa độ, giữ riêng từng điểm."
        )
        return Report(False, f"vᵀJv có kích thước {tuple(value.shape)}, cần {(n,)}.{more}")
    if given.requires_grad or not torch.equal(given.detach(), x) or not torch.equal(probe, v):
        return Report(
            False,
            "Tensor của người gọi đã bị sửa (giá trị, hay cờ requires_grad). Hãy làm việc trên "
            "x.detach().requires_grad_(), một lá riêng.",
        )
    kept = u.requires_grad or value.requires_grad
    u, value, calls = u.detach().to(x.dtype), value.detach().to(x.dtype), field.calls
    jacobian = torch.func.vmap(torch.func.jacrev(lambda one: _Field()(one[None])[0]))(x)
    expected = torch.einsum("ni,nij,nj->n", v, jacobian, v)
    if not torch.allclose(u, _Field()(x), atol=1e-6):
        return Report(False, "u không phải giá trị của trường tại x.")
    if not torch.allclose(value, expected, atol=1e-6):
        return _wrong_value(value, jacobian, v)
    if calls != 1:
        return Report(
            False,
            f"Giá trị đúng, nhưng trường bị gọi {calls} lần. Một lần gọi cho cả u lẫn vᵀJ: giữ "
            f"lại u rồi đưa nó vào autograd.grad.",
        )
    if kept:
        return Report(
            False,
            "Giá trị đúng, nhưng kết quả còn giữ đồ thị dù đang ở dưới no_grad. Hãy trả về bản "
            "detach().",
        )
    return None


def _wrong_value(value: Tensor, jacobian: Tensor, v: Tensor) -> Report:
    def matches(other: Tensor) -> bool:
        return torch.allclose(value, other, atol=1e-6)

    if matches(jacobian.diagonal(dim1=1, dim2=2).sum(1)) and v.shape[1] > 1:
        return Report(
            False, "Đó là vết chính xác, D lần lan truyền ngược. Đề hỏi vᵀJv, một lần với v."
        )
    if matches(jacobian.sum((1, 2))) and v.shape[1] > 1:
        return Report(False, "Đó là tổng mọi phần tử của J: vector gradient đầu ra phải là v.")
    if matches(torch.einsum("ni,nij->n", v, jacobian)):
        return Report(False, "Bạn cộng vᵀJ theo tọa độ mà chưa nhân với v.")
    expected = torch.einsum("ni,nij,nj->n", v, jacobian, v)
    if matches(-expected):
        return Report(False, "Dấu ngược. Chiều thời gian là việc của bộ giải; ở đây chỉ cần vᵀJv.")
    if matches(torch.einsum("ni,nij->nj", v, jacobian).square().sum(1)):
        return Report(False, "Đó là ‖vᵀJ‖², phạt Jacobi. Nhân vᵀJ với v, không phải với chính nó.")
    if matches(expected / v.shape[1]):
        return Report(False, "Bạn lấy trung bình theo tọa độ; vᵀJv là tổng.")
    return Report(
        False,
        f"vᵀJv của bạn là {float(value[0]):.6g} ở điểm đầu tiên, chưa đúng. Dùng đúng vector v "
        "được đưa cho: autograd.grad(u, x, v)[0], nhân với v rồi cộng theo tọa độ.",
    )
