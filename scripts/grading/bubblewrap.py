"""Hộp cát bubblewrap: máy này có dựng được không, và dòng lệnh dựng nó."""

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path

from .seccomp import syscall_filter

MEGABYTE = 2**20
NOBODY = 65534
KEPT_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TZ", "SYSTEMROOT", "PATH", "TEMP", "TMP")
KEPT_VARIABLES += ("LD_LIBRARY_PATH",)  # Python đặt ngoài chỗ quen thuộc tìm thư viện của nó ở đây

WEAK = (
    "Máy này không dựng được hộp cát bubblewrap nên bài nộp chạy bằng chính tài khoản của bạn. "
    "Vẫn có: giới hạn thời gian và lượng in ra, cấm mở thư mục bài tập, cấm gọi chương trình khác "
    "và cấm ra mạng bằng các hàm của Python. "
    "Không có: tách khỏi tệp riêng và mạng của bạn khi mã nộp gọi thẳng hệ điều hành. "
    "Muốn an toàn, hãy chấm trên Linux có bubblewrap (scripts/install_sandbox.sh) "
    "hoặc trong một máy ảo."
)


def weakness() -> str | None:
    """Điều người chấm cần biết khi máy không có hộp cát; có thì không có gì để nói."""
    return None if sandbox_user() is not None else WEAK


@functools.cache
def sandbox_user() -> int | None:
    """Tài khoản chạy hộp cát trên máy này; None khi không dựng được hộp cát."""
    if not sys.platform.startswith("linux") or not shutil.which("bwrap"):
        return None
    me = os.getuid()
    for user in ([NOBODY] if me == 0 else []) + [me]:
        with tempfile.TemporaryDirectory() as folder:
            if user != me:
                os.chown(folder, user, user)
            try:
                run = _run_inside(folder, user)
            except (OSError, subprocess.SubprocessError):
                continue
            if run.returncode == 0:
                return user
    return None


def _run_inside(folder: str, user: int) -> subprocess.CompletedProcess:
    descriptor = filter_descriptor()
    try:
        command = [*wrapping(folder, descriptor), sys.executable, "-S", "-c", ""]
        as_user = {"user": user, "group": user, "extra_groups": []} if user != os.getuid() else {}
        fds = [] if descriptor is None else [descriptor]
        return subprocess.run(
            command, capture_output=True, timeout=20, check=False, pass_fds=fds, cwd="/", **as_user
        )
    finally:
        if descriptor is not None:
            os.close(descriptor)


@functools.cache
def _bwrap_help() -> str:
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False).stdout


@functools.cache
def _readable() -> list[str]:
    """Các thư mục nhân cần đọc: Python, các gói, course_utils. Không có kho mã và thư mục nhà."""
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]]
    places += [Path(path) for path in {**sysconfig.get_paths()}.values() if "lib" in path]
    # Một môi trường có thể đọc gói của môi trường khác (tệp .pth).
    places += [Path(path) for path in sys.path if Path(path).name == "site-packages"]
    # Gói cài kiểu «editable» nằm trong kho mã: chỉ cho thấy đúng thư mục của nó.
    places += [Path(find_spec("course_utils").origin).parent]
    kept: list[Path] = []
    for place in sorted({p for p in places if p.exists()}, key=lambda p: len(p.parts)):
        covered = [Path("/usr"), *kept]
        if not any(place.is_relative_to(other) for other in covered):
            kept.append(place)
    return [str(place) for place in kept]


def wrapping(folder: str, descriptor: int | None) -> list[str]:
    """Dòng lệnh bubblewrap đặt trước lệnh của nhân; `folder` là chỗ đặt các ống ipc."""
    knows = _bwrap_help()
    command = ["bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    command += ["--uid", str(NOBODY), "--gid", str(NOBODY), "--hostname", "cham"]
    if "--disable-userns" in knows:
        command += ["--disable-userns"]
    command += ["--cap-drop", "ALL", "--clearenv"]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in ("lib", "lib32", "lib64", "bin", "sbin"):
        path = Path("/", name)
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            command += ["--ro-bind", str(path), str(path)]
    shared = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/proc/cpuinfo", "/proc/meminfo")
    for path in (*shared, "/sys/devices/system/cpu"):
        command += ["--ro-bind-try", path, path]
    command += ["--dev", "/dev"]
    if "--size" in knows:
        command += ["--size", str(256 * MEGABYTE)]
    command += ["--tmpfs", "/tmp"]
    for path in _readable():
        command += ["--ro-bind", path, path]
    command += ["--bind", folder, folder, *_font_cache()]
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in environment("/tmp").items():
        command += ["--setenv", name, value]
    if descriptor is not None:
        command += ["--seccomp", str(descriptor)]
    return [*command, "--chdir", "/tmp", "--"]


def _font_cache() -> list[str]:
    """Bảng phông chữ mà matplotlib đã lập, để mỗi nhân khỏi lập lại."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "matplotlib")
    command = []
    for path in cache.glob("fontlist-*.json"):
        command += ["--ro-bind", str(path), f"/tmp/.cache/matplotlib/{path.name}"]
    return command


def environment(home: str) -> dict[str, str]:
    """Biến môi trường của nhân: không có bí mật nào của người chấm."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    own = {"HOME": home, "IPYTHONDIR": f"{home}/.ipython", "XDG_CACHE_HOME": f"{home}/.cache"}
    return kept | own | {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def filter_descriptor() -> int | None:
    program = syscall_filter()
    if program is None:
        return None
    reading, writing = os.pipe()
    os.write(writing, program)
    os.close(writing)
    return reading
