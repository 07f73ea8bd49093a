"""Nhận ra câu trả lời đóng giả trong một ô kiểm tra.

Vật đóng giả là vật tự chế biết trả lời mọi phép so: `x - 3` hay `x == 3` ra gì là do nó chọn. Ô
kiểm tra đã được viết lại (sources.compiled): mỗi lời gọi, thuộc tính, phần tử lấy ra đều qua tay
người coi thi. Không hàm hay lớp nào của sinh viên phải vá, nên họ không lần tới người coi thi được.
"""

# Các tên của builtins được lấy riêng, vì bản dùng chung thì mã nộp vá được.
# ruff: noqa: UP029


def _watcher(testing, behind):
    """Người nhìn mọi vật mà một ô kiểm tra lấy ra; `testing[-1]` là không gian tên của ô ấy."""
    import builtins
    import dataclasses
    import decimal  # noqa: F401  (lớp của chúng phải có từ trước bài nộp)
    import fractions  # noqa: F401
    import operator
    import types
    from builtins import (
        AttributeError,
        BaseException,
        all,
        any,
        bool,
        callable,
        complex,
        dict,
        filter,
        float,
        frozenset,
        getattr,
        id,
        int,
        issubclass,
        iter,
        list,
        map,
        object,
        set,
        str,
        tuple,
        type,
        vars,
        zip,
    )

    import numpy
    import torch

    same, empty, own_space = operator.is_, type(None), object.__getattribute__
    function, method, built_in = types.FunctionType, types.MethodType, types.BuiltinFunctionType
    slot, getset = types.MemberDescriptorType, types.GetSetDescriptorType
    simple, lazy = (int, float, bool, str, complex, empty), (map, zip, filter, types.GeneratorType)
    solid, no_space = (torch.Tensor, numpy.ndarray, numpy.generic), (type, types.ModuleType)
    # Qua getter của chính `type`, vì một metaclass nói dối được về lớp của nó.
    own = [type.__dict__[n].__get__ for n in ("__dict__", "__mro__", "__flags__")]
    inside, line, flags = own
    code_of, made_in_python = function.__code__.__get__, 1 << 9  # Py_TPFLAGS_HEAPTYPE
    contents = {kind: kind.__iter__ for kind in (list, tuple, set, frozenset)}
    contents[dict] = lambda value: (*dict.keys(value), *dict.values(value))

    # Những phép cho một vật biết nó đang bị so với gì, hay giấu đi nó là gì.
    two_sided = (
        "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or".split()
    )
    sly = {f"__{side}{name}__" for side in ("", "r", "i") for name in two_sided}
    sly |= {f"__{name}__" for name in "eq ne lt le gt ge neg pos abs invert bool int float".split()}
    sly |= {f"__{name}__" for name in "complex index round trunc floor ceil contains".split()}
    sly |= {f"__{name}__" for name in "iter next getitem class array array_ufunc".split()}
    sly |= {"__array_function__", "__array_wrap__", "__torch_function__", "__torch_dispatch__"}
    sly |= {*"sub subtract rsub div divide true_divide eq ne lt le gt ge equal not_equal".split()}
    sly |= {*"less less_equal greater greater_equal allclose isclose isin maximum minimum".split()}
    known = (
        "builtins torch numpy decimal fractions collections functools types math datetime random"
    )
    known = {*known.split(), *"itertools course_utils enum typing operator abc numbers".split()}
    known |= {"pandas", "scipy", "sympy", "mpmath"}
    born, waiting = {}, [object]
    while waiting:
        kind = waiting.pop()
        if id(kind) not in born:
            born[id(kind)] = kind
            waiting += type.__subclasses__(kind)
    born = {n: k for n, k in born.items() if str(k.__module__).split(".")[0] in known}
    trusted, lies = [], []

    class Impostor(BaseException):
        pass

    def liar():
        lies.append(1)  # mã nộp bắt được lỗi này thì nó vẫn được nhớ
        raise Impostor

    def generated(kind, names):
        """Các phép so mà dataclass viết ra cho lớp này: chúng chỉ so với vật cùng lớp."""
        fields = inside(kind).get("__dataclass_fields__")
        if type(fields) is not dict:
            return set()
        try:
            shown = [f.name for f in dict.values(fields) if f.compare]
            model = inside(dataclasses.make_dataclass("Model", shown, order=True))
            return {n for n in names if n in model and written_alike(inside(kind)[n], model[n])}
        except Exception:
            return set()

    def written_alike(one, other):
        if type(one) is not function or "NotImplemented" in one.__globals__:
            return False
        one_code, other_code = code_of(one), code_of(other)
        parts = ("co_code", "co_consts", "co_names", "co_freevars")
        alike = all(getattr(one_code, p) == getattr(other_code, p) for p in parts)
        return alike and one.__builtins__ is vars(builtins)

    def innocent(kind):
        """Lớp có từ trước bài nộp, lớp mà đề hỏi, hay lớp không có phép nào để nói dối."""
        if born.get(id(kind)) is kind or any(kind is k for k in trusted):
            return True
        space = inside(kind)
        if not flags(kind) & made_in_python:
            return True
        if issubclass(kind, solid) or type(space.get("__dict__")) not in (getset, empty):
            return False
        names = {n for n in sly.intersection(space) if type(space[n]) not in simple}
        return all(of_test(space[n]) for n in names - generated(kind, names))

    def leaning(kind):
        """Phép so của lớp viết bằng Python, nên câu trả lời của nó dựa vào các thuộc tính."""
        return any(type(inside(base).get(n)) is function for base in line(kind) for n in sly)

    def attributes(value, kind):
        """Mọi thuộc tính của một vật, kể cả những gì nó giữ trong __slots__."""
        yield from space_of(value).values()
        for member in (v for base in line(kind) for v in inside(base).values() if type(v) is slot):
            try:
                yield member.__get__(value)
            except AttributeError:
                pass

    def space_of(value):
        try:
            return own_space(value, "__dict__")
        except AttributeError:
            return {}

    def honest(value, depth=0):
        """Chính vật ấy, khi nó là vật thật: không tự chế ra để nói dối lúc bị đem so."""
        kind = type(value)
        if kind in simple or depth > 4:
            return value
        if kind in lazy:  # nhìn vào trong mới biết có gì
            return iter(honest(list(value), depth))
        if not all(map(innocent, line(kind))):
            liar()
        if issubclass(kind, no_space):  # một lớp (như torch.Tensor) có phép so thì không nói dối
            return value
        held = [v for base in contents if issubclass(kind, base) for v in contents[base](value)]
        checked = [honest(inner, depth + 1) for inner in held]
        if kind in (list, tuple) and not all(map(same, checked, held)):
            value = kind(checked)
        space = space_of(value)
        if space and any(callable(space[n]) for n in sly.intersection(space)):
            liar()
        if issubclass(kind, numpy.ndarray) and value.dtype.hasobject:
            honest(value.tolist(), depth + 1)
        elif not issubclass(kind, solid) and flags(kind) & made_in_python and leaning(kind):
            honest([*attributes(value, kind)], depth + 1)
        return value

    def of_test(value):
        """Hàm do chính phép thử viết ra?"""
        value = value.__func__ if type(value) is method else value
        return type(value) is function and value.__globals__ is testing[-1]

    def lent(value):
        """Vật đưa cho mã nộp: từ một hàm của phép thử, nó không lần được tới các biến ở đó."""
        if type(value) in (list, tuple) and any(map(of_test, value)):
            return type(value)(map(lent, value))
        return behind(value) if of_test(value) else value

    def ask(called, /, *given, **options):
        """Phép thử gọi một hàm; hàm của sinh viên không được sửa không gian tên của phép thử."""
        if of_test(called):
            return called(*given, **options)
        if type(called) is built_in:
            return honest(called(*given, **options))
        names = testing[-1]
        before = dict(names)
        given, options = map(lent, given), {n: lent(v) for n, v in options.items()}
        found = honest(called(*given, **options))
        kept = len(before) == len(names) and all(map(same, before, names))
        if not kept or not all(map(same, before.values(), names.values())):
            liar()
        return found

    desk = types.SimpleNamespace(ask=ask, see=honest)

    def planted(code, mark):
        """Người coi thi nằm ngay trong hằng số của mã: không tên nào trỏ tới nó để mà gán đè."""
        held = []
        for value in code.co_consts:
            inner = type(value) is types.CodeType
            there = type(value) is str and value == mark
            held.append(planted(value, mark) if inner else desk if there else value)
        return code.replace(co_consts=tuple(held))

    return honest, planted, Impostor, trusted, lies
