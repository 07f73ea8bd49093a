"""Văn bản: gói của sách, Truyện Kiều từ tệp và từ một máy chủ tại chỗ, bảng chữ, mốc so sánh."""

import hashlib
import importlib.util
import itertools
import math
import threading
import unicodedata
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from course_utils.autoregressive import GPT
from course_utils.data import text as source
from course_utils.data.characters import (
    Vocabulary,
    nats_per_symbol,
    ngram_nats,
    split,
    windows,
)
from course_utils.data.text import DownloadError, book, truyen_kieu
from course_utils.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
OPENING = """1. Trăm năm trong cõi người ta,

Chữ tài chữ mệnh khéo là ghét nhau.

Trải qua một cuộc bể dâu,
Những điều trông thấy mà đau đớn lòng.

5. Lạ gì bỉ sắc tư phong,
Trời xanh quen thói má hồng đánh ghen.
"""
CLEAN = (
    "Trăm năm trong cõi người ta,\nChữ tài chữ mệnh khéo là ghét nhau.\n"
    "Trải qua một cuộc bể dâu,\nNhững điều trông thấy mà đau đớn lòng.\n"
    "Lạ gì bỉ sắc tư phong,\nTrời xanh quen thói má hồng đánh ghen.\n"
)


# ---- Lời văn của sách


@pytest.fixture(scope="module")
def packer():
    spec = importlib.util.spec_from_file_location("pack_text", ROOT / "scripts" / "pack_text.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_packed_text_is_the_book_of_today(packer):
    """Sửa trang nào cũng phải đóng gói lại, kẻo phòng thực hành học một cuốn sách cũ."""
    assert book() == packer.prose(), (
        "Lời văn trong gói khác lời văn của các trang: hãy chạy `make corpus`, rồi "
        "`make notebooks SLUG=autoregressive_models`."
    )


def test_packing_is_deterministic(packer):
    packed = packer.pack("Một câu.\n")
    assert packed == packer.pack("Một câu.\n")
    assert packed[3] == 0  # không ghi tên tệp
    assert packed[4:8] == bytes(4)  # không ghi giờ


def test_packer_keeps_prose_only(packer):
    page = """(nhan)=
# Tiêu đề
Câu thứ nhất có **chữ đậm** và *chữ nghiêng*. Câu có $x^2$ bị bỏ. Câu có biến $D$ được giữ.
Câu trích {cite}`ai2020` được giữ. Câu có `mã` bị bỏ. Xem {eq}`eq-x` cũng bị bỏ.
Kết quả bằng
$$
x = 1
$$
và đó là câu đang dở. Câu sau công thức trọn vẹn.

- Mục thứ nhất là một câu.
- không phải câu

| bảng | bị bỏ |

```python
print("Mã bị bỏ ở đây.")
```

````{prf:theorem} Tên
:label: abc
Phát biểu là lời văn.
```{code-block} python
# Chú thích bị bỏ ở đây.
```
Phát biểu còn tiếp.
````

```{figure} a.svg
Chú thích hình bị bỏ ở đây.
```
"""
    kept = [" ".join(packer.sentences(block)) for block in packer.paragraphs(page)]
    assert [line for line in kept if line] == [
        "Câu thứ nhất có chữ đậm và chữ nghiêng. Câu có biến D được giữ. Câu trích được giữ. "
        "Câu sau công thức trọn vẹn.",
        "Mục thứ nhất là một câu.",
        "Phát biểu là lời văn.",
        "Phát biểu còn tiếp.",
    ]


def test_book_is_clean_vietnamese_prose():
    text = book()
    assert unicodedata.is_normalized("NFC", text)
    assert not set(text) & set("$`{}\\_*#|<>=\t\r")
    assert "  " not in text
    assert len(text) > 40_000
    assert len(set(text)) < 200
    assert text.count("\n") == len(text.splitlines())


# ---- Truyện Kiều


def test_a_file_with_verse_numbers_is_cleaned(tmp_path):
    path = tmp_path / "kieu.txt"
    decomposed = unicodedata.normalize("NFD", OPENING).replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + decomposed.encode("utf-8"))
    assert truyen_kieu(path) == CLEAN


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Truyện Kiều\n" + OPENING, "câu 1, «Truyện Kiều», có 2 tiếng, phải là 6"),
        (CLEAN.replace(" khéo là", " là"), "câu 2.*có 7 tiếng, phải là 8"),
        ("\n\n", "không có câu thơ nào"),
    ],
)
def test_a_file_that_is_not_the_poem_is_explained(tmp_path, content, message):
    path = tmp_path / "kieu.txt"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=message):
        truyen_kieu(path)


