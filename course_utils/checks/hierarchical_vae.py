"""Bộ chấm các bài «Thử ngay» của sổ «VAE phân cấp».

Mỗi hàm tự tính đáp án từ đề bài; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
from collections.abc import Iterable
from typing import Any

# Sổ gọi mọi bài qua tệp của chương.
from .level_divergence import level_kl, merge, residual_kl  # noqa: F401
from .report import Report, blank, numbers

LOG_2PI = math.log(2 * math.pi)


def log_normal(x: float, mean: float, var: float) -> float:
    """log N(x; mean, var); đối số cuối là phương sai."""
    return -0.5 * (LOG_2PI + math.log(var) + (x - mean) ** 2 / var)


def chain_numbers(x: float, decoder: float, gain1: float, v1: float, gain2: float, v2: float):
    """Các số hạng của chuỗi z₂ ~ N(0, 1), z₁|z₂ ~ N(z₂, 1), x|z₁ ~ N(z₁, decoder).

    Bộ mã hóa q(z₁|x) = N(gain1·x, v1), q(z₂|z₁) = N(gain2·z₁, v2). Trả về một dict: tái tạo,
    KL ở đỉnh, số hạng tầng 1 dưới luật đúng và dưới vài luật sai, log p(x).
    """
    m1 = gain1 * x
    m2, s2 = gain2 * m1, v2 + gain2**2 * v1  # q(z₂|x)
    slope = gain2 * v1 / s2  # q(z₁|z₂, x) = N(m1 + slope (z₂ − m2), v)
    v = v1 - slope * gain2 * v1

    def level_one(mean2: float, var2: float) -> float:
        difference = m1 + slope * (mean2 - m2) - mean2
        return 0.5 * (v + difference**2 + (slope - 1) ** 2 * var2 - 1 - math.log(v))

    return {
        "reconstruction": -0.5 * (LOG_2PI + math.log(decoder) + ((x - m1) ** 2 + v1) / decoder),
        "reconstruction_at_mean": log_normal(x, m1, decoder),
        "top": 0.5 * (s2 + m2**2 - 1 - math.log(s2)),
        "top_given_z1": 0.5 * (v2 + gain2**2 * (v1 + m1**2) - 1 - math.log(v2)),
        "one": level_one(m2, s2),
        "one_under_prior": level_one(0.0, 1.0),
        "one_at_mean": level_one(m2, 0.0),
        "one_independent": 0.5 * (v1 + s2 + (m1 - m2) ** 2 - 1 - math.log(v1)),
        "one_to_standard": 0.5 * (v1 + m1**2 - 1 - math.log(v1)),
        "log_p": log_normal(x, 0.0, 2 + decoder),
        "log_p_standard": log_normal(x, 0.0, 1 + decoder),
    }


def two_level_elbo(answer: Any) -> Report:
    """(ELBO, khe hở) tại x = 2 của chuỗi hai tầng: x|z₁ ~ N(z₁, ½), q(z₁|x) = N(0.6x, 0.4),
    q(z₂|z₁) = N(z₁/2, ½).

    Sách: (eq-hvae-telescoped)
    """
    t = chain_numbers(2.0, 0.5, 0.6, 0.4, 0.5, 0.5)
    elbo = t["reconstruction"] - t["top"] - t["one"]
    gap = t["log_p"] - elbo
    naive = t["reconstruction"] - t["top_given_z1"] - t["one_independent"]
    return numbers(
        answer,
        (elbo, gap),
        tol=1e-3,
        name="cặp (ELBO, khe hở)",
        hints=[
            ((gap, elbo), "Hai số đúng nhưng ngược chỗ: ELBO đứng trước."),
            (
                (t["log_p"], None),
                "Đó là log p(x), với p(x) = N(0, 2.5); ELBO nằm dưới nó. Nếu bạn tính ra số này từ "
                "ba số hạng: trong tái tạo, cả phương sai của z₁ cũng phải chia cho ½.",
            ),
            (
                (t["reconstruction_at_mean"] - t["top"] - t["one"], None),
                "Bạn thay z₁ bằng trung bình của nó trong số hạng tái tạo: E(x − z₁)² còn có "
                "phương sai của z₁.",
            ),
            (
                (t["log_p_standard"], None),
                "Bạn lấy tiên nghiệm của z₁ là N(0, 1). Nó là N(z₂, 1): biên của z₁ có phương "
                "sai 2.",
            ),
            ((t["reconstruction"], None), "Đó mới là số hạng tái tạo; còn phải trừ hai KL."),
            (
                (naive, None),
                "Bạn lấy kỳ vọng như thể z₁ và z₂ độc lập khi biết x. Dưới q chúng tương quan: "
                "z₂ sinh ra từ z₁.",
            ),
            (
                (t["reconstruction"] - t["top"] - t["one_under_prior"], None),
                "KL của tầng 1 phải lấy trung bình theo q(z₂|x), không theo tiên nghiệm p(z₂).",
            ),
            (
                (t["reconstruction"] - t["top"] - t["one_at_mean"], None),
                "Bạn thay z₂ bằng trung bình của nó. KL của tầng 1 là hàm bậc hai của z₂, nên "
                "còn số hạng phương sai.",
            ),
            (
                (t["reconstruction"] - t["top"] - t["one_to_standard"], None),
                "Tầng 1 phải so với p(z₁|z₂), không so với N(0, 1): chỉ đỉnh mới có tiên nghiệm "
                "chuẩn.",
            ),
            (
                (t["reconstruction"] - t["top_given_z1"] - t["one"], None),
                "Bạn trộn hai cách tách. Nếu tầng 1 dùng q(z₁|z₂, x) thì đỉnh dùng q(z₂|x), "
                "không phải q(z₂|z₁).",
            ),
            ((t["reconstruction"] + t["top"] + t["one"], None), "Hai KL phải trừ đi."),
            ((elbo, -gap), "Khe hở là log p(x) − ELBO, không âm."),
        ],
    )


GENERATIVE = frozenset({("z3", "z2"), ("z2", "z1"), ("z1", "x")})


INFERENCE = frozenset({("x", "z1"), ("z1", "z2"), ("z2", "z3")})


TOP_DOWN = frozenset({("x", "z1"), ("x", "z2"), ("x", "z3"), ("z3", "z2"), ("z2", "z1")})


NODES = {"x", "z1", "z2", "z3"}


def edges(answer: Any) -> Report:
    """(cạnh của đồ thị sinh, cạnh của đồ thị suy luận từ dưới lên), chuỗi Markov ba tầng.

    Mỗi đồ thị là một tập các cặp ("gốc", "ngọn"), tên nút là "x", "z1", "z2", "z3".
    Sách: (eq-hvae-joint)
    """
    if (empty := blank(answer, name="hai tập cạnh")) is not None:
        return empty
    try:
        generative, inference = (_edge_set(part) for part in answer)
    except _NotEdges as problem:
        return Report(False, str(problem), blank=problem.blank)
    except (TypeError, ValueError):
        return Report(False, "Cần một cặp (đồ thị sinh, đồ thị suy luận), mỗi đồ thị một tập cạnh.")
    for name, graph in (("sinh", generative), ("suy luận", inference)):
        if any(a == b for a, b in graph):
            return Report(False, f"Đồ thị {name} có một nút trỏ vào chính nó.")
        both = sorted((a, b) for a, b in graph if (b, a) in graph and a < b)
        if both:
            a, b = both[0]
            return Report(
                False,
                f"Đồ thị {name} có cả {a} → {b} lẫn {b} → {a}. Hai chiều là hai đồ thị khác nhau, "
                "mỗi đồ thị không có chu trình.",
            )
    if (generative, inference) == (INFERENCE, GENERATIVE):
        return Report(False, "Hai đồ thị ngược chỗ: đồ thị sinh đi từ z3 xuống x.")
    if any("x" == a for a, _ in generative):
        return Report(
            False, "Trong đồ thị sinh, x là ngọn cuối: không cạnh nào xuất phát từ dữ liệu."
        )
    if ("z2", "z3") in generative or ("z1", "z2") in generative:
        return Report(
            False, "z3 là đỉnh, có tiên nghiệm N(0, I); chiều sinh đi từ z3 xuống z2, z1 rồi x."
        )
    if ("z3", "x") in generative or ("z2", "x") in generative:
        return Report(
            False, "Trong chuỗi Markov, x chỉ đọc z1: z2, z3 tác động đến x qua z1 mà thôi."
        )
    if ("z3", "z1") in generative:
        return Report(False, "Trong chuỗi Markov, z1 chỉ đọc z2; cạnh z3 → z1 là của bản có skip.")
    if generative != GENERATIVE:
        missing = ", ".join(f"{a} → {b}" for a, b in sorted(GENERATIVE - generative))
        return Report(False, f"Đồ thị sinh còn thiếu {missing}.")
    if inference == TOP_DOWN:
        return Report(
            False, "Đó là suy luận từ trên xuống. Đề hỏi bản từ dưới lên: x → z1 → z2 → z3."
        )
    if any(b == "x" for _, b in inference):
        return Report(False, "Suy luận xuất phát từ x: không cạnh nào đi vào x.")
    if ("x", "z2") in inference or ("x", "z3") in inference:
        return Report(
            False, "Trong bản Markov từ dưới lên, chỉ z1 đọc x; z3 biết về x qua z2, z2 qua z1."
        )
    if inference != INFERENCE:
        missing = ", ".join(f"{a} → {b}" for a, b in sorted(INFERENCE - inference))
        extra = ", ".join(f"{a} → {b}" for a, b in sorted(inference - INFERENCE))
        text = f"thiếu {missing}" if missing else f"thừa {extra}"
        return Report(False, f"Đồ thị suy luận còn {text}.")
    return Report(True, "Đúng rồi: cùng bốn nút, ba cạnh, ngược chiều nhau.")


class _NotEdges(Exception):
    def __init__(self, message: str, blank: bool = False):
        super().__init__(message)
        self.blank = blank


def _edge_set(part: Any) -> frozenset[tuple[str, str]]:
    if part is None or part is Ellipsis:
        raise _NotEdges("Bạn chưa điền hết hai tập cạnh. Hãy thay dấu ... rồi chạy lại ô.", True)
    if isinstance(part, str | dict) or not isinstance(part, Iterable):
        raise _NotEdges('Mỗi đồ thị là một tập cạnh, ví dụ {("z3", "z2"), ("z2", "z1")}.')
    result = set()
    for edge in part:
        if not isinstance(edge, tuple | list) or len(edge) != 2:
            raise _NotEdges(f'Cạnh {edge!r} không đọc được; hãy viết ("gốc", "ngọn").')
        a, b = (str(node).strip().lower().replace("_", "") for node in edge)
        if not {a, b} <= NODES:
            raise _NotEdges(f'Cạnh {edge!r} có nút lạ; các nút là "x", "z1", "z2", "z3".')
        result.add((a, b))
    return frozenset(result)


def latent_size(answer: Any) -> Report:
    """(số biến tiềm ẩn, tỉ số với số chiều dữ liệu) của một chồng kiểu NVAE trên ảnh 32×32×3.

    Ba nhóm 8×8×20 và hai nhóm 16×16×20.
    """
    low, high, data = 3 * 8 * 8 * 20, 2 * 16 * 16 * 20, 32 * 32 * 3
    total = low + high
    return numbers(
        answer,
        (total, total / data),
        tol=5e-3,
        name="cặp (số biến, tỉ số)",
        hints=[
            (
                (3 * 8 * 8 + 2 * 16 * 16, None),
                "Bạn quên số kênh: mỗi vị trí của một nhóm mang 20 biến.",
            ),
            ((20, None), "20 là số kênh của một nhóm; mỗi kênh còn là một bản đồ."),
            ((5 * 20, None), "Bạn mới đếm số kênh; mỗi kênh còn là một bản đồ 8×8 hay 16×16."),
            (
                (8 * 8 * 20 + 16 * 16 * 20, None),
                "Bạn đếm mỗi tỉ lệ một nhóm; ở đây có ba nhóm 8×8 và hai nhóm 16×16.",
            ),
            ((low, None), "Bạn mới đếm ba nhóm 8×8."),
            ((high, None), "Bạn mới đếm hai nhóm 16×16."),
            (
                (3 * 16 * 16 * 20 + 2 * 8 * 8 * 20, None),
                "Số nhóm bị đổi chỗ: ba nhóm ở tỉ lệ 8×8, hai nhóm ở tỉ lệ 16×16.",
            ),
            ((total, data / total), "Tỉ số ngược: số biến tiềm ẩn chia cho số chiều dữ liệu."),
            (
                (total, total / (32 * 32)),
                "Ảnh có ba kênh màu: 32·32·3 = 3072 chiều.",
            ),
        ],
    )


RESTRICTIONS = {
    "a": "mọi z_l có cùng số chiều với x",
    "b": "bộ mã hóa được học cùng bộ giải mã",
    "c": "bộ mã hóa cố định, tuyến tính Gauss",
    "d": "z_l có số chiều nhỏ dần khi lên cao",
    "e": "q(z_L | x) xấp xỉ N(0, I) với mọi x",
    "f": "bộ giải mã cố định, không có tham số",
}


def diffusion_restrictions(answer: Any) -> Report:
    """Ba ràng buộc biến VAE phân cấp Markov thành mô hình khuếch tán: ba chữ trong a..f."""
    if (empty := blank(answer, name="ba chữ cái")) is not None:
        return empty
    try:
        chosen = {str(letter).strip(" ().,;").lower() for letter in answer}
    except TypeError:
        return Report(False, 'Cần một tập ba chữ cái, ví dụ {"a", "b", "d"}.')
    chosen.discard("")
    if not chosen <= set(RESTRICTIONS):
        return Report(False, "Các lựa chọn là sáu chữ a, b, c, d, e, f.")
    hints = {
        "b": "Trong khuếch tán bộ mã hóa không học: nó chỉ cộng nhiễu theo lịch định sẵn.",
        "d": "Khuếch tán không nén: mọi tầng có cùng số chiều với dữ liệu.",
        "f": "Bộ giải mã là thứ duy nhất được học; nếu nó cũng cố định thì không còn mô hình nào.",
    }
    for letter, text in hints.items():
        if letter in chosen:
            return Report(False, f"Chưa đúng ở ({letter}). {text}")
    missing = {"a", "c", "e"} - chosen
    if missing:
        return Report(False, f"Còn thiếu {len(missing)} ràng buộc; những ràng buộc đã chọn đúng.")
    return Report(True, "Đúng rồi: cùng số chiều, bộ mã hóa cố định, đỉnh là nhiễu trắng.")
