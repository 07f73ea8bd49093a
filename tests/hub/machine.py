"""Máy chạy JupyterHub trong kiểm thử: môi trường, tài khoản, tiến trình; xong thì dọn hết."""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import requests

CHECKOUT = Path(__file__).resolve().parents[2]
HUB_PYTHON = CHECKOUT / ".venv" / "hub" / "bin" / "python"
OURS = re.compile(r"(?:hubthu|(?:grader|nbgrader|formgrade)-T)(\d+)(?:-\w+|[AB])")

# Người dùng chạy `nbgrader`, `alembic`, `jupyter` từ bin/ của môi trường.
WRITE_COMMANDS = """
import sys
from importlib.metadata import entry_points
from pathlib import Path
folder = Path(sys.executable).parent
for entry in entry_points(group="console_scripts"):
    path = folder / entry.name
    if not path.exists():
        path.write_text(
            f"#!{sys.executable}\\nimport sys\\n"
            f"from {entry.module} import {entry.attr}\\nsys.exit({entry.attr}())\\n"
        )
        path.chmod(0o755)
"""


def why_not() -> str:
    """Vì sao máy này không chạy được kiểm thử; rỗng nếu chạy được."""
    if sys.platform != "linux":
        return "JupyterHub của lớp học cần Linux: máy này không phải."
    if os.geteuid() != 0:
        return "Tạo tài khoản và bật máy chủ dưới tên người khác cần root. Hãy chạy lại với sudo."
    if missing := [name for name in ("useradd", "userdel", "chpasswd") if not shutil.which(name)]:
        return f"Máy này thiếu lệnh {', '.join(missing)} (gói passwd)."
    if not HUB_PYTHON.exists():
        return "Chưa cài JupyterHub. Hãy chạy make test-hub."
    return ""


