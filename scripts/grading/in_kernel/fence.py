"""Hàng rào trong nhân: một hook kiểm toán của Python. Đã dựng thì không gỡ ra được.

Mã này chạy trong nhân trước bài nộp và không dựa vào tệp nào khác của kho mã.
"""

# Các tên của builtins được lấy riêng, vì bản dùng chung thì mã nộp vá được.
# ruff: noqa: UP029


def _fence(roots):
    """Cấm mở `roots`, ghi ra ngoài thư mục tạm, gọi chương trình khác, ra mạng, dò bộ nhớ.

    Trả về `busy` (có phần tử thì hook nghỉ), `testing` (có phần tử thì một ô kiểm tra đang chạy và
    mã nộp không lấy được khung chạy nào, vì qua khung chạy là đọc được phép thử ẩn), nơi ở của các
    thư viện, và `hidden` (các generator không ai được mở).
    """
    import os
    import sys
    import sysconfig
    import tempfile
    from builtins import all, any, bool, bytes, getattr, int, isinstance, str

    class Refused(PermissionError, ValueError):  # thư viện chuẩn bỏ qua ValueError của _getframe
        pass

    blocked = {
        *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn"),
        *("os.spawn", "pty.spawn", "sys.settrace", "sys.setprofile", "socket.connect"),
        *("sys.addaudithook", "sys.monitoring.register_callback", "cpython.PyInterpreterState_New"),
        *("gc.get_objects", "gc.get_referrers", "gc.get_referents"),
        *("sys._current_frames", "sys._current_exceptions", "socket.sendto", "os.startfile"),
    }
    reading = {"open", "os.listdir", "os.scandir", "os.chdir", "sqlite3.connect", "glob.glob"}
    changing = {
        *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink"),
        *("os.truncate", "shutil.rmtree", "os.chown", "os.utime"),
    }
    frames = {"tb_frame", "gi_frame", "cr_frame", "ag_frame", "gi_code", "cr_code", "ag_code"}
    writers = {"print_exc", "format_exc", "print_exception", "format_exception", "__init__"}
    tmpfile = getattr(os, "O_TMPFILE", 0) & ~getattr(os, "O_DIRECTORY", 0)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    realpath, decode, sep, me = os.path.realpath, os.fsdecode, os.sep, os.getpid()
    getframe = sys._getframe
    os.chdir(tempfile.mkdtemp())
    scratch = [realpath(p) for p in (tempfile.gettempdir(), os.getcwd(), os.devnull)]
    paths = sysconfig.get_paths()
    library = tuple({realpath(paths[k]) + sep for k in ("stdlib", "platstdlib", "purelib")})
    library += ("<frozen ", *(paths[k] + sep for k in ("stdlib", "purelib", "platlib")))
    # Gói của môi trường khác, thêm vào bằng tệp .pth.
    library += tuple(p + sep for p in sys.path if os.path.basename(p) == "site-packages")
    busy, testing, hidden = [], [], []

    def inside(path, roots):
        return any(path == root or path.startswith(root + sep) for root in roots)

    def student(depth, through=1):
        """Lời gọi này do mã nộp làm, trực tiếp hay qua `through` hàm thư viện?"""
        callers = [getframe(depth)]
        if through and callers[0].f_back is not None:
            callers.append(callers[0].f_back)
        return not all(caller.f_code.co_filename.startswith(library) for caller in callers)

    def shown_to_student(depth):
        """Khung chạy này về tay mã nộp, chứ không chỉ để thư viện chuẩn viết ra một lỗi?"""
        frame = getframe(depth)
        while frame is not None:
            code = frame.f_code
            if not code.co_filename.startswith(library):
                return True
            if code.co_name in writers and code.co_filename.endswith("traceback.py"):
                return False
            frame = frame.f_back
        return False

    def touch(event, arguments):
        try:
            names = [decode(a) for a in arguments[:2] if isinstance(a, str | bytes)]
            places = [realpath(name) for name in names[: 1 if event == "open" else 2]]
        except (ValueError, TypeError):
            return
        flags = arguments[2] if event == "open" and isinstance(arguments[2], int) else 0
        # os.open một thư mục tổ tiên rồi đi xuống bằng dir_fd (tệp tạm O_TMPFILE thì không).
        folder = event == "open" and arguments[1] is None and not flags & tmpfile
        above = folder and any(
            root.startswith(p.rstrip(sep) + sep) for p in places for root in roots
        )
        if above or any(
            inside(place, roots) or root in place for place in places for root in roots
        ):
            raise Refused("Khi chấm bài, mã nộp không được mở thư mục bài tập và thư mục lớp học.")
        if event == "sqlite3.connect":
            if any(root in name for name in names for root in roots):
                raise Refused("Khi chấm bài, mã nộp không được mở thư mục lớp học.")
        elif (event in changing or flags & writing) and not folder:
            if not all(inside(place, scratch) for place in places):
                raise Refused("Khi chấm bài, mã nộp không được ghi ra ngoài thư mục tạm của nó.")

    def introspect(event, arguments):
        if event == "sys._getframe":
            # Khung chạy của một generator giữ từ trước vẫn dẫn tới phép thử khi nó chạy lúc thử.
            caller = getframe(3).f_code
            asks = caller.co_filename.endswith("inspect.py")
            refused = student(3, bool(testing) or asks) or caller.co_name == "walk_stack"
        elif event == "object.__getattr__":
            what, name = arguments
            refused = name in frames and (shown_to_student(3) or any(what is o for o in hidden))
            if name == "__code__":  # hàm của phép thử mà mã nộp cầm được: trong đó có người coi thi
                refused = getattr(what, name).co_filename == "<ô kiểm tra>"
        elif event == "object.__setattr__":
            # Hàm của thư viện, kể cả khi mã nộp đã đổi tên mô-đun của nó.
            refused = arguments[1] in ("__code__", "__defaults__", "__kwdefaults__")
            home = getattr(getattr(arguments[0], "__code__", None), "co_filename", "")
            refused = refused and home.startswith(library) and student(3, 0)
        elif event == "compile":
            name = arguments[1]
            name = decode(name) if isinstance(name, bytes | str) else ""
            refused = name.startswith(library) and student(3)
        elif event == "code.__new__":
            refused = decode(arguments[1]).startswith(library) and student(3)
        else:  # ctypes.*, marshal.loads
            refused = student(3)
        if refused:
            raise Refused(f"Khi chấm bài, mã nộp không được dùng {event}.")

    looking = {"sys._getframe", "object.__getattr__", "object.__setattr__", "compile"}
    looking |= {"code.__new__", "marshal.loads", "marshal.load"}

    def hook(event, arguments):
        if busy:
            return
        if event in blocked or (event == "os.kill" and arguments[0] != me):
            raise Refused(f"Khi chấm bài, mã nộp không được dùng {event}.")
        act = touch if event in reading or event in changing else None
        if event in looking or event.startswith("ctypes."):
            act = introspect
        if act is not None:
            busy.append(1)
            try:
                act(event, arguments)
            finally:
                busy.pop()

    sys.addaudithook(hook)
    return busy, testing, library, hidden
