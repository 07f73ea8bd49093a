"""Một bài tập đi trọn vòng trên JupyterHub: phát, nhận, làm, nộp, thu, chấm, trả phản hồi.

Các kiểm thử nối nhau theo thứ tự viết, như một tuần của lớp học. Mọi việc đi qua những gì người
dùng có: trang đăng nhập, API của nbgrader trong máy chủ của họ, cửa sổ lệnh của JupyterLab.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import requests
from journal import step
from lesson import (
    SLUG,
    answer,
    formgrader,
    grade,
    grader,
    in_grader,
    late_seconds,
    play_tricks,
    ports_of,
    reference,
    refused,
    set_due_date,
)
from visitor import log_in

AUTOGRADED, MAXIMUM = 18, 20  # câu chứng minh 2 điểm chờ chấm tay


# ---------------------------------------------------------------- vào Hub


def test_only_people_of_a_class_come_in(school):
    stranger = school.machine.person("dung")
    with step("từ chối mật khẩu sai, và người không thuộc lớp nào dù mật khẩu đúng"):
        for name, password in (
            (school.an.name, "sai"),
            (school.an.name, ""),
            (stranger, school.machine.passwords[stranger]),
            (f"grader-{school.code}".lower(), "sai"),
            ("root", "sai"),
        ):
            session, page = log_in(school.machine.url, name, password)
            assert page.status_code == 403, name
            assert "/hub/login" in session.get(f"{school.machine.url}/hub/home", timeout=30).url


def test_everyone_logs_in_and_starts_a_server(school):
    with step("lan (giảng viên), an, binh, cuc đăng nhập bằng mật khẩu và bật máy chủ riêng"):
        for visitor in (school.lan, school.an, school.binh, school.cuc):
            visitor.enter()
            visitor.start_server()
        for visitor in (school.lan, school.an, school.binh, school.cuc):
            visitor.wait_for_server()
    code, printed = school.an.shell("id -un; ulimit -d -u; umask")
    assert code == 0
    assert school.an.name in printed
    assert str(3 * 1024**2) in printed  # kB
    assert "0077" in printed


def test_a_browser_reaches_its_own_lab(school):
    page = school.an.session.get(school.machine.url + school.an.own("lab"), timeout=60)
    assert page.status_code == 200
    assert "jupyter-config-data" in page.text


# ---------------------------------------------------------------- phát và nhận


def test_teacher_makes_and_releases(school):
    with step("lan tạo bài theo mã lớp trong cửa sổ lệnh của máy chủ chấm"):
        in_grader(
            school,
            f"cd mo-hinh-sinh && python scripts/assignments.py student {SLUG} {school.code}",
        )
    due = datetime.now(UTC) + timedelta(days=7)
    with step("lan đặt hạn nộp và phát bài bằng Formgrader"):
        set_due_date(school, due)
        formgrader(school, "release")


def test_course_list_leads_teacher_to_formgrader(school):
    courses = school.lan.get(school.lan.own("formgraders")).json()
    assert courses["success"], courses
    (course,) = courses["value"]
    assert course["course_id"] == school.code
    assert course["url"].endswith(f"/services/{school.code}/lab?formgrader=true")
    page = school.lan.session.get(school.machine.url + grader(school, "lab"), timeout=60)
    assert page.status_code == 200, page.text[-500:]


def test_students_of_the_class_fetch(school):
    with step("an và binh thấy bài trong danh sách và nhận về"):
        for student in (school.an, school.binh):
            assert student.courses() == [school.code]
            (released,) = student.assignments(school.code)["released"]
            assert released["assignment_id"] == SLUG
            student.act("fetch", school.code, SLUG)
            assert "fetched" in student.assignments(school.code)
    notebook = school.an.read(f"{school.code}/{SLUG}/{SLUG}.ipynb", "notebook")
    text = "".join(cell["source"] for cell in notebook["cells"])
    assert "BEGIN SOLUTION" not in text
    assert "⟦" not in text


def test_another_class_sees_nothing(school):
    with step("cuc, học lớp khác, không thấy bài và không vào được thư mục trao đổi của lớp này"):
        assert school.cuc.courses() == []
        assert school.cuc.assignments(school.code) == {}
        school.cuc.act("fetch", school.code, SLUG)
        assert school.cuc.assignments(school.code) == {}
        # Tự đổi cấu hình của mình thì danh sách lớp hết hiệu lực, quyền của tệp thì không.
        own = 'c = get_config(); c.Authenticator.plugin_class = "nbgrader.auth.NoAuthPlugin"'
        school.cuc.shell(f"mkdir -p ~/.jupyter; echo '{own}' > ~/.jupyter/nbgrader_config.py")
        code, printed = school.cuc.shell(f"nbgrader fetch_assignment {SLUG} --course {school.code}")
        assert code != 0, printed
        refused(school.cuc, f"ls {school.machine.exchange}/{school.code}")


# ---------------------------------------------------------------- làm và nộp


def test_students_work_and_submit(school):
    answers = reference(school)
    answer(school.an, school.code, answers)
    answer(school.binh, school.code, {"negative_slope": answers["negative_slope"]})
    with step("an chạy thử bài bằng nút Validate trong máy chủ của mình"):
        path = f"{school.code}/{SLUG}/{SLUG}.ipynb"
        checked = school.an.post(school.an.own("assignments/validate"), params={"path": path})
        assert checked.status_code == 200, checked.text
        assert '"success": true' in checked.text
    with step("an và binh nộp bài; binh nộp lại lần thứ hai"):
        school.an.act("submit", school.code, SLUG)
        school.binh.act("submit", school.code, SLUG)
        answer(school.binh, school.code, {"two_branches": answers["two_branches"]})
        school.binh.act("submit", school.code, SLUG)
    (submitted,) = school.binh.assignments(school.code)["submitted"]
    assert len(submitted["submissions"]) == 2


def test_a_submission_without_the_notebook_is_refused(school):
    home = f"~/{school.code}/{SLUG}"
    code, printed = school.an.shell(
        f"mv {home} {home}.giu && mkdir {home} && cd ~ && "
        f"nbgrader submit {SLUG} --course {school.code}; r=$?; "
        f"rmdir {home}; mv {home}.giu {home}; (exit $r)"
    )
    assert code != 0, printed


# ---------------------------------------------------------------- những điều không được


def test_students_cannot_read_what_is_not_theirs(school):
    an, inbound = school.an, school.machine.exchange / school.code / "inbound"
    source = f"{school.course}/source/{SLUG}/{SLUG}.ipynb"
    with step("an không đọc được bài của binh, đề gốc, sổ điểm, nhà của người khác, khóa của Hub"):
        for path in (
            school.machine.home(school.binh.name),
            f"{school.machine.home(school.binh.name)}/{school.code}/{SLUG}/{SLUG}.ipynb",
            *(school.home, source, f"{school.course}/gradebook.db", school.course),
            f"{school.home}/mo-hinh-sinh/notebooks/assignments/source",
            *(inbound, school.machine.exchange / school.code / "feedback"),
            *(school.machine.state, school.machine.state / "cookie_secret"),
            school.machine.state / "jupyterhub.sqlite",
        ):
            assert Path(path).exists()
            refused(an, f"ls {path}; cat {path}")
        assert an.shell(f"ls {inbound}/*+*")[0] != 0
        tokens = "grep -h -z -a JUPYTERHUB_API_TOKEN /proc/[0-9]*/environ"
        assert an.shell(f"{tokens} | tr '\\0' '\\n' | grep -v $JUPYTERHUB_API_TOKEN")[0] != 0


def test_students_cannot_change_the_exchange(school):
    an, exchange = school.an, school.machine.exchange
    with step("an không sửa, xóa, đổi tên được gì trong thư mục trao đổi"):
        theirs = next((exchange / school.code / "inbound").glob(f"{school.binh.name}+*"))
        released = exchange / school.code / "outbound" / SLUG
        for command in (
            f"mv {exchange}/{school.code} {exchange}/moi",
            f"rmdir {exchange}/{school.other}",
            f"rm -rf {released}",
            f"sh -c 'echo x >> {released}/{SLUG}.ipynb'",
            f"mv '{theirs}' '{theirs}.bak'",  # kể cả khi biết tên, điều inbound/ không cho biết
            f"rmdir '{theirs}'",
            f"touch {exchange}/{school.code}/feedback/gia.html",
        ):
            refused(an, command)


def test_students_cannot_reach_other_servers(school):
    an, binh = school.an, school.binh
    with step("an không vào được máy chủ của binh, máy chủ chấm, API của Hub cho người khác"):
        for path in (
            *(f"/user/{binh.name}/api/contents", f"/user/{binh.name}/lab"),
            *(grader(school, "api/contents"), grader(school, "formgrader/api/assignments")),
        ):
            assert an.get(path).status_code in (403, 404), path
            assert an.session.get(school.machine.url + path, timeout=30).status_code == 403, path
        for path in ("users", f"users/{binh.name}", "groups", "proxy", "services"):
            assert an.get(f"/hub/api/{path}").status_code in (403, 404), path
        assert an.post(f"/hub/api/users/{binh.name}/tokens").status_code in (403, 404)
        assert an.ask("DELETE", f"/hub/api/users/{binh.name}/server").status_code in (403, 404)
        assert an.post(f"/hub/api/groups/formgrade-{school.code}/users").status_code in (403, 404)
        for port in ports_of(binh.name) | ports_of(f"grader-{school.code}"):
            address = f"http://127.0.0.1:{port}"  # không qua proxy
            for prefix in (f"/user/{binh.name}/", grader(school, "")):
                assert an.get(f"{address}{prefix}api/contents").status_code in (403, 404)
        assert binh.get(binh.own("api/status")).status_code == 200  # máy của binh vẫn chạy
        assert requests.get(school.machine.url + binh.own("api/contents")).status_code == 403


def test_nobody_listens_to_a_kernel(school):
    an = school.an
    before = ports_of(an.name)
    with step("nhân của an nói chuyện qua socket trong nhà an, người khác không nghe được"):
        made = an.post(an.own("api/kernels"), json={"name": "python3"})
        assert made.status_code == 201, made.text
        kernel = made.json()["id"]
        wait_until(lambda: len(sockets_of(an.name, kernel)) >= 5)  # đủ năm kênh
        assert all(s.startswith(school.machine.home(an.name)) for s in sockets_of(an.name, kernel))
        # Một cổng nữa là ống nhận chữ in của tiến trình con: chỉ nhận, đòi khóa ngẫu nhiên.
        assert len(ports_of(an.name) - before) <= 1
    an.ask("DELETE", an.own(f"api/kernels/{kernel}"))


def wait_until(ready) -> None:
    for _ in range(100):
        if ready():
            return
        time.sleep(0.2)
    raise AssertionError("chờ quá 20 giây")


def sockets_of(account: str, kernel: str) -> set[str]:
    """Các socket của một nhân đang nghe, dạng tệp."""
    found = []
    for process in psutil.process_iter(["username", "cmdline"]):
        if process.info["username"] == account and kernel in " ".join(process.info["cmdline"]):
            found += process.net_connections("unix")
    return {entry.laddr for entry in found if kernel in entry.laddr}


def test_one_program_cannot_take_all_memory(school):
    with step("một chương trình của an đòi 4 GB thì nhận MemoryError, máy chủ vẫn chạy"):
        code, printed = school.an.shell("python -c 'x = bytearray(4 << 30)'")
        assert code != 0
        assert "MemoryError" in printed
        assert school.an.get(school.an.own("api/status")).status_code == 200


# ---------------------------------------------------------------- thu, chấm, trả bài


def test_collecting_takes_only_what_students_own(school):
    play_tricks(school)
    with step("lan thu bài: bài giả danh, liên kết tới đề gốc, giờ vô lý đều bị bỏ qua"):
        log = formgrader(school, "collect")["log"]
    submitted = school.course / "submitted"
    assert {p.name for p in submitted.iterdir()} == {school.an.name, school.binh.name}
    for trick in (f"do {school.an.name} đặt vào", "khong-phai-gio", "ca-nha", "tương lai"):
        assert trick in log
    assert f"không chép {SLUG}.ipynb, timestamp.txt" in log
    assert not (submitted / school.an.name / SLUG / f"{SLUG}.ipynb").exists()
    assert (submitted / school.an.name / SLUG / "timestamp.txt").read_text("utf-8").endswith("UTC")
    latest = (submitted / school.binh.name / SLUG / f"{SLUG}.ipynb").read_text("utf-8")
    assert reference(school)["two_branches"].split("\n")[-1].strip() in latest


def test_the_last_submission_counts(school):
    with step("an nộp lại; lan thu lần nữa và chấm cả lớp bằng lệnh của giáo trình"):
        school.an.act("submit", school.code, SLUG)
        formgrader(school, "collect")
        points = grade(school)
    assert points == {school.an.name: AUTOGRADED, school.binh.name: 4}
    assert late_seconds(school, school.binh) == 0


def test_resubmitting_late_is_graded_again_and_marked_late(school):
    set_due_date(school, datetime.now(UTC) - timedelta(hours=2))
    answer(school.binh, school.code, {"affine_flow": reference(school)["affine_flow"]})
    with step("hết hạn; binh nộp muộn, lan thu và chấm lại: điểm mới, số giây muộn được ghi"):
        school.binh.act("submit", school.code, SLUG)
        formgrader(school, "collect")
        points = grade(school)
    assert points == {school.an.name: AUTOGRADED, school.binh.name: 8}
    assert 7000 < late_seconds(school, school.binh) < 9000


def test_feedback_reaches_its_owner_only(school):
    with step("lan trả phản hồi bằng Formgrader; an và binh nhận về, mỗi người bài của mình"):
        formgrader(school, "release_feedback")
        for student, points in ((school.an, AUTOGRADED), (school.binh, 8)):
            student.act("fetch_feedback", school.code, SLUG)
            (submitted,) = student.assignments(school.code)["submitted"]
            latest = submitted["submissions"][-1]
            assert latest["has_local_feedback"], submitted
            page = student.read(f"{latest['local_feedback_path']}/{SLUG}.html")
            assert re.search(rf"\b{points}(\.0)?\s*/\s*{MAXIMUM}\b", page), page[:3000]
    refused(school.binh, f"ls {school.machine.exchange}/{school.code}/feedback")


def test_nothing_secret_in_the_log(school):
    log = school.machine.log.read_text("utf-8", "replace")
    visitors = (school.lan, school.an, school.binh, school.cuc)
    secrets = [secret for v in visitors for secret in (v.token, v.password)]
    # Số hiệu phiên được Hub ghi lại; một mình nó không mở được gì (xem kiểm thử sau).
    cookies = [cookie for v in visitors for cookie in v.session.cookies]
    secrets += [c.value for c in cookies if c.name != "jupyterhub-session-id"]
    secrets.append((school.machine.state / "cookie_secret").read_text().strip())
    for process in psutil.Process(school.machine.hub.pid).children(recursive=True):
        names = ("JUPYTERHUB_API_TOKEN", "CONFIGPROXY_AUTH_TOKEN")
        secrets += [value for name, value in process.environ().items() if name in names]
    assert len(secrets) > 12
    with step("không mật khẩu, mã truy cập hay cookie đăng nhập nào nằm trong nhật ký của Hub"):
        assert not [secret for secret in secrets if secret in log]


def test_a_session_number_alone_opens_nothing(school):
    name = "jupyterhub-session-id"
    number = next(c.value for c in school.an.session.cookies if c.name == name)
    url = school.machine.url
    answer = requests.get(f"{url}/hub/api/user", cookies={name: number}, timeout=30)
    assert answer.status_code == 403
    assert "/hub/login" in requests.get(f"{url}/hub/home", cookies={name: number}, timeout=30).url


def test_the_idle_culler_runs(school):
    running = [p.cmdline() for p in psutil.Process(school.machine.hub.pid).children()]
    assert any("jupyterhub_idle_culler" in command for command in running)
