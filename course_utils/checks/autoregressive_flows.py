"""Bộ chấm các bài «Thử ngay» của sổ «Luồng tự hồi quy».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .cumulative_sums import _far, ar1_density, cumulative_sum  # noqa: F401
from .report import Report, blank, number, numbers
from .triangular import log_det, sequential_inverse  # noqa: F401 - sổ gọi mọi bài qua tệp của chương

# --- Cơ chế biến đổi nào hợp lệ -------------------------------------------------------------------


def transformers(answer: Any) -> Report:
    """(khả nghịch, mật độ hữu hạn, cần |·|, số nghịch ảnh của 0 qua hàm a).

    Bốn hàm: a) z³ − z, b) z³, c) −z, d) softplus. Ba thành phần đầu là chuỗi chữ cái, ví dụ "bd";
    thành phần cuối là số nguyên.
    """
    if (empty := blank(answer, name="bốn câu trả lời")) is not None:
        return empty
    try:
        *sets, roots = answer
        if (empty := blank(*sets, name="hết bốn câu trả lời")) is not None:
            return empty
        sets = [frozenset("".join(part).lower().translate(_SEPARATORS)) for part in sets]
    except (TypeError, ValueError):
        return Report(False, 'Cần ba chuỗi chữ cái rồi một số, ví dụ ("ab", "a", "b", 1).')
    if len(sets) != 3 or not all(part <= set("abcd") for part in sets):
        return Report(False, 'Cần ba chuỗi gồm các chữ a, b, c, d rồi một số: ("ab", "a", "b", 1).')
    one_to_one, finite, sign = sets
    if "a" in one_to_one:
        return Report(False, "z³ − z lên, xuống, rồi lên: z = −1, 0, 1 cùng cho 0. " + _A_FOLDS)
    if one_to_one == set("bd"):
        return Report(False, "Giảm chặt cũng được: −z là song ánh. Chỉ cần nhớ |·| ở định thức.")
    if "d" not in one_to_one:
        return Report(
            False,
            "softplus tăng chặt nên khả nghịch trên miền giá trị (0, ∞). Nó chỉ không phủ cả ℝ.",
        )
    if "b" not in one_to_one:
        return Report(False, "z³ có đạo hàm 0 tại 0 nhưng vẫn tăng chặt, nên vẫn khả nghịch.")
    if "b" in finite:
        return Report(
            False,
            "Với z³, dx/dz = 0 tại z = 0, nên mật độ p_Z/|dx/dz| vô cùng tại x = 0.",
        )
    if "a" in finite:
        return Report(False, "Hàm a gấp trục số; tại chỗ gấp đạo hàm bằng 0 và mật độ vô cùng.")
    if finite != set("cd"):
        return Report(False, "Mật độ hữu hạn khi p_Z(z)/|dx/dz| bị chặn: xét cả −z và softplus.")
    if sign == {"a", "c"} or "a" in sign:
        return Report(
            False, "Hàm a không phải luồng nên không xét; |·| cần khi hàm hợp lệ mà giảm."
        )
    if sign != {"c"}:
        return Report(False, "|·| đổi kết quả khi đạo hàm âm: hàm hợp lệ nào giảm?")
    return number(
        roots,
        3,
        tol=1e-9,
        name="số nghịch ảnh",
        hints=[
            (1, "Liên tục chưa đủ để đơn ánh: giải z³ − z = 0."),
            (2, "z³ − z = z(z − 1)(z + 1): đếm lại số nghiệm."),
            (0, "z = 0 đã là một nghiệm."),
        ],
    )


_SEPARATORS = str.maketrans("", "", " ,;")


_A_FOLDS = "Liên tục trên ℝ mà đơn ánh thì phải đơn điệu chặt."


# --- Hình hai chiều: danh sách cạnh ---------------------------------------------------------------


def edges(answer: Any, dim: int = 3) -> Report:
    """Danh sách cạnh (nguồn, đích) của chiều x → z trong luồng có h_i = c_i(z_{<i}).

    Nút là chuỗi "x1", "h2", "z3", …; cạnh ("h1", "z1") có hay không đều được, vì h₁ là hằng.
    Sách: (eq-autoregressive-flow)
    """
    if (empty := blank(answer, name="danh sách cạnh")) is not None:
        return empty
    names = {f"{kind}{i}" for kind in "xhz" for i in range(1, dim + 1)}
    try:
        pairs = [() if isinstance(edge, str) else tuple(edge) for edge in answer]
        given = {tuple(str(n).strip().lower().replace("_", "") for n in edge) for edge in pairs}
        if any(len(edge) != 2 for edge in given):
            raise ValueError
    except (TypeError, ValueError):
        return Report(False, 'Cần danh sách các cặp (nguồn, đích), ví dụ [("x1", "z1")].')
    strange = sorted({n for edge in given for n in edge} - names)
    if strange:
        return Report(False, f"Không có nút tên {strange[0]!r}; các nút là x1…z{dim}.")
    right = {(f"x{i}", f"z{i}") for i in range(1, dim + 1)}
    right |= {(f"h{i}", f"z{i}") for i in range(1, dim + 1)}
    right |= {(f"z{j}", f"h{i}") for i in range(1, dim + 1) for j in range(1, i)}
    optional = {("h1", "z1")}
    if given | optional == right:
        order = " → ".join(f"z{i}" for i in range(1, dim + 1))
        return Report(True, f"Đúng rồi: không có vòng, và chỉ tính được theo thứ tự {order}.")
    if all((f"z{i}", f"x{i}") in given for i in range(1, dim + 1)):
        return Report(
            False, "Đó là chiều z → x. Đề hỏi chiều x → z: x_i là đầu vào, z_i là đầu ra."
        )
    for i in range(1, dim + 1):
        if (f"z{i}", f"h{i}") in given:
            return Report(
                False,
                f"z{i} → h{i} → z{i} là một vòng: muốn có h{i} phải có z{i}, mà đang đi tìm z{i}. "
                f"h{i} chỉ đọc z{1} đến z{i - 1}."
                if i > 1
                else "h1 không đọc gì: z1 → h1 là vòng.",
            )
    for i, j in itertools.product(range(1, dim + 1), repeat=2):
        if j < i and (f"x{j}", f"h{i}") in given:
            return Report(
                False, f"x{j} → h{i} là kiểu MAF. Ở đây h{i} = c{i}(z), nên mũi tên từ z{j}."
            )
        if j > i and (f"z{j}", f"h{i}") in given:
            return Report(False, f"h{i} không được đọc z{j}: chỉ đọc những tọa độ đứng trước.")
        if (f"z{j}", f"z{i}") in given:
            return Report(
                False,
                f"z{j} không vào thẳng z{i}: nó chỉ ảnh hưởng qua h{i}. Bỏ z{j} → z{i}."
                if j < i
                else f"z{i} không đọc z{j}: chỉ cần x{i} và h{i}.",
            )
        if j != i and (f"x{j}", f"z{i}") in given:
            return Report(False, f"z{i} chỉ giải từ x{i} (và h{i}); bỏ cạnh x{j} → z{i}.")
    missing = sorted(right - optional - given)
    if missing:
        kind = {
            "x": "z_i giải từ x_i",
            "h": "z_i cần cả h_i",
            "z": "h_i đọc mọi z_j đã gỡ, j < i; đó là lý do phải đi từng bước",
        }[missing[0][0][0]]
        return Report(False, f"Thiếu cạnh {missing[0][0]} → {missing[0][1]}: {kind}.")
    extra = sorted(given - right)[0]
    return Report(False, f"Thừa cạnh {extra[0]} → {extra[1]}.")


def exponential_conditioner(
    answer: Any, alpha: float = 0.3, z: Sequence[float] = (1, -0.5, 2, 0.7)
) -> Report:
    """log det J tại z của luồng x_i = z_i·exp(α·z_{i−1}), z₀ = 0.

    Sách: (eq-af-jacobian)
    """
    right = alpha * sum(z[:-1])
    wrong = [
        (alpha * sum(z), "Hệ số mũ của x_i là α·z_{i−1}: z_D không nằm trong hệ số nào."),
        (
            alpha * sum(z[1:]),
            "Lệch một chỉ số: hệ số mũ của x_i là α·z_{i−1}, không phải α·z_i.",
        ),
        (0.0, "Ở bài cộng dồn ∂τ/∂z_i = 1; ở đây ∂τ/∂z_i = exp(α·z_{i−1})."),
        (
            alpha**3 * math.prod(z[:-1]),
            "Log của tích là tổng: cộng các α·z_{i−1}, đừng nhân chúng.",
        ),
        (alpha * math.prod(z[:-1]), "Log của tích là tổng: cộng các α·z_{i−1}, đừng nhân chúng."),
        (math.exp(right), "Đó là det J; đề hỏi log."),
        (-right, "Sai dấu: đây là chiều z → x."),
        (sum(z[:-1]), "Bạn quên hệ số α."),
        (
            right + sum(math.log(abs(v)) for v in z if v),
            "∂τ/∂z_i chỉ là hệ số đứng trước z_i; không có log|z_i|.",
        ),
    ]
    return number(answer, right, tol=1e-6, name="log det J", hints=_far(wrong, right, 1e-6))


# --- Chi phí --------------------------------------------------------------------------------------


def passes(answer: Any, dim: int = 256) -> Report:
    """Số lượt gọi mạng (IAF lấy mẫu, IAF tính mật độ, MAF lấy mẫu, MAF tính mật độ) với D = dim.

    IAF: h_i = c_i(z_{<i}); MAF: h_i = c_i(x_{<i}). Mật độ tính tại một điểm x cho trước.
    Sách: (eq-maf), (eq-iaf)
    """
    return numbers(
        answer,
        (1, dim, dim, 1),
        tol=1e-9,
        name="bốn số lượt gọi",
        hints=[
            ((dim, 1, 1, dim), "Bạn đổi chỗ hai kiểu: IAF đọc z, nên lấy mẫu chỉ cần một lượt."),
            ((1, 1, 1, 1), "Một lượt cả hai chiều chỉ có ở luồng ghép cặp."),
            (
                (dim, dim, dim, dim),
                "Mỗi kiểu có một chiều mà đầu vào của mạng đã biết hết: một lượt là đủ.",
            ),
            ((dim, dim, None, None), _NOT_IN_TURN),
            ((dim, 1, dim, 1), _NOT_IN_TURN),
            (
                (1, 1, dim, 1),
                "IAF tính mật độ của một x cho trước phải gỡ z lần lượt. Chỉ khi x do chính nó vừa "
                "sinh ra (z còn nhớ) mới miễn phí.",
            ),
            ((1, dim, 1, dim), "Hai kiểu ngược nhau: nhanh của kiểu này là chậm của kiểu kia."),
            (
                (1, dim - 1, dim - 1, 1),
                "Gần đúng: tọa độ đầu cũng cần h_1 của mạng, nên là D lượt.",
            ),
        ],
    )


_NOT_IN_TURN = (
    "«Tính lần lượt» không cần thiết: với h_i = c_i(z_{<i}), mọi z đã biết nên mọi h tính một lượt."
)
