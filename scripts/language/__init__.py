"""Bộ soát lời văn của giáo trình: thuật ngữ, chính tả, Unicode, tiếng Anh ở lần dùng đầu."""
