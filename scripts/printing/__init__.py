"""Sách đã dựng (HTML) thành một tệp PDF: Chromium in từng trang, pypdf ghép lại."""
