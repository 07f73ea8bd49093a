"""Các mô hình khuếch tán: chuỗi rời rạc, hàm điểm số, dẫn hướng và không gian tiềm ẩn."""
