"""Soát lời văn: `make language`, hay từng tệp.

    python scripts/check_language.py [TỆP …]

Không có tệp nào thì soát cả giáo trình, kèm những luật chung: thuật ngữ nêu tiếng Anh ở chương định
nghĩa nó, danh sách từ không có từ thừa. Thoát với mã 1 khi có chỗ phải sửa.
"""

import os
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from language import check, spelling


def chosen(names):
    """Các tệp được nêu; tệp của giáo trình mà không có lời văn cho người đọc thì không soát."""
    ours = set(check.prose_files())
    for path in (Path(name).resolve() for name in names):
        if path in ours or not path.is_relative_to(check.ROOT):
            yield path


def main(names):
    report = check.Report()
    for path in chosen(names) if names else check.prose_files():
        check.check_file(path, report)
    if not names:
        check.check_whole(report)
    for finding in report.findings:
        print(finding)
    if spelling.syllables() is None:
        print("Chưa soát chính tả: máy này không có từ điển. Chạy scripts/install_dictionary.sh.")
        if os.environ.get("CI"):
            return 1
    if report.findings:
        kinds = Counter(finding.kind for finding in report.findings)
        print(f"{len(report.findings)} chỗ phải sửa:", dict(kinds.most_common()))
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
