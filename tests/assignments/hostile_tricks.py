"""Mã của những bài tấn công: vật đóng giả, người coi thi bị chặn đường, kết quả có mã lệnh."""

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