def run(*command, **options) -> str:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=300, **options
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def open_to_all(path: Path) -> bool:
    """Người dùng bất kỳ đọc được thư mục này, kể cả đường dẫn tới nó."""
    path = path.resolve()
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def shared(folder: Path, into: Path, ignore=None) -> Path:
    """Chính thư mục ấy nếu ai cũng đọc được; không thì một bản ở `into`, liên kết cứng nếu được."""
    if open_to_all(folder):
        return folder

    def link(source, target):
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    shutil.copytree(folder, into, symlinks=True, copy_function=link, ignore=ignore)
    return into


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    """Mọi thứ kiểm thử đặt lên máy; `with Machine()` gỡ hết, kể cả khi bị ngắt giữa chừng."""

    def __init__(self):
        self.tag = f"T{os.getpid()}"
        self.root = Path(tempfile.mkdtemp(prefix="jupyterhub-"))
        self.root.chmod(0o711)
        self.exchange, self.state = self.root / "exchange", self.root / "state"
        self.environment = self.root / "environment"
        self.log = self.root / "hub.log"
        self.passwords: dict[str, str] = {}
        self.hub: subprocess.Popen | None = None
        self.libraries = ""

    def __enter__(self):
        self.old_handler = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        remove_accounts(lambda pid: not psutil.pid_exists(pid))  # của lần chạy bị giết ngang
        return self

    def __exit__(self, *_):
        try:
            self.stop_hub()
        finally:
            remove_accounts(lambda pid: pid == os.getpid())
            shutil.rmtree(self.root, ignore_errors=True)
            signal.signal(signal.SIGTERM, self.old_handler)

    # ------------------------------------------------------------ môi trường

    def build_environment(self) -> None:
        """Như /opt/mo-hinh-sinh của bản cài thật, nhưng dùng lại các gói đã cài trong kho."""
        base = Path(sys.base_prefix)
        heavy = shutil.ignore_patterns("site-packages", "test", "idlelib", "versions")
        base = shared(base, self.root / "python", heavy)
        self.libraries = str(base / "lib") if base != Path(sys.base_prefix) else ""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        env = self.process_env()
        run(base / "bin" / version, "-m", "venv", "--without-pip", self.environment, env=env)
        purelib = Path("lib") / version / "site-packages"
        pth = ""
        for name in (".venv", ".venv/hub"):
            packages = CHECKOUT / name / purelib
            packages = shared(packages, self.root / name.replace("/", "-"))
            pth += f"import site; site.addsitedir({str(packages)!r})\n"
        (self.environment / purelib / "shared.pth").write_text(pth)
        share = shared(CHECKOUT / ".venv/share/jupyter", self.root / "share")
        (self.environment / "share").mkdir()
        (self.environment / "share" / "jupyter").symlink_to(share)
        shutil.copytree(CHECKOUT / ".venv/etc/jupyter", self.environment / "etc" / "jupyter")
        run(CHECKOUT / "hub/install.sh", "--users", self.environment, env=env)
        run(self.environment / "bin" / "python", "-c", WRITE_COMMANDS, env=env)

    def process_env(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "HTTPS_"))}
        env |= {"HOME": str(self.root), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
        return env | ({"LD_LIBRARY_PATH": self.libraries} if self.libraries else {})

    # ------------------------------------------------------------ tài khoản

    def person(self, name: str) -> str:
        return f"hubthu{os.getpid()}-{name}"

    def home(self, account: str) -> str:
        return pwd.getpwnam(account).pw_dir

    def add_class(self, letter: str, teachers: list[str], students: list[str]) -> None:
        people = [f"--{role}" for role, names in (("teachers", teachers),) if names]
        people += map(self.person, teachers)
        printed = run(
            *(sys.executable, CHECKOUT / "hub/add_class.py", f"{self.tag}{letter}", *people),
            *("--students", *map(self.person, students)),
            *("--create", "--exchange", self.exchange),
        )
        self.passwords |= re.findall(r"Tài khoản mới: (\S+), mật khẩu đầu tiên: (\S+)", printed)

    def add_stranger(self, name: str) -> None:
        """Một tài khoản của máy, không thuộc lớp nào."""
        account = self.person(name)
        run("useradd", "--create-home", account)
        self.passwords[account] = "mot-mat-khau-dung"
        run("chpasswd", input=f"{account}:{self.passwords[account]}\n")

    # ------------------------------------------------------------ Hub

    def start_hub(self) -> None:
        port, inner, proxy = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        env = self.process_env()
        env["PATH"] = f"{HUB_PYTHON.parent}:{env['PATH']}"
        env |= {
            "COURSE_ENV": str(self.environment),
            "COURSE_EXCHANGE": str(self.exchange),
            "COURSE_HUB_STATE": str(self.state),
        }
        self.hub = subprocess.Popen(
            [
                *(str(HUB_PYTHON), "-m", "jupyterhub", "-f", CHECKOUT / "hub/jupyterhub_config.py"),
                *(f"--JupyterHub.bind_url={self.url}", f"--JupyterHub.hub_port={inner}"),
                f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{proxy}",
            ],
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            env=env,
            cwd=self.root,
            start_new_session=True,
        )
        self.wait_for(lambda: requests.get(f"{self.url}/hub/health", timeout=5).ok)
        for letter in "AB":  # máy chủ chấm: chưa đăng nhập thì bị chuyển đi, vậy là đã sống
            grader = f"{self.url}/services/{self.tag}{letter}/api"
            self.wait_for(lambda url=grader: requests.get(url, timeout=5).status_code == 200)

    def wait_for(self, ready, seconds: int = 60) -> None:
        for _ in range(seconds * 5):
            assert self.hub.poll() is None, f"Hub đã dừng:\n{self.log.read_text()[-4000:]}"
            try:
                if ready():
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"chờ quá {seconds} giây:\n{self.log.read_text()[-4000:]}")

    def stop_hub(self) -> None:
        if self.hub is None:
            return
        family = psutil.Process(self.hub.pid).children(recursive=True) if self.alive() else []
        self.hub.terminate()  # Hub tự dừng proxy, dịch vụ và máy chủ của mọi người
        try:
            self.hub.wait(20)
        except subprocess.TimeoutExpired:
            self.hub.kill()
        end(family)

    def alive(self) -> bool:
        return self.hub.poll() is None


def end(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            pass
    psutil.wait_procs(processes, timeout=10)


def remove_accounts(mine) -> None:
    """Xóa những tài khoản và nhóm của kiểm thử do tiến trình có số hiệu `mine` tạo ra."""

    def is_mine(name: str) -> bool:
        match = OURS.fullmatch(name)
        return bool(match) and mine(int(match[1]))

    accounts = [entry for entry in pwd.getpwall() if is_mine(entry.pw_name)]
    uids = {entry.pw_uid for entry in accounts}
    end([p for p in psutil.process_iter(["uids"]) if p.info["uids"].real in uids])
    for entry in accounts:
        subprocess.run(["userdel", "--remove", entry.pw_name], capture_output=True, check=False)
    for group in [entry.gr_name for entry in grp.getgrall() if is_mine(entry.gr_name)]:
        subprocess.run(["groupdel", group], capture_output=True, check=False)
