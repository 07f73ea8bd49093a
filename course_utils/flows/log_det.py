"""log det(I + J_g(x)) của tầng phần dư x + g(x), với Lip(g) < 1: tính đúng, và ước lượng.

Lip(g) < 1 thì mọi trị riêng của J nằm trong đĩa đơn vị mở, nên det(I + J) > 0 và

    log det(I + J) = Σ_{k≥1} (−1)^{k+1} tr(Jᵏ)/k.

Các hàm nhận g : (n, ...) -> (n, ...), xử lý từng điểm riêng rẽ, và trả (n,), nat, có gradient
theo tham số của g và theo x. Tích vᵀJ là một lần lan truyền ngược qua g.

Nguồn: Behrmann et al. (2019); Chen et al. (2019); Hutchinson (1990).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from ..errors import InputError

Function = Callable[[Tensor], Tensor]


@contextmanager
def differentiable(x: Tensor) -> Iterator[tuple[Tensor, bool]]:
    """Cho (x có gradient, có cần giữ đồ thị sau đó không), kể cả dưới no_grad, inference_mode."""
    keep = torch.is_grad_enabled()
    with torch.inference_mode(False), torch.enable_grad():
        yield (x if keep and x.requires_grad else x.detach().clone().requires_grad_()), keep


def value_and_jacobian(g: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    """g(x) (n, ...) và Jacobian từng điểm (n, D, D): D lần lan truyền ngược.

    Mạng tự biết đường rẻ hơn (`LipschitzMLP`) thì dùng đường ấy.
    """
    if hasattr(g, "value_and_jacobian"):
        return g.value_and_jacobian(x)
    with differentiable(x) as (x, keep):
        value = g(x)
        rows = [
            torch.autograd.grad(
                y.sum(), x, create_graph=keep, retain_graph=True, materialize_grads=True
            )[0].flatten(1)
            for y in value.flatten(1).unbind(1)
        ]
    return (value if keep else value.detach()), torch.stack(rows, 1)


def log_det_identity_plus(jacobian: Tensor) -> Tensor:
    """log|det(I + J)|: (n, D, D) -> (n,).

    Hai chiều thì viết hẳn công thức: `slogdet` gọi LAPACK cho từng ma trận một.
    """
    if jacobian.shape[-1] == 2:
        (a, b), (c, d) = (row.unbind(-1) for row in jacobian.unbind(-2))
        return ((1 + a) * (1 + d) - b * c).abs().log()
    identity = torch.eye(jacobian.shape[-1], dtype=jacobian.dtype, device=jacobian.device)
    return torch.linalg.slogdet(identity + jacobian).logabsdet


def solve_identity_plus(jacobian: Tensor, y: Tensor) -> Tensor:
    """Nghiệm v của (I + J)v = y: (n, D, D), (n, D) -> (n, D); hai chiều là công thức Cramer."""
    if jacobian.shape[-1] == 2:
        (a, b), (c, d) = (row.unbind(-1) for row in jacobian.unbind(-2))
        p, q = y.unbind(-1)
        v = torch.stack([(1 + d) * p - b * q, (1 + a) * q - c * p], -1)
        return v / ((1 + a) * (1 + d) - b * c).unsqueeze(-1)
    identity = torch.eye(jacobian.shape[-1], dtype=jacobian.dtype, device=jacobian.device)
    return torch.linalg.solve(identity + jacobian, y)


def log_det_exact(g: Function, x: Tensor) -> Tensor:
    """log|det(I + J_g(x))| chính xác, (n,): D lần lan truyền ngược rồi một định thức O(D³).

    Không chệch, không phương sai; chỉ hợp khi D nhỏ. Sách: (eq-residual-layer)
    """
    return log_det_identity_plus(value_and_jacobian(g, x)[1])


def draw_probes(x: Tensor, count: int, kind: str = "rademacher") -> Tensor:
    """`count` vector dò cùng hình dạng x, E[vvᵀ] = I: (count, n, ...).

    "rademacher" là ±1 đồng khả năng, "gaussian" là N(0, 1).
    """
    if kind not in ("rademacher", "gaussian"):
        raise InputError(
            f"Không có vector dò loại {kind!r}; hãy chọn 'rademacher' hoặc 'gaussian'."
        )
    if not isinstance(count, int) or count < 1:
        raise InputError(f"probes = {count!r}; số vector dò phải là một số nguyên dương.")
    normal = torch.randn((count, *x.shape), dtype=x.dtype, device=x.device)
    return normal if kind == "gaussian" else torch.where(normal > 0, 1.0, -1.0).to(x.dtype)


def dot(a: Tensor, b: Tensor) -> Tensor:
    """Tích vô hướng của từng điểm: (n, ...) -> (n,)."""
    return (a * b).flatten(1).sum(1)


def series(g: Function, x: Tensor, probe: Tensor, weights: list[float], gradient: str) -> Tensor:
    """Σ_k weights[k−1]·(−1)^{k+1}·vᵀJᵏv/k với một vector dò v, (n,).

    gradient="graph": giữ đồ thị của mọi tích vᵀJᵏ, bộ nhớ O(số số hạng).
    gradient="neumann": giá trị tính không giữ đồ thị. Gradient lấy từ đồng nhất thức
    ∂ log det(I + J) = tr((I + J)⁻¹ ∂J), với (I + J)⁻¹ = Σ_{k≥0} (−1)ᵏJᵏ ước lượng bằng chính các
    tích vᵀJᵏ đã có; đồ thị chỉ giữ một tích wᵀJv. Sách: (eq-neumann-gradient)
    """
    if gradient not in ("graph", "neumann"):
        raise InputError(f"gradient = {gradient!r}; hãy chọn 'neumann' hoặc 'graph'.")
    with differentiable(x) as (x, keep):
        value = g(x)

        def times_jacobian(w: Tensor, create_graph: bool) -> Tensor:
            return torch.autograd.grad(value, x, w, create_graph=create_graph, retain_graph=True)[0]

        graph = keep and gradient == "graph"
        w = probe
        neumann, total = probe, x.new_zeros(len(x))
        for k, weight in enumerate(weights, start=1):
            w = times_jacobian(w, graph)
            total = total - (-1) ** k * weight / k * dot(w, probe)
            neumann = neumann + (-1) ** k * weight * w.detach()
        if keep and not graph:
            slope = dot(times_jacobian(neumann, create_graph=True), probe)
            total = total + (slope - slope.detach())  # giá trị của chuỗi, gradient của Neumann
    return total


def log_det_series(
    g: Function,
    x: Tensor,
    terms: int = 10,
    probes: int | Tensor = 1,
    kind: str = "rademacher",
    gradient: str = "neumann",
) -> Tensor:
    """Chuỗi lũy thừa cắt sau `terms` số hạng, vết ước lượng bằng Hutchinson: (n,).

    Độ chệch: phần đuôi bị cắt, không quá D·L^{terms+1}/((terms+1)(1 − L)) với L = Lip(g); thêm
    vector dò không làm nó giảm.
    Phương sai: của các vết; giảm như 1/(số vector dò).

    Tham số
    -------
    probes : số vector dò, hay chính các vector ấy (p, n, ...)
    kind : "rademacher" hoặc "gaussian"
    gradient : "neumann" (bộ nhớ không phụ thuộc `terms`) hoặc "graph"; với "neumann" gradient là
        của chuỗi Neumann cắt sau số mũ `terms`, không phải đạo hàm đúng của giá trị trả về

    Sách: (eq-log-det-series), (eq-truncation-bias), (eq-hutchinson)
    """
    if not isinstance(terms, int) or terms < 1:
        raise InputError(
            f"terms = {terms!r}; chuỗi cần ít nhất một số hạng, và số số hạng là số nguyên."
        )
    probes = probes if isinstance(probes, Tensor) else draw_probes(x, probes, kind)
    return sum(series(g, x, v, [1.0] * terms, gradient) for v in probes) / len(probes)


def log_det_roulette(
    g: Function,
    x: Tensor,
    always: int = 4,
    stop: float = 0.2,
    probes: int | Tensor = 1,
    kind: str = "rademacher",
    gradient: str = "neumann",
    seed: int | None = None,
) -> Tensor:
    """Ước lượng không chệch của log det(I + J): cắt chuỗi ở một chỗ ngẫu nhiên, rồi đền bù.

    `always` số hạng đầu luôn được tính. Sau mỗi số hạng tiếp theo, dừng với xác suất `stop`; số
    hạng thứ always + m được tính với xác suất (1 − stop)^m nên mang trọng số (1 − stop)^{−m}. Chi
    phí trung bình: always + (1 − stop)/stop lần lan truyền ngược mỗi vector dò.

    Độ chệch: 0, cả giá trị lẫn gradient (mọi `gradient`).
    Phương sai: hữu hạn khi ρ² < 1 − stop, với ρ là bán kính phổ của J; ρ lớn hơn thì trung bình vẫn
    đúng nhưng có đuôi rất nặng, hãy giảm `stop` hay tăng `always`. Mỗi vector dò rút một chỗ
    cắt, chung cho cả lô, nên các điểm của lô không độc lập.

    Tham số khác: xem `log_det_series`; `seed` cố định các chỗ cắt.
    Sách: (eq-roulette); Chen et al. (2019), định lý 1 và 2
    """
    if not 0 < stop < 1 or always < 0:
        raise InputError(f"stop = {stop}, always = {always}: cần 0 < stop < 1 và always ≥ 0.")
    probes = probes if isinstance(probes, Tensor) else draw_probes(x, probes, kind)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    total = x.new_zeros(len(x))
    for v in probes:
        uniform = 1 - torch.rand((), generator=generator, dtype=torch.float64, device="cpu")
        extra = int(uniform.log() / torch.tensor(1 - stop, dtype=torch.float64, device="cpu").log())
        weights = [1.0] * always + [(1 - stop) ** -m for m in range(1, extra + 1)]
        total = total + series(g, x, v, weights, gradient)
    return total / len(probes)


def newton_step(g: Function, y: Tensor, x: Tensor) -> Tensor:
    """Một bước Newton từ x (n, ...) về nghiệm của x + g(x) = y.

    J coi như hằng số: bước từ một nghiệm có giá trị của chính nghiệm ấy, và gradient theo y và theo
    tham số của g là của định lý hàm ẩn.
    """
    value, jacobian = value_and_jacobian(g, x)
    error = (x + value - y).flatten(1)
    return x - solve_identity_plus(jacobian.detach(), error).view_as(x)


def newton_inverse(g: Function, y: Tensor, tol: float = 1e-6, steps: int = 8) -> Tensor:
    """Nghiệm x của x + g(x) = y bằng Newton, đến sai số làm tròn; không có gradient.

    Gần nghiệm, mỗi bước nhân đôi số chữ số đúng, nên một điểm dừng khi bước đi không quá √ε lần
    1 + max|x|, ε là sai số làm tròn. Ở xa, Newton có thể nhảy qua lại mãi, dù Lip(g) < 1: điểm nào
    sau `steps` bước chưa dừng thì bắt đầu lại từ nghiệm của `fixed_point_inverse` với `tol`.
    """
    small = torch.finfo(y.dtype).eps ** 0.5
    with torch.no_grad():
        x, active = y.clone(), torch.arange(len(y), device=y.device)
        for k in range(2 * steps):
            old = x[active] if k != steps else fixed_point_inverse(g, y[active], tol)[0]
            new = newton_step(g, y[active], old)
            x[active] = new
            step = (new - old).flatten(1).abs().amax(1)
            active = active[~(step <= small * (1 + new.flatten(1).abs().amax(1)))]
            if len(active) == 0:
                break
    return x


def fixed_point_inverse(
    g: Function, y: Tensor, tol: float = 1e-6, max_iter: int = 2000
) -> tuple[Tensor, int]:
    """Nghiệm x của x + g(x) = y bằng lặp x ← y − g(x), và số vòng lặp của điểm chậm nhất.

    Lip(g) = L < 1 thì phép lặp co với hệ số L (định lý Banach). Một điểm dừng khi bước đi của nó
    không quá tol·(1 + max|x|); khi ấy nó cách nghiệm không quá L/(1 − L) lần bước ấy. Không có
    gradient.

    Lỗi
    ---
    InputError : sau `max_iter` vòng vẫn còn điểm chưa dừng.

    Sách: (eq-fixed-point)
    """
    with torch.no_grad():
        x, active = y.clone(), torch.arange(len(y), device=y.device)
        for iteration in range(1, max_iter + 1):
            old = x[active]
            new = y[active] - g(old)
            x[active] = new
            step = (new - old).flatten(1).abs().amax(1)
            # `not <=` để điểm NaN cũng bị coi là chưa dừng.
            active = active[~(step <= tol * (1 + new.flatten(1).abs().amax(1)))]
            if len(active) == 0:
                return x, iteration
    raise InputError(
        f"Lặp điểm bất động chưa hội tụ sau {max_iter} vòng: còn {len(active)} trên {len(y)} điểm "
        f"có bước đi lớn hơn tol = {tol:g}. Hãy kiểm tra Lip(g) < 1, tăng `max_iter`, hoặc "
        f"chọn `tol` không nhỏ hơn sai số làm tròn của {y.dtype}."
    )
