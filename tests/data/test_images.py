"""MNIST và Fashion-MNIST: tệp IDX nhỏ tự làm, một máy chủ tại chỗ, chỗ cất, và mọi cách hỏng."""

import gzip
import hashlib
import threading
import zlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch

from course_utils.data import download, images
from course_utils.data.images import FASHION_MNIST, MNIST, ImageSource, load, parse_idx
from course_utils.data.text import DownloadError
from course_utils.errors import InputError


def idx(array):
    """Một tensor uint8 thành tệp IDX."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.numpy().tobytes()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Hỏi lại ngay, và không nhìn thư mục dữ liệu của máy đang chạy kiểm thử."""
    monkeypatch.setattr(download, "PAUSE", 0.0)
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)


GENERATOR = torch.Generator().manual_seed(0)
ARRAYS = {
    "train-images.gz": torch.randint(256, (5, 3, 4), generator=GENERATOR).to(torch.uint8),
    "train-labels.gz": torch.tensor([0, 1, 9, 3, 3], dtype=torch.uint8),
    "test-images.gz": torch.randint(256, (2, 3, 4), generator=GENERATOR).to(torch.uint8),
    "test-labels.gz": torch.tensor([7, 8], dtype=torch.uint8),
}
FILES = {name: gzip.compress(idx(array), mtime=0) for name, array in ARRAYS.items()}
HASHES = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


def check(found):
    assert torch.equal(found.train, ARRAYS["train-images.gz"][:, None])
    assert torch.equal(found.test, ARRAYS["test-images.gz"][:, None])
    assert found.train.dtype == torch.uint8
    assert found.train_labels.tolist() == [0, 1, 9, 3, 3]
    assert found.test_labels.tolist() == [7, 8]
    assert found.train_labels.dtype == torch.long


