"""Bộ chấm các bài «Thử ngay» của sổ «Mô hình sinh là gì».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
import unicodedata
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .report import Report, blank, function, number, numbers


def responsibility(answer: Any) -> Report:
    """Trách nhiệm của N(0, 1) (trọng số 0.8) bên cạnh N(4, 1) (trọng số 0.2), tại x = 1 và x = 2.

    Sách: (eq-em)
    """

    def normal(x: float) -> float:
        return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)

    def share(prior_odds: float, slope: float = 1.0) -> tuple[float, float]:
        """p(1 | x) khi log tỉ lệ mật độ là slope·(8 − 4x)."""
        odds = [prior_odds * math.exp(slope * (8 - 4 * x)) for x in (1, 2)]
        return tuple(o / (1 + o) for o in odds)

    exact = share(4.0)
    joint = tuple(0.8 * normal(x) for x in (1, 2))
    odds = tuple(v / (1 - v) for v in exact)
    return numbers(
        answer,
        exact,
        tol=1e-3,
        name="cặp trách nhiệm",
        hints=[
            (share(1.0), "Bạn quên trọng số: nhân mỗi mật độ với π_k trước khi chia."),
            (tuple(1 - v for v in exact), "Đó là trách nhiệm của thành phần thứ hai."),
            (exact[::-1], "Hai số đúng nhưng ngược chỗ: x = 1 đứng trước."),
            (joint, "Đó là π₁N(x; 0, 1); còn phải chia cho tổng của cả hai thành phần."),
            ((normal(1), normal(2)), "Đó là mật độ của N(0, 1); trách nhiệm là một tỉ lệ."),
            (odds, "Đó là tỉ số r₁/r₂; trách nhiệm là r₁/(r₁ + r₂)."),
            ((1, 1), "Đó là giao hẳn; trách nhiệm chia mềm, nằm hẳn trong khoảng từ 0 đến 1."),
            (share(0.25), "Hai trọng số bị đổi chỗ: thành phần thứ nhất, N(0, 1), có 0.8."),
            (
                share(4.0, slope=2.0),
                "Bạn quên thừa số ½ trong số mũ: log N(x; μ, 1) chứa −(x − μ)²/2.",
            ),
            (
                tuple(100 * v for v in exact),
                "Viết dưới dạng số từ 0 đến 1, không phải phần trăm.",
            ),
        ],
    )


def em_step_1d(answer: Any) -> Report:
    """Hàm em_1d(x, weights, means, variances) -> bộ ba sau một bước EM. Sách: (eq-em)"""
    inputs = []
    for seed, (n, k) in enumerate([(4, 2), (30, 3), (50, 2)]):
        generator = torch.Generator().manual_seed(seed)
        x = 2 * torch.randn(n, generator=generator, dtype=torch.float64)
        weights = torch.rand(k, generator=generator, dtype=torch.float64) + 0.2
        means = torch.randn(k, generator=generator, dtype=torch.float64)
        variances = torch.rand(k, generator=generator, dtype=torch.float64) + 0.5
        inputs.append((x, weights / weights.sum(), means, variances))
    return function(
        answer,
        em_variant(),
        inputs,
        tol=1e-5,  # nhận cả lời giải tính bằng float32
        name="em_1d",
        hints=[
            (
                em_variant(centre="old"),
                "Phương sai mới phải tính quanh tâm MỚI; bạn đang dùng tâm cũ.",
            ),
            (
                em_variant(hard=True),
                "Bạn giao hẳn mỗi điểm cho thành phần gần nhất. EM chia mềm: mỗi điểm thuộc về "
                "mọi thành phần, mỗi nơi một phần.",
            ),
            (
                em_variant(prior=False),
                "Trách nhiệm thiếu trọng số: nhân mật độ với π_k trước khi chia.",
            ),
            (
                em_variant(axis=0),
                "Trách nhiệm đang có tổng 1 theo các điểm; phải có tổng 1 theo các thành phần.",
            ),
            (
                em_variant(volume=False),
                "Mật độ N(x; μ, v) có thừa số 1/√v; thành phần rộng thì thấp. Bạn quên nó.",
            ),
            (
                em_variant(width="std"),
                "Tham số thứ tư là phương sai v; bạn dùng nó như độ lệch chuẩn. Với "
                "torch.distributions.Normal, hãy đưa √v.",
            ),
            (
                em_variant(width="double"),
                "Thiếu thừa số ½ trong số mũ: log N(x; μ, v) chứa −(x − μ)²/(2v).",
            ),
            (
                em_variant(root=True),
                "Giá trị thứ ba là độ lệch chuẩn; đề hỏi phương sai.",
            ),
            (
                em_variant(counts_only=True),
                "Trọng số mới phải có tổng 1: chia N_k cho số điểm.",
            ),
            (
                em_variant(over_n=True),
                "Tâm và phương sai chia cho N_k (tổng trách nhiệm), không chia cho số điểm.",
            ),
            (
                em_variant(unbiased=True),
                "Hợp lý cực đại chia cho N_k, không phải N_k − 1.",
            ),
        ],
    )


def em_variant(
    centre: str = "new",
    hard: bool = False,
    prior: bool = True,
    axis: int = 1,
    volume: bool = True,
    width: str = "variance",
    root: bool = False,
    counts_only: bool = False,
    over_n: bool = False,
    unbiased: bool = False,
):
    """Một bước EM một chiều; mỗi tham số là một chỗ mà người học hay viết khác đi."""

    def step(x: Tensor, weights: Tensor, means: Tensor, variances: Tensor):
        square = (x[:, None] - means) ** 2
        wide = variances**2 if width == "std" else variances
        log_joint = -(1.0 if width == "double" else 0.5) * square / wide
        if volume:
            log_joint = log_joint - 0.5 * wide.log()
        if prior:
            log_joint = log_joint + weights.log()
        r = log_joint.softmax(axis)
        if hard:
            r = torch.nn.functional.one_hot(log_joint.argmax(1), len(means)).to(x)
        counts = r.sum(0)
        total = torch.full_like(counts, len(x)) if over_n else counts
        new = (r * x[:, None]).sum(0) / total
        spread = (r * (x[:, None] - (new if centre == "new" else means)) ** 2).sum(0)
        spread = spread / (counts - 1 if unbiased else total)
        share = counts if counts_only else counts / len(x)
        return share, new, spread.sqrt() if root else spread

    return step


def mixture_parameters(answer: Any, components: int = 10, dim: int = 64) -> Report:
    """Số tham số tự do của hỗn hợp Gauss với hiệp phương sai đầy. Sách: (eq-mixture)"""
    k, d = components, dim
    triangle = d * (d + 1) // 2
    wrong = [
        (k + k * d + k * triangle, "Các trọng số có tổng 1: chỉ K − 1 số được chọn tự do."),
        (k - 1 + k * d + k * d * d, "Ma trận hiệp phương sai đối xứng: chỉ D(D + 1)/2 số tự do."),
        (k + k * d + k * d * d, "Hiệp phương sai đối xứng, và các trọng số có tổng 1."),
        (k - 1 + 2 * k * d, "Đó là hiệp phương sai đường chéo; đề hỏi hiệp phương sai đầy."),
        (k * d + k * triangle, "Bạn quên các trọng số."),
        (k * d + k * d * d, "Hiệp phương sai đối xứng, và bạn quên các trọng số."),
        (
            k - 1 + k * triangle,
            "Thiếu đúng KD số: bạn quên các tâm, hoặc quên đường chéo của các hiệp phương sai.",
        ),
        (k - 1 + k * d, "Bạn quên các hiệp phương sai."),
        (k - 1 + k * d + triangle, "Mỗi thành phần có hiệp phương sai riêng: nhân với K."),
        (d + triangle, "Đó là một Gauss; hỗn hợp có K thành phần và các trọng số."),
    ]
    return number(answer, k - 1 + k * d + k * triangle, tol=0.4, hints=wrong, name="số tham số")


def synthetic_ratio(answer: Any, real: int = 20, synthetic: int = 10_000) -> Report:
    """Tỉ số MSE (chỉ dữ liệu tổng hợp : chỉ dữ liệu thật) khi ước lượng trung bình.

    Trung bình của dữ liệu tổng hợp là trung bình mẫu thật cộng nhiễu phương sai s²/10 000, nên
    tỉ số kỳ vọng là 1 + E[s²]·20/10 000.
    """
    expected = 1 + (1 - 1 / real) * real / synthetic
    return number(
        answer,
        expected,
        tol=0.1,
        hints=[
            (
                real / synthetic,
                "Sai số không giảm theo số điểm tổng hợp: chúng dao động quanh trung bình của "
                "mô hình, không quanh trung bình thật.",
            ),
            (
                real / (real + synthetic),
                "Gộp lại cũng không giảm: điểm tổng hợp không độc lập với 20 điểm thật.",
            ),
            (0.5, "Điểm tổng hợp không phải một mẫu thứ hai, độc lập, của luật thật."),
            (
                synthetic / real,
                "Tệ đến thế thì không: mô hình vẫn nhớ trung bình của 20 điểm.",
            ),
            (math.sqrt(real / synthetic), "Sai số không giảm theo số điểm tổng hợp."),
            (2.0, "Nhiễu thêm vào có phương sai s²/10 000, không đáng kể so với 1/20."),
        ],
        name="tỉ số",
    )


LIKELIHOODS = ("không có", "cận dưới", "chính xác", "ước lượng")
SAMPLINGS = ("1 lượt", "D lượt", "T lượt", "bộ giải", "điểm bất động")
FAMILIES = {
    "GAN": ("không có", "1 lượt"),
    "VAE": ("cận dưới", "1 lượt"),
    "PixelCNN": ("chính xác", "D lượt"),
    "RealNVP": ("chính xác", "1 lượt"),
    "MAF": ("chính xác", "D lượt"),
    "luồng phần dư": ("ước lượng", "điểm bất động"),
    "CNF": ("ước lượng", "bộ giải"),
    "DDPM": ("cận dưới", "T lượt"),
    "ODE dòng xác suất": ("ước lượng", "bộ giải"),
}
# (mô hình, câu trả lời sai) -> gợi ý; khóa có None là gợi ý chung của ô ấy.
LIKELIHOOD_HINTS = {
    ("GAN", None): "bộ sinh chỉ cho mẫu; không có công thức nào cho mật độ của một điểm.",
    ("VAE", "chính xác"): "phải tích phân theo mọi z; cái tính được (ELBO) nằm dưới log hợp lý.",
    ("VAE", None): "cái tính được là ELBO, một cận.",
    ("PixelCNN", None): "tích các xác suất có điều kiện, mỗi thừa số là một softmax tính được.",
    ("RealNVP", None): "công thức đổi biến với định thức tam giác: không phải xấp xỉ gì.",
    ("MAF", None): "cũng là công thức đổi biến với định thức tam giác.",
    ("luồng phần dư", "chính xác"): "log định thức là một chuỗi vô hạn, ước lượng ngẫu nhiên.",
    ("luồng phần dư", None): "log định thức được ước lượng không chệch bằng chuỗi và vector dò.",
    ("CNF", "chính xác"): "tích phân của vết được giải bằng số: đúng đến sai số của bộ giải.",
    ("CNF", None): "log mật độ là một tích phân theo thời gian, giải bằng số.",
    (
        "DDPM",
        "chính xác",
    ): "nhiều bảng ghi thế, nhưng DDPM huấn luyện và báo cáo một cận biến phân.",
    ("DDPM", None): "DDPM là một mô hình biến tiềm ẩn T tầng: cái tính được là một ELBO.",
    ("ODE dòng xác suất", "cận dưới"): "ODE này là một CNF: có công thức đổi biến tức thời.",
    ("ODE dòng xác suất", "chính xác"): "đúng đến sai số bộ giải, thường thêm nhiễu của vector dò.",
    ("ODE dòng xác suất", None): "ODE này là một CNF: log mật độ giải được bằng số.",
}
SAMPLING_HINTS = {
    ("GAN", None): "bốc z rồi cho qua bộ sinh, một lần.",
    ("VAE", None): "bốc z từ tiên nghiệm rồi giải mã, một lần.",
    ("PixelCNN", "1 lượt"): "huấn luyện thì song song, nhưng sinh thì từng điểm ảnh một.",
    ("PixelCNN", None): "mỗi điểm ảnh cần các điểm ảnh trước nó: đi lần lượt.",
    ("RealNVP", None): "cả hai chiều của tầng ghép cặp đều một lượt.",
    ("MAF", "1 lượt"): "MAF tính mật độ trong một lượt, nhưng sinh thì x_i chờ x_1 … x_{i−1}.",
    ("MAF", None): "x_i cần x_1 … x_{i−1}: D lượt.",
    ("luồng phần dư", None): "phép ngược không có công thức: lặp h ← x − u(h) đến hội tụ.",
    ("CNF", None): "sinh mẫu là giải một phương trình vi phân.",
    ("DDPM", "1 lượt"): "phải khử nhiễu qua từng bước trong T bước.",
    ("DDPM", None): "chuỗi nghịch có T bước, mỗi bước một lần gọi mạng.",
    (
        "ODE dòng xác suất",
        "T lượt",
    ): "không còn chuỗi T bước: đây là một ODE, bước do bộ giải chọn.",
    ("ODE dòng xác suất", None): "sinh mẫu là giải một phương trình vi phân.",
}


def family_table(answer: Any) -> Report:
    """Bảng 9 mô hình × (hợp lý, lấy mẫu): từ điển tên -> cặp chuỗi; 18 ô, mỗi ô sai một gợi ý."""
    if (empty := blank(answer, name="bảng")) is not None:
        return empty
    if not isinstance(answer, dict):
        return Report(False, 'Cần một từ điển, ví dụ {"GAN": ("không có", "1 lượt"), …}.')
    missing = [name for name in FAMILIES if name not in answer]
    if missing:
        return Report(False, f"Bảng còn thiếu: {', '.join(missing)}.")
    problems, empty_cells = [], 0
    for name, expected in FAMILIES.items():
        cells = answer[name]
        if cells is None or cells is Ellipsis:
            empty_cells += 2
            continue
        if not isinstance(cells, tuple | list | np.ndarray) or len(cells) != 2:
            return Report(False, f"{name}: cần một cặp (hợp lý, lấy mẫu), viết trong ngoặc tròn.")
        columns = (LIKELIHOODS, LIKELIHOOD_HINTS), (SAMPLINGS, SAMPLING_HINTS)
        for cell, right, (options, hints) in zip(cells, expected, columns, strict=True):
            if cell is None or cell is Ellipsis:
                empty_cells += 1
                continue
            written = " ".join(unicodedata.normalize("NFC", str(cell)).split()).casefold()
            known = {option.casefold(): option for option in options}
            if written not in known and written in map(str.casefold, LIKELIHOODS + SAMPLINGS):
                return Report(False, f"{name}: ngược chỗ; hợp lý đứng trước, lấy mẫu đứng sau.")
            if written not in known:
                return Report(
                    False,
                    f"{name}: «{cell}» không nằm trong các lựa chọn: {', '.join(options)}.",
                )
            if known[written] != right:
                hint = hints.get((name, known[written]), hints[name, None])
                problems.append(f"{name}: «{known[written]}» chưa đúng, {hint}")
    if empty_cells == 2 * len(FAMILIES):
        return blank(None, name="bảng")
    if problems:
        wrong = "\n  ".join(problems)
        return Report(False, f"{len(problems)} ô sai trong 18 ô:\n  {wrong}")
    if empty_cells:
        return Report(False, f"Các ô đã điền đều đúng; còn {empty_cells} ô trống.", blank=True)
    return Report(True, "Đúng cả 18 ô.")
