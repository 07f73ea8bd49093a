"""Đề bài: bài mẫu đủ điểm, bài trống 0 điểm, bài sai mất đúng câu ấy, cách viết khác vẫn đúng."""

import ast
import shutil
from collections import Counter
from pathlib import Path

import assignments
import nbformat
import pytest
from nbgrader.utils import is_grade, is_solution

SLUGS = sorted(path.name for path in (assignments.HOME / "source").iterdir())
LABS = Path(assignments.HOME).parent


def read(slug):
    return nbformat.read(assignments.HOME / "source" / slug / f"{slug}.ipynb", as_version=4)


def grade_id(cell):
    return cell.metadata.nbgrader.grade_id


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(assignments.HOME / "source", root / "source")
    course = assignments.Course(root)
    return {slug: nbformat.read(course.student_version(slug), as_version=4) for slug in SLUGS}


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.slow
def test_wrong_answers_lose_and_right_answers_pass(slug):
    assert assignments.check(slug) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_ships_wrong_and_right_answers(slug):
    cells = read(slug).cells
    questions = {grade_id(c) for c in cells if is_solution(c) and not is_grade(c)}
    manual = [grade_id(c) for c in cells if is_solution(c) and is_grade(c)]
    assert 5 <= len(questions) + len(manual) <= 7
    assert len(manual) == 1
    answers = assignments.trial_answers(slug)
    assert {answer.question for answer in answers} == questions
    count = Counter((answer.question, answer.right) for answer in answers)
    assert all(count[q, False] >= 3 and count[q, True] >= 2 for q in questions), count
    for answer in answers:
        ast.parse(answer.source)
        assert answer.source.startswith("# Đúng: " if answer.right else "# Sai: ")


@pytest.mark.parametrize("slug", SLUGS)
def test_points_add_up_to_twenty(slug):
    assert sum(c.metadata.nbgrader.points for c in read(slug).cells if is_grade(c)) == 20


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
    assert sum(is_grade(c) and not is_solution(c) for c in released[slug].cells) == 6
    assert not any(c.get("outputs") for c in released[slug].cells)


@pytest.mark.parametrize("slug", SLUGS)
def test_each_question_names_its_answers(slug, released):
    from guarded_execute import answer_names

    for cell in released[slug].cells:
        if is_solution(cell) and not is_grade(cell):
            assert answer_names(cell.source), grade_id(cell)
            assert assignments.MARKER.search(cell.source.split("\n")[0]).group(1) == grade_id(cell)
