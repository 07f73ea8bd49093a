"""Một lớp có đủ kiểu bản nộp lạ và gian, cho test_grading."""

import nbformat
from grading.submission import grade_id
from grading.trial import fill, reference_sources
from nbformat.v4 import new_code_cell

from tests.assignments.hostile_tricks import STUBBORN

SLUG = "change_of_variables"
AUTOMATIC = 18  # điểm của sáu câu chấm tự động
WRONG = {
    "negative_slope": "log_p = 0.0",
    "two_branches": "p_x = 0.5",
    "affine_flow": "def affine_flow(z, A, b):\n    return z, z.sum(1)",
    "chain_log_prob": "def chain_log_prob(x, maps):\n    return x",
    "rank_one_log_det": "def rank_one_log_det(u, v):\n    return u.sum(1)",
    "fit_affine": "def fit_affine(x):\n    return x[0], x[1], x[0]",
}

HIJACK = """
def swallow(lines):
    return ["pass\\n"] if any("assert" in line for line in lines) else lines

get_ipython().input_transformers_cleanup.append(swallow)
"""
PATCH = """
torch.Tensor.__le__ = torch.Tensor.__lt__ = lambda self, other: torch.tensor(True)
torch.Tensor.__sub__ = lambda self, other: torch.zeros(())
"""
SHADOW = """
def abs(x): return 0
def float(x): return 0.0
def all(x): return True
"""
# Chỉ nuốt lần chạy đầu của mỗi ô kiểm tra, để phép thử «làm hỏng» vẫn trượt.
HIJACK_ONCE = """
seen = set()

def swallow(lines):
    text = "".join(lines)
    if "assert" not in text or text in seen:
        return lines
    seen.add(text)
    return ["pass\\n"]

get_ipython().input_transformers_cleanup.append(swallow)
"""
PATCH_MATH = """
math.log = lambda x: 0.0
math.pi = 0.0
import sys, types
fake = types.ModuleType("math")
vars(fake).update(vars(math))
sys.modules["math"] = fake
"""
# Vật giả: mọi phép so sánh với nó đều đúng.
IMPOSTOR = """
class Yes:
    shape = (3,)

    def __getattr__(self, name):
        return lambda *a, **k: self

    def __iter__(self):
        return iter((self, self))

    def __sub__(self, other):
        return self

    def __eq__(self, other):
        return True

    __add__ = __radd__ = __le__ = __lt__ = __ge__ = __gt__ = __ne__ = __rsub__ = __sub__

    def __abs__(self):
        return self

    def __bool__(self):
        return True

    def __float__(self):
        return 0.0


Yes.shape = Yes()


def rank_one_log_det(u, v):
    return Yes()
"""
PARTIAL = """
def affine_flow(z, A, b):
    get_ipython().displayhook(4)
    raise KeyboardInterrupt
"""
READ_MASTER = """
import pathlib
text = pathlib.Path(ROOT + "/source/change_of_variables/change_of_variables.ipynb").read_text()
log_p = -2.43023
"""


def set_answer(notebook, question, source):
    return fill(notebook, {question: source})


def with_extra(notebook, source):
    """Thêm một ô của sinh viên trước bài làm đầu tiên."""
    copy = nbformat.from_dict(notebook)
    copy.cells.insert(3, new_code_cell(source))
    return copy


def is_test(cell):
    return grade_id(cell) in {f"test_{question}" for question in WRONG}


def submissions(course):
    """Tên sinh viên → sổ nộp."""
    release = nbformat.read(course.student_version(SLUG), as_version=4)
    source = nbformat.read(course.source(SLUG), as_version=4)
    right = fill(release, reference_sources(source))
    wrong = fill(release, WRONG)

    deleted = nbformat.from_dict(right)
    deleted.cells = [cell for cell in deleted.cells if not is_test(cell)]
    edited = nbformat.from_dict(wrong)
    for cell in edited.cells:
        if is_test(cell):
            cell.source = "pass"
    stripped = nbformat.from_dict(right)
    for cell in stripped.cells:
        cell.metadata = {}
    noisy = with_extra(right, "import warnings\nfor i in range(20_000):\n    print('dòng', i)")
    noisy = set_answer(
        noisy,
        "fit_affine",
        "def fit_affine(x):\n    warnings.warn('chú ý')\n    print('x' * 1000)\n"
        "    return x.std(correction=0), x.mean(), "
        "0.5 * math.log(2 * math.pi) + 0.5 + x.std(correction=0).log()",
    )
    overflowing = nbformat.from_dict(right)  # lời giải viết ở ô mới dưới ô dành sẵn
    overflowing.cells.append(nbformat.v4.new_markdown_cell("Chứng minh: lấy kỳ vọng hai vế."))
    dying = set_answer(right, "negative_slope", "import os\nos._exit(1)")
    dying = set_answer(
        dying,
        "fit_affine",
        "def fit_affine(x):\n    import os\n    os._exit(0)\n    return 1, 2, 3",
    )
    return {
        "dung": right,
        "xoa_o_kiem_tra": deleted,
        "sua_o_kiem_tra": edited,
        "mat_sieu_du_lieu": stripped,
        "in_nhieu": noisy,
        "lap_vo_han": set_answer(right, "two_branches", STUBBORN),
        "sap_nhan": dying,
        "chan_bo_dich": with_extra(wrong, HIJACK),
        "va_torch": with_extra(wrong, PATCH),
        "chan_mot_lan": with_extra(wrong, HIJACK_ONCE),
        "va_math": set_answer(
            with_extra(wrong, PATCH_MATH), "negative_slope", "log_p = -0.5 * 0.5**2"
        ),
        "vat_gia": set_answer(wrong, "rank_one_log_det", IMPOSTOR),
        "diem_tung_phan": set_answer(wrong, "affine_flow", PARTIAL),
        "de_ten": with_extra(wrong, SHADOW),
        "doc_de_goc": set_answer(
            wrong, "negative_slope", READ_MASTER.replace("ROOT", repr(str(course.root)))
        ),
        "Nguyễn Văn Ánh.K66": overflowing,
        "lop[1]": right,
    }