@pytest.fixture
def server(monkeypatch):
    """Máy chủ tại chỗ: mỗi thư mục đầu địa chỉ là một kiểu trả lời."""
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            _, kind, name = self.path.split("/")
            content = FILES[name]
            body = {"short": content[:-9], "cut": content[:20], "html": b"<html></html>"}
            self.send_response(404 if kind == "missing" else 200)
            # «cut» hứa cả tệp rồi gửi một phần: đường truyền đứt giữa chừng.
            body = body.get(kind, content)
            self.send_header("Content-Length", str(len(content if kind == "cut" else body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        running.hits = hits
        running.at = lambda kind: f"http://127.0.0.1:{running.server_port}/{kind}/"
        yield running
        running.shutdown()


@pytest.fixture
def source(server):
    return ImageSource("small", HASHES, (server.at("good"),))


# ---- Tệp IDX


@pytest.mark.parametrize("shape", [(3,), (2, 5), (4, 2, 3), (0, 28, 28)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_goes_there_and_back(shape, pack):
    array = torch.randint(256, shape).to(torch.uint8)
    assert torch.equal(parse_idx(pack(idx(array))), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "bốn byte đầu là rỗng"),
        (b"\x00\x00", "00 00"),
        (b"PNG!abcd", "50 4e 47 21"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00", "00 00 0d 01.*8 bit"),
        (idx(torch.zeros(3, 4, dtype=torch.uint8))[:-1], r"hứa \[3, 4\], tức 12 số, mà.*11 byte"),
        (idx(torch.zeros(3, dtype=torch.uint8)) + b"\x00", "tức 3 số.*4 byte"),
        (gzip.compress(b"abc", mtime=0)[:-4], "không giải nén được"),
        (b"\x1f\x8b" + bytes(30), "không giải nén được"),
        (gzip.compress(b"x" * 99, mtime=0)[:12] + b"\xff" * 9, "không giải nén được"),
    ],
)
def test_damaged_idx_is_explained(content, message):
    with pytest.raises(InputError, match=f"bo.gz: .*{message}"):
        parse_idx(content, "bo.gz")


def test_corrupt_stream_is_explained():
    """Giữa tệp bị sửa: zlib báo lỗi kiểu của nó, ta vẫn nói một câu."""
    packed = bytearray(FILES["train-images.gz"])
    packed[14] ^= 0xFF
    with pytest.raises((zlib.error, OSError, EOFError)):
        gzip.decompress(bytes(packed))
    with pytest.raises(InputError, match="không giải nén được"):
        parse_idx(bytes(packed))


# ---- Tải và cất


def test_download_once_then_read_from_the_cache(server, source, tmp_path):
    assert not images.available(source, tmp_path)
    check(load(source, cache=tmp_path))
    assert images.available(source, tmp_path)
    check(load(source, cache=tmp_path))
    assert server.hits == [f"/good/{name}" for name in FILES]
    assert sorted(p.name for p in (tmp_path / "small").iterdir()) == sorted(FILES)


def test_the_cache_follows_the_environment(source, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_UTILS_CACHE", str(tmp_path / "here"))
    check(load(source))
    assert (tmp_path / "here" / "small" / "test-labels.gz").exists()


@pytest.mark.parametrize("kind", ["missing", "short", "cut", "html"])
def test_the_next_mirror_is_asked(server, source, tmp_path, kind):
    mirrors = (server.at(kind), server.at("good"))
    check(load(replace(source, mirrors=mirrors), cache=tmp_path))
    assert f"/{kind}/train-images.gz" in server.hits


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "máy chủ trả lời 404"),
        ("short", "sai mã SHA-256"),
        ("html", "nhận 13 byte, sai mã SHA-256"),
    ],
)
def test_no_good_copy_is_explained_and_nothing_is_kept(server, source, tmp_path, kind, reason):
    with pytest.raises(DownloadError, match=reason) as caught:
        load(source, cache=tmp_path, mirrors=(server.at(kind),))
    text = str(caught.value)
    for part in ("train-images.gz", server.at(kind), "`folder`", "digits()"):
        assert part in text
    assert not list(tmp_path.rglob("*.gz"))


def test_no_network_is_explained(source, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(DownloadError, match=r"không có mạng.*digits\(\)"):
        load(source, cache=tmp_path, mirrors=("http://127.0.0.1:9/",), timeout=2)
    with pytest.raises(DownloadError, match="unknown url type"):
        load(source, cache=tmp_path, mirrors=("đâu đó",))


def test_a_spoiled_cache_is_replaced_or_named(server, source, tmp_path):
    load(source, cache=tmp_path)
    spoiled = tmp_path / "small" / "test-images.gz"
    spoiled.write_bytes(FILES["test-images.gz"][:-3])
    check(load(source, cache=tmp_path))
    assert spoiled.read_bytes() == FILES["test-images.gz"]
    spoiled.write_bytes(b"hong")
    with pytest.raises(DownloadError, match=r"bản đã cất .*test-images\.gz: sai mã"):
        load(source, cache=tmp_path, mirrors=(server.at("missing"),))


def test_a_cache_that_cannot_be_written_does_not_matter(source, tmp_path):
    (tmp_path / "file").write_text("đây là một tệp, không phải thư mục", "utf-8")
    check(load(source, cache=tmp_path / "file"))


# ---- Thư mục của bạn


def test_own_folder_needs_no_network(server, source, tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    check(load(source, tmp_path))
    assert server.hits == []
    (tmp_path / "test-labels.gz").write_bytes(FILES["train-labels.gz"])
    with pytest.raises(InputError, match=r"test-labels\.gz.*không khớp mã SHA-256"):
        load(source, tmp_path)
    (tmp_path / "test-labels.gz").unlink()
    with pytest.raises(InputError, match=r"Không đọc được .*test-labels\.gz"):
        load(source, tmp_path)


# ---- Thư mục của lớp


def test_the_class_folder_is_read_first_and_never_asks_the_network(
    server, source, tmp_path, monkeypatch
):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    folder = tmp_path / "class" / "small"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    assert images.available(source, tmp_path / "cache")
    check(load(source, cache=tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()  # đọc thôi, không chép thêm

    (folder / "test-labels.gz").unlink()
    with pytest.raises(
        InputError, match=r"COURSE_DATA_DIR là .*test-labels\.gz không có"
    ) as caught:
        load(source, cache=tmp_path / "cache")
    for part in (*FILES, "small/", "giáo viên", "digits()"):
        assert part in str(caught.value)
    (folder / "test-labels.gz").write_bytes(FILES["test-labels.gz"][:-1])
    with pytest.raises(InputError, match=r"test-labels\.gz sai mã SHA-256"):
        load(source, cache=tmp_path / "cache")
    (folder / "test-labels.gz").unlink()
    (folder / "test-labels.gz").symlink_to("test-labels.gz")  # có tên mà không mở được
    with pytest.raises(InputError, match=r"test-labels\.gz không đọc được"):
        load(source, cache=tmp_path / "cache")
    assert not images.available(source, tmp_path / "cache")
    assert server.hits == []

    # Bản đã cất từ trước thì vẫn dùng được.
    monkeypatch.delenv("COURSE_DATA_DIR")
    check(load(source, cache=tmp_path / "cache"))
    server.hits.clear()
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    check(load(source, cache=tmp_path / "cache"))
    assert server.hits == []


def test_a_full_cache_serves_as_the_class_folder(server, source, tmp_path, monkeypatch):
    check(load(source, cache=tmp_path / "kho"))
    server.hits.clear()
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "kho"))
    check(load(source, cache=tmp_path / "trống"))
    assert server.hits == []


def test_images_and_labels_must_agree(source, tmp_path):
    swapped = list(HASHES)[:1] + list(HASHES)[3:] + list(HASHES)[2:3] + list(HASHES)[1:2]
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=r"ảnh \(5, 3, 4\) và nhãn \(2,\)"):
        load(replace(source, files={name: HASHES[name] for name in swapped}), tmp_path)


@pytest.mark.parametrize("known", [MNIST, FASHION_MNIST])
def test_the_known_sets_are_well_described(known):
    assert [name.split("-")[:2] for name in known.files] == [
        ["train", "images"],
        ["train", "labels"],
        ["t10k", "images"],
        ["t10k", "labels"],
    ]
    assert len(set(known.files.values())) == 4
    assert all(len(sha) == 64 and int(sha, 16) for sha in known.files.values())
    assert len(known.mirrors) >= 2
    assert all(url.startswith("http") and url.endswith("/") for url in known.mirrors)
    assert len(set(known.names)) == 10


def test_the_public_functions_take_the_options_of_load(tmp_path):
    for function, name in ((images.mnist, "mnist"), (images.fashion_mnist, "fashion-mnist")):
        with pytest.raises(DownloadError, match=rf"bộ {name}"):
            function(cache=tmp_path, mirrors=())
