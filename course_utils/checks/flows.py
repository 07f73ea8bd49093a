"""Bộ chấm một phép biến đổi khả nghịch hay cả một luồng do người học viết.

Đối tượng được chấm chỉ cần hai phương thức forward(z) -> (x, log_det) và
inverse(x) -> (z, log_det); nó không phải là lớp con của lớp nào.
"""

from typing import Any

import torch
from torch import Tensor

from .report import Report, blank


class _Mistake(Exception):
    """Chỗ sai đầu tiên tìm thấy; thông điệp là lời gợi ý cho người học."""


def transform(answer: Any, dim: int, *, tol: float = 1e-3, seed: int = 0) -> Report:
    """Chấm một phép biến đổi: kích thước, khứ hồi, log-định thức, đầu vào lớn.

    tol: sai số cho phép, tính theo độ lớn của đại lượng được so.
    Sách: (eq-cov)
    """
    return _run(answer, lambda: _check_transform(answer, dim, tol, seed))


def flow(answer: Any, dim: int, *, tol: float = 1e-3, seed: int = 0) -> Report:
    """Chấm cả một luồng: như `transform`, thêm điều kiện mọi tọa độ đều được biến đổi.

    Mỗi đầu ra phải phụ thuộc ít nhất hai đầu vào và không đầu ra nào chép nguyên một đầu vào.
    """

    def check() -> None:
        _check_transform(answer, dim, tol, seed)
        _check_mixing(answer, dim, seed)

    return _run(answer, check)


def _run(answer: Any, check) -> Report:
    if (empty := blank(answer, name="luồng")) is not None:
        return empty
    for method in ("forward", "inverse"):
        if isinstance(answer, type):
            return Report(False, f"Đây là lớp {answer.__name__}; hãy đưa vào một đối tượng của nó.")
        if not callable(getattr(answer, method, None)):
            return Report(False, f"Đối tượng chưa có phương thức {method}.")
    try:
        check()
    except _Mistake as mistake:
        return Report(False, str(mistake))
    except NotImplementedError:
        return blank(None, name="luồng")
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())[:160]
        return Report(False, f"Mã dừng giữa chừng vì {type(error).__name__}: {text}")
    return Report(True, "Khả nghịch, log-định thức khớp với Jacobian, hữu hạn với đầu vào lớn.")


def _check_transform(answer: Any, dim: int, tol: float, seed: int) -> None:
    z = _points(answer, 16, dim, seed)
    with torch.no_grad():
        _call(answer, "inverse", z)  # ActNorm tự khởi tạo theo lô đầu tiên đi chiều này
        x, log_det = _call(answer, "forward", z)
        back, log_det_back = _call(answer, "inverse", x)
    if _worst(back, z) > tol:
        raise _Mistake(
            "inverse(forward(z)) khác z. Hợp của nhiều tầng phải được nghịch đảo từ tầng cuối "
            "về tầng đầu; hoán vị cũng phải được đảo lại."
        )
    exact = torch.linalg.slogdet(_jacobians(answer, z)).logabsdet
    if _worst(log_det, exact) > tol:
        raise _Mistake(_log_det_hint(log_det, exact, dim, tol))
    if _worst(log_det_back, -exact) > tol:
        hint = " Nó đang cùng dấu với chiều sinh." if _worst(log_det_back, exact) <= tol else ""
        raise _Mistake(f"log_det của inverse phải là số đối của log_det của forward.{hint}")
    with torch.no_grad():
        far, far_log_det = answer.inverse(1000 * z)
    if not (torch.isfinite(far).all() and torch.isfinite(far_log_det).all()):
        raise _Mistake(
            "Với đầu vào cỡ 1000, inverse cho inf hay NaN: hãy chặn log-hệ số co giãn s, "
            "chẳng hạn s = 2·tanh(s/2)."
        )


