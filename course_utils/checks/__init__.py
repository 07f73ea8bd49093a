"""Bộ chấm của các bài «Thử ngay»: trả lời bằng tiếng Việt, gợi ý đúng chỗ sai.

`report` chứa các phép so sánh chung (số, bộ số, hàm); `flows` chấm một luồng hay
một phép biến đổi; mỗi chương có thêm một tệp riêng mang slug của chương.
"""

from course_utils.checks.report import Report, blank, function, number, numbers

__all__ = ["Report", "blank", "function", "number", "numbers"]
