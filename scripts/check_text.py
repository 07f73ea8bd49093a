"""Chữ ở dạng NFC và tệp không quá lớn: kiểm thử và pre-commit cùng gọi tệp này.

python scripts/check_text.py TỆP …
"""

import sys
import unicodedata
from pathlib import Path

LARGEST = 1_500_000


def faults(content):
    """Những điều phải sửa ở một tệp có nội dung ấy."""
    if len(content) >= LARGEST:
        yield f"quá lớn: {len(content)} byte, cần dưới {LARGEST}; hãy nén hay chia nhỏ"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line):
            yield f"dòng {number} không ở dạng NFC; hãy gõ lại chữ có dấu của dòng ấy"


def main(names):
    found = [f"{name}: {fault}" for name in names for fault in faults(Path(name).read_bytes())]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
