"""MNIST và Fashion-MNIST: 70 000 ảnh xám 28×28, tải về một lần, kiểm từng byte, rồi cất lại.

Mỗi tệp có mã SHA-256 ghi sẵn ở đây: tải nhầm, tải dở hay bị sửa đều lộ ra. Nhiều máy chủ giữ cùng
các tệp ấy; máy này không trả lời thì hỏi máy kế, và tải dở thì lần sau tải tiếp (`download`).

Phòng không có mạng: giáo viên chạy mnist(cache="kho") ở nơi có mạng, chép thư mục `kho` sang, rồi
đặt COURSE_DATA_DIR=kho. Không có cả thư mục ấy thì dùng `digits()`.
"""

import gzip
import math
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ..errors import InputError
from .cache import cache_folder, class_folder
from .download import DownloadError, digest, download, read_verified


@dataclass(frozen=True)
class Images:
    """Ảnh (n, 1, H, W) uint8 trong 0..255 và nhãn (n,) int64; tên của mỗi lớp.

    Mô hình cần số thực: x.float().
    """

    train: Tensor
    test: Tensor
    train_labels: Tensor
    test_labels: Tensor
    names: tuple[str, ...]
    levels: int = 256


@dataclass(frozen=True)
class ImageSource:
    """Bốn tệp IDX nén gzip: tên tệp -> mã SHA-256 của nó; và những nơi giữ chúng.

    Thứ tự tệp: ảnh huấn luyện, nhãn huấn luyện, ảnh kiểm tra, nhãn kiểm tra.
    """

    name: str
    files: dict[str, str]
    mirrors: tuple[str, ...]
    names: tuple[str, ...] = field(default_factory=lambda: tuple(map(str, range(10))))


FILES = tuple(
    f"{part}-{kind}-ubyte.gz"
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
)


def named(*hashes: str) -> dict[str, str]:
    """Bốn mã SHA-256, theo thứ tự của FILES, cạnh tên tệp của chúng."""
    return dict(zip(FILES, hashes, strict=True))


