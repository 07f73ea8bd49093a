"""Các thư viện trong nhân: nạp sẵn, chụp lại, và trả về nguyên trạng quanh mỗi ô kiểm tra."""

# Các tên của builtins được lấy riêng, vì bản dùng chung thì mã nộp vá được.
# ruff: noqa: UP029


def _libraries(wanted, busy, library, behind):
    """Nạp các mô-đun `wanted`, chụp mọi thư viện; trả về hàm đưa chúng về nguyên trạng."""
    import builtins
    import gc
    import importlib
    import math
    import operator
    import signal
    import sys
    import types
    from builtins import (
        AttributeError,
        Exception,
        ImportError,
        KeyError,
        PermissionError,
        TypeError,
        all,
        any,
        callable,
        classmethod,
        delattr,
        dict,
        getattr,
        hasattr,
        id,
        isinstance,
        issubclass,
        len,
        list,
        map,
        object,
        property,
        set,
        setattr,
        staticmethod,
        type,
        vars,
    )

    import torch
    import torch.autograd.functional
    import torch.distributions
    import torch.nn.functional
    import torch.nn.modules.module

    # Luồng của zmq chạy từ đầu, luồng của thanh tiến độ tqdm thì không cần: luồng nào thêm là lạ.
    try:
        import tqdm.std
        import zmq.utils.garbage

        tqdm.std.tqdm.monitor_interval = 0
        zmq.utils.garbage.gc.start()
    except ImportError:
        pass
    for name in wanted:
        try:
            importlib.import_module(name)
        except Exception:  # sinh viên nạp một thứ không có
            pass
    shell, stream = get_ipython(), sys.stdout  # noqa: F821
    same, missing, empty = operator.is_, object(), types.CellType()
    function, inside, modules_now = (
        types.FunctionType,
        operator.attrgetter("cell_contents"),
        sys.modules,
    )
    kinds = (
        *(function, types.BuiltinFunctionType, types.MethodDescriptorType, type, property),
        *(types.WrapperDescriptorType, types.GetSetDescriptorType, staticmethod, classmethod),
        *(types.ModuleType, types.MemberDescriptorType),
    )

    torch_home, getframe = torch.__path__[0], sys._getframe
    own_file = behind.__code__.co_filename
    make_library, registrar = torch._C._dispatch_library, torch.library.__file__

    def by_torch():
        """torch đang tự nạp một phần của nó (torch.func làm thế), hay mã nộp gọi?"""
        busy.append(1)
        try:
            frame = getframe(1)
            while frame.f_code.co_filename in (own_file, registrar):
                frame = frame.f_back
            return frame.f_code.co_filename.startswith(torch_home)
        finally:
            busy.pop()

    def dispatch_library(kind, name, *rest):
        if name in ("aten", "prim", "prims") and not by_torch():
            raise PermissionError("Khi chấm bài, mã nộp không được thay phép tính của torch.")
        return make_library(kind, name, *rest)

    torch._C._dispatch_library = behind(dispatch_library)

    def callables(names):
        return {n: v for n, v in names.items() if issubclass(type(v), kinds)}

    def snapshot():
        """Mọi hàm, lớp, mô-đun con của các mô-đun đã nạp; hằng số thì chỉ của vài mô-đun gốc."""
        whole = [builtins, math, torch, torch.linalg, torch.nn, torch.nn.functional, torch.Tensor]
        whole += [torch.autograd, torch.autograd.functional, torch.nn.Module, type(stream)]
        whole += [kind for kind in type(shell).__mro__ if kind is not object]
        whole += [type(shell.kernel), type(shell.kernel.session)]
        # Chỉ những gì các ô kiểm tra dùng tới; phần dịch và phân tán của torch thì không.
        roots = {"torch", "numpy", "course_utils", "random", "operator", "functools", "itertools"}
        roots |= {"json", "hashlib", "copy", "collections", "warnings", "signal", "threading"}
        roots |= {"dataclasses", "enum", "fractions", "numbers", "types"}
        roots |= {name.split(".")[0] for name in wanted}
        unused = ("_dynamo", "_inductor", "_export", "_refs", "_decomp", "_higher_order_ops")
        unused += ("ao", "distributed", "export", "fx", "jit", "onnx", "package", "profiler")
        unused += ("testing", "cuda", "xpu", "mps", "mtia", "quantization", "sparse", "_vendor")
        unused += ("_prims", "_functorch", "_subclasses", "multiprocessing", "hub", "compiler")
        heavy = tuple(f"torch.{name}" for name in unused)
        heavy += ("numpy.f2py", "numpy.testing", "numpy.ma", "course_utils.reproduce")
        seen, saved = (
            {id(space) for space in whole},
            [(space, dict(vars(space))) for space in whole],
        )
        for name, module in list(modules_now.items()):
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
        return [
            (space, operator.itemgetter(*names, first), (*names.values(), names[first]), names)
            for space, names in saved
            for first in [*names][:1]
        ]

    hooks = ("input_transformers_cleanup", "input_transformers_post", "ast_transformers")
    lists = [(getattr(shell, name), list(getattr(shell, name))) for name in hooks]
    places = (sys.meta_path, sys.path_hooks, sys.path, gc.callbacks)
    lists += [(place, list(place)) for place in places]
    callbacks = {name: list(found) for name, found in shell.events.callbacks.items()}
    methods = ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "transform_cell")
    methods += ("should_run_async", "showtraceback", "CustomTB", "compile")
    own = {name: vars(shell)[name] for name in methods if name in vars(shell)}
    modules, saved = dict(modules_now), snapshot()
    sizes = {
        id(place[0]): len(vars(place[0])) for place in saved if issubclass(type(place[0]), type)
    }
    global_hooks = [v for n, v in vars(torch.nn.modules.module).items() if n.startswith("_global_")]
    global_hooks = [hooks for hooks in global_hooks if isinstance(hooks, dict)]
    modes, saving = torch._C, torch._C._autograd
    held = []  # hàm của thư viện giữ trong một closure, hay giá trị mặc định sửa được tại chỗ
    busy.append(1)
    for value in {id(v): v for _, _, values, _ in saved for v in values}.values():
        for cell in (value.__closure__ or ()) if type(value) is function else ():
            if cell != empty and callable(cell.cell_contents):
                held.append((cell, cell.cell_contents))
    busy.pop()
    held_cells, held_functions = [c for c, _ in held], [f for _, f in held]
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def foreign(value, depth=0):
        """Vật này do mã nộp đặt vào? Thư viện cũng tự bọc hàm của nó (Adam.step, manual_seed)."""
        if type(value) is not function or depth > 5:
            return depth == 0 or depth > 5
        if not value.__code__.co_filename.startswith(library):
            return True
        inner = [cell.cell_contents for cell in value.__closure__ or () if cell != empty]
        return any(foreign(held, depth + 1) for held in inner)

    def untouched(space, read, values):
        now = vars(space)
        try:
            return len(now) == sizes.get(id(space), len(now)) and all(map(same, values, read(now)))
        except KeyError:
            return False

    def put_back(space, names):
        """Các tên trong một mô-đun hay một lớp; trả về những tên mà mã nộp đã sửa hay thêm."""
        now, changed = vars(space), []
        for name, value in names.items():
            found = now.get(name, missing)
            if found is not value and not name.startswith(("__abc", "_abc")):
                try:
                    setattr(space, name, value)
                except (AttributeError, TypeError):
                    continue
                if foreign(found):
                    changed.append(name)
        if id(space) in sizes:
            for name in set(callables(now)) - set(names):
                if foreign(now[name]):
                    delattr(space, name)
                    changed.append(name)
        return changed

    def restore():
        """Trả lại nguyên trạng; cho biết mã nộp đã sửa gì."""
        changed = []
        for space, read, values, names in saved:
            if not untouched(space, read, values):
                changed += put_back(space, names)
        if not all(map(same, map(inside, held_cells), held_functions)):
            for cell, value in held:
                if cell.cell_contents is not value:
                    found = cell.cell_contents
                    if type(found) is function and foreign(found):
                        changed.append(value.__name__)
                    cell.cell_contents = value
        modules_now.update({n: m for n, m in modules.items() if modules_now.get(n) is not m})
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
        while modes._len_torch_function_stack():
            modes._pop_torch_function_stack()
            changed.append("torch function mode")
        while modes._len_torch_dispatch_stack():
            modes._pop_torch_dispatch_stack(None)
            changed.append("torch dispatch mode")
        while saving._top_saved_tensors_default_hooks(True):
            saving._pop_saved_tensors_default_hooks()
            changed.append("saved tensors hooks")
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        return changed

    return restore
