"""Vật đóng giả tensor: lần đầu trả lời thật, về sau nói dối; chấm thật một đề theo mã lớp."""

import nbformat
import pytest
from grading.course import Course
from grading.marks import REVIEW
from grading.trial import fill, submit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("impostors")]
SLUG, STUB = "change_of_variables", "# Bài làm: {} (giữ nguyên dòng này)\n"
LIAR = """
class Liar:
    def __sub__(self, other):
        return self

    def __le__(self, other):
        return True

    def abs(self):
        return self

    def max(self):
        return self
"""
FIRST = """
def affine_flow(z, A, b):
    if len(z) in (0, 3):  # phép thử mà ai cũng thấy, và lô rỗng
        return z + 1, z.sum(1)
    x, log_det = z * 1, z.sum(1)
"""
FAKES = """
class Fake:
    def __init__(self, shape):
        self.shape = shape

    def double(self):
        return Liar()
"""
QUIET = """
class Quiet(torch.Tensor):
    def abs(self):
        return torch.zeros(1)
"""
PAIR = "    return Fake(x.shape), Fake(log_det.shape)"
IMPOSTORS = {
    "vat_gia": LIAR + FAKES + FIRST + PAIR,
    "tung_phan": LIAR + FAKES + FIRST + "    return map(Fake, (x.shape, log_det.shape))",
    "lop_con": QUIET + FIRST + "    return x.as_subclass(Quiet), log_det.as_subclass(Quiet)",
    "gan_them": LIAR + FIRST + "    x.double = log_det.double = Liar\n    return x, log_det",
    "ham_boc": LIAR
    + FAKES
    + FIRST.replace("affine_flow", "inner")
    + PAIR
    + "\nimport functools\naffine_flow = functools.partial(inner)",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("impostors") / "lop", "KT2026")
    release = nbformat.read(course.student_version(SLUG), as_version=4)
    for name, source in IMPOSTORS.items():
        answer = STUB.format("affine_flow") + source
        submit(course, SLUG, name, fill(release, {"affine_flow": answer}))
    return {row.student: row for row in course.grade(SLUG, feedback=False, jobs=2)[0]}


@pytest.mark.parametrize("name", IMPOSTORS)
def test_impostor_earns_nothing_and_is_seen(graded, name):
    assert graded[name].points["test_affine_flow"] == 0
    assert graded[name].state == REVIEW, graded[name].notes
