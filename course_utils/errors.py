"""Lỗi đầu vào, nói bằng tiếng Việt: cái gì đã đến, cái gì được chờ đợi, và phải làm gì."""


class InputError(ValueError):
    """Đầu vào không hợp lệ."""