MNIST = ImageSource(
    "mnist",
    named(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ),
)
FASHION_MNIST = ImageSource(
    "fashion-mnist",
    named(
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    (
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    (
        *("áo phông", "quần dài", "áo chui đầu", "váy liền", "áo khoác"),
        *("dép xăng đan", "áo sơ mi", "giày thể thao", "túi", "bốt cổ ngắn"),
    ),
)


def mnist(folder: str | os.PathLike | None = None, **options) -> Images:
    """Chữ số viết tay 28×28: 60 000 ảnh huấn luyện, 10 000 ảnh kiểm tra. Tham số như `load`.

    Nguồn: LeCun, Cortes và Burges, từ các bộ chữ viết của NIST.
    """
    return load(MNIST, folder, **options)


def fashion_mnist(folder: str | os.PathLike | None = None, **options) -> Images:
    """Ảnh quần áo, giày, túi 28×28, cùng cỡ và cùng kiểu tệp với MNIST. Tham số như `load`.

    Nguồn: Xiao, Rasul và Vollgraf (2017), giấy phép MIT.
    """
    return load(FASHION_MNIST, folder, **options)


def load(
    source: ImageSource,
    folder: str | os.PathLike | None = None,
    *,
    cache: str | os.PathLike | None = None,
    mirrors: Sequence[str] | None = None,
    timeout: float = 30.0,
    progress: bool = True,
) -> Images:
    """Đọc một bộ ảnh từ thư mục của bạn, từ chỗ cất, hoặc từ mạng; lần nào cũng so mã SHA-256.

    Biến môi trường COURSE_DATA_DIR đã đặt thì bốn tệp được đọc từ thư mục con `mnist` hay
    `fashion-mnist` của nó, thiếu thì từ chỗ cất; không lần nào đụng đến mạng.

    Tham số
    -------
    folder : thư mục đã có bốn tệp .gz; có nó thì không đụng đến mạng
    cache : nơi cất bản đã tải; mặc định là COURSE_UTILS_CACHE, hoặc ~/.cache/course_utils
    mirrors : các địa chỉ thư mục để tải, hỏi lần lượt; mặc định của bộ ảnh
    timeout : số giây chờ mỗi lần máy chủ im lặng
    progress : thanh tiến độ khi tải tệp lớn

    Lỗi
    ---
    InputError : tệp trong `folder` hay trong COURSE_DATA_DIR thiếu hay hỏng.
    DownloadError : không nơi nào cho tệp nguyên vẹn; kể từng nơi đã hỏi, và cách làm tiếp.
    """
    kept, prepared = cache_folder(cache) / source.name, class_folder()
    if folder is not None:
        contents = [read_own(Path(folder), file, sha) for file, sha in source.files.items()]
    elif prepared is not None:
        contents = [read_prepared(prepared, kept, source, file) for file in source.files]
    else:
        mirrors = source.mirrors if mirrors is None else mirrors
        contents = [fetch(kept, source, file, mirrors, timeout, progress) for file in source.files]
    parts = [parse_idx(content, file) for file, content in zip(source.files, contents, strict=True)]
    (train, train_labels), (test, test_labels) = parts[:2], parts[2:]
    for images, labels in ((train, train_labels), (test, test_labels)):
        if images.ndim != 3 or labels.shape != images.shape[:1]:
            raise InputError(
                f"Bộ {source.name} có ảnh {tuple(images.shape)} và nhãn {tuple(labels.shape)}; cần "
                f"(n, H, W) và (n,) với cùng một n."
            )
    return Images(
        train[:, None], test[:, None], train_labels.long(), test_labels.long(), source.names
    )


def available(source: ImageSource, cache: str | os.PathLike | None = None) -> bool:
    """Bốn tệp đã nằm sẵn trên máy chưa, tức là `load` không cần mạng. Chưa so mã của chúng."""
    folders = [cache_folder(cache)] + [folder for folder in [class_folder()] if folder]
    return all(
        any(os.path.isfile(folder / source.name / file) for folder in folders)
        for file in source.files
    )


def read_own(folder: Path, file: str, sha: str) -> bytes:
    """Tệp của người dùng: thiếu hay khác mã thì InputError."""
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise InputError(
            f"Không đọc được {folder / file}. Thư mục ấy cần có {file}, giữ nguyên tên và để nén; "
            f"bỏ `folder` thì tệp được tải về."
        ) from error
    if digest(content) != sha:
        raise InputError(
            f"{folder / file} ({len(content)} byte) không khớp mã SHA-256 đã ghi: tệp bị hỏng hoặc "
            f"là tệp khác. Hãy chép lại bản gốc, hoặc bỏ `folder` để tải về."
        )
    return content


def read_prepared(prepared: Path, kept: Path, source: ImageSource, file: str) -> bytes:
    """Tệp giáo viên đã chép sẵn, hay bản bạn đã cất; không có bản đúng nào thì InputError."""
    own = prepared / source.name / file
    for path in (own, kept / file):
        if (content := read_verified(path, source.files[file])) is not None:
            return content
    raise InputError(
        f"COURSE_DATA_DIR là {prepared}, mà {own} {trouble(own)}. Thư mục ấy cần có "
        f"{source.name}/ với bốn tệp {', '.join(source.files)}, giữ nguyên tên và để nén: hãy báo "
        f"giáo viên chép lại. Máy có mạng thì bỏ biến COURSE_DATA_DIR đi, tệp sẽ được tải về; hoặc "
        f"dùng course_utils.data.digits(), ảnh chữ số 8×8 có sẵn, không cần tệp nào."
    )


def trouble(path: Path) -> str:
    """Vì sao tệp ấy không dùng được: không có, không cho đọc, hay sai mã."""
    try:
        path.open("rb").close()
    except FileNotFoundError:
        return "không có"
    except OSError as error:
        return f"không đọc được ({error.strerror})"
    return "sai mã SHA-256 (hỏng hay là tệp khác)"


def fetch(
    kept: Path,
    source: ImageSource,
    file: str,
    mirrors: Sequence[str],
    timeout: float,
    progress: bool,
) -> bytes:
    """Nội dung một tệp: bản đã cất nếu còn nguyên, không thì từ máy chủ đầu tiên có bản đúng."""
    path, sha = kept / file, source.files[file]
    if (content := read_verified(path, sha)) is not None:
        return content
    urls = [mirror.rstrip("/") + "/" + file for mirror in mirrors]
    try:
        return download(urls, path, sha, timeout=timeout, progress=progress)
    except DownloadError as error:
        spoiled = f"\n- bản đã cất {path}: {trouble(path)}" if os.path.lexists(path) else ""
        raise DownloadError(
            f"Không có bản nguyên vẹn nào của {file} (bộ {source.name}). Đã thử:{spoiled}\n{error}"
            f"\nMáy có thể đang không có mạng. Bạn có thể tự chép bốn tệp "
            f"{', '.join(source.files)} vào một thư mục rồi đưa tham số `folder`; cả lớp thì đặt "
            f"biến COURSE_DATA_DIR; hoặc dùng course_utils.data.digits(), ảnh chữ số 8×8 có sẵn, "
            f"không cần mạng."
        ) from error


def parse_idx(content: bytes, name: str = "tệp") -> Tensor:
    """Tệp IDX uint8, nén gzip hay không -> tensor uint8.

    Bốn byte đầu: 0, 0, kiểu (8 là uint8), số chiều; rồi mỗi chiều bốn byte, byte cao trước; rồi dữ
    liệu theo hàng.
    """
    try:
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{name}: không giải nén được ({error}); tệp đã hỏng.") from error
    dims = content[3] if len(content) >= 4 else 0
    start = 4 + 4 * dims
    if content[:3] != b"\x00\x00\x08" or dims == 0 or len(content) < start:
        raise InputError(
            f"{name}: bốn byte đầu là {content[:4].hex(' ') or 'rỗng'}; tệp IDX chứa số 8 bit phải "
            f"mở đầu bằng 00 00 08 và số chiều. Đây không phải tệp IDX hoặc tệp đã hỏng."
        )
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4)]
    if len(content) - start != math.prod(shape):
        raise InputError(
            f"{name}: phần đầu hứa {shape}, tức {math.prod(shape)} số, mà sau đó có "
            f"{len(content) - start} byte. Tệp bị cắt cụt hay bị nối thêm."
        )
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)[start:].view(shape)
