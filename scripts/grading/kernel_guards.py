"""Các đoạn mã chạy trong nhân Python khi chấm: hàng rào, trả lại nguyên trạng, làm hỏng đáp án."""

# Chạy trong nhân trước mọi ô. Hook kiểm toán không gỡ ra được.
FENCE = """
def _fence(root):
    import os, sys, tempfile
    blocked = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty",
               "os.posix_spawn", "os.spawn", "pty.spawn", "sys.settrace", "sys.setprofile",
               "socket.connect")
    touching = ("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.rmdir",
                "os.mkdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "shutil.rmtree",
                "os.chdir", "sqlite3.connect", "glob.glob")
    tmpfile = getattr(os, "O_TMPFILE", 0) & ~getattr(os, "O_DIRECTORY", 0)
    realpath, decode, sep, me = os.path.realpath, os.fsdecode, os.sep, os.getpid()
    os.chdir(tempfile.mkdtemp())
    busy = []
    def hook(event, arguments):
        if busy:
            return
        if event in blocked or (event == "os.kill" and arguments[0] != me):
            raise PermissionError(f"Khi chấm bài, mã nộp không được dùng {event}.")
        if event in touching:
            busy.append(1)
            try:
                names = [decode(a) for a in arguments[:2] if isinstance(a, (str, bytes))]
                paths = [realpath(name).rstrip(sep) + sep for name in names]
            except ValueError:
                names, paths = [], []
            finally:
                busy.pop()
            inside = any(path.startswith(root + sep) for path in paths)
            # os.open một thư mục tổ tiên rồi đi xuống bằng dir_fd (tệp tạm O_TMPFILE thì không).
            folder = event == "open" and arguments[1] is None and not arguments[2] & tmpfile
            above = folder and any(root.startswith(path) for path in paths)
            if inside or above or any(root in name for name in names):
                raise PermissionError("Khi chấm bài, mã nộp không được mở thư mục lớp học.")
    sys.addaudithook(hook)
_fence(CLASSROOM)
del _fence
"""

# Trả lại nguyên trạng các thư viện và nhân IPython, phòng khi mã nộp đã sửa chúng. Hàm đáp lại
# một câu đố bằng một bí mật nằm trong bao đóng, nên thấy lời đáp đúng là biết nó đã chạy.
PRISTINE = """
def _make_pristine(secret):
    import builtins, hashlib, math, sys
    import torch, torch.autograd.functional, torch.distributions, torch.nn.functional
    shell, stream, digest = get_ipython(), sys.stdout, hashlib.sha256
    spaces = [builtins, math, torch, torch.linalg, torch.nn, torch.nn.functional,
              torch.autograd, torch.autograd.functional, torch.Tensor, torch.nn.Module]
    spaces += [kind for kind in type(shell).__mro__ if kind is not object]
    saved = [(space, dict(vars(space))) for space in spaces]
    tensor_names = set(vars(torch.Tensor))
    modules = {name: sys.modules[name] for name in ("builtins", "math", "torch", "copy")}
    hooks = ("input_transformers_cleanup", "input_transformers_post", "ast_transformers")
    lists = [(getattr(shell, name), list(getattr(shell, name))) for name in hooks]
    callbacks = {name: list(found) for name, found in shell.events.callbacks.items()}
    methods = ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "transform_cell",
               "should_run_async", "showtraceback", "CustomTB", "compile")
    own = {name: vars(shell)[name] for name in methods if name in vars(shell)}
    def pristine(riddle):
        sys.modules.update(modules)
        for space, names in saved:
            for name, value in names.items():
                if vars(space).get(name) is not value and not name.startswith("__abc"):
                    setattr(space, name, value)
        for name in set(vars(torch.Tensor)) - tensor_names:
            delattr(torch.Tensor, name)
        for place, before in lists:
            place[:] = before
        for name, before in callbacks.items():
            shell.events.callbacks[name][:] = before
        for name in methods:
            vars(shell).pop(name, None)
        vars(shell).update(own)
        shell.custom_exceptions = ()
        stream.write(digest((secret + riddle).encode()).hexdigest())
        stream.flush()
    return pristine
_pristine = _make_pristine(SECRET)
del _make_pristine
"""

# Thay các câu trả lời bằng bản hỏng: số và tensor bị cộng thêm, hàm và lớp trả về kết quả hỏng.
SPOIL = """
def _spoil(value, returned=False):
    import functools, sys, torch
    kind = type(value)
    if isinstance(value, type):
        methods = [n for n in ("forward", "inverse", "log_prob", "sample") if hasattr(value, n)]
        return type(value.__name__, (value,), {n: _spoil(getattr(value, n)) for n in methods})
    if isinstance(value, (list, tuple)):
        return [_spoil(v, returned) for v in value]
    if value is None or kind in (bool, str, dict):
        return None
    if returned and isinstance(value, torch.nn.Module):
        value.__class__ = _spoil(kind)
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
        return functools.wraps(value)(lambda *a, **k: _spoil(value(*a, **k), True))
    try:
        return float(value) + 1000
    except Exception:
        return None
_kept = {n: globals()[n] for n in NAMES if n in globals()}
globals().update({n: _spoil(v) for n, v in _kept.items()})
"""
RESTORE = "globals().update(_kept)\ndel _kept, _spoil\n"
