"""Bản nộp hung hãn và hỏng, qua đúng đường chấm thật: được điểm đáng được, không hơn không kém.

Cả lớp được chấm một lần. Mỗi bản nộp có điểm chờ đợi và một chữ phải có trong ghi chú.
"""

import functools
import json
import os
import socket
import sys
from pathlib import Path

import nbformat
import pytest
from grading import bubblewrap
from grading.course import HOME
from grading.marks import FAILED, MANUAL
from grading.trial import submit
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell

from tests.assignments.hostile_answers import ATTACKS, LONG_ATTACKS
from tests.assignments.hostile_tricks import HABITS, MARK, SHOWING
from tests.assignments.small_course import MAXIMUM, SLUG, answered, open_course

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]
ROOT = HOME.parents[1]
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
QUESTIONS = ("test_tong", "test_gap_doi", "test_bonus_tich")
REFUSED_FILES = {  # tên bản nộp: chữ trong ghi chú
    "lien_ket": "liên kết",
    "qua_lon": "quá lớn",
    "long_nhau": "hỏng",
    "rong": "hỏng",
    "cut": "hỏng",
}
ODD_BUT_RIGHT = ("nhan_r", "nhan_rieng", "so_v3", "nan", "chep_doi", "dong_dai", "thoi_quen")


def attack_places(root):
    """Những chỗ mà các bản nộp tìm cách đọc, ghi, gọi tới."""
    return {"ROOT": str(root), "HOME": str(HOME), "USER_HOME": str(Path.home())}


def broken_files(course):
    """Nội dung tệp nộp không phải một sổ đọc được."""
    folder = course.root / "submitted"
    for student in REFUSED_FILES:
        (folder / student / SLUG).mkdir(parents=True)
    paths = {student: folder / student / SLUG / f"{SLUG}.ipynb" for student in REFUSED_FILES}
    paths["lien_ket"].symlink_to(course.source(SLUG))
    with paths["qua_lon"].open("wb") as file:
        file.truncate(200 * 2**20)  # tệp thưa: 200 MB mà không tốn đĩa
    paths["long_nhau"].write_text('{"cells": ' + "[" * 100_000, "utf-8")
    paths["rong"].write_text("", "utf-8")
    paths["cut"].write_text('{"cells": [{', "utf-8")


def odd_notebooks(course):
    """Sổ khác thường mà bài làm đúng."""
    right = functools.partial(answered, course)
    found = {name: right() for name in ODD_BUT_RIGHT if name not in ("so_v3", "nan")}
    found["nhan_r"].metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    argv = [sys.executable, "-c", "print('nhân của bản nộp')"]
    found["nhan_rieng"].metadata.kernelspec = {"name": "cua_toi", "argv": argv}
    first = next(c for c in found["chep_doi"].cells if "tong = 7" in c.source)
    copy = nbformat.from_dict(first)
    first.source, copy.id = first.source.replace("7", "0"), "banhai"
    found["chep_doi"].cells.append(copy)
    for cell in found["dong_dai"].cells:
        cell.source += "\n# " + "x" * 10**6 if "tong = 7" in cell.source else ""
    found["thoi_quen"].cells[1:1] = [new_code_cell(source) for source in HABITS]
    return found


def write_raw(course):
    """Hai sổ mà nbformat không tự viết ra: bản 3 và bản có NaN."""
    for name, text in (
        ("so_v3", nbformat.writes(nbformat.convert(answered(course), 3), version=3)),
        ("nan", json.dumps(dict(answered(course), metadata={"x": float("nan")}))),
    ):
        path = course.root / "submitted" / name / SLUG / f"{SLUG}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")


def attacked(course, name, attack, places):
    notebook = answered(course, **attack.answers(places))
    if name == "mo_trang":  # HTML viết thẳng trong ô văn bản
        next(c for c in notebook.cells if "Vì $3+4=7$" in c.source).source += f"\n\n{SHOWING[1]}"
    if attack.extra:
        notebook.cells.insert(1, new_code_cell(attack.filled(attack.extra, places)))
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    root = tmp_path_factory.mktemp("course") / "lop"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        course = open_course(root, timeout=20, deadline=150, memory=2**30)
        places = attack_places(root) | {"PORT": str(server.getsockname()[1])}
        submit(course, SLUG, "dung", answered(course))
        for name, attack in ATTACKS.items():
            submit(course, SLUG, name, attacked(course, name, attack, places))
        for name, notebook in odd_notebooks(course).items():
            submit(course, SLUG, name, notebook)
        write_raw(course)
        broken_files(course)
        rows, _ = course.grade(SLUG, jobs=2)
        try:
            server.accept()[0].close()
            reached = True
        except TimeoutError:
            reached = False
    return course, {row.student: row for row in rows}, reached


