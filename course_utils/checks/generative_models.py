"""Bộ chấm các bài «Thử ngay» của sổ «Mô hình sinh là gì».

Mỗi hàm tự tính đáp án; gợi ý nhắm vào những lỗi hay gặp nhất của từng câu.
"""

import math
import unicodedata
from typing import Any

import numpy as np

# Sổ gọi mọi bài qua tệp của chương.
from .mixtures import em_step_1d, mixture_parameters, responsibility  # noqa: F401
from .report import Report, blank, number


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
