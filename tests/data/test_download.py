"""Tải một tệp qua một máy chủ tại chỗ biết hỏng đủ kiểu; và giết tiến trình giữa chừng."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import HTTPRedirectHandler

import pytest

from course_utils.data import download as module
from course_utils.data.download import DownloadError, digest, download

CONTENT = bytes(range(256)) * 1000  # 256 000 byte, bốn khối
SHA = digest(CONTENT)
STEP = 100_000  # byte mà kiểu «drop» gửi trước khi đứt


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        kind = self.path.strip("/").replace("%20", " ")
        server, header = self.server, self.headers.get("Range")
        server.hits.append((kind, header))
        server.count[kind] += 1
        start = int(re.fullmatch(r"bytes=(\d+)-", header)[1]) if header else 0
        first = server.count[kind] == 1
        if kind == "missing":
            return self.send_error(404)
        if kind == "always busy" or (kind == "busy" and server.count[kind] < 3):
            self.send_response(503)
            self.send_header("Retry-After", "0")
            return self.end_headers()
        if kind == "round and round":
            self.send_response(302)
            self.send_header("Location", self.path)
            return self.end_headers()
        if kind == "no answer":
            return self.connection.close()
        if kind in ("deaf", "deaf and dropping", "unsteady"):
            start = 0  # không hiểu Range
        content = {
            "truncated": CONTENT[:-9],
            "corrupt": CONTENT[:70_000] + b"?" + CONTENT[70_001:],
            "longer": CONTENT + b"thua",
            "html": b"<html>Xin dang nhap</html>",
        }.get(kind, CONTENT)
        if start and start >= len(content):
            return self.send_error(416)
        body = content[start:]
        length = len(body)
        if kind == "promises too much":
            length += 50
        elif kind == "promises too little":
            length -= 50
        elif kind in ("drop", "deaf and dropping") or (kind == "drop once" and first):
            body = body[:STEP]
        elif kind == "a few bytes":
            body = body[:5]
        elif kind == "unsteady":  # mỗi lần đứt ở một chỗ khác, và lần nào cũng gửi từ đầu
            body = body[: STEP * (server.count[kind] % 2) + 10]
        elif kind == "promises the moon":
            length = 10**15
        sent = start + 7 if kind == "shifted" else start
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {sent}-{len(content) - 1}/{len(content)}")
        if kind != "no length":
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if kind in ("stalls", "slow") and first:
            self.wfile.write(body[:STEP])
            server.go_on.wait(20)
            body = body[STEP:] if kind == "slow" else b""
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(module, "PAUSE", 0.0)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.hits, running.count, running.go_on = [], Counter(), threading.Event()
        running.handle_error = lambda *_: None  # máy khách bỏ đi giữa chừng là chuyện thường
        threading.Thread(target=running.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{running.server_port}/"
        running.at = lambda *kinds: [root + kind.replace(" ", "%20") for kind in kinds]
        yield running
        running.go_on.set()
        running.shutdown()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bo" / "anh.gz"


def names(path):
    return sorted(p.name for p in path.parent.iterdir())


# ---- Máy chủ hỏng đủ kiểu


@pytest.mark.parametrize(
    ("kind", "ranges"),
    [
        ("good", [None]),
        ("no length", [None]),
        ("busy", [None, None, None]),
        ("drop once", [None, f"bytes={STEP}-"]),
        ("drop", [None, f"bytes={STEP}-", f"bytes={2 * STEP}-"]),
        ("stalls", [None, f"bytes={STEP}-"]),
    ],
)
def test_one_server_is_enough(server, path, kind, ranges):
    assert download(server.at(kind), path, SHA, timeout=0.5) == CONTENT
    assert path.read_bytes() == CONTENT
    assert names(path) == ["anh.gz"]
    assert server.hits == [(kind, header) for header in ranges]


@pytest.mark.parametrize(
    ("kind", "reason", "asked"),
    [
        ("missing", "máy chủ trả lời 404", 1),
        ("always busy", r"máy chủ trả lời 503 \(3 lần\)", 3),
        ("no answer", r"đường truyền đứt .*\(3 lần\)", 3),
        ("truncated", "nhận 255991 byte, sai mã SHA-256", 1),
        ("corrupt", "nhận 256000 byte, sai mã SHA-256", 1),
        ("longer", "nhận 256004 byte, sai mã SHA-256", 1),
        ("html", "nhận 26 byte, sai mã SHA-256", 1),
        ("round and round", "máy chủ trả lời 302", 1 + HTTPRedirectHandler.max_repeats),
        ("promises the moon", r"máy chủ hứa 1,000,000,000,000,000 byte", 1),
        ("promises too little", "nhận 255950 byte, sai mã SHA-256", 1),
    ],
)
def test_a_bad_server_is_named_and_the_next_one_asked(server, path, kind, reason, asked):
    with pytest.raises(DownloadError, match=f"127.0.0.1.*: {reason}"):
        download(server.at(kind), path, SHA)
    assert server.count[kind] == asked
    assert names(path) == []
    server.count.clear()
    assert download(server.at(kind, "good"), path, SHA) == CONTENT
    assert names(path) == ["anh.gz"]


def test_a_promise_of_too_much_does_not_spoil_what_came(server, path):
    """Đủ byte rồi mà máy chủ còn hứa thêm: nội dung đúng mã thì là đủ."""
    assert download(server.at("promises too much"), path, SHA) == CONTENT
    assert len(server.hits) == 1


def test_a_server_deaf_to_range_gives_up_only_when_it_gets_nowhere(server, path):
    with pytest.raises(DownloadError, match=rf"đứt sau {STEP} trên 256000 byte \(3 lần\)"):
        download(server.at("deaf and dropping"), path, SHA)
    assert path.with_name("anh.gz.part").read_bytes() == CONTENT[:STEP]
    assert download(server.at("deaf"), path, SHA) == CONTENT  # 200 thay vì 206: bỏ đoạn cũ
    assert names(path) == ["anh.gz"]


def test_a_server_that_starts_over_and_over_is_left(server, path):
    """Lần được nhiều, lần được ít, lần nào cũng từ đầu: không bao giờ xong thì đừng hỏi mãi."""
    with pytest.raises(DownloadError, match=r"đường truyền đứt .*\(3 lần\)"):
        download(server.at("unsteady"), path, SHA)
    assert server.count["unsteady"] == 4  # một lần tiến xa, rồi ba lần không xa hơn


def test_an_address_that_cannot_be_asked_is_named_once(server, path, tmp_path):
    root = server.at("")[0]
    for bad in (root + "có dấu", root + "hai chu", "anh.gz", "ftp//x"):
        assert download([bad, *server.at("good")], path, SHA) == CONTENT
        path.unlink()
    with pytest.raises(DownloadError) as told:
        download([root + "hai chu"], path, SHA)
    assert "lần)" not in str(told.value)


def test_names_that_are_links_or_folders(server, tmp_path):
    """Tên thật là một liên kết gãy: được thay. Là một thư mục: không cất được, nhưng vẫn tải."""
    path = tmp_path / "bộ ảnh của lớp" / "ảnh.gz"
    path.parent.mkdir()
    path.symlink_to(tmp_path / "không có")
    assert download(server.at("good"), path, SHA) == CONTENT
    assert not path.is_symlink()
    assert path.read_bytes() == CONTENT
    path.unlink()
    path.mkdir()
    assert download(server.at("good"), path, SHA) == CONTENT
    assert path.is_dir()


def test_an_empty_part_is_no_part(server, path):
    path.parent.mkdir()
    path.with_name("anh.gz.part").touch()
    assert download(server.at("good"), path, SHA) == CONTENT
    assert server.hits == [("good", None)]
    assert names(path) == ["anh.gz"]


def test_a_server_that_sends_the_wrong_piece_is_asked_for_the_whole(server, path):
    path.parent.mkdir()
    path.with_name("anh.gz.part").write_bytes(CONTENT[:STEP])
    assert download(server.at("shifted"), path, SHA) == CONTENT
    assert server.hits == [("shifted", f"bytes={STEP}-"), ("shifted", None)]


@pytest.mark.parametrize("part", [b"x" * STEP, CONTENT + b"x", CONTENT[:-1] + b"x"])
def test_a_wrong_part_is_thrown_away_and_fetched_afresh_once(server, path, part):
    path.parent.mkdir()
    path.with_name("anh.gz.part").write_bytes(part)
    assert download(server.at("good"), path, SHA) == CONTENT
    assert server.hits == [("good", f"bytes={len(part)}-"), ("good", None)]


def test_a_wrong_part_and_a_corrupt_server_end(server, path):
    path.parent.mkdir()
    path.with_name("anh.gz.part").write_bytes(b"x" * STEP)
    with pytest.raises(DownloadError, match="sai mã"):
        download(server.at("corrupt"), path, SHA)
    assert server.hits == [("corrupt", f"bytes={STEP}-"), ("corrupt", None)]
    assert names(path) == []


def test_a_whole_part_needs_no_network(server, path):
    """Bị giết ngay trước khi đổi tên."""
    path.parent.mkdir()
    path.with_name("anh.gz.part").write_bytes(CONTENT)
    assert download(server.at("good"), path, SHA) == CONTENT
    assert server.hits == []
    assert names(path) == ["anh.gz"]


def test_what_one_server_gave_is_finished_by_the_next(server, path):
    assert download(server.at("a few bytes", "good"), path, SHA) == CONTENT
    assert server.hits[-1] == ("good", "bytes=15-")


def test_an_endless_answer_is_cut_off(server, path, monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 150_000)
    with pytest.raises(DownloadError, match="máy chủ gửi quá 150,000 byte"):
        download(server.at("no length"), path, SHA)
    assert names(path) == []


def test_waits_grow_and_follow_the_server_within_reason(server, path, monkeypatch):
    waits = []
    monkeypatch.setattr(module.time, "sleep", waits.append)
    monkeypatch.setattr(module, "PAUSE", 1.0)
    with pytest.raises(DownloadError):
        download(server.at("no answer"), path, SHA)
    assert waits == [1.0, 2.0]
    assert module.retry_after({"Retry-After": "7"}) == 7
    assert module.retry_after({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}) is None
    assert module.retry_after({}) is None


def test_a_disk_that_refuses_does_not_matter(server, path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    assert download(server.at("drop"), path, SHA) == CONTENT
    assert not path.exists()
    (path.parent / "anh.gz.part").unlink(missing_ok=True)
    path.parent.rmdir()
    path.parent.write_text("một tệp nằm ở chỗ của thư mục", "utf-8")
    assert download(server.at("deaf", "good"), path, SHA) == CONTENT


def test_progress_is_shown_for_big_files_only(server, path, monkeypatch, capsys):
    download(server.at("good"), path, SHA)
    assert capsys.readouterr().err == ""
    path.unlink()
    monkeypatch.setattr(module, "BIG", 1000)
    download(server.at("good"), path, SHA)
    assert "Tải anh.gz" in capsys.readouterr().err
    path.unlink()
    download(server.at("good"), path, SHA, progress=False)
    assert capsys.readouterr().err == ""


# ---- Nhiều tiến trình, và tiến trình bị giết

CHILD = """
import sys
from pathlib import Path
from course_utils.data.download import digest, download
content = download([sys.argv[1]], Path(sys.argv[2]), sys.argv[3], timeout=20)
print(digest(content))
"""


def child(url, path):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(path), SHA],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "chờ quá lâu"
        time.sleep(0.02)


def test_a_killed_download_leaves_no_final_name_and_is_resumed(server, path):
    part = path.with_name("anh.gz.part")
    process = child(server.at("slow")[0], path)
    wait_for(lambda: part.exists() and part.stat().st_size == STEP)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    assert names(path) == [".lock", "anh.gz.part"]  # khóa của bên bị giết đã tự mở
    assert part.read_bytes() == CONTENT[:STEP]
    server.go_on.set()
    assert download(server.at("slow"), path, SHA) == CONTENT
    assert server.hits == [("slow", None), ("slow", f"bytes={STEP}-")]
    assert names(path) == ["anh.gz"]


def test_two_processes_at_once_download_once(server, path):
    url = server.at("slow")[0]
    both = [child(url, path), child(url, path)]
    wait_for(lambda: server.hits)
    time.sleep(0.3)  # bên kia kịp đến và phải chờ
    server.go_on.set()
    for process in both:
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out.strip()) == (0, SHA), err
    assert server.hits == [("slow", None)]
    assert names(path) == ["anh.gz"]
