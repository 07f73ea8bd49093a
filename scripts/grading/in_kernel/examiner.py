"""Người coi thi trong nhân: trả lại nguyên trạng mọi thư viện, chạy một ô kiểm tra, ký kết quả.

Phép thử được gửi vào đã mã hóa và chạy trong một bản sao của không gian tên, nên mã nộp không đọc
được nó từ lịch sử, từ `globals()` hay từ linecache. Kết quả «qua» chỉ ký được bằng một bí mật nằm
trong khung chạy của một generator, nơi hàng rào không cho mở.
"""

# Các tên của builtins được lấy riêng, vì bản dùng chung thì mã nộp vá được.
# ruff: noqa: UP029


def _examiner(secret, wanted, guards):
    import builtins
    import functools
    import gc
    import hashlib
    import importlib
    import json
    import linecache
    import math
    import operator
    import signal
    import sys
    import threading
    import types
    from builtins import (
        BaseException,
        all,
        any,
        bytes,
        dict,
        getattr,
        hasattr,
        id,
        isinstance,
        issubclass,
        len,
        list,
        map,
        set,
        setattr,
        str,
        tuple,
        type,
        vars,
        zip,
    )

    import torch
    import torch.autograd.functional
    import torch.distributions
    import torch.nn.functional
    import torch.nn.modules.module

    busy, testing, library = guards
    test_file, longest, tampered = "<ô kiểm tra>", 2000, "TamperedTestError"
    for name in wanted:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    shell = get_ipython()  # noqa: F821
    user, stream = shell.user_ns, sys.stdout
    shake, sha, loads, dumps = hashlib.shake_256, hashlib.sha256, json.loads, json.dumps
    same = operator.is_
    run, translate, frames, modules_now = exec, compile, sys._current_frames, sys.modules
    trace_of = BaseException.__dict__["__traceback__"].__get__
    main, made_in_python = modules_now["__main__"], 1 << 9  # Py_TPFLAGS_HEAPTYPE
    kind_name = type.__dict__["__name__"].__get__

    def spoil(value, returned=False):
        """Bản hỏng của một câu trả lời: số và tensor cộng thêm, hàm và lớp trả kết quả hỏng."""
        kind = type(value)
        if isinstance(value, type):
            methods = [n for n in ("forward", "inverse", "log_prob", "sample") if hasattr(value, n)]
            return type(value.__name__, (value,), {n: spoil(getattr(value, n)) for n in methods})
        if isinstance(value, list | tuple):
            return [spoil(v, returned) for v in value]
        if value is None or kind in (bool, str, dict):
            return None
        if returned and isinstance(value, torch.nn.Module):
            value.__class__ = spoil(kind)
            return value
        # Kiểu của một thư viện cộng được; kiểu tự chế thì để nguyên: nếu ô kiểm tra vẫn qua với nó
        # thì đó là điều đáng ngờ.
        home = sys.modules.get(kind.__module__)
        if kind.__module__ != "__main__" and getattr(home, kind.__qualname__, None) is kind:
            try:
                return value + 1000
            except Exception:
                pass
        if returned:
            return value
        if callable(value) and not isinstance(value, torch.Tensor):
            return functools.wraps(value)(lambda *a, **k: spoil(value(*a, **k), True))
        try:
            return float(value) + 1000
        except Exception:
            return None

    sly = {f"__{word}__" for word in "eq ne lt le gt ge sub rsub add radd abs bool float".split()}
    sly |= {"__getattr__", "__getattribute__", "__torch_function__", "__array__", "__class__"}

    def honest(value, depth=0):
        """Kết quả là vật thật, không phải vật tự chế biết nói dối khi bị đem so."""
        if depth > 4:
            return value
        if issubclass(type(value), list | tuple):
            for inner in value:
                honest(inner, depth + 1)
        for kind in type(value).__mro__:
            home = modules_now.get(kind.__module__) or main
            stranger = home is main or vars(home).get(kind.__name__) is not kind
            if kind.__flags__ & made_in_python and stranger and sly & set(vars(kind)):
                raise Impostor
        return value

    def watched(value):
        if type(value) is types.FunctionType:
            return functools.wraps(value)(lambda *a, **k: honest(value(*a, **k)))
        return honest(value) if not issubclass(type(value), type) else value

    class Impostor(Exception):
        pass

    def snapshot():
        """Mọi hàm, lớp, mô-đun con của các mô-đun đã nạp; hằng số thì chỉ của vài mô-đun gốc."""
        whole = [builtins, math, torch, torch.linalg, torch.nn, torch.nn.functional, torch.Tensor]
        whole += [torch.autograd, torch.autograd.functional, torch.nn.Module, type(stream)]
        whole += [kind for kind in type(shell).__mro__ if kind is not object]
        whole += [type(shell.kernel), type(shell.kernel.session)]
        callable_types = (
            *(types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, type),
            *(types.WrapperDescriptorType, types.GetSetDescriptorType, property, staticmethod),
            *(classmethod, types.ModuleType, types.MemberDescriptorType),
        )

        def callables(names):
            return {n: v for n, v in names.items() if issubclass(type(v), callable_types)}

        # Chỉ những gì các ô kiểm tra dùng tới; phần dịch và phân tán của torch thì không.
        roots = {"torch", "numpy", "course_utils", "random", "operator", "functools", "itertools"}
        roots |= {"json", "hashlib", "copy", "collections", "warnings", "signal", "threading"}
        roots |= {name.split(".")[0] for name in wanted}
        unused = ("_dynamo", "_inductor", "_export", "_refs", "_decomp", "_higher_order_ops")
        unused += ("ao", "distributed", "export", "fx", "jit", "onnx", "package", "profiler")
        unused += ("testing", "cuda", "xpu", "mps", "mtia", "quantization", "sparse", "_vendor")
        unused += ("_prims", "_functorch", "_subclasses", "multiprocessing", "hub", "compiler")
        heavy = tuple(f"torch.{name}" for name in unused)
        heavy += ("numpy.f2py", "numpy.testing", "numpy.ma", "course_utils.reproduce")
        seen, saved = set(), []
        for space in whole:
            seen.add(id(space))
            saved.append((space, dict(vars(space))))
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] not in roots or name.startswith(heavy) or id(module) in seen:
                continue
            if not issubclass(type(module), types.ModuleType):
                continue
            seen.add(id(module))
            names = dict(vars(module))
            saved.append((module, callables(names)))
            for kind in names.values():
                if issubclass(type(kind), type) and id(kind) not in seen:
                    if kind.__module__ == name:
                        seen.add(id(kind))
                        saved.append((kind, callables(vars(kind))))
        return [(space, tuple(names), tuple(names.values())) for space, names in saved if names]

    hooks = ("input_transformers_cleanup", "input_transformers_post", "ast_transformers")
    lists = [(getattr(shell, name), list(getattr(shell, name))) for name in hooks]
    places = (sys.meta_path, sys.path_hooks, sys.path, gc.callbacks)
    lists += [(place, list(place)) for place in places]
    callbacks = {name: list(found) for name, found in shell.events.callbacks.items()}
    methods = ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "transform_cell")
    methods += ("should_run_async", "showtraceback", "CustomTB", "compile")
    own = {name: vars(shell)[name] for name in methods if name in vars(shell)}
    tensor_names, modules = set(vars(torch.Tensor)), dict(sys.modules)
    saved, missing, empty = snapshot(), object(), types.CellType()
    global_hooks = [v for n, v in vars(torch.nn.modules.module).items() if n.startswith("_global_")]
    global_hooks = [hooks for hooks in global_hooks if isinstance(hooks, dict)]
    handlers = {}
    for number in signal.valid_signals():
        handlers[number] = signal.getsignal(number)
    busy.append(1)
    residents = set(frames())
    busy.pop()

    def foreign(value, depth=0):
        """Vật này do mã nộp đặt vào? Thư viện cũng tự bọc hàm của nó (Adam.step, manual_seed)."""
        if type(value) is not types.FunctionType or depth > 5:
            return depth == 0 or depth > 5
        if not value.__code__.co_filename.startswith(library):
            return True
        inner = [cell.cell_contents for cell in value.__closure__ or () if cell != empty]
        return any(foreign(held, depth + 1) for held in inner)

    def restore():
        """Trả lại nguyên trạng; cho biết mã nộp đã sửa gì."""
        changed = []
        for space, names, values in saved:
            now = vars(space)
            if all(map(same, values, map(now.get, names))):
                continue
            for name, value in zip(names, values, strict=True):
                found = now.get(name, missing)
                if found is not value and not name.startswith(("__abc", "_abc")):
                    try:
                        setattr(space, name, value)
                    except (AttributeError, TypeError):
                        continue
                    if foreign(found):
                        changed.append(name)
        for name in set(vars(torch.Tensor)) - tensor_names:
            delattr(torch.Tensor, name)
        sys.modules.update({n: m for n, m in modules.items() if sys.modules.get(n) is not m})
        for place, before in lists:
            place[:] = before
        for name, before in callbacks.items():
            shell.events.callbacks[name][:] = before
        for name in methods:
            vars(shell).pop(name, None)
        vars(shell).update(own)
        shell.custom_exceptions = ()
        for hooks in global_hooks:
            hooks.clear()
        while torch._C._len_torch_function_stack():
            torch._C._pop_torch_function_stack()
            changed.append("torch function mode")
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        return changed

    def decrypt(riddle, text):
        cipher = bytes.fromhex(text)
        key = shake((secret + riddle).encode()).digest(len(cipher))
        return loads(bytes(a ^ b for a, b in zip(cipher, key, strict=True)))

    def describe(error):
        """Tên lỗi, lời báo và các dòng của phép thử; vật lỗi có thể do mã nộp chế ra."""
        lines, name, text = [], "Error", ""
        step = trace_of(error)
        busy.append(1)  # chỉ đọc thuộc tính của vật thật, không chạy mã nào của bài nộp
        while step is not None and len(lines) < 20:
            if step.tb_frame.f_code.co_filename == test_file:
                lines.append(step.tb_lineno)
            step = step.tb_next
        busy.pop()
        try:
            name, text = kind_name(type(error))[:100], str(error)[:longest]
        except BaseException:  # __str__ cũng có thể là bẫy
            pass
        return {"error": name, "text": text, "lines": lines}

    def strangers():
        """Có luồng nào không phải của nhân, của thanh tiến độ tqdm hay của zmq?"""
        busy.append(1)
        found = set(frames()) - residents
        busy.pop()
        own = [("tqdm._monitor", "TMonitor"), ("zmq.utils.garbage", "GarbageCollectorThread")]
        kinds = [getattr(modules_now.get(home), name, None) for home, name in own]
        known = {t.ident for t in threading.enumerate() if type(t) in kinds}
        return found - known

    def examine(riddle, cipher):
        restore()
        task = decrypt(riddle, cipher)
        if strangers():
            return {"error": tampered, "text": "có luồng chạy nền", "lines": []}
        names = testing[-1]
        names.update(user)
        names["__builtins__"] = builtins
        prepare = spoil if task["spoil"] else watched
        said = None
        try:
            names.update({n: prepare(names[n]) for n in task["names"] if n in names})
            run(translate(task["source"], test_file, "exec", dont_inherit=True), names)
        except Impostor:
            return {"error": tampered, "text": "vật giả", "lines": []}
        except BaseException as error:
            said = error
        patched = restore()
        said = None if said is None else describe(said)
        patched += restore()
        if patched or strangers():
            return {"error": tampered, "text": f"đã sửa {patched[:3]}", "lines": []}
        return said or {"pass": sha((secret + riddle + "pass").encode()).hexdigest()}

    def attend():
        request = None
        while True:
            riddle, cipher = yield request
            testing.append({})  # từ đây đến khi trả lời xong, mã nộp không mở được khung chạy nào
            try:
                verdict = examine(riddle, cipher)
            except BaseException:
                verdict = {"error": tampered, "text": "", "lines": []}
            stream.write("\n" + riddle + dumps(verdict) + "\n")
            stream.flush()
            testing.pop()

    attending = attend()
    next(attending)
    for name in [name for name in linecache.cache if "ipy" in name]:
        linecache.cache.pop(name)  # mã nguồn vừa chạy có bí mật
    return attending.send