def test_unreadable_files_are_explained(tmp_path):
    with pytest.raises(InputError, match=r"Không có tệp .*thieu\.txt"):
        truyen_kieu(tmp_path / "thieu.txt")
    for path in (tmp_path, 5, "\0"):
        with pytest.raises(InputError, match="cần đường dẫn"):
            truyen_kieu(path)
    (tmp_path / "utf16.txt").write_text(CLEAN, "utf-16")
    with pytest.raises(InputError, match=r"không phải chữ UTF-8.*UTF-8"):
        truyen_kieu(tmp_path / "utf16.txt")


@pytest.fixture
def server(monkeypatch):
    """Máy chủ tại chỗ phát một «Truyện Kiều» sáu câu; `answers` nói mỗi địa chỉ trả gì."""
    content = OPENING.encode("utf-8")
    answers = {
        "/good": (200, content, len(content)),
        "/truncated": (200, content[:150], len(content)),  # hứa nhiều hơn gửi
        "/short": (200, OPENING[: OPENING.index("5. Lạ")].encode("utf-8"), None),
        "/garbage": (200, bytes(range(256)), None),
        "/html": (200, b"<html><body>Not found</body></html>", None),
        "/other": (200, content.replace("ghét".encode(), b"ghen"), None),
        "/huge": (200, b"a " * 3_000_000, None),
    }
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            status, body, length = answers.get(self.path, (404, b"", None))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    monkeypatch.setattr(source, "KIEU_LINES", 6)
    monkeypatch.setattr(source, "KIEU_SHA256", hashlib.sha256(CLEAN.encode("utf-8")).hexdigest())
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        running.address = f"http://127.0.0.1:{running.server_port}"
        running.hits = hits
        yield running
        running.shutdown()


def test_download_once_then_read_from_the_cache(server, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert truyen_kieu(url=f"{server.address}/good", cache=tmp_path / "a") == CLEAN
        assert truyen_kieu(url=f"{server.address}/good", cache=tmp_path / "a") == CLEAN
    assert server.hits == ["/good"]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["truyen_kieu.txt"]  # không sót tệp tạm


def test_a_spoiled_cache_is_replaced(server, tmp_path):
    short = "".join(CLEAN.splitlines(keepends=True)[:4])  # đúng luật nhưng thiếu câu
    for spoiled in (b"\xff\xfe dang do", short.encode("utf-8")):
        (tmp_path / "truyen_kieu.txt").write_bytes(spoiled)
        assert truyen_kieu(url=f"{server.address}/good", cache=tmp_path) == CLEAN
        assert (tmp_path / "truyen_kieu.txt").read_text("utf-8") == CLEAN


def test_the_class_folder_is_read_first(server, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    (tmp_path / "truyen_kieu.txt").write_text(CLEAN, "utf-8")
    assert truyen_kieu(url=f"{server.address}/good", cache=tmp_path / "cache") == CLEAN
    assert server.hits == []
    assert not (tmp_path / "cache").exists()


def test_the_class_folder_means_no_network(server, tmp_path, monkeypatch):
    """Thiếu hay hỏng thì đọc chỗ cất, không thì nói rõ tệp nào; máy chủ không hề được hỏi."""
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "lop"))
    prepared, kept = tmp_path / "lop" / "truyen_kieu.txt", tmp_path / "cache" / "truyen_kieu.txt"

    def read():
        return truyen_kieu(url=f"{server.address}/good", cache=kept.parent)

    with pytest.raises(InputError, match=r"COURSE_DATA_DIR là .*lop.*Không có tệp .*giáo viên"):
        read()
    prepared.parent.mkdir()
    prepared.write_text("".join(CLEAN.splitlines(keepends=True)[:4]), "utf-8")
    with pytest.raises(InputError, match=r"truyen_kieu\.txt có 4 câu, không phải 6.*book\(\)"):
        read()
    kept.parent.mkdir()
    kept.write_text(CLEAN, "utf-8")
    assert read() == CLEAN
    assert server.hits == []


