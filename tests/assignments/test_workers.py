"""Chia việc cho nhiều tiến trình: việc nào cũng có kết quả, kể cả khi một tiến trình chết."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from grading import workers

from tests.assignments.worker_tasks import doubler, lost, mortal, writer

ROOT = Path(__file__).parents[2]


def test_every_task_has_a_result():
    assert sorted(workers.each(doubler, (), list(range(9)), 2, lost)) == list(range(0, 18, 2))


def test_a_dead_process_loses_only_its_task():
    results = dict(workers.each(mortal, (), ["a", "chết", "b", "c"], 2, lost))
    assert results == {"a": "", "chết": workers.KILLED, "b": "", "c": ""}


def test_a_stuck_process_is_stopped(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 3)
    results = dict(workers.each(mortal, (), ["treo", "a"], 1, lost))
    assert results == {"treo": workers.STUCK, "a": ""}


def test_leaving_early_stops_the_processes():
    steps = workers.each(mortal, (), ["a", "treo", "treo"], 2, lost)
    next(steps)
    started = psutil.Process().children(recursive=True)
    steps.close()
    assert [p for p in started if "spawn_main" in " ".join(_command(p))] == []


def _command(process):
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


HANGING = """
import sys
sys.path[:0] = [{root!r}, {scripts!r}]
from grading import workers
from tests.assignments.worker_tasks import lost, mortal
if __name__ == "__main__":
    list(workers.each(mortal, (), ["treo", "treo"], 2, lost))
"""


def test_workers_leave_when_the_main_process_is_killed(tmp_path):
    script = tmp_path / "hang.py"
    script.write_text(HANGING.format(root=str(ROOT), scripts=str(ROOT / "scripts")))
    main = subprocess.Popen([sys.executable, script])
    whole = psutil.Process(main.pid)
    deadline = time.monotonic() + 60
    while len(whole.children()) < 3 and time.monotonic() < deadline:  # kèm resource_tracker
        time.sleep(0.1)
    children = whole.children()
    main.kill()
    main.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


@pytest.mark.slow
def test_four_processes_lose_no_grade_in_one_gradebook(tmp_path, monkeypatch):
    from nbgrader.api import Gradebook

    # nbgrader gọi `alembic`, nằm cạnh python của môi trường.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    db_url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(db_url) as gradebook:
        gradebook.add_assignment("a")
        gradebook.add_notebook("n", "a")
        for number in range(4):
            gradebook.add_grade_cell(f"q{number}", "n", "a", max_score=100, cell_type="code")
    students = [str(number) for number in range(20)]
    assert sorted(workers.each(writer, (db_url,), students, 4, lost)) == sorted(students)
    with Gradebook(db_url) as gradebook:
        scores = {s.student.id: s.score for s in gradebook.find_assignment("a").submissions}
    assert scores == {student: 4.0 * float(student) for student in students}
