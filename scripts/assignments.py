"""Bài tập chấm tự động của mỗi chương, qua nbgrader.

    python scripts/assignments.py student BÀI [MÃ_LỚP]   đề gốc theo mã lớp và bản phát
    python scripts/assignments.py grade BÀI [MÃ_LỚP [TIẾN_TRÌNH [GIÂY [MB]]]]   chấm cả lớp
    python scripts/assignments.py collect BÀI MÃ_LỚP GÓI [HỆ_THỐNG [DANH_SÁCH]]   thu bài tải về
    python scripts/assignments.py solutions BÀI [MÃ_LỚP]   lời giải của lớp, một trang HTML
    python scripts/assignments.py check [BÀI [MÃ_LỚP]]   kiểm tra chính đề bài
    python scripts/assignments.py variants [BÀI …]       các mã lớp hiếm khi chung đáp án

Bản nộp được dựng lại theo bản gốc trước khi chấm: chỉ bài làm và các ô thêm của sinh viên được
giữ, mọi ô kiểm tra lấy từ bản gốc. Một bản nộp hỏng không ảnh hưởng đến các bản khác.
"""

import os
import signal
import sys
from pathlib import Path

if __name__ == "__main__":  # Ctrl-C lúc còn đang nạp thư viện: dừng ngay, không in gì
    signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.path.insert(0, str(Path(__file__).resolve().parent))
from grading import bubblewrap, variants
from grading.collect import collect
from grading.course import HOME, Course, refuse_unknown, slugs
from grading.submission import CourseError
from grading.trial import check

DRAWN = [f"lop{number}" for number in range(100)]  # các mã lớp thử của lệnh variants


def main(arguments: list[str]) -> int:
    command, slug, code, *more = (*arguments, "", "", "", "", "", "")
    try:
        if command == "student" and slug:
            course = Course.of_class(code)
            print(f"Bản phát cho sinh viên: {course.student_version(slug)}")
            print(f"Đề gốc kèm lời giải (giữ kín): {course.source(slug)}")
        elif command == "grade" and slug:
            jobs, seconds, megabytes = (_number(text) for text in more[:3])
            if weak := bubblewrap.weakness():
                print(weak, file=sys.stderr)
            limits = {"deadline": seconds, "memory": megabytes and megabytes * 2**20}
            course = Course.of_class(code, **limits)
            rows, path = course.grade(slug, progress=True, jobs=jobs or os.cpu_count() or 1)
            print(f"\n{path.with_suffix('.md').read_text('utf-8')}")
            print(f"Bảng điểm của {len(rows)} sinh viên: {path}")
            print(f"Báo cáo trên: {path.with_suffix('.md')}")
        elif command == "solutions" and slug:
            print(f"Lời giải và thang điểm: {Course.of_class(code).solutions(slug)}")
        elif command == "collect" and slug:
            if not more[0]:
                raise CourseError("Thiếu gói tải về. Hãy thêm FROM=<tệp zip hay thư mục>.")
            report = collect(Course.of_class(code), slug, *more[:3])
            print(report.text())
            if not report.collected and not report.replaced:
                raise CourseError(
                    "Chưa thu được bài nào. FROM= phải là tệp zip hay thư mục có sổ .ipynb của "
                    "sinh viên; với gói Moodle, Canvas, Classroom thì để nguyên như lúc tải về."
                )
        elif command == "check":
            return _report({name: check(name, code) for name in [slug] * bool(slug) or slugs()})
        elif command == "variants":
            names = _known(arguments[1:]) or slugs()
            return _report({name: variants.too_common(HOME, name, DRAWN) for name in names})
        else:
            raise CourseError(
                "Cách dùng: make assignment SLUG=<bài> SEED=<mã lớp>, make collect SLUG=<bài> "
                "SEED=<mã lớp> FROM=<gói tải về>, make grade SLUG=<bài> SEED=<mã lớp>; "
                f"<bài> là một trong: {', '.join(slugs())}."
            )
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nĐã dừng. Những gì làm xong được giữ; chạy lại lệnh để làm tiếp.", file=sys.stderr)
        return 130
    return 0


def _known(names: list[str]) -> list[str]:
    """Các bài được nêu tên; tên nào lạ thì báo ngay, trước khi tính gì."""
    names = [name for name in names if name]
    for name in names:
        refuse_unknown(name)
    return names


def _number(text: str) -> int | None:
    if text and not text.isdecimal():
        raise CourseError(f"«{text}» phải là một số nguyên dương (JOBS, DEADLINE, MEMORY).")
    return int(text) if text else None


def _report(problems: dict[str, list[str]]) -> int:
    for name, found in problems.items():
        print(f"{name}: {'mọi câu như ý' if not found else ''}")
        print("".join(f"  ✗ {problem}\n" for problem in found), end="")
    return 1 if any(problems.values()) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
