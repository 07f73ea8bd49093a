"""Số liệu của bài tập «Mô hình sinh» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "height": 32,  # câu 1: cỡ ảnh, và số bước của mô hình khuếch tán
    "width": 32,
    "steps": 1000,
    "noise": 0.1,  # câu 2: độ lệch chuẩn của nhiễu cộng vào dữ liệu
    "beta": 0.5,  # câu 3: số mũ làm mềm trách nhiệm
    "penalty": 0.1,  # câu 4: hệ số phạt phương sai nhỏ
    "temperature": 0.8,  # câu 5: độ lệch chuẩn của mô hình được nhân với nhiệt độ
    "gamma": 0.3,  # câu 6: thành phần được chọn với xác suất tỉ lệ với trọng số mũ gamma
}


def draw(rng):
    return {
        "height": rng.randrange(36, 100),
        "width": rng.randrange(36, 100),
        "steps": rng.randrange(120, 900),
        "noise": decimal(rng, 0.15, 0.3),
        "beta": decimal(rng, 0.6, 0.9),
        "penalty": decimal(rng, 0.2, 0.9),
        "temperature": decimal(rng, 0.58, 0.7),
        "gamma": decimal(rng, 0.5, 0.75),
    }


def answers(v):
    values = 3 * v["height"] * v["width"]
    return {"families": [1, 1, 1, values, 1, values, v["steps"]]}
