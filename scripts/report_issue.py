"""Báo kết quả của lần chạy hằng tuần thành một issue trên GitHub, bằng lệnh `gh`.

Cùng lúc chỉ có một issue mở: hỏng như tuần trước thì chỉ thay nội dung, hỏng thêm thì đổi cả tên và
nhắn một lời, hết hỏng thì đóng lại.

    python scripts/report_issue.py report.md
"""

import json
import subprocess
import sys
from pathlib import Path

TITLE = "Chạy hằng tuần: "
BROKEN = TITLE + "hỏng "


def gh(*arguments, text=None):
    """Gọi `gh issue …`; `text` là nội dung đưa qua đầu vào chuẩn."""
    command = ["gh", "issue", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"Lệnh «{' '.join(command)}» không chạy được:\n{done.stderr}")
    return done.stdout


def open_issue():
    """(số, tên) của issue đang mở do chương trình này tạo; không có thì None."""
    listed = json.loads(gh("list", "--state=open", "--limit=1000", "--json=number,title"))
    mine = [(str(i["number"]), i["title"]) for i in listed if i["title"].startswith(BROKEN)]
    return min(mine, key=lambda issue: int(issue[0]), default=None)


def report(title, body):
    found = open_issue()
    if not title.startswith(BROKEN):
        if found:
            gh("close", found[0], "--comment=Lần chạy tuần này mọi việc đều đạt.")
        return "Không có gì hỏng."
    if found is None:
        return gh("create", f"--title={title}", "--body-file=-", text=body).strip()
    number, before = found
    gh("edit", number, f"--title={title}", "--body-file=-", text=body)
    if before != title:
        gh("comment", number, f"--body=Tuần này: {title.removeprefix(TITLE)}.")
    return f"Đã cập nhật issue {number}."


def main(arguments):
    path = Path(arguments[0])
    text = path.read_text("utf-8") if path.exists() else ""
    first, _, body = text.partition("\n")
    if not first.startswith(f"# {TITLE}"):  # lần chạy đứt giữa chừng cũng là hỏng
        first, body = (
            f"# {BROKEN}weekly.sh",
            "Lần chạy không để lại báo cáo; hãy xem nhật ký của nó.",
        )
    print(report(first.removeprefix("# "), body.strip() + "\n"))


if __name__ == "__main__":
    main(sys.argv[1:])
