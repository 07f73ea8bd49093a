"""Cài đặt tham chiếu của giáo trình «Mô hình sinh: từ phép đổi biến đến khuếch tán»."""

__version__ = "0.1.0"
