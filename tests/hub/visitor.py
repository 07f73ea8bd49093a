"""Một người dùng của Hub: đăng nhập bằng biểu mẫu, làm mọi việc qua HTTP như trình duyệt làm."""

import json
import re
import time

import requests
from websocket import WebSocketTimeoutException, create_connection

DONE = re.compile(r"<<(\d+)>>")
CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07)")


def log_in(url: str, name: str, password: str) -> tuple[requests.Session, requests.Response]:
    session = requests.Session()
    page = session.get(f"{url}/hub/login", timeout=30)
    xsrf = re.search(r'name="_xsrf"\s+value="([^"]+)"', page.text)[1]
    data = {"username": name, "password": password, "_xsrf": xsrf}
    return session, session.post(f"{url}/hub/login", data=data, timeout=60, allow_redirects=False)


class Visitor:
    def __init__(self, url: str, name: str, password: str):
        self.url, self.name, self.password = url, name, password
        self.token = ""

    def enter(self) -> None:
        """Đăng nhập, xin mã dùng API (như trang Token của Hub), bật máy chủ riêng."""
        session, answer = log_in(self.url, self.name, self.password)
        assert answer.status_code == 302, answer.text[-500:]
        session.get(f"{self.url}/hub/home", timeout=30)
        xsrf = next(c.value for c in session.cookies if c.name == "_xsrf" and c.path == "/hub/")
        made = session.post(
            f"{self.url}/hub/api/users/{self.name}/tokens",
            headers={"X-XSRFToken": xsrf},
            json={"note": "kiểm thử"},
            timeout=30,
        )
        assert made.status_code == 201, made.text
        self.token, self.session = made.json()["token"], session

    def start_server(self) -> None:
        assert self.post(f"/hub/api/users/{self.name}/server").status_code in (201, 202)

    def wait_for_server(self) -> None:
        path = f"/hub/api/users/{self.name}"
        for _ in range(300):
            if (self.get(path).json()["servers"].get("") or {}).get("ready"):
                return
            time.sleep(0.2)
        raise AssertionError(f"máy chủ của {self.name} không bật được")

    # ------------------------------------------------------------ HTTP

    def ask(self, method: str, path: str, **options) -> requests.Response:
        return requests.request(
            method,
            path if path.startswith("http") else self.url + path,
            headers={"Authorization": f"token {self.token}"},
            timeout=300,
            allow_redirects=False,
            **options,
        )

    def get(self, path: str, **options):
        return self.ask("GET", path, **options)

    def post(self, path: str, **options):
        return self.ask("POST", path, **options)

    def own(self, path: str) -> str:
        return f"/user/{self.name}/{path}"

    # ------------------------------------------------------------ nbgrader trong máy chủ riêng

    def courses(self) -> list[str]:
        return self.get(self.own("courses")).json()["value"]

    def assignments(self, code: str) -> dict[str, list[dict]]:
        """Bài của lớp theo trạng thái: released, fetched, submitted."""
        listed = self.get(self.own("assignments"), params={"course_id": code}).json()
        assert listed["success"], listed
        return _by_status(listed["value"])

    def act(self, action: str, code: str, slug: str) -> dict:
        body = {"course_id": code, "assignment_id": slug}
        return self.post(self.own(f"assignments/{action}"), json=body).json()

    def read(self, path: str, kind: str = "file"):
        answer = self.get(self.own(f"api/contents/{path}"), params={"content": 1, "type": kind})
        assert answer.status_code == 200, answer.text
        return answer.json()["content"]

    def write(self, path: str, notebook: dict) -> None:
        body = {"type": "notebook", "format": "json", "content": notebook}
        answer = self.ask("PUT", self.own(f"api/contents/{path}"), json=body)
        assert answer.status_code == 200, answer.text

    # ------------------------------------------------------------ cửa sổ lệnh

    def shell(self, command: str, where: str = "", seconds: int = 120) -> tuple[int, str]:
        """Gõ một lệnh vào cửa sổ lệnh của JupyterLab; trả về mã thoát và những gì in ra."""
        base = where or f"/user/{self.name}/"
        opened = self.post(f"{base}api/terminals")
        assert opened.status_code == 200, opened.text
        name = opened.json()["name"]
        address = f"{self.url}{base}terminals/websocket/{name}".replace("http", "ws", 1)
        socket = create_connection(
            address, header=[f"Authorization: token {self.token}"], timeout=seconds
        )
        try:
            socket.send(json.dumps(["set_size", 50, 4000]))
            # Tắt tiếng vọng trước, để những gì in ra không lẫn với dòng đã gõ.
            socket.send(json.dumps(["stdin", f"stty -echo; PS1=; {command}; echo '<<'$?'>>'\r"]))
            printed, deadline = "", time.monotonic() + seconds
            while not (done := DONE.search(printed)):
                assert time.monotonic() < deadline, f"lệnh chạy quá {seconds} giây: {printed}"
                try:
                    kind, *rest = json.loads(socket.recv())
                except WebSocketTimeoutException as error:
                    raise AssertionError(f"{command}: không trả lời, {printed}") from error
                printed += CONTROL.sub("", rest[0]) if kind == "stdout" else ""
        finally:
            socket.close()
            self.ask("DELETE", f"{base}api/terminals/{name}")
        return int(done[1]), printed[: done.start()]


def _by_status(value: list[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for item in value:
        found.setdefault(item["status"], []).append(item)
    return found
