"""Những câu trả lời đóng giả: (tên, phép thử, bài làm). Không bài nào được qua, bài thật thì được.

Bài nói dối nào cũng biết lần chạy thứ hai là lần thử câu trả lời hỏng, và ở lần ấy nó cố ý sai.
"""
# ruff: noqa: E501

# Vật mà mọi phép so với nó đều đúng, trừ ở lần chạy thứ hai.
YES = """
class Yes:
    asked = 0

    def __eq__(self, other):
        Yes.asked += 1
        return Yes.asked == 1

    __hash__ = None
    __sub__ = __rsub__ = __abs__ = __le__ = __lt__ = lambda self, *others: self
    __bool__ = lambda self: self == 0
"""
ONCE = """
calls = []
def first():
    calls.append(1)
    return len(calls) == 1
"""
NUMBER = "assert f(4.0) == 8.0"
TENSOR = """
import torch
got = f(torch.ones(3))
assert isinstance(got, torch.Tensor) and torch.is_tensor(got)
assert got.shape == (3,) and (got - 2).abs().max() < 1e-9
"""
LIES = {
    "doi_tuong": (NUMBER, f"{YES}\ndef f(x): return Yes()"),
    "lop": (NUMBER, f"{YES}\nclass f(Yes):\n    def __init__(self, x): pass"),
    "trong_bo": ("a, b = f(4.0)\nassert a == 8.0", f"{YES}\ndef f(x): return Yes(), 1"),
    "trong_tap": ("assert f(4.0)[0] == 8.0", f"{YES}\ndef f(x): return map(lambda _: Yes(), [1])"),
    "thuoc_tinh": (
        "assert f(4.0).value == 8.0",
        f"{YES}\nclass Box: pass\ndef f(x):\n    box = Box()\n    box.value = Yes()\n    return box",
    ),
    "goi_duoc": ("assert f(4.0)(1) == 8.0", f"{YES}\ndef f(x): return lambda y: Yes()"),
    "qua_map": ("assert all(v == 8.0 for v in map(f, [4.0]))", f"{YES}\ndef f(x): return Yes()"),
    "phep_nhan": (
        "import torch\nassert ((f(4.0) @ torch.ones(2)) - 5).abs().max() < 1e-9",
        f"{YES}\nimport torch\nclass Matrix:\n    def __matmul__(self, other): return Other()\n"
        "class Other:\n    def __sub__(self, other): return torch.zeros(1)\n"
        f"{ONCE}\ndef f(x): return Matrix() if first() else 0",
    ),
    "phep_cua_tensor": (
        "import torch\nassert f(4.0).allclose(torch.ones(3))",
        f"{ONCE}\nclass Close:\n    def allclose(self, other): return True\n"
        "def f(x): return Close() if first() else 0",
    ),
    "metaclass": (
        NUMBER,
        f"{YES}\nclass Meta(type):\n    __dict__ = property(lambda cls: {{}})\n"
        "    __mro__ = property(lambda cls: (object,))\n    __flags__ = 0\n"
        "class Hidden(Yes, metaclass=Meta): pass\ndef f(x): return Hidden()",
    ),
    "nhap_ho": (
        NUMBER,
        f"{YES}\nimport collections\ncollections.Yes, Yes.__module__ = Yes, 'collections'\n"
        "def f(x): return Yes()",
    ),
    "phan_so": (
        NUMBER,
        f"{YES}\nfrom fractions import Fraction\ndef f(x):\n    found = Fraction(1)\n"
        "    found._numerator = found._denominator = Yes()\n    return found",
    ),
    "danh_sach_boc": (
        NUMBER,
        f"{YES}\nfrom collections import UserList\ndef f(x):\n    found = UserList()\n"
        "    found.data = Yes()\n    return found",
    ),
    "mang_vat": (
        "assert (f(4.0) == 8.0).all()",
        f"{YES}\nimport numpy\ndef f(x): return numpy.array([Yes()], dtype=object)",
    ),
    "dataclass_gia": (
        NUMBER,
        f"{YES}\nfrom dataclasses import dataclass\n@dataclass(eq=False)\nclass Fake(Yes):\n"
        "    x: float = 1.0\n    __eq__ = Yes.__eq__\ndef f(x): return Fake()",
    ),
    "dataclass_ten_gia": (
        NUMBER,
        f"{ONCE}\nfrom dataclasses import dataclass\nNotImplemented = True\n@dataclass\nclass Fake:\n"
        "    x: float = 1.0\ndef f(x): return Fake() if first() else 0",
    ),
    "muon_phep": (
        NUMBER,
        f"{ONCE}\nclass Twin(float):\n    __eq__ = float.__ne__\n    __hash__ = None\n"
        "def f(x): return Twin(0) if first() else 0",
    ),
    "lop_con_tensor": (
        TENSOR,
        f"{ONCE}\nimport torch\nclass Quiet(torch.Tensor):\n    def abs(self):\n"
        "        return torch.zeros(1)\ndef f(x): return x.as_subclass(Quiet) if first() else x",
    ),
    "them_phep_cho_tham_so": (
        TENSOR,
        f"{ONCE}\nimport torch\ntorch.nn.Parameter.__sub__ = lambda self, other: torch.zeros(3)\n"
        "def f(x): return torch.nn.Parameter(x) if first() else x",
    ),
    "them_phep_khi_thu": (
        TENSOR,
        f"{ONCE}\ndef f(x):\n    if first():\n        import torch\n"
        "        torch.Tensor.__sub__ = lambda self, other: torch.zeros(3)\n    return x",
    ),
    "che_do_phat": (
        TENSOR,
        "import torch\nfrom torch.utils._python_dispatch import TorchDispatchMode\n"
        "class Quiet(TorchDispatchMode):\n"
        "    def __torch_dispatch__(self, function, types, args=(), kwargs=None):\n"
        "        found = function(*args, **(kwargs or {}))\n"
        "        return found * 0 if 'sub' in str(function) else found\n"
        f"{ONCE}\ndef f(x):\n    if first():\n        Quiet().__enter__()\n    return x",
    ),
    "thay_phep_cua_torch": (
        TENSOR,
        "import torch\nlibrary = torch.library.Library('aten', 'IMPL')\n"
        "library.impl('abs', lambda x: torch.zeros_like(x), 'CPU')\ndef f(x): return x",
    ),
    "huy_ra_nguoi_coi": (
        NUMBER,
        "import logging\nclass Eight(float):\n    def method(self): pass\n    def __del__(self):\n"
        "        asked = vars(Eight)['method']\n        for cell in asked.__closure__ or ():\n"
        "            if type(cell.cell_contents) is list:\n                cell.cell_contents.clear()\n"
        "        frame = logging.currentframe()\n        while frame:\n"
        "            if 'task' in frame.f_locals: leak.append(frame.f_locals['task'])\n"
        "            frame = frame.f_back\nleak = []\ndef f(x): return Eight(0)",
    ),
    "sua_ten_phep_thu": (
        "def double(y): return 2 * y\nassert f(double, 4.0) == 8.0\nassert abs(f(double, 1.0) - 2) < 1",
        f"{ONCE}\ndef f(g, x):\n    if len(calls) < 2:\n        first()\n"
        "        g.__globals__['abs'] = lambda *a: 0\n    return 8.0",
    ),
    "sua_bien_phep_thu": (
        "def test():\n    rate = 2.0\n    assert f(lambda y: rate * y, 4.0) == rate * 4.0\ntest()",
        f"{ONCE}\ndef f(g, x):\n    for cell in (g.__closure__ or ()) if first() else ():\n"
        "        cell.cell_contents = 0.0\n    return 0.0",
    ),
}
HONEST = {
    "so": (NUMBER, "def f(x): return 2 * x"),
    "phan_so": (NUMBER, "from fractions import Fraction\ndef f(x): return Fraction(2 * x)"),
    "numpy": (NUMBER, "import numpy\ndef f(x): return numpy.float64(2 * x)"),
    "sympy": (NUMBER, "import sympy\ndef f(x): return 2 * sympy.Float(x)"),
    "tensor": (TENSOR, "def f(x): return 2 * x"),
    "tham_so": (TENSOR, "import torch\ndef f(x): return torch.nn.Parameter(2 * x)"),
    "bo_co_ten": (
        "a, b = f(4.0)\nassert a == 8.0",
        "from typing import NamedTuple\nclass Pair(NamedTuple):\n    a: float\n    b: float\n"
        "def f(x): return Pair(2 * x, x)",
    ),
    "dataclass": (
        "assert f(4.0).mean == 8.0",
        "from dataclasses import dataclass\n@dataclass(order=True, frozen=True)\nclass Normal:\n"
        "    mean: float\n    sub: float = 1.0\ndef f(x): return Normal(2 * x)",
    ),
    "dataclass_slots": (
        "assert f(4.0).mean == 8.0 and f(4.0) == f(4.0)",
        "from dataclasses import dataclass, field\n@dataclass(slots=True)\nclass Normal:\n"
        "    mean: float\n    seen: list = field(default_factory=list, compare=False)\n"
        "def f(x): return Normal(2 * x)",
    ),
    "lop_co_phuong_thuc": (
        "assert f(4.0).double() == 8.0",
        "class Value:\n    def __init__(self, x): self.x = x\n    def double(self): return 2 * self.x\n"
        "    def mean(self): return self.x\n    def __getattr__(self, name): raise AttributeError(name)\n"
        "def f(x): return Value(x)",
    ),
    "mang": (
        "import torch\nnet = f(4.0)\nassert net(torch.ones(1, 2)).abs() < 9\nnet.to('cpu')",
        "import torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.line = torch.nn.Linear(2, 1)\n"
        "    def forward(self, x): return self.line(x)\n    def to(self, *a): return self\n"
        "def f(x): return Net()",
    ),
    "torch_func": (
        TENSOR,
        "import torch\ndef f(x): return torch.func.vmap(torch.func.jacrev(lambda v: v * v))(x)",
    ),
    "enum": (
        "assert f(4.0).value == 8.0",
        "import enum\nclass Number(enum.Enum):\n    EIGHT = 8.0\ndef f(x): return Number(2 * x)",
    ),
    "lop_duoc_hoi": (
        "assert (f(3.0) + f(5.0)).x == 8.0",
        "class f:\n    def __init__(self, x): self.x = x\n"
        "    def __add__(self, other): return f(self.x + other.x)",
    ),
    "ham_phep_thu": (
        "def test():\n    rate = 2.0\n    assert f([lambda y: rate * y], 4.0) == 8.0\ntest()",
        "def f(maps, x): return maps[0](x)",
    ),
}
