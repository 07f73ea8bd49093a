"""Thu bài từ thư mục trao đổi, chỉ nhận những gì đúng là của người nộp.

nbgrader lấy tên người nộp từ tên thư mục và chỉ cảnh báo khi chủ của thư mục là người khác; nó
cũng đi theo liên kết trong bản nộp. Tài khoản chấm đọc được lời giải, nên một liên kết tới đề gốc
sẽ trở thành «bài làm». Ở đây bài mang tên người khác bị bỏ qua, và chỉ tệp thường do chính người
nộp sở hữu mới được chép.
"""

import os
import pwd
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect

NOBODY = ""  # bản nộp không nhận: không sinh viên nào mang tên rỗng
SLACK = timedelta(minutes=10)  # chép xong một bản nộp không lâu đến thế
NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class OwnedCollect(ExchangeCollect):
    """ExchangeCollect của nbgrader, thêm việc hỏi chủ thật của từng thư mục và từng tệp."""

    def init_src(self):
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != NOBODY]

    def _path_to_record(self, path):
        name = os.path.basename(path)
        try:
            record, info = super()._path_to_record(path), os.lstat(path)
            if why := self._distrust(record, info):
                raise ValueError(why)
        except Exception as error:  # cả tên không đúng mẫu, tài khoản đã bị xóa
            self.log.error("Bỏ qua bản nộp «%s»: %s.", name, error)
            return {"username": NOBODY, "filename": name, "timestamp": datetime(1970, 1, 1)}
        changed = datetime.fromtimestamp(info.st_ctime, UTC).replace(tzinfo=None)
        if changed - record["timestamp"] > SLACK:
            self.log.warning("«%s» đổi lần cuối lúc %s, sau giờ ghi trên tên.", name, changed)
        return record

    @staticmethod
    def _distrust(record, info) -> str:
        """Vì sao không nhận; rỗng nếu nhận."""
        if not stat.S_ISDIR(info.st_mode):
            return "không phải thư mục"
        owner = pwd.getpwuid(info.st_uid).pw_name
        if owner != record["username"]:
            return f"do {owner} đặt vào"
        if record["timestamp"] > datetime.now(UTC).replace(tzinfo=None) + SLACK:
            return "giờ nộp ở tương lai"
        return ""

    def do_copy(self, src, dest, log=None):
        # Giờ nộp nằm trong tên thư mục; timestamp.txt do người nộp viết, có thể không phải giờ.
        timestamp = os.path.basename(src).rsplit("+", 3)[2]
        limits = (1000 * self.coursedir.max_dir_size, 1000 * self.coursedir.max_file_size)
        try:
            folder = os.open(src, NO_LINK | os.O_DIRECTORY)
        except OSError as error:  # người nộp khóa thư mục của mình: những người khác vẫn được thu
            self.log.error("Không mở được bản nộp «%s»: %s.", os.path.basename(src), error)
            return
        try:
            left = copy_owned(folder, Path(dest), os.fstat(folder).st_uid, *limits)
        finally:
            os.close(folder)
        (Path(dest) / "timestamp.txt").write_text(timestamp, "utf-8")
        if left:
            self.log.error("%s: không chép %s.", os.path.basename(src), ", ".join(sorted(left)))


def copy_owned(folder: int, dest: Path, owner: int, room: int, most: int) -> list[str]:
    """Chép các tệp thường của `owner` trong một thư mục đã mở; trả về tên những gì bị bỏ lại.

    Mở trước, hỏi sau, không đi theo liên kết: người nộp có tráo tệp giữa chừng cũng vô ích.
    """
    dest.mkdir()
    left = []
    for name in sorted(os.listdir(folder)):
        try:
            source = os.open(name, NO_LINK, dir_fd=folder)
        except OSError:  # liên kết, hoặc tệp người nộp khóa lại
            left.append(name)
            continue
        with os.fdopen(source, "rb") as file:
            info = os.fstat(source)
            fits = info.st_size <= min(room, most)
            if stat.S_ISREG(info.st_mode) and info.st_uid == owner and fits:
                (dest / name).write_bytes(file.read(info.st_size))
                room -= info.st_size
            else:
                left.append(name)
    return left
