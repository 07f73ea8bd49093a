"""Bài tập chấm tự động của giáo trình, qua nbgrader: đề theo mã lớp, thu, chấm, bảng điểm."""
