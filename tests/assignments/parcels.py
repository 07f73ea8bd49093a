"""Gói bài nộp tải về, dựng cho các phép thử về thu bài."""

import io
import zipfile

from tests.assignments.small_course import SLUG


def archive(path, files, day=1):
    """Tệp zip với nội dung cho sẵn; (nội dung, ngày) thì tệp ấy mang ngày riêng."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            content, when = content if isinstance(content, tuple) else (content, day)
            info = zipfile.ZipInfo(name, (2026, 3, when, 12, 0, 0))
            opened.writestr(info, content)
    return path


def packed(files):
    buffer = io.BytesIO()
    archive(buffer, files)
    return buffer.getvalue()


def submitted(course):
    return {
        path.parent.parent.name: path.read_text("utf-8")
        for path in (course.root / "submitted").glob(f"*/{SLUG}/{SLUG}.ipynb")
    }


def roster_file(tmp_path, text, encoding="utf-8-sig"):
    path = tmp_path / "lop.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


LIST = "Mã sinh viên;Họ tên;Email\n20201;Nguyễn Văn An;an@e.vn\n20202;Trần Đức Ánh;\n"
LIST += "20203;Lê Thị Bé;\n"
