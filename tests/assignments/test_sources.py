"""Đề bài: bài mẫu đủ điểm, bài trống 0 điểm, bài sai mất đúng câu ấy, cách viết khác vẫn đúng."""

import ast
import itertools
from collections import Counter

import assignments
import nbformat
import pytest
from grading import variants
from grading.course import HOME, Course, slugs
from grading.marks import is_bonus
from grading.sources import answer_names
from grading.submission import MARKER, CourseError, grade_id
from grading.trial import check, trial_answers
from nbgrader.utils import is_grade, is_solution

SLUGS = slugs()
VARIED = sorted(path.stem for path in (HOME / "variants").glob("*.py"))
LABS = HOME.parent


def read(slug):
    return variants.render_notebook(HOME, slug)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    return {slug: nbformat.read(course.student_version(slug), as_version=4) for slug in SLUGS}


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.slow
def test_wrong_answers_lose_and_right_answers_pass(slug):
    """Đề theo mã lớp thì lời giải của bản mở cũng là một câu trả lời sai."""
    assert check(slug, "KT2026" if slug in VARIED else "") == []


@pytest.mark.parametrize("slug", VARIED)
def test_no_two_classes_share_a_numeric_answer(slug):
    drawn = [variants.answers(HOME, slug, code) for code in ["", *assignments.DRAWN]]
    for one, other in itertools.combinations(drawn, 2):
        assert not [q for q in one if variants._same(one[q], other[q])]


@pytest.mark.parametrize("slug", VARIED)
def test_classes_seldom_share_the_constants_of_any_question(slug):
    """Câu viết hàm cũng vậy; cặp nào trùng thì make assignment từ chối."""
    assert all(variants.constants(HOME, slug).values())
    assert variants.too_common(HOME, slug, assignments.DRAWN) == []


@pytest.mark.parametrize("slug", VARIED)
def test_the_same_code_gives_the_same_assignment(slug):
    first, again, other = (variants.render_notebook(HOME, slug, c) for c in ("K66", "k66", "K67"))
    assert nbformat.writes(first) == nbformat.writes(again) != nbformat.writes(other)
    assert "⟦" not in nbformat.writes(first)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_ships_wrong_and_right_answers(slug):
    cells = read(slug).cells
    questions = {grade_id(c) for c in cells if is_solution(c) and not is_grade(c)}
    manual = [grade_id(c) for c in cells if is_solution(c) and is_grade(c)]
    regular = [q for q in questions if not is_bonus(q)]
    assert 5 <= len(regular) + len(manual) <= 7
    assert len(manual) == 1
    answers = trial_answers(slug)
    assert {answer.question for answer in answers} == questions
    count = Counter((answer.question, answer.right) for answer in answers)
    assert all(count[q, False] >= 3 and count[q, True] >= 2 for q in questions), count
    for answer in answers:
        ast.parse(answer.source)
        assert answer.source.startswith("# Đúng: " if answer.right else "# Sai: ")


@pytest.mark.parametrize("slug", SLUGS)
def test_points_add_up_to_twenty(slug):
    """Không kể câu thưởng; bài có câu thưởng thì nói rõ ngay đầu đề, và câu ấy đứng cuối."""
    cells = read(slug).cells
    graded = [(grade_id(c), c.metadata.nbgrader.points) for c in cells if is_grade(c)]
    assert sum(points for question, points in graded if not is_bonus(question)) == 20
    extra = [(place, points) for place, (q, points) in enumerate(graded) if is_bonus(q)]
    assert ("câu thưởng" in cells[0].source) == bool(extra)
    for place, points in extra:
        assert place == len(graded) - 1
        assert f"câu thưởng {points} điểm cộng thêm" in cells[0].source
        assert f"({points} điểm cộng thêm)" in next(
            c.source for c in cells if c.source.startswith("## Câu thưởng")
        )


def test_a_real_assignment_has_a_bonus_question():
    """Điểm cộng vào tổng, không vào điểm tối đa: xem test_class.py; ở đây là một đề có thật."""
    points = {q: p for slug in SLUGS for q, p in bonus_points(slug).items()}
    assert points == {"test_bonus_mixture": 2}