def _check_mixing(answer: Any, dim: int, seed: int) -> None:
    z = _points(answer, 32, dim, seed + 1)
    with torch.no_grad():
        x, _ = _call(answer, "forward", z)
    copied = (x[:, :, None] - z[:, None, :]).abs().amax(0) <= 1e-6
    if copied.any():
        output = int(copied.any(1).nonzero()[0])
        raise _Mistake(
            f"Tọa độ {output} của x chép nguyên một tọa độ của z: nó không bao giờ được biến đổi. "
            "Hãy hoán vị các tọa độ giữa các tầng."
        )
    if dim < 2:
        return
    depends = (_jacobians(answer, z).abs() > 1e-7).any(0).sum(1)
    if (depends < 2).any():
        output = int((depends < 2).nonzero()[0])
        raise _Mistake(
            f"Tọa độ {output} của x chỉ phụ thuộc một tọa độ của z. "
            "Hãy thêm tầng hoặc hoán vị để các tọa độ trộn vào nhau."
        )


def _points(answer: Any, n: int, dim: int, seed: int) -> Tensor:
    """Điểm thử N(0, I), cùng kiểu số và thiết bị với tham số của đối tượng (nếu có)."""
    z = torch.randn(n, dim, generator=torch.Generator().manual_seed(seed))
    parameters = answer.parameters() if isinstance(answer, torch.nn.Module) else ()
    like = next((p for p in parameters if p.is_floating_point()), z)
    return z.to(like)


def _call(answer: Any, method: str, points: Tensor) -> tuple[Tensor, Tensor]:
    output = getattr(answer, method)(points.clone())
    if output is None:
        raise NotImplementedError
    if not isinstance(output, tuple | list) or len(output) != 2:
        raise _Mistake(f"{method} phải trả về hai giá trị: điểm mới và log_det.")
    moved, log_det = output
    for value, name in ((moved, "điểm mới"), (log_det, "log_det")):
        if not isinstance(value, Tensor):
            raise _Mistake(
                f"{name[:1].upper()}{name[1:]} mà {method} trả về phải là tensor, "
                f"không phải {type(value).__name__}."
            )
    if moved.shape != points.shape:
        raise _Mistake(
            f"{method} nhận kích thước {tuple(points.shape)} "
            f"mà trả về {tuple(moved.shape)}: số chiều phải giữ nguyên."
        )
    if log_det.shape != points.shape[:1]:
        raise _Mistake(
            f"log_det của {method} có kích thước {tuple(log_det.shape)}, cần "
            f"({len(points)},): một số cho mỗi mẫu, cộng theo tọa độ chứ không theo lô."
        )
    if not (torch.isfinite(moved).all() and torch.isfinite(log_det).all()):
        raise _Mistake(f"{method} cho inf hay NaN ở các điểm bình thường.")
    return moved, log_det


def _jacobians(answer: Any, z: Tensor) -> Tensor:
    def one(point: Tensor) -> Tensor:
        return answer.forward(point[None])[0][0]

    return torch.stack([torch.autograd.functional.jacobian(one, point) for point in z])


def _worst(value: Tensor, target: Tensor) -> float:
    """Sai khác lớn nhất, tính theo độ lớn của đích."""
    return float((value - target).abs().max() / (1 + target.abs().max()))


def _log_det_hint(log_det: Tensor, exact: Tensor, dim: int, tol: float) -> str:
    if _worst(log_det, -exact) <= tol:
        return "log_det của forward ngược dấu: nó là log|det ∂x/∂z|, dương khi ánh xạ làm giãn."
    if _worst(log_det, torch.zeros_like(exact)) <= tol:
        return "log_det luôn bằng 0 trong khi ánh xạ có làm giãn hay co thể tích."
    for count in range(2, dim + 1):
        if _worst(log_det * count, exact) <= tol:
            return "log_det lấy trung bình theo tọa độ; định thức là tích, nên log_det là tổng."
    return "log_det của forward không khớp với log|det| của Jacobian tính bằng vi phân tự động."
