"""Các kiểu tấn công: bài làm của từng câu, ô thêm, điểm đáng được, chữ phải có trong ghi chú.

Đề nhỏ có ba câu chấm máy, mỗi câu 2 điểm: tong == 7, gap_doi(4.0) == 8.0, tich == 12.
"""

from dataclasses import dataclass

from tests.assignments.hostile_code import (
    BACKGROUND,
    CHECKERS,
    FAKE_EXAMINER,
    FAKE_SCORE,
    HOOKS,
    NETWORK,
    READ_FILES,
    READ_TEST,
    SHADOW_STATE,
    TRANSFORMER,
    WRITE_FILES,
)
from tests.assignments.hostile_tricks import (
    DECODER,
    HOSTILE_ERROR,
    KEEP_ERROR,
    MEMBERS,
    MIDDLEMAN,
    OLD_FRAME,
    PATCH_IN_ANSWER,
    SHOW,
    STATEFUL_IMPOSTOR,
    STUBBORN,
)

STUB = "# Bài làm: {} (giữ nguyên dòng này)\n"
WRONG = {"tong": "tong = 0", "gap_doi": "def gap_doi(x):\n    return 0", "bonus_tich": "tich = 0"}
NOTHING, ALL = (0, 0, 0), (2, 2, 2)


@dataclass
class Attack:
    points: tuple
    word: str = "cần xem lại"
    extra: str = ""
    tong: str | None = None
    gap_doi: str | None = None
    bonus_tich: str | None = None
    deadline: float = 150

    def answers(self, places: dict[str, str]) -> dict[str, str]:
        """Bài làm của các câu bị thay; câu nào đáng 0 điểm mà không bị thay thì làm sai."""
        found = {}
        for question, earned in zip(WRONG, self.points, strict=True):
            source = getattr(self, question) or (None if earned else WRONG[question])
            if source is not None:
                found[question] = STUB.format(question) + self.filled(source, places)
        return found

    @staticmethod
    def filled(source: str, places: dict[str, str]) -> str:
        for name, value in places.items():
            source = source.replace(f"@{name}@", value)
        return source


ATTACKS = {
    "vong_lap": Attack((0, 2, 2), "tong: ô chạy quá thời gian", tong=STUBBORN),
    "bom_bo_nho": Attack(
        (0, 2, 2), "quá bộ nhớ", tong="x = []\nwhile True:\n    x.append(bytearray(2**27))"
    ),
    "bom_tien_trinh": Attack((0, 2, 2), "bị cấm", tong="import os\nwhile True:\n    os.fork()"),
    "in_tung_it": Attack(
        (0, 2, 2), "in ra quá nhiều", tong="for _ in range(50):\n    print('x' * 2**20, flush=True)"
    ),
    "in_mot_lan": Attack((0, 2, 2), "tong: ", tong="print('x' * 50 * 2**20)\ntong = 7"),
    "sys_exit": Attack((0, 2, 2), "sys", tong="import sys\nsys.exit()"),
    "os_exit": Attack((0, 2, 2), "tong: ô làm sập nhân", tong="import os\nos._exit(0)"),
    "kill": Attack((0, 2, 2), "sập nhân", tong="import os\nos.kill(os.getpid(), 9)"),
    "thoat_khi_thu": Attack((2, 0, 2), "", gap_doi="def gap_doi(x):\n    raise SystemExit"),
    "ngat_khi_thu": Attack((2, 0, 2), "", gap_doi="def gap_doi(x):\n    raise KeyboardInterrupt"),
    "chet_khi_thu": Attack(
        (2, 0, 2), "gap_doi: ô làm sập", gap_doi="def gap_doi(x):\n    import os\n    os._exit(0)"
    ),
    "loi_bay": Attack((2, 0, 2), "", gap_doi=HOSTILE_ERROR),
    "vat_gia": Attack((2, 0, 2), "vô hiệu", gap_doi=STATEFUL_IMPOSTOR),
    "va_trong_bai": Attack((2, 0, 2), "vô hiệu", gap_doi=PATCH_IN_ANSWER),
    "doc_phep_thu": Attack((2, 0, 2), gap_doi=READ_TEST),
    "doc_tep": Attack((0, 2, 2), tong=READ_FILES),
    "ghi_tep": Attack((0, 2, 2), tong=WRITE_FILES),
    "ra_mang": Attack((0, 2, 2), tong=NETWORK),
    "luong_nen": Attack(NOTHING, extra=BACKGROUND),
    "che_do_torch": Attack(NOTHING, extra=SHADOW_STATE),
    "moc_nap": Attack(NOTHING, extra=HOOKS),
    "bien_doi_ma": Attack(NOTHING, extra=TRANSFORMER),
    "va_bo_cham": Attack(NOTHING, extra=CHECKERS),
    "gia_nguoi_coi": Attack(NOTHING, "vô hiệu", extra=FAKE_EXAMINER),
    "diem_gia": Attack(NOTHING, extra=FAKE_SCORE),
    "sua_loi_goi": Attack((0, 2, 2), "vô hiệu", tong=f"{MIDDLEMAN}\ntong = 0"),
    "mo_nguoi_coi": Attack(NOTHING, "bị cấm", extra=MEMBERS),
    "khung_cu": Attack((2, 0, 0), "bị cấm", gap_doi=KEEP_ERROR, bonus_tich=OLD_FRAME),
    "va_json": Attack(NOTHING, "timeit", extra=DECODER),
    "bang_moi_thu": Attack((0, 2, 2), "vô hiệu", tong="from unittest.mock import ANY\ntong = ANY"),
    "che_ten": Attack(NOTHING, "", extra="abs = lambda x: 0"),
    "mo_trang": Attack(ALL, "", tong=SHOW),
}
LONG_ATTACKS = {
    "het_gio_ca_bai": Attack(
        NOTHING, "cả bài nộp chạy quá", tong=STUBBORN, gap_doi=STUBBORN, deadline=25
    ),
    "bom_luong": Attack(
        (0, 2, 2),
        "tong",
        tong="import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
    ),
}