def bonus_points(slug):
    info = [cell.metadata.nbgrader for cell in read(slug).cells if is_grade(cell)]
    return {each.grade_id: each.points for each in info if is_bonus(each.grade_id)}


@pytest.mark.parametrize("slug", SLUGS)
def test_setup_cell_is_that_of_the_lab(slug, released):
    lab = nbformat.read(LABS / f"{slug}.ipynb", as_version=4)
    first = [next(c for c in nb.cells if c.cell_type == "code") for nb in (lab, released[slug])]
    assert first[0].source == first[1].source


@pytest.mark.parametrize("slug", SLUGS)
def test_student_version_shows_no_solution_and_no_hidden_test(slug, released):
    source, text = read(slug), nbformat.writes(released[slug])
    for marker in ("BEGIN SOLUTION", "HIDDEN TESTS", "Bài giải mẫu", "Thang điểm", "expected"):
        assert marker not in text
    visible = {line for cell in released[slug].cells for line in cell.source.split("\n")}
    for cell in source.cells:
        hidden = False
        for line in cell.source.split("\n"):
            if "BEGIN HIDDEN" in line or "END HIDDEN" in line:
                hidden = "BEGIN" in line
            elif hidden and len(line.strip()) > 20:
                assert line not in visible
    tests = [c for c in released[slug].cells if is_grade(c) and not is_solution(c)]
    assert len(tests) == 6 + len(bonus_points(slug))
    assert not any(c.get("outputs") for c in released[slug].cells)


@pytest.mark.parametrize("slug", SLUGS)
def test_each_question_names_its_answers(slug, released):
    for cell in released[slug].cells:
        if is_solution(cell) and not is_grade(cell):
            assert answer_names(cell.source), grade_id(cell)
            assert MARKER.search(cell.source.split("\n")[0]).group(1) == grade_id(cell)


def test_a_class_that_shares_an_answer_is_refused(tmp_path, monkeypatch):
    (tmp_path / "K66" / "source").mkdir(parents=True)
    monkeypatch.setattr(variants, "SAME", 1e9)  # mọi đáp số đều coi như một
    with pytest.raises(CourseError, match="trùng đáp án với lớp «K66» ở câu"):
        Course(tmp_path / "K67", "K67").student_version("change_of_variables")
    Course(tmp_path / "k66", "k66")._refuse_shared_answers("change_of_variables")  # cùng một lớp


def test_a_new_class_is_compared_on_every_assignment_and_questions_that_ask_for_a_function(
    tmp_path,
):
    """Hai mã lớp trùng một hằng số ở một bài, dù bài đang phát là bài khác."""
    found = variants.clashes(HOME, "model_comparison", assignments.DRAWN)["tradeoffs"]
    one, other = found[-1].replace("«", "").replace("»", "").split(" và ")
    (tmp_path / one / "source").mkdir(parents=True)
    course = Course(tmp_path / other, other)
    with pytest.raises(CourseError, match=rf"«{one}» ở câu .*tradeoffs \(model.*{other}\d+\.$"):
        course._refuse_shared_answers("gan")
    (tmp_path / other / "source").mkdir(parents=True)  # lớp đã bắt đầu: chỉ xét bài này
    course._refuse_shared_answers("gan")


def test_an_assignment_with_submissions_is_not_overwritten(tmp_path):
    """Đề giảng viên đã sửa, hay kho đã đổi: ra đề lần nữa chỉ được khi chưa ai nộp."""
    course = Course(tmp_path / "K66", "K66")
    course.student_version("change_of_variables")
    path = course.source("change_of_variables")
    mended = path.read_text("utf-8").replace("Câu 1", "Câu 1 (đã sửa)")
    path.write_text(mended, "utf-8")
    (tmp_path / "K66/submitted/an/change_of_variables").mkdir(parents=True)
    with pytest.raises(CourseError, match="khác đề đã phát"):
        course.student_version("change_of_variables")
    assert path.read_text("utf-8") == mended


@pytest.mark.parametrize("code", ["a/b", "..", "lớp 1", "x" * 33])
def test_a_class_code_that_cannot_name_a_folder_gets_a_sentence(code):
    with pytest.raises(CourseError, match="Hãy chọn tối đa 32"):
        Course.of_class(code)