def test_a_cache_that_cannot_be_written_does_not_matter(server, tmp_path):
    (tmp_path / "file").write_text("đây là một tệp, không phải thư mục", "utf-8")
    assert truyen_kieu(url=f"{server.address}/good", cache=tmp_path / "file") == CLEAN


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("missing", "trả lời 404"),
        ("truncated", "dở dang"),
        ("short", "có 4 câu, không phải 6"),
        ("garbage", "không phải chữ UTF-8"),
        ("html", "hỏng hay dở dang"),
        ("huge", "quá lớn"),
    ],
)
def test_bad_downloads_are_explained_and_never_kept(server, tmp_path, page, message):
    with pytest.raises(DownloadError, match=message) as caught:
        truyen_kieu(url=f"{server.address}/{page}", cache=tmp_path)
    assert "book()" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_another_wording_is_accepted_with_a_warning(server, tmp_path):
    with pytest.warns(UserWarning, match="khác vài chữ"):
        assert "khéo là ghen nhau" in truyen_kieu(url=f"{server.address}/other", cache=tmp_path)


def test_no_network_is_explained(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(DownloadError, match=r"không có mạng.*truyen_kieu\(path"):
        truyen_kieu(url="http://127.0.0.1:9/kieu", cache=tmp_path, timeout=2)


# ---- Bảng chữ và các đoạn


def test_vocabulary_goes_there_and_back():
    text = "Trăm năm trong cõi người ta,\nChữ tài chữ mệnh"
    vocabulary = Vocabulary(text)
    tokens = vocabulary.encode(unicodedata.normalize("NFD", text))
    assert tokens.dtype == torch.long
    assert len(tokens) == len(text)
    assert vocabulary.decode(tokens) == vocabulary.decode(tokens.tolist()) == text
    assert set(tokens.tolist()) == set(range(len(vocabulary)))
    assert vocabulary.encode("").shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda v: v.encode("xyz∑"), "4 ký tự không nằm trong bảng chữ.*'x', 'y', 'z', '∑'"),
        (lambda v: v.decode([0, 99]), "Ký hiệu 99"),
        (lambda v: v.decode(torch.tensor([0.5])), "Ký hiệu 0.5"),
        (lambda v: Vocabulary("aaa"), "ít hơn hai ký tự"),
        (lambda v: windows(torch.zeros(3), 4), r"ít nhất 4"),
        (lambda v: split("một\nhai\n", every=3), "2 dòng"),
        (lambda v: ngram_nats(torch.zeros(3).long(), torch.zeros(3).long(), 2, order=0), "order"),
        (lambda v: ngram_nats(torch.zeros(99).long(), torch.zeros(99).long(), 163, 9), "quá lớn"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call(Vocabulary("abc"))


def test_split_is_a_partition_in_order():
    lines = [f"dòng {i}\n" for i in range(25)]
    train, test = split("".join(lines), every=5, block=2)
    assert test == "".join(lines[8:10] + lines[18:20])
    assert sorted(train.splitlines() + test.splitlines()) == sorted(line.strip() for line in lines)


def test_windows_slide():
    assert windows(torch.arange(7), 3, 2).tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]


def test_ngram_is_a_distribution_and_the_counts():
    """order = 1 không tiên nghiệm là tần suất; mọi bậc: tổng xác suất theo ký hiệu cuối bằng 1."""
    train = torch.tensor([0, 1, 0, 2, 0, 1])
    p = torch.tensor([3, 2, 1]) / 6
    expected = -float((p[0] * p[1] * p[2]).log()) / 3
    nats = ngram_nats(train, torch.tensor([0, 1, 2]), 3, order=1, prior=1e-9)
    assert nats == pytest.approx(expected, rel=1e-6)
    for order, history in itertools.product((1, 2, 3), ([1, 0], [2, 2])):
        start = history[len(history) - order + 1 :]
        total = sum(
            math.exp(-ngram_nats(train, torch.tensor([*start, c]), 3, order)) for c in range(3)
        )
        assert total == pytest.approx(1, abs=1e-12)


def test_nats_per_symbol_counts_every_symbol_once():
    """Với mô hình đều, mỗi ký hiệu đúng ln(levels), dù chia cửa sổ thế nào."""
    model = GPT(8, 5, width=8, layers=1, heads=1)
    for parameter in (model.head.weight, model.head.bias):
        torch.nn.init.zeros_(parameter)
    tokens = torch.randint(5, (41,), generator=torch.Generator().manual_seed(0))
    assert nats_per_symbol(model, tokens) == pytest.approx(math.log(5), rel=1e-6)
    assert nats_per_symbol(model, tokens, fresh=8) == pytest.approx(math.log(5), rel=1e-6)
    torch.nn.init.normal_(model.head.weight)
    by_hand = -sum(model.log_prob(part[None]).item() for part in tokens[:40].view(5, 8)) / 40
    assert nats_per_symbol(model, tokens, fresh=8) == pytest.approx(by_hand, rel=1e-5)