def test_harmless_habits_raise_no_suspicion(graded):
    assert graded[1]["thoi_quen"].state == MANUAL, graded[1]["thoi_quen"].notes


def points(row):
    return tuple(row.points[question] for question in QUESTIONS)


def test_the_others_keep_their_points(graded):
    assert graded[1]["dung"].total == MAXIMUM - 1 + 2  # câu chứng minh đợi chấm tay, có câu thưởng


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(graded, name):
    row, attack = graded[1][name], ATTACKS[name]
    assert points(row) == attack.points, row
    assert attack.word in "; ".join(row.notes), row.notes


@pytest.mark.parametrize("name", ODD_BUT_RIGHT)
def test_odd_notebook_with_right_answers(graded, name):
    assert points(graded[1][name]) == (2, 2, 2), graded[1][name]


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_refused_file(graded, name):
    row = graded[1][name]
    assert (row.state, row.total) == (FAILED, 0)
    assert REFUSED_FILES[name] in "; ".join(row.notes), row.notes


def test_nothing_was_written_outside(graded):
    course, _, _ = graded
    for place in (course.root, HOME, Path.home(), course.root / "submitted" / "dung"):
        assert not list(place.glob("dau_vet*")), place
    assert nbformat.read(course.source(SLUG), as_version=4).cells


def test_nothing_reached_the_network(graded):
    assert not graded[2]


def test_graded_notebook_shows_only_text_and_images(graded):
    course, _, _ = graded
    path = course.root / "autograded" / "mo_trang" / SLUG / f"{SLUG}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    kinds = {kind for out in outputs for kind in out.get("data", {})}
    assert kinds == {"text/plain", "image/png"}
    assert "chữ đỏ" in str(outputs)
    assert "\x1b" not in json.dumps(outputs, ensure_ascii=False)
    assert MARK not in str(outputs)


@pytest.fixture(scope="module")
def titles(graded, request):
    """Hàm mở một trang bằng Chromium thật và cho biết tên trang sau khi mọi mã của nó đã chạy."""
    from selenium import webdriver

    conftest = request.config.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))
    chromium, chromedriver = conftest.find_browser()
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", NO_NETWORK):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))

    def title(path):
        driver.get(path.as_uri())
        return driver.execute_async_script("setTimeout(arguments[0], 300)") or driver.title

    yield title
    driver.quit()


@pytest.mark.browser
def test_feedback_page_runs_no_student_code(graded, titles):
    page = graded[0].root / "feedback" / "mo_trang" / SLUG / f"{SLUG}.html"
    assert MARK not in titles(page)


@pytest.mark.browser
@pytest.mark.parametrize("safe", [True, False])
def test_grading_page_runs_no_student_code(graded, titles, tmp_path, safe):
    """Trang chấm của Formgrader là HTMLExporter với cấu hình chung; bỏ cấu hình thì mã chạy."""
    course = graded[0]
    notebook = nbformat.read(
        course.root / "autograded" / "mo_trang" / SLUG / f"{SLUG}.ipynb", as_version=4
    )
    config = course.api.config if safe else None
    page = tmp_path / "trang.html"
    page.write_text(HTMLExporter(config=config).from_notebook_node(notebook)[0], "utf-8")
    assert (MARK in titles(page)) != safe


def test_sandbox_is_there():
    """Trên CI phải có hộp cát thật; máy khác thì người chấm được báo một câu."""
    if os.environ.get("CI") and sys.platform.startswith("linux"):
        assert bubblewrap.sandbox_user() is not None
    assert (bubblewrap.weakness() is None) == (bubblewrap.sandbox_user() is not None)


@pytest.mark.long
@pytest.mark.parametrize("name", LONG_ATTACKS)
def test_long_attack(tmp_path, name):
    attack = LONG_ATTACKS[name]
    course = open_course(tmp_path / "lop", timeout=20, deadline=attack.deadline, memory=2 * 2**30)
    submit(course, SLUG, name, attacked(course, name, attack, attack_places(course.root)))
    submit(course, SLUG, "dung", answered(course))
    rows = {row.student: row for row in course.grade(SLUG)[0]}
    assert points(rows[name]) == attack.points, rows[name]
    assert attack.word in "; ".join(rows[name].notes), rows[name].notes
    assert points(rows["dung"]) == (2, 2, 2)
