"""Đổi địa chỉ kho mã ở mọi nơi nhắc đến nó: cấu hình sách, ô chuẩn bị của các phòng thực hành,
README, trích dẫn, siêu dữ liệu của gói.

Địa chỉ đang dùng đọc từ `repository: url:` trong `_config.yml`.

    python scripts/set_repo.py https://github.com/chủ/kho [thư mục gốc]
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = (
    "_config.yml",
    "README.md",
    "CONTRIBUTING.md",
    "CITATION.cff",
    "pyproject.toml",
    "book/**/*.md",
    "notebooks/**/*.ipynb",
)
ADDRESS = re.compile(r"https://github\.com/([\w-]+)/([\w.-]+?)(?:\.git)?/?")
CONFIGURED = re.compile(
    r"^repository:\n(?:[ \t]+.*\n|[ \t]*#.*\n)*?[ \t]+url[ \t]*:[ \t]*(\S+)", re.M
)


def split(url):
    """Tách địa chỉ thành (chủ, kho); trả về None khi đó không phải một kho trên GitHub."""
    match = ADDRESS.fullmatch(url)
    return match.groups() if match else None


def configured(root=ROOT):
    """(chủ, kho) ghi trong `_config.yml`."""
    found = CONFIGURED.search((root / "_config.yml").read_text(encoding="utf-8"))
    return split(found.group(1).strip("\"'")) if found else None


def mention(owner, repo):
    """Biểu thức bắt được mọi dạng viết của địa chỉ: kho, Colab, Binder, trang GitHub Pages."""
    end = r"(?![\w-]|\.(?!git\b)\w)"
    owner, repo = re.escape(owner), re.escape(repo)
    return re.compile(
        rf"(github\.com/|/github/|/gh/){owner}/{repo}{end}|{owner}\.github\.io/{repo}{end}"
    )


def places(root=ROOT):
    """Những tệp có thể nhắc đến địa chỉ, trừ bản nbgrader sinh ra và bản lưu tự động."""
    skipped = {".ipynb_checkpoints", "release", "submitted", "collected", "autograded", "feedback"}
    for pattern in PLACES:
        for path in sorted(root.glob(pattern)):
            if not skipped & set(path.relative_to(root).parts):
                yield path


def move(root, old, new):
    """Thay `old` bằng `new` (mỗi bên là (chủ, kho)); trả về các tệp đã đổi."""
    pattern = mention(*old)

    def rewrite(match):
        return match.group(1) + "/".join(new) if match.group(1) else "{}.github.io/{}".format(*new)

    changed = []
    for path in places(root):
        before = path.read_bytes().decode("utf-8")
        after = pattern.sub(rewrite, before)
        if after != before:
            path.write_bytes(after.encode("utf-8"))
            changed.append(path)
    return changed


def main(arguments):
    url = arguments[0] if arguments else ""
    root = Path(arguments[1]) if len(arguments) > 1 else ROOT
    new = split(url)
    if new is None:
        sys.exit(
            f"Địa chỉ kho mã không hợp lệ: «{url}». Cần dạng https://github.com/chủ/kho. "
            "Ví dụ: make set-repo URL=https://github.com/ten-ban/giao-trinh"
        )
    old = configured(root)
    if old is None:
        sys.exit(
            "Không đọc được địa chỉ đang dùng. Hãy kiểm tra `repository: url:` trong _config.yml."
        )
    if new == old:
        print("Kho mã đã ở địa chỉ ấy, không có gì phải đổi.")
        return
    for path in move(root, old, new):
        print(f"  {path.relative_to(root)}")
    print("Đã đổi địa chỉ kho mã: {}/{} → {}/{}".format(*old, *new))


if __name__ == "__main__":
    main(sys.argv[1:])
