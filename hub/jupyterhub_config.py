"""JupyterHub cho các lớp của giáo trình, trên một máy Linux; chạy bằng root.

Mỗi lớp do `hub/add_class.py <mã lớp> …` lập ra: nhóm Unix `nbgrader-<mã lớp>` (sinh viên),
`formgrade-<mã lớp>` (giảng viên), tài khoản `grader-<mã lớp>` giữ đề gốc và sổ điểm. Hub chỉ đọc
các nhóm ấy, nên thêm hay bớt một người là việc của hệ điều hành, không phải của tệp này.

Biến môi trường:
    COURSE_ENV        môi trường Python của người dùng (mặc định: chính môi trường chạy Hub)
    COURSE_EXCHANGE   thư mục trao đổi của nbgrader (/srv/nbgrader/exchange)
    COURSE_HUB_STATE  khóa và cơ sở dữ liệu của Hub (/srv/jupyterhub)
"""

import grp
import os
import pwd
import resource
import socket
import stat
import sys
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner

c = get_config()  # noqa: F821  (JupyterHub cung cấp)

ENVIRONMENT = Path(os.environ.get("COURSE_ENV", sys.prefix)).resolve()
EXCHANGE = os.environ.get("COURSE_EXCHANGE", "/srv/nbgrader/exchange")
STATE = Path(os.environ.get("COURSE_HUB_STATE", "/srv/jupyterhub"))
GIB = 1 << 30

# ---------------------------------------------------------------- các lớp

CLASSES = sorted(
    group.gr_name.removeprefix("formgrade-")
    for group in grp.getgrall()
    if group.gr_name.startswith("formgrade-")
)


def home_of_grader(code: str) -> str:
    """Nhà của tài khoản chấm; dừng Hub nếu người ngoài đọc được, vì trong đó có lời giải."""
    home = pwd.getpwnam(f"grader-{code}").pw_dir
    if stat.S_IMODE(os.stat(home).st_mode) & 0o077:
        raise PermissionError(
            f"Thư mục {home} của lớp {code} đang mở cho người khác, mà trong đó có lời giải. "
            f"Hãy chạy: chmod 700 {home}"
        )
    return home


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---------------------------------------------------------------- Hub

# Mọi tệp Hub và máy chủ của người dùng tạo ra đều kín; nbgrader tự mở những gì cần mở.
os.umask(0o077)
STATE.mkdir(parents=True, exist_ok=True)
STATE.chmod(0o700)
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
# Chỉ nghe trên chính máy này. Ra ngoài thì đặt một máy chủ HTTPS (nginx, Caddy) phía trước.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
# Nhận diện người dùng từng tuần một; mật khẩu đổi thì phiên cũ hết hạn theo.
c.JupyterHub.cookie_max_age_days = 7
c.JupyterHub.concurrent_spawn_limit = 20

# ---------------------------------------------------------------- ai được vào

# Tài khoản và mật khẩu của hệ điều hành (PAM); chỉ người của một lớp nào đó được vào.
c.JupyterHub.authenticator_class = "pam"
c.LocalAuthenticator.allowed_groups = {
    f"{role}-{code}" for code in CLASSES for role in ("nbgrader", "formgrade")
}
c.Authenticator.allow_existing_users = False
c.Authenticator.manage_groups = True


def groups_from_system(authenticator, handler, authentication):
    """Mỗi lần đăng nhập, nhóm của người ấy trên Hub là nhóm Unix của họ lúc này."""
    name = authentication["name"]
    member = os.getgrouplist(name, pwd.getpwnam(name).pw_gid)
    names = {grp.getgrgid(gid).gr_name for gid in member}
    authentication["groups"] = sorted(names & authenticator.allowed_groups)
    return authentication


c.Authenticator.post_auth_hook = groups_from_system

# ---------------------------------------------------------------- máy chủ của mỗi người


class LimitedSpawner(LocalProcessSpawner):
    """Máy chủ chạy dưới tài khoản của người dùng, với giới hạn cho từng tiến trình."""

    def make_preexec_fn(self, name):
        become_user = super().make_preexec_fn(name)
        limits = {
            resource.RLIMIT_DATA: self.mem_limit,
            resource.RLIMIT_NPROC: 512,  # tiến trình và luồng của một người
            resource.RLIMIT_FSIZE: 2 * GIB,
            resource.RLIMIT_CORE: 0,
        }

        def limited():
            for kind, most in limits.items():
                resource.setrlimit(kind, (most, most))
            become_user()

        return limited


c.JupyterHub.spawner_class = LimitedSpawner
c.Spawner.default_url = "/lab"
c.Spawner.mem_limit = "3G"
c.Spawner.start_timeout = c.Spawner.http_timeout = 60
COMMON = {
    "PATH": f"{ENVIRONMENT / 'bin'}:/usr/local/bin:/usr/bin:/bin",
    "COURSE_EXCHANGE": EXCHANGE,
    "OMP_NUM_THREADS": "1",  # cả lớp chung vài lõi: mỗi người một luồng tính toán
    "PYTHONUTF8": "1",
}
SERVER = [
    *(str(ENVIRONMENT / "bin" / "python"), "-m", "jupyterhub.singleuser"),
    # Nhân nói chuyện qua socket trong thư mục kín của người dùng. Qua TCP thì ai trên máy cũng nghe
    # được những gì nhân của người khác in ra.
    "--KernelManager.transport=ipc",
    # Cửa sổ lệnh giữ PATH ở trên; bash kiểu đăng nhập (-l) sẽ đặt lại nó theo /etc/profile.
    "--ServerApp.terminado_settings={'shell_command': ['/bin/bash']}",
]
# Formgrader là việc của tài khoản chấm; máy chủ riêng của mỗi người không nạp nó.
NO_FORMGRADER = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': False}"
c.Spawner.environment = COMMON
c.Spawner.cmd = [*SERVER, NO_FORMGRADER]

# ---------------------------------------------------------------- quyền và dịch vụ

c.JupyterHub.load_roles = [
    # Máy chủ của một người: như mặc định, thêm việc hỏi mình ở lớp nào và lớp có dịch vụ chấm nào.
    # Quyền thực có là phần chung với quyền của chính người ấy.
    {
        "name": "server",
        "scopes": [
            *("users:activity!user", "access:servers!user", "read:users!user"),
            *("list:services", "read:services"),
        ],
    },
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
]
c.JupyterHub.services = [
    {
        # Một giờ không dùng thì máy chủ được tắt, trả lại bộ nhớ; tệp còn nguyên.
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
        "display": False,
    }
]
for code in CLASSES:
    c.JupyterHub.load_roles.append(
        {
            "name": f"formgrade-{code.lower()}",  # Hub chỉ nhận tên quyền viết thường
            "groups": [f"formgrade-{code}"],
            "scopes": [
                *(f"access:services!service={code}", f"read:services!service={code}"),
                "list:services",
            ],
        }
    )
    # Máy chủ chấm chung của các giảng viên một lớp, chạy dưới tài khoản grader-<mã lớp>.
    c.JupyterHub.services.append(
        {
            "name": code,
            "url": f"http://127.0.0.1:{free_port()}",
            "command": SERVER,
            "user": f"grader-{code}",
            "cwd": home_of_grader(code),
            "environment": {**COMMON, "JUPYTERHUB_DEFAULT_URL": "/lab"},
            "oauth_no_confirm": True,
        }
    )
