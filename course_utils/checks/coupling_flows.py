"""Bộ chấm các bài «Thử ngay» của sổ «Luồng ghép cặp».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
import operator
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .affine_layer import affine_inverse, conv1x1_log_det, overflow  # noqa: F401
from .report import Report, blank, function, numbers


def lower_left_block(answer: Any) -> Report:
    """(J₂₁, log|det J|) của x₁ = z₁, x₂ = e^{tanh z₁}·z₂ + z₁² tại z = (0.5, 2).

    Sách: (eq-coupling-jacobian)
    """
    z1, z2 = 0.5, 2.0
    s, ds, dm = math.tanh(z1), 1 - math.tanh(z1) ** 2, 2 * z1
    j21 = z2 * math.exp(s) * ds + dm
    return numbers(
        answer,
        (j21, s),
        tol=1e-3,
        name="cặp (J₂₁, log|det J|)",
        hints=[
            ((dm, None), "Bạn mới lấy đạo hàm của m. Biến z₁ còn có mặt trong s(z₁)."),
            (
                (z2 * ds + dm, None),
                "Đạo hàm của e^{s(z₁)} là e^{s}·s′: bạn quên nhân e^{s}.",
            ),
            ((j21, math.log(math.exp(s) + j21)), _BLOCK_IN_DET),
            ((j21, s + j21), _BLOCK_IN_DET),
            ((j21, math.exp(s)), "Đó là det J; đề hỏi log|det J|."),
            ((j21, -s), "Dấu ngược: đây là chiều sinh z → x, và s dương nên tầng đang giãn."),
            ((j21 - dm, None), "Bạn quên đạo hàm của m: số hạng z₁² cũng chứa z₁."),
            (
                (math.exp(s) * ds + dm, None),
                "Bạn quên thừa số z₂: hàm mũ đang nhân với z₂ = 2.",
            ),
            ((s, j21), "Hai số đúng nhưng ngược chỗ: J₂₁ đứng trước, log|det J| đứng sau."),
        ],
    )


_BLOCK_IN_DET = (
    "Khối dưới bên trái không tham gia vào định thức của ma trận tam giác: chỉ có đường chéo."
)


def composite_layer(answer: Any) -> Report:
    """(S, M) của tầng hợp từ hai tầng cùng cách chia: trước (0.5, 1), sau (−0.2, 2).

    Sách: (eq-affine-coupling)
    """
    (s1, m1), (s2, m2) = (0.5, 1.0), (-0.2, 2.0)
    return numbers(
        answer,
        (s1 + s2, math.exp(s2) * m1 + m2),
        tol=1e-3,
        name="cặp (S, M)",
        hints=[
            (
                (s1 + s2, m1 + m2),
                "Độ dời của tầng trước đi qua tầng sau nên cũng bị giãn e^{s₂} lần.",
            ),
            (
                (s1 + s2, math.exp(s1) * m2 + m1),
                "Bạn đã đổi thứ tự hai tầng: tầng (0.5, 1) áp dụng trước.",
            ),
            (
                (s1 + s2, math.exp(s1) * m1 + m2),
                "m₁ được cộng vào sau khi tầng trước đã giãn: chỉ e^{s₂} của tầng sau giãn nó.",
            ),
            (
                (s1 * s2, None),
                "Hệ số giãn e^{s} nhân với nhau, nên log của chúng cộng với nhau.",
            ),
            ((math.exp(s1 + s2), None), "Đó là hệ số giãn; S là log của nó."),
        ],
    )


def unpermuted_floor(answer: Any) -> Report:
    """(entropy chéo của x_A với N(0, 1), entropy của nó) khi x_A ~ N(0, 4), đơn vị nat."""
    variance = 4.0
    log_2pi = math.log(2 * math.pi)
    cross = 0.5 * log_2pi + 0.5 * variance
    entropy = 0.5 * (log_2pi + 1 + math.log(variance))
    return numbers(
        answer,
        (cross, entropy),
        tol=1e-3,
        name="cặp (entropy chéo, entropy)",
        hints=[
            ((entropy, cross), "Hai số đúng nhưng ngược chỗ: entropy chéo đứng trước."),
            (
                (entropy, None),
                "Đó là entropy. Luồng không hoán vị buộc x_A theo N(0, 1), không theo N(0, 4).",
            ),
            (
                (0.5 * log_2pi + 0.5 * math.sqrt(variance), None),
                "Số hạng bậc hai chứa E[x²], tức phương sai 4, không phải độ lệch chuẩn 2.",
            ),
            ((0.5 * log_2pi, None), "Bạn quên ½E[x²]: log N(x; 0, 1) có cả −x²/2."),
            (
                (cross / math.log(2), entropy / math.log(2)),
                "Bạn đang dùng log cơ số 2 (bit); đề hỏi nat.",
            ),
            (
                (0.5 * (log_2pi + variance**2), None),
                "4 đã là phương sai: đối số thứ hai của N là phương sai, đừng bình phương nữa.",
            ),
            (
                (cross, 0.5 * (log_2pi + 1)),
                "Số thứ hai là entropy của N(0, 1); đề hỏi entropy của x_A ~ N(0, 4).",
            ),
            (
                (cross, 0.5 * (log_2pi + 1) + math.log(variance)),
                "4 đã là phương sai: trong ½log(2πe·σ²) thay σ² = 4.",
            ),
        ],
    )


def bits_per_dim(answer: Any) -> Report:
    """Hàm bits(nll, dim, levels): đổi nat của y = (x+u)/levels thành bit mỗi chiều.

    Sách: (eq-bpd)
    """

    def reference(nll: float, dim: int, levels: int) -> float:
        return nll / (dim * math.log(2)) + math.log2(levels)

    inputs = [(-2000.0, 784, 256), (-86.5, 64, 17), (0.0, 64, 17), (12.0, 3, 2)]
    return function(
        answer,
        reference,
        inputs,
        tol=1e-6,  # nhận cả lời giải tính bằng float32, sai số tương đối cỡ 1e-7
        name="bits",
        hints=[
            (
                lambda nll, dim, levels: nll / (dim * math.log(2)),
                "Bạn quên log₂(levels): chia dữ liệu cho levels làm mật độ lớn lên levels^D lần.",
            ),
            (
                lambda nll, dim, levels: nll / (dim * math.log(2)) - math.log2(levels),
                "Số hạng log₂(levels) mang dấu cộng: kiểm lại với mô hình đều, nll = 0.",
            ),
            (
                lambda nll, dim, levels: nll / math.log(2) + math.log2(levels),
                "Bạn quên chia cho số chiều.",
            ),
            (
                lambda nll, dim, levels: nll / dim + math.log(levels),
                "Đó là nat mỗi chiều; hãy đổi sang bit (chia ln 2).",
            ),
            (
                lambda nll, dim, levels: nll / (dim * math.log(2)) + math.log(levels),
                "Số hạng thứ hai còn là nat: dùng log cơ số 2 của levels.",
            ),
            (
                lambda nll, dim, levels: (nll / math.log(2) + math.log2(levels)) / dim,
                "Mỗi chiều góp một log₂(levels): cả ảnh góp dim·log₂(levels), rồi mới chia dim.",
            ),
            (
                lambda nll, dim, levels: -nll / (dim * math.log(2)) + math.log2(levels),
                "nll đã là đối log hợp lý: đừng đổi dấu lần nữa.",
            ),
            (
                lambda nll, dim, levels: nll / dim + math.log2(levels),
                "Số hạng đầu còn là nat: chia thêm ln 2.",
            ),
            (
                lambda nll, dim, levels: nll / (dim * math.log(2)) + 8,
                "Số 8 chỉ đúng cho ảnh 256 mức; ở đây số mức là levels.",
            ),
        ],
    )


def reaches_every_coordinate(answer: Any, dim: int = 4) -> Report:
    """Danh sách hoán vị của dim tọa độ, xen giữa các tầng ghép cặp, có nặn được mọi tọa độ?

    answer: danh sách các hoán vị (mỗi hoán vị là danh sách chỉ số), hoán vị thứ k đứng sau
    tầng thứ k. Mọi tọa độ phải được nặn ít nhất một lần, và mỗi tọa độ phải phụ thuộc mọi
    tọa độ của z.
    """
    if (empty := blank(answer, name="danh sách hoán vị")) is not None:
        return empty
    try:
        orders = [[operator.index(i) for i in order] for order in answer]
    except (TypeError, ValueError):
        return Report(False, "Cần một danh sách các hoán vị, ví dụ [[3, 2, 1, 0], [1, 0, 3, 2]].")
    if not orders:
        return Report(False, "Danh sách rỗng: chưa có tầng nào. Mỗi hoán vị đi sau một tầng.")
    for place, order in enumerate(orders, start=1):
        if sorted(order) != list(range(dim)):
            return Report(
                False,
                f"Phần tử thứ {place} không phải hoán vị của 0..{dim - 1}: mỗi chỉ số một lần.",
            )
    touched, depends = _trace(orders, dim)
    if not all(touched):
        missing = [i for i, was in enumerate(touched) if not was]
        return Report(
            False,
            f"Tọa độ tiềm ẩn {missing} chưa bao giờ ở nửa B nên đi thẳng từ z ra x. "
            "Sau một tầng, hãy đưa nửa A sang chỗ của nửa B.",
        )
    for i, inputs in enumerate(depends):
        if len(inputs) < dim:
            missing = sorted(set(range(dim)) - inputs)
            return Report(
                False,
                f"Mọi tọa độ đã được nặn, nhưng x[{i}] chưa phụ thuộc z{missing}. "
                "Cần trộn các nhóm thêm: thêm tầng, hoặc một hoán vị chia lại nhóm.",
            )
    shorter = " Còn danh sách ngắn hơn: ba tầng là đủ." if len(orders) > 3 else ""
    return Report(True, f"Đúng rồi: {len(orders)} tầng, mọi đầu ra phụ thuộc mọi đầu vào.{shorter}")


def _trace(orders: list[list[int]], dim: int) -> tuple[list[bool], list[set[int]]]:
    """Theo dõi từng tọa độ: đã được nặn chưa, và đang phụ thuộc những tọa độ nào của z."""
    half = dim // 2
    origin = list(range(dim))
    depends = [{i} for i in range(dim)]
    touched = [False] * dim
    for order in orders:
        read = set().union(*depends[:half])
        depends = depends[:half] + [own | read for own in depends[half:]]
        for i in origin[half:]:
            touched[i] = True
        origin = [origin[i] for i in order]
        depends = [depends[i] for i in order]
    return touched, depends
