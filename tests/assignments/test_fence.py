"""Hàng rào trong nhân: mã nộp không mở được thư mục lớp học, không gọi được chương trình ngoài."""

import subprocess
import sys

import pytest
from grading.kernel_guards import FENCE
from grading.sources import answer_names

FORBIDDEN = {
    "read": "open(ROOT + '/secret.txt')",
    "write": "open(ROOT + '/new.txt', 'w')",
    "list": "os.listdir(ROOT)",
    "pathlib": "pathlib.Path(ROOT, 'secret.txt').read_text()",
    "relative": "open(os.path.relpath(ROOT + '/secret.txt'))",
    "proc": "open('/proc/self/root' + ROOT + '/secret.txt')",
    "symlink": "os.symlink(ROOT, 'link')",
    "change": "os.chdir(ROOT)",
    "directory": "os.open('/', os.O_RDONLY)",
    "database": "sqlite3.connect('file:' + ROOT + '/gradebook.db?mode=rw', uri=True)",
    "remove": "os.remove(ROOT + '/secret.txt')",
    "tree": "shutil.rmtree(ROOT)",
    "program": "subprocess.run(['cat', ROOT + '/secret.txt'])",
    "shell": "os.system('true')",
    "fork": "os.fork()",
    "kill": "os.kill(os.getppid(), 9)",
    "write_elsewhere": "open(os.path.expanduser('~/moi.txt'), 'w')",
    "make_elsewhere": "os.mkdir('/thu_muc_moi')",
    "objects": "gc.get_objects()",
    "threads_frames": "sys._current_frames()",
    "trace": "sys.settrace(print)",
    "library_code": "tempfile.mkdtemp.__code__ = (lambda: 1).__code__",
    "fake_library": "compile('1', os.__file__, 'eval')",
    "memory_reading": "import ctypes; ctypes.string_at(id(1), 8)",
    "network": "socket.create_connection(('127.0.0.1', 9))",
}
ALLOWED = {
    "temporary": "tempfile.TemporaryFile().write(b'1')",
    "import": "import colorsys",
    "working_folder": "open('mine.txt', 'w').write('1'), os.listdir('.')",
    "named_tuple": "from collections import namedtuple; namedtuple('P', 'x y')(1, 2)",
    "data_class": "import dataclasses; dataclasses.make_dataclass('P', ['x'])(1)",
    "signature": "import inspect; inspect.signature(os.path.join)",
    "hook_is_ignored": (
        "seen = []; sys.addaudithook(lambda *a: seen.append(a)); compile('1', '', 'eval');"
        "assert not seen"
    ),
    "memory": "sqlite3.connect(':memory:')",
}
IMPORTS = "import gc, os, pathlib, shutil, socket, sqlite3, subprocess, sys, tempfile\n"


def run_fenced(folder, code):
    (folder / "secret.txt").write_text("đáp án", "utf-8")
    root = repr(str(folder))
    script = IMPORTS + FENCE + f"_fence([{root}])\n" + code.replace("ROOT", root)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden(name, tmp_path):
    run = run_fenced(tmp_path, FORBIDDEN[name])
    assert run.returncode == 1
    assert "Refused: Khi chấm bài" in run.stderr, run.stderr
    assert (tmp_path / "secret.txt").exists()


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name, tmp_path):
    run = run_fenced(tmp_path, ALLOWED[name])
    assert run.returncode == 0, run.stderr


def test_answer_names():
    source = "a, b = 1, 2\nc = ...\n\ndef f(x):\n    y = x\n\nclass G:\n    z = 1\n"
    assert answer_names(source) == ["a", "b", "c", "f", "G"]
