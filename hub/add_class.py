"""Lập một lớp trên máy chạy JupyterHub, hay thêm người vào lớp đã có. Chạy bằng root.

    python hub/add_class.py K66 --teachers lan --students an binh
    python hub/add_class.py K66 --students-from danh_sach.txt --create

Lớp gồm hai nhóm Unix (sinh viên, giảng viên), tài khoản chấm `grader-<mã lớp>` giữ một bản riêng
của đề bài và chương trình chấm, và thư mục trao đổi của nbgrader. Chạy lại không làm mất gì: bài
đã phát, bài đã nộp và sổ điểm được giữ nguyên. Lập lớp mới xong thì khởi động lại Hub.
"""

import argparse
import grp
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CODE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,18}[A-Za-z0-9])?")  # tên nhóm Unix dài tối đa 32
PERSON = re.compile(r"[a-z_][a-z0-9_.-]{0,30}")  # tên đăng nhập của Hub là chữ thường

GRADER_CONFIG = """# Cấu hình nbgrader của tài khoản chấm lớp {code}; hub/add_class.py viết tệp này.

import sys

c = get_config()
sys.path.insert(0, {hub!r})
load_subconfig({shared!r})
c.CourseDirectory.course_id = {code!r}
c.CourseDirectory.root = c.GuardedExecute.classroom = {root!r}
# Bài thu về submitted/; lệnh chấm dựng lại từng bài theo bản gốc rồi mới chấm.
c.CourseDirectory.submitted_directory = "submitted"
c.ExchangeFactory.collect = "owned_collect.OwnedCollect"
c.Authenticator.plugin_class = "nbgrader.auth.NoAuthPlugin"
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("code", metavar="MÃ_LỚP")
    parser.add_argument("--teachers", nargs="+", default=[], metavar="TÊN")
    parser.add_argument("--students", nargs="+", default=[], metavar="TÊN")
    parser.add_argument("--students-from", type=Path, metavar="TỆP", help="mỗi dòng một tên")
    parser.add_argument("--create", action="store_true", help="tạo tài khoản còn thiếu")
    parser.add_argument("--exchange", type=Path, default=Path("/srv/nbgrader/exchange"))
    options = parser.parse_args(arguments)
    students = list(options.students)
    if options.students_from:
        students += options.students_from.read_text("utf-8").split()
    try:
        refuse_bad_names(options.code, options.teachers + students)
        created = add_people(options.code, options.teachers, students, options.create)
        lay_out_exchange(options.exchange, options.code)
        lay_out_grader(options.code)
    except (ValueError, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Lớp {options.code}: {len(options.teachers)} giảng viên, {len(students)} sinh viên.")
    for name, password in created.items():
        print(f"Tài khoản mới: {name}, mật khẩu đầu tiên: {password}")
    return 0


def refuse_bad_names(code: str, people: list[str]) -> None:
    if os.geteuid() != 0:
        raise PermissionError("Lập lớp là việc của root. Hãy chạy lại với sudo.")
    if not CODE.fullmatch(code):
        raise ValueError(
            f"Mã lớp «{code}» không dùng được. Hãy chọn tối đa 20 chữ cái không dấu, chữ số, "
            "dấu - hay _."
        )
    for group in grp.getgrall():  # Hub không phân biệt K66 với k66
        other = group.gr_name.removeprefix("formgrade-")
        if other != group.gr_name and other != code and other.lower() == code.lower():
            raise ValueError(f"Đã có lớp {other}, chỉ khác {code} ở chữ hoa. Hãy chọn mã khác.")
    for name in people:
        if not PERSON.fullmatch(name):
            raise ValueError(
                f"Tên tài khoản «{name}» không dùng được. Hãy dùng chữ thường không dấu."
            )


def run(*command: str, text: str | None = None) -> None:
    subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.DEVNULL)


def exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def add_people(code: str, teachers: list[str], students: list[str], create: bool) -> dict[str, str]:
    """Tài khoản và nhóm; trả về mật khẩu của những tài khoản vừa tạo."""
    missing = [name for name in teachers + students if not exists(name)]
    if missing and not create:
        raise ValueError(f"Chưa có tài khoản {', '.join(missing)}. Thêm --create để tạo luôn.")
    created = {}
    for name in missing:
        run("useradd", "--create-home", "--shell", "/bin/bash", name)
        created[name] = secrets.token_urlsafe(9)
        run("chpasswd", text=f"{name}:{created[name]}\n")
    for name in {*teachers, *students}:  # bài đang làm không để người khác đọc
        Path(pwd.getpwnam(name).pw_dir).chmod(0o700)
    # Giảng viên cũng ở nhóm sinh viên: họ nhận thử và nộp thử được bài của lớp mình.
    members = {f"nbgrader-{code}": teachers + students, f"formgrade-{code}": teachers}
    for group, names in members.items():
        run("groupadd", "--force", group)
        for name in names:
            run("usermod", "--append", "--groups", group, name)
    return created


def lay_out_exchange(root: Path, code: str) -> None:
    """Thư mục trao đổi: ngoài lớp không vào được, trong lớp không thấy bài của nhau.

    nbgrader đòi thư mục gốc mở cho mọi người; bit dính (1000) giữ cho không ai đổi tên hay xóa
    thư mục của lớp khác. inbound/ chỉ cho bỏ vào: không xem được danh sách, không xóa được.
    """
    grader = f"grader-{code}"
    if not exists(grader):  # không có mật khẩu: không ai đăng nhập được bằng tài khoản này
        run("useradd", "--create-home", "--shell", "/bin/bash", grader)
    uid, gid = pwd.getpwnam(grader).pw_uid, grp.getgrnam(f"nbgrader-{code}").gr_gid
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o1777)
    for folder, mode in {
        root / code: 0o2750,
        root / code / "outbound": 0o2750,
        root / code / "inbound": 0o3730,
        root / code / "feedback": 0o2710,
    }.items():
        folder.mkdir(exist_ok=True)
        os.chown(folder, uid, gid)
        folder.chmod(mode)


def lay_out_grader(code: str) -> None:
    """Bản riêng của đề bài và chương trình chấm trong nhà của tài khoản chấm."""
    account = pwd.getpwnam(f"grader-{code}")
    home = Path(account.pw_dir)
    home.chmod(0o700)
    course = home / "mo-hinh-sinh"
    ignore = shutil.ignore_patterns("classes", "__pycache__", ".ipynb_checkpoints")
    for part in ("scripts", "notebooks/assignments", "hub"):
        shutil.copytree(CHECKOUT / part, course / part, ignore=ignore, dirs_exist_ok=True)
    assignments = course / "notebooks" / "assignments"
    config = GRADER_CONFIG.format(
        code=code,
        hub=str(course / "hub"),
        shared=str(assignments / "nbgrader_config.py"),
        root=str(assignments / "classes" / code),
    )
    (assignments / "classes" / code).mkdir(parents=True, exist_ok=True)
    (home / ".jupyter").mkdir(exist_ok=True)
    (home / ".jupyter" / "nbgrader_config.py").write_text(config, "utf-8")
    for top in (course, home / ".jupyter"):
        run("chown", "--recursive", f"{account.pw_uid}:{account.pw_gid}", str(top))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
